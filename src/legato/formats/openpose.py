"""Keypoints as JSON: OpenPose (a folder with one file a frame, or one list), COCO results and annotations, MMPose, and
plain arrays.
"""

import json
import re
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias, cast

import numpy as np

from legato.errors import BadInput
from legato.formats._keypoints import ORDERS, follow_person, keypoint_recording, placed
from legato.recording import FloatArray, Recording

_Frame: TypeAlias = list[FloatArray]

_FRAME_FILE = re.compile(r"(\d+)(?=\D*$)")

_RATE_KEYS = ("fps", "frame_rate", "framerate", "rate_hz", "frameRate")

_FRAME_KEYS = ("frames", "data", "keypoints", "instance_info", "poses", "annotations")

_LARGEST_FILE = 400_000_000
"""Bytes of JSON that are read at most: an hour of BODY_25 at 60 Hz has about 150 million. Parsed, text takes up to ten
times its size."""


def looks_like_keypoints(text: str) -> bool:
    """Whether the beginning of a JSON file speaks of keypoints, or is nothing but arrays of numbers."""
    return re.search(r"keypoint|\"people\"|landmark", text) is not None or (
        re.fullmatch(r"[\s\[\]0-9.,eE+-]*|[\s\[\]0-9.,eE+-]*(NaN|null|Infinity)[\s\S]*", text) is not None
    )


def is_openpose_folder(path: Path) -> bool:
    """Whether a folder holds OpenPose's files, one a frame."""
    return next(path.glob("*_keypoints.json"), None) is not None


def read_openpose(path: str | PathLike[str], *, rate_hz: float | None = None) -> Recording:
    """Read keypoints from JSON.

    Parameters
    ----------
    path
        A folder with one OpenPose file a frame (`…_000000000012_keypoints.json`), or one file: a list with one OpenPose
        entry a frame, COCO results (a list of `image_id`, `keypoints`), COCO annotations, MMPose predictions, or an
        array of shape (frames, points, 3) alone, under `keypoints`, or one entry a frame. Frames follow the numbers in
        the files' names or under `image_id`.
    rate_hz
        Frames a second; needed where the file has no `fps`.

    Returns
    -------
    One stream of keypoints of one person: of several, the largest and surest over the recording is followed.

    Raises
    ------
    BadInput
        The JSON holds no keypoints in a known order, or neither file nor caller tells the rate.
    """
    path = Path(path)
    notes: list[str] = []
    found_rate: float | None = None
    if path.is_dir():
        numbers, frames = _folder(path)
    else:
        document = _document(path)
        found_rate = _rate(document)
        numbers, frames = _frames(path.name, document)
        if len(frames) == 1 and "people" in (document if isinstance(document, dict) else {}):
            raise BadInput(f"{path.name}: one frame of OpenPose; give the folder that holds the files of all frames")
    rate = rate_hz if rate_hz is not None else found_rate
    counts = [len(pose) for people in frames for pose in people]
    if not counts:
        raise BadInput(f"{path.name}: no person in any of {len(frames)} frames; check the pose estimation")
    count = max(set(counts), key=counts.count)
    if count not in ORDERS:
        known = ", ".join(f"{n} ({name})" for n, (name, _) in ORDERS.items())
        raise BadInput(f"{path.name}: {count} keypoints a person are of no known order; Legato knows {known}")
    point_set, points = ORDERS[count]
    frames = [[pose[: len(points)] for pose in people if len(pose) == count] for people in frames]
    poses, others = follow_person(frames, rate)
    if others:
        notes.append(
            f"{others + 1} people are in {path.name}: the one who is largest and surest over the recording is followed"
        )
    if numbers is not None:
        poses = placed(path.name, numbers, poses)
    return keypoint_recording(path.name, poses, points, point_set, rate, notes)


def _folder(path: Path) -> tuple[list[int] | None, list[_Frame]]:
    files = sorted(path.glob("*_keypoints.json"))
    found = [_FRAME_FILE.search(f.name.removesuffix("_keypoints.json")) for f in files]
    if not all(found):
        raise BadInput(f"{path.name}: a file has no frame number in its name; name them …_000000000012_keypoints")
    stems = {f.name[: m.start()] for f, m in zip(files, found, strict=True) if m is not None}
    if len(stems) > 1:
        raise BadInput(f"{path.name}: holds frames of {len(stems)} recordings; put each into a folder of its own")
    numbers = [int(m[1]) for m in found if m is not None]
    return numbers, [_people(file.name, _document(file)) for file in files]


def _document(path: Path) -> Any:
    if path.stat().st_size > _LARGEST_FILE:
        raise BadInput(f"{path.name}: {path.stat().st_size / 1e6:.0f} MB of JSON; cut the recording, or give a CSV")
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        what = str(error).split("\n")[0][:80]
        raise BadInput(f"{path.name}: not whole JSON ({what}); export it again") from None


