"""The sentence that matters first, and how numbers are said."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.analysis import Analysis
from legato.chain.model import ChainResult, GapResult
from legato.estimate import Estimate
from legato.report import headline, summary_lines
from legato.report.findings import reason_of
from legato.report.words import (
    band_text,
    estimate_text,
    interval_ms,
    milliseconds,
    quantity_name,
    row_texts,
)


def first_gap(analysis: Analysis) -> GapResult:
    assert analysis.chain is not None
    return analysis.chain.gaps[0]


def with_gap(analysis: Any, **changes: Any) -> Any:
    gap = dataclasses.replace(analysis.chain.gaps[0], **changes)
    chain = dataclasses.replace(analysis.chain, gaps=(gap, *analysis.chain.gaps[1:]))
    return dataclasses.replace(analysis, chain=chain)


def test_a_fault_is_said_with_its_amount_interval_and_verdict(throw: Analysis):
    first, second = headline(throw).split("\n")
    assert first == (
        "The thorax peaks 38 ms before the pelvis in 4 of 4 resolved reps "
        "(90 % interval −46 to −30 ms): the order is wrong."
    )
    assert second == (
        "Sure of the order: the whole 90 % interval lies on one side of zero (4 reps). "
        "Source of the band: Serrien 2018, review of 14 (grade B)."
    )


def test_a_source_is_told_with_what_limits_it(throw: Analysis):
    cited = "Serrien 2018, J Hum Kinet 63:9"
    limited = with_gap(
        throw, source=f"{cited}; extended to throws in general; read in the library; against: Fradet 2004"
    )
    assert headline(limited).endswith(f"{cited} (grade B); extended to throws in general; against: Fradet 2004.")


def test_a_source_that_was_not_checked_is_no_ground_to_be_sure_without_saying_so(throw: Analysis):
    recalled = with_gap(throw, source="Serrien 2018 (recollection, not yet checked against the paper)")
    sure = headline(recalled).split("\n")[1].split(". ")[0]
    assert sure.startswith("Sure of the order: ")
    assert sure.endswith("; its source is not yet checked against the paper")


def test_a_right_order_is_said_so(throw: Analysis):
    right = with_gap(throw, set_s=Estimate.symmetric(0.021, 0.008, "s"), verdict="ok")
    assert headline(right).startswith("The thorax peaks 21 ms after the pelvis")
    assert headline(right).split("\n")[0].endswith("(90 % interval 13 to 29 ms): the order is right.")


def test_two_links_that_turn_together_are_said_against_their_band(squat: Analysis):
    first, second = headline(squat).split("\n")
    assert first.startswith("Hip and knee reach peak flexion together: 12 ms (90 % interval ")
    assert " reps" not in first
    assert first.endswith(": inside the band of −46 to 46 ms.")
    assert "but not of the amount" in second


def test_a_gap_outside_a_window_of_togetherness_counts_no_signs(squat: Analysis):
    late = with_gap(squat, set_s=Estimate.symmetric(0.08, 0.01, "s"), verdict="fault")
    first = headline(late).split("\n")[0]
    assert first.startswith("The knee reaches peak flexion 80 ms after the hip (90 % interval 70 to 90 ms): outside")


def test_the_marks_of_a_rep_are_told_in_order_of_time(squat: Analysis):
    rep = squat.reps[0].model_copy(update={"marks": {"stand": 2.5, "bottom": 1.5}})
    lines = summary_lines(dataclasses.replace(squat, reps=(rep, *squat.reps[1:])))
    assert any("bottom 1.50 s  stand 2.50 s" in line for line in lines)


def test_a_gap_has_no_more_figures_than_its_interval(throw: Analysis):
    vague = with_gap(throw, set_s=Estimate.symmetric(-0.0004, 0.024, "s"), verdict="not-resolvable")
    assert headline(vague).startswith("The thorax peaks at the same moment as the pelvis")
    sharp = with_gap(throw, set_s=Estimate.symmetric(-0.0034, 0.0012, "s"))
    assert headline(sharp).startswith("The thorax peaks 3.4 ms before the pelvis")


def test_an_interval_across_the_edge_is_not_resolvable_and_says_what_would_help(throw: Analysis):
    reason = "pelvis → thorax: the interval crosses zero; 12 reps or 250 Hz would resolve it"
    open_ = with_gap(throw, set_s=Estimate(0.004, -0.01, 0.018, unit="s"), verdict="not-resolvable", reason=reason)
    first, second = headline(open_).split("\n")
    assert first.endswith("which of them comes first is not resolvable.")
    assert second == "The interval crosses zero. 12 reps or 250 Hz would resolve it."


@pytest.mark.parametrize(
    ("band", "asked"),
    [
        ((0.0, None), "Whether the thorax peaks after the pelvis is not resolvable: marker noise hides it (pelvis)."),
        ((-0.01, 0.01), "Whether pelvis and thorax peak together is not resolvable: marker noise hides it (pelvis)."),
        (None, "How long after the pelvis the thorax peaks is not resolvable: marker noise hides it (pelvis)."),
    ],
)
def test_without_any_number_the_question_itself_is_refused(throw: Analysis, band: Any, asked: str):
    reason = "pelvis → thorax: pelvis: marker noise hides it; use a faster camera"
    bare = with_gap(throw, set_s=None, verdict="not-resolvable", band_s=band, n=0, reason=reason)
    assert headline(bare) == f"{asked}\nUse a faster camera."


@pytest.mark.parametrize("grade", ["N", "X"])
def test_a_band_without_support_is_never_judged(throw: Analysis, grade: str):
    unjudged = with_gap(throw, grade=grade, position="before", verdict="not-resolvable", reason="no source was found")
    first = headline(unjudged).split("\n")[0]
    assert "so it is not judged" in first
    assert "wrong" not in first


def test_a_single_rep_says_that_it_stands_for_itself_only(throw: Analysis):
    one = with_gap(throw, n=1, per_rep=first_gap(throw).per_rep[:1])
    assert "one rep only" in headline(one).split("\n")[1]
    assert " of 1 " not in headline(one)


def test_no_rep_and_no_chain_are_said_plainly(make_throw: Callable[..., Any]):
    assert headline(make_throw(reps=(), rep_metrics=())).startswith("No repetition of throw was found.")
    without = make_throw(chain=ChainResult((), (), None, ("no pelvis marker was seen",)))
    assert headline(without) == "5 whole reps of throw found; the chain was not judged.\nNo pelvis marker was seen."
    assert headline(make_throw(chain=None)).count("\n") == 1


def test_the_terminal_hears_gaps_with_intervals_and_reps_from_one(throw: Analysis):
    lines = summary_lines(throw)
    assert lines[0] == headline(throw).split("\n")[0]
    assert "  pelvis → thorax, peak: −38 ms (−46 to −30 ms), n = 4: out of order" in lines
    assert any(line.startswith("  1  0.90–2.10 s") for line in lines)
    at = next(i for i, line in enumerate(lines) if line.endswith(": not resolvable"))
    assert lines[at + 1].startswith("    No onset could be timed")


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (Estimate.symmetric(104.6, 0.94, "deg"), "104.6 ± 0.9°"),
        (Estimate.symmetric(1.9, 0.012, "s"), "1.900 ± 0.012 s"),
        (Estimate(101.0, 99.0, 105.0, unit="deg"), "101 (99 to 105)°"),
        (Estimate.symmetric(-0.04, 0.3, "deg"), "0.0 ± 0.3°"),
        (Estimate.symmetric(-5.0, 2.0, "deg/s"), "−5 ± 2 °/s"),
        (Estimate(2.0, 2.0, 2.0, unit="s"), "2.000 s"),
        (None, "—"),
    ],
)
def test_an_estimate_is_said_as_exactly_as_its_interval_allows(estimate: Estimate | None, text: str):
    assert estimate_text(estimate) == text


@given(st.floats(-1e4, 1e4), st.floats(1e-6, 1e4))
def test_what_is_printed_lies_within_half_an_interval_of_the_value(value: float, half: float):
    text = estimate_text(Estimate.symmetric(value, half, "s")).split(" ± ")[0].replace("−", "-")
    # Four decimals is the most that is printed, so below 1e-4 the interval itself is not shown in full.
    assert abs(float(text) - value) <= max(0.5 * half, 5.1e-5)


def test_estimates_side_by_side_have_the_same_decimals():
    row = [Estimate.symmetric(104.61, 0.94, "deg"), None, Estimate(101.0, 99.0, 105.0, unit="deg")]
    assert row_texts(row) == ["104.6 ± 0.9", "—", "101.0 (99.0 to 105.0)"]


def test_small_times_keep_a_decimal_and_bands_read_in_milliseconds():
    assert [milliseconds(t) for t in (0.038, 0.0042, -0.0004, 0.0)] == ["38", "4.2", "−0.4", "0"]
    assert interval_ms(Estimate.symmetric(0.004, 0.0011, "s")) == "2.9 to 5.1 ms"
    assert band_text((0.0, None)) == "0 ms and up"
    assert band_text((None, 0.03)) == "up to 30 ms"
    assert band_text(None) == "none"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("knee_flexion_right", "knee flexion, right"),
        ("thorax_pelvis_axial", "thorax on pelvis, axial (X-factor)"),
        ("bottom_s", "bottom"),
        ("x_factor_stretch_deg", "X-factor stretch"),
        ("rsi", "reactive strength index (flight / contact)"),
        ("height_flight_m", "height from flight time"),
    ],
)
def test_names_are_said_in_words(name: str, said: str):
    assert quantity_name(name) == said


@pytest.mark.parametrize(
    ("reason", "why", "remedy"),
    [
        ("pelvis → thorax: too slow; use 250 Hz", "too slow", "use 250 Hz"),
        ("pelvis → thorax: pelvis: noise hides it; use 250 Hz", "noise hides it (pelvis)", "use 250 Hz"),
        (
            "pelvis → thorax -8 ms (-25 to 9) reaches over the edge of the band -15 to 15 ms. About 9 reps would do.",
            "the interval reaches over the edge of the band −15 to 15 ms",
            "About 9 reps would do.",
        ),
        (
            "pelvis → thorax 38 ms (30 to 46): the whole interval lies inside the expected order.",
            "the whole interval lies inside the expected order",
            "",
        ),
        ("no baseline; give one", "no baseline", "give one"),
        (
            "pelvis → thorax: too wide. None suffice: 24 ms; use a plate.",
            "too wide",
            "None suffice: 24 ms; use a plate.",
        ),
    ],
)
def test_a_reason_loses_what_stands_beside_it_anyway(throw: Analysis, reason: str, why: str, remedy: str):
    gap = dataclasses.replace(first_gap(throw), reason=reason)
    assert reason_of(gap) == (why, remedy)


def test_an_interval_below_the_decimals_is_widened_to_them_and_never_shown_as_none():
    assert estimate_text(Estimate(0.04, 0.0, 0.4, unit="J"), decimals=0) == "0 (0 to 1) J"


def test_a_press_starts_and_extends_nothing(throw: Analysis):
    press = with_gap(throw, to_link="press", quantity="extension", event="onset", band_s=None)
    assert "he press starts " in headline(press) and "press starts to extend" not in headline(press)


def test_what_is_not_sure_stands_before_why_the_rest_is(throw: Analysis):
    wide = with_gap(throw, set_s=Estimate.symmetric(0.021, 0.018, "s"), verdict="ok", n=1)
    sure = headline(wide).split("\n")[1]
    assert sure.startswith("Sure of the order, but not of the amount: the whole 90 % interval lies on one side of zero")
    assert "; one rep only, so it says nothing of the next. " in sure


def test_a_source_recalled_is_named_without_its_remark_in_the_head(throw: Analysis):
    recalled = with_gap(throw, source="Serrien 2018 (recollection, not yet checked against the paper); others")
    assert headline(recalled).endswith("Source of the band: Serrien 2018 (grade B).")
