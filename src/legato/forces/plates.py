"""The force plates of a recording: what each carried, where, and from when to when, in the lab's axes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from legato.forces._flights import LIGHTEST_KG
from legato.forces._plate_faults import plate_fault, upright_fault
from legato.forces.clipping import clipped_samples
from legato.forces.even_clock import on_even_clock
from legato.forces.model import Plate, Zero
from legato.forces.tables import TablePlate, table_plates
from legato.forces.wrench import CHANNELS, Wrench, centre_of_pressure, free_moment, plate_axes, plate_wrench
from legato.forces.zero import LEAST_LOAD_N, empty_stretches, loaded_samples, measure_zero
from legato.recording import STANDARD_GRAVITY, BoolArray, FloatArray, ForcePlate, Recording, Span, Stream
from legato.signals.gaps import runs_of

_WRONG_SIGN_SHARE = 0.2
"""A plate that pulls where all others are pushed counts the other way round only if it carries this share of the
largest load; less is crosstalk. [ENG]"""

_KILONEWTONS = (0.1, 6.0)
"""The largest summed force, but for a hundredth of the samples, of a person whose force is in kN. [ENG]"""

_MOST_STANDING_N = 15_000.0
"""No lift weighs more, N. [ENG]"""

NO_NUMBER = "no sample of its vertical force holds a number"
"""Why a plate is left out whose vertical force is missing throughout."""

_SIDEWAYS_N = 150.0
"""A force along an unloaded plate that is worth saying, N: no foot slides so hard without weight on it. [ENG]"""

_FAULTY_PULL_N = 50.0
"""A pull on a plate that is worth saying, N. [ENG]"""

_STANDING_SHARE = (0.7, 8.0)
"""Median load over body weight between which the mass that was given and the plates agree. [ENG] A bar adds to it;
who stands with one foot off the plates takes from it."""


@dataclass(frozen=True, slots=True, eq=False)
class PlatesFound:
    """The plates of a recording and plain sentences on what was assumed, mended or left out."""

    plates: tuple[Plate, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Raw:
    """A plate before its sign and its zero; `axes` are its own axes in the lab as columns, of a table those of the
    lab. `described` is what a C3D file says of it, `table` what a table's columns are.
    """

    name: str
    stream: Stream
    wrench: Wrench
    axes: FloatArray
    centre_m: FloatArray
    clipped: BoolArray
    described: ForcePlate | None = None
    table: TablePlate | None = None

    def in_lab(self, vectors: FloatArray) -> FloatArray:
        """Vectors (n, 3) of the plate in the lab's axes."""
        return vectors if self.table is not None else vectors @ self.axes.T

    def upward(self) -> FloatArray:
        """Vertical force as the file has it, z up, N, shape (n,)."""
        return self.wrench.force[:, 2] if self.table is not None else self.wrench.force @ self.axes[2]


def find_plates(
    recording: Recording, *, zero: bool = False, mass_kg: float | None = None, supported: bool = False
) -> PlatesFound:
    """The plates of a recording, in the order of the file.

    Parameters
    ----------
    recording
        One trial. Plates that a C3D file describes come first; the columns of tables are used where there are none,
        or where nobody stands on those. Uneven samples are put on an even clock.
    zero
        Whether the offset of each plate, measured while it is empty, is taken off. It is measured and told either way;
        as the file has it (false) the force and moment are those that other programs show.
    mass_kg
        The person's mass, kg: the plates are held against it.
    supported
        Whether a bench carries the rest of the weight, so that little on the plates is no sign of another unit.

    Returns
    -------
    The plates; of each the force on the person, whichever sign the file has. Samples at the limit of a channel are
    NaN.
    """
    recording, uneven = on_even_clock(recording)
    described, notes = _described(recording)
    notes = [*uneven, *notes]
    of_plates = {channel for plate in recording.plates for channel in plate.channels}
    tables, more = _of_tables([s for s in recording.of_kind("force") if not of_plates & set(s.channels)])
    up = _signs(described)
    if tables and described and any(_carries(raw, s) for raw, s in zip(described, up, strict=True)):
        notes.append("the plates that the C3D file describes were used, not the table of forces beside them")
        tables, more = [], []
    elif tables and described:
        notes.append("nobody stands on the plates that the C3D file describes; the table of forces was used")
        described = []
    raws = described + tables
    notes += more
    signs = up if raws == described else _signs(raws)
    if any(s < 0 for s in signs):
        notes.append("the force plates' numbers are the force on the plate; the force on the person was taken")
    scale, doubt = _unit_doubt(raws, signs, mass_kg, supported=supported)
    if doubt:
        notes.append(doubt)
    plates = [
        _plate(i, raw, sign, zero=zero, scale=scale) for i, (raw, sign) in enumerate(zip(raws, signs, strict=True))
    ]
    notes += [
        f"{plate.name}: {NO_NUMBER}; what it carried is in no sum" for plate in plates if NO_NUMBER in plate.reasons
    ]
    return PlatesFound(tuple(plates), tuple(notes))


