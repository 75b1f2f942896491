"""What the power of a joint may be wrong by: a few errors that last, each as the change of power that one SD of it
makes, and the same draws of them for all joints that share them.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from legato.kinetics.analyse import CENTRE_SD_M, PRESSURE_SD_M, SEGMENT_SD
from legato.kinetics.moments import JointMoment
from legato.recording import FloatArray

DRAWS = 200
"""Draws of the errors; the first row of every table is without any."""

CLUSTER_TURN_SD = float(np.radians(1.5))
"""SD with which the markers of one segment turn on its bone with the movement, rad. [ENG] As for angles."""

_MOST_GAIN = 0.5
"""And never more than this share of what a joint turns. [ENG]"""

_OTHER_CENTRE_SD_M = 0.015
"""SD of a joint's centre that no table holds, m. [ENG]"""


@dataclass(frozen=True, slots=True, eq=False)
class PowerErrors:
    """Errors of one joint's power: `names` (shared by joints that share the error), and what one SD of each adds to
    the power handed on by force and given by the moment to the segments ahead and behind, W, shape (errors, n, 3).
    """

    names: tuple[str, ...]
    modes: FloatArray

    def draws(self) -> FloatArray:
        """Draws of the errors, in SDs, shape (`DRAWS` + 1, errors), the first row 0; alike for one name everywhere."""
        return np.column_stack([normal_draws(name) for name in self.names])


@lru_cache(maxsize=256)
def normal_draws(name: str) -> FloatArray:
    """0, then `DRAWS` standard normal numbers that belong to this name: even quantiles in an order of its own."""
    from scipy.special import ndtri

    even = ndtri((np.arange(DRAWS) + 0.5) / DRAWS)
    return np.concatenate(([0.0], np.random.default_rng(zlib.crc32(name.encode())).permutation(even)))


def power_errors(
    joint: JointMoment,
    ankles: Sequence[JointMoment],
    rotation: FloatArray,
    velocity: tuple[FloatArray, FloatArray],
    turning: tuple[FloatArray, FloatArray],
    rate_hz: float,
) -> PowerErrors:
    """The errors of a joint that stands on these ankles, or of one from which the arm and its load hang.

    Parameters
    ----------
    joint
        What acts on the segment ahead.
    ankles
        Of every leg below it: what the ground gives passes them. Without any, all that the joint bears is taken to
        hang on segment masses.
    rotation
        Axes of the segment behind in the lab, shape (n, 3, 3): there a wrong centre stays in its place.
    velocity
        Of the centre, as the segments behind and ahead carry it, m/s, each (n, 3).
    turning
        Angular velocities of the segments behind and ahead, rad/s, each (n, 3).
    rate_hz
        Sampling rate, Hz.

    Notes
    -----
    A centre that is wrong shifts work between force and moment and between neighbours, but hardly changes what passes
    the joint in all; as one error with its own sign it does so here too.
    """
    force, moment = joint.force, joint.moment
    behind, ahead = turning
    middle, apart = 0.5 * (velocity[0] + velocity[1]), 0.5 * (velocity[1] - velocity[0])
    relative = ahead - behind
    found: dict[str, FloatArray] = {}

    def by_moment(change: FloatArray, handed: FloatArray | None = None) -> FloatArray:
        to, back = (np.einsum("ni,ni->n", change, w) for w in (ahead, -behind))
        return np.column_stack((np.zeros_like(to) if handed is None else handed, to, back))

    centre_sd = CENTRE_SD_M.get(joint.joint, _OTHER_CENTRE_SD_M)
    for k, axis in enumerate("xyz"):
        off = centre_sd * rotation[:, :, k]
        handed = np.einsum("ni,ni->n", force, np.cross(0.5 * (ahead + behind), off))
        found[f"centre {joint.joint} {joint.side} {axis}"] = by_moment(-np.cross(off, force), handed)
    below_force, below_moment = np.zeros_like(force), np.zeros_like(force)
    for ankle in ankles:
        for k, axis in enumerate("xy"):
            off = np.zeros(3)
            off[k] = PRESSURE_SD_M
            found[f"pressure {ankle.side} {axis}"] = by_moment(np.cross(off, -ankle.force))
        below_force -= ankle.force
        below_moment -= ankle.moment + np.cross(ankle.centre_m - joint.centre_m, ankle.force)
    own = SEGMENT_SD * np.einsum("ni,ni->n", force - below_force, middle)
    found["segments"] = by_moment(SEGMENT_SD * (moment - below_moment), own)
    gain = 0.5 * _turn_gain(joint, relative, rate_hz) * np.einsum("ni,ni->n", moment, relative)
    found[f"turn {joint.joint} {joint.side}"] = np.column_stack((np.zeros_like(gain), gain, gain))
    between = np.einsum("ni,ni->n", force, apart)
    found[f"apart {joint.joint} {joint.side}"] = np.column_stack((between, np.zeros_like(gain), np.zeros_like(gain)))
    return PowerErrors(tuple(found), np.stack(list(found.values())))


def _turn_gain(joint: JointMoment, relative: FloatArray, rate_hz: float) -> float:
    """SD of the share by which markers that turn on their bones make a joint's turn too large or too small."""
    size = np.linalg.norm(joint.moment, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.einsum("ni,ni->n", relative, joint.moment) / size
    rate = rate[np.isfinite(rate)]
    spread = float(np.std(np.cumsum(rate) / rate_hz)) if rate.size > 2 else 0.0
    turn = float(np.sqrt(2.0)) * CLUSTER_TURN_SD
    return _MOST_GAIN if spread <= turn / _MOST_GAIN else turn / spread
