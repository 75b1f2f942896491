"""What earlier results say of the same: the verdict on an item's fault, and numbers of a battery or a profile."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, model_validator

from legato.errors import BadInput
from legato.estimate import LEVEL, Estimate
from legato.faults.assessments.model import Quantity
from legato.faults.judge import mean_of_set
from legato.faults.model import Measured as RepNumber

SCHEMA = "legato.analysis/1"
_LEAST_REPS = 3
"""Repetitions that a number of a set needs, as a fault does. [ENG]"""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Number(_Record):
    value: FiniteFloat
    low: FiniteFloat
    high: FiniteFloat
    unit: str = ""

    @model_validator(mode="after")
    def _lies_in_its_interval(self) -> "_Number":
        if not self.low <= self.value <= self.high:
            raise ValueError("it lies outside its interval")
        return self

    def estimate(self, level: float) -> Estimate:
        return Estimate(self.value, self.low, self.high, level, self.unit)


class _Rep(_Record):
    complete: bool = True
    side: str | None = None
    ending: str | None = None
    metrics: dict[str, _Number | None] = Field(default_factory=dict)


class _Ratio(_Record):
    of_set: _Number | None = Field(default=None, alias="set")
    reason: str | None = None


class _Transfer(_Record):
    from_link: str = Field(alias="from")
    to_link: str = Field(alias="to")
    phase: str
    ratio: _Ratio


class _Power(_Record):
    transfer: tuple[_Transfer, ...] = ()


class _Jump(_Record):
    height_impulse_m: _Number | None = None
    height_flight_m: _Number | None = None


class _Best(_Record):
    peak_force_n: _Number | None = None


class _Pull(_Record):
    best: _Best | None = None


class _Kept(_Record):
    share: _Number | None = None
    of: str = ""


class _Stand(_Record):
    ellipse_m2: _Number | None = None


class _Sway(_Record):
    per_rep: tuple[_Stand, ...] = ()


class _Forces(_Record):
    jumps: tuple[_Jump, ...] = ()
    jump_set: _Jump | None = None
    rfd: _Pull | None = None
    kept: _Kept | None = None
    sway: _Sway | None = None


class _Bar(_Record):
    velocity_loss_pct: _Number | None = None


class _Cause(_Record):
    cause: str
    tells: str = ""
    asks: str | None = None


class _Finding(_Record):
    fault: str
    name: str = ""
    kind: str = ""
    says: str = ""
    side: str | None = None
    verdict: Literal["ok", "fault", "not-resolvable"]
    measured: _Number | None = None
    by_same_markers: _Number | None = None
    band: tuple[FiniteFloat | None, FiniteFloat | None] | None = None
    unit: str = ""
    why: str = ""
    resolve: str | None = None
    causes: tuple[_Cause, ...] = ()
    asks: tuple[str, ...] = ()


class _Order(_Record):
    share_in_order: _Number | None = None


class _Gap(_Record):
    primary: bool = False
    of_set: _Number | None = Field(default=None, alias="set")
    band_s: tuple[FiniteFloat | None, FiniteFloat | None] | None = None


class _Chain(_Record):
    order: _Order | None = None
    gaps: tuple[_Gap, ...] = ()


class _Input(_Record):
    sha256: str = ""


class _Settings(_Record):
    level: Annotated[float, Field(gt=0, lt=1)] = LEVEL


class _Movement(_Record):
    id: str
    name: str = ""


class ResultFile(_Record):
    """A `result.json` as far as an assessment reads it; `name` is its file."""

    format: Literal["legato.analysis/1"] = Field(alias="schema")
    settings: _Settings = _Settings()
    movement: _Movement
    inputs: tuple[_Input, ...] = ()
    reps: tuple[_Rep, ...] = ()
    chain: _Chain | None = None
    power: _Power | None = None
    forces: _Forces | None = None
    bar: _Bar | None = None
    findings: tuple[_Finding, ...] = ()
    name: str = ""

    @property
    def level(self) -> float:
        """Of its intervals."""
        return self.settings.level


@dataclass(frozen=True, slots=True)
class Found:
    """The verdict of a detector in one recording; `value` in the fault's unit."""

    fault: str
    side: str
    verdict: Literal["ok", "fault", "not-resolvable"]
    value: Estimate | None
    unit: str
    why: str
    resolve: str
    movement: str
    result: str


