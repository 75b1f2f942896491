"""What a session's page needs of an analysis beside the report's pieces: the rep table to sort, the lanes' means, and
what can be corrected.
"""

import statistics
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from legato.compare.readings import set_mean
from legato.estimate import LEVEL, Estimate
from legato.faults.model import Fault
from legato.movements.model import Rep
from legato.report.bar import untimed
from legato.report.bodiless import one_stretch
from legato.report.comparison import row_name
from legato.report.document import in_degrees
from legato.report.drill_words import dose_words
from legato.report.fault_words import faults_found
from legato.report.fixes import fixes_of, note_on
from legato.report.holds import rep_noun
from legato.report.lanes import line_up
from legato.report.sections import phases_in_time
from legato.report.words import event_noun, link_name, percent, quantity_name, rep_number, row_texts, unit_text

if TYPE_CHECKING:
    from legato.analysis import Analysis

_MOST_NAMES = 400
"""Channels of a stream that are listed to choose from. [ENG] A full-body set of markers has about 60."""


def session_record(analysis: "Analysis") -> dict[str, Any]:
    """The record.

    `noun` of a repetition, `level` of the intervals, `reps` (columns and rows), `lanes` (mean of each event against the
    instant that reps are lined up at, s), `aligned` (that instant in words), `rests_on` (each fault found with its
    drills, their grades and claims), `drills_note`, `names` (what a correction can name).
    """
    return {
        "noun": rep_noun(analysis),
        "level": percent(analysis.settings.level),
        "reps": _reps(analysis),
        **_lanes(analysis),
        "rests_on": [_rests_on(finding.fault, analysis) for finding in faults_found(analysis)],
        "drills_note": note_on(analysis.screening),
        "names": _names(analysis),
    }


def _reps(analysis: "Analysis") -> dict[str, Any]:
    """Columns with their units, and one row a repetition: its texts with their intervals, and what they sort by."""
    if one_stretch(analysis) or untimed(analysis):
        return {"columns": [], "rows": []}
    reps = analysis.reps
    columns: list[tuple[str, str, Sequence[float | None], Sequence[str]]] = []
    if (loads := analysis.settings.loads_kg) is not None:
        columns.append(("load", "kg", loads, [f"{load:g}" for load in loads]))
    starts = [rep.start_s for rep in reps]
    lengths = [rep.end_s - rep.start_s for rep in reps]
    columns.append(("start", "s", starts, [f"{s:.2f}" for s in starts]))
    columns.append(("duration", "s", lengths, [f"{s:.2f}" for s in lengths]))
    columns += _gap_columns(analysis)
    names = dict.fromkeys(name for metrics in analysis.rep_metrics for name in metrics)
    names.pop("duration_s", None)
    for phase in phases_in_time(reps):
        if f"{phase}_s" not in names:
            spans = [rep.phase(phase) for rep in reps]
            known = [None if s is None or s.duration_s <= 0.0 else s.duration_s for s in spans]
            texts = ["—" if s is None else f"{s:.2f}" for s in known]
            columns.append((f"phase: {phase.replace('_', ' ')}", "s", known, texts))
    for name in names:
        values = [in_degrees(m[name]) if name in m else None for m in analysis.rep_metrics]
        columns.append(_column(quantity_name(name), values))
    return {
        "columns": [{"name": name, "unit": unit} for name, unit, _, _ in columns],
        "rows": [_row(rep, [(values[k], texts[k]) for _, _, values, texts in columns]) for k, rep in enumerate(reps)],
    }


def _column(name: str, values: Sequence[Estimate | None]) -> tuple[str, str, Sequence[float | None], Sequence[str]]:
    unit = next((v.unit for v in values if v is not None), "")
    return name, unit_text(unit), [None if v is None else v.value for v in values], row_texts(values)


def _gap_columns(
    analysis: "Analysis",
) -> Iterable[tuple[str, str, Sequence[float | None], Sequence[str]]]:
    """The gaps that were told in any repetition, the primary one first, in ms."""
    gaps = () if analysis.chain is None else analysis.chain.gaps
    for gap in sorted(gaps, key=lambda g: not g.primary):
        by_rep = {one.rep: one.gap_s for one in gap.per_rep}
        values = [None if (e := by_rep.get(rep.index)) is None else e.scaled(1000.0, "ms") for rep in analysis.reps]
        if any(v is not None for v in values):
            about = {"from": gap.from_link, "to": gap.to_link, "event": gap.event, "quantity": gap.quantity}
            yield _column(row_name(about), values)


