"""Numbers of each repetition with what makes them uncertain: marker noise, filter choice, and what skin and models
add.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from legato.body.model import Body
from legato.estimate import Estimate
from legato.movements.drivers import SIDES, Drive, dominant_side, sided_drives, signal_of, smooth
from legato.movements.hold_times import HoldTimes
from legato.movements.marks import SHORTEST_PAUSE_S
from legato.movements.model import MarkSpec, MetricSpec, Movement, Rep
from legato.movements.noise import CUTOFF_FACTORS, FRAME_SD, LENGTHS, Z, passed, pose_sd, white_noise
from legato.movements.one_camera import readable
from legato.movements.reps import driven_reps, find_reps
from legato.recording import STANDARD_GRAVITY, FloatArray
from legato.signals.drift import fit_drift
from legato.signals.filters import derivative

_ANGLE_SD_DEG: Mapping[str, float] = {"markers": 2.5, "markerless": 4.5, "angles": 3.0}
"""Standing error of a joint angle over a repetition, deg, as an SD. [ENG] Skin over bone and joint centres with
markers: 2 to 3 deg in flexion (Leardini 2005, Gait Posture 21:212; Peters 2010, Gait Posture 31:1, the latter not yet
checked against the paper); two-camera markerless 4.5 deg mean absolute error (Uhlrich 2023, PLoS Comput Biol, not yet
checked against the paper); angles of another program, not known better than with markers."""

_MARKERLESS = ("opencap", "pose2sim", "mediapipe", "blazepose", "body25", "halpe", "coco", "theia")
"""Parts of the names of marker sets whose points come from video."""

_AXIAL_FACTOR = 1.5
"""Turns about a segment's long axis are that much less certain than flexion. [ENG]"""

_LENGTH_SD_M = 0.01
"""Standing error of a height or travel, m, as an SD: skin over bone. [ENG]"""

_DEPTH_SD_M = 0.002
"""Standing error of a change of the trunk's depth over one breath, m, as an SD: a marker of 1 mm rms on the skin at
both ends, at both instants. [ENG]"""

_LONGEST_WAIT = 2.5
"""From one start to the next, in lengths of the first repetition: after a longer wait the rhythm was broken. [ENG]"""

_GIVING_WAY_S = 1.0
"""Last part of a hold that failed, or may have, which its drift and sway leave out, s. [ENG] There the posture gives
way; before it drifts."""

_CONTACT_SHARE = 0.06
"""SD of the speed at which the foot meets or leaves the ground, as a share of the swing's top. [ENG] Contact is taken
at 0.15 of it; from 0.05 to 0.25 all is as likely."""

_SPEED_SHARE = 0.02
"""Standing error of a speed as a share of it: calibration, and where on the hand the marker sits. [ENG]"""

_SLOPE_FACTOR = 2.5
"""Growth of the SD with the squared relative noise of the slope, as in the procedure for peaks (simulated there)."""


@dataclass(frozen=True, slots=True)
class _Signal:
    """A signal low-passed at the usual cut-off and with it moved both ways, the SD of its noise after filtering, its
    standing error.
    """

    usual: FloatArray
    moved: tuple[FloatArray, FloatArray]
    noise: float
    standing: float
    share: float
    scale: float


@dataclass(frozen=True, slots=True)
class _Clock:
    """What the instants of the repetitions owe to noise and filter: the driver's rate and bend, and the repetitions
    found with the cut-off moved.
    """

    start_s: float
    rate_hz: float
    rate: FloatArray
    bend: FloatArray
    noise: float
    noise_of_rate: float
    noise_of_bend: float
    moved: tuple[tuple[Rep, ...], ...]
    specs: Mapping[str, MarkSpec]
    standing: float = 0.0
    crossing: bool = False


_Lookup: TypeAlias = Callable[[str, str], _Signal | None]


