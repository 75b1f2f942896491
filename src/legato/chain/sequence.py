"""From a body, a movement and its reps to the chain: every link's events, every gap judged, the order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from legato.body.keypoints import NO_DEPTH, NO_TIMING
from legato.body.model import Body
from legato.chain.axes import own_axis_angle
from legato.chain.by_hand import reads_note, with_reads
from legato.chain.gaps import GapParts, rep_gap, rep_gaps, rep_interval, set_gap
from legato.chain.links import (
    LinkScan,
    LinkTimes,
    common_cutoff,
    event_fixed,
    event_time,
    event_value,
    scan_link,
    time_link,
)
from legato.chain.model import ChainResult, GapResult, LinkEvent, LinkResult, OrderResult, Transfer
from legato.chain.noise import ResidualReader
from legato.chain.order import analyse_order
from legato.chain.quantities import Quantity, axial_segment, dominant_side, resolve_link
from legato.chain.sensors import sensor_notes
from legato.chain.transfer import transfer
from legato.chain.verdicts import Judgement, band_of, judge, rep_phase
from legato.chain.windows import judge_windows
from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.movements.link_spec import LinkRead
from legato.movements.model import EventKind, GapSpec, LinkSpec, Movement, Rep
from legato.recording import FloatArray
from legato.signals.events import open_window
from legato.signals.timing import EDGE, TimedEvent

_MARGIN, _LEAST_MARGIN_S, _ONSET_MARGIN_S = 0.25, 0.1, 0.3
"""Room around a phase in which its event is looked for. [ENG]: an event at the very edge of its phase must not be cut
off.
"""

_RIGID_TURN = float(np.radians(0.1))
"""Turn, rad, below which a cluster's markers do not move apart: camera noise of 1 mm alone reads as less. [ENG]"""

_Key = tuple[str, EventKind, str]
Spans = tuple[tuple[int, int], ...]


