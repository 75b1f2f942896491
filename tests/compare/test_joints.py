"""How the joints moved together in two sets: differences of coordination numbers, on results made by hand."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from legato.compare import Result, compare_results, read_result
from legato.compare.joints import coordination_changes


def number(value: float, half: float, unit: str) -> dict[str, Any]:
    return {"value": value, "low": value - half, "high": value + half, "unit": unit}


def result(
    values: Sequence[float | None],
    *,
    measure: str = "hip_share",
    unit: str = "",
    half: float = 0.0,
    sha: str = "a",
    side: str | None = None,
) -> Result:
    """A result with one coordination number; the set's interval is Student's, with `half` in quadrature."""
    known = [v for v in values if v is not None]
    turned = np.unwrap(known, period=360.0) if measure == "coupling_angle" and known else known
    student = 2.132 * float(np.std(turned, ddof=1)) / np.sqrt(len(known)) if len(known) > 1 else 1.0
    of_set = number(float(np.mean(turned)), float(np.hypot(student, half)), unit) if known else None
    reps = [
        {"index": k, "start_s": 3.0 * k, "end_s": 3.0 * k + 2.0, "complete": True, "marks": {},
         "metrics": {"knee_flexion_peak_right": number(100.0 + k, 2.0, "deg")}}
        for k in range(len(values))
    ]  # fmt: skip
    return read_result(
        {
            "schema": "legato.analysis/1", "legato_version": "0.1.0", "settings": {"level": 0.90},
            "movement": {"id": "back-squat", "name": "Back squat"}, "corrections": [], "reps": reps,
            "inputs": [{"path": "x.c3d", "sha256": sha * 64}],
            "coordination": {"measures": [{
                "subject": "trunk", "plane": "sagittal", "side": side, "phase": "descent", "measure": measure,
                "set": of_set, "n": len(known),
                "per_rep": [
                    {"rep": k, "value": None if v is None else number(v, 0.01, unit)} for k, v in enumerate(values)
                ],
            }]},
        },
        "r.json",
    )  # fmt: skip


BEFORE, AFTER = [0.80, 0.82, 0.81, 0.83, 0.80], [0.90, 0.93, 0.90, 0.93, 0.91]


def test_reps_of_one_place_are_paired_and_the_interval_is_students() -> None:
    (row,) = coordination_changes(result(BEFORE), result(AFTER, sha="b"), lasting=0.0)
    steps = np.subtract(AFTER, BEFORE)
    assert row["difference"]["value"] == pytest.approx(steps.mean())
    # t of 95 % with 4 degrees of freedom is 2.1318 (tables).
    half = 2.1318 * steps.std(ddof=1) / np.sqrt(5.0)
    assert row["difference"]["high"] - row["difference"]["value"] == pytest.approx(half, rel=1e-3)
    assert (row["paired"], row["shown"], row["subject"]) == (True, "higher", "trunk")


def test_what_repeating_does_not_lessen_counts_unless_everything_stayed_on() -> None:
    one, two = result(BEFORE, half=0.1), result(AFTER, half=0.1, sha="b")
    (new,) = coordination_changes(one, two)
    (same,) = coordination_changes(one, two, lasting=0.0)
    assert (new["shown"], same["shown"]) == ("no", "higher")
    width = [(r["difference"]["high"] - r["difference"]["low"]) / 2 for r in (new, same)]
    assert width[0] == pytest.approx(np.hypot(width[1], 0.1 * np.sqrt(2.0)), rel=0.01)


def test_directions_differ_the_short_way_round() -> None:
    one = result([358.0, 359.0, 1.0, 0.0, 2.0], measure="coupling_angle", unit="deg")
    two = result([10.0, 11.0, 12.0, 9.0, 13.0], measure="coupling_angle", unit="deg", sha="b")
    (row,) = coordination_changes(one, two)
    assert row["difference"]["value"] == pytest.approx(11.0)
    (back,) = coordination_changes(two, one)
    assert back["difference"]["value"] == pytest.approx(-11.0)


def directions(values: Sequence[float], sha: str) -> Result:
    return result(values, measure="coupling_angle", unit="deg", sha=sha)


def test_directions_do_not_hang_on_which_rep_is_first() -> None:
    # 252 lies more than half a circle from the first rep, but 78 deg from the mean direction.
    scattered = [70.0, 252.0, 170.0, 175.0, 180.0, 178.0, 172.0, 174.0]
    still = directions([165.0, 166.0, 164.0, 165.0, 165.0, 166.0, 164.0, 165.0], "b")
    for values in (scattered, scattered[::-1]):
        (row,) = coordination_changes(directions(values, "a"), still, lasting=0.0)
        assert row["difference"]["value"] == pytest.approx(165.0 - np.mean(scattered))


def test_directions_without_a_mean_and_opposite_ones_are_left_out() -> None:
    still = directions([175.0, 176.0, 174.0, 175.0], "a")
    assert coordination_changes(still, directions([0.0, 175.0, 185.0, 180.0], "b")) == []
    assert coordination_changes(directions([0.0, 175.0, 185.0, 180.0], "b"), still) == []
    assert coordination_changes(still, directions([354.0, 358.0, 352.0, 356.0], "b")) == []


def test_a_spread_that_only_a_set_has_differs_by_both_intervals_in_quadrature() -> None:
    def spread(value: float, low: float, high: float, sha: str) -> Result:
        record = result(BEFORE, sha=sha).model_dump(by_alias=True)
        of_set = {"value": value, "low": low, "high": high, "unit": "deg"}
        measures = record["coordination"]["measures"]
        record["coordination"] = {
            "measures": [{**measures[0], "measure": "coupling_variability", "per_rep": [], "set": of_set}]
        }
        return read_result(record, "s.json")

    (row,) = coordination_changes(spread(2.0, 1.5, 3.0, "a"), spread(9.0, 7.0, 12.0, "b"))
    assert row["difference"]["value"] == pytest.approx(7.0)
    assert row["difference"]["low"] == pytest.approx(7.0 - np.hypot(2.0, 1.0))
    assert row["difference"]["high"] == pytest.approx(7.0 + np.hypot(3.0, 0.5))
    assert row["shown"] == "higher"


def test_numbers_that_only_one_set_has_or_can_resolve_are_left_out() -> None:
    assert coordination_changes(result(BEFORE, side="right"), result(AFTER, sha="b", side="left")) == []
    assert coordination_changes(result(BEFORE), result([None, None], sha="b")) == []


def test_a_comparison_holds_them() -> None:
    record = compare_results(result(BEFORE), result(AFTER, sha="b"), same_placement=True)
    assert [row["measure"] for row in record["coordination"]] == ["hip_share"]