def rep_metrics(body: Body, movement: Movement, reps: Sequence[Rep]) -> tuple[dict[str, Estimate], ...]:
    """The movement's metrics for each repetition; one that cannot be measured in a repetition is absent there.

    Parameters
    ----------
    body
        The body as measured.
    movement
        Names the metrics.
    reps
        As `find_reps` gives them.

    Returns
    -------
    One mapping a repetition, name to estimate; angles in deg, all else SI. The interval of a value holds white noise
    through the filter, a move of the cut-off by 30 % both ways and the standing error of skin, joint centres or model
    ([ENG]). The interval of an instant holds noise of the rate over its slope and the move of the cut-off; in a pause
    it is the pause. Segment sensors give no angle: their zero and facing are not known well enough.
    """
    if not reps:
        return ()
    dominant = dominant_side(body, movement.filter_cutoff_hz)

    @cache
    def signal(name: str, side: str) -> _Signal | None:
        return _signal(body, movement.filter_cutoff_hz, name, dominant if side == "dominant" else side)

    clocks = _clocks(body, movement)
    holds = HoldTimes(body, movement) if movement.cycle.hold is not None else None
    following = {a.index: b for a, b in pairwise(reps) if a.side == b.side}
    drive = driven_reps(body, movement)[0] if body.source == "keypoints" else None
    driver = "" if drive is None else drive.driver.signal
    specs = [spec for spec in movement.metrics if readable(body, movement, spec, driver)]
    if body.source == "imu":
        specs = [spec for spec in specs if not _is_of_angle(spec)]
    found: list[dict[str, Estimate]] = []
    for rep in reps:
        row: dict[str, Estimate] = {}
        for spec in specs:
            sides = SIDES if spec.side == "both" else (rep.side or "none",) if spec.side == "own" else (spec.side,)
            for side in sides:
                if spec.kind in ("held", "failure"):
                    estimate = None if holds is None else holds.read(rep, spec.kind)
                elif spec.kind == "frequency":
                    estimate = _frequency(clocks.get(rep.side, clocks.get("")), rep, following.get(rep.index))
                elif spec.kind in ("flight_height", "ratio"):
                    estimate = _of_durations(clocks.get(rep.side, clocks.get("")), rep, spec)
                elif spec.unit == "s":
                    estimate = _instant(clocks.get(rep.side, clocks.get("")), rep, spec)
                elif spec.kind == "share":
                    estimate = _share(body, rep, spec, signal, side)
                else:
                    estimate = _value(body, rep, spec, signal, side)
                if estimate is not None:
                    row[f"{spec.name}_{side}" if spec.side == "both" else spec.name] = estimate
        found.append(row)
    return tuple(found)


def refused_shares(movement: Movement, reps: Sequence[Rep], rows: Sequence[Mapping[str, Estimate]]) -> tuple[str, ...]:
    """Why a share is missing where its two changes go opposite ways; `rows` as `rep_metrics` gives them."""
    changes = {spec.signal: spec.name for spec in movement.metrics if spec.kind == "change"}
    notes: list[str] = []
    for spec in movement.metrics:
        own, other = changes.get(spec.signal), changes.get(spec.against)
        if spec.kind != "share" or own is None or other is None:
            continue
        opposite = [
            str(rep.index + 1)
            for rep, row in zip(reps, rows, strict=True)
            if own in row and other in row and row[own].value * row[other].value < 0.0
        ]
        if opposite:
            notes.append(
                f"no {spec.name.replace('_', ' ')} in rep {', '.join(opposite)}: {own.replace('_', ' ')} and "
                f"{other.replace('_', ' ')} go opposite ways, so neither is a part of a whole; both are given"
            )
    return tuple(notes)


def _is_of_angle(spec: MetricSpec) -> bool:
    """Whether a metric is an angle, or the drift of one, and no rate of turn."""
    return spec.unit == "deg" or (spec.unit == "deg/s" and spec.kind in ("drift", "drift_rate", "sway"))


def _signal(body: Body, cutoff_hz: float, name: str, side: str) -> _Signal | None:
    cutoffs = (cutoff_hz, *(cutoff_hz * factor for factor in CUTOFF_FACTORS))
    noise = 0.0
    if name.endswith(("_speed", "_axial_rate")):
        seen = [signal_of(body, name, side, cutoff) for cutoff in cutoffs]
    else:
        raw = signal_of(body, name, side, None)
        seen = [None if raw is None else smooth(raw, body.rate_hz, cutoff) for cutoff in cutoffs]
        if raw is not None and seen[0] is not None:
            noise = white_noise(raw, seen[0], body.rate_hz, cutoff_hz) * passed(body.rate_hz, cutoff_hz, 0)
    usual, low, high = seen
    if usual is None or low is None or high is None:
        return None
    if body.source == "keypoints":
        return _picture_signal(body, name, cutoff_hz, usual, (low, high), noise)
    if name.endswith("_depth"):
        return _Signal(usual, (low, high), noise, _DEPTH_SD_M, 0.0, 1.0)
    if name.endswith(("_height", "_forward", "_apart")):
        return _Signal(usual, (low, high), noise, _LENGTH_SD_M, 0.0, 1.0)
    if name.endswith("_speed"):
        return _Signal(usual, (low, high), noise, 0.0, _SPEED_SHARE, 1.0)
    markerless = any(part in body.marker_set.lower() for part in _MARKERLESS)
    kind = "angles" if body.source == "angles" else "markerless" if markerless else "markers"
    standing = _ANGLE_SD_DEG[kind] * (_AXIAL_FACTOR if "axial" in name else 1.0)
    return _Signal(usual, (low, high), noise, np.radians(standing), 0.0, 180.0 / np.pi)


