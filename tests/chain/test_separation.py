"""X-factor and its stretch, in closed form."""

import numpy as np
import pytest

from legato.chain.separation import x_factor

T = np.linspace(0.0, 1.0, 101)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_stretch_is_what_is_gained_after_the_turn_in_either_direction(sign: float) -> None:
    angle = sign * np.radians(40.0 + 5.0 * np.sin(np.pi * T))
    found = x_factor(angle, 0, 100, np.radians(0.5))
    assert found is not None
    assert found.at_turn.value == pytest.approx(40.0)
    assert found.largest.value == pytest.approx(45.0)
    assert found.stretch.value == pytest.approx(5.0)
    assert found.stretch.half_width == pytest.approx(1.6449 * 0.5 * 2.0**0.5, rel=1e-3)


def test_no_stretch_where_the_angle_only_closes() -> None:
    found = x_factor(np.radians(40.0 - 30.0 * T), 0, 100, 0.0)
    assert found is not None
    assert found.stretch.value == pytest.approx(0.0)


def test_a_missing_frame_is_not_guessed() -> None:
    angle = np.radians(40.0 - 30.0 * T)
    angle[50] = np.nan
    assert x_factor(angle, 0, 100, 0.0) is None
    assert x_factor(angle, 60, 100, 0.0) is not None
