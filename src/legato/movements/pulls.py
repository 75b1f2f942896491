"""Pulls and pushes against what does not move, recognised in the vertical force: when they start, peak and end."""

import re
from dataclasses import dataclass

import numpy as np

from legato.body.model import Body
from legato.errors import BadInput
from legato.forces.tables import single_forces, without_total
from legato.movements.cycles import find_cycles
from legato.movements.model import Movement
from legato.recording import FloatArray, Recording, Stream
from legato.signals.filters import lowpass

_VERTICAL = re.compile(r"(^|[^a-z])f?v?z\d*$|vertical|(^|[^a-z])fv\d*$", re.IGNORECASE)
"""Names of the vertical component: `Fz1`, `Force.Fz2`, `ground_force_vz`, `Z`, `Fv` (z is up in every recording)."""

_QUIET_S = 1.0
"""Length of the stand before a pull that its start is measured against, s. [ENG]"""

_START_SDS = 5.0
"""SDs of the quiet stand by which the force rises at the start of a pull (movement library, onset)."""

_LEAST_SD_N = 2.0
"""Least SD of a quiet stand, N: a plate's own noise. [ENG]"""

_END_SHARE = 0.5
"""Share of its rise below which the force ends the pull. [ENG]"""

_PRETENSION_N = 50.0
"""Change of force over the quiet second above which it is unsteady: the lifter was leaning into the bar. [ENG]"""

_FAST_S = 0.3
"""A fast pull makes half of its rise in less. [ENG]"""

_RAMP_S = 2.0
"""A maximal pull makes 90 % of its rise in less; a slower one is a ramp. [ENG]"""


@dataclass(frozen=True, slots=True)
class Pull:
    """Samples at which a pull starts, peaks and ends; `cut`: what was not recorded, `notes`: what is odd about it."""

    start: float
    peak: float
    end: float
    cut: str
    notes: tuple[str, ...]


def _no_vertical(recording: Recording) -> str:
    """Why no column counts as a vertical force in N, and how to name one."""
    lone = any(s.channels == ("column_1",) for s in recording.of_kind("table"))
    unsaid = [c for s in recording.of_kind("force") for c, u in zip(s.channels, s.units, strict=True) if u == "N"]
    if lone or len(unsaid) == 1:
        unsure = "a lone column without a heading may be anything"
        by_name = ", put Fz into the file's name (pull-Fz.txt)"
        if not lone:
            # A heading goes before the file's name.
            unsure, by_name = f"which way {unsaid[0]} acts is not said", ""
        return f"holds no vertical force in N, as {unsure}; head it Fz (N){by_name} or give a layout (--layout)"
    kinds = {"table": "columns of unknown kind"}
    held = ", ".join(sorted({kinds.get(s.kind, s.kind) for s in recording.streams})) or "nothing"
    return f"holds {held}, but no vertical force in N; add the force plate's file"


def vertical_force(recording: Recording) -> tuple[FloatArray, Stream]:
    """Sum of the vertical forces of the stream that has the most of them, N, shape (n,), and that stream.

    Columns of forces that state no unit are taken as N, and one that is the sum of the others is left out. A sample
    that one plate lacks is NaN. Where no name says which force is vertical, single forces are taken for it.

    Raises
    ------
    BadInput
        No stream holds a vertical force in N, or none of its samples holds a number.
    """
    found: list[tuple[int, Stream, list[int]]] = []
    for stream in recording.of_kind("force", "analog", "table"):
        columns = [
            i
            for i, (name, unit) in enumerate(zip(stream.channels, stream.units, strict=True))
            if (unit == "N" or (not unit and stream.kind == "force")) and _VERTICAL.search(name)
        ]
        if columns:
            found.append((len(columns), stream, columns))
    found = found or [(len(only), s, [*only]) for s in recording.of_kind("force") if (only := single_forces(s))]
    if not found:
        where = recording.inputs[0].path if recording.inputs else "the recording"
        raise BadInput(f"{where}: {_no_vertical(recording)}")
    _, stream, columns = max(found, key=lambda f: f[0])
    plates = without_total([stream.values[:, i] for i in columns])
    total = stream.values[:, [columns[i] for i in plates]].sum(axis=1)
    if not np.isfinite(total).any():
        where = recording.inputs[0].path if recording.inputs else "the recording"
        names = ", ".join(stream.channels[columns[i]] for i in plates)
        raise BadInput(
            f"{where}: in no sample does the vertical force ({names}) hold a number; check what was exported"
        )
    return (-total if np.nanmedian(total) < 0.0 else total), stream


