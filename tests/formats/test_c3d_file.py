import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.errors import BadInput
from legato.formats._c3d_file import read_c3d_file

PROCESSORS = {"intel": 84, "dec": 85, "mips": 86}


@pytest.fixture
def walk() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    return rng.normal(0.0, 400.0, (20, 5, 3)), rng.normal(0.0, 900.0, (80, 3))


@pytest.mark.parametrize("processor", PROCESSORS.values(), ids=PROCESSORS)
def test_reads_floats_of_every_processor(tmp_path, build_c3d, walk, processor):
    points, analogs = walk
    path = tmp_path / "a.c3d"
    path.write_bytes(build_c3d(points, analogs=analogs, samples=4, processor=processor))
    file = read_c3d_file(path)
    # Single precision keeps 24 bits.
    np.testing.assert_allclose(file.points, points, rtol=2e-7, atol=1e-6)
    np.testing.assert_allclose(file.analogs, analogs, rtol=2e-7, atol=1e-6)
    assert (file.frame_rate_hz, file.analog_rate_hz) == (100.0, 400.0)


@pytest.mark.parametrize("processor", PROCESSORS.values(), ids=PROCESSORS)
def test_reads_scaled_integers_of_every_processor(tmp_path, build_c3d, walk, processor):
    points, _ = walk
    analogs = np.random.default_rng(4).integers(-2000, 2000, (80, 3))
    path = tmp_path / "a.c3d"
    parameters = {"ANALOG:SCALE": [0.5, 2.0, 1.0], "ANALOG:OFFSET": [10, -20, 0], "ANALOG:GEN_SCALE": 0.1}
    path.write_bytes(
        build_c3d(points, analogs=analogs, samples=4, processor=processor, scale=0.1, parameters=parameters)
    )
    file = read_c3d_file(path)
    # Rounded to a tenth of a millimetre, so at most half of that off.
    np.testing.assert_allclose(file.points, points, atol=0.0501)
    np.testing.assert_allclose(file.analogs, (analogs - [10, -20, 0]) * [0.05, 0.2, 0.1], rtol=1e-6, atol=1e-6)


def test_reads_unsigned_analog_samples(tmp_path, build_c3d):
    analogs = np.array([[0, 40000], [65535, 32768]])
    parameters = {"ANALOG:FORMAT": ["UNSIGNED"], "ANALOG:OFFSET": [0, 32768], "ANALOG:SCALE": [1.0, 1.0]}
    path = tmp_path / "a.c3d"
    path.write_bytes(build_c3d(np.ones((2, 1, 3)), analogs=analogs, scale=0.1, parameters=parameters))
    np.testing.assert_array_equal(read_c3d_file(path).analogs, [[0, 7232], [65535, 0]])


def test_reads_rotations(tmp_path, build_c3d):
    rng = np.random.default_rng(5)
    rotations = rng.normal(size=(6, 2, 4, 4))
    path = tmp_path / "a.c3d"
    path.write_bytes(build_c3d(np.ones((6, 1, 3)), rotations=rotations))
    found = read_c3d_file(path).rotations
    assert found is not None
    np.testing.assert_allclose(found, rotations, rtol=1e-6)


def test_a_negative_residual_marks_a_missing_point(tmp_path, build_c3d):
    residuals = np.array([[0.0, -1.0], [5.0, 0.0]])
    path = tmp_path / "a.c3d"
    path.write_bytes(build_c3d(np.ones((2, 2, 3)), residuals, scale=-0.5))
    np.testing.assert_array_equal(read_c3d_file(path).residuals, [[0.0, -1.0], [2.5, 0.0]])


def test_camera_bits_are_not_part_of_the_residual(tmp_path, build_c3d):
    path = tmp_path / "a.c3d"
    path.write_bytes(build_c3d(np.ones((1, 1, 3)), np.array([[0x0700 + 4]])))
    assert read_c3d_file(path).residuals[0, 0] == 4.0


def test_the_layout_that_fills_the_file_wins_over_a_wrong_parameter(tmp_path, build_c3d, walk):
    points, _ = walk
    path = tmp_path / "a.c3d"
    path.write_bytes(build_c3d(points, parameters={"POINT:USED": 6, "POINT:FRAMES": 19}))
    file = read_c3d_file(path)
    assert file.points.shape == points.shape


def test_more_frames_than_sixteen_bits_are_taken_from_the_trial_fields(tmp_path, build_c3d):
    frames = 70_000
    points = np.arange(frames * 3.0).reshape(frames, 1, 3)
    parameters = {
        "POINT:FRAMES": frames & 0xFFFF,
        "TRIAL:ACTUAL_START_FIELD": [1, 0],
        "TRIAL:ACTUAL_END_FIELD": [frames & 0xFFFF, frames >> 16],
    }
    path = tmp_path / "a.c3d"
    path.write_bytes(build_c3d(points, parameters=parameters, header={4: 0xFFFF}))
    assert len(read_c3d_file(path).points) == frames


