"""Several activities side by side, and what carries over, on results made by hand with planted truth."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from legato import BadInput
from legato.compare import read_result
from legato.compare.across import Trial, across_activities
from legato.compare.carried import LITTLE, verdict_of
from legato.compare.readings import Comparable, comparables, read_cell
from legato.compare.trials import read_trials
from legato.estimate import Estimate
from legato.evidence import CarryOver
from legato.movements import load_movement, movement_ids

from .activity_records import ACTIVITIES, activity, group, number

REPS = [14.0, 15.0, 16.0, 15.0, 15.0]


def trials(records: list[tuple[dict[str, Any], str, str]]) -> list[Trial]:
    return [Trial(read_result(r, f"{k}.json"), who, day) for k, (r, who, day) in enumerate(records)]


def across(*args: Any, **more: Any) -> dict[str, Any]:
    return across_activities(trials(group(*args, **more)))


def only(record: dict[str, Any]) -> dict[str, Any]:
    (found,) = record["carried"]
    return found


def of(reading: str, **more: Any) -> Comparable:
    return Comparable.model_validate({"id": "x", "name": "x", "unit": "s", "reading": reading, "why": "x"} | more)


def test_a_cell_holds_the_mean_of_the_set_with_what_placement_adds() -> None:
    pair = [(activity("back-squat", REPS, "a"), "", ""), (activity("hip-hinge", [v + 9.0 for v in REPS], "b"), "", "")]
    record = across_activities(trials(pair))
    (row,) = (r for r in record["tables"][0]["rows"] if r["metric"] == "lumbar-flexion-change")
    one = row["cells"][0]["estimate"]
    # Student's 2.132 at four degrees of freedom times 0.7071 / sqrt(5), with 1 in quadrature.
    assert one["value"] == pytest.approx(15.0)
    assert one["high"] - 15.0 == pytest.approx(np.hypot(2.1318 * np.sqrt(0.5 / 5.0), 1.0), abs=1e-3)
    (difference,) = row["differences"]
    half = np.sqrt(2.0) * (one["high"] - 15.0)
    assert difference["shown"] == "higher"
    assert difference["in_intervals"] == pytest.approx(9.0 / half, rel=1e-6)
    assert record["carried"] == [] and "one athlete and one day" in record["notes"][0]


def test_what_is_not_there_has_a_reason_and_never_a_number() -> None:
    bare = activity("deadlift", REPS, "b")
    for rep in bare["reps"]:
        rep["metrics"] = {}
    record = across_activities(trials([(activity("back-squat", REPS, "a"), "", ""), (bare, "", "")]))
    (row,) = record["tables"][0]["rows"]
    assert row["cells"][1]["estimate"] is None and row["cells"][1]["reason"]
    assert row["differences"] == []


def test_a_number_of_few_of_the_repetitions_is_refused() -> None:
    few = activity("back-squat", REPS, "a")
    for rep in few["reps"][2:]:
        rep["metrics"] = {}
    (row,) = (r for r in comparables() if r.id == "lumbar-flexion-change")
    assert read_cell(row, read_result(few)).reason == "measured in 2 of 5 whole repetitions"


def test_every_reading_is_read_and_means_another_thing_where_the_list_says_so() -> None:
    record = activity("back-squat", REPS, "a")
    for k, rep in enumerate(record["reps"]):
        ends = {"k_right": number(10.0 + k, 1.0, "deg"), "k_left": number(8.0, 1.0, "deg")}
        rep["metrics"] |= ends | {"duration_s": number(2.0 + 0.1 * k, 0.01, "s")}
    gaps = [{"rep": k, "gap_s": number(0.01 * k, 0.002, "s")} for k in range(5)]
    record["chain"] = {
        "gaps": [{"from": "hip", "to": "knee", "event": "onset", "primary": True, "per_rep": gaps,
                  "set": number(0.02, 0.02, "s")}],
        "order": {"share_in_order": number(0.8, 0.1, ""), "n": 5},
        "transfers": [{"rep": k, "from": "hip", "to": "knee", "gain": number(1.5, 0.1, "")} for k in range(5)],
    }  # fmt: skip
    record["forces"] = {"load_share": {"per_rep": [{"rep": k, "left": number(0.45, 0.01, "")} for k in range(5)]}}
    values = [{"rep": k, "value": number(0.8, 0.02, "")} for k in range(5)]
    record["coordination"] = {
        "measures": [
            {"subject": "trunk", "phase": "ascent", "measure": "hip_share", "per_rep": values,
             "set": number(0.8, 0.03, ""), "n": 5}
        ]
    }  # fmt: skip
    result = read_result(record)
    links = {"from": "knee", "to": "hip"}
    share = {"subject": "trunk", "measure": "hip_share", "phases": ["pull", "ascent"]}
    expected = {
        "sides": (of("sides", metric=["k"]), 4.0),
        "gap, turned": (of("gap", **links, event="onset", turned=True), -0.02),
        "gain": (of("gain", **{"from": "hip", "to": "knee"}), 1.5),
        "load": (of("load"), 0.1),
        "order": (of("order"), 0.8),
        "timing": (of("timing"), np.std([0.0, 0.01, 0.02, 0.03, 0.04], ddof=1)),
        "tempo": (of("tempo"), np.std([2.0, 2.1, 2.2, 2.3, 2.4], ddof=1) / 2.2),
        "measure": (of("measure", **share), 0.8),
    }
    for name, (row, value) in expected.items():
        cell = read_cell(row, result)
        assert cell.estimate is not None, name
        assert cell.estimate.value == pytest.approx(value), name
    assert read_cell(of("gap", **links, event="onset"), result).reason == "no such pair of links in this activity"
    assert "another thing" in read_cell(of("order", not_in=["back-squat"]), result).reason
    assert "another thing" in read_cell(of("order", only=["deadlift"]), result).reason


def test_every_row_names_numbers_and_activities_that_the_library_has() -> None:
    library = {name: load_movement(name) for name in movement_ids()}
    metrics = {m.name for movement in library.values() for m in movement.metrics}
    gaps = {(g.from_link, g.to_link, g.event) for movement in library.values() for g in movement.gaps}
    ids = [row.id for row in comparables()]
    assert len(set(ids)) == len(ids)
    for row in comparables():
        assert set(row.only) | set(row.not_in) <= set(library), row.id
        assert not set(row.metric) - metrics, row.id
        if row.reading == "gap":
            assert (row.from_link, row.to_link, row.event) in gaps, row.id


def test_a_planted_common_share_is_found_over_days_placed_anew() -> None:
    held: list[bool] = []
    for seed in range(60):
        found = only(across(seed, 12, 2, 0.8, placement=3.0))
        if found["common"] is not None:
            assert found["basis"] == "days"
            held.append(found["common"]["low"] <= 0.8 <= found["common"]["high"])
    assert len(held) >= 55 and np.mean(held) >= 0.82


def test_a_placement_of_the_day_never_passes_for_carry_over() -> None:
    """Nothing is common; what the day adds to both activities is as large as what athletes differ by."""
    told = [only(across(s, 16, 1, 0.0, placement=6.0, told=1.645 * 6.0))["verdict"] for s in range(60)]
    days = [only(across(s, 16, 2, 0.0, placement=6.0))["verdict"] for s in range(60)]
    blind = [only(across(s, 16, 1, 0.0, placement=6.0, told=0.0))["verdict"] for s in range(60)]
    assert blind.count("together") > 20
    # One interval in twenty may lie above zero.
    assert told.count("together") <= 6 and days.count("together") <= 7


def test_activities_on_days_of_their_own_share_no_placement() -> None:
    found = only(across(3, 30, 1, 0.9, placement=2.0, told=1.645 * 2.0, own_day=True))
    assert found["basis"] == "separate-days" and found["verdict"] == "together"


def test_days_of_one_athlete_are_refused_for_angles_that_a_placement_shifts() -> None:
    found = only(across(4, 1, 14, 0.8, placement=3.0))
    assert found["of"] == "days" and found["common"] is None
    assert "placement of markers shifts" in found["reason"]


def test_days_of_one_athlete_tell_of_what_no_placement_moves() -> None:
    """The load on the right foot less that on the left, which goes together from day to day."""
    rng = np.random.default_rng(8)
    records: list[tuple[dict[str, Any], str, str]] = []
    for day in range(16):
        common = rng.standard_normal()
        for name in ACTIVITIES[:2]:
            record = activity(name, REPS, f"{day}{name}")
            shares = 0.5 + 0.05 * common + 0.005 * rng.standard_normal(5)
            per_rep = [{"rep": k, "left": number(share, 0.01, "")} for k, share in enumerate(shares)]
            record["forces"] = {"load_share": {"per_rep": per_rep}}
            records.append((record, "a", str(day)))
    (found,) = (c for c in across_activities(trials(records))["carried"] if c["metric"] == "load-sides")
    assert found["verdict"] == "together" and found["common"]["low"] > 0.8
    assert "learning that levels off also looks so" in found["reason"]


def test_too_few_athletes_are_told_how_many_it_takes() -> None:
    found = only(across(5, 5, 1, 0.8))
    assert found["verdict"] == "not-resolvable" and found["common"] is None
    assert "5 of the athletes" in found["reason"] and "8 are needed" in found["reason"]


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.01, 1.0, "together"),
        (-1.0, -0.01, "opposite"),
        (0.01 - LITTLE, LITTLE - 0.01, "little"),
        (-0.01, LITTLE, "not-resolvable"),
        (-LITTLE, 0.0, "not-resolvable"),
    ],
)
def test_the_whole_interval_decides(low: float, high: float, verdict: str) -> None:
    found = CarryOver(Estimate(0.5 * (low + high), low, high), seen=0.3, reliability=0.9, n=12, tails=1.0)
    assert verdict_of(found) == verdict
    # Three activities cannot all go opposite ways.
    assert verdict_of(found, 3) == ("not-resolvable" if verdict == "opposite" else verdict)


def test_three_activities_are_told_in_pairs_and_all_together() -> None:
    record = across(6, 12, 2, 0.9, activities=ACTIVITIES)
    assert [len(c["activities"]) for c in record["carried"]] == [2, 2, 2, 3]
    json.dumps(record, allow_nan=False)


def test_one_activity_one_recording_twice_and_two_athletes_are_refused() -> None:
    squat, hinge = activity("back-squat", REPS, "a"), activity("hip-hinge", REPS, "b")
    with pytest.raises(BadInput, match="only one activity"):
        across_activities(trials([(squat, "", ""), (activity("back-squat", REPS, "c"), "", "1")]))
    with pytest.raises(BadInput, match=r"same recording as 0\.json"):
        across_activities(trials([(squat, "", ""), (activity("hip-hinge", REPS, "a"), "", "")]))
    again = activity("back-squat", REPS, "c")
    with pytest.raises(BadInput, match="same athlete and day"):
        across_activities(trials([(squat, "", ""), (hinge, "", ""), (again, "", "")]))
    tall, short = ({"height_m": 1.9}, {"height_m": 1.6})
    two = [("back-squat", "a", tall), ("hip-hinge", "b", short)]
    with pytest.raises(BadInput, match=r"another athlete than 0\.json: height 1\.6 m, and 1\.9 m there"):
        across_activities(trials([(activity(n, REPS, k, settings=s), "", "") for n, k, s in two]))


def test_the_list_names_the_line_that_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(activity("back-squat", REPS, "a")), encoding="utf-8")
    listed = tmp_path / "list.csv"

    def read(text: str) -> list[Trial]:
        listed.write_text(text, encoding="utf-8")
        return read_trials(listed)

    assert read("Result;Athlete;Day\na.json;Ann;Monday\n")[0].athlete == "Ann"
    with pytest.raises(BadInput, match="no column day"):
        read("result,athlete\na.json,Ann\n")
    with pytest.raises(BadInput, match="line 2 lacks"):
        read("result,athlete,day\na.json,,Monday\n")
    with pytest.raises(BadInput, match=r"line 3 names a\.json a second time"):
        read("result,athlete,day\na.json,Ann,1\na.json,Ann,2\n")
    with pytest.raises(BadInput, match="names no result"):
        read("result,athlete,day\n")
    with pytest.raises(BadInput, match="cannot be read"):
        read_trials(tmp_path / "none.csv")
