"""Jitted loops of the fit of a bell. `tests/muscles` holds them to plain numpy."""

import numpy as np
from numba import njit

from legato.recording import FloatArray

_MOST_SKEW = 3.0

_CLIMBED = 1e-3
"""Gain in log posterior below which a bell stands: what is left of the way is some hundredths of an SD."""

SMOOTH_BEND = 0.28
"""Bend of a smooth bell over the log ratio of the two-sided one that fits it best. [SIM]"""


@njit(cache=True, fastmath={"reassoc", "contract", "arcp"})
def bell_state(
    time_s: FloatArray,
    power: FloatArray,
    there: FloatArray,
    rest: FloatArray,
    half_dof: float,
    doublings: int,
    bell: FloatArray,
    skew_mean: float,
    skew_precision: float,
    gradient: FloatArray,
    information: FloatArray,
) -> float:
    """Log posterior of a bell (time of its top, log width, skew, log height), its gradient (4,) and Fisher information
    (4, 4).

    The power of the bell falls as exp(-|u|^p / 2) to either side, p = 2^(1 + doublings), u the time over
    width·exp(∓skew/2). With `doublings` below 0 it is smooth at its top: exp(-q² / 2), q = log(1 + κu) / κ, u the time
    over width, κ = `SMOOTH_BEND`·skew, which leans as two sides of that skew do. `skew` has a normal prior.
    """
    left, right = np.exp(bell[1] - 0.5 * bell[2]), np.exp(bell[1] + 0.5 * bell[2])
    height = np.exp(bell[3])
    slope = np.empty(4)
    exponent = 2.0 ** (1 + doublings)
    middle = np.exp(bell[1])
    bend = SMOOTH_BEND * bell[2]
    if abs(bend) < 1e-4:
        bend = 1e-4
    for p in range(4):
        gradient[p] = 0.0
        for q in range(4):
            information[p, q] = 0.0
    total = 0.0
    for i in range(time_s.size):
        if there[i] == 0.0:
            continue
        apart = time_s[i] - bell[0]
        if doublings < 0:
            u = apart / middle
            inner = 1.0 + bend * u
            if inner <= 1e-9:
                v = rest[i]
                total -= half_dof * there[i] * (np.log(v) + power[i] / v)
                continue
            q = np.log(inner) / bend
            bump = height * np.exp(-0.5 * q * q)
            v = rest[i] + bump
            share = bump / v
            slope[0] = share * q / (inner * middle)
            slope[1] = share * q * u / inner
            slope[2] = -share * q * (u / inner - q) / bend * SMOOTH_BEND
            slope[3] = share
        else:
            width, half = (left, -0.5) if apart < 0.0 else (right, 0.5)
            u = apart / width
            raised = u * u
            for _ in range(doublings):
                raised *= raised
            bump = height * np.exp(-0.5 * raised)
            v = rest[i] + bump
            share = bump / v
            slope[1] = share * 0.5 * exponent * raised
            slope[0] = slope[1] / (u * width) if u != 0.0 else 0.0
            slope[2] = half * slope[1]
            slope[3] = share
        weight = half_dof * there[i]
        total -= weight * (np.log(v) + power[i] / v)
        residual = weight * (power[i] / v - 1.0)
        for p in range(4):
            gradient[p] += residual * slope[p]
            for q in range(p + 1):
                information[p, q] += weight * slope[p] * slope[q]
    away = bell[2] - skew_mean
    total -= 0.5 * skew_precision * away * away
    gradient[2] -= skew_precision * away
    information[2, 2] += skew_precision
    for p in range(4):
        for q in range(p):
            information[q, p] = information[p, q]
    return total


@njit(cache=True)
def solve_in_place(system: FloatArray, right: FloatArray) -> None:
    """Gauss elimination of a positive definite `system` (m, m); `right` (m,) becomes the solution."""
    m = right.size
    for p in range(m):
        for q in range(p + 1, m):
            factor = system[q, p] / system[p, p]
            for k in range(p, m):
                system[q, k] -= factor * system[p, k]
            right[q] -= factor * right[p]
    for p in range(m - 1, -1, -1):
        for k in range(p + 1, m):
            right[p] -= system[p, k] * right[k]
        right[p] /= system[p, p]


@njit(cache=True)
def inverse_of(matrix: FloatArray) -> FloatArray:
    """Inverse of a matrix (m, m) that is no less than positive semidefinite: by 1e-9 of its diagonal, or 1e-21, more
    than that.
    """
    m = matrix.shape[0]
    scale = np.empty(m)
    for p in range(m):
        scale[p] = np.sqrt(max(matrix[p, p], 1e-12))
    inverse, ridge, column = np.empty((m, m)), np.empty((m, m)), np.empty(m)
    # Loops, for `np.outer` and sums of whole arrays take the compiler four times as long.
    for k in range(m):
        for p in range(m):
            for q in range(m):
                ridge[p, q] = matrix[p, q] / (scale[p] * scale[q])
            ridge[p, p] += 1e-9
            column[p] = 1.0 if p == k else 0.0
        solve_in_place(ridge, column)
        for p in range(m):
            inverse[p, k] = column[p] / (scale[p] * scale[k])
    return inverse


