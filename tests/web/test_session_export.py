"""What a session exports is what was kept, whole, under safe names, and readable by other programs."""

import errno
import io
import json
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import polars as pl
import pytest
from fastapi.testclient import TestClient

import legato
from legato.recording import Event
from legato.store import Catalogue
from legato.store.rows import SessionRow
from legato.web import exports
from legato.web.exports import MOST_EVENTS, fitting
from legato.web.work import analyse_session

from .sessions import FIRST, coach, demo_folder, library

__all__ = ["coach", "demo_folder", "library"]

AT = f"{FIRST}/export"


def kept(catalogue: Catalogue, name: str) -> bytes:
    with catalogue.session() as rows:
        files = rows.get_one(SessionRow, FIRST.rpartition("/")[2]).results[-1].files
    return catalogue.files.read(files[name])


@pytest.mark.parametrize(("file", "name"), [("report.html", "report.html"), ("reps.csv", "tables/reps.csv")])
def test_a_file_is_the_very_one_that_was_made(coach: TestClient, library: Catalogue, file: str, name: str) -> None:
    answer = coach.get(f"{AT}/{file}")
    assert answer.content == kept(library, name)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]


def test_tables_are_alike_as_csv_and_parquet(coach: TestClient) -> None:
    packed = zipfile.ZipFile(io.BytesIO(coach.get(f"{AT}/tables.zip").content))
    tables = [name for name in packed.namelist() if name.endswith(".csv")]
    assert {"tables/reps.csv", "tables/gaps.csv", "tables/joint_angles.csv"} <= set(tables)
    for name in tables:
        csv = pl.read_csv(packed.read(name), infer_schema_length=None)
        typed = pl.read_parquet(io.BytesIO(packed.read(name.replace(".csv", ".parquet"))))
        assert typed.equals(csv)
    assert pl.read_parquet(io.BytesIO(packed.read("tables/reps.parquet")))["start_s"].dtype == pl.Float64


def test_the_recording_goes_out_as_c3d_with_what_was_found(
    coach: TestClient, library: Catalogue, tmp_path: Path
) -> None:
    path = tmp_path / "out.c3d"
    path.write_bytes(coach.get(f"{AT}/recording.c3d").content)
    recording = legato.read(path)
    result = json.loads(kept(library, "result.json"))
    times = {event.name: event.time_s for event in recording.events}
    assert times["rep 1 release"] == pytest.approx(result["reps"][0]["marks"]["release"], abs=1e-4)
    peak = result["chain"]["links"][0]["per_rep"][0]["time_s"]["value"]
    assert times["rep 1 pelvis peak"] == pytest.approx(peak, abs=1e-4)
    (markers,) = recording.of_kind("markers")
    (given,) = legato.read(_given(library, tmp_path)).of_kind("markers")
    assert markers.channels == given.channels and markers.n_samples == given.n_samples


def _given(catalogue: Catalogue, folder: Path) -> Path:
    with catalogue.session() as rows:
        (file,) = rows.get_one(SessionRow, FIRST.rpartition("/")[2]).files
    path = folder / file.name
    path.write_bytes(catalogue.files.read(file.sha256))
    return path


def test_the_c3d_holds_what_was_corrected_and_nothing_of_another_version(
    coach: TestClient, library: Catalogue, tmp_path: Path
) -> None:
    old = coach.get(f"{AT}").text.split("result=")[1].split('"')[0]
    name = legato.read(_given(library, tmp_path)).of_kind("markers")[0].channels[0]
    stream = legato.read(_given(library, tmp_path)).of_kind("markers")[0].name
    chosen = {"do": "rename-channel", "channel": json.dumps([stream, name]), "to": "Renamed"}
    assert coach.post(f"{FIRST}/corrections", data=chosen).status_code == 303
    refused = coach.get(f"{AT}/recording.c3d?result={old}")
    assert refused.status_code == 400 and "analyse the session again" in refused.text
    assert "recording.c3d" not in coach.get(f"{AT}?result={old}").text
    analyse_session(library, FIRST.rpartition("/")[2])
    path = tmp_path / "out.c3d"
    path.write_bytes(coach.get(f"{AT}/recording.c3d").content)
    (markers,) = legato.read(path).of_kind("markers")
    assert "Renamed" in markers.channels and name not in markers.channels
    assert coach.get(f"{AT}/recording.c3d?result={old}").status_code == 400


def test_a_disk_without_room_to_unpack_is_told_in_one_line(coach: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(exports, "lay_out", full)
    answer = coach.get(f"{AT}/recording.c3d")
    assert answer.status_code == 400 and "the disk has no room to unpack the recording" in answer.text


def test_of_more_events_than_a_c3d_holds_the_judged_ones_stay() -> None:
    def link(name: str) -> dict[str, Any]:
        return {
            "name": name,
            "event": "peak",
            "per_rep": [{"rep": k, "time_s": {"value": float(k)}} for k in range(60)],
        }

    gap = {"from": "pelvis", "to": "thorax", "event": "peak", "primary": True}
    chain = {"gaps": [gap], "links": [link("pelvis"), link("hand"), link("thorax")]}
    reps = [{"index": k, "start_s": k - 0.5, "end_s": k + 0.4, "marks": {}} for k in range(60)]
    events, left_out = fitting([Event("lift", 0.2)], {"reps": reps, "chain": chain})
    names = [event.name for event in events]
    assert left_out == 1 + 300 - MOST_EVENTS == 46 and len(events) == MOST_EVENTS
    assert sum("thorax" in name or "pelvis" in name for name in names) == 120 and "lift" in names
    assert sum("hand" in name for name in names) == 60 - 46
    assert [event.time_s for event in events] == sorted(event.time_s for event in events)


def test_a_hostile_name_stays_a_name(coach: TestClient, library: Catalogue) -> None:
    with library.session() as rows:
        rows.get_one(SessionRow, FIRST.rpartition("/")[2]).name = '../../x"\r\nset-cookie: a=b; <img src=x>'
    for file in ("report.html", "tables.zip", "recording.c3d"):
        answer = coach.get(f"{AT}/{file}")
        assert answer.status_code == 200 and "set-cookie" not in answer.headers
        assert "/" not in unquote(answer.headers["content-disposition"].replace("filename*=utf-8''", ""))
    assert "<img" not in coach.get(AT).text


@pytest.mark.parametrize("path", ["nothing.csv", "..%2Fresult.csv", "files/7", "report.html?result=other"])
def test_what_is_not_there_is_not_found(coach: TestClient, path: str) -> None:
    assert coach.get(f"{AT}/{path}").status_code == 404
