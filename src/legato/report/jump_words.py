"""What the report says of the jumps of a trial together, and what their heights mean."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from legato.estimate import Estimate
from legato.report.words import estimate_text

if TYPE_CHECKING:
    from legato.forces.jump_model import Jump

HEIGHTS = (
    "Height by flight is g t\u00b2/8 of the time from the last foot off the plates to the first foot on them, and takes"
    " the same posture at both for granted; height by impulse is how far the centre of mass rises after take-off."
    " Neither holds the rise from standing to take-off"
)
"""Which take-off the heights on the page count from."""


def set_text(jumps: "Sequence[Jump]") -> str:
    """`Mean of 3 jumps: 0.110 ± 0.030 m by flight; the highest by flight is jump 2`; empty of fewer than two."""
    from legato.forces.jump_set import jump_set

    found = jump_set(jumps, jumps[0].height_flight_m.level) if jumps else None
    if found is None or found.height_flight_m is None:
        return ""
    told = [f"{estimate_text(found.height_flight_m)} by flight"]
    told += [f"{estimate_text(found.height_impulse_m)} by impulse"] if found.height_impulse_m is not None else []
    told += [f"peak power {estimate_text(found.peak_power_w)}"] if found.peak_power_w is not None else []
    best = (
        "which is the highest by flight is not resolvable"
        if found.highest is None
        else f"the highest by flight is jump {found.highest}"
    )
    return f"Mean of {found.n} jumps: {', '.join(told)} (intervals of the athlete's mean); {best}"


def flight_text(row: "Mapping[str, Estimate]") -> str:
    """`flight 0.44 s (0.36 to 0.52), height 0.235 m (0.155 to 0.332)` of a repetition; empty where it has none."""
    flown, height = row.get("flight_s"), row.get("height_flight_m")
    if flown is None or height is None:
        return ""
    return f"flight {estimate_text(flown)}, height by flight {estimate_text(height)}"
