"""What a trial's lines amount to: which sessions there are, which pairs count, what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias, cast

from legato.errors import BadInput
from legato.estimate import LEVEL, Estimate
from legato.evidence.trials.conditions import conditions
from legato.evidence.trials.designs import drawn_order, in_phases, labels_of, sessions_of
from legato.evidence.trials.journal import SCHEMA, Journal, Line
from legato.evidence.trials.model import Arm, Pair
from legato.evidence.trials.order import SEED_BYTES, commitment
from legato.evidence.trials.registration import Request
from legato.evidence.trials.verdict_record import verdict_of

Due: TypeAlias = Literal["next", "add", "result", "nothing"]
"""What comes: the next arm is to be told, its session to be added, the verdict may be read, or nothing any more."""


LARGEST = 1e100
"""[ENG] Beyond, a number can no longer be calculated with."""

_FORGED = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
"""What comes of lines that no command wrote."""


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
    """A session that was added; `number` is None where the result could not tell it, for a `reason`.

    `lag`: of a trial of doses, the lag that was achieved. `missing`: of a trial in phases, why it does not count.
    """

    attempt: int
    place: int
    arm: str
    on: datetime
    at: str
    number: Estimate | None
    reason: str
    control: Estimate | None
    lag: Estimate | None
    missing: tuple[str, ...]
    conditions: Mapping[str, Any]
    told: Mapping[str, Any]
    files: tuple[str, ...]
    result: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """A block that was begun (a pair, all doses once, a series): for which place of the order, the arms told so far,
    and why it was refused if it was.

    One that is refused is repeated in its place, with the same order: the sealed list never changes, and nothing is
    gained by losing one. `skipped`: sessions of a series that were told and did not take place.
    """

    number: int
    slot: int
    size: int
    arms: tuple[str, ...]
    sessions: tuple[Session, ...] = ()
    skipped: tuple[int, ...] = ()
    refused: tuple[str, ...] | None = None

    @property
    def done(self) -> int:
        """Sessions that were added or skipped."""
        return len(self.sessions) + len(self.skipped)

    @property
    def first(self) -> str:
        """The arm that it began with."""
        return self.arms[0]

    @property
    def complete(self) -> bool:
        """Whether it counts."""
        return self.refused is None and self.done == self.size


@dataclass(frozen=True, slots=True)
class Trial:
    """All that a trial's file says. `told_at`: the clock of the line that told the newest arm."""

    registered: Registered
    attempts: tuple[Attempt, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    stopped: str = ""
    told_at: str = ""
    closed: Mapping[str, Any] | None = None
    looks: tuple[Mapping[str, Any], ...] = ()

    @property
    def request(self) -> Request:
        """What was asked."""
        return self.registered.request

    @property
    def complete(self) -> tuple[Attempt, ...]:
        """The blocks that count, as they were done."""
        return tuple(one for one in self.attempts if one.complete)

    @property
    def refused(self) -> tuple[Attempt, ...]:
        """The blocks that were refused."""
        return tuple(one for one in self.attempts if one.refused is not None)

    @property
    def sessions(self) -> tuple[Session, ...]:
        """Every session, as they were added."""
        return tuple(session for one in self.attempts for session in one.sessions)

    @property
    def running(self) -> Attempt | None:
        """The block that was begun and is neither complete nor refused."""
        last = self.attempts[-1] if self.attempts else None
        return None if last is None or last.complete or last.refused is not None else last

    @property
    def due(self) -> Due:
        """What comes next."""
        if len(self.complete) >= self.request.planned:
            return "result"
        if self.stopped:
            return "nothing"
        if self.running is not None and self.running.done < len(self.running.arms):
            return "add"
        if self.running is None and len(self.refused) > self.request.replacements:
            return "nothing"
        return "next"

    @property
    def at_look(self) -> bool:
        """Whether so many pairs are complete as were registered for a look."""
        return len(self.complete) in self.request.looks and self.running is None and self.due == "next"

    @property
    def due_arm(self) -> str | None:
        """The arm whose session is to be added."""
        return self.running.arms[-1] if self.due == "add" and self.running is not None else None

    @property
    def earliest(self) -> datetime:
        """From when on the next session may be, after the washout; doses of a block are sets of one day."""
        if not self.sessions:
            return self.registered.on
        last = max(session.on for session in self.sessions)
        within = self.running is not None and self.request.doses is not None
        return last + timedelta(hours=0.0 if within else self.request.washout_h)

    @property
    def not_before(self) -> datetime:
        """Before when the session that is due cannot have been: its arm was not told, nor the trial registered, by the
        clock. Of a simulated trial as its registration tells.
        """
        if self.request.simulated:
            return self.registered.on
        clock = moment(self.told_at or self.registered.at).replace(second=0, microsecond=0)
        return max(clock, self.registered.on)

    def pairs(self) -> list[Pair]:
        """The pairs that count, for the test."""
        found: list[Pair] = []
        for one in self.complete:
            by_arm = {session.arm: session.number for session in one.sessions}
            a, b = by_arm["A"], by_arm["B"]
            if a is None or b is None:
                raise ValueError("a pair that counts has no number")
            found.append(Pair(cast("Arm", one.first), a, b))
        return found


def next_session(trial: Trial, seed: str) -> Attempt:
    """The block that comes now, or goes on, with the arm that comes now as the last of its arms."""
    if commitment(seed, trial.request.name) != trial.registered.commitment:
        raise BadInput("the key is not the one that this trial was registered with; give the key file of that day")
    running = trial.running
    if running is None:
        running = Attempt(len(trial.attempts) + 1, len(trial.complete), sessions_of(trial.request), ())
    order = drawn_order(seed, trial.request)[running.slot]
    return replace(running, arms=order[: len(running.arms) + 1])


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
        except _FORGED:
            raise BadInput(
                f"{journal.path}: line {line.number} does not follow from those before it; restore it from a copy"
            ) from None
    return trial


def estimate_of(record: Mapping[str, Any] | None, unit: str) -> Estimate | None:
    """An interval of the usual level as a line holds it."""
    if record is None:
        return None
    value, low, high = (float(record[name]) for name in ("value", "low", "high"))
    if max(abs(low), abs(high)) > LARGEST:
        raise ValueError("a number that nothing measures")
    return Estimate(value, low, high, LEVEL, unit)


def moment(text: str) -> datetime:
    """A day and time as lines hold it."""
    return datetime.fromisoformat(text).replace(tzinfo=None)


def _registered(line: Line, path: str) -> Registered:
    holds = line.holds
    damaged = f"{path}: line 1 is no registration of this version ({SCHEMA}); restore the file from a copy"
    if line.do != "registered" or holds.get("schema") != SCHEMA:
        raise BadInput(damaged)
    try:
        known, outcome = conditions(), holds["outcome"]
        control = cast("Mapping[str, Any]", holds.get("negative_control") or {})
        return Registered(
            request=Request.model_validate(holds["request"]),
            kept={known[name].id: float(within) for name, within in holds["kept"].items()},
            unit=str(outcome["unit"]),
            outcome_name=str(outcome["name"]),
            on=moment(holds["on"]),
            at=line.at,
            commitment=str(holds["commitment"]),
            seed=None if holds["seed"] is None else _seed(holds["seed"]),
            legato_version=str(holds["legato_version"]),
            power=None if holds["power"] is None else float(holds["power"]),
            spread=None if holds["spread"] is None else float(holds["spread"]),
            control_name=str(control.get("name", "")),
            control_unit=str(control.get("unit", "")),
        )
    except _FORGED:
        raise BadInput(damaged) from None


def _judged(trial: Trial, held: Mapping[str, Any], *, final: bool) -> Mapping[str, Any]:
    """A verdict as a line holds it, where one was due; whether it is the right one `judged` says. Raises one of
    `_FORGED`.
    """
    verdict, done = verdict_of(held), len(trial.complete)
    ended = trial.due in ("result", "nothing")
    if not (trial.at_look or (ended and final)):
        raise ValueError("no verdict was due")
    if verdict.final != final or verdict.at != done:
        raise ValueError("a verdict of another time")
    return held


def _seed(text: str) -> str:
    """A seed as a line holds it. Raises `ValueError`."""
    if len(bytes.fromhex(text)) != SEED_BYTES:
        raise ValueError("no seed")
    return text


def _plain(value: object) -> float | bool | str | None:
    """A condition, or what was told, as a line holds it. Raises `TypeError`."""
    if value is None or isinstance(value, float | int | str):
        return value
    raise TypeError("no value of a condition")


def _with(trial: Trial, line: Line) -> Trial:
    """The trial after one more line."""
    holds = line.holds
    if trial.closed is not None and line.do != "noted":
        raise ValueError("nothing follows a verdict")
    match line.do:
        case "revealed":
            return replace(_revealed(trial, holds), told_at=moment(line.at) and line.at)
        case "added":
            return _added(trial, line)
        case "refused":
            if trial.running is None and not (trial.attempts and trial.attempts[-1].complete):
                raise ValueError("no block is begun")
            if in_phases(trial.request):
                raise ValueError("a series is never refused")
            last = replace(trial.attempts[-1], refused=tuple(str(reason) for reason in holds["reasons"]))
            return replace(trial, attempts=(*trial.attempts[:-1], last))
        case "skipped":
            running = trial.running
            if running is None or trial.due != "add" or not in_phases(trial.request):
                raise ValueError("nothing is to be skipped")
            last = replace(running, skipped=(*running.skipped, len(running.arms)))
            return replace(trial, attempts=(*trial.attempts[:-1], last))
        case "noted":
            return replace(trial, notes=(*trial.notes, (line.at, str(holds["text"]))))
        case "stopped":
            return replace(trial, stopped=str(holds["why"]))
        case "looked":
            return replace(trial, looks=(*trial.looks, _judged(trial, holds["verdict"], final=False)))
        case "closed":
            return replace(trial, closed=_judged(trial, holds["verdict"], final=True))
        case _:
            raise ValueError(f"{line.do} is nothing that a trial does")


def _revealed(trial: Trial, holds: Mapping[str, Any]) -> Trial:
    if trial.due != "next":
        raise ValueError("nothing was to be told")
    number, slot, arm, place = int(holds["pair"]), int(holds["slot"]), str(holds["arm"]), int(holds["place"])
    if arm not in labels_of(trial.request):
        raise ValueError("no such arm")
    running = trial.running
    if running is None:
        if place != 1 or number != len(trial.attempts) + 1 or slot != len(trial.complete):
            raise ValueError("no such block")
        started = Attempt(number, slot, sessions_of(trial.request), (arm,))
        return replace(trial, attempts=(*trial.attempts, started))
    if place != len(running.arms) + 1 or number != running.number or slot != running.slot:
        raise ValueError("not the next session")
    if arm in running.arms and not in_phases(trial.request):
        raise ValueError("an arm twice in a block")
    return replace(trial, attempts=(*trial.attempts[:-1], replace(running, arms=(*running.arms, arm))))


def _added(trial: Trial, line: Line) -> Trial:
    holds, running = line.holds, trial.running
    if running is None or trial.due_arm != holds["arm"] or int(holds["pair"]) != running.number:
        raise ValueError("another session was to be added")
    if moment(holds["on"]) < trial.not_before:
        raise ValueError("a session before its arm was told")
    session = Session(
        attempt=running.number,
        place=len(running.arms),
        arm=holds["arm"],
        on=moment(holds["on"]),
        at=moment(line.at) and line.at,
        number=estimate_of(holds["number"], trial.registered.unit),
        reason=str(holds["reason"]),
        control=estimate_of(holds.get("control"), trial.registered.control_unit),
        lag=estimate_of(holds.get("lag"), "s"),
        missing=tuple(str(reason) for reason in holds.get("missing", ())),
        conditions={str(name): _plain(value) for name, value in holds["conditions"].items()},
        told={str(name): _plain(value) for name, value in holds["told"].items()},
        files=tuple(str(file) for file in holds["files"]),
        result=str(holds["result"]),
    )
    last = replace(running, sessions=(*running.sessions, session))
    return replace(trial, attempts=(*trial.attempts[:-1], last))


def told_late(trial: Trial, hours: float = 24.0) -> Sequence[Session]:
    """Sessions that were added long after they were: the file's clock alone says when."""
    late: list[Session] = []
    for session in trial.sessions:
        if moment(session.at) - session.on > timedelta(hours=hours):
            late.append(session)
    return late
