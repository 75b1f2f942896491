"""Order, lag and transfer side by side: each with its own interval or reason, and never a score."""

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

import legato
from legato.analysis import Analysis
from legato.chain.model import Transfer
from legato.estimate import Estimate
from legato.report import report_html
from legato.report.themes import themes, themes_html
from legato.simulate import simulate

from .test_page import checked


def passed(gains: list[float | None]) -> tuple[Transfer, ...]:
    return tuple(
        Transfer(rep, "pelvis", "thorax", None if gain is None else Estimate.symmetric(gain, 0.1), None, "not timed")
        for rep, gain in enumerate(gains)
    )


def with_chain(analysis: Analysis, **changes: Any) -> Analysis:
    chain = analysis.chain
    assert chain is not None
    return replace(analysis, chain=replace(chain, **changes))


def told(analysis: Analysis) -> dict[str, tuple[str, str]]:
    return {theme.name: (theme.value, theme.about) for theme in themes(analysis)}


def test_the_three_stand_side_by_side_on_the_page_before_the_timeline(throw: Analysis):
    throw = with_chain(throw, transfers=passed([1.5, 1.4, 1.6, 1.5, 1.5]))
    page = report_html(throw)
    text = re.sub(r"\s+", " ", " ".join(checked(page).text))
    assert text.index("Order, lag, transfer") < text.index("Chain timeline")
    assert "they do not add up to a score" in text
    assert {name: bool(value) for name, (value, _) in told(throw).items()} == {
        "Order": True, "Lag": True, "Transfer": True,
    }  # fmt: skip


def test_order_and_lag_are_those_of_the_chain(throw: Analysis):
    found = told(throw)
    assert found["Order"] == ("80 (42 to 96) %", "of 4 reps in the order pelvis → thorax")
    value, about = found["Lag"]
    assert value.startswith("\u221238 ms (")
    assert about == "pelvis → thorax, peak, 4 reps: out of order"


def test_too_few_ordered_reps_give_no_share(throw: Analysis):
    chain = throw.chain
    assert chain is not None
    assert chain.order is not None
    value, about = told(with_chain(throw, order=replace(chain.order, n=1)))["Order"]
    assert (value, about) == ("", "1 of 5 whole reps could be ordered, which is too few to tell a share")


def test_a_gap_without_a_number_says_why(throw: Analysis):
    chain = throw.chain
    assert chain is not None
    gap = replace(
        chain.gaps[0], set_s=None, n=0, verdict="not-resolvable", reason="marker noise hides it; a faster camera"
    )
    value, about = told(with_chain(throw, gaps=(gap,)))["Lag"]
    assert value == ""
    assert about.startswith("pelvis → thorax, peak: ")


def test_a_gain_of_speed_is_the_sets_mean_and_refused_with_too_many_reps_lost(throw: Analysis):
    value, about = told(with_chain(throw, transfers=passed([1.5, 1.4, 1.6, 1.5, 1.5])))["Transfer"]
    # The mean is 1.5; each rep's own ± 0.1 counts in full, as it may be the same in all.
    assert value == "1.50 ± 0.12 ×"
    assert about == "peak rate of the thorax over that of the pelvis, 5 reps; speed, as no energy is known"
    value, about = told(with_chain(throw, transfers=passed([1.5, None, None, None, 1.5])))["Transfer"]
    assert value == ""
    assert "not timed" in about


def power(*steps: Any, drives: Any = None, refused: Any = None) -> Any:
    return SimpleNamespace(
        steps=steps, drives=drives or {"ascent": True}, refused=refused or {}, works=(), joints=(), load_name="bar"
    )


def step(start: str, to: str, ratio: float | None, phase: str = "ascent") -> Any:
    share = None if ratio is None else Estimate.symmetric(ratio, 0.05, "1")
    energy = SimpleNamespace(of_set=Estimate.symmetric(200.0, 12.0, "J"), n=5, per_rep=())
    return SimpleNamespace(
        from_link=start, to_link=to, phase=phase, energy=energy,
        ratio=SimpleNamespace(of_set=share, n=5, reason="" if share else "not known in any repetition"),
    )  # fmt: skip


def test_energy_stands_for_transfer_where_power_is_known(throw: Analysis):
    lift = replace(throw, power=power(step("legs", "pelvis", 0.3, "descent"), step("legs", "pelvis", 0.76)))
    value, about = told(lift)["Transfer"]
    assert value == "76 ± 5 %"
    assert about == "of the energy that the legs generate in the ascent reaches the pelvis"


def test_where_energy_is_refused_the_gain_of_speed_stands_for_it_or_the_reason(throw: Analysis):
    lift = replace(throw, power=power(step("legs", "pelvis", None)))
    assert told(lift)["Transfer"] == ("", "not known in any repetition")
    lift = replace(lift, power=power(step("legs", "pelvis", 0.8), refused={"": "the plates do not carry the masses"}))
    assert told(lift)["Transfer"] == ("", "the plates do not carry the masses")
    moved = with_chain(lift, transfers=passed([1.5, 1.5, 1.5, 1.5, 1.5]))
    assert told(moved)["Transfer"][0].endswith("×")


def test_a_chain_without_any_of_the_three_has_no_block(throw: Analysis):
    bare = with_chain(throw, gaps=(), order=None, transfers=())
    assert themes_html(bare) == ""
    assert "Order, lag, transfer" not in report_html(bare)


def test_electrodes_alone_have_no_block(alone: Any):
    assert themes(alone(marked=True)) == ()


@pytest.mark.slow
def test_the_gain_of_a_simulated_throw_is_the_ratio_of_its_peaks():
    made = simulate("throw", seed=5)
    analysis = legato.analyze(made.recording, "throw")
    chain = analysis.chain
    assert chain is not None
    peaks = {link.name: [e.value.value for e in link.per_rep if e.value is not None] for link in chain.links}
    ratio = sum(peaks["thorax"]) / sum(peaks["pelvis"])
    value = told(analysis)["Transfer"][0]
    found = float(value.partition(" ")[0])
    # Both are rounded to two decimals, and the mean of ratios is not quite the ratio of means.
    assert found == pytest.approx(ratio, abs=0.02)
