"""Lags between two muscles: a planted one is found and held, a rep that cannot be read is refused with its reason."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from legato.errors import BadInput
from legato.estimate import Estimate
from legato.muscles import activation_lags
from legato.muscles.lags import ActivationLags
from legato.recording import FloatArray

from .plain_emg import coloured, floor_noise

RATE = 2000.0


def pair(
    rng: np.random.Generator, lag_s: float, reps: int, contrast: float = 6.0
) -> tuple[FloatArray, FloatArray, list[tuple[float, float]]]:
    """Two channels with bursts of raised-cosine amplitude, 0.4 s long, the second one `lag_s` later, and the reps."""
    n = int((2.0 * reps + 2.0) * RATE)
    time = np.arange(n) / RATE
    spans = [(1.0 + 2.0 * k, 3.0 + 2.0 * k) for k in range(reps)]
    middles = np.array([start + 0.9 + rng.uniform(-0.05, 0.05) for start, _ in spans])
    channels: list[FloatArray] = []
    for late in (0.0, lag_s):
        u = np.clip((time[:, np.newaxis] - middles - late) / 0.4, -0.5, 0.5)
        envelope = (0.5 + 0.5 * np.cos(2.0 * np.pi * u)).sum(axis=1)
        f = np.fft.rfftfreq(n, 1.0 / RATE)
        shaped = [
            np.fft.irfft(np.fft.rfft(rng.standard_normal(n)) * ((f > low) & (f < high)), n)
            for low, high in ((20.0, 450.0), (40.0, 200.0))
        ]
        channels.append(shaped[0] / shaped[0].std() + contrast * envelope * shaped[1] / shaped[1].std())
    return channels[0], channels[1], spans


@pytest.mark.parametrize("lag_s", [-0.05, 0.0, 0.08])
def test_a_planted_lag_is_found_in_its_sign_and_size(lag_s: float) -> None:
    first, second, reps = pair(np.random.default_rng(2), lag_s, 8)
    lags = activation_lags(first, second, RATE, reps)
    assert lags.n == 8 and lags.refused == []
    assert lags.mean is not None
    # A single lag scatters by some 10 ms; the mean of eight stays well within that.
    assert abs(lags.mean.value - lag_s) < 0.01
    assert lags.mean.half_width < 0.015


def test_swapping_the_muscles_turns_the_sign_and_nothing_else() -> None:
    first, second, reps = pair(np.random.default_rng(3), 0.06, 4)
    there, back = activation_lags(first, second, RATE, reps), activation_lags(second, first, RATE, reps)
    assert there.mean is not None and back.mean is not None
    assert back.mean.value == pytest.approx(-there.mean.value, abs=1e-9)
    assert back.mean.half_width == pytest.approx(there.mean.half_width, abs=1e-9)


def test_a_rep_without_a_burst_is_refused_and_says_so() -> None:
    first, second, reps = pair(np.random.default_rng(4), 0.06, 4)
    lags = activation_lags(first, second, RATE, [*reps, (0.0, 0.9)])
    assert lags.per_rep[4] is None
    assert lags.refused == [(4, "first muscle: no burst in this repetition")]
    assert lags.n == 4


def test_a_set_of_which_over_a_third_is_refused_has_no_mean() -> None:
    first, second, reps = pair(np.random.default_rng(4), 0.06, 6)
    second[int(reps[4][0] * RATE) :] = second[: int(1.0 * RATE)].std() * np.random.default_rng(1).standard_normal(
        len(second) - int(reps[4][0] * RATE)
    )
    kept = activation_lags(first, second, RATE, reps)
    # Two of six is a third, and no more.
    assert kept.n == 4 and kept.mean is not None and kept.reason == ""
    lost = activation_lags(first, second, RATE, reps[1:])
    assert lost.n == 3 and lost.mean is None and sum(lag is not None for lag in lost.per_rep) == 3
    assert lost.reason == "2 of 5 reps cannot be timed (second muscle: no burst in this repetition)"
    assert lost.reps_for(0.010) is None


def test_two_bursts_of_like_size_in_one_rep_are_refused() -> None:
    first, second, reps = pair(np.random.default_rng(5), 0.06, 4)
    lags = activation_lags(first, second, RATE, [(reps[0][0], reps[1][1])])
    assert lags.mean is None and "several bursts" in lags.refused[0][1]


def test_one_rep_gives_its_own_interval_and_no_number_of_reps_needed() -> None:
    first, second, reps = pair(np.random.default_rng(6), 0.06, 4)
    lags = activation_lags(first, second, RATE, reps[:1])
    assert lags.mean is not None and lags.mean == lags.per_rep[0]
    assert lags.reps_for(0.010) is None


def test_more_reps_are_asked_for_the_finer_the_answer() -> None:
    first, second, reps = pair(np.random.default_rng(7), 0.06, 8)
    lags = activation_lags(first, second, RATE, reps)
    coarse, fine = lags.reps_for(0.020), lags.reps_for(0.006)
    assert coarse is not None and fine is not None and fine > coarse >= 2


def test_what_crosstalk_adds_no_number_of_reps_takes_away() -> None:
    lags = ActivationLags([], Estimate(0.04, 0.03, 0.05, unit="s"), 5, [], spread_s=0.008)
    needed = lags.reps_for(0.010)
    # 2.13 · 8 / √5 = 7.6 ms with five, 2.35 · 8 / √4 = 9.4 ms with four, 2.92 · 8 / √3 = 13 ms with three.
    assert needed == 4
    drawn = replace(lags, drawn_s=0.004).reps_for(0.010)
    # Of 10 ms 6 are left: 1.89 · 8 / √8 = 5.4 ms with eight, 1.94 · 8 / √7 = 5.9 ms with seven, 6.6 ms with six.
    assert drawn == 7
    assert replace(lags, drawn_s=0.010).reps_for(0.010) is None


def test_arguments_that_cannot_be_meant_are_refused() -> None:
    first, second, reps = pair(np.random.default_rng(8), 0.06, 2)
    with pytest.raises(BadInput, match="give both from one recording"):
        activation_lags(first, second[:-1], RATE, reps)
    with pytest.raises(BadInput, match="give centre, onset, peak or offset"):
        activation_lags(first, second, RATE, reps, at="middle")  # pyright: ignore[reportArgumentType]
    with pytest.raises(BadInput, match="give start and end"):
        activation_lags(first, second, RATE, [(2.0, 1.0)])


def bursts_at(middles_s: Sequence[float], tops: Sequence[float], seed: int = 11) -> FloatArray:
    """8 s of EMG with bursts of raised-cosine amplitude, 0.8 s long, over noise of 1."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(8.0 * RATE)) / RATE
    envelope = np.zeros(time.size)
    for middle, top in zip(middles_s, tops, strict=True):
        envelope += top * (0.5 + 0.5 * np.cos(2.0 * np.pi * np.clip((time - middle) / 0.8, -0.5, 0.5)))
    return floor_noise(time.size, RATE, rng) + envelope * coloured(time.size, RATE, rng)


