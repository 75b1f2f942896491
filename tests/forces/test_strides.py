"""Steps on and off a single plate are strides in a walk, whatever they look like as force alone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import legato
from legato.forces.analyse import Asked, analyse_forces
from legato.recording import Recording, Stream

RATE_HZ = 1000.0


def steps_on_one_plate() -> Recording:
    """Three contacts of 0.7 s, 0.4 s apart, in which the other foot stands beside the plate."""
    t = np.arange(5000) / RATE_HZ
    force = np.zeros(t.size)
    for start in (0.5, 1.6, 2.7):
        inside = (t >= start) & (t < start + 0.7)
        share = (t[inside] - start) / 0.7
        force[inside] = 700.0 * (1.5 * np.sin(np.pi * share) - 0.5 * np.sin(3.0 * np.pi * share))
    force += np.random.default_rng(0).normal(0.0, 1.0, t.size)
    return Recording((Stream("force", "force", force[:, None], RATE_HZ, ("Fz",), ("N",)),))


@pytest.mark.parametrize("strides", [True, False])
def test_steps_are_no_jumps_in_a_walk(strides: bool) -> None:
    found = analyse_forces(steps_on_one_plate(), [], asked=Asked(strides=strides))
    assert found is not None
    # As force alone they are hops, which only the movement tells apart.
    told = found.jumps is not None and bool(found.jumps.jumps or found.jumps.rebounds or found.jumps.refused)
    assert told is not strides


def test_a_walk_of_which_one_foot_is_on_a_plate_tells_no_jump(shared_data: Path) -> None:
    folder = shared_data / "walk-inverse-dynamics"
    walk = legato.read(folder / "subject01_walk.trc", folder / "subject01_walk_grf.mot")
    (force,) = walk.of_kind("force")
    values = force.values.copy()
    values[:, [k for k, name in enumerate(force.channels) if name.startswith("1_")]] = 0.0
    streams = tuple(replace(s, values=values) if s is force else s for s in walk.streams)
    static = legato.read(folder / "subject01_static.trc")
    found = legato.analyze(replace(walk, streams=streams), "gait", static=static, mass_kg=72.6)
    assert found.forces is not None and found.forces.jumps is None
    assert found.kinetics is not None and {joint.side for joint in found.kinetics.joints} == {"right"}
    assert any("Left leg" in note or "left leg" in note for note in found.kinetics.notes)
