"""How noisy a segment's rotation is: from what the rigid fit leaves over, and from leaving one marker out at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legato.body.model import SegmentMotion
from legato.recording import FloatArray
from legato.signals.events import derivative_kernel
from legato.signals.spectra import NoiseSpectrum, residual_spectrum

_WINDOW_POINTS = 101
"""Instants of a window, from its start to its end, at which repetitions are compared."""


def rotation_information(template_m: FloatArray) -> FloatArray:
    """J = Σ(|r|²I − r rᵀ) about the markers' centroid, m², shape (3, 3): its inverse times the marker variance is the
    covariance of the least-squares rotation (rad²).
    """
    r = template_m - template_m.mean(axis=0)
    return float((r * r).sum()) * np.eye(3) - r.T @ r


def seen_markers(segment: SegmentMotion, spans: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
    """Which markers are seen in at least half of the windows' frames, shape (M,)."""
    share = np.zeros(len(segment.template_m))
    windows = [span for span in spans if span[1] > span[0]]
    for start, stop in windows:
        share += np.isfinite(segment.residual_m[start:stop, :, 0]).mean(axis=0)
    return np.asarray(
        (share >= 0.5 * max(1, len(windows))) & np.isfinite(segment.template_m).all(axis=1), dtype=np.bool_
    )


class ResidualReader:
    """What the segments' residuals say in one set of windows; each segment is read once.

    `spans`: first frame and one past the last of each repetition's window; `rate_hz`: frames a second.
    """

    def __init__(self, spans: Sequence[tuple[int, int]], rate_hz: float) -> None:
        self.spans, self.rate_hz = tuple(spans), rate_hz
        self._read: dict[str, tuple[NDArray[np.bool_], NoiseSpectrum | None]] = {}

    def seen(self, segment: SegmentMotion) -> NDArray[np.bool_]:
        """Which markers are seen in at least half of the windows' frames, shape (M,)."""
        return self._of(segment)[0]

    def marker_noise(self, segment: SegmentMotion) -> NoiseSpectrum | None:
        """Noise of one coordinate of one marker, m²/Hz; None where the fit leaves no residual to read."""
        return self._of(segment)[1]

    def _of(self, segment: SegmentMotion) -> tuple[NDArray[np.bool_], NoiseSpectrum | None]:
        if segment.name not in self._read:
            try:
                noise = residual_spectrum(segment.residual_m, self.spans, self.rate_hz)
            except ValueError:
                noise = None
            self._read[segment.name] = seen_markers(segment, self.spans), noise
        return self._read[segment.name]


def axis_noise(segment: SegmentMotion, axis: FloatArray, reader: ResidualReader) -> NoiseSpectrum | None:
    """Noise of the segment's rotation about one of its own directions (unit vector, shape (3,)), rad²/Hz; None where
    the fit leaves no residual to read. A sensor brings its own.
    """
    if segment.sensor is not None:
        return segment.sensor.noise
    cluster, noise = marker_cluster(segment, axis, reader.seen(segment)), reader.marker_noise(segment)
    return None if cluster is None or noise is None else noise.scaled(cluster.gain)


def deformation_turn(segment: SegmentMotion, reader: ResidualReader) -> float | None:
    """How far a cluster turns on its bone with the movement, rms about one axis, rad: as far as its markers move apart
    with it.

    Returns
    -------
    w/(2R), with R the markers' rms distance from the centroid and w the deformation in space that the windows have in
    common (rms of the mean residual over the windows, each from its start to its end, without its white part). What
    deforms the cluster in one repetition and not in the next is noise of the pose and told by `axis_noise`. A rigid
    motion as large as w that is shared evenly by three shifts and three turns has turns of this size, as a turn moves
    the markers by √(2/3) of itself times R. None where there are no residuals to read.

    References
    ----------
    Grimpampi et al. 2014, IEEE Trans Biomed Eng 61:362: rigid motion and deformation of skin-marker clusters are of
    similar size (thighs, ex vivo).
    """
    seen, spectrum = reader.seen(segment), reader.marker_noise(segment)
    count = int(seen.sum())
    if count < 3 or spectrum is None:
        return None
    rate = reader.rate_hz
    white = float(spectrum.density[spectrum.freq_hz >= 0.4 * rate].mean()) * 0.5 * rate * (1.0 - 2.0 / count)
    windows = [(start, stop) for start, stop in reader.spans if stop > start]
    frames = np.array([np.linspace(start, stop - 1, _WINDOW_POINTS).round() for start, stop in windows], dtype=np.intp)
    residual = segment.residual_m[frames][:, :, seen]
    known = np.isfinite(residual)
    counts = known.sum(axis=0)
    common = np.where(known, residual, 0.0).sum(axis=0) / np.maximum(counts, 1)
    left = common**2 - white / np.maximum(counts, 1)
    square = float(left[counts > 0].mean())
    arms = segment.template_m[seen] - segment.template_m[seen].mean(axis=0)
    return float(np.sqrt(0.75 * max(0.0, square) / (arms**2).sum(axis=1).mean()))


