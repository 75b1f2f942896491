"""Moments from the hands and the head down: wrists' load through elbows and shoulders to L5/S1, without any plate."""

from collections.abc import Sequence

import numpy as np

from legato.errors import NotResolvable
from legato.kinetics.loads import Carried, Load, hand_points
from legato.kinetics.moments import JointMoment
from legato.kinetics.segments import LUMBOSACRAL, MovingBody, MovingSegment, away_from_edges
from legato.recording import FloatArray

ACTIONS = {"elbow": "flexion", "shoulder": "flexion", LUMBOSACRAL: "extension"}
"""What a joint's moment is named after."""

_BEARS = {"elbow": ("forearm", "hand"), "shoulder": ("upper_arm", "forearm", "hand")}
"""Segments beyond a joint of the arm."""

HAND_SHARE_SD = 0.05
"""SD of the share of a load that a hand carries, which is taken as half. [ENG]"""


def lumbar_from_above(moving: MovingBody, load: Load) -> JointMoment:
    """What the trunk puts on the pelvis at L5/S1: all that lies above moves, and the load with it.

    Raises
    ------
    NotResolvable
        L5/S1 is not known, or a segment above it was not measured.
    """
    thorax = moving.get("thorax")
    if thorax is None or not np.isfinite(thorax.joint_m).any():
        raise NotResolvable("L5/S1 is not known: it needs a thorax and a pelvis with its iliac spines")
    absent = [name for name in moving.missing if name.split("_")[0] in ("head", "upper", "forearm", "hand")]
    if absent:
        share = 100.0 * (1.0 - moving.seen)
        names = ", ".join(name.replace("_", " ") for name in absent)
        raise NotResolvable(f"not measured above L5/S1: {names} ({share:.0f} % of body mass and what it carries)")
    force, moment = borne(moving.beyond("thorax"), thorax.joint_m, moving)
    if load.shown_by != "none":
        force, moment = force + load.push, moment + load.about(thorax.joint_m)
    else:
        force = np.where(np.isfinite(load.mass_kg)[:, None], force, np.nan)
        moment = np.where(np.isfinite(load.mass_kg)[:, None], moment, np.nan)
    return lumbar_joint(moving, -force, -moment)


def lumbar_joint(moving: MovingBody, force: FloatArray, moment: FloatArray) -> JointMoment:
    """L5/S1 from the force, N, and moment about its centre, N·m, each (n, 3), of the trunk on the pelvis."""
    thorax, pelvis = moving.get("thorax"), moving.get("pelvis")
    if thorax is None or pelvis is None:
        raise NotResolvable("L5/S1 is not known: it needs a thorax and a pelvis with its iliac spines")
    along = -np.einsum("ni,ni->n", moment, pelvis.rotation[:, :, 2])
    turning = pelvis.turning - thorax.turning
    return JointMoment(LUMBOSACRAL, "", ACTIONS[LUMBOSACRAL], force, moment, along, thorax.joint_m, turning)


def arm_moments(moving: MovingBody, load: Load, carried: Carried) -> tuple[tuple[JointMoment, ...], tuple[str, ...]]:
    """Elbow and shoulder of each arm that was measured, on the distal segment by the proximal one, and why others are
    not told.

    Notes
    -----
    A load in both hands counts half for each, where its line to the hands' line meets the hand; what the hands press
    against each other, markers do not see.
    """
    if carried in ("shoulders", "rack") and load.shown_by != "none":
        return (), (
            "arms: the bar rests on the shoulders for all or part of the lift, so what the hands hold is not known",
        )
    found: list[JointMoment] = []
    notes: list[str] = []
    thorax = moving.get("thorax")
    for side in ("right", "left"):
        chain = {part: moving.get(f"{part}_{side}") for part in ("upper_arm", "forearm", "hand")}
        gone = [part.replace("_", " ") for part, segment in chain.items() if segment is None]
        if gone:
            notes.append(f"{side} arm: {' and '.join(gone)} not measured")
            continue
        above = {"elbow": chain["upper_arm"], "shoulder": thorax}
        for joint, parts in _BEARS.items():
            beyond = [s for part in parts if (s := chain[part]) is not None]
            proximal = above[joint]
            if proximal is None or not proximal.axes_known:
                continue
            centre = beyond[0].joint_m
            force, moment = borne(beyond, centre, moving)
            push, about = hands_share(moving, load, side, centre)
            force, moment = force + push, moment + about
            along = np.einsum("ni,ni->n", moment, proximal.rotation[:, :, 2])
            turning = beyond[0].turning - proximal.turning
            found.append(JointMoment(joint, side, ACTIONS[joint], force, moment, along, centre, turning))
    return tuple(found), tuple(notes)


def borne(segments: Sequence[MovingSegment], point_m: FloatArray, moving: MovingBody) -> tuple[FloatArray, FloatArray]:
    """What moves these segments against gravity: force, N, and moment about a point (n, 3), N·m, each (n, 3).

    NaN beside gaps and the ends of the recording.
    """
    force = sum((s.push for s in segments), np.zeros_like(point_m))
    moment = sum((s.push_about(point_m) for s in segments), np.zeros_like(point_m))
    told = away_from_edges(moment, moving.rate_hz, moving.cutoff_hz)
    return np.where(told[:, None], force, np.nan), np.where(told[:, None], moment, np.nan)


def hands_share(moving: MovingBody, load: Load, side: str, centre: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Half the load's force, N, and its moment about a joint of one arm, N·m, each (n, 3)."""
    if load.shown_by == "none":
        known = np.where(np.isfinite(load.mass_kg), 0.0, np.nan)[:, None] * np.ones(3)
        return known, known
    hands = hand_points(moving)
    thorax = moving.get("thorax")
    if len(hands) == 2:
        across = hands["right"] - hands["left"]
    elif thorax is not None:
        across = thorax.rotation[:, :, 2]
    else:
        return np.full_like(centre, np.nan), np.full_like(centre, np.nan)
    across = across / np.linalg.norm(across, axis=1, keepdims=True)
    aside = np.einsum("ni,ni->n", hands[side] - load.place_m, across)
    grip = load.place_m + aside[:, None] * across
    push = 0.5 * load.push
    about: FloatArray = np.asarray(np.cross(grip - centre, push))
    return push, about
