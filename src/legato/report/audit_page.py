"""An audit of a training log as one self-contained page."""

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from string import Template

import numpy as np

from legato import __version__
from legato.coaching.audit.audit import Audit
from legato.coaching.audit.dose import Dose, dose_finding
from legato.coaching.audit.findings import Finding, Verdict, sets_words
from legato.coaching.audit.limits import limits
from legato.coaching.audit.record import reasons
from legato.coaching.model import Region
from legato.report.charts import Axis, horizontal_labels
from legato.report.drill_words import graded
from legato.report.interval_charts import column, figure, labels_below, mark
from legato.report.plan_page import stop_banner
from legato.report.words import sentence

VERDICTS: dict[Verdict, str] = {"look": "look at this", "ok": "within its limit", "not-resolvable": "not resolvable"}
"""What a verdict is called."""

_MOST_ROWS = 30
"""Rows of a table; the rest stands in the record. [ENG]"""

_MOST_DAYS = 14
_REGIONS: tuple[Region, ...] = ("legs", "chest", "back", "trunk")
_MOST_WEEKS = 26
"""Columns of a chart that can be told apart on a phone. [ENG]"""


def audit_html(audit: Audit, stops: Sequence[str] = ()) -> str:
    """The page as text; `stops`: why the plan that the log is held against is not to be done as it stands."""
    assets = files("legato.report") / "assets"
    lead = f"{audit.since:%d %B %Y} to {audit.until:%d %B %Y}: {sets_words(audit.work)} of work"
    return Template((assets / "audit.html").read_text(encoding="utf-8")).substitute(
        title="Audit of a training log",
        css=(assets / "report.css").read_text(encoding="utf-8"),
        lead=escape(f"{lead}, from {', '.join(audit.log.files)}."),
        stops=stop_banner(stops),
        version=escape(__version__),
        **audit_pieces(audit),
    )


def audit_pieces(audit: Audit) -> dict[str, str]:
    """The parts of the page as HTML, in their order."""
    return {
        "findings": "".join(_finding(one) for one in audit.findings),
        "patterns": _patterns(audit),
        "weeks": _weeks(audit),
        "lifts": _lifts(audit),
        "dose": "".join(map(_dose, audit.doses)),
        "days": _days(audit),
        "imported": _imported(audit),
        "limits": _limits(audit),
    }


def effort_words(audit: Audit) -> str:
    """How many sets tell their effort, and how many are warm-ups."""
    said = f"{audit.with_rpe} of {sets_words(audit.work)} of work tell their effort (RPE)"
    aside = "warm-up set is" if audit.warm_ups == 1 else "warm-up sets are"
    return said + (f"; {audit.warm_ups} {aside} not counted" if audit.warm_ups else "")


def _finding(one: Finding) -> str:
    return (
        f'<li class="v-{one.verdict}"><b>{escape(one.title)}</b><em>{VERDICTS[one.verdict]}</em>'
        f"<span>{escape(sentence(one.says))}</span></li>"
    )


def _patterns(audit: Audit) -> str:
    found = audit.coverage
    largest = max([*found.patterns.values(), found.others, found.not_known, 1])
    rows = [(name.replace("-", " "), n, "") for name, n in found.patterns.items()]
    rows.append(("none of the eight", found.others, "beside"))
    if found.not_known:
        rows.append(("name not known", found.not_known, "beside"))
    bars = "".join(
        f'<li class="{css}"><span>{escape(name)}</span><i style="width:{62.0 * n / largest:.1f}%"></i><b>{n}</b></li>'
        for name, n, css in rows
    )
    names = ""
    if found.unknown:
        items = list(found.unknown.items())
        told = _table(("name", "sets"), [(name, str(n)) for name, n in items[:_MOST_ROWS]], len(items))
        share = 100.0 * found.not_known / found.total
        names = (
            f"<h3>Names that are not known</h3><p class='note'>{sets_words(found.not_known)} of {found.total} "
            f"({share:.0f} %) are counted for no pattern. Say what they are in a file of names (--names).</p>{told}"
        )
    return f'<h2>Sets of work by pattern</h2><ul class="audit-sets">{bars}</ul>{names}'


