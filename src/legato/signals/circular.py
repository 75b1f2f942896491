"""Statistics of directions: angles that wrap, whose plain mean means nothing."""

import numpy as np
from numpy.typing import NDArray

from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.recording import FloatArray

_LEAST_RESULTANT = 1e-9
"""Below this length of the mean vector the mean direction is rounding error."""


def wrapped(angles: FloatArray | float) -> FloatArray:
    """The same directions in (−π, π]."""
    return np.asarray(np.pi - np.mod(np.pi - np.asarray(angles, dtype=np.float64), 2.0 * np.pi))


def mean_vector(angles: FloatArray, axis: int | None = None) -> NDArray[np.complex128]:
    """Mean of the unit vectors along `axis` (all by default); NaN angles are left out, NaN where none is left."""
    seen = np.isfinite(angles)
    total = np.where(seen, np.exp(1j * np.where(seen, angles, 0.0)), 0.0).sum(axis=axis)
    count = seen.sum(axis=axis)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(total / np.where(count > 0, count, np.nan))


def circular_mean(angles: FloatArray, axis: int | None = None) -> FloatArray:
    """Mean direction, rad in [0, 2π), along `axis` (all by default).

    NaN angles are left out; NaN where none is left or where the directions cancel, so that there is no mean one.
    """
    vector = mean_vector(angles, axis)
    turned = np.angle(vector)
    # A tiny negative angle plus a whole turn rounds to the whole turn itself.
    mean = np.where(turned < 0.0, turned + 2.0 * np.pi, turned)
    mean = np.where(mean < 2.0 * np.pi, mean, 0.0)
    return np.asarray(np.where(np.abs(vector) > _LEAST_RESULTANT, mean, np.nan))


def resultant_length(angles: FloatArray, axis: int | None = None) -> FloatArray:
    """Length r̄ of the mean vector, 0 (spread all round) to 1 (all alike), along `axis` (all by default)."""
    return np.minimum(np.abs(mean_vector(angles, axis)), 1.0)


def circular_sd(angles: FloatArray, axis: int | None = None) -> FloatArray:
    """Circular standard deviation √(−2 ln r̄), rad (Mardia and Jupp 2000, Directional Statistics, eq. 2.3.14)."""
    with np.errstate(divide="ignore"):
        return np.sqrt(np.maximum(-2.0 * np.log(resultant_length(angles, axis)), 0.0))


def angular_deviation(angles: FloatArray, axis: int | None = None) -> FloatArray:
    """Angular deviation √(2(1 − r̄)), rad: the coupling angle variability where the angles are coupling angles.

    References
    ----------
    Batschelet 1981, Circular Statistics in Biology; as CAV in Chang et al. 2008, J Biomech 41:3101.
    """
    return np.sqrt(2.0 * (1.0 - resultant_length(angles, axis)))


def mean_direction(angles: FloatArray, level: float = LEVEL) -> Estimate:
    """Mean direction of a sample with the interval that holds the direction it was drawn about.

    Parameters
    ----------
    angles
        Independent directions, rad, shape (n,); NaN are left out.
    level
        Of the interval.

    Returns
    -------
    rad; the value lies in [0, 2π), the interval's ends on both sides of it and so perhaps outside that range.

    Raises
    ------
    NotResolvable
        Fewer than three directions, or so spread that any mean direction is possible.

    References
    ----------
    Fisher 1993, Statistical Analysis of Circular Data, section 4.4.4: the large-sample interval mean ± arcsin(z·σ̂);
    here with Student's factor and n − 1, so that it holds for a few repetitions too.
    """
    from scipy.special import stdtrit

    known = np.asarray(angles, dtype=np.float64)
    known = known[np.isfinite(known)]
    n = known.size
    if n < 3:
        raise NotResolvable(f"{n} of at least 3 directions: their spread cannot be told")
    length = float(resultant_length(known))
    if length <= _LEAST_RESULTANT:
        raise NotResolvable("the directions cancel, so there is no mean one")
    mean = float(circular_mean(known))
    second = float(np.cos(2.0 * (known - mean)).mean())
    reach = float(stdtrit(n - 1, 0.5 + 0.5 * level)) * np.sqrt((1.0 - second) / (2.0 * length**2) / (n - 1))
    if not reach < 1.0:
        raise NotResolvable("the directions are spread so far that any mean one is possible")
    return Estimate.symmetric(mean, float(np.arcsin(reach)), "rad", level)
