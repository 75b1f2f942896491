"""C3D files: markers, analog channels, events, force plates, segment rotations and model outputs.

The samples are read by our own plain parser: it checks every claim against the file's length first, reads what ezc3d
refuses or
misreads, and is faster. ezc3d writes, and the tests hold the parser to it.
"""

from collections.abc import Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path

import numpy as np

from legato.errors import BadInput
from legato.formats._axes import (
    Vertical,
    find_vertical,
    parse_axis,
    turn_text,
    turn_to_z_up,
    turned_plate,
    turned_points,
)
from legato.formats._c3d_file import C3DFile, read_c3d_file
from legato.formats._c3d_points import PointKind, PointKinds, classify_points, point_unit
from legato.formats._channels import (
    LEAST_EMG_HZ,
    ChannelKind,
    channel_kind,
    coded_muscles,
    unique_names,
    without_prefixes,
)
from legato.formats._units import to_si
from legato.formats.c3d_write import write_c3d
from legato.recording import Event, FloatArray, ForcePlate, Recording, Stream

__all__ = ["read_c3d", "write_c3d"]

_SIDES = {"left", "right", "general", "invalid", ""}
_OUTPUTS: tuple[tuple[PointKind, str], ...] = (
    ("angle", "model_angles"),
    ("force", "model_forces"),
    ("moment", "model_moments"),
    ("power", "model_powers"),
    ("scalar", "model_scalars"),
    ("virtual", "model_points"),
)


def read_c3d(path: str | PathLike[str]) -> Recording:
    """Read a C3D file.

    Returns
    -------
    A recording whose time starts at the file's first frame. Streams: `markers` (m), `emg`, `force`, `imu`, `analog`
    where the file has
    such channels (plate channels stay in the plate's own axes), `rotations`, and model outputs as tables
    `model_angles` ….

    Raises
    ------
    BadInput
        The file is no C3D, is cut short, contradicts itself, or all its points are marked invalid and it has nothing
        else.
    """
    path = Path(path)
    file = read_c3d_file(path)
    notes = list(file.notes)
    labels = _point_labels(file, notes)
    kinds = classify_points(file, labels)
    units: dict[PointKind, tuple[float, str]] = {
        kind: _unit(point_unit(file, kind), f"{kind}s", notes) for kind in set(kinds.kinds)
    }
    missing = (file.residuals < 0) | ~np.isfinite(file.points).all(-1)
    markers = kinds.columns("marker")
    if markers:
        zeros = (file.points == 0).all(-1)
        zeros[:, [i for i, k in enumerate(kinds.kinds) if k not in ("marker", "virtual")]] = False
        missing |= zeros
    if missing.size and missing.all():
        if file.analogs.size == 0 and file.rotations is None:
            raise BadInput(
                f"{path.name}: every point of all {len(file.points)} frames is marked invalid (residual -1);"
                " reconstruct the trial and export it again"
            )
        notes.append("every point of the file is marked invalid (residual -1)")
    points = np.where(missing[..., None], np.nan, file.points)
    plates = _plates(file, units.get("marker", (1e-3, "m"))[0], notes)
    vertical = _vertical(file, labels, markers, points * units.get("marker", (1e-3, "m"))[0], plates)
    if vertical.note:
        notes.append(vertical.note)
    if vertical.cue == "convention" and markers:
        notes.append(f"nothing in the file tells which axis is up: {vertical.label} was taken, as is usual in C3D")
    turn = turn_to_z_up(vertical)
    meta = {"turn": turn_text(turn), "up": vertical.label, "up_from": vertical.cue}

    streams: list[Stream] = []
    if markers and points.shape[0]:
        names = unique_names(without_prefixes([labels[i] for i in markers]), "point")
        _note_renamed([labels[i] for i in markers], notes)
        factor, unit = units["marker"]
        values = turned_points(points[:, markers] * factor, turn)
        descriptions = file.strings("POINT:DESCRIPTIONS")
        described = [descriptions[i] if i < len(descriptions) else "" for i in markers]
        extra = {"labels": "\n".join(labels[i] for i in markers), "descriptions": "\n".join(described)}
        streams.append(
            Stream(
                "markers", "markers", values, file.frame_rate_hz, names, (unit,) * len(names), meta={**meta, **extra}
            )
        )
    streams.extend(_analog_streams(file, plates, notes))
    streams.extend(_output_streams(file, points, kinds, labels, units, turn, meta))
    streams.extend(_rotation_streams(file, turn, meta, units.get("marker", (1e-3, "m"))[0]))
    start = {"clock_start_s": repr((file.first_frame - 1) / file.frame_rate_hz)}
    timed = tuple(replace(s, meta={**s.meta, **start}) for s in streams)
    turned = tuple(turned_plate(p, turn) for p in plates)
    return Recording(timed, _events(file, notes), turned, notes=tuple(dict.fromkeys(notes)))


