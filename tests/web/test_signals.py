"""What the replay's file holds is what was recorded: pyramids exact, gaps kept, times the report's own."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from legato.analysis import Analysis, analyze
from legato.recording import Recording, Stream
from legato.simulate import demo_press
from legato.simulate.make import simulate
from legato.simulate.plates import with_plates
from legato.web.replay import replay_bytes
from legato.web.replay.pack import FIRST, Packer, array_at, unpacked
from legato.web.replay.pyramid import levels


@pytest.fixture(scope="module")
def press() -> Analysis:
    return analyze(demo_press().recording, "bench-press")


@pytest.fixture(scope="module")
def squat() -> Analysis:
    return analyze(with_plates(simulate("back-squat", reps=2, seed=3)).recording, "back-squat")


@pytest.fixture(scope="module")
def packed(press: Analysis) -> bytes:
    return replay_bytes(press)


def the_channel(head: dict[str, Any], name: str) -> dict[str, Any]:
    return next(channel for channel in head["channels"] if channel["id"] == name)


def extent(samples: NDArray[np.float32], first: int, last: int) -> tuple[float, float]:
    """Smallest and largest of a window as a page finds them: whole stretches of each level, single samples between."""
    found = levels(samples)
    low, high = np.inf, -np.inf

    def take(values: NDArray[np.float32]) -> None:
        nonlocal low, high
        known = values[~np.isnan(values)]
        if known.size:
            low, high = min(low, float(known.min())), max(high, float(known.max()))

    while first < last:
        fits = [one for one in found if first % one[0] == 0 and first + one[0] <= last]
        if fits:
            step, lows, highs = fits[-1]
            take(lows[first // step : first // step + 1])
            take(highs[first // step : first // step + 1])
            first += step
        else:
            take(samples[first : first + 1])
            first += 1
    return low, high


@given(st.integers(1, 60_000), st.integers(0, 2**32 - 1), st.data())
def test_any_window_of_a_pyramid_has_the_samples_own_extremes(n: int, seed: int, data: st.DataObject):
    generator = np.random.default_rng(seed)
    samples = generator.standard_normal(n).astype(np.float32)
    samples[generator.random(n) < generator.choice([0.0, 0.3, 0.99])] = np.nan
    first = data.draw(st.integers(0, n - 1))
    last = data.draw(st.integers(first + 1, n))
    window = samples[first:last]
    known = window[~np.isnan(window)]
    expected = (float(known.min()), float(known.max())) if known.size else (np.inf, -np.inf)
    assert extent(samples, first, last) == expected


def test_a_gap_stays_a_gap_at_every_level():
    samples = np.sin(np.arange(100_000, dtype=np.float32) / 40)
    samples[20_000:40_000] = np.nan
    found = levels(samples)
    assert [step for step, _, _ in found] == [16, 64, 256]
    for step, low, high in found:
        assert np.array_equal(np.isnan(low), np.isnan(high))
        empty = np.flatnonzero(np.isnan(low))
        assert empty[0] == -(-20_000 // step) and empty[-1] == 40_000 // step - 1


def test_the_file_gives_back_what_was_put_in():
    packer = Packer()
    odd = np.array([1.5, np.nan, -np.inf], dtype=np.float32)
    places = [packer.add(odd, "f4"), packer.add(np.array([-32768, 7], dtype=np.int16), "i2"), packer.add(odd, "f8")]
    head, base = unpacked(packer.packed({"places": places, "said": "Größe °"}))
    assert base % 8 == 0 and all(place["at"] % 8 == 0 for place in places)
    content = packer.packed({"places": places, "said": "Größe °"})
    for place, values in zip(head["places"], (odd, [-32768, 7], odd), strict=True):
        assert np.array_equal(array_at(content, base, place), values, equal_nan=True)
    with pytest.raises(ValueError, match="not a replay file"):
        unpacked(b"something else altogether")


def test_samples_are_those_of_the_recording(press: Analysis, packed: bytes):
    head, base = unpacked(packed)
    stream: Stream = press.recording.of_kind("emg")[0]
    for name in stream.channels:
        channel = the_channel(head, f"emg:{stream.name}:{name}")
        got = array_at(packed, base, channel["samples"])
        assert np.array_equal(got, stream.channel(name).astype(np.float32), equal_nan=True)
        assert (channel["unit"], channel["factor"], channel["rate_hz"]) == ("µV", 1e6, stream.rate_hz)
        for level in channel["levels"]:
            low, high = (array_at(packed, base, level[end]) for end in ("low", "high"))
            step = level["step"]
            assert low.size == -(-got.size // step)
            for i in (0, low.size // 2, low.size - 1):
                part = got[i * step : (i + 1) * step]
                assert (low[i], high[i]) == (np.nanmin(part), np.nanmax(part))


def test_angles_marks_and_reps_are_those_of_the_result(press: Analysis, packed: bytes):
    head, base = unpacked(packed)
    record = press.to_dict()
    angle = the_channel(head, "angle:elbow_flexion_right")
    got = array_at(packed, base, angle["samples"]) * angle["factor"]
    assert np.allclose(got, np.degrees(press.body.angles["elbow_flexion_right"]), atol=1e-4, equal_nan=True)
    timed = [
        event["time_s"]["value"]
        for link in record["chain"]["links"]
        for event in link["per_rep"]
        if event["time_s"] is not None
    ]
    marks = [mark["t"] for mark in head["marks"] if mark["kind"] == "link"]
    assert marks == pytest.approx(timed, abs=6e-6)
    assert all(mark["low"] <= mark["t"] <= mark["high"] for mark in head["marks"])
    assert [rep["start"] for rep in head["reps"]] == pytest.approx([r["start_s"] for r in record["reps"]], abs=6e-6)


def test_a_recording_in_which_nobody_marked_a_rep_has_none_to_go_to(press: Analysis):
    emg = Recording(press.recording.of_kind("emg"))
    head, _base = unpacked(replay_bytes(analyze(emg, "bench-press")))
    assert head["reps"] == [] and [channel["reps"] for channel in head["channels"]] == [[]] * len(head["channels"])
    assert head["channels"] and head["end_s"] > head["start_s"]


def test_the_skeleton_is_the_bodys_at_its_full_rate(press: Analysis, packed: bytes):
    head, base = unpacked(packed)
    skeleton = head["skeleton"]
    assert skeleton["rate_hz"] == press.body.rate_hz and skeleton["n"] == press.body.n_frames
    whole = array_at(packed, base, skeleton["xyz"]).reshape(skeleton["n"], -1, 3)
    for place, name in enumerate(skeleton["points"]):
        got = np.where(whole[:, place] == -32768, np.nan, whole[:, place] * skeleton["scale_m"])
        assert np.allclose(got, press.body.points[name], atol=0.51 * skeleton["scale_m"], equal_nan=True)
    assert skeleton["scale_m"] <= 2e-4


def test_an_arrow_has_the_plates_own_force(squat: Analysis):
    content = replay_bytes(squat)
    head, base = unpacked(content)
    assert squat.forces is not None
    used = [plate for plate in squat.forces.plates if plate.stood_on]
    assert len(head["skeleton"]["plates"]) == len(used) > 0
    for shown, plate in zip(head["skeleton"]["plates"], used, strict=True):
        wrench = array_at(content, base, shown["wrench"]).reshape(-1, 6)
        frame = wrench.shape[0] // 2
        time = head["skeleton"]["start_s"] + frame / head["skeleton"]["rate_hz"]
        sample = round((time - plate.start_s) * plate.rate_hz)
        assert plate.cop is not None
        assert wrench[frame] == pytest.approx(np.concatenate([plate.cop[sample], plate.force[sample]]), rel=1e-6)
        lift = wrench[~np.isnan(wrench[:, 0])]
        assert np.median(lift[:, 5]) > 100.0  # N: it carries the athlete, so the force on them is upward


def test_a_picture_has_no_place_for_a_plate(squat: Analysis):
    filmed = replace(squat, body=replace(squat.body, source="keypoints", length_unit="leg"))
    head, _ = unpacked(replay_bytes(filmed))
    assert head["skeleton"]["flat"] and head["skeleton"]["plates"] == []
    assert any(channel["group"] == "force" for channel in head["channels"])


def test_a_repetition_has_its_own_samples_and_none_after_it(press: Analysis):
    # Each sample is its own time in 10 us, the repetitions end between two of them.
    time_s = 0.1 * np.arange(10 * len(press.reps) + 20, dtype=np.float64)
    emg = Stream("emg", "emg", 1e-5 * time_s[:, None], 10.0, ("muscle",), ("V",))
    times = ({"start_s": 1.05 + k, "end_s": 1.95 + k} for k in range(len(press.reps)))
    reps = tuple(rep.model_copy(update=own) for rep, own in zip(press.reps, times, strict=True))
    recording = replace(press.recording, streams=(emg,))
    head, _ = unpacked(replay_bytes(replace(press, recording=recording, reps=reps, muscles=None, chain=None)))
    told = the_channel(head, "emg:emg:muscle")["reps"]
    assert told == [pytest.approx([1e-5 * (k + 1.1), 1e-5 * (k + 1.9), 1e-5 * (k + 1.5)]) for k in range(len(reps))]


def test_the_overview_comes_first_and_is_small(packed: bytes):
    head, base = unpacked(packed)
    assert base - FIRST < 0.03 * len(packed)
    assert head["coarse_bytes"] < 0.12 * len(packed)
    for channel in head["channels"]:
        assert all(level[end]["at"] < head["coarse_bytes"] for level in channel["levels"] for end in ("low", "high"))
        assert channel["samples"]["at"] >= head["coarse_bytes"]
    assert base + head["total_bytes"] == len(packed)


def test_the_same_analysis_makes_the_same_bytes(press: Analysis, packed: bytes):
    assert replay_bytes(press) == packed
    assert json.dumps(unpacked(packed)[0], allow_nan=False)
