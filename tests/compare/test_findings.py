"""Numbers that faults are judged by, of two sets: the same rule as for others, sides apart, nothing told twice."""

from typing import Any

import numpy as np
import pytest

from legato.compare import Result, compare_results, make_baseline, read_result
from legato.compare.baseline import Baseline, baseline_of_days
from legato.report.comparison import change_cell, change_word, compared, row_name, set_apart

from .test_compare import number, record

RIGHT_LESS_LEFT: dict[str, Any] = {"fault": "asymmetry", "name": "Right less left", "compares_sides": True}
KNEE_IN: dict[str, Any] = {"fault": "knee-in", "name": "Knee in", "compares_sides": False}


def finding(values: list[float], half: float = 1.0, **more: Any) -> dict[str, Any]:
    """A finding of these repetitions, whose errors last over the set."""
    mean, spread = float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return {
        "fault": "lean", "name": "Lean", "kind": "band", "side": None, "unit": "deg", "measures": "m1", "about": "",
        "verdict": "not-resolvable", "band": None, "band_from": None, "band_grade": None, "why": "",
        "measured": number(mean, float(np.hypot(half, 2.0 * spread / np.sqrt(len(values)))), "deg"),
        "per_rep": [{"rep": k, "value": number(v, half, "deg"), "reason": ""} for k, v in enumerate(values)],
    } | more  # fmt: skip


def made(*findings: dict[str, Any], sha: str = "a", knee: float = 100.0) -> Result:
    reps = max((len(one["per_rep"]) for one in findings), default=0) or 3
    return read_result(record([knee + 0.1 * k for k in range(reps)], [0.02] * reps, sha) | {"findings": findings})


def changes(first: Result, second: Result, **more: Any) -> list[dict[str, Any]]:
    return compare_results(first, second, **more)["findings"]


def days(means: list[float], spread: float = 0.3, **more: Any) -> list[Result]:
    rng = np.random.default_rng(5)
    return [
        made(finding(list(mean + spread * rng.normal(size=5)), **more), sha=sha)
        for mean, sha in zip(means, "abcdefgh", strict=False)
    ]


def test_a_finding_s_number_stands_beside_the_others_with_its_own_interval_and_that_of_the_change():
    before, after = [10.0, 11.0, 9.0, 10.5], [20.0, 21.5, 19.0, 20.0]
    first, second = made(finding(before)), made(finding(after), sha="b")
    found = compare_results(first, second)
    (row,) = found["findings"]
    assert row in compared(found) and row_name(row) == "Lean"
    assert row["difference"]["value"] == pytest.approx(np.mean(after) - np.mean(before))
    # Student's t of 95 % with 3 degrees of freedom is 2.3534 (tables); 1 deg of each set's placing on top.
    steps = np.subtract(after, before)
    half = np.hypot(2.3534 * steps.std(ddof=1) / 2.0, np.sqrt(2.0))
    assert row["difference"]["high"] - row["difference"]["value"] == pytest.approx(half, rel=1e-3)
    for which, of in (("first", first), ("second", second)):
        told = of.findings[0].measured
        assert told is not None and row[f"set_{which}"] == pytest.approx(told.model_dump())
    assert (row["outcome"], row["shown"]) == ("not-known", "higher") and set_apart(row, seconds=False)[0] == "°"


def test_the_larger_side_that_changes_is_a_change_of_the_signed_difference():
    right, left = finding([8.0, 9.0, 8.5], side="right"), finding([-8.0, -9.0, -8.5], side="left")
    (row,) = changes(made(right | RIGHT_LESS_LEFT), made(left | RIGHT_LESS_LEFT, sha="b"))
    assert row["difference"]["value"] == pytest.approx(-17.0) and row["shown"] == "lower" and row["side"] is None
    # Nothing changed where the side alone is told anew, with as much of it.
    none = finding([8.2, 8.8, 8.5], side=None)
    (row,) = changes(made(right | RIGHT_LESS_LEFT), made(none | RIGHT_LESS_LEFT, sha="b"))
    assert row["shown"] == "no"


def test_a_number_of_one_leg_is_never_set_against_the_other_leg_s():
    right, left = (finding(v, side=s) | KNEE_IN for s, v in (("right", [1.0, 2.0]), ("left", [21.0, 22.0])))
    assert changes(made(right), made(left, sha="b")) == []
    both = changes(made(right, left), made(left, right, sha="b"))
    assert {row["side"]: row["difference"]["value"] for row in both} == pytest.approx({"right": 0.0, "left": 0.0})
    assert {row_name(row) for row in both} == {"Knee in, right", "Knee in, left"}


