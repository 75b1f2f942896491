"""Force tracking: planted errors, delays, first-order answers to steps and sines, alignment, refusals."""

from itertools import pairwise

import numpy as np
import pytest

from legato.errors import BadInput, NotResolvable
from legato.forces.tracking import answer_to_sine, follow_target, stays_aligned
from legato.recording import FloatArray

RATE_HZ = 1000.0


def square(seconds: float = 30.0, low: float = 200.0, high: float = 600.0) -> FloatArray:
    """A target that changes every 3 s."""
    t = np.arange(0.0, seconds, 1.0 / RATE_HZ)
    return np.where((t // 3.0) % 2 == 0, low, high)


def first_order(target: FloatArray, rise_s: float, fall_s: float) -> FloatArray:
    """Exponential answers with one time constant up and another down."""
    out = np.empty_like(target)
    level = float(target[0])
    edges = [0, *(np.flatnonzero(np.diff(target)) + 1), target.size]
    for first, stop in pairwise(edges):
        goal = float(target[first])
        since = np.arange(1, stop - first + 1) / RATE_HZ
        out[first:stop] = goal + (level - goal) * np.exp(-since / (rise_s if goal > level else fall_s))
        level = float(out[stop - 1])
    return out


def sine(frequency_hz: float = 0.5, seconds: float = 30.0) -> FloatArray:
    t = np.arange(0.0, seconds, 1.0 / RATE_HZ)
    return 400.0 + 200.0 * np.sin(2.0 * np.pi * frequency_hz * t)


def noisy(force: FloatArray, noise_n: float = 3.0, seed: int = 0) -> FloatArray:
    return force + np.random.default_rng(seed).normal(0.0, noise_n, force.size)


def test_rise_and_relaxation_of_a_first_order_answer():
    found = follow_target(noisy(first_order(square(), 0.15, 0.25)), square(), RATE_HZ)
    # From a tenth to nine tenths an exponential takes ln 9 time constants.
    assert found.rise_s is not None and found.rise_s.value == pytest.approx(np.log(9.0) * 0.15, rel=0.03)
    assert found.relaxation_s is not None and found.relaxation_s.value == pytest.approx(np.log(9.0) * 0.25, rel=0.03)
    assert found.rise_n_s is not None
    assert found.rise_n_s.value == pytest.approx(0.8 * 400.0 / (np.log(9.0) * 0.15), rel=0.03)
    assert found.relaxation_n_s is not None and found.relaxation_n_s.value < 0.0
    assert [s.direction for s in found.steps] == ["rise", "relaxation"] * 4 + ["rise"]
    assert found.steps[0].at_s == pytest.approx(3.0)


def test_error_and_bias_are_those_planted():
    found = follow_target(noisy(sine() + 20.0, 10.0), sine(), RATE_HZ)
    assert found.error_n.value == pytest.approx(np.hypot(20.0, 10.0), rel=0.01)
    assert found.error_share.value == pytest.approx(np.hypot(20.0, 10.0) / 400.0, rel=0.01)
    assert found.bias_n.holds(20.0) and found.bias_n.half_width < 1.0
    assert found.steps == () and found.rise_s is None


def test_a_delay_is_found_and_taken_out():
    wander = np.cumsum(np.random.default_rng(1).normal(0.0, 1.0, 30_000))
    smooth = np.convolve(wander, np.hanning(400) / np.hanning(400).sum(), "same").real * 3.0 + 400.0
    found = follow_target(noisy(np.roll(smooth, 120))[500:-500], smooth[500:-500], RATE_HZ)
    assert found.lag_s is not None and found.lag_s.value == pytest.approx(0.120, abs=2e-3)
    assert found.error_in_time_n is not None and found.error_in_time_n.value == pytest.approx(3.0, rel=0.1)
    assert found.error_n.value > found.error_in_time_n.value


def test_a_force_that_ignores_the_target_has_no_delay():
    found = follow_target(noisy(np.full(30_000, 400.0)), sine(), RATE_HZ)
    assert found.lag_s is None and any("no delay" in r for r in found.reasons)
    assert found.error_n.value == pytest.approx(200.0 / np.sqrt(2.0), rel=0.01)


@pytest.mark.parametrize("frequency_hz", [0.25, 0.5, 1.0])
def test_gain_and_delay_of_a_sine_are_those_of_a_first_order_answer(frequency_hz: float):
    target = sine(frequency_hz)
    found = answer_to_sine(noisy(first_order(target, 0.1, 0.1))[4000:], target[4000:], RATE_HZ, frequency_hz)
    turn = 2.0 * np.pi * frequency_hz * 0.1
    assert found.gain.value == pytest.approx(1.0 / np.hypot(1.0, turn), rel=5e-3)
    assert found.delay_s.value == pytest.approx(np.arctan(turn) / (2.0 * np.pi * frequency_hz), abs=1.5e-3)


@pytest.mark.slow
def test_intervals_of_step_and_sine_answers_cover():
    held: dict[str, list[bool]] = {"rise": [], "bias": [], "gain": []}
    rng = np.random.default_rng(11)
    for seed in range(100):
        rise_s = float(rng.uniform(0.08, 0.3))
        answer = follow_target(noisy(first_order(square(18.0), rise_s, 0.2), 8.0, seed), square(18.0), RATE_HZ)
        assert answer.rise_s is not None
        held["rise"].append(answer.rise_s.holds(np.log(9.0) * rise_s))
        tracked = noisy(0.9 * (sine(0.5, 12.0) - 400.0) + 410.0, 10.0, seed)
        held["gain"].append(answer_to_sine(tracked, sine(0.5, 12.0), RATE_HZ, 0.5).gain.holds(0.9))
        held["bias"].append(
            follow_target(noisy(sine(0.5, 12.0) + 10.0, 10.0, seed), sine(0.5, 12.0), RATE_HZ).bias_n.holds(10.0)
        )
    shares = {name: float(np.mean(all_held)) for name, all_held in held.items()}
    # 100 trials: one SE is 3 points.
    assert all(0.83 <= share <= 0.99 for share in shares.values()), shares


def test_alignment_of_a_planted_sway():
    t = np.arange(0.0, 20.0, 1.0 / RATE_HZ)
    angle = np.where(t < 10.0, 0.0, 6.0) + 12.0
    found = stays_aligned(angle, RATE_HZ, 5.0)
    assert found.inside.value == pytest.approx(0.5, abs=1e-3) and found.inside.low < 0.5 < found.inside.high
    assert found.rms_deg.value == pytest.approx(6.0 / np.sqrt(2.0), rel=1e-3)
    assert stays_aligned(angle, RATE_HZ, 7.0).inside.value == 1.0
    with pytest.raises(BadInput, match="band"):
        stays_aligned(angle, RATE_HZ, 0.0)


@pytest.mark.parametrize(
    ("force", "target", "rate_hz", "kind", "word"),
    [
        (sine(), sine()[:-5], 1000.0, BadInput, "one clock"),
        (sine(), np.full(30_000, 400.0), 1000.0, NotResolvable, "does not change"),
        (sine(), sine(), 0.0, BadInput, "rate"),
        (sine(), sine(), 30.0, BadInput, "time a step"),
        (np.zeros((30_000, 2)), sine(), 1000.0, BadInput, "one column"),
        (sine()[:500], sine()[:500], 1000.0, NotResolvable, "too short"),
        (np.where(np.arange(30_000) == 3, np.nan, sine()), sine(), 1000.0, NotResolvable, "missing"),
    ],
)
def test_refusals(force: FloatArray, target: FloatArray, rate_hz: float, kind: type[Exception], word: str):
    with pytest.raises(kind, match=word):
        follow_target(force, target, rate_hz)


def test_too_few_periods_are_refused():
    with pytest.raises(NotResolvable, match="two periods"):
        answer_to_sine(sine(0.5, 3.0), sine(0.5, 3.0), RATE_HZ, 0.5)
    with pytest.raises(BadInput, match="cannot be told"):
        answer_to_sine(sine(), sine(), RATE_HZ, 600.0)
