"""Strides end where the next begin, so their cut falls anywhere in what muscles do: each muscle gets a stretch of one
stride's length round its own bursts instead, and two muscles those that lie nearest to each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from legato.muscles.bursts import Burst
from legato.muscles.lags import ActivationLags
from legato.muscles.model import MuscleResult
from legato.recording import Span

if TYPE_CHECKING:
    from legato.muscles.analyse import RepSpan


@dataclass(frozen=True, slots=True)
class Windows:
    """Where the burst of each repetition is looked for, s, and why some, by their place, are left out."""

    spans: list[tuple[float, float]]
    left_out: dict[int, str]


def phase_of(bursts: Sequence[Burst], spans: Sequence[tuple[float, float]]) -> float | None:
    """Where in a stride the largest bursts of a muscle lie, in strides from its start, [0, 1); None without a burst.

    Their mean direction, by their energy: a burst across the cut is one, and a stride whose largest fell to its
    neighbour has only a small one to say.
    """
    total = 0j
    for start, end in spans:
        inside = [burst for burst in bursts if start <= burst.middle_s < end]
        if inside:
            largest = max(inside, key=lambda burst: burst.energy)
            total += largest.energy * np.exp(2j * np.pi * (largest.middle_s - start) / (end - start))
    return None if total == 0.0 else float(np.angle(total) / (2.0 * np.pi)) % 1.0


def window_round(span: Span, phase: float) -> tuple[float, float]:
    """A stretch as long as a stride, its middle that many strides after the stride's start, s."""
    start_s = span.start_s + (phase - 0.5) * span.duration_s
    return start_s, start_s + span.duration_s


def windows_round(muscle: MuscleResult, reps: Sequence[tuple[int, Span]], phase: float | None) -> Windows:
    """Where a muscle's burst of each repetition is looked for.

    Parameters
    ----------
    muscle
        One channel. A repetition in which the gate refuses it is left out; so is a stride whose burst lies in a
        neighbour that is refused, or beyond the recording.
    reps
        Index and span of each repetition.
    phase
        Where its bursts lie, in strides from the stride's start, also below 0 or above 1; None where the repetitions
        are no strides and hold their bursts.
    """
    out = dict(muscle.refused_reps)
    left_out = {k: out[index] for k, (index, _) in enumerate(reps) if index in out}
    if phase is None:
        return Windows([muscle.efforts.get(index, (span.start_s, span.end_s)) for index, span in reps], left_out)
    for k, (_, span) in enumerate(reps):
        middle_s, quarter_s = span.start_s + phase * span.duration_s, 0.25 * span.duration_s
        if k in left_out or span.start_s <= middle_s < span.end_s:
            continue
        beside = next((index for index, other in reps if other.start_s <= middle_s < other.end_s), None)
        if beside in out:
            left_out[k] = out[beside]
        elif middle_s - quarter_s < muscle.envelope_start_s or middle_s + quarter_s > muscle.recorded_until_s:
            left_out[k] = "its burst lies beyond the recording"
    return Windows([window_round(span, phase) for _, span in reps], left_out)


def paired_windows(
    first: MuscleResult, second: MuscleResult, reps: Sequence[tuple[int, Span]], strides: bool
) -> tuple[Windows, Windows]:
    """Where the bursts of two muscles are looked for that belong together: in the repetition, of strides the nearest.

    In strides the second muscle's lie in the first one's stride or in a neighbour, whichever is nearer.
    """
    one, two = (
        phase_of(m.timed, [(a.start_s, a.end_s) for _, a in reps]) if strides else None for m in (first, second)
    )
    if one is not None and two is not None:
        two = one + (two - one + 0.5) % 1.0 - 0.5
    return windows_round(first, reps, one), windows_round(second, reps, two)


def within_half_a_stride(lags: ActivationLags, reps: Sequence[tuple[int, Span]]) -> ActivationLags:
    """The lags, without their mean where it may reach half a stride: there the nearest burst may be either's."""
    if lags.mean is None or max(-lags.mean.low, lags.mean.high) < 0.5 * float(
        np.median([span.duration_s for _, span in reps])
    ):
        return lags
    return replace(lags, mean=None, reason="they work half a stride apart, so either may be called the first")


def indexed(reps: "Sequence[RepSpan]") -> list[tuple[int, Span]]:
    """Index and span of each repetition."""
    return [(rep.index, rep.span) for rep in reps]


def of_one_foot(reps: "Sequence[RepSpan]", muscles: Mapping[str, int]) -> "tuple[list[RepSpan], str]":
    """The strides of one foot, and what to know where there are those of two: they overlap, and hold the same bursts.

    Parameters
    ----------
    reps
        Strides, with the side of their foot.
    muscles
        How many muscles are recorded on each side: the side of most is taken, of equals that with more whole strides,
        then the one that is told first.
    """
    feet = dict.fromkeys(rep.side for rep in reps)
    if len(feet) < 2:
        return list(reps), ""
    whole = {foot: sum(rep.complete and rep.side == foot for rep in reps) for foot in feet}
    foot = max(feet, key=lambda foot: (whole[foot] > 0, muscles.get(foot, 0), whole[foot]))
    kept = [rep for rep in reps if rep.side == foot]
    name = f"the {foot} foot" if foot else "the foot whose side is not told"
    return kept, f"muscles are read in the strides of {name} alone: those of the other hold the same bursts"
