"""An inertial sensor on a simulated bar, as a cheap one records it, and the truth of the bar's velocity and load."""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from legato.errors import BadInput
from legato.recording import STANDARD_GRAVITY, BoolArray, FloatArray, Recording, Stream
from legato.simulate.imu import STEP_S, sensed, small_turns
from legato.simulate.make import Simulation
from legato.simulate.rotations import rot_x
from legato.simulate.scenario import stream_rng

FILE_SUFFIX = "-bar"
_TRUTH_HZ = 1000.0
_MOVES_M_S = 0.006
"""A way up reaches from and to this velocity around its peak, m/s; below, a lifter's sway is as fast."""

_MEAN_FROM_M_S = 0.05
"""Mean velocity and power count from where the way up is first faster than this to where it last is, m/s."""

_STREAM = 40


@dataclass(frozen=True, slots=True)
class BarSensorErrors:
    """What is wrong with the sensor.

    Noise of each sample, SD, that of the pull lasting for `noise_lasts_s`, 0 where it is white; `acc_bias_m_s2` and
    `gyro_bias_rad_s`: SD of a steady error of each axis; `gravity_scale`: the pull that it reads over the true one;
    `jitter_s`: SD of a sample's time; a gap of up to `longest_gap_s` every `gap_every_s` on average; `mount_deg`: SD
    about each axis of how the sensor sits on the bar; `bar_tilt_deg`: SD of how the bar hangs, one end higher.
    """

    rate_hz: float = 60.0
    acc_noise_m_s2: float = 0.04
    gyro_noise_rad_s: float = 0.005
    acc_bias_m_s2: float = 0.2
    gyro_bias_rad_s: float = 0.02
    jitter_s: float = 0.003
    gap_every_s: float = 5.0
    longest_gap_s: float = 0.14
    mount_deg: float = 25.0
    bar_tilt_deg: float = 2.0
    gravity_scale: float = 1.0
    noise_lasts_s: float = 0.0

    def __post_init__(self) -> None:
        checks = (
            ("rate_hz", 20.0 <= self.rate_hz <= 2000.0, "20 to 2000 Hz"),
            ("jitter_s", 0.0 <= self.jitter_s * self.rate_hz <= 0.4, "0 to 0.4 of a sampling interval"),
            ("gap_every_s", self.gap_every_s > 0.5, "more than 0.5 s"),
            ("longest_gap_s", 0.0 <= self.longest_gap_s <= 2.0, "0 to 2 s"),
            ("acc_noise_m_s2", 0.0 <= self.acc_noise_m_s2 <= 5.0, "0 to 5 m/s²"),
            ("gyro_noise_rad_s", 0.0 <= self.gyro_noise_rad_s <= 1.0, "0 to 1 rad/s"),
            ("acc_bias_m_s2", 0.0 <= self.acc_bias_m_s2 <= 5.0, "0 to 5 m/s²"),
            ("gyro_bias_rad_s", 0.0 <= self.gyro_bias_rad_s <= 1.0, "0 to 1 rad/s"),
            ("mount_deg", 0.0 <= self.mount_deg <= 180.0, "0 to 180 degrees"),
            ("bar_tilt_deg", 0.0 <= self.bar_tilt_deg <= 30.0, "0 to 30 degrees"),
            ("gravity_scale", 0.8 <= self.gravity_scale <= 1.25, "0.8 to 1.25"),
            ("noise_lasts_s", 0.0 <= self.noise_lasts_s <= 10.0, "0 to 10 s"),
        )
        for name, good, span in checks:
            if not good:
                raise BadInput(f"simulate: {name} of the bar's sensor is {getattr(self, name)}; give {span}")


def with_bar_sensor(simulation: Simulation, errors: BarSensorErrors | None = None) -> Simulation:
    """The simulation with a sensor on the bar as a file of its own, and the bar's velocity and load in its truth.

    Raises
    ------
    BadInput
        The movement has no bar.
    """
    chosen = BarSensorErrors() if errors is None else errors
    motion = simulation.motion
    if "bar" not in motion.pose(np.zeros(1)).point:
        raise BadInput(f"simulate: {motion.scenario.movement} is modelled without a bar, so none carries a sensor")
    rng = stream_rng(motion.scenario, _STREAM)
    even = np.arange(round(motion.duration_s * chosen.rate_hz)) / chosen.rate_hz
    times = np.sort(even + chosen.jitter_s * rng.standard_normal(even.size)).clip(STEP_S, motion.duration_s)
    times = times[np.concatenate(([True], np.diff(times) > 1e-3)) & ~_lost(times, chosen, rng)]
    mount = small_turns(np.radians(chosen.mount_deg) * rng.standard_normal((1, 3)))[0]
    tilt_deg = chosen.bar_tilt_deg * rng.standard_normal()
    leans = rot_x(np.radians(tilt_deg))
    turned: list[FloatArray] = []
    places: list[FloatArray] = []
    for k in (-1.0, 0.0, 1.0):
        pose = motion.pose(times + k * STEP_S)
        turned.append(leans @ pose.rotation["bar"] @ mount)
        places.append(pose.point["bar"])
    rate, pull = sensed(turned, places)
    turn_bias = chosen.gyro_bias_rad_s * rng.standard_normal(3)
    rate = rate + turn_bias
    rate = rate + chosen.gyro_noise_rad_s * rng.standard_normal(rate.shape)
    bias = chosen.acc_bias_m_s2 * rng.standard_normal(3)
    pull = chosen.gravity_scale * pull + bias
    pull = pull + chosen.acc_noise_m_s2 * _noise(times, chosen.noise_lasts_s, rng)
    names = ("ax", "ay", "az", "gx", "gy", "gz")
    stream = Stream(
        "bar", "imu", np.concatenate((pull, rate), axis=1), chosen.rate_hz, names, ("m/s²",) * 3 + ("rad/s",) * 3,
        time_s=times,
    )  # fmt: skip
    drawn = {"tilt_deg": float(tilt_deg), "acc_bias_m_s2": bias.tolist(), "gyro_bias_rad_s": turn_bias.tolist()}
    truth = {**simulation.truth, "bar": {**bar_truth(simulation), "sensor": asdict(chosen), "drawn": drawn}}
    name = f"{motion.scenario.movement}{FILE_SUFFIX}"
    return replace(simulation, truth=truth, beside={**simulation.beside, name: Recording((stream,))})


