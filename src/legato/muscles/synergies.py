"""Muscle synergies: the few groups that muscles act in, by non-negative factorisation of their envelopes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from legato.errors import BadInput, NotResolvable
from legato.muscles.amplitude import stretch
from legato.muscles.conditioning import mark_missing, samples_of
from legato.recording import FloatArray, Span

LEAST_TOTAL = 0.90
LEAST_MUSCLE = 0.75
"""Share of all squared activity, and of each muscle's, that the synergies must account for (Torres-Oviedo and Ting
2007, J Neurophysiol 98:2144).
"""
LEAST_MUSCLES = 4
"""Fewer muscles cannot be told apart into groups. [ENG]"""
STARTS = 8
SHIFTS = 19
"""Random starts, of which the best counts, and time-shifted copies: to exceed all of 19 has a chance of 1 in 20."""
_CHANCE_DRAWS = 400
"""Of weights without relation: their 95th percentile is known to about 0.01. [SIM]"""
_SEED = 2026
_ROUNDS = 400
_SETTLED = 1e-5
_CHECKED = 20
"""Rounds of the iteration at most; it ends when the residual shrank by less than this share in so many rounds. [ENG]"""


@dataclass(frozen=True, slots=True, eq=False)
class Synergies:
    """Groups of muscles and when each is active; the group with most activity first.

    `weights` (muscles, n) are in shares of each muscle's own largest envelope, each column of length 1; `activations`
    (samples, n) belong to the rows of the envelope that hold no gap. `vaf` is the share of squared activity accounted
    for, `vaf_by_muscle` that of each muscle, `vaf_by_number` the total for 1, 2 … groups as far as they were tried.
    `chance_vaf` is the largest share that as many groups reach where the muscles are shifted in time against each
    other: what they share beyond that, they share in time.
    """

    muscles: tuple[str, ...]
    weights: FloatArray
    activations: FloatArray
    vaf: float
    vaf_by_muscle: FloatArray
    vaf_by_number: tuple[float, ...]
    chance_vaf: float

    @property
    def n(self) -> int:
        """Number of synergies."""
        return self.weights.shape[1]

    @property
    def beyond_chance(self) -> bool:
        """Whether the muscles share more than independent muscles of the same envelopes would."""
        return self.vaf > self.chance_vaf


@dataclass(frozen=True, slots=True)
class Similarity:
    """Cosine of each synergy of one set with its best partner in another: `pairs` of columns, and their mean.

    `chance` is the mean cosine that as many groups of as many muscles reach in half, and `chance_high` that which they
    reach in one of 20 cases, where their weights have nothing to do with each other.
    """

    pairs: tuple[tuple[int, int], ...]
    cosines: tuple[float, ...]
    chance: float
    chance_high: float

    @property
    def mean(self) -> float:
        """Mean cosine of the pairs: 1 the same, `chance` for unrelated groups, as weights are positive."""
        return float(np.mean(self.cosines))

    @property
    def beyond_chance(self) -> bool:
        """Whether the groups are more alike than unrelated ones are in 19 of 20 cases."""
        return self.mean > self.chance_high


def extract_synergies(
    envelopes: ArrayLike,
    muscles: Sequence[str],
    rng: np.random.Generator,
    *,
    number: int | None = None,
    least_total: float = LEAST_TOTAL,
    least_muscle: float = LEAST_MUSCLE,
) -> Synergies:
    """The smallest number of synergies that accounts for all muscles, and those synergies.

    Parameters
    ----------
    envelopes
        Envelopes of the muscles, shape (n, muscles), 0 or above, any unit. Rows with NaN are left out.
    muscles
        A name for each column.
    rng
        Draws the random starts and the time shifts; the same generator gives the same result.
    number
        A number of synergies to take instead.
    least_total, least_muscle
        Share of all squared activity (not freed of its mean) and of each muscle's that must be accounted for.

    Raises
    ------
    BadInput
        The shape, a sign or the number of synergies does not fit, or a muscle is silent throughout.
    NotResolvable
        Even one synergy less than there are muscles does not account for them.

    References
    ----------
    Lee and Seung 1999, Nature 401:788 (the factorisation). Cichocki and Phan 2009, IEICE Trans E92-A:708 (how it is
    solved here). Torres-Oviedo and Ting 2007, J Neurophysiol 98:2144 (how many).
    """
    v = _checked(envelopes, muscles, number)
    tried: list[float] = []
    for k in range(1, len(muscles)) if number is None else (number,):
        weights, activations, by_muscle, total = _best(v, k, rng)
        tried.append(total)
        if number is not None or (total >= least_total and by_muscle.min() >= least_muscle):
            break
    else:
        raise NotResolvable(
            f"{len(muscles) - 1} synergies account for {tried[-1]:.0%} of the activity of {len(muscles)} muscles, under"
            f" {least_total:.0%}, or for one muscle under {least_muscle:.0%}: these muscles do not act in groups"
        )
    shifted = np.stack([_shifted(v, rng) for _ in range(SHIFTS)])
    chance = float(_vaf(shifted, *_factorised(shifted, weights.shape[1], rng))[1].max())
    return _of_unit_length(muscles, (weights, activations, by_muscle, total), tried, chance)


def _of_unit_length(
    muscles: Sequence[str],
    found: tuple[FloatArray, FloatArray, FloatArray, float],
    tried: Sequence[float],
    chance: float,
) -> Synergies:
    """What `_best` found, the weights of each group of length 1, that with most activity first."""
    weights, activations, by_muscle, total = found
    length = _lengths(weights)
    weights, activations = weights / length, activations * length[:, None]
    order = np.argsort(-(activations**2).sum(axis=1), kind="stable")
    return Synergies(tuple(muscles), weights[:, order], activations[order].T, total, by_muscle, tuple(tried), chance)


def similarity(first: Synergies, second: Synergies) -> Similarity:
    """How alike the synergies of two recordings of the same muscles are, paired so that the cosines add up to most.

    Raises
    ------
    BadInput
        The muscles differ.
    """
    if first.muscles != second.muscles:
        raise BadInput("synergies are compared over the same muscles in the same order; the two lists differ")
    from scipy.optimize import linear_sum_assignment

    cosine = first.weights.T @ second.weights
    rows, columns = linear_sum_assignment(-cosine)
    pairs = tuple((int(a), int(b)) for a, b in zip(rows, columns, strict=True))
    return Similarity(pairs, tuple(float(cosine[a, b]) for a, b in pairs), *_cosines_by_chance(*first.weights.shape))


@lru_cache(maxsize=64)
def _cosines_by_chance(muscles: int, groups: int) -> tuple[float, float]:
    """Median and 95th percentile of the mean cosine of paired groups of whose divisions among the
    muscles any is as likely as any other.
    """
    from scipy.optimize import linear_sum_assignment

    rng = np.random.default_rng(_SEED)
    means: list[float] = []
    for _ in range(_CHANCE_DRAWS):
        one, two = (w / np.linalg.norm(w, axis=0) for w in rng.standard_exponential((2, muscles, groups)))
        cosine = one.T @ two
        means.append(float(cosine[linear_sum_assignment(-cosine)].mean()))
    middle, high = np.quantile(means, (0.5, 0.95))
    return float(middle), float(high)


def split_half(
    envelopes: ArrayLike,
    rate_hz: float,
    cycles: Sequence[Span],
    muscles: Sequence[str],
    number: int,
    rng: np.random.Generator,
) -> Similarity:
    """How well as many synergies of the odd repetitions return in the even ones.

    Raises
    ------
    BadInput
        There are fewer than four repetitions, a span or the rate is not finite, or as in `extract_synergies`.
    """
    if len(cycles) < 4:
        raise BadInput(f"{len(cycles)} reps cannot be split in halves; give four or more")
    if not 0.0 < rate_hz < math.inf:
        raise BadInput(f"the rate is {rate_hz} Hz; give that of the envelopes")
    rows = np.atleast_1d(samples_of(envelopes))
    halves = [np.concatenate([stretch(rows, rate_hz, cycle) for cycle in cycles[first::2]]) for first in (0, 1)]
    found = [_best(_checked(half, muscles, number), number, rng) for half in halves]
    return similarity(*(_of_unit_length(muscles, half, (half[3],), math.nan) for half in found))


def _lengths(weights: FloatArray) -> FloatArray:
    """Length of each column, 1 for one that is all zeros."""
    length = np.linalg.norm(weights, axis=0)
    return np.where(length == 0.0, 1.0, length)


def _checked(given: ArrayLike, muscles: Sequence[str], number: int | None) -> FloatArray:
    """The envelopes, muscles in rows, in shares of each one's largest value."""
    envelopes = samples_of(given)
    mark_missing(envelopes)
    if envelopes.ndim != 2 or envelopes.shape[1] != len(muscles):
        raise BadInput(f"envelopes of shape {envelopes.shape} for {len(muscles)} muscles; give (samples, muscles)")
    if len(muscles) < LEAST_MUSCLES:
        raise BadInput(f"{len(muscles)} muscles are too few for synergies; give {LEAST_MUSCLES} or more")
    if number is not None and not 1 <= number < len(muscles):
        raise BadInput(f"{number} synergies of {len(muscles)} muscles; give 1 to {len(muscles) - 1}")
    seen = envelopes[np.isfinite(envelopes).all(axis=1)]
    if seen.shape[0] < 10 * len(muscles):
        raise BadInput(f"{seen.shape[0]} samples without gaps are too few; give ten for each muscle or more")
    if seen.min() < 0.0:
        raise BadInput("an envelope is negative; rectify and smooth the EMG first")
    top = seen.max(axis=0)
    if silent := [name for name, most in zip(muscles, top, strict=True) if not most > 0.0]:
        raise BadInput(f"{silent[0]} is silent throughout; leave it out")
    return np.ascontiguousarray((seen / top).T)


