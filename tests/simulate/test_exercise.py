"""Exercises from files: human bodies, smooth motion, planted faults, exact events, figures."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from legato.body import build_body
from legato.errors import BadInput
from legato.movements import find_reps, load_movement, movement_ids
from legato.simulate import simulate
from legato.simulate.anthropometry import make_athlete
from legato.simulate.exercise import GRAVITY_M_S2, ExerciseMotion
from legato.simulate.exercise_data import exercise_ids, load_exercise
from legato.simulate.exercise_strides import StrideClock
from legato.simulate.figure import draw_movement
from legato.simulate.probe import joint_angles
from legato.simulate.scenario import Scenario, scenario_for, simulated_movements

LINKS = (
    ("hip", "knee", "thigh"),
    ("knee", "ankle", "shank"),
    ("shoulder", "elbow", "upper_arm"),
    ("elbow", "wrist", "forearm"),
)
SAMPLE = ("cat-cow", "gait", "push-press", "single-leg-deadlift", "tennis-serve")
EVERY = [name if name in SAMPLE else pytest.param(name, marks=pytest.mark.slow) for name in exercise_ids()]
FIGURES = Path(__file__).parents[2] / "docs" / "figures"

RANGE_DEG = {
    "hip_flexion": (-30.0, 120.0),
    "hip_adduction": (-45.0, 30.0),
    "hip_rotation": (-45.0, 45.0),
    "knee_flexion": (0.0, 135.0),
    "ankle_dorsiflexion": (-50.0, 20.0),
    "elbow_flexion": (0.0, 150.0),
    "lumbar_side_bend": (-35.0, 35.0),
}
"""Ranges of motion: American Academy of Orthopaedic Surgeons 1965, Joint Motion: Method of Measuring and Recording."""

BEYOND_DEG = {"ankle_dorsiflexion": 28.0, "hip_rotation": 25.0}
"""[ENG] How far a body that carries itself may go past the free range: an ankle under load bends further and the foot
lies flat behind a kneeling shank; a foot that stands holds the thigh while the pelvis turns. Otherwise 10 degrees."""


@cache
def moving(movement: str) -> ExerciseMotion:
    return ExerciseMotion(Scenario(movement, reps=1))


def test_every_movement_of_the_library_is_simulated() -> None:
    assert set(movement_ids()) == set(simulated_movements())


@pytest.mark.parametrize("movement", EVERY)
def test_limbs_keep_their_lengths_and_feet_stay_above_the_floor(movement: str) -> None:
    motion = moving(movement)
    pose = motion.pose(np.arange(0.0, motion.duration_s, 0.05))
    for side in ("right", "left"):
        for first, second, name in LINKS:
            far = np.linalg.norm(pose.point[f"{first}_{side}"] - pose.point[f"{second}_{side}"], axis=1)
            assert np.abs(far - motion.athlete.length[name]).max() < 1e-9
        assert pose.point[f"toe_{side}"][:, 2].min() > -1e-6


@pytest.mark.parametrize("movement", EVERY)
def test_joints_stay_within_human_ranges(movement: str) -> None:
    motion = moving(movement)
    angles = joint_angles(motion.pose(np.arange(0.0, motion.duration_s, 0.02)))
    for name, angle in angles.items():
        joint = name.removesuffix("_right").removesuffix("_left")
        if joint in RANGE_DEG:
            low, high = RANGE_DEG[joint]
            beyond, deg = BEYOND_DEG.get(joint, 10.0), np.degrees(angle)
            assert low - beyond <= deg.min(), name
            assert deg.max() <= high + beyond, name


@pytest.mark.parametrize("movement", EVERY)
def test_nothing_jumps(movement: str) -> None:
    """A step of place or of speed grows by 4 or 2 in acceleration when the time step is halved; smooth motion does not.

    Flights are left out: there the acceleration itself steps where the ground is left and met.
    """
    motion = moving(movement)
    largest: list[float] = []
    for step in (0.004, 0.002):
        pose = motion.pose(np.arange(0.0, motion.duration_s, step))
        second = [np.abs(np.diff(place, 2, axis=0)).max() / step**2 for place in pose.point.values()]
        largest.append(float(max(second)))
    assert largest[1] < 1.3 * largest[0] + 0.1


@pytest.mark.parametrize("movement", EVERY)
def test_the_truth_orders_its_phases(movement: str) -> None:
    for rep in simulate(movement, reps=2, rate_hz=20.0).truth["reps"]:
        assert rep["start_s"] < rep["end_s"]
        for phase in rep["phases"]:
            assert phase["start_s"] < phase["end_s"]


@pytest.mark.parametrize(("movement", "reps"), [("gait", 4), ("tennis-serve", 3)])
def test_strides_and_serves_are_found(movement: str, reps: int) -> None:
    sim = simulate(movement, reps=reps, rate_hz=100.0, seed=3)
    found = find_reps(build_body(sim.recording), load_movement(movement)).reps
    starts = [rep.start_s for rep in found if rep.complete]
    truth = [rep["start_s"] for rep in sim.truth["reps"]]
    if movement == "gait":
        sides = [rep["side"] for rep in sim.truth["reps"]]
        assert sides.count("right") == reps and sides.count("left") >= reps - 1
        assert [rep.side for rep in found if rep.complete] == sides
        # a simulated foot rests before it bears weight, as in the carries: 0.13 s
        assert starts == pytest.approx(truth, abs=0.13)
        return
    assert len(truth) == reps
    hits = [rep.marks["release"] for rep in found if rep.complete]
    # the wobble of soft tissue moves the fastest instant of the hand by some milliseconds
    assert hits == pytest.approx([rep["marks"]["release"] for rep in sim.truth["reps"]], abs=0.03)


def test_a_pull_is_measured_by_two_plates() -> None:
    sim = simulate("imtp", reps=2, rate_hz=50.0)
    found = find_reps(build_body(sim.recording), load_movement("imtp"), sim.recording).reps
    truth = sim.truth["reps"]
    assert [rep.complete for rep in found] == [True, True]
    # the low-pass of the analysis spreads the onset over some hundredths of a second
    assert [rep.start_s for rep in found] == pytest.approx([rep["start_s"] for rep in truth], abs=0.02)
    assert [rep.end_s for rep in found] == pytest.approx([rep["end_s"] for rep in truth], abs=0.02)
    plates = sim.recording.of_kind("force")[0].values.sum(axis=1)
    # 80 kg pull 1.8 of their weight above the stand
    assert np.percentile(plates, 95) == pytest.approx(2.8 * 80.0 * GRAVITY_M_S2, rel=0.02)


def test_a_pulled_bar_stays_where_it_is() -> None:
    sim = simulate("imtp", reps=2, rate_hz=50.0)
    t = np.arange(0.0, sim.motion.duration_s, 0.02)
    pose = sim.motion.pose(t)
    # the bar is fixed: what is left is the sway of the body and the arms' way around, under a centimetre
    assert np.ptp(pose.point["bar"][:, 2]) < 0.01


@pytest.mark.parametrize("tempo", [0.8, 1.0, 1.6])
def test_steps_keep_their_length_at_every_tempo(tempo: float) -> None:
    motion = ExerciseMotion(Scenario("farmer-carry", reps=2, tempo=tempo))
    pose = motion.pose(np.arange(0.0, motion.duration_s, 0.02))
    length = motion.athlete.length
    high = float(pose.point["hip_right"][:, 2].mean()) - length["ankle_height"]
    # upright: steps that grew with their duration would pull the hips down, below 0.85 at a tempo of 1.6
    assert high > 0.90 * (length["thigh"] + length["shank"])


def test_a_drop_jump_falls_from_a_box() -> None:
    motion = ExerciseMotion(Scenario("drop-jump", reps=3, seed=1))
    falls = [flights[0].lands_s - flights[0].leaves_s for flights in motion.flights]
    # usual boxes are 20 to 40 cm; depth and pace vary from repetition to repetition
    assert all(0.15 < 0.5 * GRAVITY_M_S2 * fall**2 < 0.45 for fall in falls)


def test_an_early_arm_moves_the_gap_by_its_size() -> None:
    settings = {"reps": 1, "rate_hz": 20.0, "rep_variation": 0.0, "lag_variation_s": 0.0}
    whole = simulate("push-press", **settings).truth
    early = simulate("push-press", fault="early-arm", fault_size=0.12, **settings).truth
    gap = [next(g["gap_s"] for g in t["reps"][0]["gaps"] if g["event"] == "peak") for t in (whole, early)]
    # the elbow moves the same 0.12 s sooner; the knee, which balances the arms over the feet, moves by 0.2 ms with them
    assert gap[0] - gap[1] == pytest.approx(0.12, abs=5e-4)
    assert early["planted"]["faults"] == ["early-arm"]


def test_an_unknown_fault_is_refused_with_those_that_exist() -> None:
    with pytest.raises(BadInput, match="early-arm"):
        simulate("push-press", fault="no-such-fault")


@pytest.mark.parametrize("movement", EVERY)
def test_every_file_names_its_frames(movement: str) -> None:
    data = load_exercise(movement)
    assert len(data.frames) == len(data.frame_names) >= 1
    assert draw_movement(movement).count("<text") == len(data.frames)


@pytest.mark.parametrize(
    "movement",
    [m if m in SAMPLE[:3] else pytest.param(m, marks=pytest.mark.slow) for m in simulated_movements()],
)
def test_the_documentation_shows_the_figures_as_they_are_drawn(movement: str) -> None:
    kept = (FIGURES / f"{movement}.svg").read_text("utf-8")
    assert kept == draw_movement(movement), "run python -m legato.simulate.figure"
    assert len(kept) < 20_000


def test_strides_that_cannot_be_are_refused_in_one_line() -> None:
    with pytest.raises(BadInput, match=r"^simulate: no whole stride fits into 0\.\d+ s; give more reps or a tempo"):
        simulate("sprint", tempo=0.25, reps=1)
    gait = load_exercise("gait").stride
    assert gait is not None
    hurried = gait.model_copy(update={"speed": 3.0 * gait.speed})
    with pytest.raises(BadInput, match=r"^simulate: steps of \d\.\d+ m are longer than legs of 0\.\d+ m .*tempo"):
        StrideClock(hurried, make_athlete(1.80, 80.0), scenario_for("gait"), np.random.default_rng(0))
