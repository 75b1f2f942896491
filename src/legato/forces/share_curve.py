"""How the share of the load runs through the repetition, per cent by per cent, with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legato.estimate import LEVEL
from legato.forces.load_share import FootForces
from legato.forces.model import SCALE_SD
from legato.recording import FloatArray, Span
from legato.signals.factors import normal_factor, student_factor

STEPS = 100
"""Steps of a repetition."""

_LEAST_LOAD = 0.1
"""Share of a repetition's median load below which there is nothing to share. [ENG]"""


@dataclass(frozen=True, slots=True, eq=False)
class ShareCurve:
    """The left foot's share, 0 to 1, in each of 100 equal steps of the repetition, shape (100,): `per_rep` (n, 100),
    their mean `left`, and the ends of its interval. NaN where a step is not loaded or not known in every repetition.
    """

    left: FloatArray
    low: FloatArray
    high: FloatArray
    per_rep: FloatArray


def share_curve(forces: FootForces, spans: Sequence[Span], level: float = LEVEL) -> ShareCurve | None:
    """The course of the load share over the repetition; None where none lies on the plates.

    Parameters
    ----------
    forces
        Vertical force under each foot.
    spans
        The repetitions that are told, s.
    level
        Share of central probability of the interval, step by step.

    Notes
    -----
    As in `load_share`: of several repetitions the interval holds the spread between them (Student's t) and the plates'
    zero and scale, of one the plates' own error alone.
    """
    rows: list[tuple[FloatArray, FloatArray, FloatArray]] = []
    for span in spans:
        edges = forces.rate_hz * (np.linspace(span.start_s, span.end_s, STEPS + 1) - forces.start_s)
        samples = np.round(edges).astype(np.int64)
        if samples[0] < 0 or samples[-1] > forces.left.size or (np.diff(samples) < 1).any():
            continue
        rows.append(_steps(forces, samples))
    if not rows:
        return None
    shares, noises, zeros = (np.array(part) for part in zip(*rows, strict=True))
    n = len(rows)
    mean, noise, zero = shares.mean(axis=0), np.sqrt((noises**2).sum(axis=0)) / n, zeros.mean(axis=0)
    half = normal_factor(level) * noise
    if n > 1:
        # Reps that agree by chance better than the noise lets them do not make the noise smaller.
        half = np.fmax(half, student_factor(level, n - 1) * shares.std(axis=0, ddof=1) / np.sqrt(n))
    half = np.hypot(half, normal_factor(level) * zero)
    return ShareCurve(mean, np.maximum(mean - half, 0.0), np.minimum(mean + half, 1.0), shares)


def _steps(forces: FootForces, samples: NDArray[np.int64]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Share of the left foot in each step, and its SD by noise and by the zeros and scales of the plates."""
    lengths = np.diff(samples)
    inside = slice(int(samples[0]), int(samples[-1]))
    starts = samples[:-1] - samples[0]
    left, right = (np.add.reduceat(side[inside], starts) / lengths for side in (forces.left, forces.right))
    total = left + right
    with np.errstate(invalid="ignore", divide="ignore"):
        typical = np.nanmedian(total) if np.isfinite(total).any() else np.nan
        held = total > _LEAST_LOAD * typical
        share = np.where(held, left / total, np.nan)
        seconds = lengths / forces.rate_hz
        noise = [n * np.sqrt(np.minimum(1.0, t / seconds)) for n, t in zip(forces.noise_n, forces.noise_s, strict=True)]
        of_noise = np.where(held, np.hypot(right * noise[0], left * noise[1]) / total**2, np.nan)
        of_zero = np.where(held, np.hypot(right * forces.zero_sd_n[0], left * forces.zero_sd_n[1]) / total**2, np.nan)
    return share, of_noise, np.hypot(of_zero, np.sqrt(2.0) * SCALE_SD * share * (1.0 - share))
