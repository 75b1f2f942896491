"""When a set ends, when load may begin, what may follow what."""

from pathlib import Path

import pytest

from legato.coaching.catalogue import drills
from legato.coaching.lifts import lifts
from legato.coaching.safety import (
    groups_of,
    hinge_gate,
    hinge_lost,
    hinge_sets,
    limits,
    mobility_gate,
    permitted,
    session_rules,
    technique_gate,
)
from legato.coaching.safety.gates import Colour
from legato.coaching.situation import Situation
from legato.estimate import Estimate
from legato.faults.assessments import NumberFound, ResultFile, result_file

from ...faults.sheets import number as number_of
from ...faults.sheets import result
from ..athletes import fit
from .made import READY, athlete, drill, screened, step


@pytest.mark.parametrize(
    ("colours", "stops_after"),
    [
        (["green", "green", "amber", "green", "amber", "green"], None),
        (["green", "red", "green"], 1),
        (["amber", "amber", "green"], 1),
        (["amber", None, "amber"], 2),
        (["amber", "green", "amber", "amber"], 3),
        ([None, None, None], None),
        ([], None),
    ],
)
def test_a_set_ends_with_a_red_or_two_ambers_in_a_row(colours: list[Colour | None], stops_after: int | None):
    found = technique_gate(colours)
    assert (None if found is None else found.rep) == stops_after


def test_a_set_ends_at_the_loss_of_velocity():
    losses = [0.0, 4.0, None, 21.0, 30.0]
    clean: list[Colour | None] = ["green"] * 5
    stop = technique_gate(clean, losses, 20.0)
    assert stop is not None and stop.rep == 3 and "21 % slower" in stop.reason
    assert technique_gate([], losses, 35.0) is None
    at_limit = technique_gate([], [0.0, 20.0], 20.0)
    assert at_limit is not None and at_limit.rep == 1
    assert technique_gate(clean, losses) is None


def number(name: str, side: str, verdict: str | None) -> NumberFound:
    return NumberFound(name, name, side, Estimate(1.0, 0.9, 1.1), 2, "R1", verdict)  # pyright: ignore[reportArgumentType]


def test_a_mobility_gate_is_met_on_both_sides_or_not_known():
    both = [number("hip-flexion", side, "ok") for side in ("right", "left")]
    assert mobility_gate(both) == {"hip-flexion": True, "ankle-dorsiflexion": None, "thoracic-rotation": None}
    assert mobility_gate(both[:1])["hip-flexion"] is None
    assert mobility_gate([*both, number("hip-flexion", "left", "fault")])["hip-flexion"] is False
    assert mobility_gate([both[0], number("hip-flexion", "left", "not-resolvable")])["hip-flexion"] is None
    assert mobility_gate([number("hip-flexion", "", "ok")])["hip-flexion"] is None


def test_the_knee_to_the_wall_stands_for_the_ankle():
    found = [number("knee-to-wall", "right", "ok"), number("ankle-dorsiflexion", "left", "ok")]
    assert mobility_gate(found)["ankle-dorsiflexion"] is True
    assert mobility_gate([*found, number("knee-to-wall", "left", "fault")])["ankle-dorsiflexion"] is False


def test_the_hinge_is_loaded_after_three_sets_of_five():
    good, short = (5, Estimate(0.95, 0.91, 0.98)), (4, Estimate(0.95, 0.91, 0.98))
    unsure = (5, Estimate(0.95, 0.88, 0.98))
    assert hinge_gate([good, good, good])
    assert hinge_gate([unsure, good, good, good])
    assert not hinge_gate([good, good])
    assert not hinge_gate([good, good, good, unsure])
    assert not hinge_gate([good, short, good])


