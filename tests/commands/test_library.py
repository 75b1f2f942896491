"""`legato library` as a user runs it: check, backup, restore, move."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from legato.cli import app
from legato.errors import BadInput
from legato.store import keep_file, open_catalogue
from legato.store.rows import AthleteRow


def run(*given: str | Path) -> Result:
    """The command, in this process."""
    return CliRunner().invoke(app, ["library", *map(str, given)])


def refused(*given: str | Path) -> str:
    """The one line with which a command refuses."""
    done = run(*given)
    assert isinstance(done.exception, BadInput), done.output
    said = str(done.exception)
    assert "\n" not in said
    return said


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A catalogue with an athlete and a file."""
    catalogue = open_catalogue(tmp_path / "data")
    with catalogue.session() as rows:
        rows.add(AthleteRow(name="Ada"))
        keep_file(rows, catalogue.files.save_bytes(b"a recording"))
    catalogue.close()
    return tmp_path / "data"


def test_a_sound_catalogue_is_checked_backed_up_and_restored(data: Path, tmp_path: Path):
    done = run("check", "--data", data)
    assert done.exit_code == 0 and done.stdout == "1 file of 0.0 MB, 0 results\nall is sound\n"
    archive = tmp_path / "backup.zip"
    done = run("backup", archive, "--data", data)
    assert done.exit_code == 0 and "2 rows, 1 file of 0.0 MB, packed into 0.0 MB" in done.stdout
    done = run("restore", archive, "--data", tmp_path / "again", "--json", "-")
    assert json.loads(done.stdout)["rows"]["athlete"] == 1
    assert run("check", "--data", tmp_path / "again", "--json", "-").exit_code == 0
    assert "is not empty" in refused("restore", archive, "--data", data)


def test_a_loss_is_told_with_exit_code_2(data: Path):
    catalogue = open_catalogue(data)
    (sha256,) = catalogue.files.all()
    catalogue.files.drop(sha256)
    catalogue.files.save_bytes(b"loose")
    done = run("check", "--data", data, "--json", "-")
    assert done.exit_code == 2
    assert json.loads(done.stdout)["faults"] == [f"file {sha256}: is not there"]
    done = run("check", "--data", data, "--repair")
    assert done.exit_code == 2
    assert f"fault: file {sha256}: is not there" in done.stdout and "1 taken away: file " in done.stdout


def test_a_folder_without_a_catalogue_is_not_made_one(data: Path, tmp_path: Path):
    for given in (("check",), ("backup", tmp_path / "b.zip")):
        assert "holds no catalogue" in refused(*given, "--data", tmp_path / "none")
    assert not (tmp_path / "none").exists()
    assert "lies in the catalogue's own folder" in refused("backup", data / "b.zip", "--data", data)
    assert "is no whole zip file" in refused("restore", data / "catalogue.sqlite", "--data", tmp_path / "none")
    assert "are the same database" in refused("move", "--data", data)


def test_a_catalogue_moves_to_another_database(data: Path, tmp_path: Path):
    other = f"sqlite:///{tmp_path / 'other.sqlite'}"
    done = run("move", "--data", data, "--to", other)
    assert done.exit_code == 0
    assert "2 rows in 16 tables moved, all alike\n1 file of 0.0 MB where they were, all compared\n" in done.stdout
    assert "catalogue.sqlite.moved is still there; delete it" in done.stdout
    assert run("check", "--data", data, "--database", other).exit_code == 0
    assert run("move", "--data", data, "--from", other).exit_code == 0
    assert "holds no catalogue" in refused("move", "--data", tmp_path / "none", "--to", other)


def test_a_database_is_named_by_a_variable_and_no_password_is_told(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LEGATO_DATABASE", f"sqlite:///{tmp_path / 'other.sqlite'}")
    assert run("move", "--data", data, "--to", "LEGATO_DATABASE").exit_code == 0
    assert (tmp_path / "other.sqlite").exists() and not (data / "catalogue.sqlite").exists()
    assert run("check", "--data", data).exit_code == 0
    assert run("move", "--data", data, "--from", "LEGATO_DATABASE").exit_code == 0
    assert (data / "catalogue.sqlite").exists()
    assert refused("move", "--data", data, "--to", "NO_SUCH") == (
        "--to NO_SUCH: no variable of this name is set; give postgresql+pg8000://user@host/name, or the name of a"
        " variable that holds it"
    )
    assert refused("move", "--data", data, "--from", "user:s3cret@host/name").startswith("--from: is no URL; give")
    monkeypatch.setenv("SERVER", "postgresql://user:s3cret@/name?unix_sock=/no/such/socket")
    said = refused("move", "--data", data, "--to", "SERVER")
    assert said.startswith("a database cannot be used") and "s3cret" not in said
    assert "s3cret" not in refused("check", "--data", data, "--database", "postgresql://u:s3cret@h:port/name")
