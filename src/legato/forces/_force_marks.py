"""Instants of a push that the force itself shows: where it is lowest before the push, and where it is highest."""

import numpy as np

from legato.estimate import Estimate
from legato.forces._curves import noise_by_bends
from legato.forces._flights import Flight
from legato.forces._onset import Z
from legato.recording import FloatArray
from legato.signals.gaps import runs_of

_SMOOTH_S = 0.02
"""Extremes are read from centred means over this time, s. [ENG]"""

_LONGEST_S = 3.0
"""Where no stillness shows the start, the push is at most this long, s. [ENG]"""

_PEAK_SD = 3.0
"""The highest of many noisy samples may be too high by so many SD of the noise. [ENG]"""

_UNWEIGHTED_SHARE = 0.02
"""Share of body weight by which the lowest force lies below it; less is standing still. [ENG]"""


def force_marks(
    y: FloatArray, rate_hz: float, flight: Flight, noise_n: float
) -> tuple[Estimate | None, Estimate | None, Estimate | None]:
    """When the force before a jump is lowest and highest, s, and how high, N; None where the push shows none.

    A fall on the plate has its highest force in the impact, and so neither.

    References
    ----------
    Harry et al. 2020, Med Sci Sports Exerc 52 (lowest and highest force as borders of phases).
    """
    if flight.drop:
        return None, None, None
    first = flight.contact_first if flight.still is None else flight.still.stop - 1
    first = max(first, flight.first - round(_LONGEST_S * rate_hz))
    size = max(1, round(_SMOOTH_S * rate_hz)) | 1
    push = y[first : flight.first]
    if push.size <= 2 * size or not np.isfinite(push).all():
        return None, None, None
    smooth = np.convolve(push, np.ones(size) / size, "valid")
    middle = first + size // 2
    # A plate that prints zero while it is empty hides its noise.
    noise_n = max(noise_n, noise_by_bends(push))
    sd = noise_n / float(np.sqrt(size))
    top = int(smooth.argmax())
    if top == 0:
        return None, None, None
    highest = _extreme(smooth, top, sd, middle, rate_hz, size)
    value = float(push[top : top + size].max())
    peak = Estimate(value, value - _PEAK_SD * noise_n, value + Z * noise_n, unit="N")
    bottom = int(smooth[:top].argmin())
    weight = flight.weight
    if weight is None or bottom == 0 or smooth[bottom] > (1.0 - _UNWEIGHTED_SHARE) * weight.low:
        return None, highest, peak
    return _extreme(-smooth[:top], bottom, sd, middle, rate_hz, size), highest, peak


def _extreme(smooth: FloatArray, at: int, sd_n: float, middle: int, rate_hz: float, size: int) -> Estimate:
    """The top of a curve, s, as far to both sides as its noise, or half of the smoothing, lets it be elsewhere."""
    alike = runs_of(np.asarray(smooth >= smooth[at] - Z * np.sqrt(2.0) * sd_n))
    low, high = min(a for a, _ in alike), max(b for _, b in alike) - 1
    low, high = middle + low - 0.5 * size, middle + high + 0.5 * size
    return Estimate((middle + at) / rate_hz, low / rate_hz, high / rate_hz, unit="s")
