"""Trunk before limb: how long before a movement the trunk is braced, and whether the shoulders stay out of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from legato.errors import BadInput
from legato.estimate import Estimate
from legato.muscles.bursts import Burst
from legato.muscles.lags import main_burst
from legato.muscles.over_reps import mean_over_reps
from legato.signals.factors import normal_factor
from legato.signals.sets import set_refusal

Answer: TypeAlias = Literal["yes", "no", "not-resolvable"]

BEFORE_S = 1.5
"""How long before a movement its brace may begin: the longest lead asked for is 1 s. [ENG]"""
LEAST_BRACE = 10.0
"""Envelope of the trunk, % of MVIC, from which it counts as braced. [ENG]"""
MOST_SHRUG = 5.0
"""Rise of the upper trapezius over its rest, % of MVIC, up to which the shoulders count as relaxed. [ENG]"""


@dataclass(frozen=True, slots=True)
class BraceLead:
    """How long before the movement (or the limb's muscle) the trunk's muscle starts, s; negative where it is late.

    `per_rep` has one entry a repetition, None where it was refused; `refused` says which and why. `mean` is that of
    repetitions like these, over the `n` that were timed; None, and `reason` says why, where none was or over a third of
    them was refused. Its interval holds what all repetitions
    share: the trunk's edge, the movement's and the clocks'.
    """

    per_rep: tuple[Estimate | None, ...]
    mean: Estimate | None
    n: int
    refused: tuple[tuple[int, str], ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BraceWithoutShrug:
    """Whether the trunk is braced and the shoulders are relaxed; `rise` is that of the upper trapezius over its rest,
    % of MVIC. `reason` says what is missing or not told.
    """

    answer: Answer
    braced: Answer
    relaxed: Answer
    trunk: Estimate | None
    rise: Estimate | None
    reason: str = ""


def brace_lead(
    trunk: Sequence[Burst],
    movements: Sequence[Estimate | None],
    reps: Sequence[tuple[float, float]],
    *,
    movements_fixed: float = 0.0,
    clock_sd_s: float = 0.0,
) -> BraceLead:
    """How long before each movement the trunk's muscle starts.

    Parameters
    ----------
    trunk
        Bursts of a trunk muscle in the order of time.
    movements
        Onset of the movement, or of the limb's muscle, in each repetition, s on the bursts' clock; None where unknown.
    reps
        Start and end of each repetition, s. A brace belongs to one where it comes after the end of the one before, up
        to 1.5 s before the movement.
    movements_fixed
        That part of the half-widths of `movements` which all repetitions share, s.
    clock_sd_s
        SD of the offset between the bursts' clock and that of the movements, s.

    Raises
    ------
    BadInput
        The numbers of movements and repetitions differ.
    """
    if len(movements) != len(reps):
        raise BadInput(f"{len(movements)} onsets for {len(reps)} repetitions; give one for each, None where unknown")
    per_rep: list[Estimate | None] = []
    refused: list[tuple[int, str]] = []
    shared: list[float] = []
    of_clock = 0.0
    for k, (movement, (start, end)) in enumerate(zip(movements, reps, strict=True)):
        if movement is None:
            per_rep.append(None)
            refused.append((k, "the onset of the movement is not known"))
            continue
        before = movement.value - BEFORE_S if k == 0 else max(movement.value - BEFORE_S, min(reps[k - 1][1], start))
        burst, why = main_burst(trunk, before, end, "onset")
        if burst is None or burst.onset is None:
            per_rep.append(None)
            refused.append((k, f"trunk: {why}"))
            continue
        z = normal_factor(burst.onset.level)
        of_clock = z * clock_sd_s
        per_rep.append(movement.minus(burst.onset).widened(of_clock))
        shared.append(z * burst.shared_sd_s("onset"))
    fixed = float(np.hypot(np.hypot(np.mean(shared), movements_fixed), of_clock)) if shared else 0.0
    set_why = set_refusal([reason for _, reason in refused], len(reps))
    mean = None if set_why else mean_over_reps(per_rep, fixed=fixed)
    return BraceLead(tuple(per_rep), mean, len(reps) - len(refused), tuple(refused), set_why)


def brace_without_shrug(
    trunk: Estimate | None,
    trapezius: Estimate | None,
    trapezius_rest: Estimate | None,
    *,
    trunk_reference: Estimate | None = None,
    trapezius_reference: Estimate | None = None,
    no_rest: str = "",
) -> BraceWithoutShrug:
    """Whether a brace is held without lifting the shoulders.

    Parameters
    ----------
    trunk, trapezius
        Amplitude of a trunk muscle and of the upper trapezius while the brace is held, % of MVIC; None where there is
        no such channel or no maximal contraction to compare with.
    trapezius_rest
        The same of the upper trapezius at rest.
    trunk_reference, trapezius_reference
        The maximal contractions that they are a share of, in any unit, where their error is not in the shares yet.
    no_rest
        Why there is no amplitude at rest, where there is a maximal contraction.

    Returns
    -------
    `yes` or `no` only where whole intervals say so.
    """
    units = {estimate.unit for estimate in (trunk, trapezius, trapezius_rest) if estimate is not None}
    if units - {"%"}:
        raise BadInput(f"amplitudes in {', '.join(sorted(units))}; give them in % of MVIC")
    rise = None if trapezius is None or trapezius_rest is None else trapezius.minus(trapezius_rest)
    # Activity and rest are shares of one maximum, so its error is in their difference once.
    rise = _with_reference(rise, trapezius_reference)
    trunk = _with_reference(trunk, trunk_reference)
    braced: Answer = "not-resolvable"
    if trunk is not None:
        braced = "yes" if trunk.low >= LEAST_BRACE else "no" if trunk.high < LEAST_BRACE else "not-resolvable"
    relaxed: Answer = "not-resolvable"
    if rise is not None:
        relaxed = "yes" if rise.high <= MOST_SHRUG else "no" if rise.low > MOST_SHRUG else "not-resolvable"
    answer: Answer = "not-resolvable"
    if "no" in (braced, relaxed):
        answer = "no"
    elif braced == relaxed == "yes":
        answer = "yes"
    why: list[str] = []
    if trunk is None:
        why.append("record a trunk muscle and its maximal contraction (MVIC)")
    elif braced == "not-resolvable":
        why.append(f"trunk at {trunk.low:.0f} to {trunk.high:.0f} % of MVIC, {LEAST_BRACE:g} asked")
    if rise is None:
        why.append(no_rest or "record the upper trapezius, at rest too, and its maximal contraction (MVIC)")
    elif relaxed == "not-resolvable":
        why.append(f"upper trapezius {rise.low:.1f} to {rise.high:.1f} % of MVIC over rest, {MOST_SHRUG:g} allowed")
    return BraceWithoutShrug(answer, braced, relaxed, trunk, rise, "; ".join(why))


def _with_reference(share: Estimate | None, reference: Estimate | None) -> Estimate | None:
    """A share of a reference with the reference's own error added in quadrature."""
    if share is None or reference is None or not reference.low > 0.0:
        return share
    ends = sorted(share.value * reference.value / end for end in (reference.low, reference.high))
    low, high = (
        math.hypot(share.value - share.low, share.value - ends[0]),
        math.hypot(share.high - share.value, ends[1] - share.value),
    )
    return Estimate(share.value, share.value - low, share.value + high, share.level, share.unit)
