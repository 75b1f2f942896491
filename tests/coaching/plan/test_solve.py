"""Weeks that the solver makes keep to what they must, and what clashes is named without anything too many."""

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from legato.coaching.catalogue import drills
from legato.coaching.lifts import lifts
from legato.coaching.plan.items import Item, filling_in, of_drill, of_lift
from legato.coaching.plan.request import WEEKDAYS, Lift, Request
from legato.coaching.plan.solve import Clash, Solved, solve_weeks
from legato.coaching.plan.volume import is_deload, volumes, weekly_sets

pytest.importorskip("ortools")

LIFTS = (("back-squat", 6, 5, 2), ("bench-press", 9, 5, 3), ("deadlift", 4, 4, 1), ("row", 6, 8, 2))


def items(*, drill_days: int = 3) -> tuple[Item, ...]:
    known = drills()
    asked = [of_lift(lifts()[name], sets, reps, days, None) for name, sets, reps, days in LIFTS]
    asked += [of_drill(known["dowel-hinge"], known["dowel-hinge"].steps[0], drill_days, "asked for")]
    asked += [of_drill(known["single-leg-rdl"], known["single-leg-rdl"].steps[0], None, "asked for")]
    names = ("cat-cow", "thoracic-rotation", "bird-dog", "dead-bug", "pallof-press", "glute-bridge")
    return (*asked, *(filling_in(known[name], known[name].steps[0]) for name in names))


def request(*days: str, minutes: int = 90, weeks: int = 12, not_on: Sequence[date] = ()) -> Request:
    return Request.model_validate(
        {
            "start": date(2026, 11, 23),
            "weeks": weeks,
            "days": days or ("mon", "tue", "thu", "sat"),
            "minutes": minutes,
            "not_on": tuple(not_on),
            "lifts": (Lift(id="back-squat", sets=6, reps=5),),
        }
    )


def broken(asked: Request, there: Sequence[Item], days: Sequence[Mapping[str, int]]) -> list[str]:
    """Every rule that some weeks break, found by plain counting."""
    by_id = {item.id: item for item in there}
    found: list[str] = []
    for d, sets in enumerate(days):
        day, today = WEEKDAYS[d % 7], [by_id[name] for name in sets]
        if sets and day not in asked.days:
            found.append(f"{d}: not free")
        if sum(sets[item.id] * item.set_s + item.change_s for item in today) > 60 * asked.minutes:
            found.append(f"{d}: too long")
        if any(item.limb for item in today) and not any(item.spinal for item in today):
            found.append(f"{d}: one leg alone")
        before = [by_id[name] for name in days[d - 1]] if d else []
        for region in ("legs", "chest", "back"):
            if all(any(i.hard and region in i.regions for i in some) for some in (today, before)):
                found.append(f"{d}: {region} again")
        if all(any(i.emphasis == "mobility" for i in some) for some in (today, before)):
            found.append(f"{d}: mobility again")
        if d >= 3 and all(days[d - k] for k in range(4)):
            found.append(f"{d}: four in a row")
    weeks = [days[7 * w : 7 * w + 7] for w in range(asked.weeks)]
    for w, week in enumerate(weeks):
        times = sum(any(by_id[name].emphasis == "mobility" for name in sets) for sets in week)
        hips, trunk = (
            sum(n for sets in week for name, n in sets.items() if by_id[name].emphasis == emphasis)
            for emphasis in ("hip-dominant", "core")
        )
        if not 2 <= times <= 3:
            found.append(f"week {w}: mobility {times} times")
        if not trunk <= hips <= 2 * trunk:
            found.append(f"week {w}: {hips} to {trunk}")
        if sum(bool(sets) for sets in week) > 7 - asked.rest_days:
            found.append(f"week {w}: too few rest days")
    return found + growth(there, weeks)


