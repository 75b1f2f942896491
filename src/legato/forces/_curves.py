"""What every force curve must be before anything is read from it, and how a limit of the device shows."""

from typing import Any

import numpy as np

from legato.errors import BadInput, NotResolvable
from legato.forces.clipping import clipped_samples
from legato.recording import FloatArray
from legato.signals.gaps import runs_of


def as_curve(force_n: Any, rate_hz: float, shortest_s: float, name: str = "force") -> FloatArray:
    """The curve as float64, shape (n,), or a refusal that says what is wrong with it.

    Raises
    ------
    BadInput
        The rate is not above 0, the curve is not one column of numbers, is empty, infinite or missing throughout.
    NotResolvable
        It is shorter than `shortest_s`.
    """
    if not (np.isfinite(rate_hz) and rate_hz > 0.0):
        raise BadInput(f"{name}: the rate is {rate_hz} Hz; give the recording's rate")
    try:
        curve = np.asarray(force_n, dtype=np.float64)
    except (TypeError, ValueError):
        raise BadInput(f"{name}: the samples are no numbers; give one column of N") from None
    if curve.ndim != 1:
        raise BadInput(f"{name}: samples of shape {curve.shape}; give one column, the plates' vertical forces summed")
    if curve.size == 0:
        raise BadInput(f"{name}: there are no samples; check the channel")
    if np.isinf(curve).any():
        raise BadInput(f"{name}: {int(np.isinf(curve).sum())} samples are infinite; export them as missing")
    if np.isnan(curve).all():
        raise BadInput(f"{name}: all {curve.size} samples are missing; check the channel")
    if curve.size < shortest_s * rate_hz:
        raise NotResolvable(f"{name}: {curve.size / rate_hz:.2f} s are too short; record at least {shortest_s:g} s")
    return curve


def without_gaps(curve: FloatArray, rate_hz: float, name: str = "force") -> FloatArray:
    """The same curve, or a refusal that says where samples are missing."""
    missing = np.isnan(curve)
    if missing.any():
        first, stop = runs_of(missing)[0]
        raise NotResolvable(
            f"{name}: {int(missing.sum())} samples are missing, first from {first / rate_hz:.3f} to"
            f" {stop / rate_hz:.3f} s; give a stretch without gaps"
        )
    return curve


def limit_of(curve: FloatArray) -> tuple[float, int] | None:
    """The force at which the device clips and the first sample there, or None."""
    at_limit = np.flatnonzero(clipped_samples(curve[:, None]) & (curve == np.nanmax(curve)))
    return (float(curve[at_limit[0]]), int(at_limit[0])) if at_limit.size else None


def refuse_limit(curve: FloatArray, rate_hz: float, name: str = "force") -> None:
    """Raise `NotResolvable` where the device clipped."""
    limit = limit_of(curve)
    if limit is not None:
        raise NotResolvable(
            f"{name}: flat at {limit[0]:.0f} N from {limit[1] / rate_hz:.3f} s, the limit of the device;"
            " set a wider range and record again"
        )


def noise_by_bends(curve: FloatArray) -> float:
    """SD of a curve's white noise, from its second differences, which show little of what a person does; 0 where three
    samples in a row are nowhere seen.
    """
    bends = np.abs(np.diff(curve, 2))
    bends = bends[np.isfinite(bends)]
    return float(np.median(bends) / 0.6745 / np.sqrt(6.0)) if bends.size else 0.0
