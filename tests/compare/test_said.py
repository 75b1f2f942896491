"""What is said of a difference: better, changed or not known, by one rule for commands and app."""

from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from legato import BadInput
from legato.compare import Result, compare_results, read_result
from legato.compare.baseline import Baseline, baseline_of_days, make_baseline, usual_days
from legato.compare.differences import difference_record
from legato.compare.results import Band, Number
from legato.compare.sides import changed, done_otherwise
from legato.estimate import Estimate
from legato.evidence import Difference
from legato.report.comparison import (
    change_head,
    change_sentence,
    change_word,
    comparison_notes,
    set_apart,
    target_text,
    verdict_words,
)

from .test_compare import days, number, record, result

CHANGE = Number(value=0.015, low=0.01, high=0.02, unit="s")
"""A smallest detectable change."""


def said(first: float, second: float, *bands: Band | None, change: Number | None = CHANGE, half: float = 0.002) -> str:
    """What is said where a number goes from one mean to another."""
    found = Estimate.symmetric(second - first, half, "s")
    shown = "higher" if found.low > 0.0 else "lower" if found.high < 0.0 else "no"
    row = difference_record(Difference(found, first, second, 5, 5, True, shown), change, bands=bands)
    assert row["outcome"] in ("better", "worse") or change_word(row) not in ("better", "worse")
    assert (change_head(row) in ("Better", "Worse")) == (row["outcome"] in ("better", "worse"))
    return change_sentence(row)


def test_better_is_said_only_beyond_the_smallest_detectable_change_and_towards_the_target():
    assert said(-0.03, 0.03, (0.009, None)).startswith("better")
    # Hardly outside before, or as far outside on the other side: changed, and no better.
    assert said(0.008, 0.029, (0.01, 0.03)).startswith("changed")
    assert said(-0.02, 0.059, (0.01, 0.03)).startswith("changed")
    assert said(0.03, -0.03, (0.009, None)).startswith("worse")
    assert said(0.03, 0.0601, (0.009, None)).startswith("changed")
    assert said(-0.03, -0.025, (0.009, None)).endswith("by no more than this athlete changes from day to day")
    assert "cannot be told yet" in said(-0.03, -0.016, (0.009, None))
    assert "not known" in said(-0.03, 0.03, (0.009, None), change=None)
    assert said(-0.03, 0.03, (0.009, None), half=0.07).startswith("no change is shown")
    assert "better" not in said(-0.03, 0.03) and "better" not in said(-0.03, 0.03, None)


def test_better_is_better_by_each_of_the_targets_that_the_two_were_judged_by():
    assert said(-0.03, 0.03, (0.009, None), (0.0, None)).startswith("better")
    assert said(-0.03, 0.03, (0.009, None), None).startswith("better")
    assert said(-0.03, 0.03, (None, -0.01), (0.009, None)).startswith("changed")


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_nearness_within_the_detectable_change_is_never_better_or_worse(sign: float):
    rng = np.random.default_rng(3)
    for low, first, second in rng.uniform(-0.1, 0.1, (2000, 3)):
        band = (low, low + 0.02)
        outside = [max(0.0, band[0] - x, x - band[1]) for x in (first, second)]
        word = said(sign * first, sign * second, band if sign > 0.0 else (-band[1], -band[0]))
        assert word.startswith("better") == (outside[0] - outside[1] > CHANGE.high)
        assert word.startswith("worse") == (outside[1] - outside[0] > CHANGE.high)


def test_the_targets_that_a_gap_was_judged_by_are_told():
    one, two = (record([100.0, 101.0], [0.02, 0.03], sha) for sha in "ab")
    assert target_text(compare_results(read_result(one), read_result(two))["gaps"][0]) == ""
    two["chain"]["gaps"][0]["band_s"] = [0.0, None]
    assert target_text(compare_results(read_result(one), read_result(two))["gaps"][0]) == "none → 0 ms and up"
    one["chain"]["gaps"][0]["band_s"] = [0.0, None]
    assert target_text(compare_results(read_result(one), read_result(two))["gaps"][0]) == "0 ms and up"


@pytest.mark.parametrize(("grade", "outcome"), [("B", "better"), ("N", "changed"), ("X", "changed")])
def test_nothing_is_better_by_a_window_that_no_source_supports(grade: str, outcome: str):
    one, two = record([100.0] * 3, [-0.3, -0.301, -0.299]), record([100.0] * 3, [0.01, 0.011, 0.009], "b")
    for told in (one, two):
        told["chain"]["gaps"][0] |= {"band_s": [0.0, None], "grade": grade}
    two["chain"]["gaps"][0]["set"] = number(0.01, 0.003, "s")
    one["chain"]["gaps"][0] |= {"set": number(-0.3, 0.003, "s"), "verdict": "fault"}
    known = Baseline.model_validate(make_baseline(days(6)))
    (row,) = compare_results(read_result(one), read_result(two), baseline=known)["gaps"]
    assert row["outcome"] == outcome
    assert verdict_words(row) == (("out of order", "in order") if grade == "B" else ("not judged", "not judged"))
    assert bool(target_text(row)) == (grade == "B")


def test_two_athletes_differ_and_nobody_changed():
    first = result([100.0, 101.0, 99.0], [-0.030, -0.031, -0.029])
    second = result([120.0, 121.0, 119.0], [0.030, 0.031, 0.029], "b")
    found = compare_results(first, second, one_athlete=False)
    rows = [*found["gaps"], *found["metrics"]]
    assert {row["outcome"] for row in rows} == {"differs"}
    words = [change_sentence(row) for row in rows] + comparison_notes(found, baseline="X", placement="X")
    assert not any(word in " ".join(words) for word in ("changed", "worse:", "better:", "goes from", "X"))
    assert compare_results(first, first, one_athlete=False)["kind"] == "same-recording"
    with pytest.raises(BadInput, match="of another athlete"):
        compare_results(first, second, one_athlete=False, baseline=baseline_of_days(days(3))[0])
    with pytest.raises(BadInput, match="placed anew on each"):
        compare_results(first, second, one_athlete=False, same_placement=True)


