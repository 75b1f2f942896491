"""Which share of a muscle's activity falls into one phase of each repetition (the chest while the legs give way)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.muscles.amplitude import COUNTED, effective_bandwidth
from legato.muscles.over_reps import mean_over_reps
from legato.recording import FloatArray, Span
from legato.signals.factors import normal_factor
from legato.signals.sets import set_refusal

BIN_S = 0.05
"""Stretch over which activity is taken as even; bins start at the phase's edges, so nothing leaks over. [ENG]"""
_LEAST_REST_S = 0.3
"""Rest that tells the noise. [ENG]"""
_QUANTILES = 200
_NODES = 28
_RIDGE = 0.01
_AT_REST = 20.0
"""How finely the envelope's estimator is made, how smooth, and how much it matters that it is 0 at rest. [SIM] Its bias
is 0.08 of the noise or less, that of the plain root 0.2."""
_MOST_MISSING = 0.1
"""Share of a repetition that may be missing. [ENG]"""


@dataclass(frozen=True, slots=True)
class PhaseShare:
    """Share of the area under a muscle's envelope that lies inside a phase, 0 to 1, noise taken off.

    `per_rep` has one entry a repetition, None where it was refused; `refused` says which and why. `mean` is that of
    repetitions like these, over the `n` that could be told; None where none could or over a third could not.
    """

    per_rep: tuple[Estimate | None, ...]
    mean: Estimate | None
    n: int
    refused: tuple[tuple[int, str], ...]


def phase_share(
    x: FloatArray,
    rate_hz: float,
    reps: Sequence[Span],
    phases: Sequence[tuple[Estimate, Estimate] | None],
    rests: Sequence[Span],
    *,
    clock_sd_s: float = 0.0,
    level: float = LEVEL,
) -> PhaseShare:
    """Share of a muscle's envelope area inside a phase of each repetition, and over the set.

    Parameters
    ----------
    x
        Band-passed EMG of one channel, shape (n,), any unit. NaN marks missing samples.
    rate_hz
        Sampling rate, Hz.
    reps
        The repetitions, s from the first sample.
    phases
        Start and end of the phase in each repetition on the same clock, with the errors of its edges; None where it was
        not found.
    rests
        Stretches in which the muscle rests: their power is the noise.
    clock_sd_s
        SD of the offset between the clock of the phases and that of the EMG, s; it moves all phases alike.
    level
        Of the intervals.

    Returns
    -------
    The envelope is the RMS of the muscle alone, told from power in bins of 50 ms beside that at rest. The interval of a
    repetition holds the scatter of EMG, the error of the noise and that of the phase's edges.

    Raises
    ------
    BadInput
        The channel is not one-dimensional, the rate is not positive, or phases and repetitions differ in number.
    NotResolvable
        Less than 0.3 s of rest are seen, so the noise is not known.
    """
    if x.ndim != 1 or not rate_hz > 0.0:
        raise BadInput(f"the EMG has the shape {x.shape} at {rate_hz} Hz; give one channel, shape (n,), and its rate")
    if len(reps) != len(phases):
        raise BadInput(f"{len(phases)} phases for {len(reps)} repetitions; give one for each, None where unknown")
    pieces = [_cut(x, rate_hz, span.start_s, span.end_s) for span in rests]
    at_rest = np.concatenate([piece[np.isfinite(piece)] for piece in pieces] or [np.empty(0)])
    if at_rest.size < _LEAST_REST_S * rate_hz:
        raise NotResolvable(
            f"{at_rest.size / rate_hz:.2f} s of rest do not tell the noise; record {_LEAST_REST_S:g} s or more at rest"
        )
    # Pieces of rest are kept apart by a missing sample, as their ends do not fit.
    apart = np.concatenate([part for piece in pieces for part in (piece, [np.nan])])
    rest_dof, dof = (2.0 * effective_bandwidth(part, rate_hz) for part in (apart, x))
    noise = float(np.square(at_rest).mean())
    noise_sd = noise * math.sqrt(2.0 * rate_hz / (COUNTED * rest_dof * at_rest.size))
    per_rep: list[Estimate | None] = []
    refused: list[tuple[int, str]] = []
    # A mean of clipped shares would be biased.
    free: list[Estimate] = []
    shared: list[float] = []
    estimator = _estimator(*(max(2.0, round(COUNTED * per_s * BIN_S)) for per_s in (rest_dof, dof)))
    for k, (rep, phase) in enumerate(zip(reps, phases, strict=True)):
        try:
            share, common = _share(x, rate_hz, rep, phase, noise, noise_sd, estimator, level)
            if phase is not None and clock_sd_s > 0.0:
                reach = normal_factor(level) * clock_sd_s
                moved = (
                    _share(x, rate_hz, rep, _moved(phase, by), noise, noise_sd, estimator, level)[0].value
                    for by in (-reach, reach)
                )
                by_clock = max(abs(other - share.value) for other in moved)
                share, common = share.widened(by_clock), math.hypot(common, by_clock)
        except NotResolvable as why:
            per_rep.append(None)
            refused.append((k, str(why)))
            continue
        shared.append(abs(common))
        per_rep.append(mean_over_reps([share], least=0.0, most=1.0))
        free.append(share)
    lost = set_refusal([reason for _, reason in refused], len(reps), "told")
    mean = None if lost else mean_over_reps(free, fixed=float(np.mean(shared)) if shared else 0.0, least=0.0, most=1.0)
    return PhaseShare(tuple(per_rep), mean, len(reps) - len(refused), tuple(refused))


