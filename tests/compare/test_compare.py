"""Baselines, two sets, and two analyses of one recording, on results made by hand."""

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from legato import BadInput, NotResolvable
from legato.compare import Result, compare_results, make_baseline, read_baseline, read_result


def number(value: float, half: float, unit: str) -> dict[str, Any]:
    return {"value": value, "low": value - half, "high": value + half, "unit": unit}


def record(
    knee: list[float], gap: list[float], sha: str = "a", movement: str = "back-squat", **more: Any
) -> dict[str, Any]:
    """A result with one metric, one instant and one gap."""
    reps = [
        {
            "index": k, "start_s": 3.0 * k, "end_s": 3.0 * k + 2.0, "complete": True,
            "marks": {"bottom": 3.0 * k + 1.0},
            "metrics": {"knee_flexion_peak_right": number(v, 2.0, "deg"), "bottom_s": number(3.0 * k + 1.0, 0.01, "s")},
        }
        for k, v in enumerate(knee)
    ]  # fmt: skip
    spread = float(np.std(gap, ddof=1)) if len(gap) > 1 else 0.01
    return {
        "schema": "legato.analysis/1", "legato_version": "0.1.0", "settings": {"level": 0.90},
        "movement": {"id": movement, "name": movement}, "corrections": [], "reps": reps,
        "inputs": [{"path": "x/y.c3d", "sha256": sha * 64, "format": "c3d", "streams": []}],
        "chain": {"gaps": [{
            "from": "hip", "to": "knee", "event": "peak", "quantity": "knee_extension_velocity", "primary": True,
            "per_rep": [{"rep": k, "gap_s": number(g, 0.004, "s")} for k, g in enumerate(gap)],
            "set": number(float(np.mean(gap)), 3.0 * spread, "s"), "n": len(gap), "verdict": "ok",
        }]},
    } | more  # fmt: skip


def result(*args: Any, **more: Any) -> Result:
    return read_result(record(*args, **more), "r.json")


def days(count: int, spread: float = 1.0) -> list[Result]:
    rng = np.random.default_rng(7)
    return [
        result(
            list(100.0 + spread * rng.normal() + rng.normal(size=5)),
            list(0.02 + 0.004 * rng.normal(size=5)),
            "abcdef"[k],
        )
        for k in range(count)
    ]


def test_a_baseline_holds_every_number_but_instants_of_the_clock() -> None:
    made = make_baseline(days(4))
    assert set(made["metrics"]) == {"knee_flexion_peak_right"}
    knee = made["metrics"]["knee_flexion_peak_right"]
    assert knee["n_days"] == 4
    assert knee["n_reps"] == 20
    means = [d["mean"] for d in knee["days"]]
    assert knee["median"] == pytest.approx(float(np.median(means)))
    change = knee["detectable_change"]
    assert change["value"] == pytest.approx(1.96 * np.sqrt(2.0) * np.std(means, ddof=1), rel=1e-4)
    assert change["low"] < change["value"] < change["high"]
    assert made["gaps"][0]["from"] == "hip"
    json.dumps(made, allow_nan=False)
    assert "x/y" not in json.dumps(made), "a path may tell whose recording it is"


def test_too_few_days_twice_the_same_and_mixed_movements_are_refused() -> None:
    with pytest.raises(BadInput, match="at least 2 days"):
        make_baseline(days(1))
    with pytest.raises(BadInput, match="same recording"):
        make_baseline([*days(2), days(1)[0]])
    with pytest.raises(BadInput, match="one movement"):
        make_baseline([*days(2), result([1.0, 2.0], [0.1, 0.2], "f", "throw")])
    single = [result([100.0], [0.02], "a"), result([101.0], [0.02], "b")]
    with pytest.raises(NotResolvable, match="two repetitions or more"):
        make_baseline(single)


def test_two_days_are_said_to_be_few() -> None:
    assert any("factor of 16" in note for note in make_baseline(days(2))["notes"])
    assert make_baseline(days(3))["notes"] == []


def test_a_gap_refused_on_a_day_does_not_count_there() -> None:
    third = record([100.0, 101.0], [0.02, 0.03], "c")
    third["chain"]["gaps"][0]["set"] = None
    made = make_baseline([*days(2), read_result(third, "c.json")])
    assert made["gaps"][0]["n_days"] == 2
    assert made["metrics"]["knee_flexion_peak_right"]["n_days"] == 3


def test_two_sets_differ_where_the_whole_interval_says_so() -> None:
    first = result([100.0, 101.0, 99.0, 100.5], [0.020, 0.022, 0.018, 0.021])
    second = result([120.0, 121.0, 119.0, 120.5], [0.021, 0.019, 0.022, 0.020], "b")
    found = compare_results(first, second)
    assert found["kind"] == "two-sets"
    knee = next(m for m in found["metrics"] if m["name"] == "knee_flexion_peak_right")
    assert knee["difference"]["value"] == pytest.approx(20.0)
    assert knee["shown"] == "higher"
    assert found["gaps"][0]["shown"] == "no"
    # Both sets have a standing error of 2 deg; placed anew they add in quadrature.
    half = 0.5 * (knee["difference"]["high"] - knee["difference"]["low"])
    assert half >= np.hypot(2.0, 2.0)
    same = compare_results(first, second, same_placement=True)["metrics"][0]["difference"]
    assert same["high"] - same["low"] < knee["difference"]["high"] - knee["difference"]["low"]


