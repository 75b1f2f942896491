"""From raw samples to band-passed EMG: checks, lost samples, band, hum, heartbeats; and what was taken away."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from legato.errors import BadInput
from legato.muscles._blocks import Blocks, blocks_of
from legato.muscles._heart_signs import may_hold_heart
from legato.muscles.dropouts import bridge, find_dropouts
from legato.muscles.heartbeats import HIGH_PASS_HZ, remove_heartbeats
from legato.muscles.hum import HumFree, HumLine, remove_hum
from legato.recording import BoolArray, FloatArray, Stream
from legato.signals.bands import band_filter, band_limits, bandpass_sections, smear_samples
from legato.signals.gaps import runs_of

SHORTEST_S = 0.2
"""A record shorter than this holds no burst and no rest to compare it with."""
SHORTEST_RUN_S = 0.05
"""Runs of seen samples shorter than one period of 20 Hz cannot be band-passed and count as missing."""
ORDER = 2
"""Order of each limit of the band in one pass; both passes double it."""
LARGEST, SMALLEST = 1e30, 1e-30
"""No EMG has such numbers in any unit, and single precision ends soon after: they count as missing, and as 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Removed:
    """What conditioning took from one channel; sizes are in the channel's unit, after the band-pass but for the first.

    `offset` is the channel's mean and `drift` the RMS of what else lay outside the band. `lost` is the share of samples
    that the recorder lost, `masked` that of samples missing in the result. `hum` are the mains lines taken out and
    `hum_rms` their RMS. `beats_s` are the times of heartbeats, s, and `heart_share` the power that was subtracted with
    them over the channel's; 0 where they were kept or left to a higher band limit. `kept` is the RMS of what is left.
    """

    offset: float
    drift: float
    lost: float
    masked: float
    hum: tuple[HumLine, ...]
    hum_rms: float
    beats_s: FloatArray
    heart_share: float
    kept: float


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What conditioning saw in one channel, for the quality gate to judge by.

    `lost` samples and the power of short `blocks` of the raw samples (None where there are too few); the raw samples
    freed of `hum`, None where there is none; the times of heartbeats, s, and their share of the power.
    """

    lost: BoolArray
    blocks: Blocks | None
    hum: HumFree | None
    beats_s: FloatArray
    heart_share: float


@dataclass(frozen=True, slots=True, eq=False)
class Conditioned:
    """Band-passed EMG. `values` has the shape of the input, NaN where `missing`; `removed` has one entry a channel.

    `looks` have one entry a channel too, or none where band, hum or heart were not left to Legato; `examine_channels`
    takes them, so that nothing is looked for twice.
    """

    values: FloatArray
    missing: BoolArray
    rate_hz: float
    band_hz: tuple[float, float]
    removed: tuple[Removed, ...]
    looks: tuple[Look, ...] = ()

    def channel(self, k: int) -> "Conditioned":
        """One of several channels, shape (n,)."""
        values, missing = (np.ascontiguousarray(of_all[:, k]) for of_all in (self.values, self.missing))
        return replace(self, values=values, missing=missing, removed=(self.removed[k],), looks=self.looks[k : k + 1])

    def column(self, k: int) -> "Conditioned":
        """One of several channels, shape (n, 1)."""
        one = self.channel(k)
        return replace(one, values=one.values[:, np.newaxis], missing=one.missing[:, np.newaxis])


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
    check_rate(rate_hz)
    values = samples_of(x)
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
    finite = mark_missing(values)
    if finite.all():
        return values
    if not finite.any():
        raise BadInput("every EMG sample is missing (NaN); give a channel that was recorded")
    if finite.sum(axis=0).max() < SHORTEST_S * rate_hz:
        raise BadInput(
            f"only {int(finite.sum(axis=0).max())} EMG samples are not missing (NaN); give at least {SHORTEST_S:g} s"
        )
    return values


def check_rate(rate_hz: float) -> None:
    """Refuse what is no rate: a number above 0, not infinite.

    Raises
    ------
    BadInput
        It is none.
    """
    if not _is_number(rate_hz):
        raise BadInput(f"the sampling rate is {rate_hz!r}; give a number, the Hz at which the EMG was recorded")
    if not 0.0 < rate_hz < np.inf:
        raise BadInput(f"the sampling rate is {rate_hz:g} Hz; give the rate at which the EMG was recorded")


def _is_number(given: object) -> bool:
    try:
        one = np.asarray(given)
    except ValueError:
        return False
    return one.ndim == 0 and one.dtype.kind in "iuf"


def samples_of(x: ArrayLike) -> FloatArray:
    """A copy of the samples as floats, any shape; a masked one is missing.

    Raises
    ------
    BadInput
        They are no integers or floats: text, complex, yes or no, objects, rows of different length.
    """
    try:
        given = np.asarray(x)
    except (TypeError, ValueError):
        given = np.empty(0, np.object_)
    if given.dtype.kind not in "iuf":
        raise BadInput(
            "the EMG samples are not all numbers; give an array of integers or floats, NaN where one is missing"
        )
    out = np.array(given, dtype=np.float64)
    hidden = getattr(x, "mask", None)
    if isinstance(x, np.ma.MaskedArray) and hidden is not None:
        out[np.broadcast_to(hidden, out.shape)] = np.nan
    return out


def mark_missing(values: FloatArray) -> BoolArray:
    """Make samples NaN, in place, that are no number which an EMG can have; returns those that are one."""
    low, high = float(values.min(initial=np.inf)), float(values.max(initial=-np.inf))
    if max(-low, high) < LARGEST:
        if max(-low, high) < SMALLEST:
            values[...] = 0.0
        return np.ones(values.shape, dtype=np.bool_)
    finite = np.abs(values) < LARGEST
    values[~finite] = np.nan
    if float(np.max(np.abs(values), where=finite, initial=0.0)) < SMALLEST:
        values[finite] = 0.0
    return finite


def condition(
    x: ArrayLike,
    rate_hz: float,
    band_hz: tuple[float, float] | None = None,
    *,
    hum: bool = True,
    heart: Literal["template", "high-pass", "keep"] = "template",
) -> Conditioned:
    """Band-passed EMG without delay, freed of mains hum and heartbeats where there are any; lost samples marked.

    Parameters
    ----------
    x
        Raw EMG, shape (n,) or (n, channels), any unit and numeric type. NaN marks missing samples.
    rate_hz
        Sampling rate, Hz.
    band_hz
        Lower and upper limit, Hz; `None` takes `band_limits`.
    hum
        Look for mains hum and subtract it (`remove_hum`).
    heart
        What to do about heartbeats in a channel that has them: subtract a template (`remove_heartbeats`), raise the
        lower band limit to 30 Hz, or keep them.

    Raises
    ------
    BadInput
        See `checked_samples`; a rate below 200 Hz; a band that the rate cannot hold; an unknown `heart`; samples lost
        so often that the band-pass leaves less than 0.2 s of any channel.

    Notes
    -----
    Lost samples (`find_dropouts`) are bridged for the filter and marked missing afterwards, with the samples beside
    them that the filter fills from the bridge (`smear_samples`). A channel without any seen sample stays missing.
    """
    if heart not in ("template", "high-pass", "keep"):
        raise BadInput(f"heart is {heart!r}; give template, high-pass or keep")
    values = checked_samples(x, rate_hz)
    limits = band_limits(rate_hz)
    band = limits if band_hz is None else band_hz
    columns = values.reshape(values.shape[0], -1)
    out = np.empty_like(columns)
    removed: list[Removed] = []
    looks: list[Look] = []
    for c in range(columns.shape[1]):
        channel = np.ascontiguousarray(columns[:, c])
        out[:, c], taken, look = _condition_channel(channel, rate_hz, band, hum, heart)
        removed.append(taken)
        looks.append(look)
    seen = int((~np.isnan(out)).sum(axis=0).max())
    if seen < SHORTEST_S * rate_hz:
        raise BadInput(
            f"samples are lost so often that the band-pass leaves {seen / rate_hz:.2g} s of the EMG; "
            f"give a recording whose samples follow one another for at least {SHORTEST_S:g} s"
        )
    out = out.reshape(values.shape)
    whole = hum and heart == "template" and band == limits
    return Conditioned(out, np.isnan(out), rate_hz, band, tuple(removed), tuple(looks) if whole else ())


def condition_stream(stream: Stream) -> Conditioned | None:
    """All channels of a stream; None where none can be conditioned, which the gate then refuses with the reason."""
    try:
        return condition(stream.values, stream.rate_hz)
    except BadInput:
        return None


def look_at(x: FloatArray, rate_hz: float) -> Look:
    """What `condition` sees in one channel (n,) of finite samples and NaN at 200 samples/s or more."""
    return _condition_channel(x, rate_hz, band_limits(rate_hz), True, "template")[2]


def _condition_channel(
    x: FloatArray, rate_hz: float, band: tuple[float, float], hum: bool, heart: Literal["template", "high-pass", "keep"]
) -> tuple[FloatArray, Removed, Look]:
    lost = find_dropouts(x, rate_hz)
    bridged = bridge(x, lost, rate_hz)
    drop_short_runs(bridged, rate_hz)
    banded = _banded(bridged, lost, rate_hz, band)
    # The spectra of short blocks show any hum and any heart that matters, at a fraction of what a search costs.
    blocks = blocks_of(x, lost, rate_hz)
    still = remove_hum(banded, rate_hz) if hum and blocks is not None and blocks.mains.any() else None
    clean = banded if still is None else still.values
    beats_s, heart_share = np.empty(0), 0.0
    if heart != "keep" and blocks is not None and may_hold_heart(blocks):
        quiet = remove_heartbeats(bridged, clean, rate_hz)
        beats_s = quiet.beats_s
        if heart == "template":
            clean, heart_share = quiet.values, quiet.share
        elif beats_s.size:
            clean = _banded(bridged, lost, rate_hz, (max(band[0], HIGH_PASS_HZ), band[1]))
            clean = clean if still is None else remove_hum(clean, rate_hz).values
    raw_still: HumFree | None = None
    if still is not None and still.lines:
        raw_still = HumFree(x - np.nan_to_num(banded - still.values), still.lines, searched=True)
    missing = np.isnan(banded)
    seen = ~missing if missing.any() else slice(None)
    raw, kept = x[seen], clean[seen]
    offset = float(raw.mean()) if raw.size else 0.0
    removed = Removed(
        offset=offset,
        drift=_rms(raw - banded[seen] - offset),
        lost=float(lost.mean()),
        masked=float(missing.mean()),
        hum=() if still is None else still.lines,
        hum_rms=0.0 if still is None else still.rms,
        beats_s=beats_s,
        heart_share=heart_share,
        kept=_rms(kept),
    )
    return clean, removed, Look(lost, blocks, raw_still, beats_s, heart_share)


def _banded(bridged: FloatArray, lost: BoolArray, rate_hz: float, band: tuple[float, float]) -> FloatArray:
    out = band_filter(bridged, rate_hz, bandpass_sections(rate_hz, *band, ORDER))
    out[widened(lost, smear_samples(rate_hz, *band, ORDER))] = np.nan
    return out


def _rms(x: FloatArray) -> float:
    return float(np.sqrt(np.einsum("i,i->", x, x) / x.size)) if x.size else 0.0


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
