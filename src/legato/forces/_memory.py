"""How long a signal remembers itself, and so how many independent values it is worth."""

import numpy as np

from legato.estimate import Estimate
from legato.recording import FloatArray
from legato.signals.ranks import jeffreys_interval

_WINDOW = 5.0
"""Correlations are summed up to this many times the memory found so far (Sokal 1997, Functional Integration)."""


def memories(x: FloatArray) -> tuple[float, float]:
    """Samples per independent value, for the mean and for the variance of a steady signal.

    Parameters
    ----------
    x
        Samples, shape (n,), without gaps.

    Returns
    -------
    One plus twice the sum of the autocorrelations, and of their squares (Bartlett 1946); 1 for independent samples.
    """
    left = x - x.mean()
    n = left.size
    size = 1 << (2 * n - 1).bit_length()
    power = np.abs(np.fft.rfft(left, size)) ** 2
    covariance = np.fft.irfft(power, size)[: max(2, n // 2)]
    if covariance[0] <= 0.0:
        return 1.0, 1.0
    rho = covariance / covariance[0]
    return _summed(rho), _summed(rho**2)


def share_of_time(inside: FloatArray, memory: float, level: float) -> Estimate:
    """Share of ones among zeros and ones, with one independent value every `memory` samples (Jeffreys' interval)."""
    share, n = float(inside.mean()), max(1, round(inside.size / memory))
    low, high = jeffreys_interval(share * n, n, level)
    return Estimate(share, min(low, share), max(high, share), level)


def _summed(rho: FloatArray) -> float:
    memory = 2.0 * np.cumsum(rho) - 1.0
    done = np.flatnonzero(np.arange(rho.size) >= _WINDOW * memory)
    return max(1.0, float(memory[done[0] if done.size else -1]))
