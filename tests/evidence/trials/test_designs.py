"""Doses and phases: drawn from the seed, told one session at a time, and answered by their own tests."""

import itertools
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from legato.errors import NotResolvable
from legato.estimate import Estimate
from legato.evidence.trials.designs import drawn_order, movement_of, sessions_of, starts_in
from legato.evidence.trials.journal import Journal, append
from legato.evidence.trials.record import trial_record
from legato.evidence.trials.registration import Request
from legato.evidence.trials.steps import miss, take, wrongly_told
from legato.evidence.trials.verdict import answer, verdict_record

from .test_order import seeds
from .written_trials import AT, DAY, SEED, asked, give, registered, session, tell, trial_of

DOSES: dict[str, Any] = {
    "design": "doses", "pairs": None, "arms": None,
    "doses": {"blocks": 6, "band_ms": [80.0, 120.0], "id": "gap", "of": "leg press onset"},
    "negative_control": {"id": "rep-metric", "of": "lower_s", "why": "the bar is lowered before the cue"},
}  # fmt: skip
ABAB: dict[str, Any] = {"design": "abab", "pairs": None, "phases": {"sessions": 18}}
SEVERAL: dict[str, Any] = {
    "design": "multiple-baseline", "pairs": None,
    "phases": {"sessions": 12, "series": ["bench-press", "push-press", "back-squat"]},
}  # fmt: skip


def request(**changed: Any) -> Request:
    return Request.model_validate(asked(**changed))


def test_each_dose_comes_once_a_block_and_the_same_seed_draws_the_same():
    wanted = {"0ms", "50ms", "100ms", "150ms", "200ms"}
    drawn = drawn_order(SEED, request(**DOSES))
    assert len(drawn) == 6
    assert all(set(block) == wanted and len(block) == 5 for block in drawn)
    assert drawn == drawn_order(SEED, request(**DOSES))
    firsts = Counter(drawn_order(seed, request(**DOSES))[0][0] for seed in seeds(500))
    assert min(firsts.values()) > 60


def test_phases_begin_with_b_and_change_where_the_seed_says():
    for seed in seeds(100):
        (labels,) = drawn_order(seed, request(**ABAB))
        assert len(labels) == 18
        runs = [(label, len(list(run))) for label, run in itertools.groupby(labels)]
        assert [label for label, _ in runs] == ["B", "A", "B", "A"]
        assert min(length for _, length in runs) >= 3
        assert len(starts_in(labels)) == 3
    starts = Counter(starts_in(drawn_order(seed, request(**ABAB))[0]) for seed in seeds(2000))
    # 84 ways, 24 each on average: none is left out, none is drawn twice as often
    assert len(starts) == 84
    assert max(starts.values()) < 48


def test_each_series_of_a_multiple_baseline_changes_at_a_point_of_its_own():
    wanted = request(**SEVERAL)
    drawn = drawn_order(SEED, wanted)
    assert len(drawn) == 3
    assert all(len(starts_in(labels)) == 1 and labels[0] == "B" for labels in drawn)
    assert len({drawn_order(seed, wanted) for seed in seeds(50)}) > 40
    assert [movement_of(wanted, slot) for slot in range(3)] == ["bench-press", "push-press", "back-squat"]
    assert sessions_of(wanted) == 12


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"design": "doses"}, "design doses takes a table"),
        ({"design": "pairs", "pairs": None}, "design pairs takes pairs = 8"),
        ({**ABAB, "pairs": 8}, "and no pairs"),
        ({**ABAB, "phases": {"sessions": 12}}, "p cannot fall below"),
        ({**ABAB, "phases": {"sessions": 18, "series": ["a", "b"]}}, "phases.series names"),
        ({**SEVERAL, "phases": {"sessions": 12}}, "phases.series names"),
        ({**ABAB, "arms": None}, "say in"),
        ({**DOSES, "negative_control": None}, "supports nothing without"),
        ({**DOSES, "arms": {"A": "x", "B": "y"}}, "takes no arms"),
        ({**DOSES, "doses": {**DOSES["doses"], "band_ms": [120.0, 80.0]}}, "band_ms rises"),
        ({**DOSES, "doses": {**DOSES["doses"], "doses_ms": [0.0, 50.0]}}, "5 to 10 different"),
        ({**DOSES, "doses": {**DOSES["doses"], "comparator_ms": [10.0]}}, "are among doses_ms"),
        ({**DOSES, "doses": {**DOSES["doses"], "blocks": 3}}, "blocks"),
        ({**ABAB, "looks": [6]}, "looks are for pairs"),
    ],
)
def test_a_design_that_lacks_what_it_needs_is_refused(changed: dict[str, Any], said: str):
    with pytest.raises(ValidationError, match=said):
        request(**changed)


