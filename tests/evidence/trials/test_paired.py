"""What a trial in pairs answers, on pairs by hand and on simulated ones."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_trials import ASKED, pairs_of, trial

from legato.evidence.trials.model import Pair, Verdict
from legato.evidence.trials.paired import judge_pairs
from legato.evidence.trials.power import pairs_needed

CLEAR = (0.09, 0.11, 0.08, 0.12, 0.1, 0.07, 0.13, 0.1)
NONE = (0.01, -0.01, 0.02, -0.02, 0.0, 0.01, -0.01, 0.0)
OPEN = (0.09, -0.05, 0.12, -0.03, 0.02, 0.1, -0.06, 0.08)


def test_a_clear_change_supports_and_says_by_what_numbers() -> None:
    found = judge_pairs(ASKED, pairs_of(CLEAR))
    assert found.answer == "supports"
    assert found.p == pytest.approx(2 / 182)
    assert found.change is not None
    assert found.change.value == pytest.approx(0.1)
    assert found.reason.startswith("Over 8 pairs the change under A was +0.100 m/s (90 % interval +0.0")
    assert "p = 0.011: as large as the 0.050 m/s higher asked for" in found.reason
    assert (found.n, found.more) == (8, None)


def test_no_change_contradicts() -> None:
    found = judge_pairs(ASKED, pairs_of(NONE))
    assert found.answer == "contradicts"
    assert "0.050 m/s higher or more does not fit these pairs" in found.reason


def test_a_change_the_other_way_contradicts_however_small_its_p() -> None:
    found = judge_pairs(replace(ASKED, better="lower"), pairs_of(CLEAR))
    assert found.answer == "contradicts"
    assert found.change is not None
    assert found.change.value == pytest.approx(-0.1)
    assert "the change under A was +0.100 m/s" in found.reason


def test_a_change_that_is_sure_but_smaller_than_what_matters_contradicts() -> None:
    found = judge_pairs(ASKED, pairs_of([0.2 * change for change in CLEAR]))
    assert found.p == pytest.approx(2 / 182)
    assert found.answer == "contradicts"


def test_what_scatters_is_inconclusive_and_tells_the_pairs_of_a_new_trial() -> None:
    found = judge_pairs(ASKED, pairs_of(OPEN))
    assert found.answer == "inconclusive"
    needed = pairs_needed(0.05, float(np.std(OPEN, ddof=1)))
    assert needed is not None
    assert found.more == needed - 8
    assert f"a new trial of {needed} pairs (" in found.reason
    wild = judge_pairs(ASKED, pairs_of([5.0 * change for change in OPEN]))
    assert wild.answer == "inconclusive"
    assert wild.more is None
    assert "40 pairs would not tell" in wild.reason


def test_a_change_near_the_edge_that_the_pairs_could_have_told_says_what_more_would_do() -> None:
    near = [0.036 + 0.3 * change for change in OPEN]
    found = judge_pairs(ASKED, pairs_of(near))
    assert found.answer == "inconclusive"
    assert found.more is None or found.more > 0
    at_it = judge_pairs(ASKED, pairs_of([0.0495 + 0.02 * change for change in (1, -1, 1, -1, 1, -1, 1, -1)]))
    assert at_it.answer == "inconclusive"
    assert at_it.more is None
    assert "too near the edge" in at_it.reason


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.2, 5.0), min_size=1, max_size=5), st.integers(5, 9))
def test_five_pairs_or_fewer_never_support(changes: list[float], registered: int) -> None:
    question = replace(ASKED, pairs=max(len(changes), registered), alpha=0.2, level=0.6)
    looks = [len(changes)] if len(changes) < question.pairs else []
    assert judge_pairs(question, pairs_of(changes), looks=looks).answer != "supports"


def test_before_the_registered_number_nothing_is_answered_or_shown() -> None:
    found = judge_pairs(ASKED, pairs_of(CLEAR[:7]))
    assert found == Verdict(
        "inconclusive", "7 of 8 pairs are done; nothing is answered before the rest.", None, None, 7, 1
    )
    with pytest.raises(ValueError, match="9 pairs were handed in and 8 registered"):
        judge_pairs(ASKED, pairs_of([*CLEAR, 0.1]))


def test_a_registered_look_answers_early_at_a_sharper_level() -> None:
    question = replace(ASKED, pairs=12)
    early = judge_pairs(question, pairs_of(CLEAR), looks=[8])
    assert early.answer == "supports"
    assert early.change is not None
    assert early.change.level == pytest.approx(0.95)
    assert early.p is not None
    assert early.p <= 0.025
    # Unsure at the look: it goes on, and says how many are left.
    later = judge_pairs(question, pairs_of(OPEN), looks=[8])
    assert (later.answer, later.more) == ("inconclusive", 4)
    assert judge_pairs(question, pairs_of(CLEAR), looks=[6]).change is None
    for wrong in ([12], [0], [6, 6]):
        with pytest.raises(ValueError, match="looks at"):
            judge_pairs(question, pairs_of(CLEAR), looks=wrong)


def test_so_many_looks_that_no_p_is_small_enough_are_told() -> None:
    found = judge_pairs(replace(ASKED, pairs=6), pairs_of(CLEAR[:6]), looks=[2, 3, 4, 5])
    assert found.answer == "inconclusive"
    assert "6 pairs cannot answer at this level, whatever they show; 9 can" in found.reason


def test_a_change_below_what_measuring_can_tell_does_not_support() -> None:
    """Of a session's number 0.4 m/s, of a mean of eight changes 0.14."""
    found = judge_pairs(replace(ASKED, detectable=0.4), pairs_of(CLEAR))
    assert found.answer == "not-measurable"
    assert "error of measuring alone is larger than the 0.050 m/s higher" in found.reason
    assert judge_pairs(replace(ASKED, detectable=0.2), pairs_of(CLEAR)).answer == "supports"
    small = judge_pairs(replace(ASKED, detectable=0.13), pairs_of([0.55 * change for change in CLEAR]))
    assert small.answer == "supports"
    # What lies wholly below the effect of interest is contradicted however coarse a single session is.
    assert judge_pairs(replace(ASKED, detectable=0.4), pairs_of(NONE)).answer == "contradicts"


