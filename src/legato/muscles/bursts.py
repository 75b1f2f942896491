"""When a muscle fires: onset, offset, centre and peak of each burst of one EMG channel, each with its interval."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from legato.errors import BadInput
from legato.estimate import LEVEL, Estimate
from legato.muscles._bells import Moment, freed_centres, mixed, time_bells
from legato.muscles._calibration import interval_factors
from legato.muscles._edges import (
    EdgePosterior,
    Ramps,
    edge_posterior,
    edge_window,
    ramps_of,
    start_quantiles,
    step_of,
)
from legato.muscles._power import Power, whitened_power
from legato.muscles._rises import Learned, learn_rises
from legato.muscles.conditioning import Conditioned, checked_samples, condition
from legato.recording import FloatArray
from legato.signals.factors import normal_factor

_GUARD_S = 0.03
"""Kept between a burst and the stretch that counts as the rest before the next, s."""

SHARED_EDGE = 0.5
"""Share of an edge's SD that the bursts of a channel have in common. [SIM] else means of eight are held in 81 %."""

_POTENTIAL_S = 0.01
"""How long an action potential lasts in surface EMG, s. [ENG]"""

_CUT_S = 0.06
"""A burst that begins or ends this near to the recording's end was cut by it, s."""


@dataclass(frozen=True, slots=True)
class Burst:
    """One burst of a muscle; a time that the recording cannot tell is None.

    All times in s from the first sample: `onset`, where the noise-free envelope leaves rest; `offset`, where its fall
    ends; `centre` of its squared amplitude; `peak`, its top. They
    differ by tens of milliseconds and are never to be mixed. `start_s` and `stop_s` are where it stands out, to some
    50 ms; `contrast` is the power in its middle over that at rest, in the band and with the weights that bursts are
    timed with. `shared_centre_s` and `shared_peak_s` are that part of the SD which the channel's bursts have in common.
    `tenths_s` is where each tenth of its energy has passed, from none to all.
    """

    onset: Estimate | None
    offset: Estimate | None
    centre: Estimate | None
    peak: Estimate | None
    start_s: float
    stop_s: float
    contrast: float
    shared_centre_s: float = 0.0
    shared_peak_s: float = 0.0
    tenths_s: tuple[float, ...] = ()

    @property
    def middle_s(self) -> float:
        """Centre, or the middle of where the burst stands out, s."""
        return 0.5 * (self.start_s + self.stop_s) if self.centre is None else self.centre.value

    @property
    def energy(self) -> float:
        """Power above rest times duration: how large a burst is beside its neighbours in the same channel."""
        return max(self.contrast - 1.0, 0.0) * (self.stop_s - self.start_s)

    def energy_within(self, start_s: float, end_s: float) -> float:
        """That part of its energy which lies in a stretch of time."""
        passed = self.tenths_s or (self.start_s, self.stop_s)
        before, after = np.interp((start_s, end_s), passed, np.linspace(0.0, 1.0, len(passed)))
        return self.energy * max(0.0, float(after - before))

    def time(self, at: str) -> Estimate | None:
        """One of the four times, by its name."""
        return {"onset": self.onset, "offset": self.offset, "centre": self.centre, "peak": self.peak}[at]

    def shared_sd_s(self, at: str) -> float:
        """That part of the SD of a time which all bursts of its channel share, s.

        Of an edge it is half: the rise that its start hangs on is learned over all bursts alike.
        """
        if at in ("onset", "offset"):
            edge = self.time(at)
            return 0.0 if edge is None else SHARED_EDGE * edge.half_width / normal_factor(edge.level)
        return {"centre": self.shared_centre_s, "peak": self.shared_peak_s}[at]


def detect_bursts(x: ArrayLike, rate_hz: float, level: float = LEVEL) -> list[Burst]:
    """Bursts of one EMG channel in the order of time; none found gives an empty list.

    Parameters
    ----------
    x
        Raw EMG, shape (n,), any unit and numeric type. NaN marks missing samples.
    rate_hz
        Sampling rate, Hz.
    level
        Share of central probability that every interval holds.

    Raises
    ------
    BadInput
        No numbers, an empty or wholly missing channel, less than 0.2 s, a rate not above 0 or below 200 Hz, more than
        one dimension.

    Notes
    -----
    Conditioned EMG (`condition`) is whitened and squared in bins of a millisecond. Onset and offset: posterior over
    start, rise and level of an edge of any of four forms, the rise learned over the channel's bursts; the width of the
    interval is set by timing edges simulated from the channel's own spectra and grain. Centre and peak: bells in power,
    as skewed and as flat as the channel's bursts show them; the centre drawn to the plain centroid as far as bursts
    stray from such shapes beyond chance; that of a plateau begins between its edges, and it has no peak. What chance
    explains is no burst.

    The channel is taken as EMG: whether it is, `examine_channels` says. A copy of another channel, an envelope or a
    cable's jerk is timed like a muscle.
    """
    if not 0.5 <= level < 1.0:
        raise BadInput(f"level is {level}; give a probability from 0.5 up to, not including, 1")
    raw = checked_samples(x, rate_hz, one_channel=True)
    return bursts_of(condition(raw, rate_hz), level)


