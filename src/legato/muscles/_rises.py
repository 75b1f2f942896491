"""How a muscle's activity rises: the forms and durations that are weighed, and what a channel's bursts say of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from legato.recording import FloatArray

# fmt: off
RISES_S = (
    0.0, 0.003, 0.006, 0.012, 0.02, 0.03, 0.042, 0.056, 0.068, 0.082, 0.1, 0.12, 0.145, 0.175, 0.21, 0.25, 0.3, 0.36,
    0.43, 0.52, 0.62, 0.75,
)
# fmt: on
"""Durations of a straight rise of amplitude that are weighed, s, from a step to a slow effort. Of long ones a channel's
bursts together tell a sixth."""

LONG_S = 0.05
"""From here on a rise is long beside an action potential and the filters, s."""

_SOON_S = 0.003
"""Added to durations before their logs are taken, s: below it all are alike. [ENG]"""

_FORMED_S = 0.015
"""A shorter rise is weighed as a straight one only: its form moves the start by less than a millisecond."""


@dataclass(frozen=True, slots=True)
class Form:
    """How amplitude rises: from 0 to 1 over shares 0 to 1 of a time that is `lasting` times that of a straight rise
    which looks alike; one duration of `RISES_S` in `every` is weighed.
    """

    amplitude: Callable[[FloatArray], FloatArray]
    lasting: float
    every: int


FORMS = (
    Form(lambda share: share, 1.0, 1),
    Form(lambda share: 0.5 - 0.5 * np.cos(np.pi * share), 1.25, 1),
    Form(lambda share: np.expm1(-3.0 * share) / np.expm1(-3.0), 1.6, 2),
    Form(lambda share: np.expm1(3.0 * share) / np.expm1(3.0), 1.25, 2),
)
"""Straight; a raised cosine; settling as a charging capacitor does; and swelling, as its decay does run backwards."""

# fmt: off
_MIXTURES = (
    (1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0), (0.4, 0.4, 0.1, 0.1),
)
# fmt: on
"""Shares of the `FORMS` that a channel's rises may have."""

_TO_PLATEAU, _TO_TOP = (3.0, 2.0, 0.7, 0.7, 1.0), (0.0, 2.0, 0.0, 2.0, 1.0)
"""Odds of each mixture, before the data, of rises to a plateau and of rises to a round top. [ENG]"""

_FORM_BELIEF = 0.4
"""Power to which the evidence of all bursts on the mixture is taken: no rise has just one of these forms. [ENG]"""


_EVEN_FORMS = 0.5
"""Power to which the shares of the forms are taken for the ends of an interval. [SIM] without (1), onsets of cosines of
0.2 s are held in 77 %, with it in 88 %; straight ones in 94 to 98 % and 94 to 98 %."""


@dataclass(frozen=True, slots=True)
class Rise:
    """One rise that is weighed: of the form `FORMS[form]`, beside the straight one of `RISES_S[number]`."""

    number: int
    form: int

    @property
    def lasting_s(self) -> float:
        """How long it lasts, s."""
        return RISES_S[self.number] * FORMS[self.form].lasting

    def amplitude(self, times_s: FloatArray, aside: float = 0.0) -> FloatArray:
        """From 0 to 1, `times_s` after its start, `aside` (-1 to 1) of the way to half way to the next durations."""
        lasting_s = self.lasting_s
        if aside:
            x = np.log(np.array(RISES_S) + _SOON_S)
            beside = float(np.exp(x[self.number] + 0.5 * aside * np.gradient(x)[self.number])) - _SOON_S
            lasting_s = max(beside, 0.0) * FORMS[self.form].lasting
        return FORMS[self.form].amplitude(np.clip(times_s / max(lasting_s, 1e-9), 0.0, 1.0))


def _rises() -> tuple[Rise, ...]:
    formed = [k for k, rise in enumerate(RISES_S) if rise >= _FORMED_S]
    rises = [Rise(k, 0) for k in range(len(RISES_S))]
    rises += [Rise(k, f) for f in range(1, len(FORMS)) for k in formed[:: FORMS[f].every]]
    return tuple(sorted(rises, key=lambda r: RISES_S[r.number] >= LONG_S))


RISES = _rises()
"""All rises that are weighed, those that are not long first."""


