"""Jitted loops of burst timing: the likelihood of an edge, the fit of a bell. `tests/muscles` holds them to plain
numpy.
"""

from typing import TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from legato.recording import FloatArray

IntArray: TypeAlias = NDArray[np.int64]

_MOST_SKEW = 3.0

SMOOTH_BEND = 0.28
"""Bend of a smooth bell over the log ratio of the two-sided one that fits it best. [SIM]"""


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


@njit(cache=True, fastmath=True)
def edge_scores(
    power: FloatArray,
    there: FloatArray,
    whole: bool,
    rest: float,
    levels: FloatArray,
    profiles: FloatArray,
    lengths: IntArray,
    lead: int,
    starts: IntArray,
    half_dof: float,
    out: FloatArray,
) -> None:
    """Log likelihood of `power` (n,) for an edge from `rest` to one of `levels`, the mean of these, into `out`
    (starts, profiles).

    Row `profiles[r]` rises from 0 to 1 over `lengths[r]` bins, the first of them `lead` bins before the edge's start.
    `whole` says that no sample is missing, which saves a pass. Bins before and after the profile are summed beforehand.
    """
    n = power.size
    sum_power, sum_there = np.empty(n + 1), np.empty(n + 1)
    weighted = np.empty(n)
    sum_power[0] = sum_there[0] = 0.0
    for i in range(n):
        weighted[i] = there[i] * power[i]
        sum_power[i + 1] = sum_power[i] + weighted[i]
        sum_there[i + 1] = sum_there[i] + there[i]
    inverse, log_v = np.empty(profiles.shape[1]), np.empty(profiles.shape[1])
    log_sum = np.empty(profiles.shape[1] + 1)
    of_levels = np.empty((levels.size, starts.size))
    log_rest = np.log(rest)
    for r in range(profiles.shape[0]):
        m = lengths[r]
        for c in range(levels.size):
            level = levels[c]
            log_level = np.log(level)
            log_sum[0] = 0.0
            for k in range(m):
                v = rest + (level - rest) * profiles[r, k]
                inverse[k] = 1.0 / v
                log_v[k] = np.log(v)
                log_sum[k + 1] = log_sum[k] + log_v[k]
            for j in range(starts.size):
                first = starts[j] - lead
                a, b = min(max(first, 0), n), max(min(first + m, n), 0)
                # Slices that start at 0 leave the compiler no negative index to fear, so it vectorises.
                part, by = weighted[a:b], inverse[a - first : b - first]
                total = 0.0
                for i in range(part.size):
                    total += part[i] * by[i]
                if whole:
                    total += log_sum[b - first] - log_sum[a - first]
                else:
                    seen, logs = there[a:b], log_v[a - first : b - first]
                    for i in range(seen.size):
                        total += seen[i] * logs[i]
                total += sum_power[a] / rest + sum_there[a] * log_rest
                total += (sum_power[n] - sum_power[b]) / level + (sum_there[n] - sum_there[b]) * log_level
                of_levels[c, j] = -half_dof * total
        for j in range(starts.size):
            top = of_levels[0, j]
            for c in range(1, levels.size):
                top = max(top, of_levels[c, j])
            total = 0.0
            for c in range(levels.size):
                total += np.exp(of_levels[c, j] - top)
            out[j, r] = top + np.log(total / levels.size)