def _point_labels(file: C3DFile, notes: list[str]) -> list[str]:
    labels = list(file.strings("POINT:LABELS"))[: file.points.shape[1]]
    if len(labels) < file.points.shape[1]:
        notes.append(
            f"{file.points.shape[1] - len(labels)} of {file.points.shape[1]} points have no label; they are numbered"
        )
    return labels + [""] * (file.points.shape[1] - len(labels))


def _note_renamed(labels: Sequence[str], notes: list[str]) -> None:
    repeated = sorted({label for label in labels if label and labels.count(label) > 1})
    if repeated:
        notes.append(f"labels given to several points were numbered: {', '.join(repeated)}")


def _unit(unit: str, what: str, notes: list[str]) -> tuple[float, str]:
    """Factor and SI unit; an unknown unit is kept and said."""
    found = to_si(unit)
    if found is None:
        if unit:
            notes.append(f"unit {unit!r} of {what} is unknown and was kept")
        return 1.0, unit
    return found


def _vertical(
    file: C3DFile, labels: Sequence[str], markers: Sequence[int], points_m: FloatArray, plates: Sequence[ForcePlate]
) -> Vertical:
    declared = file.strings("POINT:Y_SCREEN")
    return find_vertical(
        [labels[i] for i in markers],
        points_m[:, list(markers)],
        convention=(2, 1),
        declared=parse_axis(declared[0]) if declared else None,
        plates=plates,
    )


def _plates(file: C3DFile, factor: float, notes: list[str]) -> tuple[ForcePlate, ...]:
    """Force plates in the file's axes; those whose description is incomplete are left out and said."""
    numbers = file.numbers("FORCE_PLATFORM:USED")
    count = int(numbers[0]) if numbers.size and np.isfinite(numbers[0]) else 0
    if not 0 < count <= 64:
        return ()
    types, corners = file.numbers("FORCE_PLATFORM:TYPE"), file.numbers("FORCE_PLATFORM:CORNERS")
    origins, channels = file.numbers("FORCE_PLATFORM:ORIGIN"), file.numbers("FORCE_PLATFORM:CHANNEL")
    names = _analog_names(file)
    rows = channels.size // count
    found: list[ForcePlate] = []
    for i in range(count):
        listed = channels[i * rows : (i + 1) * rows]
        columns = [int(c) - 1 for c in listed if 0 < c <= len(names)]
        if i >= types.size or corners.size < 12 * (i + 1) or len(columns) < min(rows, 6) or not columns:
            if names:
                notes.append(f"force plate {i + 1} is described only in part and was left out")
            continue
        plate_type = int(types[i])
        corner = corners[12 * i : 12 * (i + 1)].reshape(4, 3) * factor
        origin = origins[3 * i : 3 * (i + 1)] * factor if origins.size >= 3 * (i + 1) else np.zeros(3)
        plate = ForcePlate(i, plate_type, corner, origin, tuple(names[c] for c in columns))
        found.append(
            replace(
                plate,
                calibration=_calibration(file, i, columns, factor) if plate_type in (4, 5) else None,
                cop_polynomial=_cop_polynomial(file, i, factor) if plate_type == 3 else None,
                zero_s=_zero_stretch(file),
            )
        )
    return tuple(found)


