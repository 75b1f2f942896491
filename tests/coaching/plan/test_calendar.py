"""A calendar of a plan that was changed takes the place of the one before: removed sessions are cancelled."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from legato.coaching.plan.export import plan_ics
from legato.coaching.plan.model import Plan
from legato.coaching.plan.running import without_what_is_barred
from legato.coaching.plan.update import update_plan
from legato.coaching.situation import Pain

from .test_running import TUESDAY, athlete, plan

pytest.importorskip("ortools")
calendars = pytest.importorskip("icalendar")
__all__ = ["plan"]


NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def events(plan: Plan, at: time | None = None, revised: datetime | None = NOON, **told: Any) -> dict[str, Any]:
    written = calendars.Calendar.from_ical(plan_ics(plan, at, revised=revised, **told))
    return {str(event["uid"]): event for event in written.walk("VEVENT")}


@pytest.mark.parametrize("at", [None, time(18, 30)])
def test_sessions_that_leave_are_cancelled_and_come_back(plan: Plan, at: time | None):
    stopped = without_what_is_barred(plan, athlete(TUESDAY, pain=Pain(8.0)))
    old, new = events(plan, at), events(stopped, at, NOON + timedelta(seconds=1))
    gone = {day.on for week in plan.weeks for day in week.days if day.on >= TUESDAY}
    assert set(new) == set(old)
    for name, event in new.items():
        on = event["dtstart"].dt if at is None else event["dtstart"].dt.date()
        assert (str(event.get("status", "")) == "CANCELLED") == (on in gone)
        assert event["dtstart"].dt == old[name]["dtstart"].dt
        assert event["sequence"] > old[name]["sequence"]
        assert event["dtstamp"].dt == NOON + timedelta(seconds=1)
    back = update_plan(stopped, athlete(TUESDAY + timedelta(days=4)))
    assert isinstance(back, Plan)
    days = {day.on for week in back.weeks for day in week.days}
    assert not days & set(back.gone) and {on for on in gone if on < back.weeks[1].start} <= set(back.gone)


def test_a_new_plan_cancels_nothing(plan: Plan):
    assert plan.gone == ()
    assert all("status" not in event for event in events(plan).values())


def test_two_athletes_have_sessions_of_their_own_and_a_later_plan_takes_the_place_of_an_earlier(plan: Plan):
    ada, ben = (set(events(plan, whose=one)) for one in ("ada", "ben"))
    assert len(ada) == len(ben) and not ada & ben
    later = plan.model_copy(update={"request": plan.request.model_copy(update={"start": TUESDAY})})
    assert set(events(later, whose="ada")) == ada


def test_the_code_of_a_request_tells_its_calendar_from_those_of_others(plan: Plan):
    def of(code: str, **changed: Any) -> Plan:
        standing = plan.request.athlete.model_copy(update={"code": code})
        return plan.model_copy(update={"request": plan.request.model_copy(update={"athlete": standing, **changed})})

    assert set(events(of("A7"))) == set(events(of("A7", start=TUESDAY))) == set(events(plan, whose="A7"))
    assert not set(events(of("A7"))) & {*events(of("B2")), *events(plan)}
    before = datetime.now(UTC) - timedelta(seconds=2)
    told = events(of("A7"), revised=None).values()
    assert all(before < event["dtstamp"].dt <= datetime.now(UTC) for event in told)


def test_what_is_written_later_counts_whatever_its_plan_has_changed(plan: Plan):
    changed = without_what_is_barred(plan, athlete(TUESDAY, pain=Pain(8.0)))
    old = events(changed)
    new = events(plan, revised=NOON + timedelta(seconds=1))
    for name, event in new.items():
        assert event["sequence"] > old[name]["sequence"] and event["dtstamp"].dt > old[name]["dtstamp"].dt
    assert max(int(event["sequence"]) for event in events(plan, revised=NOON.replace(year=2093)).values()) < 2**31


@pytest.mark.parametrize(("at", "free"), [(None, True), (time(18, 30), False)])
def test_only_a_session_with_a_time_of_day_takes_time(plan: Plan, at: time | None, free: bool):
    assert {str(event.get("transp", "")) == "TRANSPARENT" for event in events(plan, at).values()} == {free}
