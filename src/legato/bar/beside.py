"""What a second source of the same bar says beside the one that is used."""

import math
from collections.abc import Sequence
from statistics import median

from legato.bar.model import BarRep, BarTrack
from legato.bar.reps import bar_reps
from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.signals.factors import student_factor

_CLOCKS_APART_S = 0.3
"""Repetitions that lie so far apart in both sources show that their clocks are not joined, s. [ENG]"""


def compared(used: BarTrack, other: BarTrack) -> str:
    """How far the velocities of another source lie from those of the one that is used, in a sentence.

    Repetitions are paired in order, as velocities need no common clock; where the numbers differ nothing is compared.
    """
    said = f"the bar is measured by {used.stream}, not by {other.stream} beside it"
    try:
        ours, theirs = bar_reps(used), bar_reps(other)
    except (BadInput, NotResolvable) as error:
        return f"{said}; they are not compared: {error}"
    if len(ours) != len(theirs):
        return f"{said}; they show {len(ours)} and {len(theirs)} reps, so which belong together cannot be told"
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=True) if not a.reason and not b.reason]
    if not pairs:
        return f"{said}; no rep is measured by both, so they are not compared"
    parts = [f"{name} velocity by {_apart(pairs, name, used, other)}" for name in ("mean", "peak")]
    said += f"; over {len(pairs)} reps that both measure it differs in {' and '.join(parts)}"
    late = median(_fastest(b) - _fastest(a) for a, b in pairs)
    if abs(late) > _CLOCKS_APART_S:
        way = "later" if late > 0.0 else "earlier"
        said += f"; its reps come {abs(late):.2f} s {way}, so their clocks are not joined"
    return said


def _apart(pairs: Sequence[tuple[BarRep, BarRep]], name: str, used: BarTrack, other: BarTrack) -> str:
    """Mean difference, the other less the used one, with its interval, and whether it is more than their errors."""
    both = [
        (b, a)
        for one, two in pairs
        if (a := _velocity(one, name)) is not None and (b := _velocity(two, name)) is not None
    ]
    apart = sum(b.value - a.value for b, a in both) / len(both)
    half = math.hypot(_of_mean([a for _, a in both], used), _of_mean([b for b, _ in both], other))
    beyond = "more than" if abs(apart) > half else "within"
    return f"{apart:+.3f} ± {half:.3f} m/s ({beyond} their errors)"


def _of_mean(velocities: Sequence[Estimate], track: BarTrack) -> float:
    """Half-width of a source's mean over its repetitions: their own errors average out, its scale's does not."""
    n = len(velocities)
    scale = track.scale_sd * student_factor(LEVEL, track.dof)
    own = sum(max(0.0, v.half_width**2 - (scale * v.value) ** 2) for v in velocities)
    return math.hypot(math.sqrt(own) / n, scale * sum(v.value for v in velocities) / n)


def _fastest(rep: BarRep) -> float:
    """When a repetition is fastest, s."""
    return rep.start_s if rep.peak_time_s is None else rep.peak_time_s


def _velocity(rep: BarRep, name: str) -> Estimate | None:
    return rep.mean_velocity if name == "mean" else rep.peak_velocity
