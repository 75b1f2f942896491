"""Moments, forces and powers against the inverse dynamics of MuJoCo and Pinocchio, on motion that is known exactly.

Both programs get the same rigid segments (their masses, centres and inertias are what the body's tables say) and the
same exact poses; everything else, from derivatives to recursion, is their own.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from legato.body.model import Body, SegmentMotion
from legato.kinetics.ground import FootLoad
from legato.kinetics.loads import Load
from legato.kinetics.lumbar import lumbar_from_below
from legato.kinetics.moments import JointMoment, leg_moments
from legato.kinetics.power_joints import powered_joints
from legato.kinetics.segments import LUMBOSACRAL, MovingBody, moving_segments
from legato.kinetics.top_down import arm_moments, lumbar_from_above
from legato.recording import BoolArray, FloatArray
from legato.simulate import simulate
from legato.simulate.inverse import InverseDynamics, JointLoad, OutsideLoad, inverse_dynamics
from legato.simulate.rigid import GRAVITY_M_S2, RigidMotion, RigidSegment, lab_pose, moved, needed_from_outside
from legato.simulate.rotations import cross
from legato.simulate.skeleton import Pose, head_centre

RATE_HZ = 2000.0
CUTOFF_HZ = 800.0
"""As good as none: what moves within 10 Hz passes to 1e-6."""

MASS_KG, BAR_KG = 80.0, 40.0

LINKS = (
    ("pelvis", "", "mid_hip"),
    ("thorax", "pelvis", "sacrum"),
    ("head", "thorax", "neck"),
    *(
        (f"{name}_{side}", above if above == "thorax" else f"{above}_{side}", f"{joint}_{side}")
        for side in ("right", "left")
        for name, above, joint in (
            ("upper_arm", "thorax", "shoulder"),
            ("forearm", "upper_arm", "elbow"),
            ("hand", "forearm", "wrist"),
        )
    ),
    *(
        (f"{name}_{side}", above if above == "pelvis" else f"{above}_{side}", f"{joint}_{side}")
        for side in ("right", "left")
        for name, above, joint in (("thigh", "pelvis", "hip"), ("shank", "thigh", "knee"), ("foot", "shank", "ankle"))
    ),
)
"""Segments as Legato has them, depth first: the trunk above L5/S1 is one."""

POINTS = ("hip", "knee", "ankle", "toe", "heel", "shoulder", "elbow", "wrist", "hand")


@dataclass(frozen=True)
class Case:
    """One exact motion: the body as Legato would measure it without any error, and what MuJoCo says of it."""

    body: Body
    moving: MovingBody
    grounds: dict[str, FootLoad]
    load: Load
    rigid: RigidMotion
    outside: tuple[OutsideLoad, ...]
    truth: InverseDynamics


def exact_pose(movement: str, times: FloatArray, settings: dict[str, Any]) -> Pose:
    """A pose whose trunk is one rigid piece from L5/S1 to the neck: all above moves along with where that puts it."""
    moves = simulate(movement, reps=1, **settings).motion
    pose = lab_pose(moves, times)
    thorax = pose.rotation["thorax"]
    spine = moves.athlete.spine["lumbar"] + moves.athlete.spine["thorax"]
    by = pose.point["sacrum"] + thorax @ spine - pose.point["neck"]
    for name in pose.point:
        if name.rpartition("_")[0] in ("shoulder", "elbow", "wrist", "hand") or name in ("neck", "head", "bar"):
            pose.point[name] = pose.point[name] + by
    # And the head turns on the neck's base.
    pose.point["head"] = pose.point["neck"] + pose.rotation["head"] @ head_centre(moves.athlete)
    # A walk without objects: what is held hangs between the hands.
    pose.point.setdefault("bar", 0.5 * (pose.point["hand_right"] + pose.point["hand_left"]))
    heel = np.array([-0.05, -0.06, 0.0])
    for side in ("right", "left"):
        pose.point[f"heel_{side}"] = pose.point[f"ankle_{side}"] + pose.rotation[f"foot_{side}"] @ heel
    return pose


def case(movement: str, start_s: float, seconds: float, **settings: Any) -> Case:
    """A stretch of a simulated movement; the ground's load is shared by both feet, and acts off their middles."""
    pytest.importorskip("mujoco", reason="the exact truth comes from MuJoCo: pip install legato[sim]")
    n = round(seconds * RATE_HZ)
    pose = exact_pose(movement, start_s + np.arange(-3, n + 3) / RATE_HZ, settings)
    inner = slice(3, -3)
    points = {f"{name}_{side}": pose.point[f"{name}_{side}"][inner] for name in POINTS for side in ("right", "left")}
    points |= {name: pose.point[name][inner] for name in ("neck", "head", "bar")}
    points[LUMBOSACRAL] = pose.point["sacrum"][inner]
    unfilled = np.zeros(n, dtype=np.bool_)
    place, turn = pose.point, pose.rotation
    segments = {
        name: SegmentMotion(
            name, (), np.empty((0, 3)), place[joint][inner], turn[name][inner], np.empty((n, 0, 3)), unfilled
        )
        for name, _, joint in LINKS
    }  # fmt: skip
    body = Body(RATE_HZ, 0.0, n, "markers", "", segments, {}, points, dict.fromkeys(points, unfilled))
    moving = moving_segments(body, MASS_KG, CUTOFF_HZ, "male")
    rigid = moved(tuple(rigid_segment(moving, *link, pose) for link in LINKS), pose, (), 0.0, RATE_HZ)
    carried = pose.point["bar"]
    push = BAR_KG * ((carried[4:-2] - 2.0 * carried[3:-3] + carried[2:-4]) * RATE_HZ**2 - GRAVITY_M_S2)
    load = Load(np.full(n, BAR_KG), points["bar"], push, "bar", 0.01)
    force, moment = needed_from_outside(rigid)
    force, moment = force + push, moment + np.cross(points["bar"], push)
    outside = [OutsideLoad(f"foot_{side}", share * force, share * moment) for side, share in SHARES.items()]
    grounds = {load.segment[5:]: FootLoad(load.force, load.moment, np.ones(n, dtype=np.bool_)) for load in outside}
    across = points["hand_right"] - points["hand_left"]
    across = across / np.linalg.norm(across, axis=1, keepdims=True)
    for side in SHARES:
        aside = np.einsum("ni,ni->n", points[f"hand_{side}"] - points["bar"], across)
        grip = points["bar"] + aside[:, None] * across
        pull: FloatArray = -0.5 * push
        outside.append(OutsideLoad(f"hand_{side}", pull, cross(grip, pull)))
    truth = inverse_dynamics(rigid, tuple(outside))
    return Case(body, moving, grounds, load, rigid, tuple(outside), truth)


