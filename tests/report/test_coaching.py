"""Refusals by cause, and the chain's reasons in a coach's words."""

import dataclasses

import pytest

from legato.analysis import Analysis
from legato.chain.model import RepGap
from legato.report import summary_lines
from legato.report.coaching import coached, refusal_counts
from legato.report.findings import gap_band_text, reason_of
from legato.signals import timing


@pytest.mark.parametrize(
    "cause",
    [timing.EDGE, timing.NOISE, timing.ALIKE, timing.FILLED, timing.MISSING, timing.UNSTEADY, timing.FRAMES],
)
def test_every_cause_that_the_chain_knows_has_words(cause: str):
    other = timing.NOISE if cause != timing.NOISE else timing.EDGE
    assert refusal_counts([f"hip: {cause}", f"hip: {other}", f"hip: {cause}"]).endswith("(1×)")


def test_refusals_of_one_cause_need_no_list():
    assert refusal_counts([f"hip: {timing.EDGE}"] * 3) == ""
    assert refusal_counts(["the rep is not complete", f"hip: {timing.EDGE}"]) == ""


def test_refusals_of_several_causes_are_counted_on_page_and_terminal(throw: Analysis):
    assert throw.chain is not None
    whys = (timing.NOISE, timing.EDGE, timing.EDGE)
    per_rep = tuple(RepGap(i, None, f"hip: {why}") for i, why in enumerate(whys))
    gap = dataclasses.replace(
        throw.chain.gaps[0],
        per_rep=per_rep,
        set_s=None,
        n=0,
        verdict="not-resolvable",
        reason=f"pelvis → thorax: hip: {timing.EDGE}; start the recording earlier",
    )
    said = "3 of 3 reps cannot be timed (hip: at the very start or end of the phase (2×), hip: marker noise (1×))"
    assert reason_of(gap) == (said, "start the recording earlier")
    chain = dataclasses.replace(throw.chain, gaps=(gap,))
    assert any(said in line for line in summary_lines(dataclasses.replace(throw, chain=chain)))


def test_reasons_are_said_as_a_coach_would():
    assert coached(timing.ALIKE) == "two peaks of nearly the same height"
    assert coached(timing.EDGE) == "the event lies at the very start or end of the phase"
    wide = "The interval is wider than the band, so ok is impossible with this recording."
    assert "cannot be shown to lie inside the band" in coached(wide)
    assert coached("a rigid marker plate or a faster movement would help.") == "a faster movement would help."


def test_a_band_says_what_it_asks_of_the_links(squat: Analysis, throw: Analysis):
    assert squat.chain is not None
    assert throw.chain is not None
    assert gap_band_text(squat.chain.gaps[0]) == "knee and hip together, \u221246 to 46 ms"
    assert gap_band_text(throw.chain.gaps[0]) == "thorax after pelvis, 0 ms and up"
    assert gap_band_text(dataclasses.replace(throw.chain.gaps[0], band_s=None)) == "none"
