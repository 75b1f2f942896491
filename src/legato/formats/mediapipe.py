"""Pose landmarks as CSV, wide (one row a frame) or long (one row a landmark), as scripts around MediaPipe write it."""

import re
from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from legato.errors import BadInput
from legato.formats._clock import column_clock
from legato.formats._keypoints import MEDIAPIPE_33, keypoint_recording, placed
from legato.formats._text import find_delimiter, is_number, parse_rows, read_text, split_cells
from legato.recording import FloatArray, Recording

_TIME = re.compile(r"(?:time|timestamp|t)(?:_?stamp)?[ _]*[\[(]?(s|sec|seconds|ms|msec|us)?[\])]?", re.IGNORECASE)
_SECONDS = {"s": 1.0, "sec": 1.0, "seconds": 1.0, "ms": 1e-3, "msec": 1e-3, "us": 1e-6}
_FRAME = re.compile(r"frame(?:[ _]?(?:id|no|number|num|index|idx))?|index|idx", re.IGNORECASE)
_AXES = {"x": 0, "y": 1, "v": 2, "visibility": 2, "vis": 2, "score": 2, "confidence": 2, "conf": 2, "c": 2, "z": 3}
_AXES_OR = "x|y|z|visibility|vis|v|score|confidence|conf|c|presence|p"
_NAME_AXIS = re.compile(rf"(?:(?:landmark|lm|kp|keypoint|joint|pose)[ _.]?)?(.+?)[ _.]?({_AXES_OR})", re.IGNORECASE)
_AXIS_NUMBER = re.compile(rf"({_AXES_OR})[ _.]?(\d+)", re.IGNORECASE)
_LONG_NAME = re.compile(r"(landmark|joint|keypoint)s?[ _]?(id|index|idx|name)?|name|body[ _]?part|point", re.IGNORECASE)
_LEAST_POINTS = 4
_STILL = 1e-4
"""Landmarks whose hips stay this near to the origin count from the hips, in metres. [ENG] In a picture hips move."""


def looks_like_landmarks(text: str) -> bool:
    """Whether a CSV's first row names x and y of a body's landmarks."""
    header = _header(text.split("\n", 1)[0])
    return _wide_columns(header) is not None or _long_columns(header) is not None


def read_mediapipe(path: str | PathLike[str], *, rate_hz: float | None = None) -> Recording:
    """Read pose landmarks from a CSV.

    Parameters
    ----------
    path
        One row a frame with columns `left_knee_x, left_knee_y, left_knee_v` (or `x_25, y_25, visibility_25`, numbered
        in MediaPipe's order), or one row a landmark with the columns frame, landmark, x, y, visibility.
    rate_hz
        Frames a second; needed where there is no column of times.

    Returns
    -------
    One stream of keypoints. Depth (`z`) is left out: it is a guess from one picture.

    Raises
    ------
    BadInput
        A row does not fit the header, neither file nor caller tells the rate, or the landmarks count from the hips.
    """
    path = Path(path)
    lines = read_text(path).split("\n")
    delimiter = find_delimiter(lines[:1])
    header = _header(lines[0])
    rows = [line for line in lines[1:] if line.strip()]
    if not rows:
        raise BadInput(f"{path.name}: a header and no row; export the landmarks again")
    notes: list[str] = []
    table, words = _table(path.name, rows, delimiter, len(header))
    wide, long = _wide_columns(header), _long_columns(header)
    if wide is not None:
        points, columns = wide
        poses = np.stack([_picked(table, c) for c in columns], axis=1)
        if words:
            notes.append(f"columns of words were left out: {', '.join(header[i] for i in sorted(words))}")
        firsts = np.arange(len(table), dtype=np.intp)
    elif long is not None:
        points, poses, firsts = _from_long(path.name, table, words, long)
    else:
        raise BadInput(f"{path.name}: no columns of landmarks; name them like left_knee_x, left_knee_y, left_knee_v")
    _refuse_hip_centred(path.name, points, poses)
    times = _times(header, table[firsts], notes)
    frame = _column(header, _FRAME)
    if times is not None and rate_hz is None:
        clock = column_clock(path.name, times)
        if clock.note:
            notes.append(clock.note)
        return keypoint_recording(
            path.name, poses, points, "MediaPipe", clock.rate_hz, notes, time_s=clock.time_s, time_jumps=clock.jumps
        )
    numbers = None if frame is None else table[firsts, frame]
    if numbers is not None and np.isfinite(numbers).all() and np.abs(numbers).max() < 1e12:
        poses = placed(path.name, [int(v) for v in numbers], poses)
    return keypoint_recording(path.name, poses, points, "MediaPipe", rate_hz, notes)


def _header(line: str) -> list[str]:
    return split_cells(line, find_delimiter([line]))


def _point_name(text: str) -> str | None:
    """A landmark by its name or its number in MediaPipe's order; None where it is neither."""
    plain = re.sub(r"[ .-]+", "_", text.strip().lower())
    if plain.isdigit():
        return MEDIAPIPE_33[int(plain)] if len(plain) <= 2 and int(plain) < len(MEDIAPIPE_33) else None
    return plain if plain in MEDIAPIPE_33 else None


