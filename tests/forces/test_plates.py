"""Plates of C3D files and tables: planted truth of every type, ezc3d's own results, and what goes wrong in labs."""

from dataclasses import replace

import numpy as np
import pytest

from legato.forces import find_plates
from legato.formats._axes import turn_of
from legato.load import read
from legato.recording import Recording, Stream

from .c3d_by_hand import plates_by_hand
from .plate_files import RATE_HZ, Load, channels_of, corners, step, write_plates

MATRIX = np.diag([310.0, 295.0, 1120.0, 1.4e5, 1.1e5, 6.0e4]) + np.arange(36.0).reshape(6, 6)
TYPES = [
    {"type": 1, "corners": corners(0.1, 0.3)},
    {"type": 2, "corners": corners(-0.4, 0.2, 0.3), "origin_mm": (1.5, -0.8, -41.0)},
    {"type": 2, "corners": corners(-0.4, 0.2, 2.0), "origin_mm": (-1.5, 0.8, 41.0)},
    {"type": 3, "corners": corners(0.6, -0.5, 1.1), "origin_mm": (120.0, 200.0, -52.0)},
    {"type": 3, "corners": corners(0.6, -0.5, -0.7), "origin_mm": (120.0, 200.0, 52.0)},
    {"type": 4, "corners": corners(-1.0, 1.0, -2.0), "origin_mm": (0.4, 0.2, -38.0), "matrix": MATRIX},
]


def planted(tmp_path, plates, seconds=2.0, **options):
    """The plates of a file with a step on each, and what was planted."""
    loads = [step(seconds, 700.0 + 50.0 * i, tuple(p["corners"].mean(0)[:2]), seed=i) for i, p in enumerate(plates)]
    made = [{"load": load, **p} for p, load in zip(plates, loads, strict=True)]
    path = write_plates(tmp_path / "plates.c3d", made, **options)
    return find_plates(read(path)), loads


@pytest.mark.parametrize("plate", TYPES, ids=lambda p: f"type {p['type']}, origin {p.get('origin_mm', '')}")
def test_force_moment_centre_and_twist_of_every_type_are_those_planted(tmp_path, plate):
    found, (load,) = planted(tmp_path, [plate])
    (made,) = found.plates
    assert made.plate_type == plate["type"]
    assert made.cop is not None and made.moment is not None and made.free_moment is not None
    # C3D stores 4-byte floats: 6e-8 of 1e6 N·mm over 700 N is 1e-7 m.
    np.testing.assert_allclose(made.force, load.force, atol=2e-3)
    on = made.loaded
    assert on.mean() == pytest.approx(0.5, abs=0.03)
    np.testing.assert_allclose(made.cop[on], load.point[on], atol=2e-5)
    np.testing.assert_allclose(made.free_moment[on], load.twist[on], atol=2e-3)
    about = np.cross(load.point - plate["corners"].mean(0), load.force)
    about[:, 2] += load.twist
    np.testing.assert_allclose(made.moment, about, atol=2e-3)
    assert np.isnan(made.cop[~on]).all(), "the centre of pressure of an empty plate is rubbish"
    assert np.isnan(made.free_moment[~on]).all()


def test_a_file_of_all_types_agrees_with_ezc3d(tmp_path):
    import ezc3d

    # Two of type 3 apart: of those with a positive height ezc3d turns the distances of the sensors, too.
    plates = [p for p in TYPES if p["type"] != 3 or p["origin_mm"][2] < 0]
    planted(tmp_path, plates, first_frame=301)
    theirs = ezc3d.c3d(str(tmp_path / "plates.c3d"), extract_forceplat_data=True)["data"]["platform"]
    ours = find_plates(read(tmp_path / "plates.c3d")).plates
    assert len(ours) == len(theirs) == 5
    for one, other in zip(ours, theirs, strict=True):
        # Its moment of a type-1 plate has the other sign than the moment of the force about the middle.
        agree(one, other, np.eye(3), moment_sign=-1.0 if one.plate_type == 1 else 1.0)


