"""Agreement of raters on categories beyond chance: kappa, plain and weighted, of two raters or more."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.recording import FloatArray

_ADDED = 4.0
"""Ratings (two subjects, for two raters) spread evenly over all combinations of categories and added for the interval
only, as Agresti & Caffo 2000 (Am Stat 54:280) add four to two proportions. [SIM] Without them the interval of perfect
agreement has no width."""

_LEAST_SUBJECTS = 5
"""Below it an interval says nothing. [ENG]"""


@dataclass(frozen=True, slots=True)
class Kappa:
    """Chance-corrected agreement: 1 is perfect, 0 what chance gives, below 0 less than chance.

    `standard_error` is the large-sample one of the value itself (Fleiss, Cohen & Everitt 1969); the interval of the
    estimate is wider, as few subjects ask for. `observed` and `expected` are the agreement seen and that of chance, as
    shares of the largest disagreement in the weights.
    """

    estimate: Estimate
    standard_error: float
    observed: float
    expected: float
    weights: str
    n_subjects: int
    n_raters: int


def kappa(
    ratings: Sequence[Sequence[object]] | NDArray[Any],
    weights: Literal["none", "linear", "quadratic"] | ArrayLike = "none",
    categories: Sequence[object] | None = None,
    level: float = LEVEL,
) -> Kappa:
    """Cohen's kappa, and for three raters or more its mean over pairs of raters (Conger).

    Parameters
    ----------
    ratings
        Categories, numbers or names, shape (subjects, raters).
    weights
        How bad a disagreement is: `none` counts all alike, `linear` by the distance of the two categories, `quadratic`
        by its square, or a table of disagreements with zeros on its diagonal, in the order of `categories`.
    categories
        All of them in order; the distance is then that of their places. Without them the distance is that of the
        numbers themselves; names have none.
    level
        Of the interval, which is held between −1 and 1.

    Raises
    ------
    NotResolvable
        One rater, fewer than five subjects, a missing rating, or one category only.
    ValueError
        A rating outside `categories`, names with a distance but no order, or weights that are none.

    References
    ----------
    Cohen 1960, Educ Psychol Meas 20:37; 1968, Psychol Bull 70:213. Fleiss, Cohen & Everitt 1969, Psychol Bull 72:323.
    Conger 1980, Psychol Bull 88:322.
    """
    from scipy.special import stdtrit

    codes, ordered = _codes(_table(ratings), categories)
    n, raters = codes.shape
    apart = _disagreements(weights, ordered, categories is not None)
    seen, chance, value, variance = _moments(codes, apart, 0.0)
    if not chance > 0.0:
        raise NotResolvable("all ratings are of one category, so agreement cannot be told from chance")
    _, _, middle, wide = _moments(codes, apart, _ADDED / raters)
    half = float(stdtrit(float(n - 1), 0.5 + 0.5 * level)) * math.sqrt(wide)
    low, high = min(value, max(-1.0, middle - half)), max(value, min(1.0, middle + half))
    most = float(apart.max())
    return Kappa(
        estimate=Estimate(value, low, high, level, "1"),
        standard_error=math.sqrt(variance),
        observed=1.0 - seen / most,
        expected=1.0 - chance / most,
        weights=weights if isinstance(weights, str) else "given",
        n_subjects=n,
        n_raters=raters,
    )


def _table(ratings: Sequence[Sequence[object]] | NDArray[Any]) -> list[list[object]]:
    """The ratings, a list a subject, complete."""
    found: list[object] = np.atleast_1d(np.asarray(ratings, dtype=object)).tolist()
    table = [cast("list[object]", row) for row in found if isinstance(row, list)]
    if len(table) < len(found):
        raise NotResolvable("ratings need a row for each subject and a column for each rater")
    if len(table) < _LEAST_SUBJECTS:
        raise NotResolvable(f"{len(table)} subjects were rated; agreement needs {_LEAST_SUBJECTS} or more")
    raters = len(table[0])
    if raters < 2:
        raise NotResolvable(f"{raters} rater; agreement needs two or more")
    for subject, row in enumerate(table, start=1):
        if len(row) != raters:
            raise NotResolvable(f"subject {subject} has {len(row)} ratings and subject 1 has {raters}")
        for rater, given in enumerate(row, start=1):
            if given is None or given == "" or given != given:
                raise NotResolvable(f"subject {subject} has no rating by rater {rater}; leave the subject out")
    return table


def _codes(table: list[list[object]], categories: Sequence[object] | None) -> tuple[NDArray[np.intp], list[object]]:
    """The place of each rating in the list of categories, and that list."""
    found = {given for row in table for given in row}
    if categories is None:
        numbers = sorted(given for given in found if isinstance(given, Real))
        names = sorted((given for given in found if not isinstance(given, Real)), key=str)
        ordered: list[object] = [*numbers, *names]
    else:
        ordered = list(categories)
        if len(set(ordered)) != len(ordered):
            raise ValueError(f"a category is named twice in {ordered}")
        for given in found:
            if given not in ordered:
                raise ValueError(f"{given!r} is none of the categories {ordered}")
    place = {category: i for i, category in enumerate(ordered)}
    return np.array([[place[given] for given in row] for row in table], dtype=np.intp), ordered


def _disagreements(weights: str | ArrayLike, ordered: list[object], listed: bool) -> FloatArray:
    """How bad each pair of categories is, shape (categories, categories)."""
    count = len(ordered)
    if not isinstance(weights, str):
        given = np.asarray(weights, dtype=np.float64)
        if (
            given.shape != (count, count)
            or not np.isfinite(given).all()
            or (given < 0.0).any()
            or given.trace() != 0.0
            or not given.any()
        ):
            raise ValueError(f"weights need {count} rows and columns, none below 0 and zeros on the diagonal")
        if not (given == given.T).all():
            raise ValueError("weights must not depend on which rater gave which category")
        return given
    if weights == "none":
        return 1.0 - np.eye(count)
    if weights not in ("linear", "quadratic"):
        raise ValueError(f"weights are none, linear, quadratic or a table, not {weights!r}")
    if not listed and not all(isinstance(category, Real) for category in ordered):
        raise ValueError("weighted kappa needs the categories in their order, as names have no distance")
    places = np.array(range(count) if listed else ordered, dtype=np.float64)
    return np.abs(places[:, None] - places[None, :]) ** (1.0 if weights == "linear" else 2.0)


def _moments(codes: NDArray[np.intp], apart: FloatArray, added: float) -> tuple[float, float, float, float]:
    """Disagreement seen and of chance, kappa and its variance by the delta method, with `added` even subjects."""
    n, raters = codes.shape
    count, pairs = len(apart), raters * (raters - 1) / 2.0
    whole = n + added
    margins = np.array([np.bincount(codes[:, r], minlength=count) for r in range(raters)]) + added / count
    margins = margins / whole
    # Disagreement of each category of a rater with what the others give, as its share of each pair.
    against = (margins.sum(axis=0) - margins) @ apart / pairs
    each = sum(apart[codes[:, r], codes[:, s]] for r in range(raters) for s in range(r)) / pairs
    usual = against[np.arange(raters), codes].sum(axis=1)
    line = apart.mean(axis=0)
    even, slopes = float(line.mean()), against - against.mean(axis=1, keepdims=True)
    seen = float((np.sum(each) + added * even) / whole)
    chance = 0.5 * float((margins * against).sum())
    if not chance > 0.0:
        return seen, chance, 0.0, 0.0
    ratio = seen / chance
    pull = (ratio * (usual - 2.0 * chance) - (each - seen)) / chance
    middle = (ratio * (float(against.mean(axis=1).sum()) - 2.0 * chance) - (even - seen)) / chance
    spread = _even_variance(apart, line, raters)
    lean = float(2.0 / raters * ((line - even) * slopes).mean(axis=1).sum())
    turn = float((slopes**2).mean(axis=1).sum())
    scatter = (spread - 2.0 * ratio * lean + ratio**2 * turn) / chance**2
    square = float((pull**2).sum()) + added * (middle**2 + scatter)
    return seen, chance, 1.0 - ratio, square / whole**2


def _even_variance(apart: FloatArray, line: FloatArray, raters: int) -> float:
    """Variance of a subject's mean disagreement where every rater draws evenly (that of a U-statistic, Hoeffding)."""
    return float(2.0 / (raters * (raters - 1)) * (2.0 * (raters - 2) * line.var() + apart.var()))
