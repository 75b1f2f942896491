"""Whether the response to a cued lag is best inside a band that was named beforehand."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from legato.errors import BadInput
from legato.estimate import Estimate, mean_of
from legato.evidence.trials.dose_curve import CurveDraws, central, curve_draws
from legato.evidence.trials.dose_means import DoseCells, DoseMeans, dose_means
from legato.evidence.trials.dose_model import DoseCurve, DoseObservation, DoseQuestion, DoseVerdict
from legato.evidence.trials.model import Answer
from legato.recording import FloatArray
from legato.signals.factors import normal_factor

LEAST_BLOCKS = 4
"""With every dose. [ENG] Twelve or more degrees of freedom are left for the scatter of a session."""

LEAST_STRENGTH = 10.0
"""F of the achieved lag on the cue below which the cue is too weak an instrument (Staiger & Stock 1997, Econometrica
65:557).
"""

MOST_BLOCKS = 60
"""Blocks above which it is said that no such trial is to be had: three hundred sessions. [ENG]"""

_SAME_S = 1e-6
"""Cues that differ by less are one."""

_VARIES = 1e-9
"""Scatter, relative to the largest outcome, below which outcomes do not vary."""

_POWER = ((1.645 + 0.842) / 1.645) ** 2
"""By how much more than would just do there must be for four trials in five to decide (normal approximation)."""


@dataclass(frozen=True, slots=True)
class _Found:
    """All that the answer rests on.

    `ends`: whether the optimum is told. `in_band`: the gain of the best lag of the band; `cued_in_band`: that of the
    dose nearest its middle. `cued`: the gain of the dose nearest the optimum, and `sides`: what it gains over the dose
    on either side, `over_band` over the one nearest the band's middle. `moved`: why the control forbids `supports`, or
    "".
    """

    n: int
    p: float
    p_control: float | None
    moved: str
    best: Estimate
    ends: bool
    tried: tuple[float, float]
    parabola: tuple[float, float] | None
    gain: Estimate
    in_band: Estimate
    cued: Estimate
    cued_in_band: Estimate
    sides: tuple[Estimate, ...]
    over_band: Estimate


def judge_doses(
    question: DoseQuestion,
    observations: Sequence[DoseObservation],
    control: Sequence[Estimate] | None = None,
    *,
    seed: int = 0,
    draws: int = 2000,
    permutations: int = 10_000,
) -> DoseVerdict:
    """Whether the best lag lies in the band and is worth having.

    Parameters
    ----------
    question
        What was fixed beforehand.
    observations
        All that were made, in order of time; the order of the doses within each block was drawn.
    control
        An outcome that the lag should not change (grip), one for each observation.
    seed, draws, permutations
        Of the curve's draws and of the deals of outcomes within a block.

    Returns
    -------
    `supports` only where the whole interval of the best lag lies in the band, its gain and that of the cue exceed the
    effect of interest with their whole intervals, the dose nearest to it is surely better than those beside it, the
    doses differ beyond chance, and the control does not. `contradicts` where the doses differ, the interval lies wholly
    outside the band and the dose there is surely better than the one in the band; or where no gain of interest is
    possible in the band. The interval is that of a smooth curve of no given shape; a parabola's is told beside it.

    Raises
    ------
    BadInput
        A lag that was not registered, or a control that does not match.

    References
    ----------
    evidence 2.3; Lipsitch et al. 2010, Epidemiology 21:383 (negative controls).
    """
    if control is not None and len(control) != len(observations):
        raise BadInput(f"{len(control)} control outcomes for {len(observations)} observations; give one for each")
    cells, held = _cells(question, observations, control)
    least = min(int(np.count_nonzero(cells.dose == i)) for i in range(len(question.doses_s)))
    wanted = max(LEAST_BLOCKS, question.blocks)
    if least < wanted:
        reason = f"{least} of {wanted} blocks are complete; nothing is judged before all are"
        return DoseVerdict("inconclusive", reason, least, wanted - least)
    rng = np.random.default_rng(seed)
    means = dose_means(cells, rng, permutations)
    refusal = _not_measurable(question, observations, means)
    if not math.sqrt(means.variance_as_cued) > _VARIES * float(np.abs(cells.outcome).max()):
        refusal = "the outcome does not vary from session to session, so nothing tells what chance does"
    if refusal:
        return DoseVerdict("not-measurable", refusal, least)
    drawn = curve_draws(means, rng, draws)
    weights = np.isin(question.doses_s, question.comparator_s) / len(question.comparator_s)
    found = _found(question, means, drawn, weights, least)
    if held is not None:
        found = _with_control(found, question, cells, means, held, weights, rng, permutations)
    answer, reason = _answer(question, found)
    by_cue, by_cue_ends = curve_draws(_by_cue(question, means), rng, draws).optimum(question.level)
    return DoseVerdict(
        answer=answer,
        reason=reason,
        n=least,
        more=_more(question, found) if answer == "inconclusive" else None,
        optimum=found.best if found.ends else None,
        gain=found.gain,
        optimum_as_cued=by_cue if by_cue_ends else None,
        gain_as_cued=found.cued,
        parabola=found.parabola,
        p=found.p,
        p_control=found.p_control,
        curve=_curve(question, drawn, means, weights),
    )


def _cells(
    question: DoseQuestion, observations: Sequence[DoseObservation], control: Sequence[Estimate] | None
) -> tuple[DoseCells, FloatArray | None]:
    """One entry for each block and dose, in order of time; and the control's."""
    groups: dict[tuple[int, int], list[int]] = {}
    for index, one in enumerate(observations):
        apart = [abs(one.cued_s - dose) for dose in question.doses_s]
        if min(apart) > _SAME_S:
            raise BadInput(f"a lag of {1e3 * one.cued_s:g} ms was cued, which was not registered")
        groups.setdefault((one.block, apart.index(min(apart))), []).append(index)
    lags = [mean_of([observations[i].lag.at_level(question.level) for i in inside]) for inside in groups.values()]
    sd = np.array([lag.half_width for lag in lags]) / normal_factor(question.level)

    def means(values: Sequence[float]) -> FloatArray:
        scaled = _scaled(question, values)
        return np.array([np.mean(scaled[inside]) for inside in groups.values()], dtype=np.float64)

    held = None if control is None else means([one.value for one in control])
    sign = 1.0 if question.better == "higher" else -1.0
    cells = DoseCells(
        block=np.array([block for block, _ in groups], dtype=np.float64),
        dose=np.array([dose for _, dose in groups], dtype=np.float64),
        lag=np.array([lag.value for lag in lags]),
        lag_variance=sd**2,
        outcome=sign * means([one.outcome.value for one in observations]),
    )
    return cells, held


