"""EMG under the bursts of `emg_third_bursts`, by the same stranger: a pool of motor units or filtered white noise, over
an amplifier's white and 1/f noise, at times with tonic activity and mains, rounded to 12 to 16 bits, at any gain.

The planted amplitude is the expected RMS of the clean EMG: by its making for noise; for motor units their expected
power, the sum over units of discharge rate times energy of an action potential (Campbell's theorem), is inverted. Every
unit is a renewal process in equilibrium in its own operational time, so that its expected rate is the planted one at
every instant; what is left is the smear by the length of the action potentials.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from bench.emg_third_bursts import Drive, FloatArray, Form, Instants, instants, train
from numpy.typing import NDArray
from scipy import signal

RATES_HZ = (1000.0, 10000.0 / 9.0, 1926.0, 58000.0 / 27.0, 4000.0)
SNRS_DB = (10.0, 15.0, 20.0, 25.0)
KINDS = ("units", "noise")
SECONDS = 60.0

_BAND_HZ = (20.0, 450.0)
_CONTROL_HZ = 2000.0
_PHASES = 8
"""An action potential is kept at so many places between two samples."""

_LOWEST_PER_S = 8.0
"""Discharge rate at which a unit is recruited."""

_POTENTIAL_S = (0.006, 0.015)
_CONDUCTION_DEPTH = 4.0
"""Deeper units are seen through exp(−2π f · depth / this), m/s."""

_DISTANT_UNITS = 25
_TONE_SHARE, _MAINS_SHARE = 0.25, 1.0 / 3.0

Power = Callable[[FloatArray], FloatArray]
"""Expected power of the clean EMG at given times, s; 1 at the nominal top of a burst."""


class Source(Protocol):
    """What makes the clean EMG of a channel."""

    def band_share(self) -> float:
        """Share of its power between 20 and 450 Hz."""
        ...

    def emg(self, power: Power, count: int, rng: np.random.Generator) -> FloatArray:
        """So many samples with this expected power."""
        ...


class Pool:
    """60 to 120 motor units, recruited by size, under one excitation from 0 to 1.

    Thresholds and sizes are spread exponentially; earlier units discharge faster throughout. Gaps between discharges
    vary by 15 to 20 %, and a unit near its threshold discharges at times only.
    """

    def __init__(self, rate_hz: float, rng: np.random.Generator) -> None:
        self.rate_hz = rate_hz
        self.n = n = int(rng.integers(60, 121))
        order = np.arange(n) / (n - 1)
        thresholds, sizes = rng.uniform(15.0, 60.0), rng.uniform(10.0, 40.0)
        self.threshold: FloatArray = 0.7 * np.exp(np.log(thresholds) * order) / thresholds
        last = self.threshold[-1] - self.threshold[-3]
        self.gate: FloatArray = np.concatenate([self.threshold[2:] - self.threshold[:-2], [last, last]])
        self.highest_per_s = np.linspace(rng.uniform(28.0, 36.0), rng.uniform(16.0, 22.0), n)
        self.bend = rng.uniform(0.25, 0.6)
        self.variation = rng.uniform(0.15, 0.20, n)
        self.kernels = self._potentials(np.exp(np.log(sizes) * order), rng)
        self.energy: FloatArray = (self.kernels**2).sum((1, 2)) / _PHASES / rate_hz
        self.excitation = np.linspace(0.0, 1.0, 4001)
        self.power: FloatArray = self.rates(self.excitation).T @ self.energy
        top = self.power[-1] * rng.uniform(0.04, 0.33)
        self.kernels /= np.sqrt(top)
        self.energy /= top
        self.power /= top

    def _potentials(self, sizes: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Action potentials of all units, shape (units, places between samples, samples)."""
        depths = rng.uniform(4e-3, rng.uniform(8e-3, 18e-3), self.n)
        short, long = _POTENTIAL_S
        spread = rng.beta(2.0, 3.0, self.n) * 0.6 + 0.4 * (depths - 4e-3) / 14e-3
        lengths = np.clip(short + (long - short) * spread, short, long)
        poles = rng.integers(0, 4, self.n)
        self.half = int(np.ceil(0.5 * long * 1.5 * self.rate_hz)) + 2
        fine_hz, half = self.rate_hz * _PHASES, self.half * _PHASES
        times = np.arange(-half, half) / fine_hz
        pitch = np.fft.rfftfreq(2 * half, 1.0 / fine_hz)
        recorder = 1.0 / (1.0 + (pitch / (0.42 * self.rate_hz)) ** 12)
        kernels = np.zeros((self.n, _PHASES, 2 * self.half))
        for k in range(self.n):
            tissue = np.exp(-2.0 * np.pi * pitch * depths[k] / _CONDUCTION_DEPTH)
            wave = _wave(times, int(poles[k]), float(lengths[k]), rng)
            wave = np.fft.irfft(np.fft.rfft(wave) * tissue * recorder, 2 * half)
            window = np.clip((0.75 * lengths[k] - np.abs(times)) / (0.15 * lengths[k]), 0.0, 1.0)
            wave = wave * window
            wave -= window * wave.sum() / window.sum()  # no net area
            middle = (times * wave**2).sum() / (wave**2).sum()
            wave = np.roll(wave, -round(middle * fine_hz))  # about the discharge
            size = sizes[k] * (4e-3 / depths[k]) ** rng.uniform(0.8, 1.4) * rng.choice([-1, 1])
            wave *= size / np.sqrt((wave**2).mean())
            kernels[k] = wave.reshape(2 * self.half, _PHASES).T[::-1]  # row p: p/8 of a sample later
        return kernels

    def rates(self, excitation: FloatArray) -> FloatArray:
        """Discharges per second, shape (units, n)."""
        return np.array([self._rate(k, excitation - self.threshold[k]) for k in range(self.n)])

    def _rate(self, unit: int, over: FloatArray) -> FloatArray:
        """Of one unit, at an excitation so far over its threshold."""
        gate = np.clip(over / self.gate[unit], 0.0, 1.0)
        more = (self.highest_per_s[unit] - _LOWEST_PER_S) * -np.expm1(-np.maximum(over, 0.0) / self.bend)
        return gate * (_LOWEST_PER_S + more)

    def band_share(self) -> float:
        """Share of the power at the nominal top that lies between 20 and 450 Hz."""
        active = self.rates(np.array([np.interp(1.0, self.power, self.excitation)]))[:, 0]
        power = (np.abs(np.fft.rfft(self.kernels[:, 0], 1024, axis=1)) ** 2 * active[:, None]).sum(0)
        power[1:-1] *= 2.0
        return _in_band(np.linspace(0.0, 0.5 * self.rate_hz, power.size), power)

    def steady(self, active: int) -> float:
        """The power at which that many units discharge."""
        return float(self.power[np.searchsorted(self.excitation, self.threshold[active])])

    def emg(self, power: Power, count: int, rng: np.random.Generator) -> FloatArray:
        """Trains of action potentials."""
        last = (count - 1) / self.rate_hz
        times, units = self._discharges(power, count / self.rate_hz, rng)
        inside = (times > 0.0) & (times < last)
        return self._sum(times[inside], units[inside], count)

    def _discharges(
        self, power: Power, seconds: float, rng: np.random.Generator
    ) -> tuple[FloatArray, NDArray[np.intp]]:
        """Times, s, and units of all discharges."""
        control = (np.arange(int(seconds * _CONTROL_HZ), dtype=np.float64) + 0.5) / _CONTROL_HZ
        excitation = np.interp(power(control), self.power, self.excitation)
        times: list[FloatArray] = []
        units: list[NDArray[np.intp]] = []
        for k in range(self.n):
            active = np.flatnonzero(excitation > self.threshold[k])
            if not active.size:
                break  # later units are recruited later
            rate = self._rate(k, excitation[active] - self.threshold[k])
            done = np.concatenate([[0.0], np.cumsum(rate)]) / _CONTROL_HZ
            gaps = 1.0 + self.variation[k] * np.clip(rng.standard_normal(int(done[-1] * 1.2 + 80.0)), -4.0, 4.0)
            due = np.cumsum(gaps) - 40.0 - rng.uniform(0.0, 1.0)  # from 40 gaps earlier: at any phase
            due = due[(due > 0.0) & (due < done[-1])]
            at = np.searchsorted(done, due, side="right") - 1
            times.append(active[at] / _CONTROL_HZ + (due - done[at]) / rate[at])
            units.append(np.full(due.size, k))
        if not times:
            return np.zeros(0), np.zeros(0, np.intp)
        return np.concatenate(times), np.concatenate(units)

    def _sum(self, times: FloatArray, units: NDArray[np.intp], count: int) -> FloatArray:
        """Action potentials at their times, summed."""
        out, reach = np.zeros(count + 4 * self.half), np.arange(2 * self.half)
        places = times * self.rate_hz
        whole = np.floor(places).astype(np.intp)
        phase = np.minimum(((places - whole) * _PHASES).astype(np.intp), _PHASES - 1)
        for start in range(0, times.size, 40000):
            some = slice(start, start + 40000)
            at = whole[some, None] + self.half + reach + 1
            out += np.bincount(at.ravel(), self.kernels[units[some], phase[some]].ravel(), out.size)[: out.size]
        return out[2 * self.half : 2 * self.half + count]