@dataclass(frozen=True, slots=True)
class Measured:
    """A number of one recording; `about` says of what. None, with the reason, where it is not there."""

    value: Estimate | None
    side: str = ""
    about: str = ""
    reason: str = ""


def result_file(record: object, name: str) -> ResultFile:
    """A `result.json`, checked as far as it is read here.

    Raises
    ------
    BadInput
        It is none; the message begins with `name`.
    """
    found = record.get("schema") if isinstance(record, Mapping) else None
    if found != SCHEMA or not isinstance(record, Mapping):
        raise BadInput(f"{name}: is no result of Legato ({SCHEMA}); give a result.json that `legato analyze` wrote")
    try:
        return ResultFile.model_validate({**record, "name": name})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "the file as a whole"
        raise BadInput(f"{name}: {field} is damaged ({first['msg']}); analyse the recording again") from None


def findings_of(result: ResultFile, fault: str) -> tuple[Found, ...]:
    """What a result says of a fault, an entry a side; empty where it was not looked for."""
    return tuple(
        Found(
            fault, one.side or "", one.verdict, one.measured and one.measured.estimate(result.level), one.unit,
            one.why, one.resolve or "", result.movement.id, result.name,
        )
        for one in result.findings
        if one.fault == fault
    )  # fmt: skip


def numbers_of(result: ResultFile, reads: str) -> tuple[Measured, ...]:
    """A number of a result by its name in assessments' files."""
    return _READERS[reads](result)


def reads_of(result: ResultFile, number: Quantity) -> tuple[Measured, ...]:
    """The number of an assessment in a result; empty where the result is of another movement."""
    return numbers_of(result, number.reads) if number.reads and result.movement.id in number.movements else ()


def _jump_height(result: ResultFile) -> tuple[Measured, ...]:
    forces = result.forces
    for field, words in (("height_impulse_m", "by impulse"), ("height_flight_m", "by time of flight")):
        if forces is None:
            break
        of_set = None if forces.jump_set is None else getattr(forces.jump_set, field)
        rows = [getattr(jump, field) for jump in forces.jumps]
        if of_set is not None:
            return (Measured(of_set.estimate(result.level), about=f"{words}, mean of {len(forces.jumps)} jumps"),)
        if len(rows) == 1 and rows[0] is not None:
            return (Measured(rows[0].estimate(result.level), about=f"{words}, one jump"),)
    return _metric(result, "height_flight_m", "by time of flight from markers")


def _passed_on(result: ResultFile) -> tuple[Measured, ...]:
    """What reaches the load of all that joints generate; of several phases each."""
    steps = () if result.power is None else result.power.transfer
    whole = [step for step in steps if step.from_link == "all joints"]
    known = [step for step in whole if step.ratio.of_set is not None]
    if not known:
        why = next((step.ratio.reason for step in whole if step.ratio.reason), None)
        return (Measured(None, reason=why or "no energy was followed to a load; that takes markers and plates"),)
    return tuple(
        Measured(
            step.ratio.of_set.estimate(result.level).scaled(100.0, "%"),
            about=f"to the {step.to_link}, {step.phase.replace('_', ' ')}",
        )
        for step in known
        if step.ratio.of_set is not None
    )


def _held(result: ResultFile) -> tuple[Measured, ...]:
    """The longest hold a side; the hold that the recording cuts counts as it is, and is said."""
    found: list[Measured] = []
    sides = dict.fromkeys(rep.side or "" for rep in result.reps if rep.complete)
    for side in sides:
        mine = [
            (time, rep) for rep in result.reps
            if rep.complete and (rep.side or "") == side and (time := rep.metrics.get("held_s")) is not None
        ]  # fmt: skip
        if not mine:
            continue
        longest, rep = max(mine, key=lambda row: row[0].value)
        ended = {
            "failed": "until the posture was lost", "released": "until it was given up",
            "censored": "at least, as the recording ends before the hold does",
        }.get(rep.ending or "", "")  # fmt: skip
        about = f"the longest of {len(mine)}" + (f", {ended}" if ended else "")
        found.append(Measured(longest.estimate(result.level), side, about))
    return tuple(found) or (Measured(None, reason="no hold was found in it"),)


