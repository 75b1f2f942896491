"""Strides from the foot contacts that a file's events tell, for recordings in which nothing else shows them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from legato.movements.model import Movement, Rep, RepsResult
from legato.movements.one_rep import phases_between
from legato.movements.reps import LONGEST_STRIDE_S
from legato.recording import Event

CONTACTS = "foot contacts of the file"
"""What such repetitions were found in."""

_SIDED = re.compile(r"^(right|left|r|l)[ _-]*(?=.)", re.IGNORECASE)
_STRIKE = re.compile(r"(foot|heel|initial)[ _-]*(strike|contact|on|down)|touch[ _-]*down|[hf]s|ic", re.IGNORECASE)
_OFF = re.compile(r"(foot|toe|lift)[ _-]*off|[tf]o", re.IGNORECASE)

_LEAST_STANCE = 0.5
"""Share of a walking stride for which its foot stands: about 0.6, and above a half as long as it is no run. Contacts of
both feet under one name have the other foot's lift-off at a fifth of a step. [ENG]"""


@dataclass(frozen=True, slots=True)
class _Foot:
    """Times of one foot's contacts and lift-offs, s, in order; `side` is empty where the file does not say it."""

    side: str
    strikes: tuple[float, ...]
    offs: tuple[float, ...]

    def strides(self) -> list[tuple[float, float | None, float]]:
        """Contact, lift-off (None where none or several are told) and next contact."""
        found: list[tuple[float, float | None, float]] = []
        for start, end in pairwise(self.strikes):
            if 0.0 < end - start <= LONGEST_STRIDE_S:
                inside = [t for t in self.offs if start < t < end]
                found.append((start, inside[0] if len(inside) == 1 else None, end))
        return found


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
    The strides in order of time. Contacts without a side are taken as those of one foot, and a note says so, unless a
    walker's foot would stand for less than half of its stride: then both feet are among them and there is none.
    """
    if movement.cycle.anchor != "stride":
        return RepsResult((), CONTACTS)
    found: list[Rep] = []
    notes: list[str] = []
    for foot in _feet(events):
        strides = foot.strides()
        stance = [(off - start) / (end - start) for start, off, end in strides if off is not None]
        if not foot.side and strides:
            if movement.cycle.contact == "reach" and stance and float(np.median(stance)) < _LEAST_STANCE:
                notes.append("the file's foot contacts are of both feet and do not say of which: name the side")
                continue
            notes.append("the file's foot contacts do not say of which foot they are; all were taken as those of one")
        found += [_rep(movement, foot.side, *stride) for stride in strides]
    found.sort(key=lambda rep: rep.start_s)
    return RepsResult(tuple(rep.model_copy(update={"index": k}) for k, rep in enumerate(found)), CONTACTS, tuple(notes))


def _feet(events: Sequence[Event]) -> list[_Foot]:
    times: dict[str, tuple[list[float], list[float]]] = {}
    for event in events:
        name, side = event.name.strip(), event.context.strip().lower()
        kind = _kind(name)
        if kind is None and (said := _SIDED.match(name)) is not None:
            kind = _kind(name[said.end() :])
            side = "right" if name[0] in "rR" else "left"
        if kind is not None:
            own = side if side in ("right", "left") else ""
            times.setdefault(own, ([], []))[kind].append(event.time_s)
    return [_Foot(side, tuple(sorted(on)), tuple(sorted(off))) for side, (on, off) in times.items()]


def _kind(name: str) -> int | None:
    """0 for a contact, 1 for a lift-off."""
    return 0 if _STRIKE.fullmatch(name) else 1 if _OFF.fullmatch(name) else None


def _rep(movement: Movement, side: str, start: float, off: float | None, end: float) -> Rep:
    marks = {} if off is None else {"toe_off": off}
    return Rep(
        index=0,
        start_s=start,
        end_s=end,
        complete=True,
        phases=phases_between(movement, {"start": start, **marks, "end": end}),
        marks=marks,
        side=side,
    )
