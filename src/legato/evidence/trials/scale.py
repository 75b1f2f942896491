"""The scale on which changes are tested, and the one (and the words) in which they are told."""

import math
from collections.abc import Sequence

import numpy as np

from legato.estimate import Estimate
from legato.evidence.trials.model import Pair, Question
from legato.recording import FloatArray


def check(question: Question) -> None:
    """Raise `ValueError` for a question that no trial can answer."""
    effect, detectable = question.effect_of_interest, question.detectable
    if not (math.isfinite(effect) and effect > 0.0):
        raise ValueError(f"the effect of interest lies above zero, got {effect}")
    if question.relative and question.better == "lower" and effect >= 1.0:
        raise ValueError(f"nothing falls by {100.0 * effect:g} %")
    if detectable is not None and not (math.isfinite(detectable) and detectable > 0.0):
        raise ValueError(f"a smallest detectable change lies above zero, got {detectable}")
    if not (0.0 < question.alpha < 1.0 and 0.0 < question.level < 1.0 and question.pairs >= 1):
        raise ValueError(f"alpha {question.alpha}, level {question.level}, {question.pairs} pairs make no trial")


def changes_of(question: Question, pairs: Sequence[Pair]) -> FloatArray:
    """Each pair's change on the scale of the test (`Pair.change`), shape (pairs,)."""
    return np.array([pair.change(question) for pair in pairs], dtype=np.float64)


def tested(question: Question, change: float) -> float:
    """A change the way that the claim says, from the number's unit or a share to the scale of the test."""
    if not question.relative:
        return change
    return math.log1p(change) if question.better == "higher" else -math.log1p(-change)


def effect_of(question: Question) -> float:
    """The effect of interest on the scale of the test."""
    return tested(question, question.effect_of_interest)


def detectable_of(question: Question, pairs: int) -> float:
    """The smallest detectable change of a mean of so many pairs, on the scale of the test; 0 where it is not known.

    That of one session's number is 1.96·√2 standard errors of measurement (Weir 2005); a mean of changes has 1 / √n of
    it.
    """
    if question.detectable is None:
        return 0.0
    one = math.log1p(question.detectable) if question.relative else question.detectable
    return one / math.sqrt(pairs)


def told(question: Question, change: float) -> float:
    """A change from the scale of the test back to the number's unit or a share."""
    if not question.relative:
        return change
    return math.expm1(change) if question.better == "higher" else -math.expm1(-change)


def told_estimate(question: Question, estimate: Estimate) -> Estimate:
    """The same for an estimate."""
    value, low, high = (told(question, v) for v in (estimate.value, estimate.low, estimate.high))
    return Estimate(value, low, high, estimate.level, "1" if question.relative else question.unit)


def amount(question: Question, change: float) -> str:
    """A told change without its sign, to two figures of the effect of interest: `4.1 %`, `0.031 m/s`."""
    if question.relative:
        return f"{100.0 * abs(change):.1f} %"
    places = max(0, 1 - math.floor(math.log10(question.effect_of_interest)))
    return f"{abs(change):.{places}f} {question.unit}".rstrip()


def signed(question: Question, change: float) -> str:
    """A told change as the number itself moved: below zero where it fell."""
    moved = change if question.better == "higher" else -change
    sign = "−" if moved < 0.0 else "+" if moved > 0.0 else ""
    return sign + amount(question, change)


def spoken(question: Question, estimate: Estimate) -> str:
    """A told estimate with its interval, as the number itself moved."""
    ends = (estimate.low, estimate.high) if question.better == "higher" else (estimate.high, estimate.low)
    return (
        f"{signed(question, estimate.value)} ({100.0 * estimate.level:g} % interval "
        f"{signed(question, ends[0])} to {signed(question, ends[1])})"
    )
