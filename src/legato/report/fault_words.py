"""A finding in words: what was measured, against which band, in which repetitions, and what would resolve it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from legato.estimate import Estimate
from legato.faults.bands import ONE_SET
from legato.faults.judge import edges_words, in_words, told_in
from legato.faults.model import Finding
from legato.report.bodiless import bodiless
from legato.report.coaching import coached
from legato.report.findings import true_signs
from legato.report.side_words import difference_words
from legato.report.words import (
    decimals_for,
    events_compared,
    link_name,
    listed,
    number,
    percent,
    plural,
    rep_number,
    sentence,
    unit_text,
)

if TYPE_CHECKING:
    from legato.analysis import Analysis

_OF_THE_SET = ("drift", "spread", "order")
"""Kinds whose number is of the set, not the mean of what each repetition shows."""

_OWN = "the athlete's own, "

_MOST_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Group:
    """Findings that share what stands in the way (`why`) or what would resolve them (`resolve`), each with the part
    that is its own.
    """

    why: str
    resolve: str
    findings: tuple[tuple[Finding, str], ...]


def told_unit(finding: Finding) -> tuple[float, str]:
    """Factor and unit in which a finding's numbers and its band are told: ms or s, mm."""
    unit = finding.fault.unit if finding.measured is None else finding.measured.unit
    factor, shown = told_in(unit, finding.measured, finding.band)
    return factor, "" if shown == "1" else shown


def shown(finding: Finding, estimate: Estimate) -> Estimate:
    """A number of the finding in the unit in which it is told."""
    return estimate.scaled(*told_unit(finding))


def tail_of(unit: str) -> str:
    """A unit as it follows a number."""
    text = unit_text(unit)
    return text if text in ("", "°") else f" {text}"


def quantity(finding: Finding) -> str:
    """What is measured: `lean of the trunk beyond that of the shanks`, `hip → lumbar spine, onset of flexion`."""
    fault = finding.fault
    if fault.lead is not None:
        first, second = fault.lead.from_link, fault.lead.to_link
        events = fault.lead.event, fault.lead.to_event or fault.lead.event
        compared = events_compared(events, (first.quantity, second.quantity))
        return f"{link_name(first.name)} → {link_name(second.name)}, {compared}"
    side = finding.side if finding.side and not of_two_sides(finding) else ""
    named = f"{lower_first(fault.name)}{f', {side}' if side else ''}"
    return f"{named} ({finding.about})" if finding.about else named


def of_two_sides(finding: Finding) -> bool:
    """Whether the number is of right less left, so that a side says which has more."""
    fault = finding.fault
    return fault.result == "load_share_difference" or (fault.measure is not None and fault.measure.side == "difference")


def value_text(finding: Finding) -> str:
    """The set's number: `17°`."""
    if finding.measured is None:
        return ""
    found = shown(finding, finding.measured)
    return f"{number(found.value, decimals_of(finding))}{tail_of(found.unit)}"


def interval_text(finding: Finding, *, unit: bool = True) -> str:
    """Its interval: `15 to 20°`."""
    if finding.measured is None:
        return ""
    found, decimals = shown(finding, finding.measured), decimals_of(finding)
    tail = tail_of(found.unit) if unit else ""
    return f"{number(found.low, decimals)} to {number(found.high, decimals)}{tail}"


def measured_text(finding: Finding) -> str:
    """Both: `17° (15 to 20)`; empty where nothing was measured. Where the number's own interval does not lie as the
    verdict says, the one that does: `9° (4 to 14, by the same markers 7 to 11)`.
    """
    if finding.measured is None:
        return ""
    return f"{value_text(finding)} ({interval_text(finding, unit=False)}{same_markers_text(finding)})"


def same_markers_text(finding: Finding) -> str:
    """`, by the same markers 7 to 11`, where that interval decides and the number's own would not."""
    if finding.by_same_markers is None or not finding.same_markers_decide:
        return ""
    found, decimals = shown(finding, finding.by_same_markers), decimals_of(finding)
    return f", by the same markers {number(found.low, decimals)} to {number(found.high, decimals)}"


def band_words(finding: Finding) -> str:
    """The band: `up to 8°`, `−3 to 7°`, `from 0 ms`; empty where there is none."""
    if finding.band is None:
        return ""
    low, high = (None if edge is None else edge_text(finding, edge) for edge in finding.band)
    tail = tail_of(told_unit(finding)[1])
    if low is None:
        return "" if high is None else f"up to {high}{tail}"
    return f"from {low}{tail} up" if high is None else f"{low} to {high}{tail}"