def _moved(phase: tuple[Estimate, Estimate], by_s: float) -> tuple[Estimate, Estimate]:
    return phase[0].shifted(by_s), phase[1].shifted(by_s)


def _cut(x: FloatArray, rate_hz: float, start_s: float, end_s: float) -> FloatArray:
    return x[max(0, round(start_s * rate_hz)) : max(0, round(end_s * rate_hz))]


def _share(
    x: FloatArray,
    rate_hz: float,
    rep: Span,
    phase: tuple[Estimate, Estimate] | None,
    noise: float,
    noise_sd: float,
    estimator: "_Estimator",
    level: float,
) -> tuple[Estimate, float]:
    """The share, which errors may carry past its limits, and by how much the noise moves all repetitions alike."""
    if phase is None:
        raise NotResolvable("its phase is not known")
    start, end = (min(max(edge.value, rep.start_s), rep.end_s) for edge in phase)
    if not end > start:
        raise NotResolvable("its phase lies outside the repetition")
    whole = _cut(x, rate_hz, rep.start_s, rep.end_s)
    missing = 1.0 - np.isfinite(whole).sum() / max(1.0, round(rep.duration_s * rate_hz))
    if missing > _MOST_MISSING:
        raise NotResolvable(f"{missing:.0%} of the repetition is missing")
    before, within, after = (
        _area(_cut(x, rate_hz, a, b), rate_hz, noise, noise_sd, estimator)
        for a, b in ((rep.start_s, start), (start, end), (end, rep.end_s))
    )
    inside, outside = within.area, before.area + after.area
    total = inside + outside
    z = normal_factor(level)
    by_edges = sum((_height(x, rate_hz, edge.value, noise) * edge.half_width) ** 2 for edge in phase)
    v_in, v_out = within.variance * z**2, (before.variance + after.variance) * z**2
    n_in, n_all = within.by_noise * z, (before.by_noise + within.by_noise + after.by_noise) * z
    # Fieller: the shares s for which (1 - s) inside - s outside is 0 within its own error.
    square = total**2 - v_in - v_out - n_all**2
    if not (total > 0.0 and square > 0.0):
        raise NotResolvable("the muscle does not stand out from its rest in it")
    middle = (total * inside - v_in - n_in * n_all) / square
    rest = (inside**2 - v_in - n_in**2 - by_edges) / square
    half = math.sqrt(max(0.0, middle**2 - rest))
    share = inside / total
    return Estimate(share, middle - half, middle + half, level, ""), (n_in - share * n_all) / total


@dataclass(frozen=True, slots=True)
class _Area:
    """Area under the envelope, its variance by the scatter of EMG, and by how much one SD of the noise moves it."""

    area: float
    variance: float
    by_noise: float


