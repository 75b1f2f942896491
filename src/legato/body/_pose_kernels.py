"""Jitted rigid fits: Horn's quaternion with the largest eigenvalue of the characteristic polynomial, by frame."""

import math

import numpy as np
from numba import njit

from legato.recording import BoolArray, FloatArray


@njit(cache=True, error_model="numpy")
def _largest_eigenvalue_3(a: float, b: float, c: float, d: float, e: float, f: float) -> float:
    """Largest eigenvalue of the symmetric matrix with diagonal a b c and off-diagonal d (01), e (02), f (12)."""
    mean = (a + b + c) / 3.0
    off = d * d + e * e + f * f
    spread = math.sqrt(((a - mean) ** 2 + (b - mean) ** 2 + (c - mean) ** 2 + 2.0 * off) / 6.0)
    if spread < 1e-300:
        return mean
    x, y, z = (a - mean) / spread, (b - mean) / spread, (c - mean) / spread
    p, q, r = d / spread, e / spread, f / spread
    half = 0.5 * (x * (y * z - r * r) - p * (p * z - r * q) + q * (p * r - y * q))
    return mean + 2.0 * spread * math.cos(math.acos(min(1.0, max(-1.0, half))) / 3.0)


@njit(cache=True, error_model="numpy")
def _cofactors(
    a: float, b: float, c: float, d: float, e: float, f: float, g: float, h: float, i: float, j: float
) -> tuple[float, float, float, float]:
    """Cofactors of the first row of the symmetric 4×4 matrix with rows a b c d, b e f g, c f h i, d g i j."""
    hj, fj, fi = h * j - i * i, f * j - g * i, f * i - g * h
    ci, cj, cg = c * i - d * h, c * j - d * i, c * g - d * f
    return e * hj - f * fj + g * fi, -b * hj + f * cj - g * ci, b * fj - e * cj + g * cg, -b * fi + e * ci - f * cg


@njit(cache=True, error_model="numpy")
def _quaternion(
    s00: float, s01: float, s02: float, s10: float, s11: float, s12: float, s20: float, s21: float, s22: float
) -> tuple[float, float, float, float]:
    """Unit quaternion that turns template to points, from cross moments scaled so that the root lies at or below 1."""
    a, e, h, j = s00 + s11 + s22, s00 - s11 - s22, -s00 + s11 - s22, -s00 - s11 + s22
    b, c, d = s12 - s21, s20 - s02, s01 - s10
    f, g, i = s01 + s10, s20 + s02, s12 + s21
    # λ⁴ + c2 λ² + c1 λ + c0: the trace is zero.
    c2 = -2.0 * (
        s00 * s00 + s01 * s01 + s02 * s02 + s10 * s10 + s11 * s11 + s12 * s12 + s20 * s20 + s21 * s21 + s22 * s22
    )
    c1 = -8.0 * (s00 * (s11 * s22 - s12 * s21) - s01 * (s10 * s22 - s12 * s20) + s02 * (s10 * s21 - s11 * s20))
    m0, m1, m2, m3 = _cofactors(a, b, c, d, e, f, g, h, i, j)
    c0 = a * m0 + b * m1 + c * m2 + d * m3
    root = 1.0
    for _ in range(60):
        square = root * root
        slope = 4.0 * square * root + 2.0 * c2 * root + c1
        if slope <= 0.0:
            break
        step = ((square + c2) * square + c1 * root + c0) / slope
        root -= step
        # Convergence is quadratic, so the step after this one lies below rounding.
        if abs(step) < 1e-10:
            break
    a, e, h, j = a - root, e - root, h - root, j - root
    q0, q1, q2, q3 = _cofactors(a, b, c, d, e, f, g, h, i, j)
    norm = q0 * q0 + q1 * q1 + q2 * q2 + q3 * q3
    # Near a half turn the first row vanishes. The other rows follow by putting another index first.
    if q0 * q0 < 0.2 * norm or norm < 1e-20:
        r1, r0, r2, r3 = _cofactors(e, b, f, g, a, c, d, h, i, j)
        other = r0 * r0 + r1 * r1 + r2 * r2 + r3 * r3
        if other > norm:
            q0, q1, q2, q3, norm = r0, r1, r2, r3, other
        r2, r1, r0, r3 = _cofactors(h, f, c, i, e, b, g, a, d, j)
        other = r0 * r0 + r1 * r1 + r2 * r2 + r3 * r3
        if other > norm:
            q0, q1, q2, q3, norm = r0, r1, r2, r3, other
        r3, r1, r2, r0 = _cofactors(j, g, i, d, e, f, b, h, c, a)
        other = r0 * r0 + r1 * r1 + r2 * r2 + r3 * r3
        if other > norm:
            q0, q1, q2, q3, norm = r0, r1, r2, r3, other
    norm = 1.0 / math.sqrt(norm)
    return q0 * norm, q1 * norm, q2 * norm, q3 * norm


