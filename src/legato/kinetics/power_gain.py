"""Gain of power along the chain: how much more the next link gives at its peak than the one below it."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from legato.estimate import Estimate
from legato.kinetics.dead_time import LINKS, drawn_power, that_work, working
from legato.kinetics.gains import ChainGain
from legato.kinetics.moment_errors import DRAWS
from legato.kinetics.transfer import Amounts
from legato.kinetics.work import PoweredJoint, Stretch, driving_spans, from_draws, not_below_zero
from legato.recording import FloatArray
from legato.signals.factors import student_half_width
from legato.signals.sets import set_refusal


def power_gains(
    joints: Sequence[PoweredJoint],
    stretches: Sequence[Stretch],
    driving: Mapping[str, bool],
    *,
    start_s: float,
    rate_hz: float,
    level: float,
) -> tuple[ChainGain, ...]:
    """Peak power of each link over that of the link below it, over the phases that drive.

    Parameters
    ----------
    joints
        Power of every joint that is told.
    stretches, driving
        The phases, and whether each drives.
    start_s, rate_hz
        Time base of the frames.
    level
        Share of central probability that every interval holds.

    Notes
    -----
    A link is all its joints together, both sides; one that hardly works, or is not known, in half of the repetitions or
    more is left out, as for dead times. Where the peak of the link below is not surely above 0 there is nothing to take
    a ratio of.
    """
    spans = driving_spans(stretches, driving)
    groups = {link: found for link, names in LINKS.items() if (found := [j for j in joints if j.power.joint in names])}
    peaks: dict[tuple[str, int], FloatArray] = {}
    for rep, (first_s, last_s) in spans.items():
        a, b = (round((t - start_s) * rate_hz) for t in (first_s, last_s))
        cut = slice(max(a, 0), b + 1)
        powers = {link: drawn_power(group, cut, DRAWS + 1) for link, group in groups.items()}
        for link in working(powers):
            peaks[link, rep] = powers[link].max(axis=1)
    reps = list(spans)
    return tuple(_gain(a, b, peaks, reps, level) for a, b in pairwise(that_work(list(groups), peaks, reps)))


def _gain(
    first: str,
    second: str,
    peaks: Mapping[tuple[str, int], FloatArray],
    reps: Sequence[int],
    level: float,
) -> ChainGain:
    per_rep: list[tuple[int, Estimate | None]] = []
    why: list[tuple[int, str]] = []
    shared: list[FloatArray] = []
    for rep in reps:
        below, above = peaks.get((first, rep)), peaks.get((second, rep))
        reason = ""
        if below is None or above is None:
            reason = f"the power of the {first if below is None else second} is not known or hardly there"
        elif from_draws(below, level, "W").low <= 0.0:
            reason = f"the peak power of the {first} is not surely above 0"
        if reason or below is None or above is None:
            per_rep.append((rep, None))
            why.append((rep, reason))
            continue
        # A link that only takes energy passes nothing on.
        ratio = np.maximum(above, 0.0) / below
        per_rep.append((rep, not_below_zero(from_draws(ratio, level, "", positive=True))))
        shared.append(ratio)
    about = f"{first} to {second}"
    reason = set_refusal([text for _, text in why], len(per_rep), "told")
    if reason or not shared:
        return ChainGain("power_gain", about, Amounts(tuple(per_rep), None, 0, reason), tuple(why))
    of_set = from_draws(np.mean(shared, axis=0), level, "", positive=True)
    if len(shared) > 1:
        of_set = of_set.widened(student_half_width(np.array([r[0] for r in shared]), level))
    told = Amounts(tuple(per_rep), not_below_zero(of_set), len(shared))
    return ChainGain("power_gain", about, told, tuple(why))
