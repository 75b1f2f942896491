"""Speed and memory of the catalogue: check, backup, restore, erase and move, with 5,000 sessions and 300 MB of files.

Processor time counts on a busy machine; memory is the most that the process took so far. `--to URL` also moves the rows
to an empty PostgreSQL database and back.
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from sqlalchemy import insert

from legato.store import Catalogue, open_catalogue
from legato.store.archive import export_all
from legato.store.check import check
from legato.store.erase import erase_session
from legato.store.move import move
from legato.store.restore import restore
from legato.store.rows import AthleteRow, FileRow, ResultRow, SessionFileRow, SessionRow, TrainedRow, new_id

_ATHLETES, _SESSIONS, _FILES, _SETS = 100, 5_000, 300, 20_000
_Found = TypeVar("_Found")


def _fill(catalogue: Catalogue) -> str:
    """Fill a catalogue; the id of a session."""
    people = [{"id": new_id(), "name": f"athlete {k}"} for k in range(_ATHLETES)]
    on, saved = date(2026, 5, 4), [catalogue.files.save_bytes(os.urandom(1_000_000)) for _ in range(_FILES)]
    sessions = [
        {"id": new_id(), "name": "squat", "recorded_on": on, "athlete_id": people[k % _ATHLETES]["id"], "options": {}}
        for k in range(_SESSIONS)
    ]
    metrics = {f"metric {k}": {"value": 0.1 * k, "low": 0.0, "high": 1.0, "unit": "m/s"} for k in range(30)}
    results = [
        {
            "session_id": session["id"], "key": "k", "legato_version": "0", "summary": {"metrics": metrics},
            "files": {f"{i}.csv": saved[(k + i) % _FILES].sha256 for i in range(10)},
        }
        for k, session in enumerate(sessions)
    ]  # fmt: skip
    own = [
        {"session_id": session["id"], "sha256": saved[k % _FILES].sha256, "name": "a.c3d", "position": 0}
        for k, session in enumerate(sessions)
    ]
    sets = [
        {"athlete_id": people[k % _ATHLETES]["id"], "on": on, "source": "log", "record": {"reps": 5}}
        for k in range(_SETS)
    ]
    files = [{"sha256": one.sha256, "size_bytes": one.size_bytes} for one in saved]
    with catalogue.session() as rows:
        for table, some in (
            (AthleteRow, people), (FileRow, files), (SessionRow, sessions), (ResultRow, results),
            (SessionFileRow, own), (TrainedRow, sets),
        ):  # fmt: skip
            rows.execute(insert(table), some)
    return str(sessions[0]["id"])


def _timed(name: str, does: Callable[[], _Found]) -> _Found:
    began, began_cpu = time.perf_counter(), time.process_time()
    found = does()
    took, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"{name:<16} {took:6.1f} s, processor {cpu:5.1f} s, memory {most:4.0f} MB", flush=True)
    return found


def main() -> None:
    """Print a line for each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--to", metavar="URL")
    parser.add_argument("--quick", action="store_true")
    url = parser.parse_args().to
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "catalogue"
        catalogue = open_catalogue(place)
        session = _fill(catalogue)
        assert _timed("check", lambda: check(catalogue)).faults == ()
        _timed("backup", lambda: export_all(catalogue, Path(folder) / "a.zip"))
        _timed("restore", lambda: restore(Path(folder) / "a.zip", Path(folder) / "again"))
        assert _timed("erase a session", lambda: erase_session(catalogue, session)).left == ()
        catalogue.close()
        if url is not None:
            there = _timed("to PostgreSQL", lambda: move(place, None, url))
            back = _timed("and back", lambda: move(place, url, None))
            assert there.tables == back.tables and back.checked.faults == ()
            print(f"{sum(count for count, _ in back.tables.values())} rows, checksums of all tables the same")


if __name__ == "__main__":
    main()
