"""A trial of one athlete as one self-contained page: what it answers, each pair, and its sheet."""

from html import escape
from importlib.resources import files
from string import Template

from legato.estimate import Estimate
from legato.report.side_by_side import column_heads, side_by_side
from legato.report.trial_charts import pictures
from legato.report.trial_sheet import sheet
from legato.report.trial_words import (
    ANSWERS,
    CSS,
    SIGNS,
    Record,
    coach_sentence,
    counted,
    lag_text,
    signed,
)
from legato.report.words import estimate_text, listed, sentence


def trial_html(record: Record, claim: str = "", words: str = "") -> str:
    """The page as text.

    Parameters
    ----------
    record
        A trial, of schema `legato.trial/1`. Before its end the page holds no number of it.
    claim
        What may be said of the claim that it tests, in one sentence; empty where it tests none of the ledger.
    words
        The claim itself, in the words of others.
    """
    assets = files("legato.report").joinpath("assets")
    return Template(assets.joinpath("trial.html").read_text(encoding="utf-8")).substitute(
        title=escape(record["request"]["name"]),
        css=assets.joinpath("report.css").read_text(encoding="utf-8"),
        files=escape(f"{record['request']['name']} · {record['request']['athlete']}"),
        version=escape(record["planned"]["legato_version"]),
        **trial_pieces(record, claim, words),
    )


def trial_pieces(record: Record, claim: str = "", words: str = "") -> dict[str, str]:
    """The parts of the page by name, HTML: `headline`, `verdict`, `claim`, `pairs`, `sheet`, `sessions`."""
    return {
        "headline": escape(sentence(coach_sentence(record))),
        "verdict": _verdict(record),
        "claim": f'<p class="note">{escape(_claim(record, claim))}</p>' if record["request"]["claim"] else "",
        "pairs": pictures(record),
        "sheet": _sheet(record, words),
        "sessions": _sessions(record),
    }


def _claim(record: Record, says: str) -> str:
    claim = record["request"]["claim"]
    found = f"Claim {claim}: {says}" if says else f"Claim {claim}."
    return f"{found} What literature says of it: legato claims {claim}"


def _verdict(record: Record) -> str:
    verdict = record["verdict"]
    if verdict is None:
        return '<p class="sure">Blind until the registered number of pairs is complete.</p>'
    pill = (
        f'<span class="pill {CSS[verdict["answer"]]}"><span aria-hidden="true">{SIGNS[verdict["answer"]]}</span> '
        f"{escape(ANSWERS[verdict['answer']])}</span>"
    )
    told = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>" for name, text in verdict_facts(record))
    notes = "".join(f"<li>{escape(sentence(note))}</li>" for note in verdict["notes"])
    said = f'<ul class="note">{notes}</ul>' if notes else ""
    return f'<p class="sure">{pill} {escape(sentence(verdict["reason"]))}</p><dl class="facts">{told}</dl>{said}'


def verdict_facts(record: Record) -> list[tuple[str, str]]:
    """What a trial that has ended found, by name: the change with its interval, how many, p, and what it is held
    against.
    """
    verdict, outcome = record["verdict"], record["request"]["outcome"]
    facts: list[tuple[str, str]] = [("Done", counted(record, verdict["n"]))]
    if verdict["change"] is not None:
        against = "Gain at the best lag" if record["request"]["design"] == "doses" else "Change with A against B"
        facts.insert(0, (against, signed(record, verdict["change"])))
    if verdict["dose"] is not None and verdict["dose"]["optimum"] is not None:
        facts.insert(0, ("Best lag", lag_text(verdict["dose"]["optimum"])))
    if verdict["p"] is not None:
        facts.append(("p, two-sided", f"{verdict['p']:.3g}"))
    if verdict["control_p"] is not None:
        facts.append((f"Negative control: {record['planned']['control_name']}", f"p = {verdict['control_p']:.3g}"))
    if verdict["more"]:
        facts.append(("Still needed", f"about {counted(record, verdict['more'])} more, in a new trial"))
    least, unit = outcome["effect_of_interest"], outcome["effect_unit"]
    facts.append(("Would not matter", f"less than {least:g} {unit} either way"))
    if outcome["detectable"] is not None:
        facts.append(("Detectable in one session", f"{outcome['detectable']:g} {unit} or more"))
    return facts


def _sheet(record: Record, words: str) -> str:
    rows = "".join(
        f"<div><dt>{escape(name)}<br><small>{escape(item)}</small></dt><dd>{escape(sentence(text))}</dd></div>"
        for item, name, text in sheet(record, words)
    )
    return (
        '<section id="sheet"><h2>Trial sheet</h2><p class="note">Items of CENT 2015 and SCRIBE 2016; their numbers are'
        f' from memory, so check them before you publish.</p><dl class="sheet">{rows}</dl></section>'
    )


def _sessions(record: Record) -> str:
    if not record["sessions"]:
        return ""
    shown = record["verdict"] is not None
    heads = [
        "When",
        record["randomisation"]["unit"].capitalize(),
        "Arm",
        *([record["planned"]["outcome_name"]] if shown else ["Measured"]),
        "Remarks",
    ]
    rows: list[str] = []
    for k, one in enumerate(record["sessions"], start=1):
        measured = _number(one) if shown else ("yes" if one["measured"] else "no")
        cells = (one["on"].replace("T", " "), str(one["pair"]), one["arm"], measured, _remarks(one))
        rows.append(f'<tr><th scope="row">{k}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    return f'<section id="sessions"><h2>Sessions</h2>{side_by_side(column_heads(heads), rows)}</section>'


def _number(session: Record) -> str:
    one = session["number"]
    if one is None:
        return "—"
    return estimate_text(Estimate(one["value"], one["low"], one["high"], unit=one["unit"]))


def _remarks(session: Record) -> str:
    told, by_hand = session["told"], session["conditions"].get("corrections")
    said = [session["reason"]] if session["reason"] else []
    said += session["missing"]
    if session["lag"] is not None:
        said.append(f"lag {lag_text(session['lag'])}")
    said += [f"{name} {told[name]:g}" for name in ("pain", "rpe") if told.get(name) is not None]
    said += [f"{by_hand:g} corrections by hand"] if by_hand else []
    return listed(said) if said else ""
