"""The largest moments of a repetition: each way where both are of size, with intervals that frames share."""

import numpy as np
import pytest

import legato
from legato.body.model import Body
from legato.forces.analyse import RepSpan
from legato.kinetics.analyse import RepMoment, largest_in, other_way
from legato.kinetics.moments import JointMoment
from legato.recording import FloatArray, Span
from legato.report.kinetics_record import kinetics_record, moment_lines
from legato.simulate import simulate, with_plates
from legato.simulate.joint_truth import about_axis, solve

RATE_HZ = 100.0


def body_of(frames: int) -> Body:
    """A body of so many frames, of which nothing else is asked."""
    still = simulate("back-squat", rate_hz=RATE_HZ, reps=1).recording
    found = legato.analyze(still, "back-squat").body
    assert found.rate_hz == RATE_HZ and found.start_s == 0.0 and found.n_frames >= frames
    return found


def largest(course: FloatArray, sd: FloatArray) -> dict[str, RepMoment]:
    """What is told of a knee's course, N·m, (n,), within a repetition of that length."""
    still = np.zeros((course.size, 3))
    knee = JointMoment("knee", "left", "extension", still, still, course, still, still)
    rep = RepSpan(0, Span(0.0, (course.size - 1) / RATE_HZ))
    return {m.name: m for m in largest_in(rep, knee, sd, body_of(course.size), 0.9, "")}


def test_a_moment_the_other_way_is_told_where_it_is_of_size() -> None:
    t = np.linspace(0.0, 1.0, 101)
    wave = 100.0 * np.sin(2.0 * np.pi * t)
    sd = np.full(t.size, 5.0)
    told = largest(wave, sd)
    assert set(told) == {"knee_extension_moment_left", "knee_flexion_moment_left"}
    for moment, time_s in zip(told.values(), (0.25, 0.75), strict=True):
        assert moment.peak is not None and moment.peak.value == pytest.approx(100.0)
        assert moment.time_s == pytest.approx(time_s)
    # A twentieth of the largest; and one that may be none.
    assert set(largest(np.where(wave < 0.0, 0.05 * wave, wave), 0.01 * sd)) == {"knee_extension_moment_left"}
    assert set(largest(np.where(wave < 0.0, 0.30 * wave, wave), 5.0 * sd)) == {"knee_extension_moment_left"}


def test_names_of_the_other_way() -> None:
    assert other_way("hip_extension_moment_right") == "hip_flexion_moment_right"
    assert other_way("ankle_plantarflexion_moment_left") == "ankle_dorsiflexion_moment_left"


def test_an_interval_allows_for_a_later_frame_that_may_be_the_largest() -> None:
    """A first hump of 50 that is known to 2, a second of 45 known to 20: a lasting error may lift that above 70."""
    t = np.linspace(0.0, 1.0, 201)
    course = 50.0 * np.exp(-(((t - 0.3) / 0.05) ** 2)) + 45.0 * np.exp(-(((t - 0.7) / 0.05) ** 2))
    sd = np.where(t < 0.5, 2.0, 20.0)
    peak = largest(course, sd)["knee_extension_moment_left"].peak
    assert peak is not None
    assert (peak.value, peak.low, peak.high) == pytest.approx((50.0, 50.0 - 1.645 * 2.0, 45.0 + 1.645 * 20.0), abs=0.1)
    # What an error that all frames share, each by its own SD, makes of it.
    drawn = [float((course + z * sd).max()) for z in np.random.default_rng(1).standard_normal(4000)]
    assert np.quantile(drawn, [0.05, 0.95]) == pytest.approx([peak.low, peak.high], abs=1.5)


def test_the_planted_flexion_of_a_hinges_knees_is_held_and_told() -> None:
    pytest.importorskip("mujoco", reason="the exact truth comes from MuJoCo: pip install legato[sim]")
    made = with_plates(simulate("hip-hinge", rate_hz=100.0, reps=2, seed=3, bar_kg=40.0))
    result = legato.analyze(made.recording, "hip-hinge", mass_kg=80.0, load_kg=40.0)
    assert result.kinetics is not None
    moving, solved = solve(made.motion, 0.5)
    times = moving.times()
    courses = dict(told for joint in solved.joints.values() if (told := about_axis(joint)) is not None)
    told = {(m.rep, m.name): m.peak for m in result.kinetics.per_rep}
    for rep in made.truth["reps"]:
        inside = (times >= rep["start_s"]) & (times <= rep["end_s"])
        for side in ("right", "left"):
            peak = told[rep["index"], f"knee_flexion_moment_{side}"]
            assert peak is not None
            assert peak.low < -float(courses[f"knee_extension_moment_{side}"][inside].min()) < peak.high
    record = kinetics_record(result.kinetics)
    assert record is not None
    names = [moment["name"] for moment in record["moments"]]
    assert names.index("knee_flexion_moment_left") == names.index("knee_extension_moment_left") + 1
    assert any(line.startswith("knee flexion, left: up to ") for line in moment_lines(result.kinetics))
