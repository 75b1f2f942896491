"""What the muscles of a recording do together: order, locking, co-contraction, bracing, sides, fatigue, synergies."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.muscles.amplitude import stretch
from legato.muscles.brace_sides import SideBrace, brace_sides
from legato.muscles.channel_lags import clock_error_s, crosstalk_between, drawn_apart, shared_power
from legato.muscles.channel_sets import (
    ChannelResult,
    Slow,
    banded_of,
    fatigue_result,
    momentum_result,
    phases_of,
    share_result,
)
from legato.muscles.coactivation import Coactivation, coactivation
from legato.muscles.conditioning import Conditioned
from legato.muscles.lags import At, lags_of_bursts, main_burst
from legato.muscles.model import MuscleResult, MusclesResult, RepBurst
from legato.muscles.normalise import Normalised
from legato.muscles.order import ActivationOrder, activation_order
from legato.muscles.pairs import MusclePair, find_pairs
from legato.muscles.phase_locking import PhaseLocking, clock_widened, phase_locking
from legato.muscles.rep_sets import kept, refused_in, spans_of, too_few
from legato.muscles.stride_order import order_in_strides
from legato.muscles.stride_windows import indexed, paired_windows, within_half_a_stride
from legato.muscles.symmetry import COMPARABLE, AmplitudeSymmetry, TimingSymmetry, amplitude_symmetry, timing_symmetry
from legato.muscles.synergies import Similarity, Synergies, extract_synergies, split_half
from legato.recording import Recording, Span
from legato.signals.factors import normal_factor
from legato.signals.sets import set_refusal

if TYPE_CHECKING:
    from legato.muscles.analyse import RepSpan

ANTAGONISTS = (
    MusclePair(("quadriceps",), ("hamstrings",)),
    MusclePair(("dorsiflexors",), ("plantarflexors",)),
    MusclePair(("trunk_flexors",), ("trunk_extensors",)),
    MusclePair(("shoulder_flexors",), ("shoulder_extensors",)),
    MusclePair(("elbow_flexors",), ("elbow_extensors",)),
)
"""Muscles that turn a joint against each other, by their roles."""

_MOST_UNTIMED = 1.0 / 3.0
"""Share of repetitions in which a muscle may go untimed and still take part in the order: as for any set. [ENG]"""
_EVERY = 2
"""Samples of the 100 Hz envelope that make one for synergies: 50 Hz, eight times the envelope's cut-off. Halves of a
set, which have half the samples, take all.
"""
_SEED = 1999


@dataclass(frozen=True, slots=True)
class PairResult:
    """Two muscles: whether they keep step, or how far they work against each other; `reason` where neither is told."""

    first: MuscleResult
    second: MuscleResult
    locking: PhaseLocking | None = None
    coactivation: Coactivation | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SideResult:
    """Right and left of one muscle: the lag between their centres, right minus left, and how far the amplitudes of
    their bursts differ; `reason` and `amplitude_reason` where one is not told.
    """

    right: MuscleResult
    left: MuscleResult
    timing: TimingSymmetry | None
    reason: str = ""
    amplitude: AmplitudeSymmetry | None = None
    amplitude_reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class BetweenMuscles:
    """What the muscles do together over the complete repetitions; `halves` say how well the synergies of the odd ones
    return in the even ones, `notes` what was not computed and why.
    """

    orders: tuple[ActivationOrder, ...] = ()
    locking: tuple[PairResult, ...] = ()
    coactivation: tuple[PairResult, ...] = ()
    momentum: tuple[ChannelResult, ...] = ()
    brace_without_shrug: tuple[SideBrace, ...] = ()
    shares: tuple[ChannelResult, ...] = ()
    fatigue: tuple[ChannelResult, ...] = ()
    sides: tuple[SideResult, ...] = ()
    synergies: Synergies | None = None
    halves: Similarity | None = None
    notes: tuple[str, ...] = ()


def between_muscles(
    recording: Recording,
    held: MusclesResult,
    reps: "Sequence[RepSpan]",
    conditioned: Mapping[str, Conditioned],
    *,
    velocity: Slow | None = None,
    eccentric: str | None = None,
    strides: bool = False,
    level: float = LEVEL,
) -> BetweenMuscles:
    """What the muscles do together.

    Parameters
    ----------
    recording, held, reps
        As `analyse_muscles` takes and gives them. Complete repetitions count.
    conditioned
        What `condition` made of each stream with a usable channel, by the stream's name.
    velocity
        Upward velocity of the centre of mass, whose phase is that of the momentum; None where it is not known.
    eccentric
        Name of the phase in which the legs give way, where the movement asks for the chest's share in it.
    strides
        Whether the repetitions are strides, which follow each other without end.
    level
        Of the intervals.
    """
    whole = [rep for rep in reps if rep.complete]
    usable = held.usable
    notes: list[str] = []
    if not whole or not usable:
        why = "no channel of EMG can be used" if whole else "there is no complete repetition"
        return BetweenMuscles(notes=(f"muscles are not compared: {why}",))
    orders = tuple(_orders(usable, whole, notes, strides, level))
    pairs = {(lag.from_stream, lag.from_channel, lag.to_stream, lag.to_channel): None for lag in held.lags}
    named = {(m.stream, m.channel): m for m in usable}
    locking = tuple(
        _locking(named[a, b], named[c, d], whole, clock_error_s(recording, a, c), level) for a, b, c, d in pairs
    )
    opposed = [found for pair in ANTAGONISTS for found in find_pairs(usable, pair)]
    if not opposed:
        notes.append("co-contraction: no two recorded muscles turn a joint against each other")
    chest = [m for m in usable if "chest" in m.roles]
    banded = {id(m): banded_of(recording, conditioned, m) for m in usable}
    synergies, halves = _synergies(usable, whole, notes)
    return BetweenMuscles(
        orders=orders,
        locking=locking,
        coactivation=tuple(_coactivation(one, two, whole, level) for one, two in opposed),
        momentum=tuple(momentum_result(banded[id(m)], m, velocity, whole, level) for m in chest),
        brace_without_shrug=brace_sides(recording, held.muscles, whole, reps, conditioned, level=level),
        shares=()
        if eccentric is None
        else tuple(share_result(banded[id(m)], m, whole, eccentric, level) for m in chest),
        fatigue=tuple(fatigue_result(banded[id(m)], m, whole, level) for m in usable),
        sides=tuple(_sides(recording, usable, whole, strides, level)),
        synergies=synergies,
        halves=halves,
        notes=tuple(notes),
    )


def _orders(
    usable: Sequence[MuscleResult], reps: "Sequence[RepSpan]", notes: list[str], strides: bool, level: float
) -> Iterator[ActivationOrder]:
    streams = [m.stream for m in usable]
    first = max(dict.fromkeys(streams), key=streams.count)
    starts = [rep.span.start_s for rep in reps]
    ats: tuple[At, ...] = ("centre", "onset")
    for at in ats:
        times: dict[str, list[Estimate | None]] = {}
        timed: dict[str, MuscleResult] = {}
        for muscle in (m for m in usable if m.stream == first):
            out = dict(muscle.refused_reps)
            main = [None if rep.index in out else muscle.main_burst(rep.index) for rep in reps]
            row = [None if burst is None else burst.time(at) for burst in main]
            if sum(time is None for time in row) <= _MOST_UNTIMED * len(row) + 1e-9:
                name = muscle.label if muscle.label not in times else f"{muscle.label} ({muscle.channel})"
                times[name], timed[name] = row, muscle
        if len(times) < 2:
            notes.append(f"order by {at}: fewer than two muscles are timed in two thirds of the repetitions")
        elif strides:
            yield order_in_strides(timed, indexed(reps), at=at, level=level)
        else:
            yield activation_order(times, starts, at=at, level=level)


def _locking(
    one: MuscleResult, two: MuscleResult, reps: "Sequence[RepSpan]", clock_sd_s: float, level: float
) -> PairResult:
    if not one.envelope.size or not two.envelope.size:
        return PairResult(one, two, reason="one of them has no envelope")
    if lost := too_few(reps, one, two) or crosstalk_between(one, two):
        return PairResult(one, two, reason=lost)
    counted = kept(reps, one, two)
    found = phase_locking(phases_of(one, counted), phases_of(two, counted), level=level)
    found = clock_widened(found, [rep.span.duration_s for rep in counted], clock_sd_s)
    return PairResult(one, two, locking=found, reason=found.reason)


def _coactivation(one: MuscleResult, two: MuscleResult, reps: "Sequence[RepSpan]", level: float) -> PairResult:
    if not one.envelope.size or not two.envelope.size:
        return PairResult(one, two, reason="one of them has no envelope")
    if (one.stream, one.normalisation) != (two.stream, two.normalisation):
        return PairResult(one, two, reason="they are of two devices or normalised differently")
    if one.reference is None or one.reference.method not in COMPARABLE:
        shares = f"shares of the {one.normalisation}" if one.normalisation else "raw amplitudes"
        why = f"{shares} tell nothing of two muscles beside each other"
        return PairResult(one, two, reason=f"{why}: record a maximal contraction of both and give it as MVIC")
    if lost := too_few(reps, one, two) or crosstalk_between(one, two):
        return PairResult(one, two, reason=lost)
    found = coactivation(
        one.envelope,
        two.envelope,
        one.envelope_rate_hz,
        spans_of(kept(reps, one, two)),
        start_s=one.envelope_start_s,
        level=level,
    )
    return PairResult(one, two, coactivation=found, reason=found.reason)


def _sides(
    recording: Recording, usable: Sequence[MuscleResult], reps: "Sequence[RepSpan]", strides: bool, level: float
) -> Iterator[SideResult]:
    for right in usable:
        left = next((m for m in usable if right.muscle and m.muscle == right.muscle and m.side == "left"), None)
        if right.side != "right" or left is None:
            continue
        clock_sd_s = clock_error_s(recording, right.stream, left.stream)
        timing, why = _side_timing(right, left, reps, clock_sd_s, strides, level)
        amplitude, why_not = _side_amplitude(right, left, reps, level)
        yield SideResult(right, left, timing, why, amplitude, why_not)


def _side_timing(
    right: MuscleResult,
    left: MuscleResult,
    reps: "Sequence[RepSpan]",
    clock_sd_s: float,
    strides: bool,
    level: float,
) -> tuple[TimingSymmetry | None, str]:
    if crossed := crosstalk_between(right, left):
        return None, crossed
    of_right, of_left = paired_windows(right, left, indexed(reps), strides)
    out = of_left.left_out | of_right.left_out
    lags = lags_of_bursts(
        left.timed,
        right.timed,
        of_left.spans,
        level=level,
        clock_sd_s=clock_sd_s,
        left_out=out,
        second_reps=of_right.spans,
    )
    if strides:
        lags = within_half_a_stride(lags, indexed(reps))
    if lags.reason:
        return None, lags.reason
    reach = normal_factor(level) * clock_sd_s
    rows: list[list[Estimate | None]] = []
    for m, windows, by in ((right, of_right, reach), (left, of_left, 0.0)):
        main = [None if k in out else main_burst(m.timed, *span)[0] for k, span in enumerate(windows.spans)]
        rows.append([None if b is None or b.centre is None else b.centre.widened(by) for b in main])
    try:
        found = timing_symmetry(*rows, fixed_s=lags.fixed_s, level=level)
    except NotResolvable as why:
        return None, str(why)
    return replace(found, lag=drawn_apart(found.lag, shared_power(right, left))), ""


def _main_bursts(muscle: MuscleResult, reps: "Sequence[RepSpan]", out: Mapping[int, str]) -> list[RepBurst | None]:
    return [None if place in out else muscle.main_burst(rep.index) for place, rep in enumerate(reps)]


def _side_amplitude(
    right: MuscleResult, left: MuscleResult, reps: "Sequence[RepSpan]", level: float
) -> tuple[AmplitudeSymmetry | None, str]:
    out = refused_in(reps, right, left)
    rows: list[list[Normalised | None]] = []
    for m in (right, left):
        if m.reference is None:
            return None, f"amplitude of {m.label} is not normalised, and raw ones are not compared between electrodes"
        known = [None if b is None else b.amplitude for b in _main_bursts(m, reps, out)]
        rows.append([None if amplitude is None else Normalised(amplitude, m.reference) for amplitude in known])
    why = [
        out.get(place, "one side has no one clear burst with an amplitude")
        for place, pair in enumerate(zip(*rows, strict=True))
        if None in pair
    ]
    if lost := set_refusal(why, len(reps), "used"):
        return None, lost
    try:
        return amplitude_symmetry(rows[0], rows[1], level=level), ""
    except NotResolvable as why:
        return None, f"amplitude of {right.name}: {why}"


def _synergies(
    usable: Sequence[MuscleResult], reps: "Sequence[RepSpan]", notes: list[str]
) -> tuple[Synergies | None, Similarity | None]:
    drawn = [m for m in usable if m.muscle is not None and m.envelope.size]
    if not drawn:
        notes.append("synergies: no muscle has a name and an envelope")
        return None, None
    same: list[MuscleResult] = []
    for m in (m for m in drawn if m.stream == drawn[0].stream):
        if why := too_few(reps, m):
            notes.append(f"synergies: {m.label} is left out: {why}")
        else:
            same.append(m)
    if why := too_few(reps, *same):
        notes.append(f"synergies: {why}")
        return None, None
    counted = kept(reps, *same)
    if len(counted) < len(reps):
        notes.append(f"synergies: of the {len(counted)} of {len(reps)} repetitions that no muscle of them has refused")
    rate_hz, start_s = drawn[0].envelope_rate_hz, drawn[0].envelope_start_s
    cycles = [Span(rep.span.start_s - start_s, rep.span.end_s - start_s) for rep in counted]
    rows = np.maximum(np.stack([m.envelope for m in same], axis=1), 0.0) if same else np.empty((0, 0))
    labels, rng = [m.label for m in same], np.random.default_rng(_SEED)
    try:
        inside = np.concatenate([stretch(rows, rate_hz, cycle)[::_EVERY] for cycle in cycles])
        found = extract_synergies(inside, labels, rng)
    except (BadInput, NotResolvable) as why:
        notes.append(f"synergies: {why}")
        return None, None
    try:
        return found, split_half(rows, rate_hz, cycles, labels, found.n, rng)
    except BadInput as why:
        notes.append(f"how well the synergies repeat is not told: {why}")
        return found, None
