"""Butterworth high-pass, band-pass and notch in closed form: zero-phase between gaps, and a causal twin of the same
coefficients that runs on a stream.
"""

from functools import lru_cache

import numpy as np

from legato.errors import BadInput
from legato.recording import BoolArray, FloatArray
from legato.signals._filter_kernels import run_causal, zero_phase_high
from legato.signals.filters import butterworth_sections
from legato.signals.gaps import runs_of

EMG_BAND_HZ = (20.0, 450.0)
"""Band of a surface EMG (SENIAM: 10–20 Hz to 500 Hz)."""
TOP_OF_RATE = 0.45
"""Highest band limit as a share of the rate: the bilinear filter needs room below half of it [ENG]."""
LOWEST_RATE_HZ = 200.0
"""Below this rate less than a sixth of the band is left [ENG]."""


def band_limits(rate_hz: float) -> tuple[float, float]:
    """Lower and upper limit of the EMG band at this rate, Hz: 20–450, the upper one at most 0.45 of the rate.

    Raises
    ------
    BadInput
        The rate is not above 0, or below 200 Hz: then most of the EMG's band is lost.
    """
    if not rate_hz > 0.0 or not np.isfinite(rate_hz):
        raise BadInput(f"the sampling rate is {rate_hz:g} Hz; give the rate at which the EMG was recorded")
    if rate_hz < LOWEST_RATE_HZ:
        raise BadInput(
            f"EMG at {rate_hz:g} samples/s holds too little of {EMG_BAND_HZ[0]:g}–{EMG_BAND_HZ[1]:g} Hz; "
            f"give the raw recording at {LOWEST_RATE_HZ:g} samples/s or more (1000 for the whole band)"
        )
    return EMG_BAND_HZ[0], min(EMG_BAND_HZ[1], TOP_OF_RATE * rate_hz)


def highpass_sections(rate_hz: float, cutoff_hz: float, order: int = 2) -> FloatArray:
    """Second-order sections of a high-pass Butterworth filter (bilinear, cut-off pre-warped).

    Parameters
    ----------
    rate_hz
        Sampling rate, Hz.
    cutoff_hz
        Frequency at which one pass has gain 1/√2, Hz, above 0 and below half the rate.
    order
        Order of one pass, even.

    Returns
    -------
    Coefficients b0 b1 b2 a1 a2 (a0 = 1), shape (order / 2, 5).

    Raises
    ------
    BadInput
        The cut-off lies outside (0, rate / 2), or the order is odd or below 2.
    """
    sections = butterworth_sections(rate_hz, cutoff_hz, order)
    b0 = sections[:, 0] / np.tan(np.pi * cutoff_hz / rate_hz) ** 2
    return np.column_stack((b0, -2.0 * b0, b0, sections[:, 3:]))


def bandpass_sections(rate_hz: float, low_hz: float, high_hz: float, order: int = 2) -> FloatArray:
    """Second-order sections of a band-pass: a high-pass at `low_hz`, then a low-pass at `high_hz`.

    Parameters
    ----------
    rate_hz
        Sampling rate, Hz.
    low_hz, high_hz
        The two limits, Hz.
    order
        Order of each of the two in one pass, even. Two passes double it.

    Returns
    -------
    Coefficients b0 b1 b2 a1 a2 (a0 = 1), shape (order, 5).

    Raises
    ------
    BadInput
        A limit lies outside (0, rate / 2), the lower one is not below the upper one, or the order is odd or below 2.

    Notes
    -----
    The cascade in place of a Butterworth band-pass: each limit moves without touching the other (a lower upper limit
    at a low rate, a 30 Hz lower one against heartbeats), and the sections are well conditioned at any ratio of the two.
    From 20 to 450 Hz at 2 kHz and order 2 the gains of both designs differ by less than 0.015 anywhere.
    """
    if not low_hz < high_hz:
        raise BadInput(f"a band from {low_hz:g} to {high_hz:g} Hz is empty; give the lower limit first")
    return np.concatenate((highpass_sections(rate_hz, low_hz, order), butterworth_sections(rate_hz, high_hz, order)))


def notch_sections(rate_hz: float, lines_hz: tuple[float, ...], width_hz: float = 2.0) -> FloatArray:
    """One second-order notch a line, `width_hz` wide between its gains of 1/√2 in one pass, shape (lines, 5).

    Raises
    ------
    BadInput
        A line lies outside (0, rate / 2).
    """
    if any(not 0.0 < line < 0.5 * rate_hz for line in lines_hz):
        raise BadInput(f"a notch needs a frequency between 0 and {0.5 * rate_hz:g} Hz, half the rate")
    turn = 2.0 * np.cos(2.0 * np.pi * np.array(lines_hz, dtype=np.float64) / rate_hz)
    half = np.tan(np.pi * width_hz / rate_hz)
    b0 = np.full(len(lines_hz), 1.0 / (1.0 + half))
    return np.column_stack((b0, -turn * b0, b0, -turn * b0, (1.0 - half) * b0))


