"""Sound EMG in volts, what spoils it, and the gate's verdict on one channel, for the tests of the gate."""

import numpy as np

from legato.muscles.quality import ChannelQuality, examine_channels
from legato.recording import FloatArray

from .plain_emg import burst_envelope, recording

RATE = 2000.0
MICROVOLTS = 100e-6


def emg(seed: int = 1, seconds: float = 12.0, rate: float = RATE, snr_db: float = 15.0) -> FloatArray:
    """Bursts of 100 µV rms, in V."""
    rng = np.random.default_rng(seed)
    return MICROVOLTS * recording(burst_envelope(int(seconds * rate), rate, rng), rate, rng, snr_db)


def examine(x: FloatArray, rate: float = RATE, unit: str = "V") -> ChannelQuality:
    (found,) = examine_channels(x[:, None], rate, ["VL"], units=[unit])
    return found


def says(texts: tuple[str, ...], word: str) -> bool:
    return any(word in text for text in texts)


def seconds_of(x: FloatArray, rate: float = RATE) -> FloatArray:
    return np.arange(len(x), dtype=np.float64) / rate


def low_passed(x: FloatArray, cutoff_hz: float, rate: float = RATE) -> FloatArray:
    f = np.fft.rfftfreq(len(x), 1 / rate)
    out: FloatArray = np.fft.irfft(np.fft.rfft(x) / (1 + (f / cutoff_hz) ** 4), len(x))
    return out


def heart(n: int, rng: np.random.Generator, rate: float = RATE) -> FloatArray:
    """QRS complexes of unit height, 70 a minute with 4 % of wander."""
    t, out = np.arange(n) / rate, np.zeros(n)
    for beat in np.cumsum(60 / 70 * (1 + 0.04 * rng.standard_normal(int(n / rate * 70 / 60) + 2))):
        for off, width, height in ((-0.025, 0.008, -0.25), (0.0, 0.011, 1.0), (0.028, 0.010, -0.35)):
            out += height * np.exp(-0.5 * ((t - beat - off) / width) ** 2)
    return out


def jolts(x: FloatArray, height: float, fade_s: float = 0.05) -> FloatArray:
    t = seconds_of(x)
    out = np.zeros_like(x)
    for at in np.arange(0.5, t[-1], 1.2):
        out += np.where(t >= at, np.exp(-(t - at).clip(0) / fade_s), 0.0)
    return x + height * out
