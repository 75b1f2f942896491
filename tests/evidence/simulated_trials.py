"""Simulated trials of one athlete in pairs, with whatever else may move the numbers planted."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from legato.estimate import Estimate
from legato.evidence.trials.model import Arm, Pair, Question
from legato.evidence.trials.sign_flip import most_apart

ASKED = Question(effect_of_interest=0.05, better="higher", pairs=8, unit="m/s")
"""A bar that should get 0.05 m/s faster, say."""


def drawn_order(rng: np.random.Generator, pairs: int) -> tuple[Arm, ...]:
    while True:
        coins = rng.integers(0, 2, pairs)
        if abs(2 * coins.sum() - pairs) <= most_apart(pairs):
            return tuple("A" if coin else "B" for coin in coins)


def pair_of(first: Arm, a: float, b: float, half_width: float = 0.0) -> Pair:
    return Pair(first, Estimate.symmetric(a, half_width), Estimate.symmetric(b, half_width))


def pairs_of(changes: Sequence[float], base: float = 1.0, first: str = "ABBAABBAABBA", half: float = 0.0) -> list[Pair]:
    """Pairs with given differences A - B."""
    arms: list[Arm] = ["A" if letter == "A" else "B" for letter in first]
    return [pair_of(arm, base + change, base, half) for arm, change in zip(arms, changes, strict=False)]


def trial(
    rng: np.random.Generator,
    question: Question,
    change: float = 0.0,
    sd: float = 0.05,
    *,
    tails: str = "normal",
    second: float = 0.0,
    drift: float = 0.0,
    fading: float = 0.0,
    left_behind: float = 0.0,
    base: float = 1.0,
) -> list[Pair]:
    """One trial as registered; `tails`: normal, heavy or skewed.

    `change`: of A against B, in the number's unit, or a share where the question is relative. `sd`: of a session about
    what it should be (so that a change scatters √2 times as much), likewise. `second`: what the second session of a
    pair differs by. `drift`: of both arms, a session. `fading`: how much of the change is lost from the first pair to
    the last. `left_behind`: what A adds to the session after it.
    """
    made: list[Pair] = []
    session, last = 0, "B"
    for place, first in enumerate(drawn_order(rng, question.pairs)):
        numbers: dict[str, float] = {}
        effect = change - fading * place / max(1, question.pairs - 1)
        for arm, later in ((first, 0.0), ("B" if first == "A" else "A", second)):
            moved = (effect if arm == "A" else 0.0) + later + drift * session + (left_behind if last == "A" else 0.0)
            error = sd * _error(rng, tails)
            numbers[arm] = base * (1.0 + moved) * np.exp(error) if question.relative else base + moved + error
            session, last = session + 1, arm
        made.append(pair_of(first, numbers["A"], numbers["B"]))
    return made


def _error(rng: np.random.Generator, tails: str) -> float:
    """Of SD about 1 (Student's with 2 degrees of freedom has none; scaled to the same quartiles)."""
    if tails == "heavy":
        return float(rng.standard_t(2)) * 0.826
    return float(rng.standard_exponential() - 1.0) if tails == "skewed" else float(rng.standard_normal())


def swapped(pairs: Sequence[Pair], place: int) -> list[Pair]:
    """The same with the arms of one pair taken for each other."""
    one = pairs[place]
    return [*pairs[:place], replace(one, a=one.b, b=one.a), *pairs[place + 1 :]]
