"""Sway over a trial: the centre of pressure of all plates together in each stand, and against stands with no press."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL
from legato.forces.knee_steadiness import KneeAngle, KneeSteadiness, knee_steadiness
from legato.forces.model import Plate, stood_on_together
from legato.forces.stability import SHORTEST_S, Sway, SwayChange, compare_sway, read_sway, smooth_path
from legato.recording import FloatArray, Span
from legato.signals.gaps import runs_of

_STEP_S = 1.0
"""Left off a stand after stepping on and before stepping off, s. [ENG] The weight is still being shifted there."""


def _no_path() -> FloatArray:
    return np.empty((0, 2))


@dataclass(frozen=True, slots=True, eq=False)
class RepSway:
    """Sway of one stand or hold; None with the reason why not. `path_m`: the centre of pressure about its mean point,
    m, shape (n, 2), low-passed as its path's length is; empty where the sway is not told.
    """

    rep: int
    sway: Sway | None
    reason: str = ""
    path_m: FloatArray = field(default_factory=_no_path)


@dataclass(frozen=True, slots=True)
class SwayOfTrial:
    """Sway of each stand, and its change against stands without a press, cut to the same length; None with the reason
    where that was not asked for or cannot be told. `knees`: how still each knee is kept, where markers show it on both
    sides of that comparison.
    """

    per_rep: tuple[RepSway, ...]
    change: SwayChange | None
    reason: str
    knees: tuple[KneeSteadiness, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Pressure:
    """Centre of pressure (n, 2), m, of all plates that anybody stands on, and its time base; NaN while not loaded."""

    cop_m: FloatArray
    rate_hz: float
    start_s: float

    def within(self, span: Span) -> FloatArray:
        first, stop = (round((t - self.start_s) * self.rate_hz) for t in (span.start_s, span.end_s))
        return self.cop_m[max(first, 0) : stop]


def stance_spans(plates: Sequence[Plate]) -> tuple[Span, ...]:
    """When somebody stands on the plates for ten seconds or more, s, without the second after stepping on and the one
    before stepping off.
    """
    used = stood_on_together(plates)
    if not used:
        return ()
    base = used[0]
    loaded = np.zeros(base.n_samples, dtype=np.bool_)
    for plate in used:
        loaded |= plate.loaded
    found: list[Span] = []
    for first, stop in runs_of(loaded):
        start = base.start_s + first / base.rate_hz + (_STEP_S if first else 0.0)
        end = base.start_s + stop / base.rate_hz - (_STEP_S if stop < base.n_samples else 0.0)
        if end - start >= SHORTEST_S:
            found.append(Span(start, end))
    return tuple(found)


def sway_of_trial(
    plates: Sequence[Plate],
    spans: Sequence[Span],
    rep_indices: Sequence[int],
    without: Sequence[Sequence[Plate]] = (),
    level: float = LEVEL,
) -> SwayOfTrial:
    """Sway in each span, and how it differs from that of other recordings without the press.

    Parameters
    ----------
    plates
        Of the trial, zeroed.
    spans, rep_indices
        Its stands or holds, s, and their numbers.
    without
        The plates of recordings of the same stand without the press; every stand in them counts.
    level
        Share of central probability of the intervals.
    """
    stands: list[RepSway] = []
    cut: list[tuple[_Pressure, Span]] = []
    pressure = _pressure(plates)
    for index, span in zip(rep_indices, spans, strict=True):
        found = _read(pressure, span, level)
        if isinstance(found, Sway) and not isinstance(pressure, str):
            stands.append(RepSway(index, found, path_m=smooth_path(pressure.within(span), pressure.rate_hz)))
            cut.append((pressure, span))
        else:
            stands.append(RepSway(index, None, str(found)))
    if not without:
        return SwayOfTrial(tuple(stands), None, "")
    others: list[tuple[_Pressure, Span]] = []
    reasons: list[str] = []
    for of_one in without:
        other = _pressure(of_one)
        if isinstance(other, str):
            reasons.append(other)
        else:
            others += [(other, span) for span in stance_spans(of_one)]
    if not cut or not others:
        side = "with the press" if not cut else "without the press"
        why = "; ".join(dict.fromkeys(reasons)) or f"no stand of {SHORTEST_S:g} s on the plates"
        return SwayOfTrial(tuple(stands), None, f"{side}: {why if others or cut else 'no stand can be read'}")
    shortest = min(span.end_s - span.start_s for _, span in (*cut, *others))
    sides = [
        [_read(one, Span(span.start_s, span.start_s + shortest), level) for one, span in side] for side in (cut, others)
    ]
    refused = [found for side in sides for found in side if isinstance(found, str)]
    read = [[found for found in side if isinstance(found, Sway)] for side in sides]
    try:
        change = compare_sway(read[0], read[1], level)
    except NotResolvable as error:
        return SwayOfTrial(tuple(stands), None, "; ".join(dict.fromkeys([*refused, str(error)])))
    return SwayOfTrial(tuple(stands), change, "; ".join(dict.fromkeys(refused)))


def _pressure(plates: Sequence[Plate]) -> _Pressure | str:
    """The centre of pressure of all plates together, or why there is none."""
    used = stood_on_together(plates)
    if not used:
        return "nobody stands on a plate"
    weights = np.zeros(used[0].n_samples)
    moments = np.zeros((used[0].n_samples, 2))
    for plate in used:
        if plate.cop is None:
            return f"{plate.name} gives no centre of pressure"
        if plate.frame != "lab" and len(used) > 1:
            return f"where {plate.name} lies beside the other is not known; give its point of force, or one plate"
        force = np.where(plate.loaded, plate.vertical, 0.0)
        weights += force
        moments += np.where(plate.loaded[:, None], force[:, None] * np.nan_to_num(plate.cop[:, :2]), 0.0)
        # A plate whose sample is missing may have carried something.
        weights[np.isnan(plate.vertical)] = np.nan
    with np.errstate(invalid="ignore", divide="ignore"):
        cop = np.where(weights[:, None] > 0.0, moments / weights[:, None], np.nan)
    return _Pressure(cop, used[0].rate_hz, used[0].start_s)


def _read(pressure: _Pressure | str, span: Span, level: float) -> Sway | str:
    if isinstance(pressure, str):
        return pressure
    try:
        return read_sway(pressure.within(span), pressure.rate_hz, level=level)
    except (BadInput, NotResolvable) as error:
        return str(error)


def knees_of_stands(
    knees: Sequence[KneeAngle],
    spans: Sequence[Span],
    without: Sequence[tuple[Sequence[KneeAngle], Sequence[Plate]]],
    level: float = LEVEL,
) -> tuple[KneeSteadiness, ...]:
    """How still each knee is kept in stands with a press and in those of other recordings without one.

    Parameters
    ----------
    knees, spans
        The knees of the trial, and its stands or holds, s.
    without
        The knees and the plates of each recording without the press; every stand in them counts.
    level
        Share of central probability of the intervals.
    """
    found: list[KneeSteadiness] = []
    for knee in knees:
        others = [
            (other, span)
            for of_one, plates in without
            for other in of_one
            if other.side == knee.side
            for span in stance_spans(plates)
        ]
        press = [(knee, span) for span in spans if span.end_s - span.start_s >= SHORTEST_S]
        if press and others:
            found.append(knee_steadiness(press, others, level))
    return tuple(found)
