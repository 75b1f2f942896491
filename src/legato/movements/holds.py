"""Positions that are held: when one is taken, when the posture leaves its own start band, how the hold ended."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from legato.movements.marks import REST_SHARE
from legato.movements.model import HoldSpec
from legato.recording import BoolArray, FloatArray
from legato.signals.gaps import runs_of

_SETTLED_SHARE = 0.2
"""Share of the band within which the posture must have come for the hold to start. [ENG] The last degrees into a
position are slow: the whole band is reached a third of a second before the move ends."""

_ENTRY_S = 1.0
"""Time around the taking of a position in which its move is fastest, s. [ENG]"""

_STEP_S = 0.02
"""Step in which the settled second is looked for, s."""

_SPEED_S = 0.2
"""Time before the band is left over which the speed of leaving is read, s. [ENG]"""

_SLOW_BAND = 0.1
"""Share of the band covered in that time up to which the posture drifts out. [ENG] 2.5 deg/s for a band of 5 deg."""

_QUICK_BAND = 0.2
"""Share of the band covered in that time from which it is moved out. [ENG] 5 deg/s; who gets up makes 20 to 100."""

_GIVEN_UP_S = 1.0
"""Time after leaving the band within which a position that is released has been given up. [ENG]"""

_KEPT_S = 2.0
"""Time that a position is kept outside the band from which the posture has given way in it. [ENG]"""

Ending: TypeAlias = Literal["failed", "released", "ended", "censored", "hidden"]
"""`ended`: failed or released, which of them cannot be told; `hidden`: a gap in the signals hides what came next."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold in samples (fractions allowed). `begun`: the position had been taken before the recording began.
    `reference` is the posture of its first second, one value a signal; `left` is the signal whose band was left.
    """

    start: float
    end: float
    ending: Ending
    begun: bool
    reference: tuple[float, ...]
    left: int | None = None


def find_holds(
    position: FloatArray, level: float, postures: tuple[FloatArray, ...], rate_hz: float, spec: HoldSpec
) -> tuple[Hold, ...]:
    """Every stretch in which a position is taken and its posture stays within its own start band.

    After a hold the position must be given up before another can begin.

    Parameters
    ----------
    position
        Signal that is at or above `level` while the position is taken, low-passed, shape (n,).
    level
        In the unit of `position`.
    postures
        The angles that must stay, rad, low-passed, each (n,).
    rate_hz
        Sampling rate, Hz.
    spec
        Band, time to settle and time outside.
    """
    taken = np.isfinite(position) & (np.nan_to_num(position, nan=-np.inf) >= level)
    seen = np.asarray(np.isfinite(np.column_stack((position, *postures))).all(axis=1), dtype=np.bool_)
    lapse = max(1, round(spec.lapse_s * rate_hz))
    found: list[Hold] = []
    for first, stop in _bridged_runs(taken, lapse):
        begin = _settled(postures, seen, first, stop, rate_hz, spec)
        if begin is None:
            continue
        begin = max(begin, min(_arrival(position, first, stop, rate_hz), stop - 1))
        window = slice(begin, begin + max(2, round(spec.settle_s * rate_hz)))
        reference = tuple(float(np.median(p[window])) for p in postures)
        last = min(position.size, stop + lapse)
        end, left, blind = leaves_band(postures, reference, seen, (begin, stop, last), lapse, spec.band)
        if left is not None:
            ending: Ending = _left_how(np.abs(postures[left] - reference[left]), end, stop, rate_hz, spec.band)
            end = min(end, _release(position, begin, stop, rate_hz)) if ending == "released" else end
        elif blind:
            ending = "hidden"
        elif stop >= position.size:
            ending = "censored"
        else:
            ending, end = "released", _release(position, begin, stop, rate_hz)
        found.append(Hold(float(begin), end, ending, first == 0 and begin <= lapse, reference, left))
    return tuple(found)


def _left_how(away: FloatArray, end: float, stop: int, rate_hz: float, band: float) -> Ending:
    """How a posture left its band at the sample `end` while its position was taken up to `stop`: a drift out of it or a
    position that is kept beyond it failed, a quick and complete leaving is a release.
    """
    kept_s = (stop - end) / rate_hz
    before = float(np.interp(end - _SPEED_S * rate_hz, np.arange(away.size), away))
    if kept_s >= _KEPT_S or band - before <= _SLOW_BAND * band:
        return "failed"
    given_up = stop < away.size and bool(np.isfinite(away[stop]))
    quick = band - before >= _QUICK_BAND * band
    return "released" if quick and given_up and kept_s <= _GIVEN_UP_S else "ended"


def leaves_band(
    postures: tuple[FloatArray, ...],
    reference: tuple[float, ...],
    seen: BoolArray,
    stretch: tuple[int, int, int],
    lapse: int,
    band: float,
) -> tuple[float, int | None, bool]:
    """When a posture first leaves its band for `lapse` samples (a fraction), which one it is, and whether a gap came
    first; the last sample where neither happens.

    `stretch`: first sample, the one where the position is given up, and the one up to which the posture is followed,
    so that a trunk which falls out of its position is seen to stay outside.
    """
    begin, stop, last = stretch
    away = np.stack([np.abs(p[begin:last] - r) for p, r in zip(postures, reference, strict=True)])
    outside = np.asarray(np.nan_to_num(away, nan=0.0) > band, dtype=np.bool_)
    blind = runs_of(~seen[begin:last])
    gap = next((a for a, b in blind if b - a >= lapse), None)
    for a, b in runs_of(np.asarray(outside.any(axis=0), dtype=np.bool_)):
        if begin + a >= stop or (gap is not None and a > gap):
            break
        if b - a >= lapse:
            which = int(np.argmax(outside[:, a]))
            x = away[which]
            part = 0.0 if a == 0 or x[a] == x[a - 1] else (band - x[a - 1]) / (x[a] - x[a - 1]) - 1.0
            return begin + a + float(np.clip(part, -1.0, 0.0)), which, False
    return (float(stop - 1), None, False) if gap is None else (float(begin + gap), None, True)


def _bridged_runs(taken: BoolArray, lapse: int) -> list[tuple[int, int]]:
    """Stretches in which the position is taken; interruptions shorter than the lapse do not count."""
    joined: list[tuple[int, int]] = []
    for a, b in runs_of(taken):
        if joined and a - joined[-1][1] < lapse:
            joined[-1] = (joined[-1][0], b)
        else:
            joined.append((a, b))
    return joined


def _settled(
    postures: tuple[FloatArray, ...], seen: BoolArray, first: int, stop: int, rate_hz: float, spec: HoldSpec
) -> int | None:
    """The first sample from which every posture stays within its band of its own median for the time to settle, moved
    on to where it has come near that median.
    """
    length = max(2, round(spec.settle_s * rate_hz))
    for i in range(first, stop - length + 1, max(1, round(_STEP_S * rate_hz))):
        window = slice(i, i + length)
        if not seen[window].all():
            continue
        middles = [float(np.median(p[window])) for p in postures]
        away = np.max([np.abs(p[window] - m) for p, m in zip(postures, middles, strict=True)], axis=0)
        if away.max() <= spec.band:
            near = np.flatnonzero(away <= _SETTLED_SHARE * spec.band)
            begin = i + (int(near[0]) if near.size else 0)
            return min(begin, stop - length)
    return None


def _arrival(position: FloatArray, first: int, stop: int, rate_hz: float) -> int:
    """The first rest of the position after it was taken; `first` where it had been taken before."""
    start = max(0, first - round(_ENTRY_S * rate_hz))
    rate = np.gradient(position[start:stop]) if stop - start > 2 else np.zeros(1)
    if first == 0:
        return first
    around = rate[: first - start + round(_ENTRY_S * rate_hz)]
    top = int(np.nanargmax(around)) if np.isfinite(around).any() else 0
    slow = np.flatnonzero(rate[top:] <= REST_SHARE * rate[top])
    return start + top + (int(slow[0]) if slow.size else 0)


def _release(position: FloatArray, begin: int, stop: int, rate_hz: float) -> float:
    """The last rest of the position before it is given up."""
    rate = np.gradient(position[begin : min(stop + 1, position.size)]) * rate_hz
    away = -rate
    top = int(away.size - 1)
    peak = float(np.nanmax(away[max(0, top - round(rate_hz)) :]))
    slow = np.flatnonzero(~(away > REST_SHARE * peak))
    return float(begin + (int(slow[-1]) if slow.size else 0))
