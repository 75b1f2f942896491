"""The muscles of one recording: the gate, the names, every burst, the amplitudes, and the lags between muscles."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.muscles.amplitude import amplitude, effective_bandwidth
from legato.muscles.between import Slow, between_muscles
from legato.muscles.bursts import Burst, bursts_of
from legato.muscles.channel_lags import clock_error_s, lags_between
from legato.muscles.conditioning import Conditioned, condition_stream
from legato.muscles.envelopes import linear_envelope
from legato.muscles.lags import effort_windows, main_burst
from legato.muscles.model import LagResult, MuscleResult, MusclesResult, RepBurst
from legato.muscles.names import Recognised, muscles, name_channels, unused
from legato.muscles.normalise import Reference, ReferenceTrial, normalise
from legato.muscles.pairs import USUAL_PAIRS, MusclePair, asked_pairs, find_pairs
from legato.muscles.quality import ChannelQuality, examine_stream_spans
from legato.muscles.references import NO_RAW, OfTask, References, read_references
from legato.muscles.rep_sets import span_from_first_sample, spans_of
from legato.muscles.stride_windows import indexed, of_one_foot, phase_of, window_round
from legato.recording import FloatArray, Recording, Span, Stream

ENVELOPE_RATE_HZ = 100.0
"""Of the envelope that is kept for drawing: eight times its 6 Hz cut-off and more."""

_NOT_COVERED = "the EMG does not cover this repetition"

_MOST_OF_MVIC = 250.0
"""A burst of which all of the interval lies above this share of a maximal contraction, %, makes that doubtful: tops of
lifts were 130 to 244 % (Contreras et al. 2015, J Appl Biomech 31:452)."""

_RMS_OF_MEAN = float(np.sqrt(0.5 * np.pi))
"""RMS of Gaussian EMG over its mean rectified value."""


@dataclass(frozen=True, slots=True)
class RepSpan:
    """A repetition and its phases, by name, on the recording's clock; lags are told in complete ones only. `side` is
    the foot of a stride.
    """

    index: int
    span: Span
    complete: bool = True
    phases: tuple[tuple[str, Span], ...] = ()
    side: str = ""


def analyse_muscles(
    recording: Recording,
    reps: Sequence[RepSpan] = (),
    *,
    mapping: str | Path | Mapping[str, Any] | None = None,
    mvic: Sequence[Recording] = (),
    submax: Sequence[Recording] = (),
    emg_amplitude: OfTask | None = None,
    pairs: Sequence[MusclePair] = (),
    velocity: Slow | None = None,
    eccentric: str | None = None,
    strides: bool = False,
    level: float = LEVEL,
) -> MusclesResult | None:
    """Every EMG channel of a recording, judged, named and timed, and the lags between its muscles.

    Parameters
    ----------
    recording
        As `legato.read` gives it. Bursts are found in each usable channel of its EMG streams as a whole.
    reps
        The repetitions, in order. A burst belongs to the one that holds its centre (`effort_windows`), to the first
        where they overlap.
    mapping
        A user's map (`name_channels`).
    mvic
        Maximal contractions with channels of the same names. Without them amplitudes are a share of the task's peak.
    submax
        Sub-maximal reference contractions instead, held steadily and alike.
    emg_amplitude
        Instead of a contraction: amplitudes as a share of the task's peak (`task-peak`, as with None) or of its mean
        (`task-mean`), or `raw`, in the unit of the channel, the envelope too; those have no reference.
    pairs
        Muscles that the movement compares, beside the usual ones.
    velocity
        Upward velocity of the centre of mass, where it is known.
    eccentric
        Name of the phase in which the legs give way, where the movement asks for the chest's share in it.
    strides
        Whether the repetitions are strides, which follow each other without end: of two feet one is read, that with
        more of the muscles on its side, and bursts belong together that lie nearest to each other.
    level
        Share of central probability that every interval holds.

    Returns
    -------
    None where the recording holds no EMG.

    Raises
    ------
    BadInput
        The map is not readable or names what is not there; a reference contraction shares no channel with the
        recording, or more than one of `mvic`, `submax` and `emg_amplitude` is given.
    """
    streams = recording.of_kind("emg")
    if not streams:
        return None
    names = name_channels(recording, mapping)
    given = read_references(streams, mvic, submax, emg_amplitude)
    one_foot = ""
    if strides:
        reps, one_foot = of_one_foot(reps, Counter(known.side for known in names.values() if known.side is not None))
    found: list[MuscleResult] = []
    conditioned = {s.name: made for s in streams if (made := condition_stream(s)) is not None}
    for stream in streams:
        found += _stream(stream, conditioned.get(stream.name), reps, names, given, strides, level)
    lags = _lags(recording, found, reps, pairs, strides, level)
    held = MusclesResult(
        tuple(found),
        lags,
        notes=(one_foot,) if one_foot else (),
        asked=asked_pairs(found, pairs, lags, whole=any(rep.complete for rep in reps)),
        reps=tuple(rep.index for rep in reps),
    )
    together = between_muscles(
        recording,
        held,
        reps,
        conditioned,
        velocity=velocity,
        eccentric=eccentric,
        strides=strides,
        level=level,
    )
    return replace(held, between=together)


def _stream(
    stream: Stream,
    conditioned: Conditioned | None,
    reps: Sequence[RepSpan],
    names: Mapping[tuple[str, str], Recognised],
    given: References,
    strides: bool,
    level: float,
) -> list[MuscleResult]:
    whole, of_reps = _verdicts(stream, conditioned, reps)
    found: list[MuscleResult] = []
    for k, judged in enumerate(whole):
        named = names[stream.name, judged.channel]
        verdict = judged if named.muscle is not None else _if_used(stream, judged)
        bare = _named(stream, verdict, named, of_reps[k])
        if not verdict.usable or conditioned is None:
            why = "too little of it is seen in one piece to filter; export the channel anew"
            found.append(replace(bare, usable=False, reasons=bare.reasons or (why,)))
            continue
        found.append(_timed(stream, k, conditioned.channel(k), bare, reps, given, verdict, strides, level))
    return found


def _if_used(stream: Stream, verdict: ChannelQuality) -> ChannelQuality:
    """The gate's verdict, or a refusal of a channel whose name says that it is not used."""
    if not unused(stream.meta.get(f"muscle:{verdict.channel}", verdict.channel)):
        return verdict
    why = "named as not used; where it holds a muscle, say which with --map FILE"
    return replace(verdict, usable=False, amplitude_usable=False, reasons=(why, *verdict.reasons), warnings=())


