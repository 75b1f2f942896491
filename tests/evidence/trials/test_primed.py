"""Whether priming worked: what is said of the verdict, and how often it is said where an effect is planted."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from simulated_trials import ASKED, trial

from legato.evidence.trials.paired import judge_pairs
from legato.evidence.trials.sessions import read_trial
from legato.evidence.trials.verdict import answer

from .written_trials import registered, run

FASTER = [(0.56, 0.50), (0.55, 0.50), (0.57, 0.51), (0.55, 0.49), (0.56, 0.51), (0.57, 0.50)]
AS_FAST = [(0.500, 0.501), (0.502, 0.500), (0.499, 0.501), (0.500, 0.500), (0.501, 0.499), (0.500, 0.502)]
MAYBE = [(0.56, 0.50), (0.48, 0.50), (0.57, 0.51), (0.49, 0.50), (0.56, 0.51), (0.50, 0.51)]


def said(folder: Path, numbers: list[tuple[float, float]], *, priming: str = "activation", **outcome: float) -> str:
    """All notes of the verdict of a trial with these numbers, A and B of each pair."""
    journal = registered(folder, priming=priming, region="lower" if priming else "", outcome=outcome)
    return " ".join(answer(read_trial(run(journal, numbers))).verdict.notes)


def test_that_it_worked_says_against_what_it_was_held(tmp_path: Path) -> None:
    told = said(tmp_path, FASTER, detectable=9.0)
    assert told.startswith("activation worked: the mean change and its interval lie above zero, and it is larger than")
    assert (
        "a mean of 6 pairs (3.6 %). One day against another tells changes of 9.0 % and more; this one is as large"
        in told
    )
    assert "How rested the athlete was is told of 0 of 12 sessions." in told


def test_without_a_detectable_change_it_says_so(tmp_path: Path) -> None:
    assert "smallest detectable change was not told" in said(tmp_path, FASTER)


def test_that_it_did_not_or_is_not_decided(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    assert "activation did not work by as much as would matter (5.0 %)." in said(tmp_path / "a", AS_FAST)
    assert "activation is not decided: whether it works is open." in said(tmp_path, MAYBE)


def test_of_another_trial_nothing_is_said_of_priming(tmp_path: Path) -> None:
    told = said(tmp_path, FASTER, priming="")
    assert "worked" not in told
    assert "rested" not in told


@pytest.mark.slow
@pytest.mark.parametrize(("planted", "least", "most"), [(0.0, 0, 4), (0.03, 20, 60), (0.08, 185, 200)])
def test_how_often_it_is_said_to_have_worked(planted: float, least: int, most: int) -> None:
    """200 trials of 8 pairs, a session's number varying by 3 %, 4 % that would matter (docs/validation.md)."""
    single = 1.96 * 2.0**0.5 * 0.03
    question = replace(ASKED, relative=True, unit="", effect_of_interest=0.04, detectable=single)
    rng = np.random.default_rng(11)
    found = Counter(judge_pairs(question, trial(rng, question, planted, 0.03)).answer for _ in range(200))
    assert least <= found["supports"] <= most
