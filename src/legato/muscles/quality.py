"""The quality gate: which EMG channels and which repetitions can be used, what was mended, and why the rest cannot."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from legato.errors import BadInput
from legato.muscles._activity import Activity, find_activity
from legato.muscles._blocks import Blocks
from legato.muscles._survey import Survey, survey
from legato.muscles._verdicts import Findings, Measured, in_volts, judge_channel, judge_span
from legato.muscles.conditioning import SHORTEST_S, Conditioned, Look, check_rate, mark_missing, samples_of
from legato.muscles.crosstalk import Crosstalk, find_crosstalk
from legato.recording import FloatArray, Span, Stream
from legato.signals.bands import LOWEST_RATE_HZ

__all__ = ["ChannelQuality", "Measured", "examine_channels", "examine_spans", "examine_stream", "examine_stream_spans"]

_SAME_SIGNAL_R = 0.999
"""Correlation from which two channels are one signal: rounding leaves more, two electrodes on one muscle less. [ENG]"""

_MOST_SHARED = 0.50
"""Share of the weaker channel's power that the other explains, from which its events are not its own. [ENG]"""

_LEAST_R = 0.15
"""Least correlation that is named: 2 % of the power. [ENG] display only."""


_BEAT_S = 0.05
"""Half the width of a QRS complex. [DOC] 0.06–0.10 s in health"""

_JUMP = 0.5
"""Samples by which the clock may stray between two neighbours. [ENG]"""


@dataclass(frozen=True, slots=True)
class ChannelQuality:
    """Whether one channel, or one span of it, can be used.

    `reasons` say why it cannot: in whole, or (`amplitude_usable` false) as far as its numbers mean volts. `warnings`
    say what was found and mended, or is to be kept in mind. `shared` has the channels that it shares signal with, and
    the share of power.
    """

    channel: str
    usable: bool
    amplitude_usable: bool
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    measured: Measured
    shared: tuple[tuple[str, float], ...] = ()


def examine_channels(
    x: FloatArray,
    rate_hz: float,
    names: Sequence[str] | None = None,
    *,
    units: Sequence[str] | None = None,
    time_jumps: int = 0,
    conditioned: Conditioned | None = None,
) -> tuple[ChannelQuality, ...]:
    """Judge every channel of one EMG device.

    Parameters
    ----------
    x
        Raw EMG in any unit, shape (n, channels). NaN marks missing samples; integers are accepted.
    rate_hz
        Sampling rate, Hz.
    names
        Name of each channel; `channel 1` … without.
    units
        Unit of each channel, `V`, `mV` or `µV`. Where it is unknown or empty no gain can be called wrong.
    time_jumps
        Places where the device's clock skips or repeats.
    conditioned
        What `condition` made of the same samples, where that is there already: it spares a second search for lost
        samples, hum and hearts and changes no verdict.

    Returns
    -------
    One verdict a channel, in their order. Nothing but the amplitude in volts depends on the unit or the sign.

    Raises
    ------
    BadInput
        The samples are no numbers or not (n, channels), the rate is not positive, less than 0.2 s is there, or names or
        units do not match the channels, or `conditioned` is of other samples.
    """
    return _whole(_survey_all(x, rate_hz, names, units, conditioned), time_jumps)


def examine_spans(
    x: FloatArray,
    rate_hz: float,
    spans: Sequence[Span],
    names: Sequence[str] | None = None,
    *,
    units: Sequence[str] | None = None,
    time_s: FloatArray | None = None,
    conditioned: Conditioned | None = None,
) -> tuple[tuple[ChannelQuality, ...], ...]:
    """Judge every channel in each span (repetition).

    Parameters
    ----------
    x, rate_hz, names, units, conditioned
        As for `examine_channels`: the whole record, since limits, steps and rest are the channel's.
    spans
        Spans, s on the clock of `time_s`, or from the first sample.
    time_s
        Time of each sample, shape (n,), where they are not evenly spaced.

    Returns
    -------
    One tuple a span with a verdict a channel. What refuses the whole channel refuses it in each span.

    Raises
    ------
    BadInput
        As for `examine_channels`, a span holds no sample or has no two ends, or `time_s` is not one time a sample.
    """
    device = _survey_all(x, rate_hz, names, units, conditioned)
    n = len(device.surveys[0].x)
    if time_s is not None and np.shape(time_s) != (n,):
        raise BadInput(f"times of shape {np.shape(time_s)} for {n} samples; give the time of each sample, s")
    return _of_spans(device, _whole(device, 0), spans, time_s)


def examine_stream(stream: Stream, conditioned: Conditioned | None = None) -> tuple[ChannelQuality, ...]:
    """Judge every channel of an EMG stream; see `examine_channels`. All of a stream of less than 0.2 s are refused."""
    return examine_stream_spans(stream, (), conditioned)[0]


