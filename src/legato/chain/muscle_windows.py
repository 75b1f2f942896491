"""Windows between muscles, or between a muscle and a link: where the set's mean lies, and how probably inside."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from legato.chain.baseline import Band
from legato.chain.gaps import SetGap
from legato.chain.model import GapResult, LinkEvent, LinkResult, RepGap, Verdict, WindowResult
from legato.chain.verdicts import band_words, position_of, reps_needed
from legato.estimate import LEVEL, Estimate
from legato.movements.model import Rep
from legato.movements.window_spec import MuscleEvents, WindowSpec
from legato.signals.factors import normal_factor, student_factor

if TYPE_CHECKING:
    # Their room is loaded where there is EMG to judge.
    from legato.muscles.model import LagResult, MuscleResult, MusclesResult
    from legato.muscles.pairs import MusclePair

_ROLE_WORDS = {
    "quadriceps": "quadriceps",
    "hip_extensors": "hip extensors",
    "trunk_brace": "trunk",
    "chest": "chest",
}
"""Roles as they are called in sentences; the others by their own name."""

NO_EMG = "this window needs EMG, and the recording holds none"

MOVEMENT = "movement"
"""Instead of a link: whichever starts first."""

_FIXED = "the clocks, or are the same in every burst or onset; one device for both, or a stated delay, would help"


@dataclass(frozen=True, slots=True)
class MuscleEvidence:
    """What windows of muscles are judged by. `muscles` is None where the recording holds no EMG; `clock_sds_s` is the
    SD of the offset between each EMG stream and the motion, s.
    """

    muscles: "MusclesResult | None"
    links: Sequence[LinkResult] = ()
    reps: Sequence[Rep] = ()
    clock_sds_s: Mapping[str, float] | None = None
    level: float = LEVEL


@dataclass(frozen=True, slots=True)
class _Timed:
    """The lag of one pair, rep by rep and of the set."""

    first: str
    second: str
    at: str
    per_rep: tuple[RepGap, ...]
    mean: Estimate | None
    n: int
    reason: str
    spread_s: float | None


def muscle_pairs(windows: Sequence[WindowSpec]) -> "tuple[MusclePair, ...]":
    """The pairs of muscles that windows compare."""
    from legato.muscles.pairs import MusclePair

    return tuple(MusclePair(e.from_muscles, e.to_muscles) for w in windows for e in w.muscles if e.to_muscles)


def judge_muscle_window(spec: WindowSpec, evidence: MuscleEvidence) -> tuple[WindowResult, ...]:
    """One result a pair and side of the window; one with the reason where nothing is timed."""
    found: list[WindowResult] = []
    lacking: list[str] = []
    for events in spec.muscles:
        timed, why = _timed(events, evidence)
        found += [_judged(spec, one, evidence.level) for one in timed]
        lacking += [why] if why else []
    return tuple(found) if found else (_untimed(spec, "; ".join(dict.fromkeys(lacking))),)


def _timed(events: MuscleEvents, evidence: MuscleEvidence) -> tuple[list[_Timed], str]:
    """Every side's lag of a pair, or why there is none."""
    held = evidence.muscles
    if held is None:
        return [], NO_EMG
    for names in (events.from_muscles, events.to_muscles):
        if names and (why := _lacking(held.muscles, names)):
            return [], why
    if not any(rep.complete for rep in evidence.reps):
        return [], "there is no complete repetition"
    found = list(_between_muscles(events, held) if events.to_muscles else _to_link(events, held, evidence))
    return (found, "") if found else ([], "its muscles are recorded on different sides, which are not compared")


def _between_muscles(events: MuscleEvents, held: "MusclesResult") -> Iterator[_Timed]:
    from legato.muscles.pairs import MusclePair, find_pairs

    by_key = {(x.from_stream, x.from_channel, x.to_stream, x.to_channel, x.at): x for x in held.lags}
    for one, two in find_pairs(held.muscles, MusclePair(events.from_muscles, events.to_muscles)):
        lag = by_key.get((one.stream, one.channel, two.stream, two.channel, events.at))
        if lag is not None:
            yield _of_lag(lag, one, two)


