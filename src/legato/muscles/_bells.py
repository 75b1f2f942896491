"""Centre and peak of each burst: a bell fitted to whitened power, as skewed and as flat as its channel's bursts are,
and set right by what a plain centroid says of all of them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from legato.muscles._bell_kernels import (
    SMOOTH_BEND,
    bell_power,
    climb_bell,
    excess_scatter,
    inverse_of,
    log_determinant,
)
from legato.muscles._bell_windows import BIN_S, BellWindow, bell_windows
from legato.muscles._pooling import (
    DEPARTURES,
    NO_PRIOR,
    SkewPrior,
    common_shift,
    departure_weights,
    flatness,
    shape_shares,
    skew_prior,
)
from legato.muscles._power import Power
from legato.muscles._power_kernels import deepest_valley
from legato.recording import FloatArray

SMOOTH = -1
SHAPES = (SMOOTH, 0, 1, 2, 3)
"""A bell that is smooth at its top, or one of two sides exp(-|u|^p / 2) with 2 doubled so often to give p: from a
Gaussian to a plateau. `bell_state` has the formulas."""

_FLAT = 2
"""From this shape on a bell has no top that could be timed."""

_SCATTER_S = 0.02
"""Over which residuals are summed to see whether power scatters more than its spectrum says, s."""

_CENTROID_REACH = 3.0
"""Half the window of the plain centroid, in SDs of the burst."""

_MOST_LOST = 0.05
"""Share of a burst's power in missing bins from which its centroid tells nothing. [ENG]"""

_MANY_TOPS = 0.25
"""Chance of several tops from which a channel's bursts are given none. [SIM] On two humps as far apart as each is wide
three peaks of four that are told at 0.5 are held."""

_FLAT_SHARE = 0.95
"""How likely a burst must be flat before it is said to have no top. [ENG]"""

_FOR_SMOOTH, _FOR_SIDED = 8.0, 6.0
"""Log evidence over all bursts of a channel from which a skewed bell counts as smooth at its top, or as two-sided;
between them it is taken as two-sided, and the interval of its top holds the smooth one's too. [ENG]"""


_HUMPS, _HUMPS_OF_ONE, _HUMP_SHARE = 1.15, 0.8, 7
"""Mean depth of the deepest valley of a channel's bursts, in SDs of chance, from which they have no single top, by how
much more for one burst alone (less with the root of more), and the share of a burst that a valley is wide. [SIM] bells
show 0.3 to 0.8, plateaus and two humps 1.4 to 1.7."""

_TRUE_BELL, _TRUE_PLATEAU = 0.4, 0.1
"""How likely it is, before the data, that efforts follow a smooth bell, or keep a level, throughout. [ENG]"""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, its SD, and that part of the SD which all bursts of the channel share, s.

    `rival`: where another shape, which the data do not tell from this one, puts it, and its SD.
    """

    time_s: float
    sd_s: float
    shared_sd_s: float
    rival: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class TimedBell:
    """Centre and peak of a burst, no peak where its top is flat, and how likely that is; `plain` is its centroid, which
    takes no shape for granted.
    """

    centre: Moment
    peak: Moment | None
    flat: float
    plain: Moment


@dataclass(frozen=True, slots=True, eq=False)
class Bell:
    """A fitted bell of one of the `SHAPES`.

    `parameters` are the time of its top (s), the log of its sides' mean width (s), the log ratio right to left and the
    log height; `information` is Fisher's, the prior of the skew included; `log_evidence` is that of the burst under
    this shape; `scatter`: how much more its power scatters over 20 ms than its spectrum says.
    """

    shape: int
    parameters: FloatArray
    information: FloatArray
    log_evidence: float
    scatter: float

    @property
    def sides(self) -> tuple[float, float]:
        """Widths of the two sides, s."""
        middle, skew = float(self.parameters[1]), float(self.parameters[2])
        return math.exp(middle - 0.5 * skew), math.exp(middle + 0.5 * skew)

    @property
    def half_power_s(self) -> float:
        """How long its power is above half of its top, s."""
        return sum(self.sides) * (2.0 * math.log(2.0)) ** (0.5 if self.shape == SMOOTH else 0.5 ** (1 + self.shape))

    @property
    def centre_s(self) -> float:
        """Centre of the bell's power, s."""
        return float(self.parameters[0]) + self.shift_of_centre(float(self.parameters[1]), float(self.parameters[2]))

    def covariance(self) -> FloatArray:
        """Inverse of the information; what the burst does not tell at all gets a very large variance."""
        return inverse_of(self.information)

    def shift_of_centre(self, log_width: float, skew: float) -> float:
        """Centre minus top of a bell of this shape, s."""
        if self.shape == SMOOTH:
            bend = SMOOTH_BEND * skew
            return math.exp(log_width) * (math.expm1(1.5 * bend**2) / bend if abs(bend) > 1e-4 else 1.5 * bend)
        p = 2.0 ** (1 + self.shape)
        apart = 2.0 ** (1.0 / p) * math.gamma(2.0 / p) / math.gamma(1.0 / p)
        return apart * 2.0 * math.exp(log_width) * math.sinh(0.5 * skew)

    def power(self, time_s: FloatArray) -> FloatArray:
        """Power above rest."""
        out = np.empty_like(time_s)
        bell_power(time_s, self.shape, self.parameters, out)
        return out


