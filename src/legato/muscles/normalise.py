"""Amplitudes as a share of a reference: which one (the CEDE options), where it was found, and how sure it is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.muscles.amplitude import (
    degrees_of_freedom,
    effective_bandwidth,
    one_channel,
    rms_estimate,
    rms_of_windows,
    scatter_of_rms,
    stretch,
)
from legato.recording import FloatArray, Span
from legato.signals.gaps import runs_of

Method: TypeAlias = Literal["mvic", "task-peak", "task-mean", "sub-maximal", "raw"]
"""The CEDE options that a recording of voluntary contractions allows: a standardised isometric maximum, the peak or the
mean of the task itself, a standardised sub-maximal contraction, and none. The maximal M-wave needs a stimulus.
"""

METHODS: dict[Method, str] = {
    "mvic": "maximal voluntary isometric contraction",
    "task-peak": "peak of the task",
    "task-mean": "mean of the task",
    "sub-maximal": "sub-maximal reference contraction",
    "raw": "not normalised",
}

MVIC_WINDOW_S = 0.5
"""Window of the moving RMS whose largest value is the maximum. [ENG]"""
PEAK_WINDOW_S = 0.1
"""The same within a task, whose bursts are shorter. [ENG]"""
_LARGEST_LOG = 600.0
"""Logarithm of a ratio beyond which floats end; no two amplitudes come near."""
_ALIKE_SD = 3.0
"""Windows whose RMS lies within so many SD of the largest may share its level. [ENG]"""


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceTrial:
    """One contraction to compare with: band-passed EMG of one channel, shape (n,), NaN where missing.

    `refused` is why the quality gate does not let its amplitude be used (saturated, dead …); empty where it does.
    """

    name: str
    values: FloatArray
    rate_hz: float
    spans: tuple[Span, ...] = ()
    """The stretches that count, s from the first sample; without any, all of it."""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """What amplitudes are a share of. `value` is None for raw ones.

    `trial` and `span` say where the value was found: the best trial and its window, or the first trial and None for a
    mean. `trials` counts those used; `refused` holds the others, each with its reason.
    """

    method: Method
    value: Estimate | None
    trial: str = ""
    span: Span | None = None
    trials: int = 0
    refused: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The method in plain words."""
        return METHODS[self.method]


@dataclass(frozen=True, slots=True)
class Normalised:
    """An amplitude with its reference: % of it (above 100 is possible), or in its own unit where it is raw."""

    value: Estimate
    reference: Reference


def largest_reference(
    trials: Sequence[ReferenceTrial],
    method: Literal["mvic", "task-peak"] = "mvic",
    window_s: float | None = None,
    *,
    unit: str = "",
    level: float = LEVEL,
) -> Reference:
    """The largest moving RMS of several trials.

    Parameters
    ----------
    trials
        Of one channel: maximal contractions in one or several positions, or the task itself.
    method
        `mvic` takes windows of 0.5 s, `task-peak` windows of 0.1 s.
    window_s
        Another window, s.

    Returns
    -------
    The reference, with the trial and window that held it. The largest of many windows lies above the muscle's own
    level by chance; the interval says by how much, so most of it lies below the value.

    Raises
    ------
    BadInput
        There is no trial, one is not one channel at a positive rate, or the window has no length.
    NotResolvable
        All trials are refused; the message says why.

    References
    ----------
    Besomi et al. 2020, J Electromyogr Kinesiol 53:102438 (CEDE amplitude normalization matrix).
    """
    length = (MVIC_WINDOW_S if method == "mvic" else PEAK_WINDOW_S) if window_s is None else window_s
    if not 0.0 < length < math.inf:
        raise BadInput(f"a window of {length:g} s holds no sample; give its length in seconds")
    usable, refused = _usable(trials, length)
    best: tuple[float, ReferenceTrial, int] | None = None
    for trial in usable:
        for start, rms in _windows(trial, length):
            at = int(np.nanargmax(rms))
            if best is None or rms[at] > best[0]:
                best = (float(rms[at]), trial, start + at)
    if best is None:
        raise NotResolvable(_all_refused(method, refused))
    value, trial, first = best
    size = round(length * trial.rate_hz)
    window = trial.values[first : first + size]
    dof = degrees_of_freedom([window], trial.rate_hz, effective_bandwidth(trial.values, trial.rate_hz))
    rivals = _rivals(usable, length, value, dof)
    return Reference(
        method,
        _largest_of(value, dof, rivals, unit, level),
        trial.name,
        Span(first / trial.rate_hz, (first + size) / trial.rate_hz),
        len(usable),
        refused,
    )


