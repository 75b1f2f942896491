"""The sheet that one person fills in for one athlete: written blank, and read with a line and a fix for every slip."""

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta
from os import PathLike
from pathlib import Path
from typing import Any, cast

from legato.errors import BadInput
from legato.faults.assessments.catalogue import load_assessment
from legato.faults.assessments.model import Assessment, Item, Quantity, amount
from legato.messages import nearest, toml_fault, toml_slip
from legato.toml_lines import Lines

SIDES = ("right", "left")
NOT_SEEN = "not seen"
NOT_ASKED = "not asked"

_HEAD = ("assessment", "rater", "rater_is", "seen", "athlete", "date")
_TABLES = ("items", "numbers", "questions")
_RATERS = ("coach", "athlete", "other")
_WAYS = ("live", "video", "slow motion")
_UNITS = {"deg": "degrees", "1": "a plain number", "N.m/kg": "N·m/kg"}
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,31}")
_LEAST_OTHERS = 10
"""People that a reference must be of; fewer say too little of its SD. [ENG]"""
_MOST_OTHERS = 10_000_000
_LEAST_SIZE = 1e-4
"""Share of all that a reading can be, below which no error or SD of it lies. [ENG]"""
_LARGEST_BYTES = 1_000_000
_ONE_DAY = timedelta(days=1)
"""Elsewhere on Earth it may be tomorrow already."""

EYES = (
    "A rating is what one person saw, not a measurement. Eyes miss much: on film of squats physiotherapists needed a"
    " backward tilt of the pelvis of 34 degrees to tell it (Falk 2021)."
)
"""What stands on every checklist (methods 0.7)."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Mean and SD of `n` others, with where they are from."""

    mean: float
    sd: float
    n: int
    source: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as one person filled it in.

    `ratings`: 0, 1, 2, or None for what was not seen, by item. `readings`: by number and side (empty without sides), in
    the number's unit; `errors`: half-widths that the sheet gives in place of the assessment's own. `answers`: by
    question, None where it was not asked.
    """

    name: str
    assessment: Assessment
    rater: str
    rater_is: str
    seen: str
    athlete: str
    date: str
    ratings: Mapping[str, int | None]
    readings: Mapping[tuple[str, str], tuple[float, ...]]
    errors: Mapping[str, float]
    references: Mapping[str, Reference]
    answers: Mapping[str, int | None]

    @property
    def subject(self) -> tuple[str, str]:
        """Whose performance it is, and of which day: what other raters' sheets share."""
        return self.athlete, self.date


def blank_sheet(spec: Assessment) -> str:
    """The text of a sheet to fill in, TOML."""
    lines = [f"# {spec.name}: {spec.summary}", "#"]
    lines += [f"# {k}. {step}" for k, step in enumerate(spec.instructions, start=1)]
    if spec.film is not None:
        film = spec.film
        lines.append(
            f"# Film: {' and '.join(film.views)}, {film.least_s:g} to {film.most_s:g} s, {film.least_rate_hz:g} frames"
            f" a second or more, {film.least_reps} repetitions or more, the whole body in view."
        )
    lines += [f"# {note}" for note in (*([EYES] if spec.items else []), *spec.notes)]
    lines += [
        "",
        f'assessment = "{spec.id}"',
        'rater = ""          # a code for the one who fills this in, such as R1; no name is needed',
        f'rater_is = "coach"  # {", ".join(_RATERS)}',
        *([f'seen = "video"      # {", ".join(_WAYS)}'] if spec.items else []),
        'athlete = ""        # a code, such as A07; no name is needed',
        'date = ""           # the day the athlete did it, as 2026-11-22; the same on the sheets of all raters',
    ]
    if spec.items:
        lines += ["", "[items]", f'# Each is 0, 1, 2 or "{NOT_SEEN}".']
        for item in spec.items:
            lines += ["", f"# {item.asks} (from the {_from(item)})"]
            lines += [f"#   {k} = {anchor}" for k, anchor in enumerate(item.anchors)]
            lines.append(f'{item.id} = ""')
    for number in spec.numbers:
        lines += ["", *_blank_number(number)]
    if spec.questions:
        lines += ["", "[questions]"]
        for question in spec.questions:
            lines += [
                f"# {question.asks} {question.low} = {question.least_means}, {question.high} = {question.most_means}",
                f'{question.id} = "{NOT_ASKED}"',
            ]
    return "\n".join(lines) + "\n"


def _from(item: Item) -> str:
    return {"45 degrees": "side and front, at 45 degrees"}.get(item.view, item.view)


