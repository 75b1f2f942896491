"""The leg drive of who lies on a bench: how the feet push into the floor, above what they rest with."""

from collections.abc import Sequence

import numpy as np

from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.forces._curves import noise_by_bends
from legato.forces._passing import passing, step_shift
from legato.forces.drive import Drive, DriveSearch
from legato.recording import FloatArray
from legato.signals.factors import normal_factor
from legato.signals.gaps import runs_of

LEFT = 0.1
"""The drive starts where this share of the rise has come and ends where as little of the fall is left. [ENG] As with
the rates of joints."""

_SMOOTH_S = 0.05
"""Length of the mean that a passing is read from, s: noise would else pass the level of a gentle push early. [ENG]"""

_NOISE_S = 0.01
"""Length of the means that the plate's noise is read from, s. [ENG]"""

_LEVEL_S = 0.1
"""Length of the mean that is lowest or highest, s. [ENG]"""

_CALM_S = 1.0
"""The level is read from so much of the rest before the push, or after it, s, at most. [ENG]"""

_SD_OF_MAD = 1.4826
"""SD over the median deviation from the median, of normal values."""

_UNREST = 0.005
"""Least SD of the unrest of resting feet, as a share of their force: about that of quiet standing (`forces.standing`).
[ENG]"""

_SLOW = 0.01
"""SD of what breath moves more slowly than that rest shows, as a share of the level. [ENG]"""

_RISE_SDS = 6.0
"""A rise of so many SD of noise and unrest is a push: the highest and the lowest of some tens of such means lie up to
five apart by chance. [ENG]"""

_RISE_SHARE = 0.1
"""Least rise, as a share of the level that it leaves: a bar that moves shifts the feet by some per cent. [ENG]"""

_MOST_N = 500.0
"""Feet of a lifter on a bench rest with less, N: a quarter of the weight of 200 kg. [ENG]"""

_MOST_LEFT = 0.5
"""Where more than this share of the rise is left to the end, the feet go on pushing. [ENG]"""

_EDGE_S = 0.5
"""How far from a passing the ends of its interval are looked for, s: feet push gently. [ENG]"""


def find_foot_drives(
    force_n: FloatArray, rate_hz: float, spans: Sequence[tuple[float, float, float]], *, level: float = LEVEL
) -> tuple[DriveSearch, ...]:
    """The push of the feet in each repetition of a lift in which a bench carries the trunk.

    Parameters
    ----------
    force_n
        Vertical force under the feet, N, shape (n,); NaN marks missing samples.
    rate_hz
        Sampling rate, Hz.
    spans
        From where each repetition begins, where its press ends, and until when its drive may end, s from the first
        sample.
    level
        Of the intervals.

    Returns
    -------
    One search a stretch. `weight_n` is the level that the push leaves, its lowest mean over 0.1 s before the highest
    one; it starts where a tenth of the rise has come and ends where a tenth of the fall to the lowest mean after it is
    left. `peak_s` lies anywhere where the force is as high as noise and unrest let one tell. The intervals hold noise
    and the slow unrest of resting feet.
    """
    if not np.isfinite(force_n).any():
        return tuple(DriveSearch(None, "plates: every sample of force is missing") for _ in spans)
    # What a person does hardly bends over so short means.
    tens = _means(force_n, rate_hz, _NOISE_S)[:: max(1, round(_NOISE_S * rate_hz))]
    noise_n = noise_by_bends(tens) * np.sqrt(_NOISE_S / _SMOOTH_S)
    found: list[DriveSearch] = []
    for start_s, pressed_s, end_s in spans:
        a, top, b = (min(max(round(t * rate_hz), 0), force_n.size) for t in (start_s, pressed_s, end_s))
        try:
            found.append(DriveSearch(_read(force_n[a:b], rate_hz, top - a, a / rate_hz, noise_n, level)))
        except NotResolvable as why:
            found.append(DriveSearch(None, str(why)))
    return tuple(found)


