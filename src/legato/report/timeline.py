"""The chain timeline: a lane a link, reps lined up at one event, marks with their intervals, band, rates behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from legato.chain.model import ChainResult, GapResult, LinkEvent, LinkResult
from legato.recording import FloatArray
from legato.report.charts import Axis, canvas, curve, horizontal_labels, thinned
from legato.report.coaching import coached
from legato.report.document import in_degrees
from legato.report.findings import gap_band_text
from legato.report.words import (
    WORKING_MARKS,
    estimate_text,
    event_noun,
    gap_ms,
    interval_ms,
    link_name,
    percent,
    rep_number,
)

if TYPE_CHECKING:
    from legato.analysis import Analysis

_CURVE_POINTS = 140

OWN_FILTERS = (
    "A gap is timed with one filter for both links, a mark with the filter that suits its own link best: "
    "a gap can differ by a few ms from the difference of the marks."
)
"""Said wherever times of events and gaps between them are shown: both are estimates of their own."""

_MIN_PAD_S = 0.06


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """What all lanes share: the instant each rep is lined up at (s, by rep index), its name, the axis around it (s)."""

    references: Mapping[int, float]
    aligned: str
    across: Axis
    primary: GapResult | None

    @property
    def step_px(self) -> float:
        """Height of one rep's row."""
        return 20.0 if len(self.references) <= 8 else max(7.0, 160.0 / len(self.references))

    @property
    def height_px(self) -> float:
        """Height of a lane."""
        return max(56.0, self.step_px * len(self.references) + 10.0)

    def top_px(self, rep: int) -> float:
        """Middle of that rep's row, from the lane's top."""
        rows = len(self.references)
        return (list(self.references).index(rep) + 0.5 - 0.5 * rows) * self.step_px + 0.5 * self.height_px


def timeline(analysis: "Analysis", rates: Mapping[str, FloatArray]) -> str:
    """The lanes and the table behind them; `rates` has the rate of each link by name, rad/s, on the body's frames."""
    chain = analysis.chain
    if chain is None or not chain.links:
        return '<p class="none">No link of the chain was measured.</p>'
    lanes = line_up(analysis, chain)
    if not lanes.references:
        return f'<p class="none">No rep could be lined up.</p>{events_table(chain)}'
    names = list(dict.fromkeys(link.name for link in chain.links))
    drawn = "".join(_lane(analysis, chain, name, rates.get(name), lanes) for name in names)
    ends = f'data-low="{lanes.across.low:.5f}" data-high="{lanes.across.high:.5f}"'
    axis = horizontal_labels(lanes.across, "ms", scale=1000.0)
    left_out = [str(rep_number(r.index)) for r in analysis.reps if r.index not in lanes.references]
    missing = f" Not shown, as that is not resolvable there: {', '.join(left_out)}." if left_out else ""
    return (
        f'<p class="note">Time from the {escape(lanes.aligned)}, each rep on its own row; the bar is the '
        f"{percent(analysis.settings.level)} interval. Choose a mark to see that moment in the replay.{missing}</p>"
        f'<div class="timeline" {ends}>{drawn}<div class="lane axis"><div class="who"></div>{axis}</div></div>'
        f'<p class="readout" aria-live="polite" id="readout">&nbsp;</p>'
        f"{_legend(chain, lanes.primary, drawn_rates=bool(rates))}"
        f'<p class="note">{OWN_FILTERS}</p>{events_table(chain)}'
    )


def line_up(analysis: "Analysis", chain: ChainResult) -> Lanes:
    """The instant at which each rep is lined up: the first link's event of the primary gap, else a mark of the rep."""
    primary = next((gap for gap in chain.gaps if gap.primary), chain.gaps[0] if chain.gaps else None)
    references, aligned = _references(analysis, chain, primary)
    edges = [0.0]
    for link in chain.links:
        for event in link.per_rep:
            if event.time_s is not None and event.rep in references:
                edges += [event.time_s.low - references[event.rep], event.time_s.high - references[event.rep]]
    typical = float(np.median([rep.end_s - rep.start_s for rep in analysis.reps])) if analysis.reps else 1.0
    nothing = max(edges) == min(edges)
    pad = max(0.3 * (max(edges) - min(edges)), _MIN_PAD_S, (0.25 if nothing else 0.08) * typical)
    return Lanes(references, aligned, Axis(min(edges) - pad, max(edges) + pad), primary)


