"""`legato claims`: the list, one in full, as JSON, the seals checked, and own files."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from legato.cli import app, main
from legato.commands import terminal
from legato.evidence.claims import claims


def told(*arguments: str | Path) -> str:
    done = CliRunner().invoke(app, ["claims", *map(str, arguments)])
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


def test_the_list_tells_id_grade_words_and_what_may_be_said():
    lines = told().splitlines()
    for name, claim in claims().items():
        row = next(k for k, line in enumerate(lines) if line.startswith(f"{name}  {claim.grade} "))
        assert lines[row].endswith(f"“{claim.verbatim}”")
        assert lines[row + 1].strip() == f"→ {claim.display_text}"
    assert "N: no source found" in lines[-1]


def test_a_terminal_of_80_columns_is_not_overrun(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(terminal, "is_read", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("", *claims()):
        lines = told(*([name] if name else [])).splitlines()
        assert not [line for line in lines if len(line) > 80 and "https://" not in line]


def test_one_in_full_and_as_json(tmp_path: Path):
    said = told("c01")
    assert said.startswith("C01, grade N\n")
    assert "may not be said: “optimal lag”" in said and "Begovic 2014" in said and "test it on yourself" in said
    record = json.loads(told("C01", "--json", "-"))
    assert [one["id"] for one in record] == ["C01"] and record[0]["used_by"] == ["window w-pec"]
    told("--json", tmp_path / "claims.json")
    assert len(json.loads((tmp_path / "claims.json").read_text("utf-8"))) == len(claims())


def test_an_unknown_claim_names_the_nearest(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    assert "no such claim; did you mean C" in refused(["claims", "C1"], monkeypatch, capsys)
    assert "known are C01" in refused(["claims", "pec"], monkeypatch, capsys)


def test_the_seals_are_checked_also_of_own_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert told("--check") == f"{len(claims())} claims, {len(claims())} gradings: every seal holds\n"
    ours = tmp_path / "ours.toml"
    ours.write_text(
        '[[claims]]\nid = "C90"\nverbatim = "Chalk adds"\nchecked_on = "2026-11-22"\ndisplay_text = "Nobody looked."\n'
        'forbidden_text = ["chalk adds"]\nuser_test = { protocol = "none", why_not = "nobody asked" }\n'
        '[[claims.gradings]]\non = "2026-11-22"\nparts = [{ grade = "N" }]\nreason = "None found."\n',
        "utf-8",
    )
    said = refused(["claims", "--check", "--ledger", str(ours)], monkeypatch, capsys)
    assert "ours.toml, line 8: a grading of C90 has no seal yet; once it says what it should, write seal = " in said
    with ours.open("a", encoding="utf-8") as file:
        file.write(f"seal = {said.rpartition('seal = ')[2]}\n")
    assert "C90  N" in told("--ledger", ours)


def test_an_own_fault_or_drill_that_leans_on_no_claim_there_is_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    page = (Path(__file__).resolve().parents[2] / "docs" / "own-drill.md").read_text("utf-8")
    good = page.partition("```toml\n")[2].partition("```")[0]
    ours = tmp_path / "ours.toml"
    ours.write_text(good.replace('grade = "D"\n', 'grade = "D"\nclaim = "C77"\n', 1), "utf-8")
    said = refused(["drills", "--drills", str(ours)], monkeypatch, capsys)
    assert "drill wall-hinge: claim 'C77' is not in the ledger; did you mean C" in said
    ours.write_text(good.replace('grade = "D"\n', 'grade = "D"\nclaim = "C20"\n', 1), "utf-8")
    done = CliRunner().invoke(app, ["drills", "wall-hinge", "--drills", str(ours)])
    assert done.exit_code == 0 and "claim: C20, grade C: " in done.output
    page = (Path(__file__).resolve().parents[2] / "docs" / "own-fault.md").read_text("utf-8")
    good = page.partition("```toml\n")[2].partition("```")[0]
    ours.write_text(good.replace("\nunit = ", '\nclaim = "C77"\nunit = ', 1), "utf-8")
    said = refused(["faults", "--faults", str(ours)], monkeypatch, capsys)
    assert "ours.toml: fault" in said and "claim 'C77' is not in the ledger" in said