def examine_stream_spans(
    stream: Stream, spans: Sequence[Span], conditioned: Conditioned | None = None
) -> tuple[tuple[ChannelQuality, ...], tuple[tuple[ChannelQuality, ...], ...]]:
    """Judge every channel of an EMG stream, and every channel in each span, from one look at the samples.

    Parameters
    ----------
    stream
        An EMG stream. All channels of one of less than 0.2 s are refused.
    spans
        Spans, s on the recording's clock.
    conditioned
        As for `examine_channels`.

    Returns
    -------
    What `examine_channels` and `examine_spans` return.

    Raises
    ------
    BadInput
        As for `examine_spans`.
    """
    if stream.n_samples < SHORTEST_S * stream.rate_hz:
        why = f"{stream.n_samples} samples only; record at least {SHORTEST_S:g} s"
        nothing = Measured(0.0, 0.0, 0.0, 0.0)
        refused = tuple(ChannelQuality(name, False, False, (why,), (), nothing) for name in stream.channels)
        return refused, (refused,) * len(spans)
    device = _survey_all(stream.values, stream.rate_hz, stream.channels, stream.units, conditioned)
    first_s = float(stream.times()[0])
    from_first = [Span(span.start_s - first_s, span.end_s - first_s) for span in spans]
    uneven = None if stream.time_s is None else stream.time_s - first_s
    whole = _whole(device, stream.time_jumps)
    return whole, _of_spans(device, whole, from_first, uneven)


def _of_spans(
    device: "_Device", whole: Sequence[ChannelQuality], spans: Sequence[Span], time_s: FloatArray | None
) -> tuple[tuple[ChannelQuality, ...], ...]:
    surveys = device.surveys
    found: list[tuple[ChannelQuality, ...]] = []
    for span in spans:
        rate_hz = surveys[0].rate_hz
        first, stop = _samples_of(span, len(surveys[0].x), rate_hz, time_s)
        jump = time_s is not None and bool((np.abs(np.diff(time_s[first:stop]) * rate_hz - 1.0) > _JUMP).any())
        found.append(tuple(_of_span(device, k, first, stop, jump, whole[k]) for k in range(len(whole))))
    return tuple(found)


def _samples_of(span: Span, n: int, rate_hz: float, time_s: FloatArray | None) -> tuple[int, int]:
    if not (math.isfinite(span.start_s) and math.isfinite(span.end_s)):
        raise BadInput(f"a span from {span.start_s:g} to {span.end_s:g} s has no two ends; give start and end, s")
    if time_s is None:
        first, stop = math.ceil(span.start_s * rate_hz - 1e-6), math.ceil(span.end_s * rate_hz - 1e-6)
    else:
        first, stop = (int(k) for k in np.searchsorted(time_s, (span.start_s, span.end_s)))
    first, stop = max(0, first), min(n, stop)
    if stop <= first:
        raise BadInput(
            f"the span {span.start_s:g}–{span.end_s:g} s holds no sample of the EMG; give spans inside the record"
        )
    return first, stop


@dataclass(frozen=True, slots=True, eq=False)
class _Device:
    """All channels of one device, looked over."""

    names: tuple[str, ...]
    units: tuple[str, ...]
    surveys: tuple[Survey, ...]
    activities: tuple[Activity | None, ...]
    shared: tuple[Crosstalk, ...]


def _survey_all(
    x: FloatArray,
    rate_hz: float,
    names: Sequence[str] | None,
    units: Sequence[str] | None,
    conditioned: Conditioned | None,
) -> _Device:
    values = samples_of(x)
    if values.ndim != 2 or not values.size:
        raise BadInput(f"the EMG has shape {values.shape}; give samples by channels, x[:, None] for one channel")
    n, count = values.shape
    check_rate(rate_hz)
    if n < SHORTEST_S * rate_hz:
        raise BadInput(f"the EMG holds {n} samples, {n / rate_hz:.3g} s; give at least {SHORTEST_S:g} s")
    given = tuple(names) if names is not None else tuple(f"channel {k + 1}" for k in range(count))
    in_units = tuple(units) if units is not None else ("",) * count
    if len(given) != count or len(in_units) != count:
        raise BadInput(f"{count} EMG channels, but {len(given)} names and {len(in_units)} units; give one of each")
    looks: Sequence[Look | None] = (None,) * count
    if conditioned is not None:
        if conditioned.values.shape != values.shape or conditioned.rate_hz != rate_hz:
            raise BadInput(
                f"conditioned EMG of shape {conditioned.values.shape} at {conditioned.rate_hz:g} Hz was given with raw "
                f"EMG of shape {values.shape} at {rate_hz:g} Hz; give what was made of the same samples"
            )
        looks = conditioned.looks or looks
    columns = np.array(values.T, dtype=np.float64, order="C")
    for column in columns:
        mark_missing(column)
    surveys = tuple(survey(column, rate_hz, look) for column, look in zip(columns, looks, strict=True))
    # Below the lowest rate there is no band to look at, and the rate alone refuses the channel.
    plain = rate_hz < LOWEST_RATE_HZ
    activities = tuple(None if plain or s.blocks is None else _activity(s, s.blocks) for s in surveys)
    return _Device(given, in_units, surveys, activities, find_crosstalk([s.blocks for s in surveys], rate_hz, _LEAST_R))


