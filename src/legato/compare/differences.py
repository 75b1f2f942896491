"""What two sets' numbers of any kind have in common when they are set side by side."""

import math
import statistics
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

from legato.compare.results import Band, Number
from legato.errors import NotResolvable
from legato.estimate import Estimate
from legato.evidence import Difference, difference_of_sets
from legato.evidence.differences import variance

LEAST_SHARE = 2.0 / 3.0
"""Share of repetitions in which a number must be measured, as for the mean of a set."""

Outcome: TypeAlias = Literal[
    "no-change", "in-doubt", "not-known", "within", "not-resolvable", "changed", "better", "worse",
    "no-difference", "differs",
]  # fmt: skip
"""What may be said of two sets of one athlete, or (the last two) of two athletes."""

Whose: TypeAlias = Literal["one", "two", "in-doubt"]
"""Sets of one athlete measured alike, of two athletes, or sets against whose being of one something speaks."""


def fixed_part(of_set: Number | None, values: Sequence[float], level: float) -> float:
    """Half-width of what repeating does not lessen in a set's mean: its interval without Student's part."""
    from scipy.special import stdtrit

    if of_set is None or len(values) < 2:
        return 0.0
    half = float(stdtrit(len(values) - 1, 0.5 + 0.5 * level)) * math.sqrt(variance(values) / len(values))
    return math.sqrt(max(0.0, of_set.half_width**2 - half**2))


def placement_part(parts: Sequence[tuple[float, float]], level: float) -> float:
    """Half-widths, each with its own level, in quadrature at `level`, for normal errors."""
    normal = statistics.NormalDist()

    def z(of: float) -> float:
        return normal.inv_cdf(0.5 + 0.5 * of)

    return math.hypot(*(half * z(level) / z(own) for half, own in parts))


def difference_of_estimates(before: Estimate, after: Estimate, n: int, m: int) -> Difference:
    """What two sets differ by in a number that only a set has: both intervals in quadrature; `n`, `m` repetitions."""
    change = after.minus(before)
    shown = "higher" if change.low > 0.0 else "lower" if change.high < 0.0 else "no"
    return Difference(change, before.value, after.value, n, m, False, shown)


def difference_of_reps(
    first: Sequence[Number | None],
    second: Sequence[Number | None],
    levels: tuple[float, float],
    *,
    lasting: float,
    unit: str,
    level: float,
) -> Difference:
    """What two sets differ by in a number of each repetition.

    Parameters
    ----------
    first, second
        The number in each whole repetition, None where it was not measured, in the order of the set.
    levels
        Of the intervals of each.
    lasting
        Share of what each repetition's number may be wrong by that lies otherwise in the other set.
    unit, level
        Of the difference and its interval.

    Raises
    ------
    NotResolvable
        Too few repetitions were measured for a mean, on either side, or the units differ.
    """
    one, two = ([m for m in row if m is not None] for row in (first, second))
    for which, row, measured in (("first", first, one), ("second", second, two)):
        if len(measured) < LEAST_SHARE * len(row):
            raise NotResolvable(f"measured in {len(measured)} of {len(row)} whole repetitions of the {which}")
    if len(units := {m.unit for m in (*one, *two)}) > 1:
        raise NotResolvable(f"its unit is {' in one, in the other '.join(sorted(units))}")
    fixed = 0.0
    if one and two:
        sides = zip((one, two), levels, strict=True)
        parts = [(statistics.median(m.half_width for m in of), own) for of, own in sides]
        fixed = lasting * placement_part(parts, level)
    return difference_of_sets(
        [m.value for m in one],
        [m.value for m in two],
        paired=len(first) == len(second) == len(one) == len(two),
        fixed=fixed,
        unit=unit,
        level=level,
    )


def difference_record(
    found: Difference,
    change: Number | None,
    sets: Sequence[Estimate | None] = (None, None),
    bands: Sequence[Band | None] = (),
    *,
    whose: Whose = "one",
) -> dict[str, Any]:
    """A difference as a record.

    Parameters
    ----------
    found
        The difference of the two sets' means.
    change
        The athlete's smallest detectable change, where that is known.
    sets
        The mean of each set with its interval, where there is one.
    bands
        The targets that the number was judged by, in its unit; None where there is none.
    whose
        Where not of one athlete, nobody changed; where in doubt, nothing is said of a change.
    """
    record: dict[str, Any] = {
        "unit": found.estimate.unit,
        "mean_first": found.first,
        "mean_second": found.second,
        "set_first": None if sets[0] is None else sets[0].to_dict(),
        "set_second": None if sets[1] is None else sets[1].to_dict(),
        "n_first": found.n_first,
        "n_second": found.n_second,
        "paired": found.paired,
        "difference": found.estimate.to_dict(),
        "shown": found.shown,
        "detectable_change": None,
        "beyond_detectable": None,
    }
    if change is not None:
        size = abs(found.estimate.value)
        beyond = "no" if size <= change.low else "not-resolvable"
        if size > change.high and found.shown != "no":
            beyond = "yes"
        record |= {"detectable_change": change.model_dump(), "beyond_detectable": beyond}
    return record | {"outcome": _outcome(found, change, record["beyond_detectable"], bands, whose)}


def _outcome(
    found: Difference, change: Number | None, beyond: str | None, bands: Sequence[Band | None], whose: Whose
) -> Outcome:
    """What may be said. `better` and `worse` only where the number comes nearer to each band, or goes farther from it,
    by more than the smallest detectable change can be: one that jumps across its band, or was hardly outside, has
    changed and is no better.
    """
    if whose == "two":
        return "no-difference" if found.shown == "no" else "differs"
    if found.shown == "no":
        return "no-change"
    if whose == "in-doubt":
        return "in-doubt"
    if change is None:
        return "not-known"
    if beyond != "yes":
        return "within" if beyond == "no" else "not-resolvable"
    nearer = [_outside(found.first, band) - _outside(found.second, band) for band in bands if band is not None]
    if nearer and min(nearer) > change.high:
        return "better"
    return "worse" if nearer and max(nearer) < -change.high else "changed"


def _outside(value: float, band: Band) -> float:
    """How far a value lies outside a band."""
    low, high = band
    return max(0.0, 0.0 if low is None else low - value, 0.0 if high is None else value - high)
