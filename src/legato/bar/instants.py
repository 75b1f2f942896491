"""When a bar is fastest on its way up, and when that way starts: with intervals."""

import math

import numpy as np

from legato.bar.model import BarRep, BarTrack
from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.recording import FloatArray
from legato.signals.factors import student_factor

_RIVAL_SD = 3.3
"""Another maximum of the velocity within so many SDs may as well be the highest (`signals.timing.RIVAL_SD`)."""

_NEAR = 2.0
"""The bend of the peak is read this many correlation times to both sides, at least two samples. [ENG]"""

_TOP = 0.8
"""Where errors last longer than the peak, its bend is read as far as the velocity stays above this share of it. [ENG]
a minimum-jerk way stays so for 0.3 of its time."""

_WANDERS = 2.0
"""Slope of errors that last longer than the peak, beside their SD over their correlation time. [ENG] a pull that is off
by w over a way of T leaves an SD of wT/4 in its middle, and ways last 1 to 2 s."""

_FRAME_SD = 0.01
"""Smallest SD, in samples."""


def fastest_time(track: BarTrack, rep: BarRep, level: float = LEVEL) -> Estimate:
    """When the bar is fastest in a repetition, s on the recording's clock.

    A parabola through the velocity around its highest value gives the time; an error of the velocity that lasts the
    track's correlation time moves it by that error's own rate of change over the bend.

    Raises
    ------
    NotResolvable
        The repetition was not measured, its velocity has two peaks too alike to tell apart, or the peak is too flat.
    """
    if rep.peak_velocity is None:
        raise NotResolvable(f"bar: {rep.reason or 'it was not measured'}")
    first, stop = (round((t - track.start_s) * track.rate_hz) for t in (rep.start_s, rep.end_s))
    velocity, sd = track.velocity[first : stop + 1], track.velocity_sd[first : stop + 1]
    top = int(velocity.argmax())
    reach = max(2, min(round(_NEAR * track.correlation_s * track.rate_hz), _half_width(velocity, top)))
    if top < reach or top + reach >= velocity.size:
        raise NotResolvable("bar: its highest velocity lies at the edge of the way up")
    near = velocity[top - reach : top + reach + 1]
    x = np.arange(-reach, reach + 1) / track.rate_hz
    weights = np.polynomial.polynomial.polyvander(x, 4)
    # Of the fourth order, as a wide parabola would shift a lopsided peak.
    rows: FloatArray = np.asarray(np.linalg.pinv(weights), dtype=np.float64)
    slope, bend = float(rows[1] @ near), 2.0 * float(rows[2] @ near)
    if bend >= 0.0:
        raise NotResolvable("bar: the velocity has no clear peak")
    shift = -slope / bend
    error = _slope_error(track, first + top, reach, rows[1]) / abs(bend)
    if abs(shift) > reach / track.rate_hz or error > math.sqrt(float(near.max()) / abs(bend)):
        raise NotResolvable("bar: the peak of the velocity is too flat for its noise")
    _refuse_rivals(velocity, sd, top, reach)
    half = student_factor(level, track.dof) * math.hypot(error, _FRAME_SD / track.rate_hz)
    return Estimate.symmetric(track.start_s + (first + top) / track.rate_hz + shift, half, "s", level)


def _half_width(velocity: FloatArray, top: int) -> int:
    """Samples to the nearer side on which the velocity stays near its highest."""
    low = np.flatnonzero(velocity < _TOP * velocity[top])
    if low.size == 0:
        return min(top, velocity.size - 1 - top)
    return int(np.abs(low - top).min()) - 1


def _slope_error(track: BarTrack, at: int, reach: int, row: FloatArray) -> float:
    """Standard error of the velocity's slope at a sample, m/s², that `row` takes from the samples around it."""
    if track.acceleration_sd is None:
        return float(track.acceleration_errors()[at])
    # Each sample's error stays in the velocity of all later ones; what lasts longer tilts the whole peak.
    later = np.cumsum(row[::-1])[::-1]
    own = track.acceleration_sd[at - reach : at + reach + 1] * later / track.rate_hz
    return math.hypot(float(np.sqrt(own @ own)), _WANDERS * float(track.velocity_sd[at]) / track.correlation_s)


def _refuse_rivals(velocity: FloatArray, sd: FloatArray, top: int, reach: int) -> None:
    """Refuse where another maximum, beyond a valley, is as high within the noise."""
    for side in (velocity[: top - reach][::-1], velocity[top + reach + 1 :]):
        if side.size < 3:
            continue
        valley = np.minimum.accumulate(side)
        risen = side - valley > _RIVAL_SD * float(sd[top])
        if risen.any() and float(side[risen].max()) > float(velocity[top]) - _RIVAL_SD * float(sd[top]):
            raise NotResolvable("bar: two peaks of its velocity are too alike to tell apart")
