"""How the joints move together in the report: a sentence a pair, the numbers behind, and what drifts over the set."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from legato.chain.coordination_model import Coordination, CoordinationResult, GapDrift
from legato.chain.model import GapResult
from legato.estimate import Estimate
from legato.report.document import in_degrees
from legato.report.together import coordination_sentences, pair_name
from legato.report.words import estimate_text, gap_event, link_name, quantity_name, rep_number, sentence, unit_text

if TYPE_CHECKING:
    from legato.analysis import Analysis

_PATTERNS = {
    "in_phase": "both angles the same way",
    "anti_phase": "both angles opposite ways",
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

_WIDEST_LAG_S = 0.6
"""Lags are looked for from 300 ms before to 300 ms after: an interval wider than that tells none."""

_WIDE_LAG = "lags whose interval is wider than the 600 ms in which they are looked for are left out"

_DIRECTION = {"coupling_angle": "direction", "coupling_variability": "variability of the direction"}

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
    said = "".join(f"<li>{escape(line)}</li>" for line in coordination_sentences(found))
    blocks = [f'<ul class="said">{said}</ul>' if said else "", _couplings(found), _numbers(found), _drifts(found, gaps)]
    body = "".join(block for block in blocks if block)
    return f"<h2>How the joints move together</h2>{body}" if body else ""


def measure_name(subject: str, plane: str, side: str, phase: str, measure: str) -> str:
    """One coordination number in words: `Hip and knee, right, descent: share of the time, both angles the same way`."""
    name = pair_name(subject, plane) if "-" in subject else quantity_name(subject)
    pattern = _PATTERNS.get(measure.removesuffix("_share"))
    what = (
        f"share of the time, {pattern}" if pattern else (_MEASURES | _DIRECTION).get(measure, measure.replace("_", " "))
    )
    where = [part for part in (name, side, phase.replace("_", " ")) if part]
    return sentence(f"{', '.join(where)}: {what}").rstrip(".")


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
        "Variability: how far the direction differs from rep to rep. Also in <code>tables/coordination.csv</code>.</p>"
    )
    table = f'<div class="scroll wide"><table><thead>{head}</thead><tbody>{lines}</tbody></table></div>'
    return (
        "<details><summary>Numbers: share of the time, direction and variability of each pair</summary>"
        f'<p class="note mixkey">{keys}</p>{table}{note}</details>'
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
    name = pair_name(subject, plane) + (f", {side}" if side else "")
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
        if m.measure == "lag" and m.set_value.high - m.set_value.low > _WIDEST_LAG_S:
            refused.setdefault(_WIDE_LAG, 1)
            continue
        name = pair_name(m.subject, m.plane) if "-" in m.subject else quantity_name(m.subject)
        said = _MEASURES.get(m.measure, m.measure.replace("_", " "))
        value = _shown(m.set_value)
        rows += (
            f'<tr><th scope="row">{escape(sentence(name + (f", {m.side}" if m.side else "")).rstrip("."))}</th>'
            f"<td>{escape(m.phase.replace('_', ' '))}</td><td>{escape(said)}</td><td>{escape(value)}</td></tr>"
        )
    reasons = "".join(f"<li>{escape(sentence(why))}</li>" for why in refused)
    if not rows:
        return ""
    head = "<tr><th>What</th><th>Phase</th><th>Number</th><th>Set</th></tr>"
    return (
        f"<details><summary>Lags, rhythm, lumbar share and smoothness</summary>"
        f'<div class="scroll wide"><table class="words"><thead>{head}</thead><tbody>{rows}</tbody></table></div>'
        f"{f'<ul>{reasons}</ul>' if reasons else ''}</details>"
    )


def _shown(value: Estimate) -> str:
    if value.unit == "s":
        return estimate_text(value.scaled(1000.0, "ms"))
    return estimate_text(in_degrees(value))


def _drifts(found: CoordinationResult, gaps: Sequence[GapResult]) -> str:
    """What drifts over the set in plain words; the slopes behind, and each reason for none once."""
    if not found.drifts:
        return ""
    said = "".join(f"<li>{escape(line)}</li>" for line in drift_sentences(found.drifts, gaps))
    rows = ""
    reasons: dict[str, None] = {}
    for d in found.drifts:
        against, unit = _AGAINST[d.against]
        slope = "—" if d.slope is None else f"{estimate_text(d.slope.scaled(1000.0, ''))} {unit}"
        shown = d.verdict != "not-resolvable"
        if d.reason and not shown:
            reasons[sentence(d.reason)] = None
        cells = (against, slope, f"the {link_name(d.to_link)} moves {d.verdict}" if shown else "not resolvable")
        name = escape(_pair(d, gaps))
        rows += f'<tr><th scope="row">{name}</th>{"".join(f"<td>{escape(c)}</td>" for c in cells)}</tr>'
    head = "<tr><th>Gap</th><td></td><th>Change</th><td></td></tr>"
    why = "".join(f"<li>{escape(reason)}</li>" for reason in reasons)
    note = '<p class="note">Of ten such lines one is expected to show a drift by chance.</p>'
    table = f'<div class="scroll wide"><table><thead>{head}</thead><tbody>{rows}</tbody></table></div>'
    return (
        f'<h3>Drift of the gaps</h3><ul class="said">{said}</ul><details><summary>Numbers: change of each gap</summary>'
        f"{table}{f'<ul>{why}</ul>' if why else ''}{note}</details>"
    )


def drift_sentences(drifts: Sequence[GapDrift], gaps: Sequence[GapResult]) -> list[str]:
    """Each drift that is shown, and what was looked for where none is."""
    lines: list[str] = []
    for d in drifts:
        if d.verdict != "not-resolvable" and d.slope is not None:
            against, unit = _AGAINST[d.against]
            slope = estimate_text(d.slope.scaled(1000.0, ""))
            # Not "grows": a gap below 0 that moves later becomes smaller.
            lines.append(f"{_pair(d, gaps)}: the {link_name(d.to_link)} moves {d.verdict} {against} ({slope} {unit}).")
    quiet = [d for d in drifts if d.verdict == "not-resolvable"]
    if any(d.slope is not None for d in quiet):
        against = dict.fromkeys(_AGAINST[d.against][0] for d in quiet if d.slope is not None)
        lines.append(f"{'No other' if lines else 'No'} drift of a gap is shown: {', '.join(against)}.")
    if any(d.slope is not None for d in drifts):
        unsaid = [d for d in quiet if d.slope is None and d.against == "load"]
        lines += dict.fromkeys(f"{_AGAINST[d.against][0]}: {d.reason}" for d in unsaid)
    elif quiet:
        lines.append(f"Whether a gap drifts cannot be told: {'; '.join(dict.fromkeys(d.reason for d in quiet))}.")
    return [sentence(line) for line in lines]


def _pair(drift: GapDrift, gaps: Sequence[GapResult]) -> str:
    events = {(g.from_link, g.to_link, g.event): gap_event(g) for g in gaps}
    event = events.get((drift.from_link, drift.to_link, drift.event), drift.event)
    return f"{link_name(drift.from_link)} → {link_name(drift.to_link)}, {event}"


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
