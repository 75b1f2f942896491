"""A body from one camera's keypoints: points in the picture's plane, and those angles that the view allows."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from legato.body.angles import continuous, included_angle
from legato.body.cuts import find_cuts
from legato.body.keypoint_noise import pose_noise
from legato.body.keypoint_swaps import LIMBS, mend_swaps, swap_notes
from legato.body.keypoint_view import View, ViewEstimate, estimate_view, leg_size
from legato.body.landmarks import SIDES
from legato.body.marker_sets import Assignment, assign_markers
from legato.body.model import Body
from legato.body.skeleton import BONES
from legato.errors import BadInput
from legato.recording import BoolArray, FloatArray, Stream
from legato.signals.gaps import fill_gaps

LEAST_CONFIDENCE = 0.3
"""Points that the estimator is less sure of count as missing. [ENG] usual with OpenPose and COCO models"""

_LEG_OF_HEIGHT = 0.491
"""Hip to ankle as a share of stature (Drillis & Contini 1966)."""

_LEG_SPREAD = 0.05
"""SD of that share from person to person and of what the picture shortens, as a share of itself. [ENG]"""

_PICTURES = (9.0 / 16.0, 3.0 / 4.0, 1.0, 4.0 / 3.0, 16.0 / 9.0)
"""Usual widths of a picture over its height."""

NO_DEPTH = (
    "one camera does not see turns about the vertical or along a limb; film with two cameras, or use markers or"
    " inertial sensors"
)
"""Why nothing axial comes from keypoints."""

NO_TIMING = (
    "a pose estimator's error follows the posture, its angle curves agree with measured ones at r 0.95 or so, and that"
    " alone moves an event by 0.1 s and more; record markers or inertial sensors for timing"
)
"""Why no event of a link is timed by keypoints."""

_SAGITTAL = (
    "hip_flexion", "knee_flexion", "ankle_dorsiflexion", "shank_pitch", "thorax_pitch", "elbow_flexion",
    "shoulder_elevation",
)  # fmt: skip
_FRONTAL = ("pelvis_obliquity",)


@cache
def _errors_deg() -> Mapping[str, Mapping[str, float]]:
    return tomllib.loads(files("legato.body").joinpath("keypoints.toml").read_text(encoding="utf-8"))


def body_from_keypoints(
    stream: Stream,
    *,
    marker_set: str | Path | None = None,
    mapping: str | Path | Mapping[str, Any] | None = None,
    height_m: float | None = None,
) -> Body:
    """The body that one camera shows.

    Parameters
    ----------
    stream
        Keypoints on an even time base (`StreamKind` `keypoints`).
    marker_set, mapping
        What the points stand for, as for markers; found from their names where not given.
    height_m
        Stature, which scales the picture to metres.

    Returns
    -------
    A body of source `keypoints`. Its points lie in the plane x (picture's right), z (up); y is 0. Their unit is m where
    the stream's own is, or where the stature is given, else leg lengths (hip to knee to ankle). Sagittal angles come
    from a side view, of the near side; from 45° the knee only, flagged; from the front only what lies in the frontal
    plane. Nothing axial ever.

    Raises
    ------
    BadInput
        The names are of no known point set, or hips are never seen.
    """
    assignment = assign_markers(stream.channels, marker_set, mapping)
    raw, doubted = _points(stream, assignment)
    mended = mend_swaps(raw, stream.rate_hz)
    notes = [*assignment.notes, *swap_notes(mended.exchanged)]
    if doubted > 0.0:
        notes.append(f"{100.0 * doubted:.1f} % of the keypoints are left out: their confidence is below 0.3")
    cuts = find_cuts(mended.points, stream.rate_hz)
    cuts_s = tuple(float(stream.start_s + frame / stream.rate_hz) for frame in cuts)
    if cuts:
        shown = ", ".join(f"{at:.2f}" for at in cuts_s[:6]) + (" …" if len(cuts) > 6 else "")
        notes.append(
            f"the film is cut at {shown} s: the whole body jumps there between two frames; repetitions across a cut are"
            " not whole, and one that the cut hides is not counted"
        )
    picture, filled = _filled(mended.points, stream.rate_hz)
    for limb, mask in mended.exchanged.items():
        filled.update(_marked(filled, limb, mask))
    square = stream.unit != "normalised"
    view, why_not = _view(picture, square)
    notes.append(_view_note(view, why_not))
    unit, length_unit, length_sd = _scale(stream.unit, picture, height_m, notes)
    # 0 in depth, but missing where the point is.
    points = {name: np.column_stack((xz[:, 0], 0.0 * xz[:, 0], xz[:, 1])) / unit for name, xz in picture.items()}
    _add_middles(points, filled)
    angles, angle_filled, missing = _angles(picture, filled, view, why_not)
    known = _errors_deg()
    noise = pose_noise(picture, stream.rate_hz) if square else None
    sd = {} if view is None else {name: float(np.radians(v)) for name, v in known[_rules(view)].items()}
    return Body(
        rate_hz=stream.rate_hz,
        start_s=stream.start_s,
        n_frames=stream.n_samples,
        source="keypoints",
        marker_set=assignment.set_id,
        segments={},
        angles=angles,
        points=points,
        filled={**filled, **angle_filled},
        bones=tuple(pair for pair in BONES if pair[0] in points and pair[1] in points),
        missing=(*(f"keypoint {label}" for label in assignment.absent), *missing, f"axial turns: {NO_DEPTH}"),
        notes=tuple(notes),
        length_unit=length_unit,
        length_sd=length_sd,
        angle_sd=sd,
        pose_noise=None if noise is None else noise.scaled(unit**-2),
        view=view,
        cuts_s=cuts_s,
    )


def keypoints_of_plane(stream: Stream) -> Stream | None:
    """Markers that all lie in one upright plane (a Sports2D TRC: Z is 0) as keypoints; None where they do not."""
    seen = stream.values[np.isfinite(stream.values).all(axis=2)]
    if len(seen) < 2 or len(stream.channels) < 5:
        return None
    span = np.ptp(seen, axis=0)
    # The lab has z up; the flat axis is the file's depth, wherever the turn to z up has put it.
    if span[1] > 1e-9 or not (span[0] > 0.0 and span[2] > 0.0):
        return None
    confidence = np.isfinite(stream.values[..., 0]).astype(np.float64)
    values = np.stack([stream.values[..., 0], stream.values[..., 2], confidence], axis=2)
    return replace(stream, kind="keypoints", values=values)


def _points(stream: Stream, assignment: Assignment) -> tuple[dict[str, FloatArray], float]:
    """Points by name, (n, 2), NaN where missing or doubted, and the share of seen points that were doubted."""
    points: dict[str, FloatArray] = {}
    doubted = seen = 0
    for landmark, label in assignment.landmarks.items():
        values = stream.values[:, stream.channels.index(label)]
        doubt = values[:, 2] < LEAST_CONFIDENCE
        there = np.isfinite(values[:, 0])
        doubted += int(np.count_nonzero(doubt & there))
        seen += int(np.count_nonzero(there))
        xz = np.where(doubt[:, None], np.nan, values[:, :2])
        if np.isfinite(xz).any():
            points[landmark.replace("_centre", "")] = xz
    if not any(f"hip_{side}" in points for side in SIDES) and "mid_hip" not in points:
        raise BadInput(f"stream {stream.name}: the hips are in no frame; film the whole body, or name them with --map")
    return points, doubted / max(1, seen)


def _filled(points: Mapping[str, FloatArray], rate_hz: float) -> tuple[dict[str, FloatArray], dict[str, BoolArray]]:
    closed = {name: fill_gaps(xz, rate_hz) for name, xz in points.items()}
    return {name: c[0] for name, c in closed.items()}, {name: c[1] for name, c in closed.items()}


def _marked(filled: Mapping[str, BoolArray], limb: str, mask: BoolArray) -> dict[str, BoolArray]:
    """The points of a limb that was put right count as leaning on what was mended there."""
    return {
        name: own | mask
        for name, own in filled.items()
        if name.rpartition("_")[0] in LIMBS[limb] and name.rpartition("_")[2] in SIDES
    }


def _view(points: Mapping[str, FloatArray], square: bool) -> tuple[ViewEstimate | None, str]:
    """The view, or None and why not. Coordinates that are shares of the picture leave its form open."""
    if square:
        found = estimate_view(points)
        return found, "" if found is not None else "shoulders, hips, feet and knees are not seen well enough to tell it"
    tried = [estimate_view({name: xz * [form, 1.0] for name, xz in points.items()}) for form in _PICTURES]
    known = [v for v in tried if v is not None]
    if len(known) == len(tried) and len({v.view for v in known}) == 1:
        return min(known, key=lambda v: v.probability), ""
    return None, "the coordinates are shares of a picture whose width and height are not told"


def _rules(view: ViewEstimate) -> View:
    """The view by whose rules angles are given: only a sure one has rules of its own, the rest is between."""
    sure: list[View] = [v for v in ("side", "front") if view.view == v and not view.may_be("45")]
    return sure[0] if sure else "45"


def view_line(view: ViewEstimate) -> str:
    """The view for a terminal, and the angles that are missing for it."""
    given = "angles of the other side are not read" if _rules(view) == "side" else "knee and hip angles are not read"
    return f"camera: {_view_words(view)}: {given}"


def _view_words(view: ViewEstimate) -> str:
    """The view as it is said wherever it is: `front view (3° ± 20° from the front)`."""
    name = {"side": f"{view.near_side} side", "front": "front" if abs(view.angle_deg) < 90.0 else "back"}
    shown = name.get(_rules(view), _UNSURE)
    return f"{shown} view ({abs(view.angle_deg):.0f}° ± {1.645 * view.sd_deg:.0f}° from the front)"


def _view_note(view: ViewEstimate | None, why_not: str) -> str:
    if view is None:
        return f"camera: the view is not known ({why_not}), so no angle is given"
    return f"camera: {_view_words(view)}"


def _scale(
    unit: str, points: Mapping[str, FloatArray], height_m: float | None, notes: list[str]
) -> tuple[float, str, float]:
    """How many of the stream's units make one of the body's, that unit's name, and the scale's SD as a share."""
    if unit == "m":
        notes.append("camera: the points came in metres, scaled by another program; how well is not known")
        return 1.0, "m", _LEG_SPREAD
    # Without the picture's form only heights are lengths; upright legs lose nothing by that.
    upright = points if unit == "px" else {name: xz * [0.0, 1.0] for name, xz in points.items()}
    legs = [leg for side in SIDES if (leg := leg_size(upright, side)) is not None]
    if not legs:
        raise BadInput("keypoints: no leg is seen from hip to ankle, so nothing tells how large the athlete is")
    leg = float(np.mean(legs))
    if height_m is None:
        notes.append("camera: lengths are in leg lengths (hip to ankle); metres need the stature, --height")
        return leg, "leg", _LEG_SPREAD
    notes.append(f"camera: scaled by the stature of {height_m:g} m, legs taken as 0.491 of it; error about 5 %")
    return leg / (_LEG_OF_HEIGHT * height_m), "m", _LEG_SPREAD


def _add_middles(points: dict[str, FloatArray], filled: dict[str, BoolArray]) -> None:
    """Pelvis, neck and head, from what stands for them."""
    for name, single, pair in (
        ("pelvis", "mid_hip", "hip"), ("neck", "neck", "shoulder"), ("head", "nose", "ear"),
    ):  # fmt: skip
        both = [f"{pair}_{side}" for side in SIDES if f"{pair}_{side}" in points]
        # One side's own place would jump when the other one comes and goes.
        whole = len(both) == 2 or single not in points
        sources = both if both and whole else [single] if single in points else []
        if sources:
            points[name] = np.mean([points[s] for s in sources], axis=0)
            filled[name] = np.any([filled[s] for s in sources], axis=0)
    points.pop("mid_hip", None)
    filled.pop("mid_hip", None)


_UNSURE = "unsure or slanting"

_WHY_NOT: Mapping[View, str] = {
    "side": "the camera stands to the side",
    "45": f"{_UNSURE} view; film from the side",
    "front": "the camera stands in front or behind; film from the side",
}


def _angles(
    points: Mapping[str, FloatArray], filled: Mapping[str, BoolArray], view: ViewEstimate | None, why_not: str
) -> tuple[dict[str, FloatArray], dict[str, BoolArray], list[str]]:
    """Angles that the view allows, rad, the frames in which they lean on filled points, and what is not given and
    why.
    """
    rules = None if view is None else _rules(view)
    allowed = set[str]() if rules is None else set(_errors_deg()[rules])
    reason = why_not if rules is None else _WHY_NOT[rules]
    missing = [f"{name}: {reason}" for name in (*_SAGITTAL, *_FRONTAL) if name not in allowed]
    angles: dict[str, FloatArray] = {}
    leaning: dict[str, BoolArray] = {}
    if view is None:
        return angles, leaning, missing
    sides = (view.near_side,) if rules == "side" else SIDES
    if rules == "side":
        far = "left" if view.near_side == "right" else "right"
        missing.append(f"angles of the {far} side: it is behind the {view.near_side} one in the picture")
    for side in sides:
        for name, needs in _NEEDS.items():
            parts = [f"{part}_{side}" for part in needs]
            if name not in allowed or any(p not in points for p in parts):
                continue
            values = _sagittal(name, [points[p] for p in parts], view.ahead)
            sided = name if name == "thorax_pitch" else f"{name}_{side}"
            angles[sided] = continuous(values)
            leaning[sided] = np.any([filled[p] for p in parts], axis=0)
    if "pelvis_obliquity" in allowed and "hip_right" in points and "hip_left" in points:
        line = points["hip_left"] - points["hip_right"]
        angles["pelvis_obliquity"] = np.arctan2(line[:, 1], np.abs(line[:, 0]))
        leaning["pelvis_obliquity"] = filled["hip_right"] | filled["hip_left"]
    return {k: v for k, v in angles.items() if np.isfinite(v).any()}, leaning, missing


_NEEDS: Mapping[str, tuple[str, ...]] = {
    "hip_flexion": ("shoulder", "hip", "knee"),
    "knee_flexion": ("hip", "knee", "ankle"),
    "ankle_dorsiflexion": ("knee", "ankle", "heel", "toe"),
    "shank_pitch": ("knee", "ankle"),
    "thorax_pitch": ("shoulder", "hip"),
    "elbow_flexion": ("shoulder", "elbow", "wrist"),
    "shoulder_elevation": ("hip", "shoulder", "elbow"),
}
"""Points of one side that an angle is read from."""


def _sagittal(name: str, at: list[FloatArray], ahead: float) -> FloatArray:
    """An angle in the picture's plane, rad, of points (n, 2) in the order of `_NEEDS`; `ahead` is the sign of forward.

    The hip's angle is that of the thigh with the whole trunk: one camera sees no pelvis.
    """
    if name == "elbow_flexion":
        return included_angle(at[1] - at[0], at[2] - at[1])
    if name == "shoulder_elevation":
        return included_angle(at[0] - at[1], at[2] - at[1])
    if name == "thorax_pitch":
        return -_swing(at[0], at[1], ahead)
    if name == "shank_pitch":
        return -_swing(at[0], at[1], ahead)
    if name == "hip_flexion":
        return _swing(at[1], at[2], ahead) - _swing(at[0], at[1], ahead)
    if name == "knee_flexion":
        return _swing(at[0], at[1], ahead) - _swing(at[1], at[2], ahead)
    foot = at[3] - at[2]
    return np.arctan2(foot[:, 1], ahead * foot[:, 0]) - _swing(at[0], at[1], ahead)


def _swing(upper: FloatArray, lower: FloatArray, ahead: float) -> FloatArray:
    """How far the lower end of a line hangs ahead of its upper one, rad from the vertical."""
    line = lower - upper
    return np.arctan2(ahead * line[:, 0], -line[:, 1])
