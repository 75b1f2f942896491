"""Files of a simulated suit as its makers' software writes them: a CSV of all raw sensors, and an MVNX of segments."""

from pathlib import Path

import numpy as np

from legato.recording import FloatArray, Recording

_MVN_NAMES = {
    "pelvis": "Pelvis", "thorax": "T8", "thigh": "UpperLeg", "shank": "LowerLeg", "upper_arm": "UpperArm",
    "forearm": "ForeArm",
}  # fmt: skip
_SIDES = {"right": "Right", "left": "Left"}


def write_suit_csv(path: Path | str, recording: Recording) -> None:
    """Write raw sensors as one table: time in s, rates in deg/s, pulls in m/s²."""
    streams = recording.of_kind("imu")
    titles, blocks = ["time (s)"], [streams[0].times()[:, None]]
    for stream in streams:
        turning = np.array([u == "rad/s" for u in stream.units])
        units = ["deg/s" if t else u for t, u in zip(turning, stream.units, strict=True)]
        titles += [f"{stream.meta['sensor']}_{c} ({u})" for c, u in zip(stream.channels, units, strict=True)]
        blocks.append(stream.values * np.where(turning, 180.0 / np.pi, 1.0))
    table = np.concatenate(blocks, axis=1)
    rows = (",".join("" if v != v else f"{v:.6f}" for v in row) for row in table.tolist())
    Path(path).write_text("\n".join([",".join(titles), *rows]) + "\n", encoding="utf-8")


def write_suit_mvnx(path: Path | str, recording: Recording) -> None:
    """Write orientations of segments as an MVNX of version 4.

    Its segments have x ahead, y to the left and z up in the T-pose; there an arm lies along y, so of the axes here (x
    ahead, y up the segment, z right) a right arm keeps all, a left arm turns y and z about, and the rest turn by a
    quarter about x.
    """
    stream = recording.of_kind("rotations")[0]
    quaternions: list[FloatArray] = []
    for k, name in enumerate(stream.channels):
        right, left = (name.endswith(f"_{s}") and "arm" in name for s in ("right", "left"))
        own = np.eye(3) if right else np.diag([1.0, -1.0, -1.0]) if left else _QUARTER
        quaternions.append(_quaternions(stream.values[:, k] @ own.T))
    table = np.concatenate(quaternions, axis=1)
    labels = [_mvn_name(name) for name in stream.channels]
    count = len(labels)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<mvnx xmlns="http://www.xsens.com/mvn/mvnx" version="4">',
        f'<subject label="athlete" frameRate="{stream.rate_hz:g}" segmentCount="{count}">',
        "<segments>",
        *(f'<segment label="{label}" id="{k + 1}"/>' for k, label in enumerate(labels)),
        "</segments>",
        f'<frames segmentCount="{count}" sensorCount="0" jointCount="0">',
        f'<frame time="0" index="" type="identity"><orientation>{"1 0 0 0 " * count}</orientation></frame>',
    ]
    for k, row in enumerate(table.tolist()):
        numbers = " ".join(f"{v:.7f}" for v in row)
        lines.append(
            f'<frame time="{1000.0 * k / stream.rate_hz:.0f}" index="{k}" type="normal">'
            f"<orientation>{numbers}</orientation></frame>"
        )
    Path(path).write_text("\n".join([*lines, "</frames>", "</subject>", "</mvnx>"]) + "\n", encoding="utf-8")


_QUARTER: FloatArray = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])


def _mvn_name(segment: str) -> str:
    base, _, side = segment.rpartition("_")
    return _SIDES[side] + _MVN_NAMES[base] if side in _SIDES else _MVN_NAMES[segment]


def _quaternions(rotation: FloatArray) -> FloatArray:
    """Quaternions w, x, y, z (n, 4) of rotations (n, 3, 3): the dominant eigenvector of Bar-Itzhack's matrix (2000)."""
    r = rotation
    k = np.empty((len(r), 4, 4))
    k[:, :3, :3] = r + np.swapaxes(r, 1, 2)
    trace = np.trace(r, axis1=1, axis2=2)
    k[:, range(3), range(3)] -= trace[:, None]
    vector = np.stack((r[:, 2, 1] - r[:, 1, 2], r[:, 0, 2] - r[:, 2, 0], r[:, 1, 0] - r[:, 0, 1]), axis=1)
    k[:, :3, 3] = k[:, 3, :3] = vector
    k[:, 3, 3] = trace
    _, vectors = np.linalg.eigh(k)
    top = vectors[:, :, -1]
    return np.column_stack((top[:, 3], top[:, :3]))
