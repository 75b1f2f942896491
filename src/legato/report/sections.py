"""The report's plain sections: rep table, quality, methods, inputs and versions."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import PurePath
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from legato.movements.model import Rep
from legato.report.alike import told_once
from legato.report.bar import untimed
from legato.report.bodiless import bodiless, one_stretch, recorded_fact
from legato.report.coaching import coached
from legato.report.corrections import correction_texts
from legato.report.document import in_degrees
from legato.report.emg_only import emg_rates, only_emg, reps_fact, unmarked
from legato.report.fault_words import faults_unseen
from legato.report.findings import reason_of
from legato.report.holds import held_text, rep_noun
from legato.report.muscle_refusals import refused_reps, shared_signals
from legato.report.side_by_side import row, side_by_side
from legato.report.words import (
    band_text,
    event_noun,
    gap_event,
    link_name,
    loads_text,
    number,
    percent,
    plural,
    quantity_name,
    rep_number,
    row_texts,
    sentence,
    unit_text,
)

if TYPE_CHECKING:
    from legato.analysis import Analysis

_FILLED_WORTH_SAYING = 0.005
"""Share of filled frames from which a joint or point is listed; display only, judges nothing."""

_WINDOWS = "Windows that other sensors would show"

_FILLED_IN = "filled-in markers"
"""What the reason of an event that was refused for filled samples holds."""

_SHOWN = 8
"""Items of a list that are shown before the rest must be asked for."""


def rep_table(analysis: "Analysis") -> str:
    """Reps side by side: times, phases, and each metric with its interval."""
    if one_stretch(analysis):
        return f'<p class="none">{escape(sentence(analysis.reps[0].reason))}</p>'
    reps, metrics = analysis.reps, analysis.rep_metrics
    if not reps:
        return '<p class="none">No repetition was found.</p>'
    if untimed(analysis):
        return '<p class="none">The list of repetitions holds no times; its numbers stand under Bar.</p>'
    noun = rep_noun(analysis)
    head = "".join(
        f'<th scope="col"><button class="jump" data-t="{rep.start_s:.4f}">{noun.capitalize()} {rep_number(rep.index)}'
        f"</button>{f'<small>{escape(rep.side)}</small>' if rep.side else ''}"
        f"{'' if rep.complete else '<small>incomplete</small>'}</th>"
        for rep in reps
    )
    rows = [
        row("start", "s", [f"{rep.start_s:.2f}" for rep in reps]),
        row("duration", "s", [f"{rep.end_s - rep.start_s:.2f}" for rep in reps]),
    ]
    names = dict.fromkeys(name for m in metrics for name in m)
    held = any(rep.ending for rep in reps)
    if (loads := analysis.settings.loads_kg) is not None:
        rows.insert(0, row("load", "kg", [f"{load:g}" for load in loads]))
    if "duration_s" in names or held:
        rows.pop()
    if held:
        rows.append(row("held", "", [held_text(rep) for rep in reps]))
        rows.append(row("ended", "", [rep.ending for rep in reps]))
        names.pop("held_s", None)
    for name in [] if held else phases_in_time(reps):
        said = f"phase: {name.replace('_', ' ')}"
        if f"{name}_s" in names:
            del names[f"{name}_s"]
            rows.append(row(said, "s", row_texts([m.get(f"{name}_s") for m in metrics])))
            continue
        spans = [rep.phase(name) for rep in reps]
        cells = ["—" if s is None or s.duration_s <= 0.0 else f"{s.duration_s:.2f}" for s in spans]
        rows.append(row(said, "s", cells))
    for name in names:
        values = [in_degrees(m[name]) if name in m else None for m in metrics]
        unit = next((v.unit for v in values if v is not None), "")
        rows.append(row(quantity_name(name), unit_text(unit), row_texts(values)))
    partial = "".join(
        f"<li>{noun.capitalize()} {rep_number(rep.index)} is incomplete and not judged: "
        f"{escape(rep.reason or 'cut off')}</li>"
        for rep in reps
        if not rep.complete
    )
    level = percent(analysis.settings.level)
    look = f" Choose a {noun} to see it in the replay." if analysis.body.points else ""
    return (
        f"{side_by_side(head, rows)}"
        f'<p class="note">± and ranges are {level} intervals.{look} '
        f"Also in <code>tables/reps.csv</code>.</p>{f'<ul>{partial}</ul>' if partial else ''}"
    )


def phases_in_time(reps: Sequence[Rep]) -> list[str]:
    """The names of all phases by when they start in their reps, the shorter of two first."""
    found: dict[str, list[tuple[float, float]]] = {}
    for rep in reps:
        for phase in rep.phases:
            found.setdefault(phase.name, []).append((phase.start_s - rep.start_s, phase.end_s - rep.start_s))
    return sorted(found, key=lambda name: (median(s for s, _ in found[name]), median(e for _, e in found[name])))


def quality(analysis: "Analysis") -> str:
    """What was refused and why, which channels could not be used, what was filled, assumed or is missing."""
    refused = [*_refusals(analysis), *refused_reps(analysis)]
    blocks = (
        ("Refused", refused, _none_refused(analysis)),
        (_WINDOWS, _windows(analysis), "" if _unsourced(analysis) else "Every window of this movement is judged."),
        ("Channels", [*_channels(analysis), *shared_signals(analysis)], _all_usable(analysis)),
        ("Filled gaps", _filled(analysis), "No judged event leans on filled samples."),
        ("Corrections", correction_texts(analysis.corrections), "Nothing was corrected by hand."),
        ("Missing", _missing(analysis), "Nothing that this movement needs is missing."),
        ("Notes", list(dict.fromkeys(_notes(analysis))), "Nothing to note."),
    )
    beside = {"Filled gaps", "Missing"} if bodiless(analysis) else set[str]()
    if bodiless(analysis) and not refused and (unmarked(analysis) or not only_emg(analysis)):
        beside.add("Refused")
    if analysis.chain is None or not analysis.chain.windows:
        beside.add(_WINDOWS)
    blocks = tuple(block for block in blocks if block[0] not in beside)
    listed = "".join(_block(title, items) for title, items, _ in blocks if items)
    fine = " ".join(otherwise for _, items, otherwise in blocks if not items and otherwise)
    return f'<div class="blocks">{listed}{f"<p class=none>{fine}</p>" if fine else ""}</div>'


def _block(title: str, items: list[str]) -> str:
    listed = [f"<li>{escape(item)}</li>" for item in items]
    html = f"<ul>{''.join(listed[:_SHOWN])}</ul>"
    if len(listed) > _SHOWN:
        html += f"<details><summary>{len(listed) - _SHOWN} more</summary><ul>{''.join(listed[_SHOWN:])}</ul></details>"
    return f'<section class="block"><h3>{title} <small>{len(items)}</small></h3>{html}</section>'


def _power_refused(analysis: "Analysis") -> bool:
    """Whether the power of a joint, or of all, is not told."""
    power = analysis.power
    return power is not None and (bool(power.refused) or any(check.holds is False for check in power.closure))


def _none_refused(analysis: "Analysis") -> str:
    """What may be said where no event, lag or rep of a muscle was refused."""
    if any(not q.usable for q in analysis.quality):
        return ""
    whole = all(rep.complete for rep in analysis.reps)
    if _power_refused(analysis):
        return "No event was refused; what is refused of the power stands there."
    return "Nothing was refused." if whole else f"In the whole {rep_noun(analysis)}s nothing was refused."


def _all_usable(analysis: "Analysis") -> str:
    in_part = any(m.refused_reps for m in (() if analysis.muscles is None else analysis.muscles.usable))
    return "No channel was refused as a whole." if in_part else "Every channel could be used."


def _refusals(analysis: "Analysis") -> list[str]:
    chain = None if bodiless(analysis) else analysis.chain
    if chain is None:
        return []
    noun = rep_noun(analysis)
    found: dict[str, list[str]] = {}
    for link in chain.links:
        reasons: dict[str, list[str]] = {}
        for event in link.per_rep:
            if event.time_s is None:
                reasons.setdefault(coached(event.reason) or "no reason given", []).append(str(rep_number(event.rep)))
        what = f"{link_name(link.name)}, {event_noun(link.event, link.quantity)}"
        for reason, reps in reasons.items():
            found.setdefault(reason, []).append(f"{what}, {noun}{'' if len(reps) == 1 else 's'} {', '.join(reps)}")
    for gap in chain.gaps:
        if gap.verdict == "not-resolvable":
            said = "; ".join(part for part in reason_of(gap) if part)
            pair = f"{link_name(gap.from_link)} → {link_name(gap.to_link)}, {gap_event(gap)}"
            found.setdefault(said, []).append(pair)
    return _by_reason(found)


def _by_reason(found: Mapping[str, Sequence[str]]) -> list[str]:
    """What shares a reason on one line, and the reason once."""
    return [f"{sentence('; '.join(ones)).rstrip('.')}: {reason}" for reason, ones in found.items()]


def _unsourced(analysis: "Analysis") -> set[str]:
    """Windows that nobody needs electrodes for: they are of muscles, no EMG was recorded, and no source supports
    them.
    """
    if analysis.chain is None or analysis.recording.of_kind("emg"):
        return set()
    of_muscles = {spec.id for spec in analysis.movement.windows if spec.muscles}
    return {w.id for w in analysis.chain.windows if w.gap is None and w.id in of_muscles and w.grade in ("N", "X")}


def _windows(analysis: "Analysis") -> list[str]:
    left_out = _unsourced(analysis)
    found: dict[str, list[str]] = {}
    for window in () if analysis.chain is None else analysis.chain.windows:
        if window.gap is None and window.share is None and window.id not in left_out:
            band = "" if window.band_s is None else f", {band_text(window.band_s)}"
            claim = f"claim {window.claim}, " if window.claim else ""
            pair = f"{window.from_event} → {window.to_event}{band} ({claim}grade {window.grade})"
            found.setdefault(f"not resolvable, {window.reason}", []).append(pair)
    return _by_reason(found)


def _channels(analysis: "Analysis") -> list[str]:
    found: list[str] = []
    grouped: dict[tuple[str, bool], list[tuple[str, str]]] = {}
    for q in analysis.quality:
        if q.reasons or not q.usable:
            grouped.setdefault((q.stream, q.usable), []).append((q.channel, "; ".join(q.reasons) or "not usable"))
    for (stream, usable), said in grouped.items():
        state = "used in part" if usable else "not used"
        found += [f"{stream}: {', '.join(channels)}: {reason} ({state})" for channels, reason in told_once(said)]
    return found


def _filled(analysis: "Analysis") -> list[str]:
    body = analysis.body
    shares = {name: float(np.mean(mask)) for name, mask in body.filled.items() if name in body.angles}
    worst = sorted(((share, name) for name, share in shares.items() if share >= _FILLED_WORTH_SAYING), reverse=True)
    items = [f"{quantity_name(name)}: {100.0 * share:.1f} % of the frames" for share, name in worst[:12]]
    links = () if analysis.chain is None else analysis.chain.links
    leaning = sum(1 for link in links for event in link.per_rep if _FILLED_IN in event.reason)
    if leaning:
        items.insert(0, f"{plural(leaning, 'event')} refused for leaning on filled samples")
    return items


def _missing(analysis: "Analysis") -> list[str]:
    found: dict[str, list[str]] = {}
    for missing in analysis.body.missing:
        name, _, reason = missing.replace("_", " ").partition(": ")
        found.setdefault(reason, []).append(name)
    whole = found.pop("", [])
    return [*whole, *(f"{', '.join(names)}: {reason}" for reason, names in found.items())]


def _notes(analysis: "Analysis") -> list[str]:
    chain = () if analysis.chain is None else analysis.chain.notes
    return [coached(note) for note in (*analysis.notes, *chain, *filter(None, [faults_unseen(analysis)]))]


def methods(analysis: "Analysis") -> str:
    """How the numbers came about, the sources and grades of what was judged, settings, inputs and versions."""
    entries = _methods(analysis)
    points = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in entries)
    return f"<dl>{points}</dl>{_sources(analysis)}{_inputs(analysis)}{_settings(analysis)}{_scope()}"


@cache
def _method_entries() -> tuple[dict[str, str], ...]:
    text = files("legato.report").joinpath("assets", "methods.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["method"])


def _methods(analysis: "Analysis") -> list[tuple[str, str]]:
    """Those of the body's source, of any motion, of EMG, force and the bar, as far as the recording holds them."""
    held = set[str]() if bodiless(analysis) else {analysis.body.source, "motion"}
    parts = {"emg": analysis.muscles, "force": analysis.forces, "bar": analysis.bar}
    held |= {name for name, part in parts.items() if part is not None}
    if (forces := analysis.forces) is not None:
        searched = forces.jumps
        held |= {"jumps"} if searched is not None and (searched.jumps or searched.rebounds) else set[str]()
        held |= {"rises"} if forces.rises else set[str]()
    return [(e["name"], e["text"].strip()) for e in _method_entries() if e.get("needs") is None or e["needs"] in held]


