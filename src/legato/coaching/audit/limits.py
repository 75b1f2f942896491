"""The limits that an audit holds a log against, with source and grade."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

from legato.coaching.model import Grade
from legato.movements.window_spec import Data
from legato.toml_files import record_of, rows_of, table_of


class Limit(Data):
    """A limit: what it says, whence it is, and how well founded."""

    id: str
    value: float
    unit: str
    says: str
    source: str
    grade: Grade


@cache
def limits() -> Mapping[str, Limit]:
    """Every limit, by id."""
    content = (resources.files("legato.coaching.audit") / "limits.toml").read_bytes()
    record, at = record_of("limits.toml", content)
    rows = rows_of(record, at, "limits", "limit")
    found = [table_of(Limit, row, lambda place, k=k: at(("limits", k, *place)), "limit") for k, row in rows]
    return {one.id: one for one in found}


def limit(name: str) -> float:
    """The number of a limit."""
    return limits()[name].value
