"""Strides whose contacts and toe-offs force plates know better than the motion does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from legato.body.model import Body
from legato.estimate import Estimate
from legato.movements.contacts import CONTACTS
from legato.movements.electrodes import with_contacts
from legato.movements.instants import REACH_SD_S
from legato.movements.model import Movement, Rep, RepsResult
from legato.movements.noise import Z
from legato.movements.one_rep import phases_between, rep_of
from legato.movements.reps import LONGEST_STRIDE_S
from legato.movements.trial_forces import foot_paths
from legato.recording import Recording

if TYPE_CHECKING:
    from legato.forces.steps import Step

_SAME_S = 0.1
"""An event of the motion and one of a plate this near are the same, s. [ENG] A quarter of the shortest stride."""

_APART_S = 0.05
"""Motion and plates that lie farther apart than this in the median may not share a clock, s. [ENG]"""

_MISSED = 1.5
"""Over the usual stride: another step of the foot lies between two contacts on plates. [ENG] Midway to two strides."""

_STANCE = 0.35
"""Least share of a walker's stride for which its foot stands, where no other stride says how long one is. [ENG] About
0.6; half of it where a step was missed."""

BEGUN = "already stands on its plate"
"""Words of the note on a stride whose contact was not recorded."""

_KINDS: Mapping[str, str] = {"start": "contact", "toe_off": "toe-off", "end": "contact"}


@dataclass(slots=True)
class _Apart:
    """How much later the motion says an event than its plate, s, by the event, each once."""

    seen: dict[tuple[str, float], float] = field(default_factory=dict[tuple[str, float], float])

    def of(self, kind: str) -> list[float]:
        return [d for (name, _), d in self.seen.items() if name == kind]

    def half_width(self, kind: str, prior_sd_s: float) -> float:
        """Half-width of what an event of the motion alone may be wrong by; the prior counts as one event."""
        known = [*self.of(kind), *((prior_sd_s,) if prior_sd_s > 0.0 else ())]
        return Z * float(np.sqrt(np.mean(np.square(known)))) if known else 0.0


def with_plates(found: RepsResult, body: Body, movement: Movement, recording: Recording) -> RepsResult:
    """Strides with the instants that plates tell, and those that only plates show.

    Parameters
    ----------
    found
        As the motion, or the file's own events, show them.
    body
        The body; where its feet were says which of them is on which plate.
    movement
        One of strides; others are left alone.
    recording
        The trial.

    Returns
    -------
    A contact or toe-off of the motion within 0.1 s of one of the same foot on a plate gives way to it. How far the two
    lie apart widens the intervals of the events off the plates. Two contacts of a foot on plates with nothing between
    them are a stride, also where the motion does not show its end.
    """
    plated = bool(recording.plates) or bool(recording.of_kind("force"))
    if movement.cycle.anchor != "stride" or body.source != "markers" or not plated:
        return found
    from legato.forces import find_plates
    from legato.forces.even_clock import on_even_clock
    from legato.forces.feet import find_stands
    from legato.forces.steps import find_steps

    plates = find_plates(on_even_clock(recording)[0], zero=True).plates
    steps = find_steps(plates, find_stands(plates, foot_paths(body)))
    if not steps:
        return found
    clock_s = Z * clock_sd(recording, {plate.stream for plate in plates})
    apart = _Apart()
    reps = [_on_plates(rep, steps, body, movement, apart, clock_s) for rep in found.reps]
    prior = REACH_SD_S if movement.cycle.contact == "reach" else 0.0
    reps = [_doubted(rep, apart, prior) for rep in reps]
    added = _between_plates(reps, steps, body, movement, clock_s)
    kept = [rep for rep in reps if rep.complete or not any(_overlap(rep, new) > 0.0 for new in added)]
    ordered = sorted((*kept, *added), key=lambda rep: rep.start_s)
    reps = tuple(rep.model_copy(update={"index": k}) for k, rep in enumerate(ordered))
    if not reps:
        return found
    notes = (*(found.notes if found.reps else ()), *_notes(apart, added), *_begun_before(reps, steps, body))
    return RepsResult(reps, found.driver or "force plates", notes, found.side)


def strides_of_trial(found: RepsResult, body: Body, movement: Movement, recording: Recording) -> RepsResult:
    """The repetitions that the motion shows, or else the file's events, with what the plates tell of them.

    Raises
    ------
    BadInput
        Strides of EMG are asked for, and every contact that the file tells lies outside of it.
    """
    moved = with_plates(found, body, movement, recording)
    told = with_contacts(moved, movement, recording)
    if told.driver != CONTACTS:
        return told
    told = with_plates(told, body, movement, recording)
    whole = any(rep.complete for rep in told.reps)
    return told if whole or not moved.reps else moved


def clock_sd(recording: Recording, streams: set[str]) -> float:
    """SD of what the clocks of the motion and of these streams may differ by, s."""
    from legato.muscles.channel_lags import motion_clock_error_s

    return max((motion_clock_error_s(recording, stream) for stream in streams), default=0.0)


def _on_plates(rep: Rep, steps: "Sequence[Step]", body: Body, movement: Movement, apart: _Apart, clock_s: float) -> Rep:
    """The stride with its own foot's instants on plates."""
    own = [step for step in steps if step.foot == rep.side]
    first, last = body.start_s, body.start_s + (body.n_frames - 1) / body.rate_hz
    times = {"start": rep.start_s, "end": rep.end_s}
    times |= {name: at for name, at in rep.marks.items() if name in _KINDS}
    told: dict[str, Estimate] = {}
    for name, at in times.items():
        edges = [step.off_s if name == "toe_off" else step.contact_s for step in own]
        near = min((e for e in edges if e is not None), key=lambda e: abs(e.value - at), default=None)
        cut = min(at - first, last - at) < 1.0 / body.rate_hz
        if near is None or cut or abs(near.value - at) > _SAME_S:
            continue
        apart.seen[_KINDS[name], near.value] = at - near.value
        told[name] = on_clock(near, clock_s)
    if "toe_off" not in times:
        inside = [s.off_s for s in own if s.off_s is not None and times["start"] < s.off_s.value < times["end"]]
        if len(inside) == 1:
            told["toe_off"] = on_clock(inside[0], clock_s)
    known = {**times, **{name: e.value for name, e in told.items()}}
    return rep.model_copy(
        update={
            "start_s": known["start"],
            "end_s": known["end"],
            "marks": {**rep.marks, **{name: at for name, at in known.items() if name == "toe_off"}},
            "phases": phases_between(movement, known),
            "told": told,
        }
    )


