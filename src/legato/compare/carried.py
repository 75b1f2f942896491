"""What carries over: whether athletes (or days) that are high in one activity are high in another."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np

from legato.compare.readings import Cell, Comparable
from legato.errors import NotResolvable
from legato.estimate import LEVEL
from legato.evidence import CarryOver, MeasuringError, carry_over, carry_over_of_one_day, of_days, of_repetitions
from legato.evidence.carry_over import LEAST_DAY_DOF, LEAST_ROWS, rows_needed

LITTLE = 0.5
"""Correlation below which little is common: a quarter of what one activity tells of the other. [ENG]"""

_ANGLES = ("metric", "sides", "measure")
"""Readings that come of angles."""

Basis = Literal["days", "one-day", "separate-days"]


@dataclass(frozen=True, slots=True)
class Measured:
    """The cells of one athlete on one day, by activity."""

    athlete: str
    day: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Numbers with their errors, ready for the model; `placed_sd` where one placement served all activities."""

    numbers: np.ndarray
    errors: tuple[MeasuringError, ...]
    basis: Basis
    placed_sd: np.ndarray | None


def carried_over(row: Comparable, measured: Sequence[Measured], activities: Sequence[str]) -> list[dict[str, Any]]:
    """Each pair of activities, and all of them together where they are three or more, as records."""
    with_number = [name for name in activities if any(_usable(m, name) for m in measured)]
    if row.carry or len(with_number) < 2:
        return []
    groups: list[tuple[str, ...]] = list(combinations(with_number, 2))
    if len(with_number) > 2:
        groups.append(tuple(with_number))
    return [_record(row, measured, group) for group in groups]


def _record(row: Comparable, measured: Sequence[Measured], group: tuple[str, ...]) -> dict[str, Any]:
    over_days = len({m.athlete for m in measured}) == 1
    record: dict[str, Any] = {
        "metric": row.id, "activities": list(group), "of": "days" if over_days else "athletes", "basis": None, "n": 0,
        "common": None, "seen": None, "reliability": None, "verdict": "not-resolvable", "reason": "", "needed": None,
    }  # fmt: skip
    try:
        rows = _of_one_athlete(row, measured, group) if over_days else _of_athletes(measured, group)
        record |= {"n": len(rows.numbers), "basis": rows.basis}
        found = _fit(rows, trend=over_days)
    except NotResolvable as why:
        return record | {"reason": _why(str(why), over_days)}
    verdict = verdict_of(found, len(group))
    needed = rows_needed(found, len(group)) if verdict == "not-resolvable" else None
    return record | {
        "common": found.common.to_dict(),
        "seen": found.seen,
        "reliability": found.reliability,
        "verdict": verdict,
        "needed": needed,
        "reason": _remark(verdict, found, rows, needed, over_days),
    }


def verdict_of(found: CarryOver, activities: int = 2) -> str:
    """`together` or `opposite` where the whole interval lies beyond zero, `little` where it lies within `LITTLE`."""
    low, high = found.common.low, found.common.high
    if low > 0.0:
        return "together"
    if high < 0.0 and activities == 2:
        return "opposite"
    return "little" if low > -LITTLE and high < LITTLE else "not-resolvable"


def _fit(rows: _Rows, *, trend: bool) -> CarryOver:
    if rows.placed_sd is not None and np.any(rows.placed_sd > 0.0):
        return carry_over_of_one_day(rows.numbers, rows.errors, rows.placed_sd, trend=trend, level=LEVEL)
    return carry_over(rows.numbers, rows.errors, trend=trend, level=LEVEL)


def _usable(measured: Measured, activity: str) -> bool:
    cell = measured.cells.get(activity)
    return cell is not None and math.isfinite(cell.number) and math.isfinite(cell.variance)


