"""Whether anything in a channel is muscle: what varies, what its spectrum is like, and how far it stands above rest."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from legato.muscles._blocks import Blocks, ordered
from legato.recording import BoolArray, FloatArray
from legato.signals.bands import EMG_BAND_HZ, TOP_OF_RATE

_HANN_CORRELATION = 1.944
"""Neighbouring frequencies of a Hann block share power: Var of a mean of n exponentials is this over n (Harris 1978:
squared correlations 4/9 and 1/36 at one and two steps, both sides).
"""

_FALSE_BURST = 1e-4
"""Chance that stationary noise shows a 'burst' somewhere in the record. [ENG]"""

_LEAST_RISE = 1.5
"""A block counts as a burst only from this ratio to the median block's power: gains and contacts wander. [ENG]"""

_STEADY_SPREAD = 0.05
"""Variance of the log power that a resting electrode's slow wandering may add: 1 dB. [ENG]"""

MUSCLE_DROP_DB = 4.0
"""Least fall of the density from 60–150 Hz to 250–400 Hz in a muscle that holds steadily.

The model of Shwedyk, Balasubramanian & Scott 1977 with corners at 60 and 120 Hz falls by 14 dB between 100 and 325 Hz,
and by 7 dB when white noise at 3 dB is mixed in. White noise falls by 0 dB, 1/f noise over the same by 5 dB, but
amplifier and electrode noise is white from tens of Hz on.
"""

_CLEAR_DROP_DB = 7.0
"""Fall of the model above from 60–150 to 250–400 Hz under white noise at 3 dB."""

_LEAST_CURVE_DB = 2.0
"""By how much more EMG falls from 60–150 to 250–400 Hz than from 20–45 to 60–150 Hz. Any power law 1/f^a falls alike
over both (by 5a dB); the model above falls by 15 dB more, and by 8 dB more under white noise at 3 dB. [ENG]
"""

STEEPEST = 8.0
"""Most that EMG's mean density in 20–45 Hz may be above that in 60–150 Hz: 4 for the same model slowed to a median of
50 Hz (a fatigued muscle), doubled for the scatter of one block. What is steeper comes from movement. [ENG]
"""

_STEEPER = 2.5
"""The same for one block, as a multiple of the lower quartile of the channel's own active blocks (at least 1): the
mean of the six frequencies of one block scatters by a factor of 2.5 in 1 of 100. [ENG]
"""

_BEYOND = 1.7
"""Power of a step in 20–450 Hz over that in 20–45 Hz: its density falls as 1/f²."""

_STEEP_AS_STEP = 5.6
"""Density in 20–45 Hz over 60–150 Hz of what one block has above rest, from which its spectrum may be a step's: 10 for
1/f², 6 to 9 where an amplifier's high-pass at 10–20 Hz shaped it, 4 for the slowest EMG. [ENG]
"""

_CURVE_AS_STEP = 5.0
"""Most that such a block falls more from 60–150 to 250–400 Hz than from 20–45 to 60–150 Hz, as a ratio: 1 for 1/f², up
to 4 for steps that take 1 to 4 ms, 10 for the slowest EMG. [ENG]
"""

_TOO_STEEP = 20.0
"""The ratio in 20–45 over 60–150 Hz that no block of EMG reaches: 4 for the slowest, times five for the scatter of one
block. [ENG]
"""

_GOES_ON = 0.5
"""Density in 4–20 Hz over 20–45 Hz, from which such a block comes from below the band: 9 for steps, 0.8 behind a
second-order high-pass at 20 Hz, 0.4 for the slowest EMG. [ENG]
"""

_MOSTLY = 0.50
"""Share of what active blocks have above rest, and share of these blocks. [ENG]"""

_TAKEN_FOR_MOVEMENT = 0.25
"""Share of the blocks of the slowest EMG that look like movement: 0.1 to 0.25 for corners at 30 and 60 Hz. [ENG]"""

_FALSE_MOVEMENT = 0.01
"""Chance that so many active blocks of EMG look like movement, from which a channel is refused for it. [ENG]"""

_MANY = 30
"""Active blocks from which a half of them cannot be chance: 16 of 30 at 0.25 each come in 1 of 1000."""

_LEAST_SNR_DB = -3.0
"""What adds less than half the power of rest cannot be timed: such a record counts as steady. [ENG]"""

_ACTIVE = 3.0
"""Ratio of a block's power to rest from which it is active. [ENG]"""


