"""Trials of doses with a planted response, and what may stand in their way."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legato.estimate import Estimate
from legato.evidence.trials.dose import judge_doses
from legato.evidence.trials.dose_model import CUED_LAGS_S, DoseObservation, DoseQuestion, DoseVerdict
from legato.evidence.trials.dose_plan import dose_order

Curve = Callable[[NDArray[np.float64]], NDArray[np.float64]]

BAND_S = (0.080, 0.120)
_NORMAL = 1.6449


@dataclass(frozen=True)
class Doing:
    """How an athlete did it: `lag = start + follows·cue + scatter`, seconds; `error` of measuring a lag; `fresh`:
    correlation of a lag's scatter with the form of that moment, of which `form` is the SD as a share.
    """

    form: float = 0.03
    scatter: float = 0.015
    error: float = 0.006
    start: float = 0.0
    follows: float = 1.0
    fresh: float = 0.0
    tires: float = 0.0
    day: float = 0.05


FLAT: Curve = np.zeros_like


def linear(lag: NDArray[np.float64]) -> NDArray[np.float64]:
    return 0.5 * lag


def parabola(best: float, gain: float = 0.10) -> Curve:
    return lambda lag: gain * (1.0 - ((lag - best) / 0.1) ** 2)


def bell(best: float, width: float = 0.040, gain: float = 0.10) -> Curve:
    return lambda lag: gain * np.exp(-0.5 * ((lag - best) / width) ** 2)


def plateau(lag: NDArray[np.float64]) -> NDArray[np.float64]:
    """Level from 60 ms on."""
    return 0.10 * np.clip(lag / 0.06, 0.0, 1.0)


def table_top(lag: NDArray[np.float64]) -> NDArray[np.float64]:
    """Level from 35 to 165 ms, falling away on both sides: a parabola's top is at 100."""
    return 0.10 * (1.0 / (1.0 + np.exp(-(lag - 0.025) / 0.006)) - 1.0 / (1.0 + np.exp(-(lag - 0.175) / 0.006)))


def threshold(lag: NDArray[np.float64]) -> NDArray[np.float64]:
    return 0.10 / (1.0 + np.exp(-(lag - 0.100) / 0.010))


def two_tops(lag: NDArray[np.float64]) -> NDArray[np.float64]:
    return bell(0.05, 0.025)(lag) + bell(0.15, 0.025)(lag)


def any_peak(rng: np.random.Generator, best: float) -> Curve:
    """One of five families with its top at `best`, the two sides up to 1.8 times as steep as each other."""
    gain, width = rng.uniform(0.05, 0.15), rng.uniform(0.04, 0.12)
    skew = np.exp(0.5 * rng.uniform(-1.0, 1.0) * np.log(1.8))
    power, shape, turn = rng.uniform(1.5, 3.0), rng.uniform(0.15, 0.6), rng.choice([-1.0, 1.0])

    def sides(lag: NDArray[np.float64]) -> NDArray[np.float64]:
        return (lag - best) / np.where(lag < best, width * skew, width / skew)

    def lopsided(lag: NDArray[np.float64]) -> NDArray[np.float64]:
        foot = width / shape
        return gain * np.exp(-0.5 * (np.log(np.clip(foot + turn * (lag - best), 1e-4, None) / foot) / shape) ** 2)

    families: list[Curve] = [
        lambda lag: -gain * np.abs(0.8 * sides(lag)) ** power,
        lambda lag: gain * np.exp(-0.5 * sides(lag) ** 2),
        lopsided,
        lambda lag: gain / (1.0 + ((lag - best) / (1.2 * width)) ** 2),
        lambda lag: gain * np.cos(0.8 * np.clip((lag - best) / width, -np.pi, np.pi)),
    ]
    return families[int(rng.integers(len(families)))]


def any_doing(rng: np.random.Generator) -> Doing:
    """Athletes of every sort."""
    return Doing(
        form=rng.uniform(0.02, 0.05), scatter=rng.uniform(0.005, 0.03), error=rng.uniform(0.002, 0.008),
        start=rng.uniform(-0.02, 0.02), follows=rng.uniform(0.85, 1.1), fresh=rng.uniform(-0.8, 0.8),
        tires=rng.uniform(0.0, 0.02),
    )  # fmt: skip


def observed(
    rng: np.random.Generator, curve: Curve, blocks: int, doing: Doing | None = None, control: Curve = FLAT
) -> tuple[list[DoseObservation], list[Estimate]]:
    """A trial, and its control with sessions that scatter by 3 %; outcomes about 1."""
    did = doing or Doing()
    cues = np.array(dose_order(blocks, int(rng.integers(2**32)))).ravel()
    block = np.repeat(np.arange(blocks), len(CUED_LAGS_S))
    form = rng.standard_normal(cues.size)
    own = did.fresh * form + np.sqrt(1.0 - did.fresh**2) * rng.standard_normal(cues.size)
    lag = did.start + did.follows * cues + did.scatter * own
    place = np.tile(np.arange(len(CUED_LAGS_S)), blocks)
    outcome = 1.0 + curve(lag) + did.form * form + did.day * rng.standard_normal(blocks)[block] - did.tires * place
    seen = lag + did.error * rng.standard_normal(cues.size)
    made = [
        DoseObservation(int(b), float(c), Estimate.symmetric(float(x), _NORMAL * did.error, "s"), _exactly(float(y)))
        for b, c, x, y in zip(block, cues, seen, outcome, strict=True)
    ]
    beside = 1.0 + control(lag) + 0.03 * rng.standard_normal(cues.size)
    return made, [_exactly(float(y)) for y in beside]


def judged(
    rng: np.random.Generator,
    curve: Curve,
    blocks: int,
    doing: Doing | None = None,
    control: Curve = FLAT,
    effect: float = 0.025,
) -> DoseVerdict:
    """The verdict, with fewer draws and deals than usual, as many are asked for."""
    made, beside = observed(rng, curve, blocks, doing, control)
    question = DoseQuestion(BAND_S, effect, "higher", blocks)
    return judge_doses(question, made, beside, seed=int(rng.integers(2**32)), draws=400, permutations=200)


def _exactly(value: float) -> Estimate:
    return Estimate.symmetric(value, 0.0)
