"""By how much one channel of a recording follows another: at each event of their bursts, and by their envelopes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.muscles.lags import ActivationLags, At, lags_of_bursts
from legato.muscles.model import LagAt, LagResult, MuscleResult, RepLag
from legato.muscles.over_reps import mean_over_reps
from legato.muscles.pairs import side_of
from legato.muscles.stride_windows import paired_windows, within_half_a_stride
from legato.recording import FloatArray, Recording, Span
from legato.signals.factors import normal_factor, student_factor
from legato.signals.lags import cross_correlation_lag
from legato.signals.sets import set_refusal

EVENTS: tuple[At, ...] = ("centre", "onset", "peak")
"""Compared in this order; the centre is the surest and comes first."""

MOST_SHARED = 0.35
"""Share of power from which two channels are not timed against each other. What one channel sees of the other draws
its centre and peak there by that share of the lag, so the interval reaches as far as that allows. [SIM] (30 to 150 ms
planted, 8 repetitions) The mean is then held in 83 to 97 % up to 0.35 and in 82 % above; without, in 66 % at 0.07.
"""
MOST_SHARED_ONSET = 0.15**2
"""The same of onsets, from the least share that the gate names: a burst of the other muscle 20 dB down starts this one
too, at whatever lag. [SIM] At 0.02 to 0.05 the mean is held in 62 %.
"""

_MOST_LAG_S = 0.3
"""Envelopes are shifted by no more than this (methods: ±300 ms)."""

_LEAST_SHIFTS = 3
"""Fewer repetitions have no spread to speak of. [ENG]"""


def lags_between(
    first: MuscleResult,
    second: MuscleResult,
    reps: Sequence[tuple[int, Span]],
    *,
    others: Sequence[MuscleResult] = (),
    level: float = LEVEL,
    clock_sd_s: float = 0.0,
    strides: bool = False,
) -> tuple[LagResult, ...]:
    """How much later the second channel fires than the first, at centre, onset and peak and by cross-correlation.

    Parameters
    ----------
    first, second
        Usable channels.
    reps
        Index and span of each repetition, on the recording's clock. Those that the gate refuses are left out.
    others
        The other channels of the recording: what one of the two shares with a third draws it there.
    level
        Share of central probability that every interval holds.
    clock_sd_s
        SD of the offset between the channels' clocks, s.
    strides
        Whether the repetitions follow each other without end, so that those bursts belong together that lie nearest to
        each other, wherever the repetitions are cut.
    """
    windows, out = _windows(first, second, reps, strides)
    share = shared_power(first, second)
    found: list[LagResult] = []
    for at in EVENTS:
        most = MOST_SHARED_ONSET if at == "onset" else MOST_SHARED
        crossed = crosstalk_between(first, second, most) or _crosstalk_of_thirds((first, second), others, most)
        left_out = {k: crossed or out[k] for k in range(len(reps)) if crossed or k in out}
        lags = lags_of_bursts(
            first.timed,
            second.timed,
            windows[0],
            at=at,
            level=level,
            clock_sd_s=clock_sd_s,
            left_out=left_out,
            second_reps=windows[1],
            names=_called(first, second),
        )
        lags = _reaching(_drawn_apart(lags, share), _drawn_by_thirds(first, second, others, reps, at, strides))
        lags = within_half_a_stride(lags, reps) if strides else lags
        why = dict(lags.refused)
        per_rep = tuple(
            RepLag(index, lag, why.get(k, ""))
            for k, ((index, _), lag) in enumerate(zip(reps, lags.per_rep, strict=True))
        )
        found.append(_result(first, second, at, per_rep, lags))
    crossed = crosstalk_between(first, second) or _crosstalk_of_thirds((first, second), others, MOST_SHARED)
    shifts = {
        index: crossed or out.get(k, "") or _envelope_lag(first, second, _between(one, two))
        for k, ((index, _), one, two) in enumerate(zip(reps, *windows, strict=True))
    }
    per_rep, lags = _of_set([index for index, _ in reps], shifts, level, clock_sd_s)
    lags = _reaching(_drawn_apart(lags, share), _drawn_by_thirds(first, second, others, reps, EVENTS[0], strides))
    lags = within_half_a_stride(lags, reps) if strides else lags
    per_rep = tuple(
        one if lag is None else RepLag(one.rep, lag, one.reason) for one, lag in zip(per_rep, lags.per_rep, strict=True)
    )
    found.append(_result(first, second, "cross-correlation", per_rep, lags))
    return tuple(found)


def _windows(
    first: MuscleResult, second: MuscleResult, reps: Sequence[tuple[int, Span]], strides: bool
) -> tuple[tuple[list[tuple[float, float]], list[tuple[float, float]]], dict[int, str]]:
    """Where the bursts of both are looked for, and why a repetition, by its place, is left out."""
    one, two = paired_windows(first, second, reps, strides)
    out: dict[int, str] = {}
    names = _called(first, second)
    for name, found in ((names[1], two), (names[0], one)):
        out |= {k: f"{name} is refused: {why}" for k, why in found.left_out.items()}
    return (one.spans, two.spans), out


def _called(first: MuscleResult, second: MuscleResult) -> tuple[str, str]:
    """What reasons call the two; by their channels where both bear one name."""
    names = first.sided_name, second.sided_name
    return names if names[0] != names[1] else (first.channel, second.channel)


def _between(one: tuple[float, float], two: tuple[float, float]) -> Span:
    """The stretch midway between two that may lie a part of a stride apart."""
    return Span(0.5 * (one[0] + two[0]), 0.5 * (one[1] + two[1]))


def shared_power(first: MuscleResult, second: MuscleResult) -> float:
    """Share of either channel's power that the other explains, as far as the gate names it."""
    return dict(first.shared).get(second.channel, 0.0) if first.stream == second.stream else 0.0


