"""When the legs drive, the arms press and the bar is fastest, on the recording's clock, or why that is not told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from legato.chain.model import ChainResult, LinkEvent
from legato.chain.verdicts import rep_phase
from legato.errors import NotResolvable
from legato.estimate import Estimate
from legato.movements.link_spec import DriveSpec
from legato.movements.model import Rep
from legato.recording import Recording, Span

if TYPE_CHECKING:
    # Their rooms are loaded where there are plates or a bar.
    from legato.bar.model import BarRep, BarResult
    from legato.forces.analyse import ForcesResult, VerticalForce
    from legato.forces.drive import Drive, DriveSearch

_AFTER_S = 1.5
"""How long after a repetition the push of the feet may end, s. [ENG]"""

_BEFORE_UP_S = 0.15
"""Where only the bar is seen, the force is read from so long before it turns upward, s: the dip ends there. [ENG]"""


@dataclass(frozen=True, slots=True)
class Event:
    """One event, s on the recording's clock, with the half-width that all repetitions share, or why there is none."""

    time_s: Estimate | None = None
    fixed_s: float = 0.0
    reason: str = ""


Timed: TypeAlias = Mapping[tuple[str, str], Mapping[int, Event]]


def find_rep_drives(
    forces: "ForcesResult", spec: DriveSpec, reps: Sequence[Rep], level: float, *, lying: bool = False
) -> "Mapping[int, tuple[Drive | None, str]]":
    """The drive in each repetition on the recording's clock, or why there is none; `lying`: a bench carries the trunk,
    and the plates the feet alone.
    """
    from legato.forces.drive import find_drives

    total = forces.total
    if total is None:
        return {}
    if lying:
        return _foot_drives(forces, total, spec, reps, level)
    feet = {stand.foot for stand in forces.stands if stand.foot}
    if len(feet) == 1 and "both" not in feet:
        why = f"plates: only the {feet.pop()} foot stands on one; both feet on plates would show the drive"
        return {rep.index: (None, why) for rep in reps}
    spans = [_span(rep, spec) for rep in reps]
    known = [(s.start_s - total.start_s, s.end_s - total.start_s) if s else (0.0, 0.0) for s in spans]
    searched = find_drives(total.force_n, total.rate_hz, known, level=level)
    return _unclipped(forces, reps, spans, searched, total.start_s)


def _foot_drives(
    forces: "ForcesResult", total: "VerticalForce", spec: DriveSpec, reps: Sequence[Rep], level: float
) -> "Mapping[int, tuple[Drive | None, str]]":
    """How the feet push in each repetition, on one plate or more."""
    from legato.forces.analyse import total_force
    from legato.forces.foot_drive import find_foot_drives

    # A bench may stand on a plate, too; where the feet are known, only theirs count.
    under = {stand.plate for stand in forces.stands if stand.foot}
    known = [plate for plate in forces.plates if plate.index in under]
    force = (total_force(known) if known else None) or total
    starts = [*(rep.start_s for rep in reps[1:]), float("inf")]
    spans: list[Span] = []
    within: list[tuple[float, float, float]] = []
    for rep, following_s in zip(reps, starts, strict=True):
        pressed_s = (rep_phase(rep, spec.within) or Span(rep.start_s, rep.end_s)).end_s
        end_s = max(pressed_s, min(following_s, rep.end_s + _AFTER_S))
        spans.append(Span(rep.start_s, end_s))
        within.append((rep.start_s - force.start_s, pressed_s - force.start_s, end_s - force.start_s))
    searched = find_foot_drives(force.force_n, force.rate_hz, within, level=level)
    return _unclipped(forces, reps, spans, searched, force.start_s)


