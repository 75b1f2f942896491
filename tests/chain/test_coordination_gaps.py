"""Markers that are missing for a while in every repetition cost what they show there, and no more."""

from dataclasses import replace

import numpy as np

import legato
from legato.simulate import simulate


def test_a_thigh_unseen_in_every_repetition_costs_its_own_couplings_only() -> None:
    made = simulate("back-squat", reps=3, seed=2)
    stream = made.recording.streams[0]
    values = stream.values.copy()
    thigh = [k for k, name in enumerate(stream.channels) if name in ("RTHI", "RTHI2", "RKNE", "RKNM")]
    assert thigh
    for rep in made.truth["reps"]:
        # A tenth of the repetition as it begins, too long to be bridged.
        first, length = round(rep["start_s"] * stream.rate_hz), round(0.4 * stream.rate_hz)
        values[first : first + length, thigh] = np.nan
    gappy = replace(made.recording, streams=(replace(stream, values=values), *made.recording.streams[1:]))
    whole, found = (legato.analyze(r, "back-squat").coordination for r in (made.recording, gappy))
    assert whole is not None and found is not None
    lags = [
        {(m.subject, m.side) for m in x.measures if m.measure == "lag" and m.set_value is not None}
        for x in (whole, found)
    ]
    assert lags[1] < lags[0]
    assert {side for _, side in lags[0] - lags[1]} == {"right"}