def _of_lag(lag: "LagResult", one: "MuscleResult", two: "MuscleResult") -> _Timed:
    per_rep = tuple(RepGap(rep.rep, rep.lag_s, rep.reason) for rep in lag.per_rep)
    return _Timed(one.label, two.label, lag.at, per_rep, lag.mean, lag.n, lag.reason, lag.spread_s)


def _to_link(events: MuscleEvents, held: "MusclesResult", evidence: MuscleEvidence) -> Iterator[_Timed]:
    """From the onset of a muscle to that of a link, once a channel."""
    from legato.muscles.bracing import brace_lead
    from legato.muscles.pairs import wanted

    reps = [rep for rep in evidence.reps if rep.complete]
    onsets, name = _onsets(events.to_link, evidence.links, reps)
    spans = [(rep.start_s, rep.end_s) for rep in reps]
    seen: set[tuple[str, str]] = set()
    for side in ("right", "left", None):
        muscle = wanted(held.muscles, events.from_muscles, side)
        if muscle is None or muscle.side != side or (muscle.stream, muscle.channel) in seen:
            continue
        seen.add((muscle.stream, muscle.channel))
        out = dict(muscle.refused_reps)
        asked = [None if rep.index in out else onset for rep, onset in zip(reps, onsets, strict=True)]
        lead = brace_lead(
            muscle.timed,
            [None if onset is None else onset.time_s for onset in asked],
            spans,
            movements_fixed=_mean([onset.fixed_s for onset in asked if onset is not None]),
            clock_sd_s=(evidence.clock_sds_s or {}).get(muscle.stream, 0.0),
        )
        why = dict(lead.refused)
        per_rep = tuple(
            RepGap(rep.index, gap, out.get(rep.index, why.get(k, "")))
            for k, (rep, gap) in enumerate(zip(reps, lead.per_rep, strict=True))
        )
        values = [gap.value for gap in lead.per_rep if gap is not None]
        yield _Timed(muscle.label, name, "onset", per_rep, lead.mean, lead.n, lead.reason, _spread(values))


def _onsets(link: str, links: Sequence[LinkResult], reps: Sequence[Rep]) -> tuple[list[LinkEvent | None], str]:
    """Onset of a link, or of the first that starts, in each repetition."""
    starting = [one for one in links if one.event == "onset" and link in (one.name, MOVEMENT)]
    found: list[LinkEvent | None] = []
    for rep in reps:
        timed = [(e.time_s.value, e) for one in starting for e in one.per_rep if e.rep == rep.index and e.time_s]
        found.append(min(timed, key=lambda known: known[0])[1] if timed else None)
    return found, "the movement" if link == MOVEMENT else link.replace("_", " ")


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _judged(spec: WindowSpec, timed: _Timed, level: float) -> WindowResult:
    band = (0.0, None) if spec.event == "order" else spec.band_s
    pair = f"{timed.second} after {timed.first}, {timed.at}"
    probability, position, verdict = None, "unresolved", "not-resolvable"
    if timed.mean is None:
        reason = f"{pair}: {timed.reason or 'no repetition could be timed'}"
    else:
        one = ", one repetition: the interval is its own" if timed.n == 1 else f", {timed.n} repetitions"
        size = (
            f"{pair}: {1e3 * timed.mean.value:.0f} ms ({1e3 * timed.mean.low:.0f} to {1e3 * timed.mean.high:.0f}{one})"
        )
        if band is None:
            reason = f"{size}; the window has no band in time"
        elif timed.n < spec.least_reps:
            probability = probability_inside(timed.mean, band, timed.n)
            more = spec.least_reps - timed.n
            reason = f"{size}: judged from {spec.least_reps} on; record {more} more"
        else:
            probability = probability_inside(timed.mean, band, timed.n)
            position = position_of(timed.mean, band)
            verdict, reason = _verdict(spec, timed, band, position, size, level)
    gap = GapResult(
        from_link=timed.first,
        to_link=timed.second,
        event=timed.at,
        quantity="EMG",
        primary=False,
        band_s=band,
        source=spec.source,
        grade=spec.grade,
        per_rep=timed.per_rep,
        set_s=timed.mean,
        n=timed.n,
        verdict=verdict,
        position=position,
        reason=reason,
    )
    return WindowResult(
        id=spec.id,
        from_event=timed.first,
        to_event=timed.second,
        event=spec.event,
        band_s=band,
        source=spec.source,
        grade=spec.grade,
        claim=spec.claim,
        gap=gap,
        position=position,
        verdict=verdict,
        reason=reason,
        probability_inside=probability,
    )


