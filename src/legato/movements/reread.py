"""A repetition read anew where a person says it is: the movement's own marks, looked for inside the stretch given."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from legato.body.model import Body
from legato.errors import NotResolvable
from legato.movements.cycles import Cycle
from legato.movements.drivers import Drive, signal_of
from legato.movements.flight import flight_marks, mass_of
from legato.movements.marks import Track, anchors_of, place_marks, zero_near
from legato.movements.model import Movement
from legato.recording import FloatArray
from legato.signals.filters import derivative

_LEAST_FRAMES = 5
"""Shorter stretches hold no repetition: a rate and its own rate need as many. [ENG]"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where a person says that a repetition is, s; `turn_s` is its turning point, where the person gave that too."""

    start_s: float
    end_s: float
    turn_s: float | None = None


def turning_marks(movement: Movement) -> tuple[str, ...]:
    """Names of the marks that are the movement's turning point; none where it has none."""
    if movement.cycle.anchor == "flight":
        return ("bottom",)
    return tuple(spec.name for spec in movement.marks if spec.at == "turn")


def marks_inside(
    body: Body, movement: Movement, drive: Drive | None, stretch: Stretch, known: Mapping[str, float]
) -> dict[str, float]:
    """The movement's marks inside a stretch, s from the recording's start; those that cannot be found there are left
    out.

    Parameters
    ----------
    body
        The body as measured.
    movement
        Says which marks there are.
    drive
        The signal that the set's repetitions are read from; None where the body has none.
    stretch
        Its ends, and the turning point where it is given, are taken as they are.
    known
        The repetition's marks as they stood, s. Holds, plants and pulls keep those that lie inside; everything else
        is read anew.

    Raises
    ------
    NotResolvable
        The stretch is too short, nothing moves in it, or the movement has no such turning point.
    """
    rate, turns = body.rate_hz, turning_marks(movement)
    if stretch.turn_s is not None and not turns:
        raise NotResolvable(f"{movement.id} has no turning point")
    start, end = ((at - body.start_s) * rate for at in (stretch.start_s, stretch.end_s))
    turn = None if stretch.turn_s is None else (stretch.turn_s - body.start_s) * rate
    if end - start < _LEAST_FRAMES:
        raise NotResolvable(f"a stretch of {stretch.end_s - stretch.start_s:.3f} s is too short for a repetition")
    if movement.cycle.anchor in ("hold", "plant", "pull"):
        return {name: at for name, at in known.items() if stretch.start_s <= at <= stretch.end_s}
    found: dict[str, float] = {} if drive is None else _found(body, movement, drive, (start, end), turn)
    if turn is not None:
        found |= dict.fromkeys(turns, turn)
    slack = 1e-6 * rate
    return {
        name: body.start_s + at / rate
        for name, at in found.items()
        if name not in ("start", "end") and start - slack <= at <= end + slack
    }


def _found(
    body: Body, movement: Movement, drive: Drive, ends: tuple[float, float], turn: float | None
) -> dict[str, float]:
    """Marks in samples."""
    track = _track(drive.samples, body.rate_hz, drive.driver.unit in ("m", "leg"))
    if movement.cycle.anchor == "stride":
        toe_off = toe_off_inside(body, movement, drive, int(np.ceil(ends[0])), int(ends[1]))
        return {} if toe_off is None else {"toe_off": toe_off}
    cycle = _cycle(track.samples, ends)
    if movement.cycle.anchor == "flight":
        found = flight_marks(track, cycle, ends[0], mass_of(body, track.samples, movement.filter_cutoff_hz))
        if found is None:
            raise NotResolvable("nothing leaves the ground there")
        return found

    @cache
    def other(name: str, side: str) -> Track | None:
        samples = signal_of(body, name, drive.side if side == "dominant" else side, movement.filter_cutoff_hz)
        return None if samples is None else _track(samples, body.rate_hz, False)

    found = anchors_of(track, cycle, ends[0])
    # Where the movement places its start or end by a mark of its own, the driver's rests are other instants.
    own = {spec.name for spec in movement.marks}
    leave, back = found.leave if "start" in own else ends[0], found.back if "end" in own else ends[1]
    anchors = replace(found, leave=leave, back=back, cut_start=False, cut_end=False)
    if turn is not None:
        cycle = replace(cycle, far=round(turn))
        inside = anchors.reach <= turn <= anchors.depart
        anchors = replace(anchors, turn=turn) if inside else replace(anchors, reach=turn, turn=turn, depart=turn)
    return place_marks(movement.marks, track, anchors, cycle, ends[0], other)


def toe_off_inside(body: Body, movement: Movement, drive: Drive, first: int, last: int) -> float | None:
    """Sample at which the toe is farthest behind the pelvis between two contacts; None where the toe is not seen."""
    toe = signal_of(body, "toe_forward", drive.side or drive.driver.side, movement.filter_cutoff_hz)
    behind = None if toe is None else toe[first : last + 1]
    if toe is None or behind is None or not behind.size or np.isnan(behind).any():
        return None
    return zero_near(derivative(toe, body.rate_hz), first + int(behind.argmin()))


def _track(samples: FloatArray, rate_hz: float, metric: bool) -> Track:
    seen = np.flatnonzero(~np.isnan(samples))
    bridged = samples if seen.size in (0, samples.size) else np.interp(np.arange(samples.size), seen, samples[seen])
    return Track(bridged, derivative(bridged, rate_hz), rate_hz, metric)


def _cycle(samples: FloatArray, ends: tuple[float, float]) -> Cycle:
    """The excursion inside the stretch: its far point is the farthest sample."""
    first, last = int(np.ceil(ends[0])), int(np.floor(ends[1]))
    far = first + int(samples[first : last + 1].argmax())
    before = first + int(samples[first : far + 1].argmin())
    after = far + int(samples[far : last + 1].argmin())
    rise, fall = float(samples[far] - samples[before]), float(samples[far] - samples[after])
    if not max(rise, fall) > 0.0:
        raise NotResolvable("the signal that shows the repetitions does not move there")
    return Cycle(before, far, after, rise, fall, first, last + 1)
