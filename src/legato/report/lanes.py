"""What the lanes of the timeline share: the instant at which each rep is lined up, the axis around it, a rep's row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from legato.chain.model import ChainResult, GapResult
from legato.movements.link_spec import LEG_DRIVE
from legato.recording import FloatArray
from legato.report.charts import Axis, canvas, curve, thinned
from legato.report.emg_only import only_emg, unmarked
from legato.report.holds import rep_noun
from legato.report.muscle_words import leading_lag, muscle_of, read_reps
from legato.report.words import WORKING_MARKS, event_noun, link_name, rep_number

if TYPE_CHECKING:
    from legato.analysis import Analysis

_MIN_PAD_S = 0.06

_MOST_PAD_S = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """What all lanes share: the instant each rep is lined up at (s, by rep index), its name, the axis around it (s),
    and the gap whose band may be drawn from that instant, None where its first link is not what lines the reps up.
    `whole`: the one row is no rep, but the whole recording.
    `noun` is what a rep is called here.
    """

    references: Mapping[int, float]
    aligned: str
    across: Axis
    primary: GapResult | None
    whole: bool = False
    noun: str = "rep"

    @property
    def step_px(self) -> float:
        """Height of one rep's row."""
        return 20.0 if len(self.references) <= 8 else max(7.0, 160.0 / len(self.references))

    @property
    def height_px(self) -> float:
        """Height of a lane."""
        return max(56.0, self.step_px * len(self.references) + 10.0)

    @property
    def roomy(self) -> bool:
        """Whether a row has room for words."""
        return self.step_px >= 14.0

    def row_name(self, rep: int, after: str = ": ") -> str:
        """What a row is called before what is said of it: `rep 3: `, nothing where it is the whole recording."""
        return "" if self.whole else f"{self.noun} {rep_number(rep)}{after}"

    @property
    def numbered(self) -> bool:
        """Whether marks have their rep's number inside."""
        return self.roomy and not self.whole

    @property
    def size_css(self) -> str:
        """Height of a lane and of a mark in it."""
        mark_px = 10.0 if self.whole else min(16.0, self.step_px - 1.0)
        return f"height:{self.height_px:.0f}px;--mk:{mark_px:.0f}px"

    def top_px(self, rep: int) -> float:
        """Middle of that rep's row, from the lane's top."""
        rows = len(self.references)
        return (list(self.references).index(rep) + 0.5 - 0.5 * rows) * self.step_px + 0.5 * self.height_px

    def curves(self, times: FloatArray, values: FloatArray, points: int, least: float) -> str:
        """`values` around each rep's instant as faint lines on one upright axis, at least `least` high."""
        pieces: list[tuple[FloatArray, FloatArray]] = []
        for reference in self.references.values():
            inside = np.flatnonzero((times >= reference + self.across.low) & (times <= reference + self.across.high))
            if inside.size > 1:
                chosen = inside[thinned(inside.size, points)]
                pieces.append((times[chosen] - reference, values[chosen]))
        if not pieces:
            return ""
        up = Axis.around(np.concatenate([y for _, y in pieces] + [np.zeros(1)]), pad=0.08, least=least)
        zero = 1000.0 * (1.0 - up.share(0.0))
        lines = "".join(curve(x, y, self.across, up, "rate") for x, y in pieces)
        return canvas(f'<path class="grid" d="M0 {zero:.1f}H1000"/>{lines}')