def _described(recording: Recording) -> tuple[list[_Raw], list[str]]:
    found: list[_Raw] = []
    notes: list[str] = []
    for i, plate in enumerate(recording.plates):
        name = f"plate {plate.index + 1}"
        stream = next((s for s in recording.streams if set(plate.channels) <= set(s.channels)), None)
        if stream is None or not stream.n_samples:
            notes.append(f"{name}: the file holds no samples of its channels")
            continue
        columns = [stream.channels.index(c) for c in plate.channels]
        fault = plate_fault(plate, [stream.units[c] for c in columns], recording.plates[:i])
        if fault:
            notes.append(f"{name}: {fault}; left out")
            continue
        channels = stream.values[:, columns]
        try:
            wrench = plate_wrench(channels, plate.plate_type, plate.origin_m, plate.calibration)
            axes = plate_axes(plate.corners_m)
        except ValueError as error:
            known = plate.plate_type in CHANNELS
            notes.append(f"{name}: {error if known else f'type {plate.plate_type} is not supported'}; left out")
            continue
        if upright_fault(axes):
            notes.append(f"{name}: {upright_fault(axes)}; left out")
            continue
        # A plate of type 1 gives a point, which programs hold while nobody stands on it.
        clipped = clipped_samples(channels[:, :3] if plate.plate_type == 1 else channels)
        found.append(_Raw(name, stream, wrench, axes, plate.corners_m.mean(axis=0), clipped, described=plate))
    return found, notes


def _of_tables(streams: Sequence[Stream]) -> tuple[list[_Raw], list[str]]:
    found: list[_Raw] = []
    notes: list[str] = []
    for stream in streams:
        plates, left_out = table_plates(stream)
        notes += left_out
        for table in plates:
            clipped = clipped_samples(table.force)
            name = f"plate {table.name}".strip()
            moment = np.full_like(table.force, np.nan) if table.moment is None else table.moment
            wrench = Wrench(table.force, moment)
            found.append(_Raw(name, stream, wrench, np.eye(3), np.zeros(3), clipped, table=table))
    return _numbered(found), notes


def _numbered(plates: Sequence[_Raw]) -> list[_Raw]:
    """Plates of which one has no name and others but a number (`ground_force_vy`, `1_ground_force_vy`), in order."""
    plain = [i for i, raw in enumerate(plates) if re.fullmatch(r"plate(?: \d+)?", raw.name)]
    if len(plain) < 2 or all(plates[i].name != "plate" for i in plain):
        return list(plates)
    return [replace(raw, name=f"plate {plain.index(i) + 1}") if i in plain else raw for i, raw in enumerate(plates)]


def _signs(raws: Sequence[_Raw]) -> list[int]:
    """+1 where a plate's numbers already push the person up, −1 where they count the other way round."""
    tops: list[tuple[float, float]] = []
    for raw in raws:
        up = raw.upward()
        seen = up[np.isfinite(up)]
        tops.append((float(np.quantile(seen, 0.995)), float(-np.quantile(seen, 0.005))) if seen.size else (0.0, 0.0))
    pushes, pulls = sum(max(p, 0.0) for p, _ in tops), sum(max(q, 0.0) for _, q in tops)
    usual = -1 if pulls > pushes else 1
    most = max((max(t) for t in tops), default=0.0)
    signs: list[int] = []
    for push, pull in tops:
        along, against = (push, pull) if usual > 0 else (pull, push)
        turned = against > 4.0 * max(along, 0.0) and against >= _WRONG_SIGN_SHARE * most
        signs.append(-usual if turned else usual)
    return signs


def _carries(raw: _Raw, sign: int) -> bool:
    up = sign * raw.upward()
    return bool(np.isfinite(up).any()) and float(np.nanquantile(up, 0.99)) > LEAST_LOAD_N


