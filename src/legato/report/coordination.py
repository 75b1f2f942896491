"""How the joints move together: shares of the four patterns as bars, what a set adds to them, and what drifts in it."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from legato.chain.coordination_model import Coordination, CoordinationResult
from legato.chain.model import GapResult
from legato.estimate import Estimate
from legato.report.document import in_degrees
from legato.report.words import estimate_text, gap_event, link_name, quantity_name, rep_number, sentence, unit_text

if TYPE_CHECKING:
    from legato.analysis import Analysis

_PATTERNS = {
    "in_phase": "turn together",
    "anti_phase": "turn against each other",
    "proximal": "mainly the first",
    "distal": "mainly the second",
}

_MEASURES = {
    "lag": "lag of the second rate",
    "relative_phase_size": "relative phase, size (MARP)",
    "relative_phase_spread": "relative phase, spread (DP)",
    "hip_share": "hip share of hips and lumbar spine",
    "smoothness": "smoothness (SPARC)",
    "period_variation": "variation of the period (CV)",
    "beat_concentration": "evenness of the beat (1 = even)",
}

_AGAINST = {
    "rep": ("with each rep", "ms a rep"),
    "slowing": ("as reps slow", "ms a % slower"),
    "load": ("with load", "ms a kg"),
}


def coordination_html(analysis: "Analysis") -> str:
    """The section; empty where nothing was measured."""
    found = analysis.coordination
    if found is None or not (found.measures or found.drifts):
        return ""
    gaps = () if analysis.chain is None else analysis.chain.gaps
    blocks = [_couplings(found), _numbers(found), _drifts(found, gaps)]
    body = "".join(block for block in blocks if block)
    return f"<h2>Coordination</h2>{body}" if body else ""


def _couplings(found: CoordinationResult) -> str:
    """One row a pair and phase: how its time is shared between the patterns, its mean direction and variability."""
    rows: dict[tuple[str, str, str, str], dict[str, Coordination]] = {}
    for m in found.measures:
        if m.measure.endswith("_share") and m.measure.removesuffix("_share") in _PATTERNS:
            rows.setdefault((m.subject, m.plane, m.side, m.phase), {})[m.measure.removesuffix("_share")] = m
        elif m.measure in ("coupling_angle", "coupling_variability"):
            rows.setdefault((m.subject, m.plane, m.side, m.phase), {})[m.measure] = m
    if not rows:
        return ""
    keys = "".join(f'<span class="{name}">{said}</span>' for name, said in _PATTERNS.items())
    head = "<tr><th>Pair</th><th>Phase</th><th>Share of the time</th><th>Direction</th><th>Variability</th></tr>"
    lines = "".join(_coupling_row(key, row) for key, row in rows.items())
    note = (
        '<p class="note">Direction: of the curve of the second angle against the first, 45° turning evenly together, '
        "135° against each other, 0° the first alone, 90° the second alone (the way back adds 180°). "
        "Also in <code>tables/coordination.csv</code>.</p>"
    )
    return (
        f'<p class="note mixkey">{keys}</p><div class="scroll wide"><table><thead>{head}</thead>'
        f"<tbody>{lines}</tbody></table></div>{note}"
    )


def _coupling_row(key: tuple[str, str, str, str], row: Mapping[str, Coordination]) -> str:
    subject, plane, side, phase = key
    shares = {name: row[name].set_value for name in _PATTERNS if name in row}
    known = {name: share for name, share in shares.items() if share is not None}
    total = sum(share.value for share in known.values())
    said = ", ".join(f"{_PATTERNS[name]} {100.0 * share.value:.0f} %" for name, share in known.items())
    parts = "".join(
        f'<i class="{name}" style="width:{100.0 * share.value / total:.1f}%"></i>' for name, share in known.items()
    ) if total > 0.0 else ""  # fmt: skip
    bar = f'<div class="mix" role="img" aria-label="{escape(said)}">{parts}</div>' if parts else "—"
    cells = [_cell(row.get(name)) for name in ("coupling_angle", "coupling_variability")]
    name = " · ".join(part for part in (subject.replace("-", "–"), plane, side) if part)
    return (
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(phase.replace("_", " "))}</td>'
        f"<td>{bar}</td>{''.join(f'<td>{c}</td>' for c in cells)}</tr>"
    )


def _cell(m: Coordination | None) -> str:
    if m is None or m.set_value is None:
        return f'<span title="{escape(m.reason)}">—</span>' if m is not None and m.reason else "—"
    return escape(estimate_text(in_degrees(m.set_value)))


def _numbers(found: CoordinationResult) -> str:
    """Everything else, one row a number, behind a summary; what could not be said once for each reason."""
    rows = ""
    refused: dict[str, int] = {}
    for m in found.measures:
        known = m.measure in _MEASURES or m.measure.startswith("lumbar_share")
        if known and m.set_value is None and m.reason:
            refused[m.reason] = refused.get(m.reason, 0) + 1
        if not known or m.set_value is None:
            continue
        names = (quantity_name(m.subject) if "_" in m.subject else m.subject.replace("-", "–"), m.plane, m.side)
        said = _MEASURES.get(m.measure, m.measure.replace("_", " "))
        value = _shown(m.set_value)
        rows += (
            f'<tr><th scope="row">{escape(" · ".join(n for n in names if n))}</th>'
            f"<td>{escape(m.phase.replace('_', ' '))}</td><td>{escape(said)}</td><td>{escape(value)}</td></tr>"
        )
    reasons = "".join(f"<li>{escape(sentence(why))}</li>" for why in refused)
    if not rows:
        return f"<ul>{reasons}</ul>" if reasons else ""
    head = "<tr><th>What</th><th>Phase</th><th>Number</th><th>Set</th></tr>"
    return (
        f"<details><summary>Lags, rhythm, lumbar share and smoothness</summary>"
        f'<div class="scroll wide"><table><thead>{head}</thead><tbody>{rows}</tbody></table></div>'
        f"{f'<ul>{reasons}</ul>' if reasons else ''}</details>"
    )


def _shown(value: Estimate) -> str:
    if value.unit == "s":
        return estimate_text(value.scaled(1000.0, "ms"))
    return estimate_text(in_degrees(value))


def _drifts(found: CoordinationResult, gaps: Sequence[GapResult]) -> str:
    """How each gap changes over the set."""
    events = {(g.from_link, g.to_link, g.event): gap_event(g) for g in gaps}
    rows = ""
    for d in found.drifts:
        said, unit = _AGAINST[d.against]
        slope = "—" if d.slope is None else f"{estimate_text(d.slope.scaled(1000.0, ''))} {unit}"
        event = events.get((d.from_link, d.to_link, d.event), d.event)
        pair = f"{link_name(d.from_link)} → {link_name(d.to_link)}, {event}"
        # Not "grows": a gap below 0 that moves later becomes smaller.
        moves = f"the {link_name(d.to_link)} moves {d.verdict}"
        cells = (said, slope, moves if d.verdict != "not-resolvable" else f"not resolvable: {d.reason}")
        rows += f'<tr><th scope="row">{escape(pair)}</th>{"".join(f"<td>{escape(c)}</td>" for c in cells)}</tr>'
    if not rows:
        return ""
    head = "<tr><th>Gap</th><th></th><th>Change</th><th></th></tr>"
    note = '<p class="note">Of ten such lines one is expected to show a drift by chance.</p>'
    table = f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"
    return f'<h3>Drift of the gaps</h3><div class="scroll wide">{table}</div>{note}'


def coordination_rows(analysis: "Analysis") -> list[list[str | float | int | None]]:
    """One row a number for the set (`rep_number` is `set`), then one a rep; angles in degrees."""
    rows: list[list[str | float | int | None]] = []
    for m in () if analysis.coordination is None else analysis.coordination.measures:
        label: list[str | float | int | None] = [m.subject, m.plane, m.side, m.phase, m.measure]
        rows.append([*label, "set", *_ends(m.set_value), m.n, m.reason])
        rows += [[*label, rep_number(r.rep), *_ends(r.value), None, r.reason] for r in m.per_rep]
    return rows


def drift_rows(analysis: "Analysis") -> list[list[str | float | int | None]]:
    """One row a gap and what it was set against."""
    found = () if analysis.coordination is None else analysis.coordination.drifts
    return [
        [d.from_link, d.to_link, d.event, d.against, *_ends(d.slope), d.n, d.verdict, d.reason] for d in found
    ]  # fmt: skip


def _ends(value: Estimate | None) -> list[str | float | int | None]:
    if value is None:
        return [None, None, None, None]
    shown = in_degrees(value)
    return [shown.value, shown.low, shown.high, unit_text(shown.unit).replace("°", "deg")]
