"""Leg drive against press: forces, the bar and the chain's own events put together, each gap judged as any other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from legato.chain.drift import slope_of
from legato.chain.drive_model import DriveResult, RepDrive
from legato.chain.gaps import GapParts, rep_gap, set_gap
from legato.chain.model import ChainResult, GapResult, LinkEvent
from legato.chain.verdicts import band_of, judge, rep_phase
from legato.chain.windows import judge_windows
from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.movements.link_spec import BAR, LEG_DRIVE, OUTSIDE_QUANTITY, DriveSpec, GapSpec
from legato.movements.model import Movement, Rep
from legato.recording import Recording
from legato.signals.factors import normal_factor, student_half_width
from legato.signals.sets import set_refusal

if TYPE_CHECKING:
    # Their rooms are loaded where there are plates or a bar.
    from legato.bar.model import BarRep, BarResult
    from legato.forces.analyse import ForcesResult
    from legato.forces.drive import Drive

FIXED = "clocks, filter and soft tissue; one clock for plates and motion, or markers on bony places, would help"
"""What no repeating makes smaller between two devices."""

_MOST_ERROR = 0.1
"""Share of the spread of impulses that may be their own error; beyond it a slope on them is drawn to zero. [ENG]"""

_OTHER_LOAD = 0.01
"""Loads that differ by more of themselves move power and impulse alike. [ENG]"""


@dataclass(frozen=True, slots=True)
class _Event:
    """One event, s on the recording's clock, with the half-width that all repetitions share, or why there is none."""

    time_s: Estimate | None = None
    fixed_s: float = 0.0
    reason: str = ""


_Timed = Mapping[tuple[str, str], Mapping[int, _Event]]


