"""MVNX files of Xsens suits: orientations and places of the body's segments, joint angles, accelerations of sensors.

Read with expat itself: no document type, no entity and no outside file is ever followed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import cast
from xml.parsers import expat

import numpy as np

from legato.errors import BadInput
from legato.formats._channels import unique_names
from legato.recording import FloatArray, Recording, Stream, StreamKind

_BLOCK_BYTES = 1 << 20
_DEEPEST = 50
_MOST_NAMES = 500
_LARGEST_GRID = 20
"""Frames that the counter may claim for each frame that is there. [ENG]"""

_WANTED = {
    "orientation": ("segment", 4),
    "position": ("segment", 3),
    "jointAngle": ("joint", 3),
    "sensorFreeAcceleration": ("sensor", 3),
}
"""Elements of a frame that are read: of what, and how many numbers each."""

_TRUNK_AXES: FloatArray = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
_ARM_AXES: Mapping[str, FloatArray] = {"right": np.eye(3), "left": np.diag([1.0, -1.0, -1.0])}
"""Axes x anterior, y up the segment, z right in those of the file, as columns: in the T-pose every segment of the file
has x ahead, y to the left, z up (MVN user manual, segment coordinate systems), so an arm's length lies along y.
"""
_ARM = re.compile(r"(right|left)[ _]?(shoulder|upper[ _]?arm|fore[ _]?arm|hand)", re.IGNORECASE)


def looks_like_mvnx(head: bytes) -> bool:
    """Whether a file starts as an MVNX does."""
    return re.search(rb"<mvnx[\s>]", head[:4096].replace(b"\x00", b"")) is not None


@dataclass(slots=True)
class _Content:
    """What has been read so far: names, the rate, and the numbers of every normal frame by element."""

    names: dict[str, list[str]] = field(default_factory=lambda: {"segment": [], "joint": [], "sensor": []})
    rate: str = ""
    indices: list[int] = field(default_factory=list[int])
    rows: dict[str, list[FloatArray | None]] = field(default_factory=lambda: {key: [] for key in _WANTED})
    start_ms: float | None = None
    skipped: int = 0


class _Reader:
    """Handlers of one parse."""

    def __init__(self, name: str) -> None:
        self.name, self.content = name, _Content()
        self.depth, self.in_frame, self.reading = 0, False, ""
        self.text: list[str] = []

    def parser(self) -> expat.XMLParserType:
        """A parser that calls this reader."""
        made = expat.ParserCreate()
        made.buffer_text = True
        made.StartElementHandler = self.start
        made.EndElementHandler = self.end
        made.CharacterDataHandler = self.characters
        made.StartDoctypeDeclHandler = cast("Callable[..., None]", self.forbidden)
        made.EntityDeclHandler = cast("Callable[..., None]", self.forbidden)
        return made

    def forbidden(self, *_: object) -> None:
        """A document type or an entity: no suit writes one, and it can make a small file huge."""
        raise BadInput(f"{self.name}: it declares a document type or entities, which no MVNX needs; export it again")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element opens."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise BadInput(f"{self.name}: elements lie {_DEEPEST} deep in each other; this is no MVNX")
        plain = tag.rpartition(":")[2]
        if plain == "subject" and not self.content.rate:
            self.content.rate = attributes.get("frameRate", "")
        elif plain in self.content.names and "label" in attributes and not self.in_frame:
            names = self.content.names[plain]
            names.append(attributes["label"][:60])
            if len(names) > _MOST_NAMES:
                raise BadInput(f"{self.name}: more than {_MOST_NAMES} {plain}s; this is no recording of one body")
        elif plain == "frame":
            if attributes.get("type", "normal") == "normal":
                self._frame(attributes)
            else:
                self.content.skipped += 1
        elif self.in_frame and plain in _WANTED:
            self.reading, self.text = plain, []

    def _frame(self, attributes: dict[str, str]) -> None:
        self.in_frame = True
        count = len(self.content.indices)
        try:
            index = int(attributes.get("index", "") or count)
            time = float(attributes["time"]) if "time" in attributes else None
        except ValueError:
            raise BadInput(f"{self.name}: frame {count + 1} has an index or a time that is no number") from None
        if self.content.indices and index <= self.content.indices[-1]:
            raise BadInput(f"{self.name}: frame {count + 1} counts {index} after {self.content.indices[-1]}")
        if self.content.start_ms is None:
            self.content.start_ms = time
        self.content.indices.append(index)
        for rows in self.content.rows.values():
            rows.append(None)

    def characters(self, text: str) -> None:
        """Text inside an element that is read."""
        if self.reading:
            self.text.append(text)

    def end(self, tag: str) -> None:
        """An element closes."""
        self.depth -= 1
        plain = tag.rpartition(":")[2]
        if self.reading and plain == self.reading:
            try:
                values = np.array("".join(self.text).split(), dtype=np.float64)
            except ValueError:
                raise BadInput(
                    f"{self.name}: {self.reading} of frame {len(self.content.indices)} holds what is no number;"
                    " export it again"
                ) from None
            self.content.rows[self.reading][-1] = values
            self.reading, self.text = "", []
        elif plain == "frame":
            self.in_frame = False


def read_mvnx(path: str | PathLike[str], *, rate_hz: float | None = None) -> Recording:
    """Read an MVNX file.

    Orientations become a stream of kind `rotations` whose segments have x anterior, y up, z right; places of their
    origins `markers` (m), joint angles `angles` (rad), free accelerations of the sensors `imu` (m/s²). The file's world
    has z up.

    Raises
    ------
    BadInput
        It is no XML or cut short, names no segments or no rate, has no normal frame, or a frame holds the wrong count
        of numbers.
    """
    path = Path(path)
    reader = _Reader(path.name)
    parser = reader.parser()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK_BYTES):
                parser.Parse(block, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise BadInput(
            f"{path.name}: no whole XML file (line {error.lineno}: {expat.ErrorString(error.code)});"
            " it may be cut short, export it again"
        ) from None
    except BadInput:
        raise
    except (LookupError, ValueError):
        raise BadInput(f"{path.name}: its text is in an encoding that is not known; export it as UTF-8") from None
    return _recording(path.name, reader.content, rate_hz)


def _recording(name: str, content: _Content, rate_hz: float | None) -> Recording:
    if not content.indices:
        raise BadInput(f"{name}: no frame of movement, only poses of its calibration; export the recording itself")
    rate = rate_hz if rate_hz is not None else _rate(name, content.rate)
    places = np.array(content.indices) - content.indices[0]
    frames = int(places[-1]) + 1
    if frames > _LARGEST_GRID * len(places):
        raise BadInput(f"{name}: {len(places)} frames count up to {frames}; export the file again")
    start = 0.0 if content.start_ms is None else 1e-3 * content.start_ms
    meta = {"clock_start_s": repr(start)}
    tables: dict[str, tuple[FloatArray, tuple[str, ...]]] = {}
    for element, (of, size) in _WANTED.items():
        rows = content.rows[element]
        if any(r is not None and r.size for r in rows):
            labels = unique_names(content.names[of], of)
            tables[element] = _table(name, element, rows, places, frames, len(labels) * size), labels
    if "orientation" not in tables:
        raise BadInput(f"{name}: its frames hold no orientation of segments; export it with them")
    streams = [_orientation(*tables["orientation"], rate, meta)]
    if "position" in tables:
        values, labels = tables["position"]
        streams.append(
            Stream(
                "positions", "markers", values.reshape(frames, -1, 3), rate, labels, ("m",) * len(labels),
                meta=meta | {"points": "segment origins"},
            )
        )  # fmt: skip
    others: tuple[tuple[str, StreamKind, float, str, str], ...] = (
        ("jointAngle", "angles", np.pi / 180.0, "rad", ""),
        ("sensorFreeAcceleration", "imu", 1.0, "m/s²", "_free_acc"),
    )
    for element, kind, factor, unit, tail in others:
        if element in tables:
            values, labels = tables[element]
            channels = tuple(f"{label}{tail}_{axis}" for label in labels for axis in "xyz")
            streams.append(Stream(element, kind, values * factor, rate, channels, (unit,) * len(channels), meta=meta))
    notes: list[str] = []
    if frames > len(places):
        notes.append(f"{name}: {frames - len(places)} of {frames} frames are missing by its own count")
    return Recording(tuple(streams), notes=tuple(notes))


def _rate(name: str, text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = np.nan
    if not 0.0 < rate < 1e5:
        raise BadInput(f"{name}: its frame rate is {text[:20]!r}; give the rate with --rate HZ")
    return rate


def _table(
    name: str, element: str, rows: Sequence[FloatArray | None], places: FloatArray, frames: int, width: int
) -> FloatArray:
    out = np.full((frames, width), np.nan)
    for k, row in zip(places, rows, strict=True):
        if row is None or row.size == 0:
            continue
        if row.size != width:
            raise BadInput(
                f"{name}: {element} of frame {int(k) + 1} holds {row.size} numbers where the names ask for {width};"
                " export the file again"
            )
        out[int(k)] = row
    out[~np.isfinite(out)] = np.nan
    return out


def _orientation(values: FloatArray, labels: tuple[str, ...], rate: float, meta: Mapping[str, str]) -> Stream:
    four = values.reshape(len(values), -1, 4)
    size = np.linalg.norm(four, axis=2, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        w, x, y, z = np.moveaxis(np.where(size > 0.5, four / size, np.nan), 2, 0)
    rows = (
        (1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)),
        (2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x)),
        (2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y)),
    )
    rotation = np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)
    axes = np.stack([_axes(label) for label in labels])
    return Stream(
        "orientation", "rotations", rotation @ axes, rate, labels, ("",) * len(labels),
        meta={**meta, "segments": "isb"},
    )  # fmt: skip


def _axes(label: str) -> FloatArray:
    arm = _ARM.search(label)
    return _TRUNK_AXES if arm is None else _ARM_AXES[arm[1].lower()]