def _unclipped(
    forces: "ForcesResult",
    reps: Sequence[Rep],
    spans: Sequence[Span | None],
    searched: "Sequence[DriveSearch]",
    start_s: float,
) -> "Mapping[int, tuple[Drive | None, str]]":
    """The drives on the recording's clock, with the plates' scale, but those in whose stretch the force is at a plate's
    limit.
    """
    cut = [span for plate in forces.plates for span in plate.clipped]
    found: dict[int, tuple[Drive | None, str]] = {}
    for rep, span, search in zip(reps, spans, searched, strict=True):
        if span is not None and any(c.start_s < span.end_s and c.end_s > span.start_s for c in cut):
            found[rep.index] = None, "plates: the force is clipped there"
        else:
            found[rep.index] = _moved(search.drive, start_s), search.reason
    return found


def _span(rep: Rep, spec: DriveSpec) -> Span | None:
    """Where the force of a repetition is read: its own phases, else the bar's way up, else all of it."""
    way_up = rep.phase("concentric")
    if way_up is not None:
        return Span(way_up.start_s - _BEFORE_UP_S, way_up.end_s)
    return rep_phase(rep, spec.within) or rep_phase(rep, "rep")


def _moved(drive: "Drive | None", start_s: float) -> "Drive | None":
    from legato.forces.scale import scaled_drive

    if drive is None:
        return None
    drive = scaled_drive(drive)
    peak = None if drive.peak_s is None else drive.peak_s.shifted(start_s)
    end = None if drive.end_s is None else drive.end_s.shifted(start_s)
    return replace(drive, start_s=drive.start_s.shifted(start_s), end_s=end, peak_s=peak)


def of_drive(
    drives: "Mapping[int, tuple[Drive | None, str]]", event: "Callable[[Drive], Event]"
) -> Mapping[int, Event]:
    """What `event` takes from each repetition's drive."""
    return {
        rep: Event(reason=reason or "plates: it is not timed") if drive is None else event(drive)
        for rep, (drive, reason) in drives.items()
    }


def of_link(chain: ChainResult, name: str, kind: str) -> Mapping[int, Event]:
    """An event of a link in each repetition; empty where the chain does not time it."""
    plain = name.replace("_", " ")
    events: Sequence[LinkEvent] = next((k.per_rep for k in chain.links if (k.name, k.event) == (name, kind)), ())
    return {e.rep: Event(e.time_s, e.fixed_s, "" if e.time_s else f"{plain}: {e.reason}") for e in events}


def of_bar(
    bar: "BarResult | None", lifts: "Mapping[int, BarRep]", reps: Sequence[Rep], level: float
) -> Mapping[int, Event]:
    """When the bar is fastest in each repetition."""
    from legato.bar.instants import fastest_time

    found: dict[int, Event] = {}
    for rep in reps:
        lift = lifts.get(rep.index)
        if bar is None or bar.track is None or lift is None:
            found[rep.index] = Event(reason="bar: it is not measured there")
            continue
        try:
            found[rep.index] = Event(fastest_time(bar.track, lift, level))
        except NotResolvable as why:
            found[rep.index] = Event(reason=str(why))
    return found


def motion_clock(recording: Recording, forces: "ForcesResult") -> float:
    """SD of the offset between the plates' clock and that of the motion, s."""
    from legato.muscles.channel_lags import motion_clock_error_s

    return max((motion_clock_error_s(recording, name) for name in {p.stream for p in forces.plates}), default=0.0)


def bar_clock(recording: Recording, forces: "ForcesResult", bar: "BarResult | None") -> float:
    """SD of the offset between the plates' clock and that of the bar's device, s."""
    from legato.muscles.channel_lags import clock_error_s

    if bar is None:
        return 0.0
    return max((clock_error_s(recording, name, bar.stream) for name in {p.stream for p in forces.plates}), default=0.0)


def emg_clocks(recording: Recording, forces: "ForcesResult") -> Mapping[str, tuple[float, float]]:
    """SD of the offset of each EMG stream's clock to that of the plates and to that of the motion, s."""
    from legato.muscles.channel_lags import clock_error_s, motion_clock_error_s

    plates = {p.stream for p in forces.plates}
    return {
        s.name: (
            max((clock_error_s(recording, s.name, name) for name in plates), default=0.0),
            motion_clock_error_s(recording, s.name),
        )
        for s in recording.of_kind("emg")
    }
