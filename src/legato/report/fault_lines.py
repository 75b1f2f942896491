"""What is told of faults before anything else: the sentence that opens page and terminal, and the lines below it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from legato.faults.model import Finding
from legato.report.fault_words import (
    band_words,
    counted,
    decimals_of,
    edge_text,
    faults_found,
    faults_told,
    found_sentence,
    lower_first,
    measured_text,
    of_two_sides,
    quantity,
    tail_of,
    told_unit,
    whose_band,
)
from legato.report.findings import headline
from legato.report.fixes import fix_line
from legato.report.side_words import difference_words, side_sentences
from legato.report.words import listed, plural, rep_number

if TYPE_CHECKING:
    from legato.analysis import Analysis

_IN_TITLE = 3
"""Faults, or numbers without a band, that are named at the top of the page; the section below holds all."""


def opening(analysis: "Analysis") -> tuple[str, str, Finding | None]:
    """The sentence that opens page and terminal, how sure it is, and the fault that it tells: where the chain's own
    says nothing, the first fault found, else that none was, with the chain's sentence after it; else None.
    """
    first, second = headline(analysis).split("\n", 1)
    found = faults_found(analysis)
    primary = None if analysis.chain is None else analysis.chain.primary
    undecided = primary is not None and primary.set_s is None
    if not undecided or "not resolvable" not in first:
        return first, second, None
    if not found:
        clean, ask = none_found(analysis)
        return (clean, f"{ask}{first} {second}", None) if clean else (first, second, None)
    says, told = found[0].fault.says.rstrip("."), found_sentence(found[0])
    plain = told.startswith(says) or difference_words(found[0], 0)
    lead = told if plain else f"{says}: {lower_first(told)}"
    return f"{lead}.", f"{first} {second}", found[0]


def none_found(analysis: "Analysis") -> tuple[str, str]:
    """That no fault was found and how many could not be judged, where those are the most that first; and for how many
    an earlier set is missing, with what was measured of them. Empty where some was found, or nothing was judged.
    """
    told = faults_told(analysis)
    judged = [finding for finding in told if finding.verdict == "ok"]
    if not judged or faults_found(analysis):
        return "", ""
    of = f"{plural(sum(rep.complete for rep in analysis.reps), 'rep')} of {analysis.movement.name.lower()}"
    amber = sum(finding.step == "amber" for finding in judged)
    beside = "".join(f", {one}" for one in _are(amber, "amber"))
    left, looked = len(told) - len(judged), f"{plural(len(told), 'fault')} looked for"
    if left > len(judged):
        # "No fault found" would be read as more than it is.
        rest = ", ".join(_are(len(judged) - amber, "in order") + _are(amber, "amber"))
        says = f"{of}: {left} of the {looked} could not be judged; {rest}."
    elif left:
        says = f"{of}, no fault found; {left} of the {looked} could not be judged{beside}."
    else:
        says = f"{of}, no fault found of the {looked}{beside}."
    ask, waiting = "", [f for f in told if f.verdict != "ok" and "--baseline" in f"{f.why} {f.resolve}"]
    if waiting and analysis.settings.baseline is None:
        ask = f"For {len(waiting)} of those not judged an earlier set of this athlete is missing "
        ask += "(`--baseline result.json`). "
        measured = "; ".join(unheld(waiting))
        ask += f"Measured, with nothing yet to hold it against: {measured}. " if measured else ""
    return says, ask


def _are(count: int, what: str) -> list[str]:
    """`1 is amber`; nothing where there are none."""
    return [f"{count} {'is' if count == 1 else 'are'} {what}"] if count else []


def unheld(waiting: Sequence[Finding]) -> list[str]:
    """What was measured of findings that have no band yet, surely other than none, differences of the sides first."""
    known = [f for f in waiting if f.measured is not None and f.band is None]
    sure = [f for f in known if f.measured is not None and not f.measured.low <= 0.0 <= f.measured.high]
    sides_first = sorted(sure, key=lambda finding: not of_two_sides(finding))
    return [
        difference_words(finding, decimals_of(finding)) or f"{quantity(finding)} {measured_text(finding)}"
        for finding in sides_first[:_IN_TITLE]
    ]


def title_lines(analysis: "Analysis") -> list[str]:
    """The faults found, for the top of the page, without the one that opens it."""
    told = opening(analysis)[2]
    found = [finding for finding in faults_found(analysis) if finding is not told]
    lines = [f"Found: {lower_first(found_sentence(finding))}." for finding in found[:_IN_TITLE]]
    return lines + ([f"And {len(found) - _IN_TITLE} more, below."] if len(found) > _IN_TITLE else [])


def summary_of_faults(analysis: "Analysis") -> list[str]:
    """Every fault found, a line each, then how many were not resolvable and how many in order."""
    told = faults_told(analysis)
    if not told:
        return []
    opens = opening(analysis)[2]
    lines: list[str] = []
    for finding in faults_found(analysis):
        if finding is not opens:
            lines += [f"Found: {lower_first(found_sentence(finding))}.", *side_sentences(finding)]
    lines += fix_line([one.fault for one in faults_found(analysis)], analysis.screening, analysis.own_drills)
    lines += amber_lines(told)
    unused = dict.fromkeys(f.resolve for f in told if f.resolve.startswith("the baseline "))
    lines += [f"{why[0].upper()}{why[1:]}." for why in unused]
    return [*lines, f"Faults looked for: {counted(told)}; see the report."]


def amber_lines(findings: Sequence[Finding]) -> list[str]:
    """A line for each finding that is no fault and whose set, or a repetition, is surely past green."""
    lines: list[str] = []
    for f in findings:
        past = listed([str(rep_number(rep)) for rep in f.reps_past_green])
        of_set = bool(f.steps) and "green" not in f.steps
        if f.verdict == "fault" or not (past or of_set) or (band := f.fault.band) is None or band.amber is None:
            continue
        reps = f" {'Rep' if len(f.reps_past_green) == 1 else 'Reps'} {past} by itself." if past else ""
        reps = reps.replace("by itself", "by themselves") if len(f.reps_past_green) > 1 else reps
        step = " or ".join(f.steps).capitalize() if of_set else "Past green in single reps"
        begins = f"amber begins at {edge_text(f, band.amber.edge)}{tail_of(told_unit(f)[1])}"
        lines.append(f"{step}: {quantity(f)} {measured_text(f)}, {begins}, {whose_band(f)} {band_words(f)}.{reps}")
    return lines
