"""What changes over a set, and what of it cannot be laid to the load."""

from collections.abc import Sequence

import numpy as np
import pytest

from legato.chain.coordination_model import GapDrift
from legato.chain.drift import gap_drifts, slope_of
from legato.chain.model import GapResult, RepGap
from legato.estimate import Estimate
from legato.movements import load_movement
from legato.movements.model import Rep

SCATTER_S = (0.0003, -0.0004, 0.0002, 0.0001, -0.0005, 0.0003)


def drifts(gaps_s: Sequence[float], loads_kg: Sequence[float]) -> dict[str, GapDrift]:
    """Of one gap, by what it is set against."""
    rows = tuple(RepGap(i, Estimate.symmetric(gap, 0.002, "s")) for i, gap in enumerate(gaps_s))
    gap = GapResult(
        "hip", "knee", "zero", "knee_flexion_velocity", True, None, "", None, rows, None, len(rows), "ok", None, ""
    )  # fmt: skip
    reps = [Rep(index=i, start_s=3.0 * i, end_s=3.0 * i + 2.0, complete=True) for i in range(len(gaps_s))]
    return {d.against: d for d in gap_drifts([gap], reps, load_movement("back-squat"), loads_kg=loads_kg)}


def grown(by: Sequence[float], slope: float) -> list[float]:
    return [slope * x + noise for x, noise in zip(by, SCATTER_S, strict=True)]


@pytest.mark.parametrize(
    ("loads_kg", "way"), [((60, 65, 70, 75, 80, 85), "rose"), ((85, 82.5, 80, 72.5, 70, 60), "fell")]
)
def test_a_load_that_goes_with_the_count_is_not_told_from_it(loads_kg: Sequence[float], way: str) -> None:
    found = drifts(grown(range(6), 0.004), loads_kg)
    assert found["rep"].verdict == "later"
    load = found["load"]
    assert (load.slope, load.verdict) == (None, "not-resolvable")
    assert load.reason == f"the load {way} with each repetition; which of the two it is cannot be told"


def test_a_load_that_goes_up_and_down_is_told_with_its_slope() -> None:
    loads_kg = (60.0, 80.0, 65.0, 75.0, 85.0, 70.0)
    found = drifts(grown(loads_kg, 0.0008), loads_kg)
    assert found["load"].verdict == "later"
    assert found["load"].slope is not None
    # The scatter of 0.3 ms over a spread of 8.5 kg and 6 reps moves a slope by 0.02 ms/kg.
    assert found["load"].slope.value == pytest.approx(0.0008, abs=5e-5)


def test_loads_all_alike_give_no_slope() -> None:
    assert drifts(grown(range(6), 0.004), [60.0] * 6)["load"].reason == "all reps are alike in it"


@pytest.mark.parametrize("reps", [4, 5, 8])
def test_reps_that_lie_on_a_line_by_luck_are_no_surer_than_their_own_errors(reps: int) -> None:
    rng = np.random.default_rng(reps)
    count = np.arange(float(reps))
    held: list[bool] = []
    lucky: list[bool] = []
    by_scatter: list[bool] = []
    for _ in range(4000):
        own = rng.uniform(0.005, 0.009, reps)
        gaps = own * rng.standard_normal(reps)
        told, alone = slope_of(count, gaps, own_sds=own), slope_of(count, gaps)
        held.append(told.holds(0.0))
        if alone.half_width < 0.75 * told.half_width:
            lucky.append(told.holds(0.0))
            by_scatter.append(alone.holds(0.0))
    # Where the scatter is by luck small it alone holds the truth in 65 to 72 %.
    assert np.mean(by_scatter) < 0.8
    assert 0.87 <= np.mean(lucky) <= 0.93
    # With four reps, all of whose scatter is noise, 96 %; with more, or where reps differ themselves, less.
    assert 0.88 <= np.mean(held) <= 0.97


def test_a_gap_s_own_noise_reaches_the_interval_of_its_drift() -> None:
    rows = tuple(RepGap(i, Estimate.symmetric(0.01 * i, 0.02, "s"), "", 0.007) for i in range(5))
    gap = GapResult("hip", "knee", "zero", "", True, None, "", None, rows, None, 5, "ok", None, "")
    reps = [Rep(index=i, start_s=3.0 * i, end_s=3.0 * i + 2.0, complete=True) for i in range(5)]
    (found,) = (d for d in gap_drifts([gap], reps, load_movement("back-squat")) if d.against == "rep")
    assert found.slope is not None
    assert found.slope.half_width == pytest.approx(1.645 * 0.007 / np.sqrt(10.0), rel=1e-3)
