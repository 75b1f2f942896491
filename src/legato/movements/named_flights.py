"""Whether a movement that stays on the ground was named for motion that flies."""

from legato.body.model import Body
from legato.movements.catalogue import load_movement
from legato.movements.model import Movement
from legato.movements.named_jumps import JUMPS, LEAVE_THE_GROUND, high_enough
from legato.movements.reps import find_reps
from legato.recording import STANDARD_GRAVITY

_DROP_UNDER = ("clean-pull", "jerk", "push-press")
"""Movements in which the lifter may fall under the bar, which motion alone cannot tell from a flight."""


def flight_doubts(movement: Movement, body: Body) -> tuple[str, ...]:
    """A sentence for the head of a page where motion flies in a movement that stays on the ground."""
    stays = movement.cycle.anchor in ("far", "rise") and movement.family not in LEAVE_THE_GROUND
    if (
        not stays
        or movement.id in _DROP_UNDER
        or body.source not in ("markers", "keypoints")
        or body.length_unit != "m"
    ):
        return ()
    found = find_reps(body, load_movement("countermovement-jump")).reps
    flown_s = [phase.end_s - phase.start_s for rep in found for phase in rep.phases if phase.name == "flight"]
    heights = [h for lasted in flown_s if high_enough(h := STANDARD_GRAVITY * lasted**2 / 8.0)]
    if not heights:
        return ()
    count = f"{len(heights)} flight{'s' if len(heights) > 1 else ''}"
    said = f"The body leaves the ground: the motion shows {count} (up to about {max(heights):.2f} m by their length)"
    are = "are" if len(heights) > 1 else "is"
    return (f"{said}, which {are} no part of a {movement.name.lower()}; where jumps were meant, name {JUMPS}.",)
