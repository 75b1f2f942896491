"""Several activities side by side, and what carries over between them. Schema `legato.across/1`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from legato import __version__
from legato.compare.carried import Measured, carried_over
from legato.compare.readings import Cell, Comparable, comparables, read_cell
from legato.compare.results import Result
from legato.errors import BadInput
from legato.estimate import LEVEL
from legato.evidence.carry_over import LEAST_ROWS

SCHEMA = "legato.across/1"

_SAME_HEIGHT_M = 0.03
"""Two heights of one athlete differ by no more, m. [ENG] Shoes and a tape leave 2 cm."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A result, whose it is and on which day; both empty where there is one athlete and one day."""

    result: Result
    athlete: str = ""
    day: str = ""


def across_activities(trials: Sequence[Trial]) -> dict[str, Any]:
    """The table of activities and metrics of each athlete and day, and what carries over from one to another.

    Raises
    ------
    BadInput
        One activity only, a recording or an activity of a day twice, or results of one athlete that tell of two.
    """
    _check(trials)
    activities = list(dict.fromkeys(t.result.movement.id for t in trials))
    names = {t.result.movement.id: t.result.movement.name or t.result.movement.id for t in trials}
    days: dict[tuple[str, str], list[Trial]] = {}
    for trial in trials:
        days.setdefault((trial.athlete, trial.day), []).append(trial)
    cells: dict[tuple[str, str], dict[str, dict[str, Cell]]] = {
        key: {row.id: {t.result.movement.id: read_cell(row, t.result) for t in of} for row in comparables()}
        for key, of in days.items()
    }
    rows = [row for row in comparables() if any(c.estimate for of in cells.values() for c in of[row.id].values())]
    carried: list[dict[str, Any]] = []
    if len(days) > 1:
        for row in rows:
            carried += carried_over(
                row, [Measured(who, day, of[row.id]) for (who, day), of in cells.items()], activities
            )
    return {
        "schema": SCHEMA,
        "legato_version": __version__,
        "level": LEVEL,
        "activities": [{"id": name, "name": names[name]} for name in activities],
        "athletes": list(dict.fromkeys(t.athlete for t in trials)),
        "results": [
            {
                "file": t.result.name,
                "sha256": sorted(t.result.files),
                "athlete": t.athlete or None,
                "day": t.day or None,
                "activity": t.result.movement.id,
                "reps": len(t.result.whole_reps),
                "legato_version": t.result.legato_version,
            }
            for t in trials
        ],
        "metrics": [
            {"id": row.id, "name": row.name, "unit": row.unit, "why": row.why, "carry": row.carry or None}
            for row in rows
        ],
        "tables": [_table(key, of, rows, activities) for key, of in cells.items()],
        "carried": carried,
        "notes": _notes(trials, days, carried),
    }


def _table(
    key: tuple[str, str], cells: Mapping[str, Mapping[str, Cell]], rows: Sequence[Comparable], activities: Sequence[str]
) -> dict[str, Any]:
    return {
        "athlete": key[0] or None,
        "day": key[1] or None,
        "rows": [
            {
                "metric": row.id,
                "cells": [_cell(name, cells[row.id].get(name)) for name in activities],
                "differences": _differences(cells[row.id], activities),
            }
            for row in rows
        ],
    }


def _cell(activity: str, cell: Cell | None) -> dict[str, Any]:
    if cell is None:
        cell = Cell(None, reason="not recorded on this day")
    estimate = None if cell.estimate is None else cell.estimate.to_dict()
    return {"activity": activity, "estimate": estimate, "n": cell.n, "reason": cell.reason or None}


def _differences(cells: Mapping[str, Cell], activities: Sequence[str]) -> list[dict[str, Any]]:
    """Second less first of each two activities; `in_intervals` is in half-widths of the difference's own interval."""
    found: list[dict[str, Any]] = []
    for first, second in combinations((name for name in activities if name in cells), 2):
        one, two = cells[first].estimate, cells[second].estimate
        if one is None or two is None:
            continue
        change = two.minus(one)
        half = change.value - change.low if change.value > 0.0 else change.high - change.value
        found.append(
            {
                "first": first,
                "second": second,
                "difference": change.to_dict(),
                "in_intervals": change.value / half if half > 0.0 else None,
                "shown": "higher" if change.low > 0.0 else "lower" if change.high < 0.0 else "no",
            }
        )
    return found


def _check(trials: Sequence[Trial]) -> None:
    activities = {t.result.movement.id for t in trials}
    if len(activities) < 2:
        one = next(iter(activities), "none")
        raise BadInput(f"{_first(trials)}: only one activity ({one}) was given; give results of two or more")
    recordings: dict[str, str] = {}
    done: dict[tuple[str, str, str], str] = {}
    for trial in trials:
        result = trial.result
        for file in result.files:
            if file in recordings:
                raise BadInput(f"{result.name}: is of the same recording as {recordings[file]}; give each once")
        recordings |= dict.fromkeys(result.files, result.name)
        key = (trial.athlete, trial.day, result.movement.id)
        if key in done:
            raise BadInput(
                f"{result.name}: is of {result.movement.id}, as {done[key]} of the same athlete and day is; "
                "give one of them, or say whose and of which day they are with --list"
            )
        done[key] = result.name
    _one_athlete_each(trials)


def _one_athlete_each(trials: Sequence[Trial]) -> None:
    """Refuse results under one name that were analysed with the sex or height of two people."""
    seen: dict[tuple[str, str], tuple[Any, str]] = {}
    for trial in trials:
        for what in ("sex", "height_m"):
            value = trial.result.settings.get(what)
            if value is None:
                continue
            before, name = seen.setdefault((trial.athlete, what), (value, trial.result.name))
            other = value != before if what == "sex" else abs(float(value) - float(before)) > _SAME_HEIGHT_M
            if other:
                known = f" ({trial.athlete})" if trial.athlete else ""
                said = ("sex", before, value) if what == "sex" else ("height", f"{before:g} m", f"{value:g} m")
                raise BadInput(
                    f"{trial.result.name}: is of another athlete than {name}{known}: {said[0]} {said[2]}, and "
                    f"{said[1]} there; name each athlete with --list"
                )


def _first(trials: Sequence[Trial]) -> str:
    return trials[0].result.name if trials else "no file"


def _notes(
    trials: Sequence[Trial], days: Mapping[tuple[str, str], Sequence[Trial]], carried: Sequence[Mapping[str, Any]]
) -> list[str]:
    notes: list[str] = []
    versions = list(dict.fromkeys(t.result.legato_version for t in trials))
    if len(versions) > 1:
        notes.append(f"made by several versions of Legato ({', '.join(versions)}); analyse them again with one")
    if len(days) == 1:
        notes.append(
            f"one athlete and one day say nothing of what carries over: it takes {LEAST_ROWS} athletes, or "
            f"{LEAST_ROWS + 1} days of one athlete, in the same activities (--list says whose and of which day each is)"
        )
    if any(record["basis"] == "days" for record in carried):
        notes.append("days of an athlete are taken as measured with markers or sensors placed anew on each")
    if any(record["basis"] == "one-day" and record["of"] == "days" for record in carried):
        notes.append("what a straight line over the days explains, as training does, counts for nothing")
    if any(record["basis"] == "separate-days" for record in carried):
        notes.append("activities of different days are taken as measured with markers or sensors placed anew")
    return notes
