"""What a trial answers: the verdict on its pairs, and on the number that should have stayed as it was."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from legato.errors import NotResolvable
from legato.evidence.trials.model import Verdict
from legato.evidence.trials.paired import judge_pairs
from legato.evidence.trials.sessions import Trial
from legato.evidence.trials.sign_flip import DrawnOrder, sign_flip_p


@dataclass(frozen=True, slots=True)
class Answered:
    """The verdict; `at` pairs, `final` unless it is that of a look which decides nothing.

    `control_p`: of the number that the exposure should leave alone; None where none was registered or measured.
    """

    verdict: Verdict
    at: int
    final: bool
    control_p: float | None = None
    control_change: float | None = None


def answer(trial: Trial) -> Answered:
    """The verdict at the number of pairs that was registered, at a registered look, or when the trial ended early.

    Raises
    ------
    NotResolvable
        It is too early: how many pairs are missing is told, and nothing else.
    """
    request, n = trial.request, len(trial.complete)
    lost = len(trial.refused)
    if trial.due == "nothing" and n < request.pairs:
        ended = f"stopped: {trial.stopped}" if trial.stopped else f"{lost} pairs were refused, more than replacements"
        reason = (
            f"the trial ended with {n} of {request.pairs} pairs ({ended}), and fewer than registered decide nothing"
        )
        return Answered(Verdict("not-measurable", reason, None, None, n), n, final=True)
    whole = n >= request.pairs
    if not whole and (n not in request.looks or trial.running is not None):
        looks = [k for k in request.looks if k > n]
        first = f", or a look after {looks[0] - n} more" if looks else ""
        raise NotResolvable(f"{n} of {request.pairs} pairs are complete: {request.pairs - n} are missing{first}")
    question = request.question(trial.registered.unit)
    found = judge_pairs(question, trial.pairs(), lost=lost, looks=request.looks)
    if not whole and found.answer == "inconclusive":
        return Answered(found, n, final=False)
    p, change = _control(trial)
    shared = request.alpha / (len(request.looks) + 1)
    if p is not None and p <= shared and found.answer == "supports":
        name = trial.registered.control_name
        reason = (
            f"{name}, which should have stayed as it was, changed as well (p = {p:.2g}): something beside the exposure"
            f" differed between the arms, or it was chance; {found.reason}"
        )
        found = replace(found, answer="inconclusive", reason=reason)
    return Answered(found, n, final=True, control_p=p, control_change=change)


def _control(trial: Trial) -> tuple[float | None, float | None]:
    """Two-sided p and mean of the change of the negative control, A minus B, over the pairs that have it."""
    changes: list[float] = []
    for pair in trial.complete:
        by_arm = {session.arm: session.control for session in pair.sessions}
        a, b = by_arm["A"], by_arm["B"]
        if a is None or b is None:
            return None, None
        changes.append(a.value - b.value)
    if trial.request.negative_control is None or not changes:
        return None, None
    order = DrawnOrder(tuple(pair.first for pair in trial.complete), trial.request.pairs)
    return sign_flip_p(changes, order), sum(changes) / len(changes)


def verdict_record(found: Answered) -> Mapping[str, Any]:
    """A verdict as a line and as the record hold it."""
    verdict = found.verdict
    return {
        "answer": verdict.answer, "reason": verdict.reason,
        "change": None if verdict.change is None else verdict.change.to_dict(),
        "level": None if verdict.change is None else verdict.change.level,
        "p": verdict.p, "n": verdict.n, "more": verdict.more, "notes": list(getattr(verdict, "notes", ())),
        "at": found.at, "final": found.final, "control_p": found.control_p, "control_change": found.control_change,
    }  # fmt: skip
