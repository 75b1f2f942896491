"""What the API takes and gives: every field with its limits."""

import math
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeAlias, TypeVar

from fastapi import Depends, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from legato.web.of_athlete import is_name

_WHOLE = 2**53
"""Whole numbers beyond this are not the same in every program."""


def _shown(name: str) -> str:
    if not is_name(name):
        raise ValueError("is empty; give a name, or a code by which you know them")
    return name


Item = TypeVar("Item")
RowT = TypeVar("RowT")

Id: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Sha256: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), AfterValidator(_shown)]
SessionName: TypeAlias = Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S")]
Notes: TypeAlias = Annotated[str, Field(max_length=10_000)]
Sex: TypeAlias = Literal["male", "female"]
Side: TypeAlias = Literal["right", "left"]
Role: TypeAlias = Literal["trial", "static", "mvic", "submax", "no-press", "map", "layout", "delays", "video", "unused"]


def clean(value: Any) -> Any:
    """What was sent, if every text and number of it can be kept.

    Raises
    ------
    ValueError
        A text holds a letter that no text may, or a number is none or too large.
    """
    waiting: list[Any] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend([*one.keys(), *one.values()])
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, str):
            if any((ord(c) < 32 and c not in "\n\r\t") or "\ud800" <= c < "\ue000" for c in one):
                raise ValueError("a text holds a letter that no text may")
        elif isinstance(one, float) and not math.isfinite(one):
            raise ValueError("a number is not finite")
        elif isinstance(one, int) and abs(one) > _WHOLE:
            raise ValueError("a number is too large")
    return value


class Given(BaseModel):
    """What a program sends: no field beyond those that are known."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _clean(cls, value: Any) -> Any:
        return clean(value)


class Shown(BaseModel):
    """What a program gets, from a row."""

    model_config = ConfigDict(from_attributes=True)


class Told(BaseModel):
    """Why something was not possible."""

    error: str


class Listed(BaseModel, Generic[Item]):
    """A part of a list, and how many there are in all."""

    items: list[Item]
    total: int


class AthleteGiven(Given):
    """Who is measured; null is not known."""

    name: Name
    sex: Sex | None = None
    born_year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    mass_kg: Annotated[float, Field(ge=10.0, le=400.0)] | None = None
    height_m: Annotated[float, Field(ge=0.5, le=2.6)] | None = None
    side: Side | None = None
    lumbar_flexion_max_deg: Annotated[float, Field(gt=0.0, le=150.0)] | None = None
    notes: Notes = ""


class AthleteChanged(AthleteGiven):
    """The fields that change; what is left out stays."""

    name: Name = Field(default="-")
    notes: Notes = ""


class AthleteShown(Shown):
    """An athlete. `simulated` is one of the demonstration's."""

    id: Id
    name: str
    sex: str | None
    born_year: int | None
    mass_kg: float | None
    height_m: float | None
    side: str | None
    lumbar_flexion_max_deg: float | None
    notes: str
    simulated: bool
    created_at: datetime
    updated_at: datetime


class FileGiven(Given):
    """A file that was sent before, by its checksum; its name and its part in the session."""

    sha256: Sha256
    name: SessionName
    role: Role = "trial"


class FileShown(Shown):
    """A file of a session."""

    id: Id
    sha256: Sha256
    name: str
    role: str
    position: int


class FileKept(BaseModel):
    """A file that was sent. `known` is whether the same bytes were there before."""

    sha256: Sha256
    size_bytes: int
    known: bool


class _OfSession(Given):
    """What may be chosen for a session. `options` are those of `legato analyze`."""

    athlete_id: Id | None = None
    movement: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    options: dict[str, Any] = Field(default_factory=dict[str, Any])
    video_offset_s: Annotated[float, Field(ge=-86400.0, le=86400.0)] = 0.0
    notes: Notes = ""


class SessionChanged(_OfSession):
    """The fields of a session that change; what is left out stays."""

    name: SessionName = "-"
    recorded_on: date = date(2000, 1, 1)


class SessionGiven(_OfSession):
    """A new session of files that were sent before."""

    name: SessionName
    recorded_on: date
    files: Annotated[list[FileGiven], Field(min_length=1, max_length=100)]


class SessionShown(Shown):
    """A session, without what was found in it."""

    id: Id
    athlete_id: Id | None
    name: str
    recorded_on: date
    movement: str | None
    options: dict[str, Any]
    video_offset_s: float
    notes: str
    created_at: datetime


class ResultShown(Shown):
    """A result: `summary` in short, `files` what was made, by name and checksum."""

    id: Id
    session_id: Id
    key: str
    legato_version: str
    summary: dict[str, Any]
    files: dict[str, str]
    made_at: datetime


class SessionWhole(SessionShown):
    """A session with its files and its results, the newest last."""

    files: list[FileShown]
    results: list[ResultShown]


class JobGiven(Given):
    """What the worker is asked for."""

    kind: Literal["recognise", "analyse"] = "analyse"


class JobShown(Shown):
    """A piece of the worker's work: `state` is queued, running, done, failed or cancelled."""

    id: Id
    session_id: Id
    kind: str
    state: str
    said: str
    error: str
    found: dict[str, Any] | None
    attempts: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class CorrectionShown(Shown):
    """A correction by hand; one that was undone says when."""

    id: Id
    number: int
    entry: dict[str, Any]
    by: str
    at: datetime
    undone_at: datetime | None


class PlanShown(Shown):
    """A plan as `legato plan` keeps it; `why`: what changed and why; `stops`: why some of it is not to be done."""

    id: Id
    athlete_id: Id
    record: dict[str, Any]
    why: list[Any]
    stops: list[str]
    made_at: datetime


class TrialShown(Shown):
    """A trial of one."""

    id: Id
    athlete_id: Id
    name: str
    created_at: datetime


class ErasedShown(Shown):
    """What was erased: rows by table, files and their bytes; `left` says what is still there."""

    rows: dict[str, int]
    files: int
    size_bytes: int
    left: list[str]


class Window(BaseModel):
    """Which part of a list."""

    limit: int
    offset: int


def _window(
    limit: Annotated[int, Query(ge=1, le=500, description="Most that are given.")] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000, description="How many come before.")] = 0,
) -> Window:
    return Window(limit=limit, offset=offset)


Windowed = Annotated[Window, Depends(_window)]
"""Which part of a list the query asks for."""


def listed(rows: Session, wanted: Select[RowT], part: Window, *order: Any) -> tuple[Sequence[RowT], int]:
    """A part of what is wanted, in order, and how many there are in all."""
    total = rows.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    return rows.scalars(wanted.order_by(*order).limit(part.limit).offset(part.offset)).all(), total
