"""Rate of force development: closed forms, the onset's error, and what is refused."""

import time
from dataclasses import replace

import numpy as np
import pytest

from legato.errors import BadInput, NotResolvable
from legato.estimate import Estimate
from legato.forces.rfd import WINDOWS_S, best_tries, force_onset, force_rise, rate_of_force_development
from legato.recording import FloatArray

RATE_HZ = 1000.0


def ramp(t: FloatArray, rise_s: float) -> FloatArray:
    return np.clip(t / rise_s, 0.0, 1.0)


def raised_cosine(t: FloatArray, rise_s: float) -> FloatArray:
    return 0.5 * (1.0 - np.cos(np.pi * np.clip(t / rise_s, 0.0, 1.0)))


def least_jerk(t: FloatArray, rise_s: float) -> FloatArray:
    u = np.clip(t / rise_s, 0.0, 1.0)
    return 10.0 * u**3 - 15.0 * u**4 + 6.0 * u**5


def exponential(t: FloatArray, rise_s: float) -> FloatArray:
    return 1.0 - np.exp(-2.5 * np.clip(t, 0.0, None) / rise_s)


SHAPES = {"ramp": ramp, "raised cosine": raised_cosine, "least jerk": least_jerk, "exponential": exponential}


def pull(
    shape: str = "ramp",
    *,
    rate_hz: float = RATE_HZ,
    onset_s: float = 1.0,
    rise_s: float = 0.25,
    rise_n: float = 1500.0,
    noise_n: float = 2.0,
    seed: int = 0,
) -> FloatArray:
    t = np.arange(0.0, 3.0, 1.0 / rate_hz)
    noise = np.random.default_rng(seed).normal(0.0, noise_n, t.size)
    return 700.0 + rise_n * SHAPES[shape](t - onset_s, rise_s) + noise


def truth(shape: str, start_s: float, end_s: float, rise_s: float = 0.25, rise_n: float = 1500.0) -> float:
    ends = SHAPES[shape](np.array([start_s, end_s]), rise_s) * rise_n
    return float(ends[1] - ends[0]) / (end_s - start_s)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("rate_hz", [1000.0, 1926.0, 2000.0])
def test_windows_after_a_known_onset_are_exact(shape: str, rate_hz: float):
    force = pull(shape, rate_hz=rate_hz, noise_n=0.0, onset_s=1.003)
    rates = rate_of_force_development(force, rate_hz, Estimate(1.003, 1.003, 1.003, unit="s"))
    for rate, window in zip(rates, WINDOWS_S, strict=True):
        # Linear interpolation between samples is all that separates the two.
        assert rate.value == pytest.approx(truth(shape, *window), rel=2e-3)


@pytest.mark.parametrize("shape", ["ramp", "exponential"])
def test_windows_after_a_found_onset_are_within_one_percent(shape: str):
    rise = force_rise(pull(shape, noise_n=0.3), RATE_HZ)
    assert [(w.start_s, w.end_s) for w in rise.windows] == list(WINDOWS_S)
    for w in rise.windows:
        assert w.rate_n_s.value == pytest.approx(truth(shape, w.start_s, w.end_s), rel=0.01)
        assert w.rate_n_s.unit == "N/s" and w.impulse_n_s.unit == "N·s"


@pytest.mark.parametrize("shape", SHAPES)
def test_a_curve_without_noise_is_read_too(shape: str):
    rise = force_rise(pull(shape, noise_n=0.0), RATE_HZ)
    window = rise.window(0.0, 0.2)
    # A gentle start stays below the least height that is called a start for up to 7 ms.
    assert window is not None and window.rate_n_s.value == pytest.approx(truth(shape, 0.0, 0.2), rel=0.05)
    assert any("no noise" in r for r in rise.reasons)


def test_a_sigmoids_gentle_start_lies_in_the_interval():
    rise = force_rise(pull("raised cosine", noise_n=1.0), RATE_HZ)
    assert rise.onset_s.holds(1.0)
    for w in rise.windows:
        assert w.rate_n_s.holds(truth("raised cosine", w.start_s, w.end_s))


def test_impulse_and_forces_of_a_ramp_are_its_closed_form():
    rise = force_rise(pull(noise_n=0.1), RATE_HZ)
    slope = 1500.0 / 0.25
    for w in rise.windows:
        expected = 0.5 * slope * (w.end_s**2 - w.start_s**2)
        # An onset 0.3 ms early adds twice that share of the window to its impulse.
        assert w.impulse_n_s.value == pytest.approx(expected, rel=0.6e-3 / w.end_s + 0.001)
    for after, force in rise.forces_n:
        assert force.value == pytest.approx(slope * after, rel=0.01)
    assert rise.peak_rate_n_s.value == pytest.approx(slope, rel=0.01)
    assert rise.peak_force_n.value == pytest.approx(1500.0, abs=2.0)
    assert rise.baseline_n.value == pytest.approx(700.0, abs=0.05)


