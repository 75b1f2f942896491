"""Timing windows as a movement file holds them: between which events, how wide, on what evidence."""

import math
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Grade: TypeAlias = Literal["A", "B", "C+", "C", "D", "N", "X"]

ClaimId: TypeAlias = Annotated[str, Field(pattern=r"^(C\d{2,3})?$")]
"""A claim of the ledger that something leans on, by its id alone; empty where it leans on none."""


class Data(BaseModel):
    """A table of a movement file: nothing unknown in it, and nothing that changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MuscleEvents(Data):
    """The two events of a window that electrodes show. `from` and `to` list ids or roles of muscles, the one wanted
    most first. `to_link` is a link of the chain instead, timed at its onset; `movement` is the first link that starts.
    """

    from_muscles: tuple[str, ...] = Field(alias="from", min_length=1)
    to_muscles: tuple[str, ...] = Field(alias="to", default=())
    to_link: str = ""
    at: Literal["centre", "onset", "peak"]

    @model_validator(mode="after")
    def _one_target(self) -> "MuscleEvents":
        if bool(self.to_muscles) == bool(self.to_link):
            raise ValueError("give `to` or `to_link`, one of both")
        if self.to_link and self.at != "onset":
            raise ValueError("a link is timed at its onset, so `at` must be onset too")
        return self


class WindowSpec(Data):
    """A timing window between two events, kept as data. `band_s` is None where the window is an order or a share of a
    phase; an infinite end is open. `links` names the two links of the chain whose gap at `event` it is, `any_links`
    several such pairs, of each of which a position is told where it is there (`at`: what the gap's event is called, if
    not `event`), `muscles` the events that electrodes show, each pair judged for itself; with none of these, it needs
    other sensors. `share_in_phase` is
    the phase of which a share of the chest's activity is asked. `position_only` says why no verdict is given, whatever
    the grade. `claim`: the one of the ledger that it leans on.
    """

    id: str
    from_event: str = Field(alias="from")
    to_event: str = Field(alias="to")
    event: str
    links: tuple[str, str] | None = None
    any_links: tuple[tuple[str, str], ...] = ()
    at: str = ""
    muscles: tuple[MuscleEvents, ...] = ()
    band_s: tuple[float | None, float | None] | None = None
    band_fraction: tuple[float | None, float | None] | None = None
    share_in_phase: str = ""
    own: bool = False
    least_reps: int = 1
    position_only: str = ""
    source: str
    grade: Grade
    claim: ClaimId = ""
    note: str = ""

    @field_validator("band_s", "band_fraction")
    @classmethod
    def _open_ends(cls, band: tuple[float | None, float | None] | None) -> tuple[float | None, float | None] | None:
        if band is None:
            return None
        low, high = (None if end is None or math.isinf(end) else end for end in band)
        return low, high
