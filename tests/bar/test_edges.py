"""Starts and ends of planted lifts: how wrong they and what rests on them are, and how often the intervals hold."""

import numpy as np
import pytest
from lift_scenes import PROFILES, Lift, scene

from legato.bar.edges import Rise, lasting, start_of_rise
from legato.bar.heights import track_from_height, track_from_velocity
from legato.bar.model import BarRep
from legato.bar.reps import bar_reps
from legato.recording import FloatArray


def measured(
    style: str,
    up_s: tuple[float, float],
    kind: str,
    rate_hz: float,
    noise: float,
    *,
    sets: int,
    profile: str | None = None,
    seed: int = 31,
) -> list[tuple[BarRep, Lift]]:
    """Lifts that were measured, with the planted ones; a lift that is found elsewhere fails."""
    rng = np.random.default_rng(seed)
    found: list[tuple[BarRep, Lift]] = []
    for _ in range(sets):
        made = scene(rng, style, up_s, profile=profile)
        height, velocity = made.at(rate_hz)
        wrong = noise * rng.standard_normal(height.size)
        if kind == "velocity":
            track = track_from_velocity(velocity + wrong, rate_hz, 0.0, stream="v")
        else:
            source, cutoff = ("keypoints", 6.0) if kind == "video" else ("markers", 10.0)
            track = track_from_height(height + wrong, rate_hz, 0.0, source=source, stream="m", cutoff_hz=cutoff)
        reps = bar_reps(track)
        assert len(reps) == len(made.lifts)
        found += [(rep, lift) for rep, lift in zip(reps, made.lifts, strict=True) if not rep.reason]
    return found


def errors(found: list[tuple[BarRep, Lift]]) -> tuple[FloatArray, float]:
    """Relative errors of the mean velocity, and how often its interval holds."""
    wrong = [rep.mean_velocity.value / lift.mean - 1.0 for rep, lift in found if rep.mean_velocity]
    held = [rep.mean_velocity.holds(lift.mean) for rep, lift in found if rep.mean_velocity]
    return np.array(wrong, dtype=np.float64), float(np.mean(held))


@pytest.mark.parametrize(
    ("style", "up_s", "kind", "rate_hz", "noise", "most"),
    [
        ("squat", (0.5, 0.9), "height", 200.0, 2e-4, 0.012),
        ("pause", (0.35, 0.5), "height", 200.0, 2e-4, 0.012),
        ("deadlift", (0.6, 1.2), "velocity", 50.0, 0.01, 0.012),
        # A turn with a pull through it starts at once, which is the sharpest start there is.
        ("bounce", (0.5, 1.0), "velocity", 50.0, 0.01, 0.012),
    ],
)
def test_the_mean_velocity_is_not_biased(
    style: str, up_s: tuple[float, float], kind: str, rate_hz: float, noise: float, most: float
):
    wrong, held = errors(measured(style, up_s, kind, rate_hz, noise, sets=6))
    # 24 lifts with errors of 2 %: one SE of the mean is 0.4 %. Before, fast lifts were 2 to 4 % too slow.
    assert abs(wrong.mean()) <= most
    assert held >= 0.75  # two SE below 90 %


@pytest.mark.slow
@pytest.mark.parametrize(
    ("style", "up_s"), [("squat", (0.5, 0.9)), ("pause", (0.5, 1.2)), ("deadlift", (0.6, 1.2)), ("pause", (1.5, 2.5))]
)
@pytest.mark.parametrize(
    ("kind", "rate_hz", "noise"),
    [("height", 100.0, 5e-4), ("height", 1000.0, 3e-4), ("velocity", 50.0, 0.01), ("video", 240.0, 3e-3)],
)
def test_intervals_of_starts_ends_and_means_hold(
    style: str, up_s: tuple[float, float], kind: str, rate_hz: float, noise: float
):
    found = measured(style, up_s, kind, rate_hz, noise, sets=20 if rate_hz < 500.0 else 8)
    wrong, held = errors(found)
    assert abs(wrong.mean()) <= 0.01 + 2.0 * wrong.std() / np.sqrt(wrong.size)
    # 32 to 80 lifts: two SE are 7 to 11 points.
    assert held >= 0.78
    lasted = [
        rep.tempo.concentric_s.holds(lift.end_s - lift.start_s)
        for rep, lift in found
        if rep.tempo is not None and rep.tempo.concentric_s is not None
    ]
    assert np.mean(lasted) >= 0.78
    told = [rep.mean_propulsive_velocity.holds(lift.propulsive) for rep, lift in found if rep.mean_propulsive_velocity]
    assert np.mean(told) >= 0.78


@pytest.mark.slow
def test_a_lift_that_sticks_starts_where_it_leaves_its_rest():
    # Sticking below a quarter of the peak, late in the lift, was once taken for the start.
    found = measured("pause", (2.0, 3.5), "height", 200.0, 5e-4, sets=6, profile="grind")
    assert max(abs(rep.start_s - lift.start_s) for rep, lift in found) <= 0.2
    wrong, held = errors(found)
    assert abs(wrong.mean()) <= 0.03
    assert held >= 0.75


@pytest.mark.parametrize("of_height", [True, False])
@pytest.mark.parametrize(("profile", "share"), [("min-jerk", 0.26), ("half-sine", 0.205)])
def test_a_start_is_found_between_samples(profile: str, share: float, of_height: bool):
    # Both rise to 0.6 of their peak in 30 samples.
    fine = np.linspace(0.0, 1.0, 20001)
    velocity = PROFILES[profile](fine)
    shape = np.cumsum(velocity) if of_height else velocity
    for start in (30.0, 30.4):
        s = np.maximum(np.arange(61.0) - start, 0.0) / 30.0 * share
        y = np.interp(s, fine, shape / shape[round(20000 * share)])
        found, sd = start_of_rise(Rise(y, 1e-6, 100.0, of_height))
        assert found == pytest.approx(start, abs=0.7)
        assert abs(found - start) <= 3.0 * sd


def test_the_same_start_whatever_the_rate():
    rng = np.random.default_rng(3)
    made = scene(rng, "pause", (0.8, 0.9), profile="min-jerk")
    starts: list[list[float]] = []
    for rate_hz in (100.0, 250.0, 1000.0):
        height, _ = made.at(rate_hz)
        noisy = height + 2e-4 * rng.standard_normal(height.size)
        starts.append(
            [r.start_s for r in bar_reps(track_from_height(noisy, rate_hz, 0.0, source="markers", stream="m"))]
        )
    # The slowest of them knows its starts to 10 ms.
    assert np.ptp(np.array(starts), axis=0).max() <= 0.03


def test_noise_that_lasts_is_seen_at_rest():
    rng = np.random.default_rng(5)
    resting = np.ones(3000, dtype=np.bool_)
    white = rng.standard_normal(3000)
    assert lasting(white, 1.0, resting, 100.0) <= 1.5
    slow = np.empty(3000)
    slow[0] = white[0]
    for k in range(1, 3000):
        slow[k] = 0.9 * slow[k - 1] + np.sqrt(1.0 - 0.81) * white[k]
    # Means of ten samples are wrong by 2.9 times what white noise makes them; a line through four takes half of that.
    assert 1.4 <= lasting(slow, 1.0, resting, 100.0) <= 3.0
    assert lasting(slow, 1.0, ~resting, 100.0) == 1.0
