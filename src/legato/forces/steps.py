"""When each foot meets and leaves the plates: its steps, from the stands on them, to the instant of the force."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from legato.estimate import Estimate
from legato.forces.contacts import Contact, find_contacts, unloaded_plate
from legato.forces.feet import Stand
from legato.forces.model import Plate
from legato.recording import FloatArray

_TENTH = 0.10
"""Share of a step's usual force that its ramp reaches after the contact for certain. [ENG] Zero-lag low-passes of 12 Hz
and more leave less than that at the instant itself (simulated in the tests)."""

_PASSED_N = 20.0
"""Where a contact is usually said to begin and end, N. [ENG] As is common for walking and running."""

_ROLLED_S = 0.05
"""A foot that leaves one plate and loads another within this goes on standing, s. [ENG] It rolled over the edge."""


@dataclass(frozen=True, slots=True)
class Step:
    """One foot on the plates: when it met and left them, s from the recording's start, None where that was not seen;
    `first_s` and `last_s` say when it is loaded for certain.
    """

    foot: Literal["left", "right"]
    contact_s: Estimate | None
    off_s: Estimate | None
    first_s: float
    last_s: float


def find_steps(plates: Sequence[Plate], stands: Sequence[Stand]) -> tuple[Step, ...]:
    """The steps of each foot on plates that it has for itself, in order of time.

    Parameters
    ----------
    plates
        As `find_plates` gives them.
    stands
        As `find_stands` gives them; those that two feet share, or whose foot is not known, are no steps.

    Returns
    -------
    A foot that rolls from one plate to the next makes one step. Load begins and ends as `find_contacts` says. Where the
    empty plate shows no noise (a file that was set to zero while empty) a low-pass in it cannot be seen; it draws the
    ramp of a step out to both sides. The instant is then where the force passes 20 N, and the interval reaches from
    where it leaves zero to where it is a tenth of the usual force.
    """
    by_index = {plate.index: (plate, find_contacts(plate.vertical, plate.rate_hz)) for plate in plates}
    found: list[Step] = []
    for stand in sorted(stands, key=lambda s: s.start_s):
        if stand.foot not in ("left", "right") or stand.plate not in by_index:
            continue
        plate, contacts = by_index[stand.plate]
        step = _step(plate, contacts, stand, stand.foot)
        before = next((k for k in range(len(found) - 1, -1, -1) if found[k].foot == step.foot), None)
        if before is not None and step.first_s - found[before].last_s < _ROLLED_S:
            one = found[before]
            last = one if one.last_s > step.last_s else step
            found[before] = Step(step.foot, one.contact_s, last.off_s, one.first_s, last.last_s)
        else:
            found.append(step)
    return tuple(found)


def _step(plate: Plate, contacts: Sequence[Contact], stand: Stand, foot: Literal["left", "right"]) -> Step:
    start, stop = ((t - plate.start_s) * plate.rate_hz for t in (stand.start_s, stand.end_s))
    best = max(contacts, key=lambda c: min(stop, c.stop) - max(start, c.first), default=None)
    none = Step(foot, None, None, stand.start_s, stand.end_s)
    if best is None or min(stop, best.stop) <= max(start, best.first):
        return none
    contact = best.start_s if stand.stepped_on else None
    off = best.end_s if stand.stepped_off else None
    empty = unloaded_plate(plate.vertical, plate.rate_hz)
    if empty is not None and empty[0].noise_sd_n == 0.0:
        contact = _drawn(plate, best.first, contact, rising=True)
        off = _drawn(plate, best.stop - 1, off, rising=False)
    shifted = [None if e is None else e.shifted(plate.start_s) for e in (contact, off)]
    return Step(foot, shifted[0], shifted[1], stand.start_s, stand.end_s)


def _drawn(plate: Plate, edge_at: int, edge: Estimate | None, *, rising: bool) -> Estimate | None:
    """The edge of a step where the force passes 20 N, with its interval from `edge` to a tenth of the usual force."""
    force = plate.vertical
    if edge is None or not np.isfinite(force).all():
        return edge
    usual = float(np.median(force[force > 0.3 * force.max()]))
    way = 1 if rising else -1
    y = force[edge_at:] if rising else force[edge_at::-1]
    passed, tenth = (_crossed(y, level) for level in (_PASSED_N, _TENTH * usual))
    if tenth is None:
        return edge
    at, last = ((edge_at + way * k) / plate.rate_hz for k in (tenth if passed is None else passed, tenth))
    half = edge.half_width
    ends = (edge.low, edge.high, last - half, last + half, at - half, at + half)
    return Estimate(at, min(ends), max(ends), edge.level, edge.unit)


def _crossed(y: FloatArray, level: float) -> float | None:
    """Sample (fractions allowed) at which a force first exceeds a level; None where it never does."""
    above = np.flatnonzero(y > level)
    if not above.size:
        return None
    i = int(above[0])
    return 0.0 if i == 0 else i - 1 + float((level - y[i - 1]) / (y[i] - y[i - 1]))
