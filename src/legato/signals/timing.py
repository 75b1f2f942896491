"""When an event of a set of repetitions happened, and how sure that is: choice of cut-off, interval, refusals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legato.recording import BoolArray, FloatArray
from legato.signals.events import BLOCK, EventKind, Window, cutoff_ladder, find_event, open_window, zero_phase_gain
from legato.signals.spectra import NoiseSpectrum

Q_CHOICE, Q_REFUSE = 0.25, 0.30
KAPPA_PEAK, KAPPA_ONSET = 4.0, 6.0
RIVAL_SD = 3.3
FRAME_SD = 0.01
LEAST_FRAMES = 2.0


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

    `sd_s`: what noise does. `low_shift_s`, `high_shift_s`: how far the time moves at 0.7 and 1.3 of the cut-off. `value`: the
    highest rate (of the window, for a turning point), `value_sd` and `value_shift` likewise. `slope`: of the derivative whose
    root the event is. `sharpness_s`: √(height/curvature) of a peak. `q`: relative noise of the slope.
    """

    time_s: float = np.nan
    sd_s: float = np.nan
    low_shift_s: float = np.nan
    high_shift_s: float = np.nan
    value: float = np.nan
    value_sd: float = np.nan
    value_shift: float = np.nan
    sharpness_s: float = np.nan
    slope: float = np.nan
    q: float = np.nan
    reason: str = ""

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


