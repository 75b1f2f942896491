"""Faults of a whole set: a spread that has grown, and a number that goes with the load and not with the count."""

from typing import Any

import numpy as np
import pytest

from legato.chain.model import ChainResult, GapResult, RepGap
from legato.estimate import Estimate
from legato.faults import Fault, Results, Trial, faults_of, find_faults
from legato.faults.model import Band
from legato.movements import load_movement
from legato.recording import FloatArray

from .empty import empty_body, reps


def chain_of(gaps: FloatArray, half: float) -> ChainResult:
    rows = tuple(RepGap(k, Estimate.symmetric(float(g), half, "s")) for k, g in enumerate(gaps))
    gap = GapResult(
        "pelvis", "thorax", "peak", "", True, None, "", None, rows, None, len(rows), "not-resolvable", None, ""
    )
    return ChainResult((), (gap,), None)


def baseline_of(fault: Fault, gaps: FloatArray) -> dict[str, Any]:
    rows = [{"rep": k, "value": {"value": float(g), "low": float(g), "high": float(g)}} for k, g in enumerate(gaps)]
    finding = {"fault": fault.id, "side": None, "measures": fault.measures, "measured": None, "per_rep": rows}
    return {"schema": "legato.analysis/1", "findings": [finding]}


def judged(fault: Fault, gaps: FloatArray, half: float = 0.0005, **given: Any) -> tuple[str, str]:
    movement = load_movement("throw")
    trial = Trial(empty_body(), movement, reps(len(gaps), movement), Results(chain_of(gaps, half)), **given)
    (found,) = find_faults(trial, [fault])
    return found.verdict, found.why


def inconsistent() -> Fault:
    return next(f for f in faults_of(load_movement("throw")) if f.id == "inconsistent-transfer")


@pytest.mark.parametrize(("times", "verdict"), [(8.0, "fault"), (1.0, "ok"), (2.0, "not-resolvable")])
def test_a_spread_is_held_against_twice_the_own_one(times: float, verdict: str):
    fault = inconsistent()
    before = np.tile([-1.0, 1.0], 15) * 0.004
    now = 0.030 + before * times
    assert judged(fault, now, baseline=baseline_of(fault, before))[0] == verdict


def test_a_spread_that_timing_itself_makes_is_not_judged():
    fault = inconsistent()
    before = np.tile([-1.0, 1.0], 15) * 0.004
    said = judged(fault, before * 8.0, half=0.060, baseline=baseline_of(fault, before))
    assert said[0] == "not-resolvable" and "what timing them adds" in said[1]


def test_five_repetitions_have_no_spread_to_judge():
    fault = inconsistent()
    before = np.tile([-1.0, 1.0], 15) * 0.004
    said = judged(fault, before[:5] * 8.0, baseline=baseline_of(fault, before))
    assert said[0] == "not-resolvable" and "5 of at least 6" in said[1]


def with_load() -> Fault:
    band = Band(fault="above", high=0.010, own=False, source="a test", grade="ENG")
    return inconsistent().model_copy(
        update={"id": "later-with-load", "kind": "drift", "against": "load", "unit": "s", "band": band}
    )


LOADS = np.array([100.0, 60.0, 80.0, 60.0, 100.0, 80.0, 80.0, 100.0, 60.0])


@pytest.mark.parametrize(
    ("by_load", "by_rep", "verdict"), [(1.0, 0.0, "fault"), (1.0, 0.5, "fault"), (0.0, 1.0, "ok"), (0.0, 0.0, "ok")]
)
def test_what_goes_with_the_load_is_found_and_what_goes_with_the_count_is_not(
    by_load: float, by_rep: float, verdict: str
):
    """30 ms from the lightest load to the heaviest, against 10; 40 ms from the first repetition to the last."""
    rng = np.random.default_rng(3)
    gaps = 0.03 * by_load * (LOADS - 60.0) / 40.0 + 0.005 * by_rep * np.arange(9.0) + rng.normal(0.0, 0.001, 9)
    assert judged(with_load(), gaps, loads_kg=dict(enumerate(LOADS)))[0] == verdict


def test_a_load_that_rises_with_every_repetition_tells_nothing():
    rising = dict(enumerate(np.linspace(60.0, 100.0, 9)))
    said = judged(with_load(), np.linspace(0.0, 0.05, 9), loads_kg=rising)
    assert said[0] == "not-resolvable" and "cannot be told" in said[1]
