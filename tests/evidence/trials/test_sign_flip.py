"""The exact test of paired changes, held against full enumeration."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from legato.errors import NotResolvable
from legato.evidence.trials.sign_flip import (
    DrawnOrder,
    count_lists,
    least_p,
    least_pairs,
    most_apart,
    sign_flip_interval,
    sign_flip_p,
)

FINITE = st.floats(allow_nan=False, allow_infinity=False)


def enumerated_p(changes: np.ndarray) -> float:
    """Whole numbers, so that ties are exact: every pattern of signs, one after another."""
    signs = np.array(list(itertools.product((1, -1), repeat=len(changes))), dtype=np.int64)
    return float(np.mean(np.abs(signs @ changes) >= abs(int(changes.sum()))))


def all_lists(pairs: int) -> list[tuple[int, ...]]:
    return [s for s in itertools.product((1, -1), repeat=pairs) if abs(sum(s)) <= most_apart(pairs)]


def drawn(rng: np.random.Generator, pairs: int) -> np.ndarray:
    while True:
        signs = rng.choice([1, -1], pairs)
        if abs(signs.sum()) <= most_apart(pairs):
            return signs


def order_of(signs: np.ndarray, pairs: int | None = None) -> DrawnOrder:
    return DrawnOrder(tuple("A" if s > 0 else "B" for s in signs), pairs or len(signs))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-6, 6), min_size=1, max_size=16), st.sampled_from([1.0, 0.1, 1e-3, 3e200, 1e-200]))
@example([0, 0, 0], 1.0)
@example([1, 2, 3, -6], 0.1)
@example([5] * 16, 0.1)
def test_equals_full_enumeration_with_ties_and_zeros(changes: list[int], unit: float) -> None:
    """In tenths and thousandths ties are none in binary; they must count all the same."""
    assert sign_flip_p([unit * change for change in changes]) == enumerated_p(np.array(changes))


@settings(max_examples=60, deadline=None)
@given(st.lists(FINITE, min_size=1, max_size=9))
def test_equals_exact_arithmetic_for_any_numbers_but_for_sums_nearly_equal(changes: list[float]) -> None:
    exact = [Fraction(change) for change in changes]
    size = sum(map(abs, exact), Fraction(0))
    sums = [abs(sum(s * x for s, x in zip(signs, exact, strict=True))) for signs in _signs(len(exact))]

    def p(tie: Fraction) -> float:
        return sum(other >= abs(sum(exact)) - tie * size for other in sums) / len(sums)

    # Sums within a billionth of all sizes count as equal: p lies between those of a little less and a little more.
    assert p(Fraction(9, 10**10)) <= sign_flip_p(changes) <= p(Fraction(11, 10**10))
    assert sign_flip_p(changes) >= p(Fraction(0))


def _signs(count: int) -> list[tuple[int, ...]]:
    return list(itertools.product((1, -1), repeat=count))


def test_every_length_up_to_sixteen_equals_enumeration() -> None:
    rng = np.random.default_rng(0)
    for pairs in range(1, 17):
        changes = rng.integers(-1000, 1200, pairs)
        assert sign_flip_p(changes.tolist()) == enumerated_p(changes), pairs


def test_forty_pairs_agree_with_the_count_of_whole_numbers() -> None:
    """Sums of whole numbers are few: their distribution over all 2^40 patterns can be counted step by step."""
    rng = np.random.default_rng(1)
    changes = rng.integers(-20, 30, 40)
    ways = {0: 1}
    for change in changes.tolist():
        following: dict[int, int] = {}
        for total, count in ways.items():
            for step in (change, -change):
                following[total + step] = following.get(total + step, 0) + count
        ways = following
    exact = sum(count for total, count in ways.items() if abs(total) >= abs(int(changes.sum()))) / 2**40
    assert sign_flip_p(changes.tolist()) == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize(("pairs", "p"), [(5, 0.0625), (6, 0.03125), (8, 0.0078125), (10, 0.001953125)])
def test_the_least_p_of_coins_is_as_published(pairs: int, p: float) -> None:
    assert sign_flip_p([1.0 + 0.1 * k for k in range(pairs)]) == p


def test_the_least_p_of_even_lists() -> None:
    assert [count_lists(n) for n in (5, 6, 7, 8, 10, 12)] == [20, 50, 70, 182, 252, 924]
    assert [count_lists(n) for n in (5, 6, 7, 8, 10, 12)] == [len(all_lists(n)) for n in (5, 6, 7, 8, 10, 12)]
    assert least_p(6) == 0.04
    assert least_pairs() == 6
    rng = np.random.default_rng(2)
    for pairs in (6, 7, 8, 11):
        assert sign_flip_p([1.0] * pairs, order_of(drawn(rng, pairs))) == pytest.approx(least_p(pairs), rel=1e-12)


@pytest.mark.parametrize("pairs", [4, 6, 7, 8, 9, 10, 11])
def test_with_even_lists_only_these_count(pairs: int) -> None:
    rng = np.random.default_rng(pairs)
    lists = np.array(all_lists(pairs))
    for _ in range(10):
        signs, changes = drawn(rng, pairs), rng.integers(-5, 9, pairs)
        sums = np.abs(lists @ (signs * changes))
        expected = np.mean(sums >= abs(changes.sum()))
        assert sign_flip_p(changes.tolist(), order_of(signs)) == pytest.approx(expected, rel=1e-12)


def test_a_look_before_the_end_weighs_each_beginning_by_the_lists_it_goes_on_with() -> None:
    rng = np.random.default_rng(4)
    lists = np.array(all_lists(8))
    for done in (3, 5, 6, 7):
        signs, changes = drawn(rng, 8)[:done], rng.integers(-5, 9, done)
        expected = np.mean(np.abs(lists[:, :done] @ (signs * changes)) >= abs(changes.sum()))
        assert sign_flip_p(changes.tolist(), order_of(signs, 8)) == pytest.approx(expected, rel=1e-12)


def test_over_all_lists_p_is_small_no_oftener_than_it_says() -> None:
    """The exactness itself: numbers fixed, with order effect and drift; only the list is drawn."""
    rng = np.random.default_rng(5)
    for pairs in (6, 8):
        first_less_second = rng.standard_exponential(pairs) ** 2 + np.linspace(0.0, 3.0, pairs)
        lists = np.array(all_lists(pairs))
        found = np.array([sign_flip_p((s * first_less_second).tolist(), order_of(s)) for s in lists])
        for alpha in (0.04, 0.05, 0.1, 0.3):
            assert np.mean(found <= alpha + 1e-12) <= alpha + 1e-12


@pytest.mark.parametrize("even", [False, True])
def test_the_interval_holds_just_what_the_test_does_not_reject(even: bool) -> None:
    rng = np.random.default_rng(6)
    for pairs in (6, 9, 12):
        order = order_of(drawn(rng, pairs)) if even else None
        changes = rng.normal(1.0, 2.0, pairs)
        for level in (0.90, 0.95):
            found = sign_flip_interval(changes.tolist(), order, level=level)
            near = 1e-6 * np.ptp(changes)
            for end, outward in ((found.low, -1.0), (found.high, 1.0)):
                assert sign_flip_p((changes - end).tolist(), order) > 1.0 - level
                assert sign_flip_p((changes - end - outward * near).tolist(), order) <= 1.0 - level + 1e-12


def test_above_sixteen_pairs_the_interval_is_the_same_by_bisection(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(7)
    changes = rng.normal(1.0, 2.0, 12).tolist()
    order = order_of(drawn(rng, 12))
    picked = [sign_flip_interval(changes), sign_flip_interval(changes, order)]
    monkeypatch.setattr("legato.evidence.trials.sign_flip._ENUMERATED", 0)
    for one, other in zip(picked, [sign_flip_interval(changes), sign_flip_interval(changes, order)], strict=True):
        assert other.low == pytest.approx(one.low, abs=1e-6 * np.ptp(changes))
        assert other.high == pytest.approx(one.high, abs=1e-6 * np.ptp(changes))


@pytest.mark.parametrize("tails", ["normal", "heavy"])
def test_intervals_hold_the_true_change_as_often_as_they_say(tails: str) -> None:
    rng = np.random.default_rng(8)
    held = 0
    for _ in range(1000):
        signs = drawn(rng, 8)
        error = rng.standard_normal(8) if tails == "normal" else rng.standard_t(2, 8)
        held += sign_flip_interval((0.7 + 0.8 * signs + error).tolist(), order_of(signs)).holds(0.7)
    # With 182 lists the interval holds 1 - 18/182 = 90.1 % of them; 1000 draws scatter by 0.95 points.
    assert 0.88 <= held / 1000 <= 0.925


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-1e3, 1e3), min_size=6, max_size=9), st.floats(-10.0, 10.0), st.sampled_from([1e-3, 1.0, 60]))
def test_units_shifts_and_labels(changes: list[float], shift: float, unit: float) -> None:
    found = sign_flip_interval(changes)
    moved = sign_flip_interval([unit * (change + shift) for change in changes])
    turned = sign_flip_interval([-change for change in changes])
    size = 1e-9 * max(1.0, *map(abs, changes))
    assert moved.low / unit - shift == pytest.approx(found.low, abs=size)
    assert moved.high / unit - shift == pytest.approx(found.high, abs=size)
    assert -turned.high == pytest.approx(found.low, abs=size)
    assert sign_flip_p([-change for change in changes]) == sign_flip_p(changes)


def found_of(rng: np.random.Generator, signs: np.ndarray, effect: float, order_effect: float) -> float:
    """Share of 2,000 trials with p <= 0.05, the order drawn from the rows of `signs`."""
    came = signs[rng.integers(0, len(signs), 2000)]
    turned = came * (effect + order_effect * came + rng.standard_normal(came.shape))
    reached = np.abs(turned @ signs.T) >= np.abs((came * turned).sum(axis=1))[:, None] - 1e-9
    return float(np.mean(reached.mean(axis=1) <= 0.05 + 1e-12))


def test_even_lists_lose_no_power_and_win_much_where_order_matters() -> None:
    """Why `most_apart` is as it is; SDs of the change within a pair (docs/validation.md)."""
    rng = np.random.default_rng(9)
    every = {pairs: np.array(_signs(pairs)) for pairs in (6, 8, 10)}
    for pairs, apart in ((6, 2), (8, 2), (10, 0)):
        even = every[pairs][np.abs(every[pairs].sum(axis=1)) <= apart]
        # Each power scatters by 1.1 points.
        assert found_of(rng, even, 1.7, 0.0) >= found_of(rng, every[pairs], 1.7, 0.0) - 0.04
        assert found_of(rng, even, 1.7, 2.0) >= found_of(rng, every[pairs], 1.7, 2.0) + 0.1
        assert found_of(rng, even, 0.0, 2.0) <= 0.05 + 0.015
    halves = every[6][every[6].sum(axis=1) == 0]
    assert found_of(rng, halves, 5.0, 0.0) == 0.0


def test_too_few_pairs_are_told_how_many_are_needed() -> None:
    with pytest.raises(NotResolvable, match=r"4 pairs give no interval of 90 %; 5 are needed"):
        sign_flip_interval([1.0, 2.0, 3.0, 4.0])
    with pytest.raises(NotResolvable, match=r"5 pairs give no interval of 95 %; 6 are needed"):
        sign_flip_interval([1.0] * 5, order_of(np.array([1, -1, 1, -1, 1])), level=0.95)
    assert math.isclose(sign_flip_interval([1.0] * 5).low, 1.0)


def test_what_is_no_list_or_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="no list"):
        order_of(np.ones(6))
    with pytest.raises(ValueError, match="registered"):
        order_of(np.array([1, -1] * 4), 6)
    for bad in ([], [math.nan], [math.inf, 1.0], [1.0] * 45):
        with pytest.raises(ValueError, match="finite changes"):
            sign_flip_p(bad)
    with pytest.raises(ValueError, match="order of 6"):
        sign_flip_p([1.0] * 5, order_of(np.array([1, -1] * 3)))
