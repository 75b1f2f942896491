"""By how much one muscle follows another, rep by rep and over a set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from legato.errors import BadInput
from legato.estimate import LEVEL, Estimate
from legato.muscles.bursts import Burst, detect_bursts
from legato.muscles.conditioning import samples_of
from legato.muscles.over_reps import mean_over_reps
from legato.signals.factors import normal_factor, student_factor
from legato.signals.sets import set_refusal

At: TypeAlias = Literal["centre", "onset", "peak", "offset"]

_RIVAL = 0.5
"""Energy of a rep's second burst, over that of its largest, from which the rep does not say which is meant. [ENG]"""

_BEFORE_S = 0.05
"""How long before a repetition its burst may have its centre, s. [ENG] Force follows the EMG of quadriceps by 50 ms, SD
7 ms.
"""

_OUTSIDE = "no burst has its centre in this repetition, one only reaches into it"
_ACROSS = "a burst that only reaches into this repetition rivals its own, so it does not say which is meant"

MOST_REPS = 400
"""More reps than this nobody does in a set. [ENG]"""

NOTHING_LEFT_OUT: Mapping[int, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ActivationLags:
    """How much later the second muscle fires than the first, s.

    `per_rep` has one entry a rep, None where it was refused; `refused` says which (from 0) and why. `mean` is the mean
    lag of reps like these: Student's interval on their spread, with the part that all bursts of a channel share; of one
    rep it is that rep's own interval. It is None, and `reason` says why, where no rep was timed or over a third of them
    was refused; `n` were timed. `spread_s` is the SD between reps (NaN for
    fewer than two), `fixed_s` the half-width that no number of reps removes, `drawn_s` the one that crosstalk adds.
    """

    per_rep: list[Estimate | None]
    mean: Estimate | None
    n: int
    refused: list[tuple[int, str]]
    spread_s: float = float("nan")
    fixed_s: float = 0.0
    at: At = "centre"
    reason: str = ""
    drawn_s: float = 0.0

    def reps_for(self, half_width_s: float = 0.010) -> int | None:
        """How many reps with this spread give the mean within ± `half_width_s`; None where none would, or fewer than
        three were timed.
        """
        left_s = half_width_s - self.drawn_s
        if self.mean is None or self.n < 3 or self.fixed_s >= left_s:
            return None
        room = left_s**2 - self.fixed_s**2
        for n in range(2, MOST_REPS + 1):
            if (student_factor(self.mean.level, n - 1) * self.spread_s) ** 2 / n <= room:
                return n
        return None


def activation_lags(
    first: ArrayLike,
    second: ArrayLike,
    rate_hz: float,
    reps: Sequence[tuple[float, float]],
    at: At = "centre",
    level: float = LEVEL,
) -> ActivationLags:
    """How much later the second muscle fires than the first, in each rep and over the set.

    Parameters
    ----------
    first, second
        Raw EMG of two channels on one clock, shape (n,), any units. NaN marks missing samples.
    rate_hz
        Sampling rate of both, Hz.
    reps
        Start and end of each repetition, s from the first sample. A burst belongs to the one that holds its centre, or
        starts up to 50 ms after it where no other does.
    at
        The event that is compared, the same in both: `centre` (of the squared amplitude; the surest), `onset`,
        `peak`, `offset`.
    level
        Share of central probability that every interval holds.

    Returns
    -------
    Lags in s, positive where the second muscle comes after the first. Neither channel is judged (`examine_channels`),
    nor is their crosstalk, which draws the two together.

    Raises
    ------
    BadInput
        As `detect_bursts`; channels of different length; a rep that ends before it starts; an unknown event.
    """
    if at not in ("centre", "onset", "peak", "offset"):
        raise BadInput(f"muscles cannot be compared at '{at}'; give centre, onset, peak or offset")
    one, two = samples_of(first), samples_of(second)
    if one.shape != two.shape:
        raise BadInput(f"the two channels have {one.shape} and {two.shape} samples; give both from one recording")
    spans = _checked_reps(reps)
    of_one, of_two = (detect_bursts(x, rate_hz, level=level) for x in (one, two))
    return lags_of_bursts(of_one, of_two, effort_windows(spans), at=at, level=level)


def _checked_reps(reps: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Start and end of each, or a refusal."""
    try:
        ends = np.asarray(reps)
    except ValueError:
        ends = np.empty(0, np.object_)
    if ends.size == 0 and ends.ndim == 1 and ends.dtype.kind == "f":
        return []
    if ends.ndim != 2 or ends.shape[-1] != 2 or ends.dtype.kind not in "iuf":
        raise BadInput("the repetitions are no pairs of times; give start and end of each, s: [(0.5, 1.5), …]")
    pairs = [(float(row[0]), float(row[1])) for row in ends]
    for start, end in pairs:
        if not -np.inf < start < end < np.inf:
            raise BadInput(f"a repetition ends at {end:g} s and starts at {start:g} s; give start and end, in s")
    return pairs


def lags_of_bursts(
    first: Sequence[Burst],
    second: Sequence[Burst],
    reps: Sequence[tuple[float, float]],
    *,
    at: At = "centre",
    level: float = LEVEL,
    clock_sd_s: float = 0.0,
    left_out: Mapping[int, str] = NOTHING_LEFT_OUT,
    second_reps: Sequence[tuple[float, float]] | None = None,
    names: tuple[str, str] = ("first muscle", "second muscle"),
) -> ActivationLags:
    """As `activation_lags`, from bursts that were found before; `clock_sd_s` is the error of the offset between the two
    channels' clocks, `left_out` why a rep, by its place from 0, is refused beforehand; `second_reps` is where the
    second muscle's bursts are looked for, where that is elsewhere, `names` what reasons call the two.
    """
    z = normal_factor(level)
    per_rep: list[Estimate | None] = []
    refused: list[tuple[int, str]] = []
    shared: list[float] = []
    for k, (of_one, of_two) in enumerate(zip(reps, reps if second_reps is None else second_reps, strict=True)):
        if k in left_out:
            per_rep.append(None)
            refused.append((k, left_out[k]))
            continue
        one, why_one = main_burst(first, *of_one, at)
        two, why_two = main_burst(second, *of_two, at)
        a, b = (None if burst is None else burst.time(at) for burst in (one, two))
        if one is None or two is None or a is None or b is None:
            per_rep.append(None)
            refused.append((k, f"{names[0]}: {why_one}" if one is None else f"{names[1]}: {why_two}"))
            continue
        per_rep.append(b.minus(a).widened(z * clock_sd_s))
        shared.append(float(np.hypot(one.shared_sd_s(at), two.shared_sd_s(at))))
    timed = [lag for lag in per_rep if lag is not None]
    n = len(timed)
    fixed = z * float(np.hypot(np.mean(shared), clock_sd_s)) if n else 0.0
    spread = float(np.std([lag.value for lag in timed], ddof=1)) if n > 1 else float("nan")
    why = set_refusal([reason for _, reason in refused], len(reps))
    mean = None if why else mean_over_reps(per_rep, fixed=fixed)
    return ActivationLags(per_rep, mean, n, refused, spread, fixed, at, why)


def effort_windows(reps: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Where the bursts of each repetition have their centres, s: in it or shortly before, as far as no other is there.

    What a muscle does to a movement follows its EMG, so a burst that starts a repetition may lie half before it.
    """
    windows: list[tuple[float, float]] = []
    for k, (start, end) in enumerate(reps):
        earlier = max((b for j, (a, b) in enumerate(reps) if j != k and a < start), default=-np.inf)
        windows.append((min(start, max(start - _BEFORE_S, earlier)), end))
    return windows


def main_burst(bursts: Sequence[Burst], start_s: float, end_s: float, at: At = "centre") -> tuple[Burst | None, str]:
    """The burst of a stretch of time that is meant, or None and why: its largest, where no other comes near it, nor
    what reaches into the stretch of one whose centre lies outside.
    """
    inside = [b for b in bursts if start_s <= b.middle_s < end_s]
    across = max((b.energy_within(start_s, end_s) for b in bursts if not start_s <= b.middle_s < end_s), default=0.0)
    if not inside:
        return None, "no burst in this repetition" if across == 0.0 else _OUTSIDE
    inside.sort(key=lambda b: b.energy, reverse=True)
    if across >= _RIVAL * inside[0].energy:
        return None, _ACROSS
    if len(inside) > 1 and inside[1].energy >= _RIVAL * inside[0].energy:
        return None, "several bursts of like size in this repetition, so it does not say which is meant"
    if inside[0].time(at) is None:
        return None, f"the {at} of its burst was not recorded whole"
    return inside[0], ""
