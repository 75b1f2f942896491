"""Exact joint forces, moments and powers of a simulated athlete, by MuJoCo's inverse dynamics of the prescribed motion.

Legato's own dynamics have no part in it: MuJoCo builds its own tree from the segments and solves it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from legato.errors import BadInput
from legato.recording import FloatArray
from legato.simulate.rigid import GRAVITY_M_S2, RigidMotion, RigidSegment
from legato.simulate.rotations import apply, cross, transpose

JOINT_OF: Mapping[str, str] = {
    "lumbar": "lumbosacral",
    "thorax": "thoracolumbar",
    "head": "neck",
    "upper_arm": "shoulder",
    "forearm": "elbow",
    "hand": "wrist",
    "thigh": "hip",
    "shank": "knee",
    "foot": "ankle",
}
"""The joint by which a segment hangs on the one above it."""


@dataclass(frozen=True, slots=True, eq=False)
class OutsideLoad:
    """What acts on a segment from outside: force (n, 3), N, and its moment about the lab's origin (n, 3), N·m."""

    segment: str
    force: FloatArray
    moment: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class JointLoad:
    """What one joint bears, from the segment nearer to the pelvis on the one further away, in lab axes.

    `force` (n, 3), N; `moment` (n, 3), N·m, about `centre` (n, 3), m; `power` (n,), W, of the moment, positive where
    it adds energy. `turning` (n, 3), rad/s, is the angular velocity of the further against the nearer segment, `axes`
    (n, 3, 3) the rotation of the nearer one.
    """

    name: str
    force: FloatArray
    moment: FloatArray
    centre: FloatArray
    turning: FloatArray
    axes: FloatArray
    power: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class InverseDynamics:
    """Loads of all joints by name; what is left over at the pelvis, N and N·m, (n, 3), nothing where the outside loads
    are those that the motion needs; and the energy of all segments, J, (n,).
    """

    joints: Mapping[str, JointLoad]
    left_over_force: FloatArray
    left_over_moment: FloatArray
    energy: FloatArray


def loads_of_things(moving: RigidMotion) -> tuple[OutsideLoad, ...]:
    """What is held, as loads on the segments that carry it: equal forces, and equal couples for what those leave."""
    found: list[OutsideLoad] = []
    for thing in moving.held:
        share = 1.0 / len(thing.on)
        force = -share * thing.mass_kg * (thing.acceleration - GRAVITY_M_S2)
        couple = cross(thing.place - thing.grips.mean(axis=0), force)
        found += [OutsideLoad(s, force, cross(g, force) + couple) for s, g in zip(thing.on, thing.grips, strict=True)]
    return tuple(found)


def inverse_dynamics(moving: RigidMotion, outside: tuple[OutsideLoad, ...]) -> InverseDynamics:
    """Joint loads of a prescribed motion under known loads from outside.

    Raises
    ------
    BadInput
        MuJoCo is not installed.
    ValueError
        A segment does not follow the one that it hangs on, depth first.
    """
    try:
        import mujoco
    except ImportError as error:
        raise BadInput(
            'simulate: exact joint moments need MuJoCo; run in Legato\'s folder: .venv/bin/pip install -e ".[sim]"'
        ) from error
    model: Any = mujoco.MjModel.from_xml_string(mjcf(moving.segments, moving.joint[:, 0], moving.rotation[:, 0]))
    data: Any = mujoco.MjData(model)
    q, v, a = _coordinates(moving)
    names = [s.name for s in moving.segments]
    if [mujoco.mj_id2name(model, mujoco.mjtObj.mjOBJ_BODY, 1 + k) for k in range(len(names))] != names:
        raise ValueError("segments must stand in the order of their tree, depth first")
    n, count, origin = q.shape[0], len(names), np.zeros(3)
    needed, between, energy = np.empty((n, model.nv)), np.empty((n, count, 6)), np.empty(n)
    for i in range(n):
        data.qpos[:], data.qvel[:], data.qacc[:] = q[i], v[i], a[i]
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        data.xfrc_applied[:] = 0.0
        applied = np.zeros(model.nv)
        for load in outside:
            body = 1 + names.index(load.segment)
            mujoco.mj_applyFT(model, data, load.force[i], load.moment[i], origin, body, applied)
            # MuJoCo takes a body's outside load about its centre of mass.
            data.xfrc_applied[body, :3] += load.force[i]
            data.xfrc_applied[body, 3:] += load.moment[i] - np.cross(data.xipos[body], load.force[i])
        mujoco.mj_inverse(model, data)
        needed[i] = data.qfrc_inverse - applied
        mujoco.mj_rnePostConstraint(model, data)
        between[i, :, :3] = data.cfrc_int[1:, 3:]
        # About the pelvis' whole subtree's centre of mass.
        between[i, :, 3:] = data.cfrc_int[1:, :3] + np.cross(data.subtree_com[1], data.cfrc_int[1:, 3:])
        energy[i] = data.energy.sum()
    joints: dict[str, JointLoad] = {}
    for k, segment in enumerate(moving.segments):
        if not segment.above:
            continue
        base, _, side = segment.name.rpartition("_")
        name = f"{JOINT_OF[base]}_{side}" if base in JOINT_OF and side in ("right", "left") else JOINT_OF[segment.name]
        above = names.index(segment.above)
        dofs = slice(3 + 3 * k, 6 + 3 * k)
        joints[name] = JointLoad(
            name=name,
            force=between[:, k, :3],
            moment=apply(moving.rotation[k], needed[:, dofs]),
            centre=moving.joint[k],
            turning=moving.turning[k] - moving.turning[above],
            axes=moving.rotation[above],
            power=np.einsum("ni,ni->n", needed[:, dofs], v[:, dofs]),
        )
    return InverseDynamics(joints, needed[:, :3], apply(moving.rotation[0], needed[:, 3:6]), energy)


