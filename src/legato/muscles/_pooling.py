"""What the bursts of one channel say together of each: how skewed they are, which shape, what shift they share."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from legato.recording import FloatArray

_SKEW_SD = 0.7
"""SD of the log ratio of a burst's two sides before anything is known: within 1 : 4 in 95 %. [ENG]"""

_COMMON_SKEW_SD = 0.5
"""SD of the skew that a channel's bursts have in common, if any. [ENG]"""

_SKEWED = 0.25
"""How likely it is, before the data, that they have any. [ENG]"""

_SURE = 2.0
"""A shift that all bursts have in common is believed beyond so many of its SEs."""

_LEAST_BURSTS = 4
"""Bursts that it takes to see one. [ENG]"""


_USUAL_FLATNESS, _FLATNESS_SD = 1.0, 0.5
"""Flatness of a channel's bursts before they were looked at: 1 is a Gaussian, 1.6 a raised cosine, 2 and more have a
level top or two. [ENG]"""

_FLATTEST = 1.75
"""From here on, which a raised cosine does not reach, the bursts may have several tops. [SIM] Peaks of two humps would
be held in 8 to 55 %."""

_BENT, _BENT_ERROR = 0.5, 0.13
"""From this flatness on, each unit lets the top of a burst stray from that of the fitted bell by this SD, over the
width at half power. [SIM] Two humps, raised cosines, half sines, gamma and beta forms; 0.10 to 0.17 from 1.2 to 2."""

DEPARTURES = (0.0, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.08)
"""SDs by which the centres of a channel's bursts may stray from those of the shapes fitted to them, over a burst's
length: efforts wander, and a plateau whose amplitude tilts by a tenth to either side moves its centre by 0.03. [ENG]"""


@dataclass(frozen=True, slots=True)
class SkewPrior:
    """What a channel's bursts say of the skew of one: normal, with the part that is common to all uncertain by
    `common_sd`.
    """

    mean: float
    sd: float
    common_sd: float


NO_PRIOR = SkewPrior(0.0, _SKEW_SD, 0.0)
"""Before a channel's bursts were looked at."""


def shape_shares(log_evidence: FloatArray) -> FloatArray:
    """How likely each shape is for each burst, shape (bursts, shapes), the shares of the channel learned by expectation
    maximisation.
    """
    best = log_evidence.max(axis=1, keepdims=True)
    # A burst that no shape fits says nothing of the channel's.
    likelihood = np.where(np.isfinite(best), np.exp(log_evidence - np.where(np.isfinite(best), best, 0.0)), 1.0)
    n, shapes = likelihood.shape
    common = np.full(shapes, 1.0 / shapes)
    for _ in range(20):
        expected = common * ((1.0 / (likelihood @ common)) @ likelihood)
        common = (expected + 0.5) / (n + 0.5 * shapes)
    each = likelihood * common
    return each / each.sum(axis=1, keepdims=True)


@dataclass(frozen=True, slots=True)
class Flatness:
    """How flat the tops of a channel's bursts are: log2 of the power p of bells exp(-|u|^p / 2). `many` is the chance
    that one top is not told from two; `stray` the SD by which a top may lie beside that of the bell, over the width at
    half power.
    """

    many: float
    stray: float


def flatness(evidence: tuple[float, float, float]) -> Flatness:
    """What a channel's bursts say of how flat their tops are.

    Parameters
    ----------
    evidence
        Log evidence, summed over the bursts, of bells with flatness 1, 2 and 3.

    Notes
    -----
    A parabola through the three is the log likelihood between and around them; where it has no top, a straight line.
    """
    first, middle, last = evidence
    at = np.linspace(0.0, 3.0, 61)
    bend = max(0.0, 2.0 * middle - first - last)
    likelihood = 0.5 * (last - first) * (at - 2.0) - 0.5 * bend * (at - 2.0) ** 2
    logs = likelihood - 0.5 * ((at - _USUAL_FLATNESS) / _FLATNESS_SD) ** 2
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    stray = _BENT_ERROR * np.maximum(at - _BENT, 0.0)
    return Flatness(float(weights[at > _FLATTEST].sum()), math.sqrt(float(weights @ stray**2)))