def _calibration(file: C3DFile, index: int, columns: Sequence[int], factor: float) -> FloatArray | None:
    """The plate's matrix, turned from the file's units of channels and moments into those of the recording."""
    matrices = file.numbers("FORCE_PLATFORM:CAL_MATRIX")
    if matrices.size < 36 * (index + 1) or len(columns) < 6:
        return None
    units = file.strings("ANALOG:UNITS")
    stored = [to_si(units[c]) if c < len(units) else None for c in columns[:6]]
    moment = stored[3][0] if stored[3] is not None and stored[3][1] == "N·m" else factor
    into = np.array([1.0, 1.0, 1.0, moment, moment, moment])
    # Stored first dimension fastest; rows are the plate's outputs, columns its channels.
    matrix = matrices[36 * index : 36 * (index + 1)].reshape(6, 6).T
    return into[:, None] * matrix / np.array([1.0 if s is None else s[0] for s in stored])


def _cop_polynomial(file: C3DFile, index: int, factor: float) -> FloatArray | None:
    stored = file.numbers("FORCE_PLATFORM:FPCOPPOLY")[12 * index : 12 * (index + 1)]
    if stored.size < 12 or not stored.any():
        return None
    # Each coefficient multiplies a product of 7, 5, 3, 5, 3 or 1 lengths.
    powers = np.tile([6, 4, 2, 4, 2, 0], 2)
    return stored / factor**powers


def _zero_stretch(file: C3DFile) -> tuple[float, float] | None:
    """The frames that `FORCE_PLATFORM:ZERO` names for zeroing, where they lie in the file."""
    frames = file.numbers("FORCE_PLATFORM:ZERO")
    if frames.size < 2 or not 0 < frames[0] < frames[1]:
        return None
    first, last = frames[0] - file.first_frame, frames[1] - file.first_frame
    if first < 0 or last >= max(file.points.shape[0], 1):
        return None
    return float(first / file.frame_rate_hz), float((last + 1) / file.frame_rate_hz)


def _analog_names(file: C3DFile) -> tuple[str, ...]:
    count = file.analogs.shape[1]
    labels = list(file.strings("ANALOG:LABELS"))[:count]
    return unique_names(labels + [""] * (count - len(labels)), "analog")


def _analog_streams(file: C3DFile, plates: Sequence[ForcePlate], notes: list[str]) -> list[Stream]:
    count = file.analogs.shape[1]
    if count == 0 or file.analogs.shape[0] == 0:
        return []
    names = _analog_names(file)
    units, descriptions = file.strings("ANALOG:UNITS"), file.strings("ANALOG:DESCRIPTIONS")
    on_plate = {name for plate in plates for name in plate.channels}
    by_kind: dict[ChannelKind, list[int]] = {}
    kinds: list[ChannelKind] = []
    factors = np.ones(count)
    si_units: list[str] = []
    for i, name in enumerate(names):
        factor, unit = _unit(units[i] if i < len(units) else "", f"channel {name}", notes)
        description = descriptions[i] if i < len(descriptions) else ""
        kind = channel_kind(name, unit, description, file.analog_rate_hz, on_plate=name in on_plate)
        kinds.append(kind)
        factors[i] = factor
        si_units.append(unit)
    coded = coded_muscles(names, si_units) if file.analog_rate_hz >= LEAST_EMG_HZ else frozenset[int]()
    for i, kind in enumerate(kinds):
        by_kind.setdefault("emg" if kind == "analog" and si_units[i] == "V" and i in coded else kind, []).append(i)
    for plate in plates:
        for i, unit in _plate_units(file, plate, [si_units[names.index(c)] for c in plate.channels]):
            column = names.index(plate.channels[i])
            factors[column], si_units[column] = unit
    values = np.where(np.isfinite(file.analogs), file.analogs, np.nan) * factors
    streams: list[Stream] = []
    for kind, columns in by_kind.items():
        meta = {"descriptions": "\n".join(descriptions[i] if i < len(descriptions) else "" for i in columns)}
        if kind == "force":
            meta["axes"] = "plate"
        streams.append(
            Stream(
                kind, kind, values[:, columns], file.analog_rate_hz,
                tuple(names[i] for i in columns), tuple(si_units[i] for i in columns), meta=meta,
            )
        )  # fmt: skip
    return streams


