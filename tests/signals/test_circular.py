"""Circular statistics against the plain complex mean, under rotation and wrapping, and in coverage."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from legato.errors import NotResolvable
from legato.signals.circular import (
    angular_deviation,
    circular_mean,
    circular_sd,
    mean_direction,
    mean_vector,
    resultant_length,
    wrapped,
)

ANGLES = hnp.arrays(np.float64, st.integers(1, 40), elements=st.floats(-50.0, 50.0))
TURNS = st.floats(-20.0, 20.0)


def apart(a, b):
    return float(np.abs(wrapped(np.asarray(a) - np.asarray(b))).max())


@settings(max_examples=1000)
@given(ANGLES)
def test_mean_and_length_are_those_of_the_plain_complex_mean(angles):
    plain = sum(complex(np.cos(a), np.sin(a)) for a in angles) / len(angles)
    assert float(resultant_length(angles)) == pytest.approx(min(abs(plain), 1.0), abs=1e-12)
    assume(abs(plain) > 1e-6)
    assert apart(circular_mean(angles), np.angle(plain)) < 1e-9


@settings(max_examples=1000)
@given(ANGLES, TURNS)
def test_turning_all_turns_the_mean_and_leaves_the_spread(angles, turn):
    assume(float(resultant_length(angles)) > 1e-6)
    assert apart(circular_mean(angles + turn), circular_mean(angles) + turn) < 1e-8
    assert float(resultant_length(angles + turn)) == pytest.approx(float(resultant_length(angles)), abs=1e-12)


@settings(max_examples=1000)
@given(ANGLES, st.lists(st.integers(-5, 5), min_size=40, max_size=40))
def test_whole_turns_change_nothing(angles, turns):
    moved = angles + 2.0 * np.pi * np.array(turns[: angles.size])
    assert apart(wrapped(moved), wrapped(angles)) < 1e-9
    assert float(resultant_length(moved)) == pytest.approx(float(resultant_length(angles)), abs=1e-12)
    assume(float(resultant_length(angles)) > 1e-6)
    assert apart(circular_mean(moved), circular_mean(angles)) < 1e-8


@settings(max_examples=1000)
@given(ANGLES)
def test_mirrored_angles_have_the_mirrored_mean_and_every_measure_keeps_its_range(angles):
    assert 0.0 <= float(resultant_length(angles)) <= 1.0
    assert 0.0 <= float(angular_deviation(angles)) <= np.sqrt(2.0)
    assert float(circular_sd(angles)) >= 0.0
    assume(float(resultant_length(angles)) > 1e-6)
    assert apart(circular_mean(-angles), -circular_mean(angles)) < 1e-8
    assert 0.0 <= float(circular_mean(angles)) < 2.0 * np.pi


@settings(max_examples=1000)
@given(hnp.arrays(np.float64, st.integers(3, 30), elements=st.floats(-0.1, 0.1)), TURNS)
def test_the_interval_turns_with_the_data_and_holds_its_value(angles, turn):
    assume(float(resultant_length(angles)) > 0.99)
    first, second = mean_direction(angles), mean_direction(angles + turn)
    assert apart(second.value, first.value + turn) < 1e-8
    assert second.half_width == pytest.approx(first.half_width, abs=1e-7)
    assert first.low <= first.value <= first.high


def test_close_directions_have_the_statistics_of_the_line():
    rng = np.random.default_rng(0)
    angles = 6.2 + 0.05 * rng.normal(size=4000)
    assert apart(circular_mean(angles), angles.mean()) < 1e-4
    assert float(circular_sd(angles)) == pytest.approx(angles.std(), rel=2e-3)
    assert float(angular_deviation(angles)) == pytest.approx(angles.std(), rel=2e-3)


def test_directions_either_side_of_zero_do_not_average_to_the_opposite():
    assert apart(circular_mean(np.radians([350.0, 10.0])), 0.0) < 1e-12
    assert np.degrees(circular_mean(np.radians([350.0, 0.0, 40.0]))) == pytest.approx(9.6, abs=0.1)


def test_columns_are_averaged_apart_and_missing_angles_left_out():
    angles = np.array([[0.0, np.nan, 1.0], [np.pi / 2.0, 2.0, 1.0]])
    assert circular_mean(angles, axis=0) == pytest.approx([np.pi / 4.0, 2.0, 1.0])
    assert np.abs(mean_vector(angles, axis=0)) == pytest.approx([np.sqrt(0.5), 1.0, 1.0])
    assert np.isnan(circular_mean(np.array([np.nan])))
    assert np.isnan(circular_mean(np.array([0.0, np.pi])))


@pytest.mark.parametrize(("n", "concentration"), [(5, 30.0), (5, 8.0), (8, 4.0), (12, 3.0), (30, 1.5)])
def test_ninety_percent_intervals_hold_the_true_direction_that_often(n, concentration):
    rng = np.random.default_rng(n)
    held = 0
    trials = 1500
    for _ in range(trials):
        truth = rng.uniform(0.0, 2.0 * np.pi)
        found = mean_direction(rng.vonmises(truth, concentration, n))
        held += abs(float(wrapped(found.value - truth))) <= found.half_width
    # 90 % of 1500 has an SD of 0.8 %; up to four of them either way, and a little more where the sample is small.
    assert 0.868 <= held / trials <= 0.935


def test_no_mean_direction_is_given_where_there_is_none():
    with pytest.raises(NotResolvable, match="at least 3"):
        mean_direction(np.array([0.1, 0.2]))
    with pytest.raises(NotResolvable, match=r"cancel|spread"):
        mean_direction(np.radians([0.0, 120.0, 240.0]))
    with pytest.raises(NotResolvable, match="spread"):
        mean_direction(np.radians([0.0, 100.0, 220.0, 300.0]))
