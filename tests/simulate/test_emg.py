"""Simulated EMG against closed forms: envelopes and their instants, rms, spectra, motor units, nuisances."""

from collections.abc import Callable

import numpy as np
import pytest

from legato.recording import FloatArray
from legato.simulate.emg import PassBand, Resonances, Spectrum, TwoCorners, coloured_noise, gaussian_emg, noise_floor
from legato.simulate.emg_envelopes import Bell, Edges, Hill, Shape, Surge, envelope, hill_about
from legato.simulate.emg_nuisances import (
    Loss,
    beats_of,
    clipped,
    dead_channel,
    lost_spans,
    with_crosstalk,
    with_drift,
    with_heart,
    with_hum,
    with_impacts,
    without_spans,
)
from legato.simulate.emg_units import PoolSettings, discharges, draw_pool, unit_emg

SHAPES: tuple[Shape, ...] = (
    Hill(0.3, 0.002, 0.3, 0.03),
    Hill(0.3, 0.08, 0.2, 0.15, 0.4, "cosine"),
    Hill(0.3, 0.1, 0.0, 0.25, 2.0, "cosine"),
    Bell(0.8, 0.06, 0.12, 0.5),
    Surge(0.3, 2.0, 0.05),
)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda s: type(s).__name__)
def test_the_instants_of_a_shape_are_those_of_its_curve(shape: Shape) -> None:
    times = np.arange(0.0, 3.0, 1e-5)
    power = shape.amplitude(times) ** 2
    # The sum on a 10 µs grid is good to its step; so are the first and last sample that are not at rest.
    assert shape.centre_s == pytest.approx(float(np.sum(times * power) / np.sum(power)), abs=1e-5)
    if np.isfinite(shape.peak_s):
        assert shape.peak_s == pytest.approx(times[np.argmax(power)], abs=2e-5)
    moving = np.flatnonzero(power > 1e-18 * power.max())
    if np.isfinite(shape.onset_s):
        assert shape.onset_s == pytest.approx(times[moving[0]], abs=5e-5)
    if np.isfinite(shape.offset_s):
        assert shape.offset_s == pytest.approx(times[moving[-1]], abs=5e-5)


def test_a_plateau_has_no_peak_and_a_gaussian_no_onset() -> None:
    assert np.isnan(Hill(0.0, 0.1, 0.1, 0.1).peak_s)
    assert np.isnan(Bell(1.0, 0.1, 0.1).onset_s)
    assert np.isnan(Bell(1.0, 0.1, 0.1).offset_s)


@pytest.mark.parametrize("edges", ["straight", "cosine"])
def test_a_hill_can_be_put_about_its_centre(edges: Edges) -> None:
    assert hill_about(1.234, 0.07, 0.22, hold_s=0.05, edges=edges).centre_s == pytest.approx(1.234, abs=1e-12)


def test_bursts_and_floor_add_in_power() -> None:
    times = np.linspace(0.0, 2.0, 4001)
    bursts = (Bell(0.8, 0.1, 0.1, 3.0), Bell(1.0, 0.1, 0.1, 2.0))
    both = envelope(times, bursts, floor=0.5)
    assert both**2 == pytest.approx(sum(b.amplitude(times) ** 2 for b in bursts) + 0.25)
    assert envelope(times, (), floor=0.5) == pytest.approx(0.5)


