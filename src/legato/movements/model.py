"""What a movement file holds, and the repetitions and phases found by it."""

from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from legato.recording import Span

EventKind: TypeAlias = Literal["onset", "peak", "zero"]
"""`onset`: a rate leaves rest; `peak`: its largest value; `zero`: it changes sign (an angle's turning point)."""

Grade: TypeAlias = Literal["A", "B", "C+", "C", "D", "N", "X"]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LinkSpec(_Data):
    """A link of the chain and the quantity it is read by.

    `quantity` names an own-axis rate (`pelvis_axial_velocity`, `upper_arm_swing_velocity`) or a joint rate
    (`hip_flexion_velocity`, `knee_extension_velocity`, `lumbar_flexion_velocity`); sides are resolved by `side`.
    """

    name: str
    quantity: str
    side: Literal["none", "both", "right", "left", "dominant"] = "none"


class GapSpec(_Data):
    """An expected order of two links at one event, with the band that the gap (to minus from, s) must lie in.

    `band = "order"`: 0 s and up. `band = "together"`: within ± `band_fraction` of the phase. `band = "own"`: no sourced
    order, so the athlete's own median ± smallest detectable change. Grade N or X never yields `fault`.
    """

    from_link: str = Field(alias="from")
    to_link: str = Field(alias="to")
    event: EventKind
    phase: str
    band: Literal["order", "together", "own"]
    band_fraction: float | None = None
    primary: bool = False
    source: str
    grade: Grade | None = None


class Rep(BaseModel):
    """One repetition: when it starts and ends (s), its phases in order, whether it is whole, and named instants (`bottom`)."""

    model_config = ConfigDict(frozen=True)
    index: int
    start_s: float
    end_s: float
    complete: bool
    phases: tuple["Phase", ...] = ()
    marks: dict[str, float] = Field(default_factory=dict)
    reason: str = ""

    def phase(self, name: str) -> Span | None:
        """The stretch of the phase called `name`, or None."""
        for p in self.phases:
            if p.name == name:
                return Span(p.start_s, p.end_s)
        return None


class Phase(BaseModel):
    """A named stretch of a repetition, s from the recording's start."""

    model_config = ConfigDict(frozen=True)
    name: str
    start_s: float
    end_s: float
