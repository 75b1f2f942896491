"""Power of lifts in closed form: how often its intervals hold the planted one."""

from collections.abc import Callable

import numpy as np
import pytest
from planted_bar import ways

from legato.bar.heights import track_from_height
from legato.bar.model import BarRep
from legato.bar.reps import bar_reps
from legato.recording import STANDARD_GRAVITY, FloatArray

_LOAD_KG = 100.0


def planted(up_s: float, way_m: float) -> tuple[float, float]:
    """Mean power of a minimum-jerk lift where it is faster than 0.05 m/s, and its peak power, W."""
    s = np.linspace(0.0, 1.0, 20001)
    velocity = way_m / up_s * 30.0 * s**2 * (1.0 - s) ** 2
    acceleration = way_m / up_s**2 * 60.0 * s * (1.0 - s) * (1.0 - 2.0 * s)
    power = _LOAD_KG * (acceleration + STANDARD_GRAVITY) * velocity
    return float(power[velocity >= 0.05].mean()), float(power.max())


def lifts(
    rate_hz: float, noise_m: float, up_s: tuple[float, float], sets: int
) -> list[tuple[BarRep, tuple[float, float]]]:
    """Repetitions of sets with four lifts each, and what was planted of each."""
    rng = np.random.default_rng(0)
    found: list[tuple[BarRep, tuple[float, float]]] = []
    for _ in range(sets):
        lasted, way = rng.uniform(*up_s), rng.uniform(0.4, 0.6)
        starts: FloatArray = np.asarray(1.2 + np.arange(4) * (lasted + 3.6), np.float64)
        t: FloatArray = np.arange(0.0, starts[-1] + lasted + 3.4, 1.0 / rate_hz)
        begin = np.column_stack((starts, starts + lasted + 0.8)).ravel()
        height = ways(begin, np.tile((lasted, 1.4), 4), np.tile((way, -way), 4), np.zeros(8), t)
        height += rng.normal(0.0, noise_m, t.size)
        track = track_from_height(height, rate_hz, 0.0, source="markers", stream="markers")
        found += [(rep, planted(lasted, way)) for rep in bar_reps(track, loads_kg=[_LOAD_KG])]
    return found


def coverage(
    of: Callable[[BarRep, tuple[float, float]], bool | None], done: list[tuple[BarRep, tuple[float, float]]]
) -> float:
    """Share that holds, of those that were told."""
    told = [held for rep, truth in done if (held := of(rep, truth)) is not None]
    assert len(told) >= 0.9 * len(done)
    return float(np.mean(told))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rate_hz", "noise_m", "up_s"),
    [(100.0, 5e-4, (0.6, 1.2)), (100.0, 1e-3, (0.6, 1.2)), (1000.0, 1e-3, (0.6, 1.2)), (50.0, 2e-4, (0.4, 0.7))],
)
def test_the_intervals_of_power_hold_the_planted_one(rate_hz: float, noise_m: float, up_s: tuple[float, float]):
    done = lifts(rate_hz, noise_m, up_s, 30)
    # 120 repetitions: two standard errors are 5 points. Without the errors of start and end mean power was held in 16
    # to 45 %, without those of the acceleration and the luck of the highest peak power in 24 to 39 %.
    assert coverage(lambda rep, truth: rep.mean_power and rep.mean_power.holds(truth[0]), done) >= 0.84
    assert coverage(lambda rep, truth: rep.peak_power and rep.peak_power.holds(truth[1]), done) >= 0.84
    widest = max(rep.peak_power.half_width / truth[1] for rep, truth in done if rep.peak_power is not None)
    assert widest < 0.12


def test_a_lift_from_rest_to_rest_takes_its_weight_times_its_mean_velocity():
    for rep, (mean, peak) in lifts(200.0, 1e-5, (0.6, 1.2), 2):
        assert rep.mean_power is not None and rep.mean_velocity is not None and rep.peak_power is not None
        assert rep.mean_power.value == pytest.approx(_LOAD_KG * STANDARD_GRAVITY * rep.mean_velocity.value, rel=1e-9)
        assert rep.mean_power.value == pytest.approx(mean, rel=0.04)
        assert rep.peak_power.value == pytest.approx(peak, rel=0.01)
