"""When an event of a set of repetitions happened, and how sure that is: choice of cut-off, interval, refusals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legato.recording import BoolArray, FloatArray
from legato.signals.events import (
    BLOCK,
    ONSET_SHARE,
    RATIO,
    EventKind,
    Window,
    cutoff_ladder,
    find_event,
    open_window,
    zero_phase_gain,
)
from legato.signals.spectra import NoiseSpectrum

Q_CHOICE, Q_REFUSE = 0.25, 0.30
KAPPA_PEAK, KAPPA_ONSET = 4.0, 3.0
RIVAL_SD = 3.3
FRAME_SD = 0.01
LEAST_FRAMES = 2.0
MISSING = "markers are missing there"
FRAMES = "frames a second are too few for a movement this sharp"
EDGE = "it lies at the edge of its phase"
NOISE = "marker noise hides it"
ALIKE = "two candidates are too alike to tell apart"
FILLED = "it leans on filled-in markers"
UNSTEADY = "it comes and goes with the filter"
"""Why an event has no time."""
LOW, HIGH = 0.7, 1.3
"""The other two cut-offs, in units of the chosen one, at which every event is timed as well."""
NEAR_BEST = 1.1
"""The lowest cut-off whose error is within this factor of the least is taken: 5 % in the SD buys no rougher curve."""
BIAS_LOW, BIAS_HIGH, BIAS_SURE = 0.6, 1.95, 1.3


@dataclass(frozen=True, slots=True, eq=False)
class NoisyAngle:
    """An unfiltered angle (rad), its rate in frames a second, its noise, and the frames that lean on filled samples."""

    angle: FloatArray
    rate_hz: float
    noise: NoiseSpectrum
    filled: BoolArray | None = None


@dataclass(frozen=True, slots=True)
class TimedEvent:
    """One event of one rep, or why there is none. Times in s from the angle's first sample.

    `sd_s`: what noise does. `shifts_s`: how far the time moves at 0.7 and 1.3 of the cut-off, `shift_sds_s` the part
    of noise in that. `value`: the highest rate (of the window, for a turning point), `value_sd` and `value_shift`
    likewise. `slope`: of the derivative whose root the event is. `sharpness_s`: √(height/curvature) of a peak. `q`:
    relative noise of the slope. `by_hand`: a person read its time; the rest is that of the machine's own event there,
    or of one like it.
    """

    time_s: float = np.nan
    sd_s: float = np.nan
    shifts_s: tuple[float, float] = (np.nan, np.nan)
    shift_sds_s: tuple[float, float] = (np.nan, np.nan)
    value: float = np.nan
    value_sd: float = np.nan
    value_shift: float = np.nan
    sharpness_s: float = np.nan
    slope: float = np.nan
    q: float = np.nan
    reason: str = ""
    by_hand: bool = False

    @property
    def resolved(self) -> bool:
        """Whether there is a time at all."""
        return self.reason == ""


@dataclass(frozen=True, slots=True)
class TimedSet:
    """The event in every rep of a set at one cut-off. `dof` stands behind the noise SDs."""

    kind: EventKind
    cutoff_hz: float
    events: tuple[TimedEvent, ...]
    dof: float

    @property
    def refused(self) -> int:
        """Number of reps without a time."""
        return sum(not e.resolved for e in self.events)


def noise_order(kind: EventKind) -> int:
    """Which derivative's noise moves the event: the second for a peak of the rate, the first otherwise."""
    return 2 if kind == "peak" else 1


