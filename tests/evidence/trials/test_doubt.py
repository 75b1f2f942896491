"""Pairs and sessions that were refused by what a person told: an answer stands only beside the worst they can hide."""

from datetime import timedelta
from pathlib import Path

import pytest

from legato.estimate import Estimate
from legato.evidence.trials.doubt import doubted, note_on_blocks
from legato.evidence.trials.journal import Journal, append
from legato.evidence.trials.model import Pair, Question
from legato.evidence.trials.paired import judge_pairs
from legato.evidence.trials.steps import miss
from legato.evidence.trials.verdict import answer

from .written_trials import AT, DAY, give, registered, run, session, tell, trial_of

UP = [(0.56, 0.50), (0.57, 0.51), (0.55, 0.50), (0.58, 0.51), (0.56, 0.51), (0.57, 0.50)]


def pair_with(journal: Journal, **changed: object) -> Journal:
    """Two sessions, the second with something else of it."""
    for k in range(2):
        done = len(trial_of(journal).sessions)
        journal, _ = tell(journal, DAY + timedelta(days=2 * (done + 1)))
        journal, _ = give(journal, session(0.5, done + 1, **(changed if k else {})))
    return journal


@pytest.mark.parametrize(
    "changed",
    [
        {"differs": "another bar"},
        {"pain": 3.0},
        {"conditions": {"feedback_off": False}},
        {"conditions": {"load_kg": 70.0}},
        {"conditions": {"hour": 9.0}},
        {"conditions": {"readiness": 1.0}},
    ],
)
def test_what_is_told_or_typed_in_may_have_been_told_for_the_number(tmp_path: Path, changed: dict[str, object]):
    journal = registered(tmp_path)
    first = dict(changed)
    if first == {"conditions": {"readiness": 1.0}}:
        journal, _ = tell(journal, DAY + timedelta(days=2))
        journal, _ = give(journal, session(0.5, 1, conditions={"readiness": 8.0}))
        journal, _ = tell(journal, DAY + timedelta(days=4))
        journal, _ = give(journal, session(0.5, 2, conditions={"readiness": 1.0}))
    else:
        journal = pair_with(journal, **changed)
    assert len(trial_of(journal).refused) == 1
    assert doubted(trial_of(journal)) == (0,)


@pytest.mark.parametrize("conditions", [{"range_m": 0.30}, {"pause_s": 0.8}, {"reps": 4.0}])
def test_what_the_recording_shows_is_not(tmp_path: Path, conditions: dict[str, float]):
    journal = pair_with(registered(tmp_path), conditions=conditions)
    assert len(trial_of(journal).refused) == 1
    assert doubted(trial_of(journal)) == ()


def test_support_that_one_missed_pair_could_turn_is_none(tmp_path: Path):
    journal, _ = tell(registered(tmp_path), DAY)
    journal = append(journal, miss(trial_of(journal), "ill"), AT)
    found = answer(trial_of(run(journal, UP))).verdict
    assert found.answer == "inconclusive"
    assert (
        "That would support the claim, but 1 pair was refused by what was told when the numbers could" in found.reason
    )
    assert note_on_blocks(trial_of(journal), "block").startswith("1 block was refused by what was told")


def test_of_many_clear_pairs_one_refused_turns_nothing() -> None:
    question = Question(0.05, "higher", 12, relative=True)
    clear = [
        Pair(first, Estimate.symmetric(0.56 + 0.001 * k, 0.002, "m/s"), Estimate.symmetric(0.50, 0.002, "m/s"))
        for k, first in enumerate(("A", "B") * 6)
    ]
    assert judge_pairs(question, clear, lost=1, doubted=[3]).answer == "supports"
    assert judge_pairs(question, clear, lost=6, doubted=[1, 1, 2, 2, 3, 3]).answer == "inconclusive"


def test_a_place_that_is_not_reached_yet_is_no_part_of_a_look() -> None:
    question = Question(0.05, "higher", 12, relative=True)
    clear = [
        Pair(first, Estimate.symmetric(0.56, 0.002, "m/s"), Estimate.symmetric(0.50, 0.002, "m/s"))
        for first in ("A", "B") * 4
    ]
    assert judge_pairs(question, clear, looks=[8], doubted=[8]) == judge_pairs(question, clear, looks=[8])


def test_a_session_of_phases_that_is_told_to_be_missing_counts_as_the_worst(tmp_path: Path):
    journal = registered(tmp_path, design="abab", pairs=None, phases={"sessions": 18})
    seen: list[str] = []
    for k in range(18):
        on = DAY + timedelta(days=2 * (k + 1))
        journal, arm = tell(journal, on)
        if arm == "A" and "A" not in seen:
            journal = append(journal, miss(trial_of(journal), "ill"), AT)
        else:
            value = (0.58 if arm == "A" else 0.50) * (1.0 + 0.003 * ((3 * k) % 7 - 3))
            journal, _ = give(journal, session(value, k + 1, on=on))
        seen.append(arm)
    found = answer(trial_of(journal)).verdict
    assert found.p is not None
    assert found.p <= 0.05
    assert found.answer == "inconclusive"
    assert "That would support the claim, but 1 session was left out by what was told" in found.reason
