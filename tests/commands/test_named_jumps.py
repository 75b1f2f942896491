"""A recording of jumps under another name: the force decides, and the head of the result says so."""

from dataclasses import replace

import pytest

from legato.analysis import analyze
from legato.errors import NotResolvable
from legato.estimate import Estimate
from legato.forces.jumps import search_jumps
from legato.load import read
from legato.movements import load_movement
from legato.movements.named_jumps import name_doubts
from legato.recording import FloatArray
from legato.report.notices import notices
from legato.report.summary import summary_lines

from ..forces.planted_jumps import planted_jump, planted_series
from .force_tables import analysed, write_csv

JUMPS: dict[str, FloatArray] = {
    "countermovement": planted_jump().force_n,
    "squat": planted_jump(counter=0.0).force_n,
    "drop": planted_series().force_n,
    "hops": planted_series(contacts_s=(0.22, 0.2, 0.19), flights_s=(0.45, 0.46, 0.47)).force_n,
}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    out = tmp_path_factory.mktemp("jumps")
    return {name: write_csv(out / f"{name}.csv", {"Fz": force}) for name, force in JUMPS.items()}


@pytest.mark.parametrize("seen", ["countermovement", "squat", "drop"])
@pytest.mark.parametrize("named", ["countermovement", "squat", "drop"])
def test_each_kind_of_jump_under_each_name(files, named, seen):
    result = analyze(read(files[seen]), f"{named}-jump")
    said = notices(result)
    if named == seen:
        assert said == [] and result.reps[0].reason in ("", "the end of its landing was not seen")
        return
    assert len(said) == 1 and f"is no {named} jump: by the force it is a {seen} jump" in said[0]
    # A fall more or less is no detail: such a repetition is not whole. Whether the body sank first is told above.
    assert result.reps[0].complete is False or "drop" not in (named, seen)
    assert said[0] in "\n".join(summary_lines(result)).split("\n")


def test_a_drop_jump_has_contact_fall_and_strength(files, tmp_path, monkeypatch):
    result = analysed(monkeypatch, tmp_path / "r.json", files["drop"], "--movement", "drop-jump")
    (jump,) = result["forces"]["jumps"]
    # Planted: 0.22 s of contact after a fall from 0.3 m, 0.5 s of flight.
    assert jump["contact_time_s"]["value"] == pytest.approx(0.22, abs=1e-3)
    assert jump["drop_height_m"]["value"] == pytest.approx(0.3, abs=3e-3)
    assert jump["reactive_strength_m_s"]["value"] == pytest.approx(0.3065 / 0.22, rel=0.01)
    (rep,) = result["reps"]
    assert rep["complete"] and {"contact", "bottom", "take_off", "landing"} <= set(rep["marks"])
    assert rep["start_s"] == pytest.approx(1.5 - (2.0 * 0.3 / 9.80665) ** 0.5, abs=5e-3)


def test_hops_are_told_one_by_one(files, tmp_path, monkeypatch):
    result = analysed(monkeypatch, tmp_path / "r.json", files["hops"], "--movement", "drop-jump")
    rebounds = result["forces"]["rebounds"]
    assert [one["contact_time_s"]["value"] for one in rebounds] == pytest.approx([0.22, 0.2, 0.19], abs=1e-3)
    assert len(result["reps"]) == 3 and not any(rep["complete"] for rep in result["reps"])


@pytest.mark.parametrize("seen", ["countermovement", "squat", "drop", "hops"])
def test_a_jump_is_no_pull(files, seen):
    with pytest.raises(NotResolvable, match="which is no pull"):
        analyze(read(files[seen]), "imtp")


def test_jumps_beside_another_lift_are_said(files):
    (said,) = notices(analyze(read(files["countermovement"]), "back-squat"))
    assert said.startswith("The force shows 1 countermovement jump (up to 0.444 m by flight)")


def test_jumps_on_plates_beside_motion_are_said_and_hops_and_movements_that_fly_are_not():
    searched = search_jumps(JUMPS["countermovement"], 1000.0)
    (said,) = name_doubts(load_movement("back-squat"), searched, alone=False)
    assert said.startswith("The force shows 1 countermovement jump (up to 0.444 m by flight), which is no part of a")
    for movement in ("throw", "sprint", "change-of-direction"):
        assert name_doubts(load_movement(movement), searched, alone=False) == ()
    low = replace(searched, jumps=tuple(replace(j, height_flight_m=Estimate(0.05, 0.04, 0.06)) for j in searched.jumps))
    assert name_doubts(load_movement("jerk"), low, alone=False) == ()
    assert name_doubts(load_movement("jerk"), low, alone=True) != ()


@pytest.mark.parametrize(("part", "word"), [("cut", "before the landing"), ("air", "starts in the air")])
def test_a_flight_that_is_cut_off_is_refused_as_such(tmp_path, part, word):
    force: FloatArray = JUMPS["countermovement"]
    cut = force[:2700] if part == "cut" else force[2400:]
    with pytest.raises(NotResolvable, match=word):
        analyze(read(write_csv(tmp_path / "cut.csv", {"Fz": cut})), "countermovement-jump")
