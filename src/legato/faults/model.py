"""What a fault file holds, and a finding: one fault judged in one recording."""

import hashlib
import math
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, field_validator, model_validator

from legato.chain.model import Verdict
from legato.estimate import Estimate
from legato.movements.link_spec import EventKind
from legato.movements.window_spec import ClaimId, Data, Grade

Kind: TypeAlias = Literal["order", "lead", "band", "drift", "hold", "share", "spread", "contact"]
"""What a fault asks: the `order` of events; which of two comes first, or by how much (`lead`); a number inside a
`band`; its `drift` over the set or with the load; a posture lost for a while (`hold`); one number as a `share` of
another; its `spread` from repetition to repetition; a `contact` that opens.
"""

Reading: TypeAlias = Literal[
    "above", "below", "off", "rise", "fall", "peak", "trough", "range", "change", "value_at", "largest_size", "mean",
    "rms", "drift", "duration", "held", "failure",
]  # fmt: skip

Side: TypeAlias = Literal["none", "right", "left", "mean", "each", "difference"]
Beyond: TypeAlias = Literal["above", "below", "outside"]
Step: TypeAlias = Literal["green", "amber", "red"]
"""How far a number has gone: short of `amber`, between that and the band's edge, beyond the edge."""

Unit: TypeAlias = Literal["deg", "m", "s", "ms", "%", "1", "N", "W", "J", "deg/s", "m/s"]

OPENING, WORK, RETURN = "opening", "work", "return"
"""Phases by what they are: the first one, those that drive, those that come back under control."""

STANDING, BEFORE, OUTSET = "standing", "before", "outset"
"""The mark at which a lift stands upright, or where a movement starts that never does; the first still stretch of the
rest before a phase, up to 2 s ahead of it, which holds no lead of what comes first; the instant at which the signal of
`until` sets off, which may lie before the phase.
"""


class When(Data):
    """The instant at which `signal` has gone a `share` of its largest way from where it started."""

    signal: str
    side: Literal["none", "right", "left", "mean"] = "none"
    share: Annotated[float, Field(gt=0, lt=1)]


class Measure(Data):
    """A number of each repetition, read from a signal of the body, or the largest of several `signals`.

    `rise`, `fall`: the most that the signal goes up, or down, from where it was earlier in the phase. `above`, `below`,
    `off`: the most that it exceeds, falls below, or lies to either side of its own value at the mark `at`, for at least
    `for_s`. Others as the metrics of movement files. `within`: a phase, `rep`, or by what it is: `opening` (the first),
    `work`, `return`. `side`: `each` gives a number a side, `difference` right less left. `until`: only up to that
    instant. `of_maximum`: as a share of the athlete's own maximum of that angle, %.
    """

    signal: str = ""
    signals: tuple[str, ...] = ()
    reading: Reading
    within: str = "rep"
    at: str = STANDING
    for_s: Annotated[float, Field(ge=0)] = 0.0
    side: Side = "none"
    unit: Literal["deg", "m", "s", "deg/s", "m/s"] = "deg"
    until: When | None = None
    of_maximum: bool = False

    @property
    def read(self) -> tuple[str, ...]:
        """The signals that are read."""
        return (self.signal,) if self.signal else self.signals

    @model_validator(mode="after")
    def _reads_something(self) -> "Measure":
        timed = self.reading in ("duration", "held", "failure")
        if timed != (not self.read):
            raise ValueError("give a signal to read; duration, held and failure take none")
        if self.signal and self.signals:
            raise ValueError("give signal or signals, one of both")
        if self.for_s and self.reading not in ("above", "below", "off"):
            raise ValueError("for_s goes with above, below and off")
        if timed != (self.unit == "s"):
            raise ValueError("a duration is in s, and nothing else is")
        if self.at == OUTSET and self.until is None:
            raise ValueError('at = "outset" is where the signal of until sets off; add until')
        return self


class Link(Data):
    """A link of the body and the rate that it is timed by, as in a movement's chain."""

    name: str
    quantity: Annotated[str, Field(pattern=r"_velocity$")]
    side: Literal["none", "both", "right", "left", "dominant"] = "none"


class Lead(Data):
    """The time from an event of one link to that of another, s: positive when `to` comes after `from`."""

    from_link: Link = Field(alias="from")
    to_link: Link = Field(alias="to")
    event: EventKind
    to_event: EventKind | None = None
    within: str = OPENING


class Amber(Data):
    """Where amber begins, in the fault's unit: no fault yet, and no longer green."""

    edge: Annotated[float, Field(allow_inf_nan=False)]
    source: str
    grade: Grade | Literal["ENG"]


