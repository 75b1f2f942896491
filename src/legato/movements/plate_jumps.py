"""Jumps of a motion whose take-off and landing force plates know better than the motion does."""

from typing import TYPE_CHECKING

import numpy as np

from legato.body.model import Body
from legato.errors import BadInput, NotResolvable
from legato.estimate import Estimate
from legato.movements.model import Movement, Rep, RepsResult
from legato.movements.noise import Z
from legato.movements.one_rep import phases_between
from legato.movements.plate_strides import clock_sd, on_clock, strides_of_trial
from legato.recording import Recording

if TYPE_CHECKING:
    from legato.forces.jump_model import Jump

BY_MOTION = (
    "no force plate tells the flight: take-off and landing are read from the speed of the body, so height by flight"
    " (g t\u00b2/8 between the two, without the rise on to the toes) is known to some centimetres only"
)
"""What is said where the motion alone tells a jump."""

_SAME_S = 0.15
"""Both ends of a flight by the motion lie this near to those of the same one on plates, s. [ENG] The motion's flight
lasts up to 0.1 s longer or shorter; another jump is a second away."""

_APART_S = 0.05
"""A middle of the flight that lies farther off than this does not come from the same clock, s. [ENG] Both ends of a
motion are smeared alike."""


def reps_of_trial(found: RepsResult, body: Body, movement: Movement, recording: Recording) -> RepsResult:
    """The repetitions that the motion shows, or else the file's events, with what the plates tell of strides and
    flights; see `with_plates` and `strides_of_trial`.
    """
    told = strides_of_trial(with_plates(found, body, movement, recording), body, movement, recording)
    alone = [rep for rep in told.reps if "take_off" in rep.marks and not rep.told]
    if movement.cycle.anchor != "flight" or body.source == "force" or not alone:
        return told
    return RepsResult(told.reps, told.driver, (*told.notes, BY_MOTION), told.side)


def with_plates(found: RepsResult, body: Body, movement: Movement, recording: Recording) -> RepsResult:
    """Jumps with take-off, landing and, of a drop jump, touch-down as the force plates tell them.

    Parameters
    ----------
    found
        As the motion shows them.
    body
        The body.
    movement
        One with a flight; others are left alone.
    recording
        The trial.

    Returns
    -------
    Both ends of a flight give way to those of the same flight off the plates. Where the two lie too far apart to be
    the same one, or the plates show no jump there, a note says that the motion alone tells them.
    """
    plated = bool(recording.plates) or bool(recording.of_kind("force"))
    if movement.cycle.anchor != "flight" or body.source in ("force", "bar", "emg") or not plated or not found.reps:
        return found
    from legato.forces.analyse import total_force
    from legato.forces.even_clock import on_even_clock
    from legato.forces.jumps import search_jumps
    from legato.forces.plates import find_plates

    plates = find_plates(on_even_clock(recording)[0], zero=True).plates
    total = total_force(plates)
    if total is None:
        return found
    try:
        jumps = search_jumps(total.force_n, total.rate_hz).jumps
    except (BadInput, NotResolvable):
        return found
    clock_s = Z * clock_sd(recording, {plate.stream for plate in plates})
    reps: list[Rep] = []
    notes: list[str] = []
    for rep in found.reps:
        take_off, landing = rep.marks.get("take_off"), rep.marks.get("landing")
        near = [
            jump
            for jump in jumps
            if take_off is not None
            and abs(jump.take_off_s.value + total.start_s - take_off) <= _SAME_S
            and (landing is None or abs(jump.landing_s.value + total.start_s - landing) <= _SAME_S)
        ]
        if not near:
            reps.append(rep)
            if take_off is not None:
                notes.append(f"rep {rep.index + 1}: no flight off the plates fits it, so the motion alone tells it")
            continue
        told = _told(near[0], total.start_s, clock_s)
        reps.append(_on_plates(rep, told, movement))
        notes.append(_apart(rep, told))
    return RepsResult(tuple(reps), found.driver, (*found.notes, *notes), found.side)


def _told(jump: "Jump", start_s: float, clock_s: float) -> dict[str, Estimate]:
    """The library's instants that contact with the plates tells, on the recording's clock."""
    told = {"take_off": jump.take_off_s, "landing": jump.landing_s}
    braking = next((p for p in jump.phases if p.name == "braking"), None)
    if jump.kind == "drop" and braking is not None:
        told["contact"] = braking.start_s
    return {name: on_clock(time.shifted(start_s), clock_s) for name, time in told.items()}


def _on_plates(rep: Rep, told: dict[str, Estimate], movement: Movement) -> Rep:
    known = {name: time for name, time in told.items() if name in rep.marks or name != "contact"}
    marks = {**rep.marks, **{name: time.value for name, time in known.items()}}
    phases = phases_between(movement, {**marks, "start": rep.start_s, "end": max(rep.end_s, marks["landing"])})
    return rep.model_copy(
        update={
            "marks": marks,
            "end_s": max(rep.end_s, marks["landing"]),
            "phases": phases,
            "told": {**rep.told, **known},
            "doubt_s": {name: half for name, half in rep.doubt_s.items() if name not in known},
        }
    )


def _apart(rep: Rep, told: dict[str, Estimate]) -> str:
    """How far the motion's flight lies from the plates', in words."""
    take_off, landing = rep.marks["take_off"], rep.marks.get("landing")
    said = f"rep {rep.index + 1}: take-off and landing are the force plates'"
    if landing is None:
        return f"{said}; the motion shows no landing"
    flown, seen = told["landing"].value - told["take_off"].value, landing - take_off
    said = f"{said} (flight {flown:.3f} s; {seen:.3f} s by the motion alone)"
    off = 0.5 * (take_off + landing - told["take_off"].value - told["landing"].value)
    if np.abs(off) > _APART_S:
        said += "; the flight's middle differs so much that their clocks may: see --offset"
    return said
