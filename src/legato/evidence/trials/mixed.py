"""The effect of an arm by a mixed model of pairs: order, carry-over and trend taken out, athletes apart or together."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.evidence.trials._pair_model import PairModel, fit_pair_model, spread_between
from legato.evidence.trials._shrinkage import next_one, shrunken
from legato.evidence.trials.model import LEAST_PAIRS, Arm, Pair, Question
from legato.recording import FloatArray

LEAST_ATHLETES = 3
"""Below this the spread between athletes has a single degree of freedom, and Student's factor is 6.3."""

LEAST_PAIRS_EACH = 2
"""Complete pairs of an athlete among several, below which nothing tells how far that athlete's pairs differ."""

CODE = {"A": 0.5, "B": -0.5}
"""Of the arms, so that the effect is A minus B."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One session. `pair`: its number, in the order of time. `place`: the first or second session of its pair.

    `value`: in the claim's direction (more is what the claim says), a number or its logarithm.
    """

    athlete: str
    pair: int
    arm: Arm
    place: Literal[1, 2]
    value: float


@dataclass(frozen=True, slots=True)
class AthleteEffect:
    """One athlete's effect: `own` from that athlete's pairs, `shrunken` towards the others (None of a single one)."""

    athlete: str
    pairs: int
    own: Estimate
    shrunken: Estimate | None


@dataclass(frozen=True, slots=True)
class MixedEffect:
    """What A adds over B, and what was taken out.

    `effect`: A minus B, with Student's interval of `dof` degrees of freedom. `order`: second session minus first of a
    pair, a steady trend from one to the other included. `carry_over`: a session after A minus one after B; None where
    it was not asked for or the orders cannot tell it (`not_told` says so). `trend`: per pair, of the pairs' means.
    `within`: SD of a pair's difference. `spread`: SD of the true effects between athletes, and `next_athlete` the
    interval for the effect of one more; None of a single athlete. `lone`: sessions left out as their pair has no other.
    """

    effect: Estimate
    dof: float
    order: Estimate
    carry_over: Estimate | None
    trend: Estimate
    within: float
    spread: Estimate | None
    next_athlete: Estimate | None
    athletes: tuple[AthleteEffect, ...]
    pairs: int
    lone: int
    not_told: str = ""


@dataclass(frozen=True, slots=True)
class PairTable:
    """Complete pairs: the athlete's place in `names`, pair number, A minus B, mean of both, columns for order and
    carry-over.
    """

    names: tuple[str, ...]
    athlete: np.ndarray[tuple[int], np.dtype[np.int64]]
    number: FloatArray
    change: FloatArray
    mean: FloatArray
    columns: FloatArray
    lone: int


def observations_of(athlete: str, pairs: Sequence[Pair | None], question: Question) -> list[Observation]:
    """The sessions of a trial in the order of its pairs (None: a pair that was lost), in the claim's direction; of a
    relative question the logarithms.
    """
    sign = 1.0 if question.better == "higher" else -1.0
    found: list[Observation] = []
    for number, pair in enumerate(pairs):
        if pair is None:
            continue
        arms: tuple[tuple[Arm, Estimate], ...] = (("A", pair.a), ("B", pair.b))
        for arm, estimate in arms:
            if question.relative and estimate.value <= 0.0:
                raise BadInput(
                    f"{athlete}, pair {number + 1}: {estimate.value} has no logarithm; a relative change "
                    "needs numbers above 0"
                )
            value = math.log(estimate.value) if question.relative else estimate.value
            found.append(Observation(athlete, number, arm, 1 if pair.first == arm else 2, sign * value))
    return found


def mixed_effect(
    observations: Sequence[Observation], *, carry_over: bool = True, unit: str = "", level: float = LEVEL
) -> MixedEffect:
    """What arm A adds over arm B.

    Parameters
    ----------
    observations
        Sessions of one athlete or of three and more, in any order; every pair's two on the same athlete.
    carry_over
        Whether what the session before leaves behind is taken out as well. It is most of the interval's width with
        few pairs of one athlete.
    unit, level
        Of the intervals.

    Returns
    -------
    The effect. value = athlete + pair + arm (+ arm of this athlete) + order + previous arm + error; the athlete and the
    pair (thus any trend over pairs, straight or not) leave with the difference between a pair's two sessions. One
    athlete: least squares on these, Student's t. Several: an effect of its own for each, their variance by restricted
    maximum likelihood, and the interval by how far the athletes' effects truly scatter (Hartung and Knapp), as normal
    intervals hold too seldom with few athletes; never less than the model's own error, where they happen to lie close
    (Röver et al. 2015). Order and carry-over are taken as alike in all athletes.

    Raises
    ------
    NotResolvable
        One athlete with fewer than six complete pairs, two athletes, an athlete among several with one pair, all pairs
        in the same order, or pairs that do not differ at all.
    BadInput
        Two sessions of one pair that have the same arm or place, or a number that is not finite.

    References
    ----------
    Hartung & Knapp 2001, Stat Med 20:3875; Röver, Knapp & Friede 2015, BMC Med Res Methodol 15:99; Chen & Chen 2014,
    PLoS One 9:e87752; Satterthwaite 1946, Biometrics 2:110.
    """
    table, not_told, fit = _fitted(observations, carry_over)
    several = len(table.names) > 1

    def estimate(value: float, square: float, dof: float) -> Estimate:
        return Estimate.symmetric(value, _student(dof, level) * math.sqrt(square), unit, level)

    told = [estimate(float(fit.others[i]), float(fit.other_squares[i]), fit.within_dof) for i in range(len(fit.others))]
    shrunk = shrunken(fit, level) if several else None
    athletes: list[AthleteEffect] = []
    for i, name in enumerate(table.names):
        own = estimate(float(fit.own[i]), float(fit.own_squares[i]), float(fit.own_dof[i]))
        drawn = Estimate(*shrunk[i], level, unit) if shrunk is not None else None
        athletes.append(AthleteEffect(name, int(fit.counts[i]), own, drawn))
    ahead = Estimate(*next_one(fit, level), level, unit) if several else None
    return MixedEffect(
        effect=estimate(fit.effect, fit.square, fit.dof),
        dof=fit.dof,
        order=told[0],
        carry_over=told[1] if len(told) > 1 else None,
        trend=_trend(table, unit, level),
        within=fit.within,
        spread=Estimate(*spread_between(fit, level), level, unit) if several else None,
        next_athlete=ahead,
        athletes=tuple(athletes),
        pairs=len(table.change),
        lone=table.lone,
        not_told=not_told,
    )


