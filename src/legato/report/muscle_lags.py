"""A card a pair of muscles: the lag of each rep as a dot, the set's mean with its interval, and the window's band."""

from html import escape
from typing import TYPE_CHECKING

from legato.estimate import Estimate
from legato.muscles.model import LagResult
from legato.report.charts import Axis, horizontal_labels
from legato.report.claim_words import claim_note
from legato.report.holds import in_own_words, rep_noun
from legato.report.lanes import band_html
from legato.report.muscle_refusals import lag_refusals
from legato.report.muscle_words import (
    judged_lags,
    lag_certainty,
    lag_names,
    lag_sentence,
    same_pair,
    share_text,
    two_phases,
    window_of,
)
from legato.report.words import (
    band_text,
    gap_ms,
    interval_ms,
    percent,
    plural,
    rep_number,
    sentence,
    short_source,
)

if TYPE_CHECKING:
    from legato.analysis import Analysis
    from legato.chain.model import WindowResult

_DOT_PX, _BINS = 9.0, 44

_AT = {
    "centre": "centre of the burst",
    "onset": "onset of the burst",
    "peak": "peak of the burst",
    "offset": "end of the burst",
    "cross-correlation": "best fit of the envelopes",
}


def lag_cards(analysis: "Analysis") -> str:
    """A card a pair of muscles that is compared; nothing where none is."""
    cards = "".join(_card(analysis, lag) for lag in judged_lags(analysis))
    return f'<div class="cards">{cards}</div>' if cards else ""


def _card(analysis: "Analysis", lag: LagResult) -> str:
    first, second = lag_names(analysis, lag)
    window = window_of(analysis, lag)
    value = "not resolvable" if lag.mean is None else f"{gap_ms(lag.mean)} ms"
    around = ""
    if lag.mean is not None:
        around = f"{percent(lag.mean.level)} interval {interval_ms(lag.mean)}, {plural(lag.n, rep_noun(analysis))}"
    if window is None and two_phases(analysis, lag) is not None:
        value, around = "work and return", f"{value} apart, {around}"
    certain = "".join(f"<p>{escape(said)}</p>" for said in (sentence("; ".join(lag_certainty(analysis, lag))),))
    refused = "".join(f"<li>{escape(said)}</li>" for said in lag_refusals(analysis, lag))
    band = "" if window is None else _band_note(window)
    return (
        f'<article class="card"><header><h3>{escape(first)} → {escape(second)}<small>{_AT[lag.at]}</small></h3>'
        f"{_pill(window)}</header>"
        f'<p class="big">{value}<small>{around}</small></p>{_dots(analysis, lag)}'
        f"<p>{escape(lag_sentence(analysis, lag))}</p>{certain}"
        f"{f'<ul class=note>{refused}</ul>' if refused else ''}{band}"
        f"{_others(analysis, lag)}{_table(analysis, lag)}</article>"
    )


def _pill(window: "WindowResult | None") -> str:
    if window is None:
        return ""
    said = {"N": "untested claim, not judged", "X": "contradicted claim, not judged"}.get(window.grade)
    css = "not-resolvable" if said else window.verdict
    sign = {"ok": "✓", "fault": "✕"}.get(css, "?")
    said = said or {"ok": "inside the band", "fault": "outside the band"}.get(css, "not resolvable")
    return f'<span class="pill {css}"><span aria-hidden="true">{sign}</span> {escape(said)}</span>'


def _band_note(window: "WindowResult") -> str:
    probability = ""
    if window.probability_inside is not None:
        probability = f" Probability that the mean lag lies inside: {share_text(window.probability_inside)}."
    source = escape(short_source(window.source, window.grade))
    claim = f" Claim {escape(claim_note(window.claim))}" if window.claim else ""
    return f'<p class="note">Band: {escape(band_text(window.band_s))}.{probability} Source: {source}.{claim}</p>'


