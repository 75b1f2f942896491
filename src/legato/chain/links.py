"""The events of one link over a set of reps: the angle behind it, its noise, the cut-off, and every rep's time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from legato.body.model import Body
from legato.chain.noise import leave_one_out
from legato.chain.quantities import Quantity, cluster_turn
from legato.errors import NotResolvable
from legato.estimate import Estimate
from legato.recording import FloatArray
from legato.signals.events import EventKind, Window, cutoff_ladder, open_window, zero_phase_gain
from legato.signals.spectra import NoiseSpectrum, floor_density, white_noise
from legato.signals.timing import (
    NoisyAngle,
    TimedEvent,
    TimedSet,
    bias_term,
    choose_cutoff,
    noise_order,
    open_windows,
    scan_cutoffs,
    time_events,
)

_FLOOR_ABOVE = 2.5
_FLOOR_TRUST = 1.3


@dataclass(frozen=True, slots=True, eq=False)
class LinkScan:
    """One link's angle, noise and windows, scanned over the cut-offs; `cutoff_hz` is its own best one."""

    quantity: Quantity
    kind: EventKind
    series: NoisyAngle
    spans: tuple[tuple[int, int], ...]
    windows: tuple[Window | None, ...]
    cutoff_hz: float | None
    shortest_s: float


@dataclass(frozen=True, slots=True, eq=False)
class LinkTimes:
    """A link's events at one cut-off, with the soft-tissue shift (s, signed) of each segment in each rep."""

    scan: LinkScan
    timed: TimedSet
    shifts: tuple[dict[str, float], ...]

    @property
    def bias_s(self) -> float:
        """Half-width (90 %) of what the filter may have moved, pooled over the set, s."""
        good = [e for e in self.timed.events if e.resolved]
        return bias_term(np.array([e.shifts_s for e in good]), np.array([e.shift_sds_s for e in good]))


def scan_link(
    body: Body, quantity: Quantity, kind: EventKind, spans: Sequence[tuple[int, int]], shortest_s: float
) -> LinkScan:
    """Find the link's noise and its best cut-off.

    The noise comes from the rigid fits' residuals. What they cannot show (joint centres, markers shared by two
    segments) may show as a white floor of the angle above the movement; where that is higher, it is added.

    Raises
    ------
    NotResolvable
        Nothing in the recording says how noisy the angle is.
    """
    rate = body.rate_hz
    noise = quantity.noise()
    usable = [s for s in spans if s[1] - s[0] >= 8 and np.isfinite(quantity.angle[s[0] : s[1]]).all()]
    if not usable:
        raise NotResolvable("markers are missing in every rep")
    if noise is None:
        floor = floor_density(quantity.angle, usable, rate, 0.2 * rate)
        if floor is None:
            raise NotResolvable(
                "nothing in the recording says how noisy its markers are; record longer or with four markers a segment"
            )
        noise = white_noise(floor[0], rate, floor[1])
    ladder = cutoff_ladder(float(np.median([b - a for a, b in usable])) / rate, rate)
    series = NoisyAngle(quantity.angle, rate, noise, quantity.filled)
    windows = tuple(open_windows(series, spans, float(ladder[0])))
    cutoff = choose_cutoff(scan_cutoffs(series, windows, kind, ladder))
    above = 0.25 * rate if cutoff is None else max(0.25 * rate, _FLOOR_ABOVE * cutoff)
    floor = floor_density(quantity.angle, usable, rate, above)
    if floor is not None and floor[0] > _FLOOR_TRUST * _top(noise):
        series = replace(series, noise=noise.raised(floor[0]))
        cutoff = choose_cutoff(scan_cutoffs(series, windows, kind, ladder))
    return LinkScan(quantity, kind, series, tuple(spans), windows, cutoff, shortest_s)


def _top(noise: NoiseSpectrum) -> float:
    return float(noise.density[noise.freq_hz >= 0.8 * noise.freq_hz[-1]].mean())


