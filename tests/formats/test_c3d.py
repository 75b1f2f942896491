import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.errors import BadInput
from legato.formats.c3d import read_c3d, write_c3d
from legato.recording import Event, ForcePlate, Recording, Stream

PIG = ["LASI", "RASI", "LKNE", "RKNE", "LANK", "RANK", "C7", "LHEE", "RHEE"]
STANDING_MM = np.array(
    [[0, 130, 1000], [0, -130, 1000], [0, 150, 500], [0, -150, 500], [0, 150, 80], [0, -150, 80], [-50, 0, 1450],
     [-60, 150, 40], [-60, -150, 40]], float
)  # fmt: skip


def standing(frames: int = 30) -> np.ndarray:
    rng = np.random.default_rng(1)
    return STANDING_MM + rng.normal(0, 1.0, (frames, 9, 3)) + np.array([100.0, 200.0, 0.0])


def as_stored(points: np.ndarray, up: str) -> np.ndarray:
    """Points with z up, in the axes of a file whose `up` axis points up."""
    if up == "+Y":
        return points[..., [0, 2, 1]] * [1, 1, -1]
    if up == "-Z":
        return points * [1, -1, -1]
    return points[..., [2, 0, 1]] if up == "+X" else points


@pytest.fixture
def save(tmp_path, build_c3d):
    def write(*args, **kwargs):
        path = tmp_path / "trial.c3d"
        path.write_bytes(build_c3d(*args, **kwargs))
        return path

    return write


def test_points_come_in_metres_with_z_up(save):
    points = standing()
    stream = read_c3d(save(points, parameters={"POINT:LABELS": PIG})).stream("markers")
    np.testing.assert_allclose(stream.values, points / 1000.0, rtol=1e-6, atol=1e-7)
    assert stream.channels == tuple(PIG)
    assert set(stream.units) == {"m"}


@pytest.mark.parametrize("up", ["+Y", "+X", "-Z"])
@pytest.mark.parametrize("declared", [True, False])
def test_the_vertical_is_found_with_and_without_its_declaration(save, up, declared):
    points = standing()
    parameters = {"POINT:LABELS": PIG} | ({"POINT:X_SCREEN": "+Z", "POINT:Y_SCREEN": up} if declared else {})
    stream = read_c3d(save(as_stored(points, up), parameters=parameters)).stream("markers")
    assert (stream.meta["up"], stream.meta["up_from"]) == (up, "declared" if declared else "anatomy")
    np.testing.assert_allclose(stream.values[..., 2], points[..., 2] / 1000.0, rtol=1e-6, atol=1e-7)
    # A turn is no mirror: handedness stays.
    a, b, c = (stream.values[0, i] - stream.values[0, 0] for i in (1, 2, 6))
    d, e, f = (points[0, i] - points[0, 0] for i in (1, 2, 6))
    assert np.sign(np.dot(np.cross(a, b), c)) == np.sign(np.dot(np.cross(d, e), f))


def test_a_declaration_that_the_standing_body_contradicts_is_overruled_and_said(save):
    parameters = {"POINT:LABELS": PIG, "POINT:X_SCREEN": "+X", "POINT:Y_SCREEN": "+Z"}
    recording = read_c3d(save(as_stored(standing(), "+Y"), parameters=parameters))
    assert recording.stream("markers").meta["up"] == "+Y"
    assert any("declares +Z up" in note for note in recording.notes)


def test_one_who_lies_does_not_turn_the_lab(save):
    lying = standing()[..., [2, 1, 0]] * [1.0, 1.0, 0.1] + np.array([300.0, 0.0, 60.0])
    parameters = {"POINT:LABELS": PIG, "POINT:X_SCREEN": "+X", "POINT:Y_SCREEN": "+Z"}
    assert read_c3d(save(lying, parameters=parameters)).stream("markers").meta["up"] == "+Z"


