"""Streams with times of their own, and markers that come in several streams."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from legato.body import build_body
from legato.body.timebase import join_markers, on_even_grid
from legato.errors import BadInput
from legato.recording import Recording, Stream
from legato.simulate import Simulation, truth_angles

from .conftest import changed

Trial = Callable[..., Simulation]


def without_rows(stream: Stream, first: int, last: int) -> Stream:
    """The stream without the rows `first` to `last` (excluded), with the times of those that are left."""
    keep = np.r_[0:first, last : stream.n_samples]
    return replace(stream, values=stream.values[keep], time_s=stream.times()[keep])


def test_angles_after_removed_rows_keep_their_times() -> None:
    times = 2.0 + np.arange(480) / 60.0
    bend = 40.0 * (1.0 - np.cos(2.0 * np.pi * times / 2.0))
    whole = Stream("ik", "angles", bend[:, None], 60.0, ("knee_angle_r",), ("deg",), start_s=2.0)
    body = build_body(Recording(streams=(without_rows(whole, 150, 210),)))
    assert body.n_frames == 480 and body.start_s == 2.0
    assert np.allclose(body.times(), times)
    found = np.degrees(body.angles["knee_flexion_right"])
    seen = np.isfinite(found)
    # Sample and grid coincide, so nothing is lost but the removed second.
    assert np.flatnonzero(~seen).tolist() == list(range(150, 210))
    assert np.allclose(found[seen], bend[seen], atol=1e-6)


def test_markers_after_removed_rows_keep_their_times(trial: Trial) -> None:
    simulation = trial("back-squat", seed=1, reps=3)
    gappy = changed(simulation.recording, lambda s: without_rows(s, 300, 360))
    whole, body = build_body(simulation.recording), build_body(gappy)
    assert body.n_frames == whole.n_frames
    found = body.angles["knee_flexion_right"]
    error = np.degrees(found - truth_angles(simulation, body.times())["knee_flexion_right"])
    assert np.isnan(error[310:350]).all()
    # The error of a trial without a gap; shifted by the removed rows it would be tens of degrees.
    assert np.sqrt(np.nanmean(error[400:] ** 2)) < 1.0
    assert np.isfinite(error[400:]).all()


def test_uneven_samples_lie_on_straight_lines() -> None:
    times = np.array([0.0, 0.011, 0.019, 0.03, 0.04, 0.07, 0.08])
    stream = Stream("ik", "angles", 3.0 * times[:, None], 100.0, ("q",), ("rad",), time_s=times)
    even = on_even_grid(stream)
    assert even.time_s is None
    expected = 0.03 * np.arange(9.0)
    expected[5:7] = np.nan
    assert np.allclose(even.values[:, 0], expected, atol=1e-9, equal_nan=True)


def test_times_that_cannot_be_are_refused() -> None:
    def stream(*times: float) -> Stream:
        return Stream("ik", "angles", np.zeros((len(times), 1)), 100.0, ("q",), ("rad",), time_s=np.array(times))

    with pytest.raises(BadInput, match="stream ik: its times do not rise"):
        on_even_grid(stream(0.0, 0.01, 0.01))
    with pytest.raises(BadInput, match="3 samples are spread over 1000000 s"):
        on_even_grid(stream(0.0, 0.01, 1e6))


def test_marker_streams_of_one_clock_are_joined(trial: Trial) -> None:
    simulation = trial("back-squat", seed=1, reps=3)
    whole = simulation.recording.of_kind("markers")[0]
    half = len(whole.channels) // 2

    def part(name: str, columns: slice) -> Stream:
        names = whole.channels[columns]
        return replace(
            whole, name=name, values=whole.values[:, columns].copy(), channels=names, units=("m",) * len(names)
        )

    one, two = part("one", slice(None, half)), part("two", slice(half, None))
    joined, notes = join_markers([one, two])
    assert set(joined.channels) == set(whole.channels) and not notes
    late = replace(one, start_s=one.start_s + 0.5)
    body = build_body(replace(simulation.recording, streams=(late, whole)))
    assert body.notes[0] == (
        f"markers of one ({half}) are left out: rate, start or length differ from {whole.name}"
        f" ({len(whole.channels)} markers)"
    )
