"""The training log of an athlete: sets of imported files, each file kept whole, joined so that a row counts once."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from legato.coaching.audit.imported import Around, Imported, LogSet, joined
from legato.store.rows import TrainedRow
from legato.web.taken import table

COLUMNS = (
    "date", "exercise", "type", "sets", "reps", "weight_kg", "rpe", "seconds", "distance_m", "note",
    "sleep_h", "soreness", "readiness", "breathing_min",
)  # fmt: skip
"""Of the table that `log_csv` writes, as `legato audit` reads them."""

_KINDS = {"work": "", "warm-up": "warm-up", "drop": "drop", "to-failure": "failure", "failed": "failed"}


def rows_of_log(log: Imported, athlete_id: str, source: str) -> list[TrainedRow]:
    """A file's sets and days as rows; `source`: the file's checksum."""
    sets = [
        TrainedRow(athlete_id=athlete_id, on=one.on, source=source, record={"set": _plain(one), "file": log.files[0]})
        for one in log.sets
    ]
    days = [
        TrainedRow(athlete_id=athlete_id, on=on, source=source, record={"around": asdict(day), "file": log.files[0]})
        for on, day in log.days.items()
    ]
    return [*sets, *days]


def logs_of(rows: Session, athlete_id: str) -> dict[str, Imported]:
    """Each imported file as it was read, by its checksum, in the order of their first days."""
    asked = select(TrainedRow).where(TrainedRow.athlete_id == athlete_id).order_by(TrainedRow.on, TrainedRow.id)
    by_source: dict[str, list[TrainedRow]] = {}
    for row in rows.scalars(asked):
        by_source.setdefault(row.source, []).append(row)
    return {source: _log(found) for source, found in by_source.items()}


def training_log(rows: Session, athlete_id: str) -> Imported | None:
    """All files as one log; None where none was imported."""
    logs = list(logs_of(rows, athlete_id).values())
    return joined(logs) if logs else None


def log_csv(log: Imported | None) -> str:
    """The whole log as a table that `legato audit` reads back, efforts too."""
    lines: list[Sequence[object]] = [COLUMNS]
    if log is None:
        return table(lines)
    told: set[date] = set()
    for one in log.sets:
        around = log.days.get(one.on, Around()) if one.on not in told else Around()
        told.add(one.on)
        lines.append(
            (
                one.on, one.exercise, _KINDS[one.kind], one.sets, _number(one.reps), _number(one.weight_kg),
                _number(one.rpe), _number(one.seconds), _number(one.metres), one.note, *map(_number, around.values),
            )
        )  # fmt: skip
    for on, around in log.days.items():
        if on not in told:
            lines.append((on, *[None] * 9, *map(_number, around.values)))
    return table(lines)


def _number(value: float | None) -> str | None:
    """With as many digits as it has, so that nothing is lost."""
    return None if value is None else f"{value:.12g}"


def _plain(one: LogSet) -> dict[str, Any]:
    return asdict(one) | {"on": one.on.isoformat()}


def _log(found: Sequence[TrainedRow]) -> Imported:
    sets = tuple(sorted((_set(row.record["set"]) for row in found if "set" in row.record), key=_place))
    days = {row.on: Around(**row.record["around"]) for row in found if "around" in row.record}
    name = str(found[0].record["file"])
    return Imported((name,), len(found), sets, days, ())


def _place(one: LogSet) -> tuple[date, int]:
    return one.on, one.line


def _set(record: Mapping[str, Any]) -> LogSet:
    return LogSet(**{**record, "on": date.fromisoformat(record["on"])})
