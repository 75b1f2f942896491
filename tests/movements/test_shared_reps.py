"""Repetition counts and instants on real recordings: as they are, cropped anywhere, resampled, with noise."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import legato
from legato.body import build_body
from legato.body.model import Body
from legato.formats.c3d import read_c3d
from legato.formats.mot import read_mot
from legato.formats.trc import read_trc
from legato.movements import find_reps, load_movement, rep_metrics
from legato.movements.plate_strides import with_plates
from legato.recording import Recording

SQUATS_OPENCAP = (5.65, 7.33, 9.07, 10.82, 12.60)
SQUATS = (1.32, 3.67, 6.36, 9.08, 11.61)
SQUATS_ASYM = (1.23, 3.90, 6.42, 8.98, 11.71)
SERVES = (4.00, 7.64, 11.16, 14.90, 18.58)
RISES = {"STS1": 5, "STSFast1": 5, "STSweakLegs1": 5}

TIMED = [
    ("squat-opencap/Squats", "back-squat", "bottom", SQUATS_OPENCAP),
    ("squat-asymmetry/squats1", "back-squat", "bottom", SQUATS),
    ("squat-asymmetry/squatsAsym1", "back-squat", "bottom", SQUATS_ASYM),
]
"""Known instants; 0.1 s is the goal."""


@cache
def recording_of(path: Path) -> Recording:
    read = {".trc": read_trc, ".mot": read_mot, ".c3d": read_c3d}[path.suffix]
    return read(path)


def cropped(recording: Recording, first: float, last: float) -> Recording:
    stream = recording.streams[0]
    a, b = int(first * stream.n_samples), int(last * stream.n_samples)
    part = stream.with_values(stream.values[a:b].copy(), start_s=stream.start_s + a / stream.rate_hz)
    return replace(recording, streams=(part,), events=())


@cache
def body_at(path: Path) -> Body:
    return build_body(recording_of(path))


@pytest.mark.parametrize("kind", [".trc", ".mot"])
@pytest.mark.parametrize(("name", "movement", "mark", "known"), TIMED)
def test_squats(shared_data: Path, name: str, movement: str, mark: str, known: tuple[float, ...], kind: str) -> None:
    found = find_reps(body_at(shared_data / f"{name}{kind}"), load_movement(movement))
    assert [rep.marks[mark] for rep in found.reps] == pytest.approx(known, abs=0.1)
    assert all(rep.complete for rep in found.reps)


@pytest.mark.parametrize("kind", [".trc", ".mot"])
@pytest.mark.parametrize("name", RISES)
def test_sit_to_stands(shared_data: Path, name: str, kind: str) -> None:
    found = find_reps(body_at(shared_data / "squat-asymmetry" / f"{name}{kind}"), load_movement("sit-to-stand"))
    assert len(found.reps) == RISES[name]
    assert all(rep.complete for rep in found.reps)


def test_serves(shared_data: Path) -> None:
    found = find_reps(body_at(shared_data / "tennis-serve" / "tennis-serve.c3d"), load_movement("tennis-serve"))
    assert found.side == "right"
    assert [rep.marks["release"] for rep in found.reps] == pytest.approx(SERVES, abs=0.1)


def test_box_lift(shared_data: Path) -> None:
    found = find_reps(body_at(shared_data / "box-lift" / "box-lift.c3d"), load_movement("box-lift"))
    assert [rep.complete for rep in found.reps] == [True]
    assert found.reps[0].marks["lift_off"] == pytest.approx(2.26, abs=0.1)


@pytest.mark.parametrize(
    ("name", "movement", "mark"),
    [
        ("squat-opencap/Squats.trc", "back-squat", "bottom"),
        ("squat-asymmetry/squatsAsym1.trc", "back-squat", "bottom"),
        ("squat-asymmetry/squats1.mot", "back-squat", "bottom"),
        ("squat-asymmetry/STSFast1.trc", "sit-to-stand", "top"),
        ("squat-asymmetry/STS1.mot", "sit-to-stand", "seat_off"),
        ("tennis-serve/tennis-serve.c3d", "tennis-serve", "release"),
    ],
)
def test_cropped_anywhere(shared_data: Path, name: str, movement: str, mark: str) -> None:
    path, spec = shared_data / name, load_movement(movement)
    uncut = find_reps(body_at(path), spec).reps
    rate_hz = body_at(path).rate_hz
    for first, last in np.sort(np.random.default_rng(5).uniform(0.0, 1.0, (25, 2)), axis=1):
        if (last - first) * body_at(path).n_frames < 0.5 * rate_hz:
            continue
        body = build_body(cropped(recording_of(path), float(first), float(last)))
        found = find_reps(body, spec).reps
        t0, t1 = body.start_s, body.start_s + (body.n_frames - 1) / rate_hz
        for rep in uncut:
            near = [r for r in found if r.start_s < rep.end_s and r.end_s > rep.start_s]
            # Half a second of slack: a start is a threshold on a rate, and the low-pass bends at an edge.
            if t0 <= rep.start_s - 0.5 and rep.end_s + 0.5 <= t1:
                assert len([r for r in near if r.complete]) == 1, (first, last, rep.start_s, [r.reason for r in near])
        for rep in found:
            if rep.complete:
                assert any(abs(rep.marks[mark] - r.marks[mark]) < 0.2 for r in uncut), (first, last, rep)


@pytest.mark.parametrize("rate_hz", [25.0, 40.0, 60.0])
@pytest.mark.parametrize(("name", "movement", "mark", "known"), TIMED)
def test_resampled_and_with_noise(
    shared_data: Path, name: str, movement: str, mark: str, known: tuple[float, ...], rate_hz: float
) -> None:
    recording = recording_of(shared_data / f"{name}.trc")
    stream = recording.streams[0]
    t = np.arange(0.0, (stream.n_samples - 1) / stream.rate_hz, 1.0 / rate_hz)
    index = t * stream.rate_hz
    low = np.floor(index).astype(int)
    part = (index - low)[:, None, None]
    values = (1.0 - part) * stream.values[low] + part * stream.values[low + 1]
    values = values + 0.003 * np.random.default_rng(2).standard_normal(values.shape)
    body = build_body(replace(recording, streams=(stream.with_values(values, rate_hz=rate_hz),)))
    found = find_reps(body, load_movement(movement))
    assert [rep.marks[mark] for rep in found.reps] == pytest.approx(known, abs=0.1)


@pytest.mark.parametrize(
    "name", ["walk-inverse-dynamics/subject01_walk.trc", "sprint/sprint.c3d", "vendor-c3d/PlugInC3D.c3d"]
)
def test_walking_and_running_hold_no_squat(shared_data: Path, name: str) -> None:
    for movement in ("back-squat", "sit-to-stand"):
        found = find_reps(body_at(shared_data / name), load_movement(movement))
        assert not [rep for rep in found.reps if rep.complete]


def test_a_jumps_contacts_lie_near_the_events_in_its_file(shared_data: Path) -> None:
    path = shared_data / "vendor-c3d" / "motion-analysis-jump.c3d"
    found = find_reps(body_at(path), load_movement("countermovement-jump"))
    assert len(found.reps) == 1
    assert found.reps[0].marks["take_off"] == pytest.approx(0.692, abs=0.04)
    assert found.reps[0].marks["landing"] == pytest.approx(1.183, abs=0.04)


@pytest.mark.parametrize(("name", "take_off_s"), [("DJ1", 1.88), ("DJAsym1", 1.52)])
def test_drop_jumps(shared_data: Path, name: str, take_off_s: float) -> None:
    found = find_reps(body_at(shared_data / "squat-asymmetry" / f"{name}.trc"), load_movement("drop-jump"))
    assert [rep.complete for rep in found.reps] == [True]
    rep = found.reps[0]
    # Mean of when the toe markers pass 6 cm; the pelvis alone tells it to some hundredths.
    assert rep.marks["take_off"] == pytest.approx(take_off_s, abs=0.05)
    assert [phase.name for phase in rep.phases][:4] == ["drop", "brake", "propel", "flight"]


def test_a_jump_without_a_box_is_a_countermovement_jump_and_no_drop_jump(shared_data: Path) -> None:
    body = body_at(shared_data / "squat-opencap" / "Jump.trc")
    assert [rep.complete for rep in find_reps(body, load_movement("countermovement-jump")).reps] == [True]
    assert [rep.reason for rep in find_reps(body, load_movement("drop-jump")).reps] == ["it has no contact"]


def test_contacts_of_a_sprint_lie_near_its_force_plates(shared_data: Path) -> None:
    # Right foot: off plate 1 at 0.145 s, on plate 5 at 0.534 s (50 N); two frames of 200 Hz are 0.01 s.
    found = find_reps(body_at(shared_data / "sprint" / "sprint.c3d"), load_movement("sprint"))
    assert [(rep.side, rep.complete) for rep in found.reps] == [("right", False), ("left", False), ("right", False)]
    right = [rep for rep in found.reps if rep.side == "right"]
    assert right[0].marks["toe_off"] == pytest.approx(0.145, abs=0.015)
    assert right[1].start_s == pytest.approx(0.534, abs=0.015)
    # Left foot: on plate 3 from 0.245 to 0.434 s; its next contact is after the recording.
    assert found.reps[1].start_s == pytest.approx(0.245, abs=0.015)
    assert found.reps[1].marks["toe_off"] == pytest.approx(0.434, abs=0.015)


def test_a_walk_beside_plates_has_their_contacts_and_the_left_stride(shared_data: Path) -> None:
    folder = shared_data / "walk-inverse-dynamics"
    recording = legato.read(folder / "subject01_walk.trc", folder / "subject01_walk_grf.mot")
    body = build_body(recording, static=legato.read(folder / "subject01_static.trc"))
    movement = load_movement("gait")
    found = with_plates(find_reps(body, movement), body, movement, recording)
    # Both contacts of the left foot lie on its plate; markers end 0.06 s after the second one and do not show it.
    assert [(rep.side, rep.complete) for rep in found.reps] == [("right", True), ("left", True)]
    assert [rep.start_s for rep in found.reps] == pytest.approx([0.618, 1.245], abs=0.003)
    right, left = (row["stance_s"] for row in rep_metrics(body, movement, found.reps))
    # Between 20 N and 20 N the right foot stands 0.791 s; a smoothed force hides its ends by some hundredths.
    assert right.holds(0.791) and right.half_width < 0.03 and left.holds(0.772)
