"""Trials in phases (ABAB, multiple baseline): the exact test over the points at which the phases could have changed."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

import numpy as np

from legato.errors import NotResolvable
from legato.estimate import Estimate
from legato.evidence.trials.model import Answer, Question, Verdict
from legato.evidence.trials.scale import amount, check, effect_of, signed, spoken, told, told_estimate
from legato.recording import BoolArray, FloatArray

Series: TypeAlias = Sequence[float | None]
"""One number a session in order of time; None: the session was held, the number is missing."""

LEAST_SESSIONS = 3
"""Of a phase (Kratochwill et al. 2010, What Works Clearinghouse: with reservations; five without)."""

MOST_DRAWS = 1_000_000
"""Ways to draw the points that are counted out."""

MOST_MISSING = 1.0 / 3.0
"""Share of sessions that may lack the number. [ENG] As of pairs that are lost."""

_TIE = 1e-9
"""Differences this close, as a share of the largest number, count as equal (see `sign_flip`)."""


@dataclass(frozen=True, slots=True)
class PhaseDesign:
    """Sessions in phases, B first, and the points at which these changed, drawn before the first session.

    `sessions`: how many each series has. `changes`: 3 for B A B A, 1 for B A; several series (drills, lifts, athletes)
    with one change each make a multiple baseline. `least`: sessions that a phase has at least. `starts`: of each series
    the places, from 0, of the sessions that the later phases begin with, each series' drawn by itself from all that
    `least` admits.
    """

    sessions: tuple[int, ...]
    changes: Literal[1, 3]
    starts: tuple[tuple[int, ...], ...]
    least: int = LEAST_SESSIONS

    def __post_init__(self) -> None:
        if self.least < LEAST_SESSIONS or not self.sessions or len(self.starts) != len(self.sessions):
            raise ValueError(f"phases of {LEAST_SESSIONS} sessions or more and points for each series are needed")
        for count, drawn in zip(self.sessions, self.starts, strict=True):
            if drawn not in admissible_starts(count, self.changes, self.least):
                raise ValueError(f"phases that begin at {list(drawn)} of {count} sessions were none to draw from")


@dataclass(frozen=True, slots=True)
class NonOverlap:
    """How far numbers under A lie beyond those under B, positive the way that the claim says; of neighbouring phases.

    `nap`: share of pairs in which A does better, ties half (0.5: as often as not). `tau_u`: the same from -1 to 1, less
    what B rose by itself. Both describe; neither tells chance from change where sessions hang together.
    """

    nap: float
    tau_u: float


@cache
def admissible_starts(sessions: int, changes: int, least: int = LEAST_SESSIONS) -> tuple[tuple[int, ...], ...]:
    """All points at which phases of `least` sessions or more can begin."""
    points = itertools.combinations(range(least, sessions - least + 1), changes)
    return tuple(p for p in points if all(later - point >= least for point, later in itertools.pairwise(p)))


def count_draws(sessions: Sequence[int], changes: int, least: int = LEAST_SESSIONS) -> int:
    """In how many ways the points of all series can be drawn."""
    return math.prod(len(admissible_starts(count, changes, least)) for count in sessions)


def check_phases(question: Question, sessions: Sequence[int], changes: int, least: int = LEAST_SESSIONS) -> float:
    """The smallest p that a design can reach; to be asked before it is registered.

    Raises
    ------
    NotResolvable
        No draw reaches the question's alpha, or there are too many to count out.
    """
    draws = count_draws(sessions, changes, least)
    if draws > MOST_DRAWS:
        raise NotResolvable(f"{draws:,} ways to draw the points are too many to count out; longer phases leave fewer")
    if draws * question.alpha < 1.0 - _TIE:
        p = f"p cannot fall below {1.0 / draws:.3f}" if draws else "no phase is long enough"
        raise NotResolvable(
            f"{draws} ways to draw the points: {p}, and {question.alpha:g} is asked for; plan more sessions or series"
        )
    return 1.0 / draws


def draw_starts(
    sessions: Sequence[int], changes: int, rng: np.random.Generator, least: int = LEAST_SESSIONS
) -> tuple[tuple[int, ...], ...]:
    """Points for each series, every way as likely."""
    ways = [admissible_starts(count, changes, least) for count in sessions]
    return tuple(way[int(rng.integers(len(way)))] for way in ways)


def phase_test(numbers: Sequence[Series], design: PhaseDesign, *, level: float = 0.9) -> tuple[float, Estimate]:
    """Mean under A minus mean under B with its exact two-sided p, and the differences that the test does not reject.

    Parameters
    ----------
    numbers
        Of each series, complete; any unit.
    design
        As registered.
    level
        Of the interval, which supposes that A adds the same to each session.

    Returns
    -------
    p, exact whatever drift or dependence the sessions have, as long as the points were drawn so; and the mean over the
    series with its interval.

    Raises
    ------
    NotResolvable
        A phase that the design admits without a number, or fewer draws than the level needs.

    References
    ----------
    Edgington 1975, J Psychol 90:57; Bulte & Onghena 2008, Behav Res Methods 40:467; multiple baseline with points drawn
    by series: Marascuilo & Busk 1988, Behav Assess 10:1. Interval by inversion: Michiels et al. 2017, Behav Res Methods
    49:363.
    """
    seen, of_a = np.zeros(1), np.zeros(1)
    own, size = 0.0, 0.0
    for series, count, drawn in zip(numbers, design.sessions, design.starts, strict=True):
        values = np.array([math.nan if v is None else v for v in series], dtype=np.float64)
        if values.size != count:
            raise ValueError(f"{values.size} sessions were handed in and {count} registered")
        masks = _masks(count, design.changes, design.least)
        place = admissible_starts(count, design.changes, design.least).index(drawn)
        differences = _differences(values, masks)
        seen = np.add.outer(seen, differences).ravel()
        of_a = np.add.outer(of_a, _differences(np.where(np.isnan(values), math.nan, masks[place]), masks)).ravel()
        own += float(differences[place])
        size = max(size, float(np.nanmax(np.abs(values))))
    series_count = len(design.sessions)
    seen, of_a, own = seen / series_count, of_a / series_count, own / series_count
    p = float(np.mean(np.abs(seen) >= abs(own) - _TIE * size))
    low, high = _not_rejected(seen, of_a, own, level)
    return p, Estimate(own, min(low, own), max(high, own), level)


def judge_phases(question: Question, numbers: Sequence[Series], design: PhaseDesign) -> Verdict:
    """What a trial in phases answers.

    Parameters
    ----------
    question
        As registered; its number of pairs plays no part.
    numbers
        Of each series so far. Nothing is answered before the last session.
    design
        As registered.

    Returns
    -------
    As `judge_pairs`, with `n` the sessions that have a number and `more` those that are still to come. NAP and Tau-U
    are told in a note, and decide nothing. The exact test bears any drift, the mean difference does not: where sessions
    surely drift and the answer would not stand with that taken out, it is `inconclusive`.

    Raises
    ------
    NotResolvable
        The design cannot reach alpha (`check_phases`).
    """
    check(question)
    check_phases(question, design.sessions, design.changes, design.least)
    if len(numbers) != len(design.sessions) or any(len(s) > n for s, n in zip(numbers, design.sessions, strict=True)):
        raise ValueError(f"{[len(s) for s in numbers]} sessions were handed in and {list(design.sessions)} registered")
    held, count = sum(map(len, numbers)), sum(v is not None for series in numbers for v in series)
    left = sum(design.sessions) - held
    if question.relative and any(v is not None and v <= 0.0 for series in numbers for v in series):
        reason = "A number of zero or less came up, of which no share can be taken; ask for a difference in its unit."
        return Verdict("not-measurable", reason, None, None, count)
    if left:
        reason = f"{held} of {held + left} sessions are done; nothing is answered before the rest."
        return Verdict("inconclusive", reason, None, None, count, left)
    if held - count > MOST_MISSING * held:
        return Verdict("not-measurable", f"{held - count} of {held} sessions lack the number.", None, None, count)
    scaled = [[None if v is None else _scaled(question, v) for v in series] for series in numbers]
    try:
        p, change = phase_test(scaled, design, level=question.level)
    except NotResolvable as reason:
        return Verdict("not-measurable", f"{reason}.", None, None, count)
    return _judged(question, design, scaled, p, change, count)


def _judged(
    question: Question, design: PhaseDesign, scaled: Sequence[Series], p: float, change: Estimate, count: int
) -> Verdict:
    effect, detectable = effect_of(question), _detectable(question, scaled, design)
    found = told_estimate(question, change)
    head = f"Over {count} sessions the change under A was {spoken(question, found)}, p = {p:.3f}"
    asked = f"{amount(question, question.effect_of_interest)} {question.better}"
    answer: Answer = "inconclusive"
    reason = f"{head}: the phases leave open whether it is {asked} or none."
    if p <= question.alpha * (1.0 + _TIE) and change.value >= max(effect, detectable):
        answer, reason = "supports", f"{head}: as large as the {asked} asked for, and hardly by chance."
    elif change.high < effect:
        answer, reason = "contradicts", f"{head}: a change of {asked} or more does not fit these sessions."
    elif detectable > effect:
        answer = "not-measurable"
        reason = f"{head}. The error of measuring alone is larger than the {asked} asked for, in as many sessions."
    overlap = non_overlap(scaled, design)
    drift = _drift(scaled, design)
    stands = (drift.adjusted >= effect) == (answer == "supports")
    if answer in {"supports", "contradicts"} and not stands and drift.p < 1.0 - question.level:
        tells = "support" if answer == "supports" else "contradict"
        step, rest = (signed(question, told(question, v)) for v in (drift.step, drift.adjusted))
        moved = f"sessions drifted by {step} each; without that A differs by {rest}"
        reason = f"{head}. That would {tells} the claim, but {moved}."
        answer = "inconclusive"
    note = (
        f"Only to describe: {100.0 * overlap.nap:.0f} % of pairs of sessions in favour of A, Tau-U {overlap.tau_u:.2f}."
    )
    return Verdict(answer, reason, found, p, count, None, (note,))


@dataclass(frozen=True, slots=True)
class _Drift:
    """From session to session, with its p by Student's t, and the change under A with it taken out."""

    step: float
    adjusted: float
    p: float


