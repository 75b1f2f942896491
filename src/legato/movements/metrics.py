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
from legato.movements.drivers import SIDES, dominant_side, signal_of, smooth
from legato.movements.hold_times import HoldTimes
from legato.movements.instants import DEPTH_SD_M, clocks_of, frequency, instant, of_durations
from legato.movements.model import MetricSpec, Movement, Rep
from legato.movements.noise import CUTOFF_FACTORS, LENGTHS, Z, passed, pose_sd, white_noise
from legato.movements.one_camera import readable
from legato.movements.reps import driven_reps
from legato.recording import FloatArray
from legato.signals.drift import fit_drift

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

_GIVING_WAY_S = 1.0
"""Last part of a hold that failed, or may have, which its drift and sway leave out, s. [ENG] There the posture gives
way; before it drifts."""

_OF_TWO_INSTANTS = ("range", "change", "peak_over_value_at", "above", "below", "off", "rise", "fall")
"""Kinds of number that two instants are read for, so that noise enters twice."""

_SPEED_SHARE = 0.02
"""Standing error of a speed as a share of it: calibration, and where on the hand the marker sits. [ENG]"""


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

    clocks = clocks_of(body, movement)
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
                    estimate = frequency(clocks.get(rep.side, clocks.get("")), rep, following.get(rep.index))
                elif spec.kind in ("flight_height", "ratio"):
                    estimate = of_durations(clocks.get(rep.side, clocks.get("")), rep, spec)
                elif spec.unit == "s":
                    estimate = instant(clocks.get(rep.side, clocks.get("")), rep, spec)
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
        return _Signal(usual, (low, high), noise, DEPTH_SD_M, 0.0, 1.0)
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
    stay = round(spec.for_s * body.rate_hz) + 1
    value, low, high = (_reading(x - turns, first, last, at, spec.kind, stay) for x in (source.usual, *source.moved))
    if value is None or low is None or high is None:
        return None
    noise = source.noise * (np.sqrt(2.0) if spec.kind in _OF_TWO_INSTANTS else 1.0)
    shift = max(abs(low - value), abs(high - value))
    standing = spec.standing_share * source.standing
    half = float(np.sqrt(Z**2 * (noise**2 + standing**2 + (source.share * value) ** 2) + shift**2))
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


def _reading(x: FloatArray, first: int, last: int, at: float, kind: str, stay: int = 1) -> float | None:
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
    if kind in ("rise", "fall"):
        way = part if kind == "rise" else -part
        return float((way - np.minimum.accumulate(way)).max())
    if not np.isfinite(at):
        return None
    then = float(np.interp(at, np.arange(x.size), x))
    if kind == "value_at":
        return then
    if kind == "change":
        return then - float(part[0])
    if kind in ("above", "below", "off"):
        away = {"above": part - then, "below": then - part, "off": np.abs(part - then)}[kind]
        return float(_held(away, stay).max()) if np.isfinite(then) and away.size >= stay else None
    sign = 1.0 if then >= 0.0 else -1.0
    return float(max((sign * part).max() - sign * then, 0.0))


def _held(x: FloatArray, samples: int) -> FloatArray:
    """The level that each stretch of so many samples stays at or above."""
    return np.lib.stride_tricks.sliding_window_view(x, samples).min(axis=1)
