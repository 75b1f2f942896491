"""Jitted velocities and accelerations of a segment. `tests/kinetics` holds them to plain numpy."""

import numpy as np
from numba import njit

from legato.kinetics._wrench_kernels import turn_between
from legato.recording import FloatArray


@njit(cache=True, error_model="numpy")
def segment_rates(
    centre: FloatArray,
    rotation: FloatArray,
    rate_hz: float,
    velocity: FloatArray,
    acceleration: FloatArray,
    turning: FloatArray,
    turning_rate: FloatArray,
) -> None:
    """First and second differences of one segment, into arrays (n, 3): the centre's in the lab, m/s and m/s²; its
    angular velocity and its rate in the lab, rad/s and rad/s². NaN in the first and the last frame of every run.
    """
    n = centre.shape[0]
    before, after = np.empty(3), np.empty(3)
    if n > 2:
        turn_between(rotation[0], rotation[1], rate_hz, after)
    for i in range(n):
        if i == 0 or i == n - 1:
            for k in range(3):
                velocity[i, k] = acceleration[i, k] = turning[i, k] = turning_rate[i, k] = np.nan
            continue
        before[:] = after
        turn_between(rotation[i], rotation[i + 1], rate_hz, after)
        for k in range(3):
            velocity[i, k] = 0.5 * (centre[i + 1, k] - centre[i - 1, k]) * rate_hz
            # Added in the order in which the moments' own kernel does, so that both give the same force.
            acceleration[i, k] = (centre[i + 1, k] - 2.0 * centre[i, k] + centre[i - 1, k]) * rate_hz * rate_hz
            turning[i, k] = turning_rate[i, k] = 0.0
            for j in range(3):
                turning[i, k] += rotation[i, k, j] * 0.5 * (before[j] + after[j])
                turning_rate[i, k] += rotation[i, k, j] * (after[j] - before[j]) * rate_hz
