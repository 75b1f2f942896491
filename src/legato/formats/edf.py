"""EDF, EDF+ and BDF: signals in records of fixed length, and annotations as events."""

from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from legato.errors import BadInput
from legato.formats._channels import ChannelKind, channel_kind, coded_muscles, unique_names
from legato.formats._units import to_si
from legato.recording import Event, Recording, Stream

_MOST_SIGNALS = 640
"""What EDFlib reads."""
_FIXED = 256
_EACH = 256
_LONGEST_EVENT = 80


@dataclass(frozen=True, slots=True)
class _Signal:
    index: int
    label: str
    kind: ChannelKind
    factor: float
    unit: str


def looks_like_edf(head: bytes) -> bool:
    """Whether a file begins as EDF or BDF do: a version, then a header whose length fits its number of signals."""
    if not head.startswith((b"0       ", b"\xffBIOSEMI")) or len(head) < _FIXED:
        return False
    length, signals = _whole(head[184:192]), _whole(head[252:256])
    return length is not None and signals is not None and length == _FIXED + _EACH * signals


def read_edf(path: str | PathLike[str], *, rate_hz: float | None = None) -> Recording:
    """Read an EDF, EDF+ or BDF file. Signals of one kind and rate make a stream, annotations become events. What the
    header says of persons is not read.

    Parameters
    ----------
    path
        The file.
    rate_hz
        Changes nothing: the file states its rates.

    Raises
    ------
    BadInput
        The extra `edf` is not installed, the header contradicts the file, the recording has interruptions (EDF+D), or
        there is no signal.
    """
    path = Path(path)
    check_header(path)
    try:
        import pyedflib
    except ImportError:
        raise BadInput(
            f'{path.name}: an EDF or BDF file; to read it, run in Legato\'s folder: .venv/bin/pip install -e ".[edf]"'
        ) from None
    # EDFlib's own messages hold the path and parts of the header, so they are not passed on.
    try:
        with pyedflib.EdfReader(str(path)) as file:
            return _recording(path.name, file)
    except BadInput:
        raise
    except (OSError, ValueError, TypeError, IndexError, OverflowError) as error:
        raise BadInput(
            f"{path.name}: breaks the rules of EDF ({type(error).__name__}) or has interruptions (EDF+D); export it"
            " again as plain EDF"
        ) from None


def check_header(path: Path) -> None:
    """See that the sizes in the header are those of the file, before anything is allocated by them.

    Raises
    ------
    BadInput
        The header is cut, impossible, or claims another amount of data than the file holds.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_FIXED)
        if not looks_like_edf(head):
            raise BadInput(f"{path.name}: no EDF or BDF header; check what was exported")
        signals = _whole(head[252:256]) or 0
        if not 0 < signals <= _MOST_SIGNALS:
            raise BadInput(f"{path.name}: {signals} signals in its header; 1 to {_MOST_SIGNALS} can be read")
        more = file.read(_EACH * signals)
    if len(more) < _EACH * signals:
        raise BadInput(f"{path.name}: ends inside its header; the file is cut short, copy or export it again")
    records = _whole(head[236:244])
    begin = 216 * signals
    counts = [_whole(more[begin + 8 * i : begin + 8 * i + 8]) for i in range(signals)]
    if records is None or records < 1 or any(c is None or c < 1 for c in counts):
        raise BadInput(f"{path.name}: no records of data by its header; the recording was not closed, export it again")
    width = 3 if head.startswith(b"\xff") else 2
    expected = _FIXED + _EACH * signals + records * width * sum(c or 0 for c in counts)
    if expected != size:
        raise BadInput(
            f"{path.name}: its header claims {expected} bytes, the file has {size};"
            " it is cut short or damaged, copy or export it again"
        )


def _whole(field: bytes) -> int | None:
    text = field.decode("ascii", "replace").strip()
    return int(text) if text.isascii() and text.removeprefix("-").isdigit() else None


def _recording(name: str, file: Any) -> Recording:
    count = file.signals_in_file
    labels = unique_names([_clean(file.getLabel(i)) for i in range(count)], "channel")
    rates = [float(file.getSampleFrequency(i)) for i in range(count)]
    if not all(0.0 < rate < 1e6 for rate in rates):
        raise BadInput(f"{name}: states no rate for a signal; export it again")
    units = [_clean(file.getPhysicalDimension(i)) for i in range(count)]
    muscles = coded_muscles(labels, [(to_si(unit) or (1.0, unit))[1] for unit in units])
    groups: dict[tuple[ChannelKind, float], list[_Signal]] = {}
    for i, (label, rate) in enumerate(zip(labels, rates, strict=True)):
        factor, unit = to_si(units[i]) or (1.0, units[i])
        kind = "emg" if i in muscles else channel_kind(label, unit, "", rate)
        groups.setdefault((kind, rate), []).append(_Signal(i, label, kind, factor, unit))
    events = _events(file)
    if not groups and not events:
        raise BadInput(f"{name}: holds neither signals nor annotations; export it again")
    names = unique_names([kind for kind, _ in groups], "stream")
    streams = tuple(
        Stream(
            title, kind, np.stack([file.readSignal(s.index) * s.factor for s in signals], axis=1), rate,
            tuple(s.label for s in signals), tuple(s.unit for s in signals),
        )
        for title, ((kind, rate), signals) in zip(names, groups.items(), strict=True)
    )  # fmt: skip
    return Recording(streams, events)


def _clean(text: str) -> str:
    return "".join(c for c in text if c.isprintable()).strip()


def _events(file: Any) -> tuple[Event, ...]:
    onsets, _, texts = file.readAnnotations()
    found: list[Event] = []
    for onset, text in zip(onsets, texts, strict=True):
        title = _clean(str(text))
        if np.isfinite(onset):
            short = title if len(title) <= _LONGEST_EVENT else title[: _LONGEST_EVENT - 1] + "…"
            found.append(Event(short or "annotation", float(onset)))
    return tuple(sorted(found, key=lambda e: e.time_s))
