"""Marker trajectories made fit for use: impossible jumps and swapped labels removed, short gaps filled and marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from legato.body._frame_kernels import misplaced
from legato.body.tracking import Trajectory
from legato.recording import BoolArray, FloatArray
from legato.signals.gaps import fill_gaps

BROKEN_M = 0.04
"""Skin markers of one segment move less than this against each other; default, above the 10–30 mm of the literature."""

DOUBTED_M = 0.015
"""From this change of a distance on, labels are tried for an exchange; default."""

TOLERANCE_SD = 6.0
"""Robust SDs by which a distance may differ from its median before the pair is doubted; default."""


@dataclass(frozen=True, slots=True, eq=False)
class CleanMarkers:
    """`raw` as seen without impossible samples, `patched` with short gaps filled, both by label; `dropped` frames by
    label.
    """

    raw: Mapping[str, FloatArray]
    patched: Mapping[str, Trajectory]
    dropped: Mapping[str, int]


def impossible_samples(points: FloatArray) -> BoolArray:
    """Samples at which a marker has left its place among the others of one segment.

    Parameters
    ----------
    points
        Markers of one segment, m, shape (n, M, 3); NaN where missing.

    Returns
    -------
    Mask (n, M) of the samples to drop (`misplaced`). A distance is doubted or broken where it leaves its median by more
    than `DOUBTED_M` or `BROKEN_M`, and by more than `TOLERANCE_SD` robust SDs.
    """
    n, count = len(points), int(points.shape[1])
    if count < 2:
        return np.zeros((n, count), dtype=np.bool_)
    sample = points[np.linspace(0, n - 1, min(n, 150)).astype(np.intp)]
    first, second = np.triu_indices(count, 1)
    between = sample[:, first] - sample[:, second]
    distance = np.sqrt(np.einsum("npj,npj->np", between, between))
    usual = _median(distance)
    spread = TOLERANCE_SD * 1.4826 * _median(np.abs(distance - usual))
    bounds: list[FloatArray] = []
    for values in (usual, np.maximum(DOUBTED_M, spread), np.maximum(BROKEN_M, spread)):
        square = np.zeros((count, count))
        square[first, second] = values
        bounds.append(square)
    return misplaced(np.ascontiguousarray(points), bounds[0], bounds[1], bounds[2])


def _median(values: FloatArray) -> FloatArray:
    if not np.isnan(values).any():
        return np.median(values, axis=0)
    out = np.full(values.shape[1], np.nan)
    known = np.isfinite(values).any(axis=0)
    out[known] = np.nanmedian(values[:, known], axis=0)
    return out


def clean_markers(
    trajectories: Mapping[str, FloatArray],
    groups: Sequence[Sequence[str]],
    rate_hz: float,
    events_s: Sequence[float] = (),
    start_s: float = 0.0,
) -> CleanMarkers:
    """Drop impossible samples and fill short gaps.

    Parameters
    ----------
    trajectories
        Markers by label, m, each (n, 3), NaN where missing.
    groups
        Labels of markers that keep their distances: those of one segment.
    rate_hz, start_s
        Time base of the markers.
    events_s
        Instants that no filling may cross, s.
    """
    raw = dict(trajectories)
    dropped: dict[str, int] = {}
    for group in groups:
        labels = [label for label in group if label in raw]
        if len(labels) < 2:
            continue
        bad = impossible_samples(np.stack([raw[label] for label in labels], axis=1))
        for column in np.flatnonzero(bad.any(axis=0)):
            label = labels[int(column)]
            raw[label] = np.where(bad[:, column, None], np.nan, raw[label])
            dropped[label] = dropped.get(label, 0) + int(bad[:, column].sum())
    patched: dict[str, Trajectory] = {}
    untouched = np.zeros(next(iter(raw.values())).shape[0] if raw else 0, dtype=np.bool_)
    for label, position in raw.items():
        holed = bool(np.isnan(position[:, 0]).any())
        patched[label] = (
            Trajectory(*fill_gaps(position, rate_hz, barriers_s=events_s, start_s=start_s))
            if holed
            else Trajectory(position, untouched)
        )
    return CleanMarkers(raw, patched, dropped)
