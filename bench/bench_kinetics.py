"""Joint moments and powers of 12 segments, beside pinocchio and OpenSim in the same run: `python -m bench kinetics`.

The trial is 10 s at 250 Hz of a body in free motion: pelvis, trunk, and thigh, shank, foot, upper arm and forearm of
both sides, whose 11 ball joints turn smoothly. From every segment's pose and centre Legato differentiates, sums up
the tree and multiplies. The peers are given what they need as they need it (coordinates, speeds and accelerations,
made beforehand from the same poses) and are timed on inverse dynamics and its product with the speeds alone, frame by
frame through their Python interfaces. Times are processor time of one core, the least of some rounds, warm. The
moments of both peers are compared with Legato's. A peer that is not installed is skipped.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legato.kinetics._power_kernels import joint_powers
from legato.kinetics._wrench_kernels import about_point, net_wrenches
from legato.recording import STANDARD_GRAVITY

FloatArray = NDArray[np.float64]

RATE, SECONDS = 250.0, 10.0
LIMIT_US = 2.0
AGREE = 1e-3

# Segment, what it hangs on, mass (kg), place of its joint in the parent's axes and of its centre in its own (m).
TREE = (
    ("pelvis", None, 9.0, (0.0, 0.0, 0.0), (0.0, 0.05, 0.0)),
    ("trunk", 0, 30.0, (-0.02, 0.10, 0.0), (0.02, 0.25, 0.0)),
    *(
        (f"{name}_{side}", parent + 3 * k if parent > 1 else parent, mass, (x, y, sign * z), (0.0, -centre, 0.0))
        for k, (side, sign) in enumerate((("right", 1.0), ("left", -1.0)))
        for name, parent, mass, (x, y, z), centre in (
            ("thigh", 0, 10.5, (0.0, -0.05, 0.09), 0.18),
            ("shank", 2, 3.6, (0.0, -0.42, 0.0), 0.19),
            ("foot", 3, 1.1, (0.0, -0.43, 0.0), 0.05),
        )
    ),
    *(
        (f"{name}_{side}", parent + 2 * k if parent > 1 else parent, mass, (x, y, sign * z), (0.0, -centre, 0.0))
        for k, (side, sign) in enumerate((("right", 1.0), ("left", -1.0)))
        for name, parent, mass, (x, y, z), centre in (
            ("upper_arm", 1, 2.1, (0.0, 0.45, 0.19), 0.16),
            ("forearm", 8, 1.5, (0.0, -0.29, 0.0), 0.15),
        )
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """Poses of the tree: `rotation` (segments, n, 3, 3) to the lab, `joint` and `centre` (segments, n, 3), and what
    each segment is: `parent`, `mass`, `inertia` (segments, 3), `place` of the joint and `middle` of the mass.
    """

    parent: tuple[int, ...]
    mass: FloatArray
    inertia: FloatArray
    place: FloatArray
    middle: FloatArray
    relative: FloatArray
    rotation: FloatArray
    joint: FloatArray
    centre: FloatArray

    @property
    def n(self) -> int:
        return int(self.rotation.shape[1])


def made() -> Trial:
    """Smooth turns of all joints about three axes, up to a radian and a half a second, and a root that travels."""
    from scipy.spatial.transform import Rotation

    rng = np.random.default_rng(4)
    t = np.arange(int(RATE * SECONDS)) / RATE
    count = len(TREE)
    relative = np.empty((count, t.size, 3, 3))
    for s in range(count):
        turn = sum(
            rng.uniform(-0.35, 0.35, 3) * np.sin(2.0 * np.pi * f * t + rng.uniform(0.0, 6.0))[:, None]
            for f in (0.4, 0.9, 1.3)
        )
        relative[s] = Rotation.from_rotvec(turn).as_matrix()
    parent = tuple(-1 if entry[1] is None else int(entry[1]) for entry in TREE)
    mass = np.array([entry[2] for entry in TREE])
    place, middle = (np.array([entry[k] for entry in TREE]) for k in (3, 4))
    inertia = mass[:, None] * np.array([0.012, 0.004, 0.014]) * rng.uniform(0.8, 1.2, (count, 3))
    rotation, joint, centre = np.empty_like(relative), np.empty((count, t.size, 3)), np.empty((count, t.size, 3))
    root = np.column_stack((0.4 * np.sin(1.5 * t), 0.2 * np.cos(2.0 * t), 1.0 + 0.1 * np.sin(4.0 * t)))
    for s, p in enumerate(parent):
        rotation[s] = relative[s] if p < 0 else rotation[p] @ relative[s]
        joint[s] = root if p < 0 else joint[p] + rotation[p] @ place[s]
        centre[s] = joint[s] + rotation[s] @ middle[s]
    return Trial(parent, mass, inertia, place, middle, relative, rotation, joint, centre)


def with_legato(trial: Trial) -> Callable[[], tuple[FloatArray, FloatArray]]:
    """What is to be timed: it returns the moment of every joint about its centre in the lab's axes (joints, n, 3), N·m,
    and its power (joints, n), W.
    """
    last = len(trial.parent) - 1
    # Every segment before the one that it hangs on.
    above = np.array([-1 if p < 0 else last - p for p in trial.parent[::-1]], np.int64)
    given = (trial.mass, trial.inertia, trial.centre, trial.rotation, np.zeros_like(trial.centre))
    mass, inertia, centre, rotation, outer = (np.ascontiguousarray(x[::-1]) for x in given)

    def run() -> tuple[FloatArray, FloatArray]:
        force, moment, turning = np.empty_like(centre), np.empty_like(centre), np.empty_like(centre)
        net_wrenches(
            above, mass, inertia, centre, rotation, outer, outer, RATE, STANDARD_GRAVITY, force, moment, turning
        )
        about, power = np.empty((last, trial.n, 3)), np.empty((last, trial.n))
        parts, speed = np.empty((trial.n, 4)), np.zeros((trial.n, 3))
        for s in range(1, last + 1):
            own, behind = last - s, last - trial.parent[s]
            about_point(force[own], moment[own], trial.joint[s], about[s - 1])
            # Both sides carry the same centre here: its speed, by central differences, stands in for either.
            np.subtract(trial.joint[s, 2:], trial.joint[s, :-2], out=speed[1:-1])
            speed *= 0.5 * RATE
            joint_powers(force[own], about[s - 1], speed, speed, turning[own], turning[behind], parts)
            np.add(parts[:, 1], parts[:, 3], out=power[s - 1])
        return about, power

    return run


def rates(trial: Trial) -> tuple[FloatArray, FloatArray]:
    """Angular velocity of each segment against its parent and its rate, own axes, (segments, n, 3); the root's first
    and last frame repeat their neighbours.
    """
    from scipy.spatial.transform import Rotation

    speed, gain = np.zeros(trial.joint.shape), np.zeros(trial.joint.shape)
    for s, turned in enumerate(trial.relative):
        step = (Rotation.from_matrix(turned[:-1]).inv() * Rotation.from_matrix(turned[1:])).as_rotvec() * RATE
        speed[s, 1:-1] = 0.5 * (step[1:] + step[:-1])
        gain[s, 1:-1] = (step[1:] - step[:-1]) * RATE
    return speed, gain


def with_pinocchio(trial: Trial) -> tuple[Callable[[], FloatArray], Callable[[FloatArray], FloatArray]]:
    """The loop to be timed, which returns all joint torques and powers, and what turns torques into the lab's axes."""
    import pinocchio as pin
    from scipy.spatial.transform import Rotation

    model = pin.Model()
    model.gravity.linear = np.array([0.0, 0.0, -STANDARD_GRAVITY])
    index: list[int] = []
    for s, p in enumerate(trial.parent):
        kind = pin.JointModelFreeFlyer() if p < 0 else pin.JointModelSpherical()
        at = pin.SE3(np.eye(3), np.zeros(3) if p < 0 else trial.place[s])
        index.append(model.addJoint(0 if p < 0 else index[p], kind, at, TREE[s][0]))
        model.appendBodyToJoint(
            index[s], pin.Inertia(float(trial.mass[s]), trial.middle[s], np.diag(trial.inertia[s])), pin.SE3.Identity()
        )
    data = model.createData()
    speed, gain = rates(trial)
    q, v, a = np.zeros((trial.n, model.nq)), np.zeros((trial.n, model.nv)), np.zeros((trial.n, model.nv))
    for s in range(len(trial.parent)):
        j = model.joints[index[s]]
        first = 3 if s == 0 else 0
        q[:, j.idx_q + first : j.idx_q + first + 4] = Rotation.from_matrix(trial.relative[s]).as_quat()
        v[:, j.idx_v + first : j.idx_v + first + 3] = speed[s]
        a[:, j.idx_v + first : j.idx_v + first + 3] = gain[s]
    root = trial.joint[0]
    q[:, :3] = root
    velocity, acceleration = np.zeros_like(root), np.zeros_like(root)
    velocity[1:-1] = 0.5 * RATE * (root[2:] - root[:-2])
    acceleration[1:-1] = RATE**2 * (root[2:] - 2.0 * root[1:-1] + root[:-2])
    own = np.swapaxes(trial.rotation[0], 1, 2)
    v[:, :3] = np.einsum("nij,nj->ni", own, velocity)
    # A spatial acceleration, in the root's own axes.
    a[:, :3] = np.einsum("nij,nj->ni", own, acceleration) - np.cross(speed[0], v[:, :3])

    def run() -> FloatArray:
        torque = np.empty((trial.n, model.nv))
        for i in range(trial.n):
            torque[i] = pin.rnea(model, data, q[i], v[i], a[i])
        power = torque * v
        assert power.shape == torque.shape
        return torque

    def lab(torque: FloatArray) -> FloatArray:
        own = [torque[:, model.joints[index[s]].idx_v :][:, :3] for s in range(1, len(trial.parent))]
        return np.stack([np.einsum("nij,nj->ni", trial.rotation[s + 1], m) for s, m in enumerate(own)])

    return run, lab


