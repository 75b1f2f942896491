"""EMG of two muscles that fire once in each repetition of two seconds, and the lag that was found between them."""

import numpy as np

from legato.muscles.model import LagResult, MusclesResult
from legato.recording import FloatArray, Stream

from .plain_emg import coloured


def beaten(seconds: float, seed: int, artefact_v: float = 0.0) -> FloatArray:
    """A burst a repetition of 2 s at 2 kHz, 0.1 mV; a swing of the cables at 25 Hz may follow each."""
    rng, rate = np.random.default_rng(seed), 2000.0
    t = np.arange(round(seconds * rate)) / rate
    since = np.mod(t, 2.0) - 1.0
    swing = np.sin(2 * np.pi * 25.0 * (since - 0.6)) * np.exp(-(((since - 0.6) / 0.1) ** 2))
    muscle = np.exp(-0.25 * (since / 0.12) ** 2) * coloured(t.size, rate, rng)
    return 1e-4 * muscle + 5e-6 * rng.standard_normal(t.size) + artefact_v * swing


def of_two(first: FloatArray, second: FloatArray) -> Stream:
    names = ("vastus_lateralis_right", "pectoralis_major_right")
    return Stream("emg", "emg", np.stack([first, second], axis=1), 2000.0, names, ("V", "V"))


def lag(found: MusclesResult, first: str, second: str, at: str = "centre") -> LagResult:
    (one,) = [x for x in found.lags if (x.from_muscle, x.to_muscle, x.at) == (first, second, at)]
    return one
