"""A dowel along the back: the line of its markers, and how far behind head, mid-back and sacrum its axis lies."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from legato.body.marker_sets import Assignment, plain_label
from legato.body.markers import TOLERANCE_SD
from legato.body.model import Body
from legato.body.skeleton import Skeleton, joined
from legato.body.tracking import Trajectory, spread_frames
from legato.recording import BoolArray, FloatArray

CONTACTS: Mapping[str, str] = MappingProxyType({"head": "head_back", "mid-back": "mid_back", "sacrum": "sacrum"})
"""The contacts of a dowel with the body, and the point that each is measured at."""

NEEDED: Mapping[str, str] = MappingProxyType(
    {
        "head": "a marker on the back of the head",
        "mid-back": "a marker on the mid-back (T8 or T10)",
        "sacrum": "a marker on the sacrum, or on both posterior iliac spines",
    }
)
"""The markers that each contact is measured by, in words."""

_LANDMARKS: Mapping[str, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        "head_back": (("head_back_right", "head_back_left"),),
        "mid_back": (("t8",), ("t10",)),
        "sacrum": (("sacrum",), ("psis_right", "psis_left")),
    }
)
"""The landmarks whose middle is each point, the first that are all there."""

_WORDS = ("dowel", "broomstick")
"""How a label begins that is on a dowel, as labels are compared; any other goes into a map's cluster `dowel`."""

_LEAST_SPAN_M = 0.3
"""Markers closer together than this along the dowel do not tell its line. [ENG] Half a metre beyond them, 1 mm of noise
is then 3 mm."""

_OFF_LINE_M = 0.005
"""Where a marker leaves its usual place on the line by more, the dowel is bent or a marker is mistaken. [ENG] Half of
what a contact may open; and by more than its noise."""


def with_dowel(found: Assignment) -> Assignment:
    """The assignment in which unused markers that are named after a dowel lie on one."""
    named = tuple(x for x in found.unused if plain_label(x).startswith(_WORDS) and x not in found.others)
    if not named or found.clusters.get("dowel"):
        return found
    return replace(
        found,
        clusters={**found.clusters, "dowel": named},
        unused=tuple(x for x in found.unused if x not in named),
    )


def add_dowel(body: Skeleton) -> None:
    """Both ends of a dowel's markers on their common line, and the points of the back that it should touch.

    With three markers or more, frames in which one of them is off the line are left out.
    """
    markers = [body.markers.patched[label] for label in body.labels_of("dowel")]
    if len(markers) < 2:
        if markers:
            body.note("dowel: one marker does not tell its line; put on two or more, far apart")
        return
    ends = _line(markers)
    if ends is None:
        body.note(f"dowel: its markers are not {_LEAST_SPAN_M:g} m apart, so its line is not known")
        return
    body.points["dowel_bottom"], body.points["dowel_top"], bent = ends
    if bent:
        body.note(
            f"dowel: {bent} frames left out, in which a marker lies over {1e3 * _OFF_LINE_M:g} mm off the line of the"
            " others (a dowel that bends, or a marker mistaken)"
        )
    for point, choices in _LANDMARKS.items():
        known = next((m for names in choices if len(m := body.markers_of(*names)) == len(names)), None)
        if known is not None:
            body.points[point] = joined(*known)


def _line(markers: list[Trajectory]) -> tuple[Trajectory, Trajectory, int] | None:
    """Lower and upper end of the straight line through markers that keep their places on it, and the number of frames
    that are left out; None where the markers are too close together.
    """
    x = np.stack([m.position_m for m in markers], axis=1)
    filled = np.logical_or.reduce([m.filled for m in markers])
    along = _places(x)
    if along is None:
        return None
    # Markers that are not seen count nothing; the others keep their places along the dowel.
    seen = np.isfinite(x[:, :, 0])
    x = np.where(seen[:, :, None], x, 0.0)
    n = np.maximum(seen.sum(axis=1), 1)
    middle_s = (seen * along).sum(axis=1) / n
    middle = x.sum(axis=1) / n[:, None]
    s = seen * (along - middle_s[:, None])
    spread = np.einsum("nk,nk->n", s, s)
    known = spread >= 0.5 * _LEAST_SPAN_M**2
    axis = np.einsum("nk,nkj->nj", s, x - middle[:, None]) / np.where(known, spread, 1.0)[:, None]
    fit = middle[:, None] + s[:, :, None] * axis[:, None]
    off = np.where(seen[:, :, None], x - fit, np.nan)
    bent = _leaves_line(off, axis) & known
    ends = (middle + (along[k] - middle_s)[:, None] * axis for k in (int(along.argmin()), int(along.argmax())))
    low, high = (Trajectory(np.where((known & ~bent)[:, None], end, np.nan), filled) for end in ends)
    return low, high, int(bent.sum())


def _places(x: FloatArray) -> FloatArray | None:
    """Where each marker lies along the dowel, m, from the first, upward as the dowel is held most of the time."""
    some = x[spread_frames(len(x))]
    both = some[np.isfinite(some[:, :, 0]).all(axis=1)]
    if not len(both):
        return None
    centred = both - both.mean(axis=1, keepdims=True)
    axes = np.linalg.svd(centred)[2][:, 0]
    upward = axes * np.where(axes[:, 2:] < 0.0, -1.0, 1.0)
    along = np.median(np.einsum("nkj,nj->nk", centred, upward), axis=0)
    return None if np.ptp(along) < _LEAST_SPAN_M else along


def _leaves_line(off: FloatArray, axis: FloatArray) -> BoolArray:
    """Frames (n,) in which a marker is further from the line than it usually is: how far off is the same however the
    dowel is held, but for its turn about itself.
    """
    across = off - np.einsum("nkj,nj->nk", off, axis)[:, :, None] * axis[:, None]
    size = np.sqrt(np.einsum("nkj,nkj->nk", across, across))
    out = np.zeros(len(size), dtype=np.bool_)
    for column in size.T:
        known = np.isfinite(column)
        if known.any():
            away = np.where(known, column - np.median(column[known]), 0.0)
            out |= away > max(_OFF_LINE_M, TOLERANCE_SD * 1.4826 * float(np.median(np.abs(away[known]))))
    return out


def axis_behind(body: Body, contact: str) -> FloatArray | None:
    """How far behind a contact's point the axis of the dowel lies, m, shape (n,); NaN where not seen.

    Counted across the dowel and square to the side-to-side axis of the segment, so that a dowel that slides along the
    back, or to a side, stays as near as it was. None where the markers or the segment are missing.
    """
    low, high, point = (body.points.get(name) for name in ("dowel_bottom", "dowel_top", CONTACTS[contact]))
    names = ("pelvis", "thorax") if contact == "sacrum" else ("thorax", "pelvis")
    segment = next((body.segments[name] for name in names if name in body.segments), None)
    if low is None or high is None or point is None or segment is None:
        return None
    right, upward = segment.rotation[:, :, 2], segment.rotation[:, :, 1]
    axis = high - low
    axis = axis / np.linalg.norm(axis, axis=1)[:, None]
    axis = axis * np.where(np.einsum("ni,ni->n", axis, upward) < 0.0, -1.0, 1.0)[:, None]
    behind = np.cross(right, axis)
    length = np.linalg.norm(behind, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        behind = np.where(length[:, None] > 0.5, behind / length[:, None], np.nan)
    return np.einsum("ni,ni->n", high - point, behind)
