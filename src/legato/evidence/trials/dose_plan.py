"""A trial of doses before it begins: in which order lags are cued, and how many blocks would find what there is."""

import math

import numpy as np

from legato.estimate import Estimate
from legato.evidence.trials.dose import LEAST_BLOCKS, MOST_BLOCKS, judge_doses
from legato.evidence.trials.dose_model import CUED_LAGS_S, DoseObservation, DoseQuestion
from legato.signals.factors import normal_factor

POWER = 0.8
"""Share of trials that should find what there is. [ENG] The usual one."""

_TRIALS = 150
"""One standard error of a share near 0.8 is 3 points."""

_STEPS = tuple(sorted({round(x) for x in np.geomspace(LEAST_BLOCKS, MOST_BLOCKS, 12)}))

_FIRST_TRIALS = 50
_CLOSE = 0.12
"""Twice the standard error of so few trials: beyond it no more are simulated."""


def dose_order(blocks: int, seed: int, doses_s: tuple[float, ...] = CUED_LAGS_S) -> tuple[tuple[float, ...], ...]:
    """Which lag is cued when: each dose once a block, drawn from the seed.

    Every 2n blocks of n doses (n where n is even) each dose has every place equally often, and follows every other
    equally often.

    References
    ----------
    Williams 1949, Aust J Sci Res A 2:149.
    """
    if blocks < 1:
        raise ValueError(f"one block or more is needed, got {blocks}")
    rng = np.random.default_rng(seed)
    n = len(doses_s)
    zigzag = [0, *(step // 2 if step % 2 == 0 else n - (step + 1) // 2 for step in range(1, n))]
    rows = [[(place + shift) % n for place in zigzag] for shift in range(n)]
    if n % 2:
        rows += [row[::-1] for row in rows]
    found: list[tuple[float, ...]] = []
    while len(found) < blocks:
        named = rng.permutation(n)
        found += [tuple(doses_s[int(named[i])] for i in rows[int(row)]) for row in rng.permutation(len(rows))]
    return tuple(found[:blocks])


def share_supported(
    question: DoseQuestion,
    gain: float,
    cv: float,
    *,
    best_s: float = 0.100,
    lag_sd_s: float = 0.015,
    lag_error_s: float = 0.005,
    control_cv: float = 0.03,
    narrow_s: float | None = None,
    trials: int = _TRIALS,
    seed: int = 0,
) -> float:
    """Share of simulated trials that support the claim.

    Parameters
    ----------
    question
        With its number of blocks, and `relative`.
    gain
        What the best lag gains over the first dose, as a share.
    cv
        How outcomes of sessions scatter under one cue, as a share; `control_cv` that of the control.
    best_s
        The best lag, s.
    lag_sd_s, lag_error_s
        How achieved lags scatter about the cue, and the error of measuring one (SDs), s.
    narrow_s
        SD of a bell-shaped response, s; None for a parabola, which is broader.
    """
    rng = np.random.default_rng(seed)
    found = sum(
        _trial(question, gain, cv, best_s, (lag_sd_s, lag_error_s), control_cv, narrow_s, rng) for _ in range(trials)
    )
    return found / trials


def blocks_needed(
    effect_of_interest: float,
    gain: float,
    cv: float,
    *,
    band_s: tuple[float, float] = (0.080, 0.120),
    best_s: float = 0.100,
    lag_sd_s: float = 0.015,
    lag_error_s: float = 0.005,
    control_cv: float = 0.03,
    narrow_s: float | None = None,
    power: float = POWER,
    most: int = MOST_BLOCKS,
    seed: int = 0,
) -> int | None:
    """Blocks of five doses with which that share of trials supports the claim, to the next of a dozen steps; None where
    `most` would not do.

    `effect_of_interest` is a share of the first dose, too; the rest as `share_supported`. Takes seconds to minutes.
    """
    for blocks in _STEPS:
        if gain <= effect_of_interest or blocks > most:
            break
        question = DoseQuestion(band_s, effect_of_interest, "higher", blocks, relative=True)
        share = 0.0
        for trials in (_FIRST_TRIALS, _TRIALS):
            share = share_supported(
                question, gain, cv, best_s=best_s, lag_sd_s=lag_sd_s, lag_error_s=lag_error_s,
                control_cv=control_cv, narrow_s=narrow_s, trials=trials, seed=seed + blocks,
            )  # fmt: skip
            if abs(share - power) > _CLOSE:
                break
        if share >= power:
            return blocks
    return None


def _trial(
    question: DoseQuestion,
    gain: float,
    cv: float,
    best_s: float,
    lag_sds_s: tuple[float, float],
    control_cv: float,
    narrow_s: float | None,
    rng: np.random.Generator,
) -> bool:
    """Whether one simulated trial supports the claim."""
    doses, first = question.doses_s, question.doses_s[0]
    reach = best_s - first

    def response(lag_s: float) -> float:
        if narrow_s is None:
            return -math.log1p(gain) * ((lag_s - best_s) / reach) ** 2
        foot = math.exp(-0.5 * (reach / narrow_s) ** 2)
        return math.log1p(gain) * (math.exp(-0.5 * ((lag_s - best_s) / narrow_s) ** 2) - foot) / (1.0 - foot)

    scatter, error = lag_sds_s
    margin = normal_factor(question.level) * error
    made: list[DoseObservation] = []
    seeds: list[int] = rng.integers(2**32, size=2).tolist()
    for block, order in enumerate(dose_order(question.blocks, seeds[0], doses)):
        for cue in order:
            lag = cue + scatter * float(rng.standard_normal())
            outcome = math.exp(response(lag) + cv * float(rng.standard_normal()))
            seen = Estimate.symmetric(lag + error * float(rng.standard_normal()), margin, "s", question.level)
            made.append(DoseObservation(block, cue, seen, Estimate.symmetric(outcome, 0.0)))
    control = [Estimate.symmetric(math.exp(control_cv * z), 0.0) for z in rng.standard_normal(len(made)).tolist()]
    return judge_doses(question, made, control, seed=seeds[1], draws=500, permutations=400).answer == "supports"
