"""How often simulated trials answer wrongly: 2,000 a truth (docs/validation.md)."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from simulated_trials import ASKED, trial

from legato.evidence.trials.model import Pair, Question
from legato.evidence.trials.paired import judge_pairs

RELATIVE = replace(ASKED, relative=True, unit="")
TRIALS = 2000
MOST_WRONG = 0.06
"""5 % and two standard errors of 2,000 trials."""

TRUTHS: dict[str, tuple[Question, dict[str, float], str]] = {
    "normal": (ASKED, {}, "normal"),
    "heavy tails": (ASKED, {}, "heavy"),
    "skewed": (ASKED, {}, "skewed"),
    "order effect": (ASKED, {"second": 0.1}, "normal"),
    "drift": (ASKED, {"drift": 0.02}, "normal"),
    "relative": (RELATIVE, {}, "normal"),
    "relative, lower": (replace(RELATIVE, better="lower"), {}, "normal"),
}


def answers(name: str, change: float, seed: int) -> tuple[Counter[str], float]:
    """Answers of trials of 8 pairs whose sessions scatter by 0.03, and the share with p no more than 0.05."""
    question, planted, tails = TRUTHS[name]
    sign = 1.0 if question.better == "higher" else -1.0
    rng = np.random.default_rng(seed)
    found = [
        judge_pairs(
            question,
            trial(
                rng,
                question,
                sign * change,
                0.03,
                tails=tails,
                second=planted.get("second", 0.0),
                drift=planted.get("drift", 0.0),
            ),
        )
        for _ in range(TRIALS)
    ]
    return Counter(one.answer for one in found), float(np.mean([(one.p or 0.0) <= 0.05 + 1e-12 for one in found]))


@pytest.mark.slow
@pytest.mark.parametrize("name", TRUTHS)
def test_where_there_is_no_change_few_trials_find_one_and_fewer_support(name: str) -> None:
    counted, found = answers(name, 0.0, 1)
    assert found <= MOST_WRONG
    assert counted["supports"] <= 0.03 * TRIALS


@pytest.mark.slow
@pytest.mark.parametrize("name", ["normal", "heavy tails", "relative, lower"])
def test_a_change_just_as_large_as_asked_for_is_seldom_contradicted(name: str) -> None:
    counted, _ = answers(name, 0.05, 2)
    assert counted["contradicts"] <= MOST_WRONG * TRIALS


@pytest.mark.slow
def test_looks_in_between_find_no_more_where_there_is_nothing() -> None:
    question = replace(ASKED, pairs=12)
    rng = np.random.default_rng(3)
    found = 0
    for _ in range(600):
        pairs = trial(rng, question, 0.0, 0.03)
        seen = [judge_pairs(question, pairs[:count], looks=[8, 10]) for count in (8, 10, 12)]
        found += any(one.p is not None and one.p <= 0.05 / 3.0 + 1e-12 for one in seen)
    # 5 % at most, and two standard errors of 600 trials.
    assert found / 600 <= 0.05 + 2.0 * 0.009


def refusing(
    rng: np.random.Generator, question: Question, replacements: int, true: float, least: float, sign: float
) -> tuple[list[Pair], list[int]]:
    """A trial of somebody who knows each pair's change and refuses it, as often as may be, where `sign` times it lies
    below `least`; a pair that is refused comes again in the same order.
    """
    pairs: list[Pair] = []
    places: list[int] = []
    for pair in trial(rng, question, true, 0.03):
        one = pair
        while len(places) < replacements and sign * one.change(question) <= least:
            places.append(len(pairs))
            one = replace(trial(rng, question, true, 0.03)[0], first=pair.first)
        pairs.append(one)
    return pairs, places


@pytest.mark.slow
@pytest.mark.parametrize(("count", "replacements"), [(6, 2), (8, 2), (10, 5), (12, 6)])
def test_pairs_that_are_refused_for_their_numbers_decide_nothing(count: int, replacements: int) -> None:
    rng = np.random.default_rng(5)
    supports = contradicts = believed = 0
    for _ in range(400):
        low = replace(ASKED, pairs=count, effect_of_interest=0.01)
        pairs, places = refusing(rng, low, replacements, 0.0, 0.0, 1.0)
        supports += judge_pairs(low, pairs, lost=len(places), doubted=places).answer == "supports"
        believed += judge_pairs(low, pairs, lost=len(places)).answer == "supports"
        asked = replace(ASKED, pairs=count)
        pairs, places = refusing(rng, asked, replacements, 0.05, -0.05, -1.0)
        contradicts += judge_pairs(asked, pairs, lost=len(places), doubted=places).answer == "contradicts"
    # 2.5 % and 5 % at most, and two standard errors of 400 trials.
    assert supports / 400 <= 0.03
    assert contradicts / 400 <= 0.05 + 2.0 * 0.011
    assert believed / 400 >= 0.06
