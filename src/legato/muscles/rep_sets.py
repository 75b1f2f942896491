"""Which repetitions of a set count: those that the gate refuses in a muscle, and where they lie on its own samples."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from legato.muscles.model import MuscleResult
from legato.recording import Span, Stream
from legato.signals.sets import set_refusal

if TYPE_CHECKING:
    from legato.muscles.analyse import RepSpan


def refused_in(reps: "Sequence[RepSpan]", *muscles: MuscleResult) -> dict[int, str]:
    """The repetitions that the gate refuses in one of the muscles, by their place in `reps`, and why."""
    why = {rep: reason for muscle in reversed(muscles) for rep, reason in muscle.refused_reps}
    return {place: why[rep.index] for place, rep in enumerate(reps) if rep.index in why}


def kept(reps: "Sequence[RepSpan]", *muscles: MuscleResult) -> "list[RepSpan]":
    """The repetitions that the gate refuses in none of these."""
    out = refused_in(reps, *muscles)
    return [rep for place, rep in enumerate(reps) if place not in out]


def too_few(reps: "Sequence[RepSpan]", *muscles: MuscleResult) -> str:
    """Why the gate leaves too few repetitions for a set; empty where it does not."""
    return set_refusal(list(refused_in(reps, *muscles).values()), len(reps), "used")


def spans_of(reps: "Sequence[RepSpan]") -> list[tuple[float, float]]:
    """Start and end of each, s on the recording's clock."""
    return [(rep.span.start_s, rep.span.end_s) for rep in reps]


def from_first_sample(stream: Stream, at_s: float) -> float:
    """Where a time on the recording's clock lies among a stream's samples, s at its rate from the first of them."""
    if stream.time_s is None:
        return at_s - stream.start_s
    first, last = float(stream.time_s[0]), float(stream.time_s[-1])
    if at_s <= first:
        return at_s - first
    if at_s > last:
        return (stream.n_samples - 1) / stream.rate_hz + at_s - last
    return float(np.searchsorted(stream.time_s, at_s)) / stream.rate_hz


def span_from_first_sample(stream: Stream, span: Span) -> Span:
    """As `from_first_sample`, of a stretch."""
    return Span(from_first_sample(stream, span.start_s), from_first_sample(stream, span.end_s))
