"""Channels of one device beside each other, repetition by repetition and of real files: what the gate lets pass."""

from pathlib import Path

import numpy as np
import pytest

import legato
from legato.errors import BadInput
from legato.muscles.conditioning import condition
from legato.muscles.quality import examine_channels, examine_spans, examine_stream, examine_stream_spans
from legato.recording import FloatArray, Span, Stream

from .judged_emg import MICROVOLTS, RATE, emg, heart, jolts, says, seconds_of
from .plain_emg import burst_envelope, recording


def test_a_repetition_full_of_movement_is_refused_and_the_others_are_not() -> None:
    x = emg(7, seconds=12.0)
    x[: int(4 * RATE)] = jolts(x[: int(4 * RATE)], 4e-3)
    spans = [Span(0.0, 4.0), Span(4.0, 8.0), Span(8.0, 12.0)]
    found = [one[0] for one in examine_spans(x[:, None], RATE, spans)]
    assert [one.usable for one in found] == [False, True, True]
    assert says(found[0].reasons, "movement artefact")


def test_a_repetition_with_lost_or_blocked_samples_is_refused_alone() -> None:
    x = emg(8, seconds=12.0)
    x[int(1.0 * RATE) : int(2.2 * RATE)] = np.nan
    x[int(5.0 * RATE) : int(6.2 * RATE)] = 5e-3
    found = [one[0] for one in examine_spans(x[:, None], RATE, [Span(0, 4), Span(4, 8), Span(8, 12)])]
    assert [one.usable for one in found] == [False, False, True]
    assert says(found[0].reasons, "missing")
    assert says(found[1].reasons, "saturated")


def test_a_jump_of_the_clock_refuses_the_repetition_that_holds_it() -> None:
    x = emg(9, seconds=8.0)
    time_s = seconds_of(x)
    time_s[9000:] += 0.3
    found = examine_spans(x[:, None], RATE, [Span(0, 4), Span(4, 8)], time_s=time_s)
    assert [one[0].usable for one in found] == [True, False]
    assert says(found[1][0].reasons, "clock")
    assert says(examine_channels(x[:, None], RATE, time_jumps=1)[0].warnings, "clock")


def test_the_same_signal_twice_is_seen_whatever_its_gain_and_sign() -> None:
    x = emg()
    found = examine_channels(np.column_stack((x, emg(2), -0.3 * x)), RATE, ["VL", "BF", "VM"])
    assert [one.usable for one in found] == [True, True, False]
    assert says(found[0].warnings, "VM holds the same signal")
    assert says(found[2].reasons, "the same signal as VL")
    assert found[1].measured.crosstalk_r is None


def test_crosstalk_is_measured_and_the_weaker_refused_only_where_it_is_mostly_the_other() -> None:
    strong, own = 5.0 * emg(1, 20.0), emg(2, 20.0)
    own *= np.sqrt(np.mean(strong**2) / np.mean(own**2)) / 5.0
    for leak, refused in ((0.08, False), (0.6, True)):
        found = examine_channels(np.column_stack((strong, own + leak * strong)), RATE, ["VL", "VM"])
        # The leak's power over the channel's: r² = (5 g)² / (1 + (5 g)²).
        expected = (5 * leak) / np.hypot(1.0, 5 * leak)
        assert found[1].measured.crosstalk_r == pytest.approx(expected, abs=0.08)
        assert [one.usable for one in found] == [True, not refused]
        assert says(found[1].reasons if refused else found[1].warnings, "crosstalk")


def test_two_muscles_that_work_together_share_no_signal() -> None:
    rng = np.random.default_rng(4)
    n = int(20 * RATE)
    envelope = burst_envelope(n, RATE, rng)
    x = np.column_stack([MICROVOLTS * recording(envelope, RATE, rng, 20.0) for _ in range(8)])
    assert all(one.warnings == () and one.usable for one in examine_channels(x, RATE))