class Band(Data):
    """What is no fault. `fault`: on which side of it one lies. `low`, `high`: the stated default, in the fault's unit;
    with neither only the athlete's own band decides. `own`: whether the athlete's own takes its place where there is a
    baseline. `least_change`: the smallest change that counts, however steady the athlete is. `amber`: where a step
    short of a fault begins.
    """

    fault: Beyond
    low: float | None = None
    high: float | None = None
    own: bool = True
    least_change: Annotated[float, Field(ge=0)] = 0.0
    source: str = ""
    grade: Grade | Literal["ENG"] | None = None
    amber: Amber | None = None

    @field_validator("low", "high")
    @classmethod
    def _is_finite(cls, value: float | None) -> float | None:
        if value is not None and not math.isfinite(value):
            raise ValueError("an open end is left out, not infinite")
        return value

    @property
    def default(self) -> tuple[float | None, float | None] | None:
        """The stated default, None where there is none."""
        return None if self.low is None and self.high is None else (self.low, self.high)

    @model_validator(mode="after")
    def _is_whole(self) -> "Band":
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low {self.low:g} lies above high {self.high:g}")
        if (self.fault == "above" and self.low is not None) or (self.fault == "below" and self.high is not None):
            edge, other = ("high", "low") if self.fault == "above" else ("low", "high")
            given = f"{other} is given" if getattr(self, edge) is None else "both are given"
            raise ValueError(f'fault = "{self.fault}" takes {edge} alone, and {given}; fault = "outside" takes both')
        if self.fault == "above" and self.default is not None and self.high is None:
            raise ValueError('fault = "above" needs high')
        if self.default is None and not self.own:
            raise ValueError("without a default the band must be the athlete's own: own = true")
        if self.default is not None and not (self.source and self.grade):
            raise ValueError('a default needs its source and grade (grade = "ENG" for your own choice)')
        return self

    @model_validator(mode="after")
    def _amber_comes_first(self) -> "Band":
        if self.amber is None:
            return self
        red = self.high if self.fault == "above" else self.low
        if self.fault == "outside" or self.own or red is None:
            raise ValueError('amber goes with a stated edge on one side: fault = "above" or "below", and own = false')
        if (self.amber.edge - red) * (1.0 if self.fault == "above" else -1.0) >= 0.0:
            raise ValueError(f"amber begins at {self.amber.edge:g}, not before the fault at {red:g}")
        return self


class Cause(Data):
    """What may lie behind a fault, and what would tell it from the others. `asks`: what is not in the recording (a
    screen, a question, a set with other loads, EMG); empty where the recording itself tells. `given_by`: what makes the
    asking needless where it was given. `drills`: those, of the fault's, that answer this cause.
    """

    cause: str
    tells: str
    asks: str = ""
    drills: tuple[str, ...] = ()
    given_by: Literal["", "loads", "series", "emg", "plates", "baseline"] = ""


class Condition(Data):
    """What must hold too: a measure that surely exceeds `least`."""

    measure: Measure
    least: float
    source: str
    grade: Grade | Literal["ENG"]


