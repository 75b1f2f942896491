"""Gaps of reps and sets: held to closed forms and to Monte Carlo."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from legato.chain.gaps import GapParts, rep_gaps, rep_interval, set_gap
from legato.chain.links import LinkTimes
from legato.chain.uncertainty import Locked, locked_error, mixed_dof
from legato.recording import FloatArray
from legato.signals.events import EventKind, zero_phase_gain
from legato.signals.factors import normal_factor, student_factor
from legato.signals.spectra import white_noise
from legato.signals.timing import TimedEvent, TimedSet

PART = GapParts(gap_s=0.02, variance=1e-6, dof=1e6)


def _parts(values: list[float], **more: object) -> list[GapParts]:
    return [GapParts(gap_s=v, variance=1e-6, dof=1e6, **more) for v in values]  # pyright: ignore[reportArgumentType]


def test_factors_are_those_of_the_tables() -> None:
    assert normal_factor(0.90) == pytest.approx(1.6449, abs=1e-4)
    assert student_factor(0.90, 7) == pytest.approx(1.8946, abs=1e-4)


def test_one_rep_carries_noise_filter_tissue_and_clock_in_quadrature() -> None:
    part = GapParts(gap_s=0.02, variance=1e-6, dof=1e9, bias_s=2e-3, tissue=(3e-3, -4e-3))
    found = rep_interval(part, 0.90, clock_sd_s=1e-3)
    assert found is not None
    z = normal_factor(0.90)
    assert found.half_width == pytest.approx(np.sqrt(z**2 * 1e-6 + 4e-6 + z**2 * (25e-6 + 1e-6)), rel=1e-6)


def test_mean_gap_of_a_set_is_students_interval_on_the_spread() -> None:
    values = [0.010, 0.020, 0.030, 0.024]
    found = set_gap(_parts(values), 0.90)
    low, high = stats.t.interval(0.90, 3, np.mean(values), stats.sem(values))
    assert found.estimate is not None
    assert (found.estimate.low, found.estimate.high) == pytest.approx((low, high), abs=1e-9)


def test_terms_that_every_rep_shares_do_not_shrink_with_their_number() -> None:
    found = set_gap(_parts([0.02] * 400, tissue=(3e-3,)), 0.90)
    assert found.estimate is not None
    assert found.estimate.half_width == pytest.approx(normal_factor(0.90) * 3e-3, rel=1e-3)


def test_one_rep_alone_gives_its_own_interval_and_says_so() -> None:
    found = set_gap([PART], 0.90)
    assert found.estimate == rep_interval(PART, 0.90)
    assert "one rep only" in found.reason


def test_a_set_with_over_a_third_refused_is_refused_whole() -> None:
    lost = [GapParts(reason="knee: marker noise hides it")] * 3
    assert set_gap([*_parts([0.02] * 6), *lost], 0.90).estimate is not None
    refused = set_gap([*_parts([0.02] * 5), *lost], 0.90)
    assert refused.estimate is None
    assert "3 of 8 reps" in refused.reason


def test_an_empty_set_says_why() -> None:
    assert set_gap([GapParts(reason="there is no pelvis")], 0.90).reason == "there is no pelvis"


def test_independent_residuals_lock_nothing_and_repeated_ones_all() -> None:
    rng = np.random.default_rng(0)
    found = [locked_error([rng.normal(0.0, 1.0, (8, 12))]).variance for _ in range(400)]
    # One rep has a variance of 12; of the mean of eight, only the positive excess of 12 squares over chance is left.
    assert np.mean(found) < 0.05 * 12.0
    same = np.tile(rng.normal(0.0, 1.0, (1, 12)), (8, 1))
    locked = locked_error([same])
    assert locked.variance == pytest.approx(float((same[0] ** 2).sum()))
    assert locked.dof == pytest.approx(6.0)


def test_degrees_of_freedom_fall_to_those_of_the_locked_part() -> None:
    assert mixed_dof(1.0, 500.0, Locked(0.0, np.inf)) == pytest.approx(500.0)
    assert mixed_dof(1.0, 1e9, Locked(1.0, 6.0)) == pytest.approx(6.0)
    assert 6.0 < mixed_dof(1.0, 1e9, Locked(0.5, 6.0)) < 30.0


@pytest.mark.parametrize("kinds", [("peak", "onset"), ("onset", "peak"), ("peak", "peak"), ("onset", "zero")])
def test_events_of_one_segment_share_their_noise_whatever_their_kinds(kinds: tuple[EventKind, EventKind]) -> None:
    rate, sd, cutoff, apart_s = 200.0, 1e-3, 8.0, 0.03
    # A peak's slope is one derivative further: about 8 Hz's angular frequency makes both events as unsure.
    slopes = [size * (40.0 if kind == "peak" else 1.0) for size, kind in zip((-3.0, 2.0), kinds, strict=True)]
    rng = np.random.default_rng(3)
    freq: FloatArray = np.asarray(np.fft.rfftfreq(1 << 18, 1.0 / rate), dtype=np.float64)
    noise = np.fft.rfft(rng.normal(0.0, sd, 1 << 18)) * zero_phase_gain(freq, cutoff)
    shifts = [np.fft.irfft((2j * np.pi * freq) ** (2 if kind == "peak" else 1) * noise) for kind in kinds]
    later = round(apart_s * rate)
    first, second = -shifts[0][:-later] / slopes[0], -shifts[1][later:] / slopes[1]

    part: Any = SimpleNamespace(
        segment="thigh", noise=white_noise(2.0 * sd**2 / rate, rate), axis=np.array([0.0, 0.0, 1.0]), weight=1.0
    )
    scan: Any = SimpleNamespace(quantity=SimpleNamespace(parts=(part,), link="thigh"))
    links = [
        LinkTimes(
            scan, TimedSet(kind, cutoff, (TimedEvent(at, spread, (0.0, 0.0), (0.0, 0.0), slope=slope),), 1e6), ({},), {}
        )
        for kind, at, spread, slope in zip(
            kinds, (1.0, 1.0 + apart_s), (float(first.std()), float(second.std())), slopes, strict=True
        )
    ]
    (gap,) = rep_gaps(*links)
    # 262,144 samples that are alike over some 0.05 s: the variance of their difference is known to 2 %.
    assert gap.variance == pytest.approx(float(np.var(second - first)), rel=0.06)
    assert gap.variance != pytest.approx(float(first.var() + second.var()), rel=0.15)
