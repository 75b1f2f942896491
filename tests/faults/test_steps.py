"""Green, amber and red: a step is told only where the whole interval lies in it, of the set and of each repetition."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

import legato
from legato.analysis import Analysis
from legato.estimate import Estimate
from legato.faults import Fault, Finding, faults_of
from legato.faults.model import Band, Measured
from legato.faults.steps import steps_of, with_steps
from legato.movements import load_movement
from legato.report.fault_lines import amber_lines
from legato.report.fault_words import counted
from legato.report.faults import COLUMNS, faults_html, finding_rows
from legato.simulate import simulate

EXCESS = next(f for f in faults_of(load_movement("hip-hinge")) if f.id == "lumbar-excess")
ABOVE = {"fault": "above", "high": 70.0, "own": False, "source": "s", "grade": "C"}
AMBER = {"edge": 50.0, "source": "s", "grade": "ENG"}


def band(**given: Any) -> Band:
    return Band.model_validate({**ABOVE, "amber": AMBER, **given})


@pytest.mark.parametrize(
    ("low", "high", "steps"),
    [
        (30.0, 50.0, ("green",)),
        (40.0, 51.0, ("green", "amber")),
        (50.5, 70.0, ("amber",)),
        (55.0, 75.0, ("amber", "red")),
        (45.0, 75.0, ("green", "amber", "red")),
        (70.5, 90.0, ("red",)),
    ],
)
def test_steps_are_those_that_the_interval_reaches(low: float, high: float, steps: tuple[str, ...]):
    number = Estimate(0.5 * (low + high), low, high, unit="%")
    assert steps_of(band(), number) == steps
    below = Band.model_validate(
        {**ABOVE, "fault": "below", "high": None, "low": -70.0, "amber": AMBER | {"edge": -50.0}}
    )
    assert steps_of(below, Estimate(-number.value, -high, -low, unit="%")) == steps
    assert [row.steps for row in with_steps(band(), [Measured(0, number), Measured(1, None, "unseen")])] == [steps, ()]


def test_a_band_without_amber_or_without_a_source_has_no_steps():
    number = Estimate(60.0, 55.0, 65.0, unit="%")
    assert steps_of(band(amber=None), number) == steps_of(band(grade="N"), number) == steps_of(band(), None) == ()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"amber": AMBER | {"edge": 70.0}}, "not before the fault at 70"),
        ({"own": True}, "own = false"),
        ({"fault": "outside"}, "one side"),
        ({"amber": AMBER | {"edge": float("nan")}}, "finite"),
    ],
)
def test_amber_that_cannot_be_is_refused(given: dict[str, Any], said: str):
    with pytest.raises(ValidationError, match=said):
        band(**given)


def hinge(largest: float) -> tuple[Analysis, Finding]:
    recording = simulate("hip-hinge", seed=4, reps=6, fault="neutral-lost", fault_size=24.0).recording
    found = legato.analyze(recording, "hip-hinge", lumbar_flexion_max_deg=largest)
    return found, next(f for f in found.findings if f.fault.id == "lumbar-excess")


def test_amber_stands_beside_the_verdict_in_every_form():
    whole, _ = hinge(40.0)
    share = next(f for f in whole.findings if f.fault.id == "lumbar-excess").measured
    assert share is not None
    # An athlete whose own largest bend puts this set at 60 % of it.
    analysis, excess = hinge(40.0 * share.value / 60.0)
    assert excess.measured is not None and excess.measured.value == pytest.approx(60.0)
    reached = steps_of(EXCESS.band or band(), excess.measured)
    assert excess.steps == reached and "amber" in reached
    if reached == ("amber",):
        assert (excess.verdict, excess.step) == ("ok", "amber")
    record = next(f for f in analysis.to_dict()["findings"] if f["fault"] == "lumbar-excess")
    assert record["steps"] == list(reached) and record["step"] == excess.step
    assert all(row["steps"] for row in record["per_rep"])
    other = next(f for f in analysis.to_dict()["findings"] if f["fault"] == "knee-dominant-hinge")
    assert (other["step"], other["steps"]) == (None, []) and all("steps" not in row for row in other["per_rep"])
    row = next(r for r in finding_rows(analysis) if r[0] == "lumbar-excess")
    assert dict(zip(COLUMNS, row, strict=True))["steps"] == " ".join(reached)


def invented(low: float, high: float, verdict: Any, fault: Fault = EXCESS) -> Finding:
    assert fault.band is not None
    number = Estimate(0.5 * (low + high), low, high, unit="%")
    rows = with_steps(fault.band, [Measured(k, number) for k in range(3)])
    steps = steps_of(fault.band, number)
    why = "x"
    return Finding(
        fault, "", verdict, number, (None, 70.0), "default", "s", "C", rows, 3, (), why, steps=steps, asks=()
    )


def test_amber_is_told_in_words_and_counted_apart():
    amber = invented(52.0, 68.0, "ok")
    (line,) = amber_lines([amber])
    assert line.startswith("Amber: largest bend of the spine in the athlete's own range 60 % (52 to 68)")
    assert "amber begins at 50 %" in line and line.endswith("Reps 1, 2 and 3 by themselves.")
    assert counted([amber, invented(30.0, 40.0, "ok")]) == "none found, 1 amber, 1 in order"
    assert amber_lines([invented(52.0, 75.0, "not-resolvable")])[0].startswith("Amber or red: ")
    assert amber_lines([invented(40.0, 60.0, "not-resolvable"), invented(72.0, 80.0, "fault")]) == []
    assert amber.reps_past_green == (0, 1, 2)


def test_the_page_does_not_call_amber_in_order():
    analysis, _ = hinge(70.0)
    html = faults_html(replace(analysis, findings=(invented(52.0, 68.0, "ok"), invented(30.0, 40.0, "ok"))))
    assert "Amber: " in html and "In order</b> (1)" in html
