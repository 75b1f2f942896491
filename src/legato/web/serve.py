"""Serves the app on this machine, with the worker that analyses beside it."""

import ctypes
import gc
import ipaddress
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from legato.errors import BadInput
from legato.store import open_catalogue
from legato.store.temporary import temporary

PORT = 8750
"""Port where none is given."""

_READ_AHEAD_AFTER_S = 0.5
"""When what later pages need is read: after the first page was answered, before anybody has chosen the next. [ENG]"""

_HEAPS = 2
"""Heaps that all threads share. [ENG] One thread runs at a time; with a heap each, as by default on two cores sixteen,
what is free in one is of no use to the others.
"""
_LARGE_BYTES = 131_072
"""From what size on memory goes back to the system as soon as it is free: glibc's own start, which it would raise (its
manual, malloc tunable parameters).
"""

_YOUNG_OBJECTS = 10_000
"""How many objects come to be before those that name each other and nothing else are looked for. [ENG] With Python's
700 what a page in the making holds soon counts as old, and all that is old was walked every three seconds under load.
"""

_UNSAID_PORT = 80
"""A browser leaves this port out of what it asks."""


def data_folder(given: Path | None) -> Path:
    """Where the catalogue lies: as given, else `LEGATO_DATA`, else `legato-data` in the home folder."""
    return given or Path(os.environ.get("LEGATO_DATA") or Path.home() / "legato-data")


def loopback(host: str) -> str:
    """The address, if it is one that only this machine reaches.

    Raises
    ------
    BadInput
        Others could reach it: without accounts nobody else may.
    """
    address = "127.0.0.1" if host == "localhost" else host
    try:
        reached = not ipaddress.ip_address(address).is_loopback
    except ValueError:
        reached = True
    if reached:
        raise BadInput(f"--host {host}: others could reach the app there, and it has no accounts yet; use 127.0.0.1")
    return address


def open_socket(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one.

    Raises
    ------
    BadInput
        The port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, so that asyncio sends each answer at once: else the second packet of a small one waits 40 ms.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(128)
    except OSError as error:
        made.close()
        raise BadInput(
            f"--port {port}: cannot be used ({error.strerror}); give another, or 0 for a free one"
        ) from error
    return made


def served_at(host: str, port: int) -> str:
    """The address to open in a browser."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def hosts_of(host: str, port: int) -> list[str]:
    """What the `Host` of a request may be: the address as printed, and the machine's own name for itself."""
    names = [served_at(host, port).partition("://")[2], f"localhost:{port}"]
    return names + [name.rpartition(":")[0] for name in names] if port == _UNSAID_PORT else names


def read_ahead() -> None:
    """Read what a first page would wait for: the templates, and the checksum of the package's own files."""
    from legato.store.results import code_checksum
    from legato.web.render import environment

    for name in environment().list_templates():
        environment().get_template(name)
    code_checksum()


def spare_memory() -> None:
    """Keep what is free from lying scattered, where the system's library is glibc: else it grows for hours."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        m_mmap_threshold, m_arena_max = -3, -8
        libc.mallopt(m_mmap_threshold, _LARGE_BYTES)
        libc.mallopt(m_arena_max, _HEAPS)


def serve(folder: Path, url: str | None, listening: socket.socket) -> None:
    """Answer requests until interrupted, with the worker beside."""
    spare_memory()
    # What is imported or read ahead stays: walking it again and again takes a sixth of the time until the app answers,
    # and holds every answer later.
    gc.disable()
    import uvicorn

    from legato.web.app import create_app
    from legato.web.erasing import forget
    from legato.web.worker import Worker

    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS)
    gc.enable()

    class Server(uvicorn.Server):
        """Leaves signals to `_ending`: uvicorn would raise them again before the worker has ended."""

        @contextmanager
        def capture_signals(self) -> Generator[None]:
            yield

    host, port = listening.getsockname()[:2]
    catalogue = open_catalogue(folder, url)
    try:
        app = create_app(catalogue, hosts_of(host, port))
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            lifespan="off",
            # A page that follows a job never ends its request by itself.
            timeout_graceful_shutdown=1,
        )
        # That a page is cut off which is open while the app ends, is as it shall be.
        logging.getLogger("uvicorn.error").addFilter(lambda told: "graceful shutdown exceeded" not in told.getMessage())
        server = Server(config)
        with temporary(catalogue.folder), Worker(folder, url, forget) as worker:

            def end(signal_number: int, frame: FrameType | None) -> None:
                # The worker, and pages that follow it, end while the last answers are given.
                app.state.ending = True
                worker.end_soon()
                server.handle_exit(signal_number, frame)

            def prepare() -> None:
                read_ahead()
                gc.collect()
                gc.freeze()

            ahead = threading.Timer(_READ_AHEAD_AFTER_S, prepare)
            ahead.daemon = True
            ahead.start()
            with _ending(end):
                server.run(sockets=[listening])
            ahead.cancel()
    finally:
        catalogue.close()


@contextmanager
def _ending(end: Callable[[int, FrameType | None], None]) -> Generator[None]:
    """Let Ctrl+C, SIGTERM and a closed terminal end the app in order; only a main thread hears of them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {one: signal.signal(one, end) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