def line_up(analysis: "Analysis") -> Lanes:
    """The instant at which each rep is lined up: where muscles are what the recording says most about, the first
    muscle's burst of the lag that is judged; else the first link's event of the primary gap, else a mark of the rep.
    """
    chain = None if only_emg(analysis) else analysis.chain
    primary = None if chain is None else chain.primary
    of_muscles = _of_muscles(analysis)
    of_first = None if of_muscles else _of_first_link(chain, primary)
    references, aligned = of_muscles or of_first or _of_marks(analysis)
    if only_emg(analysis):
        read = read_reps(analysis)
        references = {rep: time for rep, time in references.items() if rep in read}
    edges = [0.0]
    for link in () if chain is None else chain.links:
        for event in link.per_rep:
            if event.time_s is not None and event.rep in references:
                edges += [event.time_s.low - references[event.rep], event.time_s.high - references[event.rep]]
    for muscle in () if analysis.muscles is None else analysis.muscles.usable:
        for burst in muscle.bursts:
            if burst.rep is not None and burst.rep in references and burst.main:
                edges += [t.value - references[burst.rep] for t in (burst.onset, burst.centre) if t is not None]
    typical = float(np.median([rep.end_s - rep.start_s for rep in analysis.reps])) if analysis.reps else 1.0
    nothing = max(edges) == min(edges)
    if nothing:
        for rep in (rep for rep in analysis.reps if rep.index in references):
            edges += [rep.start_s - references[rep.index], rep.end_s - references[rep.index]]
    pad = max(min(0.3 * (max(edges) - min(edges)), _MOST_PAD_S), _MIN_PAD_S, (0.02 if nothing else 0.08) * typical)
    whole = unmarked(analysis)
    across = Axis(min(edges), max(edges)) if whole else Axis(min(edges) - pad, max(edges) + pad)
    # The target of a gap counts from its first link: lined up by anything else, it has no place on the axis.
    return Lanes(references, aligned, across, primary if of_first else None, whole, rep_noun(analysis))


def _of_muscles(analysis: "Analysis") -> tuple[Mapping[int, float], str] | None:
    lag = leading_lag(analysis)
    muscle = None if lag is None else muscle_of(analysis, lag.from_stream, lag.from_channel)
    if lag is None or muscle is None:
        return None
    bursts = {b.rep: b.time(lag.at) for b in muscle.bursts if b.main and b.rep is not None}
    found = {rep: time.value for rep, time in bursts.items() if time is not None}
    return (found, f"burst {lag.at} of the {muscle.sided_name}") if found else None


def _of_first_link(chain: ChainResult | None, primary: GapResult | None) -> tuple[Mapping[int, float], str] | None:
    """The event of the primary gap's first link, where it was found in any rep."""
    if primary is not None and chain is not None:
        if primary.from_link == LEG_DRIVE and chain.drive is not None:
            ends = {rep.rep: rep.drive_end_s.value for rep in chain.drive.per_rep if rep.drive_end_s is not None}
            if ends:
                return ends, f"{link_name(LEG_DRIVE)}'s {event_noun('offset', primary.from_quantity or '')}"
        for link in chain.links:
            if link.name == primary.from_link and link.event == primary.events[0]:
                found = {e.rep: e.time_s.value for e in link.per_rep if e.time_s is not None}
                if found:
                    return found, f"{link_name(link.name)}'s {event_noun(link.event, link.quantity)}"
    return None


def _of_marks(analysis: "Analysis") -> tuple[Mapping[int, float], str]:
    marks = dict.fromkeys(name for rep in analysis.reps for name in rep.marks)
    for mark in sorted(marks, key=lambda name: name in WORKING_MARKS):
        return {
            rep.index: rep.marks[mark] for rep in analysis.reps if mark in rep.marks
        }, f"{rep_noun(analysis)}'s {mark.replace('_', ' ')}"
    aligned = "recording's start" if unmarked(analysis) else f"start of the {rep_noun(analysis)}"
    return {rep.index: rep.start_s for rep in analysis.reps}, aligned


def band_html(band_s: tuple[float | None, float | None], across: Axis, *, stated: bool = False) -> str:
    """A band as a shaded stretch of the axis, a `stated` default without shade; an open end runs to the edge."""
    low = 0.0 if band_s[0] is None else max(0.0, across.share(band_s[0]))
    high = 1.0 if band_s[1] is None else min(1.0, across.share(band_s[1]))
    if high <= low:
        return ""
    css = "band stated" if stated else "band"
    ends = zip(("left", "right"), band_s, strict=True)
    opened = "".join(f";border-{end}:0" for end, edge in ends if edge is None)
    return f'<i class="{css}" style="left:{100.0 * low:.2f}%;width:{100.0 * (high - low):.2f}%{opened}"></i>'
