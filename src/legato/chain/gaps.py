"""Gaps between two links: each rep's own, and the set's mean, with everything that moves them."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from legato.chain.by_hand import READING
from legato.chain.links import LinkTimes
from legato.chain.model import RepGap
from legato.chain.uncertainty import NOTHING_LOCKED, Locked, locked_error, mixed_dof
from legato.estimate import Estimate
from legato.movements.model import Rep
from legato.recording import FloatArray
from legato.signals.events import zero_phase_gain
from legato.signals.factors import normal_factor, student_factor
from legato.signals.sets import set_refusal
from legato.signals.timing import TimedEvent, bias_term, noise_order


@dataclass(frozen=True, slots=True)
class GapParts:
    """One rep's gap, s, and what moves it: noise (variance, degrees of freedom), filter shifts and
    the half-width (90 %) that they stand for over the whole set, the error that all reps share, soft tissue a segment
    (signed). `apart_s`: how far a reader's error, who read only some of the reps, sets this one apart, SD.
    """

    gap_s: float = np.nan
    variance: float = np.nan
    dof: float = 1.0
    shifts_s: tuple[float, float] = (0.0, 0.0)
    shift_sds_s: tuple[float, float] = (0.0, 0.0)
    bias_s: float = 0.0
    locked: Locked = NOTHING_LOCKED
    tissue: tuple[float, ...] = ()
    apart_s: float = 0.0
    reason: str = ""

    @property
    def resolved(self) -> bool:
        """Whether there is a gap at all."""
        return self.reason == ""


@dataclass(frozen=True, slots=True)
class SetGap:
    """The mean gap of a set. `fixed_s` is the half-width that no number of reps removes, `spread_s` the SD between
    reps. `reasons`: of a refused set, why its reps were, the most common first.
    """

    estimate: Estimate | None
    n: int
    fixed_s: float = 0.0
    spread_s: float = np.nan
    reason: str = ""
    reasons: tuple[str, ...] = ()


def rep_gaps(first: LinkTimes, second: LinkTimes) -> tuple[GapParts, ...]:
    """`second` minus `first` in every rep, both timed at one cut-off.

    The bias that both share cancels, so the filter's shifts are those of the gap. Segments that both links lean on
    (the thigh in hip and knee) move both events at once: their noise enters with its covariance, their soft tissue
    with its sign.
    """
    gaps: list[GapParts] = []
    for rep, (a, b) in enumerate(zip(first.timed.events, second.timed.events, strict=True)):
        if not (a.resolved and b.resolved):
            who = first if not a.resolved else second
            why = a.reason if not a.resolved else b.reason
            gaps.append(GapParts(reason=f"{who.scan.quantity.link.replace('_', ' ')}: {why}"))
            continue
        shared = _shared_covariance(first, second, rep)
        variance = max(a.sd_s**2 + b.sd_s**2 - 2.0 * shared, 0.1 * (a.sd_s**2 + b.sd_s**2))
        square = a.sd_s**4 / first.timed.dof + b.sd_s**4 / second.timed.dof
        dof = (a.sd_s**2 + b.sd_s**2) ** 2 / square if square > 0.0 else 1e6
        names = sorted(first.shifts[rep].keys() | second.shifts[rep].keys())
        tissue = tuple(second.shifts[rep].get(n, 0.0) - first.shifts[rep].get(n, 0.0) for n in names)
        shifts, sds = _shifts(a, b)
        gaps.append(GapParts(b.time_s - a.time_s, variance, dof, shifts, sds, tissue=tissue))
    good = [g for g in gaps if g.resolved]
    bias = bias_term(np.array([g.shifts_s for g in good]), np.array([g.shift_sds_s for g in good]))
    names = first.left_over.keys() | second.left_over.keys()
    locked = locked_error([_difference(first.left_over.get(n), second.left_over.get(n)) for n in sorted(names)])
    apart = _set_apart(first, second, gaps)
    return tuple(replace(g, bias_s=bias, locked=locked, apart_s=float(s)) for g, s in zip(gaps, apart, strict=True))


def _shifts(first: TimedEvent, second: TimedEvent) -> tuple[tuple[float, float], tuple[float, float]]:
    """How far the filter moves a gap at both other cut-offs, and the SD that noise alone gives that, s. Where a person
    read one of the two events, off whatever curve, only the other's are known, and nothing cancels.
    """
    known = [
        (sign, event)
        for sign, event in ((-1.0, first), (1.0, second))
        if first.by_hand == second.by_hand or not event.by_hand
    ]
    low, high = (sum(sign * event.shifts_s[k] for sign, event in known) for k in (0, 1))
    low_sd, high_sd = (float(np.hypot.reduce([event.shift_sds_s[k] for _, event in known])) for k in (0, 1))
    return (low, high), (low_sd, high_sd)


def _set_apart(first: LinkTimes, second: LinkTimes, gaps: Sequence[GapParts]) -> FloatArray:
    """How far the errors of who read the events set each gap apart from the mean of the set, SD, s, shape (reps,)."""
    found = np.zeros(len(gaps))
    good = np.array([g.resolved for g in gaps], dtype=np.bool_)
    for times in (first, second):
        for name in {n for shifts in times.shifts for n in shifts if n.startswith(READING)} if good.any() else ():
            errors = np.array([shifts.get(name, 0.0) for shifts in times.shifts])
            found[good] += (errors[good] - errors[good].mean()) ** 2
    return np.sqrt(found)


def _difference(first: FloatArray | None, second: FloatArray | None) -> FloatArray:
    """What one segment's residuals at the events say of the gap."""
    if first is None or second is None:
        return second if first is None and second is not None else np.zeros((0, 9)) if first is None else -first
    return second - first