def _named(
    stream: Stream, verdict: ChannelQuality, named: Recognised, refused: tuple[tuple[int, str], ...]
) -> MuscleResult:
    known = None if named.muscle is None else muscles()[named.muscle]
    return MuscleResult(
        stream=stream.name,
        channel=verdict.channel,
        muscle=named.muscle,
        name=verdict.channel if known is None else known.name,
        side=named.side,
        region=None if known is None else known.region,
        roles=frozenset() if known is None else known.roles,
        usable=verdict.usable,
        reasons=verdict.reasons,
        warnings=verdict.warnings,
        naming=named.reason,
        normalisation="",
        refused_reps=refused,
        envelope_start_s=float(stream.times()[0]) if stream.n_samples else stream.start_s,
        recorded_until_s=float(stream.times()[-1]) if stream.n_samples else stream.start_s,
        shared=verdict.shared,
    )


def _timed(
    stream: Stream,
    k: int,
    conditioned: Conditioned,
    bare: MuscleResult,
    reps: Sequence[RepSpan],
    given: References,
    verdict: ChannelQuality,
    strides: bool,
    level: float,
) -> MuscleResult:
    """The bursts, amplitudes and envelope of one usable channel."""
    bursts = bursts_of(conditioned, level)
    banded = conditioned.values
    # An incomplete one may reach past the EMG; what the EMG holds of it was judged with the whole channel.
    beyond = {rep.index for rep in reps if not rep.complete}
    out = {index for index, why in bare.refused_reps if why != _NOT_COVERED or index not in beyond}
    spans = tuple(
        span for rep in reps if rep.index not in out and (span := span_from_first_sample(stream, rep.span)).end_s > 0.0
    )
    task = ReferenceTrial(
        "this recording", banded, stream.rate_hz, spans, "every repetition is refused" if reps and not spans else ""
    )
    reference, warning = given.reference_of(verdict, task, unit=stream.units[k], level=level)
    whole = None if reference is None or reference.value is None else reference
    on_clock = tuple(_on_clock(burst, stream) for burst in bursts)
    bandwidth_hz = effective_bandwidth(banded, stream.rate_hz) if bursts else 0.0
    gain = [said.removeprefix(NO_RAW) for said in warning if said.startswith(NO_RAW)]
    no_reference = "; ".join(gain) or "there is no reference"
    refused = dict(bare.refused_reps)
    whole_reps = spans_of([rep for rep in reps if rep.complete and rep.index not in refused])
    phase = phase_of(on_clock, whole_reps) if strides else None
    windows = spans_of(reps) if strides else effort_windows(spans_of(reps))
    efforts = {rep.index: window for rep, window in zip(reps, windows, strict=True)}
    meant: dict[int, int] = {}
    for rep in reps:
        window = efforts[rep.index]
        if phase is not None and rep.complete:
            window = window_round(rep.span, phase)
        burst = None if rep.index in refused else main_burst(on_clock, *window, "centre")[0]
        if burst is not None:
            meant[rep.index] = next(k for k, one in enumerate(on_clock) if one is burst)
    told: list[RepBurst] = []
    for place, (burst, own) in enumerate(zip(on_clock, bursts, strict=True)):
        rep = next((index for index, (a, b) in efforts.items() if a <= burst.middle_s < b), None)
        span = Span(own.start_s, own.stop_s)
        share, why = _share(banded, stream, k, span, bandwidth_hz, reference, level, no_reference)
        untold = [at for at in ("onset", "centre", "peak", "offset") if burst.time(at) is None]
        listed = ", ".join(untold[:-1]) + (" and " if len(untold) > 1 else "") + "".join(untold[-1:])
        reasons = [f"its {listed} cannot be told from this recording"] if untold else []
        reasons += [f"no amplitude: {why}"] if why else []
        reasons += [f"the repetition is refused: {refused[rep]}"] if rep is not None and rep in refused else []
        told.append(
            RepBurst(
                rep,
                burst.onset,
                burst.centre,
                burst.peak,
                burst.offset,
                burst.start_s,
                burst.stop_s,
                share,
                burst.contrast,
                place in meant.values(),
                "; ".join(reasons),
            )
        )
    return replace(
        bare,
        warnings=(*bare.warnings, *warning, *_weak_contraction(whole, told)),
        normalisation="" if whole is None else whole.name,
        reference=whole,
        bursts=tuple(told),
        envelope_rate_hz=ENVELOPE_RATE_HZ,
        envelope=_envelope(banded, stream, reference),
        envelope_unit="%" if whole is not None else stream.units[k],
        timed=on_clock,
        meant=meant,
        efforts=efforts,
        own_spans=tuple(Span(own.start_s, own.stop_s) for own in bursts),
    )


