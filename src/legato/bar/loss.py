"""How velocity falls over a set, when a set loss is passed, and which change is more than error."""

import math
from collections.abc import Sequence

from legato.bar.choice import choice_bias
from legato.bar.model import BarRep, VelocityLoss
from legato.bar.reps import too_slow
from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.signals.factors import student_factor

_SDC = 1.96 * math.sqrt(2.0)
"""Smallest detectable change at 95 % over the standard error of one measurement (Weir 2005, J Strength Cond Res
19:231)."""


def velocity_loss(
    velocities: Sequence[float],
    sds: Sequence[float],
    *,
    reps: Sequence[int] | None = None,
    at_loss_pct: float | None = None,
    dof: float = 1e6,
    level: float = LEVEL,
) -> VelocityLoss:
    """Loss of velocity against the fastest repetition of the set.

    Parameters
    ----------
    velocities
        Mean velocity of each repetition in order, m/s.
    sds
        Their standard errors, m/s, without what all share: that leaves a ratio as it is.
    reps
        Number of each repetition in the set; else 0, 1, ….
    at_loss_pct
        The loss to stop at, %.
    dof
        Degrees of freedom from which the errors were learned: few make the intervals wider.
    level
        Share of central probability that every interval holds.

    Returns
    -------
    The loss of every repetition, the largest from any to a later one, and the first whose loss lies beyond
    `at_loss_pct`, with the probability that it does and between which repetitions that limit is passed: against the
    fastest of the set, or of those before where the fastest comes later.

    Raises
    ------
    BadInput
        The lists differ in length, or the loss is not between 0 and 100 %.
    NotResolvable
        Fewer than two repetitions, or one that does not move up.

    Notes
    -----
    Of measured velocities the fastest is too fast, as noise helped to choose it: of ten that are all alike it lies 1.5
    standard errors too high. That much, as the errors and the differences between the repetitions make it, is taken off
    before losses are counted (see `choice_bias`). Simulated: without it the interval of the last loss holds the truth
    in 74 to 93 % of sets of 3 to 10, with it in 85 to 95 %. Where the
    largest loss is that from the fastest to a later one, it is that repetition's own, whose interval reaches down to
    where it may be slowest by luck.
    """
    if len(velocities) != len(sds) or (reps is not None and len(reps) != len(velocities)):
        raise BadInput(f"{len(velocities)} velocities and {len(sds)} errors; give one error for each velocity")
    if at_loss_pct is not None and not 0.0 < at_loss_pct < 100.0:
        raise BadInput(f"a loss of {at_loss_pct:g} % was asked for; give one between 0 and 100")
    if len(velocities) < 2 or min(velocities) <= 0.0:
        raise NotResolvable("velocity loss needs two measured repetitions or more that go up")
    numbers = list(range(len(velocities))) if reps is None else list(reps)
    fastest = max(range(len(velocities)), key=lambda k: velocities[k])
    luck = choice_bias(velocities, sds)
    best, best_sd = velocities[fastest] - luck, sds[fastest]
    factor = student_factor(level, dof)
    second = max((k for k in range(len(velocities)) if k != fastest), key=lambda k: velocities[k])
    per_rep: list[tuple[int, Estimate]] = []
    passed: tuple[int, float] | None = None
    first_may = first_must = None
    first, later, largest = _largest(velocities, sds, factor, level)
    for k, (velocity, sd) in enumerate(zip(velocities, sds, strict=True)):
        loss, error = _lost((best, best_sd), (velocity, sd))
        if k == fastest:
            # The runner-up may be the truly fastest.
            loss = 100.0 * (velocities[second] / velocity - 1.0)
            error = 100.0 * math.hypot(sds[second], sd) / velocity
        # No repetition is faster than the fastest, whichever that was.
        ends = [_held(loss + side * factor * error) for side in (-1.0, 0.0, 1.0)]
        if (first, later) == (fastest, k):
            # Noise helped to choose it as the slowest, too, so it may have lost less.
            ends[0] = min(ends[0], largest.low)
            largest = Estimate(ends[1], ends[0], ends[2], level, "%")
        per_rep.append((numbers[k], Estimate(ends[1], ends[0], ends[2], level, "%")))
        if k < fastest:
            # Who lifts does not know yet that a faster one will come.
            loss, error = _lost(_fastest_of(velocities[: k + 1], sds[: k + 1]), (velocity, sd))
            ends = [_held(loss + side * factor * error) for side in (-1.0, 0.0, 1.0)]
        if at_loss_pct is None or velocity >= max(velocities[: k + 1]):
            continue
        if passed is None and loss > at_loss_pct:
            sure = 1.0 if error == 0.0 else _student_below((loss - at_loss_pct) / error, dof)
            passed = (numbers[k], sure)
        first_may = numbers[k] if first_may is None and ends[2] > at_loss_pct else first_may
        first_must = numbers[k] if first_must is None and ends[0] > at_loss_pct else first_must
    return VelocityLoss(
        per_rep=tuple(per_rep),
        last=per_rep[-1][1],
        largest=largest,
        largest_between=(numbers[first], numbers[later]),
        fastest=numbers[fastest],
        at_loss_pct=at_loss_pct,
        passed_at=None if passed is None else passed[0],
        probability=None if passed is None else passed[1],
        passed_between=(first_may, first_must),
        taken_off=luck,
    )