@njit(cache=True, error_model="numpy")
def _off_line(template: FloatArray, weights: FloatArray, tc: FloatArray, used: BoolArray) -> float:
    """Summed squared distances of the used template points from the line that fits them best."""
    xx, yy, zz, xy, xz, yz = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for m in range(template.shape[0]):
        if used[m]:
            t0, t1, t2 = template[m, 0] - tc[0], template[m, 1] - tc[1], template[m, 2] - tc[2]
            xx += weights[m] * t0 * t0
            yy += weights[m] * t1 * t1
            zz += weights[m] * t2 * t2
            xy += weights[m] * t0 * t1
            xz += weights[m] * t0 * t2
            yz += weights[m] * t1 * t2
    return xx + yy + zz - _largest_eigenvalue_3(xx, yy, zz, xy, xz, yz)


@njit(cache=True, error_model="numpy")
def fit_frames(
    points: FloatArray,
    template: FloatArray,
    weights: FloatArray,
    least_spread: float,
    rotation: FloatArray,
    centre: FloatArray,
    residual: FloatArray,
) -> None:
    """Fit `template` (M, 3) to every frame of `points` (n, M, 3); results into the last three.

    A frame stays NaN where fewer than three markers are seen or where those seen lie on a line (root of their summed
    squared distances from it below `least_spread`).
    """
    n, markers, _ = points.shape
    tc = np.empty(3)
    about = np.empty((markers, 3))
    used = np.zeros(markers, dtype=np.bool_)
    share = np.zeros(markers)
    wide = False
    gt = 0.0
    for i in range(n):
        same = True
        for m in range(markers):
            same = same and used[m] == (weights[m] > 0.0 and not math.isnan(points[i, m, 0]))
        if not same or i == 0:
            # Moments of the template are worked out anew only when other markers are seen than in the frame before.
            seen = 0
            total = 0.0
            tc[:] = 0.0
            for m in range(markers):
                used[m] = weights[m] > 0.0 and not math.isnan(points[i, m, 0])
                share[m] = weights[m] if used[m] else 0.0
                seen += used[m]
                total += share[m]
                for j in range(3):
                    tc[j] += share[m] * template[m, j]
            wide = False
            gt = 0.0
            if seen >= 3:
                tc /= total
                wide = _off_line(template, weights, tc, used) >= least_spread * least_spread
                for m in range(markers):
                    share[m] /= total
                    for j in range(3):
                        about[m, j] = share[m] * (template[m, j] - tc[j])
                        gt += about[m, j] * (template[m, j] - tc[j])
        if not wide:
            centre[i, :] = np.nan
            rotation[i, :, :] = np.nan
            residual[i, :, :] = np.nan
            continue
        x = y = z = 0.0
        for m in range(markers):
            if used[m]:
                x += share[m] * points[i, m, 0]
                y += share[m] * points[i, m, 1]
                z += share[m] * points[i, m, 2]
        gp = 0.0
        s00 = s01 = s02 = s10 = s11 = s12 = s20 = s21 = s22 = 0.0
        for m in range(markers):
            if used[m]:
                p0, p1, p2 = points[i, m, 0] - x, points[i, m, 1] - y, points[i, m, 2] - z
                t0, t1, t2 = about[m, 0], about[m, 1], about[m, 2]
                gp += share[m] * (p0 * p0 + p1 * p1 + p2 * p2)
                s00 += t0 * p0
                s01 += t0 * p1
                s02 += t0 * p2
                s10 += t1 * p0
                s11 += t1 * p1
                s12 += t1 * p2
                s20 += t2 * p0
                s21 += t2 * p1
                s22 += t2 * p2
        k = 1.0 / math.sqrt(gp * gt)
        q0, q1, q2, q3 = _quaternion(k * s00, k * s01, k * s02, k * s10, k * s11, k * s12, k * s20, k * s21, k * s22)
        r00, r11 = q0 * q0 + q1 * q1 - q2 * q2 - q3 * q3, q0 * q0 - q1 * q1 + q2 * q2 - q3 * q3
        r22 = q0 * q0 - q1 * q1 - q2 * q2 + q3 * q3
        r01, r10 = 2.0 * (q1 * q2 - q0 * q3), 2.0 * (q1 * q2 + q0 * q3)
        r02, r20 = 2.0 * (q1 * q3 + q0 * q2), 2.0 * (q1 * q3 - q0 * q2)
        r12, r21 = 2.0 * (q2 * q3 - q0 * q1), 2.0 * (q2 * q3 + q0 * q1)
        r = rotation[i]
        r[0, 0], r[0, 1], r[0, 2] = r00, r01, r02
        r[1, 0], r[1, 1], r[1, 2] = r10, r11, r12
        r[2, 0], r[2, 1], r[2, 2] = r20, r21, r22
        x -= r00 * tc[0] + r01 * tc[1] + r02 * tc[2]
        y -= r10 * tc[0] + r11 * tc[1] + r12 * tc[2]
        z -= r20 * tc[0] + r21 * tc[1] + r22 * tc[2]
        centre[i, 0], centre[i, 1], centre[i, 2] = x, y, z
        for m in range(markers):
            p0, p1, p2 = points[i, m, 0] - x, points[i, m, 1] - y, points[i, m, 2] - z
            residual[i, m, 0] = r00 * p0 + r10 * p1 + r20 * p2 - template[m, 0]
            residual[i, m, 1] = r01 * p0 + r11 * p1 + r21 * p2 - template[m, 1]
            residual[i, m, 2] = r02 * p0 + r12 * p1 + r22 * p2 - template[m, 2]


