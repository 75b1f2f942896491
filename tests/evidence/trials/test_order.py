"""The order of a trial: each even list alike likely, always the same, and told by nothing but the seed."""

import hashlib
from collections import Counter
from itertools import islice

import pytest

from legato.evidence.trials.order import coins, commitment, first_arms, seal
from legato.evidence.trials.sign_flip import count_lists, most_apart


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
