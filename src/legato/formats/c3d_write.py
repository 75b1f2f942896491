"""Writing recordings as C3D, whole or not at all."""

import os
import tempfile
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from legato.errors import BadInput
from legato.recording import FloatArray, ForcePlate, Recording, Stream

_MOST_FRAMES = 65_535
_LABELS_A_PARAMETER = 255
_IN_MM = {"N·m": "Nmm", "m": "mm"}
"""Moments and lengths of a plate go by the file's unit of length: other programs look no further."""


def write_c3d(path: str | PathLike[str], recording: Recording) -> None:
    """Write the markers (mm, z up), analog channels and events of a recording as C3D. Missing points get residual -1.

    Samples are stored as 4-byte floats, so a coordinate comes back within 6e-8 of its size.

    Raises
    ------
    BadInput
        There are no markers or analog channels, streams do not fit on one frame clock, or there are more frames than
        C3D holds.
    """
    path = Path(path)
    markers = recording.of_kind("markers")
    analogs = recording.of_kind("emg", "force", "imu", "analog")
    if not markers and not analogs:
        raise BadInput(f"{path.name}: neither markers nor analog channels to write")
    if len(markers) > 1:
        raise BadInput(f"{path.name}: {len(markers)} marker streams do not fit in one C3D; write them apart")
    rate = markers[0].rate_hz if markers else analogs[0].rate_hz
    frames = markers[0].n_samples if markers else analogs[0].n_samples
    ratio = _analog_ratio(path, rate, analogs)
    if analogs:
        frames = min(frames, min(s.n_samples for s in analogs) // ratio)
    if not 0 < frames <= _MOST_FRAMES:
        raise BadInput(f"{path.name}: {frames} frames do not fit in a C3D (1 to {_MOST_FRAMES}); cut the recording")
    file = _empty_c3d()
    _put_points(file, rate, frames, markers[0] if markers else None)
    _put_analogs(file, rate * ratio, frames * ratio, analogs)
    _put_events(file, recording)
    _put_plates(file, recording, analogs)
    _write_whole(path, file)


def _empty_c3d() -> Any:
    import ezc3d

    return ezc3d.c3d()


def _analog_ratio(path: Path, rate_hz: float, analogs: tuple[Stream, ...]) -> int:
    ratios = {s.rate_hz / rate_hz for s in analogs}
    if not ratios:
        return 1
    ratio = ratios.pop()
    if ratios or abs(ratio - round(ratio)) > 1e-6 or ratio < 0.999:
        raise BadInput(
            f"{path.name}: C3D needs all analog channels at one whole multiple of the {rate_hz:g} Hz frame rate"
        )
    return round(ratio)


def _put_points(file: Any, rate_hz: float, frames: int, markers: Stream | None) -> None:
    file["parameters"]["POINT"]["RATE"]["value"] = [rate_hz]
    if markers is None:
        file["data"]["points"] = np.zeros((4, 0, frames))
        return
    values = markers.values[:frames] * 1000.0
    gone = np.asarray(~np.isfinite(values).all(axis=-1))
    points = np.ones((4, len(markers.channels), frames))
    points[:3] = np.where(gone[..., None], 0.0, values).transpose(2, 1, 0)
    residuals = np.where(gone, -1.0, 0.0).T[None]
    file["data"]["points"] = points
    file["data"]["meta_points"]["residuals"] = residuals
    file.add_parameter("POINT", "UNITS", ["mm"])
    file.add_parameter("POINT", "X_SCREEN", ["+X"])
    file.add_parameter("POINT", "Y_SCREEN", ["+Z"])
    _put_strings(file, "POINT", "LABELS", markers.channels)


def _put_strings(file: Any, group: str, name: str, values: tuple[str, ...]) -> None:
    for i in range(0, len(values), _LABELS_A_PARAMETER):
        number = i // _LABELS_A_PARAMETER
        file.add_parameter(
            group, name if number == 0 else f"{name}{number + 1}", list(values[i : i + _LABELS_A_PARAMETER])
        )


def _put_analogs(file: Any, rate_hz: float, samples: int, analogs: tuple[Stream, ...]) -> None:
    channels = tuple(c for s in analogs for c in s.channels)
    file["parameters"]["ANALOG"]["RATE"]["value"] = [rate_hz]
    if not channels:
        file["data"]["analogs"] = np.zeros((1, 0, samples))
        return
    values: FloatArray = np.concatenate([s.values[:samples] for s in analogs], axis=1)
    units = [u for s in analogs for u in s.units]
    factors = np.array([_stored_factor(u) for u in units])
    file["data"]["analogs"] = (values * factors).T[None]
    _put_strings(file, "ANALOG", "LABELS", channels)
    _put_strings(
        file,
        "ANALOG",
        "UNITS",
        tuple(_IN_MM.get(u, u.replace("·", "").replace("²", "^2")) for u in units),
    )
    _put_strings(file, "ANALOG", "DESCRIPTIONS", tuple(s.kind for s in analogs for _ in s.channels))


def _stored_factor(unit: str) -> float:
    return 1000.0 if unit in _IN_MM else 1.0


def _put_events(file: Any, recording: Recording) -> None:
    if not recording.events:
        return
    file.add_parameter("EVENT", "USED", [len(recording.events)])
    file.add_parameter("EVENT", "LABELS", [e.name for e in recording.events])
    file.add_parameter("EVENT", "CONTEXTS", [e.context for e in recording.events])
    times = np.array([[e.time_s // 60.0 for e in recording.events], [e.time_s % 60.0 for e in recording.events]])
    file.add_parameter("EVENT", "TIMES", times)


def _put_plates(file: Any, recording: Recording, analogs: tuple[Stream, ...]) -> None:
    channels = [c for s in analogs for c in s.channels]
    plates = [p for p in recording.plates if all(c in channels for c in p.channels)]
    if not plates:
        return
    rows = max(len(p.channels) for p in plates)
    listed = np.zeros((rows, len(plates)))
    for i, plate in enumerate(plates):
        listed[: len(plate.channels), i] = [channels.index(c) + 1 for c in plate.channels]
    described = file["parameters"]["FORCE_PLATFORM"]
    described["USED"]["value"] = np.array([len(plates)])
    described["TYPE"]["value"] = np.array([p.plate_type for p in plates])
    described["CORNERS"]["value"] = np.stack([p.corners_m.T * 1000.0 for p in plates], axis=-1)
    described["ORIGIN"]["value"] = np.stack([p.origin_m * 1000.0 for p in plates], axis=-1)
    described["CHANNEL"]["value"] = listed.astype(int)
    if any(p.calibration is not None for p in plates):
        units = dict(zip(channels, (u for s in analogs for u in s.units), strict=True))
        matrices = [_stored_calibration(p, units) for p in plates]
        file.add_parameter("FORCE_PLATFORM", "CAL_MATRIX", np.stack(matrices, axis=-1))


def _stored_calibration(plate: ForcePlate, units: Mapping[str, str]) -> FloatArray:
    """The matrix from the channels as they are stored to N and N·mm."""
    if plate.calibration is None:
        return np.eye(6)
    into = np.array([1.0, 1.0, 1.0, 1000.0, 1000.0, 1000.0])
    return into[:, None] * plate.calibration / [_stored_factor(units[c]) for c in plate.channels[:6]]


def _write_whole(path: Path, file: Any) -> None:
    handle, name = tempfile.mkstemp(suffix=".c3d", prefix=".", dir=path.parent)
    os.close(handle)
    try:
        file.write(name)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
