"""A dowel on a simulated back: three contacts hold, or one of them opens by what was asked."""

import json

import numpy as np
import pytest

from legato.errors import BadInput
from legato.simulate import scenario_for, simulate
from legato.simulate.dowel import axis_behind
from legato.simulate.make import make_motion

CONTACTS = ("head", "mid-back", "sacrum")


@pytest.mark.parametrize("opened", CONTACTS)
def test_one_contact_opens_by_its_size_and_the_other_two_hold(opened: str) -> None:
    motion = make_motion(scenario_for("hinge", reps=2, seed=3, dowel=opened, fault="dowel-contact-lost", fault_size=16))
    t = np.arange(0.0, motion.duration_s, 0.02)
    pose = motion.pose(t)
    for contact in CONTACTS:
        gap = axis_behind(pose, motion.athlete, contact)
        # a way there that turns back at once stays 5 % short
        assert 1e3 * np.ptp(gap) == pytest.approx(16.0 if contact == opened else 0.0, rel=0.06, abs=1e-6)


def test_the_dowel_is_straight_and_its_markers_are_on_its_axis() -> None:
    made = simulate("hinge", dowel="on", reps=1, rate_hz=20.0, noise_m=0.0, wobble_m=0.0)
    stream = made.recording.streams[0]
    top, mid, low = (
        stream.values[:, stream.channels.index(name)] for name in ("DOWEL_TOP", "DOWEL_MID", "DOWEL_BOTTOM")
    )
    assert np.cross(top - low, mid - low) == pytest.approx(0.0, abs=1e-12)
    assert np.linalg.norm(top - low, axis=1) == pytest.approx(0.54 * 1.8)


def test_the_truth_tells_each_contact_and_can_be_written() -> None:
    truth = simulate("hinge", fault="dowel-contact-lost", reps=2, rate_hz=50.0).truth
    for rep in truth["reps"]:
        told = rep["quantities"]
        assert told["dowel_gap"] == told["dowel_gap_sacrum"] == rep["fault"]["true"]
        assert told["dowel_gap_head"] == pytest.approx(0.0, abs=1e-9)
        assert rep["fault"]["without"] == pytest.approx(0.0, abs=1e-9)
    assert json.dumps(truth, allow_nan=False)


def test_a_dowel_goes_with_a_hinge_alone() -> None:
    with pytest.raises(BadInput, match="not modelled for back-squat"):
        scenario_for("squat", dowel="on")
    with pytest.raises(BadInput, match="give on, head, mid-back or sacrum"):
        scenario_for("hinge", dowel="neck")
