"""Strides from the foot contacts that a file's events tell, for recordings in which nothing else shows them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, median_low

from legato.errors import BadInput
from legato.movements.model import Movement, Rep, RepsResult
from legato.movements.one_rep import phases_between
from legato.movements.reps import LONGEST_STRIDE_S
from legato.recording import Event, Span

CONTACTS = "foot contacts of the file"
"""What such repetitions were found in."""

OUTSIDE = "lie outside of the EMG"
"""Words of the note on contacts and lift-offs that are not used."""

_SIDED = re.compile(r"^(right|left|r|l)[ _-]*(?=.)", re.IGNORECASE)
_STRIKE = re.compile(r"(foot|heel|initial)[ _-]*(strike|contact|on|down)|touch[ _-]*down|[hf]s|ic", re.IGNORECASE)
_OFF = re.compile(r"(foot|toe|lift)[ _-]*off|[tf]o", re.IGNORECASE)

_WALK_STANCE = 0.5
"""Share of a stride for which its foot stands: about 0.6 in a walk, and under a half in any run. Contacts of both feet
under one name have the other foot's lift-off at a fifth of a walker's step. [ENG]"""

_SAME_S = 0.2
"""Half of the shortest stride. [ENG] Contacts, or lift-offs, of one foot closer than this are one, marked twice."""

_SHORTEST_STRIDE_S = 0.4
"""Five steps a second, more than sprinters make. [ENG] A stride with two lift-offs that is under twice as long misses
no contact: one lift-off is not this foot's.
"""

_SHORTEST_WALK_S = 0.7
"""A walker's stride at nearly three steps a second, of contacts that may be of both feet. [ENG]"""

_ROUNDED_S = 0.02
"""Contacts are marked to a frame of the camera, which may begin before the EMG's first sample. [ENG]"""

_MISSED = 1.5
"""Over the foot's usual stride: a stride from which a contact was missed in it. [ENG] Midway to the two it would be."""


@dataclass(frozen=True, slots=True)
class _Foot:
    """Times of one foot's contacts and lift-offs, s, in order; `side` is empty where the file does not say it."""

    side: str
    strikes: tuple[float, ...]
    offs: tuple[float, ...]

    def strides(self) -> list[tuple[float, tuple[float, ...], float]]:
        """Contact, the lift-offs that are told before the next one, and that next contact."""
        return [
            (start, tuple(t for t in self.offs if start < t < end), end)
            for start, end in pairwise(self.strikes)
            if end - start <= LONGEST_STRIDE_S
        ]


def strides_of_contacts(movement: Movement, events: Sequence[Event]) -> RepsResult:
    """Strides from each contact of a foot to its next, by a recording's events.

    Parameters
    ----------
    movement
        One of strides; for another there are none.
    events
        Of the recording. `Foot Strike`, `heel contact`, `RHS`, `touchdown` and their like are contacts, `Foot Off`,
        `toe off`, `LTO` lift-offs; the side is the event's context or stands first in its name.

    Returns
    -------
    The strides in order of time, those of both feet where both are told. One that lasts half as long again as is usual
    for its foot, or is long enough for two and holds two lift-offs, is incomplete: a contact was missed in it. Contacts
    without a side are taken as those of one foot, and a note says so. A foot has no strides, and a note says why, where
    it stands for as long as this movement's cannot, or where its strides are too short for one foot.
    """
    if movement.cycle.anchor != "stride":
        return RepsResult((), CONTACTS)
    found: list[Rep] = []
    notes: list[str] = []
    for foot in _feet(events):
        strides = foot.strides()
        if not strides:
            continue
        if why := _not_of(movement, foot, strides):
            notes.append(why)
            continue
        if not foot.side:
            notes.append("the file's foot contacts do not say of which foot they are; all were taken as those of one")
        usual = median_low([end - start for start, _, end in strides])
        found += [_rep(movement, foot.side, *stride, usual) for stride in strides]
    found.sort(key=lambda rep: rep.start_s)
    return RepsResult(tuple(rep.model_copy(update={"index": k}) for k, rep in enumerate(found)), CONTACTS, tuple(notes))


def lift_off_inside(events: Sequence[Event], side: str, span: Span) -> float | None:
    """When a file says that a foot lifts off in a stride, s; None where it tells none or several.

    Parameters
    ----------
    events
        Of the recording.
    side
        Of the foot; where it is empty, the file must tell one foot alone.
    span
        The stride, from contact to contact.
    """
    feet = _feet(events)
    own = [foot for foot in feet if foot.side == side] or ([] if side and feet and feet[0].side else feet)
    inside = [time for foot in own for time in foot.offs if span.start_s < time < span.end_s]
    return inside[0] if len(own) == 1 and len(inside) == 1 else None


