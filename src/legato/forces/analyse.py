"""The forces of one recording: its plates, the feet on them, how they share the load, and the jumps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL
from legato.forces.feet import FootPath, Stand, find_stands
from legato.forces.jump_model import JumpSearch
from legato.forces.jumps import search_jumps
from legato.forces.load_share import LoadShare, foot_forces, load_share
from legato.forces.model import Plate
from legato.forces.plates import find_plates
from legato.forces.rfd import BEST_TRIES, LEAST_TRIES, BestTries, ForceRise, best_tries, force_rise
from legato.recording import FloatArray, Recording, Span

_STAND_S = 1.5
"""How much of the stand before a pull is looked at, s. [ENG]"""


@dataclass(frozen=True, slots=True)
class RepSpan:
    """A repetition on the recording's clock; only complete ones count for the set."""

    index: int
    span: Span
    complete: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class VerticalForce:
    """Force on the person by all plates that anybody stands on, N, shape (n,), time base `start_s + i / rate_hz`."""

    force_n: FloatArray
    rate_hz: float
    start_s: float

    def times(self) -> FloatArray:
        """Time of each sample, s from the recording's start, shape (n,)."""
        return self.start_s + np.arange(self.force_n.size) / self.rate_hz


@dataclass(frozen=True, slots=True)
class RepRise:
    """How the force of one pull rises, its times on the recording's clock; None with the reason why not."""

    rep: int
    rise: ForceRise | None
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ForcesResult:
    """Everything that the plates of a recording tell; times of `jumps` count from `total.start_s`. `total` and `jumps`
    are None where nobody stands on a plate. `rises` has one entry a pull, `best` the mean of the best of them.
    """

    plates: tuple[Plate, ...]
    stands: tuple[Stand, ...]
    total: VerticalForce | None
    load_share: LoadShare
    jumps: JumpSearch | None
    notes: tuple[str, ...]
    rises: tuple[RepRise, ...] = ()
    best: BestTries | None = None


def analyse_forces(
    recording: Recording,
    reps: Sequence[RepSpan] = (),
    feet: Sequence[FootPath] = (),
    *,
    pulls: bool = False,
    mass_kg: float | None = None,
    level: float = LEVEL,
) -> ForcesResult | None:
    """Every plate of a recording, zeroed, and what is read from all of them together; None where there is no plate.

    Parameters
    ----------
    recording
        One trial.
    reps
        Its repetitions.
    feet
        Where the feet were; empty where no motion was recorded.
    pulls
        Whether the repetitions are pulls or pushes against what does not move, whose rise is then told.
    mass_kg
        The person's mass, kg, where it is known. Nothing needs it; jumps without standing still use it.
    level
        Share of central probability that every interval holds.
    """
    found = find_plates(recording, zero=True, mass_kg=mass_kg)
    if not found.plates:
        return None
    plates, notes = found.plates, list(found.notes)
    stands = find_stands(plates, feet)
    under = foot_forces(plates, stands)
    if under is None:
        share = LoadShare(None, None, 0, (), "nobody stands on a plate")
    else:
        whole = [rep for rep in reps if rep.complete]
        share = load_share(under, [rep.span for rep in whole], [rep.index for rep in whole], level)
    total = total_force(plates)
    jumps = None
    if total is not None:
        try:
            jumps = search_jumps(total.force_n, total.rate_hz, mass_kg, level)
        except (BadInput, NotResolvable) as error:
            notes.append(f"no jumps were looked for: {error}")
    rises = _rises(total, reps, level) if pulls and total is not None else ()
    tries = [r.rise for r in rises if r.rise is not None]
    best = None
    if len(tries) >= LEAST_TRIES:
        best = best_tries(tries, level)
    elif rises:
        notes.append(f"the mean of the best {BEST_TRIES} tries needs {LEAST_TRIES} tries; {len(tries)} can be read")
    return ForcesResult(plates, stands, total, share, jumps, tuple(notes), rises, best)


def _rises(total: VerticalForce, reps: Sequence[RepSpan], level: float) -> tuple[RepRise, ...]:
    """The rise of each pull, from the stand before it."""
    found: list[RepRise] = []
    earliest = total.start_s
    for rep in reps:
        start_s = max(earliest, rep.span.start_s - _STAND_S)
        first, stop = (round((t - total.start_s) * total.rate_hz) for t in (start_s, rep.span.end_s))
        first = max(first, 0)
        earliest = rep.span.end_s
        try:
            rise = force_rise(total.force_n[first:stop], total.rate_hz, level=level)
        except (BadInput, NotResolvable) as error:
            found.append(RepRise(rep.index, None, str(error)))
            continue
        moved = rise.onset_s.shifted(total.start_s + first / total.rate_hz)
        found.append(RepRise(rep.index, replace(rise, onset_s=moved)))
    return tuple(found)


def total_force(plates: Sequence[Plate]) -> VerticalForce | None:
    """The vertical force of all plates of one time base that anybody stands on; None where there is none.

    A sample that one of them lacks is missing.
    """
    used = [p for p in plates if p.stood_on]
    if not used:
        return None
    first = used[0]
    base = (first.rate_hz, first.start_s, first.n_samples)
    alike = [p.vertical for p in used if (p.rate_hz, p.start_s, p.n_samples) == base]
    return VerticalForce(np.sum(alike, axis=0), first.rate_hz, first.start_s)
