"""The clock of a text file: rate, start and jumps, told by its time column and by the rate it declares."""

from dataclasses import dataclass

import numpy as np

from legato.errors import BadInput
from legato.recording import FloatArray

_CONTRADICTION = 0.01
"""Relative difference of declared and counted rate from which one of them is wrong. [ENG]"""


_LONGEST_S = 1e7
"""No recording runs for 115 days: longer ones have damaged times or another unit. [ENG]"""


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """Rate, the file's own time at the first sample, jumps, and the times of the samples where they are not even,
    from 0.
    """

    rate_hz: float
    start_s: float
    jumps: int = 0
    time_s: FloatArray | None = None
    note: str = ""


def _quantum(times: FloatArray) -> float:
    """The step to which times are rounded: the coarsest decimal that leaves them as they are."""
    for decimals in range(1, 9):
        if np.allclose(times, np.round(times, decimals), rtol=0.0, atol=1e-9):
            return 10.0**-decimals
    return 1e-9


def declared_clock(name: str, times: FloatArray, declared_hz: float, *, given_hz: float | None = None) -> Clock:
    """The clock of a file whose header declares the rate; the time column shows the start and the jumps only.

    Raises
    ------
    BadInput
        Declared rate and time column contradict each other by more than 1 %, or neither tells a rate, and none is
        given.
    """
    seen = times[np.isfinite(times)]
    start = float(seen[0]) if seen.size else 0.0
    rate = given_hz if given_hz is not None else declared_hz
    if not (np.isfinite(rate) and rate > 0.0):
        if seen.size < 2:
            raise BadInput(
                f"{name}: DataRate is {declared_hz:g} Hz and there is no time column; give the rate with --rate"
            )
        counted = column_clock(name, times)
        note = f"DataRate is {declared_hz:g} Hz; the time column says {counted.rate_hz:g} Hz and was followed"
        return Clock(counted.rate_hz, counted.start_s, counted.jumps, note=note)
    if seen.size < 2:
        return Clock(rate, start)
    steps = np.diff(seen)
    quantum = _quantum(seen)
    even = np.abs(steps - 1.0 / rate) <= 0.5 / rate + quantum
    jumps = int(np.count_nonzero(~even))
    typical = float(np.median(steps))
    kept = steps[np.abs(steps - typical) <= 0.5 * abs(typical) + quantum]
    mean = float(kept.mean()) if kept.size else typical
    slack = _CONTRADICTION / rate + 2.0 * quantum / max(kept.size, 1)
    if given_hz is None and abs(mean - 1.0 / rate) > slack:
        told = f"{1.0 / mean:g} Hz" if mean > 0 else "no steady rate"
        raise BadInput(f"{name}: DataRate says {rate:g} Hz but the time column {told}; give the true rate with --rate")
    return Clock(rate, start, jumps)


def column_clock(name: str, times: FloatArray, *, given_hz: float | None = None) -> Clock:
    """The clock of a file whose time column is all there is, s. Uneven samples keep their own times.

    Raises
    ------
    BadInput
        The column is empty, has missing times, stands still or runs backwards throughout, and no rate is given.
    """
    if given_hz is not None:
        seen = times[np.isfinite(times)]
        return Clock(given_hz, float(seen[0]) if seen.size else 0.0)
    if times.size == 0 or not np.isfinite(times).all():
        raise BadInput(f"{name}: the time column has missing times; mend it, or give the rate with --rate")
    if times.size == 1:
        raise BadInput(f"{name}: one sample has no rate; give the rate with --rate")
    steps = np.diff(times)
    typical = float(np.median(steps))
    if not steps.any():
        raise BadInput(f"{name}: the time column stands still at {times[0]:g}; give the rate with --rate")
    if typical <= 0.0 or not np.all(steps > -abs(typical)):
        raise BadInput(f"{name}: the time column runs backwards; mend it, or give the rate with --rate")
    span = float(times[-1] - times[0])
    if span > _LONGEST_S:
        raise BadInput(f"{name}: the times go over {span:.3g} s; mend them, check their unit or give --rate")
    quantum = _quantum(times)
    even = np.abs(steps - typical) <= 0.5 * typical + quantum
    jumps = int(np.count_nonzero(~even))
    regular = steps[even]
    if not regular.size:
        raise BadInput(f"{name}: the steps of the time column have no common size; mend it or give --rate")
    mean = span / (times.size - 1) if jumps == 0 else float(regular.mean())
    rate = _snap(1.0 / mean, quantum / max(span, quantum))
    grid = times[0] + np.arange(times.size) / rate
    if jumps == 0 and np.abs(times - grid).max() <= max(2.0 * quantum, 0.05 / rate):
        return Clock(rate, float(times[0]))
    if np.any(steps <= 0.0):
        raise BadInput(
            f"{name}: {int(np.count_nonzero(steps <= 0))} times in the time column repeat or step back;"
            " mend it or give --rate"
        )
    counted = "1 jump" if jumps == 1 else f"{jumps} jumps"
    note = f"{name}: samples are not evenly spaced ({counted} of the clock); their own times were kept"
    return Clock(rate, float(times[0]), jumps, times - times[0], note)


def _snap(rate_hz: float, relative_error: float) -> float:
    """The nearest whole rate where the rounding of the times cannot tell it from the counted one."""
    whole = float(round(rate_hz))
    return whole if whole > 0 and abs(rate_hz - whole) <= rate_hz * (2.0 * relative_error + 1e-6) else rate_hz
