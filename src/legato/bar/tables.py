"""The bar's velocity from a linear transducer's table, and repetitions as other programs list them."""

import math
import re
from collections.abc import Sequence

import numpy as np

from legato.bar.clock import on_even_clock
from legato.bar.heights import track_from_height, track_from_velocity
from legato.bar.model import BarRep, BarTrack
from legato.bar.names import column_of
from legato.errors import BadInput
from legato.estimate import Estimate
from legato.recording import FloatArray, RepTable, Stream

_UNIT_BEHIND = re.compile(r"(.+?)[ _]+(m|cm|mm|m[ _/]s|cm[ _/]s|mm[ _/]s|ms|mps)")
_BEHIND = {
    "m": (1.0, "m"), "cm": (1e-2, "m"), "mm": (1e-3, "m"), "ms": (1.0, "m/s"), "m/s": (1.0, "m/s"), "mps": (1.0, "m/s"),
    "cms": (1e-2, "m/s"), "cm/s": (1e-2, "m/s"), "mms": (1e-3, "m/s"), "mm/s": (1e-3, "m/s"),
}  # fmt: skip

_FASTEST_M_S, _FURTHEST_M = 10.0, 10.0
"""No bar moves faster, and no cable is longer. [ENG] the fastest snatches peak near 2.5 m/s."""

_LEAST_RATE_HZ = 20.0
"""A slower table blurs the peak of a fast lift. [ENG]"""


_UNITS = {
    "mean_velocity": "m/s",
    "mean_propulsive_velocity": "m/s",
    "peak_velocity": "m/s",
    "load": "kg",
    "range": "m",
    "mean_power": "W",
    "peak_power": "W",
}


def track_from_transducer(stream: Stream) -> BarTrack | None:
    """How the bar moved, from a table of position or velocity over time; None where it holds neither with a unit.

    Raises
    ------
    BadInput
        The table is slower than 20 samples/s, its times are no measurement over time, or no bar moves as it says.
    """
    if stream.kind not in ("table", "analog"):
        return None
    for what, unit in (("velocity", "m/s"), ("position", "m")):
        found = _column(stream, what, unit)
        if found is None:
            continue
        k, factor = found
        said = (f"the bar's velocity comes from {stream.channels[k]} of {stream.name}",)
        _check_size(stream, k, stream.values[:, k] * factor, what)
        even, rate_hz, start_s, bridged = on_even_clock(stream, stream.values[:, [k]] * factor)
        if rate_hz < _LEAST_RATE_HZ:
            raise BadInput(
                f"{stream.name}: {stream.channels[k]} has {rate_hz:g} samples/s, and a bar's velocity needs"
                f" {_LEAST_RATE_HZ:g} or more; export it at a higher rate"
            )
        if what == "velocity":
            return track_from_velocity(even[:, 0], rate_hz, start_s, stream=stream.name, bridged=bridged, notes=said)
        return track_from_height(
            even[:, 0], rate_hz, start_s, source="transducer", stream=stream.name, bridged=bridged, notes=said
        )
    return None


def unitless_column(stream: Stream) -> str | None:
    """A column that is called like a bar's position or velocity and states no unit of it, with what it states; None
    where there is none.
    """
    if stream.kind not in ("table", "analog"):
        return None
    for name, unit in zip(stream.channels, stream.units, strict=True):
        told = any(column_of([name], what) is not None for what in ("velocity", "position"))
        if told and unit not in ("m", "m/s") and len(name) > 2:
            return f"{name} is in {unit}" if unit else f"{name} states no unit"
    return None


def _column(stream: Stream, what: str, unit: str) -> tuple[int, float] | None:
    """Place of the column and its factor to SI; the unit may stand behind the name, as in `displacement_mm`."""
    place = column_of([name if u == unit else "" for name, u in zip(stream.channels, stream.units, strict=True)], what)
    if place is not None:
        return place, 1.0
    for k, (name, own) in enumerate(zip(stream.channels, stream.units, strict=True)):
        match = None if own else _UNIT_BEHIND.fullmatch(name.strip().lower())
        if match is not None and column_of([match[1]], what) is not None:
            factor, si = _BEHIND[re.sub(r"[ _]", "", match[2])]
            if si == unit:
                return k, factor
    return None


def _check_size(stream: Stream, k: int, values: FloatArray, what: str) -> None:
    """Refuse what no bar does."""
    seen = values[np.isfinite(values)]
    if seen.size == 0:
        return
    size = float(np.abs(seen).max()) if what == "velocity" else float(seen.max() - seen.min())
    most, unit = (_FASTEST_M_S, "m/s") if what == "velocity" else (_FURTHEST_M, "m")
    if size > most:
        raise BadInput(
            f"{stream.name}: {stream.channels[k]} reaches {size:.4g} {unit}, which no bar does; state its true unit, as"
            " in position (mm)"
        )


def reps_of_table(table: RepTable, level: float, *, beside: Sequence[RepTable] = ()) -> tuple[BarRep, ...]:
    """Repetitions that another program measured, as it wrote them; empty where the table has no velocity in m/s.

    Its errors are not known: each interval holds no more than what rounding hid, and the notes of the result say so.
    How far numbers are rounded is read from this table and from those `beside` it.
    """
    told = _told(table)
    if not told.keys() & {"mean_velocity", "mean_propulsive_velocity", "peak_velocity"}:
        return ()
    steps = {
        what: _rounding(np.concatenate([t.values[:, _told(t)[what]] for t in (table, *beside) if what in _told(t)]))
        for what in told
    }

    def number(row: int, what: str) -> float | None:
        k = told.get(what)
        value = float("nan") if k is None else float(table.values[row, k])
        return None if value != value else value

    def rounded(row: int, what: str) -> Estimate | None:
        value = number(row, what)
        return None if value is None else Estimate.symmetric(value, 0.5 * level * steps[what], _UNITS[what], level)

    return tuple(
        BarRep(
            rep=row,
            start_s=float("nan"),
            end_s=float("nan"),
            mean_velocity=rounded(row, "mean_velocity"),
            mean_propulsive_velocity=rounded(row, "mean_propulsive_velocity"),
            peak_velocity=rounded(row, "peak_velocity"),
            range=rounded(row, "range"),
            mean_power=rounded(row, "mean_power"),
            peak_power=rounded(row, "peak_power"),
            load_kg=number(row, "load"),
            # SD of what a rounding step hides.
            own_sd=steps.get("mean_velocity", 0.0) / math.sqrt(12.0),
        )
        for row in range(len(table.values))
    )


def _told(table: RepTable) -> dict[str, int]:
    """Columns by what they hold, in its unit."""
    places = {what: column_of(table.columns, what) for what in _UNITS}
    return {w: k for w, k in places.items() if k is not None and table.units[k] in (_UNITS[w], "")}


def _rounding(values: FloatArray) -> float:
    """The decimal step to which all numbers of a column are rounded."""
    seen = values[np.isfinite(values)]
    for decimals in range(7):
        if np.allclose(seen, np.round(seen, decimals), rtol=0.0, atol=1e-9):
            return 10.0**-decimals
    return 0.0
