"""The trunk's muscles between leg drive and press: in which order they start, and how active they are before the press.

The legs' drive is seen on the force and the press in the motion, the trunk in its EMG, which force and motion follow by
the electromechanical delay. So an order across them holds only if it does with every delay in that band.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from legato.chain.drive_events import Event
from legato.chain.drive_model import CoreRep, CoreResult
from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.movements.model import Rep
from legato.recording import Recording, Span
from legato.signals.sets import set_refusal

if TYPE_CHECKING:
    # Their room is loaded where there is EMG.
    from legato.muscles.bursts import Burst
    from legato.muscles.conditioning import Conditioned
    from legato.muscles.model import MuscleResult, MusclesResult

DELAY_S = (0.020, 0.100)
"""How much later than a muscle's EMG its force and motion start, s (Zhou 1995; Begovic 2014)."""

BEFORE_S = 0.100
"""The stretch before the press whose activity is told, s."""

_FORM = 1.2
"""By what the interval of a trunk's onset is stretched: it is set against force or motion, so what the unknown form of
its rise moves does not cancel as it does between two muscles. [SIM] over eight forms that it was not chosen on: held in
80 % without, in 90 % with it.
"""

_SHARED = 0.75
"""Part of a trunk onset's error that all repetitions share: they rise alike. [SIM] With the half that two muscles' lag
keeps (`SHARED_EDGE`) means of 3 to 10 were held in 70 % over five forms, with this in 91 %.
"""

_ROLE = ("trunk_brace",)


def core_before_press(
    recording: Recording,
    muscles: "MusclesResult",
    reps: Sequence[Rep],
    legs: Mapping[int, Event],
    press: Mapping[int, Event],
    clocks_sd_s: Mapping[str, tuple[float, float]],
    level: float = LEVEL,
) -> tuple[CoreResult, ...]:
    """What the trunk's muscles do between the start of the leg drive and the press, one result a side that is recorded.

    Parameters
    ----------
    recording
        Holds the EMG whose activity before the press is read.
    muscles
        As they were timed.
    reps
        The whole repetitions.
    legs, press
        Start of the leg drive on the force, onset of the press in the motion, by repetition.
    clocks_sd_s
        SD of the offset of each EMG stream's clock to that of the plates and to that of the motion, s.
    level
        Of the intervals.
    """
    from legato.muscles.conditioning import condition_stream
    from legato.muscles.pairs import wanted

    found: list[CoreResult] = []
    seen: set[tuple[str, str]] = set()
    conditioned: dict[str, Conditioned | None] = {}
    for side in ("right", "left", None):
        muscle = wanted(muscles.muscles, _ROLE, side)
        if muscle is None or muscle.side != side or (muscle.stream, muscle.channel) in seen:
            continue
        seen.add((muscle.stream, muscle.channel))
        if muscle.stream not in conditioned:
            conditioned[muscle.stream] = condition_stream(recording.stream(muscle.stream))
        made = conditioned[muscle.stream]
        found.append(_of_muscle(recording, muscle, made, reps, legs, press, clocks_sd_s[muscle.stream], level))
    return tuple(found)


def activations_apart(legs_to_core: Estimate | None, core_to_press: Estimate | None) -> tuple[str, str]:
    """Whether legs, trunk and press are activated in this order: `inside`, `before` (the reverse somewhere) or
    `unresolved`, and why.

    Parameters
    ----------
    legs_to_core, core_to_press
        Of a set, as measured between the force or motion and the EMG, s.
    """
    if legs_to_core is None or core_to_press is None:
        return "unresolved", "not both gaps are told"
    low, high = DELAY_S
    # The muscle that makes a force or motion was active that much before it.
    first = (legs_to_core.low + low, legs_to_core.high + high)
    second = (core_to_press.low - high, core_to_press.high - low)
    if first[0] > 0.0 and second[0] > 0.0:
        return "inside", ""
    if first[1] < 0.0 or second[1] < 0.0:
        return "before", ""
    if (legs_to_core.low > 0.0 or legs_to_core.high < 0.0) and (core_to_press.low > 0.0 or core_to_press.high < 0.0):
        return "unresolved", "the electromechanical delay, which is known to 20 to 100 ms only, decides it"
    return "unresolved", "the intervals reach over zero"