def agree(ours, theirs, turn, moment_sign=1.0):
    """Force and moment everywhere, centre of pressure and free moment while loaded, to 1e-6 of their size."""
    scale = {"mm": 1e-3, "m": 1.0}[theirs["unit_position"]]
    on = ours.loaded

    def same(a, b):
        b = b.T @ turn.T
        np.testing.assert_allclose(a, b, rtol=0.0, atol=1e-6 * max(float(np.abs(b).max(initial=0.0)), 1e-3))

    same(ours.force, theirs["force"])
    same(ours.moment, moment_sign * scale * theirs["moment"])
    same(ours.cop[on], scale * theirs["center_of_pressure"][:, on])
    np.testing.assert_allclose(
        ours.free_moment[on], (scale * theirs["Tz"].T @ turn.T)[on, 2], atol=1e-4, rtol=1e-4
    )  # ezc3d's is a vector along the plate's own normal, which lies within 0.3° of the vertical


@pytest.mark.parametrize(
    ("name", "count", "stood_on"),
    [
        ("vendor-c3d/BTS.c3d", 6, [0, 3, 4]),
        ("vendor-c3d/PlugInC3D.c3d", 2, [0, 1]),
        ("vendor-c3d/motion-analysis-jump.c3d", 2, [0, 1]),
        ("vendor-c3d/motionmonitor-gait-emg.c3d", 2, [0, 1]),
        ("sprint/sprint.c3d", 5, [0, 2, 4]),
        ("sprint/static.c3d", 5, []),
    ],
)
def test_every_plate_of_real_files_agrees_with_ezc3d(shared_data, name, count, stood_on):
    import ezc3d

    recording = read(shared_data / name)
    turn = turn_of(recording.of_kind("markers")[0])
    ours = find_plates(recording).plates
    theirs = ezc3d.c3d(str(shared_data / name), extract_forceplat_data=True)["data"]["platform"]
    assert len(ours) == len(theirs) == count
    assert [p.index for p in ours if p.stood_on] == stood_on
    for one, other in zip(ours, theirs, strict=True):
        assert not one.clipped
        agree(one, other, turn)


@pytest.mark.parametrize("name", ["type1.C3D", "kyowadengyo.c3d"])
def test_plates_that_ezc3d_misreads_agree_with_arithmetic_by_hand(shared_data, name):
    path = shared_data / "vendor-c3d" / name
    ours = find_plates(read(path)).plates
    theirs = plates_by_hand(path)
    assert len(ours) == len(theirs) > 0
    loaded = 0
    for plate, hand in zip(ours, theirs, strict=True):
        force, on = hand["force"], plate.loaded
        # The file counts the force on the plate, which pulls where the person is pushed.
        sign = np.sign(plate.vertical[np.abs(plate.vertical).argmax()]) * np.sign(
            force[np.abs(force[:, 2]).argmax(), 2]
        )
        assert plate.force == pytest.approx(sign * force, abs=1e-6 * np.abs(force).max())
        if on.any():
            assert plate.cop is not None
            assert plate.cop[on] == pytest.approx(hand["cop"][on], abs=1e-6)
            loaded += 1
    assert loaded


def test_plates_that_ezc3d_misreads_carry_a_walker_under_his_feet(shared_data):
    # ezc3d reads no sample of the type-1 plate and the samples of the type-3 plates at wrong places.
    (first,) = find_plates(read(shared_data / "vendor-c3d" / "type1.C3D")).plates
    assert first.plate_type == 1 and first.loaded.mean() == pytest.approx(0.18, abs=0.02)
    recording = read(shared_data / "vendor-c3d" / "kyowadengyo.c3d")
    markers = recording.of_kind("markers")[0]
    plates = find_plates(recording).plates
    for plate in plates:
        assert plate.cop is not None
        on = np.flatnonzero(plate.loaded)[2:-2]
        # The left foot walks beside the plates; the right heel comes down on the edge of the second and third.
        ankle, toe = (markers.channel(name)[on] for name in ("RANK", "RMT5"))
        # Between heel and toe along the way (y), and within a foot's width across.
        assert np.all(plate.cop[on, 1] > ankle[:, 1] - 0.10)
        assert np.all(plate.cop[on, 1] < toe[:, 1] + 0.12)
        assert np.all(np.abs(plate.cop[on, 0] - toe[:, 0]) < 0.12)


