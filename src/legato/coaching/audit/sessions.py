"""An imported log as sessions of a plan's log."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from legato.coaching.audit.findings import sets_words
from legato.coaching.audit.imported import Around, Imported, LogSet
from legato.coaching.audit.names import Names, key_of
from legato.coaching.log import Session, SetsDone
from legato.coaching.plan.model import Plan
from legato.errors import BadInput


def sessions_of(log: Imported, names: Names, plan: Plan) -> tuple[tuple[Session, ...], tuple[str, ...]]:
    """The sessions that a plan's log does not have yet, and in words what of the log is no part of them.

    Parameters
    ----------
    log
        As imported.
    names
        What exercises are.
    plan
        Its exercises alone are kept, a coach's own by the name that its file gives it, and days from its first week on.

    Raises
    ------
    BadInput
        Nothing of the log belongs to the plan.
    """
    known = {entry.id for week in plan.weeks for day in week.days for entry in day.entries}
    own = {key_of(drill.name): drill.id for drill in plan.own}
    start, there = plan.weeks[0].start, {session.on for session in plan.log}
    days: dict[date, dict[tuple[str, float | None, float | None], list[LogSet]]] = {}
    others, before, again = dict[str, int](), 0, set[date]()
    for one in log.work:
        trains = names.of(one.exercise)
        name = trains.drill if trains is not None and trains.drill else one.exercise
        name = name if name in known else own.get(key_of(one.exercise), name)
        if one.on < start:
            before += one.sets
        elif one.on in there:
            again.add(one.on)
        elif name not in known:
            others[one.exercise] = others.get(one.exercise, 0) + one.sets
        else:
            day = days.setdefault(one.on, defaultdict(list))
            day[name, one.reps, one.weight_kg].append(one)
    if not days:
        raise BadInput(f"{', '.join(log.files)}: has no set that the plan asks for, of a day that its log lacks")
    sessions = tuple(
        _session(on, [_done(*key, sets) for key, sets in day.items()], log.days.get(on, Around()))
        for on, day in sorted(days.items())
    )
    said: list[str] = []
    if others:
        said.append(f"{sets_words(sum(others.values()))} of what the plan does not have: {', '.join(others)}")
    if before:
        said.append(f"{sets_words(before)} of days before the plan")
    if again:
        said.append(f"{len(again)} days that the plan's log has already")
    return sessions, tuple(said)


def _session(on: date, done: Sequence[SetsDone], around: Around) -> Session:
    return Session(on, tuple(done), around.sleep_h, around.soreness, around.readiness, around.breathing_min)


def _done(name: str, reps: float | None, load_kg: float | None, sets: Sequence[LogSet]) -> SetsDone:
    """Like sets as one entry, with the hardest effort that was told."""
    efforts = [one.rpe for one in sets if one.rpe is not None]
    return SetsDone(
        exercise=name,
        sets=sum(one.sets for one in sets),
        reps=reps,
        load_kg=load_kg,
        rpe=max(efforts, default=None),
        seconds=max((one.seconds for one in sets if one.seconds is not None), default=None),
        metres=max((one.metres for one in sets if one.metres is not None), default=None),
        note="; ".join(dict.fromkeys(one.note for one in sets if one.note)),
    )