def mean_effect(
    observations: Sequence[Observation], *, carry_over: bool = True, unit: str = "", level: float = LEVEL
) -> tuple[Estimate, float]:
    """The `effect` of `mixed_effect` and its degrees of freedom alone, which is quicker."""
    _, _, fit = _fitted(observations, carry_over)
    return Estimate.symmetric(fit.effect, _student(fit.dof, level) * math.sqrt(fit.square), unit, level), fit.dof


def _fitted(observations: Sequence[Observation], carry_over: bool) -> tuple[PairTable, str, PairModel]:
    table = complete_pairs(observations)
    check_pairs(table)
    table, not_told = _told(table, carry_over)
    return table, not_told, fit_pair_model(table.change, table.columns, table.athlete)


def complete_pairs(observations: Sequence[Observation]) -> PairTable:
    """The pairs that have both sessions; `BadInput` where two sessions cannot be one pair's."""
    kept: dict[tuple[str, int], dict[int, Observation]] = {}
    for item in observations:
        if not math.isfinite(item.value):
            raise BadInput(f"{item.athlete}, pair {item.pair + 1}: {item.value} is no number")
        sessions = kept.setdefault((item.athlete, item.pair), {})
        if item.place in sessions or any(other.arm == item.arm for other in sessions.values()):
            raise BadInput(f"{item.athlete}, pair {item.pair + 1}: two sessions with the same arm or the same place")
        sessions[item.place] = item
    whole = sorted(key for key, sessions in kept.items() if len(sessions) == 2)
    if not whole:
        raise NotResolvable("no pair has both of its sessions")
    names = tuple(sorted({athlete for athlete, _ in whole}))
    rows: list[tuple[float, float, float, float]] = []
    for athlete, number in whole:
        first, second = kept[athlete, number][1], kept[athlete, number][2]
        before = kept.get((athlete, number - 1), {}).get(2)
        after_first = CODE[before.arm] if before is not None else 0.0
        a_first = first.arm == "A"
        a, b = (first, second) if a_first else (second, first)
        carried = after_first - CODE[first.arm]
        rows.append(
            (a.value - b.value, 0.5 * (a.value + b.value), -1.0 if a_first else 1.0, carried if a_first else -carried)
        )
    change, mean, order, carried = np.array(rows).T
    return PairTable(
        names,
        np.array([names.index(athlete) for athlete, _ in whole]),
        np.array([float(number) for _, number in whole]),
        change,
        mean,
        np.column_stack([order, carried]),
        len(observations) - 2 * len(whole),
    )


def check_pairs(table: PairTable) -> None:
    """Refuse pairs that cannot tell an effect."""
    counts = np.bincount(table.athlete)
    if len(counts) == 1 and counts[0] < LEAST_PAIRS:
        raise NotResolvable(f"{counts[0]} complete pairs of one athlete; {LEAST_PAIRS} are needed")
    if len(counts) == 2:
        raise NotResolvable(f"two athletes tell nothing of the next; {LEAST_ATHLETES} are needed, or each alone")
    if len(counts) > 1 and counts.min() < LEAST_PAIRS_EACH:
        short = table.names[int(counts.argmin())]
        raise NotResolvable(f"{short} has one complete pair; {LEAST_PAIRS_EACH} are needed of every athlete")
    if np.ptp(table.columns[:, 0]) == 0.0:
        raise NotResolvable("the same arm came first in every pair, so that arm and order cannot be told apart")
    if np.ptp(table.change) <= 1e-12 * float(np.abs(table.mean).max()):
        raise NotResolvable("the pairs do not differ at all, so that nothing tells the error")


def _told(table: PairTable, carry_over: bool) -> tuple[PairTable, str]:
    """The table with the columns that the orders can tell apart, and what they cannot."""
    not_told = ""
    columns = table.columns
    if carry_over and np.linalg.matrix_rank(np.column_stack([np.ones(len(columns)), columns])) < 3:
        not_told = "the order of the sessions cannot tell what the session before leaves behind"
    if not carry_over or not_told:
        columns = columns[:, :1]
    return PairTable(table.names, table.athlete, table.number, table.change, table.mean, columns, table.lone), not_told


def _trend(table: PairTable, unit: str, level: float) -> Estimate:
    """Slope of the pairs' means over their numbers, a mean of its own for each athlete."""
    counts = np.bincount(table.athlete)
    number = table.number - (np.bincount(table.athlete, table.number) / counts)[table.athlete]
    mean = table.mean - (np.bincount(table.athlete, table.mean) / counts)[table.athlete]
    square = float(number @ number)
    slope = float(number @ mean) / square
    left = mean - slope * number
    dof = len(mean) - len(counts) - 1
    return Estimate.symmetric(slope, _student(dof, level) * math.sqrt(float(left @ left) / dof / square), unit, level)


def _student(dof: float, level: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(dof, 0.5 + 0.5 * level))
