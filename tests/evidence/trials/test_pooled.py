import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from legato.errors import BadInput, NotResolvable
from legato.estimate import Estimate
from legato.evidence.trials.mixed import Observation, mean_effect, mixed_effect, observations_of
from legato.evidence.trials.model import Pair, Question
from legato.evidence.trials.pooled import AthleteTrial, Pooled, pool, pooled_p

from .simulated_pairs import TRUTHS, Truth, simulate

QUESTION = Question(1.0, "higher", 8, unit="m/s")


def trials(
    truth: Truth,
    athletes: int = 6,
    pairs: int = 8,
    rng: np.random.Generator | None = None,
    question: Question = QUESTION,
    pull: float = 0.0,
) -> list[AthleteTrial]:
    """Trials of simulated athletes; `pull` is added to the first one's sessions under A."""
    sessions, _ = simulate(truth, athletes, pairs, rng or np.random.default_rng(1))
    found: list[AthleteTrial] = []
    for i in range(athletes):
        own = [session for session in sessions if session.athlete == f"athlete {i}"]
        lines: list[Pair | None] = []
        for number in range(pairs):
            both = {session.arm: session for session in own if session.pair == number}
            if len(both) < 2:
                lines.append(None)
                continue
            a, b = both["A"].value + (pull if i == 0 else 0.0), both["B"].value
            lines.append(Pair("A" if both["A"].place == 1 else "B", estimate(a), estimate(b)))
        found.append(AthleteTrial(f"athlete {i}", "C02", "velocity", ("with", "without"), question, tuple(lines)))
    return found


def estimate(value: float) -> Estimate:
    return Estimate.symmetric(value, 0.01)


def share(found: Sequence[Pooled], answer: str) -> float:
    return sum(one.verdict.answer == answer for one in found) / len(found)


def test_the_mean_is_the_mixed_models():
    given = trials(Truth(between=0.5, order=0.5))
    sessions, _ = simulate(Truth(between=0.5, order=0.5), 6, 8, np.random.default_rng(1))
    found, fit = pool(given), mixed_effect(sessions, unit="m/s")
    assert found.mean == fit.effect
    assert found.spread == fit.spread
    assert [one.athlete for one in found.without] == [f"athlete {i}" for i in range(6)]
    less = mixed_effect([s for s in sessions if s.athlete != "athlete 2"], unit="m/s")
    assert found.without[2].change == less.effect


def test_a_clear_effect_in_all_is_supported_and_none_contradicted():
    assert pool(trials(Truth(effect=3.0, between=0.3))).verdict.answer == "supports"
    assert pool(trials(Truth(effect=-1.0, between=0.3))).verdict.answer == "contradicts"
    opposite = pool(trials(Truth(effect=3.0), question=replace(QUESTION, better="lower")))
    assert opposite.verdict.answer == "contradicts"
    assert opposite.mean.value < 0.0


def test_one_athletes_pull_supports_nothing():
    for pull in (3.0, 10.0, 100.0):
        found = pool(trials(Truth(effect=0.0), pull=pull))
        assert found.verdict.answer != "supports"
    assert max(found.without, key=lambda one: -one.change.half_width).athlete == "athlete 0"


def test_an_answer_that_hangs_on_one_athlete_names_it():
    named: list[Pooled] = []
    rng = np.random.default_rng(8)
    for _ in range(60):
        found = pool(trials(Truth(effect=1.2, between=0.8), athletes=5, rng=rng))
        if found.carried_by is not None:
            named.append(found)
    assert named
    for found in named:
        assert found.verdict.answer == "inconclusive"
        assert f"without {found.carried_by} it is open" in found.verdict.reason


def sessions_of(given: Sequence[AthleteTrial]) -> list[Observation]:
    return [one for trial in given for one in observations_of(trial.athlete, trial.pairs, trial.question)]


@pytest.mark.slow
def test_no_effect_is_hardly_ever_supported():
    """1,000 sets without an effect, over all truths that stand in its way: 5 % and two standard errors below it. The
    answer itself is asked for where the mean is large enough for it.
    """
    truths = [replace(truth, effect=0.0, between=between) for truth in TRUTHS.values() for between in (0.0, 0.5, 2.0)]
    rng, supported, small = np.random.default_rng(3), 0, 0
    for k in range(1000):
        given = trials(truths[k % len(truths)], rng=rng)
        effect, dof = mean_effect(sessions_of(given), unit="m/s")
        small += pooled_p(effect, dof, len(given)) <= 0.05
        supported += effect.value >= 1.0 and pool(given).verdict.answer == "supports"
    assert supported <= 50
    assert small <= 60


@pytest.mark.slow
@pytest.mark.parametrize(("athletes", "pairs", "between"), [(4, 10, 1.3), (5, 6, 0.5)])
def test_p_of_no_effect_is_small_as_seldom_as_it_says(athletes: int, pairs: int, between: float):
    """1,000 sets each, at most 6 % (one SE 0.7 points); and the interval holds none in 85 to 95 %."""
    rng = np.random.default_rng(11)
    small, held = 0, 0
    for _ in range(1000):
        effect, dof = mean_effect(simulate(Truth(effect=0.0, between=between), athletes, pairs, rng)[0])
        p = pooled_p(effect, dof, athletes)
        small, held = small + (p <= 0.05), held + effect.holds(0.0)
        assert p > 1e-5
    assert small <= 60
    assert 850 <= held <= 950


