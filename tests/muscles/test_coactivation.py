"""Co-contraction: closed forms, and planted overlaps in EMG."""

import numpy as np
import pytest

from legato.errors import BadInput
from legato.muscles.coactivation import coactivation
from legato.muscles.envelopes import linear_envelope
from legato.recording import FloatArray

from .plain_emg import coloured

RATE_HZ = 100.0


def boxes(*spans: tuple[float, float], height: float = 1.0, seconds: float = 6.0) -> FloatArray:
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return height * np.sum([(t >= a) & (t < b) for a, b in spans], axis=0).astype(float)


def test_boxes_overlap_by_the_time_that_they_share() -> None:
    found = coactivation(boxes((0, 1), (2, 3)), boxes((0.5, 1.5), (2.25, 3.25)), RATE_HZ, [(0, 2), (2, 4)])
    assert found.overlaps == pytest.approx((0.5, 0.75))
    # Lower over higher is 1 and the sum 2 while both are active: 0.5 s and 0.75 s of 2 s.
    assert found.indices == pytest.approx((0.5, 0.75))
    assert found.overlap is not None and found.overlap.value == pytest.approx(0.625)
    assert found.overlap.high == 1.0


def test_the_overlap_does_not_change_with_effort_and_the_index_does() -> None:
    reps = [(0.0, 2.0), (2.0, 4.0)]
    one, two = boxes((0, 1), (2, 3)), boxes((0.5, 1.5), (2.25, 3.25))
    weak, strong = coactivation(one, two, RATE_HZ, reps), coactivation(3.0 * one, 3.0 * two, RATE_HZ, reps)
    assert strong.overlaps == pytest.approx(weak.overlaps)
    assert strong.indices == pytest.approx(tuple(3.0 * v for v in weak.indices))
    swapped = coactivation(two, one, RATE_HZ, reps)
    assert swapped.overlaps == weak.overlaps


def test_a_repetition_that_cannot_be_told_is_refused_and_one_alone_has_no_interval() -> None:
    one, two = boxes((0, 1), (2, 3)), boxes((0.5, 1.5))
    one[:30] = np.nan
    found = coactivation(one, two, RATE_HZ, [(0, 2), (2, 4), (0.4, 1.8)])
    assert [why for _, why in found.refused] == [
        "15% of the repetition is missing",
        "one of the muscles is silent in it",
    ]
    assert (found.n, found.overlap, found.index) == (1, None, None)
    assert found.reason == "1 of at least 2 repetitions tell it"


@pytest.mark.slow
@pytest.mark.parametrize("n", [3, 8, 20])
@pytest.mark.parametrize("apart_s", [0.0, 0.15, 0.3, 0.5])
def test_planted_overlaps_are_held(n: int, apart_s: float) -> None:
    rng = np.random.default_rng(10 + n)
    rate, length = 1000.0, 2000
    t = np.arange(length) / rate

    def bells(shift: FloatArray) -> FloatArray:
        return np.exp(-0.5 * ((t - 0.7 - shift[:, None]) / 0.15) ** 2)

    def smooth(x: FloatArray) -> FloatArray:
        return linear_envelope(x, rate)

    many = rng.normal(0.0, 0.03, (2, 400))
    a, b = (smooth(np.sqrt(2.0 / np.pi) * bells(s + d).T).T for s, d in zip(many, (0.0, apart_s), strict=True))
    truth = float(np.mean(2.0 * np.minimum(a, b).sum(axis=1) / (a + b).sum(axis=1)))
    held = 0
    for _ in range(400):
        shifts = rng.normal(0.0, 0.03, (2, n))
        raw = [
            bells(s + d).ravel() * coloured(n * length, rate, rng) for s, d in zip(shifts, (0.0, apart_s), strict=True)
        ]
        found = coactivation(smooth(raw[0]), smooth(raw[1]), rate, [(2.0 * k, 2.0 * k + 2.0) for k in range(n)])
        held += found.overlap is not None and found.overlap.holds(truth)
    # 90 % aimed at, SE 1.5 points; what full overlap loses by scatter is counted whole.
    assert held / 400 >= 0.84


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(BadInput, match="give two of one clock"):
        coactivation(np.ones(5), np.ones(6), RATE_HZ, [(0.0, 1.0)])
    with pytest.raises(BadInput, match="ends at 1 s"):
        coactivation(np.ones(500), np.ones(500), RATE_HZ, [(2.0, 1.0)])
