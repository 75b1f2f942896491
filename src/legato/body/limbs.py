"""Legs and arms, from the trunk outward: each segment leans on the joint centre that its neighbour carries."""

from collections.abc import Mapping

import numpy as np

from legato.body.anatomy import HALF_ANKLE_WIDTH_M, HALF_ELBOW_WIDTH_M, HALF_KNEE_WIDTH_M, axes_yz, unit
from legato.body.hinges import Hinge, across, joint_axis
from legato.body.skeleton import SIDE_SIGN, Skeleton, joined, line_segment, typical_direction
from legato.body.static_joints import joints_from_below
from legato.body.tracking import Tracked, Trajectory
from legato.recording import FloatArray

_EXACT_M = 1e-5
"""A distance between two markers that varies by less (SD) was made, not measured, m. [ENG] Cameras leave 1e-4."""

_LEG_TURNS = 0.1
"""By how much the direction between them must change at least for that to tell. [ENG]"""


def add_leg(body: Skeleton, side: str) -> None:
    """Thigh, shank and foot of one side."""
    hip = body.points.get(f"hip_{side}")
    if hip is None:
        return
    below = joints_from_below(body, side)
    add_thigh(body, side, hip, below)
    thigh, knee = body.segments.get(f"thigh_{side}"), body.points.get(f"knee_{side}")
    if thigh is None or knee is None:
        return
    add_shank(body, side, thigh, knee, below)
    shank, ankle = body.segments.get(f"shank_{side}"), body.points.get(f"ankle_{side}")
    add_foot(body, side, shank, ankle)


def add_thigh(body: Skeleton, side: str, hip: Trajectory, below: Mapping[str, Trajectory]) -> None:
    """Thigh and knee centre: between the epicondyles, or from the lateral one along the axis about which the shank
    turns. `below` holds joints that the segments below carry.
    """
    sign = SIDE_SIGN[side]
    pelvis = body.segments.get("pelvis")
    knee_below = {name: joint for name, joint in below.items() if name == f"knee_{side}"}
    tracked = body.track(f"thigh_{side}", {f"hip_{side}": hip, **knee_below})
    if tracked is not None and pelvis is not None:
        lateral, medial = (body.place(tracked, f"knee_{part}_{side}") for part in ("lateral", "medial"))
        top = tracked.placed(hip.position_m)
        about = typical_direction(tracked, pelvis.rotation[:, :, 2])
        if lateral is not None and top is not None and about is not None:
            if medial is not None:
                axis, knee = sign * (lateral - medial), 0.5 * (lateral + medial)
            else:
                hinge = Hinge(f"knee, {side}", top, lateral, sign * HALF_KNEE_WIDTH_M, sign * HALF_ANKLE_WIDTH_M, 1.0)
                labels = body.labels_of(f"shank_{side}")
                axis = joint_axis(body, tracked, hinge, about, labels, body.marker(f"ankle_lateral_{side}"))
                knee = lateral - hinge.inward_m * across(axis, top - lateral)
            landmarks = {f"knee_lateral_{side}": lateral, f"knee_{side}": knee, f"hip_{side}": top}
            if medial is not None:
                landmarks[f"knee_medial_{side}"] = medial
            thigh = tracked.realigned(axes_yz(top - knee, axis), top, landmarks)
            body.segments[thigh.name] = thigh
            body.points[f"knee_{side}"] = thigh.carry(thigh.landmarks[f"knee_{side}"])
            return
    if pelvis is None:
        return
    knee = _joint_point(body, "knee", side, hip, pelvis.rotation[:, :, 2], HALF_KNEE_WIDTH_M)
    if knee is not None:
        up = hip.position_m - knee.position_m
        body.segments[f"thigh_{side}"] = line_segment(f"thigh_{side}", hip, up, pelvis.rotation[:, :, 2], knee.filled)
        body.points[f"knee_{side}"] = knee


