"""From a body and a movement to its repetitions: choose the driver, find its excursions, place marks, name phases,
say what is whole.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import pairwise

import numpy as np

from legato.body.model import Body
from legato.movements.cycles import Cycle, find_cycles, usual_size
from legato.movements.drivers import SIDES, Drive, sided_drives, signal_of, usable_drives
from legato.movements.flight import flight_marks, mass_of
from legato.movements.holds import find_holds
from legato.movements.jumps_on_plates import jump_reps, stand_reps
from legato.movements.marks import Anchors, Track, anchors_of, anchors_past_halts, place_marks, trunk_turn, zero_near
from legato.movements.model import HoldSpec, Movement, Rep, RepsResult
from legato.movements.named_jumps import without_jumps
from legato.movements.one_camera import LEFT_OUT, not_across_cuts, without_unread
from legato.movements.one_rep import bridged, rep_of, without_hidden
from legato.movements.pulls import find_pulls, vertical_force
from legato.movements.reread import toe_off_inside
from legato.movements.strides import plant_at, stances_of, strides_by_speed
from legato.recording import FloatArray, Recording
from legato.signals.filters import derivative

_RETURN_SLACK = 0.15
"""Share of the excursion by which rise and fall may differ in a whole repetition. [ENG] 95 % of standing height, the
end of a squat's ascent, lies 12 to 17 % of the excursion short of standing in squats 0.3 to 0.4 m deep."""

LONGEST_STRIDE_S = 2.5
"""Foot contacts farther apart than this are two bouts of walking, not one stride. [ENG] Walking at 0.4 m/s has
strides of about 2 s."""


def find_reps(body: Body, movement: Movement, recording: Recording | None = None) -> RepsResult:
    """The repetitions of a movement.

    Parameters
    ----------
    body
        The body as measured.
    movement
        What to look for, and in which signals.
    recording
        The recording the body came from; only its name is used, in remarks.

    Returns
    -------
    The repetitions in order of time, also those that are partial or cut by the edge of the data (`complete` is False
    and `reason` says why); none where the driver never moves far enough, with a note that says how far it did.
    """
    if movement.cycle.anchor == "pull" and recording is not None:
        return _pulled(body, movement, recording)
    if movement.cycle.anchor == "flight" and body.source == "force" and recording is not None:
        return jump_reps(body, movement, recording)
    if movement.cycle.anchor == "hold" and body.source == "force" and recording is not None:
        return stand_reps(body, movement, recording)
    if body.source == "force":
        return RepsResult((), "vertical force")
    drive, found = driven_reps(body, movement)
    if drive is None:
        wanted = ", ".join(dict.fromkeys(d.signal.replace("_", " ") for d in movement.drivers))
        hint = "; a standing trial may show what the legs lack (--static FILE)" if _legless(body) else ""
        return RepsResult((), "", (f"{movement.id} is read from {wanted}; none of these was recorded{hint}",))
    if body.source == "keypoints" and found.reps:
        reps = not_across_cuts(body, without_unread(body, movement, found.reps))
        return RepsResult(reps, found.driver, (*found.notes, LEFT_OUT), found.side)
    return found


def _legless(body: Body) -> bool:
    """Markers were recorded, but no segment of a leg could be told from them."""
    return body.source == "markers" and any(
        name.startswith(("segment thigh", "segment shank")) for name in body.missing
    )


def driven_reps(body: Body, movement: Movement) -> tuple[Drive | None, RepsResult]:
    """The repetitions and the driver they were found in.

    That is the best-ranked driver; where gaps in it hide an instant, the next one that shows more of them whole. Bursts
    of speed give way to another speed only: a turn is fastest at another instant.
    """
    best: tuple[Drive | None, RepsResult] = (None, RepsResult((), ""))
    most = -1
    for drive in usable_drives(body, movement):
        if best[0] is not None and movement.cycle.returns == "none" and drive.driver.unit != best[0].driver.unit:
            continue
        found, hidden = _found_in(body, movement, drive)
        whole = sum(rep.complete for rep in found.reps)
        if whole > most:
            best, most = (drive, found), whole
        if not hidden:
            break
    return best


def _found_in(body: Body, movement: Movement, drive: Drive) -> tuple[RepsResult, bool]:
    if movement.cycle.hold is not None:
        return _held(body, movement, drive, movement.cycle.hold), False
    if movement.cycle.anchor == "plant":
        return _planted(body, movement, drive), False
    sided = sided_drives(body, movement, drive)
    if len(sided) == 1 and sided[0] is drive:
        return _found_on_side(body, movement, drive)
    parts = [_found_on_side(body, movement, one) for one in sided]
    each = sorted(
        (
            rep.model_copy(update={"side": one.side})
            for one, (part, _) in zip(sided, parts, strict=True)
            for rep in part.reps
        ),
        key=lambda rep: rep.start_s,
    )
    reps = tuple(rep.model_copy(update={"index": k}) for k, rep in enumerate(each))
    notes = () if reps else tuple(note for part, _ in parts for note in part.notes)
    label = drive.label if drive.driver.away == "both" else f"{drive.label}, each side"
    return RepsResult(reps, label, notes), any(hidden for _, hidden in parts)


