"""When the sensors lie still, and what that tells: the false rate, which way is up, how noisy the rate is."""

from collections.abc import Sequence

import numpy as np

from legato.body.imu_sensors import Sensor, Suit
from legato.recording import STANDARD_GRAVITY, BoolArray, FloatArray
from legato.signals.filters import lowpass
from legato.signals.gaps import runs_of
from legato.signals.rotation import turn_steps
from legato.signals.spectra import NoiseSpectrum, floor_density, tapered_density, white_noise

_WINDOW_S = 0.4
_STEADY = np.radians(4.0)
"""Scatter of the rate (rms over 0.4 s, low-passed at 5 Hz) below which a sensor lies still, rad/s. [ENG] quiet standing
sways at 1 to 2 deg/s."""

_SLOW = np.radians(6.0)
"""Mean rate below which it lies still, against the rate where it is stillest, rad/s. [ENG]"""

_LARGEST_BIAS = np.radians(10.0)
"""No gyroscope that works is wrong by more, rad/s. [ENG] makers state 1 to 5 deg/s."""

_LEAST_REST_S = 0.4
_BLOCK_S = 0.5
_SWAY_HZ = 5.0
"""Above this a still rate shows the sensor's noise and no longer the person's sway. [ENG]"""

LARGEST_PULL = 1.0
"""Mean acceleration may differ from gravity by this much at rest, m/s². [ENG]"""

_QUIET = 4.0
"""Blocks whose rate varies by no more than this many times the quietest one's variance are as still as it. [ENG]"""

_SWAY = np.radians(0.3)
"""How far a standing person's sway turns a segment from one end of a rest to the other, SD, rad. [ENG]"""

_SIZE = 257


def turning_rate(sensor: Sensor, rate_hz: float) -> FloatArray:
    """Rates of turn about the sensor's own axes, rad/s, shape (n, 3): as measured, else from its orientation."""
    if sensor.gyro is not None:
        return sensor.gyro
    if sensor.rotation is None:
        raise ValueError("a sensor has rates or an orientation")
    steps = turn_steps(sensor.rotation)
    return np.nan_to_num(np.concatenate((steps, steps[-1:])) * rate_hz)


def still_frames(sensor: Sensor, rate_hz: float) -> BoolArray:
    """Frames in which a sensor lies still, shape (n,)."""
    rate = lowpass(turning_rate(sensor, rate_hz), rate_hz, min(5.0, 0.4 * rate_hz))
    width = max(4, round(_WINDOW_S * rate_hz))
    if len(rate) < width:
        return np.zeros(len(rate), dtype=np.bool_)
    mean, square = (_running_mean(x, width) for x in (rate, rate**2))
    scatter = np.sqrt(np.maximum(square - mean**2, 0.0).sum(axis=1))
    # An orientation does not drift as a rate does, so there rest means no rate at all.
    usual = mean[int(np.argmin(scatter))] if sensor.rotation is None else np.zeros(3)
    quiet = (scatter < _STEADY) & (np.linalg.norm(mean - usual, axis=1) < _SLOW)
    quiet &= np.linalg.norm(mean, axis=1) < _LARGEST_BIAS
    still = np.zeros(len(rate), dtype=np.bool_)
    for first in np.flatnonzero(quiet):
        still[first : first + width] = True
    return still & ~sensor.lost


def _running_mean(x: FloatArray, width: int) -> FloatArray:
    total = np.concatenate((np.zeros((1, x.shape[1])), np.cumsum(x, axis=0)))
    return (total[width:] - total[:-width]) / width


def rests(still: BoolArray, rate_hz: float) -> list[tuple[int, int]]:
    """Stretches of rest, first frame and one past the last, that are long enough to be one."""
    return [(a, b) for a, b in runs_of(still) if b - a >= _LEAST_REST_S * rate_hz]


def common_rests(suit: Suit, still: Sequence[BoolArray]) -> list[tuple[int, int]]:
    """Stretches in which all sensors lie still at once."""
    return rests(np.logical_and.reduce(list(still)), suit.rate_hz)