def test_shift_and_scale_of_the_force_carry_over():
    force = pull("raised cosine", noise_n=2.0)
    plain, moved = force_rise(force, RATE_HZ), force_rise(2.0 * force - 500.0, RATE_HZ)
    assert moved.onset_s.value == pytest.approx(plain.onset_s.value, abs=1e-9)
    for a, b in zip(plain.windows, moved.windows, strict=True):
        assert b.rate_n_s.value == pytest.approx(2.0 * a.rate_n_s.value, rel=1e-9)


def test_whole_numbers_are_accepted():
    rise = force_rise(np.round(pull()).astype(np.int32), RATE_HZ)
    assert rise.onset_s.value == pytest.approx(1.0, abs=2e-3)


def pretension(force: FloatArray) -> FloatArray:
    return force + 20.0 * np.clip((np.arange(force.size) / RATE_HZ - 0.7) / 0.3, 0.0, 1.0)


def countermovement(force: FloatArray) -> FloatArray:
    t = np.arange(force.size) / RATE_HZ
    return force - 60.0 * np.exp(-0.5 * ((t - 0.93) / 0.03) ** 2)


def low_passed(force: FloatArray) -> FloatArray:
    from scipy.signal import butter, filtfilt

    return filtfilt(*butter(4, 60.0, fs=RATE_HZ), force)


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (pretension, "pretension"),
        (countermovement, "countermovement"),
        (low_passed, "filtered"),
        (lambda f: np.minimum(f, 1800.0), "limit"),
        (lambda f: np.where(np.arange(f.size) == 900, np.nan, f), "missing"),
        (lambda f: f[:400], "too short"),
        (lambda f: f[950:], "baseline"),
        (lambda f: f[:800], "rise|stands out"),
    ],
)
@pytest.mark.parametrize("seed", range(5))
def test_what_cannot_be_answered_is_refused(spoil, word: str, seed: int):
    with pytest.raises(NotResolvable, match=word):
        force_rise(spoil(pull(seed=seed)), RATE_HZ)


def test_a_filter_of_150_hz_is_accepted():
    from scipy.signal import butter, filtfilt

    refused = 0
    for seed in range(20):
        force = filtfilt(*butter(4, 150.0, fs=RATE_HZ), pull(seed=seed))
        try:
            force_rise(force, RATE_HZ)
        except NotResolvable:
            refused += 1
    assert refused <= 2


def test_clean_tries_are_hardly_ever_refused():
    refused = 0
    for seed in range(60):
        try:
            force_rise(pull(list(SHAPES)[seed % 4], seed=seed, noise_n=1.0 + seed % 9), RATE_HZ)
        except NotResolvable:
            refused += 1
    assert refused <= 3


@pytest.mark.parametrize(
    ("force", "rate_hz"), [(np.zeros((900, 2)), 1000.0), (np.zeros(0), 1000.0), (np.zeros(900), 0.0)]
)
def test_bad_input_is_told(force: FloatArray, rate_hz: float):
    with pytest.raises(BadInput):
        force_onset(force, rate_hz)


def test_a_slow_rate_is_refused():
    with pytest.raises(NotResolvable, match="1000"):
        force_onset(pull(rate_hz=500.0), 500.0)


def test_a_window_past_the_end_is_told():
    force = pull()[:1120]
    rise = force_rise(force, RATE_HZ)
    assert rise.window(0.0, 0.2) is None and rise.window(0.0, 0.1) is not None
    assert any("200 ms" in r for r in rise.reasons)
    with pytest.raises(NotResolvable, match="200 ms"):
        rate_of_force_development(force, RATE_HZ, Estimate(1.0, 1.0, 1.0, unit="s"))


def test_noise_does_not_lift_the_steepest_rate_and_the_highest_force():
    errors: list[tuple[float, float]] = []
    held: list[tuple[bool, bool]] = []
    for seed in range(60):
        shape, noise_n = ("raised cosine", "least jerk", "ramp")[seed % 3], 3.0 + seed % 8
        rise = force_rise(pull(shape, noise_n=noise_n, seed=900 + seed), RATE_HZ)
        lags = SHAPES[shape](np.arange(-0.02, 0.3, 1e-4), 0.25) * 1500.0
        steepest = float((lags[200:] - lags[:-200]).max()) / 0.02
        scatter = noise_n * float(np.sqrt(2.0)) / 0.02
        rate, force = rise.peak_rate_n_s, rise.peak_force_n
        errors.append(((rate.value - steepest) / scatter, (force.value - 1500.0) / noise_n))
        held.append((rate.holds(steepest), force.holds(1500.0)))
    # In SD of the noise; before it was taken off, 2.3 and 3.5.
    assert np.all(np.abs(np.mean(errors, axis=0)) < 0.45), np.mean(errors, axis=0)
    # 60 pulls: one SE is 4 points.
    assert np.all(np.mean(held, axis=0) >= 0.8), np.mean(held, axis=0)


