"""A plan as it may be shown on a day: of the days to come without what the athlete may not do now, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from legato.coaching.known import known_drills
from legato.coaching.lifts import lifts
from legato.coaching.model import BARE
from legato.coaching.plan.build import permitted_warm_up
from legato.coaching.plan.export import plan_csv, plan_ics
from legato.coaching.plan.kept import plan_record
from legato.coaching.plan.model import Entry, Plan
from legato.coaching.plan.running import NO_SESSION, left_out_of, with_what_is_kept_to, without_what_is_barred
from legato.coaching.plan.warn import warnings_of
from legato.coaching.safety.groups import is_overload
from legato.coaching.safety.pain import pain_for, pain_rule, pains_now, standing_pain
from legato.coaching.situation import Screening, Situation
from legato.store.rows import AthleteRow, PlanRow, now
from legato.web.app_words import in_app
from legato.web.athlete_now import situation_now
from legato.web.of_athlete import newest_screening, plan_of, plan_row, screening_that_holds
from legato.web.words import translate as _


@dataclass(frozen=True, slots=True)
class PlanToday:
    """A plan without what is barred, why something of it is not to be done, and the names and cues of what is not
    shown. Drills of one's own are not in it whole, as they hold versions and cues that may be barred. `hurt`: of what
    stays though it hurt, when and how much, by id; `eased`: the drills that pain leaves without load.
    """

    plan: Plan
    stops: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()
    hurt: Mapping[str, str] = field(default_factory=dict[str, str])
    eased: frozenset[str] = frozenset()

    def told(self, lines: Sequence[Any]) -> list[str]:
        """Of lines on what was planned those that name nothing barred: they may hold its dose or its cue."""
        return [str(line) for line in lines if not any(name.casefold() in str(line).casefold() for name in self.barred)]

    @property
    def csv(self) -> str:
        """As a table, in the words of the pages."""
        return plan_csv(self.plan, self.stops, in_app)


def plan_today(rows: Session, athlete_id: str, plan: Plan, today: date) -> PlanToday:
    """What may be shown of a plan. Days that are over stay as they were planned, so that they can be logged."""
    held = screening_that_holds(newest_screening(rows, athlete_id), today)
    screening = held if isinstance(held, Screening) else None
    situation = situation_now(rows, rows.get_one(AthleteRow, athlete_id), plan, screening, today)
    left, said = plan, list[str]()
    for as_of, against in _in_turn(plan, situation):
        before, left = left, without_what_is_barred(left, as_of)
        said += _not_shown(left, len(before.changes), against)
    kept = _coming(left, today)
    gone = {name: entry for name, entry in _coming(plan, today).items() if name not in kept}
    known = {**lifts(), **known_drills(situation)}
    cues = (cue.says for name in gone if name in known for cue in known[name].cues)
    barred = (*(entry.name for entry in gone.values()), *(entry.cue for entry in gone.values()), *cues)
    found = PlanToday(plan, barred=tuple(dict.fromkeys(barred)))
    request = plan.request.model_copy(
        update={
            "lifts": tuple(one for one in plan.request.lifts if one.id not in gone),
            "drills": tuple(one for one in plan.request.drills if one.id not in gone),
        }
    )
    changes = tuple(one for one in plan.changes if found.told([f"{one.what} {one.because}"]))
    until = plan.screened_until if screening is None else screening.until
    warm_up = permitted_warm_up(situation) if plan.warm_up else ""
    told = {"request": request, "screened_until": until, "changes": changes, "warm_up": warm_up}
    shown = with_what_is_kept_to(left, situation).model_copy(update=told)
    as_told = {"log": situation.sessions, "pain_told": situation.pain}
    warned = warnings_of(shown.model_copy(update=as_told), today)
    shown = shown.model_copy(update={"own": ()})
    stops = tuple(in_app(one) for one in (*said, *warned))
    return replace(found, plan=shown, stops=stops, hurt=_hurt(situation), eased=_eased(kept, situation))


def _hurt(situation: Situation) -> dict[str, str]:
    """What is said of each exercise in which it hurt so that an easier version is asked for, by id."""
    says = _("hurt on %(day)s (%(much)s of 10): smaller and slower; stop where it rises")
    sore = [one for one in pains_now(situation) if pain_rule(one) == "modify" and one.exercise and one.on]
    return {
        one.exercise: says % {"day": f"{one.on:%-d %b}", "much": f"{one.during:g}"}
        for one in sorted(sore, key=lambda pain: pain.during)
    }


def _eased(coming: Mapping[str, Entry], situation: Situation) -> frozenset[str]:
    """The drills to come that have a version with load, and are done with nothing for pain."""
    known = known_drills(situation)
    return frozenset(
        name
        for name, entry in coming.items()
        if name in known
        and any(map(is_overload, known[name].steps))
        and set(known[name].steps[entry.step].equipment) <= BARE
        and pain_for(situation, known[name], known[name].steps[entry.step]) is not None
    )


def _in_turn(plan: Plan, situation: Situation) -> Iterator[tuple[Situation, str]]:
    """What may stand against something, one after the other, each with how it is called: screening, age, pain."""
    calm = replace(situation, sessions=(), pain=None)
    as_told = replace(calm, age_years=plan.athlete.aged(situation.on).age_years)
    yield as_told, _("the newest screening")
    if calm != as_told:
        yield calm, _("the year of birth in the profile")
    if situation.pain is not None and pain_rule(situation.pain) != "go":
        yield replace(calm, pain=situation.pain), _("pain, as told last,")
    if standing_pain(situation) or any(pain_rule(one) != "go" for one in pains_now(situation)):
        yield situation, _("pain in the log")


def _not_shown(left: Plan, first: int, against: str) -> list[str]:
    """Of the changes from one on what they take out, a sentence for each reason."""
    why: dict[str, dict[str, None]] = {}
    for change in left.changes[first:]:
        if (name := left_out_of(change)) is not None:
            why.setdefault(change.because, {})[_("every session to come") if name == NO_SESSION else name] = None
    says = _("not shown, as %(against)s stands against it: %(what)s (%(because)s). Make the plan anew")
    return [says % {"against": against, "what": ", ".join(what), "because": why_not} for why_not, what in why.items()]


def _coming(plan: Plan, today: date) -> dict[str, Entry]:
    """The exercises of the days to come, by id."""
    return {entry.id: entry for week in plan.weeks for day in week.days if day.on >= today for entry in day.entries}


def calendar_of(rows: Session, athlete_id: str, found: PlanToday, today: date, at: time | None = None) -> str:
    """The calendar of an athlete's plan; sessions to come of earlier plans of theirs are cancelled in it.

    Raises
    ------
    BadInput
        The package for calendars is not installed.
    """
    due = rows.scalars(select(PlanRow.due).where(PlanRow.athlete_id == athlete_id))
    days = {date.fromisoformat(on) for one in due for on in one.get("days", ())}
    there = {day.on for week in found.plan.weeks for day in week.days}
    gone = {*found.plan.gone, *(on for on in days if on >= today)} - there
    plan = found.plan.model_copy(update={"gone": tuple(sorted(gone))})
    return plan_ics(plan, at, found.stops, in_app, whose=athlete_id, revised=now())


def shown_record(rows: Session, row: PlanRow, today: date) -> dict[str, Any]:
    """A plan's record and its lines, as far as they may be shown, with why something of it is not to be done."""
    found = plan_today(rows, row.athlete_id, plan_of(row), today)
    holds, stops = plan_row(rows, row.athlete_id), list(found.stops)
    if holds is not None and holds.id != row.id:
        stops.insert(0, _("a newer plan holds in place of this one"))
    return {"record": plan_record(found.plan), "why": found.told(row.why), "stops": stops}
