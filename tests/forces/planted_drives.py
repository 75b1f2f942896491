"""Leg drives in closed form: a centre of mass that dips and is driven up, and the vertical force that does it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq

from legato.recording import STANDARD_GRAVITY, FloatArray

STAND_S, LENGTH_S = 1.5, 3.2


def bell(t: Any, at_s: float, width_s: float) -> Any:
    """The normal density, 1/s."""
    return np.exp(-0.5 * ((t - at_s) / width_s) ** 2) / (width_s * np.sqrt(2.0 * np.pi))


SWAY_HZ = np.array([0.15, 0.25, 0.4, 0.6])


@dataclass(frozen=True)
class Sway:
    """Slow unrest of a standing body: how far its mass goes up and down, m (each sinusoid's amplitude), and phases."""

    size_m: float
    phases: FloatArray

    def speed(self, t: Any) -> Any:
        """m/s."""
        turn = 2.0 * np.pi * SWAY_HZ
        return sum(self.size_m * w * np.cos(w * t + p) for w, p in zip(turn, self.phases, strict=True))

    def acceleration(self, t: Any) -> Any:
        """m/s²."""
        turn = 2.0 * np.pi * SWAY_HZ
        return sum(-self.size_m * w**2 * np.sin(w * t + p) for w, p in zip(turn, self.phases, strict=True))


@dataclass(frozen=True)
class PlantedDrive:
    """One repetition from `at_s` on: stands, dips by `dip_m`, is driven `rise_m` above the stand and comes back."""

    at_s: float
    kg: float
    dip_m: float
    rise_m: float
    down_s: float
    drive_s: float
    sway: Sway

    def _bells(self) -> tuple[tuple[float, float, float], ...]:
        down = self.at_s + STAND_S
        up = down + 2.6 * self.down_s + 2.2 * self.drive_s
        back = up + 0.45
        return (
            (-self.dip_m, down, self.down_s),
            (self.dip_m + self.rise_m, up, self.drive_s),
            (-self.rise_m, back, 0.12),
        )

    def speed(self, t: Any) -> Any:
        """Of the common centre of mass, m/s."""
        return self.sway.speed(t) + sum(way * bell(t, at, width) for way, at, width in self._bells())

    def net(self, t: Any) -> Any:
        """Force above the weight, N."""
        return self.kg * self.sway.acceleration(t) + self.driven(t)

    def driven(self, t: Any) -> Any:
        """The part of it that is no sway, N."""
        return self.kg * sum(-way * (t - at) / width**2 * bell(t, at, width) for way, at, width in self._bells())

    def truth(self) -> dict[str, float]:
        """Exact instants and impulses, from the roots of the closed form."""
        (_, down, _), (_, up, width), _ = self._bells()
        start = brentq(self.speed, down, up)
        end = brentq(self.net, up - 0.5 * width, up + 0.5 * width)
        t = np.linspace(down, end, 10001)
        top = t[np.argmax(self.net(t))]
        return {
            "start_s": start,
            "end_s": end,
            "peak_s": float(top),
            "impulse_n_s": self.kg * self.speed(end),
            "braking_n_s": -self.kg * float(self.speed(t).min()),
        }

    def span(self) -> tuple[float, float]:
        """From shortly before the dip to the end of the press."""
        (_, down, width), (_, up, _), _ = self._bells()
        return down - 2.2 * width, up + 0.7


def planted_set(
    rng: np.random.Generator, reps: int, rate_hz: float, noise_n: float = 2.0
) -> tuple[FloatArray, list[PlantedDrive]]:
    """The force of a set, N, with white noise and hum of the plates, and what is planted."""
    kg = float(rng.uniform(70.0, 160.0))
    # about 0.2 mm rms
    sway = Sway(float(rng.uniform(0.5e-4, 2e-4)), rng.uniform(0.0, 2.0 * np.pi, SWAY_HZ.size))
    planted = [
        PlantedDrive(
            k * LENGTH_S + 0.3,
            kg,
            float(rng.uniform(0.06, 0.14)),
            float(rng.uniform(0.02, 0.06)),
            float(rng.uniform(0.07, 0.11)),
            float(rng.uniform(0.05, 0.08)),
            sway,
        )
        for k in range(reps)
    ]
    t = np.arange(round((reps * LENGTH_S + 1.5) * rate_hz)) / rate_hz
    force = kg * STANDARD_GRAVITY + kg * sway.acceleration(t) + sum(drive.driven(t) for drive in planted)
    force += noise_n * rng.standard_normal(t.size) + 0.3 * noise_n * np.sin(2.0 * np.pi * 50.0 * t)
    return force, planted
