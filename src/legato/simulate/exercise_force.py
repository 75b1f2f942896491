"""What two plates under the feet measure while an athlete pulls on what does not move."""

import numpy as np

from legato.recording import FloatArray, Stream
from legato.simulate.curves import ease
from legato.simulate.exercise import GRAVITY_M_S2, ExerciseMotion
from legato.simulate.scenario import Motion, stream_rng

_LEAST_RATE_HZ = 1000.0
_NOISE_N = 2.0
_WAVER_HZ = (0.6, 3.0)
_SETTLED = 5.0
"""A pull has its level so many rise times after it began."""


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


def forces_of_feet(motion: ExerciseMotion, times: FloatArray) -> FloatArray:
    """Vertical forces under the right and the left foot, with what a fault makes of them, N, shape (n, 2)."""
    total = vertical_force(motion, times)
    name = motion.scenario.fault or ("asymmetry" if motion.scenario.asymmetry_deg else None)
    share = 0.01 * motion.fault_size
    if name == "ramp-unsteady":
        total = total + share * _waver(motion, times)
    uneven = share if name == "asymmetry" else 0.0
    return np.column_stack([(0.5 + 0.5 * uneven) * total, (0.5 - 0.5 * uneven) * total])


def _waver(motion: ExerciseMotion, times: FloatArray) -> FloatArray:
    """A force that wavers while each pull has its level, RMS as large as the pull, N, shape (n,)."""
    weight = motion.athlete.mass_kg * GRAVITY_M_S2
    lines = np.linspace(*_WAVER_HZ, 9)
    phases = stream_rng(motion.scenario, 10).uniform(0.0, 2.0 * np.pi, (len(motion.plans), lines.size))
    total = np.zeros_like(times)
    for i, plan in enumerate(motion.plans):
        start, end = level_times(motion, i)
        wave = np.sqrt(2.0 / lines.size) * np.sin(2.0 * np.pi * times[:, None] * lines + phases[i]).sum(axis=1)
        inside = (times >= start) & (times <= end)
        if inside.any():
            wave = wave - wave[inside].mean()
            wave = wave / np.sqrt(np.mean(wave[inside] ** 2))
        edge = motion.clocks[i].at(motion.data.length_s)
        there = ease(times, start - 0.3, start) - ease(times, end, min(end + 0.1, edge))
        force = motion.data.force
        assert force is not None
        total += plan.depth * force.rise * weight * wave * there
    return total


def level_times(motion: ExerciseMotion, rep: int) -> tuple[float, float]:
    """Between which instants a pull has its level, s."""
    force, clock = motion.data.force, motion.clocks[rep]
    assert force is not None
    return clock.at(force.on) + _SETTLED * force.rise_s, clock.at(force.off)


def force_quantities(motion: ExerciseMotion, rep: int) -> dict[str, float]:
    """What the feet do while a pull has its level: `force_asymmetry`, right less left of both, and
    `force_unsteadiness`, RMS about the level of the pull without a fault, both in per cent.
    """
    start, end = level_times(motion, rep)
    times = np.arange(start, end, 0.002)
    right, left = forces_of_feet(motion, times).T
    level = vertical_force(motion, times)
    pulled = level - motion.athlete.mass_kg * GRAVITY_M_S2
    off = right + left - level
    return {
        "force_asymmetry": float(100.0 * (right - left).sum() / (right + left).sum()),
        "force_unsteadiness": float(100.0 * np.sqrt(np.mean(off**2)) / pulled.mean()),
    }


def force_streams(motion: Motion) -> tuple[Stream, ...]:
    """One stream of two plates, under the right foot and the left; none where the movement is no pull."""
    if not isinstance(motion, ExerciseMotion) or motion.data.force is None:
        return ()
    marker_rate_hz = motion.scenario.rate_hz
    rate_hz = marker_rate_hz * float(np.ceil(_LEAST_RATE_HZ / marker_rate_hz))
    times = np.arange(round(motion.duration_s * rate_hz)) / rate_hz
    noise = _NOISE_N * stream_rng(motion.scenario, 7).standard_normal((times.size, 2))
    plates = forces_of_feet(motion, times) + noise
    return (Stream("plates", "force", plates, rate_hz, ("Fz1", "Fz2"), ("N", "N")),)