def test_a_change_is_held_against_three_days_or_more_and_days_count_once():
    far = result([160.0] * 5, [0.02] * 5, "f")
    two, three = (Baseline.model_validate(make_baseline(days(n))) for n in (2, 3))
    found = compare_results(days(1)[0], far, baseline=two)
    assert [row["beyond_detectable"] for row in found["metrics"]] == [None] and found["baseline_days"] == 2
    assert any("3 days or more" in note for note in comparison_notes(found, baseline="", placement=""))
    assert compare_results(days(1)[0], far, baseline=three)["metrics"][0]["outcome"] == "changed"
    assert baseline_of_days(days(2)) == (None, "it takes 3 days of the athlete, done alike: 1 day more")
    assert baseline_of_days(days(1))[1].endswith("2 days more")
    assert baseline_of_days(days(3))[0] is not None
    on = [date(2026, 1, day) for day in (5, 3, 5, 9, 7)]
    assert usual_days(zip(on, "abcde", strict=True)) == ["b", "c", "e"]
    assert usual_days(zip(on, "abcde", strict=True), most=None) == ["b", "c", "e", "d"]


def test_a_number_that_was_measured_on_two_of_the_days_has_no_smallest_detectable_change():
    third = record([100.0, 101.0], [0.02, 0.03], "c")
    third["chain"]["gaps"][0]["set"] = None
    known, _why = baseline_of_days([*days(2), read_result(third, "c.json")])
    assert known is not None and known.detectable_metric("knee_flexion_peak_right") is not None
    assert known.detectable_gap(("hip", "knee", "peak")) is None


def test_days_that_were_not_done_alike_are_told_and_files_of_the_day_are_not():
    some = [record([100.0, 101.0], [0.02, 0.03], sha) for sha in "abc"]
    for one, load in zip(some, (60.0, 60.0, 100.0), strict=True):
        one["settings"] |= {"loads_kg": [load, load], "static": f"stand of {load}.c3d"}
    results = [read_result(one) for one in some]
    assert any("differ in loads_kg" in note for note in make_baseline(results)["notes"])
    assert [one["what"] for one in done_otherwise(changed(results[0], results[2]))] == ["loads_kg"]
    some[2]["settings"]["static"] = None
    assert "static" in [one["what"] for one in done_otherwise(changed(results[0], read_result(some[2])))]


def test_each_set_stands_with_its_interval_as_it_does_in_its_own_result():
    rng = np.random.default_rng(5)
    one, two = (result(list(100.0 + rng.normal(size=5)), list(0.02 + 0.004 * rng.normal(size=5)), s) for s in "ab")
    found = compare_results(one, two)
    for which, of in (("first", one), ("second", two)):
        gap, knee = found["gaps"][0], found["metrics"][0]
        told: Any = of.gaps[0].of_set
        assert gap[f"set_{which}"] == pytest.approx({**told.model_dump(), "unit": "s"})
        assert gap[f"set_{which}"]["value"] == pytest.approx(gap[f"mean_{which}"])
        assert knee[f"set_{which}"]["value"] == pytest.approx(knee[f"mean_{which}"])
        assert knee[f"set_{which}"]["low"] < knee[f"mean_{which}"] - 2.0
    assert "±" in set_apart(found["gaps"][0], seconds=False)[1]
    wide = difference_record(
        Difference(Estimate.symmetric(1.0, 0.5, "deg"), 5.0, 6.0, 5, 5, True, "higher"), None,
        (Estimate(5.0, 4.9, 8.0, unit="deg"), None),
    )  # fmt: skip
    assert set_apart(wide, seconds=False)[1:3] == ("5.0 (4.9 to 8.0)", "6.0")


def test_a_set_at_another_level_is_told_at_the_level_of_the_comparison():
    loose = record([100.0, 101.0, 99.0], [0.02, 0.03, 0.04])
    strict = {**loose, "settings": {"level": 0.5}, "inputs": [{"sha256": "b" * 64}]}
    found = compare_results(read_result(loose), read_result(strict))["gaps"][0]
    half = [0.5 * (found[key]["high"] - found[key]["low"]) for key in ("set_first", "set_second")]
    assert half[1] == pytest.approx(half[0] * 1.6449 / 0.6745, rel=1e-3)


def test_better_is_rarely_said_where_nothing_changed():
    """Days and repetitions alike, the number at the edge of its target: three days tell the detectable change."""
    rng, better, n = np.random.default_rng(11), 0, 400

    def day(sha: str) -> Result:
        gaps = -0.02 + 0.006 * rng.normal() + 0.006 * rng.normal(size=5)
        one = record([100.0] * 5, [float(g) for g in gaps], sha)
        one["chain"]["gaps"][0] |= {"band_s": [0.0, None], "set": number(float(gaps.mean()), 0.006, "s")}
        return read_result(one)

    for _k in range(n):
        some = [day(sha) for sha in "abcde"]
        known, _why = baseline_of_days(some[:3])
        last = [compare_results(*pair, baseline=known)["gaps"][0]["outcome"] for pair in pairwise(some[3:])]
        better += last[0] in ("better", "worse")
    assert better <= 0.05 * n
