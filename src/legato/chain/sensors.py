"""What a sensor's own errors do to an angle and to an event's time: axes that lie off the segment's, and drift."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from legato.body.joints import Posed, limb_angles, trunk_angles
from legato.body.model import Body, SegmentMotion
from legato.chain.axes import own_axis_angle, swing_angle
from legato.recording import FloatArray
from legato.signals.filters import lowpass
from legato.signals.rotation import turn
from legato.signals.timing import NoisyAngle, TimedSet, noise_order, open_windows

_AXES = ("x", "y", "z")


def segment_changes(
    segment: SegmentMotion, name: str, kind: str, angle: FloatArray, rate_hz: float, cutoff_hz: float
) -> dict[str, FloatArray]:
    """How a segment's own turn changes with one SD of each error of its sensor, rad, shape (n,), by error.

    `kind`: `axial` or `swing`, as `angle` was worked out. Empty for a segment that markers follow.
    """
    found: dict[str, FloatArray] = {}
    for error, tilted in _tilted(segment, name):
        other = own_axis_angle(tilted) if kind == "axial" else swing_angle(tilted, rate_hz, cutoff_hz)[0]
        found[error] = other - angle
    return found | _drift(segment, name, len(angle), rate_hz, "y" if kind == "axial" else "xz", 1.0)


def angle_changes(body: Body, angle: str, axis: str, weights: Mapping[str, float]) -> dict[str, FloatArray]:
    """How a named angle of the body changes with one SD of each error of the sensors on its segments (`weights`: how
    each enters it, `axis`: by its turn about which of its own).
    """
    segments = {n: body.segments[n] for n in weights if n in body.segments}
    if not any(s.sensor is not None for s in segments.values()) or len(segments) < len(weights):
        return {}
    posed = {n: Posed(s.rotation, s.filled) for n, s in segments.items()}
    found: dict[str, FloatArray] = {}
    for name, segment in segments.items():
        for error, tilted in _tilted(segment, name):
            changed = posed | {name: Posed(tilted.rotation, tilted.filled)}
            values = (trunk_angles(changed) | limb_angles(changed)).get(angle)
            if values is not None:
                found[error] = values[0] - body.angles[angle]
        found |= _drift(segment, name, body.n_frames, body.rate_hz, axis, weights[name])
    return found


def _tilted(segment: SegmentMotion, name: str) -> list[tuple[str, SegmentMotion]]:
    """The segment with its axes turned by one SD about each of them in turn."""
    if segment.sensor is None:
        return []
    found: list[tuple[str, SegmentMotion]] = []
    for k, sd in enumerate(segment.sensor.alignment_sd):
        if sd > 0.0:
            off = turn(np.eye(3)[k] * sd)
            found.append((f"{name} axes, about {_AXES[k]}", replace(segment, rotation=segment.rotation @ off)))
    return found


def _drift(
    segment: SegmentMotion, name: str, count: int, rate_hz: float, axes: str, weight: float
) -> dict[str, FloatArray]:
    """What a steady false rate adds to a turn about one of the segment's axes, or about whichever of several."""
    if segment.sensor is None:
        return {}
    sd = max(float(segment.sensor.bias_sd[_AXES.index(axis)]) for axis in axes)
    return {f"{name} drift": weight * sd / rate_hz * np.arange(count, dtype=np.float64)} if sd > 0.0 else {}


def summed(parts: Sequence[tuple[float, Mapping[str, FloatArray]]]) -> dict[str, FloatArray]:
    """Changes of a weighted sum of angles: an error that several of them share counts once, with all its weights."""
    total: dict[str, FloatArray] = {}
    for weight, changes in parts:
        for error, change in changes.items():
            total[error] = total[error] + weight * change if error in total else weight * change
    return total


def time_shifts(
    changes: Mapping[str, FloatArray], series: NoisyAngle, spans: Sequence[tuple[int, int]], timed: TimedSet
) -> list[dict[str, float]]:
    """How far each event moves with one SD of each error, s, signed, a rep.

    An event is a root of a derivative of the filtered angle, so a small change of the angle moves it by minus the same
    derivative of the change over the slope. The threshold of an onset is taken as fixed.
    """
    order = noise_order(timed.kind)
    found: list[dict[str, float]] = [{} for _ in timed.events]
    for error, change in changes.items():
        windows = open_windows(replace(series, angle=change), spans, timed.cutoff_hz)
        for k, (event, window) in enumerate(zip(timed.events, windows, strict=True)):
            if event.resolved and window is not None:
                found[k][error] = -window.value_at(order, timed.cutoff_hz, event.time_s) / event.slope
    return found


def clock_shifts(body: Body, weights: Mapping[str, float]) -> dict[str, float]:
    """How far the clock of each segment's sensor may lie off, s, by segment."""
    found: dict[str, float] = {}
    for name, weight in weights.items():
        segment = body.segments.get(name)
        if segment is not None and segment.sensor is not None and segment.sensor.clock_sd_s > 0.0:
            found[f"{name} clock"] = weight * segment.sensor.clock_sd_s
    return found


def shaking_time_s(series: NoisyAngle, spans: Sequence[tuple[int, int]], cutoff_hz: float) -> float:
    """How long a turn takes into which a movement's accelerations shake what is strapped to it, s: their rms over that
    of their rate of change. Infinite where the angle is not known.
    """
    speeding = np.gradient(np.gradient(lowpass(series.angle, series.rate_hz, min(cutoff_hz, 0.4 * series.rate_hz))))
    inside = np.concatenate([speeding[a:b] for a, b in spans])
    change = np.concatenate([np.gradient(speeding)[a:b] for a, b in spans])
    known = np.isfinite(inside) & np.isfinite(change)
    if not known.any() or not change[known].any():
        return np.inf
    return float(np.sqrt((inside[known] ** 2).mean() / (change[known] ** 2).mean()) / series.rate_hz)


def sensor_notes(body: Body, turns: Mapping[str, float]) -> tuple[str, ...]:
    """What the times of a body of sensors allow for, in words; `turns`: of each sensor on the bone, rad."""
    sensors = {name: s for name in turns if (s := body.segments.get(name)) is not None and s.sensor is not None}
    tilts = ", ".join(
        f"{name.replace('_', ' ')} {np.degrees(max(s.sensor.alignment_sd)):.0f}°"
        for name, s in sensors.items()
        if s.sensor is not None
    )
    turned = max((np.degrees(turns[name]) for name in sensors), default=0.0)
    allowed = (
        f"Sensors: every time allows for axes that lie off the segment's (SD {tilts}), for drift, and for a sensor that"
        f" turns on the bone by {turned:.1f}° (rms) with the movement. A loose sensor turns further, and no recording"
        " shows it."
    )
    return (allowed,)
