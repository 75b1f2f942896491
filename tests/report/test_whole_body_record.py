"""What files and terminal say of trunk and arms."""

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

import legato
from legato.analysis import Analysis
from legato.report.whole_body import whole_body_html
from legato.report.whole_body_record import whole_body_lines
from legato.simulate import Simulation, simulate, with_plates


@pytest.fixture(scope="module")
def lift() -> Simulation:
    return with_plates(simulate("hip-hinge", rate_hz=100.0, reps=1, noise_m=0.0005, wobble_m=0.0005))


@pytest.fixture(scope="module")
def told(lift: Simulation) -> Analysis:
    return legato.analyze(lift.recording, "hip-hinge", mass_kg=80.0, load_kg=60.0)


def test_result_holds_moments_and_whether_both_ways_meet(told: Analysis) -> None:
    record = json.loads(json.dumps(told.to_dict()))["whole_body"]
    assert record["mass_seen"] == pytest.approx(1.0, abs=1e-3)
    assert record["load_shown_by"] == "bar"
    names = [moment["name"] for moment in record["moments"]]
    assert names == [
        "lumbosacral_extension_moment_from_above",
        "lumbosacral_extension_moment_from_ground",
        "elbow_flexion_moment_right",
        "shoulder_flexion_moment_right",
        "elbow_flexion_moment_left",
        "shoulder_flexion_moment_left",
    ]
    peak = record["moments"][0]["per_rep"][0]["peak"]
    assert peak["low"] < peak["value"] < peak["high"]
    assert peak["unit"] == "N·m"
    meeting = record["meeting"][0]
    assert meeting["holds"] is True
    assert meeting["moment_rms"]["value"] < meeting["limit_n_m"] == 15.0
    assert meeting["reason"] is None


def test_result_fits_the_schema(told: Analysis) -> None:
    text = files("legato.report").joinpath("schema.json").read_text(encoding="utf-8")
    whole = {**json.loads(text)["properties"]["whole_body"], "$defs": json.loads(text)["$defs"]}
    record = json.loads(json.dumps(told.to_dict()))["whole_body"]
    validator = jsonschema.Draft202012Validator(whole)
    validator.validate(record)
    assert not validator.is_valid({**record, "mass_seen": "all"})


def test_every_frame_stands_in_the_table(told: Analysis, tmp_path: Path) -> None:
    told.save(tmp_path)
    lines = (tmp_path / "tables" / "joint_moments.csv").read_text("utf-8").splitlines()
    columns = lines[0].split(",")
    # Behind them stand the intervals.
    assert [name for name in columns if not name.endswith(("_low", "_high"))][-6:] == [
        "elbow_flexion_moment_right",
        "shoulder_flexion_moment_right",
        "elbow_flexion_moment_left",
        "shoulder_flexion_moment_left",
        "lumbosacral_extension_moment_from_above",
        "lumbosacral_extension_moment_from_ground",
    ]
    assert len(lines) == told.body.n_frames + 1
    assert {len(line.split(",")) for line in lines} == {len(columns)}


def test_every_moment_has_its_interval_in_the_table(told: Analysis, tmp_path: Path) -> None:
    told.save(tmp_path)
    lines = (tmp_path / "tables" / "joint_moments.csv").read_text("utf-8").splitlines()
    columns = lines[0].split(",")
    names = [name for name in columns[1:] if not name.endswith(("_low", "_high"))]
    assert len(columns) == 1 + 3 * len(names)
    assert told.whole_body is not None
    first = next(m for m in told.whole_body.per_rep if m.name.endswith("from_above"))
    assert first.peak is not None and first.time_s is not None
    rep = next(rep for rep in told.reps if rep.index == first.rep)
    rows = [line.split(",") for line in lines[1:]]
    inside = [row for row in rows if rep.start_s - 1e-6 <= float(row[0]) <= rep.end_s + 1e-6]
    at = rows[round((first.time_s - told.body.start_s) * told.body.rate_hz)]
    assert float(at[columns.index(first.name)]) == pytest.approx(first.peak.value, abs=1e-3)
    for end in ("low", "high"):
        # The largest end of any frame, which need not be that of the largest value.
        largest = max(float(row[columns.index(f"{first.name}_{end}")]) for row in inside)
        assert largest == pytest.approx(getattr(first.peak, end), abs=1e-3)


def test_terminal_says_the_largest_and_that_both_ways_agree(told: Analysis) -> None:
    said = whole_body_lines(told.whole_body)
    assert said[0].startswith("L5/S1 extension, from the hands and head down: up to ")
    assert said[1].startswith("L5/S1 extension, from the ground up: up to ")
    assert any(line.startswith("Shoulder flexion, left: up to ") for line in said)
    assert said[-1].startswith("Ground and body agree at L5/S1 within ")


def test_a_largest_moment_the_other_way_bears_that_name_and_no_minus(told: Analysis) -> None:
    assert told.whole_body is not None
    turned = tuple(
        replace(m, peak=m.peak.scaled(-1.0)) if m.name.startswith("lumbosacral") and m.peak else m
        for m in told.whole_body.per_rep
    )
    said = whole_body_lines(replace(told.whole_body, per_rep=turned))
    was = whole_body_lines(told.whole_body)
    assert said[:2] == [line.replace("extension", "flexion") for line in was[:2]]
    assert "\u2212" not in said[0] + said[1]


def test_terminal_says_where_they_do_not_agree(lift: Simulation) -> None:
    wrong = legato.analyze(lift.recording, "hip-hinge", mass_kg=80.0, load_kg=90.0)
    assert wrong.whole_body is not None
    assert not wrong.whole_body.agrees
    said = whole_body_lines(wrong.whole_body)
    assert any("do not agree at L5/S1 (repetition 1)" in line and "% of the weight" in line for line in said)


def test_without_mass_and_load_nothing_is_said(lift: Simulation) -> None:
    assert legato.analyze(lift.recording, "hip-hinge").whole_body is None
    asked = legato.analyze(lift.recording, "hip-hinge", load_kg=60.0).whole_body
    assert asked is not None
    assert whole_body_lines(asked) == ["Moments of the trunk need the body's mass: give --mass."]


def test_page_shows_a_table_where_anything_was_asked(lift: Simulation, told: Analysis) -> None:
    page = whole_body_html(told)
    assert page.startswith('<section id="trunk"><h2>Trunk and arms</h2>')
    assert "L5/S1 extension, from the ground up" in page
    assert "both ways apart" in page
    assert "Ground and body agree at L5/S1 within" in page
    assert whole_body_html(legato.analyze(lift.recording, "hip-hinge")) == ""
    asked = whole_body_html(legato.analyze(lift.recording, "hip-hinge", load_kg=60.0))
    assert "give --mass" in asked
    assert "<table" not in asked


def test_one_way_alone_is_said_to_be_unchecked(lift: Simulation) -> None:
    found = legato.analyze(lift.recording, "hip-hinge", mass_kg=80.0)
    said = [line for line in whole_body_lines(found.whole_body) if "checks" in line]
    assert said == ["L5/S1 is told one way only, so nothing checks it."]
    assert said[0] in whole_body_html(found)
    assert found.whole_body is not None
    assert found.whole_body.agrees is None
