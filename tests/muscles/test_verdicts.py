"""Every nuisance planted in one channel is refused or named, sound ones pass, and neither unit nor sign matters."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.muscles.quality import examine_channels, examine_spans
from legato.recording import FloatArray, Span

from .judged_emg import MICROVOLTS, RATE, emg, examine, heart, jolts, low_passed, says, seconds_of
from .plain_emg import burst_envelope, coloured, floor_noise, recording


@pytest.mark.parametrize("rate", [1000.0, 1926.0, 2148.0, 4000.0])
@pytest.mark.parametrize("snr_db", [3.0, 10.0, 25.0])
def test_bursts_pass_at_any_rate_without_a_word(rate: float, snr_db: float) -> None:
    found = examine(emg(3, rate=rate, snr_db=snr_db), rate)
    assert found.usable
    assert found.amplitude_usable
    assert found.reasons == ()
    assert found.warnings == ()


def test_the_snr_and_the_median_frequency_are_those_that_were_planted() -> None:
    rng = np.random.default_rng(0)
    n = int(30 * RATE)
    envelope = (np.arange(n) // int(RATE)) % 2.0
    found = examine(MICROVOLTS * (envelope * coloured(n, RATE, rng, 85.0) + 0.1 * floor_noise(n, RATE, rng)))
    # A density that is log-normal in shape around 85 Hz has its median at 85·exp(0.55²) = 115 Hz. Blocks at the edges
    # of a burst are half as loud.
    assert found.measured.snr_db == pytest.approx(20.0, abs=1.5)
    assert found.measured.median_frequency_hz == pytest.approx(115.0, abs=6.0)


def test_one_short_burst_in_a_long_quiet_record_is_activity() -> None:
    rng = np.random.default_rng(5)
    envelope = np.zeros(int(60 * RATE))
    envelope[int(31 * RATE) : int(31.3 * RATE)] = 1.0
    assert examine(MICROVOLTS * recording(envelope, RATE, rng, 10.0)).usable


@pytest.mark.parametrize("seed", range(4))
def test_a_steady_hold_is_no_noise(seed: int) -> None:
    found = examine(MICROVOLTS * recording(np.ones(int(8 * RATE)), RATE, np.random.default_rng(seed), 3.0))
    assert found.usable
    assert says(found.warnings, "steady")
    assert found.measured.snr_db is None


def dither(n: int, rng: np.random.Generator) -> FloatArray:
    return np.where(rng.random(n) < 0.2, 1e-6, 0.0)


def pink(n: int, rng: np.random.Generator) -> FloatArray:
    return 1e-4 * np.fft.irfft(np.fft.rfft(rng.standard_normal(n)) / np.sqrt(1.0 + np.arange(n // 2 + 1)), n)


@pytest.mark.parametrize(
    "noise",
    [
        lambda n, rng: 3e-6 * rng.standard_normal(n),
        lambda n, rng: 3e-6 * floor_noise(n, RATE, rng),
        lambda n, rng: 1e-6 * np.round(2.0 * rng.standard_normal(n)),
        lambda n, rng: 1e-6 * np.round(0.5 * rng.standard_normal(n)),
        dither,
        pink,
    ],
    ids=["white", "band", "coarse", "below a step", "one bit", "1/f"],
)
@pytest.mark.parametrize("seed", range(3))
def test_noise_alone_is_refused(noise: Callable[[int, np.random.Generator], FloatArray], seed: int) -> None:
    found = examine(noise(int(10 * RATE), np.random.default_rng(seed)))
    assert not found.usable
    assert says(found.reasons, "noise only")


def test_dead_missing_and_stuck_channels_say_which() -> None:
    x = np.column_stack((emg(), np.zeros(24000), np.full(24000, np.nan), np.full(24000, 2.5e-3), np.full(24000, 7e-3)))
    x[5000:5300, 0] = 7e-3
    found = examine_channels(x, RATE, units=["V"] * 5)
    assert [one.usable for one in found] == [True, False, False, False, False]
    assert says(found[1].reasons, "dead")
    assert says(found[2].reasons, "never recorded")
    assert says(found[3].reasons, "flat: every sample is 0.0025 V;")
    assert says(found[4].reasons, "saturated: held at 0.007 V, the recorder's limit")
    assert says(examine_channels(x, RATE)[4].reasons, "held at 0.007, the recorder's limit")


@pytest.mark.parametrize(("at", "refused"), [(0.3, True), (0.5, True), (1.0, False), (1.2, False), (2.0, False)])
def test_clipped_tops_are_named_and_heavy_clipping_refused(at: float, refused: bool) -> None:
    rng = np.random.default_rng(2)
    envelope = ((np.arange(int(12 * RATE)) // 1500) % 2).astype(float)
    x = recording(envelope, RATE, rng, 20.0).clip(-at, at)
    found = examine(MICROVOLTS * x)
    assert found.usable is not refused
    assert says(found.reasons if refused else found.warnings, "clipped")
    # A Gaussian stays at or above its own rms times c for a share of erfc(c/√2); the recording has rms 1.005.
    from math import erfc, sqrt

    assert found.measured.clipped_share == pytest.approx(erfc(at / sqrt(2.0)), abs=0.06)


@pytest.mark.parametrize("strength", [3.0, 10.0, 30.0])
def test_heavy_clipping_in_one_stretch_of_several_refuses_that_stretch_alone(strength: float) -> None:
    x = emg(31, seconds=16.0)
    loud = x.copy()
    loud[: 4 * int(RATE)] *= strength
    loud = loud.clip(-1.2 * np.abs(x).max(), 1.2 * np.abs(x).max()) if strength > 3.0 else loud.clip(-5e-5, 5e-5)
    loud[4 * int(RATE) :] = x[4 * int(RATE) :].clip(loud.min(), loud.max()) * (1.0 if strength > 3.0 else 0.3)
    spans = [Span(4.0 * k, 4.0 * k + 4.0) for k in range(4)]
    (whole,), of_spans = examine_channels(loud[:, None], RATE), examine_spans(loud[:, None], RATE, spans)
    assert whole.usable and says(whole.warnings, "clipped")
    assert [row[0].usable for row in of_spans] == [False, True, True, True]
    assert says(of_spans[0][0].reasons, "clipped")


def test_one_sided_clipping_is_seen() -> None:
    assert says(examine(np.minimum(emg(), 1.0 * MICROVOLTS)).warnings, "clipped")


@pytest.mark.parametrize(("share", "refused"), [(0.03, False), (0.5, True)])
def test_a_blocked_amplifier_is_left_out_or_refused(share: float, refused: bool) -> None:
    x = emg()
    x[4000 : 4000 + int(share * len(x))] = 5e-3
    found = examine(x)
    assert found.usable is not refused
    assert says(found.reasons if refused else found.warnings, "limit")
    assert found.measured.blocked_share == pytest.approx(share, abs=0.001)


@pytest.mark.parametrize("how", ["zeros", "held", "NaN"])
@pytest.mark.parametrize(("share", "refused"), [(0.02, False), (0.4, True)])
def test_lost_packets_are_bridged_or_refused(how: str, share: float, refused: bool) -> None:
    x = emg()
    for start in range(200, len(x) - 1000, int(60 / share)):
        x[start : start + 60] = {"zeros": 0.0, "held": x[start], "NaN": np.nan}[how]
    found = examine(x)
    assert found.usable is not refused
    assert says(found.reasons if refused else found.warnings, "missing" if refused else "lost")
    assert found.measured.missing_share == pytest.approx(share, rel=0.1)


@pytest.mark.parametrize("mains_hz", [50.0, 59.95])
def test_mains_hum_is_measured_and_said_to_be_taken_out(mains_hz: float) -> None:
    x = emg()
    t = seconds_of(x)
    hum = 60e-6 * np.sin(2 * np.pi * mains_hz * t) + 20e-6 * np.sin(6 * np.pi * mains_hz * t + 1.0)
    found, without = examine(x + hum), examine(x)
    assert found.usable
    assert says(found.warnings, f"mains hum at {mains_hz:.0f}, {3 * mains_hz:.0f} Hz")
    expected = np.std(hum) / np.std(x)
    assert found.measured.hum_ratio == pytest.approx(expected, rel=0.2)
    # What is left of the channel is judged as if there had been none.
    assert found.measured.snr_db == pytest.approx(without.measured.snr_db, abs=1.5)


def test_hum_over_noise_is_no_muscle() -> None:
    rng = np.random.default_rng(6)
    x = 2e-6 * floor_noise(int(10 * RATE), RATE, rng)
    assert says(examine(x + 40e-6 * np.sin(2 * np.pi * 50.0 * seconds_of(x))).reasons, "noise only")


def test_heartbeats_are_said_to_be_taken_out_and_alone_are_no_muscle() -> None:
    rng = np.random.default_rng(7)
    x = emg(7, seconds=20.0)
    beats = 300e-6 * heart(len(x), rng)
    found = examine(x + beats)
    assert found.usable
    assert says(found.warnings, "heartbeats")
    assert found.measured.heart_share is not None
    assert 0.05 < found.measured.heart_share < 0.6
    rest = examine(3e-6 * floor_noise(len(x), RATE, rng) + beats)
    assert says(rest.reasons, "noise only")


def test_drift_and_offset_are_said_to_be_taken_out() -> None:
    x = emg()
    found = examine(x + 3e-3 * np.sin(2 * np.pi * 0.25 * seconds_of(x)) + 0.01)
    assert found.usable
    assert says(found.warnings, "drift")
    assert says(found.warnings, "offset")


def test_movement_below_the_band_is_said_to_be_taken_out() -> None:
    x = emg()
    swings = np.exp(-0.5 * (((seconds_of(x) % 1.5) - 0.7) / 0.1) ** 2)
    found = examine(x + 2e-3 * swings)
    assert found.usable
    assert says(found.warnings, "movement artefact below 20 Hz")


def test_an_input_that_only_swings_is_no_muscle() -> None:
    rng = np.random.default_rng(8)
    n = int(12 * RATE)
    moves = 1.0 + 4.0 * burst_envelope(n, RATE, rng)
    slow = low_passed(rng.standard_normal(n), 25.0)
    found = examine(1e-3 * moves * slow + 2e-5 * moves * floor_noise(n, RATE, rng))
    assert says(found.reasons, "movement artefact only")


@pytest.mark.parametrize(("factor", "fits"), [(1e3, "mV"), (1e6, "µV"), (1e-3, "")])
def test_a_wrong_gain_costs_the_amplitude_and_not_the_times(factor: float, fits: str) -> None:
    found = examine(emg() * factor)
    assert found.usable
    assert not found.amplitude_usable
    assert says(found.reasons, "gain")
    assert says(found.reasons, fits)
    assert examine(emg() * factor, unit="").amplitude_usable


def test_a_gain_in_its_own_unit_is_right() -> None:
    assert examine(emg() * 1e3, unit="mV").amplitude_usable
    assert examine(emg() * 1e6, unit="µV").amplitude_usable


def test_rectified_smoothed_and_slow_exports_are_no_raw_emg() -> None:
    x = emg()
    assert says(examine(np.abs(x)).reasons, "rectified")
    for cutoff_hz in (3.0, 6.0, 10.0):
        assert says(examine(low_passed(np.abs(x), cutoff_hz)).reasons, "envelope")
    assert says(examine(x[::6], RATE / 6).reasons, "sampled at 333")


@settings(max_examples=15, deadline=None)
@given(st.floats(-9, 9), st.booleans(), st.integers(0, 3))
def test_neither_unit_nor_sign_changes_a_verdict(power: float, flip: bool, which: int) -> None:
    x = [emg(4, 5.0), emg(4, 5.0).clip(-3e-5, 3e-5), jolts(emg(4, 5.0), 4e-3), 1e-6 * np.round(emg(4, 5.0) / 3e-5)][
        which
    ]
    factor = (-1.0 if flip else 1.0) * 10.0**power
    first, second = examine(x, unit=""), examine(factor * x, unit="")
    assert (first.usable, first.reasons, first.warnings) == (second.usable, second.reasons, second.warnings)


@pytest.mark.parametrize(("on_s", "word"), [(0.4, "saturated"), (0.05, "clipped")])
def test_a_fifth_of_the_time_at_the_limit_is_saturation_however_short_each_stay(on_s: float, word: str) -> None:
    rng, t = np.random.default_rng(72), np.arange(20000) / RATE
    # A swing of 50 Hz, many times the range, is cut to a square: it stays 9 of 20 ms at its upper limit.
    square = np.clip(40e-3 * np.sin(2 * np.pi * 50.0 * t + 0.3), -2.5e-3 + 2e-5 * rng.normal(size=t.size), 3.3e-3)
    x = np.where(np.mod(t, 1.0) < on_s, square, 2e-5 * rng.normal(size=t.size))
    (found,) = examine_channels(x[:, None], RATE)
    assert not found.usable and found.measured.blocked_share == 0.0
    assert says(found.reasons, word), found.reasons
