"""A fault's number over a set, held against its band: a fault only where the whole interval lies beyond."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from legato.chain.model import Verdict
from legato.errors import NotResolvable
from legato.estimate import Estimate
from legato.faults.bands import BandFound, Edges
from legato.faults.model import Beyond, Measured
from legato.signals.factors import student_factor
from legato.signals.ranks import counts_of_share, jeffreys_interval
from legato.signals.sets import set_refusal

_ROUGH_REPS = (5, 10, 20, 50)
"""What a number of reps is rounded up to. [ENG] A spread seen in a handful of reps tells it no better."""


@dataclass(frozen=True, slots=True)
class SetNumber:
    """What a set comes to: its mean with the interval, how many reps it is of, the half-width that lasts over the set,
    and the SD between reps; None, with the reason, where it is refused. `counted`: it is the share of its reps, %, that
    count.
    """

    estimate: Estimate | None
    n: int
    lasting: float = 0.0
    spread: float = math.nan
    reason: str = ""
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict and, where there is none, what stands in the way and what would help."""

    verdict: Verdict
    why: str
    resolve: str = ""


def mean_of_set(rows: Sequence[Measured], least_reps: int, level: float, *, lasting: float = 1.0) -> SetNumber:
    """The mean of a set of repetitions.

    Parameters
    ----------
    rows
        The number in each repetition.
    least_reps
        Fewer are refused.
    level
        Of the interval.
    lasting
        How much of what each repetition's number may be wrong by lasts over the set and was otherwise in what the set
        is held against; the spread between repetitions always counts.
    """
    known = [row.value for row in rows if row.value is not None]
    if why := set_refusal([row.reason for row in rows if row.value is None], len(rows), "measured"):
        return SetNumber(None, len(known), reason=why)
    if len(known) < least_reps:
        return SetNumber(None, len(known), reason=f"{len(known)} of at least {least_reps} reps were measured")
    values = [e.value for e in known]
    middle, unit = statistics.fmean(values), known[0].unit
    below = statistics.fmean(e.value - e.low for e in known)
    above = statistics.fmean(e.high - e.value for e in known)
    spread = statistics.stdev(values) if len(values) > 1 else 0.0
    random = student_factor(level, len(values) - 1) * spread / math.sqrt(len(values)) if len(values) > 1 else 0.0
    below, above = lasting * below, lasting * above
    estimate = Estimate(middle, middle - math.hypot(below, random), middle + math.hypot(above, random), level, unit)
    return SetNumber(estimate, len(values), max(below, above), spread)


def judge(
    found: SetNumber,
    band: BandFound,
    beyond: Beyond,
    words: str,
    remedy: str,
    by_same_markers: SetNumber | None = None,
) -> Judged:
    """The verdict on a set.

    Parameters
    ----------
    found
        What the set comes to.
    band
        What is no fault.
    beyond
        On which side a fault lies.
    words
        The number in words, for the reason: `largest turn of the pelvis`.
    remedy
        What would measure it where it was not.
    by_same_markers
        What the set comes to as the markers that gave the band tell it, where they stayed on: held against the band in
        the place of `found`, whose interval holds what their placing adds too.
    """
    if found.estimate is None:
        return Judged("not-resolvable", f"{words}: {found.reason}", _more_reps(found.reason) or remedy)
    said = f"{words} {in_words(found.estimate, band.edges)}"
    if band.edges is None:
        return Judged("not-resolvable", f"{said}: there is no band yet", band.reason)
    low, high = band.edges
    held, whole = (found, ": the whole interval") if by_same_markers is None else (by_same_markers, ": all of that")
    estimate = held.estimate or found.estimate
    where = edges_words(band.edges, estimate.unit, found.estimate)
    if by_same_markers is not None:
        said += f", by the same markers {span_words(estimate, found.estimate, band.edges)}"
    if beyond != "below" and high is not None and estimate.low > high:
        return Judged("fault", f"{said}{whole} lies above {where}")
    if beyond != "above" and low is not None and estimate.high < low:
        return Judged("fault", f"{said}{whole} lies below {where}")
    if (high is None or estimate.high <= high) and (low is None or estimate.low >= low):
        return Judged("ok", f"{said}{whole} lies inside {where}")
    over = " reaches over" if by_same_markers is None else ", which reaches over"
    return Judged("not-resolvable", f"{said}{over} the edge of {where}", _what_helps(held, band.edges))


def outside(estimate: Estimate, edges: Edges, beyond: Beyond) -> bool:
    """Whether a whole interval lies where a fault lies."""
    low, high = edges
    above = beyond != "below" and high is not None and estimate.low > high
    return above or (beyond != "above" and low is not None and estimate.high < low)


def in_words(estimate: Estimate, edges: Edges | None = None) -> str:
    """A number with its interval and unit, which is that of the band beside it."""
    factor, unit = told_in(estimate.unit, estimate, edges)
    size = factor * max(abs(estimate.low), abs(estimate.high))
    digits = 0 if size >= 10.0 else 1 if size >= 1.0 else 2
    value, low, high = (f"{factor * x:.{digits}f}" for x in (estimate.value, estimate.low, estimate.high))
    return f"{value}{_UNITS.get(unit, f' {unit}')} ({low} to {high})"


def span_words(inner: Estimate, whole: Estimate, edges: Edges | None = None) -> str:
    """The interval of a number that is told with a wider one, as exactly as that: `7.1 to 11°`."""
    factor, unit = told_in(whole.unit, whole, edges)
    size = factor * max(abs(whole.low), abs(whole.high))
    digits = 0 if size >= 10.0 else 1 if size >= 1.0 else 2
    return f"{factor * inner.low:.{digits}f} to {factor * inner.high:.{digits}f}{_UNITS.get(unit, f' {unit}')}"


