"""What a layout file says: where the columns of a table lie and what each of them measures."""

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from legato.errors import BadInput
from legato.formats._units import to_si
from legato.messages import fields_at, nearest, toml_fault, wrong_value
from legato.recording import StreamKind

_LARGEST_BYTES = 1_000_000


def _is_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression ({error})") from None
    return text


def _is_unit(text: str) -> str:
    if text and text != "frame" and to_si(text) is None:
        raise ValueError(f"{text!r} is no unit that Legato knows")
    return text


Pattern = Annotated[str, AfterValidator(_is_pattern)]
Unit = Annotated[str, AfterValidator(_is_unit)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MatchSpec(_Data):
    """How a layout knows its file. Everything named must hold; a layout without it is used with `--layout` only.

    `preamble`: patterns, each found in a line above the header. `file_name`: a pattern found in the file's name.
    `only`: no other columns than those the layout names. `gravity`: three channels whose median length is that of
    gravity.
    `most_rows`: a table with more rows is another one. `rising`: all numbers rise along each row and from row to row.
    """

    preamble: tuple[Pattern, ...] = ()
    file_name: Pattern = ""
    only: bool = True
    gravity: tuple[str, ...] = ()
    most_rows: int | None = None
    rising: bool = False


class TableSpec(_Data):
    """Where the table lies. Rows count from 1; without `header_row` the header is the first row that has the columns,
    0 says there is none. `device_row`: above the header stands a row with the device of each group of columns.
    `until_blank`: the table ends at the first blank line.
    """

    delimiter: Literal["auto", ",", ";", "tab", "blank"] = "auto"
    decimal: Literal[".", ","] = "."
    header_row: int | None = Field(default=None, ge=0, le=1000)
    units_row: int | None = Field(default=None, ge=1, le=1000)
    units_below: bool = False
    device_row: bool = False
    data_row: int | None = Field(default=None, ge=1, le=1000)
    skip_rows: int = Field(default=0, ge=0, le=20)
    missing: tuple[float | str, ...] = ()
    until_blank: bool = False


class TimeSpec(_Data):
    """The clock: a column (a pattern of its name) and its unit, a rate, or a pattern of the preamble whose group is
    the rate. `each`: every column goes by the time column before it.
    """

    column: Pattern = ""
    unit: Unit = "s"
    rate_hz: float | None = Field(default=None, gt=0.0, lt=1e6)
    rate_pattern: Pattern = ""
    each: bool = False

    @model_validator(mode="after")
    def _is_time(self) -> "TimeSpec":
        si = to_si(self.unit)
        if self.unit != "frame" and (si is None or si[1] != "s"):
            raise ValueError(f"time unit {self.unit!r} is no time")
        return self


class ColumnSpec(_Data):
    r"""One column, or all whose whole name a pattern matches. `channel`, `plate` and `axis` may hold groups of it
    (`\1`).

    `sign` is −1 where the file counts the other way round; `factor` multiplies what the unit does not cover. `plate`,
    `quantity`, `axis` and `side` tell what a column of a force plate measures. `step`: every value is a multiple of
    it (the
    sensor's resolution). `low`, `high`: where values lie at all, in the file's unit. Both are checked before a
    built-in
    layout is used.
    """

    name: str = ""
    pattern: Pattern = ""
    position: int | None = Field(default=None, ge=1)
    channel: str = ""
    stream: str = ""
    kind: StreamKind | Literal["auto"] = "auto"
    unit: Unit = ""
    factor: float = 1.0
    sign: Literal[1, -1] = 1
    plate: int | str | None = None
    quantity: Literal["", "force", "moment", "point"] = ""
    axis: str = ""
    side: Literal["", "left", "right"] = ""
    muscle: str = ""
    event: str = ""
    context: str = ""
    skip: bool = False
    required: bool = True
    step: float | None = Field(default=None, gt=0.0)
    low: float | None = None
    high: float | None = None

    @model_validator(mode="after")
    def _names_one_way(self) -> "ColumnSpec":
        if sum((bool(self.name), bool(self.pattern), self.position is not None)) != 1:
            raise ValueError("a column has exactly one of name, pattern and position")
        if self.kind in ("markers", "rotations"):
            raise ValueError(f"kind {self.kind} cannot come from single columns; give the markers as TRC or C3D")
        return self

    def match(self, label: str, position: int) -> re.Match[str] | None:
        """The match of this rule with the column `label` at `position` (from 1)."""
        if self.position is not None:
            return re.match("", label) if position == self.position else None
        return re.fullmatch(self.pattern or re.escape(self.name), label)


class Layout(_Data):
    """A table's layout. `rows` says what one row is: a sample, events, or a repetition. `up` is the axis of the file
    that points up. `source` says where the layout is described.
    """

    id: str
    name: str
    source: str = ""
    note: str = ""
    rows: Literal["samples", "events", "reps"] = "samples"
    up: Literal["", "+X", "-X", "+Y", "-Y", "+Z", "-Z"] = ""
    match: MatchSpec | None = None
    table: TableSpec = TableSpec()
    time: TimeSpec = TimeSpec()
    column: tuple[ColumnSpec, ...] = Field(min_length=1)


def read_layout_file(path: str | PathLike[str]) -> Layout:
    """The layout that a person wrote.

    Raises
    ------
    BadInput
        The file cannot be read, is no TOML, or says something that no layout says; the message names the place.
    """
    path = Path(path)
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise BadInput(f"{path.name}: larger than a layout is; give the layout's TOML, not the recording")
        text = path.read_text(encoding="utf-8-sig")
        record = tomllib.loads(text)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror or error}); check the path of the layout") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput(
            f"{path.name}: not valid TOML: {toml_fault(error)}, or draft it anew with `legato layout FILE`"
        ) from None
    return _checked(record, path.name)


def _checked(record: dict[str, Any], name: str) -> Layout:
    try:
        return Layout.model_validate(record)
    except ValidationError as error:
        # A misspelt field is both unknown and missing; the former tells more.
        errors = error.errors(include_url=False)
        worst = cast("Mapping[str, Any]", min(errors, key=lambda e: e["type"] != "extra_forbidden"))
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise BadInput(f"{name}: {_said(worst)}{more}; a layout is explained in docs/recordings.md") from None


def _said(error: Mapping[str, Any]) -> str:
    """What is wrong, and where: `[[column]] 2, kind: 'emgs' does not fit; give …`."""
    loc = cast("tuple[str | int, ...]", error["loc"])
    parts: list[str] = []
    for part in loc:
        if isinstance(part, int):
            parts[-1:] = [f"[[{parts[-1]}]] {part + 1}"]
        else:
            parts.append(part)
    if len(parts) > 1 and parts[0] in ("match", "table", "time"):
        parts[0] = f"[{parts[0]}]"
    place = ", ".join(parts) or "the file"
    if error["type"] == "missing":
        return f"{place} is missing; add it"
    if error["type"] == "extra_forbidden":
        return f"{place} is not known here; {nearest(str(loc[-1]), fields_at(Layout, loc))}"
    return f"{place}: {wrong_value(error, _WANTED)}"


_WANTED = {"too_short": "one [[column]] or more", "tuple_type": "[[column]] tables"}


@lru_cache(maxsize=1)
def built_in_layouts() -> tuple[Layout, ...]:
    """The layouts that come with the package, by name of their file."""
    folder = files("legato.formats") / "layouts"
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(_checked(tomllib.loads(f.read_text("utf-8")), f.name) for f in found)
