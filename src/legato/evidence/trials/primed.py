"""Whether a protocol of priming worked for an athlete, in words, from the verdict of its trial."""

from legato.evidence.trials.model import Question, Verdict
from legato.evidence.trials.scale import amount, detectable_of, told
from legato.evidence.trials.sessions import Trial

_RESTED = ("readiness", "soreness", "sleep_h")


def worked(trial: Trial, verdict: Verdict) -> tuple[str, ...]:
    """Of a trial of priming whether it worked, a sentence each; of another nothing.

    It worked where the mean change over six pairs and more is larger than the smallest detectable change of such a mean
    (that of one session's number over √n), as large as what would matter, and its interval lies above zero: all that
    `supports` asks.
    """
    request = trial.request
    if not request.priming:
        return ()
    said = [f"{request.priming} {_answer(request.question(trial.registered.unit), verdict)}"]
    rested = sum(any(one.conditions.get(name) is not None for name in _RESTED) for one in trial.sessions)
    if rested < len(trial.sessions):
        said.append(f"How rested the athlete was is told of {rested} of {len(trial.sessions)} sessions.")
    return tuple(said)


def _answer(question: Question, verdict: Verdict) -> str:
    if verdict.answer == "contradicts":
        return f"did not work by as much as would matter ({amount(question, question.effect_of_interest)})."
    if verdict.answer != "supports" or verdict.change is None:
        return "is not decided: whether it works is open."
    if question.detectable is None:
        return (
            "worked: the mean change and its interval lie above zero. The athlete's own smallest detectable change was"
            " not told, so it is not held against that."
        )
    of_mean = amount(question, told(question, detectable_of(question, verdict.n)))
    single = amount(question, question.detectable)
    as_large = "as large" if abs(verdict.change.value) >= question.detectable else "smaller"
    return (
        f"worked: the mean change and its interval lie above zero, and it is larger than the smallest detectable change"
        f" of a mean of {verdict.n} pairs ({of_mean}). One day against another tells changes of {single} and"
        f" more; this one is {as_large}."
    )
