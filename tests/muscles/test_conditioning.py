"""Conditioning refuses what holds no EMG, marks what was lost, and leaves the rest as it was."""

import numpy as np
import pytest
from numpy.typing import ArrayLike

from legato.errors import BadInput
from legato.muscles.bursts import detect_bursts
from legato.muscles.conditioning import condition
from legato.muscles.quality import examine_channels
from legato.recording import FloatArray
from legato.signals.bands import band_filter, bandpass_sections

from .plain_emg import beats, burst_envelope, hearts, recording, rhythmic_envelope

RATE = 2000.0


def emg(seed: int, rate: float = RATE, seconds: float = 20.0) -> FloatArray:
    rng = np.random.default_rng(seed)
    return recording(burst_envelope(int(seconds * rate), rate, rng), rate, rng, 15.0)


@pytest.mark.parametrize(
    ("x", "rate", "says"),
    [
        ([], RATE, "no samples"),
        (np.full(2000, np.nan), RATE, "every EMG sample is missing"),
        (np.ones(2000), 0.0, "give the rate"),
        (np.ones(2000), -1.0, "give the rate"),
        (np.ones(2000), np.nan, "give the rate"),
        (np.ones(399), RATE, "at least 0.2 s"),
        (np.r_[np.ones(300), np.full(900, np.nan)], RATE, "only 300"),
        (np.ones((8, 4000)), RATE, "turn the array"),
        (np.ones((4000, 2, 2)), RATE, "give \\(samples,\\)"),
        (["a"] * 4000, RATE, "not all numbers"),
        (np.ones(4000) * 1j, RATE, "not all numbers"),
        (np.ones(2000), 150.0, "give the raw recording"),
    ],
)
def test_what_holds_no_emg_is_refused_with_what_to_do(x: ArrayLike, rate: float, says: str) -> None:
    with pytest.raises(BadInput, match=says) as refusal:
        condition(x, rate)
    assert "\n" not in str(refusal.value)


def test_clean_emg_is_only_band_passed() -> None:
    x = emg(1)
    got = condition(x, RATE)
    assert not got.missing.any()
    assert got.band_hz == (20.0, 450.0)
    assert got.values == pytest.approx(band_filter(x, RATE, bandpass_sections(RATE, 20.0, 450.0)), abs=1e-12)


def test_integers_are_accepted_and_channels_are_taken_one_by_one() -> None:
    x = np.stack([np.round(1000 * emg(s)) for s in range(3)], axis=1).astype(np.int16)
    both = condition(x, RATE)
    assert both.values.shape == x.shape and len(both.removed) == 3
    for c in range(3):
        assert both.values[:, c] == pytest.approx(condition(x[:, c].astype(float), RATE).values, abs=1e-9)


@pytest.mark.parametrize("how", ["zeros", "NaN", "inf"])
def test_lost_packets_are_marked_and_their_neighbours_are_right_even_on_a_drift(how: str) -> None:
    rng, t = np.random.default_rng(2), np.arange(40000) / RATE
    x = emg(3) + 50.0 * (0.3 + np.sin(2 * np.pi * 0.25 * t + 1.0) + 0.3 * np.sin(2 * np.pi * 0.9 * t))
    whole = condition(x, RATE).values
    spoilt, lost = x.copy(), np.zeros(x.size, dtype=bool)
    for start in (np.arange(0.5, 19.0, 0.9) + rng.uniform(0, 0.5, 21)) * RATE:
        window = slice(int(start), int(start + rng.uniform(0.01, 0.03) * RATE))
        spoilt[window], lost[window] = {"zeros": 0.0, "NaN": np.nan, "inf": np.inf}[how], True
    got = condition(spoilt, RATE)
    assert got.missing[lost].all()
    assert got.removed[0].lost == pytest.approx(lost.mean())
    # 4 samples a side beyond the packets themselves.
    assert got.missing.sum() == lost.sum() + 21 * 8
    wrong = (got.values - whole)[~got.missing]
    # Of a white input at most 2 % of a sample's power would be wrong, and only beside a packet.
    beside = np.abs(wrong) > 0.02
    assert np.sqrt(np.mean(wrong**2)) < 0.05 * np.nanstd(whole)
    assert beside.mean() < 0.1


def test_a_channel_that_is_missing_throughout_stays_so_beside_others() -> None:
    x = np.stack([emg(4), np.full(40000, np.nan)], axis=1)
    got = condition(x, RATE)
    assert got.missing[:, 1].all() and not got.missing[:, 0].any()
    assert got.removed[1].lost == 1.0 and got.removed[1].kept == 0.0


