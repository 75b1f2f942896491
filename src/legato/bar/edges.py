"""When a bar leaves its rest: read from what the sensor gave before any low-pass, as that smears the first of a way."""

from dataclasses import dataclass

import numpy as np

from legato.recording import BoolArray, FloatArray
from legato.signals.gaps import runs_of

_MOST_SAMPLES = 32
"""A fit takes so many samples: more are averaged in blocks."""

_STARTS = 20
"""Starts that are tried, twice: over all of the stretch, then over its likely part."""

_POWERS = np.array([1.0, 1.5, 2.0, 2.5, 3.0])
_POWER_WEIGHTS = np.array([1.5, 1.0, 1.5, 0.75, 0.5])
"""Powers of time with which a velocity may leave zero, half a power apart, and how likely each is before a look at the
data. [ENG] 1 where a pull sets in at once, 2 where it grows evenly, 3 where it creeps in."""

_BEND_OF_HEIGHT, _BEND_OF_VELOCITY = 0.14, 0.18
_BEND_SD = 0.1
"""How far a way has fallen behind its power of time where the fit ends, at `RISEN` of its first peak, as a share for
each power, and the SD of that share. [ENG] way of minimum jerk, half a sine, and others of five shapes: 0.03 to 0.5."""

RISEN = 0.6
"""Share of the first peak of the velocity up to which a start is fitted. [ENG]"""

_MISFIT = 0.003
"""What a way lies off the best bent power of time, as a share of its rise in the fit. [ENG] of those shapes."""

_SWAY_M_S = 0.01
"""SD of the velocity at which a bar that is held goes up or down before its way starts, m/s. [ENG] breath and sway."""

CREEP_M_S, CREEP_M_S2 = 0.004, 0.01
"""What a velocity may be off at rest, m/s, and how fast that may change, m/s². [ENG]"""

_ANY = 1e3
"""What is not known before is told by a prior so many times as wide as anything seen."""

_RESTING = 0.05
"""Share of the highest speed below which a bar counts as resting where noise that lasts is read. [ENG]"""

_PIECE_S, _BLOCK_S = 0.4, 0.1
"""Noise that lasts is read in pieces at rest, s, from means over blocks, s. [ENG] slower wander is sway."""