def test_athletes_who_happen_to_lie_close_do_not_make_p_tiny():
    """Four athletes with the same mean change: their scatter is no less than what the pairs' own error leaves."""
    rng = np.random.default_rng(2)
    given: list[AthleteTrial] = []
    for k in range(4):
        noise = rng.normal(size=8)
        changes = 3.0 + noise - noise.mean()
        pairs = [Pair("A" if n % 2 else "B", estimate(5.0 + change), estimate(5.0)) for n, change in enumerate(changes)]
        given.append(AthleteTrial(f"athlete {k}", "C02", "velocity", ("with", "without"), QUESTION, tuple(pairs)))
    found = pool(given, carry_over=False)
    assert found.verdict.answer == "supports"
    assert found.mean.half_width > 0.2
    assert found.p > 1e-4


def test_an_effect_is_supported_more_often_the_more_athletes():
    rng = np.random.default_rng(5)
    few = [pool(trials(Truth(effect=2.0, between=0.5), 4, rng=rng)) for _ in range(25)]
    some = [pool(trials(Truth(effect=2.0, between=0.5), 8, rng=rng)) for _ in range(25)]
    assert share(few, "supports") < share(some, "supports")
    assert share(some, "supports") >= 0.8


def test_a_swap_of_labels_turns_the_answer_round():
    given = trials(Truth(effect=3.0, between=0.3))
    swapped = [replace(trial, pairs=tuple(turned(pair) for pair in trial.pairs)) for trial in given]
    found, other = pool(given), pool(swapped)
    assert other.mean.value == pytest.approx(-found.mean.value)
    assert (found.verdict.answer, other.verdict.answer) == ("supports", "contradicts")


def turned(pair: Pair | None) -> Pair | None:
    return None if pair is None else Pair("B" if pair.first == "A" else "A", pair.b, pair.a)


def test_one_athlete_with_swapped_labels_leaves_it_open():
    given = trials(Truth(effect=2.0, between=0.2), athletes=5)
    wrong = [replace(given[0], pairs=tuple(turned(pair) for pair in given[0].pairs)), *given[1:]]
    assert pool(given).verdict.answer == "supports"
    assert pool(wrong).verdict.answer == "inconclusive"


def test_an_outlier_leaves_it_open():
    given = trials(Truth(effect=2.0, between=0.2), athletes=5)
    pair = given[0].pairs[0]
    assert pair is not None
    wild = replace(given[0], pairs=(Pair(pair.first, estimate(60.0), pair.b), *given[0].pairs[1:]))
    assert pool([wild, *given[1:]]).verdict.answer == "inconclusive"


def test_a_relative_question_is_told_in_shares():
    rng = np.random.default_rng(4)
    question = Question(0.05, "higher", 8, relative=True)
    given: list[AthleteTrial] = []
    for i in range(6):
        lines: list[Pair | None] = []
        for number in range(8):
            base = 0.5 + 0.1 * i
            a = base * 1.12 * math.exp(0.02 * rng.normal())
            lines.append(Pair("A" if number % 3 else "B", estimate(a), estimate(base * math.exp(0.02 * rng.normal()))))
        given.append(AthleteTrial(f"athlete {i}", "C02", "velocity", ("a", "b"), question, tuple(lines)))
    found = pool(given, carry_over=False)
    assert found.mean.value == pytest.approx(0.12, abs=0.015)
    assert found.verdict.answer == "supports"
    assert "+12." in found.verdict.reason or "+11." in found.verdict.reason


def test_what_cannot_be_detected_is_not_measurable():
    question = replace(QUESTION, detectable=20.0)
    found = pool(trials(Truth(effect=1.0, between=1.5), question=question))
    assert found.verdict.answer == "not-measurable"


@pytest.mark.parametrize(
    ("other", "match"),
    [
        ({"claim": "C03"}, "claim: C02 and C03"),
        ({"outcome": "jump"}, "outcome"),
        ({"arms": ("with", "nothing")}, "arms"),
        ({"question": replace(QUESTION, effect_of_interest=2.0)}, "effect of interest"),
        ({"question": replace(QUESTION, better="lower")}, "direction"),
        ({"question": replace(QUESTION, unit="cm")}, "unit"),
        ({"athlete": "athlete 0"}, "athlete 0 has two trials"),
    ],
)
def test_trials_of_unlike_questions_are_refused(other: dict[str, object], match: str):
    given = trials(Truth())
    fields = {name: getattr(given[3], name) for name in ("athlete", "claim", "outcome", "arms", "question", "pairs")}
    with pytest.raises(BadInput, match=match):
        pool([*given[:3], AthleteTrial(**{**fields, **other}), *given[4:]])


def test_too_few_athletes_are_refused_and_one_without_pairs_left_out():
    given = trials(Truth(effect=3.0))
    with pytest.raises(NotResolvable, match="3 athletes have 2 complete pairs; 4"):
        pool(given[:3])
    lost = replace(given[5], pairs=(given[5].pairs[0], *(None,) * 7))
    found = pool([*given[:5], lost])
    assert found.left_out == ("athlete 5",)
    assert found.mean == pool(given[:5]).mean
    with pytest.raises(NotResolvable, match="no trial"):
        pool([])