def _area(part: FloatArray, rate_hz: float, noise: float, noise_sd: float, estimator: "_Estimator") -> _Area:
    """Bins of about 50 ms that fill the part evenly."""
    if part.size == 0:
        return _Area(0.0, 0.0, 0.0)
    count = max(1, round(part.size / (BIN_S * rate_hz)))
    edges = np.linspace(0, part.size, count + 1).astype(np.int64)
    kept = [part[a:b][np.isfinite(part[a:b])] for a, b in pairwise(edges)]
    powers = np.array([float(np.square(seen).mean()) for seen in kept if seen.size])
    length = part.size / count / rate_hz

    def area(level: float) -> float:
        return math.sqrt(level) * length * float(estimator.envelope(powers / level).sum())

    variance = noise * length**2 * float(estimator.variance(powers / noise).sum())
    return _Area(area(noise), variance, 0.5 * (area(noise + noise_sd) - area(max(noise - noise_sd, 0.1 * noise))))


@dataclass(frozen=True, slots=True, eq=False)
class _Estimator:
    """The envelope over the noise from a bin's power over that of the noise, made so that its mean is right whatever
    the envelope: the root is not, where noise and activity are alike.
    """

    nodes: FloatArray
    added: FloatArray
    powers: FloatArray
    variances: FloatArray

    def envelope(self, power: FloatArray) -> FloatArray:
        """Envelope over the noise; negative as often as not where there is none."""
        return _signed_root(power) + np.interp(power, self.nodes, self.added, right=0.0)

    def variance(self, power: FloatArray) -> FloatArray:
        """Its variance."""
        beyond = np.maximum(power / self.powers[-1], 1.0)
        return np.interp(power, self.powers, self.variances) * beyond


def _signed_root(power: FloatArray) -> FloatArray:
    return np.sign(power - 1.0) * np.sqrt(np.abs(power - 1.0))


@lru_cache(maxsize=16)
def _estimator(rest_dof: float, dof: float) -> _Estimator:
    """For bins whose power has so many degrees of freedom at rest and in activity: the smoothest addition to the root
    that frees it of bias.
    """
    from scipy.special import chdtri

    sd = math.sqrt(2.0 / rest_dof)
    nodes = np.linspace(max(0.05, 1.0 - 3.0 * sd), 1.0 + 6.0 * sd, _NODES)
    truth = np.concatenate(([0.0], np.geomspace(0.02, 12.0, 40) * sd))[:, None]
    # Rest, activity and their product scatter alike only where their spectra are alike.
    both = (1.0 + truth) ** 2 / (1.0 / rest_dof + 2.0 * truth / math.sqrt(rest_dof * dof) + truth**2 / dof)
    tails = 1.0 - (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    powers = (1.0 + truth) * np.asarray(chdtri(both, tails), dtype=np.float64) / both
    hats = np.stack([np.interp(powers, nodes, row, right=0.0).mean(axis=1) for row in np.eye(_NODES)], axis=1)
    short = np.sqrt(truth[:, 0]) - _signed_root(powers).mean(axis=1)
    weight = np.where(truth[:, 0] == 0.0, _AT_REST, 1.0)
    system = np.concatenate((hats * weight[:, None], math.sqrt(_RIDGE) * np.eye(_NODES)))
    solved = np.linalg.lstsq(system, np.concatenate((short * weight, np.zeros(_NODES))))[0]
    added = np.asarray(solved, dtype=np.float64)
    spread = (_signed_root(powers) + np.interp(powers, nodes, added, right=0.0)).var(axis=1)
    return _Estimator(nodes, added, 1.0 + truth[:, 0], spread)


def _height(x: FloatArray, rate_hz: float, at_s: float, noise: float) -> float:
    """Envelope at an instant."""
    near = _cut(x, rate_hz, at_s - BIN_S, at_s + BIN_S)
    near = near[np.isfinite(near)]
    return math.sqrt(max(0.0, float(np.square(near).mean()) - noise)) if near.size else 0.0
