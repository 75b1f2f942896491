"""Sets of lifts whose starts and ends are planted: how a bar moves from one turn or rest to the next."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from legato.recording import STANDARD_GRAVITY, FloatArray

FINE_HZ = 5000.0

MEAN_FROM_M_S = 0.05
"""Mean velocities count from where a way is first faster than this to where it last is, m/s."""


def _grind(s: FloatArray) -> FloatArray:
    return s**1.5 * (1.0 - s) ** 1.5 * (1.0 - 0.75 * np.exp(-(((s - 0.45) / 0.12) ** 2)))


PROFILES: dict[str, Callable[[FloatArray], FloatArray]] = {
    "min-jerk": lambda s: s**2 * (1.0 - s) ** 2,
    "early": lambda s: s**1.5 * (1.0 - s) ** 3,
    "late": lambda s: s**3 * (1.0 - s) ** 1.5,
    "half-sine": lambda s: np.sin(np.pi * s),
    "raised cosine": lambda s: 1.0 - np.cos(2.0 * np.pi * s),
    "jerked": lambda s: s * (1.0 - s) ** 2,
    "grind": _grind,
}
"""Velocity over the share of a way's time."""

USUAL = ("min-jerk", "early", "late", "half-sine", "raised cosine", "jerked")


@dataclass(frozen=True, slots=True)
class Lift:
    """What is true of one way up: s, m/s, m; and how long the way down that belongs to it takes, s. The means are
    those of where it is faster than `MEAN_FROM_M_S`.
    """

    start_s: float
    end_s: float
    mean: float
    propulsive: float
    went: float
    down_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A set: height and velocity at `FINE_HZ`, and its lifts."""

    t: FloatArray
    height: FloatArray
    velocity: FloatArray
    lifts: tuple[Lift, ...]

    def at(self, rate_hz: float) -> tuple[FloatArray, FloatArray]:
        """Height and velocity at another rate."""
        t = np.arange(0.0, self.t[-1], 1.0 / rate_hz)
        return (
            np.asarray(np.interp(t, self.t, self.height), np.float64),
            np.asarray(np.interp(t, self.t, self.velocity), np.float64),
        )


def scene(
    rng: np.random.Generator, style: str, up_s: tuple[float, float], *, profile: str | None = None, reps: int = 4
) -> Scene:
    """`squat`: down, and up without a rest; `bounce`: the same with a pull through the turn; `pause`: down, a stop, up;
    `deadlift`: from the floor and back to it.
    """
    ways: list[tuple[float, float, float, str]] = []
    at = float(rng.uniform(1.2, 2.0))
    for _ in range(reps):
        name = profile or str(rng.choice(USUAL))
        up, went = float(rng.uniform(*up_s)), float(rng.uniform(0.4, 0.6))
        if style == "deadlift":
            down = float(rng.uniform(0.6, 1.2))
            drop = at + up + float(rng.uniform(0.3, 1.0))
            ways += [(at, up, went, name), (drop, down, -went, "late")]
            at = drop + down + float(rng.uniform(0.3, 1.5))
        else:
            down = float(rng.uniform(0.8, 2.0))
            lift = at + down + (float(rng.uniform(0.3, 1.0)) if style == "pause" else 0.0)
            through = style == "bounce"
            ways += [
                (at, down, -went, "half-sine" if through else "min-jerk"),
                (lift, up, went, "half-sine" if through else name),
            ]
            at = lift + up + float(rng.uniform(0.4, 1.5))
    t: FloatArray = np.arange(0.0, at + 1.5, 1.0 / FINE_HZ)
    velocity = np.zeros(t.size)
    grid = np.linspace(0.0, 1.0, 4001)
    lifts: list[Lift] = []
    for k, (start, lasted, went, name) in enumerate(ways):
        shape = PROFILES[name]
        area = float(np.trapezoid(shape(grid), grid))
        s = (t - start) / lasted
        inside = (s > 0.0) & (s < 1.0)
        velocity[inside] += went / lasted * shape(s[inside]) / area
        if went > 0.0:
            own = went / lasted * shape(grid) / area
            down = ways[k + 1 if style == "deadlift" else k - 1][1]
            fast = np.flatnonzero(own >= MEAN_FROM_M_S)
            counted = own[fast[0] : fast[-1] + 1]
            mean = float(np.trapezoid(counted)) / (counted.size - 1)
            lifts.append(Lift(start, start + lasted, mean, _propulsive(counted, lasted / (own.size - 1)), went, down))
    height = np.concatenate((np.zeros(1), np.cumsum(0.5 * (velocity[1:] + velocity[:-1])))) / FINE_HZ
    return Scene(t, 1.0 + height, velocity, tuple(lifts))


def _propulsive(velocity: FloatArray, step: float) -> float:
    """Mean of a lift's velocity, every `step` s, until it is braked by more than gravity."""
    top = int(velocity.argmax())
    braked = np.flatnonzero(np.gradient(velocity, step)[top:-20] < -STANDARD_GRAVITY)
    stop = velocity.size if not braked.size else top + int(braked[0]) + 1
    return float(np.trapezoid(velocity[:stop])) / (stop - 1)
