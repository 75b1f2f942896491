"""A sensor's tilt and its false rate from the pull of gravity over a whole recording."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legato.body.imu_rest import LARGEST_PULL
from legato.body.imu_sensors import imu_table
from legato.recording import STANDARD_GRAVITY, FloatArray
from legato.signals.rotation import integrated, shortest_turn, turn

_SMOOTH_S = 2.5
"""SD of the bell over which the pull is averaged, s. [ENG] A body that travels 0.5 m and comes back adds at most
0.08 m/s² to it, half a degree. One that runs off adds as much as it speeds up.
"""

_KNOT_S = 0.5
_LEAST_STRAY = np.radians(0.3)
"""Tilt by which an average pull may lie off however quiet the record is, rad. [ENG] 0.05 m/s² of false acceleration."""

_LARGEST_STRAY = np.radians(1.0)
"""Average pulls that stray by more than this from what a rest and a false rate explain held the speeding up of a body
that does not come back, rad. [ENG] 0.17 m/s²; simulated lifts, throws and jumps stray by up to 0.5 degrees.
"""

_STEADY_PULL = 0.3
"""Scatter of the pull in a rest that shows the vertical by itself, m/s². [ENG] Quiet standing sways at below 0.1."""

_ROUNDS = 3
_DOUBT = 3.0
"""Gravity that contradicts the rests by more than this many SD shows that they were no rests. [ENG]"""

_UP: FloatArray = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """What rates and pulls of a sensor say together: its orientation to a world with z up (n, 3, 3), its false rate
    (3,) and the covariance of what is left of that (3, 3), (rad/s)², in its own axes.
    """

    rotation: FloatArray
    bias: FloatArray
    covariance: FloatArray


def level(
    gyro: FloatArray,
    acc: FloatArray,
    spans: Sequence[tuple[int, int]],
    rate_hz: float,
    bias: FloatArray,
    bias_sd: float,
) -> Level | None:
    """Orientation to a world with z up, and a better false rate.

    Parameters
    ----------
    gyro, acc
        Rates of turn, rad/s, and pulls, m/s², in the sensor's axes, shape (n, 3).
    spans
        Its quietest rests, first frame and one past the last.
    rate_hz
        Sampling rate, Hz.
    bias, bias_sd
        False rate (3,) that the rests show, and its SD, rad/s.

    Returns
    -------
    None where the pull is not that of gravity on the whole, or no rest tells it from that of the movement.

    Notes
    -----
    Seen from a frame that does not turn, a body that comes back accelerates by nothing on average, so the pull averaged
    over some seconds points up whether it moves or not (as in Laidig and Seel 2023, Inf Fusion 91:187). Rates that are
    false by a little turn that frame slowly: how the average pull wanders off tells the false rate about every axis
    that was level at some time, by least squares with the rests' own rate as prior. Where that contradicts the rests,
    these held a slow turn, and their SD grows to what they were wrong by. What tilt is left is taken out evenly between
    rests, so no event moves by more than the drift itself; the heading keeps what is left of its drift. The pull of a
    steady rest holds throughout. Where the averages stray from it, the body ran off: then that rest alone shows the
    vertical, and its rate is as doubtful as where nothing levels.
    """
    steady = [span for span in spans if _is_steady(acc[slice(*span)])]
    rest = max(steady, key=lambda span: span[1] - span[0], default=None)
    if rest is None and len(acc) < 2.0 * _SMOOTH_S * rate_hz:
        return None
    found, sd, covariance = bias, bias_sd, np.eye(3) * bias_sd**2
    start, strays = np.eye(3), 0.0
    for _ in range(_ROUNDS):
        free = integrated(gyro - found, rate_hz)
        pull = np.einsum("nij,nj->ni", free, acc)
        smoothed = _smoothed(pull, rate_hz)
        if abs(float(np.linalg.norm(smoothed, axis=1).mean()) - STANDARD_GRAVITY) > LARGEST_PULL:
            return None if rest is None else _from_rest(gyro, acc, rest, rate_hz, bias, bias_sd)
        start = turn(shortest_turn(smoothed.mean(axis=0), _UP))
        felt = None if rest is None else (sum(rest) // 2, start @ pull[slice(*rest)].mean(axis=0))
        fitted = _drift(start @ free, smoothed @ start.T, felt, rate_hz, found - bias, sd)
        step, covariance, lean, level_off, strays = fitted
        if level_off > _DOUBT * sd:
            sd = level_off
        found = found + step
        start = turn(lean) @ start
    if strays > _LARGEST_STRAY or (sd > bias_sd and len(acc) < 4.0 * _SMOOTH_S * rate_hz):
        return None if rest is None else _from_rest(gyro, acc, rest, rate_hz, bias, bias_sd)
    free = start @ integrated(gyro - found, rate_hz)
    rate_sd = float(np.sqrt(np.trace(covariance) / 3.0))
    return Level(_anchored(free, acc, spans, rest, rate_hz, rate_sd), found, covariance)


def _is_steady(pull: FloatArray) -> bool:
    """Whether a rest's pulls (n, 3) are gravity and nothing else."""
    off = abs(float(np.linalg.norm(pull.mean(axis=0))) - STANDARD_GRAVITY)
    return off <= LARGEST_PULL and float(np.sqrt(pull.var(axis=0).sum())) <= _STEADY_PULL


