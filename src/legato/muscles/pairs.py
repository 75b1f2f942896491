"""Which muscles are compared with which, found among the channels of a recording, side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from legato.muscles.model import MuscleResult
from legato.muscles.names import Side


@dataclass(frozen=True, slots=True)
class MusclePair:
    """Two muscles to compare. Each is a list of ids or roles of `legato.muscles.muscles()`, the one wanted most first;
    of each list the first that is recorded counts.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]


_PREFERRED: Mapping[str, tuple[str, ...]] = {
    "quadriceps": ("vastus_lateralis", "vastus_medialis", "vastus_intermedius", "rectus_femoris"),
}
"""Which muscle speaks for a role that several have, whatever their order in the file. [ENG] The rectus femoris bends
the hip as well, so it works at other times than the knee's extension.
"""

_LEG = ("quadriceps", "hip_extensors", "hamstrings")

USUAL_PAIRS = (
    MusclePair(_LEG, ("chest",)),
    MusclePair(_LEG, ("latissimus",)),
    MusclePair(("trunk_brace",), _LEG),
    MusclePair(("hip_extensors",), ("quadriceps",)),
    MusclePair(("chest",), ("elbow_extensors",)),
)
"""Compared in every movement where both are recorded, from the ground up. [ENG] A choice of what is shown: no band."""


def find_pairs(muscles: Sequence[MuscleResult], pair: MusclePair) -> list[tuple[MuscleResult, MuscleResult]]:
    """The usable channels of a pair, once a side. A channel without a side goes with either."""
    found: list[tuple[MuscleResult, MuscleResult]] = []
    for side in ("right", "left", None):
        first, second = (wanted(muscles, names, side) for names in (pair.first, pair.second))
        if first is not None and second is not None and side in (first.side, second.side) and first is not second:
            found.append((first, second))
    return found


def wanted(muscles: Sequence[MuscleResult], names: Sequence[str], side: Side | None) -> MuscleResult | None:
    """The usable channel that fits best: the first name that any has, a channel of this side before one of none, then
    the muscle that speaks for the role.
    """
    for name in names:
        fit = [m for m in muscles if m.usable and m.side in (side, None) and (name == m.muscle or name in m.roles)]
        if fit:
            order = _PREFERRED.get(name, ())
            return min(fit, key=lambda m: (m.side != side, _place(m.muscle, order)))
    return None


def _place(muscle: str | None, order: Sequence[str]) -> int:
    return order.index(muscle) if muscle in order else len(order)


def side_of(first: MuscleResult, second: MuscleResult) -> Side | None:
    """The side of a pair."""
    return first.side or second.side
