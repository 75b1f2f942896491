"""Repetitions of results in the log of what was done."""

from typing import Any

import pytest

from legato.coaching.catalogue import drills
from legato.coaching.log import Session, SetsDone
from legato.coaching.plan.measured import with_results
from legato.errors import BadInput

from ...faults.sheets import result
from ..athletes import DAY


def squat(sha: str, *ends: tuple[float, float], movement: str = "back-squat") -> dict[str, Any]:
    """A result whose repetitions lie so, beside a band that ends at 5; from 6 on a repetition is red."""
    rows = [{"rep": k, "value": {"low": low, "high": high}} for k, (low, high) in enumerate(ends)]
    red = [k for k, (low, _) in enumerate(ends) if low >= 6.0]
    found = {
        "fault": "knee-in", "side": "", "verdict": "fault" if red else "ok", "kind": "band", "band": [None, 5.0],
        "band_grade": "D", "reps": red, "per_rep": rows,
    }  # fmt: skip
    return {
        **result(movement, reps=[{}] * len(ends)),
        "findings": [found],
        "inputs": [{"path": f"{sha}.c3d", "sha256": sha}],
    }


def test_repetitions_of_results_are_counted_set_by_set():
    done = (Session(DAY, (SetsDone("back-squat", 2, 3), SetsDone("dead-bug", 2, 8))),)
    results = [("a.json", squat("a", (0, 1), (1, 2), (2, 3))), ("b.json", squat("b", (0, 1), (6, 7), (4, 6)))]
    (session,), said = with_results(done, results)
    sets = session.done[0]
    assert (sets.reps_measured, sets.reps_passed, sets.ambers, sets.reds) == (5, 4, 0, 1)
    assert session.done[1] == done[0].done[1]
    assert "3 repetitions measured, 3 clean" in said[0] and "ends" not in said[0]
    assert "repetition 2 is red" in said[1]


def test_a_drill_is_measured_as_its_movement():
    done = (Session(DAY, (SetsDone("dowel-hinge", 2, 5),)),)
    (session,), _ = with_results(done, [("a.json", squat("a", (0, 1), movement="hip-hinge"))])
    assert session.done[0].reps_measured == 1


def test_a_coachs_own_drill_is_measured_as_its_movement():
    own = drills()["dowel-hinge"].model_copy(update={"id": "wall-hinge"})
    done = (Session(DAY, (SetsDone("wall-hinge", 2, 5),)),)
    results = [("a.json", squat("a", (0, 1), movement="hip-hinge"))]
    (session,), _ = with_results(done, results, [own])
    assert session.done[0].reps_measured == 1
    with pytest.raises(BadInput, match="nothing of what was done is"):
        with_results(done, results)


@pytest.mark.parametrize(
    ("done", "names", "says"),
    [
        ((SetsDone("bench-press", 2, 3),), "a", "and nothing of what was done is"),
        ((SetsDone("back-squat", 2, 3), SetsDone("back-squat", 1, 1)), "a", "several entries"),
        (
            (SetsDone("back-squat", 2, 3, reps_measured=3, reps_passed=3),),
            "a",
            "measured repetitions already",
        ),
        ((SetsDone("back-squat", 2, 3),), "aa", "another --result is of"),
    ],
)
def test_what_does_not_belong_together_is_refused(done: tuple[SetsDone, ...], names: str, says: str):
    with pytest.raises(BadInput, match=says):
        with_results((Session(DAY, done),), [("a.json", squat(name, (0, 1))) for name in names])
