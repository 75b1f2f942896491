"""Gain of power along the chain: how much more the next link gives at its peak than the one below it."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from legato.estimate import Estimate
from legato.kinetics.dead_time import LEAST, LINKS, drawn_power
from legato.kinetics.gains import ChainGain
from legato.kinetics.moment_errors import DRAWS
from legato.kinetics.transfer import Amounts
from legato.kinetics.work import PoweredJoint, Stretch, driving_spans, from_draws, not_below_zero
from legato.recording import FloatArray
from legato.signals.factors import normal_factor, student_half_width
from legato.signals.sets import set_refusal


def power_gains(
    joints: Sequence[PoweredJoint],
    stretches: Sequence[Stretch],
    driving: Mapping[str, bool],
    *,
    start_s: float,
    rate_hz: float,
    cutoff_hz: float,
    level: float,
) -> tuple[ChainGain, ...]:
    """Peak power of each link over that of the link below it, over the phases that drive.

    Parameters
    ----------
    joints
        Power of every joint that is told.
    stretches, driving
        The phases, and whether each drives.
    start_s, rate_hz, cutoff_hz
        Time base of the frames, and the cut-off of motion and forces, Hz.
    level
        Share of central probability that every interval holds.

    Notes
    -----
    A link is all its joints together, both sides; one that hardly works in most repetitions is left out, as for dead
    times. Where the peak of the link below is not surely above 0 there is nothing to take a ratio of.
    """
    spans = driving_spans(stretches, driving)
    groups = {link: found for link, names in LINKS.items() if (found := [j for j in joints if j.power.joint in names])}
    peaks: dict[tuple[str, int], tuple[FloatArray, float]] = {}
    for rep, (first_s, last_s) in spans.items():
        a, b = (round((t - start_s) * rate_hz) for t in (first_s, last_s))
        cut = slice(max(a, 0), b + 1)
        for link, group in groups.items():
            power = drawn_power(group, cut, DRAWS + 1)
            if power.shape[1] > 3 and np.isfinite(power).all():
                top = cut.start + int(np.argmax(power[0]))
                peaks[link, rep] = power.max(axis=1), normal_factor(level) * _noise(group, top, cutoff_hz)
    return tuple(_gain(first, second, peaks, list(spans), level) for first, second in pairwise(_that_work(peaks)))


def _that_work(peaks: Mapping[tuple[str, int], tuple[FloatArray, float]]) -> list[str]:
    """Links whose peak is no trifle of the strongest one's in half of the repetitions or more."""
    links = dict.fromkeys(link for link, _ in peaks)
    top = {rep: max(float(p[0][0]) for (_, other), p in peaks.items() if other == rep) for _, rep in peaks}
    shares = {link: [float(p[0][0]) / top[rep] for (of, rep), p in peaks.items() if of == link] for link in links}
    return [link for link, found in shares.items() if float(np.median(found)) > LEAST]


def _noise(group: Sequence[PoweredJoint], at: int, cutoff_hz: float) -> float:
    """SD of a link's power in one frame by the markers' noise, W: low-passed and even up to the cut-off."""
    rate = 2.0 * np.pi * cutoff_hz / np.sqrt(3.0)
    return float(np.sqrt(sum((rate * j.turn_noise * float(np.linalg.norm(j.moment_n_m[at]))) ** 2 for j in group)))


def _gain(
    first: str,
    second: str,
    peaks: Mapping[tuple[str, int], tuple[FloatArray, float]],
    reps: Sequence[int],
    level: float,
) -> ChainGain:
    per_rep: list[tuple[int, Estimate | None]] = []
    why: list[tuple[int, str]] = []
    shared: list[FloatArray] = []
    noises: list[float] = []
    for rep in reps:
        below, above = peaks.get((first, rep)), peaks.get((second, rep))
        reason = ""
        if below is None or above is None:
            reason = f"the power of the {first if below is None else second} is not known throughout the drive"
        elif _least(below, level) <= 0.0:
            reason = f"the peak power of the {first} is not surely above 0"
        if reason or below is None or above is None:
            per_rep.append((rep, None))
            why.append((rep, reason))
            continue
        # A link that only takes energy passes nothing on.
        ratio = np.maximum(above[0], 0.0) / below[0]
        noise = float(np.hypot(above[1], ratio[0] * below[1])) / float(below[0][0])
        per_rep.append((rep, not_below_zero(from_draws(ratio, level, "").widened(noise))))
        shared.append(ratio)
        noises.append(noise)
    about = f"{first} to {second}"
    reason = set_refusal([text for _, text in why], len(per_rep), "told")
    if reason or not shared:
        return ChainGain("power_gain", about, Amounts(tuple(per_rep), None, 0, reason), tuple(why))
    of_set = from_draws(np.mean(shared, axis=0), level, "").widened(float(np.linalg.norm(noises)) / len(noises))
    if len(shared) > 1:
        of_set = of_set.widened(student_half_width(np.array([r[0] for r in shared]), level))
    told = Amounts(tuple(per_rep), not_below_zero(of_set), len(shared))
    return ChainGain("power_gain", about, told, tuple(why))


def _least(peak: tuple[FloatArray, float], level: float) -> float:
    """The lower end of a peak, W; draws that would make it negative count among those."""
    return from_draws(peak[0], level, "W").widened(peak[1]).low
