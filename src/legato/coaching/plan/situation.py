"""The athlete of a plan on a day: where they stood when it was made, and what they logged since."""

from collections.abc import Sequence
from datetime import date

from legato.coaching.log import Session
from legato.coaching.plan.request import Standing
from legato.coaching.safety.gates import mobility_gates
from legato.coaching.situation import Pain, Screening, Situation
from legato.errors import BadInput
from legato.messages import nearest


def situation_of(
    standing: Standing,
    screening: Screening | None,
    on: date,
    *,
    pain: Pain | None = None,
    sessions: Sequence[Session] = (),
    order_kept: float | None = None,
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
        age_years=standing.age_years,
        guardian=standing.guardian,
        supervised=standing.supervised,
        base_weeks=standing.base_weeks,
        equipment=frozenset(standing.equipment),
        mobility=dict(standing.mobility),
        maxima_kg=dict(standing.maxima_kg),
        hinge_gate=standing.hinge_gate,
        order_kept=standing.order_kept if order_kept is None else order_kept,
        sessions=tuple(sessions),
    )
