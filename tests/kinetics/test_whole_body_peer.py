"""L5/S1, shoulders and elbows with exact kinematics, against MuJoCo's inverse dynamics of the same segments."""

import numpy as np
import pytest

from legato.kinetics._motion_kernels import segment_rates
from legato.kinetics.ground import FootLoad
from legato.kinetics.loads import Load
from legato.kinetics.lumbar import lumbar_from_below
from legato.kinetics.segments import MovingBody, MovingSegment
from legato.kinetics.top_down import arm_moments, lumbar_from_above
from legato.recording import FloatArray
from legato.simulate import simulate
from legato.simulate.ground import ground_reaction
from legato.simulate.inverse import InverseDynamics, OutsideLoad, inverse_dynamics, loads_of_things
from legato.simulate.rigid import GRAVITY_M_S2, RigidMotion, rigid_motion

RATE_HZ = 1000.0

NAMES = {"lumbar": "thorax", "thorax": "chest"}
"""The athlete's spine bends in two places; the product's thorax is all that lies on L5/S1."""


def as_measured(moving: RigidMotion, mass_kg: float) -> MovingBody:
    """The athlete's own segments, exact, with rates by the product's differences."""
    centres = moving.centres()
    found: list[MovingSegment] = []
    for k, segment in enumerate(moving.segments):
        rates = [np.empty_like(centres[k]) for _ in range(4)]
        segment_rates(np.ascontiguousarray(centres[k]), np.ascontiguousarray(moving.rotation[k]), RATE_HZ, *rates)
        name, above = (NAMES.get(n, n) for n in (segment.name, segment.above))
        found.append(
            MovingSegment(
                name=name,
                parent=above or None,
                joint=segment.joint,
                mass_kg=segment.mass_kg,
                inertia=segment.inertia,
                centre_m=centres[k],
                rotation=moving.rotation[k],
                velocity=rates[0],
                acceleration=rates[1],
                turning=rates[2],
                turning_rate=rates[3],
                joint_m=moving.joint[k],
            )
        )
    thing = moving.held[0]
    points = {f"hand_{on.rpartition('_')[2]}": grip for on, grip in zip(thing.on, thing.grips, strict=True)}
    return MovingBody(tuple(reversed(found)), mass_kg, RATE_HZ, 0.0, 100.0, 1.0, (), points)


def solved(movement: str) -> tuple[RigidMotion, InverseDynamics, FootLoad]:
    pytest.importorskip("mujoco")
    moves = simulate(movement, reps=1, noise_m=0.0, wobble_m=0.0).motion
    count = round(moves.duration_s * RATE_HZ)
    moving = rigid_motion(moves, 0.0, RATE_HZ, count)
    ground = ground_reaction(moves, RATE_HZ, 0.54)
    outside = list(loads_of_things(moving))
    for side, load in (("left", ground.left), ("right", ground.right)):
        outside.append(OutsideLoad(f"foot_{side}", load.force, load.moment()))
    total = FootLoad(ground.total, ground.about, np.ones(count, dtype=np.bool_))
    return moving, inverse_dynamics(moving, tuple(outside)), total


def apart(mine: FloatArray, theirs: FloatArray) -> float:
    """Largest difference as a share of the largest moment."""
    known = np.isfinite(mine).all(axis=1)
    assert known.sum() > 0.9 * len(mine)
    return float(np.abs(mine - theirs)[known].max() / np.abs(theirs[known]).max())


@pytest.mark.slow
@pytest.mark.peer
@pytest.mark.parametrize("movement", ["back-squat", "hip-hinge"])
def test_exact_kinematics_give_mujocos_moments(movement: str) -> None:
    """Within 1e-3 of the largest: what is left are second differences at 1 kHz."""
    moving, theirs, ground = solved(movement)
    body = as_measured(moving, 80.0)
    thing = moving.held[0]
    masses = np.full(thing.place.shape[0], thing.mass_kg)
    load = Load(masses, thing.place, thing.mass_kg * (thing.acceleration - GRAVITY_M_S2), "bar", 0.0)
    lumbar = theirs.joints["lumbosacral"]
    for found in (lumbar_from_above(body, load), lumbar_from_below(body, ground)):
        # Theirs is of the pelvis on the trunk, the product's of the trunk on the pelvis.
        assert apart(-found.moment, lumbar.moment) < 1e-3
        assert apart(-found.force, lumbar.force) < 1e-3
    if movement == "back-squat":
        return
    arms, _ = arm_moments(body, load, "hands")
    assert len(arms) == 4
    for joint in arms:
        theirs_too = theirs.joints[f"{joint.joint}_{joint.side}"]
        assert apart(joint.moment, theirs_too.moment) < 1e-3, joint.name
