"""A check finds every loss, and tells apart what merely lies about."""

import os
import time
from pathlib import Path

import pytest
from sqlalchemy import insert

from legato.errors import BadInput
from legato.evidence.trials import journal
from legato.store import Catalogue, keep_file, open_catalogue
from legato.store.check import check
from legato.store.rows import AthleteRow, FileRow, JobRow, TrialOfOneRow, now

from .filled import fill


def _older(catalogue: Catalogue, sha256: str, hours: float = 2.0) -> None:
    then = time.time() - 3600 * hours
    os.utime(catalogue.files.path(sha256), (then, then))


def test_a_sound_catalogue_is_sound(catalogue: Catalogue):
    fill(catalogue, "Ada")
    found = check(catalogue)
    assert (found.files, found.results, found.faults, found.loose, found.repaired) == (5, 1, (), (), ())


def test_missing_short_and_changed_files_are_found(catalogue: Catalogue):
    person = fill(catalogue, "Ada")
    gone, short, changed = sorted(person.files)
    catalogue.files.drop(gone)
    content = catalogue.files.read(short)
    catalogue.files.path(short).write_bytes(content[:-1])
    catalogue.files.path(changed).write_bytes(bytes(len(catalogue.files.read(changed))))
    (catalogue.trials / f"{person.athlete}.json").unlink()
    assert set(check(catalogue).faults) == {
        f"file {gone}: is not there",
        f"file {short}: has {len(content) - 1} bytes instead of {len(content)}",
        f"file {changed}: its bytes have changed",
        f"trial {person.athlete}.json: is not there",
    }
    catalogue.files.save_bytes(content)
    assert len(check(catalogue, repair=True).faults) == 3, "the same bytes given again mend the file"


def test_a_lost_key_of_a_concealed_trial_is_found(catalogue: Catalogue):
    with catalogue.session() as rows:
        athlete = AthleteRow(name="Ada")
        rows.add(athlete)
        rows.flush()
        for name in ("open", "concealed"):
            rows.add(TrialOfOneRow(athlete_id=athlete.id, name=name, journal=f"{name}.jsonl"))
    journal.start(catalogue.trials / "open.jsonl", {"seed": "a" * 64}, "2026-05-01T10:00:00+00:00")
    journal.start(catalogue.trials / "concealed.jsonl", {"seed": None}, "2026-05-01T10:00:00+00:00")
    key = catalogue.trials / "concealed.key"
    key.write_text("legato.trial-key/1 concealed")
    assert check(catalogue).faults == ()
    key.unlink()
    (fault,) = check(catalogue).faults
    assert fault.startswith("trial concealed.jsonl: its key concealed.key is not there, so that no further arm can be")


def test_a_result_whose_file_has_no_row_is_found(catalogue: Catalogue):
    fill(catalogue, "Ada")
    with catalogue.session() as rows:
        row = rows.get_one(FileRow, catalogue.files.save_bytes(b"of both").sha256)
        rows.delete(row)
    (fault,) = check(catalogue).faults
    assert fault.endswith(": shared has no row")


def test_loose_files_are_told_after_an_hour_and_repaired_at_once(catalogue: Catalogue):
    fill(catalogue, "Ada")
    old, new = (catalogue.files.save_bytes(text).sha256 for text in (b"old", b"new"))
    _older(catalogue, old)
    part = catalogue.files.beside / "half"
    part.write_bytes(b"half")
    then = time.time() - 7200
    os.utime(part, (then, then))
    unused = catalogue.files.save_bytes(b"uploaded, and never used")
    with catalogue.session() as rows:
        keep_file(rows, unused).at = now().replace(year=2020)
    found = check(catalogue)
    assert (found.faults, set(found.loose)) == ((), {f"file {old}", "part half"})
    found = check(catalogue, repair=True)
    assert set(found.repaired) == {f"file {old}", f"file {new}", f"file {unused.sha256}", "part half"}
    assert check(catalogue, repair=True).repaired == () and not part.exists()
    assert check(catalogue).files == 5


def test_nothing_is_repaired_with_a_database_that_knows_none_of_the_files(catalogue: Catalogue):
    saved = catalogue.files.save_bytes(b"a recording that another database names")
    with pytest.raises(BadInput, match="names none of the 1 files; nothing was taken away"):
        check(catalogue, repair=True)
    assert list(catalogue.files.all()) == [saved.sha256]


def test_a_row_without_its_parent_is_found(tmp_path: Path):
    # PostgreSQL lets none be written.
    catalogue = open_catalogue(tmp_path)
    with catalogue.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.execute(insert(JobRow).values(session_id="0" * 16, kind="analyse"))
        connection.commit()
        connection.invalidate()
    (fault,) = check(catalogue).faults
    assert fault.startswith("database: row ") and "session that is not there" in fault
