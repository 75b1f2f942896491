"""A PostgreSQL server of one's own on a private socket, for as long as a test run lasts."""

import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

_SUPER = "postgres"
_UNTIL_TOLD = '"$@" & server=$!; read _; kill -QUIT $server; wait $server'
"""The server ends when its stdin does, so also where the test run was killed."""


def _binaries() -> list[Path]:
    """Folders with PostgreSQL's programs: of the `pgserver` wheel, and as Debian lays them."""
    found: list[Path] = []
    wheel = importlib.util.find_spec("pgserver")
    if wheel is not None and wheel.origin is not None:
        found.append(Path(wheel.origin).parent / "pginstall" / "bin")
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return [folder for folder in found if (folder / "initdb").exists()]


@contextmanager
def server() -> Generator[Callable[[], str]]:
    """A server; each call makes a new database and gives its URL. As root it runs as nobody: it refuses root.

    Raises
    ------
    RuntimeError
        None can be started, and why.
    """
    user = "nobody" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="legato-pg-"))
    why = "no PostgreSQL is installed"
    try:
        if user is not None:
            os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
        for place in _binaries():

            def run(program: str, *given: str, place: Path = place) -> None:
                subprocess.run(
                    [place / program, *given], user=user, cwd=folder, check=True, capture_output=True, timeout=60
                )

            data = str(folder / "data")
            try:
                run("initdb", "-D", data, "-U", _SUPER, "--auth=trust", "--encoding=utf8", "--no-sync")
            except (OSError, subprocess.SubprocessError) as error:
                why = str(getattr(error, "stderr", b"") or error)
                shutil.rmtree(data, ignore_errors=True)
                continue
            options = ["-h", "", "-k", str(folder), "-c", "max_connections=50", "-c", "shared_buffers=16MB"]
            with (folder / "log").open("wb") as log:
                running = subprocess.Popen(
                    ["/bin/sh", "-c", _UNTIL_TOLD, "sh", place / "postgres", "-D", data, *options],
                    user=user, cwd=folder, stdin=subprocess.PIPE, stdout=log, stderr=log,
                )  # fmt: skip
            try:
                _wait_for(folder)
                yield lambda: _new_database(folder)
            finally:
                running.communicate(timeout=60)
            return
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    raise RuntimeError(why)


def _wait_for(folder: Path) -> None:
    from pg8000.exceptions import Error
    from pg8000.native import Connection

    for _ in range(600):
        try:
            return Connection(_SUPER, unix_sock=str(folder / ".s.PGSQL.5432"), database="postgres").close()
        except (Error, OSError):
            time.sleep(0.1)
    raise RuntimeError((folder / "log").read_text())


def _new_database(folder: Path) -> str:
    from pg8000.native import Connection

    socket, name = str(folder / ".s.PGSQL.5432"), f"legato_{secrets.token_hex(4)}"
    connection = Connection(_SUPER, unix_sock=socket, database="postgres")
    connection.run(f"CREATE DATABASE {name}")
    connection.close()
    return f"postgresql+pg8000://{_SUPER}@/{name}?unix_sock={socket}"
