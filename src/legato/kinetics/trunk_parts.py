"""How heavy the parts of the trunk are, and where they balance."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from pydantic import BaseModel, ConfigDict

from legato.body.inertia import Sex
from legato.recording import FloatArray

_Pair = tuple[float, float]


class TrunkPart(BaseModel):
    """One row of the table; each number for men and for women."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    mass: _Pair
    length_mm: _Pair
    centre: _Pair
    gyration: tuple[_Pair, _Pair, _Pair]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    jugular_mm: _Pair
    parts: Mapping[str, TrunkPart]


@dataclass(frozen=True, slots=True, eq=False)
class PartShares:
    """Share of body mass, the centre's distance along the trunk and the radii of gyration (3,) about the own axes, both
    as shares of the trunk's length from the neck's base over L5/S1 to the middle of the hips.
    """

    mass: float
    along: float
    gyration: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class TrunkShares:
    """`above`: upper and middle part as one body, its centre below the neck's base. `pelvis`: lower part, its centre
    above the hips. `head`: its centre above the neck's base.
    """

    above: PartShares
    pelvis: PartShares
    head: PartShares


@lru_cache(maxsize=4)
def trunk_shares(sex: Sex = "unknown") -> TrunkShares:
    """The table's parts as bodies that a measured pelvis and thorax move.

    Notes
    -----
    The table cuts trunk and pelvis at the navel, some 40 mm above L5/S1; the slice between the two counts as pelvis.
    The neck's base is the middle of the seventh cervical vertebra and the jugular notch, as bodies are measured.
    """
    table = _Table.model_validate(tomllib.loads(files("legato.kinetics").joinpath("trunk.toml").read_text("utf-8")))
    columns = {"male": (0,), "female": (1,), "unknown": (0, 1)}[sex]
    return _mean([_column(table, column) for column in columns])


def _column(table: _Table, column: int) -> TrunkShares:
    upper, middle, lower, head = (table.parts[name] for name in ("upper", "middle", "lower", "head"))
    base = 0.5 * table.jugular_mm[column]
    navel = upper.length_mm[column] + middle.length_mm[column]
    length = navel + lower.length_mm[column] - base
    places = (
        upper.centre[column] * upper.length_mm[column] - base,
        upper.length_mm[column] + middle.centre[column] * middle.length_mm[column] - base,
    )
    masses = upper.mass[column], middle.mass[column]
    mass = masses[0] + masses[1]
    place = (masses[0] * places[0] + masses[1] * places[1]) / mass
    second = np.zeros(3)
    for part, own, at in zip((upper, middle), masses, places, strict=True):
        # About x and z the parts also turn round their common centre.
        second += own * (_radii(part, column) ** 2 + np.array([1.0, 0.0, 1.0]) * (at - place) ** 2)
    above = PartShares(mass, place / length, np.sqrt(second / mass) / length)
    hips = (1.0 - lower.centre[column]) * lower.length_mm[column]
    pelvis = PartShares(lower.mass[column], hips / length, _radii(lower, column) / length)
    crown = base + (1.0 - head.centre[column]) * head.length_mm[column]
    return TrunkShares(above, pelvis, PartShares(head.mass[column], crown / length, _radii(head, column) / length))


def _radii(part: TrunkPart, column: int) -> FloatArray:
    return part.length_mm[column] * np.array([pair[column] for pair in part.gyration])


def _mean(columns: list[TrunkShares]) -> TrunkShares:
    def joined(parts: list[PartShares]) -> PartShares:
        mass, along = (float(np.mean([getattr(p, name) for p in parts])) for name in ("mass", "along"))
        return PartShares(mass, along, np.mean([p.gyration for p in parts], axis=0))

    return TrunkShares(
        joined([c.above for c in columns]), joined([c.pelvis for c in columns]), joined([c.head for c in columns])
    )
