"""The bar's velocity from its height over time (markers, a track in a video, a cable's length) or from a transducer's
own velocity.
"""

from dataclasses import dataclass

import numpy as np

from legato.bar.edges import Seen, at_rest, lasting
from legato.bar.imu_samples import LONGEST_GAP_S
from legato.bar.memory import LUCK, WayErrors, restless, walk_of_velocity, wander_of_height
from legato.bar.model import BarTrack, Source
from legato.errors import NotResolvable
from legato.recording import BoolArray, FloatArray, Span
from legato.signals.filters import derivative, lowpass, zero_phase_gain
from legato.signals.gaps import fill_gaps, runs_of

_CUTOFF_HZ = 10.0
"""Low-pass, Hz, order 4, no lag. [ENG] above a body's usual 6 Hz, as a bar starts and stops sharper."""

_HIGHEST_SHARE = 0.42
"""Highest cut-off as a share of the rate: the filter's design ends at 0.5. [ENG]"""

_LOWER = 0.7
"""The filter's own error is judged by a cut-off this much lower. [ENG]"""

_BIAS_SHARE = 0.4
"""Standard error beside the largest change within half a period that the lower cut-off makes. [ENG] lifts of four
shapes in 0.3 to 1.5 s, at 25 to 1000 samples/s, are wrong by up to 0.77 of that change, most by less than 0.5; the
change's sign says nothing, as the error swings with cut-off and duration, so nothing is extrapolated."""

_MOST_BLUR = 0.07
"""A peak that the lower cut-off changes by more of its height is refused. [ENG]"""

_NOISY = 0.0075
"""Noise of the velocity, as a share of its usual peak, from which a lower cut-off is tried. [ENG] a noisy flat top is
read too high, as the highest of it is taken."""

_WITHIN_NOISE = 1.5
"""A lower cut-off is taken where it changes the usual peak by no more than this many SDs of its noise. [ENG]"""

_LOWERINGS = 2
"""At most so many times: 10 Hz to 4.9 Hz. [ENG]"""

_LEAST_WAY_M = 0.05
"""A shorter way up is no repetition, so its peak is not judged. [ENG]"""

_MOVING = 0.1
"""Share of the highest speed from which the bar counts as moving where its noise is read. [ENG]"""

_BRIDGE_SHARE = 0.5
_BRIDGE_NOISE_HZ = 50.0
"""Standard error where samples were bridged: beside how far the curve lies off the straight line there, and, for each
second of the gap, beside that of the samples around it. [ENG] the curve's slopes are read from 50 ms at both ends, and
their noise bends it the more the longer it is."""

_MAD_SD = 1.4826
"""SD of normal noise beside its median absolute value."""

_LEAST_SAMPLES = 20
"""Fewer hold no repetition from one standstill to the next. [ENG]"""


@dataclass(frozen=True, slots=True, eq=False)
class _Low:
    """A velocity (n,), m/s, low-passed, the same with a lower cut-off, the SD of its noise with its degrees of freedom;
    and the filled samples it comes from, low-passed with both cut-offs, with the SD of their noise.
    """

    cutoff_hz: float
    velocity: FloatArray
    lower: FloatArray
    velocity_sd: float
    dof: float
    smooth: FloatArray
    smoother: FloatArray
    sample_sd: float
    passed: float


@dataclass(frozen=True, slots=True, eq=False)
class _Samples:
    """What the sensor gave, (n,), gaps closed, and the mask of the closed samples."""

    values: FloatArray
    bridged: BoolArray
    rate_hz: float
    start_s: float


def track_from_height(
    height: FloatArray,
    rate_hz: float,
    start_s: float,
    *,
    source: Source,
    stream: str,
    cutoff_hz: float = _CUTOFF_HZ,
    scale_sd: float = 0.0,
    path: FloatArray | None = None,
    tilt: FloatArray | None = None,
    bridged: BoolArray | None = None,
    notes: tuple[str, ...] = (),
) -> BarTrack:
    """How the bar moved, from its height.

    Parameters
    ----------
    height
        m, shape (n,), at even times; NaN where missing.
    rate_hz, start_s
        Of the samples.
    cutoff_hz
        Of the low-pass, Hz.
    scale_sd
        Relative error of the heights' scale.
    path, tilt
        The bar's middle (n, 3), m, and its angle against the horizontal (n,), rad, where both ends were seen.
    bridged
        Samples (n,) that were put between others further apart than usual.

    Raises
    ------
    NotResolvable
        Fewer than 20 samples were seen.
    """
    samples = _filled(height, rate_hz, start_s, bridged, f"{stream}: the bar was seen in")
    low = _lowpassed(samples, cutoff_hz, of_height=True)
    return _track(
        samples, low, low.smooth,
        source=source, stream=stream, of_height=True, scale_sd=scale_sd, path=path, tilt=tilt,
        notes=notes,
    )  # fmt: skip


