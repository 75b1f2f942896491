"""Damaged and hostile files of every format: one line of refusal or a recording, in 10 s and 1 GB, never a traceback.

The files are made here, mutated by hypothesis, and read in one process with limits of memory and time that a parent
watches; what breaks a limit breaks that process, and the test says with which file.
"""

import base64
import io
import json
import select
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xdf_bytes as xdf
from edf_bytes import build as build_edf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legato.errors import BadInput
from legato.formats.c3d_write import write_c3d
from legato.formats.mot import write_mot
from legato.formats.trc import write_trc
from legato.load import info_record, read
from legato.recording import Recording, Stream

N = 40


def _recording(kind: str) -> Recording:
    t = np.arange(N) / 100.0
    if kind == "markers":
        points = np.stack([np.column_stack([t, t + k, 1 + 0 * t]) for k in range(3)], axis=1)
        return Recording((Stream("markers", "markers", points, 100.0, ("A", "B", "C"), ("m",) * 3),))
    return Recording((Stream("angles", "angles", np.column_stack([t, t]), 100.0, ("a", "b"), ("rad",) * 2),))


def _written(tmp: Path, name: str, write: Callable[[Path, Recording], None], kind: str) -> bytes:
    path = tmp / name
    write(path, _recording(kind))
    return path.read_bytes()


