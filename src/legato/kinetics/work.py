"""Work at each joint in each phase of each repetition: generated, absorbed, handed on, with its interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from legato.estimate import Estimate
from legato.kinetics._power_kernels import drawn_work
from legato.kinetics.cluster_turns import ClusterTurn, drawn_rates
from legato.kinetics.power import JointPower
from legato.kinetics.power_errors import PowerErrors
from legato.recording import FloatArray, Span
from legato.signals.factors import student_half_width

AMOUNTS: tuple[str, ...] = (
    "generated", "absorbed", "onward_by_moment", "back_by_moment", "onward_by_force", "back_by_force", "into_ahead",
    "from_behind", "net_into_ahead", "peak", "lowest",
)  # fmt: skip
"""What a table of draws holds, in its columns: J, the last two W."""

_SIGNED = ("net_into_ahead", "peak", "lowest")

_GRID = 10.0
"""Steps in a period of the cut-off in which power is summed. [ENG] The trapezoids of a sine then err by under 1 %."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A phase of a repetition, named with the side (`stance_right`) where repetitions are of both. `effort` is `work`
    where the body or the load is driven, `return` where it comes back, None where the movement does not say.
    """

    rep: int
    phase: str
    span: Span
    effort: Literal["work", "return"] | None = None


def driving_spans(stretches: Sequence[Stretch], driving: Mapping[str, bool]) -> dict[int, tuple[float, float]]:
    """From the first start to the last end of the phases that drive, s, by repetition; of those that have any."""
    found: dict[int, tuple[float, float]] = {}
    for s in stretches:
        if driving.get(s.phase):
            first, last = found.get(s.rep, (s.span.start_s, s.span.end_s))
            found[s.rep] = (min(first, s.span.start_s), max(last, s.span.end_s))
    return found


def pauses(stretches: Sequence[Stretch]) -> set[str]:
    """Phases that are neither work nor return where the movement says which are: none where it does not."""
    said = {s.phase for s in stretches if s.effort is not None}
    return {s.phase for s in stretches if s.phase not in said} if said else set()


@dataclass(frozen=True, slots=True, eq=False)
class PoweredJoint:
    """A joint's power, what it may be wrong by, and the clusters whose turn and shift on the bone, and whose noise, it
    feels.
    """

    power: JointPower
    errors: PowerErrors
    turns: tuple[ClusterTurn, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class JointWork:
    """What passes one joint in one stretch: `drawn` (draws + 1, amounts), first row as measured; None with the
    `reason` where it is not known.
    """

    joint: str
    rep: int
    phase: str
    drawn: FloatArray | None
    level: float
    reason: str = ""

    def amount(self, name: str) -> Estimate | None:
        """One of `AMOUNTS` with its interval; None where it is not known."""
        if self.drawn is None:
            return None
        unit = "W" if name in ("peak", "lowest") else "J"
        signed = name in _SIGNED
        found = from_draws(self.drawn[:, AMOUNTS.index(name)], self.level, unit, positive=not signed)
        return found if signed else not_below_zero(found)


def from_draws(drawn: FloatArray, level: float, unit: str, *, positive: bool = False) -> Estimate:
    """The first value less the central interval of what errors add to it; `positive` of what cannot be negative.

    What errors add once more to a value that already has some is what they added to the truth: where they only ever
    make more of an amount, as of what is absorbed about a power of zero, the truth lies below (Efron & Tibshirani
    1993, An introduction to the bootstrap: the basic interval).
    """
    value = float(drawn[0])
    low, high = (float(q) for q in np.quantile(drawn[1:], (0.5 - 0.5 * level, 0.5 + 0.5 * level)))
    top = max(value, 2.0 * value - low)
    if positive and 2.0 * value <= high:
        # Errors that may have made all of it may as well have hidden as much.
        top = max(top, high)
    return Estimate(value, min(value, 2.0 * value - high), top, level, unit)


def about_the_first(drawn: FloatArray) -> float:
    """Root mean square of all others about the first: errors shift the mean of what they bend, too."""
    off: FloatArray = drawn[1:] - drawn[0]
    return float(np.sqrt((off**2).mean()))


def not_below_zero(found: Estimate) -> Estimate:
    """The estimate of what cannot be negative."""
    value = max(found.value, 0.0)
    return Estimate(value, max(found.low, 0.0), max(found.high, value), found.level, found.unit)


def work_of(
    joint: PoweredJoint, stretch: Stretch, start_s: float, rate_hz: float, cutoff_hz: float, level: float
) -> JointWork:
    """The work of one joint in one stretch.

    Parameters
    ----------
    joint
        Its power in each frame.
    stretch
        When.
    start_s, rate_hz
        Time base of the frames.
    cutoff_hz
        Cut-off of motion and forces, Hz: nothing changes faster.
    level
        Share of central probability of the interval.
    """
    power = joint.power
    series = np.column_stack((power.handed_by_force, power.moment_ahead, power.moment_behind))
    first, last = (stretch.span.start_s - start_s) * rate_hz, (stretch.span.end_s - start_s) * rate_hz
    inside = series[max(int(np.floor(first)), 0) : int(np.ceil(last)) + 1]
    known = np.isfinite(inside).all(axis=1)
    whole = first > -1.0 and last < len(series) and inside.shape[0] > 2
    if not whole or not known.all():
        missing = 1.0 if not whole else float(np.count_nonzero(~known)) / known.size
        reason = f"not known in {max(1.0, 100.0 * missing):.0f} % of it"
        return JointWork(power.name, stretch.rep, stretch.phase, None, level, reason)
    steps = max(4, int(np.ceil(stretch.span.duration_s * min(rate_hz, _GRID * cutoff_hz))))
    at = np.linspace(max(first, 0.0), min(last, len(series) - 1.0), steps + 1)
    draws = joint.errors.draws()
    out = np.empty((draws.shape[0], len(AMOUNTS)))
    by_rate = np.empty((len(joint.turns), at.size, 3, 3))
    for k, turn in enumerate(joint.turns):
        by_rate[k] = _at(turn.by_rate, at)
    rates = drawn_rates(joint.turns, float(at[0]), float(at[-1]), at.size)
    step_s = stretch.span.duration_s / steps
    drawn_work(_at(series, at), _at(joint.errors.modes, at, 1), draws, by_rate, rates, step_s, out)
    return JointWork(power.name, stretch.rep, stretch.phase, out, level)


def set_amount(works: Sequence[JointWork], name: str) -> Estimate | None:
    """The mean of an amount over repetitions: what they share does not shrink with their number, their spread does.
    None where none is known; one repetition's own where there is one.
    """
    known = [w for w in works if w.drawn is not None]
    if len(known) < 2:
        return known[0].amount(name) if known else None
    unit = "W" if name in ("peak", "lowest") else "J"
    column = AMOUNTS.index(name)
    tables = np.stack([w.drawn[:, column] for w in known if w.drawn is not None])
    spread = student_half_width(tables[:, 0], known[0].level)
    signed = name in _SIGNED
    found = from_draws(tables.mean(axis=0), known[0].level, unit, positive=not signed).widened(spread)
    return found if signed else not_below_zero(found)


def _at(x: FloatArray, at: FloatArray, axis: int = 0) -> FloatArray:
    """`x` between its frames."""
    low = np.minimum(at.astype(np.int64), x.shape[axis] - 2)
    share = (at - low).reshape(-1, *[1] * (x.ndim - 1 - axis))
    before = np.take(x, low, axis)
    before += share * (np.take(x, low + 1, axis) - before)
    return before
