"""When a trial answers, and what stands in its record before and after."""

from datetime import timedelta
from pathlib import Path

import pytest

from legato.errors import NotResolvable
from legato.estimate import Estimate
from legato.evidence.trials.journal import Journal, append
from legato.evidence.trials.record import TrialRecord, trial_record
from legato.evidence.trials.steps import miss
from legato.evidence.trials.verdict import answer, verdict_record

from .written_trials import AT, DAY, give, registered, run, session, tell, trial_of

CONTROL = {"id": "rep-metric", "of": "lower_s", "why": "swings leave it alone"}
UP = [(0.56, 0.50), (0.57, 0.51), (0.55, 0.50), (0.58, 0.51), (0.56, 0.51), (0.57, 0.50), (0.56, 0.50), (0.58, 0.52)]
SAME = [(0.50, 0.50), (0.51, 0.51), (0.50, 0.505), (0.505, 0.50), (0.51, 0.505), (0.50, 0.50), (0.51, 0.51), (0.5, 0.5)]


def closed(journal: Journal) -> Journal:
    return append(journal, [("closed", {"verdict": verdict_record(answer(trial_of(journal)))})], AT)


def test_nothing_is_answered_before_the_registered_number_of_pairs(tmp_path: Path):
    journal = run(registered(tmp_path, pairs=8), UP[:7])
    with pytest.raises(NotResolvable, match="7 of 8 pairs are complete: 1 are missing"):
        answer(trial_of(journal))
    journal, _ = tell(journal, DAY.replace(year=2027))
    with pytest.raises(NotResolvable, match="7 of 8 pairs"):
        answer(trial_of(journal))


def test_a_large_change_supports_and_none_contradicts(tmp_path: Path):
    found = answer(trial_of(run(registered(tmp_path, pairs=8), UP)))
    assert (found.verdict.answer, found.at, found.final) == ("supports", 8, True)
    assert found.verdict.change is not None
    assert found.verdict.change.low > 0.05
    (tmp_path / "none").mkdir()
    none = answer(trial_of(run(registered(tmp_path / "none", pairs=8), SAME)))
    assert none.verdict.answer == "contradicts"


def test_the_claim_that_a_number_falls_is_turned_round(tmp_path: Path):
    turned = registered(tmp_path, pairs=8, outcome={"better": "lower"})
    assert answer(trial_of(run(turned, UP))).verdict.answer == "contradicts"
    (tmp_path / "down").mkdir()
    down = registered(tmp_path / "down", pairs=8, outcome={"better": "lower"})
    assert answer(trial_of(run(down, [(b, a) for a, b in UP]))).verdict.answer == "supports"


def test_a_look_that_decides_ends_the_trial(tmp_path: Path):
    early = answer(trial_of(run(registered(tmp_path, pairs=12, looks=(8,)), UP)))
    assert (early.verdict.answer, early.at, early.final) == ("supports", 8, True)


def test_a_look_that_decides_nothing_lets_the_trial_go_on(tmp_path: Path):
    mixed = [(0.56, 0.50), (0.50, 0.53), (0.58, 0.50), (0.50, 0.52), (0.57, 0.50), (0.5, 0.5), (0.55, 0.5), (0.5, 0.51)]
    journal = run(registered(tmp_path, pairs=12, looks=(8,)), mixed)
    found = answer(trial_of(journal))
    assert (found.verdict.answer, found.final) == ("inconclusive", False)
    journal = append(journal, [("looked", {"verdict": verdict_record(found)})], AT)
    record = trial_record(trial_of(journal), journal)
    assert [look.at for look in record.looks] == [8]
    assert record.verdict is None
    assert all(one.number is None for one in record.sessions)
    journal = run(journal, UP[:1])
    with pytest.raises(NotResolvable, match="9 of 12 pairs are complete: 3 are missing"):
        answer(trial_of(journal))


def test_a_trial_that_ended_early_answers_nothing(tmp_path: Path):
    journal = run(registered(tmp_path, pairs=8), UP[:7])
    journal = append(journal, [("stopped", {"why": "the season began"})], AT)
    found = answer(trial_of(journal))
    assert found.verdict.answer == "not-measurable"
    assert found.verdict.reason.startswith("the trial ended with 7 of 8 pairs (stopped: the season began)")
    assert found.verdict.change is None


def test_a_number_that_should_have_stayed_and_did_not_takes_the_support_away(tmp_path: Path):
    journal = registered(tmp_path, pairs=8, negative_control=CONTROL)
    kept = Estimate.symmetric(1.0, 0.05, "s")
    good = answer(trial_of(run(journal, UP, control=kept)))
    assert (good.verdict.answer, good.control_p) == ("supports", 1.0)
    (tmp_path / "moved").mkdir()
    journal = registered(tmp_path / "moved", pairs=8, negative_control=CONTROL)
    for pair in UP:
        journal = _with_control(journal, pair)
    moved = answer(trial_of(journal))
    assert moved.verdict.answer == "inconclusive"
    assert moved.verdict.reason.startswith("lowering, which should have stayed as it was, changed as well (p = 0.01")


def test_pairs_that_were_lost_are_told_and_too_many_leave_nothing(tmp_path: Path):
    journal = registered(tmp_path, replacements=8)
    for _ in range(4):
        journal, _ = tell(journal, DAY.replace(year=2027))
        journal = append(journal, miss(trial_of(journal), "ill"), AT)
    found = answer(trial_of(run(journal, UP[:6])))
    assert found.verdict.answer == "not-measurable"


def test_a_record_holds_all_once_the_trial_has_ended(tmp_path: Path):
    journal = run(registered(tmp_path, pairs=8), UP)
    before = trial_record(trial_of(journal), journal)
    assert (before.due, before.verdict, before.randomisation.drawn) == ("result", None, ())
    journal = closed(journal)
    after = trial_record(trial_of(journal), journal)
    assert after.verdict is not None
    assert after.verdict.change is not None
    assert (after.verdict.answer, after.verdict.n, after.verdict.change.level) == ("supports", 8, 0.9)
    assert after.randomisation.drawn == tuple(one.arms for one in after.pairs)
    assert [one.number.value for one in after.sessions if one.number is not None and one.arm == "A"] == [
        a for a, _ in UP
    ]
    assert after.receipt == journal.receipt
    assert TrialRecord.model_validate_json(after.model_dump_json(by_alias=True)) == after
    assert after.model_dump(by_alias=True)["schema"] == "legato.trial/1"


def _with_control(journal: Journal, pair: tuple[float, float]) -> Journal:
    """A pair whose negative control goes with the arm."""
    for _ in range(2):
        done = len(trial_of(journal).sessions)
        journal, arm = tell(journal, DAY + timedelta(days=2 * (done + 1)))
        control = Estimate.symmetric(1.2 if arm == "A" else 1.0, 0.02, "s")
        journal, _ = give(journal, session(pair[0] if arm == "A" else pair[1], done + 1, control=control))
    return journal