def test_integers_are_accepted() -> None:
    counts = np.round(emg() / 1e-6).astype(np.int16)
    assert examine_channels(counts[:, None], RATE)[0].usable  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("x", "rate", "word"),
    [
        (np.zeros(4000), RATE, "shape"),
        (np.zeros((0, 2)), RATE, "shape"),
        (np.zeros((4000, 1)), 0.0, "rate"),
        (np.zeros((4000, 1)), float("nan"), "rate"),
        (np.zeros((300, 1)), RATE, "0.2 s"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_words(x: FloatArray, rate: float, word: str) -> None:
    with pytest.raises(BadInput, match=word):
        examine_channels(x, rate)


@pytest.mark.parametrize("x", [np.ones((4000, 1)) + 1j, np.full((4000, 1), "a")])
def test_what_is_no_number_is_refused_in_words(x: FloatArray) -> None:
    with pytest.raises(BadInput, match="not all numbers"):
        examine_channels(x, RATE)


def test_spans_outside_the_record_are_refused() -> None:
    with pytest.raises(BadInput, match="no sample"):
        examine_spans(emg()[:, None], RATE, [Span(50.0, 60.0)])


def usable_of(path: Path) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for stream in legato.read(path).of_kind("emg"):
        found |= {one.channel: one.usable for one in examine_stream(stream)}
    return found


def test_box_lift_has_13_live_channels_and_its_dead_ones_are_refused(shared_data: Path) -> None:
    (stream,) = legato.read(shared_data / "box-lift" / "box-lift.c3d").of_kind("emg")
    found = {one.channel: one for one in examine_stream(stream)}
    live = [name for name in found if "EMG" in name and np.ptp(stream.channel(name)) > 0.0]
    assert len(live) == 13
    assert all(found[name].usable for name in live)
    dead = [name for name in found if np.ptp(stream.channel(name)) == 0.0]
    assert sum("IM" in name for name in dead) == 14
    assert all(says(found[name].reasons, "dead") for name in dead)
    # Six inputs of another device carry swings of 0.1 V and no muscle.
    assert sum(one.usable for one in found.values()) == 13


def test_squat_emg_07_to_16_are_refused_as_saturated(shared_data: Path) -> None:
    (stream,) = legato.read(shared_data / "squat-emg" / "squat-emg.csv").of_kind("emg")
    found = examine_stream(stream)
    assert [one.usable for one in found] == [True] * 6 + [False] * 10
    assert all(says(one.reasons[:1], "saturated") for one in found[6:])


def test_flat_noise_channels_of_a_jump_are_refused_and_a_walk_is_not(shared_data: Path) -> None:
    jump = usable_of(shared_data / "vendor-c3d" / "motion-analysis-jump.c3d")
    assert jump
    assert not any(jump.values())
    walk = usable_of(shared_data / "gait-emg" / "walk-13-muscles.csv")
    assert len(walk) == 13
    assert all(walk.values())
    sprint = usable_of(shared_data / "sprint" / "sprint.c3d")
    assert all(usable for name, usable in sprint.items() if "EMG" in name)
    assert sum("EMG" in name for name in sprint) == 10


def test_a_stream_of_a_few_samples_is_refused_and_stops_nothing() -> None:
    stream = Stream("emg", "emg", np.zeros((5, 2)), RATE, ("VL", "VM"), ("V", "V"))
    found = examine_stream(stream)
    assert [one.usable for one in found] == [False, False]
    assert says(found[0].reasons, "0.2 s")


def test_what_conditioning_saw_spares_the_search_and_changes_no_verdict() -> None:
    rng = np.random.default_rng(21)
    x = emg(21, seconds=12.0)
    hummed = x + 20e-6 * np.sin(2 * np.pi * 50.0 * seconds_of(x))
    gapped = x.copy()
    gapped[5000:5300] = 0.0
    channels = np.stack([x, hummed, gapped, x.clip(-30e-6, 30e-6), x + 300e-6 * heart(len(x), rng)], axis=1)
    conditioned = condition(channels, RATE)
    plain, given = examine_channels(channels, RATE), examine_channels(channels, RATE, conditioned=conditioned)
    assert plain == given
    assert says(given[1].warnings, "mains hum") and says(given[4].warnings, "heartbeats")
    with pytest.raises(BadInput, match="the same samples"):
        examine_channels(channels[:, :2], RATE, conditioned=conditioned)


def test_a_stream_and_its_spans_are_judged_by_one_look_as_by_two() -> None:
    x = emg(22, seconds=12.0)
    gapped = emg(23, seconds=12.0)
    gapped[10000:14000] = 0.0
    channels = np.stack([x, gapped], axis=1)
    spans = [Span(0.0, 4.0), Span(4.0, 8.0)]
    later = [Span(span.start_s + 3.0, span.end_s + 3.0) for span in spans]
    stream = Stream("emg", "emg", channels, RATE, ("VL", "VM"), ("V", "V"), start_s=3.0)
    whole, of_spans = examine_stream_spans(stream, later, condition(channels, RATE))
    assert whole == examine_stream(stream) == examine_channels(channels, RATE, ["VL", "VM"], units=["V", "V"])
    assert of_spans == examine_spans(channels, RATE, spans, ["VL", "VM"], units=["V", "V"])
    assert [row[1].usable for row in of_spans] == [True, False] and of_spans[0][0].usable
