"""C3D files of force plates with planted truth, written by ezc3d alone."""

from dataclasses import dataclass
from pathlib import Path

import ezc3d
import numpy as np

RATE_HZ = 1000.0
FRAMES_HZ = 100.0
SIX = ("Fx", "Fy", "Fz", "Mx", "My", "Mz")
EIGHT = ("Fx12", "Fx34", "Fy14", "Fy23", "Fz1", "Fz2", "Fz3", "Fz4")


@dataclass(frozen=True)
class Load:
    """What acts on the person, in the lab: force (n, 3), N, at `point` (n, 3), m, and a free moment (n,), N·m, about
    the vertical.
    """

    force: np.ndarray
    point: np.ndarray
    twist: np.ndarray


def corners(x_m: float, y_m: float, turn_rad: float = 0.0) -> np.ndarray:
    """Corners (4, 3), m, of a plate of 0.4 × 0.6 m round a point, seen from above clockwise as C3D numbers them: its z
    then points into the ground.
    """
    flat = np.array([[0.2, 0.3], [-0.2, 0.3], [-0.2, -0.3], [0.2, -0.3]]) * [1.0, -1.0]
    c, s = np.cos(turn_rad), np.sin(turn_rad)
    turned = flat @ np.array([[c, -s], [s, c]]).T + [x_m, y_m]
    return np.column_stack([turned, np.zeros(4)])


def axes_of(corner: np.ndarray) -> np.ndarray:
    """The plate's axes as columns, by the words of the C3D guide: x towards the middle of side 1–4, y towards that of
    side 1–2.
    """
    middle = corner.mean(axis=0)
    x = 0.5 * (corner[0] + corner[3]) - middle
    y = 0.5 * (corner[0] + corner[1]) - middle
    x, y = x / np.linalg.norm(x), y / np.linalg.norm(y)
    return np.column_stack([x, y, np.cross(x, y)])


def step(seconds: float, weight_n: float, at: tuple[float, float], seed: int = 0, on: tuple = (0.3, 0.8)) -> Load:
    """Somebody who stands on the plate from 30 to 80 % of the time, with a wandering centre of pressure."""
    n = int(seconds * RATE_HZ)
    t = np.arange(n) / RATE_HZ
    rng = np.random.default_rng(seed)
    edge = 0.02 * seconds
    window = np.clip(np.minimum(t - on[0] * seconds, on[1] * seconds - t) / edge, 0.0, 1.0)
    window = window**2 * (3.0 - 2.0 * window)
    waves = [np.sin(2.0 * np.pi * f * t + p) for f, p in zip((0.7, 1.1, 1.9, 2.3), rng.uniform(0, 6, 4), strict=True)]
    vertical = weight_n * (1.0 + 0.2 * waves[0]) * window
    force = np.column_stack([0.05 * vertical * waves[1], 0.08 * vertical * waves[2], vertical])
    point = np.column_stack([at[0] + 0.05 * waves[2], at[1] + 0.1 * waves[3], 0.0 * t])
    return Load(force, point, 4.0 * window * waves[1])


