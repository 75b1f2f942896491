"""How much too high the highest of several measured values is to be expected, and how surely."""

from collections.abc import Sequence

import numpy as np

from legato.recording import FloatArray

_GRID = 801


def choice_bias(values: Sequence[float], sds: Sequence[float]) -> float:
    """How much too high the highest of several measured values is to be expected, in their unit.

    The expected highest of values with these errors, less the highest of those without, about values that are drawn to
    their mean by the share of their spread that is error.
    """
    return expected_highest(values, sds)[0]


def expected_highest(values: Sequence[float], sds: Sequence[float]) -> tuple[float, float]:
    """`choice_bias`, and the SD of the highest of values with these errors; errors are taken as independent."""
    error = np.maximum(np.asarray(sds, dtype=np.float64), 1e-9)
    seen = np.asarray(values, dtype=np.float64)
    if seen.size < 2:
        return 0.0, float(error.max(initial=0.0))
    mean, squares = float(seen.mean()), float((error**2).mean())
    spread = max(0.0, float(seen.var(ddof=1)) - squares)
    likely = mean + spread / (spread + squares) * (seen - mean)
    # The others are too low to be chosen, and the grid would not resolve the errors.
    near = likely > likely.max() - 8.0 * float(error.max())
    if int(near.sum()) < 2:
        return 0.0, float(error[near][0])
    from scipy.special import ndtr

    likely, error = likely[near], error[near]
    reach = 6.0 * float(error.max())
    grid: FloatArray = np.linspace(float(likely.min()) - reach, float(likely.max()) + reach, _GRID, dtype=np.float64)
    below: FloatArray = np.prod(np.asarray(ndtr((grid[:, None] - likely) / error), dtype=np.float64), axis=1)
    top = float(grid[-1])
    expected = top - float(np.trapezoid(below, grid))
    # E[(top − x)²] is twice the integral of (top − x) times the share below x.
    variance = 2.0 * float(np.trapezoid((top - grid) * below, grid)) - (top - expected) ** 2
    return max(0.0, expected - float(likely.max())), max(0.0, variance) ** 0.5