class _Chain:
    """One recording's chain while it is worked out: each link and event is scanned once."""

    def __init__(
        self, body: Body, movement: Movement, reps: Sequence[Rep], side: str, by_hand: Sequence[LinkRead]
    ) -> None:
        self.body, self.movement, self.reps = body, movement, reps
        self.whole = [rep for rep in reps if rep.complete]
        place = {rep.index: k for k, rep in enumerate(self.whole)}
        self._reads: dict[tuple[str, EventKind], dict[int, LinkRead]] = {}
        for read in by_hand:
            if read.rep in place:
                self._reads.setdefault((read.link, read.event), {})[place[read.rep]] = read
        self.links = {link.name: link for link in movement.chain}
        self.side = side
        self._scans: dict[_Key, LinkScan | str] = {}
        self._timed: dict[tuple[str, EventKind, Spans, float | None], LinkTimes] = {}
        self._readers: dict[Spans, ResidualReader] = {}
        self._bounds: dict[Spans, tuple[tuple[float, float], ...]] = {}
        self._sense: float | None = None

    def spans(self, phase: str, event: EventKind) -> Spans:
        """The frames in which each whole rep's event is looked for; (0, 0) where the rep lacks the phase."""
        found: list[tuple[int, int]] = []
        bounds: list[tuple[float, float]] = []
        for rep in self.whole:
            span = rep_phase(rep, phase)
            if span is None:
                found.append((0, 0))
                bounds.append((0.0, 0.0))
                continue
            bounds.append((span.start_s - self.body.start_s, span.end_s - self.body.start_s))
            after = max(_LEAST_MARGIN_S, _MARGIN * span.duration_s)
            before = max(_ONSET_MARGIN_S, after) if event == "onset" else after
            after = max(_ONSET_MARGIN_S, after) if event == "offset" else after
            low = int(np.floor((span.start_s - before - self.body.start_s) * self.body.rate_hz))
            high = int(np.ceil((span.end_s + after - self.body.start_s) * self.body.rate_hz)) + 1
            found.append((max(0, low), min(self.body.n_frames, high)))
        self._bounds[tuple(found)] = tuple(bounds)
        return tuple(found)

    def turns(self) -> dict[str, float]:
        """How far each segment's markers may turn on the bone, rms, rad, of every link that was scanned."""
        scans = [s for s in self._scans.values() if not isinstance(s, str)]
        return {part.segment: part.turn for s in scans for part in s.quantity.parts}

    def scan(self, link: str, event: EventKind, phase: str) -> LinkScan | str:
        """The link's scan, or why there is none."""
        key = (link, event, phase)
        if key not in self._scans:
            try:
                self._scans[key] = self._new_scan(self.links[link], event, phase)
            except NotResolvable as error:
                self._scans[key] = str(error)
        return self._scans[key]

    def _new_scan(self, link: LinkSpec, event: EventKind, phase: str) -> LinkScan:
        if self.body.source == "keypoints":
            turns = link.quantity.endswith(("_axial_velocity", "_swing_velocity", "_rotation_velocity"))
            raise NotResolvable(NO_DEPTH if turns else NO_TIMING)
        if self.body.source == "angles":
            raise NotResolvable(
                "joint angles from another program carry neither marker residuals nor the filter that was used, so how "
                "sure their timing is cannot be said; analyse the marker file"
            )
        spans = self.spans(phase, event)
        quantity = self._quantity(link, spans)
        return scan_link(self.body, quantity, event, spans, self.movement.band_limit_s)

    def _quantity(self, link: LinkSpec, spans: Spans) -> Quantity:
        if link.side == "dominant" and not self.side:
            self.side = dominant_side(self.body, spans)
        cutoff = self.movement.filter_cutoff_hz
        reader = self._readers.setdefault(spans, ResidualReader(spans, self.body.rate_hz))
        quantity = resolve_link(self.body, link, spans, dominant=self.side, cutoff_hz=cutoff, reader=reader)
        if not _is_axial(link):
            return quantity

        def total(*where: tuple[int, int]) -> float:
            segments = [axial_segment(self.body, k, self.side) for k in self.links.values()]
            angles = [own_axis_angle(s) for s in segments if s is not None]
            return sum(_largest_rate(a, s, self.body.rate_hz, cutoff) for a in angles for s in where)

        if {rep.side for rep in self.whole} == {"left", "right"}:
            signs = [-1.0 if total(span) < 0.0 else 1.0 for span in spans]
            return replace(quantity, angle=turned_alike(quantity.angle, spans, signs))
        if self._sense is None:
            self._sense = -1.0 if total(*spans) < 0.0 else 1.0
        return replace(quantity, angle=self._sense * quantity.angle)

    def timed(self, scan: LinkScan, cutoff_hz: float | None) -> LinkTimes:
        """The link's events at a cut-off, each worked out once."""
        key = (scan.quantity.link, scan.kind, scan.spans, cutoff_hz)
        if key not in self._timed:
            self._timed[key] = self._with_reads(self._inside_phase(time_link(self.body, scan, cutoff_hz)))
        return self._timed[key]

    def _with_reads(self, times: LinkTimes) -> LinkTimes:
        """The same with what a person read."""
        reads = self._reads.get((times.scan.quantity.link, times.scan.kind), {})
        lengths = [high - low for low, high in self._bounds.get(times.scan.spans, ())] or [0.0] * len(self.whole)
        return with_reads(self.body, times, reads, lengths)

    def _inside_phase(self, times: LinkTimes) -> LinkTimes:
        """The same, without peaks and turning points that noise may have put outside the phase they belong to.

        The search windows reach past the phase, whose own ends are not sharp; what tops out there is another movement.
        """
        bounds = self._bounds.get(times.scan.spans)
        if bounds is None or times.scan.kind in ("onset", "offset"):
            return times
        events = tuple(
            TimedEvent(reason=EDGE)
            if e.resolved and not low <= e.time_s - 1.645 * e.sd_s <= e.time_s + 1.645 * e.sd_s <= high
            else e
            for e, (low, high) in zip(times.timed.events, bounds, strict=True)
        )
        return times if events == times.timed.events else replace(times, timed=replace(times.timed, events=events))

    def together(self, first: LinkScan, second: LinkScan) -> tuple[LinkTimes, LinkTimes]:
        """Both links timed at the one cut-off that is best for the gap between them."""
        both = common_cutoff(first, second)
        return self.timed(first, both), self.timed(second, both)

    def pair(self, spec: GapSpec) -> tuple[LinkTimes, LinkTimes] | str:
        """Both links of a gap timed at one cut-off, or why not."""
        links = zip((spec.from_link, spec.to_link), spec.events, strict=True)
        scans = [self.scan(name, event, spec.phase) for name, event in links]
        for scan in scans:
            if isinstance(scan, str):
                return scan
        first, second = (s for s in scans if isinstance(s, LinkScan))
        return self.together(first, second)


