"""Jitted loops over binned power: its means and its valleys. `tests/muscles` holds them to plain numpy."""

import numpy as np
from numba import njit

from legato.recording import FloatArray


@njit(cache=True)
def bin_power(x: FloatArray, missing: np.ndarray, samples: int, power: FloatArray, there: FloatArray) -> None:
    """Mean square and share of recorded samples in each bin of `samples`, into `power` and `there` (n_bins,)."""
    for i in range(power.size):
        total, count = 0.0, 0
        for j in range(i * samples, (i + 1) * samples):
            if not missing[j]:
                total += x[j] * x[j]
                count += 1
        power[i] = total / count if count else 0.0
        there[i] = count / samples


@njit(cache=True)
def window_means(power: FloatArray, there: FloatArray, bins: int, out: FloatArray) -> None:
    """Mean over `bins` centred bins, weighted by what was recorded, into `out` (n,); NaN where less than half of it
    was.
    """
    n = power.size
    half = bins // 2
    sums, weights = np.empty(n + 1), np.empty(n + 1)
    sums[0] = weights[0] = 0.0
    for i in range(n):
        sums[i + 1] = sums[i] + power[i] * there[i]
        weights[i + 1] = weights[i] + there[i]
    for i in range(n):
        a, b = max(i - half, 0), min(i - half + bins, n)
        weight = weights[b] - weights[a]
        out[i] = (sums[b] - sums[a]) / weight if weight >= 0.5 * (b - a) and weight > 0.0 else np.nan


@njit(cache=True)
def deepest_valley(power: FloatArray, there: FloatArray, bins: int, every: int, most: float) -> tuple[float, int]:
    """Depth and middle of the deepest valley of the mean over `bins` bins, looked at in `every` bin: minus the log of
    its share of the lower of the highest to either side; 0 where no share is as low as `most`. Powers are over rest.
    """
    n = power.size
    means = np.empty(n)
    window_means(power, there, bins, means)
    first = bins // 2
    count = (n - first + every - 1) // every
    right = np.zeros(count + 1)
    for k in range(count - 1, -1, -1):
        mean = means[first + k * every]
        right[k] = max(right[k + 1], mean, 0.5) if np.isfinite(mean) else right[k + 1]
    left, depth, at = 0.0, 0.0, first
    for k in range(count):
        mean = means[first + k * every]
        if not np.isfinite(mean):
            continue
        mean = max(mean, 0.5)
        left = max(left, mean)
        share = mean / min(left, right[k])
        if share <= most and -np.log(max(share, 1e-9)) > depth:
            depth, at = -np.log(max(share, 1e-9)), first + k * every
    return depth, at