def _read(force_n: FloatArray, rate_hz: float, pressed: int, off_s: float, noise_n: float, level: float) -> Drive:
    missing = np.flatnonzero(~np.isfinite(force_n))
    if missing.size:
        at_s = off_s + int(missing[0]) / rate_hz
        raise NotResolvable(f"plates: {missing.size} samples of force are missing, first at {at_s:.3f} s; record again")
    long = _means(force_n, rate_hz, _LEVEL_S)
    step = max(1, round(_LEVEL_S * rate_hz))
    if pressed < 2 * step:
        raise NotResolvable("plates: the repetition is too short to tell a push of the feet")
    top, highest = pressed, int(long[:pressed].argmax())
    # Feet that still push harder as the press ends are at their highest a little later.
    while highest >= top - step and top < long.size:
        top = min(top + step, long.size)
        highest = int(long[:top].argmax())
    level_n, unrest_n = _calm(long[: highest + 1], rate_hz)
    peak_n = float(long[highest])
    if level_n > _MOST_N:
        raise NotResolvable(
            f"plates: {level_n:.0f} N rest on them before the press, more than feet alone; stand the bench beside the"
            " plates"
        )
    rise_n = peak_n - level_n
    steady_n = noise_n * float(np.sqrt(_SMOOTH_S / _LEVEL_S))
    sd_n, slow_n = float(np.hypot(steady_n, unrest_n)), float(np.hypot(unrest_n, _SLOW * level_n))
    if rise_n < max(_RISE_SDS * sd_n, _RISE_SHARE * abs(level_n)):
        raise NotResolvable("plates: the feet's force does not rise above its own noise and unrest")
    z = normal_factor(level)
    # The level lies just before the start; far from it, at the end, the unrest has become another.
    near_n = z * float(np.hypot(noise_n, unrest_n))
    start = _passed(force_n, rate_hz, level_n + LEFT * rise_n, highest, near_n, level, back=True)
    near = np.flatnonzero(long >= peak_n - 2.0 * z * sd_n)
    runs = [(first, stop) for first, stop in runs_of(np.isin(np.arange(long.size), near)) if first < top]
    top_s = Estimate(highest / rate_hz, runs[0][0] / rate_hz, max(runs[-1][1] - 1, highest) / rate_hz, level, "s")
    after_n, late_n = _calm(long[highest:][::-1], rate_hz)
    end, no_end, impulse = None, "", None
    if after_n - level_n > _MOST_LEFT * rise_n:
        no_end = "plates: the feet go on pushing after the press, so the end of their drive is not seen"
    else:
        far_n = z * float(np.hypot(noise_n, 2.0**0.5 * late_n))
        try:
            end = _passed(force_n, rate_hz, after_n + LEFT * (peak_n - after_n), highest, far_n, level, back=False)
        except NotResolvable as why:
            no_end = str(why)
    if end is not None:
        first, last = round(start.value * rate_hz), round(end.value * rate_hz)
        over_n_s = float((force_n[first:last] - level_n).sum()) / rate_hz
        edges = LEFT * rise_n * start.half_width, abs(after_n + LEFT * (peak_n - after_n) - level_n) * end.half_width
        lasted_s = end.value - start.value
        impulse = Estimate.symmetric(
            over_n_s, float(np.linalg.norm((2.0**0.5 * z * slow_n * lasted_s, *edges))), "N·s", level
        )
    return Drive(
        start_s=start.shifted(off_s),
        end_s=None if end is None else end.shifted(off_s),
        peak_s=top_s.shifted(off_s),
        peak_n=Estimate.symmetric(peak_n, 2.0**0.5 * z * steady_n, "N", level),
        weight_n=Estimate.symmetric(level_n, z * slow_n, "N", level),
        impulse_n_s=impulse,
        braking_n_s=None,
        dip_m=None,
        end_reason=no_end,
    )


def _calm(means_n: FloatArray, rate_hz: float) -> tuple[float, float]:
    """The level that the last of these rises from, and the SD of its unrest, N: by the means before it that lie below
    a tenth of the rise from their lowest.
    """
    lowest = int(means_n.argmin())
    over = np.flatnonzero(means_n > means_n[lowest] + LEFT * (means_n[-1] - means_n[lowest]))
    first, stop = np.searchsorted(over, lowest - 1, "right"), np.searchsorted(over, lowest)
    a = int(over[first - 1]) + 1 if first else 0
    b = int(over[stop]) if stop < over.size else means_n.size
    near = means_n[max(a, b - round(_CALM_S * rate_hz)) : b]
    level_n = float(np.median(near))
    return level_n, max(_UNREST * abs(level_n), _SD_OF_MAD * float(np.median(np.abs(near - level_n))))


def _means(force_n: FloatArray, rate_hz: float, length_s: float) -> FloatArray:
    """The mean over so long about each sample; at the ends over what there is."""
    width = max(1, round(length_s * rate_hz) | 1)
    ones = np.ones(min(width, force_n.size))
    return np.convolve(force_n, ones, "same") / np.convolve(np.ones(force_n.size), ones, "same")


def _passed(
    force_n: FloatArray, rate_hz: float, at_n: float, highest: int, half_n: float, level: float, *, back: bool
) -> Estimate:
    """When the force passes a level next to its highest, before (`back`) or after it."""
    width = max(1, round(_SMOOTH_S * rate_hz) | 1)
    seen = force_n[::-1] if not back else force_n
    top = force_n.size - 1 - highest if not back else highest
    above = _means(seen, rate_hz, _SMOOTH_S) - at_n
    under = np.flatnonzero(above[:top] <= 0.0)
    if not under.size:
        raise NotResolvable("plates: the recording does not show where the feet's force leaves its level")
    last = int(under[-1])
    bend = step_shift(-(seen - at_n), last, width)
    try:
        told = passing(above, last, half_n, rate_hz, level, bend, _EDGE_S)
    except NotResolvable:
        raise NotResolvable(
            "plates: the feet's force stays too near its level to tell when the push starts or ends"
        ) from None
    return told if back else told.scaled(-1.0).shifted((force_n.size - 1) / rate_hz)