def bursts_of(conditioned: Conditioned, level: float = LEVEL) -> list[Burst]:
    """As `detect_bursts`, from one channel that was conditioned before, shape (n,)."""
    missing = conditioned.missing
    power = whitened_power(np.where(missing, 0.0, conditioned.values), missing, conditioned.rate_hz)
    return [] if power is None else time_bursts(power, level)


def time_bursts(power: Power, level: float) -> list[Burst]:
    """The bursts of a channel whose whitened power is known."""
    rests = _rests(power)
    moments = time_bells(power, [0.5 * (before + after) for before, after in rests])
    flats = [bell.flat for bell in moments if bell is not None]
    edges = _edges(power, rests, sum(flats) / len(flats) if flats else 0.5, level)
    z = NormalDist().inv_cdf(0.5 + 0.5 * level)
    n = len(power.mean) * power.bin_s
    plateaus = [
        (middle, bell.plain) if bell is not None and middle is not None and bell.flat > 0.0 else None
        for bell, middle in zip(moments, edges.middles, strict=True)
    ]
    middles = freed_centres(plateaus, power.lengths_s, within=False)
    bursts: list[Burst] = []
    for k, segment in enumerate(power.segments):
        start_s, stop_s = segment.start * power.bin_s, segment.stop * power.bin_s
        begun, ended = start_s > _CUT_S, stop_s < n - _CUT_S
        bell = moments[k] if begun and ended else None
        centre, peak = (None, None) if bell is None else (bell.centre, bell.peak)
        between = middles[k]
        if bell is not None and between is not None:
            centre = mixed([(1.0 - bell.flat, bell.centre), (bell.flat, between)])
        bursts.append(
            Burst(
                onset=edges.onsets[k] if begun and not segment.cut_before else None,
                offset=edges.offsets[k] if ended and not segment.cut_after else None,
                centre=None if centre is None else _estimate(centre, z, level),
                peak=None if peak is None else _estimate(peak, z, level),
                contrast=_top(power, k),
                start_s=start_s,
                stop_s=stop_s,
                shared_centre_s=0.0 if centre is None else centre.shared_sd_s,
                shared_peak_s=0.0 if peak is None else peak.shared_sd_s,
                tenths_s=_tenths(power, k),
            )
        )
    return bursts


def _estimate(moment: Moment, z: float, level: float) -> Estimate:
    low, high = moment.time_s - z * moment.sd_s, moment.time_s + z * moment.sd_s
    if moment.rival is not None:
        # What another shape says, with half of its own interval, belongs to what the data leave open.
        at, sd = moment.rival
        low, high = min(low, at - 0.5 * z * sd), max(high, at + 0.5 * z * sd)
    return Estimate(moment.time_s, low, high, level, "s")


def _rests(power: Power) -> list[tuple[float, float]]:
    """Power at rest before and after each burst: that of the pause, drawn to the whole record's where it is short."""
    guard = round(_GUARD_S / power.bin_s)
    n = len(power.mean)
    edges = [0, *(x for s in power.segments for x in (s.start, s.stop)), n]
    means: list[float] = []
    dofs: list[float] = []
    for a, b in zip(edges[::2], edges[1::2], strict=True):
        inside = slice(a + guard if a else 0, b - guard if b < n else n)
        weight = power.there[inside]
        total = float(weight.sum()) if b - a > 2 * guard else 0.0
        means.append(float((power.mean[inside] * weight).sum()) / total if total > 0.0 else 1.0)
        dofs.append(total * power.rest_dof)
    logs, variances = np.log(np.maximum(means, 1e-3)), 2.0 / np.maximum(dofs, 1e-6)
    # Between the pauses the level itself may wander; what exceeds chance tells by how much.
    sure = np.array([d > 20.0 for d in dofs])
    wander = max(0.0, float(np.mean(logs[sure] ** 2 - variances[sure]))) if sure.sum() >= 3 else 0.01
    drawn = np.exp(logs * wander / (wander + variances))
    return [(float(drawn[k]), float(drawn[k + 1])) for k in range(len(power.segments))]


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """All edges of one side: the posterior of each burst's (by its number), and how likely each rise is."""

    posteriors: dict[int, EdgePosterior]
    rises: Learned


@dataclass(frozen=True, slots=True)
class _Edges:
    """Onset and offset of each burst, and the centre of a plateau between them."""

    onsets: list[Estimate | None]
    offsets: list[Estimate | None]
    middles: list[Moment | None]


