"""A second generator of EMG, unlike the first (shaped Gaussian noise under trapezoids and Gaussians at 2000 Hz) in all
choices; no number was fitted to it, though its first runs showed what to mend.

Half of the recordings are trains of motor units, half an autoregressive process; rates are those of common wireless
systems; edges are straight or cosine; bursts differ in effort, length and fall, and smooth ones are raised cosines,
gamma surges and skewed bells; gain, sign and unit are anything, and half of the recordings hum a little. Truth is the
planted envelope's (`legato.simulate.emg_envelopes` says what each instant means).
"""

import itertools
from dataclasses import dataclass

import numpy as np

from legato.recording import FloatArray
from legato.simulate.emg import PassBand, Resonances, Spectrum, coloured_noise
from legato.simulate.emg_envelopes import Bell, Hill, Shape, Surge, envelope, hill_about
from legato.simulate.emg_nuisances import with_hum
from legato.simulate.emg_units import unit_emg

RATES_HZ = (1000.0, 1926.0, 2148.0)
KINDS = ("units", "autoregressive")
SECONDS = 60.0
_BAND_HZ = (20.0, 450.0)


@dataclass(frozen=True, slots=True)
class Other:
    """One channel and its bursts, in order; `spans` is where each is above a tenth of its height, s."""

    x: FloatArray
    rate_hz: float
    bursts: tuple[Shape, ...]
    spans: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class OtherPair:
    """Two channels over some repetitions; `lags_s` are the planted ones of each, about `mean_s`."""

    first: FloatArray
    second: FloatArray
    rate_hz: float
    reps: list[tuple[float, float]]
    lags_s: FloatArray
    mean_s: float


def _in_band(spectrum: Spectrum, rate_hz: float) -> float:
    """Share of the power that lies between 20 and 450 Hz, in which signal is set against noise."""
    pitch = np.linspace(0.0, 0.5 * rate_hz, 4001)
    power = spectrum.power(pitch, rate_hz)
    return float(power[(pitch >= _BAND_HZ[0]) & (pitch <= _BAND_HZ[1])].sum() / power.sum())


def recorded(
    bursts: tuple[Shape, ...], seconds: float, rate_hz: float, kind: str, rng: np.random.Generator, floor: float = 0.0
) -> FloatArray:
    """A channel with these bursts; heights and floor are in units of the noise in the band."""
    times = np.arange(int(seconds * rate_hz)) / rate_hz
    amplitude = envelope(times, bursts, floor)
    if kind == "units":
        x = unit_emg(amplitude, rate_hz, rng, maximum=float(amplitude.max() / rng.uniform(0.1, 0.7)))
    else:
        spectrum = Resonances(
            ((rng.uniform(40.0, 90.0), rng.uniform(50.0, 120.0)), (rng.uniform(90.0, 180.0), rng.uniform(90.0, 250.0)))
        )
        x = amplitude * coloured_noise(times.size, rate_hz, spectrum, rng) / np.sqrt(_in_band(spectrum, rate_hz))
    x = x + coloured_noise(times.size, rate_hz, PassBand(), rng) / np.sqrt(_in_band(PassBand(), rate_hz))
    if rng.random() < 0.5:
        x = with_hum(x, rate_hz, rng.uniform(0.15, 0.5), rng, mains_hz=float(rng.choice((50.0, 60.0))))
    return x * rng.choice((-1.0, 1.0)) * 10.0 ** rng.uniform(-6.0, 2.0)


def _heights(count: int, snr_db: float, floor: float, rng: np.random.Generator) -> FloatArray:
    """Efforts that differ by ±2 dB, such that what a burst adds stands `snr_db` over what is there at rest."""
    return np.sqrt(1.0 + floor**2) * 10.0 ** ((snr_db + rng.uniform(-2.0, 2.0, count)) / 20.0)


def edged(
    rng: np.random.Generator, rate_hz: float, kind: str, snr_db: float, rise_s: float, length_s: tuple[float, float],
    floor: float = 0.0,
) -> Other:  # fmt: skip
    """Bursts with a plateau; each has edges and a fall of its own."""
    bursts: list[Shape] = []
    at = rng.uniform(1.5, 2.5)
    while True:
        length, fall = rng.uniform(*length_s), float(rng.choice((0.01, 0.04, 0.1)))
        hold = length - rise_s - fall
        if hold <= 0.0:
            continue
        if at + length > SECONDS - 0.8:
            break
        height = float(_heights(1, snr_db, floor, rng)[0])
        bursts.append(
            Hill(float(at), rise_s, float(hold), fall, height, "straight" if rng.random() < 0.5 else "cosine")
        )
        at += length + rng.uniform(0.8, 1.6)
    x = recorded(tuple(bursts), SECONDS, rate_hz, kind, rng, floor)
    return Other(x, rate_hz, tuple(bursts), tuple((b.onset_s, b.offset_s) for b in bursts))


