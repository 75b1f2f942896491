"""Phase locking: planted locking is found with its value, independent rhythms are called locked in one of twenty."""

import numpy as np
import pytest

from legato.errors import BadInput
from legato.estimate import Estimate
from legato.muscles.phase_locking import chest_with_momentum, phase_locking, rep_phases
from legato.recording import FloatArray

REP_S = 2.0


def bump_train(rng: np.random.Generator, reps: int, rate: float, at: FloatArray) -> FloatArray:
    """One activation a repetition, centred at a share of it, with a floor and its own height and width."""
    t = np.arange(round(reps * REP_S * rate)) / rate
    x = 0.05 + 0.02 * rng.random(t.size)
    for k in range(reps):
        x += rng.uniform(0.6, 1.4) * np.exp(-0.5 * ((t - (k + at[k]) * REP_S) / rng.uniform(0.08, 0.2)) ** 2)
    return x


def spans(reps: int) -> list[tuple[float, float]]:
    return [(REP_S * k, REP_S * (k + 1)) for k in range(reps)]


def test_the_phase_is_where_the_signal_is_high() -> None:
    rate = 100.0
    t = np.arange(400) / rate
    x = np.cos(2.0 * np.pi * t / REP_S - 1.0)
    assert rep_phases(x, rate, spans(2)) == pytest.approx([1.0, 1.0], abs=0.02)
    # The same clock, another rate and another start.
    later = np.cos(2.0 * np.pi * (np.arange(700) / 250.0 + 0.5) / REP_S - 1.0)
    assert rep_phases(later, 250.0, [(2.0, 3.2)], start_s=0.5).shape == (1,)
    assert rep_phases(later, 250.0, [(1.0, 3.0)], start_s=0.5) == pytest.approx([1.0 - np.pi + 2 * np.pi], abs=0.02)


def test_what_is_missing_or_flat_has_no_phase() -> None:
    x = np.cos(2.0 * np.pi * np.arange(600) / 200.0)
    x[20:60] = np.nan
    x[200:400] = 3.0
    found = rep_phases(x, 100.0, [*spans(3), (5.0, 7.0)])
    assert np.isnan(found).tolist() == [True, True, False, True]


def test_shifting_a_signal_round_turns_its_phase_by_the_shift() -> None:
    rng = np.random.default_rng(0)
    x = bump_train(rng, 1, 100.0, np.array([0.4]))
    before, after = rep_phases(x, 100.0, spans(1))[0], rep_phases(np.roll(x, 50), 100.0, spans(1))[0]
    assert np.mod(after - before, 2.0 * np.pi) == pytest.approx(0.5 * np.pi)


@pytest.mark.parametrize("n", [4, 8, 20])
def test_what_chance_gives_is_rayleighs(n: int) -> None:
    found = phase_locking(np.zeros(n), np.linspace(0.0, 1.9 * np.pi, n))
    r = found.chance
    assert r is not None
    # Wilkie 1983, Appl Stat 32:311, good to a few thousandths from four directions on.
    assert np.exp(np.sqrt(1.0 + 4.0 * n + 4.0 * (n**2 - (n * r) ** 2)) - (1.0 + 2.0 * n)) == pytest.approx(
        0.05, abs=5e-3
    )


@pytest.mark.slow
@pytest.mark.parametrize("n", [5, 10, 20])
def test_independent_envelopes_are_called_locked_in_one_of_twenty(n: int) -> None:
    rng = np.random.default_rng(n)
    called = 0
    for _ in range(1500):
        one, two = (rep_phases(bump_train(rng, n, 50.0, rng.random(n)), 50.0, spans(n)) for _ in range(2))
        called += phase_locking(one, two).beyond_chance
    assert called / 1500 == pytest.approx(0.05, abs=0.015)


@pytest.mark.slow
def test_independent_slow_noise_is_called_locked_in_one_of_twenty() -> None:
    rng = np.random.default_rng(8)
    called = 0
    n, rate = 10, 50.0
    for _ in range(1500):
        noise = rng.standard_normal((2, round(n * REP_S * rate)))
        slow = np.fft.irfft(
            np.fft.rfft(noise) * np.exp(-0.5 * (np.fft.rfftfreq(noise.shape[1], 1.0 / rate) / 1.0) ** 2)
        )
        called += phase_locking(*(rep_phases(row, rate, spans(n)) for row in slow)).beyond_chance
    assert called / 1500 == pytest.approx(0.05, abs=0.015)


