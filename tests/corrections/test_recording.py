"""Corrected channels and events."""

from dataclasses import replace

import numpy as np
import pytest

from legato.corrections import correct_recording, read_corrections
from legato.recording import Event, Recording, Stream

TIMES = np.arange(100) / 50.0


def made() -> Recording:
    values = np.stack([TIMES, TIMES + 10.0, TIMES + 20.0], axis=1)
    stream = Stream("emg", "emg", values, 50.0, ("a", "b", "c"), ("V",) * 3)
    other = Stream("force", "force", values[:, :1].copy(), 50.0, ("a",), ("N",))
    return Recording(streams=(stream, other), events=(Event("strike", 0.5), Event("strike", 1.2)))


def after(**correction: object) -> tuple[Recording, str, str]:
    """The recording with one correction, its state and its reason."""
    recording, outcomes = correct_recording(made(), read_corrections({"correction": [correction]}))
    return recording, outcomes[0].state, outcomes[0].reason


def test_a_stretch_of_two_channels_changes_places() -> None:
    recording, state, _ = after(do="swap-channels", channel="b", other="c", start_s=0.5, end_s=1.0)
    assert state == "applied"
    values, inside = recording.stream("emg").values, (TIMES >= 0.5) & (TIMES <= 1.0)
    np.testing.assert_array_equal(values[:, 1], np.where(inside, TIMES + 20.0, TIMES + 10.0))
    np.testing.assert_array_equal(values[:, 2], np.where(inside, TIMES + 10.0, TIMES + 20.0))
    np.testing.assert_array_equal(values[:, 0], TIMES)


def test_a_channel_is_dropped_over_a_stretch_or_altogether() -> None:
    recording, _, _ = after(do="drop-channel", channel="b", start_s=1.0)
    assert np.isnan(recording.stream("emg").values[:, 1]).sum() == (TIMES >= 1.0).sum()
    recording, _, _ = after(do="drop-channel", channel="b")
    assert np.isnan(recording.stream("emg").values[:, 1]).all()


def test_a_channel_gets_another_name() -> None:
    recording, state, _ = after(do="rename-channel", channel="b", to="vastus")
    assert state == "applied"
    assert recording.stream("emg").channels == ("a", "vastus", "c")


@pytest.mark.parametrize(
    ("correction", "why"),
    [
        ({"do": "drop-channel", "channel": "a"}, "name the stream"),
        ({"do": "drop-channel", "channel": "z"}, "no channel z"),
        ({"do": "drop-channel", "channel": "b", "stream": "imu"}, "no stream imu"),
        ({"do": "drop-channel", "channel": "b", "start_s": 7.0}, "outside the recording"),
        ({"do": "rename-channel", "channel": "b", "to": "c"}, "already"),
        ({"do": "swap-channels", "channel": "b", "other": "b"}, "no other channel"),
        ({"do": "move-event", "event": "strike", "at_s": 0.9, "time_s": 1.0}, "no event strike at 0.9 s"),
        ({"do": "add-event", "event": "x", "time_s": 44.0}, "outside the recording"),
    ],
)
def test_what_no_longer_fits_leaves_the_recording_alone(correction: dict[str, object], why: str) -> None:
    recording, state, reason = after(**correction)
    assert state == "no-longer-fits"
    assert why in reason
    assert recording.events == made().events
    for one, two in zip(recording.streams, made().streams, strict=True):
        np.testing.assert_array_equal(one.values, two.values)


def test_the_stream_may_be_named() -> None:
    recording, state, _ = after(do="drop-channel", channel="a", stream="force")
    assert state == "applied"
    assert np.isfinite(recording.stream("emg").values).all()


def test_events_are_moved_added_renamed_and_deleted() -> None:
    changes = [
        {"do": "move-event", "event": "strike", "at_s": 0.52, "time_s": 1.5},
        {"do": "add-event", "event": "off", "time_s": 0.25, "context": "Left"},
        {"do": "relabel-event", "event": "strike", "at_s": 1.2, "to": "contact"},
        {"do": "delete-event", "event": "off", "at_s": 0.25},
    ]
    recording, outcomes = correct_recording(made(), read_corrections({"correction": changes}))
    assert {o.state for o in outcomes.values()} == {"applied"}
    assert recording.events == (Event("contact", 1.2), Event("strike", 1.5))


def test_corrections_of_another_file_do_not_touch_the_channels() -> None:
    record = {"sha256": "ab" * 32, "correction": [{"do": "drop-channel", "channel": "b"}]}
    recording, outcomes = correct_recording(replace(made()), read_corrections(record))
    assert outcomes[0].state == "no-longer-fits"
    assert np.isfinite(recording.stream("emg").values).all()
