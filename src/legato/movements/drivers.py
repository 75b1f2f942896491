"""Signals that repetitions are read from, by name, out of a body: heights, speeds, forward reach, angles."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from legato.body.model import Body
from legato.body.sides import faster_arm
from legato.movements.model import Driver, Movement
from legato.movements.strides import turning
from legato.recording import FloatArray
from legato.signals.filters import derivative, lowpass
from legato.signals.gaps import fill_gaps

SIDES = ("right", "left")

_STAND_INS = {"hand": ("wrist",), "pelvis": ("hip",), "heel": ("ankle",), "toe": ("ankle",), "bar": (), "box": ()}
"""Points that may stand for another where it was not recorded."""

_CHEST, _BELLY = (("xiphoid",), ("chest_back",)), (("belly",), ("belly_back", "pelvis"))
_OF_TWO_POINTS: Mapping[str, tuple[tuple[tuple[str, ...], ...], ...]] = MappingProxyType(
    {
        "chest_depth": (_CHEST,),
        "belly_depth": (_BELLY,),
        "breath_depth": (_CHEST, _BELLY),
        "knees_apart": ((("knee_right",), ("knee_left",)),),
        "hands_apart": ((("hand_right", "wrist_right"), ("hand_left", "wrist_left")),),
        "feet_apart": ((("ankle_right",), ("ankle_left",)),),
    }
)
"""Signals that are distances between points: for each pair and each end the points that may stand for it."""

_USUAL_LEG_M = 0.85
"""Hip to ankle, m, where the body has no such points. [ENG] 0.49 of 1.73 m stature (hip and ankle heights of Drillis
& Contini 1966)."""

_FRAMES_FOR_LENGTH = 200
"""Least number of frames, where there are so many, that a median length is taken over; more change nothing."""

_COVERAGE_SLACK = 0.05
"""A better-ranked driver is kept as long as it covers at most this much less of the recording than the best. [ENG]"""

_HIGHEST_CUTOFF = 0.42
"""Largest cut-off as a share of the rate, as in the procedure for peaks."""


@dataclass(frozen=True, slots=True)
class Drive:
    """The signal chosen: samples (high when away from home, filtered, short gaps closed), its driver, label, side and
    least size.
    """

    samples: FloatArray
    driver: Driver
    label: str
    side: str
    least: float


def usable_drives(body: Body, movement: Movement) -> Iterator[Drive]:
    """The movement's drivers that this body has, best-ranked first; none that covers clearly less than the best."""
    found: list[tuple[Driver, str, float]] = []
    for driver in movement.drivers:
        side = dominant_side(body, movement.filter_cutoff_hz) if driver.side == "dominant" else ""
        raw = signal_of(body, driver.signal, side or driver.side, None)
        if raw is not None:
            found.append((driver, side, float(np.mean(~np.isnan(raw)))))
    best = max((cover for _, _, cover in found), default=0.0)
    for driver, side, cover in found:
        samples = signal_of(body, driver.signal, side or driver.side, movement.filter_cutoff_hz)
        if samples is None or cover < best - _COVERAGE_SLACK:
            continue
        least = driver.least * _unit_size(body, driver)
        shown_side = side or (driver.side if driver.side in SIDES else "")
        label = f"{shown_side} {driver.signal.replace('_', ' ')}".strip()
        yield Drive(-samples if driver.away == "down" else samples, driver, label, side, least)


def _unit_size(body: Body, driver: Driver) -> float:
    """A driver's unit in the body's own; where no metres are known, metres go by a usual adult's leg."""
    if driver.unit == "leg":
        return leg_length(body)
    return 1.0 / _USUAL_LEG_M if driver.unit.startswith("m") and body.length_unit == "leg" else 1.0