@pytest.mark.parametrize(("n", "jitter", "power"), [(8, 0.05, 0.99), (8, 0.12, 0.9), (5, 0.05, 0.95), (20, 0.15, 0.95)])
def test_planted_locking_is_found(n: int, jitter: float, power: float) -> None:
    rng = np.random.default_rng(3)
    found = 0
    for _ in range(100):
        at = rng.uniform(0.3, 0.5, n)
        one = bump_train(rng, n, 50.0, at)
        two = bump_train(rng, n, 50.0, at + 0.15 + jitter * rng.standard_normal(n))
        found += phase_locking(rep_phases(one, 50.0, spans(n)), rep_phases(two, 50.0, spans(n))).beyond_chance
    assert found >= 100 * power - 4


def test_the_mean_phase_is_the_planted_lag() -> None:
    rng = np.random.default_rng(4)
    at = rng.uniform(0.3, 0.5, 12)
    one, two = bump_train(rng, 12, 50.0, at), bump_train(rng, 12, 50.0, at + 0.1 + 0.01 * rng.standard_normal(12))
    found = phase_locking(rep_phases(one, 50.0, spans(12)), rep_phases(two, 50.0, spans(12)))
    assert found.mean_phase is not None
    assert found.mean_phase.holds(0.2 * np.pi)
    turned = phase_locking(rep_phases(two, 50.0, spans(12)), rep_phases(one, 50.0, spans(12)))
    assert turned.mean_phase is not None
    assert turned.mean_phase.value == pytest.approx(-found.mean_phase.value)


@pytest.mark.slow
@pytest.mark.parametrize("scatter", ["wrapped normal", "von Mises"])
@pytest.mark.parametrize("n", [3, 8, 20])
@pytest.mark.parametrize("locking", [0.2, 0.5, 0.8, 0.95, 0.99])
def test_the_interval_holds_the_locking(scatter: str, n: int, locking: float) -> None:
    rng = np.random.default_rng(round(1000 * locking) + n)
    from scipy.optimize import brentq
    from scipy.special import ive

    if scatter == "von Mises":
        kappa = float(brentq(lambda k: ive(1, k) / ive(0, k) - locking, 1e-6, 1e4))
        draws = rng.vonmises(0.0, kappa, (1000, n))
    else:
        draws = rng.normal(0.0, np.sqrt(-2.0 * np.log(locking)), (1000, n))
    held = 0
    for row in draws:
        plv = phase_locking(np.zeros(n), row).plv
        held += plv is not None and plv.holds(locking)
    assert 0.86 <= held / 1000 <= 0.95


def test_too_few_repetitions_say_so() -> None:
    found = phase_locking(np.array([0.0, np.nan, 1.0]), np.zeros(3))
    assert (found.plv, found.p, found.n) == (None, None, 2)
    assert found.reason == "2 of at least 3 repetitions have both phases"
    assert not found.beyond_chance


def test_the_chest_is_scored_only_where_it_is_active() -> None:
    chest, momentum = np.full(8, 1.0), np.full(8, 1.5)
    scored = chest_with_momentum(chest, momentum, Estimate(30.0, 25.0, 36.0, unit="%"))
    assert scored.beyond_chance
    assert scored.mean_phase is not None and scored.mean_phase.value == pytest.approx(0.5)
    idle = chest_with_momentum(chest, momentum, Estimate(4.0, 3.0, 5.0, unit="%"))
    assert idle.plv is None
    assert idle.reason.startswith("chest not active: not applicable")
    assert "not resolvable" in chest_with_momentum(chest, momentum, Estimate(10.0, 8.0, 13.0, unit="%")).reason
    assert "MVIC" in chest_with_momentum(chest, momentum, None).reason


def test_what_is_no_signal_is_refused() -> None:
    with pytest.raises(BadInput, match="shape"):
        rep_phases(np.zeros((4, 2)), 100.0, spans(1))
    with pytest.raises(BadInput, match="ends at 1 s"):
        rep_phases(np.zeros(400), 100.0, [(2.0, 1.0)])
    with pytest.raises(BadInput, match="phases of shapes"):
        phase_locking(np.zeros(3), np.zeros(4))
