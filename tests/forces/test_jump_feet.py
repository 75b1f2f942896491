"""When each foot of a jump leaves its plate and lands, and which is first: planted feet, and what says nothing."""

import re

import numpy as np
import pytest

from legato.forces import analyse_forces
from legato.recording import STANDARD_GRAVITY, FloatArray, Recording, Stream
from legato.report.jump_feet import feet_rows, feet_text

SIDES = ("Left Fz", "Right Fz")


def planted_feet(
    seed: int, rate_hz: float, noise_n: float, apart_s: tuple[float, float] | None = None
) -> tuple[FloatArray, tuple[tuple[float, float], tuple[float, float]]]:
    """Force under each foot, N, shape (n, 2), and take-off and landing of each, s, exact.

    Each foot's force goes to zero, and rises from it, in a straight line of its own steepness. The right foot leaves
    and lands `apart_s` after the left, up to 30 ms by chance.
    """
    draw = np.random.default_rng(70_000 + seed)
    t = np.arange(int(5.0 * rate_hz)) / rate_hz
    weight_n = draw.uniform(45.0, 110.0) * STANDARD_GRAVITY
    off, flight = 2.0 + draw.uniform(0.0, 0.01), draw.uniform(0.3, 0.6)
    later = draw.uniform(-0.03, 0.03, 2) if apart_s is None else apart_s
    share = draw.uniform(0.4, 0.6)
    columns, truth = [], []
    for part, sign in ((share, -0.5), (1.0 - share, 0.5)):
        left, landed = off + sign * later[0], off + flight + sign * later[1]
        top, ramp, rise = draw.uniform(2.0, 2.6), draw.uniform(0.02, 0.05), draw.uniform(0.01, 0.05)
        knots = np.array(
            [0.0, 1.2, 1.4, 1.7, left - ramp - 0.03, left - ramp, left, landed, landed + rise, landed + 0.3]
        )
        heights = np.array([1.0, 1.0, 0.5, 1.7, top, 0.6 * top, 0.0, 0.0, draw.uniform(2.5, 4.0), 1.0])
        columns.append(
            part * weight_n * np.interp(t, knots, heights) + draw.normal(draw.uniform(-20, 20), noise_n, t.size)
        )
        truth.append((left, landed))
    return np.column_stack(columns), (truth[0], truth[1])


def read(force_n: FloatArray, rate_hz: float, names=SIDES):
    stream = Stream("force", "force", force_n, rate_hz, tuple(names), ("N",) * force_n.shape[1])
    found = analyse_forces(Recording((stream,)))
    assert found is not None and found.jumps is not None
    (jump,) = found.jumps.jumps
    return jump


@pytest.mark.parametrize(("rate_hz", "noise_n"), [(500.0, 1.0), (1000.0, 3.0), (2000.0, 2.0)])
def test_the_instants_of_each_foot_and_their_order_are_held(rate_hz, noise_n):
    held: list[bool] = []
    apart: list[bool] = []
    for seed in range(30):
        force, (left, right) = planted_feet(seed, rate_hz, noise_n)
        jump = read(force, rate_hz)
        assert jump.feet is not None
        for end, (one, other) in ((jump.feet.take_off, (left[0], right[0])), (jump.feet.landing, (left[1], right[1]))):
            assert end is not None
            assert (end.first.name, end.second.name) == ("left", "right")
            held += [end.first.time_s.holds(one), end.second.time_s.holds(other)]
            apart.append(end.apart_s.holds(other - one))
            assert end.apart_s.half_width < 0.004
            wrong = {"left first": other < one, "right first": other > one, "together": abs(other - one) > 0.005}
            assert not wrong.get(end.order, False)
        # The body takes off with the last foot and lands with the first.
        assert jump.take_off_s.value == pytest.approx(max(left[0], right[0]), abs=0.004)
        assert jump.landing_s.value == pytest.approx(min(left[1], right[1]), abs=0.004)
    assert np.mean(held) >= 0.85 and np.mean(apart) >= 0.85


def test_feet_apart_and_together_are_told_in_words():
    force, _ = planted_feet(1, 1000.0, 1.0, (0.02, -0.015))
    said = feet_text(read(force, 1000.0))
    told = re.fullmatch(
        r"left foot leaves (\S+) ± .* ms before the right; right foot lands (\S+) ± .* before the left", said
    )
    assert told is not None
    assert [float(ms) for ms in told.groups()] == pytest.approx([20.0, 15.0], abs=1.0)
    force, _ = planted_feet(2, 1000.0, 1.0, (0.0, 0.0))
    said = feet_text(read(force, 1000.0))
    assert said.startswith("both feet leave together (within ") and "both feet land together (within " in said


def test_feet_whose_order_noise_hides_are_not_resolvable():
    force, _ = planted_feet(3, 500.0, 25.0, (0.001, 0.1))
    jump = read(force, 500.0)
    assert jump.feet is not None and jump.feet.take_off is not None
    assert jump.feet.take_off.order == "not-resolvable"
    assert feet_text(jump).startswith("which foot leaves first is not resolvable (left foot leaves ")


def test_plates_whose_foot_is_not_known_stand_for_it_and_a_swap_changes_nothing():
    force, _ = planted_feet(4, 1000.0, 1.0, (0.02, 0.02))
    jump = read(force, 1000.0, ("Fz1", "Fz2"))
    assert feet_text(jump).startswith("plate 1 is unloaded ")
    assert jump.feet is not None and jump.feet.take_off is not None and jump.feet.take_off.first.foot == ""
    swapped = read(force[:, ::-1], 1000.0, SIDES[::-1])
    assert feet_text(swapped) == feet_text(read(force, 1000.0))
    assert "left foot leaves before the right" in "".join(feet_rows([swapped], 0.0))


def test_one_plate_three_plates_and_a_landing_on_one_say_nothing():
    force, _ = planted_feet(5, 1000.0, 1.0)
    alone = read(force.sum(axis=1, keepdims=True), 1000.0, ("Fz",))
    assert alone.feet is None and feet_text(alone) == "" and feet_rows([alone], 0.0) == []
    third = np.column_stack([force[:, 0], 0.5 * force[:, 1], 0.5 * force[:, 1]])
    assert read(third, 1000.0, ("Fz1", "Fz2", "Fz3")).feet is None
    onto_one = force.copy()
    onto_one[2200:] = np.column_stack(
        [force[2200:].sum(axis=1), force[2100:2200, 1].mean() + np.zeros(len(force) - 2200)]
    )
    jump = read(onto_one, 1000.0)
    assert jump.feet is not None and jump.feet.take_off is not None and jump.feet.landing is None
