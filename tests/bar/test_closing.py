"""A sensor whose bar does not come back to where it was: its intervals are widened, and it is said."""

from dataclasses import replace

import numpy as np
import pytest
from planted_bar import plant

from legato.bar.closing import with_closed_ways
from legato.bar.imu import track_from_imu
from legato.bar.model import BarTrack
from legato.bar.phases import find_ways
from legato.bar.reps import bar_reps


def planted_track(seed: int, **how: object) -> BarTrack:
    bar = plant(np.random.default_rng(seed), **how)  # type: ignore[arg-type]
    return track_from_imu(bar.time_s, bar.pull, bar.turning)


def wandering(track: BarTrack, sd_m: float) -> BarTrack:
    """The same with another length of every way, as a pull that is off for the length of one makes it."""
    rng = np.random.default_rng(1)
    velocity = track.velocity.copy()
    for way in find_ways(track):
        inside = slice(way.first, way.stop)
        hump = np.sin(np.pi * np.linspace(0.0, 1.0, way.stop - way.first)) ** 2
        velocity[inside] += rng.normal(0.0, sd_m) * hump / hump.sum() * track.rate_hz
    height = np.concatenate((np.zeros(1), np.cumsum(0.5 * (velocity[1:] + velocity[:-1])))) / track.rate_hz
    return replace(track, velocity=velocity, height=height)


@pytest.mark.parametrize("lowered_first", [False, True])
def test_a_sensor_that_says_its_errors_is_left_as_it_is(lowered_first: bool):
    said = [planted_track(seed, lowered_first=lowered_first).notes for seed in range(500, 506)]
    # One set in a hundred by chance.
    assert sum("differ by" in " ".join(notes) for notes in said) == 0


def test_ways_that_do_not_close_widen_the_intervals():
    track = planted_track(510)
    off = wandering(track, 0.08)
    wider = with_closed_ways(off)
    (note,) = [n for n in wider.notes if "differ by" in n]
    assert "times as wide" in note
    before, after = bar_reps(off), bar_reps(wider)
    for one, other in zip(before, after, strict=True):
        assert one.range is not None and other.range is not None
        assert other.range.value == pytest.approx(one.range.value, rel=0.05)
        assert other.range.half_width > 2.0 * one.range.half_width


def test_partial_repetitions_are_no_drift():
    # Ranges of 0.35 to 0.65 m in one set.
    track = planted_track(511, reps=8)
    ranges = [rep.range.value for rep in bar_reps(track) if rep.range is not None]
    assert max(ranges) - min(ranges) > 0.15
    assert with_closed_ways(track) is track
