"""Pelvis, thorax, head, and what the hands hold."""

import numpy as np

from legato.body.anatomy import (
    ASIS_BELOW_SKIN_M,
    PSIS_BELOW_SKIN_M,
    axes_xy,
    axes_yz,
    axes_zx,
    hip_centre,
    lumbosacral_centre,
    shoulder_below_acromion,
)
from legato.body.landmarks import SIDES
from legato.body.skeleton import SIDE_SIGN, Skeleton, joined, line_segment, typical_direction
from legato.body.tracking import Tracked, Trajectory
from legato.recording import FloatArray


def add_pelvis(body: Skeleton) -> None:
    """Pelvis in the axes of Wu et al. 2002 (J Biomech 35:543), with the hip centres that it carries.

    Markers stand on the skin, regressions on bones: both ends of the pelvis lie inward of their markers.
    """
    tracked = body.track("pelvis", {})
    spines = None if tracked is None else _spines(body, tracked)
    if tracked is None or spines is None:
        _pelvis_from_hips(body)
        return
    right, left, behind = spines
    axes = axes_zx(right - left, 0.5 * (right + left) - behind)
    landmarks = {"asis_right": right, "asis_left": left, "behind": behind}
    before = 0.5 * (right + left) - ASIS_BELOW_SKIN_M * axes[:, 0]
    behind = behind + PSIS_BELOW_SKIN_M * axes[:, 0]
    regressed = hip_centre(float(np.linalg.norm(right - left)), float(np.linalg.norm(before - behind)))
    for side in SIDES:
        hip = before + axes @ (regressed * np.array([1.0, 1.0, SIDE_SIGN[side]]))
        declared = body.place(tracked, f"hip_centre_{side}")
        hip = hip if declared is None else declared
        landmarks[f"hip_{side}"] = hip
    middle = axes.T @ (0.5 * (landmarks["hip_right"] + landmarks["hip_left"]) - before)
    landmarks["lumbosacral"] = before + axes @ lumbosacral_centre(float(np.linalg.norm(right - left)), middle)
    pelvis = tracked.realigned(axes, 0.5 * (before + behind), landmarks)
    body.segments["pelvis"] = pelvis
    body.points["pelvis"] = pelvis.carry(np.zeros(3))
    body.points["lumbosacral"] = pelvis.carry(pelvis.landmarks["lumbosacral"])
    for side in SIDES:
        seen = body.marker(f"hip_centre_{side}") if body.assignment.hip_centre == "tracked" else None
        body.points[f"hip_{side}"] = pelvis.carry(pelvis.landmarks[f"hip_{side}"]) if seen is None else seen


def _spines(body: Skeleton, tracked: Tracked) -> tuple[FloatArray, FloatArray, FloatArray] | None:
    right, left = (body.place(tracked, f"asis_{side}") for side in SIDES)
    posterior = [p for side in SIDES if (p := body.place(tracked, f"psis_{side}")) is not None]
    sacrum = body.place(tracked, "sacrum")
    behind = 0.5 * (posterior[0] + posterior[1]) if len(posterior) == 2 else sacrum
    return None if right is None or left is None or behind is None else (right, left, behind)


def _pelvis_from_hips(body: Skeleton) -> None:
    """Without iliac spines: the hips' line, and the trunk for the vertical; pelvis and thorax then lean as one."""
    for kind in ("hip_centre", "trochanter"):
        hips = {side: body.marker(f"{kind}_{side}") for side in SIDES}
        if hips["right"] is not None and hips["left"] is not None:
            break
    else:
        return
    right, left = hips["right"], hips["left"]
    middle = joined(right, left)
    body.points |= {"hip_right": right, "hip_left": left, "pelvis": middle}
    upper = upper_trunk(body)
    if upper is None:
        return
    if kind == "trochanter":
        body.note("hip centres: taken at the trochanter markers, as the pelvis has too few others")
    body.note(
        "pelvis: no iliac spines, so its tilt is that of the line from the hips to the shoulders; no lumbar angles"
    )
    body.segments["pelvis"] = line_segment(
        "pelvis", middle, upper.position_m - middle.position_m, right.position_m - left.position_m, upper.filled
    )


def upper_trunk(body: Skeleton) -> Trajectory | None:
    """Top of the trunk's line: between the shoulders, else the neck, else the seventh cervical vertebra."""
    for names in (
        ("acromion_right", "acromion_left"),
        ("shoulder_centre_right", "shoulder_centre_left"),
        ("neck",),
        ("c7", "jugular"),
        ("c7",),
        ("t1",),
    ):
        found = body.markers_of(*names)
        if len(found) == len(names):
            return joined(*found)
    return None


