"""Movements, faults and drills of one's own: how they lie in a folder for the validators and for analyses."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from legato.errors import BadInput
from legato.store import Catalogue
from legato.store.rows import OwnEntryRow

KINDS = ("movement", "fault", "drill")
"""What can be copied and edited."""

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ID_LINE = re.compile(r"""(?m)^id\s*=\s*(["'])(.*?)\1""")
_MOST_LETTERS = 200_000


@dataclass(frozen=True, slots=True)
class OwnFolder:
    """Own entries as files: `library` is the folder of movements, None without any; `faults` and `drills` are files."""

    library: Path | None
    faults: tuple[Path, ...]
    drills: tuple[Path, ...]


def own_entries_folder(catalogue: Catalogue, rows: Session, into: Path) -> OwnFolder:
    """Write all own entries of a catalogue as files below `into`, as `library=`, `faults=` and `drills=` take them."""
    del catalogue
    return written([(row.kind, row.entry_id, row.text) for row in own_entries(rows)], into)


def own_entries(rows: Session) -> Sequence[OwnEntryRow]:
    """The own entries, by kind and id."""
    return rows.scalars(select(OwnEntryRow).order_by(OwnEntryRow.kind, OwnEntryRow.entry_id)).all()


def written(entries: Sequence[tuple[str, str, str]], into: Path) -> OwnFolder:
    """Write entries (kind, id, text) as files below `into`."""
    paths: dict[str, list[Path]] = {kind: [] for kind in KINDS}
    for kind, entry_id, text in entries:
        path = into / f"{kind}s" / f"{entry_id}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        paths[kind].append(path)
    library = paths["movement"][0].parent if paths["movement"] else None
    return OwnFolder(library, tuple(paths["fault"]), tuple(paths["drill"]))


def entry_id_of(text: str) -> str:
    """The id that a text gives itself: of a movement its own, of a file of faults or drills that of its one table.

    Raises
    ------
    BadInput
        It gives none, or none that can name a file.
    """
    if len(text) > _MOST_LETTERS:
        raise BadInput(f"the text has more than {_MOST_LETTERS} letters; give a shorter one")
    found = _ID_LINE.search(text)
    if found is None:
        raise BadInput('field id is missing; add a line id = "my-own", in small letters, digits and hyphens')
    if not _ID.fullmatch(found[2]) or len(found[2]) > 60:
        line = text.count("\n", 0, found.start()) + 1
        raise BadInput(f"line {line}: id {found[2]!r:.60} does not fit; give small letters, digits and hyphens")
    return found[2]


def check_entries(entries: Sequence[tuple[str, str, str]], into: Path) -> None:
    """Hold entries (kind, id, text) against all that `legato movements`, `faults` and `drills` hold files against.

    Raises
    ------
    BadInput
        One does not fit: file, line and what to do are named.
    """
    from legato.coaching.catalogue import drills
    from legato.evidence.claims.ledger import refuse_unknown_claims
    from legato.faults.catalogue import fault_entries, faults_of
    from legato.movements import load_movement

    folder = written(entries, into)
    movements = [load_movement(name, folder.library) for kind, name, _ in entries if kind == "movement"]
    faults = fault_entries(folder.faults, folder.library)
    refuse_unknown_claims({f"{e.file}: fault {n}": e.fault.claim for n, e in faults.items() if e.file})
    for movement in movements:
        faults_of(movement, folder.faults, folder.library)
    known = drills(folder.drills, folder.faults, folder.library)
    refuse_unknown_claims({f"drill {name}": one.claim for name, one in known.items()})