def _dots(analysis: "Analysis", lag: LagResult) -> str:
    """Dots of the reps, stacked where they are alike: a histogram of few numbers."""
    known = [(rep.rep, rep.lag_s) for rep in lag.per_rep if rep.lag_s is not None]
    if not known:
        return ""
    window = window_of(analysis, lag)
    band_s = None if window is None else window.band_s
    edges = [0.0, *(lag_s.value for _, lag_s in known), *(edge for edge in band_s or () if edge is not None)]
    if lag.mean is not None:
        edges += [lag.mean.low, lag.mean.high]
    across = Axis.around(edges, pad=0.08, least=0.04)
    stacks: dict[int, int] = {}
    placed: list[tuple[int, Estimate, int, int]] = []
    for rep, lag_s in known:
        column = min(_BINS - 1, int(_BINS * across.share(lag_s.value)))
        placed.append((rep, lag_s, column, stacks.get(column, 0)))
        stacks[column] = stacks.get(column, 0) + 1
    step = min(_DOT_PX, 110.0 / max(stacks.values()))
    height = max(44.0, step * max(stacks.values()) + 12.0)
    dots = "".join(
        _dot(rep_noun(analysis), rep, lag_s, column, height - (level + 0.5) * step - 6.0)
        for rep, lag_s, column, level in placed
    )
    below = 18.0 if lag.mean is not None else 0.0
    band = "" if band_s is None else band_html(band_s, across)
    zero = f'<i class="ref" style="left:{across.percent(0.0)}"></i>'
    said = f"Lag of {plural(len(known), rep_noun(analysis))}, ms"
    if lag.mean is not None:
        said += f"; mean {gap_ms(lag.mean)} ms, {interval_ms(lag.mean)}"
    if band_s is not None:
        said += f"; band {band_text(band_s)}"
    mean = "" if lag.mean is None else _mean(lag.mean, across, height + 0.5 * below - 2.0)
    return (
        f'<div class="forest"><div class="area" role="img" aria-label="{escape(said)}" '
        f'style="height:{height + below:.0f}px">{band}{zero}{dots}{mean}</div>'
        f"{horizontal_labels(across, 'ms', about=5, scale=1000.0)}</div>"
    )


def _dot(noun: str, rep: int, lag_s: Estimate, column: int, top: float) -> str:
    title = f"{noun} {rep_number(rep)}: {gap_ms(lag_s)} ms ({interval_ms(lag_s)})"
    left = 100.0 * (column + 0.5) / _BINS
    return f'<i class="pt" style="left:{left:.2f}%;top:{top:.1f}px" title="{escape(title)}"></i>'


def _mean(mean: Estimate, across: Axis, top: float) -> str:
    left, right = 100.0 * across.share(mean.low), 100.0 * across.share(mean.high)
    title = f"mean: {gap_ms(mean)} ms ({interval_ms(mean)})"
    return (
        f'<i class="ci set" style="left:{left:.2f}%;width:{right - left:.2f}%;top:{top:.1f}px"></i>'
        f'<i class="pt set" style="left:{across.percent(mean.value)};top:{top:.1f}px" title="{escape(title)}"></i>'
    )


def _others(analysis: "Analysis", lag: LagResult) -> str:
    """The same pair at the other events: they differ by tens of ms, and are never to be mixed."""
    rows = ""
    for other in same_pair(analysis, lag):
        if other is not lag:
            if other.mean is None:
                cells = f"<td colspan=2>{escape(in_own_words(analysis, other.reason or 'not resolvable'))}</td>"
            else:
                cells = f"<td>{gap_ms(other.mean)} ms</td><td>{interval_ms(other.mean)}</td>"
            rows += f"<tr><th scope=row>{_AT[other.at]}</th>{cells}<td>{other.n}</td></tr>"
    if not rows:
        return ""
    head = f"<tr><th>Measured at</th><th>Mean</th><th>Interval</th><th>{rep_noun(analysis).capitalize()}s</th></tr>"
    note = "<caption>Other events of the same pair: each tells another time, by tens of ms.</caption>"
    table = f"<div class=scroll><table>{note}<thead>{head}</thead><tbody>{rows}</tbody></table></div>"
    return f"<details><summary>At onset, peak and by the envelopes</summary>{table}</details>"


def _table(analysis: "Analysis", lag: LagResult) -> str:
    rows = ""
    for rep in lag.per_rep:
        if rep.lag_s is None:
            cells = f'<td colspan=2 class="why">{escape(in_own_words(analysis, rep.reason or "not resolvable"))}</td>'
        else:
            cells = f"<td>{gap_ms(rep.lag_s)} ms</td><td>{interval_ms(rep.lag_s)}</td>"
        rows += f"<tr><th scope=row>{rep_number(rep.rep)}</th>{cells}</tr>"
    noun = rep_noun(analysis)
    head = f"<tr><th>{noun.capitalize()}</th><th>Lag</th><th>Interval</th></tr>"
    table = f"<div class=scroll><table><thead>{head}</thead><tbody>{rows}</tbody></table></div>"
    return f"<details><summary>Table: lag in each {noun}</summary>{table}</details>"
