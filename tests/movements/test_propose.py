"""Which movement a recording shows: right on simulated and real athletes, and silent where it is not clear."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from legato.analysis import analyze
from legato.body import build_body
from legato.body.model import Body
from legato.errors import BadInput, NotResolvable
from legato.load import read
from legato.movements import movement_ids
from legato.movements.features import movement_features
from legato.movements.propose import Feature, Proposal, clear_proposal, doubt, likeness, propose, rank, windows_of
from legato.recording import FloatArray, Recording
from legato.simulate import simulate
from legato.simulate.scenario import FAMILY, simulated_movements

KNOWN = frozenset(movement_ids())
PLAIN = sorted(FAMILY)

SHARED = {
    "squat-opencap/Squats.trc": "back-squat",
    "squat-opencap/Squats.mot": "back-squat",
    "squat-opencap/Jump.trc": "countermovement-jump",
    "squat-opencap/Jump.mot": "countermovement-jump",
    "squat-asymmetry/squats1.trc": "back-squat",
    "squat-asymmetry/squats1.mot": "back-squat",
    "squat-asymmetry/squatsAsym1.trc": "back-squat",
    "squat-asymmetry/squatsAsym1.mot": "back-squat",
    "squat-asymmetry/STS1.trc": "sit-to-stand",
    "squat-asymmetry/STS1.mot": "sit-to-stand",
    "squat-asymmetry/STSFast1.trc": "sit-to-stand",
    "squat-asymmetry/STSFast1.mot": "sit-to-stand",
    "squat-asymmetry/STSweakLegs1.trc": "sit-to-stand",
    "squat-asymmetry/STSweakLegs1.mot": "sit-to-stand",
    "squat-asymmetry/DJ1.trc": "drop-jump",
    "squat-asymmetry/DJ1.mot": "drop-jump",
    "squat-asymmetry/DJAsym1.trc": "drop-jump",
    "squat-asymmetry/DJAsym1.mot": "drop-jump",
    "box-lift/box-lift.c3d": "box-lift",
    "sprint/sprint.c3d": "sprint",
    "tennis-serve/tennis-serve.c3d": "tennis-serve",
    "walk-inverse-dynamics/subject01_walk.trc": "gait",
    "walk-inverse-dynamics/subject01_walk_IK.mot": "gait",
    "squat-opencap/neutral.trc": "",
    "squat-asymmetry/static1.trc": "",
    "sprint/static.c3d": "",
}
"""Real recordings and what they show; nothing but standing where it is empty. Squats without a bar are read as back
squats.
"""


NOT_KNOWN = (
    "odd-trc/dataWithBlanksForMissingMarkers.trc",
    "odd-trc/dataWithNaNsWithSpaces.trc",
    "vendor-c3d/motion-analysis-jump.c3d",
)
"""Real recordings of a few markers or of a jump whose kind nobody wrote down: nothing may be clear."""


UNTELLABLE = (
    frozenset({"goblet-squat", "anti-rotation-goblet-squat"}),
    frozenset({"farmer-carry", "suitcase-carry"}),
)
"""Pairs that hold the body alike and differ in a load that no marker shows: which of the two it is cannot be told, so
none of the two may be clear.
"""


def simulated(movement: str, seed: int) -> Recording:
    """An athlete drawn anew: size, pace, noise, camera rate, heading, hand, number of reps."""
    rng = np.random.default_rng([seed, len(movement), *movement.encode()])
    return simulate(
        movement,
        seed=seed,
        reps=int(rng.integers(1, 6)),
        rate_hz=float(rng.choice([60.0, 100.0, 200.0])),
        noise_m=float(rng.choice([0.0005, 0.002, 0.005])),
        tempo=float(rng.uniform(0.7, 1.6)),
        height_m=float(rng.uniform(1.5, 2.0)),
        mass_kg=float(rng.uniform(50.0, 110.0)),
        heading_deg=float(rng.uniform(-180.0, 180.0)),
        mirror=bool(rng.random() < 0.3),
        rep_variation=float(rng.uniform(0.0, 0.3)),
    ).recording


@cache
def features_of(movement: str, seed: int) -> dict[str, float]:
    return movement_features(build_body(simulated(movement, seed)))


def angles_only(body: Body) -> Body:
    return replace(body, segments={}, points={}, source="angles")


@pytest.mark.parametrize("movement", PLAIN)
def test_a_simulated_athlete_is_told_by_markers(movement):
    found = rank(features_of(movement, 0), KNOWN)
    assert found.likeliest == movement, found.words()


def test_a_proposal_adds_up_and_ranks():
    movement = "back-squat"
    found = rank(features_of(movement, 0), KNOWN)
    assert sum(p for _, p in found.ranked) + found.none == pytest.approx(1.0)
    assert [p for _, p in found.ranked] == sorted((p for _, p in found.ranked), reverse=True)
    assert found.clear
    assert found.probability(movement) == found.ranked[0][1]
    assert found.probability("nothing-known") == 0.0


def test_angles_alone_say_less_and_never_the_wrong_thing_clearly():
    for movement in PLAIN:
        body = build_body(simulated(movement, 1))
        found = propose(angles_only(body), KNOWN)
        assert not found.clear or found.likeliest == movement, (movement, found.words())


def test_features_do_not_depend_on_heading_place_hand_or_rate():
    plain = movement_features(build_body(simulate("deadlift", reps=3, seed=4, rate_hz=200.0, noise_m=0.0).recording))
    for other in (
        simulate("deadlift", heading_deg=137.0, rate_hz=200.0, reps=3, seed=4, noise_m=0.0),
        simulate("deadlift", mirror=True, rate_hz=200.0, reps=3, seed=4, noise_m=0.0),
        simulate("deadlift", rate_hz=100.0, reps=3, seed=4, noise_m=0.0),
    ):
        found = movement_features(build_body(other.recording))
        assert found.keys() == plain.keys()
        for name, value in plain.items():
            feature = likeness().features.get(name)
            if feature is None or feature.chance or name.endswith("_alike"):
                continue
            # A third of the softness of a window's end changes no probability that matters.
            assert feature.scaled(found[name]) == pytest.approx(feature.scaled(value), abs=0.35 * feature.soft), name


def walker(path: FloatArray, toes: tuple[FloatArray, FloatArray], rate_hz: float, source: str = "markers") -> Body:
    """A pelvis on a path, m, shape (n, 3), over legs of 0.9 m, with both toes at given heights, m, shape (n,)."""
    points = {"pelvis": path}
    for side, across, height in zip(("right", "left"), (-0.1, 0.1), toes, strict=True):
        under = np.stack([path[:, 0], path[:, 1] + across, np.zeros(len(path))], axis=1)
        points |= {
            f"{joint}_{side}": under + np.array([0.0, 0.0, z])
            for joint, z in (("hip", 0.9), ("knee", 0.5), ("ankle", 0.0))
        }
        points[f"toe_{side}"] = under + np.outer(height, [0.0, 0.0, 1.0])
    return Body(rate_hz, 0.0, len(path), source, "none", {}, {}, points, {})


def test_a_way_that_turns_is_measured_by_its_angle_and_speed():
    rate_hz, speed = 100.0, 3.0
    t = np.arange(400) / rate_hz
    course = np.where(t < 2.0, 0.0, np.radians(60.0))
    path = np.stack([*(np.cumsum(speed * f(course)) / rate_hz for f in (np.cos, np.sin)), np.full(400, 0.9)], axis=1)
    found = movement_features(walker(path, (np.zeros(400), np.zeros(400)), rate_hz))
    # The low-pass at 2 Hz overshoots at both sides of so sharp a corner, by up to 5 % each.
    assert found["course_turn"] == pytest.approx(60.0, abs=6.0)
    assert found["going_speed"] == pytest.approx(speed, abs=0.1)


def test_feet_on_a_step_are_told_from_feet_in_the_air():
    rate_hz, leg, n = 100.0, 0.9, 600
    path = np.tile([0.0, 0.0, 0.9], (n, 1))
    first, second = np.zeros(n), np.zeros(n)
    first[200:], second[400:] = 0.18, 0.18
    climbs = movement_features(walker(path, (first, second), rate_hz))
    # Rests of 2 s on the floor, with one foot on the step, and with both.
    for name in ("one_foot_up", "feet_raised", "feet_up"):
        assert climbs[name] == pytest.approx(0.18 / leg, abs=0.01), name
    flight = np.zeros(n)
    flight[300:340] = 4.905 * (0.2**2 - (np.arange(40) / rate_hz - 0.2) ** 2)
    jumps = movement_features(walker(path, (flight, flight), rate_hz))
    # 0.05 s about the top lie within 3 mm of it; the low-pass at 6 Hz flattens a flight of 0.4 s by 1 to 2 cm.
    assert jumps["feet_up"] == pytest.approx(0.196 / leg, abs=0.03)
    assert jumps["feet_raised"] < 0.02
    assert jumps["one_foot_up"] < 0.01


def test_one_camera_tells_nothing_of_lengths_along_the_floor():
    path = np.stack([np.linspace(0.0, 5.0, 300), np.zeros(300), np.full(300, 0.9)], axis=1)
    feet = (np.zeros(300), np.zeros(300))
    seen = movement_features(walker(path, feet, 60.0))
    filmed = movement_features(walker(path, feet, 60.0, "keypoints"))
    assert {"travel", "going_speed", "feet_apart", "stride", "drop"} <= seen.keys() - filmed.keys()
    assert "pelvis_rise" in filmed


def test_walking_up_to_the_bar_is_no_second_bend_of_the_knees():
    pulled = movement_features(build_body(simulate("deadlift", reps=2, seed=3, rate_hz=100.0, walk_in=True).recording))
    # Steps bend the knees by tens of degrees while the hands hang; only what they do in the pull counts.
    assert pulled["knee_rebend"] < 3.0
    cleaned = movement_features(build_body(simulate("clean-pull", reps=1, seed=3, rate_hz=100.0).recording))
    assert cleaned["knee_rebend"] > 8.0


def test_more_reps_change_no_probability_much():
    few = rank(movement_features(build_body(simulate("back-squat", reps=2, seed=1).recording)), KNOWN)
    many = rank(movement_features(build_body(simulate("back-squat", reps=7, seed=1).recording)), KNOWN)
    assert few.likeliest == many.likeliest == "back-squat"
    assert few.probability("back-squat") == pytest.approx(many.probability("back-squat"), abs=0.1)


def test_standing_still_is_none_of_them():
    body = build_body(simulate("back-squat", reps=1, seed=2, rate_hz=100.0).recording)
    still = {name: np.full(200, angle[5]) for name, angle in body.angles.items()}
    points = {name: np.repeat(point[5:6], 200, axis=0) for name, point in body.points.items()}
    standing = replace(body, n_frames=200, angles=still, points=points, segments={}, filled={})
    found = propose(standing, KNOWN)
    assert found.likeliest == ""
    with pytest.raises(BadInput, match="none of the movements"):
        clear_proposal(standing, Recording())


def test_a_movement_that_the_library_lacks_is_none_of_them():
    found = rank(features_of("deadlift", 0), KNOWN - {"deadlift"})
    assert found.likeliest == ""
    assert not found.clear


def test_a_recording_that_shows_nothing_is_refused():
    empty = Body(100.0, 0.0, 100, "markers", "none", {}, {}, {}, {})
    with pytest.raises(BadInput, match="nothing in it tells"):
        clear_proposal(empty, Recording())


def test_an_unclear_recording_names_the_three_likeliest():
    body = angles_only(build_body(simulated("back-squat", 3)))
    with pytest.raises(BadInput, match=r"not clear \([a-z-]+ 0\.\d\d, [a-z-]+ 0\.\d\d, [a-z-]+ 0\.\d\d\).*--movement"):
        clear_proposal(body, Recording())


def test_a_wrong_movement_given_by_hand_is_doubted():
    body = build_body(simulated("back-squat", 0))
    assert "back-squat" in doubt(body, "gait")
    assert doubt(body, "back-squat") == ""
    assert doubt(body, "one-of-my-own") == ""


def test_the_analysis_proposes_and_doubts():
    recording = simulate("back-squat", reps=3, seed=1, rate_hz=100.0).recording
    proposed = analyze(recording)
    assert proposed.movement.id == "back-squat"
    assert not proposed.movement_given
    assert proposed.movement_probability is not None
    assert proposed.movement_probability >= 0.9
    given = analyze(recording, "back-squat")
    assert given.movement_given
    assert given.movement_probability is None
    assert not [n for n in given.notes if "looks like" in n]
    with pytest.raises(NotResolvable, match="looks like back-squat"):
        analyze(recording, "throw")
    assert [n for n in analyze(recording, "sit-to-stand").notes if "looks like back-squat" in n]


def test_every_look_names_features_and_every_movement_of_the_library_has_one():
    table = likeness()
    for look in table.looks:
        for name, window in look.windows.items():
            feature = table.features[name]
            assert feature.chance == isinstance(window, float), (look.id, name)
            if isinstance(window, tuple):
                assert feature.low <= window[0] < window[1] <= feature.high, (look.id, name)
    assert {look.id for look in table.looks} >= KNOWN


@pytest.mark.parametrize("log", [False, True])
def test_a_window_is_a_density(log):
    feature = Feature(0.1, 100.0, 0.1 if log else 5.0, log)
    ends = (1.0, 10.0)
    grid = np.logspace(-1.0, 2.0, 20001) if log else np.linspace(0.1, 100.0, 20001)
    windows = windows_of(feature, {0: ends, 3: (2.0, 50.0)})
    assert windows.looks.tolist() == [0, 3]
    density = [windows.density(float(x), feature) for x in grid[::50]]
    assert np.mean(density, axis=0) == pytest.approx([1.0, 1.0], abs=0.02)
    assert windows.density(3.0, feature)[0] > 20.0 * windows.density(90.0, feature)[0]


def test_real_recordings_are_told(shared_data):
    wrong: list[str] = []
    clearly_wrong: list[str] = []
    for name, movement in SHARED.items():
        found = propose(build_body(read(shared_data / name)), KNOWN | ({movement} if movement else set()))
        if found.likeliest != movement:
            wrong.append(f"{name}: {found.words()}")
            if found.clear:
                clearly_wrong.append(name)
    assert len(wrong) <= 0.1 * len(SHARED), wrong
    assert not clearly_wrong
    for name in NOT_KNOWN:
        found = propose(build_body(read(shared_data / name)), KNOWN)
        assert not found.clear, (name, found.words())


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_many_athletes_are_told_and_the_probability_means_what_it_says():
    said: list[tuple[float, bool, bool]] = []
    for movement in sorted(set(simulated_movements()) & {look.id for look in likeness().looks}):
        found = rank(features_of(movement, 100), KNOWN | {movement})
        said.append((max([found.none, *(p for _, p in found.ranked)]), found.likeliest == movement, found.clear))
    right = np.array([r for _, r, _ in said])
    clear = np.array([c for _, _, c in said])
    # All movements, also those that cannot be told apart: of a pair one is always wrong.
    assert right.mean() >= 0.9
    assert clear.mean() >= 0.5
    assert (~right[clear]).mean() <= 0.01
    # Calibrated, or shy: what it says with a probability is right at least about that often.
    probability = np.array([p for p, _, _ in said])
    for low, high in ((0.3, 0.6), (0.6, 0.9), (0.9, 1.01)):
        inside_bin = (probability >= low) & (probability < high)
        if inside_bin.sum() >= 10:
            assert right[inside_bin].mean() >= probability[inside_bin].mean() - 0.15


@pytest.mark.parametrize("pair", UNTELLABLE, ids=lambda pair: " or ".join(sorted(pair)))
def test_two_movements_of_one_body_are_never_clear_and_the_pair_is(pair):
    for movement in pair:
        found = rank(features_of(movement, 0), KNOWN)
        assert found.likeliest in pair, found.words()
        assert not found.clear
        assert sum(found.probability(one) for one in pair) >= 0.9, found.words()


def test_what_is_left_for_none_of_them_is_told() -> None:
    lift = Proposal((("box-lift", 0.78), ("back-squat", 0.003)), 0.217, 9)
    assert lift.words() == "box-lift 0.78, none of these 0.21"
    assert Proposal((("back-squat", 0.004),), 0.996, 9).words() == "none of these 0.99"
