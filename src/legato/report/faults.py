"""The report's section on faults: a card for each that was found, what could not be judged once for each reason, and
what is in order.
"""

import re
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from legato.estimate import Estimate
from legato.faults.assessments.how import how_to
from legato.faults.model import Cause, Finding
from legato.report.cells import Cell
from legato.report.claim_words import claims_html
from legato.report.drill_figure import drill_svg, figure_words
from legato.report.fault_lines import amber_lines
from legato.report.fault_words import (
    Group,
    band_sentence,
    band_words,
    counted,
    faults_found,
    faults_told,
    found_sentence,
    grouped,
    interval_text,
    left_text,
    level_text,
    measured_text,
    of_two_sides,
    quantity,
    reason,
    reps_sentence,
    rows_of,
    shown,
    tail_of,
    told_unit,
    value_text,
    whose_band,
)
from legato.report.fixes import fixes_of, note_on
from legato.report.forest import Forest, forest_html
from legato.report.side_words import side_sentences
from legato.report.tied import tied
from legato.report.words import estimate_text, listed, percent, plural, rep_number, sentence

if TYPE_CHECKING:
    from legato.analysis import Analysis

COLUMNS = (
    "fault", "side", "verdict", "value", "low", "high", "unit", "band_low", "band_high", "band_from", "n", "reps",
    "why", "steps", "reps_past_green", "left_s", "same_markers_value", "same_markers_low", "same_markers_high",
)  # fmt: skip
"""Of `findings.csv`."""


def faults_html(analysis: "Analysis") -> str:
    """The section; empty where nothing was looked for, or nothing that the recording could show."""
    told = faults_told(analysis)
    if not told:
        return ""
    cards = "".join(_card(analysis, finding) for finding in faults_found(analysis))
    level = percent(analysis.settings.level)
    which = " held against it" if any(f.by_same_markers for f in told) else ""
    note = (
        f"Faults looked for: {counted(told)}. One is told only where the whole {level} interval{which} lies beyond the"
        " band."
    )
    said = f'<p class="note">{note}</p>' + (f'<div class="cards">{cards}</div>' if cards else "")
    said += "".join(f"<p>{tied(line)}</p>" for line in amber_lines(told))
    closed = _open([f for f in told if f.verdict == "not-resolvable"])
    return f'<section id="findings"><h2>Findings</h2>{said}{_in_order(told)}{closed}</section>'


def _card(analysis: "Analysis", finding: Finding) -> str:
    fault = finding.fault
    what = quantity(finding)
    if of_two_sides(finding) and finding.side and not side_sentences(finding):
        what += f"; more on the {finding.side}"
    value = value_text(finding)
    around = f"{level_text(analysis)} {interval_text(finding)}, {plural(finding.n, 'rep')}"
    big = f'<p class="big">{escape(value)}<small>{tied(around)}</small></p>' if value else ""
    said = " ".join(sentence(part) for part in (reps_sentence(finding), reason(finding)) if part)
    sides = "".join(f"<p>{tied(line)}</p>" for line in side_sentences(finding))
    causes = _causes(finding, analysis.movement.id)
    return (
        f'<article class="card"><header><h3>{escape(fault.says.rstrip("."))}<small>{escape(what)}</small></h3>'
        f"{fault_pill(finding)}</header>{big}{_forest(finding)}{sides}<p>{tied(said)}</p>"
        f"{_band(finding)}{claims_html([fault.claim])}{causes}{_drills(finding, analysis)}"
        f"{_table(finding)}</article>"
    )


def _band(finding: Finding) -> str:
    said = band_sentence(finding)
    if finding.by_same_markers is not None:
        said += " In the picture the thick bar is the interval by the same markers, the thin one the number's own."
    return f'<p class="note">{tied(said)}</p>' if said else ""


def fault_pill(finding: Finding) -> str:
    """The badge of a fault."""
    said = "found" if finding.band is None else f"outside {whose_band(finding)}"
    return f'<span class="pill fault"><span aria-hidden="true">✕</span> {said}</span>'


def _forest(finding: Finding) -> str:
    if finding.measured is None:
        return ""
    set_value, factor = shown(finding, finding.measured), told_unit(finding)[0]
    low, high = finding.band or (None, None)
    known = rows_of(finding)
    label = f"{found_sentence(finding)}; {plural(len(known), 'rep')} with intervals"
    return forest_html(
        Forest(
            per_rep=known,
            of_set=set_value,
            band=(None if low is None else factor * low, None if high is None else factor * high),
            label=label,
            text=estimate_text,
            unit=tail_of(set_value.unit).strip(),
            zero=False,
            stated=finding.band_from == "default",
            held=None if finding.by_same_markers is None else shown(finding, finding.by_same_markers),
        )
    )


def _causes(finding: Finding, movement: str) -> str:
    rows = "".join(f"<li>{_cause(cause, finding.asks, movement)}</li>" for cause in finding.fault.causes)
    return f'<h4>What may lie behind it, and what would tell</h4><ul class="said">{rows}</ul>'


def _cause(cause: Cause, asks: Sequence[str], movement: str) -> str:
    """A cause, what would tell it, and what of that is missing (`asks` of the finding), with the way to give it."""
    text = f"<b>{escape(sentence(cause.cause).rstrip('.'))}</b>: {tied(cause.tells)}."
    if cause.asks not in asks:
        return text
    kind, colon, rest = cause.asks.partition(": ")
    missing = f"{kind} ({rest})" if colon else cause.asks
    way = re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(how_to(cause.asks, movement)))
    return f"{text} <small>Missing: {escape(missing)} ({way}).</small>"


