"""What the sessions of a pair must share."""

import pytest

from legato.evidence.trials.conditions import broken_alone, broken_between, conditions, noted, unknown

from .written_trials import ALIKE, ASKS

KEPT = {name: conditions()[name].within for name in ASKS}


def test_sessions_that_are_alike_keep_all():
    assert broken_between(KEPT, [ALIKE, ALIKE]) == ()
    assert unknown(KEPT, ALIKE) == ()
    assert broken_alone(KEPT, ALIKE) == ()


@pytest.mark.parametrize(
    ("name", "kept", "broken", "said"),
    [
        ("load_kg", 60.5, 60.6, "load differs: 60 and 60.6 kg, at most 0.5 kg apart"),
        ("range_m", 0.42, 0.43, "range of motion differs: 0.39 and 0.43 m, at most 8 % apart"),
        ("pause_s", 0.3, 0.4, "pause at the turn differs"),
        ("reps", 5.0, 6.0, "repetitions differ: 5 and 6, and this trial asks for the same"),
        ("volume_kg", 315.0, 316.0, "volume (load times repetitions) differs"),
        ("hour", 19.0, 19.5, "time of day differs: 17 and 19.5 h"),
        ("movement", "bench-press", "push-press", "movement differs: bench-press, push-press"),
        ("sensor", "markers", "imu", "what measured differs: imu, markers"),
        ("body_mass_kg", 82.0, 86.0, "body mass differs"),
        ("readiness", 5.0, 4.0, "readiness differs: 7 and 4 of 10, at most 2 of 10 apart"),
        ("soreness", 3.0, 4.0, "soreness differs: 1 and 4 of 10"),
        ("sleep_h", 6.0, 5.0, "sleep differs: 8 and 5 h, at most 2 h apart"),
    ],
)
def test_a_condition_that_differs_by_more_than_was_registered_is_told(
    name: str, kept: float | str, broken: float | str, said: str
):
    alike = {**ALIKE, "readiness": 7.0, "soreness": 1.0, "sleep_h": 8.0}
    assert broken_between(KEPT, [alike, {**alike, name: kept}]) == ()
    found = broken_between(KEPT, [alike, {**alike, name: broken}])
    assert len(found) == 1
    assert found[0].startswith(said)
    assert broken_between(KEPT, [{**alike, name: broken}, alike]) != ()


def test_hours_go_round_the_clock():
    late, early = {**ALIKE, "hour": 23.5}, {**ALIKE, "hour": 0.5}
    assert broken_between(KEPT, [late, early]) == ()


def test_a_mass_that_only_one_session_shows_is_not_held_against_it():
    assert broken_between(KEPT, [ALIKE, {**ALIKE, "body_mass_kg": None}]) == ()


def test_what_is_not_known_is_named():
    assert unknown(KEPT, {**ALIKE, "load_kg": None, "feedback_off": None}) == ("load_kg", "feedback_off")


def test_feedback_that_was_on_is_told():
    asks = "this trial asks for feedback off, and it was not so"
    assert broken_alone(KEPT, {**ALIKE, "feedback_off": False}) == (asks,)


def test_a_hard_session_too_near_is_told_and_who_says_nothing_of_it_is_not_held_to_it():
    assert broken_alone(KEPT, {**ALIKE, "hard_session_h": 48.0}) == ()
    assert broken_alone(KEPT, {**ALIKE, "hard_session_h": None}) == ()
    near = {**ALIKE, "hard_session_h": 24.0}
    said = "time since the last hard session is 24 h, and this trial asks for 48 h at least"
    assert broken_alone(KEPT, near) == (said,)
    assert broken_alone({**KEPT, "hard_session_h": 20.0}, near) == ()
    assert broken_between(KEPT, [ALIKE, near]) == ()


def test_sets_that_did_not_tire_alike_are_noted_and_refuse_nothing():
    lost, kept = {**ALIKE, "velocity_loss_pct": 18.0}, {**ALIKE, "velocity_loss_pct": 11.0}
    assert broken_between(KEPT, [lost, kept]) == ()
    said = noted([(lost, kept), (lost, kept), (ALIKE, kept)])
    assert len(said) == 1
    assert said[0].startswith("Velocity loss within the set was 18 % with A and 11 % with B, on average of 2 pairs")
    assert noted([(lost, kept), (kept, lost)]) == ()
