"""Measured repetitions as green, amber and red, and where a set ends by them."""

from typing import Any

import pytest

from legato.analysis import analyze
from legato.coaching.safety import reps_seen
from legato.load import read
from legato.simulate import scenario_for, simulate_scenario, write_simulation


def finding(**other: Any) -> dict[str, Any]:
    return {"kind": "band", "band": [None, 5.0], "band_grade": "D", "reps": [], "per_rep": []} | other


def row(rep: int, low: float, high: float, *steps: str) -> dict[str, Any]:
    told = {"rep": rep, "value": {"low": low, "high": high}}
    return told | {"steps": list(steps)} if steps else told


def result(*findings: dict[str, Any], reps: int = 4, bar: Any = None) -> dict[str, Any]:
    return {"reps": [{}] * reps, "findings": list(findings), "bar": bar}


def test_a_repetition_has_the_worst_colour_of_all_faults():
    one = finding(reps=[2], per_rep=[row(0, 0, 1), row(1, 0, 1), row(2, 6, 7), row(3, 4, 6)])
    two = finding(per_rep=[row(0, 2, 3, "green"), row(1, 3, 4, "amber"), row(2, 0, 1, "green")])
    seen = reps_seen(result(one, two))
    assert seen.colours == ("green", "amber", "red", None)
    assert (seen.measured, seen.count("red"), seen.count("amber"), seen.count("green")) == (3, 1, 1, 1)
    assert seen.stop is not None and seen.stop.rep == 2


@pytest.mark.parametrize("other", [{"kind": "drift"}, {"kind": "spread"}, {"band_grade": "N"}, {"band_grade": "X"}])
def test_what_says_nothing_of_a_repetition_has_no_colour(other: dict[str, str]):
    seen = reps_seen(result(finding(reps=[1], per_rep=[row(0, 0, 1)], **other)))
    assert seen.colours == (None,) * 4
    assert seen.stop is None


def test_steps_that_are_not_sure_have_no_colour():
    assert reps_seen(result(finding(per_rep=[row(0, 2, 6, "amber", "red")]))).colours[0] is None
    assert reps_seen(result(finding(per_rep=[row(0, 2, 6)]))).colours[0] is None
    surely = finding(per_rep=[row(0, 0, 1)])
    assert reps_seen(result(surely, finding(per_rep=[row(0, 2, 6)]))).colours[0] is None
    assert reps_seen(result(surely, finding(band=None, per_rep=[row(0, 2, 6)]))).colours[0] == "green"


def test_the_loss_of_velocity_that_was_asked_ends_a_set():
    bar = {"velocity_loss": {"at_loss_pct": 20.0, "passed_at": 3}}
    stop = reps_seen(result(bar=bar)).stop
    assert stop is not None and stop.rep == 3
    assert reps_seen(result(bar={"velocity_loss": {"at_loss_pct": 20.0, "passed_at": None}})).stop is None
    assert reps_seen(result(bar={"velocity_loss": None})).stop is None


def test_nothing_is_no_set():
    assert reps_seen({}).colours == ()


@pytest.fixture(scope="module")
def seen_of(tmp_path_factory: pytest.TempPathFactory) -> Any:
    def run(**planted: Any) -> Any:
        made = simulate_scenario(scenario_for("hip-hinge", rate_hz=100.0, reps=4, **planted))
        folder = tmp_path_factory.mktemp("hinge")
        file = next(p for p in write_simulation(made, folder) if p.suffix == ".c3d")
        return reps_seen(analyze(read(file), "hip-hinge").to_dict())

    return run


@pytest.mark.slow
def test_a_clean_set_goes_to_its_end_and_a_planted_fault_ends_it(seen_of: Any):
    clean, faulty = seen_of(), seen_of(fault="rib-flare", fault_size=25.0)
    assert clean.stop is None and clean.count("red") == 0
    assert clean.count("green") == 4
    assert faulty.count("red") >= 2 and faulty.count("green") == 0
    assert faulty.stop.rep == 0
