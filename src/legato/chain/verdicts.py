"""Bands and verdicts: `ok` and `fault` only where the whole interval says so, else what stands in the way and what
would help.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from legato.chain.baseline import Band, own_band
from legato.chain.gaps import SetGap
from legato.chain.model import Verdict
from legato.estimate import Estimate
from legato.movements.model import GapSpec, Rep
from legato.recording import Span
from legato.signals import timing
from legato.signals.factors import student_factor

_ROUGH_REPS = (10, 20, 50, 100)
"""What a number of reps is rounded up to: a spread seen in a handful of reps tells it no better. [ENG]"""

_FIXED_EXCESS = 1.2
"""How far the part that no repeating makes smaller must exceed the distance before more reps are called useless; it is
itself known only roughly. [ENG]
"""

_FIXED = "filter and soft tissue alone; a faster movement, or markers on bony places, would help"

_REMEDIES = {
    timing.NOISE: "more markers further apart, less soft tissue under them or a faster camera would show it",
    timing.UNSTEADY: "more markers further apart on the segment or a faster camera would show it",
    timing.ALIKE: "less marker noise would tell them apart, if they differ; a repetition without a stop has only one",
    timing.FILLED: "keep the markers in view around this moment",
    timing.MISSING: "keep the markers in view around this moment",
    timing.EDGE: "start the recording earlier and stop it later, or check that the movement is the right one",
}

_BETTER_BY_RATE = (timing.NOISE, timing.UNSTEADY, timing.ALIKE)
"""Refusals of which a higher frame rate makes fewer, as there is less noise in the band of the movement."""

_ENOUGH_FRAMES = 4.0
"""Frames over the shortest peak that is expected of a movement, twice what it takes to time one at all. [ENG]"""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, where the gap lies (`before`, `inside`, `after`, `unresolved`) and why, in plain words."""

    verdict: Verdict
    position: str
    reason: str


def rep_phase(rep: Rep, name: str) -> Span | None:
    """A phase of a rep, or the stretch from the first to the last of several joined by `+`."""
    spans = [rep.phase(part) for part in name.split("+")]
    known = [s for s in spans if s is not None]
    if len(known) < len(spans):
        return None
    return Span(min(s.start_s for s in known), max(s.end_s for s in known))


def band_of(spec: GapSpec, reps: Sequence[Rep], baseline: Mapping[str, Any] | None) -> tuple[Band | None, str]:
    """The band a gap must lie in, s, and why there is none where there is none.

    `order`: 0 and up. `together`: a share of the phase's median duration to both sides. `own`: the athlete's own
    median ± the smallest detectable change (`own_band`).
    """
    if spec.band == "order":
        return (0.0, None), ""
    if spec.band == "together":
        spans = [rep_phase(rep, spec.band_phase or spec.phase) for rep in reps]
        lengths = [s.duration_s for s in spans if s is not None and s.duration_s > 0.0]
        if not lengths or spec.band_fraction is None:
            return None, f"the phase {spec.band_phase or spec.phase} that the band is a share of was not found"
        half = spec.band_fraction * statistics.median(lengths)
        return (-half, half), ""
    return own_band(spec, len(reps), baseline)


def position_of(estimate: Estimate, band: Band) -> str:
    """Where the whole interval lies against a band; `unresolved` where it reaches over an edge."""
    low, high = band
    if low is not None and estimate.high < low:
        return "before"
    if high is not None and estimate.low > high:
        return "after"
    if (low is None or estimate.low >= low) and (high is None or estimate.high <= high):
        return "inside"
    return "unresolved"


