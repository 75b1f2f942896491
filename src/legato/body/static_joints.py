"""Knee and ankle as the segment below carries them, where only a standing trial had markers on the joint."""

from legato.body.skeleton import Skeleton
from legato.body.tracking import Trajectory


def joints_from_below(body: Skeleton, side: str) -> dict[str, Trajectory]:
    """Joint centres by name (`knee_right` …) that the markers of the segment below place with a standing trial.

    They steady the segment above: markers halfway up a segment tell its far end only through a long lever, and the skin
    of the thigh slides more than that of the shank, and that more than the foot's (Leardini et al. 2005, Gait Posture
    21:212). A joint whose own markers move with the trial needs no such help and is not among them.
    """
    found: dict[str, Trajectory] = {}
    for segment, joint, below in (("foot", "ankle", None), ("shank", "knee", "ankle")):
        marks = [body.assignment.landmarks.get(f"{joint}_{part}_{side}") for part in ("lateral", "medial", "centre")]
        if not body.standing or any(label in body.markers.raw for label in marks):
            continue
        lower = f"{below}_{side}"
        tracked = body.track(f"{segment}_{side}", {lower: found[lower]} if lower in found else {})
        place = None if tracked is None else body.place(tracked, f"{joint}_{side}")
        if tracked is not None and place is not None:
            found[f"{joint}_{side}"] = tracked.carry(place)
    return found
