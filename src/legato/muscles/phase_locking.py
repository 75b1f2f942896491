"""Whether two rhythms keep step over the repetitions of a set: phase-locking value against what chance would give."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.recording import FloatArray
from legato.signals.circular import mean_direction, resultant_length, wrapped
from legato.signals.factors import normal_factor

LEAST_REPS = 3
LEAST_CHEST = 10.0
"""Peak of the chest's envelope, % of MVIC, from which its phase is scored. [ENG]"""
_MOST_MISSING = 0.1
"""Share of a repetition that may be missing before its phase is unknown. [ENG]"""
_FLAT = 1e-9
CHANCE_PERCENTILE = 95.0

_SHIFTS = 20_000
_DRAWS = 3000
_SEED = 1906


@dataclass(frozen=True, slots=True)
class PhaseLocking:
    """How firmly two signals keep step over n repetitions.

    `observed` is the length of the mean of the unit vectors of the phase differences, `chance` its 95th percentile
    where the second signal is shifted round by another amount in each repetition, `p` the share of such shifts that
    reach what was observed. `plv` is the phase-locking value of repetitions like these: few repetitions
    look locked, and that is taken off. `mean_phase` is the phase of the second minus that of the first, rad, positive
    where it comes later; None where it cannot be told. All are None with a `reason` where nothing can be told.
    """

    plv: Estimate | None
    observed: float | None
    chance: float | None
    p: float | None
    mean_phase: Estimate | None
    n: int
    reason: str = ""

    @property
    def beyond_chance(self) -> bool:
        """Whether the signals keep step more than shifted ones do."""
        return self.observed is not None and self.chance is not None and self.observed > self.chance


def rep_phases(
    x: FloatArray, rate_hz: float, reps: Sequence[tuple[float, float]], *, start_s: float = 0.0
) -> FloatArray:
    """Where in each repetition a signal is at its height: the phase of its first harmonic over the repetition.

    Parameters
    ----------
    x
        An envelope, or any slow signal (momentum of the centre of mass), shape (n,), any unit. NaN marks missing
        samples.
    rate_hz
        Sampling rate, Hz. Two signals of different rates can be compared.
    reps
        Start and end of each repetition, s on the recording's clock.
    start_s
        Time of the first sample on that clock.

    Returns
    -------
    rad in [0, 2π), shape (reps,): 0 at a repetition's start, π in its middle. NaN where more than a tenth of the
    repetition is missing or the signal is flat.

    Raises
    ------
    BadInput
        The signal is not one-dimensional, the rate not positive, or a repetition ends before it starts.
    """
    if x.ndim != 1 or not rate_hz > 0.0:
        raise BadInput(
            f"the signal has the shape {x.shape} at {rate_hz:g} Hz; give one signal, shape (n,), and its rate"
        )
    phases = np.full(len(reps), np.nan)
    for k, (start, end) in enumerate(reps):
        if not end > start:
            raise BadInput(f"a repetition ends at {end:g} s and starts at {start:g} s; give start and end, in s")
        first, last = round((start - start_s) * rate_hz), round((end - start_s) * rate_hz)
        part = x[max(0, first) : max(0, last)]
        seen = np.isfinite(part)
        if seen.sum() < max(4.0, (1.0 - _MOST_MISSING) * (last - first)):
            continue
        turn = 2.0 * np.pi * ((np.arange(part.size) + max(0, first)) / rate_hz + start_s - start) / (end - start)
        values = part[seen]
        harmonic = complex((values - values.mean()) @ np.exp(1j * turn[seen]))
        if abs(harmonic) > _FLAT * float(np.abs(values).sum()):
            phases[k] = np.mod(np.angle(harmonic), 2.0 * np.pi)
    return phases


def phase_locking(first: FloatArray, second: FloatArray, *, level: float = LEVEL) -> PhaseLocking:
    """Phase-locking value of two signals over the repetitions of a set.

    Parameters
    ----------
    first, second
        Phase of each signal in each repetition, rad, shape (reps,), as `rep_phases` gives them; NaN is left out.
    level
        Of the intervals.

    Returns
    -------
    The value with its interval, and what chance gives. Both being tied to the movement counts as keeping step.
    Repetitions count as independent: a rhythm of its own whose period is close to a repetition's (0.05 Hz wide at 0.5
    Hz) drifts slowly past it and looks locked in half of the sets of 10. [SIM]

    Raises
    ------
    BadInput
        The two have different shapes.

    Notes
    -----
    The interval holds the values from which n repetitions, scattered as wrapped normal, would show what was observed;
    resampling repetitions instead holds the truth in 33 to 90 % of sets of 3 to 20. [SIM] Shifting a signal round
    within its repetition turns its phase by exactly that shift, so the null is that of even directions.

    References
    ----------
    Lachaux et al. 1999, Hum Brain Mapp 8:194 (phase-locking value over trials).
    """
    if first.shape != second.shape or first.ndim != 1:
        raise BadInput(f"phases of shapes {first.shape} and {second.shape}; give one a repetition for both")
    difference = np.asarray(second - first, dtype=np.float64)
    difference = difference[np.isfinite(difference)]
    n = difference.size
    if n < LEAST_REPS:
        return PhaseLocking(
            None, None, None, None, None, n, f"{n} of at least {LEAST_REPS} repetitions have both phases"
        )
    observed = float(resultant_length(difference))
    null = _by_chance(n)
    p = float((1 + np.count_nonzero(null >= observed)) / (1 + null.size))
    chance = float(np.percentile(null, CHANCE_PERCENTILE))
    reason = ""
    mean: Estimate | None = None
    try:
        mean = _turned(mean_direction(difference, level))
    except NotResolvable as why:
        reason = f"no mean phase: {why}"
    return PhaseLocking(_locking(observed, n, level), observed, chance, p, mean, n, reason)


