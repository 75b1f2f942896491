"""Extension of the back: beyond standing anywhere in the lift, and a flare that is gone before the lowest point."""

from dataclasses import replace

import numpy as np
import pytest

import legato
from legato.analysis import Analysis
from legato.body.model import Body
from legato.faults import Finding, Trial, faults_of, find_faults
from legato.simulate import simulate


@pytest.fixture(scope="module", params=["hip-hinge", "back-squat"])
def clean(request: pytest.FixtureRequest) -> Analysis:
    return legato.analyze(simulate(request.param, seed=11, reps=5).recording, request.param)


def arched(analysis: Analysis, phase: str, share: float, deg: float, width_s: float = 0.15) -> Body:
    """The body with an arch of so much about an instant of each repetition's phase."""
    body = analysis.body
    t = body.start_s + np.arange(body.n_frames) / body.rate_hz
    bump = np.zeros(t.size)
    for rep in analysis.reps:
        span = rep.phase(phase)
        assert span is not None
        at = span.start_s + share * (span.end_s - span.start_s)
        bump += np.radians(deg) * np.exp(-0.5 * ((t - at) / width_s) ** 2)
    angle = body.angles["lumbar_flexion"]
    return replace(body, angles={**body.angles, "lumbar_flexion": angle - bump})


def found(analysis: Analysis, body: Body, fault: str) -> Finding:
    asked = [f for f in faults_of(analysis.movement) if f.id == fault]
    return find_faults(Trial(body, analysis.movement, analysis.reps), asked)[0]


def test_a_flare_that_is_gone_before_the_lowest_point_is_found(clean: Analysis):
    assert found(clean, clean.body, "rib-flare").verdict == "ok"
    flare = found(clean, arched(clean, "descent", 0.45, 24.0), "rib-flare")
    assert flare.verdict == "fault" and len(flare.reps) == len(clean.reps)
    # What comes after the hips are loaded is no flare while they are.
    assert found(clean, arched(clean, "ascent", 0.6, 24.0), "rib-flare").verdict == "ok"


def test_an_arch_on_the_way_up_is_extension_beyond_standing(clean: Analysis):
    if clean.movement.family != "hinge":
        assert "lumbar-extension" not in [f.id for f in faults_of(clean.movement)]
        return
    assert found(clean, clean.body, "lumbar-extension").verdict == "ok"
    for phase, share in (("ascent", 0.7), ("descent", 0.3)):
        extension = found(clean, arched(clean, phase, share, 30.0), "lumbar-extension")
        assert (extension.verdict, extension.band) == ("fault", (None, 10.0))
    assert found(clean, arched(clean, "ascent", 0.7, 14.0), "lumbar-extension").verdict != "fault"


def test_the_planted_arch_is_found():
    planted = simulate("hip-hinge", seed=12, reps=5, fault="lumbar-extension", fault_size=35.0)
    result = legato.analyze(planted.recording, "hip-hinge")
    assert "lumbar-extension" in [f.fault.id for f in result.findings if f.verdict == "fault"]