def _verdict(
    spec: WindowSpec, timed: _Timed, band: Band, position: str, size: str, level: float
) -> tuple[Verdict, str]:
    words = "the expected order" if band == (0.0, None) else band_words(band)
    if position == "unresolved":
        return "not-resolvable", f"{size} reaches over the edge of {words}. {_needed(timed, band, level)}"
    lies = {
        "before": "in the reverse order" if band == (0.0, None) else f"before {words}",
        "after": f"after {words}",
        "inside": "in the expected order" if band == (0.0, None) else f"inside {words}",
    }[position]
    why = why_not_judged(spec)
    if why:
        return "not-resolvable", f"{size}, {lies}: {why}, so it is shown and not judged"
    return "ok" if position == "inside" else "fault", f"{size}: the whole interval lies {lies}"


def why_not_judged(spec: WindowSpec) -> str:
    """Why a window gives a position and no verdict; empty where it gives one."""
    if spec.grade in ("N", "X"):
        return "no source supports it" if spec.grade == "N" else "the best evidence contradicts it"
    if spec.own and not spec.position_only:
        return "it is judged against the athlete's own usual lead, for which there is no baseline yet"
    return spec.position_only


def _needed(timed: _Timed, band: Band, level: float) -> str:
    """How many repetitions would decide, as far as this spread tells."""
    from legato.muscles.over_reps import fixed_part

    if timed.mean is None:
        return ""
    spread = 0.0 if timed.spread_s is None else timed.spread_s
    found = SetGap(timed.mean, timed.n, fixed_part(timed.mean, spread, timed.n), spread)
    return reps_needed(found, band, level, _FIXED)


def probability_inside(mean: Estimate, band: Band, n: int) -> float:
    """Probability that the mean of repetitions like these lies in the band: Student's of the set's interval, or the
    normal one of a single repetition's.
    """
    from scipy.special import ndtr, stdtr

    scale = mean.half_width / (student_factor(mean.level, n - 1) if n > 1 else normal_factor(mean.level))
    low, high = band

    def below(end: float) -> float:
        if not scale > 0.0:
            return float(mean.value <= end)
        z = (end - mean.value) / scale
        return float(stdtr(n - 1, z) if n > 1 else ndtr(z))

    return max(0.0, (1.0 if high is None else below(high)) - (0.0 if low is None else below(low)))


def _untimed(spec: WindowSpec, reason: str) -> WindowResult:
    return WindowResult(
        id=spec.id,
        from_event=spec.from_event,
        to_event=spec.to_event,
        event=spec.event,
        band_s=spec.band_s,
        source=spec.source,
        grade=spec.grade,
        claim=spec.claim,
        gap=None,
        position="unresolved",
        verdict="not-resolvable",
        reason=reason,
    )


def _lacking(held: "Sequence[MuscleResult]", names: Sequence[str]) -> str:
    """Why none of these muscles can be used; empty where one can."""
    fit = [m for m in held if m.muscle in names or m.roles & set(names)]
    if any(m.usable for m in fit):
        return ""
    if fit:
        return f"{fit[0].channel} is refused: {'; '.join(fit[0].reasons)}"
    return f"no channel is known to be of the {_plain(names[0])}; name it with --map if there is one"


def _plain(name: str) -> str:
    from legato.muscles.names import muscles as known_muscles

    known = known_muscles().get(name)
    return _ROLE_WORDS.get(name, name.replace("_", " ")) if known is None else known.name


def _spread(values: Sequence[float]) -> float | None:
    import statistics

    return statistics.stdev(values) if len(values) > 1 else None
