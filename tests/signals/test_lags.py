import numpy as np
import pytest

from legato.errors import NotResolvable
from legato.signals.lags import cross_correlation_lag


def movement(rng: np.random.Generator, band_hz: float, tones: int = 40):
    f = rng.uniform(0.2, band_hz, tones)
    a, p = rng.normal(size=tones) / (1.0 + f), rng.uniform(0.0, 2.0 * np.pi, tones)
    return lambda t: (a[:, None] * np.sin(2.0 * np.pi * f[:, None] * t + p[:, None])).sum(0)


def test_the_sign_says_which_is_later():
    rng = np.random.default_rng(0)
    signal = movement(rng, 4.0)
    t = np.arange(1000) / 100.0
    lag = cross_correlation_lag(signal(t), signal(t - 0.2), 100.0)
    assert lag.lag_s == pytest.approx(0.2, abs=0.001)
    assert cross_correlation_lag(signal(t - 0.2), signal(t), 100.0).lag_s == pytest.approx(-0.2, abs=0.001)


def test_noise_free_lags_are_told_to_a_hundredth_of_a_sample():
    rng = np.random.default_rng(1)
    t = np.arange(1000) / 100.0
    for _ in range(20):
        signal, true = movement(rng, 4.0), rng.uniform(-1.0, 1.0)
        lag = cross_correlation_lag(signal(t), signal(t - true), 100.0, 3.0)
        assert abs(lag.lag_s - true) < 1e-4


@pytest.mark.parametrize(
    ("rate_hz", "noise", "coloured"), [(100.0, 0.05, False), (100.0, 0.3, False), (60.0, 0.2, True), (200.0, 0.3, True)]
)
def test_ninety_percent_intervals_hold_the_truth_that_often(rate_hz, noise, coloured):
    rng = np.random.default_rng(2)
    t = np.arange(int(8.0 * rate_hz)) / rate_hz
    kernel = np.exp(-np.arange(int(0.1 * rate_hz)) / (0.02 * rate_hz)) if coloured else np.ones(1)
    kernel /= np.sqrt((kernel**2).sum())
    held, trials = 0, 0
    for _ in range(120):
        signal, true = movement(rng, 4.0), rng.uniform(-0.5, 0.5)
        x, y = signal(t), signal(t - true)
        error = noise * x.std() * np.stack([np.convolve(rng.normal(size=t.size), kernel, "same") for _ in range(2)])
        try:
            lag = cross_correlation_lag(x + error[0], y + error[1], rate_hz, 2.0)
        except NotResolvable:
            continue
        trials += 1
        held += abs(lag.lag_s - true) <= 1.645 * lag.sd_s
    assert trials >= 100
    # Two standard errors of 90 % at 100 to 120 trials are 5.5 to 6 %, and 5 % are allowed for the method.
    assert 0.79 <= held / trials <= 0.99


def test_gaps_and_different_lengths():
    rng = np.random.default_rng(3)
    signal = movement(rng, 4.0)
    first, second = signal(np.arange(1000) / 100.0), signal(np.arange(200, 700) / 100.0)
    first[300:340] = np.nan
    second[50:55] = np.nan
    assert cross_correlation_lag(first, second, 100.0).lag_s == pytest.approx(-2.0, abs=0.002)


def test_several_channels_help_each_other():
    rng = np.random.default_rng(4)
    signals = [movement(rng, 4.0) for _ in range(3)]
    t = np.arange(800) / 100.0
    x = np.column_stack([s(t) for s in signals])
    y = np.column_stack([3.0 * s(t - 0.33) + 5.0 for s in signals])
    noise = 0.3 * x.std(0)
    lag = cross_correlation_lag(x + noise * rng.normal(size=x.shape), y + 3 * noise * rng.normal(size=y.shape), 100.0)
    assert abs(lag.lag_s - 0.33) < 4 * lag.sd_s
    assert lag.sd_s < 0.002


def test_a_periodic_movement_does_not_tell_the_lag():
    t = np.arange(2000) / 100.0
    rng = np.random.default_rng(5)
    wave = np.sin(2 * np.pi * t)
    with pytest.raises(NotResolvable, match="fit about equally"):
        cross_correlation_lag(wave + 0.1 * rng.normal(size=t.size), wave[:1200] + 0.1 * rng.normal(size=1200), 100.0)


def test_unrelated_signals_and_too_few_samples_are_refused():
    rng = np.random.default_rng(6)
    with pytest.raises(NotResolvable, match="do not show the same"):
        cross_correlation_lag(rng.normal(size=2000), rng.normal(size=2000), 100.0)
    with pytest.raises(NotResolvable, match="too few"):
        cross_correlation_lag(rng.normal(size=10), rng.normal(size=10), 100.0)
