"""Erases athletes and sessions: rows, files and traces, so that nothing of them can be found; then looks."""

import re
import shutil
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from legato.store.catalogue import DATABASE, Catalogue, hold_files, note, why
from legato.store.results import canonical
from legato.store.rows import (
    AthleteRow,
    AuditRow,
    FileRow,
    JobRow,
    ResultRow,
    Row,
    SessionFileRow,
    SessionRow,
    SettingRow,
    TrainedRow,
    TrialOfOneRow,
    new_id,
    now,
)
from legato.store.traces import traces

ERASING = "erasing:"
"""Settings with this before their key name files that are still to be taken away, should a crash come between."""
_NOTHING = {"files": list[str](), "journals": list[str]()}
_ATTEMPTS = 5
"""How often erasing starts again where somebody was adding to what it takes away."""
_ENDS_WITHIN_S, _HEARD_OF_S = 5.0, 20.0
"""How long a worker is waited for that was heard of so lately, until it has ended what it was doing for rows that are
gone, s. [ENG] One that lives looks five times a second.
"""
_LOOK_S = 0.05
_AT_ONCE = 2000
"""Values in one statement; SQLite takes 32,766."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased: rows by table, files and their bytes. `left` says what is still there: nothing, if all is
    well.
    """

    rows: Mapping[str, int] = field(default_factory=dict[str, int])
    files: int = 0
    size_bytes: int = 0
    left: tuple[str, ...] = ()


def erase_athlete(catalogue: Catalogue, athlete_id: str, who: str = "") -> Erased:
    """Erase an athlete with all sessions, results, plans, logs, trials and the audit log's lines about them."""
    return _erase(catalogue, (), (athlete_id,), who)


def erase_session(catalogue: Catalogue, session_id: str, who: str = "") -> Erased:
    """Erase a session with its results and its files; a file that another session has stays."""
    return _erase(catalogue, (session_id,), (), who)


def retention(catalogue: Catalogue, days: float, at: datetime | None = None) -> tuple[str, ...]:
    """Erase the sessions that were added more than `days` ago; their ids."""
    before = (at or now()) - timedelta(days=days)
    with catalogue.session() as rows:
        old = tuple(rows.scalars(select(SessionRow.id).where(SessionRow.created_at < before)))
    for k in range(0, len(old), _AT_ONCE):
        _erase(catalogue, old[k : k + _AT_ONCE], (), "retention")
    return old


def erase_all(catalogue: Catalogue) -> Erased:
    """Erase everything: all rows, the log and the settings too, and all files."""
    with catalogue.session() as rows:
        hold_files(rows)
        counts = {t.name: rows.scalar(select(func.count()).select_from(t)) or 0 for t in Row.metadata.sorted_tables}
        at_work = _at_work(rows)
        for table in reversed(Row.metadata.sorted_tables):
            rows.execute(delete(table))
        rows.add(_intent(catalogue.files.all(), [path.name for path in catalogue.trials.iterdir()]))
    _wait_for_the_end_of(catalogue, at_work)
    with catalogue.session() as rows:
        hold_files(rows)
        # What was added meanwhile stays.
        others = set(rows.scalars(select(JobRow.id)))
        free = sorted(set(catalogue.files.all()) - set(rows.scalars(select(FileRow.sha256))))
        sizes = [catalogue.files.path(sha256).stat().st_size for sha256 in free]
        for sha256 in free:
            catalogue.files.drop(sha256)
        named = rows.scalars(select(TrialOfOneRow.journal)).all()
        beside = sorted(set(catalogue.trials.iterdir()) - {one for name in named for one in _journals(catalogue, name)})
        for path in beside:
            _take_away(path)
    catalogue.files.clear_parts()
    laid_out = [place for place in catalogue.work.glob("*") if place.name not in others]
    for place in laid_out:
        shutil.rmtree(place, ignore_errors=True)
    left = [*finish_erasing(catalogue), *_old_copies(catalogue)]
    with catalogue.session() as rows:
        known = set(rows.scalars(select(FileRow.sha256)))
    left += [f"file {sha256}" for sha256 in free if catalogue.files.path(sha256).exists() and sha256 not in known]
    left += [f"trial {path.name}" for path in beside if path.exists()]
    left += [f"folder of job {place.name}" for place in laid_out if place.exists()]
    return Erased({t: n for t, n in counts.items() if n}, len(sizes), sum(sizes), tuple(left))


def drop_files(catalogue: Catalogue, checksums: Collection[str]) -> tuple[str, ...]:
    """Take away those files that no row names, and say which; nobody can add one meanwhile."""
    gone: list[str] = []
    with catalogue.session() as rows:
        hold_files(rows)
        for sha256 in sorted(checksums):
            if rows.get(FileRow, sha256) is None and catalogue.files.path(sha256).exists():
                catalogue.files.drop(sha256)
                gone.append(sha256)
    return tuple(gone)


