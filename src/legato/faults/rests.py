"""The posture at rest before a phase, from which what comes first is counted, and the instants up to which it is read.

A lead that began before the rest was over must not lie in the reference: it would hide itself. So the reference is the
first stretch of the rest in which nothing moves. A rest in another posture than those of the other repetitions is none,
the less so the closer it ends to the movement.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from legato.body.model import Body
from legato.estimate import LEVEL
from legato.faults.model import OUTSET, Measure, When
from legato.movements.drivers import signal_of
from legato.movements.model import Movement, Phase, Rep, Span
from legato.recording import FloatArray
from legato.signals.factors import student_factor

_BEFORE_S, _SAME_S = 2.0, 1e-6
"""How far ahead of a phase the rest before it is looked for, s, [ENG] beyond any lead that is a habit of moving; what
counts as the same instant."""

_STRETCH_S, _STILL_HZ = 0.3, 3.0
"""How long a still stretch lasts, s, and the low-pass with which stillness is looked for, so that marker noise is not
taken for movement, Hz. [ENG]"""

_STILL = {"deg": float(np.radians(1.5)), "m": 0.01, "deg/s": float(np.radians(10.0)), "m/s": 0.05}
"""What a signal may change in a still stretch, by the measure's unit, in rad or m and s. [ENG] A bend of 10 deg within
half a second changes four times as much."""

LEAD_S = 0.7
"""A rest that ends so long before the movement holds no lead of it, s. [ENG] Who bends earlier than that and stays bent
has taken another posture."""

_SAME_POSTURE = {"deg": float(np.radians(2.0)), "m": 0.01, "deg/s": float(np.radians(10.0)), "m/s": 0.05}
"""How near to the usual posture of the set's rests one must be that ends later than that; units as above; of others
twice as much does. [ENG] Less than half of what makes a fault of what comes first, and less than it."""


_ODD_SHARE = 0.2
"""Where more than this share (and more than one) start from another posture than the set does, none is read. [ENG]"""


_SET_OFF_SHARE = 0.02
"""A signal sets off where it was last within so much of its way from where it turns. [ENG] More than noise, less than
what any joint moves before it is said to move."""


@dataclass(frozen=True, slots=True)
class _Rest:
    """Where the reference of a repetition lies, up to where is read, how long the rest ended before that, s, and the
    signals there.
    """

    at_s: float
    end_s: float
    ahead_s: float
    posture: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """The repetitions, each with the new phase unless nothing can be read in it, and why not, by its index.

    `unsteady`: half-width of the interval on how far two instants of rest may differ where nothing was done, rad or m:
    what sway, and skin that quivers, add to a distance from the rest. From the rests of the set; 0 where nothing is
    counted from a rest.
    """

    reps: list[Rep]
    why: dict[int, str]
    unsteady: float


def marked(
    body: Body, movement: Movement, reps: Sequence[Rep], within: str, measure: Measure, mark: str, part: str
) -> Marked:
    """The repetitions with a phase `part`: that of `within`, up to where a signal has gone its share of the way.

    Parameters
    ----------
    body, movement, reps
        What is read.
    within
        A phase of the movement.
    measure
        Of which `until` is met.
    mark
        Name for the instant of the reference in the rest before the phase, from which `part` then runs; empty where
        nothing is counted from there.
    part
        Name of the new phase.
    """
    found: dict[int, _Rest] = {}
    why: dict[int, str] = {}
    for k, rep in enumerate(reps):
        span = rep.phase(within)
        if span is None:
            continue
        rest: _Rest | str
        if measure.at == OUTSET and measure.until is not None:
            from_s = _rest_s(body, movement, reps, k, span.start_s)
            rest = _outset(body, movement, measure.until, from_s, span) or _NOT_SEEN
        elif mark:
            rest = _rest(body, movement, measure, _rest_s(body, movement, reps, k, span.start_s), span)
        else:
            end_s = None if measure.until is None else _instant(body, movement, span.start_s, span.end_s, measure.until)
            rest = _NOT_SEEN if end_s is None else _Rest(span.start_s, end_s, LEAD_S, ())
        if isinstance(rest, str):
            why[rep.index] = rest
        else:
            found[rep.index] = rest
    why |= _another_posture(found, _SAME_POSTURE.get(measure.unit, 0.0))
    still = [index for index, rest in found.items() if rest.posture and index not in why]
    if len(still) == 1:
        why[still[0]] = "it is the only one with a rest before it, so how far rests differ is not known"
    timed: list[Rep] = []
    for rep in reps:
        rest_of = None if rep.index in why else found.get(rep.index)
        if rest_of is None:
            timed.append(rep)
            continue
        phases = (*rep.phases, Phase(name=part, start_s=rest_of.at_s, end_s=rest_of.end_s))
        marks = {**rep.marks, mark: rest_of.at_s} if mark else rep.marks
        timed.append(rep.model_copy(update={"phases": phases, "marks": marks}))
    return Marked(timed, why, _unsteady(rest.posture for index, rest in found.items() if index not in why))


def _unsteady(postures: Iterable[tuple[float, ...]]) -> float:
    """From how far the rests of one set differ: Student's interval on the difference of two, of the signal that differs
    most.
    """
    rows = [row for row in postures if row]
    if len(rows) < 2:
        return 0.0
    sd = float(np.array(rows).std(axis=0, ddof=1).max())
    return math.sqrt(2.0) * student_factor(LEVEL, len(rows) - 1) * sd


_NOT_SEEN = "the signal that ends it was not seen"


def _another_posture(rests: Mapping[int, _Rest], same: float) -> dict[int, str]:
    """Which rests are no reference: a lead may lie in them, as the set's other rests are in another posture."""
    sure = [rest.posture for rest in rests.values() if rest.ahead_s >= LEAD_S]
    if not sure:
        return dict.fromkeys(rests, f"in no repetition was it still until {LEAD_S:g} s before the movement")
    usual = np.median(np.array(sure), axis=0)
    why: dict[int, str] = {}
    for index, rest in rests.items():
        away = float(np.abs(np.array(rest.posture) - usual).max()) if rest.posture else 0.0
        if away > (2.0 * same if rest.ahead_s >= LEAD_S else same):
            why[index] = "it starts from another posture than the rest of the set"
    if len(why) > max(1.0, _ODD_SHARE * len(rests)):
        return dict.fromkeys(rests, "the repetitions start from postures that differ, so which is rest is not known")
    return why


