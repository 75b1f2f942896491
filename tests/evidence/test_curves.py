"""Tests of whole curves: every permutation by hand, the share of wrong findings, and what is found of a difference."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter1d
from scipy.stats import ttest_1samp, ttest_ind

from legato import NotResolvable
from legato.evidence import CurveTest, curve_test
from legato.recording import FloatArray


def told_apart(test: Callable[[], CurveTest]) -> bool | None:
    """Whether a difference was found; None where the sets could not be tested."""
    try:
        return bool(test().stretches)
    except NotResolvable:
        return None


def smooth(rng: np.random.Generator, n: int, width: float = 10.0, samples: int = 101) -> FloatArray:
    """Random curves of SD 1 whose neighbours go together over `width` samples."""
    pad = int(4 * width)
    curves = gaussian_filter1d(rng.normal(size=(n, samples + 2 * pad)), width, axis=1)[:, pad:-pad]
    return curves * np.sqrt(2.0 * width * np.sqrt(np.pi))


BUMP = np.exp(-0.5 * ((np.arange(101) - 60) / 8.0) ** 2)


def test_every_turn_of_signs_by_hand() -> None:
    curves = smooth(np.random.default_rng(1), 7) + 1.2
    largest = [
        np.abs(ttest_1samp(curves * np.array(signs)[:, None], 0.0).statistic).max()
        for signs in itertools.product((1.0, -1.0), repeat=7)
    ]
    found = curve_test(curves)
    t = ttest_1samp(curves, 0.0).statistic
    assert found.t == pytest.approx(t)
    assert found.p == np.mean(np.array(largest) >= np.abs(t).max() - 1e-9)
    # 64 that differ, of which 5 % are 3: the third largest, which stands twice among the 128.
    assert found.critical == pytest.approx(np.sort(largest)[::-1][4])
    assert (found.permutations, found.p_least, found.exact) == (64, 1.0 / 64.0, True)


def test_every_exchange_of_labels_by_hand() -> None:
    rng = np.random.default_rng(2)
    one, two = smooth(rng, 4), smooth(rng, 5) + 1.0
    whole = np.concatenate((one, two))
    largest = []
    for chosen in itertools.combinations(range(9), 4):
        rest = [i for i in range(9) if i not in chosen]
        largest.append(np.abs(ttest_ind(whole[rest], whole[list(chosen)], equal_var=False).statistic).max())
    found = curve_test(one, two)
    t = ttest_ind(two, one, equal_var=False).statistic
    assert found.t == pytest.approx(t)
    assert found.difference == pytest.approx(two.mean(axis=0) - one.mean(axis=0))
    assert found.p == pytest.approx(np.mean(np.array(largest) >= np.abs(t).max() - 1e-9))
    assert found.critical == pytest.approx(np.sort(largest)[::-1][5])
    assert (found.permutations, found.exact) == (126, True)


def test_pairs_are_their_differences() -> None:
    rng = np.random.default_rng(3)
    one, two = smooth(rng, 8) + 50.0, smooth(rng, 8) + 50.5
    pairs, steps = curve_test(one, two, paired=True), curve_test(two - one)
    assert (pairs.p, pairs.critical, pairs.stretches) == (steps.p, steps.critical, steps.stretches)


@given(st.integers(0, 200), st.floats(0.01, 100.0))
def test_units_and_the_way_round_change_nothing(seed: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    one, two = smooth(rng, 6, 1.0, 30), smooth(rng, 6, 1.0, 30) + rng.choice([0.0, 2.0])
    there, back = curve_test(one, two), curve_test(factor * two, factor * one)
    assert back.t == pytest.approx(-there.t, rel=1e-6)
    assert (back.p, back.critical) == pytest.approx((there.p, there.critical))
    assert [(s.start, s.stop, s.p) for s in there.stretches] == [(s.start, s.stop, s.p) for s in back.stretches]
    assert bool(there.stretches) == (there.p <= there.alpha)


def test_a_difference_is_found_where_it_is() -> None:
    rng = np.random.default_rng(4)
    found = curve_test(smooth(rng, 12), smooth(rng, 12) + 3.0 * BUMP - 3.0 * BUMP[::-1])
    assert [stretch.direction for stretch in found.stretches] == ["lower", "higher"]
    low, high = found.stretches
    assert low.start <= 40 < low.stop
    assert high.start <= 60 < high.stop
    assert (np.abs(found.t[high.start : high.stop]) >= found.critical - 1e-9).all()
    assert high.p <= 0.05
    assert found.p == min(low.p, high.p)
    assert (found.permutations, found.exact, found.p_least) == (10_000, False, 1e-4)


def test_the_same_seed_draws_the_same() -> None:
    rng = np.random.default_rng(5)
    one, two = smooth(rng, 9), smooth(rng, 9)
    first, again, other = (curve_test(one, two, permutations=300, seed=seed) for seed in (1, 1, 2))
    assert first.critical == again.critical != other.critical


def test_samples_without_spread_count_for_nothing_where_nothing_differs() -> None:
    rng = np.random.default_rng(6)
    one, two = smooth(rng, 6), smooth(rng, 6)
    one[:, 0] = two[:, 0] = 100.0
    assert curve_test(one, two).t[0] == 0.0
    two[:, 0] = 101.0
    with pytest.raises(NotResolvable, match="sample 0 without any spread"):
        curve_test(one, two)


def test_what_cannot_be_decided_is_refused() -> None:
    rng = np.random.default_rng(7)
    with pytest.raises(NotResolvable, match=r"5 curves allow no p below 0.062"):
        curve_test(smooth(rng, 5))
    with pytest.raises(NotResolvable, match=r"no p below 0.1"):
        curve_test(smooth(rng, 3), smooth(rng, 3))
    with pytest.raises(NotResolvable, match="1 curve"):
        curve_test(smooth(rng, 1), smooth(rng, 8))
    with pytest.raises(NotResolvable, match=r"spread 3\.\d+ times as much"):
        curve_test(smooth(rng, 8), 3.3 * smooth(rng, 8))
    gap = smooth(rng, 8)
    gap[2, 17] = np.nan
    with pytest.raises(NotResolvable, match="curve 3 has a gap at sample 17"):
        curve_test(gap)
    with pytest.raises(ValueError, match="no common base"):
        curve_test(smooth(rng, 6), smooth(rng, 6, samples=50))
    with pytest.raises(ValueError, match="cannot be paired"):
        curve_test(smooth(rng, 6), smooth(rng, 7), paired=True)
    with pytest.raises(ValueError, match="second set"):
        curve_test(smooth(rng, 6), paired=True)
    with pytest.raises(ValueError, match="n_curves, n_samples"):
        curve_test(np.zeros(9))
    with pytest.raises(ValueError, match="alpha"):
        curve_test(smooth(rng, 6), alpha=0.0)
    with pytest.raises(ValueError, match="1/alpha"):
        curve_test(smooth(rng, 12), permutations=10)


NULL: dict[str, Callable[[np.random.Generator], CurveTest]] = {
    "one": lambda rng: curve_test(smooth(rng, 8)),
    "rough": lambda rng: curve_test(smooth(rng, 7, width=2.0)),
    "paired": lambda rng: curve_test(smooth(rng, 10), 2.0 * smooth(rng, 10), paired=True, permutations=300),
    "paired, skewed": lambda rng: curve_test(np.exp(smooth(rng, 7)), np.exp(smooth(rng, 7)), paired=True),
    "two": lambda rng: curve_test(smooth(rng, 4), smooth(rng, 5)),
    "two, drawn": lambda rng: curve_test(smooth(rng, 6), smooth(rng, 9), permutations=300),
}


@pytest.mark.parametrize("kind", NULL)
def test_curves_that_do_not_differ_are_rarely_told_apart(kind: str) -> None:
    rng = np.random.default_rng(11)
    found = [told_apart(lambda: NULL[kind](rng)) for _ in range(1000)]
    # 5 % at most anywhere on the curve, with a standard error of 0.7 points; not so few that nothing could be found.
    assert 15 <= found.count(True) <= 65
    # Two sets of four and five broad waves seem unlike in spread by chance at times.
    assert found.count(None) <= 60


@pytest.mark.parametrize(("n", "m", "spread"), [(5, 12, 0.4), (5, 12, 0.7), (6, 6, 2.0), (5, 12, 2.5)])
def test_sets_of_unlike_spread_are_rarely_told_apart_too(n: int, m: int, spread: float) -> None:
    rng = np.random.default_rng(12)
    found = [
        told_apart(lambda: curve_test(smooth(rng, n), spread * smooth(rng, m), permutations=300)) for _ in range(600)
    ]
    # Without the check of spreads 19 % in the first. What is left is above 5 %, and told in the docs.
    assert found.count(True) / 600 <= 0.10


@pytest.mark.parametrize(("n", "size", "least"), [(8, 2.0, 0.5), (12, 2.0, 0.85), (12, 3.0, 0.98)])
def test_differences_are_found(n: int, size: float, least: float) -> None:
    rng = np.random.default_rng(n)
    trials, seen = 100, 0
    for _ in range(trials):
        found = curve_test(smooth(rng, n), smooth(rng, n) + size * BUMP, permutations=500)
        seen += any(s.direction == "higher" and s.start <= 60 < s.stop for s in found.stretches)
    assert seen / trials >= least
