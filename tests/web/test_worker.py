"""The worker's process: it is kept alive beside the app, ends with it, and takes its children along."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from typing import Any

import pytest

from legato.store import Catalogue
from legato.store.rows import ResultRow, SessionRow, SettingRow, now
from legato.web import worker
from legato.web.retention import RETENTION
from legato.web.worker import Worker

from .recorded import add_session
from .test_jobs import queued, row, wait_for


def test_a_worker_that_is_killed_is_started_again_and_ends_what_was_begun(catalogue: Catalogue):
    job = queued(catalogue)
    with Worker(catalogue.folder) as running:
        wait_for(catalogue, job, "running")
        first = running.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        done = wait_for(catalogue, job, "done", "failed")
        assert (done.state, done.attempts) == ("done", 2)
        assert running.pid != first
    with catalogue.session() as rows:
        made = rows.query(ResultRow).all()
        assert len(made) == 1
        assert all(catalogue.files.path(sha256).is_file() for sha256 in made[0].files.values())
    assert running.pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(running.pid, 0)


def test_a_worker_that_ends_gives_its_job_back(catalogue: Catalogue):
    job = queued(catalogue)
    with Worker(catalogue.folder):
        wait_for(catalogue, job, "running")
    assert row(catalogue, job).state in ("queued", "done") and row(catalogue, job).attempts in (0, 1)


def test_the_app_is_told_what_the_worker_erased(catalogue: Catalogue):
    old = add_session(catalogue, {"squat.c3d": (b"x", "trial")})
    with catalogue.session() as rows:
        rows.add(SettingRow(key=RETENTION, value={"days": 30.0}))
        rows.get_one(SessionRow, old).created_at = now() - timedelta(days=31)
    told = threading.Event()
    with Worker(catalogue.folder, erased=told.set):
        assert told.wait(60.0)
        with catalogue.session() as rows:
            assert rows.get(SessionRow, old) is None


def test_a_worker_that_cannot_be_started_is_tried_again(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    # As where the machine has no memory for another process; the first one had ended before it was told anything.
    whole, asked, up = subprocess.Popen, list[int](), threading.Event()

    def start(words: list[str], **how: Any) -> "subprocess.Popen[bytes]":
        asked.append(len(asked))
        if asked[-1] == 1:
            raise OSError(12, "Cannot allocate memory")
        if asked[-1] == 2:
            up.set()
        begun = whole(["true"] if not asked[-1] else ["cat"], **how)
        if not asked[-1]:
            begun.wait(10.0)  # so that nobody is there who could read what the app says
        return begun

    monkeypatch.setattr(worker.subprocess, "Popen", start)
    monkeypatch.setattr(worker, "_AGAIN_S", (0.01,))
    with Worker(catalogue.folder) as running:
        assert up.wait(10.0)
    assert "the worker could not be started (Cannot allocate memory); tried again" in capsys.readouterr().err
    assert running.pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(running.pid, 0)


_ORPHAN = """
import multiprocessing, os, time
from legato.web import job_child

def child():
    os.write(1, f"{os.getpid()}\\n".encode())
    time.sleep(0.3)
    job_child._stand_alone(0)
    time.sleep(60.0)

multiprocessing.get_context("fork").Process(target=child).start()
time.sleep(0.1)
os._exit(0)
"""


def test_a_child_whose_worker_was_gone_before_it_began_ends_too():
    with subprocess.Popen([sys.executable, "-c", _ORPHAN], stdout=subprocess.PIPE, text=True) as begun:
        assert begun.stdout is not None
        assert int(begun.stdout.readline())
        limit = time.monotonic() + 20.0
        # Its end of the pipe closes with it.
        assert begun.stdout.read() == "" and time.monotonic() < limit