def _found_on_side(body: Body, movement: Movement, drive: Drive) -> tuple[RepsResult, bool]:
    samples, hidden = bridged(drive.samples, body.rate_hz)
    track = Track(samples, derivative(samples, body.rate_hz), body.rate_hz, drive.driver.unit in ("m", "leg"))
    anchor = "rise" if movement.cycle.anchor in ("rise", "flight") else "far"
    cycles, usual = find_cycles(
        samples, body.rate_hz, drive.least, keep=movement.cycle.keep, anchor=anchor, apart_s=movement.cycle.apart_s
    )
    alone = drive.driver.side == "each" or drive.driver.away == "both"
    others = () if alone else usable_drives(body, movement)
    shares = [_angle_share(d, cycles) for d in others if d.driver.unit == "rad"]
    finders: Mapping[str, Callable[[], list[Rep]]] = {
        "flight": lambda: _jumps(body, movement, track, cycles),
        "stride": lambda: (
            _strides(body, movement, drive, track, cycles)
            if movement.cycle.contact == "reach"
            else _running_strides(body, movement, track, cycles)
        ),
    }
    found = finders.get(
        movement.cycle.anchor, lambda: _excursions(body, movement, drive, track, cycles, usual, shares)
    )()
    if movement.cycle.anchor == "stride":
        # a stride is that of the foot it is read from
        foot = drive.side or (drive.driver.side if drive.driver.side in SIDES else "")
        found = [rep.model_copy(update={"side": foot}) for rep in found]
    reps = [without_hidden(rep, body, hidden) for rep in found]
    notes = _side_notes(movement, reps) if reps else (_why_none(drive, cycles),)
    return RepsResult(tuple(reps), drive.label, notes, drive.side), any(
        a is not b for a, b in zip(reps, found, strict=True)
    )


def _side_notes(movement: Movement, reps: Sequence[Rep]) -> tuple[str, ...]:
    open_reps = [str(rep.index + 1) for rep in reps if not rep.side] if movement.working_side else []
    if not open_reps:
        return ()
    wanted = " or ".join(dict.fromkeys(rule.signal.replace("_", " ") for rule in movement.working_side))
    return (
        f"which leg works is not told in repetitions {', '.join(open_reps)}: it is read from {wanted} of both sides",
    )


def _excursions(
    body: Body,
    movement: Movement,
    drive: Drive,
    track: Track,
    cycles: tuple[Cycle, ...],
    usual: float,
    shares: Sequence[Sequence[float]],
) -> list[Rep]:
    @cache
    def other(name: str, side: str) -> Track | None:
        samples = signal_of(body, name, drive.side if side == "dominant" else side, movement.filter_cutoff_hz)
        return None if samples is None else Track(samples, derivative(samples, body.rate_hz), body.rate_hz, False)

    reps: list[Rep] = []
    earliest = 0.0
    for k, cycle in enumerate(cycles):
        if movement.cycle.returns == "home":
            anchors = anchors_past_halts(track, cycle, earliest, _RETURN_SLACK)
        else:
            anchors = anchors_of(track, cycle, earliest, homing=False)
        marks = place_marks(movement.marks, track, anchors, cycle, earliest, other)
        share = min([cycle.size / usual, *(of_angle[k] for of_angle in shares)])
        reason = _unfinished(movement, anchors, cycle, share, marks["end"])
        rep = rep_of(body, movement, len(reps), marks, reason)
        if movement.cycle.returns == "none" and drive.driver.side == "mean":
            rep = rep.model_copy(update={"side": _thrown_to(cycle, body.rate_hz, other)})
        reps.append(rep)
        earliest = max(marks["end"], marks["start"])
    return reps


def _thrown_to(cycle: Cycle, rate_hz: float, signal: Callable[[str, str], Track | None]) -> str:
    """The side that a two-handed throw goes to; empty where the trunk's turn is not known."""
    turn = trunk_turn(cycle, rate_hz, signal)
    return "left" if turn > 0.0 else "right" if turn < 0.0 else ""


def _angle_share(drive: Drive, cycles: tuple[Cycle, ...]) -> list[float]:
    """How far an angle goes in each cycle, as a share of what is usual; 1 where it is not known.

    Heights are bent against angles: half the angle can be a quarter or three quarters of the way.
    """
    ranges = [_range(drive.samples[c.before : c.after + 1]) for c in cycles]
    known = [r for r in ranges if not np.isnan(r)]
    usual = usual_size(known) if known else 0.0
    return [1.0 if np.isnan(r) or usual < drive.least else r / usual for r in ranges]


