"""Strides beside plates: the plates' instants, the strides that only they show, and what they say of the others."""

from dataclasses import replace

import numpy as np
import pytest

from legato.movements import find_reps, load_movement, rep_metrics
from legato.movements.instants import REACH_SD_S
from legato.movements.model import Rep, RepsResult
from legato.movements.noise import Z
from legato.movements.plate_strides import BEGUN, with_plates
from legato.recording import FloatArray, Recording, Stream

from .staging import walker

RATE_HZ = 1000.0
STANCE_S = 0.68


def steps_on(contacts_s: list[float], n: int) -> FloatArray:
    """Vertical force of steps that begin at these times, N: 700 N with ramps of 40 ms, noise of 1 N."""
    t = np.arange(n) / RATE_HZ
    force = np.random.default_rng(1).normal(0.0, 1.0, n)
    for at in contacts_s:
        force += 700.0 * np.clip(np.minimum((t - at) / 0.04, (at + STANCE_S - t) / 0.04), 0.0, 1.0)
    return force


def beside(right_s: list[float], left_s: list[float], strides: int = 4):
    """A walker of 100 Hz and plates under some of its steps."""
    body, contacts = walker(100.0, strides)
    n = round(body.n_frames / body.rate_hz * RATE_HZ)
    values = np.stack([steps_on(right_s, n), steps_on(left_s, n)], axis=1)
    force = Stream("force", "force", values, RATE_HZ, ("Right Fz", "Left Fz"), ("N", "N"))
    movement = load_movement("gait")
    found = find_reps(body, movement)
    return body, movement, found, with_plates(found, body, movement, Recording((force,))), contacts


def test_contacts_on_plates_are_the_plates() -> None:
    late = 0.015
    _, contacts = walker(100.0, 4)
    on = [contacts[1] + late, contacts[2] + late]
    body, movement, _, told, _ = beside(on, [])
    rights = [rep for rep in told.reps if rep.side == "right"]
    assert [rights[1].start_s, rights[1].end_s] == pytest.approx(on, abs=0.002)
    assert rights[0].end_s == pytest.approx(on[0], abs=0.002)
    # The toe-off of the motion lies 0.06 s before that of the plate.
    assert rights[1].marks["toe_off"] == pytest.approx(on[0] + STANCE_S, abs=0.003)
    assert rights[1].phase("stance").duration_s == pytest.approx(STANCE_S, abs=0.004)  # type: ignore[union-attr]
    stance = rep_metrics(body, movement, told.reps)[told.reps.index(rights[1])]["stance_s"]
    assert stance.holds(STANCE_S) and stance.half_width < 0.005
    assert any("2 contacts, 15 ms earlier by the motion" in note for note in told.notes)


def test_events_off_the_plates_are_as_unsure_as_those_on_them_were_off() -> None:
    late = 0.04
    _, contacts = walker(100.0, 4)
    _, _, _, told, _ = beside([contacts[1] + late], [])
    left = next(rep for rep in told.reps if rep.side == "left")
    # One event 40 ms off beside the published spread, which counts as another one.
    assert left.doubt_s["start"] == pytest.approx(Z * np.hypot(late, REACH_SD_S) / np.sqrt(2.0), rel=0.05)
    assert left.told == {}


def test_a_stride_whose_end_only_plates_show_is_told() -> None:
    body, contacts = walker(100.0, 4)
    movement = load_movement("gait")
    found = find_reps(body, movement)
    bare = replace(found, reps=tuple(rep for rep in found.reps if rep.side == "right"))
    left = [contacts[0] + 0.55, contacts[1] + 0.55]
    n = round(body.n_frames / body.rate_hz * RATE_HZ)
    force = Stream("force", "force", steps_on(left, n)[:, None], RATE_HZ, ("Left Fz",), ("N",))
    told = with_plates(bare, body, movement, Recording((force,)))
    (new,) = [rep for rep in told.reps if rep.side == "left"]
    assert [new.start_s, new.end_s] == pytest.approx(left, abs=0.002) and new.complete
    assert [rep.index for rep in told.reps] == list(range(len(bare.reps) + 1))
    # Contacts two strides apart are no stride: the foot met the ground between them, off the plates.
    far = steps_on([contacts[0] + 0.55, contacts[2] + 0.55], n)
    apart = with_plates(bare, body, movement, Recording((force.with_values(far[:, None]),)))
    assert not [rep for rep in apart.reps if rep.side == "left"]


def test_plates_on_another_clock_are_not_used() -> None:
    _, contacts = walker(100.0, 4)
    _, _, found, told, _ = beside([contacts[1] + 0.3], [])
    assert [rep.start_s for rep in told.reps] == [rep.start_s for rep in found.reps]
    assert not any(rep.told for rep in told.reps)


def test_a_stride_without_a_toe_off_has_the_plates() -> None:
    body, movement, found, _, contacts = beside([], [])
    n = round(body.n_frames / body.rate_hz * RATE_HZ)
    force = Stream("force", "force", steps_on([-0.3], n)[:, None], RATE_HZ, ("Right Fz",), ("N",))
    first = found.reps[0].model_copy(update={"start_s": 0.0, "end_s": contacts[1], "side": "right", "marks": {}})
    told = with_plates(replace(found, reps=(first,)), body, movement, Recording((force,)))
    assert told.reps[0].marks["toe_off"] == pytest.approx(STANCE_S - 0.3, abs=0.003)
    assert [phase.name for phase in told.reps[0].phases] == ["stance", "swing"] and told.reps[0].start_s == 0.0


@pytest.mark.parametrize(("stood_s", "said"), [(-0.3, True), (0.3, False)])
def test_a_stride_whose_foot_stands_as_the_recording_begins_says_so(stood_s: float, said: bool) -> None:
    body, contacts = walker(100.0, 4)
    n = round(body.n_frames / body.rate_hz * RATE_HZ)
    values = np.stack([steps_on([stood_s, contacts[1]], n), steps_on([], n)], axis=1)
    force = Stream("force", "force", values, RATE_HZ, ("Right Fz", "Left Fz"), ("N", "N"))
    first = Rep(index=0, start_s=body.start_s, end_s=contacts[1], complete=True, side="right")
    told = with_plates(RepsResult((first,), "events"), body, load_movement("gait"), Recording((force,)))
    assert told.reps[0].complete
    assert any(f"right foot {BEGUN}" in note for note in told.notes) == said
