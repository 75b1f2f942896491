"""A finding in words: what was measured, against which band, in which repetitions, and what would resolve it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from legato.estimate import Estimate
from legato.faults.judge import edges_words, in_words, told_in
from legato.faults.model import Finding
from legato.report.bodiless import bodiless
from legato.report.coaching import coached
from legato.report.findings import headline, true_signs
from legato.report.fixes import fix_line
from legato.report.side_words import difference_words, side_sentences
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

_IN_TITLE = 3
"""Faults that are named at the top of the page; the section below holds all."""


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
    named = f"{_lower(fault.name)}{f', {side}' if side else ''}"
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
    return f"{number(found.value, _decimals(finding))}{tail_of(found.unit)}"


def interval_text(finding: Finding, *, unit: bool = True) -> str:
    """Its interval: `15 to 20°`."""
    if finding.measured is None:
        return ""
    found, decimals = shown(finding, finding.measured), _decimals(finding)
    tail = tail_of(found.unit) if unit else ""
    return f"{number(found.low, decimals)} to {number(found.high, decimals)}{tail}"


def measured_text(finding: Finding) -> str:
    """Both: `17° (15 to 20)`; empty where nothing was measured."""
    return "" if finding.measured is None else f"{value_text(finding)} ({interval_text(finding, unit=False)})"


def band_words(finding: Finding) -> str:
    """The band: `up to 8°`, `−3 to 7°`, `from 0 ms`; empty where there is none."""
    if finding.band is None:
        return ""
    low, high = (None if edge is None else _edge(finding, edge) for edge in finding.band)
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
    if apart := difference_words(finding, _decimals(finding)):
        return f"{apart[0].upper()}{apart[1:]}"
    band = band_words(finding)
    against = f", {whose_band(finding)} {band}" if band else ""
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
        why = f"the interval{why}" if why.startswith(" reaches") else why.lstrip(": ")
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
    lead = told if plain else f"{says}: {_lower(told)}"
    return f"{lead}.", f"{first} {second}", found[0]


def none_found(analysis: "Analysis") -> tuple[str, str]:
    """That no fault was found and how many could not be judged, and for how many of those an earlier set is missing;
    empty where some was found, or where nothing was surely in order.
    """
    told = faults_told(analysis)
    ok = sum(finding.verdict == "ok" for finding in told)
    if not ok or faults_found(analysis):
        return "", ""
    reps = plural(sum(rep.complete for rep in analysis.reps), "rep")
    left, looked = len(told) - ok, plural(len(told), "fault")
    judged = f"; {left} of the {looked} looked for could not be judged" if left else f" of the {looked} looked for"
    ask, unheld = "", sum("--baseline" in f"{finding.why} {finding.resolve}" for finding in told)
    if unheld and analysis.settings.baseline is None:
        ask = f"For {unheld} of them an earlier set of this athlete is missing (`--baseline result.json`). "
    return f"{reps} of {analysis.movement.name.lower()}, no fault found{judged}.", ask


def title_lines(analysis: "Analysis") -> list[str]:
    """The faults found, for the top of the page, without the one that opens it."""
    told = opening(analysis)[2]
    found = [finding for finding in faults_found(analysis) if finding is not told]
    lines = [f"Found: {_lower(found_sentence(finding))}." for finding in found[:_IN_TITLE]]
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
            lines += [f"Found: {_lower(found_sentence(finding))}.", *side_sentences(finding)]
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
        begins = f"amber begins at {_edge(f, band.amber.edge)}{tail_of(told_unit(f)[1])}"
        lines.append(f"{step}: {quantity(f)} {measured_text(f)}, {begins}, {whose_band(f)} {band_words(f)}.{reps}")
    return lines


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


def _edge(finding: Finding, edge: float) -> str:
    """An edge as exactly as the number beside it; a stated one as it was stated."""
    value = told_unit(finding)[0] * edge
    if finding.band_from != "own":
        return true_signs(f"{value:.6g}")
    return number(value, _decimals(finding))


def _decimals(finding: Finding) -> int:
    """As many as the interval deserves, and more where its end and the edge that it lies beyond would read alike."""
    if finding.measured is None:
        return 1
    found, factor = shown(finding, finding.measured), told_unit(finding)[0]
    decimals = decimals_for(found.half_width, found.unit)
    edges = [] if finding.band is None else [factor * edge for edge in finding.band if edge is not None]
    if finding.verdict == "not-resolvable":
        return decimals
    while decimals < _MOST_DECIMALS and any(
        number(end, decimals) == number(edge, decimals) != "" and end != edge
        for end in (found.low, found.high)
        for edge in edges
    ):
        decimals += 1
    return decimals


def _lower(text: str) -> str:
    """The text for the middle of a sentence; an abbreviation stays."""
    return text if text[:2].isupper() else text[0].lower() + text[1:]