MVNX = b"""<?xml version="1.0"?><mvnx version="4"><subject frameRate="60" segmentCount="1"><segments>
<segment label="Pelvis" id="1"/></segments><frames segmentCount="1"><frame time="0" index="" type="npose">
<orientation>1 0 0 0</orientation></frame><frame time="0" index="0" type="normal"><orientation>1 0 0 0</orientation>
</frame><frame time="16" index="1" type="normal"><orientation>1 0 0 0</orientation></frame></frames></subject></mvnx>"""


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A small sound file of each format."""
    tmp = tmp_path_factory.mktemp("seeds")
    t = np.arange(N) / 200.0
    rows = "".join(f"{v:.3f},{v:.4f},{-v:.4f}\n" for v in t)
    people = [{"version": 1.3, "people": [{"pose_keypoints_2d": [float(k) for k in range(75)]}]} for _ in range(5)]
    marks = ",".join(f"{n}_{a}" for n in ("nose", "left_hip", "right_hip", "left_knee") for a in "xyzv")
    landmarks = "label," + marks + "\n" + "".join("up," + ",".join(["0.5"] * 16) + "\n" for _ in range(N))
    quaternions = "DataRate=100.0\nDataType=Quaternion\nversion=3\nendheader\ntime\tpelvis\ttorso\n"
    quaternions += "".join(f"{i / 100}\t1,0,0,0\t1,0,0,0\n" for i in range(N))
    data = xdf.FILE_HEADER + xdf.header(1, "amp", "EMG", 2, "double64", 200.0, ["L RF", "R RF"])
    data += xdf.header(2, "cues", "Markers", 1, "string", 0.0)
    data += xdf.samples(1, t.tolist(), np.column_stack([t, t]).tolist()) + xdf.words(2, [0.1, 0.2], ["go", "stop"])
    return {
        "a.c3d": _written(tmp, "a.c3d", write_c3d, "markers"),
        "a.trc": _written(tmp, "a.trc", write_trc, "markers"),
        "a.mot": _written(tmp, "a.mot", write_mot, "angles"),
        "a.csv": ("time (s),EMG RF (mV),Fz (N)\n" + rows).encode(),
        "a-Fz.txt": "".join(f"{700 + v:.3f}\r\n" for v in t).encode(),
        "steps.csv": b"V1,V2\n1.4,2.0\n2.4,3.1\n3.5,4.1\n",
        "bar.csv": ("tMillis,ax,ay,az,gx,gy,gz\n" + "".join(f"{20 * i},0,0,1,0,0,0\n" for i in range(N))).encode(),
        "devices.csv": ("Devices,,\n200,,\n,,A - EMG\nFrame,Sub Frame,EMG1\n,,V\n" + rows).encode(),
        "a.xdf": data,
        "a.edf": build_edf([("EMG", "uV", np.arange(200))], [100], annotations=[(0.5, "go")]),
        "a.bdf": build_edf([("EMG", "uV", np.arange(200))], [100], bdf=True),
        "people.json": json.dumps(people).encode(),
        "reps.json": b'{"repetitions": [{"start_time": 1.0, "end_time": 2.0, "peak_time": 1.5, "duration": 1.0}]}',
        "landmarks.csv": landmarks.encode(),
        "a.mvnx": MVNX,
        "orientations.sto": quaternions.encode(),
    }


NAMES = (
    "a.c3d", "a.trc", "a.mot", "a.csv", "a-Fz.txt", "steps.csv", "bar.csv", "devices.csv", "a.xdf", "a.edf", "a.bdf",
    "people.json", "reps.json", "landmarks.csv", "a.mvnx", "orientations.sto",
)  # fmt: skip


def _zip_bomb() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.csv", b"0" * 30_000_000)
    return held.getvalue()


def _xml_bomb(root: bytes) -> bytes:
    entities = b"".join(b'<!ENTITY e%d "%s">' % (i, b"&e%d;" % (i - 1) * 10 if i else b"ha" * 10) for i in range(10))
    return b'<?xml version="1.0"?><!DOCTYPE x [' + entities + b"]><" + root + b">&e9;</" + root + b">"


BOMBS: dict[str, bytes] = {
    "zip.csv": _zip_bomb(),
    "gzip.xdf": b"\x1f\x8b\x08\x00" + bytes(200),
    "laughs.mvnx": _xml_bomb(b"mvnx"),
    "laughs.xml": _xml_bomb(b"OpenSimDocument"),
    "deep.json": b"[" * 100_000,
    "deep-people.json": b'[{"people": ' + b"[" * 50_000,
    "digits.json": b'{"a_rep1": ' + b"9" * 100_000 + b"}",
    "digits.csv": b"time,a\n" + b"0,1\n0.01,2\n0.02," + b"9" * 200_000 + b"\n",
    "rows.mot": b"a\nversion=1\nnRows=999999999999\nnColumns=999999999\ninDegrees=no\nendheader\n"
    b"time\ta\n0\t1\n0.01\t2\n",
    "frames.trc": b"PathFileType\t4\t(X/Y/Z)\ta.trc\nDataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\t"
    b"OrigDataStartFrame\tOrigNumFrames\n100\t100\t999999999\t999999999\tmm\t100\t1\t999999999\nFrame#\tTime\tA\n\t\t"
    b"X1\tY1\tZ1\n\n1\t0.0\t1\t2\t3\n2\t0.01\t1\t2\t3\n",
    "wide.csv": b"time" + b",a" * 50_000 + b"\n" + b"0" + b",1" * 50_000 + b"\n",
    "quotes.csv": b'"' * 200_000 + b"\n1,2\n",
    "commas.csv": b"," * 500_000 + b"\n1,2\n3,4\n",
    "blanks.csv": b"a,b\n" + b" " * 500_000 + b"1,2\n3,4\n",
    "brackets.csv": b"time," + b"(" * 20_000 + b"\n" + b"0,1\n0.01,2\n0.02,3\n",
    "underscores.csv": b"t" + b"_" * 30_000 + b"(s,a\n" + b"0,1\n0.01,2\n0.02,3\n",
    "length.xdf": xdf.FILE_HEADER + xdf.chunk(3, bytes(8), claimed=2**63 - 1, width=8),
    "samples.xdf": xdf.FILE_HEADER
    + xdf.header(1, "a", "EMG", 9999, "double64", 200.0)
    + xdf.chunk(3, struct.pack("<I", 1) + xdf.varlen(2**32 - 1) + bytes(40)),
    "records.edf": build_edf([("EMG", "uV", np.arange(200))], [100], claimed_records=99_999_999),
    "signals.edf": build_edf([("EMG", "uV", np.arange(200))], [100], claimed_signals=9999),
    "times.csv": b"time,a\n0,1\n1e300,2\n1e308,3\n",
    "nan.csv": b"time,a\nnan,1\nnan,2\nnan,3\n",
    "same.csv": b"time,a\n0,1\n0,2\n0,3\n",
}

_CHILD = """
import base64, json, resource, sys, time
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (@MOST@, @MOST@))
from legato.errors import BadInput
from legato.load import info_record, read
folder = Path(sys.argv[1])
def most_touched():
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage tells begins with the parent's own
        return int(status.read_text().partition("VmHWM:")[2].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for line in sys.stdin:
    name, data = json.loads(line)
    path = folder / name
    path.write_bytes(base64.b64decode(data))
    begin = time.perf_counter()
    told = "read"
    for rate in (None, 100.0):
        try:
            json.dumps(info_record(read(path, rate_hz=rate)), allow_nan=False)
        except BadInput as error:
            told = str(error)
            if "\\n" in told or len(told) > 1000 or path.name not in told:
                told = "BAD LINE " + told
        except BaseException as error:
            told = f"BROKE {type(error).__name__}: {error}"
            break
    peak = most_touched()
    print(json.dumps([told, time.perf_counter() - begin, peak]), flush=True)
"""
_ADDRESSES = 6_000_000_000
"""Address space of the child, bytes: libraries map far more than they touch; what is touched is measured apart."""
_MOST_KB = 1_000_000
_LONGEST_S = 10.0


class Reader:
    """A process that reads files one after another."""

    def __init__(self, folder: Path) -> None:
        code = _CHILD.replace("@MOST@", str(_ADDRESSES))
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def told(self, name: str, data: bytes) -> str:
        """What reading the file told, within the limits."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps([name, base64.b64encode(data).decode()]) + "\n")
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], 4 * _LONGEST_S)
        if not ready:
            self.close()
        line = self.process.stdout.readline() if ready else ""
        assert line, f"the process ended or hung over {name}: {data[:200]!r}"
        told, spent, peak = json.loads(line)
        assert not told.startswith(("BROKE", "BAD LINE")), f"{name}: {told}: {data[:300]!r}"
        assert spent < _LONGEST_S, f"{name} took {spent:.1f} s"
        assert peak < _MOST_KB, f"{name} took {peak} kB"
        return str(told)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory):
    made = Reader(tmp_path_factory.mktemp("fuzz"))
    yield made
    made.close()


