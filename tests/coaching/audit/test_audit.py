"""What an audit says is what was planted in the log, and it refuses where the log does not decide."""

import math
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest

from legato.coaching.audit.audit import Audit, audit_log
from legato.coaching.audit.coverage import EIGHT
from legato.coaching.audit.dose import SETS, Measurement, adherence_before, dose_response, sets_before
from legato.coaching.audit.findings import Finding
from legato.coaching.audit.imported import Imported, Kind, LogSet
from legato.coaching.audit.limits import limits
from legato.coaching.audit.names import exercise_names
from legato.coaching.audit.record import audit_record
from legato.coaching.audit.records import lifts_counted
from legato.coaching.audit.weeks import Week, weeks_of
from legato.errors import BadInput
from legato.estimate import Estimate

NAMES = exercise_names()
MONDAY = date(2026, 6, 1)
NAMED = {
    "squat": "Squat", "hinge": "Deadlift", "single-leg": "Lunge", "carry": "Farmer Carry", "push": "Bench Press",
    "pull": "Row", "rotate": "Russian Twist", "anti-rotate": "Pallof Press",
}  # fmt: skip


def made(sets: Sequence[LogSet]) -> Imported:
    return Imported(("log.csv",), len(sets), tuple(sorted(sets, key=lambda one: one.on)), {}, ())


def sets(name: str, n: int, week: int = 0, **told: object) -> list[LogSet]:
    on = MONDAY + timedelta(days=7 * week)
    return [LogSet(k, on, name, **{"reps": 5.0, "weight_kg": 60.0, "rpe": 8.0, **told}) for k in range(n)]  # type: ignore[arg-type]


def audited(log: Sequence[LogSet], weeks: int = 0) -> Audit:
    return audit_log(made(log), NAMES, weeks)


def said(found: Audit, name: str) -> Finding:
    return next(one for one in found.findings if one.id == name)


def test_the_sets_of_every_pattern_are_counted():
    found = audited([one for k, name in enumerate(NAMED.values()) for one in sets(name, k + 2)])
    assert dict(found.coverage.patterns) == {name: k + 2 for k, name in enumerate(EIGHT)}
    assert said(found, "missing").verdict == "ok"
    assert said(found, "one-pattern").verdict == "ok"


