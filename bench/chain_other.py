"""A second generator, unlike the first in every choice, kept out of every number that was chosen.

Rates are sech², products of powers and powers of a cosine; marker clouds are rings, chains and ellipsoids; noise has
colour; soft tissue rings after every jolt.
"""

import numpy as np
from bench.chain_truth import Movement, SetTruth, axis_gain, rotations
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
_FINE = 200


def _unit_shape(x: FloatArray, kind: int, p: float, side: float) -> FloatArray:
    """A rate that is 1 at its highest point, with `x` in units near its sharpness."""
    if kind == 0:
        return 1.0 / np.cosh(0.9 * x) ** 2
    if kind == 1:
        u = np.clip(0.5 + x / 8.0, 0.0, 1.0)
        a, b = (3.0 + p, 5.0) if side > 0 else (5.0, 3.0 + p)
        shape = u**a * (1.0 - u) ** b
        top = a / (a + b)
        return shape / (top**a * (1.0 - top) ** b)
    if kind == 2:
        return np.where(np.abs(x) < 3.2, np.cos(np.clip(x / 3.2, -1.0, 1.0) * np.pi / 2.0), 0.0) ** (4.0 + p)
    late = np.exp(-0.5 * ((x - side * 2.8) / 0.9) ** 2)
    return 1.0 / np.cosh(0.95 * x) ** 2 + (0.25 + 0.2 * p) * late


def _cloud(rng: np.random.Generator, count: int, radius: float) -> FloatArray:
    kind = rng.integers(3)
    if kind == 0:
        angle = np.sort(rng.uniform(0.0, 2.0 * np.pi, count)) + np.arange(count) * 2.0 * np.pi / count
        cloud = np.stack([np.cos(angle), rng.uniform(-0.4, 0.4, count), np.sin(angle)], axis=1)
    elif kind == 1:
        cloud = np.stack(
            [
                rng.choice([-1.0, 1.0], count) * rng.uniform(0.6, 1.2, count),
                np.linspace(-1.5, 1.5, count),
                rng.uniform(-0.8, 0.8, count),
            ],
            axis=1,
        )
    else:
        cloud = rng.normal(0.0, 1.0, (count, 3)) * np.array([1.0, 0.8, 0.5])
    cloud -= cloud.mean(0)
    across = np.sqrt((cloud[:, 0] ** 2 + cloud[:, 2] ** 2).mean())
    cloud *= radius / max(across, 1e-6)
    spread = np.linalg.svd(cloud, compute_uv=False)
    return cloud if spread[1] > 0.3 * spread[0] else _cloud(rng, count, radius)


def _ringing(jolt: FloatArray, rate_hz: float, pitch_hz: float, damping: float) -> FloatArray:
    """A damped mass on a spring driven by `jolt`: soft tissue that rings after the movement's own acceleration."""
    w, n = 2.0 * np.pi * pitch_hz, 2 * len(jolt)
    turn = 2.0 * np.pi * np.fft.rfftfreq(n, 1.0 / rate_hz)
    answer = 1.0 / (w * w - turn * turn + 2j * damping * w * turn)
    return np.fft.irfft(np.fft.rfft(jolt, n) * answer, n)[: len(jolt)]


