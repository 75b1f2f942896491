"""The order of a trial: each even list alike likely, always the same, and told by nothing but the seed."""

import hashlib
from collections import Counter
from itertools import islice

import numpy as np
import pytest

from legato.evidence.trials.order import coins, commitment, first_arms, seal
from legato.evidence.trials.sign_flip import DrawnOrder, count_lists, most_apart, sign_flip_p


def seeds(count: int) -> list[str]:
    return [hashlib.sha256(f"a test's seed {k}".encode()).hexdigest() for k in range(count)]


@pytest.mark.parametrize("pairs", [6, 7, 8, 10, 11])
def test_no_list_is_less_even_than_the_test_takes_for_granted(pairs: int):
    for seed in seeds(300):
        first = first_arms(seed, pairs)
        assert len(first) == pairs
        assert abs(first.count("A") - first.count("B")) <= most_apart(pairs)


def test_every_list_that_can_be_drawn_is_drawn_alike_often():
    draws = 20_000
    seen = Counter(first_arms(seed, 6) for seed in seeds(draws))
    assert len(seen) == count_lists(6) == 50
    expected = draws / 50
    chi2 = sum((count - expected) ** 2 / expected for count in seen.values())
    # 49 degrees of freedom: 99.9 % lie below 85.4
    assert chi2 < 85.4


def test_the_same_seed_gives_the_same_order_again():
    one, other = seeds(2)
    assert first_arms(one, 8) == first_arms(one, 8)
    assert tuple(islice(coins(one, "order"), 64)) != tuple(islice(coins(other, "order"), 64))
    assert tuple(islice(coins(one, "order"), 64)) != tuple(islice(coins(one, "else"), 64))


def test_a_coin_is_fair():
    heads = sum(sum(islice(coins(seed, "order"), 100)) for seed in seeds(1000))
    # 100,000 tosses: SD 158
    assert abs(heads - 50_000) < 4 * 158


def test_a_commitment_names_its_seed_and_its_trial():
    one, other = seeds(2)
    assert commitment(one, "a") != commitment(other, "a")
    assert commitment(one, "a") != commitment(one, "b")
    assert one not in commitment(one, "a")


def test_a_seal_takes_the_seed():
    one, other = seeds(2)
    assert seal(one, "line") != seal(other, "line")
    assert seal(one, "line") != seal(one, "another line")


@pytest.mark.parametrize(("drift", "first_better"), [(0.0, 0.0), (0.3, 0.0), (0.0, 0.8)])
def test_a_null_trial_in_the_order_that_seeds_draw_is_rarely_significant(drift: float, first_better: float):
    """2,000 trials of 8 pairs without an effect: at most 6 % reach 0.05 (two standard errors), whatever drifts over
    the sessions, and whether the first session of a pair is the better one.
    """
    rng = np.random.default_rng(1)
    found = 0
    for seed in seeds(2000):
        first = first_arms(seed, 8)
        early, late = rng.normal(drift * np.arange(0, 16, 2)), rng.normal(drift * np.arange(1, 17, 2))
        apart = early + first_better - late
        changes = [float(one if arm == "A" else -one) for one, arm in zip(apart, first, strict=True)]
        found += sign_flip_p(changes, DrawnOrder(first, 8)) <= 0.05
    assert found / 2000 <= 0.06
