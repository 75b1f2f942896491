"""How the feet of a jump share the load in each of its phases, where each has a plate of its own."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from legato.estimate import LEVEL, Estimate
from legato.forces.jump_model import Jump, Phase, PhaseShare
from legato.forces.load_share import FootForces, load_share
from legato.forces.model import SCALE_SD
from legato.recording import FloatArray, Span
from legato.signals.factors import normal_factor

_PHASES = ("braking", "propulsion", "landing")
"""Those in which both feet carry more than the body's weight at some time."""

_LEAST_S = 0.05
"""A shorter phase has no share, s. [ENG] Braking lasts 0.1 to 0.3 s."""

_PEAK_SD = 3.0
"""The highest of many noisy samples may be too high by so many SD of the noise. [ENG]"""


def with_shares(jumps: Sequence[Jump], under: FootForces | None, level: float = LEVEL) -> tuple[Jump, ...]:
    """The jumps, each with what both feet carry in braking, propulsion and landing.

    Parameters
    ----------
    jumps
        Their times count from the first sample of `under`.
    under
        Vertical force under each foot; None, or feet that are not told apart, leave the jumps as they are.
    level
        Share of central probability of the intervals.
    """
    if under is None or not (np.nanmax(under.left, initial=0.0) > 0.0 and np.nanmax(under.right, initial=0.0) > 0.0):
        return tuple(jumps)
    return tuple(replace(jump, shares=_shares(jump, under, level)) for jump in jumps)


def _shares(jump: Jump, under: FootForces, level: float) -> tuple[PhaseShare, ...]:
    phases = [phase for phase in jump.phases if phase.name in _PHASES]
    if not phases:
        return ()
    spans = [Span(under.start_s + p.start_s.value, under.start_s + p.end_s.value) for p in phases]
    told = load_share(under, spans, level=level, least_s=_LEAST_S).per_rep
    return tuple(
        PhaseShare(
            phase.name,
            share.left,
            _peak(under.left, under.noise_n[0], under.zero_sd_n[0], under.rate_hz, phase, level),
            _peak(under.right, under.noise_n[1], under.zero_sd_n[1], under.rate_hz, phase, level),
            share.reason,
        )
        for phase, share in zip(phases, told, strict=True)
    )


def _peak(
    force: FloatArray, noise_n: float, zero_n: float, rate_hz: float, phase: Phase, level: float
) -> Estimate | None:
    """Highest force under a foot in a phase, N; None where samples are missing or it carries nothing."""
    first, stop = round(phase.start_s.value * rate_hz), round(phase.end_s.value * rate_hz) + 1
    inside = force[max(0, first) : stop]
    if inside.size < 3 or not np.isfinite(inside).all() or not inside.max() > 0.0:
        return None
    top = float(inside.max())
    factor = normal_factor(level)
    fixed = factor * float(np.hypot(zero_n, SCALE_SD * top))
    return Estimate(
        top,
        top - float(np.hypot(fixed, _PEAK_SD * noise_n)),
        top + float(np.hypot(fixed, factor * noise_n)),
        level,
        "N",
    )
