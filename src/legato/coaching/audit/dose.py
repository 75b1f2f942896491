"""Sets of the weeks before a measurement beside what was measured: whether they go together, without saying why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from legato.coaching.audit.findings import Finding
from legato.coaching.audit.imported import LogSet
from legato.errors import NotResolvable
from legato.estimate import Estimate
from legato.evidence import carry_over

WEEKS_BEFORE = 4
"""Weeks of sets that stand beside a measurement. [ENG]"""


@dataclass(frozen=True, slots=True)
class Measurement:
    """A number measured on a day; the interval is that of the set."""

    on: date
    number: Estimate


@dataclass(frozen=True, slots=True)
class Point:
    """A measurement beside the sets of work a week of the four weeks before its day."""

    on: date
    sets_a_week: float
    number: Estimate


@dataclass(frozen=True, slots=True)
class Dose:
    """The points in order of days, and the correlation beyond a straight line over time; None where it is not told,
    with the `reason`.
    """

    name: str
    points: tuple[Point, ...]
    together: Estimate | None
    reason: str


def dose_response(name: str, measured: Sequence[Measurement], work: Sequence[LogSet], first: date) -> Dose:
    """Whether numbers and sets go up and down together.

    Parameters
    ----------
    name
        Of the number.
    measured
        One a day.
    work
        Sets of work of the whole log.
    first
        Day on which the log begins: measurements before four weeks of it are left out.

    Returns
    -------
    The correlation of both, in [-1, 1], with its interval, after a straight line over the measurements' order is taken
    from either, as everything that only rises goes together. It says nothing of why. Measuring errors make it smaller.
    """
    span = timedelta(weeks=WEEKS_BEFORE)
    points = [
        Point(one.on, sum(s.sets for s in work if one.on - span <= s.on < one.on) / WEEKS_BEFORE, one.number)
        for one in sorted(measured, key=lambda one: one.on)
        if one.on - span >= first
    ]
    table = np.array([[one.sets_a_week, one.number.value] for one in points]).reshape(-1, 2)
    try:
        together, reason = carry_over(table, (), trend=True).common, ""
    except NotResolvable as error:
        together, reason = None, str(error).replace("in these activities", "with four weeks of the log before them")
    return Dose(name, tuple(points), together, reason)


def dose_finding(dose: Dose) -> Finding:
    """What is said of it."""
    title = f"Sets and {dose.name}"
    if dose.together is None:
        return Finding("dose", title, "not-resolvable", dose.reason)
    low, high = dose.together.low, dose.together.high
    beside = f"correlation {dose.together.value:.2f} ({low:.2f} to {high:.2f}) over {len(dose.points)} days"
    if low > 0.0:
        says, verdict = "were higher after weeks with more sets", "ok"
    elif high < 0.0:
        says, verdict = "were lower after weeks with more sets", "ok"
    else:
        return Finding("dose", title, "not-resolvable", f"{beside}: the interval holds zero", low=low, high=high)
    return Finding(
        "dose", title, verdict, f"its numbers {says}: {beside}; that says nothing of why", low=low, high=high
    )
