"""Drift, loop and tilt of a bar whose ends carry markers, planted in closed form."""

import numpy as np
import pytest
from planted_bar import ways

from legato.bar.markers import track_from_markers
from legato.bar.model import BarRep
from legato.bar.reps import bar_reps
from legato.recording import FloatArray, Stream


def _lasting_noise(rng: np.random.Generator, sd: float, shape: tuple[int, ...], lasts: float) -> FloatArray:
    """Noise (time first) of which each sample keeps the share `lasts` of the one before."""
    noise = rng.normal(0.0, sd, shape)
    for k in range(1, shape[0]):
        noise[k] = lasts * noise[k - 1] + np.sqrt(1.0 - lasts**2) * noise[k]
    return noise


def lifts(
    rate_hz: float, noise_m: float, *, tilt_rad: float = 0.0, loop_m: float = 0.0, sets: int = 1, lasts: float = 0.0
) -> list[BarRep]:
    """Repetitions of half a metre, four a set; the way down lies ahead of the way up by `loop_m` at half its height; of
    the noise the share `lasts` stays from sample to sample.
    """
    rng = np.random.default_rng(0)
    found: list[BarRep] = []
    for _ in range(sets):
        starts: FloatArray = np.asarray(1.2 + 4.5 * np.arange(4), np.float64)
        begin = np.column_stack((starts, starts + 1.7)).ravel()
        t = np.arange(0.0, 19.0, 1.0 / rate_hz)
        height = 1.0 + ways(begin, np.tile((0.9, 1.4), 4), np.tile((0.5, -0.5), 4), np.zeros(8), t)
        ahead = np.zeros(t.size)
        for start in starts:
            down = (t >= start + 1.7) & (t < start + 3.1)
            ahead[down] += loop_m * np.sin(np.pi * (height[down] - 1.0) / 0.5) ** 2
        ends = np.zeros((t.size, 2, 3))
        for k, side in enumerate((-1.0, 1.0)):
            ends[:, k, 0] = ahead
            ends[:, k, 1] = 0.9 * side
            ends[:, k, 2] = height + 0.9 * side * np.tan(tilt_rad)
        ends += _lasting_noise(rng, noise_m, ends.shape, lasts)
        track = track_from_markers(Stream("m", "markers", ends, rate_hz, ("RBAR", "LBAR"), ("m", "m")))
        assert track is not None
        found += bar_reps(track)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("tilt_rad", "loop_m"), [(0.0, 0.0), (0.0175, 0.05)])
@pytest.mark.parametrize(("rate_hz", "noise_m"), [(100.0, 5e-4), (100.0, 2e-3), (1000.0, 1e-3)])
def test_the_intervals_hold_the_planted_path(rate_hz: float, noise_m: float, tilt_rad: float, loop_m: float):
    reps = lifts(rate_hz, noise_m, tilt_rad=tilt_rad, loop_m=loop_m, sets=15)
    # 60 repetitions: two standard errors are 8 points. The largest raw sample with its own error held none.
    for told, truth in (
        ([rep.tilt for rep in reps], tilt_rad),
        ([rep.loop for rep in reps], loop_m),
        ([rep.forward_drift for rep in reps], 0.0),
    ):
        held = [e.holds(truth) for e in told if e is not None]
        assert len(held) >= 55
        assert np.mean(held) >= 0.82


@pytest.mark.slow
def test_the_intervals_allow_for_noise_that_lasts():
    reps = lifts(100.0, 5e-4, tilt_rad=0.0175, loop_m=0.05, sets=15, lasts=0.8)
    for told, truth in (
        ([rep.tilt for rep in reps], 0.0175),
        ([rep.loop for rep in reps], 0.05),
        ([rep.forward_drift for rep in reps], 0.0),
    ):
        held = [e.holds(truth) for e in told if e is not None]
        # 60 repetitions: two standard errors are 8 points. As white noise it was held in 0 and 37 %.
        assert len(held) >= 55
        assert np.mean(held) >= 0.8


def test_a_tilt_and_a_loop_without_noise_are_exact():
    for rep in lifts(200.0, 1e-6, tilt_rad=-0.02, loop_m=0.05):
        assert rep.tilt is not None and rep.tilt.value == pytest.approx(-0.02, abs=1e-5)
        assert rep.loop is not None and rep.loop.value == pytest.approx(0.05, abs=5e-4)
        assert rep.forward_drift is not None and rep.forward_drift.value == pytest.approx(0.0, abs=1e-5)
