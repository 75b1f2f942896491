"""Peaks, onsets, offsets and turning points of a rate, timed between frames, at any cut-off of a zero-phase low-pass
filter.

The signal is an angle. `peak`: a maximum of its rate; `zero`: the rate falls through zero (the angle's turning point);
`onset`: the rate's last rise through a tenth of its peak; `offset`: its first fall through that afterwards, the onset
of the motion run backwards. All are roots of a derivative of the filtered angle, so one piece of code times them, from
the window's Fourier series: derivatives are exact and times are not tied to frames.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from legato.recording import FloatArray

EventKind: TypeAlias = Literal["onset", "peak", "zero", "offset"]

ORDER = 4
"""Order of the Butterworth filter a pass; it runs forward and back."""
ONSET_SHARE = 0.10
RATIO = 1.25
"""Step between neighbouring cut-offs."""
GRID = 6.0
"""Highest frequency kept, in cut-offs (gain 6e-7 there); the grid then has twelve points a period of the cut-off."""
MEMORY = 2.0
"""Room on each side of a window, in periods of the lowest cut-off: the filter has forgotten all but 1 % by then."""
BLOCK = 4
"""Neighbouring cut-offs that share a grid."""


def zero_phase_gain(freq_hz: FloatArray, cutoff_hz: float | FloatArray, order: int = ORDER) -> FloatArray:
    """Gain of a Butterworth low-pass run forward and back; cut-offs along the first axis."""
    fc = np.asarray(cutoff_hz, dtype=np.float64)
    return 1.0 / (1.0 + (freq_hz / fc[..., None]) ** (2 * order))


def derivative_kernel(order: int, cutoff_hz: float, rate_hz: float, frames: FloatArray) -> FloatArray:
    """Weights that give the filtered derivative at one moment as a plain sum over samples.

    Parameters
    ----------
    order, cutoff_hz, rate_hz
        Which derivative, and the filter.
    frames
        Time of that moment minus time of each sample, in frames, shape (n,).
    """
    top = min(0.5 * rate_hz, 4.0 * cutoff_hz)
    freq = np.linspace(0.0, top, 4 * int(np.ceil(top * (np.ptp(frames) + 1.0) / rate_hz)) + 32)
    gain = zero_phase_gain(freq, cutoff_hz) * (2.0 * np.pi * freq) ** order
    gain[[0, -1]] *= 0.5
    phase: FloatArray = 2.0 * np.pi * (frames[:, None] / rate_hz) * freq + 0.5 * np.pi * order
    return (np.cos(phase) @ gain * (2.0 * float(freq[1]) / rate_hz)).astype(np.float64)


def cutoff_ladder(window_s: float, rate_hz: float, top_hz: float = np.inf) -> FloatArray:
    """Cut-offs in steps of 1.25 from what a window of this length can hold up to 0.42 of the rate (or `top_hz`), Hz."""
    top = min(0.42 * rate_hz, top_hz)
    low = min(max(0.3, 1.5 / window_s), 0.5 * top)
    count = int(np.floor(np.log(top / low) / np.log(RATIO))) + 1
    return top / RATIO ** np.arange(count - 1, -1, -1, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """The Fourier series of an angle around one search window.

    Times in s from the angle's first sample: the series starts at `origin_s` and repeats after `period_s`; the search
    runs from `start_s` to `stop_s`. `slope` is the straight part taken out before, a second.
    """

    coefficients: NDArray[np.complex128]
    freq_hz: FloatArray
    slope: float
    level: float
    origin_s: float
    period_s: float
    start_s: float
    stop_s: float

    def derivatives(self, lowest: int, count: int, cutoffs_hz: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The filtered angle's derivatives `lowest` … on a grid as fine as the highest cut-off needs.

        Returns grid times (g,) inside the search window and values (count, cut-offs, g).
        """
        bins = min(len(self.freq_hz), int(GRID * float(cutoffs_hz[-1]) * self.period_s) + 2)
        size = 2 * _round_up(max(bins, int(GRID * float(cutoffs_hz[-1]) * self.period_s) + 2))
        spin = 2j * np.pi * self.freq_hz[:bins]
        series = self.coefficients[:bins] * zero_phase_gain(self.freq_hz[:bins], cutoffs_hz) * spin**lowest
        step = self.period_s / size
        first = int(np.ceil((self.start_s - self.origin_s) / step))
        last = int(np.floor((self.stop_s - self.origin_s) / step))
        times = self.origin_s + step * np.arange(first, last + 1, dtype=np.float64)
        values = np.empty((count, len(cutoffs_hz), len(times)))
        for k in range(count):
            values[k] = np.fft.irfft(series, size, axis=-1)[:, first : last + 1] * size
            if lowest + k == 0:
                values[k] += self.level + self.slope * (times - self.origin_s)
            elif lowest + k == 1:
                values[k] += self.slope
            series = series * spin
        return times, values

    def value_at(self, order: int, cutoff_hz: float, time_s: float) -> float:
        """The filtered angle's derivative at one moment inside the search window."""
        times, values = self.derivatives(order, 1, np.array([cutoff_hz]))
        wanted = np.empty(1)
        wanted[:] = np.interp(time_s, times, values[0, 0])
        return float(wanted[0])


