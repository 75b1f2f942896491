"""Jitted rigid fits: Horn's quaternion with the largest eigenvalue of the characteristic polynomial, by frame."""

import math

import numpy as np
from numba import njit  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from legato.recording import BoolArray, FloatArray


@njit(cache=True, error_model="numpy")  # pyright: ignore[reportUntypedFunctionDecorator]
def _minor(k: FloatArray, row: int, column: int) -> float:
    """Cofactor of a 4×4 matrix."""
    r0, r1, r2 = (row + 1) % 4, (row + 2) % 4, (row + 3) % 4
    c0, c1, c2 = (column + 1) % 4, (column + 2) % 4, (column + 3) % 4
    value = (
        k[r0, c0] * (k[r1, c1] * k[r2, c2] - k[r1, c2] * k[r2, c1])
        - k[r0, c1] * (k[r1, c0] * k[r2, c2] - k[r1, c2] * k[r2, c0])
        + k[r0, c2] * (k[r1, c0] * k[r2, c1] - k[r1, c1] * k[r2, c0])
    )
    # Cyclic rows and columns of a 4×4 matrix alternate in sign as the plain ones do.
    return value if (row + column) % 2 == 0 else -value


@njit(cache=True, error_model="numpy")  # pyright: ignore[reportUntypedFunctionDecorator]
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


@njit(cache=True, error_model="numpy")  # pyright: ignore[reportUntypedFunctionDecorator]
def _first_cofactors(k: FloatArray) -> tuple[float, float, float, float]:
    """Cofactors of the first row of a symmetric 4×4 matrix."""
    a = k[2, 2] * k[3, 3] - k[3, 2] * k[2, 3]
    b = k[2, 1] * k[3, 3] - k[3, 1] * k[2, 3]
    c = k[2, 1] * k[3, 2] - k[3, 1] * k[2, 2]
    d = k[2, 0] * k[3, 2] - k[3, 0] * k[2, 2]
    e = k[2, 0] * k[3, 3] - k[3, 0] * k[2, 3]
    f = k[2, 0] * k[3, 1] - k[3, 0] * k[2, 1]
    return (
        k[1, 1] * a - k[1, 2] * b + k[1, 3] * c,
        -k[1, 0] * a + k[1, 2] * e - k[1, 3] * d,
        k[1, 0] * b - k[1, 1] * e + k[1, 3] * f,
        -k[1, 0] * c + k[1, 1] * d - k[1, 2] * f,
    )


@njit(cache=True, error_model="numpy")  # pyright: ignore[reportUntypedFunctionDecorator]
def _quaternion(s: FloatArray, k: FloatArray) -> tuple[float, float, float, float]:
    """Unit quaternion that turns template to points, from their cross moments `s`, scaled so the root lies at or below
    1.
    """
    k[0, 0] = s[0, 0] + s[1, 1] + s[2, 2]
    k[1, 1] = s[0, 0] - s[1, 1] - s[2, 2]
    k[2, 2] = -s[0, 0] + s[1, 1] - s[2, 2]
    k[3, 3] = -s[0, 0] - s[1, 1] + s[2, 2]
    k[0, 1] = k[1, 0] = s[1, 2] - s[2, 1]
    k[0, 2] = k[2, 0] = s[2, 0] - s[0, 2]
    k[0, 3] = k[3, 0] = s[0, 1] - s[1, 0]
    k[1, 2] = k[2, 1] = s[0, 1] + s[1, 0]
    k[1, 3] = k[3, 1] = s[2, 0] + s[0, 2]
    k[2, 3] = k[3, 2] = s[1, 2] + s[2, 1]
    # λ⁴ + c2 λ² + c1 λ + c0: the trace is zero.
    c2 = 0.0
    for j in range(3):
        for h in range(3):
            c2 -= 2.0 * s[j, h] * s[j, h]
    c1 = -8.0 * (
        s[0, 0] * (s[1, 1] * s[2, 2] - s[1, 2] * s[2, 1])
        - s[0, 1] * (s[1, 0] * s[2, 2] - s[1, 2] * s[2, 0])
        + s[0, 2] * (s[1, 0] * s[2, 1] - s[1, 1] * s[2, 0])
    )
    m0, m1, m2, m3 = _first_cofactors(k)
    c0 = k[0, 0] * m0 + k[0, 1] * m1 + k[0, 2] * m2 + k[0, 3] * m3
    largest = 1.0
    for _ in range(60):
        square = largest * largest
        slope = 4.0 * square * largest + 2.0 * c2 * largest + c1
        if slope <= 0.0:
            break
        step = ((square + c2) * square + c1 * largest + c0) / slope
        largest -= step
        if abs(step) < 1e-11:
            break
    for j in range(4):
        k[j, j] -= largest
    q0, q1, q2, q3 = _first_cofactors(k)
    norm = q0 * q0 + q1 * q1 + q2 * q2 + q3 * q3
    # Near a half turn the first row vanishes, so the row with the largest diagonal cofactor is taken.
    if not q0 * q0 > 0.05 * norm or norm < 1e-20:
        best, size = 0, 0.0
        for j in range(4):
            minor = abs(_minor(k, j, j))
            if minor > size:
                best, size = j, minor
        q0, q1, q2, q3 = _minor(k, best, 0), _minor(k, best, 1), _minor(k, best, 2), _minor(k, best, 3)
        norm = q0 * q0 + q1 * q1 + q2 * q2 + q3 * q3
    norm = 1.0 / math.sqrt(norm)
    return q0 * norm, q1 * norm, q2 * norm, q3 * norm


