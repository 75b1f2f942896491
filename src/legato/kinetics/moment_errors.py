"""What a joint's moment may be wrong by: a few errors that last, each as the change of moment that one SD makes."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from legato.kinetics.analyse import CENTRE_SD_M, PRESSURE_SD_M, SEGMENT_SD, axis_sd
from legato.kinetics.moments import JointMoment
from legato.recording import FloatArray

DRAWS = 200
"""Draws of the errors; the first row of every table is without any."""

_OTHER_CENTRE_SD_M = 0.015
"""SD of a joint's centre that no table holds, m. [ENG]"""


_ALIKE = {"hip": 0.8}
"""Share of the variance of a centre's error that both sides have alike, mirrored: one pelvis shows both hips by one
regression, whose error outweighs what each palpation adds. [ENG]"""


@dataclass(frozen=True, slots=True, eq=False)
class AxisMoment:
    """A moment about its axis, N·m, shape (n,), positive as named, and its errors: `names` (shared by joints that share
    the error), and what one SD of each adds, N·m, shape (errors, n).
    """

    about_axis: FloatArray
    names: tuple[str, ...]
    modes: FloatArray

    def drawn(self, cut: slice, rows: int = DRAWS + 1) -> FloatArray:
        """The moment of some frames under draws of its errors, shape (rows, frames); the first row as measured."""
        draws = np.column_stack([normal_draws(name) for name in self.names])[:rows]
        return self.about_axis[cut] + draws @ self.modes[:, cut]


@lru_cache(maxsize=256)
def normal_draws(name: str) -> FloatArray:
    """0, then `DRAWS` standard normal numbers that belong to this name: even quantiles in an order of its own."""
    from scipy.special import ndtri

    even = ndtri((np.arange(DRAWS) + 0.5) / DRAWS)
    return np.concatenate(([0.0], np.random.default_rng(zlib.crc32(name.encode())).permutation(even)))


def centre_errors(joint: JointMoment, rotation: FloatArray) -> dict[str, FloatArray]:
    """One SD of the centre's place along each axis of the segment that carries it, m, (n, 3), by the error's name."""
    sd, alike = CENTRE_SD_M.get(joint.joint, _OTHER_CENTRE_SD_M), _ALIKE.get(joint.joint, 0.0)
    found: dict[str, FloatArray] = {}
    for k, axis in enumerate("xyz"):
        off = sd * rotation[:, :, k]
        found[f"centre {joint.joint} {joint.side} {axis}"] = np.sqrt(1.0 - alike) * off
        if alike:
            mirrored = -1.0 if (axis, joint.side) == ("z", "left") else 1.0
            found[f"centre {joint.joint} both {axis}"] = mirrored * np.sqrt(alike) * off
    return found


def moment_changes(joint: JointMoment, ankles: Sequence[JointMoment], rotation: FloatArray) -> dict[str, FloatArray]:
    """What one SD of each error adds to the moment, N·m, (n, 3) in the lab, by the error's name.

    Parameters
    ----------
    joint
        What acts on the segment ahead.
    ankles
        Of every leg below it: what the ground gives passes them. Without any, all that the joint bears is taken to
        hang on segment masses.
    rotation
        Axes of the segment behind in the lab, shape (n, 3, 3): there a wrong centre stays in its place.
    """
    found = {name: -np.cross(off, joint.force) for name, off in centre_errors(joint, rotation).items()}
    below = np.zeros_like(joint.force)
    for ankle in ankles:
        for k, axis in enumerate("xy"):
            off = np.zeros(3)
            off[k] = PRESSURE_SD_M
            found[f"pressure {ankle.side} {axis}"] = np.cross(off, -ankle.force)
        below -= ankle.moment + np.cross(ankle.centre_m - joint.centre_m, ankle.force)
    found["segments"] = SEGMENT_SD * (joint.moment - below)
    return found


def axis_moment(
    joint: JointMoment,
    changes: dict[str, FloatArray],
    axes: FloatArray,
    place_sd_m: float = 0.0,
) -> AxisMoment:
    """The moment about a segment's mediolateral axis with its errors.

    Parameters
    ----------
    joint
        What acts on the segment ahead.
    changes
        As `moment_changes` gives them.
    axes
        Axes of the segment nearer to the pelvis, about whose z the moment is told, in the lab, shape (n, 3, 3).
    place_sd_m
        SD of the place of a load that hangs on the joint, along each axis of the lab, m.
    """
    # `about_axis` is signed as its action says, whichever segment `joint` acts on.
    along = np.einsum("ni,ni->n", joint.moment, axes[:, :, 2])
    sign = float(np.sign(np.nansum(along * joint.about_axis)))
    found = {name: sign * np.einsum("ni,ni->n", change, axes[:, :, 2]) for name, change in changes.items()}
    for k, name in ((0, "x"), (1, "y")):
        aside = np.einsum("ni,ni->n", joint.moment, axes[:, :, k])
        found[f"axis {joint.joint} {joint.side} {name}"] = sign * axis_sd(joint.joint) * aside
    for k, name in ((0, "x"), (1, "y")) if place_sd_m > 0.0 else ():
        off = place_sd_m * np.eye(3)[k]
        found[f"load {name}"] = sign * np.einsum("ni,ni->n", np.cross(off, joint.force), axes[:, :, 2])
    return AxisMoment(joint.about_axis, tuple(found), np.stack(list(found.values())))
