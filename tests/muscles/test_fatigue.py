"""Fatigue over a set: a planted fall of the spectrum is found with its size, and an even set shows none."""

import numpy as np
import pytest

from legato.errors import BadInput, NotResolvable
from legato.muscles.fatigue import frequencies, set_fatigue, trend
from legato.recording import FloatArray, Span

from .band_noise import shaped_noise
from .plain_emg import coloured

RATE_HZ = 2000.0


def fatiguing_set(seed: int, last_hz: float, reps: int = 8, gain: float = 1.0) -> tuple[FloatArray, list[Span]]:
    """Repetitions of 1 s whose spectrum moves evenly from 85 Hz to `last_hz`, amplitude growing to `gain`."""
    rng = np.random.default_rng(seed)
    n = round(RATE_HZ)
    parts: list[FloatArray] = []
    for share in np.linspace(0.0, 1.0, reps):
        swell = np.sin(np.linspace(0.0, np.pi, n)) ** 2
        x = coloured(n, RATE_HZ, rng, 85.0 + share * (last_hz - 85.0)) * swell
        parts += [x * (1.0 + share * (gain - 1.0)), 0.01 * coloured(n // 2, RATE_HZ, rng)]
    return np.concatenate(parts), [Span(1.5 * k, 1.5 * k + 1.0) for k in range(reps)]


def test_a_planted_fall_of_the_spectrum_is_found() -> None:
    x, reps = fatiguing_set(1, 60.0, gain=1.5)
    found = set_fatigue(x, RATE_HZ, reps, unit="V")
    assert found.median_frequency.direction == "falls"
    assert found.mean_frequency.direction == "falls"
    assert found.amplitude.direction == "rises"
    assert found.mean_frequency.change is not None
    # The spectrum is scaled by 60/85 (-29 %) but for its fixed lower end, which makes the change a little smaller.
    assert -36.0 <= found.mean_frequency.change.value <= -18.0
    assert found.amplitude.change is not None and found.amplitude.change.holds(50.0)
    assert found.median_frequency.slope is not None and found.median_frequency.slope.unit == "Hz/rep"


@pytest.mark.slow
def test_an_even_set_shows_a_trend_in_one_of_ten() -> None:
    shown = sum(set_fatigue(*_even(seed)).median_frequency.direction != "not-resolvable" for seed in range(200))
    # Binomial: 20 of 200 expected, SD 4.2.
    assert shown <= 33


def _even(seed: int) -> tuple[FloatArray, float, list[Span]]:
    x, reps = fatiguing_set(seed, 85.0)
    return x, RATE_HZ, reps


@pytest.mark.slow
@pytest.mark.parametrize("band", [(20.0, 400.0), (50.0, 150.0)])
@pytest.mark.parametrize("length_s", [0.5, 1.0])
def test_intervals_of_the_frequencies_hold_those_of_the_spectrum(band: tuple[float, float], length_s: float) -> None:
    rng = np.random.default_rng(5)
    long = [frequencies(shaped_noise(rng, 40_000, RATE_HZ, band), RATE_HZ) for _ in range(5)]
    truth = [float(np.mean([pair[which].value for pair in long])) for which in (0, 1)]
    held = np.zeros(2)
    for _ in range(400):
        found = frequencies(shaped_noise(rng, round(length_s * RATE_HZ), RATE_HZ, band), RATE_HZ)
        held += [found[which].holds(truth[which]) for which in (0, 1)]
    assert (held / 400 >= 0.84).all()
    assert (held / 400 <= 0.97).all()


def test_a_tone_has_its_own_frequency() -> None:
    t = np.arange(4000) / RATE_HZ
    median, mean = frequencies(np.sin(2.0 * np.pi * 100.0 * t), RATE_HZ)
    assert median.value == pytest.approx(100.0, abs=1.0)
    assert mean.value == pytest.approx(100.0, abs=1.0)


def test_unit_and_sign_move_no_frequency() -> None:
    x, reps = fatiguing_set(2, 70.0)
    one, other = set_fatigue(x, RATE_HZ, reps), set_fatigue(-1e6 * x, RATE_HZ, reps)
    for a, b in zip(one.reps, other.reps, strict=True):
        assert b.median_frequency.value == pytest.approx(a.median_frequency.value, rel=1e-9)
        assert b.amplitude.value == pytest.approx(1e6 * a.amplitude.value, rel=1e-9)


def test_three_repetitions_show_no_trend() -> None:
    x, reps = fatiguing_set(1, 40.0, reps=3)
    found = set_fatigue(x, RATE_HZ, reps)
    assert len(found.reps) == 3
    assert found.median_frequency.slope is None
    assert found.median_frequency.direction == "not-resolvable"
    assert found.median_frequency.reason == "3 repetitions; 4 or more show a trend"


def test_a_repetition_that_is_missing_is_refused_and_keeps_its_place() -> None:
    x, reps = fatiguing_set(1, 60.0)
    x[round(1.5 * RATE_HZ) : round(2.5 * RATE_HZ)] = np.nan
    found = set_fatigue(x, RATE_HZ, reps)
    assert found.refused == ((1, "no 0.25 s of the stretch are seen in one piece"),)
    assert [rep.rep for rep in found.reps] == [0, 2, 3, 4, 5, 6, 7]


def test_a_straight_line_is_found_exactly() -> None:
    found = trend([0, 1, 2, 4], [100.0, 98.0, 96.0, 92.0], "Hz")
    assert found.slope is not None and found.slope.value == pytest.approx(-2.0)
    assert found.change is not None and found.change.value == pytest.approx(-8.0, abs=0.05)
    assert found.direction == "falls"
    assert trend([0, 1, 2, 3], [1.0, 0.0, 1.0, 1.0]).reason == "a value of 0 has no relative change"


def test_what_is_no_set_is_refused() -> None:
    with pytest.raises(BadInput, match="shape"):
        set_fatigue(np.ones((5, 2)), RATE_HZ, [Span(0.0, 1.0)])
    with pytest.raises(BadInput, match="no repetition"):
        set_fatigue(np.ones(5), RATE_HZ, [])
    with pytest.raises(NotResolvable, match=r"0\.40 s are too short"):
        frequencies(np.random.default_rng(0).standard_normal(800), RATE_HZ)
    with pytest.raises(NotResolvable, match="does not vary"):
        frequencies(np.ones(4000), RATE_HZ)