def told_inside(events: Sequence[Event], span: Span) -> tuple[tuple[Event, ...], str]:
    """The events that lie in what was recorded, and what to know of contacts and lift-offs that do not.

    Parameters
    ----------
    events
        Of the recording.
    span
        What was recorded, s on the same clock; a contact that lies up to `_ROUNDED_S` outside is inside.

    Raises
    ------
    BadInput
        There are contacts or lift-offs, and none of them lies inside.
    """
    low, high = span.start_s - _ROUNDED_S, span.end_s + _ROUNDED_S
    inside = tuple(event for event in events if low <= event.time_s <= high)
    told = sorted(event.time_s for event in events if _read(event) is not None)
    outside = [time for time in told if not low <= time <= high]
    if not outside:
        return tuple(events), ""
    recorded = f"{span.start_s:.2f} to {span.end_s:.2f} s"
    if len(outside) == len(told):
        raise BadInput(
            f"all {len(told)} foot contacts and lift-offs ({told[0]:.2f} to {told[-1]:.2f} s) {OUTSIDE}"
            f" ({recorded}); give them in seconds on its clock, or say with --offset how much later theirs started"
        )
    listed = ", ".join(f"{time:.2f}" for time in outside[:4]) + (" …" if len(outside) > 4 else "")
    return inside, (
        f"{len(outside)} of the file's {len(told)} foot contacts and lift-offs {OUTSIDE} ({recorded}) and"
        f" are not used: {listed} s"
    )


def _not_of(movement: Movement, foot: _Foot, strides: Sequence[tuple[float, tuple[float, ...], float]]) -> str:
    """Why contacts are no strides of this movement's foot; empty where they may be."""
    walks = movement.cycle.contact == "reach"
    usual = median([end - start for start, _, end in strides])
    stance = [(offs[0] - start) / (end - start) for start, offs, end in strides if len(offs) == 1]
    share = median(stance) if stance else None
    if not foot.side and walks and (usual < _SHORTEST_WALK_S or (share is not None and share < _WALK_STANCE)):
        return "the file's foot contacts are of both feet and do not say of which: name the side"
    if usual < _SHORTEST_STRIDE_S:
        mixed = "they are" if foot.side else "they are of both feet, or"
        return (
            f"the file's foot contacts{_of(foot)} lie {usual:.2f} s apart, too near for strides of one foot: {mixed} "
            "marked wrongly; name the side of each"
        )
    if not walks and share is not None and share >= _WALK_STANCE:
        wrong = "that is a walk" if foot.side else "that is a walk, or they are of both feet"
        return (
            f"by the file's foot contacts{_of(foot)} the foot stands for {share:.0%} of a stride: {wrong}; name the "
            "movement, and the side of each contact"
        )
    return ""


def _of(foot: _Foot) -> str:
    return f" on the {foot.side}" if foot.side else ""


def _once(times: Sequence[float]) -> tuple[float, ...]:
    """Times in order, without those that repeat the one before."""
    kept: list[float] = []
    for time in sorted(times):
        if not kept or time - kept[-1] >= _SAME_S:
            kept.append(time)
    return tuple(kept)


def _feet(events: Sequence[Event]) -> list[_Foot]:
    times: dict[str, tuple[list[float], list[float]]] = {}
    for event in events:
        if (read := _read(event)) is not None:
            side, kind = read
            times.setdefault(side, ([], []))[kind].append(event.time_s)
    return [_Foot(side, _once(on), _once(off)) for side, (on, off) in times.items()]


def _read(event: Event) -> tuple[str, int] | None:
    """The side, empty where it is not said, and the kind (`_kind`) of a contact or lift-off; None for other events."""
    name, side = event.name.strip(), event.context.strip().lower()
    kind = _kind(name)
    if kind is None and (said := _SIDED.match(name)) is not None:
        kind = _kind(name[said.end() :])
        side = "right" if name[0] in "rR" else "left"
    return None if kind is None else (side if side in ("right", "left") else "", kind)


def _kind(name: str) -> int | None:
    """0 for a contact, 1 for a lift-off."""
    return 0 if _STRIKE.fullmatch(name) else 1 if _OFF.fullmatch(name) else None


def _rep(movement: Movement, side: str, start: float, offs: tuple[float, ...], end: float, usual_s: float) -> Rep:
    marks = {"toe_off": offs[0]} if len(offs) == 1 else {}
    reason = ""
    if len(offs) > 1 and end - start >= 2.0 * _SHORTEST_STRIDE_S:
        reason = f"the foot lifts off {len(offs)} times in it: the file misses a contact"
    elif end - start > _MISSED * usual_s:
        reason = f"it lasts {end - start:.2f} s, and a stride of this foot {usual_s:.2f} s: the file misses a contact"
    return Rep(
        index=0,
        start_s=start,
        end_s=end,
        complete=not reason,
        reason=reason,
        phases=() if reason else phases_between(movement, {"start": start, **marks, "end": end}),
        marks=marks,
        side=side,
    )
