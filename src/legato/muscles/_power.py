"""From conditioned EMG to what bursts are timed on: whitened power in bins of about a millisecond, 1 at rest."""

from dataclasses import dataclass

import numpy as np

from legato.muscles._blocks import ordered
from legato.muscles._power_kernels import bin_power
from legato.muscles._segments import Segment, find_segments, rest_level, rest_mask
from legato.recording import BoolArray, FloatArray

BIN_S = 0.001
"""Aim for the length of a bin, s; a bin holds a whole number of samples."""

LOW_HZ, HIGH_HZ = 30.0, 450.0
"""Band in which bursts are timed. Below 30 Hz lie the heart (Drake & Callaghan 2006) and moving cables, above 450 Hz
there is next to no surface EMG (SENIAM)."""

_FLANK = 0.05
"""Share of the burst's power for which the filter is made: edges and centres are timed on the flanks, where the
amplitude is about a third of the top's. [SIM] errors are flat from 0.03 to 0.3."""

_TAPS_S = 0.006
"""Half the length of the whitening filter, s: it must not smear an edge. [ENG]"""

_FLOOR = 0.003
_REST_FLOOR = 0.1
"""Least densities of burst and of rest within the band that the whitening filter counts with, as shares of the median:
where a recorder cuts its band there is next to nothing of either, and nothing to gain. [ENG]"""

_WELCH_S = 0.064
_SMOOTH_HZ = 30.0
_MOST_PIECES = 300
_MARGIN_S = 0.03
"""Kept away from a burst's rough edges where its spectrum and that of rest are taken, s. [ENG]"""

_GRAIN_S, _MOST_GRAIN = 0.015, 6.0
"""Over which power is averaged to see how grainy it is, s: longer than an action potential. [ENG]"""

_MOST_CONTRAST = 1e9
"""Most power over that at rest: 90 dB, more than any recorder resolves; beyond it rest was digital silence."""

_USUAL_DOF_PER_S = 400.0
"""Degrees of freedom of EMG power a second until the spectrum is known: twice a bandwidth of 200 Hz. [SIM]"""


@dataclass(frozen=True, slots=True, eq=False)
class Power:
    """Whitened power of one channel and the activity in it.

    `mean` is the mean square of each bin over that at rest, `there` the share of its samples that was recorded, both of
    shape (n_bins,). `rest_dof` and `active_dof` are the degrees of freedom of one bin's power, summed over many.
    `rest` and `active` are the spectra before the filter `taps`, on even frequencies up to half the rate. `grain` is
    how much more the power of activity scatters than that of noise with its spectrum: action potentials are few.
    """

    mean: FloatArray
    there: FloatArray
    samples: int
    rate_hz: float
    taps: FloatArray
    rest: FloatArray
    active: FloatArray
    rest_dof: float
    active_dof: float
    segments: tuple[Segment, ...]
    grain: float

    @property
    def signal(self) -> FloatArray:
        """Spectrum of what activity adds to rest."""
        return np.maximum(self.active - self.rest, 1e-3 * self.active)

    @property
    def correlation_s(self) -> float:
        """How long the active signal is like itself, s: 1 over twice its equivalent bandwidth."""
        return 0.5 / _bandwidth(self.signal, self.rate_hz)

    @property
    def lengths_s(self) -> list[float]:
        """Lengths of the active stretches, s."""
        return [(segment.stop - segment.start) * self.bin_s for segment in self.segments]

    @property
    def edge_dof(self) -> float:
        """Degrees of freedom of a bin's power with which edges are weighed."""
        return self.active_dof / self.grain

    @property
    def bin_s(self) -> float:
        """Length of a bin, s."""
        return self.samples / self.rate_hz


