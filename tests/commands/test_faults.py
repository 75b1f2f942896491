"""`legato faults`: the list, one in full, and one's own file checked."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from legato.cli import app, main
from legato.faults import fault_ids

from ..faults.own_file import GOOD as OWN


def told(*arguments: str | Path) -> str:
    done = CliRunner().invoke(app, ["faults", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.output


def refused(arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setattr("sys.argv", ["legato", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    said = capsys.readouterr().err.strip()
    assert "\n" not in said and "Traceback" not in said
    return said


def test_the_list_names_every_fault_and_its_movements():
    lines = told().splitlines()
    assert [line.split()[0] for line in lines] == list(fault_ids())
    lean = next(line for line in lines if line.startswith("excess-lean"))
    assert "Lean of the trunk beyond that of the shanks (" in lean and "sit-to-stand" in lean


@pytest.mark.parametrize("name", fault_ids())
def test_each_can_be_shown_in_full(name: str):
    said = told(name)
    for title in ("measured: ", "no fault: ", "needs: ", "looked for in: ", "may lie behind it: ", "source: "):
        assert title in said
    # Words, no names of code but a result's own, no holes.
    assert not re.search(r"\{|\}|None|\bnan\b", said)


def test_as_json_each_has_its_fields_and_movements():
    (record,) = json.loads(told("delayed-hip", "--json", "-"))
    assert record["lead"]["from"]["quantity"] == "knee_flexion_velocity"
    assert "hip-hinge" in record["movements"]
    assert record["for"]["sit-to-stand"]["lead"]["within"] == "flexion+extension"
    assert [r["id"] for r in json.loads(told("--json", "-"))] == list(fault_ids())


def test_a_good_file_of_ones_own_is_said_to_be_good(tmp_path: Path):
    path = tmp_path / "ours.toml"
    path.write_text(OWN, "utf-8")
    said = told("--faults", path)
    assert f"{path}: 1 fault, all good\n" in said
    assert "deep-lean  Lean of the trunk (front-squat)" in said
    assert len(said.splitlines()) == 2
    assert "heels on plates" in told("deep-lean", "--faults", path)


def test_what_is_wrong_is_one_line_and_exit_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "ours.toml"
    path.write_text(OWN.replace("thorax_pitch", "thorax_ptich"), "utf-8")
    said = refused(["faults", "--faults", str(path)], monkeypatch, capsys)
    assert said == "legato: ours.toml, line 10: nothing is called 'thorax_ptich' there; did you mean thorax_pitch?"
    said = refused(["faults", "excess-leen"], monkeypatch, capsys)
    assert said.startswith("legato: 'excess-leen': no such fault; did you mean excess-lean")
    refused(["faults", "--faults", str(tmp_path)], monkeypatch, capsys)


@pytest.mark.parametrize(
    ("word", "meant"),
    [("lean", "excess-lean?"), ("hold", "hold-fail?"), ("Excess Lean", "excess-lean?"), ("pelvis", "pelvis-motion?")],
)
def test_a_word_finds_the_faults_that_hold_it(
    word: str, meant: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    said = refused(["faults", word], monkeypatch, capsys)
    assert said == f"legato: '{word}': no such fault; did you mean {meant}"


def test_a_word_of_the_name_finds_it_where_no_id_holds_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert "did you mean hips-off-bench?" in refused(["faults", "rise pelvis"], monkeypatch, capsys)


def test_a_movement_names_its_faults():
    said = CliRunner().invoke(app, ["movements", "sit-to-stand"]).output
    assert "faults: asymmetry, delayed-hip, excess-lean" in said


def test_what_tells_causes_apart_is_asked_for_with_its_command():
    said = " ".join(told("early-lumbar").split())
    assert "to give: screen: hip flexion (`legato assess sheet mobility-screen --out sheet.toml`" in said
