"""Trends: a change is said only beyond the smallest detectable one, and what could not be told is no number."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from legato.compare import read_result
from legato.compare.results import BodyRecord
from legato.store import Catalogue
from legato.web.of_athlete import measured_of
from legato.web.trends import Dated, Session, Trends, forget, kept_trends, trends_of

from .athletes import add_athlete, add_session, days_ago, number, record, summary

DAY = date(2026, 1, 5)


def sessions(means_s: list[float], spread_s: float = 0.002, **told: Any) -> list[Session]:
    """A session a day, of five repetitions whose gap varies a little."""
    found: list[Session] = []
    for k, mean in enumerate(means_s):
        one = record([mean + spread_s * (j - 2) for j in range(5)], sha=f"{k:064d}", **told)
        metrics = summary(one)["metrics"]
        found.append(
            Session(DAY + timedelta(days=k), f"Day {k}", f"/sessions/{k}", read_result(one, f"Day {k}"), metrics)
        )
    return found


def said(found: Trends) -> list[str]:
    return [point.says for point in found.gaps[0].points]


def test_before_the_third_day_nothing_is_said_of_change():
    found = trends_of(sessions([0.030, 0.090]))
    assert said(found) == ["—", "—"] and "1 day more" in found.notes[0] and found.gaps[0].detectable is None


def test_a_change_is_said_where_it_is_far_beyond_what_days_differ_by():
    usual = [0.030, 0.031, 0.0295, 0.0305, 0.030, 0.0308, 0.0298, 0.0303]
    found = trends_of(sessions([*usual, 0.100, -0.040, 0.0301]), usual=len(usual))
    *_, up, down, same = found.gaps[0].points
    # The target is later than 0 ms: 100 ms is in it as before, −40 ms is outside by far more than days differ by.
    assert (up.says, down.says, same.says) == ("change: higher", "worse", "no change seen")
    assert up.change is not None and up.change.unit == "ms" and up.change.value == pytest.approx(70.0)
    detectable = found.gaps[0].detectable
    means = np.array(usual)
    assert detectable is not None
    assert detectable.value == pytest.approx(1000 * 1.96 * np.sqrt(2) * means.std(ddof=1), rel=0.01)


def test_alike_days_rarely_show_a_change():
    rng, shown, n = np.random.default_rng(7), 0, 60
    for _k in range(n):
        found = trends_of(sessions(list(0.030 + 0.004 * rng.normal(size=6))))
        shown += said(found)[-1] in ("better", "worse", "change: higher", "change: lower")
    assert shown <= 3


def test_a_verdict_that_could_not_be_told_is_hollow_and_a_missing_number_none():
    some = sessions([0.030, 0.031, 0.029])
    unsure = sessions([0.0, 0.001, 0.002], sure=False)[2]
    found = trends_of([*some[:2], unsure])
    assert [point.sure for point in found.gaps[0].points] == [True, True, False]
    assert found.gaps[0].chart.count('class="pt open"') == 1
    bare = record([0.03, 0.03], sha="f" * 64)
    bare["chain"]["gaps"][0] |= {"set": None, "reason": "no event was found"}
    last = Session(DAY + timedelta(days=9), "Bare", "/sessions/9", read_result(bare), {})
    line = trends_of([*some, last]).gaps[0]
    assert line.points[-1].text == "no event was found" and line.chart.count('class="pt') == 3


def test_two_sessions_of_a_day_count_as_one_day():
    one, two, three = sessions([0.030, 0.031, 0.029])
    again = Session(one.on, "Again", "/sessions/x", three.result, three.metrics)
    assert trends_of([one, again, two]).gaps[0].detectable is None


def test_the_band_is_as_wide_as_what_the_word_asks():
    rng, words = np.random.default_rng(5), set[str]()
    for _k in range(40):
        found = trends_of(sessions([*(0.030 + 0.004 * rng.normal(size=3)), 0.030 + 0.03 * rng.normal()]))
        line = found.gaps[0]
        last = line.points[-1]
        drawn = re.search(r'class="sdc" style="bottom:([\d.-]+)%;height:([\d.]+)%', line.chart)
        marks = re.findall(r'class="pt[^"]*" style="left:[\d.]+%;top:([\d.]+)%', line.chart)
        assert drawn is not None and last.change is not None
        bottom, height = map(float, drawn.groups())
        inside = bottom <= 100.0 - float(marks[-1]) <= bottom + height
        words.add(last.says)
        if inside:
            assert not last.says.startswith(("change", "better", "worse"))
        elif not last.change.low <= 0.0 <= last.change.high:
            assert last.says.startswith(("change", "better", "worse"))
    assert {"no change seen", "not resolvable"} <= words and len(words) >= 3


def test_a_change_is_held_against_the_first_session_that_has_the_number():
    some = sessions([0.030, 0.031, 0.029, 0.030, 0.100])
    bare = record([0.03, 0.03], sha="f" * 64)
    bare["chain"]["gaps"][0] |= {"set": None, "reason": "no event was found"}
    before = Session(DAY - timedelta(days=1), "Bare", "/sessions/9", read_result(bare), {})
    line = trends_of([before, *some], usual=4).gaps[0]
    assert line.against == some[0].dated and [point.says for point in line.points[:2]] == ["—", "—"]
    assert line.points[-1].says == "change: higher" and line.points[-1].change is not None
    assert line.points[-1].change.value == pytest.approx(70.0)


def test_what_was_done_otherwise_than_at_first_is_marked():
    some = sessions([0.030, 0.031, 0.029, 0.060])
    heavy = some[3].result.model_copy(update={"settings": {"level": 0.9, "loads_kg": [100.0]}, "legato_version": "9"})
    line = trends_of([*some[:3], replace(some[3], result=heavy)]).gaps[0]
    ((where, how),) = line.otherwise
    assert where.name == "Day 3" and "loads, kg: none → 100" in how and "version: 0 → 9" in how
    assert line.chart.count('class="pt other"') == 1
    mixed = [replace(some[0], result=heavy), *some[1:]]
    assert any("differ in loads_kg" in note for note in trends_of(mixed).notes)


def test_a_number_of_few_repetitions_has_no_mean_and_no_change():
    *some, last = sessions([0.030, 0.031, 0.029, 0.030])
    few = record([0.030] * 5, 160.0, sha="e" * 64)
    for rep in few["reps"][:2]:
        rep["metrics"] = {}
    line = trends_of([*some, replace(last, result=read_result(few), metrics={})]).others[0]
    assert line.points[2].says == "no change seen"
    assert (line.points[3].text, line.points[3].change_text, line.points[3].says) == ("not measured", "—", "—")


def test_a_session_without_a_number_is_no_usual_day_and_a_gap_without_one_no_chart():
    some = sessions([0.030, 0.031, 0.029, 0.030])
    empty: dict[str, Any] = record([0.03, 0.03], sha="e" * 64) | {"reps": []}
    empty["chain"]["gaps"][0] |= {"set": None, "per_rep": []}
    none = Session(DAY - timedelta(days=3), "EMG alone", "/sessions/e", read_result(empty), {})
    found = trends_of([none, *some[:2]])
    assert found.gaps[0].detectable is None and "1 day more" in found.notes[0]
    assert trends_of([none, *some[:3]]).gaps[0].detectable is not None
    # A gap that no session tells has no chart without a name: it is named below.
    untold = trends_of([none])
    assert untold.gaps == () and "Without a number in any session: Pelvis to thorax" in untold.notes[-1]


def test_days_that_measured_other_numbers_each_give_no_smallest_detectable_change():
    some = sessions([0.030, 0.031, 0.029])
    for k, one in enumerate(some):
        body = record([0.030, 0.031], sha=f"{k}" * 64)
        body["chain"]["gaps"][0] |= {"set": None} if k < 1 else {}
        for rep in body["reps"]:
            rep["metrics"] = {f"number_{k}": rep["metrics"]["knee_flexion_right"]}
        some[k] = replace(one, result=read_result(body), metrics={f"number_{k}": next(iter(one.metrics.values()))})
    assert trends_of(some).notes[0].startswith("The smallest detectable change is not known: no number was")


def test_what_findings_are_judged_by_is_a_line_each_with_signed_differences_of_the_sides():
    def told(value: float, side: str | None, **more: Any) -> dict[str, Any]:
        return {
            "fault": "asymmetry", "name": "Right less left", "side": side, "unit": "deg", "measures": "m",
            "compares_sides": True, "verdict": "fault" if side else "ok", "measured": number(value, 2.0, "deg"),
            "per_rep": [{"rep": k, "value": number(value + 0.2 * (k - 2), 1.0, "deg")} for k in range(5)], **more,
        }  # fmt: skip

    means, sides = [2.0, 2.5, 1.8, 9.0, -9.0], [None, None, None, "right", "left"]
    twice = {"fault": "deep", "name": "Depth", "compares_sides": False, "measured": number(102.0, 2.0, "deg")}
    some: list[Session] = []
    for k, (mean, side) in enumerate(zip(means, sides, strict=True)):
        one = record([0.03] * 5, sha=f"{k:064d}")
        depth = [{"rep": j, "value": rep["metrics"]["knee_flexion_right"]} for j, rep in enumerate(one["reps"])]
        one["findings"] = [told(mean, side), told(1.0, None, per_rep=depth, **twice)]
        one["findings"][1]["verdict"] = "ok" if k < 4 else "not-resolvable"
        found = read_result(one, f"Day {k}")
        some.append(Session(DAY + timedelta(days=k), f"Day {k}", "/", found, summary(one)["metrics"]))
    depth, line = trends_of(some).findings
    assert (depth.name, depth.small) == ("Knee flexion, right", "Depth") and trends_of(some).others == ()
    assert [point.sure for point in depth.points] == [True, True, True, True, False]
    assert line.name == "Right less left" and line.detectable is not None
    assert [p.value and p.value.value for p in line.points] == means and "±" in line.points[3].text
    *_, right, left = line.points
    assert (right.says, left.says) == ("change: higher", "change: lower")
    assert left.change is not None and left.change.value == pytest.approx(-11.0)
    assert line.chart.count('class="pt') == 5
    assert not line.of_set
    slope = {"kind": "drift", "fault": "drift", "name": "Drift"}
    drifts = [
        replace(one, result=one.result.model_copy(update={"findings": (f.model_copy(update=slope),)}))
        for one in some
        for f in one.result.findings[:1]
    ]
    (drift,) = trends_of(drifts).findings
    assert drift.detectable is None and "whole set" in drift.detectable_text and drift.points[-1].says == "—"
    # Measured otherwise by an older version: no number of this line.
    old = some[0].result.findings[0].model_copy(update={"measures": "old"})
    first = replace(some[0], result=some[0].result.model_copy(update={"findings": (old,)}))
    line = trends_of([first, *some[1:]]).findings[-1]
    assert line.points[0].text == "measured otherwise by an older version" and line.against == some[1].dated


def test_a_session_by_other_sensors_is_marked_and_no_change_is_said():
    some = sessions([0.030, 0.031, 0.029, 0.100])
    bodies = [BodyRecord(source="markers", marker_set="plug-in-gait")] * 3 + [BodyRecord(source="imu")]
    line = trends_of(
        [
            replace(one, result=one.result.model_copy(update={"body": body}))
            for one, body in zip(some, bodies, strict=True)
        ]
    ).gaps[0]
    assert line.points[-1].says == "in doubt" and "sensors: markers, plug-in-gait → imu" in line.points[-1].otherwise
    assert line.chart.count('class="pt other"') == 1


def test_a_result_at_another_level_is_told_at_the_usual_one():
    one, *rest = sessions([0.030, 0.031, 0.029])
    strict = replace(one, result=one.result.model_copy(update={"settings": {"level": 0.5}}))
    value, usual = (trends_of([first, *rest]).gaps[0].points[0].value for first in (strict, one))
    assert value is not None and usual is not None
    assert value.half_width == pytest.approx(usual.half_width * 1.6449 / 0.6745, rel=1e-3)


def test_trends_that_are_remembered_follow_names_and_results_and_hold_no_result(catalogue: Catalogue):
    athlete = add_athlete(catalogue)
    for k in range(3):
        add_session(catalogue, athlete, days_ago(9 - k), record([0.03, 0.031], sha=str(k) * 64))
    with catalogue.session() as rows:
        measured = measured_of(rows, athlete)
        first = kept_trends(catalogue, measured)
        assert kept_trends(catalogue, measured) is first
        lines = (*first.gaps, *first.main, *first.others)
        assert {type(point.session) for line in lines for point in line.points} == {Dated}
        measured[0].session.name = "Renamed"
        assert kept_trends(catalogue, measured).gaps[0].points[0].session.name == "Renamed"
        assert len(kept_trends(catalogue, measured[1:]).gaps[0].points) == 2
        forget()
        assert kept_trends(catalogue, measured) is not first