def _unit_doubt(
    raws: Sequence[_Raw], signs: Sequence[int], mass_kg: float | None, *, supported: bool = False
) -> tuple[float, str]:
    """What the forces must be multiplied by to be of a person's size, and a sentence where that is not 1 or where they
    contradict the mass.
    """
    total = _total([sign * raw.upward() for raw, sign in zip(raws, signs, strict=True)], [r.stream for r in raws])
    if total.size < 2:
        return 1.0, ""
    top = float(np.quantile(total, 0.99))
    low, high = _KILONEWTONS
    if low <= top < high and top > 5.0 * float(np.std(np.diff(total))):
        return 1000.0, (
            f"the plates together never carry more than {top:.3g} N, which is nobody's weight but may be kN:"
            " forces are as the file has them; give the unit in a layout"
        )
    loaded = total[total > max(LEAST_LOAD_N, 0.3 * top)]
    if not loaded.size:
        return 1.0, ""
    typical = float(np.median(loaded))
    if typical > _MOST_STANDING_N:
        return 0.001, (
            f"the plates together carry {typical:.0f} N most of the time, more than any lift weighs:"
            " forces are as the file has them; give the unit in a layout"
        )
    if supported:
        return 1.0, ""
    if typical < LIGHTEST_KG * STANDARD_GRAVITY:
        return 1.0, (
            f"the plates together carry {typical:.0f} N most of the time, less than anybody weighs: the force is not in"
            " N (kgf, lbf or daN?), or part of the weight rests elsewhere; forces are as the file has them"
        )
    share = None if mass_kg is None else typical / (mass_kg * STANDARD_GRAVITY)
    if share is not None and not _STANDING_SHARE[0] <= share <= _STANDING_SHARE[1]:
        return 1.0, (
            f"the plates together carry {typical:.0f} N most of the time, {share:.2g} times the weight of"
            f" {mass_kg:g} kg: the mass, the unit or a missing plate is to blame"
        )
    return 1.0, ""


def _total(forces: Sequence[FloatArray], streams: Sequence[Stream]) -> FloatArray:
    """Sum over the plates of one time base, where each was measured."""
    if not forces:
        return np.empty(0)
    first = streams[0]
    alike = [f for f, s in zip(forces, streams, strict=True) if s.n_samples == first.n_samples]
    total = np.sum(alike, axis=0)
    return total[np.isfinite(total)]


def _plate(index: int, raw: _Raw, sign: int, *, zero: bool, scale: float) -> Plate:
    stream = raw.stream
    rate_hz = stream.rate_hz
    start_s = stream.start_s
    wrench = _on_the_person(raw, sign)
    upward = sign * raw.upward()
    upward[raw.clipped] = np.nan
    empty = empty_stretches(upward * scale, rate_hz, start_s, None if raw.described is None else raw.described.zero_s)
    level = measure_zero(wrench.force, wrench.moment, upward, empty, rate_hz, start_s)
    in_lab = replace(
        level, offset_n=raw.in_lab(level.offset_n[None])[0], offset_nm=raw.in_lab(level.offset_nm[None])[0]
    )
    loaded, threshold = loaded_samples(upward, in_lab, rate_hz, LEAST_LOAD_N / scale)
    if zero and level.source:
        wrench = _zeroed(wrench, level)
    reasons = list(() if raw.table is None else raw.table.reasons)
    if raw.described is not None and not np.isfinite(raw.described.origin_m).all():
        reasons.append("its origin is no number (FORCE_PLATFORM:ORIGIN): no centre of pressure")
    reasons += [reason for reason in (empty.reason, *_unmeasured(raw, start_s)) if reason]
    if not loaded.any():
        pull = -float(np.nanmin(upward, initial=0.0))
        pulls = (
            f"; it is pulled by up to {pull:.0f} N, as by a neighbour's shock or a fault"
            if pull * scale > _FAULTY_PULL_N
            else ""
        )
        empty_of_numbers = not np.isfinite(upward).any()
        reasons.append(NO_NUMBER if empty_of_numbers else f"nobody stands on it{pulls}{_sideways(wrench, scale)}")
    elif not level.source:
        reasons.append("it is never empty, so its zero cannot be checked")
    made = Plate(
        index=index,
        name=raw.name,
        stream=stream.name,
        rate_hz=rate_hz,
        start_s=start_s,
        force=raw.in_lab(wrench.force),
        moment=None,
        cop=None,
        free_moment=None,
        loaded=loaded,
        zero=in_lab,
        threshold_n=threshold,
        origin_m=raw.centre_m,
        clipped=tuple(Span(start_s + a / rate_hz, start_s + b / rate_hz) for a, b in runs_of(raw.clipped)),
        reasons=tuple(reasons),
    )
    if raw.described is not None:
        return _with_point(made, raw, raw.described, wrench)
    return made if raw.table is None else _with_table_point(made, raw.table, wrench)


