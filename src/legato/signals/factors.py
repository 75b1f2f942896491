"""How many standard deviations the central interval of a level reaches."""

import math
from functools import lru_cache

from legato.recording import FloatArray


@lru_cache(maxsize=1024)
def student_factor(level: float, dof: float) -> float:
    """How many SDs the central interval of this level reaches with so many degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(max(1.0, dof), 0.5 + 0.5 * level))


@lru_cache(maxsize=64)
def normal_factor(level: float) -> float:
    """The same with the SD known."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + 0.5 * level))


def student_half_width(values: FloatArray, level: float) -> float:
    """Half-width of Student's interval on the mean of two or more values."""
    return student_factor(level, values.size - 1) * float(values.std(ddof=1)) / math.sqrt(values.size)
