"""Maxima from lifts of simulated lifters, whose ways end in a creep, and of planted shapes that do not."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pytest
from lift_scenes import PROFILES

from legato.bar.analyse import profile_of_reps
from legato.bar.heights import track_from_height
from legato.bar.means import MEAN_FROM_M_S
from legato.bar.model import BarRep
from legato.bar.profile import load_velocity_profile
from legato.bar.reps import bar_reps
from legato.bar.velocity_data import v1rm_of
from legato.recording import FloatArray
from legato.simulate import simulate

SHARES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.85)
MAXIMUM_KG = 100.0
FASTEST = {"bench-press": (1.4, 1.7), "back-squat": (1.2, 1.5), "deadlift": (1.2, 1.5)}
"""Velocity to which a lifter's line rises at no load, m/s."""

FROM_REST_M_S = (0.003, 0.006, 0.01)
"""From where laboratories count: the first positive velocity of a low-passed height, which noise chooses, m/s."""

STEP_S = 1e-3


@dataclass(frozen=True, slots=True)
class Lifter:
    """Height of a set at `STEP_S`, which is slowed down for each load, and where the literature's mean counts from."""

    height: FloatArray
    velocity: FloatArray
    from_rest_m_s: float

    def mean(self, slowed: float, from_m_s: float) -> float:
        """Mean velocity of its fastest way when it lasts so many times as long."""
        v = self.velocity / slowed
        top = int(np.argmax(v))
        slow = np.flatnonzero(v <= from_m_s)
        a, b = int(slow[slow < top][-1]), int(slow[slow > top][0])
        return float(np.trapezoid(v[a : b + 1])) / (b - a)

    def slowed_to(self, mean: float, from_m_s: float) -> float:
        """How many times as long it lasts where its mean velocity is this."""
        low, high = 0.02, 100.0
        for _ in range(30):
            middle = float(np.sqrt(low * high))
            low, high = (middle, high) if self.mean(middle, from_m_s) > mean else (low, middle)
        return low

    def set_of(self, mean: float, from_m_s: float, load_kg: float, rng: np.random.Generator) -> list[BarRep]:
        """What is measured of a set of this mean velocity, by markers with noise of 1 mm at 100 Hz."""
        slowed = self.slowed_to(mean, from_m_s)
        t = np.arange(self.height.size) * STEP_S * slowed
        even = np.arange(0.0, t[-1], 0.01)
        seen = np.interp(even, t, self.height) + 1e-3 * rng.standard_normal(even.size)
        track = track_from_height(seen, 100.0, 0.0, source="markers", stream="m", cutoff_hz=10.0)
        return [rep for rep in bar_reps(track, loads_kg=[load_kg]) if not rep.reason]


@lru_cache(maxsize=64)
def simulated(movement: str, seed: int) -> FloatArray:
    made = simulate(movement, reps=2, rate_hz=20.0, seed=seed, bar_kg=60.0)
    return made.motion.pose(np.arange(0.0, made.motion.duration_s, STEP_S)).point["bar"][:, 2]


def planted(movement: str, seed: int) -> FloatArray:
    """Up 0.45 m in one shape and down in another, at rest between."""
    del movement
    names = sorted(PROFILES)
    s = np.linspace(0.0, 1.0, 1201)
    up, down = (np.cumsum(PROFILES[name](s)) for name in (names[seed % len(names)], "min-jerk"))
    up, down = 0.45 * up / up[-1], 0.45 * down / down[-1]
    rest = np.zeros(900)
    return 1.0 + np.concatenate((rest, up, rest + 0.45, 0.45 - down, rest))


def lifters(
    movement: str, made: Callable[[str, int], FloatArray], count: int, seed: int
) -> list[tuple[Lifter, float, float, np.random.Generator]]:
    """Lifters whose last velocity varies from rest to rest as published, what that is as recordings count, and more."""
    known = v1rm_of(movement)
    assert known is not None
    rng = np.random.default_rng(seed)
    found: list[tuple[Lifter, float, float, np.random.Generator]] = []
    for _ in range(count):
        height = made(movement, int(rng.integers(300, 314)))
        lifter = Lifter(height, np.gradient(height, STEP_S), float(rng.choice(FROM_REST_M_S)))
        last = max(0.06, float(rng.normal(known.velocity_m_s, known.sd_m_s)))
        own = lifter.mean(lifter.slowed_to(last, lifter.from_rest_m_s), MEAN_FROM_M_S)
        found.append((lifter, own, float(rng.uniform(*FASTEST[movement])), rng))
    return found


def reps_of(lifter: Lifter, own: float, fastest: float, rng: np.random.Generator) -> list[BarRep]:
    """Sets on the lifter's line of the mean velocity as recordings count it, which varies by 0.02 m/s."""
    return [
        rep
        for share in SHARES
        for rep in lifter.set_of(
            fastest + (own - fastest) * share + float(rng.normal(0.0, 0.02)), MEAN_FROM_M_S, MAXIMUM_KG * share, rng
        )
    ]


@pytest.mark.slow
@pytest.mark.parametrize("made", [simulated, planted])
def test_intervals_hold_the_maximum_of_lifters_whose_last_velocity_is_published_from_rest(
    made: Callable[[str, int], FloatArray],
):
    errors: dict[str, list[float]] = {m: [] for m in FASTEST}
    held: dict[str, list[bool]] = {m: [] for m in FASTEST}
    for movement in FASTEST:
        for one in lifters(movement, made, 80, 21):
            told = profile_of_reps(reps_of(*one), movement).one_rm
            if told is not None:
                errors[movement].append(told.value / MAXIMUM_KG - 1.0)
                held[movement].append(told.holds(MAXIMUM_KG))
    for movement in FASTEST:
        assert len(held[movement]) >= 76
        # Standard errors of 80 draws: 0.7 % and 3.4 points.
        assert abs(np.mean(errors[movement])) <= 0.03
        assert np.mean(held[movement]) >= 0.82
    assert np.mean(np.concatenate([held[m] for m in FASTEST])) >= 0.87


@pytest.mark.slow
def test_counted_alike_the_line_holds_the_maximum():
    # Neither through velocities from rest to rest: 2 to 3 kg of 100 too low in the bench press, held in 56 %.
    held: list[bool] = []
    errors: list[float] = []
    for movement in FASTEST:
        for lifter, own, fastest, rng in lifters(movement, simulated, 20, 12):
            reps = reps_of(lifter, own, fastest, rng)
            lifts = [(r.load_kg, r.mean_velocity.value) for r in reps if r.load_kg is not None and r.mean_velocity]
            told = load_velocity_profile([a for a, _ in lifts], [b for _, b in lifts], v1rm=own).one_rm
            assert told is not None
            errors.append(told.value / MAXIMUM_KG - 1.0)
            held.append(told.holds(MAXIMUM_KG))
    assert abs(np.mean(errors)) <= 0.01
    # Standard error of 60 draws: 3.9 points.
    assert 0.82 <= np.mean(held) <= 0.98