def _weak_contraction(reference: Reference | None, bursts: Sequence[RepBurst]) -> tuple[str, ...]:
    """That the maximal contraction was hardly one, where bursts lie far above it."""
    most = max((b.amplitude for b in bursts if b.amplitude is not None), key=lambda a: a.low, default=None)
    if reference is None or reference.method != "mvic" or most is None or not most.low > _MOST_OF_MVIC:
        return ()
    said = f"a burst reaches {most.value:.0f} % of the maximal contraction, more than lifts are known to"
    return (f"{said}: it was not maximal, or recorded at another gain",)


def _on_clock(burst: Burst, stream: Stream) -> Burst:
    """A burst on the recording's clock; where the samples are not evenly spaced it is moved as a whole."""
    by_s = stream.start_s
    if stream.time_s is not None:
        by_s = float(np.interp(burst.middle_s * stream.rate_hz, np.arange(stream.n_samples), stream.time_s))
        by_s -= burst.middle_s
    onset, offset, centre, peak = (
        None if time is None else time.shifted(by_s) for time in (burst.onset, burst.offset, burst.centre, burst.peak)
    )
    return replace(
        burst,
        onset=onset,
        offset=offset,
        centre=centre,
        peak=peak,
        start_s=burst.start_s + by_s,
        stop_s=burst.stop_s + by_s,
        tenths_s=tuple(time_s + by_s for time_s in burst.tenths_s),
    )


