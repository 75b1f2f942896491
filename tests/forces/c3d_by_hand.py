"""Plates of a C3D file by nothing but `struct` and the words of the C3D user guide: an oracle where ezc3d has none."""

import struct
from pathlib import Path
from typing import Any

import numpy as np


def numbers(raw: bytes, code: str, at: int, n: int) -> list[float]:
    """So many numbers from a byte on; the floats of a DEC file have their halves exchanged and count four times."""
    if code == "f" and raw[512 * (raw[0] - 1) + 3] == 85:
        halves = struct.unpack_from(f"<{2 * n}H", raw, at)
        swapped = struct.pack(f"<{2 * n}H", *(halves[i ^ 1] for i in range(2 * n)))
        return [x / 4.0 for x in struct.unpack(f"<{n}f", swapped)]
    return [float(x) for x in struct.unpack_from(f"<{n}{code}", raw, at)]


def parameters(raw: bytes) -> dict[str, dict[str, Any]]:
    """GROUP → NAME → a number, a text or an array (last dimension of the file first)."""
    at = 512 * (raw[0] - 1)
    assert raw[at + 3] in (84, 85), "an Intel or a DEC file"
    at += 4
    groups: dict[int, str] = {}
    found: list[tuple[int, str, Any]] = []
    while True:
        length, group = struct.unpack_from("<bb", raw, at)
        length = abs(length)
        if length == 0:
            break
        name = raw[at + 2 : at + 2 + length].decode("latin-1").strip().upper()
        pointer = at + 2 + length
        (skip,) = struct.unpack_from("<H", raw, pointer)
        if group < 0:
            groups[-group] = name
        else:
            kind, count = struct.unpack_from("<bb", raw, pointer + 2)
            shape = tuple(raw[pointer + 4 : pointer + 4 + count])
            data = pointer + 4 + count
            n = int(np.prod(shape)) if shape else 1
            if kind == -1:
                width = max(shape[0], 1) if shape else 1
                value: Any = [raw[data + i : data + i + width].decode("latin-1").strip() for i in range(0, n, width)]
            else:
                value = np.array(numbers(raw, {1: "b", 2: "h", 4: "f"}[kind], data, n)).reshape(shape[::-1] or (1,))
            found.append((group, name, value))
        if skip == 0:
            break
        at = pointer + skip
    made: dict[str, dict[str, Any]] = {}
    for group, name, value in found:
        made.setdefault(groups[group], {})[name] = value
    return made


def analog(raw: bytes, told: dict[str, dict[str, Any]]) -> np.ndarray:
    """Every analog channel in the unit of the file, shape (samples, channels)."""
    points, per_frame, first, last = struct.unpack_from("<4H", raw, 2)
    (scale,) = numbers(raw, "f", 12, 1)
    block, samples = struct.unpack_from("<2H", raw, 16)
    number = "f" if scale < 0 else "h"
    size = 4 if scale < 0 else 2
    frames = last - first + 1
    channels = per_frame // samples
    rows = []
    at = 512 * (block - 1)
    for _ in range(frames):
        at += 4 * points * size
        rows += [numbers(raw, number, at + k * channels * size, channels) for k in range(samples)]
        at += per_frame * size
    told_of = told["ANALOG"]
    offset = np.zeros(channels)
    offset[:] = np.ravel(told_of["OFFSET"])[:channels]
    gain = np.ravel(told_of["SCALE"])[:channels] * float(np.ravel(told_of["GEN_SCALE"])[0])
    return (np.array(rows) - offset) * gain


def plates_by_hand(path: Path) -> list[dict[str, np.ndarray]]:
    """Force (n, 3), N, as the file signs it, and centre of pressure (n, 3), m, of plates of type 1 or 3; z is up."""
    raw = path.read_bytes()
    told = parameters(raw)
    values = analog(raw, told)
    platform = told["FORCE_PLATFORM"]
    metre = {"mm": 1e-3, "m": 1.0, "cm": 1e-2}[told["POINT"]["UNITS"][0]]
    made = []
    for k, kind in enumerate(np.ravel(platform["TYPE"]).astype(int)):
        columns = platform["CHANNEL"][k].astype(int)
        corners = platform["CORNERS"][k] * metre
        middle = corners.mean(axis=0)
        x = corners[0] - corners[1]
        z = np.cross(x, corners[0] - corners[3])
        y = np.cross(z, x)
        axes = np.array([v / np.sqrt((v * v).sum()) for v in (x, y, z)])
        c = values[:, columns[: 6 if kind == 1 else 8] - 1]
        if kind == 1:
            force, px, py = c[:, :3], c[:, 3] * metre, c[:, 4] * metre
        else:
            assert kind == 3
            a, b, top = platform["ORIGIN"][k] * metre
            x12, x34, y14, y23, z1, z2, z3, z4 = c.T
            force = np.stack([x12 + x34, y14 + y23, z1 + z2 + z3 + z4], axis=1)
            # About the middle of the sensors, then moved up to the top, which lies |az0| above (z points down).
            mx = b * (z1 + z2 - z3 - z4) - force[:, 1] * abs(top)
            my = a * (-z1 + z2 + z3 - z4) + force[:, 0] * abs(top)
            with np.errstate(all="ignore"):
                px, py = -my / force[:, 2], mx / force[:, 2]
        lab = force[:, :1] * axes[0] + force[:, 1:2] * axes[1] + force[:, 2:] * axes[2]
        with np.errstate(all="ignore"):
            cop = middle + px[:, None] * axes[0] + py[:, None] * axes[1]
        # Plates lie flat: the axis along which their corners spread least is the vertical.
        if np.ptp(corners[:, 1]) < np.ptp(corners[:, 2]):
            lab, cop = (np.stack([v[:, 0], -v[:, 2], v[:, 1]], axis=1) for v in (lab, cop))
        made.append({"force": np.asarray(lab), "cop": np.asarray(cop)})
    return made
