"""What a `result.json` holds of repetitions and gaps, checked, for comparing it with others."""

import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from statistics import fmean
from typing import Any, Literal, Self, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from legato.errors import BadInput
from legato.estimate import Estimate

SCHEMA = "legato.analysis/1"

_LARGEST = 1e100
"""[ENG] Nothing measured is as large, and its square is still a number."""

_ROUNDED = 1e-8
"""Of numbers that a result tells to ten figures the relative error of a mean."""

_NUMBERS = ("level", "load_kg", "mass_kg", "height_m")
"""Settings that are calculated with."""


Band: TypeAlias = tuple[float | None, float | None]
"""Lower and upper edge, None where open."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Number(_Record):
    """A value with its interval."""

    value: float
    low: float
    high: float
    unit: str = ""

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if not self.low <= self.value <= self.high:
            raise ValueError("lies outside its own interval")
        if max(abs(self.low), abs(self.high)) > _LARGEST:
            raise ValueError("is too large to be calculated with")
        return self

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return 0.5 * (self.high - self.low)

    def estimate(self, of: float, level: float, unit: str = "") -> Estimate:
        """The number, whose interval is one at the level `of`, at another level."""
        return Estimate(self.value, self.low, self.high, of, unit or self.unit).at_level(level)


class RepRecord(_Record):
    """A repetition; `metrics` by name. Without times where a list of another device tells none."""

    index: int
    start_s: float | None = None
    end_s: float | None = None
    complete: bool
    marks: dict[str, float] = Field(default_factory=dict)
    metrics: dict[str, Number | None] = Field(default_factory=dict)


class RepGapRecord(_Record):
    """A gap in one repetition."""

    rep: int
    gap_s: Number | None = None


class GapRecord(_Record):
    """A gap of the chain; `of_set` is the set's mean."""

    from_link: str = Field(alias="from")
    to_link: str = Field(alias="to")
    event: str
    quantity: str = ""
    per_rep: tuple[RepGapRecord, ...] = ()
    of_set: Number | None = Field(default=None, alias="set")
    band_s: Band | None = None
    grade: str | None = None
    primary: bool = False
    verdict: str = ""
    reason: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same gap in another result."""
        return self.from_link, self.to_link, self.event

    @property
    def target_s(self) -> Band | None:
        """The band that it is judged by: none where no source supports it (grade N), or the best evidence is against it
        (grade X).
        """
        return None if self.grade in ("N", "X") else self.band_s


class OrderRecord(_Record):
    """How often the links moved in their order."""

    share_in_order: Number | None = None
    n: int = 0
    reason: str | None = None


class GainRecord(_Record):
    """The gain of speed from one link to the next in one repetition."""

    rep: int
    from_link: str = Field(alias="from")
    to_link: str = Field(alias="to")
    gain: Number | None = None


class ChainRecord(_Record):
    """The chain."""

    gaps: tuple[GapRecord, ...] = ()
    order: OrderRecord | None = None
    transfers: tuple[GainRecord, ...] = ()


class RepMeasureRecord(_Record):
    """A coordination number in one repetition."""

    rep: int
    value: Number | None = None


class MeasureRecord(_Record):
    """A coordination number; `of_set` is the set's mean, or what only a set has."""

    subject: str
    plane: str | None = None
    side: str | None = None
    phase: str
    measure: str
    of_set: Number | None = Field(default=None, alias="set")
    n: int = 0
    per_rep: tuple[RepMeasureRecord, ...] = ()

    @property
    def key(self) -> tuple[str, str | None, str | None, str, str]:
        """What makes it the same number in another result."""
        return self.subject, self.plane, self.side, self.phase, self.measure


class CoordinationRecord(_Record):
    """How the joints moved together."""

    measures: tuple[MeasureRecord, ...] = ()


class RepLoadRecord(_Record):
    """The share of the load on the left foot in one repetition, 0 to 1."""

    rep: int
    left: Number | None = None


class LoadShareRecord(_Record):
    """The share of the load on each foot."""

    per_rep: tuple[RepLoadRecord, ...] = ()


class ForcesRecord(_Record):
    """The force plates."""

    load_share: LoadShareRecord | None = None


class FindingRecord(_Record):
    """A fault's number, whatever the verdict on it. `compares_sides`: it is right less left, so that its side only says
    which of the two has more; None where an older result does not tell.
    """

    fault: str
    name: str = ""
    kind: str = ""
    side: str | None = None
    unit: str = ""
    measures: str = ""
    about: str = ""
    verdict: str = ""
    measured: Number | None = None
    band: Band | None = None
    band_from: str | None = None
    band_grade: str | None = None
    why: str = ""
    compares_sides: bool | None = None
    per_rep: tuple[RepMeasureRecord, ...] = ()

    @property
    def part(self) -> str:
        """The side or contact that the number is of, empty where it is of none."""
        return "" if self.compares_sides else self.side or ""

    @property
    def of(self) -> str:
        """Which joint, links or muscle the number is of, where that may be another one another time."""
        return "" if self.part else self.about

    @property
    def values(self) -> list[Number]:
        """The number in each repetition that has one."""
        return [row.value for row in self.per_rep if row.value is not None]

    @property
    def of_repetitions(self) -> bool:
        """Whether the set's number is the mean of its repetitions, and no slope, ratio or share of the set."""
        values = [number.value for number in self.values]
        if self.kind in ("drift", "order") or (self.kind == "spread" and self.unit == "1"):
            return False
        if self.measured is None or not values:
            return self.measured is None
        size = max(abs(self.measured.value), *map(abs, values))
        return abs(fmean(values) - self.measured.value) <= _ROUNDED * size

    @property
    def target(self) -> Band | None:
        """The stated band that it is judged by: none where it is the athlete's own or a choice without a source, or
        where the evidence does not support it.
        """
        return self.band if self.band_from == "default" and self.band_grade in ("A", "B", "C", "D") else None


