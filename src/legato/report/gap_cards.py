"""The gaps between links: a card for each judged pair with its verdict, each rep's gap, the set's, and the band."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from legato.chain.model import GapResult
from legato.report.coaching import coached
from legato.report.findings import gap_band_text, reason_of, verdict_text
from legato.report.forest import Forest, forest_html
from legato.report.timeline import OWN_FILTERS
from legato.report.words import (
    band_text,
    gap_event,
    gap_ms,
    interval_ms,
    link_name,
    percent,
    plural,
    rep_number,
    sentence,
    short_source,
)

if TYPE_CHECKING:
    from legato.analysis import Analysis


def gap_cards(analysis: "Analysis") -> str:
    """A card for each judged pair: verdict, each rep's gap and the set's on one axis with the band, and the numbers."""
    chain = analysis.chain
    if chain is None or not chain.gaps:
        return '<p class="none">No pair of links is expected in an order in this movement.</p>'
    cards = "".join(_card(gap, analysis.settings.level) for gap in chain.gaps)
    return f'<div class="cards">{cards}</div>{_what_is_open(chain.gaps)}'


def _what_is_open(gaps: Sequence[GapResult]) -> str:
    """What the page means by the verdicts that leave a gap open, of those that it shows."""
    shown = {verdict_text(gap).rpartition(", ")[2] for gap in gaps}
    meant = {
        "not resolvable": "<b>Not resolvable</b>: there is a band, but this recording cannot tell on which side of it"
        " the gap lies.",
        "not judged": "<b>Not judged</b>: no source says what to hold it to.",
    }
    said = " ".join(text for verdict, text in meant.items() if verdict in shown)
    return f'<p class="note">{said}</p>' if said else ""


def _card(gap: GapResult, level: float) -> str:
    pair = f"{link_name(gap.from_link)} → {link_name(gap.to_link)}"
    what = gap_event(gap) + (", primary" if gap.primary else "")
    value = "no number" if gap.set_s is None else f"{gap_ms(gap.set_s)} ms"
    around = "" if gap.set_s is None else f"{percent(level)} interval {interval_ms(gap.set_s)}, {plural(gap.n, 'rep')}"
    said = " ".join(sentence(part) for part in reason_of(gap) if part)
    source = escape(short_source(gap.source, gap.grade))
    return (
        f'<article class="card"><header><h3>{escape(pair)}<small>{escape(what)}</small></h3>{pill(gap)}</header>'
        f'<p class="big">{value}<small>{around}</small></p>{_forest(gap)}<p>{escape(said)}</p>'
        f'<p class="note">Band: {escape(gap_band_text(gap))}. Source: {source}.</p>{_gap_table(gap)}</article>'
    )


def pill(gap: GapResult) -> str:
    """The verdict as a badge that reads without colour."""
    judged = gap.grade not in ("N", "X")
    css = gap.verdict if judged else "not-resolvable"
    sign = {"ok": "✓", "fault": "✕"}.get(css, "?")
    return f'<span class="pill {css}"><span aria-hidden="true">{sign}</span> {escape(verdict_text(gap))}</span>'


def _forest(gap: GapResult) -> str:
    known = [(r.rep, r.gap_s) for r in gap.per_rep if r.gap_s is not None]
    said = "" if gap.set_s is None else f"; set {gap_ms(gap.set_s)} ms, {interval_ms(gap.set_s)}"
    return forest_html(
        Forest(
            per_rep=known,
            of_set=gap.set_s,
            band=gap.band_s,
            label=f"Gap in {len(known)} reps with intervals{said}; band {band_text(gap.band_s)}",
            text=lambda e: f"{gap_ms(e)} ms ({interval_ms(e)})",
            unit="ms",
            scale=1000.0,
            least=0.02,
        )
    )


def _gap_table(gap: GapResult) -> str:
    rows: list[str] = []
    for rep in gap.per_rep:
        if rep.gap_s is None:
            cells = f"<td colspan=2>{escape(coached(rep.reason) or 'not resolvable')}</td>"
        else:
            cells = f"<td>{gap_ms(rep.gap_s)} ms</td><td>{interval_ms(rep.gap_s)}</td>"
        rows.append(f"<tr><th scope=row>{rep_number(rep.rep)}</th>{cells}</tr>")
    head = "<tr><th>Rep</th><th>Gap</th><th>Interval</th></tr>"
    caption = f"<caption>{OWN_FILTERS}</caption>"
    table = f"<div class=scroll><table>{caption}<thead>{head}</thead><tbody>{''.join(rows)}</tbody></table></div>"
    return f"<details><summary>Table: gap in each rep</summary>{table}</details>"
