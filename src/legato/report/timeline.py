"""The chain timeline: a lane a link and a muscle, reps lined up at one event, marks with intervals, rates behind."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from legato.chain.model import GapResult, LinkEvent, LinkResult
from legato.recording import FloatArray
from legato.report.charts import horizontal_labels
from legato.report.coaching import coached
from legato.report.document import in_degrees
from legato.report.emg_only import only_emg
from legato.report.findings import gap_band_text
from legato.report.lanes import Lanes, band_html
from legato.report.muscle_lanes import clock_notes, muscle_lanes, muscle_legend
from legato.report.muscle_words import read_reps
from legato.report.words import (
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

_LONG_S = 4.0
"""Length of the axis from which it is in s."""

OWN_FILTERS = (
    "A gap is timed with one filter for both links, a mark with the filter that suits its own link best: "
    "a gap can differ by a few ms from the difference of the marks."
)
"""Said wherever times of events and gaps between them are shown: both are estimates of their own."""


def timeline(analysis: "Analysis", lanes: Lanes, rates: Mapping[str, FloatArray]) -> str:
    """The lanes of links and muscles and the table behind; `rates` has the rate of each link by name, rad/s, on the
    body's frames.
    """
    chain = analysis.chain
    links = () if chain is None or only_emg(analysis) else chain.links
    unmeasured = (
        ""
        if links or not analysis.movement.chain or only_emg(analysis)
        else '<p class="none">No link of the chain was measured.</p>'
    )
    table = events_table(links) if links else ""
    muscles = muscle_lanes(analysis, lanes)
    if not links and not muscles:
        return unmeasured
    if not lanes.references:
        return f'<p class="none">No {lanes.noun} could be lined up.</p>{table}'
    names = list(dict.fromkeys(link.name for link in links))
    shown = [name for name in names if name in rates or _timed(links, name)]
    drawn = "".join(_lane(analysis, links, name, rates.get(name), lanes) for name in shown) + muscles
    ends = f'data-low="{lanes.across.low:.5f}" data-high="{lanes.across.high:.5f}"'
    long = lanes.across.high - lanes.across.low > _LONG_S
    axis = horizontal_labels(lanes.across, "s" if long else "ms", scale=1.0 if long else 1000.0)
    read = read_reps(analysis) if only_emg(analysis) else {r.index for r in analysis.reps}
    left_out = [str(rep_number(r.index)) for r in analysis.reps if r.index in read.difference(lanes.references)]
    missing = f" Not shown, as that is not resolvable there: {lanes.noun} {', '.join(left_out)}." if left_out else ""
    keys = _keys([*_legend(links, shown, lanes.primary, drawn_rates=bool(rates)), *muscle_legend(analysis, lanes)])
    notes = [OWN_FILTERS] if any(_timed(links, name) for name in shown) else []
    notes += clock_notes(analysis)
    filters = "".join(f'<p class="note">{escape(note)}</p>' for note in notes)
    rows = f", each {lanes.noun} on its own row" if len(lanes.references) > 1 else ""
    look = " Choose a mark to see that moment in the replay." if analysis.body.points else ""
    gone = [link_name(name) for name in names if name not in shown]
    missing += f" No lane for {', '.join(gone)}: not resolvable in any rep, see below." if gone else ""
    return (
        f'{unmeasured}<p class="note">Time from the {escape(lanes.aligned)}{rows}; the bar is the '
        f"{percent(analysis.settings.level)} interval.{look}{missing}</p>"
        f'<div class="timeline" {ends}>{drawn}<div class="lane axis"><div class="who"></div>{axis}</div></div>'
        f'<p class="readout" aria-live="polite" id="readout">&nbsp;</p>'
        f'<p class="legend">{keys}</p>{filters}{table}'
    )


def _lane(analysis: "Analysis", every: Sequence[LinkResult], name: str, rate: FloatArray | None, lanes: Lanes) -> str:
    links = [link for link in every if link.name == name]
    marks = "".join(_mark(link, event, lanes) for link in links for event in link.per_rep)
    if not _timed(every, name):
        marks = f'<em class="refused" style="top:{0.5 * lanes.height_px:.1f}px">not resolvable in any rep</em>'
    band = ""
    if lanes.primary is not None and lanes.primary.to_link == name and lanes.primary.band_s is not None:
        band = band_html(lanes.primary.band_s, lanes.across)
    curves = "" if rate is None else lanes.curves(analysis.body.times(), np.degrees(rate), _CURVE_POINTS, 1.0)
    reference = f'<i class="ref" style="left:{lanes.across.percent(0.0)}"></i>'
    drawn = f'{band}{curves}{reference}<i class="cursor"></i>{marks}'
    return (
        f'<div class="lane"><div class="who"><b>{escape(link_name(name))}</b><small>{_peak_text(links)}</small></div>'
        f'<div class="area rel" style="{lanes.size_css}">{drawn}</div></div>'
    )


def _timed(links: Sequence[LinkResult], name: str) -> bool:
    return any(event.time_s for link in links if link.name == name for event in link.per_rep)


def _keys(items: Sequence[tuple[str, str]]) -> str:
    """The legend: each symbol once, with all that it stands for."""
    said: dict[str, list[str]] = {}
    for key, text in items:
        said.setdefault(key, []).append(text)
    return "".join(
        f'<span><i class="key {escape(key)}"></i>{escape("; ".join(dict.fromkeys(texts)))}</span>'
        for key, texts in said.items()
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
    roomy = lanes.roomy
    if event.time_s is None:
        said = f"rep {rep_number(event.rep)}: not resolvable"
        return f'<em class="refused" style="{top}" title="{escape(coached(event.reason))}">{said}</em>' if roomy else ""
    across = lanes.across
    shown = event.time_s.shifted(-lanes.references[event.rep])
    rate = "" if event.value is None else f", peak rate {estimate_text(in_degrees(event.value))}"
    what = f"{link_name(link.name)}, {event_noun(link.event, link.quantity)}"
    when = f"{event.time_s.value:.3f} s, {gap_ms(shown)} ms ({interval_ms(shown)})"
    label = f"rep {rep_number(event.rep)}: {what} at {when}{rate}{', set by hand' if event.by_hand else ''}"
    left, right = 100.0 * max(0.0, across.share(shown.low)), 100.0 * min(1.0, across.share(shown.high))
    numeral = str(rep_number(event.rep)) if roomy else ""
    return (
        f'<i class="ci" style="left:{left:.2f}%;width:{max(0.0, right - left):.2f}%;{top}"></i>'
        f'<button class="mk {escape(link.event)}{" by-hand" if event.by_hand else ""}" data-link="{escape(link.name)}" '
        f'data-event="{link.event}" style="left:{across.percent(shown.value)};{top}" '
        f'data-t="{event.time_s.value:.4f}" aria-label="{escape(label)}"><span>{numeral}</span></button>'
    )


def _legend(
    links: Sequence[LinkResult], shown: Sequence[str], primary: GapResult | None, *, drawn_rates: bool
) -> list[tuple[str, str]]:
    """Symbols of the lanes of links that are shown, and what each stands for."""
    events: dict[str, dict[str, None]] = {}
    for link in links:
        if _timed(links, link.name):
            events.setdefault(link.event, {})[event_noun(link.event, link.quantity)] = None
    items = [(event, " / ".join(nouns)) for event, nouns in events.items()]
    items.append(("bar", "interval"))
    if any(event.by_hand and event.time_s for link in links for event in link.per_rep):
        items.append(("by-hand", "set by hand"))
    if shown and drawn_rates:
        items.append(("line", "rate"))
    if primary is not None and primary.band_s is not None and primary.to_link in shown:
        items.append(("box", f"target: {gap_band_text(primary)}"))
    return items


def events_table(links: Sequence[LinkResult]) -> str:
    """The table behind the timeline: every event of every link in every rep, or why it was refused."""
    rows: list[str] = []
    for link in links:
        noun = escape(event_noun(link.event, link.quantity))
        who = f"<th scope=row>{escape(link_name(link.name))}</th><td>{noun}</td>"
        for event in link.per_rep:
            if event.time_s is None:
                shown = f'<td colspan="2">not resolvable: {escape(coached(event.reason) or "no reason given")}</td>'
            else:
                rate = estimate_text(None if event.value is None else in_degrees(event.value))
                at = f'<button class="jump" data-t="{event.time_s.value:.4f}">{estimate_text(event.time_s)}</button>'
                at += ", set by hand" if event.by_hand else ""
                shown = f"<td>{at}</td><td>{escape(rate)}</td>"
            rows.append(f"<tr>{who}<td>{rep_number(event.rep)}</td>{shown}</tr>")
    head = "<tr><th>Link</th><th>Event</th><th>Rep</th><th>Time</th><th>Peak rate</th></tr>"
    table = f"<div class=scroll><table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table></div>"
    return f"<details><summary>Table: every event</summary>{table}</details>"
