"""The bar's velocity from its height over time: markers, a track in a video, a cable's length."""

import numpy as np

from legato.bar.model import BarTrack, Source
from legato.errors import NotResolvable
from legato.recording import FloatArray, Span
from legato.signals.filters import derivative, lowpass, zero_phase_gain
from legato.signals.gaps import fill_gaps, runs_of

_CUTOFF_HZ = 10.0
"""Low-pass, Hz, order 4, no lag. [ENG] above a body's usual 6 Hz, as a bar starts and stops sharper."""

_HIGHEST_SHARE = 0.42
_LONGEST_GAP_S = 0.15
"""A longer gap cannot be bridged: a fast pull reaches its peak in less. [ENG]"""

_BIAS_SHARE = 0.5
"""Share of the change that a cut-off half as high again makes which is the filter's own error. [ENG]"""

_BEND_SHARE = 0.3
"""Share of how far a velocity lies off the line between its neighbours that is lost between samples. [ENG]"""

_LEAST_SAMPLES = 20


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

    Raises
    ------
    NotResolvable
        Fewer than 20 samples were seen.
    """
    seen = np.isfinite(height)
    if int(seen.sum()) < _LEAST_SAMPLES:
        raise NotResolvable(f"the bar was seen in {int(seen.sum())} frames only; record the whole set")
    cutoff = min(cutoff_hz, _HIGHEST_SHARE * rate_hz)
    filled, _ = fill_gaps(height[:, None], rate_hz, _LONGEST_GAP_S)
    smooth, finer = (
        lowpass(filled, rate_hz, c)[:, 0] for c in (cutoff, min(1.5 * cutoff, 0.95 * _HIGHEST_SHARE * rate_hz))
    )
    velocity = derivative(smooth[:, None], rate_hz)[:, 0]
    shift = derivative(finer[:, None], rate_hz)[:, 0] - velocity
    rest = filled[:, 0] - smooth
    above = max(0.1, 1.0 - 2.0 * cutoff / rate_hz)
    noise = float(np.nanstd(rest)) / np.sqrt(above)
    freq = np.linspace(0.0, 0.5 * rate_hz, 513)
    gain = zero_phase_gain(freq, cutoff, rate_hz) * 2.0 * np.pi * freq
    noise_velocity = noise * np.sqrt(float(np.mean(gain**2)))
    bend = np.zeros(velocity.size)
    bend[1:-1] = np.nan_to_num(np.abs(np.diff(velocity, 2)))
    sd = np.sqrt(noise_velocity**2 + (_BIAS_SHARE * shift) ** 2 + (_BEND_SHARE * bend) ** 2)
    return BarTrack(
        source=source,
        stream=stream,
        rate_hz=rate_hz,
        start_s=start_s,
        velocity=velocity,
        acceleration=derivative(velocity[:, None], rate_hz)[:, 0],
        height=smooth,
        velocity_sd=sd,
        still=np.zeros(height.size, dtype=np.bool_),
        correlation_s=0.25 / cutoff,
        scale_sd=scale_sd,
        path=path,
        tilt=tilt,
        position_sd=noise,
        lost=tuple(
            (Span(start_s + a / rate_hz, start_s + b / rate_hz), "the bar was not seen")
            for a, b in runs_of(~np.isfinite(velocity))
        ),
        notes=notes,
    )


def track_from_velocity(
    velocity: FloatArray, rate_hz: float, start_s: float, *, stream: str, notes: tuple[str, ...] = ()
) -> BarTrack:
    """How the bar moved, from a velocity (m/s, shape (n,), even times) that a transducer gives."""
    seen = np.isfinite(velocity)
    if int(seen.sum()) < _LEAST_SAMPLES:
        raise NotResolvable(f"the velocity holds {int(seen.sum())} samples only; record the whole set")
    filled = np.where(seen, velocity, 0.0)
    height = np.concatenate((np.zeros(1), np.cumsum(0.5 * (filled[1:] + filled[:-1])))) / rate_hz
    height[~seen] = np.nan
    return track_from_height(height, rate_hz, start_s, source="transducer", stream=stream, notes=notes)
