"""A body's angles, smoothed, and the same with noise and soft tissue drawn anew, for how sure a number of them is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from legato.body.model import Body
from legato.chain.pair_measures import Stretches
from legato.movements.drivers import SIDES, smooth
from legato.movements.model import Movement, Rep
from legato.movements.noise import white_noise
from legato.recording import FloatArray

DRAWS = 8
"""How often noise and soft tissue are drawn anew to see what they do to a number: its SD is then known to 25 %, which
Student's factor allows for.
"""

_SAMPLES_A_CUTOFF = 10.0
"""Samples kept per period of the cut-off: smoothed angles hold nothing faster. [ENG]"""

_HARMONICS = 3
"""Soft tissue moves with the rep: so many harmonics of it are drawn. [ENG] Skin is slower than a movement's detail."""

_STANDING_DEG: Mapping[str, float] = {"markers": 2.1, "angles": 3.0}
_STANDING_OTHER_DEG = 4.5
"""How far an angle strays from the bones' in step with the rep, rms, deg: markers, two segments of 1.5 deg
(soft_tissue.toml); joint angles of another program and points from video as in the rep metrics. [ENG]"""


@dataclass(frozen=True, slots=True, eq=False)
class AnglePair:
    """Two smoothed angles, and the same with noise and soft tissue drawn anew."""

    first: FloatArray
    second: FloatArray
    drawn: tuple[tuple[FloatArray, FloatArray], ...]


def _stretches(movement: Movement, reps: Sequence[Rep], start_s: float, rate_hz: float, n_samples: int) -> Stretches:
    """First and last sample of every phase (pauses apart) in each rep, and of the rep; None where it lacks the
    phase.
    """
    names = [phase.name for phase in movement.phases if not phase.optional]
    found: Stretches = {}
    for name in ["rep", *names]:
        spans = [rep.phase(name) for rep in reps]
        frames: list[tuple[int, int] | None] = []
        for span in spans:
            if span is None:
                frames.append(None)
                continue
            first = max(0, int(np.ceil((span.start_s - start_s) * rate_hz - 1e-6)))
            last = min(n_samples - 1, int(np.floor((span.end_s - start_s) * rate_hz + 1e-6)))
            frames.append((first, last) if last - first >= 4 else None)
        found[name] = frames
    return found


class DrawnAngles:
    """One recording's angles, each smoothed, thinned to what the cut-off leaves and drawn once. `stretches` count in
    the thinned samples.
    """

    def __init__(self, body: Body, movement: Movement, reps: Sequence[Rep]) -> None:
        self.body, self.movement = body, movement
        self.step = max(1, int(body.rate_hz / (_SAMPLES_A_CUTOFF * movement.filter_cutoff_hz)))
        self.rate_hz = body.rate_hz / self.step
        self.n_samples = -(-body.n_frames // self.step)
        self.stretches = _stretches(movement, reps, body.start_s, self.rate_hz, self.n_samples)
        self._angles: dict[str, tuple[FloatArray, tuple[FloatArray, ...]]] = {}

    def angle(self, name: str) -> tuple[FloatArray, tuple[FloatArray, ...]]:
        """An angle of the body (or `hip_flexion`, the mean of both sides), smoothed, and its draws."""
        if name not in self._angles:
            raw = self._raw(name)
            cutoff, rate = self.movement.filter_cutoff_hz, self.body.rate_hz
            smoothed = smooth(raw, rate, cutoff)
            # Thinned white noise of the same density.
            noise = white_noise(raw, smoothed, rate, cutoff) / np.sqrt(self.step)
            usual = smoothed[:: self.step]
            # A generator of its own for each angle, so that a number never depends on which others were asked for.
            rng = np.random.default_rng([len(name), *name.encode()])
            drawn: list[FloatArray] = []
            for _ in range(DRAWS):
                grain = smooth(noise * rng.normal(size=usual.size), self.rate_hz, cutoff)
                drawn.append(usual + grain + self._tissue(rng))
            self._angles[name] = usual, tuple(drawn)
        return self._angles[name]

    def _raw(self, name: str) -> FloatArray:
        if name in self.body.angles:
            return self.body.angles[name]
        return np.mean(np.stack([self.body.angles[f"{name}_{side}"] for side in SIDES]), axis=0)

    def _tissue(self, rng: np.random.Generator) -> FloatArray:
        """What soft tissue adds, alike in every rep and 0 where it starts and ends, rad, shape (frames,)."""
        size = np.radians(_STANDING_DEG.get(self.body.source, _STANDING_OTHER_DEG)) / np.sqrt(2.0 * _HARMONICS)
        orders = 2.0 * np.pi * np.arange(1, _HARMONICS + 1)
        cosine, sine = size * rng.normal(size=(2, _HARMONICS))
        added = np.zeros(self.n_samples)
        for span in self.stretches["rep"]:
            if span is not None:
                u = np.linspace(0.0, 1.0, span[1] - span[0] + 1)[:, None] * orders
                added[span[0] : span[1] + 1] = (np.cos(u) - 1.0) @ cosine + np.sin(u) @ sine
        return added

    def pair(self, first: str, second: str) -> AnglePair:
        """Two angles and their draws."""
        a, b = self.angle(first), self.angle(second)
        return AnglePair(a[0], b[0], tuple(zip(a[1], b[1], strict=True)))
