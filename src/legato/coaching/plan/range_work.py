"""What works on a range that is too small: put into the weeks by itself, so that load that waits for it is not a dead
end.
"""

from collections.abc import Sequence

from legato.coaching.catalogue import drills
from legato.coaching.known import exercise_of
from legato.coaching.model import Step
from legato.coaching.plan.items import Item, of_drill
from legato.coaching.plan.model import LeftOut
from legato.coaching.progress import may_begin
from legato.coaching.safety.limits import limits
from legato.coaching.safety.permit import WORKS_ON
from legato.coaching.situation import Situation

AGAIN_WEEKS = 4
"""Weeks until a range is read again, the form check's own. [ENG] Held stretches of weeks added 2 to 5 degrees to the
ankle (Radford 2006, Medeiros 2018), about one reading's error."""

_DAYS = 2
_SHEET = "`legato assess sheet mobility-screen --out sheet.toml`, then `legato plan update` with --sheet sheet.toml"


def range_work(
    items: Sequence[Item], left_out: Sequence[LeftOut], situation: Situation
) -> tuple[tuple[Item, ...], tuple[LeftOut, ...]]:
    """The drill for each range of the mobility screen that is surely too small.

    Parameters
    ----------
    items, left_out
        What is planned and left out already: nothing of it is put in again, and what waits for a range is named.
    situation
        The athlete on the day.

    Returns
    -------
    The drills, and those that may not be done, with the reasons.
    """
    known, there = drills(), {one.id for one in (*items, *left_out)}
    found, barred = list[Item](), list[LeftOut]()
    for gate, name in WORKS_ON.items():
        if situation.mobility.get(gate) is not False or name in there:
            continue
        drill, words = known[name], gate.replace("-", " ")
        able = next((one for one in drill.steps if _unloaded(one) and may_begin(drill, one, situation).allowed), None)
        if able is None:
            reasons = may_begin(drill, drill.steps[0], situation).reasons
            barred.append(LeftOut(id=drill.id, name=f"{drill.name}, for {words}", reasons=reasons))
            continue
        little = f"put in as {words} is too little{_for(left_out, gate, situation)}"
        why = f"{little}; read it again after {AGAIN_WEEKS} weeks ({_SHEET})"
        found.append(of_drill(drill, able, _DAYS, why))
    return tuple(found), tuple(barred)


def _unloaded(step: Step) -> bool:
    return step.level in ("hold", "dynamic")


def _for(left_out: Sequence[LeftOut], gate: str, situation: Situation) -> str:
    """What waits for a range, in words."""
    known = [(one.name, exercise_of(one.id, situation)) for one in left_out]
    names = [name for name, drill in known if drill is not None and gate in limits().mobility_of(drill)]
    return f" for {', '.join(names)}" if names else ""
