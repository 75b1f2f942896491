"""How wrong noise that lasts makes a bar's velocity and the length of its ways, as its rests tell."""

from dataclasses import dataclass

import numpy as np

from legato.bar.edges import at_rest
from legato.recording import BoolArray, FloatArray
from legato.signals.gaps import runs_of

_PIECE_S = 0.3
_DOF_A_PIECE = 2.0
"""The velocity at rest is read in pieces of so long, s, that count as so many independent values. [ENG] noise that
lasts for 0.1 s or more has no more."""

_OFF_EDGE_S = 0.15
"""Nothing is read so near to a way's start or end, s. [ENG]"""

_ROUNDS = 4
_MOST_REST = 0.3
"""What is noisier than was thought rests at higher velocities, sought so many times, up to this share of the highest
speed. [ENG]"""

_WELL_KNOWN = 1e6
"""Degrees of freedom of what the whole record tells."""

_ROOM = 4.0 / 3.0
"""Rests are taken to be so many times as noisy as is known so far, or the noise's own peaks would end them. [ENG]"""

_UNTOLD = 2.0
"""Without a rest the velocity is taken to be so many times as wrong as white noise makes it. [ENG] noise that lasts for
0.05 to 0.2 s makes it 1.3 to 3 times so wrong."""

_APART_S = (0.5, 1.0)
"""Heights at rest that lie so far apart, s, differ as those at both ends of a way do: the larger is taken, as sway
grows. [ENG]"""

_BLOCK_S, _LAGS = 0.1, 4
"""A velocity's errors at rest are added up from means over blocks, s, and so many of their covariances. [ENG]"""

_LEAST_PAIRS = 4

LUCK = 0.5
"""Noise that reverses the velocity makes each end of a way too far out by so many of its SDs. [ENG] a maximum of noise
with an even spectrum lies 0.93 SDs above its mean (Rice 1944); the start that is told lies beside it."""


@dataclass(frozen=True, slots=True, eq=False)
class WayErrors:
    """What makes the length of a way wrong: the SD of the height (n,), m, at its ends; `walk`: the SD to which a summed
    velocity grows in a second, m; and of each sample (n,), m, what bridging may add to that sum. `luck`: how much too
    long noise makes a way, m.
    """

    height_sd: FloatArray
    walk: float
    bridged: FloatArray
    luck: float = 0.0

    def of(self, first: int, stop: int, lasted_s: float) -> float:
        """Standard error of the way, m, from one frame to before another."""
        ends = float(np.hypot(self.height_sd[first], self.height_sd[stop - 1]))
        return float(np.hypot(np.hypot(ends, self.bridged[first:stop].sum()), self.walk * np.sqrt(max(lasted_s, 0.0))))


def restless(velocity: FloatArray, white_sd: float, told: BoolArray, rate_hz: float) -> tuple[float, float]:
    """SD of the noise of a low-passed velocity, m/s, and the degrees of freedom behind it.

    Parameters
    ----------
    velocity
        m/s, shape (n,).
    white_sd
        What white noise of the samples makes, m/s, which it is at least.
    told
        Samples (n,) that were seen.
    rate_hz
        Of the samples.
    """
    length = max(2, round(_PIECE_S * rate_hz))
    top = float(np.nanmax(np.abs(velocity), initial=0.0))
    sd, dof = white_sd, 0.0
    for _ in range(_ROUNDS):
        starts = [
            k for a, b in _rests(velocity, min(_ROOM * sd, _MOST_REST / 3.0 * top), told, rate_hz)
            for k in range(a, b - length + 1, length)
        ]  # fmt: skip
        if not starts:
            break
        seen = float(np.sqrt((velocity[np.array(starts)[:, None] + np.arange(length)] ** 2).mean()))
        dof = _DOF_A_PIECE * len(starts)
        # White noise is known well from the whole record, so that chance in a few rests does not pass for more.
        if seen <= sd * (1.0 + 2.0 / dof) ** 0.5 or seen <= white_sd * (1.0 + (2.0 / dof) ** 0.5) ** 0.5:
            break
        sd = seen
    if dof == 0.0:
        return _UNTOLD * white_sd, _WELL_KNOWN
    return sd, dof if sd > white_sd else _WELL_KNOWN


def wander_of_height(height: FloatArray, velocity: FloatArray, sd: float, told: BoolArray, rate_hz: float) -> float:
    """SD of a low-passed height, m, shape (n,), from how it changes at rest, where it should not; 0 where it rests too
    little.
    """
    rests = _rests(velocity, sd, told, rate_hz)
    found = 0.0
    for apart_s in _APART_S:
        apart = max(1, round(apart_s * rate_hz))
        steps = [height[a + apart : b] - height[a : b - apart] for a, b in rests if b - a >= apart + _LEAST_PAIRS]
        if steps:
            found = max(found, float(np.sqrt(0.5 * np.mean(np.concatenate(steps) ** 2))))
    return found


def walk_of_velocity(values: FloatArray, velocity: FloatArray, sd: float, told: BoolArray, rate_hz: float) -> float:
    """SD to which the sum of a velocity's errors grows in a second, m, from what it is at rest, where it should be
    zero; 0 where it rests too little.
    """
    block = max(1, round(_BLOCK_S * rate_hz))
    sums, counts = np.zeros(_LAGS + 1), np.zeros(_LAGS + 1)
    for a, b in _rests(velocity, sd, told, rate_hz):
        means = values[a : a + (b - a) // block * block].reshape(-1, block).mean(axis=1)
        for lag in range(min(_LAGS + 1, means.size)):
            sums[lag] += float(means[lag:] @ means[: means.size - lag])
            counts[lag] += means.size - lag
    if counts[0] < _LEAST_PAIRS:
        return 0.0
    lagged = sums / np.maximum(counts, 1.0)
    power = (lagged[0] + 2.0 * float(lagged[1:].sum())) * block / rate_hz
    return float(np.sqrt(max(power, lagged[0] * block / rate_hz)))


def _rests(velocity: FloatArray, sd: float, told: BoolArray, rate_hz: float) -> list[tuple[int, int]]:
    """Stretches of rest without their first and last, which may hold some of a way."""
    off = round(_OFF_EDGE_S * rate_hz)
    return [(a + off, b - off) for a, b in runs_of(at_rest(velocity, sd) & told) if b - a > 2 * off + 1]