def _row(rep: Rep, cells: Sequence[tuple[float | None, str]]) -> dict[str, Any]:
    return {
        "index": rep.index,
        "number": rep_number(rep.index),
        "start_s": round(rep.start_s, 4),
        "end_s": round(rep.end_s, 4),
        "complete": rep.complete,
        "reason": rep.reason,
        "side": rep.side,
        "label": rep.label,
        "cells": [{"value": value, "text": text} for value, text in cells],
    }


def _lanes(analysis: "Analysis") -> dict[str, Any]:
    """The mean of each event of each link over the repetitions, against the instant that they are lined up at."""
    lanes = line_up(analysis)
    found: list[dict[str, Any]] = []
    for link in () if analysis.chain is None else analysis.chain.links:
        timed = [(e.time_s, lanes.references[e.rep]) for e in link.per_rep if e.time_s and e.rep in lanes.references]
        if not timed:
            continue
        half = statistics.median(time.half_width for time, _ in timed)
        fixed = Estimate.symmetric(0.0, half, level=analysis.settings.level).at_level(LEVEL).half_width
        mean = set_mean([time.value - at for time, at in timed], fixed, "s", placed=True).estimate
        gap = lanes.primary
        if gap is not None and gap.set_s is not None and (gap.to_link, gap.events[1]) == (link.name, link.event):
            # What the reps are lined up at is its first event, so it is that very gap.
            mean = gap.set_s.at_level(LEVEL)
        if mean is None:
            continue
        noun = event_noun(link.event, link.quantity)
        about = {"link": link.name, "name": link_name(link.name), "event": link.event, "noun": noun, "n": len(timed)}
        found.append(about | {"value": mean.value, "low": mean.low, "high": mean.high})
    return {"aligned": lanes.aligned, "lanes": found}


def _rests_on(fault: Fault, analysis: "Analysis") -> dict[str, Any]:
    """A fault, its source and grade, and the drills that answer it, the one to begin with first."""
    drills = [
        {
            "drill": fix.drill.id,
            "name": fix.drill.name,
            "words": fix.words,
            "cue": fix.cue,
            "dose": dose_words(fix.step.dose, fix.step.tempo),
            "grade": fix.drill.grade,
            "claim": fix.drill.claim,
        }
        for fix in fixes_of(fault, analysis.screening, analysis.own_drills)
    ]
    about = {"fault": fault.id, "name": fault.name, "says": fault.says}
    return about | {"source": fault.source, "grade": fault.grade, "claim": fault.claim, "drills": drills}


def _names(analysis: "Analysis") -> dict[str, Any]:
    """What the recording and its repetitions have that a correction can name, and the span of time, s."""
    times = analysis.body.times()
    known = [rep for rep in analysis.reps if rep.end_s > rep.start_s]
    return {
        "start_s": round(float(times[0]), 4) if len(times) else 0.0,
        "end_s": round(float(times[-1]), 4) if len(times) else 0.0,
        "reps": [
            {
                "number": rep_number(rep.index),
                "at_s": round(0.5 * (rep.start_s + rep.end_s), 4),
                "start_s": round(rep.start_s, 4),
                "end_s": round(rep.end_s, 4),
                "complete": rep.complete,
                "marks": {name: round(at, 4) for name, at in rep.marks.items()},
                "phases": [[p.name, round(p.start_s, 4), round(p.end_s, 4)] for p in rep.phases],
            }
            for rep in known
        ],
        "links": [
            {
                "link": one.name,
                "name": link_name(one.name),
                "event": one.event,
                "noun": event_noun(one.event, one.quantity),
            }
            for one in (() if analysis.chain is None else analysis.chain.links)
        ],
        "events": [
            {"name": e.name, "time_s": round(e.time_s, 4), "context": e.context} for e in analysis.recording.events
        ],
        "streams": [
            {"name": s.name, "kind": s.kind, "channels": list(s.channels[:_MOST_NAMES])}
            for s in analysis.recording.streams
        ],
    }