def _smooth(shape: str, centre_s: float, width_s: float, skew: float, height: float) -> Shape:
    """A smooth burst about its centre, `width_s` at half height; `skew` is the share of the width before the top."""
    if shape == "cosine":
        return hill_about(centre_s, 2.0 * width_s * skew, 2.0 * width_s * (1.0 - skew), height)
    if shape == "bell":
        left, right = (2.0 * width_s * share / 2.3548 for share in (skew, 1.0 - skew))
        bell = Bell(0.0, left, right, height)
        return Bell(centre_s - bell.centre_s, left, right, height)
    decay = width_s / 3.39
    surge = Surge(0.0, 2.0, decay, height)
    return Surge(centre_s - surge.centre_s, 2.0, decay, height)


def _span(burst: Shape) -> tuple[float, float]:
    times = np.linspace(burst.centre_s - 2.0, burst.centre_s + 2.0, 4001)
    above = times[burst.amplitude(times) > 0.1 * burst.amplitude(np.array([burst.peak_s]))[0]]
    return float(above[0]), float(above[-1])


def smooth(rng: np.random.Generator, rate_hz: float, kind: str, snr_db: float, shape: str, floor: float = 0.0) -> Other:
    """Bursts of one shape with widths from 0.12 to 0.4 s at half height."""
    bursts: list[Shape] = []
    at = rng.uniform(2.0, 3.0)
    while at < SECONDS - 1.5:
        width, skew = float(rng.uniform(0.12, 0.4)), float(rng.uniform(0.3, 0.7))
        bursts.append(_smooth(shape, float(at), width, skew, float(_heights(1, snr_db, floor, rng)[0])))
        at += 3.0 * width + rng.uniform(1.0, 1.8)
    x = recorded(tuple(bursts), SECONDS, rate_hz, kind, rng, floor)
    return Other(x, rate_hz, tuple(bursts), tuple(_span(b) for b in bursts))


def other_pair(
    rng: np.random.Generator, rate_hz: float, kind: str, snr_db: float, reps: int, spread_s: float, at: str
) -> OtherPair:
    """Two muscles that fire once a repetition, each with a shape, a width and a skew of its own; `at` is what the
    planted lag lies between: `centre`, `peak` or `onset` (bursts with a plateau).
    """
    mean = float(rng.uniform(-0.05, 0.18))
    lags = mean + spread_s * rng.standard_normal(reps)
    (first, second), spans = _muscles(rng, rate_hz, kind, snr_db, np.stack([np.zeros(reps), lags]), at)
    return OtherPair(first, second, rate_hz, spans, lags, mean)


def other_muscles(
    rng: np.random.Generator, rate_hz: float, kind: str, snr_db: float, reps: int, lags_s: tuple[float, ...]
) -> tuple[list[FloatArray], list[tuple[float, float]]]:
    """Muscles as in `other_pair` whose centres follow a common instant of each repetition by these lags, and the
    repetitions.
    """
    return _muscles(rng, rate_hz, kind, snr_db, np.tile(np.array(lags_s)[:, None], reps), "centre")


def _muscles(
    rng: np.random.Generator, rate_hz: float, kind: str, snr_db: float, lags_s: FloatArray, at: str
) -> tuple[list[FloatArray], list[tuple[float, float]]]:
    """A channel for each row of `lags_s`, shape (muscles, repetitions), and the repetitions of 2 s."""
    reps = lags_s.shape[1]
    edges = 1.5 + 2.0 * np.arange(reps + 1)
    anchor = edges[:-1] + 0.95 + rng.uniform(-0.1, 0.1, reps)
    channels: list[FloatArray] = []
    for centres in anchor + lags_s:
        shape, width, skew = str(rng.choice(("cosine", "bell", "surge"))), rng.uniform(0.12, 0.3), rng.uniform(0.3, 0.7)
        rise, fall = rng.uniform(0.005, 0.08), rng.uniform(0.01, 0.1)
        bursts: list[Shape] = []
        for centre, height in zip(centres, _heights(reps, snr_db, 0.0, rng), strict=True):
            wide = width * rng.uniform(0.9, 1.1)
            if at == "onset":
                bursts.append(Hill(float(centre) - 0.2, rise, wide, fall, float(height), "cosine"))
                continue
            burst = _smooth(shape, float(centre), wide, skew, float(height))
            if at == "peak":
                burst = _smooth(shape, 2.0 * float(centre) - burst.peak_s, wide, skew, float(height))
            bursts.append(burst)
        channels.append(recorded(tuple(bursts), float(edges[-1] + 0.5), rate_hz, kind, rng))
    return channels, [(float(a), float(b)) for a, b in itertools.pairwise(edges)]
