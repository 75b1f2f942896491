"""Somebody says that markers stayed on: it counts for as much as the distances between the markers leave of it."""

from typing import Any

import numpy as np
import pytest

from legato.compare import compare_results, read_result
from legato.compare.baseline import baseline_of_days
from legato.report.comparison import comparison_notes, placement_refuted
from legato.signals.clusters import STAYED

from .test_compare import days, number, record

SEGMENTS = ("pelvis", "thorax", "thigh_right", "thigh_left")


def placement(off_m: float, seed: int = 1, segments: tuple[str, ...] = SEGMENTS) -> dict[str, Any]:
    """Segments of four markers whose distances lie off by so much, root mean square."""
    rng = np.random.default_rng(3)
    found: dict[str, Any] = {}
    for name in segments:
        apart = rng.uniform(0.1, 0.3, 6)
        step = np.random.default_rng([seed, len(found)]).normal(size=6)
        step *= off_m / float(np.sqrt(np.mean(step**2)))
        found[name] = {"markers": list("abcd"), "distances_m": list(apart + step)}
    return found


def compared(off: dict[str, Any], *, told: bool, knees: float = 103.0, **known: Any) -> dict[str, Any]:
    """A set, and one in which the knees bend 3 deg more; each knee angle is known to 2 deg, for where markers sit."""
    one = record([100.0, 100.1, 99.9], [0.02, 0.021, 0.019]) | {"body": {"placement": placement(0.0)}}
    two = record([knees, knees + 0.1, knees - 0.1], [0.02, 0.021, 0.019], "b") | {"body": {"placement": off}}
    return compare_results(read_result(one), read_result(two), same_placement=told, **known)


def half(found: dict[str, Any]) -> float:
    difference = found["metrics"][0]["difference"]
    return 0.5 * (difference["high"] - difference["low"])


def notes(found: dict[str, Any]) -> str:
    return " ".join(comparison_notes(found, baseline="X", placement="the box"))


def test_what_the_distances_refute_is_said_and_counts_for_nothing():
    moved, anew = compared(placement(0.010), told=True), compared(placement(0.010), told=False)
    assert moved["placement"]["seen"] == "moved" and placement_refuted(moved["placement"])
    assert moved["placement"]["largest_m"] == pytest.approx(0.010)
    assert not moved["same_placement"] and half(moved) == half(anew) == pytest.approx(np.hypot(2.0, 2.0), rel=0.01)
    assert "said to have stayed on, and the recordings say otherwise" in notes(moved) and "10.0 mm" in notes(moved)
    assert not placement_refuted(anew["placement"]) and "say otherwise" not in notes(anew)


def test_one_segment_that_surely_differs_refutes_all():
    off = placement(0.002) | {"thigh_left": placement(0.012)["thigh_left"]}
    found = compared(off, told=True)
    assert found["placement"]["where"] == "thigh_left" and not found["same_placement"]
    assert "markers of the thigh left" in notes(found) or "left thigh" in notes(found)


def test_where_the_distances_agree_that_is_said_and_most_of_the_placing_falls_away():
    agreed = compared(placement(0.002), told=True)
    assert agreed["placement"]["seen"] == "stayed" and agreed["same_placement"]
    assert half(agreed) == pytest.approx(STAYED * np.hypot(2.0, 2.0), rel=0.05)
    assert "as where they stayed on; most of what placing them adds is left out" in notes(agreed)
    unasked = compared(placement(0.002), told=False)
    assert not unasked["same_placement"] and "unless the box says that they stayed on" in notes(unasked)


@pytest.mark.parametrize(
    "off",
    [
        {},
        placement(0.002, segments=SEGMENTS[:2]),
        {name: of | {"markers": list("abce")} for name, of in placement(0.002).items()},
        {name: of | {"distances_m": of["distances_m"][:3]} for name, of in placement(0.002).items()},
        placement(0.0001),
    ],
    ids=["no markers", "two segments", "other markers", "a torn record", "rigid plates"],
)
def test_what_nothing_could_confirm_is_taken_as_told_and_said_so(off: dict[str, Any]):
    found = compared(off, told=True)
    assert found["placement"]["seen"] is None and found["same_placement"]
    assert "is taken from you: nothing in these two sets could confirm it" in notes(found)


def test_no_verdict_leans_on_a_refuted_tick():
    """A gap that is better beyond the days where the markers stayed on, and surely nothing where they did not."""
    known, _why = baseline_of_days(days(6))
    rows = [[-0.030, -0.031, -0.029], [0.010, 0.011, 0.009]]
    one, two = (record([100.0] * 3, gap, sha) for gap, sha in zip(rows, "ab", strict=True))
    for told, off, gap in ((one, 0.0, -0.03), (two, 0.010, 0.01)):
        told["body"] = {"placement": placement(off)}
        # What placing the markers adds makes the set's interval as wide as the change.
        told["chain"]["gaps"][0] |= {"band_s": [0.0, None], "grade": "B", "set": number(gap, 0.04, "s")}
    said: list[str] = []
    for off in (0.010, 0.002):
        two["body"] = {"placement": placement(off)}
        (row,) = compare_results(read_result(one), read_result(two), same_placement=True, baseline=known)["gaps"]
        said.append(row["outcome"])
    assert said == ["no-change", "better"]


def test_change_where_nothing_changed_is_said_no_more_often_with_a_wrong_tick():
    """Each set's markers placed anew, which shifts all of its repetitions by a normal error as large as is told."""
    rng, n, sigma = np.random.default_rng(12), 600, 2.0 / 1.6449
    shown = {True: 0, False: 0}
    for k in range(n):
        reps = [list(100.0 + sigma * rng.normal() + 0.5 * rng.normal(size=5)) for _ in range(2)]
        one, two = (record(values, [0.02] * 5, sha) for values, sha in zip(reps, "ab", strict=True))
        one["body"], two["body"] = {"placement": placement(0.0)}, {"placement": placement(0.008, k)}
        for told in shown:
            found = compare_results(read_result(one), read_result(two), same_placement=told)
            shown[told] += found["metrics"][0]["shown"] != "no"
    # 10 % of the intervals may miss; the SE of 600 pairs is 1.2 points.
    assert shown[True] == shown[False] <= 0.135 * n
