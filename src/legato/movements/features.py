"""What tells movements apart: postures, ranges, speeds and paths of a whole recording, whatever the reps in it."""

from itertools import pairwise

import numpy as np

from legato.body.model import Body
from legato.movements.drivers import SIDES, leg_length, signal_of, smooth, usable_cutoff
from legato.recording import BoolArray, FloatArray
from legato.signals.filters import derivative
from legato.signals.gaps import runs_of

_CUTOFF_HZ = 6.0
_FAST_CUTOFF_HZ = 15.0
_SLOW_CUTOFF_HZ = 2.0
_STILL_CUTOFF_HZ = 1.0
_LOW, _HIGH = 3.0, 97.0
"""Percentiles that stand for the ends of a range: a few wrong frames do not move them."""

_LEAST_SHARE = 0.2
"""Share of the frames in which a signal must be known for a feature of it. [ENG]"""

_STRAIGHT_DEG = 30.0
"""A knee bent less carries the body at about its standing height. [ENG]"""

_BENT_DEG = 45.0
"""Knees bent more are those of a squat, not of a stand. [ENG] Half-way to a right angle."""

_OVERHEAD = 0.3
"""Hands so many leg lengths above the shoulders are overhead: half the arms' length. [ENG]"""

_EDGE_S = 0.4
"""So much of the start and of the end tells how a recording starts and ends. [ENG]"""

_FOOT_RESTS_M_S = 0.15
_FOOT_RESTS_S = 0.2
"""Feet slower than this for so long rest. [ENG] Longer than walking stands on both feet (0.1 s), and than a jump's
feet hang at its top.
"""

_MOMENT_S = 0.05
"""What is exceeded for so long altogether was reached. [ENG] Half the flight of a running step."""

_GOING_LEGS_S = 0.5
"""A pelvis faster than this, leg lengths a second, goes somewhere. [ENG] A third of a usual walk's speed."""

_HANDS_SINK_M_S = 0.05
"""Hands that go down faster than this sink. [ENG]"""

_PULL_LEGS, _PULLED = 0.3, 0.9
"""A pull carries the hands up by so many leg lengths at least; it is over when so much of the way is done. [ENG]"""

_REBENT_DEG = 4.0
"""Knees that bend again by more did so on purpose. [ENG] As the least of a clean pull's looks."""

_STILL_RAD_S = float(np.radians(12.0))
"""All of hip, knee, elbow and trunk slower than this count as holding still. [ENG]"""


_NOT_FROM_ONE_CAMERA = frozenset(
    {
        *("feet_apart", "hands_apart", "stride", "travel", "going_speed", "course_turn"),
        *("drop", "feet_up", "feet_raised", "one_foot_up"),
    }
)
"""One camera shows lengths along the floor shortened by the view, and what is farther away higher."""


def movement_features(body: Body) -> dict[str, float]:
    """Features of a recording; those that its body cannot show are absent.

    Parameters
    ----------
    body
        The body as measured: markers, joint angles of another program, segment sensors or keypoints.

    Returns
    -------
    Angles in degrees (`knee_range`, `hip_top` …: range, and the end of the range that both sides reach), lengths in
    leg lengths (`pelvis_height`, `travel` …), speeds in m/s or deg/s, shares and correlations as they are.
    """
    found: dict[str, float] = {}
    _of_legs(body, found)
    _of_trunk(body, found)
    _of_arms(body, found)
    _of_places(body, found)
    _of_feet(body, found)
    _of_load(body, found)
    _of_time(body, found)
    unseen = _NOT_FROM_ONE_CAMERA if body.source == "keypoints" else ()
    return {name: value for name, value in found.items() if np.isfinite(value) and name not in unseen}


def _angle(body: Body, name: str, side: str = "none", cutoff_hz: float = _CUTOFF_HZ) -> FloatArray | None:
    """An angle in degrees, smoothed; None where too little of it is known."""
    samples = signal_of(body, name, side, cutoff_hz)
    return None if samples is None or np.isfinite(samples).mean() < _LEAST_SHARE else np.degrees(samples)


def _ends(samples: FloatArray) -> tuple[float, float]:
    low, high = np.nanpercentile(samples, [_LOW, _HIGH])
    return float(low), float(high)


