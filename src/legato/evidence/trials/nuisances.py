"""What else may have moved the changes of a trial: order within a pair, drift over pairs, the arm of the session
before. Estimates that warn, and overturn an answer only where it would not stand without them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from legato.estimate import Estimate
from legato.evidence.trials.model import Pair, Question
from legato.evidence.trials.scale import changes_of, effect_of, signed, told
from legato.recording import FloatArray

Kind: TypeAlias = Literal["order", "trend", "carry-over"]

_LEAST_EACH = 2
"""Pairs on either side that a difference between them is taken from."""

_FAR = 5.0
"""Robust SDs from the median beyond which a pair is pointed out. [SIM] In 6 % of trials of six normal pairs, 2 % of
twelve.
"""


@dataclass(frozen=True, slots=True)
class Nuisance:
    """One of them, on the scale of the test (logarithms of ratios where the question is relative).

    `estimate`: order: how much better, the way claimed, the second session of a pair came out than the first; trend:
    how much the change grows from pair to pair; carry-over: how much better the session after A came out for it.
    `adjusted`: the mean change with it taken out; trend: the change at the last pair. `p`: of there being none, by
    Student's t.
    """

    kind: Kind
    estimate: Estimate
    adjusted: Estimate
    p: float

    @property
    def sure(self) -> bool:
        """Whether the interval excludes none."""
        return self.p < 1.0 - self.estimate.level

    @property
    def worth_telling(self) -> bool:
        """The same with all three kinds in view, so that one trial in ten at the most tells of what is not there."""
        return self.p < (1.0 - self.estimate.level) / 3.0

    def overturns(self, answer: str, question: Question) -> bool:
        """Whether the answer would not stand without it.

        Order cancels as far as the arms came first equally often, so that it overturns only what hangs on the rest. A
        session that suffers from A before it makes B look bad; one that gains hides what A does. A change that fades
        (or grows) over the trial has no mean to speak of where its end, with all its interval, says otherwise.
        """
        if not self.sure:
            return False
        effect = effect_of(question)
        whole = self.kind == "trend"
        if answer == "supports":
            return (self.adjusted.high if whole else self.adjusted.value) < effect
        if answer == "contradicts":
            return (self.adjusted.low if whole else self.adjusted.value) >= effect
        return False


def nuisances(question: Question, pairs: Sequence[Pair]) -> tuple[Nuisance, ...]:
    """All that the pairs let be estimated."""
    found = (order_effect(question, pairs), trend(question, pairs), carry_over(question, pairs))
    return tuple(one for one in found if one)


def order_effect(question: Question, pairs: Sequence[Pair]) -> Nuisance | None:
    """Second against first session of a pair, whatever the arm; None where one arm came first but once."""
    a_first = _a_first(pairs)
    return _fitted("order", question, pairs, np.column_stack((a_first, np.ones(len(pairs)))), -1.0, 0.0)


def trend(question: Question, pairs: Sequence[Pair]) -> Nuisance | None:
    """How the change itself drifts over the trial, order taken out; a drift of both arms alike cancels within pairs."""
    place = np.arange(len(pairs), dtype=np.float64)
    over = np.column_stack((place, np.ones(len(pairs)), _a_first(pairs)))
    return _fitted("trend", question, pairs, over, 1.0, len(pairs) - 1.0)


def carry_over(question: Question, pairs: Sequence[Pair]) -> Nuisance | None:
    """What A leaves for the session after it, order taken out.

    Where a pair begins with the arm that the last one did not end with, B alone follows A, and what A leaves is missing
    from the change; where it begins with the arm that the last one ended with, both follow the same. The first session
    of all counts as after B.
    """
    before = ["B"] + ["A" if pair.first == "B" else "B" for pair in pairs[:-1]]
    only_b = np.array([1.0 if pair.first != last else 0.0 for pair, last in zip(pairs, before, strict=True)])
    over = np.column_stack((only_b, np.ones(len(pairs)), _a_first(pairs)))
    return _fitted("carry-over", question, pairs, over, -1.0, 0.0)


def _a_first(pairs: Sequence[Pair]) -> FloatArray:
    return np.array([1.0 if pair.first == "A" else -1.0 for pair in pairs])


def _fitted(
    kind: Kind, question: Question, pairs: Sequence[Pair], over: FloatArray, sign: float, at: float
) -> Nuisance | None:
    """Least squares of the changes on the columns of `over`, shape (pairs, columns), with Student's intervals: `sign`
    times the first one's slope, and the line where that column is `at` and the third none. None where the columns
    hardly differ.
    """
    from scipy.special import stdtr, stdtrit

    count, columns = len(pairs), int(over.shape[1])
    first, dof = over[:, 0], float(count - columns)
    sides = int((first > first.mean()).sum()), int((first < first.mean()).sum())
    if min(sides) < _LEAST_EACH or count <= columns + 1 or np.linalg.matrix_rank(over) < columns:
        return None
    changes = changes_of(question, pairs)
    inverse: FloatArray = np.asarray(np.linalg.inv(over.T @ over), dtype=np.float64)
    fit: FloatArray = np.asarray(inverse @ over.T @ changes, dtype=np.float64)
    left = changes - over @ fit
    variance = float(left @ left) / dof
    t = float(stdtrit(dof, 0.5 + 0.5 * question.level))
    point = np.array([at, 1.0, 0.0])[:columns]
    error, line_error = math.sqrt(variance * inverse[0, 0]), math.sqrt(variance * float(point @ inverse @ point))
    slope, unit = float(fit[0]), "1" if question.relative else question.unit
    return Nuisance(
        kind,
        Estimate.symmetric(sign * slope, t * error, unit, question.level),
        Estimate.symmetric(float(point @ fit), t * line_error, unit, question.level),
        2.0 * float(stdtr(dof, -abs(slope) / error)) if error > 0.0 else float(slope == 0.0),
    )


def note_of(nuisance: Nuisance, question: Question) -> str:
    """What a reader should know of it."""
    size = signed(question, told(question, nuisance.estimate.value))
    rest = signed(question, told(question, nuisance.adjusted.value))
    if nuisance.kind == "order":
        return (
            f"The second session of a pair differed from the first by {size}; with that taken out A differs by {rest}."
        )
    if nuisance.kind == "trend":
        return f"The change drifted by {size} from pair to pair, to {rest} at the last."
    return f"A session after A differed by {size} for that; with that taken out A differs by {rest}."


def leave_one_out(question: Question, pairs: Sequence[Pair]) -> FloatArray:
    """Mean change without each pair in turn, on the scale of the test, shape (pairs,)."""
    changes = changes_of(question, pairs)
    return (changes.sum() - changes) / (len(changes) - 1)


def far_pairs(question: Question, pairs: Sequence[Pair]) -> list[int]:
    """Places of pairs whose change lies far from the others."""
    changes = changes_of(question, pairs)
    off = np.abs(changes - np.median(changes))
    spread = 1.4826 * float(np.median(off))
    return np.flatnonzero(off > _FAR * spread).tolist() if spread > 0.0 else []


def leaned_on(question: Question, pairs: Sequence[Pair], answer: str) -> list[int]:
    """Places of pairs without any one of which the mean lies on the other side of the effect of interest."""
    without, effect = leave_one_out(question, pairs), effect_of(question)
    if answer not in {"supports", "contradicts"}:
        return []
    return np.flatnonzero(without < effect if answer == "supports" else without >= effect).tolist()


def notes_on_single_pairs(question: Question, pairs: Sequence[Pair], answer: str) -> tuple[str, ...]:
    """What a reader should know of pairs that lie far from the others, and of those that the answer leans on."""
    notes: list[str] = []
    for place in far_pairs(question, pairs):
        change = signed(question, told(question, pairs[place].change(question)))
        notes.append(f"Pair {place + 1} lies far from the others ({change}); look whether its arms were swapped.")
    leaned = [str(place + 1) for place in leaned_on(question, pairs, answer)]
    short = "falls short of" if answer == "supports" else "is as large as"
    if leaned:
        which = f"pair {leaned[0]}" if len(leaned) == 1 else f"each of pairs {', '.join(leaned[:-1])} and {leaned[-1]}"
        notes.append(f"The answer leans on {which}: without it the change {short} what was asked for.")
    return tuple(notes)
