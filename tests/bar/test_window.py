"""The part of a way up that its mean velocity counts, where a sensor's velocity drifts."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from planted_bar import ways

from legato.analysis import analyze
from legato.bar.heights import track_from_height
from legato.bar.means import fast_part
from legato.bar.model import BarRep, BarResult, BarTrack, Tempo
from legato.bar.phases import find_ways
from legato.bar.reps import bar_reps
from legato.estimate import Estimate
from legato.load import read
from legato.recording import FloatArray
from legato.report.bar_task import convention_sentences

RATE_HZ, WAY_M, UP_S = 100.0, 0.6, 1.0


def _drifting(drift_m_s: float) -> BarTrack:
    """Four lifts from rest under a sensor whose velocity is wrong by `drift_m_s` at every rest, and says so."""
    starts = np.asarray([2.0 + 2.5 * k for k in range(8)], dtype=np.float64)
    t = np.arange(0.0, 24.0, 1.0 / RATE_HZ)
    height = ways(starts, np.full(8, UP_S), WAY_M * np.tile((1.0, -1.0), 4), np.zeros(8), t)
    track = track_from_height(height, RATE_HZ, 0.0, source="markers", stream="m", cutoff_hz=10.0)
    inside = np.where((t > 1.0) & (t < 23.0), drift_m_s, 0.0)
    kept = np.convolve(inside, np.ones(40) / 40.0, mode="same")
    # A sensor knows some of its drift, but not all: it is at rest now and then.
    wrong: FloatArray = np.asarray(kept * np.sin(2.0 * np.pi * (t - 2.0) / 5.0 + 0.7), dtype=np.float64)
    return replace(
        track,
        source="imu",
        velocity=track.velocity + wrong,
        velocity_sd=np.abs(wrong) + 0.02,
        ways=None,
        correlation_s=1.0,
    )


@pytest.mark.parametrize("drift_m_s", [0.0, 0.06, 0.12, 0.2])
def test_the_part_that_counts_lies_inside_the_way_up(drift_m_s: float):
    track = _drifting(drift_m_s)
    ups = [way for way in find_ways(track) if way.up]
    assert len(ups) == 4
    for way in ups:
        part = fast_part(track, way)
        assert part is not None
        assert part.start_s >= way.start_s - way.start_sd_s and part.end_s <= way.end_s + way.end_sd_s
        # Known at least as well as the way itself, and as how long a bar takes from rest to 0.05 m/s.
        assert part.start_sd_s <= np.hypot(way.start_sd_s, 0.1) and part.end_sd_s <= np.hypot(way.end_sd_s, 0.1)


@pytest.mark.parametrize("drift_m_s", [0.06, 0.12, 0.2])
def test_the_mean_velocity_agrees_with_range_and_time(drift_m_s: float):
    for rep in bar_reps(_drifting(drift_m_s)):
        assert rep.mean_velocity is not None and rep.range is not None and rep.tempo is not None
        lasted = rep.tempo.concentric_s
        assert lasted is not None
        # The part that counts is shorter than the way and misses little of it.
        assert rep.mean_velocity.high >= rep.range.value / lasted.value
        share = rep.range.half_width / rep.range.value + lasted.half_width / lasted.value
        assert rep.mean_velocity.half_width <= 1.3 * share * rep.mean_velocity.value


def _said(mean: float, rest: float, half_s: float) -> str:
    lasted = Estimate.symmetric(1.0, half_s, "s", 0.9)
    told = Estimate.symmetric(mean, 0.05, "m/s", 0.9)
    rep = BarRep(0, 0.0, 1.0, mean_velocity=told, from_rest=rest, tempo=Tempo(None, None, lasted, None))
    (sentence,) = convention_sentences(BarResult("imu", "s", (rep,), None, "", None, "", None))
    return sentence


def test_how_much_less_it_would_be_is_told_where_it_is_sure():
    assert "about 10 % less" in _said(0.5, 0.45, 0.05)
    for mean, rest, half_s in ((0.5, 0.45, 0.12), (0.5, 0.8, 0.05)):
        assert "%" not in _said(mean, rest, half_s) and "cannot be told here" in _said(mean, rest, half_s)


def test_a_way_is_as_long_in_the_tempo_as_between_its_ends_where_bars_turn_at_once(shared_data: Path):
    found = analyze(read(shared_data / "barbell-imu" / "deadlift-farm12.csv"), "deadlift")
    assert found.bar is not None
    for rep, own in zip(found.reps, found.bar.reps, strict=True):
        assert own.tempo is not None
        for phase in rep.phases:
            told = own.tempo.eccentric_s if phase.name == "eccentric" else own.tempo.concentric_s
            assert told is not None and told.value == pytest.approx(phase.end_s - phase.start_s, abs=1e-9)
