"""The analysis as CSV tables: joint angles, reps, gaps, events, muscles. What is missing is an empty cell."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from legato.report.between_record import MEASURE_COLUMNS, measure_rows
from legato.report.cells import Cell, column_name, csv_text, ends
from legato.report.coordination import coordination_rows, drift_rows
from legato.report.document import in_degrees
from legato.report.faults import COLUMNS as FINDING_COLUMNS
from legato.report.faults import finding_rows
from legato.report.kinetics_record import joint_moments
from legato.report.lumbar_load import lumbar_load_columns
from legato.report.muscles_record import BURST_COLUMNS, LAG_COLUMNS, burst_rows, lag_rows
from legato.report.power_record import joint_powers
from legato.report.record_tables import record_tables
from legato.report.whole_body_record import whole_body_columns
from legato.report.words import rep_number

if TYPE_CHECKING:
    from legato.analysis import Analysis

_Table: TypeAlias = tuple[Sequence[str], Sequence[Sequence[Cell]]]
"""Header and rows."""


NAMES = (
    "joint_angles.csv", "joint_moments.csv", "joint_powers.csv", "reps.csv", "gaps.csv", "events.csv",
    "coordination.csv", "drifts.csv", "muscles.csv", "muscle_lags.csv", "muscle_measures.csv", "jumps.csv",
    "rebounds.csv", "pulls.csv", "bar.csv", "work.csv", "findings.csv",
)  # fmt: skip
"""All tables there can be."""


def tables(analysis: "Analysis") -> dict[str, str]:
    """The text of every table by file name; one that would hold no number is left out."""
    moments = joint_moments(
        analysis.body,
        analysis.kinetics,
        {**whole_body_columns(analysis.whole_body), **lumbar_load_columns(analysis)},
        analysis.settings.level,
        None if analysis.whole_body is None else analysis.whole_body.sds_n_m,
    )
    powers = joint_powers(analysis.body, analysis.power)
    # Without motion a body has a time base and nothing else.
    angles = joint_angles(analysis) if analysis.body.angles else None
    frames = {"joint_angles.csv": angles, "joint_moments.csv": moments, "joint_powers.csv": powers}
    rows: dict[str, tuple[_Table, str]] = {
        "reps.csv": (reps(analysis), "rep_number"),
        "gaps.csv": (gaps(analysis), "gap_s"),
        "events.csv": (events(analysis), "time_s"),
        "coordination.csv": (coordination(analysis), "value"),
        "drifts.csv": (drifts(analysis), "slope"),
        "findings.csv": ((FINDING_COLUMNS, finding_rows(analysis)), "value"),
        "muscles.csv": ((BURST_COLUMNS, burst_rows(analysis.muscles)), BURST_COLUMNS[0]),
        "muscle_lags.csv": ((LAG_COLUMNS, lag_rows(analysis.muscles)), LAG_COLUMNS[0]),
        "muscle_measures.csv": ((MEASURE_COLUMNS, measure_rows(analysis.muscles)), MEASURE_COLUMNS[0]),
    }
    return {
        **{name: text for name, text in frames.items() if text is not None},
        **{name: csv_text(*table) for name, (table, told) in rows.items() if _holds(table, told)},
        **record_tables(analysis),
    }


def _holds(table: _Table, column: str) -> bool:
    """Whether any row holds something in that column."""
    header, rows = table
    at = list(header).index(column)
    return any(row[at] is not None for row in rows)


def joint_angles(analysis: "Analysis") -> str:
    """`time_s` and every joint and segment angle, degrees, one row a frame; columns bear the body's names of angles."""
    body = analysis.body
    names = list(body.angles)
    columns = [np.asarray(body.times())] + [np.degrees(body.angles[name]) for name in names]
    row = ",".join(["%.6f", *["%.4f"] * len(names)]) + "\n"
    text = "".join([row % tuple(values) for values in np.column_stack(columns).tolist()])
    return ",".join(["time_s", *names]) + "\n" + text.replace("nan", "")


