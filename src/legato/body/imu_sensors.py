"""The sensors of a recording: which segment each rides on, and their samples on one even clock."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, cast

import numpy as np

from legato.body.timebase import on_even_grid
from legato.errors import BadInput
from legato.recording import BoolArray, FloatArray, Recording, Stream
from legato.signals.gaps import fill_gaps

SEGMENTS = ("pelvis", "thorax", "head")
SIDED = ("thigh", "shank", "foot", "upper_arm", "forearm", "hand")
SIDES = ("right", "left")
_AXES = ("x", "y", "z")
_CHANNEL = re.compile(r"(acc|accel|a|gyr|gyro|g)[ _.]?([xyz])", re.IGNORECASE)
_LEAST_SAMPLES = 20
_VECTOR = {"+x": (1, 0, 0), "-x": (-1, 0, 0), "+y": (0, 1, 0), "-y": (0, -1, 0), "+z": (0, 0, 1), "-z": (0, 0, -1)}


@cache
def imu_table() -> Mapping[str, Any]:
    """Names, standing postures and how well they are known (`imu.toml`)."""
    return tomllib.loads((resources.files("legato.body") / "imu.toml").read_text(encoding="utf-8"))


def without_side(segment: str) -> str:
    """The segment's name without its side."""
    base, _, side = segment.rpartition("_")
    return base if side in SIDES else segment


@dataclass(frozen=True, slots=True, eq=False)
class Sensor:
    """One sensor on a common even clock.

    `gyro` (n, 3) rad/s and `acc` (n, 3) m/s² in its own axes, `rotation` (n, 3, 3) from them to a world with z up
    (or, where `of_segment`, from the segment's axes); None where it gives none. `filled` (n,): short gaps closed;
    `lost` (n,): inside longer ones. `up`, `ahead`: the sensor's own axes that the user says point up and to the front
    in standing.
    """

    segment: str
    label: str
    gyro: FloatArray | None
    acc: FloatArray | None
    rotation: FloatArray | None
    filled: BoolArray
    lost: BoolArray
    of_segment: bool = False
    up: FloatArray | None = None
    ahead: FloatArray | None = None
    clock_sd_s: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Suit:
    """All sensors of a recording, by segment, on the clock `start_s + i / rate_hz`."""

    rate_hz: float
    start_s: float
    n_frames: int
    sensors: Mapping[str, Sensor]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SensorMap:
    """What a map file says of sensors: `[sensors]` segment to sensor name, `[axes]` which own axis points up (and
    ahead), `orientation = "segment"` where the file's orientations are those of the segments already.
    """

    sensors: Mapping[str, str] = field(default_factory=dict[str, str])
    axes: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    of_segment: bool = False


