"""The result as lines for a terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from legato.chain.model import GapResult
from legato.movements.contacts import OUTSIDE
from legato.movements.plate_strides import BEGUN
from legato.report.bar import bar_lines, untimed
from legato.report.bodiless import bodiless, marked_fact, one_stretch, recorded_fact
from legato.report.coordination import drift_sentences
from legato.report.corrections import correction_count, correction_texts
from legato.report.drive import drive_lines
from legato.report.emg_only import unmarked
from legato.report.fault_lines import opening, summary_of_faults
from legato.report.findings import reason_of, verdict_text
from legato.report.force_words import cut_jumps_fact, force_lines
from legato.report.holds import hold_line, in_own_words, rep_noun
from legato.report.jump_words import flight_text
from legato.report.kinetics_record import moment_lines, moments_heading
from legato.report.lumbar_load import HEADING, lumbar_load_lines
from legato.report.muscle_pairs import none_compared
from legato.report.muscle_refusals import muscle_lines
from legato.report.muscle_words import leading_lag
from legato.report.notices import notices, time_zero
from legato.report.power_record import power_lines
from legato.report.side_words import side_sentences
from legato.report.together import coordination_sentences
from legato.report.whole_body_record import whole_body_lines
from legato.report.words import (
    WORKING_MARKS,
    gap_event,
    gap_ms,
    interval_ms,
    link_name,
    percent,
    plural,
    rep_number,
    sentence,
)

if TYPE_CHECKING:
    from legato.analysis import Analysis


def summary_lines(analysis: "Analysis") -> list[str]:
    """The result as plain lines for a terminal: headline, how sure, movement and reps, each gap, each rep."""
    first, second, told = opening(analysis)
    sides = [] if told is None else side_sentences(told)
    lines = [first, *sides, second, *notices(analysis), *summary_of_faults(analysis), ""]
    complete = sum(1 for rep in analysis.reps if rep.complete)
    partial = len(analysis.reps) - complete
    noun = rep_noun(analysis)
    counted = plural(complete, noun) + (f", {partial} incomplete" if partial else "")
    counted = cut_jumps_fact(analysis) or counted
    if marked := marked_fact(analysis):
        counted = f"{recorded_fact(analysis)}; {noun}s: {marked}"
    lines.append(f"{analysis.movement.name} ({movement_origin(analysis)}): {counted}")
    lines += [f"Time 0 is {zero}"] if (zero := time_zero(analysis)) else []
    if analysis.chain is not None and analysis.chain.gaps and not bodiless(analysis):
        lines += ["", f"Gaps ({percent(analysis.settings.level)} intervals; positive: the second link comes later)"]
        lines += _gap_lines(analysis.chain.gaps, told=leading_lag(analysis) is None)
    if said := drive_lines(analysis):
        lines += ["", "Leg drive on the plates", *(f"  {line}" for line in said)]
    if said := muscle_lines(analysis):
        why = none_compared(analysis)
        told = [f"  {why}"] if why and why != second and not unmarked(analysis) else []
        lines += ["", "Muscles", *(f"  {line}" for line in said), *told]
    if said := force_lines(analysis):
        lines += ["", "Forces", *(f"  {line}" for line in said)]
    sides = {rep.index: rep.side for rep in analysis.reps}
    if said := moment_lines(analysis.kinetics, sides):
        lines += ["", moments_heading(analysis.kinetics), *(f"  {in_own_words(analysis, line)}" for line in said)]
    if said := whole_body_lines(analysis.whole_body, sides):
        lines += ["", "Trunk and arms", *(f"  {in_own_words(analysis, line)}" for line in said)]
    if said := lumbar_load_lines(analysis):
        lines += ["", HEADING, *(f"  {in_own_words(analysis, line)}" for line in said)]
    if said := power_lines(analysis.power):
        lines += ["", "Power", *(f"  {in_own_words(analysis, line)}" for line in said)]
    if said := bar_lines(analysis):
        lines += ["", "Bar", *(f"  {line}" for line in said)]
    lines += [] if bodiless(analysis) else _coordination_lines(analysis)
    if analysis.corrections:
        lines += ["", f"Corrections ({correction_count(analysis.corrections)})"]
        lines += [f"  {text}" for text in correction_texts(analysis.corrections)]
    if one_stretch(analysis) or untimed(analysis):
        return lines
    lines += [
        "",
        f"{noun.capitalize()}s",
        *(f"  {sentence(note)}" for note in analysis.notes if OUTSIDE in note or BEGUN in note),
    ]
    jumps_told = bool(cut_jumps_fact(analysis))
    for rep, row in zip(analysis.reps, analysis.rep_metrics, strict=True):
        state = "" if rep.complete else f"  incomplete: {rep.reason}" if rep.reason else "  incomplete"
        state = f"  {rep.reason}" if state and jumps_told else state
        in_time = sorted(rep.marks.items(), key=lambda mark: mark[1])
        shown = {name: time for name, time in in_time if name not in WORKING_MARKS}
        if rep.ending:
            lines.append(f"  {rep_number(rep.index)}  {rep.start_s:.2f}\u2013{rep.end_s:.2f} s  {hold_line(rep)}")
            continue
        side = f"  {rep.side}" if rep.side else ""
        marks = side + "".join(f"  {name.replace('_', ' ')} {time:.2f} s" for name, time in shown.items())
        flown = f"  {said}" if (said := flight_text(row)) else ""
        lines.append(f"  {rep_number(rep.index)}  {rep.start_s:.2f}\u2013{rep.end_s:.2f} s{marks}{flown}{state}")
    return lines


def _coordination_lines(analysis: "Analysis") -> list[str]:
    """A sentence for each pair of joints, and what drifts over the set, with the load whenever it is known."""
    found = analysis.coordination
    if found is None:
        return []
    lines: list[str] = []
    if together := coordination_sentences(found):
        lines += ["", "How the joints move together", *(f"  {line}" for line in together)]
    gaps = () if analysis.chain is None else analysis.chain.gaps
    loaded = any(d.against == "load" for d in found.drifts)
    told = [d for d in found.drifts if loaded or d.verdict != "not-resolvable"]
    if told:
        lines += ["", "Over the set", *(f"  {line}" for line in drift_sentences(told, gaps))]
    return lines


def _gap_lines(gaps: Sequence[GapResult], *, told: bool) -> list[str]:
    """A line a gap, the reason of an open one below it. Where it is `told`, the headline holds the first gap's reason;
    a reason that several gaps share stands once.
    """
    lines: list[str] = []
    primary = next((gap for gap in gaps if gap.primary), gaps[0])
    said = {reason_of(primary): "see above"} if told else {}
    for gap in gaps:
        lines.append(f"  {_gap_line(gap)}")
        if gap.verdict != "not-resolvable" and gap.set_s is not None:
            continue
        reason = reason_of(gap)
        if reason in said:
            lines[-1] += f" ({said[reason]})"
            continue
        said[reason] = "for the same reason"
        lines.append("    " + " ".join(sentence(part) for part in reason if part))
    return lines


def _gap_line(gap: GapResult) -> str:
    pair = f"{link_name(gap.from_link)} \u2192 {link_name(gap.to_link)}, {gap_event(gap)}"
    measured = "" if gap.set_s is None else f"{gap_ms(gap.set_s)} ms ({interval_ms(gap.set_s)}), n = {gap.n}: "
    return f"{pair}: {measured}{verdict_text(gap)}"


def movement_origin(analysis: "Analysis") -> str:
    """Whether the movement was given or proposed, and how likely it is then."""
    if analysis.movement_given:
        return "given"
    if analysis.movement_probability is None:
        return "proposed"
    return f"proposed, probability {100.0 * analysis.movement_probability:.0f} %"