def _wave(times: FloatArray, poles: int, length_s: float, rng: np.random.Generator) -> FloatArray:
    """An action potential: a tripole under a Gaussian reach, or a Hermite–Rodriguez function of order 1 to 3."""
    if poles == 0:
        gap, returned = length_s / 5.0, rng.uniform(0.3, 0.8)

        def pole(at: float) -> FloatArray:
            return np.exp(-0.5 * ((times - at) / (length_s / 9.0)) ** 2)

        return pole(-gap) - (1.0 + returned) * pole(0.0) + returned * pole(gap * rng.uniform(1.0, 1.3))
    u = times / (length_s / (4 + poles))
    return (2.0 * u, 4.0 * u**2 - 2.0, 8.0 * u**3 - 12.0 * u)[poles - 1] * np.exp(-(u**2))


def _in_band(pitch: FloatArray, power: FloatArray) -> float:
    return float(power[(pitch >= _BAND_HZ[0]) & (pitch <= _BAND_HZ[1])].sum() / power.sum())


class Noise:
    """White noise through K s / ((s + l)(s + h)²), the form of Stulen and De Luca 1981."""

    def __init__(self, rate_hz: float, rng: np.random.Generator) -> None:
        self.rate_hz = rate_hz
        low, high = 2.0 * np.pi * rng.uniform(25.0, 90.0), 2.0 * np.pi * rng.uniform(80.0, 200.0)
        b, self.a = signal.bilinear([1, 0], np.polymul([1, low], np.polymul([1, high], [1, high])), rate_hz)
        self.pitch, response = signal.freqz(b, self.a, worN=8192, fs=rate_hz)
        self.power = np.abs(response) ** 2
        self.b = b / np.sqrt(self.power.mean())

    def band_share(self) -> float:
        """Share of its power between 20 and 450 Hz."""
        return _in_band(self.pitch, self.power)

    def emg(self, power: Power, count: int, rng: np.random.Generator) -> FloatArray:
        """Noise, its power modulated."""
        x = signal.lfilter(self.b, self.a, rng.standard_normal(count + 2000))[2000:]
        return x * np.sqrt(power(np.arange(count) / self.rate_hz))


