"""Plates in tables of forces: which columns are one plate's force, point and moment, told by a layout or by names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from legato.forces.model import Side
from legato.recording import FloatArray, Stream

_OPENSIM = re.compile(r"(.*?)ground_(force|torque|moment)(.*?)_([vpm]?)([xyz])(\d*)")
_NUMBERED = re.compile(r"([fpm])(\d+)_([123])")
_PLAIN = re.compile(r"(.*?)(?<![a-z])(cop|grf|force|moment|torque|[fmtp])_?(\d*)_?([xyz])(?![a-z])(.*)")
_ALONE = re.compile(
    r"(.*?)(?<![a-z])(fv|vgrf|grf|force|fp|plate|load_?cell|left|right)(?![a-z])(.*)|()()(\d+)",
)
_FILLER = re.compile(
    r"load|cell|loadcell|total|combined|sum|both|force|forces|moment|moments|torque|ground|reaction|grf|vgrf|plate|vertical|fv|fp|cop|v"
)
_HORIZONTAL = re.compile(r"(?<![a-z])(ap|ml|horizontal|shear|anterior|posterior|medial|lateral)(?![a-z])")
_UPWARD = re.compile(r"(?<![a-z])(v|fv|vgrf|vertical)(?![a-z])")
"""Words of a single force that say which way it acts."""

_TOTAL = re.compile(r"total|combined|sum|both|net|resultant", re.IGNORECASE)
_ALL_OF_IT = re.compile(r"total|combined|sum|both", re.IGNORECASE)
"""Words of a total that is a plate's force where it is all that a table has: a resultant acts along no one axis."""

TARGET = re.compile(r"(?<![a-z])(target|setpoint|set point)(?![a-z])", re.IGNORECASE)
"""Words of a column that was shown to the person and not measured."""

_CALLED_FORCE = re.compile(r"force|grf", re.IGNORECASE)

_QUANTITY = {
    "f": "force", "v": "force", "": "force", "grf": "force", "force": "force", "m": "moment", "moment": "moment",
    "t": "moment", "torque": "moment", "p": "point", "cop": "point",
}  # fmt: skip

_UNIT = {"force": "N", "moment": "N·m", "point": "m"}

_TOTAL_SHARE = 0.01
"""A column that the others add up to within this share of its RMS is their total. [ENG]"""

_UPRIGHT = 0.9
"""Share of the mean force along one axis that makes it the vertical of a table that does not say. [ENG]"""


@dataclass(frozen=True, slots=True)
class Column:
    """What one column measures: `plate` is what the file calls it, `axis` 0 to 2, or None of a lone vertical force."""

    index: int
    plate: str
    quantity: str
    axis: int | None
    side: Side = ""


@dataclass(frozen=True, slots=True, eq=False)
class TablePlate:
    """A plate as a table has it, lab axes with z up: `force` (n, 3), N, x and y NaN where not measured; `moment` (n, 3)
    about `point` (n, 3), each None where there are no such columns.
    """

    name: str
    side: Side
    force: FloatArray
    point: FloatArray | None
    moment: FloatArray | None
    reasons: tuple[str, ...] = field(default=())


def table_plates(stream: Stream) -> tuple[tuple[TablePlate, ...], tuple[str, ...]]:
    """The plates whose columns a stream of forces holds, in the order of the table, and what else was left out and why.

    A total of the others is left out. A plate without a vertical force is none.
    """
    columns = _columns(stream)
    by_plate: dict[str, list[Column]] = {}
    for column in columns:
        by_plate.setdefault(column.plate, []).append(column)
    turn = _turn(stream, columns)
    made = {name: _plate(stream, name, own, turn) for name, own in by_plate.items()}
    notes = [
        f"plate {name or stream.name} has no vertical force among its columns"
        f" ({', '.join(stream.channels[c.index] for c in by_plate[name])}) and was left out"
        for name, plate in made.items()
        if plate is None
    ]
    found = [plate for plate in made.values() if plate is not None]
    kept = without_total([p.force[:, 2] for p in found])
    notes += [f"column {p.name or stream.name} is the sum of the others" for i, p in enumerate(found) if i not in kept]
    return tuple(found[i] for i in kept), tuple(notes)


