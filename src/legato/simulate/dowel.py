"""A dowel along the back of a simulated athlete: head, mid-back and sacrum lie on it, or one of them comes off."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

import numpy as np

from legato.recording import FloatArray
from legato.simulate.anthropometry import Athlete
from legato.simulate.rotations import apply, cross, from_axes, unit
from legato.simulate.skeleton import Pose

Contact: TypeAlias = Literal["head", "mid-back", "sacrum"]

CONTACTS: Mapping[str, tuple[str, ...]] = {
    "head": ("LBHD", "RBHD"),
    "mid-back": ("T10",),
    "sacrum": ("LPSI", "RPSI"),
}
"""The markers whose middle stands for each contact."""

_BEHIND_M = 0.03
"""From a marker on the back to the axis of a dowel that touches the skin beside it."""

_REACH = {"DOWEL_TOP": 0.28, "DOWEL_MID": 0.05, "DOWEL_BOTTOM": -0.26}
"""Markers on the dowel's axis, above where it touches the mid-back, in shares of stature."""

_TURNS = 4


def lay_dowel(pose: Pose, athlete: Athlete, gaps_m: Mapping[str, FloatArray], head_rest_m: float) -> None:
    """Lay a straight dowel on mid-back and sacrum, and bring the head to it.

    Parameters
    ----------
    pose
        The athlete; the head is moved, and a `dowel` with its markers is added.
    gaps_m
        By how much further than touching each contact is from the axis, m, by its name, shape (n,).
    head_rest_m
        From the middle of the markers on the back of the head to the axis where the head touches.
    """
    _lay(pose, athlete, gaps_m)
    far = axis_behind(pose, athlete, "head") - head_rest_m - gaps_m["head"]
    pose.origin["head"] = pose.origin["head"] - far[:, None] * pose.rotation["dowel"][:, :, 0]
    pose.point["head"] = pose.origin["head"]
    for name, share in _REACH.items():
        pose.extra[name] = ("dowel", np.array([0.0, share * athlete.height_m, 0.0]))


def head_rest(pose: Pose, athlete: Athlete) -> float:
    """How far behind the head's back markers the axis is where the athlete stands: that is where the head touches."""
    _lay(pose, athlete, {contact: np.zeros(1) for contact in CONTACTS})
    return float(axis_behind(pose, athlete, "head")[0])


def axis_behind(pose: Pose, athlete: Athlete, contact: str) -> FloatArray:
    """How far behind a contact the axis of the dowel is, across it, m, shape (n,)."""
    right = pose.rotation["pelvis" if contact == "sacrum" else "thorax"][:, :, 2]
    behind = _backward(right, pose.rotation["dowel"][:, :, 1])
    return np.einsum("ni,ni->n", pose.origin["dowel"] - _middle(pose, athlete, contact), behind)


def _lay(pose: Pose, athlete: Athlete, gaps_m: Mapping[str, FloatArray]) -> None:
    right = {name: pose.rotation[name][:, :, 2] for name in ("thorax", "pelvis")}
    back, sacrum = (_middle(pose, athlete, contact) for contact in ("mid-back", "sacrum"))
    high, up = back, unit(back - sacrum)
    # The gap stands across the dowel, whose lean the gap changes a little.
    for _ in range(_TURNS):
        high = back + (_BEHIND_M + gaps_m["mid-back"])[:, None] * _backward(right["thorax"], up)
        low = sacrum + (_BEHIND_M + gaps_m["sacrum"])[:, None] * _backward(right["pelvis"], up)
        up = unit(high - low)
    ahead = -_backward(right["thorax"], up)
    pose.place("dowel", from_axes(ahead, up, cross(ahead, up)), high)


def _middle(pose: Pose, athlete: Athlete, contact: str) -> FloatArray:
    markers = [athlete.markers[name] for name in CONTACTS[contact]]
    places = [pose.origin[m.segment] + apply(pose.rotation[m.segment], np.array(m.offset_m)) for m in markers]
    return sum(places[1:], places[0]) / len(places)


def _backward(right: FloatArray, up: FloatArray) -> FloatArray:
    """Out of the back, across the dowel, shape (n, 3)."""
    return unit(cross(right, up))
