"""What a trial asks and fixes before its first session, as a person writes it down."""

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from legato.errors import NotResolvable
from legato.estimate import LEVEL
from legato.evidence.trials.conditions import conditions
from legato.evidence.trials.model import ALPHA, LEAST_PAIRS, Better, Question
from legato.evidence.trials.sign_flip import least_p
from legato.messages import nearest

MOST_PAIRS = 40
"""Pairs of one trial. [ENG] Nine months with two sessions a week; the exact test and the power go as far."""

PAIN_STOPS = 5.0
"""Pain, of 10, above which a trial stops (pain-monitoring model, evidence 5.2; extrapolated)."""
PAIN_CHANGES = 3.0
"""Pain from which loads would be changed, so that a pair cannot be kept alike (the same)."""

SIZES: Mapping[str, tuple[float, float]] = {"%": (0.01, 1000.0), "": (1e-9, 1e9)}
"""Least and most that an effect or a spread can be, in % or in a number's unit. [ENG] Beyond lie slips of the pen."""
LEAST_SPREAD = 1e-3
"""Spread from session to session over the effect of interest. [ENG] Nobody's number is as steady."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


def _named(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError("use letters, digits, - and _ alone, at most 60, and no name of a person")
    return value


def _said(value: str) -> str:
    if not value.strip():
        raise ValueError("say it in words")
    return " ".join(value.split())


Words = Annotated[str, Field(max_length=600), AfterValidator(_said)]
Name = Annotated[str, AfterValidator(_named)]


def blank_request(protocol: Literal["pairs", "doses", "phases"] = "pairs") -> str:
    """A request to fill in, as TOML."""
    name = "request.toml" if protocol == "pairs" else f"request-{protocol}.toml"
    return files("legato.evidence.trials").joinpath(name).read_text(encoding="utf-8")


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Arms(_Table):
    """What is done before or during the session of each arm, in words."""

    A: Words
    B: Words


class Outcome(_Table):
    """The number that is tested. `of` names which, where the outcome takes a name (a metric, a gap, a window).

    `effect_of_interest`, `expected` (the change that the claim promises), `session_spread` (SD from session to session)
    and `detectable` are in `%` of the comparator or in the number's own unit: `effect_unit`.
    """

    id: str
    of: str = ""
    movement: str
    better: Better
    effect_of_interest: float = Field(gt=0.0)
    effect_unit: str
    expected: float | None = Field(default=None, gt=0.0)
    session_spread: float | None = Field(default=None, gt=0.0)
    detectable: float | None = Field(default=None, gt=0.0)

    @model_validator(mode="after")
    def _of_a_size(self) -> Self:
        least, most = SIZES["%" if self.relative else ""]
        for name in ("effect_of_interest", "expected", "session_spread", "detectable"):
            size = getattr(self, name)
            if size is not None and not least <= size <= most:
                raise ValueError(f"{name} = {size:g} {self.effect_unit[:20]} is no size; give {least:g} to {most:g}")
        if self.session_spread is not None and self.session_spread < LEAST_SPREAD * self.effect_of_interest:
            raise ValueError(
                "session_spread is next to nothing beside effect_of_interest, as no number of an athlete is;"
                " leave it out where it is not known"
            )
        return self

    @property
    def relative(self) -> bool:
        """Whether the effect is a share of the comparator."""
        return self.effect_unit == "%"


class NegativeControl(_Table):
    """A number of the same recordings that the exposure should leave alone, and why."""

    id: str
    of: str = ""
    why: Words


class Doses(_Table):
    """Cued lags, ms: where the claim puts the best one, what that is compared with, and the number of the recording
    that shows the lag achieved (`id`, `of`). `lag_offset_ms`: half-width of an error that all achieved lags share.
    """

    blocks: int = Field(ge=4, le=60)
    doses_ms: tuple[float, ...] = (0.0, 50.0, 100.0, 150.0, 200.0)
    band_ms: tuple[float, float]
    comparator_ms: tuple[float, ...] = (0.0,)
    lag_offset_ms: float = Field(default=0.0, ge=0.0)
    id: Literal["gap", "window"]
    of: str

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if len(set(self.doses_ms)) < len(self.doses_ms) or len(self.doses_ms) < 5 or len(self.doses_ms) > 10:
            raise ValueError("doses_ms are 5 to 10 different cued lags")
        if not self.band_ms[0] < self.band_ms[1]:
            raise ValueError("band_ms rises: where the claim puts the best lag")
        if not self.comparator_ms or not set(self.comparator_ms) <= set(self.doses_ms):
            raise ValueError("comparator_ms are among doses_ms")
        return self


class Phases(_Table):
    """Phases of sessions, B first; of a multiple baseline the movements that each have a series."""

    sessions: int = Field(ge=6, le=100)
    least: int = Field(default=3, ge=3)
    series: tuple[str, ...] = ()


class Request(_Table):
    """A trial as it is written down; `request.toml` says of each field what it means.

    `rest_range_min`: least and most rest before the test, min, of every session. `simulated`: a trial to try the tool
    out, whose days are told as one likes; it says nothing of anybody.
    """

    name: Name
    athlete: Name
    claim: str = Field(default="", pattern=r"^(C\d{2,3})?$")
    hypothesis: str = Field(default="", max_length=600)
    design: Literal["pairs", "doses", "abab", "multiple-baseline"] = "pairs"
    pairs: int | None = None
    doses: Doses | None = None
    phases: Phases | None = None
    priming: str = Field(default="", max_length=60)
    region: Literal["", "upper", "lower"] = ""
    arms: Arms | None = None
    outcome: Outcome
    measured_by: Words
    assessor_knows_arm: bool
    looks: tuple[int, ...] = ()
    simulated: bool = False
    replacements: int = Field(default=2, ge=0, le=MOST_PAIRS)
    washout_h: float = Field(default=48.0, ge=0.0, le=1000.0)
    longest_gap_h: float | None = Field(default=None, gt=0.0)
    rest_range_min: tuple[float, float] | None = None
    alpha: float = Field(default=ALPHA, gt=0.0, le=ALPHA)
    level: float = Field(default=LEVEL, ge=LEVEL, lt=1.0)
    stop_pain: float = Field(default=PAIN_STOPS, ge=0.0, le=PAIN_STOPS)
    stop_if: str = Field(default="", max_length=600)
    keep: dict[str, float | bool] = Field(default_factory=dict)
    differs_by_arm: dict[str, Literal["A", "B"]] = Field(default_factory=dict)
    corrections: Literal["none", "allowed"] = "none"
    also_same: tuple[Words, ...] = ()
    negative_control: NegativeControl | None = None
    shared_recordings: bool = False

    @field_validator("pairs")
    @classmethod
    def _enough(cls, value: int | None) -> int | None:
        if value is None:
            return None
        if value < LEAST_PAIRS:
            raise ValueError(
                f"{value} pairs can decide nothing, as fewer than {LEAST_PAIRS} reach no p below {ALPHA:g};"
                f" plan {LEAST_PAIRS} or more"
            )
        if value > MOST_PAIRS:
            raise ValueError(f"{value} pairs are more than anybody keeps up; plan {MOST_PAIRS} or fewer")
        return value

    @field_validator("keep")
    @classmethod
    def _known(cls, value: dict[str, float | bool], info: ValidationInfo) -> dict[str, float | bool]:
        del info
        for name, within in value.items():
            row = conditions().get(name)
            if row is None:
                raise ValueError(f"{name[:40]} is no condition; {nearest(name, conditions())}")
            if row.compares == "true":
                if within is not True:
                    raise ValueError(f"{name} = true is all that can be asked")
            elif isinstance(within, bool) or not 0.0 <= within < 1e6:
                raise ValueError(f"{name} takes how far apart sessions may be, such as {row.within:g}")
            elif row.compares == "share" and within > 1.0:
                raise ValueError(f"{name} is a share: write 0.05 for 5 %")
            elif within < row.most if row.compares == "least" else within > row.most:
                end = "at least" if row.compares == "least" else "at most"
                raise ValueError(f"{name} = {within:g}: such sessions are no longer alike; give {row.most:g} {end}")
        return value

    @field_validator("differs_by_arm")
    @classmethod
    def _can_differ(cls, value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        for name in value:
            row = conditions().get(name)
            if row is None or row.compares != "true":
                names = ", ".join(one.id for one in conditions().values() if one.compares == "true")
                raise ValueError(f"{name[:40]} cannot differ between the arms on purpose; only {names} can")
            if name in info.data.get("keep", {}):
                raise ValueError(f"{name} stands in keep for both arms; take it out of one of them")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.claim and not self.hypothesis.strip():
            raise ValueError("asks nothing; give a claim (see `legato claims`) or a hypothesis in words")
        if self.longest_gap_h is not None and self.longest_gap_h <= self.washout_h:
            raise ValueError("longest_gap_h must lie above washout_h, or no second session is ever in time")
        self._check_design()
        if self.rest_range_min is not None and not 0.0 <= self.rest_range_min[0] <= self.rest_range_min[1]:
            raise ValueError("rest_range_min is the least and the most rest, in minutes")
        if self.arms is not None and self.arms.A == self.arms.B:
            raise ValueError("arms A and B are the same words; say what differs")
        promised = self.outcome.expected
        if promised is not None and promised < self.outcome.effect_of_interest:
            raise ValueError("expected is less than effect_of_interest, so the claim would not even matter; give more")
        if self.outcome.relative and self.outcome.effect_of_interest >= 100.0:
            raise ValueError("effect_of_interest of 100 % or more would only be found if the number doubled; give less")
        return self

    def _check_design(self) -> None:
        """Raise `ValueError` where a design lacks what it needs, has what it does not, or can decide nothing."""
        tables = {"pairs": self.pairs, "doses": self.doses, "phases": self.phases}
        needs = "phases" if self.design in ("abab", "multiple-baseline") else self.design
        extra = [name for name, held in tables.items() if held is not None and name != needs]
        if tables[needs] is None or extra:
            words = "pairs = 8" if needs == "pairs" else f"a table [{needs}]"
            raise ValueError(f"design {self.design} takes {words}{f' and no {extra[0]}' if extra else ''}")
        if (self.arms is None) != (self.design == "doses"):
            raise ValueError("a trial of doses takes no arms" if self.arms else "say in [arms] what A and B are")
        if self.doses is not None and self.differs_by_arm:
            raise ValueError("a trial of doses has no arms that anything could differ between")
        if self.doses is not None and self.negative_control is None:
            raise ValueError("a trial of doses supports nothing without a [negative_control]; name one")
        if self.pairs is not None:
            self._check_looks(self.pairs)
        elif self.looks:
            raise ValueError("looks are for pairs")
        if self.phases is not None:
            self._check_phases(self.phases)

    def _check_looks(self, pairs: int) -> None:
        if list(self.looks) != sorted(set(self.looks)) or any(not LEAST_PAIRS <= k < pairs for k in self.looks):
            raise ValueError(f"looks are numbers of pairs, rising, from {LEAST_PAIRS} to below pairs")
        if least_p(pairs) > self.alpha / (len(self.looks) + 1):
            raise ValueError(
                f"{pairs} pairs reach p = {least_p(pairs):.2g} at best, above alpha shared over"
                f" {len(self.looks) + 1}: {self.alpha / (len(self.looks) + 1):.2g}; plan more pairs or fewer looks"
            )

    def _check_phases(self, phases: Phases) -> None:
        from legato.evidence.trials.phases import check_phases

        many = self.design == "multiple-baseline"
        if many != (len(phases.series) > 1) or len(set(phases.series)) < len(phases.series):
            raise ValueError("phases.series names two movements or more of a multiple baseline, and none otherwise")
        try:
            check_phases(self.question(""), (phases.sessions,) * self.planned, self.changes, phases.least)
        except NotResolvable as error:
            raise ValueError(str(error)) from None

    @property
    def planned(self) -> int:
        """Blocks that are planned: pairs, blocks of doses, series in phases."""
        if self.doses is not None:
            return self.doses.blocks
        return self.pairs or max(1, len(self.phases.series) if self.phases is not None else 1)

    @property
    def changes(self) -> Literal[1, 3]:
        """How often the phases change."""
        return 3 if self.design == "abab" else 1

    def question(self, unit: str) -> Question:
        """What the test is asked, in the number's `unit` or as a share."""
        per = 0.01 if self.outcome.relative else 1.0
        detectable = self.outcome.detectable
        return Question(
            effect_of_interest=per * self.outcome.effect_of_interest,
            better=self.outcome.better,
            pairs=self.planned,
            relative=self.outcome.relative,
            alpha=self.alpha,
            level=self.level,
            detectable=None if detectable is None else per * detectable,
            unit=unit,
        )


def kept(request: Request, asked: tuple[str, ...]) -> dict[str, float]:
    """How far apart the sessions of a pair may lie, by condition: what the outcome asks, and the request's own."""
    known = conditions()
    names = dict.fromkeys((*asked, *request.differs_by_arm, *request.keep))
    own = {name: float(within) for name, within in request.keep.items() if not isinstance(within, bool)}
    return {name: own.get(name, known[name].within) for name in names}
