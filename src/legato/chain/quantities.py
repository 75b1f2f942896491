"""From a link's name to the angle whose rate it is, with its noise, its soft-tissue terms and the frames that were
filled.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources

import numpy as np

from legato.body.model import Body, SegmentMotion
from legato.body.sides import faster_arm
from legato.chain.axes import own_axis_angle, swing_angle
from legato.chain.noise import ResidualReader, axis_noise, deformation_turn
from legato.chain.sensors import angle_changes, segment_changes, summed
from legato.errors import NotResolvable
from legato.movements.model import LinkSpec
from legato.recording import BoolArray, FloatArray
from legato.signals.filters import lowpass
from legato.signals.spectra import NoiseSpectrum

_AXES = {"x": np.array([1.0, 0.0, 0.0]), "y": np.array([0.0, 1.0, 0.0]), "z": np.array([0.0, 0.0, 1.0])}
_SIDES = ("right", "left")


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A segment's share in an angle: how it enters (`weight`), about which own axis, that rotation's noise, the
    markers that are seen in most of it, and how far they may turn on the bone together (`turn`, rms, rad).
    """

    segment: str
    weight: float
    axis: FloatArray
    noise: NoiseSpectrum | None
    seen: BoolArray
    turn: float


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """The angle (rad, unfiltered) whose rate a link is read by. Which way it turns counts as positive is in it
    already. `changes`: how it changes with one SD of each error of its sensors, rad, shape (n,), by error.
    """

    link: str
    name: str
    angle: FloatArray
    filled: BoolArray
    parts: tuple[Part, ...]
    changes: Mapping[str, FloatArray] = field(default_factory=dict[str, FloatArray])

    def noise(self) -> NoiseSpectrum | None:
        """Noise of the angle from its segments' residuals, rad²/Hz; None where a segment has none."""
        total: NoiseSpectrum | None = None
        for part in self.parts:
            if part.noise is None:
                return None
            own = part.noise.scaled(part.weight**2)
            total = own if total is None else total.plus(own)
        return total


@cache
def _angle_parts() -> Mapping[str, tuple[str, Mapping[str, float]]]:
    """The axis and the signed segments of every angle (`angles.toml`)."""
    table = tomllib.loads((resources.files("legato.chain") / "angles.toml").read_text(encoding="utf-8"))
    return {name: (entry["axis"], entry["parts"]) for name, entry in table.items()}


@cache
def _soft_tissue() -> tuple[float, float, Mapping[str, float]]:
    table = tomllib.loads((resources.files("legato.chain") / "soft_tissue.toml").read_text(encoding="utf-8"))
    return (
        float(np.radians(table["default_deg"])),
        float(np.radians(table["sensor_deg"])),
        {k: float(np.radians(v)) for k, v in table["segments"].items()},
    )


def largest_turn(segment: str) -> float:
    """Rms rotation of a segment's markers on the bone with the movement, rad, where the recording cannot say less
    (`soft_tissue.toml`).
    """
    default, _, table = _soft_tissue()
    return table.get(_without_side(segment), default)


def cluster_turn(motion: SegmentMotion | None, name: str, reader: ResidualReader) -> float:
    """Rms rotation of a segment's markers, or of its sensor, on the bone with the movement, rad.

    A cluster that turns on the bone leaves no residual, but tissue that turns it also deforms it, about as far: so the
    deformation that this very record shows stands for the turn, up to the segment's value in the table.
    """
    if motion is not None and motion.sensor is not None:
        return _soft_tissue()[1]
    shown = None if motion is None else deformation_turn(motion, reader)
    most = largest_turn(name)
    return most if shown is None else min(most, shown)


def _without_side(name: str) -> str:
    for side in _SIDES:
        if name.endswith("_" + side):
            return name[: -len(side) - 1]
    return name


def resolve_link(
    body: Body,
    link: LinkSpec,
    spans: Sequence[tuple[int, int]],
    *,
    dominant: str,
    cutoff_hz: float,
    reader: ResidualReader | None = None,
) -> Quantity:
    """The angle behind a link's quantity, with its noise in the windows `spans` (first frame, one past the last).

    A `reader` of the same windows spares reading a segment's residuals again for every link.

    Raises
    ------
    NotResolvable
        The body lacks the segment or the angle that the link is read by.
    """
    known = ResidualReader(spans, body.rate_hz) if reader is None else reader
    base, _, kind = link.quantity.removesuffix("_velocity").rpartition("_")
    if kind in ("axial", "swing") and (base in _own_axis_segments(body) or f"{base}_{kind}" not in body.angles):
        return _segment_quantity(body, link, base, kind, known, dominant, cutoff_hz)
    return _angle_quantity(body, link, known, dominant)


def axial_segment(body: Body, link: LinkSpec, dominant: str) -> SegmentMotion | None:
    """The segment whose turn about its own long axis the link is read by, or None."""
    base, _, kind = link.quantity.removesuffix("_velocity").rpartition("_")
    names = [base, *(f"{base}_{s}" for s in _wanted_sides(link, dominant))]
    return next((body.segments[n] for n in names if kind == "axial" and n in body.segments), None)


def _own_axis_segments(body: Body) -> set[str]:
    return set(body.segments) | {_without_side(name) for name in body.segments}


