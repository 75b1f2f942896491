"""Acted-out drivers with known truth: standing, walking, un-racking, repetitions of given depth, tempo and pauses."""

from dataclasses import dataclass, field

import numpy as np

from legato.body.model import Body
from legato.recording import FloatArray

THIGH_M = SHANK_M = 0.42
_GRID_HZ = 2000.0


@dataclass
class Stage:
    """A height over time, put together piece by piece.

    `truth` holds of each repetition when it starts, reaches the far point, leaves it and ends, s, and its depth, m.
    """

    height_m: float = 0.92
    pieces: list[FloatArray] = field(default_factory=list)
    truth: list[tuple[float, float, float, float, float]] = field(default_factory=list)

    @property
    def now_s(self) -> float:
        return sum(p.size for p in self.pieces) / _GRID_HZ

    def _add(self, values: FloatArray) -> None:
        self.pieces.append(values)
        if values.size:
            self.height_m = float(values[-1])

    def move(self, by_m: float, seconds: float) -> "Stage":
        """A smooth move of the least jerk."""
        t = (np.arange(round(seconds * _GRID_HZ)) + 1) / max(1, round(seconds * _GRID_HZ))
        self._add(self.height_m + by_m * (10 * t**3 - 15 * t**4 + 6 * t**5))
        return self

    def hold(self, seconds: float) -> "Stage":
        self._add(np.full(round(seconds * _GRID_HZ), self.height_m))
        return self

    def walk(self, seconds: float, bob_m: float = 0.045, steps_hz: float = 1.8) -> "Stage":
        """Walking: the pelvis goes up and down by `bob_m` twice a stride and ends where it began."""
        whole = max(1, round(seconds * steps_hz)) / steps_hz
        t = np.arange(round(whole * _GRID_HZ)) / _GRID_HZ
        self._add(self.height_m - 0.5 * bob_m * (1 - np.cos(2 * np.pi * steps_hz * t)))
        return self

    def rep(self, depth_m: float, out_s: float, back_s: float, pause_s: float = 0.0) -> "Stage":
        """Away by `depth_m` (negative: downwards), a pause, and back."""
        start = self.now_s
        self.move(depth_m, out_s)
        reached = self.now_s
        self.hold(pause_s)
        left = self.now_s
        self.move(-depth_m, back_s)
        self.truth.append((start, reached, left, self.now_s, depth_m))
        return self

    def sampled(self, rate_hz: float, noise_m: float = 0.0, seed: int = 0, drift_m: float = 0.0) -> FloatArray:
        """The height at `rate_hz` with white noise and a steady drift over the whole length."""
        whole = np.concatenate(self.pieces)
        t = np.arange(0.0, (whole.size - 1) / _GRID_HZ, 1.0 / rate_hz)
        height = np.interp(t, np.arange(whole.size) / _GRID_HZ, whole)
        rng = np.random.default_rng(seed)
        return height + noise_m * rng.standard_normal(t.size) + drift_m * np.linspace(0.0, 1.0, t.size)


def body_of(height: FloatArray, rate_hz: float, *, start_s: float = 0.0, with_legs: bool = True) -> Body:
    """A body whose pelvis has these heights, standing on legs of two equal segments that bend as the height asks."""
    n = height.size
    at = np.zeros((n, 3))
    points: dict[str, FloatArray] = {"pelvis": at + np.column_stack([np.zeros(n), np.zeros(n), height])}
    angles: dict[str, FloatArray] = {}
    if with_legs:
        half = np.arccos(np.clip((height - 0.08) / (THIGH_M + SHANK_M), -1.0, 1.0))
        for side, y in (("right", -0.1), ("left", 0.1)):
            points[f"hip_{side}"] = np.column_stack([np.zeros(n), np.full(n, y), height])
            points[f"ankle_{side}"] = np.tile([0.0, y, 0.08], (n, 1))
            knee = (SHANK_M * np.sin(half), np.full(n, y), 0.08 + SHANK_M * np.cos(half))
            points[f"knee_{side}"] = np.column_stack(knee)
            angles[f"knee_flexion_{side}"] = 2.0 * half
    return Body(rate_hz, start_s, n, "markers", "acted", {}, angles, points, {})


def bar_body(height: FloatArray, rate_hz: float) -> Body:
    """A body of which only the bar was recorded."""
    n = height.size
    points = {"bar": np.column_stack([np.zeros(n), np.zeros(n), height])}
    return Body(rate_hz, 0.0, n, "markers", "acted", {}, {}, points, {})


def jump_height(rate_hz: float, *, flight_s: float = 0.45, wait_s: float = 1.0) -> tuple[FloatArray, dict[str, float]]:
    """Pelvis height of a countermovement jump with a parabola for the flight, and when each part of it began, s."""
    g, dip, land = 9.80665, 0.30, 0.25
    speed = 0.5 * g * flight_s
    pieces = [
        (wait_s, (0, 0, 0), (0, 0, 0)),
        (0.5, (0, 0, 0), (-dip, 0, 8.0)),
        (0.32, (-dip, 0, 8.0), (0, speed, -g)),
        (flight_s, (0, speed, -g), (0, -speed, -g)),
        (0.25, (0, -speed, -g), (-land, 0, 8.0)),
        (0.7, (-land, 0, 8.0), (0, 0, 0)),
        (1.0, (0, 0, 0), (0, 0, 0)),
    ]
    edges = np.cumsum([0.0] + [p[0] for p in pieces])
    t = np.arange(0.0, edges[-1], 1.0 / rate_hz)
    height = np.zeros_like(t)
    for (length, start, end), t0, t1 in zip(pieces, edges[:-1], edges[1:], strict=True):
        here = (t >= t0) & (t < t1)
        height[here] = _quintic(t[here] - t0, length, start, end)
    truth = {"start": edges[1], "bottom": edges[2], "take_off": edges[3], "landing": edges[4], "end": edges[5]}
    return 0.95 + height, {k: float(v) for k, v in truth.items()}


