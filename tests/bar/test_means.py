"""Mean velocity of simulated lifters' bars, whose ways end in a creep, against the truth that the simulator tells."""

from functools import lru_cache

import numpy as np
import pytest

from legato.bar.heights import track_from_height, track_from_velocity
from legato.bar.means import MEAN_FROM_M_S, fast_part
from legato.bar.model import BarTrack
from legato.bar.phases import find_ways
from legato.bar.reps import bar_reps
from legato.recording import FloatArray
from legato.simulate import simulate
from legato.simulate.bar_sensor import bar_truth

MOVEMENTS = ("back-squat", "deadlift", "bench-press", "push-press")


@lru_cache(maxsize=64)
def _made(movement: str, seed: int) -> tuple[FloatArray, FloatArray, tuple[tuple[float, float], ...]]:
    """Times and heights of a set, and end and mean velocity of its ways up."""
    made = simulate(movement, reps=4, rate_hz=20.0, seed=seed, bar_kg=60.0)
    t = np.arange(0.0, made.motion.duration_s, 1e-3)
    told = bar_truth(made)
    assert told["mean_from_m_s"] == MEAN_FROM_M_S
    truth = tuple((float(r["up_end_s"]), float(r["mean_velocity_m_s"])) for r in told["reps"])
    return t, made.motion.pose(t).point["bar"][:, 2], truth


def _track(kind: str, t: FloatArray, height: FloatArray, rate_hz: float, noise: float, seed: int) -> BarTrack:
    even = np.arange(0.0, t[-1], 1.0 / rate_hz)
    wrong = noise * np.random.default_rng(seed).standard_normal(even.size)
    if kind == "velocity":
        return track_from_velocity(
            np.interp(even, t, np.gradient(height, 1e-3)) + wrong, rate_hz, 0.0, stream="transducer"
        )
    source, cutoff = ("keypoints", 6.0) if kind == "video" else ("markers", 10.0)
    values = np.interp(even, t, height) + wrong
    return track_from_height(values, rate_hz, 0.0, source=source, stream="m", cutoff_hz=cutoff)


def errors(movement: str, kind: str, rate_hz: float, noise: float, seeds: range) -> tuple[FloatArray, float, float]:
    """Relative errors of the mean velocity, its mean relative half-width, and how often its interval holds."""
    wrong: list[float] = []
    halves: list[float] = []
    held: list[bool] = []
    for seed in seeds:
        t, height, truth = _made(movement, seed)
        for rep in bar_reps(_track(kind, t, height, rate_hz, noise, seed)):
            assert rep.mean_velocity is not None
            planted = min(truth, key=lambda way: abs(way[0] - rep.end_s))[1]
            wrong.append(rep.mean_velocity.value / planted - 1.0)
            halves.append(rep.mean_velocity.half_width / planted)
            held.append(rep.mean_velocity.holds(planted))
    return np.array(wrong), float(np.mean(halves)), float(np.mean(held))


@pytest.mark.parametrize("movement", ["back-squat", "bench-press"])
def test_the_mean_velocity_of_a_creeping_bar_is_that_of_the_truth(movement: str):
    # Counted from rest, the bench press was 13 % above the way up from 0.003 m/s on, and held in none.
    wrong, half, held = errors(movement, "height", 100.0, 5e-4, range(60, 62))
    assert abs(wrong.mean()) <= 0.01 and half <= 0.04
    assert held >= 0.85


@pytest.mark.slow
@pytest.mark.parametrize("movement", MOVEMENTS)
@pytest.mark.parametrize(
    ("kind", "rate_hz", "noise"),
    [("height", 30.0, 1e-3), ("height", 100.0, 1e-3), ("height", 250.0, 5e-4), ("velocity", 100.0, 0.01)],
)
def test_intervals_of_the_mean_velocity_hold_the_truth(movement: str, kind: str, rate_hz: float, noise: float):
    # A push press takes long to simulate.
    seeds = range(60, 62) if movement == "push-press" else range(60, 66)
    wrong, half, held = errors(movement, kind, rate_hz, noise, seeds)
    # Known to be worse: bench presses of a column of velocity are read 2.9 % too fast, which their intervals hold.
    most = 0.035 if (movement, kind) == ("bench-press", "velocity") else 0.015
    assert abs(wrong.mean()) <= most and half <= 0.07
    # 24 lifts or 8, in sets of four alike.
    assert held >= 0.85


def test_the_part_that_counts_starts_and_ends_at_its_velocity():
    t, height, _ = _made("deadlift", 60)
    track = _track("height", t, height, 200.0, 0.0, 1)
    velocity = np.gradient(height, 1e-3)
    for way in (w for w in find_ways(track) if w.up):
        part = fast_part(track, way)
        assert part is not None and way.start_s < part.start_s < part.end_s < way.end_s
        for at in (part.start_s, part.end_s):
            assert np.interp(at, t, velocity) == pytest.approx(MEAN_FROM_M_S, abs=0.01)


def test_the_convention_does_not_depend_on_how_noisy_the_sensor_is():
    t, height, _ = _made("bench-press", 60)
    found = [
        np.array(
            [
                rep.mean_velocity.value
                for rep in bar_reps(_track("height", t, height, 100.0, noise, 3))
                if rep.mean_velocity
            ]
        )
        for noise in (1e-4, 1e-3)
    ]
    assert np.abs(found[1] / found[0] - 1.0).max() <= 0.06