def _references(analysis: "Analysis", chain: ChainResult, primary: GapResult | None) -> tuple[Mapping[int, float], str]:
    if primary is not None:
        for link in chain.links:
            if link.name == primary.from_link and link.event == primary.events[0]:
                found = {e.rep: e.time_s.value for e in link.per_rep if e.time_s is not None}
                if found:
                    return found, f"{link_name(link.name)}'s {event_noun(link.event, link.quantity)}"
    marks = dict.fromkeys(name for rep in analysis.reps for name in rep.marks)
    for mark in sorted(marks, key=lambda name: name in WORKING_MARKS):
        return {
            rep.index: rep.marks[mark] for rep in analysis.reps if mark in rep.marks
        }, f"rep's {mark.replace('_', ' ')}"
    return {rep.index: rep.start_s for rep in analysis.reps}, "start of the rep"


def _lane(analysis: "Analysis", chain: ChainResult, name: str, rate: FloatArray | None, lanes: Lanes) -> str:
    links = [link for link in chain.links if link.name == name]
    marks = "".join(_mark(link, event, lanes) for link in links for event in link.per_rep)
    if not any(event.time_s for link in links for event in link.per_rep):
        marks = f'<em class="refused" style="top:{0.5 * lanes.height_px:.1f}px">not resolvable in any rep</em>'
    band = ""
    if lanes.primary is not None and lanes.primary.to_link == name and lanes.primary.band_s is not None:
        band = band_html(lanes.primary.band_s, lanes.across)
    curves = "" if rate is None else canvas(_curves(analysis, rate, lanes))
    reference = f'<i class="ref" style="left:{lanes.across.percent(0.0)}"></i>'
    size = f"height:{lanes.height_px:.0f}px;--mk:{min(16.0, lanes.step_px - 1.0):.0f}px"
    return (
        f'<div class="lane"><div class="who"><b>{escape(link_name(name))}</b><small>{_peak_text(links)}</small></div>'
        f'<div class="area rel" style="{size}">{band}{curves}{reference}<i class="cursor"></i>{marks}</div></div>'
    )


def _peak_text(links: list[LinkResult]) -> str:
    values = [in_degrees(e.value) for link in links for e in link.per_rep if e.value is not None]
    if not values:
        return ""
    low, high = min(v.value for v in values), max(v.value for v in values)
    spread = f"{low:.0f}" if f"{low:.0f}" == f"{high:.0f}" else f"{low:.0f} to {high:.0f}"
    return f"peak rate {spread} °/s"


def _mark(link: LinkResult, event: LinkEvent, lanes: Lanes) -> str:
    if event.rep not in lanes.references:
        return ""
    top = f"top:{lanes.top_px(event.rep):.1f}px"
    roomy = lanes.step_px >= 14.0
    if event.time_s is None:
        said = f"rep {rep_number(event.rep)}: not resolvable"
        return f'<em class="refused" style="{top}" title="{escape(coached(event.reason))}">{said}</em>' if roomy else ""
    across = lanes.across
    shown = event.time_s.shifted(-lanes.references[event.rep])
    rate = "" if event.value is None else f", peak rate {estimate_text(in_degrees(event.value))}"
    what = f"{link_name(link.name)}, {event_noun(link.event, link.quantity)}"
    when = f"{event.time_s.value:.3f} s, {gap_ms(shown)} ms ({interval_ms(shown)})"
    label = f"rep {rep_number(event.rep)}: {what} at {when}{rate}"
    left, right = 100.0 * max(0.0, across.share(shown.low)), 100.0 * min(1.0, across.share(shown.high))
    numeral = str(rep_number(event.rep)) if roomy else ""
    return (
        f'<i class="ci" style="left:{left:.2f}%;width:{max(0.0, right - left):.2f}%;{top}"></i>'
        f'<button class="mk {escape(link.event)}" style="left:{across.percent(shown.value)};{top}" '
        f'data-t="{event.time_s.value:.4f}" aria-label="{escape(label)}"><span>{numeral}</span></button>'
    )


