"""The forces of one recording: its plates, the feet on them, how they share the load, and the jumps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL
from legato.forces._jump_feet import with_feet
from legato.forces._jump_shares import with_shares
from legato.forces.even_clock import on_even_clock
from legato.forces.feet import FootPath, Stand, find_stands
from legato.forces.jump_model import JumpSearch
from legato.forces.jumps import search_jumps
from legato.forces.knee_steadiness import KneeAngle
from legato.forces.load_share import LoadShare, foot_forces, load_share
from legato.forces.model import Plate, stood_on_together
from legato.forces.plates import find_plates
from legato.forces.rfd import BEST_TRIES, LEAST_TRIES, BestTries, ForceRise, best_tries, force_rise
from legato.forces.scale import scaled_best, scaled_hold, scaled_jump, scaled_rise
from legato.forces.stances import SwayOfTrial, knees_of_stands, sway_of_trial
from legato.forces.tables import TARGET
from legato.forces.tasks import (
    FootBandResult,
    Kept,
    Posture,
    RepHold,
    TargetFollowed,
    follow_channel,
    kept_over_set,
    read_bands,
    read_pulls,
)
from legato.forces.zero import zero_sd_n
from legato.recording import STANDARD_GRAVITY, FloatArray, Recording, Span
from legato.signals.factors import normal_factor

NO_SEARCH = "no jumps were looked for"
"""How the note begins where they could not be."""

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
    """Force on the person by all plates that anybody stands on, N, shape (n,), time base `start_s + i / rate_hz`, and
    the SD of what their zeros may be wrong by together, N.
    """

    force_n: FloatArray
    rate_hz: float
    start_s: float
    zero_sd_n: float

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
    are None where nobody stands on a plate. `rises` and `holds` have one entry a pull, `best` is the mean of the best,
    `kept` what is left of the output at the end of the set. `sway` belongs to holds, `target` to a recording with a
    target, `foot_band` to a band that was asked for; each is None else.
    """

    plates: tuple[Plate, ...]
    stands: tuple[Stand, ...]
    total: VerticalForce | None
    load_share: LoadShare
    jumps: JumpSearch | None
    notes: tuple[str, ...]
    rises: tuple[RepRise, ...] = ()
    best: BestTries | None = None
    holds: tuple[RepHold, ...] = ()
    kept: Kept | None = None
    sway: SwayOfTrial | None = None
    target: TargetFollowed | None = None
    foot_band: FootBandResult | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a trial asks of the forces beyond the plates themselves.

    `pulls`: its repetitions are pulls or pushes against what does not move, whose rise and hold are told. `holds`: they
    are stands or holds, whose sway is told; `without_press` are recordings of the same stand without the press.
    `strides`: they are strides or steps, so whoever leaves the plates walks on beside them and does not jump.
    `foot_band_n`: a band for the force of the feet, N. `posture`: an angle that must stay while a target is followed.
    `supported`: a bench carries the rest of the weight. `knees`: the knees from side to side, and in each recording
    without the press (`knees_without`).
    """

    pulls: bool = False
    strides: bool = False
    holds: bool = False
    without_press: tuple[Recording, ...] = ()
    foot_band_n: tuple[float, float] | None = None
    posture: Posture | None = None
    supported: bool = False
    knees: tuple[KneeAngle, ...] = ()
    knees_without: tuple[tuple[KneeAngle, ...], ...] = ()


def analyse_forces(
    recording: Recording,
    reps: Sequence[RepSpan] = (),
    feet: Sequence[FootPath] = (),
    *,
    asked: Asked | None = None,
    mass_kg: float | None = None,
    level: float = LEVEL,
) -> ForcesResult | None:
    """Every plate of a recording, zeroed, and what is read from all of them together; None where there is no plate and
    nothing to say of one that was left out.

    Parameters
    ----------
    recording
        One trial.
    reps
        Its repetitions.
    feet
        Where the feet were; empty where no motion was recorded.
    asked
        What the trial asks of them.
    mass_kg
        The person's mass, kg, where it is known. Nothing needs it; jumps without standing still use it.
    level
        Share of central probability that every interval holds.
    """
    asked = asked or Asked()
    recording, uneven = on_even_clock(recording)
    found = find_plates(recording, zero=True, mass_kg=mass_kg, supported=asked.supported)
    plates, notes = found.plates, [*uneven, *found.notes]
    if not plates and not notes:
        return None
    stands = find_stands(plates, feet)
    under = foot_forces(plates, stands)
    if under is None:
        share = LoadShare(None, None, 0, (), "nobody stands on a plate" if plates else "no plate can be read")
    else:
        whole = [rep for rep in reps if rep.complete]
        share = load_share(under, [rep.span for rep in whole], [rep.index for rep in whole], level)
    total = total_force(plates)
    jumps = None
    if total is not None and not asked.strides:
        try:
            jumps = search_jumps(total.force_n, total.rate_hz, mass_kg, level)
            both = with_feet(jumps.jumps, stood_on_together(plates), stands, level)
            jumps = replace(jumps, jumps=with_shares(both, under, level))
        except (BadInput, NotResolvable) as error:
            notes.append(f"{NO_SEARCH}: {error}")
    rises = _rises(total, reps, mass_kg, level) if asked.pulls and total is not None else ()
    tries = [r.rise for r in rises if r.rise is not None]
    best = None
    if len(tries) >= LEAST_TRIES:
        best = best_tries(tries, level)
    elif rises:
        notes.append(f"the mean of the best {BEST_TRIES} tries needs {LEAST_TRIES} tries; {len(tries)} can be read")
    spans, indices = [rep.span for rep in reps], [rep.index for rep in reps]
    holds: tuple[RepHold, ...] = ()
    bands = None
    if total is not None:
        base = (total.force_n, total.rate_hz, total.start_s)
        holds = read_pulls(*base, spans, indices, level) if asked.pulls else ()
        if asked.foot_band_n is not None:
            weight_n = None if mass_kg is None else mass_kg * STANDARD_GRAVITY
            bands = read_bands(*base, spans, indices, asked.foot_band_n, weight_n, level, total.zero_sd_n)
    sway = None
    if asked.holds or asked.without_press:
        without = [find_plates(other, zero=True).plates for other in asked.without_press]
        sway = sway_of_trial(plates, spans, indices, without, level)
        if asked.knees:
            others = list(zip(asked.knees_without, without, strict=True))
            sway = replace(sway, knees=knees_of_stands(asked.knees, spans, others, level))
    kept = kept_over_set(holds, () if jumps is None else jumps.jumps, level)
    return ForcesResult(
        plates=plates,
        stands=stands,
        total=total,
        load_share=share,
        jumps=None if jumps is None else replace(jumps, jumps=tuple(scaled_jump(jump) for jump in jumps.jumps)),
        notes=tuple(notes),
        rises=tuple(r if r.rise is None else replace(r, rise=scaled_rise(r.rise)) for r in rises),
        best=None if best is None else scaled_best(best),
        holds=tuple(h if h.hold is None else replace(h, hold=scaled_hold(h.hold)) for h in holds),
        kept=kept,
        sway=sway,
        target=_followed(recording, plates, asked.posture, level),
        foot_band=bands,
    )


def _followed(
    recording: Recording, plates: Sequence[Plate], posture: Posture | None, level: float
) -> TargetFollowed | None:
    """How the force of the target's own stream follows it; None where no channel is a target."""
    for stream in recording.of_kind("force", "analog", "table"):
        for i, (name, unit) in enumerate(zip(stream.channels, stream.units, strict=True)):
            if unit not in ("N", "") or TARGET.search(name) is None:
                continue
            beside = [p.vertical for p in plates if p.stream == stream.name and p.stood_on]
            if not beside:
                return TargetFollowed(name, None, "", None, None, "no force beside the target in its own file")
            force = np.sum(beside, axis=0)
            return follow_channel(name, force, stream.values[:, i], stream.rate_hz, posture, level, stream.start_s)
    return None


def _rises(total: VerticalForce, reps: Sequence[RepSpan], mass_kg: float | None, level: float) -> tuple[RepRise, ...]:
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
        gross = rise.peak_gross_n
        gross = None if gross is None else gross.widened(normal_factor(level) * total.zero_sd_n)
        of_mass = None if mass_kg is None else rise.peak_force_n.scaled(1.0 / mass_kg, "N/kg")
        told = replace(rise, onset_s=moved, peak_gross_n=gross, peak_force_n_kg=of_mass)
        found.append(RepRise(rep.index, told))
    return tuple(found)


def total_force(plates: Sequence[Plate]) -> VerticalForce | None:
    """The vertical force of all plates of one time base that anybody stands on; None where there is none.

    A sample that one of them lacks is missing.
    """
    alike = stood_on_together(plates)
    if not alike:
        return None
    first = alike[0]
    zero = float(np.linalg.norm([zero_sd_n(p.zero) for p in alike]))
    return VerticalForce(np.sum([p.vertical for p in alike], axis=0), first.rate_hz, first.start_s, zero)
