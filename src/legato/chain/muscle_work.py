"""How active the muscles of hips and back are beside the work that their joint does: as brake and as engine."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from legato.errors import BadInput, NotResolvable
from legato.estimate import Estimate
from legato.recording import FloatArray, Recording, Span
from legato.signals.factors import normal_factor
from legato.signals.sets import set_refusal

if TYPE_CHECKING:
    # Their rooms are loaded where there is EMG beside plates.
    from legato.kinetics.flow import PowerResult
    from legato.muscles.conditioning import Conditioned
    from legato.muscles.model import MuscleResult, MusclesResult

_HIP = frozenset({"hip_extensors", "hamstrings"})
_BACK = frozenset({"trunk_extensors"})
"""Roles of the muscles that are told beside hips and lower back."""


@dataclass(frozen=True, slots=True)
class PhaseActivity:
    """Root mean square of a muscle in one phase, % of its reference, of each repetition (with the reason where it is
    not told) and of the set; `drives`: whether the phase does.
    """

    phase: str
    drives: bool
    per_rep: tuple[tuple[int, Estimate | None, str], ...]
    mean: Estimate | None
    n: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MuscleWork:
    """A muscle beside the joint that it extends: its activity in every phase; what the joint does there is that of the
    power. `reference`: what the activity is a share of; `reason` where nothing is told.
    """

    stream: str
    channel: str
    name: str
    joint: str
    reference: str
    phases: tuple[PhaseActivity, ...]
    reason: str = ""


def muscle_work(
    recording: Recording, muscles: "MusclesResult | None", power: "PowerResult | None", level: float
) -> tuple[MuscleWork, ...]:
    """Glutes, hamstrings and extensors of the back, one record a channel; none without their EMG or without power.

    Parameters
    ----------
    recording
        With its EMG.
    muscles
        What was made of it.
    power
        Its phases, and which of them drive.
    level
        Share of central probability of every interval.

    Notes
    -----
    Phases are the motion's own and not shifted: force follows EMG by 20 to 100 ms, so the activity of a phase serves
    the next one's first moments, too. Activity and work stand beside each other; no ratio is made of them.
    """
    if muscles is None or power is None or not power.stretches:
        return ()
    from legato.muscles.channel_lags import motion_clock_error_s
    from legato.muscles.conditioning import condition_stream

    conditioned: dict[str, Conditioned | None] = {}
    found: list[MuscleWork] = []
    for muscle in muscles.usable:
        joint = _joint(muscle)
        if not joint:
            continue
        name = muscle.sided_name
        if muscle.reference is None:
            why = "its EMG is not normalised"
            found.append(MuscleWork(muscle.stream, muscle.channel, name, joint, "", (), why))
            continue
        if muscle.stream not in conditioned:
            conditioned[muscle.stream] = condition_stream(recording.stream(muscle.stream))
        made = conditioned[muscle.stream]
        if made is None:
            continue
        values = made.channel(recording.stream(muscle.stream).channels.index(muscle.channel)).values
        clock_s = normal_factor(level) * motion_clock_error_s(recording, muscle.stream)
        phases = _phases(recording, muscle, values, power, clock_s, level)
        found.append(MuscleWork(muscle.stream, muscle.channel, name, joint, muscle.normalisation, phases))
    return tuple(found)


def _joint(muscle: "MuscleResult") -> str:
    """The joint that the muscle extends, as power names it; empty for all other muscles."""
    if muscle.roles & _HIP and muscle.side is not None:
        return f"hip_{muscle.side}"
    return "lumbosacral" if muscle.roles & _BACK else ""


def _phases(
    recording: Recording,
    muscle: "MuscleResult",
    values: FloatArray,
    power: "PowerResult",
    clock_s: float,
    level: float,
) -> tuple[PhaseActivity, ...]:
    from legato.muscles.over_reps import mean_over_reps

    refused = dict(muscle.refused_reps)
    found: list[PhaseActivity] = []
    for phase in power.drives:
        rows: list[tuple[int, Estimate | None, str]] = []
        moves: list[tuple[float, float]] = []
        for stretch in (s for s in power.stretches if s.phase == phase):
            told, why = None, refused.get(stretch.rep, "")
            if not why:
                told, why, moved = _activity(recording, muscle, values, stretch.span, clock_s, level)
                moves += [moved] if told is not None else []
            rows.append((stretch.rep, told, why))
        lost = set_refusal([why for _, told, why in rows if told is None], len(rows), "told")
        known = [told for _, told, _ in rows if told is not None]
        fixed = math.hypot(_doubt(muscle, known), _clock_part(moves))
        mean = None if lost else mean_over_reps(known, fixed=fixed, least=0.0)
        found.append(PhaseActivity(phase, power.drives[phase], tuple(rows), mean, len(known), lost))
    return tuple(found)


def _doubt(muscle: "MuscleResult", known: Sequence[Estimate]) -> float:
    """Half-width that the reference adds to the mean, however many repetitions there are, %."""
    reference = None if muscle.reference is None else muscle.reference.value
    if reference is None or not known or reference.value <= 0.0:
        return 0.0
    return reference.half_width / reference.value * sum(e.value for e in known) / len(known)


def _clock_part(moves: Sequence[tuple[float, float]]) -> float:
    """Half-width that the clocks add to the mean, %: one offset lasts through the set, so it moves all repetitions
    together, earlier or later.
    """
    if not moves:
        return 0.0
    return max(abs(sum(ends)) / len(moves) for ends in zip(*moves, strict=True))


def _activity(
    recording: Recording, muscle: "MuscleResult", values: FloatArray, span: Span, clock_s: float, level: float
) -> tuple[Estimate | None, str, tuple[float, float]]:
    """Root mean square in a stretch, % of the muscle's reference, or why it is not told; with clocks that may differ
    by `clock_s` also of the stretch that much earlier and later, and by how much it changes there.
    """
    from legato.muscles.amplitude import amplitude
    from legato.muscles.rep_sets import span_from_first_sample

    reference = None if muscle.reference is None else muscle.reference.value
    if reference is None or reference.value <= 0.0:
        return None, "its EMG is not normalised", (0.0, 0.0)
    stream = recording.stream(muscle.stream)
    shifts = (0.0, -clock_s, clock_s) if clock_s > 0.0 else (0.0,)
    try:
        spans = [span_from_first_sample(stream, Span(span.start_s + by, span.end_s + by)) for by in shifts]
        here, *moved = [amplitude(values, stream.rate_hz, at, level=level) for at in spans]
    except (BadInput, NotResolvable) as error:
        return None, str(error), (0.0, 0.0)
    ends = [other.value for other in moved]
    told = Estimate(here.value, min([here.low, *ends]), max([here.high, *ends]), level, "")
    share = told.scaled(100.0 / reference.value, "%")
    earlier, later = (100.0 * (end - here.value) / reference.value for end in ends or (here.value, here.value))
    return share.widened(share.value * reference.half_width / reference.value), "", (earlier, later)