def on_clock(edge: Estimate, clock_s: float) -> Estimate:
    """An instant of the plates on the motion's clock."""
    low, high = (float(np.hypot(end - edge.value, clock_s)) for end in (edge.low, edge.high))
    return Estimate(edge.value, edge.value - low, edge.value + high, edge.level, edge.unit)


def _doubted(rep: Rep, apart: _Apart, prior_sd_s: float) -> Rep:
    doubt = {name: apart.half_width(kind, prior_sd_s) for name, kind in _KINDS.items() if apart.of(kind)}
    return rep.model_copy(update={"doubt_s": {name: half for name, half in doubt.items() if name not in rep.told}})


def _between_plates(
    reps: Sequence[Rep], steps: "Sequence[Step]", body: Body, movement: Movement, clock_s: float
) -> list[Rep]:
    """Strides from one contact on a plate to the next of the same foot that no whole stride covers."""
    whole = [rep for rep in reps if rep.complete]
    usual = median([rep.end_s - rep.start_s for rep in whole]) if whole else None
    found: list[Rep] = []
    for foot in ("right", "left"):
        for one, two in pairwise(step for step in steps if step.foot == foot):
            if one.contact_s is None or two.contact_s is None or one.off_s is None:
                continue
            start, off, end = one.contact_s.value, one.off_s.value, two.contact_s.value
            if not start < off < end or end - start > LONGEST_STRIDE_S:
                continue
            walks = movement.cycle.contact == "reach"
            if usual is None and not (walks and off - start >= _STANCE * (end - start)):
                continue
            if usual is not None and end - start > _MISSED * usual:
                continue
            at = {"start": start, "toe_off": off, "end": end}
            marks = {name: (time - body.start_s) * body.rate_hz for name, time in at.items()}
            new = rep_of(body, movement, 0, marks, "")
            told = dict(zip(at, (on_clock(e, clock_s) for e in (one.contact_s, one.off_s, two.contact_s)), strict=True))
            new = new.model_copy(update={"side": foot, "told": told})
            if not any(_overlap(new, rep) > 0.5 * (end - start) for rep in whole):
                found.append(new)
    return found


def _overlap(one: Rep, two: Rep) -> float:
    """How long two strides of one foot overlap, s."""
    return min(one.end_s, two.end_s) - max(one.start_s, two.start_s) if one.side == two.side else 0.0


def _notes(apart: _Apart, added: Sequence[Rep]) -> tuple[str, ...]:
    notes: list[str] = []
    known = {kind: apart.of(kind) for kind in ("contact", "toe-off") if apart.of(kind)}
    if known:
        parts = [
            f"{len(d)} {kind}{'s' if len(d) > 1 else ''}, {_later(1000.0 * median(d))} by the motion"
            for kind, d in known.items()
        ]
        notes.append(f"the force plates tell {' and '.join(parts)}; events off the plates are that much less sure")
        if median([abs(x) for d in known.values() for x in d]) > _APART_S:
            notes.append("motion and plates lie so far apart that their clocks may differ: see --offset")
    if added:
        strides = ", ".join(f"{rep.side} {rep.start_s:.2f} to {rep.end_s:.2f} s" for rep in added)
        notes.append(f"told by the force plates alone: {strides}")
    return tuple(notes)


def _begun_before(reps: Sequence[Rep], steps: "Sequence[Step]", body: Body) -> list[str]:
    """Whole strides, by the file's events or the motion, whose foot the plate shows standing at the first frame."""
    first = [rep for rep in reps if rep.complete and rep.start_s - body.start_s < 1.0 / body.rate_hz]
    return [
        f"the {rep.side} foot {BEGUN} as the recording begins: the contact of stride {rep.index + 1} lies before it,"
        " and stance and stride lasted longer than told"
        for rep in first
        if any(s.foot == rep.side and s.contact_s is None and s.first_s <= rep.start_s < s.last_s for s in steps)
    ]


def _later(ms: float) -> str:
    return f"{abs(ms):.0f} ms {'later' if ms > 0.0 else 'earlier'}"
