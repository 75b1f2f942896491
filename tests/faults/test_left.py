"""When in a repetition a posture first leaves its band, told only where it surely did."""

from dataclasses import replace

import numpy as np
import pytest

import legato
from legato.analysis import Analysis
from legato.body.model import Body
from legato.faults import Fault, Finding, Trial, faults_of, find_faults
from legato.faults.left import with_left
from legato.report.fault_words import left_text
from legato.report.faults import COLUMNS, faults_html, finding_rows
from legato.simulate import simulate

EDGE_DEG = 8.0


@pytest.fixture(scope="module")
def clean() -> Analysis:
    return legato.analyze(simulate("hip-hinge", seed=21, reps=5).recording, "hip-hinge")


def lost(analysis: Analysis) -> Fault:
    fault = next(f for f in faults_of(analysis.movement) if f.id == "neutral-lost")
    assert fault.band is not None
    band = fault.band.model_copy(update={"high": EDGE_DEG, "own": False, "source": "s", "grade": "ENG"})
    return fault.model_copy(update={"band": band})


def still_until(analysis: Analysis, after_s: float, deg: float, length_s: float) -> Body:
    """A back that does not move but for a step of each repetition, so long after its start."""
    body = analysis.body
    t = body.start_s + np.arange(body.n_frames) / body.rate_hz
    angle = np.zeros(t.size)
    for rep in analysis.reps:
        inside = (t >= rep.start_s + after_s) & (t < rep.start_s + after_s + length_s)
        angle[inside] = np.radians(deg)
    return replace(body, angles={**body.angles, "lumbar_flexion": angle})


def found(analysis: Analysis, body: Body) -> Finding:
    return find_faults(Trial(body, analysis.movement, analysis.reps), [lost(analysis)])[0]


@pytest.mark.parametrize("after_s", [0.4, 0.9])
def test_the_time_is_when_the_step_comes(clean: Analysis, after_s: float):
    finding = found(clean, still_until(clean, after_s, 24.0, 0.8))
    assert finding.verdict == "fault"
    for row in finding.per_rep:
        assert row.left_s is not None
        assert row.left_s.low <= after_s <= row.left_s.high
        assert row.left_s.high - row.left_s.low < 0.25


def test_a_moment_beyond_the_band_does_not_count(clean: Analysis):
    """A peak of 0.05 s before the step that stays."""
    body = still_until(clean, 0.9, 24.0, 0.8)
    peak = still_until(clean, 0.3, 24.0, 0.05).angles["lumbar_flexion"]
    finding = found(
        clean, replace(body, angles={**body.angles, "lumbar_flexion": body.angles["lumbar_flexion"] + peak})
    )
    for row in finding.per_rep:
        assert row.left_s is not None and row.left_s.value > 0.8


def test_what_may_have_left_has_no_time(clean: Analysis):
    finding = found(clean, still_until(clean, 0.4, EDGE_DEG + 1.0, 0.8))
    assert finding.verdict != "fault" and all(row.left_s is None for row in finding.per_rep)


def test_it_stands_on_the_page_in_the_table_and_in_the_record(clean: Analysis):
    finding = found(clean, still_until(clean, 0.4, 24.0, 0.8))
    told = replace(clean, findings=(finding,))
    record = told.to_dict()["findings"][0]["per_rep"][0]
    assert record["left_s"]["unit"] == "s" and 0.3 < record["left_s"]["value"] < 0.5
    (row,) = finding_rows(told)
    assert len(str(dict(zip(COLUMNS, row, strict=True))["left_s"]).split()) == len(finding.per_rep)
    left = finding.per_rep[0].left_s
    assert left is not None and f"outside from {left_text(left)} after its start" in faults_html(told)


@pytest.mark.slow
def test_planted_bends_leave_the_band_when_they_truly_do():
    """Against the exact motion, whose markers have neither noise nor soft tissue."""
    for seed in (31, 32, 33):
        planted = {"seed": seed, "reps": 5, "fault": "neutral-lost", "fault_size": 22.0}
        exact = legato.analyze(simulate("hip-hinge", noise_m=0.0, wobble_m=0.0, **planted).recording, "hip-hinge")
        noisy = legato.analyze(simulate("hip-hinge", noise_m=0.001, wobble_m=0.002, **planted).recording, "hip-hinge")
        truth, seen = found(exact, exact.body), found(noisy, noisy.body)
        for one, rep, row, own in zip(truth.per_rep, exact.reps, seen.per_rep, noisy.reps, strict=True):
            assert one.left_s is not None and row.left_s is not None
            at = rep.start_s + one.left_s.value - own.start_s
            assert row.left_s.low <= at <= row.left_s.high


def test_without_a_band_or_a_posture_no_time_is_told(clean: Analysis):
    rows = found(clean, clean.body).per_rep
    fault = lost(clean)
    shape = fault.model_copy(update={"kind": "band"})
    for asked, edge in ((fault, None), (shape, EDGE_DEG)):
        assert with_left(clean.body, clean.movement, clean.reps, asked, "", edge, rows) == rows
