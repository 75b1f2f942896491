"""Amplitudes as a share of a reference: the best trial found and named, refused ones kept out, the interval honest."""

import numpy as np
import pytest

from legato.errors import BadInput, NotResolvable
from legato.estimate import Estimate
from legato.muscles.normalise import (
    METHODS,
    RAW,
    ReferenceTrial,
    largest_reference,
    mean_reference,
    normalise,
    ratio,
)
from legato.recording import FloatArray, Span

from .band_noise import shaped_noise

RATE_HZ = 1000.0


def trial(
    name: str, level: float | FloatArray, seed: int = 0, seconds: float = 3.0, refused: str = ""
) -> ReferenceTrial:
    x = shaped_noise(np.random.default_rng(seed), round(seconds * RATE_HZ), RATE_HZ, (20.0, 400.0))
    return ReferenceTrial(name, x * level, RATE_HZ, refused=refused)


def test_the_best_of_several_trials_is_named_with_its_place() -> None:
    t = np.arange(3000) / RATE_HZ
    hump = np.where((t > 1.2) & (t < 1.8), 2.0, 0.5)
    found = largest_reference([trial("prone", 1.0, 1), trial("squeeze", hump, 2), trial("bridge", 1.2, 3)], unit="V")
    assert (found.method, found.trial, found.trials) == ("mvic", "squeeze", 3)
    assert found.span is not None and 1.15 <= found.span.start_s <= 1.35
    assert found.span.duration_s == pytest.approx(0.5)
    assert found.value is not None and found.value.holds(2.0)
    assert found.name == METHODS["mvic"]


def test_a_refused_trial_is_not_used_and_is_told() -> None:
    found = largest_reference([trial("first", 1.0, 1), trial("second", 9.0, 2, refused="saturated in 12 % of samples")])
    assert found.trial == "first"
    assert found.refused == (("second", "saturated in 12 % of samples"),)


def test_without_a_usable_trial_there_is_no_reference() -> None:
    dead = ReferenceTrial("dead", np.zeros(3000), RATE_HZ)
    with pytest.raises(NotResolvable, match=r"short: no 0\.5 s .* flat: saturated; dead: the EMG does"):
        largest_reference([trial("short", 1.0, seconds=0.3), trial("flat", 1.0, refused="saturated"), dead])
    with pytest.raises(BadInput, match="no reference trial"):
        mean_reference([])


def test_more_than_all_is_legal() -> None:
    whole = mean_reference([trial("hold", 1.0, 1)], "sub-maximal")
    found = normalise(Estimate(2.0, 1.8, 2.2), whole)
    assert found.value.unit == "%"
    assert found.value.value == pytest.approx(200.0, rel=0.05)
    assert found.reference.method == "sub-maximal"


def test_raw_keeps_value_and_unit() -> None:
    found = normalise(Estimate(2e-4, 1.8e-4, 2.2e-4, unit="V"), RAW)
    assert found.value == Estimate(2e-4, 1.8e-4, 2.2e-4, unit="V")
    assert found.reference.name == "not normalised"


def test_units_must_agree() -> None:
    with pytest.raises(BadInput, match="V and its reference in no unit"):
        normalise(Estimate(1.0, 0.9, 1.1, unit="V"), mean_reference([trial("hold", 1.0)]))


def test_only_the_spans_of_the_task_count() -> None:
    t = np.arange(3000) / RATE_HZ
    level = np.where(t < 1.0, 1.0, 5.0)
    whole = trial("set", level, 4)
    task = ReferenceTrial("set", whole.values, RATE_HZ, (Span(0.1, 0.4), Span(0.5, 0.9)))
    mean, peak = mean_reference([task]), largest_reference([task], "task-peak")
    assert mean.value is not None and mean.value.holds(1.0)
    assert peak.value is not None and peak.value.holds(1.0)
    assert peak.span is not None and peak.span.end_s <= 0.9


def test_relative_errors_of_a_ratio_add_in_quadrature() -> None:
    found = ratio(Estimate(1.0, 1 / 1.1, 1.1), Estimate(2.0, 2 / 1.2, 2 * 1.2))
    half = float(np.hypot(np.log(1.1), np.log(1.2)))
    assert found.value == 0.5
    assert (found.low, found.high) == pytest.approx((0.5 * np.exp(-half), 0.5 * np.exp(half)))
    with pytest.raises(NotResolvable):
        ratio(Estimate(1.0, 0.0, 2.0), Estimate(1.0, 0.9, 1.1))


@pytest.mark.slow
@pytest.mark.parametrize("band", [(20.0, 400.0), (60.0, 110.0)])
@pytest.mark.parametrize("shape", ["plateau", "hump"])
def test_the_interval_of_the_largest_holds_the_level_behind_it(band: tuple[float, float], shape: str) -> None:
    rng = np.random.default_rng(8)
    t = np.linspace(-1.0, 1.0, 3000)
    level = np.ones(3000) if shape == "plateau" else np.exp(-0.5 * (t / 0.4) ** 2)
    truth = float(np.sqrt(np.mean(level[1250:1750] ** 2)))
    held = 0
    for _ in range(400):
        trials = [
            ReferenceTrial(str(k), shaped_noise(rng, 3000, RATE_HZ, band) * level * share, RATE_HZ)
            for k, share in enumerate((1.0, 0.85, 0.7))
        ]
        found = largest_reference(trials).value
        held += found is not None and found.holds(truth)
    # The largest is chosen, so the interval is kept wide: 90 % wanted, more is allowed.
    assert held / 400 >= 0.85
