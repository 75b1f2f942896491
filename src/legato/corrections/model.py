"""What a person may correct: the schema of `corrections.toml`, and what became of each correction."""

import datetime
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from legato.movements.link_spec import EventKind

SCHEMA = "legato.corrections/1"

_DECIMALS = 5
"""Of a time, s: far below a frame, and few enough to pass through `result.json` unchanged."""


def _rounded(value: float) -> float:
    return round(value, _DECIMALS) + 0.0


def _as_text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else value


Time: TypeAlias = Annotated[float, Field(ge=-1e5, le=1e5, allow_inf_nan=False), AfterValidator(_rounded)]
"""Time from the recording's start, s."""

Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=200)]
Remark: TypeAlias = Annotated[str | None, Field(max_length=1000), BeforeValidator(_as_text)]
Checksum: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{8,64}$")]


class _Correction(BaseModel):
    """`sha256` is the checksum, or its first eight or more digits, of a file of the trial that this was made for."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    who: Remark = None
    when: Remark = None
    why: Remark = None
    sha256: Checksum | None = None


class _OfRep(_Correction):
    """`at_s`: any time inside the repetition as it stands after the corrections above this one."""

    at_s: Time


class _OfStretch(_Correction):
    """`start_s` to `end_s`, either left out where it does not change (or where everything is meant)."""

    start_s: Time | None = None
    end_s: Time | None = None

    @model_validator(mode="after")
    def _has_length(self) -> "_OfStretch":
        _in_order(self.start_s, self.end_s)
        return self


class _WholeStretch(_Correction):
    """`start_s` to `end_s`."""

    start_s: Time
    end_s: Time

    @model_validator(mode="after")
    def _has_length(self) -> "_WholeStretch":
        _in_order(self.start_s, self.end_s)
        return self


def _in_order(start_s: float | None, end_s: float | None) -> None:
    if start_s is not None and end_s is not None and end_s <= start_s:
        raise ValueError(f"end_s {end_s:g} does not come after start_s {start_s:g}")


class MoveRep(_OfRep, _OfStretch):
    """Another start, turning point or end of a repetition; its marks and phases are read anew in between."""

    do: Literal["move-rep"]
    turn_s: Time | None = None

    @model_validator(mode="after")
    def _moves_something(self) -> "MoveRep":
        if self.start_s is None and self.turn_s is None and self.end_s is None:
            raise ValueError("give start_s, turn_s or end_s")
        return self


class AddRep(_WholeStretch):
    """A repetition that was not found; `side` where the movement is made on either."""

    do: Literal["add-rep"]
    turn_s: Time | None = None
    side: Literal["right", "left"] | None = None


class DeleteRep(_OfRep):
    """A repetition that is none."""

    do: Literal["delete-rep"]


class RelabelRep(_OfRep):
    """Whether a repetition is whole (and so judged), which side made it, or a name for it."""

    do: Literal["relabel-rep"]
    complete: bool | None = None
    side: Literal["right", "left"] | None = None
    label: Name | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "RelabelRep":
        if self.complete is None and self.side is None and self.label is None:
            raise ValueError("give complete, side or label")
        return self


class SetMark(_OfRep):
    """Another time of a repetition's mark, or a mark that it lacks."""

    do: Literal["move-mark", "add-mark"]
    mark: Name
    time_s: Time


class DeleteMark(_OfRep):
    """A mark that is none."""

    do: Literal["delete-mark"]
    mark: Name


class RelabelMark(_OfRep):
    """Another name of a mark."""

    do: Literal["relabel-mark"]
    mark: Name
    to: Name


class MovePhase(_OfRep, _OfStretch):
    """Another start or end of a phase; the phases beside it stay."""

    do: Literal["move-phase"]
    phase: Name

    @model_validator(mode="after")
    def _moves_something(self) -> "MovePhase":
        if self.start_s is None and self.end_s is None:
            raise ValueError("give start_s or end_s")
        return self


