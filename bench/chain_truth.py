"""Segments in space with timing known in closed form: the truth that the chain's intervals are held to.

A segment turns about its own long axis at a rate that is a sum of bells (every derivative is exact), swings about its
other axes and travels. Markers ride on it with white noise, soft tissue that wobbles, and a cluster that may turn on
the bone. Nothing here comes from the code under test.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Bells:
    """A sum of Gaussian bells: amplitude, centre s and width s of each. Exact to any derivative wanted here."""

    amplitude: FloatArray
    centre: FloatArray
    width: FloatArray

    def derivative(self, t: FloatArray, order: int = 0) -> FloatArray:
        """Value (order 0) or derivative (1, 2) at times `t`."""
        at = np.asarray(t, float)
        if at.ndim == 1 and len(at) > 400:
            return self._along(at, order)
        x = (at[..., None] - self.centre) / self.width
        bell = self.amplitude * np.exp(-0.5 * x * x)
        if order == 0:
            return bell.sum(-1)
        if order == 1:
            return (-x / self.width * bell).sum(-1)
        return ((x * x - 1.0) / self.width**2 * bell).sum(-1)

    def _along(self, t: FloatArray, order: int) -> FloatArray:
        """The same on rising times, each bell only where it is more than 1e-17 of its height."""
        total = np.zeros(len(t))
        for a, c, w in zip(self.amplitude, self.centre, self.width, strict=True):
            low, high = np.searchsorted(t, (c - 9.0 * w, c + 9.0 * w))
            x = (t[low:high] - c) / w
            bell = a * np.exp(-0.5 * x * x)
            total[low:high] += bell if order == 0 else -x / w * bell if order == 1 else (x * x - 1.0) / w**2 * bell
        return total

    def integral(self, t: FloatArray) -> FloatArray:
        """Integral from minus infinity to `t`."""
        from scipy.special import ndtr

        x = (np.asarray(t, float)[..., None] - self.centre) / self.width
        return (self.amplitude * self.width * np.sqrt(2.0 * np.pi) * ndtr(x)).sum(-1)

    def peak(self, low: float, high: float) -> float:
        """Time of the highest value in a window, to 1e-12 s."""
        t = np.linspace(low, high, 2001)
        best = float(t[np.argmax(self.derivative(t))])
        for _ in range(30):
            step = float(self.derivative(np.array(best), 1) / self.derivative(np.array(best), 2))
            best -= step
            if abs(step) < 1e-13:
                break
        return best

    def onset(self, peak: float, low: float, fraction: float = 0.1) -> float:
        """Last crossing of `fraction` of the peak before it, by bisection."""
        level = fraction * float(self.derivative(np.array(peak)))
        t = np.linspace(low, peak, 2001)
        below = np.flatnonzero(self.derivative(t) < level)
        a, b = t[below[-1]], t[below[-1] + 1]
        for _ in range(60):
            mid = 0.5 * (a + b)
            a, b = (mid, b) if float(self.derivative(np.array(mid))) < level else (a, mid)
        return 0.5 * (a + b)


@dataclass(frozen=True)
class Movement:
    """Sharpness `s` (√(peak rate over its curvature)), peak rate, and the highest frequency of its soft-tissue
    wobble.
    """

    name: str
    s: float
    rate: float
    wobble_hz: float
    onset_window: float = 4.0


THROW = Movement("throw", 0.045, 13.4, 4.0)
LIFT = Movement("lift", 0.250, 2.1, 1.2)

Shape = Callable[[np.random.Generator], tuple[Sequence[float], Sequence[float], Sequence[float]]]


def symmetric(rng: np.random.Generator) -> tuple[Sequence[float], Sequence[float], Sequence[float]]:
    """One bell."""
    return [1.0], [0.0], [1.0]


def skewed(rng: np.random.Generator) -> tuple[Sequence[float], Sequence[float], Sequence[float]]:
    """A slow rise and a steep fall, or the reverse."""
    side = rng.choice([-1.0, 1.0])
    return [1.0, rng.uniform(0.3, 0.5)], [0.0, side * 1.5], [1.0, rng.uniform(1.5, 2.2)]


def two_humped(rng: np.random.Generator) -> tuple[Sequence[float], Sequence[float], Sequence[float]]:
    """A main hump with a smaller one beside it, the valley between them shallow."""
    side = rng.choice([-1.0, 1.0])
    return [1.0, rng.uniform(0.35, 0.6)], [0.0, side * rng.uniform(2.6, 3.4)], [1.0, rng.uniform(0.9, 1.3)]


SHAPES: dict[str, Shape] = {"symmetric": symmetric, "skewed": skewed, "two-humped": two_humped}


def scaled_shape(shape: Shape, s: float, rate: float, rng: np.random.Generator) -> Bells:
    """The shape with its highest point at 0 s, of height `rate` and sharpness `s`."""
    a, c, w = (np.asarray(v, float) for v in shape(rng))
    unit = Bells(a, c, w)
    top = unit.peak(-1.5, 1.5)
    height = float(unit.derivative(np.array(top)))
    own = np.sqrt(height / -float(unit.derivative(np.array(top), 2)))
    k = s / own
    return Bells(a * rate / height, (c - top) * k, w * k)


@dataclass(frozen=True)
class SetTruth:
    """One segment over a set: its markers, the true event times a rep, and the windows in which to look."""

    rate_hz: float
    markers: FloatArray
    template: FloatArray
    peak_s: FloatArray
    onset_s: FloatArray
    peak_rate: FloatArray
    sharpness: FloatArray
    windows: list[tuple[float, float]]
    axis_gain: float
    true_rotation: FloatArray = field(repr=False, default_factory=lambda: np.zeros(0))


def rotations(axis: FloatArray, angle: FloatArray) -> FloatArray:
    """Rotation matrices about one fixed axis, shape (n, 3, 3)."""
    k = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    s, c = np.sin(angle)[:, None, None], np.cos(angle)[:, None, None]
    return np.eye(3) + s * k + (1.0 - c) * (k @ k)


def coloured(n: int, columns: int, rate_hz: float, top_hz: float, rms: float, rng: np.random.Generator) -> FloatArray:
    """Gaussian noise, flat up to `top_hz` and nothing above, of the rms asked for (over the band, on the average)."""
    m = int(2 ** np.ceil(np.log2(n + rate_hz / top_hz * 4)))
    white = np.fft.rfft(rng.standard_normal((m, columns)), axis=0)
    white[np.fft.rfftfreq(m, 1.0 / rate_hz) > top_hz] = 0.0
    return np.fft.irfft(white, m, axis=0)[:n] * rms / np.sqrt(min(1.0, 2.0 * top_hz / rate_hz))


def marker_template(rng: np.random.Generator, count: int, radius: float) -> FloatArray:
    """An irregular cluster whose rms distance from its centroid across the long axis (y) is `radius`."""
    while True:
        r = rng.uniform(-1.0, 1.0, (count, 3))
        r -= r.mean(0)
        across = np.sqrt((r[:, 0] ** 2 + r[:, 2] ** 2).mean())
        r[:, [0, 2]] *= radius / across
        r[:, 1] *= radius
        spread = np.linalg.svd(r, compute_uv=False)
        if spread[1] > 0.45 * spread[0]:
            return r


def axis_gain(template: FloatArray, axis: FloatArray) -> float:
    """Variance of the fitted rotation about `axis` a unit of marker variance a coordinate: aᵀJ⁻¹a."""
    r = template - template.mean(0)
    j = (r * r).sum() * np.eye(3) - r.T @ r
    return float(axis @ np.linalg.solve(j, axis))


def segment_set(
    movement: Movement,
    rate_hz: float,
    sigma: float,
    rng: np.random.Generator,
    *,
    shape: Shape,
    reps: int = 8,
    lag: Sequence[float] | float = 0.0,
    centres: FloatArray | None = None,
    wobble: float = 1e-3,
    cluster_turn: float = 0.0,
    count: int | None = None,
    alike: bool = True,
) -> SetTruth:
    """Markers of one segment over a set of reps.

    `lag` moves each rep's peak, s; `alike` reps share one shape (height and width still vary by 15 %); `cluster_turn`
    is the rms rotation (rad) of the whole cluster on the bone that comes with the movement: a fixed delay of the
    segment, drawn once a set.
    """
    s0, period = movement.s, 20.0 * movement.s
    if centres is None:
        centres = rep_centres(movement, reps, rng)
    n = int((centres[-1] + period) * rate_hz)
    t = np.arange(n) / rate_hz
    form = int(rng.integers(2**32))
    lag = np.broadcast_to(np.asarray(lag, float), (reps,))
    amplitude, centre, width = [], [], []
    peaks, heights, sharp = np.empty(reps), np.empty(reps), np.empty(reps)
    for k in range(reps):
        bells = scaled_shape(
            shape,
            s0 * rng.uniform(0.85, 1.15),
            movement.rate * rng.uniform(0.85, 1.15),
            np.random.default_rng(form if alike else rng.integers(2**32)),
        )
        at = centres[k] + lag[k]
        turned = float(bells.integral(np.array(1e3)))
        back = 3.0 * s0
        amplitude += [bells.amplitude, np.array([-turned / (back * np.sqrt(2 * np.pi))])]
        centre += [bells.centre + at, np.array([centres[k] + 11.0 * s0])]
        width += [bells.width, np.array([back])]
    own = Bells(np.concatenate(amplitude), np.concatenate(centre), np.concatenate(width))
    onsets = np.empty(reps)
    windows: list[tuple[float, float]] = []
    for k in range(reps):
        at = centres[k] + lag[k]
        peaks[k] = own.peak(at - s0, at + s0)
        heights[k] = float(own.derivative(np.array(peaks[k])))
        sharp[k] = np.sqrt(heights[k] / -float(own.derivative(np.array(peaks[k]), 2)))
        onsets[k] = own.onset(peaks[k], centres[k] - 9.0 * s0)
        windows.append((centres[k] - s0 * rng.uniform(5.0, 8.0), centres[k] + s0 * rng.uniform(5.0, 8.0)))
    delay = rng.normal(0.0, cluster_turn / movement.rate) if cluster_turn > 0.0 else 0.0
    rotation = turning(own, t - delay, centres, s0, rng)
    m = count if count is not None else int(rng.integers(3, 7))
    template = marker_template(rng, m, rng.uniform(0.08, 0.12))
    origin = np.stack([_drift(t, centres, s0, 0.3, rng) for _ in range(3)], axis=1)
    noise = rng.normal(0.0, sigma, (n, m, 3))
    if wobble > 0.0:
        noise += coloured(n, m * 3, rate_hz, movement.wobble_hz, wobble, rng).reshape(n, m, 3)
    local = template + noise
    markers = np.einsum("nij,nmj->nmi", rotation, local) + origin[:, None, :]
    static = template + rng.normal(0.0, sigma / 10.0, template.shape)
    gain = axis_gain(template, np.array([0.0, 1.0, 0.0]))
    return SetTruth(rate_hz, markers, static, peaks, onsets, heights, sharp, windows, gain, rotation)


def rep_centres(movement: Movement, reps: int, rng: np.random.Generator) -> FloatArray:
    """Where the reps of a set lie, s: spaced unevenly and never on the frame grid."""
    period = 20.0 * movement.s
    return period * (np.arange(reps) + 1.0) + rng.uniform(-1.0, 1.0, reps) * movement.s


def _drift(t: FloatArray, centres: FloatArray, s0: float, size: float, rng: np.random.Generator) -> FloatArray:
    return _drift_bells(centres, s0, size, rng).derivative(t)


def _drift_bells(centres: FloatArray, s0: float, size: float, rng: np.random.Generator) -> Bells:
    count = len(centres)
    return Bells(
        size * rng.uniform(-1.0, 1.0, count),
        centres + s0 * rng.uniform(-3.0, 3.0, count),
        s0 * rng.uniform(3.0, 6.0, count),
    )


def turning(own: Bells, t: FloatArray, centres: FloatArray, s0: float, rng: np.random.Generator) -> FloatArray:
    """Rotations whose rate about the body's y is exactly `own`, while the segment also pitches and tilts.

    R = Rx(α) Rz(β) Ry(θ) has the body rate θ̇ − α̇ sin β about y, so θ is the integral of `own` + α̇ sin β.
    """
    tilt, pitch = _drift_bells(centres, s0, 0.5, rng), _drift_bells(centres, s0, 0.5, rng)
    step = t[1] - t[0]
    sub = max(1, int(np.ceil(step / (s0 / 100.0))))
    dense = t[0] + np.arange((len(t) - 1) * sub + 1) * (step / sub)
    extra = tilt.derivative(dense, 1) * np.sin(pitch.derivative(dense))
    total = np.concatenate([[0.0], np.cumsum(0.5 * (extra[1:] + extra[:-1]) * (step / sub))])[::sub]
    theta = own.integral(t) + total
    x, y, z = np.eye(3)
    return rotations(x, tilt.derivative(t)) @ rotations(z, pitch.derivative(t)) @ rotations(y, theta)


def peak_bound(
    movement: Movement, rate_hz: float, sigma: float, wobble: float, gain: float, *, kappa: float = 4.0
) -> float:
    """The least SD of a peak's time for a movement known only to lie below κ/(2πs), s (white noise and flat wobble)."""
    band = kappa / (2.0 * np.pi * movement.s)
    jerk = movement.rate / movement.s**2
    white = sigma**2 / rate_hz * min(band, rate_hz / 2.0) ** 5
    soft = wobble**2 / (2.0 * movement.wobble_hz) * min(band, movement.wobble_hz) ** 5
    return float(np.sqrt((2.0 * np.pi) ** 4 * 2.0 * (white + soft) / 5.0 * gain) / jerk)