def _of_one_athlete(row: Comparable, measured: Sequence[Measured], group: Sequence[str]) -> _Rows:
    """A row a day: one placement served the activities of a day, and another one every other day.

    Angles are refused: a placement shifts them in all activities of its day alike, by as much as days differ and by an
    amount that is only guessed at, so the guess would decide.
    """
    if row.placed and row.reading in _ANGLES:
        raise NotResolvable(
            "a day's placement of markers shifts this number in all its activities alike, by as much as days differ; "
            f"{LEAST_ROWS} athletes on two days each would tell"
        )
    joint = [m for m in measured if all(_usable(m, name) for name in group)]
    return _single([[m.cells[name] for name in group] for m in joint], "one-day")


def _of_athletes(measured: Sequence[Measured], group: Sequence[str]) -> _Rows:
    """A row an athlete, over the days that hold all of the activities; else each activity from a day of its own."""
    by_athlete: dict[str, list[Measured]] = {}
    for m in measured:
        by_athlete.setdefault(m.athlete, []).append(m)
    joint = {who: [m for m in of if all(_usable(m, name) for name in group)] for who, of in by_athlete.items()}
    together = [days for days in joint.values() if days]
    if not together:
        return _single([cells for of in by_athlete.values() if (cells := _apart(of, group))], "separate-days")
    if sum(len(days) - 1 for days in together) >= LEAST_DAY_DOF:
        table = [np.array([[m.cells[name].number for name in group] for m in days]) for days in together]
        numbers, error = of_days(table)
        return _Rows(numbers, (error,), "days", None)
    return _single([[days[0].cells[name] for name in group] for days in together], "one-day")


def _apart(measured: Sequence[Measured], group: Sequence[str]) -> list[Cell] | None:
    """Each activity from the first day that has it; None where one has none, or two are of one day."""
    days = [next((m for m in measured if _usable(m, name)), None) for name in group]
    if any(day is None for day in days) or len({id(day) for day in days}) < len(group):
        return None
    return [day.cells[name] for day, name in zip(days, group, strict=True) if day is not None]


def _single(rows: Sequence[Sequence[Cell]], basis: Basis) -> _Rows:
    """Rows of one set an activity; their error is what repetitions leave, and the placement."""
    if not rows:
        raise NotResolvable(f"none of them was measured in these activities; {LEAST_ROWS} are needed")

    def of(value: Callable[[Cell], float]) -> np.ndarray:
        return np.array([[value(cell) for cell in row] for row in rows])

    placed = np.sqrt((of(lambda cell: cell.placed_sd) ** 2).mean(axis=0))
    errors = (of_repetitions(of(lambda cell: cell.variance), of(lambda cell: cell.dof)),)
    numbers = of(lambda cell: cell.number)
    if basis == "one-day":
        return _Rows(numbers, errors, basis, placed)
    return _Rows(numbers, (*errors, MeasuringError(np.diag(placed**2), math.inf)), basis, None)


def _why(why: str, over_days: bool) -> str:
    who = "days" if over_days else "athletes"
    if "of them" in why:
        return why.replace("of them was", f"of the {who} was").replace("of them were", f"of the {who} were")
    if why.startswith("they differ by no more"):
        return f"the {who} {why.removeprefix('they ')}; more repetitions, or days with the markers placed anew, help"
    return why


def _remark(verdict: str, found: CarryOver, rows: _Rows, needed: int | None, over_days: bool) -> str:
    who = "days" if over_days else "athletes"
    said: list[str] = []
    if over_days and verdict == "together":
        said.append("learning that levels off also looks so: only a straight line over the days is taken off")
    if verdict == "not-resolvable":
        if needed is not None and needed > found.n:
            said.append(f"about {needed} {who} would tell it from none, were it as it looks now")
        elif needed is None or found.common.value < LITTLE:
            said.append(f"{found.n} {who} do not tell it from none, nor that it is little; add {who}")
    if rows.placed_sd is not None and np.any(rows.placed_sd > 0.0):
        said.append(
            "one placement served all activities of a day, and the interval holds that it may be common to them"
            + ("" if over_days else "; two days of each athlete, placed anew, would tell")
        )
    elif rows.basis == "one-day" and not over_days:
        said.append("of one day each: what an athlete's day had in common counts as carry-over too")
    return "; ".join(said)
