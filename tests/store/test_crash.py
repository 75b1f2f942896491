"""Killed at any moment, a catalogue has lost nothing that was acknowledged and holds nothing by halves."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from legato.store import open_catalogue
from legato.store.check import check
from legato.store.erase import referenced
from legato.store.restore import restore
from legato.store.rows import ResultRow, SessionRow

from . import crashing

_POINTS, _ON_A_SERVER = 110, 20
_ANEW = 11
"""Kill points in one catalogue before the next begins with an empty folder, so that some hit its making."""

_MOST_THINGS = 6
"""Things that a child tells at most before its last moment is drawn."""


class _Killed:
    """What a child said that was killed `delay_s` after it had told so many things."""

    def __init__(self, worker: "subprocess.Popen[str]", things: int, delay_s: float, **given: object) -> None:
        assert worker.stdin is not None and worker.stdout is not None
        worker.stdin.write(json.dumps(given) + "\n")
        worker.stdin.flush()
        pid = int(self._next(worker)["pid"])
        timer = threading.Timer(delay_s, os.kill, (pid, signal.SIGKILL))
        if not things:
            timer.start()
        self.told: list[dict[str, Any]] = []
        while (said := self._next(worker))["did"] != "end":
            assert said["did"] != "fail", said
            self.told.append(said)
            if len(self.told) == things:
                timer.start()
        timer.join()

    @staticmethod
    def _next(worker: "subprocess.Popen[str]") -> dict[str, Any]:
        assert worker.stdout is not None
        return json.loads(worker.stdout.readline())


def _holds(folder: Path, url: str | None, told: list[dict[str, Any]], new: int) -> None:
    """All that was acknowledged is there whole, and what is there is whole."""
    catalogue = open_catalogue(folder, url)
    found = check(catalogue)
    assert found.faults == ()
    with catalogue.session() as rows:
        sessions = {session.id: session for session in rows.query(SessionRow)}
        results = {result.id: set(result.files.values()) for result in rows.query(ResultRow)}
        assert all(len(session.files) == 1 for session in sessions.values())
        assert all(result.summary["files"] == len(result.files) for result in rows.query(ResultRow))
        named = referenced(rows)
    there = set(catalogue.files.all())
    _assume_erased(told, new, set(sessions))
    erased = {said["session"] for said in told if said["did"] == "erase"}
    for said in told:
        if said["did"] in ("upload", "result") and said["session"] not in erased:
            assert said["session"] in sessions and set(said["files"]) <= there & named
            assert said["did"] == "upload" or results[said["result"]] == set(said["files"])
        elif said["did"] == "erase":
            assert said["session"] not in sessions and not set(said["files"]) & there
    catalogue.close()


def _assume_erased(told: list[dict[str, Any]], new: int, sessions: set[str]) -> None:
    """The newest session may be gone where its erasing had begun and could not be told: all of it has to be, then."""
    uploads = [said["session"] for said in told[new:] if said["did"] == "upload"]
    if uploads and uploads[-1] not in sessions | {said["session"] for said in told if said["did"] == "erase"}:
        files = [one for said in told if said.get("session") == uploads[-1] for one in said["files"]]
        told.append({"did": "erase", "session": uploads[-1], "files": files})


def _archives_hold(beside: Path, told: list[dict[str, Any]]) -> int:
    """Every archive is whole, and those acknowledged are there; how many there were."""
    archives = {str(path) for path in beside.glob("*.zip")}
    assert {said["archive"] for said in told if said["did"] == "backup"} <= archives
    for archive in archives:
        restore(archive, beside / "restored")
        catalogue = open_catalogue(beside / "restored")
        assert check(catalogue).faults == ()
        catalogue.close()
        shutil.rmtree(beside / "restored")
        Path(archive).unlink()
    for part in beside.glob(".*.part"):
        part.unlink()
    return len(archives)


def _kill_at(points: int, place: Path, new_url: Callable[[], str | None], seed: int) -> dict[str, int]:
    """Kill at so many random points; how many things of each kind had been acknowledged."""
    draw, counts = random.Random(seed), dict[str, int]()
    beside = place / "beside"
    beside.mkdir()
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, crashing.__file__], stdin=pipe, stdout=pipe, text=True) as worker:
        told: list[dict[str, Any]] = []
        folder, url = place, None
        for k in range(points):
            if k % _ANEW == 0:
                folder, url, told = place / f"c{k}", new_url(), []
            things, delay_s = draw.randint(0, _MOST_THINGS), draw.uniform(0, 0.06)
            given = {"folder": str(folder), "url": url, "beside": str(beside), "seed": k}
            killed = _Killed(worker, things, delay_s, **given)
            new = len(told)
            told += killed.told
            _holds(folder, url, told, new)
            counts["archives"] = counts.get("archives", 0) + _archives_hold(beside, killed.told)
            for said in killed.told:
                counts[said["did"]] = counts.get(said["did"], 0) + 1
        assert worker.stdin is not None
        worker.stdin.close()
    return counts


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_at_any_moment_nothing_is_lost_or_half_there(tmp_path: Path):
    began = time.perf_counter()
    counts = _kill_at(_POINTS, tmp_path, lambda: None, 1)
    print(f"{_POINTS} kills in {time.perf_counter() - began:.0f} s; acknowledged before: {counts}")
    assert min(counts[did] for did in ("upload", "result", "erase", "backup")) >= 10


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_at_any_moment_a_server_has_lost_nothing_either(tmp_path: Path, new_postgres: Callable[[], str]):
    counts = _kill_at(_ON_A_SERVER, tmp_path, new_postgres, 2)
    print(f"{_ON_A_SERVER} kills; acknowledged before: {counts}")
    assert counts["upload"] >= 10
