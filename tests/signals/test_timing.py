"""Event timing on a set: intervals against known noise, and every refusal."""

import numpy as np
import pytest
from scipy.special import ndtr

from legato.signals.events import cutoff_ladder, find_event, open_window
from legato.signals.spectra import white_noise
from legato.signals.timing import (
    NoisyAngle,
    Scan,
    bias_term,
    choose_cutoff,
    open_windows,
    scan_cutoffs,
    time_events,
    time_set,
)

S, HEIGHT = 0.045, 13.4


def _set(
    rate: float, sd: float, seed: int = 0, reps: int = 8, s: float = S
) -> tuple[NoisyAngle, list[tuple[int, int]], np.ndarray]:
    """Bells of SD `s`, 20 s-widths apart, with white noise of SD `sd` on the angle."""
    rng = np.random.default_rng(seed)
    at = 20.0 * s * (np.arange(reps) + 1.0) + rng.uniform(-0.5, 0.5, reps) * s
    t = np.arange(int((at[-1] + 20.0 * s) * rate)) / rate
    angle = sum(HEIGHT * s * np.sqrt(2.0 * np.pi) * ndtr((t - c) / s) for c in at) + rng.normal(0.0, sd, len(t))
    spans = [(int((c - 6.0 * s) * rate), int((c + 6.0 * s) * rate) + 1) for c in at]
    return NoisyAngle(angle, rate, white_noise(2.0 * sd**2 / rate, rate)), spans, at


def test_noise_moves_a_peak_as_far_as_it_says() -> None:
    errors, said = [], []
    for seed in range(25):
        series, spans, at = _set(250.0, 4e-3, seed)
        timed = time_set(series, spans, "peak", cutoff_hz=14.0)
        assert timed is not None
        errors += [e.time_s - t for e, t in zip(timed.events, at, strict=True)]
        said += [e.sd_s for e in timed.events]
    # 200 events: the SD of the errors is known to 5 %; the said SD carries a margin of 1 + 2.5 q².
    assert float(np.std(errors)) == pytest.approx(float(np.mean(said)), rel=0.15)


def test_the_cut_off_keeps_the_shape_of_the_peak() -> None:
    series, spans, _ = _set(250.0, 4e-3)
    timed = time_set(series, spans, "peak")
    assert timed is not None
    assert 0.85 * 4.0 / (2.0 * np.pi * S) < timed.cutoff_hz < 30.0


@pytest.mark.parametrize(("kind", "shift"), [("peak", 0.0), ("onset", -S * np.sqrt(2.0 * np.log(10.0)))])
def test_events_without_noise_lie_on_the_closed_form(kind: str, shift: float) -> None:
    series, spans, at = _set(250.0, 1e-6)
    timed = time_set(series, spans, kind)  # pyright: ignore[reportArgumentType]
    assert timed is not None
    assert [e.time_s for e in timed.events] == pytest.approx(at + shift, abs=2e-4)


def test_a_time_shift_moves_every_event_and_no_interval() -> None:
    series, spans, _ = _set(250.0, 4e-3)
    moved = NoisyAngle(np.concatenate([np.full(25, series.angle[0]), series.angle]), 250.0, series.noise)
    first = time_set(series, spans, "peak", cutoff_hz=14.0)
    second = time_set(moved, [(a + 25, b + 25) for a, b in spans], "peak", cutoff_hz=14.0)
    assert first is not None
    assert second is not None
    for a, b in zip(first.events, second.events, strict=True):
        assert b.time_s - a.time_s == pytest.approx(0.1, abs=1e-6)
        assert b.sd_s == pytest.approx(a.sd_s, rel=1e-4)


@pytest.mark.parametrize("rate", [25.0, 30.0, 40.0])
def test_too_few_frames_are_refused(rate: float) -> None:
    series, spans, _ = _set(rate, 1e-4)
    timed = time_set(series, spans, "peak", shortest_s=S)
    assert timed is None or (timed.refused == 8 and "frames a second" in timed.events[0].reason)


def test_noise_that_hides_the_peak_is_refused() -> None:
    series, spans, _ = _set(120.0, 0.3)
    timed = time_set(series, spans, "peak")
    assert timed is None or 3 * timed.refused > 8


def test_two_equal_humps_are_refused() -> None:
    rate, t = 250.0, np.arange(600) / 250.0
    angle = ndtr((t - 1.0) / S) + ndtr((t - 1.3) / S)
    noisy = NoisyAngle(angle, rate, white_noise(2.0 * 1e-6 / rate, rate))
    timed = time_set(noisy, [(160, 440)], "peak", cutoff_hz=20.0)
    assert timed is not None
    assert "alike" in timed.events[0].reason