def _of_legs(body: Body, found: dict[str, float]) -> None:
    for joint, name in (("hip", "hip_flexion"), ("knee", "knee_flexion")):
        sides = [a for a in (_angle(body, name, side) for side in SIDES) if a is not None]
        if not sides:
            continue
        ends = [_ends(a) for a in sides]
        found[f"{joint}_range"] = max(high - low for low, high in ends)
        found[f"{joint}_low"] = float(np.median([low for low, _ in ends]))
        found[f"{joint}_middle"] = float(np.median([np.nanmedian(a) for a in sides]))
        if len(sides) == 2:
            found[f"{joint}_top"] = min(high for _, high in ends)
            found[f"{joint}_apart"] = float(np.nanpercentile(np.abs(sides[0] - sides[1]), 95.0))
            found[f"{joint}_alike"] = _correlation(sides[0], sides[1])
        else:
            found[f"{joint}_top"] = ends[0][1]
    if "hip_range" in found and "knee_range" in found:
        found["hip_per_knee"] = float(np.log2((found["hip_range"] + 5.0) / (found["knee_range"] + 5.0)))


def _correlation(a: FloatArray, b: FloatArray) -> float:
    seen = np.isfinite(a) & np.isfinite(b)
    if seen.sum() < 10:
        return float("nan")
    x, y = a[seen] - a[seen].mean(), b[seen] - b[seen].mean()
    power = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / power if power > 1e-9 * seen.sum() else float("nan")


def _of_trunk(body: Body, found: dict[str, float]) -> None:
    pitch = _angle(body, "thorax_pitch")
    if pitch is None:
        pitch = _angle(body, "pelvis_tilt")
    if pitch is not None:
        found["lean_range"] = min(_ends(pitch)[1] - _ends(pitch)[0], 180.0)
        found["upright"] = float(np.nanmedian(np.cos(np.radians(pitch))))
        found["face_down"] = float(np.nanmedian(np.sin(np.radians(pitch))))
    lumbar = _angle(body, "lumbar_flexion")
    if lumbar is not None:
        found["lumbar_range"] = min(_ends(lumbar)[1] - _ends(lumbar)[0], 180.0)
    thorax = body.segments.get("thorax") or body.segments.get("pelvis")
    if thorax is not None and np.isfinite(thorax.rotation[:, 2, 2]).any():
        found["on_side"] = float(abs(np.nanmedian(thorax.rotation[:, 2, 2])))
    for segment in ("pelvis", "thorax"):
        turn = body.angles.get(f"{segment}_axial")
        if turn is None or np.isfinite(turn).mean() < _LEAST_SHARE:
            continue
        quick = smooth(turn, body.rate_hz, usable_cutoff(_FAST_CUTOFF_HZ, body.rate_hz))
        rate = np.degrees(np.abs(derivative(quick, body.rate_hz)))
        found[f"{segment}_turn"] = min(float(np.ptp(np.degrees(_ends(quick)))), 360.0)
        found[f"{segment}_turn_speed"] = float(np.nanpercentile(rate, 99.5))


def _of_arms(body: Body, found: dict[str, float]) -> None:
    for joint, name in (("elbow", "elbow_flexion"), ("shoulder", "shoulder_elevation")):
        sides = [a for a in (_angle(body, name, side) for side in SIDES) if a is not None]
        if not sides:
            continue
        ends = [_ends(a) for a in sides]
        found[f"{joint}_range"] = max(high - low for low, high in ends)
        found[f"{joint}_middle"] = float(np.median([np.nanmedian(a) for a in sides]))
        found[f"{joint}_top"] = max(high for _, high in ends)
    speeds = [signal_of(body, "hand_speed", side, _FAST_CUTOFF_HZ) for side in SIDES]
    known = [float(np.nanpercentile(s, 99.5)) for s in speeds if s is not None]
    if known:
        found["hand_speed"] = max(known)
        if len(known) == 2 and max(known) > 0.0:
            found["hands_even"] = min(known) / max(known)


def _of_places(body: Body, found: dict[str, float]) -> None:
    leg = leg_length(body)
    pelvis = _place(body, "pelvis")
    feet = [p for p in (_place(body, "ankle", side) for side in SIDES) if p is not None]
    if pelvis is not None:
        level = pelvis[:, :2] - np.nanmedian(pelvis[:, :2], axis=0)
        found["travel"] = float(np.nanpercentile(np.linalg.norm(level, axis=1), 97.0)) / leg
        low, high = _ends(pelvis[:, 2])
        found["pelvis_rise"] = (high - low) / leg
        found["rise_speed"] = _reached(derivative(pelvis[:, 2], body.rate_hz), body.rate_hz)
        found["hop"] = _hop(body, pelvis[:, 2]) / leg
        edge = max(1, round(_EDGE_S * body.rate_hz))
        heights = pelvis[np.isfinite(pelvis[:, 2]), 2]
        found["drop"] = float(np.median(heights[:edge]) - np.median(heights[-edge:])) / leg
        if feet:
            ground = np.nanpercentile(np.concatenate([f[:, 2] for f in feet]), 5.0)
            found["pelvis_high"] = (high - float(ground)) / leg
            found["pelvis_low"] = (low - float(ground)) / leg
    if len(feet) == 2:
        apart = np.linalg.norm((feet[0] - feet[1])[:, :2], axis=1)
        found["feet_apart"] = float(np.nanmedian(apart)) / leg
        found["stride"] = float(np.ptp(_ends(apart))) / leg
    _of_hands(body, found, pelvis, leg)


