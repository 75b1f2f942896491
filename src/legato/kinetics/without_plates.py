"""Moments of the legs without a plate: an estimate, as both feet are taken to bear alike."""

from collections.abc import Sequence

import numpy as np

from legato.body.model import Body
from legato.errors import NotResolvable
from legato.estimate import LEVEL
from legato.forces.analyse import RepSpan
from legato.kinetics.analyse import QUICKER, KineticsResult, RepMoment, largest_in, moment_sd
from legato.kinetics.halved_ground import SHARE_SD, HalvedGround, halved_ground
from legato.kinetics.loads import Carrying, carried_load
from legato.kinetics.low_pass_loss import cutoffs_of, lost_or_noise
from legato.kinetics.moments import PROXIMAL, JointMoment, leg_moments
from legato.kinetics.segments import moving_segments
from legato.recording import FloatArray, Span
from legato.signals.factors import normal_factor
from legato.signals.gaps import runs_of


def estimate_kinetics(
    body: Body,
    reps: Sequence[RepSpan],
    *,
    carrying: Carrying | None,
    loads_kg: Sequence[float] | None,
    mass_kg: float,
    cutoff_hz: float,
    level: float = LEVEL,
) -> KineticsResult:
    """Moments of hips, knees and ankles of a lifter who stands on both feet, each taken to bear half.

    Parameters
    ----------
    body
        The measured body, by markers.
    reps
        The repetitions.
    carrying
        Where the movement's load is carried; None where body and load do not bear on both feet alone.
    loads_kg
        One load for all repetitions, or one for each, kg.
    mass_kg
        Body mass without any load, kg.
    cutoff_hz
        Cut-off for the motion, Hz.
    level
        Share of central probability that every interval holds.
    """
    cutoffs_hz = cutoffs_of(cutoff_hz, QUICKER, body.rate_hz)
    cutoff_hz = cutoffs_hz[0]
    try:
        if carrying is None:
            raise NotResolvable(
                "only lifts that both feet bear side by side are estimated, and this is not known as one"
            )
        grounds: list[HalvedGround] = []
        for hz in cutoffs_hz:
            moving = moving_segments(body, mass_kg, hz)
            load = carried_load(moving, carrying, _widened(reps, 1.0 / cutoff_hz), loads_kg)
            grounds.append(halved_ground(moving, load, feet_alike=hz > cutoff_hz))
    except NotResolvable as error:
        note = f"joint moments of the legs are not resolvable without a force plate: {error}"
        return KineticsResult((), (), mass_kg, cutoff_hz, (note,), estimated=True)
    joints, *quicker = (
        leg_moments(body, ground.loads, mass_kg, hz) for ground, hz in zip(grounds, cutoffs_hz, strict=True)
    )
    courses = [{joint.name: joint.about_axis for joint in found} for found in (joints, *quicker)]
    sds = [
        np.hypot(
            _sd(joint, grounds[0], body),
            lost_or_noise([found[joint.name] for found in courses], cutoffs_hz, body.rate_hz),
        )
        for joint in joints
    ]
    per_rep = tuple(
        moment
        for rep in reps
        if rep.complete
        for joint, sd in zip(joints, sds, strict=True)
        for moment in _largest(rep, joint, sd, body, level, part=carrying.rests)
    )
    return KineticsResult(
        joints,
        per_rep,
        mass_kg,
        cutoff_hz,
        (_marked(level),),
        {joint.name: sd for joint, sd in zip(joints, sds, strict=True)},
        estimated=True,
    )


def _marked(level: float) -> str:
    """What such moments are, in words."""
    off = 100.0 * normal_factor(level) * SHARE_SD
    return (
        "estimate, no measurement: no force plate saw the ground, so what body and load need from it counts half for"
        f" each foot (the intervals allow for {50.0 - off:.0f} to {50.0 + off:.0f} %); no power is reckoned from it"
    )


def _widened(reps: Sequence[RepSpan], by_s: float) -> list[RepSpan]:
    """Repetitions with what lies about them, for the low-pass to lean on, no further than half-way to the next: who
    carries a load as one begins or ends carried it just before and does so just after.
    """
    found: list[RepSpan] = []
    for k, rep in enumerate(reps):
        start_s, end_s = rep.span.start_s, rep.span.end_s
        before = reps[k - 1].span.end_s if k > 0 else -np.inf
        after = reps[k + 1].span.start_s if k + 1 < len(reps) else np.inf
        first = start_s - min(by_s, max(0.0, 0.5 * (start_s - before)))
        last = end_s + min(by_s, max(0.0, 0.5 * (after - end_s)))
        found.append(RepSpan(rep.index, Span(first, last), rep.complete))
    return found


def _sd(joint: JointMoment, ground: HalvedGround, body: Body) -> FloatArray:
    """SD of the moment about its axis in each frame, N·m, shape (n,): what plates leave, and the halves; not what the
    low-pass takes.
    """
    load = ground.loads[joint.side]
    plates = moment_sd(joint, load.force, load.moment, ground.pressure_sd_m)
    above = PROXIMAL[joint.joint]
    axis = body.segments[above if above == "pelvis" else f"{above}_{joint.side}"].rotation[:, :, 2]
    given = np.einsum("ni,ni->n", load.moment - np.cross(joint.centre_m, load.force), axis)
    return np.hypot(plates, SHARE_SD / 0.5 * np.abs(given))


def _largest(
    rep: RepSpan, joint: JointMoment, sd: FloatArray, body: Body, level: float, *, part: bool
) -> list[RepMoment]:
    """The largest moment of a repetition in the named way; of one whose load rests at its ends, while it is carried
    (`part`).
    """
    why = "as not both feet stand, or the load is not carried"
    if part:
        times = body.times()
        inside = (times >= rep.span.start_s) & (times <= rep.span.end_s) & np.isfinite(joint.about_axis)
        runs = list(runs_of(inside))
        if runs:
            first, stop = max(runs, key=lambda run: run[1] - run[0])
            rep = RepSpan(rep.index, Span(float(times[first]), float(times[stop - 1])), rep.complete)
    # A moment the other way is small next to what quick forces leave in the estimate.
    return [moment for moment in largest_in(rep, joint, sd, body, level, why) if moment.name == joint.name]
