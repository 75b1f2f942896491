"""A backup holds everything as it was at one moment, and is restored whole or not at all."""

import hashlib
import json
import threading
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from legato.errors import BadInput
from legato.store import Catalogue, keep_file, open_catalogue
from legato.store.archive import FORMAT, MANIFEST, export_all
from legato.store.check import check
from legato.store.erase import erase_athlete
from legato.store.files import Files
from legato.store.restore import restore
from legato.store.rows import AthleteRow, FileRow, SessionFileRow, SessionRow
from legato.store.rows_as_text import checksum, lines, snapshot, tables

from .filled import everything, fill


def checksums(catalogue: Catalogue) -> dict[str, tuple[int, str]]:
    """Rows of each table, and their checksum."""
    with snapshot(catalogue.engine) as connection:
        return {table.name: checksum(lines(connection, table)) for table in tables(connection)}


def stored(catalogue: Catalogue) -> dict[str, bytes]:
    """Every file, journals too, by its name."""
    found = {sha256: catalogue.files.read(sha256) for sha256 in catalogue.files.all()}
    return found | {path.name: path.read_bytes() for path in catalogue.trials.iterdir()}


def test_a_backup_restored_is_the_same_catalogue(catalogue: Catalogue, tmp_path: Path, url: str | None):
    fill(catalogue, "Ada Žižek")
    fill(catalogue, "Ben")
    archive = tmp_path.with_suffix(".zip")
    done = export_all(catalogue, archive)
    assert done.rows["athlete"] == 2 and done.rows["audit"] == 6 and done.files == 8
    into = tmp_path.with_name(tmp_path.name + "-restored")
    assert restore(archive, into) == done.rows
    again = open_catalogue(into)
    assert checksums(again) == checksums(catalogue)
    assert stored(again) == stored(catalogue)
    found = check(again)
    assert (found.files, found.faults, found.loose) == (8, (), ())
    assert [path.name for path in tmp_path.parent.iterdir() if path.name.endswith(".part")] == []
    with again.session() as rows:
        assert sorted(athlete.name for athlete in rows.query(AthleteRow)) == ["Ada Žižek", "Ben"]


def test_a_backup_goes_into_an_empty_server(tmp_path: Path, new_postgres: Callable[[], str]):
    one = open_catalogue(tmp_path / "one")
    fill(one, "Ada")
    export_all(one, tmp_path / "a.zip")
    url = new_postgres()
    restore(tmp_path / "a.zip", tmp_path / "two", url)
    assert checksums(open_catalogue(tmp_path / "two", url)) == checksums(one)
    with pytest.raises(BadInput, match="the database is not empty"):
        restore(tmp_path / "a.zip", tmp_path / "three", url)
    assert not (tmp_path / "three").exists()


@pytest.mark.slow
def test_a_backup_is_whole_while_others_write(catalogue: Catalogue, tmp_path: Path):
    fill(catalogue, "Ada")
    stop = threading.Event()

    def write() -> None:
        k = 0
        while not stop.is_set():
            k += 1
            saved = catalogue.files.save_bytes(b"%d" % k)
            with catalogue.session() as rows:
                keep_file(rows, saved)
                session = SessionRow(name=str(k), recorded_on=date(2026, 5, 4))
                rows.add(session)
                rows.flush()
                rows.add(SessionFileRow(session_id=session.id, sha256=saved.sha256, name="a", position=0))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for k in range(5):
            done = export_all(catalogue, tmp_path / f"{k}.zip")
            restore(tmp_path / f"{k}.zip", tmp_path / f"r{k}")
            again = open_catalogue(tmp_path / f"r{k}")
            assert check(again).faults == ()
            with again.session() as rows:
                assert rows.query(SessionRow).count() == rows.query(SessionFileRow).count() - 1 == done.rows["session"]
    finally:
        stop.set()
        writer.join()