@njit(cache=True, error_model="numpy")
def settle_shape(frames: FloatArray, shape: FloatArray, weights: FloatArray, least_spread: float) -> bool:
    """Fit `shape` (M, 3) to the frames and put the mean of the frames, turned back, in its place until it stays.

    Markers unknown in `shape` (NaN) join from the second round on. False where no frame can be fitted.
    """
    n, markers, _ = frames.shape
    rotation, centre, residual = np.empty((n, 3, 3)), np.empty((n, 3)), np.empty((n, markers, 3))
    template, used = np.empty((markers, 3)), np.empty(markers)
    mean, middle = np.empty(3), np.empty(3)
    for _ in range(25):
        for m in range(markers):
            unknown = math.isnan(shape[m, 0])
            used[m] = 0.0 if unknown else weights[m]
            for j in range(3):
                template[m, j] = 0.0 if unknown else shape[m, j]
        fit_frames(frames, template, used, least_spread, rotation, centre, residual)
        change = 0.0
        kept = 0
        middle[:] = 0.0
        for m in range(markers):
            seen = 0
            mean[:] = 0.0
            for i in range(n):
                if not math.isnan(residual[i, m, 0]):
                    seen += 1
                    for j in range(3):
                        mean[j] += residual[i, m, j]
            known = not math.isnan(shape[m, 0])
            for j in range(3):
                shape[m, j] = np.nan if seen == 0 else template[m, j] + mean[j] / seen
            if known and seen > 0:
                kept += 1
                for j in range(3):
                    middle[j] += shape[m, j]
            if known != (seen > 0):
                change = np.inf
        if kept == 0:
            return False
        for m in range(markers):
            for j in range(3):
                shape[m, j] -= middle[j] / kept
                if used[m] > 0.0 and not math.isnan(shape[m, j]):
                    change = max(change, abs(shape[m, j] - template[m, j]))
        if change < 1e-9:
            break
    return True