def single_forces(stream: Stream) -> tuple[int, ...]:
    """The columns of forces of which no name says how they act, as `Force` or `Left`; none beside forces along axes."""
    forces = [column for column in _columns(stream) if column.quantity == "force"]
    return tuple(c.index for c in forces) if all(c.axis is None for c in forces) else ()


def without_total(forces: Sequence[FloatArray]) -> tuple[int, ...]:
    """Which of the columns are plates: all but one that the others add up to."""
    if len(forces) < 3:
        return tuple(range(len(forces)))
    table = np.column_stack(forces)
    whole = table[np.isfinite(table).all(axis=1)]
    size = np.sqrt((whole**2).mean(axis=0)) if whole.size else np.zeros(len(forces))
    for k in np.argsort(-size).tolist():
        others = np.delete(whole, k, axis=1)
        parts = int((np.delete(size, k) > _TOTAL_SHARE * size[k]).sum())
        if parts > 1 and np.sqrt(((others.sum(axis=1) - whole[:, k]) ** 2).mean()) <= _TOTAL_SHARE * size[k]:
            return tuple(i for i in range(len(forces)) if i != k)
    return tuple(range(len(forces)))


def forces_in_other_units(streams: Sequence[Stream]) -> str:
    """A sentence on columns that are called forces but are in no unit of force (`%BW`, `mV/V`, `kg`); empty where there
    are none.
    """
    for stream in streams:
        for i, (name, unit) in enumerate(zip(stream.channels, stream.units, strict=True)):
            column = None if TARGET.search(name) else _by_name(i, name, "N")
            if column is None or column.quantity != "force" or unit == "N":
                continue
            # A side or a number alone names many things that are no force.
            if column.axis is None and _CALLED_FORCE.search(name) is None:
                continue
            # A quotient such as mV/V is no angle, though it has an angle's dimension.
            known = unit not in ("", "1", "rad")
            said = f"column {name} {f'is in {unit}' if known else 'states no unit of force that is known'}"
            return f"{said}; force is needed in N (%BW times the body weight / 100, a voltage by its calibration)"
    return ""


def _columns(stream: Stream) -> list[Column]:
    found = _columns_but(stream, _TOTAL)
    if any(column.quantity == "force" for column in found):
        return found
    totals = [c for c in _columns_but(stream, None) if _ALL_OF_IT.search(stream.channels[c.index])]
    return [*found, *totals] if sum(column.quantity == "force" for column in totals) == 1 else found


def _columns_but(stream: Stream, left_out: re.Pattern[str] | None) -> list[Column]:
    """The columns of plates, without those whose names are left out."""
    found: list[Column] = []
    for i, (name, unit) in enumerate(zip(stream.channels, stream.units, strict=True)):
        told = _laid_out(stream, name)
        column = (
            _by_layout(i, told)
            if "plate" in told
            else None
            if TARGET.search(name) or (left_out is not None and left_out.search(name))
            else _by_name(i, name, unit)
        )
        if (
            column is not None
            and unit in ({"force": ("N", ""), "moment": ("N·m", ""), "point": ("m", "")}[column.quantity])
        ):
            found.append(column)
    return found


def _laid_out(stream: Stream, name: str) -> dict[str, str]:
    """What a layout says of a column."""
    return dict(part.split("=", 1) for part in stream.meta.get(f"force:{name}", "").split() if "=" in part)


def _by_layout(index: int, told: dict[str, str]) -> Column:
    axis = "xyz".find(told.get("axis", "").lower())
    side = told.get("side", "")
    return Column(
        index,
        told["plate"],
        told.get("quantity", "force"),
        axis if axis >= 0 and told.get("axis") else None,
        side if side == "left" or side == "right" else "",
    )


def _by_name(index: int, name: str, unit: str) -> Column | None:
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if (m := _OPENSIM.fullmatch(plain)) is not None:
        quantity = "moment" if m[2] != "force" else _QUANTITY[m[4]]
        return _named(index, f"{m[1]}_{m[3]}_{m[6]}", quantity, "xyz".index(m[5]))
    if (m := _NUMBERED.fullmatch(plain)) is not None:
        return _named(index, m[2], _QUANTITY[m[1]], int(m[3]) - 1)
    if (m := _PLAIN.fullmatch(plain)) is not None:
        return _named(index, f"{m[1]}_{m[3]}_{m[5]}", _QUANTITY[m[2]], "xyz".index(m[4]))
    if unit == "N" and (m := _ALONE.fullmatch(plain)) is not None and not _HORIZONTAL.search(plain):
        return _named(index, plain, "force", None)
    return None


