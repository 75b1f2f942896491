"""A baseline of another person is seen by the length of the leg, whatever markers and movement."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import legato
from legato.body import build_body
from legato.body.model import Body
from legato.body.person import another_person, check_limbs, lengths_of
from legato.compare.baseline import make_baseline
from legato.compare.results import read_result
from legato.errors import BadInput
from legato.recording import Recording
from legato.simulate import simulate


@pytest.fixture(scope="module")
def tall() -> Body:
    return build_body(simulate("back-squat", seed=1, reps=2, height_m=1.80).recording)


def record(body: Body, **settings: float) -> dict[str, Any]:
    lengths = {name: length.to_dict() for name, length in lengths_of(body).items()}
    return {"body": {"lengths": lengths}, "settings": settings}


def test_the_leg_is_measured(tall: Body):
    # 0.491 of the stature from the hip's centre to the ankle's (Winter), as the simulated athlete has it.
    assert lengths_of(tall)["leg"].value == pytest.approx(0.49 * 1.80, rel=0.06)
    assert lengths_of(replace(tall, source="imu")) == {}


@pytest.mark.parametrize("movement", ["back-squat", "hip-hinge", "deadlift"])
def test_an_athlete_is_never_another_person(tall: Body, movement: str):
    for seed in (2, 3):
        again = build_body(simulate(movement, seed=seed, reps=2, height_m=1.80).recording)
        rng = np.random.default_rng(seed)
        # Joint centres that are found 5 mm off along each axis.
        moved = {name: values + rng.normal(0.0, 0.005, 3) for name, values in again.points.items()}
        assert another_person(replace(again, points=moved), record(tall)) == ""


@pytest.mark.parametrize(("height_m", "other"), [(1.80, False), (1.79, False), (1.70, True), (1.92, True)])
def test_another_stature_is_another_person(tall: Body, height_m: float, other: bool):
    body = build_body(simulate("back-squat", seed=2, reps=2, height_m=height_m).recording)
    said = another_person(body, record(tall))
    assert bool(said) == other
    assert not other or "leg 9" in said or "leg 8" in said


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        ({"height_m": 1.80, "mass_kg": 80.0}, (80.0, 1.80), ""),
        ({"height_m": 1.80, "mass_kg": 80.0}, (90.0, 1.78), ""),
        ({"height_m": 1.80}, (None, 1.70), "height 180 cm, here 170"),
        ({"mass_kg": 80.0}, (60.0, None), "mass 80 kg, here 60"),
        ({"mass_kg": 80.0}, (None, 1.70), ""),
    ],
)
def test_what_was_given_tells_too(tall: Body, then: dict[str, float], now: tuple[Any, Any], said: str):
    found = another_person(replace(tall, points={}), record(tall, **then), *now)
    assert (said in found) if said else found == ""
    assert another_person(tall, None) == another_person(tall, {}) == ""


def test_nothing_is_held_against_another_persons_baseline():
    mine, theirs = (simulate("back-squat", seed=s, reps=5, height_m=h) for s, h in ((1, 1.66), (2, 1.86)))
    theirs_record = legato.analyze(theirs.recording, "back-squat").to_dict()
    found = legato.analyze(mine.recording, "back-squat", baseline=theirs_record)
    assert any("the baseline is of another person (leg" in note for note in found.notes)
    assert not any(f.band_from == "own" for f in found.findings)
    without = [f for f in found.findings if f.band is None and f.measured is not None]
    assert without and all("another person" in f.resolve for f in without)
    again = simulate("back-squat", seed=3, reps=5, height_m=1.86).recording
    assert any(f.band_from == "own" for f in legato.analyze(again, "back-squat", baseline=theirs_record).findings)


def test_a_baseline_of_days_holds_the_lengths(tall: Body):
    day = legato.analyze(simulate("hip-hinge", seed=1, reps=5).recording, "hip-hinge").to_dict()
    days = [{**day, "inputs": [{"path": "a", "sha256": name}]} for name in ("a", "b", "c")]
    made = make_baseline([read_result(one, name) for one, name in zip(days, "abc", strict=True)])
    assert made["body"]["lengths"]["leg"]["value"] == pytest.approx(day["body"]["lengths"]["leg"]["value"])


def in_another_unit(recording: Recording, times: float) -> Recording:
    """The same markers as a file tells them that has a unit so many times too large."""
    return replace(
        recording,
        streams=tuple(s.with_values(times * s.values) if s.kind == "markers" else s for s in recording.streams),
    )


@pytest.mark.parametrize("movement", ["back-squat", "bench-press", "throw"])
@pytest.mark.parametrize("height_m", [1.2, 2.3])
def test_a_body_in_a_unit_ten_times_off_is_refused_and_no_other(movement: str, height_m: float):
    recording = simulate(movement, seed=1, reps=1, height_m=height_m, rate_hz=50.0).recording
    build_body(recording)
    for times in (0.1, 10.0):
        with pytest.raises(BadInput, match=r"limbs of \d+(\.\d)? cm, which no person has, so their unit is not"):
            build_body(in_another_unit(recording, times))


def test_an_arm_alone_tells_it_too():
    whole = simulate("back-squat", seed=1, reps=1, rate_hz=50.0).recording.stream("markers")
    of = {name: name for name in whole.channels}
    arm = {"acromion_right": "RSHO", "elbow_lateral_right": "RELB", "wrist_radial_right": "RWRA"}
    assert set(arm.values()) <= set(of)
    check_limbs(whole, arm)
    for times in (0.1, 10.0):
        scaled = whole.with_values(times * whole.values)
        check_limbs(scaled, {"elbow_lateral_right": "RELB"})
        with pytest.raises(BadInput, match="no person has"):
            check_limbs(scaled, arm)


REAL = ("squat-opencap/Jump.trc", "squat-asymmetry/STSFast1.trc", "sprint/markers.trc", "tennis-serve/tennis-serve.c3d",
        "walk-inverse-dynamics/subject01_walk.trc", "box-lift/box-lift.c3d", "vendor-c3d/BTS.c3d")  # fmt: skip


@pytest.mark.parametrize("trial", REAL)
def test_real_bodies_are_told_by_their_limbs(shared_data: Path, trial: str):
    recording = legato.read(shared_data / trial)
    build_body(recording)
    for times in (0.1, 10.0):
        with pytest.raises(BadInput, match=f"^{re.escape(recording.inputs[0].path)}: its markers make limbs of"):
            build_body(in_another_unit(recording, times))
