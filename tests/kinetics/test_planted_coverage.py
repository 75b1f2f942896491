"""Coverage of leaks that are planted in recordings with a laboratory's errors, through the public pipeline."""

import numpy as np
import pytest

import legato
from legato.recording import FloatArray
from legato.simulate import Simulation
from legato.simulate.joint_truth import solve

from .planted_presses import BAR_KG, MASS_KG, press

PLANTS: tuple[tuple[str | None, float, float], ...] = (
    (None, 0.0, 0.0),
    ("leak", 10.0, 35.0),
    ("trunk-leak", 8.0, 20.0),
    ("dead-time", 0.1, 0.4),
)
"""Faults and the span of their sizes, deg and s."""

SESSIONS = 8

LEGS = ("ankle", "knee", "hip")


def into_pelvis(made: Simulation) -> tuple[FloatArray, FloatArray]:
    """Instants, s, and the power that both thighs' forces and moments put into the pelvis, W, each (n,)."""
    moving, solved = solve(made.motion, made.truth["forces"]["load_share"]["left"], 100.0)
    names = [segment.name for segment in moving.segments]
    turning, power = moving.turning[names.index("pelvis")], np.zeros(moving.times().size)
    for side in ("right", "left"):
        hip = solved.joints[f"hip_{side}"]
        velocity = moving.joint_velocity[names.index(f"thigh_{side}")]
        power -= np.einsum("ni,ni->n", hip.force, velocity) + np.einsum("ni,ni->n", hip.moment, turning)
    return moving.times(), power


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_intervals_hold_the_planted_leaks_and_what_both_hips_hand_on() -> None:
    pytest.importorskip("mujoco", reason="the exact truth comes from MuJoCo: pip install legato[sim]")
    held: list[bool] = []
    handed: list[bool] = []
    off: list[float] = []
    for seed in range(SESSIONS):
        fault, least, most = PLANTS[seed % len(PLANTS)]
        size = float(np.random.default_rng(seed).uniform(least, most)) if fault else None
        made = press(seed, fault=fault, fault_size=size)
        found = legato.analyze(made.recording, "push-press", mass_kg=MASS_KG, load_kg=BAR_KG).power
        assert found is not None
        times, power = into_pelvis(made)
        spans = {(s.rep, s.phase): s.span for s in found.stretches}
        for step in (s for s in found.steps if s.to_link == "pelvis"):
            for rep, energy in step.energy.per_rep:
                assert energy is not None
                at = np.linspace(spans[rep, step.phase].start_s, spans[rep, step.phase].end_s, 500)
                handed.append(energy.holds(float(np.trapezoid(np.interp(at, times, power), at))))
        truth = made.truth["joints"]["reps"]
        for work in (w for w in found.works if w.phase in ("drive", "press") and w.joint.split("_")[0] in LEGS):
            joints = next(p["joints"] for p in truth[work.rep]["phases"] if p["phase"] == work.phase)
            absorbed, planted = work.amount("absorbed"), joints[work.joint]["absorbed_j"]
            # What is planted below 1 J lies at the border of zero, where an interval ends.
            if absorbed is not None and planted > 1.0:
                held.append(absorbed.low <= planted <= absorbed.high)
                off.append(absorbed.value - planted)
    assert len(held) > 8 * SESSIONS
    share = float(np.mean(held))
    # Measured 96 % of 479 in 36 sessions; a dozen and more share one session's errors: 1 SE of eight some 3 points.
    assert share >= 0.85, (share, np.mean(off), np.std(off))
    # Measured 0.6 J too much, SD 2.0: noise only adds to what is absorbed.
    assert abs(float(np.mean(off))) < 1.0, np.mean(off)
    assert len(handed) == 10 * SESSIONS
    # Measured 92 % of 400 in 40 sessions drawn wider.
    assert 0.82 <= np.mean(handed) <= 0.99, np.mean(handed)
