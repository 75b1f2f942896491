"""Lifts on two plates with a planted share of the load: forces, feet and what the plates add to them."""

from dataclasses import dataclass

import numpy as np

from legato.forces.feet import FootPath
from legato.recording import Recording, Span, Stream

WEIGHT_N = 1100.0
FEET = {"left": (-0.2, 0.0), "right": (0.2, 0.05)}


@dataclass(frozen=True)
class Lift:
    """A table of two plates, the feet on them, the repetitions, and the true share of the left foot of each."""

    recording: Recording
    feet: tuple[FootPath, ...]
    reps: tuple[Span, ...]
    shares: np.ndarray


def walk(n: int, sd: float, seconds: float, rate_hz: float, rng: np.random.Generator) -> np.ndarray:
    """A wandering of this SD whose correlation falls to 1/e in so many seconds."""
    keep = np.exp(-1.0 / (seconds * rate_hz))
    steps = rng.normal(0.0, sd * np.sqrt(1.0 - keep**2), n)
    steps[0] = rng.normal(0.0, sd)
    found = np.empty(n)
    value = 0.0
    for i, step in enumerate(steps):
        value = keep * value + step
        found[i] = value
    return found


def feet_at(seconds: float, swap: bool = False) -> tuple[FootPath, ...]:
    """Heel and toes of both feet that stand still, 100 Hz."""
    times = np.arange(round(seconds * 100) + 1) / 100.0
    made: list[FootPath] = []
    for side in ("left", "right"):
        x, y = FEET[side]
        points = np.array([[x, y - 0.1, 0.02], [x, y + 0.12, 0.02]]) * ([-1.0, 1.0, 1.0] if swap else [1.0, 1.0, 1.0])
        made.append(FootPath(side, times, np.tile(points, (len(times), 1, 1))))
    return tuple(made)


def lift(
    share: float,
    *,
    reps: int = 5,
    between: float = 0.01,
    sway: float = 0.0,
    noise_n: float = 2.0,
    offset_n: float = 4.0,
    rate_hz: float = 1000.0,
    order: tuple[str, str] = ("left", "right"),
    scale_sd: float = 0.0,
    seed: int = 0,
) -> Lift:
    """Reps of 2.5 s between a second of empty plates at both ends; `order` says whose plate the table has first,
    `scale_sd` by what share the scale of each plate is wrong (SD of an even distribution).
    """
    rng = np.random.default_rng(seed)
    scales = 1.0 + scale_sd * np.sqrt(3.0) * np.random.default_rng((seed, 1)).uniform(-1.0, 1.0, 2)
    rep_n, pad_n = round(2.5 * rate_hz), round(1.2 * rate_hz)
    n = reps * rep_n + 2 * pad_n
    t = np.arange(n) / rate_hz
    on = np.clip(np.minimum(t - 1.0, t[-1] - 1.0 - t) / 0.1, 0.0, 1.0)
    inside = [slice(pad_n + i * rep_n, pad_n + (i + 1) * rep_n) for i in range(reps)]
    each = share + rng.normal(0.0, between, reps)
    course = np.full(n, share)
    for s, value in zip(inside, each, strict=True):
        course[s] = value
    if sway:
        course = course + walk(n, sway, 0.4, rate_hz, rng)
    total = WEIGHT_N * (1.0 + 0.25 * np.sin(2.0 * np.pi * (t - 1.2) / 2.5)) * on
    carried = {"left": course * total, "right": (1.0 - course) * total}
    true = np.array([carried["left"][s].sum() / total[s].sum() for s in inside])
    columns, names = [], []
    for i, side in enumerate(order):
        vertical = scales[i] * carried[side] + rng.normal(0.0, offset_n) + rng.normal(0.0, noise_n, n)
        horizontal = 0.02 * vertical[:, None] * rng.normal(1.0, 0.01, 2)
        x, y = FEET[side]
        point = np.column_stack([np.full(n, x), y + 0.05 * np.sin(t), np.zeros(n)])
        point[on == 0.0] = rng.uniform(-3.0, 3.0, ((on == 0.0).sum(), 3))
        columns += [horizontal, vertical[:, None], point, np.zeros((n, 3))]
        names += [f"{q}{i + 1}_{k}" for q in "fpm" for k in (1, 2, 3)]
    units = (["N"] * 3 + ["m"] * 3 + ["N·m"] * 3) * 2
    stream = Stream("force", "force", np.column_stack(columns), rate_hz, tuple(names), tuple(units), meta={"up": "+Z"})
    spans = tuple(Span(s.start / rate_hz, s.stop / rate_hz) for s in inside)
    return Lift(Recording((stream,)), feet_at(n / rate_hz), spans, true)
