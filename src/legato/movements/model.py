"""What a movement file holds, and the repetitions and phases found by it."""

from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from legato.estimate import Estimate
from legato.movements.link_spec import DriveSpec, EventKind, GapSpec, LinkSpec
from legato.movements.window_spec import Data, Grade, WindowSpec
from legato.recording import Span

Sensor: TypeAlias = Literal["markers", "bar", "plate", "imu", "keypoints", "emg"]

RateClass: TypeAlias = Literal["R0", "R1", "R2", "R3"]

LEAST_RATE_HZ: MappingProxyType[str, MappingProxyType[str, float]] = MappingProxyType(
    {
        "R0": MappingProxyType({"markers": 30.0, "bar": 30.0, "imu": 30.0, "keypoints": 30.0}),
        "R1": MappingProxyType({"markers": 100.0, "bar": 100.0, "imu": 100.0, "plate": 500.0, "keypoints": 60.0}),
        "R2": MappingProxyType({"markers": 200.0, "bar": 200.0, "imu": 200.0, "plate": 1000.0, "keypoints": 120.0}),
        "R3": MappingProxyType({"markers": 200.0, "imu": 200.0}),
    }
)
"""Rates from which timing verdicts are usual, Hz, by rate class and sensor. [ENG] from the frame interval over √6
(the SD of a lag between two frames); R0 serves drift only, R3 excludes a single camera. They only warn: the interval
decides."""


class Driver(Data):
    """A signal whose excursions are the repetitions; drivers stand in order of preference.

    `signal` is `<point>_height`, `<point>_speed`, `<point>_forward`, `<segment>_axial_rate` or an angle of the body.
    `side`: the lesser of both sides (both limbs must move, so a step is no squat), their mean, one side, the dominant
    hand, or `each` side by itself (a limb drill: every repetition says whose it is). `away` is the direction in which
    the signal leaves home; `both`: positive ones are to the left, negative ones to the right, and home is zero. `least`
    is the smallest excursion that counts at all, in m, rad, m/s or (`unit = "leg"`) leg lengths; of a hold it is the
    level from which the position is taken. `why` says where that figure comes from.
    """

    signal: str
    side: Literal["none", "least", "mean", "right", "left", "dominant", "each"] = "none"
    away: Literal["up", "down", "both"]
    least: Annotated[float, Field(gt=0)]
    unit: Literal["m", "rad", "m/s", "rad/s", "leg", "N"]
    sensor: Sensor = "markers"
    why: str


class HoldSpec(Data):
    """A position that is held: from when all `signals` (those that exist) have stayed within `band` of their own start
    for `settle_s`, until one is outside for `lapse_s`. `band` in rad; `why` says where it comes from.
    """

    signals: Annotated[tuple[str, ...], Field(min_length=1)]
    band: Annotated[float, Field(gt=0)]
    settle_s: Annotated[float, Field(gt=0)] = 1.0
    lapse_s: Annotated[float, Field(gt=0)] = 0.5
    why: str


class CycleSpec(Data):
    """How excursions of the driver become repetitions.

    `anchor`: what makes a repetition: its `far` turning point (bottom of a squat), its `rise` (seat to standing,
    floor to top), a `flight` (jump), one `stride`, a `hold` (a position, see `hold`), a `plant` (change of direction)
    or a `pull` (force against what does not move). `contact` of a stride: the heel's farthest `reach` ahead of the
    pelvis, or where the foot's `speed` over the ground falls to rest (running). `keep`: share of the set's usual
    excursion below which an excursion is no repetition at all; `whole`: share below which it is partial. `returns`: a
    whole repetition ends back `home`, at `rest` at any level (a load placed on a shelf), or at the burst's end
    (`none`). `apart_s`: two excursions closer than this are one.
    """

    anchor: Literal["far", "rise", "flight", "stride", "hold", "plant", "pull"]
    contact: Literal["reach", "speed"] = "reach"
    hold: HoldSpec | None = None
    keep: Annotated[float, Field(gt=0, lt=1)] = 0.4
    whole: Annotated[float, Field(gt=0, le=1)] = 0.6
    returns: Literal["home", "rest", "none"] = "home"
    apart_s: Annotated[float, Field(ge=0)] = 0.0


