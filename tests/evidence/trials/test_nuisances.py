"""Order, drift, carry-over, an outlier, a swapped label: what each does to the answer."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from simulated_trials import ASKED, pair_of, pairs_of, swapped, trial

from legato.evidence.trials.model import Pair, Question, Verdict
from legato.evidence.trials.nuisances import Nuisance, carry_over, leave_one_out, order_effect, trend
from legato.evidence.trials.paired import judge_pairs

TWELVE = replace(ASKED, pairs=12)
SD = 0.03
"""Of a session, m/s."""


def judged(
    question: Question,
    count: int,
    seed: int,
    change: float,
    *,
    second: float = 0.0,
    drift: float = 0.0,
    fading: float = 0.0,
    left_behind: float = 0.0,
) -> list[Verdict]:
    rng = np.random.default_rng(seed)
    return [
        judge_pairs(
            question,
            trial(rng, question, change, SD, second=second, drift=drift, fading=fading, left_behind=left_behind),
        )
        for _ in range(count)
    ]


def share(found: list[Verdict], answer: str) -> float:
    return Counter(one.answer for one in found)[answer] / len(found)


def held(found: list[Nuisance | None], truth: float) -> float:
    return float(np.mean([one.estimate.holds(truth) for one in found if one]))


@pytest.mark.parametrize("size", [0.0, 0.05])
def test_each_is_estimated_with_an_interval_that_holds_it(size: float) -> None:
    rng = np.random.default_rng(1)
    trials = [trial(rng, TWELVE, 0.06, SD, second=size, fading=11.0 * size / 10.0, left_behind=0.0) for _ in range(400)]
    after = [trial(rng, TWELVE, 0.06, SD, left_behind=-size) for _ in range(400)]
    # 400 intervals of 90 % scatter by 1.5 points.
    assert 0.86 <= held([order_effect(TWELVE, pairs) for pairs in trials], size) <= 0.94
    assert 0.86 <= held([trend(TWELVE, pairs) for pairs in trials], -size / 10.0) <= 0.94
    assert 0.86 <= held([carry_over(TWELVE, pairs) for pairs in after], -size) <= 0.94
    adjusted = [one.adjusted.holds(0.06) for one in (carry_over(TWELVE, pairs) for pairs in after) if one]
    assert 0.86 <= np.mean(adjusted) <= 0.94


def test_without_noise_they_are_exact() -> None:
    rng = np.random.default_rng(2)
    pairs = trial(rng, TWELVE, 0.06, 0.0, second=0.02, drift=0.01)
    found = order_effect(TWELVE, pairs)
    assert found is not None
    # The second session comes one later, so that the drift adds to it.
    assert found.estimate.value == pytest.approx(0.03)
    assert found.adjusted.value == pytest.approx(0.06)
    found = carry_over(TWELVE, trial(rng, TWELVE, 0.06, 0.0, left_behind=-0.04))
    assert found is not None
    assert found.estimate.value == pytest.approx(-0.04)
    assert found.adjusted.value == pytest.approx(0.06)
    found = trend(TWELVE, trial(rng, TWELVE, 0.06, 0.0, fading=0.11))
    assert found is not None
    assert found.estimate.value == pytest.approx(-0.01)
    assert found.adjusted.value == pytest.approx(-0.05)


def test_where_one_arm_came_first_but_once_order_is_not_told() -> None:
    assert order_effect(ASKED, pairs_of([0.1, 0.2, 0.1, 0.1], first="ABBB")) is None


def test_an_order_effect_cancels_where_the_arms_came_first_equally_often() -> None:
    """0.1 m/s, twice the effect of interest, at twelve pairs: no answer changes."""
    for change, answer in ((0.0, "contradicts"), (0.1, "supports")):
        plain, moved = (judged(TWELVE, 150, 3, change=change, second=second) for second in (0.0, 0.1))
        assert [one.answer for one in plain] == [one.answer for one in moved]
        assert share(moved, answer) >= 0.9
        assert all(any("second session" in note for note in one.notes) for one in moved)


def test_with_six_pairs_it_costs_answers_but_gives_no_false_ones() -> None:
    six = replace(ASKED, pairs=6)
    nothing, much = (judged(six, 300, 4, change=change, second=0.1) for change in (0.0, 0.1))
    assert share(nothing, "supports") <= 0.02
    assert share(much, "contradicts") <= 0.02
    assert 0.2 <= share(much, "supports") <= 0.6


def test_support_that_hangs_on_who_came_first_is_taken_back() -> None:
    """Four of six pairs begin with A, and first sessions are 0.09 m/s faster; A itself brings 0.03."""
    first = "AABABA"
    noise = (0.004, -0.003, 0.002, 0.003, -0.004, -0.002)
    changes = [0.03 + (0.09 if arm == "A" else -0.09) + error for arm, error in zip(first, noise, strict=True)]
    shifted = [0.12 + change if arm == "B" else change for arm, change in zip(first, changes, strict=True)]
    found = judge_pairs(replace(ASKED, pairs=6, effect_of_interest=0.09), pairs_of(shifted, first=first))
    assert found.p == pytest.approx(0.04)
    assert found.answer == "inconclusive"
    assert "would support the claim, but not beside what else moved it. The second session" in found.reason


def test_what_a_leaves_behind_makes_b_look_bad_and_is_found_out() -> None:
    """A does nothing but spoil the session after it by 0.1 m/s; the test alone is fooled in most trials of twelve."""
    found = judged(TWELVE, 300, 5, change=0.0, left_behind=-0.1)
    fooled = [one for one in found if one.p is not None and one.p <= 0.05]
    assert len(fooled) > 150
    assert share(found, "supports") <= 0.03
    assert any("A session after A differed by −0.1" in one.reason for one in found)
    # What it leaves behind in full hides the change from B; it does not turn the answer round.
    hidden = judged(TWELVE, 300, 6, change=0.1, left_behind=0.1)
    assert share(hidden, "contradicts") <= 0.02


def test_a_change_that_fades_to_nothing_is_not_supported() -> None:
    """From 0.15 m/s at the first pair to less than nothing at the last."""
    found = judged(TWELVE, 300, 7, change=0.15, fading=0.17)
    by_mean = [one for one in found if one.p is not None and one.p <= 0.05 and one.change and one.change.value >= 0.05]
    assert share(found, "supports") <= 0.5 * len(by_mean) / 300
    assert any("The change drifted by −0.0" in one.reason for one in found)


def test_a_drift_of_both_arms_changes_no_answer_but_by_the_step_within_a_pair() -> None:
    plain, moved = (judged(TWELVE, 200, 8, change=0.1, drift=drift) for drift in (0.0, 0.02))
    assert share(plain, "supports") >= 0.97
    assert share(moved, "supports") >= 0.97


def test_an_outlier_costs_an_answer_and_is_pointed_out() -> None:
    rng = np.random.default_rng(9)
    told = 0
    answers: list[str] = []
    for _ in range(200):
        pairs = trial(rng, ASKED, 0.1, SD)
        pairs[3] = pair_of(pairs[3].first, pairs[3].a.value - 0.6, pairs[3].b.value)
        found = judge_pairs(ASKED, pairs)
        answers.append(found.answer)
        told += any("Pair 4 lies far from the others" in note for note in found.notes)
    assert "supports" not in answers
    assert answers.count("contradicts") <= 10
    assert told >= 180


def test_an_outlier_never_makes_an_effect() -> None:
    rng = np.random.default_rng(10)
    for _ in range(200):
        pairs = trial(rng, ASKED, 0.0, SD)
        pairs[3] = pair_of(pairs[3].first, pairs[3].a.value + 2.0, pairs[3].b.value)
        found = judge_pairs(ASKED, pairs)
        assert found.answer != "supports"
        assert found.p is not None
        assert found.p > 0.05 or "it hangs on pair 4, which lies far from the others" in found.reason


def test_an_answer_that_leans_on_one_pair_says_so() -> None:
    changes = [0.045, 0.06, 0.04, 0.047, 0.062, 0.033, 0.046, 0.1]
    found = judge_pairs(replace(ASKED, effect_of_interest=0.05), pairs_of(changes))
    assert found.answer == "supports"
    assert any(note.startswith("The answer leans on pair 8: without it the change falls short") for note in found.notes)
    assert leave_one_out(ASKED, pairs_of(changes))[7] == pytest.approx(np.mean(changes[:7]))


@pytest.mark.parametrize(("pairs", "least", "most"), [(6, 0.0, 0.1), (8, 0.3, 0.8), (12, 0.6, 1.0)])
def test_one_swapped_label_costs_answers_and_gives_no_false_ones(pairs: int, least: float, most: float) -> None:
    """A true change of 0.12 m/s, which is supported in nearly all trials without the swap."""
    question = replace(ASKED, pairs=pairs)
    rng = np.random.default_rng(pairs)
    trials = [trial(rng, question, 0.12, SD) for _ in range(150)]
    nothing = [trial(rng, question, 0.0, SD) for _ in range(300)]
    found = [judge_pairs(question, swapped(one, 2)) for one in trials]
    assert share([judge_pairs(question, one) for one in trials], "supports") >= 0.9
    assert least <= share(found, "supports") <= most
    assert share(found, "contradicts") <= 0.02
    assert share([judge_pairs(question, swapped(one, 2)) for one in nothing], "supports") <= 0.01


def test_a_swapped_label_of_a_large_change_is_pointed_out() -> None:
    pairs: list[Pair] = swapped(pairs_of([0.3, 0.31, 0.29, 0.3, 0.32, 0.28, 0.3, 0.3]), 4)
    notes = judge_pairs(ASKED, pairs).notes
    assert "Pair 5 lies far from the others (−0.320 m/s); look whether its arms were swapped." in notes