def band_filter(x: FloatArray, rate_hz: float, sections: FloatArray) -> FloatArray:
    """Zero-phase filter of a high-pass or band-pass: forward and back, every run between gaps on its own.

    Parameters
    ----------
    x
        Samples, time first, any further shape. NaN marks missing samples.
    rate_hz
        Sampling rate, Hz.
    sections
        Sections that stop 0 Hz (`highpass_sections`, `bandpass_sections`); both passes square their gain.

    Returns
    -------
    The filtered samples, same shape; missing samples stay missing. A run of one sample becomes 0.

    Notes
    -----
    Each run is turned about its own level at both ends (a line through 50 ms there), so an offset or a drift makes no
    transient and the noise of the last sample no step.
    """
    flat = np.ascontiguousarray(x, dtype=np.float64).reshape(x.shape[0], -1)
    gains = steady_gains(sections)
    pad, reach = round(0.2 * rate_hz), max(1, round(0.05 * rate_hz))
    missing = np.isnan(flat)
    if not missing.any() and flat.shape[0]:
        return _filtered_run(flat, sections, gains, pad, reach).reshape(x.shape)
    out = np.full_like(flat, np.nan)
    for c in range(flat.shape[1]):
        for start, stop in runs_of(~missing[:, c]):
            block = np.ascontiguousarray(flat[start:stop, c : c + 1])
            out[start:stop, c : c + 1] = _filtered_run(block, sections, gains, pad, reach)
    return out.reshape(x.shape)


def _filtered_run(x: FloatArray, sections: FloatArray, gains: FloatArray, pad: int, reach: int) -> FloatArray:
    n = x.shape[0]
    return zero_phase_high(x, sections, gains, min(n - 1, pad), min(n, reach))


def steady_gains(sections: FloatArray) -> FloatArray:
    """Gain of each section at 0 Hz, shape (k,)."""
    return sections[:, :3].sum(axis=1) / (1.0 + sections[:, 3] + sections[:, 4])


def group_delay_s(sections: FloatArray, rate_hz: float, frequency_hz: float) -> float:
    """Delay of one causal pass at a frequency, s: how late the envelope of a tone there leaves the filter.

    A low-pass of order 2 delays everything well below its cut-off by √2 / (2π·cut-off), 225 ms over the cut-off in Hz;
    take it off a reported time, never off a cue. Not defined at a frequency that the filter stops.
    """
    z = np.exp(-2j * np.pi * frequency_hz / rate_hz * np.arange(3))
    b = sections[:, :3] * z
    a = np.column_stack((np.ones(len(sections)), sections[:, 3:])) * z
    steps = np.arange(3)
    with np.errstate(divide="ignore", invalid="ignore"):
        delay = (b @ steps / b.sum(axis=1)).real - (a @ steps / a.sum(axis=1)).real
    if not np.isfinite(delay).all():
        raise ValueError(f"the filter stops {frequency_hz:g} Hz; its delay is not defined there")
    return float(delay.sum() / rate_hz)


@lru_cache(maxsize=32)
def smear_samples(rate_hz: float, low_hz: float, high_hz: float, order: int = 2, left: float = 0.02) -> int:
    """Samples beside a gap that the zero-phase band-pass fills from the gap by more than a share `left` of its power.

    Counted on its impulse response, for an input whose samples are independent.
    """
    half = round(0.2 * rate_hz)
    impulse = np.zeros((2 * half + 1, 1))
    impulse[half] = 1.0
    response = band_filter(impulse, rate_hz, bandpass_sections(rate_hz, low_hz, high_hz, order))[half:, 0] ** 2
    beyond = np.cumsum(response[::-1])[::-1] / (2.0 * response.sum() - response[0])
    return int(np.argmax(beyond < left)) - 1


class CausalFilter:
    """A filter that runs forward only, on a stream pushed in chunks of any length.

    Parameters
    ----------
    sections
        Coefficients b0 b1 b2 a1 a2, shape (k, 5), as the functions of this module and `butterworth_sections` give them.
    channels
        Number of channels of each chunk.

    Raises
    ------
    BadInput
        There is no channel.

    Notes
    -----
    A missing sample (not finite) comes out as NaN and stops its channel; its next sample starts it anew, as if the
    stream had held that value for ever. So a gap costs itself and a start, never the channel.
    """

    __slots__ = ("_first", "_gains", "_running", "_second", "_sections", "channels")

    def __init__(self, sections: FloatArray, channels: int = 1) -> None:
        self._sections = np.ascontiguousarray(sections, dtype=np.float64)
        self._gains = steady_gains(self._sections)
        if channels < 1:
            raise BadInput(f"a filter of {channels} channels was asked for; give 1 or more")
        self.channels = channels
        self._first = np.zeros((len(sections), channels))
        self._second = np.zeros((len(sections), channels))
        self._running: BoolArray = np.zeros(channels, dtype=np.bool_)

    def push(self, chunk: FloatArray) -> FloatArray:
        """The filtered chunk, same shape: (n, channels), or (n,) where there is one channel.

        Raises
        ------
        BadInput
            The chunk has another number of channels.
        """
        flat = np.ascontiguousarray(chunk, dtype=np.float64)
        if flat.ndim == 1 and self.channels == 1:
            flat = flat[:, None]
        if flat.ndim != 2 or flat.shape[1] != self.channels:
            raise BadInput(f"a chunk of shape {np.shape(chunk)} was pushed to a filter of {self.channels} channels")
        out = np.empty_like(flat)
        run_causal(flat, self._sections, self._gains, self._first, self._second, self._running, out)
        return out.reshape(np.shape(chunk))
