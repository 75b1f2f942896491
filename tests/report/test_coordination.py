"""What the report says of coordination, in words."""

import dataclasses

from legato.analysis import Analysis
from legato.chain.coordination_model import CoordinationResult, GapDrift
from legato.estimate import Estimate
from legato.report.coordination import coordination_html, drift_sentences
from legato.report.summary import summary_lines


def test_a_drift_is_said_by_where_the_second_link_moves_and_in_the_events_own_words(squat: Analysis):
    assert squat.chain is not None
    gap = squat.chain.gaps[0]
    slope = Estimate.symmetric(0.004, 0.001, "s/rep")
    drift = GapDrift(gap.from_link, gap.to_link, gap.event, "rep", slope, 6, "later")
    page = coordination_html(dataclasses.replace(squat, coordination=CoordinationResult((), (drift,))))
    assert "hip → knee, peak flexion" in page
    assert "the knee moves later" in page
    assert "zero" not in page
    assert "grows" not in page


def test_drifts_are_sentences_with_the_slope_and_each_reason_stands_once(squat: Analysis):
    assert squat.chain is not None
    gap = squat.chain.gaps[0]
    about = (gap.from_link, gap.to_link, gap.event)
    drifts = (
        GapDrift(*about, "load", Estimate.symmetric(0.001, 0.0002, "s/kg"), 6, "later"),
        GapDrift(*about, "rep", Estimate.symmetric(0.001, 0.002, "s/rep"), 6, "not-resolvable", "no drift as well"),
        GapDrift(*about, "slowing", Estimate.symmetric(0.001, 0.002, "s/%"), 6, "not-resolvable", "no drift as well"),
    )
    assert drift_sentences(drifts, squat.chain.gaps) == [
        "Hip → knee, peak flexion: the knee moves later with load (1.0 ± 0.2 ms a kg).",
        "No other drift of a gap is shown: with each rep, as reps slow.",
    ]
    page = coordination_html(dataclasses.replace(squat, coordination=CoordinationResult((), drifts)))
    assert page.count("No drift as well.") == 1
    few = [
        GapDrift(*about, name, None, 3, "not-resolvable", "3 of at least 4 reps are timed") for name in ("rep", "load")
    ]
    assert drift_sentences(few, squat.chain.gaps) == [
        "Whether a gap drifts cannot be told: 3 of at least 4 reps are timed."
    ]


def test_a_load_that_rose_with_the_count_is_said_beside_the_drift_that_is_shown(squat: Analysis):
    assert squat.chain is not None
    gap = squat.chain.gaps[0]
    about = (gap.from_link, gap.to_link, gap.event)
    why = "the load rose with each repetition; which of the two it is cannot be told"
    drifts = (
        GapDrift(*about, "rep", Estimate.symmetric(0.004, 0.001, "s/rep"), 6, "later"),
        GapDrift(*about, "load", None, 6, "not-resolvable", why),
    )
    assert drift_sentences(drifts, squat.chain.gaps) == [
        "Hip → knee, peak flexion: the knee moves later with each rep (4 ± 1 ms a rep).",
        f"With load: {why}.",
    ]
    shown = summary_lines(dataclasses.replace(squat, coordination=CoordinationResult((), drifts)))
    assert f"  With load: {why}." in shown
