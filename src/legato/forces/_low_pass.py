"""The cut-off of the low-pass that a force went through, from how its spectrum falls."""

import numpy as np

from legato.recording import FloatArray

_ORDERS = (4, 2, 1)
"""Orders of one of two passes that are tried; one pass falls like two of half its order."""

_LOWEST_HZ = 4.0
"""Below, the force is the jump's own, Hz. [ENG]"""

_TOP = 0.45
"""The spectrum is read up to this share of the rate. [ENG]"""

_LINES, _WIDEN = 4, 0.04
"""Lines of the spectrum that make one value: at least so many (the window spreads each over as many), and this share
of their number from zero. [ENG]"""

_STARTS = (1.0, 2.0)
"""The search starts from these multiples of the first guess."""

_FURTHEST = 50.0
"""Logarithm of a power over the one expected beyond which it counts no more."""


def cutoff_hz(force: FloatArray, rate_hz: float, guess_hz: float) -> float:
    """Cut-off of a low-pass, Hz, of one pass of two.

    Parameters
    ----------
    force
        A record that went through one, N, shape (n,), without gaps.
    rate_hz
        Sampling rate, Hz.
    guess_hz
        Where the search starts, Hz.

    Returns
    -------
    That of the Butterworth low-pass, run forward and back, which explains the spectrum best, together with a signal
    that falls by a power of the frequency and white noise before it, and rounding after it. `guess_hz` where the record
    is too short for a spectrum.

    References
    ----------
    Whittle 1953, Ark Mat 2:423 (likelihood of a spectrum).
    """
    from scipy.optimize import minimize

    frequency, power, count = _spectrum(force, rate_hz)
    if frequency.size < len(_ORDERS) * _LINES or not (power > 0.0).all():
        return guess_hz
    warped = np.log(np.tan(np.pi * frequency / rate_hz))
    falls = np.log(frequency / _LOWEST_HZ)
    seen = np.log(power)
    lowest, highest = float(np.log(0.5 * _LOWEST_HZ)), float(np.log(_TOP * rate_hz))

    def surprise(told: FloatArray, order: int) -> tuple[float, FloatArray]:
        """Minus the log likelihood of level and slope of the signal, noise, rounding and cut-off, and its gradient."""
        level, slope, noise, rounding, at = told
        turn = np.pi * np.exp(at) / rate_hz
        past = np.clip(2 * order * (warped - np.log(np.tan(turn))), -_FURTHEST, _FURTHEST)
        entered = np.logaddexp(level - slope * falls, noise)
        left = entered - 2.0 * np.logaddexp(0.0, past)
        shape = np.logaddexp(left, rounding)
        over = np.exp(np.minimum(seen - shape, _FURTHEST))
        pull = count * (1.0 - over)
        by_filter = pull * np.exp(left - shape)
        by_signal = by_filter * np.exp(level - slope * falls - entered)
        steeper = 4.0 * order / (1.0 + np.exp(-past)) * turn / (np.sin(turn) * np.cos(turn))
        gradient = (
            by_signal.sum(),
            -(by_signal * falls).sum(),
            (by_filter - by_signal).sum(),
            (pull - by_filter).sum(),
            (by_filter * steeper).sum(),
        )
        return float((count * (shape + over)).sum()), np.array(gradient)

    floor, first = float(seen.min()), float(seen[0])
    bounds = [(None, None), (0.0, 8.0), (floor - 30.0, None), (floor - 8.0, None), (lowest, highest)]
    best, found = np.inf, float(np.log(guess_hz))
    for order in _ORDERS:
        for start in _STARTS:
            at = float(np.clip(np.log(start * guess_hz), lowest + 0.1, highest - 0.1))
            begin = np.array([first, 4.0, max(first - 14.0, floor), floor, at])
            told = minimize(surprise, begin, (order,), jac=True, method="L-BFGS-B", bounds=bounds)
            if told.fun < best:
                best, found = float(told.fun), float(told.x[4])
    return float(np.exp(found))


def _spectrum(force: FloatArray, rate_hz: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Frequencies, Hz, mean power of the lines there, and how many independent ones each is worth."""
    level = np.linspace(float(force[0]), float(force[-1]), force.size)
    power = np.abs(np.fft.rfft((force - level) * np.blackman(force.size) ** 2)) ** 2
    step = rate_hz / force.size
    values: list[tuple[float, float, float]] = []
    first = int(np.ceil(_LOWEST_HZ / step))
    while (first + _LINES) * step < _TOP * rate_hz:
        lines = max(_LINES, int(_WIDEN * first))
        values.append(((first + 0.5 * (lines - 1)) * step, float(power[first : first + lines].mean()), 0.4 * lines))
        first += lines
    table = np.array(values).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]