@njit(cache=True, error_model="numpy")  # pyright: ignore[reportUntypedFunctionDecorator]
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


@njit(cache=True, error_model="numpy")  # pyright: ignore[reportUntypedFunctionDecorator]
def fit_frames(
    points: FloatArray,
    template: FloatArray,
    weights: FloatArray,
    least_spread: float,
    rotation: FloatArray,
    centre: FloatArray,
    residual: FloatArray,
) -> None:
    """Fit `template` (M, 3) to every frame of `points` (n, M, 3); results into `rotation`, `centre` and `residual`.

    A frame stays NaN where fewer than three markers are seen or where those seen lie on a line (root of their summed
    squared distances from it below `least_spread`).
    """
    n, markers, _ = points.shape
    k = np.empty((4, 4))
    s = np.empty((3, 3))
    pc = np.empty(3)
    tc = np.empty(3)
    used = np.zeros(markers, dtype=np.bool_)
    before = np.zeros(markers, dtype=np.bool_)
    wide = False
    total = 0.0
    for i in range(n):
        seen = 0
        same = True
        for m in range(markers):
            used[m] = weights[m] > 0.0 and not math.isnan(points[i, m, 0])
            seen += used[m]
            same = same and used[m] == before[m]
        if not same:
            # The spread of the markers in use is worked out anew only when others are seen than in the frame before.
            total = 0.0
            tc[:] = 0.0
            for m in range(markers):
                before[m] = used[m]
                if used[m]:
                    total += weights[m]
                    for j in range(3):
                        tc[j] += weights[m] * template[m, j]
            wide = False
            if seen >= 3:
                tc /= total
                wide = _off_line(template, weights, tc, used) >= least_spread * least_spread
        gp = 0.0
        gt = 0.0
        if wide:
            pc[:] = 0.0
            s[:] = 0.0
            for m in range(markers):
                if used[m]:
                    for j in range(3):
                        pc[j] += weights[m] * points[i, m, j]
            pc /= total
            for m in range(markers):
                if used[m]:
                    w = weights[m]
                    t0, t1, t2 = template[m, 0] - tc[0], template[m, 1] - tc[1], template[m, 2] - tc[2]
                    p0, p1, p2 = points[i, m, 0] - pc[0], points[i, m, 1] - pc[1], points[i, m, 2] - pc[2]
                    gp += w * (p0 * p0 + p1 * p1 + p2 * p2)
                    gt += w * (t0 * t0 + t1 * t1 + t2 * t2)
                    s[0, 0] += w * t0 * p0
                    s[0, 1] += w * t0 * p1
                    s[0, 2] += w * t0 * p2
                    s[1, 0] += w * t1 * p0
                    s[1, 1] += w * t1 * p1
                    s[1, 2] += w * t1 * p2
                    s[2, 0] += w * t2 * p0
                    s[2, 1] += w * t2 * p1
                    s[2, 2] += w * t2 * p2
        if not (wide and gp > 0.0):
            centre[i, :] = np.nan
            rotation[i, :, :] = np.nan
            residual[i, :, :] = np.nan
            continue
        scale = 1.0 / math.sqrt(gp * gt)
        for j in range(3):
            for h in range(3):
                s[j, h] *= scale
        q0, q1, q2, q3 = _quaternion(s, k)
        r = rotation[i]
        r[0, 0] = q0 * q0 + q1 * q1 - q2 * q2 - q3 * q3
        r[1, 1] = q0 * q0 - q1 * q1 + q2 * q2 - q3 * q3
        r[2, 2] = q0 * q0 - q1 * q1 - q2 * q2 + q3 * q3
        r[0, 1] = 2.0 * (q1 * q2 - q0 * q3)
        r[1, 0] = 2.0 * (q1 * q2 + q0 * q3)
        r[0, 2] = 2.0 * (q1 * q3 + q0 * q2)
        r[2, 0] = 2.0 * (q1 * q3 - q0 * q2)
        r[1, 2] = 2.0 * (q2 * q3 - q0 * q1)
        r[2, 1] = 2.0 * (q2 * q3 + q0 * q1)
        for j in range(3):
            centre[i, j] = pc[j] - (r[j, 0] * tc[0] + r[j, 1] * tc[1] + r[j, 2] * tc[2])
        for m in range(markers):
            d0, d1, d2 = points[i, m, 0] - centre[i, 0], points[i, m, 1] - centre[i, 1], points[i, m, 2] - centre[i, 2]
            for j in range(3):
                residual[i, m, j] = r[0, j] * d0 + r[1, j] * d1 + r[2, j] * d2 - template[m, j]


@njit(cache=True, error_model="numpy")  # pyright: ignore[reportUntypedFunctionDecorator]
def settle_shape(frames: FloatArray, shape: FloatArray, weights: FloatArray, least_spread: float) -> bool:
    """Fit `shape` (M, 3) to the frames and put the mean of the frames turned back in its place until it stays; in place.

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
