"""Bursts of simulated EMG with planted times: found, timed, held by their intervals, in any unit; and bad input."""

import numpy as np
import pytest

from legato.errors import BadInput
from legato.muscles import detect_bursts
from legato.recording import FloatArray

RATE = 2000.0


def noise(n: int, rng: np.random.Generator, low: float, high: float) -> FloatArray:
    """Gaussian noise between two frequencies, RMS 1."""
    spectrum = np.fft.rfft(rng.standard_normal(n))
    f = np.fft.rfftfreq(n, 1.0 / RATE)
    spectrum *= (f > low) & (f < high)
    x = np.fft.irfft(spectrum, n)
    return x / x.std()


def train(rng: np.random.Generator, seconds: float = 20.0, contrast: float = 5.0) -> tuple[FloatArray, FloatArray]:
    """EMG in V with bursts of raised-cosine edges (20 ms), and the onset and offset of each, shape (bursts, 2)."""
    n = int(seconds * RATE)
    time = np.arange(n) / RATE
    starts = np.arange(1.5, seconds - 1.5, 2.0) + rng.uniform(0.0, 0.3, len(np.arange(1.5, seconds - 1.5, 2.0)))
    stops = starts + rng.uniform(0.3, 0.6, len(starts))
    envelope = np.zeros(n)
    for start, stop in zip(starts, stops, strict=True):
        rise = np.clip((time - start) / 0.02, 0.0, 1.0) * np.clip((stop - time) / 0.02, 0.0, 1.0)
        envelope += 0.5 - 0.5 * np.cos(np.pi * rise)
    x = noise(n, rng, 20.0, 450.0) + contrast * envelope * noise(n, rng, 40.0, 250.0)
    return 1e-5 * x, np.column_stack((starts, stops))


def test_every_burst_is_found_and_none_invented() -> None:
    for seed in range(4):
        x, edges = train(np.random.default_rng(seed))
        bursts = detect_bursts(x, RATE)
        assert len(bursts) == len(edges)
        for burst, (start, stop) in zip(bursts, edges, strict=True):
            assert burst.onset is not None and burst.offset is not None
            # 20 ms edges with smooth feet: errors of some 5 ms, the largest of 32 edges well beyond.
            assert abs(burst.onset.value - start) < 0.04
            assert abs(burst.offset.value - stop) < 0.04


def test_rest_alone_gives_no_burst() -> None:
    rng = np.random.default_rng(1)
    assert detect_bursts(1e-5 * noise(int(60 * RATE), rng, 20.0, 450.0), RATE) == []


@pytest.mark.parametrize("scale", [1e-6, -1.0, 1e3])
def test_unit_and_sign_change_nothing(scale: float) -> None:
    x, _ = train(np.random.default_rng(3), seconds=10.0)
    plain, scaled = detect_bursts(x, RATE), detect_bursts(scale * x, RATE)
    assert len(plain) == len(scaled)
    for one, two in zip(plain, scaled, strict=True):
        for at in ("onset", "offset", "centre", "peak"):
            a, b = one.time(at), two.time(at)
            # A burst with a flat top has no peak in any unit. Else rounding only.
            assert (a is None) == (b is None) and (a is not None or at == "peak")
            if a is not None and b is not None:
                assert (a.low, a.value, a.high) == pytest.approx((b.low, b.value, b.high), abs=1e-6)


def test_a_shift_in_time_moves_every_time_with_it() -> None:
    x, _ = train(np.random.default_rng(4), seconds=10.0)
    shift = int(0.4 * RATE)
    plain, later = detect_bursts(x, RATE), detect_bursts(np.concatenate((x[-shift:], x[:-shift])), RATE)
    assert len(plain) == len(later)
    for one, two in zip(plain, later, strict=True):
        for at in ("onset", "offset", "centre", "peak"):
            a, b = one.time(at), two.time(at)
            assert at == "peak" or (a is not None and b is not None)
            if a is not None and b is not None:
                assert abs(b.value - a.value - 0.4) < 0.5 * a.half_width


def test_integers_are_samples_too() -> None:
    x, edges = train(np.random.default_rng(5), seconds=10.0)
    assert len(detect_bursts(np.round(x * 1e8).astype(np.int32), RATE)) == len(edges)


@pytest.mark.parametrize(
    ("x", "rate_hz"),
    [
        (np.full(4000, np.nan), RATE),
        (np.zeros(0), RATE),
        (np.ones(4000), 0.0),
        (np.ones(4000), -5.0),
        (np.ones(100), RATE),
        (np.ones((4000, 2)), RATE),
        (["a", "b"], RATE),
    ],
)
def test_what_is_no_channel_is_refused_with_what_to_do(x: object, rate_hz: float) -> None:
    with pytest.raises(BadInput, match="give"):
        detect_bursts(x, rate_hz)  # pyright: ignore[reportArgumentType]


def test_a_burst_cut_by_the_end_has_no_offset_there() -> None:
    x, edges = train(np.random.default_rng(6), seconds=10.0)
    cut = x[: int((edges[-1, 0] + 0.2) * RATE)]
    last = detect_bursts(cut, RATE)[-1]
    assert last.onset is not None
    assert last.offset is None and last.centre is None


def bursts_like(shape: FloatArray, seed: int) -> FloatArray:
    """Twenty bursts whose amplitude goes as `shape` (from 0 to a top of 1), 20 dB above the noise, 1.5 s apart."""
    rng = np.random.default_rng(seed)
    size = round((20 * (len(shape) / RATE + 1.5) + 2.0) * RATE)
    amplitude = np.zeros(size)
    for k in range(20):
        start = round((1.5 + k * (len(shape) / RATE + 1.5)) * RATE)
        amplitude[start : start + len(shape)] = shape
    return rng.standard_normal(size) * (1.0 + 10.0 * amplitude)


def test_both_ends_of_a_ramp_to_a_short_plateau_are_told() -> None:
    times = np.arange(round(0.6 * RATE), dtype=np.float64) / RATE
    ramp = np.clip(times / 0.2, 0.0, 1.0) * np.clip((0.6 - times) / 0.1, 0.0, 1.0)
    found = detect_bursts(bursts_like(ramp, 3), RATE)
    assert len(found) == 20
    assert not any(burst.onset is None or burst.offset is None for burst in found)
