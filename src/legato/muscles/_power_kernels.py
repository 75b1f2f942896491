"""Jitted loops over binned power: its means and its valleys. `tests/muscles` holds them to plain numpy."""

import numpy as np
from numba import njit

from legato.muscles._edge_kernels import IntArray
from legato.recording import BoolArray, FloatArray


@njit(cache=True)
def bin_power(x: FloatArray, missing: BoolArray, samples: int, power: FloatArray, there: FloatArray) -> None:
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
def mean_there(power: FloatArray, there: FloatArray) -> tuple[float, float]:
    """Mean power (n,) of what was recorded, and how many bins that is."""
    total, weight = 0.0, 0.0
    for i in range(power.size):
        total += power[i] * there[i]
        weight += there[i]
    return (total / weight if weight > 0.0 else 0.0), weight


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
def mark_activity(
    power: FloatArray,
    there: FloatArray,
    bins: IntArray,
    trims: IntArray,
    least: FloatArray,
    extents: FloatArray,
    found: BoolArray,
    covered: BoolArray,
) -> None:
    """Mark in `found` (n,) the stretches whose mean over `bins[s]` centred bins exceeds `extents[s]` throughout and
    `least[s]` somewhere, less `trims[s]` bins at either end; where a former scale found some of it, mark it in
    `covered` instead.
    """
    n = power.size
    means = np.empty(n)
    for s in range(bins.size):
        if bins[s] > n:
            break
        window_means(power, there, bins[s], means)
        start, top, known = -1, 0.0, False
        for i in range(n + 1):
            # No comparison with NaN holds, so what is missing is no activity.
            if i < n and means[i] > extents[s]:
                if start < 0:
                    start, top, known = i, 0.0, False
                top = max(top, means[i])
                known = known or found[i]
            elif start >= 0:
                if known:
                    covered[start + trims[s] : max(i - trims[s], 0)] = True
                elif top > least[s]:
                    found[start + trims[s] : max(start + trims[s] + 1, i - trims[s])] = True
                start = -1


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
