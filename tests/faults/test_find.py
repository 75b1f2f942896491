"""Every fault of the library: where nothing can decide it is not resolvable, with what would resolve it."""

from dataclasses import replace
from functools import cache

import pytest

import legato
from legato.analysis import Analysis
from legato.chain.model import Verdict
from legato.compare.baseline import make_baseline
from legato.compare.results import Result, read_result
from legato.faults import Fault, Results, Trial, fault_ids, faults_of, faults_of_trial, find_faults
from legato.faults.whole import of_all, whole_finding
from legato.movements import load_movement, movement_ids
from legato.simulate import simulate, with_plates

from .empty import empty_body, reps


def all_faults() -> list[tuple[str, Fault]]:
    return [(name, fault) for name in movement_ids() for fault in faults_of(load_movement(name))]


def test_every_fault_belongs_to_a_movement():
    assert {fault.id for _, fault in all_faults()} == set(fault_ids())


@pytest.mark.parametrize("source", ["markers", "keypoints", "imu", "angles"])
@pytest.mark.parametrize("name", movement_ids())
def test_where_nothing_was_measured_nothing_is_judged(name: str, source: str):
    movement = load_movement(name)
    asked = faults_of(movement)
    # Time alone is measured wherever there are repetitions.
    timed = {"tempo-off", "hold-fail"}
    found = find_faults(Trial(empty_body(source), movement, reps(6, movement)), asked)
    assert {f.fault.id for f in found} == {f.id for f in asked}
    for finding in found:
        assert finding.verdict == "not-resolvable"
        assert finding.why and finding.resolve
        assert finding.fault.id in timed or finding.measured is None


@pytest.fixture(scope="module")
def squat() -> Analysis:
    return legato.analyze(simulate("back-squat", seed=7, reps=6).recording, "back-squat")


def judged_on(squat: Analysis, count: int, baseline: Analysis | None = None) -> Trial:
    earlier = None if baseline is None else baseline.to_dict()
    return Trial(squat.body, squat.movement, squat.reps[:count], baseline=earlier)


def test_two_repetitions_are_too_few(squat: Analysis):
    for finding in find_faults(judged_on(squat, 2, squat), faults_of(squat.movement)):
        # What surely did not happen in any repetition may still be said; a fault never.
        assert finding.verdict == "not-resolvable"
        assert finding.resolve


def test_without_a_baseline_only_stated_bands_judge(squat: Analysis):
    for finding in find_faults(judged_on(squat, 6), faults_of(squat.movement)):
        band = finding.fault.band
        assert band is not None
        if band.default is None:
            assert finding.verdict == "not-resolvable"
            assert finding.band is None
            assert "baseline" in finding.resolve or finding.refused


def test_odd_repetitions_against_even_ones_are_no_fault():
    whole = legato.analyze(simulate("back-squat", seed=7, reps=12).recording, "back-squat")
    earlier = whole.to_dict()
    for finding in earlier["findings"]:
        finding["per_rep"] = [row for row in finding["per_rep"] if row["rep"] % 2 == 0]
    trial = Trial(whole.body, whole.movement, whole.reps[1::2], baseline=earlier)
    found = find_faults(trial, faults_of(whole.movement))
    assert not [f.fault.id for f in found if f.verdict == "fault"]
    assert len([f for f in found if f.verdict == "ok" and f.band_from == "own"]) >= 5


@cache
def clean(movement: str) -> Analysis:
    """A set without a fault, the baseline of those in which one is planted."""
    return legato.analyze(simulate(movement, seed=3, reps=6).recording, movement)


@pytest.mark.parametrize(
    ("movement", "fault", "size"),
    [
        ("back-squat", "excess-lean", 25.0),
        ("hip-hinge", "neutral-lost", 24.0),
        ("hip-hinge", "lumbar-drift", 5.0),
        ("deadlift", "early-lumbar", 30.0),
        pytest.param("clean-pull", "rib-flare", 30.0, marks=pytest.mark.slow),
        ("box-lift", "rib-flare-first", 30.0),
        ("box-lift", "hips-shoot", 24.0),
    ],
)
def test_a_planted_fault_is_found_against_the_own_baseline(movement: str, fault: str, size: float):
    faulty = simulate(movement, seed=4, reps=6, fault=fault, fault_size=size)
    found = legato.analyze(faulty.recording, movement, baseline=clean(movement).to_dict())
    assert fault in [f.fault.id for f in found.findings if f.verdict == "fault"]


