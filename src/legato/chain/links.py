"""The events of one link over a set of reps: the angle behind it, its noise, the cut-off, and every rep's time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from legato.body.model import Body
from legato.chain.noise import event_kernel, marker_cluster, residual_at
from legato.chain.quantities import Quantity
from legato.chain.sensors import clock_shifts, shaking_time_s, time_shifts
from legato.chain.uncertainty import Locked, locked_error, mixed_dof
from legato.errors import NotResolvable
from legato.estimate import Estimate
from legato.recording import FloatArray
from legato.signals.events import EventKind, Window, cutoff_ladder, zero_phase_gain
from legato.signals.factors import normal_factor, student_factor
from legato.signals.spectra import NoiseSpectrum, floor_density, white_noise
from legato.signals.timing import (
    KAPPA_PEAK,
    NOISE,
    NoisyAngle,
    Scan,
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
_CUT_PEAK = 2.4
_LADDER_TOP = 3.0
"""Highest cut-off tried, in units of what the movement's sharpest expected peak needs."""


@dataclass(frozen=True, slots=True, eq=False)
class LinkScan:
    """One link's angle, noise and windows, scanned over the cut-offs; `cutoff_hz` is its own best one."""

    quantity: Quantity
    kind: EventKind
    series: NoisyAngle
    spans: tuple[tuple[int, int], ...]
    windows: tuple[Window | None, ...]
    scan: Scan
    cutoff_hz: float | None
    shortest_s: float


@dataclass(frozen=True, slots=True, eq=False)
class LinkTimes:
    """A link's events at one cut-off, with the shift (s, signed) that soft tissue of each segment and each error of a
    sensor may make in each rep, and what the rigid fits left over at the events (s, a segment; see `locked_error`).
    """

    scan: LinkScan
    timed: TimedSet
    shifts: tuple[dict[str, float], ...]
    left_over: dict[str, FloatArray]

    @property
    def locked(self) -> Locked:
        """The part of the error that all reps share."""
        return locked_error(tuple(self.left_over.values()))

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
    top = _LADDER_TOP * KAPPA_PEAK / (2.0 * np.pi * shortest_s)
    ladder = cutoff_ladder(float(np.median([b - a for a, b in usable])) / rate, rate, top)
    series = NoisyAngle(quantity.angle, rate, noise, quantity.filled)
    windows = tuple(open_windows(series, spans, float(ladder[0])))
    scan = scan_cutoffs(series, windows, kind, ladder)
    cutoff = choose_cutoff(scan)
    above = 0.25 * rate if cutoff is None else max(0.25 * rate, _FLOOR_ABOVE * cutoff)
    floor = floor_density(quantity.angle, usable, rate, above)
    if floor is not None and floor[0] > _FLOOR_TRUST * _top(noise):
        series = replace(series, noise=noise.raised(floor[0]))
        scan = scan_cutoffs(series, windows, kind, ladder)
        cutoff = choose_cutoff(scan)
    return LinkScan(quantity, kind, series, tuple(spans), windows, scan, cutoff, shortest_s)


def _top(noise: NoiseSpectrum) -> float:
    return float(noise.density[noise.freq_hz >= 0.8 * noise.freq_hz[-1]].mean())


def common_cutoff(first: LinkScan, second: LinkScan) -> float | None:
    """The one cut-off at which the gap between two links is best timed; None where noise hides it at every one."""
    return choose_cutoff(first.scan, second.scan)


def time_link(body: Body, scan: LinkScan, cutoff_hz: float | None) -> LinkTimes:
    """Time every rep at a cut-off (None: noise hides the event at every one), held against leaving one marker out."""
    if cutoff_hz is None:
        refused = TimedSet(scan.kind, np.nan, (TimedEvent(reason=NOISE),) * len(scan.spans), 1.0)
        return LinkTimes(scan, refused, tuple(dict[str, float]() for _ in scan.spans), {})
    timed = time_events(scan.series, scan.windows, scan.kind, cutoff_hz, shortest_s=scan.shortest_s)
    left_over, factor = _at_the_events(body, scan, timed)
    if factor > 1.0:
        events = tuple(replace(e, sd_s=e.sd_s * factor) if e.resolved else e for e in timed.events)
        timed = replace(timed, events=events)
    return LinkTimes(scan, timed, event_shifts(body, scan, timed), left_over)


def event_shifts(body: Body, scan: LinkScan, timed: TimedSet) -> tuple[dict[str, float], ...]:
    """How far soft tissue of each segment and each error of a sensor may move each event, s, signed (one SD)."""
    if not any(event.resolved for event in timed.events):
        return tuple(dict[str, float]() for _ in timed.events)
    sensors = time_shifts(scan.quantity.changes, scan.series, scan.spans, timed)
    clocks = clock_shifts(body, {p.segment: p.weight for p in scan.quantity.parts})
    shaken_s = shaking_time_s(scan.series, scan.spans, timed.cutoff_hz)
    return tuple(
        {p.segment: p.weight * p.turn / _pace(body, p.segment, scan.kind, e, shaken_s) for p in scan.quantity.parts}
        | of_sensors
        | clocks
        if e.resolved and e.value > 0
        else dict[str, float]()
        for e, of_sensors in zip(timed.events, sensors, strict=True)
    )