def test_labels_continue_past_255(tmp_path, build_c3d):
    names = [f"P{i}" for i in range(300)]
    parameters = {"POINT:LABELS": names[:255], "POINT:LABELS2": names[255:]}
    path = tmp_path / "a.c3d"
    path.write_bytes(build_c3d(np.ones((2, 300, 3)), parameters=parameters))
    assert list(read_c3d_file(path).strings("POINT:LABELS")) == names


def refused(path: Path) -> str:
    begin = time.perf_counter()
    with pytest.raises(BadInput) as caught:
        read_c3d_file(path)
    assert time.perf_counter() - begin < 10.0
    message = str(caught.value)
    assert path.name in message
    assert "\n" not in message
    return message


def test_a_cut_file_is_refused_and_says_how_much_is_there(tmp_path, build_c3d, walk):
    path = tmp_path / "cut.c3d"
    data = build_c3d(walk[0])
    path.write_bytes(data[: len(data) - 1024])
    assert "claims 20 frames but holds" in refused(path)


def test_a_header_that_claims_too_much_is_refused_before_anything_is_allocated(tmp_path, build_c3d, walk):
    path = tmp_path / "huge.c3d"
    parameters = {"POINT:USED": 65535, "POINT:LONG_FRAMES": 1e9, "POINT:FRAMES": 65535}
    path.write_bytes(build_c3d(walk[0], parameters=parameters, header={1: 65535, 4: 65535}))
    assert "holds" in refused(path)


@pytest.mark.parametrize("word", [10, 11])
def test_no_frame_rate_is_refused(tmp_path, build_c3d, walk, word):
    path = tmp_path / "norate.c3d"
    path.write_bytes(build_c3d(walk[0], rate_hz=0.0))
    assert "0 Hz" in refused(path)


@pytest.mark.parametrize("data", [b"", b"\x02\x50", b"\x02\x50" + bytes(600), bytes(2000), b"\xff" * 5000])
def test_what_is_no_c3d_is_refused(tmp_path, data):
    path = tmp_path / "none.c3d"
    path.write_bytes(data)
    refused(path)


@given(
    st.lists(st.tuples(st.floats(0.0, 1.0, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12),
    st.floats(0.1, 1.0),
)
@settings(max_examples=300)
def test_bytes_changed_or_cut_are_read_or_refused_in_one_line(tmp_path_factory, build_c3d, changes, kept):
    rng = np.random.default_rng(7)
    parameters = {"EVENT:USED": 1, "EVENT:LABELS": ["hit"], "EVENT:TIMES": np.array([[0.0], [0.1]])}
    data = bytearray(
        build_c3d(rng.normal(size=(8, 4, 3)), analogs=rng.normal(size=(16, 2)), samples=2, parameters=parameters)
    )
    for where, value in changes:
        data[int(where * len(data) * 0.5)] = value
    path = tmp_path_factory.mktemp("fuzz") / "f.c3d"
    path.write_bytes(bytes(data[: int(kept * len(data))]))
    message = "f.c3d"
    try:
        assert read_c3d_file(path).points.nbytes < 1e6
    except BadInput as error:
        message = str(error)
    assert "f.c3d" in message
    assert "\n" not in message


def test_agrees_with_ezc3d_on_real_files(shared_data):
    import ezc3d

    # ezc3d raises on two of them, hangs for 20 s on one, and reads three with a wrong layout (point steps of
    # decimetres).
    other = {"golfswing.c3d", "bad_parameter_section.c3d", "kyowadengyo.c3d", "phasespace_sample.c3d", "type1.C3D"}
    files = [p for p in shared_data.rglob("*") if p.suffix.lower() == ".c3d" and p.name not in other]
    assert files
    for path in files:
        ours, theirs = read_c3d_file(path), ezc3d.c3d(str(path))["data"]
        points = theirs["points"][:3].transpose(2, 1, 0)
        gone = np.isnan(points).any(-1)
        np.testing.assert_array_equal(gone, ours.residuals < 0)
        np.testing.assert_allclose(ours.points[~gone], points[~gone], rtol=1e-6, err_msg=path.name)
        if ours.analogs.size:
            np.testing.assert_allclose(ours.analogs, theirs["analogs"][0].T, rtol=1e-6, atol=1e-9, err_msg=path.name)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("golfswing.c3d", (514, 29)),
        ("bad_parameter_section.c3d", (332, 45)),
        ("kyowadengyo.c3d", (152, 11)),
        ("phasespace_sample.c3d", (701, 40)),
        ("type1.C3D", (296, 28)),
    ],
)
def test_reads_the_files_that_ezc3d_does_not(shared_data, name, shape):
    file = read_c3d_file(shared_data / "vendor-c3d" / name)
    assert file.points.shape == (*shape, 3)
    seen = np.where(file.residuals[..., None] < 0, np.nan, file.points)
    # Bodies move smoothly: a wrong layout shows as steps of decimetres from frame to frame.
    assert np.nanmedian(np.abs(np.diff(seen, axis=0))) < 10.0
