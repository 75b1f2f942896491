"""What clashes is irreducible: with any one of the named left out, the others can be kept; and it is told in words that
are true.
"""

import time
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from legato.coaching.catalogue import drills
from legato.coaching.lifts import lifts
from legato.coaching.plan.export import clash_words
from legato.coaching.plan.items import Item, filling_in, of_drill, of_lift
from legato.coaching.plan.request import WEEKDAYS, Request
from legato.coaching.plan.rules import Grid, add_rules, add_wishes
from legato.coaching.plan.solve import Clash, solve_weeks
from legato.coaching.plan.volume import weekly_sets

cp_model = pytest.importorskip("ortools.sat.python.cp_model")

START = date(2026, 11, 23)


def request(days: Sequence[str], minutes: int = 240, weeks: int = 1, rest: int = 1, mobility: int = 2) -> Request:
    return Request.model_validate(
        {"start": START, "weeks": weeks, "days": tuple(days), "minutes": minutes, "rest_days": rest,
         "mobility": mobility}
    )  # fmt: skip


def lift(name: str, sets: int, days: int) -> Item:
    return of_lift(lifts()[name], sets * days, 5, days, None)


def drill(name: str, days: int | None) -> Item:
    return of_drill(drills()[name], drills()[name].steps[0], days, "asked for")


FILLING = tuple(
    filling_in(drills()[name], drills()[name].steps[0])
    for name in ("cat-cow", "thoracic-rotation", "bird-dog", "dead-bug", "pallof-press", "glute-bridge")
)


def holds(asked: Request, items: Sequence[Item], weeks: range, names: set[tuple[str, str]]) -> bool:
    """Whether rules by name can be kept, by a model that has no others on."""
    grid = Grid(cp_model.CpModel(), asked, items, weeks, weekly_sets(items, range(asked.weeks), grow=False))
    add_wishes(grid)
    add_rules(grid)
    for one in grid.asked:
        grid.model.add(one.literal == int(one.name in names))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    return solver.solve(grid.model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)


def check(asked: Request, items: Sequence[Item], found: Clash) -> None:
    named = {one.name for one in (*found.wishes, *found.rules)}
    assert found.wishes
    assert found.sure
    assert not holds(asked, items, found.weeks, named)
    for one in named:
        assert holds(asked, items, found.weeks, named - {one})
    grid = Grid(cp_model.CpModel(), asked, items, range(asked.weeks), weekly_sets(items, range(asked.weeks)))
    add_wishes(grid)
    add_rules(grid)
    everything = {one.name for one in grid.asked}
    for wish in found.wishes:
        assert holds(asked, items, range(asked.weeks), everything - {wish.name}) == (wish in found.enough)


items = st.builds(
    lambda some, others: (*some, *others, *(one for one in FILLING if one.id not in {other.id for other in others})),
    st.lists(
        st.builds(lift, st.sampled_from(sorted(lifts())), st.integers(1, 5), st.integers(1, 4)),
        max_size=3,
        unique_by=lambda one: one.id,
    ),
    st.lists(
        st.builds(drill, st.sampled_from(sorted(drills())), st.sampled_from([None, 1, 3, 4, 6])),
        max_size=3,
        unique_by=lambda one: one.id,
    ),
)


@settings(max_examples=20, deadline=None)
@given(
    items,
    st.sets(st.sampled_from(WEEKDAYS), min_size=1, max_size=5),
    st.sampled_from([10, 20, 40, 240]),
    st.integers(1, 2),
    st.integers(1, 5),
    st.sampled_from([2, 3]),
)
def test_nothing_can_be_left_out_of_what_clashes(
    there: tuple[Item, ...], days: set[str], minutes: int, weeks: int, rest: int, mobility: int
):
    asked = request([day for day in WEEKDAYS if day in days], minutes, weeks, rest, mobility)
    found = solve_weeks(asked, there)
    assume(isinstance(found, Clash))
    assert isinstance(found, Clash)
    check(asked, there, found)


def test_weeks_that_clash_only_together_are_named():
    """Four days with a day between fit into one week; the next one would begin right after the last."""
    there = (lift("bench-press", 2, 4), *FILLING)
    found = solve_weeks(request(WEEKDAYS, weeks=3), there)
    assert isinstance(found, Clash)
    assert found.weeks == range(2)
    check(request(WEEKDAYS, weeks=3), there, found)
    assert clash_words(found).startswith(
        "no plan: in weeks 1 to 2, these cannot all be kept with what is never given up (a day between two sessions"
    )
    assert clash_words(found).endswith("Bench press on 4 days a week. Give up any one of them, or ask for less of it")


def test_what_clashes_after_a_settled_week_says_so():
    sunday = [{}] * 6 + [{"bench-press": 6}]
    there = (lift("bench-press", 2, 3), *FILLING)
    found = solve_weeks(request(("mon", "wed", "fri"), weeks=2), there, range(1, 2), sunday)
    assert isinstance(found, Clash)
    assert found.settled
    assert "in week 2, after week 1 as it is, these" in clash_words(found)


def test_sets_do_not_grow_where_the_days_have_no_room_for_it():
    """Growth is nobody's wish: where the first week just fits, the others stay as it is."""
    there = (lift("bench-press", 10, 1), *FILLING)
    roomy = solve_weeks(request(("mon", "thu"), weeks=3), there)
    assert not isinstance(roomy, Clash)
    assert max(day.get("bench-press", 0) for day in roomy.days) == 12
    some = (solve_weeks(request(("mon", "thu"), minutes=minutes, weeks=3), there) for minutes in range(30, 50))
    found = next(one for one in some if not isinstance(one, Clash))
    assert {day["bench-press"] for day in found.days if "bench-press" in day} == {10}


def test_three_times_mobility_is_a_wish_and_two_a_rule():
    found = solve_weeks(request(("mon", "tue", "thu"), mobility=3), FILLING)
    assert isinstance(found, Clash)
    assert {wish.words for wish in found.wishes} == {"free days: mon, tue, thu", "mobility three times a week"}
    assert {rule.rule.id for rule in found.rules} == {"mobility-apart"}


def test_twelve_weeks_that_clash_are_explained_in_time():
    there = tuple(lift(name, 4, 3) for name in sorted(lifts())[:8]) + FILLING
    began = time.process_time()
    found = solve_weeks(request(("mon", "tue", "thu", "sat"), minutes=45, weeks=12), there)
    assert isinstance(found, Clash)
    assert time.process_time() - began < 5.0