@dataclass(frozen=True, slots=True, eq=False)
class Activity:
    """What varies in a channel. Powers are of one block each, in the EMG band.

    `power` is the whole band's, `above` what it has above rest, `artefact` what movement adds to it. `active` blocks
    are clearly above rest; all are, and there is no rest, where nothing varies. `pitch_db` is the density in 60–150 Hz
    over that in 250–400 Hz, of what the loud blocks have above rest, or of the whole record where nothing varies.
    `slope` is the density in 20–45 Hz over that in 60–150 Hz. `snr_db` is None where the record shows no rest beside
    activity.
    """

    power: FloatArray
    above: FloatArray
    artefact: FloatArray
    active: BoolArray
    loud: BoolArray
    varies: bool
    slope: float
    pitch_db: float
    snr_db: float | None
    loud_power: float
    median_hz: float | None
    heart_share: float = 0.0

    @property
    def like_muscle(self) -> bool:
        """Whether a channel in which nothing varies has the spectrum of a muscle that holds: a hump, where noise of
        the 1/f kind goes on rising towards low frequencies.
        """
        curve_db = self.pitch_db - 10.0 * math.log10(max(self.slope, 1e-30))
        return self.pitch_db >= MUSCLE_DROP_DB and curve_db >= _LEAST_CURVE_DB

    @property
    def only_movement(self) -> bool:
        """Whether movement is what varies, block by block; or the whole spectrum is steeper towards low frequencies
        than any muscle's and hardly falls above: that of movement over a noise floor, without a hump between them.
        """
        if self.varies and self._moved():
            return True
        curve_db = self.pitch_db - 10.0 * math.log10(max(self.slope, 1e-30))
        return self.slope >= STEEPEST and self.pitch_db < _CLEAR_DROP_DB and curve_db < -_LEAST_CURVE_DB

    def _moved(self) -> bool:
        artefact, above = self.artefact[self.active], self.above[self.active]
        moved = int((artefact > _MOSTLY * above).sum())
        if artefact.sum() <= _MOSTLY * above.sum() or moved <= _MOSTLY * artefact.size:
            return False
        many = artefact.size >= _MANY
        return many or _chance_of(moved, artefact.size, _TAKEN_FOR_MOVEMENT) < _FALSE_MOVEMENT

    def artefact_share(self, chosen: BoolArray) -> float:
        """Share of what the active ones of the chosen blocks have above rest, or else of all their power, that movement
        adds.
        """
        active = chosen & self.active
        total, part = (self.above, active) if active.any() else (self.power, chosen)
        whole = float(total[part].sum())
        return min(1.0, float(self.artefact[part].sum()) / whole) if whole > 0.0 else 0.0


def find_activity(blocks: Blocks, rate_hz: float, free: BoolArray) -> Activity:
    """Judge the blocks of one channel; `free` are those without a heartbeat."""
    step_hz = float(blocks.freq_hz[1])
    top_hz = min(EMG_BAND_HZ[1], TOP_OF_RATE * rate_hz)
    whole = blocks.band(EMG_BAND_HZ[0], top_hz)
    free_of_mains = ~blocks.mains
    quiet_mains = whole & free_of_mains
    power = blocks.power[:, quiet_mains].mean(axis=1) * (whole.sum() * step_hz)
    middle = blocks.band(60.0, 150.0) & free_of_mains
    upper = blocks.band(min(250.0, 0.36 * rate_hz), min(400.0, 0.47 * rate_hz)) & free_of_mains
    slow = blocks.band(20.0, 45.0)
    clear = slow & free_of_mains if (slow & free_of_mains).any() else slow
    slow_density = _mean_density(blocks, clear)
    chosen = free if free.sum() >= 4 else np.ones(len(power), np.bool_)
    varies = False
    relative = np.ones(len(power))
    for low_hz, high_hz in ((60.0, top_hz), (45.0, 180.0)):
        looked_at = blocks.band(low_hz, high_hz) & free_of_mains
        relative = _relative_power(blocks, looked_at, chosen)
        varies = varies or _varies(relative[chosen], int(looked_at.sum()))
    rest, loud = _levels(relative, chosen)
    middle_density = _mean_density(blocks, middle)
    steep = slow_density / np.maximum(middle_density, 1e-300)
    active = chosen & (relative > _ACTIVE * ordered(relative[chosen], 0.1))
    own = ordered(steep[active if active.any() else chosen], 0.25)
    most = min(STEEPEST, _STEEPER * max(1.0, own))
    excess = np.maximum(0.0, slow_density - most * middle_density) * slow.sum() * step_hz * _BEYOND
    artefact = np.minimum(power, np.where(free, excess, 0.0))
    mean_spectrum = blocks.power[chosen].mean(axis=0)
    slope = float(slow_density[chosen].mean() / max(float(middle_density[chosen].mean()), 1e-300))
    pitch_db = _ratio_db(float(mean_spectrum[middle].mean()), float(mean_spectrum[upper].mean()))
    snr_db, median_hz = None, None
    above, clearly = power, np.ones(len(power), np.bool_)
    if varies and loud.any():
        floor, top = blocks.power[rest].mean(axis=0), blocks.power[loud].mean(axis=0)
        gain = np.maximum(0.0, top - floor)
        snr = _ratio_db(float((top - floor)[quiet_mains].sum()), float(floor[quiet_mains].sum()))
        varies = snr > _LEAST_SNR_DB
        if varies:
            above, clearly = np.maximum(0.0, power - power[rest].mean()), active
            steps = active & free & _like_steps(blocks.power - floor, blocks.band(1.0, 20.0), clear, middle, upper)
            artefact = np.where(steps, above, np.minimum(artefact, above))
            pitch_db = _ratio_db(float(gain[middle].mean()), float(gain[upper].mean()))
            snr_db = snr if math.isfinite(snr) else None
            median_hz = _median_frequency(blocks.freq_hz, gain, whole, quiet_mains)
    if not varies and pitch_db >= MUSCLE_DROP_DB:
        median_hz = _median_frequency(blocks.freq_hz, mean_spectrum, whole, quiet_mains)
    loud_power = ordered(power, 0.95)
    return Activity(power, above, artefact, clearly, loud, varies, slope, pitch_db, snr_db, loud_power, median_hz)