def test_what_is_erased_during_a_backup_does_not_spoil_it(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    gone, stays = fill(catalogue, "Wilhelmina"), fill(catalogue, "Ben")
    path, first = Files.path, [True]

    def erased(files: Files, sha256: str) -> Path:
        if first.pop() if first else False:
            erase_athlete(catalogue, gone.athlete)
        return path(files, sha256)

    monkeypatch.setattr(Files, "path", erased)
    export_all(catalogue, tmp_path / "a.zip")
    restore(tmp_path / "a.zip", tmp_path / "r")
    assert b"Wilhelmina" not in everything(tmp_path / "r")
    assert stays.files <= set(open_catalogue(tmp_path / "r").files.all())


def test_a_damaged_or_missing_file_is_told_and_no_backup_written(catalogue: Catalogue, tmp_path: Path):
    person = fill(catalogue, "Ada")
    sha256 = min(person.files)
    catalogue.files.path(sha256).write_bytes(b"other")
    with pytest.raises(BadInput, match=rf"file {sha256}: is damaged; see `legato library check`"):
        export_all(catalogue, tmp_path / "a.zip")
    catalogue.files.drop(sha256)
    with pytest.raises(BadInput, match=rf"file {sha256}: is not there; see `legato library check`"):
        export_all(catalogue, tmp_path / "a.zip")
    assert not list(tmp_path.glob("*.zip*"))
    with pytest.raises(BadInput, match="cannot be written"):
        export_all(catalogue, tmp_path / "no" / "such" / "folder.zip")


def _archive(tmp_path: Path) -> Path:
    made = open_catalogue(tmp_path / "made")
    fill(made, "Ada")
    export_all(made, tmp_path / "good.zip")
    return tmp_path / "good.zip"


def _rewritten(good: Path, change: Callable[[dict[str, bytes], dict[str, Any]], None]) -> Path:
    """An archive with its entries and its list changed."""
    with zipfile.ZipFile(good) as archive:
        entries = {info.filename: archive.read(info) for info in archive.infolist()}
    manifest = json.loads(entries.pop(MANIFEST))
    change(entries, manifest)
    with zipfile.ZipFile(good.with_name("bad.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
        archive.writestr(MANIFEST, json.dumps(manifest))
    return good.with_name("bad.zip")


def _listed(content: bytes) -> dict[str, Any]:
    return {"count": 1, "size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _escapes(entries: dict[str, bytes], manifest: dict[str, Any]) -> None:
    entries["trials/../../evil"] = b"evil"
    manifest["trials"]["../../evil"] = _listed(b"evil")


def _is_absolute(entries: dict[str, bytes], manifest: dict[str, Any]) -> None:
    entries["trials//tmp/evil"] = b"evil"
    manifest["trials"]["/tmp/evil"] = _listed(b"evil")


def _no_checksum(entries: dict[str, bytes], manifest: dict[str, Any]) -> None:
    entries["files/../evil"] = b"evil"
    manifest["files"]["../evil"] = 4


def _not_listed(entries: dict[str, bytes], _: dict[str, Any]) -> None:
    entries["../evil"] = b"evil"


def _bomb(entries: dict[str, bytes], manifest: dict[str, Any]) -> None:
    zeros = bytes(100_000_000)
    sha256 = hashlib.sha256(zeros).hexdigest()
    entries[f"files/{sha256}"] = zeros
    manifest["files"][sha256] = len(zeros)


def _changed_file(entries: dict[str, bytes], _: dict[str, Any]) -> None:
    name = next(name for name in entries if name.startswith("files/"))
    entries[name] = bytes(len(entries[name]))


def _changed_journal(entries: dict[str, bytes], _: dict[str, Any]) -> None:
    name = next(name for name in entries if name.startswith("trials/"))
    entries[name] = bytes(len(entries[name]))


def _changed_row(entries: dict[str, bytes], _: dict[str, Any]) -> None:
    entries["rows/athlete.jsonl"] = entries["rows/athlete.jsonl"].replace(b"Ada", b"Bad")


def _row_of_a_missing_parent(entries: dict[str, bytes], manifest: dict[str, Any]) -> None:
    entries["rows/athlete.jsonl"] = b""
    manifest["rows"]["athlete"] = _listed(b"")


def _no_row(entries: dict[str, bytes], manifest: dict[str, Any]) -> None:
    entries["rows/athlete.jsonl"] = b'["x"]\n'
    manifest["rows"]["athlete"] = _listed(b'["x"]\n')


def _newer(_: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["tables"] = "9999"


def _other_format(_: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["format"] = "other"


def _other_table(entries: dict[str, bytes], manifest: dict[str, Any]) -> None:
    entries["rows/sqlite_master.jsonl"] = b""
    manifest["rows"]["sqlite_master"] = _listed(b"")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_escapes, "names a file outside the catalogue"),
        (_is_absolute, "names a file outside the catalogue"),
        (_no_checksum, "names a file outside the catalogue"),
        (_not_listed, "does not hold what its own list says"),
        (_bomb, "times its own size"),
        (_changed_file, "is not what its checksum says"),
        (_changed_journal, "is not what its checksum says"),
        (_changed_row, "table athlete: is not what its checksum says"),
        (_row_of_a_missing_parent, "table consent: the database refuses a row"),
        (_no_row, "table athlete: a line is no row of it"),
        (_newer, "was written by a newer Legato"),
        (_other_format, "is no archive of a catalogue"),
        (_other_table, "has not the tables of its form"),
    ],
)
def test_a_bad_archive_is_one_line_and_leaves_nothing(
    tmp_path: Path, change: Callable[[dict[str, bytes], dict[str, Any]], None], said: str
):
    bad = _rewritten(_archive(tmp_path), change)
    before = _beside(tmp_path)
    with pytest.raises(BadInput, match=said) as told:
        restore(bad, tmp_path / "into")
    assert "\n" not in str(told.value)
    assert _beside(tmp_path) == before


def _beside(folder: Path) -> list[Path]:
    """All that lies there but in the catalogue that the archive was made of: SQLite takes its log away when it is let
    go.
    """
    return sorted(path for path in folder.rglob("*") if folder / "made" not in path.parents)


def test_archives_cut_short_and_other_files_are_one_line(tmp_path: Path):
    good = _archive(tmp_path)
    content, bad = good.read_bytes(), tmp_path / "bad.zip"
    for some in (b"", b"no zip", content[: len(content) // 2], content[:-30]):
        bad.write_bytes(some)
        with pytest.raises(BadInput, match="is no whole zip file"):
            restore(bad, tmp_path / "into")
    bad.write_bytes(content[:3000] + bytes(200) + content[3200:])
    with pytest.raises(BadInput):
        restore(bad, tmp_path / "into")
    with pytest.raises(BadInput, match="is not there"):
        restore(tmp_path / "none.zip", tmp_path / "into")
    with zipfile.ZipFile(bad, "w") as archive:
        archive.writestr(MANIFEST, "[" * 100_000)
    with pytest.raises(BadInput, match="is no archive of a catalogue"):
        restore(bad, tmp_path / "into")
    with zipfile.ZipFile(bad, "w") as archive:
        archive.writestr(MANIFEST, json.dumps({"format": FORMAT}))
    with pytest.raises(BadInput, match="is no archive of a catalogue"):
        restore(bad, tmp_path / "into")
    assert not (tmp_path / "into").exists()


def test_nothing_is_restored_over_what_is_there(tmp_path: Path):
    good = _archive(tmp_path)
    (tmp_path / "into").mkdir()
    (tmp_path / "into" / "mine").write_text("mine")
    with pytest.raises(BadInput, match="is not empty"):
        restore(good, tmp_path / "into")
    (tmp_path / "into" / "mine").unlink()
    restore(good, tmp_path / "into")
    with open_catalogue(tmp_path / "into").session() as rows:
        assert rows.query(FileRow).count() == 5
