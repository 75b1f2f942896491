"""The jitted loops of burst timing against plain numpy, and a bell's slopes against finite differences."""

import numpy as np
import pytest

from legato.muscles._bell_kernels import (
    SMOOTH_BEND,
    bell_power,
    bell_state,
    climb_bell,
    excess_scatter,
    inverse_of,
    log_determinant,
)
from legato.muscles._edge_kernels import blunt_weights, edge_scores, edge_weights
from legato.muscles._power_kernels import bin_power, deepest_valley, mark_activity, mean_there, window_means
from legato.muscles._segments import moving_mean
from legato.recording import BoolArray, FloatArray
from legato.signals.gaps import runs_of

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


def test_the_deepest_valley_lies_between_two_humps() -> None:
    power = 1.0 + 9.0 * np.exp(-0.5 * ((np.arange(200) - 50) / 15.0) ** 2)
    power += 4.0 * np.exp(-0.5 * ((np.arange(200) - 150) / 15.0) ** 2)
    there = np.ones(200)
    depth, at = deepest_valley(power, there, 8, 2, 0.5)
    means = np.array([power[max(0, i - 4) : i + 4].mean() for i in range(4, 200, 2)])
    lower = means[60:].max()
    assert abs(at - 100) <= 6, "the noise-free valley is flat there"
    assert depth == pytest.approx(-np.log(means[38:60].min() / lower), abs=1e-6)
    assert deepest_valley(power, there, 8, 2, 0.1)[0] == 0.0, "it falls to a fifth only"
    there[60:140] = 0.0
    assert deepest_valley(power, there, 8, 2, 0.5)[1] not in range(64, 136), "what is missing is no valley"


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
    spread: float,
    profiles: FloatArray,
    lengths: "np.ndarray",
    lead: int,
    starts: "np.ndarray",
    half_dof: float,
) -> FloatArray:
    """Mean likelihood over three levels of each row, written out bin by bin."""
    out = np.empty((len(starts), len(profiles)))
    bins = np.arange(len(power))
    for j, start in enumerate(starts):
        for r, profile in enumerate(profiles):
            at = bins - (start - lead)
            inside = (at >= 0) & (at < lengths[r])
            share = np.where(at >= lengths[r], 1.0, 0.0)
            share[inside] = profile[at[inside]]
            logs: list[float] = []
            for level in levels[r] * np.exp(1.2 * spread * np.array([-1.0, 0.0, 1.0])):
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
    }


@pytest.mark.parametrize("whole", [True, False])
def test_edge_scores_are_those_of_plain_numpy(edge: dict[str, "np.ndarray"], whole: bool) -> None:
    there = np.ones(120)
    if not whole:
        there[[20, 58, 61, 62, 90]] = [0.0, 0.5, 0.0, 0.0, 0.3]
    starts = np.array([1, 2, 30, 59, 60, 70, 100, 110])
    out, levels = np.empty((8, 3)), np.full(3, 3.0)
    power, profiles, lengths = edge["power"], edge["profiles"], edge["lengths"]
    seeds = np.array([4, 0, 7])
    edge_scores(power, there, 1.1, levels, 0.2, profiles, lengths, 2, starts, seeds, 0.3, np.inf, 24, out)
    plain = plain_scores(power, there, 1.1, levels, 0.2, profiles, lengths, 2, starts, 0.3)
    assert out == pytest.approx(plain, abs=EXACT)


def test_the_level_of_an_edge_is_the_likeliest(edge: dict[str, "np.ndarray"]) -> None:
    power, profiles, lengths = edge["power"], edge["profiles"], edge["lengths"]
    starts, out, levels = np.arange(40, 80), np.empty((40, 3)), np.full(3, 3.0)
    edge_scores(power, np.ones(120), 1.1, levels, 1e-6, profiles, lengths, 2, starts, np.full(3, 5), 0.3, 50.0, 24, out)
    for factor in (0.93, 1.07):
        moved = plain_scores(power, np.ones(120), 1.1, levels * factor, 1e-6, profiles, lengths, 2, starts, 0.3)
        assert (out.max(axis=0) > moved.max(axis=0)).all(), "four steps of scoring come within 7 %"