SHARES = {"right": 0.6, "left": 0.4}


def rigid_segment(moving: MovingBody, name: str, above: str, joint: str, pose: Pose) -> RigidSegment:
    """A segment of the table; that its centre is the same in all frames is checked, but for those that the ends of the
    low-pass reach.
    """
    segment = moving.get(name)
    assert segment is not None
    arm = segment.centre_m - pose.point[joint][3:-3]
    centre = np.einsum("nji,nj->ni", segment.rotation, arm)[100:-100]
    np.testing.assert_allclose(centre, np.broadcast_to(centre[0], centre.shape), atol=1e-5)
    return RigidSegment(name, above, joint, segment.mass_kg, centre.mean(axis=0), segment.inertia)


CASES = {
    "squat": ("back-squat", 2.0, 2.5, {"lag_s": 0.1, "asymmetry_deg": 8.0}),
    "press": ("push-press", 1.8, 1.8, {"heading_deg": 50.0}),
    "jump": ("countermovement-jump", 1.1, 1.1, {"tempo": 0.9}),
    "throw": ("throw", 1.0, 1.5, {"mirror": True}),
    "walk": ("gait", 0.5, 1.4, {}),
}


@pytest.fixture(scope="module", params=CASES)
def exact(request: pytest.FixtureRequest) -> Case:
    movement, start, seconds, settings = CASES[request.param]
    return case(movement, start, seconds, noise_m=0.0, wobble_m=0.0, **settings)


