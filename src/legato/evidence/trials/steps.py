"""What may be done next in a trial, and the lines that it adds: telling an arm, taking a session, refusing a pair."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, TypeAlias

from legato.errors import BadInput, NotResolvable
from legato.estimate import Estimate
from legato.evidence.trials.conditions import (
    Conditions,
    analysed_otherwise,
    broken_alone,
    broken_between,
    conditions,
    unknown,
)
from legato.evidence.trials.designs import block_word, drawn_order, in_phases, movement_of
from legato.evidence.trials.journal import Journal
from legato.evidence.trials.order import seal
from legato.evidence.trials.registration import PAIN_CHANGES
from legato.evidence.trials.sessions import Attempt, Trial, next_session

Step: TypeAlias = tuple[str, dict[str, Any]]
"""What a line does, and its content."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A session as its result and the person who adds it tell it; `number` is None where it could not be measured."""

    on: datetime
    number: Estimate | None
    reason: str = ""
    control: Estimate | None = None
    lag: Estimate | None = None
    lag_reason: str = ""
    conditions: Conditions = field(default_factory=dict[str, float | bool | str | None])
    files: tuple[str, ...] = ()
    result: str = ""
    result_sha256: str = ""
    pain: float | None = None
    worse_next_morning: bool = False
    rpe: float | None = None
    differs: str = ""


def reveal(trial: Trial, seed: str, receipt: str, on: datetime) -> Step:
    """Tell the arm that comes now. `receipt` is that of the line before.

    Raises
    ------
    BadInput
        Another thing is due, or the key is a wrong one.
    NotResolvable
        It is too early.
    """
    _still_open(trial)
    if trial.due == "add":
        raise BadInput(f"the session of arm {trial.due_arm} was told and is not added; add it, or --missed and why")
    if on < trial.earliest and trial.sessions:
        raise NotResolvable(
            f"too early: {trial.request.washout_h:g} h must lie between the sessions of this trial; come back from"
            f" {clock(trial.earliest)} on"
        )
    following = next_session(trial, seed)
    holds = {
        "on": stamp(on), "pair": following.number, "slot": following.slot, "place": len(following.arms),
        "arm": following.arms[-1], "seal": seal(seed, receipt),
    }  # fmt: skip
    return "revealed", holds


def take(trial: Trial, arm: str, session: Measured) -> list[Step]:
    """The lines of a session: it is added, and where it or its pair cannot count, the pair is refused.

    Raises
    ------
    BadInput
        No session is due, it is of the other arm or movement, its time does not fit, its recording is in the trial
        already, or something that is to be kept alike was not told. Nothing is lost: it can be added once that is
        mended.
    """
    running = _due(trial, arm)
    _check_time(trial, session.on)
    again = {file for one in trial.sessions for file in one.files} & set(session.files)
    if again:
        raise BadInput(f"{session.result}: the same recording is in this trial already; give the new session's own")
    _check_known(trial, session)
    reasons = _against(trial, running, session)
    phases = in_phases(trial.request)
    steps: list[Step] = [("added", _added(running, session, reasons if phases else []))]
    if reasons and not phases:
        steps.append(("refused", {"pair": running.number, "reasons": reasons, "by": "rule"}))
    stops = _stops(trial, session)
    if stops:
        steps.append(("stopped", {"why": stops}))
    return steps


def miss(trial: Trial, why: str) -> list[Step]:
    """The lines of a session that was told and did not take place as told: its block is refused, or in phases it is
    missing.

    Raises
    ------
    BadInput
        None is due.
    """
    _still_open(trial)
    if trial.running is None:
        raise BadInput("no pair is begun, so no session can be missed; `legato trial next` tells what comes")
    if in_phases(trial.request):
        if trial.due != "add":
            raise BadInput("no session is due; first `legato trial next` tells which arm comes")
        return [("skipped", {"pair": trial.running.number, "why": why})]
    return [("refused", {"pair": trial.running.number, "reasons": [why], "by": "person"})]


def stamp(on: datetime) -> str:
    """A day and time as lines hold it."""
    return on.isoformat(timespec="minutes")


def clock(on: datetime) -> str:
    """A day and time as people read it."""
    return on.strftime("%Y-%m-%d %H:%M")


def _still_open(trial: Trial) -> None:
    if trial.closed is not None:
        raise BadInput("the trial is closed with its verdict; `legato trial result` shows it")
    if trial.stopped:
        raise BadInput(f"the trial was stopped: {trial.stopped}; `legato trial result` says what is left of it")
    if trial.due == "result":
        raise BadInput("all pairs that were registered are complete; `legato trial result` gives the verdict")
    if trial.due == "nothing":
        raise BadInput(
            f"{len(trial.refused)} pairs were refused and {trial.request.replacements} replacements registered: the"
            " trial ends here; `legato trial result` says what is left of it"
        )


def _due(trial: Trial, arm: str) -> Attempt:
    """The pair whose session is due."""
    _still_open(trial)
    running = trial.running
    if running is None or trial.due != "add":
        raise BadInput("no session is due; first `legato trial next` tells which arm comes, and then it is done")
    if arm != trial.due_arm:
        raise BadInput(
            f"--arm {arm[:20]}: arm {trial.due_arm} was told and is due; if another was done, give --missed and why"
        )
    return running