def bias_term(low_shift_s: float, high_shift_s: float, kind: EventKind) -> float:
    """What the filter itself may have moved, from the shifts at 0.7 and 1.3 of the cut-off.

    If the bias falls as the fourth power of the cut-off it equals the first shift over 3.17 and the second over 0.65.
    """
    low, high = abs(low_shift_s), abs(high_shift_s)
    if kind == "onset":
        return 0.5 * low
    return float(np.clip(0.5 * low, high, 1.5 * high))


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

    @property
    def sharpness_s(self) -> FloatArray:
        """√(height over curvature) of each rep and cut-off, s; NaN for turning points, where the pace is s."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.sqrt(np.abs(self.value / self.slope))


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


def choose_cutoff(scan: Scan) -> float | None:
    """Cut-off at which squared bias and noise together are least over the set (None where noise hides the event everywhere).

    Lepski's comparison: the bias of a cut-off shows as the shift against every higher one, beyond what noise explains. It is
    never lower than κ/(2πs): below that the peak's own shape is cut.
    """
    with np.errstate(all="ignore"):
        slope = np.nanmedian(np.abs(scan.slope), axis=0)
        q2 = scan.spread / slope**2
    usable = np.flatnonzero(q2 <= Q_CHOICE**2)
    if len(usable) == 0:
        return None
    risk = {int(i): _bias(scan, int(i), usable, slope) ** 2 + scan.variance[i] / slope[i] ** 2 for i in usable}
    best = min(risk, key=lambda i: risk[i])
    if scan.kind == "zero":
        return float(scan.cutoffs_hz[best])
    kappa = KAPPA_ONSET if scan.kind == "onset" else KAPPA_PEAK
    fc = float(scan.cutoffs_hz[best])
    for _ in range(2):
        at = int(np.argmin(np.abs(np.log(scan.cutoffs_hz / fc))))
        sharp = np.nanmedian(scan.sharpness_s[:, at])
        if np.isfinite(sharp):
            fc = max(fc, kappa / (2.0 * np.pi * float(sharp)))
    return fc


def _bias(scan: Scan, i: int, usable: np.ndarray, slope: FloatArray) -> float:
    worst = 0.0
    for j in usable[usable > i]:
        shift = scan.time_s[:, i] - scan.time_s[:, j]
        shift = shift[np.isfinite(shift)]
        if len(shift) == 0:
            continue
        noise = np.sqrt(scan.pairs[i, j]) / slope[j]
        error = noise * (1.2533 / np.sqrt(len(shift)) if len(shift) > 2 else 1.0 / np.sqrt(len(shift)))
        worst = max(worst, abs(float(np.median(shift))) - 1.9 * error)
    return worst


def time_events(
    series: NoisyAngle,
    windows: Sequence[Window | None],
    kind: EventKind,
    cutoff_hz: float,
    *,
    shortest_s: float | None = None,
) -> TimedSet:
    """Time the event of every rep at one cut-off, with what noise and filter do to it, and refuse where it cannot be said."""
    order = noise_order(kind)
    noise = series.noise
    turn = 2.0 * np.pi * noise.freq_hz
    gain2 = zero_phase_gain(noise.freq_hz, cutoff_hz) ** 2
    variance = noise.variance(turn ** (2 * order) * gain2)
    spread = noise.variance(turn ** (2 * order + 2) * gain2)
    height = noise.variance(turn ** (2 * (order - 1)) * gain2)
    rate_sd = float(np.sqrt(noise.variance(turn**2 * gain2)))
    dof = noise.variance_dof(turn ** (2 * order) * gain2)
    events = tuple(
        _time_one(series, w, kind, cutoff_hz, variance, spread, float(np.sqrt(height)), rate_sd, shortest_s)
        for w in windows
    )
    return TimedSet(kind, cutoff_hz, events, dof)


def _time_one(
    series: NoisyAngle, window: Window | None, kind: EventKind, fc: float, variance: float, spread: float, height_sd: float,
    rate_sd: float, shortest_s: float | None,
) -> TimedEvent:  # fmt: skip
    if window is None:
        return TimedEvent(reason="markers are missing there")
    if 1.3 * fc > 0.5 * series.rate_hz:
        return TimedEvent(reason=f"the movement is too sharp for {series.rate_hz:g} frames a second")
    found = find_event(window, kind, np.array([fc]))
    time, slope, value = float(found.time_s[0]), float(found.slope[0]), float(found.value[0])
    pace = value if kind != "zero" else float(found.pace[0])
    if found.at_edge[0] or not np.isfinite(time):
        return TimedEvent(reason="it lies at the edge of its phase")
    q = float(np.sqrt(spread)) / abs(slope)
    if q > Q_REFUSE:
        return TimedEvent(q=q, reason="marker noise hides it")
    if found.rival[0] < RIVAL_SD * (height_sd if kind == "zero" else rate_sd):
        return TimedEvent(q=q, reason="two candidates are too alike to tell apart")
    sharp = float(np.sqrt(abs(value / slope))) if kind == "peak" else np.nan
    least = min([x for x in (sharp, shortest_s) if x is not None and np.isfinite(x)], default=np.inf)
    if series.rate_hz * least < LEAST_FRAMES:
        return TimedEvent(q=q, reason=f"{series.rate_hz:g} frames a second are too few for a movement this sharp")
    if series.filled is not None:
        reach = sharp if np.isfinite(sharp) else 1.0 / (2.0 * np.pi * fc) * KAPPA_PEAK
        a, b = (int(np.clip((time + k * reach) * series.rate_hz, 0, len(series.filled) - 1)) for k in (-1.0, 1.0))
        if series.filled[a : b + 1].any():
            return TimedEvent(q=q, reason="it leans on filled-in markers")
    near = find_event(window, kind, np.array([0.7, 1.3]) * fc, near_s=time)
    shifts = near.time_s - time
    if not np.isfinite(shifts).all():
        return TimedEvent(q=q, reason="it comes and goes with the filter")
    sd = float(np.hypot(np.sqrt(variance) / abs(slope) * (1.0 + 2.5 * q * q), FRAME_SD / series.rate_hz))
    return TimedEvent(
        time,
        sd,
        float(shifts[0]),
        float(shifts[1]),
        pace,
        rate_sd,
        float((near.pace if kind == "zero" else near.value)[1]) - pace,
        sharp,
        slope,
        q,
    )


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
