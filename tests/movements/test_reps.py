"""Repetitions of acted-out movements with planted truth: counts exact, instants in place, nothing invented."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from staging import Stage, bar_body, body_of, jump_height, thrower, walker

from legato.body import build_body
from legato.body.model import Body
from legato.movements import find_reps, load_movement
from legato.movements.model import Rep, RepsResult
from legato.simulate import simulate

SQUAT = load_movement("back-squat")
STAND = load_movement("sit-to-stand")

BOTTOM_S = 0.1
"""Goal for the bottom; one with a pause may lie anywhere in the pause."""


def whole(found: RepsResult) -> list[Rep]:
    return [rep for rep in found.reps if rep.complete]


def cropped(body: Body, first: int, stop: int) -> Body:
    return replace(
        body,
        start_s=body.start_s + first / body.rate_hz,
        n_frames=stop - first,
        angles={k: v[first:stop] for k, v in body.angles.items()},
        points={k: v[first:stop] for k, v in body.points.items()},
    )


def squats(pauses: bool = False) -> Stage:
    stage = Stage().hold(1.0)
    for depth, down, up, bottom, top in (
        (0.40, 1.0, 0.9, 2.0, 3.0),
        (0.36, 0.7, 0.7, 0.0, 0.3),
        (0.44, 1.3, 0.8, 5.0, 1.0),
        (0.38, 0.6, 1.2, 1.0, 5.0),
    ):
        stage.rep(-depth, down, up, bottom if pauses else 0.0).hold(top if pauses else 0.4)
    return stage.hold(0.6)


def assert_matches(found: RepsResult, stage: Stage, mark: str = "bottom") -> None:
    assert len(found.reps) == len(stage.truth), [(r.start_s, r.reason) for r in found.reps]
    for rep, (start, reached, left, end, _) in zip(found.reps, stage.truth, strict=True):
        assert rep.complete, rep.reason
        assert reached - BOTTOM_S <= rep.marks[mark] <= left + BOTTOM_S
        assert start - 0.1 <= rep.start_s <= reached
        assert left <= rep.end_s <= end + 0.1


@pytest.mark.parametrize("rate_hz", [25.0, 30.0, 60.0, 100.0, 250.0, 500.0])
@pytest.mark.parametrize("pauses", [False, True])
@pytest.mark.parametrize("noise_m", [0.0, 0.0015])
def test_squats_with_and_without_pauses(rate_hz: float, pauses: bool, noise_m: float) -> None:
    # 3 mm on each of four markers leaves 1.5 mm on their mean, the pelvis.
    stage = squats(pauses)
    assert_matches(find_reps(body_of(stage.sampled(rate_hz, noise_m), rate_hz), SQUAT), stage)


def test_a_pause_at_the_bottom_is_a_phase_of_its_own() -> None:
    stage = squats(pauses=True)
    reps = find_reps(body_of(stage.sampled(100.0), 100.0), SQUAT).reps
    for rep, (start, reached, left, end, _) in zip(reps, stage.truth, strict=True):
        pause = rep.phase("pause")
        descent, ascent = rep.phase("descent"), rep.phase("ascent")
        assert descent is not None
        assert ascent is not None
        assert descent.end_s <= ascent.start_s
        if left - reached > 0.5:
            # The last centimetre of a smooth move is slower than rest; the low-pass adds some hundredths.
            assert pause is not None
            assert pause.start_s == pytest.approx(reached, abs=0.25)
            assert pause.end_s == pytest.approx(left, abs=0.25)
        else:
            assert pause is None or pause.duration_s < 0.25
        assert start - 0.05 <= descent.start_s
        assert ascent.end_s <= end + 0.05


def test_walking_in_unracking_and_a_seat_before_the_set_are_no_repetitions() -> None:
    stage = Stage(height_m=0.50).hold(1.0).move(0.42, 1.2).walk(3.0).hold(0.5)
    stage.move(-0.10, 0.7).hold(1.0).move(0.10, 0.8).walk(2.0).hold(0.7)
    for _ in range(3):
        stage.rep(-0.40, 1.0, 1.0).hold(0.8)
    stage.walk(3.0).hold(0.5)
    for rate_hz in (30.0, 100.0):
        assert_matches(find_reps(body_of(stage.sampled(rate_hz, 0.001), rate_hz), SQUAT), stage)


def test_walking_alone_and_standing_alone_hold_no_squat() -> None:
    for stage in (Stage().walk(8.0, bob_m=0.05), Stage().hold(5.0)):
        found = find_reps(body_of(stage.sampled(100.0, 0.001), 100.0), SQUAT)
        assert found.reps == ()
        assert "no excursion" in found.notes[0]


def test_half_repetitions_are_kept_and_marked() -> None:
    stage = Stage().hold(1.0)
    depths = [0.42, 0.40, 0.21, 0.41, 0.20, 0.43]
    for depth in depths:
        stage.rep(-depth, 0.9, 0.9).hold(0.5)
    found = find_reps(body_of(stage.hold(0.5).sampled(60.0, 0.001), 60.0), SQUAT)
    assert [rep.complete for rep in found.reps] == [depth > 0.3 for depth in depths]
    assert all("partial" in rep.reason for rep in found.reps if not rep.complete)


def test_a_repetition_that_does_not_come_back_up_is_marked() -> None:
    stage = Stage().hold(1.0).rep(-0.4, 1.0, 1.0).hold(0.5).rep(-0.4, 1.0, 1.0).hold(0.5)
    stage.move(-0.4, 1.0).move(0.25, 0.8).hold(1.0)
    found = find_reps(body_of(stage.sampled(100.0), 100.0), SQUAT)
    assert [rep.complete for rep in found.reps] == [True, True, False]
    assert "of the way" in found.reps[2].reason


@pytest.mark.parametrize("drift_m", [-0.08, 0.08])
def test_drift_of_the_baseline_changes_nothing(drift_m: float) -> None:
    stage = squats(pauses=True)
    assert_matches(find_reps(body_of(stage.sampled(100.0, 0.001, drift_m=drift_m), 100.0), SQUAT), stage)


def test_missing_tails_and_short_gaps_do_no_harm() -> None:
    stage = squats()
    height = stage.sampled(100.0, 0.0005)
    height[:40] = height[-40:] = np.nan
    for start, *_ in stage.truth:
        at = int((start + 0.5) * 100)
        height[at : at + 15] = np.nan
    assert_matches(find_reps(body_of(height, 100.0), SQUAT), stage)


def test_a_long_gap_hides_only_what_lies_in_it() -> None:
    stage = Stage().hold(1.0)
    for _ in range(4):
        stage.rep(-0.4, 1.0, 1.0).hold(1.0)
    height = stage.sampled(100.0)
    bottom = stage.truth[1][1]
    height[int((bottom - 0.3) * 100) : int((bottom + 0.3) * 100)] = np.nan
    found = find_reps(body_of(height, 100.0), SQUAT)
    assert [rep.complete for rep in found.reps] == [True, False, True, True]
    assert "gap" in found.reps[1].reason
    assert "bottom" not in found.reps[1].marks


def test_a_driver_that_is_mostly_missing_gives_way_to_the_next() -> None:
    stage = squats()
    body = body_of(stage.sampled(100.0), 100.0)
    lost = body.points["pelvis"].copy()
    lost[200:] = np.nan
    points = {k: v for k, v in body.points.items() if not k.startswith("hip")} | {"pelvis": lost}
    found = find_reps(replace(body, points=points), SQUAT)
    assert found.driver == "knee flexion"
    assert_matches(found, stage)


def test_angles_alone_are_enough_and_one_bent_knee_is_no_squat() -> None:
    stage = squats()
    body = body_of(stage.sampled(100.0), 100.0)
    assert_matches(find_reps(replace(body, points={}, source="angles"), SQUAT), stage)
    steps = {**body.angles, "knee_flexion_left": np.zeros(body.n_frames)}
    assert find_reps(replace(body, points={}, angles=steps), SQUAT).reps == ()


def test_nothing_recorded_that_the_movement_is_read_from_is_said() -> None:
    body = body_of(squats().sampled(100.0), 100.0)
    found = find_reps(replace(body, points={}, angles={}), SQUAT)
    assert found.reps == ()
    assert "none of these was recorded" in found.notes[0]
    assert found.notes[0].startswith("back-squat is read from ")


@given(first=st.floats(0.0, 1.0), last=st.floats(0.0, 1.0), rate_hz=st.sampled_from([30.0, 60.0, 100.0]))
def test_cropped_anywhere_whole_repetitions_stay_and_none_is_invented(
    first: float, last: float, rate_hz: float
) -> None:
    stage = squats(pauses=False)
    body = body_of(stage.sampled(rate_hz, 0.0005), rate_hz)
    a, b = sorted((int(first * body.n_frames), int(last * body.n_frames)))
    if b - a < 10:
        return
    found = find_reps(cropped(body, a, b), SQUAT)
    t0, t1 = a / rate_hz, (b - 1) / rate_hz
    for rep in found.reps:
        assert any(abs(rep.marks["bottom"] - reached) < BOTTOM_S for _, reached, *_ in stage.truth)
        # Times are sums of many steps: to rounding.
        assert t0 - 1e-9 <= rep.start_s <= rep.end_s <= t1 + 1e-9
    for start, reached, _, end, _ in stage.truth:
        near = [rep for rep in found.reps if abs(rep.marks["bottom"] - reached) < BOTTOM_S]
        if t0 <= start - 0.15 and end + 0.15 <= t1:
            assert len(near) == 1
            assert near[0].complete, near[0].reason
        elif t0 > start + 0.45 * (reached - start) or t1 < end - 0.45 * (end - reached):
            # A good part of the way down or up is outside, so the repetition cannot be whole.
            assert not any(rep.complete for rep in near)


@given(shift_s=st.floats(-50.0, 50.0), rate_hz=st.sampled_from([25.0, 40.0, 60.0]))
def test_time_shift_and_resampling_move_nothing(shift_s: float, rate_hz: float) -> None:
    stage = squats()
    plain = find_reps(body_of(stage.sampled(200.0), 200.0), SQUAT)
    moved = find_reps(body_of(stage.sampled(rate_hz), rate_hz, start_s=shift_s), SQUAT)
    assert len(moved.reps) == len(plain.reps)
    for a, b in zip(plain.reps, moved.reps, strict=True):
        assert b.marks["bottom"] - shift_s == pytest.approx(a.marks["bottom"], abs=0.02)


def sit_to_stands(seated_start: bool, pause_s: float) -> Stage:
    stage = Stage(height_m=0.50) if seated_start else Stage().hold(1.0).walk(2.0).hold(0.5).move(-0.42, 1.4)
    stage.hold(1.0)
    for rise in (0.42, 0.40, 0.42):
        stage.rep(rise, 0.9, 1.0, pause_s).hold(0.2 + pause_s)
    return stage.hold(0.4)


@pytest.mark.parametrize("seated_start", [True, False])
@pytest.mark.parametrize("pause_s", [0.0, 2.0])
@pytest.mark.parametrize("rate_hz", [25.0, 100.0])
def test_sit_to_stand_is_seat_standing_seat(seated_start: bool, pause_s: float, rate_hz: float) -> None:
    stage = sit_to_stands(seated_start, pause_s)
    assert_matches(find_reps(body_of(stage.sampled(rate_hz, 0.001), rate_hz), STAND), stage, "top")


def test_a_last_rise_without_a_seat_after_it_is_incomplete() -> None:
    stage = sit_to_stands(True, 0.0)
    body = body_of(stage.sampled(100.0), 100.0)
    last = find_reps(cropped(body, 0, int((stage.truth[-1][1] + 0.2) * 100)), STAND).reps
    assert [rep.complete for rep in last] == [True, True, False]
    assert last[2].reason == "its end is cut off"


def test_a_recording_that_starts_standing_counts_no_rise_before_the_first_seat() -> None:
    stage = sit_to_stands(True, 0.0)
    body = body_of(stage.sampled(100.0), 100.0)
    found = find_reps(cropped(body, int((stage.truth[0][1] + 0.05) * 100), body.n_frames), STAND)
    assert len(found.reps) == 2


@pytest.mark.parametrize(("name", "mark"), [("deadlift", "top"), ("bench-press", "bottom")])
def test_lifts_are_read_from_the_bar(name: str, mark: str) -> None:
    way = 0.5 if name == "deadlift" else -0.35
    stage = Stage(height_m=0.22 if way > 0 else 1.2).hold(1.0).move(0.03, 0.4).hold(0.4).move(-0.03, 0.4).hold(0.5)
    for pause_s in (0.0, 1.5, 0.5):
        stage.rep(way, 1.0, 1.2, pause_s).hold(0.8)
    found = find_reps(bar_body(stage.sampled(100.0, 0.001), 100.0), load_movement(name))
    assert found.driver == "bar height"
    assert_matches(found, stage, mark)


def test_a_box_put_on_a_higher_shelf_is_a_whole_lift() -> None:
    stage = Stage(height_m=0.7).hold(2.0).move(0.33, 0.8).move(-0.1, 0.7).hold(1.5)
    body = bar_body(stage.sampled(100.0, 0.0005), 100.0)
    found = find_reps(replace(body, points={"box": body.points["bar"]}), load_movement("box-lift"))
    assert len(found.reps) == 1
    assert found.reps[0].complete, found.reps[0].reason
    assert found.reps[0].marks["lift_off"] == pytest.approx(2.2, abs=0.1)


@pytest.mark.parametrize("rate_hz", [60.0, 100.0, 250.0])
@pytest.mark.parametrize("flight_s", [0.3, 0.5])
@pytest.mark.parametrize("noise_m", [0.0, 0.001])
def test_a_jump_is_known_by_its_free_flight(rate_hz: float, flight_s: float, noise_m: float) -> None:
    height, truth = jump_height(rate_hz, flight_s=flight_s)
    height = height + noise_m * np.random.default_rng(1).standard_normal(height.size)
    found = find_reps(body_of(height, rate_hz), load_movement("countermovement-jump"))
    assert len(found.reps) == 1
    rep = found.reps[0]
    assert rep.complete, rep.reason
    # Stand-ins for contact from a 6 Hz low-pass: a few hundredths.
    assert rep.marks["take_off"] == pytest.approx(truth["take_off"], abs=0.04)
    assert rep.marks["landing"] == pytest.approx(truth["landing"], abs=0.04)
    assert rep.marks["bottom"] == pytest.approx(truth["bottom"], abs=0.03)
    assert [phase.name for phase in rep.phases] == ["unweight", "brake", "propel", "flight", "land"]


def test_squats_are_no_jumps() -> None:
    found = find_reps(body_of(squats().sampled(100.0), 100.0), load_movement("countermovement-jump"))
    assert found.reps == ()


@pytest.mark.parametrize("hand", ["right", "left"])
@pytest.mark.parametrize("rate_hz", [30.0, 60.0, 250.0])
def test_throws_are_counted_not_tosses_practice_swings_or_steps(hand: str, rate_hz: float) -> None:
    releases = (3.0, 7.5, 12.0, 16.5)
    body = thrower(
        rate_hz, releases, hand=hand, practice_s=(5.5, 10.0), toss_s=(2.4, 6.9, 11.4), walk=True, noise_m=0.001
    )
    found = find_reps(body, load_movement("throw"))
    assert found.side == hand
    assert [rep.marks["release"] for rep in found.reps] == pytest.approx(releases, abs=0.02)
    assert all(rep.complete for rep in found.reps)


def test_the_forward_phase_holds_both_rate_peaks_of_the_trunk() -> None:
    body = thrower(250.0, (3.0, 7.5))
    for rep, release in zip(find_reps(body, load_movement("throw")).reps, (3.0, 7.5), strict=True):
        span = rep.phase("forward+follow")
        assert span is not None
        assert release - 0.55 < span.start_s < release - 0.22
        assert span.end_s == pytest.approx(release + 0.1, abs=0.01)
        assert rep.marks["transition"] == pytest.approx(rep.phase("forward").start_s)  # type: ignore[union-attr]


def test_an_arm_that_swings_in_a_walk_throws_nothing() -> None:
    found = find_reps(thrower(100.0, (), toss_s=(4.0, 9.0), walk=True), load_movement("throw"))
    assert found.reps == ()


@pytest.mark.parametrize("rate_hz", [30.0, 100.0])
def test_strides_run_from_contact_to_contact(rate_hz: float) -> None:
    body, contacts = walker(rate_hz, 5)
    found = find_reps(body, load_movement("gait")).reps
    assert [rep.side for rep in found] == ["right", "left"] * 4 + ["right"]
    reps = [rep for rep in found if rep.side == "right"]
    assert [rep.start_s for rep in reps] == pytest.approx(contacts[:-1], abs=0.02)
    # The left foot meets the ground half a stride of 1.1 s after the right one.
    lefts = [rep.start_s for rep in found if rep.side == "left"]
    assert lefts == pytest.approx([c + 0.55 for c in contacts[:4]], abs=0.02)
    assert [rep.end_s for rep in reps] == pytest.approx(contacts[1:], abs=0.02)
    assert [phase.name for phase in reps[0].phases] == ["stance", "swing"]
    # The toe is farthest behind half a stride and 60 ms after contact.
    assert [rep.marks["toe_off"] for rep in reps] == pytest.approx([c + 0.55 + 0.06 for c in contacts[:-1]], abs=0.02)


def test_walking_is_no_squat_no_seat_and_no_jump() -> None:
    body, _ = walker(100.0, 6)
    for name in ("back-squat", "sit-to-stand", "countermovement-jump"):
        assert find_reps(body, load_movement(name)).reps == ()


def test_where_gaps_hide_the_best_driver_the_next_is_read() -> None:
    stage = squats()
    body = body_of(stage.sampled(100.0), 100.0)
    holed = body.points["pelvis"].copy()
    for _, bottom, *_ in stage.truth[:2]:
        # Too long to fill, too short to lower the coverage by much.
        holed[int((bottom - 0.12) * 100) : int((bottom + 0.12) * 100)] = np.nan
    found = find_reps(replace(body, points={**body.points, "pelvis": holed}), SQUAT)
    assert found.driver == "knee flexion"
    assert_matches(found, stage)


@pytest.mark.parametrize("movement", ["sit-to-stand", "deadlift", "back-squat"])
def test_half_the_angle_is_half_a_repetition_even_where_it_is_most_of_the_height(movement: str) -> None:
    sim = simulate(movement, rate_hz=100.0, reps=4, half_reps=2, seed=1)
    found = find_reps(build_body(sim.recording), load_movement(movement))
    whole = [(t["start_s"], t["end_s"]) for t in sim.truth["reps"] if t["complete"]]
    middles = [0.5 * (r.start_s + r.end_s) for r in found.reps if r.complete]
    assert len(middles) == len(whole)
    assert all(a <= m <= b for m, (a, b) in zip(middles, whole, strict=True))


def test_a_two_handed_throw_says_which_side_it_goes_to() -> None:
    body = thrower(200.0, (3.0, 7.5))
    hands = body.points["wrist_right"]
    both = replace(body, points={**body.points, "wrist_left": hands + np.array([0.0, 0.1, 0.0])})
    spec = load_movement("med-ball-throw")
    assert [rep.side for rep in find_reps(both, spec).reps] == ["left", "left"]
    turned = replace(both, angles={name: -angle for name, angle in both.angles.items()})
    assert [rep.side for rep in find_reps(turned, spec).reps] == ["right", "right"]
