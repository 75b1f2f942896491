"""How much a pose estimator's points wander: read from bones, whose lengths do not change."""

from collections.abc import Mapping

import numpy as np

from legato.recording import FloatArray
from legato.signals.filters import lowpass
from legato.signals.spectra import NoiseSpectrum, tapered_density

_BONES = (("hip", "knee"), ("knee", "ankle"), ("shoulder", "hip"), ("shoulder", "elbow"), ("elbow", "wrist"))
_SIDES = ("right", "left")
_POSTURE_HZ = 1.0
"""Cut-off below which the hips' height stands for the posture. [ENG]"""
_LEAST_SEEN = 0.5
_STEPS = 512


def pose_noise(points: Mapping[str, FloatArray], rate_hz: float) -> NoiseSpectrum | None:
    """Noise of one coordinate of one point, squared unit of the points per Hz.

    Parameters
    ----------
    points
        Points of the picture by name, each (n, 2); NaN where missing.
    rate_hz
        Frames a second.

    Returns
    -------
    Half the density of how bones change their length in the picture, averaged over the bones. What a bone owes to the
    posture (it turns out of the picture's plane) is taken out first, as a cubic of the hips' height. None where no bone
    is seen for half of the recording. Errors that all points share leave no trace in a length.
    """
    hips = [points[f"hip_{s}"][:, 1] for s in _SIDES if f"hip_{s}" in points]
    if not hips or len(hips[0]) < 16:
        return None
    height = _whole(np.mean(hips, axis=0))
    if height is None:
        return None
    posture = lowpass(height, rate_hz, min(_POSTURE_HZ, 0.4 * rate_hz))
    spread = float(posture.std())
    level = (posture - posture.mean()) / (spread if spread > 0.0 else 1.0)
    design = np.vander(level, 4)
    residuals: list[FloatArray] = []
    for first, second in _BONES:
        for side in _SIDES:
            one, two = points.get(f"{first}_{side}"), points.get(f"{second}_{side}")
            length = None if one is None or two is None else _whole(np.hypot(*(one - two).T))
            if length is not None:
                residuals.append(length - design @ np.linalg.lstsq(design, length, rcond=None)[0])
    if not residuals:
        return None
    freq = np.linspace(0.0, 0.5 * rate_hz, _STEPS + 1)
    density = 0.5 * np.mean(tapered_density(np.stack(residuals, axis=1), rate_hz, freq), axis=1)
    return NoiseSpectrum(freq, density, rate_hz / len(height), 2.0 * len(residuals))


def _whole(x: FloatArray) -> FloatArray | None:
    """Samples with gaps bridged by lines; None where too few are there."""
    seen = np.flatnonzero(np.isfinite(x))
    return np.interp(np.arange(x.size), seen, x[seen]) if seen.size >= _LEAST_SEEN * x.size else None
