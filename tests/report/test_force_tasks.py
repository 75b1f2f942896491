"""What the report and the terminal say of holds, sway, a target and a foot-force band."""

import dataclasses
from typing import Any

import pytest

from legato.analysis import Analysis
from legato.estimate import Estimate
from legato.forces.foot_band import FootBand
from legato.forces.stability import Sway, SwayChange
from legato.forces.stances import RepSway, SwayOfTrial
from legato.forces.tasks import FootBandResult, Kept, RepBand, TargetFollowed
from legato.forces.tracking import Tracking
from legato.report import headline, report_html, summary_lines
from legato.report.force_tasks import task_lines, tasks_html

from .force_records import jumps, pulls


def about(value: float, unit: str = "") -> Estimate:
    return Estimate.symmetric(value, 0.1 * abs(value) + 1e-9, unit)


SWAY = Sway(
    about(0.0008, "m^2"),
    about(0.00079, "m^2"),
    about(0.6, "m"),
    about(0.02, "m/s"),
    about(0.009, "m"),
    about(0.006, "m"),
    about(0.007, "m"),
    about(0.4, "Hz"),
    30.0,
)


@pytest.fixture(scope="module")
def set_of_pulls() -> Analysis:
    return pulls(3)


def with_parts(analysis: Analysis, **parts: Any) -> Analysis:
    """Only those tasks beside the plates."""
    assert analysis.forces is not None
    none: dict[str, Any] = {"jumps": None, "rises": (), "best": None, "holds": (), "kept": None}
    return dataclasses.replace(analysis, forces=dataclasses.replace(analysis.forces, **(none | parts)))


def test_holds_of_pulls_are_told_with_what_is_kept_over_the_set(set_of_pulls: Analysis):
    assert set_of_pulls.forces is not None
    lines = task_lines(set_of_pulls.forces)
    assert [line[:14] for line in lines[:3]] == ["hold of pull 1", "hold of pull 2", "hold of pull 3"]
    assert lines[3].startswith("peak force kept over the set, last over first: ")
    shown = tasks_html(set_of_pulls.forces)
    assert "<h3>How the force is held</h3>" in shown and "kept, end over start" in shown


def test_a_single_jump_has_no_trend_and_nothing_is_said_of_one():
    analysis = jumps(2.5)
    assert analysis.forces is not None
    assert task_lines(analysis.forces) == []
    assert tasks_html(analysis.forces) == ""


def test_what_cannot_be_told_of_the_set_of_pulls_says_why(set_of_pulls: Analysis):
    kept = Kept("peak force", None, 2, "2 repetitions show no trend; give three or more")
    assert set_of_pulls.forces is not None
    shown = tasks_html(dataclasses.replace(set_of_pulls.forces, kept=kept))
    assert "Peak force kept over the set: not resolvable: 2 repetitions show no trend" in shown


@pytest.mark.parametrize(
    ("change", "answer"),
    [(0.0004, "more sway with the press"), (-0.0004, "less sway with the press"), (0.0, "not resolvable")],
)
def test_sway_is_told_in_square_millimetres_with_the_press_against_without(
    set_of_pulls: Analysis, change: float, answer: str
):
    changed = SwayChange(
        Estimate.symmetric(change, 0.0001, "m^2"), Estimate.symmetric(0.004, 0.001, "m/s"), 0.0003, 0.006, 1, 3
    )
    sway = SwayOfTrial((RepSway(0, SWAY), RepSway(1, None, "it is too short")), changed, "")
    analysis = with_parts(set_of_pulls, sway=sway)
    first, second = headline(analysis).split("\n")
    assert first == "Sway of stand 1: 95 % ellipse 800 ± 80 mm², speed 20 ± 2 mm/s."
    assert f": {answer} (1 with, 3 without)" in second and "300 mm², 6.0 mm/s" in second
    assert "sway of stand 2 not resolvable: it is too short" in "\n".join(summary_lines(analysis))
    page = report_html(analysis)
    assert "Stand 2: not resolvable: it is too short." in page and "<h3>Sway of the centre of pressure</h3>" in page


def test_a_followed_target_heads_the_page_of_its_own(set_of_pulls: Analysis):
    tracking = Tracking(
        about(20.0, "N"),
        about(0.05, "1"),
        about(3.0, "N"),
        about(0.15, "s"),
        about(9.0, "N"),
        (),
        None,
        None,
        None,
        None,
        ("the target has no steps",),
    )
    target = TargetFollowed("Target", tracking, "", None, None)
    analysis = with_parts(set_of_pulls, target=target)
    said = headline(analysis).split("\n")[0]
    assert said.startswith("Target \u201cTarget\u201d: error 20 ± 2 N (RMS), 5.0 ± 0.5 % of its range")
    assert said.endswith(", 0.150 ± 0.015 s later than the target.")
    assert "The target has no steps." in report_html(analysis)
    stiff = TargetFollowed("Target", tracking, "lumbar_flexion", 10.0, None, "", about(40.0, "N/deg"))
    shown = report_html(with_parts(set_of_pulls, target=stiff))
    assert "stiffness of the posture&nbsp;<small>N/°</small></th><td>40 ± 4</td>" in shown
    refused = TargetFollowed("Target", None, "", None, None, "it is shorter than 2 s")
    assert "not followed: it is shorter than 2 s" in report_html(with_parts(set_of_pulls, target=refused))


def test_a_foot_band_says_how_much_of_the_time_and_how_even(set_of_pulls: Analysis):
    even = FootBand(about(200.0, "N"), None, about(0.8, "1"), about(0.05, "1"), "ok", "it lies within 10 %")
    uneven = dataclasses.replace(even, variation=about(0.3, "1"), steady="fault", reason="it lies above 10 %")
    found = FootBandResult(150.0, 300.0, (RepBand(0, even), RepBand(1, uneven), RepBand(2, None, "off the plate")))
    analysis = with_parts(set_of_pulls, foot_band=found)
    assert analysis.forces is not None
    assert task_lines(analysis.forces) == [
        "feet in 150 to 300 N, rep 1: 80 ± 8 % of the time; variation 5.0 ± 0.5 %: even",
        "feet in 150 to 300 N, rep 2: 80 ± 8 % of the time; variation 30 ± 3 %: uneven",
        "feet in 150 to 300 N, rep 3: not resolvable: off the plate",
    ]
    shown = tasks_html(analysis.forces)
    assert "Rep 2: it lies above 10 %." in shown and "it lies within" not in shown
    assert "Rep 3: not resolvable: off the plate." in shown
