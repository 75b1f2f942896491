"""Units, ranges and intervals of coordination numbers."""

import numpy as np

from legato.estimate import Estimate


def unit_of(measure: str) -> tuple[str, tuple[float, float]]:
    """Unit of a measure and the range it lies in."""
    if measure.endswith("_share") or measure.startswith("lumbar_share"):
        return "", (-np.inf, np.inf) if measure.startswith(("lumbar", "hip")) else (0.0, 1.0)
    if measure == "lag":
        return "s", (-np.inf, np.inf)
    if measure == "lag_correlation":
        return "", (-1.0, 1.0)
    if measure == "smoothness":
        return "", (-np.inf, -1.0)
    return "rad", (-np.inf, np.inf)


def limited(value: float, half: float, unit: str, level: float, limits: tuple[float, float]) -> Estimate:
    """Value ± half, with ends that stay in the range of the measure."""
    low, high = limits
    inside = float(np.clip(value, low, high))
    return Estimate(inside, max(inside - half, low), min(inside + half, high), level, unit)


def spread_interval(value: float, dof: float, unit: str, level: float, noise: float = 0.0) -> Estimate:
    """An SD with the interval that chi-square gives it; below, what noise may have added is taken off in quadrature."""
    from scipy.special import chdtri

    tail = 0.5 * (1.0 - level)
    low = value * float(np.sqrt(dof / chdtri(dof, tail)))
    high = value * float(np.sqrt(dof / chdtri(dof, 1.0 - tail)))
    least = float(np.sqrt(max(low**2 - noise**2, 0.0)))
    return Estimate(value, min(least, value), max(high, value), level, unit)


def why_none(measure: str) -> str:
    """Why a number of that kind is not there."""
    return {
        "lag": "the two rates do not follow each other (correlation below 0.5 within 300 ms)",
        "smoothness": "too short or too few samples for a spectrum",
    }.get(measure, "too little movement, or markers are missing")