@cache
def energy_steps() -> tuple[FloatArray, FloatArray]:
    """The step that adds as much energy as each of `RISES`: s after its start, and by how much its first moment exceeds
    that of the rise, s².
    """
    share: FloatArray = (np.arange(1000, dtype=np.float64) + 0.5) / 1000
    lasting = np.array([rise.lasting_s for rise in RISES])
    energies = [form.amplitude(share) ** 2 for form in FORMS]
    steps = np.array([1.0 - float(energy.mean()) for energy in energies])
    excess = 0.5 - 0.5 * steps**2 - np.array([float((energy * share).mean()) for energy in energies])
    forms = [rise.form for rise in RISES]
    return lasting * steps[forms], lasting**2 * excess[forms]


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """How likely each of `RISES` is in a channel, over all that its bursts leave open, and how likely each of the
    `populations` that its rises may come from; both sum to 1.
    """

    weights: FloatArray
    populations: FloatArray

    @property
    def even_weights(self) -> FloatArray:
        """`weights` with the shares of the `FORMS` of longer rises drawn together: an interval must hold under each
        form that the data leave open, not on the average over them.
        """
        formed, form = _formed_rises()
        weights, even = self.weights[formed], self.weights.copy()
        shares = np.maximum(np.bincount(form, weights, len(FORMS)), 1e-12)
        drawn = weights * shares[form] ** (_EVEN_FORMS - 1.0)
        even[formed] = drawn * (weights.sum() / max(float(drawn.sum()), 1e-300))
        return even


@cache
def _formed_rises() -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Which of `RISES` are weighed in several forms, and in which each of them is."""
    formed = [k for k, rise in enumerate(RISES) if RISES_S[rise.number] >= _FORMED_S]
    return np.array(formed), np.array([RISES[k].form for k in formed])


def learn_rises(evidence: Sequence[FloatArray], flat: float) -> Learned:
    """How likely each rise is in a channel.

    Parameters
    ----------
    evidence
        Of each burst: how well each of `RISES` explains it, on any scale, shape (rises,).
    flat
        Share of the bursts that have plateaus.

    Notes
    -----
    Durations are taken as log-normal with unknown middle and spread, a hundredth of them as anything, and forms as one
    of some mixtures; all are integrated over a grid.
    """
    leaking = _leaking()
    plateau, top = np.array(_TO_PLATEAU) / sum(_TO_PLATEAU), np.array(_TO_TOP) / sum(_TO_TOP)
    logs = np.zeros(len(leaking))
    if evidence:
        logs = np.log(np.array(evidence) @ leaking.T + 1e-300).sum(axis=0)
    weight = np.exp(logs - logs.max()).reshape(len(_MIXTURES), -1)
    mixtures = weight.sum(axis=1)
    weight *= ((flat * plateau + (1.0 - flat) * top) * mixtures ** (_FORM_BELIEF - 1.0))[:, np.newaxis]
    weight = weight.ravel() / weight.sum()
    return Learned(weight @ leaking, weight)


@cache
def populations() -> FloatArray:
    """How likely each of `RISES` is in each population that a channel's may come from, shape (populations, rises)."""
    x = np.log(np.array(RISES_S) + _SOON_S)
    middles, spreads = np.linspace(float(x[0]), float(x[-1]), 18), np.array([0.12, 0.25, 0.5, 1.0])
    shapes = np.exp(-0.5 * ((x - middles[:, np.newaxis, np.newaxis]) / spreads[:, np.newaxis]) ** 2) * _even()
    shapes = shapes.reshape(-1, len(x))
    shapes /= shapes.sum(axis=1, keepdims=True)
    return np.concatenate([_formed(shapes, mixture) for mixture in _MIXTURES])


@cache
def _leaking() -> FloatArray:
    """The `populations`, a hundredth of their rises anything."""
    return 0.99 * populations() + 0.01 * _anything()


@cache
def _anything() -> FloatArray:
    return _formed(_even()[np.newaxis], _MIXTURES[-1])


def _even() -> FloatArray:
    """Shares of the durations that are even in their log."""
    share = np.gradient(np.log(np.array(RISES_S) + _SOON_S))
    return share / share.sum()


def _formed(durations: FloatArray, mixture: Sequence[float]) -> FloatArray:
    """How likely each of `RISES` is where its forms have these shares; `durations` is (populations, durations).

    A duration that a form is not weighed with counts for its neighbours.
    """
    into = np.zeros((len(RISES_S), len(RISES)))
    for form, share in enumerate(mixture):
        for number, rise_s in enumerate(RISES_S):
            of = form if rise_s >= _FORMED_S else 0
            apart = np.array([abs(r.number - number) if r.form == of else len(RISES_S) for r in RISES])
            nearest = apart == apart.min()
            into[number, nearest] += share / nearest.sum()
    return durations @ into
