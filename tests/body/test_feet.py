"""Feet whose markers do not show how they turn: reckoned from the knee, or all on one line."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from legato.body import build_body
from legato.recording import Recording, Stream
from legato.simulate import Simulation

from .conftest import changed


@pytest.fixture
def squat(trial: Callable[..., Simulation]) -> Recording:
    return trial("back-squat", rate_hz=100.0, reps=1).recording


def moved(recording: Recording, how: Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]]) -> Recording:
    """The recording with some of its markers elsewhere."""

    def change(stream: Stream) -> Stream:
        values = stream.values.copy()
        for name, place in how({c: values[:, k] for k, c in enumerate(stream.channels)}).items():
            values[:, stream.channels.index(name)] = place
        return replace(stream, values=values)

    return changed(recording, change)


def test_a_heel_that_software_hung_on_the_knee_shows_no_foot(squat: Recording) -> None:
    def hang(at: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        way = at["RHEE"] - at["RKNE"]
        length = np.linalg.norm(way, axis=1, keepdims=True)
        return {"RHEE": at["RKNE"] + way / length * np.nanmedian(length)}

    assert "foot_right" in build_body(squat).segments
    body = build_body(moved(squat, hang))
    assert "foot_right" not in body.segments and "foot_left" in body.segments
    assert "ankle_dorsiflexion_right" not in body.angles
    assert any(note.startswith("foot, right: RHEE keeps its distance to RKNE") for note in body.notes)


def test_a_foot_on_one_line_with_its_ankle_says_so(squat: Recording) -> None:
    def flat(at: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        # Toe and heel ahead of the ankle's centre and behind it, on one line.
        ankle = 0.5 * (at["RANK"] + at["RMED"])
        ahead = (at["RTOE"] - at["RHEE"]) / 3.0
        return {"RTOE": ankle + 2.0 * ahead, "RHEE": ankle - ahead, "RMT5": np.full_like(ankle, np.nan)}

    body = build_body(moved(squat, flat))
    assert "foot_right" not in body.segments and "foot_left" in body.segments
    assert any(note.startswith("foot, right: its markers and the ankle lie too close") for note in body.notes)
