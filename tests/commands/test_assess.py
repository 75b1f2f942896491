"""`legato assess`: sheets through the files of a day, as raters hand them in, beside results of recordings."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from legato.cli import app
from legato.errors import BadInput
from legato.faults.assessments import assessment_ids

from ..faults.sheets import filled, finding, number, result

RATINGS = (2, 1, 0, 2, None, 2, 1)


def assess(*arguments: object) -> str:
    done = CliRunner().invoke(app, ["assess", *map(str, arguments)])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def record(*arguments: object) -> dict[str, Any]:
    return json.loads(assess("read", *arguments, "--json", "-"))


def write(path: Path, text: str | dict[str, Any]) -> Path:
    path.write_text(text if isinstance(text, str) else json.dumps(text), "utf-8")
    return path


def hinge(verdict: str = "fault") -> dict[str, Any]:
    return result(
        "hip-hinge",
        findings=[
            finding("delayed-hip", verdict, number(0.12, 0.03, "s"), resolve=None),
            finding("rib-flare", "not-resolvable", None, resolve="markers on the thorax"),
            finding("knee-dominant-hinge", "ok", number(0.2, 0.1)),
        ],
    )


def test_bare_it_lists_all_assessments():
    said = assess()
    assert all(f"  {name} " in said for name in assessment_ids())
    assert [one["id"] for one in json.loads(assess("--json", "-"))] == list(assessment_ids())


@pytest.mark.parametrize("name", assessment_ids())
def test_every_sheet_is_written_to_fill_in_and_to_print(name: str, tmp_path: Path):
    for kind in ("toml", "html"):
        assess("sheet", name, "--out", tmp_path / f"sheet.{kind}")
    told = json.loads(assess("sheet", name, "--out", tmp_path / "again.toml", "--json", "-"))
    assert told["id"] == name and (tmp_path / "again.toml").exists()
    page = (tmp_path / "sheet.html").read_text("utf-8")
    assert "http" not in page.replace("http-equiv", "") and "<script" not in page
    assert "not a medical device" in page


def test_a_filled_in_sheet_is_never_written_over(tmp_path: Path):
    path = write(tmp_path / "sheet.toml", filled("dowel-hinge", RATINGS))
    with pytest.raises(BadInput, match="is there already"):
        assess("sheet", "dowel-hinge", "--out", path)
    with pytest.raises(BadInput, match=r"a \.toml to fill in or a \.html to print"):
        assess("sheet", "dowel-hinge", "--out", tmp_path / "sheet.pdf")


def test_ratings_stand_beside_what_was_measured_and_are_never_told_as_such(tmp_path: Path):
    sheets = [
        write(tmp_path / f"{rater}.toml", filled("dowel-hinge", ratings, rater=rater))
        for rater, ratings in (("R1", RATINGS), ("R2", (2, 2, 2, 0, 1, 2, 2)))
    ]
    told = record(*sheets, "--result", write(tmp_path / "result.json", hinge()))
    assert told["schema"] == "legato.assessment/1"
    assert told["raters"] == [{"rater": "R1", "is": "coach"}, {"rater": "R2", "is": "coach"}]
    (assessment,) = told["assessments"]
    items = {item["item"]: item for item in assessment["items"]}
    assert [(r["rater"], r["rating"]) for r in items["hips-first"]["ratings"]] == [("R1", 2), ("R2", 0)]
    (measured,) = items["hips-first"]["measured"]
    assert (measured["verdict"], measured["movement"]) == ("fault", "hip-hinge")
    assert measured["measured"]["value"] == 0.12
    assert items["spine-waits"]["ratings"][0] == {
        "rater": "R1", "athlete": "A07", "date": "2024-11-22", "rating": None, "seen": False,
    }  # fmt: skip
    assert items["spine-waits"]["measured"] == []
    assert "was not searched for it" in items["spine-waits"]["not_measured_because"]
    said = assess("read", *sheets, "--result", tmp_path / "result.json")
    assert "rated by R1: 2, the hips go back before the knees bend" in said
    assert "measured: delayed-hip: there" in said
    assert "4 missing" in said and "34 degrees" in said


def test_without_a_result_nothing_is_measured_and_it_is_said_of_which_movement_it_would_be(tmp_path: Path):
    said = assess("read", write(tmp_path / "a.toml", filled("dowel-hinge", RATINGS)))
    assert "not measured: no --result of hip-hinge or good-morning" in said
    assert "Agreement: one rater so far" in said


def test_a_result_of_another_movement_is_named_and_not_passed_over(tmp_path: Path):
    sheet = write(tmp_path / "a.toml", filled("dowel-hinge", RATINGS))
    squat = write(tmp_path / "squat.json", result("back-squat"))
    right = write(tmp_path / "hinge.json", hinge())
    why = "squat.json is of back-squat and was not held against anything rated or read off"
    said = assess("read", sheet, "--result", squat, "--result", right, "--out", tmp_path / "page.html")
    assert f"{why}: assessments here take hip-hinge, good-morning" in re.sub(r"\s+", " ", said)
    assert "hinge.json is of" not in said
    assert why in (tmp_path / "page.html").read_text("utf-8")
    (told,) = record(sheet, "--result", squat, "--result", right)["not_taken"]
    assert "squat.json is of back-squat" in told
    assert record(sheet, "--result", right)["not_taken"] == []


def test_agreement_is_told_once_enough_athletes_were_rated(tmp_path: Path):
    rng = np.random.default_rng(7)
    sheets: list[Path] = []
    for k in range(6):
        first = rng.integers(0, 3, 7)
        for rater, ratings in (("R1", first), ("R2", np.clip(first + rng.integers(-1, 2, 7) * (k % 2), 0, 2))):
            text = filled("dowel-hinge", [int(v) for v in ratings], rater=rater, athlete=f"A{k}")
            sheets.append(write(tmp_path / f"{k}{rater}.toml", text))
    (assessment,) = record(*sheets)["assessments"]
    whole = assessment["agreement"][-1]
    assert (whole["item"], whole["athletes"], whole["ratings"], whole["reason"]) == (None, 6, 42, None)
    assert whole["kappa"]["low"] < whole["kappa"]["value"] < whole["kappa"]["high"]
    assert assessment["kappa_target"] == 0.6
    said = assess("read", *sheets)
    assert "all items: kappa 0." in said and "target 0.6" in said
    assert "rated by R1: A0 " in said


def test_numbers_and_answers_are_told_beside_their_limits(tmp_path: Path):
    screen = write(
        tmp_path / "screen.toml",
        filled(
            "mobility-screen", lines={"numbers.hip-flexion.right": "[99, 101]", "numbers.knee-to-wall.left": "[12.5]"}
        ),
    )
    asked = write(
        tmp_path / "question.toml", filled("bending-question", lines={"questions.fear-of-bending": "6"})
    )  # fmt: skip
    turned = result(
        "thoracic-rotation", reps=[_turn(side, v) for side, v in (("left", 60), ("right", 40)) for _ in range(3)]
    )
    told = record(screen, asked, "--result", write(tmp_path / "result.json", turned))
    first, second = told["assessments"]
    rows = {(row["number"], row["side"]): row for row in first["numbers"]}
    assert rows["hip-flexion", "right"]["verdict"] == "fault" and not rows["hip-flexion", "right"]["measured"]
    assert rows["knee-to-wall", "left"]["verdict"] == "ok"
    assert rows["knee-to-wall", "left"]["value"]["value"] == pytest.approx(0.125)
    assert rows["thoracic-rotation", "left"]["verdict"] == "ok" and rows["thoracic-rotation", "left"]["measured"]
    assert rows["thoracic-rotation", "right"]["verdict"] == "not-resolvable"
    (answer,) = second["answers"]
    assert (answer["answer"], answer["beside"], answer["asked_by"]) == (6, ["early-lumbar"], "R1")
    said = assess("read", screen, asked, "--result", tmp_path / "result.json")
    assert "Hip flexion, right: 100 ± 6°: short of it, the whole interval lies below 110 to 120°" in said
    assert "How worried are you about bending your back? 6 of 10" in said


def _turn(side: str, degrees: float) -> dict[str, Any]:
    return {"complete": True, "side": side, "metrics": {"rotation_peak": number(degrees, 6.0, "deg")}}


def test_a_battery_is_told_from_results_alone(tmp_path: Path):
    height = number(0.32, 0.01, "m")
    jump = result(
        "countermovement-jump",
        forces={"jumps": [{"height_impulse_m": height}] * 2, "jump_set": {"height_impulse_m": height}, "kept": None},
    )
    hold = result("sorensen-hold", reps=[_hold(90.0, "failed"), _hold(100.0, "censored")])
    squat = result("back-squat", power={"transfer": [_step("all joints", 0.49), _step("legs", 0.9)]})
    files = [write(tmp_path / f"{k}.json", one) for k, one in enumerate((jump, hold, squat))]
    told = record("--of", "generate-transfer-sustain", *(v for file in files for v in ("--result", file)))
    (assessment,) = told["assessments"]
    rows = {row["number"]: row for row in assessment["numbers"] if row["value"] is not None}
    assert set(rows) == {"jump-height", "trunk-hold", "energy-passed-on"}
    assert {row["part"] for row in rows.values()} == {"generate", "transfer", "sustain"}
    assert rows["jump-height"]["value"] == height
    assert rows["trunk-hold"]["value"]["value"] == 100.0 and "at least" in rows["trunk-hold"]["reason"]
    assert rows["energy-passed-on"]["value"]["value"] == pytest.approx(49.0)
    assert all(row["verdict"] is None for row in rows.values())
    assert any(line.startswith("Peak force of a pull: ") for line in assessment["missing"])


def _hold(seconds: float, ending: str) -> dict[str, Any]:
    return {"complete": True, "side": None, "ending": ending, "metrics": {"held_s": number(seconds, 0.3, "s")}}


def _step(start: str, share: float) -> dict[str, Any]:
    ratio = {"set": number(share, 0.04, ""), "reason": None}
    return {"from": start, "to": "bar", "phase": "ascent", "ratio": ratio}


def test_a_profile_names_what_is_not_recorded_yet(tmp_path: Path):
    told = record("--of", "task-standing-work", "--result", write(tmp_path / "r.json", hinge()))
    tasks = {task["task"]: task for task in told["assessments"][0]["tasks"]}
    assert tasks["trunk-hold"]["not_recorded_because"] == "not recorded yet: a recording of sorensen-hold, as --result"
    faults = {one["fault"]: one["verdict"] for one in tasks["bend-and-return"]["faults"]}
    assert faults == {"delayed-hip": "fault", "knee-dominant-hinge": "ok"}


def test_the_measured_ratio_says_hinge(tmp_path: Path):
    said = assess("read", "--of", "hinge-or-squat", "--result", write(tmp_path / "r.json", hinge()))
    assert "a hinge: the whole interval lies at 0.5 or below" in said and "Not there yet" not in said


def test_what_does_not_belong_together_is_refused(tmp_path: Path):
    one = write(tmp_path / "a.toml", filled("dowel-hinge", RATINGS))
    twice = write(tmp_path / "b.toml", filled("dowel-hinge", RATINGS))
    other = write(tmp_path / "c.toml", filled("dowel-hinge", RATINGS, athlete="A08"))
    measured = write(tmp_path / "result.json", hinge())
    with pytest.raises(BadInput, match=r"b\.toml: rater R1 rated athlete A07 of 2024-11-22 in .*a\.toml as well"):
        assess("read", one, twice)
    with pytest.raises(BadInput, match="the sheets are of 2 athletes"):
        assess("read", one, other, "--result", measured)
    with pytest.raises(BadInput, match="no sheet was given"):
        assess("read")
    with pytest.raises(BadInput, match="is no result of Legato"):
        assess("read", one, "--result", write(tmp_path / "x.json", {"schema": "other/1"}))
    with pytest.raises(BadInput, match=r"findings\.0\.verdict is damaged"):
        assess("read", one, "--result", write(tmp_path / "y.json", result("hip-hinge", findings=[finding("a", "bad")])))
    with pytest.raises(BadInput, match="did you mean squat"):
        assess("read", "--of", "sqaut")


def keys_of(node: object) -> set[str]:
    """Every key below a node of a record."""
    if isinstance(node, list):
        return set[str]().union(*map(keys_of, node))  # pyright: ignore[reportUnknownArgumentType]
    if not isinstance(node, dict):
        return set()
    return set(node) | set[str]().union(*map(keys_of, node.values()))  # pyright: ignore[reportUnknownArgumentType]


def test_every_name_of_the_record_stands_on_its_page(tmp_path: Path):
    reference = '{ mean = 120, sd = 40, n = 30, source = "our squad" }'
    lines = {"numbers.sorensen.readings": "[140]", "numbers.sorensen.reference": reference}
    files = [
        write(tmp_path / "1.toml", filled("dowel-hinge", RATINGS)),
        write(tmp_path / "2.toml", filled("dowel-hinge", RATINGS, rater="R2")),
        write(tmp_path / "3.toml", filled("posterior-chain", lines=lines)),
        write(tmp_path / "4.toml", filled("bending-question")),
    ]
    measured = write(tmp_path / "result.json", hinge())
    told = keys_of(record(*files, "--of", "task-standing-work", "--result", measured))
    page = (Path(__file__).parents[2] / "docs" / "assessments.md").read_text("utf-8")
    _, _, table = page.partition("## The record")
    named = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", table))))
    assert told - named == {"low", "high", "unit"} - named
    assert len(told) > 50


def test_the_page_shows_ratings_beside_what_was_measured(tmp_path: Path):
    sheets = [write(tmp_path / f"{r}.toml", filled("dowel-hinge", RATINGS, rater=r)) for r in ("R1", "R2")]
    measured = write(tmp_path / "result.json", hinge())
    page = tmp_path / "page.html"
    said = assess("read", *sheets, "--result", measured, "--of", "task-standing-work", "--out", page)
    assert f"page: {page}" in said
    text = page.read_text("utf-8")
    assert '<span class="pill fault"><span aria-hidden="true">✕</span> there</span> delayed-hip' in text
    assert "Rated by a person" in text and "kappa needs 5 or more: 4 missing" in text
    assert "not a medical device" in text and not re.search(r"<script|https?://|src=", text)
    with pytest.raises(BadInput, match=r"the page is a \.html"):
        assess("read", *sheets, "--out", tmp_path / "page.pdf")


def test_the_page_of_several_athletes_begins_with_how_raters_agree(tmp_path: Path):
    rng = np.random.default_rng(3)
    sheets: list[Path] = []
    for k in range(5):
        ratings = [int(v) for v in rng.integers(0, 3, 7)]
        for rater in ("R1", "R2", "R3"):
            text = filled("dowel-hinge", ratings, rater=rater, athlete=f"A{k}")
            sheets.append(write(tmp_path / f"{k}{rater}.toml", text))
    assess("read", *sheets, "--out", tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text("utf-8")
    assert text.index("Agreement of raters") < text.index("What is seen")
    # All items of all three and of each pair, and each item of all three.
    assert text.count("n = 35") == 4 and text.count("n = 5<") == 7


def test_an_assessment_of_ones_own_needs_no_code(tmp_path: Path):
    """The file that the documentation shows."""
    page = (Path(__file__).parents[2] / "docs" / "assessments.md").read_text("utf-8")
    shown = next(text for text in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if "# wall-hinge.toml" in text)
    own = write(tmp_path / "wall-hinge.toml", shown)
    sheet = tmp_path / "sheet.toml"
    assess("sheet", "wall-hinge", "--own", own, "--out", sheet)
    text = sheet.read_text("utf-8")
    for old, new in (
        ('rater = ""', 'rater = "R1"'),
        ('athlete = ""', 'athlete = "A1"'),
        ('date = ""', "date = 2024-11-22"),
    ):
        text = text.replace(old, new)
    sheet.write_text(text.replace('reaches-wall = ""', "reaches-wall = 1"), "utf-8")
    with pytest.raises(BadInput, match="no assessment is called 'wall-hinge'"):
        assess("read", sheet)
    told = record(sheet, "--own", own, "--result", write(tmp_path / "result.json", hinge()))
    (item,) = told["assessments"][0]["items"]
    assert item["ratings"][0]["rating"] == 1
    assert item["measured"][0]["verdict"] == "fault"
