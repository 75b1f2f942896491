"""A trial step by step: one arm at a time, sessions in their order, pairs that are refused and come again."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from legato.errors import BadInput, NotResolvable
from legato.evidence.trials.journal import append, read_journal
from legato.evidence.trials.order import first_arms
from legato.evidence.trials.sessions import read_trial, told_late
from legato.evidence.trials.steps import miss, reveal, take, wrongly_told

from .written_trials import AT, DAY, SEED, give, registered, run, session, tell, trial_of

GOOD = [(0.52, 0.50)] * 6


def test_pairs_come_in_the_sealed_order(tmp_path: Path):
    trial = trial_of(run(registered(tmp_path), GOOD))
    assert tuple(one.first for one in trial.attempts) == first_arms(SEED, 6)
    assert trial.due == "result"
    assert [pair.first for pair in trial.pairs()] == list(first_arms(SEED, 6))
    assert all((pair.a.value, pair.b.value) == (0.52, 0.50) for pair in trial.pairs())


def test_one_arm_is_told_at_a_time(tmp_path: Path):
    journal, arm = tell(registered(tmp_path), DAY)
    with pytest.raises(BadInput, match=f"arm {arm} was told and is not added"):
        tell(journal, DAY)
    other = "B" if arm == "A" else "A"
    journal, _ = give(journal, session(0.5, 1))
    journal, second = tell(journal, DAY + timedelta(days=4))
    assert second == other


def test_a_file_that_is_rolled_back_tells_the_same_arms(tmp_path: Path):
    journal = run(registered(tmp_path), GOOD[:2])
    content = journal.path.read_bytes()
    journal, first = tell(journal, DAY + timedelta(days=20))
    give(journal, session(0.5, 9))
    journal.path.write_bytes(content)
    assert tell(read_journal(journal.path), DAY + timedelta(days=20))[1] == first


def test_a_session_of_the_other_arm_is_refused_and_nothing_is_lost(tmp_path: Path):
    journal, arm = tell(registered(tmp_path), DAY)
    other = "B" if arm == "A" else "A"
    with pytest.raises(BadInput, match=f"arm {arm} was told and is due"):
        take(read_trial(journal), other, session(0.5, 1))
    assert trial_of(journal).due == "add"


def test_a_session_before_any_was_told_is_refused(tmp_path: Path):
    trial = trial_of(registered(tmp_path))
    with pytest.raises(BadInput, match="no session is due"):
        take(trial, "A", session(0.5, 1))
    with pytest.raises(BadInput, match="no pair is begun"):
        miss(trial, "ill")


def test_the_washout_is_kept(tmp_path: Path):
    journal, _ = tell(registered(tmp_path), DAY)
    journal, _ = give(journal, session(0.5, 1, on=DAY + timedelta(hours=1)))
    with pytest.raises(NotResolvable, match=r"too early: 48 h .* from 2026-03-04 18:00 on"):
        tell(journal, DAY + timedelta(hours=48))
    journal, arm = tell(journal, DAY + timedelta(hours=49))
    with pytest.raises(BadInput, match="less than 48 h after the session before it"):
        take(trial_of(journal), arm, session(0.5, 2, on=DAY + timedelta(hours=2)))


def test_what_was_recorded_before_the_trial_cannot_test_it(tmp_path: Path):
    journal, arm = tell(registered(tmp_path), DAY)
    with pytest.raises(BadInput, match="before the trial was registered"):
        take(trial_of(journal), arm, session(0.5, 1, on=DAY - timedelta(minutes=1)))


def test_the_same_recording_counts_once(tmp_path: Path):
    journal = run(registered(tmp_path), GOOD[:1])
    journal, arm = tell(journal, DAY + timedelta(days=10))
    with pytest.raises(BadInput, match="the same recording is in this trial already"):
        take(trial_of(journal), arm, session(0.5, 5, files=(f"{1:064d}",)))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"conditions": {"load_kg": 65.0, "volume_kg": 300.0}}, "load differs: 60 and 65 kg"),
        ({"conditions": {"range_m": 0.30}}, "range of motion differs"),
        ({"conditions": {"pause_s": 1.0}}, "pause at the turn differs"),
        ({"conditions": {"feedback_off": False}}, "this trial asks for feedback off, and it was not so"),
        ({"conditions": {"hour": 9.0}}, "time of day differs"),
        ({"pain": 3.0}, "pain of 3 of 10"),
        ({"differs": "another bar"}, "told: another bar"),
    ],
)
def test_a_pair_that_is_not_kept_alike_is_refused_and_comes_again(
    tmp_path: Path, changed: Mapping[str, Any], said: str
):
    journal, _ = tell(registered(tmp_path), DAY)
    journal, _ = give(journal, session(0.5, 1))
    journal, _ = tell(journal, DAY + timedelta(days=4))
    journal, steps = give(journal, session(0.5, 2, **changed))
    assert [do for do, _ in steps] == ["added", "refused"]
    assert steps[1][1]["reasons"][0].startswith(said)
    trial = trial_of(journal)
    assert (len(trial.complete), len(trial.refused), trial.due) == (0, 1, "next")
    journal, again = tell(journal, DAY + timedelta(days=6))
    assert trial_of(journal).attempts[1].slot == 0
    assert again == first_arms(SEED, 6)[0]


def test_a_first_session_that_cannot_count_ends_its_pair_at_once(tmp_path: Path):
    journal, _ = tell(registered(tmp_path), DAY)
    journal, steps = give(journal, session(None, 1))
    assert steps[1] == (
        "refused",
        {"pair": 1, "reasons": ["the number was not told: no repetition of the bar"], "by": "rule"},
    )
    assert trial_of(journal).due == "next"


def test_what_is_to_be_kept_alike_and_not_told_is_asked_for_and_nothing_is_lost(tmp_path: Path):
    journal, arm = tell(registered(tmp_path), DAY)
    with pytest.raises(BadInput, match=r"s1\.json: load is to be kept alike and is not known; analyse .* --load"):
        take(trial_of(journal), arm, session(0.5, 1, conditions={"load_kg": None}))
    with pytest.raises(BadInput, match="feedback off is to be kept alike and is not known; give --feedback-off"):
        take(trial_of(journal), arm, session(0.5, 1, conditions={"feedback_off": None}))
    with pytest.raises(BadInput, match="is of push-press, and bench-press was registered"):
        take(trial_of(journal), arm, session(0.5, 1, conditions={"movement": "push-press"}))


def test_a_missed_session_ends_its_pair(tmp_path: Path):
    journal, _ = tell(registered(tmp_path), DAY)
    journal = append(journal, miss(trial_of(journal), "ill"), AT)
    assert trial_of(journal).refused[0].refused == ("ill",)


def test_a_trial_ends_when_the_replacements_are_used_up(tmp_path: Path):
    journal = registered(tmp_path, replacements=1)
    for _ in range(2):
        journal, _ = tell(journal, DAY)
        journal = append(journal, miss(trial_of(journal), "ill"), AT)
    assert trial_of(journal).due == "nothing"
    with pytest.raises(BadInput, match="2 pairs were refused and 1 replacements registered"):
        tell(journal, DAY)


@pytest.mark.parametrize("changed", [{"pain": 6.0}, {"worse_next_morning": True}])
def test_pain_stops_a_trial(tmp_path: Path, changed: Mapping[str, Any]):
    journal, _ = tell(registered(tmp_path), DAY)
    journal, steps = give(journal, session(0.5, 1, **changed))
    assert steps[-1][0] == "stopped"
    assert trial_of(journal).due == "nothing"
    with pytest.raises(BadInput, match="the trial was stopped: pain"):
        tell(journal, DAY + timedelta(days=9))


def test_a_longest_time_between_sessions_is_kept(tmp_path: Path):
    journal, _ = tell(registered(tmp_path, longest_gap_h=100.0), DAY)
    journal, _ = give(journal, session(0.5, 1))
    journal, _ = tell(journal, DAY + timedelta(days=9))
    _, steps = give(journal, session(0.5, 2, on=DAY + timedelta(days=9)))
    assert steps[1][1]["reasons"] == ["more than 100 h lie between its sessions, the most that this trial allows"]


def test_a_wrong_key_tells_nothing(tmp_path: Path):
    journal = registered(tmp_path, key_apart=True)
    assert trial_of(journal).registered.seed is None
    assert SEED not in journal.path.read_text("utf-8")
    with pytest.raises(BadInput, match="the key is not the one"):
        reveal(trial_of(journal), "ab" * 32, journal.receipt, DAY)
    assert tell(journal, DAY)[1] == first_arms(SEED, 6)[0]


def test_arms_that_were_not_told_by_who_has_the_key_are_named(tmp_path: Path):
    journal = run(registered(tmp_path), GOOD)
    trial = trial_of(journal)
    assert wrongly_told(trial, journal, SEED) == []
    folder = tmp_path / "forged"
    folder.mkdir()
    forged = registered(folder)
    arm = "B" if first_arms(SEED, 6)[0] == "A" else "A"
    told = {"on": DAY.isoformat(), "pair": 1, "slot": 0, "place": 1, "arm": arm, "seal": "00"}
    forged = append(forged, [("revealed", told)], AT)
    said = wrongly_told(trial_of(forged), forged, SEED)
    assert said[0] == f"pair 1 is {arm}, which is not the order that was sealed"
    assert said[1].startswith("line 2 was not written by who had the key")


@pytest.mark.parametrize(
    ("do", "holds"),
    [
        ("added", {"pair": 1, "arm": "A"}),
        ("revealed", {"pair": 2, "slot": 0, "place": 1, "arm": "A", "on": "2026-03-02T17:00"}),
        ("revealed", {"pair": 1, "slot": 3, "place": 1, "arm": "A", "on": "2026-03-02T17:00"}),
        ("revealed", {"pair": 1, "slot": 0, "place": 2, "arm": "A", "on": "2026-03-02T17:00"}),
        ("refused", {"pair": 1, "reasons": ["no"]}),
        ("invented", {}),
        ("stopped", {}),
    ],
)
def test_a_line_that_does_not_follow_is_named_even_where_its_hash_fits(
    tmp_path: Path, do: str, holds: Mapping[str, Any]
):
    journal = append(registered(tmp_path), [(do, holds)], AT)
    with pytest.raises(BadInput, match="line 2 does not follow from those before it"):
        read_trial(journal)


def test_sessions_that_were_told_long_after_they_were_are_counted(tmp_path: Path):
    journal, _ = tell(registered(tmp_path, simulated=True), DAY)
    journal, _ = give(journal, session(0.5, 1, on=DAY + timedelta(minutes=1)))
    assert told_late(trial_of(journal)) == []
    trial = trial_of(journal)
    assert len(told_late(trial, hours=0.0)) == 1
