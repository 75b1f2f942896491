"""Which side changed: a difference of right and left, taken apart into what each side does now and usually does."""

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, cast

from legato.chain.baseline import BASELINE, LEAST_DAYS, LEAST_REPS, change_of_days
from legato.estimate import LEVEL, Estimate
from legato.evidence import difference_of_sets
from legato.faults.find import Trial
from legato.faults.judge import mean_of_set
from legato.faults.model import Finding, Measured, Sides, SidesOf, SideThen
from legato.movements.model import Rep
from legato.signals.clusters import STAYED
from legato.signals.factors import normal_factor

RepMetrics: TypeAlias = Sequence[Mapping[str, Estimate]]
_Side: TypeAlias = Literal["right", "left"]
_BOTH: tuple[_Side, _Side] = ("right", "left")


@dataclass(frozen=True, slots=True)
class _Then:
    """What one number was in the baseline: its repetitions with their errors' half-widths at `level`, or days."""

    values: tuple[float, ...]
    half: float = 0.0
    within: float = 0.0
    per_day: float = 0.0
    days: bool = False


@dataclass(frozen=True, slots=True)
class _Set:
    """What is compared, and how."""

    reps: Sequence[Rep]
    metrics: RepMetrics
    baseline: Mapping[str, Any]
    level: float
    lasting: float
    least: float


def with_sides(findings: Sequence[Finding], trial: Trial) -> tuple[Finding, ...]:
    """Findings on a difference of right and left, judged against the athlete's own, each with its two sides."""
    metrics, baseline = trial.results.metrics, trial.baseline
    if baseline is None or len(metrics) != len(trial.reps):
        return tuple(findings)
    lasting = 1.0 if trial.stayed_within_m is None else STAYED
    return tuple(
        replace(found, sides=both_sides(found, trial.reps, metrics, baseline, trial.level, lasting))
        for found in findings
    )


def both_sides(
    found: Finding, reps: Sequence[Rep], metrics: RepMetrics, baseline: Mapping[str, Any], level: float, lasting: float
) -> Sides | None:
    """The two sides of a finding's number, and of those other numbers of the repetitions that surely shifted too.

    Parameters
    ----------
    found
        As judged.
    reps, metrics
        The repetitions, and the numbers of each.
    baseline
        An earlier result or a baseline of days.
    level
        Of every interval.
    lasting
        How much of what lasts over a set (where markers sit) may lie otherwise in an earlier result.

    Returns
    -------
    None where the finding is on no difference of right and left beside the athlete's own, or one side was not measured.
    """
    measure, band = found.fault.measure, found.fault.band
    if found.band_from != "own" or measure is None or measure.side != "difference" or band is None:
        return None
    of = _Set(reps, metrics, baseline, level, lasting, band.least_change)
    name = f"{measure.signal}_{measure.reading}"
    own = _sides_of(name, of)
    if own is None:
        return None
    stems = dict.fromkeys(
        key.removesuffix("_right") for row in metrics for key, value in row.items()
        if key.endswith("_right") and value.unit == found.fault.unit
    )  # fmt: skip
    others = [stem for stem in stems if stem != name and _sides_of(stem, of) is not None]
    return Sides(own, tuple(_surely_shifted(others, of)))


def _surely_shifted(names: Sequence[str], of: _Set) -> Iterator[SidesOf]:
    """Of several numbers that are looked at beside the one found, those whose sides surely differ otherwise: each at a
    level at which one of all of them is named by chance as rarely as a single one at `level` (Bonferroni).
    """
    strict = replace(of, level=1.0 - (1.0 - of.level) / max(1, len(names)))
    for name in names:
        at_strict, told = _sides_of(name, strict), _sides_of(name, of)
        if at_strict is not None and at_strict.shifted and told is not None:
            yield told


