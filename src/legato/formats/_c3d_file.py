"""The plain contents of a C3D file: header, parameters and samples, checked against the file's length before anything is allocated.

Format: C3D user guide, Motion Lab Systems (www.c3d.org). Intel, DEC and MIPS numbers; integer and float samples.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from legato.errors import BadInput
from legato.recording import FloatArray

_BLOCK = 512
_INTEL, _DEC, _MIPS = 84, 85, 86
_MAX_RECORDS = 20_000
_HEADER_EVENTS_KEY = 12345
"""Word 150 of a header whose events have four-letter labels."""

Value: TypeAlias = tuple[str, ...] | FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class HeaderEvent:
    """An event of the header section, s."""

    label: str
    time_s: float


@dataclass(frozen=True, slots=True, eq=False)
class C3DFile:
    """What a C3D holds, in its own units, axes and codes.

    `points` is (frames, points, 3), `residuals` (frames, points) with a negative number where the point is missing,
    `analogs` (samples, channels), scaled; `rotations` (samples, segments, 4, 4) or None. `parameters` maps `GROUP:NAME` to
    strings or numbers, flat, first dimension fastest; `dimensions` has the dimensions of each (of strings: without the letters).
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
        """The strings of parameter `GROUP:NAME` and of its continuations `NAME2`, `NAME3` …; empty where there is none."""
        found: list[str] = []
        for key in _continued(name):
            value = self.parameters.get(key)
            if not isinstance(value, tuple):
                break
            found.extend(value)
        return tuple(found)

    def numbers(self, name: str) -> FloatArray:
        """The numbers of parameter `GROUP:NAME` and of its continuations; empty where there is none."""
        return _numbers(self.parameters, name)


def _continued(name: str) -> Iterator[str]:
    yield name
    for i in range(2, 100):
        yield f"{name}{i}"


def _numbers(parameters: Mapping[str, Value], name: str) -> FloatArray:
    found: list[FloatArray] = []
    for key in _continued(name):
        value = parameters.get(key)
        if value is None or isinstance(value, tuple):
            break
        found.append(value)
    return np.concatenate(found) if found else np.empty(0)


def looks_like_c3d(head: bytes) -> bool:
    """Whether these first bytes of a file are those of a C3D."""
    return len(head) >= 2 and head[1] == 0x50 and head[0] >= 1 and (len(head) < 512 or b"\x00" in head[:512])


@dataclass(frozen=True, slots=True)
class _Header:
    parameter_block: int
    points: int
    analogs_per_frame: int
    first_frame: int
    last_frame: int
    scale: float
    data_block: int
    samples_per_frame: int
    frame_rate_hz: float


class _Numbers:
    """Reads the numbers of one processor type from raw bytes."""

    def __init__(self, processor: int) -> None:
        self.processor = processor
        self.order = ">" if processor == _MIPS else "<"

    def floats(self, raw: bytes | memoryview) -> NDArray[np.float32]:
        if self.processor != _DEC:
            return np.frombuffer(raw, self.order + "f4").astype(np.float32, copy=False)
        words = np.frombuffer(raw, "<u2").reshape(-1, 2).astype(np.uint32)
        bits = (words[:, 0] << 16) | words[:, 1]
        # A DEC F float has the bits of an IEEE float four times as large, and 0 where the exponent is 0.
        values = bits.view(np.float32) * np.float32(0.25)
        return np.where((bits >> 23) & 0xFF, values, np.float32(0.0))

    def integers(self, raw: bytes | memoryview) -> NDArray[np.int16]:
        return np.frombuffer(raw, self.order + "i2")


def read_c3d_file(path: Path) -> C3DFile:
    """Read a C3D file as it is.

    Raises
    ------
    BadInput
        The file is no C3D, is cut short, contradicts itself, or has no frame rate.
    """
    data = path.read_bytes()
    name = path.name
    if len(data) < 2 * _BLOCK:
        raise BadInput(f"{name}: {len(data)} bytes are too few for a C3D header; export the file again")
    if not looks_like_c3d(data[:_BLOCK]):
        raise BadInput(f"{name}: not a C3D file (the second byte is not 0x50); check the file's type")
    notes: list[str] = []
    start = (data[0] - 1) * _BLOCK
    if start < _BLOCK or start + 4 > len(data):
        raise BadInput(f"{name}: the header points to a parameter section outside the file; export the file again")
    processor = data[start + 3]
    if processor not in (_INTEL, _DEC, _MIPS):
        raise BadInput(f"{name}: unknown number format {processor} in the parameter section; export the file again")
    numbers = _Numbers(processor)
    header = _read_header(data, numbers)
    parameters, dimensions, whole = _read_parameters(data, start, header, numbers)
    if not whole:
        notes.append("the parameter section is damaged; what it still holds was used")
    return _read_samples(name, data, numbers, header, parameters, dimensions, notes)