def whitened_power(x: FloatArray, missing: BoolArray, rate_hz: float) -> Power | None:
    """Whitened power and active stretches of a band-passed channel; None where nothing stands out from rest.

    Parameters
    ----------
    x
        Band-passed EMG in any unit, shape (n,), finite; bridged where samples are missing.
    missing
        Where samples are missing or spoilt by the filter's bridge over them, shape (n,).
    rate_hz
        Sampling rate, Hz.
    """
    samples = max(1, round(rate_hz * BIN_S))
    bin_s = samples / rate_hz
    usual = _USUAL_DOF_PER_S * bin_s
    mean, there = _binned(x, missing, samples)
    level = rest_level(mean, there, bin_s, usual)
    if not level > 0.0:
        return None
    rough = find_segments(mean / level, there, bin_s, usual)
    if not rough:
        return None
    rest, active = _spectra(x, missing, rate_hz, samples, rough, len(mean))
    taps = whitening_filter(active, rest, rate_hz)
    white = np.convolve(x, taps, mode="same")
    spoilt = missing
    if missing.any():
        spoilt = np.convolve(missing, np.ones(len(taps)), mode="same") > 0.5
    mean, there = _binned(white, spoilt, samples)
    gain = gain_of(taps, len(rest)) ** 2
    rest_dof, active_dof = (
        2.0 * bin_s * _bandwidth(gain * density, rate_hz) for density in (np.maximum(rest, 1e-12 * active), active)
    )
    level = rest_level(mean, there, bin_s, rest_dof)
    if not level > 0.0:
        return None
    segments = find_segments(mean / level, there, bin_s, rest_dof)
    if not segments:
        return None
    away = rest_mask(len(mean), segments, round(_MARGIN_S / bin_s)) & (there > 0.5)
    if away.sum() * bin_s > 10 * _WELCH_S:
        level = float(mean[away].mean())
    return Power(
        np.minimum(mean / level, _MOST_CONTRAST),
        there,
        samples,
        rate_hz,
        taps,
        rest,
        active,
        rest_dof,
        active_dof,
        tuple(segments),
        _grain(mean / level, there, segments, active_dof, max(1, round(_GRAIN_S / bin_s))),
    )


def _grain(mean: FloatArray, there: FloatArray, segments: list[Segment], dof: float, bins: int) -> float:
    """From the steps between neighbouring means of so many bins amid each burst; 1 where none is whole."""
    squares, steps = 0.0, 0
    for segment in segments:
        quarter = (segment.stop - segment.start) // 4
        count = (segment.stop - segment.start - 2 * quarter) // bins
        inside = slice(segment.start + quarter, segment.start + quarter + count * bins)
        if count < 3 or there[inside].min() < 1.0:
            continue
        means = mean[inside].reshape(count, bins).mean(axis=1)
        squares += 0.5 * float(np.sum(np.diff(means) ** 2)) / float(means.mean()) ** 2
        steps += count - 1
    # By chance alone the mean square step is 2 / (dof * bins).
    return min(max(1.0, 0.5 * squares / steps * dof * bins), _MOST_GRAIN) if steps else 1.0


