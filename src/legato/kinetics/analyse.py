"""The joint moments of one trial: of each frame, and the largest of every repetition with its interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from legato.body.landmarks import SIDES
from legato.body.model import Body
from legato.estimate import LEVEL, Estimate
from legato.forces.analyse import ForcesResult, RepSpan
from legato.kinetics.ground import FootLoad, foot_load, why_without_moment
from legato.kinetics.moments import JointMoment, leg_moments
from legato.recording import BoolArray, FloatArray
from legato.signals.factors import normal_factor

CENTRE_SD_M = {"ankle": 0.006, "knee": 0.011, "hip": 0.015}
"""SD with which a joint's centre is known, along each axis, skin motion included, m. [ENG] Within what is reported:
10 mm at the knee (Holden & Stanhope 1998, Gait Posture 7:1); at the hip 12 mm (SD 6) from the regression where bones
are seen, skin of 7 and 11 mm SD over them (Mantovani et al. 2016, Gait Posture 44:48), and 13 to 34 mm between where
pelvis and thigh carry it (McGibbon et al. 2016, J Biomech Eng 138:011004)."""

PRESSURE_SD_M = 0.004
"""SD of the centre of pressure in the lab, m. [ENG]"""

SEGMENT_SD = 0.1
"""SD of what segments weigh and of their inertia, as a share. [ENG]"""

AXIS_SD = float(np.radians(4.0))
"""SD of the axis that a moment is told about, rad. [ENG]"""

LEG_AXIS_SD = {"ankle": float(np.radians(6.0)), "knee": float(np.radians(7.0))}
"""The same where a shank's or a thigh's axis it is, rad. [ENG] Examiners differ by 5 deg about the long axis (Della
Croce et al. 1999, Med Biol Eng Comput 37:155), and a thigh's markers turn on the bone by up to 10 (Ancillao et al.
2021, Hum Mov Sci 80:102866)."""

QUICKER = 2.0
"""What the low-pass takes from a moment is what one of so many times its cut-off leaves more of it, frame by frame: its
SD. [ENG] Of a slow peak a filter of second order both ways takes 1/16 as much at twice the cut-off."""

_OTHER = {"extension": "flexion", "plantarflexion": "dorsiflexion"}
"""What the moment the other way is named after."""

_OF_SIZE = 0.1
"""A moment the other way is told from this share of the largest one on. [ENG]"""


@dataclass(frozen=True, slots=True)
class RepMoment:
    """The largest moment of a joint in a repetition, N·m, and when, s; None with the reason where it is not known."""

    rep: int
    name: str
    peak: Estimate | None
    time_s: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class KineticsResult:
    """Net moments of the legs' joints at the body's frames, low-passed at `cutoff_hz`; `notes` say what is not known
    and why. `sds_n_m`: by the moment's name, the SD of the part about its axis in each frame, N·m, shape (n,).
    `estimated`: no plate measured the ground's force, which was halved between both feet.
    """

    joints: tuple[JointMoment, ...]
    per_rep: tuple[RepMoment, ...]
    mass_kg: float | None
    cutoff_hz: float
    notes: tuple[str, ...]
    sds_n_m: Mapping[str, FloatArray] = field(default_factory=dict[str, FloatArray])
    estimated: bool = False


def analyse_kinetics(
    body: Body,
    forces: ForcesResult | None,
    reps: Sequence[RepSpan],
    *,
    mass_kg: float | None,
    cutoff_hz: float,
    level: float = LEVEL,
) -> KineticsResult | None:
    """Moments of hips, knees and ankles; None where there are no markers or no force plate.

    Parameters
    ----------
    body
        The measured body.
    forces
        Its plates and the feet on them.
    reps
        The repetitions.
    mass_kg
        Body mass without any load, kg; without it nothing is told.
    cutoff_hz
        Cut-off for motion and forces alike, Hz.
    level
        Share of central probability that every interval holds.
    """
    if forces is None or body.source != "markers" or not any(plate.stood_on for plate in forces.plates):
        return None
    if mass_kg is None:
        return KineticsResult((), (), None, cutoff_hz, ("joint moments need the body's mass: give --mass",))
    cutoff_hz = min(cutoff_hz, 0.42 * body.rate_hz)
    notes: list[str] = []
    loads: dict[str, FootLoad] = {}
    quicker: dict[str, FootLoad] = {}
    quick_hz = min(QUICKER * cutoff_hz, 0.42 * body.rate_hz)
    for side in SIDES:
        ends = [body.points[f"{end}_{side}"] for end in ("heel", "toe") if f"{end}_{side}" in body.points]
        if reason := _why_unloaded(forces, side):
            notes.append(f"{side} leg: {reason}, so its moments are not known")
        elif not ends:
            notes.append(f"{side} leg: neither its heel nor its toe was measured")
        else:
            standing = (forces.plates, forces.stands, side, body.times(), ends)
            loads[side] = foot_load(*standing, cutoff_hz)
            quicker[side] = foot_load(*standing, quick_hz)
    joints = leg_moments(body, loads, mass_kg, cutoff_hz)
    less_smooth = {joint.name: joint.about_axis for joint in leg_moments(body, quicker, mass_kg, quick_hz)}
    notes += [note for side in loads if (note := _untold(body, joints, side))]
    grounds = {side: (load.force, load.moment) for side, load in loads.items()}
    sds = [
        np.hypot(moment_sd(joint, *grounds[joint.side]), lost_to_low_pass(joint, less_smooth[joint.name]))
        for joint in joints
    ]
    beside = "as its foot stands beside its plate or shares it, or the plate missed samples"
    per_rep = tuple(
        moment
        for rep in reps
        if rep.complete
        for joint, sd in zip(joints, sds, strict=True)
        for moment in largest_in(rep, joint, sd, body, level, beside, np.isfinite(grounds[joint.side][0][:, 0]))
    )
    by_name = {joint.name: sd for joint, sd in zip(joints, sds, strict=True)}
    return KineticsResult(joints, per_rep, mass_kg, cutoff_hz, tuple(notes), by_name)


def axis_sd(joint: str) -> float:
    """SD of the axis that a joint's moment is told about, rad."""
    return LEG_AXIS_SD.get(joint, AXIS_SD)