def _picture_signal(
    body: Body, name: str, cutoff_hz: float, usual: FloatArray, moved: tuple[FloatArray, FloatArray], noise: float
) -> _Signal | None:
    """A signal of one camera's keypoints: lengths with the error of the scale, angles with that of the estimator."""
    noise = max(noise, pose_sd(body, name, cutoff_hz, 0))
    if name.endswith(LENGTHS):
        return _Signal(usual, moved, noise, 0.0, body.length_sd, 1.0)
    standing = body.angle_sd.get(name)
    return None if standing is None else _Signal(usual, moved, noise, standing, 0.0, 180.0 / np.pi)


def _value(body: Body, rep: Rep, spec: MetricSpec, signal: _Lookup, side: str) -> Estimate | None:
    source = signal(spec.signal, side)
    span = rep.phase(spec.within)
    if source is None or span is None or (spec.unit.startswith("m") and body.length_unit != "m"):
        return None
    first = max(0, int(np.ceil((span.start_s - body.start_s) * body.rate_hz - 1e-6)))
    last = int(np.floor((span.end_s - body.start_s) * body.rate_hz + 1e-6))
    if spec.kind in ("drift", "drift_rate", "sway"):
        return _posture(rep, spec, source, first, last, body.rate_hz)
    marks = {"start": rep.start_s, "end": rep.end_s, **rep.marks}
    at = (marks.get(spec.at, np.nan) - body.start_s) * body.rate_hz if spec.at else np.nan
    turns = _whole_turns(source.usual[first : last + 1]) if "axial" in spec.signal else 0.0
    value, low, high = (_reading(x - turns, first, last, at, spec.kind) for x in (source.usual, *source.moved))
    if value is None or low is None or high is None:
        return None
    noise = source.noise * (np.sqrt(2.0) if spec.kind in ("range", "change", "peak_over_value_at") else 1.0)
    shift = max(abs(low - value), abs(high - value))
    half = float(np.sqrt(Z**2 * (noise**2 + source.standing**2 + (source.share * value) ** 2) + shift**2))
    return Estimate.symmetric(value * source.scale, half * source.scale, spec.unit)


def _posture(rep: Rep, spec: MetricSpec, source: _Signal, first: int, last: int, rate_hz: float) -> Estimate | None:
    """Drift or sway of a signal over a phase."""
    if rep.ending in ("failed", "ended"):
        last -= round(_GIVING_WAY_S * rate_hz)
    part = source.scale * source.usual[first : last + 1]
    try:
        found = fit_drift(
            part, rate_hz, unit="deg" if source.scale != 1.0 else "m", noise_sd=source.scale * source.noise
        )
    except ValueError:
        return None
    if spec.kind == "drift":
        return found.slope.scaled(found.span_s, spec.unit)
    return found.slope if spec.kind == "drift_rate" else found.sway


def _share(body: Body, rep: Rep, spec: MetricSpec, signal: _Lookup, side: str) -> Estimate | None:
    """The change of one signal over its own and another's; None where one of them goes the other way."""
    ranges = [
        _value(body, rep, spec.model_copy(update={"kind": "change", "signal": name, "unit": "m"}), signal, side)
        for name in (spec.signal, spec.against)
    ]
    own, other = ranges
    if own is None or other is None or min(own.value, other.value) < 0.0 or own.value + other.value <= 0.0:
        return None
    total = own.value + other.value
    half = float(np.hypot(other.value * own.half_width, own.value * other.half_width)) / total**2
    value = own.value / total
    return Estimate(value, max(0.0, value - half), min(1.0, value + half), unit="")