def reps(analysis: "Analysis") -> _Table:
    """One row a rep: its times, its phases, and each metric with both ends of its interval (`…_low`, `…_high`)."""
    phases = list(dict.fromkeys(p.name for rep in analysis.reps for p in rep.phases))
    units: dict[str, str] = {}
    for metrics in analysis.rep_metrics:
        for name, value in metrics.items():
            units.setdefault(name, in_degrees(value).unit)
    loads = analysis.settings.loads_kg
    header = ["rep_number", "start_s", "end_s", "complete", "reason", *([] if loads is None else ["load_kg"])]
    header += [f"{name}_{end}_s" for name in phases for end in ("start", "end")]
    columns = {name: column_name(name, unit) for name, unit in units.items()}
    header += [f"{column}{end}" for column in columns.values() for end in ("", "_low", "_high")]
    rows: list[list[Cell]] = []
    for rep, metrics in zip(analysis.reps, analysis.rep_metrics, strict=True):
        row: list[Cell] = [rep_number(rep.index), None, None, rep.complete, rep.reason]
        if math.isfinite(rep.start_s):
            row[1:3] = [rep.start_s, rep.end_s]
        row += [] if loads is None else [loads[len(rows)]]
        for name in phases:
            span = rep.phase(name)
            row += [None, None] if span is None else [span.start_s, span.end_s]
        for name in columns:
            row += ends(metrics.get(name))
        rows.append(row)
    return header, rows


def gaps(analysis: "Analysis") -> _Table:
    """One row a gap for the set (`rep_number` is `set`), then one a rep; s."""
    header = ["from", "to", "event", "quantity", "primary", "rep_number", "gap_s", "gap_low_s", "gap_high_s"]
    header += ["band_low_s", "band_high_s", "n", "verdict", "position", "source", "grade", "reason"]
    rows: list[list[Cell]] = []
    for gap in () if analysis.chain is None else analysis.chain.gaps:
        low, high = (None, None) if gap.band_s is None else gap.band_s
        pair: list[Cell] = [gap.from_link, gap.to_link, gap.event, gap.quantity, gap.primary]
        judged: list[Cell] = [low, high, gap.n, gap.verdict, gap.position, gap.source, gap.grade, gap.reason]
        rows.append([*pair, "set", *ends(gap.set_s), *judged])
        for rep in gap.per_rep:
            rows.append(
                [*pair, rep_number(rep.rep), *ends(rep.gap_s), low, high, None, None, None, None, None, rep.reason]
            )
    return header, rows


def events(analysis: "Analysis") -> _Table:
    """One row for each event of each link in each rep, with its time and the link's peak rate there."""
    header = ["link", "quantity", "event", "rep_number", "time_s", "time_low_s", "time_high_s"]
    header += ["value", "value_low", "value_high", "value_unit", "reason", "by_hand"]
    rows: list[list[Cell]] = []
    for link in () if analysis.chain is None else analysis.chain.links:
        for event in link.per_rep:
            value = None if event.value is None else in_degrees(event.value)
            unit = None if value is None else value.unit
            rows.append(
                [
                    link.name,
                    link.quantity,
                    link.event,
                    rep_number(event.rep),
                    *ends(event.time_s),
                    *ends(value),
                    unit,
                    event.reason,
                    event.by_hand,
                ]
            )
    return header, rows


def coordination(analysis: "Analysis") -> _Table:
    """One row a number of coordination for the set (`rep_number` is `set`), then one a rep; angles in degrees."""
    header = [
        "subject",
        "plane",
        "side",
        "phase",
        "measure",
        "rep_number",
        "value",
        "low",
        "high",
        "unit",
        "n",
        "reason",
    ]
    return header, coordination_rows(analysis)


def drifts(analysis: "Analysis") -> _Table:
    """One row a gap and what its drift was read against: s for each rep, each % slower, or each kg."""
    header = ["from", "to", "event", "against", "slope", "slope_low", "slope_high", "unit", "n", "verdict", "reason"]
    return header, drift_rows(analysis)
