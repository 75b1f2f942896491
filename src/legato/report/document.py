"""The analysis as `result.json` holds it: schema `legato.analysis/1`, strict JSON, same bytes for the same input."""

import dataclasses
import json
import math
from collections.abc import Mapping
from pathlib import PurePath
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from legato.body.person import lengths_of
from legato.body.placement import placement_of
from legato.chain.model import ChainResult, GapResult, LinkResult, WindowResult
from legato.chain.windows import judge_windows
from legato.estimate import Estimate
from legato.movements.model import Rep
from legato.recording import InputFile, Recording, Stream
from legato.report.bar_record import bar_record
from legato.report.between_record import between_record
from legato.report.coordination_record import coordination_record
from legato.report.drive_record import drive_record
from legato.report.findings_record import findings_record
from legato.report.forces_record import forces_record
from legato.report.gains_record import compensation_record, muscle_work_record
from legato.report.kinetics_record import kinetics_record
from legato.report.lumbar_load import lumbar_load_record
from legato.report.muscles_record import muscles_record, pairs_record
from legato.report.power_record import power_record
from legato.report.whole_body_record import whole_body_record

if TYPE_CHECKING:
    from legato.analysis import Analysis

SCHEMA = "legato.analysis/1"

_FIGURES = 10
"""Significant figures kept: far below any interval, and enough to hide the last bits that differ between machines."""


def to_dict(analysis: "Analysis") -> dict[str, Any]:
    """The record that `result.json` holds.

    Times in s from the recording's start, angles in degrees, SI otherwise. An estimate is `{value, low, high, unit}`;
    what is absent is null, or an empty list where the schema has a list.
    """
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "legato_version": analysis.version,
        "settings": _plain(analysis.settings),
        "movement": {
            "id": analysis.movement.id,
            "name": analysis.movement.name,
            "given": analysis.movement_given,
            "proposed": not analysis.movement_given,
            "probability": analysis.movement_probability,
            "checksum": analysis.entry,
        },
        "corrections": [outcome.to_dict() for outcome in analysis.corrections],
        "inputs": [_input(file, analysis.recording) for file in analysis.recording.inputs],
        "sync": _sync(analysis.recording, analysis.settings.level),
        "quality": [
            {"stream": q.stream, "channel": q.channel, "usable": q.usable, "reasons": list(q.reasons)}
            for q in analysis.quality
        ],
        "reps": [_rep(rep, metrics) for rep, metrics in zip(analysis.reps, analysis.rep_metrics, strict=True)],
        "rep_driver": analysis.rep_driver,
        "chain": None if analysis.chain is None else _chain(analysis.chain),
        "coordination": _plain(coordination_record(analysis.coordination)),
        "windows": _windows(analysis),
        "muscles": _plain(muscles_record(analysis.muscles)),
        "muscle_pairs": pairs_record(analysis.muscles),
        "between_muscles": _plain(between_record(analysis.muscles)),
        "forces": _plain(forces_record(analysis.forces)),
        "bar": _plain(bar_record(analysis.bar)),
        "kinetics": _plain(kinetics_record(analysis.kinetics)),
        "whole_body": _plain(whole_body_record(analysis.whole_body)),
        "lumbar_load": _plain(lumbar_load_record(analysis)),
        "power": _plain(power_record(analysis.power)),
        "muscle_work": _plain(muscle_work_record(analysis)),
        "compensation": _plain(compensation_record(analysis.compensation)),
        "findings": _plain(findings_record(analysis.findings, analysis.screening, analysis.own_drills)),
        "body": {
            "source": analysis.body.source,
            "marker_set": analysis.body.marker_set,
            "missing": list(analysis.body.missing),
            "rate_hz": analysis.body.rate_hz,
            "placement": placement_of(analysis.body),
            "lengths": _plain(lengths_of(analysis.body)),
        },
        "notes": list(analysis.notes),
    }
    return _rounded(document)


def to_json(analysis: "Analysis") -> str:
    """The text of `result.json`: strict JSON (no NaN), UTF-8, two spaces, a newline at the end."""
    return json.dumps(to_dict(analysis), allow_nan=False, ensure_ascii=False, indent=2) + "\n"


def in_degrees(estimate: Estimate) -> Estimate:
    """The estimate with radians turned into degrees; any other unit as it is."""
    unit = estimate.unit
    if unit == "rad" or unit.startswith(("rad/", "rad·")):
        return estimate.scaled(180.0 / math.pi, "deg" + unit[3:])
    return estimate


def _estimate(estimate: Estimate | None) -> dict[str, float | str] | None:
    return None if estimate is None else in_degrees(estimate).to_dict()


def _input(file: InputFile, recording: Recording) -> dict[str, Any]:
    streams = [s for s in recording.streams if s.name in file.streams]
    # The name alone: the folders above it may name people, and a result is passed on.
    return {
        "path": PurePath(file.path).name,
        "sha256": file.sha256,
        "format": file.format,
        "streams": [_stream(s) for s in streams],
    }


