"""What was found anew comes first, and a verdict by another band is no change of the athlete."""

from types import SimpleNamespace
from typing import Any

import pytest

from legato.web.other_verdicts import faults_changed


def finding(fault: str, verdict: str, band: Any = None, side: str | None = None, value: float | None = None) -> Any:
    measured = None if value is None else {"value": value, "low": value - 2.0, "high": value + 2.0, "unit": "deg"}
    about = {"fault": fault, "name": fault.capitalize(), "side": side}
    return about | {"verdict": verdict, "band": band, "measured": measured}


def result(*findings: Any) -> Any:
    return SimpleNamespace(summary={"movement": "back-squat", "findings": list(findings)})


def test_a_fault_found_anew_comes_first_and_other_bands_are_no_change():
    then = result(
        finding("asymmetry", "not-resolvable", None, None, 2.0),
        finding("lean", "not-resolvable", None),
        finding("knee-in", "ok", [None, 5.0], "right"),
        finding("knee-in", "not-resolvable", None, "left", -3.0),
        finding("flare", "fault", [None, 8.0], None, 12.0),
    )
    now = result(
        finding("flare", "not-resolvable", [None, 8.0], None, 7.0),
        finding("lean", "ok", [None, 44.0], None, 40.0),
        finding("knee-in", "ok", [None, 5.0], "right"),
        finding("knee-in", "ok", [None, 6.0], "left", -3.0),
        finding("drop", "fault", [None, 1.0]),
        finding("asymmetry", "fault", [-3.0, 7.0], "right", 17.0),
        finding("late", "ok", [None, 1.0]),
    )
    told = [(one.kind, one.name, one.then, one.now) for one in faults_changed(then, now)]
    assert told == [
        ("found", "Drop", "not looked for", "fault"),
        ("found", "Asymmetry", "not judged, 2 ± 2°", "fault, 17 ± 2°, judged for the first time"),
        (
            "changed",
            "Flare",
            "fault, 12 ± 2°",
            "too little to tell, as 7 ± 2° reaches over the edge of the band up to 8°",
        ),
        ("judged", "Lean", "not judged", "in order, 40 ± 2°"),
        ("judged", "Knee-in, left", "not judged, −3 ± 2°", "in order, −3 ± 2°"),
    ]
    assert faults_changed(now, now) == []


def told(then: Any, now: Any) -> list[tuple[str, str, str, str]]:
    return [(one.kind, one.name, one.then, one.now) for one in faults_changed(then, now)]


def test_a_side_that_was_told_alone_is_the_same_beside_the_other():
    left, right = (finding("knee-in", "fault", [None, 5.0], side) for side in ("left", "right"))
    assert told(result(right), result(right, finding("knee-in", "ok", [None, 5.0], "left"))) == []
    assert told(result(left, right), result(left)) == []
    assert told(result(right), result(left, right)) == [("found", "Knee-in, left", "not looked for", "fault")]
    whole = finding("knee-in", "not-resolvable")
    assert told(result(whole), result(left, finding("knee-in", "not-resolvable", None, "right"))) == [
        ("found", "Knee-in, left", "not judged", "fault, judged for the first time")
    ]


def test_two_legs_are_not_compared_with_each_other():
    left, right = finding("knee-in", "fault", [None, 5.0], "left"), finding("knee-in", "ok", [None, 5.0], "right")
    assert told(result(left), result(right)) == []
    assert told(result(right), result(left)) == [("found", "Knee-in, left", "not looked for", "fault")]


def test_a_difference_of_both_sides_is_one_finding_whichever_has_more():
    right = finding("asymmetry", "fault", [-3.0, 7.0], "right")
    assert told(result(right), result(right)) == []
    assert told(result(finding("asymmetry", "ok", [-3.0, 7.0])), result(right)) == [
        ("found", "Asymmetry", "in order", "fault")
    ]


def test_a_difference_that_turned_from_one_side_to_the_other_is_told_and_nothing_was_found_anew():
    band = [-3.0, 7.0]
    right, left = (finding("asymmetry", "fault", band, s, v) for s, v in (("right", 17.0), ("left", -12.0)))
    turned = ("turned", "Asymmetry", "fault, 17 ± 2° (right)", "fault, −12 ± 2° (left)")
    assert told(result(right), result(left)) == [turned]
    # By another band the two may be as large: 9 deg is too much right by one, and too much left by the other.
    other = finding("asymmetry", "fault", [12.0, 20.0], "left", 9.0)
    assert told(result(finding("asymmetry", "fault", band, "right", 10.0)), result(other)) == [
        ("turned", "Asymmetry", "fault, 10 ± 2° (right)", "fault, 9 ± 2° (left), by another band")
    ]


def test_a_share_of_too_few_repetitions_says_how_many_would_do():
    then, now = (finding("order", verdict, [80.0, None], None, 90.0) for verdict in ("fault", "not-resolvable"))
    now |= {"n": 6, "resolve": "as far as this share can tell, about 10 reps like these would decide it"}
    now["measured"] |= {"value": 100.0, "low": 74.0, "high": 100.0, "unit": "%"}
    (one,) = faults_changed(result(then), result(now))
    assert one.now == (
        "too little to tell with 6 repetitions, as 100 (74 to 100) % reaches over the edge of the band from 80 % up; "
        "as far as this share can tell, about 10 reps like these would decide it"
    )
    now["resolve"] = "look at that repetition, and record a further set"
    assert faults_changed(result(then), result(now))[0].now.startswith("too little to tell, as 100")


@pytest.mark.parametrize(("verdict", "value", "said"), [("fault", 9.0, "8 to 10°"), ("ok", 6.0, "5.0 to 7.0°")])
def test_where_the_markers_that_stayed_on_decide_their_interval_is_shown(verdict: str, value: float, said: str):
    now = finding("knee-in", verdict, [None, 7.5], None, value)
    now["by_same_markers"] = {"value": value, "low": value - 1.0, "high": value + 1.0, "unit": "deg"}
    word = {"fault": "fault", "ok": "in order"}[verdict]

    def shown() -> str:
        return faults_changed(result(finding("knee-in", "not-resolvable", [None, 7.5], None, 7.0)), result(now))[0].now

    assert shown() == f"{word}, {value:.0f} ± 2° (by the same markers {said})"
    # Where the number's own interval lies so too, or a condition decided, it decides nothing.
    now["by_same_markers"] |= {"low": value - 1.9, "high": value + 1.9}
    assert shown() == f"{word}, {value:.0f} ± 2°"
    now["measured"] |= {"low": value - 0.5, "high": value + 0.5}
    assert "markers" not in shown()