def moment_sd(
    joint: JointMoment,
    ground_force: FloatArray,
    ground_moment: FloatArray,
    pressure_sd_m: FloatArray | float = PRESSURE_SD_M,
) -> FloatArray:
    """SD of the moment about the axis in each frame, N·m, shape (n,), where the ground's force presses with this SD."""
    centre = CENTRE_SD_M[joint.joint] * np.linalg.norm(joint.force, axis=1)
    pressure = pressure_sd_m * np.abs(ground_force[:, 2])
    # What segments add to the ground's part.
    own = joint.moment + ground_moment - np.cross(joint.centre_m, ground_force)
    aside = np.sqrt(np.maximum((joint.moment**2).sum(axis=1) - joint.about_axis**2, 0.0))
    parts = (centre, pressure, SEGMENT_SD * np.linalg.norm(own, axis=1), axis_sd(joint.joint) * aside)
    return np.sqrt(sum((part**2 for part in parts), np.zeros(len(centre))))


def _untold(body: Body, joints: Sequence[JointMoment], side: str) -> str:
    """Which joints of a leg have no moment though its foot's load is known, and for want of what; empty where none."""
    told = [joint.joint for joint in joints if joint.side == side]
    lost = [joint for joint in CENTRE_SD_M if joint not in told]
    if not lost:
        return ""
    needed = {"ankle": (f"foot_{side}", f"shank_{side}"), "knee": (f"thigh_{side}",), "hip": ("pelvis",)}[lost[0]]
    untracked = [name.split("_")[0] for name in needed if name not in body.segments]
    why = f"the pose of its {' and '.join(untracked)} is not known" if untracked else "an end of it was not seen"
    return f"{side} leg: no moment of {', '.join(lost)}, as {why}"


def _why_unloaded(forces: ForcesResult, side: str) -> str:
    """Why no plate tells what the ground does to a foot; empty where one does."""
    plates = {plate.index: plate for plate in forces.plates}
    own = [plates[stand.plate] for stand in forces.stands if stand.foot == side]
    reasons = [why_without_moment(plate) for plate in own]
    if own:
        return "" if "" in reasons else f"{own[0].name} {reasons[0]}"
    shared = [plates[stand.plate] for stand in forces.stands if stand.foot == "both"]
    return f"both feet share {shared[0].name}" if shared else "its foot is on no plate of its own"


def other_way(name: str) -> str:
    """The name of the moment the other way: `hip_flexion_moment_right` of `hip_extension_moment_right`."""
    joint, action, rest = name.split("_", 2)
    return f"{joint}_{_OTHER[action]}_{rest}"


def largest_in(
    rep: RepSpan,
    joint: JointMoment,
    sd: FloatArray,
    body: Body,
    level: float,
    why_unknown: str,
    ground_known: BoolArray | None = None,
) -> list[RepMoment]:
    """The largest moment in a repetition, and that the other way where it is of size; where it is not known throughout,
    that, and `why_unknown` if the ground's part (n,) is not.
    """
    start_s, rate_hz = body.start_s, body.rate_hz
    a, b = (round((t - start_s) * rate_hz) for t in (rep.span.start_s, rep.span.end_s))
    inside = slice(max(a, 0), b + 1)
    known = np.isfinite(joint.about_axis[inside])
    if not known.all():
        missing = float(np.count_nonzero(~known)) / max(known.size, 1)
        reason = f"not known in {100.0 * missing:.0f} % of the repetition"
        no_ground = ground_known is None or not ground_known[inside].all()
        reason += f", {why_unknown if no_ground else 'beside markers or forces that are missing'}"
        return [RepMoment(rep.index, joint.name, None, None, reason)]
    half = normal_factor(level) * sd[inside]
    found: list[RepMoment] = []
    for name, course in ((joint.name, joint.about_axis[inside]), (other_way(joint.name), -joint.about_axis[inside])):
        top, peak = largest_of(course, course - half, course + half, level, "N·m")
        if name != joint.name and (peak.low <= 0.0 or peak.value < _OF_SIZE * float(joint.about_axis[inside].max())):
            continue
        if top in (0, course.size - 1):
            reason = "still rising where the repetition begins or ends"
            found.append(RepMoment(rep.index, name, None, None, reason))
        else:
            found.append(RepMoment(rep.index, name, peak, start_s + (inside.start + top) / rate_hz))
    return found


def largest_of(values: FloatArray, low: FloatArray, high: FloatArray, level: float, unit: str) -> tuple[int, Estimate]:
    """Where the largest of values (n,) lies, and what it is by both ends (n,) of every one's interval; NaN is left out.

    Notes
    -----
    An error that lasts lifts or lowers all frames at once, each by its own share: the interval reaches from the largest
    lower end of any frame to the largest upper one, not round the frame of the largest value alone.
    """
    top = int(np.nanargmax(values))
    return top, Estimate(float(values[top]), float(np.nanmax(low)), float(np.nanmax(high)), level, unit)


def lost_to_low_pass(joint: JointMoment, less_smooth: FloatArray) -> FloatArray:
    """SD of what the low-pass takes from a moment in each frame, N·m, (n,), by the same about its axis at `QUICKER`
    times the cut-off, (n,); 0 where that is not known.
    """
    return np.abs(np.nan_to_num(less_smooth - joint.about_axis))
