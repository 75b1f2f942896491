"""Instants of a repetition to less than a frame, each by its own definition: where it leaves home, turns, comes back,
starts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from legato.movements.cycles import Cycle
from legato.movements.model import MarkSpec
from legato.recording import FloatArray

REST_SHARE = 0.05
"""Share of the peak rate below which a signal is at rest, and of the excursion within which it is back home. [ENG]"""

_NEARLY_HOME_SHARE = 0.35
"""Share of the peak rate below which data that break off within 5 % of home hold the whole way. [ENG] A move of the
least jerk has 32 % of its peak rate there."""

_HOME_ZONE = 0.3
"""Share of the excursion, counted from home, in which a rest counts as the start or the end: a halt farther out is a
pause on the way. [ENG]"""

_LONGEST_HALT_S = 2.0
"""What comes before a halt near home and the halt itself belong to the repetition if they last no longer, s. [ENG] A
bar that sticks over the floor goes on within a second or two; longer is setting up."""

_PAUSE_ZONE = 0.05
"""Share of the excursion, counted from the far point, within which slow movement belongs to a pause there. [ENG]"""

_TURN_S = 0.3
"""Stretch before release over which the trunk's turn gives the direction of a throw, s. [ENG] The arm's forward swing
lasts 0.15 to 0.3 s, and the trunk turns with it."""

SHORTEST_PAUSE_S = 0.25
"""In a longer rest at the far point the turn is its middle, else where the rate is zero. [ENG] A slow turn (1 m/s²)
stays below 0.03 m/s for 0.06 s, the pause zone of a slow squat lasts 0.2 s."""

_PAUSE_SPEED_M_S = 0.03
"""Below this a height is at rest. [ENG]"""


@dataclass(frozen=True, slots=True)
class Track:
    """A signal with its rate, both of shape (n,), at `rate_hz`; `metric` where the unit is m."""

    samples: FloatArray
    rate: FloatArray
    rate_hz: float
    metric: bool


@dataclass(frozen=True, slots=True)
class Anchors:
    """The driver's own instants in samples (fractions allowed); `cut_start`, `cut_end`: the data begin or end before
    the rep does.
    """

    leave: float
    reach: float
    turn: float
    depart: float
    back: float
    cut_start: bool
    cut_end: bool
    rise: float
    fall: float


def anchors_past_halts(track: Track, cycle: Cycle, earliest: float, uneven: float) -> Anchors:
    """`anchors_of` a signal that comes home; where one way is shorter than the other by more than the share `uneven`,
    as it sticks near home, the instants beyond that halt, if it is brief and they make both ways even.
    """
    near = anchors_of(track, cycle, earliest)
    if _even(near, uneven):
        return near
    far = anchors_of(track, cycle, earliest, zone=uneven)
    brief = max(near.leave - far.leave, far.back - near.back) <= _LONGEST_HALT_S * track.rate_hz
    return far if brief and _even(far, uneven) else near


def _even(anchors: Anchors, uneven: float) -> bool:
    short, long = sorted((anchors.rise, anchors.fall))
    return not (anchors.cut_start or anchors.cut_end) and short >= (1.0 - uneven) * long


def anchors_of(track: Track, cycle: Cycle, earliest: float, homing: bool = True, zone: float = _HOME_ZONE) -> Anchors:
    """The driver's instants in one excursion.

    Parameters
    ----------
    track
        The driver, high when away from home.
    cycle
        The excursion.
    earliest
        Sample before which this excursion cannot start (the end of the one before).
    homing
        The signal comes back to where it left, so one end seen whole tells where home is at an end cut off.
    zone
        Share of the excursion, counted from home, in which a rest counts as the start or the end.
    """
    x, v = track.samples, track.rate
    # Only the way itself tells how fast it is: steps taken before or after may be faster.
    limit = x[cycle.before] + zone * cycle.rise
    off = cycle.before + int(np.flatnonzero(x[cycle.before : cycle.far + 1] <= limit)[-1])
    far_limit = x[cycle.after] + zone * cycle.fall
    on = cycle.far + int(np.flatnonzero(x[cycle.far : cycle.after + 1] <= far_limit)[0])
    fastest_out = max(float(v[off : cycle.far + 1].max()), 0.0)
    fastest_back = max(float(-v[cycle.far : on + 1].min()), 0.0)
    reach, turn, depart = _far_point(track, cycle, max(fastest_out, fastest_back))

    leave, cut_start = float(cycle.before), True
    for i in range(off, cycle.before - 1, -1):
        if v[i] <= REST_SHARE * fastest_out and x[i] <= limit:
            leave = i + _fraction(v[i], v[min(i + 1, v.size - 1)], REST_SHARE * fastest_out)
            cut_start = False
            break
    leave = max(leave, earliest)

    end, cut_end = float(cycle.after), True
    rest = cycle.after
    for i in range(on, cycle.after + 1):
        if -v[i] <= REST_SHARE * fastest_back and x[i] <= far_limit:
            rest, cut_end = i, False
            break
    home = float(x[rest])
    first_home = float(np.interp(leave, np.arange(x.size), x))
    if homing and cut_end and not cut_start and home <= first_home + REST_SHARE * cycle.rise:
        slow = -v[cycle.after] <= _NEARLY_HOME_SHARE * fastest_back
        home, cut_end = (first_home, False) if slow else (home, True)
    elif homing and cut_start and not cut_end and first_home <= home + REST_SHARE * cycle.fall:
        cut_start = bool(v[cycle.before] > _NEARLY_HOME_SHARE * fastest_out)
    fall = float(x[cycle.far]) - home
    if not cut_end:
        level = home + REST_SHARE * fall
        below = np.flatnonzero(x[cycle.far : rest + 1] <= level)
        if below.size:
            i = cycle.far + int(below[0])
            end = i - 1 + _fraction(x[i - 1], x[i], level) if i > 0 else float(i)
    return Anchors(leave, reach, turn, depart, end, cut_start, cut_end, float(x[cycle.far]) - first_home, fall)


def _far_point(track: Track, cycle: Cycle, fastest: float) -> tuple[float, float, float]:
    x, v, far = track.samples, track.rate, cycle.far
    size = min(s for s in (cycle.rise, cycle.fall, cycle.size) if s > 0.0)
    slow = max(REST_SHARE * fastest, _PAUSE_SPEED_M_S if track.metric else 0.0)
    first, last = _stretch(x, far, x[far] - _PAUSE_ZONE * size, cycle)
    turn = zero_near(v, far)
    calm = first + np.flatnonzero(np.abs(v[first : last + 1]) <= slow)
    if not calm.size:
        return turn, turn, turn
    i, j = int(calm[0]), int(calm[-1])
    reach = i - 1 + _fraction(v[i - 1], v[i], slow) if i > cycle.first and v[i - 1] > slow else float(i)
    depart = j + _fraction(v[j], v[j + 1], -slow) if j + 1 < cycle.stop and v[j + 1] < -slow else float(j)
    if (depart - reach) / track.rate_hz >= SHORTEST_PAUSE_S:
        # A flat pause is full of turns that are noise: their middle. One that creeps deeper turns only at its end.
        turns = i + np.flatnonzero((v[i:j] > 0.0) & (v[i + 1 : j + 1] <= 0.0))
        if turns.size:
            turn = 0.5 * (zero_near(v, int(turns[0])) + zero_near(v, int(turns[-1])))
    return min(reach, turn), turn, max(depart, turn)


def zero_near(rate: FloatArray, sample: int) -> float:
    """Where the rate passes zero within a sample of `sample`, in samples; `sample` itself where it does not."""
    for i in (sample - 1, sample):
        if i >= 0 and i + 1 < rate.size and rate[i] * rate[i + 1] <= 0.0 and rate[i] != rate[i + 1]:
            return i + float(rate[i] / (rate[i] - rate[i + 1]))
    return float(sample)


def _stretch(x: FloatArray, at: int, level: float, cycle: Cycle) -> tuple[int, int]:
    first = last = at
    while first > cycle.before and x[first - 1] >= level:
        first -= 1
    while last < cycle.after and x[last + 1] >= level:
        last += 1
    return first, last


def place_marks(
    specs: tuple[MarkSpec, ...],
    track: Track,
    anchors: Anchors,
    cycle: Cycle,
    earliest: float,
    signal: Callable[[str, str], Track | None],
) -> dict[str, float]:
    """The marks of one repetition, in samples, worked out in order; those that cannot be found are left out.

    Parameters
    ----------
    specs
        The marks that the movement defines. `start` and `end` are the driver's own unless defined.
    track, anchors, cycle
        The driver, its instants, the excursion.
    earliest
        Sample before which nothing of this repetition can lie.
    signal
        Gives another signal by name and side.
    """
    own = {
        "leave": anchors.leave,
        "reach": anchors.reach,
        "turn": anchors.turn,
        "depart": anchors.depart,
        "return": anchors.back,
    }
    marks = {"start": anchors.leave, "end": anchors.back}
    turning = trunk_turn(cycle, track.rate_hz, signal) if any(s.sense in ("along", "against") for s in specs) else 0.0
    for spec in specs:
        found: float | None
        if spec.at in own:
            found = own[spec.at]
        elif spec.at == "level":
            found = _level(track, anchors, cycle, spec.by)
        elif spec.at == "offset":
            base = marks.get(spec.of or "")
            found = None if base is None else min(base + spec.seconds * track.rate_hz, track.samples.size - 1.0)
        else:
            found = _of_signal(spec, marks, earliest, track.rate_hz, signal, turning)
        if found is None and spec.instead is not None:
            found = marks.get(spec.instead)
        if found is not None:
            marks[spec.name] = found
    return marks


def _level(track: Track, anchors: Anchors, cycle: Cycle, by: float) -> float | None:
    x = track.samples
    start = int(np.ceil(anchors.leave))
    level = float(np.interp(anchors.leave, np.arange(x.size), x)) + (by if track.metric else REST_SHARE * anchors.rise)
    above = np.flatnonzero(x[start : cycle.far + 1] >= level)
    if not above.size or anchors.cut_start:
        return None
    i = start + int(above[0])
    return float(i) if i == 0 or above[0] == 0 else i - 1 + _fraction(x[i - 1], x[i], level)


def _of_signal(
    spec: MarkSpec,
    marks: Mapping[str, float],
    earliest: float,
    rate_hz: float,
    signal: Callable[[str, str], Track | None],
    turning: float,
) -> float | None:
    other = next((t for t in (signal(name, spec.side) for name in spec.signals) if t is not None), None)
    if other is None:
        return None
    before = marks.get(spec.before) if spec.before else None
    after = marks.get(spec.after) if spec.after else None
    if (spec.before and before is None) or (spec.after and after is None):
        return None
    if before is None:
        if after is None:
            return None
        before = after + spec.reach_s * rate_hz
    if after is None:
        after = before - spec.reach_s * rate_hz
    first, last = int(np.ceil(max(after, earliest, 0.0))), int(np.floor(min(before, other.samples.size - 1.0)))
    x, v = other.samples[first : last + 1], other.rate[first : last + 1]
    if x.size < 3 or np.isnan(x).any() or np.isnan(v).any():
        return None
    sign = {"up": 1.0, "down": -1.0, "along": turning, "against": -turning}[spec.sense]
    if sign == 0.0:
        return None
    if spec.by > 0.0 and float(x.max() - x.min()) < spec.by:
        return None
    if spec.at in ("reversal", "reversal_end"):
        i, j = _largest_move(sign * x)
        return None if sign * (x[j] - x[i]) < max(spec.by, 1e-9) else float(first + (i if spec.at == "reversal" else j))
    if spec.at in ("maximum", "minimum"):
        return _extreme(x if spec.at == "maximum" else -x, first)
    if spec.at == "rest":
        rate = (sign * v)[::-1]
        top = int(rate.argmax())
        back = _last_crossing(rate, top, REST_SHARE * float(rate[top]), 0)
        return None if back is None else last - back
    if spec.at in ("zero", "onset"):
        rate = sign * v
        top = int(rate.argmax())
        rest = _last_crossing(rate, top, REST_SHARE * float(rate[top]), first)
        turned = _last_crossing(rate, top, 0.0, first) if spec.at == "zero" else None
        return rest if turned is None else turned
    against = signal(spec.other or "", spec.side)
    if against is None:
        return None
    difference = sign * (x - against.samples[first : last + 1])
    ahead = np.flatnonzero((difference[:-1] < 0.0) & (difference[1:] >= 0.0))
    if not ahead.size:
        return None
    i = int(ahead[0])
    return first + i + _fraction(difference[i], difference[i + 1], 0.0)


def _largest_move(x: FloatArray) -> tuple[int, int]:
    """First and last sample of the largest rise."""
    lowest = np.minimum.accumulate(x)
    end = int(np.argmax(x - lowest))
    return int(x[: end + 1].argmin()), end


def trunk_turn(cycle: Cycle, rate_hz: float, signal: Callable[[str, str], Track | None]) -> float:
    """1 or -1: the sense in which the trunk's angle changes before the far point; 0 where it is not known."""
    for name in ("thorax_axial", "pelvis_axial"):
        trunk = signal(name, "none")
        if trunk is not None:
            last = trunk.samples[max(0, cycle.far - max(1, round(_TURN_S * rate_hz))) : cycle.far + 1]
            if last.size > 1 and np.isfinite(last[0]) and np.isfinite(last[-1]):
                return float(np.sign(last[-1] - last[0]))
    return 0.0


def _last_crossing(rate: FloatArray, top: int, level: float, first: int) -> float | None:
    below = np.flatnonzero(rate[: top + 1] <= level)
    if not below.size or rate[top] <= 0.0:
        return None
    i = int(below[-1])
    return first + i + (_fraction(rate[i], rate[i + 1], level) if i < top else 0.0)


def _extreme(x: FloatArray, first: int) -> float:
    i = int(x.argmax())
    if 0 < i < x.size - 1:
        bend = x[i - 1] - 2.0 * x[i] + x[i + 1]
        if bend < 0.0:
            return first + i + float(0.5 * (x[i - 1] - x[i + 1]) / bend)
    return float(first + i)


def _fraction(a: float, b: float, level: float) -> float:
    return 0.0 if a == b else float(np.clip((level - a) / (b - a), 0.0, 1.0))
