"""What an athlete's own trial says of a claim, beside what the literature says."""

from dataclasses import dataclass

from legato.estimate import Estimate
from legato.evidence.trials.model import Answer, Question, Verdict


@dataclass(frozen=True, slots=True)
class OwnResult:
    """The answer of a trial of one. `estimate`: the mean change; `rope`: changes that would not matter, from minus to
    plus this; `detectable`: the smallest detectable change; in `unit`, or shares of the comparator where `relative`.
    """

    n: int
    answer: Answer
    reason: str
    estimate: Estimate | None
    rope: float
    detectable: float | None
    relative: bool
    unit: str


def own_result(question: Question, verdict: Verdict) -> OwnResult:
    """A trial's verdict as the ledger shows it."""
    return OwnResult(
        n=verdict.n,
        answer=verdict.answer,
        reason=verdict.reason,
        estimate=verdict.change,
        rope=question.effect_of_interest,
        detectable=question.detectable,
        relative=question.relative,
        unit=question.unit,
    )