def _best(v: FloatArray, k: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray, FloatArray, float]:
    """Weights, activations and shares accounted for of the best of several starts."""
    batch = np.broadcast_to(v, (STARTS, *v.shape))
    w, h = _factorised(batch, k, rng)
    by_muscle, total = _vaf(batch, w, h)
    at = int(np.argmax(total))
    return w[at], h[at], by_muscle[at], float(total[at])


def _factorised(v: FloatArray, k: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Hierarchical alternating least squares on a batch (b, muscles, n), until the residual of all has settled.

    Weights (b, muscles, k) and activations (b, k, n).
    """
    b, m, n = v.shape
    w, h = rng.uniform(0.05, 1.0, (b, m, k)), rng.uniform(0.05, 1.0, (b, k, n))
    last = np.inf
    for step in range(_ROUNDS):
        _descend(w, v @ h.swapaxes(1, 2), h @ h.swapaxes(1, 2))
        turned = np.ascontiguousarray(h.swapaxes(1, 2))
        _descend(turned, v.swapaxes(1, 2) @ w, w.swapaxes(1, 2) @ w)
        h = np.ascontiguousarray(turned.swapaxes(1, 2))
        if step % _CHECKED == _CHECKED - 1:
            left = float(((v - w @ h) ** 2).sum())
            if last - left <= _SETTLED * last:
                break
            last = left
    return w, h


def _descend(x: FloatArray, target: FloatArray, gram: FloatArray) -> None:
    """One round over the columns of `x` (b, rows, k), each to its least squares given the others, in place."""
    for j in range(x.shape[2]):
        scale = np.maximum(gram[:, j, j], 1e-12)[:, None]
        step = (target[:, :, j] - (x @ gram[:, :, j, None])[:, :, 0]) / scale
        x[:, :, j] = np.maximum(x[:, :, j] + step, 1e-12)


def _vaf(v: FloatArray, w: FloatArray, h: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Share of squared activity accounted for, by muscle (b, muscles) and in all (b,)."""
    left, whole = ((v - w @ h) ** 2).sum(axis=2), (v**2).sum(axis=2)
    return 1.0 - left / whole, 1.0 - left.sum(axis=1) / whole.sum(axis=1)


def _shifted(v: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Each muscle moved round in time by its own amount, so that only its own envelope is kept."""
    count, samples = len(v), len(v[0])
    moved = np.floor(rng.random(count) * samples)
    index = (np.arange(samples) - moved[:, None]) % samples
    return np.take_along_axis(v, index.astype(np.int64), axis=1)