def _kept(result: ResultFile) -> tuple[Measured, ...]:
    kept = None if result.forces is None else result.forces.kept
    if kept is None or kept.share is None:
        return (Measured(None, reason="needs several pulls or jumps on plates in one recording"),)
    return (Measured(kept.share.estimate(result.level).scaled(100.0, "%"), about=kept.of),)


def _velocity_kept(result: ResultFile) -> tuple[Measured, ...]:
    loss = None if result.bar is None else result.bar.velocity_loss_pct
    if loss is None:
        return (Measured(None, reason="the bar's velocity was not measured over a set"),)
    return (Measured(loss.estimate(result.level).scaled(-1.0).shifted(100.0), about="of the fastest repetition"),)


def _peak_pull(result: ResultFile) -> tuple[Measured, ...]:
    best = None if result.forces is None or result.forces.rfd is None else result.forces.rfd.best
    if best is None or best.peak_force_n is None:
        return (Measured(None, reason="needs five pulls or more on plates or a load cell"),)
    return (Measured(best.peak_force_n.estimate(result.level), about="above the stand before, the best three pulls"),)


def _sway(result: ResultFile) -> tuple[Measured, ...]:
    sway = None if result.forces is None else result.forces.sway
    rows = () if sway is None else sway.per_rep
    values = [row.ellipse_m2 and row.ellipse_m2.estimate(result.level) for row in rows]
    return _mean(values, "95 % ellipse", "needs holds or stands on plates")


def _knee_over_hip(result: ResultFile) -> tuple[Measured, ...]:
    for one in findings_of(result, "knee-dominant-hinge"):
        if one.value is not None:
            return (Measured(one.value, about="as measured for the fault"),)
    return (Measured(None, reason="knees and hips were not measured from standing"),)


def _thorax_turn(result: ResultFile) -> tuple[Measured, ...]:
    sides = dict.fromkeys(rep.side or "" for rep in result.reps if rep.complete)
    found = [
        Measured(row.value, side, row.about, row.reason)
        for side in sides
        for row in _metric(result, "rotation_peak", "the largest turn", side)
    ]
    return tuple(found) or (Measured(None, reason="no whole repetition was found in it"),)


def _three_contacts(result: ResultFile) -> tuple[Measured, ...]:
    """The mean share of the repetitions' time with a dowel on head, mid-back and sacrum."""
    for name, by in (("dowel_contact", "by markers"), ("dowel_pads_contact", "by pads")):
        (found,) = _metric(result, name, by)
        if (share := found.value) is not None:
            share = Estimate(share.value, max(0.0, share.low), min(100.0, share.high), share.level, "%")
            return (replace(found, value=share),)
    return (Measured(None, reason="head, mid-back and sacrum were not all measured against a dowel"),)


def _metric(result: ResultFile, name: str, about: str, side: str | None = None) -> tuple[Measured, ...]:
    """The mean of a metric over the whole repetitions, of one side where it is given."""
    rows = [rep for rep in result.reps if rep.complete and (side is None or (rep.side or "") == side)]
    values = [(value := rep.metrics.get(name)) and value.estimate(result.level) for rep in rows]
    return _mean(values, about, f"{name.replace('_', ' ')} was not measured")


def _mean(values: Sequence[Estimate | None], about: str, missing: str) -> tuple[Measured, ...]:
    if not any(value is not None for value in values):
        return (Measured(None, reason=missing),)
    rows = [RepNumber(k, value, "" if value is not None else "not measured") for k, value in enumerate(values)]
    level = next(value.level for value in values if value is not None)
    found = mean_of_set(rows, _LEAST_REPS, level)
    if found.estimate is None:
        return (Measured(None, reason=found.reason),)
    return (Measured(found.estimate, about=f"{about}, mean of {found.n}"),)


_READERS: Mapping[str, Callable[[ResultFile], tuple[Measured, ...]]] = MappingProxyType(
    {
        "jump-height": _jump_height,
        "energy-passed-on": _passed_on,
        "held": _held,
        "force-kept": _kept,
        "velocity-kept": _velocity_kept,
        "peak-pull": _peak_pull,
        "sway": _sway,
        "knee-over-hip": _knee_over_hip,
        "thorax-turn": _thorax_turn,
        "three-contacts": _three_contacts,
    }
)