def whitening_filter(active: FloatArray, rest: FloatArray, rate_hz: float) -> FloatArray:
    """Zero-phase filter after which power tells most of the effort.

    Parameters
    ----------
    active, rest
        Spectra while the muscle works and while it rests, on even frequencies from 0 to half the rate.
    rate_hz
        Sampling rate, Hz.

    Returns
    -------
    An odd number of taps, symmetric.

    Notes
    -----
    Where a channel is noise N plus effort times A, the squared signal weighted by A/(N + A)² is the score of the log
    effort: it whitens where EMG rules and drops what noise rules (Clancy & Farry 2000, IEEE Trans Biomed Eng 47:709,
    adaptive whitening).
    """
    from scipy.fft import irfft

    f = np.linspace(0.0, 0.5 * rate_hz, len(rest))
    top = min(HIGH_HZ, 0.45 * rate_hz)
    inside = (f >= LOW_HZ) & (f <= top)
    signal = _FLANK * np.maximum(active - rest, _FLOOR * ordered(active[inside], 0.5))
    least = max(_FLOOR * ordered(signal[inside], 0.5), _REST_FLOOR * ordered(rest[inside], 0.5))
    noise = np.maximum(rest, least)
    weight = signal / (noise + signal) ** 2
    fade = 0.05 * rate_hz
    edge = np.clip((f - LOW_HZ) / 20.0, 0.0, 1.0) * np.clip((top + fade - f) / fade, 0.0, 1.0)
    gain: FloatArray = np.sqrt(weight) * edge
    n = 2 * (len(rest) - 1)
    taps: FloatArray = np.asarray(irfft(gain / float(gain.max()), n))
    half = min(round(_TAPS_S * rate_hz), n // 2 - 1)
    return np.concatenate((taps[-half:], taps[: half + 1])) * np.hanning(2 * half + 3)[1:-1]


def _binned(x: FloatArray, missing: BoolArray, samples: int) -> tuple[FloatArray, FloatArray]:
    n = len(x) // samples
    mean, there = np.empty(n), np.empty(n)
    bin_power(x, missing, samples, mean, there)
    return mean, there


def _spectra(
    x: FloatArray, missing: BoolArray, rate_hz: float, samples: int, segments: list[Segment], n_bins: int
) -> tuple[FloatArray, FloatArray]:
    """Spectra at rest (zeros where it never rests) and in activity."""
    margin = round(_MARGIN_S * rate_hz / samples)
    away = np.repeat(rest_mask(n_bins, segments, margin), samples)
    busy = np.repeat(~rest_mask(n_bins, segments, 0), samples)
    there = ~missing[: len(away)]
    active = _mean_spectrum(x, busy & there, rate_hz)
    rest = _mean_spectrum(x, away & there, rate_hz)
    if active is None:
        # Bursts shorter than a piece: all that is not rest.
        active = _mean_spectrum(x, ~away & there, rate_hz)
    if active is None:
        active = _mean_spectrum(x, np.ones(len(away), bool), rate_hz)
    if active is None:
        active = np.ones(round(_WELCH_S * rate_hz) // 2 + 1)
    return (np.zeros_like(active) if rest is None else rest), active


def _mean_spectrum(x: FloatArray, mask: BoolArray, rate_hz: float) -> FloatArray | None:
    """Mean power spectrum of the stretches of `x` where `mask` holds throughout; None where there is none."""
    from scipy.fft import rfft

    n = 2 * (round(_WELCH_S * rate_hz) // 2)
    starts = np.arange(0, len(mask) - n + 1, n // 2)
    held = np.concatenate(([0], np.cumsum(mask)))
    starts = starts[held[starts + n] - held[starts] == n]
    if not starts.size:
        return None
    if starts.size > _MOST_PIECES:
        starts = starts[np.linspace(0, starts.size - 1, _MOST_PIECES).astype(int)]
    pieces = np.lib.stride_tricks.sliding_window_view(x, n)[starts] * np.hanning(n)
    parts: FloatArray = np.asarray(rfft(pieces, axis=1)).view(np.float64)
    density = np.einsum("ij,ij->j", parts, parts).reshape(-1, 2).sum(axis=1) / len(starts)
    width = max(1, round(_SMOOTH_HZ * n / rate_hz))
    kernel = np.hanning(width + 2)[1:-1]
    return np.convolve(np.pad(density, width, mode="edge"), kernel / kernel.sum(), mode="same")[width:-width]


def gain_of(taps: FloatArray, frequencies: int) -> FloatArray:
    """Magnitude of a symmetric filter on even frequencies from 0 to half the rate."""
    from scipy.fft import rfft

    padded = np.zeros(2 * (frequencies - 1))
    padded[: len(taps)] = taps
    return np.abs(rfft(padded))


def _bandwidth(density: FloatArray, rate_hz: float) -> float:
    """Equivalent bandwidth (∫S)²/∫S², Hz."""
    step = 0.5 * rate_hz / (len(density) - 1)
    return float(density.sum()) ** 2 / float((density**2).sum()) * step
