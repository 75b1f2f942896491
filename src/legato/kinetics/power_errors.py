"""What the power of a joint may be wrong by: a few errors that last, each as the change of power that one SD of it
makes, and the same draws of them for all joints that share them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legato.kinetics.analyse import SEGMENT_SD
from legato.kinetics.moment_errors import DRAWS, centre_errors, moment_changes, normal_draws
from legato.kinetics.moments import JointMoment
from legato.recording import FloatArray

CLUSTER_TURN_SD = float(np.radians(1.5) / np.sqrt(2.0))
"""SD with which the markers of one segment turn on its bone with the movement, and again as much at random about each
axis, rad. [ENG] 1.5 degrees in all, as for angles. In gait clusters turn by some 10 degrees at most at the thigh and 7
at the shank (Ancillao et al. 2021, Hum Mov Sci 80:102866), mostly about the long axis, where little is worked.
"""

_MOST_GAIN = 0.5
"""And never more than this share of what a joint turns. [ENG]"""


@dataclass(frozen=True, slots=True, eq=False)
class PowerErrors:
    """Errors of one joint's power: `names` (shared by joints that share the error), and what one SD of each adds to
    the power handed on by force and given by the moment to the segments ahead and behind, W, shape (errors, n, 3).
    """

    names: tuple[str, ...]
    modes: FloatArray

    def draws(self) -> FloatArray:
        """Draws of the errors, in SDs, shape (`DRAWS` + 1, errors), the first row 0; alike for one name everywhere."""
        found = np.empty((DRAWS + 1, len(self.names)))
        for k, name in enumerate(self.names):
            found[:, k] = normal_draws(name)
        return found


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

    offs = centre_errors(joint, rotation)
    below_force = sum((-ankle.force for ankle in ankles), np.zeros_like(force))
    for name, change in moment_changes(joint, ankles, rotation).items():
        handed = None
        if name in offs:
            handed = np.einsum("ni,ni->n", force, np.cross(0.5 * (ahead + behind), offs[name]))
        elif name == "segments":
            handed = SEGMENT_SD * np.einsum("ni,ni->n", force - below_force, middle)
        found[name] = by_moment(change, handed)
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
