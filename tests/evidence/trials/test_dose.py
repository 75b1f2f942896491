"""Whether the best lag lies in the band that was named: what each planted response is answered with."""

from dataclasses import replace

import numpy as np
import pytest

from legato.errors import BadInput
from legato.estimate import Estimate
from legato.evidence.trials.dose import judge_doses
from legato.evidence.trials.dose_model import DoseQuestion

from .simulated_doses import (
    BAND_S,
    FLAT,
    Curve,
    Doing,
    any_doing,
    any_peak,
    bell,
    judged,
    linear,
    observed,
    parabola,
    plateau,
    table_top,
    threshold,
    two_tops,
)

EXACT = Doing(form=0.01, scatter=0.010, error=0.003)
QUESTION = DoseQuestion(BAND_S, 0.025, "higher", 12)


def test_a_peak_inside_the_band_that_is_worth_having_supports_the_claim() -> None:
    found = judged(np.random.default_rng(1), bell(0.1), 12, EXACT)
    assert found.answer == "supports"
    assert found.optimum is not None and found.optimum.holds(0.1)
    assert found.gain is not None and found.gain.low > 0.025
    assert found.verdict.change == found.gain and found.verdict.n == 12 and found.more is None


@pytest.mark.parametrize("curve", [bell(0.04), bell(0.16), linear, threshold, parabola(0.2)])
def test_a_response_best_elsewhere_contradicts_it(curve: Curve) -> None:
    found = judged(np.random.default_rng(2), curve, 12, EXACT)
    assert found.answer == "contradicts"
    assert "outside 80 to 120 ms" in found.reason


def test_no_response_contradicts_a_gain_of_interest() -> None:
    found = judged(np.random.default_rng(3), FLAT, 16, EXACT)
    assert found.answer == "contradicts" and found.optimum is None
    assert "no lag of 80 to 120 ms gains" in found.reason


@pytest.mark.parametrize("curve", [plateau, two_tops])
def test_without_one_top_no_best_lag_supports_the_claim(curve: Curve) -> None:
    assert judged(np.random.default_rng(4), curve, 20, EXACT).answer != "supports"


def test_an_edge_of_the_tried_lags_is_told_as_at_or_beyond() -> None:
    found = judged(np.random.default_rng(5), linear, 12, EXACT)
    assert found.optimum is None
    assert "ms or above" in found.reason


def test_a_control_that_moves_alike_forbids_support() -> None:
    found = judged(np.random.default_rng(6), bell(0.1), 12, EXACT, control=bell(0.1))
    assert found.answer == "inconclusive" and found.more is None
    assert "the control moves too" in found.reason
    assert found.p_control is not None and found.p_control < 0.05


def test_a_control_too_rough_to_show_anything_forbids_support() -> None:
    rng = np.random.default_rng(7)
    made, _ = observed(rng, bell(0.1), 12, EXACT)
    rough = [Estimate.symmetric(1.0 + 0.4 * z, 0.0) for z in np.random.default_rng(2).standard_normal(len(made))]
    found = judge_doses(QUESTION, made, rough, permutations=200)
    assert found.answer == "inconclusive" and "too uncertain" in found.reason


def test_without_a_control_nothing_is_supported() -> None:
    made, _ = observed(np.random.default_rng(1), bell(0.1), 12, EXACT)
    found = judge_doses(QUESTION, made)
    assert found.answer == "inconclusive" and "negative control" in found.reason


def test_a_gain_below_what_matters_is_no_support() -> None:
    assert judged(np.random.default_rng(1), bell(0.1), 12, EXACT, effect=0.2).answer == "contradicts"


def test_before_all_blocks_nothing_is_judged() -> None:
    made, control = observed(np.random.default_rng(1), bell(0.1), 11, EXACT)
    found = judge_doses(QUESTION, made, control)
    assert (found.answer, found.n, found.more, found.p) == ("inconclusive", 11, 1, None)


