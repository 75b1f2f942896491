"""From the raw samples of a channel to band-passed EMG: checks, lost samples, band; and what was taken away."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from legato.errors import BadInput
from legato.muscles.dropouts import bridge, find_dropouts
from legato.recording import BoolArray, FloatArray
from legato.signals.bands import band_filter, band_limits, bandpass_sections, smear_samples
from legato.signals.gaps import runs_of

SHORTEST_S = 0.2
"""A record shorter than this holds no burst and no rest to compare it with."""
SHORTEST_RUN_S = 0.05
"""Runs of seen samples shorter than one period of 20 Hz cannot be band-passed and count as missing."""
ORDER = 2
"""Order of each limit of the band in one pass; both passes double it."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What conditioning took from one channel.

    `lost` is the share of samples lost by the recorder, `masked` that of samples missing in the result. `offset` is the
    channel's mean, and `drift` and `kept` are the RMS of what lay outside the band and of what is left, in its unit.
    """

    lost: float
    masked: float
    offset: float
    drift: float
    kept: float


@dataclass(frozen=True, slots=True, eq=False)
class Conditioned:
    """Band-passed EMG. `values` has the shape of the input, NaN where `missing`; `removed` has one entry a channel."""

    values: FloatArray
    missing: BoolArray
    rate_hz: float
    band_hz: tuple[float, float]
    removed: tuple[Removed, ...]


def checked_samples(x: ArrayLike, rate_hz: float, *, one_channel: bool = False) -> FloatArray:
    """The samples as floats of shape (n,) or (n, channels), NaN where one is not finite, or a refusal.

    Parameters
    ----------
    x
        Samples of any numeric type.
    rate_hz
        Sampling rate, Hz.
    one_channel
        Refuse more than one dimension.

    Raises
    ------
    BadInput
        No numbers, no samples, none seen, less than 0.2 s of them, a rate not above 0, or the wrong shape.
    """
    if not np.isfinite(rate_hz) or rate_hz <= 0.0:
        raise BadInput(f"the sampling rate is {rate_hz:g} Hz; give the rate at which the EMG was recorded")
    try:
        given = np.asarray(x)
        if np.iscomplexobj(given) or given.dtype.kind in "SUmM":
            raise TypeError
        values = np.array(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise BadInput(
            "the EMG samples are not all numbers; give an array of numbers, NaN where one is missing"
        ) from None
    if one_channel and values.ndim != 1:
        raise BadInput(
            f"the EMG has shape {values.shape}; give one channel, shape (samples,), such as one column of it"
        )
    if values.ndim not in (1, 2):
        raise BadInput(f"the EMG has shape {values.shape}; give (samples,) or (samples, channels)")
    if values.size == 0:
        raise BadInput("the EMG holds no samples; give the recorded signal")
    if values.shape[0] < SHORTEST_S * rate_hz:
        turned = "; time comes first, turn the array" if values.ndim == 2 and values.shape[1] > values.shape[0] else ""
        raise BadInput(
            f"the EMG holds {values.shape[0]} samples, {values.shape[0] / rate_hz:.3g} s at {rate_hz:g} Hz; "
            f"give at least {SHORTEST_S:g} s{turned}"
        )
    finite = np.isfinite(values)
    if not finite.any():
        raise BadInput("every EMG sample is missing (NaN); give a channel that was recorded")
    if finite.sum(axis=0).max() < SHORTEST_S * rate_hz:
        raise BadInput(
            f"only {int(finite.sum(axis=0).max())} EMG samples are not missing (NaN); give at least {SHORTEST_S:g} s"
        )
    values[~finite] = np.nan
    return values


def condition(x: ArrayLike, rate_hz: float, band_hz: tuple[float, float] | None = None) -> Conditioned:
    """Band-passed EMG without delay, lost samples marked.

    Parameters
    ----------
    x
        Raw EMG, shape (n,) or (n, channels), any unit and numeric type. NaN marks missing samples.
    rate_hz
        Sampling rate, Hz.
    band_hz
        Lower and upper limit, Hz; `None` takes `band_limits`.

    Raises
    ------
    BadInput
        See `checked_samples`; a rate below 200 Hz; a band that the rate cannot hold.

    Notes
    -----
    Lost samples (`find_dropouts`) are bridged for the filter and marked missing afterwards, with the samples beside
    them that the filter fills from the bridge (`smear_samples`). A channel without any seen sample stays missing.
    """
    values = checked_samples(x, rate_hz)
    limits = band_limits(rate_hz)
    band = limits if band_hz is None else band_hz
    columns = values.reshape(values.shape[0], -1)
    out = np.empty_like(columns)
    removed: list[Removed] = []
    for c in range(columns.shape[1]):
        out[:, c], taken = _condition_channel(np.ascontiguousarray(columns[:, c]), rate_hz, band)
        removed.append(taken)
    out = out.reshape(values.shape)
    return Conditioned(out, np.isnan(out), rate_hz, band, tuple(removed))


def _condition_channel(x: FloatArray, rate_hz: float, band: tuple[float, float]) -> tuple[FloatArray, Removed]:
    lost = find_dropouts(x, rate_hz)
    bridged = bridge(x, lost, rate_hz)
    drop_short_runs(bridged, rate_hz)
    clean = band_filter(bridged, rate_hz, bandpass_sections(rate_hz, *band, ORDER))
    clean[widened(lost, smear_samples(rate_hz, *band, ORDER))] = np.nan
    return clean, _removed(x, clean, lost)


def _removed(x: FloatArray, clean: FloatArray, lost: BoolArray) -> Removed:
    masked = np.isnan(clean)
    raw, kept = (x[~masked], clean[~masked]) if masked.any() else (x, clean)
    if raw.size == 0:
        return Removed(float(lost.mean()), 1.0, 0.0, 0.0, 0.0)
    offset = float(raw.mean())
    outside = raw - kept
    outside -= offset
    return Removed(
        lost=float(lost.mean()),
        masked=float(masked.mean()),
        offset=offset,
        drift=_rms(outside),
        kept=_rms(kept),
    )


def _rms(x: FloatArray) -> float:
    return float(np.sqrt(np.square(x).mean()))


def drop_short_runs(x: FloatArray, rate_hz: float) -> None:
    """Mark runs of seen samples shorter than 50 ms as missing, in place."""
    seen = np.isfinite(x)
    if seen.all():
        return
    for start, stop in runs_of(seen):
        if stop - start < SHORTEST_RUN_S * rate_hz:
            x[start:stop] = np.nan


def widened(mask: BoolArray, samples: int) -> BoolArray:
    """The mask with every run longer by `samples` at both ends."""
    if samples == 0 or not mask.any():
        return mask
    near = np.zeros(mask.size + 2 * samples + 1, dtype=np.int64)
    index = np.flatnonzero(mask)
    np.add.at(near, index, 1)
    np.subtract.at(near, index + 2 * samples + 1, 1)
    return np.cumsum(near)[samples : samples + mask.size] > 0
