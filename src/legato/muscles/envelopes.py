"""How strong a muscle's signal is over time: linear envelope, moving RMS, Teager–Kaiser energy, and a causal twin."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from legato.errors import BadInput
from legato.muscles.conditioning import check_rate, checked_samples, mark_missing, samples_of
from legato.recording import FloatArray
from legato.signals.bands import CausalFilter, band_limits, bandpass_sections, group_delay_s, notch_sections
from legato.signals.filters import butterworth_sections, lowpass

ENVELOPE_HZ = 6.0
"""Cut-off of the linear envelope (usual range 3–10 Hz)."""


def linear_envelope(x: ArrayLike, rate_hz: float, cutoff_hz: float = ENVELOPE_HZ, order: int = 2) -> FloatArray:
    """Rectified and low-passed without delay: a Butterworth filter forward and back.

    Parameters
    ----------
    x
        Band-passed EMG, shape (n,) or (n, channels). NaN marks missing samples; each run between them is taken alone.
    rate_hz
        Sampling rate, Hz.
    cutoff_hz
        Cut-off of one pass, Hz; both together have gain 1/2 there.
    order
        Order of one pass, even.

    Returns
    -------
    Mean size of the signal, its unit, same shape. For Gaussian EMG √(2/π) times its RMS.

    Raises
    ------
    BadInput
        As `checked_samples`; the cut-off lies outside (0, rate / 2), or the order is odd or below 2.
    """
    return lowpass(np.abs(checked_samples(x, rate_hz)), rate_hz, cutoff_hz, order)


def moving_rms(x: ArrayLike, rate_hz: float, window_s: float = 0.1) -> FloatArray:
    """Root mean square in a centred window.

    Parameters
    ----------
    x
        Band-passed EMG, shape (n,) or (n, channels). NaN marks missing samples; the window counts the others.
    rate_hz
        Sampling rate, Hz.
    window_s
        Length of the window, s, rounded to an odd number of samples. It is shorter at both ends.

    Returns
    -------
    RMS in the unit of `x`, same shape; NaN where less than half of the window is seen, and where `x` is.

    Raises
    ------
    BadInput
        As `checked_samples`; the window is not above 0.
    """
    if not 0.0 < window_s < np.inf:
        raise BadInput(f"a window of {window_s:g} s holds no sample; give its length in seconds")
    values = checked_samples(x, rate_hz)
    flat = values.reshape(values.shape[0], -1)
    n, half = flat.shape[0], min(flat.shape[0], round(0.5 * (window_s * rate_hz - 1.0)))
    start = np.maximum(np.arange(n) - half, 0)
    stop = np.minimum(np.arange(n) + half + 1, n)
    rms, count = rms_between(flat, start, stop)
    out = np.where(np.isnan(flat) | (2.0 * count < (stop - start)[:, None]), np.nan, rms)
    return out.reshape(values.shape)


def rms_between(x: FloatArray, start: NDArray[np.int64], stop: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
    """Root mean square of the seen samples of `x` (n, channels) from each start up to its stop, and how many they are.

    Both of shape (starts, channels); 0 where none is seen.
    """
    missing = np.isnan(x)
    # Sums of a scaled signal stay exact where a channel is in volts beside one in counts.
    scale = np.max(np.abs(x), axis=0, initial=0.0, where=~missing)
    scale[scale == 0.0] = 1.0
    power = np.zeros((x.shape[0] + 1, x.shape[1]))
    np.cumsum(np.where(missing, 0.0, x / scale) ** 2, axis=0, out=power[1:])
    seen = np.zeros((x.shape[0] + 1, x.shape[1]))
    np.cumsum(~missing, axis=0, out=seen[1:])
    count = seen[stop] - seen[start]
    mean = np.maximum(power[stop] - power[start], 0.0) / np.maximum(count, 1.0)
    return scale * np.sqrt(mean), count


def teager_kaiser(x: ArrayLike) -> FloatArray:
    """Teager–Kaiser energy x² − x₋·x₊ of each sample and its two neighbours, unit², same shape (time first).

    The first and last sample, and those beside a missing one, are NaN (Li et al. 2007, IEEE Trans Biomed Eng).

    Raises
    ------
    BadInput
        No numbers, none seen, fewer than three samples, or more than two dimensions.
    """
    values = samples_of(x)
    if values.ndim not in (1, 2):
        raise BadInput(f"the EMG has shape {values.shape}; give (samples,) or (samples, channels)")
    if values.shape[0] < 3 or not values.size:
        raise BadInput(f"the EMG has shape {values.shape}; give three samples or more, they make one of this energy")
    if not mark_missing(values).any():
        raise BadInput("every EMG sample is missing (NaN); give a channel that was recorded")
    out = np.full(values.shape, np.nan)
    out[1:-1] = values[1:-1] ** 2 - values[:-2] * values[2:]
    return out


class CausalEnvelope:
    """The live twin of band-pass and `linear_envelope`: the same coefficients, forward only, in chunks of any length.

    Parameters
    ----------
    rate_hz
        Sampling rate, Hz.
    channels
        Number of channels of each chunk.
    cutoff_hz
        Cut-off of the envelope, Hz.
    order
        Order of the band's two filters and of the envelope's, even.
    lines_hz
        Mains lines to stop with a narrow notch each (`find_hum` finds them).

    Raises
    ------
    BadInput
        The rate is too low for EMG, a cut-off or line lies beyond half of it, the order is odd or below 2, or there is
        no channel.

    Notes
    -----
    Missing samples (NaN, or numbers no EMG can have) come out missing and start their channel anew; see `CausalFilter`.
    """

    __slots__ = ("_band", "_envelope", "delay_s")

    delay_s: float
    """How late the envelope is, s: √2 / (2π·cut-off) and the little that the band-pass adds in its middle. Take it off
    a reported time, never off a cue.
    """

    def __init__(
        self,
        rate_hz: float,
        channels: int = 1,
        cutoff_hz: float = ENVELOPE_HZ,
        order: int = 2,
        lines_hz: tuple[float, ...] = (),
    ) -> None:
        check_rate(rate_hz)
        low, high = band_limits(rate_hz)
        band = bandpass_sections(rate_hz, low, high, order)
        smooth = butterworth_sections(rate_hz, cutoff_hz, order)
        self._band = CausalFilter(np.concatenate((band, notch_sections(rate_hz, lines_hz))), channels)
        self._envelope = CausalFilter(smooth, channels)
        self.delay_s = group_delay_s(smooth, rate_hz, 0.0) + group_delay_s(band, rate_hz, float(np.sqrt(low * high)))

    def push(self, chunk: FloatArray) -> FloatArray:
        """Envelope of the chunk of raw samples, same shape, (n, channels) or (n,).

        Raises
        ------
        BadInput
            The chunk has another number of channels, or does not hold numbers.
        """
        values = samples_of(chunk)
        if values.ndim not in (1, 2):
            raise BadInput(f"the chunk has shape {values.shape}; give (samples,) or (samples, channels)")
        mark_missing(values)
        return self._envelope.push(np.abs(self._band.push(values)))


def causal_envelope(x: ArrayLike, rate_hz: float, cutoff_hz: float = ENVELOPE_HZ, order: int = 2) -> FloatArray:
    """The whole of `x`, (n,) or (n, channels), through a `CausalEnvelope`, same shape.

    Raises
    ------
    BadInput
        As `checked_samples` and `CausalEnvelope`.
    """
    values = checked_samples(x, rate_hz)
    flat = values.reshape(values.shape[0], -1)
    return CausalEnvelope(rate_hz, flat.shape[1], cutoff_hz, order).push(flat).reshape(values.shape)
