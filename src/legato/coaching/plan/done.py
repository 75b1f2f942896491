"""What was done, as a person writes it down: a TOML file with a session or more, added to a plan's log."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, cast

from pydantic import Field, model_validator

from legato.coaching.log import Session, SetsDone
from legato.coaching.model import Level
from legato.coaching.plan.kept import dated, in_kg
from legato.coaching.plan.model import Plan
from legato.errors import BadInput
from legato.messages import nearest
from legato.movements.window_spec import Data
from legato.toml_files import content_of, record_of, table_of


class Done(Data):
    """Sets of one exercise: `pain` and `rpe` 0 to 10, `passed` of `measured` repetitions, red and amber ones."""

    id: str
    sets: Annotated[int, Field(ge=1, le=50)]
    reps: Annotated[float, Field(ge=0, le=500)] | None = None
    load_kg: Annotated[float, Field(ge=0, le=700)] | None = None
    level: Level | None = None
    rpe: Annotated[float, Field(ge=0, le=10)] | None = None
    pain: Annotated[float, Field(ge=0, le=10)] | None = None
    measured: Annotated[int, Field(ge=0, le=5000)] = 0
    passed: Annotated[int, Field(ge=0, le=5000)] = 0
    red: Annotated[int, Field(ge=0, le=5000)] = 0
    amber: Annotated[int, Field(ge=0, le=5000)] = 0
    velocity_loss: Annotated[float, Field(ge=0, le=100)] | None = None
    note: str = ""
    worse_next_morning: bool = False
    below_the_knee: bool = False

    @model_validator(mode="after")
    def _adds_up(self) -> "Done":
        if self.passed + self.red + self.amber > self.measured:
            raise ValueError("passed, red and amber are more than measured")
        return self


class DoneOn(Data):
    """One session, and the day around it. `looked_at`: somebody qualified has looked at the pain of before; such a day
    may have nothing done.
    """

    on: date
    done: tuple[Done, ...] = ()
    sleep_h: Annotated[float, Field(ge=0, le=24)] | None = None
    soreness: Annotated[float, Field(ge=0, le=10)] | None = None
    readiness: Annotated[float, Field(ge=0, le=10)] | None = None
    breathing_min: Annotated[float, Field(ge=0, le=600)] | None = None
    note: str = ""
    looked_at: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> "DoneOn":
        if not self.done and not self.looked_at:
            raise ValueError("nothing was done; add [[sessions.done]], or looked_at = true")
        return self


class DoneFile(Data):
    """What the file holds."""

    sessions: Annotated[tuple[DoneOn, ...], Field(min_length=1)]


def read_done(path: Path) -> tuple[Session, ...]:
    """The sessions of a file.

    Raises
    ------
    BadInput
        It cannot be read or something in it does not fit: file, line and what to do are named.
    """
    record, at = record_of(path.name, content_of(path, "sessions done"))
    in_kg(record, at)
    file = table_of(DoneFile, cast("dict[str, Any]", dated(record)), at, "session")
    return tuple(session_of(one) for one in file.sessions)


def session_of(one: DoneOn) -> Session:
    """A session as the log keeps it."""
    done = tuple(
        SetsDone(
            exercise=sets.id,
            sets=sets.sets,
            reps=sets.reps,
            load_kg=sets.load_kg,
            level=sets.level,
            rpe=sets.rpe,
            pain=sets.pain,
            reps_measured=sets.measured,
            reps_passed=sets.passed,
            reds=sets.red,
            ambers=sets.amber,
            velocity_loss=sets.velocity_loss,
            note=sets.note,
            worse_next_morning=sets.worse_next_morning,
            below_the_knee=sets.below_the_knee,
        )
        for sets in one.done
    )
    around = (one.sleep_h, one.soreness, one.readiness, one.breathing_min, one.note, one.looked_at)
    return Session(one.on, done, *around)


def with_sessions(plan: Plan, sessions: tuple[Session, ...], today: date, name: str) -> Plan:
    """A plan with further sessions in its log, in the order of days; levels are those of the plan where none is told.
    That somebody qualified has looked at a pain is added to a day that is there.

    Raises
    ------
    BadInput
        A session is of the future, of before the plan's first day, of a day that the log has already, or of an exercise
        that the plan never had.
    """
    known = {e.id: e for week in plan.weeks for day in week.days for e in day.entries}
    there = {session.on: session for session in plan.log}
    for session in sessions:
        if session.on > today:
            raise BadInput(f"{name}: {session.on} is still to come; log what was done")
        if session.done and session.on < plan.request.start:
            raise BadInput(
                f"{name}: {session.on} is before the plan begins ({plan.request.start}); see that month and year fit"
            )
        earlier = there.get(session.on)
        if earlier is not None and not session.done:
            there[session.on] = replace(earlier, looked_at=True)
            continue
        if earlier is not None and earlier.done:
            raise BadInput(f"{name}: the plan's log has a session of {session.on} already; give other days")
        done: list[SetsDone] = []
        for sets in session.done:
            if sets.exercise not in known:
                raise BadInput(
                    f"{name}: {session.on}: the plan has no {sets.exercise!r:.60}; {nearest(sets.exercise, known, 3)}"
                )
            done.append(_as_planned(plan, session.on, sets))
        looked_at = session.looked_at or earlier is not None
        there[session.on] = replace(session, done=tuple(done), looked_at=looked_at)
    log = tuple(there[on] for on in sorted(there))
    return plan.model_copy(update={"log": log})


def _as_planned(plan: Plan, on: date, sets: SetsDone) -> SetsDone:
    """With the level of the plan, and its load, where none is told."""
    entries = [e for week in plan.weeks for day in week.days for e in day.entries if e.id == sets.exercise]
    week = plan.week_of(on)
    of_week = [e for day in (week.days if week else ()) for e in day.entries if e.id == sets.exercise]
    entry = (of_week or entries)[0]
    level = sets.level or entry.level
    load = entry.load_kg if sets.load_kg is None else sets.load_kg
    return replace(sets, level=level, load_kg=load)
