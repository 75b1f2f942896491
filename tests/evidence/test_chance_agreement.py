"""Kappa: published tables, the standard error of 1969 by hand, and how often the interval holds the truth."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from published_examples import ALLERGY, DIAGNOSES, RADIOLOGISTS, ratings_of

from legato import NotResolvable
from legato.evidence import kappa
from legato.evidence.chance_agreement import _moments  # pyright: ignore[reportPrivateUsage]
from legato.recording import FloatArray

Z95 = 1.959963984540054


def test_two_radiologists() -> None:
    # Altman 1991, section 14.3: 0.47 and, with linear weights, 0.57. Stata's `kappaetc` prints agreement 0.6353, kappa
    # 0.4728 and a standard error of 0.0731, with 84 in the place of 85. The further figures are of the Stata manual
    # ([R] kappa, same data) as remembered, and follow from the printed table.
    rows = ratings_of(RADIOLOGISTS)
    plain, linear, square = kappa(rows), kappa(rows, "linear"), kappa(rows, "quadratic")
    assert (plain.observed, plain.expected, plain.estimate.value) == pytest.approx((0.6353, 0.3082, 0.4728), abs=5e-5)
    assert (linear.observed, linear.expected, linear.estimate.value) == pytest.approx(
        (0.8667, 0.6911, 0.5684), abs=5e-5
    )
    assert (square.observed, square.expected, square.estimate.value) == pytest.approx(
        (0.9477, 0.8409, 0.6714), abs=5e-5
    )
    assert plain.standard_error * math.sqrt(85.0 / 84.0) == pytest.approx(0.0731, abs=5e-5)
    assert (plain.n_subjects, plain.n_raters) == (85, 2)


def test_two_allergy_tests() -> None:
    # Altman 1991: 0.32 with 95 % from 0.26 to 0.38; linear weights 0.56.
    rows = ratings_of(ALLERGY)
    plain = kappa(rows)
    assert plain.estimate.value == pytest.approx(0.32, abs=0.005)
    ends = [plain.estimate.value + side * Z95 * plain.standard_error for side in (-1, 1)]
    assert ends == pytest.approx([0.26, 0.38], abs=0.005)
    assert kappa(rows, "linear").estimate.value == pytest.approx(0.56, abs=0.005)


def test_the_same_agreement_with_rare_and_even_categories() -> None:
    # Altman 1991, table 14.4: 80 % agreement both times, kappa 0.38 (3/8) and 0.60.
    assert kappa(ratings_of([[70, 10], [10, 10]])).estimate.value == pytest.approx(0.375)
    assert kappa(ratings_of([[40, 10], [10, 40]])).estimate.value == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("weights", "value", "error", "low", "high"),
    [("none", 0.4842, 0.1380, 0.2137, 0.7547), ("linear", 0.4701, 0.1457, 0.1845, 0.7558)],
)
def test_the_printout_of_sas(weights: str, value: float, error: float, low: float, high: float) -> None:
    # SAS PROC FREQ, as the statsmodels test suite quotes it: kappa, ASE, 95 % limits.
    found = kappa(ratings_of([[0, 4, 1], [0, 8, 0], [0, 1, 5]]), weights)  # pyright: ignore[reportArgumentType]
    assert (found.estimate.value, found.standard_error) == pytest.approx((value, error), abs=5e-5)
    ends = [found.estimate.value + side * Z95 * found.standard_error for side in (-1, 1)]
    assert ends == pytest.approx([low, high], abs=1e-4)


def test_cohen_s_own_weights() -> None:
    # Cohen 1968: unweighted .492; disagreements weighted 1, 3, 6 give .348, with 6 and 1 exchanged .574. Standard
    # errors by Fleiss, Cohen & Everitt's formula on this table: .051, .0755 and .0553.
    rows = ratings_of(DIAGNOSES)
    for weights, value, error in (
        ("none", 0.492, 0.051),
        ([[0, 1, 3], [1, 0, 6], [3, 6, 0]], 0.348, 0.0755),
        ([[0, 6, 3], [6, 0, 1], [3, 1, 0]], 0.574, 0.0553),
    ):
        found = kappa(rows, weights)  # pyright: ignore[reportArgumentType]
        assert found.estimate.value == pytest.approx(value, abs=5e-4)
        assert found.standard_error == pytest.approx(error, abs=1e-4)


def test_the_variance_is_that_of_1969() -> None:
    table = np.array(RADIOLOGISTS, dtype=float)
    p = table / table.sum()
    i = np.arange(4)
    w = 1.0 - np.abs(i[:, None] - i) / 3.0
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    chance = float((np.outer(rows, columns) * w).sum())
    value = float(((p * w).sum() - chance) / (1.0 - chance))
    of_rows, of_columns = w @ columns, rows @ w
    square = (p * (w - (of_rows[:, None] + of_columns[None, :]) * (1.0 - value)) ** 2).sum()
    square -= (value - chance * (1.0 - value)) ** 2
    expected = math.sqrt(square / (table.sum() * (1.0 - chance) ** 2))
    assert kappa(ratings_of(RADIOLOGISTS), "linear").standard_error == pytest.approx(expected)


def test_subjects_spread_evenly_are_added_as_if_they_had_been_rated() -> None:
    # 27 copies of nine subjects and every combination of three raters' categories twice: 27 times as sure.
    codes = np.random.default_rng(0).integers(0, 3, (9, 3))
    apart = np.array([[0.0, 1.0, 4.0], [1.0, 0.0, 1.0], [4.0, 1.0, 0.0]])
    every = np.array(list(itertools.product(range(3), repeat=3)))
    drawn = np.concatenate([np.repeat(codes, 27, axis=0), np.repeat(every, 2, axis=0)])
    *given_, variance = _moments(codes, apart, 2.0)
    *oracle, of_all = _moments(drawn, apart, 0.0)
    assert given_ == pytest.approx(oracle)
    assert variance == pytest.approx(27.0 * of_all)


def test_three_raters_are_their_pairs() -> None:
    table = np.random.default_rng(3).integers(0, 3, (40, 3))
    table[:, 1:] = np.where(np.random.default_rng(4).random((40, 2)) < 0.6, table[:, :1], table[:, 1:])
    pairs = [kappa(table[:, [a, b]]) for a, b in ((0, 1), (0, 2), (1, 2))]
    apart = sum(1.0 - pair.observed for pair in pairs) / sum(1.0 - pair.expected for pair in pairs)
    assert kappa(table).estimate.value == pytest.approx(1.0 - apart)


def test_names_numbers_and_places_are_one() -> None:
    rows = ratings_of(RADIOLOGISTS)
    words = ["normal", "benign", "suspect", "cancer"]
    named = [[words[given] for given in row] for row in rows]
    assert kappa(named).estimate.value == pytest.approx(kappa(rows).estimate.value)
    assert kappa(named, "linear", words).estimate.low == pytest.approx(kappa(rows, "linear").estimate.low)
    assert kappa([[10 * a, 10 * b] for a, b in rows], "quadratic").estimate.value == pytest.approx(0.6714, abs=5e-5)
    assert kappa([[b, a] for a, b in rows]).estimate.value == pytest.approx(kappa(rows).estimate.value)


@given(st.integers(5, 30), st.integers(2, 4), st.integers(2, 4), st.sampled_from(["none", "linear", "quadratic"]))
def test_the_interval_holds_the_value_and_stays_in_range(n: int, raters: int, k: int, weights: str) -> None:
    table = np.random.default_rng(n + 100 * raters + k).integers(0, k, (n, raters))
    found = kappa(table, weights).estimate  # pyright: ignore[reportArgumentType]
    assert -1.0 <= found.low <= found.value <= found.high <= 1.0


def test_perfect_agreement_of_few_is_no_certainty() -> None:
    found = kappa([[i % 2, i % 2] for i in range(10)]).estimate
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low < 0.6


@pytest.mark.parametrize(
    ("ratings", "said"),
    [
        ([[1], [0], [1], [1], [0]], "two or more"),
        ([[1, 0]] * 4, "5 or more"),
        ([[1, 1]] * 9, "one category"),
        ([[1, 0]] * 5 + [[1, None]], "subject 6 has no rating by rater 2"),
        ([[1.0, 0.0]] * 5 + [[math.nan, 1.0]], "subject 6 has no rating by rater 1"),
        ([[1, 0]] * 5 + [[1]], "subject 6 has 1 ratings"),
        ([1, 0, 1, 0, 1], "a row for each subject"),
    ],
)
def test_what_cannot_be_decided_is_refused(ratings: list[list[object]], said: str) -> None:
    with pytest.raises(NotResolvable, match=said):
        kappa(ratings)


def test_wrong_arguments_are_told() -> None:
    rows = [["yes", "no"], ["no", "no"], ["yes", "yes"]] * 3
    with pytest.raises(ValueError, match="in their order"):
        kappa(rows, "linear")
    with pytest.raises(ValueError, match="none of the categories"):
        kappa(rows, categories=["yes", "maybe"])
    with pytest.raises(ValueError, match="named twice"):
        kappa(rows, categories=["yes", "no", "no"])
    with pytest.raises(ValueError, match="none, linear, quadratic"):
        kappa(rows, "cubic")  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="zeros on the diagonal"):
        kappa(rows, [[1, 0], [0, 1]])
    with pytest.raises(ValueError, match="which rater"):
        kappa(rows, [[0, 1], [2, 0]])


def rated(rng: np.random.Generator, n: int, raters: int, noise: float) -> FloatArray:
    """Three categories of a skewed trait, by raters of unlike strictness and heavy-tailed noise."""
    trait = rng.gamma(2.0, 1.0, (n, 1)) - 2.0
    return np.digitize(
        trait + 0.3 * np.linspace(-1, 1, raters) + noise * rng.standard_t(6, (n, raters)), [-0.7, 0.7]
    ).astype(float)


@pytest.mark.slow
@pytest.mark.parametrize(("raters", "least"), [(2, 0.85), (3, 0.82)])
@pytest.mark.parametrize("weights", ["none", "quadratic"])
@pytest.mark.parametrize("noise", [0.1, 0.7, 2.0])
def test_intervals_hold_the_truth_as_often_as_they_say(raters: int, least: float, weights: str, noise: float) -> None:
    rng = np.random.default_rng(8)
    truth = kappa(rated(rng, 40_000, raters, noise), weights).estimate.value  # pyright: ignore[reportArgumentType]
    for n in (8, 20):
        held = tried = 0
        for _ in range(400):
            try:
                found = kappa(rated(rng, n, raters, noise), weights)  # pyright: ignore[reportArgumentType]
            except NotResolvable:
                continue
            held, tried = held + found.estimate.holds(truth), tried + 1
        # 90 % with a standard error of 1.5 points. The plain ±1.645 standard errors hold 37 to 90 %.
        assert held / tried >= least