def test_rows_that_are_too_long_or_far_from_the_best_are_left_out(edge: dict[str, "np.ndarray"]) -> None:
    power, profiles, lengths = edge["power"], edge["profiles"], edge["lengths"]
    starts, out = np.arange(2, 112), np.empty((110, 3))
    edge_scores(
        power, np.ones(120), 1.1, np.full(3, 3.0), 0.2, profiles, lengths, 2, starts, np.full(3, 50), 0.6, 10.0, 12, out
    )
    assert (out[:, 2] == -1e300).all()
    looked = out[:, 0] > -1e300
    assert 1 < looked.sum() < 110
    whole = np.empty((110, 3))
    edge_scores(
        power,
        np.ones(120),
        1.1,
        np.full(3, 3.0),
        0.2,
        profiles,
        lengths,
        2,
        starts,
        np.full(3, 50),
        0.6,
        np.inf,
        24,
        whole,
    )
    assert out[looked, 0] == pytest.approx(whole[looked, 0], abs=EXACT)
    assert whole[~looked, 0].max() < whole[:, 0].max() - 5.0, "noise may lift a start again beyond one that fell"


def test_edge_weights_are_the_posterior_of_the_scores(edge: dict[str, "np.ndarray"]) -> None:
    power, profiles, lengths = edge["power"], edge["profiles"], edge["lengths"]
    # Of four rises, told in groups of 4 bins, the first three are told bin by bin too.
    grouped: FloatArray = (
        np.clip((np.arange(12, dtype=np.float64) - 0.8) / np.array([[0.1], [2.0], [5.0], [10.0]]), 0, 1) ** 2
    )
    first, step, weights = edge_weights(
        power, np.ones(120), 1.1, 6.0, 0.1, profiles, lengths, 2, grouped, np.array([3, 5, 8, 12]), 1, 4, 2, 110, 0.6,
        12.0, 200, 60,
    )  # fmt: skip
    assert step == 1
    assert weights.sum() == pytest.approx(1.0)
    starts = first + np.arange(len(weights))
    kept = weights[:, :3] > 0.0
    # Levels and seeds as the kernel finds them: a step first, then all rises in groups of bins.
    groups, coarse = power.reshape(30, 4).mean(axis=1), np.arange(1, 28)
    many, levels, lead = np.array([3, 5, 8, 12]), np.full(4, 6.0), 1
    step_scores = np.empty((27, 1))
    edge_scores(
        groups, np.ones(30), 1.1, levels[:1], 0.1, grouped[:1], many[:1], lead, coarse, np.zeros(1, np.int64), 2.4,
        np.inf, 3, step_scores,
    )  # fmt: skip
    # A step from 1.1 to 6 fits a rise best where its power is this.
    even = np.log(6.0 / 1.1) * 6.0 * 1.1 / (6.0 - 1.1)
    late = [
        min(int(np.searchsorted(1.1 + (6.0 - 1.1) * row[:m], even)), int(m) - 1) - lead
        for row, m in zip(grouped, many, strict=True)
    ]
    seeds = np.clip(int(np.argmax(step_scores)) - np.array(late), 0, 26)
    scores = np.empty((27, 4))
    edge_scores(groups, np.ones(30), 1.1, levels, 0.1, grouped, many, lead, coarse, seeds, 2.4, 12.0, 18, scores)
    fine_seeds = np.clip(4 * coarse[np.argmax(scores[:, :3], axis=0)] - first, 0, len(starts) - 1)
    out = np.empty((len(starts), 3))
    edge_scores(
        power, np.ones(120), 1.1, levels[:3].copy(), 0.1, profiles, lengths, 2, starts, fine_seeds, 0.6, 12.0, 120, out
    )
    differences = (np.log(np.where(kept, weights[:, :3], 1.0)) - out)[kept]
    # One constant for all: the weights are the likelihoods, scaled.
    assert np.ptp(differences) < 1e-8
    likeliest = int(starts[int(np.argmax(weights.sum(axis=1)))])
    assert abs(likeliest - 60) <= 12, "within the rises that were offered"


