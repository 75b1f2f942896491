"""What stands at the head of a page: angles of the movement that the recording does not hold."""

import dataclasses
from pathlib import Path
from typing import Any

import legato
from legato.report import report_html, summary_lines
from legato.report.notices import notices


def missing(analysis: Any, *said: str) -> Any:
    return dataclasses.replace(analysis, body=dataclasses.replace(analysis.body, missing=said))


def test_angles_of_the_movement_that_are_missing_stand_at_the_head_with_their_segments(squat: Any):
    analysis = missing(
        squat,
        "segment head: no head pose",
        "segment thigh_right: no hip_flexion_right, hip_rotation_right, knee_flexion_right",
        "segment thigh_left: no hip_flexion_left, hip_rotation_left, knee_flexion_left",
        "segment shank_left: no knee_flexion_left, ankle_dorsiflexion_left",
        "segment forearm_left: no elbow_flexion_left",
    )
    (said,) = notices(analysis)
    assert said.startswith(
        "Not in this recording: hip flexion, knee flexion and ankle dorsiflexion, left, as no markers are known on the "
        "thighs and left shank"
    )
    page = report_html(analysis)
    assert "Not in this recording: hip flexion" in page[page.index("<h1>") : page.index('<dl class="facts">')]
    assert said in summary_lines(analysis)


def test_what_the_movement_does_not_ask_for_is_no_notice(squat: Any):
    assert notices(squat) == []
    assert notices(missing(squat, "segment head: no head pose", "segment hand_left: no hand speed_left")) == []


def test_the_box_lift_without_legs_says_so_first(shared_data: Path):
    analysis = legato.analyze(legato.read(shared_data / "box-lift" / "box-lift.c3d"), "box-lift")
    assert notices(analysis)[0].startswith(
        "Not in this recording: hip flexion and knee flexion, as no markers are known on the thighs and shanks"
    )
