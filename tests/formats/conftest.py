"""C3D files built byte by byte from the format's description, so that the reader is not held to another reader."""

import struct
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

# The builders of other formats, which the tests of this folder share.
sys.path.insert(0, str(Path(__file__).parent))

BLOCK = 512


def _floats(values: Any, processor: int) -> bytes:
    """Four-byte floats of a processor: 84 Intel, 85 DEC, 86 MIPS."""
    if processor == 86:
        return np.asarray(values, ">f4").tobytes()
    if processor == 84:
        return np.asarray(values, "<f4").tobytes()
    bits = (np.asarray(values, np.float32) * np.float32(4.0)).view(np.uint32)
    words = np.stack([bits >> 16, bits & 0xFFFF], axis=-1).astype("<u2")
    return words.tobytes()


def _integers(values: Any, processor: int) -> bytes:
    order = ">" if processor == 86 else "<"
    return np.asarray(values).astype(np.int64).astype(np.uint16).astype(order + "u2").tobytes()


def _parameter(name: str, group: int, value: Any, processor: int) -> bytes:
    if isinstance(value, str):
        kind, sizes, raw = -1, [len(value)], value.encode()
    elif isinstance(value, Sequence) and value and isinstance(value[0], str):
        width = max(len(v.encode()) for v in value)
        kind, sizes = -1, [width, len(value)]
        raw = b"".join(v.encode().ljust(width) for v in value)
    else:
        array = np.asarray(value)
        sizes = list(array.shape)
        flat = array.ravel(order="F")
        if array.dtype.kind == "f":
            kind, raw = 4, _floats(flat, processor)
        else:
            kind, raw = 2, _integers(flat, processor)
    body = struct.pack("bB", kind, len(sizes)) + bytes(sizes) + raw + b"\x00"
    head = struct.pack("bb", len(name), group) + name.encode()
    return head + _integers([2 + len(body)], processor) + body


def _sections(parameters: Mapping[str, Any], processor: int) -> bytes:
    groups = list(dict.fromkeys(key.split(":")[0] for key in parameters))
    out = b""
    for i, group in enumerate(groups, start=1):
        out += struct.pack("bb", len(group), -i) + group.encode() + _integers([3], processor) + b"\x00"
    for key, value in parameters.items():
        group, name = key.split(":")
        out += _parameter(name, groups.index(group) + 1, value, processor)
    out += b"\x00\x00"
    blocks = -(-(len(out) + 4) // BLOCK)
    return (struct.pack("BBBB", 1, 0x50, blocks, processor) + out).ljust(blocks * BLOCK, b"\x00")


def build(
    points: np.ndarray | None = None,
    residuals: np.ndarray | None = None,
    analogs: np.ndarray | None = None,
    *,
    rate_hz: float = 100.0,
    samples: int = 1,
    parameters: Mapping[str, Any] | None = None,
    processor: int = 84,
    scale: float = -1.0,
    first_frame: int = 1,
    rotations: np.ndarray | None = None,
    header: Mapping[int, int] | None = None,
) -> bytes:
    """A C3D. `points` (frames, n, 3) in file units; `analogs` (frames * samples, channels) as stored; negative scale:
    floats.
    """
    frames = len(points) if points is not None else len(analogs if analogs is not None else ()) // samples
    points = np.zeros((frames, 0, 3)) if points is None else np.asarray(points, float)
    count = points.shape[1]
    residuals = np.zeros((frames, count)) if residuals is None else residuals
    analogs = np.zeros((frames * samples, 0)) if analogs is None else np.asarray(analogs)
    channels = analogs.shape[1]
    content: dict[str, Any] = {
        "POINT:USED": count,
        "POINT:FRAMES": frames,
        "POINT:SCALE": float(scale),
        "POINT:RATE": float(rate_hz),
        "POINT:UNITS": "mm",
        "ANALOG:USED": channels,
        "ANALOG:RATE": float(rate_hz * samples),
        **(parameters or {}),
    }
    if count and "POINT:LABELS" not in content:
        content["POINT:LABELS"] = [f"M{i + 1}" for i in range(count)]
    if rotations is not None:
        content |= {"ROTATION:USED": rotations.shape[1], "ROTATION:DATA_START": 0, "ROTATION:RATE": float(rate_hz)}
    section = _sections(content, processor)
    data_block = 2 + len(section) // BLOCK
    quads = np.concatenate([points / (1.0 if scale < 0 else scale), residuals[..., None]], axis=-1).reshape(frames, -1)
    words = np.concatenate([quads, analogs.reshape(frames, -1)], axis=1)
    body = _floats(words, processor) if scale < 0 else _integers(np.round(words), processor)
    body = body.ljust(-(-len(body) // BLOCK) * BLOCK, b"\x00")
    if rotations is not None:
        content["ROTATION:DATA_START"] = data_block + len(body) // BLOCK
        section = _sections(content, processor)
        matrices = rotations.swapaxes(-1, -2).reshape(len(rotations), -1, 16)
        stored = np.concatenate([matrices, np.ones((*matrices.shape[:2], 1))], axis=-1)
        body += _floats(stored, processor)
    last = first_frame + frames - 1
    words_of_header = dict.fromkeys(range(256), 0)
    words_of_header |= {1: count, 2: channels * samples, 3: first_frame, 4: last, 8: data_block, 9: samples}
    raw = bytearray(_integers([words_of_header[i] for i in range(256)], processor))
    raw[0:2] = b"\x02\x50"
    raw[12:16] = _floats([scale], processor)
    raw[20:24] = _floats([rate_hz], processor)
    for word, value in (header or {}).items():
        raw[2 * word : 2 * word + 2] = _integers([value], processor)
    return bytes(raw) + section + body


@pytest.fixture(scope="session")
def build_c3d() -> Callable[..., bytes]:
    """The builder of C3D files."""
    return build
