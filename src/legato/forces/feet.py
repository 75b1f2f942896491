"""Which foot stands on which plate and from when to when: by where the force acts, never by the plate's number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from legato.forces.model import Plate
from legato.recording import BoolArray, FloatArray
from legato.signals.gaps import runs_of

Foot: TypeAlias = Literal["", "left", "right", "both"]
_Side: TypeAlias = Literal["left", "right"]

_UNDER_M = 0.12
"""The centre of pressure of a foot lies this near to the line from its heel to its toes, or, where only one point of
the foot is known, within `_UNDER_POINT_M` of it, m. [ENG] Half a shoe's width and what the toes reach beyond a marker
on them."""

_UNDER_POINT_M = 0.22
"""The same where one point only is known: a foot's length is not, m. [ENG]"""

_CLEARLY_M = 0.05
"""And nearer by this than the other foot, m. [ENG]"""

_INNER = 0.2
"""A force nearer to the middle of one foot than this share of the way between the feet is that foot's. [ENG]"""

_LOW_M = 0.04
"""A foot that stands is within this of its lowest level, m. [ENG]"""

_SHARED = 0.3
"""Share of a stand in which both feet are down on the plate that makes it shared. [ENG] A step taken on the plate's
edge is less."""

_LOOKS = 200
"""How many instants of a stand are looked at, at most."""


@dataclass(frozen=True, slots=True, eq=False)
class FootPath:
    """Where a foot was: `points_m` (n, k, 3), from its heel to its toes as far as known, at `times_s` (n,); NaN where
    not seen.
    """

    side: _Side
    times_s: FloatArray
    points_m: FloatArray


@dataclass(frozen=True, slots=True)
class Stand:
    """A stretch in which a plate is loaded, s: by which foot, how that is known (`place`, `name`), and why it is not.

    `stepped_on` and `stepped_off` are false where the recording or a gap cuts the stretch.
    """

    plate: int
    start_s: float
    end_s: float
    foot: Foot
    how: Literal["", "place", "name"]
    reason: str
    stepped_on: bool
    stepped_off: bool


def find_stands(plates: Sequence[Plate], feet: Sequence[FootPath] = ()) -> tuple[Stand, ...]:
    """Every stretch in which a plate is loaded, with the foot on it, in the order of time.

    Parameters
    ----------
    plates
        As `find_plates` gives them; their order and numbers mean nothing here.
    feet
        Where the feet were, in the same lab; empty where no motion was recorded.

    Notes
    -----
    Where the feet are seen, the foot is the one that the centre of pressure lies under, and a plate with both feet
    down on it is `both`. Else the file's own words count (`Plate.side`), else the foot is not known.
    """
    found: list[Stand] = []
    for plate in plates:
        for first, stop in runs_of(plate.loaded):
            foot, how, reason = _foot_on(plate, first, stop, feet)
            start, end = (plate.start_s + i / plate.rate_hz for i in (first, stop))
            seen = np.isfinite(plate.vertical)
            on = first > 0 and bool(seen[first - 1])
            off = stop < plate.n_samples and bool(seen[stop])
            found.append(Stand(plate.index, start, end, foot, how, reason, on, off))
    return tuple(sorted(found, key=lambda s: (s.start_s, s.plate)))


def _foot_on(
    plate: Plate, first: int, stop: int, feet: Sequence[FootPath]
) -> tuple[Foot, Literal["", "place", "name"], str]:
    placed, reason = _by_place(plate, first, stop, feet)
    if placed:
        return placed, "place", reason
    if plate.side:
        return plate.side, "name", ""
    return "", "", reason


