"""What several athletes' trials of one claim say together, and which of them the answer hangs on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from legato.errors import BadInput, NotResolvable
from legato.estimate import Estimate
from legato.evidence.trials.mixed import (
    LEAST_PAIRS_EACH,
    AthleteEffect,
    MixedEffect,
    Observation,
    mean_effect,
    mixed_effect,
    observations_of,
)
from legato.evidence.trials.model import Answer, Pair, Question, Verdict
from legato.evidence.trials.scale import amount, check, detectable_of, effect_of, spoken, told_estimate

LEAST_POOLED = 4
"""Athletes: without any one of them three are left, the fewest whose spread is told."""

MOST_ATHLETES = 200
"""[ENG] Above so many no number of athletes still needed is named."""

_POWER = 0.8


@dataclass(frozen=True, slots=True)
class AthleteTrial:
    """One athlete's trial. `pairs` in order of time, None where one was lost."""

    athlete: str
    claim: str
    outcome: str
    arms: tuple[str, str]
    question: Question
    pairs: tuple[Pair | None, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The mean change without one athlete, and its p."""

    athlete: str
    change: Estimate
    p: float


@dataclass(frozen=True, slots=True)
class Pooled:
    """Changes are positive the way that the claim says, in the number's unit or shares (`Verdict`).

    `mean` over athletes like these; `spread`: SD between athletes' true changes (of a relative question, of their
    logarithms); `next_athlete`: where the true change of one more lies. `athletes`: each one's own and as drawn towards
    the others. `without`: the mean without each. `carried_by`: the athlete without whom the answer would be another.
    `order`, `carry_over`: what was taken out, on the scale of the test. `left_out`: athletes with too few pairs.
    """

    verdict: Verdict
    mean: Estimate
    p: float
    spread: Estimate
    next_athlete: Estimate
    athletes: tuple[AthleteEffect, ...]
    without: tuple[Without, ...]
    carried_by: str | None
    order: Estimate
    carry_over: Estimate | None
    left_out: tuple[str, ...]


def pool(trials: Sequence[AthleteTrial], *, carry_over: bool = True) -> Pooled:
    """What the trials of several athletes say together.

    Parameters
    ----------
    trials
        Of four athletes or more, of the same claim, outcome, arms and question.
    carry_over
        As of `mixed_effect`.

    Returns
    -------
    The mean change by the mixed model, and the verdict. `supports`: it is told from none at `alpha`, is seen as large
    as the effect of interest, and its interval stays above none whichever athlete is left out. `contradicts`: its
    interval lies below the effect of interest, whichever is left out. Else `inconclusive`, with the athletes still
    needed, or `not-measurable` where the smallest detectable change of such a mean exceeds the effect of interest.

    Raises
    ------
    BadInput
        The trials are not of one claim, outcome, pair of arms and question; an athlete comes twice; a relative change
        of numbers not above 0.
    NotResolvable
        Fewer than four athletes with two complete pairs, or as `mixed_effect`.
    """
    question = _alike(trials)
    check(question)
    sets = {trial.athlete: observations_of(trial.athlete, trial.pairs, question) for trial in trials}
    left_out = tuple(name for name, sessions in sets.items() if len(sessions) < 2 * LEAST_PAIRS_EACH)
    kept = {name: sessions for name, sessions in sets.items() if name not in left_out}
    if len(kept) < LEAST_POOLED:
        raise NotResolvable(
            f"{len(kept)} athletes have {LEAST_PAIRS_EACH} complete pairs; {LEAST_POOLED} are needed, so that an answer"
            " need not hang on one"
        )
    unit = "" if question.relative else question.unit

    def sessions(without: str = "") -> list[Observation]:
        return [session for name, own in kept.items() if name != without for session in own]

    whole = mixed_effect(sessions(), carry_over=carry_over, unit=unit, level=question.level)
    rest = {name: mean_effect(sessions(name), carry_over=carry_over, unit=unit, level=question.level) for name in kept}
    verdict, carried_by = _judge(
        question, whole, rest, max(detectable_of(trial.question, whole.pairs) for trial in trials)
    )
    spread, ahead = whole.spread, whole.next_athlete
    if spread is None or ahead is None:
        raise ValueError("several athletes without a spread")
    return Pooled(
        verdict=verdict,
        mean=told_estimate(question, whole.effect),
        p=pooled_p(whole.effect, whole.dof, len(whole.athletes)),
        spread=Estimate(
            spread.value, spread.low, spread.high, spread.level, "1" if question.relative else question.unit
        ),
        next_athlete=told_estimate(question, ahead),
        athletes=tuple(_told(question, one) for one in whole.athletes),
        without=tuple(
            Without(name, told_estimate(question, effect), pooled_p(effect, dof, len(whole.athletes) - 1))
            for name, (effect, dof) in rest.items()
        ),
        carried_by=carried_by,
        order=whole.order,
        carry_over=whole.carry_over,
        left_out=left_out,
    )


def _alike(trials: Sequence[AthleteTrial]) -> Question:
    """The question that all trials ask."""
    if not trials:
        raise NotResolvable("there is no trial to pool")
    first, names = trials[0], set[str]()
    for trial in trials:
        if trial.athlete in names:
            raise BadInput(f"{trial.athlete} has two trials; pool one of each athlete")
        names.add(trial.athlete)
        one, other = first.question, trial.question
        for what, mine, theirs in (
            ("claim", first.claim, trial.claim),
            ("outcome", first.outcome, trial.outcome),
            ("arms", first.arms, trial.arms),
            ("unit", one.unit, other.unit),
            ("direction", one.better, other.better),
            ("scale (relative or not)", one.relative, other.relative),
            ("effect of interest", one.effect_of_interest, other.effect_of_interest),
            ("alpha and level", (one.alpha, one.level), (other.alpha, other.level)),
        ):
            if mine != theirs:
                raise BadInput(
                    f"{first.athlete} and {trial.athlete} differ in the {what}: {mine} and {theirs}; only trials of one"
                    " question are pooled"
                )
    return first.question


def _told(question: Question, one: AthleteEffect) -> AthleteEffect:
    drawn = None if one.shrunken is None else told_estimate(question, one.shrunken)
    return AthleteEffect(one.athlete, one.pairs, told_estimate(question, one.own), drawn)


def _error(effect: Estimate, dof: float) -> float:
    from scipy.special import stdtrit

    return effect.half_width / float(stdtrit(dof, 0.5 + 0.5 * effect.level))


def pooled_p(effect: Estimate, dof: float, athletes: int) -> float:
    """Two-sided, of no change, by Student's distribution with one degree of freedom less than athletes at most: those
    of the interval are many just where the athletes happen to lie close.
    """
    from scipy.special import stdtr

    error, dof = _error(effect, dof), min(dof, athletes - 1.0)
    return 2.0 * float(stdtr(dof, -abs(effect.value) / error)) if error > 0.0 else 0.0


def _before(question: Question, whole: MixedEffect, detectable: float) -> Answer:
    """The answer of all athletes, before any is left out."""
    supported = pooled_p(whole.effect, whole.dof, len(whole.athletes)) <= question.alpha
    if supported and whole.effect.value >= max(effect_of(question), detectable):
        return "supports"
    return "contradicts" if whole.effect.high < effect_of(question) else "inconclusive"


def _judge(
    question: Question, whole: MixedEffect, rest: dict[str, tuple[Estimate, float]], detectable: float
) -> tuple[Verdict, str | None]:
    """The verdict, and the athlete whom it hangs on."""
    count, asked = len(whole.athletes), f"{amount(question, question.effect_of_interest)} {question.better}"
    effect, told, p = (
        effect_of(question),
        told_estimate(question, whole.effect),
        pooled_p(whole.effect, whole.dof, count),
    )
    mean = spoken(question, told)
    head = f"Over {count} athletes ({whole.pairs} pairs) the mean change under A was {mean}, p = {p:.2g}"
    notes = (f"{whole.lone} sessions did not count, as their pairs lack the other.",) if whole.lone else ()
    answer = _before(question, whole, detectable)
    swayed: list[tuple[float, str]] = []
    if answer == "supports":
        swayed = [(other.low, name) for name, (other, _) in rest.items() if other.low <= 0.0]
    elif answer == "contradicts":
        swayed = [(-other.high, name) for name, (other, _) in rest.items() if other.high >= effect]
    if swayed:
        name = min(swayed)[1]
        tells = "support" if answer == "supports" else "contradict"
        reason = f"{head}. That would {tells} the claim, but it hangs on one athlete: without {name} it is open."
        return Verdict("inconclusive", reason, told, p, whole.pairs, _more(question, whole), notes), name
    if answer == "supports":
        reason = f"{head}: as large as the {asked} asked for, hardly by chance, and so without any one of them."
        return Verdict(answer, reason, told, p, whole.pairs, None, notes), None
    if answer == "contradicts":
        reason = f"{head}: a mean change of {asked} or more does not fit these athletes, whichever is left out."
        return Verdict(answer, reason, told, p, whole.pairs, None, notes), None
    if detectable > effect:
        reason = f"{head}. What a mean of as many pairs can detect at all is larger than the {asked} asked for."
        return Verdict("not-measurable", reason, told, p, whole.pairs, None, notes), None
    more = _more(question, whole)
    words = "no number of athletes can be named" if more is None else f"about {more} more athletes would tell"
    reason = f"{head}: open; with such a spread {words}."
    return Verdict("inconclusive", reason, told, p, whole.pairs, more, notes), None


def _more(question: Question, whole: MixedEffect) -> int | None:
    """Athletes still needed to tell the effect of interest from none in 8 of 10 cases, if they scatter as seen."""
    from scipy.special import stdtrit

    have = len(whole.athletes)
    sd = _error(whole.effect, whole.dof) * math.sqrt(have)
    for count in range(have + 1, MOST_ATHLETES + 1):
        factor = float(stdtrit(count - 1, 1.0 - 0.5 * question.alpha) + stdtrit(count - 1, _POWER))
        if factor * sd / math.sqrt(count) <= effect_of(question):
            return count - have
    return None
