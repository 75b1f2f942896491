"""How still the knees are kept from side to side in a stand, with a press and without one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.forces._memory import memories
from legato.forces.stability import (
    CUTOFF_HZ,
    MOST_NOISE,
    SHORTEST_S,
    smallest_change,
    stand_difference,
    without_noise,
)
from legato.recording import FloatArray, Span
from legato.signals.filters import lowpass

_LEAST_RATE_HZ = 2.5 * CUTOFF_HZ
"""Below this rate nothing above the sway shows the markers' noise, Hz. [ENG]"""


@dataclass(frozen=True, slots=True, eq=False)
class KneeAngle:
    """Angle of one knee in the frontal plane, degrees, shape (n,), time base `start_s + i / rate_hz`; NaN where it is
    not known.
    """

    side: Literal["left", "right"]
    angle_deg: FloatArray
    rate_hz: float
    start_s: float


@dataclass(frozen=True, slots=True)
class KneeSteadiness:
    """One knee from side to side: SD of its angle in the frontal plane, degrees, in each stand `with_press_deg` and
    `without_deg`, freed of the markers' noise; their difference and the smallest detectable change of one stand as for
    sway. None where a reason says why.
    """

    side: Literal["left", "right"]
    with_press_deg: tuple[Estimate, ...]
    without_deg: tuple[Estimate, ...]
    change_deg: Estimate | None
    smallest_deg: float | None
    reason: str = ""


def knee_steadiness(
    press: Sequence[tuple[KneeAngle, Span]], without: Sequence[tuple[KneeAngle, Span]], level: float = LEVEL
) -> KneeSteadiness:
    """Change of one knee's steadiness with a press.

    Parameters
    ----------
    press, without
        The knee in each stand with and without the press, and when it was stood, s. Longer ones are cut at the end to
        the length of the shortest: wandering grows with time.
    level
        Share of central probability of the intervals.
    """
    stands = [*press, *without]
    side = stands[0][0].side
    shortest = min(span.end_s - span.start_s for _, span in stands)
    found: list[list[Estimate]] = []
    reasons: list[str] = []
    for given in (press, without):
        found.append([])
        for knee, span in given:
            try:
                found[-1].append(wandering(knee, Span(span.start_s, span.start_s + shortest), level))
            except NotResolvable as error:
                reasons.append(str(error))
    pressed, quiet = found
    change = None
    if not pressed or not quiet:
        reasons.append("knee: stands with and without the press are needed")
    elif len(pressed) == len(quiet) == 1:
        reasons.append("knee: one stand on each side does not show how far stands differ anyway")
    else:
        change = stand_difference(pressed, quiet, level)
    why = "; ".join(dict.fromkeys(reasons))
    return KneeSteadiness(side, tuple(pressed), tuple(quiet), change, smallest_change(quiet), why)


def wandering(knee: KneeAngle, span: Span, level: float = LEVEL) -> Estimate:
    """SD of a knee's frontal angle in one stand, degrees, freed of the markers' noise, which is read above the sway.

    The interval is of the person's steady wandering, not of these seconds only, and allows for its memory.

    Raises
    ------
    NotResolvable
        The stand is shorter than 10 s, samples are missing, the rate is too low to tell noise from sway, or the knee
        moves no more than the markers' noise.
    """
    first, stop = (round((t - knee.start_s) * knee.rate_hz) for t in (span.start_s, span.end_s))
    angle = knee.angle_deg[max(first, 0) : stop]
    if knee.rate_hz < 2.0 * _LEAST_RATE_HZ:
        raise NotResolvable(f"knee: {knee.rate_hz:g} Hz cannot tell its sway from noise; record at 50 Hz or more")
    # A sample more or less of another clock is no shorter stand.
    if angle.size + 2 < SHORTEST_S * knee.rate_hz:
        raise NotResolvable(
            f"knee: {angle.size / knee.rate_hz:.1f} s are too short; stand for {SHORTEST_S:g} s or more"
        )
    if not np.isfinite(angle).all():
        raise NotResolvable("knee: its markers are missing for part of the stand")
    centred = (angle - angle.mean())[:, None]
    own = np.square(centred).mean(axis=0)
    clean = without_noise(own, centred, knee.rate_hz, CUTOFF_HZ)
    # No more is ever taken off: what is left then is no measurement.
    if clean[0] <= (1.0 - 0.999 * MOST_NOISE) * own[0]:
        raise NotResolvable("knee: it moves no more than the markers' noise")
    smooth = lowpass(centred, knee.rate_hz, CUTOFF_HZ)
    # Noise that the low-pass leaves forgets at once, and hides by so much how long the knee remembers itself.
    of_knee = min(1.0, float(clean[0] / np.square(smooth).mean()))
    freedom = max(3.0, angle.size * of_knee**2 / memories(smooth[:, 0])[1])
    from scipy.special import chdtri  # pyright: ignore[reportUnknownVariableType]

    value, tail = float(np.sqrt(clean[0])), 0.5 * (1.0 - level)
    low, high = (value * float(np.sqrt(freedom / float(chdtri(freedom, share)))) for share in (tail, 1.0 - tail))
    return Estimate(value, min(low, value), max(high, value), level, "deg")