def _amplifier(count: int, rate_hz: float, rng: np.random.Generator) -> FloatArray:
    """White and 1/f noise with an RMS of 1 between 20 and 450 Hz."""
    pitch = np.fft.rfftfreq(count, 1.0 / rate_hz)
    power = 1.0 + rng.uniform(3.0, 60.0) / np.maximum(pitch, 0.5)
    power[0] = 0.0
    x = np.fft.irfft(np.fft.rfft(rng.standard_normal(count)) * np.sqrt(power), count)
    share = power[(pitch >= _BAND_HZ[0]) & (pitch <= _BAND_HZ[1])].sum() / power.size
    return x / np.sqrt(share)


def channel(
    drive: Drive, kind: str, rate_hz: float, seconds: float, snr_db: float, rng: np.random.Generator
) -> FloatArray:
    """One recorded channel; a quarter have tonic activity and a third mains, of about the amplifier's noise. A burst of
    amplitude 1 adds `snr_db` over the activity that is there at rest.
    """
    count = int(seconds * rate_hz)
    source: Source = Pool(rate_hz, rng) if kind == "units" else Noise(rate_hz, rng)
    tone = rng.uniform(0.4, 1.2) if rng.uniform() < _TONE_SHARE else 0.0
    mains = rng.uniform(0.3, 1.2) if rng.uniform() < _MAINS_SHARE else 0.0
    scale = np.sqrt(10.0 ** (snr_db / 10.0) * (1.0 + tone**2) / source.band_share())
    x = source.emg(drive.power, count, rng) * scale
    if tone and kind == "units":
        far = Pool(rate_hz, rng)
        steady = far.steady(_DISTANT_UNITS)
        hum = far.emg(lambda times: np.full(times.size, steady), count, rng)
        x += hum * tone / np.sqrt(steady * far.band_share())
    elif tone:
        x += source.emg(np.ones_like, count, rng) * tone / np.sqrt(source.band_share())
    x += _amplifier(count, rate_hz, rng)
    if mains:
        pitch = rng.choice([50.0, 60.0]) * (1.0 + 4e-4 * rng.standard_normal())
        phase, times = rng.uniform(0.0, 6.3, 3), np.arange(count) / rate_hz
        line = np.sin(2.0 * np.pi * pitch * times + phase[0]) + 0.2 * np.sin(6.0 * np.pi * pitch * times + phase[1])
        x += mains * np.sqrt(2.0) * line
    bits = int(rng.integers(12, 17))
    step = 2.0 * np.abs(x).max() * rng.uniform(1.1, 4.0) / 2**bits
    return np.round(x / step) * step * 10.0 ** rng.uniform(-6.0, 0.0)


