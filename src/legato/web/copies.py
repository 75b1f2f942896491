"""The text of an entry of the library, cut out of its file, under an id of one's own."""

import json
import re
from importlib.resources import files
from importlib.resources.abc import Traversable

from legato.coaching.catalogue import drills
from legato.errors import BadInput
from legato.faults.catalogue import fault_entries, movements_by_fault
from legato.messages import nearest
from legato.movements import movement_ids

_TABLES = {"fault": "faults", "drill": "drills"}


def copied(kind: str, base: str, entry_id: str) -> str:
    """The TOML text of an entry of the library as a file of one's own.

    A fault's copy names the movements in which the library looks for the fault: their files do not know the copy.

    Raises
    ------
    BadInput
        There is no such entry.
    """
    if kind == "movement":
        return _named(_movement(base), entry_id)
    known = fault_entries() if kind == "fault" else drills()
    if kind not in _TABLES or base not in known:
        raise BadInput(f"{base!r:.60}: no such {kind}; {nearest(base, sorted(known), 3, len(known))}")
    text = _named(_cut(kind, base), entry_id)
    return text if kind == "drill" else _looked_for(text, base)


def _movement(base: str) -> str:
    if base not in movement_ids():
        raise BadInput(f"{base!r:.60}: no such movement; {nearest(base, movement_ids(), 3, len(movement_ids()))}")
    return (files("legato.movements") / "library" / f"{base}.toml").read_text(encoding="utf-8")


def _cut(kind: str, base: str) -> str:
    """The table of an entry, from its double brackets to those of the next, without what opens the next."""
    head = f"[[{_TABLES[kind]}]]"
    id_line = re.compile(rf'(?m)^id\s*=\s*"{re.escape(base)}"')
    for file in sorted(_library(kind).iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            for part in re.split(rf"(?m)^{re.escape(head)}\s*$", file.read_text(encoding="utf-8"))[1:]:
                if id_line.search(part):
                    return (
                        head
                        + "\n"
                        + re.sub(r"\n\n(?:#[^\n]*\n*)+\Z", "\n", "\n" + part.strip("\n") + "\n").lstrip("\n")
                    )
    raise BadInput(f"{base!r:.60}: no such {kind}")


def _library(kind: str) -> Traversable:
    return files("legato.faults" if kind == "fault" else "legato.coaching") / "library"


def _named(text: str, entry_id: str) -> str:
    return re.sub(r"(?m)^id\s*=\s*.*$", f'id = "{entry_id}"', text, count=1)


def _looked_for(text: str, base: str) -> str:
    entries = fault_entries()
    movements = [*movements_by_fault(entries)[base]]
    line = f"movements = {json.dumps(movements)}"
    given = re.compile(r"(?m)^movements\s*=\s*\[[^\]]*\]")
    top = text.split("\n[", 2)[0] if text.startswith("[[") else text
    if given.search(top):
        return given.sub(line, text, count=1)
    return re.sub(r"(?m)^(id = .*)$", lambda found: f"{found[1]}\n{line}", text, count=1)
