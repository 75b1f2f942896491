"""Every nuisance that is planted is refused or named, sound channels pass, and neither unit nor sign matters."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import legato
from legato.errors import BadInput
from legato.muscles.conditioning import condition
from legato.muscles.quality import (
    ChannelQuality,
    examine_channels,
    examine_spans,
    examine_stream,
    examine_stream_spans,
)
from legato.recording import FloatArray, Span, Stream

from .plain_emg import burst_envelope, coloured, floor_noise, recording

RATE = 2000.0
MICROVOLTS = 100e-6


def emg(seed: int = 1, seconds: float = 12.0, rate: float = RATE, snr_db: float = 15.0) -> FloatArray:
    """Bursts of 100 µV rms, in V."""
    rng = np.random.default_rng(seed)
    return MICROVOLTS * recording(burst_envelope(int(seconds * rate), rate, rng), rate, rng, snr_db)


def examine(x: FloatArray, rate: float = RATE, unit: str = "V") -> ChannelQuality:
    (found,) = examine_channels(x[:, None], rate, ["VL"], units=[unit])
    return found


def says(texts: tuple[str, ...], word: str) -> bool:
    return any(word in text for text in texts)


def seconds_of(x: FloatArray, rate: float = RATE) -> FloatArray:
    return np.arange(len(x), dtype=np.float64) / rate


def low_passed(x: FloatArray, cutoff_hz: float, rate: float = RATE) -> FloatArray:
    f = np.fft.rfftfreq(len(x), 1 / rate)
    out: FloatArray = np.fft.irfft(np.fft.rfft(x) / (1 + (f / cutoff_hz) ** 4), len(x))
    return out


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
    found = examine_channels(x, RATE)
    assert [one.usable for one in found] == [True, False, False, False, False]
    assert says(found[1].reasons, "dead")
    assert says(found[2].reasons, "never recorded")
    assert says(found[3].reasons, "flat")
    assert says(found[4].reasons, "saturated")


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


def heart(n: int, rng: np.random.Generator, rate: float = RATE) -> FloatArray:
    """QRS complexes of unit height, 70 a minute with 4 % of wander."""
    t, out = np.arange(n) / rate, np.zeros(n)
    for beat in np.cumsum(60 / 70 * (1 + 0.04 * rng.standard_normal(int(n / rate * 70 / 60) + 2))):
        for off, width, height in ((-0.025, 0.008, -0.25), (0.0, 0.011, 1.0), (0.028, 0.010, -0.35)):
            out += height * np.exp(-0.5 * ((t - beat - off) / width) ** 2)
    return out


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


def jolts(x: FloatArray, height: float, fade_s: float = 0.05) -> FloatArray:
    t = seconds_of(x)
    out = np.zeros_like(x)
    for at in np.arange(0.5, t[-1], 1.2):
        out += np.where(t >= at, np.exp(-(t - at).clip(0) / fade_s), 0.0)
    return x + height * out


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


def test_a_repetition_full_of_movement_is_refused_and_the_others_are_not() -> None:
    x = emg(7, seconds=12.0)
    x[: int(4 * RATE)] = jolts(x[: int(4 * RATE)], 4e-3)
    spans = [Span(0.0, 4.0), Span(4.0, 8.0), Span(8.0, 12.0)]
    found = [one[0] for one in examine_spans(x[:, None], RATE, spans)]
    assert [one.usable for one in found] == [False, True, True]
    assert says(found[0].reasons, "movement artefact")


def test_a_repetition_with_lost_or_blocked_samples_is_refused_alone() -> None:
    x = emg(8, seconds=12.0)
    x[int(1.0 * RATE) : int(2.2 * RATE)] = np.nan
    x[int(5.0 * RATE) : int(6.2 * RATE)] = 5e-3
    found = [one[0] for one in examine_spans(x[:, None], RATE, [Span(0, 4), Span(4, 8), Span(8, 12)])]
    assert [one.usable for one in found] == [False, False, True]
    assert says(found[0].reasons, "missing")
    assert says(found[1].reasons, "saturated")


def test_a_jump_of_the_clock_refuses_the_repetition_that_holds_it() -> None:
    x = emg(9, seconds=8.0)
    time_s = seconds_of(x)
    time_s[9000:] += 0.3
    found = examine_spans(x[:, None], RATE, [Span(0, 4), Span(4, 8)], time_s=time_s)
    assert [one[0].usable for one in found] == [True, False]
    assert says(found[1][0].reasons, "clock")
    assert says(examine_channels(x[:, None], RATE, time_jumps=1)[0].warnings, "clock")


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


def test_the_same_signal_twice_is_seen_whatever_its_gain_and_sign() -> None:
    x = emg()
    found = examine_channels(np.column_stack((x, emg(2), -0.3 * x)), RATE, ["VL", "BF", "VM"])
    assert [one.usable for one in found] == [True, True, False]
    assert says(found[0].warnings, "VM holds the same signal")
    assert says(found[2].reasons, "the same signal as VL")
    assert found[1].measured.crosstalk_r is None


def test_crosstalk_is_measured_and_the_weaker_refused_only_where_it_is_mostly_the_other() -> None:
    strong, own = 5.0 * emg(1, 20.0), emg(2, 20.0)
    own *= np.sqrt(np.mean(strong**2) / np.mean(own**2)) / 5.0
    for leak, refused in ((0.08, False), (0.6, True)):
        found = examine_channels(np.column_stack((strong, own + leak * strong)), RATE, ["VL", "VM"])
        # The leak's power over the channel's: r² = (5 g)² / (1 + (5 g)²).
        expected = (5 * leak) / np.hypot(1.0, 5 * leak)
        assert found[1].measured.crosstalk_r == pytest.approx(expected, abs=0.08)
        assert [one.usable for one in found] == [True, not refused]
        assert says(found[1].reasons if refused else found[1].warnings, "crosstalk")


def test_two_muscles_that_work_together_share_no_signal() -> None:
    rng = np.random.default_rng(4)
    n = int(20 * RATE)
    envelope = burst_envelope(n, RATE, rng)
    x = np.column_stack([MICROVOLTS * recording(envelope, RATE, rng, 20.0) for _ in range(8)])
    assert all(one.warnings == () and one.usable for one in examine_channels(x, RATE))


@settings(max_examples=15, deadline=None)
@given(st.floats(-9, 9), st.booleans(), st.integers(0, 3))
def test_neither_unit_nor_sign_changes_a_verdict(power: float, flip: bool, which: int) -> None:
    x = [emg(4, 5.0), emg(4, 5.0).clip(-3e-5, 3e-5), jolts(emg(4, 5.0), 4e-3), 1e-6 * np.round(emg(4, 5.0) / 3e-5)][
        which
    ]
    factor = (-1.0 if flip else 1.0) * 10.0**power
    first, second = examine(x, unit=""), examine(factor * x, unit="")
    assert (first.usable, first.reasons, first.warnings) == (second.usable, second.reasons, second.warnings)


def test_integers_are_accepted() -> None:
    counts = np.round(emg() / 1e-6).astype(np.int16)
    assert examine_channels(counts[:, None], RATE)[0].usable  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("x", "rate", "word"),
    [
        (np.zeros(4000), RATE, "shape"),
        (np.zeros((0, 2)), RATE, "shape"),
        (np.zeros((4000, 1)), 0.0, "rate"),
        (np.zeros((4000, 1)), float("nan"), "rate"),
        (np.zeros((300, 1)), RATE, "0.2 s"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_words(x: FloatArray, rate: float, word: str) -> None:
    with pytest.raises(BadInput, match=word):
        examine_channels(x, rate)


@pytest.mark.parametrize("x", [np.ones((4000, 1)) + 1j, np.full((4000, 1), "a")])
def test_what_is_no_number_is_refused_in_words(x: FloatArray) -> None:
    with pytest.raises(BadInput, match="not all numbers"):
        examine_channels(x, RATE)


def test_spans_outside_the_record_are_refused() -> None:
    with pytest.raises(BadInput, match="no sample"):
        examine_spans(emg()[:, None], RATE, [Span(50.0, 60.0)])


def usable_of(path: Path) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for stream in legato.read(path).of_kind("emg"):
        found |= {one.channel: one.usable for one in examine_stream(stream)}
    return found


def test_box_lift_has_13_live_channels_and_its_dead_ones_are_refused(shared_data: Path) -> None:
    (stream,) = legato.read(shared_data / "box-lift" / "box-lift.c3d").of_kind("emg")
    found = {one.channel: one for one in examine_stream(stream)}
    live = [name for name in found if "EMG" in name and np.ptp(stream.channel(name)) > 0.0]
    assert len(live) == 13
    assert all(found[name].usable for name in live)
    dead = [name for name in found if np.ptp(stream.channel(name)) == 0.0]
    assert sum("IM" in name for name in dead) == 14
    assert all(says(found[name].reasons, "dead") for name in dead)
    # Six inputs of another device carry swings of 0.1 V and no muscle.
    assert sum(one.usable for one in found.values()) == 13


@pytest.mark.parametrize(("on_s", "word"), [(0.4, "saturated"), (0.05, "clipped")])
def test_a_fifth_of_the_time_at_the_limit_is_saturation_however_short_each_stay(on_s: float, word: str) -> None:
    rng, t = np.random.default_rng(72), np.arange(20000) / RATE
    # A swing of 50 Hz, many times the range, is cut to a square: it stays 9 of 20 ms at its upper limit.
    square = np.clip(40e-3 * np.sin(2 * np.pi * 50.0 * t + 0.3), -2.5e-3 + 2e-5 * rng.normal(size=t.size), 3.3e-3)
    x = np.where(np.mod(t, 1.0) < on_s, square, 2e-5 * rng.normal(size=t.size))
    (found,) = examine_channels(x[:, None], RATE)
    assert not found.usable and found.measured.blocked_share == 0.0
    assert says(found.reasons, word), found.reasons


def test_squat_emg_07_to_16_are_refused_as_saturated(shared_data: Path) -> None:
    (stream,) = legato.read(shared_data / "squat-emg" / "squat-emg.csv").of_kind("emg")
    found = examine_stream(stream)
    assert [one.usable for one in found] == [True] * 6 + [False] * 10
    assert all(says(one.reasons[:1], "saturated") for one in found[6:])


def test_flat_noise_channels_of_a_jump_are_refused_and_a_walk_is_not(shared_data: Path) -> None:
    jump = usable_of(shared_data / "vendor-c3d" / "motion-analysis-jump.c3d")
    assert jump
    assert not any(jump.values())
    walk = usable_of(shared_data / "gait-emg" / "walk-13-muscles.csv")
    assert len(walk) == 13
    assert all(walk.values())
    sprint = usable_of(shared_data / "sprint" / "sprint.c3d")
    assert all(usable for name, usable in sprint.items() if "EMG" in name)
    assert sum("EMG" in name for name in sprint) == 10


def test_a_stream_of_a_few_samples_is_refused_and_stops_nothing() -> None:
    stream = Stream("emg", "emg", np.zeros((5, 2)), RATE, ("VL", "VM"), ("V", "V"))
    found = examine_stream(stream)
    assert [one.usable for one in found] == [False, False]
    assert says(found[0].reasons, "0.2 s")


def test_what_conditioning_saw_spares_the_search_and_changes_no_verdict() -> None:
    rng = np.random.default_rng(21)
    x = emg(21, seconds=12.0)
    hummed = x + 20e-6 * np.sin(2 * np.pi * 50.0 * seconds_of(x))
    gapped = x.copy()
    gapped[5000:5300] = 0.0
    channels = np.stack([x, hummed, gapped, x.clip(-30e-6, 30e-6), x + 300e-6 * heart(len(x), rng)], axis=1)
    conditioned = condition(channels, RATE)
    plain, given = examine_channels(channels, RATE), examine_channels(channels, RATE, conditioned=conditioned)
    assert plain == given
    assert says(given[1].warnings, "mains hum") and says(given[4].warnings, "heartbeats")
    with pytest.raises(BadInput, match="the same samples"):
        examine_channels(channels[:, :2], RATE, conditioned=conditioned)


def test_a_stream_and_its_spans_are_judged_by_one_look_as_by_two() -> None:
    x = emg(22, seconds=12.0)
    gapped = emg(23, seconds=12.0)
    gapped[10000:14000] = 0.0
    channels = np.stack([x, gapped], axis=1)
    spans = [Span(0.0, 4.0), Span(4.0, 8.0)]
    later = [Span(span.start_s + 3.0, span.end_s + 3.0) for span in spans]
    stream = Stream("emg", "emg", channels, RATE, ("VL", "VM"), ("V", "V"), start_s=3.0)
    whole, of_spans = examine_stream_spans(stream, later, condition(channels, RATE))
    assert whole == examine_stream(stream) == examine_channels(channels, RATE, ["VL", "VM"], units=["V", "V"])
    assert of_spans == examine_spans(channels, RATE, spans, ["VL", "VM"], units=["V", "V"])
    assert [row[1].usable for row in of_spans] == [True, False] and of_spans[0][0].usable
