"""Samples that a recorder lost: missing ones, packets of zeros, a value held; and bridges that let a filter pass."""

import numpy as np

from legato.recording import BoolArray, FloatArray
from legato.signals.gaps import LONGEST_FILLED_S, runs_of

SHORTEST_S = 0.004
"""Shortest run of equal samples that counts as lost; a tone of 450 Hz takes 2.2 ms for a period. [ENG]"""
CHANCE = 0.01
"""Greatest expected number of runs a record that its own repeats explain and that are yet called lost. [ENG]"""
_BESIDE_S = 0.2
_LEVEL_S = 0.01


def find_dropouts(x: FloatArray, rate_hz: float) -> BoolArray:
    """Samples of one channel that were lost.

    Parameters
    ----------
    x
        Samples as recorded, not yet filtered, shape (n,), any unit. NaN marks missing samples.
    rate_hz
        Sampling rate, Hz.

    Returns
    -------
    True where a sample is not finite or belongs to a run of lost ones, shape (n,).

    Notes
    -----
    A run of exactly equal samples of 4 ms or more is lost when the record does not repeat values like this by itself. A
    coarsely quantised signal does: so the chance of one more repeat is taken from the 0.2 s on either side of the run,
    the higher of the two, as an upper bound (Wilson, 3 SE) on the share of repeats among all samples there, and on that
    within longer repeats where there are five or more. The run is lost when fewer than 0.01 runs of its length are to
    be expected in the whole record, unless it begins and ends by the smallest step of the record, as rest below one
    step does. A run at the record's highest or lowest value, which it visits more often for less than 4 ms, is a
    clipped top and not lost. A channel that never changes has no lost samples by this rule:
    it is dead as a whole.
    """
    lost: BoolArray = ~np.isfinite(x)
    same = x[1:] == x[:-1]
    edges = np.flatnonzero(np.diff(np.concatenate(([False], same, [False])).astype(np.int8)))
    first, repeats = edges[::2], edges[1::2] - edges[::2]
    least = max(4, int(np.ceil(SHORTEST_S * rate_hz - 1e-9)))
    chosen = repeats + 1 >= least
    if not chosen.any():
        return lost
    clipped = np.isin(x, _clipped_values(x, least))
    # What a rail repeats says nothing about the rest.
    known = ~(lost[1:] | lost[:-1] | (clipped[1:] & clipped[:-1]))
    chosen &= ~clipped[first]
    loose = np.where((repeats >= 2) & ~clipped[first], repeats, 0)
    counts = _Counts(
        _sums(same & known), _sums(known), _sums_at(first, loose > 0, same.size), _sums_at(first, loose, same.size)
    )
    reach = round(_BESIDE_S * rate_hz)
    start, stop = first[chosen], first[chosen] + repeats[chosen]
    before = counts.chance(np.maximum(start - 1 - reach, 0), np.maximum(start - 1, 0))
    after = counts.chance(np.minimum(stop + 1, same.size), np.minimum(stop + 1 + reach, same.size))
    sided = np.fmax(before, after)
    more = np.where(np.isnan(sided), 1.0, sided)
    unlikely = (stop - start) * np.log(more) < np.log(CHANCE / x.size)
    unlikely &= ~_by_one_step(x, start, stop)
    for a, b in zip(start[unlikely], stop[unlikely], strict=True):
        lost[a : b + 1] = True
    return lost


def _by_one_step(x: FloatArray, start: "np.ndarray", stop: "np.ndarray") -> BoolArray:
    """Runs of equal samples from `start` to `stop` (inclusive) that begin and end by the record's smallest step."""
    steps = np.abs(np.diff(x))
    changes = steps[steps > 0.0]
    if changes.size == 0:
        return np.ones(start.size, dtype=np.bool_)
    small = 1.5 * float(changes.min())
    into = np.where(start > 0, steps[np.maximum(start - 1, 0)], 0.0)
    out_of = np.where(stop < x.size - 1, steps[np.minimum(stop, steps.size - 1)], 0.0)
    return (into <= small) & (out_of <= small)


