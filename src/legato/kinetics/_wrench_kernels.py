"""Jitted Newton–Euler over a tree of rigid segments. `tests/kinetics` holds it to plain numpy."""

from typing import TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from legato.recording import FloatArray

IntArray: TypeAlias = NDArray[np.int64]

_SMALL = 0.0025
"""Squared sine of an angle, 3 deg, up to which its series is exact to the last digits."""


@njit(cache=True, error_model="numpy")
def orthogonal(rotation: FloatArray) -> None:
    """Make almost orthogonal matrices (n, 3, 3) orthogonal, in place: three steps of Newton to the polar factor."""
    gram = np.empty((3, 3))
    row = np.empty(3)
    for i in range(rotation.shape[0]):
        r = rotation[i]
        for _ in range(3):
            for p in range(3):
                for q in range(3):
                    gram[p, q] = -0.5 * (r[0, p] * r[0, q] + r[1, p] * r[1, q] + r[2, p] * r[2, q])
                gram[p, p] += 1.5
            for p in range(3):
                for q in range(3):
                    row[q] = r[p, 0] * gram[0, q] + r[p, 1] * gram[1, q] + r[p, 2] * gram[2, q]
                r[p, 0], r[p, 1], r[p, 2] = row[0], row[1], row[2]


@njit(cache=True, error_model="numpy")
def turn_between(first: FloatArray, second: FloatArray, rate_hz: float, out: FloatArray) -> None:
    """Mean angular velocity from one rotation (3, 3) to the next, about the own axes, rad/s, into `out` (3,)."""
    x = y = z = trace = 0.0
    for p in range(3):
        x += first[p, 2] * second[p, 1] - first[p, 1] * second[p, 2]
        y += first[p, 0] * second[p, 2] - first[p, 2] * second[p, 0]
        z += first[p, 1] * second[p, 0] - first[p, 0] * second[p, 1]
        trace += first[p, 0] * second[p, 0] + first[p, 1] * second[p, 1] + first[p, 2] * second[p, 2]
    square = 0.25 * (x * x + y * y + z * z)
    scale = 0.5 * rate_hz
    if square < _SMALL and trace > 1.0:
        # Arcsine over sine: the series' next term is below 1e-13.
        scale *= 1.0 + square * (1.0 / 6.0 + square * (3.0 / 40.0 + square * (15.0 / 336.0 + square * 105.0 / 3456.0)))
    else:
        sine = np.sqrt(square)
        scale *= np.arctan2(sine, 0.5 * (trace - 1.0)) / sine
    out[0], out[1], out[2] = scale * x, scale * y, scale * z


@njit(cache=True, error_model="numpy")
def net_wrenches(
    above: IntArray,
    mass: FloatArray,
    inertia: FloatArray,
    centre: FloatArray,
    rotation: FloatArray,
    outer_force: FloatArray,
    outer_moment: FloatArray,
    rate_hz: float,
    gravity: float,
    force: FloatArray,
    moment: FloatArray,
    turning: FloatArray,
) -> None:
    """Force on each segment by the one above it, and its moment about the lab's origin, into `force` and `moment`
    (segments, n, 3); the segments' angular velocity in the lab into `turning`.

    Segments stand before the one that they hang on: `above[s]` > s, or -1 for the last of a chain. `inertia`
    (segments, 3) is about the centre of mass and the segment's own axes, `centre` (segments, n, 3) in the lab, where z
    points up; `outer_force` and `outer_moment` (about the origin) act from outside on the segment. What lacks a
    neighbour in time is NaN: the first and the last frame of every run.
    """
    count, n = centre.shape[0], centre.shape[1]
    before, after, mean, local = np.empty(3), np.empty(3), np.empty(3), np.empty(3)
    force[:] = 0.0
    moment[:] = 0.0
    for s in range(count):
        if n > 2:
            turn_between(rotation[s, 0], rotation[s, 1], rate_hz, after)
        for i in range(n):
            if i == 0 or i == n - 1:
                for k in range(3):
                    force[s, i, k] = moment[s, i, k] = turning[s, i, k] = np.nan
                continue
            r = rotation[s, i]
            for k in range(3):
                before[k] = after[k]
            turn_between(r, rotation[s, i + 1], rate_hz, after)
            for k in range(3):
                mean[k] = 0.5 * (before[k] + after[k])
            for k in range(3):
                # Euler's equations about the principal axes.
                p, q = (k + 1) % 3, (k + 2) % 3
                local[k] = inertia[s, k] * (after[k] - before[k]) * rate_hz
                local[k] += (inertia[s, q] - inertia[s, p]) * mean[p] * mean[q]
            c = centre[s, i]
            fx = mass[s] * (centre[s, i + 1, 0] - 2.0 * c[0] + centre[s, i - 1, 0]) * rate_hz * rate_hz
            fy = mass[s] * (centre[s, i + 1, 1] - 2.0 * c[1] + centre[s, i - 1, 1]) * rate_hz * rate_hz
            fz = mass[s] * ((centre[s, i + 1, 2] - 2.0 * c[2] + centre[s, i - 1, 2]) * rate_hz * rate_hz + gravity)
            force[s, i, 0] += fx - outer_force[s, i, 0]
            force[s, i, 1] += fy - outer_force[s, i, 1]
            force[s, i, 2] += fz - outer_force[s, i, 2]
            moment[s, i, 0] += c[1] * fz - c[2] * fy - outer_moment[s, i, 0]
            moment[s, i, 1] += c[2] * fx - c[0] * fz - outer_moment[s, i, 1]
            moment[s, i, 2] += c[0] * fy - c[1] * fx - outer_moment[s, i, 2]
            for k in range(3):
                moment[s, i, k] += r[k, 0] * local[0] + r[k, 1] * local[1] + r[k, 2] * local[2]
                turning[s, i, k] = r[k, 0] * mean[0] + r[k, 1] * mean[1] + r[k, 2] * mean[2]
        if above[s] >= 0:
            for i in range(n):
                for k in range(3):
                    force[above[s], i, k] += force[s, i, k]
                    moment[above[s], i, k] += moment[s, i, k]


@njit(cache=True, error_model="numpy")
def about_point(force: FloatArray, moment: FloatArray, point: FloatArray, out: FloatArray) -> None:
    """Move a moment about the lab's origin to a moving point, all (n, 3), into `out`: less the point's arm times the
    force.
    """
    for i in range(force.shape[0]):
        for k in range(3):
            p, q = (k + 1) % 3, (k + 2) % 3
            out[i, k] = moment[i, k] - (point[i, p] * force[i, q] - point[i, q] * force[i, p])
