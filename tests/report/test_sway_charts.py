"""The picture of sway: the path to one scale, and an ellipse of the area that is told."""

import re

import numpy as np
import pytest

from legato.forces.stability import read_sway, smooth_path
from legato.forces.stances import RepSway, SwayOfTrial
from legato.recording import FloatArray
from legato.report.sway_charts import sway_charts

RATE_HZ = 100.0


def stand(sd_m: tuple[float, float], seed: int) -> RepSway:
    rng = np.random.default_rng(seed)
    steps = rng.normal(size=(3000, 2)) * np.array(sd_m)
    cop = np.empty_like(steps)
    cop[0] = 0.0
    for k in range(1, len(steps)):
        cop[k] = 0.99 * cop[k - 1] + 0.14 * steps[k]
    return RepSway(0, read_sway(cop, RATE_HZ), path_m=smooth_path(cop, RATE_HZ))


def drawn(page: str, css: str) -> list[FloatArray]:
    """The points of each path of a class, in the square that it is drawn in."""
    found = re.findall(rf'class="{css}" d="([^"]+)"', page)
    return [np.array(re.findall(r"-?[\d.]+", d), dtype=np.float64).reshape(-1, 2) for d in found]


def area(corners: FloatArray) -> float:
    x, y = corners.T
    return 0.5 * abs(float((x * np.roll(y, 1) - y * np.roll(x, 1)).sum()))


@pytest.mark.parametrize("sd_m", [(0.005, 0.005), (0.002, 0.009)])
def test_the_ellipse_has_the_area_that_is_told_and_holds_most_of_the_path(sd_m: tuple[float, float]):
    one = stand(sd_m, 3)
    assert one.sway is not None
    page = sway_charts(SwayOfTrial((one,), None, ""))
    [path], [ellipse] = drawn(page, "thin"), drawn(page, "bold")
    shown = one.path_m[np.unique(np.linspace(0, len(one.path_m) - 1, 1500).round().astype(int))]
    mm_a_step = 1000.0 * np.ptp(shown[:, 0]) / np.ptp(path[:, 0])
    # The page rounds to a tenth of a thousandth of the plot's side.
    assert mm_a_step == pytest.approx(1000.0 * np.ptp(shown[:, 1]) / np.ptp(path[:, 1]), rel=2e-3)
    assert area(ellipse) * mm_a_step**2 == pytest.approx(1e6 * one.sway.ellipse_m2.value, rel=1e-2)
    middle, spread = path.mean(axis=0), np.linalg.inv(np.cov((ellipse - ellipse.mean(axis=0)).T))
    inside = np.einsum("ij,jk,ik->i", path - middle, spread, path - middle) <= 2.0
    assert 0.9 < inside.mean() < 1.0


def test_stands_share_one_scale():
    small, large = stand((0.002, 0.002), 4), stand((0.008, 0.008), 5)
    page = sway_charts(SwayOfTrial((small, large), None, ""))
    areas = [area(ellipse) for ellipse in drawn(page, "bold")]
    assert small.sway is not None and large.sway is not None
    told = large.sway.ellipse_m2.value / small.sway.ellipse_m2.value
    assert areas[1] / areas[0] == pytest.approx(told, rel=2e-2)


def test_nothing_is_drawn_where_no_sway_is_told():
    assert sway_charts(SwayOfTrial((RepSway(0, None, "it is too short"),), None, "")) == ""
