"""The mean of the jumps of one trial, and which was the highest."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from legato.estimate import LEVEL, Estimate
from legato.forces.jump_model import Jump, SharedHalves
from legato.signals.factors import student_half_width


@dataclass(frozen=True, slots=True)
class JumpSet:
    """Means over all `n` jumps of a trial, each None where a jump lacks it; `highest` counts from 1, None
    where their heights by flight overlap.
    """

    n: int
    height_flight_m: Estimate | None
    height_impulse_m: Estimate | None
    peak_power_w: Estimate | None
    highest: int | None


def jump_set(jumps: Sequence[Jump], level: float = LEVEL) -> JumpSet | None:
    """The jumps together; None of fewer than two.

    The interval of a mean is that of the athlete's mean: Student's t over the jumps, no narrower than what the jumps'
    own errors leave of their mean, and once what they share (`Jump.shared`), which no number of jumps makes smaller.
    """
    if len(jumps) < 2:
        return None
    best = max(jumps, key=lambda jump: jump.height_flight_m.value)
    sure = all(best.height_flight_m.low > jump.height_flight_m.high for jump in jumps if jump is not best)

    def mean(read: Callable[[Jump], Estimate | None], alike: Callable[[SharedHalves], float]) -> Estimate | None:
        told = [estimate for jump in jumps if (estimate := read(jump)) is not None]
        if len(told) < len(jumps):
            return None
        values = np.array([estimate.value for estimate in told])
        shared = np.array([alike(jump.shared) for jump in jumps])
        own = np.square([estimate.half_width for estimate in told]) - shared**2
        alone = math.sqrt(float(np.maximum(own, 0.0).sum())) / len(told)
        half = math.hypot(max(student_half_width(values, level), alone), float(shared.mean()))
        return Estimate.symmetric(float(values.mean()), half, told[0].unit, level)

    return JumpSet(
        len(jumps),
        mean(lambda jump: jump.height_flight_m, lambda shared: shared.height_flight_m),
        mean(lambda jump: jump.height_impulse_m, lambda shared: shared.height_impulse_m),
        mean(lambda jump: jump.peak_power_w, lambda shared: shared.peak_power_w),
        list(jumps).index(best) + 1 if sure else None,
    )
