"""What two sets' numbers of any kind have in common when they are set side by side."""

import math
import statistics
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

from legato.compare.results import Band, Number
from legato.estimate import Estimate
from legato.evidence.differences import Difference, variance

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