def finish_erasing(catalogue: Catalogue) -> tuple[str, ...]:
    """Take away the files of what was erased from the rows; after a crash, what was left. Says what could not be, which
    is tried again when the catalogue is opened.
    """
    with catalogue.session() as rows:
        waiting = list(rows.scalars(select(SettingRow).where(SettingRow.key.startswith(ERASING))))
    if not waiting:
        return ()
    for intent in waiting:
        drop_files(catalogue, intent.value["files"])
        for name in intent.value["journals"]:
            for path in _journals(catalogue, name):
                _take_away(path)
    with catalogue.session() as rows:
        for intent in waiting:
            rows.execute(update(SettingRow).where(SettingRow.key == intent.key).values(value=_NOTHING))
    if left := _scrub(catalogue):
        return left
    with catalogue.session() as rows:
        for intent in waiting:
            rows.execute(delete(SettingRow).where(SettingRow.key == intent.key))
    return ()


def referenced(rows: Session) -> set[str]:
    """The checksums of all files that a session, a result or a training log names."""
    found = set(rows.scalars(select(SessionFileRow.sha256)))
    for files in rows.scalars(select(ResultRow.files)):
        found.update(str(sha256) for sha256 in files.values())
    return found | set(rows.scalars(select(TrainedRow.source).distinct()))


def _own_files(rows: Session, sessions: list[str], athletes: list[str]) -> set[str]:
    """The checksums of the files that these sessions, their results and these athletes' logs name."""
    found: set[str] = set()
    for part in _parts(sessions):
        found.update(rows.scalars(select(SessionFileRow.sha256).where(SessionFileRow.session_id.in_(part))))
        for files in rows.scalars(select(ResultRow.files).where(ResultRow.session_id.in_(part))):
            found.update(str(sha256) for sha256 in files.values())
    return found | set(rows.scalars(select(TrainedRow.source).where(TrainedRow.athlete_id.in_(athletes)).distinct()))


def _erase(catalogue: Catalogue, sessions: Collection[str], athletes: Collection[str], who: str) -> Erased:
    for _ in range(_ATTEMPTS - 1):
        with suppress(IntegrityError):
            taken = _take_rows(catalogue, sessions, athletes, who)
            break
    else:
        taken = _take_rows(catalogue, sessions, athletes, who)
    sizes, subjects = taken.files, taken.subjects | set(sessions) | set(athletes)
    _wait_for_the_end_of(catalogue, taken.at_work)
    for job in taken.ids:
        shutil.rmtree(catalogue.work / job, ignore_errors=True)
    left = [*_left_on_the_way(catalogue, subjects), *finish_erasing(catalogue), *traces(catalogue, subjects)]
    left += [f"folder of job {job}" for job in taken.ids if (catalogue.work / job).exists()]
    with catalogue.session() as rows:
        known = set(rows.scalars(select(FileRow.sha256)))
    left += [f"file {sha256}" for sha256 in sizes if catalogue.files.path(sha256).exists() and sha256 not in known]
    left += [f"trial {path.name}" for name in taken.journals for path in _journals(catalogue, name)]
    return Erased(taken.counts, len(sizes), sum(sizes.values()), (*left, *_old_copies(catalogue)))


@dataclass(slots=True)
class _Taken:
    counts: dict[str, int]
    ids: set[str]
    subjects: set[str]
    files: dict[str, int]
    journals: list[str]
    at_work: list[str]


def _at_work(rows: Session, *of: Any) -> list[str]:
    """The jobs that a worker is at."""
    lately = JobRow.seen_at > now() - timedelta(seconds=_HEARD_OF_S)
    return list(rows.scalars(select(JobRow.id).where(JobRow.state == "running", lately, *of)))


def _wait_for_the_end_of(catalogue: Catalogue, at_work: Collection[str]) -> None:
    """Until the worker has ended jobs whose rows are gone, and taken their folders away; for some seconds at most."""
    until = time.monotonic() + _ENDS_WITHIN_S
    while any((catalogue.work / job).exists() for job in at_work) and time.monotonic() < until:
        time.sleep(_LOOK_S)


def _left_on_the_way(catalogue: Catalogue, sessions: Collection[str]) -> list[str]:
    """Take away what a job that was ended had not finished; what of these sessions is still being written."""
    from legato.store.left import take_left

    take_left(catalogue)
    return [f"file {one.sha256}, being written" for one in catalogue.files.left() if one.about in sessions]


