"""What the muscles of a recording did, in sentences: lags between them, where these lie, and how sure that is."""

from typing import TYPE_CHECKING

from legato.chain.model import WindowResult
from legato.chain.muscle_phases import on_chain, two_efforts
from legato.estimate import Estimate
from legato.muscles.channel_lags import motion_clock_error_s
from legato.muscles.lags import MOST_REPS
from legato.muscles.model import LagResult, MuscleResult
from legato.muscles.over_reps import fixed_part
from legato.report.holds import in_own_words, rep_noun
from legato.report.words import band_text, gap_ms, interval_ms, percent, plural, sentence

if TYPE_CHECKING:
    from legato.analysis import Analysis

_PLAIN = {"quadriceps": "quadriceps", "chest": "chest", "latissimus": "latissimus", "hamstrings": "hamstrings"}
"""Roles that people know a muscle by, better than by its own name."""

_EVENTS = {
    "centre": "between the centres of the bursts",
    "onset": "between the onsets of the bursts",
    "peak": "between the peaks of the bursts",
    "offset": "between the ends of the bursts",
    "cross-correlation": "the shift at which the envelopes fit each other best",
}

_DOES = {
    "centre": "is centred",
    "onset": "starts to fire",
    "peak": "peaks",
    "offset": "stops firing",
    "cross-correlation": "fits best, by its envelope,",
}
"""What a muscle does at each event."""

_UNSOURCED = {"N": "that band is an untested claim", "X": "the best evidence contradicts that band"}

GRADED = {"N": "an untested claim", "X": "contradicted by the best evidence"}
"""What a band without support is called."""

_AIM_S = 0.010

_FEW = 3
"""Reps from which a lag without a window may lead the report. [ENG]"""


def muscle_of(analysis: "Analysis", stream: str, channel: str) -> MuscleResult | None:
    """The muscle that a channel records."""
    found = () if analysis.muscles is None else analysis.muscles.muscles
    return next((m for m in found if (m.stream, m.channel) == (stream, channel)), None)


def read_reps(analysis: "Analysis") -> frozenset[int]:
    """Indices of the reps that muscles are read in: of strides of two feet those of one."""
    told = () if analysis.muscles is None else analysis.muscles.reps
    return frozenset(told or (rep.index for rep in analysis.reps))


def judged_lags(analysis: "Analysis") -> list[LagResult]:
    """The lags that are told first, one a pair of channels: those that a window of the movement asks for lead, then
    those of two muscles that move its chain; those of two efforts come last.
    """
    found = [] if analysis.muscles is None else [lag for lag in analysis.muscles.lags if lag.primary]

    def place(lag: LagResult) -> tuple[bool, bool, bool]:
        first, second = _muscles_of(analysis, lag)
        beside = first is None or second is None or not on_chain(analysis.movement, first, second)
        return window_of(analysis, lag) is None, two_phases(analysis, lag) is not None, beside

    return sorted(found, key=place)


def leading_lags(analysis: "Analysis") -> list[LagResult]:
    """Those that were timed and may stand at the top of a report: not those of two efforts, unless a window asks for
    them.
    """
    return [
        lag
        for lag in judged_lags(analysis)
        if lag.mean is not None and (window_of(analysis, lag) is not None or two_phases(analysis, lag) is None)
    ]


def two_phases(analysis: "Analysis", lag: LagResult) -> tuple[str, str] | None:
    """The phases in which the two muscles of a lag fire, where one serves the work and the other the return from it."""
    first, second = _muscles_of(analysis, lag)
    if first is None or second is None:
        return None
    recording, level = analysis.recording, analysis.settings.level
    clocks = (motion_clock_error_s(recording, first.stream), motion_clock_error_s(recording, second.stream))
    return two_efforts(analysis.movement, analysis.reps, lag, first, second, clock_sds_s=clocks, level=level)


def _muscles_of(analysis: "Analysis", lag: LagResult) -> tuple[MuscleResult | None, MuscleResult | None]:
    return (
        muscle_of(analysis, lag.from_stream, lag.from_channel),
        muscle_of(analysis, lag.to_stream, lag.to_channel),
    )


def same_pair(analysis: "Analysis", lag: LagResult) -> list[LagResult]:
    """All lags between the two channels of one, itself among them."""
    pair = (lag.from_stream, lag.from_channel, lag.to_stream, lag.to_channel)
    found = () if analysis.muscles is None else analysis.muscles.lags
    return [o for o in found if (o.from_stream, o.from_channel, o.to_stream, o.to_channel) == pair]


