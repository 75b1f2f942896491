"""Numbers that mean the same thing in several activities, and what a result says of each."""

import math
import statistics
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from legato.compare.differences import LEAST_SHARE, fixed_part
from legato.compare.results import GapRecord, Number, Result
from legato.estimate import LEVEL, Estimate
from legato.evidence import spread_estimate
from legato.evidence.differences import variance
from legato.evidence.reliability import dof_of_spread

_LEAST_FOR_SPREAD = 3
"""Repetitions from which an SD is told. [ENG]"""


class Comparable(BaseModel):
    """A row of the table; what each field says stands at the head of `activities.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    unit: Literal["deg", "s", "1"]
    reading: Literal["metric", "sides", "gap", "measure", "gain", "load", "order", "timing", "tempo"]
    why: str = Field(min_length=1)
    metric: tuple[str, ...] = ()
    from_link: str = Field(default="", alias="from")
    to_link: str = Field(default="", alias="to")
    event: str = ""
    turned: bool = False
    subject: str = ""
    measure: str = ""
    phases: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()
    placed: bool = True
    carry: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        needs = {
            "metric": self.metric, "sides": self.metric, "gap": self.from_link and self.to_link and self.event,
            "gain": self.from_link and self.to_link, "measure": self.subject and self.measure and self.phases,
        }  # fmt: skip
        if self.reading in needs and not needs[self.reading]:
            raise ValueError(f"{self.id}: a reading of the kind {self.reading} lacks what it is read from")
        return self


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of one activity and day, or the reason why there is none.

    `estimate` is the set's mean with its interval. For carry-over: `number` (of spreads its logarithm), the squared
    error `variance` that repetitions leave, its degrees of freedom, and the SD `placed_sd` that repeating does not
    lessen. `variance` is NaN where one repetition says nothing of it.
    """

    estimate: Estimate | None
    n: int = 0
    reason: str = ""
    number: float = math.nan
    variance: float = math.nan
    dof: float = 0.0
    placed_sd: float = 0.0


@cache
def comparables() -> tuple[Comparable, ...]:
    """The rows, in their order."""
    text = files("legato.compare").joinpath("activities.toml").read_text(encoding="utf-8")
    return tuple(Comparable.model_validate(row) for row in tomllib.loads(text)["metric"])


def read_cell(row: Comparable, result: Result) -> Cell:
    """What the result says of a row."""
    activity = result.movement.id
    if activity in row.not_in or (row.only and activity not in row.only):
        return Cell(None, reason="means another thing in this activity")
    if row.reading == "order":
        return _order(result)
    if row.reading == "gap":
        return _gap(row, result)
    if row.reading == "timing":
        return _timing(result)
    if row.reading == "tempo":
        return _tempo(result)
    return _of_reps(_values(row, result), result, row)


def _values(row: Comparable, result: Result) -> list[tuple[float, float]]:
    """Value and half-width of each whole repetition that has one."""
    whole = {rep.index for rep in result.whole_reps}
    if row.reading == "metric":
        name = next((n for n in row.metric if any(rep.metrics.get(n) for rep in result.whole_reps)), "")
        return _pairs([rep.metrics.get(name) for rep in result.whole_reps])
    if row.reading == "sides":
        right, left = (f"{row.metric[0]}_{side}" for side in ("right", "left"))
        ends = [(rep.metrics.get(right), rep.metrics.get(left)) for rep in result.whole_reps]
        both = [(one, two) for one, two in ends if one is not None and two is not None]
        return [(one.value - two.value, math.hypot(one.half_width, two.half_width)) for one, two in both]
    if row.reading == "gain":
        passed = () if result.chain is None else result.chain.transfers
        found = [t for t in passed if (t.from_link, t.to_link) == (row.from_link, row.to_link) and t.rep in whole]
        return _pairs([t.gain for t in found])
    if row.reading == "load":
        share = None if result.forces is None else result.forces.load_share
        loads = _pairs([r.left for r in share.per_rep if r.rep in whole] if share is not None else [])
        return [(1.0 - 2.0 * left, 2.0 * half) for left, half in loads]
    of = [m for m in result.measures if (m.subject, m.measure) == (row.subject, row.measure)]
    found = next((m for phase in row.phases for m in of if m.phase == phase and m.of_set is not None), None)
    return [] if found is None else _pairs([r.value for r in found.per_rep if r.rep in whole])


def _pairs(numbers: Sequence[Number | None]) -> list[tuple[float, float]]:
    return [(n.value, n.half_width) for n in numbers if n is not None]


def _of_reps(found: list[tuple[float, float]], result: Result, row: Comparable) -> Cell:
    count = len(result.whole_reps)
    if not found:
        return Cell(None, reason="not measured, or no number of this activity")
    if len(found) < LEAST_SHARE * count:
        return Cell(None, len(found), f"measured in {len(found)} of {count} whole repetitions")
    return _mean(found, result, row.unit, placed=row.placed)