class _Counts:
    """Running counts over the steps between samples: repeats, known steps, runs of two repeats or more, repeats by
    run.
    """

    __slots__ = ("known", "long_runs", "repeats", "run_repeats")

    def __init__(self, repeats: FloatArray, known: FloatArray, long_runs: FloatArray, run_repeats: FloatArray) -> None:
        self.repeats, self.known, self.long_runs, self.run_repeats = repeats, known, long_runs, run_repeats

    def chance(self, start: "np.ndarray", stop: "np.ndarray") -> FloatArray:
        """Upper bound of the chance of one more repeat from the steps `start` to `stop`, NaN where there are none."""
        steps = self.known[stop] - self.known[start]
        share = _upper(self.repeats[stop] - self.repeats[start], steps, 3.0)
        runs = self.long_runs[stop] - self.long_runs[start]
        # Of a run with two repeats or more, all but two are "one more", and each run ends once.
        more = np.maximum(self.run_repeats[stop] - self.run_repeats[start] - 2.0 * runs, 0.0)
        within = np.where(runs >= 5, _upper(more, more + runs, 2.0), 0.0)
        return np.where(steps > 0, np.maximum(share, within), np.nan)


def _sums(values: "np.ndarray") -> FloatArray:
    return np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))


def _sums_at(index: "np.ndarray", values: "np.ndarray", size: int) -> FloatArray:
    """Running sums of values that stand at `index`."""
    placed = np.zeros(size)
    placed[index] = values
    return _sums(placed)


def _upper(hits: FloatArray, of: FloatArray, z: float) -> FloatArray:
    """Wilson's upper bound of a share."""
    n = np.maximum(of, 1.0)
    share = hits / n
    return (share + z * z / (2 * n) + z * np.sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2)) / (1 + z * z / n)


def _clipped_values(x: FloatArray, least: int) -> list[float]:
    """The record's extremes, those of them that it visits more often for fewer than `least` samples than for more."""
    rails: list[float] = []
    for extreme in (np.nanmin(x), np.nanmax(x)):
        lengths = np.array([stop - start for start, stop in runs_of(x == extreme)])
        if (lengths < least).sum() > (lengths >= least).sum():
            rails.append(float(extreme))
    return rails


def bridge(x: FloatArray, lost: BoolArray, rate_hz: float, longest_s: float = LONGEST_FILLED_S) -> FloatArray:
    """Close lost stretches with straight lines, so that a filter passes them without a step.

    Parameters
    ----------
    x
        One channel, shape (n,).
    lost
        Samples to replace, shape (n,).
    rate_hz
        Sampling rate, Hz.
    longest_s
        Longer stretches, and those at the start or the end, become NaN.

    Returns
    -------
    The samples, shape (n,). Each line runs between the mean levels of the 10 ms on either side.
    """
    if not lost.any():
        return x.copy()
    out = np.where(lost, np.nan, x)
    gaps = np.array(runs_of(lost))
    gaps = gaps[(gaps[:, 0] > 0) & (gaps[:, 1] < x.size) & (gaps[:, 1] - gaps[:, 0] <= longest_s * rate_hz + 1e-9)]
    near = max(1, round(_LEVEL_S * rate_hz))
    middle = float(np.median(out[~lost])) if not lost.all() else 0.0
    total, seen = _sums(np.where(lost, 0.0, out - middle)), _sums(~lost)

    def level(start: "np.ndarray", stop: "np.ndarray") -> FloatArray:
        start, stop = np.clip(start, 0, x.size), np.clip(stop, 0, x.size)
        return middle + (total[stop] - total[start]) / np.maximum(seen[stop] - seen[start], 1.0)

    lefts, rights = level(gaps[:, 0] - near, gaps[:, 0]), level(gaps[:, 1], gaps[:, 1] + near)
    for (start, stop), left, right in zip(gaps, lefts, rights, strict=True):
        out[start:stop] = left + (right - left) * np.arange(1, stop - start + 1) / (stop - start + 1)
    return out