def _edges(power: Power, rests: Sequence[tuple[float, float]], flat: float, level: float) -> _Edges:
    """Onset and offset of each burst; an offset is an onset of the record run backwards.

    An action potential lasts some milliseconds, and where in it the drive that it stands for begins is not told: a
    uniform error as long as the signal's correlation and, as far as few make up the signal, as one of them.
    """
    ramps = ramps_of(power.taps, power.signal, power.samples, power.rate_hz)
    onsets = _side(power, [rest[0] for rest in rests], ramps, flat, late=False)
    offsets = _side(power, [rest[1] for rest in rests], ramps, flat, late=True)
    tops = [_top(power, k) for k in range(len(rests))]
    out, into = interval_factors(power, ramps, (onsets.rises, offsets.rises), tops, flat)
    normal = NormalDist()
    z = normal.inv_cdf(0.5 + 0.5 * level)
    probabilities, middle = np.array([normal.cdf(-out * z), normal.cdf(into * z)]), np.array([0.5])
    even = (onsets.rises.even_weights, offsets.rises.even_weights)
    whole = len(power.mean) * power.bin_s
    smear = math.hypot(
        power.correlation_s / math.sqrt(24.0), (1.0 - 1.0 / power.grain) * _POTENTIAL_S / math.sqrt(12.0)
    )
    found = _Edges([], [], [])
    for k in range(len(rests)):
        pair: list[tuple[float, float, float] | None] = []
        for late, (side, estimates) in enumerate(((onsets, found.onsets), (offsets, found.offsets))):
            posterior = side.posteriors.get(k)
            if posterior is None:
                estimates.append(None)
                pair.append(None)
                continue
            a, c = start_quantiles(posterior, even[late], probabilities) * power.bin_s
            b = min(max(float(start_quantiles(posterior, side.rises.weights, middle)[0]) * power.bin_s, a), c)
            edge = Estimate(whole - b, whole - c, whole - a, level, "s") if late else Estimate(b, a, c, level, "s")
            estimates.append(edge.widened(z * smear))
            pair.append(step_of(posterior, side.rises.weights, power.bin_s))
        found.middles.append(_middle(power, pair[0], pair[1], smear))
    return found


def _middle(
    power: Power, onset: tuple[float, float, float] | None, offset: tuple[float, float, float] | None, smear_s: float
) -> Moment | None:
    """Centre of a plateau's squared amplitude from the steps that stand for its edges (`step_of`)."""
    if onset is None or offset is None:
        return None
    start, stop = onset[0], len(power.mean) - offset[0]
    if stop - start < 1.0:
        return None
    lean = (offset[2] - onset[2]) / (stop - start)
    sd = 0.5 * math.hypot(onset[1], offset[1]) * power.bin_s
    return Moment((0.5 * (start + stop) + lean) * power.bin_s, math.hypot(sd, smear_s), 0.0)


def _side(power: Power, rests: Sequence[float], ramps: Ramps, flat: float, *, late: bool) -> _Side:
    n = len(power.mean)
    mean, there = (power.mean[::-1], power.there[::-1]) if late else (power.mean, power.there)
    spans = [(n - s.stop, n - s.start) if late else (s.start, s.stop) for s in power.segments]
    guard = round(_GUARD_S / power.bin_s)
    found: dict[int, EdgePosterior] = {}
    before = 0
    for k in range(len(spans) - 1, -1, -1) if late else range(len(spans)):
        start, stop = spans[k]
        window = edge_window(start, before, stop - start, n, power.bin_s, rests[k])
        before = stop + guard
        posterior = edge_posterior(mean, there, window, ramps, power.edge_dof, power.bin_s)
        if posterior is not None:
            found[k] = posterior
    return _Side(found, learn_rises([posterior.evidence for posterior in found.values()], flat))


def _top(power: Power, k: int) -> float:
    """Mean power of the middle half of a burst, over that at rest."""
    segment = power.segments[k]
    quarter = (segment.stop - segment.start) // 4
    return float(power.mean[segment.start + quarter : segment.stop - quarter].mean())


def _tenths(power: Power, k: int) -> tuple[float, ...]:
    """Where each tenth of a burst's power above rest has passed, s."""
    segment = power.segments[k]
    inside = slice(segment.start, segment.stop)
    above = np.maximum(power.mean[inside] - 1.0, 0.0) * power.there[inside]
    passed: FloatArray = np.concatenate((np.zeros(1), np.cumsum(above)))
    if not passed[-1] > 0.0:
        return ()
    edges = power.bin_s * np.arange(segment.start, segment.stop + 1)
    within = np.interp(np.linspace(0.0, float(passed[-1]), 11)[1:-1], passed, edges)
    return (float(edges[0]), *(float(time) for time in within), float(edges[-1]))