def mean_reference(
    trials: Sequence[ReferenceTrial],
    method: Literal["task-mean", "sub-maximal"] = "task-mean",
    *,
    unit: str = "",
    level: float = LEVEL,
) -> Reference:
    """The RMS over all that counts of several trials: the task's own mean, or a sub-maximal contraction.

    Raises
    ------
    BadInput
        There is no trial, one is not one channel at a positive rate, or the rates differ.
    NotResolvable
        All trials are refused; the message says why.

    References
    ----------
    Besomi et al. 2020, J Electromyogr Kinesiol 53:102438 (CEDE amplitude normalization matrix).
    """
    usable, refused = _usable(trials, PEAK_WINDOW_S)
    if not usable:
        raise NotResolvable(_all_refused(method, refused))
    rate_hz = usable[0].rate_hz
    if any(trial.rate_hz != rate_hz for trial in usable):
        raise BadInput(f"the trials of the {METHODS[method]} have different rates; resample them to one")
    pieces = [seen for trial in usable for _, part in _parts(trial) if (seen := part[np.isfinite(part)]).size]
    bandwidth_hz = float(np.mean([effective_bandwidth(trial.values, rate_hz) for trial in usable]))
    value = rms_estimate(pieces, rate_hz, bandwidth_hz, unit, level)
    return Reference(method, value, usable[0].name, None, len(usable), refused)


def held_spans(x: FloatArray, rate_hz: float) -> tuple[Span, ...]:
    """The held parts of a contraction, s from the first sample; none where no half second is seen in one piece.

    Parameters
    ----------
    x
        Band-passed EMG of one channel, shape (n,), any unit. NaN marks missing samples.
    rate_hz
        Sampling rate, Hz.

    Returns
    -------
    Where the power of the half second around is at least half of that of the contraction, so that a sudden start lies
    where it was. Power counts to the contraction from a quarter of the largest on. [ENG]

    Raises
    ------
    BadInput
        As `one_channel`.
    """
    power = np.square(rms_of_windows(one_channel(x, rate_hz), rate_hz, MVIC_WINDOW_S))
    if not np.isfinite(power).any():
        return ()
    power = np.nan_to_num(power)
    level = float(power[power >= 0.25 * power.max()].mean())
    middle_s = 0.5 * MVIC_WINDOW_S
    runs = runs_of(power >= 0.5 * level)
    return tuple(Span(start / rate_hz + middle_s, stop / rate_hz + middle_s) for start, stop in runs)


RAW = Reference("raw", None)
"""No reference: amplitudes keep their unit, and muscles or days cannot be compared."""


def normalise(amplitude: Estimate, reference: Reference) -> Normalised:
    """An amplitude in % of a reference; more than 100 % is possible.

    Parameters
    ----------
    amplitude
        Of one channel, in the unit of the reference.
    reference
        Of the same channel. With `RAW` the amplitude stays as it is.

    Raises
    ------
    BadInput
        The units or levels differ.
    NotResolvable
        The reference is 0.
    """
    whole = reference.value
    if whole is None:
        return Normalised(amplitude, reference)
    if whole.unit != amplitude.unit or whole.level != amplitude.level:
        raise BadInput(
            f"the amplitude is in {amplitude.unit or 'no unit'} and its reference in {whole.unit or 'no unit'}, or"
            f" their levels differ ({amplitude.level:g}, {whole.level:g}); give both alike"
        )
    return Normalised(ratio(amplitude, whole, 100.0, "%"), reference)


