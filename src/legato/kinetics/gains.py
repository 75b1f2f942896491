"""What the chain comes to over a set: legs as a brake, hips as engine and brake, how evenly energy is passed on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from legato.estimate import Estimate
from legato.kinetics.transfer import (
    LEG_JOINTS,
    Amounts,
    TransferStep,
    amounts,
    none_below_zero,
    over,
    total,
)
from legato.kinetics.work import JointWork, Stretch, pauses
from legato.recording import FloatArray

LEAST_REPS = 6
"""Repetitions from which the evenness of the transfer is told. [ENG]"""


@dataclass(frozen=True, slots=True)
class ChainGain:
    """One number of the chain. `legs_brake`: what all leg joints absorb in the phases that do not drive, J, pauses left
    out where the movement says which phases are work or return. `hips_engine`, `hips_brake`: what both hips generate in
    phases that drive and absorb in those others, J, and `hips_engine_over_brake` their ratio. `transfer_variation`:
    coefficient of variation of a ratio of transfer over the repetitions, named in `about`. `power_gain`: peak power of
    a link over that of the one below it. `why`: what kept a repetition from being told.
    """

    name: str
    about: str
    value: Amounts
    why: tuple[tuple[int, str], ...] = ()


_HIPS = (("generated", True), ("absorbed", False))

_OF_PHASES = ("legs_brake", "hips_engine", "hips_brake", "hips_engine_over_brake")
"""Numbers that need to know which phases drive."""


def chain_gains(
    works: Sequence[JointWork],
    steps: Sequence[TransferStep],
    driving: Mapping[str, bool],
    level: float,
    stretches: Sequence[Stretch] = (),
) -> tuple[ChainGain, ...]:
    """The numbers of a set.

    Parameters
    ----------
    works
        Of every joint in every stretch.
    steps
        What each link passes to the next.
    driving
        Whether a phase drives.
    level
        Share of central probability that every interval holds.
    stretches
        The phases of all repetitions: a pause, in which the body holds a load, brakes none.
    """
    held = pauses(stretches)
    reps = list(dict.fromkeys(work.rep for work in works))
    if not any(driving.values()):
        untold = Amounts((), None, 0, "no phase drives for certain, so none is known to brake")
        return tuple(ChainGain(name, "", untold) for name in _OF_PHASES)

    def summed(rep: int, joints: tuple[str, ...], name: str, drives: bool) -> FloatArray | None:
        mine = of(rep, joints, drives)
        known = {w.joint for w in mine if w.drawn is not None}
        if len(known) < 2 * len(joints) or any(w.drawn is None for w in mine):
            return None
        return total(mine, name)

    def of(rep: int, joints: tuple[str, ...], drives: bool) -> list[JointWork]:
        names = [f"{joint}_{side}" for joint in joints for side in ("right", "left")]
        phases = {phase for phase, drive in driving.items() if drive == drives and (drives or phase not in held)}
        return [w for w in works if w.rep == rep and w.joint in names and w.phase in phases]

    def told(drawn: dict[int, FloatArray | None], unit: str = "J") -> Amounts:
        return none_below_zero(amounts(drawn, level, unit, positive=True))

    brake = {rep: summed(rep, LEG_JOINTS, "absorbed", False) for rep in reps}
    engine, hips = ({r: summed(r, ("hip",), what, on) for r in reps} for what, on in _HIPS)
    ratio = {rep: over(engine[rep], hips[rep]) for rep in reps}
    found = [
        ChainGain("legs_brake", "", told(brake)),
        ChainGain("hips_engine", "", told(engine)),
        ChainGain("hips_brake", "", told(hips)),
        ChainGain("hips_engine_over_brake", "", told(ratio, "J/J")),
    ]
    for step in steps:
        if driving.get(step.phase):
            about = f"{step.from_link} to {step.to_link}, {step.phase}"
            found.append(ChainGain("transfer_variation", about, variation(step.ratio, level)))
    return tuple(found)


def variation(ratio: Amounts, level: float) -> Amounts:
    """Coefficient of variation over repetitions, as a share, with the interval of a normal sample's SD; None below
    `LEAST_REPS`. Each repetition's own measuring error is part of it: the person varies by no more than this.
    """
    from scipy.special import chdtri

    if ratio.reason:
        return Amounts((), None, 0, ratio.reason)
    known = np.array([value.value for _, value in ratio.per_rep if value is not None])
    if known.size < LEAST_REPS or known.mean() <= 0.0:
        return Amounts((), None, known.size, f"needs {LEAST_REPS} repetitions; {known.size} are known")
    dof = known.size - 1
    value = float(known.std(ddof=1) / known.mean())
    low, high = (value * float(np.sqrt(dof / chdtri(dof, p))) for p in (0.5 - 0.5 * level, 0.5 + 0.5 * level))
    return Amounts((), Estimate(value, min(low, value), max(high, value), level, ""), known.size)
