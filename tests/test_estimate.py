"""An estimate keeps its interval through arithmetic."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.estimate import Estimate, mean_of

numbers = st.floats(-1e6, 1e6)
widths = st.floats(1e-6, 1e3)


def test_an_interval_that_does_not_hold_its_value_is_refused():
    with pytest.raises(ValueError, match="outside"):
        Estimate(1.0, 2.0, 3.0)
    with pytest.raises(ValueError, match="finite"):
        Estimate(math.nan, 0.0, 1.0)


def test_the_difference_of_independent_estimates_covers_as_often_as_its_level_says():
    rng = np.random.default_rng(1)
    n, sd_a, sd_b = 20_000, 3.0, 4.0
    a, b = rng.normal(10.0, sd_a, n), rng.normal(4.0, sd_b, n)
    hits = sum(
        Estimate.symmetric(x, 1.6449 * sd_a).minus(Estimate.symmetric(y, 1.6449 * sd_b)).holds(6.0)
        for x, y in zip(a, b, strict=True)
    )
    # One SE of the share is 0.0021; four of them.
    assert hits / n == pytest.approx(0.90, abs=0.0085)


@given(numbers, widths, numbers, widths)
def test_a_difference_is_wider_than_either_part_and_changes_sign_when_swapped(a, wa, b, wb):
    first, second = Estimate.symmetric(a, wa), Estimate.symmetric(b, wb)
    difference, swapped = first.minus(second), second.minus(first)
    # Rounding of ends near 1e6 costs about 1e-10.
    assert difference.half_width >= max(first.half_width, second.half_width) - 1e-8
    assert difference.value == -swapped.value
    assert difference.low == pytest.approx(-swapped.high, abs=1e-8)


@given(numbers, widths, st.floats(-1e3, 1e3))
def test_scaling_by_a_negative_number_keeps_the_interval_in_order(a, w, factor):
    scaled = Estimate.symmetric(a, w, "s").scaled(factor, "ms")
    assert scaled.low <= scaled.value <= scaled.high
    assert scaled.unit == "ms"


def test_an_asymmetric_interval_keeps_its_sides_in_a_difference():
    difference = Estimate(0.0, -3.0, 1.0).minus(Estimate(0.0, -2.0, 4.0))
    # Below: 3 of the first with 4 above of the second; above: 1 with 2.
    assert difference.low == pytest.approx(-5.0)
    assert difference.high == pytest.approx(math.sqrt(5.0))


def test_units_that_differ_are_never_subtracted():
    with pytest.raises(ValueError, match="cannot subtract"):
        Estimate.symmetric(1.0, 0.1, "s").minus(Estimate.symmetric(1.0, 0.1, "ms"))


def test_the_mean_of_n_equal_estimates_narrows_with_the_root_of_n():
    mean = mean_of([Estimate.symmetric(2.0, 0.4)] * 16)
    assert mean.value == pytest.approx(2.0)
    assert mean.half_width == pytest.approx(0.1)
    with pytest.raises(ValueError, match="no estimates"):
        mean_of([])


def test_widening_adds_in_quadrature():
    assert Estimate.symmetric(0.0, 3.0).widened(4.0).half_width == pytest.approx(5.0)


def test_the_json_record_names_value_bounds_and_unit():
    assert Estimate(1.0, 0.5, 1.5, unit="s").to_dict() == {"value": 1.0, "low": 0.5, "high": 1.5, "unit": "s"}


@pytest.mark.parametrize(
    ("given", "size"),
    [
        (Estimate(-3.0, -5.0, -2.0, unit="m"), Estimate(3.0, 2.0, 5.0, unit="m")),
        (Estimate(1.0, -2.0, 4.0, unit="m"), Estimate(1.0, 0.0, 4.0, unit="m")),
        (Estimate(1.0, -3.0, 2.0, unit="m"), Estimate(1.0, 0.0, 3.0, unit="m")),
        (Estimate(-1.0, -2.0, 3.0, unit="m"), Estimate(1.0, 0.0, 3.0, unit="m")),
    ],
)
def test_a_size_has_no_sign_and_holds_what_the_estimate_held(given: Estimate, size: Estimate):
    assert given.without_sign() == size
