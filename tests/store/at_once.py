"""One of several processes on a catalogue: `python at_once.py open|write FOLDER [URL]`, told on stdin when to begin."""

import sys
from datetime import date

from legato.store import keep_file, note, open_catalogue
from legato.store.rows import SessionRow

EACH = 25
"""Sessions that each writer adds."""


def write(folder: str, url: str | None) -> None:
    """Add sessions and files, one transaction each."""
    catalogue = open_catalogue(folder, url)
    for k in range(EACH):
        saved = catalogue.files.save_bytes(b"the same for all" if k % 2 else str(k).encode())
        with catalogue.session() as rows:
            keep_file(rows, saved)
            rows.add(SessionRow(name=str(k), recorded_on=date(2026, 5, 4)))
            rows.query(SessionRow).count()
            note(rows, "added", str(k))


def _main(what: str, folder: str, url: str | None = None) -> None:
    print("ready", flush=True)
    sys.stdin.readline()
    if what == "open":
        open_catalogue(folder, url).close()
    else:
        write(folder, url)


if __name__ == "__main__":
    _main(*sys.argv[1:])