def signal_of(body: Body, name: str, side: str, cutoff_hz: float | None) -> FloatArray | None:
    """A signal by name, short gaps closed and low-passed, shape (n,); None where the body lacks what it needs.

    Parameters
    ----------
    body
        The body as measured.
    name
        `<point>_height`, `<point>_speed` (against the trunk), `<point>_ground_speed`, `<point>_forward` (ahead of the
        pelvis along the feet), `<segment>_axial_rate` (size of the rate), `pelvis_turning` (change of the direction of
        travel), `chest_depth`, `belly_depth` and their sum `breath_depth` (back to front), `knees_apart`,
        `hands_apart`, `feet_apart`, `trunk_over_shank` (lean of the thorax beyond that of the shanks),
        `thorax_level` (from upright or hanging, 0, to level, a quarter turn), `<segment>_roll` (of a lying segment
        about its long axis), or the name of an angle without its side.
    side
        `right`, `left`, `least` or `mean` of both, or `none` for what has no side.
    cutoff_hz
        Cut-off of the low-pass; at most 0.42 of the rate is used. None leaves the samples as they are.
    """
    if side in ("least", "mean", "both", "each"):
        both = [s for s in (signal_of(body, name, one, cutoff_hz) for one in SIDES) if s is not None]
        if not both:
            return signal_of(body, name, "none", cutoff_hz)
        stack = np.stack(both)
        seen = ~np.isnan(stack).any(axis=0)
        if len(both) == 2 and not seen.any():
            return both[0]
        return np.min(stack, axis=0) if side == "least" else np.mean(stack, axis=0)
    tail = "" if side == "none" else f"_{side}"
    if name in _OF_TWO_POINTS:
        return _distances(body, _OF_TWO_POINTS[name], cutoff_hz)
    for kind in ("_height", "_ground_speed", "_speed", "_forward", "_turning"):
        if name.endswith(kind):
            point = _point(body, name.removesuffix(kind), tail)
            if point is None:
                return None
            if kind == "_height":
                return smooth(point[:, 2], body.rate_hz, cutoff_hz)
            if kind == "_ground_speed":
                velocity = derivative(smooth(point, body.rate_hz, cutoff_hz), body.rate_hz)
                return _known(np.linalg.norm(velocity, axis=1))
            if kind == "_turning":
                return _known(turning(smooth(point[:, :2], body.rate_hz, cutoff_hz), body.rate_hz))
            if kind == "_speed":
                return _speed(body, point, cutoff_hz)
            return _forward(body, point, cutoff_hz)
    if name.endswith("_axial_rate"):
        angle = body.angles.get(name.removesuffix("_rate"))
        return (
            None if angle is None else _known(np.abs(derivative(smooth(angle, body.rate_hz, cutoff_hz), body.rate_hz)))
        )
    if name.endswith("_level"):
        pitch = body.angles.get(name.replace("_level", "_pitch"))
        if pitch is None:
            return None
        lying = 0.5 * np.pi - np.abs(np.abs(smooth(pitch, body.rate_hz, cutoff_hz)) - 0.5 * np.pi)
        return _known(lying)
    if name == "trunk_over_shank":
        lean = signal_of(body, "thorax_pitch", "none", cutoff_hz)
        shank = signal_of(body, "shank_pitch", "mean", cutoff_hz)
        return None if lean is None or shank is None else _known(lean - shank)
    if name.endswith("_roll"):
        segment = body.segments.get(name.removesuffix("_roll"))
        return None if segment is None else _known(smooth(_roll(segment.rotation), body.rate_hz, cutoff_hz))
    angle = body.angles.get(f"{name}{tail}")
    return None if angle is None else _known(smooth(angle, body.rate_hz, cutoff_hz))


def sided_drives(body: Body, movement: Movement, drive: Drive) -> tuple[Drive, ...]:
    """A drive for each side where its driver is read on each by itself or turns both ways, else the drive alone."""
    driver = drive.driver
    if driver.away == "both":
        ways = {"left": drive.samples, "right": -drive.samples}
        return tuple(replace(drive, samples=_from_zero(x), side=side) for side, x in ways.items())
    if driver.side != "each":
        return (drive,)
    found: list[Drive] = []
    for side in SIDES:
        samples = signal_of(body, driver.signal, side, movement.filter_cutoff_hz)
        if samples is not None:
            found.append(replace(drive, samples=samples if driver.away == "up" else -samples, side=side))
    return tuple(found)


def _from_zero(x: FloatArray) -> FloatArray:
    return np.where(np.isnan(x), np.nan, np.maximum(x, 0.0))


def smooth(x: FloatArray, rate_hz: float, cutoff_hz: float | None) -> FloatArray:
    """Samples with short gaps closed, low-passed (unless the cut-off is None) at `usable_cutoff`."""
    closed = fill_gaps(x, rate_hz)[0] if np.isnan(x).any() else x
    return closed if cutoff_hz is None else lowpass(closed, rate_hz, usable_cutoff(cutoff_hz, rate_hz))


def usable_cutoff(cutoff_hz: float, rate_hz: float) -> float:
    """The cut-off or, where the rate is too low for it, 0.42 of the rate, Hz."""
    return min(cutoff_hz, _HIGHEST_CUTOFF * rate_hz)


