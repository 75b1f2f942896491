"""When each foot of a jump leaves its plate and lands on it, where the two have a plate each."""

from collections.abc import Sequence
from dataclasses import replace

from legato.estimate import LEVEL, Estimate
from legato.forces.contacts import Contact, find_contacts
from legato.forces.feet import Stand
from legato.forces.jump_model import FeetApart, FootEdge, Jump, JumpFeet
from legato.forces.model import Plate, Side
from legato.signals.factors import normal_factor

_APART_S = 0.25
"""A plate left, or met, further than this from the body's take-off or landing is no part of it, s. [ENG]"""

_SLACK_S = 0.05
"""A plate by itself may be left so much later than all of them together, and met so much earlier, s. [ENG]"""

_TOGETHER_S = 0.005
"""Feet whose whole interval lies within this of each other leave or land together, s. [ENG]"""


def with_feet(
    jumps: Sequence[Jump], plates: Sequence[Plate], stands: Sequence[Stand], level: float = LEVEL
) -> tuple[Jump, ...]:
    """The jumps, each with when its feet left and met their plates.

    Parameters
    ----------
    jumps
        As `search_jumps` reads them from the sum of `plates`; their times count from the plates' first sample.
    plates
        Those of one time base that anybody stands on.
    stands
        As `find_stands` gives them for these plates. Where they name no foot the plate's name stands for it.
    level
        Share of central probability of the intervals.

    Notes
    -----
    Load begins and ends as `find_contacts` says. Nothing is told of one plate, of a plate that both feet share, and of
    more than two plates.
    """
    if len(plates) < 2 or not jumps:
        return tuple(jumps)
    contacts = [(plate, find_contacts(plate.vertical, plate.rate_hz)) for plate in plates]
    return tuple(replace(jump, feet=_feet(jump, contacts, stands, level)) for jump in jumps)


def _feet(
    jump: Jump, contacts: Sequence[tuple[Plate, Sequence[Contact]]], stands: Sequence[Stand], level: float
) -> JumpFeet | None:
    left: list[FootEdge | None] = []
    landed: list[FootEdge | None] = []
    for plate, own in contacts:
        offs = [c for c in own if _within(c.end_s, jump.take_off_s.value - _APART_S, jump.take_off_s.value + _SLACK_S)]
        lands = [c for c in own if _within(c.start_s, jump.landing_s.value - _SLACK_S, jump.landing_s.value + _APART_S)]
        # A foot that scuffs on its plate leaves it with the last touch, and lands with the first.
        left += [_edge(plate, offs[-1], offs[-1].end_s, stands, level)] if offs else []
        landed += [_edge(plate, lands[0], lands[0].start_s, stands, level)] if lands else []
    feet = JumpFeet(_apart(left), _apart(landed))
    return None if feet.take_off is None and feet.landing is None else feet


def _within(time: Estimate | None, low: float, high: float) -> bool:
    return time is not None and low <= time.value <= high


def _edge(
    plate: Plate, contact: Contact, time: Estimate | None, stands: Sequence[Stand], level: float
) -> FootEdge | None:
    """One foot's instant; None where both feet share the plate."""
    if time is None:
        return None
    first, stop = (plate.start_s + i / plate.rate_hz for i in (contact.first, contact.stop))
    feet = {s.foot for s in stands if s.plate == plate.index and s.start_s < stop and s.end_s > first}
    if "both" in feet or {"left", "right"} <= feet:
        return None
    side: Side = "left" if "left" in feet else "right" if "right" in feet else ""
    half = time.half_width * normal_factor(level) / normal_factor(time.level)
    return FootEdge(plate.name, side, Estimate.symmetric(time.value, half, "s", level))


def _apart(edges: Sequence[FootEdge | None]) -> FeetApart | None:
    if len(edges) != 2:
        return None
    one, other = edges
    if one is None or other is None or (one.foot and one.foot == other.foot):
        return None
    if not (one.foot and other.foot):
        one, other = replace(one, foot=""), replace(other, foot="")
    elif one.foot == "right":
        one, other = other, one
    apart = other.time_s.minus(one.time_s)
    order = "not-resolvable"
    if max(apart.high, -apart.low) <= _TOGETHER_S:
        order = "together"
    elif apart.low > 0.0 or apart.high < 0.0:
        order = f"{(one if apart.low > 0.0 else other).name} first"
    return FeetApart(one, other, apart, order)
