"""What an empty plate reads: its offset, its noise, and the force above which it carries a load."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from legato.forces.contacts import unloaded_plate
from legato.forces.model import Zero
from legato.recording import BoolArray, FloatArray, Span
from legato.signals.gaps import runs_of

LEAST_LOAD_N = 20.0
"""Least force above the empty plate that counts as a load, N. [ENG] Below, a centre of pressure is a quotient of two
noises."""

_NOISE_SDS = 5.0
"""SDs of the empty plate's noise that the threshold lies above it at least. [ENG]"""

_MOST_OFFSET_N = 50.0
"""An empty plate that reads more than this is not believed to be empty, N. [ENG]"""

_NEVER_STOOD_N = 40.0
"""A plate whose force never leaves its median by more is stood on by nobody, N. [ENG] A foot in a lift carries
hundreds; a neighbour's shaking some tens."""

_SHORTEST_LOAD_S = 0.02
"""Shorter loads are shocks of the floor, s. [ENG]"""

_TRIM_S = 0.02
"""Cut from both ends of an empty stretch before it is measured, s: the plate still rings there. [ENG]"""

_KNOCK_SDS = 6.0
"""SDs of the noise beyond which a sample of an empty stretch is no noise. [ENG]"""

_ALIKE = 0.1
"""Most samples of an empty plate print one number where their median says so many times less noise than nine tenths of
them. [ENG]"""

_LONGEST_LAG_S = 0.5
"""The noise is followed to this lag, s. [ENG]"""


_UNKNOWN_ZERO_N = 3.0
"""SD of the zero of a plate that was never empty, or that prints nothing but zero while it is, N. [ENG] What plates
drift by between two zeroings; nothing in the recording tells."""


@dataclass(frozen=True, slots=True, eq=False)
class Empty:
    """The samples in which a plate is empty (first, stop), and whether the file or the force itself told so."""

    runs: tuple[tuple[int, int], ...]
    source: Literal["", "unloaded", "file"]
    reason: str = ""


def empty_stretches(
    vertical: FloatArray, rate_hz: float, start_s: float, told_s: tuple[float, float] | None = None
) -> Empty:
    """When a plate is empty.

    Parameters
    ----------
    vertical
        Vertical force, N, upwards positive, not zeroed, shape (n,); NaN where missing.
    rate_hz, start_s
        Its time base.
    told_s
        The stretch that the file names for zeroing, s; it is used only if the plate is empty in it.
    """
    seen = np.isfinite(vertical)
    if not seen.any():
        return Empty((), "")
    middle = float(np.median(vertical[seen]))
    spread = np.quantile(np.abs(vertical[seen] - middle), 0.999)
    if spread <= _NEVER_STOOD_N and abs(middle) <= _MOST_OFFSET_N:
        return Empty(((0, vertical.size),), "unloaded")
    found = unloaded_plate(vertical, rate_hz)
    # An empty plate rests near zero: feet that only unweight do not.
    believed = found is not None and abs(found[0].level_n) <= _MOST_OFFSET_N
    runs = tuple(found[1]) if found is not None and believed else ()
    reason = ""
    if told_s is not None:
        first, stop = (round((t - start_s) * rate_hz) for t in told_s)
        named = vertical[max(first, 0) : stop]
        named = named[np.isfinite(named)]
        level = found[0].level_n if found is not None and believed else 0.0
        if named.size and abs(float(named.mean()) - level) <= LEAST_LOAD_N and float(named.std()) <= LEAST_LOAD_N:
            if not runs:
                return Empty(((max(first, 0), stop),), "file")
        elif named.size:
            reason = (
                f"the file zeroes it by {told_s[0]:.2f} to {told_s[1]:.2f} s, where it carries a load: not followed"
            )
    if found is not None and not believed:
        reason = f"its lowest level is {found[0].level_n:.0f} N, too much for an empty plate: its zero is not known"
    return Empty(runs, "unloaded" if runs else "", reason)


