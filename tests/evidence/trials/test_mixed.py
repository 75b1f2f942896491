import math
import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.errors import BadInput, NotResolvable
from legato.estimate import Estimate
from legato.evidence.trials._pair_model import PairModel, spread_between
from legato.evidence.trials.mixed import MixedEffect, Observation, mixed_effect, observations_of
from legato.evidence.trials.model import Pair, Question

from .simulated_pairs import TRUTHS, Truth, simulate


def sessions(athletes: int = 1, pairs: int = 8, seed: int = 1, truth: Truth | None = None) -> list[Observation]:
    return simulate(truth or Truth(), athletes, pairs, np.random.default_rng(seed))[0]


def design(observations: list[Observation]) -> dict[str, np.ndarray]:
    """Columns for other packages; the session before is coded as the model has it."""
    arm = {(o.athlete, o.pair, o.place): 0.5 if o.arm == "A" else -0.5 for o in observations}
    before = [
        arm[o.athlete, o.pair, 1] if o.place == 2 else arm.get((o.athlete, o.pair - 1, 2), 0.0) for o in observations
    ]
    names = sorted({o.athlete for o in observations})
    return {
        "y": np.array([o.value for o in observations]),
        "x": np.array([0.5 if o.arm == "A" else -0.5 for o in observations]),
        "order": np.array([o.place - 1.5 for o in observations]),
        "before": np.array(before),
        "athlete": np.array([names.index(o.athlete) for o in observations]),
        "pair": np.array([names.index(o.athlete) * 1000 + o.pair for o in observations]),
    }


@pytest.mark.parametrize("carry_over", [False, True])
def test_one_athlete_is_least_squares_with_an_intercept_for_each_pair(carry_over: bool):
    pytest.importorskip("statsmodels")
    from statsmodels.regression.linear_model import OLS

    given_ = sessions(seed=3, truth=replace(TRUTHS["all at once"], lost=0.0))
    table = design(given_)
    each_pair = (table["pair"][:, None] == np.unique(table["pair"])).astype(float)
    columns = [table["x"], table["order"], *([table["before"]] if carry_over else []), each_pair]
    oracle = OLS(table["y"], np.column_stack(columns)).fit()
    found = mixed_effect(given_, carry_over=carry_over)
    ends = oracle.conf_int(0.10)
    assert (found.effect.low, found.effect.high) == pytest.approx(tuple(ends[0]), rel=1e-9)
    assert (found.order.low, found.order.high) == pytest.approx(tuple(ends[1]), rel=1e-9)
    assert found.dof == oracle.df_resid
    if carry_over:
        assert found.carry_over is not None
        assert (found.carry_over.low, found.carry_over.high) == pytest.approx(tuple(ends[2]), rel=1e-9)


def test_one_athlete_is_the_mixed_model_with_a_random_intercept_for_each_pair():
    pytest.importorskip("statsmodels")
    from statsmodels.regression.mixed_linear_model import MixedLM

    given_ = sessions(pairs=10, seed=5, truth=Truth(day=2.0, order=0.5))
    table = design(given_)
    columns = np.column_stack([np.ones(len(table["y"])), table["x"], table["order"], table["pair"]])
    oracle = MixedLM(table["y"], columns, groups=table["pair"]).fit(reml=True)
    found = mixed_effect(given_, carry_over=False)
    assert found.effect.value == pytest.approx(oracle.fe_params[1], rel=1e-6)
    assert found.order.value == pytest.approx(oracle.fe_params[2], rel=1e-6)
    assert found.trend.value == pytest.approx(oracle.fe_params[3], rel=1e-6)
    from scipy.special import stdtrit

    assert found.effect.half_width == pytest.approx(float(stdtrit(8, 0.95)) * oracle.bse_fe[1], rel=1e-4)


def test_several_athletes_are_the_mixed_model_with_an_effect_of_its_own_for_each():
    pytest.importorskip("statsmodels")
    import pandas
    from statsmodels.regression.mixed_linear_model import MixedLM

    given_ = sessions(athletes=8, pairs=6, seed=2, truth=Truth(between=1.5, order=0.5, carry_over=0.4))
    frame = pandas.DataFrame(design(given_))
    oracle = MixedLM.from_formula(
        "y ~ x + order + before + C(pair)", frame, groups="athlete", re_formula="0", vc_formula={"arm": "0 + x"}
    ).fit(reml=True)
    found = mixed_effect(given_)
    assert found.effect.value == pytest.approx(oracle.fe_params["x"], abs=1e-4)
    assert found.order.value == pytest.approx(oracle.fe_params["order"], abs=1e-4)
    assert found.spread is not None
    assert found.spread.value == pytest.approx(math.sqrt(float(oracle.vcomp[0])), rel=1e-3)
    assert found.within == pytest.approx(math.sqrt(2.0 * oracle.scale), rel=1e-3)