def _rate(document: Any) -> float | None:
    """The frame rate that the document or its `info` states, Hz."""
    if not isinstance(document, dict):
        return None
    whole = cast("dict[str, Any]", document)
    info = whole.get("info")
    for place in (whole, cast("dict[str, Any]", info) if isinstance(info, dict) else {}):
        for key in _RATE_KEYS:
            value = place.get(key)
            if isinstance(value, int | float) and 0.0 < value < 1e5:
                return float(value)
    return None


def _frames(name: str, document: Any) -> tuple[list[int] | None, list[_Frame]]:
    """Frame numbers, where they are told, and the people of each frame."""
    if isinstance(document, dict):
        whole = cast("dict[str, Any]", document)
        if "people" in whole:
            return None, [_people(name, whole)]
        inner = next((whole[key] for key in _FRAME_KEYS if isinstance(whole.get(key), list)), None)
        if inner is None:
            raise BadInput(f"{name}: no keypoints in this JSON; give OpenPose, COCO or MMPose keypoints")
        document = inner
    if not isinstance(document, list) or not document:
        raise BadInput(f"{name}: no keypoints in this JSON; give OpenPose, COCO or MMPose keypoints")
    entries = cast("list[Any]", document)
    first = next((cast("dict[str, Any]", e) for e in entries if isinstance(e, dict)), {})
    if "image_id" in first:
        return _by_image(name, entries)
    return None, [_people(name, entry) for entry in entries]


def _by_image(name: str, entries: Sequence[Any]) -> tuple[list[int] | None, list[_Frame]]:
    """COCO: one entry a person, with the image it was seen in."""
    images: dict[int, _Frame] = {}
    for entry in entries:
        image = entry.get("image_id") if isinstance(entry, dict) else None
        number = _FRAME_FILE.search(Path(image).stem) if isinstance(image, str) else None
        at = int(number[1]) if number is not None else image
        if not isinstance(at, int):
            raise BadInput(f"{name}: image_id {str(image)[:24]!r} has no number that tells its place among the frames")
        images.setdefault(at, []).extend(_people(name, entry))
    numbers = sorted(images)
    return numbers, [images[n] for n in numbers]


def _people(name: str, entry: Any) -> _Frame:
    """The people of one frame's entry, each (points, 3)."""
    if entry is None:
        return []
    if isinstance(entry, list):
        items = cast("list[Any]", entry)
        if not items:
            return []
        if all(isinstance(item, dict) and "x" in item for item in items):
            return [_landmarks(name, items)]
        if all(isinstance(item, dict) for item in items):
            return [pose for item in items for pose in _people(name, item)]
        array = _array(name, items)
        return list(array) if array.ndim == 3 else [array]
    if not isinstance(entry, dict):
        raise BadInput(f"{name}: a frame is {type(entry).__name__}, not a person's keypoints; export it again")
    record = cast("dict[str, Any]", entry)
    for key in ("people", "instances", "persons", "predictions"):
        if isinstance(record.get(key), list):
            return [pose for person in cast("list[Any]", record[key]) for pose in _people(name, person)]
    for key in ("pose_keypoints_2d", "pose_keypoints", "keypoints", "pose_landmarks", "landmarks"):
        if isinstance(record.get(key), list):
            return _scored(name, _people(name, record[key]), record.get("keypoint_scores"))
    return []


def _scored(name: str, people: _Frame, scores: Any) -> _Frame:
    """The same with confidences that the entry keeps in a list of their own."""
    if not isinstance(scores, list) or len(people) != 1 or len(cast("list[Any]", scores)) != len(people[0]):
        return people
    return [np.column_stack([people[0][:, :2], _numbers(name, cast("list[Any]", scores))])]


def _landmarks(name: str, items: Sequence[Mapping[str, Any]]) -> FloatArray:
    rows = [[item.get("x"), item.get("y"), item.get("visibility", item.get("score", 1.0))] for item in items]
    return _numbers(name, rows)


def _array(name: str, items: list[Any]) -> FloatArray:
    """Keypoints (points, 3) of one person, or (people, points, 3); confidence 1 where there is none."""
    values = _numbers(name, items)
    if values.ndim == 1:
        step = 3 if values.size % 3 == 0 and (values.size // 3 in ORDERS or values.size // 2 not in ORDERS) else 2
        if values.size % step:
            raise BadInput(f"{name}: {values.size} numbers a person are neither pairs nor triples; export it again")
        values = values.reshape(-1, step)
    if values.ndim not in (2, 3) or values.shape[-1] not in (2, 3, 4):
        raise BadInput(f"{name}: an array of shape {values.shape} holds no keypoints; give (frames, points, 3)")
    if values.shape[-1] == 2:
        return np.concatenate([values, np.ones((*values.shape[:-1], 1))], axis=-1)
    return values[..., [0, 1, -1]]


def _numbers(name: str, items: Sequence[Any]) -> FloatArray:
    try:
        values = np.array(items, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise BadInput(f"{name}: keypoints that are no numbers, or persons of different length in one frame") from None
    values[~np.isfinite(values)] = np.nan
    return values
