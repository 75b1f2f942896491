"""Compression and shear at L5/S1 by a model of one back muscle: an estimate for research, never for a verdict."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legato.estimate import LEVEL, Estimate
from legato.forces.analyse import RepSpan
from legato.kinetics.analyse import SEGMENT_SD, RepMoment, largest_of
from legato.kinetics.loads import frames_of
from legato.kinetics.lumbar import Meeting
from legato.kinetics.moments import JointMoment
from legato.kinetics.segments import MovingBody
from legato.recording import BoolArray, FloatArray
from legato.signals.factors import normal_factor

ARM_M, ARM_SD_M = 0.060, 0.0095
"""Moment arm of all extensors together about L5/S1, m, and its SD. [ENG] Between 50 mm, the usual value (Chaffin 1969,
J Biomech 2:429; [L] Güngör 2013, Auburn University, says so), and 75 mm, which a model of all muscles and ligaments
gives (McGill & Norman 1987, Ergonomics 30:1565 [R-med]); both lie in the 90 % interval, 44 to 76 mm."""

LINE_SD = float(np.radians(10.0))
"""SD of the angle between those muscles' pull and the normal of the disc, rad; 0 on the average. [ENG] They pull about
square to it (McGill & Norman 1986, Spine 11:666 [R-med]); single fascicles lie tens of degrees to either side."""

PLATE_RAD, PLATE_SD = float(np.radians(26.5)), float(np.radians(9.0))
"""How far the upper plate of the sacrum is tilted forward against the plane of the iliac spines, rad, and its SD. [L]
39.5 (SD 7.8) degrees against the horizontal in 709 adults standing (Mac-Thiong et al. 2011, Eur Spine J 20 Suppl
5:572), less the 13 (SD 5) of that plane (Preece et al. 2008, J Man Manip Ther 16:113)."""

LARGEST_ASIDE = 0.3
"""Part of the moment that bends or twists sideways, as a share of the extending one, up to which one muscle in the
middle will do. [ENG]"""

NAMES = ("lumbosacral_compression", "lumbosacral_shear")
"""What is estimated: the force along the normal of the disc, positive where it presses, and the one along it, positive
where the trunk slides forward on the pelvis."""

MODEL = (
    "One muscle behind the spine makes the whole net moment at L5/S1: moment arm 60 mm (SD 9.5), pull square to the"
    " disc (SD 10 degrees), plate of the sacrum 26.5 degrees (SD 9) forward of the plane of the iliac spines. Muscles"
    " that work against each other and pressure in the abdomen are left out."
)
"""What the numbers rest on, as a user reads it."""


@dataclass(frozen=True, slots=True, eq=False)
class LumbarLoad:
    """The estimate: the largest of each repetition by the names in `NAMES`, N (shear in size, with its sign), and each
    frame's (n,), NaN where it is not told, nor where the moment sideways is too much for the model.
    """

    per_rep: tuple[RepMoment, ...]
    compression: FloatArray
    shear: FloatArray


def lumbar_load(
    moving: MovingBody,
    reps: Sequence[RepSpan],
    ways: Sequence[tuple[JointMoment, FloatArray, BoolArray]],
    meetings: Sequence[Meeting],
    why_not: str = "",
    level: float = LEVEL,
) -> LumbarLoad:
    """Compression and shear in every repetition in which ground and body agree at L5/S1.

    Parameters
    ----------
    moving
        The body.
    reps
        The repetitions.
    ways
        L5/S1 from above and from the ground, each with the SD of its moment about the axis, N·m, and the frames in
        which it is wanted, shape (n,); the one of less error is used. Nothing is told without both ways, nor where one
        is not known in all of those frames: that they agree was not seen there.
    meetings
        Whether both agree.
    why_not
        Why one way is not known.
    level
        Share of central probability that every interval holds.

    Notes
    -----
    Chaffin's (1969) model. With the force `F` of the trunk on the pelvis, the extending moment `M`, the disc's normal
    `n` (up) and its forward direction `t`, the muscle pulls with `M / arm`: compression is `M cos(line) / arm - F·n`,
    shear `F·t - M sin(line) / arm`.
    """
    n = moving.times().size
    told = LumbarLoad((), np.full(n, np.nan), np.full(n, np.nan))
    found: list[RepMoment] = []
    state = {meeting.rep: meeting for meeting in meetings}
    pelvis = moving.get("pelvis")
    for rep in (r for r in reps if r.complete):
        reason = _refused(state.get(rep.index), ways if pelvis is not None else (), why_not)
        if reason or pelvis is None:
            found += [RepMoment(rep.index, name, None, None, reason) for name in NAMES]
            continue
        inside = frames_of(moving, rep)
        parts = [part_missing(np.isfinite(joint.about_axis[inside]), wanted[inside]) for joint, _, wanted in ways]
        if missing := next(filter(None, parts), ""):
            reason = f"L5/S1 is not seen both ways: one is {missing}"
            found += [RepMoment(rep.index, name, None, None, reason) for name in NAMES]
            continue
        joint, sd, _ = min(ways, key=lambda way: _mean_size(way[1][inside]))
        aside = np.sqrt(np.maximum((joint.moment**2).sum(axis=1) - joint.about_axis**2, 0.0))
        extending = np.where(joint.about_axis > 0.0, joint.about_axis, np.nan)
        too_far = aside > LARGEST_ASIDE * extending
        loads = forces_on_disc(joint.force, extending, pelvis.rotation, ARM_M, 0.0, PLATE_RAD)
        for name, values, course in zip(NAMES, loads, (told.compression, told.shear), strict=True):
            if not np.isfinite(values[inside]).any():
                reason = "the moment at L5/S1 does not extend the back in any frame that is known"
                found.append(RepMoment(rep.index, name, None, None, reason))
                continue
            top = inside.start + int(np.nanargmax(np.abs(values[inside])))
            share = float(aside[top] / joint.about_axis[top])
            if share > LARGEST_ASIDE:
                percent = f"{100.0 * share:.0f} %"
                reason = f"the moment sideways at L5/S1 is {percent} of the extending one: too much for the model"
                found.append(RepMoment(rep.index, name, None, None, reason))
                continue
            course[inside] = np.where(too_far, np.nan, values)[inside]
            known = np.zeros(n, dtype=np.bool_)
            known[inside] = np.isfinite(course[inside])
            one = _estimate(name, joint, pelvis.rotation, sd, known, level)
            found.append(RepMoment(rep.index, name, one, float(moving.times()[top])))
    return LumbarLoad(tuple(found), told.compression, told.shear)


def forces_on_disc(
    force: FloatArray, moment: FloatArray, pelvis: FloatArray, arm_m: float, line: float, plate: float
) -> tuple[FloatArray, FloatArray]:
    """Compression and shear, N, each (n,).

    Parameters
    ----------
    force
        Of the trunk on the pelvis, N, (n, 3), lab axes.
    moment
        The extending one, N·m, (n,).
    pelvis
        Its rotation, (n, 3, 3), columns anterior, up, right.
    arm_m, line, plate
        Moment arm, m; angle of the muscle against the disc's normal, positive where it leans forward on its way up, and
        of the plate against the pelvis, positive where it falls forward, rad.
    """
    ahead, up = pelvis[:, :, 0], pelvis[:, :, 1]
    normal = np.cos(plate) * up + np.sin(plate) * ahead
    forward = np.cos(plate) * ahead - np.sin(plate) * up
    muscle = moment / arm_m
    compression: FloatArray = muscle * np.cos(line) - np.einsum("ni,ni->n", force, normal)
    shear: FloatArray = np.einsum("ni,ni->n", force, forward) - muscle * np.sin(line)
    return compression, shear


def part_missing(known: BoolArray, wanted: BoolArray) -> str:
    """That a part of a repetition is not known, in words; empty where all that was wanted is, both of shape (n,)."""
    lost = wanted & ~known
    if not lost.any():
        return ""
    percent = 100.0 * np.count_nonzero(lost) / wanted.size
    return (
        f"not known in {percent:.0f} % of the repetition" if percent >= 1.0 else "not known all through the repetition"
    )


def _refused(meeting: Meeting | None, ways: Sequence[object], why_not: str) -> str:
    """Why nothing is told of a repetition, empty where it is."""
    if len(ways) < 2:
        return why_not or "L5/S1 is not known from the ground, as there are no plates under both feet"
    if meeting is None or meeting.moment_rms is None:
        return "whether ground and body agree at L5/S1 is not known"
    if meeting.state == "agree":
        return ""
    what = "do not agree" if meeting.holds is False else "are not seen to agree"
    return f"ground and body {what} at L5/S1 ({meeting.reason})"


def _estimate(
    name: str, joint: JointMoment, pelvis: FloatArray, moment_sd: FloatArray, at: BoolArray, level: float
) -> Estimate:
    """The largest in size of one of the two in frames `at` (n,); what each error changes at both ends of every frame's
    interval, added in quadrature, and by both ends the largest (`largest_of`).
    """
    which = NAMES.index(name)
    reach = normal_factor(level)

    def told(z: float = 0.0, *, error: str = "") -> FloatArray:
        arm, line, plate, share = (
            z * sd if error == of else 0.0
            for of, sd in (("arm", ARM_SD_M), ("line", LINE_SD), ("plate", PLATE_SD), ("share", SEGMENT_SD))
        )
        moment = joint.about_axis[at] + (z * moment_sd[at] if error == "moment" else 0.0)
        force = (1.0 + share) * joint.force[at]
        return forces_on_disc(force, moment, pelvis[at], ARM_M + arm, line, PLATE_RAD + plate)[which]

    values = told()
    sign = float(np.sign(values[np.argmax(np.abs(values))])) or 1.0
    values = sign * values
    below, above = np.zeros_like(values), np.zeros_like(values)
    for error in ("share", "moment", "arm", "line", "plate"):
        ends = [sign * told(z, error=error) - values for z in (-reach, reach)]
        below += np.minimum(0.0, np.minimum(*ends)) ** 2
        above += np.maximum(0.0, np.maximum(*ends)) ** 2
    _, size = largest_of(values, values - np.sqrt(below), values + np.sqrt(above), level, "N")
    return size if sign > 0.0 else Estimate(-size.value, -size.high, -size.low, level, "N")


def _mean_size(sd: FloatArray) -> float:
    return float(np.nanmean(sd)) if np.isfinite(sd).any() else np.inf
