"""Markers are taken to have stayed on only where they lie as far apart as before; bands say what was measured."""

from dataclasses import replace
from typing import Any

import bench.fault_trials as trials
import pytest
from bench.bench_faults import CELLS, athlete

from legato.body import build_body
from legato.body.model import Body
from legato.body.placement import placement_of, stayed_within_m
from legato.estimate import Estimate
from legato.faults import Finding
from legato.faults.bands import band_of
from legato.faults.judge import judge, mean_of_set
from legato.faults.model import Measured


def body_of(seed: int, place_seed: int, sensors: trials.Sensors = CELLS[1]) -> Body:
    scenario = replace(athlete("back-squat", None, seed), reps=2)
    return build_body(trials.simulated(scenario, sensors, place_seed, place_seed).recording, mass_kg=scenario.mass_kg)


def earlier(body: Body) -> dict[str, Any]:
    return {"body": {"placement": placement_of(body)}}


@pytest.mark.parametrize("placed_m", [0.004, 0.005])
def test_markers_placed_anew_are_never_taken_to_have_stayed_on(monkeypatch: pytest.MonkeyPatch, placed_m: float):
    monkeypatch.setattr(trials, "PLACED_M", placed_m)
    bodies = [body_of(951_000, 7 * k + 1) for k in range(5)]
    pairs = [(one, other) for k, one in enumerate(bodies) for other in bodies[:k]]
    assert [stayed_within_m(one, earlier(other)) for one, other in pairs] == [None] * 10


def test_what_is_told_is_how_far_the_distances_differ(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(trials, "PLACED_M", 0.001)
    one, other = body_of(952_000, 3), body_of(952_000, 4)
    within = stayed_within_m(one, earlier(other))
    # Two markers, each placed twice with an SD of 1 mm: 2 mm along the line between them.
    assert within is not None and 0.001 < within < 0.005
    assert stayed_within_m(one, None) is None and stayed_within_m(one, {"body": {}}) is None


def found(placed: int, *, baseline: int | None = None, exact: bool = False) -> dict[tuple[str, str], Finding]:
    """Findings of a clean set of back squats whose markers sit as `placed` draws them, beside an earlier set whose sit
    as `baseline` does; `exact`: without noise and soft tissue.
    """
    day = athlete("back-squat", None, 953_000)
    earlier = replace(day, seed=day.seed + 1)
    held = None
    if baseline is not None:
        held = trials.looked(earlier, trials.simulated(earlier, CELLS[2], 5, baseline).recording).record()
    sensors = trials.EXACT if exact else CELLS[2]
    new = trials.looked(day, trials.simulated(day, sensors, 6, placed).recording, (), held)
    return {(f.fault.id, "" if f.fault.compares_sides else f.side): f for f in new.findings}


def test_a_number_keeps_its_whole_interval_where_a_narrower_one_is_held_against_the_band():
    alone, stayed = found(8), found(8, baseline=8)
    read = found(8, exact=True)
    held = {key: f.by_same_markers for key, f in stayed.items() if f.by_same_markers is not None}
    assert len(held) >= 5
    inside = 0
    for key, same in held.items():
        whole, told = stayed[key].measured, read[key].measured
        assert whole is not None and told is not None
        assert whole == alone[key].measured
        assert whole.low < same.low < same.value == whole.value < same.high < whole.high
        inside += same.low <= told.value <= same.high
    # Intervals of 90 %; at least 5 of 6 or 7 of 8 hold what these markers read without noise.
    assert inside >= len(held) - 1
    assert not any(f.by_same_markers for f in (*alone.values(), *found(8, baseline=9).values()))


def test_a_change_by_the_same_markers_is_a_fault_where_the_number_alone_would_not_be_one():
    fault = next(f.fault for (name, _), f in found(8).items() if name == "knee-in")
    band = fault.band
    assert band is not None
    rows = [Measured(k, Estimate.symmetric(9.0 + 0.1 * (k % 2), 5.0, "deg")) for k in range(6)]
    before = [{"rep": k, "value": Estimate.symmetric(2.0 + 0.1 * (k % 2), 5.0, "deg").to_dict()} for k in range(6)]
    told = {"fault": fault.id, "side": "right", "measures": fault.measures, "per_rep": before}
    record = {"schema": "legato.analysis/1", "findings": [told]}
    for within_m, verdict in ((None, "not-resolvable"), (0.003, "fault")):
        edges = band_of(fault, band, "right", 6, record, within_m=within_m)
        assert edges.origin == "own" and edges.edges is not None
        same = mean_of_set(rows, 3, 0.90, lasting=edges.lasting) if within_m else None
        judged = judge(mean_of_set(rows, 3, 0.90), edges, band.fault, "knee in", "", same)
        assert judged.verdict == verdict, (edges, judged)
        # The number itself stays 9.05 ± 5 deg; three tenths of what placing adds make it 7.5 to 10.6.
        said = "knee in 9\u00b0 (4 to 14)" + (
            ", by the same markers 8 to 11\u00b0: all of that lies above" if within_m else ""
        )
        assert judged.why.startswith(said), judged.why
