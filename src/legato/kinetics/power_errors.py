"""What the power of a joint may be wrong by: a few errors that last, each as the change of power that one SD of it
makes, and the same draws of them for all joints that share them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legato.kinetics.analyse import SEGMENT_SD
from legato.kinetics.moment_errors import DRAWS, centre_errors, moment_changes, normal_draws
from legato.kinetics.moments import JointMoment
from legato.kinetics.segments import LUMBOSACRAL
from legato.recording import FloatArray

PELVIS_TURN_SD = float(np.radians(1.5))
"""SD with which the markers of the pelvis turn on it at random about each axis, rad. [ENG] 1.5 degrees, as for angles:
no one joint that bends says how."""

CLUSTER_TURN_SD = float(PELVIS_TURN_SD / np.sqrt(2.0))
"""SD with which the markers of any other segment turn on its bone with the movement, and again as much at random about
each axis, rad. [ENG] 1.5 degrees in all, as for angles. In gait clusters turn by some 10 degrees at most at the thigh
and 7 at the shank (Ancillao et al. 2021, Hum Mov Sci 80:102866), mostly about the long axis, where little is worked.
"""

_PELVIS = {"hip": "ahead", LUMBOSACRAL: "behind"}
"""Where the pelvis lies of a joint: both hips and L5/S1 have the same."""

_MOST_GAIN = 0.5
"""And never more than this share of what a joint turns, for one of its two segments. [ENG]"""


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
    clusters_m: tuple[FloatArray, FloatArray],
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
    clusters_m
        The middle of the markers of both, m, each (n, 3): a cluster that turns on its bone turns about it.
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
    turned = _turn_gain(joint, relative, rate_hz) * relative
    given = np.einsum("ni,ni->n", moment, turned)
    nothing = np.zeros_like(given)
    for k, part in enumerate(("behind", "ahead")):
        if part == _PELVIS.get(joint.joint):
            continue
        # Its idea of the joint's centre turns along, which is half of that centre's velocity.
        own = np.einsum("ni,ni->n", turned, np.cross(joint.centre_m - clusters_m[k], force))
        columns = (0.5 * own, nothing, given) if k == 0 else (0.5 * own, given, nothing)
        found[f"turn {part} {joint.joint} {joint.side}"] = np.column_stack(columns)
    between = np.einsum("ni,ni->n", force, apart)
    found[f"apart {joint.joint} {joint.side}"] = np.column_stack((between, nothing, nothing))
    return PowerErrors(tuple(found), np.stack(list(found.values())))


def _turn_gain(joint: JointMoment, relative: FloatArray, rate_hz: float) -> float:
    """SD of the share by which one segment's markers that turn on the bone make a joint's turn too large or small."""
    size = np.linalg.norm(joint.moment, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.einsum("ni,ni->n", relative, joint.moment) / size
    rate = rate[np.isfinite(rate)]
    spread = float(np.std(np.cumsum(rate) / rate_hz)) if rate.size > 2 else 0.0
    return min(_MOST_GAIN, CLUSTER_TURN_SD / spread) if spread > 0.0 else _MOST_GAIN