def crosstalk_between(first: MuscleResult, second: MuscleResult, most: float = MOST_SHARED) -> str:
    """Why two channels cannot be timed against each other for what they share; empty where they can."""
    share = shared_power(first, second)
    if share < most:
        return ""
    shared = f"crosstalk: the two share {100.0 * share:.0f} % of their power"
    return f"{shared}, which draws their times together; move the electrodes"


def drawn_apart(lag: Estimate, share: float) -> Estimate:
    """The lag that may lie behind one which crosstalk has drawn together by up to that share."""
    far = 1.0 / (1.0 - share)
    return Estimate(lag.value, min(lag.low, lag.low * far), max(lag.high, lag.high * far), lag.level, lag.unit)


def _drawn_apart(lags: ActivationLags, share: float) -> ActivationLags:
    if not share > 0.0:
        return lags
    per_rep = [None if lag is None else drawn_apart(lag, share) for lag in lags.per_rep]
    return _widened(lags, per_rep, None if lags.mean is None else drawn_apart(lags.mean, share))


def _widened(lags: ActivationLags, per_rep: list[Estimate | None], mean: Estimate | None) -> ActivationLags:
    if mean is None or lags.mean is None:
        return replace(lags, per_rep=per_rep)
    drawn_s = lags.drawn_s + mean.half_width - lags.mean.half_width
    return replace(lags, per_rep=per_rep, mean=mean, drawn_s=drawn_s)


def _reaching(lags: ActivationLags, by: tuple[float, float]) -> ActivationLags:
    """Lags whose intervals reach so far down and up, s, from where they are told."""
    if by == (0.0, 0.0):
        return lags

    def reaching(lag: Estimate) -> Estimate:
        return Estimate(lag.value, lag.low + by[0], lag.high + by[1], lag.level, lag.unit)

    per_rep = [None if lag is None else reaching(lag) for lag in lags.per_rep]
    return _widened(lags, per_rep, None if lags.mean is None else reaching(lags.mean))


def _thirds(pair: tuple[MuscleResult, MuscleResult], others: Sequence[MuscleResult]) -> list[tuple[int, MuscleResult]]:
    """Channels beside a pair that share signal with one of the two, and with which, 0 or 1."""
    names = {(muscle.stream, muscle.channel) for muscle in pair}
    beside = [other for other in others if (other.stream, other.channel) not in names]
    return [(k, third) for k, muscle in enumerate(pair) for third in beside if shared_power(muscle, third) > 0.0]


def _crosstalk_of_thirds(pair: tuple[MuscleResult, MuscleResult], others: Sequence[MuscleResult], most: float) -> str:
    """Why a pair cannot be timed for what one of the two shares with a third channel; empty where it can."""
    for k, third in _thirds(pair, others):
        share = shared_power(pair[k], third)
        if share >= most:
            return (
                f"crosstalk: {_called(*pair)[k]} shares {100.0 * share:.0f} % of its power with {third.sided_name}, "
                "which draws its times there; move the electrodes"
            )
    return ""


def _drawn_by_thirds(
    first: MuscleResult,
    second: MuscleResult,
    others: Sequence[MuscleResult],
    reps: Sequence[tuple[int, Span]],
    at: At,
    strides: bool,
) -> tuple[float, float]:
    """By how much the lag of a pair may truly lie below and above what is told, for what third channels draw, s."""
    down, up = 0.0, 0.0
    for k, third in _thirds((first, second), others):
        muscle = (first, second)[k]
        share = shared_power(muscle, third)
        of_muscle, of_third = _windows(muscle, third, reps, strides)[0]
        apart = lags_of_bursts(muscle.timed, third.timed, of_muscle, at=at, second_reps=of_third).mean
        if apart is None:
            continue
        # The muscle lies as much farther from the third as the third's share has drawn it near.
        away = [share / (1.0 - share) * end * (1.0 if k == 0 else -1.0) for end in (apart.low, apart.high)]
        down, up = down + min(0.0, *away), up + max(0.0, *away)
    return down, up


