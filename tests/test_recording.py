"""A recording is immutable and keeps time."""

import numpy as np
import pytest

from legato.errors import BadInput
from legato.recording import Recording, Stream


def stream(**changes):
    given = {
        "name": "emg",
        "kind": "emg",
        "values": np.zeros((10, 2)),
        "rate_hz": 100.0,
        "channels": ("a", "b"),
        "units": ("V", "V"),
    }
    return Stream(**(given | changes))


def test_times_follow_from_rate_and_start():
    s = stream(start_s=0.5)
    assert s.times() == pytest.approx(0.5 + np.arange(10) / 100.0)
    assert s.duration_s == pytest.approx(0.1)


def test_uneven_samples_keep_their_own_times():
    times = np.array([0.0, 0.1, 0.3])
    s = stream(values=np.zeros((3, 2)), time_s=times)
    assert s.times() is times
    assert s.duration_s == pytest.approx(0.3 + 0.01)


def test_samples_cannot_be_changed_after_reading():
    with pytest.raises(ValueError, match="read-only"):
        stream().values[0, 0] = 1.0


def test_a_rate_of_zero_is_bad_input_that_says_what_to_do():
    with pytest.raises(BadInput, match="--rate"):
        stream(rate_hz=0.0)


def test_channels_and_values_must_agree():
    with pytest.raises(ValueError, match="3 channels"):
        stream(channels=("a", "b", "c"))


def test_streams_are_found_by_kind_and_by_name():
    recording = Recording(streams=(stream(), stream(name="plates", kind="force", units=("N", "N"))))
    assert [s.name for s in recording.of_kind("force")] == ["plates"]
    assert recording.stream("emg").channel("b").shape == (10,)
    with pytest.raises(KeyError):
        recording.stream("none")
    with pytest.raises(KeyError):
        recording.stream("emg").channel("none")


def test_a_stream_of_channels_with_different_units_says_mixed():
    assert stream().unit == "V"
    assert stream(units=("V", "N")).unit == "mixed"
    assert stream(values=np.zeros((3, 0)), channels=(), units=()).unit == ""