@dataclass(frozen=True, slots=True, eq=False)
class Cluster:
    """A segment's markers as one instrument for the rotation about one axis.

    `markers`: places of those used. `gain`: variance of the rotation over that of a marker's coordinate, m⁻². `dof`:
    3M − 6. `left_out` (M, 3M): times the residuals, how the rotation changes when each marker is left out, rad, to
    first order; None where no marker can be spared. `scatter`: what (M − 1)·variance of these changes is for
    independent marker noise, in units of the rotation's own variance.
    """

    markers: NDArray[np.intp]
    gain: float
    dof: int
    left_out: FloatArray | None
    scatter: float


def marker_cluster(segment: SegmentMotion, axis: FloatArray, seen: NDArray[np.bool_]) -> Cluster | None:
    """The cluster of the `seen` markers (M,) about `axis`; None with fewer than three, or where they do not hold the
    axis.

    A least-squares fit without marker m differs by −J⁻¹(r × (I − H)⁻¹e), e the marker's residual and H its own
    leverage, so leaving out one marker at a time needs no further fit.
    """
    use = np.flatnonzero(seen & np.isfinite(segment.template_m).all(axis=1))
    count = len(use)
    if count < 3:
        return None
    r = segment.template_m[use] - segment.template_m[use].mean(axis=0)
    information = rotation_information(r)
    if np.linalg.cond(information) > 1e6:
        return None
    inverse = np.linalg.inv(information)
    row = inverse @ axis
    gain, dof = float(axis @ row), 3 * count - 6
    if count == 3:
        return Cluster(use, gain, dof, None, 1.0)
    turns = np.array([[[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]] for x, y, z in r])
    rows = np.zeros((count, 3 * count))
    for m, k in enumerate(turns):
        rest = np.eye(3) * (1.0 - 1.0 / count) - k @ inverse @ k.T
        if np.linalg.cond(rest) > 1e4:
            return Cluster(use, gain, dof, None, 1.0)
        rows[m, 3 * m : 3 * m + 3] = -(row @ k) @ np.linalg.inv(rest)
    design = np.concatenate([np.tile(np.eye(3), (count, 1)), -turns.reshape(3 * count, 3)], axis=1)
    hat = design @ np.linalg.solve(design.T @ design, design.T)
    spread = rows - rows.mean(axis=0)
    scatter = float(np.trace(spread @ (np.eye(3 * count) - hat) @ spread.T)) * (count - 1) / count
    return Cluster(use, gain, dof, rows, scatter / gain)


def residual_at(segment: SegmentMotion, cluster: Cluster, kernel: FloatArray, frame: int) -> FloatArray | None:
    """The filtered derivative (see `event_kernel`) of the cluster's residuals at one frame, shape (3M,); None where a
    residual is missing near it.
    """
    reach = len(kernel) // 2
    low, high = max(0, frame - reach), min(len(segment.residual_m), frame + reach + 1)
    values = segment.residual_m[low:high, cluster.markers].reshape(max(0, high - low), -1)
    if high - low < 4 or not np.isfinite(values).all():
        return None
    return kernel[low - frame + reach : high - frame + reach] @ (values - values.mean(axis=0))


def event_kernel(order: int, cutoff_hz: float, rate_hz: float) -> FloatArray:
    """Weights of the filtered derivative at the middle one of an odd number of frames, 1.5 periods of the cut-off to
    each side.
    """
    reach = int(np.ceil(1.5 * rate_hz / cutoff_hz))
    return derivative_kernel(order, cutoff_hz, rate_hz, -np.arange(-reach, reach + 1, dtype=np.float64))
