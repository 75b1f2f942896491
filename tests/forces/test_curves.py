"""What is read from any force curve."""

import numpy as np
import pytest

from legato.forces._curves import noise_by_bends


def test_the_noise_of_a_curve_is_told_beside_its_course_and_gaps():
    rng = np.random.default_rng(8)
    t = np.arange(20_000) / 1000.0
    curve = 700.0 + 300.0 * np.sin(2.0 * np.pi * t) + rng.normal(0.0, 3.0, t.size)
    curve[5000:6000] = np.nan
    # 19 000 second differences, the median of their size: one SE is 1.2 %; bends of 0.01 N do not show.
    assert noise_by_bends(curve) == pytest.approx(3.0, rel=0.04)
    assert noise_by_bends(curve[:2]) == 0.0 and noise_by_bends(np.array([1.0, np.nan, 2.0, 3.0])) == 0.0
