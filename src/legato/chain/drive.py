"""Leg drive against press: forces, the bar and the chain's own events put together, each gap judged as any other."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from legato.chain.drive_core import core_before_press
from legato.chain.drive_ends import knees_gap, knees_later, led_by_the_first_end
from legato.chain.drive_events import (
    Event,
    Timed,
    bar_clock,
    emg_clocks,
    find_rep_drives,
    motion_clock,
    of_bar,
    of_drive,
    of_link,
)
from legato.chain.drive_model import CoreResult, DriveResult, RepDrive
from legato.chain.drive_slope import power_per_impulse
from legato.chain.drive_sums import mean_of, momentum_fixed, rep_drive
from legato.chain.gaps import GapParts, rep_gap, set_gap
from legato.chain.model import ChainResult, GapResult
from legato.chain.verdicts import band_of, judge
from legato.chain.windows import judge_windows
from legato.errors import NotResolvable
from legato.estimate import LEVEL
from legato.movements.link_spec import BAR, LEG_DRIVE, GapSpec, outside_quantity
from legato.movements.model import Movement, Rep
from legato.recording import STANDARD_GRAVITY, Recording
from legato.signals.factors import normal_factor

if TYPE_CHECKING:
    # Their rooms are loaded where there are plates or a bar.
    from legato.bar.model import BarRep, BarResult
    from legato.forces.analyse import ForcesResult
    from legato.muscles.model import MusclesResult

FIXED = "clocks, filter and soft tissue; one clock for plates and motion, or markers on bony places, would help"
"""What no repeating makes smaller between two devices."""


def with_drive(
    chain: ChainResult,
    recording: Recording,
    movement: Movement,
    reps: Sequence[Rep],
    forces: "ForcesResult | None",
    bar: "BarResult | None",
    *,
    muscles: "MusclesResult | None" = None,
    mass_kg: float | None = None,
    level: float = LEVEL,
    baseline: Mapping[str, Any] | None = None,
) -> ChainResult:
    """The chain with what plates and the bar say of the leg drive: its gaps after the others, its windows judged.

    Parameters
    ----------
    chain
        As the motion gives it; the press is timed there.
    recording
        Its offsets tell how well the devices' clocks are known to each other.
    movement
        Unchanged results where it has no drive.
    reps, forces, bar
        Of the same trial; `bar` may be None.
    muscles
        Its EMG, for what the trunk does between drive and press.
    mass_kg
        Of the body alone: with the load it must be what the plates carry, else nothing of the bar's mass is told.
    level
        Of every interval.
    baseline
        An earlier result, for the bands that are the athlete's own.

    Notes
    -----
    Forces and the bar follow a muscle by its electromechanical delay, 20 to 100 ms (Zhou 1995; Begovic 2014): none of
    these events enters a window of EMG, and none of EMG enters these gaps. Where the trunk's EMG is set against the
    force (`core_before_press`), an order counts only if every delay in that band leaves it.
    """
    spec = movement.drive
    if spec is None or forces is None or forces.total is None:
        return chain
    whole = [rep for rep in reps if rep.complete]
    lying = spec.lying
    drives = find_rep_drives(forces, spec, whole, level, lying=lying)
    lifts = {} if bar is None else {rep.rep: rep for rep in bar.reps}
    timed: dict[tuple[str, str], Mapping[int, Event]] = {
        # Its error is mostly that of the weight or the level of the feet, which errs alike in all repetitions.
        (LEG_DRIVE, "onset"): of_drive(drives, lambda d: Event(d.start_s, d.start_s.half_width)),
        (LEG_DRIVE, "peak"): of_drive(drives, lambda d: Event(d.peak_s, d.fixed_s, d.peak_reason)),
        (LEG_DRIVE, "offset"): of_drive(drives, lambda d: Event(d.end_s, reason=d.end_reason)),
        (spec.press, "onset"): _of_press(chain, spec.press, "onset", whole),
        (spec.press, "offset"): _of_press(chain, spec.press, "offset", whole),
        (BAR, "peak"): of_bar(bar, lifts, whole, level),
    }
    clocks = {spec.press: motion_clock(recording, forces), BAR: bar_clock(recording, forces, bar)}
    judged = tuple(
        _gap(chain, gap, movement, reps, timed, clocks, level, baseline)
        for gap in spec.gaps
        if bar is not None or BAR not in (gap.from_link, gap.to_link)
    )
    in_knees = knees_gap(chain.gaps, spec.press)
    nothing: Mapping[int, Event] = {}
    knees = nothing if in_knees is None else of_link(chain, in_knees.from_link, "offset")
    gaps, ended_by, later = (*chain.gaps, *judged), "", None
    if not lying:
        later = knees_later(timed[LEG_DRIVE, "offset"], knees, clocks[spec.press], level)
        gaps, ended_by = led_by_the_first_end(gaps, spec.press, later)
    # Arms that push hold the force up, so where the knees stop first the drive is over with them.
    ends = knees if ended_by == "knees" and later is not None and later.high < 0.0 else nothing
    rows = tuple(rep_drive(rep, drives, timed, spec, clocks, lifts, knees, ends, level) for rep in whole)
    untimed = (event.reason for event in timed[spec.press, "onset"].values() if event.time_s is None)
    found = _summed(rows, lifts, bar, mass_kg, next(untimed, "the press is not timed"), level, lying=lying)
    clocked = replace(found, clock_sd_s=clocks[spec.press], bar_clock_sd_s=clocks[BAR])
    core: tuple[CoreResult, ...] = ()
    if muscles is not None:
        timed_press = timed[spec.press, "onset"]
        core = core_before_press(
            recording, muscles, whole, timed[LEG_DRIVE, "onset"], timed_press, emg_clocks(recording, forces), level
        )
    told = replace(clocked, ended_by=ended_by, knees_later_s=later, core=core)
    return replace(chain, gaps=gaps, drive=told, windows=judge_windows(movement.windows, gaps))


def _masses_apart(rows: Sequence[RepDrive], lifts: "Mapping[int, BarRep]", mass_kg: float) -> str:
    """How the weight before the drives differs from the masses that were given; empty where it does not, or none was
    given for the load.
    """
    from legato.forces.carried import masses_apart

    both = [
        (row.weight_n.value / STANDARD_GRAVITY, mass_kg + lift.load_kg)
        for row in rows
        if row.weight_n is not None and (lift := lifts.get(row.rep)) is not None and lift.load_kg is not None
    ]
    return masses_apart(*(float(np.mean(values)) for values in zip(*both, strict=True))) if both else ""


def _of_press(chain: ChainResult, name: str, kind: str, reps: Sequence[Rep]) -> Mapping[int, Event]:
    """An event of the press in each repetition, or that nothing recorded shows it."""
    found = of_link(chain, name, kind)
    if found:
        return found
    why = f"{name.replace('_', ' ')}: nothing recorded shows when the press starts; add markers or sensors on the arms"
    return {rep.index: Event(reason=why) for rep in reps}


def _gap(
    chain: ChainResult,
    spec: GapSpec,
    movement: Movement,
    reps: Sequence[Rep],
    timed: Timed,
    clocks: Mapping[str, float],
    level: float,
    baseline: Mapping[str, Any] | None,
) -> GapResult:
    whole = [rep for rep in reps if rep.complete]
    first, second = (
        timed[link, event] for link, event in zip((spec.from_link, spec.to_link), spec.events, strict=True)
    )
    clock_sd_s = max(clocks.get(link, 0.0) for link in (spec.from_link, spec.to_link))
    parts = {rep.index: _parts(first.get(rep.index, Event()), second.get(rep.index, Event()), level) for rep in whole}
    refused = GapParts(reason="there is no complete rep")
    found = set_gap(tuple(parts.values()) or (refused,), level, clock_sd_s)
    band, no_band = band_of(spec, whole, baseline)
    verdict = judge(spec, band, no_band, found, level, 0.0, movement.band_limit_s, FIXED)
    quantities = {link.name: link.quantity for link in movement.chain} | outside_quantity(movement.drive)
    return GapResult(
        from_link=spec.from_link,
        to_link=spec.to_link,
        event=spec.named,
        quantity=quantities[spec.to_link],
        from_quantity=quantities[spec.from_link],
        primary=False,
        band_s=band,
        source=spec.source,
        grade=spec.grade,
        per_rep=tuple(rep_gap(rep, parts.get(rep.index), level, clock_sd_s) for rep in reps),
        set_s=found.estimate,
        n=found.n,
        verdict=verdict.verdict,
        position=verdict.position,
        reason=verdict.reason,
    )


def _parts(first: Event, second: Event, level: float) -> GapParts:
    """One repetition's gap as the chain's statistics take it: its own noise, and what all repetitions share."""
    if first.time_s is None or second.time_s is None:
        lacking = first if first.time_s is None else second
        return GapParts(reason=lacking.reason or "it is not timed")
    z = normal_factor(level)
    own = sum(max(0.0, e.time_s.half_width**2 - e.fixed_s**2) for e in (first, second) if e.time_s is not None)
    return GapParts(
        gap_s=second.time_s.value - first.time_s.value,
        variance=own / z**2,
        dof=1e6,
        tissue=(first.fixed_s / z, second.fixed_s / z),
    )


def _summed(
    rows: Sequence[RepDrive],
    lifts: "Mapping[int, BarRep]",
    bar: "BarResult | None",
    mass_kg: float | None,
    unseen: str,
    level: float,
    *,
    lying: bool,
) -> DriveResult:
    """The rows and what they tell of the set; `unseen`: why the press is not timed."""
    from legato.forces.model import SCALE_SD

    scale_sd = 0.0 if bar is None or bar.track is None else bar.track.scale_sd
    fixed = [row.overlap_fixed for row in rows if row.overlap_share is not None]
    overlap, no_overlap = mean_of(
        [(r.overlap_share, r.reason or r.end_reason or unseen) for r in rows],
        0.0,
        level,
        float(np.mean(fixed)) if fixed else 0.0,
    )
    ratio, no_ratio = mean_of(
        [(r.momentum_ratio, r.reason or "the bar's velocity or its load is not known") for r in rows],
        -np.inf,
        level,
        momentum_fixed(rows, scale_sd, level),
    )
    if not any(lift.load_kg for lift in lifts.values()):
        no_ratio = "the bar's load is not known; give it with --load" if lifts else "no bar is measured"
    if lying:
        ratio, no_ratio = None, "the arms and the bench lift the bar, so it takes no share of the feet's impulse"
    slope, no_slope = None, ""
    apart = "" if lying or mass_kg is None else _masses_apart(rows, lifts, mass_kg)
    if apart:
        # What the bar has of momentum and of power is its load's mass times what was seen.
        ratio, no_ratio, no_slope = None, apart, apart
    both = [
        (row.drive_impulse_n_s, power, lift.load_kg)
        for row in rows
        if (lift := lifts.get(row.rep)) is not None
        and (power := lift.peak_power) is not None
        and row.drive_impulse_n_s is not None
    ]
    try:
        slope = (
            None
            if apart
            else power_per_impulse(
                [i for i, _, _ in both], [p for _, p, _ in both], [m for *_, m in both], level, scale_sd, SCALE_SD
            )
        )
    except NotResolvable as why:
        no_slope = str(why)
    return DriveResult(tuple(rows), overlap, no_overlap, ratio, no_ratio, slope, no_slope, 0.0, 0.0, lying=lying)
