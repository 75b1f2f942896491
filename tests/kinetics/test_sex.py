"""Segment masses by sex: of the table that was asked for, from the option to the moments; else the mean of both."""

from typing import Literal

import numpy as np
import pytest

import legato
from legato.body import build_body
from legato.body.inertia import Sex, segment_masses
from legato.kinetics.segments import moving_segments
from legato.recording import Recording
from legato.report.page import report_html
from legato.simulate import simulate, with_plates


@pytest.fixture(scope="module")
def hinge() -> Recording:
    return with_plates(simulate("hip-hinge", rate_hz=100.0, reps=1, noise_m=0.0, wobble_m=0.0)).recording


def analysed(hinge: Recording, sex: Literal["male", "female"] | None) -> legato.Analysis:
    return legato.analyze(hinge, "hip-hinge", mass_kg=80.0, load_kg=60.0, sex=sex)


@pytest.mark.parametrize(("sex", "column"), [("male", slice(0, 1)), ("female", slice(1, 2)), ("unknown", slice(0, 2))])
def test_a_body_weighs_what_its_table_says(hinge: Recording, sex: Sex, column: slice) -> None:
    body = build_body(hinge, sex=sex)
    moving = moving_segments(body, 80.0, 6.0)
    for segment in ("thigh", "shank", "foot", "upper_arm", "forearm"):
        found = moving.get(f"{segment}_right")
        assert found is not None
        assert found.mass_kg == pytest.approx(80.0 * np.mean(segment_masses()[segment].mass[column]))
    # A caller that names one has its way.
    shank = moving_segments(body, 80.0, 6.0, "female").get("shank_left")
    assert shank is not None
    assert shank.mass_kg == pytest.approx(80.0 * segment_masses()["shank"].mass[1])


def test_all_that_rests_on_masses_takes_the_sex_that_was_given(hinge: Recording) -> None:
    """Moments, power and the centre of mass; the mean lies between both."""
    told: dict[str | None, legato.Analysis] = {sex: analysed(hinge, sex) for sex in ("male", "female", None)}
    peaks: dict[str | None, dict[str, float]] = {}
    heights: dict[str | None, float] = {}
    for sex, result in told.items():
        assert result.whole_body is not None
        assert result.kinetics is not None
        assert result.power is not None
        both = (*result.whole_body.per_rep, *result.kinetics.per_rep)
        peaks[sex] = {m.name: m.peak.value for m in both if m.peak is not None}
        assert result.body.com_m is not None
        heights[sex] = float(np.nanmean(result.body.com_m[:, 2]))
        assert result.settings.sex == sex
        assert result.to_dict()["settings"]["sex"] == sex
        assert ("of the male table" in report_html(result)) is (sex == "male")
    man, woman, mean = (peaks[sex] for sex in ("male", "female", None))
    above = "lumbosacral_extension_moment_from_above"
    # Measured 1.6 of 307 N·m.
    assert man[above] > woman[above] + 1.0
    for name, value in mean.items():
        assert min(man[name], woman[name]) - 0.05 <= value <= max(man[name], woman[name]) + 0.05
    # The table puts a woman's trunk higher up on the line from hips to shoulders.
    assert heights["male"] < heights[None] < heights["female"]