@pytest.mark.parametrize("declared", [True, False])
def test_a_bench_press_with_upright_shanks_is_not_turned(save, declared):
    press = standing()
    press[:, [0, 1], :] = [[600, 330, 500], [600, 70, 500]]
    press[:, 6, :] = [1050, 200, 520]
    press[:, [2, 3], 0] += 80.0
    parameters = {"POINT:LABELS": PIG} | ({"POINT:Y_SCREEN": "+Z"} if declared else {})
    assert read_c3d(save(press, parameters=parameters)).stream("markers").meta["up"] == "+Z"


def test_missing_codes_become_nan_and_points_near_the_origin_stay(save):
    points = standing(4)
    residuals = np.zeros((4, 9))
    residuals[1, 2] = -1.0
    points[2, 3] = 0.0
    points[3, 4] = [0.0, 0.0, 0.01]
    values = read_c3d(save(points, residuals, parameters={"POINT:LABELS": PIG})).stream("markers").values
    assert np.isnan(values[1, 2]).all()
    assert np.isnan(values[2, 3]).all()
    assert np.isfinite(values[3, 4]).all()
    assert np.isnan(values).sum() == 6


def test_a_file_whose_points_are_all_invalid_is_refused(save):
    with pytest.raises(BadInput, match=r"trial\.c3d: every point of all 4 frames is marked invalid"):
        read_c3d(save(standing(4), -np.ones((4, 9))))


def test_events_count_from_the_first_frame_of_the_file(save):
    parameters = {
        "POINT:LABELS": PIG,
        "EVENT:USED": 2,
        "EVENT:LABELS": ["Foot Strike", "Foot Off"],
        "EVENT:CONTEXTS": ["Right", "Left"],
        "EVENT:TIMES": np.array([[0.0, 0.0], [3.65, 3.80]]),
    }
    events = read_c3d(save(standing(), parameters=parameters, first_frame=361)).events
    assert [(e.name, e.context) for e in events] == [("Foot Strike", "Right"), ("Foot Off", "Left")]
    # Frame 361 at 100 Hz lies 3.60 s after the trial's start; times are stored in single precision.
    np.testing.assert_allclose([e.time_s for e in events], [0.05, 0.20], atol=1e-6)


def test_event_times_that_already_count_from_the_file_stay(save):
    parameters = {
        "POINT:LABELS": PIG,
        "EVENT:USED": 1,
        "EVENT:LABELS": ["hit"],
        "EVENT:TIMES": np.array([[0.0], [0.1]]),
    }
    recording = read_c3d(save(standing(), parameters=parameters, first_frame=361))
    assert recording.events[0].time_s == pytest.approx(0.1, abs=1e-6)
    assert any("event times" in note for note in recording.notes)


def test_event_names_that_stand_in_the_contexts_are_found(save):
    parameters = {
        "POINT:LABELS": PIG,
        "EVENT:USED": 2,
        "EVENT:LABELS": [" ", " "],
        "EVENT:CONTEXTS": ["Take-Off", "Landing"],
        "EVENT:TIMES": np.array([[0.0, 0.0], [0.1, 0.2]]),
    }
    assert [e.name for e in read_c3d(save(standing(), parameters=parameters)).events] == ["Take-Off", "Landing"]


def test_minutes_of_events_count(save):
    parameters = {"EVENT:USED": 1, "EVENT:LABELS": ["hit"], "EVENT:TIMES": np.array([[2.0], [1.5]])}
    assert read_c3d(save(standing(), parameters=parameters)).events[0].time_s == pytest.approx(121.5, abs=1e-5)


def test_repeated_and_empty_labels_are_made_unique(save):
    labels = ["RKNE", "RKNE", "", "RKNE_2", "RKNE", "A", "B", "C", "D"]
    channels = read_c3d(save(standing(), parameters={"POINT:LABELS": labels})).stream("markers").channels
    assert channels == ("RKNE", "RKNE_3", "point_3", "RKNE_2", "RKNE_4", "A", "B", "C", "D")


