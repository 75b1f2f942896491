"""The command `across` as a user runs it."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from legato.cli import app
from legato.errors import BadInput

from ..compare.activity_records import activity, group

RUN = CliRunner()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, value in (("back-squat", 15.0), ("hip-hinge", 40.0)):
        record = activity(name, [value, value + 1.0, value - 1.0, value, value], name)
        (tmp_path / f"{name}.json").write_text(json.dumps(record), encoding="utf-8")
    return tmp_path


def refused(*arguments: object) -> str:
    done = RUN.invoke(app, ["across", *map(str, arguments)])
    assert isinstance(done.exception, BadInput), done.output
    return str(done.exception)


def test_two_activities_are_set_side_by_side(folder: Path) -> None:
    out = folder / "out"
    done = RUN.invoke(
        app, ["across", str(folder / "back-squat.json"), str(folder / "hip-hinge.json"), "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    assert "Hip hinge higher than Back squat by 25" in done.output and "× its interval" in done.output
    assert sorted(p.name for p in out.iterdir()) == ["across.html", "across.json", "activities.csv", "carried.csv"]
    (row, *_) = csv.DictReader((out / "activities.csv").read_text(encoding="utf-8").splitlines())
    assert row["metric"] == "lumbar-flexion-change" and float(row["value"]) == 15.0


def test_a_list_of_athletes_tells_what_carries_over(tmp_path: Path) -> None:
    lines = ["result,athlete,day"]
    for k, (record, who, day) in enumerate(group(1, 12, 2, 0.9)):
        (tmp_path / f"{k}.json").write_text(json.dumps(record), encoding="utf-8")
        lines.append(f"{k}.json,{who},{day}")
    (tmp_path / "list.csv").write_text("\n".join(lines), encoding="utf-8")
    done = RUN.invoke(app, ["across", "--list", str(tmp_path / "list.csv"), "--json", str(tmp_path / "r.json")])
    assert done.exit_code == 0, done.output
    assert "go together, common share" in done.output
    (carried,) = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["carried"]
    assert carried["verdict"] == "together" and carried["n"] == 12


def test_bad_input_is_one_line_that_names_the_file(folder: Path) -> None:
    squat, hinge = folder / "back-squat.json", folder / "hip-hinge.json"
    assert "given twice" in refused(squat, hinge, squat)
    assert "only one activity" in refused(squat)
    assert "--list" in refused()
    other = folder / "other.json"
    other.write_text(json.dumps(json.loads(hinge.read_text(encoding="utf-8")) | {"schema": "legato.analysis/2"}))
    assert "other.json: is no result of Legato (legato.analysis/1)" in refused(squat, other)
    other.write_text("{}")
    assert "is no result" in refused(squat, other)
    assert "is a file" in refused(squat, hinge, "--out", squat)
    assert "cannot be read" in refused(squat, folder / "none.json")
