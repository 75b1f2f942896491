"""Swapped labels and jumps are dropped, soft tissue is not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from legato.body.markers import clean_markers, impossible_samples
from legato.recording import FloatArray

CLUSTER = np.array([[0.0, 0.0, 0.0], [0.30, 0.02, 0.0], [0.08, 0.10, 0.03], [0.16, -0.05, 0.05]])


def moving(n: int = 400, seed: int = 0, wobble_m: float = 0.003) -> FloatArray:
    """The cluster on a path, with noise and slow soft-tissue motion."""
    rng = np.random.default_rng(seed)
    t = np.arange(n) / 100.0
    turned = Rotation.from_rotvec(np.column_stack((np.sin(t), 0.5 * np.cos(2 * t), 0.3 * t))).as_matrix()
    slow = wobble_m * np.sin(2 * np.pi * t[:, None, None] + rng.uniform(0, 6.3, (1, 4, 3)))
    points = np.einsum("nij,nmj->nmi", turned, CLUSTER + slow) + np.column_stack((t, np.sin(t), np.ones(n)))[:, None]
    return points + 0.001 * rng.normal(size=points.shape)


@given(
    pair=st.sampled_from([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]),
    start=st.integers(0, 350),
    seed=st.integers(0, 99),
)
def test_both_labels_of_a_swap_are_dropped_and_nothing_else(pair: tuple[int, int], start: int, seed: int) -> None:
    points = moving(seed=seed)
    points[start : start + 40, list(pair)] = points[start : start + 40, list(pair[::-1])]
    expected = np.zeros(points.shape[:2], dtype=bool)
    expected[start : start + 40, list(pair)] = True
    assert np.array_equal(impossible_samples(points), expected)


@given(marker=st.integers(0, 3), jump=st.floats(0.12, 2.0), seed=st.integers(0, 99))
def test_a_marker_that_jumps_is_dropped_alone(marker: int, jump: float, seed: int) -> None:
    points = moving(seed=seed)
    points[100:105, marker] += jump * np.array([0.0, 0.6, 0.8])
    got = impossible_samples(points)
    assert got[100:105, marker].all()
    assert got.sum() == 5


def test_soft_tissue_of_a_centimetre_stays() -> None:
    assert not impossible_samples(moving(wobble_m=0.010)).any()


def test_two_markers_alone_are_both_dropped_where_their_distance_breaks() -> None:
    points = moving()[:, :2]
    points[50, 1] += 0.5
    got = impossible_samples(points)
    assert got[50].all() and got.sum() == 2
    assert not impossible_samples(points[:, :1]).any()


def test_cleaning_counts_what_it_drops_and_fills_what_is_short() -> None:
    points = moving()
    points[100:110, 1] += 0.5
    points[200:240, 2] = np.nan
    tracks = {f"M{m}": points[:, m] for m in range(4)}
    clean = clean_markers(tracks, [list(tracks)], 100.0, events_s=[1.05])
    assert dict(clean.dropped) == {"M1": 10}
    assert np.isnan(clean.raw["M1"][100:110]).all()
    # An event lies in this gap, and the other is longer than 0.2 s.
    assert not clean.patched["M1"].filled.any()
    assert not clean.patched["M2"].filled.any()
    without = clean_markers(tracks, [list(tracks)], 100.0)
    assert np.flatnonzero(without.patched["M1"].filled).tolist() == list(range(100, 110))
    truth = moving()[100:110, 1]
    assert np.abs(without.patched["M1"].position_m[100:110] - truth).max() == pytest.approx(0.0, abs=0.006)
