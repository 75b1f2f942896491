"""How many standard deviations the central interval of a level reaches."""

from functools import lru_cache


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