def _of_feet(body: Body, found: dict[str, float]) -> None:
    """Whether both feet leave the floor, whether they rest on something higher or at two heights, and how the way
    turns that they lead.
    """
    leg, rate_hz = leg_length(body), body.rate_hz
    feet = [p for p in (_place(body, "toe", side) for side in SIDES) if p is not None]
    if len(feet) == 2:
        height = np.stack([foot[:, 2] for foot in feet]) / leg
        height -= np.nanpercentile(height, _LOW)
        lower = height.min(axis=0)
        speed = np.max([np.linalg.norm(derivative(foot, rate_hz), axis=1) for foot in feet], axis=0)
        found["feet_up"] = _reached(lower, rate_hz)
        rests = [run for run in runs_of(speed < _FOOT_RESTS_M_S) if run[1] - run[0] >= _FOOT_RESTS_S * rate_hz]
        if rests:
            levels = [float(np.median(lower[a:b])) for a, b in rests]
            if len(levels) > 1:
                found["feet_raised"] = max(levels) - min(levels)
            found["one_foot_up"] = max(float(np.median(np.ptp(height[:, a:b], axis=0))) for a, b in rests)
    pelvis = _place(body, "pelvis")
    if pelvis is not None:
        velocity = _slow_rate(pelvis[:, :2], rate_hz)
        speed = np.linalg.norm(velocity, axis=1)
        if np.isfinite(speed).any():
            found["going_speed"] = float(np.nanpercentile(speed, _HIGH))
        going = speed > _GOING_LEGS_S * leg
        if going.mean() >= _LEAST_SHARE:
            course = np.unwrap(np.arctan2(velocity[going, 1], velocity[going, 0]))
            found["course_turn"] = min(float(np.ptp(np.degrees(_ends(course)))), 360.0)


def _reached(samples: FloatArray, rate_hz: float) -> float:
    """The level that is exceeded for a moment altogether: a top that a wrong frame does not set."""
    known = np.sort(samples[np.isfinite(samples)])
    return float(known[-min(known.size, max(1, round(_MOMENT_S * rate_hz)))]) if known.size else float("nan")


def _slow_rate(samples: FloatArray, rate_hz: float) -> FloatArray:
    return derivative(smooth(samples, rate_hz, _SLOW_CUTOFF_HZ), rate_hz)


def _of_hands(body: Body, found: dict[str, float], pelvis: FloatArray | None, leg: float) -> None:
    hands = [p for p in (_place(body, "wrist", side) for side in SIDES) if p is not None]
    shoulders = [p for p in (_place(body, "shoulder", side) for side in SIDES) if p is not None]
    if not hands:
        return
    if shoulders:
        level = np.mean(np.stack([shoulder[:, 2] for shoulder in shoulders]), axis=0)
        over = np.concatenate([h[:, 2] - level for h in hands])
        found["hand_over_shoulder"] = float(np.nanmedian(over)) / leg
        found["hand_reach_up"] = float(np.nanpercentile(over, _HIGH)) / leg
        found["hand_reach_down"] = float(np.nanpercentile(over, _LOW)) / leg
        up = [derivative(h[:, 2], body.rate_hz) for h in hands]
        found["hand_lift_speed"] = max(float(np.nanpercentile(u, 99.5)) for u in up)
        knee = _angle(body, "knee_flexion", "mean")
        if knee is not None:
            height = np.mean([h[:, 2] for h in hands], axis=0)
            aloft = np.mean(up, axis=0) > -_HANDS_SINK_M_S
            found["knee_rebend"] = _rebend(knee, aloft, height, _PULL_LEGS * leg)
        overhead = np.fmin.reduce(np.stack([h[:, 2] - level for h in hands])) > _OVERHEAD * leg
        if knee is not None and (overhead & np.isfinite(knee)).any():
            found["knee_overhead"] = float(np.percentile(knee[overhead & np.isfinite(knee)], _HIGH))
    if len(hands) == 2:
        found["hands_apart"] = float(np.nanmedian(np.linalg.norm(hands[0] - hands[1], axis=1))) / leg
    if pelvis is not None:
        found["hand_rise"] = max(float(np.ptp(_ends(h[:, 2] - pelvis[:, 2]))) for h in hands) / leg
        found["hand_way"] = max(float(np.ptp(_ends(h[:, 2]))) for h in hands) / leg


