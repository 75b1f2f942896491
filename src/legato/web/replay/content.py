"""From an analysis to `replay.bin`: the coarse levels of all signals first, then the skeleton, then the samples."""

from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from legato.movements.model import Rep
from legato.recording import FloatArray
from legato.report.bodiless import one_stretch
from legato.report.holds import rep_noun
from legato.report.lanes import line_up
from legato.report.words import rep_number
from legato.web.replay.channels import Channel, channels_of
from legato.web.replay.marks import marks_of
from legato.web.replay.pack import Packer
from legato.web.replay.pyramid import levels
from legato.web.replay.skeleton import Skeleton, skeleton_of

if TYPE_CHECKING:
    from legato.analysis import Analysis

SCHEMA = "legato.replay/1"


def replay_bytes(analysis: "Analysis") -> bytes:
    """The content of `replay.bin`: skeleton, forces on it, signals with their pyramids, repetitions and marks.

    Times in s of the recording. A channel's samples are in SI as 32-bit floats; shown are they times `factor`, in
    `unit`. The skeleton's points are whole numbers of `scale_m`.
    """
    packer = Packer()
    channels = channels_of(analysis)
    skeleton = skeleton_of(analysis)
    shown = [_coarse(packer, channel, analysis) for channel in channels]
    coarse = packer.size
    figure = None if skeleton is None else _skeleton(packer, skeleton)
    for entry, channel in zip(shown, channels, strict=True):
        entry["samples"] = packer.add(channel.values.astype(np.float32), "f4")
    low, high = _span(analysis, channels, skeleton)
    lanes = line_up(analysis)
    return packer.packed(
        {
            "schema": SCHEMA,
            "legato_version": analysis.version,
            "movement": analysis.movement.name,
            "start_s": low,
            "end_s": high,
            "noun": rep_noun(analysis),
            "reps": _reps(analysis),
            "references": {str(rep): round(t, 5) for rep, t in lanes.references.items() if isfinite(t)},
            "marks": marks_of(analysis),
            "coarse_bytes": coarse,
            "total_bytes": packer.size,
            "skeleton": figure,
            "channels": shown,
        }
    )


def _coarse(packer: Packer, channel: Channel, analysis: "Analysis") -> dict[str, Any]:
    """A channel's entry in the head, its levels packed."""
    values = channel.values.astype(np.float32)
    entry: dict[str, Any] = {
        "id": channel.id,
        "group": channel.group,
        "label": channel.label,
        "side": channel.side,
        "unit": channel.unit,
        "factor": channel.factor,
        "refused": channel.refused,
        "start_s": float(channel.start_s),
        "rate_hz": float(channel.rate_hz),
        "n": int(values.size),
        "reps": _per_rep(channel, analysis),
    }
    if channel.time_s is not None:
        entry["times"] = packer.add(channel.time_s, "f8")
    known = np.isfinite(values)
    entry["low"], entry["high"] = (
        (float(values[known].min()), float(values[known].max())) if known.any() else (0.0, 0.0)
    )
    entry["levels"] = [
        {"step": step, "low": packer.add(low, "f4"), "high": packer.add(high, "f4")}
        for step, low, high in levels(values)
    ]
    return entry


def _per_rep(channel: Channel, analysis: "Analysis") -> list[list[float] | None]:
    """Smallest, largest and mean sample of each repetition that is shown; None where it holds none."""
    found: list[list[float] | None] = []
    times = channel.times()
    for rep in _timed(analysis):
        first, last = np.searchsorted(times, rep.start_s), np.searchsorted(times, rep.end_s, "right")
        inside = channel.values[first:last]
        inside = inside[np.isfinite(inside)]
        found.append([float(f"{x:.6g}") for x in (inside.min(), inside.max(), inside.mean())] if inside.size else None)
    return found


def _skeleton(packer: Packer, skeleton: Skeleton) -> dict[str, Any]:
    """The skeleton's entry in the head, its points and forces packed."""
    scale, whole = _whole(skeleton.xyz)
    return {
        "rate_hz": skeleton.rate_hz,
        "start_s": skeleton.start_s,
        "n": int(skeleton.xyz.shape[0]),
        "points": list(skeleton.points),
        "bones": [list(bone) for bone in skeleton.bones],
        "heading": skeleton.heading,
        "flat": skeleton.flat,
        "length_unit": skeleton.length_unit,
        "low_m": [round(float(v), 4) for v in skeleton.low],
        "high_m": [round(float(v), 4) for v in skeleton.high],
        "scale_m": scale,
        "xyz": packer.add(whole, "i2"),
        "plates": [
            {
                "name": plate.name,
                "side": plate.side,
                "corners_m": None if plate.corners is None else np.round(plate.corners, 4).tolist(),
                "wrench": packer.add(plate.wrench, "f4"),
            }
            for plate in skeleton.plates
        ],
    }


_MISSING = -32768


def _whole(xyz: FloatArray) -> tuple[float, NDArray[np.int16]]:
    """Points as whole numbers of a scale, m, no finer than 0.1 mm; the smallest number marks a missing one."""
    known = np.isfinite(xyz)
    most = float(np.abs(xyz[known]).max()) if known.any() else 1.0
    scale = max(1e-4, most / 32000.0)
    whole = np.full(xyz.shape, _MISSING, dtype=np.int16)
    whole[known] = np.round(xyz[known] / scale).astype(np.int16)
    return scale, whole


def _reps(analysis: "Analysis") -> list[dict[str, Any]]:
    return [
        {
            "index": rep.index,
            "number": rep_number(rep.index),
            "side": rep.side,
            "complete": rep.complete,
            "start": round(rep.start_s, 5),
            "end": round(rep.end_s, 5),
            "phases": [[p.name.replace("_", " "), round(p.start_s, 5), round(p.end_s, 5)] for p in rep.phases],
        }
        for rep in _timed(analysis)
    ]


def _timed(analysis: "Analysis") -> list[Rep]:
    """The repetitions that have a time; a recording in which nobody marked one has none."""
    return [] if one_stretch(analysis) else [rep for rep in analysis.reps if isfinite(rep.start_s)]


def _span(analysis: "Analysis", channels: list[Channel], skeleton: Skeleton | None) -> tuple[float, float]:
    """First and last moment of anything that is shown, s."""
    ends = [(t[0], t[-1]) for t in (channel.times() for channel in channels) if t.size]
    if skeleton is not None and skeleton.xyz.shape[0]:
        ends.append((skeleton.start_s, skeleton.start_s + (skeleton.xyz.shape[0] - 1) / skeleton.rate_hz))
    ends += [(rep.start_s, rep.end_s) for rep in analysis.reps if isfinite(rep.start_s)]
    if not ends:
        return 0.0, 0.0
    return round(float(min(a for a, _ in ends)), 6), round(float(max(b for _, b in ends)), 6)
