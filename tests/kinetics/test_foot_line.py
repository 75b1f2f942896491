"""A foot of which only heel and toe are seen: moments as of the whole foot, and no power of its ankle."""

from dataclasses import replace
from pathlib import Path

import numpy as np

import legato
from legato.body import build_body
from legato.body.model import Body
from legato.forces.analyse import ForcesResult, RepSpan, analyse_forces
from legato.forces.feet import FootPath
from legato.kinetics.analyse import KineticsResult, analyse_kinetics
from legato.kinetics.flow import analyse_power
from legato.recording import Recording, Span
from legato.report.power_record import power_lines
from legato.simulate import simulate, with_plates

from .squats import squat


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


def test_an_ankle_whose_foot_is_seen_as_a_line_has_no_power_and_no_sum_that_needs_it() -> None:
    made = squat(rate_hz=100.0, reps=1, noise_m=0.0005, wobble_m=0.0005)[1]
    assert made.power is not None
    less = {name: s for name, s in made.body.segments.items() if name != "foot_right"}
    body = replace(made.body, segments=less)
    loads = {rep.index: 60.0 for rep in made.reps}
    power = analyse_power(body, made.forces, made.kinetics, made.power.stretches, loads_kg=loads)
    assert power is not None
    assert set(power.refused) == {"ankle_right"}
    assert "the turn of its foot is not measured" in power.refused["ankle_right"]
    assert all((work.drawn is None) == (work.joint == "ankle_right") for work in power.works)
    # What the legs hand to the pelvis and what all joints hand to the bar cannot be a share of what they generate.
    assert not any(step.from_link == "legs" for step in power.steps)
    assert all(step.ratio.of_set is None for step in power.steps if step.from_link == "all joints")
    assert all(leak.share.of_set is None and not leak.named for leak in power.leaks)
    brake = next(gain for gain in power.gains if gain.name == "legs_brake")
    assert brake.value.of_set is None
    said = power_lines(power)
    assert any("Not told of the right ankle" in line for line in said)
    assert not any("what the legs generate." in line or "right ankle 0" in line for line in said)
