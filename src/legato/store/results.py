"""Results are versioned by what they were made from: input, settings, code, corrections."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files as package_files
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from legato import __version__
from legato.errors import BadInput
from legato.store.catalogue import Catalogue, keep_file
from legato.store.rows import ResultRow, SessionRow

_KINDS = frozenset({".py", ".toml", ".json", ".css", ".js", ".html"})
"""Files of the package that shape a result or its report."""
_BESIDE = ("web/static", "web/templates", "store/migrations", "commands")
"""Folders of the package that shape no result."""


def canonical(record: object) -> str:
    """A record as JSON of which there is one form only.

    Raises
    ------
    ValueError
        It holds a number that JSON has no word for.
    """
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@cache
def code_checksum() -> str:
    """SHA-256 of the package's own source and data, read once a process."""
    package = Path(str(package_files("legato")))
    found: dict[str, str] = {}
    for path in sorted(package.rglob("*")):
        name = path.relative_to(package).as_posix()
        beside = any(PurePosixPath(name).is_relative_to(folder) for folder in _BESIDE)
        if path.suffix in _KINDS and not beside:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return hashlib.sha256(canonical([__version__, found]).encode()).hexdigest()


def result_key(inputs: object, settings: object, code: str | None = None, corrections: object = ()) -> str:
    """The checksum by which a result is found again.

    Parameters
    ----------
    inputs
        What was read, as JSON takes it: checksum and role of each file, in order.
    settings
        What was chosen, as JSON takes it.
    code
        Checksum of the code, `code_checksum()` where none is given.
    corrections
        The corrections that hold, as JSON takes them.
    """
    made_from = [inputs, settings, code_checksum() if code is None else code, corrections]
    return hashlib.sha256(canonical(made_from).encode()).hexdigest()


def known_result(rows: Session, session_id: str, key: str) -> ResultRow | None:
    """The session's result with this key, if there is one."""
    return rows.scalar(select(ResultRow).where(ResultRow.session_id == session_id, ResultRow.key == key))


def keep_result(
    catalogue: Catalogue, session_id: str, key: str, summary: dict[str, Any], files: Mapping[str, bytes]
) -> ResultRow:
    """Keep a result whole or not at all: its files first, then its row. The same key twice gives the same row.

    Parameters
    ----------
    key
        From `result_key`.
    summary
        What lists and trends need, as JSON takes it.
    files
        The bytes of each file by its name.

    Raises
    ------
    BadInput
        The session was erased meanwhile; nothing is kept then.
    """
    from legato.store.erase import drop_files

    with catalogue.session() as rows:
        if (known := known_result(rows, session_id, key)) is not None:
            return known
    saved = {name: catalogue.files.save_bytes(content, session_id) for name, content in files.items()}
    try:
        with catalogue.session() as rows:
            for one in sorted(saved.values(), key=lambda file: file.sha256):
                keep_file(rows, one)
            names = {name: file.sha256 for name, file in saved.items()}
            row = ResultRow(session_id=session_id, key=key, legato_version=__version__, summary=summary, files=names)
            rows.add(row)
        return row
    except IntegrityError:
        drop_files(catalogue, {file.sha256 for file in saved.values()})
        for file in saved.values():
            file.settle()
    with catalogue.session() as rows:
        if rows.get(SessionRow, session_id) is None:
            raise BadInput("the session was erased while it was analysed; nothing of it was kept")
        known = known_result(rows, session_id, key)
    if known is None:
        raise BadInput("the result could not be kept; analyse again")
    return known