def test_the_sets_of_a_dowel_hinge_are_read_from_results():
    def dowel(*shares: float, movement: str = "hip-hinge") -> ResultFile:
        reps = [{"metrics": {"dowel_contact": number_of(share, 3.0, "%")}} for share in shares]
        return result_file(result(movement, reps=[*reps, {"complete": False, "metrics": {}}]), "result.json")

    good = dowel(97, 98, 99, 98, 97)
    sets = hinge_sets(
        [good, dowel(80, 82, 81, 80, 82), dowel(99, movement="deadlift"), result_file(result("hip-hinge"), "r")]
    )
    assert [reps for reps, _ in sets] == [5, 5, 0] and sets[2][1] is None
    share = sets[0][1]
    assert share is not None and share.value == pytest.approx(0.978)
    assert 0.9 < share.low < share.high <= 1.0
    assert hinge_gate(hinge_sets([good] * 3))
    assert not hinge_gate(hinge_sets([good] * 2))
    assert not hinge_gate(hinge_sets([good, good, dowel(97, 98, 99, 98)]))
    assert not hinge_gate(hinge_sets([good, good, good, dowel(80, 82, 81, 80, 82)]))


def dowel_of(sha256: str, *shares: float | None) -> ResultFile:
    reps = [{"metrics": {"dowel_contact": None if s is None else number_of(s, 3.0, "%")}} for s in shares]
    return result_file({**result("hip-hinge", reps=reps), "inputs": [{"sha256": sha256}]}, sha256)


def test_one_recording_is_one_set_of_the_hinge_and_what_was_not_measured_is_none():
    good = (97.0, 98.0, 99.0, 98.0, 97.0)
    a, b, c = (dowel_of(name, *good) for name in "abc")
    assert hinge_gate(hinge_sets([a, b, c])) and hinge_gate(hinge_sets([a, b, a, c]))
    assert not hinge_gate(hinge_sets([a, a, a])) and not hinge_gate(hinge_sets([a, b, a, b]))
    assert not hinge_gate(hinge_sets([a, b, dowel_of("c", *good[:4], None)])), "four of five were measured"
    assert not hinge_gate(hinge_sets([a, b, c, dowel_of("d", *[None] * 5)])), "the newest set says nothing"


def test_only_contact_that_is_surely_lost_closes_a_hinge_that_was_told_open():
    bad, unsure = dowel_of("x", 20, 22, 21, 20, 22), dowel_of("y", 90, 91, 92, 89, 90)
    assert hinge_lost(hinge_sets([bad]))
    assert not hinge_lost(hinge_sets([unsure])) and not hinge_lost(())
    assert not hinge_lost(hinge_sets([dowel_of("z", *[None] * 5)]))


def test_what_a_session_keeps_to_is_told_with_the_limits_that_hold():
    pain, ending, heavy = session_rules()
    assert "up to 2 of 10" in pain and "Up to 5" in pain and "below the knee" in pain
    assert "2 ambers in a row" in ending
    assert "85 %" in heavy and "alone" in heavy


def test_the_page_on_safety_gives_the_limits_that_hold():
    page = (Path(__file__).resolve().parents[3] / "docs" / "safety.md").read_text("utf-8")
    held = limits()
    for said in (
        f"| 0 to {held.pain_go.value:g} | go on |",
        f"| above {held.pain_go.value:g}, up to {held.pain_modify.value:g} |",
        f"logged in the last {['', 'one', 'two', 'three'][int(held.pain_log_days.value)]} days",
        f"| {held.base_weeks.value:g} weeks | {held.base_weeks.grade} |",
        f"| {100 * held.order_kept.value:.0f} % | default |",
        f"| from {100 * held.spotter_share.value:.0f} % of the maximum | default |",
        f"at most {100 * held.weekly_rise.value:.0f} % more | default |",
        f"{held.dowel_sets.value:g} sets of {held.dowel_reps.value:g} | {100 * held.dowel_contact.value:.0f} % of",
        f"| under {held.adult_years.value:g} |",
    ):
        assert said in page, said
    grades = {name: getattr(held, name).grade for name in type(held).model_fields if name != "mobility"}
    assert set(grades.values()) == {"D", "ENG"}


