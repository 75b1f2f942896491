"""The core finder on plain arrays: counts do not change with scale, offset, time, mirror or pauses."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.movements.cycles import find_cycles, turning_points, usual_size


def bumps(sizes: list[float], rest: int = 40, width: int = 60) -> np.ndarray:
    bump = 0.5 * (1 - np.cos(np.linspace(0, 2 * np.pi, width)))
    return np.concatenate([np.zeros(rest), *[np.concatenate([size * bump, np.zeros(rest)]) for size in sizes]])


def test_each_excursion_is_found_with_its_size() -> None:
    cycles, usual = find_cycles(bumps([1.0, 0.9, 1.1]), 50.0, 0.2)
    assert [round(c.size, 2) for c in cycles] == [1.0, 0.9, 1.1]
    assert usual == pytest.approx(1.0, abs=0.01)


def test_less_than_the_least_is_nothing() -> None:
    assert find_cycles(bumps([0.1, 0.1]), 50.0, 0.2) == ((), 0.0)
    assert find_cycles(np.zeros(100), 50.0, 0.2) == ((), 0.0)
    assert find_cycles(np.full(100, np.nan), 50.0, 0.2) == ((), 0.0)


def test_small_dips_beside_a_set_are_dropped_and_half_ones_kept() -> None:
    cycles, _ = find_cycles(bumps([0.3, 1.0, 1.0, 0.5, 1.0]), 50.0, 0.2)
    assert [round(c.size, 1) for c in cycles] == [1.0, 1.0, 0.5, 1.0]


def test_turning_points_alternate_and_differ_by_the_threshold() -> None:
    rng = np.random.default_rng(3)
    x = np.cumsum(rng.standard_normal(2000))
    points = turning_points(x, 5.0)
    assert all(a[1] != b[1] for a, b in pairwise(points))
    inner = [x[i] for i, _ in points[1:-1]]
    assert np.all(np.abs(np.diff(inner)) >= 5.0)


def test_an_excursion_cut_before_its_far_point_is_not_claimed() -> None:
    x = bumps([1.0])
    far = int(x.argmax())
    assert find_cycles(x[: far + 1], 50.0, 0.2)[0] == ()
    assert find_cycles(x[far:], 50.0, 0.2)[0] == ()
    assert len(find_cycles(x[: far + 15], 50.0, 0.2)[0]) == 1


def test_a_rise_counts_once_its_top_is_reached() -> None:
    x = bumps([1.0])
    far = int(x.argmax())
    assert len(find_cycles(np.concatenate([x[:far], np.ones(20)]), 50.0, 0.2, anchor="rise")[0]) == 1
    assert find_cycles(x[: far - 10], 50.0, 0.2, anchor="rise")[0] == ()
    assert find_cycles(x[far:], 50.0, 0.2, anchor="rise")[0] == ()


def test_of_two_far_points_too_close_the_larger_counts() -> None:
    cycles, _ = find_cycles(bumps([1.0, 0.9], rest=5), 50.0, 0.2, apart_s=3.0)
    assert [round(c.size, 1) for c in cycles] == [1.0]


def test_the_usual_size_ignores_small_ones() -> None:
    assert usual_size([0.2, 1.0, 1.2, 0.5]) == pytest.approx(1.1)


@given(
    sizes=st.lists(st.floats(0.8, 1.2), min_size=1, max_size=6),
    scale=st.floats(0.01, 100.0),
    offset=st.floats(-50.0, 50.0),
    stretch=st.integers(1, 4),
)
def test_counts_do_not_depend_on_unit_offset_or_pauses(
    sizes: list[float], scale: float, offset: float, stretch: int
) -> None:
    x = bumps(sizes)
    top = int(x.argmax())
    paused = np.concatenate([x[: top + 1], np.full(40 * stretch, x[top]), x[top + 1 :]])
    for signal in (x, paused):
        cycles, usual = find_cycles(scale * signal + offset, 50.0, 0.2 * scale)
        assert len(cycles) == len(sizes)
        assert usual == pytest.approx(scale * np.median(sizes), rel=0.02)


@given(sizes=st.lists(st.floats(0.8, 1.2), min_size=1, max_size=6))
def test_time_reversed_data_hold_the_same_excursions(sizes: list[float]) -> None:
    forward, _ = find_cycles(bumps(sizes), 50.0, 0.2)
    back, _ = find_cycles(bumps(sizes)[::-1].copy(), 50.0, 0.2)
    assert [c.size for c in forward] == pytest.approx([c.size for c in back][::-1])