def _sides_of(name: str, of: _Set) -> SidesOf | None:
    """Both sides of one number; None where one of them was not measured now or then."""
    rows: dict[_Side, list[Estimate | None]] = {side: _now(f"{name}_{side}", of) for side in _BOTH}
    then = {side: _then(f"{name}_{side}", of.baseline, of.level) for side in _BOTH}
    right, left = then["right"], then["left"]
    if right is None or left is None or any(None in row for row in rows.values()):
        return None
    now: Mapping[_Side, list[Estimate]] = {side: [one for one in row if one is not None] for side, row in rows.items()}
    if any(len(row) < LEAST_REPS for row in now.values()) or len(now["right"]) != len(now["left"]):
        return None
    sides = _side(now["right"], right, of), _side(now["left"], left, of)
    return SidesOf(name, *sides, _shift(now, right, left, of), of.least)


def _side(now: Sequence[Estimate], then: _Then, of: _Set) -> SideThen:
    return SideThen(_mean(now, of.level), _mean_then(then, now[0].unit, of.level), _change(now, then, of))


def _now(key: str, of: _Set) -> list[Estimate | None]:
    found = [row.get(key) for rep, row in zip(of.reps, of.metrics, strict=True) if rep.complete]
    return [None if one is None else one.at_level(of.level) for one in found]


def _then(key: str, baseline: Mapping[str, Any], level: float) -> _Then | None:
    """Of an earlier result its repetitions, of a baseline of days the days' means."""
    if baseline.get("schema") == BASELINE:
        rows = cast("Sequence[Mapping[str, Any]]", baseline.get("metrics") or ())
        row = next((one for one in rows if one.get("name") == key), None)
        days = [] if row is None else cast("Sequence[Mapping[str, Any]]", row["days"])
        if row is None or len(days) < LEAST_DAYS:
            return None
        per_day = statistics.median(float(day["n"]) for day in days)
        means = tuple(float(day["mean"]) for day in days)
        return _Then(means, 0.0, float(row["sd_within"]["value"]), per_day, days=True)
    reps = cast("Sequence[Mapping[str, Any]]", baseline.get("reps") or ())
    found = [(rep.get("metrics") or {}).get(key) for rep in reps if rep.get("complete")]
    known = [one for one in found if one]
    if len(known) < LEAST_REPS:
        return None
    at = float((baseline.get("settings") or {}).get("level") or LEVEL)
    half = statistics.fmean(0.5 * (float(one["high"]) - float(one["low"])) for one in known)
    values = tuple(float(one["value"]) for one in known)
    return _Then(values, half * normal_factor(level) / normal_factor(at))


def _mean(rows: Sequence[Estimate], level: float) -> Estimate:
    found = mean_of_set([Measured(k, one) for k, one in enumerate(rows)], 1, level).estimate
    assert found is not None
    return found


def _mean_then(then: _Then, unit: str, level: float) -> Estimate:
    """The usual number: the median of days, else the mean of the earlier set."""
    if then.days:
        half = change_of_days(then.values, then.within, then.per_day, round(then.per_day), level)
        return Estimate.symmetric(statistics.median(then.values), half, unit, level)
    rows = [Estimate.symmetric(value, then.half, unit, level) for value in then.values]
    return _mean(rows, level)


def _half(rows: Sequence[Estimate]) -> float:
    return statistics.fmean(one.half_width for one in rows)


def _change(now: Sequence[Estimate], then: _Then, of: _Set) -> Estimate:
    """Now less usual."""
    values, unit = [one.value for one in now], now[0].unit
    if then.days:
        half = change_of_days(then.values, then.within, then.per_day, len(values), of.level)
        return Estimate.symmetric(statistics.fmean(values) - statistics.median(then.values), half, unit, of.level)
    fixed = of.lasting * math.hypot(_half(now), then.half)
    return difference_of_sets(then.values, values, paired=False, fixed=fixed, unit=unit, level=of.level).estimate


def _shift(now: Mapping[_Side, Sequence[Estimate]], right: _Then, left: _Then, of: _Set) -> Estimate | None:
    """How much further right lies above left than usual; None of days, whose repetitions are not kept."""
    if right.days or len(right.values) != len(left.values):
        return None
    apart = [a.value - b.value for a, b in zip(now["right"], now["left"], strict=True)]
    before = [a - b for a, b in zip(right.values, left.values, strict=True)]
    fixed = of.lasting * math.hypot(_half(now["right"]), _half(now["left"]), right.half, left.half)
    unit = now["right"][0].unit
    return difference_of_sets(before, apart, paired=False, fixed=fixed, unit=unit, level=of.level).estimate
