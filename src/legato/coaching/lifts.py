"""The lifts that a plan knows: what they train, load and need, as drills that answer no fault."""

from collections.abc import Mapping
from functools import cache, partial
from importlib import resources

from legato.coaching.model import Drill
from legato.toml_files import record_of, rows_of, table_of
from legato.toml_lines import Lines, Place

_PLATE_KG = 0.5

_FILE = resources.files("legato.coaching") / "lifts.toml"


@cache
def lifts() -> Mapping[str, Drill]:
    """Every lift, by id."""
    record, at = record_of("lifts.toml", _FILE.read_bytes())
    found = [table_of(Drill, row, partial(_inside, at, k), "lift") for k, row in rows_of(record, at, "lifts", "lift")]
    return {lift.id: lift for lift in found}


def to_plates(load_kg: float) -> float:
    """A load as plates and bells make it, kg: rounded down. [ENG] Half a kilogram is the smallest step of most."""
    return _PLATE_KG * int(load_kg / _PLATE_KG + 1e-9)


def _inside(at: Lines, k: int, place: Place) -> str:
    return at(("lifts", k, *place))
