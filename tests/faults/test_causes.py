"""What lies behind a fault: sheets answer what its causes ask, and only what is not answered is asked for."""

import re
from pathlib import Path
from typing import Any

import pytest

from legato.coaching.found import faults_seen
from legato.coaching.prescribe import prescribe
from legato.faults import faults_of
from legato.faults.assessments import (
    CauseFound,
    ask_words,
    asked_of,
    assessment_ids,
    causes_found,
    how_to,
    load_assessment,
    read_sheet,
    result_file,
)
from legato.faults.assessments.beside import gather
from legato.movements import load_movement, movement_ids
from legato.report.assessment_words import cause_text

from ..coaching.athletes import fit
from .sheets import filled, finding, result

ASKS = sorted({c.asks for m in movement_ids() for f in faults_of(load_movement(m)) for c in f.causes if c.asks})


def early_lumbar(**more: Any) -> dict[str, Any]:
    causes = [
        {"cause": "a stiff upper back", "tells": "thoracic rotation", "asks": "screen: thoracic rotation"},
        {"cause": "guarding", "tells": "the answer", "asks": "question: fear of bending, 0 to 10"},
        {"cause": "stiff ankles", "tells": "dorsiflexion", "asks": "screen: ankle dorsiflexion"},
        {"cause": "the hinge is not learned", "tells": "three contacts", "asks": "assessment: dowel hinge"},
        {"cause": "load", "tells": "a lighter set", "asks": "a lighter set"},
    ]
    return finding("early-lumbar", "fault", causes=causes, **more)


def causes(tmp_path: Path, *sheets: str, **more: Any) -> dict[str, CauseFound]:
    files = [tmp_path / f"{k}.toml" for k in range(len(sheets))]
    for file, text in zip(files, sheets, strict=True):
        file.write_text(text, "utf-8")
    measured = [result_file(result("hip-hinge", findings=[early_lumbar() | more]), "result.json")]
    return {one.cause: one for one in causes_found(gather([read_sheet(f) for f in files], measured), measured)}


def screen(**readings: str) -> str:
    lines = {f"numbers.{name.rpartition('_')[0].replace('_', '-')}.{name.rpartition('_')[2]}": value
             for name, value in readings.items()}  # fmt: skip
    return filled("mobility-screen", lines=lines)


def question(answer: str) -> str:
    return filled("bending-question", lines={"questions.fear-of-bending": answer})


@pytest.mark.parametrize("asks", [one for one in ASKS if one.split(":")[0] in ("screen", "question", "assessment")])
def test_every_screen_and_question_that_a_fault_asks_for_is_on_a_sheet(asks: str):
    asked = asked_of(asks)
    assert asked is not None and asked.assessment in assessment_ids()
    spec = load_assessment(asked.assessment)
    assert not asked.row or asked.row in {row.id for row in (*spec.numbers, *spec.questions)}


def test_a_screen_goes_before_a_drill_that_reads_the_same():
    asked = asked_of("screen: thoracic rotation")
    assert asked is not None and asked.assessment == "mobility-screen"


@pytest.mark.parametrize("asks", ["a lighter set", "screen: neck", "assessment: handstand", ""])
def test_what_no_sheet_asks_is_none(asks: str):
    assert asked_of(asks) is None


@pytest.mark.parametrize(
    ("right", "left", "speaks"),
    [("[30]", "[60]", "for"), ("[60]", "[62]", "against"), ("[60]", "[47]", "open"), ("[]", "[60]", "open")],
)
def test_a_screen_speaks_for_or_against_a_cause_by_its_whole_interval(
    tmp_path: Path, right: str, left: str, speaks: str
):
    found = causes(tmp_path, screen(thoracic_rotation_right=right, thoracic_rotation_left=left))
    assert found["a stiff upper back"].speaks == speaks


def test_knee_to_wall_will_do_for_the_ankle(tmp_path: Path):
    found = causes(tmp_path, screen(knee_to_wall_right="[6]"))["stiff ankles"]
    assert found.speaks == "for"
    assert cause_text(found) == "stiff ankles? speaks for it: Knee to wall, right 6 ± 1 cm"


def test_the_question_decides_nothing_by_itself(tmp_path: Path):
    assert causes(tmp_path, question("9"))["guarding"].speaks == "open"
    assert causes(tmp_path, question('"not asked"'))["guarding"].speaks == ""


def test_only_what_is_not_answered_is_asked_for(tmp_path: Path):
    found = causes(tmp_path, question("9"))
    assert "9 of 10" in cause_text(found["guarding"])
    assert cause_text(found["a stiff upper back"]) == (
        "a stiff upper back? not asked yet; thoracic rotation would tell, with `legato assess sheet mobility-screen`"
    )
    assert cause_text(found["the hinge is not learned"]).endswith("`legato assess sheet dowel-hinge`")
    assert cause_text(found["load"]).startswith("load? not asked yet; a lighter set would tell: record it, then `leg")


@pytest.mark.parametrize("asks", ASKS)
def test_every_ask_tells_a_command(asks: str):
    commands = re.findall(r"`legato ([a-z]+)[^`]*`", how_to(asks, "back-squat"))
    assert commands and set(commands) <= {"analyze", "assess", "compare"}
    assert ("back-squat" in how_to(asks, "back-squat")) == (asked_of(asks) is None and "single-leg" not in asks)
    assert ask_words(asks).startswith(f"{asks} (")


@pytest.mark.parametrize(
    ("readings", "side", "speaks"),
    [
        ({"ankle_dorsiflexion_right": "[42]", "ankle_dorsiflexion_left": "[24]"}, "right", "for"),
        ({"ankle_dorsiflexion_right": "[42]", "ankle_dorsiflexion_left": "[24]"}, "left", "against"),
        ({"ankle_dorsiflexion_right": "[24]", "ankle_dorsiflexion_left": "[25]"}, "right", "open"),
        ({"ankle_dorsiflexion_right": "[48]", "ankle_dorsiflexion_left": "[46]"}, "right", "against"),
        ({"ankle_dorsiflexion_left": "[24]"}, "right", "open"),
        ({"knee_to_wall_right": "[11]", "knee_to_wall_left": "[5]"}, "right", "for"),
        ({}, "right", ""),
    ],
)
def test_one_stiffer_ankle_speaks_for_the_side_that_does_less(
    tmp_path: Path, readings: dict[str, str], side: str, speaks: str
):
    (fault,) = (one for one in faults_of(load_movement("back-squat")) if one.id == "asymmetry")
    told = [{"cause": c.cause, "tells": c.tells, "asks": c.asks} for c in fault.causes]
    uneven = finding("asymmetry", "fault", causes=told, side=side)
    file = tmp_path / "sheet.toml"
    file.write_text(screen(**readings), "utf-8")
    measured = [result_file(result("back-squat", findings=[uneven]), "result.json")]
    found = causes_found(gather([read_sheet(file)], measured), measured)
    (ankle,) = (one for one in found if "ankle" in one.cause)
    assert ankle.speaks == speaks
    (seen,) = faults_seen(measured, found)
    drills = [one.drill.id for one in prescribe([seen], fit()).drills]
    assert (drills[0] == "ankle-rocks") == (speaks == "for")
    assert ("ankle-rocks" in drills) == (speaks == "for")


def test_a_fault_that_is_not_surely_there_asks_for_nothing(tmp_path: Path):
    assert causes(tmp_path, question("9"), verdict="not-resolvable") == {}
