"""Power of joints: hand-made cases of who gives to whom, the energy of a swinging chain, and plain numpy."""

import time

import numpy as np
import pytest

from legato.kinetics._power_kernels import drawn_work
from legato.kinetics.power import JointPower, joint_power, segment_energy
from legato.recording import FloatArray
from legato.signals.rotation import turn

G = 9.80665


def held(moment_w: tuple[float, float], force_w: float = 0.0) -> JointPower:
    """A joint whose moment gives so much to the segments ahead and behind, and whose force hands on `force_w`."""
    to, back = (np.full(3, w) for w in moment_w)
    return JointPower(
        "knee", "right", "shank_right", "thigh_right", np.full(3, force_w), to, np.full(3, -force_w), back
    )


@pytest.mark.parametrize(
    ("ahead", "behind", "net", "handed"),
    [
        # The table of Robertson & Winter 1980: both turn with the moment's sign on their side, one turns, none turns.
        (30.0, 50.0, 80.0, 0.0),  # the moment drives both apart: generation alone
        (-30.0, -50.0, -80.0, 0.0),  # both turn against it: absorption alone
        (80.0, -30.0, 50.0, 30.0),  # the segment ahead gains 80, 30 of them from behind
        (30.0, -80.0, -50.0, 30.0),  # 80 are taken behind, 30 arrive, 50 are absorbed
        (-30.0, 80.0, 50.0, -30.0),  # the same the other way round
        (50.0, 0.0, 50.0, 0.0),  # the other segment rests
        (40.0, -40.0, 0.0, 40.0),  # an isometric muscle hands on all
    ],
)
def test_what_a_moment_generates_absorbs_and_hands_on(ahead: float, behind: float, net: float, handed: float) -> None:
    joint = held((ahead, behind))
    np.testing.assert_allclose(joint.net, net, atol=1e-12)
    np.testing.assert_allclose(joint.handed_by_moment, handed, atol=1e-12)


def test_the_segment_ahead_gets_what_force_and_moment_give() -> None:
    joint = held((20.0, -5.0), 100.0)
    np.testing.assert_allclose(joint.into_ahead, 120.0)
    np.testing.assert_allclose(joint.separation, 0.0)
    assert joint.name == "knee_right"


