"""Repetitions of one camera's film: one with a cut inside is not whole."""

import numpy as np

from legato.body import build_body
from legato.movements import find_reps, load_movement
from legato.recording import Recording, Stream

RATE = 30.0
PLACES = {
    "nose": (0.05, 1.65), "shoulder": (0.0, 1.4), "hip": (0.0, 0.9), "knee": (0.05, 0.48), "ankle": (0.0, 0.05),
}  # fmt: skip


def film(cut_s: float | None) -> Recording:
    """Four squats of 4 s, filmed from the front; from `cut_s` on the camera stands elsewhere."""
    t = np.arange(int(16.0 * RATE)) / RATE
    down = 0.2 * (1.0 - np.cos(2.0 * np.pi * t / 4.0))
    labels: list[str] = []
    columns: list[np.ndarray] = []
    for joint, (x, y) in PLACES.items():
        for side, out in (("right", -0.15), ("left", 0.15)) if joint != "nose" else (("", 0.0),):
            share = min(1.0, max(0.0, (y - 0.05) / 0.85))
            place = np.column_stack((np.full(t.size, x + out), y - share * down, np.ones(t.size)))
            if cut_s is not None:
                place[t >= cut_s, 0] += 1.0
            labels.append(f"{side}_{joint}".strip("_"))
            columns.append(place)
    values = np.stack(columns, axis=1)
    values[..., :2] += np.random.default_rng(3).normal(scale=0.003, size=values[..., :2].shape)
    return Recording((Stream("keypoints", "keypoints", values, RATE, tuple(labels), ("m",) * len(labels)),))


def wholes(recording: Recording) -> list[bool]:
    body = build_body(recording)
    return [rep.complete for rep in find_reps(body, load_movement("back-squat"), recording).reps]


def test_a_repetition_across_a_cut_is_not_whole() -> None:
    assert build_body(film(None)).cuts_s == ()
    whole = wholes(film(None))
    assert len(whole) == 4
    recording = film(6.0)
    body = build_body(recording)
    # The first frame after the cut.
    assert np.allclose(body.cuts_s, [6.0], atol=1.01 / RATE)
    assert any("the film is cut at 6.00 s" in note for note in body.notes)
    reps = find_reps(body, load_movement("back-squat"), recording).reps
    across = [rep for rep in reps if rep.start_s < 6.0 <= rep.end_s]
    assert len(across) == 1
    assert not across[0].complete
    assert "the film is cut at 6.00 s" in across[0].reason
    assert [rep.complete for rep in reps if rep not in across] == [
        w for w, r in zip(whole, reps, strict=True) if r not in across
    ]