_LEAST_PIECES, _CALM = 4, 0.3
"""Fewer pieces tell nothing; so large a share of them is taken as calm. [ENG]"""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What a sensor gave of a bar before any low-pass, (n,): heights, m, or velocities, m/s; and the SD that makes the
    mean of m samples wrong by `sd` / √m.
    """

    values: FloatArray
    sd: FloatArray
    of_height: bool


@dataclass(frozen=True, slots=True, eq=False)
class Rise:
    """A stretch that a bar leaves its rest in: samples (n,), rising towards the end, and the SD of a sample.

    `earliest`: the earliest start, in samples from the first; below zero where it may lie before. `turn_sd`: where the
    bar turns at the first sample without a rest, how surely, in samples. `offset_sd`, `slope_sd`: of a velocity, what
    it may be off at rest, m/s and m/s²; `sway_m_s`: of a height, how fast the bar may go up or down before, SD.
    """

    values: FloatArray
    sd: float
    rate_hz: float
    of_height: bool
    earliest: float = 0.0
    turn_sd: float | None = None
    offset_sd: float = CREEP_M_S
    slope_sd: float = CREEP_M_S2
    sway_m_s: float = _SWAY_M_S


def start_of_rise(rise: Rise, passes_m_s: float = 0.0) -> tuple[float, float]:
    """When the bar leaves its rest, or passes a velocity after it, and the SD of that, in samples from the first.

    Notes
    -----
    After the start t₀ the velocity is c·(t − t₀)^p, bent by a further term (t − t₀)^(p + 1), before it zero; a height
    is the integral of that. Level, slow sway, c and the bend are integrated out, with what is known of the bend before;
    of t₀, or of when that curve passes the velocity, over all p the mean and SD of the posterior are told. Where the
    bar turns without a rest, half of the prior lies at the turn.
    """
    block = max(1, -(-rise.values.size // _MOST_SAMPLES))
    skipped = rise.values.size % block
    y = rise.values[skipped:].reshape(-1, block).mean(axis=1)
    t = skipped + 0.5 * (block - 1) + block * np.arange(y.size, dtype=np.float64)
    low, high = rise.earliest, max(float(t[-1]) - 2.0, rise.earliest + 0.5)
    risen = abs(float(y[-1] - np.median(y[: max(1, y.size // 6)])))
    noise = float(np.hypot(rise.sd / np.sqrt(block), _MISFIT * risen)) + 1e-12
    # Level and sway, which are alike for all starts, are integrated out first.
    ground = np.ones((2, t.size)) / noise
    ground[0] *= _ANY * risen if rise.of_height else rise.offset_sd
    ground[1] *= (rise.sway_m_s if rise.of_height else rise.slope_sd) * (t - t[0]) / rise.rate_hz
    sure = np.linalg.cholesky(np.eye(t.size) + ground.T @ ground)
    whiten: FloatArray = np.asarray(np.linalg.inv(sure).T / noise, dtype=np.float64)
    left = (y - (y[0] if rise.of_height else 0.0)) @ whiten
    passes = passes_m_s / rise.rate_hz if rise.of_height else passes_m_s
    start = spread = step = 0.0
    for _ in range(2):
        starts: FloatArray = np.linspace(low, high, _STARTS, dtype=np.float64)
        cost, slopes = _costs(t, left, whiten, risen, starts, of_height=rise.of_height)
        each = np.exp(cost.min() - cost) * _POWER_WEIGHTS[:, None]
        if rise.turn_sd is not None:
            at_turn = np.exp(-0.5 * (starts / rise.turn_sd) ** 2) / (np.sqrt(2.0 * np.pi) * rise.turn_sd)
            each = each * (1.0 / (high - low) + at_turn)
        each /= each.sum()
        chance = each.sum(axis=0)
        told = starts + _passed(slopes, np.maximum(t[-1] - starts, 1.0), passes, rise.of_height)
        start = float((each * told).sum())
        spread = float((each * (told - start) ** 2).sum())
        likely = np.flatnonzero(chance > 1e-4 * chance.max())
        step = (high - low) / (_STARTS - 1)
        low, high = max(low, float(starts[likely[0]]) - step), min(high, float(starts[likely[-1]]) + step)
    return start, float(np.sqrt(spread + step**2 / 12.0))


def _costs(
    t: FloatArray, seen: FloatArray, whiten: FloatArray, risen: float, starts: FloatArray, *, of_height: bool
) -> tuple[FloatArray, tuple[FloatArray, FloatArray]]:
    """Minus log likelihood of each power and start, shape (powers, starts), size and bend integrated out, and the
    likeliest of both, as the rise that each makes by the end.

    `seen` (n,) are whitened samples at the times `t` (n,), `whiten` (n, n) does so to rows; they rise by `risen`.
    """
    since = np.maximum(t - starts[:, None], 0.0) / np.maximum(t[-1] - starts[:, None], 1.0)
    root = np.sqrt(since)
    rows = np.empty((2, _POWERS.size, starts.size, t.size))
    grown = since**2 if of_height else since
    for k in range(_POWERS.size):
        rows[0, k] = grown
        np.multiply(grown, since, out=rows[1, k])
        grown = grown * root
    bend = -(_BEND_OF_HEIGHT if of_height else _BEND_OF_VELOCITY) * _POWERS
    size, bent = rows @ whiten
    size *= _ANY * risen
    bent *= (_BEND_SD * risen / (1.0 + bend))[:, None, None]
    left = seen - bent * (bend / _BEND_SD)[:, None, None]
    aa, bb = 1.0 + (size * size).sum(axis=-1), 1.0 + (bent * bent).sum(axis=-1)
    ab, a, b = (size * bent).sum(axis=-1), (size * left).sum(axis=-1), (bent * left).sum(axis=-1)
    area = aa * bb - ab * ab
    explained = (a * a * bb - 2.0 * a * b * ab + b * b * aa) / area
    bends = (b * aa - a * ab) / area + (bend / _BEND_SD)[:, None]
    likeliest = (a * bb - b * ab) / area * _ANY * risen, bends * (_BEND_SD * risen / (1.0 + bend))[:, None]
    return 0.5 * ((left * left).sum(axis=-1) - explained + np.log(area)), likeliest


def _passed(rises: tuple[FloatArray, FloatArray], lasted: FloatArray, passes: float, of_height: bool) -> FloatArray:
    """How long after its start each bent power of time passes a velocity, in samples, shape (powers, starts).

    `rises`: what power and bend have risen by when they have `lasted` (starts,) samples; `passes`: m a sample
    where heights rise, m/s where velocities do.
    """
    if passes <= 0.0:
        return np.zeros_like(rises[0])
    power = _POWERS[:, None]
    one, two = rises
    if of_height:
        one, two = one * (power + 1.0) / lasted, two * (power + 2.0) / lasted
    share = np.zeros_like(one)
    for _ in range(3):
        share = np.clip(passes / np.maximum(one + two * share, 1e-9), 0.0, 1.0) ** (1.0 / power)
    return share * lasted


def at_rest(velocity: FloatArray, sd: float) -> BoolArray:
    """Samples (n,) at which a bar of this velocity, m/s, with an error of `sd` may rest."""
    top = float(np.nanmax(np.abs(velocity), initial=0.0))
    return np.asarray(np.abs(velocity) < max(_RESTING * top, 3.0 * sd), dtype=np.bool_)


def lasting(values: FloatArray, sd: float, resting: BoolArray, rate_hz: float) -> float:
    """How many times as wrong the mean of several samples is as white noise of this SD makes it, 1 or more.

    Read from how means over 0.1 s scatter about a straight line where the bar rests; 1 where it rests too little.
    """
    block = max(1, round(_BLOCK_S * rate_hz))
    count = round(_PIECE_S / _BLOCK_S)
    whole = block * count
    known = resting & np.isfinite(values)
    starts = [k for a, b in runs_of(known) for k in range(a, b - whole + 1, whole)]
    if len(starts) < _LEAST_PIECES or sd <= 0.0:
        return 1.0
    pieces = values[np.array(starts)[:, None] + np.arange(whole)].reshape(len(starts), count, block).mean(axis=2)
    x = np.linspace(-1.0, 1.0, count)
    centred = pieces - pieces.mean(axis=1, keepdims=True)
    left = centred - np.outer(centred @ x / (x @ x), x)
    # Two degrees of freedom are left beside the line. The lower part is read, as some pieces hold the first of a way.
    usual = float(np.quantile((left**2).sum(axis=1), _CALM)) / (-2.0 * np.log(1.0 - _CALM)) * block
    return float(np.sqrt(max(1.0, usual / sd**2)))
