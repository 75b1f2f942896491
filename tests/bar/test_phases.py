"""Where ways start whose first part slows down before the rest of it."""

import numpy as np
import pytest

from legato.bar.heights import track_from_height
from legato.bar.reps import bar_reps
from legato.recording import FloatArray


def minimum_jerk(t: FloatArray, start_s: float, lasts_s: float) -> FloatArray:
    s = np.clip((t - start_s) / lasts_s, 0.0, 1.0)
    return np.asarray(s**3 * (10.0 - 15.0 * s + 6.0 * s**2), np.float64)


def push_presses(
    t: FloatArray, rng: np.random.Generator, dip_m: float, press_after_s: float
) -> tuple[FloatArray, list[float]]:
    """Height of a bar that dips, is driven up by the legs, slows down, is pressed 0.62 m and lowered; and when it turns
    in each of five dips, s.
    """
    height, turns = np.zeros_like(t), []
    for k in range(5):
        at = 1.0 + 6.0 * k + rng.uniform(0.0, 0.3)
        dips_s, drives_s = rng.uniform(0.5, 0.7), rng.uniform(0.34, 0.42)
        turns.append(at + dips_s)
        press = turns[-1] + press_after_s
        height += dip_m * (minimum_jerk(t, turns[-1], drives_s) - minimum_jerk(t, at, dips_s))
        height += 0.62 * (minimum_jerk(t, press, 1.1) - minimum_jerk(t, press + 2.0, 1.5))
    return height, turns


@pytest.mark.parametrize("rate_hz", [100.0, 250.0, 1000.0])
@pytest.mark.parametrize(("dip_m", "press_after_s"), [(0.1, 0.2), (0.1, 0.3), (0.14, 0.25), (0.06, 0.15)])
def test_a_lift_out_of_a_dip_starts_where_the_bar_is_lowest(rate_hz: float, dip_m: float, press_after_s: float):
    rng = np.random.default_rng(7)
    t = np.arange(0.0, 31.0, 1.0 / rate_hz)
    height, turns = push_presses(t, rng, dip_m, press_after_s)
    seen = height + 5e-4 * rng.standard_normal(t.size)
    reps = bar_reps(track_from_height(seen, rate_hz, 0.0, source="markers", stream="m", cutoff_hz=10.0))
    assert len(reps) == 5
    for rep, turn in zip(reps, turns, strict=True):
        # Minimum-jerk ways turn softly, so the first of a way hides: ±40 ms; the slowing down comes 0.2 s later.
        assert rep.start_s == pytest.approx(turn, abs=0.04)
        assert rep.range is not None
        assert rep.range.value == pytest.approx(0.62 + dip_m, abs=0.006)