def _sources(analysis: "Analysis") -> str:
    if analysis.chain is None or not analysis.chain.gaps or bodiless(analysis):
        return ""
    rows = ""
    for gap in analysis.chain.gaps:
        pair = f"{link_name(gap.from_link)} → {link_name(gap.to_link)}, {gap_event(gap)}"
        cells = (band_text(gap.band_s), gap.source or "none", gap.grade or "—")
        rows += f"<tr><th scope=row>{escape(pair)}</th>{''.join(f'<td>{escape(c)}</td>' for c in cells)}</tr>"
    head = "<tr><th>What was judged</th><th>Band</th><th>Source</th><th>Grade</th></tr>"
    return f'<div class="scroll"><table><thead>{head}</thead><tbody>{rows}</tbody></table></div>'


def _inputs(analysis: "Analysis") -> str:
    recording = analysis.recording
    rows: list[str] = []
    for file in recording.inputs:
        streams = [s for s in recording.streams if s.name in file.streams]
        what = "; ".join(
            f"{s.name}: {plural(len(s.channels), 'channel')}, {s.rate_hz:g} Hz, {s.duration_s:.2f} s" for s in streams
        )
        rows.append(
            f"<tr><th scope=row>{escape(PurePath(file.path).name)}</th><td>{escape(file.format)}</td>"
            f"<td>{escape(what)}</td>"
            f'<td><code class="sha">{escape(file.sha256)}</code></td></tr>'
        )
    head = "<tr><th>File</th><th>Format</th><th>Streams</th><th>SHA-256</th></tr>"
    clocks = "".join(
        f"<li>{escape(o.stream)}: moved by {number(1000.0 * o.offset_s, 1)} ms (SD {1000.0 * o.sd_s:.1f} ms), "
        f"{escape(o.method)}</li>"
        for o in recording.offsets
    )
    synced = f"<h3>Clocks</h3><ul>{clocks}</ul>" if clocks else ""
    table = f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"
    return f'<h3>Inputs</h3><div class="scroll">{table}</div>{synced}'


