"""What the trunk and the arms bear in one trial: L5/S1 from above and from the ground, and whether both agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from legato.body.model import Body
from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.forces.analyse import ForcesResult, RepSpan
from legato.kinetics.analyse import (
    AXIS_SD,
    PRESSURE_SD_M,
    QUICKER,
    SEGMENT_SD,
    RepMoment,
    largest_of,
    lost_to_low_pass,
)
from legato.kinetics.ground import FootLoad
from legato.kinetics.loads import MASS_SD, Carrying, Load, carried_load, frames_of
from legato.kinetics.low_pass_loss import cutoffs_of, lost_or_noise
from legato.kinetics.lumbar import GROUND_SCALE_SD, Meeting, ground_total, lumbar_from_below, meet
from legato.kinetics.lumbar_load import LumbarLoad, lumbar_load, part_missing
from legato.kinetics.moments import JointMoment
from legato.kinetics.segments import LUMBOSACRAL, MovingBody, moving_segments
from legato.kinetics.top_down import HAND_SHARE_SD, arm_moments, hands_share, lumbar_from_above
from legato.recording import BoolArray, FloatArray
from legato.signals.factors import normal_factor

LUMBAR_SD_M = 0.018
"""SD with which the centre of L5/S1 is known from the pelvis, along each axis, m. [ENG] The source's men and women lie
12 mm apart on a pelvis of 240 mm."""

ARM_SD_M = {"shoulder": 0.015, "elbow": 0.008}
"""The same of the joints of the arm, m. [ENG]"""

TRUNK_SD_M = 0.025
"""SD of the centre of mass of what lies above L5/S1, along each axis, m. [ENG] Two tables of women (`trunk_parts`) lie
30 mm apart."""

HEAD_SD_M = 0.03
"""SD of the head's, m. [ENG] Its markers lie on a band about the forehead."""

NOT_AGREEING = "ground and body do not agree there"
"""Why L5/S1 is not told where both ways are known."""


@dataclass(frozen=True, slots=True, eq=False)
class WholeBody:
    """Net moments of trunk and arms at the body's frames; `above` and `below` are L5/S1 by both ways, None where one
    cannot be told. `per_rep`: the largest of each repetition. `seen`: share of the body's mass in segments that were
    measured. `shown_by`: what showed the load (`bar`, `box`, `hands`; `none`, or empty where it is not known).
    `notes` say what is not known and why. `lumbar`: compression and shear there, only where asked for. `sds_n_m`: by
    the name of the moment (`name_of`), the SD of the part about its axis in each frame, N·m, shape (n,).
    """

    above: JointMoment | None
    below: JointMoment | None
    arms: tuple[JointMoment, ...]
    per_rep: tuple[RepMoment, ...]
    meetings: tuple[Meeting, ...]
    seen: float
    shown_by: str
    notes: tuple[str, ...]
    lumbar: LumbarLoad | None = None
    sds_n_m: Mapping[str, FloatArray] = field(default_factory=dict[str, FloatArray])

    @property
    def agrees(self) -> bool | None:
        """Whether ground and body agree at L5/S1 in every repetition; None where that cannot be told. Nothing may be
        built on it but where they do.
        """
        if any(meeting.holds is False for meeting in self.meetings):
            return False
        return True if self.meetings and all(meeting.holds for meeting in self.meetings) else None


