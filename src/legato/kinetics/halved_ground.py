"""What the ground does to each foot where no plate measures it: what body and load need, halved between both feet."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from legato.body.landmarks import SIDES
from legato.errors import NotResolvable
from legato.kinetics.analyse import SEGMENT_SD
from legato.kinetics.ground import FootLoad, stands_somewhere
from legato.kinetics.loads import Load
from legato.kinetics.segments import MovingBody
from legato.kinetics.top_down import borne
from legato.kinetics.whole_body import HEAD_SD_M, TRUNK_SD_M
from legato.recording import BoolArray, FloatArray

SHARE_SD = 0.03
"""SD of the share of the ground's force that a foot takes, which is taken as half. [ENG] Healthy lifters' legs differ
by up to 20 % of their mean (Sayers et al. 2020, BMC Sports Sci Med 12:42): shares of 0.45 to 0.55, which 90 %
of a normal distribution span."""

FOOT_SD_M = 0.015
"""SD with which one foot presses further ahead than both do together, m. [ENG]"""

_AHEAD_M = 0.10
"""Feet that stand further than this one ahead of the other are not side by side. [ENG]"""

_BEYOND_M = 0.03
"""The ground presses on a sole, at most this far beyond heel and toe markers, m. [ENG]"""

_MOST_OUTSIDE = 0.05
"""Share of the standing frames in which it may seem not to. [ENG]"""

_MOST_ASIDE = 2.0 * SHARE_SD
"""Weight that lies further than this from the middle between the feet, as a share of their distance, is not on both
alike. [ENG]"""


@dataclass(frozen=True, slots=True, eq=False)
class HalvedGround:
    """Half of the ground's force for each foot, by side; `pressure_sd_m` (n,) is the SD of where it presses."""

    loads: Mapping[str, FootLoad]
    pressure_sd_m: FloatArray


def halved_ground(moving: MovingBody, load: Load, *, feet_alike: bool = False) -> HalvedGround:
    """Both feet's load while both stand, from the acceleration of every segment and of what is carried.

    Parameters
    ----------
    moving
        The whole body.
    load
        What it carries.
    feet_alike
        Whether both feet are already known to bear alike; else that is looked at.

    Raises
    ------
    NotResolvable
        A segment was not measured, both feet never stand side by side, or the weight does not lie over them.

    Notes
    -----
    Newton's and Euler's laws for the whole give one force, and the place on the floor where it acts. Halved, each half
    acts as far ahead of its foot's middle and as far to the side of it as the whole does of the middle between both
    feet. What the feet press against each other is not seen.
    """
    if moving.missing:
        names = ", ".join(name.replace("_", " ") for name in moving.missing)
        share = 100.0 * (1.0 - moving.seen)
        raise NotResolvable(f"not the whole body was measured: {names} ({share:.0f} % of its mass)")
    ends = {side: [moving.points[f"{end}_{side}"] for end in ("heel", "toe")] for side in SIDES}
    standing = np.ones(moving.times().size, dtype=np.bool_)
    for side in SIDES:
        standing &= stands_somewhere(ends[side], moving.times())
    force, moment = borne(moving.segments, np.zeros_like(ends["right"][0]), moving)
    if load.shown_by != "none":
        force, moment = force + load.push, moment + load.about(np.zeros(3))
    standing &= np.isfinite(load.mass_kg) & np.isfinite(moment).all(axis=1) & (force[:, 2] > 0.0)
    if not standing.any():
        raise NotResolvable("at no time do both feet stand and bear a load that is known")
    force, moment = (np.where(standing[:, None], values, np.nan) for values in (force, moment))
    floor = min(float(np.nanquantile(point[:, 2], 0.02)) for points in ends.values() for point in points)
    place = np.column_stack((-moment[:, 1], moment[:, 0], np.zeros(standing.size)))
    # The moment about the origin: the force's at its place on the floor, and a twist about the vertical.
    place[:, :2] = (place[:, :2] + floor * force[:, :2]) / force[:, 2:]
    place[:, 2] = floor
    middle = {side: 0.5 * (heel + toe) for side, (heel, toe) in ends.items()}
    if not feet_alike:
        _refuse_unlike_feet(place, ends, middle, standing)
    twist = moment[:, 2] - np.cross(place, force)[:, 2]
    off = place - 0.5 * (middle["right"] + middle["left"])
    off[:, 2] = 0.0
    loads: dict[str, FootLoad] = {}
    for side in SIDES:
        at = middle[side] + off
        at[:, 2] = floor
        half = np.cross(at, 0.5 * force) + np.column_stack((np.zeros((standing.size, 2)), 0.5 * twist))
        loads[side] = FootLoad(0.5 * force, half, standing)
    return HalvedGround(loads, np.hypot(FOOT_SD_M, _balance_sd(moving, load, place, force)))