def _blank_number(number: Quantity) -> list[str]:
    recorded = f", or given by a recording of {' or '.join(number.movements)}" if number.reads else ""
    asked = "all readings" if number.least_readings == 1 else f"all readings, {number.least_readings} or more"
    lines = [
        f"[numbers.{number.id}]",
        f"# {number.name}: {number.how}{recorded}.",
        f"# In {_UNITS.get(number.unit, number.unit)}, {asked}, in brackets: [1, 2].",
    ]
    lines += [f"{side} = []" for side in SIDES] if number.sides else ["readings = []"]
    if not number.error_is_share and number.error:
        lines.append(
            f"# error = {number.error:g}  # how far a reading may be off, {number.unit}, where you know better"
        )
    if number.reference:
        lines.append('# reference = { mean = 0.0, sd = 1.0, n = 30, source = "where it is from" }')
    return lines


def read_sheet(path: str | PathLike[str], own: Sequence[Assessment] = ()) -> Sheet:
    """A filled-in sheet from its file.

    Parameters
    ----------
    path
        Of the sheet.
    own
        A coach's own assessments, beside those of the library.

    Raises
    ------
    BadInput
        It cannot be read, or something in it does not fit: file, line, field and what to do are named.
    """
    file = Path(path)
    try:
        if file.stat().st_size > _LARGEST_BYTES:
            raise BadInput(f"{file}: {file.stat().st_size} bytes is too long for a sheet")
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{file}: cannot be read ({error.strerror}); give a sheet of `legato assess sheet`") from None
    except UnicodeDecodeError as error:
        raise BadInput(f"{file}: not valid TOML: {toml_fault(error)}") from None
    return parse_sheet(str(file), text, own)


def parse_sheet(name: str, text: str, own: Sequence[Assessment] = ()) -> Sheet:
    """A filled-in sheet from its text, TOML, which errors call `name`.

    Raises
    ------
    BadInput
        Something in it does not fit: name, line, field and what to do are told.
    """
    try:
        record = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(toml_slip(name, text, error)) from None
    return _Reader(name, text, record, own).sheet()


