"""The truth about a lift that the legs drive and the arms finish: forces, impulses, the bar, from the exact motion."""

from typing import Any

import numpy as np

from legato.recording import FloatArray
from legato.simulate.exercise import ExerciseMotion
from legato.simulate.rigid import GRAVITY_M_S2, mass_centre

_STEP_S = 1e-3
_FAST_SHARE = 0.5
"""A push after which the mass rises at this share of the highest rate or more is the drive, not the braking."""


def drive_truth(motion: ExerciseMotion, reps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One record a repetition: what the feet press with and how the bar moves; N, s, m, kg.

    `drive_start_s`: the centre of mass of athlete and bar is lowest; `drive_end_s`: the force falls to their weight;
    impulses are those above that weight; the press lasts from a tenth of the elbows' highest rate back to it.
    """
    return [_record(motion, rep) for rep in reps]


def _record(motion: ExerciseMotion, rep: dict[str, Any]) -> dict[str, Any]:
    elbow = rep["events"]["elbow_extension_velocity"]
    press = elbow["onset_s"], elbow["offset_s"]
    t = np.arange(rep["start_s"] - 0.4, press[1] + 0.1, _STEP_S)
    mass_kg, height, bar = _heights(motion, t)
    weight = -float(GRAVITY_M_S2[2]) * mass_kg
    rate = np.gradient(height, _STEP_S)
    net = np.zeros_like(t)
    net[1:-1] = mass_kg * np.diff(height, 2) / _STEP_S**2
    start, top, end = _drive(net, rate)
    drive = _root(t, -rate, start), _root(t, net, end)
    lowest = int(np.argmin(rate[:start]))
    bar_rate = np.gradient(bar, _STEP_S)
    highest, fastest = _vertex(t, net, top), _vertex(t, bar_rate, 1 + int(np.argmax(bar_rate[1:-1])))
    both = max(0.0, min(drive[1], press[1]) - max(drive[0], press[0]))
    impulse = mass_kg * float(np.interp(drive[1], t, rate))
    bar_kg = sum(item.kg for item in motion.data.objects)
    return {
        "rep": rep["index"],
        "system_weight_n": weight,
        "drive_start_s": drive[0],
        "force_peak_s": highest[0],
        "force_peak_n": weight + highest[1],
        "drive_end_s": drive[1],
        "drive_impulse_n_s": impulse,
        "braking_impulse_n_s": -mass_kg * float(rate[lowest]),
        "dip_m": float(height[0] - height[start]),
        "press_onset_s": press[0],
        "press_end_s": press[1],
        "overlap_s": both,
        "overlap_share": both / (press[1] - press[0]),
        "bar_peak_s": fastest[0],
        "bar_peak_m_s": fastest[1],
        "momentum_ratio": bar_kg * fastest[1] / impulse,
    }


def _heights(motion: ExerciseMotion, times: FloatArray) -> tuple[float, FloatArray, FloatArray]:
    """The common mass, kg, its height and that of the bar, m, shape (n,)."""
    total, centre = mass_centre(motion, times)
    return total, centre[:, 2], motion.pose(times).point["bar"][:, 2]


def _drive(net: FloatArray, rate: FloatArray) -> tuple[int, int, int]:
    """Samples after which the mass begins to rise and the net force falls to zero, and that of its highest force."""
    over = net > 0.0
    falls = np.flatnonzero(over[:-1] & ~over[1:])
    highest = float(rate.max())
    end = next(int(k) for k in falls if rate[k] >= _FAST_SHARE * highest)
    sinking = np.flatnonzero(rate[:end] < 0.0)
    start = int(sinking[-1])
    lowest = int(np.argmin(rate[: end + 1]))
    return start, lowest + int(np.argmax(net[lowest : end + 1])), end


def _vertex(t: FloatArray, y: FloatArray, top: int) -> tuple[float, float]:
    """Time and height of the parabola through a maximum and its neighbours."""
    a, b, c = (float(v) for v in y[top - 1 : top + 2])
    bend = a - 2.0 * b + c
    shift = 0.5 * (a - c) / bend if bend < 0.0 else 0.0
    return float(t[top]) + shift * float(t[1] - t[0]), b - 0.25 * (a - c) * shift


def _root(t: FloatArray, falling: FloatArray, last: int) -> float:
    """Where a curve that is positive at sample `last` and not after it passes zero."""
    a, b = float(falling[last]), float(falling[last + 1])
    return float(t[last] + (t[last + 1] - t[last]) * a / (a - b))