def theirs(truth: InverseDynamics, joint: JointMoment) -> JointLoad:
    """MuJoCo's load of the same joint; its trunk hangs on the pelvis, so its thorax meets it at L5/S1."""
    name = "thoracolumbar" if joint.joint == LUMBOSACRAL else f"{joint.joint}_{joint.side}"
    return truth.joints[name]


def known_in(mine: FloatArray) -> BoolArray:
    """Where mine is known, (n,), but for 50 ms at both ends, where a low-pass of a motion that is cut off in full swing
    leans on what was not recorded.
    """
    known: BoolArray = np.isfinite(mine if mine.ndim == 1 else mine.sum(axis=1))
    assert known[100:-100].all()
    known[:100] = known[-100:] = False
    return known


def apart(mine: FloatArray, other: FloatArray) -> float:
    """The largest difference, as a share of the largest of theirs."""
    known = known_in(mine)
    return float(np.abs(mine - other)[known].max() / np.abs(other[known]).max())


def joints_of(exact: Case) -> list[tuple[JointMoment, float]]:
    """Every joint that Legato tells, and the sign by which its load is that on the segment further from the pelvis."""
    arms, without = arm_moments(exact.moving, exact.load, "hands")
    assert len(arms) == 4, without
    both = FootLoad(
        exact.grounds["right"].force + exact.grounds["left"].force,
        exact.grounds["right"].moment + exact.grounds["left"].moment,
        exact.grounds["right"].on_plate,
    )
    legs = leg_moments(exact.body, exact.grounds, MASS_KG, CUTOFF_HZ, "male")
    assert len(legs) == 6
    above, below = lumbar_from_above(exact.moving, exact.load), lumbar_from_below(exact.moving, both)
    return [*((joint, 1.0) for joint in (*legs, *arms)), (above, -1.0), (below, -1.0)]


@pytest.mark.peer
def test_forces_and_moments_are_mujocos(exact: Case) -> None:
    """1e-3 of the largest: central differences at 2 kHz are short by (ω/2000)²/12 of what turns at ω rad/s."""
    for joint, sign in joints_of(exact):
        other = theirs(exact.truth, joint)
        assert apart(sign * joint.force, other.force) < 1e-3, joint.name
        assert apart(sign * joint.moment, other.moment) < 1e-3, joint.name


@pytest.mark.peer
def test_a_moment_is_told_about_the_proximal_axis(exact: Case) -> None:
    """What is named after an action: about the mediolateral axis of the segment nearer to the pelvis."""
    signs = {"ankle": -1.0, "knee": 1.0, "hip": -1.0, "elbow": 1.0, "shoulder": 1.0, LUMBOSACRAL: 1.0}
    for joint, _ in joints_of(exact):
        other = theirs(exact.truth, joint)
        along = signs[joint.joint] * np.einsum("ni,ni->n", other.moment, other.axes[:, :, 2])
        known = known_in(joint.about_axis)
        difference = np.abs(joint.about_axis - along)[known].max()
        assert difference < 1e-3 * np.abs(other.moment).max(), joint.name