@pytest.mark.parametrize("spectrum", [TwoCorners(), TwoCorners(30.0, 200.0), Resonances(), PassBand()])
@pytest.mark.parametrize("rate", [1000.0, 1926.0, 2148.0])
def test_noise_has_the_power_and_the_median_frequency_of_its_spectrum(spectrum: Spectrum, rate: float) -> None:
    x = coloured_noise(int(120 * rate) + 1, rate, spectrum, np.random.default_rng(1))
    assert np.std(x) == pytest.approx(1.0, rel=0.02)  # 120 s of 100 Hz bandwidth and more: SD of the rms under 0.5 %
    pitch = np.linspace(0.0, rate / 2, x.size // 2 + 1)
    found = _median(pitch, np.abs(np.fft.rfft(x)) ** 2)
    fine = np.linspace(0.0, rate / 2, 20001)
    assert found == pytest.approx(_median(fine, spectrum.power(fine, rate)), rel=0.03)


def _median(pitch: FloatArray, power: FloatArray) -> float:
    total = np.cumsum(power)
    return float(np.interp(0.5 * total[-1], total, pitch))


def test_resonances_are_those_of_the_recursion_that_they_name() -> None:
    from scipy.signal import freqz

    pitch = np.linspace(5.0, 900.0, 200)
    model = Resonances(((80.0, 60.0), (200.0, 150.0)))
    answer = freqz([1.0, -1.0], model.coefficients(1926.0), worN=pitch, fs=1926.0)[1]
    assert model.power(pitch, 1926.0) == pytest.approx(np.abs(answer) ** 2, rel=1e-9)


@pytest.mark.parametrize("kind", ["gaussian", "units"])
@pytest.mark.parametrize("rate", [1000.0, 2148.0])
def test_over_500_realisations_the_rms_is_the_envelope_and_the_onset_shows(kind: str, rate: float) -> None:
    """A quick rise at 0.1 s: mean square before it only within the width of an action potential, full soon after."""
    times = np.arange(int(0.42 * rate)) / rate
    amplitude = envelope(times, (Hill(0.1, 0.02, 0.15, 0.02, 2e-4),))
    rng = np.random.default_rng(5)
    power = np.zeros(times.size)
    for _ in range(10):
        fifty = np.tile(amplitude, 50)
        x = gaussian_emg(fifty, rate, rng) if kind == "gaussian" else unit_emg(fifty, rate, rng)
        power += np.mean(x.reshape(50, -1) ** 2, axis=0) / 10
    before, inside, after = (power[(times > a) & (times < b)] for a, b in ((0.0, 0.088), (0.13, 0.24), (0.31, 0.42)))
    # 500 realisations of about 20 independent values each, units with heavier tails: 3 SD of the mean are 7 %.
    assert np.mean(inside) == pytest.approx(4e-8, rel=0.07)
    assert np.mean(before) < 2e-4 * 4e-8
    assert np.mean(after) < 2e-4 * 4e-8
    half = times[np.flatnonzero(power > 2e-8)[0]]
    # Half of the power of a straight 20 ms rise is reached at 0.1 + 0.02 / √2; the rest is scatter.
    assert half == pytest.approx(0.1141, abs=0.006)


def test_the_smallest_units_come_first_and_all_fire_at_full_drive() -> None:
    pool = draw_pool(np.random.default_rng(2))
    assert (np.diff(pool.threshold) > 0.0).all()
    assert (np.diff(pool.size) > 0.0).all()
    assert pool.threshold[-1] / pool.threshold[0] == pytest.approx(30.0, rel=0.03)  # the first of 120 is one step up
    assert pool.size[-1] / pool.size[0] == pytest.approx(50.0, rel=0.04)
    ramp = np.linspace(0.0, 1.0, 20000)
    fired = discharges(pool, ramp, 2000.0, np.random.default_rng(3))
    first = np.array([f[0] for f in fired])
    # A unit's clock is anywhere when its drive comes, so its first discharge lies within one interval (125 ms).
    late = first - pool.threshold * 10.0
    assert (late > -0.002).all()
    assert late.max() < 0.17  # 1.3 intervals of 125 ms, at a variation of 20 %
    rates = pool.rates(np.ones(1))[:, 0]
    assert rates[0] == pytest.approx(35.0, abs=0.1)
    assert rates[-1] == pytest.approx(25.0, abs=0.1)


def test_units_fire_at_their_rate_with_the_planted_scatter() -> None:
    pool = draw_pool(np.random.default_rng(4), PoolSettings(interval_cv=0.15))
    fired = discharges(pool, np.full(200_000, 0.5), 2000.0, np.random.default_rng(5))
    active = pool.threshold <= 0.5
    wanted = pool.rates(np.full(1, 0.5))[:, 0]
    assert [f.size > 0 for f in fired] == active.tolist()
    for unit in np.flatnonzero(active):
        gaps = np.diff(fired[unit])
        assert 1.0 / gaps.mean() == pytest.approx(wanted[unit], rel=0.03)  # 100 s, 800 intervals: 3 SD of 0.5 %
        assert gaps.std() / gaps.mean() == pytest.approx(0.15, abs=0.02)


def test_at_low_effort_the_signal_is_not_gaussian() -> None:
    def kurtosis(maximum: float) -> float:
        found = []
        for seed in range(3):
            x = unit_emg(np.ones(20_000), 1000.0, np.random.default_rng(seed), maximum=maximum)
            found.append(float(np.mean(x**4) / np.mean(x**2) ** 2))
        return float(np.mean(found))

    # Gaussian: 3. A sum of many rare pulses has 3 plus something that falls with their number.
    assert kurtosis(1.0) < 3.25
    assert kurtosis(20.0) > 3.4


def test_the_drive_for_an_rms_gives_that_rms() -> None:
    pool = draw_pool(np.random.default_rng(6))
    wanted = np.array([0.0, 0.01, 0.1, 0.5, 1.0])
    # Units come one by one: at 1 % of the largest effort the next one adds up to a tenth of the rms.
    assert pool.rms(pool.drive_for(wanted)) == pytest.approx(wanted, rel=0.1)
    assert pool.rms(pool.drive_for(wanted[2:])) == pytest.approx(wanted[2:], rel=0.02)


@pytest.mark.parametrize("make", [gaussian_emg, unit_emg])
def test_the_same_generator_gives_the_same_signal(
    make: Callable[[FloatArray, float, np.random.Generator], FloatArray],
) -> None:
    amplitude = envelope(np.arange(2000) / 1000.0, (Bell(1.0, 0.1, 0.2),))
    one, two, other = (make(amplitude, 1000.0, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_a_muscle_at_rest_is_silent() -> None:
    assert not unit_emg(np.zeros(500), 1000.0, np.random.default_rng(0)).any()


def test_hum_has_its_lines_and_none_above_half_the_rate() -> None:
    rate, count = 1000.0, 10_000
    x = with_hum(np.zeros(count), rate, 2.0, np.random.default_rng(0), harmonics=((3, 0.5), (11, 1.0)))
    lines = np.abs(np.fft.rfft(x)) * np.sqrt(2.0) / count
    assert lines[[500, 1500]] == pytest.approx([2.0, 1.0], rel=1e-9)
    lines[[500, 1500]] = 0.0
    assert lines.max() < 1e-9


def test_a_heart_beats_at_its_rate_with_r_waves_of_its_height() -> None:
    beats = beats_of(60.0, np.random.default_rng(0), per_minute=75.0)
    assert np.diff(beats).mean() == pytest.approx(0.8, abs=0.02)  # 75 beats at 4 %: SD of the mean 4 ms
    x = with_heart(np.zeros(60_000), 1000.0, 3.0, beats)
    inside = beats[(beats > 1.0) & (beats < 59.0)]
    tops = np.array([x[round((b - 0.02) * 1000) : round((b + 0.02) * 1000)].max() for b in inside])
    assert tops == pytest.approx(3.0, rel=0.06)  # half a sample beside the top, and the feet of Q and S


def test_drift_is_slow_and_impacts_ring_only_after_they_came() -> None:
    rng = np.random.default_rng(0)
    drift = with_drift(np.zeros(20_000), 1000.0, 5.0, rng)
    power = np.abs(np.fft.rfft(drift * np.hanning(20_000))) ** 2
    assert power[60:].sum() < 1e-4 * power.sum()  # above 3 Hz
    jolt = with_impacts(np.zeros(3000), 1000.0, 2.0, (1.0,), rng)
    assert not jolt[:1001].any()
    assert 1.0 < np.abs(jolt).max() <= 2.0
    assert np.abs(jolt[2200:]).max() < 1e-3


@pytest.mark.parametrize("loss", ["nan", "zero", "hold"])
def test_lost_packets_are_lost_and_nothing_else_is(loss: Loss) -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal(10_000)
    spans = lost_spans(10.0, 2.0, (0.01, 0.03), rng)
    assert len(spans) == 4
    y = without_spans(x, 1000.0, spans, loss)
    times = np.arange(x.size) / 1000.0
    gone = np.any([(times >= a) & (times < b) for a, b in spans], axis=0)
    assert np.array_equal(y[~gone], x[~gone])
    first = int(np.flatnonzero(gone)[0])
    expected = {"nan": np.nan, "zero": 0.0, "hold": x[first - 1]}[loss]
    assert np.array_equal(y[first : first + 5], np.full(5, expected), equal_nan=True)


def test_crosstalk_is_later_by_its_delay_between_samples_too() -> None:
    rate, pitch = 1000.0, 50.0
    times = np.arange(2000) / rate
    other = np.sin(2 * np.pi * pitch * times)
    x = with_crosstalk(np.zeros(2000), other, rate, 0.2, delay_s=0.00325, corner_hz=None)
    assert x == pytest.approx(0.2 * np.sin(2 * np.pi * pitch * (times - 0.00325)), abs=1e-9)
    dulled = with_crosstalk(np.zeros(2000), other, rate, 0.2, corner_hz=pitch)
    assert np.std(dulled) == pytest.approx(0.2 * np.std(other) / np.sqrt(2.0), rel=1e-6)


def test_dead_channels_and_clipping_are_what_they_say() -> None:
    rng = np.random.default_rng(0)
    assert not dead_channel(100, "zero", 1e-6, rng).any()
    assert np.ptp(dead_channel(100, "flat", 1e-6, rng)) == 0.0
    dither = dead_channel(1000, "dither", 1e-6, rng)
    assert np.unique(np.round((dither - dither.min()) / 1e-6)).tolist() == [0.0, 1.0]
    assert clipped(np.array([-3.0, 0.5, 2.0]), 1.0).tolist() == [-1.0, 0.5, 1.0]


def test_an_amplifier_adds_noise_of_the_rms_asked_for() -> None:
    assert np.std(noise_floor(100_000, 2000.0, 5e-6, np.random.default_rng(0))) == pytest.approx(5e-6, rel=0.01)
