"""The joints of a measured body as power sees them: both segments' velocities, and what they may be wrong by."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from legato.body.model import Body, SegmentMotion
from legato.kinetics.cluster_turns import ClusterTurn, spacing_for, spacing_of
from legato.kinetics.moments import JOINT_ABOVE, JointMoment
from legato.kinetics.power import joint_power
from legato.kinetics.power_errors import CLUSTER_TURN_SD, PELVIS_TURN_SD, power_errors
from legato.kinetics.segments import LUMBOSACRAL, MovingBody, MovingSegment
from legato.kinetics.work import PoweredJoint
from legato.recording import FloatArray
from legato.signals.filters import derivative, lowpass

_ARM = {"shoulder": ("thorax", "upper_arm"), "elbow": ("upper_arm", "forearm")}

_LINE = 1e-4
"""Markers that spread less than this share of their reach about an axis lie in it. [ENG]"""

_BELOW = {joint: segment for segment, joint in JOINT_ABOVE.items()}


def powered_joints(body: Body, moving: MovingBody, joints: Sequence[JointMoment]) -> tuple[PoweredJoint, ...]:
    """Power of every joint whose two segments were measured, from the ground up.

    Parameters
    ----------
    body
        The measured body, whose markers carry the joints' centres.
    moving
        Its segments.
    joints
        What the joints bear: on the segment nearer to the ground at legs and trunk, on the further one at the arms.
    """
    found: list[PoweredJoint] = []
    origins: dict[str, FloatArray] = {}
    places: dict[str, FloatArray] = {}
    spacings: dict[str, float] = {}
    noises: dict[str, SegmentNoise | None] = {}
    ankles = [joint for joint in joints if joint.joint == "ankle"]
    for joint in joints:
        behind, ahead = (moving.get(name) for name in segments_of(joint))
        # What hangs on the joint pulls on it, or the ground pushes through it.
        hangs = joint.joint in _ARM
        below = [] if hangs else [ankle for ankle in ankles if joint.side in ("", ankle.side)]
        if behind is None or ahead is None:
            continue
        way = 1.0 if hangs else -1.0
        force, moment = way * joint.force, way * joint.moment
        for segment in (behind, ahead):
            if segment.name not in origins:
                pose = body.segments.get(segment.name)
                place = segment.centre_m if pose is None else lowpass(pose.origin_m, body.rate_hz, moving.cutoff_hz)
                origins[segment.name] = place
                noises[segment.name] = segment_noise(pose, body.rate_hz, moving.cutoff_hz)
                middle = np.zeros(3) if pose is None or not len(pose.template_m) else pose.template_m.mean(axis=0)
                places[segment.name] = place + segment.rotation @ middle
                spacings[segment.name] = spacing_of(segment.rotation, segment.turning)
        carried = [carried_centre(segment, origins[segment.name], joint.centre_m) for segment in (behind, ahead)]
        velocity = (derivative(carried[0], body.rate_hz), derivative(carried[1], body.rate_hz))
        turning = (behind.turning, ahead.turning)
        clusters = (places[behind.name], places[ahead.name])
        between = (behind.name, ahead.name)
        power = joint_power(joint.joint, joint.side, between, force, moment, velocity, turning)
        acting = replace(joint, force=force, moment=moment)
        errors = power_errors(acting, below, behind.rotation, velocity, turning, clusters, body.rate_hz)
        turns: list[ClusterTurn] = []
        for segment, sense in ((behind, -1.0), (ahead, 1.0)):
            by_rate = _by_rate(segment, acting, places[segment.name], sense)
            noise, name, base = noises[segment.name], segment.name, (body.start_s, body.rate_hz)
            turn_sd = PELVIS_TURN_SD if name == "pelvis" else CLUSTER_TURN_SD
            turns.append(ClusterTurn(name, by_rate, spacings[name], *base, sd=turn_sd))
            if noise is not None:
                by_noise = np.einsum("ji,njk->nik", noise.turns, by_rate)
                turns.append(ClusterTurn(f"noise of {name}", by_noise, noise.spacing_s, *base, sd=1.0))
                turns.append(
                    ClusterTurn(f"place of {name}", _by_shift(force), noise.spacing_s, *base, sd=noise.place_m)
                )
        found.append(PoweredJoint(power, errors, tuple(turns)))
    return tuple(found)


def _by_rate(segment: MovingSegment, joint: JointMoment, place_m: FloatArray, way: float) -> FloatArray:
    """What a cluster that turns on the bone about each of its axes adds to a joint's power, W per rad/s, (n, 3, 3).

    It turns about its middle `place_m` (n, 3), and takes its idea of the joint's centre along, which is half of that
    centre's velocity.
    """
    moment = way * np.einsum("nji,nj->ni", segment.rotation, joint.moment)
    handed = np.einsum("nji,nj->ni", segment.rotation, np.cross(joint.centre_m - place_m, joint.force))
    nothing = np.zeros_like(moment)
    to, back = (moment, nothing) if way > 0.0 else (nothing, moment)
    return np.stack((0.5 * handed, to, back), axis=2)


def segments_of(joint: JointMoment) -> tuple[str, str]:
    """The segments behind a joint and ahead of it, from the ground up: `shank_right` and `thigh_right` of a knee."""
    if joint.joint == LUMBOSACRAL:
        return "pelvis", "thorax"
    if joint.joint in _ARM:
        behind, ahead = _ARM[joint.joint]
        return behind if behind == "thorax" else f"{behind}_{joint.side}", f"{ahead}_{joint.side}"
    behind = _BELOW[joint.joint]
    above = {"foot": "shank", "shank": "thigh", "thigh": "pelvis"}[behind]
    return f"{behind}_{joint.side}", above if above == "pelvis" else f"{above}_{joint.side}"


def carried_centre(segment: MovingSegment, origin_m: FloatArray, centre_m: FloatArray) -> FloatArray:
    """Where a joint's centre would be if the segment carried it rigidly from its own origin, m, shape (n, 3).

    Its place in the segment is the median over the recording; by the segment's own markers, so the same joint as its
    other segment carries it may lie elsewhere.
    """
    own = np.einsum("nji,nj->ni", segment.rotation, centre_m - origin_m)
    if not np.isfinite(own).any():
        return np.full_like(centre_m, np.nan)
    return origin_m + segment.rotation @ np.nanmedian(own, axis=0)


def _by_shift(force: FloatArray) -> FloatArray:
    """What markers that move past the bone along each axis of the lab add to what the force hands on, W per m/s, shape
    (n, 3, 3): either segment carries half of the centre's velocity.
    """
    found = np.zeros((force.shape[0], 3, 3))
    found[:, :, 0] = 0.5 * force
    return found


@dataclass(frozen=True, slots=True, eq=False)
class SegmentNoise:
    """What is left of the markers' residuals: three independent turns of one SD each, rad, in the columns of `turns`
    (3, 3) about the segment's axes, and the SD of its place along each axis, m; `spacing_s` between the knots of a
    course as quick as theirs.
    """

    turns: FloatArray
    place_m: float
    spacing_s: float


def segment_noise(pose: SegmentMotion | None, rate_hz: float, cutoff_hz: float) -> SegmentNoise | None:
    """What the low-passed residuals of a segment's markers say of its noise; None of fewer than three markers, or of
    such as lie in one line.
    """
    markers = 0 if pose is None else pose.template_m.shape[0]
    if pose is None or markers < 3:
        return None
    left = lowpass(pose.residual_m.reshape(pose.residual_m.shape[0], -1), rate_hz, cutoff_hz)
    mean_square, of_rate = (float(np.nanmean(x**2)) for x in (left, derivative(left, rate_hz)))
    reach = pose.template_m - pose.template_m.mean(axis=0)
    spread: FloatArray = (reach**2).sum() * np.eye(3) - reach.T @ reach
    if not mean_square > 0.0 or np.linalg.eigvalsh(spread)[0] <= _LINE * np.trace(spread):
        return None
    variance = mean_square * left.shape[1] / (3.0 * markers - 6.0)
    # Of a least-squares fit: the less the markers reach from an axis, the worse a turn about it is known.
    covariance: FloatArray = variance * np.asarray(np.linalg.inv(spread), np.float64)
    turns: FloatArray = np.asarray(np.linalg.cholesky(covariance), np.float64)
    return SegmentNoise(turns, float(np.sqrt(variance / markers)), spacing_for(float(np.sqrt(of_rate / mean_square))))
