"""When in a repetition a posture first leaves its band."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from legato.body.model import Body
from legato.errors import NotResolvable
from legato.estimate import Estimate
from legato.faults.model import Fault, Measure, Measured
from legato.faults.quantities import mark_of, phase_of
from legato.movements.drivers import signal_of
from legato.movements.model import Movement, Rep
from legato.recording import FloatArray

_READ = ("above", "below", "off")
"""Readings of a posture that is left: how far a signal lies from where it was at a mark."""


def with_left(
    body: Body, movement: Movement, reps: Sequence[Rep], fault: Fault, side: str, edge: float | None,
    rows: Sequence[Measured],
) -> tuple[Measured, ...]:  # fmt: skip
    """The repetitions, each with when it first left its band for as long as the fault asks, s from its start.

    Parameters
    ----------
    body, movement, reps
        What is read.
    fault, side
        Of the kind `hold`, which counts an angle or a length from a mark; others stay as they are.
    edge
        How far is no fault, in the fault's unit; None where there is no band.
    rows
        The fault's number in each repetition; only one whose whole interval lies beyond the edge has surely left.

    Returns
    -------
    The interval reaches from when the posture passes the edge less the half-width of the repetition's number to when it
    passes the edge and that half-width.
    """
    measure = fault.measure
    if fault.kind != "hold" or measure is None or edge is None or measure.reading not in _READ:
        return tuple(rows)
    if measure.until is not None or measure.side == "difference":
        return tuple(rows)
    by_index = {rep.index: rep for rep in reps}
    return tuple(
        replace(row, left_s=_left(body, movement, by_index[row.rep], measure, side, edge, row.value))
        if row.value is not None and row.value.low > edge
        else row
        for row in rows
    )


def _left(
    body: Body, movement: Movement, rep: Rep, measure: Measure, side: str, edge: float, number: Estimate
) -> Estimate | None:
    away = _away(body, movement, rep, measure, side)
    if away is None:
        return None
    stay = round(measure.for_s * body.rate_hz) + 1
    times: list[float] = []
    for by in (0.0, -number.half_width, number.half_width):
        held = np.lib.stride_tricks.sliding_window_view(away > edge + by, stay).all(axis=1)
        if not held.any():
            return None
        times.append(int(np.argmax(held)) / body.rate_hz)
    value, low, high = times
    half = 0.5 / body.rate_hz
    return Estimate(value, max(0.0, low - half), high + half, number.level, "s")


def _away(body: Body, movement: Movement, rep: Rep, measure: Measure, side: str) -> FloatArray | None:
    """How far the posture lies from where it was at the mark, from the start of the repetition on, deg or m."""
    try:
        span, at = rep.phase(phase_of(movement, measure.within)), mark_of(movement, measure.at)
    except NotResolvable:
        return None
    at_s = {"start": rep.start_s, "end": rep.end_s, **rep.marks}.get(at)
    if span is None or at_s is None:
        return None
    first, start, last = (round((t - body.start_s) * body.rate_hz) for t in (rep.start_s, span.start_s, span.end_s))
    found: list[FloatArray] = []
    for name in measure.read:
        x = signal_of(body, name, side or measure.side, movement.filter_cutoff_hz)
        if x is None:
            return None
        change = x - np.interp((at_s - body.start_s) * body.rate_hz, np.arange(x.size), x)
        change = {"above": change, "below": -change, "off": np.abs(change)}[measure.reading]
        found.append(np.degrees(change) if measure.unit.startswith("deg") else change)
    whole = np.max(found, axis=0)[first : last + 1]
    whole[: max(0, start - first)] = -np.inf
    return whole if whole.size and not np.isnan(whole).any() else None
