"""Which side of a difference of right and left changed, beside an earlier set of the athlete's own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from legato.estimate import Estimate
from legato.faults import faults_of
from legato.faults.model import Finding, Sides
from legato.faults.sides import both_sides
from legato.movements import load_movement
from legato.movements.model import Rep

REPS = tuple(Rep(index=k, start_s=2.0 * k, end_s=2.0 * k + 1.5, complete=True) for k in range(6))
(FAULT,) = (fault for fault in faults_of(load_movement("back-squat")) if fault.id == "asymmetry")
FOUND = Finding(FAULT, "", "ok", None, (-5.0, 5.0), "own", "", "", (), 6, (), "")


def metrics(rng: np.random.Generator, means: Mapping[str, float], half: float = 4.0) -> list[dict[str, Estimate]]:
    return [
        {name: Estimate.symmetric(mean + rng.normal(0.0, 1.5), half, "deg") for name, mean in means.items()}
        for _ in REPS
    ]


def result(rows: Sequence[Mapping[str, Estimate]]) -> dict[str, Any]:
    reps = [{"complete": True, "metrics": {k: v.to_dict() for k, v in row.items()}} for row in rows]
    return {"reps": reps, "settings": {"level": 0.9}}


def sides_of(before: Mapping[str, float], after: Mapping[str, float], lasting: float = 0.3, seed: int = 1) -> Sides:
    rng = np.random.default_rng(seed)
    found = both_sides(FOUND, REPS, metrics(rng, after), result(metrics(rng, before)), 0.9, lasting)
    assert found is not None
    return found


KNEES = {"knee_flexion_peak_right": 100.0, "knee_flexion_peak_left": 98.0}
SIDES = ("right", "left")
ANKLES = {"ankle_dorsiflexion_peak_right": 27.0, "ankle_dorsiflexion_peak_left": 24.0}


@pytest.mark.parametrize(("right", "left"), [(0.0, -16.0), (16.0, 0.0), (12.0, -12.0), (0.0, 0.0)])
def test_the_side_that_changed_is_named_and_no_other(right: float, left: float):
    after = {"knee_flexion_peak_right": 100.0 + right, "knee_flexion_peak_left": 98.0 + left}
    found = sides_of(KNEES, after).own
    assert found.changed == tuple(side for side, by in (("right", right), ("left", left)) if by)
    assert found.left.change.low < left < found.left.change.high
    assert found.left.usual.value == pytest.approx(98.0, abs=2.0)
    assert found.shifted == (right != left)


def test_both_sides_alike_are_no_shift_and_less_than_counts_is_no_change():
    assert not sides_of(KNEES, {name: value + 12.0 for name, value in KNEES.items()}).own.shifted
    assert sides_of(KNEES, KNEES | {"knee_flexion_peak_left": 94.5}).own.changed == ()


def test_markers_placed_anew_widen_the_change():
    worn = [sides_of(KNEES, KNEES, lasting).own.left.change.half_width for lasting in (0.3, 1.0)]
    assert worn[1] > 1.5 * worn[0]


def test_other_numbers_whose_sides_differ_otherwise_are_named():
    found = sides_of(KNEES | ANKLES, KNEES | ANKLES | {"ankle_dorsiflexion_peak_left": 12.0})
    (ankle,) = found.others
    assert ankle.name == "ankle_dorsiflexion_peak" and ankle.changed == ("left",)
    assert sides_of(KNEES | ANKLES, KNEES | ANKLES).others == ()


def test_nothing_is_told_of_what_was_not_measured_or_is_no_difference_of_sides():
    rng = np.random.default_rng(3)
    now, then = metrics(rng, KNEES), result(metrics(rng, KNEES))
    right = {"knee_flexion_peak_right": 100.0}
    assert both_sides(FOUND, REPS, metrics(rng, right), then, 0.9, 1.0) is None
    assert both_sides(FOUND, REPS, now, result(metrics(rng, right)), 0.9, 1.0) is None
    assert both_sides(replace(FOUND, band_from="default"), REPS, now, then, 0.9, 1.0) is None
    assert both_sides(FOUND, REPS, now, result([]), 0.9, 1.0) is None


def test_a_change_is_held_in_nine_of_ten_sets():
    held = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        placed = {name: rng.normal(0.0, 4.0 / 1.645) for name in KNEES}
        before = {name: value + placed[name] for name, value in KNEES.items()}
        after = {name: value + rng.normal(0.0, 4.0 / 1.645) for name, value in KNEES.items()}
        change = sides_of(before, after, 1.0, seed + 1000).own.right.change
        held += change.low <= 0.0 <= change.high
    assert 0.85 <= held / 300 <= 0.95


@pytest.mark.parametrize("others", [4, 14])
def test_where_nothing_changed_some_other_number_is_named_in_one_set_of_ten_at_most(others: int):
    """Markers placed anew within their stated error (4 deg, 90 %): 120 sets, 10 % and two standard errors."""
    rng = np.random.default_rng(others)
    names = [f"{stem}_{side}" for stem in ["knee_flexion_peak", *(f"n{k}" for k in range(others))] for side in SIDES]
    named = 0
    for _ in range(120):
        sets = [metrics(rng, {name: 90.0 + rng.normal(0.0, 4.0 / 1.645) for name in names}) for _ in range(2)]
        found = both_sides(FOUND, REPS, sets[0], result(sets[1]), 0.9, 1.0)
        assert found is not None
        named += bool(found.others)
    assert named <= 120 * (0.10 + 2.0 * (0.1 * 0.9 / 120) ** 0.5)