def test_results_of_older_versions_that_do_not_tell_which_it_is():
    right, left, none = (finding([9.0, 8.0], side=side) for side in ("right", "left", None))
    assert changes(made(right), made(left, sha="b")) == []
    assert len(changes(made(right), made(none, sha="b"))) == 1
    assert len(changes(made(right), made(left | {"compares_sides": True}, sha="b"))) == 1
    assert changes(made(right), made(left | {"compares_sides": False}, sha="b")) == []


def test_what_a_metric_or_a_gap_shows_anyway_is_not_told_twice():
    values = [100.0, 100.1, 100.2]
    twice, other = finding(values, 2.0), finding([1.0, 2.0, 3.0], fault="knee-in")
    first, second = made(twice, other), made(finding([130.0, 130.1, 130.2], 2.0), other, sha="b", knee=130.0)
    found = compare_results(first, second)
    assert [row["fault"] for row in found["findings"]] == ["knee-in"]
    (metric,) = found["metrics"]
    assert row_name(metric) == "knee flexion peak, right: lean" and metric["verdict_second"] == "not-resolvable"
    gap = finding([0.02] * 3, 0.004, unit="s", per_rep=[
        {"rep": k, "value": number(0.02, 0.004, "s")} for k in range(3)
    ])  # fmt: skip
    assert changes(made(gap), made(gap, sha="b")) == []
    # Better by the finding's band, as where it stands alone.
    days_ = [made(finding([v, v + 0.1, v - 0.1]), sha=s, knee=v) for v, s in ((100.0, "c"), (101.0, "d"), (99.0, "e"))]
    band = {"band": [None, 105.0], "band_from": "default", "band_grade": "C"}
    deep, shallow = (
        made(finding([v, v + 0.1, v + 0.2], 2.0) | band, sha=s, knee=v) for v, s in ((150.0, "f"), (90.0, "g"))
    )
    (row,) = compare_results(deep, shallow, baseline=baseline_of_days(days_)[0])["metrics"]
    assert row["outcome"] == "better" and row["judged_as"] == "Lean"
    # One of them alone is no reason: then the number is another one than the metric's.
    assert len(changes(made(twice), made(finding([131.0, 130.1, 130.2], 2.0), sha="b", knee=130.0))) == 1
    zero = finding([0.0] * 3, 2.0)
    assert len(changes(made(zero, knee=0.0), made(zero, sha="b", knee=0.0))) == 1


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"measures": "m2"}, "measured otherwise in each"),
        ({"about": "knee, drive"}, "of what is not told in the first, of knee, drive in the second"),
        ({"measured": None}, "not measured in the second"),
        ({"measured": number(9.0, 1.0, "rad")}, "its unit is deg in one, in the other rad"),
        ({"kind": "spread", "unit": "1"}, "a ratio to an earlier set"),
        ({"per_rep": [{"rep": k, "value": number(9.0, 1.0, "deg") if k else None} for k in range(2)]}, "1 of 2 whole"),
        ({"per_rep": [{"rep": k, "value": number(9.0, 1.0, "mm")} for k in range(3)]}, "its unit is"),
    ],
)
def test_what_is_not_the_same_number_is_refused_with_the_reason(other: dict[str, Any], why: str):
    one = finding([9.0, 9.0, 9.0], 1.0, **({"kind": "spread", "unit": "1"} if "kind" in other else {}))
    found = compare_results(made(one), made(finding([9.0, 9.0, 9.0], 1.0) | other, sha="b"))
    assert found["findings"] == []
    (refused,) = [row for row in found["refused"] if row.get("fault") == "lean"]
    assert why in refused["reason"] and row_name(refused).startswith("Lean")


def test_what_neither_measured_is_not_told_at_all():
    none = finding([9.0, 9.0]) | {"measured": None, "per_rep": []}
    found = compare_results(made(none), made(none, sha="b"))
    assert found["findings"] == [] and not any("fault" in row for row in found["refused"])


def test_a_slope_or_share_of_the_set_differs_by_both_intervals_in_quadrature():
    """The repetitions of a drift are the angle itself: their mean is not the number."""
    one, two = (
        finding([50.0, 51.0, 52.0], kind="drift", measured=number(v, h, "deg")) for v, h in ((2.0, 1.0), (9.0, 2.0))
    )
    (row,) = changes(
        made(one),
        made(two, sha="b"),
        baseline=Baseline.model_validate(make_baseline([made(one, sha=s) for s in "cde"])),
    )
    assert row["difference"]["value"] == pytest.approx(7.0)
    assert row["difference"]["high"] == pytest.approx(7.0 + np.hypot(1.0, 2.0))
    assert row["detectable_change"] is None and row["outcome"] == "not-known"
    assert make_baseline([made(one, sha=s) for s in "cde"])["findings"] == []