def ratio(part: Estimate, whole: Estimate, factor: float = 1.0, unit: str = "") -> Estimate:
    """The ratio of two independent positive estimates; their relative errors add in quadrature on a log scale."""
    if not (part.low > 0.0 and whole.low > 0.0):
        raise NotResolvable("an amplitude of 0 has no ratio")
    below = math.hypot(math.log(part.value / part.low), math.log(whole.high / whole.value))
    above = math.hypot(math.log(part.high / part.value), math.log(whole.value / whole.low))
    if abs(math.log(part.value) - math.log(whole.value)) + max(below, above) > _LARGEST_LOG:
        raise NotResolvable(f"{part.value:g} over {whole.value:g} is no ratio of two amplitudes")
    value = factor * part.value / whole.value
    return Estimate(value, value * math.exp(-below), value * math.exp(above), part.level, unit)


def _usable(
    trials: Sequence[ReferenceTrial], shortest_s: float
) -> tuple[list[ReferenceTrial], tuple[tuple[str, str], ...]]:
    if not trials:
        raise BadInput("no reference trial was given; give at least one, or take the amplitudes as they are")
    usable: list[ReferenceTrial] = []
    refused: list[tuple[str, str]] = []
    for given in trials:
        trial = replace(given, values=one_channel(given.values, given.rate_hz))
        reason = trial.refused
        if not reason and not any(np.isfinite(rms).any() for _, rms in _windows(trial, shortest_s)):
            reason = f"no {shortest_s:g} s are seen in one piece"
        if not reason and not np.nanmax(np.abs(trial.values)) > 0.0:
            reason = "the EMG does not vary"
        if reason:
            refused.append((trial.name, reason))
        else:
            usable.append(trial)
    return usable, tuple(refused)


def _all_refused(method: Method, refused: Sequence[tuple[str, str]]) -> str:
    why = "; ".join(f"{name}: {reason}" for name, reason in refused)
    return f"no trial can serve as {METHODS[method]}: {why}; record it anew, or choose another reference"


def _parts(trial: ReferenceTrial) -> list[tuple[int, FloatArray]]:
    """First sample and samples of each stretch that counts."""
    if not trial.spans:
        return [(0, trial.values)]
    parts = [(s, stretch(trial.values, trial.rate_hz, s)) for s in trial.spans]
    return [(max(0, round(s.start_s * trial.rate_hz)), part) for s, part in parts]


def _windows(trial: ReferenceTrial, window_s: float) -> list[tuple[int, FloatArray]]:
    """Moving RMS of each stretch that holds a whole window without gaps, by its first sample."""
    found = [(a, rms_of_windows(part, trial.rate_hz, window_s)) for a, part in _parts(trial)]
    return [(a, rms) for a, rms in found if np.isfinite(rms).any()]


def _rivals(trials: Sequence[ReferenceTrial], window_s: float, largest: float, dof: float) -> float:
    """How many independent windows may share the level of the largest one, at least one.

    A sliding window meets about twice as many independent ones as fit side by side. [SIM]
    """
    least = largest * math.exp(-_ALIKE_SD / math.sqrt(2.0 * dof))
    alike_s = 0.0
    for trial in trials:
        for _, rms in _windows(trial, window_s):
            alike_s += int(np.count_nonzero(rms[np.isfinite(rms)] >= least)) / trial.rate_hz
    return 1.0 + 2.0 * alike_s / window_s


def _largest_of(value: float, dof: float, rivals: float, unit: str, level: float) -> Estimate:
    """The interval of the level behind the largest of so many windows.

    The lower end allows for the choice of the largest; the upper end does not, as the rivals may be weaker ones.
    """
    from scipy.special import chdtri

    tail = 0.5 * (1.0 - level)
    chosen = math.exp(math.log1p(-tail) / rivals)
    low = value / max(1.0, math.sqrt(float(chdtri(dof, 1.0 - chosen)) / dof))
    return Estimate(value, low, value / scatter_of_rms(dof, level)[0], level, unit)