def other_set(
    movement: Movement, rate_hz: float, sigma: float, rng: np.random.Generator, centres: FloatArray, lag: FloatArray
) -> SetTruth:
    """One segment over a set. Truth comes from a grid 200 times finer than the sharpness, refined by a parabola.

    R = Rz(pitch) Rx(lean) Ry(θ) has the body rate θ̇ + sin(lean)·pitch rate about y.
    """
    s0, reps = movement.s, len(centres)
    kind, p, side = int(rng.integers(4)), float(rng.random()), float(rng.choice([-1.0, 1.0]))
    probe = np.linspace(-6.0, 6.0, 24001)
    base = _unit_shape(probe, kind, p, side)
    top = int(np.argmax(base))
    width = np.sqrt(
        base[top] / -((base[top + 20] - 2.0 * base[top] + base[top - 20]) / (20 * (probe[1] - probe[0])) ** 2)
    )
    n = int((centres[-1] + 14.0 * s0) * rate_hz)
    sub = max(1, int(np.ceil(_FINE / (s0 * rate_hz))))
    fine = np.arange((n - 1) * sub + 1) / (rate_hz * sub)
    rate = np.zeros(len(fine))
    peak, height, sharp, onset = (np.zeros(reps) for _ in range(4))
    windows: list[tuple[float, float]] = []
    for k in range(reps):
        scale, tall = s0 / width * rng.uniform(0.85, 1.15), movement.rate / base[top] * rng.uniform(0.85, 1.15)
        at = centres[k] + lag[k] - probe[top] * scale
        rate += tall * _unit_shape((fine - at) / scale, kind, p, side)
        rate -= 0.55 * tall * (1.0 - np.cos(2.0 * np.pi * np.clip((fine - at - 5.0 * s0) / (9.0 * s0), 0.0, 1.0))) * 0.5
        windows.append((centres[k] - s0 * rng.uniform(4.0, 6.0), centres[k] + s0 * rng.uniform(4.0, 6.0)))
    for k in range(reps):
        low, high = np.searchsorted(fine, (centres[k] + lag[k] - s0, centres[k] + lag[k] + s0))
        i = int(low + np.argmax(rate[low:high]))
        bend = rate[i + 1] - 2.0 * rate[i] + rate[i - 1]
        peak[k] = fine[i] - 0.5 * (rate[i + 1] - rate[i - 1]) / bend / (rate_hz * sub)
        height[k] = rate[i]
        sharp[k] = np.sqrt(-rate[i] / bend) / (rate_hz * sub)
        j = int(np.flatnonzero(rate[:i] < 0.1 * rate[i])[-1])
        onset[k] = fine[j] + (0.1 * rate[i] - rate[j]) / (rate[j + 1] - rate[j]) / (rate_hz * sub)
    theta = np.concatenate([[0.0], np.cumsum(0.5 * (rate[1:] + rate[:-1]))]) / (rate_hz * sub)
    t = fine[::sub]
    pitch = 0.35 * np.sin(2.0 * np.pi * t / (rng.uniform(7.0, 12.0) * s0) + rng.uniform(0.0, 6.0))
    lean = rng.uniform(-0.4, 0.4)
    x, y, z = np.eye(3)
    swing = rotations(z, pitch) @ rotations(x, np.full(len(t), lean))
    rotation = swing @ rotations(y, theta[::sub] - pitch * np.sin(lean))
    count = int(rng.integers(3, 7))
    template = _cloud(rng, count, rng.uniform(0.08, 0.12))
    noise = rng.normal(0.0, 1.0, (n, count, 3))
    blend = float(rng.uniform(0.0, 0.4))
    colour = np.sqrt(1.0 - blend**2) / np.abs(1.0 - blend * np.exp(-2j * np.pi * np.fft.rfftfreq(n)))
    noise = np.fft.irfft(np.fft.rfft(noise, axis=0) * colour[:, None, None], n, axis=0)
    noise *= sigma
    if sigma >= 1e-3:
        jolt = np.gradient(rate[::sub], t)
        for m in range(count):
            ring = _ringing(jolt, rate_hz, movement.wobble_hz * rng.uniform(0.5, 1.2), rng.uniform(0.15, 0.5))
            size = float(np.sqrt(np.mean(ring**2)))
            noise[:, m] += ring[:, None] / size * rng.normal(0.0, 1e-3, 3)
    path = np.stack([0.4 * np.sin(2.0 * np.pi * t / (rng.uniform(9.0, 15.0) * s0)) for _ in range(3)], axis=1)
    markers = np.einsum("nij,nmj->nmi", rotation, template + noise) + path[:, None]
    gain = axis_gain(template, y)
    return SetTruth(rate_hz, markers, template, peak, onset, height, sharp, windows, gain, rotation)


def other_pair(
    movement: Movement, rate_hz: float, sigma: float, lag: float, rng: np.random.Generator, reps: int
) -> tuple[SetTruth, SetTruth, FloatArray]:
    """Two segments of the second generator."""
    centres = 15.0 * movement.s * (np.arange(reps) + 1.0) + rng.uniform(-1.0, 1.0, reps) * movement.s
    lags = lag + rng.normal(0.0, 0.15 * movement.s, reps)
    return (
        other_set(movement, rate_hz, sigma, rng, centres, np.zeros(reps)),
        other_set(movement, rate_hz, sigma, rng, centres, lags),
        lags,
    )