def test_a_subject_prefix_is_dropped(save):
    stream = read_c3d(save(standing(), parameters={"POINT:LABELS": [f"Ann:{n}" for n in PIG]})).stream("markers")
    assert stream.channels == tuple(PIG)
    assert stream.meta["labels"].split("\n")[0] == "Ann:LASI"


def test_prefixes_stay_where_two_subjects_wear_the_same_markers(save):
    labels = ["Ann:LASI", "Bob:LASI", "Ann:C7", "Bob:C7", "a", "b", "c", "d", "e"]
    stream = read_c3d(save(standing(), parameters={"POINT:LABELS": labels})).stream("markers")
    assert stream.channels == tuple(labels)


def test_model_outputs_are_no_markers(save):
    labels = ["LASI", "RKneeAngles", "RKneeMoment", "PELO", "PELP", "PELA", "PELL", "RKneePower", "HipThing"]
    parameters = {"POINT:LABELS": labels, "POINT:ANGLES": ["RKneeAngles", "HipThing"], "POINT:ANGLE_UNITS": "deg"}
    points = standing()
    recording = read_c3d(save(points, parameters=parameters))
    assert recording.stream("markers").channels == ("LASI",)
    angles = recording.stream("model_angles")
    assert angles.kind == "table"
    assert angles.unit == "rad"
    np.testing.assert_allclose(angles.channel("RKneeAngles.x"), np.radians(points[:, 1, 0]), rtol=1e-6)
    moments = recording.stream("model_moments")
    assert moments.unit == "N·m"
    np.testing.assert_allclose(moments.channel("RKneeMoment.y"), points[:, 2, 1] / 1000.0, rtol=1e-6)
    assert len(recording.stream("model_points").channels) == 12
    assert recording.stream("model_powers").unit == "W"


def test_analog_channels_are_told_apart(save):
    rng = np.random.default_rng(2)
    analogs = rng.normal(size=(300, 8))
    parameters = {
        "ANALOG:LABELS": ["Fz1", "Mx1", "RREC", "EMG 2", "CH7", "ACCX1", "Pin 1", "odd"],
        "ANALOG:UNITS": ["N", "Nmm", "mV", "V", "V", "g", "V", "zorp"],
        "ANALOG:DESCRIPTIONS": ["", "", "R rectus", "", "Not used", "", "Force Plate raw", ""],
        "ANALOG:SCALE": [1.0] * 8,
        "ANALOG:OFFSET": [0] * 8,
    }
    recording = read_c3d(save(standing(), analogs=analogs, samples=10, parameters=parameters))
    assert {s.name: s.channels for s in recording.streams if s.kind != "markers"} == {
        "force": ("Fz1", "Mx1"),
        "emg": ("RREC", "EMG 2"),
        "analog": ("CH7", "Pin 1", "odd"),
        "imu": ("ACCX1",),
    }
    assert recording.stream("emg").rate_hz == 1000.0
    np.testing.assert_allclose(recording.stream("force").channel("Mx1"), analogs[:, 1] / 1000.0, rtol=1e-6)
    np.testing.assert_allclose(recording.stream("emg").channel("RREC"), analogs[:, 2] / 1000.0, rtol=1e-6)
    np.testing.assert_allclose(recording.stream("imu").channel("ACCX1"), analogs[:, 5] * 9.80665, rtol=1e-6)
    assert recording.stream("analog").units == ("V", "V", "zorp")
    assert any("zorp" in note for note in recording.notes)


