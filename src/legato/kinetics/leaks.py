"""Where joints take energy away while a phase drives: negative work, and power that turns negative in between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from legato.kinetics.moment_errors import DRAWS
from legato.kinetics.transfer import Amounts, amounts, column, over, total, whole_reps
from legato.kinetics.work import JointWork, Stretch, pauses, set_amount
from legato.recording import FloatArray

_WORTH_NAMING = 0.01
"""A joint that takes less than this share of what all joints generate in the phase is not named as a leak. [ENG]"""

_LEAST_J = 2.0
"""Nor is one that takes less than this, J, in a repetition: the SD of what a laboratory's errors make of absorbed work
(docs/validation.md). [ENG]"""

_LEAST_DRIVING = 0.5
"""A phase in which the measured joints generate less than this share of what the load takes up is driven by others, and
no leak is named in it. [ENG]"""


@dataclass(frozen=True, slots=True)
class Leak:
    """What one joint absorbs in a phase that drives, J, and its share of all that joints generate in it. `reversals`:
    how often its power turns negative between two positive stretches, in the repetition where it does so most.
    `named`: whether it is surely there and large enough to be told in words. `of_load`: the load takes more than all
    measured joints generate, and `share` is of that. `reason`: why no leak of the phase is named.
    """

    joint: str
    phase: str
    absorbed: Amounts
    share: Amounts
    reversals: int
    named: bool
    of_load: bool = False
    reason: str = ""


def propelling(driving: Mapping[str, bool], stretches: Sequence[Stretch]) -> dict[str, bool]:
    """Which phases drive, less pauses where the movement says which phases are work: whoever holds a load or stands up
    under it absorbs to stay in balance, and no drive loses by it.
    """
    held = pauses(stretches)
    return {phase: drives and phase not in held for phase, drives in driving.items()}


def leaks(
    works: Sequence[JointWork],
    reversals: Mapping[tuple[str, int, str], int],
    driving: Mapping[str, bool],
    load: Mapping[tuple[int, str], tuple[float, float]],
    level: float,
    open_load: str = "",
) -> tuple[Leak, ...]:
    """What each joint absorbs in the phases that drive.

    Parameters
    ----------
    works
        Of every joint in every stretch.
    reversals
        How often the power of a joint reverses, by joint, repetition and phase.
    driving
        Whether a phase drives, as `propelling` says it.
    load
        Net and positive work on the load, J, by repetition and phase; empty without one.
    level
        Share of central probability that every interval holds.
    open_load
        Why it is not known what a load takes up: then no share is told and no leak named, what joints absorb is.
    """
    found: list[Leak] = []
    known = [w for w in works if w.drawn is not None]
    for phase in (name for name, drives in driving.items() if drives):
        here = [w for w in known if w.phase == phase]
        generated = {rep: total([w for w in here if w.rep == rep], "generated") for rep in whole_reps(here, phase)}
        taken = {rep: load[rep, phase][0] for rep in generated if (rep, phase) in load}
        given = [float(generated[rep][0]) for rep in taken]
        of_load = sum(taken.values()) > sum(given)
        whole = {r: np.full(DRAWS + 1, taken[r]) for r in taken} if of_load else generated
        unseen = open_load or ("what the load takes up was not seen" if load and not taken else "")
        reason = unseen
        # Joints that do not drive the phase only steady the body while others do: what they absorb is no leak.
        if sum(given) < _LEAST_DRIVING * sum(taken.values()):
            reason = "joints that were not measured drive it"
        for joint in dict.fromkeys(w.joint for w in here):
            mine = [w for w in here if w.joint == joint]
            per_rep = tuple((w.rep, w.amount("absorbed")) for w in mine)
            absorbed = Amounts(per_rep, set_amount(mine, "absorbed"), len(mine))
            share = _share(mine, whole, level)
            if unseen:
                share = Amounts((), None, 0, unseen)
            surely = absorbed.of_set is not None and absorbed.of_set.low > 0.0 and absorbed.of_set.value >= _LEAST_J
            named = surely and not reason and share.of_set is not None and share.of_set.low > _WORTH_NAMING
            most = max((reversals.get((joint, w.rep, phase), 0) for w in mine), default=0)
            found.append(Leak(joint, phase, absorbed, share, most, named, of_load, reason))
    return tuple(found)


def _share(works: Sequence[JointWork], whole: Mapping[int, FloatArray | None], level: float) -> Amounts:
    """What a joint absorbs over the `whole` of each repetition, (draws,), J."""
    taken = {work.rep: column(work, "absorbed") for work in works}
    return amounts({rep: over(drawn, whole.get(rep)) for rep, drawn in taken.items()}, level, "")


def reversals_in(power: FloatArray, least_w: float) -> int:
    """How often a power turns negative by more than `least_w` between two stretches in which it is as far positive."""
    signs = np.sign(power[np.abs(power) > least_w])
    turns = signs[np.flatnonzero(np.diff(signs, prepend=0.0) != 0.0)]
    return sum(1 for (before, here), (_, after) in pairwise(pairwise(turns)) if (before, here, after) == (1, -1, 1))
