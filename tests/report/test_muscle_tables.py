"""What muscles do together in the report: each number with unit and interval, each reason once, no empty table."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from legato.estimate import Estimate
from legato.muscles.between import BetweenMuscles, ChannelResult, PairResult, SideResult
from legato.muscles.brace_sides import SideBrace
from legato.muscles.bracing import brace_without_shrug
from legato.muscles.fatigue import Fatigue, Trend
from legato.muscles.order import ActivationOrder, PairOrder
from legato.muscles.phase_locking import PhaseLocking
from legato.muscles.symmetry import AmplitudeSymmetry, TimingSymmetry
from legato.muscles.synergies import Similarity, Synergies
from legato.report import report_html
from legato.report.between_record import between_record
from legato.report.muscle_tables import order_sentences, together_html

TOO_SHORT = "0.26 s are too short for a spectrum; give 0.5 s or more"


@pytest.fixture
def compared(press: Any) -> Callable[..., Any]:
    """The presses with what their two muscles do together."""
    first, second = press.muscles.muscles[:2]
    share = Estimate(0.92, 0.43, 1.0)
    names = (first.label, second.label)
    order = ActivationOrder(
        "centre", names, (), (PairOrder(*names, Estimate(1.0, 0.99, 1.0), 0, 12),), names, share, share,
        Estimate(0.98, 0.68, 1.0), 12,
    )  # fmt: skip
    locked = PhaseLocking(Estimate(0.9, 0.7, 0.97), 0.91, 0.5, 0.001, Estimate.symmetric(0.5236, 0.05, "rad"), 12)
    open_trend = Trend(None, None, "not-resolvable", TOO_SHORT)
    tired = Fatigue((), (), Trend(None, Estimate.symmetric(-14.0, 5.0, "%"), "falls"), open_trend, open_trend)

    def build(**changes: Any) -> Any:
        found = BetweenMuscles(
            orders=(order,),
            locking=(PairResult(first, second, locking=locked),),
            fatigue=(ChannelResult(first, fatigue=tired), ChannelResult(second, reason=TOO_SHORT)),
        )
        found = dataclasses.replace(found, **changes)
        return dataclasses.replace(press, muscles=dataclasses.replace(press.muscles, between=found))

    return build


def test_the_commonest_order_is_a_sentence_with_its_count_and_interval(compared: Callable[..., Any]):
    record = between_record(compared().muscles)
    assert record is not None
    said = order_sentences(record["measures"])
    assert len(said) == 1
    assert said[0] == (
        "The commonest order of burst centres: vastus lateralis, right → pectoralis major, right, "
        "seen in 11 of 12 repetitions. How many further repetitions like these keep it is open "
        "(90 % interval 43 to 100 %): they are few, or bursts lie too close together to tell which is first."
    )
    assert "<td>11 of 12 seen; of others 43 to 100 %</td>" in together_html(compared())


def test_an_order_that_further_reps_surely_keep_says_how_many(compared: Callable[..., Any]):
    order = dataclasses.replace(compared().muscles.between.orders[0], share_of_most_common=Estimate(1.0, 0.82, 1.0))
    record = between_record(compared(orders=(order,)).muscles)
    assert record is not None
    (said,) = order_sentences(record["measures"])
    assert said.endswith(
        "seen in 12 of 12 repetitions. Of further repetitions like these, 82 to 100 % keep it (90 % interval)."
    )


def test_an_order_that_most_reps_do_not_keep_is_no_order(compared: Callable[..., Any]):
    order = dataclasses.replace(compared().muscles.between.orders[0], share_of_most_common=Estimate(0.25, 0.0, 0.6))
    record = between_record(compared(orders=(order,)).muscles)
    assert record is not None
    assert order_sentences(record["measures"]) == [
        "Most repetitions share no order of burst centres: the commonest was seen in 3 of 12 repetitions."
    ]


def test_every_group_that_was_compared_has_its_table(compared: Callable[..., Any]):
    shown = together_html(compared())
    for title in ("Order of activation", "Phase locking", "Fatigue over the set"):
        assert f"<summary>{title}</summary>" in shown
    assert "<summary>Bracing</summary>" not in shown
    assert "<td>0.90 (0.70 to 0.97)</td><td>12</td><td>beyond chance (up to 0.50 by chance)</td>" in shown
    assert "30 ± 3°" in shown
    assert "−14 % (−19 to −9 %)" in shown
    assert "falls" in shown
    assert "<td>above 99 %</td>" in together_html(compared(orders=(certain_order(compared()),)))


def certain_order(analysis: Any) -> ActivationOrder:
    """The order with no doubt left of its pair."""
    order = analysis.muscles.between.orders[0]
    return dataclasses.replace(order, pairs=(dataclasses.replace(order.pairs[0], share=Estimate(1.0, 0.999, 1.0)),))


def test_a_brace_is_told_as_it_is_and_a_shrug_above_rest(compared: Callable[..., Any]):
    trunk, trapezius, rest = (Estimate.symmetric(v, 1.0, unit="%") for v in (20.0, 5.0, 2.0))
    told = SideBrace(None, None, None, brace_without_shrug(trunk, trapezius, rest))
    html = together_html(compared(brace_without_shrug=(told,)))
    # The trunk is not freed of its rest; the trapezius is: 5 % less 2 %, its half-width the root of two squares of 1 %.
    assert "<td>trunk, in % of its maximal contraction</td><td>20 % (19 to 21 %)</td>" in html
    assert "<td>upper trapezius above its rest, in % of its maximal contraction</td><td>3 % (2 to 4 %)</td>" in html


def test_one_rep_makes_no_usual_order(compared: Callable[..., Any]):
    order = dataclasses.replace(compared().muscles.between.orders[0], n=1)
    assert "The commonest order" not in together_html(compared(orders=(order,)))


def test_what_was_not_told_has_its_reason_once(compared: Callable[..., Any]):
    assert together_html(compared()).count("too short for a spectrum") == 1


def test_nothing_compared_leaves_no_heading(compared: Callable[..., Any], press: Any, squat: Any):
    assert together_html(press) == ""
    assert together_html(squat) == ""
    bare = compared(orders=(), locking=(), fatigue=())
    assert "What the muscles do together" not in report_html(bare)
    assert "What the muscles do together" in report_html(compared())


def test_sides_have_a_lag_and_a_difference_of_amplitude_or_the_reason(compared: Callable[..., Any]):
    first, second = compared().muscles.muscles[:2]
    lag = TimingSymmetry(Estimate.symmetric(0.030, 0.010, "s"), 12, "left")
    index = AmplitudeSymmetry(Estimate(40.0, 31.0, 49.0, unit="%"), 11, "right")
    html = together_html(compared(sides=(SideResult(first, second, lag, amplitude=index),)))
    assert "amplitude, right minus left, in % of their mean" in html
    assert "40 % (31 to 49 %)" in html and "<td>11</td><td>right</td>" in html
    why = "amplitude of vastus lateralis: record one of each side"
    record = between_record(compared(sides=(SideResult(first, second, lag, amplitude_reason=why),)).muscles)
    assert record is not None
    (told,) = [m for m in record["measures"] if m["measure"] == "amplitude-right-minus-left"]
    assert told["set"] is None and told["n"] == 0 and told["reason"] == why


@pytest.mark.parametrize(("cosine", "said"), [(0.70, "0.70, no more"), (0.94, "0.94, more")])
def test_what_unrelated_groups_reach_stands_beside_how_well_the_groups_return(
    compared: Callable[..., Any], cosine: float, said: str
):
    found = Synergies(("a", "b"), np.eye(2), np.ones((9, 2)), 0.95, np.array([0.9, 0.97]), (0.8, 0.95), 0.9)
    halves = Similarity(((0, 0), (1, 1)), (cosine, cosine), 0.72, 0.84)
    html = together_html(compared(synergies=found, halves=halves))
    assert f"with a mean cosine of {said} than by chance (unrelated groups: 0.72, in one of 20 cases 0.84" in html