def test_the_interval_decides_and_not_the_value(squat: Analysis):
    """A band moved to just inside and just outside the interval's end."""
    asked = next(f for f in faults_of(squat.movement) if f.id == "stack-lost")
    plain = next(f for f in find_faults(judged_on(squat, 6), [asked]))
    assert plain.measured is not None and asked.band is not None
    for edge, verdict in (
        (plain.measured.low - 0.01, "fault"),
        (plain.measured.low + 0.01, "not-resolvable"),
        (plain.measured.high - 0.01, "not-resolvable"),
        (plain.measured.high + 0.01, "ok"),
    ):
        moved = asked.model_copy(update={"band": asked.band.model_copy(update={"high": edge})})
        assert find_faults(judged_on(squat, 6), [moved])[0].verdict == verdict


def test_all_parts_make_a_whole(squat: Analysis):
    asked = {f.id: f for f in faults_of(squat.movement)}
    part = asked["stack-lost"]
    low = part.model_copy(update={"band": part.band and part.band.model_copy(update={"high": 0.0, "own": False})})
    wide = part.model_copy(
        update={"id": "never", "band": part.band and part.band.model_copy(update={"high": 90.0, "own": False})}
    )
    both = part.model_copy(update={"id": "both", "measure": None, "band": None, "all_of": ("stack-lost", "never")})
    one = both.model_copy(update={"id": "one", "all_of": ("stack-lost",)})
    verdicts = {f.fault.id: f.verdict for f in find_faults(judged_on(squat, 6), [low, wide, both, one])}
    lowest = verdicts["stack-lost"]
    assert verdicts["never"] == verdicts["both"] == "ok"
    assert verdicts["one"] == lowest


@pytest.mark.parametrize(
    ("knee", "hip", "verdict", "side", "whole_reps"),
    [
        ({"right": "fault", "left": "ok"}, {"right": "ok", "left": "fault"}, "ok", "", ()),
        ({"right": "fault", "left": "ok"}, {"right": "fault", "left": "ok"}, "fault", "right", (1,)),
        ({"right": "fault", "left": "ok"}, {"right": "not-resolvable", "left": "fault"}, "not-resolvable", "", ()),
        ({"right": "fault", "left": "fault"}, {"right": "fault", "left": "fault"}, "fault", "", (1,)),
        ({"right": "ok", "left": "fault"}, {"": "fault"}, "fault", "left", (1,)),
        ({"": "fault"}, {"": "ok"}, "ok", "", ()),
        ({"": "fault"}, {}, "not-resolvable", "", ()),
    ],
)
def test_the_parts_of_a_whole_are_of_one_side(
    knee: dict[str, Verdict], hip: dict[str, Verdict], verdict: str, side: str, whole_reps: tuple[int, ...]
):
    part = next(f for f in faults_of(load_movement("back-squat")) if f.id == "knee-in")
    both = part.model_copy(update={"id": "both", "measure": None, "band": None, "all_of": ("knee", "hip")})
    known = {
        name: [whole_finding(part, v, "", "", reps_, side=s) for s, v in by_side.items()]
        for name, by_side, reps_ in (("knee", knee, (0, 1)), ("hip", hip, (1, 2)))
    }
    found = of_all(both, known)
    assert (found.verdict, found.side, found.reps) == (verdict, side, whole_reps)


@pytest.mark.parametrize(
    ("knee", "hip", "verdict", "reps_"),
    [
        ((0, 1), (2, 3), "not-resolvable", ()),
        ((0, 1), (1, 3), "fault", (1,)),
        ((), (2, 3), "fault", ()),
        ((), (), "fault", ()),
    ],
)
def test_parts_that_no_repetition_shows_together_make_no_whole(
    knee: tuple[int, ...], hip: tuple[int, ...], verdict: str, reps_: tuple[int, ...]
):
    part = next(f for f in faults_of(load_movement("back-squat")) if f.id == "knee-in")
    both = part.model_copy(update={"id": "both", "measure": None, "band": None, "all_of": ("knee", "hip")})
    known = {name: [whole_finding(part, "fault", "", "", r)] for name, r in (("knee", knee), ("hip", hip))}
    found = of_all(both, known)
    assert (found.verdict, found.reps) == (verdict, reps_)
    assert verdict == "fault" or "no repetition shows them together" in found.why