def analyse_whole_body(
    body: Body,
    forces: ForcesResult | None,
    reps: Sequence[RepSpan],
    *,
    carrying: Carrying | None,
    loads_kg: Sequence[float] | None,
    mass_kg: float | None,
    cutoff_hz: float,
    level: float = LEVEL,
    research: bool = False,
) -> WholeBody | None:
    """Moments at L5/S1, shoulders and elbows; None where the movement says nothing of loads, no trunk was measured, or
    neither mass nor load was given.

    Parameters
    ----------
    body
        The measured body.
    forces
        Its plates and the feet on them, where there are any: nothing above L5/S1 needs them.
    reps
        The repetitions.
    carrying
        Where the movement's load is carried.
    loads_kg
        One load for all repetitions, or one for each, kg.
    mass_kg
        Body mass without any load, kg; without it nothing is told, which is said where a load was given.
    cutoff_hz
        Cut-off for motion and forces alike, Hz.
    level
        Share of central probability that every interval holds.
    research
        Whether compression and shear at L5/S1 are estimated as well.
    """
    if carrying is None or body.source != "markers" or "thorax" not in body.segments:
        return None
    if mass_kg is None and loads_kg is None:
        return None
    if mass_kg is None:
        return WholeBody(None, None, (), (), (), 0.0, "", ("moments of the trunk need the body's mass: give --mass",))
    settings = (forces, reps, carrying, loads_kg)
    cutoffs_hz = cutoffs_of(cutoff_hz, QUICKER, body.rate_hz)
    ways, quick, quickest = (_told_ways(moving_segments(body, mass_kg, hz), *settings) for hz in cutoffs_hz)
    moving, load, above, below, ground = ways.moving, ways.load, ways.above, ways.below, ways.ground
    told: list[tuple[JointMoment, FloatArray, str, BoolArray]] = []
    # A load at rest is not carried: nothing is missing there.
    carried = np.isfinite(load.mass_kg) if load is not None else np.ones(moving.times().size, dtype=np.bool_)
    if above is not None and load is not None:
        told.append((above, _above_sd(moving, above, load), "from above", carried))
    if below is not None and ground is not None:
        told.append((below, _below_sd(below, ground), "from ground", np.ones_like(carried)))
    if load is not None:
        told += [(joint, _arm_sd(moving, joint, load), "", carried) for joint in ways.arms]
    less_smooth, least = quick.by_name(), quickest.by_name()

    def lost(joint: JointMoment, way: str) -> FloatArray:
        name, plain = name_of(joint, way), joint.about_axis
        seen = less_smooth.get(name, plain)
        if way == "from ground":
            return lost_to_low_pass(joint, seen)
        return lost_or_noise((plain, seen, least.get(name, seen)), cutoffs_hz, body.rate_hz)

    told = [(joint, np.hypot(sd, lost(joint, way)), way, at) for joint, sd, way, at in told]
    meetings: tuple[Meeting, ...] = ()
    if above is not None and below is not None and ground is not None and load is not None:
        body_sd = difference_sd(moving, below, above, ground, load)
        meetings = meet(moving, reps, below, above, ground, load.mass_kg, level, body_sd_n_m=body_sd)
    lumbar: LumbarLoad | None = None
    if research:
        both = [(joint, sd, wanted) for joint, sd, _, wanted in told if joint in (above, below)]
        why_not = "; ".join(note for note in ways.notes if note.startswith(("L5/S1", "trunk")))
        lumbar = lumbar_load(moving, reps, both, meetings, why_not, level)
    largest = [
        _largest(rep, joint, sd, wanted, moving, way, level)
        for rep in reps
        if rep.complete
        for joint, sd, way, wanted in told
    ]
    return WholeBody(
        above=above,
        below=below,
        arms=ways.arms,
        per_rep=_told_once(_where_met(largest, meetings)),
        meetings=meetings,
        seen=moving.seen,
        shown_by="" if load is None else load.shown_by,
        notes=ways.notes,
        lumbar=lumbar,
        sds_n_m={name_of(joint, way): sd for joint, sd, way, _ in told},
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Ways:
    """The moments of one trial at one cut-off, and what they rest on."""

    moving: MovingBody
    load: Load | None
    above: JointMoment | None
    below: JointMoment | None
    ground: FootLoad | None
    arms: tuple[JointMoment, ...]
    notes: tuple[str, ...]

    def by_name(self) -> dict[str, FloatArray]:
        """What is about each moment's axis, N·m, (n,)."""
        named = [(joint, "") for joint in self.arms]
        named += [(joint, way) for joint, way in ((self.above, "from above"), (self.below, "from ground")) if joint]
        return {name_of(joint, way): joint.about_axis for joint, way in named}


def _told_ways(
    moving: MovingBody,
    forces: ForcesResult | None,
    reps: Sequence[RepSpan],
    carrying: Carrying,
    loads_kg: Sequence[float] | None,
) -> _Ways:
    """What can be told of trunk and arms, and the notes on what cannot."""
    notes: list[str] = []
    load: Load | None = None
    above: JointMoment | None = None
    arms: tuple[JointMoment, ...] = ()
    try:
        load = carried_load(moving, carrying, reps, loads_kg)
    except NotResolvable as error:
        notes.append(f"trunk and arms from above: {error}")
    if load is not None:
        arms, without = arm_moments(moving, load, carrying.carried)
        notes += without
        try:
            if carrying.supported:
                raise NotResolvable("the trunk lies on a support that no plate measures")
            above = lumbar_from_above(moving, load)
        except NotResolvable as error:
            notes.append(f"L5/S1 from above: {error}")
    below, ground = _from_below(moving, forces, carrying, notes)
    return _Ways(moving, load, above, below, ground, arms, tuple(notes))


def name_of(joint: JointMoment, way: str = "") -> str:
    """As tables and results name it: `elbow_flexion_moment_right`, `lumbosacral_extension_moment_from_above` …"""
    return f"{joint.name.rstrip('_')}{f'_{way.replace(chr(32), chr(95))}' if way else ''}"


def difference_sd(
    moving: MovingBody, below: JointMoment, above: JointMoment, ground: FootLoad, load: Load
) -> FloatArray:
    """SD of the moment in which errors of segments and load leave both ways to L5/S1 apart in each frame, N·m, (n,);
    those of its own place and axis do not.
    """
    legs = SEGMENT_SD * _size(below.moment + _about(below, ground))
    return _summed([*_above_parts(moving, above, load), legs])


def _from_below(
    moving: MovingBody, forces: ForcesResult | None, carrying: Carrying, notes: list[str]
) -> tuple[JointMoment | None, FootLoad | None]:
    """L5/S1 from the ground and what the ground does; None with a note where it cannot be told."""
    if forces is None or not any(plate.stood_on for plate in forces.plates):
        return None, None
    try:
        if carrying.supported or carrying.carried == "outside":
            raise NotResolvable("the body leans on more than its feet in this movement")
        ground = ground_total(forces.plates, forces.stands, moving, moving.cutoff_hz)
        return lumbar_from_below(moving, ground), ground
    except NotResolvable as error:
        notes.append(f"L5/S1 from the ground: {error}")
        return None, None


def _above_sd(moving: MovingBody, joint: JointMoment, load: Load) -> FloatArray:
    """SD of L5/S1 from above about its axis in each frame, N·m, shape (n,)."""
    parts = _above_parts(moving, joint, load)
    return _summed([LUMBAR_SD_M * _size(joint.force), AXIS_SD * _aside(joint), *parts])


def _above_parts(moving: MovingBody, joint: JointMoment, load: Load) -> list[FloatArray]:
    """What each error of segments and load makes of L5/S1 from above, SD, N·m, each (n,)."""
    carried = load.about(joint.centre_m)
    own = -joint.moment - np.where(np.isnan(carried), 0.0, carried)
    parts = [
        SEGMENT_SD * _size(own),
        MASS_SD * _size(carried),
        load.place_sd_m * _size(load.push),
    ]
    for name, sd in (("thorax", TRUNK_SD_M), ("head", HEAD_SD_M)):
        segment = moving.get(name)
        if segment is not None:
            parts.append(sd * _size(segment.push))
    return parts


def _below_sd(joint: JointMoment, ground: FootLoad) -> FloatArray:
    """SD of L5/S1 from the ground about its axis in each frame, N·m, shape (n,)."""
    about = _about(joint, ground)
    return _summed(
        [
            LUMBAR_SD_M * _size(joint.force),
            PRESSURE_SD_M * np.abs(ground.force[:, 2]),
            GROUND_SCALE_SD * _size(about),
            SEGMENT_SD * _size(joint.moment + about),
            AXIS_SD * _aside(joint),
        ]
    )


def _about(joint: JointMoment, ground: FootLoad) -> FloatArray:
    """Moment of the ground about a joint, N·m, (n, 3)."""
    return ground.moment - np.cross(joint.centre_m, ground.force)


def _arm_sd(moving: MovingBody, joint: JointMoment, load: Load) -> FloatArray:
    """SD of a moment of the arm about its axis in each frame, N·m, shape (n,)."""
    push, carried = hands_share(moving, load, joint.side, joint.centre_m)
    return _summed(
        [
            ARM_SD_M[joint.joint] * _size(joint.force),
            SEGMENT_SD * _size(joint.moment - carried),
            AXIS_SD * _aside(joint),
            np.hypot(MASS_SD, HAND_SHARE_SD / 0.5) * _size(carried),
            load.place_sd_m * _size(push),
        ]
    )


def _size(vectors: FloatArray) -> FloatArray:
    return np.linalg.norm(vectors, axis=1)


def _aside(joint: JointMoment) -> FloatArray:
    """The part of a moment that is not about its axis, N·m, shape (n,)."""
    return np.sqrt(np.maximum((joint.moment**2).sum(axis=1) - joint.about_axis**2, 0.0))


def _summed(parts: Sequence[FloatArray]) -> FloatArray:
    """Root of the sum of squares of independent SDs."""
    return np.sqrt(sum((part**2 for part in parts), np.zeros_like(parts[0])))


def _largest(
    rep: RepSpan, joint: JointMoment, sd: FloatArray, wanted: BoolArray, moving: MovingBody, way: str, level: float
) -> RepMoment:
    """The moment of the largest size in a repetition, with its sign (`largest_of`); None where a part of it that was
    `wanted`, shape (n,), is not known, which might hold a larger one.
    """
    name = name_of(joint, way)
    inside = frames_of(moving, rep)
    values = joint.about_axis[inside]
    known = np.isfinite(values)
    if not known.any():
        return RepMoment(rep.index, name, None, None, "nowhere known in the repetition")
    if missing := part_missing(known, wanted[inside]):
        return RepMoment(rep.index, name, None, None, missing)
    sign = float(np.sign(values[np.nanargmax(np.abs(values))])) or 1.0
    half = normal_factor(level) * sd[inside]
    top, size = largest_of(sign * values, sign * values - half, sign * values + half, level, "N·m")
    peak = size if sign > 0.0 else Estimate(-size.value, -size.high, -size.low, level, "N·m")
    return RepMoment(rep.index, name, peak, float(moving.times()[inside.start + top]))


def _where_met(moments: Sequence[RepMoment], meetings: Sequence[Meeting]) -> list[RepMoment]:
    """The same without L5/S1 of repetitions in which both ways do not agree: nobody knows which of them is wrong."""
    apart = {meeting.rep: f"{NOT_AGREEING} ({meeting.reason})" for meeting in meetings if meeting.holds is False}
    return [
        RepMoment(m.rep, m.name, None, None, m.reason or apart[m.rep])
        if m.rep in apart and m.name.startswith(LUMBOSACRAL)
        else m
        for m in moments
    ]


def _told_once(moments: Sequence[RepMoment]) -> tuple[RepMoment, ...]:
    """The same, each largest in one repetition only: strides of both feet overlap, and may share it."""
    first: dict[tuple[str, float], int] = {}
    found: list[RepMoment] = []
    for m in moments:
        rep = m.rep if m.time_s is None else first.setdefault((m.name, m.time_s), m.rep)
        why = f"it is that of repetition {rep + 1}, which lasts until then"
        found.append(m if rep == m.rep else RepMoment(m.rep, m.name, None, None, why))
    return tuple(found)