def channels_of(plate_type: int, corner: np.ndarray, load: Load, origin_mm, matrix=None) -> np.ndarray:
    """What the plate's channels read, N and N·mm (type 4: the matrix' own units), shape (n, 6 or 8)."""
    axes, middle = axes_of(corner), corner.mean(axis=0)
    force = load.force @ axes
    at = (load.point - middle) @ axes
    twist = load.twist * axes[2, 2]
    about_top = np.cross(at, force)
    about_top[:, 2] += twist
    if plate_type == 1:
        return np.column_stack([force, 1000.0 * at[:, :2], 1000.0 * twist])
    if plate_type == 3:
        a, b, depth = abs(origin_mm[0]) / 1000.0, abs(origin_mm[1]) / 1000.0, abs(origin_mm[2]) / 1000.0
        moment = about_top - np.cross([0.0, 0.0, depth], force)
        # Sensors 1 to 4 at (a, b), (-a, b), (-a, -b), (a, -b); what the equations leave open is a twist of the plate.
        system = np.array([[1, 1, 1, 1], [b, b, -b, -b], [-a, a, a, -a], [1, -1, 1, -1]], float)
        z = np.linalg.solve(system, np.column_stack([force[:, 2], moment[:, :2], 0.05 * force[:, 2]]).T).T
        y14 = 0.5 * force[:, 1] + 0.2 * moment[:, 2] / a
        x34 = 0.5 * force[:, 0] + (moment[:, 2] - a * (2.0 * y14 - force[:, 1])) / (2.0 * b)
        return np.column_stack([force[:, 0] - x34, x34, y14, force[:, 1] - y14, z])
    # The plate's own origin lies under its top: in its axes, whose z goes down, at the stored vector turned round.
    origin = np.asarray(origin_mm) / 1000.0
    under = -origin if origin[2] < 0 else origin
    six = np.column_stack([force, 1000.0 * (about_top - np.cross(under, force))])
    return six if plate_type == 2 else np.linalg.solve(np.eye(6) if matrix is None else matrix, six.T).T


def write_plates(path: Path, plates: list[dict], *, first_frame: int = 1, zero=(1, 0), units=None) -> Path:
    """Write plates `{type, corners, load | channels, origin_mm, matrix}` as C3D, points in mm."""
    file = ezc3d.c3d()
    blocks, rows = [], 8 if any(p["type"] == 3 for p in plates) else 6
    listed = np.zeros((rows, len(plates)), int)
    labels: list[str] = []
    for i, p in enumerate(plates):
        block = p.get("channels")
        if block is None:
            block = channels_of(p["type"], p["corners"], p["load"], p.get("origin_mm", (0, 0, -40)), p.get("matrix"))
        listed[: block.shape[1], i] = np.arange(block.shape[1]) + 1 + len(labels)
        names = (
            ("12x", "34x", "14y", "23y", "z1", "z2", "z3", "z4")
            if p["type"] == 3
            else ("Fx", "Fy", "Fz", "Mx", "My", "Mz")
        )
        labels += [f"{name}_{i + 1}" for name in names]
        blocks.append(block)
    data = np.concatenate(blocks, axis=1).T
    n = data.shape[1] - data.shape[1] % int(RATE_HZ / FRAMES_HZ)
    file["parameters"]["POINT"]["RATE"]["value"] = [FRAMES_HZ]
    file["data"]["points"] = np.zeros((4, 0, n // int(RATE_HZ / FRAMES_HZ)))
    file["header"]["points"]["first_frame"] = first_frame - 1
    file.add_parameter("POINT", "UNITS", ["mm"])
    file["parameters"]["ANALOG"]["RATE"]["value"] = [RATE_HZ]
    file["data"]["analogs"] = data[None, :, :n]
    file.add_parameter("ANALOG", "LABELS", labels)
    usual = ["N", "N", "N", "Nmm", "Nmm", "Nmm"]
    stated = [u for p in plates for u in (["N"] * 8 if p["type"] == 3 else ["V"] * 6 if p["type"] == 4 else usual)]
    file.add_parameter("ANALOG", "UNITS", stated if units is None else units)
    described = file["parameters"]["FORCE_PLATFORM"]
    described["USED"]["value"] = np.array([len(plates)])
    described["TYPE"]["value"] = np.array([p["type"] for p in plates])
    described["CORNERS"]["value"] = np.stack([1000.0 * p["corners"].T for p in plates], axis=-1)
    described["ORIGIN"]["value"] = np.stack(
        [np.asarray(p.get("origin_mm", (0, 0, -40)), float) for p in plates], axis=-1
    )
    described["CHANNEL"]["value"] = listed
    file.add_parameter("FORCE_PLATFORM", "ZERO", list(zero))
    file.add_parameter("FORCE_PLATFORM", "CAL_MATRIX", np.stack([p.get("matrix", np.eye(6)) for p in plates], axis=-1))
    file.write(str(path))
    return path