def add_shank(body: Skeleton, side: str, thigh: Tracked, knee: Trajectory, below: Mapping[str, Trajectory]) -> None:
    """Shank and ankle centre: between the malleoli, or from the lateral one along the knee's axis. `below` holds
    joints that the segments below carry.
    """
    sign = SIDE_SIGN[side]
    tracked = body.track(f"shank_{side}", {**below, f"knee_{side}": knee})
    if tracked is not None:
        lateral, medial = (body.place(tracked, f"ankle_{part}_{side}") for part in ("lateral", "medial"))
        top = tracked.placed(knee.position_m)
        about = typical_direction(tracked, thigh.rotation[:, :, 2])
        if lateral is not None and top is not None and about is not None:
            axis = about if medial is None else sign * (lateral - medial)
            ankle = (
                lateral - sign * HALF_ANKLE_WIDTH_M * across(axis, top - lateral)
                if medial is None
                else 0.5 * (lateral + medial)
            )
            landmarks = {f"ankle_lateral_{side}": lateral, f"ankle_{side}": ankle, f"knee_{side}": top}
            if medial is not None:
                landmarks[f"ankle_medial_{side}"] = medial
            shank = tracked.realigned(axes_yz(top - ankle, axis), top, landmarks)
            body.segments[shank.name] = shank
            body.points[f"ankle_{side}"] = shank.carry(shank.landmarks[f"ankle_{side}"])
            return
    ankle = _joint_point(body, "ankle", side, knee, thigh.rotation[:, :, 2], HALF_ANKLE_WIDTH_M)
    if ankle is not None:
        up = knee.position_m - ankle.position_m
        body.segments[f"shank_{side}"] = line_segment(f"shank_{side}", knee, up, thigh.rotation[:, :, 2], ankle.filled)
        body.points[f"ankle_{side}"] = ankle


def add_foot(body: Skeleton, side: str, shank: Tracked | None, ankle: Trajectory | None) -> None:
    """Foot: from heel to toe, its sole level while it stands flat."""
    heel = body.marker(f"heel_{side}")
    fronts = body.markers_of(f"toe_{side}") or body.markers_of(f"meta1_{side}", f"meta5_{side}")
    if heel is not None:
        body.points[f"heel_{side}"] = heel
    if fronts:
        body.points[f"toe_{side}"] = joined(*fronts)
    if ankle is None or shank is None or not fronts:
        return
    if copied := _placed_by_knee(body, side):
        keeps, knee = copied
        body.note(
            f"foot, {side}: {keeps} keeps its distance to {knee} to a hundredth of a millimetre, so software placed it"
            " there and no camera saw it; how the foot turns is not measured"
        )
        return
    tracked = body.track(f"foot_{side}", {f"ankle_{side}": ankle})
    toe = body.points[f"toe_{side}"]
    behind = ankle if heel is None else heel
    if tracked is None:
        if heel is not None:
            body.note(
                f"foot, {side}: its markers and the ankle lie too close to one line to show how it turns about it"
            )
        return
    front, back, top = (tracked.placed(t.position_m) for t in (toe, behind, ankle))
    if front is None or back is None or top is None:
        return
    up = _sole_normal(tracked, toe, behind)
    if up is None:
        body.note(f"foot, {side}: it never stands flat, so its long axis runs from the heel marker to the toe marker")
        up = top - 0.5 * (front + back)
        ahead = front - back
        up = up - (up @ ahead) / (ahead @ ahead) * ahead
    body.segments[f"foot_{side}"] = tracked.realigned(
        axes_yz(up, np.cross(front - back, up)), top, {f"ankle_{side}": top}
    )


def _placed_by_knee(body: Skeleton, side: str) -> tuple[str, str] | None:
    """Labels of a foot's marker and of a knee's that stay exactly as far apart while the leg turns: one was reckoned
    from the other, as the ankle lies between them. None where there is no such pair.
    """
    knees = [body.assignment.landmarks.get(f"knee_{part}_{side}") for part in ("lateral", "medial")]
    raw = body.markers.raw
    for knee in (label for label in knees if label is not None and label in raw):
        for label in body.labels_of(f"foot_{side}"):
            way = raw[label] - raw[knee]
            length = np.linalg.norm(way, axis=1)
            seen = np.isfinite(length) & (length > 0.0)
            if np.count_nonzero(seen) < 10:
                continue
            turned = np.ptp(way[seen] / length[seen, None], axis=0).max()
            if turned > _LEG_TURNS and float(length[seen].std()) < _EXACT_M:
                return label, knee
    return None


def _sole_normal(tracked: Tracked, toe: Trajectory, heel: Trajectory) -> FloatArray | None:
    """The vertical in the foot's axes while heel and toe both lie within 15 mm of their lowest level."""
    flat = np.ones(toe.position_m.shape[0], dtype=np.bool_)
    for end in (toe, heel):
        height = end.position_m[:, 2]
        known = np.isfinite(height)
        if known.sum() < 10:
            return None
        flat &= known & (height <= np.percentile(height[known], 5.0) + 0.015)
    if flat.sum() < 10:
        return None
    vertical = np.broadcast_to(np.array([0.0, 0.0, 1.0]), tracked.origin_m.shape)
    return typical_direction(tracked, vertical, flat)


