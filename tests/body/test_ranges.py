"""Remarks on angles beyond the anatomical range."""

import numpy as np

from legato.body.ranges import beyond_range


def bent(lowest_deg: float):
    """A knee that bends from `lowest_deg` to 60 deg and back, rad."""
    share = 0.5 - 0.5 * np.cos(np.linspace(0.0, 2.0 * np.pi, 400))
    return np.radians(lowest_deg + (60.0 - lowest_deg) * share)


def test_a_knee_that_overstretches_is_remarked_on_its_own_side():
    (note,) = beyond_range({"knee_flexion_right": bent(-14.0), "knee_flexion_left": bent(-8.0)})
    assert note.startswith("knee, right: flexion down to -14 deg, beyond the -10 deg")


def test_one_bad_frame_and_missing_samples_are_no_range():
    knee = bent(0.0)
    knee[7] = np.radians(-80.0)
    knee[20:40] = np.nan
    assert beyond_range({"knee_flexion_right": knee, "elbow_flexion_left": np.full(5, np.nan)}) == ()