def measure_zero(
    force: FloatArray, moment: FloatArray | None, vertical: FloatArray, empty: Empty, rate_hz: float, start_s: float
) -> Zero:
    """Offset and noise of a plate from the stretches in which it is empty.

    Parameters
    ----------
    force, moment
        Of the plate in any axes, shape (n, 3), N and N·m.
    vertical
        Vertical force, N, shape (n,).
    empty
        As `empty_stretches` finds it.
    rate_hz, start_s
        The time base.
    """
    unknown = np.full(3, np.nan)
    trim = round(_TRIM_S * rate_hz) if empty.source == "unloaded" else 0
    runs = [(a + trim * (a > 0), b - trim * (b < vertical.size)) for a, b in empty.runs]
    runs = [(a, b) for a, b in runs if b - a >= 2 and np.isfinite(vertical[a:b]).sum() >= 2]
    if not runs:
        return Zero(unknown, unknown, float("nan"), 1.0 / rate_hz, float("nan"), (), "")
    inside = np.zeros(vertical.size, dtype=np.bool_)
    for a, b in runs:
        inside[a:b] = _calm(vertical[a:b])
    levels = np.array([vertical[a:b][inside[a:b]].mean() for a, b in runs])
    sizes = np.array([inside[a:b].sum() for a, b in runs], dtype=np.float64)
    residuals = [np.where(inside[a:b], vertical[a:b] - x, np.nan) for (a, b), x in zip(runs, levels, strict=True)]
    noise = float(np.sqrt(sum(np.nansum(r**2) for r in residuals) / max(1, int(inside.sum()) - len(runs))))
    correlated = _correlation_time(residuals, rate_hz)
    error = noise * np.sqrt(min(1.0, correlated * rate_hz / float(inside.sum())))
    if len(runs) > 1:
        mean = float((sizes * levels).sum() / sizes.sum())
        # How far the zero walked between the stretches is what it may be wrong by in between.
        error = max(
            error, float(np.sqrt((sizes * (levels - mean) ** 2).sum() / sizes.sum() * len(runs) / (len(runs) - 1)))
        )
    offset_nm = unknown if moment is None else moment[inside].mean(axis=0)
    spans = tuple(Span(start_s + a / rate_hz, start_s + b / rate_hz) for a, b in runs)
    return Zero(force[inside].mean(axis=0), offset_nm, noise, correlated, float(error), spans, empty.source)


def zero_sd_n(zero: Zero) -> float:
    """SD of what a zeroed plate's vertical offset may still be wrong by, N."""
    return zero.error_n if zero.source and zero.noise_n > 0.0 else _UNKNOWN_ZERO_N


def _calm(x: FloatArray) -> BoolArray:
    """The samples of an empty stretch without those of a load that sets in or of a knock, shape (n,)."""
    away = np.abs(x - np.nanmedian(x))
    scale, wide = 1.4826 * float(np.nanmedian(away)), float(np.nanquantile(away, 0.9)) / 1.645
    # Noise below the converter's step: most samples print one number, and the next steps are noise too.
    scale = wide if scale < _ALIKE * wide else scale
    with np.errstate(invalid="ignore"):
        return np.asarray(away <= _KNOCK_SDS * scale)


def _correlation_time(residuals: list[FloatArray], rate_hz: float) -> float:
    """The area under the autocorrelation of the noise up to its first zero, s; one sample where it is white."""
    longest = max(residuals, key=lambda r: r.size)
    x = longest[np.isfinite(longest)]
    x = x - x.mean() if x.size else x
    power = float(x @ x)
    if x.size < 8 or power <= 0.0:
        return 1.0 / rate_hz
    area = 1.0
    for lag in range(1, min(x.size // 4, round(_LONGEST_LAG_S * rate_hz))):
        shared = float(x[:-lag] @ x[lag:]) / power
        if shared <= 2.0 / np.sqrt(x.size):
            break
        area += 2.0 * shared
    return area / rate_hz


def loaded_samples(
    vertical: FloatArray, zero: Zero, rate_hz: float, least_n: float = LEAST_LOAD_N
) -> tuple[BoolArray, float]:
    """Where a plate carries a load, shape (n,), and the threshold above its zero, N.

    The threshold is `least_n` or five SD of the empty plate's noise, whichever is more; a missing sample is not loaded.
    """
    level = float(zero.offset_n[2]) if np.isfinite(zero.offset_n[2]) else 0.0
    noise = zero.noise_n if np.isfinite(zero.noise_n) else 0.0
    threshold = max(least_n, _NOISE_SDS * noise)
    with np.errstate(invalid="ignore"):
        loaded = vertical - level > threshold
    for first, stop in runs_of(loaded):
        if stop - first < _SHORTEST_LOAD_S * rate_hz:
            loaded[first:stop] = False
    return loaded, threshold
