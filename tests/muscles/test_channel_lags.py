"""Lags between two channels: the shift of the envelopes is found, and where it is not, the reason speaks of muscles."""

from dataclasses import replace

import numpy as np

from legato.muscles.channel_lags import lags_between
from legato.muscles.model import LagResult, MuscleResult
from legato.muscles.names import muscles
from legato.recording import FloatArray, Span

RATE_HZ = 100.0
REPS = [(k, Span(1.0 + 3.0 * k, 4.0 + 3.0 * k)) for k in range(6)]
TIME_S = np.arange(2000) / RATE_HZ


def channel(name: str, envelope: FloatArray) -> MuscleResult:
    known = muscles()[name]
    return MuscleResult(
        "emg", name, name, known.name, "right", known.region, known.roles, True, (), (), "", "", envelope=envelope
    )


def bells(middle_s: float, width_s: float = 0.15, per_rep: int = 1) -> FloatArray:
    middles = [span.start_s + middle_s + 0.25 * k for _, span in REPS for k in range(per_rep)]
    return np.sum([np.exp(-0.5 * ((TIME_S - m) / width_s) ** 2) for m in middles], axis=0)


def shift(first: FloatArray, second: FloatArray) -> LagResult:
    return lags_between(channel("vastus_lateralis", first), channel("pectoralis_major", second), REPS)[-1]


def test_the_shift_of_two_envelopes_is_found() -> None:
    found = shift(bells(1.2), bells(1.28))
    # Noise-free bells: what is left is the interpolation, 0.01 of a sample.
    assert found.at == "cross-correlation" and found.mean is not None and abs(found.mean.value - 0.08) < 1e-3
    assert found.n == 6 and found.reason == ""


def test_envelopes_that_tell_no_shift_say_so_in_words_of_muscles() -> None:
    rng = np.random.default_rng(1)
    unlike = shift(bells(1.2), rng.standard_normal(TIME_S.size))
    assert unlike.mean is None
    assert unlike.reason.startswith("the two envelopes tell no shift: the best correlation is 0.")
    rhythm = np.sin(2.0 * np.pi * 5.0 * TIME_S)
    several = shift(rhythm, rhythm)
    assert several.reason.startswith("the two envelopes tell no shift: two lags fit about equally")
    for reason in (unlike.reason, several.reason):
        assert "recording" not in reason and "offset" not in reason


def test_a_channel_without_a_reference_has_no_envelope_to_shift() -> None:
    none = shift(np.empty(0), bells(1.2))
    assert none.reason == "right vastus lateralis has no envelope, as nothing says what its amplitude is a share of"
    late = replace(channel("pectoralis_major", bells(1.2)), envelope_start_s=30.0)
    found = lags_between(channel("vastus_lateralis", bells(1.2)), late, REPS)[-1]
    assert found.reason == "the envelope does not cover this repetition"


def test_repetitions_that_the_gate_refuses_count_among_those_refused() -> None:
    second = replace(channel("pectoralis_major", bells(1.28)), refused_reps=((1, "clipped"), (2, "clipped")))
    first = channel("vastus_lateralis", bells(1.2))
    kept = lags_between(first, second, REPS)[-1]
    assert kept.n == 4 and kept.mean is not None
    lost = lags_between(first, replace(second, refused_reps=((0, "clipped"), *second.refused_reps)), REPS)
    for lag in lost:
        assert lag.mean is None and "right pectoralis major is refused: clipped" in lag.per_rep[1].reason
    assert lost[-1].reason == "3 of 6 reps cannot be timed (right pectoralis major is refused: clipped)"
