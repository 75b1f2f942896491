"""The app under load: `python -m bench app [--quick] [--minutes N]`.

50 users look around in a library of 50 athletes with three sessions each, 5 to 10 s a page, while the worker analyses
without a pause. Goals: 300 ms for 95 of 100 session pages, no answer that fails, memory that does not grow.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from datetime import date
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from legato.store import Catalogue, keep_file, open_catalogue
from legato.store.rows import AthleteRow, JobRow, ResultRow, SessionFileRow, SessionRow
from legato.web.demo import ATHLETE, fill_with_demo
from legato.web.jobs import OPEN, enqueue

USERS, ATHLETES, THINK_S = 50, 50, (5.0, 10.0)
P95_S = 0.300
GROWTH_MB = 15.0
"""How much memory may grow from the second to the last fifth of the time. [ENG] What one more analysis of a long
recording takes for a while.
"""
SETTLED = 0.2
"""The first part of the time, in which caches fill."""


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench app")
    parser.add_argument("--quick", action="store_true", help="40 s instead of ten minutes; no word on memory")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--users", type=int, default=USERS)
    asked = parser.parse_args(arguments)
    seconds = 40.0 if asked.quick else 60.0 * asked.minutes
    with tempfile.TemporaryDirectory(prefix="legato-bench-") as folder:
        catalogue = open_catalogue(folder)
        athletes = filled(catalogue)
        try:
            return measured(catalogue, athletes, seconds, asked.users, judge_memory=not asked.quick)
        finally:
            catalogue.close()


def filled(catalogue: Catalogue) -> list[dict]:
    """The demo's athlete as many athletes; the ids of each and of their sessions."""
    fill_with_demo(catalogue, date.today())
    made: list[dict] = []
    with catalogue.session() as rows:
        sessions = rows.get_one(AthleteRow, ATHLETE).sessions
        for number in range(ATHLETES):
            athlete = AthleteRow(name=f"Athlete {number + 1}", mass_kg=70.0, height_m=1.75, simulated=True)
            rows.add(athlete)
            for one in sessions:
                result, file = one.results[-1], one.files[0]
                copy = SessionRow(athlete=athlete, name=one.name, recorded_on=one.recorded_on, movement=one.movement)
                rows.add(copy)
                copy.files.append(SessionFileRow(sha256=file.sha256, name=file.name, position=0))
                copy.results.append(
                    ResultRow(
                        key=f"{number:064d}",
                        legato_version=result.legato_version,
                        summary=result.summary,
                        files={
                            name: of_its_own(catalogue, rows, name, kept, number) for name, kept in result.files.items()
                        },
                    )
                )
            rows.flush()
            made.append({"id": athlete.id, "sessions": [one.id for one in athlete.sessions]})
    return made


def of_its_own(catalogue: Catalogue, rows: Session, name: str, sha256: str, number: int) -> str:
    """The checksum of a copy of a JSON file that no other athlete has: what is kept in memory of one serves one."""
    if not name.endswith(".json"):
        return sha256
    copy = json.loads(catalogue.files.read(sha256)) | {"copy": number}
    saved = catalogue.files.save_bytes(json.dumps(copy).encode())
    keep_file(rows, saved)
    return saved.sha256


