"""Lists of repetitions that other programs of velocity-based training export as CSV: one row a repetition."""

import csv
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from legato.errors import BadInput
from legato.formats._text import find_delimiter, read_text
from legato.formats._units import to_si
from legato.formats.rep_columns import VELOCITIES, load_unit, meaning_of, rep_columns
from legato.recording import Recording, RepTable

_HEADER_WITHIN = 40
_LARGEST_BYTES = 20_000_000
_FASTEST_M_S = 10.0
"""No bar moves faster, m/s: the fastest snatches peak near 2.5, throws of a bar near 5. [ENG]"""

_CELL = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)\s*(.*)", re.IGNORECASE)
_LOWERED = ("ecc", "exc")
"""How the kind of a row starts that stands for the way down, in English and Spanish."""

_PLACES = ("set", "rep", "load", "exercise")
_MEASURED = (*VELOCITIES, "load", "range")


@dataclass(frozen=True, slots=True)
class RepCell:
    """What one repetition tells, by what it means: numbers in SI, words as they are."""

    numbers: Mapping[str, float]
    words: Mapping[str, str]


def looks_like_rep_table(text: str) -> bool:
    """Whether a text has, near its top, the header of a list of repetitions with their velocities."""
    return _header(text.split("\n")[:_HEADER_WITHIN]) is not None


def read_rep_table(path: str | PathLike[str], *, rate_hz: float | None = None) -> Recording:
    """Read the repetitions into tables, one for each set; they hold no samples, and `rate_hz` changes nothing.

    Raises
    ------
    BadInput
        No repetition with a velocity, a velocity that no bar has, or more than one athlete or exercise.
    """
    path = Path(path)
    if path.stat().st_size > _LARGEST_BYTES:
        raise BadInput(f"{path.name}: larger than a list of repetitions is; check the file")
    lines = read_text(path).split("\n")
    found = _header(lines[:_HEADER_WITHIN])
    if found is None:
        raise BadInput(f"{path.name}: no header of a list of repetitions; check what was exported")
    row, delimiter, titles = found
    meanings = [meaning_of(title) for title in titles]
    if not {what for what, _ in meanings} & set(VELOCITIES):
        raise BadInput(
            f"{path.name}: its velocity does not say whether it is a mean or a peak; write mean velocity or peak"
            " velocity over the column"
        )
    told_above = _told_above(lines[:row], delimiter)
    reps: list[RepCell] = []
    left_out = 0
    for number, cells in enumerate(csv.reader(lines[row + 1 :], delimiter=delimiter), row + 2):
        if not any(cell.strip() for cell in cells):
            continue
        rep = _rep(path.name, number, cells, meanings, told_above, decimal_comma=delimiter != ",")
        if rep is None:
            left_out += 1
        else:
            reps.append(rep)
    notes = [f"{path.name} holds what another program found of {len(reps)} repetitions, and no samples"]
    if left_out:
        notes.append(f"{path.name}: {left_out} rows that are no repetition (averages, empty sets) were left out")
    return rep_recording(path.name, reps, titles, notes)


def rep_recording(name: str, reps: Sequence[RepCell], titles: Sequence[str], notes: Sequence[str]) -> Recording:
    """The repetitions as tables, one for each set; `titles` are those of the columns that they were read from.

    Raises
    ------
    BadInput
        No repetition has a velocity, one is beyond what a bar does, or there is more than one athlete or exercise.
    """
    if not any(what in rep.numbers for rep in reps for what in VELOCITIES):
        raise BadInput(f"{name}: no repetition with a velocity in its list; check what was exported")
    for what, said in (("athlete", "athletes"), ("exercise", "exercises")):
        kinds = {rep.words.get(what, "") for rep in reps}
        if len(kinds) > 1:
            listed = f" ({', '.join(sorted(kinds))[:80]})" if what == "exercise" else ""
            raise BadInput(f"{name}: repetitions of {len(kinds)} {said}{listed}; export one at a time")
    for k, rep in enumerate(reps):
        for what in VELOCITIES:
            if rep.numbers.get(what, 0.0) > _FASTEST_M_S:
                raise BadInput(
                    f"{name}: repetition {k + 1} has a {what.replace('_', ' ')} of {rep.numbers[what]:g} m/s, faster"
                    " than any bar; state the unit beside the column's title, as in Mean velocity (cm/s)"
                )
    said = list(notes)
    meanings = [meaning_of(title)[0] for title in titles]
    units = [meaning_of(title)[1] for title in titles]
    beside = {"load"} if "load_unit" in meanings else set[str]()
    bare = [w for w, u in zip(meanings, units, strict=True) if w in _MEASURED and not u and w not in beside]
    if bare:
        taken = ", ".join(f"{w.replace('_', ' ')} in {rep_columns().units[w]}" for w in dict.fromkeys(bare))
        said.append(f"{name} states no unit for some of its columns, which are taken as {taken}")
    exercise = next((rep.words["exercise"] for rep in reps if rep.words.get("exercise")), "")
    if exercise:
        said.append(f"{name} calls the exercise {exercise}")
    sets = _sets(reps)
    if all(len(of_set) == 1 and of_set[0].numbers.get("rep", 1.0) > 1.0 for of_set in sets):
        raise BadInput(f"{name}: each row stands for a set of several repetitions; export one row a repetition")
    columns = ("rep", *(what for what in rep_columns().units if any(what in rep.numbers for rep in reps)))
    kinds_of = ("", *(rep_columns().units[what] for what in columns[1:]))
    tables = tuple(
        RepTable(
            f"set {k}",
            columns,
            kinds_of,
            np.array([[rep.numbers.get(what, math.nan) for what in columns] for rep in of_set], dtype=np.float64),
            tuple(title for title, what in zip(titles, meanings, strict=True) if what),
        )
        for k, of_set in enumerate(sets, 1)
    )
    return Recording(rep_tables=tables, notes=tuple(said))


