"""What the sessions of a pair must share."""

import pytest

from legato.evidence.trials.conditions import broken_alone, broken_between, conditions, unknown

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
        ("reps", 5.0, 6.0, "repetitions differs: 5 and 6, at most 0 apart"),
        ("volume_kg", 315.0, 316.0, "volume (load times repetitions) differs"),
        ("hour", 19.0, 19.5, "time of day differs: 17 and 19.5 h"),
        ("movement", "bench-press", "push-press", "movement differs: bench-press, push-press"),
        ("sensor", "markers", "imu", "what measured differs: imu, markers"),
        ("body_mass_kg", 82.0, 86.0, "body mass differs"),
    ],
)
def test_a_condition_that_differs_by_more_than_was_registered_is_told(
    name: str, kept: float | str, broken: float | str, said: str
):
    assert broken_between(KEPT, [ALIKE, {**ALIKE, name: kept}]) == ()
    found = broken_between(KEPT, [ALIKE, {**ALIKE, name: broken}])
    assert len(found) == 1
    assert found[0].startswith(said)
    assert broken_between(KEPT, [{**ALIKE, name: broken}, ALIKE]) != ()


def test_hours_go_round_the_clock():
    late, early = {**ALIKE, "hour": 23.5}, {**ALIKE, "hour": 0.5}
    assert broken_between(KEPT, [late, early]) == ()


def test_a_mass_that_only_one_session_shows_is_not_held_against_it():
    assert broken_between(KEPT, [ALIKE, {**ALIKE, "body_mass_kg": None}]) == ()


def test_what_is_not_known_is_named():
    assert unknown(KEPT, {**ALIKE, "load_kg": None, "feedback_off": None}) == ("load_kg", "feedback_off")


def test_feedback_that_was_on_is_told():
    assert broken_alone(KEPT, {**ALIKE, "feedback_off": False}) == ("feedback off was registered, and it was not so",)
