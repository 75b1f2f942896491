"""What a trial of so many pairs would find, told before it begins."""

import itertools
import math
from bisect import bisect_left
from functools import cache

import numpy as np

from legato.evidence.trials.model import ALPHA
from legato.evidence.trials.sign_flip import least_pairs, most_apart
from legato.recording import BoolArray, FloatArray

MOST_PLANNED = 40
"""Pairs above which it is said that no trial is to be had: forty, 48 h apart, take most of a year. [ENG]"""

POWER = 0.8
"""Share of trials that should find what there is. [ENG] The usual one."""

_DRAWS = 20_000
"""One standard error of a power is 0.4 points or less."""

_DRAWS_NEEDED = 2_000
"""For the change that is found: within 2 % of it."""

_COUNTED = 12
"""Up to here the exact test runs on every draw; above, Student's stands in for it (within 2 points at 12 pairs)."""


def sd_of_change(session_sd: float, repetitions: int | None = None, repetition_sd: float = 0.0) -> float:
    """SD of the change within a pair: √2 times that of a session's number.

    Parameters
    ----------
    session_sd
        How the number of one athlete scatters from session to session under one arm, in its unit or as a share (a
        coefficient of variation). Of the mean of a session as it is measured; with `repetitions`, of true means.
    repetitions, repetition_sd
        Repetitions in a session, and how these scatter about its mean; both together, or neither.
    """
    if repetitions is not None and repetitions < 1:
        raise ValueError(f"a session has one repetition or more, got {repetitions}")
    return math.sqrt(2.0 * (session_sd**2 + repetition_sd**2 / (repetitions or 1)))


def power_of_pairs(
    pairs: int, effect: float, sd: float, *, alpha: float = ALPHA, at_least: float = 0.0, coins: bool = False
) -> float:
    """Share of trials in which the exact test finds a true change, the right way round.

    Parameters
    ----------
    pairs
        In the trial.
    effect
        The true change, positive the way that the claim says.
    sd
        SD of the change within a pair, in the same unit (`sd_of_change`). Changes are taken for normal, without an
        order effect.
    at_least
        The mean change must be seen as large as this, too (effect of interest, detectable change).
    coins
        A coin was tossed for the order of each pair, in place of even lists.

    Returns
    -------
    Share of simulated trials, the same at each call; 0 where no order would do.
    """
    if not sd > 0.0 or pairs < 1:
        raise ValueError(f"an SD above zero and one pair or more are needed, got {sd} and {pairs}")
    return _power(pairs, effect / sd, alpha, at_least / sd, coins, _DRAWS)


def pairs_needed(effect: float, sd: float, *, power: float = POWER, alpha: float = ALPHA) -> int | None:
    """Pairs with which the exact test finds a true change of `effect` in that share of trials; None above 40.

    `effect` and `sd` as `power_of_pairs`.
    """
    if not effect > 0.0 or sd < 0.0:
        raise ValueError(f"an effect above zero and an SD are needed, got {effect} and {sd}")
    fewest = least_pairs(alpha)
    place = bisect_left(
        range(fewest, MOST_PLANNED + 1), True, key=lambda n: effect >= sd * effect_found(n, power, alpha)
    )
    return fewest + place if fewest + place <= MOST_PLANNED else None


@cache
def effect_found(pairs: int, power: float = POWER, alpha: float = ALPHA) -> float:
    """The smallest true change, in SDs of the change within a pair, that so many pairs find in that share of trials.

    Infinite where no change is large enough.
    """
    low, high = 0.0, 8.0
    if _power(pairs, high, alpha, 0.0, False, _DRAWS_NEEDED) < power:
        return math.inf
    while high - low > 4e-3:
        middle = 0.5 * (low + high)
        enough = _power(pairs, middle, alpha, 0.0, False, _DRAWS_NEEDED) >= power
        low, high = (low, middle) if enough else (middle, high)
    return high


def _power(pairs: int, ratio: float, alpha: float, least: float, coins: bool, draws: int) -> float:
    rng = np.random.default_rng(pairs)
    if pairs <= _COUNTED:
        signs = _lists(pairs, coins)
        changes = ratio + rng.standard_normal((draws, pairs))
        came = signs[rng.integers(0, len(signs), draws)]
        means = changes.mean(axis=1)
        shown = _rejected(came * changes, pairs * means, signs, alpha)
    else:
        from scipy.special import stdtrit

        means = ratio + rng.standard_normal(draws) / math.sqrt(pairs)
        errors = np.sqrt(rng.chisquare(pairs - 1, draws) / (pairs - 1) / pairs)
        shown = np.abs(means) >= float(stdtrit(pairs - 1, 1.0 - 0.5 * alpha)) * errors
    return float(np.mean(shown & (means > 0.0) & (means >= least)))


def _rejected(turned: FloatArray, sums: FloatArray, signs: FloatArray, alpha: float) -> BoolArray:
    """Whether each draw's sum is among the largest share `alpha` that its lists could have given."""
    half = signs[: len(signs) // 2]
    found: list[BoolArray] = []
    for start in range(0, len(turned), 2000):
        part = np.abs(turned[start : start + 2000] @ half.T)
        reached = part >= np.abs(sums[start : start + 2000])[:, None] * (1.0 - 1e-9)
        found.append(reached.sum(axis=1) <= alpha * len(half) * (1.0 + 1e-9))
    return np.concatenate(found)


@cache
def _lists(pairs: int, coins: bool) -> FloatArray:
    """All lists of orders, A first 1, B first -1, shape (lists, pairs); each in the other half is turned round."""
    every = np.array(list(itertools.product((1.0, -1.0), repeat=pairs)))
    return every if coins else every[np.abs(every.sum(axis=1)) <= most_apart(pairs)]
