"""Peak forces of pulls: above the stand, with the weight and over the mass; forces after the onset on the page."""

import pytest

from legato.analysis import analyze
from legato.report import report_html, summary_lines

from .force_records import pulls


def test_a_pull_is_told_with_the_weight_and_over_the_mass():
    alone = pulls(1)
    assert alone.to_dict()["forces"]["rfd"]["per_rep"][0]["peak_force_n_kg"] is None
    found = analyze(alone.recording, "imtp", mass_kg=80.0)
    rise = found.to_dict()["forces"]["rfd"]["per_rep"][0]
    # A stand of 800 N and 1800 N above it.
    assert rise["peak_gross_n"]["low"] < 2600.0 < rise["peak_gross_n"]["high"]
    assert rise["peak_force_n_kg"]["value"] == pytest.approx(rise["peak_force_n"]["value"] / 80.0, rel=1e-8)
    assert rise["peak_force_n_kg"]["unit"] == "N/kg"
    page = report_html(found)
    for told in ("peak with the weight", "over mass", *(f"{ms} ms after the onset" for ms in (50, 100, 150, 200, 250))):
        assert told in page


def test_why_there_is_no_load_share_is_said_once():
    found = pulls(1)
    said = "no foot was recorded"
    assert "\n".join(summary_lines(found)).count(said) == 1
    page = report_html(found)
    assert page[page.index('<section id="forces">') :].count(said) == 1
