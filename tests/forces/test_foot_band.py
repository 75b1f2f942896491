"""Foot force against a band: shares of a closed form, evenness, refusals."""

import numpy as np
import pytest

from legato.errors import BadInput, NotResolvable
from legato.forces.foot_band import read_foot_band
from legato.recording import FloatArray

RATE_HZ = 200.0


def swinging(mean_n: float, swing_n: float, seconds: float = 20.0) -> FloatArray:
    """A sine of 0.5 Hz about the mean."""
    t = np.arange(0.0, seconds, 1.0 / RATE_HZ)
    return mean_n + swing_n * np.sin(np.pi * t)


def wavering(variation: float, seconds: float, rng: np.random.Generator, memory_s: float = 0.3) -> FloatArray:
    from scipy.signal import lfilter

    keep = np.exp(-1.0 / (memory_s * RATE_HZ))
    n = round(seconds * RATE_HZ)
    steps = rng.normal(0.0, np.sqrt(1.0 - keep**2), n + 2000)
    return 300.0 * (1.0 + variation * lfilter([1.0], [1.0, -keep], steps)[2000:])


def test_time_in_band_of_a_sine_is_its_closed_form():
    found = read_foot_band(swinging(300.0, 100.0), RATE_HZ, 250.0, 350.0, weight_n=750.0)
    # |sin| ≤ ½ for a third of the time.
    assert found.inside.value == pytest.approx(1.0 / 3.0, abs=0.01)
    assert found.mean_n.value == pytest.approx(300.0, abs=0.5)
    assert found.mean_share is not None and found.mean_share.value == pytest.approx(0.4, abs=1e-3)
    assert found.variation.value == pytest.approx(100.0 / np.sqrt(2.0) / 300.0, rel=1e-3)


def test_an_even_press_is_ok_and_an_uneven_one_is_not():
    rng = np.random.default_rng(0)
    assert read_foot_band(wavering(0.03, 20.0, rng), RATE_HZ, 200.0, 400.0).steady == "ok"
    assert read_foot_band(wavering(0.25, 20.0, rng), RATE_HZ, 200.0, 400.0).steady == "fault"
    # A sine of 42.4 N on 300 N: exactly 10 %.
    border = read_foot_band(swinging(300.0, 30.0 * np.sqrt(2.0)), RATE_HZ, 200.0, 400.0)
    assert border.steady == "not-resolvable" and "hold for longer" in border.reason


def test_always_inside_is_one_and_its_interval_stays_below():
    found = read_foot_band(swinging(300.0, 10.0), RATE_HZ, 200.0, 400.0)
    assert found.inside.value == 1.0 and found.inside.high == 1.0 and 0.5 < found.inside.low < 1.0


@pytest.mark.slow
def test_intervals_cover_a_force_with_memory():
    rng = np.random.default_rng(4)
    variation, inside, mean = [], [], []
    for _ in range(400):
        found = read_foot_band(wavering(0.1, 30.0, rng), RATE_HZ, 270.0, 330.0)
        variation.append(found.variation.holds(0.1))
        # One SD either way of a normal variable.
        inside.append(found.inside.holds(0.6827))
        mean.append(found.mean_n.holds(300.0))
    # 400 holds: one SE is 1.5 points. The share counts the force's own memory, longer than that of being inside.
    assert 0.85 <= np.mean(variation) <= 0.95
    assert 0.85 <= np.mean(mean) <= 0.95
    assert 0.85 <= np.mean(inside) <= 0.99


@pytest.mark.parametrize(
    ("force", "rate_hz", "low", "high", "kind", "word"),
    [
        (swinging(300.0, 10.0), 200.0, 400.0, 300.0, BadInput, "band"),
        (swinging(300.0, 10.0), 0.0, 200.0, 300.0, BadInput, "rate"),
        (-swinging(300.0, 10.0), 200.0, 200.0, 300.0, BadInput, "pressing positive"),
        (np.zeros((500, 2)), 200.0, 200.0, 300.0, BadInput, "one column"),
        (swinging(300.0, 10.0)[:100], 200.0, 200.0, 300.0, NotResolvable, "too short"),
        (np.where(np.arange(4000) == 9, np.nan, swinging(300.0, 9.0)), 200.0, 200.0, 300.0, NotResolvable, "missing"),
    ],
)
def test_refusals(force: FloatArray, rate_hz: float, low: float, high: float, kind: type[Exception], word: str):
    with pytest.raises(kind, match=word):
        read_foot_band(force, rate_hz, low, high)


def test_a_weight_of_nothing_is_refused():
    with pytest.raises(BadInput, match="weight"):
        read_foot_band(swinging(300.0, 10.0), RATE_HZ, 200.0, 400.0, weight_n=0.0)