def test_force_plates_come_with_corners_in_the_lab_and_their_calibration(save):
    corners = np.array([[600, 0, 0], [0, 0, 0], [0, 400, 0], [600, 400, 0]], float)
    matrix = np.arange(36.0).reshape(6, 6)
    parameters = {
        "FORCE_PLATFORM:USED": 1,
        "FORCE_PLATFORM:TYPE": [4],
        "FORCE_PLATFORM:CORNERS": as_stored(corners, "+Y").T[..., None],
        "FORCE_PLATFORM:ORIGIN": np.array([[1.0], [2.0], [-30.0]]),
        "FORCE_PLATFORM:CHANNEL": np.arange(1, 7)[:, None],
        "FORCE_PLATFORM:CAL_MATRIX": matrix[..., None],
        "ANALOG:LABELS": [f"p{i}" for i in range(6)],
        "ANALOG:UNITS": ["V"] * 6,
        "POINT:LABELS": PIG,
        "POINT:Y_SCREEN": "+Y",
    }
    path = save(as_stored(standing(), "+Y"), analogs=np.ones((30, 6)), parameters=parameters)
    recording = read_c3d(path)
    (plate,) = recording.plates
    np.testing.assert_allclose(plate.corners_m, corners / 1000.0, atol=1e-9)
    np.testing.assert_allclose(plate.origin_m, [0.001, 0.002, -0.03], rtol=1e-6)
    assert plate.calibration is not None
    # The file's rows give N and N·mm, as its points are in mm; the recording's give N and N·m.
    np.testing.assert_allclose(plate.calibration, matrix * np.repeat([1.0, 1e-3], 3)[:, None])
    assert plate.channels == recording.stream("force").channels


def test_plates_tell_the_vertical_where_no_body_does(save):
    corners = np.array([[600, 0, 0], [0, 0, 0], [0, 0, 400], [600, 0, 400]], float)
    parameters = {
        "FORCE_PLATFORM:USED": 1,
        "FORCE_PLATFORM:TYPE": [2],
        "FORCE_PLATFORM:CORNERS": corners.T[..., None],
        "FORCE_PLATFORM:ORIGIN": np.zeros((3, 1)),
        "FORCE_PLATFORM:CHANNEL": np.arange(1, 7)[:, None],
        "ANALOG:UNITS": ["N"] * 6,
    }
    path = save(np.abs(standing()) + 10.0, analogs=np.ones((30, 6)), parameters=parameters)
    meta = read_c3d(path).stream("markers").meta
    assert (meta["up"], meta["up_from"]) == ("+Y", "plates")


def test_rotations_are_turned_with_the_lab(save):
    matrices = np.tile(np.eye(4), (30, 1, 1, 1))
    path = save(
        as_stored(standing(), "+Y"), rotations=matrices, parameters={"POINT:LABELS": PIG, "ROTATION:LABELS": ["pelvis"]}
    )
    stream = read_c3d(path).stream("rotations")
    assert stream.channels == ("pelvis",)
    # The segment's y axis lies along the file's y, which is up.
    np.testing.assert_allclose(stream.values[0, 0, :, 1], [0.0, 0.0, 1.0], atol=1e-12)
    np.testing.assert_allclose(np.linalg.det(stream.values[:, 0]), 1.0)


def recording_of(seed: int, frames: int, markers: int, gaps: bool) -> Recording:
    rng = np.random.default_rng(seed)
    values = rng.normal(0.5, 1.0, (frames, markers, 3))
    if gaps:
        values[rng.random((frames, markers)) < 0.2] = np.nan
        values[0, 0] = 0.5
    streams = (
        Stream("markers", "markers", values, 200.0, tuple(f"M{i}" for i in range(markers)), ("m",) * markers),
        Stream("emg", "emg", rng.normal(0, 1e-4, (frames * 5, 2)), 1000.0, ("EMG left", "EMG right"), ("V", "V")),
        Stream(
            "force", "force", rng.normal(0, 500, (frames * 5, 6)), 1000.0, tuple("abcdef"), ("N",) * 3 + ("N·m",) * 3
        ),
    )
    corners = np.array([[0.6, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.4, 0.0], [0.6, 0.4, 0.0]])
    plates = (ForcePlate(0, 2, corners, np.array([0.0, 0.0, -0.04]), tuple("abcdef")),)
    return Recording(streams, (Event("hit", 0.02, "Right"), Event("off", 0.05)), plates)


