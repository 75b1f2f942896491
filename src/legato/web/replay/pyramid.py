"""Smallest and largest samples of stretches of a signal, so that a view of any width reads only what it shows."""

import numpy as np
from numpy.typing import NDArray

FIRST_STEP = 16
"""Samples in a stretch of the finest level. [ENG] Below that a page reads the samples: at most 16 a pixel."""

FACTOR = 4

_FEWEST = 512
"""Stretches below which a level is not made coarser. [ENG] About half of what a plot is wide, in pixels."""


def levels(samples: NDArray[np.float32]) -> list[tuple[int, NDArray[np.float32], NDArray[np.float32]]]:
    """Step, smallest and largest of each level, the finest first.

    Parameters
    ----------
    samples
        Shape (n,). NaN marks missing samples.

    Returns
    -------
    Stretch `i` of a level holds the samples from `i * step` up to, not including, `(i + 1) * step`; the last may be
    shorter. Both are exactly samples of the signal, NaN where a stretch holds none.
    """
    found: list[tuple[int, NDArray[np.float32], NDArray[np.float32]]] = []
    low = high = samples
    step, times = 1, FIRST_STEP
    while low.size > _FEWEST:
        low, high = _gathered(low, times, np.fmin), _gathered(high, times, np.fmax)
        step *= times
        found.append((step, low, high))
        times = FACTOR
    return found


def _gathered(values: NDArray[np.float32], times: int, of: np.ufunc) -> NDArray[np.float32]:
    missing = -values.size % times
    whole = np.concatenate([values, np.full(missing, np.nan, dtype=np.float32)]) if missing else values
    return of.reduce(whole.reshape(-1, times), axis=1)
