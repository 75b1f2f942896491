"""The header and parameter sections of a C3D file: bytes in, plain values out, nothing read beyond its section."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from legato.recording import FloatArray

BLOCK = 512
INTEL, DEC, MIPS = 84, 85, 86
_MAX_RECORDS = 20_000
_HEADER_EVENTS_KEY = 12345
"""Word 150 of a header whose events have four-letter labels."""

Value: TypeAlias = tuple[str, ...] | FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class HeaderEvent:
    """An event of the header section, s."""

    label: str
    time_s: float


@dataclass(frozen=True, slots=True)
class Header:
    """The words of the header that tell how the file is laid out."""

    parameter_block: int
    points: int
    analogs_per_frame: int
    first_frame: int
    last_frame: int
    scale: float
    data_block: int
    samples_per_frame: int
    frame_rate_hz: float


class Numbers:
    """Reads the numbers of one processor type from raw bytes."""

    def __init__(self, processor: int) -> None:
        self.processor = processor
        self.order = ">" if processor == MIPS else "<"

    def floats(self, raw: bytes | memoryview) -> NDArray[np.float32]:
        """Four-byte floats."""
        if self.processor != DEC:
            return np.frombuffer(raw, self.order + "f4").astype(np.float32, copy=False)
        words = np.frombuffer(raw, "<u2").reshape(-1, 2).astype(np.uint32)
        bits = (words[:, 0] << 16) | words[:, 1]
        # A DEC F float has the bits of an IEEE float four times as large, and 0 where the exponent is 0.
        values = bits.view(np.float32) * np.float32(0.25)
        return np.where((bits >> 23) & 0xFF, values, np.float32(0.0))

    def integers(self, raw: bytes | memoryview) -> NDArray[np.int16]:
        """Two-byte signed integers."""
        return np.frombuffer(raw, self.order + "i2")


def continued(name: str) -> Iterator[str]:
    """The name of a parameter and of those that continue it past 255 entries: `LABELS`, `LABELS2` …."""
    yield name
    for i in range(2, 100):
        yield f"{name}{i}"


def numbers_of(parameters: Mapping[str, Value], name: str) -> FloatArray:
    """The numbers of a parameter and of its continuations; empty where there is none."""
    found: list[FloatArray] = []
    for key in continued(name):
        value = parameters.get(key)
        if value is None or isinstance(value, tuple):
            break
        found.append(value)
    return np.concatenate(found) if found else np.empty(0)


def read_header(data: bytes, numbers: Numbers) -> Header:
    """The layout words of the first block."""
    words = numbers.integers(data[:BLOCK]).view(numbers.order + "u2")
    floats = numbers.floats(data[12:16] + data[20:24])
    return Header(
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


def header_events(data: bytes, numbers: Numbers) -> tuple[HeaderEvent, ...]:
    """Events of the first block, of which old files have up to 18."""
    words = numbers.integers(data[:BLOCK])
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


def read_parameters(
    data: bytes, start: int, header: Header, numbers: Numbers
) -> tuple[dict[str, Value], dict[str, tuple[int, ...]], bool]:
    """All parameters, their dimensions, and whether the section ends as it should."""
    groups: dict[int, str] = {}
    found: list[tuple[int, str, Value, tuple[int, ...]]] = []
    end = len(data)
    if header.data_block > header.parameter_block:
        end = min(end, (header.data_block - 1) * BLOCK)
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


def _read_parameter(data: bytes, at: int, end: int, numbers: Numbers) -> tuple[Value, tuple[int, ...]] | None:
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
