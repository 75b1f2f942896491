"""The draft of a layout, used as it stands, reads the table; what it guesses is marked."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from legato.errors import BadInput
from legato.formats.layout import read_any_table
from legato.formats.layout_draft import draft_layout, write_draft

T = np.arange(100) / 200.0


def saved(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "stranger.csv"
    path.write_text(content, encoding="utf-8")
    return path


def table(header: str, *columns: np.ndarray, sep: str = ";", comma: bool = True) -> str:
    text = "\n".join(sep.join(f"{v:.5f}" for v in row) for row in np.column_stack(columns))
    return header + "\n" + (text.replace(".", ",") if comma else text) + "\n"


CASES = {
    "german": table("Versuch 7;;\nZeit [ms];Kraft links [N];Winkel", 1e3 * T, 700 + T, T),
    "words": "time,who,EMG 1 (mV)\n" + "".join(f"{t:.3f},anna,{np.sin(t):.5f}\n" for t in T),
    "repeated": table("t,F,F", T, T, 2 * T, sep=",", comma=False),
    "quotes": table('time,"odd \\ name",b=c', T, T, T, sep=",", comma=False),
    "inertial": table("tMillis,ax,ay,az,gx,gy,gz", 1e3 * T, 0 * T, 0 * T, 1 + 0 * T, T, T, T, sep=",", comma=False),
}


@pytest.mark.parametrize("case", CASES)
def test_the_draft_reads_its_table(tmp_path, case):
    path = saved(tmp_path, CASES[case])
    text = draft_layout(path)
    record = tomllib.loads(text)
    assert record["time"]["column"]
    assert "GUESS" in text
    layout = tmp_path / "draft.toml"
    write_draft(layout, text)
    recording = read_any_table(path, layout=layout)
    assert recording.streams
    for stream in recording.streams:
        assert stream.rate_hz == pytest.approx(200.0)
        assert np.isfinite(stream.values).all()


def test_decimal_mark_unit_and_time_are_seen(tmp_path):
    record = tomllib.loads(draft_layout(saved(tmp_path, CASES["german"])))
    assert record["table"]["delimiter"] == ";"
    assert record["table"]["decimal"] == ","
    assert record["table"]["header_row"] == 2
    assert record["time"]["unit"] == "ms"
    assert [(c["kind"], c["unit"]) for c in record["column"]] == [("force", "N"), ("table", "")]


def test_without_times_the_draft_asks_for_the_rate(tmp_path):
    text = draft_layout(saved(tmp_path, table("a,b", T, T, sep=",", comma=False)))
    assert "# rate_hz" in text
    assert "--rate" in text


def test_gravity_tells_the_unit_of_an_accelerometer(tmp_path):
    columns = tomllib.loads(draft_layout(saved(tmp_path, CASES["inertial"])))["column"]
    assert [(c["kind"], c["unit"]) for c in columns] == [("imu", "g")] * 3 + [("imu", "")] * 3


def test_what_is_no_table_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"stranger\.csv"):
        draft_layout(saved(tmp_path, "words\nand more words\n"))
    with pytest.raises(BadInput, match="no such file"):
        draft_layout(tmp_path / "none.csv")


def test_a_draft_overwrites_nothing(tmp_path):
    path = saved(tmp_path, "mine")
    with pytest.raises(BadInput, match="stands there already"):
        write_draft(path, "text")
    assert path.read_text() == "mine"


def test_a_format_that_needs_no_layout_says_so(tmp_path):
    from legato.formats.trc import write_trc
    from legato.recording import Recording, Stream

    trc = tmp_path / "a.trc"
    write_trc(trc, Recording((Stream("markers", "markers", np.full((5, 1, 3), 0.5), 100.0, ("A",), ("m",)),)))
    points = tmp_path / "points.json"
    points.write_text('[{"people": [{"pose_keypoints_2d": [1, 2, 0.9]}]}]')
    with pytest.raises(BadInput, match=r"^a\.trc: is a TRC, which Legato reads as it is; no layout is needed"):
        draft_layout(trc)
    with pytest.raises(BadInput, match=r"^points\.json: is a JSON of keypoints"):
        draft_layout(points)
