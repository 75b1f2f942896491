"""What stands at the head of a page: angles of the movement that the recording does not hold."""

import dataclasses
from pathlib import Path
from typing import Any

import legato
from legato.recording import Offset
from legato.report import report_html, summary_lines
from legato.report.notices import notices, time_zero
from legato.simulate import simulate, with_plates


def missing(analysis: Any, *said: str) -> Any:
    return dataclasses.replace(analysis, body=dataclasses.replace(analysis.body, missing=said))


def test_angles_of_the_movement_that_are_missing_stand_at_the_head_with_their_segments(squat: Any):
    analysis = missing(
        squat,
        "segment head: no head pose",
        "segment thigh_right: no hip_flexion_right, hip_rotation_right, knee_flexion_right",
        "segment thigh_left: no hip_flexion_left, hip_rotation_left, knee_flexion_left",
        "segment shank_left: no knee_flexion_left, ankle_dorsiflexion_left",
        "segment forearm_left: no elbow_flexion_left",
    )
    (said,) = notices(analysis)
    assert said.startswith(
        "Not in this recording: hip flexion, knee flexion and ankle dorsiflexion, left, as no markers are known on the "
        "thighs and left shank"
    )
    page = report_html(analysis)
    assert "Not in this recording: hip flexion" in page[page.index("<h1>") : page.index('<dl class="facts">')]
    assert said in summary_lines(analysis)


def test_what_the_movement_does_not_ask_for_is_no_notice(squat: Any):
    assert notices(squat) == []
    assert notices(missing(squat, "segment head: no head pose", "segment hand_left: no hand speed_left")) == []


def test_the_box_lift_without_legs_says_so_first(shared_data: Path):
    analysis = legato.analyze(legato.read(shared_data / "box-lift" / "box-lift.c3d"), "box-lift")
    assert notices(analysis)[0].startswith(
        "Not in this recording: hip flexion and knee flexion, as no markers are known on the thighs and shanks"
    )


def test_what_the_file_calls_time_zero_stands_where_times_are_first_shown(squat: Any):
    (file, *_), (stream, *others) = squat.recording.inputs, squat.recording.streams
    own = dataclasses.replace(stream, meta={"clock_start_s": "0.014"})
    name = Path(file.path).name

    def told(**changes: Any) -> Any:
        recording = dataclasses.replace(squat.recording, offsets=(), **changes)
        return dataclasses.replace(squat, recording=recording)

    analysis = told(streams=(own, *others))
    assert time_zero(analysis) == f"0.014 s in {name}"
    assert f"<dt>Time 0</dt><dd>0.014 s in {name}</dd>" in report_html(analysis)
    assert f"Time 0 is 0.014 s in {name}" in summary_lines(analysis)
    # A stream that starts later on the common clock, or was moved by a delay, shifts nothing.
    later = told(streams=(dataclasses.replace(own, start_s=0.5, meta={"clock_start_s": "0.514"}), *others))
    assert time_zero(later) == f"0.014 s in {name}"
    moved = dataclasses.replace(later.recording, offsets=(Offset(stream.name, 0.2, 0.01, "device delay"),))
    assert time_zero(dataclasses.replace(later, recording=moved)) == f"0.214 s in {name}"
    assert time_zero(told(streams=(dataclasses.replace(own, meta={"clock_start_s": "0.0"}), *others))) == ""
    assert time_zero(told()) == "" and "Time 0" not in report_html(squat)


def test_a_real_walk_says_what_its_file_calls_time_zero(shared_data: Path):
    analysis = legato.analyze(legato.read(shared_data / "gait-emg" / "walk-13-muscles.csv"), "gait")
    assert time_zero(analysis) == "0.014 s in walk-13-muscles.csv"


def test_masses_that_the_plates_do_not_carry_are_told_at_the_head():
    """Simulated with 80 kg and a bar of 60; the load given is 40 kg too much."""
    made = with_plates(simulate("back-squat", rate_hz=100.0, reps=2, seed=3))
    for load_kg, told in ((100.0, True), (60.0, False)):
        analysis = legato.analyze(made.recording, "back-squat", mass_kg=80.0, load_kg=load_kg)
        said = [text for text in notices(analysis) if "the masses given are 180 kg" in text]
        assert len(said) == told
        assert all(text in summary_lines(analysis)[:6] and text.split(":")[0] in report_html(analysis) for text in said)


def test_a_press_with_a_load_that_the_plates_do_not_carry_tells_nothing_of_the_bar_s_mass():
    """Work and energy of a wrong mass close within a tenth."""
    made = with_plates(simulate("push-press", rate_hz=100.0, reps=2, seed=3))
    body_kg, bar_kg = made.motion.scenario.mass_kg, made.motion.scenario.bar_kg
    for load_kg, told in ((0.5 * bar_kg, True), (bar_kg, False)):
        analysis = legato.analyze(made.recording, "push-press", mass_kg=body_kg, load_kg=load_kg)
        said = [text for text in notices(analysis) if f"the masses given are {body_kg + load_kg:.0f} kg" in text]
        assert len(said) == told
        assert all(text in summary_lines(analysis)[:6] and text.split(":")[0] in report_html(analysis) for text in said)
        drive, power = analysis.chain and analysis.chain.drive, analysis.power
        assert drive is not None and power is not None
        assert any(step.to_link == "bar" for step in power.steps) != told
        assert (drive.momentum_ratio is None) == told
        assert (f"the plates carry {body_kg + bar_kg:.0f} kg" in drive.momentum_reason) == told
        assert (f"the plates carry {body_kg + bar_kg:.0f} kg" in drive.power_reason) == told


def test_jumps_of_somebody_who_weighs_otherwise_are_told_at_the_head(shared_data: Path):
    """Somebody of 90 kg by the plates: another athlete's mass, of 82.5 kg, is 8 % less."""
    recording = legato.read(shared_data / "jump-force-plates" / "BFR007_squat_jump.csv")
    for mass_kg, load_kg, told in ((82.5, None, True), (90.0, None, False), (87.0, None, False), (70.0, 20.0, False)):
        analysis = legato.analyze(recording, "squat-jump", mass_kg=mass_kg, load_kg=load_kg)
        said = [text for text in notices(analysis) if "the masses given" in text]
        assert len(said) == told, mass_kg
    analysis = legato.analyze(recording, "squat-jump", mass_kg=82.5)
    assert "The plates carry 90 kg in standing, the masses given are 82 kg: check --mass and --load, and whose" in (
        " ".join(summary_lines(analysis)[:6])
    )
    jumps = analysis.forces and analysis.forces.jumps
    assert jumps and any("82.5 kg were given" in reason for jump in jumps.jumps for reason in jump.reasons)


def test_plates_under_the_feet_of_who_lies_on_a_bench_say_nothing_of_masses():
    made = with_plates(simulate("bench-press", rate_hz=100.0, reps=2, seed=5))
    analysis = legato.analyze(made.recording, "bench-press", mass_kg=80.0, load_kg=60.0)
    assert not [text for text in notices(analysis) if "the masses given" in text]
