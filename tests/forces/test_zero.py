"""The zero of a plate whose converter's step is coarser than its noise."""

import numpy as np
import pytest

from legato.forces.zero import empty_stretches, measure_zero


@pytest.mark.parametrize("step_n", [0.1, 2.8, 4.0])
def test_the_zero_between_two_steps_of_the_converter_is_their_mean(step_n: float) -> None:
    """Noise of 1.8 N about -0.22 N, rounded: with steps of 2.8 N and more most samples of the empty plate are alike."""
    rng = np.random.default_rng(4)
    rate = 1000.0
    true = np.where(np.arange(4000) < 2500, 800.0, -0.22) + rng.normal(0.0, 1.8, 4000)
    # Files print a step's multiple with a digit that varies.
    read = step_n * np.round(true / step_n) + 0.012 * rng.integers(0, 2, 4000)
    force = np.column_stack((np.zeros((4000, 2)), read))
    zero = measure_zero(force, None, read, empty_stretches(read, rate, 0.0), rate, 0.0)
    # Rounding adds step²/12 to the variance of the noise.
    assert zero.noise_n == pytest.approx(np.hypot(1.8, step_n / np.sqrt(12.0)), rel=0.1)
    # Rounding noise that spans two steps or so biases the mean by next to nothing; 1500 samples hold it to 0.05 N.
    assert zero.offset_n[2] == pytest.approx(-0.22, abs=0.15)
