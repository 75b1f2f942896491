"""How far a trunk has to lean for what a body of its own build asks for, or a bar that lies on the floor."""

from collections.abc import Callable

import numpy as np

from legato.recording import FloatArray
from legato.simulate.skeleton import Pose

_MOST_STEPS = 30

_STEPS, _NEAR_M = 8, 1e-4
_LEAST_REACH_M, _LEAST_STEP, _LARGEST_STEP = 0.1, 1e-6, 0.3


def lean_at_zero(of: Callable[[float], float], low: float, high: float, within: float) -> float:
    """Where a quantity that falls with lean passes zero (Illinois); an end of the bracket where it does not.

    Parameters
    ----------
    of
        The quantity at a lean, deg. -inf where no body can lean so far.
    low, high
        Bracket, deg.
    within
        How near to zero is near enough, in the quantity's unit.
    """
    at_low, at_high = of(low), of(high)
    if at_low <= 0.0:
        return low
    if at_high >= 0.0:
        return high
    for _ in range(_MOST_STEPS):
        share = at_low / (at_low - at_high) if at_high > float("-inf") else 0.5
        middle = low + share * (high - low)
        here = of(middle)
        if abs(here) <= within:
            return middle
        if here > 0.0:
            low, at_low, at_high = middle, here, 0.5 * at_high
        else:
            high, at_high, at_low = middle, here, 0.5 * at_low
    return 0.5 * (low + high)


def leant_under_bar(pose_of: Callable[[FloatArray], Pose], bent: Pose, wanted: FloatArray) -> Pose:
    """The pose whose pelvis leans by as much more or less as brings the bar in its hands to a height (secants).

    Parameters
    ----------
    pose_of
        The pose at so much more lean, rad, shape (n,).
    bent
        The one at no more lean.
    wanted
        Height of the bar, m, shape (n,).
    """
    pose, before, more = bent, np.zeros_like(wanted), np.zeros_like(wanted)
    error = pose.point["bar"][:, 2] - wanted
    # at first as if the shoulders turned about the hips
    slope = np.minimum(pose.point["hip_right"][:, 0] - pose.point["shoulder_right"][:, 0], -_LEAST_REACH_M)
    for _ in range(_STEPS):
        if np.abs(error).max(initial=0.0) < _NEAR_M:
            break
        before, more = more, more - np.clip(error / slope, -_LARGEST_STEP, _LARGEST_STEP)
        pose = pose_of(more)
        error, last = pose.point["bar"][:, 2] - wanted, error
        moved = np.abs(more - before) > _LEAST_STEP
        slope[moved] = np.minimum((error - last)[moved] / (more - before)[moved], -_LEAST_REACH_M)
    return pose
