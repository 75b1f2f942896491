"""Corrections of repetitions, marks and phases: each is tried on the set as the ones above it left it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from legato.body.model import Body
from legato.corrections.model import (
    AddPhase,
    AddRep,
    Corrections,
    DeleteLinkEvent,
    DeleteMark,
    DeletePhase,
    DeleteRep,
    MovePhase,
    MoveRep,
    Outcome,
    RelabelMark,
    RelabelPhase,
    RelabelRep,
    SetLinkEvent,
    SetMark,
    Unfit,
)
from legato.corrections.recording import applied, check_time
from legato.errors import NotResolvable
from legato.movements.contacts import lift_off_inside
from legato.movements.drivers import Drive, sided_drives
from legato.movements.model import Movement, Phase, Rep
from legato.movements.one_rep import phases_between
from legato.movements.reps import driven_reps
from legato.movements.reread import Stretch, marks_inside, turning_marks
from legato.movements.sides import names_dominant_side
from legato.recording import Event, Span

_OfMark = SetMark | DeleteMark | RelabelMark
_OfPhase = MovePhase | AddPhase | DeletePhase | RelabelPhase
_OfOneRep = MoveRep | RelabelRep | _OfMark | _OfPhase
_OfReps = AddRep | DeleteRep | _OfOneRep


@dataclass(frozen=True, slots=True)
class _Edited:
    """A repetition as found and what a person changed: first its stretch, then its marks, then its phases."""

    found: Rep
    stretch: Stretch | None = None
    marks: tuple[_OfMark, ...] = ()
    phases: tuple[_OfPhase, ...] = ()
    labels: tuple[RelabelRep, ...] = ()


class _Set:
    """The set while it is corrected."""

    def __init__(self, body: Body, movement: Movement, reps: Sequence[Rep], events: Sequence[Event]) -> None:
        self.body, self.movement, self.events = body, movement, events
        self.edited: list[tuple[_Edited, Rep]] = [(_Edited(rep), rep) for rep in reps]
        self._drives: list[Drive] | None = None

    def drive(self, side: str) -> Drive | None:
        """The signal that repetitions of this side are read from."""
        if self._drives is None:
            first = driven_reps(self.body, self.movement)[0]
            self._drives = [] if first is None else list(sided_drives(self.body, self.movement, first))
        return next((d for d in self._drives if d.side == side), self._drives[0] if self._drives else None)

    def apply(self, correction: _OfReps) -> None:
        """Make the change; raises `Unfit`, with the set left as it was, where it meets nothing that it could change."""
        if isinstance(correction, AddRep):
            start, end = correction.start_s, correction.end_s
            added = Rep(index=0, start_s=start, end_s=end, complete=True, side=correction.side or "")
            self._put(None, _Edited(added, Stretch(start, end, correction.turn_s)))
            return
        place = self._place(correction.at_s)
        edited, rep = self.edited[place]
        if isinstance(correction, DeleteRep):
            del self.edited[place]
        elif isinstance(correction, MoveRep):
            self._put(place, replace(edited, stretch=_moved(edited, rep, correction)))
        elif isinstance(correction, RelabelRep):
            self._put(place, replace(edited, labels=(*edited.labels, correction)))
        elif isinstance(correction, SetMark) and correction.mark in turning_marks(self.movement):
            _check_mark(rep.marks, correction)
            stretch = Stretch(rep.start_s, rep.end_s, correction.time_s)
            self._put(place, replace(edited, stretch=stretch))
        elif isinstance(correction, SetMark | DeleteMark | RelabelMark):
            self._put(place, replace(edited, marks=(*edited.marks, correction)))
        else:
            self._put(place, replace(edited, phases=(*edited.phases, correction)))

    def _place(self, at_s: float) -> int:
        check_time(at_s, *self._limits())
        for place, (_, rep) in enumerate(self.edited):
            if rep.start_s <= at_s <= rep.end_s:
                return place
        raise Unfit(f"there is no repetition at {at_s:g} s")

    def _limits(self) -> tuple[float, float]:
        return self.body.start_s, self.body.start_s + (self.body.n_frames - 1) / self.body.rate_hz

    def _put(self, place: int | None, edited: _Edited) -> None:
        rep = self._built(edited)
        frame = 1.0 / self.body.rate_hz
        for other, (_, standing) in enumerate(self.edited):
            if {rep.side, standing.side} == {"right", "left"} and self.movement.cycle.anchor == "stride":
                continue
            if other != place and min(rep.end_s, standing.end_s) - max(rep.start_s, standing.start_s) > frame:
                raise Unfit(
                    f"{rep.start_s:.2f} to {rep.end_s:.2f} s would overlap the repetition at "
                    f"{standing.start_s:.2f} to {standing.end_s:.2f} s"
                )
        if place is None:
            self.edited.append((edited, rep))
        else:
            self.edited[place] = (edited, rep)

    def _built(self, edited: _Edited) -> Rep:
        rep = edited.found
        start, end, marks, phases = rep.start_s, rep.end_s, rep.marks, rep.phases
        side = next((label.side for label in reversed(edited.labels) if label.side is not None), rep.side)
        stretch = edited.stretch
        if stretch is None and side != rep.side and self.drive(side) is not self.drive(rep.side):
            stretch = Stretch(start, end)
        if stretch is not None:
            start, end = stretch.start_s, stretch.end_s
            self._check(stretch)
            try:
                marks = marks_inside(self.body, self.movement, self.drive(side), stretch, rep.marks)
            except NotResolvable as why:
                raise Unfit(str(why)) from None
            if self.movement.cycle.anchor == "stride" and "toe_off" not in marks:
                off = lift_off_inside(self.events, side, Span(start, end))
                marks = marks if off is None else {**marks, "toe_off": off}
        for of_mark in edited.marks:
            marks = _with_mark(marks, of_mark, start, end)
        if stretch is not None or edited.marks:
            phases = phases_between(self.movement, {**marks, "start": start, "end": end})
        for of_phase in edited.phases:
            phases = _with_phase(phases, of_phase, start, end)
        changed = {"start_s": start, "end_s": end, "marks": marks, "phases": phases}
        for label in edited.labels:
            changed |= _labelled(label)
        return rep.model_copy(update=changed)

    def _check(self, stretch: Stretch) -> None:
        for at in (stretch.start_s, stretch.end_s):
            check_time(at, *self._limits())
        if stretch.end_s <= stretch.start_s:
            raise Unfit(f"its end {stretch.end_s:g} s would not come after its start {stretch.start_s:g} s")
        if stretch.turn_s is not None and not stretch.start_s < stretch.turn_s < stretch.end_s:
            raise Unfit(
                f"its turning point {stretch.turn_s:g} s would lie outside {stretch.start_s:g} to {stretch.end_s:g} s"
            )


def correct_reps(
    body: Body,
    movement: Movement,
    reps: Sequence[Rep],
    corrections: Corrections,
    settled: Mapping[int, Outcome],
    events: Sequence[Event] = (),
) -> tuple[tuple[Rep, ...], tuple[Outcome, ...]]:
    """The repetitions as a person corrected them, in order of time and numbered anew, and what became of every
    correction.

    Parameters
    ----------
    body, movement
        What the repetitions were found in.
    reps
        As found.
    corrections
        Worked through from top to bottom; of two that set the same thing the lower one holds.
    settled
        Outcomes of those that concern the recording, by place, as `correct_recording` gives them.
    events
        Of the recording: a stride whose toe-off the body does not show has the lift-off that the file tells inside it.
    """
    found = _Set(body, movement, reps, events)
    outcomes: list[Outcome] = []
    for place, correction in enumerate(corrections.correction):
        if place in settled:
            outcomes.append(settled[place])
            continue
        made_for = corrections.file_of(correction) or ""
        if isinstance(correction, SetLinkEvent | DeleteLinkEvent):
            # Whether it fits is seen once the repetitions stand.
            outcomes.append(applied(correction, made_for))
            continue
        try:
            if not isinstance(correction, _OfReps):
                raise TypeError(f"{correction.do} belongs to the recording")
            found.apply(correction)
            outcomes.append(applied(correction, made_for))
        except Unfit as why:
            outcomes.append(Outcome(correction, "no-longer-fits", str(why), made_for))
    standing = sorted((rep for _, rep in found.edited), key=lambda rep: rep.start_s)
    return tuple(rep.model_copy(update={"index": k}) for k, rep in enumerate(standing)), tuple(outcomes)


def one_side(movement: Movement, reps: Sequence[Rep], side: str) -> tuple[tuple[Rep, ...], str]:
    """The repetitions of one side, the others set aside, and that side: the one that a person gave to every whole
    repetition, else `side`. A movement that does not ask for the dominant side is left alone.
    """
    if not names_dominant_side(movement) or not any(rep.side for rep in reps):
        return tuple(reps), side
    given = {rep.side for rep in reps if rep.complete}
    chosen = given.pop() if len(given) == 1 else side
    if not chosen:
        return tuple(reps), side
    return tuple(
        rep
        if rep.side in ("", chosen)
        else rep.model_copy(
            update={"complete": False, "reason": f"made with the {rep.side}, and the set is judged on the {chosen}"}
        )
        for rep in reps
    ), chosen


def _moved(edited: _Edited, rep: Rep, correction: MoveRep) -> Stretch:
    before = edited.stretch or Stretch(rep.start_s, rep.end_s)
    return Stretch(
        before.start_s if correction.start_s is None else correction.start_s,
        before.end_s if correction.end_s is None else correction.end_s,
        before.turn_s if correction.turn_s is None else correction.turn_s,
    )


def _labelled(label: RelabelRep) -> dict[str, object]:
    changed: dict[str, object] = {}
    if label.complete is not None:
        changed["complete"] = label.complete
        changed["reason"] = "" if label.complete else f"set aside by hand{f': {label.why}' if label.why else ''}"
    if label.side is not None:
        changed["side"] = label.side
    if label.label is not None:
        changed["label"] = label.label
    return changed


def _check_mark(marks: Mapping[str, float], correction: _OfMark) -> None:
    if correction.do == "add-mark":
        if correction.mark in marks:
            raise Unfit(f"there is a mark {correction.mark} already, at {marks[correction.mark]:.2f} s: use move-mark")
    elif correction.mark not in marks:
        raise Unfit(f"there is no mark {correction.mark} in this repetition")


def _with_mark(marks: Mapping[str, float], correction: _OfMark, start: float, end: float) -> dict[str, float]:
    _check_mark(marks, correction)
    others = {name: at for name, at in marks.items() if name != correction.mark}
    if isinstance(correction, DeleteMark):
        return others
    if isinstance(correction, RelabelMark):
        if correction.to in others:
            raise Unfit(f"there is a mark {correction.to} already")
        return {correction.to if name == correction.mark else name: at for name, at in marks.items()}
    if not start <= correction.time_s <= end:
        raise Unfit(f"{correction.time_s:g} s lies outside the repetition ({start:.2f} to {end:.2f} s)")
    return {**marks, correction.mark: correction.time_s}


def _with_phase(phases: Sequence[Phase], correction: _OfPhase, start: float, end: float) -> tuple[Phase, ...]:
    standing = next((p for p in phases if p.name == correction.phase), None)
    others = [p for p in phases if p is not standing]
    if isinstance(correction, AddPhase):
        if standing is not None:
            raise Unfit(f"there is a phase {correction.phase} already: use move-phase")
        return _with(others, correction.phase, correction.start_s, correction.end_s, start, end)
    if standing is None:
        raise Unfit(f"there is no phase {correction.phase} in this repetition")
    if isinstance(correction, DeletePhase):
        return tuple(others)
    if isinstance(correction, RelabelPhase):
        if any(p.name == correction.to for p in others):
            raise Unfit(f"there is a phase {correction.to} already")
        return _with(others, correction.to, standing.start_s, standing.end_s, start, end)
    first = standing.start_s if correction.start_s is None else correction.start_s
    last = standing.end_s if correction.end_s is None else correction.end_s
    return _with(others, correction.phase, first, last, start, end)


def _with(phases: Sequence[Phase], name: str, first: float, last: float, start: float, end: float) -> tuple[Phase, ...]:
    if not start <= first < last <= end:
        raise Unfit(
            f"the phase {name} would last from {first:.2f} to {last:.2f} s, the repetition {start:.2f} to {end:.2f} s"
        )
    return tuple(sorted([*phases, Phase(name=name, start_s=first, end_s=last)], key=lambda p: p.start_s))