def test_a_cue_that_is_not_followed_measures_nothing() -> None:
    found = judged(np.random.default_rng(1), bell(0.1), 8, replace(EXACT, follows=0.03, start=0.1))
    assert found.answer == "not-measurable" and "do not follow the cue" in found.reason


def test_lags_that_reach_only_the_band_measure_nothing() -> None:
    found = judged(np.random.default_rng(1), bell(0.1), 8, replace(EXACT, follows=0.3, start=0.07))
    assert found.answer == "not-measurable" and "run from" in found.reason


def test_lags_no_better_known_than_the_band_is_wide_measure_nothing() -> None:
    assert judged(np.random.default_rng(1), bell(0.1), 8, replace(EXACT, error=0.013)).answer == "not-measurable"
    made, control = observed(np.random.default_rng(1), bell(0.1), 12, EXACT)
    found = judge_doses(replace(QUESTION, lag_offset_s=0.020), made, control)
    assert found.answer == "not-measurable" and "as wide as the band" in found.reason


def test_an_error_that_all_lags_share_widens_the_optimum() -> None:
    made, control = observed(np.random.default_rng(1), bell(0.1), 12, EXACT)
    one, other = (judge_doses(replace(QUESTION, lag_offset_s=x), made, control).optimum for x in (0.0, 0.010))
    assert one is not None and other is not None
    assert other.half_width == pytest.approx(np.hypot(one.half_width, 0.010), rel=0.1)


def test_shares_and_times_that_should_fall_give_the_same_answer() -> None:
    made, control = observed(np.random.default_rng(1), bell(0.1), 12, EXACT)
    times = [replace(one, outcome=Estimate.symmetric(3.0 / one.outcome.value, 0.0)) for one in made]
    rises = judge_doses(replace(QUESTION, relative=True), made, control)
    falls = judge_doses(replace(QUESTION, relative=True, better="lower"), times, control)
    assert rises.answer == falls.answer == "supports" and rises.optimum == falls.optimum
    assert rises.gain is not None and falls.gain is not None
    # What is 1.1 times as fast takes 1 - 1/1.1 less time.
    assert falls.gain.value == pytest.approx(1.0 - 1.0 / (1.0 + rises.gain.value))


def test_units_change_no_answer() -> None:
    made, control = observed(np.random.default_rng(8), parabola(0.1), 12)
    big = [replace(one, outcome=one.outcome.scaled(1000.0)) for one in made]
    one = judge_doses(QUESTION, made, control)
    other = judge_doses(replace(QUESTION, effect_of_interest=25.0), big, [c.scaled(7.0) for c in control])
    assert (one.answer, one.optimum, one.p, one.more) == (other.answer, other.optimum, other.p, other.more)


def test_repetitions_of_a_set_count_as_one() -> None:
    made, control = observed(np.random.default_rng(9), bell(0.1), 12)
    once, twice = judge_doses(QUESTION, made, control), judge_doses(QUESTION, made * 2, control * 2)
    assert once.n == twice.n == 12
    assert once.gain_as_cued == twice.gain_as_cued and once.p == twice.p


def test_a_missing_session_leaves_its_block_incomplete() -> None:
    made, control = observed(np.random.default_rng(1), bell(0.1), 13, EXACT)
    short = judge_doses(QUESTION, made[:59], control[:59])
    assert short.more == 1
    # A thirteenth block makes up for one session that was lost in the first.
    assert judge_doses(QUESTION, made[1:], control[1:]).answer == "supports"


def test_one_wild_session_takes_support_away_and_gives_none() -> None:
    for curve, answers in ((bell(0.1), {"inconclusive"}), (FLAT, {"inconclusive", "contradicts"})):
        made, control = observed(np.random.default_rng(1), curve, 12, EXACT)
        spot = next(i for i, one in enumerate(made) if one.cued_s == 0.1)
        wild = replace(made[spot], outcome=made[spot].outcome.scaled(0.5 if curve is not FLAT else 1.5))
        assert judge_doses(QUESTION, [*made[:spot], wild, *made[spot + 1 :]], control).answer in answers