def add_thorax(body: Skeleton) -> None:
    """Thorax in the axes of Wu et al. 2005 (J Biomech 38:981), or by the trunk's line where markers are lacking."""
    labels = body.labels_of("thorax")
    if len(labels) < 4:
        acromia = [body.assignment.landmarks.get(f"acromion_{side}", "") for side in SIDES]
        labels += [label for label in acromia if label in body.markers.raw]
    below: dict[str, Trajectory] = {}
    if not body.markers_of("t8", "t10", "xiphoid") and "pelvis" in body.segments:
        below["pelvis"] = body.points["pelvis"]
        body.note("thorax: no marker below its top, so it leans as the line from the pelvis to the shoulders does")
    tracked = body.track("thorax", below, labels)
    if tracked is None:
        _thorax_from_shoulders(body)
    else:
        _orient_thorax(body, tracked)
    thorax = body.segments.get("thorax")
    top = joined(*tops) if len(tops := body.markers_of("c7", "jugular")) == 2 else None
    if top is None:
        found = body.markers_of("neck") or body.markers_of("c7") or body.markers_of("t1")
        top = found[0] if found else upper_trunk(body)
    if top is not None:
        body.points["neck"] = top
    if thorax is not None:
        body.points["thorax"] = thorax.carry(np.zeros(3))


def _orient_thorax(body: Skeleton, tracked: Tracked) -> None:
    spots = {name: body.place(tracked, name) for name in ("c7", "t1", "t8", "t10", "jugular", "xiphoid")}
    top_back = spots["c7"] if spots["c7"] is not None else spots["t1"]
    low_back = spots["t8"] if spots["t8"] is not None else spots["t10"]
    front, low_front = spots["jugular"], spots["xiphoid"]
    if top_back is not None and low_back is not None and front is not None and low_front is not None:
        top, low = 0.5 * (top_back + front), 0.5 * (low_back + low_front)
        # z stands on the plane of the midline; front minus back crossed with up points to the right.
        axes = axes_yz(top - low, np.cross(front - top_back, top - low))
        body.segments["thorax"] = tracked.realigned(axes, 0.5 * (top + low), {})
        return
    right = _across_shoulders(body, tracked)
    up = _trunk_line(body, tracked)
    if right is None or up is None:
        body.note("thorax: tracked, but too few landmarks tell which way it faces")
        return
    if "pelvis" not in tracked.points:
        body.note("thorax: its long axis is the line from the hips to the shoulders while the trunk is straightest")
    body.segments["thorax"] = tracked.realigned(axes_yz(up, right), tracked.template_m.mean(axis=0), {})


def _across_shoulders(body: Skeleton, tracked: Tracked) -> FloatArray | None:
    acromia = [body.place(tracked, f"acromion_{side}") for side in SIDES]
    if acromia[0] is not None and acromia[1] is not None:
        return acromia[0] - acromia[1]
    pelvis = body.segments.get("pelvis")
    return None if pelvis is None else typical_direction(tracked, pelvis.rotation[:, :, 2])


def _trunk_line(body: Skeleton, tracked: Tracked) -> FloatArray | None:
    upper = upper_trunk(body)
    if upper is None or "hip_right" not in body.points:
        return None
    line = upper.position_m - joined(body.points["hip_right"], body.points["hip_left"]).position_m
    length = np.linalg.norm(line, axis=1)
    known = np.isfinite(length)
    if not known.any():
        return None
    straight = known & (length >= np.percentile(length[known], 80.0))
    return typical_direction(tracked, line / length[:, None], straight)


def _thorax_from_shoulders(body: Skeleton) -> None:
    for kind in ("shoulder_centre", "acromion"):
        pair = [body.marker(f"{kind}_{side}") for side in SIDES]
        if pair[0] is not None and pair[1] is not None and "hip_right" in body.points:
            hips = joined(body.points["hip_right"], body.points["hip_left"])
            middle = joined(pair[0], pair[1])
            body.note("thorax: only the shoulders are seen, so its lean is that of the line from the hips to them")
            body.segments["thorax"] = line_segment(
                "thorax",
                middle,
                middle.position_m - hips.position_m,
                pair[0].position_m - pair[1].position_m,
                hips.filled,
            )
            return


