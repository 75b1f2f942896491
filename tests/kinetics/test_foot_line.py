"""A foot of which only heel and toe are seen: moments as of the whole foot, in lifts and in a walk."""

from dataclasses import replace
from pathlib import Path

import numpy as np

import legato
from legato.body import build_body
from legato.body.model import Body
from legato.forces.analyse import ForcesResult, RepSpan, analyse_forces
from legato.forces.feet import FootPath
from legato.kinetics.analyse import KineticsResult, analyse_kinetics
from legato.recording import Recording, Span
from legato.simulate import simulate, with_plates


def forces_of(recording: Recording, body: Body) -> ForcesResult:
    feet = [
        FootPath(side, body.times(), np.stack([body.points[f"heel_{side}"], body.points[f"toe_{side}"]], axis=1))
        for side in ("left", "right")
    ]
    found = analyse_forces(recording, (), feet)
    assert found is not None
    return found


def told(body: Body, forces: ForcesResult, span: Span) -> KineticsResult:
    found = analyse_kinetics(body, forces, [RepSpan(0, span)], mass_kg=75.0, cutoff_hz=6.0)
    assert found is not None
    return found


def worst(recording: Recording, static: Recording | None, span: Span) -> dict[str, float]:
    """By how much moments differ at most without the axes of both feet, N·m, by joint."""
    body = build_body(recording, static=static)
    forces = forces_of(recording, body)
    line = replace(body, segments={name: s for name, s in body.segments.items() if not name.startswith("foot")})
    assert len(line.segments) == len(body.segments) - 2
    found: dict[str, float] = {}
    for whole, less in zip(told(body, forces, span).joints, told(line, forces, span).joints, strict=True):
        assert (whole.name, whole.side) == (less.name, less.side)
        known = np.isfinite(whole.about_axis)
        assert known.sum() > 50
        assert np.array_equal(known, np.isfinite(less.about_axis))
        apart = float(np.abs(less.about_axis - whole.about_axis)[known].max())
        found[whole.joint] = max(apart, found.get(whole.joint, 0.0))
    return found


def test_a_squat_bears_the_same_on_feet_seen_as_lines() -> None:
    made = with_plates(simulate("back-squat", rate_hz=100.0, reps=1, noise_m=0.0005, wobble_m=0.0005))
    apart = worst(made.recording, None, Span(0.5, 3.0))
    assert set(apart) == {"ankle", "knee", "hip"}
    assert max(apart.values()) < 0.1


def test_a_walk_bears_the_same_on_feet_seen_as_lines(shared_data: Path) -> None:
    folder = shared_data / "walk-inverse-dynamics"
    recording = legato.read(folder / "subject01_walk.trc", folder / "subject01_walk_grf.mot")
    apart = worst(recording, legato.read(folder / "subject01_static.trc"), Span(0.7, 1.8))
    assert max(apart.values()) < 0.5