def _held(loss: float) -> float:
    """A loss, %, where one can be: a bar that goes up loses less than all of its velocity."""
    return min(max(0.0, loss), 100.0)


def _lost(fast: tuple[float, float], slow: tuple[float, float]) -> tuple[float, float]:
    """Loss from one velocity to another and its error, %, of velocities with theirs, m/s."""
    (a, sd_a), (b, sd_b) = fast, slow
    return 100.0 * (1.0 - b / a), 100.0 * math.hypot(sd_b, sd_a * b / a) / a


def _fastest_of(velocities: Sequence[float], sds: Sequence[float]) -> tuple[float, float]:
    """The highest of these velocities less what it is too high by luck, and its error, m/s."""
    k = max(range(len(velocities)), key=lambda i: velocities[i])
    return velocities[k] - choice_bias(velocities, sds), sds[k]


def _largest(
    velocities: Sequence[float], sds: Sequence[float], factor: float, level: float
) -> tuple[int, int, Estimate]:
    """The largest loss from one repetition to a later one, %, and their places; the slower is too slow by luck, too."""
    before = [max(range(k), key=lambda i: velocities[i]) for k in range(1, len(velocities))]
    first, later = min(
        zip(before, range(1, len(velocities)), strict=True), key=lambda pair: velocities[pair[1]] / velocities[pair[0]]
    )
    after = slice(first + 1, None)
    low = velocities[later] + choice_bias([-v for v in velocities[after]], sds[after])
    loss, error = _lost(_fastest_of(velocities[:later], sds[:later]), (low, sds[later]))
    value, least, most = (_held(loss + side * factor * error) for side in (0.0, -1.0, 1.0))
    return first, later, Estimate(value, least, most, level, "%")


def _student_below(t: float, dof: float) -> float:
    from scipy.special import stdtr

    return float(stdtr(max(1.0, dof), t))


def loss_of_reps(reps: Sequence[BarRep], at_loss_pct: float | None = None, level: float = LEVEL) -> VelocityLoss:
    """Loss of mean velocity over the repetitions that were measured.

    Raises
    ------
    NotResolvable
        Fewer than two, or they carry unlike loads, or one was too slow for the sensor.
    """
    if any(too_slow(rep) for rep in reps):
        raise NotResolvable(
            "a repetition was too slow for the sensor, so others may have been missed and the loss is not known"
        )
    measured = [rep for rep in reps if rep.mean_velocity is not None]
    if len({rep.load_kg for rep in measured}) > 1:
        raise NotResolvable("the repetitions carry unlike loads, so their velocities differ for that alone")
    return velocity_loss(
        [rep.mean_velocity.value for rep in measured if rep.mean_velocity is not None],
        [rep.own_sd for rep in measured],
        reps=[rep.rep for rep in measured],
        at_loss_pct=at_loss_pct,
        dof=min((rep.dof for rep in measured), default=1e6),
        level=level,
    )


def smallest_detectable_change(sd: float) -> float:
    """Smallest change between two measurements that is more than their error, at 95 %, in the unit of `sd`.

    Parameters
    ----------
    sd
        Standard error of one measurement: from repeats on one day or on several, whichever the change is to exceed.
    """
    if not (math.isfinite(sd) and sd >= 0.0):
        raise BadInput(f"a standard error of {sd} was given; give one of 0 or more")
    return _SDC * sd


def detectable_change_of_reps(reps: Sequence[BarRep]) -> float | None:
    """Smallest change of one repetition's mean velocity that is more than the sensor's own error, m/s; None without a
    repetition. How a lifter varies from one repetition or day to the next is not in it, so it is no detectable change
    of the lifter: that takes `smallest_detectable_change` of repeats.
    """
    errors = [rep.own_sd for rep in reps if rep.mean_velocity is not None]
    if not errors:
        return None
    return smallest_detectable_change(math.sqrt(sum(e**2 for e in errors) / len(errors)))