def told_in(unit: str, estimate: Estimate | None, edges: Edges | None) -> tuple[float, str]:
    """Factor and unit in which a number and its band are told: mm, and ms where all of it is below two seconds."""
    if unit != "s":
        return (1e3, "mm") if unit == "m" else (1.0, unit)
    ends = [edge for edge in edges or () if edge is not None]
    ends += [] if estimate is None else [estimate.low, estimate.high]
    return (1.0, "s") if max(map(abs, ends), default=0.0) >= _LONG_S else (1e3, "ms")


def edges_words(edges: Edges, unit: str, estimate: Estimate | None = None) -> str:
    """A band in words, for use after inside, above or below; the unit is that of the number beside it."""
    factor, shown = told_in(unit, estimate, edges)
    low, high = (None if x is None else f"{factor * x:.3g}" for x in edges)
    tail = _UNITS.get(shown, f" {shown}")
    if low is None:
        return f"the band up to {high}{tail}"
    return f"the band from {low}{tail} up" if high is None else f"the band {low} to {high}{tail}"


_LONG_S = 2.0

_UNITS = {"deg": "°", "%": " %", "1": "", "": ""}


def _more_reps(reason: str) -> str:
    return "record a longer set" if "at least" in reason and "reps" in reason else ""


def _what_helps(found: SetNumber, edges: Edges) -> str:
    """How many reps would decide, or that none suffice."""
    estimate = found.estimate
    if estimate is None:
        return ""
    if found.counted:
        return _more_counted(estimate.scaled(0.01, ""), found.n, [0.01 * edge for edge in edges if edge is not None])
    if math.isnan(found.spread):
        return "a longer set, or a further one, may decide it"
    distance = min(abs(estimate.value - edge) for edge in edges if edge is not None)
    if found.lasting >= distance:
        said = in_words(estimate, edges).split(" (")[0]
        return (
            f"no number of reps would decide it: {said} is closer to the edge than what placement of sensors and skin"
            " may add"
        )
    room = distance**2 - found.lasting**2
    for n in _ROUGH_REPS:
        if n > found.n and (student_factor(estimate.level, n - 1) * found.spread) ** 2 / n <= room:
            return f"as far as this spread can tell, about {n} reps like these would decide it"
    return f"more than {_ROUGH_REPS[-1]} reps like these would be needed"


def _more_counted(share: Estimate, n: int, edges: Sequence[float]) -> str:
    """How many reps would decide a share of them, or that none suffice."""
    surely, perhaps = counts_of_share(share, n)
    if any(surely < n * edge < perhaps for edge in edges):
        return f"no number of reps like these would decide it: {perhaps - surely} of {n} cannot be told themselves"
    for more in _ROUGH_REPS:
        low = jeffreys_interval(surely * more / n, more, share.level)[0]
        high = jeffreys_interval(perhaps * more / n, more, share.level)[1]
        if more > n and all(low >= edge or high < edge for edge in edges):
            return f"as far as this share can tell, about {more} reps like these would decide it"
    return f"more than {_ROUGH_REPS[-1]} reps like these would be needed"


def ratio_of_spreads(
    now: Sequence[float], before: Sequence[float], level: float, noise_now: float = 0.0, noise_before: float = 0.0
) -> Estimate:
    """SD of some values over that of others, without what measuring them adds.

    Parameters
    ----------
    now, before
        Two or more each.
    level
        Of the interval.
    noise_now, noise_before
        SD of one value's own error.

    Returns
    -------
    The ratio with an interval for normal values, from those of both variances (MOVER for a ratio, Donner & Zou 2012,
    Stat Methods Med Res 21:347). What measuring adds is taken out where it would make the ratio surer than it is: of
    the variance above for the low end, of that below for the high one, as part of it may be alike in all values.

    Raises
    ------
    NotResolvable
        Measuring adds as much as the values vary.
    """
    above, below = statistics.variance(now), statistics.variance(before)
    for variance, noise, whose in ((above, noise_now, "the spread"), (below, noise_before, "the baseline's spread")):
        if variance <= noise**2:
            raise NotResolvable(f"what timing them adds is as large as {whose} itself")
    tops, bottoms = _variance_ends(above, len(now), level), _variance_ends(below, len(before), level)
    low = _end_of_ratio(above - noise_now**2, max(0.0, tops[0] - noise_now**2), below, bottoms[1], -1.0)
    least = max(bottoms[0] - noise_before**2, _LEAST_OF_VARIANCE * below)
    high = _end_of_ratio(above, tops[1], max(below - noise_before**2, least), least, 1.0)
    ratio = (above - noise_now**2) / (below - noise_before**2)
    return Estimate(math.sqrt(ratio), math.sqrt(min(low, ratio)), math.sqrt(max(high, ratio)), level, "1")


_LEAST_OF_VARIANCE = 0.01
"""A true variance is taken to be no smaller a share of what was seen, so that a ratio to it stays finite. [ENG]"""


def _variance_ends(variance: float, n: int, level: float) -> tuple[float, float]:
    from scipy.special import chdtri

    tail = 0.5 * (1.0 - level)
    return (n - 1) * variance / float(chdtri(n - 1, tail)), (n - 1) * variance / float(chdtri(n - 1, 1.0 - tail))


def _end_of_ratio(top: float, top_end: float, bottom: float, bottom_end: float, sign: float) -> float:
    """The end of a ratio's interval from the matching end of the top's interval and the other one of the bottom's."""
    both = top * bottom
    inside = both**2 - top_end * bottom_end * (2.0 * top - top_end) * (2.0 * bottom - bottom_end)
    return max(0.0, (both + sign * math.sqrt(max(0.0, inside))) / (bottom_end * (2.0 * bottom - bottom_end)))
