"""Jitted power of joints and work under many draws of the errors. `tests/kinetics` holds them to plain numpy."""

from numba import njit

from legato.kinetics._wrench_kernels import IntArray
from legato.recording import FloatArray


@njit(cache=True, error_model="numpy")
def joint_powers(
    force: FloatArray,
    moment: FloatArray,
    velocity_to: FloatArray,
    velocity_from: FloatArray,
    turning_to: FloatArray,
    turning_from: FloatArray,
    out: FloatArray,
) -> None:
    """Power that a joint gives to the segments on its two sides, W, into `out` (n, 4): to one by its force and by its
    moment, then to the other by both.

    `force` and `moment` (n, 3) act on the first segment, their opposites on the second; velocities (n, 3) are of the
    joint's centre as each segment carries it, `turning_…` (n, 3) their angular velocities, all in the lab.
    """
    for i in range(force.shape[0]):
        a = b = c = d = 0.0
        for k in range(3):
            a += force[i, k] * velocity_to[i, k]
            b += moment[i, k] * turning_to[i, k]
            c -= force[i, k] * velocity_from[i, k]
            d -= moment[i, k] * turning_from[i, k]
        out[i, 0], out[i, 1], out[i, 2], out[i, 3] = a, b, c, d


@njit(cache=True, error_model="numpy")
def drawn_work(
    flow: FloatArray,
    modes: FloatArray,
    draws: FloatArray,
    turned: FloatArray,
    rates: FloatArray,
    step_s: float,
    out: FloatArray,
) -> None:
    """What passes a joint in a stretch of time, once with no error and once for every draw of the errors.

    `flow` (m, 3): power handed on by force, and given by the moment to the segments ahead and behind, W, at even steps;
    `modes` (errors, m, 3): what one SD of each error adds; `draws` (k, errors), the first row zero. `turned`
    (segments, m, 3, 3): what a rate of 1 rad/s about each axis of a segment adds; `rates` (segments, k, m, 3), rad/s.
    `out` (k, 11): J generated, absorbed, handed on by moment, handed back, on by force, back, put into the segment
    ahead, taken from the one behind, the net of what is put in; then the highest and the lowest power, W. Trapezoids.
    """
    count, m = draws.shape[0], flow.shape[0]
    for k in range(count):
        for j in range(11):
            out[k, j] = 0.0
        for i in range(m):
            force, ahead, behind = flow[i, 0], flow[i, 1], flow[i, 2]
            for e in range(draws.shape[1]):
                z = draws[k, e]
                if z != 0.0:
                    force += z * modes[e, i, 0]
                    ahead += z * modes[e, i, 1]
                    behind += z * modes[e, i, 2]
            for s in range(rates.shape[0]):
                for a in range(3):
                    z = rates[s, k, i, a]
                    force += z * turned[s, i, a, 0]
                    ahead += z * turned[s, i, a, 1]
                    behind += z * turned[s, i, a, 2]
            weight = step_s if 0 < i < m - 1 else 0.5 * step_s
            net = ahead + behind
            if net > 0.0:
                out[k, 0] += weight * net
            else:
                out[k, 1] -= weight * net
            if ahead > 0.0 > behind:
                out[k, 2] += weight * min(ahead, -behind)
            elif behind > 0.0 > ahead:
                out[k, 3] += weight * min(behind, -ahead)
            if force > 0.0:
                out[k, 4] += weight * force
            else:
                out[k, 5] -= weight * force
            out[k, 6] += weight * max(force + ahead, 0.0)
            out[k, 7] += weight * max(force - behind, 0.0)
            out[k, 8] += weight * (force + ahead)
            if i == 0 or net > out[k, 9]:
                out[k, 9] = net
            if i == 0 or net < out[k, 10]:
                out[k, 10] = net


@njit(cache=True, error_model="numpy")
def course_rates(knots: FloatArray, first: IntArray, slope: FloatArray, out: FloatArray) -> None:
    """Slopes of splines into `out` (rows, m, 3): of `knots` (rows, k, 3) the four from `first` (m,) on count, each as
    much as `slope` (m, 4) says.
    """
    for r in range(out.shape[0]):
        for i in range(first.shape[0]):
            k = first[i]
            for a in range(3):
                found = slope[i, 0] * knots[r, k, a] + slope[i, 1] * knots[r, k + 1, a]
                out[r, i, a] = found + slope[i, 2] * knots[r, k + 2, a] + slope[i, 3] * knots[r, k + 3, a]


@njit(cache=True, error_model="numpy")
def add_turned(rates: FloatArray, turned: FloatArray, out: FloatArray) -> None:
    """Add to `out` (rows, n) what `rates` (segments, rows, n, 3) make of `turned` (segments, n, 3)."""
    for s in range(rates.shape[0]):
        for r in range(out.shape[0]):
            for i in range(out.shape[1]):
                for a in range(3):
                    out[r, i] += rates[s, r, i, a] * turned[s, i, a]
