"""From markers to joint angles, beside kineticstoolkit and pyomeca in the same run: `python -m bench body`.

The task is 10 s of 60 markers at 250 Hz: filter every marker (zero-phase Butterworth, order 4, 6 Hz), put a frame on
each of 12 segments in every frame, and take the angles of the 11 joints between them. Legato and kineticstoolkit fit
each segment's five markers by least squares; pyomeca's frames take three of them, which is less work. Times are
processor time of one core. A peer that is not installed is skipped.
"""

import sys
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from legato.body import build_body
from legato.body.angles import continuous, joint_angles
from legato.body.poses import fit_poses
from legato.recording import Recording, Stream
from legato.signals.filters import lowpass
from legato.simulate import simulate

FloatArray = NDArray[np.float64]

RATE, SECONDS, SEGMENTS, MARKERS = 250.0, 10.0, 12, 5
ORDER, CUTOFF = 4, 6.0
LIMIT_MS = 20.0


def chain_of_segments() -> tuple[FloatArray, FloatArray]:
    """Markers (n, segments, 5, 3) of a chain whose joints turn smoothly, 1 mm of noise on them, and their shape."""
    rng = np.random.default_rng(1)
    shape = rng.normal(size=(MARKERS, 3)) * np.array([0.05, 0.15, 0.05])
    t = np.arange(int(RATE * SECONDS)) / RATE
    points = np.empty((t.size, SEGMENTS, MARKERS, 3))
    turned = np.broadcast_to(np.eye(3), (t.size, 3, 3))
    for k in range(SEGMENTS):
        angle = 0.4 * np.sin(2.0 * np.pi * 0.3 * t + k)
        c, s, zero, one = np.cos(angle), np.sin(angle), np.zeros_like(t), np.ones_like(t)
        turned = turned @ np.array([[c, -s, zero], [s, c, zero], [zero, zero, one]]).transpose(2, 0, 1)
        points[:, k] = np.einsum("nij,mj->nmi", turned, shape) + np.array([0.0, 0.0, 0.3 * k])
    return points + 0.001 * rng.normal(size=points.shape), shape


def best_of(run: Callable[[], FloatArray], rounds: int) -> tuple[float, FloatArray]:
    """Least processor time of some rounds after a warm-up, ms, and what was computed."""
    result = run()
    times: list[float] = []
    for _ in range(rounds):
        start = time.process_time()
        result = run()
        times.append(time.process_time() - start)
    return 1e3 * min(times), result


def with_legato(points: FloatArray, shape: FloatArray) -> FloatArray:
    """Joint angles (n, joints, 3), rad."""
    smooth = lowpass(points, RATE, CUTOFF, ORDER)
    rotations = [fit_poses(np.ascontiguousarray(smooth[:, k]), shape).rotation for k in range(SEGMENTS)]
    out = np.empty((points.shape[0], SEGMENTS - 1, 3))
    for k in range(SEGMENTS - 1):
        turns = joint_angles(rotations[k], rotations[k + 1])
        for j in range(3):
            out[:, k, j] = continuous(turns[:, j])
    return out


def with_kineticstoolkit(points: FloatArray, shape: FloatArray) -> FloatArray:
    """The same with kineticstoolkit's own functions."""
    import kineticstoolkit as ktk

    n = points.shape[0]
    series = ktk.TimeSeries(time=np.arange(n) / RATE)
    for k in range(SEGMENTS):
        for m in range(MARKERS):
            series.data[f"{k}-{m}"] = np.column_stack((points[:, k, m], np.ones(n)))
    series = ktk.filters.butter(series, CUTOFF, order=ORDER)
    local = np.concatenate((shape.T, np.ones((1, MARKERS))))[None].repeat(n, axis=0)
    frames = [
        ktk.geometry.register_points(np.stack([series.data[f"{k}-{m}"] for m in range(MARKERS)], axis=2), local)
        for k in range(SEGMENTS)
    ]
    out = np.empty((n, SEGMENTS - 1, 3))
    for k in range(SEGMENTS - 1):
        out[:, k] = ktk.geometry.get_angles(ktk.geometry.get_local_coordinates(frames[k + 1], frames[k]), "ZXY")
    return out


