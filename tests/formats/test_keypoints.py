"""Keypoints as pose estimators write them: every shape of JSON and CSV gives the same stream."""

import json
from pathlib import Path

import numpy as np
import pytest

from legato.errors import BadInput
from legato.formats._keypoints import ORDERS
from legato.formats.mediapipe import read_mediapipe
from legato.formats.opencap import opencap_trial
from legato.formats.openpose import read_openpose
from legato.load import info_record, read
from legato.recording import FloatArray

N = 20


def poses(points: int, seed: int = 0) -> FloatArray:
    """A person of random points, each drifting to the right, in pixels, y down."""
    rng = np.random.default_rng(seed)
    where = rng.uniform([200.0, 100.0, 0.6], [300.0, 600.0, 1.0], (points, 3))
    out = np.repeat(where[None], N, axis=0)
    out[:, :, 0] += np.arange(N)[:, None]
    return out.round(3)


def write(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def openpose_entry(*people: FloatArray) -> dict[str, object]:
    return {"version": 1.3, "people": [{"person_id": [-1], "pose_keypoints_2d": p.ravel().tolist()} for p in people]}


def documents(values: FloatArray) -> dict[str, object]:
    """The same 17 points a frame in the shapes that people have."""
    flat = [frame.ravel().tolist() for frame in values]
    return {
        "openpose": [openpose_entry(frame) for frame in values],
        "array": values.tolist(),
        "flat": flat,
        "under a key": {"fps": 30, "keypoints": values.tolist()},
        "coco results": [{"image_id": i + 7, "category_id": 1, "keypoints": f, "score": 1} for i, f in enumerate(flat)],
        "alphapose": [{"image_id": f"{i}.jpg", "keypoints": f} for i, f in enumerate(flat)],
        "mmpose": {
            "instance_info": [
                {"frame_id": i, "instances": [{"keypoints": f[:, :2].tolist(), "keypoint_scores": f[:, 2].tolist()}]}
                for i, f in enumerate(values)
            ]
        },
    }


@pytest.mark.parametrize("shape", list(documents(poses(17))))
def test_every_shape_of_json_gives_the_same_points(tmp_path: Path, shape: str) -> None:
    values = poses(17)
    stream = read_openpose(write(tmp_path / "a.json", documents(values)[shape]), rate_hz=50.0).streams[0]
    assert stream.kind == "keypoints"
    assert stream.unit == "px"
    assert stream.rate_hz == 50.0
    assert stream.channels == ORDERS[17][1]
    # y is turned up, all else stays: exact.
    np.testing.assert_allclose(stream.values, values * [1.0, -1.0, 1.0], atol=1e-9)


def test_a_folder_of_frames_follows_its_numbers_and_leaves_gaps(tmp_path: Path) -> None:
    values = poses(25)
    folder = tmp_path / "set1"
    folder.mkdir()
    for i in (k for k in range(N) if k not in (4, 5)):
        write(folder / f"set1_{i + 90:012d}_keypoints.json", openpose_entry(values[i]))
    recording = read(folder, rate_hz=60.0)
    stream = recording.streams[0]
    assert stream.n_samples == N
    assert np.isnan(stream.values[4:6, :, :2]).all()
    np.testing.assert_allclose(stream.values[6:, :, 0], values[6:, :, 0])
    record = info_record(recording)["inputs"][0]
    assert record["format"] == "keypoints-json"
    assert record["streams"][0]["gaps"] == 25
    # Mean distance from the picture's corner, px.
    expected = np.hypot(values[:, 0, 0], values[:, 0, 1])[[i for i in range(N) if i not in (4, 5)]].mean()
    assert record["streams"][0]["mean_abs"][0] == pytest.approx(expected)


def test_without_a_rate_the_message_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", documents(poses(17))["openpose"])
    with pytest.raises(BadInput, match=r"a\.json.*--rate"):
        read(path)
    assert read(write(tmp_path / "b.json", documents(poses(17))["under a key"])).streams[0].rate_hz == 30.0


def test_the_one_who_was_filmed_is_followed_through_passers_by(tmp_path: Path) -> None:
    lifter, other = poses(25), poses(25, seed=1)
    other[:, :, :2] = 0.4 * other[:, :, :2] + 700.0 - 12.0 * np.arange(N)[:, None, None]
    # The order of the people changes from frame to frame, and the lifter is lost in two.
    frames = [openpose_entry(*((lifter[i], other[i]) if i % 2 else (other[i], lifter[i]))) for i in range(N)]
    frames[8] = frames[9] = openpose_entry()
    recording = read_openpose(write(tmp_path / "a.json", frames), rate_hz=30.0)
    values = recording.streams[0].values
    kept = [i for i in range(N) if i not in (8, 9)]
    np.testing.assert_allclose(values[kept, :, 0], lifter[kept, :, 0])
    assert np.isnan(values[8:10, :, 0]).all()
    assert any("2 people" in note for note in recording.notes)
    assert any("nobody is seen in 2 of 20" in note for note in recording.notes)


def test_points_at_the_origin_or_without_confidence_are_missing(tmp_path: Path) -> None:
    values = poses(17)
    values[3, 5] = 0.0
    values[4, 6, 2] = 0.0
    stream = read_openpose(write(tmp_path / "a.json", values.tolist()), rate_hz=30.0).streams[0]
    missing = np.isnan(stream.values[..., 0])
    assert missing.sum() == 2
    assert missing[3, 5]
    assert missing[4, 6]


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ('{"people": [', "not whole JSON"),
        ('[{"people": []}]', "no person"),
        ('{"people": [{"pose_keypoints_2d": [1, 2]}]}', "one frame"),
        ('[{"people": [{"pose_keypoints_2d": [1, 2, 1, 3, 4, 1]}]}]', "no known order"),
        ('[{"people": [{"pose_keypoints_2d": ["a", "b"]}]}]', "no numbers"),
        ("[[[1, 2], [3]]]", "no numbers"),
        ('{"keypoints": 3}', "no keypoints"),
        ("[" * 100_000, "not whole JSON"),
        ('[{"image_id": "x", "keypoints": [1]}]', "image_id"),
    ],
)
def test_strange_json_is_refused_in_one_line(tmp_path: Path, document: str, told: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(document, encoding="utf-8")
    with pytest.raises(BadInput, match=told) as caught:
        read_openpose(path, rate_hz=30.0)
    assert "a.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_other_json_is_named_as_such(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="JSON"):
        read(write(tmp_path / "result.json", {"schema": "legato.analysis/1"}))


NAMES = ("left_shoulder", "right_shoulder", "left_hip", "right_hip", "left_knee", "right_knee")
NUMBERS = (11, 12, 23, 24, 25, 26)


def landmark_csv(style: str, values: FloatArray) -> str:
    rows: list[str] = []
    if style == "names":
        head = ["label", *(f"{n}_{a}" for n in NAMES for a in "xyzv")]
        rows = [",".join(["up", *(f"{x},{y},0.1,{v}" for x, y, v in frame)]) for frame in values]
    elif style == "numbers":
        head = ["frame", *(f"{a}_{n}" for n in NUMBERS for a in ("x", "y", "visibility"))]
        rows = [",".join([str(i), *(f"{x},{y},{v}" for x, y, v in f)]) for i, f in enumerate(values)]
    elif style == "milliseconds":
        head = ["timestamp", *(f"landmark_{n}_{a}" for n in NUMBERS for a in ("x", "y", "visibility"))]
        rows = [",".join([f"{i * 40}", *(f"{x},{y},{v}" for x, y, v in f)]) for i, f in enumerate(values)]
    else:
        head = ["frame_id", "landmark_id", "landmark_name", "x", "y", "z", "visibility"]
        rows = [
            f"{i},{n},{name.upper()},{x},{y},0.0,{v}"
            for i, frame in enumerate(values)
            for n, name, (x, y, v) in zip(NUMBERS, NAMES, frame, strict=True)
        ]
    return "\n".join([",".join(head), *rows]) + "\n"


@pytest.mark.parametrize("style", ["names", "numbers", "milliseconds", "long"])
def test_every_style_of_landmark_table_gives_the_same_points(tmp_path: Path, style: str) -> None:
    values = poses(6) / [1000.0, 1000.0, 1.0]
    path = tmp_path / "a.csv"
    path.write_text(landmark_csv(style, values), encoding="utf-8")
    recording = read(path, rate_hz=None if style == "milliseconds" else 25.0)
    stream = recording.streams[0]
    assert recording.inputs[0].format == "landmarks-csv"
    assert stream.rate_hz == pytest.approx(25.0)
    assert stream.unit == "normalised"
    order = [stream.channels.index(n) for n in NAMES]
    np.testing.assert_allclose(stream.values[:, order], values * [1.0, -1.0, 1.0], atol=1e-12)


def test_landmarks_without_times_need_a_rate_and_world_landmarks_are_refused(tmp_path: Path) -> None:
    values = poses(6) / [1000.0, 1000.0, 1.0]
    path = tmp_path / "a.csv"
    path.write_text(landmark_csv("names", values), encoding="utf-8")
    with pytest.raises(BadInput, match=r"a\.csv.*--rate"):
        read_mediapipe(path)
    values[:, :, :2] -= values[:, 2:4, :2].mean(axis=1, keepdims=True)
    path.write_text(landmark_csv("names", values), encoding="utf-8")
    with pytest.raises(BadInput, match="count from the hips"):
        read_mediapipe(path, rate_hz=30.0)


def test_an_opencap_session_names_its_trials(tmp_path: Path) -> None:
    session = tmp_path / "OpenCapData"
    for folder in ("MarkerData", "OpenSimData/Kinematics"):
        (session / folder).mkdir(parents=True)
    for name in ("neutral", "squats"):
        (session / "MarkerData" / f"{name}.trc").write_text("x")
    (session / "OpenSimData" / "Kinematics" / "squats.mot").write_text("x")
    assert [f.name for f in opencap_trial(session)] == ["squats.trc", "squats.mot"]
    (session / "MarkerData" / "jump.trc").write_text("x")
    with pytest.raises(BadInput, match=r"2 trials \(jump, squats\).*MarkerData/jump\.trc"):
        opencap_trial(session)


def test_the_shared_keypoints_are_read(shared_data: Path) -> None:
    json_file = shared_data / "squat-opencap" / "squats-cam0-openpose-body25.json"
    stream = read(json_file, rate_hz=60.0).streams[0]
    assert stream.values.shape == (961, 25, 3)
    assert np.isfinite(stream.values).all()
    stream = read(shared_data / "pose-landmarks" / "squat-mediapipe.csv", rate_hz=30.0).streams[0]
    assert stream.values.shape == (853, 9, 3)