def test_balanced_athletes_without_order_are_students_interval_of_their_means():
    rng = np.random.default_rng(4)
    given_, _ = simulate(Truth(between=0.7), 5, 6, rng)
    found = mixed_effect(given_, carry_over=False)
    means = np.array([athlete.own.value for athlete in found.athletes])
    from scipy.stats import t

    half = t.ppf(0.95, 4) * means.std(ddof=1) / math.sqrt(5)
    assert found.dof == pytest.approx(4.0)
    assert found.effect.value == pytest.approx(means.mean())
    assert found.effect.half_width == pytest.approx(half, rel=1e-9)


def test_spread_between_meets_a_published_interval():
    """13 trials of a vaccine, log risk ratios: tau 0.5597, 95 % 0.3460 to 1.0543 (Viechtbauer 2010, JSS 36:3)."""
    cells = np.array([
        (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
        (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232),
        (17, 1699, 65, 1600), (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825),
    ], dtype=float)  # fmt: skip
    a, b, c, d = cells.T
    ratio, square = np.log(a / (a + b) / (c / (c + d))), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    none = np.zeros(0)
    fit = PairModel(0.0, 1.0, 12.0, none, none, ratio, square, square, square, 1.0, 12.0, 0.5597**2, 0.0, square)
    assert spread_between(fit, 0.95) == pytest.approx((0.5597, 0.3460, 1.0543), abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("name", TRUTHS)
@pytest.mark.parametrize("pairs", [6, 8, 12])
def test_one_athletes_interval_holds_the_planted_effect(name: str, pairs: int):
    truth, rng = TRUTHS[name], np.random.default_rng(11)
    held: list[bool] = []
    while len(held) < 500:
        given_, effects = simulate(truth, 1, pairs, rng)
        try:
            held.append(mixed_effect(given_).effect.holds(float(effects[0])))
        except NotResolvable:
            assert truth.lost > 0.0, "only lost sessions leave fewer than six pairs"
    assert 0.85 <= np.mean(held) <= 0.95


@pytest.mark.slow
@pytest.mark.parametrize(("athletes", "count"), [(3, 500), (6, 500), (12, 250)])
def test_the_interval_of_several_holds_the_planted_effect(athletes: int, count: int):
    rng = np.random.default_rng(12)
    held: list[bool] = []
    own: list[bool] = []
    drawn: list[bool] = []
    while len(held) < count:
        name = ("plain", "unequal variances", "all at once")[len(held) // 3 % 3]
        truth = replace(TRUTHS[name], between=(0.0, 0.5, 2.0)[len(held) % 3])
        given_, effects = simulate(truth, athletes, 8, rng)
        try:
            found = mixed_effect(given_)
        except NotResolvable:
            assert truth.lost > 0.0, "only lost sessions leave an athlete with a single pair"
            continue
        held.append(found.effect.holds(truth.effect))
        own += [one.own.holds(effects[int(one.athlete[8:])]) for one in found.athletes]
        drawn += [one.shrunken.holds(effects[int(one.athlete[8:])]) for one in found.athletes if one.shrunken]
    assert 0.85 <= np.mean(held) <= 0.95
    assert 0.85 <= np.mean(own) <= 0.95
    assert 0.85 <= np.mean(drawn) <= 0.95


def test_athletes_without_spread_leave_no_warning_and_a_spread_of_zero():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for seed in range(30):
            found = mixed_effect(sessions(athletes=4, pairs=4, seed=seed))
            assert found.spread is not None
            if found.spread.value == 0.0:
                assert found.spread.low == 0.0 < found.spread.high
                return
    raise AssertionError("no fit on the bound among 30")


def test_carry_over_biases_the_effect_where_it_is_not_taken_out():
    rng = np.random.default_rng(6)
    with_it: list[float] = []
    without: list[float] = []
    for _ in range(200):
        given_, _ = simulate(Truth(carry_over=2.0), 1, 10, rng)
        with_it.append(mixed_effect(given_).effect.value)
        without.append(mixed_effect(given_, carry_over=False).effect.value)
    assert np.mean(with_it) == pytest.approx(1.0, abs=0.2)
    assert np.mean(without) == pytest.approx(0.0, abs=0.2)


def test_orders_that_cannot_tell_carry_over_say_so():
    rng = np.random.default_rng(0)
    given_ = [
        Observation("one", pair, arm, 1 if place == 0 else 2, rng.normal())
        for pair in range(8)
        for place, arm in enumerate(("A", "B") if pair in (0, 1, 4, 5) else ("B", "A"))
        if pair % 2 == 0 or pair in (1, 3, 5, 7)
    ]
    apart = [replace(one, pair=2 * one.pair) for one in given_]
    found = mixed_effect(apart)
    assert found.carry_over is None
    assert "cannot tell" in found.not_told
    assert found.effect == mixed_effect(apart, carry_over=False).effect


def test_a_lost_session_takes_its_pair_along_and_its_follower_goes_without_a_before():
    given_ = sessions(pairs=9, seed=8)
    less = [one for one in given_ if (one.pair, one.place) != (4, 2)]
    found = mixed_effect(less)
    assert (found.pairs, found.lone) == (8, 1)
    whole = [one for one in less if one.pair != 4]
    assert found.effect == mixed_effect(whole).effect


@given(st.floats(-100.0, 100.0), st.floats(0.1, 10.0), st.integers(0, 40))
def test_a_shift_changes_nothing_and_a_unit_scales(shift: float, factor: float, seed: int):
    given_ = sessions(athletes=3, pairs=5, seed=seed, truth=Truth(between=1.0))
    other = [replace(one, value=factor * one.value + shift) for one in given_]
    one, two = mixed_effect(given_), mixed_effect(other)
    assert ends(two.effect) == pytest.approx([factor * end for end in ends(one.effect)], rel=1e-4, abs=1e-6)


def ends(estimate: Estimate) -> list[float]:
    return [estimate.value, estimate.low, estimate.high]


@pytest.mark.parametrize("athletes", [1, 4])
def test_a_swap_of_labels_turns_the_effect_round(athletes: int):
    given_ = sessions(athletes=athletes, seed=9)
    swapped = [replace(one, arm="B" if one.arm == "A" else "A") for one in given_]
    assert ends(mixed_effect(swapped).effect) == pytest.approx(ends(mixed_effect(given_).effect.scaled(-1.0)))


def test_an_outlier_widens_the_interval():
    given_ = sessions(pairs=8, seed=10)
    wild = [replace(one, value=one.value + 30.0) if (one.pair, one.arm) == (3, "A") else one for one in given_]
    assert mixed_effect(wild).effect.half_width > 3.0 * mixed_effect(given_).effect.half_width
    assert mixed_effect(wild).effect.low < 0.0


def test_pairs_become_observations_in_the_claims_direction():
    pair = Pair("B", Estimate(2.0, 1.9, 2.1), Estimate(4.0, 3.9, 4.1))
    question = Question(0.05, "lower", 6, relative=True)
    a, b = observations_of("one", [None, pair], question)
    assert (a.pair, a.arm, a.place, b.place) == (1, "A", 2, 1)
    assert a.value - b.value == pytest.approx(math.log(2.0)) == pytest.approx(pair.change(question))


def refused(given_: list[Observation], match: str) -> None:
    with pytest.raises(NotResolvable, match=match):
        mixed_effect(given_)


def test_what_cannot_be_told_is_refused():
    refused(sessions(pairs=5), "5 complete pairs of one athlete; 6")
    refused(sessions(athletes=2), "two athletes")
    few = [one for one in sessions(athletes=3) if one.athlete != "athlete 2" or one.pair == 0]
    refused(few, "athlete 2 has one complete pair")
    same = [replace(one, place=1 if one.arm == "A" else 2) for one in sessions()]
    refused(same, "same arm came first")
    refused([replace(one, value=1.0) for one in sessions()], "do not differ")
    refused([one for one in sessions() if one.place == 1], "no pair")


def test_what_is_no_pair_is_bad_input():
    given_ = sessions()
    with pytest.raises(BadInput, match="same arm or the same place"):
        mixed_effect([*given_, given_[0]])
    with pytest.raises(BadInput, match="no number"):
        mixed_effect([replace(given_[0], value=math.nan), *given_[1:]])
    pair = Pair("A", Estimate(-1.0, -1.1, -0.9), Estimate(4.0, 3.9, 4.1))
    with pytest.raises(BadInput, match="no logarithm"):
        observations_of("one", [pair], Question(0.05, "higher", 6, relative=True))


def test_a_single_athlete_has_no_spread_and_no_next():
    found: MixedEffect = mixed_effect(sessions())
    assert found.spread is None and found.next_athlete is None
    assert found.athletes[0].shrunken is None
    assert found.athletes[0].own == found.effect
