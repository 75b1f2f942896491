"""Where a bar goes besides up: drift to the front and back, loops, and how level it stays."""

from dataclasses import dataclass

import numpy as np

from legato.recording import FloatArray


@dataclass(frozen=True, slots=True)
class BarPath:
    """The way of a bar in one lift, m: `drift`: where it ends, ahead of where it starts; `furthest`, `nearest`: most to
    the front and to the back of the start; `loop`: the largest distance between its way up and its way down at one
    height, None without a way down. `tilt_rad`: the largest angle against the horizontal, None without both ends.
    """

    drift: float
    furthest: float
    nearest: float
    loop: float | None
    tilt_rad: float | None


def bar_path(
    up: FloatArray, ahead: FloatArray, *, down: FloatArray | None = None, tilt: FloatArray | None = None
) -> BarPath:
    """The way of a bar.

    Parameters
    ----------
    up, down
        The bar's middle on its way up and down, m, shape (n, 3), z up.
    ahead
        Horizontal direction to the lifter's front, shape (3,).
    tilt
        Angle of the bar against the horizontal on its way up, rad, shape (n,).
    """
    front = ahead / np.linalg.norm(ahead)
    forward = (up - up[0]) @ front
    loop = None
    if down is not None:
        heights = up[:, 2] - up[0, 2]
        order = np.argsort(heights)
        back = (down - up[0]) @ front
        at_same: FloatArray = np.asarray(np.interp(down[:, 2] - up[0, 2], heights[order], forward[order]), np.float64)
        loop = float(np.nanmax(np.abs(back - at_same)))
    return BarPath(
        drift=float(forward[-1]),
        furthest=float(np.nanmax(forward)),
        nearest=float(np.nanmin(forward)),
        loop=loop,
        tilt_rad=None if tilt is None else float(tilt[int(np.nanargmax(np.abs(tilt)))]),
    )
