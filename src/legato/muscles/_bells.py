"""Centre and peak of each burst: a bell with two sides fitted to whitened power, as skewed as its channel's bursts
are.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legato.muscles._burst_kernels import climb_bell
from legato.muscles._power import Power
from legato.recording import FloatArray

BIN_S = 0.004
"""Length of the bins that are fitted, s."""

_SKEW_SD = 0.7
"""SD of the log ratio of a burst's two sides before anything is known: within 1 : 4 in 95 %. [ENG]"""

_COMMON_SKEW_SD = 0.5
"""SD of the skew that a channel's bursts have in common, if any. [ENG]"""

_OFFSET_OF_CENTRE = math.sqrt(2.0 / math.pi)
_SCATTER_S = 0.02
"""Over which residuals are summed to see whether power scatters more than its spectrum says, s."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, its SD, and that part of the SD which all bursts of the channel share, s."""

    time_s: float
    sd_s: float
    shared_sd_s: float


@dataclass(frozen=True, slots=True, eq=False)
class BellWindow:
    """Bins of `BIN_S` of one burst: their middle times, power, share recorded and power at rest, shape (n,)."""

    time_s: FloatArray
    power: FloatArray
    there: FloatArray
    rest: FloatArray
    centre_s: float
    width_s: float
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class Bell:
    """A fitted bell.

    `parameters` are the time of its top (s), the log of its sides' mean SD in power (s), the log ratio right to
    left and the log height; `information` is Fisher's, the prior of the skew included. `scatter`: how much more its
    power scatters over 20 ms than its spectrum says.
    """

    parameters: FloatArray
    information: FloatArray
    scatter: float


@dataclass(frozen=True, slots=True)
class SkewPrior:
    """What a channel's other bursts say of one burst's skew: normal, with the part that is common to all uncertain by
    `common_sd`.
    """

    mean: float
    sd: float
    common_sd: float


