"""What a child of the worker does: one job, its outcome told in one message, its errors in one line."""

import faulthandler
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from legato.errors import BadInput, NotResolvable

_NICER = 5
"""How far an analysis stands back behind the app that answers people; what a person waits for does not. [ENG]"""
WHERE = signal.SIGUSR1
"""Has a child say on the terminal where it stands."""
_OF_THE_MEMORY = 0.8
"""Share of the machine's memory that an analysis may take: more ends in a line instead of in a killed process. [ENG]"""


@dataclass(frozen=True, slots=True)
class Task:
    """A job: which catalogue and session, what, and an empty folder to do it in."""

    folder: str
    url: str | None
    session_id: str
    kind: str
    place: str


def run_in_child(task: Task, told: Connection) -> None:
    """Do a job and tell how it ended."""
    _stand_alone(0 if task.kind == "recognise" else _NICER)

    def tell(stage: str) -> None:
        told.send({"stage": stage})

    try:
        _announce_compiling(tell)
        found = _done(task, tell)
    except (BadInput, NotResolvable) as error:
        told.send({"state": "failed", "error": one_line(str(error))})
    except MemoryError:
        told.send({"state": "failed", "error": "needs more memory than this machine has; analyse a shorter recording"})
    except OSError as error:
        why = error.strerror or str(error)
        told.send({"state": "failed", "error": one_line(f"a file could not be read or written: {why}; try again")})
    except Exception as error:
        traceback.print_exc()
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(where.filename).name}, line {where.lineno}"
        said = f"a fault in Legato ended it ({type(error).__name__} in {place}); please report it"
        told.send({"state": "failed", "error": said})
    else:
        told.send({"state": "done", "found": found})
    told.close()


def one_line(text: str) -> str:
    """A message on one line, without signs that no database takes: a file's own names may hold them."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _done(task: Task, tell: Callable[[str], None]) -> dict[str, Any]:
    from datetime import date

    from legato.store import open_catalogue
    from legato.web.demo import fill_with_demo
    from legato.web.recognise import recognise
    from legato.web.work import analyse_session

    catalogue = open_catalogue(task.folder, task.url)
    try:
        if task.kind == "recognise":
            return recognise(catalogue, task.session_id, tell, Path(task.place))
        if task.kind == "demo":
            return {"athlete": fill_with_demo(catalogue, date.today(), tell, Path(task.place))}
        row = analyse_session(catalogue, task.session_id, tell, Path(task.place))
        return {"result": row.id}
    finally:
        catalogue.close()


def _stand_alone(nicer: int) -> None:
    """A group of its own, behind others, with a limit of memory, and gone when its worker is."""
    os.setsid()
    os.nice(nicer)
    faulthandler.register(WHERE, file=2, all_threads=True)
    if sys.platform == "linux":
        import resource

        most = int(_OF_THE_MEMORY * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    worker = parent_process()
    assert worker is not None and worker.pid is not None
    threading.Thread(target=_end_with, args=(worker.pid,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _announce_compiling(tell: Callable[[str], None]) -> None:
    """Say so where a kernel has to be compiled, the first time on a machine."""
    from numba.core import event

    class Announce(event.Listener):
        said = False

        def on_start(self, event: Any) -> None:
            if not self.said:
                self.said = True
                tell("compiling, once on this machine; this can take a minute")

        def on_end(self, event: Any) -> None:
            pass

    event.register("numba:compile", Announce())
