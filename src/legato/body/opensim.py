"""Joint angles that another program found (MOT and STO files of OpenSim, MOT of Sports2D) or that Legato wrote, under
Legato's names and signs.
"""

from collections.abc import Sequence

import numpy as np

from legato.body.angles import continuous
from legato.body.landmarks import SIDES
from legato.body.model import Body
from legato.errors import BadInput
from legato.recording import FloatArray, Stream

_MIDDLE: dict[str, tuple[str, float]] = {
    "pelvis_tilt": ("pelvis_tilt", -1.0),
    "pelvis_list": ("pelvis_obliquity", 1.0),
    "pelvis_rotation": ("pelvis_axial", 1.0),
    "lumbar_extension": ("lumbar_flexion", -1.0),
    "lumbar_bending": ("lumbar_side_bend", 1.0),
    "lumbar_rotation": ("thorax_pelvis_axial", 1.0),
}
_SIDED: dict[str, tuple[str, float]] = {
    "hip_flexion": ("hip_flexion", 1.0),
    "hip_adduction": ("hip_adduction", 1.0),
    "hip_rotation": ("hip_rotation", 1.0),
    "knee_angle": ("knee_flexion", 1.0),
    "knee_flexion": ("knee_flexion", 1.0),
    "ankle_angle": ("ankle_dorsiflexion", 1.0),
    "elbow_flex": ("elbow_flexion", 1.0),
    "elbow_flexion": ("elbow_flexion", 1.0),
}

_OWN_TRUNK = (
    "pelvis_obliquity", "pelvis_axial", "lumbar_flexion", "lumbar_side_bend", "thorax_pelvis_axial", "thorax_pitch",
    "thorax_axial",
)  # fmt: skip
_OWN_SIDED = (
    "hip_flexion", "hip_adduction", "hip_rotation", "knee_flexion", "ankle_dorsiflexion", "elbow_flexion",
    "shoulder_elevation", "shank_pitch",
)  # fmt: skip
_OWN = frozenset({*_OWN_TRUNK, *(f"{name}_{side}" for name in _OWN_SIDED for side in SIDES)})
"""Legato's names that OpenSim has not. Where one stands, `pelvis_tilt`, which both have, is Legato's."""

_PICTURE: dict[str, str] = {
    "ankle": "ankle_dorsiflexion",
    "knee": "knee_flexion",
    "hip": "hip_flexion",
    "elbow": "elbow_flexion",
}
"""Joints that Sports2D names `right knee`, by the angle in the picture: flexion and dorsiflexion positive, 0 where the
segments line up (ankle: where the foot stands square to the shank). Source: its README,
"Joint angle conventions". Its shoulder angle and its segment angles against the horizontal have no counterpart here.
"""


def body_from_angles(streams: Sequence[Stream]) -> Body:
    """A Body from streams of joint angles.

    Parameters
    ----------
    streams
        Streams of kind `angles`, as OpenSim names its coordinates, Sports2D its joints or Legato its angles; the first
        that holds known names is used. Channels in deg are turned to rad.

    Raises
    ------
    BadInput
        No channel is a coordinate that is known here.

    Notes
    -----
    OpenSim's models differ in the sign of `knee_angle`: it is flexion in some and extension in others. A knee bends far
    one way only, so the side to which it goes further is flexion.

    Angles of Sports2D are those of one camera's picture, and nothing in the file says from where it looked: they find
    repetitions and are drawn, and no number is made of them.
    """
    for stream in streams:
        found = _angles(stream)
        if found:
            break
    else:
        names = ", ".join(streams[0].channels[:12])
        raise BadInput(
            f"none of the joint angles is known by name ({names} …); the names of OpenSim (knee_angle_r), of"
            " Sports2D (right knee) and of Legato (knee_flexion_right) are understood"
        )
    points = _pelvis_point(stream)
    if "pelvis_tilt" in found and "lumbar_flexion" in found and "thorax_pitch" not in found:
        found["thorax_pitch"] = found["pelvis_tilt"] + found["lumbar_flexion"]
    if "pelvis_axial" in found and "thorax_pelvis_axial" in found and "thorax_axial" not in found:
        found["thorax_axial"] = found["pelvis_axial"] + found["thorax_pelvis_axial"]
    flat = any(_of_picture(channel) for channel in stream.channels)
    unfilled = {name: np.zeros(stream.n_samples, dtype=np.bool_) for name in (*found, *points)}
    return Body(
        rate_hz=stream.rate_hz,
        start_s=stream.start_s,
        n_frames=stream.n_samples,
        source="keypoints" if flat else "angles",
        marker_set="Sports2D angles" if flat else "",
        segments={},
        angles=found,
        points=points,
        filled=unfilled,
        missing=("markers: segment poses, joint centres and the centre of mass need them",),
        notes=(_FLAT if flat else "joint angles are those of another program; no marker noise is known for them",),
    )


_FLAT = (
    "joint angles are those of one camera (Sports2D), and the file does not say from where it looked: repetitions are"
    " found, and angles drawn; give the TRC of the same film for numbers"
)


def _of_picture(channel: str) -> str | None:
    """The angle that a joint of Sports2D is read as; None for any other name."""
    side, _, joint = channel.strip().lower().partition(" ")
    return f"{_PICTURE[joint]}_{side}" if side in SIDES and joint in _PICTURE else None


def _radians(stream: Stream, column: int) -> FloatArray:
    values = stream.values[:, column]
    return np.radians(values) if stream.units[column] in ("deg", "degree", "degrees", "°") else values.copy()


def _angles(stream: Stream) -> dict[str, FloatArray]:
    found: dict[str, FloatArray] = {}
    own = not _OWN.isdisjoint(stream.channels)
    for column, channel in enumerate(stream.channels):
        coordinate = channel.strip("/").removesuffix("/value").rsplit("/", 1)[-1]
        base, _, end = coordinate.rpartition("_")
        if coordinate in _OWN or (own and coordinate == "pelvis_tilt"):
            name, sign = coordinate, 1.0
        elif coordinate in _MIDDLE:
            name, sign = _MIDDLE[coordinate]
        elif base in _SIDED and end in ("r", "l"):
            name, sign = _SIDED[base]
            name = f"{name}_{'right' if end == 'r' else 'left'}"
        elif (pictured := _of_picture(channel)) is not None:
            name, sign = pictured, 1.0
        else:
            continue
        found[name] = sign * continuous(_radians(stream, column))
    if own:
        return found
    knees = [found[name] for side in ("right", "left") if (name := f"knee_flexion_{side}") in found]
    bent = np.concatenate([k[np.isfinite(k)] for k in knees]) if knees else np.empty(0)
    if bent.size and float((-bent).max()) > float(bent.max()):
        for side in ("right", "left"):
            if f"knee_flexion_{side}" in found:
                found[f"knee_flexion_{side}"] = -found[f"knee_flexion_{side}"]
    return found


def _pelvis_point(stream: Stream) -> dict[str, FloatArray]:
    """OpenSim's pelvis origin; its lab has y up and x ahead."""
    columns = {c.strip("/").removesuffix("/value").rsplit("/", 1)[-1]: i for i, c in enumerate(stream.channels)}
    if not all(f"pelvis_t{axis}" in columns for axis in "xy"):
        return {}
    level, up = (stream.values[:, columns[f"pelvis_t{axis}"]] for axis in "xy")
    side = -stream.values[:, columns["pelvis_tz"]] if "pelvis_tz" in columns else np.zeros_like(level)
    return {"pelvis": np.column_stack((level, side, up))}
