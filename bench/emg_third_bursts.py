"""Bursts of a third generator of EMG, by someone who had seen neither Legato nor its other generators: it shares
nothing with them and imports nothing of Legato.

A channel's bursts are edges about a plateau that wanders by a tenth, or smooth hills, each a little different from the
next. Amplitudes lie on a grid of 0.1 ms. True instants: onset, the amplitude leaves rest; offset, its fall ends;
centre, the centroid of the squared amplitude; peak, its highest instant.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

RISES_S = (0.005, 0.02, 0.05, 0.1, 0.2)
FALLS_S = (0.02, 0.05, 0.1, 0.2)
EDGES = ("cosine", "exponential", "logistic", "straight")
SMOOTH = ("raised cosine", "gamma", "beta", "two humps")

_STEP_S = 1e-4
_DEVIATION = 0.10
"""By how much a burst's lengths and exponents differ from its channel's."""

_WANDER = 0.10
_WANDER_HZ = (0.3, 3.0)
_GAIN_DB = 3.0
_HUMP = 0.32
"""Half width of each of two humps, as a share of the burst."""

_LOGISTIC_FOOT = 1.0 / (1.0 + np.exp(4.0))


@dataclass(frozen=True, slots=True)
class Instants:
    """True instants of one burst, s from the first sample."""

    onset_s: float
    offset_s: float
    centre_s: float
    peak_s: float


def _edge(kind: str, way: FloatArray) -> FloatArray:
    """From 0 to 1 over `way`, itself from 0 to 1."""
    if kind == "cosine":
        return 0.5 - 0.5 * np.cos(np.pi * way)
    if kind == "exponential":
        return (1.0 - np.exp(-3.0 * way)) / (1.0 - np.exp(-3.0))
    if kind == "logistic":  # cut where it is 1.8 % and made to start at 0
        return (1.0 / (1.0 + np.exp(-4.0 * (2.0 * way - 1.0))) - _LOGISTIC_FOOT) / (1.0 - 2.0 * _LOGISTIC_FOOT)
    return way


def _fall(kind: str, way: FloatArray) -> FloatArray:
    """From 1 to 0; an exponential decays steeply first, and is brought to 0 at its end."""
    if kind == "exponential":
        return (np.exp(-3.0 * way) - np.exp(-3.0)) / (1.0 - np.exp(-3.0))
    return 1.0 - _edge(kind, way)


def _wander(count: int, rng: np.random.Generator) -> FloatArray:
    """About 1, slowly."""
    times = np.arange(count) * _STEP_S
    sway = np.zeros(count)
    for _ in range(4):
        size = rng.standard_normal()
        sway += size * np.cos(2.0 * np.pi * rng.uniform(*_WANDER_HZ) * times + rng.uniform(0.0, 6.3))
    return 1.0 + _WANDER * np.tanh(sway / 1.4)


@dataclass(frozen=True, slots=True)
class Form:
    """What a channel's bursts have in common: a kind of `EDGES` with its times, or one of `SMOOTH` with its length and
    what bends it (`bend`).
    """

    kind: str
    rise_s: float = 0.0
    fall_s: float = 0.0
    fall_kind: str = ""
    plateau_s: tuple[float, float] = (0.15, 1.5)
    length_s: float = 0.0
    bend: tuple[float, float] = (0.0, 0.0)

    def draw(self, rng: np.random.Generator) -> FloatArray:
        """Amplitude of one burst every 0.1 ms, about 1 at its top; 0 at its first and last sample."""
        if self.kind in EDGES:
            rise, fall = (max(3, round(length * _deviating(rng) / _STEP_S)) for length in (self.rise_s, self.fall_s))
            hold = int(rng.uniform(*self.plateau_s) / _STEP_S)
            up, down = _edge(self.kind, np.arange(rise) / rise), _fall(self.fall_kind, np.arange(fall + 1) / fall)
            hill = np.concatenate([up, np.ones(hold), down])
            return hill * _wander(hill.size, rng)
        count = int(self.length_s * _deviating(rng) / _STEP_S)
        first, second = self.bend
        if self.kind != "two humps":
            first, second = first * _deviating(rng), second * _deviating(rng)
        hill = _smooth(self.kind, np.arange(count + 1) / count, first, second)
        return hill / hill.max()


def _deviating(rng: np.random.Generator) -> float:
    return 1.0 + _DEVIATION * rng.uniform(-1.0, 1.0)


def _smooth(kind: str, way: FloatArray, first: float, second: float) -> FloatArray:
    """A smooth hill over `way` from 0 to 1, of any height."""
    if kind == "raised cosine":
        return 0.5 - 0.5 * np.cos(2.0 * np.pi * way)
    if kind == "beta":
        return way**first * (1.0 - way) ** second
    if kind == "gamma":  # about 1 % of its top at the end, brought to 0 there
        times = way * (first + 2.2 * np.sqrt(first) + 5.0)
        return times**first * np.exp(-times) * (1.0 - way**4)

    def hump(at: float) -> FloatArray:
        away = np.abs(way - at)
        return np.where(away < _HUMP, 0.5 + 0.5 * np.cos(np.pi * away / _HUMP), 0.0)

    lesser = min(second, 0.97)
    left, right = (1.0, lesser) if first > 0.5 else (lesser, 1.0)
    return left * hump(_HUMP) + right * hump(1.0 - _HUMP)


def edges(
    rng: np.random.Generator,
    *,
    rise: tuple[str, float] | None = None,
    fall: tuple[str, float] | None = None,
    plateau_s: tuple[float, float] = (0.15, 1.5),
) -> Form:
    """A rise and a fall, each of a kind and a time, s; what is left out is drawn."""
    kind, rise_s = rise or (str(rng.choice(EDGES)), float(rng.choice(RISES_S)))
    fall_kind, fall_s = fall or (str(rng.choice(EDGES)), float(rng.choice(FALLS_S)))
    return Form(kind, rise_s, fall_s, fall_kind, plateau_s)


def smooth(rng: np.random.Generator, kind: str) -> Form:
    """A smooth form of 0.25 to 1.2 s; gamma with its tail 1.4 times as long."""
    length = rng.uniform(0.25, 1.2)
    bend = (0.0, 0.0)
    if kind == "gamma":
        length, bend = 1.4 * length, (rng.uniform(1.0, 4.0), 0.0)
    elif kind == "beta":
        bend = (rng.uniform(1.0, 4.5), rng.uniform(1.0, 4.5))
    elif kind == "two humps":
        bend = (rng.uniform(), rng.uniform(0.85, 0.97))
    return Form(kind, length_s=length, bend=bend)


class Drive:
    """Amplitude of a channel over time, bursts one after another, each within 3 dB of 1."""

    def __init__(self) -> None:
        self.bursts: list[Instants] = []
        self._parts: list[tuple[float, FloatArray]] = []

    def add(self, start_s: float, hill: FloatArray, rng: np.random.Generator) -> None:
        """One burst that leaves rest at `start_s`."""
        end, centre, peak = instants(hill)
        self._parts.append((start_s, hill * 10.0 ** (rng.uniform(-_GAIN_DB, _GAIN_DB) / 20.0)))
        self.bursts.append(Instants(start_s, start_s + end, start_s + centre, start_s + peak))

    def power(self, times: FloatArray) -> FloatArray:
        """Squared amplitude at `times`, s, which rise."""
        out = np.zeros(times.size)
        for start, hill in self._parts:
            first, last = np.searchsorted(times, [start, start + _STEP_S * (hill.size - 1)])
            out[first:last] = np.interp(times[first:last] - start, np.arange(hill.size) * _STEP_S, hill)
        return out**2


def instants(hill: FloatArray) -> tuple[float, float, float]:
    """End, centroid of the square and top of one burst, s from its start."""
    times, power = np.arange(hill.size) * _STEP_S, hill**2
    return float(times[-1]), float(times @ power / power.sum()), float(times[np.argmax(hill)])


def train(form: Form, seconds: float, rng: np.random.Generator) -> Drive:
    """Bursts of a form with rests of 0.7 to 2.2 s between them."""
    drive, at = Drive(), rng.uniform(1.0, 2.0)
    while True:
        hill = form.draw(rng)
        length = hill.size * _STEP_S
        if at + length > seconds - 0.7:
            return drive
        drive.add(float(at), hill, rng)
        at += length + rng.uniform(0.7, 2.2)