def _scaled(question: DoseQuestion, values: Sequence[float]) -> FloatArray:
    found = np.array(values, dtype=np.float64)
    if not question.relative:
        return found
    if found.size and not found.min() > 0.0:
        raise BadInput(f"an outcome of {found.min():g} has no share; ask in its own unit")
    return np.asarray(np.log(found), dtype=np.float64)


def _told(question: DoseQuestion, gain: FloatArray) -> FloatArray:
    """Gains as the question asks for them: those of logarithms as shares of the comparator."""
    if not question.relative:
        return gain
    return np.expm1(gain) if question.better == "higher" else -np.expm1(-gain)


def _told_estimate(question: DoseQuestion, gain: Estimate) -> Estimate:
    value, low, high = (float(x) for x in _told(question, np.array([gain.value, gain.low, gain.high])))
    return Estimate(value, low, high, gain.level, question.unit)


def _not_measurable(question: DoseQuestion, observations: Sequence[DoseObservation], means: DoseMeans) -> str:
    """Why the lags cannot answer; "" where they can."""
    low, high = question.band_s
    width = high - low
    error = float(np.median([2.0 * one.lag.at_level(question.level).half_width for one in observations]))
    error = max(error, 2.0 * question.lag_offset_s)
    if error >= width:
        return f"a lag is known to {_ms(0.5 * error)} ms either way, as wide as the band of {_ms(width)} ms"
    if means.strength < LEAST_STRENGTH:
        return "the lags that were achieved do not follow the cue closely enough"
    least, most = float(means.lag.min()), float(means.lag.max())
    if least > low - 0.5 * width or most < high + 0.5 * width:
        return (
            f"the lags that were achieved run from {_ms(least)} to {_ms(most)} ms on average; they must reach"
            f" {_ms(0.5 * width)} ms beyond the band on both sides"
        )
    return ""


