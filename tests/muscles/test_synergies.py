"""Synergies: planted groups are found again with their number, whatever the units; what has none is told so."""

from pathlib import Path

import numpy as np
import pytest

import legato
from legato.errors import BadInput, NotResolvable
from legato.muscles.conditioning import condition
from legato.muscles.synergies import Synergies, extract_synergies, similarity, split_half
from legato.recording import FloatArray, Span
from legato.signals.filters import lowpass

NAMES = tuple(f"muscle {i + 1}" for i in range(10))


def planted(seed: int, noise: float, groups: int = 4, samples: int = 1200) -> tuple[FloatArray, FloatArray]:
    """Envelopes (n, muscles) of groups that are active in turn, and their weights; noise in shares of the signal."""
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0.0, 0.25, (len(NAMES), groups))
    for muscle in range(len(NAMES)):
        weights[muscle, muscle % groups] = rng.uniform(0.6, 1.0)
    phase = np.linspace(0.0, 6.0, samples) % 1.0
    centres = (np.arange(groups) + 0.5) / groups
    distance = np.abs(phase[:, None] - centres)
    activity = np.exp(-0.5 * (np.minimum(distance, 1.0 - distance) / 0.07) ** 2)
    clean = activity @ weights.T
    return np.maximum(clean + noise * clean.std() * rng.standard_normal(clean.shape), 0.0), weights


def found_again(found: Synergies, truth: FloatArray, envelopes: FloatArray) -> FloatArray:
    own = truth / envelopes.max(axis=0)[:, None]
    own = own / np.linalg.norm(own, axis=0)
    return (own.T @ found.weights).max(axis=1)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("noise", [0.05, 0.2])
def test_planted_synergies_are_found_again(seed: int, noise: float) -> None:
    envelopes, truth = planted(seed, noise)
    found = extract_synergies(envelopes, NAMES, np.random.default_rng(1))
    assert found.n == 4
    assert found_again(found, truth, envelopes).min() >= 0.95
    assert found.vaf >= 0.90
    assert found.vaf_by_muscle.min() >= 0.75
    assert found.beyond_chance
    assert np.all(np.diff(found.vaf_by_number) > 0.0)
    np.testing.assert_allclose(np.linalg.norm(found.weights, axis=0), 1.0, atol=1e-9)


def test_units_of_muscles_and_the_same_generator_change_nothing() -> None:
    envelopes, _ = planted(3, 0.1)
    one = extract_synergies(envelopes, NAMES, np.random.default_rng(1))
    two = extract_synergies(envelopes * np.geomspace(1e-6, 1e3, 10), NAMES, np.random.default_rng(1))
    np.testing.assert_allclose(one.weights, two.weights, rtol=1e-6, atol=1e-6)
    assert similarity(one, two).mean == pytest.approx(1.0, abs=1e-6)


def test_the_weights_times_the_activations_give_back_what_is_accounted_for() -> None:
    envelopes, _ = planted(0, 0.1)
    found = extract_synergies(envelopes, NAMES, np.random.default_rng(1))
    v = envelopes / envelopes.max(axis=0)
    left = ((v - found.activations @ found.weights.T) ** 2).sum() / (v**2).sum()
    assert 1.0 - left == pytest.approx(found.vaf, abs=1e-9)


def test_muscles_on_their_own_are_no_group() -> None:
    rng = np.random.default_rng(6)
    bursts = np.zeros((2000, 6))
    for muscle in range(6):
        for at in rng.integers(0, 1900, 6):
            bursts[at : at + 60, muscle] = rng.uniform(0.5, 1.0)
    with pytest.raises(NotResolvable, match="do not act in groups"):
        extract_synergies(bursts, NAMES[:6], rng)
    found = extract_synergies(bursts, NAMES[:6], rng, number=3)
    assert not found.beyond_chance


def test_halves_of_one_recording_agree_and_other_groups_do_not() -> None:
    envelopes, _ = planted(2, 0.1)
    cycles = [Span(k, k + 1.0) for k in range(6)]
    assert split_half(envelopes, 200.0, cycles, NAMES, 4, np.random.default_rng(1)).mean >= 0.97
    rng = np.random.default_rng(9)
    one = extract_synergies(envelopes, NAMES, rng, number=4)
    other = extract_synergies(envelopes[:, rng.permutation(10)], NAMES, rng, number=4)
    assert similarity(one, other).mean < 0.9 and similarity(one, one).beyond_chance
    with pytest.raises(BadInput, match="3 reps cannot"):
        split_half(envelopes, 200.0, cycles[:3], NAMES, 4, rng)


@pytest.mark.parametrize(
    ("muscles", "groups", "middle", "high"),
    [(4, 2, 0.75, 0.92), (6, 3, 0.72, 0.84), (8, 4, 0.71, 0.81), (13, 4, 0.66, 0.75)],
)
def test_unrelated_groups_are_alike_by_chance(muscles: int, groups: int, middle: float, high: float) -> None:
    from legato.muscles.synergies import Synergies

    rng = np.random.default_rng(muscles)

    def unrelated() -> Synergies:
        weights = rng.dirichlet(np.ones(muscles), groups).T
        weights /= np.linalg.norm(weights, axis=0)
        return Synergies(tuple(map(str, range(muscles))), weights, np.ones((9, groups)), 1.0, np.ones(muscles), (), 0.0)

    found = [similarity(unrelated(), unrelated()) for _ in range(300)]
    # Expected: drawn apart from this code; the quantiles of 400 draws are known to about 0.01.
    assert found[0].chance == pytest.approx(middle, abs=0.03) and found[0].chance_high == pytest.approx(high, abs=0.03)
    # 5 % of 300, give or take three SD of 1.3 %.
    assert np.mean([one.beyond_chance for one in found]) < 0.10


def test_what_cannot_be_factorised_is_refused() -> None:
    rng = np.random.default_rng(0)
    good, _ = planted(0, 0.1)
    with pytest.raises(BadInput, match="give \\(samples, muscles\\)"):
        extract_synergies(good, NAMES[:3], rng)
    with pytest.raises(BadInput, match="negative"):
        extract_synergies(good - 0.5, NAMES, rng)
    with pytest.raises(BadInput, match="too few for synergies"):
        extract_synergies(good[:, :3], NAMES[:3], rng)
    with pytest.raises(BadInput, match="muscle 2 is silent"):
        extract_synergies(np.where(np.arange(10) == 1, 0.0, good), NAMES, rng)
    with pytest.raises(BadInput, match="10 synergies of 10 muscles"):
        extract_synergies(good, NAMES, rng, number=10)
    with pytest.raises(BadInput, match="samples without gaps"):
        extract_synergies(np.where(np.arange(1200)[:, None] > 50, np.nan, good), NAMES, rng)


def test_walking_needs_four_to_six(shared_data: Path) -> None:
    stream = legato.read(shared_data / "gait-emg/walk-13-muscles.csv").of_kind("emg")[0]
    clean = condition(stream.values, stream.rate_hz).values
    envelopes = np.maximum(lowpass(np.abs(clean), stream.rate_hz, 10.0), 0.0)[200:-200:5]
    found = extract_synergies(envelopes, stream.channels, np.random.default_rng(1))
    assert 4 <= found.n <= 6
    assert found.beyond_chance
