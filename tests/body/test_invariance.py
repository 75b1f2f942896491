"""What must not matter: where the lab's axes lie, when the clock starts, how often is sampled, which side is which."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.body import build_body
from legato.body.model import Body
from legato.recording import FloatArray, Stream
from legato.simulate import Simulation, simulate

from .conftest import changed

TURNED = ("pelvis_axial", "thorax_axial", "thorax_pelvis_axial", "pelvis_obliquity", "lumbar_side_bend")
"""Angles that change sign in a mirror."""

ROUNDING = 1e-12
"""What may differ between runs, rad: where an array lies in memory decides which instructions sum it."""


@cache
def squat() -> Simulation:
    """A short simulated trial (not a fixture: hypothesis would print it when an example fails)."""
    return simulate("back-squat", seed=7, reps=2, rate_hz=50.0)


@cache
def squat_body() -> Body:
    """Its body."""
    return build_body(squat().recording)


def other_side(name: str) -> str:
    """The name of the other side's angle, point or segment."""
    base, _, side = name.rpartition("_")
    return f"{base}_{({'right': 'left', 'left': 'right'})[side]}" if side in ("right", "left") else name


def other_label(label: str) -> str:
    """The Plug-in Gait name of the other side's marker."""
    if label in ("BARL", "BARR"):
        return "BARR" if label == "BARL" else "BARL"
    return label if label == "RBAK" or label[0] not in "LR" else {"L": "R", "R": "L"}[label[0]] + label[1:]


@given(
    heading=st.floats(-np.pi, np.pi),
    shift=st.tuples(st.floats(-5.0, 5.0), st.floats(-5.0, 5.0), st.floats(-1.0, 1.0)),
    start_s=st.floats(-10.0, 1000.0),
)
@settings(max_examples=12)
def test_the_lab_and_the_clock_do_not_matter(heading: float, shift: tuple[float, float, float], start_s: float) -> None:
    body = squat_body()
    c, s = np.cos(heading), np.sin(heading)
    turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])

    def move(stream: Stream) -> Stream:
        return replace(stream, values=stream.values @ turn.T + np.array(shift), start_s=start_s)

    moved = build_body(changed(squat().recording, move))
    assert moved.start_s == start_s
    assert set(moved.angles) == set(body.angles)
    for name, angle in body.angles.items():
        # The mean shape settles to 1e-9 m; 1e-6 rad leaves room for the lab's larger coordinates.
        assert np.abs(moved.angles[name] - angle).max() < 1e-6, name
    for name, point in body.points.items():
        assert np.abs(moved.points[name] - (point @ turn.T + np.array(shift))).max() < 1e-6, name


def test_a_mirrored_athlete_has_mirrored_angles() -> None:
    body = squat_body()

    def mirror(stream: Stream) -> Stream:
        names = tuple(other_label(name) for name in stream.channels)
        return replace(stream, values=stream.values * np.array([1.0, -1.0, 1.0]), channels=names)

    mirrored = build_body(changed(squat().recording, mirror))
    assert set(mirrored.angles) == set(body.angles)
    for name, angle in body.angles.items():
        seen = mirrored.angles[other_side(name)] * (-1.0 if name in TURNED else 1.0)
        assert np.abs(seen - angle).max() < 1e-6, name


@given(order=st.permutations(range(8)))
@settings(max_examples=6)
def test_the_order_of_the_markers_does_not_matter(order: list[int]) -> None:
    body = squat_body()

    def shuffle(stream: Stream) -> Stream:
        n = len(stream.channels)
        new = [i for k in order for i in range(k, n, 8)]
        return replace(stream, values=stream.values[:, new].copy(), channels=tuple(stream.channels[i] for i in new))

    shuffled = build_body(changed(squat().recording, shuffle))
    for name, angle in body.angles.items():
        assert np.abs(shuffled.angles[name] - angle).max() < ROUNDING, name


@pytest.mark.parametrize("step", [2, 5])
def test_a_lower_rate_sees_the_same_angles(step: int) -> None:
    simulation = simulate("back-squat", seed=7, reps=2, rate_hz=250.0)
    full = build_body(simulation.recording)

    def thin(stream: Stream) -> Stream:
        return replace(stream, values=stream.values[::step].copy(), rate_hz=stream.rate_hz / step)

    thinned = build_body(changed(simulation.recording, thin))
    for name, angle in full.angles.items():
        apart = np.degrees(thinned.angles[name] - angle[::step])
        # Other frames make the mean shape: 1 mm noise over 200 frames and the wobble's mean leave 0.2 deg of offset.
        assert np.abs(apart).max() < 0.3, name


@given(first=st.integers(0, 120), last=st.integers(0, 120))
@settings(max_examples=8)
def test_cropping_keeps_the_angles(first: int, last: int) -> None:
    body = squat_body()

    def crop(stream: Stream) -> Stream:
        return replace(stream, values=stream.values[first : stream.n_samples - last].copy())

    cropped = build_body(changed(squat().recording, crop))
    for name in ("knee_flexion_right", "hip_flexion_left", "lumbar_flexion", "thorax_pelvis_axial"):
        apart: FloatArray = np.degrees(cropped.angles[name] - body.angles[name][first : body.n_frames - last])
        assert np.abs(apart).max() < 0.5, name


def test_the_same_recording_gives_the_same_numbers() -> None:
    again = build_body(squat().recording)
    for name, angle in squat_body().angles.items():
        assert np.abs(again.angles[name] - angle).max() < ROUNDING, name