def _read_header(data: bytes, numbers: _Numbers) -> _Header:
    words = numbers.integers(data[:_BLOCK]).view(numbers.order + "u2")
    floats = numbers.floats(data[12:16] + data[20:24])
    return _Header(
        data[0],
        int(words[1]),
        int(words[2]),
        int(words[3]),
        int(words[4]),
        float(floats[0]),
        int(words[8]),
        int(words[9]),
        float(floats[1]),
    )


def _header_events(data: bytes, numbers: _Numbers) -> tuple[HeaderEvent, ...]:
    words = numbers.integers(data[:_BLOCK])
    count = int(words[150])
    if int(words[149]) != _HEADER_EVENTS_KEY or not 0 < count <= 18:
        return ()
    times = numbers.floats(data[304 : 304 + 72])
    labels = [_text(data[396 + 4 * i : 400 + 4 * i]) for i in range(count)]
    return tuple(HeaderEvent(labels[i], float(times[i])) for i in range(count) if np.isfinite(times[i]))


def _text(raw: bytes) -> str:
    raw = raw.split(b"\x00", 1)[0]
    try:
        return raw.decode("utf-8").strip()
    except UnicodeDecodeError:
        return raw.decode("latin-1").strip()


def _read_parameters(
    data: bytes, start: int, header: _Header, numbers: _Numbers
) -> tuple[dict[str, Value], dict[str, tuple[int, ...]], bool]:
    """All parameters, their dimensions, and whether the section ends as it should."""
    groups: dict[int, str] = {}
    found: list[tuple[int, str, Value, tuple[int, ...]]] = []
    end = len(data)
    if header.data_block > header.parameter_block:
        end = min(end, (header.data_block - 1) * _BLOCK)
    at = start + 4
    whole = False
    for _ in range(_MAX_RECORDS):
        if at >= end or data[at] == 0:
            whole = True
            break
        length = abs(struct.unpack_from("b", data, at)[0])
        if at + 4 + length > end:
            break
        group = struct.unpack_from("b", data, at + 1)[0]
        label = _text(data[at + 2 : at + 2 + length]).upper()
        link = at + 2 + length
        step = int(numbers.integers(data[link : link + 2])[0])
        if group < 0:
            groups[-group] = label
        elif group > 0:
            body = _read_parameter(data, link + 2, end, numbers)
            if body is None:
                break
            found.append((group, label, *body))
        if step == 0:
            whole = True
            break
        if step < 2:
            break
        at = link + step
    parameters: dict[str, Value] = {}
    dimensions: dict[str, tuple[int, ...]] = {}
    for group, label, value, sizes in found:
        key = f"{groups.get(group, group)}:{label}"
        if key not in parameters:
            parameters[key], dimensions[key] = value, sizes
    return parameters, dimensions, whole


def _read_parameter(data: bytes, at: int, end: int, numbers: _Numbers) -> tuple[Value, tuple[int, ...]] | None:
    if at + 2 > end:
        return None
    kind = struct.unpack_from("b", data, at)[0]
    rank = data[at + 1]
    if kind not in (-1, 1, 2, 4) or rank > 7 or at + 2 + rank > end:
        return None
    sizes = tuple(data[at + 2 : at + 2 + rank])
    count = int(np.prod(sizes, dtype=np.int64)) if sizes else 1
    body = at + 2 + rank
    if body + count * abs(kind) > end:
        return None
    raw = data[body : body + count * abs(kind)]
    if kind == -1:
        letters = sizes[0] if sizes else 1
        texts = tuple(_text(raw[i : i + letters]) for i in range(0, count, letters)) if count else ()
        return texts, sizes[1:]
    if kind == 1:
        return np.frombuffer(raw, np.int8).astype(np.float64), sizes
    return (numbers.integers(raw) if kind == 2 else numbers.floats(raw)).astype(np.float64), sizes


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