def _by_place(plate: Plate, first: int, stop: int, feet: Sequence[FootPath]) -> tuple[Foot, str]:
    """The foot under which the force acts, or nothing and why."""
    if not feet:
        return "", "no foot was recorded and the file does not say which foot is on the plate; name it in a layout"
    if plate.cop is None or plate.frame != "lab":
        return "", "where on the floor the force acts is not known; name the feet in a layout"
    looks = np.unique(np.linspace(first, stop - 1, min(_LOOKS, stop - first)).astype(np.intp))
    times = plate.start_s + looks / plate.rate_hz
    cop, weight = plate.cop[looks], plate.vertical[looks]
    paths: dict[_Side, FloatArray] = {foot.side: _at(foot, times) for foot in feet}
    seen = np.isfinite(cop).all(axis=1) & np.isfinite(weight)
    if not seen.any():
        return "", "where on it the force acts is not known; name the feet in a layout"
    distances = {side: _distance(points, cop) for side, points in paths.items()}
    down = {foot.side: _down(foot, paths[foot.side]) for foot in feet}
    for d in distances.values():
        seen &= np.isfinite(d)
    if not seen.any():
        return "", "the feet are not seen while the plate is loaded"
    if len(paths) == 2:
        (one, first_points), (other, second_points) = paths.items()
        together = down[one] & down[other]
        if plate.corners_m is not None:
            together &= _inside(plate, first_points) & _inside(plate, second_points)
        else:
            # Of a plate whose edges are not known only a force between the feet tells that both share it.
            together &= _between(first_points, second_points, cop)
            together &= (distances[one] > _reach(first_points)) & (distances[other] > _reach(second_points))
        if float(together[seen].mean()) >= _SHARED:
            return "both", "both feet stand on it at once, so their shares cannot be told apart"
    # Where the plate carries most, the centre of pressure is known best.
    weights = np.where(seen, weight, 0.0)
    mean = {side: float((weights * np.where(seen, d, 0.0)).sum() / weights.sum()) for side, d in distances.items()}
    side: _Side = "left" if mean.get("left", np.inf) <= mean.get("right", np.inf) else "right"
    others = [d for name, d in mean.items() if name != side]
    if mean[side] > _reach(paths[side]):
        return "", f"the force acts {100.0 * mean[side]:.0f} cm from the nearer foot ({side})"
    if others and others[0] - mean[side] < _CLEARLY_M:
        return "", "the force acts as near to one foot as to the other"
    if plate.side in ("", side):
        return side, ""
    return side, f"the file's names say {plate.side}; the feet's places were followed"


def _reach(points: FloatArray) -> float:
    return _UNDER_M if points.shape[1] > 1 else _UNDER_POINT_M


def _between(one: FloatArray, other: FloatArray, cop: FloatArray) -> BoolArray:
    """When a force acts between the middles of two feet, in the inner three fifths of the way, shape (n,)."""
    start = one[:, :, :2].mean(axis=1)
    along = other[:, :, :2].mean(axis=1) - start
    with np.errstate(invalid="ignore", divide="ignore"):
        share = ((cop[:, :2] - start) * along).sum(axis=1) / (along**2).sum(axis=1)
        return np.asarray((share > _INNER) & (share < 1.0 - _INNER))


def _at(foot: FootPath, times: FloatArray) -> FloatArray:
    """The foot's points at some times, shape (n, k, 3); NaN where they were not seen."""
    flat = foot.points_m.reshape(len(foot.times_s), -1)
    inside = (times >= foot.times_s[0]) & (times <= foot.times_s[-1])
    columns = [np.interp(times, foot.times_s, column) for column in flat.T]
    points = np.column_stack(columns).reshape(len(times), -1, 3)
    points[~inside] = np.nan
    return points


def _distance(points: FloatArray, cop: FloatArray) -> FloatArray:
    """How far the force acts from the line through a foot's points on the floor, m, shape (n,)."""
    if points.shape[1] == 1:
        return np.linalg.norm(points[:, 0, :2] - cop[:, :2], axis=1)
    best = np.full(len(cop), np.inf)
    for a, b in zip(range(points.shape[1] - 1), range(1, points.shape[1]), strict=True):
        start, along = points[:, a, :2], points[:, b, :2] - points[:, a, :2]
        length = np.maximum((along**2).sum(axis=1), 1e-12)
        share = np.clip(((cop[:, :2] - start) * along).sum(axis=1) / length, 0.0, 1.0)
        best = np.fmin(best, np.linalg.norm(start + share[:, None] * along - cop[:, :2], axis=1))
    return np.where(np.isfinite(best), best, np.nan)


def _down(foot: FootPath, points: FloatArray) -> BoolArray:
    """When any of a foot's points is near the lowest level that it has in the recording, shape (n,)."""
    heights = foot.points_m[..., 2]
    with np.errstate(invalid="ignore"):
        lowest = np.array([np.nanquantile(h, 0.02) if np.isfinite(h).any() else np.nan for h in heights.T])
        return np.asarray((points[..., 2] - lowest < _LOW_M).any(axis=1))


def _inside(plate: Plate, points: FloatArray) -> BoolArray:
    """When the middle of a foot is over a plate whose edges are known, shape (n,)."""
    corners = plate.corners_m
    if corners is None:
        return np.zeros(len(points), dtype=np.bool_)
    x, y = corners[1] - corners[0], corners[3] - corners[0]
    with np.errstate(invalid="ignore"):
        offset = points[:, :, :2].mean(axis=1) - corners[0, :2]
        shares = np.column_stack([offset @ edge[:2] / (edge[:2] @ edge[:2]) for edge in (x, y)])
        return np.asarray(((shares > 0.0) & (shares < 1.0)).all(axis=1))
