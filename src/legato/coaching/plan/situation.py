"""The athlete of a plan on a day: where they stood when it was made, and what they logged since."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from legato.coaching import found as results_say
from legato.coaching.lifts import lifts
from legato.coaching.log import Session, SetsDone
from legato.coaching.model import Drill
from legato.coaching.plan.pauses import LONG_PAUSE_DAYS
from legato.coaching.plan.request import Standing
from legato.coaching.safety.gates import (
    hinge_gate,
    hinge_lost,
    hinge_sets,
    mobility_gate,
    mobility_gates,
    mobility_read,
)
from legato.coaching.safety.limits import limits
from legato.coaching.situation import Pain, Screening, Situation
from legato.errors import BadInput
from legato.faults.assessments import Outcome, ResultFile
from legato.messages import nearest


def situation_of(
    standing: Standing,
    screening: Screening | None,
    on: date,
    *,
    pain: Pain | None = None,
    sessions: Sequence[Session] = (),
    order_kept: float | None = None,
    start: date | None = None,
    own: Mapping[str, tuple[Drill, ...]] | None = None,
) -> Situation:
    """The athlete on a day.

    Parameters
    ----------
    standing
        As the request tells it.
    screening
        None where none was answered.
    on
        The day.
    pain
        As told on it.
    sessions
        The log.
    order_kept
        Share of repetitions in the own order, newer than what `standing` says.
    start
        First day of the plan that the log belongs to: its weeks of training count beside those that were told. Weeks
        that are only planned do not.
    own
        A coach's own drills, as a `Situation` has them.

    Raises
    ------
    BadInput
        `standing` names a gate of mobility that there is not.
    """
    gates = mobility_gates()
    for name in standing.mobility:
        if name not in gates:
            raise BadInput(f"mobility: nothing is called {name!r:.60}; {nearest(name, gates, 3, len(gates))}")
    return Situation(
        on=on,
        screening=screening,
        pain=pain,
        age_years=standing.aged(on).age_years,
        guardian=standing.guardian,
        supervised=standing.supervised,
        base_weeks=_base(standing, sessions, start, on),
        equipment=frozenset(standing.equipment),
        mobility=dict(standing.mobility),
        maxima_kg=dict(standing.maxima_kg),
        hinge_gate=standing.hinge_gate,
        order_kept=standing.order_kept if order_kept is None else order_kept,
        sessions=tuple(sessions),
        own=own or {},
    )


def with_measured(standing: Standing, results: Sequence[ResultFile], outcomes: Sequence[Outcome]) -> Standing:
    """Where an athlete stands, with the gates that results and sheets tell, which count before what was told.

    Parameters
    ----------
    standing
        As the request tells it.
    results
        In their order; the last three sets of the dowel hinge open its gate, and one that surely loses contact closes
        one that was told open. The newest turn tells how surely the own order is kept.
    outcomes
        Of sheets and results together; the mobility screen is read. Where a gate was read and cannot be decided, what
        was told of it does not count either.
    """
    found = [row.found for one in outcomes if one.assessment.id == "mobility-screen" for row in one.numbers]
    known = {gate: met for gate, met in mobility_gate(found).items() if met is not None}
    told = {gate: met for gate, met in standing.mobility.items() if not met or gate not in mobility_read(found)}
    sets = hinge_sets(results)
    opened = hinge_gate(sets) or (standing.hinge_gate and not hinge_lost(sets))
    kept = results_say.order_kept(results)
    return standing.model_copy(
        update={
            "mobility": {**told, **known},
            "hinge_gate": opened,
            "order_kept": standing.order_kept if kept is None else kept,
        }
    )


def _base(standing: Standing, sessions: Sequence[Session], start: date | None, on: date) -> float | None:
    """Weeks of training: those told, and each of a plan's weeks up to today with hard work on two days or more in the
    log; of these the ones since the last four weeks without any.
    """
    if start is None:
        return standing.base_weeks
    days = sorted({one.on for one in sessions if start <= one.on <= on and any(map(_is_hard, one.done))})
    ends = [day for day, before in zip(days[1:], days, strict=False) if (day - before).days >= LONG_PAUSE_DAYS]
    gone = bool(days) and (on - days[-1]).days >= LONG_PAUSE_DAYS
    kept = [] if gone else [day for day in days if not ends or day >= ends[-1]]
    by_week = Counter((day - start).days // 7 for day in kept)
    logged = sum(n >= limits().base_days.value for n in by_week.values())
    return standing.base_weeks if not logged else (standing.base_weeks or 0.0) + logged


def _is_hard(done: SetsDone) -> bool:
    """Whether sets train what power needs: a lift, or what was done with load or speed."""
    return done.exercise in lifts() or done.level in ("loaded", "explosive") or (done.load_kg or 0.0) > 0.0
