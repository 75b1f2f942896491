"""A channel whose activity is movement is refused, whatever the jolts look like; EMG of any spectrum is not."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import signal

from legato.muscles.quality import examine_channels, examine_spans
from legato.recording import FloatArray, Span
from legato.simulate.emg import PassBand, Resonances, Spectrum, TwoCorners, gaussian_emg, noise_floor
from legato.simulate.emg_nuisances import with_drift, with_impacts
from legato.simulate.emg_units import unit_emg

RATES = (1000.0, 1926.0, 2148.0)
NOISE = 5e-6
"""Rms of the noise floor, V."""

SPECTRA: tuple[Spectrum, ...] = (
    TwoCorners(), TwoCorners(40.0, 80.0), TwoCorners(80.0, 180.0), TwoCorners(30.0, 60.0), Resonances(),
    PassBand(10.0, 300.0),
)  # fmt: skip
"""The fourth is that of a muscle slowed to a median of 50 Hz."""

Jolt = Callable[[FloatArray], FloatArray]


def step(decay_s: float, rise_s: float = 1e-9) -> Jolt:
    """What a contact that jumps gives behind an amplifier's coupling, of height 1 at 0 s."""

    def at(since: FloatArray) -> FloatArray:
        u = since.clip(0.0)
        out: FloatArray = (1.0 - np.exp(-u / rise_s)) * np.exp(-u / decay_s)
        return out

    return at


def opened(since: FloatArray) -> FloatArray:
    """A contact that opens for 0.3 s."""
    return ((since > 0.0) & (since < 0.3)).astype(np.float64)


JOLTS: dict[str, Jolt] = {
    "a step gone in 20 ms": step(0.02),
    "a step gone in 50 ms": step(0.05),
    "a step gone in 100 ms": step(0.1),
    "a step gone in 300 ms": step(0.3),
    "a jolt of 1 ms": step(0.1, 0.001),
    "a jolt of 2 ms": step(0.1, 0.002),
    "a jolt of 4 ms": step(0.1, 0.004),
    "an open contact": opened,
}


def jolted(x: FloatArray, rate: float, jolt: Jolt, at: FloatArray, size: float, seed: int) -> FloatArray:
    rng = np.random.default_rng(seed)
    t = np.arange(len(x)) / rate
    return x + np.sum([rng.uniform(0.5, 1.5) * size * jolt(t - instant) for instant in at], axis=0)


def effort(n: int, rate: float, rng: np.random.Generator, kind: int) -> FloatArray:
    """An envelope of 1 at its top: bursts of 30–80 ms, bells, plateaus, or a hold throughout."""
    t, out = np.arange(n) / rate, np.zeros(n)
    if kind == 3:
        return np.ones(n)
    at = rng.uniform(0.4, 1.0)
    while at < t[-1] - 0.3:
        if kind == 0:
            out += np.abs(t - at) < 0.5 * rng.uniform(0.03, 0.08)
        elif kind == 1:
            out += np.exp(-0.5 * ((t - at) / rng.uniform(0.05, 0.25)) ** 2)
        else:
            out += ((0.5 * rng.uniform(0.2, 0.8) - np.abs(t - at)) / rng.uniform(0.01, 0.1)).clip(0.0, 1.0)
        at += rng.uniform(0.9, 2.2)
    return out


def clean(seed: int) -> tuple[FloatArray, float]:
    """A channel of muscle alone, V, and its rate: any spectrum or motor units, at 6 to 30 dB over the noise floor."""
    rng = np.random.default_rng(seed)
    rate = RATES[seed % 3]
    n = int(rate * rng.choice([5.0, 10.0]))
    envelope = NOISE * 10.0 ** (rng.uniform(6.0, 30.0) / 20.0) * effort(n, rate, rng, seed // 3 % 4)
    if rng.uniform() < 0.3:
        x = unit_emg(envelope, rate, rng, maximum=rng.choice([1.0, 3.0, 10.0]) * envelope.max())
    else:
        # A hold with the band of an amplifier for its spectrum is noise.
        x = gaussian_emg(envelope, rate, rng, SPECTRA[rng.integers(5 if seed // 3 % 4 == 3 else 6)])
    x = x + noise_floor(n, rate, NOISE, rng)
    return (with_drift(x, rate, 5.0 * envelope.max(), rng) if rng.uniform() < 0.4 else x), rate


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", JOLTS)
def test_a_channel_of_jolts_alone_is_refused(name: str, rate: float) -> None:
    rng = np.random.default_rng(3)
    quiet = noise_floor(int(20 * rate), rate, NOISE, rng)
    at = np.arange(1.0, 20.0, 2.0) + rng.uniform(-0.3, 0.3, 10)
    for size in (300e-6, 1e-3, 5e-3):
        for high_pass_hz in (None, 10.0):
            x = jolted(quiet, rate, JOLTS[name], at, size, 4)
            if high_pass_hz is not None:
                x = signal.lfilter(*signal.butter(1, high_pass_hz, "high", fs=rate), x)
            (found,) = examine_channels(x[:, None], rate)
            assert not found.usable, (size, high_pass_hz)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("size", [100e-6, 1e-3, 5e-3])
def test_a_channel_of_ringing_impacts_alone_is_refused(rate: float, size: float) -> None:
    rng = np.random.default_rng(5)
    quiet = noise_floor(int(20 * rate), rate, NOISE, rng)
    x = with_impacts(quiet, rate, size, np.arange(1.0, 20.0, 2.0).tolist(), rng)
    (found,) = examine_channels(x[:, None], rate)
    assert not found.usable


@pytest.mark.parametrize("rate", RATES)
def test_a_few_steps_refuse_their_repetitions_and_leave_the_channel(rate: float) -> None:
    rng = np.random.default_rng(6)
    t = np.arange(int(20 * rate)) / rate
    middle = np.arange(1.0, 20.0, 2.0)
    envelope = 100e-6 * np.exp(-0.25 * ((t[:, None] - middle) / 0.12) ** 2).sum(axis=1)
    x = gaussian_emg(envelope, rate, rng) + noise_floor(len(t), rate, NOISE, rng)
    spoilt = jolted(x, rate, JOLTS["a step gone in 100 ms"], middle[[2, 5, 6]], 3e-3, 7)
    (whole,) = examine_channels(spoilt[:, None], rate)
    reps = examine_spans(spoilt[:, None], rate, [Span(2.0 * k, 2.0 * k + 2.0) for k in range(10)])
    assert whole.usable
    assert [k for k, rep in enumerate(reps) if not rep[0].usable] == [2, 5, 6]
    assert "movement" in reps[2][0].reasons[0]


def test_muscles_of_any_spectrum_length_and_effort_are_not_taken_for_movement() -> None:
    for seed in range(36):
        x, rate = clean(seed)
        (found,) = examine_channels(x[:, None], rate)
        assert found.usable, (seed, found.reasons)


@pytest.mark.slow
def test_of_clean_channels_at_most_one_in_a_hundred_is_refused() -> None:
    refused, refused_spans, spans = 0, 0, 0
    for seed in range(1000, 1360):
        x, rate = clean(seed)
        refused += not examine_channels(x[:, None], rate)[0].usable
        each = [Span(2.5 * k, 2.5 * k + 2.5) for k in range(round(len(x) / rate / 2.5))]
        refused_spans += sum(not found.usable for (found,) in examine_spans(x[:, None], rate, each))
        spans += len(each)
    assert refused <= 3
    assert refused_spans <= 0.01 * spans
