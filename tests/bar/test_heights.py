"""Heights and velocities of lifts in closed form: do the intervals of the peak hold, and what gaps and clocks do."""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.special import betainc
from scipy.stats import beta

from legato.bar.heights import track_from_height, track_from_velocity
from legato.bar.model import BarRep, BarTrack
from legato.bar.reps import bar_reps
from legato.bar.tables import track_from_transducer
from legato.errors import BadInput
from legato.recording import FloatArray, Stream

RISES = {"even": (3.0, 3.0), "early": (2.5, 4.0), "late": (4.0, 2.0)}
"""Lifts whose velocity is a beta density: (3, 3) is the minimum-jerk lift. Modes and heights are scipy's."""


@dataclass(frozen=True, slots=True)
class Planted:
    """Times, height, velocity and what is true of each lift."""

    t: FloatArray
    height: FloatArray
    velocity: FloatArray
    peak: float
    went: float


def planted(rate_hz: float, lasts_s: float, went_m: float, rise: str = "even", lifts: int = 4) -> Planted:
    """Lifts that start at 1.2 s, each followed by a hold of 0.8 s and a way down of 1.4 s."""
    starts = 1.2 + np.arange(lifts) * (lasts_s + 3.63)
    t = np.arange(0.0, starts[-1] + lasts_s + 3.4, 1.0 / rate_hz)
    height, velocity = np.zeros(t.size), np.zeros(t.size)
    a, b = RISES[rise]
    for start in starts:
        up, down = np.clip((t - start) / lasts_s, 0, 1), np.clip((t - start - lasts_s - 0.8) / 1.4, 0, 1)
        height += went_m * (betainc(a, b, up) - betainc(3.0, 3.0, down))
        velocity += went_m * (beta.pdf(up, a, b) / lasts_s - beta.pdf(down, 3.0, 3.0) / 1.4)
    top = float(beta.pdf((a - 1.0) / (a + b - 2.0), a, b))
    return Planted(t, height, velocity, went_m / lasts_s * top, went_m)


def table(values: FloatArray, times: FloatArray, unit: str = "m") -> Stream:
    name = "position" if unit == "m" else "velocity"
    rate = 1.0 / float(np.median(np.diff(times)))
    return Stream("t.csv", "table", values[:, None], rate, (name,), (unit,), time_s=times)


def peaks(track: BarTrack | None) -> list[BarRep]:
    assert track is not None
    return list(bar_reps(track))


def coverage(
    of_velocity: bool, rate_hz: float, noise: float, lasts: tuple[float, float], tries: int
) -> tuple[float, float]:
    """How often the peak's interval holds, and how many repetitions were refused."""
    rng = np.random.default_rng(20)
    held: list[bool] = []
    refused = 0
    for _ in range(tries):
        made = planted(rate_hz, rng.uniform(*lasts), rng.uniform(0.4, 0.6), str(rng.choice(list(RISES))))
        noisy = (made.velocity if of_velocity else made.height) + noise * rng.standard_normal(made.t.size)
        track = (
            track_from_velocity(noisy, rate_hz, 0.0, stream="v")
            if of_velocity
            else track_from_height(noisy, rate_hz, 0.0, source="markers", stream="m")
        )
        for rep in peaks(track):
            refused += rep.peak_velocity is None
            held += [] if rep.peak_velocity is None else [rep.peak_velocity.holds(made.peak)]
    return float(np.mean(held)), refused / (4 * tries)


@pytest.mark.parametrize("rate_hz", [25.0, 100.0])
def test_fast_lifts_keep_their_peak_at_low_rates(rate_hz: float):
    # Half-amplitude at 10 Hz blurs by less than 1 %; central differences alone would lose 4 % at 25 samples/s.
    made = planted(rate_hz, 0.4, 0.5)
    for rep in peaks(track_from_height(made.height, rate_hz, 0.0, source="markers", stream="m")):
        assert rep.peak_velocity is not None
        assert rep.peak_velocity.value == pytest.approx(made.peak, rel=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("lasts", [(0.3, 0.6), (0.6, 1.5)])
@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0, 1000.0])
@pytest.mark.parametrize("noise_m", [1e-4, 5e-4, 2e-3])
def test_intervals_of_peaks_from_heights_hold(rate_hz: float, noise_m: float, lasts: tuple[float, float]):
    share, refused = coverage(False, rate_hz, noise_m, lasts, 12 if rate_hz < 500.0 else 5)
    # 48 and 20 repetitions, four of a set alike: two SE of 90 % are 9 points and more.
    assert share >= 0.8
    assert refused <= 0.15


@pytest.mark.slow
@pytest.mark.parametrize("lasts", [(0.3, 0.6), (0.6, 1.5)])
@pytest.mark.parametrize(("rate_hz", "noise_m_s"), [(25.0, 0.02), (100.0, 0.02), (1000.0, 0.02), (1000.0, 0.05)])
def test_intervals_of_peaks_from_velocities_hold(rate_hz: float, noise_m_s: float, lasts: tuple[float, float]):
    share, refused = coverage(True, rate_hz, noise_m_s, lasts, 12 if rate_hz < 500.0 else 5)
    assert share >= 0.8
    assert refused == 0.0