def track_from_velocity(
    velocity: FloatArray,
    rate_hz: float,
    start_s: float,
    *,
    stream: str,
    bridged: BoolArray | None = None,
    notes: tuple[str, ...] = (),
) -> BarTrack:
    """How the bar moved, from a velocity (m/s, shape (n,), even times) that a transducer gives.

    `bridged` marks samples that were put between others further apart than usual. The velocity itself is low-passed and
    its noise read from what that takes away; it is summed up for the way alone.

    Raises
    ------
    NotResolvable
        Fewer than 20 samples hold a number.
    """
    samples = _filled(velocity, rate_hz, start_s, bridged, f"{stream}: its velocity holds")
    low = _lowpassed(samples, _CUTOFF_HZ, of_height=False)
    known = np.nan_to_num(low.velocity)
    height = np.concatenate((np.zeros(1), np.cumsum(0.5 * (known[1:] + known[:-1])))) / rate_hz
    height[np.isnan(low.velocity)] = np.nan
    return _track(samples, low, height, source="transducer", stream=stream, notes=notes, of_height=False)


def _filled(values: FloatArray, rate_hz: float, start_s: float, bridged: BoolArray | None, what: str) -> _Samples:
    seen = np.isfinite(values)
    if int(seen.sum()) < _LEAST_SAMPLES:
        raise NotResolvable(
            f"{what} {int(seen.sum())} of {values.size} samples; {_LEAST_SAMPLES} or more are needed, record the whole"
            " set"
        )
    filled, closed = fill_gaps(np.asarray(values, dtype=np.float64)[:, None], rate_hz, LONGEST_GAP_S)
    return _Samples(filled[:, 0], closed if bridged is None else closed | bridged, rate_hz, start_s)


def _lowpassed(samples: _Samples, cutoff_hz: float, *, of_height: bool) -> _Low:
    """The velocity at the cut-off, or at a lower one where noise hides what that changes."""
    cutoff = min(cutoff_hz, _HIGHEST_SHARE * samples.rate_hz)
    low = _at(samples, cutoff, of_height=of_height)
    for _ in range(_LOWERINGS):
        tops = [top for _, _, top in _ways_up(low.velocity, samples.rate_hz)]
        if not tops:
            break
        usual = float(np.median(low.velocity[tops]))
        changed = float(np.median(np.abs(low.velocity - low.lower)[tops]))
        if low.velocity_sd < _NOISY * usual or changed > _WITHIN_NOISE * low.velocity_sd:
            break
        cutoff *= _LOWER
        low = _at(samples, cutoff, of_height=of_height)
    return low


def _at(samples: _Samples, cutoff_hz: float, *, of_height: bool) -> _Low:
    """The velocity at one cut-off."""
    rate = samples.rate_hz
    smooth, lower = (lowpass(samples.values[:, None], rate, c)[:, 0] for c in (cutoff_hz, _LOWER * cutoff_hz))
    velocity = _slope(smooth, rate) if of_height else smooth
    gain = zero_phase_gain(np.linspace(0.0, 0.5 * rate, 513), cutoff_hz, rate)
    noise = _noise(samples, smooth, velocity, gain)
    angle = 2.0 * np.pi * np.linspace(0.0, 0.5, gain.size)
    slope_gain = rate * np.sin(angle) * (1.0 + 4.0 / 6.0 * np.sin(0.5 * angle) ** 2) if of_height else 1.0
    white = noise * float(np.sqrt(np.mean((gain * slope_gain) ** 2)))
    sd, dof = restless(velocity, white, np.isfinite(velocity) & ~samples.bridged, rate)
    return _Low(
        cutoff_hz=cutoff_hz,
        velocity=velocity,
        lower=_slope(lower, rate) if of_height else lower,
        velocity_sd=sd,
        dof=dof,
        smooth=smooth,
        smoother=lower,
        sample_sd=noise,
        passed=float(np.sqrt(np.mean(gain**2))),
    )


def _slope(x: FloatArray, rate_hz: float) -> FloatArray:
    """Rate of change; what central differences lose of a bend (a sixth of the second difference) is given back."""
    slope = derivative(x[:, None], rate_hz)[:, 0]
    slope[1:-1] -= np.nan_to_num(np.diff(slope, 2)) / 6.0
    return slope


def _noise(samples: _Samples, smooth: FloatArray, velocity: FloatArray, gain: FloatArray) -> float:
    """SD of the white noise of a sample; `gain` is the low-pass's from 0 to half the rate.

    Notes
    -----
    Read from what the low-pass took away, by its median size, as the few frames in which a way starts and ends hold
    more than noise; at rest and in motion apart, the larger taken, as what is rounded makes no noise at rest.
    """
    rest = np.abs(samples.values - smooth)
    told = np.isfinite(rest) & np.isfinite(velocity) & ~samples.bridged
    speed = np.abs(velocity)
    moving = speed > _MOVING * float(np.nanmax(speed, initial=0.0))
    sizes = [float(np.median(rest[part])) for part in (told & moving, told & ~moving) if part.sum() >= _LEAST_SAMPLES]
    taken = float(np.sqrt(np.mean((1.0 - gain) ** 2)))
    return _MAD_SD * max(sizes, default=float(np.nanmax(rest))) / taken