class Fault(Data):
    """A fault: what is measured, what is no fault, and what may lie behind it.

    One of `measure` (over `over` for a share), `lead`, `result` (a number that the analysis has anyway, see `RESULTS`)
    and `all_of` (other faults that must all be there). `against`: what a drift runs against. `never`: sensors that
    cannot show it, whatever they measure. `needs`: what shows it, in words. `says`: the sentence a coach reads.
    `claim`: the one of the ledger that it leans on.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    name: str
    kind: Kind
    says: str
    source: str
    grade: Grade | Literal["ENG"] | None = None
    claim: ClaimId = ""
    unit: Unit
    measure: Measure | None = None
    over: Measure | None = None
    lead: Lead | None = None
    result: str | None = None
    all_of: tuple[str, ...] = ()
    also: tuple[Condition, ...] = ()
    against: Literal["rep", "load"] = "rep"
    band: Band | None = None
    movements: tuple[str, ...] = ()
    least_reps: Annotated[int, Field(ge=1)] = 3
    never: tuple[Literal["markers", "imu", "keypoints", "angles"], ...] = ()
    needs: str
    causes: Annotated[tuple[Cause, ...], Field(min_length=1)]
    drills: tuple[str, ...] = ()

    @property
    def measures(self) -> str:
        """A short mark of what is measured, by which a baseline is seen to hold the same."""
        what = self.model_dump_json(include={"measure", "over", "lead", "result", "unit"})
        return hashlib.sha256(what.encode()).hexdigest()[:12]

    @model_validator(mode="after")
    def _is_whole(self) -> "Fault":
        given = [n for n in ("measure", "lead", "result") if getattr(self, n) is not None]
        given += ["all_of"] if self.all_of else []
        if len(given) != 1:
            raise ValueError(f"give one of measure, lead, result and all_of, not {len(given)}")
        if self.all_of:
            if self.band is not None:
                raise ValueError("all_of takes its bands from the faults it names")
            return self
        if self.band is None:
            raise ValueError("field band is missing; add [band]")
        if self.lead is not None and self.kind != "lead":
            raise ValueError('a table [lead] goes with kind = "lead"')
        if self.over is not None and (self.measure is None or self.kind != "share"):
            raise ValueError('over goes with measure and kind = "share"')
        if self.kind == "order" and self.result is None:
            raise ValueError('kind = "order" takes result = "share_in_order"')
        own = self._unit_of_value()
        if own is not None and own != self.unit:
            raise ValueError(f"unit is {self.unit}, but what is measured is in {own}")
        return self

    @property
    def compares_sides(self) -> bool:
        """Whether it is a difference of right and left, whose side only says which of the two has more."""
        return self.result == "load_share_difference" or (
            self.measure is not None and self.measure.side == "difference"
        )

    def _unit_of_value(self) -> str | None:
        if self.lead is not None:
            return "s"
        if self.measure is None:
            return None
        if self.over is not None:
            return "1"
        if self.kind == "spread":
            return "1"
        if self.measure.of_maximum:
            return "%"
        return self.measure.unit


@dataclass(frozen=True, slots=True)
class Measured:
    """A fault's number in one repetition; None, with the reason, where it was not measured. `steps`: those that its
    interval reaches, where the fault has steps. `left_s`: when a posture first left its band for good measure, from the
    start of the repetition; only where it surely did.
    """

    rep: int
    value: Estimate | None
    reason: str = ""
    steps: tuple[Step, ...] = ()
    left_s: Estimate | None = None


@dataclass(frozen=True, slots=True)
class SideThen:
    """One side of a number: what it is `now`, what is `usual` for the athlete, and the `change` from that."""

    now: Estimate
    usual: Estimate
    change: Estimate


@dataclass(frozen=True, slots=True)
class SidesOf:
    """Both sides of a number of the repetitions, by its name without the side. `shift`: how much further right lies
    above left than usual, None where that was not kept; a change smaller than `least` does not count.
    """

    name: str
    right: SideThen
    left: SideThen
    shift: Estimate | None
    least: float

    @property
    def changed(self) -> tuple[Literal["right", "left"], ...]:
        """The sides that surely changed."""
        both: tuple[tuple[Literal["right", "left"], SideThen], ...] = (("right", self.right), ("left", self.left))
        return tuple(side for side, of in both if self._counts(of.change))

    @property
    def shifted(self) -> bool:
        """Whether the difference between the sides surely changed."""
        return self.shift is not None and self._counts(self.shift)

    def _counts(self, change: Estimate) -> bool:
        return (change.low > 0.0 or change.high < 0.0) and abs(change.value) >= self.least


@dataclass(frozen=True, slots=True)
class Sides:
    """The two sides of what a finding is about, and `others` whose sides surely differ otherwise than usual."""

    own: SidesOf
    others: tuple[SidesOf, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault judged in one recording, on one side where it has sides.

    `measured` is what the set comes to, in `unit`; `per_rep` what it was made from. `band`: lower and upper edge, None
    where open; `band_from`: `own` (of `baseline`) or `default` (stated by `band_source`). `reps`: those that are surely
    outside by themselves. `why` says what was seen and what it means, `resolve` what would decide where nothing does.
    `by_same_markers`: where the markers are taken to have stayed on since the one earlier set that the band is from,
    the set's number as those markers tell it, without what their placing adds to both sets; it is what is held against
    the band, and `measured`, the number itself, has the wider interval. None elsewhere.
    `asks`: of a fault, what is still missing to tell its causes apart. `steps`: those that the set's interval reaches,
    in rising order; empty where the fault has none. `about`: which joint, links or muscle a number that the analysis
    has anyway is of. `sides`: of a difference of right and left beside the athlete's own, what each side does.
    """

    fault: Fault
    side: str
    verdict: Verdict
    measured: Estimate | None
    band: tuple[float | None, float | None] | None
    band_from: Literal["own", "default", ""]
    band_source: str
    band_grade: str
    per_rep: tuple[Measured, ...]
    n: int
    reps: tuple[int, ...]
    why: str
    resolve: str = ""
    refused: bool = False
    asks: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    about: str = ""
    sides: Sides | None = None
    by_same_markers: Estimate | None = None

    @property
    def held(self) -> Estimate | None:
        """What is held against the band."""
        return self.by_same_markers or self.measured

    @property
    def same_markers_decide(self) -> bool:
        """Whether it is a fault only by the markers that stayed on: `measured` alone does not lie beyond the band."""
        if self.verdict != "fault" or self.by_same_markers is None or self.measured is None or self.band is None:
            return False
        low, high = self.band
        return not ((high is not None and self.measured.low > high) or (low is not None and self.measured.high < low))

    @property
    def step(self) -> Step | None:
        """The step, where the interval lies in one."""
        return self.steps[0] if len(self.steps) == 1 else None

    @property
    def reps_past_green(self) -> tuple[int, ...]:
        """The repetitions that are surely amber at least."""
        return tuple(row.rep for row in self.per_rep if row.steps and "green" not in row.steps)
