"""Dead time in the chain: from the end of one link's positive power to the start of the next one's."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np

from legato.estimate import Estimate
from legato.kinetics._power_kernels import add_turned
from legato.kinetics.cluster_turns import drawn_rates
from legato.kinetics.segments import LUMBOSACRAL
from legato.kinetics.transfer import LoadPower
from legato.kinetics.upper_body import UPPER_BODY
from legato.kinetics.work import PoweredJoint, Stretch, about_the_first, driving_spans
from legato.recording import FloatArray
from legato.signals.factors import normal_factor, student_half_width
from legato.signals.filters import lowpass
from legato.signals.sets import set_refusal

LINKS: Mapping[str, tuple[str, ...]] = {
    "legs": ("ankle", "knee", "hip"),
    "trunk": (LUMBOSACRAL,),
    "upper body": (UPPER_BODY,),
}
"""Links of the chain from the ground to the load, by the joints whose power is theirs."""

_GIVES = "upper body"
"""The link whose power is that of the load and the segments above L5/S1, less what enters there."""

LEVELS = (0.05, 0.2)
"""A link works while its power exceeds the first share of its peak, and works hard above the second. [ENG] The first as
for onsets of motion; where power fades slowly the gap hangs on this choice, so a verdict must stand at both."""

LEAST = 0.05
"""A link whose peak is less than this share of the strongest one's is not timed: it hardly works. [ENG]"""

_TIMED_DRAWS = 61
"""Rows of the draws that are timed, the one without errors included. [ENG]"""

_SLOWER = 0.7
"""The gap is read again behind a cut-off lower by this factor, and all of the change is taken for the filter's error:
a power that fades is a product of two low-passed signals. [ENG]"""

Working: TypeAlias = tuple[float, float]

_PerRep: TypeAlias = tuple[tuple[int, Estimate | None, str], ...]

_Timed: TypeAlias = dict[tuple[str, int], list[FloatArray]]
"""By link and repetition when it starts and ends to work, s, with and without errors, last behind a slower low-pass."""


@dataclass(frozen=True, slots=True)
class DeadTime:
    """Gap from the end of one link's positive power to the start of the next one's, s: negative where they overlap.
    None with the `reason` where it cannot be told. `hard_per_rep` and `hard`: the same between their hard work.
    """

    from_link: str
    to_link: str
    per_rep: _PerRep
    of_set: Estimate | None
    n: int
    reason: str = ""
    hard_per_rep: _PerRep = ()
    hard: Estimate | None = None

    @property
    def state(self) -> Literal["dead time", "together", "faint overlap", "not-resolvable"]:
        """The verdict: power rests between the links at either level, they work hard together, or only faint power
        bridges them.
        """
        if self.of_set is None or self.hard is None:
            return "not-resolvable"
        if self.of_set.low > 0.0:
            return "dead time"
        if self.hard.high < 0.0:
            return "together"
        return "faint overlap" if self.of_set.high < 0.0 < self.hard.low else "not-resolvable"


def dead_times(
    joints: Sequence[PoweredJoint],
    load: LoadPower | None,
    stretches: Sequence[Stretch],
    driving: Mapping[str, bool],
    *,
    start_s: float,
    rate_hz: float,
    cutoff_hz: float,
    level: float,
) -> tuple[DeadTime, ...]:
    """The gaps between neighbouring links, over all phases that drive.

    Parameters
    ----------
    joints
        Power of every joint that is told.
    load
        What is lifted; None without one.
    stretches, driving
        The phases, and whether each drives.
    start_s, rate_hz, cutoff_hz
        Time base of the frames, and the cut-off of motion and forces, Hz.
    level
        Share of central probability that every interval holds.
    """
    spans = driving_spans(stretches, driving)
    groups = {link: own for link, names in LINKS.items() if (own := [j for j in joints if j.power.joint in names])}
    names = [*groups, *([load.name] if load is not None and load.mass_kg else [])]
    timed: dict[float, _Timed] = {share: {} for share in LEVELS}
    for rep, (first_s, last_s) in spans.items():
        a, b = (round((t - start_s) * rate_hz) for t in (first_s, last_s))
        cut = slice(max(a, 0), b + 1)
        powers = {link: drawn_power(group, cut, _TIMED_DRAWS) for link, group in groups.items()}
        if load is not None and rep in load.mass_kg:
            taken = load.mass_kg[rep] * load.drawn_per_kg(cut, _TIMED_DRAWS, rate_hz)
            powers[load.name] = taken
            if _GIVES in powers:
                # What the load takes up is what its joints are told to give.
                powers[_GIVES] = powers[_GIVES] + (taken - taken[0])
        for link in working(powers):
            slower = lowpass(powers[link][0], rate_hz, _SLOWER * cutoff_hz)
            for share, of_level in timed.items():
                rows = np.array([works_between(row, rate_hz, share) for row in (*powers[link], slower)])
                of_level[link, rep] = [first_s + rows[:, 0], first_s + rows[:, 1]]
    least, most = timed.values()
    found: list[DeadTime] = []
    kept = that_work(names, least, list(spans))
    for first, second in pairwise(kept if len(kept) > 1 else names):
        per_rep, of_set, n, reason = _between(first, second, least, list(spans), rate_hz, level)
        hard_per_rep, hard, _, _ = _between(first, second, most, list(spans), rate_hz, level)
        found.append(DeadTime(first, second, per_rep, of_set, n, reason, hard_per_rep, hard))
    return tuple(found)