def test_a_file_that_counts_the_force_on_the_plate_gives_the_force_on_the_person(tmp_path):
    plate = TYPES[1]
    load = step(2.0, 800.0, (-0.4, 0.2))
    pressed = Load(-load.force, load.point, -load.twist)
    write_plates(tmp_path / "a.c3d", [{**plate, "load": pressed}])
    found = find_plates(read(tmp_path / "a.c3d"))
    (made,) = found.plates
    assert made.cop is not None and made.free_moment is not None
    np.testing.assert_allclose(made.force, load.force, atol=2e-3)
    np.testing.assert_allclose(made.cop[made.loaded], load.point[made.loaded], atol=2e-5)
    np.testing.assert_allclose(made.free_moment[made.loaded], load.twist[made.loaded], atol=2e-3)
    assert any("force on the plate" in note for note in found.notes)


def test_moments_of_a_plate_that_says_n_for_all_channels_are_in_the_points_unit(tmp_path):
    found, (load,) = planted(tmp_path, [TYPES[1]], units=["N"] * 6)
    (made,) = found.plates
    assert made.cop is not None
    np.testing.assert_allclose(made.cop[made.loaded], load.point[made.loaded], atol=2e-5)


def noisy(tmp_path, offset, noise=1.5, seed=3, zero=(1, 0), seconds=3.0):
    plate = TYPES[1]
    load = step(seconds, 700.0, (-0.4, 0.2))
    channels = channels_of(2, plate["corners"], load, plate["origin_mm"])
    rng = np.random.default_rng(seed)
    channels = channels + offset + rng.normal(0.0, noise, channels.shape) * [1, 1, 1, 20, 20, 20]
    return write_plates(tmp_path / "n.c3d", [{**plate, "channels": channels}], zero=zero), load


@pytest.mark.parametrize("zero", [(1, 0), (1, 20), (120, 160)], ids=["none", "empty", "loaded"])
def test_the_offset_is_measured_where_the_plate_is_empty_and_taken_off_on_demand(tmp_path, zero):
    path, load = noisy(tmp_path, np.array([3.0, -2.0, -12.0, 900.0, -400.0, 100.0]), zero=zero)
    (raw,), (zeroed,) = find_plates(read(path)).plates, find_plates(read(path), zero=True).plates
    # The plate's z points down, so an offset of −12 N in the file pushes the person by 12.
    assert raw.zero.offset_n[2] == pytest.approx(12.0, abs=0.2)
    assert raw.zero.noise_n == pytest.approx(1.5, rel=0.1)
    assert raw.zero.source == "unloaded"
    assert all(span.end_s < 0.91 or span.start_s > 2.39 for span in raw.zero.spans), "never a loaded stretch"
    np.testing.assert_allclose((raw.vertical - load.force[:, 2]).mean(), 12.0, atol=0.2)
    np.testing.assert_allclose((zeroed.vertical - load.force[:, 2]).mean(), 0.0, atol=0.2)
    heavy = load.force[:, 2] > 400.0
    assert raw.cop is not None and zeroed.cop is not None
    # The offset moves the centre of pressure; zeroed, its mean comes back within a tenth of a millimetre.
    assert np.abs((zeroed.cop - load.point)[heavy].mean(0)).max() < 1e-4
    assert np.abs((raw.cop - load.point)[heavy].mean(0)).max() > 5e-4
    np.testing.assert_array_equal(raw.loaded, zeroed.loaded)
    told = any("not followed" in reason for reason in raw.reasons)
    assert told == (zero == (120, 160))


