"""What the newest results change of a plan, and what they do not: each change has its reason."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from legato.coaching.catalogue import drills
from legato.coaching.found import faults_gone, faults_seen, order_kept
from legato.coaching.judged import counting_results
from legato.coaching.log import Session, SetsDone
from legato.coaching.plan.build import Refused, best_step, make_plan
from legato.coaching.plan.model import Plan
from legato.coaching.plan.request import Request
from legato.coaching.plan.update import Seen, update_plan, with_prescription
from legato.coaching.prescribe import FaultSeen, prescribe
from legato.coaching.situation import Screening
from legato.faults.assessments import ResultFile, result_file

from ...faults.sheets import result
from ..athletes import fit

pytest.importorskip("ortools")
START = date(2026, 11, 30)
SUNDAY = START - timedelta(days=1)
FIT: dict[str, Any] = {"screening": Screening(SUNDAY, date(2027, 11, 20), passed=True)}


def twist(low: float, high: float, verdict: str = "fault", movement: str = "row") -> ResultFile:
    """A result that tells a turn of the trunk, deg."""
    measured = {"value": 0.5 * (low + high), "low": low, "high": high, "unit": "deg"}
    finding = {
        "fault": "early-twist", "name": "Turn", "kind": "hold", "says": "It turns.", "side": None, "verdict": verdict,
        "measured": measured, "band": [None, 10.0], "unit": "deg",
    }  # fmt: skip
    return result_file(result(movement, findings=[finding]), "result.json")


def planned(faults: tuple[FaultSeen, ...], **drills: str) -> Plan:
    asked = Request.model_validate(
        {
            "start": START, "weeks": 4, "days": ["mon", "wed", "fri"], "blocks": False,
            "drills": tuple({"id": name.replace("_", "-"), "level": level} for name, level in drills.items()),
        }
    )  # fmt: skip
    situation = fit(on=SUNDAY, **FIT)
    asked, _ = with_prescription(asked, faults, situation)
    made = make_plan(asked, situation, "0")
    assert isinstance(made, Plan)
    return made


def told(plan: Plan, on: date, seen: Seen, **changed: Any) -> tuple[Plan, list[str]]:
    new = update_plan(plan, fit(on=on, **{**FIT, **changed}), seen)
    assert isinstance(new, Plan)
    return new, [f"{line.what}: {line.because}" for line in new.changes]


def test_a_fault_that_is_not_resolvable_keeps_its_drill():
    plan = planned(faults_seen([twist(12.0, 20.0)]), dowel_hinge="dynamic")
    given = [wanted.id for wanted in plan.request.drills]
    assert "pallof-press" in given
    open_ = twist(6.0, 14.0, "not-resolvable")
    new, lines = told(plan, START, Seen(faults_seen([open_]), faults_gone([open_])))
    assert [wanted.id for wanted in new.request.drills] == given and not lines
    since = tuple(replace(one, found_in="week 0") for one in faults_seen([twist(12.0, 20.0)]))
    new, lines = told(plan, START, Seen(since))
    assert [wanted.id for wanted in new.request.drills] == given and not lines
    gone = twist(0.0, 6.0, "ok")
    new, lines = told(plan, START, Seen(faults_seen([gone]), faults_gone([gone])))
    assert [wanted.id for wanted in new.request.drills] == ["dowel-hinge"]
    assert any(
        line.startswith("Pallof press leaves: turn of the trunk") and "surely within its band" in line for line in lines
    )


def test_a_fault_that_nothing_newer_judged_gets_another_drill_where_its_own_is_barred_now():
    plan = planned(faults_seen([twist(12.0, 20.0)]), dowel_hinge="dynamic")
    since = tuple(replace(one, found_in="week 0") for one in faults_seen([twist(12.0, 20.0)]))
    barred = replace(FIT["screening"], barred=frozenset({"anti-rotation"}))
    new, lines = told(plan, START, Seen(since), screening=barred)
    others = [wanted.id for wanted in new.request.drills if wanted.fault]
    assert others and "pallof-press" not in others and any(line.startswith("Pallof press makes room") for line in lines)
    there = {entry.id for week in new.weeks[1:] for day in week.days for entry in day.entries}
    assert set(others) <= there and "pallof-press" not in there


def test_where_nothing_is_left_it_says_so():
    plan, gone = planned(faults_seen([twist(12.0, 20.0)])), twist(0.0, 6.0, "ok")
    found = update_plan(plan, fit(on=START, **FIT), Seen((), faults_gone([gone])))
    assert isinstance(found, Refused)
    assert "surely within its band" in found.reasons[0]


def test_a_drill_stays_while_its_fault_surely_gets_smaller():
    done = SetsDone("pallof-press", 3, 3, level="hold", pain=0.0, rpe=5.0)
    log = tuple(Session(START + timedelta(days=k), (done,)) for k in range(6))
    situation = fit(on=START + timedelta(days=7), sessions=log, **FIT)
    now, before = twist(11.0, 15.0), twist(20.0, 26.0)
    stays = prescribe(faults_seen([now], (), [before]), situation).drills[0]
    assert stays.drill.id == "pallof-press"
    assert any("23 to 13 deg" in why for why in stays.why)
    for same in ((), [twist(14.0, 20.0)], [twist(20.0, 26.0, movement="hip-hinge")]):
        other = prescribe(faults_seen([now], (), same), situation)
        assert other.drills[0].drill.id != "pallof-press"
        assert other.passed_over is not None and "still there" in other.passed_over["pallof-press"][0]


def test_a_drill_leaves_only_when_its_own_movement_is_clean():
    plan = planned(faults_seen([twist(12.0, 20.0)]))
    given = [wanted.id for wanted in plan.request.drills]
    assert "pallof-press" in given
    other = twist(0.0, 6.0, "ok", "hip-hinge")
    new, lines = told(plan, START, Seen(faults_seen([other]), faults_gone([other])))
    assert [wanted.id for wanted in new.request.drills] == given and not lines
    plan = planned(faults_seen([twist(12.0, 20.0, movement="hip-hinge")]))
    assert "tempo-medball-rotation" in [wanted.id for wanted in plan.request.drills]
    both = [twist(0.0, 6.0, "ok", "hip-hinge"), twist(12.0, 20.0, movement="throw")]
    new, lines = told(plan, START, Seen(faults_seen(both), faults_gone(both)))
    assert {wanted.movement for wanted in new.request.drills} == {"throw"}
    (line,) = [line for line in lines if line.startswith("Slow turn with a ball")]
    assert line.startswith("Slow turn with a ball stays: ")
    assert "surely within its band now; turn of the trunk" in line and "in throw: surely outside its band" in line


def test_a_higher_level_says_what_it_waited_for():
    strong = SetsDone("anti-rotation-carry", 3, 5, level="loaded", pain=0.0, rpe=5.0, reps_measured=20, reps_passed=20)
    log = tuple(Session(SUNDAY - timedelta(days=k), (strong,)) for k in (2, 4))
    waiting, _ = told(planned((), rotational_medball_throw="explosive"), SUNDAY, Seen(), sessions=log, order_kept=0.5)
    _, same = told(waiting, START, Seen(), sessions=log, order_kept=0.5)
    _, risen = told(waiting, START, Seen(), sessions=log, order_kept=0.9)
    assert not [line for line in same if "dynamic to explosive" in line]
    (line,) = [line for line in risen if "dynamic to explosive" in line]
    assert "what it waited for is met (speed waits for the own order" in line


def test_of_each_movement_the_newest_counts():
    old, new, hinge = twist(0.0, 6.0, "ok"), twist(12.0, 20.0), twist(0.0, 6.0, "ok", "hip-hinge")
    counting = counting_results([old, hinge, new])
    assert [len(one.findings) for one in counting] == [0, 1, 1] and counting[1:] == (hinge, new)
    assert faults_gone([hinge, new]) == {("hip-hinge", "early-twist")}
    assert [seen.movement for seen in faults_seen([hinge, new])] == ["row"]
    assert order_kept([new]) is None


def test_a_level_that_was_begun_stays_open():
    clean = SetsDone("anti-rotation-carry", 3, 5, level="dynamic", pain=0.0, rpe=5.0, reps_measured=9, reps_passed=9)
    bridge = SetsDone("glute-bridge", 2, 8, level="dynamic", pain=0.0, rpe=5.0)
    loaded = replace(clean, level="loaded", reps_measured=0, reps_passed=0)
    log = [Session(SUNDAY - timedelta(days=k), (clean,)) for k in (9, 7)]
    carry = drills()["anti-rotation-carry"]
    assert best_step(carry, fit(on=SUNDAY, sessions=tuple(log), **FIT), 2)[0] == carry.steps[1]
    log += [Session(SUNDAY - timedelta(days=k), (bridge,)) for k in (4, 2)]
    step, reasons = best_step(carry, fit(on=SUNDAY, sessions=tuple(log), **FIT), 2)
    assert step == carry.steps[0] and "measured and clean" in reasons[0]
    log.append(Session(SUNDAY - timedelta(days=1), (loaded,)))
    assert best_step(carry, fit(on=SUNDAY, sessions=tuple(log), **FIT), 2)[0] == carry.steps[1]


def test_of_versions_the_one_that_lacks_least_says_why():
    owned = fit(on=SUNDAY, equipment=frozenset({"band", "kettlebell"}), **FIT)
    _, reasons = best_step(drills()["anti-rotation-carry"], owned, 2)
    assert reasons and not any("needs" in reason for reason in reasons)