def working(powers: Mapping[str, FloatArray]) -> list[str]:
    """The links whose power in a repetition, W, shape (rows, n) with the measured one first, is known throughout and
    whose peak is no trifle of the strongest one's.
    """
    known = {link: float(p[0].max()) for link, p in powers.items() if p.shape[1] > 3 and np.isfinite(p).all()}
    top = max(known.values(), default=0.0)
    return [link for link, peak in known.items() if peak > LEAST * top and peak > 0.0]


def that_work(names: Sequence[str], seen: Container[tuple[str, int]], reps: Sequence[int]) -> list[str]:
    """The links that are seen to work in most repetitions: one that only holds is no link between two others."""
    return [name for name in names if 2 * sum((name, rep) in seen for rep in reps) > len(reps)]


def works_between(power: FloatArray, rate_hz: float, share: float = LEVELS[0]) -> Working:
    """Start and end of the stretch about a power's peak that exceeds this share of it, s from the first sample."""
    top = int(np.argmax(power))
    above = power - share * power[top]
    before, after = np.flatnonzero(above[:top] <= 0.0), np.flatnonzero(above[top:] <= 0.0)
    start, end = 0.0, float(power.size - 1)
    if before.size:
        i = int(before[-1])
        start = i + above[i] / (above[i] - above[i + 1])
    if after.size:
        i = top + int(after[0])
        end = i - above[i] / (above[i] - above[i - 1])
    return float(start) / rate_hz, float(end) / rate_hz


def drawn_power(group: Sequence[PoweredJoint], cut: slice, rows: int) -> FloatArray:
    """Net power of a link under the first draws of its errors, W, shape (rows, n); the first row as measured."""
    total = np.zeros(0)
    for joint in group:
        change = joint.errors.modes[:, cut, 1] + joint.errors.modes[:, cut, 2]
        of_joint = joint.power.net[cut] + joint.errors.draws()[:rows] @ change
        steps = of_joint.shape[1]
        # A shift of markers makes no power of the moment.
        turns = [turn for turn in joint.turns if turn.by_rate[cut, :, 1:].any()]
        turned = np.empty((len(turns), steps, 3))
        for k, turn in enumerate(turns):
            turned[k] = turn.by_rate[cut, :, 1] + turn.by_rate[cut, :, 2]
        add_turned(drawn_rates(turns, cut.start, cut.start + steps - 1, steps, rows), turned, of_joint)
        total = of_joint if total.size == 0 else total + of_joint
    return total


def _between(
    first: str,
    second: str,
    timed: _Timed,
    reps: Sequence[int],
    rate_hz: float,
    level: float,
) -> tuple[_PerRep, Estimate | None, int, str]:
    """The gap between two links in every repetition and of the set, of how many, and why there is none."""
    per_rep: list[tuple[int, Estimate | None, str]] = []
    shared: list[FloatArray] = []
    bias: list[float] = []
    for rep in reps:
        one, other = timed.get((first, rep)), timed.get((second, rep))
        if one is None or other is None:
            link = first if one is None else second
            per_rep.append((rep, None, f"the power of the {link} is not known or hardly there"))
            continue
        gaps = other[0] - one[1]
        value, sd = float(gaps[0]), about_the_first(gaps[:-1])
        own = float(np.hypot(abs(gaps[-1] - gaps[0]), 0.5 / rate_hz))
        half = float(np.hypot(normal_factor(level) * sd, own))
        per_rep.append((rep, Estimate.symmetric(value, half, "s", level), ""))
        shared.append(gaps[:-1])
        bias.append(own)
    reason = set_refusal([why for _, _, why in per_rep if why], len(per_rep))
    if reason:
        return tuple(per_rep), None, 0, reason
    mean = np.stack(shared).mean(axis=0)
    half = float(np.hypot(normal_factor(level) * about_the_first(mean), float(np.mean(bias))))
    if len(shared) > 1:
        half = float(np.hypot(half, student_half_width(np.array([g[0] for g in shared]), level)))
    of_set = Estimate.symmetric(float(mean[0]), half, "s", level)
    return tuple(per_rep), of_set, len(shared), ""