def _result(
    first: MuscleResult, second: MuscleResult, at: LagAt, per_rep: tuple[RepLag, ...], lags: ActivationLags
) -> LagResult:
    return LagResult(
        from_stream=first.stream,
        from_channel=first.channel,
        to_stream=second.stream,
        to_channel=second.channel,
        from_muscle=first.muscle or "",
        to_muscle=second.muscle or "",
        side=side_of(first, second),
        at=at,
        per_rep=per_rep,
        mean=lags.mean,
        n=lags.n,
        spread_s=lags.spread_s if np.isfinite(lags.spread_s) else None,
        reps_for_10_ms=lags.reps_for(0.010),
        primary=at == EVENTS[0],
        reason=lags.reason,
        drawn_s=lags.drawn_s,
    )


def _envelope_lag(first: MuscleResult, second: MuscleResult, span: Span) -> float | str:
    """The shift at which the two envelopes fit each other best in one repetition, s, or why there is none."""
    for name, muscle in zip(_called(first, second), (first, second), strict=True):
        if not muscle.envelope.size:
            return f"{name} has no envelope, as nothing says what its amplitude is a share of"
    one, two = _inside(first, span), _inside(second, span)
    if one is None or two is None:
        return "the envelope does not cover this repetition"
    try:
        lag = cross_correlation_lag(one[1], two[1], first.envelope_rate_hz, _MOST_LAG_S)
    except NotResolvable as error:
        return f"the two envelopes tell no shift: {error}"
    return lag.lag_s + two[0] - one[0]


def _inside(muscle: MuscleResult, span: Span) -> tuple[float, FloatArray] | None:
    """Time of the first sample inside and the envelope there."""
    start = int(np.ceil((span.start_s - muscle.envelope_start_s) * muscle.envelope_rate_hz))
    stop = int(np.floor((span.end_s - muscle.envelope_start_s) * muscle.envelope_rate_hz)) + 1
    if start < 0 or stop > len(muscle.envelope) or stop <= start:
        return None
    return muscle.envelope_start_s + start / muscle.envelope_rate_hz, muscle.envelope[start:stop]


def _of_set(
    reps: Sequence[int], shifts: Mapping[int, float | str], level: float, clock_sd_s: float
) -> tuple[tuple[RepLag, ...], ActivationLags]:
    """The shifts of a set and their mean.

    How sure one shift is, its own fit cannot say: what is left between two envelopes is no noise but two muscles'
    shapes. The spread between repetitions holds both, so it gives a repetition its interval, and three are needed.
    """
    known = {rep: shift for rep, shift in shifts.items() if isinstance(shift, float)}
    refused = [shift for shift in shifts.values() if isinstance(shift, str)]
    values = np.array(list(known.values()))
    n = len(values)
    if n < _LEAST_SHIFTS:
        few = f"{n} repetitions; the error of a cross-correlation shows from {_LEAST_SHIFTS} on"
        per_rep = tuple(RepLag(rep, None, few if rep in known else str(shifts[rep])) for rep in reps)
        why = few if known else set_refusal(refused, len(reps))
        return per_rep, ActivationLags([None for _ in reps], None, 0, [], reason=why)
    spread, factor = float(values.std(ddof=1)), student_factor(level, n - 1)
    fixed = normal_factor(level) * clock_sd_s
    of_rep = float(np.hypot(factor * spread, fixed))
    lags = [Estimate.symmetric(known[rep], of_rep, "s", level) if rep in known else None for rep in reps]
    per_rep = tuple(RepLag(rep, lag, "" if lag else str(shifts[rep])) for rep, lag in zip(reps, lags, strict=True))
    why = set_refusal(refused, len(reps))
    mean = None if why else mean_over_reps(lags, fixed=fixed)
    return per_rep, ActivationLags(lags, mean, n, [], spread, fixed, reason=why)


def clock_error_s(recording: Recording, first: str, second: str) -> float:
    """SD of the offset between the clocks of two streams, s; 0 within one."""
    if first == second:
        return 0.0
    sds = {offset.stream: offset.sd_s for offset in recording.offsets}
    return float(np.hypot(sds.get(first, 0.0), sds.get(second, 0.0)))


def motion_clock_error_s(recording: Recording, emg: str) -> float:
    """SD of the offset between the clock of an EMG stream and that of the motion, s.

    Where there are markers, the motion is read from them: a sensor on a bar beside them has no say.
    """
    motion = recording.of_kind("markers") or recording.of_kind("angles", "keypoints", "imu")
    return max((clock_error_s(recording, emg, stream.name) for stream in motion), default=0.0)