def test_sessions_that_err_by_more_than_what_is_looked_for_are_not_measurable() -> None:
    wild = [3.0 * change for change in OPEN]
    assert judge_pairs(ASKED, pairs_of(wild)).answer == "inconclusive"
    assert judge_pairs(ASKED, pairs_of(wild, half=0.15)).answer == "not-measurable"
    # An error that all sessions share cancels in pairs: what they scatter by is less, and counts.
    assert judge_pairs(ASKED, pairs_of(CLEAR, half=0.5)).answer == "supports"


def test_too_many_lost_pairs_are_not_measurable_and_few_change_nothing() -> None:
    assert judge_pairs(ASKED, pairs_of(CLEAR), lost=4).answer == "supports"
    found = judge_pairs(ASKED, pairs_of(CLEAR), lost=5)
    assert found.answer == "not-measurable"
    assert found.reason.startswith("5 of 13 pairs lack a session")
    # A trial in which nothing comes out need not be gone on with to its end.
    assert judge_pairs(ASKED, pairs_of(CLEAR[:3]), lost=5).answer == "not-measurable"
    assert judge_pairs(ASKED, pairs_of(CLEAR[:3]), lost=2).answer == "inconclusive"


def test_a_lost_pair_does_not_count_until_it_is_repeated() -> None:
    pairs = pairs_of(CLEAR)
    short = judge_pairs(ASKED, [*pairs[:4], *pairs[5:]], lost=1)
    assert (short.answer, short.more) == ("inconclusive", 1)
    assert judge_pairs(ASKED, pairs, lost=1).answer == "supports"


def test_relative_questions_work_on_ratios() -> None:
    """1.1 against 1.0 and 2.2 against 2.0 are the same change of 10 %; labels turned round give its inverse."""
    question = replace(ASKED, relative=True, unit="")
    scaled = [pair for k, pair in enumerate(pairs_of([0.1] * 8))]
    uneven = [
        replace(pair, a=pair.a.scaled(1.0 + k), b=pair.b.scaled(1.0 + k)) for k, pair in enumerate(pairs_of([0.1] * 8))
    ]
    for pairs in (scaled, uneven):
        found = judge_pairs(question, pairs)
        assert found.answer == "supports"
        assert found.change is not None
        assert found.change.value == pytest.approx(0.1)
        assert found.change.unit == "1"
        assert "+10.0 %" in found.reason
    turned = [Pair(pair.first, pair.b, pair.a) for pair in uneven]
    lower = judge_pairs(replace(question, better="lower"), turned)
    assert lower.change is not None
    assert lower.change.value == pytest.approx(1.0 - 1.0 / 1.1)
    assert "−9.1 %" in lower.reason


def test_a_ratio_without_sense_is_not_measurable() -> None:
    found = judge_pairs(replace(ASKED, relative=True), pairs_of(CLEAR, base=-0.05))
    assert found.answer == "not-measurable"
    assert "no share can be taken" in found.reason


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1e-3, 60.0]), st.floats(-5.0, 5.0))
def test_unit_and_offset_change_no_answer(seed: int, unit: float, offset: float) -> None:
    pairs = trial(np.random.default_rng(seed), ASKED, change=0.05)
    moved = [replace(p, a=p.a.shifted(offset).scaled(unit), b=p.b.shifted(offset).scaled(unit)) for p in pairs]
    one, other = judge_pairs(ASKED, pairs), judge_pairs(replace(ASKED, effect_of_interest=0.05 * unit), moved)
    assert (one.answer, one.more) == (other.answer, other.more)
    assert one.p == other.p


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_turning_the_claim_round_with_its_labels_changes_nothing(seed: int) -> None:
    pairs = trial(np.random.default_rng(seed), ASKED, change=0.08)
    turned = [Pair(pair.first, pair.a.scaled(-1.0), pair.b.scaled(-1.0)) for pair in pairs]
    one, other = judge_pairs(ASKED, pairs), judge_pairs(replace(ASKED, better="lower"), turned)
    assert (one.answer, one.p, one.more) == (other.answer, other.p, other.more)
    assert one.change == other.change


def test_questions_that_no_trial_answers_are_refused() -> None:
    for wrong, what in (
        (replace(ASKED, effect_of_interest=0.0), "above zero"),
        (replace(ASKED, relative=True, better="lower", effect_of_interest=1.2), "nothing falls by 120 %"),
        (replace(ASKED, detectable=-1.0), "detectable change"),
        (replace(ASKED, alpha=0.0), "make no trial"),
    ):
        with pytest.raises(ValueError, match=what):
            judge_pairs(wrong, pairs_of(CLEAR))


def test_no_support_while_the_interval_holds_none_at_all() -> None:
    question = replace(ASKED, relative=True, unit="", effect_of_interest=0.01, alpha=0.1, level=0.98)
    rng = np.random.default_rng(1)
    found = [judge_pairs(question, trial(rng, question, 0.03, 0.03)) for _ in range(60)]
    small = [one for one in found if one.p is not None and one.p <= 0.1 and one.change is not None]
    holds_none = [one for one in small if one.change is not None and one.change.low <= 0.0]
    assert holds_none
    assert {one.answer for one in holds_none} == {"inconclusive"}
    assert any("its interval still holds none at all" in one.reason for one in holds_none)