def _drift(numbers: Sequence[Series], design: PhaseDesign) -> _Drift:
    """A line over the sessions, of one slope in all series, beside what A adds: least squares."""
    from scipy.special import stdtr

    rows: list[list[float]] = []
    values: list[float] = []
    for which, (series, drawn) in enumerate(zip(numbers, design.starts, strict=True)):
        for place, value in enumerate(series):
            if value is not None:
                own = [float(which == other) for other in range(len(numbers))]
                rows.append([float(sum(place >= start for start in drawn) % 2), float(place), *own])
                values.append(value)
    over, seen = np.array(rows), np.array(values)
    inverse: FloatArray = np.asarray(np.linalg.inv(over.T @ over), dtype=np.float64)
    fit: FloatArray = np.asarray(inverse @ over.T @ seen, dtype=np.float64)
    left, dof = seen - over @ fit, float(len(values) - 2 - len(numbers))
    error = math.sqrt(float(left @ left) / dof * inverse[1, 1])
    step = float(fit[1])
    p = 2.0 * float(stdtr(dof, -abs(step) / error)) if error > 0.0 else float(step == 0.0)
    return _Drift(step, float(fit[0]), p)


def non_overlap(numbers: Sequence[Series], design: PhaseDesign) -> NonOverlap:
    """Each phase of A against the one of B before it, over all series; numbers with higher better.

    References
    ----------
    Parker & Vannest 2009, Behav Ther 40:357 (NAP); Parker et al. 2011, Behav Ther 42:284 (Tau-U).
    """
    ahead, drift, pairs = 0.0, 0.0, 0
    for series, drawn, count in zip(numbers, design.starts, design.sessions, strict=True):
        ends = (0, *drawn, count)
        for k in range(0, len(ends) - 2, 2):
            base = np.array([v for v in series[ends[k] : ends[k + 1]] if v is not None])
            under = np.array([v for v in series[ends[k + 1] : ends[k + 2]] if v is not None])
            ahead += float(np.sign(np.subtract.outer(under, base)).sum())
            drift += float(np.triu(np.sign(np.subtract.outer(base, base)).T).sum())
            pairs += base.size * under.size
    if not pairs:
        raise NotResolvable("no two neighbouring phases have a number each")
    return NonOverlap(0.5 + 0.5 * ahead / pairs, (ahead - drift) / pairs)


