"""What counts of several results: what was judged last of each fault, not what the newest could not judge."""

from datetime import date
from typing import Any

import pytest

from legato.coaching.judged import Told, last_judged
from legato.coaching.plan.asked import seen_in
from legato.coaching.prescribe import prescribe
from legato.faults.assessments import ResultFile, result_file

from ..faults.sheets import finding, result
from .athletes import fit

KNEES = "asymmetry"
"""A difference of right and left, whose side only says which of them has more."""


def results(*told: tuple[str, list[Told]]) -> list[ResultFile]:
    return [
        result_file(result(movement, findings=[_finding(*one) for one in found]), f"result {k}")
        for k, (movement, found) in enumerate(told)
    ]


def _finding(fault: str, side: str, verdict: str) -> dict[str, Any]:
    return finding(fault, verdict, side=side or None, name=fault, kind="band", says=f"{fault}.")


SQUAT = ("back-squat", [(KNEES, "right", "fault"), ("neutral-lost", "", "not-resolvable")])
EMG_ALONE = ("back-squat", [(KNEES, "", "not-resolvable"), ("neutral-lost", "", "not-resolvable")])
BAR_SENSOR: tuple[str, list[Told]] = ("deadlift", [])


@pytest.mark.parametrize("newer", [[EMG_ALONE], [BAR_SENSOR], [EMG_ALONE, BAR_SENSOR, EMG_ALONE]])
def test_results_that_cannot_judge_a_fault_leave_it_open(newer: list[tuple[str, list[Told]]]):
    seen = seen_in(results(SQUAT, *newer), ())
    assert seen is not None
    assert [(one.movement, one.fault) for one in seen.faults] == [("back-squat", KNEES)]
    assert not seen.clean and (seen.judged, seen.unjudged) == (1, 1)
    (said, *_) = prescribe(seen.faults, fit(on=date(2026, 11, 23)), seen.why_none).reasons
    assert ("found in result 0; nothing newer could judge it" in said) == (EMG_ALONE in newer)


def test_a_result_that_judges_it_closes_it_or_finds_it_anew():
    clean = ("back-squat", [(KNEES, "", "ok")])
    seen = seen_in(results(SQUAT, EMG_ALONE, clean, EMG_ALONE), ())
    assert seen is not None and not seen.faults and seen.clean == {("back-squat", KNEES)}
    other = ("back-squat", [(KNEES, "left", "fault")])
    seen = seen_in(results(SQUAT, clean, other), ())
    assert seen is not None and [one.side for one in seen.faults] == ["left"] and not seen.faults[0].found_in


def test_what_another_movement_says_closes_nothing():
    seen = seen_in(results(SQUAT, ("deadlift", [(KNEES, "", "ok")])), ())
    assert seen is not None and [one.movement for one in seen.faults] == ["back-squat"]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ([BAR_SENSOR], "not judged: no result could show a fault"),
        ([EMG_ALONE, BAR_SENSOR], "not judged: none of the faults looked for could be judged"),
        ([("back-squat", [(KNEES, "", "ok"), ("neutral-lost", "", "not-resolvable")])], "could be judged (1 of 2"),
        ([("back-squat", [(KNEES, "", "ok")])], "no fault was found, so no drill"),
    ],
)
def test_no_fault_is_said_to_be_there_only_of_what_was_judged(told: list[tuple[str, list[Told]]], said: str):
    seen = seen_in(results(*told), ())
    assert seen is not None
    (why,) = prescribe(seen.faults, fit(on=date(2026, 11, 23)), seen.why_none).reasons
    assert said in why and ("no fault was found" in why) == (seen.judged > 0)


RIGHT = [("knee-in", "right", "fault"), ("knee-in", "left", "ok")]
BOTH = [("knee-in", "right", "ok"), ("knee-in", "left", "ok")]


@pytest.mark.parametrize(
    ("then", "now", "counts"),
    [
        # Each side by itself; what is said of the whole takes the place of both only where it was judged.
        (RIGHT, BOTH[:1], {(0, 1), (1, 0)}),
        (RIGHT, [("knee-in", "", "not-resolvable")], {(0, 0), (0, 1)}),
        ([("knee-in", "", "not-resolvable")], BOTH, {(1, 0), (1, 1)}),
        ([("knee-in", "right", "not-resolvable")], [("knee-in", "right", "not-resolvable")], {(1, 0)}),
        ([(KNEES, "right", "fault")], [(KNEES, "", "ok")], {(1, 0)}),
        ([("own-fault", "", "fault")], [("own-fault", "", "not-resolvable")], {(0, 0)}),
    ],
)
def test_each_side_counts_by_itself(then: list[Told], now: list[Told], counts: set[tuple[int, int]]):
    assert last_judged([("back-squat", then), ("back-squat", now)]) == counts
