"""The answer of a trial in pairs: what was registered, held against what was measured."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from legato.errors import NotResolvable
from legato.estimate import Estimate
from legato.evidence.trials.model import LEAST_PAIRS, Answer, Pair, Question, Verdict
from legato.evidence.trials.nuisances import Nuisance, far_pairs, leaned_on, note_of, notes_on_single_pairs, nuisances
from legato.evidence.trials.power import MOST_PLANNED, pairs_needed
from legato.evidence.trials.scale import (
    amount,
    changes_of,
    check,
    detectable_of,
    effect_of,
    spoken,
    told_estimate,
)
from legato.evidence.trials.sign_flip import DrawnOrder, least_pairs, sign_flip_interval, sign_flip_p
from legato.recording import FloatArray

MOST_LOST = 1.0 / 3.0
"""Share of pairs that may be lost. [ENG] As of a set's events (`not-resolvable`): what is left over is picked."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the pairs show, on the scale of the test. `change` None: too few pairs for its interval."""

    changes: FloatArray
    p: float
    change: Estimate | None
    alpha: float
    level: float


def judge_pairs(
    question: Question,
    pairs: Sequence[Pair],
    *,
    lost: int = 0,
    looks: Sequence[int] = (),
    doubted: Sequence[int] = (),
) -> Verdict:
    """What a trial answers.

    Parameters
    ----------
    question
        As registered. Before its number of pairs nothing is answered, nor shown, but at registered `looks`.
    pairs
        Complete ones in order of time, their order drawn as `sign_flip.DrawnOrder` says. A pair that lacks a session
        does not count; it is repeated in the same order.
    lost
        How many such pairs there were.
    doubted
        Of each pair that was refused by what a person told, who may have known its numbers, the place (from 0) of the
        pair that came in its stead. An answer must stand had each of them come out as badly for it as the worst
        (`_doubt`).
    looks
        Registered numbers of pairs at which the trial is looked at and may end. `alpha` and 1 - `level` are shared out
        evenly over these looks and the end (Bonferroni).

    Returns
    -------
    `supports`: six pairs or more, p no more than alpha, the change goes the way claimed with its whole interval and is
    seen as large as the effect of interest and as the smallest detectable change of such a mean. `contradicts`: the
    whole interval lies below the effect of interest. `not-measurable`: a third of the pairs was lost, a ratio has no
    sense, or the error of measuring alone leaves the question open. Else `inconclusive`, with the pairs that a trial
    would need that tells the effect of interest from none in 8 of 10 cases, if changes scatter as seen.

    Raises
    ------
    ValueError
        More pairs than registered, looks that are no looks, or a question that no trial can answer.
    """
    check(question)
    count = len(pairs)
    if count > question.pairs:
        raise ValueError(f"{count} pairs were handed in and {question.pairs} registered")
    if any(not 0 < look < question.pairs for look in looks) or len(set(looks)) != len(looks):
        raise ValueError(f"looks at {list(looks)} of {question.pairs} pairs; they come before the end, each once")
    refused = _not_measurable(question, pairs, lost)
    if refused:
        return Verdict("not-measurable", refused, None, None, count)
    if count < question.pairs and count not in looks:
        left = question.pairs - count
        reason = f"{count} of {question.pairs} pairs are done; nothing is answered before the rest."
        return Verdict("inconclusive", reason, None, None, count, left)
    found = _find(question, pairs, 1 + len(looks))
    if found.change is None:
        needed = least_pairs(min(found.alpha, 1.0 - found.level))
        reason = f"{count} pairs cannot answer at this level, whatever they show; {needed} can."
        return Verdict("inconclusive", reason, None, found.p, count, max(1, needed - count))
    verdict = _judge(question, pairs, found, found.change)
    against = _doubt(question, pairs, found, verdict.answer, [place for place in doubted if place < count])
    return replace(verdict, answer="inconclusive", reason=against) if against else verdict


