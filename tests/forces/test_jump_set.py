"""The mean of a session's jumps keeps what is wrong alike in all of them: the plates' scale and a low-pass."""

from dataclasses import replace

import numpy as np
import pytest

from legato.estimate import Estimate
from legato.forces.jump_model import Jump, SharedHalves
from legato.forces.jump_set import jump_set
from legato.forces.jumps import find_jumps
from legato.forces.scale import scaled_jump
from legato.signals.factors import normal_factor

from .bent_jumps import bent_jump
from .planted_jumps import planted_jump
from .test_low_pass import low_passed, noisy

SESSIONS = 600


@pytest.fixture(scope="module")
def plain() -> Jump:
    (jump,) = find_jumps(planted_jump(1000.0).force_n, 1000.0)
    return jump


@pytest.mark.parametrize("n", [3, 5, 8])
def test_a_scale_that_all_jumps_share_is_in_their_mean_power(plain: Jump, n: int):
    draw = np.random.default_rng(500 + n)
    held: list[bool] = []
    for _ in range(SESSIONS):
        scale = 1.0 + 0.005 * draw.normal()
        powers = scale * (3000.0 + 10.0 * draw.normal(size=n))
        session = [
            scaled_jump(replace(plain, peak_power_w=Estimate.symmetric(float(p), 3.0, "W"), shared=SharedHalves()))
            for p in powers
        ]
        found = jump_set(session)
        assert found is not None and found.peak_power_w is not None
        held.append(found.peak_power_w.holds(3000.0))
    # One SE is 1.2 points; averaged as if each had a scale of its own, 44 to 72 %.
    assert 0.87 <= np.mean(held) <= 0.97, np.mean(held)


@pytest.mark.parametrize("n", [3, 8])
def test_what_a_low_pass_leaves_open_is_in_their_mean_height(plain: Jump, n: int):
    draw = np.random.default_rng(600 + n)
    shared, own = 0.01, 0.001
    held: list[bool] = []
    for _ in range(SESSIONS):
        heights = 0.3 + shared / normal_factor(0.9) * draw.normal() + 0.003 * draw.normal(size=n)
        half = float(np.hypot(shared, own))
        alike = SharedHalves(height_flight_m=shared)
        found = jump_set(
            [replace(plain, height_flight_m=Estimate.symmetric(float(h), half, "m"), shared=alike) for h in heights]
        )
        assert found is not None and found.height_flight_m is not None
        held.append(found.height_flight_m.holds(0.3))
    assert 0.87 <= np.mean(held) <= 0.97, np.mean(held)


def test_jumps_behind_a_low_pass_say_what_they_share():
    jumps: list[Jump] = []
    for seed in range(4):
        force = low_passed(noisy(seed, bent_jump(500).force_n, 3.0), 1000.0, 30.0, 4)
        jumps += find_jumps(force, 1000.0)
    assert len(jumps) == 4
    for jump in jumps:
        # Nearly all of the interval is the cut-off's.
        assert 0.9 < jump.shared.height_flight_m / jump.height_flight_m.half_width <= 1.0
    found = jump_set(jumps)
    assert found is not None and found.height_flight_m is not None
    assert found.height_flight_m.half_width > 0.95 * np.mean([jump.shared.height_flight_m for jump in jumps])


def test_without_a_low_pass_jumps_share_nothing(plain: Jump):
    assert plain.shared == SharedHalves()


def test_a_power_that_rests_on_the_flight_is_shared_as_a_whole():
    force = planted_jump(1000.0).force_n[1450:3600]
    (jump,) = find_jumps(force, 1000.0, 72.0)
    assert jump.weight_from == "mass given" and jump.peak_power_w is not None
    assert jump.shared.peak_power_w == pytest.approx(jump.peak_power_w.half_width)