@njit(cache=True)
def edge_weights(
    power: FloatArray,
    there: FloatArray,
    rest: float,
    levels: FloatArray,
    short_profiles: FloatArray,
    short_lengths: IntArray,
    lead: int,
    long_profiles: FloatArray,
    long_lengths: IntArray,
    long_lead: int,
    group: int,
    earliest: int,
    latest: int,
    half_dof: float,
    far: float,
    most: int,
) -> tuple[int, int, FloatArray]:
    """Posterior of an edge's start and rise: first start, step between starts (bins), weights (starts, rises), sum 1.

    Long rises are compared with the power of `group` bins at a time, at starts `group` bins apart, and drawn out
    between them. A first look at every such start leaves those within `far` of the best; `most` of them are weighed.
    """
    n = power.size
    whole = True
    for i in range(n):
        if there[i] < 1.0:
            whole = False
    groups = n // group
    grouped, grouped_there = np.empty(groups), np.empty(groups)
    for g in range(groups):
        total, weight = 0.0, 0.0
        for i in range(g * group, (g + 1) * group):
            total += power[i] * there[i]
            weight += there[i]
        grouped[g] = total / weight if weight > 0.0 else 0.0
        grouped_there[g] = weight / group
    shorts, longs = short_profiles.shape[0], long_profiles.shape[0]
    low, high = max(1, earliest // group), min(groups - 1, latest // group)
    coarse: IntArray = np.arange(low, high + 1)
    some = levels[::2].copy()
    short_scores = np.empty((coarse.size, (shorts + 1) // 2))
    edge_scores(
        power,
        there,
        whole,
        rest,
        some,
        short_profiles[::2].copy(),
        short_lengths[::2].copy(),
        lead,
        coarse * group,
        half_dof,
        short_scores,
    )
    long_scores = np.empty((coarse.size, longs))
    edge_scores(
        grouped,
        grouped_there,
        whole,
        rest,
        some,
        long_profiles,
        long_lengths,
        long_lead,
        coarse,
        half_dof * group,
        long_scores,
    )
    best = np.empty(coarse.size)
    for j in range(coarse.size):
        best[j] = max(short_scores[j].max(), long_scores[j].max())
    limit = best.max() - far
    a, b = 0, coarse.size - 1
    while best[a] < limit:
        a += 1
    while best[b] < limit:
        b -= 1
    a, b = max(a - 1, 0), min(b + 1, coarse.size - 1)
    first, last = int(coarse[a]) * group, int(coarse[b]) * group
    step = max(1, (last - first) // most)
    starts: IntArray = np.arange(first, last + 1, step)
    weights = np.empty((starts.size, shorts + longs))
    # A rise is weighed again only where one beside it came near the best.
    near = np.zeros(shorts, np.bool_)
    for r in range(short_scores.shape[1]):
        if short_scores[:, r].max() >= limit:
            near[max(2 * r - 1, 0) : 2 * r + 2] = True
    kept: IntArray = np.flatnonzero(near)
    fine = np.empty((starts.size, kept.size))
    profiles, lengths = short_profiles[kept].copy(), short_lengths[kept].copy()
    edge_scores(power, there, whole, rest, levels, profiles, lengths, lead, starts, half_dof, fine)
    top = -1e300
    for j in range(starts.size):
        place = (starts[j] - low * group) / group
        k = min(int(place), coarse.size - 2) if coarse.size > 1 else 0
        share = place - k
        for r in range(shorts):
            weights[j, r] = -1e300
        for r in range(kept.size):
            weights[j, kept[r]] = fine[j, r]
        for r in range(longs):
            after = long_scores[min(k + 1, coarse.size - 1), r]
            weights[j, shorts + r] = (1.0 - share) * long_scores[k, r] + share * after
        top = max(top, weights[j].max())
    total = 0.0
    for j in range(starts.size):
        for r in range(shorts + longs):
            weights[j, r] = np.exp(weights[j, r] - top)
            total += weights[j, r]
    return first, step, weights / total


@njit(cache=True)
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
    trial_information = np.empty((4, 4))
    now = bell_state(
        time_s, power, there, rest, half_dof, doublings, bell, skew_mean, skew_precision, gradient, information
    )
    damping = 1e-3
    limit = np.array([0.0, 0.5, 0.7, 1.5])
    narrow = np.log(0.5 * (time_s[1] - time_s[0]))
    wide = np.log(time_s[time_s.size - 1] - time_s[0])
    for _ in range(60):
        system = information.copy()
        for p in range(4):
            system[p, p] += damping * information[p, p] + 1e-9
        step = gradient.copy()
        solve_in_place(system, step)
        limit[0] = np.exp(bell[1])
        for p in range(4):
            step[p] = min(max(step[p], -limit[p]), limit[p])
        trial = bell + step
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
            bell[:] = trial
            gradient[:] = trial_gradient
            information[:] = trial_information
            damping = max(0.2 * damping, 1e-4)
            if gain < 1e-5:
                break
        else:
            damping *= 8.0
            if damping > 1e8:
                break
    return now