def test_sets_of_other_lengths_are_not_paired() -> None:
    found = compare_results(result([1.0, 2.0, 3.0], [0.1, 0.2, 0.3]), result([1.0, 2.0], [0.1, 0.2], "b"))
    assert not any(row["paired"] for row in [*found["metrics"], *found["gaps"]])
    assert (found["metrics"][0]["n_first"], found["metrics"][0]["n_second"]) == (3, 2)


def test_a_change_is_held_against_the_athlete_s_own(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(json.dumps(make_baseline(days(5))), encoding="utf-8")
    known = read_baseline(path, "back-squat")
    far = compare_results(days(1)[0], result([160.0] * 5, [0.02] * 5, "f"), baseline=known)["metrics"][0]
    assert far["beyond_detectable"] == "yes"
    near = compare_results(days(1)[0], result([100.0] * 5, [0.02] * 5, "f"), baseline=known)["metrics"][0]
    assert near["beyond_detectable"] == "no"
    wide = [20.0, 320.0, 60.0, 280.0, 120.0]
    unsure = compare_results(days(1)[0], result(wide, [0.02] * 5, "f"), baseline=known)["metrics"][0]
    assert unsure["shown"] == "no"
    assert abs(unsure["difference"]["value"]) > unsure["detectable_change"]["high"]
    assert unsure["beyond_detectable"] == "not-resolvable", "a difference that is not shown exceeds nothing"
    with pytest.raises(BadInput, match="not of throw"):
        read_baseline(path, "throw")
    (tmp_path / "r.json").write_text(json.dumps(record([1.0], [0.1])), encoding="utf-8")
    with pytest.raises(BadInput, match="no baseline"):
        read_baseline(tmp_path / "r.json", "back-squat")


def test_one_recording_analysed_twice_says_what_changed() -> None:
    before = record([100.0, 101.0, 99.0], [0.020, 0.022, 0.018])
    after = copy.deepcopy(before) | {"legato_version": "0.2.0", "settings": {"level": 0.90, "side": "left"}}
    after["reps"][1]["metrics"]["knee_flexion_peak_right"] = number(104.0, 2.0, "deg")
    after["reps"].append(copy.deepcopy(after["reps"][2]) | {"index": 3, "start_s": 30.0, "end_s": 32.0})
    after["chain"]["gaps"][0]["verdict"] = "fault"
    after["chain"]["gaps"][0]["per_rep"][0]["gap_s"] = None
    found = compare_results(read_result(before, "a.json"), read_result(after, "b.json"))
    assert found["kind"] == "same-recording"
    assert {c["what"] for c in found["changed"]} == {"version", "side"}
    knee, gap = found["moved"]
    assert (knee["rep_first"], knee["by"], knee["beyond"]) == (1, pytest.approx(3.0), True)
    assert (gap["rep_first"], gap["first"], gap["second"]) == (0, 0.02, None)
    assert found["verdicts_flipped"][0]["first"] == "ok"
    assert found["verdicts_flipped"][0]["second"] == "fault"
    assert [rep["start_s"] for rep in found["reps_new"]] == [30.0]
    assert found["reps_gone"] == []


def test_the_same_result_twice_differs_in_nothing() -> None:
    one = result([100.0, 101.0], [0.02, 0.03])
    found = compare_results(one, one)
    assert not any(found[key] for key in ("changed", "moved", "reps_new", "reps_gone", "verdicts_flipped"))


def test_results_that_share_nothing_are_refused() -> None:
    with pytest.raises(BadInput, match="one movement"):
        compare_results(result([1.0], [0.1]), result([1.0], [0.1], "b", "throw"))
    with pytest.raises(NotResolvable, match="cannot be compared"):
        compare_results(result([1.0], [0.1]), result([1.0], [0.1], "b"))


@pytest.mark.parametrize(
    ("text", "said"),
    [("[1]", "no result"), ("{", "no JSON"), ('{"schema": "legato.analysis/1"}', "field"), ("[" * 100000, "no JSON")],
)
def test_a_file_that_is_no_result_is_refused_in_one_line(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_result(path)
    assert said in str(caught.value)
    assert "r.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_reps_without_times_are_matched_in_their_order() -> None:
    """As of the list that the program of another device writes."""
    one, two = record([80.0, 85.0], [0.02, 0.03]), record([80.0, 90.0], [0.02, 0.03])
    for rep in (*one["reps"], *two["reps"]):
        rep["start_s"] = rep["end_s"] = None
    told = compare_results(read_result(one), read_result(two))
    assert [row["name"] for row in told["moved"]] == ["knee_flexion_peak_right"]
    assert told["reps_gone"] == told["reps_new"] == []
    json.dumps(told, allow_nan=False)