class AddPhase(_OfRep, _WholeStretch):
    """A phase that was not found."""

    do: Literal["add-phase"]
    phase: Name


class DeletePhase(_OfRep):
    """A phase that is none."""

    do: Literal["delete-phase"]
    phase: Name


class RelabelPhase(_OfRep):
    """Another name of a phase."""

    do: Literal["relabel-phase"]
    phase: Name
    to: Name


class MoveEvent(_Correction):
    """Another time of an event that the file brought; `at_s` is its old one."""

    do: Literal["move-event"]
    event: Name
    at_s: Time
    time_s: Time


class AddEvent(_Correction):
    """An event that the file lacks."""

    do: Literal["add-event"]
    event: Name
    time_s: Time
    context: str = ""


class DeleteEvent(_Correction):
    """An event of the file that is none."""

    do: Literal["delete-event"]
    event: Name
    at_s: Time


class RelabelEvent(_Correction):
    """Another name of an event of the file."""

    do: Literal["relabel-event"]
    event: Name
    at_s: Time
    to: Name


class SetLinkEvent(_OfRep):
    """Another time of a link's event, or one that was not told; `error_s` is the half-width (90 %) of what the reader
    may err. `at_s`: any time inside the repetition as it stands after all corrections.
    """

    do: Literal["set-link-event"]
    link: Name
    event: EventKind
    time_s: Time
    error_s: Annotated[float, Field(gt=0.0, le=10.0, allow_inf_nan=False), AfterValidator(_rounded)] | None = None


class DeleteLinkEvent(_OfRep):
    """An event of a link that is not there."""

    do: Literal["delete-link-event"]
    link: Name
    event: EventKind


class _OfChannel(_Correction):
    """`stream` is needed only where several streams have a channel of that name."""

    channel: Name
    stream: Name | None = None


class RenameChannel(_OfChannel):
    """Another name of a marker or channel."""

    do: Literal["rename-channel"]
    to: Name


class DropChannel(_OfChannel, _OfStretch):
    """A marker or channel that is not to be used, over a stretch or altogether."""

    do: Literal["drop-channel"]


class SwapChannels(_OfChannel, _OfStretch):
    """Two markers or channels whose samples change places, over a stretch or altogether."""

    do: Literal["swap-channels"]
    other: Name


Correction: TypeAlias = Annotated[
    MoveRep
    | AddRep
    | DeleteRep
    | RelabelRep
    | SetMark
    | DeleteMark
    | RelabelMark
    | MovePhase
    | AddPhase
    | DeletePhase
    | RelabelPhase
    | MoveEvent
    | AddEvent
    | DeleteEvent
    | RelabelEvent
    | SetLinkEvent
    | DeleteLinkEvent
    | RenameChannel
    | DropChannel
    | SwapChannels,
    Field(discriminator="do"),
]


class Corrections(BaseModel):
    """A file of corrections, worked through from top to bottom.

    `sha256` holds for each correction that names no file of its own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    format: Literal["legato.corrections/1"] = Field(default=SCHEMA, alias="schema")
    sha256: Checksum | None = None
    correction: tuple[Correction, ...] = ()

    def file_of(self, correction: Correction) -> str | None:
        """The checksum that a correction was made for."""
        return correction.sha256 or self.sha256


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a correction: `applied`, or `no-longer-fits` with the reason. `sha256` is the file it was made
    for, empty where nobody said.
    """

    correction: Correction
    state: Literal["applied", "no-longer-fits"]
    reason: str = ""
    sha256: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The record that `result.json` holds."""
        record = self.correction.model_dump(exclude_none=True)
        said = {name: record.pop(name) for name in ("who", "when", "why") if name in record}
        record.pop("sha256", None)
        return {
            "do": record.pop("do"),
            **record,
            **said,
            "sha256": self.sha256 or None,
            "state": self.state,
            "reason": self.reason or None,
        }


class Unfit(Exception):
    """A correction meets nothing that it could change; the message says why."""
