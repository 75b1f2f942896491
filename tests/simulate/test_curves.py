"""Laws of time: smooth, monotone where they must be, and at rest where they say so."""

import numpy as np
import pytest
from scipy.integrate import trapezoid

from legato.simulate.curves import Excursion, bump, excursions, hop, ramp, rise, sway


def test_a_rise_goes_from_nought_to_one_without_turning_back() -> None:
    t = np.linspace(-5.0, 5.0, 20_001)
    y = rise(t, 0.0, 0.3)
    assert y[0] == pytest.approx(0.0, abs=1e-12)
    assert y[-1] == pytest.approx(1.0, abs=1e-12)
    assert np.diff(y).min() >= 0.0


def test_the_bell_of_a_rise_is_skewed_and_centred_on_its_centre() -> None:
    t = np.linspace(-5.0, 5.0, 200_001)
    speed = np.gradient(rise(t, 0.2, 0.3), t)
    mean = trapezoid(t * speed, t)
    third = trapezoid((t - mean) ** 3 * speed, t)
    assert mean == pytest.approx(0.2, abs=2e-3)  # shifts and weights cancel to 0.4 % of the width
    assert third > 0.0


@pytest.mark.parametrize("law", [ramp, hop])
def test_ramps_and_hops_rest_outside_their_stretch(law) -> None:
    t = np.array([-1.0, 0.0, 0.999, 2.001, 3.0])
    y = law(t, 1.0, 2.0)
    assert y[:3] == pytest.approx(0.0, abs=1e-9)
    assert y[3] == y[4]
    assert law(np.array([1.5]), 1.0, 2.0)[0] == pytest.approx(0.5 if law is ramp else 1.0, abs=1e-12)


def test_excursions_add_up_and_each_carries_its_own_delay() -> None:
    t = np.linspace(0.0, 20.0, 4001)
    parts = (Excursion(3.0, 0.3, 4.2, 0.25, 1.0), Excursion(12.0, 0.3, 13.2, 0.25, 0.5))
    together = excursions(t, parts, (0.0, 0.4))
    apart = excursions(t, parts[:1]) + excursions(t - 0.4, parts[1:])
    assert np.abs(together - apart).max() < 1e-12


def test_sway_is_small_slow_and_the_same_for_the_same_seed() -> None:
    t = np.arange(0.0, 60.0, 0.01)
    y = sway(t, 0.002, np.random.default_rng(3))
    assert np.std(y) == pytest.approx(0.002, rel=0.15)  # eight lines over a finite stretch
    assert np.array_equal(y, sway(t, 0.002, np.random.default_rng(3)))
    assert bump(np.array([1.0]), 1.0, 0.2)[0] == 1.0