def add_breath(body: Skeleton) -> None:
    """Front and back of chest and belly as measured, where a marker on the belly says that breathing was recorded."""
    belly = body.marker("belly")
    if belly is None:
        return
    body.points["belly"] = belly
    for point, landmarks in {
        "xiphoid": ("xiphoid", "jugular"),
        "chest_back": ("t10", "t8", "c7"),
        "belly_back": ("belly_back",),
    }.items():
        found = body.markers_of(*landmarks)
        if found:
            body.points[point] = found[0]


def add_shoulders(body: Skeleton) -> None:
    """Shoulder centres: as given, or below the acromia along the thorax."""
    for side in SIDES:
        if (centre := body.marker(f"shoulder_centre_{side}")) is not None:
            body.points[f"shoulder_{side}"] = centre
    acromia = {side: body.marker(f"acromion_{side}") for side in SIDES}
    thorax = body.segments.get("thorax")
    for side, acromion in acromia.items():
        if acromion is None or f"shoulder_{side}" in body.points:
            continue
        other = acromia["left" if side == "right" else "right"]
        if thorax is None:
            body.points[f"shoulder_{side}"] = acromion
            continue
        # With one acromion only, the other is taken as its mirror image across the thorax.
        width = (
            2.0 * np.abs(np.nanmedian(thorax.local(acromion.position_m)[:, 2]))
            if other is None
            else np.nanmedian(np.linalg.norm(acromion.position_m - other.position_m, axis=1))
        )
        drop = shoulder_below_acromion(float(width)) * thorax.rotation[:, :, 1]
        body.points[f"shoulder_{side}"] = Trajectory(acromion.position_m - drop, acromion.filled | thorax.filled)


def add_head(body: Skeleton) -> None:
    """Head: facing from its back to its front markers."""
    found = body.markers_of(
        *(f"{name}_{side}" for name in ("head_front", "head_back") for side in SIDES), "head_top", "nose"
    )
    if not found:
        return
    tracked = body.track("head", {})
    if tracked is None:
        body.points["head"] = joined(*found)
        return
    fronts = [p for side in SIDES if (p := body.place(tracked, f"head_front_{side}")) is not None]
    backs = [p for side in SIDES if (p := body.place(tracked, f"head_back_{side}")) is not None]
    centre = tracked.template_m.mean(axis=0)
    if len(fronts) == 2 and len(backs) == 2:
        ahead = fronts[0] + fronts[1] - backs[0] - backs[1]
        across = fronts[0] + backs[0] - fronts[1] - backs[1]
        body.segments["head"] = tracked.realigned(axes_zx(across, ahead), centre, {})
    elif (thorax := body.segments.get("thorax")) is not None:
        ahead, up = (typical_direction(tracked, thorax.rotation[:, :, j]) for j in (0, 1))
        if ahead is not None and up is not None:
            body.note("head: its axes are those of the thorax in the mean posture")
            body.segments["head"] = tracked.realigned(axes_xy(ahead, up), centre, {})
    body.points["head"] = tracked.carry(centre)


def add_load(body: Skeleton) -> None:
    """Bar and box."""
    ends = {side: body.marker(f"bar_{side}") for side in SIDES}
    for side, end in ends.items():
        if end is not None:
            body.points[f"bar_{side}"] = end
    known = [end for end in ends.values() if end is not None]
    if known:
        body.points["bar"] = joined(*known)
    for load in ("bar", "box"):
        tracked = body.track(load, {})
        if tracked is not None:
            body.segments[load] = tracked.realigned(_upright(tracked), tracked.template_m.mean(axis=0), {})
            body.points.setdefault(load, body.segments[load].carry(np.zeros(3)))
        elif labels := body.labels_of(load):
            body.points.setdefault(load, joined(*(body.markers.patched[label] for label in labels)))


def _upright(tracked: Tracked) -> FloatArray:
    """Axes of a held thing: y the lab's vertical in its median posture, x along its longest level extent."""
    up = typical_direction(tracked, np.broadcast_to(np.array([0.0, 0.0, 1.0]), tracked.origin_m.shape))
    vertical = np.array([0.0, 0.0, 1.0]) if up is None else up
    level = tracked.template_m - np.outer(tracked.template_m @ vertical, vertical)
    longest: FloatArray = np.linalg.svd(level - level.mean(axis=0))[2][0]
    return axes_yz(vertical, np.cross(longest, vertical))