def _of_muscle(
    recording: Recording,
    muscle: "MuscleResult",
    conditioned: "Conditioned | None",
    reps: Sequence[Rep],
    legs: Mapping[int, Event],
    press: Mapping[int, Event],
    clocks_sd_s: tuple[float, float],
    level: float,
) -> CoreResult:
    to_legs, legs_lead, no_legs = _leads(muscle, reps, legs, clocks_sd_s[0])
    to_press, press_lead, no_press = _leads(muscle, reps, press, clocks_sd_s[1])
    out = dict(muscle.refused_reps)
    rows: list[CoreRep] = []
    for k, rep in enumerate(reps):
        before = press.get(rep.index, Event()).time_s
        activity, why = None, out.get(rep.index, "")
        if before is not None and conditioned is not None and not why:
            activity, why = _activity(recording, muscle, conditioned, before, level)
        lead = to_legs[k]
        rows.append(
            CoreRep(rep.index, None if lead is None else lead.scaled(-1.0), to_press[k], activity, why or no_press)
        )
    mean, no_activity = _mean_activity(rows, level)
    legs_to_core = None if legs_lead is None else legs_lead.scaled(-1.0)
    position, why = activations_apart(legs_to_core, press_lead)
    return CoreResult(
        muscle.stream, muscle.channel, muscle.label, tuple(rows), legs_to_core, press_lead, mean,
        muscle.normalisation, position, no_legs or no_press or why, no_activity, DELAY_S,
    )  # fmt: skip


def _leads(
    muscle: "MuscleResult", reps: Sequence[Rep], events: Mapping[int, Event], clock_sd_s: float
) -> tuple[tuple[Estimate | None, ...], Estimate | None, str]:
    """How long before each event the muscle starts, the mean, and why there is none."""
    from legato.muscles.bracing import brace_lead
    from legato.muscles.bursts import SHARED_EDGE

    out = dict(muscle.refused_reps)
    asked = [Event() if rep.index in out else events.get(rep.index, Event()) for rep in reps]
    fixed = [event.fixed_s for event in asked if event.time_s is not None]
    timed = tuple(_alone(burst) for burst in muscle.timed)
    halves = [burst.onset.half_width for burst in timed if burst.onset is not None]
    # What the bursts say themselves of the part that they share is in the lead already.
    more = float(np.mean(halves)) * (_SHARED**2 - SHARED_EDGE**2) ** 0.5 if halves else 0.0
    lead = brace_lead(
        timed,
        [event.time_s for event in asked],
        [(rep.start_s, rep.end_s) for rep in reps],
        movements_fixed=float(np.hypot(np.mean(fixed), more)) if fixed else more,
        clock_sd_s=clock_sd_s,
    )
    return lead.per_rep, lead.mean, lead.reason


def _alone(burst: "Burst") -> "Burst":
    """The burst with the interval that its onset has beside what is no muscle's."""
    onset = burst.onset
    if onset is None:
        return burst
    low, high = (onset.value + _FORM * (end - onset.value) for end in (onset.low, onset.high))
    return replace(burst, onset=replace(onset, low=low, high=high))


def _activity(
    recording: Recording, muscle: "MuscleResult", conditioned: "Conditioned", press: Estimate, level: float
) -> tuple[Estimate | None, str]:
    """RMS in the 100 ms before the press, a share of the muscle's reference where it has one, else in its unit; at both
    ends of the onset's interval, too.
    """
    from legato.muscles.amplitude import amplitude, effective_bandwidth

    stream = recording.stream(muscle.stream)
    k = stream.channels.index(muscle.channel)
    values, start_s = conditioned.channel(k).values, stream.start_s
    try:
        band_hz = effective_bandwidth(values, stream.rate_hz)
        here, early, late = (
            amplitude(
                values,
                stream.rate_hz,
                Span(at - BEFORE_S - start_s, at - start_s),
                bandwidth_hz=band_hz,
                unit=stream.units[k],
                level=level,
            )
            for at in (press.value, press.low, press.high)
        )
    except (BadInput, NotResolvable) as error:
        return None, str(error)
    moved = [e.value for e in (early, late)]
    low, high = min([here.low, *moved]), max([here.high, *moved])
    told = Estimate(here.value, low, high, level, here.unit)
    reference = None if muscle.reference is None else muscle.reference.value
    if reference is None or reference.value <= 0.0:
        return told, ""
    doubt = reference.half_width / reference.value
    share = told.scaled(100.0 / reference.value, "%")
    return share.widened(share.value * doubt), ""


def _mean_activity(rows: Sequence[CoreRep], level: float) -> tuple[Estimate | None, str]:
    from legato.muscles.over_reps import mean_over_reps

    refused = [row.reason or "the press is not timed" for row in rows if row.before_press is None]
    if why := set_refusal(refused, len(rows), "told"):
        return None, why
    return mean_over_reps([row.before_press for row in rows], least=0.0), ""
