"""What one jump tells beside its heights: speed, depth, power over mass, shares of the feet; and jumps together."""

from dataclasses import replace

import numpy as np
import pytest

import legato
from legato.estimate import Estimate
from legato.forces.jump_set import jump_set
from legato.forces.jumps import find_jumps
from legato.recording import STANDARD_GRAVITY, FloatArray, Recording, Stream

from .planted_jumps import PlantedJump, planted_jump, random_jump

G = STANDARD_GRAVITY


def speed_of(truth: PlantedJump, force_n: FloatArray) -> FloatArray:
    """Speed of the planted centre of mass, m/s, from a force without noise or offset."""
    gain = force_n / truth.mass_kg - G
    return np.concatenate(([0.0], np.cumsum(0.5 * (gain[1:] + gain[:-1])))) / truth.rate_hz


@pytest.mark.parametrize("noise_n", [1.0, 4.0])
def test_take_off_speed_depth_and_power_over_mass_are_held(noise_n: float):
    held: list[tuple[bool, bool, bool]] = []
    for seed in range(20):
        draw = np.random.default_rng(80_000 + seed)
        same = {"mass_kg": draw.uniform(45.0, 110.0), "push": draw.uniform(9.0, 15.0), "phase": draw.uniform(0.0, 0.01)}
        truth, exact = (planted_jump(1000.0, noise_n=n, seed=seed, **same) for n in (noise_n, 0.0))
        v = speed_of(exact, exact.force_n)
        turn, off = round(truth.turn_s * 1000.0), round(truth.take_off_s * 1000.0)
        (jump,) = find_jumps(truth.force_n, 1000.0)
        assert jump.take_off_speed_m_s is not None and jump.depth_m is not None and jump.peak_power_w_kg is not None
        assert jump.depth_m.half_width < 0.02
        held.append(
            (
                jump.take_off_speed_m_s.holds(G * truth.flight_s / 2.0),
                jump.depth_m.holds(-float(v[:turn].sum()) / 1000.0),
                jump.peak_power_w_kg.holds(float((exact.force_n * v)[turn:off].max()) / truth.mass_kg),
            )
        )
    # 20 events: one SE is 7 points.
    assert np.mean(held, axis=0).min() >= 0.8, np.mean(held, axis=0)


def test_a_squat_jump_has_a_strength_and_no_depth():
    (jump,) = find_jumps(random_jump(1, 1000.0, 2.0, counter=0.0).force_n, 1000.0)
    assert jump.kind == "squat" and jump.depth_m is None and jump.reactive_strength_m_s is not None
    truth = random_jump(1, 1000.0, 2.0, counter=0.0)
    assert jump.reactive_strength_m_s.holds(truth.height_m / (truth.take_off_s - truth.onset_s))


@pytest.mark.parametrize("lower_m", [-0.02, 0.0, 0.02])
def test_power_from_the_flight_alone_owns_the_posture_at_landing(lower_m: float):
    for seed in range(5):
        truth, exact = (planted_jump(1000.0, noise_n=n, seed=seed, push=9.0 + seed) for n in (2.0, 0.0))
        v = speed_of(exact, exact.force_n)
        turn, off = round(truth.turn_s * 1000.0), round(truth.take_off_s * 1000.0)
        peak = float((exact.force_n * v)[turn:off].max())
        leaving = G * truth.flight_s / 2.0
        longer = (leaving + float(np.sqrt(leaving**2 + 2.0 * G * lower_m))) / G - truth.flight_s
        middle = round((truth.take_off_s + truth.landing_s) * 500.0)
        n = round(abs(longer) * 1000.0)
        rest = truth.force_n[middle:] if longer >= 0.0 else truth.force_n[middle + n :]
        air = np.random.default_rng(seed).normal(0.0, 2.0, n if longer >= 0.0 else 0)
        # Cut off within 0.2 s of the onset's rest: nobody is seen to stand before the jump.
        force = np.concatenate((truth.force_n[round(truth.onset_s * 1000.0) - 200 : middle], air, rest))
        (jump,) = find_jumps(force, 1000.0)
        assert jump.kind == "unknown" and jump.peak_power_w is not None
        assert jump.peak_power_w.holds(peak), (lower_m, seed)
        assert 0.01 < jump.peak_power_w.half_width / peak < 0.1


def two_plates(left_share: float = 0.55, names: tuple[str, str] = ("Left Fz", "Right Fz")):
    truth = planted_jump(1000.0, noise_n=0.0, mass_kg=75.0)
    noise = np.random.default_rng(4).normal(0.0, 1.5, (2, truth.force_n.size))
    values = np.column_stack([left_share * truth.force_n + noise[0], (1.0 - left_share) * truth.force_n + noise[1]])
    recording = Recording((Stream("force", "force", values, 1000.0, names, ("N", "N")),))
    forces = legato.analyze(recording, "countermovement-jump").forces
    assert forces is not None and forces.jumps is not None
    return truth, forces.jumps.jumps[0]


def test_shares_and_peaks_of_both_feet_by_phase():
    truth, jump = two_plates()
    assert [share.phase for share in jump.shares] == ["braking", "propulsion", "landing"]
    for share in jump.shares:
        assert share.left is not None and share.left.holds(0.55) and share.left.half_width < 0.02
        assert share.peak_left_n is not None and share.peak_right_n is not None
    landing = jump.shares[-1]
    top = float(truth.force_n[round(truth.landing_s * 1000.0) :].max())
    assert landing.peak_left_n is not None and landing.peak_left_n.holds(0.55 * top)
    assert landing.peak_right_n is not None and landing.peak_right_n.holds(0.45 * top)


def test_plates_without_a_foot_tell_no_share():
    assert two_plates(names=("Fz1", "Fz2"))[1].shares == ()


def test_the_mean_of_jumps_and_the_highest_of_them():
    jumps = [find_jumps(planted_jump(push=push, seed=3).force_n, 1000.0)[0] for push in (10.0, 11.0, 13.0)]
    found = jump_set(jumps)
    assert found is not None and found.n == 3 and found.highest == 3
    mean: Estimate | None = found.height_flight_m
    assert mean is not None
    heights = [jump.height_flight_m.value for jump in jumps]
    assert mean.value == pytest.approx(np.mean(heights))
    # Student's t of two degrees of freedom at 90 %: 2.92.
    assert mean.half_width == pytest.approx(2.92 * np.std(heights, ddof=1) / np.sqrt(3.0), rel=1e-3)
    assert jump_set(jumps[:1]) is None
    assert jump_set([jumps[0], replace(jumps[0])]).highest is None  # type: ignore[union-attr]
