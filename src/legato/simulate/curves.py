"""Smooth laws of time from which all movement is made."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legato.recording import FloatArray

_SHAPE: tuple[tuple[float, float, float], ...] = ((0.68, -0.33, 0.84), (0.32, 0.70, 1.04))
"""Weight, shift and width (in widths of the law) of the Gaussians that make one skewed speed bell; mean shift zero."""

_DIP_WIDTHS = 0.5
PAUSE_DIP = 0.03
"""Share of the depth by which an athlete gives in before rising from a pause of a third of a second and more."""


def normal_cdf(x: FloatArray) -> FloatArray:
    """Integral of the standard normal density up to `x`."""
    from scipy.special import ndtr

    return ndtr(x)


def rise(times: FloatArray, centre_s: float, width_s: float) -> FloatArray:
    """Go from 0 to 1 around `centre_s`; the speed is a skewed bell, infinitely smooth, of about ±2.6 `width_s`."""
    x = (times - centre_s) / width_s
    out = np.zeros_like(x)
    for weight, shift, width in _SHAPE:
        out += weight * normal_cdf((x - shift) / width)
    return out


def bump(times: FloatArray, centre_s: float, width_s: float) -> FloatArray:
    """Gaussian of height 1."""
    return np.exp(-0.5 * ((times - centre_s) / width_s) ** 2)


def ramp(times: FloatArray, start_s: float, end_s: float) -> FloatArray:
    """Go from 0 to 1 between two instants and rest outside; three continuous derivatives."""
    x = np.clip((times - start_s) / (end_s - start_s), 0.0, 1.0)
    return x**4 * (35.0 - 84.0 * x + 70.0 * x**2 - 20.0 * x**3)


def hop(times: FloatArray, start_s: float, end_s: float) -> FloatArray:
    """Go from 0 to 1 and back between two instants and rest outside; three continuous derivatives."""
    x = np.clip((times - start_s) / (end_s - start_s), 0.0, 1.0)
    return 256.0 * (x * (1.0 - x)) ** 4


@dataclass(frozen=True, slots=True)
class Excursion:
    """There and back again: out around `out_s`, back around `back_s`, each with its own width, to `depth`.

    `dip` is a short extra share of the depth just before the way back, as athletes give in before they rise from a
    pause; without it a pause has no instant that is deepest.
    """

    out_s: float
    out_width_s: float
    back_s: float
    back_width_s: float
    depth: float
    dip: float = 0.0

    def at(self, times: FloatArray) -> FloatArray:
        """Share of the full way at `times`."""
        way = rise(times, self.out_s, self.out_width_s) - rise(times, self.back_s, self.back_width_s)
        if self.dip:
            way += self.dip * bump(times, self.back_s - 2.3 * self.back_width_s, _DIP_WIDTHS * self.back_width_s)
        return self.depth * way


def excursions(times: FloatArray, parts: Sequence[Excursion], delays_s: Sequence[float] | None = None) -> FloatArray:
    """Sum of excursions, each delayed by its own amount."""
    total = np.zeros_like(times)
    for i, part in enumerate(parts):
        delay = 0.0 if delays_s is None else delays_s[i]
        reach = 9.0 * max(part.out_width_s, part.back_width_s)
        near = (times > part.out_s + delay - reach) & (times < part.back_s + delay + reach)
        t = times[near]
        total[near] += part.at(t - delay)
    return total


def sway(times: FloatArray, rms: float, rng: np.random.Generator) -> FloatArray:
    """Slow unrest of a standing body: eight random sinusoids from 0.15 to 0.7 Hz."""
    frequency = np.linspace(0.15, 0.7, 8)
    phase = rng.uniform(0.0, 2.0 * np.pi, 8)
    return rms * 0.5 * np.sin(2.0 * np.pi * times[:, None] * frequency + phase).sum(axis=1)


def ease(times: FloatArray, start_s: float, end_s: float) -> FloatArray:
    """Go from 0 to 1 between two instants and rest outside; five continuous derivatives."""
    x = np.clip((times - start_s) / (end_s - start_s), 0.0, 1.0)
    return x**6 * (462.0 - 1980.0 * x + 3465.0 * x**2 - 3080.0 * x**3 + 1386.0 * x**4 - 252.0 * x**5)


def soft_size(x: FloatArray, within: float) -> FloatArray:
    """|x|, rounded off where it is below `within`, and exact elsewhere; six continuous derivatives."""
    u = np.clip(0.5 * (x / within + 1.0), 0.0, 1.0)
    area = u**7 * (66.0 - 247.5 * u + 385.0 * u**2 - 308.0 * u**3 + 126.0 * u**4 - 21.0 * u**5)
    return np.where(np.abs(x) >= within, np.abs(x), within * (1.0 - 2.0 * (u - 2.0 * area)))


def soft_ramp(x: FloatArray) -> FloatArray:
    """The integral of the normal distribution: 0 far below zero, x far above it, infinitely smooth."""
    return x * normal_cdf(x) + np.exp(-0.5 * x**2) / np.sqrt(2.0 * np.pi)


def soft_parabola(x: FloatArray) -> FloatArray:
    """The integral of `soft_ramp`: 0 far below zero, (x² + 1) / 2 far above it, infinitely smooth."""
    return 0.5 * ((x**2 + 1.0) * normal_cdf(x) + x * np.exp(-0.5 * x**2) / np.sqrt(2.0 * np.pi))
