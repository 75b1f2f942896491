"""What trials of one that have ended say of the claims that they test."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from legato.errors import BadInput, NotResolvable
from legato.estimate import Estimate
from legato.evidence.claims import OwnResult, own_result
from legato.evidence.trials.judged import judged_trial
from legato.evidence.trials.model import Verdict
from legato.evidence.trials.sessions import Trial
from legato.evidence.trials.verdict_record import verdict_of
from legato.store import Catalogue
from legato.store.rows import TrialOfOneRow
from legato.web.trial_desk import looked_into


@dataclass(frozen=True, slots=True)
class OwnTrial:
    """What a trial that has ended found; one that is `simulated` says nothing of anybody."""

    row: TrialOfOneRow
    own: OwnResult
    simulated: bool


def own_results(rows: Transaction, catalogue: Catalogue) -> dict[str, list[OwnTrial]]:
    """By claim the trials that have ended, the newest first; nothing of those that run or cannot be read."""
    found: dict[str, list[OwnTrial]] = {}
    for row in rows.scalars(select(TrialOfOneRow).order_by(TrialOfOneRow.created_at.desc(), TrialOfOneRow.id)):
        try:
            trial, journal = looked_into(catalogue, row)
            if trial.closed is None or not trial.request.claim:
                continue
            own = _own(judged_trial(journal))
        except (BadInput, NotResolvable):
            continue
        found.setdefault(trial.request.claim, []).append(OwnTrial(row, own, trial.request.simulated))
    return found


def _own(trial: Trial) -> OwnResult:
    """The verdict of a trial that has ended, as the ledger shows it."""
    told = verdict_of(trial.closed or {})
    change = told.change
    estimate = None if change is None else Estimate(change.value, change.low, change.high, change.level, change.unit)
    verdict = Verdict(told.answer, told.reason, estimate, told.p, told.n)
    return own_result(trial.request.question(trial.registered.unit), verdict)
