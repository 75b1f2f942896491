"""The order within a session, the blocks of weeks, and the rules: what stands where, and on what ground."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.coaching.blocks import BLOCKS, block_of, blocks
from legato.coaching.catalogue import drills
from legato.coaching.lifts import lifts
from legato.coaching.plan.items import Item, filling_in, of_drill, of_lift
from legato.coaching.plan.order import in_order
from legato.coaching.plan.request import Goal
from legato.coaching.plan.rules import rules

from .rulebook import follows

STEPS = [(drill, step) for drill in drills().values() for step in drill.steps]
of_lifts = st.sampled_from(sorted(lifts())).map(lambda name: of_lift(lifts()[name], 4, 5, 2, None))
asked = st.sampled_from(STEPS).map(lambda one: of_drill(*one, None, "asked for"))
filling = st.sampled_from([one for one in STEPS if one[1].level in ("hold", "dynamic")]).map(
    lambda one: filling_in(*one)
)
sessions = st.lists(of_lifts | asked | filling, min_size=1, max_size=9, unique_by=lambda item: item.id)


@given(sessions, st.sampled_from(["", "bench-speed"]))
def test_power_never_comes_right_after_a_hold(items: Sequence[Item], goal: Goal):
    there = in_order(items, goal)
    assert sorted(item.id for item in there) == sorted(item.id for item in items)
    for before, after in pairwise(there):
        assert follows((before.drill, before.step), (after.drill, after.step)), [item.id for item in there]


@given(sessions)
def test_mobility_comes_first_and_the_bench_where_its_speed_is_the_goal(items: Sequence[Item]):
    there = [item for item in in_order(items, "bench-speed") if item.emphasis != "mobility"]
    assert all(item.emphasis == "mobility" for item in in_order(items, "")[: len(items) - len(there)])
    if any(item.id == "bench-press" for item in there):
        assert there[0].id == "bench-press"


@pytest.mark.parametrize("weeks", range(1, 27))
def test_blocks_stand_in_their_order_and_none_is_missing_from_four_weeks_on(weeks: int):
    found = [block_of(week, weeks) for week in range(weeks)]
    assert found == sorted(found, key=BLOCKS.index)
    assert weeks < 4 or set(found) == set(BLOCKS)
    assert set(blocks()) == set(BLOCKS)


def test_every_rule_has_words_and_a_ground():
    for rule in rules().values():
        assert rule.says
        assert rule.source
        assert rule.grade
        assert not rule.says.endswith(".")
