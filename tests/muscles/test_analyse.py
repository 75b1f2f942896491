"""A simulated set: every muscle judged, named, timed in its repetition, and compared; nothing refused is used."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import legato
from legato.errors import BadInput
from legato.muscles import conditioning
from legato.muscles.analyse import RepSpan, analyse_muscles
from legato.muscles.channel_lags import clock_error_s, motion_clock_error_s
from legato.muscles.model import MusclesResult
from legato.recording import FloatArray, Offset, Recording, Span, Stream
from legato.simulate import EmgSettings, demo_press, scenario_for, simulate_scenario, with_emg
from legato.simulate.make import Simulation

from .beaten_emg import beaten, lag, of_two
from .plain_emg import coloured


@lru_cache(maxsize=1)
def press() -> Simulation:
    return demo_press()


@lru_cache(maxsize=1)
def short_press() -> Simulation:
    return with_emg(simulate_scenario(scenario_for("bench-press", reps=4, seed=3)), EmgSettings(lag_s=0.1))


def emg_of(made: Simulation) -> Stream:
    return made.recording.of_kind("emg")[0]


def reps_of(made: Simulation) -> list[RepSpan]:
    return [RepSpan(k, Span(rep["start_s"], rep["end_s"])) for k, rep in enumerate(made.truth["reps"])]


def analysed(stream: Stream, made: Simulation, **given: Any) -> MusclesResult:
    found = analyse_muscles(Recording((stream,)), reps_of(made), **given)
    assert found is not None
    return found


def truth_of(made: Simulation, channel: str) -> list[dict[str, float]]:
    return next(c["bursts"] for c in made.truth["emg"]["channels"] if c["channel"] == channel)


def with_channel(stream: Stream, k: int, values: FloatArray) -> Stream:
    changed = stream.values.copy()
    changed[:, k] = values
    return stream.with_values(changed)


def test_every_burst_lies_in_its_repetition_with_its_truth() -> None:
    found = analysed(emg_of(press()), press())
    assert [m.muscle for m in found.muscles] == [c["muscle"] for c in press().truth["emg"]["channels"]]
    assert all(m.usable and m.side == "right" for m in found.muscles)
    for muscle in found.muscles:
        main = [muscle.main_burst(rep) for rep in range(12)]
        for burst, truth in zip(main, truth_of(press(), muscle.channel), strict=True):
            assert burst is not None and burst.centre is not None
            # A burst of 300 ms at 20 dB: 13 ms is the 95th percentile of one centre's error (methods, section 5).
            assert burst.centre.value == pytest.approx(truth["centre_s"], abs=0.04)


def test_the_lag_that_was_planted_is_found() -> None:
    found = analysed(emg_of(press()), press())
    one = lag(found, "vastus_lateralis", "pectoralis_major")
    first, second = (truth_of(press(), c) for c in ("vastus_lateralis_right", "pectoralis_major_right"))
    mean = float(np.mean([b["centre_s"] - a["centre_s"] for a, b in zip(first, second, strict=True)]))
    assert one.primary and one.n == 12 and one.side == "right" and not one.refused
    assert one.mean is not None and one.mean.holds(mean)
    assert one.mean.half_width < 0.010
    assert one.reps_for_10_ms is not None and one.reps_for_10_ms <= 12


def test_envelopes_tell_nearly_the_same_lag() -> None:
    found = analysed(emg_of(press()), press())
    centre, shift = (lag(found, "vastus_lateralis", "pectoralis_major", at) for at in ("centre", "cross-correlation"))
    assert centre.mean is not None and shift.mean is not None and not shift.primary
    # Two measures of one lag: they may differ by both errors and by what shapes add (skew, some 10 ms).
    assert shift.mean.value == pytest.approx(centre.mean.value, abs=0.020)


def test_two_repetitions_are_too_few_for_the_error_of_a_cross_correlation() -> None:
    found = analyse_muscles(Recording((emg_of(short_press()),)), reps_of(short_press())[:2])
    assert found is not None
    shift = lag(found, "vastus_lateralis", "pectoralis_major", "cross-correlation")
    assert shift.mean is None and shift.n == 0 and "3" in shift.reason


def test_a_dead_channel_is_refused_and_compared_with_nothing() -> None:
    stream = emg_of(short_press())
    dead = with_channel(stream, 2, np.zeros(stream.n_samples))
    found = analysed(dead, short_press())
    chest = found.muscles[2]
    assert chest.muscle == "pectoralis_major" and not chest.usable and not chest.bursts
    assert "dead" in chest.reasons[0]
    assert chest.channel not in {c for x in found.lags for c in (x.from_channel, x.to_channel)}


def test_a_repetition_that_the_gate_refuses_is_not_timed() -> None:
    stream = emg_of(short_press())
    lost = stream.values[:, 2].copy()
    second = reps_of(short_press())[1].span
    times = stream.times()
    lost[(times > second.start_s) & (times < second.end_s)] = np.nan
    found = analysed(with_channel(stream, 2, lost), short_press())
    assert [rep for rep, _ in found.muscles[2].refused_reps] == [1]
    for at in ("centre", "onset", "peak", "cross-correlation"):
        one = lag(found, "vastus_lateralis", "pectoralis_major", at)
        assert one.per_rep[1].lag_s is None and "right pectoralis major is refused" in one.per_rep[1].reason
        # The simulated chest has a top too round to tell its peak from; the other three are told.
        assert one.n == (0 if at == "peak" else 3)


def overdriven(stream: Stream, k: int, first_s: float, last_s: float) -> FloatArray:
    """A channel that runs into its limit in one stretch: thirty times as strong there, its limit above the rest."""
    x, times = stream.values[:, k].copy(), stream.times()
    inside = (times > first_s) & (times < last_s)
    limit = 1.2 * float(np.abs(x[~inside]).max())
    x[inside] *= 30.0
    return x.clip(-limit, limit)


def test_a_repetition_that_clips_is_refused_and_the_others_are_kept() -> None:
    stream, second = emg_of(short_press()), reps_of(short_press())[1].span
    spoilt = with_channel(stream, 2, overdriven(stream, 2, second.start_s, second.end_s))
    clean, found = analysed(stream, short_press()), analysed(spoilt, short_press())
    chest = found.muscles[2]
    ((rep, why),) = chest.refused_reps
    assert chest.usable and rep == 1 and why.startswith("clipped")
    assert any(warning.startswith("clipped") for warning in chest.warnings)
    one, plain = (lag(each, "vastus_lateralis", "pectoralis_major") for each in (found, clean))
    assert one.per_rep[1].lag_s is None and one.n == 3
    for k in (0, 2, 3):
        ours, theirs = one.per_rep[k].lag_s, plain.per_rep[k].lag_s
        # Timed with one burst less to learn the shapes from, well within the error of either.
        assert ours is not None and theirs is not None and theirs.holds(ours.value)


def test_a_channel_that_clips_throughout_is_refused_whole() -> None:
    stream = emg_of(short_press())
    x = stream.values[:, 2]
    # Half of the rms of a burst and less: most of its samples lie beyond.
    limit = 0.15 * float(np.abs(x).max())
    chest = analysed(with_channel(stream, 2, x.clip(-limit, limit)), short_press()).muscles[2]
    assert not chest.usable and chest.reasons[0].startswith("clipped")


def test_a_maximum_that_clips_where_it_is_strongest_does_not_serve() -> None:
    stream = emg_of(short_press())
    second = reps_of(short_press())[1].span
    overdrive = with_channel(stream, 0, overdriven(stream, 0, second.start_s, second.end_s))
    # Another trial than the task: its channels are alike, its samples are not.
    maximum = overdrive.with_values(1.01 * overdrive.values)
    one = analysed(stream, short_press(), mvic=[Recording((maximum,))]).muscles[0]
    assert one.normalisation == "peak of the task"
    assert any("clipped where it is strongest" in warning for warning in one.warnings)


def test_a_channel_named_as_not_used_is_refused_unless_the_map_names_it() -> None:
    stream = emg_of(short_press())
    renamed = replace(stream, channels=("Voltage.not_used_2", *stream.channels[1:]))
    one = analysed(renamed, short_press()).muscles[0]
    assert not one.usable and not one.bursts and "named as not used" in one.reasons[0]
    mapping = {"muscles": {"Voltage.not_used_2": "vastus_lateralis right"}}
    assert analysed(renamed, short_press(), mapping=mapping).muscles[0].usable


def test_inputs_of_a_sprint_that_are_not_used_are_refused(shared_data: Path) -> None:
    found = analyse_muscles(legato.read(shared_data / "sprint" / "sprint.c3d"))
    assert found is not None
    assert all(("not_used" in m.channel) == any("not used" in why for why in m.reasons) for m in found.muscles)
    assert len(found.usable) == 10 and all("EMG" in m.channel for m in found.usable)


def test_repetitions_beyond_the_emg_and_incomplete_ones_are_not_compared() -> None:
    stream = emg_of(short_press())
    reps = reps_of(short_press())
    reps[0] = replace(reps[0], complete=False)
    late = RepSpan(4, Span(stream.duration_s - 0.5, stream.duration_s + 1.0))
    found = analyse_muscles(Recording((stream,)), [*reps, late])
    assert found is not None
    one = lag(found, "vastus_lateralis", "pectoralis_major")
    assert [rep.rep for rep in one.per_rep] == [1, 2, 3, 4]
    assert "does not cover" in one.per_rep[3].reason


def test_bursts_stand_on_the_recordings_clock() -> None:
    stream = emg_of(short_press())
    at_zero, later = analysed(stream, short_press()), analysed(replace(stream, start_s=0.25), short_press())
    for one, two in zip(at_zero.muscles[0].bursts, later.muscles[0].bursts, strict=True):
        assert one.centre is not None and two.centre is not None
        assert two.centre.value - one.centre.value == pytest.approx(0.25, abs=1e-9)
    uneven = replace(stream, time_s=stream.times() + 0.25)
    again = analysed(uneven, short_press()).muscles[0].bursts
    assert [b.start_s for b in again] == pytest.approx([b.start_s for b in later.muscles[0].bursts], abs=1e-9)


def test_the_error_of_two_clocks_widens_their_lags() -> None:
    stream = emg_of(short_press())
    one, two = (
        replace(stream, name=name, values=stream.values[:, cut], channels=stream.channels[cut], units=stream.units[cut])
        for name, cut in (("emg", slice(0, 2)), ("emg_2", slice(2, 5)))
    )
    offset = Offset("emg_2", 0.0, 0.030, "by hand")
    apart = Recording((one, two), offsets=(offset,))
    assert clock_error_s(apart, "emg", "emg_2") == 0.030 and clock_error_s(apart, "emg", "emg") == 0.0
    found = analyse_muscles(apart, reps_of(short_press()))
    assert found is not None
    across = lag(found, "vastus_lateralis", "pectoralis_major").mean
    within = lag(analysed(stream, short_press()), "vastus_lateralis", "pectoralis_major").mean
    assert across is not None and within is not None
    # 1.645 SD of 30 ms is 49 ms, and repeating does not remove it.
    assert across.half_width >= 0.049 > within.half_width
    assert across.value == pytest.approx(within.value, abs=1e-9)


def test_a_sensor_on_the_bar_loosens_no_clock_of_a_motion_that_markers_show() -> None:
    markers = Stream("markers", "markers", np.zeros((10, 1, 3)), 100.0, ("C7",), ("m",))
    bar = Stream("bar", "imu", np.zeros((10, 6)), 60.0, ("ax", "ay", "az", "gx", "gy", "gz"), ("",) * 6)
    emg = emg_of(short_press())
    offset = Offset("bar", 0.0, 0.080, "by hand")
    assert motion_clock_error_s(Recording((emg, markers, bar), offsets=(offset,)), "emg") == 0.0
    assert motion_clock_error_s(Recording((emg, bar), offsets=(offset,)), "emg") == 0.080


def test_amplitudes_are_a_share_of_the_task_unless_a_maximum_is_given() -> None:
    stream = emg_of(short_press())
    rng = np.random.default_rng(5)
    n = int(3 * stream.rate_hz)
    strong = np.stack([1e-3 * coloured(n, stream.rate_hz, rng) for _ in range(2)], axis=1)
    maximum = replace(stream, values=strong, channels=stream.channels[:2], units=stream.units[:2])
    plain = analysed(stream, short_press())
    held = analysed(stream, short_press(), mvic=[Recording((maximum,))])
    assert {m.normalisation for m in plain.muscles} == {"peak of the task"}
    assert held.muscles[0].normalisation == "maximal voluntary isometric contraction"
    assert held.muscles[2].normalisation == "peak of the task"
    assert any("no maximal contraction holds this channel" in warning for warning in held.muscles[2].warnings)
    burst, truth = held.muscles[0].main_burst(1), truth_of(short_press(), stream.channels[0])[1]
    assert burst is not None and burst.amplitude is not None and burst.amplitude.unit == "%"
    # A steady contraction of 1 mV rms, all in the band; a burst lies below its top, which the truth states.
    share = 100.0 * truth["amplitude_v"] / 1e-3
    assert 0.5 * share < burst.amplitude.value < 1.2 * share
    assert np.nanmax(plain.muscles[0].envelope) == pytest.approx(100.0, rel=0.25)


def test_a_maximum_without_any_of_the_channels_is_bad_input() -> None:
    stream = emg_of(short_press())
    other = replace(stream, channels=tuple(f"other {k}" for k in range(5)))
    with pytest.raises(BadInput, match="same channel names"):
        analysed(stream, short_press(), mvic=[Recording((other,))])


def test_a_saturated_maximum_does_not_serve() -> None:
    stream = emg_of(short_press())
    clipped = np.clip(stream.values[:, :1], -2e-5, 2e-5)
    maximum = replace(stream, values=clipped, channels=stream.channels[:1], units=stream.units[:1])
    one = analysed(stream, short_press(), mvic=[Recording((maximum,))]).muscles[0]
    assert one.normalisation == "peak of the task"
    assert any("not by a maximal contraction" in warning for warning in one.warnings)


def test_repetitions_that_are_all_refused_are_no_reference() -> None:
    stream = of_two(beaten(20.2, 1), beaten(20.2, 2, 6e-3))
    reps = [RepSpan(k, Span(2.0 * k, 2.0 * k + 2.0)) for k in range(10)]
    found = analyse_muscles(Recording((stream,)), reps)
    assert found is not None
    chest = found.muscles[1]
    # The swings are sixty times the muscle: they pass as a channel and fail in each repetition.
    assert chest.usable and len(chest.refused_reps) == 10
    assert chest.reference is None and chest.normalisation == "" and chest.envelope.size == 0
    assert all(burst.amplitude is None and "there is no reference" in burst.reason for burst in chest.bursts)
    assert any("every repetition is refused" in warning for warning in chest.warnings)
    before = [replace(rep, span=Span(rep.span.start_s - 50.0, rep.span.end_s - 50.0)) for rep in reps]
    early = analyse_muscles(Recording((stream,)), before)
    assert early is not None and all(m.reference is None for m in early.usable)
    whole = analyse_muscles(Recording((stream,)), [RepSpan(0, Span(0.0, 30.0), complete=False)])
    assert whole is not None and all(m.reference is not None for m in whole.usable)


def test_a_repetition_that_ends_with_the_recording_is_timed() -> None:
    stream = of_two(beaten(8.0, 1), beaten(8.0, 2))
    reps = [RepSpan(k, Span(2.0 * k, 2.0 * k + 2.0)) for k in range(4)]
    found = analyse_muscles(Recording((stream,)), reps)
    # 16000 samples at 2 kHz are 8 s, the last of them taken half a millisecond before.
    assert found is not None and all(not m.refused_reps for m in found.muscles)
    longer = analyse_muscles(Recording((stream,)), [*reps[:3], RepSpan(3, Span(6.0, 8.01))])
    assert longer is not None and [rep for rep, _ in longer.muscles[0].refused_reps] == [3]


def test_repetitions_that_overlap_are_all_compared_alike() -> None:
    stream = of_two(beaten(20.0, 1), beaten(20.0, 2))
    whole = [RepSpan(k, Span(2.0 * k, 2.0 * k + 2.9)) for k in range(9)]
    found = analyse_muscles(Recording((stream,)), whole)
    assert found is not None and found.between is not None
    # Each holds its own burst in its middle, and shares half a second of rest with the next one.
    assert all(found.muscles[0].main_burst(k) is not None for k in range(9))
    halves = [RepSpan(k, Span(k + 0.5, k + 2.5)) for k in range(17)]
    found = analyse_muscles(Recording((stream,)), halves)
    assert found is not None
    thigh = found.muscles[0]
    for k in range(0, 17, 2):
        # The burst at k + 1 s lies in two of them, the first of which it is told with.
        one, two = thigh.main_burst(k), thigh.main_burst(max(0, k - 1))
        assert one is not None and one is two and one.main
    span = thigh.main_span(3)
    assert span is not None and span == thigh.main_span(4) and span.start_s < 5.0 < span.end_s


def test_without_emg_there_is_nothing_and_without_repetitions_bursts_alone() -> None:
    assert analyse_muscles(Recording()) is None
    found = analyse_muscles(Recording((emg_of(short_press()),)))
    assert found is not None and not found.lags
    assert all(burst.rep is None for muscle in found.muscles for burst in muscle.bursts)
    assert len(found.muscles[0].bursts) == 4


def test_each_channel_is_conditioned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = conditioning._condition_channel  # pyright: ignore[reportPrivateUsage]
    seen: list[int] = []

    def counted(x: FloatArray, *given: Any) -> Any:
        seen.append(x.size)
        return whole(x, *given)

    monkeypatch.setattr(conditioning, "_condition_channel", counted)
    stream = emg_of(short_press())
    found = analysed(stream, short_press(), mvic=[Recording((replace(stream, values=2.0 * stream.values),))])
    assert found.between is not None and any(one.fatigue is not None for one in found.between.fatigue)
    # The gate, the bursts, the amplitudes and the set's trends: one look at the task, one at the maximum.
    assert len(seen) == 2 * len(stream.channels)


def test_a_stream_that_cannot_be_conditioned_is_refused_and_stops_nothing() -> None:
    stream = emg_of(short_press())
    sparse = replace(stream, name="slow", values=stream.values[::20], rate_hz=stream.rate_hz / 20)
    never = replace(stream, name="never", values=np.full(stream.values.shape, np.nan))
    found = analyse_muscles(Recording((stream, sparse, never)), reps_of(short_press()))
    assert found is not None
    assert {m.stream for m in found.usable} == {stream.name}
    reasons = {m.stream: m.reasons[0] for m in found.muscles if not m.usable}
    assert "sampled at 100 Hz" in reasons["slow"] and "never recorded" in reasons["never"]


def test_a_channel_that_passes_and_cannot_be_filtered_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(_: Stream) -> None:
        return None

    monkeypatch.setattr("legato.muscles.analyse.condition_stream", nothing)
    found = analysed(emg_of(short_press()), short_press())
    assert all(not m.usable and "seen in one piece" in m.reasons[0] for m in found.muscles)
