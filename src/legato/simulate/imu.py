"""Inertial sensors on a simulated athlete: exact rates and pulls of the motion, and what goes wrong with real ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legato.errors import BadInput
from legato.recording import STANDARD_GRAVITY, BoolArray, FloatArray, Recording, Stream
from legato.simulate.curves import ramp
from legato.simulate.make import Simulation, simulate_scenario, truth_segments
from legato.simulate.markers import band_limited
from legato.simulate.rotations import apply, rot_x, rot_z, rotation_between, transpose
from legato.simulate.scenario import Scenario

SUIT = (
    "pelvis", "thorax", "thigh_right", "thigh_left", "shank_right", "shank_left",
    "upper_arm_right", "upper_arm_left", "forearm_right", "forearm_left",
)  # fmt: skip
STEP_S = 2e-4
"""Half the distance over which rates and accelerations of the exact motion are taken: errors below 1e-6 of them."""

_WOBBLE_BAND_HZ = {"lift": 1.2, "bench": 1.2, "throw": 4.0, "exercise": 1.2}
_FAST = ("golf-swing", "med-ball-throw", "tennis-serve")
"""Exercises whose soft tissue moves as in a throw."""

_STAND_S = 1.0


@dataclass(frozen=True, slots=True)
class SuitErrors:
    """What is wrong with a suit of sensors.

    Noise densities of rate and acceleration, per √Hz; `bias_deg_s` and `acc_bias_m_s2`: SD of a steady error of each
    axis; `mount_deg`: how far each sensor is turned on its segment, about an axis in any direction (`any_mount`: in any
    way at all); `wobble_deg`: RMS turn of a sensor on its segment about each axis while the athlete
    moves, in the band of soft tissue;
    `jitter_s`: SD of when a sample is really taken; `gaps`: share of samples lost, in runs of about 30 ms;
    `posture_deg`: SD about the two axes across it by which each segment leans in `standing`; `orientation_noise_deg`
    and `orientation_drift_deg`: SD of the white and the slow error (below 0.05 Hz) of orientations.
    """

    rate_hz: float = 200.0
    gyro_noise_deg_s: float = 0.01
    acc_noise_m_s2: float = 0.0015
    bias_deg_s: float = 0.5
    acc_bias_m_s2: float = 0.02
    mount_deg: float = 10.0
    any_mount: bool = False
    wobble_deg: float = 0.0
    jitter_s: float = 0.0
    gaps: float = 0.0
    posture_deg: float = 0.0
    orientation_noise_deg: float = 0.02
    orientation_drift_deg: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        checks = (
            ("rate_hz", 10.0 <= self.rate_hz <= 5000.0, "10 to 5000 Hz"),
            ("mount_deg", 0.0 <= self.mount_deg <= 180.0, "0 to 180 degrees"),
            ("jitter_s", 0.0 <= self.jitter_s * self.rate_hz <= 0.3, "0 to 0.3 of a sampling interval"),
            ("gaps", 0.0 <= self.gaps <= 0.5, "0 to 0.5"),
        )
        for name, good, span in checks:
            if not good:
                raise BadInput(f"simulate: {name} is {getattr(self, name)}; give {span}")


def wear_suit(simulation: Simulation, errors: SuitErrors, segments: Sequence[str] = SUIT) -> Recording:
    """What raw sensors on these segments record of the motion: one stream a sensor, rates and pulls in its own axes."""
    return _raw(simulation, errors, segments, simulation.motion.duration_s, None)


def standing(simulation: Simulation, errors: SuitErrors, segments: Sequence[str] = SUIT) -> Recording:
    """The same sensors, where they are, on the same athlete who stands upright for a second, arms hanging."""
    s = simulation.motion.scenario
    upright = simulate_scenario(
        Scenario("hip-hinge", reps=1, height_m=s.height_m, mass_kg=s.mass_kg, mirror=s.mirror, rate_hz=10.0)
    )
    rng = np.random.default_rng([errors.seed, 77])
    leans = np.radians(errors.posture_deg) * rng.standard_normal((len(SUIT), 2))
    return _raw(upright, errors, segments, _STAND_S, {name: leans[k] for k, name in enumerate(SUIT)})


def wear_oriented_suit(simulation: Simulation, errors: SuitErrors, segments: Sequence[str] = SUIT) -> Recording:
    """What a maker's own software gives: orientations of the segments, off by `mount_deg`, in a world with z up."""
    motion = simulation.motion
    times = np.arange(round(motion.duration_s * errors.rate_hz)) / errors.rate_hz
    true = truth_segments(simulation, times)
    found: list[FloatArray] = []
    for name in segments:
        rng = _rng(errors, name)
        mount = _mount(errors, rng)
        slow = np.radians(errors.orientation_drift_deg) * band_limited(
            times, max(40.0, motion.duration_s), 0.05, 3, rng
        )
        fast = np.radians(errors.orientation_noise_deg) * rng.standard_normal((times.size, 3))
        found.append(true[name] @ _wobble(simulation, errors, name, times) @ mount @ small_turns(slow + fast))
    stream = Stream(
        "orientation", "rotations", np.stack(found, axis=1), errors.rate_hz, tuple(segments), ("",) * len(segments),
        meta={"segments": "isb"},
    )  # fmt: skip
    return Recording((stream,))