def _whole_turns(x: FloatArray) -> float:
    """Whole turns, rad, that a continuous angle has gathered before this stretch and that are no part of a joint's
    position.
    """
    seen = x[np.isfinite(x)]
    return 2.0 * np.pi * float(np.round(np.median(seen) / (2.0 * np.pi))) if seen.size else 0.0


def _reading(x: FloatArray, first: int, last: int, at: float, kind: str) -> float | None:
    part = x[first : last + 1]
    if part.size < 3 or np.isnan(part).any():
        return None
    if kind == "peak":
        return float(part.max())
    if kind == "trough":
        return float(part.min())
    if kind == "range":
        return float(part.max() - part.min())
    if kind == "mean":
        return float(part.mean())
    if kind == "rms":
        return float(part.std())
    if kind == "largest_size":
        return float(np.abs(part).max())
    if not np.isfinite(at):
        return None
    then = float(np.interp(at, np.arange(x.size), x))
    if kind == "value_at":
        return then
    if kind == "change":
        return then - float(part[0])
    sign = 1.0 if then >= 0.0 else -1.0
    return float(max((sign * part).max() - sign * then, 0.0))


def _clocks(body: Body, movement: Movement) -> dict[str, _Clock]:
    """What instants owe to noise and filter, by the side of the repetition; the empty one where there are no sides."""
    drive, _ = driven_reps(body, movement)
    if drive is None:
        return {}
    moved = tuple(
        find_reps(
            body,
            movement.model_copy(
                update={"filter_cutoff_hz": movement.filter_cutoff_hz * factor, "drivers": (drive.driver,)}
            ),
        ).reps
        for factor in CUTOFF_FACTORS
    )
    sided = sided_drives(body, movement, drive)
    if len(sided) == 1 and sided[0] is drive:
        return {"": _clock(body, movement, drive, moved)}
    return {
        one.side: _clock(body, movement, one, tuple(tuple(r for r in reps if r.side == one.side) for reps in moved))
        for one in sided
    }


def _clock(body: Body, movement: Movement, drive: Drive, moved: tuple[tuple[Rep, ...], ...]) -> _Clock:
    cutoff = movement.filter_cutoff_hz
    linear = not drive.driver.signal.endswith(("_speed", "_axial_rate", "_turning"))
    own_side = "none" if drive.driver.away == "both" else drive.side or drive.driver.side
    raw = signal_of(body, drive.driver.signal, own_side, None) if linear else None
    smoothed = signal_of(body, drive.driver.signal, own_side, cutoff) if linear else None
    noise = 0.0 if raw is None or smoothed is None else white_noise(raw, smoothed, body.rate_hz, cutoff)
    signal = drive.driver.signal
    noises = [max(noise * passed(body.rate_hz, cutoff, k), pose_sd(body, signal, cutoff, k)) for k in range(3)]
    rate = derivative(drive.samples, body.rate_hz)
    crossing = movement.cycle.contact == "speed"
    return _Clock(
        body.start_s,
        body.rate_hz,
        rate,
        derivative(rate, body.rate_hz),
        noises[0],
        noises[1],
        noises[2],
        moved,
        {spec.name: spec for spec in movement.marks},
        _CONTACT_SHARE * float(np.nanmax(drive.samples))
        if crossing
        else _DEPTH_SD_M
        if drive.driver.signal.endswith("_depth")
        else 0.0,
        crossing,
    )


def _instant(clock: _Clock | None, rep: Rep, spec: MetricSpec) -> Estimate | None:
    if clock is None:
        return None
    if spec.kind == "mark":
        at = rep.marks.get(spec.at)
        return None if at is None else _mark_estimate(clock, rep, spec.at, at)
    span = rep.phase(spec.within)
    if span is None or not rep.complete:
        return None

    def edges(other: Rep) -> tuple[float, float] | None:
        theirs = other.phase(spec.within)
        return None if theirs is None else (theirs.start_s, theirs.end_s)

    start = _half_width(clock, rep, span.start_s, lambda other: None if (e := edges(other)) is None else e[0])
    end = _half_width(clock, rep, span.end_s, lambda other: None if (e := edges(other)) is None else e[1])
    half = float(np.hypot(start, end))
    return Estimate(span.duration_s, max(0.0, span.duration_s - half), span.duration_s + half, unit="s")