def _pace(body: Body, segment: str, kind: EventKind, event: TimedEvent, shaken_s: float) -> float:
    """Rate by which a turn of the segment's markers or sensor on the bone moves an event, rad/s.

    A turn that is as quick as the event's own shape moves a peak and a turning point by itself over the highest rate.
    An onset stands on the foot of that rate, where the same turn does several times as much; of sensors, whose turning
    no residual shows, that counts in full. So does at a turning point, which may be slow, a turn as quick as the
    movement's own accelerations shake a sensor (`shaken_s`).
    """
    motion = body.segments.get(segment)
    if kind in ("onset", "offset") and motion is not None and motion.sensor is not None:
        return event.sharpness_s * abs(event.slope)
    if kind == "zero" and motion is not None and motion.sensor is not None:
        return min(event.value, shaken_s * abs(event.slope))
    return event.value


def _at_the_events(body: Body, scan: LinkScan, timed: TimedSet) -> tuple[dict[str, FloatArray], float]:
    """The residuals at the events themselves, as time, and how much larger the SD is when each marker is left out in
    turn.

    The first has one entry a segment, shape (reps, 3M), scaled so that its mean square over a rep's row is the
    variance of that rep's time; NaN in refused reps. The second is 1 unless the scatter is more than chance.
    """
    from scipy.special import fdtri

    order, fc, rate = noise_order(timed.kind), timed.cutoff_hz, body.rate_hz
    left_over: dict[str, FloatArray] = {}
    found = expected = dof = 0.0
    for part in scan.quantity.parts:
        motion = body.segments.get(part.segment)
        cluster = None if motion is None or part.noise is None else marker_cluster(motion, part.axis, part.seen)
        if motion is None or part.noise is None or cluster is None:
            continue
        turn = (2.0 * np.pi * part.noise.freq_hz) ** (2 * order)
        own = part.weight**2 * part.noise.variance(turn * zero_phase_gain(part.noise.freq_hz, fc) ** 2)
        kernel = event_kernel(order, fc, rate)
        rows = np.full((len(timed.events), 3 * len(cluster.markers)), np.nan)
        for k, event in enumerate(timed.events):
            moved = residual_at(motion, cluster, kernel, round(event.time_s * rate)) if event.resolved else None
            if moved is None:
                continue
            rows[k] = moved * (part.weight * np.sqrt(cluster.gain / cluster.dof) / event.slope)
            if cluster.left_out is not None:
                changes = cluster.left_out @ moved
                found += part.weight**2 * (len(changes) - 1) * float(np.var(changes)) / cluster.scatter
                expected += own
                dof += len(changes) - 1
        left_over[part.segment] = rows
    if expected == 0.0:
        return left_over, 1.0
    ratio = found / expected
    return left_over, float(np.sqrt(ratio)) if ratio > float(fdtri(dof, timed.dof, 0.975)) else 1.0


def event_time(times: LinkTimes, rep: int, level: float, start_s: float) -> Estimate | None:
    """One event's time on the recording's clock, s, its interval from noise, filter and soft tissue."""
    event = times.timed.events[rep]
    if not event.resolved:
        return None
    noise = student_factor(level, mixed_dof(event.sd_s**2, times.timed.dof, times.locked)) * event.sd_s
    half = float(np.hypot(noise, _filter_and_tissue(times, rep, level)))
    return Estimate.symmetric(start_s + event.time_s, half, "s", level)


def event_fixed(times: LinkTimes, rep: int, level: float) -> float:
    """That part of the half-width of an event's time which all reps share, s: filter, soft tissue and noise locked to
    the movement.
    """
    event = times.timed.events[rep]
    if not event.resolved:
        return 0.0
    locked = student_factor(level, times.locked.dof) * float(np.sqrt(min(times.locked.variance, event.sd_s**2)))
    return float(np.hypot(locked, _filter_and_tissue(times, rep, level)))


def _filter_and_tissue(times: LinkTimes, rep: int, level: float) -> float:
    z = normal_factor(level)
    bias = times.bias_s * z / normal_factor(0.90)
    return float(np.sqrt(bias**2 + z**2 * sum(v * v for v in times.shifts[rep].values())))


def event_value(times: LinkTimes, rep: int, level: float) -> Estimate | None:
    """The link's peak rate in that rep, deg/s: its interval holds noise, and above it what the filter may have cut off.
    None where the time was read by hand.

    A filter lowers a peak, by 1.5 to 2 times what 1.3 of its cut-off gives back.
    """
    event = times.timed.events[rep]
    if not event.resolved or event.by_hand:
        return None
    noise = student_factor(level, times.timed.dof) * event.value_sd
    cut = _CUT_PEAK * max(0.0, event.value_shift)
    found = Estimate(event.value, event.value - noise, event.value + float(np.hypot(noise, cut)), level)
    return found.scaled(float(np.degrees(1.0)), "deg/s")
