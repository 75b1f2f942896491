"""Which muscles are compared with which, found among the channels of a recording, side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from legato.muscles.model import LagResult, MuscleResult
from legato.muscles.names import Side, muscles


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


_ROLES = {"trunk_brace": "trunk"}
"""Roles by what people call them; the others by their own name."""

NO_REP = "there is no whole repetition to compare them in"


@dataclass(frozen=True, slots=True)
class AskedPair:
    """A pair that was looked for, by a window of the movement or as one of the `usual`, and what became of it:
    stream and channel of either muscle of those that were compared, or the reason why none was.
    """

    pair: MusclePair
    usual: bool
    compared: tuple[tuple[tuple[str, str], tuple[str, str]], ...] = ()
    reason: str = ""


def asked_pairs(
    found: Sequence[MuscleResult], windows: Sequence[MusclePair], lags: Sequence[LagResult], *, whole: bool
) -> tuple[AskedPair, ...]:
    """Every pair that was looked for, once: those of the movement's windows, then the usual ones.

    Parameters
    ----------
    found
        All channels.
    windows
        Pairs that the movement asks for.
    lags
        What was compared.
    whole
        Whether there is a whole repetition.
    """
    ends = {frozenset(((lag.from_stream, lag.from_channel), (lag.to_stream, lag.to_channel))) for lag in lags}
    told: list[AskedPair] = []
    for pair in dict.fromkeys((*windows, *USUAL_PAIRS)):
        held = [((a.stream, a.channel), (b.stream, b.channel)) for a, b in find_pairs(found, pair)]
        compared = tuple(one for one in held if frozenset(one) in ends)
        why = "" if compared else _why_not(found, pair, held, whole)
        told.append(AskedPair(pair, pair not in windows, compared, why))
    return tuple(told)


def _why_not(found: Sequence[MuscleResult], pair: MusclePair, held: Sequence[object], whole: bool) -> str:
    if held:
        return NO_REP if not whole else "not compared"
    lacking = [why for names in (pair.first, pair.second) if (why := _lacking(found, names))]
    return "; ".join(lacking) or "recorded on different sides only, or by one channel for both"


def _lacking(found: Sequence[MuscleResult], names: Sequence[str]) -> str:
    fit = [muscle for muscle in found if muscle.muscle in names or muscle.roles & set(names)]
    if any(muscle.usable for muscle in fit):
        return ""
    if fit:
        return f"{', '.join(muscle.channel for muscle in fit)}: refused"
    return f"no channel of the {called(names)}"


def called(names: Sequence[str]) -> str:
    """What people call either end of a pair: `leg`, `vastus lateralis or gluteus maximus`."""
    if set(names) >= set(_LEG):
        return "leg"
    known = muscles()
    said = [known[name].name if name in known else _ROLES.get(name, name.replace("_", " ")) for name in names]
    return " or ".join(one.split(" (")[0] for one in said)


def find_pairs(channels: Sequence[MuscleResult], pair: MusclePair) -> list[tuple[MuscleResult, MuscleResult]]:
    """The usable channels of a pair, once a side. A channel without a side goes with either."""
    found: list[tuple[MuscleResult, MuscleResult]] = []
    for side in ("right", "left", None):
        first, second = (wanted(channels, names, side) for names in (pair.first, pair.second))
        if first is not None and second is not None and side in (first.side, second.side) and first is not second:
            found.append((first, second))
    return found


def wanted(channels: Sequence[MuscleResult], names: Sequence[str], side: Side | None) -> MuscleResult | None:
    """The usable channel that fits best: the first name that any has, a channel of this side before one of none, then
    the muscle that speaks for the role.
    """
    for name in names:
        fit = [m for m in channels if m.usable and m.side in (side, None) and (name == m.muscle or name in m.roles)]
        if fit:
            order = _PREFERRED.get(name, ())
            return min(fit, key=lambda m: (m.side != side, _place(m.muscle, order)))
    return None


def _place(muscle: str | None, order: Sequence[str]) -> int:
    return order.index(muscle) if muscle in order else len(order)


def side_of(first: MuscleResult, second: MuscleResult) -> Side | None:
    """The side of a pair."""
    return first.side or second.side