def bell_windows(power: Power, rests: Sequence[float]) -> list[BellWindow | None]:
    """The bins around each segment of `power`; None where hardly anything was recorded."""
    step = max(1, round(BIN_S / power.bin_s))
    n = len(power.mean) // step
    weight = power.there[: n * step].reshape(n, step)
    there = weight.mean(axis=1)
    held = (power.mean[: n * step].reshape(n, step) * weight).sum(axis=1)
    mean = np.divide(held, weight.sum(axis=1), out=np.zeros(n), where=there > 0.0)
    time_s: FloatArray = (np.arange(n, dtype=np.float64) + 0.5) * step * power.bin_s
    segments = power.segments
    found: list[BellWindow | None] = []
    for k, segment in enumerate(segments):
        reach = max(0.7 * (segment.stop - segment.start), 0.15 / power.bin_s)
        before = segments[k - 1].stop if k else 0
        after = segments[k + 1].start if k + 1 < len(segments) else len(power.mean)
        lo = int(max(segment.start - reach, (before + segment.start) / 2 if k else 0)) // step
        hi = int(min(segment.stop + reach, (after + segment.stop) / 2)) // step
        inside = slice(segment.start // step, max(segment.stop // step, segment.start // step + 2))
        excess = np.maximum(mean[inside] - rests[k], 0.0) * there[inside]
        if hi - lo < 8 or there[lo:hi].sum() < 8 or not excess.sum() > 0.0:
            found.append(None)
            continue
        centre = float((time_s[inside] * excess).sum() / excess.sum())
        width = math.sqrt(float(((time_s[inside] - centre) ** 2 * excess).sum() / excess.sum()))
        height = float(np.quantile(mean[inside][there[inside] > 0.0], 0.9)) - rests[k]
        found.append(
            BellWindow(
                time_s[lo:hi],
                mean[lo:hi],
                there[lo:hi],
                np.full(hi - lo, rests[k]),
                centre,
                max(width, 0.01),
                max(height, 0.1 * rests[k]),
            )
        )
    return found


def fit_bell(window: BellWindow, dof: float, prior: SkewPrior, start: FloatArray | None = None) -> Bell:
    """The bell of largest posterior; `dof` are the degrees of freedom of one bin's power."""
    parameters = (
        np.array([window.centre_s, math.log(window.width_s), prior.mean, math.log(window.height)])
        if start is None
        else start.copy()
    )
    information = np.empty((4, 4))
    climb_bell(
        window.time_s,
        window.power,
        window.there,
        window.rest,
        0.5 * dof,
        parameters,
        prior.mean,
        prior.sd**-2,
        information,
    )
    ratio = window.power / (window.rest + bump(parameters, window.time_s))
    bins = max(1, round(_SCATTER_S / BIN_S))
    n = len(ratio) // bins
    weight = window.there[: n * bins].reshape(n, bins).sum(axis=1)
    sums = (ratio * window.there)[: n * bins].reshape(n, bins).sum(axis=1)
    good = weight > 0.0
    mean = sums[good] / weight[good]
    scatter = float(((mean - 1.0) ** 2 * weight[good]).sum() * 0.5 * dof / max(int(good.sum()) - 3, 1))
    return Bell(parameters, information, scatter)


def bump(parameters: FloatArray, time_s: FloatArray) -> FloatArray:
    """Power of a bell above rest."""
    left, right = sides(parameters)
    apart = time_s - parameters[0]
    return math.exp(parameters[3]) * np.exp(-0.5 * (apart / np.where(apart < 0.0, left, right)) ** 2)


def sides(parameters: FloatArray) -> tuple[float, float]:
    """SDs of the two sides in power, s."""
    return math.exp(parameters[1] - 0.5 * parameters[2]), math.exp(parameters[1] + 0.5 * parameters[2])


def no_prior() -> SkewPrior:
    """Before a channel's bursts were looked at."""
    return SkewPrior(0.0, _SKEW_SD, 0.0)


def scatter_of(bells: Sequence[Bell | None]) -> float:
    """By how much power scatters more over 20 ms than its spectrum says, 1 or more: the median over bursts."""
    known = [bell.scatter for bell in bells if bell is not None]
    return max(1.0, float(np.median(known))) if known else 1.0


def skew_prior(bells: Sequence[Bell | None], scatter: float) -> SkewPrior:
    """What the bursts of a channel, fitted under `no_prior`, say of the skew of each.

    Notes
    -----
    The common skew is none, or normal with SD `_COMMON_SKEW_SD`, each at even odds before the data; the bursts vary
    around it by DerSimonian & Laird's (1986, Control Clin Trials 7:177) estimate.
    """
    known = [bell for bell in bells if bell is not None]
    if not known:
        return no_prior()
    variances = np.array([np.linalg.inv(bell.information)[2, 2] for bell in known])
    skews = np.array([bell.parameters[2] for bell in known])
    # The fits hold the broad prior; what is left without it is the data's own.
    precision = np.maximum(1.0 / variances - _SKEW_SD**-2, 1e-9)
    own = skews / variances / precision
    precision /= scatter
    mean = float((precision * own).sum() / precision.sum())
    spread = 0.0
    if len(known) > 1:
        heterogeneity = float((precision * (own - mean) ** 2).sum()) - (len(known) - 1)
        spread = max(0.0, heterogeneity / float(precision.sum() - (precision**2).sum() / precision.sum()))
    weight = 1.0 / (1.0 / precision + spread)
    mean, variance = float((weight * own).sum() / weight.sum()), 1.0 / float(weight.sum())
    prior = _COMMON_SKEW_SD**2
    log_odds = 0.5 * math.log(variance / (variance + prior)) + 0.5 * mean**2 * prior / (variance * (variance + prior))
    skewed = 1.0 / (1.0 + math.exp(-min(log_odds, 50.0)))
    shrunk, left = mean * prior / (prior + variance), variance * prior / (prior + variance)
    common = skewed * left + skewed * (1.0 - skewed) * shrunk**2
    return SkewPrior(skewed * shrunk, math.sqrt(max(common + spread, 1e-4)), math.sqrt(common))


def centre_and_peak(bell: Bell, prior: SkewPrior, scatter: float) -> tuple[Moment, Moment]:
    """Centre of a burst's squared amplitude, and its top."""
    covariance = np.linalg.inv(bell.information)
    left, right = sides(bell.parameters)
    apart = _OFFSET_OF_CENTRE * (right - left)
    found: list[Moment] = []
    for time_s, slope in (
        (float(bell.parameters[0]) + apart, np.array([1.0, apart, 0.5 * _OFFSET_OF_CENTRE * (right + left), 0.0])),
        (float(bell.parameters[0]), np.array([1.0, 0.0, 0.0, 0.0])),
    ):
        variance = scatter * float(slope @ covariance @ slope)
        shared = abs(float(slope @ covariance[:, 2])) * prior.sd**-2 * prior.common_sd
        found.append(Moment(time_s, math.sqrt(variance), min(shared, math.sqrt(variance))))
    return found[0], found[1]