def _scaled(question: Question, number: float) -> float:
    """The number itself or its logarithm, turned so that higher is better."""
    value = math.log(number) if question.relative else number
    return value if question.better == "higher" else -value


def _detectable(question: Question, scaled: Sequence[Series], design: PhaseDesign) -> float:
    """The smallest detectable change of the difference of two means of sessions; 0 where it is not known."""
    if question.detectable is None:
        return 0.0
    shares: list[float] = []
    for series, drawn in zip(scaled, design.starts, strict=True):
        phase = [sum(place >= start for start in drawn) % 2 for place in range(len(series))]
        counts = [sum(v is not None and arm == own for v, own in zip(series, phase, strict=True)) for arm in (0, 1)]
        shares.append(0.5 * sum(1.0 / max(1, count) for count in counts))
    one = math.log1p(question.detectable) if question.relative else question.detectable
    return one * math.sqrt(sum(shares)) / len(shares)


@cache
def _masks(sessions: int, changes: int, least: int) -> BoolArray:
    """Which sessions are under A, for each way to draw the points, shape (ways, sessions)."""
    starts = np.array(admissible_starts(sessions, changes, least)).reshape(-1, changes)
    return (np.arange(sessions) >= starts[:, :, None]).sum(axis=1) % 2 == 1


def _differences(values: FloatArray, masks: BoolArray) -> FloatArray:
    """Mean under A minus mean under B for each way, shape (ways,)."""
    there = np.isfinite(values)
    filled, under = np.where(there, values, 0.0), masks & there
    count_a, count_b = under.sum(axis=1), (~masks & there).sum(axis=1)
    if not (count_a.all() and count_b.all()):
        raise NotResolvable("so many sessions lack the number that an arm could have been left without any")
    return (under @ filled) / count_a - (np.where(under, 0.0, filled).sum(axis=1)) / count_b


def _not_rejected(seen: FloatArray, of_a: FloatArray, own: float, level: float) -> tuple[float, float]:
    """Ends of the changes whose p exceeds 1 - `level`.

    With a change b taken off, another way's difference is seen - b·of_a and the own one own - b; the way counts against
    b between the two places where these are as large.
    """
    needed = math.floor((1.0 - level) * seen.size * (1.0 + _TIE)) + 1
    alike = of_a > 1.0 - _TIE
    if int(alike.sum()) >= needed:
        raise NotResolvable(f"{seen.size} ways to draw the points give no interval of {100.0 * level:g} %")
    one = (own - seen[~alike]) / (1.0 - of_a[~alike])
    other = (own + seen[~alike]) / np.maximum(1.0 + of_a[~alike], _TIE)
    lows, highs = np.sort(np.minimum(one, other)), np.sort(np.maximum(one, other))

    def counted(at: FloatArray) -> BoolArray:
        met = np.searchsorted(lows, at, side="right") - np.searchsorted(highs, at, side="left")
        return met + int(alike.sum()) >= needed

    return float(lows[counted(lows)][0]), float(highs[counted(highs)][-1])