def test_the_stretch_that_the_file_names_zeroes_a_plate_that_is_empty_in_it_only(tmp_path):
    plate = TYPES[1]
    load = step(3.0, 700.0, (-0.4, 0.2), on=(0.008, 1.2))
    channels = channels_of(2, plate["corners"], load, plate["origin_mm"])
    channels[:, 2] -= 7.0
    path = write_plates(tmp_path / "z.c3d", [{**plate, "channels": channels}], zero=(1, 2))
    (made,) = find_plates(read(path)).plates
    assert made.zero.source == "file"
    assert made.zero.offset_n[2] == pytest.approx(7.0, abs=0.01)


def test_a_plate_that_is_never_empty_says_that_its_zero_is_not_known(tmp_path):
    plate = {**TYPES[1], "load": step(3.0, 700.0, (-0.4, 0.2), on=(-1.0, 2.0))}
    (made,) = find_plates(read(write_plates(tmp_path / "z.c3d", [plate])), zero=True).plates
    assert made.loaded.all() and made.zero.source == ""
    assert any("never empty" in reason for reason in made.reasons)


def test_a_plate_that_nobody_stands_on_is_told_and_the_other_computed(tmp_path):
    idle = np.random.default_rng(1).normal(0.0, 2.0, (2000, 6))
    plates = [{**TYPES[1], "channels": idle}, {**TYPES[5], "load": step(2.0, 700.0, (-1.0, 1.0))}]
    first, second = find_plates(read(write_plates(tmp_path / "z.c3d", plates))).plates
    assert not first.stood_on and any("nobody" in reason for reason in first.reasons)
    assert first.cop is not None and np.isnan(first.cop).all()
    assert second.stood_on and second.loaded.mean() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("column", [2, 3])
def test_a_clipped_channel_is_not_measured_where_it_stands_at_its_limit(tmp_path, column):
    plate = TYPES[1]
    load = step(2.0, 900.0, (-0.4, 0.2))
    channels = channels_of(2, plate["corners"], load, plate["origin_mm"])
    limit = 0.8 * np.abs(channels[:, column]).max()
    at_limit = np.abs(channels[:, column]) >= limit
    channels[:, column] = np.clip(channels[:, column], -limit, limit)
    (made,) = find_plates(read(write_plates(tmp_path / "z.c3d", [{**plate, "channels": channels}]))).plates
    np.testing.assert_array_equal(np.isnan(made.vertical), at_limit)
    assert made.clipped and any("limit" in reason for reason in made.reasons)
    np.testing.assert_allclose(made.force[~at_limit], load.force[~at_limit], atol=2e-3)


def test_a_smooth_top_rounded_to_the_steps_of_a_converter_is_not_clipped(tmp_path):
    plate = TYPES[1]
    channels = channels_of(2, plate["corners"], step(2.0, 900.0, (-0.4, 0.2)), plate["origin_mm"])
    channels = np.round(channels / [1.0, 1.0, 2.8, 90.0, 90.0, 90.0]) * [1.0, 1.0, 2.8, 90.0, 90.0, 90.0]
    (made,) = find_plates(read(write_plates(tmp_path / "z.c3d", [{**plate, "channels": channels}]))).plates
    assert not made.clipped


def forces(channels, values, units=None, **meta):
    units = tuple(units or ["N"] * len(channels))
    return Recording((Stream("force", "force", np.asarray(values, float), 1000.0, tuple(channels), units, meta=meta),))


def test_a_vertical_force_alone_is_a_plate_without_a_centre_of_pressure():
    load = step(2.0, 700.0, (0.0, 0.0))
    (made,) = find_plates(forces(["Fz"], load.force[:, [2]])).plates
    np.testing.assert_allclose(made.vertical, load.force[:, 2])
    assert made.cop is None and made.moment is None and made.free_moment is None
    assert any("vertical" in reason for reason in made.reasons)
    assert made.loaded.mean() == pytest.approx(0.5, abs=0.03)


