"""What a PostgreSQL server says, and what a URL of one may hold: in one line, without a password."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from legato.errors import BadInput
from legato.store import open_catalogue
from legato.store.catalogue import shown
from legato.store.move import move
from legato.store.restore import restore
from legato.store.rows import AthleteRow

from .filled import fill

SECRET = "s3cret"
AWAY = "unix_sock=/no/such/socket"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"postgresql+pg8000://user:{SECRET}@host:port/name", "is no URL"),
        (f"postgresql+pg8000://user:8@x:{SECRET}@host/name", "is no URL"),
        (f"postgresql://user:{SECRET}@[::1/name", "is no URL"),
        (f"postgresql://user:{SECRET}@/name?{AWAY}&sslmode=require", r"does not take .* the \? \(sslmode, unix_sock\)"),
        (f"postgresql://user:{SECRET}@/name?{AWAY}&timeout=soon", r"does not take .* the \? \(timeout, unix_sock\)"),
        (f"postgresql://user:{SECRET}@/name?{AWAY}", "cannot be opened"),
        (f"postgresql://user@/name?{AWAY}&password={SECRET}", "cannot be opened"),
        (f"mysql://user:{SECRET}@host/name", "mysql: is not known"),
    ],
)
def test_whatever_is_wrong_with_a_url_is_one_line_without_its_password(tmp_path: Path, url: str, said: str):
    with pytest.raises(BadInput, match=said) as told:
        open_catalogue(tmp_path / "one", url)
    assert SECRET not in str(told.value) and "\n" not in str(told.value)
    assert SECRET not in repr(told.value.__cause__)
    fill(catalogue := open_catalogue(tmp_path / "two"), "Ada")
    catalogue.close()
    with pytest.raises(BadInput) as told:
        move(tmp_path / "two", None, url)
    assert SECRET not in str(told.value) and "\n" not in str(told.value)


def test_a_url_is_shown_without_its_password():
    for url in (f"postgresql://user:{SECRET}@host/name", f"postgresql://user@host/name?password={SECRET}&timeout=3"):
        assert SECRET not in shown(make_url(url)) and "host/name" in shown(make_url(url))


def test_what_a_server_cannot_do_for_a_moment_is_no_fault_of_the_command(
    tmp_path: Path, new_postgres: Callable[[], str]
):
    catalogue = open_catalogue(tmp_path, new_postgres())
    with catalogue.session() as rows:
        rows.add(AthleteRow(id="a" * 16, name="Ada"))

    def waits_in_vain() -> None:
        with catalogue.session() as one, catalogue.session() as two:
            one.get_one(AthleteRow, "a" * 16, with_for_update=True)
            two.connection().exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
            two.get_one(AthleteRow, "a" * 16, with_for_update=True)

    def changes_what_another_changed() -> None:
        with catalogue.session() as two:
            two.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            two.get_one(AthleteRow, "a" * 16)
            with catalogue.session() as one:
                one.get_one(AthleteRow, "a" * 16).name = "changed"
            two.get_one(AthleteRow, "a" * 16).name = "changed too"

    with pytest.raises(OperationalError, match="lock timeout"):
        waits_in_vain()
    with pytest.raises(OperationalError, match="could not serialize"):
        changes_what_another_changed()
    catalogue.close()


def test_restoring_to_a_server_that_is_not_there_tells_no_password(tmp_path: Path):
    from legato.store.archive import export_all

    catalogue = open_catalogue(tmp_path / "one")
    export_all(catalogue, tmp_path / "all.zip")
    catalogue.close()
    with pytest.raises(BadInput) as told:
        restore(tmp_path / "all.zip", tmp_path / "two", f"postgresql://user:{SECRET}@/name?{AWAY}")
    assert SECRET not in str(told.value) and not (tmp_path / "two").exists()