def _drills(finding: Finding, analysis: "Analysis") -> str:
    """The drills that answer it, each with its dose, cue and grade."""
    screening, own = analysis.screening, analysis.own_drills
    fixes = fixes_of(finding.fault, screening, own)
    if not fixes:
        barred = screening is not None and fixes_of(finding.fault, None, own)
        return '<p class="note">The screening bars the drills that answer it.</p>' if barred else ""
    rows = "".join(f"<li>{tied(fix.words)}. <q>{escape(fix.cue)}</q></li>" for fix in fixes)
    note = escape(note_on(screening)).replace("`legato screen`", "<code>legato screen</code>")
    note = note.replace("`legato plan new`", "<code>legato plan new</code>")
    svg = drill_svg(fixes[0].drill)
    caption = f"<figcaption>{escape(fixes[0].drill.name)}. {escape(figure_words(fixes[0].drill))}</figcaption>"
    figure = f'<figure class="drill">{svg}{caption}</figure>' if svg else ""
    leant_on = claims_html([fix.drill.claim for fix in fixes])
    return f'<h4>Drills that answer it</h4><ul class="said">{rows}</ul>{figure}{leant_on}<p class="note">{note}</p>'


def _table(finding: Finding) -> str:
    """Every repetition's number."""
    if not finding.per_rep or not rows_of(finding):
        return ""
    rows = ""
    for row in finding.per_rep:
        text = estimate_text(shown(finding, row.value)) if row.value is not None else sentence(row.reason)
        mark = "outside" if row.rep in finding.reps else ""
        if row.left_s is not None:
            mark = f"{mark or 'beyond the edge'} from {left_text(row.left_s)} after its start"
        rows += f"<tr><th scope=row>{rep_number(row.rep)}</th><td>{escape(text)}</td><td>{mark}</td></tr>"
    head = "<tr><th>Rep</th><th>Measured</th><td></td></tr>"
    table = f"<div class=scroll><table><thead>{head}</thead><tbody>{rows}</tbody></table></div>"
    return f"<details><summary>Table: the number in each rep</summary>{table}</details>"


def _open(findings: list[Finding]) -> str:
    """What is not resolvable, folded up."""
    if not findings:
        return ""
    groups = "".join(f"<li>{_group(group)}</li>" for group in grouped(findings))
    head = f"{len(findings)} not resolvable, and what would resolve them"
    return f'<details class="more"><summary>{head}</summary><ul class="said">{groups}</ul></details>'


def _group(group: Group) -> str:
    """What all share first, then each with what is its own."""
    shared = " ".join(sentence(part) for part in (group.why, _needed(group.resolve, group)) if part)
    names: dict[str, list[str]] = {}
    for finding, own in group.findings:
        value, band = measured_text(finding), band_words(finding)
        text = f"{quantity(finding)}{f' {value}' if value else ''}{f', band {band}' if band and value else ''}"
        names.setdefault(own, []).append(text)
    parts = [f"{', '.join(of)}: {own}" if own else "; ".join(of) for own, of in names.items()]
    return f"<b>{tied(shared)}</b> {tied(sentence('; '.join(parts)))}"


def _needed(resolve: str, group: Group) -> str:
    """What would resolve the group; what a fault needs is a list of sensors and no sentence."""
    if any(finding.fault.needs == finding.resolve for finding, _ in group.findings) and resolve:
        return f"needed: {resolve}"
    return resolve


def _in_order(findings: Sequence[Finding]) -> str:
    """All on one line; the sides of one fault together."""
    fine = [finding for finding in findings if finding.verdict == "ok" and finding.step != "amber"]
    sides: dict[str, list[str]] = {}
    for finding in fine:
        own_side = finding.side if quantity(finding).endswith(f", {finding.side}") else ""
        sides.setdefault(quantity(finding).removesuffix(f", {own_side}"), []).append(own_side)
    names = [f"{name}{', ' if any(which) else ''}{listed(list(filter(None, which)))}" for name, which in sides.items()]
    return f'<p class="note"><b>In order</b> ({len(fine)}): {escape("; ".join(names))}.</p>' if fine else ""


def finding_rows(analysis: "Analysis") -> list[list[Cell]]:
    """One row a fault and side, in the units of `result.json`; repetitions count from 1."""
    rows: list[list[Cell]] = []
    for f in analysis.findings:
        ends, same = _ends(f.measured), _ends(f.by_same_markers)
        low, high = f.band or (None, None)
        reps = " ".join(str(rep_number(rep)) for rep in f.reps)
        row: list[Cell] = [f.fault.id, f.side, f.verdict, *ends, f.fault.unit, low, high, f.band_from, f.n, reps, f.why]
        past = " ".join(str(rep_number(rep)) for rep in f.reps_past_green)
        left = " ".join(f"{r.left_s.value:.3f}" for r in f.per_rep if r.left_s is not None)
        rows.append([*row, " ".join(f.steps), past, left, *same])
    return rows


def _ends(found: Estimate | None) -> list[Cell]:
    return [None] * 3 if found is None else [found.value, found.low, found.high]