def _raw(
    simulation: Simulation,
    errors: SuitErrors,
    segments: Sequence[str],
    duration_s: float,
    leans: dict[str, FloatArray] | None,
) -> Recording:
    even = np.arange(round(duration_s * errors.rate_hz)) / errors.rate_hz
    streams: list[Stream] = []
    lost = _lost(errors, even.size)
    jitter = errors.jitter_s * np.random.default_rng([errors.seed, 5]).standard_normal(even.size)
    times = np.maximum(even + jitter, STEP_S)
    before, now, after = (truth_segments(simulation, times + k * STEP_S) for k in (-1.0, 0.0, 1.0))
    places = [_origins(simulation, times + k * STEP_S) for k in (-1.0, 0.0, 1.0)]
    for name in segments:
        rng = _rng(errors, name)
        mount = _mount(errors, rng)
        if leans is not None:
            mount = rot_x(leans[name][0]) @ rot_z(leans[name][1]) @ mount
        turned = [
            r[name] @ _wobble(simulation, errors, name, times + k * STEP_S) @ mount
            for r, k in ((before, -1.0), (now, 0.0), (after, 1.0))
        ]
        rate, pull = sensed(turned, [place[name] for place in places])
        root = np.sqrt(0.5 * errors.rate_hz)
        rate = rate + np.radians(
            errors.bias_deg_s * rng.standard_normal(3)
            + errors.gyro_noise_deg_s * root * rng.standard_normal(rate.shape)
        )
        pull = pull + errors.acc_bias_m_s2 * rng.standard_normal(3)
        pull = pull + errors.acc_noise_m_s2 * root * rng.standard_normal(pull.shape)
        values = np.concatenate((pull, rate), axis=1)
        values[lost] = np.nan
        names = tuple(f"{sort}_{axis}" for sort in ("acc", "gyr") for axis in "xyz")
        units = ("m/s²",) * 3 + ("rad/s",) * 3
        streams.append(Stream(f"imu {name}", "imu", values, errors.rate_hz, names, units, meta={"sensor": name}))
    return Recording(tuple(streams))


def sensed(turned: Sequence[FloatArray], places: Sequence[FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Rates, rad/s, and pulls, m/s², shape (n, 3), in a sensor's own axes.

    Parameters
    ----------
    turned, places
        Its rotation (n, 3, 3) and place (n, 3), m, in the lab, `STEP_S` before, at and after each instant.
    """
    rate = 0.5 * (
        rotation_between(turned[0], turned[1], STEP_S)
        + apply(transpose(turned[1]), apply(turned[2], rotation_between(turned[1], turned[2], STEP_S)))
    )
    speeding = (places[0] - 2.0 * places[1] + places[2]) / STEP_S**2
    return rate, apply(transpose(turned[1]), speeding + np.array([0.0, 0.0, STANDARD_GRAVITY]))


def _rng(errors: SuitErrors, segment: str) -> np.random.Generator:
    return np.random.default_rng([errors.seed, 11 + SUIT.index(segment)])


def _mount(errors: SuitErrors, rng: np.random.Generator) -> FloatArray:
    """How the sensor's axes lie in its segment."""
    axis = rng.standard_normal(3)
    axis /= np.linalg.norm(axis)
    if errors.any_mount:
        return small_turns(axis[None] * rng.uniform(0.0, np.pi))[0]
    return small_turns(axis[None] * np.radians(errors.mount_deg))[0]


def small_turns(vector: FloatArray) -> FloatArray:
    """Rotations (n, 3, 3) by rotation vectors (n, 3), rad (Rodrigues)."""
    angle = np.linalg.norm(vector, axis=1)
    x, y, z = (vector / np.where(angle > 0.0, angle, 1.0)[:, None]).T
    nil = np.zeros_like(x)
    k = np.stack([np.stack(r, axis=1) for r in ((nil, -z, y), (z, nil, -x), (-y, x, nil))], axis=1)
    return np.eye(3) + np.sin(angle)[:, None, None] * k + (1.0 - np.cos(angle))[:, None, None] * (k @ k)


def _wobble(simulation: Simulation, errors: SuitErrors, segment: str, times: FloatArray) -> FloatArray:
    if not errors.wobble_deg:
        return np.broadcast_to(np.eye(3), (times.size, 3, 3))
    scenario = simulation.motion.scenario
    band = _WOBBLE_BAND_HZ["throw" if scenario.movement in _FAST else scenario.family]
    rng = np.random.default_rng([errors.seed, 41 + SUIT.index(segment)])
    wave = band_limited(times, max(2.0, simulation.motion.duration_s), band, 3, rng)
    plans = simulation.motion.plans
    # Soft tissue rests while the athlete does.
    moves = ramp(times, plans[0].start_s - 0.3, plans[0].start_s) - ramp(times, plans[-1].end_s, plans[-1].end_s + 0.3)
    return small_turns(np.radians(errors.wobble_deg) * moves[:, None] * wave)


def _origins(simulation: Simulation, times: FloatArray) -> dict[str, FloatArray]:
    """Where each segment's origin is in the lab, m, as the file would have it."""
    s = simulation.motion.scenario
    turned = rot_z(np.radians(np.asarray(s.heading_deg)))
    if s.mirror:
        turned = np.diag([1.0, -1.0, 1.0]) @ turned
    other = {"right": "left", "left": "right"} if s.mirror else {}
    out: dict[str, FloatArray] = {}
    for name, place in simulation.motion.pose(times).origin.items():
        base, _, side = name.rpartition("_")
        out[f"{base}_{other[side]}" if side in other else name] = place @ turned.T
    return out


def _lost(errors: SuitErrors, count: int) -> BoolArray:
    lost = np.zeros(count, dtype=np.bool_)
    rng = np.random.default_rng([errors.seed, 6])
    while lost.mean() < errors.gaps:
        first = int(rng.integers(1, max(2, count - 1)))
        lost[first : min(count - 1, first + 1 + int(rng.exponential(0.03 * errors.rate_hz)))] = True
    return lost