def two_rods(rate_hz: float) -> dict[str, FloatArray]:
    """Two rods that swing in a plane from a fixed hinge: torques by Lagrange, joint force by Newton."""
    t = np.arange(round(2.0 * rate_hz)) / rate_hz
    m1, m2, l1, c1, c2, i1, i2 = 8.0, 4.0, 0.45, 0.2, 0.18, 0.12, 0.05
    a, b = 0.6 * np.sin(4.0 * t), 0.9 * np.cos(5.0 * t)
    da, db = 2.4 * np.cos(4.0 * t), -4.5 * np.sin(5.0 * t)
    dda, ddb = -9.6 * np.sin(4.0 * t), -22.5 * np.cos(5.0 * t)
    lower = (i2 + m2 * c2**2) * ddb + m2 * l1 * c2 * (dda * np.cos(a - b) - da**2 * np.sin(a - b))
    lower = lower + m2 * G * c2 * np.sin(b)
    upper = (i1 + m1 * c1**2 + m2 * l1**2) * dda + m2 * l1 * c2 * (ddb * np.cos(a - b) + db**2 * np.sin(a - b))
    upper = upper + (m1 * c1 + m2 * l1) * G * np.sin(a) + lower

    def plane(x: FloatArray, z: FloatArray) -> FloatArray:
        return np.column_stack((x, np.zeros_like(x), z))

    def rod(angle: FloatArray, rate: FloatArray, gain: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Direction of a rod that hangs at an angle, and its first and second rate."""
        s, c = np.sin(angle), np.cos(angle)
        return (
            plane(s, -c),
            plane(c * rate, s * rate),
            plane(c * gain - s * rate**2, s * gain + c * rate**2),
        )

    first, second = rod(a, da, dda), rod(b, db, ddb)
    elbow_velocity = l1 * first[1]
    pull = m2 * (l1 * first[2] + c2 * second[2] + np.array([0.0, 0.0, G]))
    axis = np.array([0.0, -1.0, 0.0])
    return {
        "t": t,
        "joint": l1 * first[0],
        "velocity": elbow_velocity,
        "force": pull,
        "lower": lower[:, None] * axis,
        "upper": upper[:, None] * axis,
        "turning_upper": da[:, None] * axis,
        "turning_lower": db[:, None] * axis,
        "centre_lower": l1 * first[0] + c2 * second[0],
        "centre_upper": c1 * first[0],
        "rotation_lower": turn(b[:, None] * axis),
        "rotation_upper": turn(a[:, None] * axis),
        "work": (upper * da + lower * (db - da)),
    }


def test_powers_of_a_double_pendulum_are_the_change_of_its_energies() -> None:
    rate = 2000.0
    rods = two_rods(rate)
    elbow = joint_power(
        "elbow", "right", ("upper", "lower"), rods["force"], rods["lower"], (rods["velocity"], rods["velocity"]),
        (rods["turning_upper"], rods["turning_lower"]),
    )  # fmt: skip
    lower, upper = (
        segment_energy(
            mass, np.full(3, inertia), rods[f"centre_{name}"], rods[f"rotation_{name}"], rods[f"turning_{name}"], rate
        )
        for name, mass, inertia in (("lower", 4.0, 0.05), ("upper", 8.0, 0.12))
    )
    at_hinge = (rods["upper"] * rods["turning_upper"]).sum(axis=1)
    # Central differences at 2 kHz of motion below 1 Hz.
    for power, energy in (
        (elbow.into_ahead, lower),
        (at_hinge + elbow.force_behind + elbow.moment_behind, upper),
        (at_hinge + elbow.net, lower + upper),
    ):
        change = np.gradient(energy, 1.0 / rate)
        assert power[2:-2] == pytest.approx(change[2:-2], abs=1e-5 * np.abs(change).max())
    np.testing.assert_allclose(elbow.separation, 0.0, atol=1e-9)


def plain(flow: FloatArray, modes: FloatArray, draws: FloatArray, step_s: float) -> FloatArray:
    """`drawn_work` by whole arrays."""
    found = np.empty((len(draws), 11))
    for k, z in enumerate(draws):
        force, ahead, behind = (flow + np.einsum("e,eij->ij", z, modes)).T
        joint = JointPower("j", "", "b", "a", force, ahead, -force, behind)
        parts = [joint.net, joint.handed_by_moment, joint.handed_by_force]
        both = [np.trapezoid(np.maximum(sign * p, 0.0), dx=step_s) for p in parts for sign in (1.0, -1.0)]
        entering = np.trapezoid(np.maximum(joint.into_ahead, 0.0), dx=step_s)
        leaving = np.trapezoid(np.maximum(force - behind, 0.0), dx=step_s)
        net = np.trapezoid(joint.into_ahead, dx=step_s)
        found[k] = [*both, entering, leaving, net, joint.net.max(), joint.net.min()]
    return found


def test_work_of_all_draws_is_the_plain_sum() -> None:
    rng = np.random.default_rng(5)
    flow, modes = rng.normal(0.0, 100.0, (60, 3)), rng.normal(0.0, 10.0, (7, 60, 3))
    draws = np.vstack((np.zeros(7), rng.normal(0.0, 1.0, (20, 7))))
    found = np.empty((21, 11))
    nothing = np.zeros((0, 60, 3, 3)), np.zeros((0, 21, 60, 3))
    drawn_work(flow, modes, draws, *nothing, 0.01, found)
    np.testing.assert_allclose(found, plain(flow, modes, draws, 0.01), rtol=1e-9, atol=1e-9)
    turned, rates = rng.normal(0.0, 9.0, (2, 60, 3, 3)), rng.normal(0.0, 1.0, (2, 21, 60, 3))
    drawn_work(flow, modes, draws, turned, rates, 0.01, found)
    for k in (0, 7, 20):
        wrong = flow + sum(np.einsum("na,nac->nc", rates[s, k], turned[s]) for s in range(2))
        one = plain(wrong, modes, np.stack((draws[0], draws[k])), 0.01)[1]
        np.testing.assert_allclose(found[k], one, rtol=1e-9, atol=1e-9)


def test_power_costs_less_than_a_microsecond_a_frame() -> None:
    """Twelve segments have eleven joints; moments and power together may cost 2 µs a frame."""
    rng = np.random.default_rng(2)
    arrays = [rng.normal(0.0, 1.0, (20000, 3)) for _ in range(6)]

    def all_joints() -> float:
        start = time.process_time()
        for _ in range(11):
            joint_power("j", "", ("b", "a"), arrays[0], arrays[1], (arrays[2], arrays[3]), (arrays[4], arrays[5]))
        return (time.process_time() - start) / 20000

    all_joints()
    assert min(all_joints() for _ in range(5)) < 1.0e-6
