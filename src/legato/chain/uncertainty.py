"""Pieces of every interval: factors of a level, degrees of freedom, and the error that all reps of a set share."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legato.recording import FloatArray


@dataclass(frozen=True, slots=True)
class Locked:
    """Variance (s²) of the error that every rep of a set shares, because soft tissue moves alike in each, and its
    dof.
    """

    variance: float
    dof: float


NOTHING_LOCKED = Locked(0.0, np.inf)


def locked_error(left_over: Sequence[FloatArray]) -> Locked:
    """The shared error that residuals at the events show: what is left of their mean over the reps beyond chance.

    Parameters
    ----------
    left_over
        One array a segment, shape (reps, 3M), as in `LinkTimes.left_over`. NaN rows are left out.

    Returns
    -------
    A movement of the markers that comes with the movement itself leaves the same residual in every rep. The rigid fit
    hides as much of it, a degree of freedom, as it leaves over, and that part moves all the times of the set alike.
    """
    variance = square = 0.0
    for rows in left_over:
        good = rows[np.isfinite(rows).all(axis=1)]
        n = len(good)
        if n < 2:
            continue
        degrees = good.shape[1] - 6
        middle = good.mean(axis=0)
        random = float(((good - middle) ** 2).sum()) / (n - 1)
        own = max(0.0, float(middle @ middle) - random / n)
        variance += own
        square += own**2 / degrees
    return Locked(variance, variance**2 / square if square > 0.0 else np.inf)


def mixed_dof(variance: float, dof: float, locked: Locked) -> float:
    """Degrees of freedom of a variance of which a part is locked to the movement (Welch–Satterthwaite)."""
    own = min(locked.variance, variance)
    square = (own**2 / locked.dof if own > 0.0 else 0.0) + (variance - own) ** 2 / dof
    return variance**2 / square if square > 0.0 else dof
