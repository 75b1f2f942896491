"""Whether the feet pressed as asked: time inside a band of force and how even the force was."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from legato.errors import BadInput
from legato.estimate import LEVEL, Estimate
from legato.forces._curves import as_curve, refuse_limit, without_gaps
from legato.forces._memory import memories, share_of_time
from legato.recording import FloatArray
from legato.signals.factors import normal_factor

EVEN_VARIATION = 0.10
"""Largest coefficient of variation of a steady foot force. [ENG]"""

_SHORTEST_S = 1.0
"""Shorter stretches are refused, s. [ENG]"""

_SHIFTS = 9
"""Errors of the zero at which the share of time inside is looked at. [ENG]"""

Verdict: TypeAlias = Literal["ok", "fault", "not-resolvable"]


@dataclass(frozen=True, slots=True)
class FootBand:
    """Force of the feet against a band the user set: mean, N, share of time inside, and SD over mean.

    `mean_share` is the mean in body weights, None without a weight. `steady` judges the variation against 10 %: `ok`
    where the whole interval lies below, `fault` where it lies above.
    """

    mean_n: Estimate
    mean_share: Estimate | None
    inside: Estimate
    variation: Estimate
    steady: Verdict
    reason: str


def read_foot_band(
    force_n: Any,
    rate_hz: float,
    low_n: float,
    high_n: float,
    *,
    weight_n: float | None = None,
    zero_sd_n: float = 0.0,
    level: float = LEVEL,
) -> FootBand:
    """Time in band and evenness of a foot force over one repetition or hold.

    Parameters
    ----------
    force_n
        Force of one foot or of both summed, N, shape (n,), cut to the repetition or hold.
    rate_hz
        Sampling rate, Hz.
    low_n, high_n
        The band, N. It is the user's choice: no source gives one.
    weight_n
        Body weight, N, for `mean_share`.
    zero_sd_n
        SD of what the zero of the plates may be wrong by, N; it reaches every interval.
    level
        Share of central probability of the intervals: of the person's steady habit, not of these seconds only.

    Raises
    ------
    BadInput
        No rate, no samples, more than one column, or an empty band.
    NotResolvable
        Shorter than 1 s, samples missing, or clipped.
    """
    if not 0.0 <= low_n < high_n:
        raise BadInput(f"a band from {low_n:g} to {high_n:g} N was asked for; give its lower and upper end in N")
    if weight_n is not None and not weight_n > 0.0:
        raise BadInput(f"a body weight of {weight_n:g} N was given; give it in N, above 0")
    force = without_gaps(as_curve(force_n, rate_hz, _SHORTEST_S), rate_hz)
    refuse_limit(force, rate_hz)
    z = normal_factor(level)
    n = force.size
    mean, sd = float(force.mean()), float(force.std())
    by_mean, by_variance = memories(force)
    mean_half = z * float(np.hypot(sd * np.sqrt(by_mean / n), zero_sd_n))
    inside = ((force >= low_n) & (force <= high_n)).astype(np.float64)
    if mean <= 0.0:
        raise BadInput(f"the mean foot force is {mean:.1f} N; give the force of the feet, pressing positive")
    relative = float(np.hypot(z * np.sqrt(0.5 * by_variance / n), mean_half / mean))
    variation = Estimate(sd / mean, sd / mean * float(np.exp(-relative)), sd / mean * float(np.exp(relative)), level)
    average = Estimate.symmetric(mean, mean_half, "N", level)
    steady, reason = _judge(variation)
    return FootBand(
        mean_n=average,
        mean_share=None if weight_n is None else average.scaled(1.0 / weight_n, ""),
        inside=_shifted(
            share_of_time(inside, max(memories(inside)[0], by_mean), level), force, low_n, high_n, z * zero_sd_n
        ),
        variation=variation,
        steady=steady,
        reason=reason,
    )


def _shifted(share: Estimate, force: FloatArray, low_n: float, high_n: float, half_n: float) -> Estimate:
    """The share of time inside, widened by what it would be with the force up to `half_n` higher or lower."""
    shifts = np.linspace(-half_n, half_n, _SHIFTS)
    shares = [float(((force + by >= low_n) & (force + by <= high_n)).mean()) for by in shifts]
    below = float(np.hypot(share.value - share.low, share.value - min(shares)))
    above = float(np.hypot(share.high - share.value, max(shares) - share.value))
    return Estimate(share.value, max(0.0, share.value - below), min(1.0, share.value + above), share.level)


def _judge(variation: Estimate) -> tuple[Verdict, str]:
    found = f"variation {100 * variation.value:.1f} % ({100 * variation.low:.1f} to {100 * variation.high:.1f} %)"
    if variation.high <= EVEN_VARIATION:
        return "ok", f"{found} lies within {100 * EVEN_VARIATION:.0f} %"
    if variation.low > EVEN_VARIATION:
        return "fault", f"{found} lies above {100 * EVEN_VARIATION:.0f} %"
    return "not-resolvable", f"{found} spans {100 * EVEN_VARIATION:.0f} %; hold for longer"
