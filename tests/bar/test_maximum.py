"""By how much maximal lifts are faster as recordings count, told by own ways whose shape changes with the load."""

import math
from dataclasses import replace

import numpy as np
import pytest
from test_profile_lifts import FASTEST, FROM_REST_M_S, MAXIMUM_KG, SHARES, STEP_S, Lifter

from legato.bar.analyse import profile_of_reps
from legato.bar.maximum import CountedLift, counted_more
from legato.bar.means import MEAN_FROM_M_S
from legato.bar.model import BarRep
from legato.bar.velocity_data import v1rm_of

BENCH = v1rm_of("bench-press")


def test_ways_that_lose_a_share_with_the_root_of_their_time_tell_it_exactly():
    assert BENCH is not None
    at = BENCH.velocity_m_s
    share = 0.3
    lifts = [
        CountedLift(load, v / (1.0 - share * math.sqrt(at / v)), v)
        for load, v in ((40.0, 1.0), (60.0, 0.7), (80.0, 0.45), (85.0, 0.4))
    ]
    found = counted_more(lifts, BENCH)
    assert at + found.more_m_s == pytest.approx(at / (1.0 - share))
    assert found.sd_m_s == pytest.approx(0.5 * found.more_m_s)


def test_of_ways_without_slow_ends_nothing_is_added_and_of_noise_no_more_than_as_much_again():
    assert BENCH is not None
    sharp = [CountedLift(load, v, v) for load, v in ((40.0, 1.0), (80.0, 0.45))]
    assert counted_more(sharp, BENCH).more_m_s == 0.0
    # A way that is told longer than it rose, as noise may have it.
    assert counted_more([CountedLift(80.0, 0.45, 0.46)], BENCH).more_m_s == 0.0
    creeping = [CountedLift(load, 0.9, 0.3) for load in (40.0, 80.0)]
    assert counted_more(creeping, BENCH).more_m_s == pytest.approx(BENCH.velocity_m_s)


def mixed(share: float, starts: float, ends: float, dip: float, way_m: float) -> Lifter:
    """A lifter who leaves rest and reaches it as powers of time, and sticks the more the heavier the load."""
    s = np.linspace(0.0, 1.0, 1201)
    stuck = dip * max(0.0, (share - 0.4) / 0.6) * np.exp(-(((s - 0.45) / 0.12) ** 2))
    up, down = np.cumsum(s**starts * (1.0 - s) ** ends * (1.0 - stuck)), np.cumsum(s**2 * (1.0 - s) ** 2)
    up, down, rest = way_m * up / up[-1], way_m * down / down[-1], np.zeros(900)
    height = 1.0 + np.concatenate((rest, up, rest + way_m, way_m - down, rest))
    return Lifter(height, np.gradient(height, STEP_S), 0.0)


@pytest.mark.slow
@pytest.mark.parametrize("listed", [False, True])
def test_maxima_of_lifters_whose_shape_changes_with_load_are_held(listed: bool):
    rng = np.random.default_rng(47)
    for movement, (slow, fast) in FASTEST.items():
        known = v1rm_of(movement)
        assert known is not None
        errors: list[float] = []
        held: list[bool] = []
        for _ in range(60):
            starts, ends, dip, way = rng.uniform((1.0, 1.0, 0.0, 0.35), (3.0, 4.0, 0.8, 0.6)).tolist()
            from_rest = float(rng.choice(FROM_REST_M_S))
            last = max(0.06, float(rng.normal(known.velocity_m_s, known.sd_m_s)))
            heaviest = mixed(1.0, starts, ends, dip, way)
            own = heaviest.mean(heaviest.slowed_to(last, from_rest), MEAN_FROM_M_S)
            # The line is straight as one or as the other counts.
            counts, end = [(MEAN_FROM_M_S, own), (from_rest, last)][int(rng.integers(2))]
            fastest = float(rng.uniform(slow, fast))
            reps: list[BarRep] = []
            for share in SHARES:
                mean = fastest + (end - fastest) * share + float(rng.normal(0.0, 0.02))
                reps += mixed(share, starts, ends, dip, way).set_of(mean, counts, MAXIMUM_KG * share, rng)
            if listed:
                reps = [_as_listed(rep) for rep in reps]
            told = profile_of_reps(reps, movement).one_rm
            assert told is not None
            errors.append(told.value / MAXIMUM_KG - 1.0)
            held.append(told.holds(MAXIMUM_KG))
        assert abs(np.mean(errors)) <= (0.06 if listed else 0.03)
        # Standard error of 60 draws: 3.9 points.
        assert np.mean(held) >= 0.82


def _as_listed(rep: BarRep) -> BarRep:
    """As a program lists it that counts like a recording and does not say so."""
    return replace(rep, from_rest=None)
