"""Brace without shrug over a set, on each side: which channels tell it, and in which rests the shoulders count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from legato.estimate import Estimate
from legato.muscles.amplitude import stretch
from legato.muscles.bracing import BraceWithoutShrug, brace_without_shrug
from legato.muscles.conditioning import Conditioned
from legato.muscles.model import MuscleResult
from legato.muscles.names import Side
from legato.muscles.normalise import METHODS
from legato.muscles.over_reps import mean_over_reps
from legato.muscles.pairs import wanted
from legato.muscles.quality import examine_stream_spans
from legato.muscles.rep_sets import kept, spans_of, too_few
from legato.recording import Recording, Span
from legato.signals.sets import set_refusal

if TYPE_CHECKING:
    from legato.muscles.analyse import RepSpan

_LEAST_REST_S = 0.3
"""A shorter rest lies within the fall of the envelope. [ENG]"""

_SIDES: tuple[Side | None, ...] = ("right", "left", None)


@dataclass(frozen=True, slots=True)
class SideBrace:
    """One side: the channels that were compared, None where that side has none, and what they show."""

    side: Side | None
    trunk: MuscleResult | None
    trapezius: MuscleResult | None
    found: BraceWithoutShrug


def brace_sides(
    recording: Recording,
    muscles: Sequence[MuscleResult],
    reps: "Sequence[RepSpan]",
    every: "Sequence[RepSpan]",
    conditioned: Mapping[str, Conditioned],
    *,
    level: float,
) -> tuple[SideBrace, ...]:
    """Brace without shrug on each side with an upper trapezius; without any, on each with a trunk muscle.

    Parameters
    ----------
    recording, conditioned
        The recording, and what `condition` made of each stream with a usable channel, by the stream's name.
    muscles
        All channels, also those that the gate refuses.
    reps, every
        The repetitions that count, and all: the rests lie between these.
    level
        Of the intervals.

    Returns
    -------
    Nothing where neither muscle is recorded. Where one side has no trunk muscle that can be used, that of the other one
    stands for it.
    """
    found: list[SideBrace] = []
    trapezii, trunks = (_by_side(muscles, role) for role in ("upper_trapezius", "trunk_brace"))
    for side in trapezii or trunks:
        any_trunk = [*(trunks[own] for own in (side,) if own in trunks), *trunks.values()]
        trunk = next((m for m in any_trunk if m.usable), any_trunk[0] if any_trunk else None)
        trapezius = trapezii.get(side)
        told = _told(recording, trunk, trapezius, reps, every, conditioned, level)
        found.append(SideBrace(side, trunk, trapezius, told))
    return tuple(found)


def _by_side(muscles: Sequence[MuscleResult], role: str) -> dict[Side | None, MuscleResult]:
    """The channel with a role on each side, a usable one before a refused one."""
    found: dict[Side | None, MuscleResult] = {}
    for side in _SIDES:
        own = [m for m in muscles if m.side == side and role in m.roles]
        best = wanted(own, (role,), side) or (own[0] if own else None)
        if best is not None:
            found[side] = best
    return found


def _told(
    recording: Recording,
    trunk: MuscleResult | None,
    trapezius: MuscleResult | None,
    reps: "Sequence[RepSpan]",
    every: "Sequence[RepSpan]",
    conditioned: Mapping[str, Conditioned],
    level: float,
) -> BraceWithoutShrug:
    for m in (trunk, trapezius):
        if m is not None and (lost := f"refused: {m.reasons[0]}" if not m.usable else too_few(reps, m)):
            return _untold(f"{m.label}: {lost}")
    trunk, trapezius = (None if m is None or m.normalisation != METHODS["mvic"] else m for m in (trunk, trapezius))
    rest, no_rest = None, ""
    if trapezius is not None:
        rests, refused = _rests(recording, trapezius, every, conditioned)
        if refused and (lost := set_refusal(refused, len(rests) + len(refused), "used")):
            return _untold(f"{trapezius.label}, rests between the repetitions: {lost}")
        rest = _mean_envelope(trapezius, rests, level, calmest=True)
        if rest is None:
            no_rest = f"no two rests of {_LEAST_REST_S:g} s or more lie between the repetitions: pause between them"
    return brace_without_shrug(
        None if trunk is None else _mean_envelope(trunk, spans_of(kept(reps, trunk)), level),
        None if trapezius is None else _mean_envelope(trapezius, spans_of(kept(reps, trapezius)), level),
        rest,
        trunk_reference=_maximum(trunk),
        trapezius_reference=_maximum(trapezius),
        no_rest=no_rest,
    )


def _untold(reason: str) -> BraceWithoutShrug:
    return BraceWithoutShrug("not-resolvable", "not-resolvable", "not-resolvable", None, None, reason)


def _rests(
    recording: Recording, muscle: MuscleResult, every: "Sequence[RepSpan]", conditioned: Mapping[str, Conditioned]
) -> tuple[list[tuple[float, float]], list[str]]:
    """The rests between repetitions that the gate lets pass in this channel, and why it refuses each of the others."""
    stream = next(s for s in recording.of_kind("emg") if s.name == muscle.stream)
    times = stream.times()
    ends = sorted(spans_of(every))
    rests = [
        Span(a[1], b[0])
        for a, b in pairwise(ends)
        if b[0] - a[1] >= _LEAST_REST_S and a[1] >= times[0] and b[0] <= times[-1]
    ]
    k = stream.channels.index(muscle.channel)
    alone = replace(
        stream, values=stream.values[:, k : k + 1], channels=(muscle.channel,), units=stream.units[k : k + 1]
    )
    verdicts = [row[0] for row in examine_stream_spans(alone, rests, conditioned[stream.name].column(k))[1]]
    passed = [(rest.start_s, rest.end_s) for rest, one in zip(rests, verdicts, strict=True) if one.usable]
    return passed, ["; ".join(one.reasons) for one in verdicts if not one.usable]


def _maximum(muscle: MuscleResult | None) -> Estimate | None:
    return None if muscle is None or muscle.reference is None else muscle.reference.value


def _mean_envelope(
    muscle: MuscleResult, spans: Sequence[tuple[float, float]], level: float, *, calmest: bool = False
) -> Estimate | None:
    """Mean envelope of stretches like these; None for fewer than two, whose spread is not known.

    `calmest`: of the calmest 0.3 s of each. A brace begins before the repetition and fades after it, so a rest between
    two holds some of it, and all of it would be taken off the rise.
    """
    found: list[Estimate | None] = []
    for span in spans:
        own = Span(*(end - muscle.envelope_start_s for end in span))
        part = stretch(muscle.envelope, muscle.envelope_rate_hz, own)
        part = part[np.isfinite(part)]
        if part.size:
            value = float(part.mean())
            window = round(_LEAST_REST_S * muscle.envelope_rate_hz)
            if calmest and 0 < window < part.size:
                value = float(np.convolve(part, np.full(window, 1.0 / window), mode="valid").min())
            found.append(Estimate(value, value, value, level, "%"))
    return mean_over_reps(found, least=0.0) if len(found) > 1 else None
