"""Equivalence: published examples, the verdict, and how often it is wrong."""

import math

import numpy as np
import pytest
from published_examples import YIELD_A, YIELD_B, with_moments

from legato import NotResolvable
from legato.evidence import difference_of_sets, equivalence


def test_two_yields() -> None:
    # NCSS manual, chapter 198, Welch, alpha 0.025 and bounds ±110: 19.169 degrees of freedom, p 0.03628 and 0.02002,
    # 95 % interval −120.27336 to 104.04259 (A minus B).
    found = equivalence(YIELD_B, YIELD_A, low=-110.0, high=110.0, paired=False, alpha=0.025)
    assert found.estimate.value == pytest.approx(-8.1153846)
    assert found.dof == pytest.approx(19.169, abs=5e-4)
    assert (found.p_low, found.p_high) == pytest.approx((0.03628, 0.02002), abs=5e-6)
    assert (found.estimate.low, found.estimate.high) == pytest.approx((-120.27336, 104.04259), abs=5e-6)
    assert (found.verdict, found.p) == ("undecided", found.p_low)


def test_a_replication_of_lakens_2017() -> None:
    # Moery & Calin-Jageman 2016 as in Lakens 2017 and the manual of TOSTER (`TOSTtwo.raw`): 95 and 89 people, means
    # 5.25 and 5.22, SDs 0.95 and 0.83, bounds ±0.384.
    one, two = with_moments(89, 5.22, 0.83).tolist(), with_moments(95, 5.25, 0.95).tolist()
    found = equivalence(one, two, low=-0.384, high=0.384, paired=False)
    assert (found.t_low, found.t_high, found.dof) == pytest.approx((3.153015, -2.696056, 181.1344), abs=1e-4)
    assert (found.p_low, found.p_high) == pytest.approx((0.0009458745, 0.003838994), rel=1e-4)
    assert (found.estimate.low, found.estimate.high) == pytest.approx((-0.1870843, 0.2470843), abs=1e-6)
    assert found.verdict == "equivalent"


def test_a_paired_example() -> None:
    # Manual of TOSTER (`TOSTpaired.raw`): 65 pairs, means 5.83 and 5.75, SDs 1.17 and 1.30, r 0.745, bounds ±0.34. The
    # differences then have the SD below.
    sd = math.sqrt(1.17**2 + 1.30**2 - 2.0 * 0.745 * 1.17 * 1.30)
    second = with_moments(65, 5.83, 1.17, seed=1)
    first = second - with_moments(65, 0.08, sd)
    found = equivalence(first.tolist(), second.tolist(), low=-0.34, high=0.34, paired=True)
    assert (found.t_low, found.t_high, found.dof) == pytest.approx((3.803437, -2.354508, 64.0), abs=1e-5)
    assert (found.p_low, found.p_high) == pytest.approx((0.0001606103, 0.01081349), rel=1e-4)
    assert (found.estimate.low, found.estimate.high) == pytest.approx((-0.1043032, 0.2643032), abs=1e-6)


@pytest.mark.parametrize(
    ("shift", "verdict"), [(0.0, "equivalent"), (0.5, "undecided"), (2.0, "different"), (-2.0, "different")]
)
def test_the_verdict_is_where_the_interval_lies(shift: float, verdict: str) -> None:
    one, two = with_moments(12, 3.0, 0.3, 1).tolist(), with_moments(12, 3.0 + shift, 0.3, 2).tolist()
    found = equivalence(one, two, low=-0.5, high=0.5, paired=False, unit="s")
    assert found.verdict == verdict
    assert (found.p < 0.05) == (verdict == "equivalent")
    assert found.estimate == difference_of_sets(one, two, paired=False, unit="s", level=0.9).estimate


def test_bounds_must_rise_and_numbers_vary() -> None:
    for low, high in ((1.0, -1.0), (0.0, 0.0), (-math.inf, 1.0)):
        with pytest.raises(ValueError, match="must rise"):
            equivalence([1.0, 2.0], [1.0, 2.1], low=low, high=high, paired=False)
    with pytest.raises(ValueError, match="alpha"):
        equivalence([1.0, 2.0], [1.0, 2.1], low=-1.0, high=1.0, paired=False, alpha=0.5)
    with pytest.raises(NotResolvable, match="do not vary"):
        equivalence([1.0, 1.0], [1.0, 1.0], low=-1.0, high=1.0, paired=False)
    with pytest.raises(NotResolvable, match="two or more"):
        equivalence([1.0], [1.0, 2.0], low=-1.0, high=1.0, paired=False)


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize("n", [4, 10])
def test_sets_that_differ_by_a_bound_are_rarely_called_equivalent(paired: bool, n: int) -> None:
    rng = np.random.default_rng(n)
    wrong = right = 0
    trials = 1000
    for _ in range(trials):
        one, two = rng.normal(size=n), rng.normal(0.0, 1.5, n)
        bounds = {"low": -3.0, "high": 3.0, "paired": paired}
        wrong += equivalence(one.tolist(), (two + 3.0).tolist(), **bounds).verdict == "equivalent"
        right += equivalence(one.tolist(), two.tolist(), **bounds).verdict == "equivalent"
    # 5 % with a standard error of 0.7 points.
    assert wrong / trials <= 0.065
    assert right / trials >= (0.95 if n == 10 else 0.2)