def _mean(found: Sequence[tuple[float, float]], result: Result, unit: str, *, placed: bool) -> Cell:
    fixed = Estimate.symmetric(0.0, statistics.median(half for _, half in found), level=result.level)
    return set_mean([value for value, _ in found], fixed.at_level(LEVEL).half_width, unit, placed=placed)


def metric_mean(result: Result, name: str) -> Estimate | None:
    """The mean of a metric over the whole repetitions; None where fewer than `LEAST_SHARE` of them have it."""
    found = _pairs([rep.metrics.get(name) for rep in result.whole_reps])
    if not found or len(found) < LEAST_SHARE * len(result.whole_reps):
        return None
    return _mean(found, result, result.unit_of(name), placed=True).estimate


def set_mean(values: Sequence[float], fixed: float, unit: str, *, placed: bool) -> Cell:
    """The mean of repetitions; `fixed` is the half-width, at the usual level, that repeating does not lessen."""
    from scipy.special import stdtrit

    n, middle = len(values), statistics.fmean(values)
    if n < 2:
        return Cell(Estimate.symmetric(middle, fixed, unit), n, number=middle, placed_sd=_sd(fixed) if placed else 0.0)
    square = variance(values) / n
    random = float(stdtrit(n - 1, 0.5 + 0.5 * LEVEL)) * math.sqrt(square)
    estimate = Estimate.symmetric(middle, math.hypot(random, fixed), unit)
    return Cell(estimate, n, "", middle, square, n - 1.0, _sd(fixed) if placed else 0.0)


def _sd(half_width: float) -> float:
    return half_width / statistics.NormalDist().inv_cdf(0.5 + 0.5 * LEVEL)


def _gap(row: Comparable, result: Result) -> Cell:
    sign, gap = 1.0, _find(result, row.from_link, row.to_link, row.event)
    if gap is None and row.turned:
        sign, gap = -1.0, _find(result, row.to_link, row.from_link, row.event)
    if gap is None:
        return Cell(None, reason="no such pair of links in this activity")
    values = [sign * rep.gap_s.value for rep in gap.per_rep if rep.gap_s is not None]
    if gap.of_set is None:
        return Cell(None, len(values), gap.reason or "the set's mean could not be resolved")
    told = Estimate(gap.of_set.value, gap.of_set.low, gap.of_set.high, result.level, row.unit).scaled(sign)
    fixed = Estimate.symmetric(0.0, fixed_part(gap.of_set, values, result.level), level=result.level)
    cell = set_mean(values, fixed.at_level(LEVEL).half_width, row.unit, placed=row.placed) if values else Cell(None)
    return Cell(told.at_level(LEVEL), len(values), "", cell.number, cell.variance, cell.dof, cell.placed_sd)


def _find(result: Result, first: str, second: str, event: str) -> GapRecord | None:
    return next((gap for gap in result.gaps if gap.key == (first, second, event)), None)


def _order(result: Result) -> Cell:
    order = None if result.chain is None else result.chain.order
    if order is None or order.share_in_order is None:
        return Cell(None, reason=(order and order.reason) or "no order of these links has a source")
    share = order.share_in_order
    return Cell(Estimate(share.value, share.low, share.high, result.level, "1").at_level(LEVEL), order.n)


def _timing(result: Result) -> Cell:
    gap = next((g for g in result.gaps if g.primary), None)
    if gap is None or gap.of_set is None:
        return Cell(None, reason="no primary gap was resolved")
    return _spread([rep.gap_s.value for rep in gap.per_rep if rep.gap_s is not None], 1.0, "s")


def _tempo(result: Result) -> Cell:
    values = [m.value for rep in result.whole_reps if (m := rep.metrics.get("duration_s")) is not None]
    if not values:
        return Cell(None, reason="not measured, or no number of this activity")
    return _spread(values, statistics.fmean(values), "1")


def _spread(values: Sequence[float], over: float, unit: str) -> Cell:
    """The SD of repetitions over a number; as its logarithm for carry-over, whose error is 1 / (2 dof)."""
    if len(values) < _LEAST_FOR_SPREAD:
        return Cell(None, len(values), f"{len(values)} repetitions; a spread takes {_LEAST_FOR_SPREAD}")
    seen = np.asarray(values, dtype=np.float64)
    sd = float(seen.std(ddof=1))
    if not sd > 0.0 or not over > 0.0:
        return Cell(None, len(values), "the repetitions do not differ")
    dof = dof_of_spread([seen], len(values) - 1.0)
    return Cell(
        spread_estimate(sd, dof, unit).scaled(1.0 / over), len(values), "", math.log(sd / over), 0.5 / dof, math.inf
    )
