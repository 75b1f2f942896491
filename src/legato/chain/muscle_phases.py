"""Where in a repetition two compared muscles work: in the movement's chain or beside it, in one effort or in two."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from legato.estimate import LEVEL
from legato.movements.model import Movement, Phase, Rep
from legato.signals.factors import normal_factor

if TYPE_CHECKING:
    # Their room is loaded where there is EMG to judge.
    from legato.muscles.model import LagResult, MuscleResult

_APART = 0.5
"""Lag over the shorter of two phases from which muscles of work and return are two efforts. It decides which lags may
lead a report and how they are told: nearer ones may meet at the turning point. [ENG]
"""


def on_chain(movement: Movement, first: "MuscleResult", second: "MuscleResult") -> bool:
    """Whether both muscles move links of the movement's chain."""
    from legato.muscles.joints import movers

    roles: set[str] = set()
    for link in movement.chain:
        roles = roles.union(*(of for name, of in movers().items() if link.quantity.startswith(f"{name}_")))
    return bool(first.roles & roles) and bool(second.roles & roles)


def two_efforts(
    movement: Movement,
    reps: Sequence[Rep],
    lag: "LagResult",
    first: "MuscleResult",
    second: "MuscleResult",
    *,
    clock_sds_s: tuple[float, float] = (0.0, 0.0),
    level: float = LEVEL,
) -> tuple[str, str] | None:
    """The phases in which the two muscles of a lag fire, where they are two efforts.

    Parameters
    ----------
    movement
        It says which phases are work and which return, and by its gaps which of them are one effort.
    reps, lag, first, second
        The repetitions, the lag and the muscles that it lies between.
    clock_sds_s
        SD of the offset between the clock of the motion, which tells the phases, and that of each muscle, s.
    level
        Of the interval of that offset.

    Returns
    -------
    The two phases where, in most of the timed repetitions, one muscle fires in a phase of work and the other in one of
    return, further apart than half of the shorter one, and wherever the clocks may lie; else None. Phases that a gap of
    the movement spans (`brake+propel`) are one effort.
    """
    timed = {rep.rep for rep in lag.per_rep if rep.lag_s is not None}
    one, two = (normal_factor(level) * sd for sd in clock_sds_s)
    shifts = {(sign * one, sign * two) for sign in (-1.0, 0.0, 1.0)}
    found: list[tuple[str, str]] = []
    for rep in (rep for rep in reps if rep.index in timed):
        pairs = {_apart(movement, rep, lag.at, first, second, shift) for shift in shifts}
        pair = pairs.pop()
        if not pairs and pair is not None:
            found.append(pair)
    most = max(dict.fromkeys(found), key=found.count) if found else None
    return most if most is not None and 2 * found.count(most) > len(timed) else None


def _apart(
    movement: Movement, rep: Rep, at: str, first: "MuscleResult", second: "MuscleResult", shift: tuple[float, float]
) -> tuple[str, str] | None:
    bursts = first.main_burst(rep.index), second.main_burst(rep.index)
    # The best fit of two envelopes has no time of its own in a burst.
    event = "centre" if at == "cross-correlation" else at
    one, two = (None if burst is None else burst.time(event) for burst in bursts)
    if one is None or two is None:
        return None
    here, there = _phase_at(rep, one.value + shift[0]), _phase_at(rep, two.value + shift[1])
    if here is None or there is None or not _work_and_return(movement, here.name, there.name):
        return None
    shorter = min(phase.end_s - phase.start_s for phase in (here, there))
    return (here.name, there.name) if abs(two.value - one.value) > _APART * shorter else None


def _phase_at(rep: Rep, time_s: float) -> Phase | None:
    return next((phase for phase in rep.phases if phase.start_s <= time_s < phase.end_s), None)


def _work_and_return(movement: Movement, here: str, there: str) -> bool:
    efforts = {phase.name: phase.effort for phase in movement.phases}
    if {efforts.get(here), efforts.get(there)} != {"work", "return"}:
        return False
    order = list(efforts)
    joined = [gap.phase.split("+") for gap in movement.gaps if "+" in gap.phase]
    return not any({here, there} <= set(order[order.index(of[0]) : order.index(of[-1]) + 1]) for of in joined)
