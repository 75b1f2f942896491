"""Corrected repetitions, marks and phases: what was changed follows, the rest stays, what no longer fits says so."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato import NotResolvable, analyze
from legato.analysis import Analysis
from legato.corrections import one_side, read_corrections, reps
from legato.movements import load_movement
from legato.movements.model import Rep
from legato.movements.reread import marks_inside
from legato.recording import Event, Recording, Stream

from .conftest import Corrected

Run = Callable[..., Corrected]
Whole = Callable[..., Analysis]

FRAME = 0.01


def middle(analysis: Analysis, place: int) -> float:
    """A time inside the repetition."""
    rep = analysis.reps[place]
    return 0.5 * (rep.start_s + rep.end_s)


def gap_of(analysis: Analysis) -> Any:
    assert analysis.chain is not None
    return analysis.chain.gaps[0]


def test_metrics_phases_and_gaps_follow_a_moved_turning_point(found: Analysis, analysed: Whole) -> None:
    rep = found.reps[1]
    turn = rep.marks["bottom"] + 0.12
    after = analysed({"do": "move-rep", "at_s": middle(found, 1), "turn_s": turn})
    moved = after.reps[1]
    assert [o.state for o in after.corrections] == ["applied"]
    assert moved.marks["bottom"] == pytest.approx(turn, abs=1e-5)
    assert after.rep_metrics[1]["bottom_s"].value == pytest.approx(turn, abs=1e-5)
    descent, ascent = moved.phase("descent"), moved.phase("ascent")
    assert descent is not None and ascent is not None
    # The turn lies on the way up now, so there is no pause: descent ends and ascent starts there.
    assert (descent.end_s, ascent.start_s) == pytest.approx((turn, turn), abs=1e-5)
    before, now = found.rep_metrics[1]["descent_s"].value, after.rep_metrics[1]["descent_s"].value
    assert now == pytest.approx(before + turn - rep.marks["reach"], abs=FRAME)
    for k in (0, 2, 3):
        assert after.reps[k] == found.reps[k]
        assert after.rep_metrics[k] == found.rep_metrics[k]


def test_a_moved_start_moves_the_duration_and_nothing_of_the_turn(found: Analysis, analysed: Whole) -> None:
    rep = found.reps[2]
    after = analysed({"do": "move-rep", "at_s": middle(found, 2), "start_s": rep.start_s + 0.2})
    assert after.reps[2].start_s == pytest.approx(rep.start_s + 0.2, abs=1e-5)
    assert after.reps[2].end_s == rep.end_s
    assert after.reps[2].marks["bottom"] == pytest.approx(rep.marks["bottom"], abs=1e-6)
    before, now = found.rep_metrics[2]["duration_s"].value, after.rep_metrics[2]["duration_s"].value
    assert now == pytest.approx(before - 0.2, abs=1e-4)


def test_deleting_a_repetition_changes_n_and_the_interval_of_the_set(found: Analysis, analysed: Whole) -> None:
    after = analysed({"do": "delete-rep", "at_s": middle(found, 1)})
    assert [rep.start_s for rep in after.reps] == [found.reps[k].start_s for k in (0, 2, 3)]
    assert [rep.index for rep in after.reps] == [0, 1, 2]
    assert gap_of(found).n == 4
    assert gap_of(after).n == 3
    kept = [row.gap_s.value for k, row in enumerate(gap_of(found).per_rep) if k != 1]
    assert gap_of(after).set_s.value == pytest.approx(float(np.mean(kept)), abs=2e-3)
    assert gap_of(after).set_s.half_width != gap_of(found).set_s.half_width


def test_a_repetition_added_where_one_was_deleted_is_the_same_again(found: Analysis, analysed: Whole) -> None:
    rep = found.reps[1]
    after = analysed(
        {"do": "delete-rep", "at_s": middle(found, 1)},
        {"do": "add-rep", "start_s": rep.start_s, "end_s": rep.end_s},
    )
    assert [o.state for o in after.corrections] == ["applied"] * 2
    assert gap_of(after).n == 4
    assert after.reps[1].marks == pytest.approx(rep.marks, abs=1e-4)
    assert gap_of(after).set_s.value == pytest.approx(gap_of(found).set_s.value, abs=1e-3)


def test_two_edits_of_one_repetition_compose_and_the_later_one_holds(found: Analysis, corrected: Run) -> None:
    rep, at_s = found.reps[1], middle(found, 1)
    end = {"do": "move-rep", "at_s": at_s, "end_s": rep.end_s - 0.1}
    start = {"do": "move-rep", "at_s": at_s, "start_s": rep.start_s + 0.1}
    mark = {"do": "move-mark", "at_s": at_s, "mark": "reach", "time_s": rep.marks["reach"] - 0.05}
    later = {"do": "move-rep", "at_s": at_s, "start_s": rep.start_s + 0.2}
    one, other = corrected(start, end, mark).reps[1], corrected(mark, end, start).reps[1]
    assert one == other
    assert (one.start_s, one.end_s) == pytest.approx((rep.start_s + 0.1, rep.end_s - 0.1), abs=1e-5)
    assert one.marks["reach"] == pytest.approx(rep.marks["reach"] - 0.05, abs=1e-5)
    assert corrected(start, later).reps[1].start_s == pytest.approx(rep.start_s + 0.2, abs=1e-5)
    assert corrected(later, start).reps[1].start_s == pytest.approx(rep.start_s + 0.1, abs=1e-5)


def test_a_repetition_set_aside_is_kept_and_not_judged(found: Analysis, corrected: Run) -> None:
    change = {"do": "relabel-rep", "at_s": middle(found, 0), "complete": False, "why": "warm-up", "label": "easy"}
    after = corrected(change)
    assert not after.reps[0].complete
    assert "warm-up" in after.reps[0].reason
    assert after.reps[0].label == "easy"
    again = corrected(change, {"do": "relabel-rep", "at_s": middle(found, 0), "complete": True})
    assert again.reps[0].complete
    assert again.reps[0].reason == ""


def test_marks_and_phases_are_moved_added_renamed_and_deleted(found: Analysis, corrected: Run) -> None:
    rep, at_s = found.reps[1], middle(found, 1)
    after = corrected(
        {"do": "add-mark", "at_s": at_s, "mark": "call", "time_s": rep.start_s + 0.3},
        {"do": "delete-mark", "at_s": at_s, "mark": "depart"},
        {"do": "relabel-mark", "at_s": at_s, "mark": "call", "to": "cue"},
        {"do": "move-phase", "at_s": at_s, "phase": "descent", "end_s": rep.marks["bottom"] - 0.1},
        {"do": "add-phase", "at_s": at_s, "phase": "bounce", "start_s": rep.marks["bottom"], "end_s": rep.end_s - 0.2},
        {"do": "relabel-phase", "at_s": at_s, "phase": "bounce", "to": "spring"},
    ).reps[1]
    assert after.marks["cue"] == pytest.approx(rep.start_s + 0.3, abs=1e-5)
    assert not {"call", "depart"} & set(after.marks)
    names = [phase.name for phase in after.phases]
    assert names == ["descent", "spring"], "the ascent starts at the mark that was deleted"
    assert after.phases[0].end_s == pytest.approx(rep.marks["bottom"] - 0.1, abs=1e-5)


@pytest.mark.parametrize(
    ("correction", "why"),
    [
        ({"do": "delete-rep", "at_s": 0.3}, "no repetition at 0.3 s"),
        ({"do": "delete-rep", "at_s": 999.0}, "outside the recording"),
        ({"do": "move-mark", "at_s": 3.0, "mark": "release", "time_s": 3.1}, "no mark release"),
        ({"do": "add-mark", "at_s": 3.0, "mark": "reach", "time_s": 3.1}, "use move-mark"),
        ({"do": "move-mark", "at_s": 3.0, "mark": "reach", "time_s": 9.0}, "outside the repetition"),
        ({"do": "delete-phase", "at_s": 3.0, "phase": "flight"}, "no phase flight"),
        ({"do": "move-rep", "at_s": 3.0, "end_s": 900.0}, "outside the recording"),
        ({"do": "move-rep", "at_s": 3.0, "end_s": 7.0}, "overlap"),
        ({"do": "move-rep", "at_s": 3.0, "start_s": 5.0}, "not come after"),
        ({"do": "move-rep", "at_s": 3.0, "turn_s": 1.0}, "turning point"),
        ({"do": "add-rep", "start_s": 0.1, "end_s": 0.12}, "too short"),
        ({"do": "add-rep", "start_s": 2.0, "end_s": 3.0}, "overlap"),
    ],
)
def test_what_no_longer_fits_says_why_and_changes_nothing(
    correction: dict[str, Any], why: str, found: Analysis, corrected: Run
) -> None:
    assert found.reps[0].start_s < 3.0 < found.reps[0].end_s < 5.0 < found.reps[1].start_s < 7.0
    after = corrected(correction)
    assert after.states == ["no-longer-fits"]
    assert why in after.outcomes[0].reason
    assert "\n" not in after.outcomes[0].reason
    assert after.reps == found.reps


def test_corrections_of_another_file_are_not_applied(found: Analysis, corrected: Run) -> None:
    after = corrected({"do": "delete-rep", "at_s": middle(found, 1)}, sha256="cd" * 32)
    assert after.states == ["no-longer-fits"]
    assert "another file" in after.outcomes[0].reason
    assert after.reps == found.reps
    mixed = corrected({"do": "delete-rep", "at_s": middle(found, 1), "sha256": "5a5a5a5a"}, sha256="cd" * 32)
    assert mixed.states == ["applied"], "a correction's own checksum goes before that of the file of corrections"


def test_a_repetition_found_anew_elsewhere_no_longer_fits(found: Analysis, corrected: Run) -> None:
    at_s = middle(found, 1)
    after = corrected({"do": "delete-rep", "at_s": at_s}, {"do": "move-rep", "at_s": at_s, "end_s": at_s + 0.5})
    assert after.states == ["applied", "no-longer-fits"]


def test_corrections_that_leave_nothing_say_so(found: Analysis, recording: Recording) -> None:
    every = [{"do": "delete-rep", "at_s": middle(found, k)} for k in range(len(found.reps))]
    with pytest.raises(NotResolvable, match="corrections leave no repetition"):
        analyze(recording, "back-squat", corrections={"correction": every})


@settings(max_examples=10)
@given(st.floats(-0.15, 0.15), st.floats(-0.15, 0.15))
def test_any_stretch_given_is_the_stretch_taken(found: Analysis, corrected: Run, earlier: float, later: float) -> None:
    rep = found.reps[1]
    start, end = rep.start_s + earlier, rep.end_s + later
    after = corrected({"do": "move-rep", "at_s": middle(found, 1), "start_s": start, "end_s": end}).reps[1]
    assert (after.start_s, after.end_s) == pytest.approx((start, end), abs=1e-5)
    assert all(after.start_s <= at <= after.end_s for at in after.marks.values())
    assert after.marks["bottom"] == pytest.approx(rep.marks["bottom"], abs=FRAME)


def test_the_side_that_a_person_gives_holds_for_the_set() -> None:
    def rep(index: int, side: str) -> Rep:
        return Rep(index=index, start_s=index, end_s=index + 0.5, complete=True, side=side)

    throw, squat = load_movement("throw"), load_movement("back-squat")
    reps, side = one_side(throw, [rep(0, "left"), rep(1, "left")], "right")
    assert side == "left"
    assert [r.complete for r in reps] == [True, True]
    reps, side = one_side(throw, [rep(0, "left"), rep(1, "")], "right")
    assert side == "right"
    assert [r.complete for r in reps] == [False, True]
    assert "left" in reps[0].reason
    assert one_side(squat, [rep(0, "left")], "right") == ((rep(0, "left"),), "right")


def test_marks_are_read_with_the_side_that_a_person_gave(
    found: Analysis, corrected: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    drives: dict[str, Any] = {}
    sides: list[str] = []
    whole: Any = reps._Set.drive

    def drive(self: Any, side: str) -> Any:
        return drives.setdefault(side, replace(whole(self, side), side=side))

    def marks(body: Any, movement: Any, drive: Any, stretch: Any, before: Any) -> Any:
        sides.append(drive.side)
        return marks_inside(body, movement, drive, stretch, before)

    monkeypatch.setattr(reps._Set, "drive", drive)
    monkeypatch.setattr(reps, "marks_inside", marks)
    label = {"do": "relabel-rep", "at_s": middle(found, 1), "side": "left"}
    move = {"do": "move-rep", "at_s": middle(found, 1), "start_s": found.reps[1].start_s + 0.1}
    after = corrected(label, move)
    assert after.states == ["applied", "applied"]
    assert after.reps[1].side == "left"
    assert sides == ["left", "left"], "on the label alone, and again in the moved stretch"


def test_reading_corrections_twice_is_reading_them_once() -> None:
    record = {"sha256": "5a" * 32, "correction": [{"do": "delete-rep", "at_s": 1.0}]}
    assert read_corrections(record) == read_corrections(record)


def stepping(*sides: str, contacts: bool = False) -> Recording:
    """6 s of EMG in which a foot lifts off at 1.12 s and every second later, the next foot half a second behind; its
    contacts are 0.62 s earlier.
    """
    emg = 1e-4 * np.random.default_rng(1).standard_normal((6000, 1))
    events = [
        Event(name, 1.12 + k + 0.5 * place - before, side)
        for place, side in enumerate(sides)
        for k in range(4)
        for name, before in (("Foot Strike", 0.62), ("Foot Off", 0.0))
        if contacts or name == "Foot Off"
    ]
    return Recording((Stream("emg", "emg", emg, 1000.0, ("soleus_right",), ("V",)),), events=tuple(events))


@pytest.mark.parametrize(
    ("sides", "side", "toe_off_s"),
    [
        (("",), None, 2.12),
        (("Right",), "right", 2.12),
        (("Right", "Left"), "right", 2.12),
        (("Right", "Left"), "left", 1.62),
        # It may be either foot's; or the other one's alone.
        (("Right", "Left"), None, None),
        (("Left",), "right", None),
    ],
)
def test_a_stride_added_to_emg_alone_has_the_lift_off_that_the_file_tells(
    sides: tuple[str, ...], side: str | None, toe_off_s: float | None
) -> None:
    added = {"do": "add-rep", "start_s": 1.5, "end_s": 2.5} | ({} if side is None else {"side": side})
    (rep,) = analyze(stepping(*sides), "gait", corrections={"correction": [added]}).reps
    assert rep.marks == ({} if toe_off_s is None else {"toe_off": pytest.approx(toe_off_s)})
    assert [phase.name for phase in rep.phases] == ([] if toe_off_s is None else ["stance", "swing"])


def test_a_stretch_with_two_lift_offs_of_one_foot_has_none() -> None:
    added = {"do": "add-rep", "start_s": 1.0, "end_s": 2.5, "side": "right"}
    (rep,) = analyze(stepping("Right"), "gait", corrections={"correction": [added]}).reps
    assert rep.marks == {} and rep.phases == ()


def test_a_stride_of_the_file_keeps_its_lift_off_when_it_is_moved() -> None:
    moved = {"do": "move-rep", "at_s": 1.0, "start_s": 0.55}
    reps = analyze(stepping("Right", contacts=True), "gait", corrections={"correction": [moved]}).reps
    assert (reps[0].start_s, reps[0].marks["toe_off"]) == pytest.approx((0.55, 1.12))
    assert reps[0].phases[0].end_s == pytest.approx(1.12)