def growth(there: Sequence[Item], weeks: Sequence[Sequence[Mapping[str, int]]]) -> list[str]:
    """Full weeks that grow by more than a tenth, and weeks of less that are not."""
    found: list[str] = []
    full: dict[str, int] | None = None
    for w, week in enumerate(weeks):
        now = volumes(there, {item.id: sum(sets.get(item.id, 0) for sets in week) for item in there})
        if is_deload(w) and full is not None:
            found += [f"week {w}: {name}" for name in now if 5 * now[name] > 3 * full[name]]
        else:
            found += [f"week {w}: {name}" for name in now if full is not None and 10 * now[name] > 11 * full[name]]
            full = now
    return found


@pytest.mark.parametrize(
    "days", [("mon", "tue", "thu", "sat"), ("mon", "wed", "fri"), ("mon", "tue", "wed", "fri", "sat")]
)
def test_twelve_weeks_keep_to_every_rule(days: tuple[str, ...]) -> None:
    asked, there = request(*days), items()
    found = solve_weeks(asked, there)
    assert isinstance(found, Solved)
    assert broken(asked, there, found.days) == []
    for name, sets, _, often in LIFTS:
        assert sum(day.get(name, 0) for day in found.days[:7]) == sets
        assert sum(name in day for day in found.days[:7]) == often


def test_the_same_request_gives_the_same_weeks() -> None:
    assert solve_weeks(request(weeks=4), items()) == solve_weeks(request(weeks=4), items())


def test_single_days_that_are_not_free_move_one_week_alone() -> None:
    off = date(2026, 12, 3)
    free = ("mon", "tue", "wed", "thu", "fri", "sat")
    usual, moved = (solve_weeks(request(*free, weeks=3, not_on=not_on), items()) for not_on in ((), (off,)))
    assert isinstance(usual, Solved)
    assert isinstance(moved, Solved)
    assert not moved.days[(off - date(2026, 11, 23)).days]
    assert [bool(day) for day in moved.days[:7]] == [bool(day) for day in usual.days[:7]]


def test_what_clashes_is_named_with_nothing_too_many() -> None:
    found = solve_weeks(request("mon", "tue", minutes=240), items())
    assert isinstance(found, Clash)
    assert {wish.words for wish in found.wishes} == {"free days: mon, tue", "Dowel hinge on 3 days a week or more"}
    assert not found.rules


def test_a_clash_with_a_rule_names_it() -> None:
    """Twelve sets for the legs on two days that follow each other: there is no day between."""
    known = drills()
    there = (of_lift(lifts()["back-squat"], 6, 5, 2, None), filling_in(known["cat-cow"], known["cat-cow"].steps[0]))
    asked = request("mon", "tue", minutes=240)
    found = solve_weeks(asked, there)
    assert isinstance(found, Clash)
    assert {rule.rule.id for rule in found.rules} <= {"recovery", "mobility", "mobility-apart"}
    assert found.rules


@pytest.mark.parametrize("minutes", [10, 20, 30])
def test_nothing_can_be_left_out_of_what_clashes(minutes: int) -> None:
    """With any one of the named wishes given up, the rest can be kept, or something else clashes."""
    asked, there = request(minutes=minutes, weeks=1), items()
    found = solve_weeks(asked, there)
    assert isinstance(found, Clash)
    assert any(wish.rule.id == "minutes" for wish in found.wishes)
    longer = solve_weeks(request(minutes=240, weeks=1), there)
    assert isinstance(longer, Solved)


def test_sets_grow_by_a_tenth_at_most_and_fall_in_every_fourth_week() -> None:
    there = items()
    weeks = weekly_sets(there, range(12)).values()
    totals = [volumes(there, week)["all"] for week in weeks]
    assert totals[0] == sum(sets for _, sets, _, _ in LIFTS)
    assert all(totals[w] <= 0.6 * totals[w - 1] for w in (3, 7, 11))
    assert totals[4] <= 1.1 * totals[2]
    assert max(totals) <= 1.3 * totals[0]


def test_a_single_day_can_make_a_week_clash_and_it_is_said_which() -> None:
    found = solve_weeks(request(weeks=3, not_on=(date(2026, 12, 3),)), items())
    assert isinstance(found, Clash)
    assert found.weeks == range(1, 2)
    assert any("2026-12-03" in wish.words for wish in found.wishes)
