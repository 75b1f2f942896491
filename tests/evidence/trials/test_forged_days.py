"""Sessions that were before their arm was told, and those that were written down late."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from legato.errors import BadInput
from legato.evidence.trials.journal import Journal, append
from legato.evidence.trials.steps import take
from legato.evidence.trials.verdict import answer

from .written_trials import DAY, give, registered, run, session, tell, trial_of

UP = [(0.56, 0.50), (0.57, 0.51), (0.55, 0.50), (0.58, 0.51), (0.56, 0.51), (0.57, 0.50)]
LATER = "2026-11-22T17:30:20+00:00"


def told_at_last(folder: Path, **changed: Any) -> Journal:
    """A trial whose first arm was told months after its registration, by the clock."""
    journal = registered(folder, **changed)
    told, _ = tell(journal, DAY)
    line = told.lines[-1]
    told.path.write_text("".join(told.path.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    return append(journal, [(line.do, line.holds)], LATER)


def test_what_was_recorded_before_its_arm_was_told_cannot_be_of_it(tmp_path: Path):
    journal = told_at_last(tmp_path)
    trial = trial_of(journal)
    with pytest.raises(BadInput, match=r"before its arm was told \(2026-11-22 17:30 by the clock\)"):
        take(trial, trial.due_arm or "", session(0.5, 1))
    on_time = session(0.5, 1, on=DAY.replace(month=11, day=22, hour=17, minute=30))
    assert take(trial, trial.due_arm or "", on_time)[0][0] == "added"


def test_such_a_session_that_was_written_by_hand_does_not_follow(tmp_path: Path):
    journal = told_at_last(tmp_path)
    trial = trial_of(journal)
    on_time = session(0.5, 1, on=DAY.replace(month=11, day=23))
    do, holds = take(trial, trial.due_arm or "", on_time)[0]
    forged = append(journal, [(do, {**holds, "on": "2026-11-22T17:29"})], LATER)
    with pytest.raises(BadInput, match="line 3 does not follow"):
        trial_of(forged)


def test_a_simulated_trial_tells_its_days_as_it_likes_and_says_so(tmp_path: Path):
    journal = told_at_last(tmp_path, simulated=True)
    journal, _ = give(journal, session(0.5, 1))
    assert len(trial_of(journal).sessions) == 1


def test_sessions_that_were_written_down_late_are_told_beside_the_verdict(tmp_path: Path):
    journal = run(registered(tmp_path), UP[:5])
    for k in range(2):
        on = DAY + timedelta(days=2 * (11 + k))
        journal, arm = tell(journal, on)
        trial = trial_of(journal)
        one = session(UP[5][arm == "B"], 11 + k, on=on)
        journal = append(journal, take(trial, arm, one), LATER if k else "2026-03-24T18:00:00+00:00")
    notes = answer(trial_of(journal)).verdict.notes
    assert "1 of 12 sessions were written down more than a day after they were." in notes
