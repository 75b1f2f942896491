"""A plan as one self-contained page, to print or to read on a phone."""

import re
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from string import Template

from legato import __version__
from legato.coaching.catalogue import warm_ups
from legato.coaching.plan.export import TEMPO, block_words, load_words, own_words, primed_words, week_words
from legato.coaching.plan.model import Day, Entry, Plan, Week
from legato.coaching.plan.rules import Rule, rules
from legato.coaching.safety.gates import session_rules
from legato.report.claim_words import claim_short
from legato.report.drill_words import graded
from legato.report.words import plural, sentence


def plan_html(plan: Plan, week: int | None = None, stops: Sequence[str] = ()) -> str:
    """The page as text; `week`: that one alone; `stops`: why its sessions are not to be done as they stand."""
    assets = files("legato.report") / "assets"
    shown = [one for one in plan.weeks if week in (None, one.number)]
    lead = f"{plural(len(plan.weeks), 'week')} from {plan.weeks[0].start:%d %B %Y}; made on {plan.made_on:%d %B %Y}."
    return Template((assets / "plan.html").read_text(encoding="utf-8")).substitute(
        title="Plan" if week is None else f"Plan: week {week}",
        css=(assets / "report.css").read_text(encoding="utf-8"),
        lead=escape(lead),
        stops=stop_banner(stops),
        changes=_lines(
            "What changed, and why",
            [f"Week {one.week}: {sentence(one.what)[:-1]}, because {one.because}." for one in plan.changes],
        ),
        weeks="\n".join(_week(one, _block(plan, shown, k)) for k, one in enumerate(shown)),
        left_out=_lines("Left out", [f"{one.name}: {'; '.join(one.reasons)}." for one in plan.left_out]),
        notes=_notes(plan),
        version=escape(__version__),
    )


def stop_banner(stops: Sequence[str]) -> str:
    """Why nothing on a page is to be done as it stands, above all else; empty where nothing speaks against it."""
    said = "".join(f"<p><b>STOP</b> {escape(sentence(one))}</p>" for one in stops)
    return f'<div class="stops" role="alert">{said}</div>' if said else ""


def _block(plan: Plan, shown: Sequence[Week], k: int) -> str:
    """What a block asks, before the first week of it that is shown; empty before the others."""
    block = shown[k].block
    return block_words(plan, block) if block and (k == 0 or shown[k - 1].block != block) else ""


def _week(week: Week, block: str) -> str:
    head = f"<h2>Week {week.number}{f' · {week.block}' if week.block else ''}{' · less' if week.deload else ''}</h2>"
    said = " ".join(filter(None, (block, sentence(words) if (words := week_words(week)) else "")))
    says = f'<p class="note">{escape(said)}</p>' if said else ""
    if week.primed is not None:
        before = sentence(f"before each session, {primed_words(week.primed)}")
        says += f'<p class="note">{_code(escape(before))}</p>'
    return f'<div class="week">{head}{says}{"".join(_day(day) for day in week.days)}</div>'


def _day(day: Day) -> str:
    check = " · form check: record a set and analyse it" if day.form_check else ""
    head = f"<h3>{day.on:%a %d %b} <small>{day.minutes} min{check}</small></h3>"
    return f'<div class="day">{head}<ol>{"".join(_entry(entry) for entry in day.entries)}</ol></div>'


def _entry(entry: Entry) -> str:
    load = f", {load}" if (load := load_words(entry)) else ""
    tempo = f", {entry.tempo}" if entry.tempo else ""
    said = [own_words(entry), *([] if entry.lift else [entry.why]), *entry.provisos]
    keep = "".join(f"<small>{escape(sentence(one))}</small>" for one in said if one)
    dose = escape(f"{entry.dose}{load}{tempo}")
    return f"<li><i></i><b>{escape(entry.name)}</b><span>{dose}</span><q>{escape(entry.cue)}</q>{keep}</li>"


def _lines(title: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    return f'<h2>{title}</h2><ul class="lines">{"".join(f"<li>{_code(escape(line))}</li>" for line in lines)}</ul>'


def _code(text: str) -> str:
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", text)


def _notes(plan: Plan) -> str:
    warm = warm_ups().get(plan.warm_up)
    left = "Warm up easily before each session; each of Legato's warm-ups holds something that is left out here."
    said = [f"Warm up before each session: `legato drills {warm.id}`." if warm else left]
    said += [*plan.notes, TEMPO, *session_rules()]
    void = {one.id for one in plan.left_out}
    kept = [rule for rule in rules().values() if rule.hard and rule.id not in void]
    rows = [f"{sentence(rule.says)[:-1]} ({_founded(rule)})." for rule in kept]
    notes = "".join(f'<p class="note">{_code(escape(one))}</p>' for one in said if one)
    about = "Legato measures technique and performance in sport and training. It is not a medical device."
    return f'{notes}{_lines("What the plan keeps to", rows)}<p class="note">{about}</p>'


def _founded(rule: Rule) -> str:
    """Where a rule comes from, its grade, and the claim that it leans on."""
    return "; ".join(filter(None, (rule.source, graded(rule.grade), claim_short(rule.claim))))
