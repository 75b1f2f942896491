"""A session that was added by mistake (of another day or athlete): its pair is refused on a person's word."""

from legato.errors import BadInput
from legato.evidence.trials.designs import block_word, in_phases
from legato.evidence.trials.sessions import Trial
from legato.evidence.trials.steps import Step


def withdraw(trial: Trial, why: str) -> list[Step]:
    """The lines that refuse the pair (or block) of the session that was added last.

    Raises
    ------
    BadInput
        None was added, the arm after it was told already, or the trial has ended: its number may be known then.
    """
    word = block_word(trial.request)
    if trial.closed is not None or trial.stopped:
        raise BadInput(
            "the trial has ended and nothing is withdrawn any more; `legato trial note` can say what is wrong"
        )
    if in_phases(trial.request):
        raise BadInput("in phases time goes on and no session comes again; `legato trial note` can say what is wrong")
    last = trial.attempts[-1] if trial.attempts else None
    if last is None or not trial.sessions:
        raise BadInput("no session was added, so none can be withdrawn")
    if trial.due == "add":
        raise BadInput(
            f"the arm after it was told already, so it stays; for the session that is due, `legato trial add --missed"
            f" WHY` refuses the {word}"
        )
    if last.refused is not None:
        raise BadInput(f"its {word} is refused already")
    if trial.looks and trial.looks[-1]["at"] == len(trial.complete):
        raise BadInput("the look that was registered has shown it, so it stays")
    return [("refused", {"pair": last.number, "reasons": [f"withdrawn: {why}"], "by": "person"})]