def _rest_s(body: Body, movement: Movement, reps: Sequence[Rep], k: int, start_s: float) -> float:
    """When the rest before an instant of a repetition begins, and not far ahead of it, s."""
    moving = {phase.name for phase in movement.phases if not phase.optional}
    ends = [p.end_s for p in reps[k].phases if p.name in moving and p.end_s <= start_s + _SAME_S]
    ends += [reps[k - 1].end_s] if k and reps[k - 1].end_s <= start_s + _SAME_S else []
    return min(start_s, max([*ends, start_s - _BEFORE_S, body.start_s]))


def _rest(body: Body, movement: Movement, measure: Measure, from_s: float, span: Span) -> _Rest | str:
    """The first still stretch of the rest that begins at `from_s`; why there is none."""
    rate, cutoff = body.rate_hz, movement.filter_cutoff_hz
    side = measure.side if measure.side in ("right", "left", "mean") else "mean"
    calm = [signal_of(body, name, side, min(_STILL_HZ, cutoff)) for name in measure.read]
    until = measure.until
    way = None if until is None else signal_of(body, until.signal, until.side, cutoff)
    calm_way = None if until is None else signal_of(body, until.signal, until.side, min(_STILL_HZ, cutoff))
    read = [x for x in calm if x is not None]
    if len(read) < len(calm) or (until is not None and (way is None or calm_way is None)):
        return _NOT_SEEN
    first, turn, last = (_frame(body, t) for t in (from_s, span.start_s, span.end_s))
    last = min(last, read[0].size - 1)
    length = round(_STRETCH_S * rate)
    limits = [_STILL[measure.unit]] * len(read)
    watched = list(read)
    if calm_way is not None:
        watched.append(calm_way)
        limits.append(_STILL["m" if until is not None and until.signal.endswith("_height") else "deg"])
    begin = _first_still(watched, limits, first, turn, length)
    if begin is None:
        return f"no {_STRETCH_S:g} s of standing still before it"
    at = begin + length // 2
    end = last if way is None or until is None else _sets_off(way, at, turn, last, until.share)
    if end is None:
        return _NOT_SEEN
    ahead_s = ((turn if until is None else end) - (begin + length)) / rate
    return _Rest(body.start_s + at / rate, body.start_s + end / rate, ahead_s, tuple(float(x[at]) for x in read))