def leading_lag(analysis: "Analysis") -> LagResult | None:
    """The lag that the report leads with where no gap of the chain is judged: one that was timed, and that a window of
    the movement asks for or that has more than a rep or two.
    """
    gaps = () if analysis.chain is None else analysis.chain.gaps
    if analysis.movement.cycle.anchor == "hold" or any(g.verdict != "not-resolvable" for g in gaps):
        return None
    return next(
        (lag for lag in leading_lags(analysis) if lag.n >= _FEW or window_of(analysis, lag) is not None),
        None,
    )


def window_of(analysis: "Analysis", lag: LagResult) -> WindowResult | None:
    """The timing window of the movement that this lag is placed against."""
    first, second = _muscles_of(analysis, lag)
    if first is None or second is None:
        return None
    ends = (first.label, second.label, lag.at)
    return next(
        (w for w in muscle_windows(analysis) if (w.from_event, w.to_event, w.gap and w.gap.event) == ends), None
    )


def muscle_windows(analysis: "Analysis") -> list[WindowResult]:
    """The windows that electrodes showed."""
    found = () if analysis.chain is None else analysis.chain.windows
    return [w for w in found if w.gap is not None and w.gap.quantity == "EMG"]


def plain_name(muscle: MuscleResult) -> str:
    """A muscle as people say it, with its own name beside: `chest (right pectoralis major)`."""
    own = muscle.sided_name
    known = next((name for role, name in _PLAIN.items() if role in muscle.roles), "")
    return own if not known or muscle.name.startswith(known) else f"{known} ({own})"


def lag_names(analysis: "Analysis", lag: LagResult) -> tuple[str, str]:
    """Both muscles of a lag as people say them."""
    first, second = _muscles_of(analysis, lag)
    return (
        lag.from_muscle if first is None else plain_name(first),
        lag.to_muscle if second is None else plain_name(second),
    )


def lag_sentence(analysis: "Analysis", lag: LagResult) -> str:
    """One sentence: how much later the second muscle fires, at which event, how sure that is, where it lies, and which
    other event tells the opposite.
    """
    first, second = lag_names(analysis, lag)
    if lag.mean is None:
        why = in_own_words(analysis, lag.reason or "no repetition could be timed")
        return sentence(f"how much later the {second} fires than the {first} is not resolvable: {why}")
    # Told the way round in which it is positive, and so is its interval.
    apart = _unsigned(lag.mean)
    noun = rep_noun(analysis)
    reps = f"one {noun}" if lag.n == 1 else plural(lag.n, noun)
    interval = f"{percent(apart.level)} interval {interval_ms(apart)}, {reps}"
    if (phases := two_phases(analysis, lag)) is not None and window_of(analysis, lag) is None:
        one, two = (phase.replace("_", " ") for phase in phases)
        later = "later" if lag.mean.value >= 0.0 else "earlier"
        beyond = "so the time between them is not told as one effort"
        return sentence(
            f"the {first} {_DOES[lag.at]} in the phase “{one}”, the {second} in “{two}”, {gap_ms(apart)} ms {later}, "
            f"{interval}: one is work, the other the return from it, {beyond}"
        )
    return sentence(
        f"the {second} {_when(lag.at, lag.mean, f'the {first}')}, {interval}{_place(analysis, lag)}"
        f"{_against(analysis, lag)}"
    )


def _unsigned(lag_s: Estimate) -> Estimate:
    return lag_s if lag_s.value >= 0.0 else lag_s.scaled(-1.0)


def _when(at: str, lag_s: Estimate, other: str) -> str:
    """What the second muscle does and how much later: `is centred 39 ms after the quadriceps`."""
    said, does = gap_ms(_unsigned(lag_s)), _DOES[at]
    if float(said) == 0.0:
        return f"{does} together with {other}, {said} ms apart"
    return f"{does} {said} ms {'after' if lag_s.value >= 0.0 else 'before'} {other}"


def _against(analysis: "Analysis", lag: LagResult) -> str:
    """The events at which the pair is for certain the other way round, as the end of a sentence."""
    if lag.mean is None:
        return ""
    turned = [
        f"{_when(other.at, other.mean, 'it')} ({interval_ms(_unsigned(other.mean))})"
        for other in same_pair(analysis, lag)
        if other.mean is not None and (other.mean.low > 0.0 or other.mean.high < 0.0)
        if other.mean.value * lag.mean.value < 0.0
    ]
    return f"; yet it {' and '.join(turned)}" if turned else ""