def _named(index: int, key: str, quantity: str, axis: int | None) -> Column:
    words = [w for w in key.split("_") if w and not _FILLER.fullmatch(w)]
    words = [re.sub(r"^(fp|plate|force|grf)(\d+)$", r"\2", w) for w in words]
    sides: set[Side] = {"left" if w in ("l", "left") else "right" for w in words if w in ("l", "left", "r", "right")}
    return Column(index, "_".join(words), quantity, axis, sides.pop() if len(sides) == 1 else "")


def _turn(stream: Stream, columns: Sequence[Column]) -> FloatArray:
    """From the table's axes to z up: nothing to do where the reader turned it, else along the mean force."""
    if "up" in stream.meta:
        return np.eye(3)
    total = np.zeros(3)
    for column in columns:
        if column.quantity == "force" and column.axis is not None:
            values = stream.values[:, column.index]
            total[column.axis] += float(np.nanmean(values)) if np.isfinite(values).any() else 0.0
    x, y, z = np.eye(3)
    upright = np.abs(total) >= _UPRIGHT * np.linalg.norm(total)
    if not total.any() or not upright.any() or upright[2]:
        return np.eye(3)
    return np.array((x, -z, y)) if upright[1] else np.array((y, z, x))


def _plate(stream: Stream, name: str, columns: Sequence[Column], turn: FloatArray) -> TablePlate | None:
    n = stream.n_samples
    sides: set[Side] = {c.side for c in columns if c.side}
    side = sides.pop() if len(sides) == 1 else ""
    parts = {q: _vectors(stream, [c for c in columns if c.quantity == q], turn) for q in ("force", "point", "moment")}
    own = [c for c in columns if c.quantity == "force"]
    force, reasons = parts["force"], list[str]()
    if force is None:
        lone = _lone_vertical(stream, own)
        if lone is None:
            return None
        force = np.full((n, 3), np.nan)
        force[:, 2] = stream.values[:, lone.index]
        only = "only its vertical force was measured"
        if not _says_vertical(stream, lone):
            only = "only one force was measured and which way it acts is not said, so it was taken as vertical"
        reasons.append(f"{only}: no centre of pressure, no moment")
        parts["point"] = parts["moment"] = None
    elif parts["point"] is None and parts["moment"] is None:
        reasons.append("it has neither moments nor a point of force: no centre of pressure")
    elif parts["moment"] is None:
        reasons.append("it has no moments: no free moment")
    if np.isfinite(force[:, 2]).any() and len(own) > 1 and not np.isfinite(force[:, :2]).any():
        reasons.append("its horizontal force holds no number")
    if stream.meta.get("told_by") == "file name":
        reasons.append("that its numbers are vertical force in N is told by the file's name alone")
    if any(stream.units[c.index] == "" for c in own):
        reasons.append("its columns state no unit: N was taken")
    return TablePlate(name, side, force, parts["point"], parts["moment"], tuple(reasons))


def _vectors(stream: Stream, columns: Sequence[Column], turn: FloatArray) -> FloatArray | None:
    by_axis = {c.axis: c.index for c in columns}
    if not {0, 1, 2} <= set(by_axis):
        return None
    # Axis by axis: a missing horizontal force must not reach the vertical one.
    source = np.abs(turn).argmax(axis=1)
    return stream.values[:, [by_axis[int(k)] for k in source]] * turn[np.arange(3), source]


def _says_vertical(stream: Stream, lone: Column) -> bool:
    """Whether a name, a layout or the file's name says that a lone force is the vertical one."""
    name = stream.channels[lone.index]
    said = lone.axis is not None or "plate" in _laid_out(stream, name) or stream.meta.get("told_by") == "file name"
    return said or _UPWARD.search(re.sub(r"[^a-z0-9]+", "_", name.lower())) is not None


def _lone_vertical(stream: Stream, columns: Sequence[Column]) -> Column | None:
    """The vertical among a plate's single columns: one that names no axis, or the axis that is up in the file."""
    up = stream.meta.get("up", "")[1:].lower()
    vertical = "xyz".find(up) if up else 2
    return next((c for c in columns if c.axis is None or c.axis == vertical), None)