def _take_rows(catalogue: Catalogue, sessions: Collection[str], athletes: Collection[str], who: str) -> _Taken:
    """Delete the rows in one transaction, which also keeps the names of the files that have to follow."""
    with catalogue.session() as rows:
        if not catalogue.on_postgres:
            hold_files(rows)
        people = list(rows.scalars(select(AthleteRow).where(AthleteRow.id.in_(athletes)).with_for_update()))
        of_them = SessionRow.athlete_id.in_(athletes) | SessionRow.id.in_(sessions)
        trials = list(rows.scalars(select(SessionRow).where(of_them).with_for_update()))
        keys = {"session_id": [s.id for s in trials], "athlete_id": [a.id for a in people]}
        names = {a.name for a in people} | {s.name for s in trials}
        names.update(rows.scalars(select(SessionFileRow.name).where(SessionFileRow.session_id.in_(keys["session_id"]))))
        journals = list(rows.scalars(select(TrialOfOneRow.journal).where(TrialOfOneRow.athlete_id.in_(athletes))))
        own = _own_files(rows, keys["session_id"], keys["athlete_id"])
        at_work = _at_work(rows, JobRow.session_id.in_(keys["session_id"]))
        taken = _Taken({}, set(), {*keys["session_id"], *keys["athlete_id"]}, {}, journals, at_work)
        for table in reversed(Row.metadata.sorted_tables):
            for column in ("session_id", "athlete_id"):
                if table.name != "session" and column in table.c:
                    _delete(rows, table, column, keys[column], taken)
        _delete(rows, _table(SessionRow), "id", keys["session_id"], taken)
        _delete(rows, _table(AthleteRow), "id", keys["athlete_id"], taken)
        about = [line.id for line in rows.scalars(select(AuditRow)) if _is_about(line, taken.ids, names)]
        _delete(rows, _table(AuditRow), "id", about, taken)
        free = {f.sha256: f.size_bytes for part in _parts(sorted(own)) for f in rows.scalars(_locked(part))}
        taken.files = {sha256: free[sha256] for sha256 in set(free) - referenced(rows)}
        for part in _parts(sorted(taken.files)):
            rows.execute(delete(FileRow).where(FileRow.sha256.in_(part)))
        if taken.counts:
            taken.counts |= {"file": len(taken.files)} if taken.files else {}
            rows.add(_intent(taken.files, journals))
            note(rows, "erased", "athlete" if people else "session", who, rows=taken.counts)
        return taken


def _intent(files: Iterable[str], journals: Sequence[str]) -> SettingRow:
    """What is still to be taken away, should a crash come between."""
    return SettingRow(key=ERASING + new_id(), value={"files": sorted(files), "journals": list(journals)})


def _table(row: type[Row]) -> Table:
    return cast(Table, row.__table__)


def _locked(part: list[str]) -> Any:
    return select(FileRow).where(FileRow.sha256.in_(part)).with_for_update()


def _parts(values: list[str]) -> Iterator[list[str]]:
    for k in range(0, len(values), _AT_ONCE):
        yield values[k : k + _AT_ONCE]


def _delete(rows: Session, table: Table, column: str, values: list[str], taken: _Taken) -> None:
    for part in _parts(values):
        gone = list(rows.scalars(select(table.c["id"]).where(table.c[column].in_(part))))
        if gone:
            rows.execute(delete(table).where(table.c[column].in_(part)))
            taken.counts[table.name] = taken.counts.get(table.name, 0) + len(gone)
            taken.ids.update(gone)


def _is_about(line: AuditRow, ids: Collection[str], names: Collection[str]) -> bool:
    """Whether a line of the log names one of the ids, or holds one of the names as a word."""
    told = canonical([line.what, line.subject, line.details])
    if any(one in ids for one in re.findall(r"[0-9a-f]{16}", told)):
        return True
    texts = [*_texts(line)]
    every = "\n".join(texts)
    # Patterns are many, and dear to make: only for names that stand there at all.
    there = [re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") for name in names if name and name in every]
    return any(name.search(text) for name in there for text in texts)


def _texts(line: AuditRow) -> Iterator[str]:
    waiting: list[Any] = [line.subject, line.details]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting.extend([*one.keys(), *one.values()])
        elif isinstance(one, list):
            waiting.extend(one)


def _journals(catalogue: Catalogue, name: str) -> list[Path]:
    """A trial's journal and what lies beside it under the same name, drafts too."""
    beside = (f"{Path(name).stem}.", f".{Path(name).stem}.")
    return [path for path in catalogue.trials.iterdir() if path.name == name or path.name.startswith(beside)]


def _take_away(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        for inner in path.iterdir():
            _take_away(inner)
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


def _scrub(catalogue: Catalogue) -> tuple[str, ...]:
    """Rewrite the database, so that no page and no log of it holds what was deleted; what stood in the way."""
    with catalogue.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        try:
            if catalogue.on_postgres:
                tables = ", ".join(f'"{table.name}"' for table in Row.metadata.sorted_tables)
                # The look whether the connection still lives leaves a transaction open, in which VACUUM does nothing.
                connection.connection.rollback()
                connection.exec_driver_sql("SET lock_timeout = '2s'")
                try:
                    connection.exec_driver_sql(f"VACUUM FULL {tables}")
                finally:
                    connection.invalidate()
                return ()
            connection.exec_driver_sql("VACUUM")
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one()
        except DBAPIError as error:
            if catalogue.on_postgres:
                said = "deleted rows in the server's tables, which were not rewritten (%s); run VACUUM FULL there"
            else:
                said = "the database was busy and not rewritten (%s); restart the app and check the library"
            return (said % why(error),)
    return ("pages in the database's log, which somebody is reading; restart the app",) if busy else ()


def _old_copies(catalogue: Catalogue) -> Iterable[str]:
    """Databases that `library move` left beside."""
    return (f"an old copy of the database, {p.name}; delete it" for p in catalogue.folder.glob(f"{DATABASE}.moved*"))
