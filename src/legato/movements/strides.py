"""Running feet: contact and toe-off from the speed over the ground, and the plants of a change of direction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from legato.movements.cycles import Cycle
from legato.recording import FloatArray

_STANCE_SHARE = 0.15
"""Share of the swing's top speed below which the front of the foot stands. [ENG] Between contact and toe-off the toe
rests on the ground; its speed falls from, and rises to, the swing's within a few hundredths of a second."""

_LONGEST_STANCE_S = 1.0
"""A foot that stood longer than this before its first or after its last swing was standing, not running. [ENG]"""

_LONGEST_STRIDE_S = 2.5
"""As for walking: swings farther apart are two bouts. [ENG]"""


@dataclass(frozen=True, slots=True)
class Stride:
    """Samples (fractions allowed) of contact, toe-off and the next contact; `cut` says which end was not recorded."""

    contact: float
    toe_off: float | None
    next_contact: float
    cut: str = ""


def strides_by_speed(speed: FloatArray, swings: Sequence[Cycle], rate_hz: float) -> list[Stride]:
    """Strides of one foot.

    Parameters
    ----------
    speed
        Speed of the front of the foot over the ground, m/s, low-passed, shape (n,).
    swings
        Its bursts of speed, in order.
    rate_hz
        Sampling rate, Hz.
    """
    lifts = [_edge(speed, swing, -1) for swing in swings]
    landings = [_edge(speed, swing, 1) for swing in swings]
    longest, longest_stride = _LONGEST_STANCE_S * rate_hz, _LONGEST_STRIDE_S * rate_hz
    found: list[Stride] = []
    for k, swing in enumerate(swings):
        lift, landing = lifts[k], landings[k]
        follows = k > 0 and swings[k - 1].first == swing.first
        before = landings[k - 1] if follows else _first_landing(speed, swing)
        if before is not None and landing is not None and landing - before <= longest_stride:
            found.append(Stride(before, lift, landing))
        elif not follows and lift is not None and landing is not None and lift - swing.first <= longest:
            found.append(Stride(float(swing.first), lift, landing, "start"))
        elif (
            before is not None
            and lift is not None
            and landing is None
            and swing.stop - before <= _LONGEST_STRIDE_S * rate_hz
        ):
            found.append(Stride(before, lift, float(swing.stop - 1), "end"))
        leads = k + 1 < len(swings) and swings[k + 1].first == swing.first
        if not leads and landing is not None and swing.stop - 1 - landing <= longest:
            found.append(Stride(landing, None, float(swing.stop - 1), "end"))
    return found


def _first_landing(speed: FloatArray, swing: Cycle) -> float | None:
    """Contact after a swing whose top came before the recording, or None where the recording begins otherwise."""
    level = _STANCE_SHARE * float(speed[swing.far])
    part = speed[swing.first : swing.far]
    below = np.flatnonzero(part <= level)
    if not below.size or below[0] == 0:
        return None
    i = int(below[0])
    return float(swing.first + i - 1 + (part[i - 1] - level) / (part[i - 1] - part[i]))


def _edge(speed: FloatArray, swing: Cycle, way: int) -> float | None:
    """Where the speed passes the share of the swing's top on one side of it (−1 before, 1 after), or None."""
    level = _STANCE_SHARE * float(speed[swing.far])
    part = speed[swing.far : swing.stop] if way > 0 else speed[swing.first : swing.far + 1][::-1]
    below = np.flatnonzero(part <= level)
    if not below.size:
        return None
    i = int(below[0])
    share = 0.0 if i == 0 or part[i - 1] == part[i] else float((part[i - 1] - level) / (part[i - 1] - part[i]))
    return float(swing.far + way * (i - 1 + share))


_NEAR_S, _FAR_S = 0.05, 0.40
"""Stretch before and after an instant over which the way gone gives the direction, s. [ENG] One running step lasts 0.25
to 0.4 s."""

_LEAST_WAY_M = 0.10
"""A shorter way in that stretch has no direction. [ENG]"""


def turning(path: FloatArray, rate_hz: float) -> FloatArray:
    """Signed change of the direction of travel around each instant, rad, to the left positive, shape (n,).

    Parameters
    ----------
    path
        Horizontal position, m, low-passed, shape (n, 2). Near the ends, and where the way is too short to have a
        direction, the change is 0.
    rate_hz
        Sampling rate, Hz.
    """
    near, far = max(1, round(_NEAR_S * rate_hz)), max(2, round(_FAR_S * rate_hz))
    n = path.shape[0]
    out = np.zeros(n)
    if n <= 2 * far:
        return out
    middle = np.arange(far, n - far, dtype=np.intp)
    came, goes = path[middle - near] - path[middle - far], path[middle + far] - path[middle + near]
    cross = came[:, 0] * goes[:, 1] - came[:, 1] * goes[:, 0]
    angle = np.arctan2(cross, np.sum(came * goes, axis=1))
    clear = (np.linalg.norm(came, axis=1) >= _LEAST_WAY_M) & (np.linalg.norm(goes, axis=1) >= _LEAST_WAY_M)
    out[middle] = np.where(clear, angle, 0.0)
    return np.where(np.isfinite(out), out, 0.0)


@dataclass(frozen=True, slots=True)
class Plant:
    """Samples of one change of direction: the contact before the plant, the plant, the turn's middle, the plant's
    toe-off and the contact after it; None where it was not seen. `foot` is the side that plants.
    """

    before: float | None
    plant: float
    turn: float
    toe_off: float
    after: float | None
    foot: str


def plant_at(turn: int, stances: Mapping[str, Sequence[tuple[float, float]]]) -> Plant | None:
    """The plant of a turn: the stance that holds its middle or, of two, that which began later; None without one.

    Parameters
    ----------
    turn
        Sample at which the direction changes most.
    stances
        Contact and toe-off of each side, in samples.
    """
    holding = [(a, b, side) for side, known in stances.items() for a, b in known if a <= turn <= b]
    if not holding:
        return None
    contact, off, foot = max(holding)
    others = sorted((a, side) for side, known in stances.items() for a, _ in known if side != foot)
    before = [a for a, _ in others if a < contact]
    after = [a for a, _ in others if a > max(turn, contact)]
    return Plant(before[-1] if before else None, contact, float(turn), off, after[0] if after else None, foot)


def stances_of(speed: FloatArray, swings: Sequence[Cycle]) -> list[tuple[float, float]]:
    """Contact and toe-off of each stance between two swings of one foot, in samples, also those at the edges."""
    found: list[tuple[float, float]] = []
    if not swings:
        return found
    first, last = swings[0], swings[-1]
    lift, landing = _edge(speed, first, -1), _edge(speed, last, 1)
    if lift is not None:
        found.append((float(first.first), lift))
    for one, two in pairwise(swings):
        a, b = _edge(speed, one, 1), _edge(speed, two, -1)
        if a is not None and b is not None and one.first == two.first:
            found.append((a, b))
    if landing is not None:
        found.append((landing, float(last.stop - 1)))
    return found
