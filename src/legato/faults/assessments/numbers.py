"""Numbers of a sheet with their intervals, and what they say beside a limit or a reference."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legato.chain.model import Verdict
from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.faults.assessments.model import Derived, Quantity, amount
from legato.faults.assessments.sheet import Reference, Sheet
from legato.signals.factors import normal_factor, student_half_width

_CENTIMETRE = 0.01

_UNLIKELY = 0.2
"""Probability with which readings scatter so much by their stated error, below which it is taken as too small. [ENG]
At 0.05 two readings that scatter three times as much as was stated are held in 79 of 100 cases, at 0.2 in 86."""


@dataclass(frozen=True, slots=True)
class NumberFound:
    """A number of one athlete on one side, SI (angles in degrees).

    `verdict` is None where no limit has a source; `ok` is enough, `fault` too little. `z`: SDs above the mean of the
    reference. `by` is the rater, or the file of a recording. `reason` says what was found or why nothing was.
    """

    id: str
    name: str
    side: str
    value: Estimate | None
    n: int
    by: str
    verdict: Verdict | None = None
    reason: str = ""
    z: Estimate | None = None
    reference: Reference | None = None


def numbers_of_sheet(sheet: Sheet, level: float = LEVEL) -> tuple[NumberFound, ...]:
    """All numbers that a sheet gives, in the order of its assessment, those made of two others last."""
    found = [
        _found(sheet, number, side, readings, level)
        for number in sheet.assessment.numbers
        for side in ("", "right", "left")
        if (readings := sheet.readings.get((number.id, side)))
    ]
    rows = [row for several in found for row in several]
    by_id = {row.id: row for row in rows if not row.side}
    for derived in sheet.assessment.derived:
        parts = [by_id.get(name) for name in (derived.top, derived.bottom)]
        if parts[0] is not None and parts[1] is not None:
            rows.append(derived_number(derived, parts[0], parts[1]))
    return tuple(rows)


def _found(
    sheet: Sheet, number: Quantity, side: str, readings: Sequence[float], level: float
) -> tuple[NumberFound, ...]:
    error = sheet.errors.get(number.id)
    if error is None:
        error = number.error * abs(float(np.mean(readings))) if number.error_is_share else number.error
    if len(readings) < number.least_readings:
        reason = f"{len(readings)} of at least {number.least_readings} readings; take the others"
        return (NumberFound(number.id, number.name, side, None, len(readings), sheet.rater, reason=reason),)
    if number.returns:
        return _returns(sheet, number, side, readings, error, level)
    value = reading_estimate(readings, error, number.unit, level)
    verdict, reason = limit_verdict(value, number)
    reference = sheet.references.get(number.id)
    z = None if reference is None else standard_score(value, reference)
    return (
        NumberFound(
            number.id, number.name, side, in_si(value), len(readings), sheet.rater, verdict, reason, z, reference
        ),
    )


def _returns(
    sheet: Sheet, number: Quantity, side: str, readings: Sequence[float], error: float, level: float
) -> tuple[NumberFound, ...]:
    absolute, constant, variable = return_errors(readings, error, number.unit, level)
    chance = error / normal_factor(level) * math.sqrt(2.0 / math.pi)
    reason = "no limit has a source: told, not judged"
    if absolute.low <= chance:
        reason = f"no larger, surely, than the reading's own error ({amount(error, number.unit)}) makes it; {reason}"
    rows = ((number.id, number.name, absolute, reason),)
    rows += ((f"{number.id}-constant", f"{number.name}, to one side (mean with sign)", constant, ""),)
    rows += ((f"{number.id}-variable", f"{number.name}, from time to time (SD)", variable, ""),)
    return tuple(
        NumberFound(name, title, side, in_si(value), len(readings), sheet.rater, reason=why)
        for name, title, value, why in rows
    )


def reading_estimate(readings: Sequence[float], error: float, unit: str, level: float = LEVEL) -> Estimate:
    """The mean of readings.

    Parameters
    ----------
    readings
        One or more.
    error
        Half-width of the interval of one reading, in its unit. What the same hand, tool and marks do wrong is the same
        in all readings, so that more of them do not shrink it; where they scatter more than it explains, they widen it.
    unit, level
        Of the estimate.
    """
    from scipy.special import chdtri

    values = np.asarray(readings, dtype=np.float64)
    mean = float(values.mean())
    if values.size < 2:
        return Estimate.symmetric(mean, error, unit, level)
    own = error / normal_factor(level)
    explained = own**2 * float(chdtri(values.size - 1, _UNLIKELY)) / (values.size - 1)
    random = student_half_width(values, level) if float(values.var(ddof=1)) > explained else 0.0
    return Estimate.symmetric(mean, math.hypot(error, random), unit, level)


def return_errors(
    errors: Sequence[float], own: float, unit: str = "deg", level: float = LEVEL
) -> tuple[Estimate, Estimate, Estimate]:
    """Absolute, constant and variable error of coming back to a posture.

    Parameters
    ----------
    errors
        Reached less target, signed, in each trial.
    own
        Half-width of the reading's own interval: the target is read once, so what it is off by is in every trial.

    Returns
    -------
    Mean size, mean with sign, and SD between trials.

    Raises
    ------
    NotResolvable
        Fewer than two trials.
    """
    from scipy.special import chdtri

    values = np.asarray(errors, dtype=np.float64)
    if values.size < 2:
        raise NotResolvable(f"{values.size} trial; an error of coming back needs several")
    sizes = np.abs(values)
    mean = float(sizes.mean())
    half = math.hypot(own, student_half_width(sizes, level))
    absolute = Estimate(mean, max(0.0, mean - half), mean + half, level, unit)
    constant = Estimate.symmetric(float(values.mean()), math.hypot(own, student_half_width(values, level)), unit, level)
    dof, tail, sd = values.size - 1, 0.5 * (1.0 - level), float(values.std(ddof=1))
    low, high = (sd * math.sqrt(dof / float(chdtri(dof, p))) for p in (tail, 1.0 - tail))
    return absolute, constant, Estimate(sd, min(low, sd), max(high, sd), level, unit)


def limit_verdict(value: Estimate, number: Quantity) -> tuple[Verdict | None, str]:
    """Whether a number is surely enough (`ok`) or surely too little (`fault`), and the reason."""
    short, enough, unit = number.short_below, number.enough_from, number.unit
    if short is None or enough is None:
        return None, "no limit has a source: told, not judged"
    asked = amount(enough, unit) if short == enough else f"{short:g} to {amount(enough, unit)}"
    if value.low >= enough:
        return "ok", f"the whole interval reaches {asked}"
    if value.high < short:
        return "fault", f"the whole interval lies below {asked}"
    if short < enough and value.low >= short and value.high < enough:
        return "not-resolvable", f"it lies inside {asked}, where the limit itself is not known better"
    return "not-resolvable", f"the interval reaches over {asked}; a tool with a smaller error may tell"


def standard_score(value: Estimate, reference: Reference) -> Estimate:
    """SDs above the mean of a reference; the interval holds the reading's error and that of the reference's own mean
    and SD, which `n` people tell.
    """
    factor = normal_factor(value.level)
    z = (value.value - reference.mean) / reference.sd
    own = value.half_width / factor / reference.sd
    spread = math.sqrt(own**2 + 1.0 / reference.n + z**2 / (2.0 * (reference.n - 1)))
    return Estimate.symmetric(z, factor * spread, "1", value.level)


def derived_number(derived: Derived, top: NumberFound, bottom: NumberFound) -> NumberFound:
    """A ratio or product of two numbers, with what it tells apart."""

    def told(value: Estimate | None, reason: str) -> NumberFound:
        return NumberFound(derived.id, derived.name, "", value, min(top.n, bottom.n), top.by, reason=reason)

    a, b = top.value, bottom.value
    if a is None or b is None:
        return told(None, top.reason or bottom.reason)
    if derived.kind == "product":
        half = math.hypot(a.half_width * b.value, b.half_width * a.value)
        return told(Estimate.symmetric(a.value * b.value, half, derived.unit, a.level), "")
    if b.low <= 0.0:
        return told(None, f"{bottom.name} may be zero, so there is no ratio; take more readings")
    ratio = a.value / b.value
    half = math.hypot(a.half_width, ratio * b.half_width) / b.value
    value = Estimate(ratio, max(0.0, ratio - half), ratio + half, a.level, derived.unit)
    return told(value, ratio_reason(value, derived))


def ratio_reason(value: Estimate, derived: Derived) -> str:
    """Which of two ways of moving a ratio shows, where it surely shows one."""
    if derived.at_most is None or derived.at_least is None:
        return ""
    if value.high <= derived.at_most:
        return f"{derived.at_most_is}: the whole interval lies at {derived.at_most:g} or below"
    if value.low >= derived.at_least:
        return f"{derived.at_least_is}: the whole interval lies at {derived.at_least:g} or above"
    if value.low > derived.at_most and value.high < derived.at_least:
        return f"between {derived.at_most_is} and {derived.at_least_is}"
    return f"not resolvable: the interval reaches over {derived.at_most:g} or {derived.at_least:g}"


def in_si(value: Estimate) -> Estimate:
    """Lengths in m; angles stay in degrees, as everywhere in results."""
    return value.scaled(_CENTIMETRE, "m") if value.unit == "cm" else value