def leg_length(body: Body) -> float:
    """Hip to knee to ankle, m, median over time and sides; a usual adult's where those points are not known."""
    lengths: list[float] = []
    some = slice(None, None, max(1, body.n_frames // _FRAMES_FOR_LENGTH))
    for side in SIDES:
        chain = [body.points.get(f"{joint}_{side}") for joint in ("hip", "knee", "ankle")]
        known = [p[some] for p in chain if p is not None]
        if len(known) == 3:
            parts = [np.linalg.norm(a - b, axis=1) for a, b in pairwise(known)]
            if all(np.isfinite(part).any() for part in parts):
                lengths.append(sum(float(np.nanmedian(part)) for part in parts))
    return float(np.mean(lengths)) if lengths else _USUAL_LEG_M


def dominant_side(body: Body, cutoff_hz: float = 20.0) -> str:
    """The side whose hand moves faster at its fastest, relative to the trunk, else whose arm turns faster; `right`
    where neither was recorded.
    """
    fastest: dict[str, float] = {}
    for side in SIDES:
        speed = signal_of(body, "hand_speed", side, cutoff_hz)
        if speed is not None:
            fastest[side] = float(np.nanmax(speed))
    return max(fastest, key=lambda s: fastest[s]) if fastest else faster_arm(body.segments) or "right"


def _point(body: Body, name: str, tail: str) -> FloatArray | None:
    for candidate in (name, *_STAND_INS.get(name, ())):
        for full in (f"{candidate}{tail}", candidate):
            if full in body.points and np.isfinite(body.points[full]).any():
                return body.points[full]
        if not tail:
            both = [
                p
                for p in (body.points.get(f"{candidate}_{s}") for s in SIDES)
                if p is not None and np.isfinite(p).any()
            ]
            if both:
                return np.mean(np.stack(both), axis=0)
    return None


def _roll(rotation: FloatArray) -> FloatArray:
    """Turn of a lying segment about its own level long axis against the vertical, rad, continuous, shape (n,)."""
    turned = np.arctan2(rotation[:, 2, 0], rotation[:, 2, 2])
    known = np.isfinite(turned)
    turned[known] = np.unwrap(turned[known])
    return turned


def _distances(
    body: Body, pairs: tuple[tuple[tuple[str, ...], ...], ...], cutoff_hz: float | None
) -> FloatArray | None:
    """Sum of the distances of pairs of points, each end the first that was recorded."""
    total: FloatArray | None = None
    for ends in pairs:
        known = [next((body.points[n] for n in names if n in body.points), None) for names in ends]
        if known[0] is None or known[1] is None:
            return None
        pelvis = body.segments.get("pelvis")
        if pelvis is not None and known[1] is body.points.get("pelvis"):
            # Behind the belly only the pelvis is known, and it lies lower: along its own forward axis, then.
            apart = np.sum((known[0] - known[1]) * pelvis.rotation[:, :, 0], axis=1)
        else:
            apart = np.linalg.norm(known[0] - known[1], axis=1)
        total = apart if total is None else total + apart
    return None if total is None else _known(smooth(total, body.rate_hz, cutoff_hz))


def _speed(body: Body, point: FloatArray, cutoff_hz: float | None) -> FloatArray | None:
    # Relative to the trunk, so that running up or stepping in does not count as speed of the hand.
    origin = _point(body, "pelvis", "")
    if origin is None:
        origin = _point(body, "thorax", "")
    path = point if origin is None else point - origin
    velocity = derivative(smooth(path, body.rate_hz, cutoff_hz), body.rate_hz)
    return _known(np.linalg.norm(velocity, axis=1))


def _forward(body: Body, point: FloatArray, cutoff_hz: float | None) -> FloatArray | None:
    origin = _point(body, "pelvis", "")
    if origin is None:
        return None
    ahead = _ahead(body)
    if ahead is None:
        return None
    ahead = ahead / np.linalg.norm(ahead, axis=1, keepdims=True)
    return _known(smooth(np.sum((point - origin)[:, :2] * ahead, axis=1), body.rate_hz, cutoff_hz))


def _ahead(body: Body) -> FloatArray | None:
    pelvis = body.segments.get("pelvis")
    if pelvis is not None:
        return pelvis.rotation[:, :2, 0]
    hips = [body.points.get(f"hip_{s}") for s in SIDES]
    if hips[0] is not None and hips[1] is not None:
        to_left = (hips[1] - hips[0])[:, :2]
        return np.column_stack([to_left[:, 1], -to_left[:, 0]])
    feet = [(body.points.get(f"toe_{s}"), body.points.get(f"heel_{s}")) for s in SIDES]
    steps = [(toe - heel)[:, :2] for toe, heel in feet if toe is not None and heel is not None]
    return np.tile(np.nanmean(np.concatenate(steps), axis=0), (body.n_frames, 1)) if steps else None


def _known(x: FloatArray) -> FloatArray | None:
    return x if np.isfinite(x).any() else None
