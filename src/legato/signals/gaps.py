"""Gaps in samples: where they are, and short ones closed by a smooth curve that is marked as such."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np

from legato.recording import BoolArray, FloatArray

LONGEST_FILLED_S = 0.2
"""Gaps longer than this stay missing."""


def runs_of(mask: BoolArray) -> list[tuple[int, int]]:
    """Start and stop (exclusive) of each run of true values, in order."""
    if not mask.size:
        return []
    edges: list[int] = (np.flatnonzero(mask[1:] != mask[:-1]) + 1).tolist()
    edges = [0] * bool(mask[0]) + edges + [len(mask)] * bool(mask[-1])
    return list(zip(edges[::2], edges[1::2], strict=True))


def fill_gaps(
    x: FloatArray,
    rate_hz: float,
    longest_s: float = LONGEST_FILLED_S,
    barriers_s: Sequence[float] = (),
    start_s: float = 0.0,
) -> tuple[FloatArray, BoolArray]:
    """Close short gaps with a cubic that meets value and slope on both sides.

    Parameters
    ----------
    x
        Samples, shape (n,) or (n, channels); NaN marks missing samples. The channels of one row are missing together: a
        row with any NaN counts as missing.
    rate_hz
        Sampling rate, Hz.
    longest_s
        Longest gap to close, s. Gaps at the start or the end are never closed.
    barriers_s
        Instants that no fill may cross (events), s; the gap that holds one stays missing.
    start_s
        Time of the first sample on the clock of `barriers_s`, s.

    Returns
    -------
    The samples with short gaps closed, and a mask (n,) of the samples that were closed.

    Notes
    -----
    Slopes come from a parabola through up to 50 ms of samples (at least three) on each side, so noise of a single
    sample does not throw the curve; beside shorter runs the slope is that of the chord.
    """
    flat = np.array(x, dtype=np.float64).reshape(x.shape[0], -1)
    missing: BoolArray = np.any(np.isnan(flat), axis=1)
    filled = np.zeros(flat.shape[0], dtype=np.bool_)
    barriers = (np.asarray(barriers_s, dtype=np.float64) - start_s) * rate_hz
    seen = runs_of(~missing)
    reach = max(3, round(0.05 * rate_hz) + 1)
    source = flat.copy()
    for (a0, a1), (b0, b1) in pairwise(seen):
        gap = b0 - a1
        if gap > longest_s * rate_hz + 1e-9 or bool(((barriers > a1 - 1) & (barriers < b0)).any()):
            continue
        width = float(gap + 1)
        chord = (source[b0] - source[a1 - 1]) / width
        before = _end_slope(source[max(a0, a1 - reach) : a1][::-1])
        after = _end_slope(source[b0 : min(b1, b0 + reach)])
        slope_a = chord if before is None else -before
        slope_b = chord if after is None else after
        s = (np.arange(1, gap + 1) / width)[:, None]
        flat[a1:b0] = (
            (1.0 + 2.0 * s) * (1.0 - s) ** 2 * source[a1 - 1]
            + s * (1.0 - s) ** 2 * width * slope_a
            + s**2 * (3.0 - 2.0 * s) * source[b0]
            + s**2 * (s - 1.0) * width * slope_b
        )
        filled[a1:b0] = True
    return flat.reshape(x.shape), filled


def _end_slope(samples: FloatArray) -> FloatArray | None:
    """Slope (per sample) at the first row of `samples` (k, channels) from a least-squares parabola; None below three
    rows.
    """
    k = samples.shape[0]
    if k < 3:
        return None
    return _slope_weights(k) @ samples


@lru_cache(maxsize=64)
def _slope_weights(k: int) -> FloatArray:
    """Weights of `k` samples whose sum is the slope at the first of the parabola that fits them best."""
    return np.linalg.pinv(np.vander(np.arange(k, dtype=np.float64), 3, increasing=True))[1]