def _range(x: FloatArray) -> float:
    return float(x.max() - x.min()) if x.size and not np.isnan(x).any() else np.nan


def _unfinished(movement: Movement, anchors: Anchors, cycle: Cycle, share: float, end: float) -> str:
    if movement.cycle.returns == "none":
        return "its start is cut off" if anchors.cut_start else "its end is cut off" if end >= cycle.stop - 1 else ""
    if anchors.cut_start:
        return "its start is cut off" if cycle.before == cycle.first else "it does not start from home"
    if anchors.cut_end:
        return "its end is cut off" if cycle.after == cycle.stop - 1 else "it does not come to rest"
    if share < movement.cycle.whole:
        return f"partial: {100.0 * share:.0f} % of the set's usual excursion"
    if movement.cycle.returns == "home":
        if anchors.fall < (1.0 - _RETURN_SLACK) * anchors.rise:
            return f"partial: it comes back only {100.0 * anchors.fall / anchors.rise:.0f} % of the way"
        if anchors.rise < (1.0 - _RETURN_SLACK) * anchors.fall:
            return f"partial: the way out is only {100.0 * anchors.rise / anchors.fall:.0f} % of the way back"
    return ""


def _jumps(body: Body, movement: Movement, track: Track, cycles: tuple[Cycle, ...]) -> list[Rep]:
    reps: list[Rep] = []
    earliest = 0.0
    needed = {name for p in movement.phases if not p.optional for name in (p.start, p.end)}
    mass = mass_of(body, track.samples, movement.filter_cutoff_hz)
    for cycle in cycles:
        marks = flight_marks(track, cycle, earliest, mass)
        if marks is None:
            continue
        for spec in movement.marks:
            base = marks.get(spec.of or "")
            if spec.at == "offset" and base is not None:
                marks[spec.name] = base + spec.seconds * track.rate_hz
        landed = "landing" in marks and ("end" in marks or "end" not in needed)
        reason = "its start is cut off" if "start" not in marks else "" if landed else "its landing is cut off"
        if not reason and needed - set(marks):
            reason = f"it has no {' and no '.join(sorted(needed - set(marks)))}".replace("_", " ")
        marks.setdefault("start", float(cycle.before))
        marks.setdefault("end", float(cycle.after))
        rep = rep_of(body, movement, len(reps), marks, reason)
        reps.append(rep.model_copy(update={"doubt_s": mass.doubt_s}))
        earliest = marks["end"]
    return reps


def _strides(body: Body, movement: Movement, drive: Drive, track: Track, cycles: tuple[Cycle, ...]) -> list[Rep]:
    """Contact where the heel is farthest ahead of the pelvis, toe-off where the toe is farthest behind it (Zeni et al.
    2008, Gait Posture 27:710); without a toe, stance and swing stay unnamed.
    """
    reps: list[Rep] = []
    for one, two in pairwise(cycles):
        if one.first != two.first or (two.far - one.far) / track.rate_hz > LONGEST_STRIDE_S:
            continue
        marks = {"start": zero_near(track.rate, one.far), "end": zero_near(track.rate, two.far)}
        toe_off = toe_off_inside(body, movement, drive, one.far, two.far)
        if toe_off is not None:
            marks["toe_off"] = toe_off
        reps.append(rep_of(body, movement, len(reps), marks, ""))
    return reps


def _running_strides(body: Body, movement: Movement, track: Track, swings: tuple[Cycle, ...]) -> list[Rep]:
    reps: list[Rep] = []
    for stride in strides_by_speed(track.samples, swings, track.rate_hz):
        marks = {"start": stride.contact, "end": stride.next_contact}
        if stride.toe_off is not None:
            marks["toe_off"] = stride.toe_off
        cut = {
            "": "",
            "start": "its contact was before the recording",
            "end": "the next contact is after the recording",
        }
        reps.append(rep_of(body, movement, len(reps), marks, cut[stride.cut]))
    return reps


