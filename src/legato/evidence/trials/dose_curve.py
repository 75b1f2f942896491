"""The response between the doses: draws of a smooth curve that keeps to no shape, and where they are highest."""

import math
from dataclasses import dataclass

import numpy as np

from legato.estimate import LEVEL, Estimate
from legato.evidence.trials.dose_means import DoseMeans
from legato.recording import FloatArray

WIDTHS_S = (0.040, 0.060, 0.090, 0.135, 0.200, 0.300)
"""How wide the bends of the response may be (SD of the covariance), each alike likely. [ENG] From what doses 50 ms
apart could still show to 1.5 times their range, where the curve is all but a parabola.
"""

AMPLITUDES = tuple(float(x) for x in np.geomspace(0.1, 15.0, 12))
"""How much it bends, in SDs of one outcome, each alike likely. [ENG] From nothing that matters to far beyond."""

_STEP_S = 0.002
_AIMS_S = 0.005
_VARIANCES = 6
"""Parts of equal probability that the variance of one outcome is taken at."""
_RANK = 1e-9


@dataclass(frozen=True, slots=True)
class CurveDraws:
    """Draws of the response less a constant, one a row.

    `curve`: at each lag of `grid`, s. `reached`: at each lag of `aims`, s, by an athlete who aims there and scatters as
    he did; `at_doses` the same at each dose's mean lag.
    """

    grid: FloatArray
    curve: FloatArray
    aims: FloatArray
    reached: FloatArray
    at_doses: FloatArray

    def optimum(self, level: float = LEVEL) -> tuple[Estimate, bool]:
        """The lag at the top within the range of mean lags, s; and whether the interval ends inside that range."""
        top = self.grid[np.argmax(self.curve, axis=1)]
        found = central(top, level, "s")
        return found, found.low > self.grid[0] and found.high < self.grid[-1]

    def gains(self, comparator: FloatArray) -> FloatArray:
        """Draws of what aiming at each of `aims` gains over the doses weighted by `comparator`."""
        return self.reached - (self.at_doses @ comparator)[:, None]

    def most_gain(self, comparator: FloatArray, between: tuple[float, float] = (-math.inf, math.inf)) -> FloatArray:
        """Draws of the highest of them with aims `between`, whose ends are met to half a step."""
        low, high = between
        inside = (self.aims >= low - 0.5 * _AIMS_S) & (self.aims <= high + 0.5 * _AIMS_S)
        return np.max(self.gains(comparator)[:, inside], axis=1)


def curve_draws(means: DoseMeans, rng: np.random.Generator, draws: int = 2000) -> CurveDraws:
    """Posterior draws of a Gaussian process through the means of the doses.

    Parameters
    ----------
    means
        Two doses or more. A dose's mean outcome is that of the response over the lags which it came to, taken for
        normal about their mean.
    rng
        Of the draws.
    draws
        How many.

    Notes
    -----
    Squared-exponential covariance, flat prior on the level; width and amplitude are averaged over by their marginal
    likelihood, the variance of an outcome over its chi-square.

    References
    ----------
    Rasmussen & Williams 2006, Gaussian Processes for Machine Learning, ch. 2 and 5; Wilson et al. 2020, ICML
    (a draw of the posterior from one of the prior).
    """
    from scipy.special import chdtri

    doses = means.lag.size
    low, high = float(means.lag.min()), float(means.lag.max())
    grid, aims = (np.linspace(low, high, max(2, round((high - low) / step) + 1)) for step in (_STEP_S, _AIMS_S))
    places = np.concatenate((means.lag, aims, grid))
    spread = np.concatenate((means.spread, np.full(aims.size, means.spread.mean()), np.zeros(grid.size)))
    kernels = [_kernel(places, spread, width) for width in WIDTHS_S]

    # Contrasts, orthonormal: the level of the response is nobody's concern.
    apart = np.linalg.svd(np.ones((1, doses)))[2][1:].T
    seen = apart.T @ means.outcome
    error = apart.T @ means.covariance @ apart
    parts = (np.arange(_VARIANCES) + 0.5) / _VARIANCES
    variances = means.variance * means.dof / chdtri(means.dof, 1.0 - parts)
    amplitudes = np.array(AMPLITUDES)
    prior = np.array([apart.T @ kernel[:doses, :doses] @ apart for kernel in kernels])
    spreads = variances[None, :, None, None, None] * (
        amplitudes[None, None, :, None, None] ** 2 * prior[:, None, None] + error
    )
    inverse = np.linalg.inv(spreads)
    weight = -0.5 * (np.linalg.slogdet(spreads)[1] + np.einsum("i,abcij,j->abc", seen, inverse, seen))
    weight = np.exp(weight - weight.max())
    numbers = rng.multinomial(draws, (weight / weight.sum()).ravel()).reshape(weight.shape)

    roots: dict[int, FloatArray] = {}
    error_root = np.linalg.cholesky(error).T
    found: list[FloatArray] = []
    for at in np.argwhere(numbers):
        i, j, k = (int(index) for index in at)
        number, variance = int(numbers[i, j, k]), float(variances[j])
        if i not in roots:
            roots[i] = _root(kernels[i])
        root = roots[i]
        scale = float(amplitudes[k]) * math.sqrt(variance)
        free = scale * (rng.standard_normal((number, root.shape[1])) @ root.T)
        noise = math.sqrt(variance) * (rng.standard_normal((number, doses - 1)) @ error_root)
        gap = seen - free[:, :doses] @ apart - noise
        found.append(free + gap @ inverse[i, j, k] @ (scale**2 * (apart.T @ kernels[i][:doses])))
    whole = np.concatenate(found)
    at_doses, reached, curve = np.split(whole, (doses, doses + aims.size), axis=1)
    return CurveDraws(grid, curve, aims, reached, at_doses)


def central(draws: FloatArray, level: float, unit: str = "") -> Estimate:
    """Median and central interval of draws."""
    tail = 0.5 * (1.0 - level)
    low, value, high = (float(x) for x in np.quantile(draws, (tail, 0.5, 1.0 - tail)))
    return Estimate(value, low, high, level, unit)


def _kernel(places: FloatArray, spread: FloatArray, width: float) -> FloatArray:
    """Covariance of a response averaged over lags that are normal about `places` with SD `spread`."""
    square = width**2 + spread[:, None] ** 2 + spread[None, :] ** 2
    return width / np.sqrt(square) * np.exp(-0.5 * (places[:, None] - places[None, :]) ** 2 / square)


def _root(kernel: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(kernel)
    kept = values > _RANK * values[-1]
    return vectors[:, kept] * np.sqrt(values[kept])
