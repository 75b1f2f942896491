"""What the report says of coordination, in words."""

import dataclasses

from legato.analysis import Analysis
from legato.chain.coordination_model import CoordinationResult, GapDrift
from legato.estimate import Estimate
from legato.report.coordination import coordination_html


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
