"""How far two muscles are active at once: two co-contraction indices of their normalised envelopes, over a set."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legato.errors import BadInput
from legato.estimate import LEVEL, Estimate
from legato.muscles.over_reps import mean_over_reps
from legato.recording import FloatArray

_MOST_MISSING = 0.1
"""Share of a repetition that may be missing. [ENG]"""
LEAST_REPS = 2
_LOST = 0.055
"""Envelopes of 6 Hz scatter, and the lower of two scattered ones is too low: overlaps of 0.92 and 0.62 come out 0.03
and 0.01 short; the interval counts so much of their square. [SIM]
"""


@dataclass(frozen=True, slots=True)
class Coactivation:
    """Co-contraction of two muscles over a set of repetitions.

    `overlap` is twice the area that both envelopes share over the sum of their areas, 0 to 1 (Falconer and Winter
    1985). `index` is the mean of lower/higher times their sum, in the envelopes' own unit, so it grows with effort too
    (Rudolph et al. 2000). Both with Student's interval over the `n` repetitions; None with the `reason` below two. The
    `overlaps` and `indices` have one entry a repetition, NaN where it was refused; `refused` says which and why.
    """

    overlap: Estimate | None
    index: Estimate | None
    overlaps: tuple[float, ...]
    indices: tuple[float, ...]
    n: int
    refused: tuple[tuple[int, str], ...]
    reason: str = ""


def coactivation(
    first: FloatArray,
    second: FloatArray,
    rate_hz: float,
    reps: Sequence[tuple[float, float]],
    *,
    start_s: float = 0.0,
    unit: str = "%",
    level: float = LEVEL,
) -> Coactivation:
    """Co-contraction of two muscles in each repetition and over the set.

    Parameters
    ----------
    first, second
        Linear envelopes of two muscles, each in % of its own reference of one kind, shape (n,). NaN marks missing
        samples.
    rate_hz
        Sampling rate of both, Hz.
    reps
        Start and end of each repetition, s on the recording's clock.
    start_s
        Time of the first sample on that clock.
    unit
        Of the envelopes.
    level
        Of the intervals.

    Raises
    ------
    BadInput
        The envelopes are not one-dimensional, differ in length or are negative throughout, or the rate is not positive.

    Notes
    -----
    Envelopes of two muscles that do the same still differ by the scatter of EMG, so full overlap shows as 0.95 or so.
    Values compare between sets of one athlete that are normalised alike, not between ways to normalise.

    References
    ----------
    Falconer and Winter 1985, Electromyogr Clin Neurophysiol 25:135. Rudolph, Axe and Snyder-Mackler 2000, Knee Surg
    Sports Traumatol Arthrosc 8:262.
    """
    if first.ndim != 1 or first.shape != second.shape or not rate_hz > 0.0:
        raise BadInput(f"envelopes of shapes {first.shape} and {second.shape} at {rate_hz:g} Hz; give two of one clock")
    # The band of the filter swings a little below 0 beside steep bursts.
    one, two = np.maximum(first, 0.0), np.maximum(second, 0.0)
    overlaps, indices = np.full(len(reps), np.nan), np.full(len(reps), np.nan)
    refused: list[tuple[int, str]] = []
    for k, (start, end) in enumerate(reps):
        a, b = round((start - start_s) * rate_hz), round((end - start_s) * rate_hz)
        if b <= a:
            raise BadInput(f"a repetition ends at {end:g} s and starts at {start:g} s; give start and end, in s")
        part = np.stack((one[max(0, a) : max(0, b)], two[max(0, a) : max(0, b)]))
        part = part[:, np.isfinite(part).all(axis=0)]
        if len(part[0]) < (1.0 - _MOST_MISSING) * (b - a):
            refused.append((k, f"{1.0 - len(part[0]) / (b - a):.0%} of the repetition is missing"))
            continue
        lower, both = part.min(axis=0), part.sum(axis=0)
        if not lower.any():
            refused.append((k, "one of the muscles is silent in it"))
            continue
        overlaps[k] = 2.0 * float(lower.sum()) / float(both.sum())
        higher = part.max(axis=0)
        active = higher > 0.0
        indices[k] = float((lower[active] / higher[active] * both[active]).sum()) / both.size
    n = len(reps) - len(refused)
    short = n < LEAST_REPS
    lost = 0.0 if short else _LOST * float(np.nanmean(overlaps)) ** 2
    return Coactivation(
        None if short else mean_over_reps(_plain(overlaps, "", level), fixed=lost, least=0.0, most=1.0),
        None if short else mean_over_reps(_plain(indices, unit, level), least=0.0),
        tuple(float(v) for v in overlaps),
        tuple(float(v) for v in indices),
        n,
        tuple(refused),
        f"{n} of at least {LEAST_REPS} repetitions tell it" if short else "",
    )


def _plain(values: FloatArray, unit: str, level: float) -> list[Estimate | None]:
    """Values whose own error shows in their spread over the repetitions."""
    return [Estimate(float(v), float(v), float(v), level, unit) if np.isfinite(v) else None for v in values]