@pytest.mark.peer
def test_powers_and_work_are_mujocos(exact: Case) -> None:
    """The moment's power from MuJoCo is force times rate of its own coordinates."""
    for joint, _ in joints_of(exact):
        other = theirs(exact.truth, joint)
        # Power is small where a moment and a turn are across each other: a share of the largest that they could make.
        size = float(np.abs(np.linalg.norm(other.moment, axis=1) * np.linalg.norm(other.turning, axis=1)).max())
        known = known_in(joint.power)
        assert np.abs(joint.power - other.power)[known].max() < 1e-3 * max(size, 0.1), joint.name
        gone = np.abs(np.trapezoid(joint.power[known] - other.power[known], dx=1.0 / RATE_HZ))
        moved_j = np.trapezoid(np.abs(other.power[known]), dx=1.0 / RATE_HZ)
        assert gone < 0.01 * max(moved_j, 1.0), joint.name


@pytest.mark.peer
def test_powers_of_the_flow_are_mujocos(exact: Case) -> None:
    """What a joint generates, takes and hands on, against MuJoCo's force, moment and velocities."""
    legs = [joint for joint, _ in joints_of(exact) if joint.joint in ("ankle", "knee", "hip")]
    names = [s.name for s in exact.rigid.segments]
    for powered in powered_joints(exact.body, exact.moving, legs):
        power = powered.power
        other = exact.truth.joints[power.name]
        behind, ahead = names.index(power.behind), names.index(power.ahead)
        velocity = exact.rigid.joint_velocity[behind]
        pairs = (
            (power.net, other.power),
            (power.moment_ahead, -np.einsum("ni,ni->n", other.moment, exact.rigid.turning[ahead])),
            (power.moment_behind, np.einsum("ni,ni->n", other.moment, exact.rigid.turning[behind])),
            (power.force_ahead, -np.einsum("ni,ni->n", other.force, velocity)),
            (power.force_behind, np.einsum("ni,ni->n", other.force, velocity)),
        )
        turn = np.linalg.norm(exact.rigid.turning[[behind, ahead]], axis=2).max(axis=0)
        size = np.linalg.norm(other.moment, axis=1) * turn
        size = max(float((size + np.linalg.norm(other.force, axis=1) * np.linalg.norm(velocity, axis=1)).max()), 1.0)
        for mine, expected in pairs:
            known = known_in(mine)
            assert np.abs(mine - expected)[known].max() < 1e-3 * size, power.name


@pytest.mark.peer
def test_both_ways_meet_at_the_pelvis(exact: Case) -> None:
    """What is left over at L5/S1 is what plates and all segments together differ by, to rounding."""
    (above, _), (below, _) = joints_of(exact)[-2:]
    whole = sum((s.push for s in exact.moving.segments), np.zeros_like(exact.load.push)) + exact.load.push
    ground = exact.grounds["right"].force + exact.grounds["left"].force
    left = below.force - above.force - (whole - ground)
    assert np.nanmax(np.abs(left)) < 1e-9
    # And both are exact here, so nothing is left over but central differences.
    assert apart(below.moment, above.moment) < 1e-3


@pytest.mark.peer
def test_work_makes_up_the_change_of_energy(exact: Case) -> None:
    """Legato's moments with the ground's and the load's work, against MuJoCo's own energy of the body."""
    names = [s.name for s in exact.rigid.segments]
    told = {theirs(exact.truth, joint).name: joint.power for joint, _ in joints_of(exact)}
    # Joints that Legato does not tell (neck, wrists) are MuJoCo's.
    power = np.sum([told.get(name, joint.power) for name, joint in exact.truth.joints.items()], axis=0)
    for load in exact.outside:
        k = names.index(load.segment)
        about = load.moment - np.cross(exact.rigid.joint[k], load.force)
        power = power + np.einsum("ni,ni->n", load.force, exact.rigid.joint_velocity[k])
        power = power + np.einsum("ni,ni->n", about, exact.rigid.turning[k])
    known = np.flatnonzero(known_in(power))
    energy = exact.truth.energy[known[0] : known[-1] + 1]
    work = np.concatenate(([0.0], np.cumsum(0.5 * (power[known][1:] + power[known][:-1]) / RATE_HZ)))
    assert np.ptp(energy) > 20.0
    assert np.abs(work - (energy - energy[0])).max() < 0.01 * np.ptp(energy)


