"""In which order muscles fire in strides, which have no first muscle unless all work within half a stride."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from legato.estimate import LEVEL, Estimate
from legato.muscles.lags import At, lags_of_bursts, main_burst
from legato.muscles.model import MuscleResult
from legato.muscles.order import ActivationOrder, PairOrder, RepOrder, activation_order, pair_order
from legato.muscles.stride_windows import paired_windows, phase_of, windows_round, within_half_a_stride
from legato.recording import Span

_ROUND = "the muscles work all round the stride, so none comes first; pairs tell which of two follows the other"


def order_in_strides(
    timed: Mapping[str, MuscleResult],
    reps: Sequence[tuple[int, Span]],
    *,
    at: At = "centre",
    level: float = LEVEL,
) -> ActivationOrder:
    """The order of one event of several muscles in strides, wherever the strides are cut.

    Parameters
    ----------
    timed
        The muscles by their names, two or more with bursts.
    reps
        Index and span of each stride.
    at
        Name of the event.
    level
        Of the intervals.

    Returns
    -------
    Of two muscles, which comes first by their nearest bursts; refused where they work half a stride apart. All of them
    have an order where the stretch without a burst of any is longer than half a stride: it begins after that.
    """
    spans = [(span.start_s, span.end_s) for _, span in reps]
    phases = {name: phase for name, m in timed.items() if (phase := phase_of(m.timed, spans)) is not None}
    names = sorted(phases, key=lambda name: phases[name])
    quiet = {b: (phases[b] - phases[a]) % 1.0 for a, b in zip([names[-1], *names[:-1]], names, strict=True)}
    first = max(quiet, key=lambda name: quiet[name])
    names = names[names.index(first) :] + names[: names.index(first)]
    pairs = tuple(_pair(a, b, timed, reps, at, level) for a, b in combinations(names, 2))
    if quiet[first] <= 0.5:
        untold = tuple(RepOrder(None, _ROUND) for _ in reps)
        return ActivationOrder(at, tuple(names), untold, pairs, None, None, None, None, 0, _ROUND)
    begin = phases[first]
    # The whole order is moved by strides so that most of it lies inside the stride that it is told of.
    middle = begin + 0.5 * (1.0 - quiet[first])
    times = {
        name: _times(timed[name], reps, begin + (phases[name] - begin) % 1.0 - np.floor(middle), at) for name in names
    }
    found = activation_order(times, [span.start_s for _, span in reps], at=at, level=level)
    return replace(found, pairs=pairs)


def _times(muscle: MuscleResult, reps: Sequence[tuple[int, Span]], phase: float, at: At) -> list[Estimate | None]:
    windows = windows_round(muscle, reps, phase)
    main = [
        None if k in windows.left_out else main_burst(muscle.timed, *span, at)[0]
        for k, span in enumerate(windows.spans)
    ]
    return [None if burst is None else burst.time(at) for burst in main]


def _pair(
    one: str, two: str, timed: Mapping[str, MuscleResult], reps: Sequence[tuple[int, Span]], at: At, level: float
) -> PairOrder:
    """The pair, that muscle first whose burst mostly is."""
    of_one, of_two = paired_windows(timed[one], timed[two], reps, True)
    lags = lags_of_bursts(
        timed[one].timed,
        timed[two].timed,
        of_one.spans,
        at=at,
        level=level,
        left_out=of_one.left_out | of_two.left_out,
        second_reps=of_two.spans,
    )
    known = [lag.value for lag in lags.per_rep if lag is not None]
    if why := "" if lags.mean is None else within_half_a_stride(lags, reps).reason:
        return PairOrder(one, two, None, 0, lags.n, why)
    if known and float(np.median(known)) < 0.0:
        return pair_order(two, one, [None if lag is None else lag.scaled(-1.0) for lag in lags.per_rep])
    return pair_order(one, two, lags.per_rep)