def bar_truth(simulation: Simulation) -> dict[str, Any]:
    """Load and, for each whole repetition, the way up: its times, peak and mean velocity, range and mean power; the
    means from `mean_start_s` to `mean_end_s`, where it is faster than `mean_from_m_s`.
    """
    motion = simulation.motion
    load_kg = motion.scenario.bar_kg
    times = np.arange(0.0, motion.duration_s, 1.0 / _TRUTH_HZ)
    height = motion.pose(times).point["bar"][:, 2]
    velocity = np.gradient(height, 1.0 / _TRUTH_HZ)
    reps: list[dict[str, float | int]] = []
    for k, plan in enumerate(motion.plans):
        inside = np.flatnonzero((times >= plan.start_s) & (times < plan.end_s))
        top = int(inside[np.argmax(velocity[inside])])
        still = np.flatnonzero(velocity < _MOVES_M_S)
        first = int(still[still < top][-1]) + 1
        last = int(still[still > top][0])
        fast = first + np.flatnonzero(velocity[first:last] >= _MEAN_FROM_M_S)
        start, end = (_passed(times, velocity, k) for k in (int(fast[0]), int(fast[-1]) + 1))
        low, high = np.interp((start, end), times, height)
        force = load_kg * (np.gradient(velocity, 1.0 / _TRUTH_HZ)[fast[0] : fast[-1] + 1] + STANDARD_GRAVITY)
        reps.append(
            {
                "index": k,
                "up_start_s": float(times[first]),
                "up_end_s": float(times[last]),
                "peak_velocity_m_s": float(velocity[top]),
                "mean_start_s": start,
                "mean_end_s": end,
                "mean_velocity_m_s": float(high - low) / (end - start),
                "range_m": float(height[last] - height[first]),
                "mean_power_w": float((force * velocity[fast[0] : fast[-1] + 1]).mean()),
            }
        )
    return {"load_kg": load_kg, "mean_from_m_s": _MEAN_FROM_M_S, "reps": reps}


def _passed(times: FloatArray, velocity: FloatArray, k: int) -> float:
    """When the velocity passes `_MEAN_FROM_M_S` between a sample and the one before, s."""
    before, after = float(velocity[k - 1]), float(velocity[k])
    return float(times[k]) - (after - _MEAN_FROM_M_S) / (after - before) * float(times[k] - times[k - 1])


def _noise(times: FloatArray, lasts_s: float, rng: np.random.Generator) -> FloatArray:
    """Noise of SD 1 at these times, shape (n, 3), which forgets in `lasts_s`; white where that is 0."""
    noise = rng.standard_normal((times.size, 3))
    if lasts_s > 0.0:
        keeps = np.exp(-np.diff(times) / lasts_s)
        for k, kept in enumerate(keeps, start=1):
            noise[k] = kept * noise[k - 1] + np.sqrt(1.0 - kept**2) * noise[k]
    return noise


def _lost(times: FloatArray, errors: BarSensorErrors, rng: np.random.Generator) -> BoolArray:
    """Samples in gaps, of which none touches another."""
    lost = np.zeros(times.size, dtype=np.bool_)
    if errors.longest_gap_s <= 0.0:
        return lost
    step = 1.0 / errors.rate_hz
    for _ in range(int(float(times[-1]) / errors.gap_every_s)):
        start = rng.uniform(0.5, max(0.6, float(times[-1]) - 0.5))
        stop = start + rng.uniform(2.0 * step, max(errors.longest_gap_s, 2.0 * step)) - step
        if not lost[(times > start - 2.0 * step) & (times < stop + 2.0 * step)].any():
            lost |= (times > start) & (times < stop)
    return lost
