"""Practice of the weeks before a measurement beside what was measured: whether they go together, without saying why."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np

from legato.coaching.audit.findings import Finding
from legato.coaching.audit.imported import LogSet
from legato.coaching.audit.weeks import Week
from legato.errors import NotResolvable
from legato.estimate import Estimate
from legato.evidence import carry_over
from legato.evidence.carry_over import LEAST_ROWS
from legato.recording import FloatArray

WEEKS_BEFORE = 4
"""Weeks of practice that stand beside a measurement. [ENG]"""

_LEAST = LEAST_ROWS + 1
"""Days that a correlation beyond a line over time is told from."""

_LOST, _LEAST_COUNT = 4.0, 1.0
"""Degrees of freedom that mean, line and correlation take, and those that are left at least. [ENG]"""
_MOST_ALIKE, _ONE = 0.95, 1.0 - 1e-9

_WEEK = timedelta(weeks=1)
_SPAN = WEEKS_BEFORE * _WEEK

Practice: TypeAlias = Callable[[date], float | None]
"""How much was practised in the weeks before a day; None where that is not known."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """A number measured on a day; the interval is that of the set."""

    on: date
    number: Estimate


@dataclass(frozen=True, slots=True)
class Point:
    """A measurement beside the practice of the four weeks before its day."""

    on: date
    practice: float
    number: Estimate


@dataclass(frozen=True, slots=True)
class Dose:
    """The points in order of days, of which `used` are far enough apart, and the correlation beyond a straight line
    over time; None where it is not told, with the `reason`. `practice`: what it is, sets a week or the share of planned
    sets that were done, %.
    """

    name: str
    practice: str
    points: tuple[Point, ...]
    used: int
    together: Estimate | None
    reason: str


SETS = "sets a week"
ADHERENCE = "share of planned sets done, %"


def sets_before(work: Sequence[LogSet], first: date) -> Practice:
    """Sets of work a week of the four weeks before a day; None for days before the log, which begins on `first`, has
    four weeks.
    """

    def practice(on: date) -> float | None:
        since = on - _SPAN
        return sum(one.sets for one in work if since <= one.on < on) / WEEKS_BEFORE if since >= first else None

    return practice


def adherence_before(weeks: Sequence[Week]) -> Practice:
    """The share of planned sets that were done in the four weeks that were over before a day, %; None where a plan has
    fewer of them.
    """

    def practice(on: date) -> float | None:
        of = [one for one in weeks if one.planned and on - _SPAN - _WEEK < one.start <= on - _WEEK]
        planned = sum(one.planned or 0 for one in of)
        return 100.0 * sum(one.done or 0 for one in of) / planned if len(of) == WEEKS_BEFORE else None

    return practice


def dose_response(name: str, measured: Sequence[Measurement], practice: Practice, what: str) -> Dose:
    """Whether numbers and practice go up and down together.

    Parameters
    ----------
    name
        Of the number.
    measured
        One a day.
    practice
        That of the four weeks before a day; measurements for which it is None are left out.
    what
        What the practice is.

    Returns
    -------
    The correlation of both, in [-1, 1], with its interval, after a straight line over the measurements' order is taken
    from either, as everything that only rises goes together. It says nothing of why. Measuring errors make it smaller.
    """
    points = [
        Point(one.on, before, one.number)
        for one in sorted(measured, key=lambda one: one.on)
        if (before := practice(one.on)) is not None
    ]
    used = _apart(points)
    table = np.array([[one.practice, one.number.value] for one in used]).reshape(-1, 2)
    together, reason = (
        None,
        f"{len(used)} days lie four weeks apart and after four weeks of practice; {_LEAST} are needed",
    )
    if len(used) >= _LEAST:
        try:
            together, reason = _widened(carry_over(table, (), trend=True).common, table), ""
        except NotResolvable as error:
            reason = str(error).replace("of an activity ", "or the practice ")
    return Dose(name, what, tuple(points), len(used), together, reason)


def _apart(points: Sequence[Point]) -> list[Point]:
    """Those at least four weeks after the one before: what they share makes an interval too narrow.

    [SIM] Measured every week, an interval of 90 % held the truth in 72 to 90 of 100; four weeks apart in 89 to 93
    (docs/audit.md).
    """
    used: list[Point] = []
    for one in points:
        if not used or one.on - used[-1].on >= _SPAN:
            used.append(one)
    return used


def _widened(found: Estimate, table: FloatArray) -> Estimate:
    """The interval for what is like the measurement before it: on Fisher's scale, by the root of the days over those
    that count (Bartlett 1935, J R Stat Soc 98:536: n (1 - p) / (1 + p), p the product of both autocorrelations).
    """
    n = len(table)
    alike = _alike(table[:, 0]) * _alike(table[:, 1])
    counts = n * (1.0 - alike) / (1.0 + alike)
    wider = math.sqrt((n - _LOST) / max(counts - _LOST, _LEAST_COUNT))
    middle, low, high = (math.atanh(min(max(v, -_ONE), _ONE)) for v in (found.value, found.low, found.high))
    low, high = math.tanh(middle - wider * (middle - low)), math.tanh(middle + wider * (high - middle))
    return Estimate(found.value, min(low, found.low), max(high, found.high), found.level, found.unit)


def _alike(values: FloatArray) -> float:
    """Autocorrelation from one measurement to the next, 0 to 0.95, beyond a straight line over their order.

    A line and a mean taken from n values make it smaller by (2 + 4 r) / n (Marriott and Pope 1954, Biometrika 41:390).
    """
    n, order = len(values), np.arange(len(values), dtype=np.float64)
    off = values - np.polyval(np.polyfit(order, values, 1), order)
    square = float(off @ off)
    if square == 0.0:
        return 0.0
    seen = float(off[1:] @ off[:-1]) / square
    return min(max((n * seen + 2.0) / (n - 4.0), 0.0), _MOST_ALIKE)


def dose_finding(dose: Dose) -> Finding:
    """What is said of it."""
    title = f"{'Sets' if dose.practice == SETS else 'Adherence'} and {dose.name}"
    if dose.together is None:
        return Finding("dose", title, "not-resolvable", dose.reason)
    low, high = dose.together.low, dose.together.high
    beside = f"correlation {dose.together.value:.2f} ({low:.2f} to {high:.2f}) over {dose.used} days"
    if low > 0.0:
        says, verdict = f"were higher after weeks with more of it ({dose.practice})", "ok"
    elif high < 0.0:
        says, verdict = f"were lower after weeks with more of it ({dose.practice})", "ok"
    else:
        return Finding("dose", title, "not-resolvable", f"{beside}: the interval holds zero", low=low, high=high)
    return Finding(
        "dose", title, verdict, f"its numbers {says}: {beside}; that says nothing of why", low=low, high=high
    )
