"""Numbers that people read off: intervals that hold the truth, and verdicts only where a limit has a source."""

import math
from pathlib import Path

import numpy as np
import pytest

from legato.errors import NotResolvable
from legato.estimate import Estimate
from legato.faults.assessments import NumberFound, load_assessment, numbers_of_sheet, read_sheet
from legato.faults.assessments.model import Derived
from legato.faults.assessments.numbers import (
    derived_number,
    limit_verdict,
    ratio_reason,
    reading_estimate,
    return_errors,
    standard_score,
)
from legato.faults.assessments.sheet import Reference

from .sheets import filled

Z = 1.6448536269514722
TRIALS = 2000
LOWEST = 0.86
"""What 90 % intervals must hold at least in 2000 trials, whose own SD is 0.7 %."""


def numbers(tmp_path: Path, assessment: str, **lines: str) -> dict[tuple[str, str], NumberFound]:
    path = tmp_path / "sheet.toml"
    places = {f"numbers.{name.replace('__', '.').replace('_', '-')}": value for name, value in lines.items()}
    path.write_text(filled(assessment, lines=places), "utf-8")
    return {(one.id, one.side): one for one in numbers_of_sheet(read_sheet(path))}


def told(one: NumberFound) -> Estimate:
    """The number, which must be there."""
    assert one.value is not None
    return one.value


@pytest.mark.parametrize("readings", [1, 2, 3, 5])
@pytest.mark.parametrize("lasting", [1.0, 0.5])
def test_readings_with_the_stated_error_are_held(readings: int, lasting: float):
    rng = np.random.default_rng(readings)
    held = 0
    for _ in range(TRIALS):
        own = rng.normal(0.0, math.sqrt(lasting))
        seen = 100.0 + own + rng.normal(0.0, math.sqrt(1.0 - lasting), readings)
        held += reading_estimate(list(seen), Z, "deg").holds(100.0)
    assert held / TRIALS >= LOWEST


@pytest.mark.parametrize("readings", [2, 3, 5, 8])
def test_readings_that_scatter_more_than_was_stated_widen_the_interval(readings: int):
    rng = np.random.default_rng(readings)
    found = [reading_estimate(list(rng.normal(100.0, 3.0, readings)), Z, "deg") for _ in range(TRIALS)]
    assert np.mean([one.holds(100.0) for one in found]) >= LOWEST - 0.015
    assert np.median([one.half_width for one in found]) > 1.3 * Z


@pytest.mark.parametrize("bias", [0.0, 2.0, 6.0])
@pytest.mark.parametrize("trials", [6, 10])
def test_the_error_of_coming_back_is_held(bias: float, trials: int):
    """Signed errors about a bias, with an inclinometer whose own offset (1 deg at 90 %) lasts over the trials."""
    rng = np.random.default_rng(trials)
    truth_size = float(np.mean(np.abs(rng.normal(bias, 3.0, 400_000))))
    held = np.zeros(3)
    for _ in range(TRIALS):
        seen = rng.normal(bias, 3.0, trials) + rng.normal(0.0, 1.0 / Z)
        size, side, spread = return_errors(list(seen), 1.0)
        held += size.holds(truth_size), side.holds(bias), spread.holds(3.0)
    assert (held / TRIALS >= LOWEST).all(), held / TRIALS


def test_coming_back_is_refused_below_six_trials(tmp_path: Path):
    found = numbers(tmp_path, "repositioning", return_error__readings="[1, 2, -1, 3, 2]")
    assert found["return-error", ""].value is None
    assert found["return-error", ""].reason == "5 of at least 6 readings; take the others"
    with pytest.raises(NotResolvable):
        return_errors([1.0], 1.0)


def test_coming_back_is_told_by_size_side_and_spread_and_never_judged(tmp_path: Path):
    found = numbers(tmp_path, "repositioning", return_error__readings="[5, 7, 6, 5, 7, 6]")
    assert told(found["return-error", ""]).value == pytest.approx(6.0)
    assert told(found["return-error-constant", ""]).value == pytest.approx(6.0)
    assert told(found["return-error-variable", ""]).value == pytest.approx(math.sqrt(0.8))
    assert {one.verdict for one in found.values()} == {None}
    small = numbers(tmp_path, "repositioning", return_error__readings="[0.1, -0.2, 0.1, 0.3, -0.1, 0.1]")
    assert "no larger, surely, than the reading's own error (1°)" in small["return-error", ""].reason


@pytest.mark.parametrize(
    ("reading", "verdict"),
    [("[100]", "fault"), ("[113]", "not-resolvable"), ("[130]", "ok"), ("[124]", "not-resolvable")],
)
def test_a_limit_is_judged_by_the_whole_interval(tmp_path: Path, reading: str, verdict: str):
    found = numbers(tmp_path, "mobility-screen", hip_flexion__right=reading)
    assert found["hip-flexion", "right"].verdict == verdict
    assert told(found["hip-flexion", "right"]).half_width == pytest.approx(6.0)


