"""What a registration chose that is not the usual, and what may be known by it: told beside every verdict."""

from legato.estimate import LEVEL
from legato.evidence.trials.conditions import conditions, loosened
from legato.evidence.trials.model import ALPHA
from legato.evidence.trials.sessions import Trial


def looser(trial: Trial) -> str:
    """What was registered to be kept less alike than usual, in a sentence; empty where nothing was."""
    found = loosened(trial.registered.kept)
    return f"Kept less alike than usual, as registered: {'; '.join(found)}." if found else ""


def terms(trial: Trial) -> tuple[str, ...]:
    """What a reader of the verdict should know of the registration, a sentence each."""
    request = trial.request
    said = [looser(trial)]
    for name, arm in request.differs_by_arm.items():
        word = conditions()[name].name
        said.append(
            f"Registered to differ: {word} with {arm} alone, so that hope and effort differ between the arms too."
        )
    if request.alpha != ALPHA or request.level != LEVEL:
        said.append(
            f"Registered: alpha {request.alpha:g} and an interval of {100 * request.level:g} % (usually {ALPHA:g} and"
            f" {100 * LEVEL:g} %)."
        )
    if request.corrections == "allowed":
        by_hand = sum(bool(session.conditions.get("corrections")) for session in trial.sessions)
        said.append(f"Corrections by hand were allowed: {by_hand} of {len(trial.sessions)} sessions have some.")
    return tuple(one for one in said if one)