def test_the_load_is_asked_about_a_spotter_from_85_per_cent():
    squat = drill("spotter", level="loaded", pattern="squat")
    known = athlete(maxima_kg={"made-up": 100.0})

    def provisos(kg: float | None, of: object = known) -> str:
        return " ".join(permitted(squat, squat.steps[0], of, load_kg=kg, reps=3).provisos)  # pyright: ignore[reportArgumentType]

    assert "spotter" in provisos(85.0) and "spotter" not in provisos(84.0)
    assert "spotter" in provisos(None) and "spotter" in provisos(20.0, READY)
    assert not permitted(squat, squat.steps[0], known, load_kg=100.0).allowed


@pytest.mark.parametrize(
    ("name", "asked"), [("back-squat", True), ("bench-press", True), ("row", False), ("deadlift", False)]
)
def test_only_what_one_may_lie_or_stand_under_asks_for_a_spotter(name: str, asked: bool):
    lift = lifts()[name]
    provisos = permitted(lift, lift.steps[-1], fit(), load_kg=60.0).provisos
    assert any("spotter" in one for one in provisos) == asked


def test_a_set_that_comes_to_the_maximum_is_a_test():
    squat = drill("spotter", level="loaded", pattern="squat")
    young = {"age_years": 14.0, "guardian": True, "supervised": True}
    for more in ({}, young):
        known = athlete(maxima_kg={"made-up": 100.0}, **more)

        def may(kg: float, reps: float | None, of: Situation = known) -> bool:
            return permitted(squat, squat.steps[0], of, load_kg=kg, reps=reps).allowed

        assert not may(99.5, 10) and not may(99.5, 1) and not may(75.0, 10)
        assert may(74.9, 10) and may(84.0, 5)
        assert not may(79.0, None), "of its dose, eight"
        assert may(90.0, 3) == (not more), "under 18 all stays below 85 %"
        assert not may(float("nan"), 1)
    assert permitted(squat, squat.steps[0], READY, load_kg=200.0, reps=5).allowed, "no maximum was told"
    assert "tell it" in permitted(squat, squat.steps[0], READY, load_kg=600.0, reps=5).reasons[0]


def test_a_share_of_a_best_waits_for_the_best():
    held = drills()["force-track"]
    assert all(permitted(held, one, READY).allowed for one in held.steps)
    unknown = athlete(maxima_kg={})
    assert all("waits for it" in permitted(held, one, unknown).reasons[0] for one in held.steps)


def test_no_load_goes_with_a_hold_or_an_unloaded_version():
    assert not permitted(drill(), step(), READY, load_kg=5.0).allowed
    assert permitted(drill(), step(), READY, load_kg=0.0).allowed
    assert not permitted(drill(), step(), READY, load_kg=float("nan")).allowed


def test_a_step_is_in_the_groups_of_what_it_does():
    assert "hinge" in groups_of(drill(pattern="hinge"), step())
    assert "anti-rotation" in groups_of(drill(pattern="carry"), step())
    assert "brace" in groups_of(drill(pattern="push"), step("loaded", "barbell"))
    assert "jump" in groups_of(drill(), step("explosive"))
    assert groups_of(drill(), step()) == frozenset()


def test_breathing_out_is_a_proviso_and_a_hard_brace_is_barred():
    quiet = screened(exhale_only=True)
    light = permitted(drill("brace"), step(), quiet)
    assert light.allowed and "breathe out" in light.provisos[0]
    for level in ("hold", "loaded", "explosive"):
        assert not permitted(drill("brace", level=level), step(level), quiet).allowed
    assert not permitted(drill("brace", experimental=True), step(), quiet).allowed
    assert "never hold your breath" in " ".join(permitted(drill("brace", experimental=True), step(), READY).provisos)