def band_html(band_s: tuple[float | None, float | None], across: Axis) -> str:
    """The target band of a gap as a shaded stretch of the axis; an open end runs to the edge."""
    low = 0.0 if band_s[0] is None else max(0.0, across.share(band_s[0]))
    high = 1.0 if band_s[1] is None else min(1.0, across.share(band_s[1]))
    if high <= low:
        return ""
    return f'<i class="band" style="left:{100.0 * low:.2f}%;width:{100.0 * (high - low):.2f}%"></i>'


def _curves(analysis: "Analysis", rate: FloatArray, lanes: Lanes) -> str:
    times = analysis.body.times()
    pieces: list[tuple[FloatArray, FloatArray]] = []
    for reference in lanes.references.values():
        inside = np.flatnonzero((times >= reference + lanes.across.low) & (times <= reference + lanes.across.high))
        if inside.size > 1:
            chosen = inside[thinned(inside.size, _CURVE_POINTS)]
            pieces.append((times[chosen] - reference, np.degrees(rate[chosen])))
    if not pieces:
        return ""
    up = Axis.around(np.concatenate([y for _, y in pieces] + [np.zeros(1)]), pad=0.08, least=1.0)
    zero = 1000.0 * (1.0 - up.share(0.0))
    return f'<path class="grid" d="M0 {zero:.1f}H1000"/>' + "".join(
        curve(x, y, lanes.across, up, "rate") for x, y in pieces
    )


def _legend(chain: ChainResult, primary: GapResult | None, *, drawn_rates: bool) -> str:
    events: dict[str, dict[str, None]] = {}
    for link in chain.links:
        events.setdefault(link.event, {})[event_noun(link.event, link.quantity)] = None
    items = [f'<span><i class="key {escape(e)}"></i>{escape(" / ".join(nouns))}</span>' for e, nouns in events.items()]
    items.append('<span><i class="key bar"></i>interval</span>')
    if drawn_rates:
        items.append('<span><i class="key line"></i>rate</span>')
    if primary is not None and primary.band_s is not None:
        items.append(f'<span><i class="key box"></i>target: {escape(gap_band_text(primary))}</span>')
    return f'<p class="legend">{"".join(items)}</p>'


def events_table(chain: ChainResult) -> str:
    """The table behind the timeline: every event of every link in every rep, or why it was refused."""
    rows: list[str] = []
    for link in chain.links:
        noun = escape(event_noun(link.event, link.quantity))
        who = f"<th scope=row>{escape(link_name(link.name))}</th><td>{noun}</td>"
        for event in link.per_rep:
            if event.time_s is None:
                shown = f'<td colspan="2">not resolvable: {escape(coached(event.reason) or "no reason given")}</td>'
            else:
                rate = estimate_text(None if event.value is None else in_degrees(event.value))
                at = f'<button class="jump" data-t="{event.time_s.value:.4f}">{estimate_text(event.time_s)}</button>'
                shown = f"<td>{at}</td><td>{escape(rate)}</td>"
            rows.append(f"<tr>{who}<td>{rep_number(event.rep)}</td>{shown}</tr>")
    head = "<tr><th>Link</th><th>Event</th><th>Rep</th><th>Time</th><th>Peak rate</th></tr>"
    table = f"<div class=scroll><table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table></div>"
    return f"<details><summary>Table: every event</summary>{table}</details>"