def _loads(analysis: "Analysis") -> str:
    settings = analysis.settings
    if settings.load_kg is not None:
        return f"{settings.load_kg:g} kg in every rep"
    if settings.loads_kg is not None:
        return loads_text(settings.loads_kg)
    listed = [] if analysis.bar is None else [r.load_kg for r in analysis.bar.reps if r.load_kg is not None]
    return f"{loads_text(listed)}, from the list" if listed else "not given"


def _settings(analysis: "Analysis") -> str:
    settings, body = analysis.settings, analysis.body
    asked = "" if analysis.bar is None else analysis.bar.asked_tempo
    found_by = analysis.rep_driver.replace("_", " ")
    grade = f" (grade {analysis.movement.grade})" if analysis.movement.grade else ""
    pairs = [
        ("Legato", analysis.version),
        ("Movement", f"{analysis.movement.name} ({analysis.movement.id})"),
        ("Source of the movement", analysis.movement.source + grade),
        *(
            [("EMG", emg_rates(analysis)), ("Reps", reps_fact(analysis))]
            if only_emg(analysis)
            else [("Reps found by", found_by), ("Recording", recorded_fact(analysis))]
            if bodiless(analysis)
            else [
                ("Marker set", body.marker_set or "none"),
                ("Reps found by", found_by),
                ("Frames", f"{body.n_frames} at {body.rate_hz:g} Hz"),
            ]
        ),
        ("Interval level", percent(settings.level)),
        ("Mass", "not given" if settings.mass_kg is None else f"{settings.mass_kg:g} kg"),
        ("Height", "not given" if settings.height_m is None else f"{settings.height_m:g} m"),
        *([("Segment masses", f"of the {settings.sex} table")] if settings.sex else []),
        ("Static trial", settings.static or "none"),
        ("Baseline", settings.baseline or "none"),
        ("Loads", _loads(analysis)),
        *([] if settings.stop_loss_pct is None else [("Stop at a velocity loss of", f"{settings.stop_loss_pct:g} %")]),
        *([("Tempo asked", asked)] if asked else []),
    ]
    rows = "".join(f"<tr><th scope=row>{name}</th><td>{escape(value)}</td></tr>" for name, value in pairs)
    table = f'<table class="pairs"><tbody>{rows}</tbody></table>'
    return f'<h3>Settings and versions</h3><div class="scroll">{table}</div>'


def _scope() -> str:
    scope = "Legato measures technique and performance in sport and training. It is not a medical device."
    return f'<p class="note">{scope}</p>'
