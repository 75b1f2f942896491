"""Which foot is on which plate: by where the force acts, else by name, else not at all."""

from dataclasses import replace

import numpy as np
import pytest

from legato.forces import FootPath, Plate, find_plates, find_stands
from legato.load import read

from .lifts_on_plates import feet_at, lift


def plates_of(**options) -> tuple[Plate, ...]:
    return find_plates(lift(0.5, **options).recording, zero=True).plates


def test_each_plate_has_one_stand_of_the_foot_over_it():
    stands = find_stands(plates_of(order=("right", "left")), feet_at(20.0))
    assert [(s.plate, s.foot, s.how) for s in stands] == [(0, "right", "place"), (1, "left", "place")]
    for stand in stands:
        assert stand.stepped_on and stand.stepped_off
        # The load grows from 1.0 to 1.1 s to 550 N: 20 N are there after 4 ms.
        assert stand.start_s == pytest.approx(1.004, abs=0.003)


def test_a_plate_that_both_feet_stand_on_is_said_to_be_shared():
    one = plates_of()[0]
    middle = np.where(one.loaded[:, None], [0.0, 0.02, 0.0], np.nan)
    (stand,) = find_stands([replace(one, cop=middle)], feet_at(20.0))
    assert stand.foot == "both" and "both feet" in stand.reason
    wide = np.array([[-0.5, -0.4, 0.0], [0.5, -0.4, 0.0], [0.5, 0.4, 0.0], [-0.5, 0.4, 0.0]])
    (stand,) = find_stands([replace(one, cop=middle, corners_m=wide)], feet_at(20.0))
    assert stand.foot == "both"
    # Leaning on one foot does not lift the other off the plate.
    (stand,) = find_stands([replace(one, corners_m=wide)], feet_at(20.0))
    assert stand.foot == "both"


def test_a_lifted_foot_does_not_share_a_plate():
    one = plates_of()[0]
    left, right = feet_at(20.0)
    lifted = right.points_m.copy()
    lifted[100:-100, :, 2] += 0.3
    wide = np.array([[-0.5, -0.4, 0.0], [0.5, -0.4, 0.0], [0.5, 0.4, 0.0], [-0.5, 0.4, 0.0]])
    (stand,) = find_stands([replace(one, corners_m=wide)], (left, replace(right, points_m=lifted)))
    assert stand.foot == "left"


def test_a_force_far_from_both_feet_has_no_foot_and_says_so():
    far = tuple(replace(f, points_m=f.points_m + np.array([3.0, 0.0, 0.0])) for f in feet_at(20.0))
    for stand in find_stands(plates_of(), far):
        assert stand.foot == "" and "cm from the nearer foot" in stand.reason


def test_feet_that_are_not_seen_leave_the_foot_unknown():
    gone = tuple(replace(f, points_m=np.full_like(f.points_m, np.nan)) for f in feet_at(20.0))
    assert {s.foot for s in find_stands(plates_of(), gone)} == {""}


def test_places_go_before_names_and_names_before_nothing():
    one, two = plates_of()
    named = (replace(one, side="right"), replace(two, side="left"))
    assert [s.foot for s in find_stands(named)] == ["right", "left"]
    stands = find_stands(named, feet_at(20.0))
    assert [s.foot for s in stands] == ["left", "right"]
    assert all("places were followed" in s.reason for s in stands)


def test_one_seen_foot_is_known_and_the_other_plate_is_not():
    left, _ = feet_at(20.0)
    assert [s.foot for s in find_stands(plates_of(), (left,))] == ["left", ""]


def test_an_ankle_alone_tells_the_foot():
    ankles = tuple(FootPath(f.side, f.times_s, f.points_m[:, :1]) for f in feet_at(20.0))
    assert [s.foot for s in find_stands(plates_of(), ankles)] == ["left", "right"]


def test_a_stand_that_the_recording_cuts_is_neither_stepped_on_nor_off():
    one = plates_of()[0]
    part = slice(2000, 9000)
    assert one.cop is not None
    cut = replace(one, force=one.force[part], loaded=one.loaded[part], cop=one.cop[part], start_s=2.0)
    (stand,) = find_stands([cut], feet_at(20.0))
    assert not stand.stepped_on and not stand.stepped_off
    assert (stand.start_s, stand.end_s) == (2.0, 9.0)


def feet_of(recording, names: dict) -> tuple[FootPath, ...]:
    markers = recording.of_kind("markers")[0]
    return tuple(
        FootPath(side, markers.times(), np.stack([markers.channel(n) for n in own], axis=1))
        for side, own in names.items()
    )


def test_real_walkers_and_sprinters_alternate_and_the_beside_foot_is_on_no_plate(shared_data):
    recording = read(shared_data / "vendor-c3d" / "kyowadengyo.c3d")
    feet = feet_of(recording, {"left": ("LANK", "LMT5"), "right": ("RANK", "RMT5")})
    assert {s.foot for s in find_stands(find_plates(recording).plates, feet)} == {"right"}
    recording = read(shared_data / "vendor-c3d" / "PlugInC3D.c3d")
    feet = feet_of(recording, {"left": ("LHEE", "LTOE"), "right": ("RHEE", "RTOE")})
    stands = find_stands(find_plates(recording).plates, feet)
    assert sorted(s.foot for s in stands) == ["left", "right"]
