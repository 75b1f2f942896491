"""Raw data of published worked examples, and samples with given moments."""

import numpy as np

from legato.recording import FloatArray

WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI_WRIGHT = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]
"""First peak expiratory flow by either meter, l/min: Bland & Altman 1986, Lancet 327:307, table 1."""

VENTRICULOGRAPHY = [
    [7.83, 7.42, 7.89, 7.12, 7.88], [6.16, 7.26, 6.71, 6.54], [4.75, 5.24, 4.86, 4.78, 6.05, 5.42],
    [4.21, 3.61, 3.72, 3.87, 3.92], [3.13, 2.98, 2.85, 3.17, 3.09, 3.12], [5.92, 6.42, 5.92, 6.27],
    [7.13, 6.62, 6.58, 6.93], [4.54, 4.81, 5.11, 5.29, 5.39, 5.57], [4.48, 4.92, 3.97],
    [4.22, 4.65, 4.74, 4.44, 4.50], [6.78, 6.07, 6.52, 6.42, 6.41, 5.76], [5.06, 4.72, 4.90, 4.80, 4.90, 5.10],
]  # fmt: skip
CARDIOGRAPHY = [
    [6.57, 5.62, 6.90, 6.57, 6.35], [4.06, 4.29, 4.26, 4.09], [4.71, 5.50, 5.08, 5.02, 6.01, 5.67],
    [4.14, 4.20, 4.61, 4.68, 5.04], [3.03, 2.86, 2.77, 2.46, 2.32, 2.43], [5.90, 5.81, 5.70, 5.76],
    [5.09, 4.63, 4.61, 5.09], [4.72, 4.61, 4.36, 4.20, 4.36, 4.20], [3.17, 3.12, 2.96],
    [4.35, 4.62, 3.16, 3.53, 3.53], [7.20, 6.09, 7.00, 7.10, 7.40, 6.80], [4.50, 4.20, 3.80, 3.80, 4.20, 4.50],
]  # fmt: skip
"""Cardiac output by two methods, 12 subjects: Bland & Altman 1999, Stat Methods Med Res 8:135, table 4, and 2007."""

WEIR = [[146, 140], [148, 152], [170, 152], [90, 99], [157, 145], [156, 153], [176, 167], [205, 218]]
"""Data set A of Weir 2005, J Strength Cond Res 19:231, table 1."""

YIELD_A = [452, 874, 554, 447, 356, 754, 558, 574, 664, 682, 547, 435, 245]
YIELD_B = [546, 547, 774, 465, 459, 665, 467, 365, 589, 534, 456, 651, 654, 665, 546, 537]
"""Corn yields of the NCSS manual, chapter 198 (two-sample equivalence)."""

RADIOLOGISTS = [[21, 12, 0, 0], [4, 17, 1, 0], [3, 9, 15, 2], [0, 0, 0, 1]]
"""85 xeromammograms, normal to cancer, by two radiologists: Altman 1991, Practical Statistics for Medical Research,
table 14.2 (Boyd et al. 1982).
"""

ALLERGY = [[86, 3, 14, 0, 2], [26, 0, 10, 4, 0], [20, 2, 22, 4, 1], [11, 1, 37, 16, 14], [3, 0, 15, 24, 48]]
"""363 sera by two tests, negative to very high: Altman 1991, table 14.3 (Brostoff et al. 1984)."""

DIAGNOSES = [[88, 10, 2], [14, 40, 6], [18, 10, 12]]
"""200 cases by two judges: Cohen 1968, Psychol Bull 70:213, table 1."""


def ratings_of(counts: list[list[int]]) -> list[list[int]]:
    """Two ratings a subject from a table of counts."""
    return [[i, j] for i, row in enumerate(counts) for j, count in enumerate(row) for _ in range(count)]


def with_moments(n: int, mean: float, sd: float, seed: int = 0) -> FloatArray:
    """A sample whose mean and SD are exactly those."""
    drawn = np.random.default_rng(seed).normal(size=n)
    return mean + sd * (drawn - drawn.mean()) / drawn.std(ddof=1)