def _nearest(means: DoseMeans, lag_s: float, weights: FloatArray) -> FloatArray:
    """The dose whose mean lag is nearest, less the comparator, as weights."""
    chosen = np.zeros(means.lag.size)
    chosen[int(np.argmin(np.abs(means.lag - lag_s)))] = 1.0
    return chosen - weights


def _found(question: DoseQuestion, means: DoseMeans, drawn: CurveDraws, weights: FloatArray, n: int) -> _Found:
    level = question.level
    best, inside = drawn.optimum(level)
    parabola = means.parabola.optimum(level)

    def as_cued(lag_s: float) -> Estimate:
        return _told_estimate(question, means.contrast(_nearest(means, lag_s, weights), level))

    def told(gain: FloatArray) -> Estimate:
        return central(_told(question, gain), level, question.unit)

    offset = question.lag_offset_s
    chosen = int(np.argmin(np.abs(means.lag - best.value)))
    one = np.eye(means.lag.size)
    middle = int(np.argmin(np.abs(means.lag - 0.5 * sum(question.band_s))))
    beside = (chosen - 1, chosen + 1) if 0 < chosen < means.lag.size - 1 else ()

    return _Found(
        n=n,
        p=means.p,
        p_control=None,
        moved="no outcome was measured that the lag should leave alone (a negative control)",
        best=best.widened(question.lag_offset_s),
        ends=inside and parabola is not None,
        tried=(float(means.lag[0]), float(means.lag[-1])),
        parabola=parabola,
        gain=told(drawn.most_gain(weights)),
        in_band=told(drawn.most_gain(weights, (question.band_s[0] - offset, question.band_s[1] + offset))),
        cued=as_cued(best.value),
        cued_in_band=as_cued(0.5 * sum(question.band_s)),
        sides=tuple(means.contrast(one[chosen] - one[i], level) for i in beside),
        over_band=means.contrast(one[chosen] - one[middle], level),
    )


def _with_control(
    found: _Found,
    question: DoseQuestion,
    cells: DoseCells,
    means: DoseMeans,
    held: FloatArray,
    weights: FloatArray,
    rng: np.random.Generator,
    permutations: int,
) -> _Found:
    """With what the control shows: it must not differ between doses, and its change, either way, must surely be less
    than that of the outcome, both as shares.
    """
    control = dose_means(replace(cells, outcome=held), rng, permutations)
    apart = _nearest(means, found.best.value, weights)
    sizes = [1.0, 1.0] if question.relative else [abs(float(np.mean(v))) for v in (cells.outcome, held)]
    change, other = means.contrast(apart, question.level), control.contrast(apart, question.level)
    moved = ""
    if control.p <= question.alpha:
        moved = f"the control moves too (p = {control.p:.2g})"
    elif min(sizes) > 0.0:
        change, other = change.scaled(1.0 / sizes[0]), other.scaled(1.0 / sizes[1])
        if min(change.minus(other).low, change.plus(other).low) <= 0.0:
            moved = "the control is too uncertain to tell that it does not move as much"
    return replace(found, p_control=control.p, moved=moved)


