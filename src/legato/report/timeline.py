"""The chain timeline: a lane a link, reps overlaid and lined up at one event, marks with intervals, the band, rates behind."""

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from legato.chain.model import ChainResult, GapResult, LinkResult
from legato.estimate import Estimate
from legato.recording import FloatArray
from legato.report.charts import Axis, canvas, curve, horizontal_labels, thinned
from legato.report.document import in_degrees
from legato.report.words import (
    band_text,
    estimate_text,
    event_noun,
    interval_ms,
    link_name,
    milliseconds,
    percent,
    sentence,
    verdict_text,
)

if TYPE_CHECKING:
    from legato.analysis import Analysis

_CURVE_POINTS = 140

_MIN_PAD_S = 0.06


def timeline(analysis: "Analysis", rates: Mapping[str, FloatArray]) -> str:
    """The lanes and the table behind them; `rates` has the rate of each link by name, rad/s, on the body's frames."""
    chain = analysis.chain
    if chain is None or not chain.links:
        return '<p class="none">No link of the chain was measured.</p>'
    references, aligned = reference_times(analysis, chain)
    if not references:
        return f'<p class="none">No rep could be lined up: {escape(aligned)}.</p>{events_table(chain)}'
    across = _window(analysis, chain, references)
    names = list(dict.fromkeys(link.name for link in chain.links))
    primary = _primary(chain)
    lanes = "".join(_lane(analysis, chain, name, rates.get(name), references, across, primary) for name in names)
    start = f' data-low="{across.low:.5f}" data-high="{across.high:.5f}"'
    axis = horizontal_labels(across, "ms", scale=1000.0)
    return (
        f'<p class="note">Time from the {escape(aligned)}, each rep on its own row; the bar is the '
        f"{percent(analysis.settings.level)} interval. Choose a mark to see that moment in the replay.</p>"
        f'<div class="timeline"{start}>{lanes}<div class="lane axis"><div class="who"></div>{axis}</div></div>'
        f'<p class="readout" aria-live="polite" id="readout">&nbsp;</p>{_legend(chain, primary)}{events_table(chain)}'
    )


def reference_times(analysis: "Analysis", chain: ChainResult) -> tuple[dict[int, float], str]:
    """The instant each rep is lined up at, s, by rep index, and what that instant is."""
    primary = _primary(chain)
    if primary is not None:
        link = _link(chain, primary.from_link, primary.event)
        found = {e.rep: e.time_s.value for e in link.per_rep if e.time_s is not None} if link is not None else {}
        if found:
            return found, f"{link_name(primary.from_link)}'s {event_noun(primary.event)}"
    for mark in dict.fromkeys(name for rep in analysis.reps for name in rep.marks):
        return {rep.index: rep.marks[mark] for rep in analysis.reps if mark in rep.marks}, f"rep's {mark}"
    if analysis.reps and analysis.reps[0].phases:
        name = analysis.reps[0].phases[0].name
        spans = {rep.index: rep.phase(name) for rep in analysis.reps}
        return {index: span.end_s for index, span in spans.items() if span is not None}, f"end of the {name}"
    return {rep.index: rep.start_s for rep in analysis.reps}, "start of the rep"


def _primary(chain: ChainResult) -> GapResult | None:
    return next((gap for gap in chain.gaps if gap.primary), chain.gaps[0] if chain.gaps else None)


def _link(chain: ChainResult, name: str, event: str) -> LinkResult | None:
    return next((link for link in chain.links if link.name == name and link.event == event), None)


def _window(analysis: "Analysis", chain: ChainResult, references: Mapping[int, float]) -> Axis:
    edges = [0.0]
    for link in chain.links:
        for event in link.per_rep:
            if event.time_s is not None and event.rep in references:
                edges += [event.time_s.low - references[event.rep], event.time_s.high - references[event.rep]]
    typical = float(np.median([rep.end_s - rep.start_s for rep in analysis.reps]))
    low, high = min(edges), max(edges)
    pad = max(0.3 * (high - low), _MIN_PAD_S, 0.08 * typical)
    return Axis(low - pad, high + pad)


def _lane(
    analysis: "Analysis",
    chain: ChainResult,
    name: str,
    rate: FloatArray | None,
    references: Mapping[int, float],
    across: Axis,
    primary: GapResult | None,
) -> str:
    links = [link for link in chain.links if link.name == name]
    rows = {rep: row for row, rep in enumerate(references)}
    step = 20.0 if len(rows) <= 8 else max(7.0, 160.0 / len(rows))
    height = max(56.0, step * len(rows) + 10.0)
    marks: list[str] = []
    for link in links:
        for event in link.per_rep:
            if event.time_s is None or event.rep not in rows:
                continue
            top = (rows[event.rep] + 0.5) * step + 5.0 + 0.5 * (height - 10.0 - step * len(rows))
            shown = event.time_s.shifted(-references[event.rep])
            marks.append(_mark(link, event.rep, event.time_s, shown, event.value, across, top, step))
    band = ""
    if primary is not None and primary.to_link == name and primary.band_s is not None:
        band = _band(primary.band_s, across)
    curves = "" if rate is None else _curves(analysis, rate, references, across)
    inside = f'{canvas(curves)}{band}<i class="ref" style="left:{across.percent(0.0)}"></i>{"".join(marks)}'
    size = min(16.0, step - 1.0)
    return (
        f'<div class="lane"><div class="who"><b>{escape(link_name(name))}</b><small>{escape(_peak_text(links))}</small></div>'
        f'<div class="area rel" style="height:{height:.0f}px;--mk:{size:.0f}px">{inside}<i class="cursor"></i></div></div>'
    )