def test_cues_swapped_in_one_block_move_the_optimum_little() -> None:
    made, control = observed(np.random.default_rng(1), bell(0.1), 12, EXACT)
    first, second = (next(i for i, one in enumerate(made) if one.cued_s == cue) for cue in (0.0, 0.1))
    swapped = list(made)
    swapped[first] = replace(made[first], cued_s=0.1)
    swapped[second] = replace(made[second], cued_s=0.0)
    right, wrong = judge_doses(QUESTION, made, control), judge_doses(QUESTION, swapped, control)
    assert right.optimum is not None and wrong.optimum is not None
    assert abs(right.optimum.value - wrong.optimum.value) < 0.010
    assert wrong.gain_as_cued is not None and right.gain_as_cued is not None
    assert wrong.gain_as_cued.half_width > right.gain_as_cued.half_width


def test_outcomes_or_lags_that_never_vary_measure_nothing() -> None:
    made, control = observed(np.random.default_rng(1), bell(0.1), 12, EXACT)
    same = Estimate.symmetric(1.0, 0.0)
    still = judge_doses(QUESTION, [replace(one, outcome=same) for one in made], control)
    assert still.answer == "not-measurable" and "does not vary" in still.reason
    stuck = judge_doses(QUESTION, [replace(one, lag=Estimate.symmetric(0.1, 0.0, "s")) for one in made], control)
    assert stuck.answer == "not-measurable" and "do not follow the cue" in stuck.reason
    assert judge_doses(QUESTION, made, [same] * len(made)).answer == "supports"


def test_what_was_not_registered_is_refused() -> None:
    made, control = observed(np.random.default_rng(1), bell(0.1), 12)
    with pytest.raises(BadInput, match="was cued, which was not registered"):
        judge_doses(QUESTION, [replace(made[0], cued_s=0.12), *made[1:]], control)
    with pytest.raises(BadInput, match="one for each"):
        judge_doses(QUESTION, made, control[:-1])
    with pytest.raises(BadInput, match="among the cued"):
        replace(QUESTION, comparator_s=(0.03,))


def test_a_lag_that_goes_with_being_fresh_does_not_pass_for_a_response() -> None:
    """Of trials without any response, in which a late lag means a good moment."""
    rng = np.random.default_rng(10)
    tired = Doing(scatter=0.03, fresh=0.9)
    found = [judged(rng, FLAT, 8, tired, effect=0.05) for _ in range(40)]
    assert sum(one.p is not None and one.p <= 0.05 for one in found) <= 6
    assert not any(one.answer == "supports" for one in found)


@pytest.mark.slow
@pytest.mark.parametrize("blocks", [6, 16])
def test_the_interval_holds_the_planted_optimum_whatever_the_shape(blocks: int) -> None:
    rng = np.random.default_rng(100 + blocks)
    held: list[bool] = []
    while len(held) < 80:
        found = judged(rng, any_peak(rng, 0.1), blocks, any_doing(rng))
        if found.optimum is not None:
            held.append(found.optimum.holds(0.1))
    # One SE of 80 draws is 3 points.
    assert 0.85 <= np.mean(held) <= 0.99


@pytest.mark.slow
@pytest.mark.parametrize("curve", [FLAT, linear, threshold, plateau, parabola(0.2)])
def test_what_has_no_top_in_the_band_is_hardly_ever_supported(curve: Curve) -> None:
    rng = np.random.default_rng(11)
    assert sum(judged(rng, curve, blocks).answer == "supports" for blocks in (6, 16) for _ in range(30)) <= 2


@pytest.mark.slow
def test_a_table_top_is_rarely_taken_for_a_peak() -> None:
    rng = np.random.default_rng(12)
    assert sum(judged(rng, table_top, 16).answer == "supports" for _ in range(60)) <= 9
