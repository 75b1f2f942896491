"""The report's plain sections: rep table, quality, methods, inputs and versions."""

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from legato.report.document import in_degrees
from legato.report.words import (
    band_text,
    estimate_text,
    event_noun,
    link_name,
    percent,
    plural,
    quantity_name,
    sentence,
)

if TYPE_CHECKING:
    from legato.analysis import Analysis

_FILLED_WORTH_SAYING = 0.005
"""Share of filled frames from which a joint or point is listed; display only, judges nothing."""


def rep_table(analysis: "Analysis") -> str:
    """Reps side by side: times, phases, and each metric with its interval."""
    reps, metrics = analysis.reps, analysis.rep_metrics
    if not reps:
        return '<p class="none">No repetition was found.</p>'
    head = "".join(
        f'<th scope="col"><button class="jump" data-t="{rep.start_s:.4f}">Rep {rep.index}</button>'
        f"{'' if rep.complete else '<small>incomplete</small>'}</th>"
        for rep in reps
    )
    rows = [
        _row("start", [f"{rep.start_s:.2f} s" for rep in reps]),
        _row("duration", [f"{rep.end_s - rep.start_s:.2f} s" for rep in reps]),
    ]
    for name in dict.fromkeys(p.name for rep in reps for p in rep.phases):
        spans = [rep.phase(name) for rep in reps]
        cells = ["—" if s is None else f"{s.duration_s:.2f} s" for s in spans]
        rows.append(_row(f"{name.replace('_', ' ')} (phase)", cells))
    for name in dict.fromkeys(name for m in metrics for name in m):
        values = [m.get(name) for m in metrics]
        cells = [estimate_text(None if v is None else in_degrees(v)) for v in values]
        rows.append(_row(quantity_name(name), cells))
    partial = "".join(
        f"<li>Rep {rep.index} is incomplete and not judged: {escape(rep.reason or 'cut off')}</li>"
        for rep in reps
        if not rep.complete
    )
    level = percent(analysis.settings.level)
    return (
        f'<div class="scroll wide"><table class="reps"><thead><tr><th scope="col">'
        f'<span class="sr">Quantity</span></th>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
        f'<p class="note">± and ranges are {level} intervals. Choose a rep to see it in the replay. '
        f"Also in <code>tables/reps.csv</code>.</p>{f'<ul>{partial}</ul>' if partial else ''}"
    )


def _row(name: str, cells: list[str]) -> str:
    return f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{escape(c)}</td>" for c in cells)}</tr>'


def quality(analysis: "Analysis") -> str:
    """What was refused and why, which channels could not be used, what was filled, assumed or is missing."""
    blocks = [
        _block("Refused", _refusals(analysis), "Nothing was refused."),
        _block("Channels", _channels(analysis), "Every channel could be used."),
        _block("Filled gaps", _filled(analysis), "No frame leans on filled samples."),
        _block("Missing", _missing(analysis), "Nothing that this movement needs is missing."),
        _block("Notes", list(dict.fromkeys(_notes(analysis))), "Nothing to note."),
    ]
    return f'<div class="blocks">{"".join(blocks)}</div>'


def _block(title: str, items: list[str], otherwise: str) -> str:
    if not items:
        return f'<section class="block"><h3>{title}</h3><p class="none">{otherwise}</p></section>'
    listed = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f'<section class="block"><h3>{title} <small>{len(items)}</small></h3><ul>{listed}</ul></section>'


def _refusals(analysis: "Analysis") -> list[str]:
    chain = analysis.chain
    if chain is None:
        return []
    found: list[str] = []
    for link in chain.links:
        reasons: dict[str, list[str]] = {}
        for event in link.per_rep:
            if event.time_s is None:
                reasons.setdefault(event.reason or "no reason given", []).append(str(event.rep))
        what = f"{link_name(link.name)}, {event_noun(link.event)}"
        for reason, reps in reasons.items():
            found.append(
                f"{sentence(what).rstrip('.')}, {'rep' if len(reps) == 1 else 'reps'} {', '.join(reps)}: {reason}"
            )
    for gap in chain.gaps:
        if gap.verdict == "not-resolvable":
            pair = f"{link_name(gap.from_link)} → {link_name(gap.to_link)}, {event_noun(gap.event)}"
            found.append(f"{sentence(pair).rstrip('.')}: {gap.reason}")
    return found


def _channels(analysis: "Analysis") -> list[str]:
    found: list[str] = []
    grouped: dict[tuple[str, bool, str], list[str]] = {}
    for q in analysis.quality:
        if q.reasons or not q.usable:
            grouped.setdefault((q.stream, q.usable, "; ".join(q.reasons) or "not usable"), []).append(q.channel)
    for (stream, usable, reason), channels in grouped.items():
        state = "used in part" if usable else "not used"
        found.append(f"{stream}: {', '.join(channels)}: {reason} ({state})")
    return found


def _filled(analysis: "Analysis") -> list[str]:
    body = analysis.body
    shares = {name: float(np.mean(mask)) for name, mask in body.filled.items() if name in body.angles}
    worst = sorted(((share, name) for name, share in shares.items() if share >= _FILLED_WORTH_SAYING), reverse=True)
    return [f"{quantity_name(name)}: {100.0 * share:.1f} % of the frames" for share, name in worst[:12]]