def test_blunted_weights_are_those_of_plain_numpy() -> None:
    rng = np.random.default_rng(7)
    weights = rng.random((9, 4)) ** 6
    weights[:, 1] = 0.0
    by_start, by_rise = np.array([0.55, 0.6, 0.8, 1.0]), 0.65
    evidence = weights.sum(axis=0)
    plain = (weights / np.maximum(weights.max(axis=0), 1e-300)) ** by_start
    plain *= (evidence / evidence.max()) ** by_rise / np.where(evidence > 0.0, plain.sum(axis=0), 1.0)
    blunt_weights(weights, by_start, by_rise)
    assert weights == pytest.approx(plain / plain.sum(), abs=EXACT)


@pytest.mark.parametrize("seed", range(6))
def test_activity_is_marked_as_by_plain_numpy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    power, there = rng.gamma(0.5, 2.0, 900), np.ones(900)
    power[200:260] *= 5.0
    power[500:800] *= 1.8
    there[230:240] = 0.0
    there[640:720] = 0.0
    bins, trims = np.array([20, 80, 160, 1200]), np.array([0, 20, 40, 300])
    least, extents = np.array([4.0, 2.2, 1.8, 1.0]), np.array([2.0, 1.6, 1.4, 1.0])
    found, covered = np.zeros(900, bool), np.zeros(900, bool)
    mark_activity(power, there, bins, trims, least, extents, found, covered)
    plain, over = np.zeros(900, bool), np.zeros(900, bool)
    for k in range(3):
        mean = moving_mean(power, there, int(bins[k]))
        active: BoolArray = mean > extents[k]
        for start, stop in runs_of(active):
            if plain[start:stop].any():
                over[start + trims[k] : stop - trims[k]] = True
            elif mean[start:stop].max() > least[k]:
                plain[start + trims[k] : max(start + trims[k] + 1, stop - trims[k])] = True
    assert found.any()
    assert (found == plain).all()
    assert (covered == over).all()


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


def test_scatter_and_determinant_are_those_of_plain_numpy() -> None:
    rng = np.random.default_rng(6)
    power, there, rest, model = (
        rng.gamma(1.0, 3.0, 23),
        np.where(rng.random(23) < 0.2, 0.0, 1.0),
        np.ones(23),
        rng.random(23),
    )
    there[5:10] = 0.0
    ratio = (power / (rest + model))[:20].reshape(4, 5)
    weight = there[:20].reshape(4, 5)
    kept = weight.sum(axis=1) > 0.0
    means = (ratio * weight).sum(axis=1)[kept] / weight.sum(axis=1)[kept]
    plain = 0.5 * 0.8 * float(((means - 1.0) ** 2 * weight.sum(axis=1)[kept]).sum()) / max(int(kept.sum()) - 3, 1)
    assert excess_scatter(power, there, rest, model, 0.8, 5) == pytest.approx(plain, abs=EXACT)
    square = rng.standard_normal((4, 4))
    square = square @ square.T + np.eye(4)
    assert log_determinant(np.zeros((4, 4))) == np.inf
    assert log_determinant(square) == pytest.approx(float(np.linalg.slogdet(square)[1]), abs=EXACT)
    assert inverse_of(square) == pytest.approx(np.linalg.inv(square + 1e-9 * np.diag(np.diag(square))), abs=EXACT)
    assert mean_there(power, there) == pytest.approx((np.average(power, weights=there), there.sum()), abs=EXACT)
    assert mean_there(power[5:10], there[5:10]) == (0.0, 0.0)


@pytest.mark.parametrize("doublings", [-1, 0, 2])
def test_a_bell_has_its_height_at_its_top_and_its_sides_widths(doublings: int) -> None:
    bell = np.array([0.2, np.log(0.05), 0.6, np.log(8.0)])
    left, right = 0.05 * np.exp(-0.3), 0.05 * np.exp(0.3)
    out = np.empty(3)
    bell_power(np.array([0.2 - left, 0.2, 0.2 + right]), doublings, bell, out)
    assert out[1] == pytest.approx(8.0, abs=EXACT)
    if doublings >= 0:
        assert out[[0, 2]] == pytest.approx(8.0 * np.exp(-0.5), abs=EXACT)
    else:
        bend = SMOOTH_BEND * 0.6
        apart = np.log(1.0 + bend * np.array([-left, right]) / 0.05) / bend
        assert out[[0, 2]] == pytest.approx(8.0 * np.exp(-0.5 * apart**2), abs=EXACT)