class PlacementRecord(_Record):
    """Of a segment the markers, and the distance between each two of them, m."""

    markers: tuple[str, ...] = ()
    distances_m: tuple[float, ...] = ()


class BodyRecord(_Record):
    """The body: what it was read from, where its markers sit, and lengths that it keeps, m."""

    source: str = ""
    marker_set: str = ""
    placement: dict[str, PlacementRecord] = Field(default_factory=dict)
    lengths: dict[str, Number] = Field(default_factory=dict)


class MovementRecord(_Record):
    """Which movement, and the checksum of its entry."""

    id: str
    name: str = ""
    checksum: str = ""


class InputRecord(_Record):
    """A file of the trial."""

    path: str = ""
    sha256: str


class Result(_Record):
    """A `result.json`; `name` is the file's own name, with its folder's where it is `result.json`."""

    format: Literal["legato.analysis/1"] = Field(alias="schema")
    legato_version: str
    settings: dict[str, Any]
    movement: MovementRecord
    corrections: tuple[dict[str, Any], ...] = ()
    inputs: tuple[InputRecord, ...] = ()
    reps: tuple[RepRecord, ...] = ()
    chain: ChainRecord | None = None
    coordination: CoordinationRecord | None = None
    forces: ForcesRecord | None = None
    findings: tuple[FindingRecord, ...] = ()
    body: BodyRecord = BodyRecord()
    name: str = ""

    @field_validator("settings")
    @classmethod
    def _numbers(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name in _NUMBERS:
            held = value.get(name)
            if held is None and (name != "level" or name not in value):
                continue
            if isinstance(held, bool) or not isinstance(held, int | float) or not 0.0 <= held < 1e9:
                raise ValueError(f"{name} is no number that a setting can have")
            if name == "level" and not 0.0 < held < 1.0:
                raise ValueError("level lies between 0 and 1")
        return value

    @property
    def files(self) -> frozenset[str]:
        """Checksums of the files it was made from."""
        return frozenset(file.sha256 for file in self.inputs)

    @property
    def level(self) -> float:
        """Of its intervals."""
        return float(self.settings.get("level", 0.90))

    def setting(self, name: str) -> Any:
        """A setting as it is held against another result's: one load of all repetitions once, however many they are."""
        value = self.settings.get(name)
        return value[:1] if name == "loads_kg" and isinstance(value, list) and len(set(value)) == 1 else value

    @property
    def whole_reps(self) -> tuple[RepRecord, ...]:
        """The repetitions that are judged."""
        return tuple(rep for rep in self.reps if rep.complete)

    @property
    def gaps(self) -> tuple[GapRecord, ...]:
        """The gaps of the chain, the primary one first."""
        return () if self.chain is None else self.chain.gaps

    @property
    def measures(self) -> tuple[MeasureRecord, ...]:
        """The coordination numbers."""
        return () if self.coordination is None else self.coordination.measures

    def fault_numbers(self) -> dict[tuple[str, str], FindingRecord]:
        """The numbers of faults by fault and side; the side is empty where a fault has one number, and only names the
        side that has more of it.
        """
        once = {f.fault for f in self.findings if sum(f.fault == g.fault for g in self.findings) == 1}
        untold = {f.fault for f in self.findings if f.compares_sides is None and f.fault in once}
        return {(f.fault, "" if f.fault in untold else f.part): f for f in self.findings}

    def metric_names(self) -> tuple[str, ...]:
        """Metrics that can be set against another recording's: all but instants of this recording's own clock."""
        names = dict.fromkeys(name for rep in self.reps for name in rep.metrics)
        return tuple(name for name in names if not self._is_instant(name))

    def unit_of(self, name: str) -> str:
        """Unit of a metric."""
        return next((m.unit for rep in self.reps if (m := rep.metrics.get(name)) is not None), "")

    def _is_instant(self, name: str) -> bool:
        seen = [(rep, m) for rep in self.reps if (m := rep.metrics.get(name)) is not None]
        return bool(seen) and all(m.unit == "s" and m.value in rep.marks.values() for rep, m in seen)


_Read = TypeVar("_Read", bound=Result)


def read_result(source: str | PathLike[str] | Mapping[str, Any], name: str = "") -> Result:
    """A `result.json` from its file, from the folder that holds it, or as a mapping.

    Raises
    ------
    BadInput
        It cannot be read or is none; the message begins with the file.
    """
    return read_result_as(Result, source, name)


def read_result_as(model: type[_Read], source: str | PathLike[str] | Mapping[str, Any], name: str = "") -> _Read:
    """The same, as a `model` that holds more of it.

    Raises
    ------
    BadInput
        It cannot be read or is none; the message begins with the file.
    """
    if isinstance(source, Mapping):
        return _checked(model, source, name or "the result", name)
    path = Path(source)
    if path.is_dir():
        path /= "result.json"
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror}); give a result.json") from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise BadInput(f"{path}: is no JSON, or not all of it; give a result.json") from None
    # All analyses of a day have that name: the folder tells them apart.
    name = f"{path.parent.name}/{path.name}" if path.name == "result.json" and path.parent.name else path.name
    return _checked(model, record, str(path), name)


def _checked(model: type[_Read], record: Any, where: str, name: str) -> _Read:
    found = record.get("schema") if isinstance(record, Mapping) else None
    if found != SCHEMA:
        raise BadInput(f"{where}: is no result of Legato ({SCHEMA}); give a result.json that `legato analyze` wrote")
    try:
        return model.model_validate({**record, "name": name})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "the file as a whole"
        raise BadInput(f"{where}: field {field}: {first['msg']}; analyse the recording again") from None