def _missing(analysis: "Analysis") -> list[str]:
    return [name.replace("_", " ") for name in analysis.body.missing]


def _notes(analysis: "Analysis") -> list[str]:
    chain = () if analysis.chain is None else analysis.chain.notes
    return [*analysis.notes, *analysis.corrections, *chain]


_METHODS = (
    (
        "Segments",
        "Each segment is a rigid fit of its own markers in each frame; joint angles follow the ISB conventions.",
    ),
    (
        "Rates",
        "Angular velocity comes from the segment's rotation itself, not from differenced angles, about the segment's own axes; "
        "joint rates are the derivative of the joint angle.",
    ),
    (
        "Events",
        "Onset: the rate rises through 10 % of its peak. Peak: its largest value. Turning point: it changes sign. "
        "Times are finer than one frame.",
    ),
    (
        "Intervals",
        "Each interval holds the noise measured in this very recording, the frame rate, the choice of filter (cut-off ± 30 %) and "
        "movement of the skin over the bone; an interval of a set also holds the spread between reps.",
    ),
    (
        "Verdicts",
        "In order or inside the band: the whole interval lies inside. Out: the whole interval lies outside. Anything else is not "
        "resolvable. A band with no source (grade N), or one that the best evidence contradicts (grade X), is never judged.",
    ),
)


def methods(analysis: "Analysis") -> str:
    """How the numbers came about, the sources and grades of what was judged, settings, inputs and versions."""
    points = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in _methods(analysis))
    return f"<dl>{points}</dl>{_sources(analysis)}{_inputs(analysis)}{_settings(analysis)}{_scope()}"


def _methods(analysis: "Analysis") -> list[tuple[str, str]]:
    if analysis.body.source != "angles":
        return list(_METHODS)
    taken = ("Angles", "The joint angles were made by another program and are taken as they stand in the file.")
    return [taken, *_METHODS[2:]]


def _sources(analysis: "Analysis") -> str:
    if analysis.chain is None or not analysis.chain.gaps:
        return ""
    rows = "".join(
        f"<tr><th scope=row>{escape(link_name(g.from_link))} → {escape(link_name(g.to_link))}, {escape(event_noun(g.event))}</th>"
        f"<td>{escape(band_text(g.band_s))}</td><td>{escape(g.source or 'none')}</td><td>{escape(g.grade or '—')}</td></tr>"
        for g in analysis.chain.gaps
    )
    head = "<tr><th>What was judged</th><th>Band</th><th>Source</th><th>Grade</th></tr>"
    key = (
        "Grades: A consistent systematic reviews; B direct trials or a strong indirect review; C small, observational or "
        "mechanistic; D expert opinion; N no source found; X the best evidence contradicts."
    )
    return (
        f'<div class="scroll"><table><thead>{head}</thead><tbody>{rows}</tbody></table></div><p class="note">{key}</p>'
    )


def _inputs(analysis: "Analysis") -> str:
    recording = analysis.recording
    rows: list[str] = []
    for file in recording.inputs:
        streams = [s for s in recording.streams if s.name in file.streams]
        what = "; ".join(
            f"{s.name}: {plural(len(s.channels), 'channel')}, {s.rate_hz:g} Hz, {s.duration_s:.2f} s" for s in streams
        )
        rows.append(
            f"<tr><th scope=row>{escape(file.path)}</th><td>{escape(file.format)}</td><td>{escape(what)}</td>"
            f'<td><code class="sha">{escape(file.sha256)}</code></td></tr>'
        )
    head = "<tr><th>File</th><th>Format</th><th>Streams</th><th>SHA-256</th></tr>"
    clocks = "".join(
        f"<li>{escape(o.stream)}: moved by {1000.0 * o.offset_s:.1f} ms, SD {1000.0 * o.sd_s:.1f} ms, by {escape(o.method)}</li>"
        for o in recording.offsets
    )
    synced = f"<h3>Clocks</h3><ul>{clocks}</ul>" if clocks else ""
    return f'<h3>Inputs</h3><div class="scroll"><table><thead>{head}</thead><tbody>{"".join(rows)}</tbody></table></div>{synced}'


def _settings(analysis: "Analysis") -> str:
    settings, body = analysis.settings, analysis.body
    pairs = [
        ("Legato", analysis.version),
        ("Movement", f"{analysis.movement.name} ({analysis.movement.id})"),
        ("Marker set", body.marker_set or "none"),
        ("Reps found by", analysis.rep_driver.replace("_", " ")),
        ("Frames", f"{body.n_frames} at {body.rate_hz:g} Hz"),
        ("Interval level", percent(settings.level)),
        ("Mass", "not given" if settings.mass_kg is None else f"{settings.mass_kg:g} kg"),
        ("Height", "not given" if settings.height_m is None else f"{settings.height_m:g} m"),
        ("Static trial", settings.static or "none"),
        ("Baseline", settings.baseline or "none"),
    ]
    rows = "".join(f"<tr><th scope=row>{name}</th><td>{escape(value)}</td></tr>" for name, value in pairs)
    return f'<h3>Settings and versions</h3><div class="scroll"><table class="pairs"><tbody>{rows}</tbody></table></div>'


def _scope() -> str:
    return '<p class="note">Legato measures technique and performance in sport and training. It is not a medical device.</p>'
