"""A process that works on a catalogue until it is killed, and says what it has kept: `python crashing.py`.

For each line on stdin, a record with `folder`, `url`, `beside` and `seed`, it forks a child that works there, and tells
the child's id; the child tells a line for each thing that a user would have been told is kept.
"""

import json
import os
import random
import sys
from datetime import date
from pathlib import Path

import pg8000

import legato.store.migrate
from legato.store import Catalogue, keep_file, note, open_catalogue
from legato.store.archive import export_all
from legato.store.erase import erase_session
from legato.store.results import keep_result
from legato.store.rows import SessionFileRow, SessionRow

_READY = (pg8000, legato.store.migrate)
"""Imported before a child is forked, which would take longer for that than it lives."""


def tell(**what: object) -> None:
    """One line, which is written whole or not at all."""
    os.write(1, (json.dumps(what) + "\n").encode())


def upload(catalogue: Catalogue, draw: random.Random) -> str:
    """Take a file in pieces and make a session of it."""
    content = draw.randbytes(draw.randint(1, 100_000))
    saved = catalogue.files.save(content[k : k + 16_384] for k in range(0, len(content), 16_384))
    with catalogue.session() as rows:
        keep_file(rows, saved)
        session = SessionRow(name="trial", recorded_on=date(2026, 5, 4))
        rows.add(session)
        rows.flush()
        rows.add(SessionFileRow(session_id=session.id, sha256=saved.sha256, name="trial.c3d", position=0))
        note(rows, "uploaded", session.id)
        made = session.id
    tell(did="upload", session=made, files=[saved.sha256])
    return made


def analyse(catalogue: Catalogue, draw: random.Random, session: str) -> None:
    """Keep a result of some files."""
    files = {f"{k}.csv": draw.randbytes(draw.randint(1, 20_000)) for k in range(draw.randint(1, 4))}
    row = keep_result(catalogue, session, f"{draw.getrandbits(256):064x}", {"files": len(files)}, files)
    tell(did="result", session=session, result=row.id, files=list(row.files.values()))


def work(folder: str, url: str | None, beside: str, seed: int) -> None:
    """Upload, analyse, erase and back up, without end."""
    draw = random.Random(seed)
    catalogue = open_catalogue(folder, url)
    tell(did="open")
    done = 0
    while True:
        session = upload(catalogue, draw)
        for _ in range(draw.randint(0, 2)):
            analyse(catalogue, draw, session)
        if draw.random() < 0.3:
            files = [f for row in _files(catalogue, session) for f in row]
            erase_session(catalogue, session)
            tell(did="erase", session=session, files=files)
        if draw.random() < 0.3:
            done += 1
            archive = Path(beside) / f"{seed}-{done}.zip"
            export_all(catalogue, archive)
            tell(did="backup", archive=str(archive))


def _files(catalogue: Catalogue, session: str) -> list[list[str]]:
    with catalogue.session() as rows:
        row = rows.get_one(SessionRow, session)
        return [[file.sha256 for file in row.files], *([*result.files.values()] for result in row.results)]


def _main() -> None:
    for line in sys.stdin:
        given = json.loads(line)
        child = os.fork()
        if not child:
            try:
                work(**given)
            except BaseException as error:
                tell(did="fail", said=repr(error))
            os._exit(1)
        tell(did="begin", pid=child)
        os.waitpid(child, 0)
        tell(did="end")


if __name__ == "__main__":
    _main()
