"""A bar whose movement is planted, and the sensor on it: gravity, turning, zero errors, noise, jitter and gaps."""

from dataclasses import dataclass

import numpy as np

from legato.recording import STANDARD_GRAVITY, FloatArray
from legato.signals.rotation import turn


@dataclass(frozen=True)
class PlantedBar:
    """Times (n,), what the sensor reads (n, 3) twice, and the truth a repetition: peak velocity, mean velocity where it
    is faster than 0.05 m/s, range.
    """

    time_s: FloatArray
    pull: FloatArray
    turning: FloatArray
    peak: FloatArray
    mean: FloatArray
    range_m: FloatArray
    up_start_s: FloatArray
    up_end_s: FloatArray
    fine: FloatArray
    velocity: FloatArray


def ways(starts: FloatArray, lasted: FloatArray, went: FloatArray, skew: FloatArray, t: FloatArray) -> FloatArray:
    """Height of a bar at times `t` that makes smooth ways: a minimum-jerk way on a clock that is bent by `skew`."""
    height = np.zeros_like(t)
    for a, d, x, k in zip(starts, lasted, went, skew, strict=True):
        s = np.clip((t - a) / d, 0.0, 1.0)
        s = s + k * s * (1.0 - s)
        height += x * s**3 * (10.0 - 15.0 * s + 6.0 * s**2)
    return height


def plant(
    rng: np.random.Generator,
    *,
    reps: int = 6,
    lowered_first: bool = False,
    rate_hz: float = 60.0,
    peak: tuple[float, float] = (0.4, 1.4),
    pause_s: tuple[float, float] = (0.6, 1.5),
    noise: float = 0.04,
    gyro_noise: float = 0.005,
    zero: float = 0.2,
    gyro_zero: float = 0.02,
    tilt_rad: float = 0.4,
    swing_rad: float = 0.3,
    jitter_s: float = 0.003,
    gaps: int = 8,
    longest_gap_s: float = 0.14,
    tremor: float = 0.0,
) -> PlantedBar:
    """One set; errors as SDs (m/s², rad/s), `tilt_rad` of the sensor on the bar, `swing_rad` of the bar's roll."""
    went = rng.uniform(0.35, 0.65, reps)
    top_speed = rng.uniform(*peak, reps)
    up_s = 1.875 * went / top_speed
    down_s = 1.875 * went / rng.uniform(0.4, 0.9, reps)
    starts, lasted, moves = [], [], []
    at = rng.uniform(1.5, 3.0)
    for k in range(reps):
        for sign, d in ((-1, down_s[k]), (1, up_s[k])) if lowered_first else ((1, up_s[k]), (-1, down_s[k])):
            starts.append(at)
            lasted.append(d)
            moves.append(sign * went[k])
            at += d + rng.uniform(*pause_s)
    skew = rng.uniform(-0.25, 0.25, len(starts))
    fine = np.arange(0.0, at + 2.0, 1e-3)
    table = [np.array(x) for x in (starts, lasted, moves)]
    height = ways(table[0], table[1], table[2], skew, fine)
    calm = ways(np.array([0.3]), np.array([1.0]), np.ones(1), np.zeros(1), fine)
    sway = 0.02 * np.sin(2 * np.pi * 0.3 * fine) * calm
    roll = swing_rad * (height / 0.5) + 0.02 * np.sin(2 * np.pi * 0.7 * fine) * calm
    vector = np.column_stack((roll, 0.1 * swing_rad * height, 0.05 * roll))
    rotation = turn(vector) @ turn(rng.normal(0.0, tilt_rad, 3))
    acceleration = np.gradient(np.gradient(height, 1e-3), 1e-3)
    ahead = np.gradient(np.gradient(sway + 0.05 * height, 1e-3), 1e-3)
    shake = tremor * np.sin(2 * np.pi * 9.0 * fine) * (fine > starts[0] - 0.3) * (fine < at)
    force = np.column_stack((0.3 * ahead, ahead, acceleration + STANDARD_GRAVITY + shake))
    pull = np.einsum("nji,nj->ni", rotation, force)
    step = np.swapaxes(rotation[:-1], 1, 2) @ rotation[1:]
    spin = np.stack([step[:, 2, 1] - step[:, 1, 2], step[:, 0, 2] - step[:, 2, 0], step[:, 1, 0] - step[:, 0, 1]], 1)
    spin = np.concatenate((spin, spin[-1:])) * 500.0
    stamps = np.arange(0.0, fine[-1], 1.0 / rate_hz)
    stamps = np.sort(stamps + rng.normal(0.0, jitter_s, stamps.size)).clip(0.0, fine[-1])
    keep = np.concatenate(([True], np.diff(stamps) > 1e-3))
    for _ in range(gaps):
        a = rng.uniform(0.5, fine[-1] - 0.5)
        keep &= ~((stamps > a) & (stamps < a + rng.uniform(0.03, longest_gap_s) - 1.0 / rate_hz))
    stamps = stamps[keep]
    read = [np.stack([np.interp(stamps, fine, x[:, k]) for k in range(3)], 1) for x in (pull, spin)]
    read[0] = read[0] + rng.normal(0.0, zero, 3) + rng.normal(0.0, noise, read[0].shape)
    read[1] = read[1] + rng.normal(0.0, gyro_zero, 3) + rng.normal(0.0, gyro_noise, read[1].shape)
    up = [k for k, m in enumerate(moves) if m > 0]
    velocity = np.gradient(height, 1e-3)
    means = [_mean(velocity[(fine >= starts[k]) & (fine <= starts[k] + lasted[k])]) for k in up]
    tops = [float(velocity[(fine >= starts[k]) & (fine <= starts[k] + lasted[k])].max()) for k in up]
    return PlantedBar(
        stamps, read[0], read[1], np.array(tops), np.array(means), table[2][up], table[0][up],
        table[0][up] + table[1][up], fine, velocity,
    )  # fmt: skip


def _mean(velocity: FloatArray) -> float:
    """Mean velocity of a way from where it is first faster than 0.05 m/s to where it last is."""
    fast = np.flatnonzero(velocity >= 0.05)
    return float(velocity[fast[0] : fast[-1] + 1].mean())
