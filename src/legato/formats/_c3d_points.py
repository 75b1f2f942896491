"""Which points of a C3D are markers, and which are outputs of a model that were stored as points."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from legato.formats._c3d_file import C3DFile

PointKind: TypeAlias = Literal["marker", "angle", "force", "moment", "power", "scalar", "virtual"]

_LISTS: dict[str, PointKind] = {
    "ANGLES": "angle",
    "FORCES": "force",
    "MOMENTS": "moment",
    "POWERS": "power",
    "SCALARS": "scalar",
    "REACTIONS": "force",
    "MODELED_MARKERS": "virtual",
}
_SUFFIX: tuple[tuple[re.Pattern[str], PointKind], ...] = (
    (re.compile(r"Angles?$"), "angle"),
    (re.compile(r"(Force|GRF)$"), "force"),
    (re.compile(r"(Moment|Torque)$"), "moment"),
    (re.compile(r"Power$"), "power"),
)
_UNIT_PARAMETER: dict[PointKind, tuple[str, str]] = {
    "marker": ("POINT:UNITS", "mm"),
    "virtual": ("POINT:UNITS", "mm"),
    "angle": ("POINT:ANGLE_UNITS", "deg"),
    "force": ("POINT:FORCE_UNITS", "N"),
    "moment": ("POINT:MOMENT_UNITS", "Nmm"),
    "power": ("POINT:POWER_UNITS", "W"),
    "scalar": ("POINT:SCALAR_UNITS", ""),
}


@dataclass(frozen=True, slots=True)
class PointKinds:
    """Kind of every point, in file order."""

    kinds: tuple[PointKind, ...]

    def columns(self, kind: PointKind) -> list[int]:
        """The columns of one kind."""
        return [i for i, k in enumerate(self.kinds) if k == kind]


def point_unit(file: C3DFile, kind: PointKind) -> str:
    """The unit that the file gives points of a kind, or the usual one; empty where neither is known."""
    parameter, usual = _UNIT_PARAMETER[kind]
    given = file.strings(parameter)
    return given[0] if given and given[0] else usual


def classify_points(file: C3DFile, labels: Sequence[str]) -> PointKinds:
    """Tell markers from model outputs by the lists in POINT (`ANGLES`, `FORCES`, …, `TYPE_GROUPS`), by suffix, and by
    frames of four.

    A model stores a segment's frame as four points, `PELO PELP PELA PELL`: origin, proximal, anterior, lateral.
    """
    listed: dict[str, PointKind] = {}
    lists = dict(_LISTS)
    groups = file.strings("POINT:TYPE_GROUPS")
    for i in range(0, len(groups) - 1, 2):
        lists.setdefault(groups[i].upper(), "scalar")
    for name, kind in lists.items():
        for label in file.strings(f"POINT:{name}"):
            listed.setdefault(label, kind)
    names = {label.rsplit(":", 1)[-1] for label in labels}
    kinds: list[PointKind] = []
    for label in labels:
        bare = label.rsplit(":", 1)[-1]
        by_list: list[PointKind] = [listed[n] for n in (label, bare) if n in listed]
        by_suffix: list[PointKind] = [k for pattern, k in _SUFFIX if pattern.search(bare) and len(bare) > 6]
        framed = len(bare) == 4 and bare[-1] in "OPAL" and all(bare[:-1] + axis in names for axis in "OPAL")
        told: list[PointKind] = [*by_list, *by_suffix]
        if told:
            kinds.append(told[0])
        elif framed:
            kinds.append("virtual")
        else:
            kinds.append("marker")
    return PointKinds(tuple(kinds))
