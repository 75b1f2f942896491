"""What the sessions of a plan begin with: in which weeks, which protocol, who gets none, and how it is told."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from legato.coaching.model import LEVELS
from legato.coaching.plan.build import make_plan
from legato.coaching.plan.export import plan_ics, primed_words
from legato.coaching.plan.kept import plan_record
from legato.coaching.plan.model import Plan
from legato.coaching.plan.primed import BY_ITSELF, primed
from legato.coaching.plan.running import without_what_is_barred
from legato.coaching.plan.update import update_plan
from legato.coaching.priming.catalogue import choices, protocols
from legato.coaching.situation import Pain
from legato.errors import BadInput
from legato.report.plan_page import plan_html

from ..athletes import DAY, fit
from .test_blocks import START, asked, planned
from .test_plans import strong_log

pytest.importorskip("ortools")
IN_PLACE = "Easy work for the hips"
SHORT: dict[str, Any] = {"weeks": 4, "lifts": (), "drills": ({"id": "bird-dog", "level": "dynamic"},)}


def test_in_the_block_prime_alone_sessions_begin_with_a_protocol():
    plan = planned()
    assert [bool(week.primed) for week in plan.weeks] == [week.block == "prime" for week in plan.weeks]
    begins = next(week.primed for week in plan.weeks if week.primed)
    assert begins.id == "activation"
    assert begins.rest == "5 to 8 min"
    assert begins.minutes > 0.0


def test_what_comes_by_itself_is_slow_without_load_and_never_heavy():
    for name in BY_ITSELF:
        protocol = protocols()[name]
        assert not protocol.trained
        assert not protocol.refused
        for part in protocol.parts:
            assert part.level is None or LEVELS.index(part.level) <= LEVELS.index("dynamic")
            assert part.share_of_maximum is None


def test_minutes_and_days_are_those_without_it():
    with_it, without = planned(), planned(priming="none")
    assert all(week.primed is None for week in without.weeks)
    assert [week.days for week in with_it.weeks] == [week.days for week in without.weeks]


def test_what_is_asked_for_comes_in_every_week():
    plan = planned(priming="light-dynamic", **SHORT)
    assert {week.primed.id if week.primed else "" for week in plan.weeks} == {"light-dynamic"}


def test_what_is_asked_for_and_may_not_be_done_is_left_out_with_its_reason():
    beginner = replace(fit(), base_weeks=2.0)
    plan = planned(beginner, priming="light-dynamic", **SHORT)
    assert {week.block: week.primed and week.primed.id for week in plan.weeks} == {
        "align": None, "prime": "activation", "integrate": None, "express": None,
    }  # fmt: skip
    left = next(one for one in plan.left_out if one.id == "light-dynamic")
    assert any("8 weeks" in reason for reason in left.reasons)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("heavy", "is not put before every session"),
        ("holds-before-power", "is not offered: Jumps are lower"),
        ("activat", "no such priming protocol; did you mean activation"),
    ],
)
def test_heavy_and_what_is_not_offered_are_refused(name: str, said: str):
    with pytest.raises(BadInput, match=said):
        make_plan(asked(priming=name), fit(), "0")


def test_who_is_barred_gets_none_of_what_is_barred():
    for group in ("rotation", "thoracic", "hips", "legs", "arms", "knees", "balance"):
        athlete = fit()
        assert athlete.screening is not None
        athlete = replace(athlete, screening=replace(athlete.screening, barred=frozenset({group})))
        found = primed(asked(), athlete, "prime")
        for part in () if found is None else protocols()[found.id].parts:
            assert any(group not in drill.barred for drill in choices(part))
    assert primed(asked(), replace(fit(), screening=None), "prime") is None


def test_it_is_told_in_calendar_and_page_with_its_rest():
    plan = planned()
    begins = next(week.primed for week in plan.weeks if week.primed)
    said = primed_words(begins)
    assert said.startswith("after the warm-up, Easy work for the hips (`legato priming activation`, about ")
    assert said.endswith("then rest 5 to 8 min")
    page = plan_html(plan)
    assert page.count("<code>legato priming activation</code>") == sum(week.block == "prime" for week in plan.weeks)
    assert page.count("only a trial tells") == 1
    assert not any("only a trial tells" in note for note in planned(priming="none").notes)
    days = sum(len(week.days) for week in plan.weeks if week.primed)
    assert plan_ics(plan).replace("\r\n ", "").count("legato priming activation") == days


def test_a_plan_reads_back_with_it():
    plan = planned(priming="breathing", **SHORT)
    assert Plan.model_validate(plan_record(plan)) == plan


def test_an_update_takes_out_what_pain_forbids_and_says_so():
    plan = planned(fit(), priming="light-dynamic", **SHORT)
    later = replace(fit(), on=START + timedelta(days=1), pain=Pain(4.0))
    found = update_plan(plan, later)
    assert isinstance(found, Plan), found
    assert "light-dynamic" not in {week.primed.id for week in found.weeks if week.primed}
    said = [line.what for line in found.changes if line.what.startswith("before the sessions")]
    assert said == [
        "before the sessions: no Easy and lively",
        f"before the sessions: {IN_PLACE} in place of Easy and lively",
    ]
    assert any(one.id == "light-dynamic" for one in found.left_out)
    assert without_what_is_barred(plan, later, this_week=True).weeks[0].primed is None
    again = update_plan(plan, replace(fit(), on=START + timedelta(days=1)))
    assert isinstance(again, Plan)
    assert all(week.primed for week in again.weeks)
    assert not any("before the sessions" in line.what for line in again.changes)


def test_a_week_that_is_over_keeps_what_it_began_with():
    plan = planned(fit(sessions=strong_log()))
    week = next(week for week in plan.weeks if week.primed)
    over = replace(fit(), on=week.start + timedelta(days=7), pain=Pain(6.0))
    assert over.on > DAY
    left = without_what_is_barred(plan, over)
    assert left.weeks[week.number - 1].primed == week.primed
