"""What a lifter may do instead, each part on its own: hips off the bench, lumbar extension, a tilted bar, one side more
than the other, jerky motion. The parts are gathered from where they are measured; no sum and no score is made of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from legato.chain.coordination_model import CoordinationResult
from legato.estimate import Estimate
from legato.movements.model import Movement, Rep
from legato.signals.factors import student_half_width

if TYPE_CHECKING:
    # Their rooms are loaded where there is a bar or a plate.
    from legato.bar.model import BarResult
    from legato.forces.analyse import ForcesResult


@dataclass(frozen=True, slots=True)
class CompensationPart:
    """One part: what was measured (`measure`), of each repetition and of the set; None with the `reason`, and what it
    `needs`, where it was not measured.
    """

    name: str
    measure: str
    per_rep: tuple[tuple[int, Estimate | None], ...]
    of_set: Estimate | None
    n: int
    needs: str = ""
    reason: str = ""


def compensation_parts(
    movement: Movement,
    reps: Sequence[Rep],
    metrics: Sequence[Mapping[str, Estimate]],
    forces: "ForcesResult | None",
    bar: "BarResult | None",
    coordination: CoordinationResult | None,
    level: float,
) -> tuple[CompensationPart, ...]:
    """All five parts in one order, told or not.

    Parameters
    ----------
    movement, reps, metrics
        The movement, its repetitions in this trial, and the numbers of each.
    forces, bar, coordination
        What plates, bar and angles tell.
    level
        Share of central probability of every interval.
    """
    return (
        _hips(movement, reps, metrics, level),
        _lumbar(movement, reps, metrics, level),
        _tilt(bar, level),
        _sides(forces),
        _smoothness(movement, coordination),
    )


def _hips(
    movement: Movement, reps: Sequence[Rep], metrics: Sequence[Mapping[str, Estimate]], level: float
) -> CompensationPart:
    name, measure = "hips_off_bench", "pelvis_rise"
    if movement.load is None or not movement.load.supported:
        return _untold(name, "", "nobody lies on a bench in this movement")
    found = _of_metric(name, measure, reps, metrics, level, 1.0, "m")
    return found or _untold(name, "markers or a camera that show the pelvis", "the pelvis was not measured")


def _lumbar(
    movement: Movement, reps: Sequence[Rep], metrics: Sequence[Mapping[str, Estimate]], level: float
) -> CompensationPart:
    name = "lumbar_extension_change"
    asked = {spec.name for spec in movement.metrics}
    # A range has no direction, and keeps its sign.
    for measure, factor in (("lumbar_flexion_change", -1.0), ("lumbar_flexion_range", 1.0)):
        found = _of_metric(name, measure, reps, metrics, level, factor)
        if found is not None:
            return found
    if not asked & {"lumbar_flexion_change", "lumbar_flexion_range"}:
        return _untold(name, "", "this movement's file does not ask for a change of the lumbar spine")
    return _untold(name, "markers on pelvis and thorax", "pelvis or thorax was not measured")


def _of_metric(
    name: str,
    measure: str,
    reps: Sequence[Rep],
    metrics: Sequence[Mapping[str, Estimate]],
    level: float,
    factor: float,
    unit: str | None = None,
) -> CompensationPart | None:
    """A number of the repetitions, times `factor`; None where no repetition has it."""
    rows = [
        (rep.index, None if (value := of_rep.get(measure)) is None else value.scaled(factor, unit))
        for rep, of_rep in zip(reps, metrics, strict=True)
        if rep.complete
    ]
    if all(value is None for _, value in rows):
        return None
    return CompensationPart(name, measure, tuple(rows), *_mean([v for _, v in rows if v is not None], level))


def _tilt(bar: "BarResult | None", level: float) -> CompensationPart:
    name, needs = "bar_tilt", "markers on both ends of a bar"
    # Ends that hang low in turn would cancel out.
    rows = () if bar is None else tuple((rep.rep, rep.tilt and rep.tilt.without_sign()) for rep in bar.reps)
    if all(value is None for _, value in rows):
        return _untold(name, needs, "no bar was measured" if bar is None else "only one place of the bar was measured")
    return CompensationPart(name, "bar_tilt", rows, *_mean([value for _, value in rows if value is not None], level))


def _sides(forces: "ForcesResult | None") -> CompensationPart:
    name, needs = "force_left_less_right", "a force plate under each foot"
    share = None if forces is None else forces.load_share
    if share is None:
        return _untold(name, needs, "the force under each foot was not measured")
    rows = tuple((rep.rep, _asymmetry(rep.left)) for rep in share.per_rep)
    of_set = _asymmetry(share.left)
    if of_set is None:
        return CompensationPart(name, "load_share", rows, None, 0, needs, share.reason)
    return CompensationPart(name, "load_share", rows, of_set, share.n)


def _asymmetry(left: Estimate | None) -> Estimate | None:
    """Left less right over both, %, from the share of the left."""
    return None if left is None else left.shifted(-0.5).scaled(200.0, "%")


def _smoothness(movement: Movement, coordination: CoordinationResult | None) -> CompensationPart:
    """Smoothness (SPARC) of an angle of the last link of the chain that is told, in the first phase of work."""
    name, needs = "smoothness", "motion of the joints"
    work = [phase.name for phase in movement.phases if phase.effort == "work"]
    told = [
        m
        for m in (() if coordination is None else coordination.measures)
        if m.measure == "smoothness" and m.phase in work and m.set_value is not None
    ]
    if not told:
        return _untold(name, needs, "no angle's smoothness is told in a phase of work")
    joints = [link.quantity.split("_")[0] for link in reversed(movement.chain)]
    order = {joint: place for place, joint in enumerate(dict.fromkeys(joints))}
    first = min(told, key=lambda m: (order.get(m.subject.split("_")[0], len(order)), work.index(m.phase)))
    subject = f"{first.subject}{f'_{first.side}' if first.side else ''}, {first.phase}"
    rows = tuple((rep.rep, rep.value) for rep in first.per_rep)
    return CompensationPart(name, subject, rows, first.set_value, first.n)


def _mean(known: Sequence[Estimate], level: float) -> tuple[Estimate, int]:
    """Mean of a set, and of how many: what each may be wrong by is taken to last, and the spread is added."""
    value = float(np.mean([e.value for e in known]))
    low, high = (float(np.mean([getattr(e, end) for e in known])) for end in ("low", "high"))
    found = Estimate(value, min(low, value), max(high, value), level, known[0].unit)
    if len(known) > 1:
        found = found.widened(student_half_width(np.array([e.value for e in known]), level))
    return found, len(known)


def _untold(name: str, needs: str, reason: str) -> CompensationPart:
    return CompensationPart(name, "", (), None, 0, needs, reason)
