"""Samples at uneven times put on an even grid by cubics through them."""

import numpy as np
from numpy.typing import NDArray

from legato.recording import FloatArray


def resample_even(time_s: FloatArray, values: FloatArray, rate_hz: float) -> tuple[FloatArray, FloatArray]:
    """The samples at even times from the first on, and between which two of them each lies.

    Parameters
    ----------
    time_s
        Rising times, s, shape (n,), n ≥ 3.
    values
        Samples without a missing one, shape (n, channels).
    rate_hz
        Rate of the grid, Hz.

    Returns
    -------
    The values on the grid, shape (frames, channels), and the length of the step that each frame lies in, s, (frames,).

    Notes
    -----
    Between two samples runs the cubic that has their values and, at each, the slope of the parabola through it and its
    neighbours (Catmull–Rom for uneven steps): where samples are missing it follows both ends.
    """
    slope: FloatArray = np.asarray(np.gradient(values, time_s, axis=0), dtype=np.float64)
    frames = int(np.floor((time_s[-1] - time_s[0]) * rate_hz + 1e-6)) + 1
    grid = time_s[0] + np.arange(frames) / rate_hz
    passed: NDArray[np.intp] = np.asarray(np.searchsorted(time_s, grid, side="right"), dtype=np.intp)
    before = np.minimum(np.maximum(passed - 1, 0), time_s.size - 2)
    step = time_s[before + 1] - time_s[before]
    s = ((grid - time_s[before]) / step)[:, None]
    width = step[:, None]
    found = (
        (1.0 + 2.0 * s) * (1.0 - s) ** 2 * values[before]
        + s * (1.0 - s) ** 2 * width * slope[before]
        + s**2 * (3.0 - 2.0 * s) * values[before + 1]
        + s**2 * (s - 1.0) * width * slope[before + 1]
    )
    return found, step
