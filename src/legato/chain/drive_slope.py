"""How the bar's power goes with the impulse of the legs from repetition to repetition, both of them measured."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from legato.chain.drift import slope_of
from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.recording import FloatArray
from legato.signals.factors import normal_factor, student_factor

_MOST_ERROR = 0.1
"""Share of the spread of impulses that may be their own error; beyond it what it takes off a slope is no longer known
well enough. [ENG]
"""

_OTHER_LOAD = 0.01
"""Loads that differ by more of themselves move power and impulse alike. [ENG]"""

_FROM_ERROR = 0.5
"""What the errors of the impulses take off a slope is itself known to this share (SD): their intervals also hold what
all repetitions share, which takes nothing off. [ENG]
"""


def power_per_impulse(
    impulses: Sequence[Estimate],
    powers: Sequence[Estimate],
    loads_kg: Sequence[float | None],
    level: float = LEVEL,
    scale_sd: float = 0.0,
    impulse_scale_sd: float = 0.0,
) -> Estimate:
    """Slope of the bar's peak power on the drive's impulse, W/(N·s).

    Parameters
    ----------
    impulses, powers, loads_kg
        Of each repetition that has both; N·s, W and kg.
    level
        Of the interval.
    scale_sd
        Relative error that all powers share, SD.
    impulse_scale_sd
        The same of all impulses, whose intervals hold it: it changes the slope and draws no line flat.

    Raises
    ------
    NotResolvable
        There are fewer than four, the load changed, or the impulses hardly differ beside their errors.

    Notes
    -----
    An error of the impulses draws the line flat: it adds to their spread and not to what goes together. Least squares
    are therefore divided by the share of the spread that is no error (Fuller 1987, Measurement Error Models, 1.2); the
    scatter about the line holds the errors of both. The share is taken as half known.
    """
    known = [load for load in loads_kg if load is not None]
    if not known:
        raise NotResolvable("no repetition has both an impulse of the legs and a power of the bar; give --load")
    if any(abs(a - b) > _OTHER_LOAD * max(a, b) for a, b in combinations(known, 2)):
        raise NotResolvable("the load changed from rep to rep, which moves power and impulse alike")
    x: FloatArray = np.array([impulse.value for impulse in impulses])
    y: FloatArray = np.array([power.value for power in powers])
    plain = slope_of(x, y, level, "W/(N·s)")
    alike = (impulse_scale_sd * x) ** 2
    own = np.array([(i.half_width / normal_factor(i.level)) ** 2 for i in impulses]) - alike
    error = float(np.maximum(own, 0.0).mean())
    share = error / float(x.var(ddof=1))
    if share > _MOST_ERROR:
        raise NotResolvable("the impulses of the legs hardly differ from rep to rep beside their own errors")
    value = plain.value / (1.0 - share)
    around = plain.half_width / (1.0 - share)
    # The errors of this many repetitions are not exactly as large as theirs on average, either.
    lost = student_factor(level, x.size - 2) * abs(value) * share * np.hypot(_FROM_ERROR, np.sqrt(2.0 / (x.size - 1)))
    scale = normal_factor(level) * abs(value) * float(np.hypot(scale_sd, impulse_scale_sd))
    return Estimate.symmetric(value, float(np.sqrt(around**2 + lost**2 + scale**2)), "W/(N·s)", level)
