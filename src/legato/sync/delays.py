"""How much later than the event a device's samples show it: the registry, a file of one's own, and its use."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any, cast

from legato.errors import BadInput
from legato.messages import toml_fault
from legato.recording import FloatArray, Offset, Recording, Stream

CHANNELS, TAP = "shared channels", "shared tap"
"""Methods of alignment by what two recordings show."""
MEASURED = (CHANNELS, TAP)
"""Alignments that hold the devices' delays already."""


@dataclass(frozen=True, slots=True)
class DeviceDelay:
    """How much later than the event a device's samples show it, s, the SD of what remains, and where that is known
    from.
    """

    id: str
    name: str
    delay_s: float
    error_s: float
    grade: str
    source: str


@dataclass(frozen=True, slots=True)
class DelayFile:
    """Which device recorded which stream (by name or kind), and devices that the registry lacks."""

    devices: Mapping[str, DeviceDelay]
    streams: Mapping[str, str]


@lru_cache(maxsize=1)
def device_registry() -> Mapping[str, DeviceDelay]:
    """The device delays that come with Legato, by id."""
    text = files("legato").joinpath("device_delays.toml").read_text(encoding="utf-8")
    return _devices("device_delays.toml", tomllib.loads(text))


def _devices(name: str, content: Mapping[str, Any]) -> dict[str, DeviceDelay]:
    found: dict[str, DeviceDelay] = {}
    entries: Any = content.get("device", [])
    if not (isinstance(entries, list) and all(isinstance(e, dict) for e in cast(list[Any], entries))):
        raise BadInput(f"{name}: `device` is not a list; write each device under [[device]]")
    for entry in cast(list[dict[str, Any]], entries):
        try:
            device = DeviceDelay(
                str(entry["id"]), str(entry.get("name", entry["id"])), float(entry["delay_s"]), float(entry["error_s"]),
                str(entry.get("grade", "user")), str(entry.get("source", "")),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError):
            raise BadInput(
                f"{name}: a [[device]] lacks id, delay_s or error_s, or one of them is no number; complete it"
            ) from None
        if not (math.isfinite(device.delay_s) and abs(device.delay_s) < 10.0 and 0.0 <= device.error_s < 10.0):
            raise BadInput(f"{name}: device {device.id}: delay_s and error_s are seconds, and error_s is not negative")
        found[device.id] = device
    return found


def read_delay_file(path: str | PathLike[str]) -> DelayFile:
    """Read a file of device delays: `[streams]` names the device of a stream or kind, `[[device]]` adds devices.

    Raises
    ------
    BadInput
        The file is missing, is no TOML, or names a device that neither it nor the registry has.
    """
    path = Path(path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror or error}); check the path") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path.name}: is no TOML: {toml_fault(error)}") from None
    devices = {**device_registry(), **_devices(path.name, content)}
    streams: Any = content.get("streams", {})
    if not isinstance(streams, dict):
        raise BadInput(f'{path.name}: `streams` is not a table; write [streams] and lines like emg = "device-id"')
    chosen = {str(k): str(v) for k, v in cast(dict[str, Any], streams).items()}
    unknown = sorted(set(chosen.values()) - set(devices))
    if unknown:
        raise BadInput(f"{path.name}: no device {', '.join(unknown)}; known are {', '.join(sorted(devices))}")
    return DelayFile(devices, chosen)


def apply_device_delays(recording: Recording, delays: DelayFile | None = None) -> Recording:
    """Move every stream earlier by its device's delay, and add the error of it to the stream's offset.

    EMG and inertial sensors whose device nobody told get the `unknown` entry where the recording has other streams,
    so that a lag
    between them and those carries its error. A stream that was aligned by what it shows needs none: that measured the
    delay too.
    """
    registry = device_registry() if delays is None else delays.devices
    measured = {o.stream for o in recording.offsets if o.method.startswith(MEASURED)}
    several = len({_system(s) for s in recording.streams}) > 1
    streams: list[Stream] = []
    offsets, notes = list(recording.offsets), list(recording.notes)
    for stream in recording.streams:
        told = None if delays is None else delays.streams.get(stream.name) or delays.streams.get(stream.kind)
        if told is None and not (several and _system(stream) != "lab"):
            streams.append(stream)
            continue
        if stream.name in measured:
            if told is not None:
                notes.append(f"stream {stream.name} was aligned by what it shows; the delay of {told} is part of that")
            streams.append(stream)
            continue
        device = registry[told or "unknown"]
        times = moved(stream.time_s, -device.delay_s)
        streams.append(replace(stream, start_s=stream.start_s - device.delay_s, time_s=times))
        method = f"device delay of {device.id}" if told else "device delay unknown"
        offsets = _added(offsets, Offset(stream.name, 0.0 - device.delay_s, device.error_s, method))
    return replace(recording, streams=tuple(streams), offsets=tuple(offsets), notes=tuple(notes))


def _system(stream: Stream) -> str:
    """Streams of one system share a clock: markers, angles and plates of a laboratory; EMG and inertial sensors each
    their own.
    """
    return stream.kind if stream.kind in ("emg", "imu") else "lab"


def moved(times: FloatArray | None, by_s: float) -> FloatArray | None:
    """Times of a stream, s, moved; None where it has none of its own."""
    return None if times is None else times + by_s


def _added(offsets: list[Offset], new: Offset) -> list[Offset]:
    """The offsets with one more; two of one stream add, their errors in quadrature."""
    for i, old in enumerate(offsets):
        if old.stream == new.stream:
            sd = math.hypot(old.sd_s, new.sd_s)
            both = Offset(old.stream, old.offset_s + new.offset_s, sd, f"{old.method}; {new.method}")
            return [*offsets[:i], both, *offsets[i + 1 :]]
    return [*offsets, new]
