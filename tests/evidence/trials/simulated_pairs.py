"""Sessions of simulated athletes with a planted effect, and what may stand in its way."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from legato.evidence.trials.mixed import Observation
from legato.evidence.trials.model import Arm


@dataclass(frozen=True)
class Truth:
    """Numbers in SDs of a session. `tails`: Student's t of three degrees of freedom, exponential, or normal errors.

    `unlike`: SD of the logarithm of the athletes' own SDs. `between`: SD of the true effects. `lost`: share of
    sessions. `follows`: correlation of one session's error with the next. `even`: each arm first equally often.
    """

    effect: float = 1.0
    between: float = 0.0
    tails: Literal["normal", "t3", "exponential"] = "normal"
    unlike: float = 0.0
    day: float = 1.0
    order: float = 0.0
    carry_over: float = 0.0
    trend: float = 0.0
    lost: float = 0.0
    follows: float = 0.0
    even: bool = True
    level: float = 0.0


TRUTHS = {
    "plain": Truth(),
    "heavy tails": Truth(tails="t3"),
    "skewed": Truth(tails="exponential"),
    "unequal variances": Truth(unlike=0.5),
    "order": Truth(order=1.5),
    "carry-over": Truth(carry_over=1.0),
    "trend": Truth(trend=0.5),
    "lost sessions": Truth(lost=0.1),
    "errors that follow": Truth(follows=0.4),
    "orders by coin": Truth(even=False),
    "all at once": Truth(tails="t3", unlike=0.5, order=1.0, carry_over=-0.7, trend=0.3, lost=0.1),
}


def simulate(
    truth: Truth, athletes: int, pairs: int, rng: np.random.Generator
) -> tuple[list[Observation], NDArray[np.float64]]:
    """The sessions, and each athlete's true effect."""
    effects = truth.effect + truth.between * rng.normal(size=athletes)
    found: list[Observation] = []
    for athlete in range(athletes):
        sd = math.exp(truth.unlike * rng.normal())
        level = truth.level + 5.0 * rng.normal()
        firsts = _orders(truth, pairs, rng)
        before, error = 0.0, _error(truth, rng)
        for pair in range(pairs):
            day = truth.day * rng.normal()
            for place, arm in enumerate(("A", "B") if firsts[pair] else ("B", "A"), start=1):
                code = 0.5 if arm == "A" else -0.5
                value = level + day + effects[athlete] * code + truth.order * (place - 1.5) + truth.carry_over * before
                value += truth.trend * (pair + 0.5 * (place - 1)) + sd * error
                if rng.random() >= truth.lost:
                    found.append(Observation(f"athlete {athlete}", pair, _arm(arm), 1 if place == 1 else 2, value))
                before = code
                error = truth.follows * error + math.sqrt(1.0 - truth.follows**2) * _error(truth, rng)
    return found, effects


def _arm(name: str) -> Arm:
    return "A" if name == "A" else "B"


def _orders(truth: Truth, pairs: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    if truth.even:
        return rng.permutation(np.arange(pairs) < pairs // 2)
    while True:
        firsts = rng.random(pairs) < 0.5
        if 0 < firsts.sum() < pairs:
            return firsts


def _error(truth: Truth, rng: np.random.Generator) -> float:
    if truth.tails == "t3":
        return float(rng.standard_t(3.0)) / math.sqrt(3.0)
    return float(rng.exponential()) - 1.0 if truth.tails == "exponential" else float(rng.normal())
