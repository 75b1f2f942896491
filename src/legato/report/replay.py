"""What the page needs to replay the skeleton: points in whole mm, angles in tenths of a degree, thinned and packed."""

import base64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from legato.body.model import Body
from legato.recording import FloatArray
from legato.report.curves import groups
from legato.report.holds import rep_noun
from legato.report.words import quantity_name, rep_number

if TYPE_CHECKING:
    from legato.analysis import Analysis

_FRAMES = 900
"""About how many frames a replay holds; 15 s at 60 Hz. Longer trials go down to 30 Hz, not below."""

_LEAST_HZ = 30.0

_MOST_HZ = 120.0

_MISSING = -32768

_GIRDLES = tuple((a, f"{b}_{side}") for a, b in (("pelvis", "hip"), ("neck", "shoulder")) for side in ("right", "left"))
"""Bones drawn in any case, so that the trunk hangs together with the limbs."""


def replay_data(analysis: "Analysis") -> dict[str, Any]:
    """Frames, points, bones, angles and reps as the page's script reads them; arrays are base64 of int16."""
    body = analysis.body
    times = body.times()
    duration = float(times[-1] - times[0]) if body.n_frames > 1 else 1.0
    wanted = min(_MOST_HZ, max(_LEAST_HZ, _FRAMES / max(duration, 1e-6)))
    step = max(1, round(body.rate_hz / wanted))
    frames = np.arange(0, body.n_frames, step)
    names = [name for name, xyz in body.points.items() if np.isfinite(xyz).any()]
    xyz = np.stack([body.points[name][frames] for name in names], axis=1) if names else np.zeros((len(frames), 0, 3))
    centre = np.zeros(3)
    if names:
        centre[:2] = np.nanmedian(xyz[:, :, :2], axis=(0, 1))
    bones = [list(bone) for bone in drawn_bones(body, names)]
    known = {name: values for name, values in body.angles.items() if np.isfinite(values[frames]).any()}
    angles = [name for group in groups(known) for name in group.names]
    turned = (
        np.stack([np.degrees(body.angles[name][frames]) for name in angles], axis=1)
        if angles
        else np.zeros((len(frames), 0))
    )
    return {
        "t0": round(float(times[0]), 6),
        "dt": round(step / body.rate_hz, 8),
        "n": len(frames),
        "points": names,
        "bones": bones,
        "xyz": _packed((xyz - centre) * 1000.0),
        # A picture is seen as it was taken: its right is ahead.
        "heading": 0.0 if body.source == "keypoints" else heading(body.points, frames),
        "angles": [{"name": name, "label": quantity_name(name)} for name in angles],
        "deg": _packed(turned * 10.0),
        "noun": rep_noun(analysis),
        "reps": [
            {
                "index": rep.index,
                "number": rep_number(rep.index),
                "side": rep.side,
                "start": round(rep.start_s, 4),
                "end": round(rep.end_s, 4),
                "phases": [[p.name, round(p.start_s, 4), round(p.end_s, 4)] for p in rep.phases],
            }
            for rep in analysis.reps
            if np.isfinite(rep.start_s)
        ],
    }


def drawn_bones(body: Body, names: Sequence[str]) -> list[tuple[int, int, str]]:
    """The bones between the points `names`, each as the places of its ends in them and the side it belongs to."""
    index = {name: i for i, name in enumerate(names)}
    joined = dict.fromkeys((*body.bones, *_GIRDLES))
    return [(index[a], index[b], _side(a, b)) for a, b in joined if a in index and b in index]


def _side(a: str, b: str) -> str:
    """The side a bone belongs to: `right`, `left`, or `` where it joins both or neither."""
    for side in ("right", "left"):
        other = "left" if side == "right" else "right"
        ends = (a.endswith(f"_{side}"), b.endswith(f"_{side}"))
        if any(ends) and not (a.endswith(f"_{other}") or b.endswith(f"_{other}")):
            return side
    return ""


def heading(points: Mapping[str, FloatArray], frames: NDArray[np.int64]) -> float:
    """Direction the athlete faces in the floor's plane, rad from +x to +y: up × (left to right hip), the median."""
    for pair in (("hip_right", "hip_left"), ("shoulder_right", "shoulder_left")):
        if pair[0] in points and pair[1] in points:
            across: FloatArray = points[pair[0]][frames] - points[pair[1]][frames]
            x, y = np.nanmedian(-across[:, 1]), np.nanmedian(across[:, 0])
            if np.isfinite(x) and np.isfinite(y):
                return round(float(np.arctan2(y, x)), 4)
    return 0.0


def _packed(values: FloatArray) -> str:
    """Whole numbers as base64 of little-endian int16; what is missing or too large is the smallest number."""
    whole = np.full(values.shape, _MISSING, dtype="<i2")
    good = np.isfinite(values) & (np.abs(values) < -_MISSING)
    whole[good] = np.round(values[good]).astype("<i2")
    return base64.b64encode(whole.tobytes()).decode("ascii")
