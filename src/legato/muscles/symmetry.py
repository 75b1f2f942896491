"""Right against left: the same muscle's amplitude and timing on both sides, over a set, with intervals."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

import numpy as np

from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.muscles.normalise import Method, Normalised, ratio
from legato.signals.factors import student_half_width

_T = TypeVar("_T")
Stronger: TypeAlias = Literal["right", "left", "not-resolvable"]

COMPARABLE: tuple[Method, ...] = ("mvic", "sub-maximal")
"""References by which the sides can be compared. Raw amplitudes differ with electrodes and skin; a share of the task's
own peak or mean is nearly the same on both sides whatever the muscles do.
"""


@dataclass(frozen=True, slots=True)
class AmplitudeSymmetry:
    """Symmetry index 100·(right − left) / (½·(right + left)), %: 0 is even, 200 is right alone (Robinson et al. 1987,
    J Manipulative Physiol Ther 10:172). `n` repetitions have both sides.
    """

    index: Estimate
    n: int
    more: Stronger


@dataclass(frozen=True, slots=True)
class TimingSymmetry:
    """Right minus left, s: positive where the left side is first. `n` repetitions have both sides."""

    lag: Estimate
    n: int
    first: Stronger


def amplitude_symmetry(
    right: Sequence[Normalised | None], left: Sequence[Normalised | None], *, level: float = LEVEL
) -> AmplitudeSymmetry:
    """How far the sides' amplitudes differ over a set.

    Parameters
    ----------
    right, left
        Normalised amplitude of the muscle in each repetition, in the same order; None where it was refused.
    level
        Of the interval: Student's over the repetitions, for one repetition that of its own measurement. The error of
        the two references is the same in all repetitions and is added.

    Raises
    ------
    BadInput
        The sides have different numbers of repetitions, or an amplitude or reference is of another level.
    NotResolvable
        No repetition has both sides, an amplitude or reference may be 0, or the amplitudes are not in % of a reference
        that allows the comparison.
    """
    pairs = _both(right, left)
    methods = {side.reference.method for pair in pairs for side in pair}
    if len(methods) > 1 or not methods <= set(COMPARABLE):
        given = " and ".join(sorted(methods))
        raise NotResolvable(
            f"right and left are compared in % of a maximal or sub-maximal reference contraction, not as {given}; "
            "record one of each side"
        )
    _same_level([whole for pair in pairs for side in pair for whole in (side.value, side.reference.value)], level)
    ratios = [ratio(one.value, two.value) for one, two in pairs]
    logs = [math.log(r.value) for r in ratios]
    own = [0.5 * math.log(r.high / r.low) for r in ratios]
    fixed = _reference_half(pairs[0])
    middle = float(np.mean(logs))
    half = own[0] if len(logs) == 1 else math.hypot(student_half_width(np.asarray(logs), level), fixed)
    low, value, high = (200.0 * math.tanh(0.5 * x) for x in (middle - half, middle, middle + half))
    return AmplitudeSymmetry(Estimate(value, low, high, level, "%"), len(logs), _stronger(low, high))


def timing_symmetry(
    right: Sequence[Estimate | None], left: Sequence[Estimate | None], *, fixed_s: float = 0.0, level: float = LEVEL
) -> TimingSymmetry:
    """By how much one side's event (onset, centre, peak) comes after the other's, over a set.

    Parameters
    ----------
    right, left
        Time of the same event in each repetition, s, in the same order; None where it was refused.
    fixed_s
        Half-width of the part of their errors that is the same in all repetitions, which repeating does not remove.
    level
        Of the interval: Student's over the repetitions, for one repetition that of its own measurement.

    Raises
    ------
    BadInput
        The sides have different numbers of repetitions, or a time is of another level or unit.
    NotResolvable
        No repetition has both sides.
    """
    pairs = _both(right, left)
    times = [time for pair in pairs for time in pair]
    _same_level(times, level)
    if len(units := sorted({time.unit for time in times})) > 1:
        raise BadInput(f"the times are in {' and '.join(units)}; give all in one unit")
    lags = [one.minus(two) for one, two in pairs]
    values = np.array([lag.value for lag in lags])
    found = (
        lags[0]
        if len(lags) == 1
        else Estimate.symmetric(
            float(values.mean()), math.hypot(student_half_width(values, level), fixed_s), lags[0].unit, level
        )
    )
    later = _stronger(found.low, found.high)
    first: Stronger = "left" if later == "right" else "right" if later == "left" else "not-resolvable"
    return TimingSymmetry(found, len(lags), first)


def _both(right: Sequence[_T | None], left: Sequence[_T | None]) -> list[tuple[_T, _T]]:
    if len(right) != len(left):
        raise BadInput(f"{len(right)} repetitions on the right and {len(left)} on the left; give one entry for each")
    pairs = [(one, two) for one, two in zip(right, left, strict=True) if one is not None and two is not None]
    if not pairs:
        raise NotResolvable("no repetition has both sides")
    return pairs


def _same_level(estimates: Iterable[Estimate | None], level: float) -> None:
    if other := sorted({e.level for e in estimates if e is not None and e.level != level}):
        raise BadInput(f"an interval of level {other[0]:g} was given and one of {level:g} asked for; give both alike")


def _reference_half(pair: tuple[Normalised, Normalised]) -> float:
    """Half-width, on a log scale, of what the two references add to the ratio of every repetition alike."""
    wholes = [side.reference.value for side in pair if side.reference.value is not None]
    if not all(whole.low > 0.0 for whole in wholes):
        raise NotResolvable("a reference of 0 compares nothing; record the contraction anew")
    halves = [0.5 * math.log(whole.high / whole.low) for whole in wholes]
    return math.hypot(*halves)


def _stronger(low: float, high: float) -> Stronger:
    return "right" if low > 0.0 else "left" if high < 0.0 else "not-resolvable"
