"""What a session's result says of the number that a trial tests, and of the conditions that a pair must keep."""

from typing import Any

import pytest

from legato.compare.outcomes import OutcomeNumber, outcome_of, outcomes, read_conditions, read_outcome
from legato.compare.session_results import SessionResult, read_session
from legato.errors import BadInput
from legato.evidence.trials.conditions import conditions

from .activity_records import activity, number


def session(**parts: Any) -> SessionResult:
    """A result of five repetitions with what is given beside them."""
    whole = activity("bench-press", [40.0, 41.0, 42.0, 43.0, 44.0], "x")
    return read_session({**whole, **parts})


def bar(velocities: list[float | None], half: float = 0.01) -> dict[str, Any]:
    """A bar with these mean propulsive velocities."""
    return {
        "source": "markers",
        "reps": [
            {
                "rep": k, "load_kg": 60.0, "range": number(0.40, 0.01, "m"),
                "mean_velocity": number(v or 0.5, half, "m/s"),
                "mean_propulsive_velocity": None if v is None else number(v, half, "m/s"),
                "tempo": {"bottom": number(0.1 * k, 0.05, "s")},
            }
            for k, v in enumerate(velocities)
        ],
    }  # fmt: skip


def read(name: str, result: SessionResult, of: str = "") -> OutcomeNumber:
    return read_outcome(outcome_of(name, of), of, result)


def test_the_bar_is_the_mean_of_its_repetitions_with_their_spread_and_the_sensor():
    found = read("bar-mean-propulsive-velocity", session(bar=bar([0.50, 0.52, 0.48, 0.51, 0.49]))).estimate
    assert found is not None
    assert found.value == pytest.approx(0.50)
    # SD 0.0158 over 5: half-width 2.132 x 0.00707 = 0.0151, and 0.01 of the sensor beside it
    assert found.half_width == pytest.approx((0.0151**2 + 0.01**2) ** 0.5, rel=0.01)
    assert found.unit == "m/s"


def test_a_number_that_few_repetitions_have_is_missing():
    found = read("bar-mean-propulsive-velocity", session(bar=bar([0.50, None, None, 0.51, 0.49])))
    assert (found.estimate, found.reason) == (None, "measured in 3 of 5 repetitions")
    assert read("bar-mean-propulsive-velocity", session()).reason == "the result shows no bar"


def test_jumps_are_the_mean_of_the_set_as_the_plates_tell_it():
    jump = {"height_impulse_m": number(0.30, 0.01, "m"), "height_flight_m": None}
    forces = {"jumps": [jump, jump], "jump_set": {"height_impulse_m": number(0.31, 0.02, "m"), "height_flight_m": None}}
    found = read("jump-height-impulse", session(forces=forces)).estimate
    assert found is not None
    assert found.value == 0.31
    assert read("jump-height-flight", session(forces=forces)).reason.startswith("jump height by flight time could not")
    alone = read("jump-height-impulse", session(forces={"jumps": [jump]})).estimate
    assert alone is not None
    assert alone.value == 0.30


def test_a_jump_that_is_of_another_kind_by_its_force_leaves_no_number():
    jumps = [{"kind": kind, "height_impulse_m": number(0.3, 0.01, "m")} for kind in ("unknown", "squat")]
    forces = {"jumps": jumps, "jump_set": jumps[0]}
    assert read("jump-height-impulse", session(forces=forces, movement={"id": "squat-jump"})).estimate is not None
    found = read("jump-height-impulse", session(forces=forces, movement={"id": "countermovement-jump"}))
    assert found.reason == "1 of 2 jumps are by their force of another kind (squat)"


def test_how_force_rises_is_read_from_its_own_window():
    windows = [
        {"start_s": 0.0, "end_s": 0.1, "rate_n_s": number(4000.0, 100.0, "N/s")},
        {"start_s": 0.0, "end_s": 0.2, "rate_n_s": number(3000.0, 100.0, "N/s")},
        {"start_s": 0.1, "end_s": 0.2, "rate_n_s": number(9.0, 1.0, "N/s")},
    ]
    forces = {"rfd": {"per_rep": [{"rep": k, "windows": windows} for k in range(3)]}}
    for name, value in (("force-rise-100-ms", 4000.0), ("force-rise-200-ms", 3000.0)):
        found = read(name, session(forces=forces)).estimate
        assert found is not None
        assert found.value == value


def test_metrics_gaps_windows_and_orders_are_read_by_name():
    gap = {"from": "pelvis", "to": "thorax", "event": "peak", "set": number(0.03, 0.01, "s")}
    order = {"share_in_order": {"value": 0.8, "low": 0.5, "high": 0.95}, "n": 5}
    windows = [
        {"id": "w-pec", "from": "vastus lateralis, right", "set": number(0.07, 0.01, "s")},
        {"id": "w-pec", "from": "gluteus maximus, right", "set": number(0.05, 0.01, "s")},
        {"id": "w-drive", "from": "leg", "set": None, "reason": "too short"},
    ]
    result = session(chain={"gaps": [gap], "order": order}, windows=windows)
    told = {
        ("rep-metric", "lumbar_flexion_change"): 42.0,
        ("gap", "pelvis thorax peak"): 0.03,
        ("window", "w-pec, vastus lateralis, right"): 0.07,
        ("share-in-order", ""): 0.8,
    }
    for (name, of), value in told.items():
        found = read(name, result, of).estimate
        assert found is not None, name
        assert found.value == pytest.approx(value)
    assert "the trial names none of them" in read("window", result, "w-pec").reason
    assert read("window", result, "w-drive").reason == "too short"
    assert read("gap", result, "hip knee onset").reason == "no such gap; the result has pelvis thorax peak"
    assert read("rep-metric", result, "knee").reason == "no repetition has knee"


