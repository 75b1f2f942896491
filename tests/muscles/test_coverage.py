"""Do the intervals hold the planted times as often as they say: over signal to noise, rise and length, and for means of
few and many reps? On simulated EMG of another spectrum and rate than any number was chosen on.
"""

import numpy as np
import pytest

from legato.estimate import Estimate
from legato.muscles import Burst, activation_lags, detect_bursts
from legato.recording import FloatArray
from legato.simulate.emg import TwoCorners, coloured_noise, gaussian_emg
from legato.simulate.emg_envelopes import Bell, Edges, Hill, Shape, envelope

RATE = 1926.0
EVENTS = 400
LOW, HIGH = 0.85, 0.95
SLACK = 3.0 * (0.09 / EVENTS) ** 0.5
"""Three standard errors of a share of 0.9 among that many events."""

pytestmark = pytest.mark.slow


def channel(bursts: tuple[Shape, ...], seconds: float, rng: np.random.Generator) -> FloatArray:
    """EMG of these bursts over noise of RMS 1."""
    times = np.arange(int(seconds * RATE)) / RATE
    spectrum = TwoCorners(50.0, 130.0)
    return gaussian_emg(envelope(times, bursts), RATE, rng, spectrum) + coloured_noise(
        times.size, RATE, TwoCorners(20.0, 400.0), rng
    )


def coverage(held: list[bool]) -> float:
    """Share of intervals that held the truth."""
    assert len(held) >= EVENTS
    return float(np.mean(held))


def hills(
    rng: np.random.Generator, height: float, rise_s: float, fall_s: float, length_s: tuple[float, float], edges: Edges
) -> list[Hill]:
    """A minute of bursts with plateaus."""
    bursts: list[Hill] = []
    at = 1.5
    while at < 56.0:
        length = rng.uniform(*length_s)
        bursts.append(Hill(at, rise_s, float(length - rise_s - fall_s), fall_s, height, edges))
        at += length + rng.uniform(1.0, 2.0)
    return bursts


def hold(found: list[Burst], bursts: list[Hill], centres: list[float], held: dict[str, list[bool]]) -> int:
    """Whether the times of the planted bursts were held, into `held`; how many bursts were missed."""
    missed = 0
    for burst, centre in zip(bursts, centres, strict=True):
        near = [b for b in found if abs(b.middle_s - centre) < 0.3]
        if not near:
            missed += 1
            continue
        best = min(near, key=lambda b: abs(b.middle_s - centre))
        for what, truth in (("onset", burst.onset_s), ("offset", burst.offset_s), ("centre", centre)):
            estimate = best.time(what)
            assert isinstance(estimate, Estimate)
            held[what].append(estimate.holds(truth))
    return missed


@pytest.mark.parametrize("length_s", [(0.2, 0.4), (0.5, 1.0)])
@pytest.mark.parametrize("rise_s", [0.005, 0.05])
@pytest.mark.parametrize("snr_db", [8.0, 14.0, 20.0])
def test_edges_are_held_as_often_as_said(snr_db: float, rise_s: float, length_s: tuple[float, float]) -> None:
    rng = np.random.default_rng([int(snr_db), round(1e3 * rise_s), int(10 * length_s[1])])
    held: dict[str, list[bool]] = {"onset": [], "offset": [], "centre": []}
    missed = 0
    while len(held["onset"]) < EVENTS:
        bursts = hills(rng, 10.0 ** (snr_db / 20.0), rise_s, max(rise_s, 0.03), length_s, "straight")
        found = detect_bursts(channel(tuple(bursts), 60.0, rng), RATE)
        missed += hold(found, bursts, [burst.centre_s for burst in bursts], held)
    assert missed <= 0.005 * EVENTS
    for what in ("onset", "offset"):
        assert LOW - SLACK <= coverage(held[what]) <= HIGH + SLACK, what
    # An exactly level plateau is the best case of one that wanders, for which the interval is made.
    assert coverage(held["centre"]) >= LOW - SLACK


