"""Marks read anew inside a stretch are those found there; a side that is known takes the dominant one's place."""

import pytest

from legato import NotResolvable
from legato.body import build_body
from legato.movements import find_reps, load_movement
from legato.movements.reps import driven_reps
from legato.movements.reread import Stretch, marks_inside, turning_marks
from legato.movements.sides import for_side, names_dominant_side
from legato.simulate import simulate


@pytest.mark.parametrize("name", ["back-squat", "hip-hinge", "throw"])
def test_reading_a_repetition_anew_finds_its_own_marks(name: str) -> None:
    body, movement = build_body(simulate(name, rate_hz=100.0, reps=2, seed=2).recording), load_movement(name)
    drive, found = driven_reps(body, movement)
    assert found.reps
    for rep in found.reps:
        again = marks_inside(body, movement, drive, Stretch(rep.start_s, rep.end_s), rep.marks)
        inside = {mark: at for mark, at in rep.marks.items() if rep.start_s <= at <= rep.end_s}
        # Half a frame: the stretch, not the low before the movement, now bounds the rest that marks are measured from.
        assert {m: again[m] for m in inside if m in again} == pytest.approx(
            {m: at for m, at in inside.items() if m in again}, abs=0.005
        )
        assert set(turning_marks(movement)) <= set(again)


def test_a_stretch_in_which_nothing_moves_is_refused() -> None:
    body, movement = build_body(simulate("back-squat", rate_hz=100.0, reps=1, seed=2).recording), load_movement("throw")
    with pytest.raises(NotResolvable, match="too short"):
        marks_inside(body, movement, None, Stretch(1.0, 1.02), {})
    with pytest.raises(NotResolvable, match="no turning point"):
        marks_inside(body, movement.model_copy(update={"marks": ()}), None, Stretch(1.0, 2.0, 1.5), {})


def test_a_side_that_is_known_takes_the_place_of_the_dominant_one() -> None:
    body, throw = build_body(simulate("throw", rate_hz=100.0, reps=2, seed=2).recording), load_movement("throw")
    assert names_dominant_side(throw)
    known = find_reps(body, throw).side
    assert known in ("right", "left")
    for side in ("right", "left"):
        given = for_side(throw, side)
        assert not names_dominant_side(given)
        assert {row.side for row in given.chain} <= {side, "none", "both"}
    same = find_reps(body, for_side(throw, known)).reps
    assert [rep.start_s for rep in same] == [rep.start_s for rep in find_reps(body, throw).reps]
