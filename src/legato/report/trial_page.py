"""A trial of one athlete as one self-contained page: what it answers, each pair, and its sheet."""

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from legato.estimate import Estimate
from legato.report.charts import Axis, canvas, curve, horizontal_grid, vertical_labels
from legato.report.forest import Forest, forest_html
from legato.report.interval_charts import labels_below, mark
from legato.report.side_by_side import column_heads, side_by_side
from legato.report.trial_words import ANSWERS, CSS, SIGNS, Record, coach_sentence, pair_changes, sheet, signed, unit_of
from legato.report.words import estimate_text, listed, sentence

_HEIGHT_PX = 220


def trial_html(record: Record, claim: str = "") -> str:
    """The page as text.

    Parameters
    ----------
    record
        A trial, of schema `legato.trial/1`. Before its end the page holds no number of it.
    claim
        What may be said of the claim that it tests, in one sentence; empty where it tests none of the ledger.
    """
    assets = files("legato.report").joinpath("assets")
    return Template(assets.joinpath("trial.html").read_text(encoding="utf-8")).substitute(
        title=escape(record["request"]["name"]),
        css=assets.joinpath("report.css").read_text(encoding="utf-8"),
        files=escape(f"{record['request']['name']} · {record['request']['athlete']}"),
        headline=escape(sentence(coach_sentence(record))),
        verdict=_verdict(record),
        claim=f'<p class="note">{escape(_claim(record, claim))}</p>' if record["request"]["claim"] else "",
        pairs=_pairs(record),
        sheet=_sheet(record),
        sessions=_sessions(record),
        version=escape(record["planned"]["legato_version"]),
    )


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
    facts: list[tuple[str, str]] = [("Pairs", f"{verdict['n']}")]
    if verdict["change"] is not None:
        facts.insert(0, ("Change with A against B", signed(record, verdict["change"])))
    if verdict["p"] is not None:
        facts.append(("p, exact, two-sided", f"{verdict['p']:.3g}"))
    if verdict["control_p"] is not None:
        facts.append((f"Negative control: {record['planned']['control_name']}", f"p = {verdict['control_p']:.3g}"))
    if verdict["more"]:
        facts.append(("Still needed", f"about {verdict['more']} pairs more, in a new trial"))
    told = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>" for name, text in facts)
    notes = "".join(f"<li>{escape(sentence(note))}</li>" for note in verdict["notes"])
    said = f'<ul class="note">{notes}</ul>' if notes else ""
    return f'<p class="sure">{pill} {escape(sentence(verdict["reason"]))}</p><dl class="facts">{told}</dl>{said}'


def _pairs(record: Record) -> str:
    changes = pair_changes(record)
    verdict = record["verdict"]
    if not changes or verdict is None:
        return ""
    change, relative = verdict["change"], unit_of(record) == "%"
    factor = 100.0 if relative else 1.0
    mean = None
    if change is not None:
        mean = Estimate(change["value"], change["low"], change["high"], change["level"]).scaled(factor, unit_of(record))
    least = record["request"]["outcome"]["effect_of_interest"]
    unit = unit_of(record)
    forest = forest_html(
        Forest(
            per_rep=[(slot - 1, one) for slot, _, one in changes],
            of_set=mean,
            band=(least, None),
            label=f"Change of each pair with its measuring error, and their mean with its interval, {unit}",
            text=estimate_text,
            unit=unit,
        )
    )  # fmt: skip
    way = "" if record["request"]["outcome"]["better"] == "higher" else "; positive: lower, as the claim says"
    return (
        f'<section id="pairs"><h2>Each pair</h2><div class="two">{_slopes(record)}'
        "<figure><figcaption>change with A against B"
        f" <small>{escape(unit)}{escape(way)}</small></figcaption>{forest}"
        f'<p class="legend"><span><i class="key box"></i>{least:g} {escape(unit)} and more would matter</span>'
        "<span>a row a pair, in the order of time; the mean below</span></p></figure></div></section>"
    )


def _slopes(record: Record) -> str:
    """The number of each pair with B and with A, joined."""
    by_pair: dict[int, dict[str, Record]] = {}
    for session in record["sessions"]:
        if session["number"] is not None:
            by_pair.setdefault(session["pair"], {})[session["arm"]] = session["number"]
    counted = [by_pair[one["pair"]] for one in record["pairs"] if one["complete"] and not one["refused"]]
    counted = [arms for arms in counted if len(arms) == 2]
    if not counted:
        return ""
    up = Axis.around([arms[arm][end] for arms in counted for arm in "AB" for end in ("low", "high")], pad=0.1)
    across = Axis(-0.5, 1.5)
    lines, marks = "", ""
    for k, arms in enumerate(counted):
        shift = 0.06 * (k - 0.5 * (len(counted) - 1)) / max(1, len(counted) - 1)
        ends = [0.0 + shift, 1.0 + shift]
        lines += curve(_array(ends), _array([arms["B"]["value"], arms["A"]["value"]]), across, up, "rate")
        for x, arm in zip(ends, "BA", strict=True):
            one = arms[arm]
            marks += mark(across, up, x, Estimate(one["value"], one["low"], one["high"], unit=one["unit"]), "dot")
    name, unit = record["planned"]["outcome_name"], record["planned"]["unit"]
    drawn = canvas(horizontal_grid(up, 4) + lines, f"{name} with B and with A, a line for each pair")
    return (
        f"<figure><figcaption>{escape(name)} <small>{escape(unit)}; a line joins the two sessions of a pair</small>"
        f'</figcaption><div class="plot">{vertical_labels(up, "", about=4)}'
        f'<div class="area" style="height:{_HEIGHT_PX}px">{drawn}{marks}</div>'
        f"{labels_below(across, ['B', 'A'])}</div></figure>"
    )


def _array(values: Sequence[float]) -> Any:
    import numpy as np

    return np.asarray(values, dtype=np.float64)


def _sheet(record: Record) -> str:
    rows = "".join(
        f"<div><dt>{escape(name)}<br><small>{escape(item)}</small></dt><dd>{escape(sentence(text))}</dd></div>"
        for item, name, text in sheet(record)
    )
    return (
        '<section id="sheet"><h2>Trial sheet</h2><p class="note">Items of CENT 2015 and SCRIBE 2016; their numbers are'
        f' from memory, so check them before you publish.</p><dl class="sheet">{rows}</dl></section>'
    )


def _sessions(record: Record) -> str:
    if not record["sessions"]:
        return ""
    shown = record["verdict"] is not None
    heads = ["When", "Pair", "Arm", *([record["planned"]["outcome_name"]] if shown else ["Measured"]), "Remarks"]
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
    told = session["told"]
    said = [session["reason"]] if session["reason"] else []
    said += [f"{name} {told[name]:g}" for name in ("pain", "rpe") if told.get(name) is not None]
    return listed(said) if said else ""