def bias_term(shifts: FloatArray, noises: FloatArray) -> float:
    """Half-width (90 %) of what the filter itself may have moved, s, from how the time moves when the cut-off does.

    Parameters
    ----------
    shifts
        Shifts at 0.7 and 1.3 of the cut-off of each rep, s, shape (n, 2).
    noises
        SD that noise alone gives these shifts, s, shape (n, 2).

    Returns
    -------
    Pooled over the reps, with what noise explains taken out. On smooth bells of many shapes the bias is 1.1 to 1.3 of
    the second shift and a tenth to a third of the first, so the smaller of the two upper estimates holds; it is never
    less than what the second shift shows beyond doubt. One and a half biases make the half-width: 1.4 to 1.6 keep 90
    % for any bias from small to twice the noise.
    """
    if len(shifts) == 0:
        return 0.0
    square, noise2 = (shifts**2).mean(axis=0), (noises**2).mean(axis=0)
    doubt = noise2 * np.sqrt(2.0 / len(shifts))
    most = np.sqrt(np.maximum(square - noise2 + doubt, 0.0))
    sure = float(np.sqrt(max(0.0, float(square[1] - noise2[1] - doubt[1]))))
    return max(min(BIAS_LOW * float(most[0]), BIAS_HIGH * float(most[1])), BIAS_SURE * sure)


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """An event over the ladder of cut-offs: times and slopes (reps, cut-offs), noise variance and its own spread."""

    kind: EventKind
    cutoffs_hz: FloatArray
    time_s: FloatArray
    slope: FloatArray
    value: FloatArray
    variance: FloatArray
    spread: FloatArray
    noise: NoiseSpectrum
    pairs: FloatArray

    def between(self, low_hz: float, high_hz: float) -> "Scan":
        """The rungs between two cut-offs."""
        kept = np.flatnonzero((self.cutoffs_hz > low_hz) & (self.cutoffs_hz < high_hz))
        time, slope, value = (x[:, kept] for x in (self.time_s, self.slope, self.value))
        variance, spread, pairs = self.variance[kept], self.spread[kept], self.pairs[np.ix_(kept, kept)]
        return Scan(self.kind, self.cutoffs_hz[kept], time, slope, value, variance, spread, self.noise, pairs)

    @property
    def sharpness_s(self) -> FloatArray:
        """Width of the event's own shape in each rep and cut-off, s (see `sharpness`)."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return sharpness(self.kind, self.value, self.slope)


def sharpness(kind: EventKind, value: FloatArray, slope: FloatArray) -> FloatArray:
    """Width s of an event's shape, s, so that 1/(2πs) is its own pitch.

    A peak: √(height/curvature), the SD of a bell. An onset or offset: the SD of the bell that is as steep at a tenth
    of its height. A turning point: highest rate over the bend, the inverse angular frequency of a sine.
    """
    ratio = np.abs(value / slope)
    return (
        np.sqrt(ratio)
        if kind == "peak"
        else ONSET_SHARE * np.sqrt(-2.0 * np.log(ONSET_SHARE)) * ratio
        if kind in ("onset", "offset")
        else ratio
    )


def open_windows(series: NoisyAngle, spans: Sequence[tuple[int, int]], lowest_hz: float) -> list[Window | None]:
    """One expansion a rep; None where the window holds a gap."""
    opened: list[Window | None] = []
    for start, stop in spans:
        try:
            opened.append(open_window(series.angle, series.rate_hz, start, stop, lowest_hz))
        except ValueError:
            opened.append(None)
    return opened


def scan_cutoffs(series: NoisyAngle, windows: Sequence[Window | None], kind: EventKind, cutoffs_hz: FloatArray) -> Scan:
    """Time the event of every rep at every cut-off."""
    order = noise_order(kind)
    shape = (len(windows), len(cutoffs_hz))
    time, slope, value = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
    for start in range(0, len(cutoffs_hz), BLOCK):
        block = slice(start, start + BLOCK)
        for r, window in enumerate(windows):
            if window is not None:
                found = find_event(window, kind, cutoffs_hz[block])
                time[r, block], slope[r, block], value[r, block] = found.time_s, found.slope, found.value
        if start > 0 and _past_use(series.noise, order, cutoffs_hz[start], slope[:, start]):
            cutoffs_hz, time, slope, value = (x[..., : start + 1] for x in (cutoffs_hz, time, slope, value))
            break
    turn = 2.0 * np.pi * series.noise.freq_hz
    gain = zero_phase_gain(series.noise.freq_hz, cutoffs_hz)
    power = series.noise.density * series.noise.step_hz
    weighted = power * turn ** (2 * order)
    variance = (gain**2) @ weighted
    spread = (gain**2) @ (weighted * turn**2)
    cross = (gain * weighted) @ gain.T
    pairs = variance[:, None] + variance[None, :] - 2.0 * cross
    return Scan(kind, cutoffs_hz, time, slope, value, variance, spread, series.noise, np.maximum(pairs, 0.0))


def _past_use(noise: NoiseSpectrum, order: int, cutoff_hz: float, slope: FloatArray) -> bool:
    """Whether noise already hides the event at this cut-off, so that higher ones cannot help."""
    turn = 2.0 * np.pi * noise.freq_hz
    spread = noise.variance(turn ** (2 * order + 2) * zero_phase_gain(noise.freq_hz, cutoff_hz) ** 2)
    known = np.abs(slope[np.isfinite(slope)])
    return len(known) > 0 and spread > (1.5 * Q_CHOICE * float(np.median(known))) ** 2


def choose_cutoff(first: Scan, second: Scan | None = None) -> float | None:
    """Cut-off at which squared bias and noise together are least over the set; None where noise hides the event
    everywhere.

    With two scans it is the gap between their events that counts: both are timed at one cut-off, so that the bias they
    share cancels. Lepski's comparison: the bias of a cut-off shows as the shift against every higher one, beyond what
    noise explains. It is never lower than κ/(2πs): below that the event's own shape is cut.
    """
    scans = [first] if second is None else _on_one_ladder(first, second)
    cutoffs = scans[0].cutoffs_hz
    if len(cutoffs) == 0:
        return None
    with np.errstate(all="ignore"):
        slopes = [_median(np.abs(s.slope)) for s in scans]
        q2 = np.max([s.spread / slope**2 for s, slope in zip(scans, slopes, strict=True)], axis=0)
    rate = 2.0 * float(first.noise.freq_hz[-1])
    usable = np.flatnonzero((q2 <= Q_CHOICE**2) & (HIGH * cutoffs <= 0.5 * rate))
    if len(usable) == 0:
        return None
    time = scans[0].time_s if second is None else scans[1].time_s - scans[0].time_s
    pairs, noise = np.zeros((len(cutoffs), len(cutoffs))), np.zeros(len(cutoffs))
    for s, slope in zip(scans, slopes, strict=True):
        pairs += s.pairs / slope**2
        noise += s.variance / slope**2
    risk = {int(i): _bias(time, pairs, int(i), usable, FRAME_SD / rate) ** 2 + float(noise[i]) for i in usable}
    fc = float(cutoffs[min(i for i in risk if risk[i] <= NEAR_BEST * min(risk.values()))])
    for _ in range(2):
        at = int(np.argmin(np.abs(np.log(cutoffs / fc))))
        for s in scans:
            sharp = float(_median(s.sharpness_s[:, at : at + 1])[0])
            kappa = KAPPA_ONSET if s.kind in ("onset", "offset") else KAPPA_PEAK
            fc = max(fc, kappa / (2.0 * np.pi * sharp)) if np.isfinite(sharp) else fc
    return fc if all(s.kind == "peak" for s in scans) else min(fc, float(cutoffs[usable[-1]]))


def _on_one_ladder(first: Scan, second: Scan) -> list[Scan]:
    """Both scans on the cut-offs they share: windows of other lengths start their ladders on other rungs."""
    low = max(float(s.cutoffs_hz[0]) for s in (first, second)) / RATIO**0.5
    high = min(float(s.cutoffs_hz[-1]) for s in (first, second)) * RATIO**0.5
    return [s.between(low, high) for s in (first, second)]


def _median(x: FloatArray) -> FloatArray:
    """Median over the reps that are known; NaN where none is."""
    known = np.isfinite(x).any(axis=0)
    middle = np.full(x.shape[1], np.nan)
    middle[known] = np.nanmedian(x[:, known], axis=0)
    return middle


def _bias(time: FloatArray, pairs: FloatArray, i: int, usable: NDArray[np.intp], free_s: float) -> float:
    """Shift of the median rep against the higher cut-offs beyond 1.9 of its standard errors and a hundredth of a
    frame, s.
    """
    worst = 0.0
    for j in usable[usable > i]:
        shift = time[:, i] - time[:, j]
        shift = shift[np.isfinite(shift)]
        if len(shift) > 0:
            error = float(np.sqrt(pairs[i, j] / len(shift))) * (1.2533 if len(shift) > 2 else 1.0)
            worst = max(worst, abs(float(np.median(shift))) - 1.9 * error - free_s)
    return worst


def time_events(
    series: NoisyAngle,
    windows: Sequence[Window | None],
    kind: EventKind,
    cutoff_hz: float,
    *,
    shortest_s: float | None = None,
) -> TimedSet:
    """Time the event of every rep at one cut-off, with what noise and filter do to it, and refuse where it cannot be
    said.
    """
    levels = _noise_levels(series.noise, kind, cutoff_hz)
    events = tuple(_time_one(series, w, kind, cutoff_hz, levels, shortest_s) for w in windows)
    return TimedSet(kind, cutoff_hz, events, levels.dof)


@dataclass(frozen=True, slots=True)
class _Levels:
    """What noise leaves behind the filter: variance of the derivative whose root the event is, of the next one, SD of
    the rate and of what the event is the top of, SD of the shifts at 0.7 and 1.3 of the cut-off (times the slope),
    degrees of freedom.
    """

    variance: float
    spread: float
    rate_sd: float
    height_sd: float
    shift_sds: tuple[float, float]
    dof: float


def _noise_levels(noise: NoiseSpectrum, kind: EventKind, cutoff_hz: float) -> _Levels:
    order = noise_order(kind)
    turn = 2.0 * np.pi * noise.freq_hz
    low, own, high = zero_phase_gain(noise.freq_hz, np.array([LOW, 1.0, HIGH]) * cutoff_hz)
    weight = turn ** (2 * order)
    return _Levels(
        noise.variance(weight * own**2),
        noise.variance(weight * turn**2 * own**2),
        float(np.sqrt(noise.variance(turn**2 * own**2))),
        float(np.sqrt(noise.variance((turn**2 if kind != "zero" else 1.0) * own**2))),
        (
            float(np.sqrt(noise.variance(weight * (own - low) ** 2))),
            float(np.sqrt(noise.variance(weight * (high - own) ** 2))),
        ),
        noise.variance_dof(weight * own**2),
    )


def _time_one(
    series: NoisyAngle, window: Window | None, kind: EventKind, fc: float, levels: _Levels, shortest_s: float | None
) -> TimedEvent:
    if window is None:
        return TimedEvent(reason=MISSING)
    if HIGH * fc > 0.5 * series.rate_hz:
        return TimedEvent(reason=f"{series.rate_hz:g} {FRAMES}")
    found = find_event(window, kind, np.array([fc]))
    time, slope, value = float(found.time_s[0]), float(found.slope[0]), float(found.value[0])
    if found.at_edge[0] or not np.isfinite(time):
        return TimedEvent(reason=EDGE)
    q = float(np.sqrt(levels.spread)) / abs(slope)
    if q > Q_REFUSE:
        return TimedEvent(q=q, reason=NOISE)
    if found.rival[0] < RIVAL_SD * levels.height_sd:
        return TimedEvent(q=q, reason=ALIKE)
    sharp = float(sharpness(kind, found.value, found.slope)[0])
    if series.rate_hz * min(sharp, shortest_s or sharp) < LEAST_FRAMES:
        return TimedEvent(q=q, reason=f"{series.rate_hz:g} {FRAMES}")
    if _leans_on_filled(series, time, sharp):
        return TimedEvent(q=q, reason=FILLED)
    near = find_event(window, kind, np.array([LOW, HIGH]) * fc, near_s=time)
    shifts = near.time_s - time
    if not np.isfinite(shifts).all():
        return TimedEvent(q=q, reason=UNSTEADY)
    noise = float(np.sqrt(levels.variance)) / abs(slope) * (1.0 + 2.5 * q * q)
    return TimedEvent(
        time_s=time,
        sd_s=float(np.hypot(noise, FRAME_SD / series.rate_hz)),
        shifts_s=(float(shifts[0]), float(shifts[1])),
        shift_sds_s=(levels.shift_sds[0] / abs(slope), levels.shift_sds[1] / abs(slope)),
        value=value,
        value_sd=levels.rate_sd,
        value_shift=float(near.value[1]) - value,
        sharpness_s=sharp,
        slope=slope,
        q=q,
    )


def _leans_on_filled(series: NoisyAngle, time_s: float, reach_s: float) -> bool:
    if series.filled is None:
        return False
    first, last = (
        int(np.floor((time_s - reach_s) * series.rate_hz)),
        int(np.ceil((time_s + reach_s) * series.rate_hz)),
    )
    return bool(series.filled[max(0, first) : last + 1].any())


def time_set(
    series: NoisyAngle,
    spans: Sequence[tuple[int, int]],
    kind: EventKind,
    *,
    cutoff_hz: float | None = None,
    shortest_s: float | None = None,
) -> TimedSet | None:
    """Choose the cut-off for a set and time its events; None where noise hides the event at every cut-off."""
    ladder = cutoff_ladder(float(np.median([b - a for a, b in spans])) / series.rate_hz, series.rate_hz)
    windows = open_windows(series, spans, float(ladder[0]))
    fc = cutoff_hz if cutoff_hz is not None else choose_cutoff(scan_cutoffs(series, windows, kind, ladder))
    return None if fc is None else time_events(series, windows, kind, fc, shortest_s=shortest_s)
