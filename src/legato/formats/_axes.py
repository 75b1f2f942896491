"""Which way is up in a file, and the turn that brings it to z."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from legato.recording import FloatArray, ForcePlate, Stream

Cue: TypeAlias = Literal["declared", "anatomy", "plates", "force", "convention"]

_CLEAR = 0.9
"""Cosine between a body direction and an axis from which the body contradicts what the file declares. [ENG]"""
_FAIR = 0.8
"""The same, where the file declares nothing. [ENG]"""
_FLOOR_M = (-0.15, 0.30)
"""Height at which the lowest foot or body marker may lie over the lab's floor. [ENG]"""
_MOST_FRAMES = 200

_KNEE = re.compile(r"kne|^v?[lr]kn|^[lr]?[lm]fc\d?$|epicond(?!.*(elb|hum))")
_ANKLE = re.compile(r"(?<!sh)ank|mall|^[lr]?[lm]?mal$|^[lr][lm]ma$|^v[lr]an$")
_PELVIS = re.compile(r"asi|psi|pelv|sacr|vsac|hip|tro(ch)?$")
_TRUNK = re.compile(r"should|sho$|(?<!s)acr|^c7|clav|^[lr]cla$|neck|stern|strn|^t[18]$|^t10|xiph|xyp|jugul")
_FOOT = re.compile(r"heel|hee$|toe|calc|^[lr]cal$|met|mt[1-5]|^[lr]to\d?$")


@dataclass(frozen=True, slots=True)
class Vertical:
    """The axis (0, 1, 2) and direction (1, -1) that points up in a file, what told so, and a sentence where it was
    assumed or mended.
    """

    axis: int
    sign: int
    cue: Cue
    note: str = ""

    @property
    def label(self) -> str:
        """`+Y` and the like."""
        return f"{'+' if self.sign > 0 else '-'}{'XYZ'[self.axis]}"


def parse_axis(text: str) -> tuple[int, int] | None:
    """Axis and sign of `+Z`, `-y`, `X`; None where the text is no axis."""
    match = re.fullmatch(r"\s*([+-]?)\s*([XYZxyz])\s*", text)
    return None if match is None else ("xyz".index(match[2].lower()), -1 if match[1] == "-" else 1)


def turn_to_z_up(vertical: Vertical) -> FloatArray:
    """The proper rotation (3, 3) from the file's axes to ours; +Y becomes +Z about x, as most software does it."""
    x, y, z = np.eye(3)
    rows = {
        (2, 1): (x, y, z), (2, -1): (x, -y, -z),
        (1, 1): (x, -z, y), (1, -1): (x, z, -y),
        (0, 1): (y, z, x), (0, -1): (z, y, -x),
    }[vertical.axis, vertical.sign]  # fmt: skip
    return np.array(rows)


def _side(name: str) -> str:
    if name.startswith("v"):
        name = name[1:]
    return "r" if "right" in name or name.startswith("r") else "l" if "left" in name or name.startswith("l") else ""


def _pick(names: Sequence[str], pattern: re.Pattern[str]) -> list[int]:
    return [i for i, name in enumerate(names) if pattern.search(name)]


def _mean_point(points: FloatArray, which: Sequence[int]) -> FloatArray | None:
    """Mean of some points a frame, over those that are seen; None where there are none."""
    if not which:
        return None
    chosen = points[:, list(which)]
    seen = np.asarray(np.isfinite(chosen).all(axis=-1))
    counts = seen.sum(1)
    if not counts.any():
        return None
    total = np.where(seen[..., None], chosen, 0.0).sum(1)
    return np.where(counts[:, None] > 0, total / np.maximum(counts, 1)[:, None], np.nan)


def _mean_direction(upper: FloatArray | None, lower: FloatArray | None) -> FloatArray | None:
    """Mean unit vector from lower to upper over the frames that have both, normalised; None where no frame has."""
    if upper is None or lower is None:
        return None
    vectors = upper - lower
    vectors = vectors[np.isfinite(vectors).all(1)]
    lengths = np.linalg.norm(vectors, axis=1)
    vectors = vectors[lengths > 0] / lengths[lengths > 0, None]
    if not len(vectors):
        return None
    mean = vectors.mean(0)
    length = float(np.linalg.norm(mean))
    return mean / length if length > 0.3 else None


@dataclass(frozen=True, slots=True, eq=False)
class _Cues:
    shank: FloatArray | None
    trunk: FloatArray | None
    standing: FloatArray | None
    foot: FloatArray | None
    lowest: FloatArray
    highest: FloatArray