def whose_band(finding: Finding) -> str:
    """Whose band it is: the athlete's own, or a stated default."""
    return {"own": "own band", "default": "stated band"}.get(finding.band_from, "band")


def band_sentence(finding: Finding) -> str:
    """The band, where it comes from and, of a stated one, its grade."""
    band = band_words(finding)
    if not band:
        return ""
    if finding.band_from == "own":
        return f"Own band: {band} ({finding.band_source.removeprefix(_OWN)})."
    grade = {"": "", "ENG": "; grade ENG: a choice, no evidence"}.get(
        finding.band_grade, f"; grade {finding.band_grade}"
    )
    source = re.sub(r"(\d) deg\b", r"\1°", finding.band_source.removeprefix("[ENG] "))
    return f"Stated default, not the athlete's own: {band} ({source}{grade})."


def found_sentence(finding: Finding) -> str:
    """A fault in one line: `Lean of the trunk beyond that of the shanks 17° (15 to 20), own band −3 to 7°`; of two
    sides which has more.
    """
    value = measured_text(finding)
    if not value:
        return sentence(finding.fault.says).rstrip(".")
    if apart := difference_words(finding, decimals_of(finding)):
        return f"{apart[0].upper()}{apart[1:]}"
    band = band_words(finding)
    of = f" from {ONE_SET}" if ONE_SET in finding.band_source else ""
    against = f", {whose_band(finding)} {band}{of}" if band else ""
    name = quantity(finding)
    if finding.fault.lead is not None:
        # Two links and a sign say less to a coach than what they mean.
        return f"{sentence(finding.fault.says).rstrip('.')}: {name} {value}{against}"
    return f"{name[0].upper()}{name[1:]} {value}{against}"


def reason(finding: Finding) -> str:
    """Why it was judged so, without the name, the number and the band, which stand beside it."""
    why = finding.why
    if finding.measured is not None and (at := why.find(said := in_words(finding.measured, finding.band))) >= 0:
        why = why[at + len(said) :]
        why = f"the interval{why}" if why.startswith(" reaches") else why.lstrip(":, ")
    else:
        name = f"{finding.fault.name[0].lower()}{finding.fault.name[1:]}"
        if why.startswith(name):
            why = why.removeprefix(name).removeprefix(f" ({finding.about})").removeprefix(f", {finding.side}")
            why = why.removeprefix(": ")
        why = _without_conditions(finding, why)
    if finding.band is not None:
        unit = finding.fault.unit if finding.measured is None else finding.measured.unit
        why = why.replace(edges_words(finding.band, unit, finding.measured), "the band")
    return true_signs(coached(why.rstrip(".")))


def _without_conditions(finding: Finding, why: str) -> str:
    """The reason of a number that was not measured, without its pair, which stands beside it, and without what of its
    conditions was not measured either.
    """
    if finding.measured is not None:
        return why
    if (lead := finding.fault.lead) is not None:
        why = why.removeprefix(f"{lead.from_link.name} → {lead.to_link.name}: ")
    first, *others = why.split("; ")
    return "; ".join([first, *(part for part in others if " was not measured: " not in part)])


def reps_sentence(finding: Finding) -> str:
    """In which repetitions it lies outside by itself; empty where only the set has a number."""
    if finding.band is None or finding.fault.kind in _OF_THE_SET:
        return ""
    known = sum(row.value is not None for row in finding.per_rep)
    if not known:
        return ""
    outside = [str(rep_number(rep)) for rep in finding.reps]
    if not outside:
        return "No single rep is surely outside the band; the set is."
    if len(outside) == known:
        return f"Each of the {plural(known, 'measured rep')} lies outside the band by itself."
    if len(outside) == 1:
        return f"Of {known} measured reps, rep {outside[0]} lies outside the band by itself."
    return f"{len(outside)} of {known} measured reps lie outside the band by themselves: {listed(outside)}."


def left_text(at: Estimate) -> str:
    """When a posture left its band, with its interval: `0.42 s (0.38 to 0.47)`."""
    return f"{number(at.value, 2)} s ({number(at.low, 2)} to {number(at.high, 2)})"