def test_the_best_three_of_five_tries_are_averaged():
    heights = [1000.0, 1500.0, 1200.0, 1400.0, 1100.0]
    tries = [force_rise(pull(rise_n=h, seed=k, noise_n=0.5), RATE_HZ) for k, h in enumerate(heights)]
    best = best_tries(tries)
    assert best.kept == (1, 2, 3) and best.n_tries == 5
    assert best.peak_force_n.value == pytest.approx(np.mean([1500.0, 1200.0, 1400.0]), abs=3.0)
    first = next(w for w in best.windows if (w.start_s, w.end_s) == (0.0, 0.1))
    assert first.rate_n_s.value == pytest.approx(np.mean([1500.0, 1200.0, 1400.0]) / 0.25, rel=0.02)
    with pytest.raises(NotResolvable, match="5 are needed"):
        best_tries(tries[:4])


@pytest.mark.parametrize("n_tries", [5, 10])
@pytest.mark.parametrize("together", [0.0, 0.7, 1.0])
def test_the_interval_of_the_best_three_holds_what_the_best_three_of_a_session_are(n_tries: int, together: float):
    like = force_rise(pull(), RATE_HZ)
    rng = np.random.default_rng(3)
    forces, rates = [], []
    for _ in range(400):
        z, other = rng.normal(size=(2, n_tries))
        mixed = together * z + np.sqrt(1.0 - together**2) * other
        tries = [
            replace(
                like,
                peak_force_n=Estimate.symmetric(2000.0 + 100.0 * a, 1.0, "N"),
                peak_rate_n_s=Estimate.symmetric(9000.0 + 900.0 * b, 1.0, "N/s"),
            )
            for a, b in zip(z, mixed, strict=True)
        ]
        best = best_tries(tries)
        forces.append(best.peak_force_n)
        rates.append(best.peak_rate_n_s)
    for told in (forces, rates):
        expected = float(np.mean([e.value for e in told]))
        # 400 sessions: one SE is 1.5 points. The scatter of the chosen three alone held it in 80 to 84 %.
        assert 0.87 <= np.mean([e.holds(expected) for e in told]) <= 0.99


def test_a_try_takes_under_thirty_milliseconds():
    t = np.arange(0.0, 30.0, 1.0 / RATE_HZ)
    force = 700.0 + 1500.0 * ramp(t - 25.0, 0.25) + np.random.default_rng(0).normal(0.0, 2.0, t.size)
    force_rise(force, RATE_HZ)
    began = time.process_time()
    for _ in range(5):
        force_rise(force, RATE_HZ)
    # 5 to 8 ms where it was measured; the rest is for slower machines.
    assert (time.process_time() - began) / 5 < 0.03


@pytest.mark.slow
@pytest.mark.parametrize("rate_hz", [1000.0, 1926.0])
def test_intervals_of_onset_and_rates_cover(rate_hz: float):
    held: list[bool] = []
    in_window: dict[tuple[float, float], list[bool]] = {w: [] for w in WINDOWS_S}
    lost = 0
    for seed in range(400):
        draw = np.random.default_rng(500 + seed)
        shape = list(SHAPES)[seed % 4]
        rise_s, rise_n = draw.uniform(0.1, 0.4), draw.uniform(600.0, 2500.0)
        onset = 1.0 + draw.uniform(0.0, 0.01)
        force = pull(
            shape, rate_hz=rate_hz, onset_s=onset, rise_s=rise_s, rise_n=rise_n, noise_n=draw.uniform(1, 10), seed=seed
        )
        try:
            rise = force_rise(force, rate_hz)
        except NotResolvable:
            lost += 1
            continue
        held.append(rise.onset_s.holds(onset))
        for w in rise.windows:
            key = (w.start_s, w.end_s)
            in_window[key].append(w.rate_n_s.holds(truth(shape, *key, rise_s=rise_s, rise_n=rise_n)))
    shares = {w: float(np.mean(all_held)) for w, all_held in in_window.items()}
    # 400 tries of four shapes: one SE is 1.5 points; three of them are allowed above 95 %.
    assert lost <= 12
    assert 0.85 <= np.mean(held) <= 0.995, np.mean(held)
    assert all(0.85 <= share <= 0.995 for share in shares.values()), shares