def in_phases(folder: Path, gain: float, **changed: Any) -> Journal:
    """A trial in phases, its number higher by so much under A."""
    journal = registered(folder, **{**ABAB, **changed})
    total = trial_of(journal).request.planned * sessions_of(trial_of(journal).request)
    for k in range(total):
        on = DAY + timedelta(days=2 * (k + 1))
        journal, arm = tell(journal, on)
        value = (0.50 + (gain if arm == "A" else 0.0)) * (1.0 + 0.003 * ((3 * k) % 7 - 3))
        slot = trial_of(journal).attempts[-1].slot
        where = {"movement": movement_of(trial_of(journal).request, slot)}
        journal, _ = give(journal, session(value, k + 1, conditions=where))
    return journal


def test_a_change_with_the_phases_is_found_and_none_is_not(tmp_path: Path):
    journal = in_phases(tmp_path, 0.08)
    found = answer(trial_of(journal))
    assert (found.verdict.answer, found.final, found.verdict.n) == ("supports", True, 18)
    assert wrongly_told(trial_of(journal), journal, SEED) == []
    (tmp_path / "none").mkdir()
    assert answer(trial_of(in_phases(tmp_path / "none", 0.0))).verdict.answer == "contradicts"


def test_a_change_in_every_series_of_a_multiple_baseline_is_found(tmp_path: Path):
    journal = in_phases(tmp_path, 0.08, **SEVERAL)
    found = answer(trial_of(journal))
    assert (found.verdict.answer, found.at, found.verdict.n) == ("supports", 3, 36)
    record = trial_record(trial_of(journal), journal)
    assert (record.randomisation.unit, record.randomisation.sessions) == ("series", 12)
    assert record.randomisation.least_p == pytest.approx(7.0**-3)


def test_sessions_that_cannot_count_are_missing_in_phases_and_time_goes_on(tmp_path: Path):
    journal, _ = tell(registered(tmp_path, **ABAB), DAY)
    journal, _ = give(journal, session(0.5, 1))
    journal, _ = tell(journal, DAY + timedelta(days=4))
    journal, steps = give(journal, session(0.5, 2, conditions={"load_kg": 80.0, "volume_kg": 300.0}))
    assert [do for do, _ in steps] == ["added"]
    assert steps[0][1]["missing"][0].startswith("load differs")
    journal, _ = tell(journal, DAY + timedelta(days=6))
    journal = append(journal, miss(trial_of(journal), "ill"), AT)
    trial = trial_of(journal)
    assert (trial.attempts[0].done, trial.attempts[0].skipped, trial.refused) == (3, (3,), ())
    assert trial.due == "next"
    with pytest.raises(NotResolvable, match="0 of 1 series are complete"):
        answer(trial)


def in_doses(folder: Path, best_s: float, gain: float) -> Journal:
    """A trial of doses whose number is best at one achieved lag, by so much over none; the claim's band is a wide one,
    as six blocks tell the best lag to 20 ms.
    """
    journal = registered(folder, **{**DOSES, "doses": {**DOSES["doses"], "band_ms": [70.0, 130.0]}})
    for k in range(30):
        on = DAY + timedelta(days=3 * (k // 5 + 1), minutes=10 * (k % 5))
        journal, arm = tell(journal, on)
        lag = float(arm.removesuffix("ms")) / 1000.0 + 0.004 * ((3 * k) % 5 - 2)
        height = 1.0 - ((lag - best_s) / best_s) ** 2
        value = 0.50 * (1.0 + gain * height) * (1.0 + 0.002 * ((7 * k) % 5 - 2))
        control = Estimate.symmetric(1.0 + 0.01 * ((5 * k) % 7 - 3), 0.01, "s")
        one = session(value, k + 1, on=on, lag=Estimate.symmetric(lag, 0.005, "s"), control=control)
        journal, _ = give(journal, one)
    return journal


def test_a_best_lag_inside_the_band_is_found(tmp_path: Path):
    journal = in_doses(tmp_path, 0.100, 0.20)
    found = answer(trial_of(journal))
    assert found.dose is not None
    assert found.dose.optimum is not None
    assert found.dose.optimum.low <= 0.100 <= found.dose.optimum.high
    assert found.verdict.answer == "supports", found.verdict.reason
    journal = append(journal, [("closed", {"verdict": verdict_record(found)})], AT)
    record = trial_record(trial_of(journal), journal)
    assert record.verdict is not None
    assert record.verdict.dose is not None
    assert record.verdict.dose.curve is not None
    assert record.verdict.dose.curve.doses_s == (0.0, 0.05, 0.1, 0.15, 0.2)
    assert all(one.lag is not None for one in record.sessions)


def test_a_dose_whose_lag_was_not_seen_ends_its_block(tmp_path: Path):
    journal, arm = tell(registered(tmp_path, **DOSES), DAY)
    steps = take(trial_of(journal), arm, session(0.5, 1, lag=None, lag_reason="no such gap"))
    assert steps[1][1]["reasons"] == ["the lag that was achieved was not told: no such gap"]
