"""What each dose, cued in random order, came to: means over blocks, a parabola through them, a permutation test."""

import math
from dataclasses import dataclass

import numpy as np

from legato.estimate import LEVEL, Estimate
from legato.recording import FloatArray
from legato.signals.factors import student_factor

_BLOCK = 2_000_000
"""Numbers held at once."""
_SAME = 1e-9
"""Relative difference below which two sums are one, as sums in another order round otherwise."""


@dataclass(frozen=True, slots=True)
class DoseCells:
    """One entry for each dose of each block, in order of time within the block, shape (n,).

    `block`, `dose`: numbers from 0. `lag`: as achieved, s, with the variance of its measuring `lag_variance`, s².
    `outcome`: larger is better, in its unit or as a logarithm.
    """

    block: FloatArray
    dose: FloatArray
    lag: FloatArray
    lag_variance: FloatArray
    outcome: FloatArray

    @property
    def doses(self) -> int:
        """How many there are."""
        return int(self.dose.max()) + 1

    @property
    def blocks(self) -> int:
        """How many there are."""
        return np.unique(self.block).size


@dataclass(frozen=True, slots=True)
class DoseMeans:
    """By dose, shape (doses,): `lag` is the mean one achieved, s, `spread` the SD of true lags about it, s, `outcome`
    the mean outcome free of block and order, less a constant.

    `covariance` of the outcomes is in units of `variance`, that of one outcome about a smooth response, known with
    `dof` degrees of freedom; `variance_as_cued` is that about its dose's mean. `strength` is F of the achieved lag on
    the cue, `p` the permutation test of the cue on the outcome.
    """

    lag: FloatArray
    spread: FloatArray
    outcome: FloatArray
    covariance: FloatArray
    variance: float
    variance_as_cued: float
    dof: int
    strength: float
    p: float
    parabola: "Parabola"

    def contrast(self, weights: FloatArray, level: float = LEVEL) -> Estimate:
        """A sum of the outcomes by `weights` that add up to none, as cued, with Student's interval."""
        error = math.sqrt(self.variance_as_cued * float(weights @ self.covariance @ weights))
        return Estimate.symmetric(float(weights @ self.outcome), student_factor(level, self.dof) * error, "", level)


@dataclass(frozen=True, slots=True)
class Parabola:
    """Slope and curvature, `outcome = slope·lag + curvature·lag²`, with their covariance."""

    slope: float
    curvature: float
    covariance: FloatArray
    dof: int

    def optimum(self, level: float = LEVEL) -> tuple[float, float] | None:
        """Interval of the lag at its top, s; None where the curvature is not surely downward, as it has no end then.

        References
        ----------
        Fieller 1954, J R Stat Soc B 16:175.
        """
        t = student_factor(level, self.dof)
        c = t * t * self.covariance
        a = 4.0 * (self.curvature**2 - c[1, 1])
        b = 4.0 * (self.slope * self.curvature - c[0, 1])
        root = b * b - 4.0 * a * (self.slope**2 - c[0, 0])
        if self.curvature >= 0.0 or a <= 0.0 or root < 0.0:
            return None
        return (-b - math.sqrt(root)) / (2.0 * a), (-b + math.sqrt(root)) / (2.0 * a)


