"""Limits of agreement: the published examples, both cases of repeated measurements, and how often intervals hold."""

import math
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from published_examples import CARDIOGRAPHY, MINI_WRIGHT, VENTRICULOGRAPHY, WRIGHT

from legato import NotResolvable
from legato.evidence import limits_of_agreement
from legato.recording import FloatArray

Case = Literal["varies", "constant"]


def test_two_flow_meters() -> None:
    # Bland & Altman 1986: mean difference −2.1, SD 38.8, limits of two SDs −79.7 to 75.5 (from the rounded numbers),
    # 95 % of the mean −22.0 to 17.8 l/min.
    found = limits_of_agreement(MINI_WRIGHT, WRIGHT, share=math.erf(2.0 / math.sqrt(2.0)), level=0.95)
    assert (found.bias.value, found.sd.value) == pytest.approx((-2.1, 38.8), abs=0.05)
    assert (found.bias.low, found.bias.high) == pytest.approx((-22.0, 17.8), abs=0.06)
    assert (found.lower.value, found.upper.value) == pytest.approx((-79.7, 75.5), abs=0.1)
    # The interval of a limit there is ± t·√(3 s²/n), −114.3 to −45.1, for many subjects; of 17 it is not symmetric.
    assert (found.lower.low, found.lower.high) == pytest.approx((-124.8, -51.6), abs=0.1)
    assert (found.n_subjects, found.within) == (17, None)
    constant = limits_of_agreement(MINI_WRIGHT, WRIGHT, share=found.share, level=0.95, true_value="constant")
    assert (constant.lower.value, constant.lower.low) == pytest.approx((found.lower.value, found.lower.low))


def test_cardiac_output_whose_true_value_varies() -> None:
    # Bland & Altman 2007, section 3: residual mean square .170714026, subjects 4.2090856, divisor 4.9818182, total
    # variance .98133606, SD .99062408, mean .6021667, limits −1.3394565 to 2.5437899 (1.96 SDs).
    found = limits_of_agreement(CARDIOGRAPHY, VENTRICULOGRAPHY)
    assert found.bias.value == pytest.approx(0.6021667, abs=1e-6)
    assert found.sd.value == pytest.approx(0.99062408, abs=1e-6)
    assert found.within == pytest.approx(math.sqrt(0.170714026), abs=1e-6)
    assert found.between == pytest.approx(math.sqrt((4.2090856 - 0.170714026) / 4.9818182), abs=1e-6)
    assert (found.lower.value, found.upper.value) == pytest.approx((-1.3394565, 2.5437899), abs=1e-4)
    assert (found.n_subjects, found.n_first, found.n_second) == (12, 60, 60)


def test_cardiac_output_whose_true_value_is_constant() -> None:
    # Bland & Altman 1999, section 5.2: within-subject variances .1072 and .1379, mean .7092, SD 1.0517, limits −1.3521
    # to 2.7705; 2007 with more figures: .107227795, .137874069, variance of the means' differences .91269114, SD
    # 1.0518506.
    found = limits_of_agreement(CARDIOGRAPHY, VENTRICULOGRAPHY, true_value="constant")
    assert found.bias.value == pytest.approx(0.7092361, abs=1e-6)
    assert found.sd.value == pytest.approx(1.0518506, abs=1e-6)
    assert found.within == pytest.approx(math.sqrt(0.107227795 + 0.137874069), abs=1e-6)
    assert (found.lower.value, found.upper.value) == pytest.approx((-1.3521, 2.7705), abs=5e-4)


def test_measurements_of_unlike_number_need_a_constant_true_value() -> None:
    one, two = [[1.0, 1.2, 0.9], [2.0, 2.1], [3.1]], [[1.1], [2.4, 2.0], [3.0, 3.2]]
    found = limits_of_agreement(one, two, true_value="constant")
    assert (found.n_first, found.n_second) == (6, 5)
    with pytest.raises(ValueError, match="subject 1 has 3 and 1"):
        limits_of_agreement(one, two)


@pytest.mark.parametrize("case", ["varies", "constant"])
def test_the_order_of_the_methods_mirrors_the_limits(case: Case) -> None:
    one = limits_of_agreement(CARDIOGRAPHY, VENTRICULOGRAPHY, true_value=case)
    two = limits_of_agreement(VENTRICULOGRAPHY, CARDIOGRAPHY, true_value=case)
    mirrored = two.upper.scaled(-1.0)
    assert (mirrored.value, mirrored.low, mirrored.high) == pytest.approx(
        (one.lower.value, one.lower.low, one.lower.high)
    )
    assert one.sd.value == pytest.approx(two.sd.value)


