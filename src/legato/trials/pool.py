"""What several athletes' ended trials of one claim say together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legato.errors import BadInput

if TYPE_CHECKING:
    from legato.evidence.trials.pooled import AthleteTrial


def pool_trials(files: Sequence[Path]) -> dict[str, Any]:
    """The record of ended trials together, one an athlete.

    Raises
    ------
    BadInput
        They are not of one movement, are made up and not, share a recording, or one has not ended.
    """
    from legato.evidence.trials.pooled import pool
    from legato.report.pooled_record import pooled_record

    read = [_read(file) for file in files]
    movements = {one.movement for one in read}
    if len(movements) > 1:
        raise BadInput(f"the trials are of {', '.join(sorted(movements))}; only trials of one movement are pooled")
    made_up = {one.simulated for one in read}
    if len(made_up) > 1:
        raise BadInput("some of the trials are simulated and some are not; what was made up is no athlete's")
    _no_recording_twice(files, [one.recordings for one in read])
    trials = [one.trial for one in read]
    own = {one.trial.athlete: one.answer for one in read}
    return pooled_record(pool(trials), trials, movements.pop(), own, simulated=made_up.pop())


def _no_recording_twice(files: Sequence[Path], recordings: Sequence[frozenset[str]]) -> None:
    """Raise `BadInput` where two trials hold the same recording."""
    for k, own in enumerate(recordings):
        for before, others in zip(files[:k], recordings, strict=False):
            if own & others:
                raise BadInput(
                    f"{files[k]} and {before} hold the same recording; each athlete's sessions are that athlete's own"
                )


@dataclass(frozen=True, slots=True)
class _Ended:
    """An ended trial as the model takes it, its movement, the sums of its recordings, and its own verdict."""

    trial: "AthleteTrial"
    movement: str
    recordings: frozenset[str]
    answer: Mapping[str, Any]
    simulated: bool


def _read(file: Path) -> _Ended:
    from legato.evidence.trials.journal import read_journal
    from legato.evidence.trials.judged import judged_trial
    from legato.evidence.trials.pooled import AthleteTrial

    trial = judged_trial(read_journal(file))
    request = trial.request
    if request.design != "pairs" or request.arms is None:
        raise BadInput(f"{file}: is a trial of the design {request.design}; only trials of pairs are pooled")
    if trial.closed is None:
        raise BadInput(
            f"{file}: has not ended, and its numbers stay closed until then; `legato trial result {file}` ends it"
        )
    if len(trial.complete) < request.planned:
        raise BadInput(
            f"{file}: ended with {len(trial.complete)} of {request.planned} pairs; one that ends early may have ended"
            " for its numbers, so it is not pooled: say in words that it was begun"
        )
    registered = trial.registered
    asked = request.claim or request.hypothesis.strip()
    arms = (request.arms.A, request.arms.B)
    counted = iter(trial.pairs())
    pairs = tuple(next(counted) if one.complete else None for one in trial.attempts)
    question = request.question(registered.unit)
    found = AthleteTrial(request.athlete, asked, registered.outcome_name, arms, question, pairs)
    recordings = frozenset(sha for session in trial.sessions for sha in session.files)
    return _Ended(found, request.outcome.movement, recordings, trial.closed, request.simulated)


def pooled_lines(record: Mapping[str, Any]) -> Sequence[str]:
    """What they say together, in words."""
    from legato.report.pooled_page import CHOSEN, OWN, pooled_sentence
    from legato.report.trial_words import ANSWERS, change_text

    def text(one: Mapping[str, Any]) -> str:
        return change_text(one, relative=record["relative"], unit=record["unit"])

    verdict = record["verdict"]
    made_up = "SIMULATED, " if record["simulated"] else ""
    lines = [
        f"{made_up}{record['claim']}: {ANSWERS[verdict['answer']]}",
        pooled_sentence(record),
        str(verdict["reason"]),
    ]
    lines.append(
        f"mean {text(record['mean'])}; one more athlete {text(record['next_athlete'])}; spread between athletes (SD)"
        f" {text(record['spread']).lstrip('+')}; p = {verdict['p']:.3g}"
    )
    for one in record["athletes"]:
        alone = "" if one["alone"] is None else f"; alone {text(one['alone'])}, {ANSWERS[one['answer']]}"
        lines.append(f"  {one['athlete']}: {text(one['own'])}, {one['pairs']} pairs{alone}")
    lines += [OWN, *verdict["notes"], CHOSEN]
    if record["left_out"]:
        lines.append(f"left out, with too few pairs: {', '.join(record['left_out'])}")
    return lines