def add_arm(body: Skeleton, side: str) -> None:
    """Upper arm, forearm and hand of one side."""
    shoulder, thorax = body.points.get(f"shoulder_{side}"), body.segments.get("thorax")
    if shoulder is None or thorax is None:
        return
    sign = SIDE_SIGN[side]
    right = thorax.rotation[:, :, 2]
    tracked = body.track(f"upper_arm_{side}", {f"shoulder_{side}": shoulder})
    lateral = None if tracked is None else body.place(tracked, f"elbow_lateral_{side}")
    if tracked is not None and lateral is not None and (top := tracked.placed(shoulder.position_m)) is not None:
        medial = body.place(tracked, f"elbow_medial_{side}")
        about = typical_direction(tracked, right)
        if medial is not None:
            axis, elbow = sign * (lateral - medial), 0.5 * (lateral + medial)
        else:
            about = sign * (lateral - top) if about is None else about
            hinge = Hinge(f"elbow, {side}", top, lateral, sign * HALF_ELBOW_WIDTH_M, 0.0, -1.0)
            axis = joint_axis(body, tracked, hinge, about, (), wrist_centre(body, side))
            elbow = lateral - hinge.inward_m * across(axis, top - lateral)
        landmarks = {f"elbow_{side}": elbow, f"elbow_lateral_{side}": lateral}
        if medial is not None:
            landmarks[f"elbow_medial_{side}"] = medial
        arm = tracked.realigned(axes_yz(top - elbow, axis), top, landmarks)
        body.points[f"elbow_{side}"] = arm.carry(arm.landmarks[f"elbow_{side}"])
    else:
        point = _joint_point(body, "elbow", side, shoulder, right, 0.0)
        if point is None:
            return
        body.points[f"elbow_{side}"] = point
        up = shoulder.position_m - point.position_m
        arm = line_segment(f"upper_arm_{side}", shoulder, up, right, point.filled)
    body.segments[f"upper_arm_{side}"] = arm
    add_forearm(body, side, arm)
    add_hand(body, side)


def add_forearm(body: Skeleton, side: str, arm: Tracked) -> None:
    """Forearm and wrist centre."""
    sign, elbow = SIDE_SIGN[side], body.points[f"elbow_{side}"]
    centre = wrist_centre(body, side)
    if centre is None:
        return
    body.points[f"wrist_{side}"] = centre
    tracked = body.track(f"forearm_{side}", {f"elbow_{side}": elbow})
    if tracked is not None:
        radial, ulnar = (body.place(tracked, f"wrist_{part}_{side}") for part in ("radial", "ulnar"))
        top, wrist = tracked.placed(elbow.position_m), tracked.placed(centre.position_m)
        if radial is not None and ulnar is not None and top is not None and wrist is not None:
            forearm = tracked.realigned(axes_yz(top - wrist, sign * (radial - ulnar)), top, {})
            body.segments[f"forearm_{side}"] = forearm
            return
    up = elbow.position_m - centre.position_m
    body.segments[f"forearm_{side}"] = line_segment(
        f"forearm_{side}", elbow, up, arm.rotation[:, :, 2], centre.filled | arm.filled
    )


def wrist_centre(body: Skeleton, side: str) -> Trajectory | None:
    """The wrist: as given, else between its two markers, else at the one there is."""
    given = body.marker(f"wrist_centre_{side}")
    styloids = body.markers_of(f"wrist_radial_{side}", f"wrist_ulnar_{side}")
    return given if given is not None else joined(*styloids) if styloids else None


def add_hand(body: Skeleton, side: str) -> None:
    """Hand: from the wrist to the finger marker."""
    finger, wrist = body.marker(f"finger_{side}"), body.points.get(f"wrist_{side}")
    if finger is None or wrist is None:
        return
    body.points[f"hand_{side}"] = finger
    sign = SIDE_SIGN[side]
    tracked = body.track(f"hand_{side}", {})
    if tracked is None:
        return
    radial, ulnar, tip = (
        body.place(tracked, name) for name in (f"wrist_radial_{side}", f"wrist_ulnar_{side}", f"finger_{side}")
    )
    if radial is not None and ulnar is not None and tip is not None:
        middle = 0.5 * (radial + ulnar)
        body.segments[f"hand_{side}"] = tracked.realigned(axes_yz(middle - tip, sign * (radial - ulnar)), middle, {})


def _joint_point(
    body: Skeleton, joint: str, side: str, above: Trajectory, right: FloatArray, inward_m: float
) -> Trajectory | None:
    """A joint centre without a cluster: as given, between its two markers, or inward from the lateral one."""
    if (centre := body.marker(f"{joint}_centre_{side}")) is not None:
        return centre
    lateral, medial = (body.marker(f"{joint}_{part}_{side}") for part in ("lateral", "medial"))
    if lateral is None:
        return None
    if medial is not None:
        return joined(lateral, medial)
    along = unit(above.position_m - lateral.position_m)
    across = unit(right - np.sum(right * along, axis=1, keepdims=True) * along)
    return Trajectory(lateral.position_m - SIDE_SIGN[side] * inward_m * across, lateral.filled)
