"""What every trial shares: what was fixed before the first session, what was measured, and what is answered."""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from legato.estimate import LEVEL, Estimate

Arm: TypeAlias = Literal["A", "B"]
"""A: what the claim is about. B: what it is compared with."""

Better: TypeAlias = Literal["higher", "lower"]
"""Which way the claim says that the number goes under A."""

Answer: TypeAlias = Literal["supports", "contradicts", "inconclusive", "not-measurable"]

ALPHA = 0.05
"""Two-sided level of the exact test. [ENG] The usual one; five pairs cannot reach it."""

LEAST_PAIRS = 6
"""Below this the smallest p that an exact test can reach exceeds 0.05 (evidence 2.3; `sign_flip.least_p`)."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was fixed before the first session.

    `effect_of_interest`: the smallest change that would matter, above 0, in the number's unit, or where `relative` a
    share of the comparator (0.05: five per cent). `pairs`: how many are planned. `detectable`: the smallest detectable
    change of one session's number, in the same way; None where it is not known.
    """

    effect_of_interest: float
    better: Better
    pairs: int
    relative: bool = False
    alpha: float = ALPHA
    level: float = LEVEL
    detectable: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """One session with each arm; `first` tells which came first. Each number with its interval, in its unit."""

    first: Arm
    a: Estimate
    b: Estimate

    def change(self, question: Question) -> float:
        """How far A lies from B, positive the way that the claim says.

        Where the question is `relative` the logarithm of the ratio, which a swap of labels turns round exactly; else
        the difference.
        """
        apart = math.log(self.a.value / self.b.value) if question.relative else self.a.value - self.b.value
        return apart if question.better == "higher" else -apart


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a trial answers.

    `change`: mean change under A with its interval, positive the way that the claim says, in the number's unit or, of a
    relative question, a share of the comparator. `p`: of the exact two-sided test. `n`: pairs that count. `more`: pairs
    that would still be needed; None where there is no telling, or none needed. `notes`: what else the pairs show that a
    reader should know, a sentence each.
    """

    answer: Answer
    reason: str
    change: Estimate | None
    p: float | None
    n: int
    more: int | None = None
    notes: tuple[str, ...] = ()
