"""What a trial's lines amount to: which sessions there are, which pairs count, what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias, cast

from pydantic import ValidationError

from legato.errors import BadInput
from legato.estimate import LEVEL, Estimate
from legato.evidence.trials.journal import SCHEMA, Journal, Line
from legato.evidence.trials.model import Arm, Pair
from legato.evidence.trials.order import commitment, first_arms
from legato.evidence.trials.registration import Request

Due: TypeAlias = Literal["next", "add", "result", "nothing"]
"""What comes: the next arm is to be told, its session to be added, the verdict may be read, or nothing any more."""


@dataclass(frozen=True, slots=True)
class Registered:
    """The first line: the request and what was settled with it. `seed` is None where a key file holds it."""

    request: Request
    kept: Mapping[str, float]
    unit: str
    outcome_name: str
    on: datetime
    at: str
    commitment: str
    seed: str | None
    legato_version: str
    power: float | None = None
    spread: float | None = None
    control_name: str = ""
    control_unit: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """A session that was added; `number` is None where the result could not tell it, for a `reason`."""

    attempt: int
    place: int
    arm: Arm
    on: datetime
    at: str
    number: Estimate | None
    reason: str
    control: Estimate | None
    conditions: Mapping[str, Any]
    told: Mapping[str, Any]
    files: tuple[str, ...]
    result: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """A pair that was begun: for which place of the order, which arm came first, and why it was refused if it was.

    A pair that is refused is repeated in its place, with the same order: the sealed list never changes, and nothing is
    gained by losing a pair.
    """

    number: int
    slot: int
    first: Arm
    sessions: tuple[Session, ...] = ()
    told: int = 1
    refused: tuple[str, ...] | None = None

    @property
    def complete(self) -> bool:
        """Whether it counts."""
        return self.refused is None and len(self.sessions) == 2


@dataclass(frozen=True, slots=True)
class Trial:
    """All that a trial's file says."""

    registered: Registered
    attempts: tuple[Attempt, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    stopped: str = ""
    closed: Mapping[str, Any] | None = None
    looks: tuple[Mapping[str, Any], ...] = ()

    @property
    def request(self) -> Request:
        """What was asked."""
        return self.registered.request

    @property
    def complete(self) -> tuple[Attempt, ...]:
        """The pairs that count, as they were done."""
        return tuple(one for one in self.attempts if one.complete)

    @property
    def refused(self) -> tuple[Attempt, ...]:
        """The pairs that were refused."""
        return tuple(one for one in self.attempts if one.refused is not None)

    @property
    def sessions(self) -> tuple[Session, ...]:
        """Every session, as they were added."""
        return tuple(session for one in self.attempts for session in one.sessions)

    @property
    def running(self) -> Attempt | None:
        """The pair that was begun and is neither complete nor refused."""
        last = self.attempts[-1] if self.attempts else None
        return None if last is None or last.complete or last.refused is not None else last

    @property
    def due(self) -> Due:
        """What comes next."""
        if len(self.complete) >= self.request.pairs:
            return "result"
        if self.stopped:
            return "nothing"
        if self.running is not None and len(self.running.sessions) < self.running.told:
            return "add"
        if self.running is None and len(self.refused) > self.request.replacements:
            return "nothing"
        return "next"

    @property
    def due_arm(self) -> Arm | None:
        """The arm whose session is to be added."""
        if self.due != "add" or self.running is None:
            return None
        return arm_at(self.running.first, self.running.told)

    @property
    def earliest(self) -> datetime:
        """From when on the next session may be, after the washout."""
        if not self.sessions:
            return self.registered.on
        last = max(session.on for session in self.sessions)
        return last + timedelta(hours=self.request.washout_h)

    def pairs(self) -> list[Pair]:
        """The pairs that count, for the test."""
        found: list[Pair] = []
        for one in self.complete:
            by_arm = {session.arm: session.number for session in one.sessions}
            a, b = by_arm["A"], by_arm["B"]
            if a is None or b is None:
                raise ValueError("a pair that counts has no number")
            found.append(Pair(one.first, a, b))
        return found


def arm_at(first: Arm, place: int) -> Arm:
    """The arm of the first or second session of a pair."""
    return first if place == 1 else "B" if first == "A" else "A"


def next_pair(trial: Trial, seed: str) -> Attempt:
    """The pair that comes now."""
    if commitment(seed, trial.request.name) != trial.registered.commitment:
        raise BadInput("the key is not the one that this trial was registered with; give the key file of that day")
    slot = len(trial.complete)
    return Attempt(len(trial.attempts) + 1, slot, first_arms(seed, trial.request.pairs)[slot])


def read_trial(journal: Journal) -> Trial:
    """What the lines amount to.

    Raises
    ------
    BadInput
        A line does not follow from those before it: somebody wrote it by hand.
    """
    lines = journal.lines
    trial = Trial(_registered(lines[0], str(journal.path)))
    for line in lines[1:]:
        try:
            trial = _with(trial, line)
        except (KeyError, TypeError, ValueError):
            raise BadInput(
                f"{journal.path}: line {line.number} does not follow from those before it; restore it from a copy"
            ) from None
    return trial


def estimate_of(record: Mapping[str, Any] | None, unit: str) -> Estimate | None:
    """An interval of the usual level as a line holds it."""
    if record is None:
        return None
    return Estimate(float(record["value"]), float(record["low"]), float(record["high"]), LEVEL, unit)


def moment(text: str) -> datetime:
    """A day and time as lines hold it."""
    return datetime.fromisoformat(text)


def _registered(line: Line, path: str) -> Registered:
    holds = line.holds
    damaged = f"{path}: line 1 is no registration of this version ({SCHEMA}); restore the file from a copy"
    if line.do != "registered" or holds.get("schema") != SCHEMA:
        raise BadInput(damaged)
    try:
        outcome, control = holds["outcome"], cast("Mapping[str, Any]", holds.get("negative_control") or {})
        return Registered(
            request=Request.model_validate(holds["request"]),
            kept={str(name): float(within) for name, within in cast("Mapping[str, Any]", holds["kept"]).items()},
            unit=str(outcome["unit"]),
            outcome_name=str(outcome["name"]),
            on=moment(holds["on"]),
            at=line.at,
            commitment=str(holds["commitment"]),
            seed=holds["seed"],
            legato_version=str(holds["legato_version"]),
            power=holds["power"],
            spread=holds["spread"],
            control_name=str(control.get("name", "")),
            control_unit=str(control.get("unit", "")),
        )
    except (KeyError, TypeError, ValueError, ValidationError):
        raise BadInput(damaged) from None


def _with(trial: Trial, line: Line) -> Trial:
    """The trial after one more line."""
    holds = line.holds
    if trial.closed is not None and line.do != "noted":
        raise ValueError("nothing follows a verdict")
    match line.do:
        case "revealed":
            return _revealed(trial, holds)
        case "added":
            return _added(trial, line)
        case "refused":
            if trial.running is None and not (trial.attempts and trial.attempts[-1].complete):
                raise ValueError("no pair is begun")
            last = replace(trial.attempts[-1], refused=tuple(str(reason) for reason in holds["reasons"]))
            return replace(trial, attempts=(*trial.attempts[:-1], last))
        case "noted":
            return replace(trial, notes=(*trial.notes, (line.at, str(holds["text"]))))
        case "stopped":
            return replace(trial, stopped=str(holds["why"]))
        case "looked":
            return replace(trial, looks=(*trial.looks, holds["verdict"]))
        case "closed":
            return replace(trial, closed=holds["verdict"])
        case _:
            raise ValueError(f"{line.do} is nothing that a trial does")


def _revealed(trial: Trial, holds: Mapping[str, Any]) -> Trial:
    if trial.due != "next":
        raise ValueError("nothing was to be told")
    number, slot, arm, place = int(holds["pair"]), int(holds["slot"]), holds["arm"], int(holds["place"])
    if arm not in ("A", "B"):
        raise ValueError("no such arm")
    running = trial.running
    if running is None:
        if place != 1 or number != len(trial.attempts) + 1 or slot != len(trial.complete):
            raise ValueError("no such pair")
        return replace(trial, attempts=(*trial.attempts, Attempt(number, slot, arm)))
    if place != 2 or number != running.number or slot != running.slot or arm != arm_at(running.first, 2):
        raise ValueError("not the other arm")
    return replace(trial, attempts=(*trial.attempts[:-1], replace(running, told=2)))


def _added(trial: Trial, line: Line) -> Trial:
    holds, running = line.holds, trial.running
    if running is None or trial.due_arm != holds["arm"] or int(holds["pair"]) != running.number:
        raise ValueError("another session was to be added")
    session = Session(
        attempt=running.number,
        place=running.told,
        arm=holds["arm"],
        on=moment(holds["on"]),
        at=line.at,
        number=estimate_of(holds["number"], trial.registered.unit),
        reason=str(holds["reason"]),
        control=estimate_of(holds.get("control"), trial.registered.control_unit),
        conditions=dict(holds["conditions"]),
        told=dict(holds["told"]),
        files=tuple(str(file) for file in holds["files"]),
        result=str(holds["result"]),
    )
    last = replace(running, sessions=(*running.sessions, session))
    return replace(trial, attempts=(*trial.attempts[:-1], last))


def told_late(trial: Trial, hours: float = 24.0) -> Sequence[Session]:
    """Sessions that were added long after they were: the file's clock alone says when."""
    late: list[Session] = []
    for session in trial.sessions:
        clock = moment(session.at).replace(tzinfo=None)
        if clock - session.on > timedelta(hours=hours):
            late.append(session)
    return late
