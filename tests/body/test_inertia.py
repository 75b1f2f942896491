"""Segment masses and the centre of mass."""

import numpy as np
import pytest

from legato.body.inertia import centre_of_mass, segment_masses

HEIGHTS = {
    "hip": 0.95, "knee": 0.50, "ankle": 0.08, "heel": 0.03, "toe": 0.02, "shoulder": 1.45,
    "elbow": 1.15, "wrist": 0.90, "hand": 0.82,
}  # fmt: skip


def standing() -> dict[str, np.ndarray]:
    points = {
        f"{name}_{side}": np.array([[0.15 * (name == "toe"), sign * 0.15, height]])
        for name, height in HEIGHTS.items()
        for side, sign in (("right", -1.0), ("left", 1.0))
    }
    return points | {"head": np.array([[0.0, 0.0, 1.65]])}


@pytest.mark.parametrize("column", [0, 1])
def test_the_masses_of_all_segments_make_one_body(column: int) -> None:
    table = segment_masses()
    total = sum(e.mass[column] * (1 if name in ("head", "trunk") else 2) for name, e in table.items())
    # The printed table is rounded to 0.01 % a segment.
    assert total == pytest.approx(1.0, abs=2e-3)


def test_a_standing_body_has_its_centre_in_the_pelvis() -> None:
    found = centre_of_mass(standing())
    assert found is not None
    com, share = found
    assert share == pytest.approx(1.0)
    assert com[0, 1] == pytest.approx(0.0, abs=1e-12)
    # Of a stature of 1.75 m it lies at 55 to 57 % (Dempster; de Leva).
    assert 0.53 < com[0, 2] / 1.75 < 0.59


def test_what_is_not_seen_is_told_and_without_legs_there_is_none() -> None:
    points = standing()
    for name in ("hand_left", "wrist_left", "elbow_left", "head"):
        del points[name]
    found = centre_of_mass(points)
    assert found is not None
    assert found[1] == pytest.approx(1.0 - 0.0681 - 0.0263 - 0.0150 - 0.00585, abs=1e-3)
    del points["knee_right"]
    assert centre_of_mass(points) is None