def _round_up(size: int) -> int:
    """The next size that the Fourier transform is quick at."""
    step = 1 << max(3, int(size).bit_length() - 4)
    return -(-size // step) * step


def open_window(angle: FloatArray, rate_hz: float, start: int, stop: int, lowest_hz: float) -> Window:
    """Cut the frames `start`..`stop` with room on both sides for the filter's memory, and expand them.

    Where the unbroken run of samples ends sooner, the angle is continued by point reflection, which keeps its value
    and its rate. Raises `ValueError` where the window itself holds a gap or lies outside the samples.
    """
    start, stop = max(0, start), min(len(angle), stop)
    if stop - start < 8 or not np.isfinite(angle[start:stop]).all():
        raise ValueError("the window holds a gap")
    room = int(np.ceil(MEMORY * rate_hz / lowest_hz))
    low, high = max(0, start - room), min(len(angle), stop + room)
    broken = np.flatnonzero(~np.isfinite(angle[low:high])) + low
    before, after = broken[broken < start], broken[broken >= stop]
    low = int(before[-1]) + 1 if len(before) else low
    high = int(after[0]) if len(after) else high
    x = angle[low:high]
    left = min(len(x) - 1, room - (start - low))
    right = min(len(x) - 1, _round_up(stop - start + 2 * room) - len(x) - left)
    ext = np.concatenate([2.0 * x[0] - x[left:0:-1], x, 2.0 * x[-1] - x[-2 : -right - 2 : -1]])
    size = len(ext)
    step = (ext[-1] - ext[0]) / (size - 1)
    series = np.fft.rfft(ext - ext[0] - step * np.arange(size)) / size
    if size % 2 == 0:
        series[-1] = 0.0
    return Window(
        coefficients=series,
        freq_hz=np.arange(len(series), dtype=np.float64) * (rate_hz / size),
        slope=step * rate_hz,
        level=float(ext[0]),
        origin_s=(low - left) / rate_hz,
        period_s=size / rate_hz,
        start_s=start / rate_hz,
        stop_s=(stop - 1) / rate_hz,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """One event in one window at several cut-offs; NaN where there is none.

    `time_s` is from the first sample of the angle. `slope`: derivative whose root the event is, per s. `value`: the
    rate at the peak; for a turning point the highest rate in the window. `rival`: how far below the event's own
    height the next best candidate lies. `at_edge`: the best candidate is the window's end.
    """

    time_s: FloatArray
    slope: FloatArray
    value: FloatArray
    rival: FloatArray
    at_edge: FloatArray


def find_event(window: Window, kind: EventKind, cutoffs_hz: FloatArray, near_s: float | None = None) -> Found:
    """Time the event at each cut-off (ascending): the highest candidate of the window, or the one nearest to
    `near_s`.
    """
    columns = np.full((5, len(cutoffs_hz)), np.nan)
    for start in range(0, len(cutoffs_hz), BLOCK):
        block = slice(start, start + BLOCK)
        times, values = window.derivatives(0 if kind == "zero" else 1, 3, cutoffs_hz[block])
        for c in range(values.shape[1]):
            columns[:, start + c] = _find_one(times, values[:, c], kind, near_s)
    return Found(*columns)


def _find_one(times: FloatArray, values: FloatArray, kind: EventKind, near_s: float | None) -> tuple[float, ...]:
    if kind == "offset":
        backwards = values[:, ::-1] * np.array([[1.0], [-1.0], [1.0]])
        at, slope, value, rival, at_edge = _find_one(
            -times[::-1], backwards, "onset", None if near_s is None else -near_s
        )
        return (-at, -slope, value, rival, at_edge)
    height, rate, bend = values
    step = float(times[1] - times[0])
    tops = np.flatnonzero((rate[:-1] > 0.0) & (rate[1:] <= 0.0))
    if len(tops) == 0:
        return (np.nan, np.nan, np.nan, np.nan, 1.0)
    heights = np.maximum(height[tops], height[tops + 1])
    if near_s is None or kind == "onset":
        best = int(np.argmax(heights))
        at_edge = float(max(height[0], height[-1]) > heights[best])
    else:
        best = int(np.argmin(np.abs(times[tops] + 0.5 * step - near_s)))
        at_edge = 0.0
    i = int(tops[best])
    share, slope = _hermite_root(rate[i], rate[i + 1], bend[i] * step, bend[i + 1] * step)
    peak = _hermite(height[i], height[i + 1], rate[i] * step, rate[i + 1] * step, share)
    others = np.delete(heights, best)
    rival = float(heights[best] - others.max()) if len(others) else np.inf
    if kind == "zero":
        peak = float(rate.max())
    if kind != "onset":
        return (times[i] + share * step, slope / step, peak, rival, at_edge)
    return _find_onset(times, height, rate, i, peak, rival, near_s)


def _find_onset(
    times: FloatArray, height: FloatArray, rate: FloatArray, top: int, peak: float, rival: float, near_s: float | None
) -> tuple[float, ...]:
    """The last rise through a tenth of the peak before it; a dip that nearly undoes it, or nearly hides it, is its
    rival.
    """
    lost = (np.nan, np.nan, np.nan, np.nan, 1.0)
    step, threshold = float(times[1] - times[0]), ONSET_SHARE * peak
    before = height[: top + 1]
    rises = np.flatnonzero((before[:-1] < threshold) & (before[1:] >= threshold))
    if peak <= 0.0 or len(rises) == 0:
        return lost
    i = int(rises[-1] if near_s is None else rises[np.argmin(np.abs(times[rises] - near_s))])
    share, slope = _hermite_root(before[i] - threshold, before[i + 1] - threshold, rate[i] * step, rate[i + 1] * step)
    dips = before[i + 1 :]
    turns = np.flatnonzero((dips[1:-1] < dips[:-2]) & (dips[1:-1] <= dips[2:])) + 1
    if len(turns):
        rival = min(rival, float(dips[turns].min()) - threshold)
    earlier = rises[rises < i]
    if len(earlier):
        rival = min(rival, threshold - float(before[earlier[-1] + 1 : i + 1].min()))
    return (times[i] + share * step, slope / step, peak, rival, 0.0)


def _hermite(a: float, b: float, da: float, db: float, x: float) -> float:
    """The cubic through two values and slopes (a grid step), at the share `x` of the step."""
    return a + x * (da + x * (3.0 * (b - a) - 2.0 * da - db + x * (2.0 * (a - b) + da + db)))


def _hermite_root(a: float, b: float, da: float, db: float) -> tuple[float, float]:
    """Root of that cubic between two values of unlike sign, and the slope there."""
    c2, c3 = 3.0 * (b - a) - 2.0 * da - db, 2.0 * (a - b) + da + db
    x = a / (a - b)
    slope = b - a
    for _ in range(4):
        slope = da + x * (2.0 * c2 + x * 3.0 * c3)
        if slope * (b - a) <= 0.0:
            return a / (a - b), b - a
        x = min(1.0, max(0.0, x - _hermite(a, b, da, db, x) / slope))
    return x, slope