def _from_rest(
    gyro: FloatArray, acc: FloatArray, rest: tuple[int, int], rate_hz: float, bias: FloatArray, bias_sd: float
) -> Level:
    """The orientation that integrated rates give from one rest on, both ways."""
    free = integrated(gyro - bias, rate_hz)
    pull = np.einsum("nij,nj->i", free[slice(*rest)], acc[slice(*rest)])
    sd = max(bias_sd, float(np.radians(imu_table()["unlevelled_bias_deg_s"])))
    return Level(turn(shortest_turn(pull, _UP)) @ free, bias, np.eye(3) * sd**2)


def _knots(count: int, rate_hz: float) -> FloatArray:
    return np.linspace(0.0, count - 1.0, max(3, round(count / rate_hz / _KNOT_S) + 1))


def _smoothed(values: FloatArray, rate_hz: float) -> FloatArray:
    """Values (n, m) averaged under a bell at evenly spread knots, (k, m); at the ends under the half that is there."""
    knots = _knots(len(values), rate_hz)
    width = max(1, round(0.1 * rate_hz))
    whole = len(values) // width * width
    blocks = values[:whole].reshape(-1, width, values.shape[1]).mean(axis=1)
    places = (np.arange(len(blocks)) + 0.5) * width - 0.5
    weights = np.exp(-0.5 * ((knots[:, None] - places) / (_SMOOTH_S * rate_hz)) ** 2)
    return (weights @ blocks) / weights.sum(axis=1, keepdims=True)


def _drift(
    rotation: FloatArray,
    pull: FloatArray,
    rest: tuple[int, FloatArray] | None,
    rate_hz: float,
    known: FloatArray,
    sd: float,
) -> tuple[FloatArray, FloatArray, FloatArray, float, float]:
    """How far the false rate is off (3,), the covariance of what is left, the tilt at the start (3,), how far off the
    rests' rate lies about level axes, and the most that an average pull strays from what that explains, rad.

    The average pull tilts as minus the integral of the false rate in the world; a prior holds what no tilt shows, and
    the pull of a rest (its frame and mean pull) is believed before averages that hold movement.
    """
    passed = np.cumsum(rotation.reshape(-1, 9), axis=0) / rate_hz
    travel = _smoothed(passed, rate_hz).reshape(-1, 3, 3)
    tilt = np.array([shortest_turn(up, _UP) for up in pull])[:, :2]
    count = len(tilt)
    design = np.zeros((2 * count, 5))
    for axis in range(2):
        rows = slice(axis * count, (axis + 1) * count)
        design[rows, :3] = -travel[:, axis, :]
        design[rows, 3 + axis] = 1.0
    wanted = tilt.T.ravel()
    alone, *_ = np.linalg.lstsq(design, wanted, rcond=1e-6)
    stray = max(float(np.sqrt(np.mean((wanted - design @ alone) ** 2))), _LEAST_STRAY)
    # Neighbouring averages share most of their samples.
    shared = max(1.0, 2.0 * np.sqrt(np.pi) * _SMOOTH_S / _KNOT_S)
    normal = design.T @ design / (stray**2 * shared)
    normal[:3, :3] += np.eye(3) / max(sd, 1e-9) ** 2
    right = design.T @ wanted / (stray**2 * shared)
    right[:3] -= known / max(sd, 1e-9) ** 2
    if rest is not None:
        seen = np.concatenate((-passed[rest[0]].reshape(3, 3)[:2], np.eye(2)), axis=1)
        normal += seen.T @ seen / _LEAST_STRAY**2
        right += seen.T @ shortest_turn(rest[1], _UP)[:2] / _LEAST_STRAY**2
    covariance: FloatArray = np.asarray(np.linalg.inv(normal), dtype=np.float64)
    step = covariance @ right
    left = np.hypot(*(wanted - design @ step).reshape(2, -1))
    lean = np.array([step[3], step[4], 0.0])
    return step[:3], covariance[:3, :3], lean, float(np.linalg.norm(known + step[:3])), float(left.max())


def _anchored(
    free: FloatArray,
    acc: FloatArray,
    spans: Sequence[tuple[int, int]],
    rest: tuple[int, int] | None,
    rate_hz: float,
    rate_sd: float,
) -> FloatArray:
    """The orientation with the tilt taken out that the pull shows at its rests, evenly between them.

    The steady rest always counts. Another whose pull says more tilt than the rates can have drifted is the turning
    point of a movement, and is passed over.
    """
    kept: list[float] = []
    errors: list[FloatArray] = []
    allowed = 3.0 * (_LEAST_STRAY + rate_sd * 0.5 * len(free) / rate_hz)
    for span in spans:
        a, b = span
        pull = np.einsum("nij,nj->i", free[a:b], acc[a:b]) / (b - a)
        error = shortest_turn(pull, _UP)
        gravity = abs(float(np.linalg.norm(pull)) - STANDARD_GRAVITY) <= LARGEST_PULL
        if span == rest or (gravity and float(np.linalg.norm(error)) <= allowed):
            kept.append(0.5 * (a + b - 1))
            errors.append(error)
    if not kept:
        return free
    frames = np.arange(len(free), dtype=np.float64)
    table = np.array(errors)
    slow = np.stack([np.interp(frames, kept, table[:, k]) for k in range(3)], axis=1)
    return turn(slow) @ free
