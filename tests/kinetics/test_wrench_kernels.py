"""Newton–Euler of the tree of segments, against Lagrange's equations and against plain numpy."""

import numpy as np
import pytest
from numpy.typing import NDArray

from legato.kinetics._wrench_kernels import about_point, net_wrenches, orthogonal
from legato.recording import FloatArray
from legato.signals.rotation import turn

G = 9.80665


def solved(
    above: list[int],
    mass: FloatArray,
    inertia: FloatArray,
    centre: FloatArray,
    rotation: FloatArray,
    rate_hz: float,
    outer: tuple[FloatArray, FloatArray] | None = None,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Force, moment about the origin and angular velocity of each segment."""
    outer_force, outer_moment = outer or (np.zeros_like(centre), np.zeros_like(centre))
    force, moment, turning = (np.empty_like(centre) for _ in range(3))
    above_array: NDArray[np.int64] = np.array(above, np.int64)
    net_wrenches(
        above_array, mass, inertia, centre, rotation, outer_force, outer_moment, rate_hz, G, force, moment, turning
    )
    return force, moment, turning


def plain(
    above: list[int], mass: FloatArray, inertia: FloatArray, centre: FloatArray, rotation: FloatArray, rate_hz: float
) -> tuple[FloatArray, FloatArray]:
    """The same by whole arrays: the rotation vector of each step, Euler's equations, then the sums up the tree."""
    from scipy.spatial.transform import Rotation

    count, n = centre.shape[:2]
    force, moment = np.full((count, n, 3), np.nan), np.full((count, n, 3), np.nan)
    for s in range(count):
        steps = (Rotation.from_matrix(rotation[s, :-1]).inv() * Rotation.from_matrix(rotation[s, 1:])).as_rotvec()
        rate = steps * rate_hz
        mean, gain = 0.5 * (rate[1:] + rate[:-1]), (rate[1:] - rate[:-1]) * rate_hz
        spin = inertia[s] * gain + np.cross(mean, inertia[s] * mean)
        acceleration = (centre[s, 2:] - 2.0 * centre[s, 1:-1] + centre[s, :-2]) * rate_hz**2
        force[s, 1:-1] = mass[s] * (acceleration + np.array([0.0, 0.0, G]))
        moment[s, 1:-1] = np.cross(centre[s, 1:-1], force[s, 1:-1]) + np.einsum("nij,nj->ni", rotation[s, 1:-1], spin)
    for s in range(count):
        if above[s] >= 0:
            force[above[s]] += force[s]
            moment[above[s]] += moment[s]
    return force, moment


@pytest.mark.parametrize("step_rad", [0.002, 0.02, 0.3])
def test_kernel_is_the_plain_sum(step_rad: float) -> None:
    """Small steps take the series of the arcsine, large ones the arctangent."""
    rng = np.random.default_rng(3)
    n, rate = 40, 100.0
    centre = rng.normal(0.0, 0.3, (4, 1, 3)) + np.cumsum(rng.normal(0.0, 1e-3, (4, n, 3)), axis=1)
    rotation = np.stack([turn(np.cumsum(rng.normal(0.0, step_rad, (n, 3)), axis=0)) for _ in range(4)])
    mass, inertia = rng.uniform(1.0, 10.0, 4), rng.uniform(0.01, 0.2, (4, 3))
    above = [1, 3, 3, -1]
    force, moment, _ = solved(above, mass, inertia, centre, rotation, rate)
    expected_force, expected_moment = plain(above, mass, inertia, centre, rotation, rate)
    np.testing.assert_allclose(force, expected_force, rtol=1e-9, atol=1e-9)
    # Rotation vectors of steps by two routes differ in the last digits, times the square of the rate.
    np.testing.assert_allclose(moment, expected_moment, rtol=1e-8, atol=1e-8)
    about = np.empty_like(moment[0])
    about_point(force[0], moment[0], centre[1], about)
    np.testing.assert_allclose(about, moment[0] - np.cross(centre[1], force[0]), rtol=1e-9, atol=1e-9)


def test_double_pendulum_needs_the_torques_of_lagrange() -> None:
    """Two rods that swing in a vertical plane, their torques by the closed equations of motion."""
    rate = 1000.0
    t = np.arange(2000) / rate
    m1, m2, l1, c1, c2, i1, i2 = 8.0, 4.0, 0.45, 0.2, 0.18, 0.12, 0.05
    a, b = 0.6 * np.sin(4.0 * t), 0.9 * np.cos(5.0 * t)  # angles from hanging, b of the second rod in the lab
    da, db = 2.4 * np.cos(4.0 * t), -4.5 * np.sin(5.0 * t)
    dda, ddb = -9.6 * np.sin(4.0 * t), -22.5 * np.cos(5.0 * t)
    lower = (i2 + m2 * c2**2) * ddb + m2 * l1 * c2 * (dda * np.cos(a - b) - da**2 * np.sin(a - b))
    lower = lower + m2 * G * c2 * np.sin(b)
    upper = (i1 + m1 * c1**2 + m2 * l1**2) * dda + m2 * l1 * c2 * (ddb * np.cos(a - b) + db**2 * np.sin(a - b))
    upper = upper + (m1 * c1 + m2 * l1) * G * np.sin(a) + lower
    heading = turn(np.array([0.0, 0.0, 0.7]))

    def hanging(angle: FloatArray) -> FloatArray:
        return np.column_stack((np.sin(angle), np.zeros_like(angle), -np.cos(angle))) @ heading.T

    first, second = hanging(a), hanging(b)
    joint = l1 * first
    centre = np.stack((joint + c2 * second, c1 * first))
    # The plane's normal is -y before the heading: a positive angle swings towards x.
    axis = heading @ np.array([0.0, -1.0, 0.0])
    rotation = np.stack([turn(angle[:, None] * axis) for angle in (b, a)])
    inertia = np.array([[i2, i2, i2], [i1, i1, i1]])
    force, moment, turning = solved([1, -1], np.array([m2, m1]), inertia, centre, rotation, rate)
    inside = slice(1, -1)
    found_lower = (moment[0] - np.cross(joint, force[0])) @ axis
    found_upper = moment[1] @ axis
    # Second differences at 1 kHz are wrong by (5 Hz·rad)²/12 of a millionth, some 2e-6 of the largest torque.
    assert found_lower[inside] == pytest.approx(lower[inside], abs=1e-5 * np.abs(lower).max())
    assert found_upper[inside] == pytest.approx(upper[inside], abs=1e-5 * np.abs(upper).max())
    assert (turning[1] @ axis)[inside] == pytest.approx(da[inside], abs=1e-4)


def test_energy_of_a_tumbling_body_is_the_work_done_on_it() -> None:
    """Power of force and moment against the change of the energy, whose formula shares nothing with the equations."""
    rate = 2000.0
    t = np.arange(3000) / rate
    path = np.column_stack((0.3 * np.sin(3.0 * t), 0.2 * np.cos(4.0 * t), 1.0 + 0.25 * np.sin(5.0 * t)))
    vector = np.column_stack((0.8 * np.sin(2.0 * t), 0.6 * np.cos(3.0 * t), 0.5 * np.sin(4.0 * t)))
    rotation, mass, inertia = turn(vector)[None], 6.0, np.array([0.02, 0.05, 0.09])
    force, moment, turning = solved([-1], np.array([mass]), inertia[None], path[None], rotation, rate)
    velocity = np.gradient(path, 1.0 / rate, axis=0)
    own = moment[0] - np.cross(path, force[0])
    power = (force[0] * velocity).sum(axis=1) + (own * turning[0]).sum(axis=1)
    spin = np.einsum("nji,nj->ni", rotation[0], turning[0])
    energy = 0.5 * mass * (velocity**2).sum(axis=1) + 0.5 * (spin**2 @ inertia) + mass * G * path[:, 2]
    power, energy = power[1:-1], energy[1:-1]
    work = np.cumsum(0.5 * (power[1:] + power[:-1]) / rate)
    # Trapezoids and central differences at 2 kHz of motion below 1 Hz.
    assert work == pytest.approx(energy[1:] - energy[0], abs=1e-5 * np.ptp(energy))


def test_matrices_become_orthogonal_again() -> None:
    rng = np.random.default_rng(1)
    true = turn(rng.normal(0.0, 1.0, (50, 3)))
    found = true + rng.normal(0.0, 0.02, true.shape)
    u, _, v = np.linalg.svd(found)
    orthogonal(found)
    np.testing.assert_allclose(found, u @ v, atol=1e-7)  # three steps of Newton from errors of some 4 %: (0.04)^8
