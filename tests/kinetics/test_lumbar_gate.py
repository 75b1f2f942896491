"""Whether ground and body agree at L5/S1: what is allowed, what plates resolve, and what is said of it."""

from dataclasses import replace

import numpy as np
import pytest

from legato.body import build_body
from legato.estimate import Estimate
from legato.forces.analyse import RepSpan
from legato.kinetics.analyse import PRESSURE_SD_M, RepMoment
from legato.kinetics.closure import not_agreeing
from legato.kinetics.ground import FootLoad
from legato.kinetics.lumbar import LARGEST_SHARE, Meeting, meet
from legato.kinetics.moments import JointMoment
from legato.kinetics.segments import MovingBody, moving_segments
from legato.kinetics.whole_body import NOT_AGREEING, WholeBody
from legato.recording import STANDARD_GRAVITY, FloatArray, Span
from legato.report.whole_body_words import agreement, untold
from legato.simulate import simulate

MASS_KG = 80.0
WEIGHT_N = MASS_KG * STANDARD_GRAVITY
ERROR_N_M = PRESSURE_SD_M * WEIGHT_N
"""What the centre of pressure leaves of a standing body, one SD."""


@pytest.fixture(scope="module")
def standing() -> MovingBody:
    body = build_body(simulate("back-squat", rate_hz=100.0, reps=1, noise_m=0.0, wobble_m=0.0).recording)
    return moving_segments(body, MASS_KG, 6.0)


def met(
    moving: MovingBody,
    largest_n_m: float,
    apart: FloatArray,
    pulled_n: float = 0.0,
    body_sd_n_m: FloatArray | float = 0.0,
) -> Meeting:
    """Ways that are so far apart in every frame, above a standing weight; the largest moment as given."""
    n = moving.times().size
    rep = RepSpan(0, Span(0.5, float(moving.times()[-1]) - 0.5))
    centre = np.tile([0.0, 0.0, 1.0], (n, 1))
    weight = np.tile([0.0, 0.0, WEIGHT_N], (n, 1))
    course = largest_n_m * np.sin(np.linspace(0.0, 20.0, n))
    zero = np.zeros((n, 3))
    above = JointMoment("lumbosacral", "", "extension", zero, zero, course, centre, zero)
    below = replace(above, moment=zero + apart, force=zero + np.array([0.0, 0.0, pulled_n]))
    ground = FootLoad(weight, np.cross(centre, weight), np.ones(n, dtype=np.bool_))
    return meet(moving, [rep], below, above, ground, np.zeros(n), body_sd_n_m=body_sd_n_m)[0]


@pytest.mark.parametrize(
    ("largest_n_m", "apart_n_m", "state"),
    [
        (22.0, 2.0, "agree"),
        (22.0, 5.0, "not-resolvable"),  # a walk: more than its tenth of 22, less than what plates resolve
        (22.0, 14.0, "do not agree"),  # less than 15 and surely more than a tenth
        (90.0, 8.0, "agree"),
        (300.0, 14.9, "agree"),
        (300.0, 16.0, "not-resolvable"),
        (300.0, 40.0, "do not agree"),
    ],
)
def test_the_lesser_limit_counts_as_far_as_plates_resolve(
    standing: MovingBody, largest_n_m: float, apart_n_m: float, state: str
) -> None:
    found = met(standing, largest_n_m, np.array([0.0, apart_n_m, 0.0]))
    assert found.state == state
    assert found.limit_n_m == pytest.approx(min(15.0, LARGEST_SHARE * largest_n_m), rel=1e-3)
    assert found.holds is {"agree": True, "do not agree": False, "not-resolvable": None}[state]
    assert bool(found.reason) == (state != "agree")


def test_force_is_judged_by_what_plates_resolve_too(standing: MovingBody) -> None:
    assert met(standing, 300.0, np.zeros(3), 0.09 * WEIGHT_N).state == "agree"
    assert met(standing, 300.0, np.zeros(3), 0.11 * WEIGHT_N).state == "not-resolvable"
    assert met(standing, 300.0, np.zeros(3), 0.15 * WEIGHT_N).state == "do not agree"


