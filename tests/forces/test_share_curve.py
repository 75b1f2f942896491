"""The course of the load share over the repetition: planted shares, and a band that holds what it says."""

import numpy as np
import pytest

from legato.forces import FootForces, find_plates, find_stands, foot_forces
from legato.forces.share_curve import STEPS, share_curve
from legato.recording import FloatArray, Span

from .lifts_on_plates import Lift, lift


def under(made: Lift) -> FootForces:
    plates = find_plates(made.recording, zero=True).plates
    forces = foot_forces(plates, find_stands(plates, made.feet))
    assert forces is not None
    return forces


def feet(left: FloatArray, right: FloatArray, rate_hz: float = 1000.0) -> FootForces:
    return FootForces(rate_hz, 0.0, left, right, (0.0, 0.0), (0.0, 0.0), (0.001, 0.001))


@pytest.mark.parametrize("reps", [1, 2, 3, 5])
def test_the_band_holds_the_planted_share_as_often_as_it_says(reps: int):
    held: list[float] = []
    for seed in range(30):
        made = lift(0.55, reps=reps, scale_sd=0.005, seed=seed)
        found = share_curve(under(made), made.reps)
        assert found is not None
        # One repetition says nothing of the next: its band is about its own share.
        truth = made.shares[0] if reps == 1 else 0.55
        held.append(float(np.mean((found.low <= truth) & (truth <= found.high))))
    # 30 sets whose steps share one spread: a share of 0.9 has a standard error of 0.055.
    assert np.mean(held) == pytest.approx(0.90, abs=0.11)


@pytest.mark.parametrize("rate_hz", [1000.0, 1926.0])
def test_a_share_that_runs_over_the_repetition_is_followed(rate_hz: float):
    t = np.arange(round(6.0 * rate_hz)) / rate_hz
    share = 0.5 + 0.1 * np.sin(np.pi * (t % 2.0))
    found = share_curve(
        feet(1000.0 * share, 1000.0 * (1.0 - share), rate_hz), [Span(2.0 * k, 2.0 * k + 2.0) for k in (0, 1, 2)]
    )
    assert found is not None
    middle = 2.0 * (np.arange(STEPS) + 0.5) / STEPS
    # A step is told by its mean.
    assert found.left == pytest.approx(0.5 + 0.1 * np.sin(np.pi * middle), abs=2e-4)
    assert found.per_rep.shape == (3, STEPS)


def test_mirrored_feet_mirror_the_share():
    made = lift(0.55, reps=3, seed=1)
    forces = under(made)
    zero, noise, time = ((b, a) for a, b in (forces.zero_sd_n, forces.noise_n, forces.noise_s))
    swapped = FootForces(forces.rate_hz, forces.start_s, forces.right, forces.left, zero, noise, time)
    one, other = share_curve(forces, made.reps), share_curve(swapped, made.reps)
    assert one is not None and other is not None
    assert other.left == pytest.approx(1.0 - one.left)
    assert other.low == pytest.approx(1.0 - one.high)


def test_no_share_is_told_in_flight_and_where_samples_are_missing():
    left, right = np.full(4000, 400.0), np.full(4000, 600.0)
    left[1000:1200] = right[1000:1200] = 0.0
    right[3000:3100] = np.nan
    found = share_curve(feet(left, right), [Span(0.0, 4.0)])
    assert found is not None
    gone = np.flatnonzero(np.isnan(found.left)).tolist()
    # 40 samples a step.
    assert gone == [25, 26, 27, 28, 29, 75, 76, 77]
    assert found.left[~np.isnan(found.left)] == pytest.approx(0.4)


def test_what_lies_off_the_recording_or_is_too_short_is_left_out():
    forces = feet(np.full(2000, 500.0), np.full(2000, 500.0))
    assert share_curve(forces, []) is None
    assert share_curve(forces, [Span(1.5, 2.5), Span(-0.5, 0.5), Span(0.0, 0.05)]) is None
    found = share_curve(forces, [Span(1.5, 2.5), Span(0.5, 1.5)])
    assert found is not None and found.per_rep.shape[0] == 1
