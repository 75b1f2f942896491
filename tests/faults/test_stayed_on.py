"""Markers are taken to have stayed on only where they lie as far apart as before; bands say what was measured."""

from dataclasses import replace
from typing import Any

import bench.fault_trials as trials
import pytest
from bench.bench_faults import CELLS, athlete

from legato.body import build_body
from legato.body.model import Body
from legato.body.placement import placement_of, stayed_within_m


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