def mjcf(segments: tuple[RigidSegment, ...], joint: FloatArray, rotation: FloatArray) -> str:
    """MuJoCo's XML of the segments: a free pelvis and a ball joint at every other one, with nothing but gravity.

    `joint` (s, 3) and `rotation` (s, 3, 3) are one frame's, from which each joint's place on the segment above it is
    read; it is the same in every frame.
    """
    children: dict[str, list[int]] = {}
    for k, segment in enumerate(segments):
        children.setdefault(segment.above, []).append(k)
    names = [s.name for s in segments]

    def body(k: int) -> str:
        s = segments[k]
        at = np.zeros(3)
        if s.above:
            above = names.index(s.above)
            at = rotation[above].T @ (joint[k] - joint[above])
        kind = '<joint type="ball"/>' if s.above else "<freejoint/>"
        inertial = f'<inertial pos="{_text(s.centre_m)}" mass="{s.mass_kg!r}" diaginertia="{_text(s.inertia)}"/>'
        inner = "".join(body(c) for c in children.get(s.name, ()))
        return f'<body name="{s.name}" pos="{_text(at)}">{kind}{inertial}{inner}</body>'

    return (
        f'<mujoco><option gravity="{_text(GRAVITY_M_S2)}"><flag contact="disable" energy="enable"/></option>'
        f'<compiler balanceinertia="false" boundmass="0"/><worldbody>{body(0)}</worldbody></mujoco>'
    )


def _text(values: FloatArray) -> str:
    return " ".join(repr(float(v)) for v in values)


def _coordinates(moving: RigidMotion) -> tuple[FloatArray, FloatArray, FloatArray]:
    """MuJoCo's positions (n, nq), velocities and accelerations (n, nv): of the pelvis place and turn, of every other
    segment its turn against the one above; rates of turn about its own axes.
    """
    names = [s.name for s in moving.segments]
    n = moving.joint.shape[1]
    q: list[FloatArray] = [moving.joint[0]]
    v, a = [moving.joint_velocity[0]], [moving.joint_acceleration[0]]
    for k, segment in enumerate(moving.segments):
        own = transpose(moving.rotation[k])
        turn, turning, spinning = moving.rotation[k], moving.turning[k], moving.spinning[k]
        if segment.above:
            above = names.index(segment.above)
            turn = transpose(moving.rotation[above]) @ turn
            turning = turning - moving.turning[above]
            spinning = spinning - moving.spinning[above]
        q.append(_quaternions(turn))
        v.append(apply(own, turning))
        a.append(apply(own, spinning - cross(moving.turning[k], turning)))
    assert all(len(x) == n for x in q)
    return np.concatenate(q, axis=1), np.concatenate(v, axis=1), np.concatenate(a, axis=1)


def _quaternions(rotation: FloatArray) -> FloatArray:
    """Unit quaternions, real part first, shape (n, 4)."""
    from scipy.spatial.transform import Rotation

    return np.roll(Rotation.from_matrix(rotation).as_quat(), 1, axis=1)