def _plate_units(file: C3DFile, plate: ForcePlate, stated: Sequence[str]) -> list[tuple[int, tuple[float, str]]]:
    """Which of a plate's channels measure something else than their unit says, and the factor and unit they have.

    A type-1 plate gives the centre of pressure itself, as its fourth and fifth channel, in the file's unit of length.
    Moments whose unit is none of a moment (`N`, as some programs write for all six) are in N times that length.
    """
    length = _unit(point_unit(file, "marker"), "points", [])
    found: list[tuple[int, tuple[float, str]]] = []
    if plate.plate_type == 1:
        found += [(i, length) for i in (3, 4) if i < len(stated)]
    moments = {1: (5,), 2: (3, 4, 5)}.get(plate.plate_type, ())
    return found + [
        (i, (length[0], "N·m")) for i in moments if i < len(stated) and stated[i] in ("N", "") and length[1] == "m"
    ]


def _output_streams(
    file: C3DFile,
    points: FloatArray,
    kinds: PointKinds,
    labels: Sequence[str],
    units: dict[PointKind, tuple[float, str]],
    turn: FloatArray,
    meta: dict[str, str],
) -> list[Stream]:
    streams: list[Stream] = []
    for kind, name in _OUTPUTS:
        columns = kinds.columns(kind)
        if not columns or not points.shape[0]:
            continue
        factor, unit = units[kind]
        values = points[:, columns] * factor
        names = unique_names(without_prefixes([labels[i] for i in columns]), kind)
        # Only points lie in the lab; a model gives angles, forces and moments in the axes of its segments.
        own = meta if kind == "virtual" else {}
        if kind == "virtual":
            values = turned_points(values, turn)
        channels = tuple(f"{n}.{axis}" for n in names for axis in "xyz")
        flat = values.reshape(len(values), -1)
        streams.append(Stream(name, "table", flat, file.frame_rate_hz, channels, (unit,) * len(channels), meta=own))
    return streams


def _rotation_streams(file: C3DFile, turn: FloatArray, meta: dict[str, str], factor: float) -> list[Stream]:
    if file.rotations is None or not file.rotations.size:
        return []
    count = file.rotations.shape[1]
    labels = list(file.strings("ROTATION:LABELS"))[:count]
    names = unique_names(without_prefixes(labels + [""] * (count - len(labels))), "segment")
    turned = np.einsum("ij,nsjk->nsik", turn, file.rotations[..., :3, :3])
    origins = turned_points(file.rotations[..., :3, 3] * factor, turn).reshape(len(turned), -1)
    channels = tuple(f"{n}.{axis}" for n in names for axis in "xyz")
    return [
        Stream("rotations", "rotations", turned, file.rotation_rate_hz, names, ("1",) * count, meta=meta),
        Stream("segment_origins", "table", origins, file.rotation_rate_hz, channels, ("m",) * len(channels), meta=meta),
    ]


def _events(file: C3DFile, notes: list[str]) -> tuple[Event, ...]:
    """Events on the recording's clock. C3D counts their time from frame 1 of the trial, which a cropped file no
    longer holds.
    """
    labels, contexts = file.strings("EVENT:LABELS"), file.strings("EVENT:CONTEXTS")
    times = file.numbers("EVENT:TIMES")
    used = file.numbers("EVENT:USED")
    count = int(used[0]) if used.size and np.isfinite(used[0]) else 0
    count = min(max(count, 0), times.size // 2)
    found: list[Event] = []
    for i in range(count):
        label = labels[i] if i < len(labels) else ""
        context = contexts[i] if i < len(contexts) else ""
        if context.lower() not in _SIDES and label.lower() in _SIDES:
            label, context = context, label
        found.append(Event(label or f"event {i + 1}", float(60.0 * times[2 * i] + times[2 * i + 1]), context))
    if not found:
        found = [Event(e.label or f"event {i + 1}", e.time_s) for i, e in enumerate(file.header_events)]
    found = [e for e in found if np.isfinite(e.time_s)]
    if not found:
        return ()
    start = (file.first_frame - 1) / file.frame_rate_hz
    length = max(file.points.shape[0], 1) / file.frame_rate_hz
    slack = 1.0 / file.frame_rate_hz
    if start > 0:
        inside = sum(-slack <= e.time_s - start <= length + slack for e in found)
        already = sum(-slack <= e.time_s <= length + slack for e in found)
        if already > inside:
            notes.append("event times count from the file's first frame, not from the trial's start")
        else:
            found = [Event(e.name, round(e.time_s - start, 9), e.context) for e in found]
    return tuple(sorted(found, key=lambda e: e.time_s))
