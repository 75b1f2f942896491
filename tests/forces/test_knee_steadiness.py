"""How still the knees are kept: planted wanderings in markers' noise, stands with a press against some without."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from legato.body.build import build_body
from legato.errors import NotResolvable
from legato.forces.knee_steadiness import KneeAngle, knee_steadiness, wandering
from legato.movements import load_movement
from legato.movements.model import Rep
from legato.movements.trial_forces import forces_of_trial
from legato.recording import FloatArray, Recording, Span
from legato.simulate.make import simulate
from legato.simulate.plates import with_plates

from .test_stability import wander

SECONDS = 30.0


def knee(sd_deg: float, noise_deg: float, rng: np.random.Generator, rate_hz: float = 100.0) -> KneeAngle:
    """A knee that wanders with a memory of 0.4 s."""
    angle = wander((sd_deg, sd_deg), 0.4, SECONDS, rng, rate_hz)[:, 0]
    return KneeAngle("left", angle + rng.normal(0.0, noise_deg, angle.size), rate_hz, 0.0)


def test_wandering_holds_what_was_planted_whatever_the_markers_noise():
    rng = np.random.default_rng(71)
    held = 0
    for k in range(120):
        rate_hz, noise = ((50.0, 0.1), (100.0, 0.3), (200.0, 0.2))[k % 3]
        found = wandering(knee(0.3, noise, rng, rate_hz), Span(0.0, SECONDS))
        held += found.low <= 0.3 <= found.high
    # 90 % intervals, 120 of them: 8 points are three standard errors.
    assert 0.82 <= held / 120 <= 0.98


def test_a_knee_that_only_makes_noise_and_a_short_stand_are_refused():
    rng = np.random.default_rng(3)
    with pytest.raises(NotResolvable, match="no more than the markers' noise"):
        wandering(knee(0.0001, 0.3, rng), Span(0.0, SECONDS))
    with pytest.raises(NotResolvable, match="too short"):
        wandering(knee(0.3, 0.1, rng), Span(0.0, 6.0))
    with pytest.raises(NotResolvable, match="record at 50 Hz"):
        wandering(knee(0.3, 0.1, rng, 30.0), Span(0.0, SECONDS))


def test_the_change_with_the_press_is_told_only_where_stands_show_how_far_they_differ():
    rng = np.random.default_rng(9)
    span = Span(0.0, SECONDS)
    press = [(knee(0.2, 0.1, rng), span) for _ in range(3)]
    quiet = [(knee(0.5, 0.1, rng), span) for _ in range(3)]
    found = knee_steadiness(press, quiet)
    assert found.change_deg is not None and found.change_deg.low < -0.3 < found.change_deg.high < 0.0
    assert found.smallest_deg is not None
    alone = knee_steadiness(press[:1], quiet[:1])
    assert alone.change_deg is None and "how far stands differ" in alone.reason


def standing(wander_deg: float, seed: int) -> Recording:
    """Half a minute upright on two plates, the left shank swaying from side to side about its knee."""
    rng = np.random.default_rng(seed)
    made = with_plates(simulate("back-squat", reps=1, noise_m=0.0, wobble_m=0.0, rate_hz=100.0)).recording
    markers, force = made.of_kind("markers")[0], made.of_kind("force")[0]
    points: FloatArray = np.tile(markers.values[:1], (round(SECONDS * markers.rate_hz), 1, 1))
    at = {name: k for k, name in enumerate(markers.channels)}
    across = points[0, at["RKNE"]] - points[0, at["LKNE"]]
    ahead = np.cross([0.0, 0.0, 1.0], across / np.linalg.norm(across))
    turns = Rotation.from_rotvec(np.radians(wander((wander_deg, wander_deg), 0.4, SECONDS, rng)[:, :1]) * ahead)
    centre = points[0, [at["LKNE"], at["LKNM"]]].mean(axis=0)
    for name in ("LTIB", "LTIB2", "LANK", "LMED", "LHEE", "LTOE", "LMT5"):
        points[:, at[name]] = centre + turns.apply(points[0, at[name]] - centre)
    points = points + rng.normal(0.0, 0.0005, points.shape)
    loads: FloatArray = np.tile(force.values[:1], (round(SECONDS * force.rate_hz), 1))
    loads += wander((0.02, 0.02), 0.4, SECONDS, rng, force.rate_hz)[:, :1] * loads
    return replace(made, streams=(replace(markers, values=points), replace(force, values=loads)), events=())


def test_the_knees_of_recordings_with_markers_are_compared():
    spec = load_movement("pallof-press")
    body = build_body(standing(0.5, 1))
    without = [standing(0.2, seed) for seed in (2, 3, 4)]
    reps = [Rep(index=0, start_s=0.0, end_s=SECONDS, complete=True)]
    forces = forces_of_trial(standing(0.5, 1), spec, reps, body, None, 0.9, without)
    assert forces is not None and forces.sway is not None
    left, right = sorted(forces.sway.knees, key=lambda one: one.side)
    assert [one.value for one in left.with_press_deg] == pytest.approx([0.5], rel=0.25)
    assert [one.value for one in left.without_deg] == pytest.approx([0.2] * 3, rel=0.25)
    assert left.change_deg is not None and left.change_deg.low > 0.0
    # Nothing but the markers' noise moves the right knee.
    assert right.change_deg is None and "markers' noise" in right.reason
