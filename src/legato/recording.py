"""What was recorded, on one clock, in SI with z up: streams of samples, events, spans of time, force plates."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from legato.errors import BadInput

FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]

STANDARD_GRAVITY = 9.80665
"""m/s² (CGPM 1901): one g of a file, and what an accelerometer reads at rest."""

StreamKind: TypeAlias = Literal["markers", "rotations", "keypoints", "angles", "emg", "force", "imu", "analog", "table"]
"""`markers`: m, shape (n, points, 3). `rotations`: shape (n, segments, 3, 3). `keypoints`: points of one camera's
picture, shape (n, points, 3), of each x to the right and y up from the picture's upper left corner, in the stream's
unit (`px`, `normalised` by the picture's width and height, or m), and the pose estimator's confidence. All others:
shape (n, channels)."""


_MEASURED = ("force", "emg")
"""Kinds whose samples carry a sensor's own noise: no two sensors give the same numbers, whatever they are called."""


def _no_meta() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, s from the recording's start."""

    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        """Length, s."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Event:
    """A named instant in the file; `context` is the side or subject the file gives it (`Right`, `Left`, `General`)."""

    name: str
    time_s: float
    context: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """Samples of one device on one time base.

    `values` is read-only; its first axis is time. NaN marks a missing sample. `units` has one unit a channel.
    `time_s` is given only where the samples are not evenly spaced; otherwise time is `start_s + i / rate_hz`.
    `time_jumps` counts the places where the file's own clock skips or repeats.
    """

    name: str
    kind: StreamKind
    values: FloatArray
    rate_hz: float
    channels: tuple[str, ...]
    units: tuple[str, ...]
    start_s: float = 0.0
    time_s: FloatArray | None = None
    time_jumps: int = 0
    meta: Mapping[str, str] = field(default_factory=_no_meta)

    def __post_init__(self) -> None:
        if not self.rate_hz > 0.0:
            raise BadInput(f"stream {self.name}: the rate is {self.rate_hz} Hz; give the recording's rate with --rate")
        if self.values.ndim < 2 or self.values.shape[1] != len(self.channels) or len(self.units) != len(self.channels):
            raise ValueError(
                f"stream {self.name}: {self.values.shape} samples, {len(self.channels)} channels,"
                f" {len(self.units)} units"
            )
        self.values.setflags(write=False)
        if self.time_s is not None:
            self.time_s.setflags(write=False)

    @property
    def n_samples(self) -> int:
        """Number of samples (frames)."""
        return int(self.values.shape[0])

    @property
    def duration_s(self) -> float:
        """Number of samples over the rate, s (for uneven samples: last minus first plus one interval)."""
        if self.time_s is not None and self.n_samples > 1:
            return float(self.time_s[-1] - self.time_s[0]) + 1.0 / self.rate_hz
        return self.n_samples / self.rate_hz

    @property
    def unit(self) -> str:
        """The channels' common unit, `mixed` where they differ, empty where there is none."""
        return "" if not self.units else self.units[0] if len(set(self.units)) == 1 else "mixed"

    def times(self) -> FloatArray:
        """Time of each sample, s from the recording's start, shape (n,)."""
        if self.time_s is not None:
            return self.time_s
        return self.start_s + np.arange(self.n_samples) / self.rate_hz

    def channel(self, name: str) -> FloatArray:
        """Samples of the channel called `name`; raises `KeyError` where there is none."""
        try:
            return self.values[:, self.channels.index(name)]
        except ValueError:
            raise KeyError(name) from None

    def with_values(self, values: FloatArray, **changes: Any) -> "Stream":
        """A copy that holds `values` instead."""
        return replace(self, values=values, **changes)


@dataclass(frozen=True, slots=True, eq=False)
class ForcePlate:
    """A force plate as the file describes it: `corners_m` (4, 3) in the lab, `origin_m` (3,) in the plate's own axes.

    `calibration` (6, 6) turns the channels as the recording holds them into N and N·m. `cop_polynomial` (12,): the
    correction of the centre of pressure of a type-3 plate, for lengths in m. `zero_s`: start and end of the stretch
    that the file names for zeroing, s from the recording's start.
    """

    index: int
    plate_type: int
    corners_m: FloatArray
    origin_m: FloatArray
    channels: tuple[str, ...]
    calibration: FloatArray | None = None
    cop_polynomial: FloatArray | None = None
    zero_s: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RepTable:
    """What another program measured of each repetition: one row a repetition, shape (reps, columns), NaN where
    missing. `units` has one unit a column. `titles`: what the file calls the columns that were understood.
    """

    name: str
    columns: tuple[str, ...]
    units: tuple[str, ...]
    values: FloatArray
    titles: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.values.setflags(write=False)


@dataclass(frozen=True, slots=True)
class InputFile:
    """Where streams came from. `sha256` is of the file's bytes."""

    path: str
    sha256: str
    format: str
    streams: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Offset:
    """How far a file's clock was moved to meet the first one's, s, with the SD of that offset and how it was found."""

    stream: str
    offset_s: float
    sd_s: float
    method: str


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One trial: streams, events and plates of all its files, on the clock of the first, in SI with z up."""

    streams: tuple[Stream, ...] = ()
    events: tuple[Event, ...] = ()
    plates: tuple[ForcePlate, ...] = ()
    inputs: tuple[InputFile, ...] = ()
    offsets: tuple[Offset, ...] = ()
    notes: tuple[str, ...] = ()
    """Plain sentences on what was assumed or mended while reading (axes, units, missing codes)."""
    rep_tables: tuple[RepTable, ...] = ()

    def of_kind(self, *kinds: StreamKind) -> tuple[Stream, ...]:
        """The streams of these kinds, in file order."""
        return tuple(s for s in self.streams if s.kind in kinds)

    def stream(self, name: str) -> Stream:
        """The stream called `name`; raises `KeyError` where there is none."""
        for s in self.streams:
            if s.name == name:
                return s
        raise KeyError(name)


def same_data(one: Stream, two: Stream) -> bool:
    """Whether two streams hold the same samples, and not by standing still."""
    if one.kind != two.kind or one.values.shape != two.values.shape:
        return False
    if one.kind not in _MEASURED and (one.name, one.channels) != (two.name, two.channels):
        return False
    if not np.array_equal(one.values, two.values, equal_nan=True):
        return False
    flat = one.values.reshape(one.n_samples, -1)
    return any(np.unique(column[np.isfinite(column)]).size > 2 for column in flat.T)
