"""The numbers that faults are judged by in two sets, set side by side, whatever the verdict on them."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from legato.compare.baseline import Baseline
from legato.compare.differences import Whose, difference_of_estimates, difference_of_reps, difference_record
from legato.compare.results import FindingRecord, Number, Result
from legato.errors import NotResolvable
from legato.evidence import Difference

Values: TypeAlias = Mapping[int, Number | None]
"""A number by the index of the repetition."""

_SAME = 1e-9
"""Relative difference below which two numbers are the same: `result.json` holds ten figures."""


def finding_changes(
    first: Result,
    second: Result,
    told: Sequence[str],
    *,
    lasting: float,
    baseline: Baseline | None,
    whose: Whose,
    level: float,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Second set minus first of each fault's number that both hold, as records, and those refused with the reason.

    A number of right less left is the same one whichever side has more of it; any other is compared on its own side
    alone. What a metric (of `told`, those compared) or a gap shows anyway is left out.
    """
    found: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    seen = [told_anyway(of, told) for of in (first, second)]
    for one, two in _alike(first.findings, second.findings):
        if one in seen[0] and two in seen[1]:
            continue
        about = {"fault": two.fault, "side": two.part or None, "name": two.name or two.fault, "about": two.of}
        try:
            difference = _difference(one, two, (first.level, second.level), lasting, level)
        except NotResolvable as why:
            refused.append({**about, "reason": str(why)})
            continue
        change = baseline and baseline.detectable_finding(two) if one.of_repetitions and two.of_repetitions else None
        pairs = ((first, one), (second, two))
        sets = [f.measured and f.measured.estimate(of.level, level, two.unit) for of, f in pairs]
        record = difference_record(difference, change, sets, [one.target, two.target], whose=whose)
        found.append({**about, "measures": two.measures, **record, **verdicts_of(one, two)})
    return found, refused


def verdicts_of(one: FindingRecord, two: FindingRecord) -> dict[str, Any]:
    """Verdict and band of a finding in both sets."""
    return {
        "verdict_first": one.verdict, "verdict_second": two.verdict, "band_first": one.band, "band_second": two.band,
    }  # fmt: skip


def _alike(
    first: Sequence[FindingRecord], second: Sequence[FindingRecord]
) -> Iterable[tuple[FindingRecord, FindingRecord]]:
    """Findings of both that have a number in either, each beside its like."""
    for two in second:
        one = next((one for one in first if one.fault == two.fault and same_number(one, two)), None)
        if one is not None and (one.measured is not None or two.measured is not None):
            yield one, two


def same_number(one: FindingRecord, two: FindingRecord) -> bool:
    """Whether two findings of one fault are of the same side, or of both sides' difference. Where results of older
    versions do not say which it is, one without a side goes with any.
    """
    if one.compares_sides or two.compares_sides or one.side == two.side:
        return True
    return None in (one.compares_sides, two.compares_sides) and not (one.side and two.side)


def _difference(
    one: FindingRecord, two: FindingRecord, levels: tuple[float, float], lasting: float, level: float
) -> Difference:
    if one.measures != two.measures:
        raise NotResolvable("measured otherwise in each; analyse both with one version")
    if one.of != two.of:
        raise NotResolvable(
            f"of {one.of or 'what is not told'} in the first, of {two.of or 'what is not told'} in the second"
        )
    if one.kind == "spread" and one.unit == "1":
        raise NotResolvable("a ratio to an earlier set, which may be another one in each")
    before, after = one.measured, two.measured
    for which, number in (("first", before), ("second", after)):
        if number is None:
            raise NotResolvable(f"not measured in the {which}")
    assert before is not None and after is not None
    if before.unit != after.unit:
        raise NotResolvable(f"its unit is {before.unit} in one, in the other {after.unit}")
    if one.of_repetitions and two.of_repetitions and one.values and two.values:
        rows = [[row.value for row in of.per_rep] for of in (one, two)]
        return difference_of_reps(rows[0], rows[1], levels, lasting=lasting, unit=two.unit, level=level)
    sets = [number.estimate(own, level, two.unit) for number, own in zip((before, after), levels, strict=True)]
    return difference_of_estimates(sets[0], sets[1], len(one.values), len(two.values))


def judged_metrics(result: Result, metrics: Sequence[str]) -> dict[str, FindingRecord]:
    """Of these metrics those that are a finding's number in every repetition, with that finding."""
    shown = {name: {rep.index: rep.metrics.get(name) for rep in result.whole_reps} for name in metrics}
    found: dict[str, FindingRecord] = {}
    for finding in result.findings:
        numbers = {row.rep: row.value for row in finding.per_rep}
        if finding.of_repetitions:
            found |= {name: finding for name, other in shown.items() if _equal(numbers, other)}
    return found


def told_anyway(result: Result, metrics: Sequence[str]) -> list[FindingRecord]:
    """The findings whose number a metric of these, or a gap, is in every repetition."""
    gaps = [{row.rep: row.gap_s for row in gap.per_rep} for gap in result.gaps]
    numbers = [(one, {row.rep: row.value for row in one.per_rep}) for one in result.findings if one.of_repetitions]
    of_gaps = [one for one, values in numbers if any(_equal(values, gap) for gap in gaps)]
    return [*judged_metrics(result, metrics).values(), *of_gaps]


def _equal(one: Values, other: Values) -> bool:
    """Whether all are the same; zeros alone say nothing of what they are of."""
    if not one or one.keys() != other.keys() or not any(n is not None and n.value for n in one.values()):
        return False
    pairs = [(one[rep], other[rep]) for rep in one]
    return all(a == b if a is None or b is None else _same(a, b) for a, b in pairs)


def _same(one: Number, other: Number) -> bool:
    return one.unit == other.unit and all(
        math.isclose(a, b, rel_tol=_SAME) for a, b in ((one.value, other.value), (one.low, other.low))
    )
