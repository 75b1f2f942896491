"""The slope of the bar's power on the legs' impulse: planted lines with errors in both."""

import numpy as np
import pytest

from legato.chain.drive_slope import power_per_impulse
from legato.errors import NotResolvable
from legato.estimate import Estimate
from legato.signals.factors import normal_factor

SLOPE = 12.0


def planted(rng: np.random.Generator, reps: int, error_share: float, scatter_w: float) -> Estimate:
    """One set: impulses that differ by 10 N·s (SD), read with errors of that share of their variance."""
    true = rng.normal(85.0, 10.0, reps)
    sd = 10.0 * error_share**0.5
    impulses = [Estimate.symmetric(x, normal_factor(0.9) * sd, "N·s") for x in true + rng.normal(0.0, sd, reps)]
    powers = [Estimate.symmetric(100.0 + SLOPE * x + rng.normal(0.0, scatter_w), 10.0, "W") for x in true]
    return power_per_impulse(impulses, powers, [40.0] * reps)


@pytest.mark.parametrize("reps", [4, 8])
@pytest.mark.parametrize("error_share", [0.0, 0.03, 0.08])
@pytest.mark.parametrize("scatter_w", [3.0, 40.0])
def test_a_planted_slope_is_held_as_often_as_is_said(reps, error_share, scatter_w):
    rng = np.random.default_rng(11)
    held: list[bool] = []
    values: list[float] = []
    while len(held) < 400:
        try:
            found = planted(rng, reps, error_share, scatter_w)
        except NotResolvable:
            continue
        held.append(found.holds(SLOPE))
        values.append(found.value)
    # 400 sets: two SE of 90 % are 3 points; where the impulses' errors weigh most, they are taken as only half known.
    assert 0.86 <= np.mean(held) <= 0.975
    # Without the correction 8 % of error would take 0.9 off the slope; what is left is below three SE of the mean.
    assert abs(np.mean(values) - SLOPE) < 0.15 + 3.0 * float(np.std(values)) / 400**0.5


def test_a_line_without_scatter_comes_back_exactly():
    impulses = [Estimate.symmetric(x, 0.0, "N·s") for x in (70.0, 80.0, 90.0, 100.0)]
    powers = [Estimate.symmetric(100.0 + SLOPE * i.value, 10.0, "W") for i in impulses]
    found = power_per_impulse(impulses, powers, [40.0] * 4)
    assert found.value == pytest.approx(SLOPE) and found.half_width < 1e-9
    # A scale that all powers share is in no scatter.
    scaled = power_per_impulse(impulses, powers, [40.0] * 4, scale_sd=0.02)
    assert scaled.half_width == pytest.approx(normal_factor(0.9) * 0.02 * SLOPE)


def test_a_scale_that_all_impulses_share_turns_the_line_and_draws_none_flat():
    rng = np.random.default_rng(5)
    z, sd = normal_factor(0.9), 0.05
    held: list[bool] = []
    for _ in range(400):
        scale = 1.0 + sd * rng.normal()
        true = rng.normal(85.0, 10.0, 6)
        impulses = [Estimate.symmetric(scale * x, z * sd * scale * x, "N·s") for x in true]
        powers = [Estimate.symmetric(100.0 + SLOPE * x + rng.normal(0.0, 3.0), 10.0, "W") for x in true]
        # Taken for errors of their own, these would be a sixth of the spread and refused.
        found = power_per_impulse(impulses, powers, [40.0] * 6, impulse_scale_sd=sd)
        held.append(found.holds(SLOPE))
    assert 0.86 <= np.mean(held) <= 0.97, np.mean(held)


@pytest.mark.parametrize(
    ("error", "loads", "words"),
    [(12.0, [40.0] * 4, "hardly differ"), (0.5, [40.0, 40.0, 40.0, 50.0], "load changed"), (0.5, [None] * 4, "--load")],
)
def test_what_says_nothing_is_refused(error, loads, words):
    impulses = [Estimate.symmetric(x, error, "N·s") for x in (70.0, 80.0, 90.0, 100.0)]
    powers = [Estimate.symmetric(SLOPE * i.value, 10.0, "W") for i in impulses]
    with pytest.raises(NotResolvable, match=words):
        power_per_impulse(impulses, powers, loads)
