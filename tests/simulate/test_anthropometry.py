"""The athlete's body: published shares, published regressions."""

import numpy as np
import pytest

from legato.simulate.anthropometry import make_athlete


def test_the_masses_of_all_segments_make_up_the_body() -> None:
    m = make_athlete(1.8, 80.0).mass
    paired = ("upper_arm", "forearm", "hand", "thigh", "shank", "foot")
    assert sum(m[k] * (2 if k in paired else 1) for k in m) == pytest.approx(1.0, abs=5e-4)  # de Leva's own rounding


@pytest.mark.parametrize("height", [1.5, 1.8, 2.0])
def test_hip_height_is_53_per_cent_of_stature(height: float) -> None:
    length = make_athlete(height, 70.0).length
    assert length["ankle_height"] + length["shank"] + length["thigh"] == pytest.approx(0.530 * height, abs=1e-9)


def test_at_least_forty_markers_named_in_pairs() -> None:
    names = set(make_athlete(1.8, 80.0).markers)
    assert len(names) == 51
    assert {"R" + n[1:] for n in names if n[0] == "L"} <= names


def test_the_hip_centres_lie_where_harrington_puts_them() -> None:
    """Of the bones, that lie under skin of 9.7 and 19.6 mm (Mantovani et al. 2016) and half a marker of 14 mm."""
    a = make_athlete(1.75, 70.0)
    right, left = (np.array(a.markers[m].offset_m) for m in ("RASI", "LASI"))
    back = np.array(a.markers["RPSI"].offset_m) * [1.0, 1.0, 0.0] + [0.0196 + 0.007, 0.0, 0.0]
    middle = 0.5 * (right + left) - [0.0097 + 0.007, 0.0, 0.0]
    width, depth = 1000 * np.linalg.norm(right - left), 1000 * np.linalg.norm(middle - back)
    expected = np.array([-0.24 * depth - 9.9, -0.30 * width - 10.9, 0.33 * width + 7.3]) / 1000
    assert middle + expected == pytest.approx(a.hip_m, abs=1e-9)


def test_the_head_ends_at_the_stature() -> None:
    from legato.simulate import simulate

    s = simulate("squat", noise_m=0.0, wobble_m=0.0, reps=1, height_m=1.9)
    head = s.motion.pose(np.array([0.2])).point["head"][0, 2]
    # the head's centre lies 6.5 to 8 % of the stature under the crown (Drillis & Contini: chin at 87 %)
    assert 0.91 * 1.9 < head < 0.945 * 1.9
