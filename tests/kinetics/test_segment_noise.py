"""What is left of markers' residuals against how far they turn and shift a segment that is known."""

from dataclasses import replace

import numpy as np

import legato
from legato.body.model import Body
from legato.kinetics.power_joints import segment_noise
from legato.kinetics.segments import low_passed
from legato.recording import FloatArray
from legato.signals.filters import lowpass
from legato.simulate import simulate

CUTOFF_HZ = 6.0


def seen(seed: int, wobble_m: float) -> Body:
    made = simulate("back-squat", seed=seed, reps=3, rate_hz=100.0, noise_m=0.0, wobble_m=wobble_m)
    body = legato.analyze(made.recording, "back-squat").body
    assert body is not None
    return body


def turned(body: Body, true: Body, segment: str) -> FloatArray:
    """By how much it is turned about its own axes, rad, shape (n, 3)."""
    seen, known = (low_passed(b.segments[segment].rotation, b.rate_hz, CUTOFF_HZ) for b in (body, true))
    off = np.einsum("nji,njk->nik", known, seen)
    return 0.5 * np.column_stack(
        (off[:, 2, 1] - off[:, 1, 2], off[:, 0, 2] - off[:, 2, 0], off[:, 1, 0] - off[:, 0, 1])
    )


def test_markers_that_reach_little_from_an_axis_know_a_turn_about_it_worse() -> None:
    """The pelvis' four markers lie far out at its sides and near before and behind."""
    turns: list[FloatArray] = []
    shifts: list[float] = []
    told: list[FloatArray] = []
    places: list[float] = []
    for seed in range(4):
        true, body = seen(seed, 0.0), seen(seed, 0.002)
        noise = segment_noise(body.segments["pelvis"], body.rate_hz, CUTOFF_HZ)
        assert noise is not None
        off = turned(body, true, "pelvis")
        turns.append((off - off.mean(axis=0)).std(axis=0))
        middle = [b.segments["pelvis"].origin_m for b in (body, true)]
        shifts.append(float(np.std(lowpass(middle[0] - middle[1], body.rate_hz, CUTOFF_HZ))))
        told.append(np.sqrt(np.diag(noise.turns @ noise.turns.T)))
        places.append(noise.place_m)
    # Wobble of 2 mm below 1.2 Hz: some dozen independent values a session and axis.
    np.testing.assert_allclose(np.mean(told, axis=0), np.sqrt(np.mean(np.square(turns), axis=0)), rtol=0.25)
    mean = np.mean(told, axis=0)
    assert mean[2] > 1.2 * mean[1]
    assert 0.7 < np.mean(places) / np.mean(shifts) < 1.3


def test_markers_in_one_line_or_two_tell_no_noise() -> None:
    body = seen(0, 0.002)
    pelvis = body.segments["pelvis"]
    assert segment_noise(None, body.rate_hz, CUTOFF_HZ) is None
    line = np.outer(np.linspace(-1.0, 1.0, 4), [0.1, 0.0, 0.0])
    assert segment_noise(replace(pelvis, template_m=line), body.rate_hz, CUTOFF_HZ) is None
    two = replace(pelvis, template_m=pelvis.template_m[:2], residual_m=pelvis.residual_m[:, :2])
    assert segment_noise(two, body.rate_hz, CUTOFF_HZ) is None
