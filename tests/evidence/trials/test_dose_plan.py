"""The order in which lags are cued, and how many blocks would do."""

from collections import Counter
from itertools import pairwise

import pytest

from legato.evidence.trials.dose_model import CUED_LAGS_S, DoseQuestion
from legato.evidence.trials.dose_plan import blocks_needed, dose_order, share_supported

BAND_S = (0.080, 0.120)


def test_each_dose_comes_once_a_block_and_the_seed_decides() -> None:
    order = dose_order(7, 1)
    assert len(order) == 7 and all(sorted(block) == sorted(CUED_LAGS_S) for block in order)
    assert order == dose_order(7, 1) != dose_order(7, 2)
    assert order == dose_order(12, 1)[:7]


@pytest.mark.parametrize(("doses", "whole"), [(CUED_LAGS_S, 10), ((0.0, 0.05, 0.1, 0.15, 0.2, 0.25), 6)])
def test_whole_squares_balance_places_and_what_comes_before(doses: tuple[float, ...], whole: int) -> None:
    order = dose_order(2 * whole, 3, doses)
    share = 2 * whole // len(doses)
    places = Counter((place, dose) for block in order for place, dose in enumerate(block))
    assert set(places.values()) == {share} and len(places) == len(doses) ** 2
    follows = Counter(pair for block in order for pair in pairwise(block))
    assert len(follows) == len(doses) * (len(doses) - 1)
    assert set(follows.values()) == {share}


def test_no_blocks_have_no_order() -> None:
    with pytest.raises(ValueError, match="one block"):
        dose_order(0, 1)


@pytest.mark.slow
def test_steadier_sessions_and_narrower_tops_are_supported_more_often() -> None:
    question = DoseQuestion(BAND_S, 0.025, "higher", 8, relative=True)
    rough = share_supported(question, 0.10, 0.05, narrow_s=0.04, trials=40)
    steady = share_supported(question, 0.10, 0.02, narrow_s=0.04, trials=40)
    broad = share_supported(question, 0.10, 0.02, trials=40)
    # One SE of a share of 40 is 8 points.
    assert steady > rough + 0.2 and steady > broad


@pytest.mark.slow
def test_a_gain_below_what_matters_is_never_found() -> None:
    assert blocks_needed(0.05, 0.03, 0.01, narrow_s=0.04, most=6) is None
    needed = blocks_needed(0.02, 0.15, 0.01, narrow_s=0.04, most=12)
    assert needed is not None and needed <= 12