def with_opensim(trial: Trial) -> tuple[Callable[[], FloatArray], Callable[[FloatArray], FloatArray]]:
    """The same with OpenSim's solver of inverse dynamics."""
    import opensim
    from scipy.spatial.transform import Rotation

    opensim.Logger.setLevelString("Error")
    model = opensim.Model()
    model.setGravity(opensim.Vec3(0.0, 0.0, -STANDARD_GRAVITY))
    bodies: list[opensim.Body] = []
    zero = opensim.Vec3(0.0)
    for s, p in enumerate(trial.parent):
        name = TREE[s][0]
        inertia = opensim.Inertia(*(float(x) for x in trial.inertia[s]), 0.0, 0.0, 0.0)
        bodies.append(opensim.Body(name, float(trial.mass[s]), opensim.Vec3(*map(float, trial.middle[s])), inertia))
        model.addBody(bodies[s])
        place = opensim.Vec3(*map(float, trial.place[s]))
        joint = (
            opensim.FreeJoint(f"to_{name}", model.getGround(), zero, zero, bodies[s], zero, zero)
            if p < 0
            else opensim.BallJoint(f"to_{name}", bodies[p], place, zero, bodies[s], zero, zero)
        )
        model.addJoint(joint)
    state = model.initSystem()
    solver = opensim.InverseDynamicsSolver(model)
    speed, gain = rates(trial)
    count = state.getNU()
    q, u, udot = np.zeros((trial.n, state.getNQ())), np.zeros((trial.n, count)), np.zeros((trial.n, count))
    # Simbody numbers coordinates and speeds in its own order: find the place of each by setting it alone.
    columns: list[int] = []
    for s in range(len(trial.parent)):
        coordinate = model.getJointSet().get(f"to_{TREE[s][0]}").get_coordinates(0)
        coordinate.setValue(state, 0.123, False)
        coordinate.setSpeedValue(state, 0.123)
        angle, speedy = (int(np.flatnonzero(x.to_numpy() == 0.123)[0]) for x in (state.getQ(), state.getU()))
        coordinate.setValue(state, 0.0, False)
        coordinate.setSpeedValue(state, 0.0)
        columns.append(speedy)
        q[:, angle : angle + 3] = Rotation.from_matrix(trial.relative[s]).as_euler("XYZ")
        if s == 0:
            q[:, angle + 3 : angle + 6] = trial.joint[0]
    for s, first in enumerate(columns):
        # Speeds of a ball are the angular velocity in the parent's axes.
        u[:, first : first + 3] = np.einsum("nij,nj->ni", trial.relative[s], speed[s])
        udot[:, first : first + 3] = np.einsum("nij,nj->ni", trial.relative[s], gain[s])
    root, first = trial.joint[0], columns[0] + 3
    u[1:-1, first : first + 3] = 0.5 * RATE * (root[2:] - root[:-2])
    udot[1:-1, first : first + 3] = RATE**2 * (root[2:] - 2.0 * root[1:-1] + root[:-2])
    vectors = [[opensim.Vector.createFromMat(row) for row in block] for block in (q, u, udot)]

    def run(_keep: object = model) -> FloatArray:  # state and solver do not keep their model alive
        torque = np.empty((trial.n, count))
        for i in range(trial.n):
            state.setQ(vectors[0][i])
            state.setU(vectors[1][i])
            torque[i] = solver.solve(state, vectors[2][i]).to_numpy()
        power = torque * u
        assert power.shape == torque.shape
        return torque

    def lab(torque: FloatArray) -> FloatArray:
        return np.stack(
            [
                np.einsum("nij,nj->ni", trial.rotation[trial.parent[s]], torque[:, columns[s] : columns[s] + 3])
                for s in range(1, len(trial.parent))
            ]
        )

    return run, lab


