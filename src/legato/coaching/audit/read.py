"""A training log read from CSV: of a person's own columns, of Strong, of Hevy, of other programs alike."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Literal

from legato.coaching.audit.cells import Cells, WrongCellError
from legato.coaching.audit.columns import AROUND, Columns, columns_of, kind_of
from legato.coaching.audit.days import EARLIEST, NoDayError, day_reader
from legato.coaching.audit.imported import Around, Imported, Kind, LogSet, Said
from legato.coaching.audit.numbers import EMPTY, decimal_sign
from legato.coaching.audit.repeated import without_repeated
from legato.coaching.audit.text import SIGNS, Row, rows_of_text, text_of
from legato.errors import BadInput

_MOST_BEFORE = 10
"""Rows before the headings, as a title. [ENG]"""

_NUMBERS = ("weight", "reps", "sets", "rpe", "rir", "seconds", "distance", *AROUND)

_YES = frozenset({"yes", "y", "true", "1", "x", "failed", "fail", "ja", "oui", "si"})


def read_log(path: Path, today: date, units: Literal["kg", "lb", ""] = "", day_first: bool | None = None) -> Imported:
    """The sets of a log.

    Parameters
    ----------
    path
        Of the file.
    today
        Later days are slips.
    units
        Of weights for which neither cell nor column tells one; empty where it is not known.
    day_first
        Whether the day comes first in `03/04/2024`; None where the column has to tell.

    Raises
    ------
    BadInput
        It holds no log, or what it holds can be read in two ways: what to do is named.
    """
    text = text_of(path)
    columns, header, rows = _table(text, path.name)
    return _Reading(path.name, columns, header, today, units).run(rows, day_first)


def _table(text: str, name: str) -> tuple[Columns, tuple[str, ...], list[Row]]:
    """The columns, the headings as they stand there, and the rows below them."""
    first, _, rest = text.partition("\n")
    if first.strip().casefold().startswith("sep=") and len(first.strip()) == 5:
        text = "\n" + rest
    head = text[:200_000]
    best: tuple[int, str, int] | None = None
    for sign in SIGNS:
        for k, row in zip(range(_MOST_BEFORE), rows_of_text(head, sign), strict=False):
            known = len(columns_of(row.cells).by)
            if known > 1 and (best is None or known > best[0]):
                best = (known, sign, k)
    wanted = "a row of headings such as date,exercise,weight_kg,reps,rpe"
    if best is None:
        raise BadInput(f"{name}: no headings of a training log were found; begin with {wanted}")
    _, sign, at = best
    rows = list(rows_of_text(text, sign))
    columns, header = columns_of(rows[at].cells), rows[at].cells
    if not columns.has("date"):
        raise BadInput(f"{name}: no column has the day; begin with {wanted}")
    if not columns.has("exercise") and not columns.has(*AROUND):
        raise BadInput(f"{name}: no column has the exercise; begin with {wanted}")
    if columns.has("exercise") and not columns.has("reps", "seconds", "distance", "sets"):
        raise BadInput(f"{name}: no column has repetitions, sets, seconds or distance; begin with {wanted}")
    return columns, header, rows[at + 1 :]


class _Reading:
    """Reads the rows of one file."""

    def __init__(
        self, name: str, columns: Columns, header: tuple[str, ...], today: date, units: Literal["kg", "lb", ""]
    ) -> None:
        self.name, self.columns, self.header, self.today = name, columns, header, today
        self.units: Literal["kg", "lb", ""] = units
        self.said: list[Said] = []
        self.days: dict[date, Around] = {}
        self.no_sets = 0

    def run(self, rows: Sequence[Row], day_first: bool | None) -> Imported:
        good = [row for row in rows if self._is_whole(row, last=row is rows[-1])]
        width = self.columns.width
        padded = [
            row if len(row.cells) == width else replace(row, cells=(row.cells + ("",) * width)[:width]) for row in good
        ]
        number, on = self.columns.by.get("number"), self.columns.by["date"][0].place
        unique = without_repeated(padded, on, None if number is None else number[0].place)
        places = [column.place for name in _NUMBERS for column in self.columns.by.get(name, ())]
        seen = {row.cells[place] for row in unique for place in places}
        self.cells = Cells(self.columns, decimal_sign(seen), self.units, self.name)
        self.read_day = day_reader(((row.line, row.cells[on]) for row in unique), self.name, day_first)
        sets = [found for row in unique if (found := self._set(row, row.cells[on])) is not None]
        alike = self._alike(sets)
        return Imported(
            files=(self.name,),
            rows=len(rows),
            sets=tuple(sorted(sets, key=lambda one: one.on)),
            days=self.days,
            said=tuple(sorted((*self.said, *alike), key=lambda one: one.line)),
            repeated=len(good) - len(unique),
            no_sets=self.no_sets,
            unread=self.columns.unread,
        )

    def _tell(self, line: int, why: str, lost: Literal["row", "value", ""] = "row") -> None:
        self.said.append(Said(self.name, line, why, lost))

    def _is_whole(self, row: Row, last: bool) -> bool:
        if row.wrong:
            self._tell(row.line, row.wrong)
            return False
        if row.cells == self.header:
            self._tell(row.line, "the headings again", "")
            return False
        cells, width = row.cells, self.columns.width
        if len(cells) > width and any(cells[width:]):
            self._tell(row.line, f"has {len(cells)} cells for {width} headings; put a number with a comma in quotes")
            return False
        if len(cells) < width and last:
            self._tell(row.line, f"has {len(cells)} cells for {width} headings; the file may be cut off")
            return False
        return True

    def _set(self, row: Row, day: str) -> LogSet | None:
        cells = row.cells
        kind = self._kind(row)
        if kind is None:
            self.no_sets += 1
            return None
        try:
            on = self.read_day(day)
            if on > self.today:
                raise NoDayError(f"{day!r:.40} is still to come")
            if on < EARLIEST:
                raise NoDayError(f"{day!r:.40} is before {EARLIEST.year}")
        except NoDayError as error:
            self._tell(row.line, f"date: {error}")
            return None
        around = self._around(row, on)
        exercise = self.cells.text(cells, "exercise")
        if exercise.casefold() in EMPTY:
            if not around:
                self._tell(row.line, "exercise: no name stands there")
            return None
        try:
            sets, reps = self.cells.sets_and_reps(cells)
            weight = self.cells.weight_kg(cells)
        except WrongCellError as error:
            self._tell(row.line, str(error))
            return None
        seconds, metres = self._kept(row, "seconds"), self._metres(row)
        # Programs write 0 for what a set does not have.
        seconds = seconds or None
        if not reps:
            if seconds or metres or (reps is None and (self.columns.has("sets") or weight is not None)):
                reps = None
            elif reps is None:
                self._tell(row.line, "neither repetitions nor seconds nor a distance stand there")
                return None
            elif not weight and kind != "failed":
                self._tell(row.line, "0 repetitions without a weight are no set")
                return None
            else:
                kind = "failed"
        return LogSet(
            line=row.line,
            on=on,
            exercise=exercise,
            kind=kind,
            sets=sets,
            reps=reps,
            weight_kg=weight or None,
            rpe=self._rpe(row),
            seconds=seconds,
            metres=metres,
            note=self.cells.text(cells, "notes"),
        )

    def _kind(self, row: Row) -> Kind | None:
        """The kind of set; None where the row is none."""
        if self.cells.text(row.cells, "failed").casefold() in _YES:
            return "failed"
        told = self.cells.text(row.cells, "kind")
        kind = kind_of(told)
        if kind is None:
            self._tell(row.line, f"the kind of set {told!r:.40} is not known; counted as work", "")
            kind = "work"
        order = self.cells.text(row.cells, "number")
        if order and not order.isdigit() and kind == "work":
            kind = kind_of(order)
            if kind is None:
                self._tell(row.line, f"the set's number {order!r:.40} is none; counted as work", "")
                kind = "work"
        return None if kind == "rest" else kind

    def _rpe(self, row: Row) -> float | None:
        rpe = self._kept(row, "rpe")
        if rpe is not None and rpe < 1:
            # Programs write 0 where no effort was told.
            if rpe > 0:
                self._tell(row.line, f"rpe: {rpe:g} is below 1; the set is kept without", "value")
            return None
        if rpe is None and self.columns.has("rir"):
            left = self._kept(row, "rir")
            return None if left is None else 10.0 - left
        return rpe

    def _kept(self, row: Row, name: str) -> float | None:
        """A number that a set can do without: what is wrong with it is told, and the set is kept."""
        try:
            return self.cells.plain(row.cells, name)
        except WrongCellError as error:
            self._tell(row.line, f"{error}; the set is kept without", "value")
            return None

    def _metres(self, row: Row) -> float | None:
        try:
            return self.cells.metres(row.cells)
        except WrongCellError as error:
            self._tell(row.line, f"{error}; the set is kept without", "value")
            return None

    def _around(self, row: Row, on: date) -> bool:
        """Keeps what the row tells of the day, and says whether it tells anything."""
        if not self.columns.has(*AROUND):
            return False
        told = [self._kept(row, name) for name in AROUND]
        if all(one is None for one in told):
            return any(self.cells.text(row.cells, name) for name in AROUND)
        before = self.days.get(on, Around())
        mine = before.values
        for name, old, new in zip(AROUND, mine, told, strict=True):
            if old is not None and new is not None and old != new:
                self._tell(row.line, f"{name}: {new:g} where {old:g} was told of that day before; left out", "value")
        self.days[on] = Around(*(new if old is None else old for old, new in zip(mine, told, strict=True)))
        return True

    def _alike(self, sets: Sequence[LogSet]) -> list[Said]:
        """Where sets have no number: that like rows were taken for as many sets."""
        if self.columns.has("number"):
            return []
        count = Counter(replace(one, line=0) for one in sets)
        more = sum(n - 1 for n in count.values())
        if not more:
            return []
        line = next(one.line for one in sets if count[replace(one, line=0)] > 1)
        rows = "1 row is" if more == 1 else f"{more} rows are"
        why = f"{rows} like another of the same day; as sets have no number, each counts as a set of its own"
        return [Said(self.name, line, why, "")]
