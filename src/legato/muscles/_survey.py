"""What the quality gate looks at in one channel: lost samples, rails, and the power of short blocks by frequency."""

import math
from dataclasses import dataclass

import numpy as np

from legato.muscles._blocks import Blocks, blocks_of, ordered
from legato.muscles._quality_kernels import counts_at_ends
from legato.muscles.conditioning import Look, look_at
from legato.muscles.dropouts import find_dropouts
from legato.muscles.hum import HumFree
from legato.recording import BoolArray, FloatArray
from legato.signals.bands import LOWEST_RATE_HZ
from legato.signals.gaps import runs_of

_LONGEST_FLAT_S = 0.025
"""Half the period of 20 Hz: a band-passed signal that stays at a limit longer is blocked, not clipped at its tops."""

_TOP_WIDTHS = (1e-6, 0.002, 0.01, 0.05)
"""Shares of the range in which samples may crowd at a limit: exact limits, and limits with noise on top. [ENG]"""

_APART = 4.0
"""Widths by which the median is off a limit. [ENG]"""

_LEAST_CROWD = 8
_CROWDING = 4.0
"""Samples within one width of the limit over those in the next width. A smooth top gives at most 1/(√2 − 1) = 2.4
(the arcsine law near a turning point), a falling tail less than 1.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """One channel as the gate sees it. Masks have one entry a sample.

    `missing`: NaN in the file. `held`: lost packets, zeros or a repeated value. `clipped`: at a limit. `blocked`: at a
    limit for longer than a burst's top can be. `step` is the smallest difference between two values, 0 where all are
    equal. `sample` is an even choice of the finite samples. `hum` is what was taken before the blocks were cut, None
    where there is none. `beats_s` are the times of heartbeats, s, and `heart_share` their share of the power.
    """

    x: FloatArray
    rate_hz: float
    missing: BoolArray
    held: BoolArray
    clipped: BoolArray
    blocked: BoolArray
    low: float
    high: float
    step: float
    sample: FloatArray
    blocks: Blocks | None
    hum: HumFree | None
    beats_s: FloatArray
    heart_share: float

    @property
    def lost(self) -> BoolArray:
        """Samples that hold nothing of the muscle."""
        return self.missing | self.held | self.blocked


def survey(x: FloatArray, rate_hz: float, look: Look | None = None) -> Survey:
    """Look over one channel (n,); NaN and infinite samples count as missing.

    `look` is what conditioning saw in it, where that is known. Below the lowest rate that can be conditioned neither
    hum nor heart is looked for.
    """
    n = len(x)
    missing = ~np.isfinite(x)
    none = np.zeros(n, np.bool_)
    seen = x[~missing] if missing.any() else x
    low, high = (float(seen.min()), float(seen.max())) if seen.size else (0.0, 0.0)
    sample = seen[:: max(1, seen.size // 8192)]
    if not high > low:
        return Survey(x, rate_hz, missing, none, none, none, low, high, 0.0, sample, None, None, np.empty(0), 0.0)
    step = _smallest_step(seen)
    clipped, blocked = _at_limits(x, rate_hz, low, high, step, ordered(sample, 0.5))
    if look is None:
        look = look_at(x, rate_hz) if rate_hz >= LOWEST_RATE_HZ else _plain_look(x, rate_hz)
    held = look.lost & ~missing & ~clipped
    lost = missing | held | blocked
    blocks = look.blocks
    if look.hum is not None or not np.array_equal(lost, look.lost):
        blocks = blocks_of(x if look.hum is None else look.hum.values, lost, rate_hz)
    return Survey(
        x,
        rate_hz,
        missing,
        held,
        clipped,
        blocked,
        low,
        high,
        step,
        sample,
        blocks,
        look.hum,
        look.beats_s,
        look.heart_share,
    )


def _plain_look(x: FloatArray, rate_hz: float) -> Look:
    lost = find_dropouts(x, rate_hz)
    return Look(lost, blocks_of(x, lost, rate_hz), None, np.empty(0), 0.0)


def _smallest_step(seen: FloatArray) -> float:
    """Smallest difference between the values of four stretches of the record."""
    size = min(2048, len(seen))
    at = np.linspace(0, len(seen) - size, 4).astype(int)
    values = np.sort(np.concatenate([seen[k : k + size] for k in at]))
    steps = np.diff(values)
    # Values that went through another unit differ in their last bits, which is no step of the recorder.
    steps = steps[steps > 1e-9 * max(abs(values[0]), abs(values[-1]))]
    return float(steps.min()) if steps.size else 0.0


def _at_limits(
    x: FloatArray, rate_hz: float, low: float, high: float, step: float, middle: float
) -> tuple[BoolArray, BoolArray]:
    """Samples at a limit that others crowd at, and those in a run too long for the top of a burst."""
    clipped = np.zeros(len(x), np.bool_)
    reach = high - low
    # A whole number of steps, so that two neighbouring widths hold equally many of the recorder's levels.
    widths = np.array([step * max(1.0, round(w * reach / step)) if step > 0.0 else w * reach for w in _TOP_WIDTHS])
    edge = 0.5 * step
    counts = counts_at_ends(x, low - edge, high + edge, widths)
    most = 0.1 * len(x)
    # Both limits are alike, exact or equally noisy; rest beside a limit that is held spreads wider than the limit.
    crowded = counts[:, :, 0] > most
    two_sided = bool(crowded[:, -1].all()) and int(crowded[0].argmax()) == int(crowded[1].argmax())
    for end in range(2):
        off = middle - low if end == 0 else high - middle
        for k, width in enumerate(widths):
            at, beside = counts[end, k]
            # What lies around the middle is no crowd at a limit, unless the signal jumps between both.
            apart = k == 0 or two_sided or off > _APART * width
            if apart and at >= _LEAST_CROWD and at > _CROWDING * (beside + math.sqrt(beside) + 1.0):
                clipped |= (x <= low - edge + width) if end == 0 else (x >= high + edge - width)
                break
    blocked = np.zeros(len(x), np.bool_)
    if clipped.any():
        for start, stop in runs_of(clipped):
            if stop - start >= _LONGEST_FLAT_S * rate_hz:
                blocked[start:stop] = True
    return clipped, blocked
