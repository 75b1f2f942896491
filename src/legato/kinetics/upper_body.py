"""Power of all joints above L5/S1 together, which needs no knowledge of what each hand or shoulder carries."""

from dataclasses import replace

import numpy as np

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


def upper_body(moving: MovingBody, into_trunk: PoweredJoint, load_w: FloatArray) -> PoweredJoint:
    """Net power of every joint above L5/S1: the energy gained above it and by the load, less what enters through it.

    Parameters
    ----------
    moving
        The body, with trunk, head and arms.
    into_trunk
        L5/S1 as reckoned from above, which the load and all segments above balance.
    load_w
        Power that the load takes up, W, shape (n,); zeros without one.

    Notes
    -----
    As JointPower nothing is handed on: the power is given to what lies ahead. A rigid trunk that carries a load has
    none.
    """
    entering = into_trunk.power
    gained = np.zeros_like(load_w)
    for segment in moving.beyond("thorax"):
        energy = segment_energy(
            segment.mass_kg, segment.inertia, segment.centre_m, segment.rotation, segment.turning, moving.rate_hz
        )
        gained = gained + derivative(energy, moving.rate_hz)
    # By the thorax's own motion: what enters a rigid body is the same wherever on it the load is reckoned.
    net: FloatArray = gained + load_w - (entering.force_ahead + entering.moment_ahead)
    nothing = np.zeros_like(net)
    power = JointPower(UPPER_BODY, "", "thorax", "load", nothing, net, nothing, nothing)
    thorax = moving.get("thorax")
    turned = nothing
    if thorax is not None:
        pitch = np.arctan2(thorax.rotation[:, 2, 0], thorax.rotation[:, 2, 1])
        spread = float(np.nanstd(np.unwrap(pitch[np.isfinite(pitch)])))
        turned = min(0.5, CLUSTER_TURN_SD / max(spread, 1e-6)) * entering.moment_ahead
    # What the thorax seems to take through L5/S1 is not left for the joints above to have given.
    turns = tuple(
        replace(turn, by_rate=_given(-2.0 * turn.by_rate[:, :, 0] - turn.by_rate[:, :, 1]))
        for turn in into_trunk.turns
        if turn.segment.endswith(entering.ahead)
    )
    modes = [np.column_stack((nothing, part, nothing)) for part in (_MASS_SD * (net - load_w), turned)]
    errors = PowerErrors(("segments", "turn thorax"), np.stack(modes))
    return PoweredJoint(power, errors, turns)


def _given(by_rate: FloatArray) -> FloatArray:
    """Power (n, 3) that is given to what lies ahead, among what is handed on and given, shape (n, 3, 3)."""
    found = np.zeros((by_rate.shape[0], 3, 3))
    found[:, :, 1] = by_rate
    return found