def with_drive(
    chain: ChainResult,
    recording: Recording,
    movement: Movement,
    reps: Sequence[Rep],
    forces: "ForcesResult | None",
    bar: "BarResult | None",
    *,
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
    level
        Of every interval.
    baseline
        An earlier result, for the bands that are the athlete's own.

    Notes
    -----
    Forces and the bar follow a muscle by its electromechanical delay, 20 to 100 ms (Zhou 1995; Begovic 2014): none of
    these events enters a window of EMG, and none of EMG enters these gaps.
    """
    spec = movement.drive
    if spec is None or forces is None or forces.total is None:
        return chain
    whole = [rep for rep in reps if rep.complete]
    drives = _drives(forces, spec, whole, level)
    lifts = {} if bar is None else {rep.rep: rep for rep in bar.reps}
    timed: dict[tuple[str, str], Mapping[int, _Event]] = {
        # Its error is mostly that of the weight, which all repetitions share.
        (LEG_DRIVE, "onset"): _of_drive(drives, lambda d: _Event(d.start_s, d.start_s.half_width)),
        (LEG_DRIVE, "peak"): _of_drive(drives, lambda d: _Event(d.peak_s, d.fixed_s, d.peak_reason)),
        (LEG_DRIVE, "offset"): _of_drive(drives, lambda d: _Event(d.end_s)),
        (spec.press, "onset"): _of_link(chain, spec.press, "onset"),
        (spec.press, "offset"): _of_link(chain, spec.press, "offset"),
        (BAR, "peak"): _of_bar(bar, lifts, whole, level),
    }
    clocks = {spec.press: _motion_clock(recording, forces), BAR: _bar_clock(recording, forces, bar)}
    judged = tuple(
        _gap(chain, gap, movement, reps, timed, clocks, level, baseline)
        for gap in spec.gaps
        if bar is not None or BAR not in (gap.from_link, gap.to_link)
    )
    rows = tuple(_rep(rep, drives, timed, spec, clocks, lifts, level) for rep in whole)
    found = _summed(rows, whole, lifts, clocks, spec, level)
    gaps = (*chain.gaps, *judged)
    return replace(chain, gaps=gaps, drive=found, windows=judge_windows(movement.windows, gaps))


def _drives(
    forces: "ForcesResult", spec: DriveSpec, reps: Sequence[Rep], level: float
) -> "Mapping[int, tuple[Drive | None, str]]":
    """The drive in each repetition on the recording's clock, or why there is none."""
    from legato.forces.drive import find_drives

    total = forces.total
    if total is None:
        return {}
    feet = {stand.foot for stand in forces.stands if stand.foot}
    if len(feet) == 1:
        why = f"plates: only the {feet.pop()} foot stands on one; both feet on plates would show the drive"
        return {rep.index: (None, why) for rep in reps}
    spans = [rep_phase(rep, spec.within) or rep_phase(rep, "rep") for rep in reps]
    known = [(s.start_s - total.start_s, s.end_s - total.start_s) if s else (0.0, 0.0) for s in spans]
    searched = find_drives(total.force_n, total.rate_hz, known, level=level)
    cut = [span for plate in forces.plates for span in plate.clipped]
    found: dict[int, tuple[Drive | None, str]] = {}
    for rep, span, search in zip(reps, spans, searched, strict=True):
        if span is not None and any(c.start_s < span.end_s and c.end_s > span.start_s for c in cut):
            found[rep.index] = None, "plates: the force is clipped there"
        else:
            found[rep.index] = _moved(search.drive, total.start_s), search.reason
    return found


def _moved(drive: "Drive | None", start_s: float) -> "Drive | None":
    if drive is None:
        return None
    peak = None if drive.peak_s is None else drive.peak_s.shifted(start_s)
    return replace(drive, start_s=drive.start_s.shifted(start_s), end_s=drive.end_s.shifted(start_s), peak_s=peak)


def _of_drive(
    drives: "Mapping[int, tuple[Drive | None, str]]", event: "Callable[[Drive], _Event]"
) -> Mapping[int, _Event]:
    return {
        rep: _Event(reason=reason or "plates: it is not timed") if drive is None else event(drive)
        for rep, (drive, reason) in drives.items()
    }


def _of_link(chain: ChainResult, name: str, kind: str) -> Mapping[int, _Event]:
    events: Sequence[LinkEvent] = next((k.per_rep for k in chain.links if (k.name, k.event) == (name, kind)), ())
    plain = name.replace("_", " ")
    return {e.rep: _Event(e.time_s, e.fixed_s, "" if e.time_s else f"{plain}: {e.reason}") for e in events}


def _of_bar(
    bar: "BarResult | None", lifts: "Mapping[int, BarRep]", reps: Sequence[Rep], level: float
) -> Mapping[int, _Event]:
    from legato.bar.instants import fastest_time

    found: dict[int, _Event] = {}
    for rep in reps:
        lift = lifts.get(rep.index)
        if bar is None or bar.track is None or lift is None:
            found[rep.index] = _Event(reason="bar: it is not measured there")
            continue
        try:
            found[rep.index] = _Event(fastest_time(bar.track, lift, level))
        except NotResolvable as why:
            found[rep.index] = _Event(reason=str(why))
    return found


def _motion_clock(recording: Recording, forces: "ForcesResult") -> float:
    """SD of the offset between the plates' clock and that of the motion, s."""
    from legato.muscles.channel_lags import motion_clock_error_s

    return max((motion_clock_error_s(recording, name) for name in {p.stream for p in forces.plates}), default=0.0)


def _bar_clock(recording: Recording, forces: "ForcesResult", bar: "BarResult | None") -> float:
    """SD of the offset between the plates' clock and that of the bar's device, s."""
    from legato.muscles.channel_lags import clock_error_s

    if bar is None:
        return 0.0
    return max((clock_error_s(recording, name, bar.stream) for name in {p.stream for p in forces.plates}), default=0.0)


def _gap(
    chain: ChainResult,
    spec: GapSpec,
    movement: Movement,
    reps: Sequence[Rep],
    timed: _Timed,
    clocks: Mapping[str, float],
    level: float,
    baseline: Mapping[str, Any] | None,
) -> GapResult:
    whole = [rep for rep in reps if rep.complete]
    first, second = (
        timed[link, event] for link, event in zip((spec.from_link, spec.to_link), spec.events, strict=True)
    )
    clock_sd_s = max(clocks.get(link, 0.0) for link in (spec.from_link, spec.to_link))
    parts = {rep.index: _parts(first.get(rep.index, _Event()), second.get(rep.index, _Event()), level) for rep in whole}
    refused = GapParts(reason="there is no complete rep")
    found = set_gap(tuple(parts.values()) or (refused,), level, clock_sd_s)
    band, no_band = band_of(spec, whole, baseline)
    verdict = judge(spec, band, no_band, found, level, 0.0, movement.band_limit_s, FIXED)
    quantities = {link.name: link.quantity for link in movement.chain} | OUTSIDE_QUANTITY
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


def _parts(first: _Event, second: _Event, level: float) -> GapParts:
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


def _rep(
    rep: Rep,
    drives: "Mapping[int, tuple[Drive | None, str]]",
    timed: _Timed,
    spec: DriveSpec,
    clocks: Mapping[str, float],
    lifts: "Mapping[int, BarRep]",
    level: float,
) -> RepDrive:
    drive, reason = drives.get(rep.index, (None, "plates: it is not timed"))
    onset, ended = (timed[spec.press, kind].get(rep.index, _Event()).time_s for kind in ("onset", "offset"))
    fastest = timed[BAR, "peak"].get(rep.index, _Event()).time_s
    if drive is None:
        return RepDrive(rep.index, press_onset_s=onset, press_end_s=ended, bar_peak_s=fastest, reason=reason)
    overlap = share = None
    if onset is not None and ended is not None and ended.low > onset.high:
        reach = normal_factor(level) * clocks[spec.press]
        overlap, share = _overlap((drive.start_s, drive.end_s), (onset, ended), reach)
    return RepDrive(
        rep=rep.index,
        drive_start_s=drive.start_s,
        force_peak_s=drive.peak_s,
        force_peak_n=drive.peak_n,
        drive_end_s=drive.end_s,
        weight_n=drive.weight_n,
        drive_impulse_n_s=drive.impulse_n_s,
        braking_impulse_n_s=drive.braking_n_s,
        dip_m=drive.dip_m,
        press_onset_s=onset,
        press_end_s=ended,
        overlap_s=overlap,
        overlap_share=share,
        bar_peak_s=fastest,
        momentum_ratio=_momentum(drive, lifts.get(rep.index)),
    )


def _overlap(
    drive: tuple[Estimate, Estimate], press: tuple[Estimate, Estimate], clock_half_s: float
) -> tuple[Estimate, Estimate]:
    """For how long both go on, s, and which share of the press that is."""
    ends, starts = (drive[1], press[1]), (drive[0], press[0])
    end, start = min(ends, key=lambda e: e.value), max(starts, key=lambda e: e.value)
    both = end.minus(start)
    if (end in drive) != (start in drive):
        both = both.widened(clock_half_s)
    both = Estimate(*(max(0.0, t) for t in (both.value, both.low, both.high)), level=both.level, unit="s")
    lasted = press[1].minus(press[0])
    doubt = lasted.half_width / lasted.value
    value = both.value / lasted.value
    below = float(np.hypot((both.value - both.low) / lasted.value, value * doubt))
    above = float(np.hypot((both.high - both.value) / lasted.value, value * doubt))
    share = Estimate(min(value, 1.0), max(0.0, min(value - below, 1.0)), min(value + above, 1.0), both.level)
    return both, share


def _momentum(drive: "Drive", lift: "BarRep | None") -> Estimate | None:
    """The bar's highest momentum over the drive's impulse."""
    if lift is None or lift.load_kg is None or lift.peak_velocity is None or drive.impulse_n_s.low <= 0.0:
        return None
    speed, impulse = lift.peak_velocity, drive.impulse_n_s
    value = lift.load_kg * speed.value / impulse.value
    doubt = float(np.hypot(speed.half_width / abs(speed.value), impulse.half_width / impulse.value))
    return Estimate.symmetric(value, abs(value) * doubt, "", impulse.level)


def _summed(
    rows: Sequence[RepDrive],
    reps: Sequence[Rep],
    lifts: "Mapping[int, BarRep]",
    clocks: Mapping[str, float],
    spec: DriveSpec,
    level: float,
) -> DriveResult:
    overlap, no_overlap = _mean([(r.overlap_share, r.reason or "the press is not timed") for r in rows], 0.0, level)
    ratio, no_ratio = _mean(
        [(r.momentum_ratio, r.reason or "the bar's velocity or its load is not known") for r in rows], -np.inf, level
    )
    if not any(lift.load_kg for lift in lifts.values()):
        no_ratio = "the bar's load is not known; give it with --load" if lifts else "no bar is measured"
    slope, no_slope = None, ""
    try:
        slope = _power_per_impulse(rows, lifts, level)
    except NotResolvable as why:
        no_slope = str(why)
    return DriveResult(
        tuple(rows), overlap, no_overlap, ratio, no_ratio, slope, no_slope, clocks[spec.press], clocks[BAR]
    )


def _mean(told: Sequence[tuple[Estimate | None, str]], least: float, level: float) -> tuple[Estimate | None, str]:
    """Mean of repetitions like these, or why there is none."""
    known = [e for e, _ in told if e is not None]
    if why := set_refusal([reason for e, reason in told if e is None], len(told), "told"):
        return None, why
    if len(known) == 1:
        return known[0], ""
    values = np.array([e.value for e in known])
    # What each was measured with shows in the spread, unless all of them touch the same limit.
    half = max(student_half_width(values, level), float(np.mean([e.half_width for e in known])) / np.sqrt(len(known)))
    middle = float(values.mean())
    return Estimate(middle, max(least, middle - half), middle + half, level, known[0].unit), ""


def _power_per_impulse(rows: Sequence[RepDrive], lifts: "Mapping[int, BarRep]", level: float) -> Estimate:
    """Slope of the bar's peak power on the drive's impulse from repetition to repetition, W/(N·s).

    Raises
    ------
    NotResolvable
        Fewer than four repetitions have both, the load changed, or the impulses hardly differ beside their errors.
    """
    pairs = [
        (row.drive_impulse_n_s, power, lift.load_kg)
        for row in rows
        if (lift := lifts.get(row.rep)) is not None
        and (power := lift.peak_power) is not None
        and row.drive_impulse_n_s is not None
    ]
    loads = [load for *_, load in pairs if load is not None]
    if not loads:
        raise NotResolvable("no repetition has both an impulse of the legs and a power of the bar; give --load")
    if any(abs(a - b) > _OTHER_LOAD * max(a, b) for a, b in combinations(loads, 2)):
        raise NotResolvable("the load changed from rep to rep, which moves power and impulse alike")
    impulses = np.array([impulse.value for impulse, *_ in pairs])
    error = np.mean([(i.half_width / normal_factor(i.level)) ** 2 for i, *_ in pairs])
    if len(pairs) > 1 and float(error) > _MOST_ERROR * float(impulses.var(ddof=1)):
        raise NotResolvable("the impulses of the legs hardly differ from rep to rep beside their own errors")
    return slope_of(impulses, np.array([power.value for _, power, _ in pairs]), level, "W/(N·s)")