@given(st.floats(0.01, 100.0), st.floats(-50.0, 50.0), st.sampled_from(["varies", "constant"]))
def test_units_and_zero_points_change_nothing(factor: float, shift: float, case: Case) -> None:
    def moved(rows: list[list[float]]) -> list[list[float]]:
        return [[factor * value + shift for value in row] for row in rows]

    one = limits_of_agreement(CARDIOGRAPHY, VENTRICULOGRAPHY, true_value=case)
    two = limits_of_agreement(moved(CARDIOGRAPHY), moved(VENTRICULOGRAPHY), true_value=case)
    for name in ("bias", "sd", "lower", "upper"):
        a, b = getattr(one, name), getattr(two, name)
        assert (b.value, b.low, b.high) == pytest.approx((a.value * factor, a.low * factor, a.high * factor), rel=1e-6)


def test_a_wider_share_has_wider_limits() -> None:
    wide, narrow = (limits_of_agreement(MINI_WRIGHT, WRIGHT, share=share) for share in (0.99, 0.8))
    assert wide.lower.value < narrow.lower.value < narrow.upper.value < wide.upper.value


@pytest.mark.parametrize(
    ("one", "two", "error", "said"),
    [
        ([1.0, 2.0], [1.0, 2.1], NotResolvable, "3 or more"),
        ([1.0, 2.0, 3.0], [2.0, 3.0, 4.0], NotResolvable, "do not vary"),
        ([[1.0, 2.0], [], [1.0]], [[1.0, 2.0], [1.0], [1.0]], NotResolvable, "subject 2 has a missing"),
        ([1.0, math.nan, 3.0], [2.0, 3.0, 4.0], NotResolvable, "subject 2 has a missing"),
        ([1.0, 2.0, 3.0], [2.0, 3.0], ValueError, "3 subjects and the second 2"),
    ],
)
def test_what_cannot_be_decided_is_refused(
    one: list[float], two: list[float], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        limits_of_agreement(one, two)
    if said == "do not vary":
        with pytest.raises(ValueError, match="share must lie"):
            limits_of_agreement(MINI_WRIGHT, WRIGHT, share=1.0)


def measured(
    rng: np.random.Generator, sizes: list[int], between: float, within: float, case: Case
) -> tuple[list[FloatArray], list[FloatArray], float]:
    """Two methods 0.3 apart, and the SD of the difference of two single measurements."""
    steps, true = 0.3 + between * rng.normal(size=len(sizes)), rng.normal(5.0, 3.0, len(sizes))
    if case == "varies":
        one = [rng.normal(5.0, 3.0, size) for size in sizes]
        two = [a + step + within * rng.normal(size=a.size) for a, step in zip(one, steps, strict=True)]
        return one, two, math.hypot(between, within)
    one = [t + within * rng.normal(size=size) for t, size in zip(true, sizes, strict=True)]
    two = [
        t + step + 1.5 * within * rng.normal(size=max(1, size - 1))
        for t, step, size in zip(true, steps, sizes, strict=True)
    ]
    return one, two, math.sqrt(between**2 + 3.25 * within**2)


@pytest.mark.parametrize("case", ["varies", "constant"])
@pytest.mark.parametrize("sizes", [[1], [4], [1, 3, 10]])
@pytest.mark.parametrize(("between", "within"), [(1.0, 0.5), (0.3, 1.0)])
def test_intervals_hold_the_truth_as_often_as_they_say(
    case: Case, sizes: list[int], between: float, within: float
) -> None:
    for n in (5, 15):
        rng = np.random.default_rng(n)
        held, trials = {"bias": 0, "sd": 0, "lower": 0, "upper": 0}, 300
        for _ in range(trials):
            one, two, sd = measured(rng, [sizes[i % len(sizes)] for i in range(n)], between, within, case)
            found = limits_of_agreement(one, two, true_value=case)
            truth = {"bias": 0.3, "sd": sd, "lower": 0.3 - 1.96 * sd, "upper": 0.3 + 1.96 * sd}
            for name, value in truth.items():
                held[name] += getattr(found, name).holds(value)
        # 90 % with a standard error of 1.7 points; three of those down.
        assert min(held.values()) / trials >= 0.85