def _sideways(wrench: Wrench, scale: float) -> str:
    """A hint that a plate without a load carries one along its surface, as where its channels were exchanged."""
    along = np.abs(wrench.force[:, :2]) * scale
    most = float(np.nanquantile(along, 0.99)) if np.isfinite(along).any() else 0.0
    if most < _SIDEWAYS_N:
        return ""
    return f", though {most:.0f} N act along its surface: are its axes or channels exchanged?"


def _on_the_person(raw: _Raw, sign: int) -> Wrench:
    """The plate's wrench on the person, without the samples at a channel's limit."""
    w = raw.wrench
    force, moment = sign * w.force, sign * w.moment
    twist = None if w.free_moment is None else sign * w.free_moment
    if raw.clipped.any():
        force[raw.clipped] = moment[raw.clipped] = np.nan
        if twist is not None:
            twist[raw.clipped] = np.nan
    return Wrench(force, moment, w.centre, twist)


def _zeroed(wrench: Wrench, level: Zero) -> Wrench:
    force = wrench.force - np.nan_to_num(level.offset_n)
    if wrench.centre is None or wrench.free_moment is None:
        return replace(wrench, force=force, moment=wrench.moment - np.nan_to_num(level.offset_nm))
    # A plate of type 1 gives the point itself; only its force can be zeroed, and the moment follows from both.
    moment = np.cross(np.column_stack([wrench.centre, np.zeros(len(force))]), force)
    moment[:, 2] += wrench.free_moment
    return replace(wrench, force=force, moment=moment)


def _with_point(plate: Plate, raw: _Raw, described: ForcePlate, wrench: Wrench) -> Plate:
    """With moment, centre of pressure and free moment of a plate that the file describes."""
    centre = centre_of_pressure(wrench, described.cop_polynomial)
    twist = free_moment(wrench, centre)
    with np.errstate(invalid="ignore"):
        at = centre @ raw.axes[:, :2].T + raw.centre_m
        # The plate's z may point into the ground, a moment about the vertical counts from above.
        twist = twist * raw.axes[2, 2]
    at[~plate.loaded] = twist[~plate.loaded] = np.nan
    return replace(
        plate,
        moment=wrench.moment @ raw.axes.T,
        cop=at,
        free_moment=twist,
        plate_type=described.plate_type,
        corners_m=described.corners_m,
    )


def _with_table_point(plate: Plate, table: TablePlate, wrench: Wrench) -> Plate:
    """With what the point and the moment of a table give: a moment about the point shifts the centre of pressure."""
    force, moment, on = wrench.force, wrench.moment, plate.loaded
    plate = replace(plate, side=table.side)
    if table.point is None and table.moment is None:
        return plate
    point = np.zeros_like(force) if table.point is None else table.point
    if table.moment is None:
        return replace(plate, cop=np.where(on[:, None], point, np.nan))
    if table.point is None:
        reason = "its place in the lab is not known: its centre of pressure counts from its own middle"
        plate = replace(plate, frame="plate", reasons=(*plate.reasons, reason))
    with np.errstate(divide="ignore", invalid="ignore"):
        dx, dy = -moment[:, 1] / force[:, 2], moment[:, 0] / force[:, 2]
        centre = point + np.column_stack([dx, dy, np.zeros(len(dx))])
        twist = moment[:, 2] - dx * force[:, 1] + dy * force[:, 0]
        about = np.cross(point, force) + moment
    return replace(
        plate,
        moment=about,
        cop=np.where(on[:, None], centre, np.nan),
        free_moment=np.where(on, twist, np.nan),
    )


def _unmeasured(raw: _Raw, start_s: float) -> list[str]:
    """What is missing or at its limit, and where it starts."""
    rate_hz = raw.stream.rate_hz
    missing = ~np.isfinite(raw.upward())
    said: list[str] = []
    for what, mask in (("missing", missing), ("at the limit of a channel, so not measured", raw.clipped & ~missing)):
        runs = runs_of(mask)
        if runs:
            first, stop = runs[0]
            said.append(
                f"{mask.sum() / rate_hz:.3g} s of its samples are {what}, first from"
                f" {start_s + first / rate_hz:.2f} to {start_s + stop / rate_hz:.2f} s"
            )
    return said
