"""The jitted loops of burst timing against plain numpy, and a bell's slopes against finite differences."""

import numpy as np
import pytest

from legato.muscles._burst_kernels import bell_state, bin_power, climb_bell, edge_scores, edge_weights, window_means
from legato.recording import FloatArray

EXACT = 1e-9
"""Rounding of sums of some hundred terms."""


def test_bins_leave_out_missing_samples() -> None:
    rng = np.random.default_rng(0)
    x, missing = rng.standard_normal(30), rng.random(30) < 0.3
    missing[6:9] = True
    power, there = np.empty(10), np.empty(10)
    bin_power(x, missing, 3, power, there)
    squares = np.where(missing, np.nan, x**2).reshape(10, 3)
    assert there == pytest.approx(np.isfinite(squares).mean(axis=1))
    assert power[2] == 0.0
    kept = np.isfinite(squares).any(axis=1)
    assert power[kept] == pytest.approx(np.nanmean(squares[kept], axis=1), abs=EXACT)


@pytest.mark.parametrize("bins", [1, 4, 7])
def test_window_means_weigh_by_what_was_recorded(bins: int) -> None:
    rng = np.random.default_rng(1)
    power, there = rng.random(50), np.where(rng.random(50) < 0.3, 0.0, 1.0)
    out = np.empty(50)
    window_means(power, there, bins, out)
    for i in range(50):
        part = slice(max(0, i - bins // 2), min(50, i - bins // 2 + bins))
        weight = there[part]
        if weight.sum() < 0.5 * weight.size or weight.sum() == 0.0:
            assert np.isnan(out[i])
        else:
            assert out[i] == pytest.approx(np.average(power[part], weights=weight), abs=EXACT)


def plain_scores(
    power: FloatArray,
    there: FloatArray,
    rest: float,
    levels: FloatArray,
    profiles: FloatArray,
    lengths: "np.ndarray",
    lead: int,
    starts: "np.ndarray",
    half_dof: float,
) -> FloatArray:
    """Mean likelihood over levels, written out bin by bin."""
    out = np.empty((len(starts), len(profiles)))
    bins = np.arange(len(power))
    for j, start in enumerate(starts):
        for r, profile in enumerate(profiles):
            at = bins - (start - lead)
            inside = (at >= 0) & (at < lengths[r])
            share = np.where(at >= lengths[r], 1.0, 0.0)
            share[inside] = profile[at[inside]]
            logs: list[float] = []
            for level in levels:
                v = rest + (level - rest) * share
                logs.append(-half_dof * float(np.sum(there * (np.log(v) + power / v))))
            out[j, r] = max(logs) + np.log(np.mean(np.exp(np.array(logs) - max(logs))))
    return out


@pytest.fixture
def edge() -> dict[str, "np.ndarray"]:
    """A noisy edge at bin 60 with rises of 0, 8 and 20 bins to choose from."""
    rng = np.random.default_rng(2)
    mean = np.where(np.arange(120) < 60, 1.0, 6.0)
    profiles = np.ones((3, 24))
    for r, rise in enumerate((0, 8, 20)):
        profiles[r, : rise + 4] = np.clip((np.arange(rise + 4) - 1.5) / max(rise, 1), 0.0, 1.0) ** 2
    return {
        "power": mean * rng.gamma(0.6, 1.0 / 0.6, 120),
        "profiles": profiles,
        "lengths": np.array([4, 12, 24]),
        "levels": np.array([4.0, 6.0, 9.0]),
    }


@pytest.mark.parametrize("whole", [True, False])
def test_edge_scores_are_those_of_plain_numpy(edge: dict[str, "np.ndarray"], whole: bool) -> None:
    there = np.ones(120)
    if not whole:
        there[[20, 58, 61, 62, 90]] = [0.0, 0.5, 0.0, 0.0, 0.3]
    starts = np.array([2, 30, 59, 60, 70, 100])
    out = np.empty((6, 3))
    edge_scores(
        edge["power"], there, whole, 1.1, edge["levels"], edge["profiles"], edge["lengths"], 2, starts, 0.3, out
    )
    plain = plain_scores(edge["power"], there, 1.1, edge["levels"], edge["profiles"], edge["lengths"], 2, starts, 0.3)
    assert out == pytest.approx(plain, abs=EXACT)


def test_edge_weights_are_the_posterior_of_the_scores(edge: dict[str, "np.ndarray"]) -> None:
    long_profiles: FloatArray = np.clip((np.arange(12, dtype=np.float64) - 1.0) / 10.0, 0.0, 1.0)[np.newaxis] ** 2
    long_lengths = np.array([12])
    first, step, weights = edge_weights(
        edge["power"],
        np.ones(120),
        1.1,
        edge["levels"],
        edge["profiles"],
        edge["lengths"],
        2,
        long_profiles,
        long_lengths,
        1,
        4,
        2,
        110,
        0.6,
        12.0,
        200,
    )
    assert step == 1
    assert weights.sum() == pytest.approx(1.0)
    starts = first + np.arange(len(weights))
    plain = plain_scores(
        edge["power"], np.ones(120), 1.1, edge["levels"], edge["profiles"], edge["lengths"], 2, starts, 0.6
    )
    kept = weights[:, :3] > 0.0
    differences = (np.log(np.where(kept, weights[:, :3], 1.0)) - plain)[kept]
    # One constant for all: the weights are the likelihoods, scaled.
    assert np.ptp(differences) < 1e-8
    likeliest = int(starts[int(np.argmax(weights.sum(axis=1)))])
    assert abs(likeliest - 60) <= 12, "within the rises that were offered"


@pytest.mark.parametrize("doublings", [-1, 0, 1, 3])
def test_the_slopes_of_a_bell_are_its_finite_differences(doublings: int) -> None:
    rng = np.random.default_rng(3)
    time_s: FloatArray = 0.004 * np.arange(100, dtype=np.float64)
    bell = np.array([0.19, np.log(0.05), 0.4, np.log(8.0)])
    power, there, rest = rng.gamma(1.0, 4.0, 100), np.ones(100), np.full(100, 1.0)

    def at(parameters: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        gradient, information = np.empty(4), np.empty((4, 4))
        value = bell_state(time_s, power, there, rest, 1.5, doublings, parameters, 0.1, 2.0, gradient, information)
        return value, gradient, information

    _, gradient, information = at(bell)
    for p in range(4):
        step = np.zeros(4)
        step[p] = 1e-6
        slope = (at(bell + step)[0] - at(bell - step)[0]) / 2e-6
        # Central differences of a step of 1e-6: relative error some 1e-6, more where the slope itself is small.
        assert gradient[p] == pytest.approx(slope, rel=1e-4, abs=1e-3)
    assert np.allclose(information, information.T)
    assert np.all(np.linalg.eigvalsh(information) > 0.0)


@pytest.mark.parametrize("doublings", [-1, 0, 2])
def test_a_noise_free_bell_is_found_again(doublings: int) -> None:
    time_s: FloatArray = 0.004 * np.arange(150, dtype=np.float64)
    truth = np.array([0.3, np.log(0.06), 0.5, np.log(20.0)])
    information = np.empty((4, 4))
    gradient = np.empty(4)
    # The power that makes the truth the top of its own likelihood is its mean.
    mean = np.empty(150)
    for i in range(150):
        at = np.array([time_s[i]])
        low = bell_state(at, np.ones(1), np.ones(1), np.ones(1), 1.0, doublings, truth, 0.0, 0.0, gradient, information)
        share = information[3, 3] ** 0.5
        assert np.isfinite(low)
        mean[i] = 1.0 / (1.0 - share) if share < 1.0 else 1e6
    start = truth + np.array([0.03, 0.3, -0.4, -0.5])
    climb_bell(time_s, mean, np.ones(150), np.ones(150), 20.0, doublings, start, 0.5, 1e-6, information)
    assert start[0] == pytest.approx(truth[0], abs=1e-3)
    assert start[1:] == pytest.approx(truth[1:], abs=0.03)
