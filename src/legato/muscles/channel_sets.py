"""One muscle over a set: its fatigue, its share in a phase, and whether it keeps step with the movement's momentum."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from legato.errors import NotResolvable
from legato.estimate import Estimate
from legato.muscles.channel_lags import motion_clock_error_s
from legato.muscles.conditioning import Conditioned
from legato.muscles.fatigue import Fatigue, set_fatigue
from legato.muscles.model import MuscleResult
from legato.muscles.normalise import METHODS, ReferenceTrial, largest_reference, normalise
from legato.muscles.phase_locking import PhaseLocking, chest_with_momentum, clock_widened, rep_phases
from legato.muscles.phase_share import PhaseShare, phase_share
from legato.muscles.rep_sets import from_first_sample, kept, refused_in, span_from_first_sample, spans_of, too_few
from legato.recording import FloatArray, Recording, Span, Stream
from legato.signals.factors import normal_factor
from legato.signals.sets import set_refusal

if TYPE_CHECKING:
    from legato.muscles.analyse import RepSpan

_EDGE_S = 0.02
"""SD of a phase's edge, s: two frames of a camera at 100 Hz. [ENG]"""
_GUARD_S = 0.1
"""Kept away from a burst where its muscle counts as resting, s. [ENG]"""


@dataclass(frozen=True, slots=True, eq=False)
class Slow:
    """A slow signal beside the EMG, shape (n,), with its rate and the time of its first sample."""

    values: FloatArray
    rate_hz: float
    start_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Banded:
    """Conditioned EMG of a channel, the stream that it is of, and the SD of that stream's offset to the motion, s."""

    values: FloatArray
    stream: Stream
    clock_sd_s: float


@dataclass(frozen=True, slots=True)
class ChannelResult:
    """One muscle over the set: `fatigue`, `locking` with the momentum of the centre of mass, or `share` of its activity
    inside a phase; `reason` where it is not told.
    """

    muscle: MuscleResult
    fatigue: Fatigue | None = None
    locking: PhaseLocking | None = None
    share: PhaseShare | None = None
    reason: str = ""


def banded_of(recording: Recording, conditioned: Mapping[str, Conditioned], muscle: MuscleResult) -> Banded:
    """The conditioned EMG of a channel."""
    stream = next(s for s in recording.of_kind("emg") if s.name == muscle.stream)
    values = conditioned[stream.name].channel(stream.channels.index(muscle.channel)).values
    return Banded(values, stream, motion_clock_error_s(recording, stream.name))


def phases_of(muscle: MuscleResult, reps: "Sequence[RepSpan]") -> FloatArray:
    """Where in each repetition its envelope is at its height, rad."""
    return rep_phases(muscle.envelope, muscle.envelope_rate_hz, spans_of(reps), start_s=muscle.envelope_start_s)


def momentum_result(
    banded: Banded, chest: MuscleResult, velocity: Slow | None, reps: "Sequence[RepSpan]", level: float
) -> ChannelResult:
    """Whether the chest keeps step with the momentum of the centre of mass, where it is active at all."""
    if velocity is None:
        return ChannelResult(chest, reason="the velocity of the centre of mass is not known")
    if lost := too_few(reps, chest):
        return ChannelResult(chest, reason=lost)
    counted = kept(reps, chest)
    try:
        peak = _peak(banded, chest, counted, level) if chest.normalisation == METHODS["mvic"] else None
    except NotResolvable as why:
        return ChannelResult(chest, reason=f"whether the chest is active is not known: {why}")
    of_chest = phases_of(chest, counted) if chest.envelope.size else np.full(len(counted), np.nan)
    of_mass = rep_phases(velocity.values, velocity.rate_hz, spans_of(counted), start_s=velocity.start_s)
    found = chest_with_momentum(of_chest, of_mass, peak, level=level)
    found = clock_widened(found, [rep.span.duration_s for rep in counted], banded.clock_sd_s)
    return ChannelResult(chest, locking=found, reason=found.reason)


def _peak(banded: Banded, muscle: MuscleResult, reps: "Sequence[RepSpan]", level: float) -> Estimate | None:
    """The largest tenth of a second of the set, in % of the muscle's reference."""
    reference = muscle.reference
    if reference is None or reference.value is None:
        return None
    spans = tuple(span_from_first_sample(banded.stream, rep.span) for rep in reps)
    trial = ReferenceTrial("this set", banded.values, banded.stream.rate_hz, spans)
    top = largest_reference([trial], "task-peak", unit=reference.value.unit, level=level)
    return None if top.value is None else normalise(top.value, reference).value


def share_result(
    banded: Banded, muscle: MuscleResult, reps: "Sequence[RepSpan]", name: str, level: float
) -> ChannelResult:
    """Share of its activity inside the phase of that name."""
    counted = kept(reps, muscle)
    stream = banded.stream
    half = normal_factor(level) * _EDGE_S
    phases: list[tuple[Estimate, Estimate] | None] = []
    for rep in counted:
        span = dict(rep.phases).get(name)
        ends = () if span is None else tuple(from_first_sample(stream, end) for end in (span.start_s, span.end_s))
        start, end = (Estimate.symmetric(at_s, half, "s", level) for at_s in ends) if ends else (None, None)
        phases.append(None if start is None or end is None else (start, end))
    last_s = banded.values.size / stream.rate_hz
    edges = [0.0, *(x for own in muscle.own_spans for x in (own.start_s - _GUARD_S, own.end_s + _GUARD_S)), last_s]
    rests = [Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]
    spans = [span_from_first_sample(stream, rep.span) for rep in counted]
    try:
        found = phase_share(
            banded.values, stream.rate_hz, spans, phases, rests, clock_sd_s=banded.clock_sd_s, level=level
        )
    except NotResolvable as why:
        return ChannelResult(muscle, reason=str(why))
    reasons = [*refused_in(reps, muscle).values(), *(reason for _, reason in found.refused)]
    if lost := set_refusal(reasons, len(reps), "told"):
        return ChannelResult(muscle, share=replace(found, mean=None), reason=lost)
    return ChannelResult(muscle, share=found)


def fatigue_result(banded: Banded, muscle: MuscleResult, reps: "Sequence[RepSpan]", level: float) -> ChannelResult:
    """What the set does to its median frequency and its amplitude."""
    spans = [muscle.main_span(rep.index) for rep in reps]
    found = set_fatigue(banded.values, banded.stream.rate_hz, spans, left_out=refused_in(reps, muscle), level=level)
    trend = found.median_frequency
    why = [reason for reason in sorted({reason for _, reason in found.refused}) if reason not in trend.reason]
    return ChannelResult(muscle, fatigue=found, reason="; ".join([trend.reason, *why]) if trend.change is None else "")