def _track(
    samples: _Samples,
    low: _Low,
    height: FloatArray,
    *,
    source: Source,
    stream: str,
    of_height: bool,
    scale_sd: float = 0.0,
    path: FloatArray | None = None,
    tilt: FloatArray | None = None,
    notes: tuple[str, ...] = (),
) -> BarTrack:
    """The track of a velocity whose noise is known and whose low-pass is judged by a lower one."""
    velocity, rate, start = low.velocity, samples.rate_hz, samples.start_s
    change = _largest_near(np.nan_to_num(np.abs(velocity - low.lower)), round(0.5 * rate / low.cutoff_hz))
    bridging = _bridging_sd(low, samples.bridged, rate)
    resting = at_rest(velocity, low.velocity_sd)
    white = low.sample_sd * lasting(samples.values, low.sample_sd, resting & ~samples.bridged, rate)
    # An error of the velocity near the cut-off is one of the height over its angular frequency.
    bridged = bridging / (2.0 * np.pi * low.cutoff_hz) if of_height else bridging
    lost = [
        (Span(start + a / rate, start + b / rate), f"the bar was not seen for {(b - a) / rate:.2f} s")
        for a, b in runs_of(~np.isfinite(velocity))
    ]
    told = ~samples.bridged & np.isfinite(velocity)
    reach = round(0.5 * rate / low.cutoff_hz)
    if of_height:
        quick = low.passed * white
        noise = max(quick, wander_of_height(low.smooth, velocity, low.velocity_sd, told, rate))
        blur = _largest_near(np.nan_to_num(np.abs(low.smooth - low.smoother)), reach)
        ways = WayErrors(
            np.sqrt(noise**2 + (_BIAS_SHARE * blur) ** 2 + bridged**2), 0.0, np.zeros(velocity.size), 2.0 * LUCK * quick
        )
    else:
        walk = max(white / np.sqrt(rate), walk_of_velocity(samples.values, velocity, low.velocity_sd, told, rate))
        ways = WayErrors(np.zeros(velocity.size), walk, bridging / rate)
    return BarTrack(
        source=source,
        stream=stream,
        rate_hz=rate,
        start_s=start,
        velocity=velocity,
        acceleration=_slope(velocity, rate),
        height=height,
        velocity_sd=np.sqrt(low.velocity_sd**2 + (_BIAS_SHARE * change) ** 2 + bridging**2),
        still=np.zeros(velocity.size, dtype=np.bool_),
        correlation_s=0.25 / low.cutoff_hz,
        seen=Seen(samples.values, np.hypot(white, bridged), of_height),
        ways=ways,
        scale_sd=scale_sd,
        dof=low.dof,
        path=path,
        tilt=tilt,
        lost=(*lost, *_blurred(samples, low, change)),
        notes=notes,
    )


def _largest_near(x: FloatArray, reach: int) -> FloatArray:
    """The largest of the samples up to `reach` away, shape (n,)."""
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, reach), 2 * reach + 1)
    return np.asarray(windows.max(axis=1), dtype=np.float64)


def _bridging_sd(low: _Low, bridged: BoolArray, rate_hz: float) -> FloatArray:
    """What bridging adds to the velocity's standard error, m/s, shape (n,); 0 where samples were seen."""
    added = np.zeros(low.velocity.size)
    for a, b in runs_of(bridged):
        ends = max(a - 1, 0), min(b, added.size - 1)
        line = np.interp(np.arange(a, b), ends, low.velocity[list(ends)])
        off = float(np.nan_to_num(np.abs(low.velocity[a:b] - line)).max())
        added[a:b] = np.hypot(_BRIDGE_SHARE * off, _BRIDGE_NOISE_HZ * (b - a) / rate_hz * low.velocity_sd)
    return added


def _ways_up(velocity: FloatArray, rate_hz: float) -> list[tuple[int, int, int]]:
    """First frame, one past the last and the fastest of each way up that may be a repetition."""
    return [
        (a, b, a + int(np.argmax(velocity[a:b])))
        for a, b in runs_of(np.nan_to_num(velocity) > 0.0)
        if float(velocity[a:b].sum()) / rate_hz >= _LEAST_WAY_M
    ]


def _blurred(samples: _Samples, low: _Low, change: FloatArray) -> list[tuple[Span, str]]:
    """Peaks of ways up that are too short for the low-pass."""
    found: list[tuple[Span, str]] = []
    rate = samples.rate_hz
    slow = _HIGHEST_SHARE * rate < _CUTOFF_HZ
    instead = "record more samples a second" if slow else "a sensor that rides on the bar would tell it"
    for a, b, top in _ways_up(low.velocity, rate):
        share = (float(change[top]) - 2.0 * low.velocity_sd) / float(low.velocity[top])
        if share > _MOST_BLUR:
            at = samples.start_s + top / rate
            reason = (
                f"a way of {(b - a) / rate:.2f} s is too short for a low-pass of {low.cutoff_hz:.3g} Hz at {rate:.4g}"
                f" samples/s, whose choice alone moves its peak by {100 * share:.0f} %; {instead}"
            )
            found.append((Span(at - 0.5 / rate, at + 0.5 / rate), reason))
    return found