def _peak_text(links: list[LinkResult]) -> str:
    values = [in_degrees(e.value) for link in links for e in link.per_rep if e.value is not None]
    if not values:
        return "no event resolved"
    low, high = min(v.value for v in values), max(v.value for v in values)
    if f"{low:.0f}" == f"{high:.0f}":
        return f"peak {low:.0f} °/s"
    return f"peak {low:.0f} to {high:.0f} °/s"


def _mark(
    link: LinkResult,
    rep: int,
    time: Estimate,
    shown: Estimate,
    value: Estimate | None,
    across: Axis,
    top: float,
    step: float,
) -> str:
    rate = "" if value is None else f", {estimate_text(in_degrees(value))}"
    label = (
        f"rep {rep}: {link_name(link.name)} {event_noun(link.event)} at {time.value:.3f} s, "
        f"{milliseconds(shown.value)} ms ({interval_ms(shown)}){rate}"
    )
    left, right = 100.0 * max(0.0, across.share(shown.low)), 100.0 * min(1.0, across.share(shown.high))
    numeral = str(rep) if step >= 14.0 else ""
    return (
        f'<i class="ci" style="left:{left:.2f}%;width:{max(0.0, right - left):.2f}%;top:{top:.1f}px"></i>'
        f'<button class="mk {escape(link.event)}" style="left:{across.percent(shown.value)};top:{top:.1f}px" '
        f'data-t="{time.value:.4f}" aria-label="{escape(label)}"><span>{numeral}</span></button>'
    )


def _band(band_s: tuple[float | None, float | None], across: Axis) -> str:
    low = 0.0 if band_s[0] is None else max(0.0, across.share(band_s[0]))
    high = 1.0 if band_s[1] is None else min(1.0, across.share(band_s[1]))
    if high <= low:
        return ""
    return f'<i class="band" style="left:{100.0 * low:.2f}%;width:{100.0 * (high - low):.2f}%"><em>target</em></i>'


def _curves(analysis: "Analysis", rate: FloatArray, references: Mapping[int, float], across: Axis) -> str:
    times = analysis.body.times()
    pieces: list[tuple[FloatArray, FloatArray]] = []
    for reference in references.values():
        inside = np.flatnonzero((times >= reference + across.low) & (times <= reference + across.high))
        if inside.size < 2:
            continue
        chosen = inside[thinned(inside.size, _CURVE_POINTS)]
        pieces.append((times[chosen] - reference, np.degrees(rate[chosen])))
    if not pieces:
        return ""
    up = Axis.around(np.concatenate([y for _, y in pieces] + [np.zeros(1)]), pad=0.08, least=1.0)
    zero = 1000.0 * (1.0 - up.share(0.0))
    return f'<path class="grid" d="M0 {zero:.1f}H1000"/>' + "".join(curve(x, y, across, up, "rate") for x, y in pieces)


def _legend(chain: ChainResult, primary: GapResult | None) -> str:
    events = dict.fromkeys(link.event for link in chain.links)
    items = [f'<span><i class="key {escape(e)}"></i>{escape(event_noun(e))}</span>' for e in events]
    items.append('<span><i class="key bar"></i>interval</span><span><i class="key line"></i>rate</span>')
    if primary is not None and primary.band_s is not None:
        pair = f"{link_name(primary.to_link)} after {link_name(primary.from_link)}"
        items.append(f'<span><i class="key box"></i>target: {escape(pair)}, {escape(band_text(primary.band_s))}</span>')
    return f'<p class="legend">{"".join(items)}</p>'


def events_table(chain: ChainResult) -> str:
    """The table behind the timeline: every event of every link in every rep, or why it was refused."""
    rows: list[str] = []
    for link in chain.links:
        for event in link.per_rep:
            if event.time_s is None:
                shown = f'<td colspan="2">not resolvable: {escape(event.reason or "no reason given")}</td>'
            else:
                rate = estimate_text(None if event.value is None else in_degrees(event.value))
                jump = f'<button class="jump" data-t="{event.time_s.value:.4f}">{estimate_text(event.time_s)}</button>'
                shown = f"<td>{jump}</td><td>{escape(rate)}</td>"
            who = f"<th scope=row>{escape(link_name(link.name))}</th><td>{escape(event_noun(link.event))}</td>"
            rows.append(f"<tr>{who}<td>{event.rep}</td>{shown}</tr>")
    head = "<tr><th>Link</th><th>Event</th><th>Rep</th><th>Time</th><th>Rate there</th></tr>"
    table = f"<div class=scroll><table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table></div>"
    return f"<details><summary>Table: every event</summary>{table}</details>"


