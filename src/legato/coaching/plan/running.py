"""The week that has begun: what is barred, painful or no longer permitted today leaves the days still to come."""

from collections.abc import Sequence
from datetime import date

from legato.coaching.known import known_drills, patterns_of
from legato.coaching.lifts import lifts
from legato.coaching.plan.items import SPINAL, of_drill, of_lift
from legato.coaching.plan.model import Change, Day, Entry, Plan, Primed, Week
from legato.coaching.plan.primed import as_done
from legato.coaching.priming.catalogue import protocols
from legato.coaching.safety.permit import in_force, nothing_today, permitted
from legato.coaching.situation import Permit, Situation

NO_SESSION = "session"
"""Of what a change takes out where nothing of a day is left."""
_NO = ": no "
_OTHERWISE = "with other parts"
_NOW = "that is what may be done before them now"


def without_what_is_barred(plan: Plan, situation: Situation, *, this_week: bool = False) -> Plan:
    """A plan of which no day from today on, but those that were done, holds what the athlete may not do today, with a
    line for each that leaves.

    Where nothing may be done at all, as the screening is not in force or pain stops everything, no such day is left.
    `this_week`: of the week that has begun alone, where the others are made anew.
    """
    screening = in_force(situation)
    nothing = screening if isinstance(screening, str) else nothing_today(situation) or ""
    lines: list[Change] = []
    done = {session.on for session in situation.sessions if session.done}
    weeks = tuple(
        week if this_week and week.start > situation.on else _week(week, situation, done, nothing, lines)
        for week in plan.weeks
    )
    if not lines:
        return plan
    gone = plan.days_gone(weeks)
    return plan.model_copy(update={"weeks": weeks, "changes": (*plan.changes, *lines), "gone": gone})


def _week(week: Week, situation: Situation, done: set[date], nothing: str, lines: list[Change]) -> Week:
    days: list[Day] = []
    for day in week.days:
        if day.on < situation.on or day.on in done:
            days.append(day)
            continue
        kept = () if nothing else _kept(day, week.number, situation, lines)
        if nothing:
            lines.append(_line(situation.on, week.number, f"{day.on:%a %d %b}{_NO}{NO_SESSION}", nothing))
        if kept:
            less = {"entries": kept, "minutes": _minutes(kept, situation)}
            days.append(day if len(kept) == len(day.entries) else day.model_copy(update=less))
    return week.model_copy(update={"days": tuple(days), "primed": _primed(week, days, situation, lines)})


def _primed(week: Week, days: Sequence[Day], situation: Situation, lines: list[Change]) -> Primed | None:
    """What the sessions begin with, unless some are still to come and it may not be done now."""
    if week.primed is None or week.primed.id not in protocols() or all(day.on < situation.on for day in days):
        return week.primed
    found = as_done(protocols()[week.primed.id], situation)
    if isinstance(found, Primed) and found.parts == week.primed.parts:
        return week.primed
    if isinstance(found, Primed):
        lines.append(_line(situation.on, week.number, f"before the sessions: {found.name} {_OTHERWISE}", _NOW))
        return found
    what = f"before the sessions{_NO}{week.primed.name}"
    lines.append(_line(situation.on, week.number, what, "; ".join(found.reasons)))
    return None


def _kept(day: Day, week: int, situation: Situation, lines: list[Change]) -> tuple[Entry, ...]:
    """The entries that may be done; a drill on one leg not without one that keeps the spine still."""
    found: list[Entry] = []
    for entry in day.entries:
        if why := _against(entry, situation):
            lines.append(_line(situation.on, week, f"{day.on:%a %d %b}{_NO}{entry.name}", "; ".join(why)))
        else:
            found.append(entry)
    known = known_drills(situation)
    limbs = [e for e in found if not e.lift and e.id in known and "single-leg" in patterns_of(known[e.id])]
    if limbs and not any(e.id in SPINAL for e in found):
        why = "it goes with bird dog or dead bug, and neither is left that day"
        lines += [_line(situation.on, week, f"{day.on:%a %d %b}{_NO}{e.name}", why) for e in limbs]
        found = [e for e in found if e not in limbs]
    return tuple(found)


def _minutes(entries: Sequence[Entry], situation: Situation) -> int:
    """How long a session with these takes, as where a plan is made."""
    seconds, known = 0, known_drills(situation)
    for entry in entries:
        if entry.lift:
            item = of_lift(lifts()[entry.id], entry.sets, entry.reps or 1, 1, entry.load_kg)
        else:
            item = of_drill(known[entry.id], known[entry.id].steps[entry.step], None, "")
        seconds += entry.sets * item.set_s + item.change_s
    return -(-seconds // 60)


def _against(entry: Entry, situation: Situation) -> Sequence[str]:
    permit = _permit(entry, situation)
    return ("it is not known any more",) if permit is None else permit.reasons


def _permit(entry: Entry, situation: Situation) -> Permit | None:
    """Whether an entry may be done as it stands; None where its drill is not known any more."""
    drill = (lifts() if entry.lift else known_drills(situation)).get(entry.id)
    if drill is None or entry.step >= len(drill.steps):
        return None
    reps = entry.reps if entry.lift else None
    return permitted(drill, drill.steps[entry.step], situation, load_kg=entry.load_kg, reps=reps)


def with_what_is_kept_to(plan: Plan, situation: Situation) -> Plan:
    """A plan of which each entry from today on says too what must be kept to as the athlete is today."""
    weeks = tuple(
        week.model_copy(
            update={"days": tuple(day if day.on < situation.on else _kept_to(day, situation) for day in week.days)}
        )
        for week in plan.weeks
    )
    return plan.model_copy(update={"weeks": weeks})


def _kept_to(day: Day, situation: Situation) -> Day:
    entries: list[Entry] = []
    for entry in day.entries:
        permit = _permit(entry, situation)
        said = tuple(dict.fromkeys((*entry.provisos, *(permit.provisos if permit else ()))))
        entries.append(entry.model_copy(update={"provisos": said}))
    return day.model_copy(update={"entries": tuple(entries)})


def left_out_of(change: Change) -> str | None:
    """What a change of `without_what_is_barred` takes out, by its name; None where it takes out nothing."""
    return change.what.partition(_NO)[2] or None


def _line(on: date, week: int, what: str, because: str) -> Change:
    return Change(on=on, week=week, what=what, because=because)
