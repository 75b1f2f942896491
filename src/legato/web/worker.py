"""The worker: a process beside the app that does the queued jobs, each in a child of its own, so that nothing that an
analysis does can end more than itself.
"""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any, TypeVar

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from legato.store import Catalogue, open_catalogue
from legato.store.left import take_left
from legato.store.rows import JobRow
from legato.web import jobs
from legato.web.job_child import WHERE, Task, run_in_child
from legato.web.retention import apply_retention
from legato.web.stillness import STILL_S, Stillness
from legato.web.uploads import sweep

_Told = TypeVar("_Told")

LONGEST_S = 1800.0
"""How long a job may take. [ENG] An analysis of an hour of recording takes a tenth of it."""
_BEAT_S = 2.0
"""How often the worker says that it lives."""
_LOOK_S = 0.2
"""How often it looks for new jobs and for a wish to stop one."""
_LOST_S = 5.0
"""How often it looks for jobs whose worker is gone."""
_DAY_S = 86_400.0
_STOPS_WITHIN_S = 10.0
_AGAIN_S = (0.2, 1.0, 5.0)
"""Pauses before a worker that ended is started again; the last one from then on."""
_ERASED = b"erased\n"
"""What the worker says once sessions were erased; the app lets go of what it holds in memory then."""


class Worker:
    """Runs a worker over a catalogue for as long as the context is open; one that ends is started again. `erased` is
    called, on a thread of its own, when the worker has erased what is no longer kept.
    """

    def __init__(self, folder: Path, url: str | None = None, erased: Callable[[], object] = lambda: None) -> None:
        self._erased = erased
        self._told = json.dumps({"folder": str(folder), "url": url}).encode() + b"\n"
        self._ending = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(target=self._keep, name="worker's keeper", daemon=True)

    def __enter__(self) -> "Worker":
        self._start()
        self._keeper.start()
        return self

    def end_soon(self) -> None:
        """Have the worker give its job back and end, without waiting for it."""
        self._ending.set()
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    def __exit__(self, *_: object) -> None:
        self.end_soon()
        process = self._process
        if process is not None:
            _end(process)
        self._keeper.join(_STOPS_WITHIN_S)

    @property
    def pid(self) -> int | None:
        """The process that works now."""
        return None if self._process is None else self._process.pid

    def _start(self) -> None:
        # One core for each analysis: the app has to answer meanwhile.
        one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        process = subprocess.Popen(
            [sys.executable, "-m", "legato.web.worker"],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**one, **os.environ, "TMPDIR": tempfile.gettempdir()},
            start_new_session=True,
        )
        assert process.stdin is not None and process.stdout is not None
        threading.Thread(target=self._listen, args=(process.stdout,), name="worker's words", daemon=True).start()
        # A database's password belongs neither into the list of processes nor into an environment.
        # One that has ended already is started again by the keeper.
        with suppress(BrokenPipeError):
            process.stdin.write(self._told)
        self._process = process

    def _listen(self, said: IO[bytes]) -> None:
        with said:
            for line in said:
                if line == _ERASED:
                    self._erased()

    def _keep(self) -> None:
        ended = 0
        while not self._ending.is_set():
            process = self._process
            assert process is not None
            process.wait()
            if self._ending.wait(_AGAIN_S[min(ended, len(_AGAIN_S) - 1)]):
                return
            ended += 1
            try:
                self._start()
            except OSError as error:
                print(f"legato: the worker could not be started ({error.strerror}); tried again", file=sys.stderr)
            if self._ending.is_set() and self._process is not None:
                _end(self._process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ask a worker to end, by closing what it listens to; end it where it does not."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(_STOPS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@dataclass(slots=True)
class Loop:
    """The worker's own work: take a job, watch its child, write down what became of it."""

    catalogue: Catalogue
    folder: str
    url: str | None
    name: str = field(default_factory=jobs.me)
    longest_s: float = LONGEST_S
    still_s: float = STILL_S
    _looked_for_lost: float = -_LOST_S

    def once(self) -> bool:
        """Do one job, if one waits; whether there was one."""
        if time.monotonic() - self._looked_for_lost > _LOST_S:
            for lost in self._kept(lambda rows: jobs.take_back(rows, live=[self.name])):
                shutil.rmtree(self.catalogue.work / lost, ignore_errors=True)
            self._looked_for_lost = time.monotonic()
        job = self._kept(lambda rows: jobs.claim(rows, self.name))
        if job is None:
            return False
        self._do(job)
        return True

    def _do(self, job: JobRow) -> None:
        place = self.catalogue.work / job.id
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        task = Task(self.folder, self.url, job.session_id, job.kind, str(place))
        context: Any = get_context("fork" if sys.platform == "linux" else "spawn")
        here, there = context.Pipe(duplex=False)
        # An open connection to the database must not be shared with a child.
        self.catalogue.engine.dispose()
        child = context.Process(target=run_in_child, args=(task, there))
        try:
            child.start()
            there.close()
            self._watch(job.id, child, here)
        finally:
            _kill(child)
            child.join()
            here.close()
            try:
                take_left(self.catalogue)
            finally:
                # The last thing: an erasing waits for this folder to go, and then looks for what is left.
                shutil.rmtree(place, ignore_errors=True)

    def _watch(self, job_id: str, child: Any, told: Connection) -> None:
        """Pass on what the child tells until it ends, or has to."""
        began = beat = time.monotonic()
        still = Stillness(child.pid)
        while True:
            if told.poll(_LOOK_S):
                try:
                    message: dict[str, Any] = told.recv()
                except (EOFError, OSError):
                    child.join()
                    self._end(job_id, "failed", _ended_words(child.exitcode))
                    return
                if "stage" in message:
                    stage = str(message["stage"])
                    self._kept(lambda rows: jobs.tell(rows, job_id, self.name, stage))  # noqa: B023
                    continue
                self._end(job_id, message["state"], message.get("error", ""), message.get("found"))
                return
            now = time.monotonic()
            if _asked_to_end():
                self._end(job_id, "queued")
                return
            if now - began > self.longest_s:
                minutes = f"{self.longest_s / 60:g} minutes"
                self._end(job_id, "failed", f"took longer than {minutes} and was stopped; analyse a shorter recording")
                return
            beats = now - beat > _BEAT_S
            # Not more than a few beats: the machine may have slept.
            if beats and still.for_s(min(now - beat, 3.0 * _BEAT_S)) > self.still_s:
                # It says on the terminal where it stands.
                os.kill(child.pid, WHERE)
                time.sleep(_LOOK_S)
                self._kept(lambda rows: jobs.stood_still(rows, job_id, self.name))
                return
            stop = self._stop_asked(job_id, beats=beats)
            beat = now if beats else beat
            if stop is None:
                return
            if stop:
                self._end(job_id, "cancelled")
                return

    def _stop_asked(self, job_id: str, *, beats: bool) -> bool | None:
        """Whether somebody asked to stop the job; None where it is no longer this worker's, or was erased."""

        def ask(rows: Session) -> bool | None:
            if beats:
                return jobs.tell(rows, job_id, self.name)
            job = rows.get(JobRow, job_id)
            mine = job is not None and job.state == "running" and job.worker == self.name
            return job.cancel_asked if job is not None and mine else None

        return self._kept(ask)

    def _end(self, job_id: str, state: Any, error: str = "", found: dict[str, Any] | None = None) -> None:
        self._kept(lambda rows: jobs.end(rows, job_id, self.name, state, error, found))

    def _kept(self, step: Callable[[Session], _Told]) -> _Told:
        """What a step tells, once it is kept: a database that is busy for a moment ends no job."""
        for pause in _AGAIN_S:
            try:
                with self.catalogue.session() as rows:
                    return step(rows)
            except DBAPIError:
                time.sleep(pause)
        with self.catalogue.session() as rows:
            return step(rows)


def _ended_words(code: int | None) -> str:
    """What to say of a child that ended without a word."""
    how = f"signal {signal.Signals(-code).name}" if code is not None and code < 0 else f"code {code}"
    return (
        f"the analysis ended without a word ({how}), perhaps for lack of memory; everything else goes on: try again,"
        " or a shorter recording"
    )


def _kill(child: Any) -> None:
    """End a child and all that it started."""
    if child.pid is None:
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    # One that has ended is no longer known by its number.
    if child.is_alive():
        child.kill()


def _asked_to_end(wait_s: float = 0.0) -> bool:
    """Whether the app that started this worker ended, or closed what it listens to."""
    ready, _, _ = select.select([0], [], [], wait_s)
    return bool(ready) and not os.read(0, 4096)


def _end_early(ready: threading.Event) -> None:
    """End at once where the app ends while its worker is still starting, which takes seconds."""
    while not ready.is_set():
        if _asked_to_end(_LOOK_S):
            os._exit(0)


def _first_line() -> bytes:
    """What the app says at the start, without reading past it."""
    said = b""
    while not said.endswith(b"\n"):
        one = os.read(0, 1)
        if not one:
            sys.exit(0)
        said += one
    return said


def main() -> None:
    """Work until the app that started this process ends."""
    # Ctrl+C reaches the app, which then ends its worker.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    told = json.loads(_first_line())
    say = _own_words()
    ready = threading.Event()
    early = threading.Thread(target=_end_early, args=(ready,), daemon=True)
    early.start()
    catalogue = open_catalogue(told["folder"], told["url"])
    _clear(catalogue)
    warm_up()
    ready.set()
    # From here on the loop ends by itself, and gives its job back; nor may a thread be alive when it forks.
    early.join()
    loop = Loop(catalogue, told["folder"], told["url"])
    tidied = -_DAY_S
    while not _asked_to_end(0.0):
        tidied = tidy(catalogue, tidied, time.time(), lambda: os.write(say, _ERASED))
        if not loop.once():
            _asked_to_end(_LOOK_S)
    catalogue.close()
    # Nothing is left to do, and letting go of all that was imported would take a while.
    sys.stderr.flush()
    os._exit(0)


def _own_words() -> int:
    """Where the worker speaks to the app; what anything else prints goes nowhere."""
    say = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return say


def tidy(catalogue: Catalogue, last_s: float, at_s: float, erased: Callable[[], object] = lambda: None) -> float:
    """Once a day erase what is older than the setting says, which is told by `erased`, and take away what was sent and
    left; when that was, s.
    """
    if 0.0 <= at_s - last_s < _DAY_S:
        return last_s
    try:
        try:
            apply_retention(catalogue)
        finally:
            erased()
        sweep(catalogue)
    except (SQLAlchemyError, OSError) as error:
        print(
            f"legato: what is no longer kept could not be taken away ({error}); tried again tomorrow", file=sys.stderr
        )
    return at_s


def _clear(catalogue: Catalogue) -> None:
    """Take away what jobs laid out that are no longer at it, as after a crash."""
    catalogue.work.mkdir(exist_ok=True)
    with catalogue.session() as rows:
        for place in catalogue.work.iterdir():
            job = rows.get(JobRow, place.name)
            if job is None or job.state != "running":
                shutil.rmtree(place, ignore_errors=True)


def warm_up() -> None:
    """Import what jobs need, once: a child that is forked has it then."""
    import legato.analysis
    import legato.load
    import legato.report
    import legato.web.recognise
    import legato.web.work

    assert legato.analysis and legato.load and legato.report and legato.web.recognise and legato.web.work


if __name__ == "__main__":
    main()
