"""EMG for the tests of this folder: coloured Gaussian noise under a drawn envelope, not what Legato simulates."""

import numpy as np

from legato.recording import FloatArray


def coloured(n: int, rate: float, rng: np.random.Generator, peak_hz: float = 85.0, width: float = 0.55) -> FloatArray:
    """Gaussian noise of unit RMS whose density is log-normal around `peak_hz`, with little below 15 Hz."""
    f = np.fft.rfftfreq(n, 1 / rate)
    gain = np.zeros_like(f)
    gain[1:] = np.exp(-0.25 * (np.log(f[1:] / peak_hz) / width) ** 2) / (1 + (12.0 / f[1:]) ** 4)
    x = np.fft.irfft(np.fft.rfft(rng.normal(size=n)) * gain, n)
    return x / x.std()


def floor_noise(n: int, rate: float, rng: np.random.Generator) -> FloatArray:
    """Amplifier noise of unit RMS: white from 10 to 450 Hz, with a soft lower end."""
    f = np.fft.rfftfreq(n, 1 / rate)
    gain = (f / np.hypot(f, 10.0)) ** 2 * (f < min(450.0, 0.49 * rate))
    x = np.fft.irfft(np.fft.rfft(rng.normal(size=n)) * gain, n)
    return x / x.std()


def burst_envelope(
    n: int, rate: float, rng: np.random.Generator, gap_s: tuple[float, float] = (0.6, 1.8)
) -> FloatArray:
    """Raised-cosine bursts of 0.25–0.9 s, top 0.6–1.2, with rest between."""
    out, at = np.zeros(n), int(1.0 * rate)
    while True:
        length = int(rng.uniform(0.25, 0.9) * rate)
        if at + length >= n:
            return out
        out[at : at + length] = rng.uniform(0.6, 1.2) * np.hanning(length) ** 0.5
        at += length + int(rng.uniform(*gap_s) * rate)


def rhythmic_envelope(n: int, rate: float, rng: np.random.Generator, per_minute: float, duty: float) -> FloatArray:
    """One burst a repetition of a steady exercise: the period wanders by 2 %, strength and length by 10 %."""
    out, at = np.zeros(n), 0.3 * rate
    while at < n:
        length = int(duty * 60.0 / per_minute * rate * rng.uniform(0.9, 1.1))
        stop = min(n, int(at) + length)
        out[int(at) : stop] = rng.uniform(0.9, 1.1) * np.hanning(length)[: stop - int(at)]
        at += 60.0 / per_minute * rate * (1 + 0.02 * rng.normal())
    return out


def recording(envelope: FloatArray, rate: float, rng: np.random.Generator, snr_db: float = 10.0) -> FloatArray:
    """EMG of unit RMS at an envelope of 1 over floor noise `snr_db` below it."""
    n = envelope.size
    peak = rng.uniform(65.0, 110.0)
    return envelope * coloured(n, rate, rng, peak) + floor_noise(n, rate, rng) * 10 ** (-snr_db / 20)


QRS_SHAPES = (
    ((-0.030, 0.010, 0.15), (0.0, 0.009, -1.0), (0.022, 0.008, 0.5), (0.22, 0.05, -0.3)),
    ((-0.020, 0.006, -0.2), (0.0, 0.013, 1.0), (0.040, 0.015, -0.6), (0.26, 0.04, 0.25)),
    ((0.0, 0.012, 1.0), (0.020, 0.007, -0.15), (0.24, 0.05, 0.3)),
)
"""Time, width and height of the waves of a beat of height 1; the last one of each is the T wave."""


def beats(seconds: float, per_minute: float, rng: np.random.Generator) -> FloatArray:
    """Times of heartbeats whose intervals scatter by 4 %."""
    at = np.cumsum(60.0 / per_minute * (1 + 0.04 * rng.normal(size=int(2 * seconds * per_minute / 60))))
    return at[at < seconds]


def hearts(n: int, rate: float, at: FloatArray, shape: int) -> FloatArray:
    """An ECG whose beats stand 1 high, give or take 10 % with breathing."""
    t, out = np.arange(n) / rate, np.zeros(n)
    for beat in at:
        for lag, width, height in QRS_SHAPES[shape]:
            near = slice(max(0, int((beat + lag - 5 * width) * rate)), max(0, int((beat + lag + 5 * width) * rate)))
            size = height * (1 + 0.1 * np.sin(2 * np.pi * 0.25 * beat))
            out[near] += size * np.exp(-0.5 * ((t[near] - beat - lag) / width) ** 2)
    return out
