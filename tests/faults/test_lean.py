"""Why a squat's lean is only held against the athlete's own: balance fixes it, and clean athletes differ widely."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import legato
from legato.analysis import Analysis
from legato.body.inertia import centre_of_mass
from legato.simulate import simulate
from legato.simulate.clean import clean_athlete
from legato.simulate.make import simulate_scenario

KINDS = (None, "long-femur", "stiff-ankle", "hypermobile")


def analysed(kind: str | None, seed: int, movement: str = "back-squat", **changes: Any) -> Analysis:
    scenario = replace(clean_athlete(movement, seed, kind, reps=3), **changes)
    return legato.analyze(simulate_scenario(scenario).recording, movement, mass_kg=scenario.mass_kg)


def at_the_bottom(analysis: Analysis, bar_kg: float) -> tuple[float, float, float]:
    """Lean of trunk and shanks, deg, and where on the foot the body with the bar balances (0 heel, 1 toe)."""
    body = analysis.body
    frames = [round((rep.marks["bottom"] - body.start_s) * body.rate_hz) for rep in analysis.reps if rep.complete]
    points = {name: place[frames] for name, place in body.points.items()}
    heel, toe = (0.5 * (points[f"{end}_right"] + points[f"{end}_left"])[:, :2] for end in ("heel", "toe"))
    centre = centre_of_mass(points)
    assert centre is not None and analysis.settings.mass_kg is not None
    mass = analysis.settings.mass_kg
    whole = (mass * centre[0] + bar_kg * points["bar"]) / (mass + bar_kg)
    foot = toe - heel
    share = float((((whole[:, :2] - heel) * foot).sum(axis=1) / (foot**2).sum(axis=1)).mean())
    shank = 0.5 * (body.angles["shank_pitch_right"] + body.angles["shank_pitch_left"])
    lean, tilt = (float(np.degrees(x[frames]).mean()) for x in (body.angles["thorax_pitch"], shank))
    return lean, tilt, share


@pytest.mark.parametrize("kind", [None, pytest.param("stiff-ankle", marks=pytest.mark.slow)])
def test_more_lean_balances_on_the_same_place(kind: str | None):
    """15 deg more lean come with less tilt of the shanks, and move the balance by 3 % of the foot at most."""
    bar_kg = clean_athlete("back-squat", 500, kind).bar_kg
    clean = at_the_bottom(analysed(kind, 500), bar_kg)
    leaning = at_the_bottom(analysed(kind, 500, fault="excess-lean", fault_size=15.0), bar_kg)
    assert leaning[0] - clean[0] > 12.0
    assert leaning[1] < clean[1] - 1.5
    assert abs(leaning[2] - clean[2]) < 0.03


@pytest.mark.parametrize("kind", [KINDS[1], *(pytest.param(k, marks=pytest.mark.slow) for k in (None, *KINDS[2:]))])
def test_without_a_baseline_no_lean_is_a_fault(kind: str | None):
    for changes in ({}, {"fault": "excess-lean", "fault_size": 12.0}):
        found = next(f for f in analysed(kind, 502, **changes).findings if f.fault.id == "excess-lean")
        assert found.measured is not None
        assert (found.verdict, found.band) == ("not-resolvable", None)


@pytest.mark.slow
def test_front_and_goblet_squats_tell_which_of_hips_and_knees_starts():
    for movement in ("front-squat", "goblet-squat"):
        simulated = simulate(movement, seed=7, reps=5)
        chain = legato.analyze(simulated.recording, movement).chain
        assert chain is not None
        gap = next(g for g in chain.gaps if (g.from_link, g.to_link, g.event) == ("hip", "knee", "onset"))
        starts = [
            rep["events"]["knee_flexion_velocity"]["onset_s"] - rep["events"]["hip_flexion_velocity"]["onset_s"]
            for rep in simulated.truth["reps"]
        ]
        assert gap.set_s is not None and gap.set_s.low <= np.mean(starts) <= gap.set_s.high
