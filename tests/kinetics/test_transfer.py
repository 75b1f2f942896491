"""What reaches a load, and what noise does to an amount."""

import numpy as np
import pytest

from legato.estimate import Estimate
from legato.kinetics.transfer import Amounts, load_noise, load_power, load_work, with_noise
from legato.kinetics.work import Stretch
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