def _segment_quantity(
    body: Body, link: LinkSpec, base: str, kind: str, reader: ResidualReader, dominant: str, cutoff_hz: float
) -> Quantity:
    names = [base] if base in body.segments else [f"{base}_{s}" for s in _wanted_sides(link, dominant)]
    names = [n for n in names if n in body.segments][:1]
    if not names:
        raise NotResolvable(f"the {link.name.replace('_', ' ')} is not in this recording ({_why_absent(body)})")
    segment = body.segments[names[0]]
    if kind == "axial":
        angle, axis = own_axis_angle(segment), _AXES["y"]
    else:
        angle, direction = swing_angle(segment, body.rate_hz, cutoff_hz)
        axis = _main_direction(direction, reader.spans)
    noise = axis_noise(segment, axis, reader)
    turn = cluster_turn(segment, names[0], reader)
    return Quantity(
        link.name,
        link.quantity,
        angle,
        segment.filled,
        (Part(names[0], 1.0, axis, noise, reader.seen(segment), turn),),
        segment_changes(segment, names[0], kind, angle, body.rate_hz, cutoff_hz),
    )


def _why_absent(body: Body) -> str:
    if body.source == "imu":
        return "it needs sensors that are not there, or whose axes on the body are not known"
    return "its markers are missing or not known"


def _main_direction(direction: FloatArray, spans: Sequence[tuple[int, int]]) -> FloatArray:
    inside = np.concatenate([direction[a:b] for a, b in spans])
    inside = inside[np.isfinite(inside).all(axis=1)]
    if len(inside) == 0:
        return _AXES["z"]
    _, vectors = np.linalg.eigh(inside.T @ inside)
    return vectors[:, -1]


def _wanted_sides(link: LinkSpec, dominant: str) -> tuple[str, ...]:
    if link.side in _SIDES:
        return (link.side,)
    if link.side == "dominant":
        return (dominant,) if dominant else ()
    return _SIDES


def _angle_quantity(body: Body, link: LinkSpec, reader: ResidualReader, dominant: str) -> Quantity:
    wanted = link.quantity.removesuffix("_velocity")
    sign = 1.0
    for opposite, kept in (("_extension", "_flexion"), ("_plantarflexion", "_dorsiflexion")):
        if wanted.endswith(opposite):
            wanted, sign = wanted.removesuffix(opposite) + kept, -1.0
    names = [wanted] if wanted in body.angles else [f"{wanted}_{s}" for s in _wanted_sides(link, dominant)]
    names = [n for n in names if n in body.angles and np.isfinite(body.angles[n]).any()]
    if not names:
        raise NotResolvable(f"the angle {wanted.replace('_', ' ')} is not in this recording ({_why_absent(body)})")
    angle = sign * np.mean([body.angles[n] for n in names], axis=0)
    filled = np.any([body.filled.get(n, np.zeros(body.n_frames, dtype=bool)) for n in names], axis=0)
    share = sign / len(names)
    own = {n: _angle_segments(body, n, reader) for n in names}
    parts = [replace(p, weight=share * p.weight) for of_angle in own.values() for p in of_angle]
    changes = [(share, _angle_changes(body, n, own[n])) for n in names]
    return Quantity(link.name, link.quantity, angle, filled, _merged(parts), summed(changes))


def _angle_changes(body: Body, name: str, parts: Sequence[Part]) -> dict[str, FloatArray]:
    entry = _angle_parts().get(_without_side(name))
    return {} if entry is None else angle_changes(body, name, entry[0], {p.segment: p.weight for p in parts})


def _angle_segments(body: Body, name: str, reader: ResidualReader) -> list[Part]:
    base = _without_side(name)
    side = name[len(base) :]
    entry = _angle_parts().get(base)
    if entry is None:
        return []
    axis = _AXES[entry[0]]
    parts: list[Part] = []
    for segment, own in entry[1].items():
        known = segment if segment in body.segments or segment in ("pelvis", "thorax") else segment + side
        motion = body.segments.get(known)
        noise = None if motion is None else axis_noise(motion, axis, reader)
        seen = np.zeros(0, dtype=np.bool_) if motion is None else reader.seen(motion)
        turn = cluster_turn(motion, known, reader)
        parts.append(Part(known, float(own), axis, noise, seen, turn))
    return parts


def _merged(parts: Sequence[Part]) -> tuple[Part, ...]:
    """One part a segment: a pelvis that both hips share enters once, with both weights."""
    weights: dict[str, float] = {}
    for part in parts:
        weights[part.segment] = weights.get(part.segment, 0.0) + part.weight
    first = {p.segment: p for p in reversed(parts)}
    return tuple(Part(s, w, first[s].axis, first[s].noise, first[s].seen, first[s].turn) for s, w in weights.items())


def dominant_side(body: Body, spans: Sequence[tuple[int, int]]) -> str:
    """The side whose hand (else wrist, else elbow) reaches the higher speed in the windows, else whose arm turns
    faster; empty where neither is known.
    """
    for point in ("hand", "wrist", "elbow"):
        speeds: dict[str, float] = {}
        for side in _SIDES:
            path = body.points.get(f"{point}_{side}")
            if path is None:
                continue
            smooth = lowpass(path, body.rate_hz, min(10.0, 0.4 * body.rate_hz))
            speed = np.linalg.norm(np.diff(smooth, axis=0), axis=1)
            tops = [np.nanmax(speed[a:b]) for a, b in spans if np.isfinite(speed[a:b]).any()]
            if tops:
                speeds[side] = float(np.median(tops))
        if speeds:
            return max(speeds, key=lambda s: speeds[s])
    return faster_arm(body.segments, spans)