def _check_time(trial: Trial, on: datetime) -> None:
    if on < trial.registered.on:
        raise BadInput(
            f"--on {clock(on)}: is before the trial was registered ({clock(trial.registered.on)}); what was recorded"
            " before cannot test it"
        )
    if on < trial.not_before:
        raise BadInput(
            f"--on {clock(on)}: is before its arm was told ({clock(trial.not_before)} by the clock); what was recorded"
            " before then cannot be of it"
        )
    if trial.sessions and on < trial.earliest:
        raise BadInput(
            f"--on {clock(on)}: less than {trial.request.washout_h:g} h after the session before it, which is too soon;"
            f" from {clock(trial.earliest)} on, or give --missed and why"
        )


def _check_known(trial: Trial, session: Measured) -> None:
    movement = session.conditions.get("movement")
    wanted = movement_of(trial.request, 0 if trial.running is None else trial.running.slot)
    if movement != wanted:
        raise BadInput(
            f"{session.result}: is of {movement}, and {wanted} was registered; give this session's own result"
        )
    corrected = session.conditions.get("corrections") or 0
    if corrected and trial.request.corrections == "none":
        raise BadInput(
            f"{session.result}: holds {corrected:g} corrections by hand, which could be chosen for their number;"
            " analyse the recording without --corrections"
        )
    before = () if trial.running is None else trial.running.sessions[:1]
    otherwise = analysed_otherwise([*(one.conditions for one in before), session.conditions])
    if otherwise:
        raise BadInput(f"{session.result}: differs from the first session in {otherwise}; analyse it again as that")
    for name in unknown(trial.registered.kept, session.conditions):
        row = conditions()[name]
        how = row.asks or "if it cannot be known, give --missed and why"
        raise BadInput(f"{session.result}: {row.name} is to be kept alike and is not known; {how}")


def _against(trial: Trial, running: Attempt, session: Measured) -> list[str]:
    """Why the pair cannot count."""
    request, kept = trial.request, trial.registered.kept
    reasons = [f"the number was not told: {session.reason}"] if session.number is None else []
    if session.number is not None and request.outcome.relative and session.number.value <= 0.0:
        reasons.append("the number is not above zero, so no share of it can be told")
    if session.pain is not None and session.pain >= PAIN_CHANGES:
        reasons.append(f"pain of {session.pain:g} of 10: work would be changed, and a pair is kept alike")
    if session.differs:
        reasons.append(f"told: {session.differs}")
    reasons += broken_alone(kept, session.conditions, running.arms[-1], request.differs_by_arm)
    rest, asked = session.conditions.get("rest_min"), request.rest_range_min
    if asked is not None and isinstance(rest, int | float) and not asked[0] <= rest <= asked[1]:
        reasons.append(
            f"rest before the test was {rest:g} min, and this trial asks for {asked[0]:g} to {asked[1]:g} min"
        )
    if request.doses is not None and session.lag is None:
        reasons.append(f"the lag that was achieved was not told: {session.lag_reason}")
    counted = [one for one in running.sessions if not one.missing]
    if counted:
        before = counted[0]
        reasons += broken_between(kept, [before.conditions, session.conditions])
        longest = request.longest_gap_h
        if longest is not None and session.on - before.on > timedelta(hours=longest):
            reasons.append(f"more than {longest:g} h lie between its sessions, the most that this trial allows")
    return reasons


def _stops(trial: Trial, session: Measured) -> str:
    if session.worse_next_morning:
        return "pain was worse the morning after"
    if session.pain is not None and session.pain > trial.request.stop_pain:
        return f"pain of {session.pain:g} of 10"
    return ""


def _added(running: Attempt, session: Measured, missing: list[str]) -> dict[str, Any]:
    told: Mapping[str, Any] = {
        "pain": session.pain, "worse_next_morning": session.worse_next_morning or None, "rpe": session.rpe,
        "differs": session.differs or None,
    }  # fmt: skip
    return {
        "on": stamp(session.on),
        "pair": running.number,
        "arm": running.arms[-1],
        "number": _ends(session.number),
        "reason": session.reason,
        "control": _ends(session.control),
        **({"lag": _ends(session.lag)} if session.lag is not None else {}),
        **({"missing": missing} if missing else {}),
        "conditions": dict(session.conditions),
        "told": {name: value for name, value in told.items() if value is not None},
        "result": session.result,
        "result_sha256": session.result_sha256,
        "files": sorted(session.files),
    }


def _ends(estimate: Estimate | None) -> dict[str, float] | None:
    return None if estimate is None else {"value": estimate.value, "low": estimate.low, "high": estimate.high}


def wrongly_told(trial: Trial, journal: Journal, seed: str) -> list[str]:
    """Arms that were not told by who has the seed, or not in the sealed order, in words.

    Raises
    ------
    BadInput
        The seed is not the trial's.
    """
    next_session(replace(trial, attempts=()), seed)
    order, found = drawn_order(seed, trial.request), list[str]()
    for one in trial.attempts:
        if one.arms != order[one.slot][: len(one.arms)]:
            word = block_word(trial.request)
            found.append(f"{word} {one.number} is {', '.join(one.arms)}, which is not the order that was sealed")
    for before, line in pairwise(journal.lines):
        if line.do == "revealed" and line.holds.get("seal") != seal(seed, before.sha256):
            found.append(f"line {line.number} was not written by who had the key, or lines before it were changed")
    return found
