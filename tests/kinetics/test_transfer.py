"""What reaches a load, and what noise does to an amount."""

import numpy as np
import pytest

from legato.estimate import Estimate
from legato.kinetics.moment_errors import DRAWS
from legato.kinetics.transfer import Amounts, load_noise, load_power, load_work, transfer_steps, with_noise
from legato.kinetics.work import AMOUNTS, JointWork, Stretch
from legato.recording import Span


def test_the_work_on_a_load_has_the_interval_of_its_path_s_noise() -> None:
    rate, fc, mass = 100.0, 6.0, 40.0
    t = np.arange(300) / rate
    height = 0.35 * (1.0 - np.cos(np.pi * np.clip((t - 1.0) / 1.0, 0.0, 1.0)))
    path = np.column_stack((np.zeros_like(t), np.zeros_like(t), height))
    stretch = Stretch(0, "press", Span(1.2, 1.7), "work")
    truth = load_work(load_power("bar", path, {0: mass}, rate, fc), stretch, 0.0, rate)
    assert truth is not None
    rng = np.random.default_rng(6)
    held: list[bool] = []
    for _ in range(300):
        load = load_power("bar", path + 0.002 * rng.standard_normal(path.shape), {0: mass}, rate, fc)
        found = load_work(load, stretch, 0.0, rate)
        assert found is not None
        held.append(abs(found[0] - truth[0]) <= 1.645 * load_noise(load, stretch, 0.0, rate))
    # 1 SE is 1.7 points.
    assert 0.85 <= np.mean(held) <= 0.95


def test_repetitions_alike_by_luck_are_no_surer_than_their_noise() -> None:
    told = Amounts(tuple((rep, Estimate(10.0, 10.0, 10.0)) for rep in range(4)), Estimate(10.0, 10.0, 10.0), 4)
    found = with_noise(told, dict.fromkeys(range(4), 2.0), 0.9)
    assert found.of_set is not None
    assert found.of_set.half_width == pytest.approx(1.645, rel=1e-3)
    assert all(e is not None and e.half_width == pytest.approx(3.29, rel=1e-3) for _, e in found.per_rep)


@pytest.mark.parametrize("drive_w", [0.0, 100.0])
def test_no_share_is_told_of_joints_that_hold(drive_w: float) -> None:
    """Powers that turn about zero: errors make positive work of them, and more when they are drawn once more."""
    rng = np.random.default_rng(7)
    once = rng.normal(drive_w, 10.0, 400)
    power = np.vstack([once, once + rng.normal(0.0, 10.0, (DRAWS, once.size))])
    drawn = np.zeros((DRAWS + 1, len(AMOUNTS)))
    for name, amount in (("generated", np.maximum(power, 0.0)), ("into_ahead", 0.3 * np.maximum(power, 0.0))):
        drawn[:, AMOUNTS.index(name)] = amount.sum(axis=1)
    legs = [f"{joint}_{side}" for joint in ("ankle", "knee", "hip") for side in ("right", "left")]
    works = [JointWork(leg, 0, "press", drawn, {}, 0.9) for leg in legs]
    (step,) = transfer_steps(works, [Stretch(0, "press", Span(0.0, 1.0), "work")], {"press": True}, {}, "bar", 0.9)
    if drive_w:
        # A hip's share of an ankle, a knee and a hip alike.
        assert step.ratio.of_set is not None and step.ratio.of_set.value == pytest.approx(0.1)
    else:
        assert step.ratio.of_set is None and "mostly hold" in step.ratio.reason
        assert step.energy.of_set is not None