def _stream(stream: Stream) -> dict[str, Any]:
    return {
        "name": stream.name,
        "kind": stream.kind,
        "rate_hz": stream.rate_hz,
        "channels": list(stream.channels),
        "unit": stream.unit or None,
        "duration_s": stream.duration_s,
    }


def _sync(recording: Recording, level: float) -> dict[str, Any]:
    z = NormalDist().inv_cdf(0.5 * (1.0 + level))
    offsets = [
        {
            "stream": offset.stream,
            "offset_s": Estimate.symmetric(offset.offset_s, z * offset.sd_s, "s", level).to_dict(),
            "method": offset.method,
        }
        for offset in recording.offsets
    ]
    methods = list(dict.fromkeys(offset.method for offset in recording.offsets))
    return {"method": ", ".join(methods) or None, "offsets": offsets}


def _rep(rep: Rep, metrics: Mapping[str, Estimate]) -> dict[str, Any]:
    return {
        "index": rep.index,
        "start_s": None if math.isnan(rep.start_s) else rep.start_s,
        "end_s": None if math.isnan(rep.end_s) else rep.end_s,
        "complete": rep.complete,
        "reason": rep.reason or None,
        "side": rep.side or None,
        "label": rep.label or None,
        "ending": rep.ending or None,
        "phases": [{"name": p.name, "start_s": p.start_s, "end_s": p.end_s} for p in rep.phases],
        "marks": dict(rep.marks),
        "metrics": {name: _estimate(value) for name, value in metrics.items()},
    }


def _chain(chain: ChainResult) -> dict[str, Any]:
    order = chain.order
    return {
        "links": [_link(link) for link in chain.links],
        "gaps": [_gap(gap) for gap in chain.gaps],
        "order": None
        if order is None
        else {
            "expected": list(order.expected),
            "observed_most_common": list(order.observed_most_common),
            "share_in_order": _estimate(order.share_in_order),
            "tau_b": order.tau_b,
            "n": order.n,
            "reason": order.reason or None,
        },
        "transfers": [
            {
                "rep": transfer.rep,
                "from": transfer.from_link,
                "to": transfer.to_link,
                "gain": _estimate(transfer.gain),
                "slowed": _estimate(transfer.slowed),
                "reason": transfer.reason or None,
            }
            for transfer in chain.transfers
        ],
        "drive": _plain(drive_record(chain.drive)),
        "notes": list(chain.notes),
    }


def _link(link: LinkResult) -> dict[str, Any]:
    return {
        "name": link.name,
        "quantity": link.quantity,
        "event": link.event,
        "per_rep": [
            {
                "rep": event.rep,
                "time_s": _estimate(event.time_s),
                "value": _estimate(event.value),
                "reason": event.reason or None,
                "by_hand": event.by_hand,
            }
            for event in link.per_rep
        ],
    }


def _gap(gap: GapResult) -> dict[str, Any]:
    return {
        "from": gap.from_link,
        "to": gap.to_link,
        "event": gap.event,
        "quantity": gap.quantity,
        "primary": gap.primary,
        "band_s": None if gap.band_s is None else list(gap.band_s),
        "source": gap.source,
        "grade": gap.grade,
        "per_rep": [
            {"rep": rep.rep, "gap_s": _estimate(rep.gap_s), "reason": rep.reason or None} for rep in gap.per_rep
        ],
        "set": _estimate(gap.set_s),
        "n": gap.n,
        "position": gap.position,
        "verdict": gap.verdict,
        "reason": gap.reason,
    }


def _windows(analysis: "Analysis") -> list[dict[str, Any]]:
    judged = analysis.chain.windows if analysis.chain else judge_windows(analysis.movement.windows, ())
    return [_window(w) for w in judged]


def _window(window: WindowResult) -> dict[str, Any]:
    gap = None if window.gap is None else _gap(window.gap)
    share = window.share
    shares = [] if share is None else [_plain(rep) | {"reason": rep.reason or None} for rep in share.per_rep]
    return {
        "id": window.id,
        "from": window.from_event,
        "to": window.to_event,
        "event": window.event,
        "band_s": None if window.band_s is None else list(window.band_s),
        "source": window.source,
        "grade": window.grade,
        "claim": window.claim or None,
        "per_rep": gap["per_rep"] if gap else shares,
        "set": gap["set"] if gap else None if share is None else _estimate(share.mean),
        "n": gap["n"] if gap else 0 if share is None else share.n,
        "position": window.position,
        "probability_inside": window.probability_inside,
        "verdict": window.verdict,
        "reason": window.reason,
    }


def _plain(value: Any) -> Any:
    """Records, mappings and sequences as JSON types; angles of estimates in degrees."""
    if isinstance(value, Estimate):
        return _estimate(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        rounded = float(f"{value:.{_FIGURES}g}")
        return 0.0 if rounded == 0.0 else rounded
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return value