def _planted(body: Body, movement: Movement, drive: Drive) -> RepsResult:
    """Changes of direction: where the way of travel turns most, and the foot that stands there."""
    turned = np.nan_to_num(drive.samples)
    cycles, _ = find_cycles(np.abs(turned), body.rate_hz, drive.least, keep=movement.cycle.keep)
    stances: dict[str, list[tuple[float, float]]] = {}
    for side in SIDES:
        speed = signal_of(body, "toe_ground_speed", side, movement.filter_cutoff_hz)
        if speed is not None:
            top = float(np.nanmax(speed))
            stances[side] = stances_of(speed, find_cycles(speed, body.rate_hz, 0.3 * top)[0])
    reps: list[Rep] = []
    unplanted = 0
    for cycle in cycles:
        plant = plant_at(cycle.far, stances)
        if plant is None:
            unplanted += 1
            continue
        marks = {"plant": plant.plant, "turn": plant.turn, "toe_off": plant.toe_off}
        marks["start"] = plant.plant if plant.before is None else plant.before
        marks["end"] = plant.toe_off if plant.after is None else plant.after
        cut = "the contact before it was not recorded" if plant.before is None else ""
        cut = cut or ("the contact after it was not recorded" if plant.after is None else "")
        side = "left" if turned[cycle.far] > 0.0 else "right"
        reps.append(rep_of(body, movement, len(reps), marks, cut).model_copy(update={"side": side}))
    notes: tuple[str, ...] = ()
    if unplanted:
        notes = (f"{unplanted} turns of the way have no foot standing in their middle; they are not counted",)
    elif not reps:
        notes = (_why_none(drive, ()),)
    return RepsResult(tuple(reps), drive.label, notes)


def _pulled(body: Body, movement: Movement, recording: Recording) -> RepsResult:
    force, stream = vertical_force(recording)
    reps: list[Rep] = []
    notes: list[str] = []
    missing = int(np.isnan(force).sum())
    if missing:
        notes.append(f"the vertical force is unknown for {missing / stream.rate_hz:.2f} s, where a plate has no value")
    pulls, jumped = without_jumps(find_pulls(force, stream.rate_hz, movement), force, stream.rate_hz, stream.start_s)
    notes += jumped
    for pull in pulls:
        at = {"start": pull.start, "peak": pull.peak, "end": pull.end}
        # Marks count in samples of the body's time base, which need not be the plate's.
        marks = {
            name: (stream.start_s + sample / stream.rate_hz - body.start_s) * body.rate_hz
            for name, sample in at.items()
        }
        reps.append(rep_of(body, movement, len(reps), marks, pull.cut))
        notes += [f"pull {len(reps)}: {note}" for note in pull.notes]
    if not reps and not jumped:
        span = float(np.nanmax(force) - np.nanmin(force))
        notes.append(
            f"the vertical force nowhere rises by {movement.drivers[0].least:g} N and falls (it spans {span:.0f} N)"
        )
    return RepsResult(tuple(reps), "vertical force", tuple(notes))


def _held(body: Body, movement: Movement, drive: Drive, spec: HoldSpec) -> RepsResult:
    known = hold_postures(body, movement)
    if not known:
        wanted = ", ".join(name.replace("_", " ") for name in spec.signals)
        return RepsResult((), drive.label, (f"whether the position is kept is read from {wanted}; none was recorded",))
    reps: list[Rep] = []
    notes: list[str] = []
    for hold in find_holds(drive.samples, drive.least, tuple(known.values()), body.rate_hz, spec):
        marks = {"start": hold.start, "end": hold.end}
        if hold.ending == "failed":
            marks["failure"] = hold.end
        hidden = hold.ending == "hidden"
        rep = rep_of(body, movement, len(reps), marks, "a gap in the markers hides how it ended" if hidden else "")
        reps.append(rep.model_copy(update={"ending": "censored" if hidden else hold.ending}))
        if hold.begun:
            notes.append("the position had been taken before the recording began: it was held at least as long as said")
    if not reps:
        unit = "deg" if drive.driver.unit == "rad" else "m"
        scale = 180.0 / np.pi if unit == "deg" else 1.0
        notes.append(
            f"the {drive.label} never stays beyond {drive.least * scale:.3g} {unit} with a still posture for "
            f"{spec.settle_s:g} s (it reaches {np.nanmax(drive.samples) * scale:.3g} {unit})"
        )
    return RepsResult(tuple(reps), drive.label, tuple(notes))


def hold_postures(body: Body, movement: Movement) -> dict[str, FloatArray]:
    """The angles that a hold must keep, by name, low-passed, of those that the body has."""
    names = movement.cycle.hold.signals if movement.cycle.hold is not None else ()
    found = {name: signal_of(body, name, "mean", movement.filter_cutoff_hz) for name in names}
    return {name: samples for name, samples in found.items() if samples is not None}


def _why_none(drive: Drive, cycles: tuple[Cycle, ...]) -> str:
    if cycles:
        return f"the {drive.label} moves, but no excursion has what this movement needs"
    span = float(np.nanmax(drive.samples) - np.nanmin(drive.samples))
    unit = {"leg": "m"}.get(drive.driver.unit, drive.driver.unit)
    figures = (np.degrees(span), np.degrees(drive.least)) if unit.startswith("rad") else (span, drive.least)
    shown = unit.replace("rad", "deg")
    return (
        f"the {drive.label} shows no excursion out and back of at least {figures[1]:.3g} {shown} "
        f"(it spans {figures[0]:.3g} {shown} in all)"
    )
