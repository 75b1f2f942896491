"""Which way segments face, on bends in closed form whose front is known."""

from collections.abc import Mapping

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from legato.body.imu_facing import about_y, facings
from legato.recording import FloatArray
from legato.signals.rotation import turn

_RATE = 50.0
_UPRIGHT = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
_HIDDEN = {"pelvis": 2.0, "thorax": -0.7, "thigh_right": 1.1, "thigh_left": -2.5, "shank_right": 0.3, "shank_left": 3.0}
"""How far each segment's front lies from the axes given, rad: what is to be found."""

_T = np.arange(600) / _RATE
_BEND = np.where((_T > 2.0) & (_T < 10.0), 0.5 - 0.5 * np.cos(2.0 * np.pi * (_T - 2.0) / 2.0), 0.0)
"""Four bends between two rests of two seconds."""

_REST = (10, 90)


def _found(
    tilts_deg: Mapping[str, tuple[float, float]],
    rest: tuple[int, int] | None = _REST,
    sinks: Mapping[str, float] | None = None,
) -> dict[str, tuple[float, float]] | None:
    """Facings of segments whose front is lifted from the first to the second tilt in each bend, and which sink
    meanwhile by so many metres.
    """
    rotations: dict[str, FloatArray] = {}
    rates: dict[str, FloatArray] = {}
    for name, (start, far) in tilts_deg.items():
        tilt = np.radians(start + (far - start) * _BEND)
        nil = np.zeros_like(tilt)
        leaning = _UPRIGHT @ turn(np.stack((nil, nil, tilt), axis=1))
        rotations[name] = leaning @ about_y(-_HIDDEN[name])
        rates[name] = np.zeros((tilt.size, 3))
        one, other = (Rotation.from_matrix(rotations[name][part]) for part in (slice(None, -2), slice(2, None)))
        rates[name][1:-1] = (one.inv() * other).as_rotvec() * 0.5 * _RATE
    rising = {name: -depth * np.gradient(np.gradient(_BEND)) * _RATE**2 for name, depth in (sinks or {}).items()}
    return facings(rotations, rates, rising, _RATE, rest)


_SQUAT = {
    "pelvis": (-10.0, -35.0), "thorax": (0.0, -40.0), "thigh_right": (2.0, 75.0), "thigh_left": (2.0, 75.0),
    "shank_right": (-3.0, -30.0), "shank_left": (-3.0, -30.0),
}  # fmt: skip


def test_a_squat_shows_which_way_all_face() -> None:
    found = _found(_SQUAT, sinks=dict.fromkeys(("pelvis", "thorax", "thigh_right", "thigh_left"), 0.4))
    assert found is not None
    assert set(found) == set(_SQUAT)
    for name, (angle, sd) in found.items():
        assert np.cos(angle - _HIDDEN[name]) == pytest.approx(1.0, abs=1e-3)
        # The axis is exact here, so the SD is the least that the table grants.
        assert np.degrees(sd) == pytest.approx(3.0, abs=0.1)


def test_standing_is_found_without_a_first_rest_where_trunk_and_thighs_are_upright_at_once() -> None:
    bent_first = {name: (far, start) for name, (start, far) in _SQUAT.items()}
    for rest in (None, _REST):
        found = _found(bent_first, rest)
        assert found is not None and set(found) == set(_SQUAT)
        assert all(np.cos(angle - _HIDDEN[name]) > 0.99 for name, (angle, _) in found.items())


@pytest.mark.parametrize(
    "lying",
    [
        {"pelvis": (88.0, 118.0), "thorax": (90.0, 120.0), "thigh_right": (154.0, 114.0), "thigh_left": (154.0, 114.0)},
        {"pelvis": (-80.0, -50.0), "thorax": (-90.0, -60.0)},
        {"pelvis": (10.0, 30.0), "thorax": (-5.0, -35.0), "thigh_right": (85.0, 95.0), "thigh_left": (85.0, 95.0)},
    ],
    ids=["bridge", "prone", "seated"],
)
@pytest.mark.parametrize("rest", [None, _REST])
def test_lying_and_sitting_show_no_front(
    lying: Mapping[str, tuple[float, float]], rest: tuple[int, int] | None
) -> None:
    assert _found(lying, rest) == {}


def test_the_rear_leg_of_a_lunge_is_not_told_and_the_front_one_is() -> None:
    found = _found(
        {"pelvis": (-8.0, -12.0), "thigh_right": (2.0, 60.0), "thigh_left": (0.0, -25.0), "shank_left": (0.0, -60.0)}
    )
    assert found is not None and set(found) == {"thigh_right"}


def test_the_lifted_leg_of_a_hinge_on_one_leg_is_not_told() -> None:
    found = _found({"pelvis": (-8.0, -70.0), "thigh_right": (2.0, 15.0), "thigh_left": (2.0, -75.0)})
    assert found is not None and set(found) == {"pelvis"}


def test_shanks_that_lean_back_in_a_stiff_hinge_are_not_told() -> None:
    found = _found(
        {"pelvis": (-10.0, -60.0), "thigh_right": (2.0, 25.0), "thigh_left": (2.0, 25.0), "shank_right": (-4.0, 12.0),
         "shank_left": (-4.0, 12.0)}
    )  # fmt: skip
    # The thighs' 23 degrees nor: legs on which someone leans against a table go back as far.
    assert found is not None and set(found) == {"pelvis"}