def _activity(survey: Survey, blocks: Blocks) -> Activity:
    """What varies in a channel, the blocks with a heartbeat left out."""
    free = np.ones(len(blocks.start), np.bool_)
    if not survey.beats_s.size:
        return find_activity(blocks, survey.rate_hz, free)
    reach = round(_BEAT_S * survey.rate_hz)
    beats = np.rint(survey.beats_s * survey.rate_hz).astype(np.int64)
    after = np.searchsorted(beats, blocks.start - reach)
    upto = np.searchsorted(beats, blocks.start + blocks.length + reach)
    return replace(find_activity(blocks, survey.rate_hz, after == upto), heart_share=survey.heart_share)


def _whole(device: _Device, time_jumps: int) -> tuple[ChannelQuality, ...]:
    low = min(s.low for s in device.surveys)
    high = max(s.high for s in device.surveys)
    findings = [
        judge_channel(s, a, unit, low, high)
        for s, a, unit in zip(device.surveys, device.activities, device.units, strict=True)
    ]
    shared = _shared_notes(device, findings)
    jumps = (f"the device's clock jumps at {time_jumps} places",) if time_jumps else ()
    found: list[ChannelQuality] = []
    for k, one in enumerate(findings):
        refused, warned, strongest = shared[k]
        reasons = (*one.reasons, *refused)
        found.append(
            ChannelQuality(
                device.names[k],
                not reasons,
                not reasons and not one.amplitude_reasons,
                (*reasons, *one.amplitude_reasons),
                (*one.warnings, *warned, *(jumps if not reasons else ())),
                replace(one.measured, crosstalk_r=strongest),
                tuple(
                    (device.names[pair.first if pair.second == k else pair.second], pair.r**2)
                    for pair in device.shared
                    if k in (pair.first, pair.second)
                ),
            )
        )
    return tuple(found)


def _of_span(device: _Device, k: int, first: int, stop: int, jump: bool, whole: ChannelQuality) -> ChannelQuality:
    one = judge_span(device.surveys[k], device.activities[k], first, stop, jump=jump)
    usable = whole.usable and not one.reasons
    return ChannelQuality(
        whole.channel,
        usable,
        usable and whole.amplitude_usable,
        (*whole.reasons, *(reason for reason in one.reasons if reason not in whole.reasons)),
        one.warnings,
        one.measured,
    )


def _shared_notes(
    device: _Device, findings: Sequence[Findings]
) -> list[tuple[tuple[str, ...], tuple[str, ...], float | None]]:
    """What each channel shares with others: reasons, warnings and the strongest correlation."""
    refused: list[list[str]] = [[] for _ in device.names]
    warned: list[list[str]] = [[] for _ in device.names]
    strongest: list[float | None] = [None] * len(device.names)
    for pair in sorted(device.shared, key=lambda p: -abs(p.r)):
        i, j = pair.first, pair.second
        if findings[i].reasons or findings[j].reasons:
            continue
        for k in (i, j):
            if strongest[k] is None:
                strongest[k] = pair.r
        names = device.names
        if abs(pair.r) >= _SAME_SIGNAL_R:
            warned[i].append(
                f"{names[j]} holds the same signal (r = {pair.r:.3f}); which muscle it is, the file cannot say"
            )
            refused[j].append(f"the same signal as {names[i]} (r = {pair.r:.3f}); export or connect the channel anew")
            continue
        weaker = _weaker(device, i, j)
        share = pair.r**2
        for k, other in ((i, j), (j, i)):
            text = f"shares {100.0 * share:.0f} % of its power with {names[other]} (r = {pair.r:.2f})"
            if k == weaker and share >= _MOST_SHARED:
                refused[k].append(f"crosstalk: {text}, the stronger; move the electrode")
            else:
                warned[k].append(f"crosstalk: {text}")
    return [(tuple(r), tuple(w), s) for r, w, s in zip(refused, warned, strongest, strict=True)]


def _weaker(device: _Device, i: int, j: int) -> int:
    """The weaker of two channels, told in volts where both units are known, else by their numbers."""
    loud = [
        0.0 if activity is None else activity.loud_power * in_volts(device.units[k]) ** 2
        for k, activity in ((i, device.activities[i]), (j, device.activities[j]))
    ]
    return i if loud[0] < loud[1] else j
