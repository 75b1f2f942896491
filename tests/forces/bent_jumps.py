"""Jumps whose feet leave and land in other ways than a straight line: bends, tails, one foot after the other."""

from dataclasses import dataclass

import numpy as np

from legato.recording import STANDARD_GRAVITY, FloatArray

G = STANDARD_GRAVITY


@dataclass(frozen=True)
class BentJump:
    force_n: FloatArray
    take_off_s: float
    landing_s: float
    height_m: float


def bent_jump(seed: int, rate_hz: float = 1000.0, *, apart: bool = False, tail: bool = False) -> BentJump:
    """Standing, a dip, a push, flight, landing; without noise. `apart`: one foot leaves up to 15 ms before the other.
    `tail`: the last 10 ms before take-off carry but a fortieth of the load, as real toes do.
    """
    rng = np.random.default_rng(seed)
    weight = rng.uniform(50.0, 105.0) * G
    flown, unload = rng.uniform(0.35, 0.62), rng.uniform(0.025, 0.075)
    top, dip = rng.uniform(0.9, 1.5) * weight, rng.uniform(0.2, 0.5) * weight
    dip_s, rise_s = rng.uniform(0.3, 0.5), rng.uniform(0.15, 0.3)
    form, bend = rng.integers(0, 4), rng.uniform(0.9, 1.5)

    def left(u: FloatArray) -> FloatArray:
        u = np.clip(u, 0.0, 1.0)
        if tail:
            return np.interp(u, [0.0, 0.01 / unload / 2.5, 1.0], [0.0, 0.025, 1.0])
        knee = np.interp(u, [0.0, 0.4, 1.0], [0.0, 0.15, 1.0])
        return [u**bend, np.sin(0.5 * np.pi * u), knee, u][form]

    grid = (np.arange(2000) + 0.5) / 2000
    given = unload * float(np.mean((top + weight) * left(grid) - weight)) - 0.5 * dip * dip_s + 0.5 * top * rise_s
    hold = max((weight * flown / 2.0 - given) / top, 0.02)
    onset = rng.uniform(1.0, 2.2)
    turn, high = onset + dip_s, onset + dip_s + rise_s
    leaves = high + hold
    off = leaves + unload
    on = off + flown
    t = np.arange(0.0, on + 1.8, 1.0 / rate_hz)
    force = np.full(t.size, weight)
    k = (t >= onset) & (t < turn)
    force[k] -= 0.5 * dip * (1.0 - np.cos(2.0 * np.pi * (t[k] - onset) / dip_s))
    k = (t >= turn) & (t < high)
    force[k] += 0.5 * top * (1.0 - np.cos(np.pi * (t[k] - turn) / rise_s))
    force[(t >= high) & (t < leaves)] += top
    share, early = (rng.uniform(0.35, 0.65), rng.uniform(0.0, 0.015)) if apart else (0.0, 0.0)
    k = t >= leaves
    force[k] = (weight + top) * (
        (1.0 - share) * left((off - t[k]) / unload) + share * left((off - early - t[k]) / unload)
    )
    force[t >= off] = 0.0
    s = t - on
    peak, up = rng.uniform(2.0, 4.5) * weight, rng.uniform(0.01, 0.06)
    rise = np.clip(s / up, 0.0, 1.0)
    rise = [rise, np.sin(0.5 * np.pi * rise), rise ** rng.uniform(0.8, 1.4)][rng.integers(0, 3)]
    fall = weight + (peak - weight) * np.exp(-np.clip(s - up, 0.0, None) / rng.uniform(0.04, 0.09))
    force[s >= 0.0] = np.where(s < up, peak * rise, fall)[s >= 0.0]
    return BentJump(force, off, on, G * flown**2 / 8.0)
