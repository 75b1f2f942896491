"""Joint loads of simulated athletes by MuJoCo: they balance, agree with closed forms and make up the energy."""

import builtins

import numpy as np
import pytest

from legato.errors import BadInput
from legato.recording import FloatArray
from legato.simulate import simulate
from legato.simulate.ground import ground_reaction
from legato.simulate.inverse import InverseDynamics, OutsideLoad, inverse_dynamics, loads_of_things
from legato.simulate.rigid import RigidMotion, rigid_motion

RATE_HZ = 1000.0


def solved(movement: str, **settings: object) -> tuple[RigidMotion, InverseDynamics, list[OutsideLoad]]:
    pytest.importorskip("mujoco")
    moves = simulate(movement, reps=1, noise_m=0.0, wobble_m=0.0, **settings).motion
    moving = rigid_motion(moves, 0.0, RATE_HZ, round(moves.duration_s * RATE_HZ))
    ground = ground_reaction(moves, RATE_HZ, 0.54)
    outside = list(loads_of_things(moving))
    for side, load in (("left", ground.left), ("right", ground.right)):
        outside.append(OutsideLoad(f"foot_{side}", load.force, load.moment()))
    return moving, inverse_dynamics(moving, tuple(outside)), outside


CASES = [("back-squat", {}), ("push-press", {"mirror": True, "heading_deg": 30.0}), ("hip-hinge", {"tempo": 0.7})]


@pytest.mark.peer
@pytest.mark.parametrize(("movement", "settings"), CASES)
def test_nothing_is_left_over_at_the_pelvis(movement: str, settings: dict[str, object]) -> None:
    """Two roads to the ground's load: Newton and Euler summed over segments here, MuJoCo's tree there."""
    _, found, _ = solved(movement, **settings)
    # Of 1500 N and 1000 N·m; rounding of second differences at 1 kHz is 1e-10 m/s² a segment.
    assert np.abs(found.left_over_force).max() < 1e-6
    assert np.abs(found.left_over_moment).max() < 1e-6


@pytest.mark.peer
@pytest.mark.parametrize(("movement", "settings"), CASES)
def test_moments_and_loads_make_up_the_change_of_energy(movement: str, settings: dict[str, object]) -> None:
    moving, found, outside = solved(movement, **settings)
    names = [s.name for s in moving.segments]
    power = np.sum([j.power for j in found.joints.values()], axis=0)
    for load in outside:
        k = names.index(load.segment)
        about = load.moment - np.cross(moving.joint[k], load.force)
        power += np.einsum("ni,ni->n", load.force, moving.joint_velocity[k])
        power += np.einsum("ni,ni->n", about, moving.turning[k])
    change = (found.energy[2:] - found.energy[:-2]) * 0.5 * RATE_HZ
    # Central differences of the energy are what is not exact.
    assert np.abs(power[1:-1] - change).max() < 2e-4 * np.abs(change).max()
    work = np.sum(0.5 * (power[1:] + power[:-1])) / RATE_HZ
    assert work == pytest.approx(found.energy[-1] - found.energy[0], abs=1e-3)


@pytest.mark.peer
def test_a_knee_bears_what_is_beneath_it() -> None:
    """One joint by hand: the ground's load less weight and inertia of foot and shank."""
    moving, found, outside = solved("back-squat")
    names = [s.name for s in moving.segments]
    ground = next(load for load in outside if load.segment == "foot_right")
    centres, accelerations = moving.centres(), moving.centre_acceleration()
    knee = found.joints["knee_right"]
    force, moment = -ground.force, -ground.moment
    for name in ("shank_right", "foot_right"):
        k = names.index(name)
        s, r = moving.segments[k], moving.rotation[k]
        push = s.mass_kg * (accelerations[k] + [0.0, 0.0, 9.80665])
        own, gain = (np.einsum("nji,nj->ni", r, v[k]) for v in (moving.turning, moving.spinning))
        spin = np.einsum("nij,nj->ni", r, s.inertia * gain + np.cross(own, s.inertia * own))
        force, moment = force + push, moment + np.cross(centres[k], push) + spin
    np.testing.assert_allclose(knee.force, force, atol=1e-6)
    np.testing.assert_allclose(knee.moment, moment - np.cross(knee.centre, force), atol=1e-6)
    assert np.abs(knee.moment).max() > 50.0


@pytest.mark.peer
def test_segments_out_of_order_are_refused() -> None:
    pytest.importorskip("mujoco")
    moving = rigid_motion(simulate("back-squat", reps=1).motion, 1.0, 200.0, 4)
    order = [0, 1, 2, 3, 10, 11, 12, *range(4, 10), *range(13, 16)]
    arrays: dict[str, FloatArray] = {
        name: getattr(moving, name)[order]
        for name in ("rotation", "turning", "spinning", "joint", "joint_velocity", "joint_acceleration")
    }
    shuffled = RigidMotion(tuple(moving.segments[k] for k in order), 1.0, 200.0, **arrays, held=())
    with pytest.raises(ValueError, match="depth first"):
        inverse_dynamics(shuffled, ())


def test_without_mujoco_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: object, **kwargs: object) -> object:
        if name == "mujoco":
            raise ImportError(name)
        return real(name, *args, **kwargs)  # type: ignore[arg-type]

    moving = rigid_motion(simulate("back-squat", reps=1).motion, 1.0, 200.0, 4)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(BadInput, match=r"\[sim\]"):
        inverse_dynamics(moving, ())
