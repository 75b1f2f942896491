"""Lags between two channels: the shift of their envelopes, what crosstalk draws, and reasons that speak of muscles."""

from dataclasses import replace

import numpy as np

from legato.muscles.analyse import RepSpan, analyse_muscles
from legato.muscles.channel_lags import lags_between
from legato.muscles.model import LagResult, MuscleResult, MusclesResult
from legato.muscles.names import muscles
from legato.recording import FloatArray, Recording, Span, Stream

from .beaten_emg import beaten, lag, of_two

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
    for one in lost:
        assert one.mean is None and "right pectoralis major is refused: clipped" in one.per_rep[1].reason
    assert lost[-1].reason == "3 of 6 reps cannot be timed (right pectoralis major is refused: clipped)"


def leaking(share: float, seed: int) -> MusclesResult:
    """Chest 67 ms after the thigh, whose signal makes `share` of the chest channel's power."""
    thigh, chest = beaten(20.0, seed), np.roll(beaten(20.0, seed + 100), 134)
    chest += np.sqrt(share / (1.0 - share)) * chest.std() / thigh.std() * thigh
    reps = [RepSpan(k, Span(2.0 * k + 0.1, 2.0 * k + 1.9)) for k in range(10)]
    found = analyse_muscles(Recording((of_two(thigh, chest),)), reps)
    assert found is not None
    return found


def test_crosstalk_widens_a_lag_by_what_it_may_have_drawn_together() -> None:
    told = [leaking(share, seed) for share, seed in ((0.0, 1), (0.1, 2), (0.2, 3), (0.3, 4))]
    for found in told:
        mean = lag(found, "vastus_lateralis", "pectoralis_major").mean
        assert mean is not None and mean.holds(0.067)
    for found in told[1:]:
        one = lag(found, "vastus_lateralis", "pectoralis_major")
        assert one.mean is not None
        # Told as it is drawn together, nearer to 0, with room on the far side.
        assert one.mean.value < 0.067 and one.mean.high - one.mean.value > one.mean.value - one.mean.low
        onset = lag(found, "vastus_lateralis", "pectoralis_major", "onset")
        assert onset.mean is None and "crosstalk: the two share" in onset.reason


def test_reps_are_asked_for_only_where_they_help_against_what_crosstalk_leaves() -> None:
    for share, seed in ((0.0, 1), (0.1, 2), (0.2, 3), (0.3, 4)):
        one = lag(leaking(share, seed), "vastus_lateralis", "pectoralis_major")
        assert one.mean is not None and (one.drawn_s > 0.0) == (share > 0.0)
        if one.reps_for_10_ms is not None:
            # Up to one for rounding: as many reps as it says give the ±10 ms that it says.
            assert (one.reps_for_10_ms <= one.n) == (one.mean.half_width <= 0.0101)
        else:
            assert one.drawn_s > 0.008


def third_leaking(share: float, seed: int) -> MusclesResult:
    """Chest 67 ms after the thigh; triceps 120 ms after it make `share` of the thigh channel's power."""
    thigh, chest, triceps = (np.roll(beaten(20.0, seed + 100 * k), late) for k, late in enumerate((0, 134, 240)))
    thigh += np.sqrt(share / (1.0 - share)) * thigh.std() / triceps.std() * triceps
    names = ("vastus_lateralis_right", "pectoralis_major_right", "triceps_brachii_right")
    stream = Stream("emg", "emg", np.stack([thigh, chest, triceps], axis=1), 2000.0, names, ("V",) * 3)
    found = analyse_muscles(Recording((stream,)), [RepSpan(k, Span(2.0 * k + 0.1, 2.0 * k + 1.9)) for k in range(10)])
    assert found is not None
    return found


def test_what_a_third_muscle_draws_is_in_the_interval_of_a_lag_or_refuses_it() -> None:
    held = 0
    for share, seed in ((0.1, 11), (0.2, 12), (0.2, 15), (0.3, 13)):
        one = lag(third_leaking(share, seed), "vastus_lateralis", "pectoralis_major")
        assert one.mean is not None
        held += one.mean.holds(0.067)
        # The thigh is drawn towards the triceps, so the chest seems to follow it too soon.
        assert one.mean.value < 0.067 and one.mean.high - one.mean.value > one.mean.value - one.mean.low
    # 30 of 32 such sets hold it, at shares from 0.05 to 0.3; without the reach, few do.
    assert held >= 3
    lost = lag(third_leaking(0.45, 14), "vastus_lateralis", "pectoralis_major")
    assert lost.mean is None
    assert "right vastus lateralis shares" in lost.reason and "with right triceps brachii" in lost.reason


def test_two_channels_that_share_too_much_are_not_timed_against_each_other() -> None:
    found = leaking(0.45, 5)
    assert all(m.usable and m.bursts for m in found.muscles)
    for at in ("centre", "onset", "peak", "cross-correlation"):
        one = lag(found, "vastus_lateralis", "pectoralis_major", at)
        assert one.mean is None and "crosstalk: the two share" in one.reason and "move the electrodes" in one.reason
        assert all(rep.lag_s is None for rep in one.per_rep)
    assert found.between is not None
    assert all("crosstalk" in pair.reason and pair.locking is None for pair in found.between.locking)
