"""The plain contents of a C3D file: header, parameters and samples, checked against the file's length before anything
is allocated.

Format: C3D user guide, Motion Lab Systems (www.c3d.org). Intel, DEC and MIPS numbers; integer and float samples.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from legato.errors import BadInput
from legato.formats._c3d_sections import (
    BLOCK,
    DEC,
    INTEL,
    MIPS,
    Header,
    HeaderEvent,
    Numbers,
    Value,
    continued,
    header_events,
    numbers_of,
    read_header,
    read_parameters,
)
from legato.recording import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class C3DFile:
    """What a C3D holds, in its own units, axes and codes.

    `points` is (frames, points, 3), `residuals` (frames, points) with a negative number where the point is missing,
    `analogs` (samples, channels), scaled; `rotations` (samples, segments, 4, 4) or None. `parameters` maps
    `GROUP:NAME` to
    strings or numbers, flat, first dimension fastest; `dimensions` has the dimensions of each (of strings: without
    the letters).
    """

    parameters: Mapping[str, Value]
    dimensions: Mapping[str, tuple[int, ...]]
    points: FloatArray
    residuals: FloatArray
    analogs: FloatArray
    rotations: FloatArray | None
    frame_rate_hz: float
    analog_rate_hz: float
    rotation_rate_hz: float
    first_frame: int
    header_events: tuple[HeaderEvent, ...]
    notes: tuple[str, ...]

    def strings(self, name: str) -> tuple[str, ...]:
        """The strings of parameter `GROUP:NAME` and its continuations `NAME2`, `NAME3` …; empty where there is none."""
        found: list[str] = []
        for key in continued(name):
            value = self.parameters.get(key)
            if not isinstance(value, tuple):
                break
            found.extend(value)
        return tuple(found)

    def numbers(self, name: str) -> FloatArray:
        """The numbers of parameter `GROUP:NAME` and of its continuations; empty where there is none."""
        return numbers_of(self.parameters, name)


def looks_like_c3d(head: bytes) -> bool:
    """Whether these first bytes of a file are those of a C3D."""
    return len(head) >= 2 and head[1] == 0x50 and head[0] >= 1 and (len(head) < 512 or b"\x00" in head[:512])


def read_c3d_file(path: Path) -> C3DFile:
    """Read a C3D file as it is.

    Raises
    ------
    BadInput
        The file is no C3D, is cut short, contradicts itself, or has no frame rate.
    """
    data = path.read_bytes()
    name = path.name
    if len(data) < 2 * BLOCK:
        raise BadInput(f"{name}: {len(data)} bytes are too few for a C3D header; export the file again")
    if not looks_like_c3d(data[:BLOCK]):
        raise BadInput(f"{name}: not a C3D file (the second byte is not 0x50); check the file's type")
    notes: list[str] = []
    start = (data[0] - 1) * BLOCK
    if start < BLOCK or start + 4 > len(data):
        raise BadInput(f"{name}: the header points to a parameter section outside the file; export the file again")
    processor = data[start + 3]
    if processor not in (INTEL, DEC, MIPS):
        raise BadInput(f"{name}: unknown number format {processor} in the parameter section; export the file again")
    numbers = Numbers(processor)
    header = read_header(data, numbers)
    parameters, dimensions, whole = read_parameters(data, start, header, numbers)
    if not whole:
        notes.append("the parameter section is damaged; what it still holds was used")
    return _read_samples(name, data, numbers, header, parameters, dimensions, notes)


@dataclass(frozen=True, slots=True)
class _Layout:
    points: int
    channels: int
    samples: int
    frames: int
    word: int

    @property
    def frame_bytes(self) -> int:
        return (4 * self.points + self.channels * self.samples) * self.word

    @property
    def total_bytes(self) -> int:
        return self.frame_bytes * self.frames


def _unsigned(value: float) -> int:
    return int(value) & 0xFFFF if -32768 <= value <= 65535 else int(value)


def _frame_counts(header: Header, parameters: Mapping[str, Value]) -> list[int]:
    """The numbers of frames that header and parameters claim, the one to prefer first."""
    claims: list[int] = []
    first, last = numbers_of(parameters, "TRIAL:ACTUAL_START_FIELD"), numbers_of(parameters, "TRIAL:ACTUAL_END_FIELD")
    if first.size and last.size:
        ends = [sum(_unsigned(v) << (16 * i) for i, v in enumerate(f[:2])) for f in (first, last)]
        claims.append(ends[1] - ends[0] + 1)
    for key in ("POINT:LONG_FRAMES", "POINT:FRAMES"):
        value = numbers_of(parameters, key)
        if value.size and np.isfinite(value[0]):
            claims.append(_unsigned(value[0]) if key == "POINT:FRAMES" else int(value[0]))
    claims.insert(0, header.last_frame - header.first_frame + 1)
    return [c for c in dict.fromkeys(claims) if c > 0]


def _choose_layout(name: str, held: int, header: Header, parameters: Mapping[str, Value], scale: float) -> _Layout:
    """The layout whose bytes fill the data section; header before parameters where both or neither do."""
    samples = max(header.samples_per_frame, 1)
    used, channels = numbers_of(parameters, "POINT:USED"), numbers_of(parameters, "ANALOG:USED")
    points = [header.points, *(_unsigned(v) for v in used[:1])]
    analogs = [header.analogs_per_frame // samples, *(_unsigned(v) for v in channels[:1])]
    word = 4 if scale < 0 else 2
    options = [
        _Layout(p, a, samples, f, word)
        for p in dict.fromkeys(points)
        for a in dict.fromkeys(analogs)
        for f in _frame_counts(header, parameters)
    ]
    if not options:
        raise BadInput(
            f"{name}: the header claims no frames (first {header.first_frame}, last {header.last_frame});"
            " export the trial again"
        )
    options = [o for o in options if o.frame_bytes > 0]
    if not options:
        raise BadInput(f"{name}: holds neither points nor analog channels; export the trial with its data")
    for option in options:
        if option.total_bytes <= held < option.total_bytes + BLOCK:
            return option
    for option in options:
        if option.total_bytes <= held:
            return option
    claim = options[0]
    raise BadInput(
        f"{name}: claims {claim.frames} frames but holds {max(held, 0) // claim.frame_bytes};"
        " the file is cut short, export or copy it again"
    )


def _read_samples(
    name: str,
    data: bytes,
    numbers: Numbers,
    header: Header,
    parameters: Mapping[str, Value],
    dimensions: Mapping[str, tuple[int, ...]],
    notes: list[str],
) -> C3DFile:
    start_block = _number(parameters, "POINT:DATA_START", header.data_block)
    start_block = header.data_block if header.data_block > header.parameter_block else int(start_block)
    start = (start_block - 1) * BLOCK
    if start <= BLOCK or start > len(data):
        raise BadInput(
            f"{name}: the data section starts outside the file (block {start_block}); export or copy the file again"
        )
    scale = (
        header.scale if header.scale != 0.0 and np.isfinite(header.scale) else _number(parameters, "POINT:SCALE", 0.0)
    )
    if scale == 0.0 or not np.isfinite(scale):
        raise BadInput(f"{name}: POINT:SCALE is {scale}, the points have no unit of length; export the file again")
    rotation_start, rotation = _rotation_layout(parameters, dimensions, len(data))
    held = (rotation_start if rotation_start > start else len(data)) - start
    layout = _choose_layout(name, held, header, parameters, scale)
    if layout.points != header.points:
        notes.append(f"header claims {header.points} points, POINT:USED {layout.points}; the latter fits the file")
    rate = header.frame_rate_hz
    if not (np.isfinite(rate) and rate > 0.0):
        rate = _number(parameters, "POINT:RATE", 0.0)
    if not (np.isfinite(rate) and 0.0 < rate < 1e6):
        raise BadInput(f"{name}: frame rate is {rate:g} Hz in POINT:RATE; re-export with the camera rate")

    raw = memoryview(data)[start : start + layout.total_bytes]
    words = numbers.floats(raw) if layout.word == 4 else numbers.integers(raw)
    words = words.reshape(layout.frames, -1)
    quads = words[:, : 4 * layout.points].reshape(layout.frames, layout.points, 4)
    if layout.word == 4:
        # Bytes that are no number (a signalling NaN) become plain NaN without a word.
        with np.errstate(invalid="ignore"):
            points = quads[..., :3].astype(np.float64)
            flags = quads[..., 3].astype(np.float64)
        # The fourth word is an integer stored as a float: camera bits in its high byte, the residual in its low byte.
        residuals = np.where(
            np.isfinite(flags) & (flags >= 0), np.mod(np.where(np.isfinite(flags), flags, 0.0), 256.0), -1.0
        )
    else:
        points = quads[..., :3] * np.float64(scale)
        flags = quads[..., 3]
        residuals = np.where(flags < 0, -1.0, np.mod(flags, 256))
    residuals = np.where(residuals >= 0, residuals * abs(scale), -1.0)
    values = words[:, 4 * layout.points :].reshape(layout.frames * layout.samples, layout.channels)
    analogs = _scale_analogs(values, parameters, layout)
    return C3DFile(
        parameters,
        dimensions,
        points,
        residuals,
        analogs,
        _read_rotations(data, rotation_start, rotation, layout, numbers),
        float(rate),
        float(rate) * layout.samples,
        float(rate) * (rotation[1] if rotation else 1),
        header.first_frame,
        header_events(data, numbers),
        tuple(notes),
    )


def _number(parameters: Mapping[str, Value], name: str, default: float) -> float:
    value = numbers_of(parameters, name)
    return float(value[0]) if value.size else default


def _scale_analogs(values: NDArray[np.generic], parameters: Mapping[str, Value], layout: _Layout) -> FloatArray:
    if layout.channels == 0:
        return np.empty((0, 0))
    formats = parameters.get("ANALOG:FORMAT")
    unsigned = isinstance(formats, tuple) and bool(formats) and formats[0].upper() == "UNSIGNED"
    if unsigned and layout.word == 2:
        values = values.view(values.dtype.str.replace("i", "u"))
    offset = np.zeros(layout.channels)
    gain = np.ones(layout.channels)
    for target, key in ((offset, "ANALOG:OFFSET"), (gain, "ANALOG:SCALE")):
        found = numbers_of(parameters, key)[: layout.channels]
        target[: found.size] = found
    if unsigned:
        offset = np.where(offset < 0, offset + 65536.0, offset)
    general = _number(parameters, "ANALOG:GEN_SCALE", 1.0)
    with np.errstate(invalid="ignore", over="ignore"):
        return (values.astype(np.float64) - offset) * (gain * general)


def _rotation_layout(
    parameters: Mapping[str, Value], dimensions: Mapping[str, tuple[int, ...]], length: int
) -> tuple[int, tuple[int, int] | None]:
    """Where the rotation section starts, and its segments and samples a frame; None where there is none."""
    used = int(_number(parameters, "ROTATION:USED", 0.0))
    start = (_unsigned(_number(parameters, "ROTATION:DATA_START", 0.0)) - 1) * BLOCK
    if used <= 0 or not BLOCK < start < length:
        return 0, None
    ratio = _number(parameters, "ROTATION:RATIO", 0.0)
    if not ratio > 0:
        rate, base = _number(parameters, "ROTATION:RATE", 0.0), _number(parameters, "POINT:RATE", 0.0)
        ratio = rate / base if rate > 0 and base > 0 else 1.0
    return start, (used, max(round(ratio), 1))


def _read_rotations(
    data: bytes, start: int, rotation: tuple[int, int] | None, layout: _Layout, numbers: Numbers
) -> FloatArray | None:
    """Rotation matrices (samples, segments, 4, 4); each is stored column by column with a confidence after it."""
    if rotation is None:
        return None
    used, ratio = rotation
    count = layout.frames * ratio * used * 17
    if start + 4 * count > len(data):
        return None
    values = (
        numbers.floats(memoryview(data)[start : start + 4 * count])
        .astype(np.float64)
        .reshape(layout.frames * ratio, used, 17)
    )
    matrices = values[..., :16].reshape(-1, used, 4, 4).swapaxes(-1, -2)
    return np.where((values[..., 16] < 0)[..., None, None], np.nan, matrices)
