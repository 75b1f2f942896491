"""The two ends of a leg drive, on the force and in the knees: which of them is meant, and which gap leads."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

import numpy as np

from legato.chain.drive_events import Event
from legato.chain.model import GapResult
from legato.estimate import Estimate
from legato.movements.link_spec import LEG_DRIVE
from legato.signals.factors import normal_factor, student_half_width

EndedBy: TypeAlias = Literal["force", "knees", ""]

_ENDS = ("offset", "onset")


def knees_gap(gaps: Sequence[GapResult], press: str) -> GapResult | None:
    """The gap from the end of the legs' extension to the press; None where the movement names none."""
    return next((g for g in gaps if g.from_link != LEG_DRIVE and g.to_link == press and g.events == _ENDS), None)


def knees_later(
    on_force: Mapping[int, Event], in_knees: Mapping[int, Event], clock_sd_s: float, level: float
) -> Estimate | None:
    """How much later the knees stop extending than the force falls to the weight, mean over the repetitions, s; None
    where no repetition has both.
    """
    z = normal_factor(level)
    both = [
        (knees.time_s.minus(force.time_s), knees.fixed_s)
        for rep, force in on_force.items()
        if force.time_s is not None and (knees := in_knees.get(rep, Event())).time_s is not None
    ]
    if not both:
        return None
    values = np.array([gap.value for gap, _ in both])
    own = float(np.mean([gap.half_width for gap, _ in both]))
    random = student_half_width(values, level) if values.size > 1 else own
    fixed = float(np.mean([fixed_s for _, fixed_s in both])) if values.size > 1 else 0.0
    half = float(np.sqrt(random**2 + fixed**2 + (z * clock_sd_s) ** 2))
    return Estimate.symmetric(float(values.mean()), half, "s", level)


def led_by_the_first_end(
    gaps: Sequence[GapResult], press: str, later: Estimate | None
) -> tuple[tuple[GapResult, ...], EndedBy]:
    """The gaps with the one first, and primary, that is told from the drive's end; and which end that is.

    The drive is over when the force is back at the weight or the knees have stopped extending, so at the first of the
    two. The force's end leads where it is surely the earlier one, or the only one timed; the knees' where they are
    earlier (arms that push hold the force up) or the two cannot be told apart.
    """
    force = next((g for g in gaps if g.from_link == LEG_DRIVE and g.to_link == press and g.events == _ENDS), None)
    knees = knees_gap(gaps, press)
    if force is None or force.set_s is None:
        return tuple(gaps), "" if knees is None or knees.set_s is None else "knees"
    if knees is not None and knees.set_s is not None and (later is None or later.low <= 0.0):
        return tuple(gaps), "knees"
    others = [replace(g, primary=False) for g in gaps if g is not force]
    return (replace(force, primary=True), *others), "force"