def test_a_peak_beyond_the_window_is_refused() -> None:
    series, spans, _ = _set(250.0, 1e-4)
    cut = [(a, a + (b - a) // 3) for a, b in spans]
    timed = time_set(series, cut, "peak", cutoff_hz=14.0)
    assert timed is not None
    assert all("edge" in e.reason for e in timed.events)


def test_filled_frames_at_the_event_are_refused_and_elsewhere_are_not() -> None:
    series, spans, at = _set(250.0, 1e-4)
    filled = np.zeros(len(series.angle), bool)
    filled[round(at[2] * 250.0)] = True
    filled[spans[3][0]] = True
    timed = time_set(NoisyAngle(series.angle, 250.0, series.noise, filled), spans, "peak", cutoff_hz=14.0)
    assert timed is not None
    assert [e.resolved for e in timed.events] == [k != 2 for k in range(8)]
    assert "filled" in timed.events[2].reason


def test_a_gap_in_one_window_costs_that_rep_only() -> None:
    series, spans, _ = _set(250.0, 1e-4)
    angle = series.angle.copy()
    angle[spans[1][0] + 5] = np.nan
    timed = time_set(NoisyAngle(angle, 250.0, series.noise), spans, "peak", cutoff_hz=14.0)
    assert timed is not None
    assert [e.resolved for e in timed.events] == [k != 1 for k in range(8)]


@pytest.mark.parametrize("skew", [0.3, 0.5])
def test_the_filter_term_covers_the_bias_of_a_skewed_peak(skew: float) -> None:
    t = np.arange(800) / 250.0
    rate = np.exp(-0.5 * ((t - 1.6) / S) ** 2) + skew * np.exp(-0.5 * ((t - 1.6 - 1.5 * S) / (2.0 * S)) ** 2)
    truth = float(t[np.argmax(rate)])
    fine = np.linspace(truth - 0.01, truth + 0.01, 200001)
    true = np.exp(-0.5 * ((fine - 1.6) / S) ** 2) + skew * np.exp(-0.5 * ((fine - 1.6 - 1.5 * S) / (2.0 * S)) ** 2)
    truth = float(fine[np.argmax(true)])
    angle = S * np.sqrt(2.0 * np.pi) * (ndtr((t - 1.6) / S) + 2.0 * skew * ndtr((t - 1.6 - 1.5 * S) / (2.0 * S)))
    series = NoisyAngle(angle, 250.0, white_noise(1e-12, 250.0))
    timed = time_events(series, [open_window(angle, 250.0, 300, 500, 4.0)], "peak", 14.0)
    event = timed.events[0]
    bias = bias_term(np.array([event.shifts_s]), np.array([event.shift_sds_s]))
    assert abs(event.time_s - truth) <= bias
    assert bias < 5.0 * abs(event.time_s - truth) + 1e-4


def test_the_filter_term_takes_out_what_noise_explains() -> None:
    rng = np.random.default_rng(0)
    sds = np.tile([2e-3, 1e-3], (400, 1))
    assert bias_term(rng.normal(0.0, sds), sds) < 0.6 * 2e-3 * 0.45
    assert bias_term(rng.normal(0.0, sds) + np.array([6e-3, 2e-3]), sds) == pytest.approx(1.95 * 2e-3, rel=0.2)


def test_raising_the_noise_never_narrows_an_interval() -> None:
    said = []
    for sd in (1e-3, 4e-3, 1e-2):
        series, spans, _ = _set(250.0, sd)
        timed = time_set(series, spans, "peak", cutoff_hz=14.0)
        assert timed is not None
        said.append(float(np.mean([e.sd_s for e in timed.events])))
    assert said == sorted(said)


def test_one_window_gives_one_event_at_the_same_time_as_the_search_itself() -> None:
    series, spans, _ = _set(250.0, 1e-4)
    window = open_window(series.angle, 250.0, *spans[0], 4.0)
    timed = time_events(series, [window], "peak", 14.0)
    assert timed.events[0].time_s == find_event(window, "peak", np.array([14.0])).time_s[0]


def test_two_ladders_are_compared_rung_by_rung_of_the_same_cut_off() -> None:
    # Windows of other lengths start their ladders on other rungs; the choice for a gap compares what both have.
    scans: list[Scan] = []
    for seed in (0, 1):
        series, spans, _ = _set(250.0, 4e-3, seed)
        ladder = cutoff_ladder(12.0 * S, 250.0)
        scans.append(scan_cutoffs(series, open_windows(series, spans, float(ladder[0])), "peak", ladder))
    first, second = scans
    shorter = second.between(float(second.cutoffs_hz[2]), np.inf)
    assert len(shorter.cutoffs_hz) < len(second.cutoffs_hz)
    expected = choose_cutoff(first.between(float(second.cutoffs_hz[2]), np.inf), shorter)
    assert expected is not None
    assert choose_cutoff(first, shorter) == expected
    assert choose_cutoff(shorter, first) == expected
    # Nothing in common: the windows differ too much to be compared.
    middle = float(second.cutoffs_hz[3])
    assert choose_cutoff(first.between(0.0, middle), second.between(1.6 * middle, np.inf)) is None
