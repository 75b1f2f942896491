"""Every fourth week: as near to three fifths of the hard sets as fits, never above."""

import pytest

from legato.coaching.lifts import lifts
from legato.coaching.plan.items import Item, of_lift
from legato.coaching.plan.solve import last_full_week
from legato.coaching.plan.volume import Before, volumes, weekly_sets


def of(**sets: int) -> list[Item]:
    return [of_lift(lifts()[name.replace("_", "-")], n, 5, 1, None) for name, n in sets.items()]


@pytest.mark.parametrize(
    ("asked", "most", "least"),
    [
        ({"bench_press": 1, "back_squat": 1, "row": 1, "overhead_press": 1, "deadlift": 1}, 3, 2),
        ({"bench_press": 2, "back_squat": 2, "row": 3}, 4, 3),
        ({"bench_press": 4, "back_squat": 4, "row": 4, "lunge": 4}, 9, 8),
    ],
)
def test_a_week_of_less_has_two_to_three_fifths(asked: dict[str, int], most: int, least: int):
    items = of(**asked)
    sets = weekly_sets(items, range(4), grow=False)
    full, less = volumes(items, sets[2]), volumes(items, sets[3])
    assert all(5 * less[name] <= 3 * full[name] for name in full)
    assert least <= less["all"] <= most
    assert all(sets[3][name] <= sets[2][name] for name in sets[3])


def test_after_an_emptied_week_the_last_trained_one_counts():
    items = of(back_squat=10)
    days = [{"back-squat": 10}, *({},) * 6, *({},) * 7]
    full = last_full_week(days, [items, items])
    assert full == 0
    before = Before(items, {"back-squat": 6})
    assert weekly_sets(items, range(3, 4), before)[3]["back-squat"] <= 3