def test_the_noise_of_a_velocity_is_that_of_the_velocity():
    made = planted(100.0, 0.9, 0.5)
    resting = made.t < 1.0
    told: list[float] = []
    rest: list[FloatArray] = []
    for seed in range(8):
        noisy = made.velocity + 0.02 * np.random.default_rng(seed).standard_normal(made.t.size)
        track = track_from_velocity(noisy, 100.0, 0.0, stream="v")
        told.append(float(track.velocity_sd[resting].mean()))
        rest.append(track.velocity[resting])
    # White noise of 0.02 m/s, low-passed; read as a position's it was told a tenth as large. Eight rests of a second
    # hold some 100 independent values: two SE are 14 %, and cut-offs and ends differ a little.
    assert float(np.mean(told)) == pytest.approx(float(np.std(rest)), rel=0.25)


def test_a_short_gap_in_a_velocity_is_bridged_and_a_long_one_is_lost():
    made = planted(100.0, 0.9, 0.5, lifts=2)
    noisy = made.velocity + 0.005 * np.random.default_rng(0).standard_normal(made.t.size)
    short = noisy.copy()
    short[160:170] = np.nan
    first, second = peaks(track_from_velocity(short, 100.0, 0.0, stream="v"))
    assert first.range is not None and first.mean_velocity is not None and second.range is not None
    assert first.range.value == pytest.approx(0.5, abs=0.02)
    assert first.range.holds(0.5) and second.range.holds(0.5)
    assert first.range.half_width > second.range.half_width
    long = noisy.copy()
    long[150:175] = np.nan
    track = track_from_velocity(long, 100.0, 0.0, stream="v")
    assert [(round(span.start_s, 2), round(span.end_s, 2)) for span, _ in track.lost] == [(1.5, 1.75)]
    assert "0.25 s" in track.lost[0][1]


@pytest.mark.slow
@pytest.mark.parametrize("gap", [5, 10, 15])
def test_intervals_of_a_velocity_with_a_bridged_gap_hold(gap: int):
    rng = np.random.default_rng(3)
    held: list[bool] = []
    for _ in range(50):
        made = planted(100.0, rng.uniform(0.5, 1.2), 0.5, str(rng.choice(list(RISES))), lifts=1)
        noisy = made.velocity + 0.005 * rng.standard_normal(made.t.size)
        first = int(rng.integers(125, 165))
        noisy[first : first + gap] = np.nan
        (rep,) = peaks(track_from_velocity(noisy, 100.0, 0.0, stream="v"))
        assert rep.range is not None and rep.peak_velocity is not None
        held += [rep.range.holds(0.5), rep.peak_velocity.holds(made.peak)]
    # 100 answers, two of a lift: two SE of 90 % are 6 points and more.
    assert float(np.mean(held)) >= 0.83


def test_a_way_too_short_for_the_low_pass_is_refused_with_what_to_do():
    made = planted(20.0, 0.16, 0.5, "late")
    reasons = {rep.reason for rep in peaks(track_from_height(made.height, 20.0, 0.0, source="markers", stream="m"))}
    assert all("record more samples a second" in reason for reason in reasons)


@pytest.mark.parametrize("unit", ["m", "m/s"])
def test_rows_that_are_fewer_at_rest_keep_their_times(unit: str):
    made = planted(50.0, 0.9, 0.5, lifts=2)
    kept = (np.abs(made.velocity) > 1e-6) | (np.arange(made.t.size) % 3 == 0)
    values = made.height if unit == "m" else made.velocity
    for rep in peaks(track_from_transducer(table(values[kept], made.t[kept], unit))):
        assert rep.peak_velocity is not None
        assert rep.peak_velocity.value == pytest.approx(made.peak, rel=0.005)
        assert rep.start_s == pytest.approx(1.2 + 4.53 * rep.rep, abs=0.04)


def test_a_stretch_without_rows_is_lost():
    made = planted(100.0, 0.9, 0.5, lifts=2)
    kept = (made.t < 1.4) | (made.t > 1.8)
    track = track_from_transducer(table(made.height[kept], made.t[kept]))
    assert track is not None
    (span,) = [span for span, _ in track.lost]
    assert (span.start_s, span.end_s) == pytest.approx((1.4, 1.8), abs=0.021)


def test_rows_written_a_distance_are_refused():
    made = planted(1000.0, 0.9, 0.5, lifts=2)
    rows = [0]
    for i in range(1, made.t.size):
        if abs(made.height[i] - made.height[rows[-1]]) >= 0.01 or made.t[i] - made.t[rows[-1]] >= 0.25:
            rows.append(i)
    with pytest.raises(BadInput, match="written a distance; export it at an even rate"):
        track_from_transducer(table(made.height[rows], made.t[rows]))


def test_times_that_step_back_are_refused_where_they_do():
    made = planted(50.0, 0.9, 0.5, lifts=1)
    times = made.t.copy()
    times[40] = times[38]
    with pytest.raises(BadInput, match=r"0\.780 s is followed by 0\.760 s"):
        track_from_transducer(table(made.height, times))
