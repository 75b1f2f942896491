"""Where somebody stands or holds still on a plate, and the weight that this shows."""

from dataclasses import dataclass

import numpy as np

from legato.estimate import LEVEL
from legato.forces._onset import Z
from legato.recording import FloatArray
from legato.signals.factors import student_factor

_BLOCK_S = 0.05
"""Length of the stretches whose means are compared, s. [ENG]"""

SHORTEST_S = 0.4
"""Shortest stillness that shows a weight, s. [ENG]"""

_STILL_SHARE = 0.02
"""Largest departure of a block's mean from the median of its neighbours, as a share of it. [ENG] Quiet standing sways
below 1 % of body weight; a slow squat moves more."""

_BASIS_S = 0.4
"""Length over which that median is taken, s. [ENG]"""


_TRIM = 3
"""Blocks left off the end of a stretch, in which a gentle movement may already have begun. [ENG]"""


@dataclass(frozen=True, slots=True)
class Stillness:
    """A stretch without movement: its first sample and stop, mean force and its standard error, SD of a sample, N."""

    first: int
    stop: int
    mean_n: float
    se_n: float
    sd_n: float
    freedom: float

    @property
    def half_n(self) -> float:
        """Half-width of the mean's 90 % interval, N."""
        return max(student_factor(LEVEL, self.freedom), Z) * self.se_n


def still_spans(force_n: FloatArray, rate_hz: float, noise_sd_n: float = 0.0) -> list[Stillness]:
    """Stretches of at least 0.4 s in which the force rests, in order of time; the last 0.15 s are left off.

    Parameters
    ----------
    force_n
        Vertical force, N, shape (n,), its unloaded level taken off; NaN marks missing samples.
    rate_hz
        Sampling rate, Hz.
    noise_sd_n
        SD of the plate's own noise, N: what it adds to the block means is no movement.
    """
    size = max(1, round(_BLOCK_S * rate_hz))
    count = force_n.size // size
    basis = max(3, round(_BASIS_S * rate_hz / size))
    if count < basis:
        return []
    blocks = force_n[: count * size].reshape(count, size).mean(axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(blocks, basis)
    middle = np.median(windows, axis=1)
    allowed = _STILL_SHARE * np.abs(middle) + 3.0 * noise_sd_n / np.sqrt(size)
    calm = (np.abs(windows - middle[:, None]).max(axis=1) <= allowed) & (middle > 0.0)
    found: list[Stillness] = []
    i = 0
    while i < calm.size:
        if not calm[i]:
            i += 1
            continue
        stop = i + basis
        centre = float(middle[i])
        # It grows as long as the next block stays near what the stretch began with: a slow drift is a movement.
        while stop < count and abs(blocks[stop] - centre) <= allowed[i]:
            stop += 1
        # A movement begins inside the last block that still looks calm, or just before it.
        a, b = (i, stop - _TRIM) if stop - i - _TRIM >= basis else (i, max(i + basis - _TRIM, i + 3))
        found.append(_stillness(blocks[a:b], force_n[a * size : b * size], a * size, size))
        i = stop
    return found


def _stillness(blocks: FloatArray, samples: FloatArray, first: int, size: int) -> Stillness:
    n = blocks.size
    mean, left = float(blocks.mean()), blocks - blocks.mean()
    square = float(left @ left)
    # Sway remembers itself from block to block; its memory read from few blocks is too short by
    # (1 + 3 memories) / n (Kendall 1954, Biometrika 41:403).
    memory = float(left[1:] @ left[:-1]) / square if square > 0.0 else 0.0
    memory = float(np.clip(memory + (1.0 + 3.0 * memory) / n, 0.0, 0.9))
    kept = max(2.0, n * (1.0 - memory) / (1.0 + memory))
    se = float(np.sqrt(square / (n - 1) / kept))
    return Stillness(first, first + n * size, mean, se, float(samples.std()), max(1.0, kept - 1.0))