def test_between_two_limits_the_limit_is_what_is_not_known():
    hip = load_assessment("mobility-screen").numbers[0]
    assert limit_verdict(Estimate.symmetric(115.0, 3.0, "deg"), hip) == (
        "not-resolvable",
        "it lies inside 110 to 120°, where the limit itself is not known better",
    )


def test_the_sheets_own_error_takes_the_place_of_the_usual_one(tmp_path: Path):
    found = numbers(tmp_path, "mobility-screen", hip_flexion__right="[124]", hip_flexion__error="2.0")
    assert told(found["hip-flexion", "right"]).half_width == pytest.approx(2.0)
    assert found["hip-flexion", "right"].verdict == "ok"


def test_centimetres_become_metres(tmp_path: Path):
    value = told(numbers(tmp_path, "mobility-screen", knee_to_wall__left="[12]")["knee-to-wall", "left"])
    assert (value.value, value.half_width, value.unit) == (pytest.approx(0.12), pytest.approx(0.01), "m")


def test_a_number_without_a_reference_has_no_standard_score(tmp_path: Path):
    assert numbers(tmp_path, "posterior-chain", sorensen__readings="[140]")["sorensen", ""].z is None
    reference = '{ mean = 120, sd = 40, n = 30, source = "our squad" }'
    found = numbers(tmp_path, "posterior-chain", sorensen__readings="[140]", sorensen__reference=reference)
    one = found["sorensen", ""]
    assert one.z is not None and one.z.value == pytest.approx(0.5)
    assert one.verdict is None and one.reference is not None and one.reference.source == "our squad"


def test_the_chain_is_never_one_number(tmp_path: Path):
    reference = '{ mean = 120, sd = 40, n = 30, source = "our squad" }'
    found = numbers(
        tmp_path, "posterior-chain", sorensen__readings="[140]", sorensen__reference=reference,
        mid_thigh_pull__readings="[3.1]",
    )  # fmt: skip
    assert {name for name, _ in found} == {"sorensen", "mid-thigh-pull"}


@pytest.mark.parametrize("others", [12, 40])
@pytest.mark.parametrize("z", [0.0, 2.0])
def test_a_standard_score_is_held(z: float, others: int):
    """The true place among all, told by a sample of others and a reading with an error of a quarter SD."""
    rng = np.random.default_rng(others)
    held = 0
    for _ in range(TRIALS):
        sample = rng.normal(0.0, 1.0, others)
        reading = Estimate.symmetric(z + rng.normal(0.0, 0.25), 0.25 * Z)
        held += standard_score(reading, Reference(float(sample.mean()), float(sample.std(ddof=1)), others, "us")).holds(
            z
        )
    assert 0.85 <= held / TRIALS <= 0.96


def found(name: str, value: float, half: float) -> NumberFound:
    return NumberFound(name, name, "", Estimate.symmetric(value, half, "deg"), 3, "R1")


def ratio() -> Derived:
    return load_assessment("hinge-or-squat").derived[0]


@pytest.mark.parametrize(
    ("knee", "hip", "said"),
    [
        (20.0, 90.0, "a hinge: the whole interval lies at 0.5 or below"),
        (110.0, 95.0, "a squat: the whole interval lies at 0.83 or above"),
        (45.0, 90.0, "not resolvable: the interval reaches over 0.5 or 0.83"),
    ],
)
def test_a_hinge_is_told_from_a_squat_only_where_the_whole_interval_does(knee: float, hip: float, said: str):
    assert derived_number(ratio(), found("knee", knee, 8.0), found("hip", hip, 8.0)).reason == said


def test_in_between_is_neither():
    assert ratio_reason(Estimate.symmetric(0.65, 0.1), ratio()) == "between a hinge and a squat"


def test_no_ratio_is_told_of_a_hip_that_may_not_bend():
    one = derived_number(ratio(), found("knee", 5.0, 8.0), found("hip", 6.0, 8.0))
    assert one.value is None and "may be zero" in one.reason


def test_a_ratio_is_held():
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(TRIALS):
        knee, hip = (at + rng.normal(0.0, 8.0 / Z) for at in (30.0, 90.0))
        held += told(derived_number(ratio(), found("knee", knee, 8.0), found("hip", hip, 8.0))).holds(30.0 / 90.0)
    assert 0.87 <= held / TRIALS <= 0.95


def test_the_moment_of_the_band_is_force_times_lever(tmp_path: Path):
    path = tmp_path / "hold.toml"
    path.write_text(
        filled(
            "anti-rotation-hold", (2, 2, 2),
            lines={"numbers.band-force.readings": "[120]", "numbers.lever.readings": "[0.6]"},
        ),
        "utf-8",
    )  # fmt: skip
    moment = told({n.id: n for n in numbers_of_sheet(read_sheet(path))}["moment-held"])
    assert (moment.value, moment.unit) == (pytest.approx(72.0), "N.m")
    assert moment.half_width == pytest.approx(math.hypot(6.0 * 0.6, 120.0 * 0.02))