GIVEN_MARKS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "flight": ("fastest_down", "contact", "bottom", "push", "take_off", "apex", "landing"),
        "stride": ("toe_off",),
        "hold": ("failure",),
        "plant": ("plant", "turn", "toe_off"),
        "pull": ("peak",),
    }
)
"""Marks that a jump, a stride, a hold, a plant and a pull have of themselves."""

MarkKind: TypeAlias = Literal[
    "leave", "reach", "turn", "depart", "return", "level", "onset", "rest", "zero", "maximum", "minimum", "reversal",
    "reversal_end", "cross", "offset",
]  # fmt: skip


class MarkSpec(Data):
    """A named instant of a repetition. Marks are worked out in order; each may refer to those before it.

    Of the driver: `leave` (last rest before it moves away), `reach` and `depart` (edges of a pause at the far point,
    else the turn), `turn`, `return` (95 % of the way back), `level` (it has moved by `by`, m, or, where the driver is
    no length, by 5 % of its way). Of another signal, the first of `signals` that exists, between the marks `after` and
    `before` (one of them may be left out: `reach_s` from the other): `onset` (its rate leaves 5 % of its peak), `rest`
    (its rate comes back to 5 % of its peak), `zero` (last sign change of its rate before it is fastest, else the last
    rest), `maximum`, `minimum`, `reversal` and `reversal_end` (its largest move in `sense` begins and ends there: a
    knee that bends again amid a pull), `cross` (it passes the signal `other`). `by`: a signal that moves less, in its
    own unit, has no such mark. `sense`: `along` is the way the trunk turns in the last 0.3 s before the far point,
    `against` the other. `offset`: the mark `of` plus `seconds`. Where it cannot be found, the mark `instead` is taken,
    if named.
    """

    name: str
    at: MarkKind
    signals: tuple[str, ...] = ()
    side: Literal["none", "least", "mean", "right", "left", "dominant"] = "none"
    sense: Literal["up", "down", "along", "against"] = "up"
    other: str | None = None
    after: str | None = None
    before: str | None = None
    reach_s: Annotated[float, Field(gt=0)] = 2.0
    of: str | None = None
    by: float = 0.0
    seconds: float = 0.0
    instead: str | None = None


class WorkingSide(Data):
    """How the data tell which leg works in a repetition of one-sided work.

    The side on which `signal` is `larger` or `smaller` at the mark `at`, where both differ by `least` (m or rad); the
    first that decides is taken, and where none does the side is left open. `why` says where the figure comes from.
    """

    signal: str
    at: str
    pick: Literal["larger", "smaller"]
    least: Annotated[float, Field(gt=0)]
    unit: Literal["m", "rad"]
    why: str


class PhaseSpec(Data):
    """A named stretch between two marks. An `optional` one is left out where it has no length (a pause).

    `effort`: `work` where the body or the load is driven, `return` where it comes back under control. A muscle of the
    one and a muscle of the other serve two efforts; without it a phase is part of those around it.
    """

    name: str
    start: str
    end: str
    optional: bool = False
    effort: Literal["work", "return"] | None = None


class MetricSpec(Data):
    """A number of each repetition.

    `mark`: when the mark was, s. `duration`: length of the phase `within`, s. `peak` and `trough`: largest and
    smallest value of a signal in it, deg; `range`: their difference. `largest_size`: largest absolute value.
    `value_at`: value at the mark `at`; `peak_over_value_at`: how far the absolute value later exceeds the one at the
    mark `at`. `mean`: over the phase; `rms`: about that mean. `change`: value at the mark `at` less that at the start.
    `drift`: slope over the phase times its length, `drift_rate`: that slope, `sway`: RMS about it. `held`: length of a
    hold; `failure`: time from its start until it failed, absent where it did not. `frequency`: repetitions a minute,
    from this one to the next. `share`: change of `signal` over its own and that of `against`. `above`, `below`, `off`:
    how far the signal goes above, below or to either side of its value at the mark `at`, and stays for `for_s`. `rise`,
    `fall`: the most that it goes up, or down, from an earlier value in the phase. `standing_share`: how much of what
    skin and model add counts, less where only a small part of the way is looked at. `side = "both"` gives one number a
    side, `own` is the side of the repetition.
    """

    name: str
    kind: Literal[
        "mark", "duration", "peak", "trough", "range", "largest_size", "value_at", "peak_over_value_at", "rate_peak",
        "mean", "rms", "change", "drift", "drift_rate", "sway", "held", "failure", "frequency", "share",
        "flight_height", "ratio", "above", "below", "off", "rise", "fall",
    ]  # fmt: skip
    signal: str = ""
    against: str = ""
    side: Literal["none", "both", "mean", "right", "left", "dominant", "own"] = "none"
    within: str = "rep"
    at: str = ""
    for_s: Annotated[float, Field(ge=0)] = 0.0
    standing_share: Annotated[float, Field(ge=0, le=1)] = 1.0
    unit: Literal["s", "deg", "m", "m/s", "deg/s", "1/min", "N", ""] = "deg"


