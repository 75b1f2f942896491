"""Movements, faults and drills of one's own: how they lie in a folder for the validators and for analyses."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from legato.errors import BadInput
from legato.store.rows import OwnEntryRow

Entry: TypeAlias = tuple[str, str, str]
"""A kind, an id and a text."""

KINDS = ("movement", "fault", "drill")
"""What can be copied and edited."""

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ID_LINE = re.compile(r"""(?m)^id\s*=\s*(["'])(.*?)\1""")

MOST_LETTERS = 200_000
"""How long the text of an entry may be. [ENG]"""


@dataclass(frozen=True, slots=True)
class OwnFolder:
    """Own entries as files: `library` is the folder of movements, None without any; `faults` and `drills` are files."""

    library: Path | None
    faults: tuple[Path, ...]
    drills: tuple[Path, ...]


def own_entries(rows: Session) -> Sequence[OwnEntryRow]:
    """The own entries, by kind and id."""
    return rows.scalars(select(OwnEntryRow).order_by(OwnEntryRow.kind, OwnEntryRow.entry_id)).all()


def written(entries: Sequence[Entry], into: Path) -> OwnFolder:
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
    if len(text) > MOST_LETTERS:
        raise BadInput(f"the text has more than {MOST_LETTERS} letters; give a shorter one")
    found = _ID_LINE.search(text)
    if found is None:
        raise BadInput('field id is missing; add a line id = "my-own", in small letters, digits and hyphens')
    if not _ID.fullmatch(found[2]) or len(found[2]) > 60:
        line = text.count("\n", 0, found.start()) + 1
        raise BadInput(f"line {line}: id {found[2]!r:.60} does not fit; give small letters, digits and hyphens")
    return found[2]


def keeps_what_is_barred(text: str, base: str) -> None:
    """Hold a drill against the one of the library that it was copied from: whom that is not for, the copy is not for.

    Raises
    ------
    BadInput
        A group of `barred` was taken out.
    """
    from legato.coaching.catalogue import drills

    if (before := drills().get(base)) is None:
        return
    tables: list[dict[str, Any]] = tomllib.loads(text)["drills"]
    gone: list[str] = []
    for table in tables:
        kept = set(table.get("barred", ()))
        gone += [group for group in before.barred if group not in kept]
        for step in table["steps"]:
            same = [set(old.barred) for old in before.steps if old.level == step["level"]]
            of_all = set[str]().union(*same).intersection(*same)
            gone += sorted(of_all - {*kept, *step.get("barred", ())})
    if gone:
        names = ", ".join(f'"{group}"' for group in dict.fromkeys(gone))
        raise BadInput(
            f"field barred: {base}, which this is a copy of, has {names} there; add it: whom that drill is not for,"
            " its copy is not for"
        )


def named(text: str, entry_id: str) -> bool:
    """Whether a text names an entry, as a word between quotation marks."""
    return re.search(rf"""["']{re.escape(entry_id)}["']""", text) is not None


def shaping(entries: Sequence[Entry], movement: str | None) -> tuple[Entry, ...]:
    """What shapes a result of a movement: the movement where it is an own one, the faults that name it or that it
    names, what those name in turn, and the drills that name a fault of the movement. Without a movement, all: then the
    recording is held against every one.
    """
    if movement is None:
        return tuple(entries)
    kept = [
        one for one in entries if one[:2] == ("movement", movement) or (one[0] == "fault" and named(one[2], movement))
    ]
    for one in kept:
        kept += [other for other in entries if other[0] != "drill" and other not in kept and named(one[2], other[1])]
    faults = {name for name, movements in _library_faults().items() if movement in movements}
    faults |= {name for kind, name, _text in kept if kind == "fault"}
    own = next((text for kind, name, text in entries if (kind, name) == ("movement", movement)), "")
    faults |= {name for name in _library_faults() if named(own, name)}
    drills = [one for one in entries if one[0] == "drill" and any(named(one[2], fault) for fault in faults)]
    return tuple(one for one in entries if one in kept or one in drills)


def sound(entries: Sequence[Entry], movement: str | None, into: Path) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """The entries that are good as they are, and in words those that are not: a newer Legato may refuse what an older
    one took.

    Raises
    ------
    BadInput
        One is not good on which the numbers of the movement hang: the movement itself, or a fault that looks for it.
    """
    try:
        check_entries(entries, into / "all")
        return tuple(entries), ()
    except BadInput:
        pass
    good: list[Entry] = []
    waiting, wrong = sorted(entries, key=lambda one: KINDS.index(one[0])), dict[Entry, BadInput]()
    own = next((text for kind, name, text in entries if (kind, name) == ("movement", movement)), "")
    while True:
        before = len(good)
        for one in [one for one in waiting if one not in good]:
            try:
                check_entries([*good, one], into / f"{len(good)}-{one[0]}-{one[1]}")
                good.append(one)
            except BadInput as error:
                wrong[one] = error
        if len(good) == before:
            break
    bad = [one for one in waiting if one not in good]
    for one in bad:
        kind, name, text = one
        looked_for = kind == "fault" and movement is not None and (named(text, movement) or named(own, name))
        if looked_for or (kind, name) == ("movement", movement):
            raise wrong[one]
    return tuple(good), tuple(f"{one[1]}, a {one[0]} of your own, was left out: {wrong[one]}" for one in bad)


@cache
def _library_faults() -> Mapping[str, tuple[str, ...]]:
    """The faults of the library, and in which of its movements each is looked for."""
    from legato.faults.catalogue import fault_entries, movements_by_fault

    return movements_by_fault(fault_entries())


def check_entries(entries: Sequence[Entry], into: Path) -> None:
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
