"""Strides from the foot contacts of a file's events."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from legato.analysis import analyze
from legato.errors import BadInput
from legato.movements import load_movement
from legato.movements.contacts import strides_of_contacts
from legato.movements.electrodes import with_contacts
from legato.movements.model import Movement, Rep, RepsResult
from legato.recording import Event, Recording, Stream
from legato.report.emg_only import emg_headline
from legato.report.summary import summary_lines

GAIT, SQUAT, SPRINT = (load_movement(name) for name in ("gait", "back-squat", "sprint"))


def walk(first_s: float, names: tuple[str, str], context: str = "", n: int = 4) -> list[Event]:
    """Contacts a second apart, each lift-off 0.62 s after its contact."""
    return [
        Event(name, first_s + k + after, context)
        for k in range(n)
        for name, after in zip(names, (0.0, 0.62), strict=True)
    ]


@pytest.mark.parametrize(
    ("names", "context", "side"),
    [
        (("Foot Strike", "Foot Off"), "Right", "right"),
        (("Foot Strike", "Foot Off"), "", ""),
        (("RHS", "RTO"), "", "right"),
        (("L_IC", "L_TO"), "General", "left"),
        (("left heel contact", "left toe off"), "", "left"),
        (("touchdown", "lift-off"), "", ""),
    ],
)
def test_a_stride_reaches_from_contact_to_contact_of_one_foot(names: tuple[str, str], context: str, side: str) -> None:
    found = strides_of_contacts(GAIT, walk(2.0, names, context))
    assert [(rep.start_s, rep.end_s, rep.side, rep.complete) for rep in found.reps] == [
        (2.0 + k, 3.0 + k, side, True) for k in range(3)
    ]
    assert [rep.marks["toe_off"] for rep in found.reps] == pytest.approx([2.62, 3.62, 4.62])
    assert [phase.name for phase in found.reps[0].phases] == ["stance", "swing"]
    assert bool(found.notes) == (side == "")


def test_two_feet_are_kept_apart_and_in_order_of_time() -> None:
    names = ("Foot Strike", "Foot Off")
    found = strides_of_contacts(GAIT, [*walk(0.0, names, "Left"), *walk(0.5, names, "Right")])
    assert [(rep.index, rep.side) for rep in found.reps] == list(enumerate(["left", "right"] * 3))


def test_both_feet_under_one_name_are_no_strides_of_a_walk() -> None:
    names = ("Foot Strike", "Foot Off")
    both = strides_of_contacts(GAIT, [*walk(0.0, names), *walk(0.5, names)])
    assert not both.reps and "name the side" in both.notes[0]
    # A runner's foot stands for less than half of its stride.
    run = [Event(name, at) for k in range(4) for name, at in (("Foot Strike", 0.6 * k), ("Foot Off", 0.6 * k + 0.2))]
    assert len(strides_of_contacts(SPRINT, run).reps) == 3


def test_bouts_and_other_events_and_other_movements_make_no_stride() -> None:
    names = ("Foot Strike", "Foot Off")
    apart = [*walk(0.0, names, "Right", 2), *walk(9.0, names, "Right", 2)]
    assert [rep.start_s for rep in strides_of_contacts(GAIT, apart).reps] == [0.0, 9.0]
    assert not strides_of_contacts(GAIT, [Event("Trigger", k) for k in range(5)]).reps
    assert not strides_of_contacts(SQUAT, walk(0.0, names, "Right")).reps


def test_strides_of_events_are_the_repetitions_of_emg_alone() -> None:
    rng, t = np.random.default_rng(8), np.arange(12000) / 1000.0
    channels = []
    for lag in (0.0, 0.08):
        burst = np.abs(np.mod(t - 0.4 - lag, 1.0) - 0.15) < 0.15
        channels.append(1e-4 * burst * rng.normal(size=t.size) + 2e-6 * rng.normal(size=t.size))
    names = ("gluteus_maximus_right", "vastus_lateralis_right")
    emg = Stream("emg", "emg", np.stack(channels, axis=1), 1000.0, names, ("V", "V"))
    found = analyze(Recording((emg,), events=tuple(walk(1.0, ("Foot Strike", "Foot Off"), "Right", 11))), "gait")
    assert len(found.reps) == 10 and all(rep.complete for rep in found.reps)
    assert found.rep_driver == "foot contacts of the file"
    assert "in 10 strides told by the file's foot contacts" in emg_headline(replace(found, muscles=None))
    assert found.muscles is not None
    lag = next(lag for lag in found.muscles.lags if lag.primary)
    assert lag.mean is not None and lag.n >= 9
    assert lag.mean.holds(0.08) and lag.mean.half_width < 0.02


def test_a_real_walk_gets_its_strides_from_the_cycles_beside_it(shared_data: Path) -> None:
    from legato.load import read

    folder = shared_data / "gait-emg"
    found = analyze(read(folder / "walk-13-muscles.csv", folder / "walk-cycles.csv"), "gait")
    # Six contacts bound five strides.
    assert [round(rep.end_s - rep.start_s, 2) for rep in found.reps] == [1.03, 1.04, 1.03, 1.03, 1.05]
    assert found.muscles is not None and len(found.muscles.usable) == 13
    assert any("taken as those of one" in note for note in found.notes)
    # Gluteus maximus works around the contact, vastus in the loading response: both early in the stride.
    for muscle in found.muscles.muscles:
        if muscle.muscle in ("gluteus_maximus", "vastus_lateralis"):
            centres = [b.centre.value for b in muscle.bursts if b.main and b.centre is not None]
            rows = [(c, r) for c in centres for r in found.reps if r.start_s <= c < r.end_s]
            shares = [(c - r.start_s) / (r.end_s - r.start_s) for c, r in rows]
            assert len(shares) >= 3 and all(share < 0.3 or share > 0.8 for share in shares)


STRIDE = ("Foot Strike", "Foot Off")


def test_contacts_outside_of_the_emg_are_named_and_not_used() -> None:
    rng = np.random.default_rng(2)
    emg = Stream("emg", "emg", 1e-4 * rng.standard_normal((6000, 1)), 1000.0, ("soleus_right",), ("V",))
    names = ("Foot Strike", "Foot Off")
    # 6 s of EMG; contacts at 2.5 to 7.5 s, each lift-off 0.62 s later.
    found = with_contacts(RepsResult((), "EMG"), GAIT, Recording((emg,), events=tuple(walk(2.5, names, "Right", 6))))
    assert [(rep.start_s, rep.end_s) for rep in found.reps] == [(2.5 + k, 3.5 + k) for k in range(3)]
    (said,) = found.notes
    assert said.startswith("5 of the file's 12 foot contacts and lift-offs lie outside of the EMG (0.00 to 6.00 s) and")
    assert said.endswith("are not used: 6.12, 6.50, 7.12, 7.50 … s")
    lines = summary_lines(analyze(Recording((emg,), events=tuple(walk(2.5, names, "Right", 6))), GAIT))
    assert lines[lines.index("Strides") + 1] == f"  {said}."
    # A frame of the camera may begin before the EMG's first sample.
    first = with_contacts(RepsResult((), "EMG"), GAIT, Recording((emg,), events=tuple(walk(-0.01, names, "Right"))))
    assert len(first.reps) == 3 and first.notes == ()


def test_contacts_that_all_lie_outside_of_the_emg_are_bad_input() -> None:
    rng = np.random.default_rng(3)
    emg = Stream("emg", "emg", 1e-4 * rng.standard_normal((6000, 1)), 1000.0, ("soleus_right",), ("V",))
    late = (*walk(100.0, ("Foot Strike", "Foot Off")), Event("start", 1.0, ""))
    said = r"all 8 foot contacts and lift-offs \(100\.00 to 103\.62 s\) lie outside of the EMG \(0\.00 to 6\.00 s\)"
    with pytest.raises(BadInput, match=said):
        analyze(Recording((emg,), events=late), GAIT)
    # No other movement reads them.
    assert not with_contacts(RepsResult((), "EMG"), SQUAT, Recording((emg,), events=late)).notes


def test_a_missed_contact_makes_its_stride_incomplete_and_a_doubled_one_none() -> None:
    events = [e for e in walk(0.0, STRIDE, "Right", 6) if not (e.name == "Foot Strike" and e.time_s == 3.0)]
    found = strides_of_contacts(GAIT, events).reps
    assert [(rep.start_s, rep.end_s, rep.complete) for rep in found] == [
        (0.0, 1.0, True), (1.0, 2.0, True), (2.0, 4.0, False), (4.0, 5.0, True)
    ]  # fmt: skip
    assert "lifts off 2 times" in found[2].reason and not found[2].marks
    strikes = [e for e in events if e.name == "Foot Strike"]
    bare = strides_of_contacts(GAIT, strikes).reps
    assert [rep.complete for rep in bare] == [True, True, False, True] and "misses a contact" in bare[2].reason
    doubled = strides_of_contacts(GAIT, [*walk(0.0, STRIDE, "Right"), Event("Foot Strike", 1.001, "Right")]).reps
    assert [(rep.start_s, rep.end_s) for rep in doubled] == [(0.0, 1.0), (1.0, 2.0), (2.0, 3.0)]


def run(period_s: float, stance_s: float, context: str = "", n: int = 6) -> list[Event]:
    return [
        Event(name, period_s * k + at, context)
        for k in range(n)
        for name, at in zip(STRIDE, (0.0, stance_s), strict=True)
    ]


@pytest.mark.parametrize(
    ("movement", "events", "said"),
    [
        (SPRINT, walk(0.0, STRIDE, "Right"), "stands for 62% of a stride: that is a walk"),
        # Both feet of a runner: steps of 0.33 s with a contact of 0.2 s, and of a sprinter, 0.23 s with 0.1 s.
        (SPRINT, run(0.33, 0.2), "lie 0.33 s apart"),
        (SPRINT, run(0.23, 0.1), "lie 0.23 s apart"),
        # Both feet of a walker without lift-offs.
        (GAIT, [e for e in run(0.52, 0.1) if e.name == "Foot Strike"], "of both feet"),
    ],
)
def test_contacts_that_cannot_be_of_one_foot_of_this_movement_are_no_strides(
    movement: Movement, events: list[Event], said: str
) -> None:
    found = strides_of_contacts(movement, events)
    assert not found.reps and said in found.notes[0]


def test_strides_of_the_file_stand_in_for_repetitions_that_are_all_cut() -> None:
    emg = Stream("emg", "emg", np.zeros((5000, 1)), 1000.0, ("VL",), ("V",))
    recording = Recording((emg,), events=tuple(walk(0.0, STRIDE, "Right")))
    cut = RepsResult((Rep(index=0, start_s=0.0, end_s=1.0, complete=False, reason="cut"),), "markers")
    whole = RepsResult((Rep(index=0, start_s=0.0, end_s=1.0, complete=True),), "markers")
    assert len(with_contacts(cut, GAIT, recording).reps) == 3
    assert with_contacts(whole, GAIT, recording) is whole
    assert with_contacts(cut, GAIT, replace(recording, events=())).reps == cut.reps


def test_a_real_sprint_keeps_the_stride_that_its_own_events_tell(shared_data: Path) -> None:
    from legato.load import read

    found = analyze(read(shared_data / "sprint" / "sprint.c3d"), "sprint")
    assert [(round(r.start_s, 2), round(r.end_s, 2), r.side) for r in found.reps if r.complete] == [
        (0.0, 0.53, "right")
    ]
