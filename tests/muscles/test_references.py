"""Reference contractions of a recording: which half of a trial counts, which kind is named, and what does not serve."""

from dataclasses import replace

import numpy as np
import pytest

from legato.errors import BadInput
from legato.muscles.analyse import analyse_muscles
from legato.muscles.model import MuscleResult
from legato.muscles.normalise import ReferenceTrial, held_spans, mean_reference
from legato.recording import FloatArray, Recording, Stream

from .plain_emg import coloured, floor_noise

RATE = 2000.0
CHANNELS = ("vastus_lateralis_right", "vastus_lateralis_left")


def contraction(seed: int, strength: float = 1.0, hold_s: tuple[float, float] = (2.0, 6.0)) -> FloatArray:
    """A steady hold of so much rms in 8 s of rest 30 dB below."""
    rng = np.random.default_rng(seed)
    n = round(8.0 * RATE)
    t = np.arange(n) / RATE
    inside = (t >= hold_s[0]) & (t < hold_s[1])
    return strength * inside * coloured(n, RATE, rng) + 0.03 * floor_noise(n, RATE, rng)


def stream(rows: list[FloatArray], channels: tuple[str, ...] = CHANNELS) -> Stream:
    values = 1e-4 * np.stack(rows, axis=1)
    return Stream("emg", "emg", values, RATE, channels[: len(rows)], ("V",) * len(rows))


def task() -> Stream:
    """Both sides at half of the strength of a contraction of 1."""
    return stream([contraction(seed, 0.5, (3.0, 3.8)) for seed in (1, 2)])


def muscles_with(*submax: Stream) -> tuple[MuscleResult, ...]:
    found = analyse_muscles(Recording((task(),)), submax=[Recording((one,)) for one in submax])
    assert found is not None
    return found.muscles


def test_the_held_part_is_what_counts() -> None:
    (span,) = held_spans(contraction(3), RATE)
    # Half of the half second around the start lies in the hold; its power scatters by 15 %.
    assert (span.start_s, span.end_s) == pytest.approx((2.0, 6.0), abs=0.08)
    for gain in (-1.0, 1e-6):
        assert held_spans(gain * contraction(3), RATE) == (span,)


def test_two_holds_in_one_trial_both_count() -> None:
    x = contraction(4, hold_s=(1.0, 3.0)) + contraction(5, hold_s=(5.0, 7.0))
    assert len(held_spans(x, RATE)) == 2


def test_without_half_a_second_in_one_piece_nothing_is_held() -> None:
    x = contraction(6)
    x[::900] = np.nan
    assert held_spans(x, RATE) == () == held_spans(np.empty(0), RATE)


def test_the_level_of_the_hold_lies_in_the_interval() -> None:
    held, values = 0, []
    for seed in range(200):
        x = contraction(100 + seed, hold_s=(2.0, 5.0))
        found = mean_reference([ReferenceTrial("hold", x, RATE, held_spans(x, RATE))], "sub-maximal").value
        assert found is not None
        held += found.holds(1.0)
        values.append(found.value)
    # The trial is scaled over 8 s, so that its own 3 s scatter. 90 % asked; the SE of 200 is 2 points.
    assert held / 200 == pytest.approx(0.90, abs=0.06)
    assert float(np.mean(values)) == pytest.approx(1.0, abs=0.01)


def test_amplitudes_are_a_share_of_the_held_part() -> None:
    for muscle in muscles_with(stream([contraction(8), contraction(9)])):
        assert muscle.normalisation == "sub-maximal reference contraction"
        (burst,) = muscle.bursts
        assert burst.amplitude is not None and burst.amplitude.unit == "%"
        # Half of the contraction; the burst's ends are those of its detection and may take in a little rest.
        assert burst.amplitude.value == pytest.approx(50.0, abs=6.0)
        assert muscle.reference is not None and muscle.reference.trials == 1


def test_a_channel_without_a_contraction_says_so_and_takes_the_task() -> None:
    right, left = muscles_with(stream([contraction(8)]))
    assert (right.normalisation, left.normalisation) == ("sub-maximal reference contraction", "peak of the task")
    assert any("no sub-maximal contraction holds this channel" in warning for warning in left.warnings)


def test_a_contraction_in_another_unit_or_clipped_does_not_serve() -> None:
    other = replace(stream([1e3 * contraction(8), contraction(9)]), units=("mV", "V"))
    right, left = muscles_with(other)
    assert any("the recording is not" in warning for warning in right.warnings)
    assert left.normalisation == "sub-maximal reference contraction"
    clipped = muscles_with(stream([contraction(8).clip(-0.3, 0.3)]))[0]
    assert clipped.normalisation == "peak of the task"
    assert any("clipped" in warning for warning in clipped.warnings)


def test_two_kinds_at_once_and_other_channels_are_bad_input() -> None:
    hold = Recording((stream([contraction(8)]),))
    with pytest.raises(BadInput, match="not both"):
        analyse_muscles(Recording((task(),)), mvic=[hold], submax=[hold])
    strange = Recording((stream([contraction(8)], ("soleus",)),))
    with pytest.raises(BadInput, match="the sub-maximal contraction: shares no EMG channel"):
        analyse_muscles(Recording((task(),)), submax=[strange])