def test_ways_that_only_plates_set_apart_are_seldom_said_not_to_agree(standing: MovingBody) -> None:
    """Nothing but the centre of pressure's error, next to a limit of 2.2 N·m: at most 10 of 100 are called wrong, as
    the interval promises; by the limit alone more than 70 would be.
    """
    rng = np.random.default_rng(3)
    drawn = ERROR_N_M * rng.normal(size=(200, 2))
    states = [met(standing, 22.0, np.array([x, y, 0.0])).state for x, y in drawn]
    assert states.count("do not agree") <= 20
    assert np.mean(np.linalg.norm(drawn, axis=1) > 2.2) > 0.7


def test_nothing_rests_on_what_is_not_resolvable_and_words_tell_it_apart(standing: MovingBody) -> None:
    unclear = met(standing, 22.0, np.array([0.0, 5.0, 0.0]))
    wrong = met(standing, 22.0, np.array([0.0, 14.0, 0.0]))
    good = met(standing, 300.0, np.array([0.0, 5.0, 0.0]))
    assert "is not resolvable" in not_agreeing(["lumbosacral"], [unclear])["lumbosacral"]
    assert "do not agree there in 1 of 2" in not_agreeing(["lumbosacral"], [unclear, wrong])["lumbosacral"]
    assert not_agreeing(["lumbosacral"], [good]) == {}
    said = agreement([unclear, replace(wrong, rep=1), replace(good, rep=2)])
    assert said[0].startswith("Ground and body do not agree at L5/S1 (repetition 2): 14.0 N·m apart, more than 2.2.")
    assert said[1].startswith("Whether ground and body agree at L5/S1 is not resolvable (repetition 1): 5.0 N·m apart")
    assert "known errors of plates, segments and load may account for" in said[1]
    assert agreement([good]) == ["Ground and body agree at L5/S1 within 5 N·m (root mean square)."]


def test_what_is_known_to_be_off_by_more_than_allowed_is_no_failure(standing: MovingBody) -> None:
    """A trunk that balances 25 mm beside the table's makes 6 N·m, and its mass more: a walk's tenth is 2.2."""
    n = standing.times().size
    apart = np.array([0.0, 14.0, 0.0])
    assert met(standing, 22.0, apart).state == "do not agree"
    assert met(standing, 22.0, apart, body_sd_n_m=np.full(n, 7.0)).state == "not-resolvable"
    assert met(standing, 22.0, 2.5 * apart, body_sd_n_m=np.full(n, 7.0)).state == "do not agree"


@pytest.mark.parametrize(
    ("held", "agrees"),
    [((True, True), True), ((True, None), None), ((), None), ((None, False), False), ((True, False), False)],
)
def test_agreement_of_a_set_has_three_states(held: tuple[bool | None, ...], agrees: bool | None) -> None:
    meetings = tuple(Meeting(k, None, None, None, None, None, holds) for k, holds in enumerate(held))
    assert WholeBody(None, None, (), (), meetings, 1.0, "", ()).agrees is agrees


def test_untold_moments_share_a_line_by_their_reason() -> None:
    above, ground = (f"lumbosacral_extension_moment_from_{way}" for way in ("above", "ground"))
    elbow = "elbow_flexion_moment_right"
    one = Estimate(20.0, 10.0, 30.0, unit="N·m")
    gone = [RepMoment(k, name, None, None, f"not known in {5 + k} %") for k in (0, 1) for name in (above, elbow)]
    assert untold(gone) == ["No largest moment of trunk and arms: not known in 5 %."]
    told = [RepMoment(k, ground, one, 0.1) for k in (0, 1)]
    names = "L5/S1 extension, from the hands and head down; elbow flexion, right"
    assert untold([*gone, *told]) == [f"No largest moment of {names}: not known in 5 %."]
    assert untold([*gone[2:], *told]) == [f"No largest moment of {names} in repetition 2: not known in 6 %."]
    # What `agreement` says is not said twice.
    assert untold([RepMoment(0, above, None, None, f"{NOT_AGREEING} (14.0 N·m apart, more than 2.2)")]) == []
