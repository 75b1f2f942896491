"""Power at joints and of segments (Robertson & Winter 1980, J Biomech 13:845): what is generated, absorbed and handed
from one segment to the next.
"""

from dataclasses import dataclass

import numpy as np

from legato.kinetics._power_kernels import joint_powers
from legato.recording import STANDARD_GRAVITY, FloatArray
from legato.signals.filters import derivative


@dataclass(frozen=True, slots=True, eq=False)
class JointPower:
    """What one joint does to the segments `behind` it (nearer to the ground) and `ahead` (nearer to the load), W, each
    (n,), NaN where unknown.

    `force_ahead` and `moment_ahead` are what its force and its moment give to the segment ahead, `force_behind` and
    `moment_behind` to the one behind; negative where they take.
    """

    joint: str
    side: str
    behind: str
    ahead: str
    force_ahead: FloatArray
    moment_ahead: FloatArray
    force_behind: FloatArray
    moment_behind: FloatArray

    @property
    def name(self) -> str:
        """As tables and results name it: `knee_right`, `lumbosacral`."""
        return f"{self.joint}_{self.side}" if self.side else self.joint

    @property
    def net(self) -> FloatArray:
        """Power of the moment on both segments, W: what the joint's muscles generate (positive) or absorb."""
        return self.moment_ahead + self.moment_behind

    @property
    def separation(self) -> FloatArray:
        """Power of the force on two segments whose joint centres move apart, W: 0 in an exact joint."""
        return self.force_ahead + self.force_behind

    @property
    def handed_by_force(self) -> FloatArray:
        """Power that the force hands on from the segment behind to the one ahead, W: the mean of what the two feel."""
        return 0.5 * (self.force_ahead - self.force_behind)

    @property
    def handed_by_moment(self) -> FloatArray:
        """Power that the moment hands on, W, negative where it goes back: the lesser of what it gives to one segment
        and takes from the other, 0 where both gain or both lose (then nothing is handed over).
        """
        given, taken = self.moment_ahead, -self.moment_behind
        lesser = np.sign(given) * np.minimum(np.abs(given), np.abs(taken))
        return np.where(np.isnan(given + taken), np.nan, np.where(given * taken > 0.0, lesser, 0.0))

    @property
    def into_ahead(self) -> FloatArray:
        """All power that the segment ahead receives through the joint, W."""
        return self.handed_by_force + self.moment_ahead


def joint_power(
    joint: str,
    side: str,
    between: tuple[str, str],
    force: FloatArray,
    moment: FloatArray,
    velocity: tuple[FloatArray, FloatArray],
    turning: tuple[FloatArray, FloatArray],
) -> JointPower:
    """Power of one joint from what it does to the segment ahead.

    Parameters
    ----------
    joint, side
        Its name, and `left`, `right` or nothing.
    between
        Names of the segments behind and ahead.
    force, moment
        On the segment ahead by the one behind, N and N·m, in the lab, shape (n, 3); the moment about the centre.
    velocity
        Of the joint's centre as the segment behind and the one ahead carry it, m/s, each (n, 3).
    turning
        Angular velocities of both, in the lab, rad/s, each (n, 3).

    References
    ----------
    Robertson & Winter 1980, J Biomech 13:845.
    """
    out = np.empty((force.shape[0], 4))
    velocity_from, velocity_to = (np.ascontiguousarray(v, np.float64) for v in velocity)
    turning_from, turning_to = (np.ascontiguousarray(w, np.float64) for w in turning)
    joint_powers(force, moment, velocity_to, velocity_from, turning_to, turning_from, out)
    return JointPower(joint, side, *between, out[:, 0], out[:, 1], out[:, 2], out[:, 3])


def segment_energy(
    mass_kg: float,
    inertia_kg_m2: FloatArray,
    centre_m: FloatArray,
    rotation: FloatArray,
    turning: FloatArray,
    rate_hz: float,
) -> FloatArray:
    """Mechanical energy of a segment, J, shape (n,): ½mv² + ½ωᵀIω + mgh.

    Parameters
    ----------
    mass_kg, inertia_kg_m2
        Its mass, and its moments of inertia (3,) about its own axes.
    centre_m
        Its centre of mass in the lab, z up, m, shape (n, 3).
    rotation
        Its axes in the lab, shape (n, 3, 3).
    turning
        Its angular velocity in the lab, rad/s, shape (n, 3).
    rate_hz
        Sampling rate, Hz.
    """
    velocity = derivative(centre_m, rate_hz)
    own = np.einsum("nji,nj->ni", rotation, turning)
    moving = 0.5 * mass_kg * (velocity**2).sum(axis=1)
    return moving + 0.5 * (own**2 @ inertia_kg_m2) + mass_kg * STANDARD_GRAVITY * centre_m[:, 2]
