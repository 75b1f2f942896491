"""What a registration may choose, what is told of it, and how results must have been made."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from legato.errors import BadInput
from legato.evidence.trials.conditions import broken_alone, conditions, kept_words, loosened
from legato.evidence.trials.registration import Request, kept
from legato.evidence.trials.terms import looser, terms
from legato.evidence.trials.verdict import answer

from .written_trials import ALIKE, asked, give, registered, run, session, tell, trial_of

GOOD = [(0.57 + 0.01 * (k % 2), 0.50) for k in range(6)]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"keep": {"load_kg": 900.0}}, "load_kg = 900: such sessions are no longer alike; give 2.5 at most"),
        ({"keep": {"hour": 24.0}}, "give 4 at most"),
        ({"keep": {"range_m": 1.0}}, "give 0.15 at most"),
        ({"keep": {"hard_session_h": 1.0}}, "give 24 at least"),
        ({"differs_by_arm": {"load_kg": "A"}}, "load_kg cannot differ between the arms on purpose; only feedback_off"),
        ({"differs_by_arm": {"feedback_off": "C"}}, "differs_by_arm"),
        ({"differs_by_arm": {"feedback_off": "B"}, "keep": {"feedback_off": True}}, "stands in keep for both arms"),
        ({"corrections": "some"}, "corrections"),
        ({"level": 0.5}, "greater than or equal to 0.9"),
        ({"alpha": 0.1}, "less than or equal to 0.05"),
        ({"outcome": {"session_spread": 1e-300}}, "session_spread = 1e-300 % is no size"),
        ({"outcome": {"session_spread": 1e9}}, "session_spread = 1e+09 % is no size"),
        ({"outcome": {"effect_of_interest": 1e-320}}, "effect_of_interest = 9.99989e-321 % is no size"),
        ({"outcome": {"effect_of_interest": 20.0, "session_spread": 0.01}}, "next to nothing beside"),
    ],
)
def test_what_no_trial_can_be_registered_with_is_refused(changed: dict[str, Any], said: str):
    with pytest.raises(ValidationError, match=re.escape(said)):
        Request.model_validate(asked(**changed))


def test_every_condition_can_be_tightened_and_loosened_up_to_its_most():
    for row in conditions().values():
        if row.compares == "true":
            continue
        tight = row.within * (2.0 if row.compares == "least" else 0.5)
        for within in (tight, row.within, row.most):
            assert kept(Request.model_validate(asked(keep={row.id: within})), ()) == {row.id: within}
        assert (row.most <= row.within) if row.compares == "least" else (row.most >= row.within), row.id


def test_what_is_loosened_is_told_and_what_is_tightened_is_not():
    assert loosened({"load_kg": 0.5, "hour": 1.0, "range_m": 0.08, "hard_session_h": 72.0, "feedback_off": 0.0}) == ()
    assert loosened({"load_kg": 2.0, "range_m": 0.1, "reps": 1.0, "hard_session_h": 24.0}) == (
        "load within 2 kg (usually within 0.5 kg)",
        "range of motion within 10 % (usually within 8 %)",
        "repetitions within 1 (usually same repetitions)",
        "time since the last hard session at least 24 h (usually at least 48 h)",
    )


def test_a_verdict_names_what_was_not_the_usual(tmp_path: Path):
    journal = run(registered(tmp_path, keep={"load_kg": 2.0}, alpha=0.04, level=0.95, corrections="allowed"), GOOD)
    trial = trial_of(journal)
    notes = answer(trial).verdict.notes
    assert "Kept less alike than usual, as registered: load within 2 kg (usually within 0.5 kg)." in notes
    assert "Registered: alpha 0.04 and an interval of 95 % (usually 0.05 and 90 %)." in notes
    assert "Corrections by hand were allowed: 0 of 12 sessions have some." in notes
    assert looser(trial) == notes[0]


def test_of_the_usual_nothing_is_said(tmp_path: Path):
    trial = trial_of(registered(tmp_path, keep={"load_kg": 0.2, "rest_min": 1}))
    assert terms(trial) == ()
    assert looser(trial) == ""


def test_feedback_may_differ_between_the_arms_where_it_was_registered_so(tmp_path: Path):
    journal, refused = registered(tmp_path, differs_by_arm={"feedback_off": "B"}), list[str]()
    for k in range(1, 13):
        journal, arm = tell(journal, session(0.5, k).on)
        value = 0.57 + 0.002 * (k % 3) if arm == "A" else 0.50
        journal, steps = give(journal, session(value, k, conditions={"feedback_off": arm == "B"}))
        refused += [do for do, _ in steps if do == "refused"]
    found = answer(trial_of(journal)).verdict
    assert refused == []
    assert found.answer == "supports"
    assert found.notes[0].startswith("Registered to differ: feedback off with B alone")


@pytest.mark.parametrize("off", [True, False])
def test_an_arm_without_its_feedback_refuses_the_pair(tmp_path: Path, off: bool):
    journal, arm = tell(registered(tmp_path, differs_by_arm={"feedback_off": "B"}), session(0.5, 1).on)
    _, steps = give(journal, session(0.5, 1, conditions={"feedback_off": off}))
    wrong = off != (arm == "B")
    assert [do for do, _ in steps] == (["added", "refused"] if wrong else ["added"])


def test_what_differs_by_arm_is_said_of_each():
    assert kept_words({"feedback_off": 0.0, "hour": 2.0}, {"feedback_off": "B"}) == [
        "feedback off with B alone, on purpose",
        "time of day within 2 h",
    ]
    by_arm, on = {"feedback_off": "B"}, {**ALIKE, "feedback_off": False}
    assert broken_alone({"feedback_off": 0.0}, on, "A", by_arm) == ()
    assert broken_alone({"feedback_off": 0.0}, on, "B", by_arm) == (
        "this trial asks for feedback off with B, and it was not so",
    )
    assert broken_alone({"feedback_off": 0.0}, ALIKE, "A", by_arm) == (
        "this trial asks for feedback off with B alone, and it was so with A",
    )


def test_corrections_by_hand_are_refused_unless_registered_and_the_session_can_be_added_without(tmp_path: Path):
    journal, _ = tell(registered(tmp_path), session(0.5, 1).on)
    with pytest.raises(BadInput, match=r"s1\.json: holds 2 corrections by hand.*analyse the recording without"):
        give(journal, session(0.5, 1, conditions={"corrections": 2.0}))
    _, steps = give(journal, session(0.5, 1, conditions={"corrections": 0.0}))
    assert [do for do, _ in steps] == ["added"]


def test_corrections_that_were_registered_are_counted_in_the_verdict(tmp_path: Path):
    journal = registered(tmp_path, corrections="allowed")
    journal = run(journal, GOOD, conditions={"corrections": 1.0})
    notes = answer(trial_of(journal)).verdict.notes
    assert "Corrections by hand were allowed: 12 of 12 sessions have some." in notes


@pytest.mark.parametrize(
    ("name", "first", "other", "said"),
    [
        ("analysed_by", "0.1", "0.2", "the version of Legato: 0.1 and 0.2"),
        ("analysed_with", "side left", "side right", "settings that change numbers: side left and side right"),
    ],
)
def test_the_sessions_of_a_pair_are_analysed_alike(tmp_path: Path, name: str, first: str, other: str, said: str):
    journal, _ = tell(registered(tmp_path), session(0.5, 1).on)
    journal, _ = give(journal, session(0.5, 1, conditions={name: first}))
    journal, _ = tell(journal, session(0.5, 2).on)
    with pytest.raises(BadInput, match=said):
        give(journal, session(0.5, 2, conditions={name: other}))
    journal, _ = give(journal, session(0.5, 2, conditions={name: first}))
    journal, _ = tell(journal, session(0.5, 3).on)
    journal, steps = give(journal, session(0.5, 3, conditions={name: other}))
    assert [do for do, _ in steps] == ["added"], "another pair may be"