def force_body(recording: Recording) -> Body:
    """A body of which nothing but the time base is known, for a trial that holds force alone."""
    _, stream = vertical_force(recording)
    n = stream.n_samples
    return Body(stream.rate_hz, stream.start_s, n, "force", "", {}, {}, {}, {})


def find_pulls(force: FloatArray, rate_hz: float, movement: Movement) -> tuple[Pull, ...]:
    """The pulls in a vertical force.

    Parameters
    ----------
    force
        N, shape (n,); NaN where missing.
    rate_hz
        Sampling rate, Hz.
    movement
        Gives the low-pass and the least rise.
    """
    smooth = lowpass(force, rate_hz, min(movement.filter_cutoff_hz, 0.42 * rate_hz))
    cycles, _ = find_cycles(smooth, rate_hz, movement.drivers[0].least, keep=movement.cycle.keep)
    found: list[Pull] = []
    earliest = 0
    for cycle in cycles:
        start, quiet, notes = _start(force, smooth, cycle.far, max(cycle.first, earliest), rate_hz)
        level = quiet + _END_SHARE * (float(smooth[cycle.far]) - quiet)
        under = np.flatnonzero(smooth[cycle.far : cycle.stop] < level)
        end = cycle.far + int(under[0]) if under.size else cycle.stop - 1
        cut = "its start is cut off" if start is None else "" if under.size else "its end is cut off"
        begin = float(max(cycle.first, earliest)) if start is None else start
        if start is not None:
            notes += _slow(smooth, begin, cycle.far, quiet, rate_hz)
        found.append(Pull(begin, float(cycle.far), float(end), cut, tuple(notes)))
        earliest = end
    return tuple(found)


def _slow(smooth: FloatArray, start: float, peak: int, quiet: float, rate_hz: float) -> list[str]:
    """What is odd about the way from the stand to the peak."""
    rise = float(smooth[peak]) - quiet
    way = smooth[int(start) : peak + 1] - quiet
    half, most = (int(np.flatnonzero(way >= share * rise)[0]) for share in (0.5, 0.9))
    notes: list[str] = []
    before = half - round(_FAST_S * rate_hz)
    if before > 0 and float(way[before]) > _PRETENSION_N:
        notes.append(
            f"{_FAST_S:g} s before half of its rise the force already lay {way[before]:.0f} N above the stand:"
            " pretension, or a slow start"
        )
    if most / rate_hz > _RAMP_S:
        notes.append(f"the force took {most / rate_hz:.1f} s to 90 % of its rise: a ramp, not a fast pull")
    return notes


def _start(
    force: FloatArray, smooth: FloatArray, peak: int, earliest: int, rate_hz: float
) -> tuple[float | None, float, list[str]]:
    """Where the force leaves the quietest second before the peak for good, that stand's level, and what is odd."""
    length = max(3, round(_QUIET_S * rate_hz))
    rise_from = float(np.nanmin(smooth[earliest : peak + 1]))
    half = rise_from + 0.5 * (float(smooth[peak]) - rise_from)
    low = np.flatnonzero(smooth[earliest : peak + 1] < half)
    last = earliest + (int(low[-1]) if low.size else 0)
    starts = range(max(earliest, last - 3 * length), last - length + 1, max(1, length // 20))
    spreads = [(float(np.nanstd(force[i : i + length])), i) for i in starts]
    if not spreads:
        return None, rise_from, ["no quiet second before the pull was recorded, so its start is not known"]
    spread, i = min(spreads)
    stand = force[i : i + length]
    quiet = float(np.nanmean(stand))
    level = quiet + _START_SDS * max(spread, _LEAST_SD_N)
    under = np.flatnonzero(smooth[i : peak + 1] <= level)
    notes: list[str] = []
    tenth = max(1, length // 10)
    change = abs(float(np.nanmean(stand[-tenth:]) - np.nanmean(stand[:tenth])))
    if max(change, 4.0 * spread) > _PRETENSION_N:
        notes.append(
            f"the second before the pull is not quiet (it changes by {max(change, 4.0 * spread):.0f} N): pretension"
        )
    return (float(i + int(under[-1])) if under.size else None), quiet, notes