def read_sensor_map(mapping: str | Path | Mapping[str, Any] | None) -> SensorMap:
    """The sensors' part of a map.

    Raises
    ------
    BadInput
        The file cannot be read, or it names a segment or an axis that does not exist.
    """
    if mapping is None:
        return SensorMap()
    where = "the map" if isinstance(mapping, Mapping) else Path(mapping).name
    if isinstance(mapping, Mapping):
        table: Mapping[str, Any] = mapping
    else:
        try:
            table = tomllib.loads(Path(mapping).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise BadInput(f"{where}: cannot be read as TOML ({error}); it should hold [sensors]") from error
    sensors = cast("Mapping[str, str]", table.get("sensors") or {})
    axes = cast("Mapping[str, Mapping[str, str]]", table.get("axes") or {})
    known = all_segments()
    for segment in (*sensors, *axes):
        if segment not in known:
            raise BadInput(f"{where}: no segment is called {segment}; known are {', '.join(known)}")
    for segment, own in axes.items():
        for end, axis in own.items():
            if end not in ("up", "ahead") or axis not in _VECTOR:
                raise BadInput(f"{where}: axes of {segment}: give up and ahead as one of {', '.join(_VECTOR)}")
    told = table.get("orientation", "sensor")
    if told not in ("sensor", "segment"):
        raise BadInput(f'{where}: orientation is {told!r}; give "sensor" or "segment"')
    return SensorMap(dict(sensors), dict(axes), told == "segment")


def all_segments() -> tuple[str, ...]:
    """Every segment that a sensor can ride on."""
    return (*SEGMENTS, *(f"{s}_{side}" for s in SIDED for side in SIDES))


def segment_of(label: str) -> str | None:
    """The segment that a sensor's name tells (`RightUpperLeg`, `femur_r_imu`, `T8`, `L_Shank`), or None."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", label)
    parts = [p for p in re.split(r"[^A-Za-z0-9]+", spaced.lower()) if p not in ("", "imu", "sensor", "seg")]
    side = next((s for s in SIDES if s in parts or s[0] in parts), None)
    rest = "".join(p for p in parts if p not in (*SIDES, "r", "l"))
    words = cast("Mapping[str, Sequence[str]]", imu_table()["words"])
    found: list[tuple[int, str]] = []
    for segment, known in words.items():
        for word in known:
            if rest.startswith(word) or rest.endswith(word) or (len(word) > 3 and word in rest):
                found.append((len(word), segment))
    if not found:
        return None
    segment = max(found)[1]
    if segment in SEGMENTS:
        return segment
    return None if side is None else f"{segment}_{side}"


def has_sensors(recording: Recording) -> bool:
    """Whether a recording holds anything that may be a sensor on a segment."""
    return any(s.kind == "imu" or (s.kind == "rotations" and "segments" in s.meta) for s in recording.streams)


@dataclass(frozen=True, slots=True, eq=False)
class _Raw:
    """One sensor's stream as the file has it: columns of acceleration, rate and quaternion."""

    label: str
    stream: Stream
    acc: tuple[int, ...]
    gyro: tuple[int, ...]
    quaternion: tuple[int, ...]
    of_segment: bool = False


def read_suit(recording: Recording, mapping: SensorMap) -> Suit | None:
    """The recording's sensors on one clock; None where none is known to ride on a segment.

    The clock is that of the fastest sensor, over the time that all of them cover.

    Raises
    ------
    BadInput
        The map names a sensor that the recording lacks, or the sensors share no stretch of time.
    """
    raws = [*_inertial(recording), *_oriented(recording)]
    chosen, notes = _assigned(raws, mapping)
    if not chosen:
        return None
    even = {segment: _even(raw) for segment, raw in chosen.items()}
    rate = max(s.rate_hz for s in even.values())
    start = max(s.start_s for s in even.values())
    end = min(s.start_s + (s.n_samples - 1) / s.rate_hz for s in even.values())
    count = int(np.floor((end - start) * rate + 1e-6)) + 1
    if count < _LEAST_SAMPLES:
        raise BadInput("the sensors share no stretch of time; put their files on one clock with --offset")
    # A delay that the makers' devices all have moves every sensor alike.
    offsets = {o.stream: o.sd_s for o in recording.offsets if not o.method.startswith("device delay")}
    times = start + np.arange(count) / rate
    sensors = {
        segment: replace(
            _sampled(segment, chosen[segment], stream, times, mapping), clock_sd_s=offsets.get(stream.name, 0.0)
        )
        for segment, stream in even.items()
    }
    return Suit(rate, start, count, sensors, tuple(notes))


def _inertial(recording: Recording) -> list[_Raw]:
    """Streams of kind `imu`, one sensor each."""
    stems = {name: Path(i.path).stem for i in recording.inputs for name in i.streams}
    found: list[_Raw] = []
    for stream in recording.of_kind("imu"):
        places: dict[tuple[str, str], int] = {}
        for k, channel in enumerate(stream.channels):
            if match := _CHANNEL.fullmatch(channel):
                sort = "acc" if match[1].lower().startswith("a") else "gyr"
                places.setdefault((sort, match[2].lower()), k)
        acc, gyro = (tuple(places[s, a] for a in _AXES if (s, a) in places) for s in ("acc", "gyr"))
        four = tuple(stream.channels.index(f"quat_{a}") for a in "wxyz" if f"quat_{a}" in stream.channels)
        if any(stream.units[k] != "rad/s" for k in gyro):
            continue
        if len(gyro) == 3 or len(four) == 4:
            label = stream.meta.get("sensor", stems.get(stream.name, stream.name))
            found.append(
                _Raw(
                    label,
                    stream,
                    acc if len(acc) == 3 else (),
                    gyro if len(gyro) == 3 else (),
                    four if len(four) == 4 else (),
                )
            )
    return found


def _oriented(recording: Recording) -> list[_Raw]:
    """Streams of kind `rotations` whose file says that they are the body's segments, one channel each."""
    found: list[_Raw] = []
    for stream in recording.of_kind("rotations"):
        if stream.meta.get("segments") == "isb":
            for k, label in enumerate(stream.channels):
                one = replace(
                    stream,
                    values=stream.values[:, k].reshape(-1, 9),
                    channels=tuple(f"r{i}" for i in range(9)),
                    units=("",) * 9,
                )
                found.append(_Raw(label, one, (), (), (), of_segment=True))
    return found


def _assigned(raws: Sequence[_Raw], mapping: SensorMap) -> tuple[dict[str, _Raw], list[str]]:
    by_label = {raw.stream.name.lower(): raw for raw in raws} | {raw.label.lower(): raw for raw in raws}
    chosen: dict[str, _Raw] = {}
    for segment, label in mapping.sensors.items():
        raw = by_label.get(str(label).lower())
        if raw is None:
            names = ", ".join(dict.fromkeys(r.stream.name for r in raws)) or "no sensor"
            raise BadInput(
                f"the map puts sensor {label} on the {segment}, but the recording holds {names}; name it as"
                " `legato info` does"
            )
        chosen[segment] = raw
    first = cast("Mapping[str, Sequence[str]]", imu_table()["first"])
    strangers: list[str] = []
    for raw in raws:
        if raw in chosen.values():
            continue
        segment = segment_of(raw.label)
        if segment is None:
            strangers.append(raw.label)
        elif segment not in chosen:
            chosen[segment] = raw
        elif segment in first and segment not in mapping.sensors:
            order = first[segment]
            chosen[segment] = min(chosen[segment], raw, key=lambda r, o=order: _rank(r.label, o))
    if len(raws) == 1 and not chosen and mapping.axes:
        chosen[next(iter(mapping.axes))] = raws[0]
        strangers = []
    notes = [f"sensors on no known segment were left out: {', '.join(strangers)}; name them with --map"]
    return chosen, notes if strangers else []


def _rank(label: str, order: Sequence[str]) -> int:
    low = label.lower()
    return next((k for k, word in enumerate(order) if word in low), len(order))


def _even(raw: _Raw) -> Stream:
    """The sensor's stream at even times; a quaternion and its opposite are one turn, so signs are made to follow."""
    stream = raw.stream
    if raw.quaternion:
        values = stream.values.copy()
        four = values[:, raw.quaternion]
        known = np.flatnonzero(np.isfinite(four).all(axis=1))
        if known.size:
            turned = np.sign(np.sum(four[known[1:]] * four[known[:-1]], axis=1))
            signs = np.cumprod(np.concatenate(([1.0], np.where(turned == 0.0, 1.0, turned))))
            four[known] *= signs[:, None]
            values[:, raw.quaternion] = four
        stream = stream.with_values(values)
    return on_even_grid(stream)


def _sampled(segment: str, raw: _Raw, stream: Stream, times: FloatArray, mapping: SensorMap) -> Sensor:
    values, filled, lost = _at(stream, times)
    own = mapping.axes.get(segment, {})
    up, ahead = (np.array(_VECTOR[own[e]], dtype=np.float64) if e in own else None for e in ("up", "ahead"))
    rotation: FloatArray | None = None
    if raw.of_segment:
        rotation = _orthogonal(values.reshape(-1, 3, 3))
    elif raw.quaternion:
        from legato.signals.rotation import matrices

        rotation = matrices(values[:, raw.quaternion])
    return Sensor(
        segment,
        raw.label,
        values[:, raw.gyro] if raw.gyro else None,
        values[:, raw.acc] if raw.acc else None,
        rotation,
        filled,
        lost,
        of_segment=raw.of_segment or (rotation is not None and mapping.of_segment),
        up=up,
        ahead=ahead,
    )


def _at(stream: Stream, times: FloatArray) -> tuple[FloatArray, BoolArray, BoolArray]:
    """The stream at those times, short gaps closed by a curve and longer ones by a line; where they were."""
    closed, filled = fill_gaps(stream.values, stream.rate_hz)
    lost: BoolArray = np.asarray(np.isnan(closed).any(axis=1), dtype=np.bool_)
    if lost.any() and not lost.all():
        known = np.flatnonzero(~lost)
        closed = closed.copy()
        for k in range(closed.shape[1]):
            closed[lost, k] = np.interp(np.flatnonzero(lost), known, closed[known, k])
    places = (times - stream.start_s) * stream.rate_hz
    whole = np.rint(places).astype(np.intp)
    if np.abs(places - whole).max(initial=0.0) < 1e-3:
        at = np.clip(whole, 0, stream.n_samples - 1)
        return closed[at], filled[at], lost[at]
    frames = np.arange(stream.n_samples, dtype=np.float64)
    values = np.stack([np.interp(places, frames, closed[:, k]) for k in range(closed.shape[1])], axis=1)
    near = np.clip(whole, 0, stream.n_samples - 1)
    return values, filled[near], lost[near]


def _orthogonal(rotation: FloatArray) -> FloatArray:
    """The nearest rotations, after interpolation."""
    good = np.isfinite(rotation).all(axis=(1, 2))
    out = np.full_like(rotation, np.nan)
    u, _, v = np.linalg.svd(rotation[good])
    out[good] = u @ v
    return out