def _verdicts(
    stream: Stream, conditioned: Conditioned | None, reps: Sequence[RepSpan]
) -> tuple[tuple[ChannelQuality, ...], list[tuple[tuple[int, str], ...]]]:
    """The gate's verdict on each channel, and for each the repetitions that are refused in it, and why."""
    times = stream.times()
    first, last = (float(times[0]), float(times[-1])) if times.size else (0.0, 0.0)
    step = (1.0 + 1e-6) / stream.rate_hz
    seen = [rep for rep in reps if rep.span.start_s >= first - step and rep.span.end_s <= last + step]
    whole, of_spans = examine_stream_spans(stream, [rep.span for rep in seen], conditioned)
    rows = dict(zip([rep.index for rep in seen], of_spans, strict=True))
    found: list[tuple[tuple[int, str], ...]] = []
    for k, verdict in enumerate(whole):
        refused = {rep.index: _NOT_COVERED for rep in reps if rep.index not in rows}
        refused |= {index: "; ".join(row[k].reasons) for index, row in rows.items() if not row[k].usable}
        found.append(tuple(sorted(refused.items())) if verdict.usable else ())
    return whole, found


def _share(
    banded: FloatArray,
    stream: Stream,
    k: int,
    span: Span,
    bandwidth_hz: float,
    reference: Reference | None,
    level: float,
    no_reference: str,
) -> tuple[Estimate | None, str]:
    """RMS of a burst in % of the reference, in its own unit where that is `RAW`, or why there is none."""
    if reference is None:
        return None, no_reference
    try:
        rms = amplitude(banded, stream.rate_hz, span, bandwidth_hz=bandwidth_hz, unit=stream.units[k], level=level)
        return normalise(rms, reference).value, ""
    except NotResolvable as error:
        return None, str(error)


def _envelope(banded: FloatArray, stream: Stream, reference: Reference | None) -> FloatArray:
    """The linear envelope at `ENVELOPE_RATE_HZ` in % of the reference, in its own unit where that is `RAW`; as an RMS,
    so that it and the amplitudes are of one kind.
    """
    if reference is None:
        return np.empty(0)
    whole = 100.0 if reference.value is None else reference.value.value
    if not whole > 0.0:
        return np.empty(0)
    smooth = linear_envelope(banded, stream.rate_hz)
    times = stream.times()
    grid = np.arange(times[0], times[-1], 1.0 / ENVELOPE_RATE_HZ)
    return np.interp(grid, times, smooth) * (100.0 * _RMS_OF_MEAN / whole)


def _lags(
    recording: Recording,
    found: Sequence[MuscleResult],
    reps: Sequence[RepSpan],
    pairs: Sequence[MusclePair],
    strides: bool,
    level: float,
) -> tuple[LagResult, ...]:
    whole = [rep for rep in reps if rep.complete]
    if not whole:
        return ()
    spans = indexed(whole)
    results: dict[tuple[str, str, str, str], tuple[LagResult, ...]] = {}
    for pair in dict.fromkeys((*pairs, *USUAL_PAIRS)):
        for one, two in find_pairs(found, pair):
            key = (one.stream, one.channel, two.stream, two.channel)
            if key not in results and (*key[2:], *key[:2]) not in results:
                clock_sd_s = clock_error_s(recording, one.stream, two.stream)
                results[key] = lags_between(
                    one, two, spans, others=found, level=level, clock_sd_s=clock_sd_s, strides=strides
                )
    return tuple(lag for lags in results.values() for lag in lags)