def dose_means(cells: DoseCells, rng: np.random.Generator, permutations: int = 10_000) -> DoseMeans:
    """Means by dose, with blocks and the order within a block taken out by least squares.

    Parameters
    ----------
    cells
        Every dose in two blocks or more.
    rng
        Of the permutations.
    permutations
        How often outcomes are dealt anew to the doses of their block, the order within the block taken off first.

    Notes
    -----
    The cue was drawn, the achieved lag is the athlete's doing: it may go with how fresh he is. So lags enter only as
    their mean under each cue, which is least squares in two stages with the cues as instruments. Errors of measuring
    that scatter cancel in those means, and their variance is taken off the squares.

    References
    ----------
    Angrist & Imbens 1995, J Am Stat Assoc 90:431 (instruments); Phipson & Smyth 2010, Stat Appl Genet Mol Biol 9:39
    (p never zero).
    """
    dose = (cells.dose[:, None] == np.arange(cells.doses)).astype(np.float64)
    aside = _block_and_order(cells.block)
    vectors, sizes, _ = np.linalg.svd(aside, full_matrices=False)
    kept = vectors[:, sizes > 1e-9 * sizes[0]]
    dose_left = _off(kept, dose)
    precision = dose_left.T @ dose_left
    covariance: FloatArray = np.asarray(np.linalg.pinv(precision, rcond=1e-9, hermitian=True), dtype=np.float64)
    dof = cells.outcome.size - kept.shape[1] - (cells.doses - 1)
    to_means = covariance @ dose_left.T
    left = _off(kept, cells.outcome)
    outcome = to_means @ left

    lags, squares = _off(kept, cells.lag), _off(kept, cells.lag**2 - cells.lag_variance)
    stage = np.column_stack((to_means @ lags, to_means @ squares))
    normal = stage.T @ precision @ stage
    turned: FloatArray = np.asarray(np.linalg.pinv(normal, rcond=1e-12, hermitian=True), dtype=np.float64)
    slope, curvature = turned @ (stage.T @ precision @ outcome)
    rest = left - slope * lags - curvature * squares
    variance = _rest(rest, dose_left, to_means) / dof
    parabola = Parabola(float(slope), float(curvature), variance * turned, dof)

    within = _rest(lags, dose_left, to_means) / dof
    between = float(stage[:, 0] @ precision @ stage[:, 0]) / (cells.doses - 1)
    error = float(cells.lag_variance.mean())
    spread = math.sqrt(max(0.0, within - error))
    return DoseMeans(
        lag=np.array([cells.lag[cells.dose == i].mean() for i in range(cells.doses)]),
        spread=np.full(cells.doses, spread),
        outcome=outcome,
        covariance=covariance,
        variance=variance,
        variance_as_cued=_rest(left, dose_left, to_means) / dof,
        dof=dof,
        strength=between / within if within > 0.0 else math.inf if between > 0.0 else 0.0,
        p=_permuted_p(left, cells.block, dose_left, covariance, rng, permutations),
        parabola=parabola,
    )


def _block_and_order(block: FloatArray) -> FloatArray:
    """A column for each block, and one with the place within it, centred."""
    labels = np.unique(block)
    place = np.zeros(block.size)
    for label in labels:
        inside = np.flatnonzero(block == label)
        place[inside] = np.arange(inside.size) - 0.5 * (inside.size - 1)
    return np.column_stack(((block[:, None] == labels).astype(np.float64), place))


def _off(basis: FloatArray, values: FloatArray) -> FloatArray:
    return values - basis @ (basis.T @ values)


def _rest(values: FloatArray, dose_left: FloatArray, to_means: FloatArray) -> float:
    """Sum of squares that the doses leave of values free of block and order."""
    rest = values - dose_left @ (to_means @ values)
    return float(rest @ rest)


def _permuted_p(
    left: FloatArray,
    block: FloatArray,
    dose_left: FloatArray,
    covariance: FloatArray,
    rng: np.random.Generator,
    permutations: int,
) -> float:
    """Share of deals whose sum of squares between doses reaches the one seen, itself counted."""
    seen = dose_left.T @ left
    least = float(seen @ covariance @ seen) * (1.0 - _SAME)
    places = [np.flatnonzero(block == label) for label in np.unique(block)]
    reached, done, size = 1, 0, max(1, _BLOCK // left.size)
    while done < permutations:
        number = min(size, permutations - done)
        dealt = np.empty((number, left.size))
        for inside in places:
            dealt[:, inside] = rng.permuted(np.tile(left[inside], (number, 1)), axis=1)
        sums = dealt @ dose_left
        reached += int(np.count_nonzero(np.einsum("ij,jk,ik->i", sums, covariance, sums) >= least))
        done += number
    return reached / (permutations + 1)
