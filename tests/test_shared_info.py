"""`legato info` knows every shared recording for what it is, or says in one line why it is none."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from legato.errors import BadInput
from legato.load import read
from legato.recording import Recording

KNOWN: dict[str, tuple[str, dict[str, float | None], int, int]] = {
    "barbell-imu/deadlift-farm1.csv": ("table", {"imu": None}, 0, 0),
    "barbell-imu/deadlift-farm12.csv": ("table", {"imu": None}, 0, 0),
    "barbell-imu/farm1_results_rep_summary.json": ("rep-json", {}, 0, 6),
    "barbell-imu/farm12_results_rep_summary.json": ("rep-json", {}, 0, 7),
    "barbell-imu/reference-velocities.json": ("rep-json", {}, 0, 13),
    "gait-emg/walk-13-muscles.csv": ("table", {"emg": 1000.0}, 0, 0),
    "gait-emg/walk-cycles.csv": ("table", {}, 12, 0),
    "jump-force-plates/BFR007_index.csv": ("table", {}, 30, 0),
    "jump-force-plates/BFR007_squat_jump.csv": ("table", {"force": 1000.0}, 0, 0),
    "jump-force-plates/Dual-CMJ-Fz.txt": ("table", {"force": 1000.0}, 0, 0),
    "jump-force-plates/Single-CMJ-Fz.txt": ("table", {"force": 1000.0}, 0, 0),
    "jump-force-plates/Single-SJ-Fz.txt": ("table", {"force": 1000.0}, 0, 0),
    "pose-landmarks/squat-mediapipe.csv": ("landmarks-csv", {"keypoints": 30.0}, 0, 0),
    "sprint/emg.csv": ("table", {"analog": 1000.0, "emg": 1000.0}, 0, 0),
    "squat-emg/squat-emg.csv": ("table", {"emg": 2000.0}, 0, 0),
    "squat-opencap/squats-cam0-openpose-body25.json": ("keypoints-json", {"keypoints": 60.0}, 0, 0),
    "xdf/clock_resets.xdf": ("xdf", {"analog": None}, 175, 0),
    "xdf/empty_streams.xdf": ("xdf", {"analog": 1.0}, 1, 0),
    "xdf/minimal.xdf": ("xdf", {"analog": 10.0}, 9, 0),
}
"""Format, rate (Hz) of each kind of stream (None: counted from uneven times), events, and repetitions of rep tables."""

RATES = {"Fz.txt": 1000.0, "sprint/emg.csv": 1000.0, "squat-mediapipe.csv": 30.0, "body25.json": 60.0}
"""What `--rate` says of the files without a time base, by the end of their names."""
NO_TIMES = ("Dual-CMJ-Fz.txt", "Single-CMJ-Fz.txt", "Single-SJ-Fz.txt", "squat-mediapipe.csv")

BY_ENDING = {
    ".c3d": ("c3d", {"markers", "analog", "emg", "force", "rotations"}),
    ".trc": ("trc mot", {"markers"}),
    ".mot": ("mot", {"angles", "force"}),
    ".sto": ("mot", {"table"}),
}
REFUSED = {
    ".mp4": "video",
    ".osim": "OpenSim",
    ".xml": "OpenSim",
    "INDEX.md": "no ",
    "golfswing.c3d": "",
    "golf.c3d": "",
    "bad_parameter_section.c3d": "",
}
"""What stands in the line that refuses a file, by the end of its name; C3D files there may also be read."""


def rate_of(path: Path) -> float | None:
    return next((rate for end, rate in RATES.items() if path.as_posix().endswith(end)), None)


def read_or_refused(path: Path, told: str | None) -> Recording | None:
    """The recording; None where it is refused with the words `told`."""
    refusal = ""
    try:
        return read(path, rate_hz=rate_of(path))
    except BadInput as error:
        refusal = str(error)
    assert told is not None, refusal
    assert told in refusal
    assert path.name in refusal
    return None


def reps_in(recording: Recording) -> int:
    return sum(len(t.values) for t in recording.rep_tables)


def test_every_file_is_known_for_what_it_is(shared_data: Path):
    pytest.importorskip("pyxdf", reason="the extra xdf is not installed")
    seen: set[str] = set()
    for path in sorted(p for p in shared_data.rglob("*") if p.is_file()):
        name = str(path.relative_to(shared_data))
        told = next((words for end, words in REFUSED.items() if name.endswith(end)), None)
        recording = read_or_refused(path, told)
        if recording is None:
            continue
        form = recording.inputs[0].format
        if name in KNOWN:
            seen.add(name)
            known, rates, events, reps = KNOWN[name]
            assert form == known, name
            assert {s.kind for s in recording.streams} == set(rates), name
            assert all(s.rate_hz == rates[s.kind] or rates[s.kind] is None for s in recording.streams), name
            assert (len(recording.events), reps_in(recording)) == (events, reps), name
        else:
            forms, kinds = BY_ENDING[path.suffix.lower()]
            assert form in forms.split(), name
            assert {s.kind for s in recording.streams} <= kinds | {"imu", "table"}, name
            assert recording.streams, name
    assert seen == set(KNOWN)


@pytest.mark.parametrize("name", NO_TIMES)
def test_data_without_a_time_base_are_refused_in_words(shared_data: Path, name: str):
    path = next(shared_data.rglob(name))
    done = subprocess.run(
        [sys.executable, "-m", "legato", "info", str(path), "--json", "-"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert name in done.stderr
    assert "--rate" in done.stderr
    assert "without a time column" in done.stderr or "nothing says how many a second" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not done.stdout


def test_info_as_json_holds_the_repetitions(shared_data: Path):
    path = shared_data / "barbell-imu" / "farm1_results_rep_summary.json"
    done = subprocess.run(
        [sys.executable, "-m", "legato", "info", str(path), "--json", "-"], capture_output=True, text=True, check=True
    )
    (table,) = json.loads(done.stdout)["rep_tables"]
    assert len(table["rows"]) == 6
    assert table["columns"][0] == "start_s"


def test_the_bar_sensor_keeps_its_own_uneven_times(shared_data: Path):
    stream = read(shared_data / "barbell-imu" / "deadlift-farm1.csv").stream("imu")
    assert stream.time_s is not None
    # The longest gap that the list of the files states is 137 ms, over both files.
    both = [read(shared_data / "barbell-imu" / f"deadlift-farm{n}.csv").stream("imu") for n in (1, 12)]
    gaps = [float((s.times()[1:] - s.times()[:-1]).max()) for s in both]
    assert max(gaps) == pytest.approx(0.137, abs=0.0015)
    assert stream.units == ("m/s²",) * 3 + ("rad/s",) * 3