def _frame_counts(header: _Header, parameters: Mapping[str, Value]) -> list[int]:
    """The numbers of frames that header and parameters claim, the one to prefer first."""
    claims: list[int] = []
    first, last = _numbers(parameters, "TRIAL:ACTUAL_START_FIELD"), _numbers(parameters, "TRIAL:ACTUAL_END_FIELD")
    if first.size and last.size:
        ends = [sum(_unsigned(v) << (16 * i) for i, v in enumerate(f[:2])) for f in (first, last)]
        claims.append(ends[1] - ends[0] + 1)
    for key in ("POINT:LONG_FRAMES", "POINT:FRAMES"):
        value = _numbers(parameters, key)
        if value.size and np.isfinite(value[0]):
            claims.append(_unsigned(value[0]) if key == "POINT:FRAMES" else int(value[0]))
    claims.insert(0, header.last_frame - header.first_frame + 1)
    return [c for c in dict.fromkeys(claims) if c > 0]


def _choose_layout(name: str, held: int, header: _Header, parameters: Mapping[str, Value], scale: float) -> _Layout:
    """The layout whose bytes fill the data section; header before parameters where both or neither do."""
    samples = max(header.samples_per_frame, 1)
    used, channels = _numbers(parameters, "POINT:USED"), _numbers(parameters, "ANALOG:USED")
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
            f"{name}: the header claims no frames (first {header.first_frame}, last {header.last_frame}); export the trial again"
        )
    options = [o for o in options if o.frame_bytes > 0]
    if not options:
        raise BadInput(f"{name}: holds neither points nor analog channels; export the trial with its data")
    for option in options:
        if option.total_bytes <= held < option.total_bytes + _BLOCK:
            return option
    for option in options:
        if option.total_bytes <= held:
            return option
    claim = options[0]
    raise BadInput(
        f"{name}: claims {claim.frames} frames but holds {max(held, 0) // claim.frame_bytes}; the file is cut short, export or copy it again"
    )


def _read_samples(
    name: str,
    data: bytes,
    numbers: _Numbers,
    header: _Header,
    parameters: Mapping[str, Value],
    dimensions: Mapping[str, tuple[int, ...]],
    notes: list[str],
) -> C3DFile:
    start_block = _number(parameters, "POINT:DATA_START", header.data_block)
    start_block = header.data_block if header.data_block > header.parameter_block else int(start_block)
    start = (start_block - 1) * _BLOCK
    if start <= _BLOCK or start > len(data):
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
        points = quads[..., :3].astype(np.float64)
        flags = quads[..., 3]
        # The fourth word is an integer stored as a float: camera bits in its high byte, the residual in its low byte.
        residuals = np.where(
            np.isfinite(flags) & (flags >= 0), np.mod(np.where(np.isfinite(flags), flags, 0.0), 256.0), -1.0
        )
    else:
        points = quads[..., :3] * np.float64(scale)
        flags = quads[..., 3]
        residuals = np.where(flags < 0, -1.0, flags & 0xFF)
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
        _header_events(data, numbers),
        tuple(notes),
    )


def _number(parameters: Mapping[str, Value], name: str, default: float) -> float:
    value = _numbers(parameters, name)
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
        found = _numbers(parameters, key)[: layout.channels]
        target[: found.size] = found
    if unsigned:
        offset = np.where(offset < 0, offset + 65536.0, offset)
    general = _number(parameters, "ANALOG:GEN_SCALE", 1.0)
    return (values.astype(np.float64) - offset) * (gain * general)


def _rotation_layout(
    parameters: Mapping[str, Value], dimensions: Mapping[str, tuple[int, ...]], length: int
) -> tuple[int, tuple[int, int] | None]:
    """Where the rotation section starts, and its segments and samples a frame; None where there is none."""
    used = int(_number(parameters, "ROTATION:USED", 0.0))
    start = (_unsigned(_number(parameters, "ROTATION:DATA_START", 0.0)) - 1) * _BLOCK
    if used <= 0 or not _BLOCK < start < length:
        return 0, None
    ratio = _number(parameters, "ROTATION:RATIO", 0.0)
    if not ratio > 0:
        rate, base = _number(parameters, "ROTATION:RATE", 0.0), _number(parameters, "POINT:RATE", 0.0)
        ratio = rate / base if rate > 0 and base > 0 else 1.0
    return start, (used, max(round(ratio), 1))


def _read_rotations(
    data: bytes, start: int, rotation: tuple[int, int] | None, layout: _Layout, numbers: _Numbers
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
