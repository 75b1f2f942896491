"""What a route asks for: the catalogue, a transaction on its rows, a row by its id, a form's fields."""

import math
import re
from collections.abc import AsyncGenerator, Generator
from typing import Annotated, TypeVar

from fastapi import Depends, HTTPException, Request
from sqlalchemy.orm import Session
from starlette.datastructures import FormData, UploadFile

from legato.errors import BadInput
from legato.store import Catalogue
from legato.store.rows import AthleteRow, SessionRow
from legato.web.units import Units, units_named
from legato.web.words import translate as _

_Row = TypeVar("_Row")

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?", re.ASCII)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)


def _catalogue(request: Request) -> Catalogue:
    return request.app.state.catalogue


Kept = Annotated[Catalogue, Depends(_catalogue)]
"""The open catalogue."""


async def _turn(request: Request) -> AsyncGenerator[None]:
    """A request's turn at the database: one that waits for its turn holds no thread and no connection."""
    async with request.app.state.turns:
        yield


def _rows(catalogue: Kept, turn: Annotated[None, Depends(_turn, scope="function")]) -> Generator[Session]:
    del turn
    with catalogue.session() as session:
        yield session


Rows = Annotated[Session, Depends(_rows, scope="function")]
"""A transaction that is kept before the answer is sent, and undone where anything is raised."""


def found(row: _Row | None, what: str) -> _Row:
    """The row, or the page that says it is not there."""
    if row is None:
        raise HTTPException(404, f"there is no such {what}; it may have been erased")
    return row


def _athlete(athlete_id: str, rows: Rows) -> AthleteRow:
    return found(rows.get(AthleteRow, athlete_id), "athlete")


def _session(session_id: str, rows: Rows) -> SessionRow:
    return found(rows.get(SessionRow, session_id), "session")


TheAthlete = Annotated[AthleteRow, Depends(_athlete)]
"""The athlete whom the path names by `athlete_id`."""
TheSession = Annotated[SessionRow, Depends(_session)]
"""The session that the path names by `session_id`."""


def number_of(typed: str, called: str) -> float:
    """A number as people type it: digits with a full stop or a comma before the decimals, 2.5e-3 too.

    Raises
    ------
    BadInput
        It is none, or 1,234, which is one number to some and another to others.
    """
    if _GROUPED.fullmatch(typed):
        asked = {"field": called, "typed": typed, "first": typed.replace(",", "."), "second": typed.replace(",", "")}
        raise BadInput(_("%(field)s: “%(typed)s” may be %(first)s or %(second)s; write one of them") % asked)
    number = float(typed.replace(",", ".")) if _NUMBER.fullmatch(typed) else math.nan
    if not math.isfinite(number):
        raise BadInput(_("%(field)s: “%(typed)s” is not a number") % {"field": called, "typed": typed})
    return number


def units_of(request: Request) -> Units:
    """The units that the reader has chosen."""
    return units_named(request.cookies.get("units"))


Shown = Annotated[Units, Depends(units_of)]
"""The units that the reader has chosen."""


class Fields:
    """The fields of a form that was sent. What is wrong is told by the field's name as the page shows it; `units` are
    those that the form was shown in.
    """

    def __init__(self, form: FormData, units: Units) -> None:
        self.form, self.units = form, units

    def text(self, name: str, called: str = "", most: int = 300) -> str:
        """A text without spaces around it; empty where the form holds none.

        Raises
        ------
        BadInput
            It is longer than `most` letters, or holds a letter that no text may.
        """
        return self._clean(self.form.get(name), called or name, most)

    def texts(self, name: str, called: str = "", most: int = 300) -> list[str]:
        """Every text of this name, as of boxes that were ticked."""
        return [self._clean(value, called or name, most) for value in self.form.getlist(name)]

    def number(
        self, name: str, called: str = "", low: float = -math.inf, high: float = math.inf, unit: str = ""
    ) -> float | None:
        """A number between `low` and `high`; None where the field is empty.

        Raises
        ------
        BadInput
            It is none, or outside.
        """
        typed, called = self.text(name, called, 40), called or name
        if not typed:
            return None
        number = number_of(typed, called)
        if not low <= number <= high:
            limits = {"field": called, "typed": typed, "low": f"{low:g}", "high": f"{high:g}", "unit": unit}
            raise BadInput(_("%(field)s: %(typed)s is not between %(low)s and %(high)s %(unit)s").rstrip() % limits)
        return number

    def whole(self, name: str, called: str = "", low: int = -(2**31), high: int = 2**31 - 1) -> int | None:
        """A whole number between `low` and `high`; None where the field is empty."""
        number = self.number(name, called, low, high)
        if number is not None and number != int(number):
            raise BadInput(_("%(field)s: %(typed)s is not a whole number") % {"field": called, "typed": number})
        return None if number is None else int(number)

    def mass_kg(
        self, name: str, called: str = "", low_kg: float = 0.0, high_kg: float = 1000.0, before: float | None = None
    ) -> float | None:
        """A mass in kg, typed in the unit that the reader has chosen; `before` itself where its text is unchanged."""
        if before is not None and self.text(name) == self.units.field_of(before):
            return before
        low, high = (float(self.units.mass_number(kg)) for kg in (low_kg, high_kg))
        number = self.number(name, called, low, high, self.units.mass)
        return None if number is None else self.units.kg(number)

    def chosen(self, name: str, of: tuple[str, ...], called: str = "") -> str | None:
        """One of a list's values; None where nothing was chosen."""
        typed = self.text(name, called)
        if typed and typed not in of:
            raise BadInput(_("%(field)s: choose one of the list") % {"field": called or name})
        return typed or None

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return bool(self.form.get(name))

    @staticmethod
    def _clean(value: str | UploadFile | None, called: str, most: int) -> str:
        if value is None:
            return ""
        if isinstance(value, UploadFile):
            raise BadInput(_("%(field)s: a text was asked for, not a file") % {"field": called})
        text = value.replace("\r\n", "\n").strip()
        if any((ord(letter) < 32 and letter not in "\n\t") or "\ud800" <= letter < "\ue000" for letter in text):
            raise BadInput(_("%(field)s: holds a letter that no text may; type it anew") % {"field": called})
        if len(text) > most:
            raise BadInput(_("%(field)s: has more than %(most)s letters; shorten it") % {"field": called, "most": most})
        return text


async def _fields(request: Request, units: Shown) -> Fields:
    form = await request.form()
    # A form keeps the unit that it was shown in: another tab may have chosen the other one since.
    shown_in = form.get("mass_unit")
    return Fields(form, units_named(shown_in) if isinstance(shown_in, str) else units)


Sent = Annotated[Fields, Depends(_fields)]
"""The fields of the form that was sent."""