def test_moments_about_a_tables_point_move_its_centre_of_pressure():
    # As in one program's tables, whose point is the middle of the plate.
    load = step(2.0, 700.0, (0.3, 1.1))
    middle = np.array([0.25, 1.0, 0.0])
    moment = np.cross(load.point - middle, load.force)
    moment[:, 2] += load.twist
    table = np.column_stack([load.force, np.tile(middle, (2000, 1)), moment])
    names = [f"{q}1_{i}" for q in "fpm" for i in (1, 2, 3)]
    recording = forces(names, table, ["N"] * 3 + ["m"] * 3 + ["N·m"] * 3, up="+Z")
    (made,) = find_plates(recording).plates
    assert made.cop is not None and made.free_moment is not None and made.frame == "lab"
    np.testing.assert_allclose(made.cop[made.loaded], load.point[made.loaded], atol=1e-9)
    np.testing.assert_allclose(made.free_moment[made.loaded], load.twist[made.loaded], atol=1e-9)


def test_missing_columns_are_told_and_the_other_plate_is_computed():
    load = step(2.0, 700.0, (0.0, 0.0))
    names = ["FP1_Fx", "FP1_Fy", "FP2_Fx", "FP2_Fy", "FP2_Fz"]
    found = find_plates(forces(names, np.column_stack([load.force[:, :2], load.force])))
    (made,) = found.plates
    assert made.name == "plate 2"
    np.testing.assert_allclose(made.force, load.force)
    assert any("plate 1" in note and "no vertical force" in note for note in found.notes)


def test_a_total_beside_two_plates_is_no_plate():
    one, two = (step(2.0, w, (0.0, 0.0), seed=i).force[:, 2] for i, w in enumerate((400.0, 300.0)))
    found = find_plates(forces(["Fz1", "Fz2", "Fz3"], np.column_stack([one, two, one + two])))
    assert [p.name for p in found.plates] == ["plate 1", "plate 2"]
    assert any("sum of the others" in note for note in found.notes)


@pytest.mark.parametrize(("factor", "words"), [(1e-3, "may be kN"), (100.0, "more than any lift")])
def test_forces_in_another_unit_are_told_and_the_plates_still_split(factor, words):
    load = step(2.0, 700.0, (0.0, 0.0))
    noise = np.random.default_rng(0).normal(0.0, 1.0, 2000)
    found = find_plates(forces(["Fz"], factor * (load.force[:, 2] + noise)[:, None]))
    (made,) = found.plates
    assert any(words in note for note in found.notes)
    assert made.loaded.mean() == pytest.approx(0.5, abs=0.03)
    assert made.zero.source == "unloaded" and made.zero.noise_n == pytest.approx(factor, rel=0.15)


@pytest.mark.parametrize(
    ("mass_kg", "doubted"), [(70.0, False), (40.0, False), (700.0, True), (7.0, True), (None, False)]
)
def test_plates_are_held_against_the_mass(mass_kg, doubted):
    load = step(2.0, 700.0, (0.0, 0.0))
    found = find_plates(forces(["Fz"], load.force[:, [2]]), mass_kg=mass_kg)
    assert any("the mass, the unit" in note for note in found.notes) == doubted


def test_missing_samples_stay_missing_and_are_told():
    load = step(2.0, 700.0, (0.0, 0.0))
    values = load.force[:, [2]].copy()
    values[900:1000] = np.nan
    (made,) = find_plates(forces(["Fz"], values)).plates
    assert not made.loaded[900:1000].any() and made.loaded[1000:1100].all()
    assert any("0.1 s of its samples are missing, first from 0.90 to 1.00 s" in reason for reason in made.reasons)