def _header(lines: Sequence[str]) -> tuple[int, str, list[str]] | None:
    """Row, delimiter and cells of the header."""
    for row, line in enumerate(lines):
        if len(line) > 5000:
            continue
        delimiter = find_delimiter([line])
        if delimiter == " ":
            continue
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
        told = {meaning_of(cell)[0] for cell in cells if 0 < len(cell) <= 60}
        known = told & set(VELOCITIES) or ("velocity" in told and "time" not in told)
        if known and told & set(_PLACES):
            return row, delimiter, cells
    return None


def _told_above(lines: Sequence[str], delimiter: str) -> RepCell:
    """What `key: value` cells above the header tell of all repetitions."""
    numbers: dict[str, float] = {}
    words: dict[str, str] = {}
    for cell in (cell for line in lines for cell in line.split(delimiter)):
        key, colon, value = cell.partition(":")
        what, unit = meaning_of(key.strip())
        if not colon or not value.strip():
            continue
        if what == "exercise":
            words.setdefault(what, value.strip())
        elif what == "load" and (number := _number(value, unit, "kg", decimal_comma=False)) is not None and number > 0:
            numbers.setdefault(what, number)
    return RepCell(numbers, words)


def _rep(
    name: str,
    line: int,
    cells: Sequence[str],
    meanings: Sequence[tuple[str, str]],
    above: RepCell,
    *,
    decimal_comma: bool,
) -> RepCell | None:
    """One row; None where it is no repetition."""
    numbers, words = dict(above.numbers), dict(above.words)
    own: dict[str, float] = {}
    beside = next((c.strip() for c, (what, _) in zip(cells, meanings, strict=False) if what == "load_unit"), "")
    for cell, (what, unit) in zip(cells, meanings, strict=False):
        text = cell.strip()
        if not what or not text or what == "load_unit":
            continue
        if what == "phase":
            if text.lower().startswith(_LOWERED):
                return None
            continue
        if what == "load" and not unit:
            unit = load_unit(beside)
        if what in ("exercise", "athlete", "date", "kind"):
            words[what] = f"{words.get(what, '')} {text}".strip() if what == "athlete" else text
            continue
        number = _number(text, unit, rep_columns().units.get(what, ""), decimal_comma=decimal_comma)
        if what == "rep" and number is None:
            return None
        if what == "set" and number is None:
            words["set"] = text
        elif number is not None:
            own.setdefault(what, number)
        elif text.lower() not in ("-", "--", "na", "n/a", "nan", "null", "none"):
            raise BadInput(f"{name}: line {line}, {what.replace('_', ' ')} is {text[:24]!r}, not a number; mend it")
    if "rep" not in own and any(what == "rep" for what, _ in meanings):
        return None
    numbers |= own
    if words.get("kind", "rep").lower() not in ("rep", "repetition"):
        return None
    for what in VELOCITIES:
        # A failed repetition is written as a velocity of zero.
        if not numbers.get(what, 1.0) > 0.0:
            del numbers[what]
    return RepCell(numbers, words) if any(what in numbers for what in VELOCITIES) else None


def _number(text: str, unit: str, si: str, *, decimal_comma: bool) -> float | None:
    """A cell's number in SI, its own unit before that of the title; None where it is none or its unit another's."""
    plain = text.strip()
    if decimal_comma and plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    found = _CELL.fullmatch(plain)
    if found is None or not math.isfinite(float(found[1])):
        return None
    stated = found[2] or unit
    if not stated or not si:
        return float(found[1]) if not found[2] else None
    factor = to_si(stated)
    return None if factor is None or factor[1] != si else float(found[1]) * factor[0]


def _sets(reps: Sequence[RepCell]) -> list[list[RepCell]]:
    """The repetitions set by set: a new one starts where day, set or load changes, or the count starts again."""
    found: list[list[RepCell]] = []
    for rep in reps:
        last = found[-1][-1] if found else None
        if last is None or _place(last) != _place(rep) or rep.numbers.get("rep", 1e9) <= last.numbers.get("rep", -1.0):
            found.append([])
        found[-1].append(rep)
    return found


def _place(rep: RepCell) -> tuple[str, str, float | None, float | None]:
    return rep.words.get("date", ""), rep.words.get("set", ""), rep.numbers.get("set"), rep.numbers.get("load")