def _chance_of(least: int, of: int, each: float) -> float:
    """Chance of `least` or more among `of` that come with the chance `each`."""
    return sum(math.comb(of, k) * each**k * (1.0 - each) ** (of - k) for k in range(least, of + 1))


def _like_steps(gain: FloatArray, below: BoolArray, slow: BoolArray, middle: BoolArray, upper: BoolArray) -> BoolArray:
    """Blocks whose density above rest, shape (blocks, frequencies), follows the power law of steps, or falls faster."""
    base, low, mid, high = (gain[:, band].mean(axis=1) for band in (below, slow, middle, upper))
    mid, high = np.maximum(mid, 1e-300), np.maximum(high, 1e-300)
    slope = low / mid
    straight = (slope > _STEEP_AS_STEP) & (mid / high < _CURVE_AS_STEP * slope)
    return (base > _GOES_ON * low) & (straight | (slope > _TOO_STEEP))


def _mean_density(blocks: Blocks, chosen: BoolArray) -> FloatArray:
    return blocks.power[:, chosen].mean(axis=1) if chosen.any() else np.zeros(len(blocks.power))


def _relative_power(blocks: Blocks, chosen: BoolArray, free: BoolArray) -> FloatArray:
    """Power of each block over the mean one, every frequency weighted alike, so that its scatter under stationary noise
    is known.
    """
    power = blocks.power[:, chosen]
    mean = power[free].mean(axis=0)
    keep = mean > 1e-12 * float(mean.max(initial=0.0))
    if not keep.any():
        return np.ones(len(power))
    return (power[:, keep] / mean[keep]).mean(axis=1)


def _varies(relative: FloatArray, frequencies: int) -> bool:
    """Whether the power of the blocks varies more than that of stationary Gaussian noise."""
    n = len(relative)
    middle = ordered(relative, 0.5)
    if n < 3 or middle <= 0.0:
        return n >= 3
    degrees = max(1.0, frequencies / _HANN_CORRELATION)
    most = _gamma_quantile(degrees, 1.0 - _FALSE_BURST / n) / _gamma_quantile(degrees, 0.5)
    if float(relative.max()) / middle > max(_LEAST_RISE, most):
        return True
    logs = np.log(np.maximum(relative, 1e-12 * middle))
    expected = 1.0 / degrees + 0.5 / degrees**2 + _STEADY_SPREAD
    # Neighbouring blocks overlap by half; a sample variance of n values scatters by √(2/n), here of about 0.9 n.
    return float(logs.var()) > expected * (1.0 + 4.0 * math.sqrt(2.0 / (0.9 * n)))


@lru_cache(maxsize=256)
def _gamma_quantile(shape: float, probability: float) -> float:
    from scipy.special import gammaincinv

    return float(gammaincinv(shape, probability)) / shape


def _levels(relative: FloatArray, free: BoolArray) -> tuple[BoolArray, BoolArray]:
    """Blocks at rest (the quietest tenth) and active ones (above the geometric middle of rest and the loudest)."""
    floor = ordered(relative[free], 0.1)
    rest = free & (relative <= floor)
    top = float(relative[free].max())
    if not (floor > 0.0 and top > 2.0 * floor):
        return rest, np.zeros(len(relative), np.bool_)
    return rest, free & (relative >= math.sqrt(floor * top))


def _ratio_db(top: float, bottom: float) -> float:
    if top <= 0.0:
        return -math.inf
    return 10.0 * math.log10(top / bottom) if bottom > 0.0 else math.inf


def _median_frequency(freq_hz: FloatArray, density: FloatArray, whole: BoolArray, seen: BoolArray) -> float | None:
    """Frequency that halves the power of the band `whole`; what mains lines reach is bridged from `seen`."""
    bridged = np.interp(freq_hz[whole], freq_hz[seen], density[seen])
    total = np.cumsum(bridged)
    if not (len(total) and total[-1] > 0.0):
        return None
    return float(np.interp(0.5 * float(total[-1]), total, freq_hz[whole]))