def _shared_covariance(first: LinkTimes, second: LinkTimes, rep: int) -> float:
    """Covariance of two events' noise through the segments that both are made of, s²."""
    a, b = first.timed.events[rep], second.timed.events[rep]
    total = 0.0
    one, two = noise_order(first.timed.kind), noise_order(second.timed.kind)
    for part in first.scan.quantity.parts:
        for other in second.scan.quantity.parts:
            if part.segment != other.segment or part.noise is None:
                continue
            freq = part.noise.freq_hz
            gains = zero_phase_gain(freq, np.array([first.timed.cutoff_hz, second.timed.cutoff_hz])).prod(axis=0)
            turned = 2.0 * np.pi * freq * (a.time_s - b.time_s) + 0.5 * np.pi * (one - two)
            weight = (2.0 * np.pi * freq) ** (one + two) * gains * np.cos(turned)
            alike = float(part.axis @ other.axis)
            total += part.weight * other.weight * alike * part.noise.variance(weight)
    return total / (a.slope * b.slope)


def rep_interval(parts: GapParts, level: float, clock_sd_s: float = 0.0) -> Estimate | None:
    """One rep's gap with its interval, s."""
    if not parts.resolved:
        return None
    z = normal_factor(level)
    noise = student_factor(level, mixed_dof(parts.variance, parts.dof, parts.locked)) * np.sqrt(parts.variance)
    bias = parts.bias_s * z / normal_factor(0.90)
    fixed = z * np.sqrt(sum(t * t for t in parts.tissue) + clock_sd_s**2)
    return Estimate.symmetric(parts.gap_s, float(np.sqrt(noise**2 + bias**2 + fixed**2)), "s", level)


def rep_gap(rep: Rep, parts: GapParts | None, level: float, clock_sd_s: float) -> RepGap:
    """A repetition's gap, or why it has none; `parts` is None for one that is not whole."""
    if parts is None:
        return RepGap(rep.index, None, rep.reason or "the rep is not complete")
    own = max(parts.variance - parts.locked.variance, 0.0) + parts.apart_s**2 if parts.resolved else 0.0
    return RepGap(rep.index, rep_interval(parts, level, clock_sd_s), parts.reason, math.sqrt(own))


def set_gap(gaps: Sequence[GapParts], level: float, clock_sd_s: float = 0.0) -> SetGap:
    """The athlete's mean gap from a set of reps: Student's interval on the spread between reps, which already holds
    each rep's noise, and the terms that repeating does not remove. One rep gives its own interval. Where more than a
    third of the reps are refused, so is the set (`set_refusal`).
    """
    good = [g for g in gaps if g.resolved]
    refused = [g.reason for g in gaps if not g.resolved]
    if why := set_refusal(refused, len(gaps)):
        return SetGap(None, len(good), reason=why, reasons=tuple(said for said, _n in Counter(refused).most_common()))
    if len(good) == 1:
        own = rep_interval(good[0], level, clock_sd_s)
        return SetGap(
            own, 1, fixed_s=_fixed(good, level, clock_sd_s), reason="one rep only: the interval is that rep's own"
        )
    values = np.array([g.gap_s for g in good])
    n = len(values)
    spread = float(np.std(values, ddof=1))
    own_noise = float(np.mean([g.variance for g in good]))
    fixed = _fixed(good, level, clock_sd_s)
    random = student_factor(level, n - 1) * spread / np.sqrt(n)
    if n <= 3:
        random = max(random, normal_factor(level) * np.sqrt(own_noise / n))
    return SetGap(
        Estimate.symmetric(float(values.mean()), float(np.hypot(random, fixed)), "s", level), n, fixed, spread
    )


def _fixed(good: Sequence[GapParts], level: float, clock_sd_s: float) -> float:
    z = normal_factor(level)
    shift = np.mean([g.shifts_s for g in good], axis=0)
    sd = np.sqrt(np.mean(np.square([g.shift_sds_s for g in good]), axis=0) / len(good))
    bias = bias_term(shift[None], sd[None]) * z / normal_factor(0.90)
    tissue = np.mean([g.tissue for g in good], axis=0) if good[0].tissue else np.zeros(0)
    locked = good[0].locked
    shared = student_factor(level, locked.dof) ** 2 * min(locked.variance, float(np.mean([g.variance for g in good])))
    return float(np.sqrt(bias**2 + shared + z**2 * (float(tissue @ tissue) + clock_sd_s**2)))