def _quintic(t: FloatArray, length: float, start: tuple[float, ...], end: tuple[float, ...]) -> FloatArray:
    p0, v0, a0 = start
    head = p0 + v0 * t + 0.5 * a0 * t**2
    rest = np.array([end[0] - (p0 + v0 * length + 0.5 * a0 * length**2), end[1] - (v0 + a0 * length), end[2] - a0])
    n = length
    rows = np.array([[n**3, n**4, n**5], [3 * n**2, 4 * n**3, 5 * n**4], [6 * n, 12 * n**2, 20 * n**3]])
    c3, c4, c5 = np.linalg.solve(rows, rest)
    return head + c3 * t**3 + c4 * t**4 + c5 * t**5


def thrower(
    rate_hz: float,
    releases_s: tuple[float, ...],
    *,
    hand: str = "right",
    speed_m_s: float = 10.0,
    practice_s: tuple[float, ...] = (),
    toss_s: tuple[float, ...] = (),
    walk: bool = False,
    noise_m: float = 0.0,
    length_s: float = 20.0,
) -> Body:
    """Throws with given release times (fastest hand), slow practice swings, tosses of the other hand, and a stroll.

    The pelvis turns forward from 0.5 s before release, fastest 0.18 s before it; the chest 0.04 s later.
    """
    n = round(length_s * rate_hz)
    t = np.arange(n) / rate_hz
    turn = 1.0 if hand == "right" else -1.0
    other = "left" if hand == "right" else "right"

    def swing(times: tuple[float, ...], peak: float, width: float) -> FloatArray:
        return sum((peak * np.exp(-0.5 * ((t - at) / width) ** 2) for at in times), np.zeros(n))

    arms = {
        hand: swing(releases_s, speed_m_s, 0.06) + swing(practice_s, 0.4 * speed_m_s, 0.08),
        other: swing(toss_s, 3.5, 0.15),
    }
    stroll = 1.3 * t if walk else np.zeros(n)
    rng = np.random.default_rng(0)
    points: dict[str, FloatArray] = {"pelvis": np.column_stack([stroll, np.zeros(n), np.full(n, 0.95)])}
    for side, speed in arms.items():
        path = np.cumsum(speed) / rate_hz
        sway = 0.15 * np.sin(2 * np.pi * 0.9 * t) if walk else 0.0
        points[f"wrist_{side}"] = np.column_stack([stroll + path + sway, np.zeros(n), np.full(n, 1.4)])
    points = {name: p + noise_m * rng.standard_normal(p.shape) for name, p in points.items()}
    angles = {
        name: turn
        * sum(
            (
                1.2 / (1 + np.exp(-(t - at - shift) / 0.04)) - 0.9 * np.exp(-0.5 * ((t - at + 0.5) / 0.15) ** 2)
                for at in releases_s
            ),
            np.zeros(n),
        )
        for name, shift in (("pelvis_axial", -0.18), ("thorax_axial", -0.14))
    }
    angles["thorax_pelvis_axial"] = angles["thorax_axial"] - angles["pelvis_axial"]
    return Body(rate_hz, 0.0, n, "markers", "acted", {}, angles, points, {})


def walker(rate_hz: float, strides: int, *, stride_s: float = 1.1) -> tuple[Body, list[float]]:
    """Straight walking with heels that swing as a cosine about the pelvis, toes 60 ms behind them, and the times of the
    right contacts.
    """
    n = round((strides + 0.6) * stride_s * rate_hz)
    t = np.arange(n) / rate_hz
    phase = 2 * np.pi * (t / stride_s - 0.3)
    forward = 1.2 * t
    points = {"pelvis": np.column_stack([np.zeros(n), forward, 0.95 + 0.02 * np.cos(2 * phase)])}
    for side, x, lag in (("right", 0.1, 0.0), ("left", -0.1, np.pi)):
        points[f"hip_{side}"] = np.column_stack([np.full(n, x), forward, np.full(n, 0.92)])
        points[f"heel_{side}"] = np.column_stack([np.full(n, x), forward + 0.3 * np.cos(phase - lag), np.full(n, 0.05)])
        late = 2 * np.pi * 0.06 / stride_s
        points[f"toe_{side}"] = np.column_stack(
            [np.full(n, x), forward + 0.15 + 0.3 * np.cos(phase - lag - late), np.full(n, 0.03)]
        )
    contacts = [(k + 0.3) * stride_s for k in range(strides + 1)]
    return Body(rate_hz, 0.0, n, "markers", "acted", {}, {}, points, {}), contacts