def measured(catalogue: Catalogue, athletes: list[dict], seconds: float, users: int, *, judge_memory: bool) -> int:
    """Serve, load, watch; print."""
    command = [sys.executable, "-m", "legato", "serve", "--data", str(catalogue.folder), "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    ended = threading.Event()
    try:
        assert server.stdout is not None
        port = int(re.search(r":(\d+) ", next(line for line in server.stdout if "http://" in line))[1])  # type: ignore[index]
        until_it_answers(port)
        analysed: list[str] = []
        threading.Thread(target=keep_busy, args=(catalogue, ended, analysed), daemon=True).start()
        memory: list[tuple[float, float, float]] = []
        threading.Thread(target=watch, args=(server.pid, ended, memory), daemon=True).start()
        told = {"host": "127.0.0.1", "port": port, "seconds": seconds, "users": users, "think_s": THINK_S}
        load = subprocess.run(
            [sys.executable, "-m", "bench.app_load"],
            input=json.dumps(told | {"athletes": athletes}),
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        ended.set()
        server.terminate()
        server.wait(timeout=30)
    return told_of(json.loads(load.stdout), memory, analysed, seconds, judge_memory)


def until_it_answers(port: int) -> None:
    """Wait for the app: the users come to one that runs."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the app does not answer")


def keep_busy(catalogue: Catalogue, ended: threading.Event, analysed: list[str]) -> None:
    """Ask for one analysis after another, each with another mass, so that none is known already."""
    waits_for, number = "", 0
    while not ended.wait(0.2):
        with catalogue.session() as rows:
            job = rows.get(JobRow, waits_for) if waits_for else None
            if job is not None and job.state in OPEN:
                continue
            if job is not None:
                analysed.append(job.state)
            number += 1
            session = rows.query(SessionRow).filter(SessionRow.athlete_id == ATHLETE).first()
            assert session is not None and session.athlete is not None
            session.athlete.mass_kg = 60.0 + number / 100.0
            waits_for = enqueue(rows, session, "analyse").id


def watch(pid: int, ended: threading.Event, memory: list[tuple[float, float, float]]) -> None:
    """Every two seconds: the time, the resident memory of the server and of the processes it started itself, MB."""
    start = time.monotonic()
    while not ended.wait(2.0):
        memory.append((time.monotonic() - start, resident(pid), sum(resident(child) for child in children(pid))))


def children(pid: int) -> list[int]:
    """The processes that a process has started itself."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def resident(pid: int) -> float:
    """Resident memory of a process, MB; 0 for one that is gone."""
    try:
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024.0 if found else 0.0


def told_of(
    seen: dict, memory: list[tuple[float, float, float]], analysed: list[str], seconds: float, judge: bool
) -> int:
    """Print what was measured; 1 where a goal is missed."""
    print("page     loads   alone p50    p95     max   with its parts p50    p95     max, ms")
    for kind, alone in seen["alone"].items():
        cells = [1000.0 * q for times in (alone, seen["whole"][kind]) for q in np.quantile(times, (0.5, 0.95, 1.0))]
        print(f"{kind:<8} {len(alone):5d}   {cells[0]:9.0f} {cells[1]:6.0f} {cells[2]:7.0f}", end="   ")
        print(f"{cells[3]:18.0f} {cells[4]:6.0f} {cells[5]:7.0f}")
    print(f"{seen['answers']} answers, {seen['bytes'] / 1e6:.0f} MB, {seen['answers'] / seconds:.1f} a second")
    done = analysed.count("done")
    print(f"{len(seen['failed'])} failed {seen['failed'][:3]}; analyses meanwhile: {done} done of {len(analysed)}")
    slow = float(np.quantile(seen["alone"]["session"], 0.95)) > P95_S
    grown = False
    for name, column in (("server", 1), ("beside it", 2)):
        t, size = (np.array([row[k] for row in memory]) for k in (0, column))
        kept = t > SETTLED * seconds
        slope = float(np.polyfit(t[kept], size[kept], 1)[0]) * 60.0
        early, late = (
            float(np.median(part)) for part in (size[kept][: kept.sum() // 4], size[kept][-kept.sum() // 4 :])
        )
        print(f"memory, {name}: {early:.0f} to {late:.0f} MB, {slope:+.2f} MB a minute")
        grown = grown or (judge and late - early > GROWTH_MB)
    print(
        f"goals: p95 {'MISSED' if slow else 'kept'}, memory {'GROWS' if grown else 'flat' if judge else 'not judged'}"
    )
    return int(slow or grown or bool(seen["failed"]) or done < len(analysed))


if __name__ == "__main__":
    sys.exit(main())
