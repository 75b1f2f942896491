"""Whether the movement that was named is what the force shows: which kind of jump, or a jump at all."""

from collections.abc import Sequence

from legato.errors import BadInput, NotResolvable
from legato.forces.jump_model import Jump, JumpKind, JumpSearch
from legato.forces.jumps import search_jumps
from legato.forces.rate_doubt import rate_doubt
from legato.movements.model import Movement
from legato.movements.pulls import Pull
from legato.recording import FloatArray

_PUSH_S, _REST_S = 0.8, 1.0
"""A rise of force from so long before a take-off to so long after the landing belongs to the jump, s. [ENG]"""

LEAVE_THE_GROUND = ("jump", "locomotion", "change-of-direction", "throw")
"""Families whose movements may fly, of which nothing is said beside motion."""

LEAST_HEIGHT_M = 0.1
"""A flight beside motion that is worth saying, m by its length. [ENG] Feet that hop in a fast lift leave the ground for
0.2 s, 0.05 m."""

_WHY = {
    ("squat", "countermovement"): "the body sinks before it pushes",
    ("countermovement", "squat"): "the body does not sink before it pushes",
    ("squat", "drop"): "it starts with a fall on the empty plates",
    ("countermovement", "drop"): "it starts with a fall on the empty plates",
    ("drop", "countermovement"): "it starts from a stand on the plates and not from a fall, so it has no contact time,"
    " no height of fall and no RSI",
    ("drop", "squat"): "it starts from a stand on the plates and not from a fall, so it has no contact time, no height"
    " of fall and no RSI",
    ("drop", "unknown"): "no fall on the empty plates is seen before it, so it has no contact time, no height of fall"
    " and no RSI",
}
"""What the force shows where it contradicts the name, by kind named and kind seen."""

JUMPS = "countermovement-jump, squat-jump or drop-jump"
"""What a jump may be named."""


def named_kind(movement: Movement) -> JumpKind:
    """Which kind of jump a movement of the library with a flight is, by the marks that its phases need."""
    marks = {phase.start for phase in movement.phases}
    return "drop" if "contact" in marks else "countermovement" if "fastest_down" in marks else "squat"


def name_doubts(movement: Movement, searched: JumpSearch, *, alone: bool) -> tuple[str, ...]:
    """Sentences for the head of a page where the force shows something else than the movement that was named.

    Beside motion, flights of 0.1 m and more are told of movements that stay on the ground.

    Parameters
    ----------
    movement
        As it was named.
    searched
        What its force plates show.
    alone
        Whether force is all that was recorded. Beside motion a lift may well leave the plates.
    """
    anchor = movement.cycle.anchor
    if anchor == "flight":
        return (*_rate_doubts(searched), *_kind_doubts(movement, searched))
    jumps = searched.jumps
    if not alone and anchor not in ("pull", "hold"):
        stays = movement.family not in LEAVE_THE_GROUND
        jumps = [jump for jump in jumps if stays and _surely_flew(jump) and high_enough(jump.height_flight_m.value)]
    if jumps:
        best = max(jump.height_flight_m.value for jump in jumps)
        kinds = " and ".join(dict.fromkeys(_kind_words(jump.kind) for jump in jumps))
        count = f"{len(jumps)} {kinds}{'s' if len(jumps) > 1 else ''}"
        said = f"The force shows {count} (up to {best:.3f} m by flight), which is no part of a {movement.name.lower()}"
        return (f"{said}; where jumps were meant, name {JUMPS}.",)
    return ()


def high_enough(height_m: float) -> bool:
    """Whether a flight beside motion is worth saying."""
    return height_m >= LEAST_HEIGHT_M


def _rate_doubts(searched: JumpSearch) -> list[str]:
    found = [(k, doubt) for k, jump in enumerate(searched.jumps, start=1) if (doubt := rate_doubt(jump))]
    if not found:
        return []
    first, doubt = found[0]
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return [f"Jump {first}{more}: {doubt}; force alone cannot show it, as both heights stretch alike with the time."]


def _kind_words(kind: JumpKind) -> str:
    return "jump" if kind == "unknown" else f"{kind} jump"


def _kind_doubts(movement: Movement, searched: JumpSearch) -> list[str]:
    wanted = named_kind(movement)
    name = movement.name.lower()
    said: list[str] = []
    for kind in dict.fromkeys(jump.kind for jump in searched.jumps):
        why = _WHY.get((wanted, kind))
        if why is None:
            continue
        numbers = [k for k, jump in enumerate(searched.jumps, start=1) if jump.kind == kind]
        seen = (
            "" if kind == "unknown" else f": by the force {'they are' if len(numbers) > 1 else 'it is a'} {kind} jump"
        )
        seen += "s" if len(numbers) > 1 and seen else ""
        said.append(f"{_numbered(numbers)} no {name}{seen} ({why}).")
    if searched.rebounds:
        said.append(
            f"{len(searched.rebounds)} contact{'s' if len(searched.rebounds) > 1 else ''} with a flight before or after"
            " in a series (hops, rebounds): contact, flight and RSI are told, no impulse from a stand."
        )
    return said


def _numbered(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"Jump {numbers[0]} is"
    return f"Jumps {', '.join(map(str, numbers[:-1]))} and {numbers[-1]} are"


def without_jumps(
    pulls: Sequence[Pull], force: FloatArray, rate_hz: float, start_s: float
) -> tuple[tuple[Pull, ...], tuple[str, ...]]:
    """The pulls that are not the push or the landing of a jump or a hop, and a sentence on those that are.

    Parameters
    ----------
    pulls
        As `find_pulls` gives them.
    force, rate_hz, start_s
        The vertical force that they were found in, N, shape (n,), and its time base.
    """
    try:
        searched = search_jumps(force, rate_hz)
    except (BadInput, NotResolvable):
        return tuple(pulls), ()
    flown = [(jump.take_off_s.value, jump.landing_s.value) for jump in searched.jumps if _surely_flew(jump)]
    flown += [(one.take_off_s.value, one.landing_s.value) for one in searched.rebounds]
    kept = [p for p in pulls if not any(a - _PUSH_S <= p.peak / rate_hz <= b + _REST_S for a, b in flown)]
    left_out = [f"{start_s + p.peak / rate_hz:.2f}" for p in pulls if p not in kept]
    if not left_out:
        return tuple(pulls), ()
    note = (
        f"the force rises at {', '.join(left_out)} s in the push or the landing of a jump, which is no pull; where"
        f" jumps were meant, name {JUMPS}"
    )
    return tuple(kept), (note,)


def _surely_flew(jump: Jump) -> bool:
    """Whether impulse and flight agree: who steps off just after a pull has pushed as well, but did not fly."""
    return jump.kind != "unknown"
