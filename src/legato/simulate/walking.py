"""Walking out with the load and back again: steps, the bob of the pelvis, the small dip of an un-racking."""

import numpy as np

from legato.recording import FloatArray
from legato.simulate.anthropometry import Athlete
from legato.simulate.curves import bump, hop, ramp, rise

_STEP_S = 0.62
_SWING_S = 0.46


class Walk:
    """Walk `distance_m` along `direction` (+1 forward, -1 backward) to the place of the set, and back after it.

    The pelvis falls and rises 4 to 5 cm a step, lowest in double support. `ready_s` is when both feet stand.
    """

    def __init__(self, athlete: Athlete, distance_m: float, direction: float, rng: np.random.Generator) -> None:
        self.distance_m, self.direction = distance_m, direction
        self.lift_m = 0.038 * athlete.height_m
        self.bob_m = 0.025 * athlete.height_m
        self.drop_m = 0.030 * athlete.height_m
        self.pace = float(rng.uniform(0.94, 1.06))
        self.start_s = 1.8
        # right and left in turn, each to its own place; the last step closes
        self.places = ((0, 0.0, 0.28), (1, 0.0, 0.56), (0, 0.28, 0.84), (1, 0.56, 1.0), (0, 0.84, 1.0))
        self.ready_s = self.start_s + len(self.places) * _STEP_S * self.pace
        self._return_s: float | None = None

    def return_at(self, time_s: float) -> None:
        """Set when the way back begins."""
        self._return_s = time_s

    @property
    def end_s(self) -> float:
        """When the last foot stands."""
        return self.ready_s if self._return_s is None else self._return_s + len(self.places) * _STEP_S * self.pace

    def _starts(self) -> tuple[tuple[float, bool], ...]:
        back = () if self._return_s is None else ((self._return_s, True),)
        return ((self.start_s, False), *back)

    def displacement(self, times: FloatArray) -> tuple[FloatArray, FloatArray]:
        """How far pelvis (n, 3) and right and left foot (2, n, 3) are from the place of the set, m."""
        pelvis = np.zeros((times.size, 3))
        feet = np.zeros((2, times.size, 3))
        step, swing = _STEP_S * self.pace, _SWING_S * self.pace
        away = -self.direction * self.distance_m
        pelvis[:, 0] = away
        feet[:, :, 0] = away
        for start, back in self._starts():
            sign = -1.0 if back else 1.0
            for k, (foot, before, after) in enumerate(self.places):
                t0 = start + k * step
                gone = (after - before) * ramp(times, t0 + 0.12 * swing, t0 + 0.88 * swing)
                feet[foot, :, 0] -= sign * away * gone
                feet[foot, :, 2] += self.lift_m * hop(times, t0, t0 + swing)
                # the trunk follows each foot by half its step, without stopping between steps
                pelvis[:, 0] -= 0.5 * sign * away * (after - before) * rise(times, t0 + 0.55 * swing, 0.32 * step)
            first, last = start - 0.35, start + len(self.places) * step + 0.1
            in_walk = ramp(times, first, start) * (1.0 - ramp(times, last - 0.25, last + 0.35))
            beat = np.cos(2.0 * np.pi * (times - start - 0.5 * swing) / step)
            pelvis[:, 2] += in_walk * (-self.drop_m + 0.5 * self.bob_m * beat)
        return pelvis, feet

    def unrack(self, times: FloatArray) -> FloatArray:
        """Extra bend (share of the full depth) while the bar leaves the hooks and when it is put back."""
        dip = 0.10 * bump(times, 0.55, 0.22)
        if self._return_s is not None:
            dip = dip + 0.08 * bump(times, self.end_s + 0.5, 0.2)
        return dip