def time_bells(power: Power, rests: Sequence[float]) -> list[TimedBell | None]:
    """Centre and peak of each segment of `power`; None where it could not be fitted, no peak where its top is flat.

    Parameters
    ----------
    power
        The channel.
    rests
        Power at rest around each segment.
    """
    windows = bell_windows(power, rests)
    first = [[] if w is None else _fit_shapes(w) for w in windows]
    known = [bells for bells in first if bells]
    if not known:
        return [None] * len(windows)
    scatter = max(1.0, min(median(bells[k].scatter for bells in known) for k in range(len(SHAPES))))
    evidence = np.array([[bell.log_evidence for bell in bells] for bells in known]) / scatter
    smooth, sided = (float(evidence[:, SHAPES.index(shape)].sum()) for shape in (SMOOTH, 0))
    if smooth - sided < _FOR_SMOOTH:
        # Tops of the two lie some 20 ms apart in a skewed burst, which only many bursts can tell.
        evidence[:, SHAPES.index(SMOOTH)] = -np.inf
    rivals = -_FOR_SIDED < smooth - sided < _FOR_SMOOTH
    flatter, flattest = (float(evidence[:, SHAPES.index(shape)].sum()) for shape in (1, 2))
    tops = flatness((max(smooth, sided), flatter, flattest))
    shares = shape_shares(evidence)
    likeliest = [bells[int(np.argmax(row))] for bells, row in zip(known, shares, strict=True)]
    skews, variances = (
        np.array(x) for x in zip(*((b.parameters[2], b.covariance()[2, 2]) for b in likeliest), strict=True)
    )
    prior = skew_prior(skews, variances, scatter)
    rows = iter(shares)
    fitted: list[list[tuple[float, Bell]]] = []
    for window, bells in zip(windows, first, strict=True):
        if window is None:
            fitted.append([])
            continue
        row = next(rows)
        likely = [k for k in range(len(SHAPES)) if row[k] > 0.03]
        again = [fit_bell(window, SHAPES[k], prior, scatter, bells[k].parameters) for k in likely]
        total = float(row[likely].sum())
        fitted.append([(float(row[k]) / total, bell) for k, bell in zip(likely, again, strict=True)])
    best = [None if not bells else max(bells, key=lambda pair: pair[0])[1] for bells in fitted]
    pairs = [(w, b) for w, b in zip(windows, best, strict=True) if w is not None and b is not None]
    centre_shift = common_shift([_centroid(window, bell, scatter).time_s - bell.centre_s for window, bell in pairs])
    timed: list[TimedBell | None] = []
    for window, bells, likeliest_bell in zip(windows, fitted, best, strict=True):
        if window is None or likeliest_bell is None:
            timed.append(None)
            continue
        other = fit_bell(window, SMOOTH, prior, scatter) if rivals else None
        plain = _centroid(window, likeliest_bell, scatter)
        found = _moments(bells, prior, centre_shift, other, plain)
        found = replace(found, peak=_strayed(found.peak, tops.stray * likeliest_bell.half_power_s))
        timed.append(found if _told(found.centre, window) else None)
    if tops.many > _MANY_TOPS or _many_tops(power):
        timed = [None if bell is None else replace(bell, peak=None) for bell in timed]
    peaked = [bell if bell is not None and bell.flat < 0.5 else None for bell in timed]
    freed = freed_centres([None if b is None else (b.centre, b.plain) for b in peaked], power.lengths_s, within=True)
    return [b if b is None or f is None else replace(b, centre=f) for b, f in zip(timed, freed, strict=True)]