def test_one_leg_alone_is_told_only_where_no_hip_extends_to() -> None:
    squat = _found({"pelvis": (-10.0, -35.0), "thigh_right": (2.0, 85.0)})
    # Without the shanks it is open whether the person squats, or leans back from the knees.
    assert squat is not None and set(squat) == {"thigh_right"}
    hinge = _found({"pelvis": (-10.0, -60.0), "thigh_right": (2.0, 40.0)})
    assert hinge is not None and set(hinge) == {"pelvis"}


@pytest.mark.parametrize(
    "down",
    [
        {"pelvis": (-8.0, 88.0), "thigh_right": (2.0, 80.0), "thigh_left": (2.0, 80.0)},
        {"pelvis": (-8.0, 90.0), "thigh_right": (2.0, -88.0), "thigh_left": (2.0, -88.0)},
        {"pelvis": (-8.0, -85.0), "thigh_right": (2.0, -80.0), "thigh_left": (2.0, -80.0)},
    ],
    ids=["on a bench", "supine", "prone"],
)
def test_who_lies_down_in_the_record_shows_no_front(down: Mapping[str, tuple[float, float]]) -> None:
    for rest in (None, _REST):
        assert _found(down, rest, sinks=dict.fromkeys(down, 0.8)) == {}


_ARCH = {
    "pelvis": (-8.0, 10.0), "thorax": (0.0, 28.0), "thigh_right": (2.0, -12.0), "thigh_left": (2.0, -12.0),
    "shank_right": (-3.0, 4.0), "shank_left": (-3.0, 4.0),
}  # fmt: skip
"""Hands on the hips and bent backwards, hips pushed forwards."""


@pytest.mark.parametrize("worn", [("pelvis", "thorax"), tuple(_ARCH)[:4], tuple(_ARCH)], ids=["two", "four", "six"])
@pytest.mark.parametrize("sinks", [None, 0.05])
def test_who_bends_backwards_from_standing_shows_no_front(worn: tuple[str, ...], sinks: float | None) -> None:
    felt = None if sinks is None else dict.fromkeys(worn[:4], sinks)
    for rest in (None, _REST):
        assert _found({name: _ARCH[name] for name in worn}, rest, felt) == {}


def test_who_leans_back_from_the_knees_shows_no_front() -> None:
    # On tiptoe, straight from knee to head: thighs and shanks lean as far as in a squat, the trunk the other way.
    down = {"pelvis": (-8.0, 47.0), "thorax": (0.0, 55.0), "thigh_right": (2.0, 57.0), "thigh_left": (2.0, 57.0)}
    shanks = {"shank_right": (-3.0, -60.0), "shank_left": (-3.0, -60.0)}
    found = _found({**down, **shanks}, sinks=dict.fromkeys(down, 0.3))
    assert found is not None and not set(found) & {"pelvis", "thorax"}
    assert all(np.cos(angle - _HIDDEN[name]) > 0.99 for name, (angle, _) in found.items())


def test_legs_that_lean_back_on_the_hands_show_no_front() -> None:
    found = _found(
        {"pelvis": (-8.0, -45.0), "thigh_right": (2.0, -43.0), "thigh_left": (2.0, -43.0), "shank_right": (-3.0, -45.0),
         "shank_left": (-3.0, -45.0)}
    )  # fmt: skip
    assert found is not None and set(found) == {"pelvis"}
    assert np.cos(found["pelvis"][0] - _HIDDEN["pelvis"]) > 0.99


def test_a_hinge_and_a_deadlift_show_as_much_as_goes_further_than_backwards() -> None:
    shallow = _found({"pelvis": (-8.0, -35.0), "thorax": (0.0, -40.0)})
    assert shallow == {}
    deep = _found({"pelvis": (-8.0, -42.0), "thorax": (0.0, -50.0)})
    assert deep is not None and set(deep) == {"pelvis", "thorax"}
    deadlift = {**_SQUAT, "pelvis": (-10.0, -55.0), "thorax": (0.0, -60.0), "thigh_right": (2.0, 58.0),
                "thigh_left": (2.0, 58.0), "shank_right": (-3.0, -20.0), "shank_left": (-3.0, -20.0)}  # fmt: skip
    lifted = _found(deadlift)
    assert lifted is not None and set(lifted) == set(_SQUAT)
    for found in (deep, lifted):
        assert all(np.cos(angle - _HIDDEN[name]) > 0.99 for name, (angle, _) in found.items())


def test_a_trunk_that_sways_both_ways_has_no_front() -> None:
    assert _found({"pelvis": (0.0, -8.0), "thorax": (-8.0, 9.0)}) == {}


def test_who_rises_as_he_bends_was_not_standing() -> None:
    # From a still squat everything straightens; taken for standing it would seem to bend the other way, upwards.
    turned = {name: (0.0, start - far) for name, (start, far) in _SQUAT.items()}
    trunk_and_thighs = ("pelvis", "thorax", "thigh_right", "thigh_left")
    assert _found(turned, sinks=dict.fromkeys(trunk_and_thighs, -0.4)) is None
    assert _found(_SQUAT, sinks={"pelvis": -0.4, "thorax": 0.4}) == {}
