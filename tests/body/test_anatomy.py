"""Joint centres by regression."""

import numpy as np
import pytest

from legato.body.anatomy import lumbosacral_centre


def test_lumbosacral_centre_is_the_sources_own_figure() -> None:
    """Reed et al. 1999, mean of both sexes: with hips where the source has them nothing is turned."""
    hips = 0.24 * np.array([-0.2025, -0.2740, 0.0])
    np.testing.assert_allclose(lumbosacral_centre(0.24, hips), 0.24 * np.array([-0.2765, 0.1490, 0.0]), atol=1e-12)


def test_lumbosacral_centre_turns_with_the_hips() -> None:
    """A pelvis whose axes are turned by 9 deg carries the figure along; its size is that of the breadth alone."""
    angle = np.radians(9.0)
    rotate = np.array([[np.cos(angle), -np.sin(angle), 0.0], [np.sin(angle), np.cos(angle), 0.0], [0.0, 0.0, 1.0]])
    hips = 0.24 * rotate @ np.array([-0.2025, -0.2740, 0.0])
    straight = lumbosacral_centre(0.24, rotate.T @ hips)
    np.testing.assert_allclose(lumbosacral_centre(0.24, hips), rotate @ straight, atol=1e-12)
    assert np.linalg.norm(lumbosacral_centre(0.24, 1.1 * hips)) == pytest.approx(np.linalg.norm(straight))
