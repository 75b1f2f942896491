"""Invented force plates to report on: jumps of known height, pulls of known force, and squats with a known share."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from legato.analysis import Analysis, analyze
from legato.forces.analyse import RepSpan, analyse_forces
from legato.recording import STANDARD_GRAVITY, FloatArray, InputFile, Recording, Span, Stream

RATE_HZ = 1000.0
WEIGHT_N = 700.0
LEFT_SHARE = 0.55
NAMES = ("Left Fz", "Right Fz")


def on_plates(force_n: FloatArray, names: Sequence[str] = NAMES, rate_hz: float = RATE_HZ) -> Recording:
    """A force on two plates, 55 % of it on the first, with noise of 1 N on each."""
    noise = np.random.default_rng(0).normal(0.0, 1.0, (2, force_n.size))
    values = np.column_stack([LEFT_SHARE * force_n + noise[0], (1.0 - LEFT_SHARE) * force_n + noise[1]])
    stream = Stream("force", "force", values, rate_hz, tuple(names), ("N",) * len(names))
    return Recording((stream,), inputs=(InputFile("jumps.csv", "0" * 64, "table", ("force",)),))


def height_m(speed_m_s: float) -> float:
    """How high a take-off at that speed carries."""
    return speed_m_s**2 / (2.0 * STANDARD_GRAVITY)


def jumps_n(*speeds_m_s: float) -> FloatArray:
    """Countermovement jumps with these take-off speeds, a stand of 2 s before each, and an empty plate at the end."""
    return np.concatenate([*(_jump_n(speed) for speed in speeds_m_s), np.zeros(round(RATE_HZ))])


def _jump_n(speed: float) -> FloatArray:
    dip, push, land = 0.3, 0.25, 0.25
    flight = 2.0 * speed / STANDARD_GRAVITY
    t = np.arange(round((4.5 + flight) * RATE_HZ)) / RATE_HZ
    over = np.zeros(t.size)

    def wave(start: float, length: float, impulse_m_s: float) -> None:
        inside = (t >= start) & (t < start + length)
        over[inside] += np.pi * impulse_m_s / (2.0 * length) * np.sin(np.pi * (t[inside] - start) / length)

    wave(2.0, dip, -1.0)
    wave(2.0 + dip, push, 1.0)
    rising, take_off = 2.0 + dip + push, 2.0 + dip + 2.0 * push
    up = (t >= rising) & (t < take_off)
    over[up] += 2.0 * speed / push * (t[up] - rising) / push
    wave(take_off + flight, land, speed)
    force = WEIGHT_N * (1.0 + over / STANDARD_GRAVITY)
    force[(t >= take_off) & (t < take_off + flight)] = 0.0
    return force


def jumps(*speeds_m_s: float, names: Sequence[str] = NAMES) -> Analysis:
    """Those jumps on two plates and nothing else, analysed."""
    return analyze(on_plates(jumps_n(*speeds_m_s), names), "countermovement-jump")


def pulls(count: int = 2, lean_n: float = 0.0) -> Analysis:
    """Pulls of 1800 N above a stand of 800 N, the last one after leaning into the bar with `lean_n`."""
    t = np.arange(round((10.0 * count + 3.0) * RATE_HZ)) / RATE_HZ
    force = np.full(t.size, 800.0)
    for k in range(count):
        at = 5.0 + 10.0 * k
        held = np.where(t < at + 3.0, 1.0, np.exp(-np.clip(t - at - 3.0, 0.0, None) / 0.05))
        force += 1800.0 * (1.0 - np.exp(-np.clip(t - at, 0.0, None) / 0.12)) * held
    last = 5.0 + 10.0 * (count - 1)
    force += lean_n * np.clip(t - last + 0.5, 0.0, 1.0) * (t < last)
    return analyze(on_plates(force, ("Fz1", "Fz2")), "imtp")


def on_two_plates(lifts: Analysis, *, empty: bool = False) -> Analysis:
    """The same lifts with a plate under each foot; `empty`: nobody stands on the plates."""
    times = np.arange(round(15.0 * RATE_HZ)) / RATE_HZ
    force = np.zeros(times.size) if empty else 1100.0 * (1.0 + 0.2 * np.sin(2.0 * np.pi * times / 2.7))
    force[: round(0.5 * RATE_HZ)] = 0.0
    spans = [RepSpan(rep.index, Span(rep.start_s, rep.end_s), rep.complete) for rep in lifts.reps]
    found = analyse_forces(on_plates(force), spans)
    return dataclasses.replace(lifts, forces=found)
