"""Keypoints of a picture: the orders in which pose estimators list them, one person followed, and the stream made of
them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from legato.errors import BadInput
from legato.recording import FloatArray, Recording, Stream

_BODY_25 = (
    "Nose", "Neck", "RShoulder", "RElbow", "RWrist", "LShoulder", "LElbow", "LWrist", "MidHip", "RHip", "RKnee",
    "RAnkle", "LHip", "LKnee", "LAnkle", "REye", "LEye", "REar", "LEar", "LBigToe", "LSmallToe", "LHeel", "RBigToe",
    "RSmallToe", "RHeel",
)  # fmt: skip
_OPENPOSE_18 = (
    "Nose", "Neck", "RShoulder", "RElbow", "RWrist", "LShoulder", "LElbow", "LWrist", "RHip", "RKnee", "RAnkle", "LHip",
    "LKnee", "LAnkle", "REye", "LEye", "REar", "LEar",
)  # fmt: skip
_COCO_17 = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
    "right_ankle",
)  # fmt: skip
_COCO_FEET = (
    "left_big_toe", "left_small_toe", "left_heel", "right_big_toe", "right_small_toe", "right_heel",
)  # fmt: skip
_HALPE_26 = (
    *_COCO_17, "head", "neck", "hip", "left_big_toe", "right_big_toe", "left_small_toe", "right_small_toe",
    "left_heel", "right_heel",
)  # fmt: skip
MEDIAPIPE_33 = (
    "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye", "right_eye_outer",
    "left_ear", "right_ear", "mouth_left", "mouth_right", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_pinky", "right_pinky", "left_index", "right_index", "left_thumb",
    "right_thumb", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle", "left_heel",
    "right_heel", "left_foot_index", "right_foot_index",
)  # fmt: skip

ORDERS: Mapping[int, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        17: ("COCO-17", _COCO_17),
        18: ("OpenPose COCO-18", _OPENPOSE_18),
        23: ("COCO-17 with feet", (*_COCO_17, *_COCO_FEET)),
        25: ("BODY_25", _BODY_25),
        26: ("HALPE_26", _HALPE_26),
        33: ("MediaPipe", MEDIAPIPE_33),
        # Of a whole body, the face and the fingers are left out.
        133: ("COCO-WholeBody", (*_COCO_17, *_COCO_FEET)),
        135: ("BODY_135", _BODY_25),
    }
)
"""Name of the point set and its points in order, by how many points a person has."""

_LONGEST_LOSS_S = 1.0
"""A person who is lost for longer than this is another one when found again. [ENG]"""

_USUAL_RATE_HZ = 30.0

_REACH = 0.5
"""How far a person's middle may move from one frame in which they are found to the next, in body sizes. [ENG] A
sprinter covers 0.2 of the height between two frames at 30 Hz."""

_NORMALISED = 3.0
"""Coordinates that never exceed this are shares of the picture, not pixels: nobody is three pixels tall. [ENG]"""

_MOST_EMPTY = 20
"""Frames for each one that is there, beyond which the frame numbers are taken to be wrong. [ENG]"""


@dataclass(frozen=True, slots=True, eq=False)
class _Track:
    frames: list[int]
    poses: list[FloatArray]

    def weight(self) -> float:
        """Size times confidence, summed over the frames: who is large and seen throughout is whom was filmed."""
        return float(sum(_size(p) * float(np.nanmean(p[:, 2])) for p in self.poses))


def _size(pose: FloatArray) -> float:
    seen = pose[np.isfinite(pose[:, 0])]
    return float(np.hypot(np.ptp(seen[:, 0]), np.ptp(seen[:, 1]))) if len(seen) > 1 else 0.0


def without_missing(poses: FloatArray) -> FloatArray:
    """Poses (…, points, 3) with x and y NaN where the estimator saw nothing: confidence 0, or a point at the origin."""
    out = poses.copy()
    lost = ~np.isfinite(out[..., :2]).all(-1) | (out[..., :2] == 0.0).all(-1) | ~(out[..., 2] > 0.0)
    out[lost, :2] = np.nan
    out[~np.isfinite(out[..., 2]), 2] = 0.0
    return out


def follow_person(frames: Sequence[Sequence[FloatArray]], rate_hz: float | None) -> tuple[FloatArray, int]:
    """One person through all frames.

    Parameters
    ----------
    frames
        The people of each frame, each (points, 3) with x, y and confidence, NaN where a point is missing.
    rate_hz
        Frames a second, where known.

    Returns
    -------
    The person who is largest and surest over the whole recording, (n, points, 3), NaN where not found, and how many
    people there are besides who were seen in at least a tenth as many frames.
    """
    longest = max(1, round(_LONGEST_LOSS_S * (rate_hz or _USUAL_RATE_HZ)))
    tracks: list[_Track] = []
    for index, people in enumerate(frames):
        open_tracks = [t for t in tracks if index - t.frames[-1] <= longest]
        pairs = sorted(
            (distance, k, person)
            for k, track in enumerate(open_tracks)
            for person, pose in enumerate(people)
            if (distance := _apart(track.poses[-1], pose)) <= _REACH
        )
        used: set[int] = set()
        grown: set[int] = set()
        for _, k, person in pairs:
            if k in grown or person in used:
                continue
            open_tracks[k].frames.append(index)
            open_tracks[k].poses.append(people[person])
            used.add(person)
            grown.add(k)
        for person, pose in enumerate(people):
            if person not in used and _size(pose) > 0.0:
                tracks.append(_Track([index], [pose]))
    if not tracks:
        points = next((p.shape[0] for people in frames for p in people), 0)
        return np.full((len(frames), points, 3), np.nan), 0
    best = max(tracks, key=_Track.weight)
    values = np.full((len(frames), best.poses[0].shape[0], 3), np.nan)
    values[:, :, 2] = 0.0
    values[best.frames] = np.stack(best.poses)
    # Who leaves the picture and comes back after long starts a new track; together they are one person where they never
    # overlap and are of a size.
    mine = [best]
    for track in sorted(tracks, key=_Track.weight, reverse=True):
        apart = not any(set(track.frames) & set(own.frames) for own in mine)
        if apart and _alike(track, best):
            values[track.frames] = np.stack(track.poses)
            mine.append(track)
    found = sum(len(t.frames) for t in mine)
    others = sum(t not in mine and len(t.frames) >= 0.1 * found for t in tracks)
    return values, others


def _alike(one: _Track, other: _Track) -> bool:
    sizes = [float(np.median([_size(p) for p in t.poses])) for t in (one, other)]
    return min(sizes) > 0.7 * max(sizes)


def _apart(before: FloatArray, now: FloatArray) -> float:
    """Distance between two poses, over the points that both have, in sizes of the larger."""
    both = np.isfinite(before[:, 0]) & np.isfinite(now[:, 0])
    size = max(_size(before), _size(now))
    if not both.any() or size == 0.0:
        return np.inf
    # The median: a limb that swaps sides must not make another person of its owner.
    return float(np.median(np.hypot(*(now[both, :2] - before[both, :2]).T))) / size


def placed(name: str, numbers: Sequence[int], values: FloatArray) -> FloatArray:
    """Frames (n, …) at their numbers; those that are lacking in between are NaN.

    Raises
    ------
    BadInput
        Numbers repeat, or nearly all frames would be missing.
    """
    order = np.argsort(numbers, kind="stable")
    at = np.asarray(numbers, dtype=np.int64)[order]
    if np.any(np.diff(at) <= 0):
        raise BadInput(f"{name}: frame {int(at[:-1][np.diff(at) <= 0][0])} is there twice; give one recording")
    frames = int(at[-1] - at[0]) + 1
    if frames > _MOST_EMPTY * len(at) + 100:
        raise BadInput(
            f"{name}: {len(at)} frames are numbered from {at[0]} to {at[-1]}, so nearly all are missing; check them"
        )
    out = np.full((frames, *values.shape[1:]), np.nan)
    out[at - at[0]] = values[order]
    return out


def keypoint_recording(
    name: str,
    poses: FloatArray,
    points: Sequence[str],
    point_set: str,
    rate_hz: float | None,
    notes: list[str],
    *,
    time_s: FloatArray | None = None,
    time_jumps: int = 0,
) -> Recording:
    """A recording of one stream of keypoints, from poses (n, points, 3) in the picture's own axes (y down).

    Raises
    ------
    BadInput
        No rate is known, or no point is seen in any frame.
    """
    if rate_hz is None:
        raise BadInput(
            f"{name}: {len(poses)} frames of keypoints, but nothing says how many a second; give the camera's rate"
            " with --rate"
        )
    values = without_missing(poses)
    seen = np.isfinite(values[..., 0])
    if not seen.any():
        raise BadInput(f"{name}: no keypoint is seen in any of {len(values)} frames; check the pose estimation")
    unit = "normalised" if float(np.nanmax(np.abs(values[..., :2]))) <= _NORMALISED else "px"
    values[..., 1] = -values[..., 1]
    if lost := int(np.count_nonzero(~seen.any(axis=1))):
        notes.append(f"nobody is seen in {lost} of {len(values)} frames")
    stream = Stream(
        "keypoints",
        "keypoints",
        values,
        rate_hz,
        tuple(points),
        (unit,) * len(points),
        time_s=time_s,
        time_jumps=time_jumps,
        meta={"point_set": point_set},
    )
    return Recording((stream,), notes=tuple(notes))
