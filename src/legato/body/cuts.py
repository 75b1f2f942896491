"""Where a film was cut: instants at which the whole body jumps further than a body can."""

from collections.abc import Mapping

import numpy as np

from legato.recording import STANDARD_GRAVITY, FloatArray

_STATURE_M = 1.7
"""What the body's largest extent in the picture is taken for, m. [ENG] Only the size of a jump hangs on it."""

_MOST_ACCELERATION = 15.0 * STANDARD_GRAVITY
"""More than the middle of a body ever takes, m/s². [ENG] Landings from jumps reach a third of it at the hips."""

_NOISE_SHARE = 0.03
"""Jump of the middle point that the noise of a pose estimator can make, share of the body's extent. [ENG]"""

_FEWEST_POINTS = 4


def find_cuts(points: Mapping[str, FloatArray], rate_hz: float) -> tuple[int, ...]:
    """The first frame after each cut.

    Parameters
    ----------
    points
        Places of each point in the picture, any unit, shape (n, 2); NaN where missing.
    rate_hz
        Frames a second.

    Returns
    -------
    Frames k such that between k − 1 and k the middle (median) of the points' steps differs from the steps before and
    after by more than a body can accelerate and an estimator err. A point that jumps alone, or sides that are
    exchanged, make no cut.
    """
    if len(points) < _FEWEST_POINTS:
        return ()
    places = np.stack(list(points.values()), axis=1)
    if len(places) < 4:
        return ()
    steps = np.diff(places, axis=0)
    extent = _extent(places)
    if not extent > 0.0:
        return ()
    change = np.full(len(steps), np.nan)
    odd = np.linalg.norm(steps[1:-1] - 0.5 * (steps[:-2] + steps[2:]), axis=2)
    enough = np.isfinite(odd).sum(axis=1) >= _FEWEST_POINTS
    change[1:-1][enough] = np.nanmedian(odd[enough], axis=1) / extent
    limit = _MOST_ACCELERATION / rate_hz**2 / _STATURE_M + _NOISE_SHARE
    found: list[int] = []
    for k in np.flatnonzero(change > limit).tolist():
        # A cut shows in the steps beside it too, half as large.
        if change[k] >= np.nanmax(change[max(0, k - 1) : k + 2]):
            found.append(k + 1)
    return tuple(found)


def _extent(places: FloatArray) -> float:
    """The body's usual largest side in the picture."""
    seen = np.isfinite(places).all(axis=2)
    usable = places[seen.sum(axis=1) >= _FEWEST_POINTS]
    if not usable.size:
        return 0.0
    return float(np.median((np.nanmax(usable, axis=1) - np.nanmin(usable, axis=1)).max(axis=1)))
