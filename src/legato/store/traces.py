"""Looks whether something can still be read of what was erased, in the database's own bytes."""

import os
import re
import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

from sqlalchemy import select

from legato.store.catalogue import Catalogue
from legato.store.rows import Row

_LOOK = """
import sys
path, *sought = sys.stdin.buffer.read().split(b"\\n")
longest, tail = max(map(len, sought)), b""
with open(path, "rb") as file:
    while chunk := file.read(1 << 20):
        joined = tail + chunk
        if any(one in joined for one in sought):
            sys.exit(3)
        tail = joined[-longest:]
"""
_FOUND = 3


def traces(catalogue: Catalogue, ids: Collection[str]) -> Iterator[str]:
    """Where one of the ids can still be read: in the bytes of an SQLite database, else in any row of a server."""
    if not catalogue.on_postgres:
        database = catalogue.engine.url.database or ""
        try:
            found = [path for path in (Path(database), Path(f"{database}-wal")) if path.exists() and _holds(path, ids)]
        except OSError as error:
            yield f"the database's file was not looked through ({error}); check the library"
            return
        if not found:
            return
        yield from (f"traces in {path.name}" for path in found)
    with catalogue.session() as rows:
        for table in Row.metadata.sorted_tables:
            for row in rows.execute(select(table)):
                if not set(re.findall(r"[0-9a-f]{16}", str(row))).isdisjoint(ids):
                    yield f"row {row[0]} of {table.name}"


def _holds(path: Path, ids: Collection[str]) -> bool:
    """Whether a file holds one of the ids, as another process reads it: one that closes a database's file loses all its
    locks on it (POSIX), and SQLite elsewhere would take the log away that this process still writes to.

    Raises
    ------
    OSError
        It cannot be read.
    """
    if not ids:
        return False
    given = b"\n".join([os.fsencode(path), *(one.encode() for one in ids)])
    looked = subprocess.run([sys.executable, "-I", "-S", "-c", _LOOK], input=given, capture_output=True, check=False)
    if looked.returncode not in (0, _FOUND):
        raise OSError(f"{path.name} cannot be read")
    return looked.returncode == _FOUND
