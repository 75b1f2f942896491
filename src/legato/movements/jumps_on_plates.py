"""Repetitions of a recording that holds force plates alone: each flight off the plates, each stand on them, or what a
person says.
"""

import numpy as np

from legato.body.model import Body
from legato.errors import BadInput
from legato.forces import VerticalForce, find_plates, total_force
from legato.forces.jump_model import Jump, JumpKind, Rebound
from legato.forces.jumps import search_jumps
from legato.forces.plates import NO_NUMBER
from legato.forces.stances import stance_spans
from legato.forces.tables import forces_in_other_units
from legato.messages import BY_HAND
from legato.movements.model import Movement, Rep, RepsResult
from legato.movements.named_jumps import named_kind
from legato.movements.one_rep import rep_of
from legato.recording import STANDARD_GRAVITY, Recording

_MOST_LOST = 0.3
"""Share of missing samples from which they, and not the load, are why nobody is seen to stand. [ENG]"""

_MARKS = {
    "unweighting": ("start", "fastest_down"),
    "braking": ("fastest_down", "bottom"),
    "propulsion": ("bottom", "take_off"),
    "landing": ("landing", "end"),
}
"""The movement library's marks at both ends of each phase of a jump."""


WHOLE_FORCE = (
    "force alone does not tell the repetitions of this movement, so this is the whole recording and nothing is judged;"
    f" add the motion file, or {BY_HAND}"
)


def plates_alone(recording: Recording) -> bool:
    """Whether there are forces and nothing that shows how the body moved or what its muscles did."""
    return bool(recording.of_kind("force")) and not recording.of_kind(
        "markers", "rotations", "keypoints", "angles", "imu", "emg"
    )


def refuse_other_units(recording: Recording) -> None:
    """Raise `BadInput` where nothing was recorded but columns that are called forces and are in no unit of force."""
    if all(stream.kind in ("table", "analog") for stream in recording.streams):
        said = forces_in_other_units(recording.streams)
        if said:
            raise BadInput(said)


def plates_body(recording: Recording) -> Body:
    """A body of which nothing but the time base of the plates is known.

    Raises
    ------
    BadInput
        Nobody stands on a plate.
    """
    force = _force(recording)
    return Body(force.rate_hz, force.start_s, force.force_n.size, "force", "", {}, {}, {}, {})


def whole_force(body: Body) -> Rep:
    """All that the plates recorded, as a repetition that is not judged."""
    end_s = body.start_s + (body.n_frames - 1) / body.rate_hz
    return Rep(index=0, start_s=body.start_s, end_s=end_s, complete=False, reason=WHOLE_FORCE)


def jump_reps(body: Body, movement: Movement, recording: Recording) -> RepsResult:
    """The jumps as repetitions, from the force's onset (else from the last touch-down) to the end of the landing."""
    force = _force(recording)
    searched = search_jumps(force.force_n, force.rate_hz)
    wanted = named_kind(movement)
    marked = [_marks(jump, wanted) for jump in searched.jumps]
    # A series of hops holds contacts and flights, which is what a drop jump is about.
    hops = searched.rebounds if wanted == "drop" else ()
    marked = sorted(marked + [_marks_of_rebound(one) for one in hops], key=lambda one: one[0]["take_off"])
    reps: list[Rep] = []
    for marks, reason in marked:
        at = {name: (force.start_s + t - body.start_s) * body.rate_hz for name, t in marks.items()}
        reps.append(rep_of(body, movement, len(reps), at, reason))
    notes = tuple(
        f"{force.start_s + n.start_s:.2f} to {force.start_s + n.end_s:.2f} s off the plates: {n.reason}"
        for n in searched.refused
    )
    notes += searched.cut
    return RepsResult(tuple(reps), "vertical force", notes or (() if reps else ("nobody leaves the plates",)))


def stand_reps(body: Body, movement: Movement, recording: Recording) -> RepsResult:
    """The stands on the plates as holds; plates do not show whether the posture was kept."""
    reps: list[Rep] = []
    for span in stance_spans(find_plates(recording, zero=True).plates):
        at = {"start": span.start_s, "end": span.end_s}
        marks = {name: (time - body.start_s) * body.rate_hz for name, time in at.items()}
        reps.append(rep_of(body, movement, len(reps), marks, ""))
    note = "from plates alone each stand of 10 s or more counts as a hold; whether the posture was kept is not seen"
    return RepsResult(tuple(reps), "vertical force", (note,))


def _force(recording: Recording) -> VerticalForce:
    found = find_plates(recording, zero=True)
    force = total_force(found.plates)
    if force is None:
        where = recording.inputs[0].path if recording.inputs else "the recording"
        if not found.plates and found.notes:
            raise BadInput(f"{where}: {found.notes[0]}")
        if found.plates and all(NO_NUMBER in plate.reasons for plate in found.plates):
            raise BadInput(f"{where}: no sample of the vertical force holds a number; check what was exported")
        lost = min((float(np.isnan(plate.vertical).mean()) for plate in found.plates), default=0.0)
        if lost > _MOST_LOST:
            raise BadInput(
                f"{where}: {100.0 * lost:.0f} % of the samples of the vertical force are missing, so no load is seen to"
                " last; export every sample"
            )
        raise BadInput(f"{where}: nobody stands on a plate; add the motion file, or check the columns of force")
    return force


def _marks(jump: Jump, wanted: JumpKind) -> tuple[dict[str, float], str]:
    """The library's instants of one jump, s from the first sample, and why it is not whole."""
    marks = {"take_off": jump.take_off_s.value, "landing": jump.landing_s.value}
    for phase in jump.phases:
        names = ("contact", "bottom") if jump.kind == "drop" and phase.name == "braking" else _MARKS.get(phase.name, ())
        for name, time in zip(names, (phase.start_s, phase.end_s), strict=False):
            marks.setdefault(name, time.value)
        if phase.name == "propulsion":
            marks["push"] = phase.start_s.value
    reasons: list[str] = []
    if jump.onset_s is not None:
        marks["start"] = jump.onset_s.value
    elif jump.kind == "drop" and jump.drop_height_m is not None and jump.contact_time_s is not None:
        # From rest: the fall to the speed of touch-down.
        fallen_s = float(np.sqrt(2.0 * max(jump.drop_height_m.value, 0.0) / STANDARD_GRAVITY))
        marks["start"] = marks["take_off"] - jump.contact_time_s.value - fallen_s
    elif "start" not in marks:
        marks["start"] = min(marks.values())
        reasons.append("its start was not seen")
    if "end" not in marks:
        marks["end"] = marks["landing"]
        # The library's drop jump may end at touch-down: its landing is optional.
        reasons += [] if wanted == "drop" else ["the end of its landing was not seen"]
    if wanted == "drop" and jump.kind != "drop":
        reasons.append("no fall on the plates before it, so no drop jump")
    elif wanted != "drop" and jump.kind == "drop":
        reasons.append("it starts with a fall on the plates, as a drop jump")
    return marks, " and ".join(reasons)


def _marks_of_rebound(one: Rebound) -> tuple[dict[str, float], str]:
    touch_down_s, take_off_s, landing_s = one.touch_down_s.value, one.take_off_s.value, one.landing_s.value
    fallen_s = 0.0 if one.drop_height_m is None else float(np.sqrt(2.0 * one.drop_height_m.value / STANDARD_GRAVITY))
    marks = {"start": touch_down_s - fallen_s, "contact": touch_down_s, "take_off": take_off_s, "landing": landing_s}
    return {**marks, "end": landing_s}, "a rebound in a series of hops, not a drop"
