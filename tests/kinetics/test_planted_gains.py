"""What the chain comes to in simulated lifts, against MuJoCo's inverse dynamics of the same motion."""

import numpy as np
import pytest

import legato
from legato.kinetics.flow import PowerResult
from legato.kinetics.work import pauses
from legato.recording import FloatArray, Span
from legato.simulate import simulate, with_plates
from legato.simulate.joint_truth import powers_of, solve, work_in

HIPS = ("hip_right", "hip_left")
LEGS = (*HIPS, "knee_right", "knee_left", "ankle_right", "ankle_left")
UPPER = ("shoulder", "elbow", "wrist")


def lifted(movement: str) -> tuple[FloatArray, dict[str, FloatArray], PowerResult]:
    """Instants, s, and true power of every joint, W, of two lifts, and what is found of them."""
    pytest.importorskip("mujoco", reason="the exact truth comes from MuJoCo: pip install legato[sim]")
    made = with_plates(simulate(movement, reps=2, noise_m=0.0005, wobble_m=0.0005))
    scenario = made.motion.scenario
    found = legato.analyze(made.recording, movement, mass_kg=scenario.mass_kg, load_kg=scenario.bar_kg).power
    assert found is not None
    moving, solved = solve(made.motion, 0.5)
    return moving.times(), powers_of(moving, solved), found


@pytest.mark.slow
@pytest.mark.parametrize("movement", ["push-press", "back-squat", "hip-hinge"])
def test_brake_engine_and_gain_are_those_of_the_planted_motion(movement: str) -> None:
    times, powers, power = lifted(movement)

    def spans(rep: int, drives: bool) -> list[Span]:
        mine = [s for s in power.stretches if s.rep == rep and power.drives[s.phase] == drives]
        return [s.span for s in mine if drives or s.phase not in pauses(power.stretches)]

    def planted(names: tuple[str, ...], rep: int, drives: bool, amount: str) -> float:
        return sum(
            work_in(times, powers[name], span.start_s, span.end_s)[amount]
            for name in names
            for span in spans(rep, drives)
        )

    asked = {
        "legs_brake": (LEGS, False, "absorbed_j"),
        "hips_engine": (HIPS, True, "generated_j"),
        "hips_brake": (HIPS, False, "absorbed_j"),
    }
    told = {gain.name: gain.value for gain in power.gains}
    for name, (joints, drives, amount) in asked.items():
        for rep, found in told[name].per_rep:
            true = planted(joints, rep, drives, amount)
            assert found is not None
            assert found.holds(true), (name, found, true)
            # Markers and plates are good here: measured within 4 %.
            assert found.value == pytest.approx(true, rel=0.06)
    gain = next((g for g in power.gains if g.name == "power_gain" and g.about == "legs to upper body"), None)
    assert gain is not None or movement != "push-press"
    for rep, found in () if gain is None else gain.value.per_rep:
        driven = spans(rep, True)
        inside = (times >= driven[0].start_s) & (times <= driven[-1].end_s)
        legs = np.sum([powers[name] for name in LEGS], axis=0)[inside].max()
        above = np.sum([powers[f"{joint}_{side}"] for joint in UPPER for side in ("right", "left")], axis=0)
        assert found is not None
        assert found.holds(float(above[inside].max() / legs))