@pytest.mark.parametrize("snr_db", [10.0, 20.0])
def test_the_centre_of_a_plateau_that_wanders_is_held_as_often_as_said(snr_db: float) -> None:
    rng = np.random.default_rng([77, int(snr_db)])
    held: dict[str, list[bool]] = {"onset": [], "offset": [], "centre": []}
    while len(held["centre"]) < EVENTS:
        bursts = hills(rng, 10.0 ** (snr_db / 20.0), 0.03, 0.05, (0.3, 1.0), "cosine")
        times = np.arange(int(60.0 * RATE)) / RATE
        # Amplitude that drifts by a tenth, up to twice a second.
        tones = [rng.uniform(0.3, 2.0) for _ in range(3)]
        wander = 1.0 + 0.1 * np.tanh(sum(np.sin(2 * np.pi * tone * times + rng.uniform(0.0, 6.28)) for tone in tones))
        power = (wander * envelope(times, tuple(bursts))) ** 2
        inside = [(times >= burst.onset_s) & (times <= burst.offset_s) for burst in bursts]
        centres = [float((times[i] * power[i]).sum() / power[i].sum()) for i in inside]
        spectrum = TwoCorners(50.0, 130.0)
        x = gaussian_emg(np.sqrt(power), RATE, rng, spectrum)
        x = x + coloured_noise(times.size, RATE, TwoCorners(20.0, 400.0), rng)
        hold(detect_bursts(x, RATE), bursts, centres, held)
    assert LOW - SLACK <= coverage(held["centre"]) <= HIGH + SLACK


@pytest.mark.parametrize(
    "rise_s",
    [
        0.1,
        pytest.param(
            0.2,
            marks=pytest.mark.xfail(
                strict=True,
                reason="the foot lies below the noise and the form is taken as straight: some 75 % are held",
            ),
        ),
    ],
)
def test_the_onset_of_a_smooth_rise_is_held_as_often_as_said(rise_s: float) -> None:
    rng = np.random.default_rng([78, round(1e3 * rise_s)])
    held: dict[str, list[bool]] = {"onset": [], "offset": [], "centre": []}
    while len(held["onset"]) < EVENTS:
        bursts = hills(rng, 10.0 ** (15.0 / 20.0), rise_s, 0.05, (0.5, 1.0), "cosine")
        hold(detect_bursts(channel(tuple(bursts), 60.0, rng), RATE), bursts, [b.centre_s for b in bursts], held)
    assert LOW - SLACK <= coverage(held["onset"]) <= HIGH + SLACK


@pytest.mark.xfail(
    strict=True, reason="made for plateaus that wander, the interval is too wide for level ones: 99 to 100 %"
)
def test_the_centre_of_a_level_plateau_is_held_no_oftener_than_said() -> None:
    rng = np.random.default_rng(79)
    held: dict[str, list[bool]] = {"onset": [], "offset": [], "centre": []}
    while len(held["centre"]) < EVENTS:
        bursts = hills(rng, 10.0 ** (20.0 / 20.0), 0.005, 0.03, (0.5, 1.0), "straight")
        hold(detect_bursts(channel(tuple(bursts), 60.0, rng), RATE), bursts, [b.centre_s for b in bursts], held)
    assert coverage(held["centre"]) <= HIGH + SLACK


@pytest.mark.timeout(300)
@pytest.mark.parametrize("reps", [3, 8, 20])
def test_a_mean_lag_is_held_as_often_as_said(reps: int) -> None:
    rng = np.random.default_rng(reps)
    held: list[bool] = []
    while len(held) < EVENTS:
        lag = float(rng.uniform(-0.05, 0.15))
        sides = rng.uniform(0.04, 0.12, 4)
        spans = [(1.0 + 1.6 * k, 2.6 + 1.6 * k) for k in range(reps)]
        middles = [start + 0.8 + float(rng.uniform(-0.05, 0.05)) for start, _ in spans]
        pair: list[FloatArray] = []
        for late, left, right in ((0.0, sides[0], sides[1]), (lag, sides[2], sides[3])):
            plain = Bell(0.0, float(left), float(right), 1.0).centre_s
            bursts = tuple(Bell(m + late - plain, float(left), float(right), 6.0) for m in middles)
            pair.append(channel(bursts, 1.6 * reps + 2.0, rng))
        lags = activation_lags(pair[0], pair[1], RATE, spans)
        assert lags.mean is not None
        held.append(lags.mean.holds(lag))
    assert LOW - SLACK <= coverage(held) <= HIGH + SLACK