def test_emg_counts_as_a_share_of_a_contraction_alone():
    bursts = [{"rep": k, "main": True, "amplitude": number(50.0 + k, 2.0, "%")} for k in range(5)]
    muscle: dict[str, Any] = {"muscle": "pectoralis_major", "side": "right", "usable": True, "bursts": bursts}
    of = "pectoralis_major right"
    good = read(
        "emg-amplitude", session(muscles=[{**muscle, "normalisation": "maximal voluntary isometric contraction"}]), of
    ).estimate
    assert good is not None
    assert good.value == pytest.approx(52.0)
    for reference in ("peak of the task", "mean of the task", None):
        found = read("emg-amplitude", session(muscles=[{**muscle, "normalisation": reference}]), of)
        assert "no share of a contraction" in found.reason
    refused = {
        **muscle,
        "usable": False,
        "reasons": ["hum"],
        "normalisation": "maximal voluntary isometric contraction",
    }
    assert read("emg-amplitude", session(muscles=[refused]), of).reason == "hum"
    assert read("emg-amplitude", session(), of).reason.startswith("0 channels")


def test_phase_locking_is_read_of_the_two_muscles_that_are_named():
    pair = {"measure": "phase-locking", "from": "vastus lateralis, right", "to": "pectoralis major, right", "n": 8}
    told = {**pair, "set": number(0.9, 0.05, "")}
    other = {**told, "measure": "mean-phase", "set": number(30.0, 5.0, "deg")}
    of = "vastus lateralis, right > pectoralis major, right"
    whole = {"measure": "order", "from": None, "to": None, "set": None}
    found = read("phase-locking", session(between_muscles={"measures": [whole, other, told]}), of)
    assert (found.estimate and found.estimate.value, found.n) == (0.9, 8)
    missing = session(between_muscles={"measures": [{**pair, "reason": "three repetitions"}]})
    assert read("phase-locking", missing, of).reason == "three repetitions"
    assert read("phase-locking", missing, "soleus > biceps").reason.startswith("0 entries are of soleus > biceps; the")


def test_conditions_are_read_where_the_result_shows_them():
    found = read_conditions(session(bar=bar([0.5] * 5), settings={"level": 0.9, "mass_kg": 80.0}))
    assert found == {
        "movement": "bench-press", "sensor": "markers", "load_kg": 60.0, "range_m": pytest.approx(0.40),
        "pause_s": pytest.approx(0.2), "depth_m": None, "reps": 5.0, "volume_kg": 300.0, "jumps": None,
        "body_mass_kg": 80.0, "velocity_loss_pct": None, "analysed_by": "0.1", "analysed_with": "as always",
        "corrections": 0.0,
    }  # fmt: skip
    bare = read_conditions(session())
    assert (bare["load_kg"], bare["reps"], bare["volume_kg"], bare["range_m"]) == (None, 5.0, None, None)
    assert read_conditions(session(settings={"load_kg": 40.0}))["load_kg"] == 40.0
    jumps = [{"depth_m": number(depth, 0.01, "m")} for depth in (0.28, 0.32)]
    told = read_conditions(session(forces={"jumps": jumps}))
    assert (told["depth_m"], told["jumps"]) == (pytest.approx(0.30), 2.0)


@pytest.mark.parametrize(
    ("name", "of", "said"),
    [
        ("bar-mean-propulsve-velocity", "", "did you mean bar-mean-propulsive-velocity"),
        ("rep-metric", "", "lacks of ="),
        ("share-in-order", "peak", "is one number; take out of"),
        ("gap", "pelvis thorax", "does not name from, to and event"),
        ("phase-locking", "soleus", "does not name two muscles"),
        ("emg-amplitude", "pectoralis_major", "does not name a muscle and its side"),
    ],
)
def test_an_outcome_that_is_none_is_told(name: str, of: str, said: str):
    with pytest.raises(BadInput, match=said):
        outcome_of(name, of)


def test_the_table_of_outcomes_fits_what_results_hold_and_what_conditions_there_are():
    from legato.compare.session_results import BarRepRecord, JumpRecord

    for row in outcomes().values():
        assert set(row.keeps) <= set(conditions()), row.id
        held = {"bar": BarRepRecord, "jump": JumpRecord}.get(row.reading)
        assert held is None or row.field in held.model_fields, row.id
        assert row.session_cv_pct is None or row.source, row.id


def test_how_a_result_was_made_is_read_from_its_settings_version_and_corrections():
    settings = {"level": 0.95, "load_kg": 60.0, "side": "left", "static": "s.c3d", "baseline": "b.json", "mvic": None}
    by_hand = [{"do": "drop", "state": "applied"}, {"do": "move", "state": "no-longer-fits"}, {"do": "add-rep"}]
    made = session(bar=bar([0.5] * 5), settings=settings, corrections=by_hand, legato_version="1.12.3")
    found = read_conditions(made)
    assert found["analysed_by"] == "1.12"
    assert found["analysed_with"] == "side left, baseline b.json, with static"
    assert found["corrections"] == 2.0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"settings": {"level": 2}}, "level lies between 0 and 1"),
        ({"settings": {"load_kg": "heavy"}}, "load_kg is no number"),
        ({"settings": {"mass_kg": float("nan")}}, "mass_kg is no number"),
        ({"bar": bar([float("nan")])}, "finite number"),
        ({"bar": bar([float("inf")])}, "finite number"),
        ({"bar": bar([1e308])}, "too large"),
    ],
)
def test_a_result_whose_numbers_are_none_is_refused_in_one_line(changed: dict[str, Any], said: str):
    with pytest.raises(BadInput, match=said):
        session(**changed)
