"""How much too high the highest of many noisy samples of a curve is to be expected."""

import numpy as np

from legato.recording import FloatArray

_REACH_SD = 5.0
"""Samples further below the top of the smooth curve, in SD of their noise, are never the highest. [ENG]"""

_NUMBERS = 300_000
_DRAWS = (20, 200)
"""So many random numbers are drawn in all, in at least and at most so many draws. [ENG]"""


def luck_of_highest(
    curve: FloatArray, noise_sd: float, width: int, memory: float = 1.0, lag: int = 0
) -> tuple[float, float]:
    """What noise adds to the highest of many samples, and the SD of that, in the curve's unit.

    Parameters
    ----------
    curve
        The samples smoothed, shape (n,).
    noise_sd
        SD of the noise of one sample, before smoothing.
    width
        Samples of the running mean that smoothed them.
    memory
        Samples per independent value of the noise.
    lag
        Where above 0, each sample is a difference over so many samples: it has the noise of both ends, as its
        neighbours that share an end have.

    Notes
    -----
    Noise is drawn onto the curve, always from the same start: the same curve has the same answer. What is left of the
    noise in the curve itself lifts its own top; by how much, the same noise tells, smoothed alike.
    """
    if noise_sd <= 0.0:
        return 0.0, 0.0
    scatter = noise_sd * (2.0**0.5 if lag else 1.0)
    near = np.flatnonzero(curve >= curve.max() - _REACH_SD * scatter)
    block = curve[near[0] : near[-1] + 1]
    step = max(1, round(memory))
    n = block.size + lag + width - 1
    fewest, most = _DRAWS
    draws = int(np.clip(_NUMBERS // n, fewest, most))
    noise = np.random.default_rng(0).normal(0.0, noise_sd, (draws, -(-n // step))).repeat(step, axis=1)[:, :n]
    summed = np.cumsum(np.pad(noise, ((0, 0), (1, 0))), axis=1)
    smooth = (summed[:, width:] - summed[:, :-width]) / width
    raw = noise[:, width // 2 :][:, : smooth.shape[1]]
    if lag:
        raw, smooth = raw[:, lag:] - raw[:, :-lag], smooth[:, lag:] - smooth[:, :-lag]
    top = float(block.max())
    tops = (block + raw).max(axis=1) - top
    own = (block + smooth).max(axis=1) - top
    return max(0.0, float(tops.mean() + own.mean())), float(tops.std(ddof=1))
