"""The file `replay.bin`: a small JSON head with the place of every array, then the arrays, little-endian and aligned.

Byte 0: `LEGATOR1`. Byte 8: length of the head, u32, then four zero bytes. Byte 16: the head, UTF-8, filled up with
spaces. Then the arrays, each at a multiple of 8 bytes; a place in the head counts from where they start.
"""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"LEGATOR1"

FIRST = 16
"""Where the head starts."""

_ALIGNED = 8

_TYPES = {"f4": "<f4", "f8": "<f8", "i2": "<i2"}


class Packer:
    """Takes arrays in their order and says where each one lies."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def add(self, values: NDArray[Any], kind: str) -> dict[str, Any]:
        """Append `values` as `f4`, `f8` or `i2`; its place: `{at, n, type}` with `at` in bytes and `n` in numbers."""
        content = np.ascontiguousarray(values, dtype=_TYPES[kind]).tobytes()
        place = {"at": self.size, "n": int(values.size), "type": kind}
        self._parts += [content, bytes(-len(content) % _ALIGNED)]
        self.size += len(content) + -len(content) % _ALIGNED
        return place

    def packed(self, head: dict[str, Any]) -> bytes:
        """The whole file."""
        text = json.dumps(head, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()
        text += b" " * (-len(text) % _ALIGNED)
        return b"".join([MAGIC, struct.pack("<II", len(text), 0), text, *self._parts])


def unpacked(content: bytes) -> tuple[dict[str, Any], int]:
    """The head, and the byte from which places count.

    Raises
    ------
    ValueError
        That is no such file.
    """
    if content[:8] != MAGIC:
        raise ValueError("not a replay file")
    length = struct.unpack_from("<I", content, 8)[0]
    return json.loads(content[FIRST : FIRST + length]), FIRST + length


def opening_of(path: Path) -> bytes | None:
    """The first bytes of a file: its head and its first `coarse_bytes` of arrays; None where it is no such file."""
    with path.open("rb") as file:
        start = file.read(FIRST)
        if start[: len(MAGIC)] != MAGIC or len(start) < FIRST:
            return None
        text = file.read(struct.unpack_from("<I", start, len(MAGIC))[0])
        try:
            coarse = json.loads(text)["coarse_bytes"]
        except (ValueError, KeyError):
            return None
        return start + text + file.read(coarse)


def array_at(content: bytes, base: int, place: dict[str, Any]) -> NDArray[Any]:
    """The array at a place of the head."""
    return np.frombuffer(content, dtype=_TYPES[place["type"]], count=place["n"], offset=base + place["at"])