@pytest.mark.peer
def test_mujoco_and_pinocchio_agree(exact: Case) -> None:
    """A second program, by another recursion, over the same tree: the truth itself."""
    pinocchio = pytest.importorskip("pinocchio", reason="the second peer is not installed: pip install pin")
    model = pinocchio.Model()
    model.gravity.linear = GRAVITY_M_S2
    names = [s.name for s in exact.rigid.segments]
    ids: dict[str, int] = {}
    for k, s in enumerate(exact.rigid.segments):
        at = np.zeros(3)
        if s.above:
            above = names.index(s.above)
            at = exact.rigid.rotation[above, 0].T @ (exact.rigid.joint[k, 0] - exact.rigid.joint[above, 0])
        kind = pinocchio.JointModelSpherical() if s.above else pinocchio.JointModelFreeFlyer()
        place = pinocchio.SE3(np.eye(3), at)
        ids[s.name] = model.addJoint(ids.get(s.above, 0), kind, place, s.name)
        inertia = pinocchio.Inertia(s.mass_kg, s.centre_m, np.diag(s.inertia))
        model.appendBodyToJoint(ids[s.name], inertia, pinocchio.SE3.Identity())
    data = model.createData()
    for i in range(50, exact.body.n_frames, 400):
        q, v, a = np.zeros(model.nq), np.zeros(model.nv), np.zeros(model.nv)
        for k, s in enumerate(exact.rigid.segments):
            r, w, g = exact.rigid.rotation[k, i], exact.rigid.turning[k, i], exact.rigid.spinning[k, i]
            joint = model.joints[ids[s.name]]
            if not s.above:
                velocity, acceleration = exact.rigid.joint_velocity[k, i], exact.rigid.joint_acceleration[k, i]
                q[joint.idx_q : joint.idx_q + 7] = [*exact.rigid.joint[k, i], *pinocchio.Quaternion(r).coeffs()]
                v[joint.idx_v : joint.idx_v + 6] = [*(r.T @ velocity), *(r.T @ w)]
                # Its acceleration is that of the moving frame: less what the frame's turn makes of the velocity.
                a[joint.idx_v : joint.idx_v + 6] = [*(r.T @ (acceleration - np.cross(w, velocity))), *(r.T @ g)]
                continue
            above = names.index(s.above)
            relative = exact.rigid.rotation[above, i].T @ r
            turn = w - exact.rigid.turning[above, i]
            q[joint.idx_q : joint.idx_q + 4] = pinocchio.Quaternion(relative).coeffs()
            v[joint.idx_v : joint.idx_v + 3] = r.T @ turn
            a[joint.idx_v : joint.idx_v + 3] = r.T @ (g - exact.rigid.spinning[above, i] - np.cross(w, turn))
        outer = pinocchio.StdVec_Force()
        for _ in range(model.njoints):
            outer.append(pinocchio.Force.Zero())
        for load in exact.outside:
            k = names.index(load.segment)
            r, at = exact.rigid.rotation[k, i], exact.rigid.joint[k, i]
            about = load.moment[i] - np.cross(at, load.force[i])
            outer[ids[load.segment]] = pinocchio.Force(r.T @ load.force[i], r.T @ about)
        tau = pinocchio.rnea(model, data, q, v, a, outer)
        for k, s in enumerate(exact.rigid.segments):
            if s.above:
                joint = model.joints[ids[s.name]]
                moment = exact.rigid.rotation[k, i] @ tau[joint.idx_v : joint.idx_v + 3]
                other = next(j for j in exact.truth.joints.values() if np.array_equal(j.centre, exact.rigid.joint[k]))
                np.testing.assert_allclose(moment, other.moment[i], atol=1e-7)
