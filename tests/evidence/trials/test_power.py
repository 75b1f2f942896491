"""What a trial of so many pairs would find: closed forms, the published figures, and the exact test itself."""

import math
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest

from legato.evidence.trials.power import effect_found, pairs_needed, power_of_pairs, sd_of_change
from legato.evidence.trials.sign_flip import DrawnOrder, most_apart, sign_flip_p

PUBLISHED = (
    (12.0, 6, 0.98, 0.78),
    (12.0, 8, 1.0, 0.97),
    (8.4, 6, 0.87, 0.45),
    (8.4, 8, 0.99, 0.81),
    (5.0, 8, 0.81, 0.40),
    (5.0, 12, 0.96, 0.64),
    (3.0, 12, 0.59, 0.28),
)
"""Effect, pairs, power where a session's mean scatters by 3 and by 5 % (evidence 2.3; a coin for each pair)."""

RATIOS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
VALIDATION = Path(__file__).parents[3] / "docs" / "validation.md"


def published_rows(factor: float) -> list[tuple[float, int, float, float, float]]:
    return [
        (effect, pairs, sd, power, power_of_pairs(pairs, effect, factor * sd, coins=True))
        for effect, pairs, *powers in PUBLISHED
        for sd, power in zip((3.0, 5.0), powers, strict=True)
    ]


def test_the_published_powers_come_out_with_the_change_of_a_pair_scattering_1_4_times_a_session() -> None:
    off = [abs(found - power) for *_, power, found in published_rows(1.4)]
    assert len(off) == 14
    assert max(off) <= 0.03


def test_with_the_root_of_two_all_but_one_come_out_and_that_one_is_off_by_under_four_points() -> None:
    off = {(effect, pairs, sd): abs(found - p) for effect, pairs, sd, p, found in published_rows(math.sqrt(2.0))}
    assert sorted(off.values())[-2] <= 0.03
    assert max(off, key=lambda row: off[row]) == (5.0, 12, 5.0)
    assert max(off.values()) <= 0.04


@pytest.mark.parametrize("ratio", [0.6, 1.2, 1.7])
def test_six_coins_find_what_all_six_changes_show_alike(ratio: float) -> None:
    """p reaches 0.05 only where all changes go one way: the sixth power of one doing so."""
    assert power_of_pairs(6, ratio, 1.0, coins=True) == pytest.approx(NormalDist().cdf(ratio) ** 6, abs=0.01)


@pytest.mark.parametrize("ratio", [0.4, 0.6, 0.8])
def test_many_pairs_are_as_student_s_test_finds(ratio: float) -> None:
    from scipy.special import nctdtr, stdtrit

    closed = 1.0 - nctdtr(19, ratio * math.sqrt(20), stdtrit(19, 0.975))
    assert power_of_pairs(20, ratio, 1.0) == pytest.approx(closed, abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(("pairs", "ratio"), [(7, 1.5), (8, 1.2), (12, 0.8), (14, 0.8), (18, 0.7)])
def test_the_planner_agrees_with_the_exact_test_run_on_simulated_trials(pairs: int, ratio: float) -> None:
    rng = np.random.default_rng(3)
    found = 0
    for _ in range(1500):
        signs = rng.choice([1, -1], pairs)
        while abs(signs.sum()) > most_apart(pairs):
            signs = rng.choice([1, -1], pairs)
        changes = ratio + rng.standard_normal(pairs)
        order = DrawnOrder(tuple("A" if s > 0 else "B" for s in signs), pairs)
        found += sign_flip_p(changes.tolist(), order) <= 0.05 and changes.mean() > 0.0
    # 1,500 trials scatter by 1.3 points (one SE); Student's test stands in above twelve pairs, within two.
    assert power_of_pairs(pairs, ratio, 1.0) == pytest.approx(found / 1500, abs=0.04)


def test_five_pairs_find_nothing_and_no_change_is_found_by_chance_alone() -> None:
    assert power_of_pairs(5, 10.0, 1.0) == 0.0
    assert effect_found(5) == math.inf
    assert power_of_pairs(8, 0.0, 1.0) == pytest.approx(0.022, abs=0.005)


def test_pairs_needed_is_the_first_number_with_the_power_asked_for() -> None:
    for ratio in (0.5, 0.7, 0.9, 1.1, 1.3, 1.8):
        pairs = pairs_needed(ratio, 1.0)
        assert pairs is not None
        # What is found 8 times in 10 is taken from 2,000 draws, which scatter by 0.9 points.
        assert power_of_pairs(pairs, ratio, 1.0) >= 0.775
        assert pairs == 6 or power_of_pairs(pairs - 1, ratio, 1.0) <= 0.825
    assert pairs_needed(0.2, 1.0) is None
    assert pairs_needed(1.0, 0.0) == 6


def test_pairs_needed_falls_as_the_effect_grows() -> None:
    found = [pairs_needed(ratio, 1.0) or 99 for ratio in np.linspace(0.3, 3.0, 60)]
    assert found == sorted(found, reverse=True)


def test_a_mean_that_must_be_seen_large_halves_the_chance_at_the_effect_itself() -> None:
    assert power_of_pairs(16, 2.0, 1.0, at_least=2.0) == pytest.approx(0.5, abs=0.02)
    assert power_of_pairs(8, 2.0, 1.0, at_least=1.0) < power_of_pairs(8, 2.0, 1.0)


def test_the_scatter_of_a_change_from_that_of_sessions_and_repetitions() -> None:
    assert sd_of_change(0.03) == pytest.approx(0.0424, abs=1e-4)
    assert sd_of_change(0.03, 4, 0.08) == pytest.approx(math.sqrt(2.0) * 0.05)
    with pytest.raises(ValueError, match="one repetition"):
        sd_of_change(0.03, 0, 0.08)


def test_the_tables_of_the_documentation_are_what_the_planner_says() -> None:
    """Rows to copy are in the message."""
    text = VALIDATION.read_text(encoding="utf-8")
    rows = [
        f"| {pairs} | {' | '.join(f'{100 * power_of_pairs(pairs, ratio, 1.0):.0f}' for ratio in RATIOS)} |"
        for pairs in (6, 7, 8, 9, 10, 12, 16, 20)
    ]
    assert [row for row in rows if row not in text] == []