def time_link(body: Body, scan: LinkScan, cutoff_hz: float | None = None) -> LinkTimes:
    """Time every rep at a cut-off (the link's own unless told otherwise), held against leaving one marker out at a
    time.
    """
    fc = cutoff_hz if cutoff_hz is not None else scan.cutoff_hz
    if fc is None:
        refused = TimedEvent(reason="marker noise hides it")
        return LinkTimes(scan, TimedSet(scan.kind, np.nan, (refused,) * len(scan.spans), 1.0), ({},) * len(scan.spans))
    timed = time_events(scan.series, scan.windows, scan.kind, fc, shortest_s=scan.shortest_s)
    factor = _leave_one_out_factor(body, scan, timed)
    if factor > 1.0:
        events = tuple(replace(e, sd_s=e.sd_s * factor) if e.resolved else e for e in timed.events)
        timed = replace(timed, events=events)
    shifts = tuple(
        {p.segment: p.weight * cluster_turn(p.segment) / e.value for p in scan.quantity.parts}
        if e.resolved and e.value > 0
        else {}
        for e in timed.events
    )
    return LinkTimes(scan, timed, shifts)


def _leave_one_out_factor(body: Body, scan: LinkScan, timed: TimedSet) -> float:
    """How much larger the SD is when each marker is left out in turn, where that is more than chance; else 1."""
    from scipy.special import fdtri

    found, dof, reps = 0.0, 0.0, 0
    order = noise_order(timed.kind)
    fc = np.array([timed.cutoff_hz])
    room = int(2.0 * body.rate_hz / timed.cutoff_hz)
    for span, event in zip(scan.spans, timed.events, strict=True):
        if not event.resolved:
            continue
        at = round(event.time_s * body.rate_hz)
        start, stop = max(span[0], at - room), min(span[1], at + room + 1)
        ratios: list[tuple[float, float, int]] = []
        for part in scan.quantity.parts:
            motion = body.segments.get(part.segment)
            left = None if motion is None or stop - start < 8 else leave_one_out(motion, part.axis, start, stop)
            if left is None or part.noise is None:
                break
            changes = left.changes.T
            moved = np.array([_at(c, body.rate_hz, order, fc, event.time_s - start / body.rate_hz) for c in changes])
            turn = (2.0 * np.pi * part.noise.freq_hz) ** (2 * order)
            own = part.noise.variance(turn * zero_phase_gain(part.noise.freq_hz, timed.cutoff_hz) ** 2)
            scatter = (len(moved) - 1) * float(np.var(moved))
            ratios.append((part.weight**2 * own, scatter / (left.expected * own), left.dof))
        if len(ratios) == len(scan.quantity.parts):
            total = sum(w for w, _, _ in ratios)
            found += sum(w * r for w, r, _ in ratios) / total
            dof += sum(d for _, _, d in ratios)
            reps += 1
    if reps == 0:
        return 1.0
    ratio = found / reps
    return float(np.sqrt(ratio)) if ratio > fdtri(dof, timed.dof, 0.975) else 1.0


def _at(x: FloatArray, rate_hz: float, order: int, fc: FloatArray, time_s: float) -> float:
    window = open_window(x, rate_hz, 0, len(x), float(fc[0]))
    times, values = window.derivatives(order, 1, fc)
    return float(np.interp(time_s, times, values[0, 0]))


def student_factor(level: float, dof: float) -> float:
    """How many SDs the central interval of this level reaches with so many degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(max(1.0, dof), 0.5 + 0.5 * level))


def normal_factor(level: float) -> float:
    """The same with the SD known."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + 0.5 * level))


def event_time(times: LinkTimes, rep: int, level: float, start_s: float) -> Estimate | None:
    """One event's time on the recording's clock, s, its interval from noise, filter and soft tissue."""
    event = times.timed.events[rep]
    if not event.resolved:
        return None
    z = normal_factor(level)
    noise = student_factor(level, times.timed.dof) * event.sd_s
    bias = times.bias_s * z / normal_factor(0.90)
    tissue = z * float(np.sqrt(sum(v * v for v in times.shifts[rep].values())))
    return Estimate.symmetric(start_s + event.time_s, float(np.sqrt(noise**2 + bias**2 + tissue**2)), "s", level)


def event_value(times: LinkTimes, rep: int, level: float) -> Estimate | None:
    """The link's peak rate in that rep, deg/s: its interval holds noise and what the filter may have cut."""
    event = times.timed.events[rep]
    if not event.resolved:
        return None
    noise = student_factor(level, times.timed.dof) * event.value_sd
    half = float(np.hypot(noise, 1.5 * abs(event.value_shift)))
    return Estimate.symmetric(event.value, half, "", level).scaled(float(np.degrees(1.0)), "deg/s")
