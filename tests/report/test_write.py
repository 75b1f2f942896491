"""Results are written whole or not at all, and earlier ones are replaced."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from legato.errors import BadInput
from legato.report import write, write_report

WRITTEN = {
    "report.html",
    "result.json",
    "tables/events.csv",
    "tables/gaps.csv",
    "tables/joint_angles.csv",
    "tables/reps.csv",
}


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_new_folder_holds_every_file_and_no_other(throw: Any, tmp_path: Path):
    out = write_report(throw, tmp_path / "deep" / "out")
    assert out == tmp_path / "deep" / "out"
    assert files_in(out) == WRITTEN
    assert files_in(tmp_path) == {f"deep/out/{name}" for name in WRITTEN}
    assert json.loads((out / "result.json").read_text("utf-8"))["schema"] == "legato.analysis/1"


def test_earlier_results_are_replaced_and_strangers_left_alone(squat: Any, throw: Any, tmp_path: Path):
    write_report(squat, tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    write_report(throw, tmp_path)
    assert files_in(tmp_path) == WRITTEN | {"notes.txt"}
    assert json.loads((tmp_path / "result.json").read_text("utf-8"))["movement"]["id"] == "throw"


def test_the_same_analysis_gives_the_same_bytes(throw: Any, tmp_path: Path):
    first, second = write_report(throw, tmp_path / "a"), write_report(throw, tmp_path / "b")
    for name in WRITTEN:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_a_failure_while_writing_leaves_earlier_results_as_they_were(
    squat: Any, throw: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write_report(squat, tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in WRITTEN}
    written = Path.write_text

    def full_disk(self: Path, *args: Any, **options: Any) -> int:
        if self.name == "result.json":
            raise OSError(28, "No space left on device")
        return written(self, *args, **options)

    monkeypatch.setattr(Path, "write_text", full_disk)
    with pytest.raises(BadInput, match="No space left"):
        write_report(throw, tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in files_in(tmp_path)} == before


def test_a_failure_while_the_page_is_made_writes_nothing(throw: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def broken(_: Any) -> str:
        raise RuntimeError("a bug")

    monkeypatch.setattr(write, "report_html", broken)
    with pytest.raises(RuntimeError):
        write_report(throw, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_refused_in_one_line(throw: Any, tmp_path: Path):
    (tmp_path / "out").write_text("")
    with pytest.raises(BadInput, match="out: this is a file") as refused:
        write_report(throw, tmp_path / "out")
    assert "\n" not in str(refused.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_refused(throw: Any, tmp_path: Path):
    tmp_path.chmod(0o500)
    with pytest.raises(BadInput, match="cannot be written"):
        write_report(throw, tmp_path / "out")
