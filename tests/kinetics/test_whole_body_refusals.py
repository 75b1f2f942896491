"""What is refused of trunk and arms where a load, a plate, a limb or a mass is missing or wrong."""

from dataclasses import replace

import numpy as np
import pytest

from legato.body.model import Body
from legato.errors import NotResolvable
from legato.kinetics.loads import Carrying, carried_load
from legato.kinetics.segments import moving_segments
from legato.kinetics.top_down import arm_moments, lumbar_from_above
from legato.kinetics.whole_body import analyse_whole_body
from legato.recording import STANDARD_GRAVITY

from .trials import CARRYING, MASS_KG, Trial, analysed, trial


@pytest.fixture(scope="module")
def squat() -> Trial:
    return trial("back-squat")


@pytest.fixture(scope="module")
def hinge() -> Trial:
    return trial("hip-hinge")


def test_a_wrong_load_does_not_meet(squat: Trial) -> None:
    """20 kg that are not there: more force than a tenth of the weight, and the reason says so."""
    meetings = analysed("back-squat", squat, loads_kg=[80.0]).meetings
    assert meetings
    for meeting in meetings:
        assert not meeting.holds
        assert meeting.force_rms is not None
        # All of the bar's weight is on the wrong side of the sum; its acceleration averages out.
        assert meeting.force_rms.value == pytest.approx(20.0 * STANDARD_GRAVITY, rel=0.1)
        assert "% of the weight" in meeting.reason


def test_a_plate_turned_in_the_lab_does_not_meet(squat: Trial) -> None:
    """A centre of pressure 5 cm off makes 5 cm times the weight, which is far over the limit."""
    made, body, forces, spans = squat
    assert forces is not None
    plates = tuple(replace(p, origin_m=p.origin_m + np.array([0.05, 0.0, 0.0])) for p in forces.plates)
    whole = analysed("back-squat", (made, body, replace(forces, plates=plates), spans))
    for meeting in whole.meetings:
        assert not meeting.holds
        assert meeting.moment_rms is not None
        assert meeting.moment_rms.value == pytest.approx(0.05 * 140.0 * STANDARD_GRAVITY, rel=0.15)


def test_without_a_load_only_the_ground_tells(squat: Trial) -> None:
    whole = analysed("back-squat", squat, loads_kg=None)
    assert whole.above is None
    assert whole.below is not None
    assert whole.arms == ()
    assert whole.shown_by == ""
    assert whole.notes == ("trunk and arms from above: the load's mass is not known: give --load, 0 without one",)
    assert {m.name for m in whole.per_rep} == {"lumbosacral_extension_moment_from_ground"}


def without(body: Body, *names: str) -> Body:
    return replace(
        body,
        segments={k: v for k, v in body.segments.items() if k not in names},
        points={k: v for k, v in body.points.items() if k not in names},
    )


def test_arms_are_not_told_where_the_bar_rests_on_the_shoulders(squat: Trial) -> None:
    """Nor in a press that starts there: the words hold for both."""
    whole = analysed("back-squat", squat)
    assert whole.arms == ()
    assert any("rests on the shoulders for all or part of the lift" in note for note in whole.notes)


def test_a_bar_that_nobody_sees_is_refused(squat: Trial) -> None:
    made, body, forces, spans = squat
    whole = analysed("back-squat", (made, without(body, "bar", "bar_right", "bar_left"), forces, spans))
    assert whole.above is None
    assert "put markers on its ends" in whole.notes[0]


def test_an_arm_that_was_not_measured_refuses_the_trunk_and_keeps_the_other(hinge: Trial) -> None:
    made, body, forces, spans = hinge
    arm = [f"{part}_left" for part in ("upper_arm", "forearm", "hand", "shoulder", "elbow", "wrist")]
    whole = analysed("hip-hinge", (made, without(body, *arm), forces, spans))
    assert whole.above is None
    assert any("left arm: upper arm and forearm and hand not measured" in note for note in whole.notes)
    assert any("upper arm left" in note and "of body mass" in note for note in whole.notes)
    assert {j.side for j in whole.arms} == {"right"}


def test_one_foot_on_no_plate_leaves_what_comes_from_above(squat: Trial) -> None:
    made, body, forces, spans = squat
    assert forces is not None
    stands = tuple(s for s in forces.stands if s.foot != "left")
    whole = analysed("back-squat", (made, body, replace(forces, stands=stands), spans))
    assert whole.below is None
    assert whole.above is not None
    assert "L5/S1 from the ground: the left foot is on no plate" in whole.notes


def test_both_feet_on_one_plate_will_do(squat: Trial) -> None:
    """The trunk needs both feet together only: one plate that carries them tells as much as two."""
    made, body, forces, spans = squat
    assert forces is not None
    apart = analysed("back-squat", squat)
    whole_force = np.sum([p.force for p in forces.plates], axis=0)
    about = np.sum([p.moment + np.cross(p.origin_m, p.force) for p in forces.plates if p.moment is not None], axis=0)
    one = replace(forces.plates[0], force=whole_force, moment=about, origin_m=np.zeros(3))
    stand = replace(forces.stands[0], plate=one.index, foot="both", start_s=one.start_s, end_s=float(one.times()[-1]))
    together = analysed("back-squat", (made, body, replace(forces, plates=(one,), stands=(stand,)), spans))
    assert together.below is not None
    assert apart.below is not None
    # Where a stand ends its force is cut off, here a sample apart: behind the low-pass 4 mN·m half a second before.
    pair = [whole.below.about_axis[75:-75] for whole in (together, apart) if whole.below is not None]
    assert np.isfinite(pair[0]).sum() > 500
    np.testing.assert_allclose(pair[0], pair[1], atol=0.01)


def test_a_bench_or_a_cable_refuses_the_trunk(squat: Trial) -> None:
    lying = analysed("back-squat", squat, carrying=Carrying("hands", supported=True))
    assert lying.above is None
    assert lying.below is None
    assert lying.arms
    pulled = analysed("back-squat", squat, carrying=Carrying("outside"))
    assert pulled.per_rep == ()
    assert pulled.notes[0].startswith("trunk and arms from above: more than gravity")


def test_without_a_mass_or_a_load_of_the_movement_nothing_is_told(squat: Trial) -> None:
    assert analysed("back-squat", squat, mass_kg=None).per_rep == ()
    _, body, forces, spans = squat
    untold = analyse_whole_body(body, forces, spans, carrying=None, loads_kg=[60.0], mass_kg=MASS_KG, cutoff_hz=6.0)
    assert untold is None
    bare = CARRYING["back-squat"]
    assert analyse_whole_body(body, forces, spans, carrying=bare, loads_kg=None, mass_kg=None, cutoff_hz=6.0) is None


def test_a_load_where_none_is_carried_is_refused(squat: Trial) -> None:
    _, body, _, spans = squat
    moving = moving_segments(body, MASS_KG, 6.0)
    with pytest.raises(NotResolvable, match="where the load is carried is not known"):
        carried_load(moving, Carrying("none"), spans, [10.0])
    free = carried_load(moving, Carrying("none"), spans, None)
    assert free.shown_by == "none"
    assert lumbar_from_above(moving, free).about_axis.shape == (body.n_frames,)
    arms, notes = arm_moments(moving, free, "none")
    assert len(arms) == 4
    assert notes == ()
