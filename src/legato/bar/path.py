"""Where a bar goes besides up: drift to the front and back, loops, and how level it stays."""

import math
from dataclasses import dataclass

import numpy as np

from legato.bar.choice import expected_highest
from legato.bar.edges import at_rest, lasting
from legato.bar.model import BarTrack
from legato.estimate import LEVEL, Estimate
from legato.recording import FloatArray
from legato.signals.factors import student_factor
from legato.signals.filters import lowpass, zero_phase_gain

_APART = 1.5
"""Errors so many correlation times apart count as independent: twice the correlation time is half a period of the
cut-off, and the highest between such samples is a little higher still. [ENG]"""


@dataclass(frozen=True, slots=True)
class BarPath:
    """The way of a bar in one lift. `drift`: how far ahead of its start it ends, m; `loop`: the largest distance to the
    front or back between its way up and its way down at one height, m, None without a way down; `tilt`: the largest
    angle against the horizontal on the way up, rad, left end up, None without both ends.
    """

    drift: Estimate
    loop: Estimate | None
    tilt: Estimate | None


@dataclass(frozen=True, slots=True, eq=False)
class SmoothPath:
    """Path (n, 3), m, and tilt (n,), rad, of a bar, low-passed, with the SDs of the noise that is left in them."""

    path: FloatArray
    tilt: FloatArray | None
    path_sd: float
    tilt_sd: float


def smooth_path(track: BarTrack) -> SmoothPath | None:
    """Path and tilt of a track with the cut-off of its velocity; None without a path."""
    if track.path is None:
        return None
    rate, cutoff = track.rate_hz, 0.25 / track.correlation_s
    gain = zero_phase_gain(np.linspace(0.0, 0.5 * rate, 513), cutoff, rate)
    passed, taken = (float(np.sqrt((g**2).mean())) for g in (gain, 1.0 - gain))
    resting = at_rest(track.velocity, float(np.nanmedian(track.velocity_sd)))

    def left(raw: FloatArray, smooth: FloatArray) -> float:
        """SD of the noise that stays, from what was taken away and from how the rests wander."""
        sample_sd = float(np.nanstd(raw - smooth)) / taken
        return passed * sample_sd * lasting(raw, sample_sd, resting, rate)

    path = lowpass(track.path, rate, cutoff)
    path_sd = left(track.path[:, 0], path[:, 0])
    if track.tilt is None:
        return SmoothPath(path, None, path_sd, 0.0)
    tilt = lowpass(track.tilt, rate, cutoff)
    return SmoothPath(path, tilt, path_sd, left(track.tilt, tilt))


def highest(values: FloatArray, sd: FloatArray, top: int, track: BarTrack) -> tuple[float, float]:
    """How much too high the highest of low-passed values, at `top`, is to be expected, and its standard error."""
    step = max(1, round(_APART * track.correlation_s * track.rate_hz))
    apart = slice(top % step, None, step)
    return expected_highest(values[apart].tolist(), sd[apart].tolist())


def bar_path(
    track: BarTrack, smooth: SmoothPath, up: slice, down: slice | None, level: float = LEVEL
) -> BarPath | None:
    """The way of a bar in one lift; None where either way was not seen throughout.

    Parameters
    ----------
    track, smooth
        The bar, and its path and tilt low-passed.
    up, down
        Frames of the ways up and down.
    level
        Share of central probability that every interval holds.

    Notes
    -----
    Loop and tilt are the largest of many noisy values: what noise is expected to add to them is taken off, down to
    nothing.
    """
    way = smooth.path[up]
    back = None if down is None else smooth.path[down]
    if not np.isfinite(way).all() or (back is not None and not np.isfinite(back).all()):
        return None
    factor = student_factor(level, track.dof)
    sd = math.sqrt(2.0) * smooth.path_sd
    drift = Estimate.symmetric(float(way[-1, 0] - way[0, 0]), factor * sd, "m", level)
    loop = None
    if back is not None:
        order = np.argsort(way[:, 2])
        at_same: FloatArray = np.asarray(np.interp(back[:, 2], way[order, 2], way[order, 0]), np.float64)
        loop = _furthest(back[:, 0] - at_same, sd, track, "m", factor, level).without_sign()
    tilt = None
    if smooth.tilt is not None:
        tilt = _furthest(smooth.tilt[up], smooth.tilt_sd, track, "rad", factor, level)
    return BarPath(drift, loop, tilt)


def _furthest(values: FloatArray, sd: float, track: BarTrack, unit: str, factor: float, level: float) -> Estimate:
    """The value furthest from zero, without what noise is expected to add."""
    top = int(np.argmax(np.abs(values)))
    side = 1.0 if values[top] >= 0.0 else -1.0
    luck, _ = highest(side * values, np.full(values.size, sd), top, track)
    # The highest of like values scatters by half of `sd`; which of the two sides leads, and how like they are, adds.
    return Estimate.symmetric(side * max(0.0, side * float(values[top]) - luck), factor * sd, unit, level)