def gap_cards(analysis: "Analysis") -> str:
    """A card for each judged pair: the verdict, each rep's gap and the set's on one axis with the band, and the numbers."""
    chain = analysis.chain
    if chain is None or not chain.gaps:
        return '<p class="none">No pair of links is expected in an order in this movement.</p>'
    return f'<div class="cards">{"".join(_card(gap, analysis.settings.level) for gap in chain.gaps)}</div>'


def _card(gap: GapResult, level: float) -> str:
    pair = f"{link_name(gap.from_link)} → {link_name(gap.to_link)}"
    what = event_noun(gap.event) + (", primary" if gap.primary else "")
    value = "no number" if gap.set_s is None else f"{milliseconds(gap.set_s.value)} ms"
    around = "" if gap.set_s is None else f"{percent(level)} interval {interval_ms(gap.set_s)}, {_count(gap)}"
    source = escape(gap.source) + (f", grade {escape(gap.grade)}" if gap.grade else "") if gap.source else "no source"
    return (
        f'<article class="card"><header><h3>{escape(pair)}<small>{escape(what)}</small></h3>{pill(gap)}</header>'
        f'<p class="big">{value}<small>{around}</small></p>{_forest(gap)}<p>{escape(sentence(gap.reason))}</p>'
        f'<p class="note">Band: {escape(band_text(gap.band_s))}. Source: {source}.</p>{_gap_table(gap)}</article>'
    )


def _count(gap: GapResult) -> str:
    return "1 rep" if gap.n == 1 else f"{gap.n} reps"


def pill(gap: GapResult) -> str:
    """The verdict as a badge that reads without colour."""
    judged = gap.grade not in ("N", "X")
    css = gap.verdict if judged else "not-resolvable"
    sign = {"ok": "✓", "fault": "✕"}.get(css, "?")
    return f'<span class="pill {css}"><span aria-hidden="true">{sign}</span> {escape(verdict_text(gap))}</span>'


def _forest(gap: GapResult) -> str:
    known = [r for r in gap.per_rep if r.gap_s is not None]
    edges = [0.0]
    for estimate in [r.gap_s for r in known] + [gap.set_s]:
        if estimate is not None:
            edges += [estimate.low, estimate.high]
    if len(edges) == 1:
        return ""
    edges += [edge for edge in gap.band_s or () if edge is not None]
    across = Axis.around(edges, pad=0.12, least=0.02)
    step = 13.0 if len(known) <= 12 else max(4.0, 156.0 / len(known))
    rows: list[str] = []
    for row, rep in enumerate(known):
        assert rep.gap_s is not None
        rows.append(_forest_row(rep.gap_s, across, (row + 0.5) * step + 4.0, "dot", f"rep {rep.rep}"))
    bottom = step * len(known) + 4.0
    if gap.set_s is not None:
        rows.append(_forest_row(gap.set_s, across, bottom + 10.0, "set", "set"))
    band = "" if gap.band_s is None else _band(gap.band_s, across)
    zero = f'<i class="ref" style="left:{across.percent(0.0)}"></i>'
    said = "" if gap.set_s is None else f"; set {milliseconds(gap.set_s.value)} ms, {interval_ms(gap.set_s)}"
    label = f"Gap in {len(known)} reps with intervals{said}; band {band_text(gap.band_s)}"
    return (
        f'<div class="forest"><div class="area" role="img" aria-label="{escape(label)}" style="height:{bottom + 22.0:.0f}px">'
        f"{band}{zero}{''.join(rows)}</div>{horizontal_labels(across, 'ms', about=5, scale=1000.0)}</div>"
    )


def _forest_row(estimate: Estimate, across: Axis, top: float, css: str, label: str) -> str:
    left, right = 100.0 * across.share(estimate.low), 100.0 * across.share(estimate.high)
    title = f"{label}: {milliseconds(estimate.value)} ms ({interval_ms(estimate)})"
    return (
        f'<i class="ci {css}" style="left:{left:.2f}%;width:{right - left:.2f}%;top:{top:.1f}px"></i>'
        f'<i class="pt {css}" style="left:{across.percent(estimate.value)};top:{top:.1f}px" title="{escape(title)}"></i>'
    )


def _gap_table(gap: GapResult) -> str:
    rows: list[str] = []
    for rep in gap.per_rep:
        if rep.gap_s is None:
            rows.append(
                f"<tr><th scope=row>{rep.rep}</th><td colspan=2>{escape(rep.reason or 'not resolvable')}</td></tr>"
            )
        else:
            cells = f"<td>{milliseconds(rep.gap_s.value)} ms</td><td>{interval_ms(rep.gap_s)}</td>"
            rows.append(f"<tr><th scope=row>{rep.rep}</th>{cells}</tr>")
    head = "<tr><th>Rep</th><th>Gap</th><th>Interval</th></tr>"
    table = f"<div class=scroll><table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table></div>"
    return f"<details><summary>Table: gap in each rep</summary>{table}</details>"