def quietest(gyro: FloatArray, spans: Sequence[tuple[int, int]], rate_hz: float) -> list[tuple[int, int]]:
    """The stillest parts of rests, first frame and one past the last: blocks of half a second that are about as quiet
    as the quietest.

    Slow turns at either end of a movement and at its turning points pass for rest too, but are not as quiet. A lone
    short rest counts whole.
    """
    width = max(2, round(_BLOCK_S * rate_hz))
    starts = [k for a, b in spans for k in range(a, b - width + 1, max(1, width // 2))]
    if len(starts) < 2:
        return [max(spans, key=lambda span: span[1] - span[0])]
    unrest = np.array([gyro[k : k + width].var(axis=0).sum() for k in starts])
    inside = np.zeros(len(gyro), dtype=np.bool_)
    for i in np.flatnonzero(unrest <= max(_QUIET * unrest.min(), np.partition(unrest, 1)[1])):
        inside[starts[i] : starts[i] + width] = True
    return runs_of(inside)


def false_rate(gyro: FloatArray, quiet: Sequence[tuple[int, int]], rate_hz: float) -> tuple[FloatArray, float]:
    """The steady false rate (3,) that a sensor shows while it is quietest, and its SD, rad/s.

    The blocks of one rest may all hold the same slow turn: the SD is that between blocks over the root of the number of
    rests, and no less than a person's sway turns a segment meanwhile.
    """
    width = max(2, round(_BLOCK_S * rate_hz))
    means = [
        gyro[k : min(b, k + width)].mean(axis=0) for a, b in quiet for k in range(a, max(a + 1, b - width + 1), width)
    ]
    table = np.array(means)
    spread = np.sqrt(table.var(axis=0, ddof=1).mean() * 1.57 / len(quiet)) if len(table) > 1 else 0.0
    swayed = _SWAY * rate_hz * np.sqrt(2.0 * len(quiet)) / sum(b - a for a, b in quiet)
    return np.median(table, axis=0), float(np.hypot(spread, swayed))


def rate_noise(
    gyro: FloatArray, spans: Sequence[tuple[int, int]], moving: Sequence[tuple[int, int]], rate_hz: float
) -> NoiseSpectrum | None:
    """Noise of the angle that a rate integrates to, rad²/Hz; None where the record shows no noise.

    The rate's own density is read while the sensor lies still, above the person's sway, and continued evenly below;
    without a rest its floor in the movement is taken as white. Integrating divides it by (2πf)².
    """
    own = _still_density(gyro, spans, rate_hz)
    own = _moving_floor(gyro, moving, rate_hz) if own is None else own
    if own is None:
        return None
    turning = 2.0 * np.pi * np.maximum(own.freq_hz, own.step_hz)
    return NoiseSpectrum(own.freq_hz, own.density / turning**2, own.cell_hz, own.dof)


def _still_density(gyro: FloatArray, spans: Sequence[tuple[int, int]], rate_hz: float) -> NoiseSpectrum | None:
    freq = np.linspace(0.0, 0.5 * rate_hz, _SIZE)
    high = freq >= _SWAY_HZ
    if high.sum() < 8:
        return None
    total, weight, cell, count = np.zeros(_SIZE), 0.0, float(freq[1]), 0
    for a, b in spans:
        if b - a >= 32:
            total += (b - a) * tapered_density(gyro[a:b], rate_hz, freq).mean(axis=1)
            weight, cell, count = weight + (b - a), max(cell, rate_hz / (b - a)), count + 1
    if weight == 0.0:
        return None
    density = total / weight
    # Neighbouring frequencies are pooled: the shape of a sensor's own filter is smooth.
    width = max(3, round(4.0 / float(freq[1])) | 1)
    padded = np.pad(density[high], width // 2, mode="reflect")
    density[high] = np.convolve(padded, np.full(width, 1.0 / width), mode="valid")
    density[~high] = density[high][: max(3, width)].mean()
    return NoiseSpectrum(freq, density, cell, 4.0 * count)


def _moving_floor(gyro: FloatArray, spans: Sequence[tuple[int, int]], rate_hz: float) -> NoiseSpectrum | None:
    floors = [f for k in range(3) if (f := floor_density(gyro[:, k], spans, rate_hz, 0.3 * rate_hz)) is not None]
    if not floors or max(f[0] for f in floors) <= 0.0:
        return None
    return white_noise(float(np.mean([f[0] for f in floors])), rate_hz, float(sum(f[1] for f in floors)), _SIZE)


def upright_in_sensor(sensor: Sensor, span: tuple[int, int]) -> FloatArray | None:
    """Which of the sensor's own directions points up during a rest, unit vector (3,); None where it has no way to
    tell.
    """
    a, b = span
    if sensor.rotation is not None:
        up = np.nanmean(sensor.rotation[a:b, 2, :], axis=0)
    elif sensor.acc is not None:
        up = sensor.acc[a:b].mean(axis=0)
        if abs(float(np.linalg.norm(up)) - STANDARD_GRAVITY) > LARGEST_PULL:
            return None
    else:
        return None
    return up / np.linalg.norm(up)