def test_a_sensor_that_cannot_show_it_is_not_asked(squat: Analysis):
    body = replace(squat.body, source="keypoints")
    found = find_faults(Trial(body, squat.movement, squat.reps), faults_of(squat.movement))
    flare = next(f for f in found if f.fault.id == "rib-flare")
    assert flare.verdict == "not-resolvable" and "one camera" in flare.why


def test_a_baseline_of_three_days_gives_the_band():
    days: list[Result] = []
    for seed in (1, 2, 3):
        day = legato.analyze(simulate("hip-hinge", seed=seed, reps=6).recording, "hip-hinge").to_dict()
        day["inputs"] = [{"path": f"{seed}.c3d", "sha256": str(seed)}]
        days.append(read_result(day, f"day {seed}"))
    baseline = make_baseline(days)
    faulty = simulate("hip-hinge", seed=4, reps=6, fault="neutral-lost", fault_size=24.0)
    found = legato.analyze(faulty.recording, "hip-hinge", baseline=baseline)
    lost = next(f for f in found.findings if f.fault.id == "neutral-lost")
    assert (lost.verdict, lost.band_from, lost.band_source) == ("fault", "own", "the athlete's own, 3 days")
    assert not [
        f
        for f in legato.analyze(
            simulate("hip-hinge", seed=5, reps=6).recording, "hip-hinge", baseline=baseline
        ).findings
        if f.verdict == "fault"
    ]


def test_the_bend_of_the_spine_is_a_share_of_the_own_largest_one():
    recording = simulate("hip-hinge", seed=4, reps=6, fault="neutral-lost", fault_size=24.0).recording
    found = {
        largest: next(
            f
            for f in legato.analyze(recording, "hip-hinge", lumbar_flexion_max_deg=largest).findings
            if f.fault.id == "lumbar-excess"
        )
        for largest in (None, 30.0, 70.0)
    }
    assert [f.verdict for f in found.values()] == ["not-resolvable", "fault", "ok"]
    unknown, small, large = (f.measured for f in found.values())
    assert unknown is None and small is not None and large is not None
    assert small.value == pytest.approx(large.value * 70.0 / 30.0, rel=1e-9)


def test_a_claim_without_a_source_is_shown_and_never_a_fault(squat: Analysis):
    asked = next(f for f in faults_of(squat.movement) if f.id == "stack-lost")
    assert asked.band is not None
    band = asked.band.model_copy(update={"high": -90.0, "grade": "N"})
    found = find_faults(judged_on(squat, 6), [asked.model_copy(update={"band": band})])[0]
    assert found.verdict == "not-resolvable" and "no source supports" in found.why and found.measured is not None


def test_only_what_is_missing_is_asked_for():
    recording = simulate("hip-hinge", seed=4, reps=6, fault="lumbar-drift", fault_size=5.0).recording
    for loads in (None, (60.0, 60.0, 60.0, 60.0, 60.0, 60.0)):
        found = legato.analyze(recording, "hip-hinge", loads_kg=loads).findings
        drift = next(f for f in found if f.fault.id == "lumbar-drift")
        assert drift.verdict == "fault"
        assert ("the load of each repetition" in drift.asks) == (loads is None)


def test_a_baseline_of_other_sensors_is_not_used(squat: Analysis):
    other = squat.to_dict()
    other["body"]["marker_set"] = "another"
    found = faults_of_trial(
        faults_of(squat.movement), squat.body, squat.movement, squat.reps, Results(), None, level=0.90, baseline=other
    )
    own = [f for f in found if f.fault.band is not None and f.fault.band.default is None and not f.refused]
    assert own
    assert all(f.verdict == "not-resolvable" and "other sensors" in f.resolve for f in own if f.measured is not None)
    assert not [f for f in found if f.band_from == "own"]


@pytest.mark.slow
def test_the_arms_are_early_only_where_both_ends_of_the_drive_say_so():
    pressed = with_plates(simulate("push-press", seed=3, reps=5)).recording
    for mass in (None, 80.0):
        result = legato.analyze(pressed, "push-press", mass_kg=mass, load_kg=None if mass is None else 40.0)
        assert result.chain is not None
        ends = [g.set_s for g in result.chain.gaps if g.event == "offset to onset" and g.set_s is not None]
        early = next(f for f in result.findings if f.fault.id == "early-arm")
        assert early.measured is not None
        assert early.measured.low == min(e.low for e in ends) and early.measured.high == max(e.high for e in ends)