def _wide_columns(header: Sequence[str]) -> tuple[tuple[str, ...], list[dict[int, int]]] | None:
    """Points and the columns of their x, y and confidence, where at least four have x and y."""
    found: dict[str, dict[int, int]] = {}
    one_based = not any(re.fullmatch(r"[xyz][ _.]?0", h, re.IGNORECASE) for h in header) and any(
        re.fullmatch(r"[xyz][ _.]?33", h, re.IGNORECASE) for h in header
    )
    for column, label in enumerate(header):
        numbered = _AXIS_NUMBER.fullmatch(label)
        named = None if numbered else _NAME_AXIS.fullmatch(label)
        match = numbered or named
        if match is None:
            continue
        axis, place = (match[1], match[2]) if numbered else (match[2], match[1])
        if numbered and one_based:
            place = str(int(place) - 1)
        name = _point_name(place)
        which = _AXES.get(axis.lower())
        if name is not None and which is not None:
            found.setdefault(name, {}).setdefault(which, column)
    whole = {name: columns for name, columns in found.items() if 0 in columns and 1 in columns}
    return (tuple(whole), list(whole.values())) if len(whole) >= _LEAST_POINTS else None


def _long_columns(header: Sequence[str]) -> tuple[int, int, dict[int, int]] | None:
    """Columns of the frame, the landmark and its x, y and confidence, in a table with one row a landmark."""
    axes = {_AXES[h.lower()]: i for i, h in reversed(list(enumerate(header))) if h.lower() in _AXES}
    frame, name = _column(header, _FRAME), _column(header, _LONG_NAME, last=True)
    if frame is None:
        frame = _column(header, _TIME)
    return None if frame is None or name is None or not {0, 1} <= set(axes) else (frame, name, axes)


def _column(header: Sequence[str], pattern: re.Pattern[str], *, last: bool = False) -> int | None:
    found = [i for i, h in enumerate(header) if pattern.fullmatch(h)]
    return None if not found else found[-1 if last else 0]


def _table(name: str, rows: Sequence[str], delimiter: str, width: int) -> tuple[FloatArray, dict[int, tuple[str, ...]]]:
    """The numbers of all rows, NaN in columns of words, and those columns' words."""
    cells = [split_cells(row, delimiter) for row in rows]
    first = next((c for c in cells if len(c) == width), cells[0])
    at = [i for i, cell in enumerate(first) if cell and not is_number(cell)]
    words = {i: tuple(c[i] if i < len(c) else "" for c in cells) for i in at}
    if at:
        rows = [delimiter.join("" if i in words else cell for i, cell in enumerate(c)) for c in cells]
    return parse_rows(name, rows, delimiter, width, 2), words


def _picked(table: FloatArray, columns: dict[int, int]) -> FloatArray:
    confidence = table[:, columns[2]] if 2 in columns else np.ones(len(table))
    return np.column_stack([table[:, columns[0]], table[:, columns[1]], confidence])


def _from_long(
    name: str, table: FloatArray, words: dict[int, tuple[str, ...]], columns: tuple[int, int, dict[int, int]]
) -> tuple[tuple[str, ...], FloatArray, NDArray[np.intp]]:
    """Points, poses (frames, points, 3), and the row that each frame starts in."""
    frame, which, axes = columns
    labels = words[which] if which in words else tuple(f"{v:g}" for v in table[:, which])
    named = [_point_name(label) for label in labels]
    points = tuple(p for p in MEDIAPIPE_33 if p in set(named))
    if len(points) < _LEAST_POINTS or not np.isfinite(table[:, frame]).all():
        raise BadInput(f"{name}: fewer than {_LEAST_POINTS} landmarks are known by name or number; check the columns")
    starts, place = np.unique(table[:, frame], return_inverse=True)
    poses = np.full((len(starts), len(points), 3), np.nan)
    picked = _picked(table, axes)
    for row, point in enumerate(named):
        if point is not None:
            poses[place[row], points.index(point)] = picked[row]
    firsts = np.array([int(np.flatnonzero(place == k)[0]) for k in range(len(starts))], dtype=np.intp)
    return points, poses, firsts


def _times(header: Sequence[str], table: FloatArray, notes: list[str]) -> FloatArray | None:
    """The column of times, s; None where there is none. Without a unit its step tells: no video has 1.5 s a frame."""
    column = _column(header, _TIME)
    if column is None or not np.isfinite(table[:, column]).all():
        return None
    match = _TIME.fullmatch(header[column])
    unit = None if match is None or match[1] is None else match[1].lower()
    if unit is None:
        step = float(np.median(np.diff(table[:, column]))) if len(table) > 1 else 0.0
        unit = "us" if step > 1500.0 else "ms" if step > 1.5 else "s"
        if unit != "s":
            notes.append(f"the column {header[column]} has no unit: {unit} was taken, going by its steps of {step:g}")
    return table[:, column] * _SECONDS[unit]


def _refuse_hip_centred(name: str, points: Sequence[str], poses: FloatArray) -> None:
    hips = [points.index(p) for p in ("left_hip", "right_hip") if p in points]
    if len(hips) < 2:
        return
    middle = poses[:, hips, :2].mean(axis=1)
    middle = middle[np.isfinite(middle).all(axis=1)]
    if len(middle) and float(np.abs(middle).max()) < _STILL:
        raise BadInput(
            f"{name}: the landmarks count from the hips (MediaPipe's world landmarks), so nobody rises or sinks in"
            " them; export the landmarks of the picture"
        )
