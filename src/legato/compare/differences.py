"""What two sets' numbers of any kind have in common when they are set side by side."""

import math
import statistics
from collections.abc import Sequence
from typing import Any

from legato.compare.results import Number
from legato.evidence import Difference


def fixed_part(of_set: Number | None, values: Sequence[float], level: float) -> float:
    """Half-width of what repeating does not lessen in a set's mean: its interval without Student's part."""
    from scipy.special import stdtrit

    if of_set is None or len(values) < 2:
        return 0.0
    half = float(stdtrit(len(values) - 1, 0.5 + 0.5 * level)) * statistics.stdev(values) / math.sqrt(len(values))
    return math.sqrt(max(0.0, of_set.half_width**2 - half**2))


def placement_part(parts: Sequence[tuple[float, float]], level: float) -> float:
    """Half-widths, each with its own level, in quadrature at `level`, for normal errors."""
    normal = statistics.NormalDist()

    def z(of: float) -> float:
        return normal.inv_cdf(0.5 + 0.5 * of)

    return math.hypot(*(half * z(level) / z(own) for half, own in parts))


def difference_record(found: Difference, change: Number | None) -> dict[str, Any]:
    """A difference as a record; `change` is the athlete's smallest detectable change, where that is known."""
    record: dict[str, Any] = {
        "unit": found.estimate.unit,
        "mean_first": found.first,
        "mean_second": found.second,
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
    return record
