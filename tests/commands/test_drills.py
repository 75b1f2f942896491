"""`legato drills`: the list, one in full, those for a fault, curricula, a page, and one's own file checked."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from legato.cli import app, main
from legato.coaching.catalogue import curricula, drills, drills_for

OWN = (Path(__file__).resolve().parents[2] / "docs" / "own-drill.md").read_text("utf-8")
GOOD = OWN.partition("```toml\n")[2].partition("```")[0]


def told(*arguments: str | Path) -> str:
    done = CliRunner().invoke(app, ["drills", *map(str, arguments)])
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


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    (tmp_path / "ours.toml").write_text(GOOD, "utf-8")
    return tmp_path / "ours.toml"


def test_the_list_names_every_drill_and_its_levels():
    lines = told().splitlines()
    assert [line.split()[0] for line in lines] == list(drills())
    bug = next(line for line in lines if line.startswith("dead-bug"))
    assert bug.endswith("Dead bug (hold, dynamic, loaded; possible without equipment)")


@pytest.mark.parametrize("name", drills())
def test_each_can_be_shown_in_full(name: str):
    drill, said = drills()[name], told(name)
    for text in (drill.purpose, drill.evidence, drill.source, *(step.how for step in drill.steps)):
        assert text in said
    assert all(f"“{cue.says}”" in said for cue in drill.cues)
    assert "Neither is promised to work better" in said and "ENG" not in said and "None" not in said


def test_those_that_answer_a_fault_stand_in_its_order():
    names = [line.split()[0] for line in told("--fault", "early-twist").splitlines()]
    assert names == [drill.id for drill in drills_for("early-twist")] and names[0] == "tempo-medball-rotation"


def test_the_record_on_stdout_is_all_that_is_printed():
    (drill,) = json.loads(told("clamshell", "--json", "-"))
    assert drill["id"] == "clamshell" and drill["steps"][0]["dose"]["reps"] == 12
    assert len(json.loads(told("--json", "-"))) == len(drills())
    record = json.loads(told("--curricula", "--json", "-"))
    assert [one["id"] for one in record["curricula"]] == list(curricula()) and len(record["warm_ups"]) == 1


def test_curricula_are_shown_with_what_passes_each_unit():
    said = told("--curricula")
    assert all(name in said for name in curricula()) and "breathe-move-wake" in said
    assert told("hinge-mastery") == told("--curricula", "hinge-mastery")
    assert "1. dowel-hinge, dynamic. Passed: Three sets of five" in told("hinge-mastery")


def test_a_file_of_ones_own_is_checked_and_put_beside_the_library(ours: Path):
    said = told("--drills", ours)
    assert said.startswith(f"{ours}: 1 drill, all good\n") and "dead-bug" not in said
    assert "Ring the bell" in told("wall-hinge", "--drills", ours)
    assert "wall-hinge" in told("--fault", "early-lumbar", "--drills", ours)


def test_the_page_stands_alone_with_a_figure_of_each_drill_that_is_simulated(tmp_path: Path):
    page = tmp_path / "drills.html"
    assert told("--html", page).endswith(f"page: {page}\n")
    text = page.read_text("utf-8")
    assert text.count("<article") == len(drills()) and 20 < text.count("<svg") < len(drills())
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "") and "https://" not in text
    assert "No figure: this movement is not simulated." in text
    ids = [part.split('"')[0] for part in text.split(' id="')[1:]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["dowl-hinge"], "'dowl-hinge': no such drill; did you mean dowel-hinge"),
        (["--fault", "early-lumber"], "'early-lumber': no such fault; did you mean early-lumbar"),
        (["--curricula", "hinge"], "'hinge': no such curriculum"),
        (["--html", "drills.pdf"], "the page is a .html"),
        (["clamshell", "--fault", "knee-in"], "give one of them"),
        (["--curricula", "--fault", "knee-in"], "leave the other options out"),
        (["--drills", "none.toml"], "none.toml: cannot be read"),
    ],
)
def test_a_slip_is_one_line(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert said in refused(["drills", *arguments], monkeypatch, capsys)


def test_a_posture_that_is_not_drawn_is_told(
    ours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    figure = '[drills.figure]\nmovement = "hip-hinge"\nframes = ["botom"]\n[[drills.steps]]'
    ours.write_text(GOOD.replace("[[drills.steps]]", figure, 1), "utf-8")
    arguments = ["drills", "wall-hinge", "--drills", str(ours), "--html", str(tmp_path / "page.html")]
    assert "no frame is called 'botom'; did you mean bottom?" in refused(arguments, monkeypatch, capsys)
