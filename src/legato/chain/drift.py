"""What changes over a set: each gap against the count of reps, their slowing and their load."""

from collections.abc import Mapping, Sequence

import numpy as np

from legato.chain.coordination_model import Drifts, GapDrift
from legato.chain.model import GapResult
from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.movements.model import Movement, Rep
from legato.recording import FloatArray
from legato.signals.factors import normal_factor, student_factor

_FEWEST = 4
"""Reps from which a slope has an interval worth stating: two degrees of freedom are left. [ENG]"""

_LEAST_SPREAD_SHARE = 1e-9

_AS_ONE = 0.95
"""Correlation of load and count from which a change with one is as good a change with the other. [ENG] There the
interval of the slope on load beside the count is over three times as wide as that on load alone."""


def slope_of(
    against: FloatArray, values: FloatArray, level: float = LEVEL, unit: str = "", own_sds: FloatArray | None = None
) -> Estimate:
    """Slope of a straight line through values that scatter normally about it, with Student's interval.

    Parameters
    ----------
    against, values
        Shape (n,).
    level
        Of the interval.
    unit
        Of a value over one of `against`.
    own_sds
        SDs of the values' own errors where those are known, shape (n,). A few values may lie on a line by luck: the
        interval is never narrower than these errors alone make it.

    Raises
    ------
    NotResolvable
        Fewer than four values, or all at one place.
    """
    n = values.size
    if n < _FEWEST:
        raise NotResolvable(f"{n} of at least {_FEWEST} reps are timed")
    centred = against - against.mean()
    square = float(centred @ centred)
    if square <= _LEAST_SPREAD_SHARE * float(against @ against):
        raise NotResolvable("all reps are alike in it")
    slope = float(centred @ values) / square
    left = values - values.mean() - slope * centred
    half = student_factor(level, n - 2) * float(np.sqrt(left @ left / (n - 2) / square))
    if own_sds is not None:
        half = max(half, normal_factor(level) * float(np.linalg.norm(centred * own_sds)) / square)
    return Estimate.symmetric(slope, half, unit, level)


def slope_beside(
    against: FloatArray, count: FloatArray, values: FloatArray, level: float = LEVEL, unit: str = ""
) -> Estimate:
    """Slope of values on one number beside another that may drive them too (a load, beside the count of repetitions),
    with Student's interval.

    Parameters
    ----------
    against, count, values
        Shape (n,).
    level
        Of the interval.
    unit
        Of a value over one of `against`.

    Raises
    ------
    NotResolvable
        Fewer than five values, all at one place, or both numbers go as one.
    """
    n = values.size
    if n < _FEWEST + 1:
        raise NotResolvable(f"{n} of at least {_FEWEST + 1} reps are known")
    if float(np.ptp(against)) == 0.0:
        raise NotResolvable("all reps are alike in it")
    _refuse_counting(against, count)
    columns = np.column_stack([against - against.mean(), count - count.mean(), np.ones(n)])
    found, *_ = np.linalg.lstsq(columns, values, rcond=None)
    left = values - columns @ found
    spread = float(left @ left) / (n - 3)
    own = float(np.linalg.inv(columns.T @ columns)[0, 0])
    return Estimate.symmetric(float(found[0]), student_factor(level, n - 3) * float(np.sqrt(spread * own)), unit, level)


def gap_drifts(
    gaps: Sequence[GapResult],
    reps: Sequence[Rep],
    movement: Movement,
    level: float = LEVEL,
    loads_kg: Sequence[float] | None = None,
) -> tuple[GapDrift, ...]:
    """How each gap changes over the set.

    Parameters
    ----------
    gaps
        As the chain found them.
    reps
        All reps of the set.
    movement
        Its phases say which part of a rep is work and not pause.
    level
        Of the intervals.
    loads_kg
        The load of each rep, where known.

    Returns
    -------
    For each gap the slope against the rep's count, against its slowing (time of its phases, pauses apart, over that of
    the fastest rep, %: the sign of fatigue that movement itself shows) and against its load, unless that rises or falls
    with the count. The spread about the line makes the interval, or each rep's own noise where that is more; soft
    tissue that is alike in every rep does not enter.
    """
    covariates = _covariates(reps, movement, loads_kg)
    found: list[GapDrift] = []
    for gap in gaps:
        timed = {r.rep: (r.gap_s.value, r.own_sd_s) for r in gap.per_rep if r.gap_s is not None}
        for name, (unit, places) in covariates.items():
            both = [rep for rep in timed if rep in places]
            against = np.array([places[rep] for rep in both], dtype=np.float64)
            try:
                values, own_sds = np.array([timed[rep] for rep in both], dtype=np.float64).reshape(-1, 2).T
                slope = slope_of(against, values, level, unit, own_sds)
                if name == "load":
                    _refuse_counting(against, np.array(both, dtype=np.float64))
            except NotResolvable as error:
                found.append(_drift(gap, name, None, len(both), "not-resolvable", str(error)))
                continue
            verdict: Drifts = "later" if slope.low > 0.0 else "earlier" if slope.high < 0.0 else "not-resolvable"
            reason = "the interval holds no change as well as a drift" if verdict == "not-resolvable" else ""
            found.append(_drift(gap, name, slope, len(both), verdict, reason))
    return tuple(found)


def _refuse_counting(loads_kg: FloatArray, count: FloatArray) -> None:
    """Refuse loads that rise or fall with the count of the reps."""
    r = float(np.corrcoef(loads_kg, count)[0, 1])
    if abs(r) > _AS_ONE:
        way = "rose" if r > 0.0 else "fell"
        raise NotResolvable(f"the load {way} with each repetition; which of the two it is cannot be told")


def _drift(gap: GapResult, against: str, slope: Estimate | None, n: int, verdict: Drifts, reason: str) -> GapDrift:
    return GapDrift(gap.from_link, gap.to_link, gap.event, against, slope, n, verdict, reason)


def _covariates(
    reps: Sequence[Rep], movement: Movement, loads_kg: Sequence[float] | None
) -> dict[str, tuple[str, Mapping[int, float]]]:
    whole = [rep for rep in reps if rep.complete]
    found: dict[str, tuple[str, Mapping[int, float]]] = {
        "rep": ("s/rep", {rep.index: float(rep.index) for rep in whole})
    }
    pauses = {phase.name for phase in movement.phases if phase.optional}
    spent = {
        rep.index: sum(p.end_s - p.start_s for p in rep.phases if p.name not in pauses) for rep in whole if rep.phases
    }
    fastest = min((t for t in spent.values() if t > 0.0), default=0.0)
    if fastest > 0.0:
        found["slowing"] = ("s/%", {rep: 100.0 * (t / fastest - 1.0) for rep, t in spent.items()})
    if loads_kg is not None:
        found["load"] = ("s/kg", {rep.index: loads_kg[i] for i, rep in enumerate(reps) if rep.complete})
    return found