def _rebend(knee: FloatArray, aloft: BoolArray, height: FloatArray, least: float) -> float:
    """How far the knees bend again, after they had straightened, while the hands still go up by `least` or more, deg;
    NaN where they never do, or where nothing was seen of it in pulls that lost markers cut.
    """
    most, whole = float("nan"), False
    known = np.isfinite(knee) & np.isfinite(height)
    for a, b in runs_of(aloft & known):
        way = height[a:b] - height[a]
        top = int(np.argmax(way >= _PULLED * way.max()))
        if way.max() < least or top < 2:
            continue
        part = knee[a : a + top]
        straightened = part[0] - np.minimum.accumulate(part)
        again = part - np.minimum.accumulate(part)
        most = np.fmax(most, float(np.max(np.minimum(straightened, again))))
        whole = whole or bool(known[max(a - 1, 0)] and known[min(b, known.size - 1)])
    return float(most) if whole or most > _REBENT_DEG else float("nan")


def _hop(body: Body, height: FloatArray) -> float:
    """How far the pelvis gets above where straight knees usually carry it, m (a jump, a step up); NaN without knees."""
    knee = _angle(body, "knee_flexion", "mean")
    if knee is None:
        return float("nan")
    straight = height[np.isfinite(height) & (knee < _STRAIGHT_DEG)]
    return float(np.nanpercentile(height, 99.5) - np.percentile(straight, 25.0)) if straight.size else float("nan")


def _place(body: Body, name: str, side: str = "") -> FloatArray | None:
    point = body.points.get(f"{name}_{side}" if side else name)
    if point is None and not side:
        both = [
            body.points[k] for k in (f"{'hip' if name == 'pelvis' else name}_{s}" for s in SIDES) if k in body.points
        ]
        point = np.mean(np.stack(both), axis=0) if both else None
    if point is None or np.isfinite(point).all(axis=1).mean() < _LEAST_SHARE:
        return None
    return smooth(point, body.rate_hz, _CUTOFF_HZ)


def _of_load(body: Body, found: dict[str, float]) -> None:
    bar, neck, leg = _place(body, "bar"), _place(body, "neck"), leg_length(body)
    if body.points:
        found["bar_seen"] = float(bar is not None)
        found["box_seen"] = float("box" in body.points)
    thorax = body.segments.get("thorax")
    if bar is not None and neck is not None:
        between = bar - neck
        found["bar_from_neck"] = float(np.nanmedian(np.linalg.norm(between, axis=1))) / leg
        if thorax is not None:
            found["bar_ahead"] = float(np.nanmedian((between * thorax.rotation[:, :, 0]).sum(axis=1))) / leg
    if bar is not None:
        low, high = _ends(bar[:, 2])
        found["bar_way"] = (high - low) / leg


def _of_time(body: Body, found: dict[str, float]) -> None:
    moving: list[FloatArray] = []
    for name in ("hip_flexion", "knee_flexion", "elbow_flexion"):
        for side in SIDES:
            angle = _angle(body, name, side, _STILL_CUTOFF_HZ)
            if angle is not None:
                moving.append(np.abs(derivative(np.radians(angle), body.rate_hz)))
    for name in ("thorax_pitch", "thorax_axial"):
        angle = _angle(body, name, "none", _STILL_CUTOFF_HZ)
        if angle is not None:
            moving.append(np.abs(derivative(np.radians(angle), body.rate_hz)))
    if moving:
        fastest = np.fmax.reduce(np.stack(moving))
        known = np.isfinite(fastest)
        found["still_share"] = float((fastest[known] < _STILL_RAD_S).mean()) if known.any() else float("nan")
    knee = _angle(body, "knee_flexion", "mean")
    if knee is not None and body.n_frames >= 3:
        edge = max(1, round(_EDGE_S * body.rate_hz))
        seen = knee[np.isfinite(knee)]
        found["knee_start"] = float(np.median(seen[:edge])) if seen.size else float("nan")
        slow = np.abs(np.radians(_slow_rate(knee, body.rate_hz))) < _STILL_RAD_S
        waits = [b - a for a, b in runs_of(slow & (knee > _BENT_DEG))]
        found["bent_still"] = max(waits, default=0) / body.rate_hz
    steps = _strides(body)
    if steps is not None:
        found["steps_a_second"] = steps


def _strides(body: Body) -> float | None:
    """How often the hips swap the lead, each time by more than 15 deg, per second."""
    sides = [_angle(body, "hip_flexion", side) for side in SIDES]
    if sides[0] is None or sides[1] is None:
        return None
    ahead = sides[0] - sides[1]
    lead = [1 if x > 7.5 else -1 for x in ahead[np.isfinite(ahead)] if abs(x) > 7.5]
    return sum(a != b for a, b in pairwise(lead)) / (body.n_frames / body.rate_hz)