def _doubt(question: Question, pairs: Sequence[Pair], found: _Found, answer: Answer, places: Sequence[int]) -> str:
    """Why an answer does not stand beside the pairs that were refused by what was told; empty where it does.

    All attempts at a pair share one draw of its order, so that the exact test holds of their sums and, for the size of
    a change that is the same in all, of their means. Each that was refused is taken to lie as far from what the answer
    denies (none at all; the effect of interest) as the farthest of all, on the side against the answer: a sum lower
    than the true one makes p larger, never smaller.
    """
    if not places or answer not in ("supports", "contradicts"):
        return ""
    refused = np.bincount(places, minlength=len(pairs)).astype(np.float64)
    least = 0.0 if answer == "supports" else effect_of(question)
    worst = float(np.abs(found.changes - least).max())
    order = DrawnOrder(tuple(pair.first for pair in pairs), question.pairs)
    many = "1 pair was" if len(places) == 1 else f"{len(places)} pairs were"
    if answer == "supports":
        sums = found.changes - refused * worst
        p = sign_flip_p(sums.tolist(), order) if float(sums.sum()) > 0.0 else 1.0
        stands, then = p <= found.alpha * (1.0 + 1e-9), f"chance would not be ruled out ({_p(p)})"
    else:
        means = (found.changes + refused * (least + worst)) / (1.0 + refused)
        stands = sign_flip_interval(means.tolist(), order, level=found.level).high < least
        then = f"a change of {amount(question, question.effect_of_interest)} {question.better} would fit"
    if stands:
        return ""
    change = "" if found.change is None else spoken(question, told_estimate(question, found.change))
    tells = "support" if answer == "supports" else "contradict"
    return (
        f"Over {len(pairs)} pairs the change under A was {change}, {_p(found.p)}. That would {tells} the claim, but"
        f" {many} refused by what was told when the numbers could be known: had they gone the other way, {then}."
    )


def _not_measurable(question: Question, pairs: Sequence[Pair], lost: int) -> str:
    """Why the pairs say nothing at all; empty where they do."""
    tried = len(pairs) + lost
    if tried >= question.pairs and lost > MOST_LOST * tried:
        return f"{lost} of {tried} pairs lack a session or its number; with over a third lost the rest are picked ones."
    if question.relative and any(pair.a.value <= 0.0 or pair.b.value <= 0.0 for pair in pairs):
        return "A number of zero or less came up, of which no share can be taken; ask for a difference in its unit."
    return ""


def _find(question: Question, pairs: Sequence[Pair], shared: int) -> _Found:
    changes = changes_of(question, pairs)
    order = DrawnOrder(tuple(pair.first for pair in pairs), question.pairs)
    alpha, level = question.alpha / shared, 1.0 - (1.0 - question.level) / shared
    p = sign_flip_p(changes.tolist(), order)
    try:
        change = sign_flip_interval(changes.tolist(), order, level=level)
    except NotResolvable:
        change = None
    return _Found(changes, p, change, alpha, level)


def _judge(question: Question, pairs: Sequence[Pair], found: _Found, change: Estimate) -> Verdict:
    """The answer from the test and the interval; then whether it stands beside order, drift and carry-over."""
    effect, count = effect_of(question), len(pairs)
    detectable = detectable_of(question, count)
    answer: Answer = "inconclusive"
    unlikely = found.p <= found.alpha * (1.0 + 1e-9) and change.low > 0.0
    if count >= LEAST_PAIRS and unlikely and change.value >= max(effect, detectable):
        answer = "supports"
    elif change.high < effect:
        answer = "contradicts"
    head = (
        f"Over {count} pairs the change under A was {spoken(question, told_estimate(question, change))}, {_p(found.p)}"
    )
    asked = f"{amount(question, question.effect_of_interest)} {question.better}"
    others = nuisances(question, pairs)
    notes = tuple(note_of(one, question) for one in others if one.worth_telling)
    notes += notes_on_single_pairs(question, pairs, answer)
    verdict = Verdict(answer, "", told_estimate(question, change), found.p, count, None, notes)
    against = _against(question, pairs, answer, others)
    if against:
        tells = "support" if answer == "supports" else "contradict"
        return replace(verdict, answer="inconclusive", reason=f"{head}. That would {tells} the claim, but {against}")
    if answer == "supports":
        return replace(verdict, reason=f"{head}: as large as the {asked} asked for, and hardly by chance.")
    if answer == "contradicts":
        return replace(verdict, reason=f"{head}: a change of {asked} or more does not fit these pairs.")
    error = min(_measuring_error(question, pairs), change.half_width)
    if max(error, detectable * math.sqrt(count / question.pairs)) > effect:
        reason = (
            f"{head}. The error of measuring alone is larger than the {asked} asked for, in as many pairs as planned."
        )
        return replace(verdict, answer="not-measurable", reason=reason)
    if count < question.pairs:
        left = question.pairs - count
        return replace(verdict, reason=f"{head}: no answer yet; {left} pairs are left.", more=left)
    more, words = _more(question, found, change)
    return replace(verdict, reason=f"{head}: {_open(question, found, change, asked)}. {words}", more=more)


