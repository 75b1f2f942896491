"""What the chain comes to, as `result.json` holds it: gains, torque mismatch, stiffness of joints."""

from typing import TYPE_CHECKING, Any

from legato.estimate import Estimate

if TYPE_CHECKING:
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
    return slope.scaled(57.29577951308232 / mass_kg, "N·m/(rad·kg)")
