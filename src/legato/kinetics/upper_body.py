"""Power of all joints above L5/S1 together, which needs no knowledge of what each hand or shoulder carries."""

import numpy as np

from legato.kinetics.cluster_turns import ClusterTurn, spacing_of
from legato.kinetics.moments import JointMoment
from legato.kinetics.power import JointPower, segment_energy
from legato.kinetics.power_errors import CLUSTER_TURN_SD, PowerErrors
from legato.kinetics.segments import MovingBody
from legato.kinetics.work import PoweredJoint
from legato.recording import FloatArray
from legato.signals.filters import derivative

UPPER_BODY = "upper_body"
"""As tables and results name it: arms, shoulders, neck and the spine above L5/S1."""

_MASS_SD = 0.1
"""SD of what segments weigh, as a share. [ENG] As for the moments."""


def upper_body(moving: MovingBody, above: JointMoment, into_trunk: JointPower, load_w: FloatArray) -> PoweredJoint:
    """Net power of every joint above L5/S1: the energy gained above it and by the load, less what enters through it.

    Parameters
    ----------
    moving
        The body, with trunk, head and arms.
    above
        L5/S1 as reckoned from above, which the load and all segments above balance.
    into_trunk
        Its power.
    load_w
        Power that the load takes up, W, shape (n,); zeros without one.

    Notes
    -----
    As JointPower nothing is handed on: the power is given to what lies ahead. A rigid trunk that carries a load has
    none.
    """
    gained = np.zeros_like(load_w)
    for segment in moving.beyond("thorax"):
        energy = segment_energy(
            segment.mass_kg, segment.inertia, segment.centre_m, segment.rotation, segment.turning, moving.rate_hz
        )
        gained = gained + derivative(energy, moving.rate_hz)
    # By the thorax's own motion: what enters a rigid body is the same wherever on it the load is reckoned.
    net: FloatArray = gained + load_w - (into_trunk.force_ahead + into_trunk.moment_ahead)
    nothing = np.zeros_like(net)
    power = JointPower(UPPER_BODY, "", "thorax", "load", nothing, net, nothing, nothing)
    thorax = moving.get("thorax")
    turned = nothing
    turns: tuple[ClusterTurn, ...] = ()
    if thorax is not None:
        given = np.einsum("ni,ni->n", -above.moment, thorax.turning)
        pitch = np.arctan2(thorax.rotation[:, 2, 0], thorax.rotation[:, 2, 1])
        spread = float(np.nanstd(np.unwrap(pitch[np.isfinite(pitch)])))
        turned = min(0.5, CLUSTER_TURN_SD / max(spread, 1e-6)) * given
        by_rate = np.zeros((net.size, 3, 3))
        by_rate[:, :, 1] = np.einsum("nji,nj->ni", thorax.rotation, above.moment)
        spacing_s = spacing_of(thorax.rotation, thorax.turning)
        turns = (ClusterTurn(thorax.name, by_rate, spacing_s, moving.start_s, moving.rate_hz),)
    modes = [np.column_stack((nothing, part, nothing)) for part in (_MASS_SD * (net - load_w), turned)]
    errors = PowerErrors(("segments", "turn thorax"), np.stack(modes))
    return PoweredJoint(power, errors, turns)