def _refuse_unlike_feet(
    place: FloatArray,
    ends: Mapping[str, list[FloatArray]],
    middle: Mapping[str, FloatArray],
    standing: BoolArray,
) -> None:
    """Raise where feet do not stand side by side, or the weight lies beside them or mostly over one."""
    toward = sum((toe - heel for heel, toe in ends.values()), np.zeros_like(place))[:, :2]
    ahead = np.nanmean(toward[standing], axis=0)
    ahead = ahead / np.linalg.norm(ahead)
    aside = np.array([ahead[1], -ahead[0]])

    def along(points: FloatArray, way: FloatArray) -> FloatArray:
        return points[standing, :2] @ way

    apart = middle["right"] - middle["left"]
    before = float(np.nanmedian(np.abs(along(apart, ahead))))
    if before > _AHEAD_M:
        raise NotResolvable(
            f"one foot stands {100.0 * before:.0f} cm ahead of the other, so neither bears half for sure"
        )
    back = np.minimum(*(along(heel, ahead) for heel, _ in ends.values()))
    front = np.maximum(*(along(toe, ahead) for _, toe in ends.values()))
    at = along(place, ahead)
    outside = float(np.mean((at < back - _BEYOND_M) | (at > front + _BEYOND_M)))
    if outside > _MOST_OUTSIDE:
        raise NotResolvable(
            f"the weight lies beside the feet in {100.0 * outside:.0f} % of the frames, so more than they bear it,"
            " or masses are wrong"
        )
    width = float(np.nanmedian(np.abs(along(apart, aside))))
    off = place - 0.5 * (middle["right"] + middle["left"])
    lean = float(np.nanmedian(along(off, aside)))
    if abs(lean) > _MOST_ASIDE * width:
        side = "right" if lean > 0.0 else "left"
        raise NotResolvable(f"the weight lies {100.0 * abs(lean):.0f} cm nearer to the {side} foot, not on both alike")


def _balance_sd(moving: MovingBody, load: Load, place: FloatArray, force: FloatArray) -> FloatArray:
    """SD of the place where the whole weight presses, along each level axis, m, shape (n,)."""
    parts: list[FloatArray] = []
    # Where the trunk balances is not known of its two segments apart.
    placed = {"thorax": TRUNK_SD_M, "pelvis": TRUNK_SD_M, "head": HEAD_SD_M}
    for segment in moving.segments:
        if segment.name not in placed:
            # What one segment is too heavy, the others are too light: its lever is from where all press.
            lever = np.linalg.norm((segment.centre_m - place)[:, :2], axis=1)
            parts.append(SEGMENT_SD * lever * np.abs(segment.push[:, 2]))
    for names in (("thorax", "pelvis"), ("head",)):
        weights = [placed[s.name] * np.abs(s.push[:, 2]) for s in moving.segments if s.name in names]
        parts.append(np.sum(weights, axis=0))
    if load.shown_by != "none":
        parts.append(load.place_sd_m * np.abs(load.push[:, 2]))
    return np.sqrt(sum((part**2 for part in parts), np.zeros(len(place)))) / force[:, 2]