@pytest.mark.parametrize("name", NAMES)
def test_the_sound_file_is_read(seeds: dict[str, bytes], reader: Reader, name: str):
    if needed := {"xdf": "pyxdf", "edf": "pyedflib", "bdf": "pyedflib"}.get(name.rpartition(".")[2]):
        pytest.importorskip(needed, reason=f"the optional {needed} is not installed")
    assert reader.told(name, seeds[name]) == "read" or name in ("a-Fz.txt", "landmarks.csv", "people.json")


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_or_read_within_the_limits(reader: Reader, name: str):
    reader.told(name, BOMBS[name])


SPELLINGS = [
    b"",
    b"\x00",
    b"\xff" * 8,
    b"nan",
    b"1e999",
    b"-1",
    b"99999999999",
    b",",
    b"\t",
    b"\n",
    b"\r\n\r\n",
    b'"',
    b"{",
    b"<!",
]


@st.composite
def damages(draw: st.DrawFn) -> list[tuple[str, float, object]]:
    """A few cuts, flips, inserts and repeats at shares of a file's length."""
    share = st.floats(0.0, 1.0)
    one = st.one_of(
        st.tuples(st.just("cut"), share, share),
        st.tuples(st.just("flip"), share, st.integers(0, 255)),
        st.tuples(st.just("insert"), share, st.sampled_from(SPELLINGS)),
        st.tuples(st.just("repeat"), share, share),
        st.tuples(st.just("end"), share, st.just(0)),
        st.tuples(st.just("word"), share, st.sampled_from([0, 1, 2**15, 2**16 - 1, 2**31, 2**32 - 1])),
    )
    return draw(st.lists(one, min_size=1, max_size=4))


def damaged(data: bytes, steps: list[tuple[str, float, object]]) -> bytes:
    """The file with the damages done to it."""
    for kind, share, what in steps:
        at = int(share * len(data))
        if kind == "cut" and isinstance(what, float):
            data = data[:at] + data[at + int(what * 200) :]
        elif kind == "flip" and isinstance(what, int) and data:
            at = min(at, len(data) - 1)
            data = data[:at] + bytes([what]) + data[at + 1 :]
        elif kind == "insert" and isinstance(what, bytes):
            data = data[:at] + what + data[at:]
        elif kind == "repeat" and isinstance(what, float):
            data = data[:at] + data[at : at + int(what * 400)] * 3 + data[at:]
        elif kind == "word" and isinstance(what, int):
            data = data[:at] + struct.pack("<I", what) + data[at + 4 :]
        else:
            data = data[:at]
    return data


_QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15, deadline=None, suppress_health_check=_QUIET)
@given(steps=damages())
def test_a_damaged_file_is_refused_or_read(
    seeds: dict[str, bytes], reader: Reader, name: str, steps: list[tuple[str, float, object]]
):
    reader.told(name, damaged(seeds[name], steps))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=250, deadline=None, suppress_health_check=_QUIET)
@given(steps=damages())
def test_many_damaged_files_are_refused_or_read(
    seeds: dict[str, bytes], reader: Reader, name: str, steps: list[tuple[str, float, object]]
):
    reader.told(name, damaged(seeds[name], steps))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_file_cut_at_every_place_is_refused_or_read(seeds: dict[str, bytes], reader: Reader, name: str):
    data = seeds[name]
    for end in range(1, len(data), max(1, len(data) // 400)):
        reader.told(name, data[:end])


@settings(max_examples=60, deadline=None, suppress_health_check=_QUIET)
@given(text=st.text(st.characters(codec="utf-8"), max_size=300), name=st.sampled_from(["a.csv", "a.txt", "a-Fz.txt"]))
def test_any_text_is_refused_in_one_line_or_read(tmp_path: Path, text: str, name: str):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", newline="")
    try:
        info_record(read(path))
    except BadInput as error:
        refusal = str(error)
    else:
        refusal = name
    assert name in refusal
    assert "\n" not in refusal