@dataclass(frozen=True, slots=True)
class Third:
    """One channel and its bursts, in order; `spans` is where each is active, s."""

    x: FloatArray
    rate_hz: float
    bursts: tuple[Instants, ...]
    spans: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class ThirdPair:
    """Two channels over some repetitions; `lags_s` are the planted ones of each between centres, about `mean_s`."""

    first: FloatArray
    second: FloatArray
    rate_hz: float
    reps: list[tuple[float, float]]
    lags_s: FloatArray
    mean_s: float


def third(rng: np.random.Generator, rate_hz: float, kind: str, snr_db: float, form: Form) -> Third:
    """A channel of 60 s with bursts of one form."""
    drive = train(form, SECONDS, rng)
    x = channel(drive, kind, rate_hz, SECONDS, snr_db, rng)
    return Third(x, rate_hz, tuple(drive.bursts), tuple((b.onset_s, b.offset_s) for b in drive.bursts))


def third_pair(
    rng: np.random.Generator, rate_hz: float, kind: str, snr_db: float, forms: tuple[Form, Form], reps: int,
    spread_s: float,
) -> ThirdPair:  # fmt: skip
    """Two muscles with one burst each a repetition of 2.8 to 3.4 s, both wholly within it."""
    mean, every = rng.uniform(-0.15, 0.15), rng.uniform(2.8, 3.4)
    starts, lags = 0.5 + every * np.arange(reps), mean + spread_s * rng.standard_normal(reps)
    drives = (Drive(), Drive())
    for start, lag in zip(starts, lags, strict=True):
        while True:
            hills = [form.draw(rng) for form in forms]
            told = [instants(hill) for hill in hills]
            middle = start + 0.5 * every + rng.uniform(-0.3, 0.1)
            begins = [
                middle + sign * 0.5 * lag - centre for sign, (_, centre, _) in zip((-1.0, 1.0), told, strict=True)
            ]
            ends = [begin + end for begin, (end, _, _) in zip(begins, told, strict=True)]
            if min(begins) > start + 0.05 and max(ends) < start + every - 0.05:
                break
        for drive, begin, hill in zip(drives, begins, hills, strict=True):
            drive.add(float(begin), hill, rng)
    seconds = float(starts[-1]) + every + 0.5
    first, second = (channel(drive, kind, rate_hz, seconds, snr_db, rng) for drive in drives)
    return ThirdPair(first, second, rate_hz, [(float(s), float(s) + every) for s in starts], lags, float(mean))