def turned_alike(angle: FloatArray, spans: Spans, signs: Sequence[float]) -> FloatArray:
    """An angle (n,) whose rate has, inside each span, that span's sign, so that turns to either side are read alike.

    Between two spans of different sign the angle turns round in the middle; NaN stays where it is.
    """
    sign = np.ones(angle.size)
    edges = [0, *((a[1] + b[0]) // 2 for a, b in pairwise(spans)), angle.size]
    for (first, last), own in zip(pairwise(edges), signs, strict=True):
        sign[first:last] = own
    steps = np.diff(np.nan_to_num(angle)) * sign[1:]
    known = np.isfinite(angle)
    steps[~(known[1:] & known[:-1])] = 0.0
    return np.where(known, np.concatenate(([0.0], np.cumsum(steps))), np.nan)


def _is_axial(link: LinkSpec) -> bool:
    return link.quantity.endswith("_axial_velocity")


def _largest_rate(angle: FloatArray, span: tuple[int, int], rate_hz: float, cutoff_hz: float) -> float:
    """The rate of largest size in a window, signed; 0 where it is not known."""
    try:
        window = open_window(angle, rate_hz, span[0], span[1], cutoff_hz)
    except ValueError:
        return 0.0
    _, values = window.derivatives(1, 1, np.array([min(cutoff_hz, 0.42 * rate_hz)]))
    return float(values[0, 0, np.argmax(np.abs(values[0, 0]))])


def analyse_chain(
    body: Body,
    movement: Movement,
    reps: Sequence[Rep],
    *,
    level: float = LEVEL,
    baseline: Mapping[str, Any] | None = None,
    clock_sd_s: float = 0.0,
    side: str = "",
    by_hand: Sequence[LinkRead] = (),
) -> ChainResult:
    """When each link of the chain moved in every rep, the gaps between them, and whether they are as expected.

    Parameters
    ----------
    body
        Segments and angles of one trial, unfiltered.
    movement
        Its links, expected gaps and their bands.
    reps
        The repetitions; incomplete ones are listed and not judged.
    level
        Share of central probability of every interval.
    baseline
        An earlier `result.json` of the same athlete and movement, for the bands that are the athlete's own.
    clock_sd_s
        SD of the offset between the devices that the links come from; 0 where one device saw them all.
    side
        `right` or `left`: the throwing side, where it is known; else the faster hand's.
    by_hand
        Events that a person read, in place of the machine's.

    References
    ----------
    Noise, cut-off, interval and refusals: `docs/validation.md`, which also holds how often the intervals hold the
    truth.
    """
    chain = _Chain(body, movement, reps, side, by_hand)
    gaps: list[GapResult] = []
    pairs: list[tuple[GapSpec, LinkTimes, LinkTimes]] = []
    for spec in sorted(movement.gaps, key=lambda g: not g.primary):
        pair = chain.pair(spec) if chain.whole else "there is no complete rep"
        if not isinstance(pair, str):
            pairs.append((spec, *pair))
        gaps.append(_gap(chain, spec, pair, level, baseline, clock_sd_s))
    links = _links(chain, movement, level)
    return ChainResult(
        links,
        tuple(gaps),
        _order(chain, movement, level, clock_sd_s),
        (*_notes(chain), *filter(None, [reads_note(links)])),
        _transfers(chain, movement, level),
        judge_windows(movement.windows, gaps),
        by_hand=tuple(by_hand),
    )


def _gap(
    chain: _Chain,
    spec: GapSpec,
    pair: tuple[LinkTimes, LinkTimes] | str,
    level: float,
    baseline: Mapping[str, Any] | None,
    clock_sd_s: float,
) -> GapResult:
    parts = tuple(GapParts(reason=pair) for _ in chain.whole) if isinstance(pair, str) else rep_gaps(*pair)
    found = set_gap(parts, level, clock_sd_s)
    band, no_band = band_of(spec, chain.whole, baseline)
    verdict: Judgement = judge(spec, band, no_band, found, level, chain.body.rate_hz, chain.movement.band_limit_s)
    by_index = {rep.index: p for rep, p in zip(chain.whole, parts, strict=True)}
    per_rep = tuple(rep_gap(rep, by_index.get(rep.index), level, clock_sd_s) for rep in chain.reps)
    return GapResult(
        from_link=spec.from_link,
        to_link=spec.to_link,
        event=spec.named,
        quantity=chain.links[spec.to_link].quantity,
        from_quantity=chain.links[spec.from_link].quantity,
        primary=spec.primary,
        band_s=band,
        source=spec.source,
        grade=spec.grade,
        per_rep=per_rep,
        set_s=found.estimate,
        n=found.n,
        verdict=verdict.verdict,
        position=verdict.position,
        reason=verdict.reason,
    )


def _links(chain: _Chain, movement: Movement, level: float) -> tuple[LinkResult, ...]:
    """Every event that is told (`Movement.timed_events`) in every repetition."""
    found: list[LinkResult] = []
    for (name, kind), where in movement.timed_events.items():
        scan = chain.scan(name, kind, where) if chain.whole else "there is no complete rep"
        times = None if isinstance(scan, str) else chain.timed(scan, scan.cutoff_hz)
        found.append(
            LinkResult(
                name,
                chain.links[name].quantity,
                kind,
                _link_events(chain, times, scan if isinstance(scan, str) else "", level),
            )
        )
    return tuple(found)


def _link_events(chain: _Chain, times: LinkTimes | None, why: str, level: float) -> tuple[LinkEvent, ...]:
    place = {rep.index: k for k, rep in enumerate(chain.whole)}
    events: list[LinkEvent] = []
    for rep in chain.reps:
        if rep.index not in place:
            events.append(LinkEvent(rep.index, None, None, rep.reason or "the rep is not complete"))
        elif times is None:
            events.append(LinkEvent(rep.index, None, None, why))
        else:
            k = place[rep.index]
            at = event_time(times, k, level, chain.body.start_s)
            value, fixed = event_value(times, k, level), event_fixed(times, k, level)
            timed = times.timed.events[k]
            events.append(LinkEvent(rep.index, at, value, timed.reason, fixed, timed.by_hand))
    return tuple(events)


def _order(chain: _Chain, movement: Movement, level: float, clock_sd_s: float) -> OrderResult | None:
    if len(movement.expected_order) < 2 or not chain.whole:
        return None
    event: EventKind = movement.judged_event or "peak"
    phase = next((g.phase for g in movement.gaps if g.event == event), "rep")
    names = list(movement.expected_order)
    scans = {n: s for n in names if not isinstance(s := chain.scan(n, event, phase), str)}
    gaps: dict[tuple[str, str], list[Estimate | None]] = {}
    for first, second in combinations(scans, 2):
        parts = rep_gaps(*chain.together(scans[first], scans[second]))
        gaps[first, second] = [rep_interval(p, level, clock_sd_s) for p in parts]
    return analyse_order(names, gaps, level)


def _transfers(chain: _Chain, movement: Movement, level: float) -> tuple[Transfer, ...]:
    if not chain.whole or not movement.gaps:
        return ()
    phase = movement.gaps[0].phase
    timed: dict[str, LinkTimes] = {}
    for name, link in chain.links.items():
        scan = chain.scan(name, "peak", phase) if link.quantity.endswith(("axial_velocity", "swing_velocity")) else ""
        if not isinstance(scan, str):
            timed[name] = chain.timed(scan, scan.cutoff_hz)
    return tuple(
        transfer(timed[a], timed[b], k, rep.index, level)
        for a, b in pairwise(timed)
        for k, rep in enumerate(chain.whole)
    )


def _notes(chain: _Chain) -> tuple[str, ...]:
    turns = chain.turns()
    if turns and chain.whole and chain.body.source == "imu":
        return sensor_notes(chain.body, turns)
    if not turns or not chain.whole or chain.body.source != "markers":
        return ()
    parts = ", ".join(f"{name.replace('_', ' ')} {np.degrees(turn):.1f}°" for name, turn in turns.items())
    allowed = (
        "Soft tissue: every time allows for markers turning on the bone together, about as far as they move apart here "
        f"(rms {parts})."
    )
    rigid = ", ".join(name.replace("_", " ") for name, turn in turns.items() if turn < _RIGID_TURN and name != "bar")
    unseen = (
        f"The markers of {rigid} hardly move apart: if they sit on a rigid plate, its turning on the skin is not seen "
        "and not in the intervals."
    )
    return (allowed, unseen) if rigid else (allowed,)