def _weeks(audit: Audit) -> str:
    weeks = audit.weeks
    if not weeks:
        return ""
    shown = weeks[-_MOST_WEEKS:]
    up = Axis(0.0, max(1.0, *(1.15 * max(one.sets, one.planned or 0) for one in shown)))
    across = Axis(-0.6, len(shown) - 0.4)
    drawn = "".join(column(across, up, k, float(one.sets)) for k, one in enumerate(shown))
    step = max(1, len(shown) // 4)
    names = [f"{one.start:%d %b}" if k % step == 0 else "" for k, one in enumerate(shown)]
    small = f"from the week of {shown[0].start:%d %b %Y} on"
    chart = figure("Sets of work a week", small, up, "", drawn, labels_below(across, names))
    planned = any(one.planned is not None for one in weeks)
    head = ["week of", "days", "sets", "lifted", *_REGIONS, *(["planned", "done"] if planned else [])]
    rows: list[list[str]] = []
    for one in reversed(weeks):
        lifted = f"{one.lifted_kg / 1000:.1f} t" if one.loaded else "—"
        parts = [str(one.regions.get(region, 0)) for region in _REGIONS]
        row = [f"{one.start:%d %b %Y}", str(one.days), str(one.sets), lifted, *parts]
        if planned:
            row += ["—", "—"] if one.planned is None else [str(one.planned), str(one.done)]
        rows.append(row)
    note = (
        "Lifted is weight times repetitions, of the sets that tell both, in tonnes. A set counts for every region that "
        "its exercise loads."
    )
    return f"<h2>Weeks</h2>{chart}{_table(head, rows[:_MOST_ROWS], len(rows))}<p class='note'>{note}</p>"


def _lifts(audit: Audit) -> str:
    if not audit.lifts:
        return ""
    rows = [(x.exercise, str(x.attempts), str(x.unsure), str(x.base), str(x.sets)) for x in audit.lifts]
    head = ("exercise", "attempts", "may be", "base work", "all sets")
    return f"<h2>Records and base work</h2>{_table(head, rows[:_MOST_ROWS], len(rows))}"


def _dose(dose: Dose) -> str:
    title = f"<h2>{escape(dose_finding(dose).title)}</h2>"
    note = "<p class='note'>Each point is a day's measurement beside the practice of the four weeks before it. "
    note += "Going together says nothing of why.</p>"
    if not dose.points:
        return f"{title}<p class='note'>{escape(sentence(dose.reason))}</p>"
    up = Axis.around(np.array([[one.number.low, one.number.high] for one in dose.points]).ravel())
    across = Axis.around(np.array([one.practice for one in dose.points]))
    marks = "".join(mark(across, up, one.practice, one.number, "") for one in dose.points)
    small = f"with 90 % intervals, over: {escape(dose.practice)}"
    unit = dose.points[0].number.unit
    return title + figure(escape(dose.name), small, up, unit, marks, horizontal_labels(across, "")) + note


def _days(audit: Audit) -> str:
    if not audit.days:
        return ""
    rows = [
        (f"{on:%d %b %Y}", *map(_cell, (one.sleep_h, one.soreness, one.readiness, one.breathing_min)))
        for on, one in reversed(tuple(audit.days.items()))
    ]
    head = ("day", "sleep, h", "soreness", "readiness", "breathing, min")
    return f"<h2>The days around</h2>{_table(head, rows[:_MOST_DAYS], len(rows))}"


def _cell(value: float | None) -> str:
    return "—" if value is None else f"{value:g}"


def _imported(audit: Audit) -> str:
    log = audit.log
    said = [f"{log.rows} rows were read.", sentence(effort_words(audit))]
    if log.repeated:
        said.append(f"{log.repeated} rows stand there twice and count once.")
    if log.no_sets:
        said.append(f"{log.no_sets} rows are rest times or notes.")
    if log.unread:
        said.append(f"Columns that are not read: {', '.join(log.unread)}.")
    lines = "".join(f'<p class="note">{escape(one)}</p>' for one in said)
    why = reasons(audit)
    rows = [(text, str(n), first) for text, n, first in why]
    table = _table(("what", "times", "first"), rows[:_MOST_ROWS], len(rows), " said") if why else ""
    head = "<h3>What was left out or taken as it stands</h3>" if why else ""
    return f"<h2>The import</h2>{lines}{head}{table}"


def _limits(audit: Audit) -> str:
    used = {name for one in audit.findings for name in one.limits} | {"span-weeks"}
    rows = [
        f"<li>{escape(sentence(x.says)[:-1])}: {x.value:g} {x.unit} ({escape(x.source)}; {graded(x.grade)}).</li>"
        for x in limits().values()
        if x.id in used
    ]
    about = "Legato measures technique and performance in sport and training. It is not a medical device."
    return f"<h2>What the log is held against</h2><ul class='lines'>{''.join(rows)}</ul><p class='note'>{about}</p>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], total: int, css: str = "") -> str:
    top = "".join(f"<th>{escape(one)}</th>" for one in head)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    more = f"<p class='note'>{total - len(rows)} more stand in the record (--json).</p>" if total > len(rows) else ""
    return f"<div class='scroll{css}'><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>{more}"
