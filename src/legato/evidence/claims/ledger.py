"""Reads the ledger: TOML files of the library, and those that others add; what is wrong is told with file and line."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from importlib import resources
from os import PathLike
from pathlib import Path
from typing import TypeAlias

from legato.errors import BadInput
from legato.evidence.claims.history import broken_seal
from legato.evidence.claims.model import Claim
from legato.messages import nearest
from legato.toml_files import content_of, record_of, rows_of, table_of
from legato.toml_lines import Lines, Place

Own: TypeAlias = str | PathLike[str] | Sequence[str | PathLike[str]]


def claims(own: Own = ()) -> Mapping[str, Claim]:
    """Every claim of the ledger and of further files, by id.

    Raises
    ------
    BadInput
        A file cannot be read, is not valid, or holds a grading that was changed after it was sealed.
    """
    whole = dict(_built_in())
    for file in (own,) if isinstance(own, str | PathLike) else tuple(own):
        path = Path(file)
        whole |= _claims_of(*record_of(path.name, content_of(path, "claims")), whole)
    return whole


def load_claim(name: str, own: Own = ()) -> Claim:
    """A claim by its id, in capitals or not.

    Raises
    ------
    BadInput
        There is none of that id; the nearest ones are named.
    """
    known = claims(own)
    if name.upper() not in known:
        raise BadInput(f"{name!r:.60}: no such claim; {nearest(name.upper(), sorted(known), 3, len(known))}")
    return known[name.upper()]


def refuse_unknown_claims(leaning: Mapping[str, str]) -> None:
    """Refuse a claim that the ledger has not, of what leans on one: `{"fault knee-travel": "C77"}`.

    Raises
    ------
    BadInput
        There is none of that id; the nearest ones are named.
    """
    for what, name in leaning.items():
        if name and name not in claims():
            known = sorted(claims())
            raise BadInput(f"{what}: claim {name!r:.20} is not in the ledger; {nearest(name, known, 3, len(known))}")


@cache
def _built_in() -> Mapping[str, Claim]:
    found: dict[str, Claim] = {}
    library = resources.files("legato.evidence.claims") / "library"
    for entry in sorted(library.iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            found |= _claims_of(*record_of(entry.name, entry.read_bytes()), found)
    return dict(sorted(found.items()))


def _claims_of(record: Mapping[str, object], at: Lines, before: Mapping[str, Claim]) -> dict[str, Claim]:
    found: dict[str, Claim] = {}
    for k, row in rows_of(record, at, "claims", "claim", Claim.model_fields):
        claim = table_of(Claim, row, partial(_inside, at, k), "claim")
        if claim.id in found or claim.id in before:
            where = "this file" if claim.id in found else "the ledger or a file before it"
            raise BadInput(f"{at(('claims', k, 'id'))}: {where} already has a claim {claim.id}; give another id")
        wrong = broken_seal(claim)
        if wrong is not None:
            number, what = wrong
            raise BadInput(f"{at(('claims', k, 'gradings', number))}: a grading of {claim.id} {what}")
        found[claim.id] = claim
    return found


def _inside(at: Callable[[Place], str], k: int, place: Place) -> str:
    return at(("claims", k, *place))