def _of_durations(clock: _Clock | None, rep: Rep, spec: MetricSpec) -> Estimate | None:
    """The height that goes with a time in the air, or one phase's duration over another's."""
    own, other = (
        _instant(clock, rep, spec.model_copy(update={"kind": "duration", "within": within, "unit": "s"}))
        for within in (spec.within, spec.against or spec.within)
    )
    if own is None or other is None or other.low <= 0.0:
        return None
    if spec.kind == "flight_height":
        low, value, high = (STANDARD_GRAVITY * t**2 / 8.0 for t in (own.low, own.value, own.high))
        return Estimate(value, low, high, unit="m")
    value = own.value / other.value
    half = float(np.hypot(own.half_width, value * other.half_width)) / other.value
    return Estimate(value, max(0.0, value - half), value + half, unit="")


def _frequency(clock: _Clock | None, rep: Rep, following: Rep | None) -> Estimate | None:
    """Repetitions a minute, from half-way out in one to half-way out in the next, where nothing lies between them."""
    if clock is None or following is None or not (rep.complete and following.complete):
        return None
    if following.start_s - rep.start_s > _LONGEST_WAIT * (rep.end_s - rep.start_s):
        return None
    (one, first), (two, second) = (_half_way(clock, r) for r in (rep, following))
    half = float(np.hypot(first, second))
    longest, shortest = two - one + half, max(two - one - half, 1.0 / clock.rate_hz)
    return Estimate(60.0 / (two - one), 60.0 / longest, 60.0 / shortest, unit="1/min")


def _half_way(clock: _Clock, rep: Rep) -> tuple[float, float]:
    """When the driver has gone half its way out, and the half-width of that instant, s: there it is fast and the
    instant sharp, while a start is slow.
    """
    first, last = (
        int(np.clip(round((at - clock.start_s) * clock.rate_hz), 0, clock.rate.size - 1))
        for at in (rep.start_s, rep.end_s)
    )
    way = np.cumsum(clock.rate[first : last + 1])
    k = int(np.argmax(way >= 0.5 * way.max()))
    slope = float(clock.rate[first + k])
    shift = Z * float(np.hypot(clock.noise, clock.standing)) / slope if slope > 0.0 else rep.end_s - rep.start_s
    return clock.start_s + (first + k) / clock.rate_hz, float(np.hypot(shift, Z * FRAME_SD / clock.rate_hz))


def _mark_estimate(clock: _Clock, rep: Rep, name: str, at: float) -> Estimate:
    reach, depart = rep.marks.get("reach"), rep.marks.get("depart")
    spec = clock.specs.get(name)
    turns = spec is not None and spec.at == "turn"
    if turns and reach is not None and depart is not None and depart - reach >= SHORTEST_PAUSE_S:
        return Estimate(at, min(at, reach), max(at, depart), unit="s")
    crossed = spec is not None and spec.at == "level"
    return Estimate.symmetric(at, _half_width(clock, rep, at, lambda other: other.marks.get(name), crossed), "s")


def _half_width(
    clock: _Clock, rep: Rep, at: float, same: Callable[[Rep], float | None], crossed: bool = False
) -> float:
    """Half-width of the 90 % interval of an instant: noise over slope, the frame, and how far a moved cut-off moves
    it.
    """
    i = int(np.clip(round((at - clock.start_s) * clock.rate_hz), 0, clock.rate.size - 1))
    crossed = crossed or clock.crossing
    slope = clock.rate[i] if crossed else clock.bend[i]
    noise, of_slope = (clock.noise, clock.noise_of_rate) if crossed else (clock.noise_of_rate, clock.noise_of_bend)
    noise = float(np.hypot(noise, clock.standing)) if clock.crossing else noise
    longest = 0.5 * (rep.end_s - rep.start_s)
    # Where the driver hardly bends (a slow start) noise over slope says nothing; half the repetition bounds it.
    sd = 0.0
    if np.isfinite(slope) and slope != 0.0:
        # A noisy slope looks steep as often as flat; without the factor coverage falls (as for peaks of a rate).
        sd = min(float(noise / abs(slope)) * (1.0 + _SLOPE_FACTOR * float(of_slope / slope) ** 2), longest)
    shift = 0.0
    for reps in clock.moved:
        overlap = [(min(o.end_s, rep.end_s) - max(o.start_s, rep.start_s), o) for o in reps]
        theirs = same(max(overlap, key=lambda pair: pair[0])[1]) if overlap else None
        if theirs is not None:
            shift = max(shift, min(abs(theirs - at), longest))
    return float(np.sqrt((Z * sd) ** 2 + (Z * FRAME_SD / clock.rate_hz) ** 2 + shift**2))
