"""Invented ways up and down of a bar, as a linear transducer shows them, analysed."""

from collections.abc import Sequence

import numpy as np

from legato.analysis import Analysis, analyze
from legato.recording import Recording, Stream


def bar_alone(
    loads_kg: Sequence[float] | None = (60.0, 80.0, 100.0, 120.0, 140.0), stop_loss_pct: float | None = None
) -> Analysis:
    """Five ways up and down of half a metre, each 0.15 s slower than the one before it."""
    times = np.arange(0.0, 22.0, 0.01)
    height = np.zeros(times.size)
    for k in range(5):
        for start, sign in ((1.0 + 4.0 * k, 1.0), (3.0 + 4.0 * k, -1.0)):
            u = np.clip((times - start) / (1.0 + 0.15 * k), 0.0, 1.0)
            height += sign * 0.5 * u**3 * (10.0 - 15.0 * u + 6.0 * u**2)
    stream = Stream("table", "table", height[:, None], 100.0, ("position",), ("m",))
    return analyze(Recording((stream,)), "deadlift", loads_kg=loads_kg, stop_loss_pct=stop_loss_pct)
