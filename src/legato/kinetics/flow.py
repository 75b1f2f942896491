"""The power of one trial: at every joint, along the chain, what leaks, and whether it closes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from legato.body.model import Body
from legato.estimate import LEVEL
from legato.forces.analyse import ForcesResult
from legato.kinetics.analyse import KineticsResult
from legato.kinetics.axis_moments import axis_moments, mismatch_of, stiffness_of
from legato.kinetics.closure import Closure, meeting, not_agreeing, refused, separation, whole_body
from legato.kinetics.dead_time import DeadTime, dead_times
from legato.kinetics.gains import ChainGain, chain_gains
from legato.kinetics.joint_stiffness import JointStiffness
from legato.kinetics.leaks import Leak, leaks, propelling, reversals_in
from legato.kinetics.power import JointPower
from legato.kinetics.power_gain import power_gains
from legato.kinetics.power_joints import powered_joints
from legato.kinetics.segments import LUMBOSACRAL, MovingBody, moving_segments
from legato.kinetics.torque_mismatch import TorqueMismatch
from legato.kinetics.transfer import LoadPower, TransferStep, drives, load_noise, load_power, load_work, transfer_steps
from legato.kinetics.upper_body import upper_body
from legato.kinetics.whole_body import WholeBody
from legato.kinetics.work import JointWork, PoweredJoint, Stretch, work_of
from legato.recording import BoolArray, FloatArray

_REVERSED = 0.05
"""Power counts as reversed from this share of its peak in the phase. [ENG]"""

_UNTURNED = "the turn of its foot is not measured, so neither its power nor what both legs generate or pass on is known"
"""Why an ankle is refused of whose foot only a line is seen: its power lacks that turn."""

_LOADS = ("bar", "box", "bell", "ball")
"""Points of a body that are loads."""


@dataclass(frozen=True, slots=True, eq=False)
class PowerResult:
    """Power and work of one trial. `works` holds every joint in every stretch; `drives` says which phases drive;
    `refused` says by joint why its powers are not told, under an empty name why none is.
    """

    joints: tuple[JointPower, ...]
    works: tuple[JointWork, ...]
    stretches: tuple[Stretch, ...]
    drives: Mapping[str, bool]
    steps: tuple[TransferStep, ...]
    leaks: tuple[Leak, ...]
    dead_times: tuple[DeadTime, ...]
    closure: tuple[Closure, ...]
    refused: Mapping[str, str]
    load_name: str
    cutoff_hz: float
    notes: tuple[str, ...]
    gains: tuple[ChainGain, ...] = ()
    mismatch: TorqueMismatch | None = None
    stiffness: tuple[JointStiffness, ...] = ()
    mass_kg: float | None = None


def analyse_power(
    body: Body,
    forces: ForcesResult | None,
    kinetics: KineticsResult | None,
    stretches: Sequence[Stretch],
    *,
    whole: WholeBody | None = None,
    loads_kg: Mapping[int, float] | None = None,
    borne_elsewhere: bool = False,
    level: float = LEVEL,
) -> PowerResult | None:
    """Power of every joint whose moment is known; None where there is none.

    Parameters
    ----------
    body
        The measured body.
    forces
        Its plates.
    kinetics
        What the joints of its legs bear.
    stretches
        The phases of all whole repetitions.
    whole
        What trunk and arms bear, where that is known.
    loads_kg
        What is lifted in each repetition, kg; None where it was not given.
    borne_elsewhere
        Whether the body leans on more than its feet, or more than gravity pulls at it: the ground's work is then not
        all that changes its energy.
    level
        Share of central probability that every interval holds.
    """
    if forces is None or kinetics is None or not kinetics.joints or kinetics.mass_kg is None:
        return None
    moving = moving_segments(body, kinetics.mass_kg, kinetics.cutoff_hz)
    back = None if whole is None else whole.below
    known = {joint.name for joint in kinetics.joints}
    upper = [] if whole is None else [j for j in (back, *whole.arms) if j is not None and j.name not in known]
    joints = powered_joints(body, moving, [*kinetics.joints, *upper])
    if not joints:
        return None
    loads_kg = {} if loads_kg is None else loads_kg
    name = next((load for load in _LOADS if load in body.points), "")
    inside = _frames(body, stretches)
    powers = [joint.power for joint in joints]
    checks = [separation(p, [other for other in powers if other.side == p.side], inside) for p in powers]
    above = None if whole is None else whole.above
    from_above = () if above is None else powered_joints(body, moving, [above])
    if from_above:
        checks += [meeting(p, from_above[0].power, powers, inside) for p in powers if p.joint == LUMBOSACRAL]
    if borne_elsewhere:
        checks.append(Closure("whole-body", "", None, "something besides the feet and gravity bears or pulls the body"))
    else:
        checks.append(whole_body(moving, forces.plates, inside & _carried(kinetics), _loads(body, name, loads_kg)))
    why = refused(checks)
    if whole is not None:
        why |= not_agreeing([power.name for power in powers if power.joint == LUMBOSACRAL], whole.meetings)
    why |= {name: reason for name, reason in unturned(moving, powers).items() if name not in why}
    works = tuple(_work(joint, stretch, moving, level, why) for joint in joints for stretch in stretches)
    lifted: dict[tuple[int, str], tuple[float, float]] = {}
    load_sds: dict[tuple[int, str], float] = {}
    load_w: dict[int, FloatArray] = {}
    load: LoadPower | None = None
    apart = next((check.reason for check in checks if check.masses_apart), "")
    if name and loads_kg and not apart:
        load = load_power(name, body.points[name], loads_kg, body.rate_hz, moving.cutoff_hz)
        of_load = {(s.rep, s.phase): load_work(load, s, body.start_s, body.rate_hz) for s in stretches}
        lifted = {key: work for key, work in of_load.items() if work is not None}
        load_sds = {(s.rep, s.phase): load_noise(load, s, body.start_s, body.rate_hz) for s in stretches}
        load_w = {rep: mass * load.per_kg for rep, mass in loads_kg.items()}
    driving = drives(works, stretches, lifted)
    reversals = {(joint.power.name, s.rep, s.phase): _reversals(joint, s, body) for joint in joints for s in stretches}
    told = [] if "" in why else [joint for joint in joints if joint.power.name not in why]
    # A load that hands alone show enters the trunk's power from above, but its own is not seen.
    if told and from_above and _seen_from_above(checks) and (load_w or not any(loads_kg.values())):
        told.append(upper_body(moving, from_above[0], _taken(body, stretches, load_w)))
    steps = () if "" in why else transfer_steps(works, stretches, driving, lifted, name, level, load_sds)
    gaps = dead_times(
        told,
        load if told else None,
        stretches,
        driving,
        start_s=body.start_s,
        rate_hz=body.rate_hz,
        cutoff_hz=moving.cutoff_hz,
        level=level,
    )
    moments = axis_moments(moving, [*kinetics.joints, *upper], "" if whole is None else whole.shown_by)
    more = power_gains(
        told,
        stretches,
        driving,
        start_s=body.start_s,
        rate_hz=body.rate_hz,
        level=level,
    )
    return PowerResult(
        joints=tuple(powers),
        works=works,
        stretches=tuple(stretches),
        drives=driving,
        steps=steps,
        leaks=leaks(
            works,
            reversals,
            propelling(driving, stretches),
            lifted,
            level,
            _open_load(name, whole, loads_kg, lifted, checks) or _open_leg(why),
        ),
        dead_times=gaps,
        gains=chain_gains(works, steps, driving, level, stretches) + more,
        mismatch=mismatch_of(moments, whole, stretches, driving, moving, why, level),
        stiffness=stiffness_of(body, moments, stretches, driving, moving, why, level),
        mass_kg=kinetics.mass_kg,
        closure=tuple(checks),
        refused=why,
        load_name=name if lifted else "",
        cutoff_hz=moving.cutoff_hz,
        notes=_notes(name, loads_kg, "" if "" in why else apart),
    )


def _open_leg(why: Mapping[str, str]) -> str:
    """Why what the legs generate is not known though their moments are; empty where it is."""
    open_leg = _UNTURNED in why.values()
    return "the turn of a foot is not measured, so what all joints generate is not known" if open_leg else ""


def unturned(moving: MovingBody, powers: Sequence[JointPower]) -> dict[str, str]:
    """Why the power of an ankle is not told, by its name, where only the line of its foot is seen."""
    feet = {power.name: moving.get(power.behind) for power in powers if power.joint == "ankle"}
    return {name: _UNTURNED for name, foot in feet.items() if foot is not None and not foot.axes_known}


def _seen_from_above(checks: Sequence[Closure]) -> bool:
    """Whether the upper body may be told, which is seen from above alone: its power meets the ground's at L5/S1, or the
    whole body's work closes, so that what parts them there is not the load or the masses above.
    """
    failing = {check.name for check in checks if check.holds is False}
    return "meeting" not in failing or any(check.name == "whole-body" and check.holds for check in checks)


def _open_load(
    name: str,
    whole: WholeBody | None,
    loads_kg: Mapping[int, float],
    lifted: Mapping[tuple[int, str], tuple[float, float]],
    checks: Sequence[Closure],
) -> str:
    """Why it is not known what a load takes up; empty where it is, or where there is none."""
    if loads_kg:
        if any(check.masses_apart for check in checks):
            return "what the load takes up is not known, as its mass is in doubt"
        return "what the load takes up was not seen" if any(loads_kg.values()) and not lifted else ""
    # The whole body's work closes without a load: there is none of note.
    none = any(check.name == "whole-body" and check.holds for check in checks)
    if none or not (name or whole is not None):
        return ""
    return "what a load takes up is not known; give --load, 0 without one"


def _notes(name: str, loads_kg: Mapping[int, float], apart: str) -> tuple[str, ...]:
    if name and not loads_kg:
        return (f"what reaches the {name} is not told: give its mass with --load",)
    if name and apart:
        return (f"what reaches the {name} is not told, as its mass is in doubt",)
    return ()


def _work(joint: PoweredJoint, stretch: Stretch, moving: MovingBody, level: float, why: Mapping[str, str]) -> JointWork:
    found = work_of(joint, stretch, moving.start_s, moving.rate_hz, moving.cutoff_hz, level)
    reason = why.get("", why.get(joint.power.name, ""))
    return replace(found, drawn=None, reason=reason) if reason else found


def _frames(body: Body, stretches: Sequence[Stretch]) -> BoolArray:
    """Frames that lie in any stretch, shape (n,)."""
    times, found = body.times(), np.zeros(body.n_frames, dtype=np.bool_)
    for stretch in stretches:
        found |= (times >= stretch.span.start_s) & (times <= stretch.span.end_s)
    return found


def _carried(kinetics: KineticsResult) -> BoolArray:
    """Frames in which the load on both feet is known, shape (n,)."""
    ankles = [joint.force[:, 2] for joint in kinetics.joints if joint.joint == "ankle"]
    known = np.full(len(kinetics.joints[0].force), len(ankles) == 2, dtype=np.bool_)
    for force in ankles:
        known &= np.isfinite(force)
    return known


def _loads(body: Body, name: str, loads_kg: Mapping[int, float]) -> list[tuple[FloatArray, float]]:
    """Path and mean mass of the load."""
    if not name or not loads_kg:
        return []
    return [(body.points[name], float(np.mean(list(loads_kg.values()))))]


def _taken(body: Body, stretches: Sequence[Stretch], load_w: Mapping[int, FloatArray]) -> FloatArray:
    """Power that the load of each repetition takes up within it, W, shape (n,); 0 elsewhere."""
    taken = np.zeros(body.n_frames)
    for rep, series in load_w.items():
        spans = [s.span for s in stretches if s.rep == rep]
        if not spans:
            continue
        first, last = min(s.start_s for s in spans) - body.start_s, max(s.end_s for s in spans) - body.start_s
        inside = slice(max(int(np.floor(first * body.rate_hz)), 0), int(np.ceil(last * body.rate_hz)) + 1)
        taken[inside] = series[inside]
    return taken


def _reversals(joint: PoweredJoint, stretch: Stretch, body: Body) -> int:
    first, last = (round((t - body.start_s) * body.rate_hz) for t in (stretch.span.start_s, stretch.span.end_s))
    power = joint.power.net[max(first, 0) : last + 1]
    power = power[np.isfinite(power)]
    return reversals_in(power, _REVERSED * float(np.abs(power).max())) if power.size else 0