def test_the_burst_that_starts_a_rep_is_its_own_although_half_of_it_comes_before() -> None:
    lift, bump = 2.0, 3.0
    first, second = bursts_at([lift, bump], [30.0, 5.0]), bursts_at([lift + 0.3], [20.0], seed=12)
    # The movement begins 30 ms after the middle of its burst, as force comes some 50 ms after EMG.
    lags = activation_lags(first, second, RATE, [(lift + 0.03, 3.6)])
    (lag,) = lags.per_rep
    assert lag is not None and lag.holds(0.3) and abs(lag.value - 0.3) < 0.03


@pytest.mark.parametrize("late_s", [0.07, 0.12])
def test_a_bump_is_not_taken_for_a_burst_that_the_border_cuts(late_s: float) -> None:
    lift, bump = 2.0, 3.0
    first, second = bursts_at([lift, bump], [30.0, 5.0]), bursts_at([bump], [20.0], seed=12)
    lags = activation_lags(first, second, RATE, [(lift + late_s, 3.6)])
    assert lags.mean is None
    assert lags.refused[0][1].startswith("first muscle: a burst that only reaches into this repetition")


def test_a_burst_across_the_border_of_two_reps_is_that_of_the_one_that_holds_its_centre() -> None:
    between = 4.0
    first = bursts_at([between, 6.0], [30.0, 5.0])
    second = bursts_at([between + 0.02, 6.0], [20.0, 20.0], seed=12)
    lags = activation_lags(first, second, RATE, [(2.0, between + 0.1), (between + 0.1, 7.0)])
    assert lags.per_rep[0] is not None and lags.per_rep[0].holds(0.02)
    assert lags.per_rep[1] is None and "only reaches into this repetition rivals its own" in lags.refused[0][1]
    # Where no burst but a cut one's tail is left in a repetition, that is said.
    alone = bursts_at([between], [30.0])
    lags = activation_lags(alone, second, RATE, [(2.0, between + 0.1), (between + 0.1, 7.0)])
    assert lags.refused == [(1, "first muscle: no burst has its centre in this repetition, one only reaches into it")]


def test_the_tail_of_a_neighbour_does_not_cost_a_rep_its_own_burst() -> None:
    # 3 dB louder beside a burst 3 dB weaker, its last tenth of a second in the other's repetition.
    first, second = bursts_at([3.0, 5.0], [28.0, 14.0]), bursts_at([3.05, 5.05], [20.0, 20.0], seed=12)
    lags = activation_lags(first, second, RATE, [(2.0, 3.3), (3.3, 6.0)])
    assert lags.n == 2 and lags.refused == []
    assert all(lag is not None and lag.holds(0.05) for lag in lags.per_rep)
