"""Agreement of raters: kappa over athletes, what is missing before it can be told, and intervals that hold."""

import numpy as np
import pytest

from legato.evidence import kappa
from legato.faults.assessments.raters import CATEGORIES, agreement

Ratings = dict[tuple[str, tuple[str, str], str], int]


def ratings_of(tables: dict[str, np.ndarray], items: list[str]) -> Ratings:
    """Ratings from a table (athletes, items) a rater."""
    return {
        (rater, (f"A{i:02d}", "2024-11-22"), item): int(table[i, k])
        for rater, table in tables.items()
        for i in range(len(table))
        for k, item in enumerate(items)
    }


def two_raters(rng: np.random.Generator, athletes: int, items: int, apart: float) -> dict[str, np.ndarray]:
    """Ratings of two raters, each wrong about an athlete as a whole and about each item; the second is stricter."""
    truth = rng.normal(0.0, 0.7, (athletes, 1)) + rng.normal(0.0, 1.0, (athletes, items))
    return {
        rater: np.digitize(
            truth + strict + rng.normal(0.0, apart, (athletes, 1)) + rng.normal(0.0, apart, (athletes, items)),
            (-0.7, 0.5),
        )
        for rater, strict in (("R1", 0.0), ("R2", 0.3))
    }


def test_one_item_is_cohens_kappa():
    rng = np.random.default_rng(1)
    table = two_raters(rng, 20, 1, 0.4)
    (one,) = agreement(ratings_of(table, ["hips"]), ["hips"])
    pairs = np.column_stack([table["R1"][:, 0], table["R2"][:, 0]]).tolist()
    assert one.kappa == kappa(pairs, "none", CATEGORIES).estimate
    assert one.weighted == kappa(pairs, "linear", CATEGORIES).estimate
    assert one.same == pytest.approx(np.mean(table["R1"] == table["R2"]))
    assert (one.athletes, one.ratings, one.reason) == (20, 20, "")


def test_too_few_athletes_are_told_with_how_many_are_missing():
    rows = agreement(ratings_of(two_raters(np.random.default_rng(2), 3, 2, 0.4), ["a", "b"]), ["a", "b"])
    assert [row.item for row in rows] == ["a", "b", ""]
    assert {row.kappa for row in rows} == {None}
    assert {row.reason for row in rows} == {"3 athletes rated by both raters; kappa needs 5 or more: 2 missing"}
    assert all(row.same is not None for row in rows)


def test_many_items_of_one_athlete_are_no_five_athletes():
    items = [f"i{k}" for k in range(12)]
    rows = agreement(ratings_of(two_raters(np.random.default_rng(2), 1, 12, 0.4), items), items)
    assert rows[-1].ratings == 12 and rows[-1].kappa is None


def test_one_rater_agrees_with_nobody():
    table = two_raters(np.random.default_rng(2), 8, 2, 0.4)
    assert agreement(ratings_of({"R1": table["R1"]}, ["a", "b"]), ["a", "b"]) == ()


def test_what_one_did_not_see_is_left_out():
    given = ratings_of(two_raters(np.random.default_rng(4), 8, 1, 0.2), ["a"])
    del given["R1", ("A03", "2024-11-22"), "a"]
    (one,) = agreement(given, ["a"])
    assert (one.athletes, one.ratings) == (7, 7)


def test_all_alike_in_one_category_cannot_be_told_from_chance():
    twos = np.full((8, 1), 2)
    (one,) = agreement(ratings_of({"R1": twos, "R2": twos}, ["a"]), ["a"])
    assert one.kappa is None and one.same == 1.0 and "one category" in one.reason


def test_three_raters_are_told_together_and_in_pairs():
    rng = np.random.default_rng(5)
    tables = two_raters(rng, 9, 2, 0.3) | {"R3": rng.integers(0, 3, (9, 2))}
    rows = agreement(ratings_of(tables, ["a", "b"]), ["a", "b"])
    groups = list(dict.fromkeys(row.raters for row in rows))
    assert groups == [("R1", "R2", "R3"), ("R1", "R2"), ("R1", "R3"), ("R2", "R3")]
    weighted = {row.raters: row.weighted.value for row in rows if not row.item and row.weighted is not None}
    assert weighted["R1", "R2"] > weighted["R1", "R3"]


@pytest.mark.slow
@pytest.mark.parametrize(("athletes", "apart"), [(5, 0.3), (8, 0.8)])
def test_the_kappa_of_all_items_is_held(athletes: int, apart: float):
    """Raters who err about an athlete as a whole make the items of one athlete alike, which the interval must hold."""
    rng = np.random.default_rng(athletes)
    items = [f"i{k}" for k in range(7)]
    whole = two_raters(rng, 10_000, 7, apart)
    pairs = np.column_stack([whole["R1"].ravel(), whole["R2"].ravel()]).tolist()
    truth = kappa(pairs, "none", CATEGORIES).estimate.value, kappa(pairs, "linear", CATEGORIES).estimate.value
    held, told = np.zeros(2), 0
    for _ in range(150):
        one = agreement(ratings_of(two_raters(rng, athletes, 7, apart), items), items)[-1]
        if one.kappa is not None and one.weighted is not None:
            told += 1
            held += one.kappa.holds(truth[0]), one.weighted.holds(truth[1])
    assert told > 140
    assert (held / told >= 0.85).all(), held / told