@njit(cache=True)
def climb_bell(
    time_s: FloatArray,
    power: FloatArray,
    there: FloatArray,
    rest: FloatArray,
    half_dof: float,
    doublings: int,
    bell: FloatArray,
    skew_mean: float,
    skew_precision: float,
    information: FloatArray,
) -> float:
    """Fisher scoring with damping from `bell` (changed in place) to the top of its posterior; fills `information` there
    and returns the log posterior.
    """
    gradient, trial_gradient = np.empty(4), np.empty(4)
    trial_information, system = np.empty((4, 4)), np.empty((4, 4))
    step, trial = np.empty(4), np.empty(4)
    now = bell_state(
        time_s, power, there, rest, half_dof, doublings, bell, skew_mean, skew_precision, gradient, information
    )
    damping = 1e-3
    limit = np.array([0.0, 0.5, 0.7, 1.5])
    narrow = np.log(0.5 * (time_s[1] - time_s[0]))
    wide = np.log(time_s[time_s.size - 1] - time_s[0])
    for _ in range(60):
        for p in range(4):
            for q in range(4):
                system[p, q] = information[p, q]
            system[p, p] += damping * information[p, p] + 1e-9
            step[p] = gradient[p]
        solve_in_place(system, step)
        limit[0] = np.exp(bell[1])
        for p in range(4):
            trial[p] = bell[p] + min(max(step[p], -limit[p]), limit[p])
        # Beyond these a bell is no burst of this window: narrower than a bin, wider than all, or off its ends.
        trial[0] = min(max(trial[0], time_s[0]), time_s[time_s.size - 1])
        trial[1] = min(max(trial[1], narrow), wide)
        trial[2] = min(max(trial[2], -_MOST_SKEW), _MOST_SKEW)
        trial[3] = min(max(trial[3], -20.0), 40.0)
        then = bell_state(
            time_s,
            power,
            there,
            rest,
            half_dof,
            doublings,
            trial,
            skew_mean,
            skew_precision,
            trial_gradient,
            trial_information,
        )
        if then >= now:
            gain = then - now
            now = then
            for p in range(4):
                bell[p], gradient[p] = trial[p], trial_gradient[p]
                for q in range(4):
                    information[p, q] = trial_information[p, q]
            damping = max(0.2 * damping, 1e-4)
            if gain < _CLIMBED:
                break
        else:
            damping *= 8.0
            if damping > 1e8:
                break
    return now


@njit(cache=True)
def log_determinant(matrix: FloatArray) -> float:
    """Of a positive definite matrix (m, m); infinite where it is singular, for what it stands for is not told."""
    left = matrix.copy()
    total = 0.0
    for p in range(left.shape[0]):
        if not left[p, p] > 0.0:
            return np.inf
        total += np.log(left[p, p])
        for q in range(p + 1, left.shape[0]):
            factor = left[q, p] / left[p, p]
            for k in range(p, left.shape[0]):
                left[q, k] -= factor * left[p, k]
    return total


@njit(cache=True)
def bell_power(time_s: FloatArray, doublings: int, bell: FloatArray, out: FloatArray) -> None:
    """Power above rest of a bell (see `bell_state`), into `out` (n,)."""
    left, right = np.exp(bell[1] - 0.5 * bell[2]), np.exp(bell[1] + 0.5 * bell[2])
    height, middle = np.exp(bell[3]), np.exp(bell[1])
    bend = SMOOTH_BEND * bell[2]
    if abs(bend) < 1e-4:
        bend = 1e-4
    for i in range(time_s.size):
        apart = time_s[i] - bell[0]
        if doublings < 0:
            inner = 1.0 + bend * apart / middle
            q = np.log(inner) / bend if inner > 1e-9 else 1e9
            out[i] = height * np.exp(-0.5 * q * q)
        else:
            u = apart / (left if apart < 0.0 else right)
            raised = u * u
            for _ in range(doublings):
                raised *= raised
            out[i] = height * np.exp(-0.5 * raised)


@njit(cache=True)
def excess_scatter(
    power: FloatArray, there: FloatArray, rest: FloatArray, model: FloatArray, dof: float, bins: int
) -> float:
    """How much more power over `rest` plus `model` scatters, `bins` at a time, than `dof` a bin says."""
    total, groups = 0.0, 0
    for g in range(power.size // bins):
        weight, ratio = 0.0, 0.0
        for i in range(g * bins, (g + 1) * bins):
            weight += there[i]
            ratio += there[i] * power[i] / (rest[i] + model[i])
        if weight > 0.0:
            total += (ratio / weight - 1.0) ** 2 * weight
            groups += 1
    return 0.5 * dof * total / max(groups - 3, 1)
