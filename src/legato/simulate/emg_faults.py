"""Faults of bracing on the EMG of a simulated athlete: a trunk that braces late, shoulders that rise with it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from legato.simulate.emg_envelopes import Hill
from legato.simulate.make import Simulation
from legato.simulate.scenario import Motion

BRACE_LATE, BRACE_SHRUG = "brace-late", "brace-shrug"
EMG_FAULTS = (BRACE_LATE, BRACE_SHRUG)

SHRUGS = "upper_trapezius"
BRACES = frozenset({"rectus_abdominis", "external_oblique", "erector_spinae"})
"""Muscles of the trunk, which brace from before the movement to its end where such a fault is planted."""

LEAD_S = 0.40
"""How long before the movement a trunk braces that is not late. [ENG], within the 0.15 to 1 s that count as braced."""

_HEIGHT, _RISE_S, _FALL_S, _FLOOR = 0.20, 0.06, 0.30, 0.01
"""Of the brace, and the trapezius at rest, as shares of a full effort. [ENG]"""


def brace_of(motion: Motion) -> str:
    """The fault of bracing that is planted, empty for none."""
    name = motion.scenario.fault
    return name if name in EMG_FAULTS else ""


def lead_s(motion: Motion) -> float:
    """How long before each movement the trunk braces, s."""
    return LEAD_S - motion.fault_size if brace_of(motion) == BRACE_LATE else LEAD_S


def begins_s(rep: Mapping[str, Any]) -> float:
    """When the first link of a repetition begins to move, s."""
    onsets = [event["onset_s"] for event in rep["events"].values() if event["onset_s"] is not None]
    return float(min(onsets)) if onsets else float(rep["start_s"])


def brace_bursts(motion: Motion, reps: Sequence[Mapping[str, Any]], maximum_v: float) -> list[tuple[int, Hill]]:
    """The brace of every repetition, to be worn by every muscle of the trunk."""
    lead = lead_s(motion)
    return [(i, _held(begins_s(rep) - lead, float(rep["end_s"]), _HEIGHT * maximum_v)) for i, rep in enumerate(reps)]


def shrug_bursts(
    motion: Motion, reps: Sequence[Mapping[str, Any]], maximum_v: float
) -> tuple[list[tuple[int, Hill]], float]:
    """The rise of the upper trapezius with every brace, and what it shows at rest, V."""
    floor = _FLOOR * maximum_v
    risen = floor + 0.01 * motion.fault_size * maximum_v
    height = float(np.sqrt(max(risen**2 - floor**2, 0.0)))
    return [(i, _held(begins_s(rep) - LEAD_S, float(rep["end_s"]), height)) for i, rep in enumerate(reps)], floor


def with_brace_truth(simulation: Simulation) -> Simulation:
    """The truth with what the planted fault of bracing does in each repetition."""
    motion = simulation.motion
    name = brace_of(motion)
    if not name:
        return simulation
    true, without = (lead_s(motion), LEAD_S) if name == BRACE_LATE else (motion.fault_size, 0.0)
    reps = [{**rep, "fault": {**rep["fault"], "true": true, "without": without}} for rep in simulation.truth["reps"]]
    return replace(simulation, truth={**simulation.truth, "reps": reps})


def _held(start_s: float, end_s: float, height: float) -> Hill:
    return Hill(start_s, _RISE_S, max(end_s - start_s - _RISE_S, 0.0), _FALL_S, height)