def _against(question: Question, pairs: Sequence[Pair], answer: Answer, others: Sequence[Nuisance]) -> str:
    """Why an answer does not stand; empty where it does."""
    for one in others:
        if one.overturns(answer, question):
            return f"not beside what else moved it. {note_of(one, question)}"
    alone = set(far_pairs(question, pairs)) & set(leaned_on(question, pairs, answer))
    return f"it hangs on pair {min(alone) + 1}, which lies far from the others." if alone else ""


def _open(question: Question, found: _Found, change: Estimate, asked: str) -> str:
    """What the pairs leave open."""
    if found.p > found.alpha and change.low > 0.0:
        return "chance is not ruled out"
    if found.p > found.alpha:
        return f"none at all and one of {asked} both fit these pairs"
    if change.value < effect_of(question):
        return f"there is one, but whether it is the {asked} asked for is open"
    if change.low <= 0.0:
        return "its interval still holds none at all"
    return "it is there, but no larger than what measuring can tell"


def _more(question: Question, found: _Found, change: Estimate) -> tuple[int | None, str]:
    """Pairs still needed and a sentence that says on what that number stands."""
    effect, count = effect_of(question), len(found.changes)
    sd = float(found.changes.std(ddof=1))
    needed = pairs_needed(effect, sd, alpha=found.alpha)
    if needed is None:
        return None, f"With changes that scatter so, {MOST_PLANNED} pairs would not tell; measure each session better."
    if needed > count:
        least, most = (
            pairs_needed(effect, bound, alpha=found.alpha) for bound in _sd_bounds(sd, count, question.level)
        )
        span = f"{least} to {most}" if most else f"{least} to more than {MOST_PLANNED}"
        return needed - count, (
            f"With changes that scatter so, a new trial of {needed} pairs ({span}) would tell 8 times in 10."
        )
    seen = _if_it_stays(found, change, effect, sd)
    if seen is None or seen <= count:
        return None, "It lies too near the edge for more pairs to promise an answer."
    return seen - count, f"If it stays as it is, a new trial of about {seen} pairs would tell."


def _if_it_stays(found: _Found, change: Estimate, effect: float, sd: float) -> int | None:
    """Pairs after which the change seen, with the scatter seen, would be told from none or from the effect."""
    from scipy.special import stdtrit

    away, level = (change.value, 1.0 - found.alpha) if change.value >= effect else (effect - change.value, found.level)
    for pairs in range(len(found.changes) + 1, MOST_PLANNED + 1):
        if float(stdtrit(pairs - 1, 0.5 + 0.5 * level)) * sd / math.sqrt(pairs) <= away:
            return pairs
    return None


def _sd_bounds(sd: float, count: int, level: float) -> tuple[float, float]:
    """Interval of an SD from so many normal numbers."""
    from scipy.special import chdtri

    dof = count - 1
    tail = 0.5 * (1.0 - level)
    return sd * math.sqrt(dof / float(chdtri(dof, tail))), sd * math.sqrt(dof / float(chdtri(dof, 1.0 - tail)))


def _measuring_error(question: Question, pairs: Sequence[Pair]) -> float:
    """Half-width of the mean change of as many pairs as registered, by the intervals of the sessions alone."""
    squares: list[float] = []
    for pair in pairs:
        for estimate in (pair.a, pair.b):
            half = estimate.at_level(question.level).half_width
            squares.append((half / estimate.value if question.relative else half) ** 2)
    return math.sqrt(2.0 * float(np.mean(squares)) / question.pairs)


def _p(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"
