"""The bar's velocity from a linear transducer's table, and repetitions as other programs list them."""

from legato.bar.heights import track_from_height, track_from_velocity
from legato.bar.model import BarRep, BarTrack
from legato.bar.names import column_of
from legato.errors import BadInput
from legato.estimate import Estimate
from legato.recording import RepTable, Stream

_LEAST_RATE_HZ = 20.0
"""A slower table blurs the peak of a fast lift. [ENG]"""


def track_from_transducer(stream: Stream) -> BarTrack | None:
    """How the bar moved, from a table of position (m) or velocity (m/s) over time; None where it holds neither.

    Raises
    ------
    BadInput
        The table is slower than 20 samples/s.
    """
    if stream.kind not in ("table", "analog"):
        return None
    by_unit = {
        "velocity": [k for k, u in enumerate(stream.units) if u == "m/s"],
        "position": [k for k, u in enumerate(stream.units) if u == "m"],
    }
    for what, columns in by_unit.items():
        place = column_of([stream.channels[k] for k in columns], what)
        if place is None:
            continue
        if stream.rate_hz < _LEAST_RATE_HZ:
            raise BadInput(f"{stream.name} has {stream.rate_hz:g} samples/s; bar velocity needs {_LEAST_RATE_HZ:g}")
        k = columns[place]
        said = (f"the bar's velocity comes from {stream.channels[k]} of {stream.name}",)
        values = stream.values[:, k]
        if what == "velocity":
            return track_from_velocity(values, stream.rate_hz, stream.start_s, stream=stream.name, notes=said)
        return track_from_height(
            values, stream.rate_hz, stream.start_s, source="transducer", stream=stream.name, notes=said
        )
    return None


def reps_of_table(table: RepTable, level: float) -> tuple[BarRep, ...]:
    """Repetitions that another program measured, as it wrote them; empty where the table has no velocity in m/s.

    Its errors are not known, so each interval is the number itself: the notes of the result say so.
    """
    places = {
        what: column_of(table.columns, what)
        for what in ("mean_velocity", "mean_propulsive_velocity", "peak_velocity", "load", "range")
    }
    units = {"mean_velocity": "m/s", "mean_propulsive_velocity": "m/s", "peak_velocity": "m/s", "range": "m"}
    told = {w: k for w, k in places.items() if k is not None and table.units[k] in (units.get(w, "kg"), "")}
    if not told.keys() & {"mean_velocity", "mean_propulsive_velocity", "peak_velocity"}:
        return ()

    def number(row: int, what: str) -> float | None:
        k = told.get(what)
        value = float("nan") if k is None else float(table.values[row, k])
        return None if value != value else value

    def exact(row: int, what: str) -> Estimate | None:
        value = number(row, what)
        return None if value is None else Estimate(value, value, value, level, units[what])

    return tuple(
        BarRep(
            rep=row,
            start_s=float("nan"),
            end_s=float("nan"),
            mean_velocity=exact(row, "mean_velocity"),
            mean_propulsive_velocity=exact(row, "mean_propulsive_velocity"),
            peak_velocity=exact(row, "peak_velocity"),
            range=exact(row, "range"),
            load_kg=number(row, "load"),
        )
        for row in range(len(table.values))
    )
