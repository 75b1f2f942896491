"""A trial as one record: all that a report of it needs (CENT 2015 and SCRIBE 2016 items), blind until it has ended."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from legato.evidence.trials.designs import block_word, drawn_order, sessions_of
from legato.evidence.trials.journal import Journal
from legato.evidence.trials.registration import Request
from legato.evidence.trials.sessions import Attempt, Due, Session, Trial, told_late
from legato.evidence.trials.sign_flip import count_lists, least_p, most_apart
from legato.evidence.trials.verdict_record import Interval, VerdictRecord, verdict_of

SCHEMA = "legato.trial/1"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Planned(_Record):
    """What was settled at registration beside the request. `spread`: assumed SD of a session's number, as a share of it
    where the effect is; `power`: of the registered number of pairs at the effect of interest.
    """

    on: str
    written_at: str
    outcome_name: str
    unit: str
    kept: dict[str, float]
    power: float | None
    spread: float | None
    control_name: str
    legato_version: str


class Randomisation(_Record):
    """How the order was drawn and kept. `unit`: what was drawn as a whole (pair, block of doses, series), of so many
    `sessions`. `drawn`: the arms of each, as drawn; empty until the trial has ended, or where a key file holds
    the seed.
    """

    unit: str
    sessions: int
    most_apart: int | None
    lists: int | None
    least_p: float | None
    commitment: str
    key_apart: bool
    drawn: tuple[tuple[str, ...], ...] = ()


class SessionRecord(_Record):
    """A session; its numbers are null until the trial has ended."""

    pair: int
    place: int
    arm: str
    on: str
    written_at: str
    measured: bool
    number: Interval | None
    control: Interval | None
    lag: Interval | None
    reason: str
    missing: tuple[str, ...]
    conditions: dict[str, Any]
    told: dict[str, Any]
    result: str
    files: tuple[str, ...]


class PairRecord(_Record):
    """A block that was begun: `slot` is its place in the drawn order, from 1; `arms` those told so far; `skipped` the
    places of a series that did not take place; `refused` says why it does not count.
    """

    pair: int
    slot: int
    first: str
    arms: tuple[str, ...]
    skipped: tuple[int, ...] = ()
    complete: bool
    refused: tuple[str, ...] = ()


class TrialRecord(_Record):
    """A trial. `request` is the registration as it was written."""

    format: Literal["legato.trial/1"] = Field(default=SCHEMA, alias="schema")
    request: dict[str, Any]
    planned: Planned
    randomisation: Randomisation
    due: Due
    due_arm: str | None
    earliest: str | None
    pairs_planned: int
    pairs_complete: int
    pairs_refused: int
    replacements_left: int
    pairs: tuple[PairRecord, ...]
    sessions: tuple[SessionRecord, ...]
    notes: tuple[tuple[str, str], ...]
    told_late: int
    stopped: str
    looks: tuple[VerdictRecord, ...] = ()
    verdict: VerdictRecord | None
    lines: int
    receipt: str


def trial_record(trial: Trial, journal: Journal, seed: str | None = None) -> TrialRecord:
    """A trial as a record; numbers, the drawn order and the verdict stand in it once the verdict was given. `seed`: of
    a trial whose key lies elsewhere, what its order follows from.
    """
    registered, request = trial.registered, trial.request
    ended, seed = trial.closed is not None, trial.registered.seed or seed
    drawn = drawn_order(seed, request) if ended and seed is not None else ()
    pairs = request.pairs
    return TrialRecord(
        request=request.model_dump(mode="json"),
        planned=Planned(
            on=registered.on.isoformat(timespec="minutes"),
            written_at=registered.at,
            outcome_name=registered.outcome_name,
            unit=registered.unit,
            kept=dict(registered.kept),
            power=registered.power,
            spread=registered.spread,
            control_name=registered.control_name,
            legato_version=registered.legato_version,
        ),
        randomisation=Randomisation(
            unit=block_word(request),
            sessions=sessions_of(request),
            most_apart=None if pairs is None else most_apart(pairs),
            lists=None if pairs is None else count_lists(pairs),
            least_p=_least_p(request),
            commitment=registered.commitment,
            key_apart=registered.seed is None,
            drawn=drawn,
        ),
        due="nothing" if ended else trial.due,
        due_arm=trial.due_arm,
        earliest=trial.earliest.isoformat(timespec="minutes") if trial.due == "next" else None,
        pairs_planned=request.planned,
        pairs_complete=len(trial.complete),
        pairs_refused=len(trial.refused),
        replacements_left=max(0, request.replacements - len(trial.refused)),
        pairs=tuple(_block(one) for one in trial.attempts),
        sessions=tuple(_session(one, trial, shown=ended) for one in trial.sessions),
        notes=trial.notes,
        told_late=len(told_late(trial)),
        stopped=trial.stopped,
        looks=tuple(verdict_of(one) for one in trial.looks),
        verdict=None if trial.closed is None else verdict_of(trial.closed),
        lines=len(journal.lines),
        receipt=journal.receipt,
    )


def _block(one: Attempt) -> PairRecord:
    return PairRecord(
        pair=one.number,
        slot=one.slot + 1,
        first=one.first,
        arms=one.arms,
        skipped=one.skipped,
        complete=one.complete,
        refused=one.refused or (),
    )


def _least_p(request: Request) -> float | None:
    """The smallest p that the design can reach; None of doses, whose p has no such end."""
    if request.pairs is not None:
        return least_p(request.pairs)
    if request.phases is None:
        return None
    from legato.evidence.trials.phases import count_draws

    counts = (request.phases.sessions,) * request.planned
    return 1.0 / count_draws(counts, request.changes, request.phases.least)


def _session(one: Session, trial: Trial, *, shown: bool) -> SessionRecord:
    number, control = (one.number, one.control) if shown else (None, None)
    return SessionRecord(
        pair=one.attempt,
        place=one.place,
        arm=one.arm,
        on=one.on.isoformat(timespec="minutes"),
        written_at=one.at,
        measured=one.number is not None,
        number=None if number is None else Interval.model_validate(number.to_dict()),
        control=None if control is None else Interval.model_validate(control.to_dict()),
        lag=None if one.lag is None or not shown else Interval.model_validate(one.lag.to_dict()),
        reason=one.reason,
        missing=one.missing,
        conditions=dict(one.conditions),
        told=dict(one.told),
        result=one.result,
        files=one.files,
    )
