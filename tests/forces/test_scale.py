"""A plate whose scale is wrong: forces and powers of an analysis still hold the truth, heights hardly notice."""

import numpy as np
import pytest

from legato.estimate import Estimate
from legato.forces import analyse_forces
from legato.forces.jump_model import Jump
from legato.forces.jumps import find_jumps, search_jumps
from legato.recording import STANDARD_GRAVITY, FloatArray, Recording, Stream

from .planted_jumps import planted_jump

SEEDS = 60
WEIGHT_N = 72.0 * STANDARD_GRAVITY


def jump_of(force_n: FloatArray) -> Jump:
    stream = Stream("force", "force", force_n[:, None], 1000.0, ("Fz",), ("N",), meta={"up": "+Z"})
    found = analyse_forces(Recording((stream,)))
    assert found is not None and found.jumps is not None
    (jump,) = found.jumps.jumps
    return jump


def known(estimate: Estimate | None) -> Estimate:
    assert estimate is not None
    return estimate


@pytest.fixture(scope="module")
def wrongly_scaled() -> list[tuple[float, Jump]]:
    """Jumps on plates whose scale is wrong by 0.5 % (SD, evenly spread)."""
    truth = planted_jump(1000.0)
    scales = 1.0 + 0.005 * np.sqrt(3.0) * np.random.default_rng(11).uniform(-1.0, 1.0, SEEDS)
    return [(float(scale), jump_of(scale * truth.force_n)) for scale in scales]


def test_the_weight_is_held_as_often_as_it_says(wrongly_scaled: list[tuple[float, Jump]]) -> None:
    held = np.mean([known(jump.weight_n).holds(WEIGHT_N) for _, jump in wrongly_scaled])
    # 60 draws of an even distribution: 95 % of it lie within 1.645 SD; one standard error is 3 to 4 points.
    assert 0.84 <= held <= 1.0
    # Without the scale the interval is that of the noise, some 0.01 %.
    assert known(wrongly_scaled[0][1].weight_n).half_width == pytest.approx(1.645 * 0.005 * WEIGHT_N, rel=0.05)


def test_forces_and_powers_hold_the_true_ones(wrongly_scaled: list[tuple[float, Jump]]) -> None:
    true = jump_of(planted_jump(1000.0).force_n)
    for name in ("peak_force_n", "landing_peak_n", "peak_power_w", "mean_power_w"):
        right = known(getattr(true, name)).value
        held = np.mean([known(getattr(jump, name)).holds(right) for _, jump in wrongly_scaled])
        assert held >= 0.84, name


def test_heights_are_free_of_it(wrongly_scaled: list[tuple[float, Jump]]) -> None:
    true = planted_jump(1000.0).height_m
    for _, jump in wrongly_scaled:
        # The planted noise alone moves the height by about a millimetre.
        assert known(jump.height_impulse_m).value == pytest.approx(true, abs=1.5e-3)
        assert jump.height_impulse_m is not None and jump.height_impulse_m.half_width < 2e-3


def test_a_weight_by_the_mass_that_was_given_has_no_scale() -> None:
    truth = planted_jump(1000.0)
    stream = Stream("force", "force", truth.force_n[2000:3600, None], 1000.0, ("Fz",), ("N",), meta={"up": "+Z"})
    found = analyse_forces(Recording((stream,)), mass_kg=72.0)
    assert found is not None and found.jumps is not None
    (jump,) = found.jumps.jumps
    (plain,) = search_jumps(truth.force_n[2000:3600], 1000.0, 72.0).jumps
    assert jump.weight_from == "mass given" and jump.weight_n == plain.weight_n


def test_powers_over_a_mass_that_was_given_have_the_scale_of_the_plates():
    # Cut 50 ms before the onset: nobody is seen to stand before the jump.
    force = planted_jump(1000.0).force_n[1450:3600]

    def told(scale: float) -> Jump:
        stream = Stream("force", "force", scale * force[:, None], 1000.0, ("Fz",), ("N",), meta={"up": "+Z"})
        found = analyse_forces(Recording((stream,)), mass_kg=72.0)
        assert found is not None and found.jumps is not None
        (jump,) = found.jumps.jumps
        return jump

    right = told(1.0)
    assert right.weight_from == "mass given"
    power, over_mass = known(right.peak_power_w), known(right.peak_power_w_kg)
    assert known(right.peak_power_w_kg).value == pytest.approx(power.value / 72.0)
    assert over_mass.half_width / over_mass.value >= power.half_width / power.value
    for scale in (0.992, 1.008):
        for name in ("peak_power_w_kg", "mean_power_w_kg"):
            assert known(getattr(told(scale), name)).holds(known(getattr(right, name)).value), (name, scale)
    # Of plates that tell both it drops out.
    standing = [jump_of(scale * planted_jump(1000.0).force_n) for scale in (1.0, 1.008)]
    first, second = (known(jump.peak_power_w_kg) for jump in standing)
    assert second.value == pytest.approx(first.value, rel=1e-3)
    assert first.half_width / first.value < 0.008


def test_the_turn_by_a_given_mass_is_held_on_plates_of_another_scale():
    """Speeds summed up from the flight mix a mass from elsewhere with the plates' force."""
    force = planted_jump(1000.0).force_n[1450:3600]
    right, wrong = (find_jumps(scale * force, 1000.0, 72.0)[0] for scale in (1.0, 1.008))
    (turn,), (moved,) = ([p.start_s for p in jump.phases if p.name == "propulsion"] for jump in (right, wrong))
    assert moved.holds(turn.value)
