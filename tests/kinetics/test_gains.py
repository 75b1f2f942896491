"""Numbers of a set: legs as a brake, hips as engine and brake, how evenly energy is passed on."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from legato.estimate import Estimate
from legato.kinetics.gains import chain_gains, variation
from legato.kinetics.moment_errors import DRAWS, normal_draws
from legato.kinetics.transfer import Amounts
from legato.kinetics.work import AMOUNTS, JointWork, Stretch
from legato.recording import Span

DRIVES = {"descent": False, "ascent": True}


def work(joint: str, rep: int, phase: str, generated: float, absorbed: float) -> JointWork:
    table = np.zeros((DRAWS + 1, len(AMOUNTS)))
    table[:, AMOUNTS.index("generated")] = generated
    table[:, AMOUNTS.index("absorbed")] = absorbed
    return JointWork(joint, rep, phase, table, 0.9)


def squats(reps: int = 3) -> list[JointWork]:
    """Hips that absorb 100 J and give 90, knees 80 and 80, ankles 10 and 10, on each side."""
    energies = {"hip": (90.0, 100.0), "knee": (80.0, 80.0), "ankle": (10.0, 10.0)}
    return [
        w
        for rep in range(reps)
        for joint, (up, down) in energies.items()
        for side in ("right", "left")
        for w in (
            work(f"{joint}_{side}", rep, "descent", 0.0, down),
            work(f"{joint}_{side}", rep, "ascent", up, 0.0),
        )
    ]


def test_legs_brake_and_hips_drive_and_brake() -> None:
    told = {gain.name: gain.value.of_set for gain in chain_gains(squats(), (), DRIVES, 0.9)}
    expected = {"legs_brake": 380.0, "hips_engine": 180.0, "hips_brake": 200.0, "hips_engine_over_brake": 0.9}
    for name, value in expected.items():
        found = told[name]
        assert found is not None
        assert found.value == pytest.approx(value)


def test_noise_is_in_the_ratio_as_it_is_in_its_parts() -> None:
    works: list[JointWork] = []
    for w in squats(1):
        assert w.drawn is not None
        noise = 10.0 * normal_draws(f"{w.joint} {w.phase}")
        works.append(replace(w, drawn=w.drawn + noise[:, None] * (w.drawn != 0.0)))
    told = {gain.name: gain.value.of_set for gain in chain_gains(works, (), DRIVES, 0.9)}
    engine, ratio = told["hips_engine"], told["hips_engine_over_brake"]
    assert engine is not None and ratio is not None
    # 200 draws of each are next to independent.
    assert engine.half_width == pytest.approx(1.645 * 10.0 * np.sqrt(2.0), rel=0.1)
    assert ratio.half_width == pytest.approx(1.645 * 10.0 * np.sqrt(2.0) * np.hypot(1.0, 0.9) / 200.0, rel=0.1)


@pytest.mark.parametrize(("effort", "brake"), [("work", 380.0), (None, 400.0)])
def test_a_pause_brakes_none_where_the_movement_says_what_is_work(effort: Any, brake: float) -> None:
    works = squats(2) + [
        work(f"{joint}_{side}", rep, "overhead", 0.0, 10.0 if joint == "knee" else 0.0)
        for rep in range(2)
        for joint in ("hip", "knee", "ankle")
        for side in ("right", "left")
    ]
    back: Any = "return" if effort else None
    stretches = [
        Stretch(rep, phase, Span(k + 3.0 * rep, k + 1.0 + 3.0 * rep), said)
        for rep in range(2)
        for k, (phase, said) in enumerate((("descent", back), ("ascent", effort), ("overhead", None)))
    ]
    told = chain_gains(works, (), DRIVES | {"overhead": False}, 0.9, stretches)
    found = next(gain.value.of_set for gain in told if gain.name == "legs_brake")
    assert found is not None
    assert found.value == pytest.approx(brake)


def test_one_unknown_joint_leaves_no_sum_over_the_legs() -> None:
    works = [w for w in squats() if w.joint != "ankle_left"]
    told = {gain.name: gain.value.of_set for gain in chain_gains(works, (), DRIVES, 0.9)}
    assert told["legs_brake"] is None
    assert told["hips_engine"] is not None


def ratios(values: list[float]) -> Amounts:
    return Amounts(tuple((k, Estimate(v, v, v)) for k, v in enumerate(values)), None, len(values))


def test_evenness_needs_six_repetitions() -> None:
    found = variation(ratios([0.8, 0.9, 0.85, 0.8, 0.9]), 0.9)
    assert found.of_set is None
    assert "needs 6 repetitions; 5 are known" in found.reason


def test_why_no_share_is_told_is_why_none_varies() -> None:
    found = variation(Amounts(tuple((rep, None) for rep in range(8)), None, 0, "the joints mostly hold there"), 0.9)
    assert found.of_set is None
    assert found.reason == "the joints mostly hold there"


def test_the_interval_of_the_variation_holds_the_true_one() -> None:
    rng = np.random.default_rng(3)
    held: list[bool] = []
    for _ in range(400):
        found = variation(ratios((0.8 * (1.0 + 0.1 * rng.standard_normal(8))).tolist()), 0.9).of_set
        assert found is not None
        held.append(found.holds(0.1))
    # 1 SE is 1.5 points.
    assert 0.86 <= np.mean(held) <= 0.94


def test_where_no_phase_drives_for_certain_none_brakes() -> None:
    told = chain_gains(squats(), (), {"descent": False, "ascent": False}, 0.9)
    assert len(told) == 4
    assert all(gain.value.of_set is None and "no phase drives" in gain.value.reason for gain in told)
