"""A fault of the back makes no repetition partial, and a half repetition stays one with it."""

from typing import Any

import numpy as np
import pytest

import legato.simulate.bench
import legato.simulate.exercise
import legato.simulate.lifts
from legato.body import build_body
from legato.movements import find_reps, load_movement
from legato.recording import Recording, Stream
from legato.simulate.make import make_motion
from legato.simulate.markers import measure_markers
from legato.simulate.scenario import Scenario, scenario_for

DEPTHS = (1.0, 0.3, 1.0, 0.45, 1.0, 0.55, 1.0)


def planned(_scenario: Scenario, _rng: np.random.Generator, *, full: bool = False) -> list[tuple[float, bool]]:
    """Half repetitions of several depths between whole ones."""
    return [(depth, full or depth == 1.0) for depth in DEPTHS]


def reasons(movement: str, **settings: Any) -> list[str]:
    """Of every repetition found, why it is partial; empty where it is whole."""
    scenario = scenario_for(movement, rate_hz=100.0, seed=4, **settings)
    motion = make_motion(scenario)
    track = measure_markers(motion)
    markers = Stream("markers", "markers", track.positions, 100.0, track.names, ("m",) * len(track.names))
    body = build_body(Recording(streams=(markers,)))
    return [rep.reason for rep in find_reps(body, load_movement(movement)).reps]


@pytest.mark.parametrize("movement", ["deadlift", "clean-pull"])
@pytest.mark.parametrize(("fault", "degrees"), [("neutral-lost", 20.0), ("neutral-lost", 35.0), ("lumbar-drift", 6.0)])
def test_a_rounded_back_makes_no_pull_from_the_floor_partial(movement: str, fault: str, degrees: float) -> None:
    assert reasons(movement, reps=4, fault=fault, fault_size=degrees) == [""] * 4


@pytest.mark.parametrize("movement", ["deadlift", "clean-pull"])
@pytest.mark.parametrize(("fault", "degrees"), [("neutral-lost", 20.0), ("lumbar-excess", 40.0), ("rib-flare", 16.0)])
def test_plates_carry_the_bar_however_the_back_bends(movement: str, fault: str, degrees: float) -> None:
    heights = []
    for settings in ({}, {"fault": fault, "fault_size": degrees}):
        motion = make_motion(scenario_for(movement, reps=2, seed=4, **settings))
        heights.append(motion.pose(np.arange(0.0, motion.duration_s, 0.05)).point["bar"][:, 2].min())
    assert heights[1] == pytest.approx(heights[0], abs=0.002)


@pytest.mark.parametrize(
    ("movement", "fault"),
    [
        ("back-squat", None),
        ("back-squat", "neutral-lost"),
        ("hip-hinge", None),
        ("hip-hinge", "neutral-lost"),
        ("deadlift", None),
        ("deadlift", "neutral-lost"),
        ("bench-press", None),
        ("push-press", None),
    ],
)
def test_half_repetitions_of_any_depth_stay_partial(
    monkeypatch: pytest.MonkeyPatch, movement: str, fault: str | None
) -> None:
    for module in (legato.simulate.bench, legato.simulate.exercise, legato.simulate.lifts):
        monkeypatch.setattr(module, "rep_depths", planned)
    found = reasons(movement, reps=4, fault=fault, fault_size=20.0 if fault else None)
    assert found.count("") == 4, found
    assert all("partial" in reason for reason in found if reason)
    assert len(found) > 4