def best_of(run: Callable[[], object], rounds: int) -> float:
    """Least processor time of some rounds after a warm-up, s."""
    run()
    times: list[float] = []
    for _ in range(rounds):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


def main() -> int:
    """Time all, print the ratios; 1 where Legato is over its limit or a peer disagrees."""
    trial = made()
    moments_and_powers = with_legato(trial)
    about = moments_and_powers()[0]
    ours = 1e6 * best_of(moments_and_powers, 40) / trial.n
    print(f"{trial.n} frames, {len(TREE)} segments: moments and powers of {len(TREE) - 1} joints")
    print(f"{'legato':<12}{ours:8.2f} µs a frame, differentiation included")
    wrong = False
    inside = slice(2, -2)
    for name, module, make in (("pinocchio", "pinocchio", with_pinocchio), ("OpenSim", "opensim", with_opensim)):
        try:
            __import__(module)
        except ImportError as error:
            print(f"{name:<12}  skipped: {error}")
            continue
        run, lab = make(trial)
        theirs = lab(run())
        apart = float(np.abs(theirs - about)[:, inside].max() / np.abs(about[:, inside]).max())
        wrong = wrong or not apart < AGREE
        taken = 1e6 * best_of(run, 3) / trial.n
        print(f"{name:<12}{taken:8.2f} µs a frame  {taken / ours:6.1f} x  moments differ by {apart:.1e} of the largest")
    print(f"limit: {LIMIT_US:g} µs a frame, {'kept' if ours <= LIMIT_US else 'EXCEEDED'}")
    return int(wrong or ours > LIMIT_US)


if __name__ == "__main__":
    sys.exit(main())