def rows_of(finding: Finding) -> list[tuple[int, Estimate]]:
    """The number of each repetition, as shown, where it is what the set's is the mean of."""
    compared = finding.fault.kind == "spread" and finding.fault.unit != "1"
    if finding.fault.kind in _OF_THE_SET and not compared:
        return []
    return [(row.rep, shown(finding, row.value)) for row in finding.per_rep if row.value is not None]


def faults_found(analysis: "Analysis") -> list[Finding]:
    """The faults among the findings."""
    return [finding for finding in analysis.findings if finding.verdict == "fault"]


def faults_told(analysis: "Analysis") -> list[Finding]:
    """The findings, without those that were refused where nothing shows the body or no repetition is whole."""
    unseen = bodiless(analysis) or not any(rep.complete for rep in analysis.reps)
    return [finding for finding in analysis.findings if not (unseen and finding.refused)]


def faults_unseen(analysis: "Analysis") -> str:
    """How many those are, in one line; empty where there are none."""
    count = len(analysis.findings) - len(faults_told(analysis))
    if not count:
        return ""
    why = "nothing in the recording shows what they need" if bodiless(analysis) else "no repetition is whole"
    return f"{plural(count, 'fault')} of this movement not judged, as {why}"


def counted(findings: Sequence[Finding]) -> str:
    """`1 found, 3 not resolvable, 8 in order`."""
    verdicts = [finding.verdict for finding in findings]
    found = verdicts.count("fault")
    parts = [f"{found or 'none'} found"]
    parts += [f"{verdicts.count('not-resolvable')} not resolvable"] if "not-resolvable" in verdicts else []
    amber = sum(finding.verdict == "ok" and finding.step == "amber" for finding in findings)
    parts += [f"{amber} amber"] if amber else []
    parts += [f"{verdicts.count('ok') - amber} in order"] if verdicts.count("ok") > amber else []
    return ", ".join(parts)


def grouped(findings: Sequence[Finding]) -> list[Group]:
    """What is not resolvable, by what several share: the reason where different things would resolve it, else what
    would resolve it.
    """
    reasons = {id(f): reason(f) for f in findings}
    remedies: dict[str, set[str]] = {}
    for f in findings:
        remedies.setdefault(reasons[id(f)], set()).add(f.resolve)
    groups: dict[tuple[str, str], list[tuple[Finding, str]]] = {}
    for f in findings:
        why, resolve = reasons[id(f)], true_signs(coached(f.resolve))
        if len(remedies[why]) > 1:
            groups.setdefault((why, ""), []).append((f, resolve))
        else:
            groups.setdefault(("", resolve), []).append((f, why))
    made = [_group(key, tuple(members)) for key, members in groups.items()]
    return sorted(made, key=lambda group: -len(group.findings))


def _group(key: tuple[str, str], members: tuple[tuple[Finding, str], ...]) -> Group:
    """A group; a part that all of its members share is told once."""
    why, resolve = key
    parts = {part for _, part in members}
    if len(parts) == 1 and len(members) > 1:
        why, resolve = (why or parts.pop(), resolve) if resolve else (why, parts.pop())
        members = tuple((finding, "") for finding, _ in members)
    return Group(why, resolve, members)


def level_text(analysis: "Analysis") -> str:
    """`90 % interval`."""
    return f"{percent(analysis.settings.level)} interval"


def edge_text(finding: Finding, edge: float) -> str:
    """An edge as exactly as the number beside it; a stated one as it was stated."""
    value = told_unit(finding)[0] * edge
    if finding.band_from != "own":
        return true_signs(f"{value:.6g}")
    return number(value, decimals_of(finding))


def decimals_of(finding: Finding) -> int:
    """As many as the interval deserves, and more where its end and the edge that it lies beyond would read alike."""
    if finding.measured is None:
        return 1
    found, factor = shown(finding, finding.measured), told_unit(finding)[0]
    decimals = decimals_for(found.half_width, found.unit)
    edges = [] if finding.band is None else [factor * edge for edge in finding.band if edge is not None]
    if finding.verdict == "not-resolvable":
        return decimals
    held = shown(finding, finding.held or finding.measured)
    while decimals < _MOST_DECIMALS and any(
        number(end, decimals) == number(edge, decimals) != "" and end != edge
        for end in (found.low, found.high, held.low, held.high)
        for edge in edges
    ):
        decimals += 1
    return decimals


def lower_first(text: str) -> str:
    """The text for the middle of a sentence; an abbreviation stays."""
    return text if text[:2].isupper() else text[0].lower() + text[1:]