def _body_cues(names: Sequence[str], points_m: FloatArray) -> _Cues | None:
    step = max(1, points_m.shape[0] // _MOST_FRAMES)
    points = points_m[::step]
    if points.size == 0 or not np.isfinite(points).any():
        return None
    plain = [re.sub(r"[^a-z0-9]", "", n.rsplit(":", 1)[-1].lower()) for n in names]
    knees, ankles = _pick(plain, _KNEE), _pick(plain, _ANKLE)
    shanks: list[FloatArray] = []
    for side in ("r", "l", ""):
        upper = _mean_point(points, [i for i in knees if _side(plain[i]) == side])
        lower = _mean_point(points, [i for i in ankles if _side(plain[i]) == side])
        direction = _mean_direction(upper, lower)
        if direction is not None:
            shanks.append(direction)
    shank = np.mean(shanks, axis=0) if shanks else None
    if shank is not None:
        length = float(np.linalg.norm(shank))
        shank = shank / length if length > 0.3 else None
    trunk_points = _mean_point(points, _pick(plain, _TRUNK))
    foot_points = _mean_point(points, _pick(plain, _FOOT) or ankles)
    flat = points[np.isfinite(points).all(axis=-1)]
    feet = points[:, _pick(plain, _FOOT) or ankles].reshape(-1, 3)
    feet = feet[np.isfinite(feet).all(1)]
    return _Cues(
        shank,
        _mean_direction(trunk_points, _mean_point(points, _pick(plain, _PELVIS))),
        _mean_direction(trunk_points, foot_points),
        feet if len(feet) else None,
        np.quantile(flat, 0.01, axis=0),
        np.quantile(flat, 0.99, axis=0),
    )


def _dominant(direction: FloatArray | None, least: float) -> tuple[int, int] | None:
    if direction is None:
        return None
    axis = int(np.argmax(np.abs(direction)))
    return (axis, 1 if direction[axis] > 0 else -1) if abs(direction[axis]) >= least else None


def _near_floor(lowest: float) -> bool:
    return _FLOOR_M[0] <= lowest <= _FLOOR_M[1]


def _stands_on(cues: _Cues, up: tuple[int, int]) -> bool:
    """Whether the feet come down to the lab's floor when `up` is up."""
    if cues.foot is None:
        return False
    return _near_floor(float(np.quantile(up[1] * cues.foot[:, up[0]], 0.01)))


def _lies_on(cues: _Cues, up: tuple[int, int]) -> bool:
    """Whether the whole body stays low over the lab's floor when `up` is up, as it does in one who lies."""
    low, high = (cues.lowest, cues.highest) if up[1] > 0 else (-cues.highest, -cues.lowest)
    return _near_floor(float(low[up[0]])) and float(high[up[0]]) < 0.9


def find_vertical(
    names: Sequence[str],
    points_m: FloatArray,
    *,
    convention: tuple[int, int],
    declared: tuple[int, int] | None = None,
    plates: Sequence[ForcePlate] = (),
) -> Vertical:
    """Which axis of the file points up.

    What the file declares holds, unless shanks and trunk both point clearly along another axis and the feet reach the
    floor there
    (a person who lies does not make a lab turn). Without a declaration the shanks tell, then a standing body, then
    the plates, then
    the convention of the format.

    Parameters
    ----------
    names
        Names of the points.
    points_m
        Points, m, in the file's axes, shape (n, points, 3).
    convention
        Axis and sign that point up in files of this format unless they say otherwise.
    declared
        Axis and sign that the file declares, or None.
    plates
        Force plates in the file's axes.
    """
    cues = _body_cues(names, points_m)
    if declared is not None:
        if cues is not None:
            shank, trunk = _dominant(cues.shank, _CLEAR), _dominant(cues.trunk, _CLEAR)
            if shank is not None and shank == trunk != declared and _stands_on(cues, shank):
                body = Vertical(*shank, "anatomy")
                told = Vertical(*declared, "declared")
                return replace(
                    body,
                    note=f"the file declares {told.label} up, shanks and trunk say {body.label}: the body was followed",
                )
        return Vertical(*declared, "declared")
    if cues is not None:
        shank, trunk = _dominant(cues.shank, _FAIR), _dominant(cues.trunk, _FAIR)
        standing = _dominant(cues.standing, _CLEAR)
        up = shank if shank is not None else standing
        against = up is not None and up != convention
        if against and trunk == convention:
            up = None
        if against and up is not None and trunk == up and not _stands_on(cues, up) and _lies_on(cues, convention):
            up = None
        if up is not None:
            return Vertical(*up, "anatomy")
    normal = _plates_normal(plates, points_m)
    if normal is not None:
        return Vertical(*normal, "plates")
    return Vertical(*convention, "convention")


def _plates_normal(plates: Sequence[ForcePlate], points_m: FloatArray) -> tuple[int, int] | None:
    """The axis across the plates, pointing to the side where the markers are."""
    normals: list[FloatArray] = []
    for plate in plates:
        first, second = plate.corners_m[1] - plate.corners_m[0], plate.corners_m[3] - plate.corners_m[0]
        normal = np.cross(first, second)
        length = float(np.linalg.norm(normal))
        if length > 0:
            normals.append(np.abs(normal / length))
    if not normals:
        return None
    mean = np.mean(normals, axis=0)
    axis = int(np.argmax(mean))
    if mean[axis] < 0.98:
        return None
    heights = points_m[..., axis]
    heights = heights[np.isfinite(heights)]
    level = float(np.mean([p.corners_m[:, axis].mean() for p in plates]))
    return axis, -1 if heights.size and float(np.median(heights)) < level else 1


def turned_points(points: FloatArray, turn: FloatArray) -> FloatArray:
    """Points or vectors (…, 3) in the turned axes."""
    if np.array_equal(turn, np.eye(3)):
        return points
    # A turn only swaps and flips axes; picking columns keeps NaN and signed zeros as they are and costs no product.
    order = np.argmax(np.abs(turn), axis=1)
    signs = turn[np.arange(3), order]
    return points[..., order] * signs


def turned_plate(plate: ForcePlate, turn: FloatArray) -> ForcePlate:
    """The plate with its corners in the turned axes; `origin_m` stays, it is given in the plate's own axes."""
    return replace(plate, corners_m=turned_points(plate.corners_m, turn))


def turn_text(turn: FloatArray) -> str:
    """The turn as it rides in `Stream.meta["turn"]`: nine numbers, row by row."""
    return " ".join(str(int(v)) for v in turn.ravel())


def turn_of(stream: Stream) -> FloatArray:
    """The turn from the file's axes to ours that a stream went through."""
    text = stream.meta.get("turn", "")
    return np.array([float(v) for v in text.split()]).reshape(3, 3) if text else np.eye(3)


def vector_columns(channels: Sequence[str]) -> tuple[tuple[int, int, int], ...]:
    """Columns that are x, y and z of one vector: `ground_force_vx … vz`, `p1_1 … p1_3`, `Fx Fy Fz`, `a.x a.y a.z`."""
    found: dict[tuple[str, str, str], dict[int, int]] = {}
    for i, name in enumerate(channels):
        match = re.fullmatch(r"(.*[vp])([xyz])(\d*)", name) or re.fullmatch(r"(.*[._ ])([xyzXYZ123])()", name)
        match = match or re.fullmatch(r"((?:.*[._ ])?[FMPTfmpt])([xyzXYZ])(\d*)", name)
        if match is not None:
            axis = "xyz123".index(match[2].lower()) % 3
            style = "digit" if match[2].isdigit() else "letter"
            found.setdefault((match[1], match[3], style), {})[axis] = i
    return tuple((c[0], c[1], c[2]) for c in found.values() if len(c) == 3)


def vectors_of(stream: Stream) -> tuple[tuple[int, int, int], ...]:
    """Columns that are x, y and z of one vector: those that a layout told (`force:` in `meta`), and by their names."""
    told: dict[tuple[str, str], dict[int, int]] = {}
    for i, name in enumerate(stream.channels):
        parts = dict(part.split("=", 1) for part in stream.meta.get(f"force:{name}", "").split() if "=" in part)
        axis = "xyz".find(parts.get("axis", "").lower()) if parts.get("axis") else -1
        if axis >= 0:
            told.setdefault((parts.get("plate", ""), parts.get("quantity", "force")), {})[axis] = i
    found = [(c[0], c[1], c[2]) for c in told.values() if len(c) == 3]
    used = {i for triple in found for i in triple}
    return (*found, *(triple for triple in vector_columns(stream.channels) if not used & set(triple)))


def turned_stream(stream: Stream, turn: FloatArray, meta: Mapping[str, str] | None = None) -> Stream:
    """The stream in the turned axes: points, rotations, and in tables of lab vectors every x, y, z triple."""
    values = stream.values
    if stream.kind == "markers":
        values = turned_points(values, turn)
    elif stream.kind == "rotations":
        values = np.einsum("ij,nsjk->nsik", turn, values)
    else:
        values = values.copy()
        for columns in vectors_of(stream):
            values[:, columns] = turned_points(values[:, columns], turn)
    total = turn @ turn_of(stream)
    return replace(stream, values=values, meta={**stream.meta, **(meta or {}), "turn": turn_text(total)})