def _strayed(peak: Moment | None, by_s: float) -> Moment | None:
    """A peak whose top may lie beside that of the bell, in all bursts of the channel alike."""
    if peak is None:
        return None
    return replace(peak, sd_s=math.hypot(peak.sd_s, by_s), shared_sd_s=math.hypot(peak.shared_sd_s, by_s))


def _many_tops(power: Power) -> bool:
    """Whether the bursts of a channel have several humps or a level top, so that none could be timed."""
    depths: list[float] = []
    for segment in power.segments:
        inside = slice(segment.start, segment.stop)
        bins = max((segment.stop - segment.start) // _HUMP_SHARE, round(_SCATTER_S / power.bin_s))
        depth, _ = deepest_valley(power.mean[inside], power.there[inside], bins, max(1, bins // 4), 1.0)
        depths.append(depth * math.sqrt(0.25 * power.edge_dof * bins))
    return sum(depths) / len(depths) > _HUMPS + _HUMPS_OF_ONE / math.sqrt(len(depths))


def freed_centres(
    pairs: Sequence[tuple[Moment, Moment] | None], lengths_s: Sequence[float], *, within: bool
) -> list[Moment | None]:
    """Centres of a channel's bursts from their shapes and, as far as they differ beyond chance, plain centroids.

    Parameters
    ----------
    pairs
        Centre of the shape and plain centroid of each burst; None is passed over.
    lengths_s
        Lengths of the bursts, s.
    within
        Whether the shape was fitted to the same power as the centroid: then the better of the two explains the other's
        error in part (Hausman 1978, Econometrica 46:1251).
    """
    told = [pair if pair is not None and math.isfinite(pair[1].sd_s) else None for pair in pairs]
    known = [(pair, length) for pair, length in zip(told, lengths_s, strict=True) if pair is not None]
    if not known:
        return [None if pair is None else pair[0] for pair in pairs]
    by_chance = [_chance(shape, plain, within) / length**2 for (shape, plain), length in known]
    apart = [(plain.time_s - shape.time_s) / length for (shape, plain), length in known]
    weights = departure_weights(np.array(apart), np.array(by_chance), _TRUE_BELL if within else _TRUE_PLATEAU)
    return [
        _freed(*pair, length, weights, within) if pair is not None else None if other is None else other[0]
        for pair, other, length in zip(told, pairs, lengths_s, strict=True)
    ]


def _chance(shape: Moment, plain: Moment, within: bool) -> float:
    """Variance of the difference between a centroid and a fitted centre, s²."""
    own, other = plain.sd_s**2, shape.sd_s**2
    return max(own - other, 0.2 * own) if within else own + other


def _freed(shape: Moment, plain: Moment, length_s: float, weights: FloatArray, within: bool) -> Moment:
    """One centre: under each departure, the plain centroid pulls as far as it tells more than chance."""
    departures = np.square(np.array(DEPARTURES) * length_s)
    chance = _chance(shape, plain, within)
    pull = departures / (departures + (chance if within else plain.sd_s**2 + shape.sd_s**2))
    moved = shape.time_s + pull * (plain.time_s - shape.time_s)
    left = departures * (1.0 - pull)
    mean = float(weights @ moved)
    variance = shape.sd_s**2 + float(weights @ (left + (moved - mean) ** 2))
    return Moment(mean, math.sqrt(variance), shape.shared_sd_s)


def _told(moment: Moment, window: BellWindow) -> bool:
    """Whether a time lies in its window and is known better than anywhere in it."""
    first, last = float(window.time_s[0]), float(window.time_s[-1])
    return first <= moment.time_s <= last and moment.sd_s < 0.25 * (last - first)


def _fit_shapes(window: BellWindow) -> list[Bell]:
    """A bell of each of the `SHAPES`; each but the first two starts from the one before."""
    bells: list[Bell] = []
    for shape in SHAPES:
        start = bells[-1].parameters if shape > 0 else None
        bells.append(fit_bell(window, shape, NO_PRIOR, 1.0, start))
    return bells


def fit_bell(window: BellWindow, shape: int, prior: SkewPrior, scatter: float, start: FloatArray | None = None) -> Bell:
    """The bell of largest posterior where power scatters `scatter` times as much as its spectrum says."""
    if start is None:
        start = np.array([window.centre_s, math.log(window.width_s), prior.mean, math.log(window.height)])
    parameters = start.copy()
    information = np.empty((4, 4))
    log_posterior = climb_bell(
        window.time_s,
        window.power,
        window.there,
        window.rest,
        0.5 * window.dof / scatter,
        shape,
        parameters,
        prior.mean,
        prior.sd**-2,
        information,
    )
    evidence = log_posterior - 0.5 * log_determinant(information)
    return Bell(shape, parameters, information, evidence, _scatter(window, shape, parameters))


def _scatter(window: BellWindow, shape: int, parameters: FloatArray) -> float:
    """How much more power scatters over 20 ms around a bell than its spectrum says."""
    model = np.empty_like(window.time_s)
    bell_power(window.time_s, shape, parameters, model)
    bins = max(1, round(_SCATTER_S / float(window.time_s[1] - window.time_s[0])))
    return excess_scatter(window.power, window.there, window.rest, model, window.dof, bins)


def _centroid(window: BellWindow, bell: Bell, scatter: float) -> Moment:
    """Centre of the power above rest, in a window about the bell's own; infinitely uncertain where much is missing."""
    left, right = bell.sides
    centre, reach = bell.centre_s, _CENTROID_REACH * max(left, right)
    reach = min(reach, centre - float(window.time_s[0]), float(window.time_s[-1]) - centre)
    inside = np.abs(window.time_s - centre) <= max(reach, 2.0 * BIN_S)
    time_s, model, there = window.time_s[inside], bell.power(window.time_s)[inside], window.there[inside]
    # Missing bins are filled by the bell, so that a hole pulls nowhere.
    excess = np.where(there > 0.5, window.power[inside] - window.rest[inside], model)
    total, expected = float(excess.sum()), float(model.sum())
    if not (total > 0.0 and expected > 0.0) or float(model @ (there <= 0.5)) > _MOST_LOST * expected:
        return Moment(centre, float("inf"), 0.0)
    at = float(excess @ time_s) / total
    moment: FloatArray = (time_s - at) * (window.rest[inside] + model)
    variance = float(moment @ moment) * 2.0 * scatter / window.dof
    return Moment(at, math.sqrt(variance) / expected, 0.0)


def _moments(
    bells: Sequence[tuple[float, Bell]],
    prior: SkewPrior,
    centre_shift: tuple[float, float],
    other: Bell | None,
    plain: Moment,
) -> TimedBell:
    """Centre and peak over the shapes that the data leave open, each by its share; `other` is a shape that they do not
    tell from these.
    """
    flat = sum(share for share, bell in bells if bell.shape >= _FLAT)
    centre = mixed([(share, _moment(bell, prior, at_centre=True)) for share, bell in bells], centre_shift)
    if flat > _FLAT_SHARE:
        return TimedBell(centre, None, flat, plain)
    peak = mixed([(share, _moment(bell, prior, at_centre=False)) for share, bell in bells])
    if other is None:
        return TimedBell(centre, peak, flat, plain)
    rival = _moment(other, prior, at_centre=False)
    apart = 0.5 * abs(rival.time_s - peak.time_s)
    shared = math.hypot(peak.shared_sd_s, apart)
    return TimedBell(centre, Moment(peak.time_s, peak.sd_s, shared, (rival.time_s, rival.sd_s)), flat, plain)


def _moment(bell: Bell, prior: SkewPrior, *, at_centre: bool) -> Moment:
    covariance = bell.covariance()
    slope = np.array([1.0, 0.0, 0.0, 0.0])
    time_s = float(bell.parameters[0])
    if at_centre:
        width, skew, step = float(bell.parameters[1]), float(bell.parameters[2]), 1e-4
        by_skew = (bell.shift_of_centre(width, skew + step) - bell.shift_of_centre(width, skew - step)) / (2.0 * step)
        slope = np.array([1.0, bell.shift_of_centre(width, skew), by_skew, 0.0])
        time_s = bell.centre_s
    sd = math.sqrt(float(slope @ covariance @ slope))
    shared = abs(float(slope @ covariance[:, 2])) * prior.sd**-2 * prior.common_sd
    return Moment(time_s, sd, min(shared, sd))


def mixed(moments: Sequence[tuple[float, Moment]], shift: tuple[float, float] = (0.0, 0.0)) -> Moment:
    """One time from several, each by its share (they sum to 1), moved by a shift that is known to its SD."""
    mean = sum(share * moment.time_s for share, moment in moments)
    variance = sum(share * (moment.sd_s**2 + (moment.time_s - mean) ** 2) for share, moment in moments)
    shared = sum(share * moment.shared_sd_s for share, moment in moments)
    return Moment(mean + shift[0], math.hypot(math.sqrt(variance), shift[1]), math.hypot(shared, shift[1]))
