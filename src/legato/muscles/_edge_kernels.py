"""Jitted loops of an edge's likelihood and posterior. `tests/muscles` holds them to plain numpy."""

from typing import TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from legato.recording import FloatArray

IntArray: TypeAlias = NDArray[np.int64]


@njit(cache=True, fastmath=True)
def logs_before(inverse: FloatArray, marks: FloatArray, bins: int) -> float:
    """Minus the sum of the logs of the first `bins` of `inverse`; `marks[q]` is that of the first 8 q."""
    product = 1.0
    for k in range(bins // 8 * 8, bins):
        product *= inverse[k]
    return marks[bins // 8] - np.log(product)


@njit(cache=True, fastmath=True)
def edge_scores(
    power: FloatArray,
    there: FloatArray,
    rest: float,
    levels: FloatArray,
    spread: float,
    profiles: FloatArray,
    lengths: IntArray,
    lead: int,
    starts: IntArray,
    seeds: IntArray,
    half_dof: float,
    far: float,
    most: int,
    out: FloatArray,
) -> None:
    """Log likelihood of `power` (n,) for an edge from `rest` to a level, into `out` (starts, profiles).

    Row `profiles[r]` rises from 0 to 1 over `lengths[r]` bins, the first of them `lead` bins before the edge's start.
    Of each row the start numbered `seeds[r]` is looked at, and its neighbours to either side until the likelihood falls
    and lies `far` below the best of all so far; the others get -1e300. `far` of infinity looks at all.
    Rows longer than `most` bins are left out. The level is
    that which fits best at the row's best start, sought from `levels[r]`, which becomes it; the likelihood is the mean
    over three levels, the outer ones 1.2 `spread` from it in log.
    """
    n = power.size
    whole = True
    sum_power, sum_there = np.empty(n + 1), np.empty(n + 1)
    weighted = np.empty(n)
    sum_power[0] = sum_there[0] = 0.0
    for i in range(n):
        weighted[i] = there[i] * power[i]
        sum_power[i + 1] = sum_power[i] + weighted[i]
        sum_there[i + 1] = sum_there[i] + there[i]
        if there[i] < 1.0:
            whole = False
    longest = profiles.shape[1]
    inverse, log_v, marks = np.empty((3, longest)), np.empty((3, longest)), np.zeros((3, longest // 8 + 2))
    log_all = np.empty(3)
    tried, log_tried, of_levels = np.empty(3), np.empty(3), np.empty(3)
    log_rest = np.log(rest)
    best = -1e300
    tops, at_top = np.full(profiles.shape[0], -1e300), seeds.copy()
    seen_from, seen_to = seeds.copy(), seeds.copy()
    out[:] = -1e300
    # First every other row with one level, to find where it fits best; those beside one that may count; then those that
    # may count with three levels.
    for look in range(3):
        count = 1 if look < 2 else 3
        for r in range(profiles.shape[0]):
            m = lengths[r]
            if look < 2 and r % 2 != look:
                continue
            if look == 1 and max(tops[r - 1], tops[min(r + 1, tops.size - 1)]) < best - 3.0 * far:
                continue
            if m > most or (look == 2 and tops[r] < best - 2.0 * far):
                out[seen_from[r] : seen_to[r], r] = -1e300
                continue
            at = at_top[r]
            first = starts[at] - lead
            a, b = min(max(first, 0), n), max(min(first + m, n), 0)
            near, seen_near, share = weighted[a:b], there[a:b], profiles[r, a - first : b - first]
            for _ in range(2):
                # One step of Fisher scoring.
                level = levels[r]
                over = (sum_power[n] - sum_power[b] - rest * (sum_there[n] - sum_there[b])) / (level * level)
                under = (sum_there[n] - sum_there[b]) / (level * level)
                for i in range(near.size):
                    v = rest + (level - rest) * share[i]
                    by = share[i] / (v * v)
                    over += by * (near[i] - seen_near[i] * rest)
                    under += by * share[i] * seen_near[i]
                step = over / under + rest if under > 0.0 else level
                levels[r] = max(min(max(step, 0.5 * level), 2.0 * level), 1.05 * rest)
            for c in range(count):
                tried[c] = max(levels[r] * np.exp(1.2 * spread * (c - 1 if count == 3 else 0)), 1.02 * rest)
                log_tried[c] = np.log(tried[c])
                by_v, above = inverse[c, :m], tried[c] - rest
                for k in range(m):
                    by_v[k] = 1.0 / (rest + above * profiles[r, k])
                if not whole:
                    for k in range(m):
                        log_v[c, k] = -np.log(by_v[k])
                # One logarithm for eight bins.
                for q in range(m // 8):
                    k = 8 * q
                    product = by_v[k] * by_v[k + 1] * by_v[k + 2] * by_v[k + 3]
                    product *= by_v[k + 4] * by_v[k + 5] * by_v[k + 6] * by_v[k + 7]
                    marks[c, q + 1] = marks[c, q] - np.log(product)
                log_all[c] = logs_before(by_v, marks[c], m)
            out[seen_from[r] : seen_to[r], r] = -1e300
            row_best, seed = -1e300, at
            for way in (1, -1):
                j = seed if way == 1 else seed - 1
                before = -1e300 if way == 1 else out[seed, r]
                while 0 <= j < starts.size:
                    first = starts[j] - lead
                    a, b = min(max(first, 0), n), max(min(first + m, n), 0)
                    top = -1e300
                    for c in range(count):
                        # Slices that start at 0 leave the compiler no negative index to fear, so it vectorises.
                        part, by_v = weighted[a:b], inverse[c, a - first : b - first]
                        total = 0.0
                        for i in range(part.size):
                            total += part[i] * by_v[i]
                        if whole and b - a == m:
                            total += log_all[c]
                        elif whole:
                            total += logs_before(inverse[c], marks[c], int(b - first))
                            if a > first:
                                total -= logs_before(inverse[c], marks[c], int(a - first))
                        else:
                            seen, logs = there[a:b], log_v[c, a - first : b - first]
                            for i in range(seen.size):
                                total += seen[i] * logs[i]
                        total += sum_power[a] / rest + sum_there[a] * log_rest
                        total += (sum_power[n] - sum_power[b]) / tried[c] + (sum_there[n] - sum_there[b]) * log_tried[c]
                        of_levels[c] = -half_dof * total
                        top = max(top, of_levels[c])
                    score = top
                    if count == 3:
                        total = 0.0
                        for c in range(count):
                            total += np.exp(of_levels[c] - top) if of_levels[c] < top else 1.0
                        score = top + np.log(total / count)
                    out[j, r] = score
                    seen_from[r], seen_to[r] = min(seen_from[r], j), max(seen_to[r], j + 1)
                    if score > row_best:
                        row_best, at = score, j
                    best = max(best, score)
                    if score < before and score < (row_best - 5.0 if look < 2 and far < 1e300 else best - far):
                        break
                    before = score
                    j += way
            tops[r], at_top[r] = row_best, at


@njit(cache=True)
def blunt_weights(weights: FloatArray, by_start: FloatArray, by_rise: float) -> None:
    """Take the likelihood of a start within each rise to the power `by_start` (rises,), and that of a rise to the power
    `by_rise`; `weights` (starts, rises) is changed in place and sums to 1.
    """
    starts, rises = weights.shape
    likeliest = 0.0
    evidence, tops = np.zeros(rises), np.zeros(rises)
    for j in range(starts):
        for r in range(rises):
            evidence[r] += weights[j, r]
            tops[r] = max(tops[r], weights[j, r])
    for r in range(rises):
        likeliest = max(likeliest, evidence[r])
    whole = 0.0
    for r in range(rises):
        if not tops[r] > 1e-300:
            weights[:, r] = 0.0
            continue
        total = 0.0
        for j in range(starts):
            if weights[j, r] > 0.0:
                weights[j, r] = (weights[j, r] / tops[r]) ** by_start[r]
                total += weights[j, r]
        share = (evidence[r] / likeliest) ** by_rise
        weights[:, r] *= share / total
        whole += share
    weights /= whole


@njit(cache=True)
def edge_weights(
    power: FloatArray,
    there: FloatArray,
    rest: float,
    level: float,
    spread: float,
    fine_profiles: FloatArray,
    fine_lengths: IntArray,
    fine_lead: int,
    profiles: FloatArray,
    lengths: IntArray,
    lead: int,
    group: int,
    earliest: int,
    latest: int,
    half_dof: float,
    far: float,
    most: int,
    longest: int,
) -> tuple[int, int, FloatArray]:
    """Posterior of an edge's start and rise: first start, step between starts (bins), weights (starts, rises), sum 1.

    All rises are compared with the power of `group` bins at a time, at starts `group` bins apart, and drawn out between
    them; those that have a row in `fine_profiles`, the first, are then compared bin by bin, at `most` starts, as far as
    they lie within `far` of the best. No rise is longer than `longest` bins.
    """
    n = power.size
    groups = n // group
    grouped, grouped_there = np.empty(groups), np.empty(groups)
    for g in range(groups):
        total, weight = 0.0, 0.0
        for i in range(g * group, (g + 1) * group):
            total += power[i] * there[i]
            weight += there[i]
        grouped[g] = total / weight if weight > 0.0 else 0.0
        grouped_there[g] = weight / group
    rises, fines = profiles.shape[0], fine_profiles.shape[0]
    low, high = max(1, earliest // group), min(groups - 1, latest // group)
    coarse: IntArray = np.arange(low, high + 1)
    scores, levels = np.empty((coarse.size, rises)), np.full(rises, level)
    # A step fits best where the power of a rise is as likely under what is before it as under what is after. A search
    # from afar would end on the way, for likelihood is steep and rough where activity stands far above rest.
    seeds = np.zeros(rises, np.int64)
    # In an array of its own: a column of `scores` would have the compiler make `edge_scores` once more.
    of_first = np.empty((coarse.size, 1))
    edge_scores(
        grouped,
        grouped_there,
        rest,
        levels[:1],
        spread,
        profiles[:1],
        lengths[:1],
        lead,
        coarse,
        seeds[:1],
        half_dof * group,
        np.inf,
        lengths[0],
        of_first,
    )
    at = int(np.argmax(of_first))
    ratio = max(level / rest, 1.05)
    even = np.log(ratio) / (ratio - 1.0) * ratio / (ratio - 1.0) - 1.0 / (ratio - 1.0)
    for r in range(rises):
        late = 0
        while late < lengths[r] - 1 and profiles[r, late] < even:
            late += 1
        seeds[r] = min(max(at - (late - lead), 0), coarse.size - 1)
    edge_scores(
        grouped,
        grouped_there,
        rest,
        levels,
        spread,
        profiles,
        lengths,
        lead,
        coarse,
        seeds,
        half_dof * group,
        far,
        longest // group + 2 * lead + 1,
        scores,
    )
    best = np.empty(coarse.size)
    for j in range(coarse.size):
        best[j] = scores[j].max()
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
    weights = np.empty((starts.size, rises))
    # A rise is weighed again only where it or one beside it came near the best.
    near = np.zeros(fines, np.bool_)
    for r in range(fines):
        if scores[:, r].max() >= limit:
            near[max(r - 1, 0) : r + 2] = True
    kept: IntArray = np.flatnonzero(near)
    fine = np.empty((starts.size, kept.size))
    fine_seeds = np.empty(kept.size, np.int64)
    for r in range(kept.size):
        at = (int(coarse[int(np.argmax(scores[:, kept[r]]))]) * group - first) // step
        fine_seeds[r] = min(max(at, 0), starts.size - 1)
    edge_scores(
        power,
        there,
        rest,
        levels[kept].copy(),
        spread,
        fine_profiles[kept].copy(),
        fine_lengths[kept].copy(),
        fine_lead,
        starts,
        fine_seeds,
        half_dof,
        far,
        n,
        fine,
    )
    top = -1e300
    for j in range(starts.size):
        place = (starts[j] - low * group) / group
        k = min(int(place), coarse.size - 2) if coarse.size > 1 else 0
        share = place - k
        for r in range(fines):
            weights[j, r] = -1e300
        for r in range(kept.size):
            weights[j, kept[r]] = fine[j, r]
        for r in range(fines, rises):
            after = scores[min(k + 1, coarse.size - 1), r]
            weights[j, r] = (1.0 - share) * scores[k, r] + share * after
        top = max(top, weights[j].max())
    total = 0.0
    for j in range(starts.size):
        for r in range(rises):
            weights[j, r] = np.exp(weights[j, r] - top) if weights[j, r] > top - 50.0 else 0.0
            total += weights[j, r]
    return first, step, weights / total