def chest_with_momentum(
    chest: FloatArray, momentum: FloatArray, peak: Estimate | None, *, level: float = LEVEL
) -> PhaseLocking:
    """Phase of the chest's envelope against the momentum of the centre of mass, where the chest is active at all.

    Parameters
    ----------
    chest, momentum
        Phase of each in each repetition, as in `phase_locking`; a positive mean phase has the momentum later.
    peak
        Largest amplitude of the chest in the set, % of MVIC; None without such a reference.
    """
    n = int(np.isfinite(chest + momentum).sum())

    def unscored(why: str) -> PhaseLocking:
        return PhaseLocking(None, None, None, None, None, n, why)

    if peak is None or peak.unit != "%":
        return unscored(
            f"whether the chest is active ({LEAST_CHEST:g} % of MVIC) is not known: record a maximal contraction of the"
            " chest and give it as MVIC"
        )
    if peak.high < LEAST_CHEST:
        return unscored(f"chest not active: not applicable (at most {peak.value:.0f} % of MVIC, {LEAST_CHEST:g} asked)")
    if peak.low < LEAST_CHEST:
        return unscored(
            f"not resolvable whether the chest is active: {peak.low:.0f} to {peak.high:.0f} % of MVIC,"
            f" {LEAST_CHEST:g} asked"
        )
    return phase_locking(chest, momentum, level=level)


def clock_widened(found: PhaseLocking, lengths_s: Sequence[float], clock_sd_s: float) -> PhaseLocking:
    """The same where the two signals' clocks may be apart by an unknown time, which turns every phase alike.

    Parameters
    ----------
    found
        Without that error.
    lengths_s
        Of the repetitions, s.
    clock_sd_s
        SD of the offset between the clocks, s.
    """
    mean = found.mean_phase
    if mean is None or not clock_sd_s > 0.0:
        return found
    turn = 2.0 * np.pi * normal_factor(mean.level) * clock_sd_s * float(np.mean([1.0 / s for s in lengths_s]))
    wide = mean.widened(turn)
    if wide.half_width < np.pi:
        return replace(found, mean_phase=wide)
    why = f"no mean phase: the clocks are known to ±{normal_factor(mean.level) * clock_sd_s:.2g} s"
    return replace(found, mean_phase=None, reason=why)


def _turned(mean: Estimate) -> Estimate:
    """The same direction with its value in (−π, π]."""
    return mean.shifted(float(wrapped(mean.value)) - mean.value)


@lru_cache(maxsize=64)
def _by_chance(n: int) -> FloatArray:
    """Lengths of the mean of n even directions."""
    turns = np.random.default_rng(_SEED).uniform(-np.pi, np.pi, (_SHIFTS, n))
    return resultant_length(turns, axis=1)


def _locking(observed: float, n: int, level: float) -> Estimate:
    """The locking behind an observed length: the values at which it lies at the tails and in the middle."""
    values, table = _lengths(n, level)
    low, middle, high = (
        0.0 if observed < column[0] else float(np.interp(observed, column, values)) for column in table
    )
    return Estimate(middle, min(low, middle), max(high, middle), level, "")


@lru_cache(maxsize=64)
def _lengths(n: int, level: float) -> tuple[FloatArray, tuple[FloatArray, ...]]:
    """Locking values, and the upper tail, median and lower tail of the length that n repetitions show at each."""
    values = np.concatenate((np.linspace(0.0, 0.9, 19), 1.0 - np.geomspace(0.08, 1e-5, 24), [1.0]))
    normal = np.random.default_rng(_SEED).standard_normal((_DRAWS, n))
    tail = 0.5 * (1.0 - level)
    rows = [np.quantile(_by_chance(n), (1.0 - tail, 0.5, tail))]
    rows += [
        np.quantile(resultant_length(normal * np.sqrt(-2.0 * np.log(value)), axis=1), (1.0 - tail, 0.5, tail))
        for value in values[1:]
    ]
    table = np.maximum.accumulate(np.stack(rows), axis=0)
    return values, (table[:, 0], table[:, 1], table[:, 2])