def skew_prior(skews: FloatArray, variances: FloatArray, scatter: float) -> SkewPrior:
    """What the bursts of a channel, fitted under `NO_PRIOR`, say of the skew of each.

    Parameters
    ----------
    skews, variances
        Of each burst's fit, shape (bursts,).
    scatter
        How much more power scatters than the fits took for granted.

    Notes
    -----
    The common skew is none, or normal with SD `_COMMON_SKEW_SD`; the bursts vary
    around it by DerSimonian & Laird's (1986, Control Clin Trials 7:177) estimate.
    """
    # The fits hold the broad prior; what is left without it is the data's own.
    precision = np.maximum(1.0 / variances - _SKEW_SD**-2, 1e-9)
    own = skews / variances / precision
    precision /= scatter
    mean = float((precision * own).sum() / precision.sum())
    spread = 0.0
    if len(skews) > 1:
        heterogeneity = float((precision * (own - mean) ** 2).sum()) - (len(skews) - 1)
        spread = max(0.0, heterogeneity / float(precision.sum() - (precision**2).sum() / precision.sum()))
    weight = 1.0 / (1.0 / precision + spread)
    mean, variance = float((weight * own).sum() / weight.sum()), 1.0 / float(weight.sum())
    prior = _COMMON_SKEW_SD**2
    log_odds = 0.5 * math.log(variance / (variance + prior)) + 0.5 * mean**2 * prior / (variance * (variance + prior))
    skewed = 1.0 / (1.0 + (1.0 / _SKEWED - 1.0) * math.exp(-min(log_odds, 50.0)))
    shrunk, left = mean * prior / (prior + variance), variance * prior / (prior + variance)
    common = skewed * left + skewed * (1.0 - skewed) * shrunk**2
    return SkewPrior(skewed * shrunk, math.sqrt(max(common + spread, 1e-4)), math.sqrt(common))


def common_shift(differences: Sequence[float]) -> tuple[float, float]:
    """What a plainer estimate, free of the bell's shape, says beyond chance of all bursts alike: a shift and its SD, s.

    The difference of the two has a mean that is the bell's bias and an SE from its own spread; it is believed as far as
    it exceeds `_SURE` SEs (a positive-part Stein estimate).
    """
    n = len(differences)
    if n < _LEAST_BURSTS:
        return 0.0, 0.0
    values = np.array(differences)
    # One odd burst must not move the others.
    middle = median(differences)
    reach = 3.0 * 1.4826 * median(abs(value - middle) for value in differences) + 1e-9
    kept = np.clip(values, middle - reach, middle + reach)
    mean, error = float(kept.mean()), float(kept.std(ddof=1)) / math.sqrt(n)
    if abs(mean) <= _SURE * error:
        return 0.0, 0.5 * error
    return mean * (1.0 - (_SURE * error / mean) ** 2), error


def departure_weights(differences: FloatArray, variances: FloatArray, true_shape: float) -> FloatArray:
    """How likely each of `DEPARTURES` is.

    Parameters
    ----------
    differences
        Plain centroid minus centre of the fitted shape, over the burst's length, shape (bursts,).
    variances
        That chance gives them, shape (bursts,).
    true_shape
        How likely it is, before the data, that none strays.
    """
    total = variances + np.square(DEPARTURES)[:, np.newaxis]
    logs = -0.5 * (np.log(total) + differences**2 / total).sum(axis=1)
    weights = np.exp(logs - logs.max())
    weights *= np.where(np.array(DEPARTURES) > 0.0, (1.0 - true_shape) / (len(DEPARTURES) - 1), true_shape)
    return weights / weights.sum()