def with_pyomeca(points: FloatArray, shape: FloatArray) -> FloatArray:
    """The same with pyomeca; its frames take three markers, so its angles differ by a constant."""
    from pyomeca import Angles, Markers, Rototrans

    n = points.shape[0]
    names = [f"{k}-{m}" for k in range(SEGMENTS) for m in range(MARKERS)]
    data = points.reshape(n, -1, 3).transpose(2, 1, 0)
    markers = Markers(np.concatenate((data, np.ones((1, len(names), n)))), channels=names, time=np.arange(n) / RATE)
    smooth = markers.meca.low_pass(order=ORDER, cutoff=CUTOFF, freq=RATE)
    frames = [_frame_of_three([smooth.sel(channel=f"{k}-{m}").values[:3] for m in range(3)]) for k in range(SEGMENTS)]
    out = np.empty((n, SEGMENTS - 1, 3))
    for k in range(SEGMENTS - 1):
        between = np.zeros((4, 4, n))
        between[3, 3] = 1.0
        between[:3, :3] = np.einsum("jin,jkn->ikn", frames[k], frames[k + 1])
        out[:, k] = np.squeeze(Angles.from_rototrans(Rototrans(between), "zxy").values).T
    return out


def _frame_of_three(markers: list[FloatArray]) -> FloatArray:
    # What pyomeca's Rototrans.from_markers does, in plain numpy: with current xarray that function raises.
    y = markers[1] - markers[0]
    z = np.cross(markers[2] - markers[0], y, axis=0)
    x = np.cross(y, z, axis=0)
    return np.stack([v / np.linalg.norm(v, axis=0) for v in (x, y, z)], axis=1)


def swing(angles: FloatArray) -> FloatArray:
    """Range of each joint's first angle, deg: the same whatever constant a frame adds."""
    return np.degrees(np.ptp(np.unwrap(angles[:, :, 0], axis=0), axis=0))


def main() -> int:
    """Time all, print the ratios; 1 where Legato's time is over the limit or a peer disagrees."""
    points, shape = chain_of_segments()
    ours, angles = best_of(lambda: with_legato(points, shape), 15)
    print(f"{points.shape[0]} frames, {SEGMENTS * MARKERS} markers: filter, {SEGMENTS} frames, {SEGMENTS - 1} joints")
    print(f"{'legato':<18}{ours:9.1f} ms")
    wrong = False
    for name, run in (("kineticstoolkit", with_kineticstoolkit), ("pyomeca", with_pyomeca)):
        try:
            __import__(name)
        except ImportError as error:
            print(f"{name:<18}  skipped: {error}")
            continue
        theirs, other = best_of(lambda run=run: run(points, shape), 2)
        apart = float(np.abs(swing(other) - swing(angles)).max())
        # Least squares over five markers and a frame from three differ by the noise and by cross-talk.
        agrees = apart < (0.1 if name == "kineticstoolkit" else 5.0)
        wrong = wrong or not agrees
        print(
            f"{name:<18}{theirs:9.1f} ms  {theirs / ours:6.1f} x  largest difference of a joint's range {apart:.3f} deg"
        )
    stream = simulate("back-squat", seed=1, reps=3).recording.of_kind("markers")[0]
    values = stream.values[: int(RATE * SECONDS)].copy()
    trial = Recording(streams=(Stream("markers", "markers", values, RATE, stream.channels, stream.units),))
    whole, _ = best_of(lambda: build_body(trial).angles["knee_flexion_right"], 10)
    extras = "cleaning, mean shapes, joint centres, residuals"
    print(f"{'build_body':<18}{whole:9.1f} ms  {len(stream.channels)} markers, with {extras}")
    print(f"limit for filter, frames and angles: {LIMIT_MS:.0f} ms, {'kept' if ours <= LIMIT_MS else 'EXCEEDED'}")
    return int(wrong or ours > LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main())