def test_a_table_beside_a_c3d_of_the_same_plates_is_not_counted_twice(shared_data):
    recording = read(shared_data / "sprint" / "sprint.c3d", shared_data / "sprint" / "grf.mot")
    found = find_plates(recording)
    assert len(found.plates) == 5 and {p.stream for p in found.plates} == {"force"}
    assert any("beside them" in note for note in found.notes)


def test_table_and_c3d_of_one_sprint_tell_the_same(shared_data):
    ours = find_plates(read(shared_data / "sprint" / "sprint.c3d")).plates
    table = find_plates(read(shared_data / "sprint" / "grf.mot")).plates
    for one, other in zip(ours, table, strict=True):
        np.testing.assert_allclose(one.force, other.force, atol=1e-3)
        if one.stood_on:
            assert one.cop is not None and other.cop is not None
            # The table's moments are about the plate's middle, too; a float's rounding at 20 N is 1e-5 m.
            np.testing.assert_allclose(one.cop[one.loaded], other.cop[one.loaded], atol=1e-4)


def test_the_layout_of_two_plates_names_the_feet(shared_data):
    path = shared_data / "jump-force-plates" / "BFR007_squat_jump.csv"
    one, two = find_plates(read(path)).plates
    assert (one.side, two.side) == ("right", "left")
    assert one.frame == "lab" and not one.clipped and not two.clipped
    assert one.zero.source == two.zero.source == "unloaded"


@pytest.mark.parametrize(("name", "count"), [("Dual-CMJ-Fz.txt", 2), ("Single-CMJ-Fz.txt", 1), ("Single-SJ-Fz.txt", 1)])
def test_columns_of_vertical_force_are_plates(shared_data, name, count):
    found = find_plates(read(shared_data / "jump-force-plates" / name, rate_hz=1000.0))
    assert len(found.plates) == count
    for plate in found.plates:
        assert plate.cop is None and not plate.clipped and plate.side == ""
        assert plate.zero.noise_n < 3.0, "one step of the converter is 2.8 N"


def test_a_type_that_is_not_known_is_left_out_and_told(tmp_path):
    recording = read(write_plates(tmp_path / "a.c3d", [{**TYPES[1], "load": step(1.0, 700.0, (-0.4, 0.2))}]))
    odd = replace(recording, plates=tuple(replace(p, plate_type=7) for p in recording.plates))
    found = find_plates(odd)
    assert found.plates == () and any("type 7" in note for note in found.notes)


def test_a_minute_at_a_thousand_hertz_costs_tens_of_milliseconds(tmp_path):
    import time

    plates = [
        {**TYPES[1], "load": step(60.0, 700.0, (-0.4, 0.2))},
        {**TYPES[5], "load": step(60.0, 700.0, (-1.0, 1.0))},
    ]
    recording = read(write_plates(tmp_path / "a.c3d", plates))
    assert recording.streams[0].rate_hz == RATE_HZ
    started = time.process_time()
    find_plates(recording)
    # Measured 0.06 s; the bound leaves room for a slower machine.
    assert time.process_time() - started < 0.6


@pytest.mark.parametrize(
    ("prefixes", "names"),
    [
        (("", "1_"), ["plate 1", "plate 2"]),
        (("1_", "2_"), ["plate 1", "plate 2"]),
        (("",), ["plate"]),
        (("l_", ""), ["plate l", "plate"]),
    ],
)
def test_plates_of_a_table_are_numbered_where_one_has_no_name(prefixes, names):
    channels = tuple(f"{prefix}ground_force_v{axis}" for prefix in prefixes for axis in "xyz")
    samples = np.zeros((2000, len(channels)))
    for k in range(len(prefixes)):
        samples[300 + 700 * k : 900 + 700 * k, 3 * k + 2] = 600.0
    stream = Stream("grf", "force", samples, 1000.0, channels, ("N",) * len(channels))
    found = find_plates(Recording((stream,)))
    assert [plate.name for plate in found.plates] == names
