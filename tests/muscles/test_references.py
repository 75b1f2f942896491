"""Reference contractions of a recording: which half of a trial counts, which kind is named, and what does not serve."""

from dataclasses import replace

import numpy as np
import pytest

from legato.analysis import analyze
from legato.errors import BadInput
from legato.muscles.analyse import RepSpan, analyse_muscles
from legato.muscles.model import MuscleResult
from legato.muscles.normalise import ReferenceTrial, held_spans, mean_reference
from legato.muscles.references import OfTask
from legato.recording import FloatArray, Recording, Span, Stream

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
    with pytest.raises(BadInput, match=r"the sub-maximal contraction: none of its EMG channels \(soleus\)"):
        analyse_muscles(Recording((task(),)), submax=[strange])


def test_a_contraction_without_emg_is_told_so_and_not_by_its_channels() -> None:
    force = Recording((Stream("force", "force", np.zeros((4000, 1)), 1000.0, ("Fz",), ("N",)),))
    with pytest.raises(BadInput, match=r"^the maximal contraction: holds force and no EMG; give a maximal contraction"):
        analyse_muscles(Recording((task(),)), mvic=[force])
    # It is told before the movement is looked for, which is not named here and takes longer.
    with pytest.raises(BadInput, match="holds force and no EMG"):
        analyze(Recording((task(),)), mvic=force)


def test_the_recording_itself_is_no_contraction_to_compare_with() -> None:
    recorded = task()
    twin = Recording((replace(recorded, name="mvic", start_s=5.0, values=recorded.values.copy()),))
    said = r"the maximal contraction: is the recording itself \(vastus_lateralis_right has the same samples\)"
    with pytest.raises(BadInput, match=said):
        analyse_muscles(Recording((recorded,)), mvic=[twin])
    with pytest.raises(BadInput, match="leave out --submax"):
        analyse_muscles(Recording((recorded,)), submax=[twin])
    # A channel that is dead in both is the same in any two recordings of one length.
    dead = np.zeros(recorded.n_samples)
    ours, theirs = (stream([1e4 * s.values[:, 0], dead]) for s in (recorded, stream([contraction(8)])))
    found = analyse_muscles(Recording((ours,)), mvic=[Recording((theirs,))])
    assert found is not None and found.muscles[0].normalisation == "maximal voluntary isometric contraction"


def test_a_table_that_is_not_known_as_emg_says_so() -> None:
    table = Stream("table", "table", np.zeros((4000, 1)), RATE, CHANNELS[:1], ("",))
    with pytest.raises(
        BadInput, match=r"^the maximal contraction: its columns are not known to be EMG; give a --layout"
    ):
        analyse_muscles(Recording((task(),)), mvic=[Recording((table,))])


@pytest.mark.parametrize(("strength", "weak"), [(1.0, False), (0.5 / 2.0, False), (0.5 / 4.0, True)])
def test_a_maximal_contraction_far_below_the_task_is_doubted(strength: float, weak: bool) -> None:
    # The task works at half of a contraction of 1: at 50, 200 and 400 % of these.
    given = Recording((stream([contraction(8, strength), contraction(9, strength)]),))
    found = analyse_muscles(Recording((task(),)), mvic=[given])
    assert found is not None
    for muscle in found.muscles:
        share = max(b.amplitude.value for b in muscle.bursts if b.amplitude is not None)
        assert share == pytest.approx(50.0 / strength, rel=0.2)
        assert any("of the maximal contraction, more than" in said for said in muscle.warnings) == weak


def one_muscle(of_task: OfTask, given: Stream, *reps: RepSpan) -> MuscleResult:
    found = analyse_muscles(Recording((given,)), reps, emg_amplitude=of_task)
    assert found is not None
    return found.muscles[0]


def test_the_mean_of_the_task_is_that_of_its_repetitions_and_overlap_counts_once() -> None:
    given = stream([contraction(11, 0.5), contraction(12)])
    apart = one_muscle("task-mean", given, RepSpan(0, Span(2.5, 4.0)), RepSpan(1, Span(4.0, 5.5)))
    overlapping = one_muscle("task-mean", given, RepSpan(0, Span(2.5, 4.5)), RepSpan(1, Span(3.0, 5.5)))
    for muscle in (apart, overlapping):
        assert muscle.normalisation == "mean of the task" and muscle.reference is not None
        assert muscle.reference.value is not None and muscle.reference.value.unit == "V"
        # Half of 100 µV, over 3 s of 400 Hz: the SE is 1.4 %.
        assert muscle.reference.value.value == pytest.approx(5e-5, rel=0.06)
    assert apart.reference is not None and overlapping.reference is not None
    assert apart.reference.value == overlapping.reference.value
    (burst,) = apart.bursts
    assert burst.amplitude is not None and burst.amplitude.unit == "%"
    assert burst.amplitude.value == pytest.approx(100.0, abs=5.0)


def test_raw_amplitudes_keep_their_unit_and_a_wrong_gain_has_none() -> None:
    given = stream([contraction(13), contraction(14)])
    muscle = one_muscle("raw", given)
    (burst,) = muscle.bursts
    assert burst.amplitude is not None and burst.amplitude.unit == "V"
    # 100 µV, over 4 s; the burst's ends may take in a little rest.
    assert burst.amplitude.value == pytest.approx(1e-4, rel=0.06)
    wrong = one_muscle("raw", given.with_values(1e3 * given.values))
    assert wrong.bursts and all(burst.amplitude is None for burst in wrong.bursts)
    assert all("gain" in burst.reason and "reference" not in burst.reason for burst in wrong.bursts)
    assert any(said.startswith("no raw amplitude: ") for said in wrong.warnings)


def test_raw_amplitudes_of_right_and_left_are_not_compared() -> None:
    spans = [RepSpan(0, Span(1.0, 7.0))]
    found = analyse_muscles(Recording((task(),)), spans, emg_amplitude="raw")
    assert found is not None and found.between is not None
    (side,) = found.between.sides
    assert side.amplitude is None and "raw ones are not compared between electrodes" in side.amplitude_reason


@pytest.mark.parametrize("of_task", ["task-peak", "task-mean", "raw"])
def test_a_way_of_the_task_beside_a_contraction_is_bad_input(of_task: OfTask) -> None:
    hold = Recording((stream([contraction(8)]),))
    with pytest.raises(BadInput, match=f"--mvic and --emg-amplitude {of_task} both say"):
        analyse_muscles(Recording((task(),)), mvic=[hold], emg_amplitude=of_task)
    with pytest.raises(BadInput, match=f"--submax and --emg-amplitude {of_task} both say"):
        analyse_muscles(Recording((task(),)), submax=[hold], emg_amplitude=of_task)


def test_an_unknown_way_is_bad_input() -> None:
    with pytest.raises(BadInput, match="--emg-amplitude mean is not known; give task-peak, task-mean, raw"):
        analyse_muscles(Recording((task(),)), emg_amplitude="mean")  # type: ignore[arg-type]