@given(st.integers(0, 1000), st.integers(2, 40), st.integers(1, 300), st.booleans())
@settings(max_examples=15)
def test_what_was_written_is_read_again(tmp_path_factory, seed, frames, markers, gaps):
    path = tmp_path_factory.mktemp("c3d") / "trial.c3d"
    recording = recording_of(seed, frames, markers, gaps)
    write_c3d(path, recording)
    again = read_c3d(path)
    for stream in recording.streams:
        found = again.stream(stream.name)
        assert (found.channels, found.units, found.rate_hz) == (stream.channels, stream.units, stream.rate_hz)
        # Four-byte floats in mm: 24 bits of a few metres.
        np.testing.assert_allclose(
            found.values, stream.values, rtol=2e-7, atol=1e-6 if stream.kind == "force" else 1e-9
        )
    assert [(e.name, e.context) for e in again.events] == [(e.name, e.context) for e in recording.events]
    np.testing.assert_allclose([e.time_s for e in again.events], [0.02, 0.05], atol=1e-7)
    np.testing.assert_allclose(again.plates[0].corners_m, recording.plates[0].corners_m, atol=1e-7)


def test_ezc3d_reads_what_was_written(tmp_path):
    import ezc3d

    recording = recording_of(1, 20, 7, True)
    write_c3d(tmp_path / "a.c3d", recording)
    points = ezc3d.c3d(str(tmp_path / "a.c3d"))["data"]["points"][:3].transpose(2, 1, 0)
    np.testing.assert_allclose(points / 1000.0, recording.stream("markers").values, rtol=2e-7, atol=1e-9)


def test_a_write_that_fails_leaves_nothing(tmp_path):
    empty = Recording()
    with pytest.raises(BadInput, match="neither markers nor analog"):
        write_c3d(tmp_path / "a.c3d", empty)
    assert not list(tmp_path.iterdir())


class TestRealFiles:
    def test_events_of_a_cropped_sprint_lie_inside_it(self, shared_data):
        recording = read_c3d(shared_data / "sprint" / "sprint.c3d")
        assert recording.stream("markers").duration_s == pytest.approx(0.785)
        assert [round(e.time_s, 3) for e in recording.events] == [0.0, 0.15, 0.406, 0.533, 0.721]
        assert len(recording.plates) == 5

    def test_jump_events_whose_names_stand_in_the_contexts(self, shared_data):
        recording = read_c3d(shared_data / "vendor-c3d" / "motion-analysis-jump.c3d")
        times = {e.name: e.time_s for e in recording.events}
        assert times["Take-Off"] == pytest.approx(0.692, abs=0.001)
        assert times["Landing"] == pytest.approx(1.183, abs=0.001)

    def test_plug_in_gait_outputs_are_apart_from_the_markers(self, shared_data):
        recording = read_c3d(shared_data / "vendor-c3d" / "PlugInC3D.c3d")
        assert len(recording.stream("markers").channels) == 18
        assert len(recording.stream("model_angles").channels) == 30

    @pytest.mark.parametrize(
        ("name", "up"),
        [("BTS.c3d", "+Y"), ("type1.C3D", "+Y"), ("kyowadengyo.c3d", "+Z"), ("motionmonitor-gait-emg.c3d", "+Z")],
    )
    def test_the_vertical_of_vendors(self, shared_data, name, up):
        assert read_c3d(shared_data / "vendor-c3d" / name).stream("markers").meta["up"] == up

    def test_every_vendor_file_is_read_or_refused_in_one_line(self, shared_data):
        refused, messages = [], []
        for path in sorted((shared_data / "vendor-c3d").iterdir()):
            try:
                assert read_c3d(path).streams
            except BadInput as error:
                refused.append(path.name)
                messages.append(str(error))
        assert refused == ["golf.c3d"]
        assert messages[0].startswith("golf.c3d: ")
        assert "\n" not in messages[0]