def _answer(question: DoseQuestion, found: _Found) -> tuple[Answer, str]:
    low, high = question.band_s
    best, effect = found.best, question.effect_of_interest
    band = f"{_ms(low)} to {_ms(high)} ms"
    between = _between(best, found.tried)
    differ = found.p <= question.alpha
    outside = best.low > high or best.high < low
    if differ and outside and found.over_band.low > 0.0:
        return "contradicts", f"the best lag lies at {between}, outside {band}"
    if found.in_band.high < effect and found.cued_in_band.high < effect:
        return "contradicts", f"no lag of {band} gains as much as would matter"
    if not differ:
        return "inconclusive", f"the doses differ no more than chance may do (p = {found.p:.2g})"
    if outside:
        reason = (
            f"the best lag seems to lie at {between}, but as cued the dose there is not surely better than in the band"
        )
        return "inconclusive", reason
    if not found.ends:
        return "inconclusive", "the response does not surely fall on both sides of a best lag, so none is told"
    if not (low <= best.low and best.high <= high):
        return "inconclusive", f"the best lag lies at {between}, not surely inside {band} or outside"
    if not (found.gain.low > effect and found.cued.low > effect):
        return "inconclusive", "the best lag may gain less than would matter"
    if not found.sides or min(side.low for side in found.sides) <= 0.0:
        return "inconclusive", "as cued, the dose nearest the best lag is not surely better than those beside it"
    if found.moved:
        return "inconclusive", found.moved
    return "supports", f"the best lag lies at {between}, inside {band}, and gains more than would matter"


def _between(best: Estimate, tried: tuple[float, float]) -> str:
    if best.high >= tried[1]:
        return f"{_ms(best.low)} ms or above"
    if best.low <= tried[0]:
        return f"{_ms(best.high)} ms or below"
    return f"{_ms(best.low)} to {_ms(best.high)} ms"


def _more(question: DoseQuestion, found: _Found) -> int | None:
    """Blocks after which the numbers, were they the true ones, would decide in four trials of five; None above
    `MOST_BLOCKS`, or where only the control stands in the way.
    """
    (low, high), best, effect = question.band_s, found.best, question.effect_of_interest
    below, above = best.value - best.low, best.high - best.value
    if low < best.value < high:
        sides = max((_times(one.value - one.low, one.value) for one in found.sides), default=math.inf)
        worth = max(_times(one.value - one.low, one.value - effect) for one in (found.gain, found.cued))
        placed = max(_times(below, best.value - low), _times(above, high - best.value), worth, sides)
    else:
        beyond = _times(below, best.value - high) if best.value >= high else _times(above, low - best.value)
        placed = max(beyond, _times(found.over_band.value - found.over_band.low, found.over_band.value))
    without = max(_times(one.high - one.value, effect - one.value) for one in (found.in_band, found.cued_in_band))
    times = min(placed, without)
    if not times > 1.0 or times**2 * _POWER * found.n > MOST_BLOCKS:
        return None
    return math.ceil(times**2 * _POWER * found.n) - found.n


def _times(half_width: float, room: float) -> float:
    """By how many times an interval is too wide."""
    return half_width / room if room > 0.0 else math.inf


def _by_cue(question: DoseQuestion, means: DoseMeans) -> DoseMeans:
    """The same outcomes over the lags as cued."""
    return replace(
        means, lag=np.array(question.doses_s), spread=np.zeros(means.lag.size), variance=means.variance_as_cued
    )


def _curve(question: DoseQuestion, drawn: CurveDraws, means: DoseMeans, weights: FloatArray) -> DoseCurve:
    gains = _told(question, drawn.gains(weights))
    tail = 0.5 * (1.0 - question.level)
    low, middle, high = np.quantile(gains, (tail, 0.5, 1.0 - tail), axis=0)
    as_cued = tuple(
        _told_estimate(question, means.contrast(row - weights, question.level)) for row in np.eye(means.lag.size)
    )
    return DoseCurve(drawn.aims, middle, low, high, question.doses_s, means.lag, as_cued)


def _ms(seconds: float) -> str:
    return f"{1e3 * seconds:.0f}"
