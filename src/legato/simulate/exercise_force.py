"""What two plates under the feet measure while an athlete pulls on what does not move."""

import numpy as np

from legato.recording import FloatArray, Stream
from legato.simulate.exercise import GRAVITY_M_S2, ExerciseMotion
from legato.simulate.scenario import Motion, stream_rng

_LEAST_RATE_HZ = 1000.0
_NOISE_N = 2.0


def pull_times(motion: ExerciseMotion, rep: int) -> tuple[float, float]:
    """When the force of a pull leaves the stand, and when it has fallen by half of its rise, s."""
    force, clock = motion.data.force, motion.clocks[rep]
    assert force is not None
    return clock.at(force.on), clock.at(force.off) + force.fall_s * float(np.log(2.0))


def vertical_force(motion: ExerciseMotion, times: FloatArray) -> FloatArray:
    """Vertical force under both feet together, N, shape (n,)."""
    force = motion.data.force
    assert force is not None
    weight = motion.athlete.mass_kg * GRAVITY_M_S2
    total = np.full(times.size, weight)
    for clock, plan in zip(motion.clocks, motion.plans, strict=True):
        since, left = (np.clip(times - clock.at(at), 0.0, None) for at in (force.on, force.off))
        pulled = (1.0 - np.exp(-since / force.rise_s)) * np.exp(-left / force.fall_s)
        total += plan.depth * force.rise * weight * pulled
    return total


def force_streams(motion: Motion) -> tuple[Stream, ...]:
    """One stream of two plates, each under a foot; none where the movement is no pull."""
    if not isinstance(motion, ExerciseMotion) or motion.data.force is None:
        return ()
    marker_rate_hz = motion.scenario.rate_hz
    rate_hz = marker_rate_hz * float(np.ceil(_LEAST_RATE_HZ / marker_rate_hz))
    times = np.arange(round(motion.duration_s * rate_hz)) / rate_hz
    noise = _NOISE_N * stream_rng(motion.scenario, 7).standard_normal((times.size, 2))
    plates = 0.5 * vertical_force(motion, times)[:, None] + noise
    return (Stream("plates", "force", plates, rate_hz, ("Fz1", "Fz2"), ("N", "N")),)
