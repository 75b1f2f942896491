"""A PostgreSQL server of one's own on a private socket, for as long as a test run lasts."""

import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

_SUPER = "postgres"


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
                options = f"-h '' -k {folder} -c max_connections=50 -c shared_buffers=16MB"
                run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
            except (OSError, subprocess.SubprocessError) as error:
                why = str(getattr(error, "stderr", b"") or error)
                shutil.rmtree(data, ignore_errors=True)
                continue
            try:
                yield lambda: _new_database(folder)
            finally:
                run("pg_ctl", "-D", data, "-m", "immediate", "stop")
            return
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    raise RuntimeError(why)


def _new_database(folder: Path) -> str:
    from pg8000.native import Connection

    socket, name = str(folder / ".s.PGSQL.5432"), f"legato_{secrets.token_hex(4)}"
    connection = Connection(_SUPER, unix_sock=socket, database="postgres")
    connection.run(f"CREATE DATABASE {name}")
    connection.close()
    return f"postgresql+pg8000://{_SUPER}@/{name}?unix_sock={socket}"