def _frame(body: Body, t_s: float) -> int:
    return max(0, int(np.ceil((t_s - body.start_s) * body.rate_hz - _SAME_S)))


def _first_still(
    signals: Sequence[FloatArray], limits: Sequence[float], first: int, stop: int, length: int
) -> int | None:
    """The first sample from which no signal changes by more than its limit for so many samples."""
    for begin in range(first, stop - length + 1):
        if all(float(np.ptp(x[begin : begin + length + 1])) <= most for x, most in zip(signals, limits, strict=True)):
            return begin
    return None


def _sets_off(x: FloatArray, rest: int, turn: int, last: int, share: float) -> int | None:
    """The sample from which a signal is for good beyond its share of its largest way from a rest."""
    part = x[rest : last + 1] - x[rest]
    if part.size < 3 or not np.isfinite(part).all():
        return None
    top = turn - rest + int(np.argmax(np.abs(part[turn - rest :])))
    way = np.sign(part[top]) * part[: top + 1]
    short = np.flatnonzero(way < share * way[top])
    return rest + int(short[-1]) + 1 if short.size else None


def _outset(body: Body, movement: Movement, until: When, from_s: float, span: Span) -> _Rest | None:
    """From where a signal sets off to where it has gone its share of the way; it may set off before its phase."""
    signal = signal_of(body, until.signal, until.side, movement.filter_cutoff_hz)
    if signal is None:
        return None
    first, turn = _frame(body, from_s), _frame(body, span.start_s)
    part = signal[first : min(signal.size, _frame(body, span.end_s) + 1)]
    if part.size < 3 or not np.isfinite(part).all():
        return None
    far = turn - first + int(np.argmax(np.abs(part[turn - first :] - part[turn - first])))
    way = np.sign(part[far] - part[turn - first]) * part[: far + 1]
    way -= way.min()
    gone = int(np.flatnonzero(way >= until.share * way[far])[0]) if way[0] < until.share * way[far] else None
    if gone is None:
        return None
    at = int(np.flatnonzero(way[:gone] <= _SET_OFF_SHARE * way[far])[-1])
    return _Rest(body.start_s + (first + at) / body.rate_hz, body.start_s + (first + gone) / body.rate_hz, LEAD_S, ())


def _instant(body: Body, movement: Movement, start_s: float, end_s: float, when: When) -> float | None:
    """When a signal has gone its share of its largest way between two instants, s."""
    signal = signal_of(body, when.signal, when.side, movement.filter_cutoff_hz)
    if signal is None:
        return None
    first = _frame(body, start_s)
    last = min(signal.size - 1, int(np.floor((end_s - body.start_s) * body.rate_hz + _SAME_S)))
    part = signal[first : last + 1]
    if part.size < 3 or not np.isfinite(part).all():
        return None
    way = np.abs(part - part[0])
    return body.start_s + (first + int(np.flatnonzero(way >= when.share * way.max())[0])) / body.rate_hz
