"""What spoils an EMG recording. Each function takes a signal (n,) in any unit and gives a spoilt copy; they compose."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np

from legato.recording import FloatArray

Loss: TypeAlias = Literal["nan", "zero", "hold"]
Deadness: TypeAlias = Literal["zero", "flat", "dither"]

_HEARTBEAT = ((-0.17, 0.025, 0.12), (-0.03, 0.009, -0.15), (0.0, 0.011, 1.0), (0.03, 0.011, -0.3), (0.28, 0.05, 0.25))
"""P, Q, R, S and T as Gaussians: instant after R and width, s, and height as a share of R."""


def with_hum(
    x: FloatArray,
    rate_hz: float,
    rms: float,
    rng: np.random.Generator,
    *,
    mains_hz: float = 50.0,
    harmonics: Sequence[tuple[int, float]] = ((3, 0.3), (5, 0.1)),
) -> FloatArray:
    """Hum of the mains; `rms` is that of the fundamental, a harmonic is told by its order and its share of that.

    Harmonics at or above half the rate, which an amplifier's filter would have stopped, are left out.
    """
    turn = 2.0 * np.pi * np.arange(x.size) / rate_hz
    out = x.copy()
    for order, share in ((1, 1.0), *harmonics):
        phase = rng.uniform(0.0, 2.0 * np.pi)
        if order * mains_hz < 0.5 * rate_hz:
            out += np.sqrt(2.0) * rms * share * np.sin(order * mains_hz * turn + phase)
    return out


def beats_of(duration_s: float, rng: np.random.Generator, *, per_minute: float = 70.0, cv: float = 0.04) -> FloatArray:
    """Instants of the R waves of a heart, s."""
    period = 60.0 / per_minute
    count = int(duration_s / period * 1.2) + 10
    beats = -period * rng.uniform() + np.cumsum(period * np.maximum(1.0 + cv * rng.standard_normal(count), 0.5))
    return beats[beats < duration_s + period]


def with_heart(x: FloatArray, rate_hz: float, height: float, beats_s: FloatArray) -> FloatArray:
    """The heart's own signal; `height` is that of its R waves."""
    out = x.copy()
    for beat in beats_s:
        for after, width, share in _HEARTBEAT:
            low, high = (max(0, int((beat + after + k * 6.0 * width) * rate_hz)) for k in (-1.0, 1.0))
            since = np.arange(low, min(high + 1, x.size)) / rate_hz - beat - after
            out[low : low + since.size] += height * share * np.exp(-0.5 * (since / width) ** 2)
    return out


def with_drift(x: FloatArray, rate_hz: float, size: float, rng: np.random.Generator) -> FloatArray:
    """An offset, a slow swing (0.1 to 0.6 Hz) and its faster companion, together about `size`."""
    turn = 2.0 * np.pi * np.arange(x.size) / rate_hz
    pitch, phases = rng.uniform(0.1, 0.6), rng.uniform(0.0, 2.0 * np.pi, 2)
    return x + size * (0.3 + 0.6 * np.sin(pitch * turn + phases[0]) + 0.2 * np.sin(3.7 * pitch * turn + phases[1]))


def with_impacts(
    x: FloatArray, rate_hz: float, size: float, impacts_s: Sequence[float], rng: np.random.Generator
) -> FloatArray:
    """Motion artefact: at each impact cable and skin jerk and ring out, at 4 to 15 Hz."""
    times, out = np.arange(x.size) / rate_hz, x.copy()
    for impact in impacts_s:
        pitch, decay = rng.uniform(4.0, 15.0), rng.uniform(0.05, 0.12)
        since = np.maximum(times - impact, 0.0)
        ring = (1.0 - np.exp(-since / 0.004)) * np.exp(-since / decay) * np.cos(2.0 * np.pi * pitch * since)
        out += size * rng.choice((-1.0, 1.0)) * ring
    return out


def clipped(x: FloatArray, limit: float) -> FloatArray:
    """What an amplifier gives that ends at ±`limit`."""
    return np.clip(x, -limit, limit)


def lost_spans(
    duration_s: float, every_s: float, length_s: tuple[float, float], rng: np.random.Generator
) -> tuple[tuple[float, float], ...]:
    """Start and end of lost packets, s: one in each stretch of `every_s`, wholly inside it."""
    starts = np.arange(0.0, duration_s - every_s, every_s)
    lengths = rng.uniform(*length_s, starts.size)
    at = starts + rng.uniform(0.0, 1.0, starts.size) * (every_s - lengths)
    return tuple((float(a), float(a + n)) for a, n in zip(at, lengths, strict=True))


def without_spans(
    x: FloatArray, rate_hz: float, spans_s: Sequence[tuple[float, float]], loss: Loss = "nan"
) -> FloatArray:
    """The signal with stretches lost: as NaN, as zeros, or with the last sample held."""
    out = x.copy()
    for start, end in spans_s:
        first, last = int(np.ceil(start * rate_hz)), int(np.ceil(end * rate_hz))
        held = out[first - 1] if first > 0 else 0.0
        out[first:last] = {"nan": np.nan, "zero": 0.0, "hold": held}[loss]
    return out


def with_crosstalk(
    x: FloatArray,
    other: FloatArray,
    rate_hz: float,
    share: float,
    *,
    delay_s: float = 0.002,
    corner_hz: float | None = 150.0,
) -> FloatArray:
    """A share of another channel, later by `delay_s` and dulled by the tissue on its way (first order, `corner_hz`).

    The delay is exact between samples too; the record is taken as periodic.
    """
    pitch = np.fft.rfftfreq(other.size, 1.0 / rate_hz)
    passed = np.exp(-2j * np.pi * pitch * delay_s)
    if corner_hz is not None:
        passed = passed / np.sqrt(1.0 + (pitch / corner_hz) ** 2)
    return x + share * np.fft.irfft(np.fft.rfft(other) * passed, other.size)


def dead_channel(count: int, how: Deadness, step: float, rng: np.random.Generator) -> FloatArray:
    """A channel without an electrode: zeros, one constant value, or the last bit of the converter that flips."""
    if how == "zero":
        return np.zeros(count)
    out = np.full(count, step * float(rng.integers(1, 500)))
    return out + step * rng.integers(0, 2, count).astype(np.float64) if how == "dither" else out