def test_unit_sign_and_offset_change_nothing_but_the_scale() -> None:
    x = emg(5)
    x[3000:3040] = np.nan
    plain = condition(x, RATE)
    for factor in (1e-6, -1e-3, 1e6):
        other = condition(factor * (x + 7.0), RATE)
        assert np.array_equal(other.missing, plain.missing)
        # 7 away from 0 costs three digits of the sixteen.
        assert np.nan_to_num(other.values / factor - plain.values) == pytest.approx(0.0, abs=1e-9)
        assert other.removed[0].kept == pytest.approx(abs(factor) * plain.removed[0].kept)


def test_hum_and_heart_leave_and_are_told() -> None:
    x, t = emg(7), np.arange(40000) / RATE
    at = beats(20.0, 72.0, np.random.default_rng(8))
    heart = 3.0 * hearts(x.size, RATE, at, 0)
    spoilt = x + 0.5 * np.sin(2 * np.pi * 50.1 * t) + heart
    clean = condition(x, RATE)
    got = condition(spoilt, RATE)
    told = got.removed[0]
    assert [round(line.frequency_hz, 1) for line in told.hum] == [50.1]
    assert told.hum_rms == pytest.approx(0.5 / np.sqrt(2), rel=0.05)
    assert told.beats_s.size == pytest.approx(at.size, abs=1)
    planted = condition(spoilt, RATE, hum=False, heart="keep").values - clean.values
    # Hum and heart together fall by more than 15 dB.
    assert np.std(got.values - clean.values) < 0.18 * np.std(planted)
    higher = condition(spoilt, RATE, heart="high-pass")
    assert higher.removed[0].heart_share == 0.0 and higher.removed[0].beats_s.size == told.beats_s.size
    assert higher.removed[0].kept < condition(spoilt, RATE, heart="keep").removed[0].kept
    assert clean.removed[0].hum == () and clean.removed[0].beats_s.size == 0


def test_what_was_removed_is_told() -> None:
    t = np.arange(40000) / RATE
    got = condition(emg(6) + 4.0 + 3.0 * np.sin(2 * np.pi * 0.5 * t), RATE).removed[0]
    assert got.offset == pytest.approx(4.0, abs=0.01)
    # The sine's RMS, and the little of the EMG that lies outside the band.
    assert got.drift == pytest.approx(3.0 / np.sqrt(2), rel=0.01)
    assert got.lost == got.masked == 0.0


def test_dead_and_saturated_channels_pass_without_invented_hum_or_heart() -> None:
    rng = np.random.default_rng(9)
    railed = np.where(np.cumsum(rng.normal(size=40000)) > 0, 3299.9, -3299.9)
    for x in (np.zeros(40000), np.full(40000, 2.5), railed, np.r_[np.zeros(39000), rng.normal(size=1000)]):
        got = condition(x, RATE)
        assert got.removed[0].hum == () and got.removed[0].beats_s.size == 0
        assert np.isfinite(got.values[~got.missing]).all()


@pytest.mark.slow
def test_clean_channels_keep_their_power_and_lose_no_heart_or_hum() -> None:
    wrong, changes = 0, []
    for seed in range(400):
        rate, rng = (1000.0, 1926.0, 2000.0, 2148.0)[seed % 4], np.random.default_rng([seed, 10])
        n = int((8, 20, 60)[seed % 3] * rate)
        cyclic = rhythmic_envelope(n, rate, rng, rng.uniform(40, 120), rng.uniform(0.15, 0.7))
        envelope = burst_envelope(n, rate, rng) if seed % 2 else cyclic
        x = recording(envelope, rate, rng, (6.0, 10.0, 20.0)[seed % 3])
        got, kept = condition(x, rate), condition(x, rate, hum=False, heart="keep")
        wrong += bool(got.removed[0].hum) or got.removed[0].beats_s.size > 0
        changes.append(got.removed[0].kept / kept.removed[0].kept)
    # At most 1 % of clean channels may be touched; of 400 that is 4.
    assert wrong <= 4
    assert min(changes) > 0.97


@pytest.mark.parametrize("every", [2, 6])
def test_samples_lost_so_often_that_none_can_be_filtered_are_refused_in_words(every: int) -> None:
    x = np.random.default_rng(9).standard_normal(8000)
    x[::every] = np.nan
    with pytest.raises(BadInput, match="lost so often"):
        condition(x, 2000.0)
    with pytest.raises(BadInput, match="lost so often"):
        detect_bursts(x, 2000.0)
    (found,) = examine_channels(x[:, None], 2000.0)
    assert not found.usable
    assert any("missing" in reason or "lost" in reason for reason in found.reasons)
