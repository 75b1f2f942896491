"""Parts of compensation: each from where it is measured, none of them summed, and what each needs."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from legato.chain.compensation import CompensationPart, compensation_parts
from legato.chain.coordination_model import Coordination, CoordinationResult, RepValue
from legato.estimate import Estimate
from legato.forces.load_share import LoadShare, RepShare
from legato.movements import load_movement
from legato.movements.model import Rep

NAMES = ("hips_off_bench", "lumbar_extension_change", "bar_tilt", "force_left_less_right", "smoothness")


def rep(index: int) -> Rep:
    return Rep(index=index, start_s=2.0 * index, end_s=2.0 * index + 1.0, complete=True)


def parts(movement: str, metrics: list[dict[str, Estimate]], **others: Any) -> dict[str, CompensationPart]:
    reps = [rep(k) for k in range(len(metrics))]
    given = {"forces": None, "bar": None, "coordination": None} | others
    found = compensation_parts(load_movement(movement), reps, metrics, level=0.9, **cast(Any, given))
    assert tuple(part.name for part in found) == NAMES
    return {part.name: part for part in found}


def test_without_anything_measured_each_part_says_what_it_needs() -> None:
    found = parts("bench-press", [{}, {}])
    assert all(part.of_set is None and part.reason for part in found.values())
    assert "pelvis" in found["hips_off_bench"].needs
    assert "plate under each foot" in found["force_left_less_right"].needs
    assert "both ends of a bar" in found["bar_tilt"].needs


def test_hips_leave_a_bench_only_where_there_is_one() -> None:
    rise = {"pelvis_rise": Estimate(0.03, 0.02, 0.04, 0.9, "m")}
    on_bench = parts("bench-press", [rise, rise])["hips_off_bench"]
    assert on_bench.of_set is not None
    assert on_bench.of_set.value == pytest.approx(0.03)
    # What each may be wrong by lasts: two repetitions alike are no surer than one.
    assert on_bench.of_set.low == pytest.approx(0.02)
    assert parts("back-squat", [rise])["hips_off_bench"].of_set is None


def test_lumbar_extension_is_the_flexion_the_other_way() -> None:
    found = parts("back-squat", [{"lumbar_flexion_change": Estimate(12.0, 8.0, 16.0, 0.9, "deg")}])
    change = found["lumbar_extension_change"]
    assert change.measure == "lumbar_flexion_change"
    assert change.of_set == Estimate(-12.0, -16.0, -8.0, 0.9, "deg")


def test_a_range_keeps_its_sign_and_its_name() -> None:
    found = parts("push-press", [{"lumbar_flexion_range": Estimate(5.0, 1.0, 9.0, 0.9, "deg")}])
    assert found["lumbar_extension_change"].measure == "lumbar_flexion_range"
    assert found["lumbar_extension_change"].of_set == Estimate(5.0, 1.0, 9.0, 0.9, "deg")


def test_sides_differ_by_left_less_right_over_both() -> None:
    left = Estimate(0.55, 0.54, 0.56)
    share = LoadShare(left, None, 1, (RepShare(0, left),), "")
    found = parts("back-squat", [{}], forces=SimpleNamespace(load_share=share))["force_left_less_right"]
    assert found.of_set is not None
    # 55 of 100 on the left, 45 on the right.
    assert found.of_set.value == pytest.approx(10.0)
    assert (found.of_set.low, found.of_set.high) == pytest.approx((8.0, 12.0))


def test_smoothness_is_that_of_the_chain() -> None:
    def told(subject: str) -> Coordination:
        value = Estimate(-1.5, -1.6, -1.4)
        return Coordination(subject, "sagittal", "right", "press", "smoothness", value, 1, (RepValue(0, value),))

    measures = (told("ankle_dorsiflexion"), told("elbow_flexion"))
    found = parts("bench-press", [{}], coordination=CoordinationResult(measures))["smoothness"]
    assert found.measure == "elbow_flexion_right, press"


def test_the_mean_holds_the_spread_between_repetitions() -> None:
    rows = [{"pelvis_rise": Estimate(v, v - 0.001, v + 0.001, 0.9, "m")} for v in (0.01, 0.03, 0.05)]
    found = parts("bench-press", rows)["hips_off_bench"].of_set
    assert found is not None
    # Student's factor of 2 degrees of freedom times 0.02 over the root of 3.
    assert found.half_width == pytest.approx(2.92 * 0.02 / 3**0.5, rel=0.02)


def test_a_bar_that_tilts_either_way_in_turn_still_tilts() -> None:
    tilts = [Estimate.symmetric(sign * 0.05, 0.01, "rad") for sign in (1.0, -1.0, 1.0, -1.0)]
    bar = SimpleNamespace(reps=[SimpleNamespace(rep=k, tilt=tilt) for k, tilt in enumerate(tilts)])
    found = parts("bench-press", [{}] * 4, bar=bar)["bar_tilt"].of_set
    assert found is not None
    assert found.value == pytest.approx(0.05)
    assert found.low > 0.0
