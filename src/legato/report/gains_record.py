"""What the chain comes to, as `result.json` holds it: gains, torque mismatch, stiffness of joints, muscles beside the
work of their joint, and compensation in parts.
"""

from collections.abc import Sequence
from math import degrees
from typing import TYPE_CHECKING, Any

from legato.estimate import Estimate

if TYPE_CHECKING:
    from legato.analysis import Analysis
    from legato.chain.compensation import CompensationPart
    from legato.chain.muscle_work import MuscleWork, PhaseActivity
    from legato.kinetics.flow import PowerResult
    from legato.kinetics.gains import ChainGain
    from legato.kinetics.joint_stiffness import JointStiffness
    from legato.kinetics.torque_mismatch import TorqueMismatch


def gains_record(power: "PowerResult") -> dict[str, Any]:
    """Part of the record of power, estimates still as they are."""
    return {
        "gains": [_gain(gain) for gain in power.gains],
        "torque_mismatch": None if power.mismatch is None else _mismatch(power.mismatch),
        "stiffness": [_stiffness(found, power.mass_kg) for found in power.stiffness],
    }


def _gain(gain: "ChainGain") -> dict[str, Any]:
    why = dict(gain.why)
    return {
        "name": gain.name,
        "about": gain.about or None,
        "set": gain.value.of_set,
        "n": gain.value.n,
        "per_rep": [{"rep": rep, "value": value, "reason": why.get(rep)} for rep, value in gain.value.per_rep],
        "reason": gain.value.reason or None,
    }


def _mismatch(found: "TorqueMismatch") -> dict[str, Any]:
    return {
        "index": found.index,
        "lag": found.lag_s,
        "n": found.n,
        "per_rep": [
            {
                "rep": r.rep,
                "index": r.index,
                "lag_s": r.lag_s,
                "correlation": r.correlation,
                "reason": r.reason or None,
            }
            for r in found.per_rep
        ],
        "reason": found.reason or None,
    }


def _stiffness(found: "JointStiffness", mass_kg: float | None) -> dict[str, Any]:
    return {
        "joint": found.joint,
        "phase": found.phase,
        "drives": found.drives,
        "set": found.slope,
        "per_kg": per_kg(found.slope, mass_kg),
        "n": found.n,
        "per_rep": [
            {"rep": r.rep, "slope": r.slope, "linearity": r.linearity, "reason": r.reason or None}
            for r in found.per_rep
        ],
        "reason": found.reason or None,
    }


def per_kg(slope: Estimate | None, mass_kg: float | None) -> Estimate | None:
    """A slope in N·m/deg as N·m/(rad·kg)."""
    if slope is None or not mass_kg:
        return None
    return slope.scaled(degrees(1.0) / mass_kg, "N·m/(rad·kg)")


def muscle_work_record(analysis: "Analysis") -> list[dict[str, Any]]:
    """Activity of glutes, hamstrings and back beside the work of the joint that they extend."""
    return [
        {
            "stream": m.stream,
            "channel": m.channel,
            "name": m.name,
            "joint": m.joint,
            "reference": m.reference or None,
            "phases": [_beside(analysis, m, phase) for phase in m.phases],
            "reason": m.reason or None,
        }
        for m in analysis.muscle_work
    ]


def _beside(analysis: "Analysis", muscle: "MuscleWork", phase: "PhaseActivity") -> dict[str, Any]:
    generated, absorbed = work_beside(analysis, muscle.joint, phase.phase)
    return {
        "phase": phase.phase,
        "drives": phase.drives,
        "activity": phase.mean,
        "n": phase.n,
        "per_rep": [{"rep": rep, "activity": value, "reason": why or None} for rep, value, why in phase.per_rep],
        "reason": phase.reason or None,
        "generated_j": generated,
        "absorbed_j": absorbed,
    }


def work_beside(analysis: "Analysis", joint: str, phase: str) -> tuple[Estimate | None, Estimate | None]:
    """What a joint generates and absorbs in a phase, J, over the set; None where it is not told."""
    if analysis.power is None:
        return None, None
    from legato.kinetics.work import set_amount

    here = [w for w in analysis.power.works if (w.joint, w.phase) == (joint, phase)]
    return set_amount(here, "generated"), set_amount(here, "absorbed")


def compensation_record(parts: "Sequence[CompensationPart]") -> list[dict[str, Any]]:
    """Each part on its own, with what it needs where it was not measured."""
    return [
        {
            "name": part.name,
            "measure": part.measure or None,
            "set": part.of_set,
            "n": part.n,
            "per_rep": [{"rep": rep, "value": value} for rep, value in part.per_rep],
            "needs": part.needs or None,
            "reason": part.reason or None,
        }
        for part in parts
    ]