class _Reader:
    """Takes a sheet apart, and knows on which line what stands."""

    def __init__(self, name: str, text: str, record: dict[str, Any], own: Sequence[Assessment]) -> None:
        self.name, self.record, self.own = name, record, own
        self.at = Lines(name, text)

    def wrong(self, place: tuple[str, ...], said: str) -> BadInput:
        """The refusal, at the line of the field or of the nearest table around it."""
        return BadInput(f"{self.at(place)}: {'.'.join(place)} {said}")

    def sheet(self) -> Sheet:
        told = self.record.get("assessment")
        if not isinstance(told, str):
            raise self.wrong(("assessment",), 'is missing; add the line assessment = "dowel-hinge", or which it is')
        try:
            spec = load_assessment(told, self.own)
        except BadInput as error:
            raise self.wrong(("assessment",), f"does not fit: {error}") from None
        self._known((), self.record, (*_HEAD, *_TABLES))
        readings, errors, references = self._numbers(spec)
        return Sheet(
            name=self.name,
            assessment=spec,
            rater=self._code("rater", "R1"),
            rater_is=self._one_of("rater_is", _RATERS),
            seen=self._one_of("seen", _WAYS) if spec.items or "seen" in self.record else "",
            athlete=self._code("athlete", "A07"),
            date=self._date(),
            ratings=self._ratings(spec),
            readings=readings,
            errors=errors,
            references=references,
            answers=self._answers(spec),
        )

    def _known(self, place: tuple[str, ...], table: Mapping[str, Any], names: tuple[str, ...]) -> None:
        for name in table:
            if name not in names:
                raise self.wrong((*place, name), f"is not known here; {nearest(name, names)}")

    def _table(self, name: str) -> dict[str, Any]:
        found = self.record.get(name, {})
        if not isinstance(found, dict):
            raise self.wrong((name,), f"is a table; begin it with a line [{name}]")
        return cast("dict[str, Any]", found)

    def _code(self, field: str, such_as: str) -> str:
        told = self.record.get(field)
        if not isinstance(told, str) or not _CODE.fullmatch(told.strip()):
            shown = "is empty" if told in (None, "") else f"{told!r:.40} does not fit"
            raise self.wrong((field,), f'{shown}; give a short code in quotes, such as "{such_as}"')
        return told.strip()

    def _one_of(self, field: str, names: tuple[str, ...]) -> str:
        told = self.record.get(field)
        if told not in names:
            raise self.wrong((field,), f"{'is missing' if told is None else repr(told)}; give {', '.join(names)}")
        return str(told)

    def _date(self) -> str:
        told = self.record.get("date")
        try:
            day = told if type(told) is Date else Date.fromisoformat(str(told))
        except ValueError:
            raise self.wrong(("date",), "is no day; give the day the athlete did it, as 2026-11-22") from None
        if day > Date.today() + _ONE_DAY:
            raise self.wrong(("date",), f"{day.isoformat()} is yet to come; give the day the athlete did it")
        return day.isoformat()

    def _ratings(self, spec: Assessment) -> dict[str, int | None]:
        table = self._table("items")
        self._known(("items",), table, tuple(item.id for item in spec.items))
        found: dict[str, int | None] = {}
        for item in spec.items:
            told, place = table.get(item.id), ("items", item.id)
            if told is None or told == "":
                raise self.wrong(place, f'is not rated; give 0, 1, 2 or "{NOT_SEEN}"')
            if told == NOT_SEEN:
                found[item.id] = None
            elif isinstance(told, int) and not isinstance(told, bool) and told in (0, 1, 2):
                found[item.id] = told
            else:
                raise self.wrong(place, f'{told!r:.40} does not fit; give 0, 1, 2 or "{NOT_SEEN}"')
        return found

    def _answers(self, spec: Assessment) -> dict[str, int | None]:
        table = self._table("questions")
        self._known(("questions",), table, tuple(question.id for question in spec.questions))
        found: dict[str, int | None] = {}
        for question in spec.questions:
            told = table.get(question.id, NOT_ASKED)
            if told in (NOT_ASKED, ""):
                found[question.id] = None
            elif isinstance(told, int) and not isinstance(told, bool) and question.low <= told <= question.high:
                found[question.id] = told
            else:
                raise self.wrong(
                    ("questions", question.id),
                    f'{told!r:.40} does not fit; give {question.low} to {question.high} or "{NOT_ASKED}"',
                )
        return found

    def _numbers(
        self, spec: Assessment
    ) -> tuple[dict[tuple[str, str], tuple[float, ...]], dict[str, float], dict[str, Reference]]:
        table = self._table("numbers")
        self._known(("numbers",), table, tuple(number.id for number in spec.numbers))
        readings: dict[tuple[str, str], tuple[float, ...]] = {}
        errors: dict[str, float] = {}
        references: dict[str, Reference] = {}
        for number in spec.numbers:
            if number.id not in table:
                continue
            place, row = ("numbers", number.id), table[number.id]
            if not isinstance(row, dict):
                raise self.wrong(place, f"is a table; begin it with a line [numbers.{number.id}]")
            row = cast("dict[str, Any]", row)
            lists = SIDES if number.sides else ("readings",)
            self._known(place, row, (*lists, "error", *(("reference",) if number.reference else ())))
            for side in lists:
                found = self._readings(number, (*place, side), row.get(side, []))
                if found:
                    readings[number.id, side if number.sides else ""] = found
            if "error" in row:
                errors[number.id] = self._size(number, (*place, "error"), row["error"])
            if "reference" in row:
                references[number.id] = self._reference(number, (*place, "reference"), row["reference"])
        return readings, errors, references

    def _readings(self, number: Quantity, place: tuple[str, ...], told: Any) -> tuple[float, ...]:
        rows = cast("list[Any]", told) if isinstance(told, list) else [told]
        found: list[float] = []
        for one in rows:
            if not isinstance(one, int | float) or isinstance(one, bool) or not math.isfinite(one):
                raise self.wrong(place, f"{one!r:.40} does not fit; give numbers in brackets: [1, 2]")
            if not number.low <= one <= number.high:
                raise self.wrong(
                    place,
                    f"{amount(one, number.unit)} cannot be; give {number.low:g} to {amount(number.high, number.unit)}",
                )
            found.append(float(one))
        return tuple(found)

    def _size(self, number: Quantity, place: tuple[str, ...], told: Any) -> float:
        """An error or SD, which is no larger than all that a reading can be and not nothing beside it."""
        most = number.high - number.low
        if not isinstance(told, int | float) or isinstance(told, bool) or not _LEAST_SIZE * most <= told <= most:
            fits = f"give a number from {_LEAST_SIZE * most:g} to {amount(most, number.unit)}"
            raise self.wrong(place, f"{told!r:.40} does not fit; {fits}")
        return float(told)

    def _reference(self, number: Quantity, place: tuple[str, ...], told: Any) -> Reference:
        form = '{ mean = 120, sd = 35, n = 40, source = "our squad" }'
        row = cast("dict[str, Any]", told) if isinstance(told, dict) else {}
        if set(row) != {"mean", "sd", "n", "source"}:
            raise self.wrong(place, f"needs mean, sd, n and source: {form}")
        mean, sd = row["mean"], self._size(number, (*place, "sd"), row["sd"])
        if not isinstance(mean, int | float) or isinstance(mean, bool) or not number.low <= mean <= number.high:
            fits = f"give {number.low:g} to {amount(number.high, number.unit)}"
            raise self.wrong((*place, "mean"), f"{mean!r:.40} does not fit; {fits}")
        n = row["n"]
        if not isinstance(n, int) or isinstance(n, bool) or not _LEAST_OTHERS <= n <= _MOST_OTHERS:
            raise self.wrong(
                (*place, "n"), f"{n!r:.40} does not fit; give how many people it is of, at least {_LEAST_OTHERS}"
            )
        if not isinstance(row["source"], str) or not row["source"].strip():
            raise self.wrong((*place, "source"), "is empty; say where the reference is from")
        return Reference(float(mean), sd, n, row["source"].strip())
