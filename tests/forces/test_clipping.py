"""Limits of a device: found in coarse and in drawn-out channels, and not in smooth tops or computed curves."""

import numpy as np
import pytest

from legato.forces._curves import limit_of
from legato.forces.clipping import clipped_samples

from .planted_jumps import planted_jump


@pytest.mark.parametrize("rate_hz", [500.0, 1000.0, 2148.0])
@pytest.mark.parametrize(("step_n", "noise_n"), [(0.0, 0.5), (0.3, 2.0), (1.0, 2.0), (3.0, 5.0)])
def test_the_limit_of_a_push_and_no_limit_of_a_top(rate_hz, step_n, noise_n):
    for seed in range(4):
        force = planted_jump(rate_hz, noise_n=noise_n, seed=seed).force_n
        force = np.round(force / step_n) * step_n if step_n else force
        assert limit_of(force) is None
        found = limit_of(np.minimum(force, 1500.0))
        assert found is not None and found[0] == 1500.0


def test_one_rule_for_a_curve_and_for_a_plate():
    force = np.minimum(planted_jump(seed=2).force_n, 1500.0)
    plate = np.column_stack([np.random.default_rng(0).normal(0.0, 1.0, force.size), -force])
    marked = clipped_samples(plate)
    assert np.array_equal(np.flatnonzero(marked), np.flatnonzero(force == 1500.0))
    first = limit_of(force)
    assert first is not None and first[1] == int(np.flatnonzero(marked)[0])


def test_a_slower_channel_drawn_out_to_the_rate_of_the_others():
    slow = planted_jump(250.0, seed=1).force_n
    slow = np.minimum(slow, 1500.0)
    at = np.arange(4 * (slow.size - 1) + 1) / 4.0
    drawn = np.interp(at, np.arange(slow.size), slow)
    assert clipped_samples(drawn[:, None]).any()


def test_a_computed_curve_may_rest_where_it_likes():
    ramp = np.concatenate([np.zeros(1000), np.repeat(np.linspace(0.0, 900.0, 50), 10), np.full(800, 900.0)])
    assert limit_of(ramp) is None
