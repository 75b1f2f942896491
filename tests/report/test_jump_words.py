"""The jump section: depth, speeds, powers over mass, shares of the feet, the mean, and what the heights mean."""

import re

import pytest

from legato.analysis import Analysis
from legato.estimate import Estimate
from legato.report import report_html, summary_lines, to_json
from legato.report.forces import forces_html
from legato.report.jump_words import HEIGHTS, flight_text, set_text

from .force_records import jumps


@pytest.fixture(scope="module")
def three() -> Analysis:
    return jumps(2.0, 2.4, 2.7)


def text(analysis: Analysis) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", forces_html(analysis)).replace("&#x27;", "'"))


def test_the_section_tells_depth_speed_power_and_shares(three: Analysis):
    page = text(three)
    for words in (
        "take-off speed by impulse",
        "depth of the countermovement",
        "peak power over mass",
        "left foot's share of propulsion",
        "right foot, highest in landing",
    ):
        assert words in page, words
    assert page.index("share of braking") < page.index("share of propulsion") < page.index("share of landing")


def test_the_mean_and_the_convention_of_the_heights_are_said(three: Analysis):
    page = text(three)
    assert "Mean of 3 jumps" in page and "the highest by flight is jump 3" in page
    assert "last foot off the plates" in page and "Neither holds the rise from standing to take-off" in page
    assert HEIGHTS.split("\u00b2")[0] in report_html(three)


def test_one_jump_has_no_mean():
    alone = jumps(2.5)
    assert alone.forces is not None and alone.forces.jumps is not None
    assert set_text(alone.forces.jumps.jumps) == "" and "Mean of" not in text(alone)


def test_the_terminal_tells_a_jump_of_motion_its_height():
    row = {"flight_s": Estimate(0.44, 0.41, 0.47, unit="s"), "height_flight_m": Estimate(0.24, 0.21, 0.27, unit="m")}
    assert flight_text(row).startswith("flight 0.44") and "height by flight 0.24" in flight_text(row)
    assert flight_text({}) == ""


def test_the_result_holds_what_the_page_shows(three: Analysis):
    import json

    forces = json.loads(to_json(three))["forces"]
    assert forces["jump_set"]["n"] == 3 and forces["jump_set"]["highest"] == 3
    jump = forces["jumps"][0]
    assert {"take_off_speed_m_s", "depth_m", "peak_power_w_kg", "mean_power_w_kg", "shares"} <= set(jump)
    assert [share["phase"] for share in jump["shares"]] == ["braking", "propulsion", "landing"]
    assert jump["shares"][0]["left"]["value"] + jump["shares"][0]["right"]["value"] == pytest.approx(1.0)
    assert any("flight" in line for line in summary_lines(three))