def _place(analysis: "Analysis", lag: LagResult) -> str:
    window = window_of(analysis, lag)
    if window is None or window.band_s is None:
        open_order = lag.mean is not None and lag.mean.low < 0.0 < lag.mean.high
        return ": which of them is first is not resolvable" if open_order else ""
    band = f"band of {band_text(window.band_s)}"
    claim = f" ({window.claim})" if window.claim else ""
    unsourced = f"; {_UNSOURCED[window.grade]}{claim}" if window.grade in _UNSOURCED else ""
    if window.position in ("before", "after"):
        return f": {window.position} the {band}{unsourced}"
    if window.position == "inside":
        return f": inside the {band}{unsourced}"
    missing = reps_missing(analysis, lag)
    if missing:
        needed = plural(lag.n + missing, rep_noun(analysis))
        return f": not placed against the {band}, for which {needed} are needed, {missing} more{unsourced}"
    return f": neither clearly inside the {band} nor outside{unsourced}"


def reps_missing(analysis: "Analysis", lag: LagResult) -> int:
    """How many reps are missing before the lag may be placed against its window; 0 where enough were timed."""
    window = window_of(analysis, lag)
    least = next((w.least_reps for w in analysis.movement.windows if window is not None and w.id == window.id), 1)
    return max(0, least - lag.n)


def lag_certainty(analysis: "Analysis", lag: LagResult) -> list[str]:
    """How the lag was measured and what would make it surer, as parts of a sentence."""
    parts = [_EVENTS[lag.at]]
    noun = rep_noun(analysis)
    if lag.refused:
        parts.append(f"{lag.n} of {plural(len(lag.per_rep), noun)} timed")
    if lag.mean is None:
        return parts
    if lag.n == 1:
        parts.append(f"one {noun} only, so the interval is that of its own measurement and says nothing of the next")
    elif lag.mean.half_width <= _AIM_S or lag.drawn_s > 0.0:
        parts.append(f"known to ±{gap_ms_half(lag)} ms")
    elif lag.reps_for_10_ms is not None:
        more = max(1, lag.reps_for_10_ms - lag.n)
        parts.append(f"±10 ms would take about {lag.reps_for_10_ms} {noun}s that spread like these, {more} more")
    elif lag.n < 3:
        parts.append(f"from 3 {noun}s on Legato can say how many would give ±10 ms")
    else:
        parts.append(_out_of_reach(lag.mean, lag.spread_s or 0.0, lag.n, noun))
    if lag.drawn_s > 0.0:
        drawn_ms = max(1.0, 1000.0 * lag.drawn_s)
        parts.append(
            f"crosstalk makes up to {drawn_ms:.0f} ms of that, which no further {noun} takes away: move the electrodes"
        )
    return parts


def _out_of_reach(mean: Estimate, spread_s: float, n: int, noun: str) -> str:
    fixed_s = fixed_part(mean, spread_s, n)
    if fixed_s < _AIM_S:
        return f"±10 ms would take more than {MOST_REPS} {noun}s that spread like these"
    return f"±10 ms is out of reach however many {noun}s: ±{1000.0 * fixed_s:.0f} ms are the same in all of them"


def gap_ms_half(lag: LagResult) -> str:
    """Half the interval of a lag's mean, ms."""
    return "" if lag.mean is None else f"{1000.0 * lag.mean.half_width:.0f}"


def share_text(probability: float) -> str:
    """A probability as a whole per cent, with neither 0 nor 100 claimed."""
    percents = 100.0 * probability
    return "below 1 %" if percents < 1.0 else "above 99 %" if percents > 99.0 else f"{percents:.0f} %"


def muscle_headline(analysis: "Analysis") -> str | None:
    """The first two lines of a report that leads with its muscles, None where it does not."""
    lag = leading_lag(analysis)
    if lag is None:
        return None
    certain = "; ".join(lag_certainty(analysis, lag))
    return f"{lag_sentence(analysis, lag)}\n{sentence(certain)} {_beyond_band(analysis, lag)}".rstrip()


def _beyond_band(analysis: "Analysis", lag: LagResult) -> str:
    window = window_of(analysis, lag)
    return "" if window is None or window.grade not in _UNSOURCED else "A lag is measured here, not judged."