@pytest.mark.parametrize(("squats", "verdict"), [(60, "ok"), (61, "look"), (80, "look"), (30, "ok")])
def test_one_pattern_above_sixty_of_a_hundred(squats: int, verdict: str):
    found = audited([*sets("Squat", squats), *sets("Bench", (100 - squats) // 2), *sets("Row", (101 - squats) // 2)])
    assert said(found, "one-pattern").verdict == verdict


def test_unknown_names_widen_a_share_and_may_leave_it_open():
    found = audited([*sets("Squat", 55), *sets("Row", 40), *sets("Thing", 20)])
    one = said(found, "one-pattern")
    assert one.verdict == "not-resolvable"
    assert one.low == pytest.approx(100 * 55 / 115)
    assert one.high == pytest.approx(100 * 75 / 115)
    assert said(found, "missing").verdict == "not-resolvable"
    assert found.coverage.unknown == {"Thing": 20}


def test_missing_carries_single_leg_and_anti_rotation_are_told_first():
    one = said(audited([*sets("Squat", 15), *sets("Bench", 15)]), "missing")
    assert one.verdict == "look"
    assert one.says.startswith("no set of carry, single-leg, anti-rotate")


@pytest.mark.parametrize(
    ("hips", "trunk", "verdict"), [(15, 10, "ok"), (10, 10, "ok"), (20, 10, "ok"), (21, 10, "look"), (9, 11, "look")]
)
def test_hips_and_trunk(hips: int, trunk: int, verdict: str):
    assert said(audited([*sets("Deadlift", hips), *sets("Plank", trunk)]), "balance").verdict == verdict


def test_warm_ups_and_sets_without_a_repetition_are_no_work():
    found = audited([*sets("Squat", 5), *sets("Squat", 3, kind="warm-up"), *sets("Squat", 2, kind="failed", reps=0.0)])
    assert (found.work, found.warm_ups) == (5, 3)


def _weeks(single: int, each: int, rpe: float | None = 9.5, kind: Kind = "work") -> list[LogSet]:
    base = [one for week in range(12) for one in sets("Squat", each, week)]
    tried = [
        one
        for week in range(12 - single, 12)
        for one in sets("Squat", 1, week, reps=1.0, weight_kg=90.0, rpe=rpe, kind=kind)
    ]
    return base + tried


@pytest.mark.parametrize(("single", "each", "verdict"), [(0, 4, "ok"), (4, 4, "ok"), (5, 4, "look"), (12, 4, "look")])
def test_records_against_base_work(single: int, each: int, verdict: str):
    found = audited(_weeks(single, each))
    assert said(found, "records").verdict == verdict
    assert (found.lifts[0].attempts, found.lifts[0].base) == (single, 12 * each)


def test_easy_singles_are_no_attempts_and_failed_ones_are():
    assert audited(_weeks(6, 4, rpe=7.0)).lifts[0].attempts == 0
    assert audited(_weeks(6, 4, rpe=7.0, kind="failed")).lifts[0].attempts == 6


def test_where_no_effort_is_told_more_weight_than_ever_is_an_attempt_and_the_rest_may_be():
    base = [one for week in range(12) for one in sets("Squat", 4, week, rpe=None)]
    record = sets("Squat", 1, 6, reps=1.0, weight_kg=100.0, rpe=None)
    light = [one for week in range(7, 12) for one in sets("Squat", 1, week, reps=2.0, weight_kg=50.0, rpe=None)]
    lift = audited([*base, *record, *light]).lifts[0]
    assert (lift.attempts, lift.unsure) == (1, 5)
    assert said(audited([*base, *record, *light]), "records").verdict == "not-resolvable"


def test_growth_beyond_a_tenth_of_the_fullest_of_four_weeks():
    steady = [20, 20, 22, 24, 12, 24, 26]
    log = [one for week, n in enumerate(steady) for one in sets("Squat", n, week)]
    assert said(audited(log), "growth").verdict == "ok"
    more = said(audited([*log, *sets("Squat", 30, 7)]), "growth")
    assert more.verdict == "look"
    assert "30 sets after 26" in more.says


def test_before_three_days_of_a_lift_nothing_is_a_record():
    rising = [one for week in range(3) for one in sets("Squat", 1, week, reps=1.0, weight_kg=90.0 + week, rpe=None)]
    assert lifts_counted(rising, MONDAY)[0].attempts == 0
    fourth = sets("Squat", 1, 3, reps=1.0, weight_kg=95.0, rpe=None)
    assert lifts_counted([*rising, *fourth], MONDAY)[0].attempts == 1


def test_a_week_counts_days_sets_regions_and_what_was_lifted_and_empty_weeks_stand_there():
    log = [*sets("Squat", 3, sets=2), *sets("Pull-up", 2, weight_kg=None), *sets("Squat", 1, 2)]
    first, second, third = weeks_of(log, NAMES, log[-1].on)
    assert (first.days, first.sets, first.loaded, first.lifted_kg) == (1, 8, 6, 6 * 5 * 60.0)
    assert first.regions == {"back": 2, "legs": 6}
    assert (second.days, second.sets) == (0, 0)
    assert third.start == MONDAY + timedelta(days=14)


def test_few_sets_decide_nothing():
    found = audited(sets("Squat", 19))
    assert {one.verdict for one in found.findings} == {"not-resolvable"}


def test_the_last_weeks_are_audited_and_what_went_before_tells_records():
    log = [one for week in range(30) for one in sets("Squat", 4, week)]
    found = audited(log, 12)
    assert (found.work, len(found.weeks)) == (48, 12)


def test_a_log_without_a_set_is_refused():
    with pytest.raises(BadInput, match="holds no set"):
        audited([])


def test_every_limit_has_source_and_grade_and_every_finding_names_its_own():
    found = audited(sets("Squat", 30))
    assert {name for one in found.findings for name in one.limits} <= set(limits())
    assert all(one.source and one.grade for one in limits().values())
    record = audit_record(found)
    assert record["schema"] == "legato.audit/1"
    assert record["limits"]["one-pattern"]["value"] == 60


def _measured(seed: int, together: float, n: int = 16) -> tuple[list[LogSet], list[Measurement]]:
    rng = np.random.default_rng(seed)
    dose = rng.integers(10, 40, size=4 * n)
    log = [one for week, k in enumerate(dose) for one in sets("Squat", int(k), week)]
    beside = [float(np.mean(dose[4 * k : 4 * k + 4])) for k in range(n)]
    numbers = [together * (x - 25) + rng.normal(0, 3) for x in beside]
    days = [MONDAY + timedelta(days=28 * (k + 1)) for k in range(n)]
    return log, [Measurement(on, Estimate.symmetric(v, 1.0)) for on, v in zip(days, numbers, strict=True)]


def test_sets_and_a_number_that_go_together_are_told_and_others_not():
    log, measured = _measured(3, 1.5)
    found = dose_response("height", measured, sets_before(log, MONDAY), SETS)
    assert [one.practice for one in found.points][:2] == [
        sum(s.on < MONDAY + timedelta(days=28) for s in log) / 4,
        sum(MONDAY + timedelta(days=28) <= s.on < MONDAY + timedelta(days=56) for s in log) / 4,
    ]
    assert found.together is not None
    assert found.together.low > 0
    alone = [_measured(seed, 0.0) for seed in range(30)]
    beside = [dose_response("height", of, sets_before(sets, MONDAY), SETS) for sets, of in alone]
    held = [one.together is not None and one.together.holds(0.0) for one in beside]
    assert sum(held) >= 22  # 27 of 30 are aimed at; fewer than 22 come once in 500 times


def test_adherence_is_that_of_the_four_weeks_that_were_over():
    weeks = [Week(MONDAY + timedelta(weeks=k), 3, 10, 0.0, 0, {}, 10, k) for k in range(8)]
    practice = adherence_before(weeks)
    assert practice(MONDAY + timedelta(weeks=4)) == pytest.approx(100 * (0 + 1 + 2 + 3) / 40)
    assert practice(MONDAY + timedelta(weeks=4, days=6)) == pytest.approx(100 * (0 + 1 + 2 + 3) / 40)
    assert practice(MONDAY + timedelta(weeks=5)) == pytest.approx(100 * (1 + 2 + 3 + 4) / 40)
    assert practice(MONDAY + timedelta(weeks=3)) is None


def test_measurements_that_share_weeks_count_once():
    log, measured = _measured(3, 1.5)
    more = [
        *measured,
        *(Measurement(one.on + timedelta(days=7 * k), one.number) for one in measured for k in (1, 2, 3)),
    ]
    found = dose_response("height", more, sets_before(log, MONDAY), SETS)
    assert (len(found.points), found.used) == (64, 16)
    assert found.together == dose_response("height", measured, sets_before(log, MONDAY), SETS).together


def test_few_measurements_are_not_resolvable():
    log, measured = _measured(3, 1.5)
    found = dose_response("height", measured[:6], sets_before(log, MONDAY), SETS)
    assert found.together is None
    assert "9 are needed" in found.reason


def test_no_finding_says_why():
    log, measured = _measured(3, 1.5)
    found = audit_log(made(log), NAMES, 0, measured=("height", measured))
    words = " ".join(one.says.casefold() for one in found.findings)
    for causal in ("because", "cause", "due to", "leads", "improve", "effect", "thanks to", "owing", "led to"):
        assert causal not in words


def _stays(rng: np.random.Generator, n: int, share: float) -> list[float]:
    """Each like the one before."""
    found = [float(rng.normal())]
    for _ in range(n - 1):
        found.append(share * found[-1] + math.sqrt(1.0 - share**2) * float(rng.normal()))
    return found


def test_what_stays_for_months_does_not_go_together_by_itself():
    held, n = 0, 120
    for seed in range(n):
        rng = np.random.default_rng(seed)
        practised, numbers = _stays(rng, 24, 0.75), _stays(rng, 24, 0.75)
        days = [MONDAY + timedelta(weeks=4 * k) for k in range(24)]
        of = dict(zip(days, practised, strict=True))
        measured = [Measurement(on, Estimate.symmetric(v, 0.1)) for on, v in zip(days, numbers, strict=True)]
        found = dose_response("height", measured, of.get, SETS).together
        assert found is not None
        held += found.low <= 0.0 <= found.high
    assert held >= 0.85 * n
