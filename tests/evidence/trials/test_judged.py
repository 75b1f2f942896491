"""Verdicts that somebody wrote by hand are not believed: each is worked out again from its sessions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from legato.errors import BadInput
from legato.evidence.trials import judged
from legato.evidence.trials.journal import Journal, append, read_journal
from legato.evidence.trials.judged import judged_trial
from legato.evidence.trials.sessions import Trial, read_trial
from legato.evidence.trials.verdict import Answered, answer, verdict_record

from .written_trials import AT, registered, run, trial_of

UP = [(0.56, 0.50), (0.57, 0.51), (0.55, 0.50), (0.58, 0.51), (0.56, 0.51), (0.57, 0.50)]


def told(journal: Journal, do: str = "closed", **changed: Any) -> Journal:
    """The file with a verdict written by hand."""
    verdict = {
        "answer": "supports", "reason": "as large as asked for", "change": None, "level": None, "p": 0.01, "n": 6,
        "more": None, "notes": [], "at": 6, "final": do == "closed", "control_p": None, "control_change": None,
        "dose": None, **changed,
    }  # fmt: skip
    return append(journal, [(do, {"verdict": verdict})], AT)


@pytest.mark.parametrize("do", ["closed", "looked"])
@pytest.mark.parametrize("done", [0, 5])
def test_a_verdict_before_its_time_does_not_follow(tmp_path: Path, do: str, done: int):
    journal = told(run(registered(tmp_path), UP[:done]), do)
    with pytest.raises(BadInput, match=rf"line {len(journal.lines)} does not follow"):
        read_trial(journal)


def test_a_look_that_was_not_registered_does_not_follow(tmp_path: Path):
    with pytest.raises(BadInput, match="does not follow"):
        read_trial(told(run(registered(tmp_path, pairs=8), UP), "looked"))


def forged_answer(record: dict[str, Any]) -> None:
    record["answer"] = "contradicts"


def forged_change(record: dict[str, Any]) -> None:
    record["change"] = {**record["change"], "low": record["change"]["low"] + 0.01}


def forged_p(record: dict[str, Any]) -> None:
    record["p"] = 0.001


@pytest.mark.parametrize("forge", [forged_answer, forged_change, forged_p])
def test_a_verdict_that_its_sessions_do_not_give_is_named(tmp_path: Path, forge: Callable[[dict[str, Any]], None]):
    journal = run(registered(tmp_path), UP)
    record = dict(verdict_record(answer(trial_of(journal))))
    forge(record)
    journal = append(journal, [("closed", {"verdict": record})], AT)
    with pytest.raises(BadInput, match=rf"line {len(journal.lines)} tells a verdict .* that its sessions do not give"):
        judged_trial(journal)


def test_words_that_were_written_by_hand_are_not_told(tmp_path: Path):
    journal = run(registered(tmp_path), UP)
    record = dict(verdict_record(answer(trial_of(journal))))
    journal = append(journal, [("closed", {"verdict": {**record, "reason": "by any measure the best"}})], AT)
    found = judged_trial(journal)
    assert found.closed is not None
    assert found.closed["reason"] == record["reason"]
    assert found.closed["answer"] == "supports"


def test_a_look_is_worked_out_again_as_well(tmp_path: Path):
    mixed = [(0.56, 0.50), (0.50, 0.53), (0.58, 0.50), (0.50, 0.52), (0.57, 0.50), (0.5, 0.5), (0.55, 0.5), (0.5, 0.51)]
    journal = run(registered(tmp_path, pairs=12, looks=(8,)), mixed)
    record = verdict_record(answer(trial_of(journal)))
    good = append(journal, [("looked", {"verdict": record})], AT)
    assert [look["at"] for look in judged_trial(good).looks] == [8]
    (tmp_path / "b").mkdir()
    other = run(registered(tmp_path / "b", pairs=12, looks=(8,)), mixed)
    bad = append(other, [("looked", {"verdict": {**record, "p": 0.9}})], AT)
    with pytest.raises(BadInput, match="do not give"):
        judged_trial(bad)


def test_a_registration_that_was_written_anew_after_the_data_is_told_by_the_seals(tmp_path: Path):
    journal = run(registered(tmp_path), UP)
    (tmp_path / "b").mkdir()
    anew = registered(tmp_path / "b", outcome={"effect_of_interest": 1.0})
    forged = append(anew, [(line.do, line.holds) for line in journal.lines[1:]], AT)
    assert read_trial(forged).complete
    with pytest.raises(BadInput, match="line 2 was not written by who had the key, or lines before it were changed"):
        judged_trial(forged)


def test_a_verdict_is_worked_out_once_for_the_same_sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    asked: list[int] = []

    def counted(trial: Trial) -> Answered:
        asked.append(len(trial.complete))
        return answer(trial)

    monkeypatch.setattr(judged, "answer", counted)
    journal = run(registered(tmp_path), [*UP[:5], (0.59, 0.50)])
    journal = append(journal, [("closed", {"verdict": verdict_record(answer(trial_of(journal)))})], AT)
    first = judged_trial(journal)
    assert judged_trial(read_journal(journal.path)) == first and asked == [6]
    assert judged_trial(append(journal, [("noted", {"text": "ill"})], AT)).closed == first.closed and asked == [6]
    (tmp_path / "other").mkdir()
    other = run(registered(tmp_path / "other"), [*UP[:5], (0.60, 0.50)])
    judged_trial(append(other, [("closed", {"verdict": verdict_record(answer(trial_of(other)))})], AT))
    assert asked == [6, 6], "other sessions are judged"
