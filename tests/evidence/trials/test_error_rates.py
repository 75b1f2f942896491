"""How often simulated trials answer wrongly: 2,000 a truth (docs/validation.md)."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from simulated_trials import ASKED, trial

from legato.evidence.trials.model import Question
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