class LoadSpec(Data):
    """Where the movement's load is carried, for what trunk and arms bear.

    `carried`: in both `hands`, on the `shoulders`, in a `rack` (on the shoulders and in the hands in turn), `none`
    where nothing is, or `outside` where more than gravity pulls (a cable, a band) or the body leans on more than its
    feet. `rests`: the load stands on the floor or a shelf as every repetition begins and ends. `supported`: the trunk
    lies on a bench. `both_feet`: body and load bear on both feet, side by side, and on nothing else.
    """

    carried: Literal["none", "hands", "shoulders", "rack", "outside"]
    rests: bool = False
    supported: bool = False
    both_feet: bool = False


class SensorNeed(Data):
    """A sensor that can serve this movement, and the rate from which its timing verdicts are usual."""

    sensor: Sensor
    rate_hz: float


class Movement(Data):
    """A movement of the library: everything that rep finding, the chain and the report need to know of it.

    `expected_order` names the links in the sourced order, empty where there is none. `band_limit_s` is the shortest
    width that a rate peak of this movement is expected to have, s: a stream with fewer than two samples in it cannot
    time that peak. `upright_start`: it starts from standing, so a rest before it may calibrate sensors on the body.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    name: str
    family: str
    summary: str
    drivers: Annotated[tuple[Driver, ...], Field(min_length=1)]
    cycle: CycleSpec
    marks: tuple[MarkSpec, ...] = ()
    phases: Annotated[tuple[PhaseSpec, ...], Field(min_length=1)]
    working_side: tuple[WorkingSide, ...] = ()
    metrics: tuple[MetricSpec, ...] = ()
    chain: tuple[LinkSpec, ...] = ()
    gaps: tuple[GapSpec, ...] = ()
    windows: tuple[WindowSpec, ...] = ()
    drive: DriveSpec | None = None
    expected_order: tuple[str, ...] = ()
    judged_event: EventKind | None = None
    filter_cutoff_hz: Annotated[float, Field(gt=0)]
    band_limit_s: Annotated[float, Field(gt=0)]
    rate_class: RateClass
    upright_start: bool = True
    load: LoadSpec | None = None
    sensors: tuple[Sensor, ...]
    view: tuple[Literal["side", "45", "front", "overhead"], ...] = ()
    axes: tuple[Literal["sagittal", "axial", "frontal"], ...]
    faults: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    source: str
    grade: Grade | None = None

    @property
    def checksum(self) -> str:
        """Of all that numbers and verdicts come from, without words and sources: another where that was edited."""
        shaping = self.model_dump_json(exclude={"name", "summary", "source", "grade"})
        return sha256(shaping.encode("utf-8")).hexdigest()[:8]

    @property
    def sensor_needs(self) -> tuple[SensorNeed, ...]:
        """The sensors that can serve, each with the rate of this movement's class; those that the class excludes are
        left out.
        """
        rates = LEAST_RATE_HZ[self.rate_class]
        return tuple(SensorNeed(sensor=s, rate_hz=rates[s]) for s in self.sensors if s in rates)

    @property
    def timed_events(self) -> dict[tuple[str, EventKind], str]:
        """The events that are told, by link and kind, with the phase that each is looked for in: every one that a gap
        names, the movement's own event for links that no gap names, and those that a link tells besides.
        """
        wanted: dict[tuple[str, EventKind], str] = {}
        for spec in self.gaps:
            for name, kind in zip((spec.from_link, spec.to_link), spec.events, strict=True):
                wanted.setdefault((name, kind), spec.phase)
        event: EventKind = self.judged_event or (self.gaps[0].event if self.gaps else "peak")
        phase = self.gaps[0].phase if self.gaps else "rep"
        for link in self.chain:
            if not any(known == link.name for known, _ in wanted):
                wanted[link.name, event] = phase
            for told in link.told:
                wanted.setdefault((link.name, told), phase)
        order = [link.name for link in self.chain]
        return dict(sorted(wanted.items(), key=lambda item: order.index(item[0][0])))

    @model_validator(mode="after")
    def _names_meet(self) -> "Movement":
        known = {"start", "end", *GIVEN_MARKS.get(self.cycle.anchor, ())} | {m.name for m in self.marks}
        spans = {"rep"} | {p.name for p in self.phases}

        def spanned(name: str) -> bool:
            return set(name.split("+")) <= spans

        links = {link.name for link in self.chain}
        asked = [(p.name, m) for p in self.phases for m in (p.start, p.end)] + [
            (m.name, m.at) for m in self.metrics if m.at
        ]
        asked += [("working_side", rule.at) for rule in self.working_side]
        for owner, mark in asked:
            if mark not in known:
                raise ValueError(f"{owner} refers to the mark '{mark}', which is not defined")
        for mark in self.marks:
            unknown = {m for m in (mark.after, mark.before, mark.of, mark.instead) if m} - known
            if unknown:
                raise ValueError(f"the mark {mark.name} refers to '{min(unknown)}', which is not defined")
        for gap in self.gaps:
            if not {gap.from_link, gap.to_link} <= links:
                raise ValueError(f"the gap {gap.from_link} to {gap.to_link} names a link that the chain lacks")
            if not (spanned(gap.phase) and spanned(gap.band_phase or "rep")):
                raise ValueError(f"the gap {gap.from_link} to {gap.to_link} names a phase that is not defined")
        for metric in self.metrics:
            if not spanned(metric.within):
                raise ValueError(f"the metric {metric.name} names a phase that is not defined")
        if self.drive is not None and not (self.drive.press in links and spanned(self.drive.within)):
            raise ValueError("the drive names a link that the chain lacks, or a phase that is not defined")
        if (self.cycle.anchor == "hold") != (self.cycle.hold is not None):
            raise ValueError('anchor = "hold" and a table [cycle.hold] go together')
        if not set(self.expected_order) <= links:
            raise ValueError("expected_order names a link that the chain lacks")
        if sum(gap.primary for gap in self.gaps) > 1 or (self.gaps and not self.gaps[0].primary):
            raise ValueError("the primary gap comes first, and there is only one")
        return self


class Rep(BaseModel):
    """One repetition: when it starts and ends (s), its phases in order, whether it is whole, and named instants
    (`bottom`). `side` is the limb or direction, where the movement has one or a person said it; `label` is what a
    person said of it. `ending` of a hold: `failed` (it drifted out of its own start band or stayed beyond it),
    `released` (given up), `ended` (one of the two; which cannot be told), `censored` (held until the recording ends).
    `told`: instants that a force plate tells, with their own intervals; `doubt_s`: half-width to be added to instants
    that the motion alone tells, s, where plates show how far off such ones are.
    """

    model_config = ConfigDict(frozen=True)
    index: int
    start_s: float
    end_s: float
    complete: bool
    phases: tuple["Phase", ...] = ()
    marks: dict[str, float] = Field(default_factory=dict)
    reason: str = ""
    side: str = ""
    label: str = ""
    ending: str = ""
    told: dict[str, Estimate] = Field(default_factory=dict[str, Estimate])
    doubt_s: dict[str, float] = Field(default_factory=dict[str, float])

    def phase(self, name: str) -> Span | None:
        """The stretch of the phase called `name`, or None. `rep` is the whole repetition, `a+b` reaches from a's
        start to b's end.
        """
        if name == "rep":
            return Span(self.start_s, self.end_s)
        found = [next((p for p in self.phases if p.name == part), None) for part in name.split("+")]
        if found[0] is None or found[-1] is None:
            return None
        return Span(found[0].start_s, found[-1].end_s)


class Phase(BaseModel):
    """A named stretch of a repetition, s from the recording's start."""

    model_config = ConfigDict(frozen=True)
    name: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class RepsResult:
    """The repetitions in order of time, the signal they were found in, the throwing side (else empty) and remarks for
    the user.
    """

    reps: tuple[Rep, ...]
    driver: str
    notes: tuple[str, ...] = ()
    side: str = ""
