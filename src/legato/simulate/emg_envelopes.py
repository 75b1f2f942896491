"""Envelopes of muscle activity with the instants of each burst in closed form.

What the instants of a burst mean, here and in the truth of a simulated recording:

- onset: the noise-free envelope leaves rest (the floor, where there is one), however slowly;
- offset: its fall ends, the envelope is at rest again;
- centre: centre of gravity of the squared amplitude, which is the power that the burst adds;
- peak: the one instant at which the envelope is highest.

An instant that a shape does not have is NaN: a Gaussian never leaves rest, a plateau has no highest instant. In a sum
of bursts each keeps the instants of its own part; parts and floor add in power, as independent sources do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

import numpy as np

from legato.recording import FloatArray

Edges: TypeAlias = Literal["straight", "cosine"]

_EDGE_POWER: dict[Edges, float] = {"straight": 1.0 / 3.0, "cosine": 3.0 / 8.0}
"""Mean squared amplitude of an edge that goes from 0 to 1."""

_EDGE_CENTRE: dict[Edges, float] = {"straight": 3.0 / 4.0, "cosine": 0.5 + 8.0 / (3.0 * np.pi**2)}
"""Centre of its squared amplitude, as a share of the way from its foot to its top."""


class Shape(Protocol):
    """One burst: its amplitude at any instant and its own instants, s (see the module)."""

    @property
    def onset_s(self) -> float:
        """The envelope leaves rest."""
        ...

    @property
    def offset_s(self) -> float:
        """Its fall ends."""
        ...

    @property
    def centre_s(self) -> float:
        """Centre of the squared amplitude."""
        ...

    @property
    def peak_s(self) -> float:
        """Its highest instant."""
        ...

    def amplitude(self, times: FloatArray) -> FloatArray:
        """Amplitude at `times` (s), shape (n,), in the unit of the burst's height."""
        ...


@dataclass(frozen=True, slots=True)
class Hill:
    """A rise, a plateau and a fall. Straight edges make a trapezoid; cosine edges without a plateau a raised cosine,
    skewed where rise and fall differ.
    """

    start_s: float
    rise_s: float
    hold_s: float
    fall_s: float
    height: float = 1.0
    edges: Edges = "straight"

    @property
    def onset_s(self) -> float:
        """The envelope leaves rest."""
        return self.start_s

    @property
    def offset_s(self) -> float:
        """Its fall ends."""
        return self.start_s + self.rise_s + self.hold_s + self.fall_s

    @property
    def centre_s(self) -> float:
        """Centre of the squared amplitude."""
        power, foot_to_centre = _EDGE_POWER[self.edges], _EDGE_CENTRE[self.edges]
        parts = (
            (power * self.rise_s, foot_to_centre * self.rise_s),
            (self.hold_s, self.rise_s + 0.5 * self.hold_s),
            (power * self.fall_s, self.rise_s + self.hold_s + (1.0 - foot_to_centre) * self.fall_s),
        )
        return self.start_s + sum(p * at for p, at in parts) / sum(p for p, _ in parts)

    @property
    def peak_s(self) -> float:
        """Its highest instant; NaN where it stays at the top."""
        return self.start_s + self.rise_s if self.hold_s == 0.0 else float("nan")

    def amplitude(self, times: FloatArray) -> FloatArray:
        """Amplitude at `times` (s)."""
        up = np.clip((times - self.start_s) / self.rise_s, 0.0, 1.0) if self.rise_s else times >= self.start_s
        down = np.clip((self.offset_s - times) / self.fall_s, 0.0, 1.0) if self.fall_s else times < self.offset_s
        level = np.minimum(up, down).astype(np.float64)
        return self.height * (level if self.edges == "straight" else 0.5 - 0.5 * np.cos(np.pi * level))


def hill_about(
    centre_s: float, rise_s: float, fall_s: float, height: float = 1.0, *, hold_s: float = 0.0, edges: Edges = "cosine"
) -> Hill:
    """The hill whose squared amplitude has its centre at `centre_s`."""
    at_zero = Hill(0.0, rise_s, hold_s, fall_s, height, edges)
    return Hill(centre_s - at_zero.centre_s, rise_s, hold_s, fall_s, height, edges)


@dataclass(frozen=True, slots=True)
class Bell:
    """Two half Gaussians with one top; onset and offset do not exist."""

    top_s: float
    left_sd_s: float
    right_sd_s: float
    height: float = 1.0

    @property
    def onset_s(self) -> float:
        """NaN: a Gaussian never leaves rest."""
        return float("nan")

    @property
    def offset_s(self) -> float:
        """NaN: a Gaussian never comes to rest."""
        return float("nan")

    @property
    def centre_s(self) -> float:
        """Centre of the squared amplitude, itself two half Gaussians of 1/√2 the width."""
        return self.top_s + (self.right_sd_s - self.left_sd_s) / np.sqrt(np.pi)

    @property
    def peak_s(self) -> float:
        """Its highest instant."""
        return self.top_s

    def amplitude(self, times: FloatArray) -> FloatArray:
        """Amplitude at `times` (s)."""
        since = times - self.top_s
        return self.height * np.exp(-0.5 * (since / np.where(since < 0.0, self.left_sd_s, self.right_sd_s)) ** 2)


@dataclass(frozen=True, slots=True)
class Surge:
    """A quick rise and a long tail: (t/τ)^k e^(−t/τ) scaled to its height; the tail has no end."""

    start_s: float
    order: float
    decay_s: float
    height: float = 1.0

    @property
    def onset_s(self) -> float:
        """The envelope leaves rest."""
        return self.start_s

    @property
    def offset_s(self) -> float:
        """NaN: the tail never comes to rest."""
        return float("nan")

    @property
    def centre_s(self) -> float:
        """Centre of the squared amplitude, a gamma density of order 2k + 1 and half the decay."""
        return self.start_s + (self.order + 0.5) * self.decay_s

    @property
    def peak_s(self) -> float:
        """Its highest instant."""
        return self.start_s + self.order * self.decay_s

    def amplitude(self, times: FloatArray) -> FloatArray:
        """Amplitude at `times` (s)."""
        u = np.maximum(times - self.start_s, 0.0) / (self.order * self.decay_s)
        return self.height * (u * np.exp(1.0 - u)) ** self.order


def envelope(times: FloatArray, bursts: Sequence[Shape], floor: float = 0.0) -> FloatArray:
    """Amplitude at `times` (s), shape (n,), of bursts over tonic activity `floor`; all add in power."""
    power = np.full(times.shape, floor**2)
    for burst in bursts:
        power += burst.amplitude(times) ** 2
    return np.sqrt(power)
