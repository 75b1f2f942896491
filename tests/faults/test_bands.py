"""Bands that are the athlete's own: of a set, of a repetition, and never thinner than the next set."""

from typing import Any

import numpy as np
import pytest

from legato.chain.drift import slope_beside
from legato.errors import NotResolvable
from legato.estimate import Estimate
from legato.faults import faults_of
from legato.faults.bands import band_of
from legato.faults.judge import judge, mean_of_set, outside
from legato.faults.model import Fault, Measured
from legato.movements import load_movement, movement_ids


def fault(movement: str, name: str) -> Fault:
    return next(f for f in faults_of(load_movement(movement)) if f.id == name)


def rows(values: "np.ndarray[tuple[int], np.dtype[np.float64]]", half: float = 0.01) -> list[Measured]:
    return [Measured(k, Estimate.symmetric(float(v), half, "s")) for k, v in enumerate(values)]


def result(of: Fault, measured: list[Measured]) -> dict[str, Any]:
    of_set = mean_of_set(measured, 3, 0.90).estimate
    assert of_set is not None
    per_rep = [{"rep": r.rep, "value": r.value and r.value.to_dict(), "reason": ""} for r in measured]
    finding = {
        "fault": of.id,
        "side": None,
        "measured": of_set.to_dict(),
        "measures": of.measures,
        "per_rep": per_rep,
        "unit": of.unit,
    }
    return {"schema": "legato.analysis/1", "findings": [finding]}


def test_the_next_set_of_the_same_athlete_is_seldom_a_fault_and_its_repetitions_seldom_outside():
    """Sets of eight drawn alike: a mean beyond its band and its interval is a matter of 3 SDs; one of eight
    repetitions is beyond its own band in a twentieth of the sets.
    """
    asked = fault("step-up", "tempo-off")
    assert asked.band is not None
    band = asked.band.model_copy(update={"least_change": 0.0})
    rng = np.random.default_rng(11)
    faults, outliers, draws = 0, 0, 400
    for _ in range(draws):
        before, now = (rows(rng.normal(2.0, 0.5, 8)) for _ in range(2))
        found = band_of(asked, band, "", 8, result(asked, before))
        assert found.edges is not None and found.of_rep is not None
        judged = judge(mean_of_set(now, 3, 0.90, lasting=found.lasting), found, band.fault, "", "")
        faults += judged.verdict == "fault"
        outliers += sum(outside(r.value, found.of_rep, band.fault) for r in now if r.value is not None)
    assert faults <= 0.02 * draws
    # A twentieth of the sets may have one repetition beyond it.
    assert outliers <= 0.07 * draws


def test_the_worst_joint_is_held_against_the_same_joint_only():
    """An ankle that takes a fifth away says nothing of a knee that does."""
    asked = fault("countermovement-jump", "leak")
    assert asked.band is not None
    before = result(asked, rows(np.linspace(19.0, 21.0, 5)))
    for about, edges, said in (
        ("ankle", True, ""),
        ("", False, "does not say"),
        ("knee", False, "largest elsewhere (knee)"),
    ):
        before["findings"][0]["about"] = about
        found = band_of(asked, asked.band, "", 5, before, about="ankle")
        assert (found.edges is not None) == edges and said in found.reason


@pytest.mark.parametrize("name", movement_ids())
def test_every_own_band_asks_for_a_least_change(name: str):
    for one in faults_of(load_movement(name)):
        if one.band is not None and one.band.own and one.kind not in ("spread", "order"):
            assert one.band.least_change > 0.0, one.id


def test_tired_is_not_heavy():
    """A back that rounds by a degree a repetition, whatever the load, in rising loads of three repetitions each."""
    rng = np.random.default_rng(5)
    count, loads = np.arange(9.0), np.repeat([60.0, 80.0, 100.0], 3)
    slopes = [slope_beside(loads, count, count + rng.normal(0.0, 1.0, 9)) for _ in range(300)]
    wrong = sum(slope.low > 0.0 for slope in slopes)
    # A one-sided twentieth of the draws is what an interval of 90 % leaves above it.
    assert wrong <= 0.05 * 300 + 2.0 * np.sqrt(300 * 0.05 * 0.95)
    assert sum(slope.holds(0.0) for slope in slopes) == pytest.approx(270, abs=2.0 * np.sqrt(300 * 0.1 * 0.9))


def test_a_load_that_counts_is_found_beside_fatigue():
    rng = np.random.default_rng(6)
    count, loads = np.arange(9.0), np.array([100.0, 60.0, 80.0, 60.0, 100.0, 80.0, 80.0, 100.0, 60.0])
    slope = slope_beside(loads, count, 0.2 * loads + 0.5 * count + rng.normal(0.0, 0.5, 9))
    assert slope.low > 0.0 and slope.holds(0.2)


@pytest.mark.parametrize(
    ("loads", "said"),
    [
        ([60.0, 60.0, 60.0, 60.0, 60.0], "alike"),
        ([60.0, 70.0, 80.0, 90.0, 100.0], "cannot be told"),
        ([60.0, 80.0, 60.0, 80.0], "4 of at least 5"),
    ],
)
def test_loads_that_cannot_tell_are_refused(loads: list[float], said: str):
    n = len(loads)
    with pytest.raises(NotResolvable, match=said):
        slope_beside(np.array(loads), np.arange(float(n)), np.arange(float(n)))