def judge(
    spec: GapSpec,
    band: Band | None,
    no_band: str,
    found: SetGap,
    level: float,
    rate_hz: float,
    least_s: float,
    fixed: str = _FIXED,
) -> Judgement:
    """The verdict on a set's mean gap.

    Parameters
    ----------
    spec
        The expected pair, with its grade: without a source that supports it (N) or against one (X) only a position is
        given.
    band, no_band
        The band in s, or why there is none.
    found
        The set's mean gap.
    level
        Of the interval.
    rate_hz, least_s
        Frames a second of the recording and the shortest width expected of this movement's peaks, for what would
        resolve it.
    fixed
        Where the part comes from that no repeating makes smaller, and what would.
    """
    pair = f"{_plain(spec.from_link)} → {_plain(spec.to_link)}"
    if found.estimate is None:
        helps = _remedies(found.reasons or (found.reason,), rate_hz, least_s)
        return Judgement("not-resolvable", "unresolved", f"{pair}: {found.reason}{helps}")
    size = f"{1e3 * found.estimate.value:.0f} ms ({1e3 * found.estimate.low:.0f} to {1e3 * found.estimate.high:.0f})"
    one = " One rep only: the interval is that rep's own." if found.n == 1 else ""
    if band is None:
        return Judgement("not-resolvable", "unresolved", f"{pair} {size}: {no_band}.{one}")
    position = position_of(found.estimate, band)
    if spec.grade in ("N", "X"):
        why = "no source supports this band" if spec.grade == "N" else "the best evidence contradicts this band"
        where = "not placed against" if position == "unresolved" else position
        return Judgement(
            "not-resolvable",
            position,
            f"{pair} {size}, {where} the band: {why}, so it is shown and not judged.{one}",
        )
    if position == "inside":
        return Judgement("ok", position, f"{pair} {size}: the whole interval lies inside {band_words(band)}.{one}")
    if position in ("before", "after"):
        what = "in the reverse order" if spec.band == "order" else f"{position} {band_words(band)}"
        return Judgement("fault", position, f"{pair} {size}: the whole interval lies {what}.{one}")
    return Judgement(
        "not-resolvable",
        position,
        f"{pair} {size} reaches over the edge of {band_words(band)}. {reps_needed(found, band, level, fixed)}{one}",
    )


def reps_needed(found: SetGap, band: Band, level: float, fixed: str) -> str:
    """What would decide: how many reps, or that none suffice; `fixed` says where the part comes from that no repeating
    makes smaller, and what would.
    """
    estimate = found.estimate
    if estimate is None:
        return ""
    low, high = band
    edges = [e for e in band if e is not None]
    nearest = min(abs(estimate.value - e) for e in edges)
    lead = ""
    if low is not None and high is not None and 2.0 * estimate.half_width > high - low:
        lead = "The interval is wider than the band, so ok is impossible with this recording. "
        nearest = max(nearest, 0.5 * (high - low))
    if found.fixed_s > _FIXED_EXCESS * nearest:
        return lead + f"No number of reps would decide it: {1e3 * found.fixed_s:.0f} ms come from {fixed}."
    if found.n < 2:
        return lead + "Record a set: one rep cannot show how much the gap varies."
    room = nearest**2 - found.fixed_s**2
    rough = next(
        (
            f"about {n}"
            for n in _ROUGH_REPS
            if n > found.n and (student_factor(level, n - 1) * found.spread_s) ** 2 / n <= room
        ),
        f"more than {_ROUGH_REPS[-1]}",
    )
    return lead + f"As far as this spread can tell, {rough} reps like these would decide it."


def _remedies(reasons: Sequence[str], rate_hz: float, least_s: float) -> str:
    """What would resolve a refused set, in the order of the reasons, and the frame rate where that is the limit; empty
    where the reasons say it themselves.
    """
    enough = f"{_round_rate(max(_ENOUGH_FRAMES / least_s, 2.0 * rate_hz)):.0f}"
    too_few = any(timing.FRAMES in reason for reason in reasons)
    few = not too_few and 0.0 < rate_hz < _ENOUGH_FRAMES / least_s
    told: dict[str, None] = {}
    for reason in reasons:
        known = next((known for known in _REMEDIES if known in reason), "")
        if timing.FRAMES in reason:
            told[f"record at {enough} frames a second or more"] = None
        elif known:
            told[_REMEDIES[known]] = None
        if few and known in _BETTER_BY_RATE:
            told[f"{rate_hz:g} frames a second are few for this movement, record at {enough} or more"] = None
    first, *more = told or [""]
    return f"; {'. '.join([first, *(f'{words[0].upper()}{words[1:]}' for words in more)])}" if first else ""


def _round_rate(rate_hz: float) -> float:
    return next((r for r in (50.0, 60.0, 100.0, 120.0, 200.0, 250.0, 300.0, 500.0, 1000.0) if r >= rate_hz), rate_hz)


def band_words(band: Band) -> str:
    """The band in plain words."""
    low, high = band
    if high is None:
        return "the expected order" if low == 0.0 else f"the band from {1e3 * (low or 0.0):.0f} ms up"
    return (
        f"the band {1e3 * (low or 0.0):.0f} to {1e3 * high:.0f} ms"
        if low is not None
        else f"the band up to {1e3 * high:.0f} ms"
    )


def _plain(name: str) -> str:
    return name.replace("_", " ")