def test_a_change_is_held_against_the_days_of_the_same_number_and_side():
    known = baseline_of_days(days([10.0, 10.4, 9.8], side="right", **KNEE_IN))[0]
    assert known is not None
    (first, second, far, near) = (
        made(finding([v, v + 0.1, v - 0.1], 0.2, side=side) | KNEE_IN, sha=sha)
        for v, side, sha in ((10.0, "right", "f"), (30.0, "right", "g"), (30.0, "left", "h"), (10.0, "left", "i"))
    )
    (row,) = changes(first, second, baseline=known)
    assert (row["outcome"], change_cell(row), change_word(row)) == ("changed", "changed", "change: higher")
    (row,) = changes(near, far, baseline=known)
    assert (row["outcome"], change_cell(row)) == ("not-known", "higher"), "the days are the right side's"
    (row,) = changes(first, first.model_copy(update={"inputs": second.inputs}), baseline=known)
    assert (row["outcome"], change_cell(row), row["beyond_detectable"]) == ("no-change", "no change shown", "no")


@pytest.mark.parametrize(
    ("grade", "origin", "outcome"),
    [("C", "default", "better"), ("ENG", "default", "changed"), ("N", "default", "changed"), (None, "own", "changed")],
)
def test_better_is_said_only_towards_a_band_that_a_source_states(grade: str | None, origin: str, outcome: str):
    band = {"band": [None, 12.0], "band_from": origin, "band_grade": grade}
    known = baseline_of_days(days([30.0, 30.4, 29.8, 30.1, 30.2, 29.9]))[0]
    first, second = (finding([v, v + 0.1, v - 0.1], 0.2) | band for v in (30.0, 10.0))
    (row,) = changes(made(first, sha="g"), made(second, sha="h"), baseline=known)
    assert row["outcome"] == outcome


def test_where_measured_otherwise_no_change_of_a_finding_is_said_either():
    first, second = made(finding([10.0, 10.1, 9.9])), made(finding([30.0, 30.1, 29.9]), sha="b")
    other = second.model_copy(update={"body": second.body.model_copy(update={"source": "imu"})})
    first = first.model_copy(update={"body": first.body.model_copy(update={"source": "markers"})})
    assert [row["outcome"] for row in changes(first, other)] == ["in-doubt"]
    assert [row["outcome"] for row in changes(first, second, one_athlete=False)] == ["differs"]


def test_two_sets_that_have_a_finding_alone_can_be_compared():
    bare = {"chain": None, "reps": [{"index": k, "complete": True} for k in range(3)]}
    one, two = (
        read_result(record([1.0], [0.1], sha) | bare | {"findings": [finding([v, v + 0.1, v - 0.1])]})
        for sha, v in (("a", 10.0), ("b", 30.0))
    )
    assert [row["shown"] for row in changes(one, two)] == ["higher"]


def test_a_baseline_holds_the_sides_that_take_turns():
    """Of a lunge each side has half of the repetitions, and all of those were measured."""
    side = [finding([9.0, 9.5, 10.0], side=s) | KNEE_IN for s in ("right", "left")]
    for k, one in enumerate(side):
        one["per_rep"] = [row | {"rep": 2 * row["rep"] + k} for row in one["per_rep"]]
    some = [read_result(record([100.0] * 6, [0.02] * 6, sha) | {"findings": side}) for sha in "abc"]
    assert [(one["side"], one["n_days"]) for one in make_baseline(some)["findings"]] == [("right", 3), ("left", 3)]


def test_days_of_one_leg_and_of_the_other_make_no_baseline():
    some = [
        made(finding([9.0 + k, 9.5], side=s) | KNEE_IN, sha=sha)
        for k, (s, sha) in enumerate(zip(("right", "left"), "ab", strict=True))
    ]
    assert make_baseline(some)["findings"] == []


def test_change_of_a_finding_is_rarely_said_where_nothing_changed():
    """Markers placed anew for each set by what its interval says, the athlete 1 deg (SD) otherwise each day: 600 pairs,
    three usual days.
    """
    rng, n = np.random.default_rng(21), 600
    held = said = 0

    def day(sha: str) -> Result:
        mean = 5.0 + rng.normal() + 1.0 * rng.normal()
        return made(finding(list(mean + 1.5 * rng.normal(size=5)), 1.6449, **RIGHT_LESS_LEFT), sha=sha)

    for _k in range(n):
        some = [day(sha) for sha in "abcde"]
        (row,) = changes(some[3], some[4], baseline=baseline_of_days(some[:3])[0])
        said += row["outcome"] in ("changed", "better", "worse")
        held += row["shown"] == "no"
    # What the athlete does otherwise each day is in no set's interval, so a change is held against the days.
    assert said <= 0.025 * n and 0.7 * n < held < 0.93 * n
