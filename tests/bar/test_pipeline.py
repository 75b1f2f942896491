"""A recording of a bar alone through the whole pipeline: repetitions, result.json and report."""

import numpy as np
import pytest
from planted_bar import ways

from legato.analysis import analyze
from legato.errors import BadInput
from legato.recording import Recording, Stream
from legato.report import report_html


def _transducer() -> Recording:
    t = np.arange(0.0, 14.0, 0.01)
    starts = np.array([1.0, 3.0, 5.0, 7.0, 9.0, 11.0])
    height = ways(starts, np.full(6, 1.0), np.array([0.5, -0.5] * 3), np.zeros(6), t)
    return Recording((Stream("table", "table", height[:, None], 100.0, ("position",), ("m",)),))


def test_a_bar_alone_is_analysed_to_the_report():
    result = analyze(_transducer(), "deadlift", load_kg=100.0)
    assert len(result.reps) == 3
    bar = result.to_dict()["bar"]
    # A minimum-jerk way of 0.5 m in 1 s peaks at 0.9375 m/s.
    assert [rep["peak_velocity"]["value"] for rep in bar["reps"]] == pytest.approx([0.9375] * 3, abs=0.02)
    assert bar["reps"][0]["mean_power"]["unit"] == "W"
    page = report_html(result)
    assert 'id="bar"' in page and "3 reps of deadlift measured" in page


def test_a_bar_alone_does_not_tell_its_movement():
    with pytest.raises(BadInput, match="name it with --movement"):
        analyze(_transducer())
